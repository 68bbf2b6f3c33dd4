/* sanlingctl: the operator's tool. A table of commands; each has its own file and its own --help. */
#include "commands.h"
#include "json.h"
#include "language.h"
#include "secrecy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct command {
    const char *name; /* one word or two */
    int (*run)(struct tool *tool, int argc, char **argv);
    const char *help;
};

static const struct command commands[] = {
    {"status", run_status, "联合状态 joint status of a unit and of the units below it"},
    {"summary", run_summary, "一屏汇总 the leaders' summary"},
    {"why", run_why, "为什么 a unit's status in words, with its reasons"},
    {"matters", run_matters, "在办事项 matters in hand, or one with its history"},
    {"petitions", run_petitions, "信访事项 petitions by step and deadline"},
    {"hazards", run_hazards, "隐患 hazards: found, ordered, struck off"},
    {"accidents", run_accidents, "事故 accidents and their grades"},
    {"cases", run_cases, "案件 cases: filed, resolved"},
    {"mediation", run_mediation, "矛盾纠纷 disputes and their mediation"},
    {"grid", run_grid, "七步闭环 matters of the grids in seven steps"},
    {"overdue", run_overdue, "逾期 what is past its day; --soon: 将到期"},
    {"campaigns", run_campaigns, "双十行动 campaigns and how far they are"},
    {"discrepancies", run_discrepancies, "疑似漏报 where offices' records contradict each other"},
    {"attention", run_attention, "关注清单 who owes what, what was changed afterwards"},
    {"inbox", run_inbox, "收件箱 the records routed to an office, and why"},
    {"explain", run_explain, "代码说明 what a code means and what to do, offline"},
    {"routes", run_routes, "分发 who must be told of what"},
    {"figure", run_figure, "形成此数的事件 the records behind a figure"},
    {"publish", run_publish, "发布事件 publish events, JSON lines"},
    {"replay", run_replay, "回放 the records of the log, also as they come"},
    {"rebuild", run_rebuild, "重算 recompute all state from a log, offline"},
    {"prove", run_prove, "证明 a proof that a record is in the log, and its check, offline"},
    {"verify", run_verify, "核验 that the log is unchanged, a hub's or a data folder's"},
    {"backup", run_backup, "备份 a checked copy of the running hub's data, incremental"},
    {"restore", run_restore, "恢复 a data folder from a backup, checked, offline"},
    {"doctor", run_doctor, "诊断 what is wrong with a data folder, and what mends it, offline"},
    {"witness", run_witness, "见证 watch the log for an office and cosign it"},
    {"digest", run_digest, "摘要 SHA-256 of the hub's whole state"},
    {"rejected", run_rejected, "拒收事件 rejected events and why"},
    {"refusals", run_refusals, "拒绝 what the hub refused, to whom and why"},
    {"consumers", run_consumers, "订阅者 durable names and how far they are"},
    {"sources", run_sources, "来源 numbered streams and how far they are"},
    {"units import", run_units_import, "导入单位 register units from a CSV file"},
    {"units list", run_units_list, "单位 the tree of units"},
    {"policy check", run_policy_check, "检查规则 check a policy file, offline"},
    {"policy adopt", run_policy_adopt, "启用规则 put a policy into force"},
    {"policy show", run_policy_show, "现行规则 the policy in force"},
    {"keys new", run_keys_new, "新密钥 make a key pair"},
    {"access list", run_access_list, "权限 who may do what"},
    {"access grant", run_access_grant, "授权 admit a key, or change its rights"},
    {"access revoke", run_access_revoke, "撤销 withdraw a key's access at once"},
    {"access history", run_access_history, "授权历史 who changed whose access when"},
    {"proposals", run_proposals, "待确认 what waits for a second operator"},
    {"confirm", run_confirm, "确认 agree to another operator's proposal"},
    {"withdraw", run_withdraw, "撤回 take a proposal back"},
    {"log-key propose", run_log_key_propose, "更换日志密钥 propose the log's next signing key"},
    {"clock show", run_clock_show, "时钟 the hub's clock"},
    {"clock set", run_clock_set, "拨动时钟 move a demonstration hub's clock on"},
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

/* The line as far as it belongs to no command: argv + command_at is the command. */
struct line {
    struct tool *tool;
    int command_at;
};

static error_t parse_line(int key, char *argument, struct argp_state *state)
{
    struct line *line = state->input;
    (void)argument;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = line->tool;
        return 0;
    case ARGP_KEY_ARG:
        line->command_at = state->next - 1;
        state->next = state->argc; /* the rest is the command's */
        return 0;
    case ARGP_KEY_NO_ARGS:
        command_line_refuse("sanlingctl: says no command");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static char *list_commands(int key, const char *text, void *input)
{
    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)text;
    char *list = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&list, &size);
    if (stream == NULL)
        return NULL;
    fputs(translated("Commands (each has its own --help):\n"), stream);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(stream, "  %-14s %s\n", commands[i].name, commands[i].help);
    fputs(translated(
              "\nExit status: 0 done; 1 the answer is no; 2 wrong usage; 3 hub not reached; 4 refused; 5 damaged."),
          stream);
    fclose(stream);
    return list;
}

