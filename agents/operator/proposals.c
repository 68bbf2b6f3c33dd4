/* sanlingctl proposals, confirm, withdraw, log-key propose: what one operator wants and another has to agree to. */
#include "proposals.h"

#include "ask.h"
#include "commands.h"
#include "language.h"
#include "moment.h"
#include "table.h"
#include "words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Of one position, or all. */
static int ask_proposals(struct tool *tool, uint64_t position, struct answer *answer)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__ProposalsQuery ask = SANLING__V1__PROPOSALS_QUERY__INIT;
    ask.position = position;
    query.ask_case = SANLING__V1__QUERY__ASK_PROPOSALS;
    query.proposals = &ask;
    return tool_ask(tool, &query, &sanling__v1__proposals_answer__descriptor, answer);
}

static void print_need(uint32_t operators)
{
    if (operators < 2)
        printf("目前只有一名运维身份：须由主机保管人在权限文件中加入第二名，再由其确认\n"
               "There is one operator identity only: the keeper of the machine adds a second to the access file, who "
               "then confirms\n");
}

int proposal_print_waiting(struct tool *tool, uint64_t position)
{
    struct answer answer;
    int status = ask_proposals(tool, position, &answer);
    if (status != STATUS_DONE)
        return status;
    printf("已提议，位置 %" PRIu64 "：另一名运维确认前不生效，请其执行\n"
           "Proposed at position %" PRIu64 ", nothing changes before another operator runs\n"
           "  sanlingctl confirm %" PRIu64 "\n",
           position, position, position);
    print_need(((const Sanling__V1__ProposalsAnswer *)answer.body)->operators);
    answer_clear(&answer);
    return STATUS_DONE;
}

static void describe(struct libscols_line *row, const Sanling__V1__ProposalsAnswer__Proposal *proposal)
{
    const Sanling__V1__AccessEntry *grant = proposal->grant;
    if (grant != NULL)
        row_set(row, 4, "授权 access: %s, %s, %s, %s, %s", grant->name, grant->role, office_label(grant->office),
                grant->unit[0] != '\0' ? grant->unit : "全部 all", grant->key);
    else if (proposal->verifier_key[0] != '\0')
        row_set(row, 4, "日志签名密钥 log key: %s", proposal->verifier_key);
    else
        row_set(row, 4, "规则 policy: %s, sha256 %02x%02x%02x%02x…", proposal->policy_version,
                proposal->policy_sha256.len > 3 ? proposal->policy_sha256.data[0] : 0,
                proposal->policy_sha256.len > 3 ? proposal->policy_sha256.data[1] : 0,
                proposal->policy_sha256.len > 3 ? proposal->policy_sha256.data[2] : 0,
                proposal->policy_sha256.len > 3 ? proposal->policy_sha256.data[3] : 0);
}

static void print_proposals(const Sanling__V1__ProposalsAnswer *answer)
{
    static const struct column columns[] = {{"位置 Position", true},
                                            {"时间 When", false},
                                            {"提议 By", false},
                                            {"失效 Expires", false},
                                            {"内容 What", false}};
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < answer->n_proposals; i++) {
        const Sanling__V1__ProposalsAnswer__Proposal *proposal = answer->proposals[i];
        struct libscols_line *row = table_add_row(table, NULL);
        char when[MOMENT_TEXT_SIZE];
        row_set_position(row, 0, proposal->position);
        moment_format(proposal->recorded_at, when);
        row_set(row, 1, "%s", when);
        row_set(row, 2, "%s", proposal->by);
        moment_format(proposal->expires_at, when);
        row_set(row, 3, "%s", when);
        describe(row, proposal);
    }
    table_print(&table);
    if (answer->n_proposals > 0)
        print_need(answer->operators);
}

int run_proposals(struct tool *tool, int argc, char **argv)
{
    struct answer answer;
    tool_parse_words(tool, argc, argv, "", "What waits for a second operator, and until when.", 0, 0, NULL);
    int status = ask_proposals(tool, 0, &answer);
    if (status != STATUS_DONE)
        return status;
    tool_print_demonstration(answer.demonstration && !tool->json);
    if (tool->json)
        tool_print_json(answer.body);
    else
        print_proposals((const Sanling__V1__ProposalsAnswer *)answer.body);
    answer_clear(&answer);
    return STATUS_DONE;
}