static const char help[] = N_("Examples:\n"
                              "  sanlingctl summary\n"
                              "  sanlingctl status 140322000000 --depth 2 --as-of 2020-08-19\n"
                              "  sanlingctl why 140322102200\n"
                              "  sanlingctl overdue --soon\n"
                              "  sanlingctl replay --from 2020-08-01 --type HazardFound --follow\n"
                              "  sanlingctl publish --source petitions-yu events.jsonl\n"
                              "\n"
                              "Looks at a Sanling hub and works on it.\v");

static void parse_until_command(struct line *line, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {.parser = parse_line,
                              .args_doc = "COMMAND [ARGUMENT...]",
                              .doc = help,
                              .children = children,
                              .help_filter = list_commands};
    command_line_parse(&argp, argc, argv, ARGP_IN_ORDER, line);
}

/* How many words of argv the name takes; 0: it is another command. */
static int words_matched(const char *name, int argc, char **argv)
{
    const char *space = strchr(name, ' ');
    if (space == NULL)
        return strcmp(name, argv[0]) == 0 ? 1 : 0;
    size_t first = (size_t)(space - name);
    bool matches =
        strlen(argv[0]) == first && strncmp(name, argv[0], first) == 0 && argc > 1 && strcmp(space + 1, argv[1]) == 0;
    return matches ? 2 : 0;
}

/* `sanlingctl units --help`: the commands that begin with this word, and then the end; nothing if there are none. */
static void print_group_help(int argc, char **argv)
{
    size_t size = strlen(argv[0]);
    bool any = false;
    if (argc < 2 || (strcmp(argv[1], "--help") != 0 && strcmp(argv[1], "-h") != 0))
        return;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strncmp(commands[i].name, argv[0], size) != 0 || commands[i].name[size] != ' ')
            continue;
        printf("%ssanlingctl %-14s %s\n", any ? "       " : translated("Usage: "), commands[i].name, commands[i].help);
        any = true;
    }
    if (any)
        exit(STATUS_DONE);
}

static int run_command(struct tool *tool, int argc, char **argv)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        int words = words_matched(commands[i].name, argc, argv);
        if (words == 0)
            continue;
        char name[64];
        snprintf(name, sizeof name, "sanlingctl %s", commands[i].name);
        argv[words - 1] = name;
        return commands[i].run(tool, argc - (words - 1), argv + (words - 1));
    }
    print_group_help(argc, argv);
    command_line_refuse("sanlingctl: '%s%s%s' is no command", argv[0], argc > 1 ? " " : "", argc > 1 ? argv[1] : "");
}

/* The key that is used when none is named: the user's own, then the machine's. NULL: none is there. */
static const char *find_identity(char *path, size_t size)
{
    const char *home = getenv("HOME");
    snprintf(path, size, "%s/.config/sanling/operator.key", home != NULL ? home : "");
    if (home != NULL && access(path, R_OK) == 0)
        return path;
    snprintf(path, size, "/etc/sanling/operator.key");
    return access(path, R_OK) == 0 ? path : NULL;
}

int main(int argc, char **argv)
{
    char identity[4096];
    struct tool tool = {.endpoint = getenv("SANLING_HUB"),
                        .identity = getenv("SANLING_IDENTITY"),
                        .signing_key = getenv("SANLING_SIGNING_KEY")};
    struct line line = {.tool = &tool};
    secrecy_begin();
    json_end_without_memory();
    language_choose();
    if (tool.endpoint == NULL || tool.endpoint[0] == '\0')
        tool.endpoint = SANLING_DEFAULT_ENDPOINT;
    if (tool.identity == NULL || tool.identity[0] == '\0')
        tool.identity = find_identity(identity, sizeof identity);
    if (tool.signing_key != NULL && tool.signing_key[0] == '\0')
        tool.signing_key = NULL;
    parse_until_command(&line, argc, argv);
    int status = run_command(&tool, argc - line.command_at, argv + line.command_at);
    sanling_close(&tool.hub);
    if (fflush(stdout) != 0 || ferror(stdout))
        return tool_report(STATUS_NO, "SYSTEM", "standard output cannot be written");
    return status;
}