static int change(struct tool *tool, Sanling__V1__AccessChange *change, const char *said)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    struct answer answer;
    query.ask_case = SANLING__V1__QUERY__ASK_ACCESS_CHANGE;
    query.access_change = change;
    int status = tool_ask(tool, &query, &sanling__v1__access_answer__descriptor, &answer);
    if (status != STATUS_DONE)
        return status;
    if (tool->json)
        tool_print_json(answer.body);
    else
        printf("%s\n", said);
    answer_clear(&answer);
    return STATUS_DONE;
}

static uint64_t parse_position(struct tool *tool, int argc, char **argv, const char *help)
{
    const char *words[1];
    uint64_t position = 0;
    tool_parse_words(tool, argc, argv, "POSITION", help, 1, 1, words);
    if (!position_parse(words[0], &position))
        command_line_refuse("%s: '%s' is no position", argv[0], words[0]);
    return position;
}

int run_confirm(struct tool *tool, int argc, char **argv)
{
    uint64_t position = parse_position(tool, argc, argv,
                                       N_("Examples:\n"
                                          "  sanlingctl proposals\n"
                                          "  sanlingctl --identity keys/operator-2.key confirm 4711\n"
                                          "\n"
                                          "Agrees to what another operator proposed at the position: rights, a policy, "
                                          "a key of the log. It holds from "
                                          "there on. Look at it first."));
    struct answer answer;
    int status = ask_proposals(tool, position, &answer);
    if (status != STATUS_DONE)
        return status;
    const Sanling__V1__ProposalsAnswer *found = (const Sanling__V1__ProposalsAnswer *)answer.body;
    Sanling__V1__AccessChange confirm = SANLING__V1__ACCESS_CHANGE__INIT;
    confirm.change_case = SANLING__V1__ACCESS_CHANGE__CHANGE_CONFIRM;
    confirm.confirm = position;
    if (found->n_proposals > 0 && found->proposals[0]->policy_text[0] != '\0')
        status = policy_publish(tool, "policy", found->proposals[0]->policy_text);
    else
        status = change(tool, &confirm, "已确认 confirmed"); /* the hub says what is wrong where nothing waits */
    answer_clear(&answer);
    return status;
}

int run_log_key_propose(struct tool *tool, int argc, char **argv)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__AccessChange proposed = SANLING__V1__ACCESS_CHANGE__INIT;
    struct answer answer;
    const char *words[1];
    tool_parse_words(tool, argc, argv, "VKEY",
                     N_("Proposes the key that shall sign the log from now on: its verifier key, which sanling-hub "
                        "--new-log-key prints. Another operator confirms it."),
                     1, 1, words);
    proposed.change_case = SANLING__V1__ACCESS_CHANGE__CHANGE_LOG_KEY;
    proposed.log_key = (char *)words[0];
    query.ask_case = SANLING__V1__QUERY__ASK_ACCESS_CHANGE;
    query.access_change = &proposed;
    int status = tool_ask(tool, &query, &sanling__v1__access_answer__descriptor, &answer);
    if (status != STATUS_DONE)
        return status;
    const uint64_t position = ((const Sanling__V1__AccessAnswer *)answer.body)->proposal;
    if (tool->json)
        tool_print_json(answer.body);
    answer_clear(&answer);
    if (tool->json)
        return STATUS_DONE;
    if (position > 0)
        return proposal_print_waiting(tool, position);
    puts("已更换 replaced");
    return STATUS_DONE;
}

int run_withdraw(struct tool *tool, int argc, char **argv)
{
    Sanling__V1__AccessChange withdraw = SANLING__V1__ACCESS_CHANGE__INIT;
    withdraw.change_case = SANLING__V1__ACCESS_CHANGE__CHANGE_WITHDRAW;
    withdraw.withdraw = parse_position(
        tool, argc, argv,
        N_("Takes back what was proposed at the position, by this operator or another. Nobody can confirm it then."));
    return change(tool, &withdraw, "已撤回 withdrawn");
}
