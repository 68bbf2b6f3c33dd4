/* sanlingctl access: which key may do what. */
#include "ask.h"
#include "commands.h"
#include "key_file.h"
#include "language.h"
#include "moment.h"
#include "proposals.h"
#include "table.h"
#include "words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_KEY = 0x200, KEY_ROLE, KEY_OFFICE, KEY_UNIT, KEY_TYPE, KEY_SIGNING_KEY, KEY_KNOWN_AT, TYPES_MAX = 64 };

static void print_entries(const Sanling__V1__AccessAnswer *answer)
{
    static const struct column columns[] = {
        {"名称 Name", false},  {"角色 Role", false}, {"部门 Office", false},          {"单位 Unit", false},
        {"事件 Types", false}, {"公钥 Key", false},  {"签名公钥 Signing key", false}, {"自位置 Since", true}};
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < answer->n_entries; i++) {
        const Sanling__V1__AccessEntry *entry = answer->entries[i];
        struct libscols_line *row = table_add_row(table, NULL);
        char types[1024] = "";
        for (size_t t = 0; t < entry->n_types; t++)
            snprintf(types + strlen(types), sizeof types - strlen(types), "%s%s", t > 0 ? "," : "", entry->types[t]);
        row_set(row, 0, "%s", entry->name);
        row_set(row, 1, "%s", entry->role);
        row_set(row, 2, "%s", office_label(entry->office));
        row_set(row, 3, "%s", entry->unit[0] != '\0' ? entry->unit : "全部 all");
        row_set(row, 4, "%s", types[0] != '\0' ? types : "目录 catalogue");
        row_set(row, 5, "%s", entry->key);
        row_set(row, 6, "%s", entry->signing_key[0] != '\0' ? entry->signing_key : "不签名 none");
        row_set_position(row, 7, i < answer->n_since ? answer->since[i] : 0);
    }
    table_print(&table);
}

/* `proposal`, unless it is NULL, gets the position where the change waits for another operator, or 0. */
static int ask_access(struct tool *tool, const Sanling__V1__Query *query, bool print, uint64_t *proposal)
{
    struct answer answer;
    int status = tool_ask(tool, query, &sanling__v1__access_answer__descriptor, &answer);
    if (status != STATUS_DONE)
        return status;
    if (proposal != NULL)
        *proposal = ((const Sanling__V1__AccessAnswer *)answer.body)->proposal;
    if (tool->json)
        tool_print_json(answer.body);
    if (!tool->json && print) {
        tool_print_demonstration(answer.demonstration);
        print_entries((const Sanling__V1__AccessAnswer *)answer.body);
    }
    answer_clear(&answer);
    return STATUS_DONE;
}

static error_t parse_list(int key, char *argument, struct argp_state *state)
{
    struct tool *tool = state->input;
    uint64_t position;
    Google__Protobuf__Timestamp time;
    if (key == ARGP_KEY_INIT) {
        state->child_inputs[0] = tool;
        return 0;
    }
    if (key != KEY_KNOWN_AT)
        return ARGP_ERR_UNKNOWN;
    if (!position_parse(argument, &position) && !moment_parse(argument, true, &time))
        command_line_refuse("%s: --known-at '%s' is no position, time or day", state->name, argument);
    tool->known = argument;
    return 0;
}

static const struct argp_option list_options[] = {
    {.name = "known-at", .key = KEY_KNOWN_AT, .arg = "POSITION|TIME", .doc = N_("Who had access then; default: now")},
    {0}};

static const char list_help[] = N_("Examples:\n"
                                   "  sanlingctl access list\n"
                                   "  sanlingctl access list --known-at 2020-03-05T18:00:00+08:00\n"
                                   "\n"
                                   "The identities that the hub admits and what each may do.");

int run_access_list(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {list_options, parse_list, "", list_help, children, NULL, NULL};
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__AccessQuery access = SANLING__V1__ACCESS_QUERY__INIT;
    tool_parse(&argp, argc, argv, tool);
    query.ask_case = SANLING__V1__QUERY__ASK_ACCESS;
    query.access = &access;
    return ask_access(tool, &query, true, NULL);
}

static const char *ground_label(const Sanling__V1__AccessHistoryAnswer__Change *change)
{
    switch (change->ground) {
    case SANLING__V1__ACCESS_GROUND__KIND__CHANGE:
        return "一名运维 one operator";
    case SANLING__V1__ACCESS_GROUND__KIND__FILE:
        return "权限文件 access file";
    case SANLING__V1__ACCESS_GROUND__KIND__CONFIRMED:
        return "两名运维 two operators";
    case SANLING__V1__ACCESS_GROUND__KIND__UNSPECIFIED:
    case _SANLING__V1__ACCESS_GROUND__KIND_IS_INT_SIZE:
        break;
    }
    return "–";
}

static void add_change(struct libscols_table *table, const Sanling__V1__AccessHistoryAnswer__Change *change)
{
    struct libscols_line *row = table_add_row(table, NULL);
    const Sanling__V1__AccessEntry *entry = change->entry;
    char when[MOMENT_TEXT_SIZE];
    row_set_position(row, 0, change->position);
    moment_format(change->recorded_at, when);
    row_set(row, 1, "%s", when);
    row_set(row, 2, "%s", entry->name);
    if (change->revoked)
        row_set(row, 3, "撤销 revoked");
    else
        row_set(row, 3, "授权 granted: %s, %s, %s, %s", entry->role, office_label(entry->office),
                entry->unit[0] != '\0' ? entry->unit : "全部 all", entry->key);
    row_set(row, 4, "%s", ground_label(change));
    if (change->proposal != 0)
        row_set(row, 5, "%s, %s #%" PRIu64, change->by, change->proposed_by, change->proposal);
    else
        row_set_text(row, 5, change->by);
}

int run_access_history(struct tool *tool, int argc, char **argv)
{
    static const struct column columns[] = {{"位置 Position", true}, {"时间 When", false},   {"名称 Name", false},
                                            {"变动 Change", false},  {"依据 Ground", false}, {"何人 By", false}};
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__AccessHistoryQuery ask = SANLING__V1__ACCESS_HISTORY_QUERY__INIT;
    struct answer answer;
    const char *words[1];
    tool_parse_words(tool, argc, argv, "[NAME]", "Who changed whose access, when, and on what ground: from the log.", 0,
                     1, words);
    ask.identity = words[0] != NULL ? (char *)words[0] : "";
    query.ask_case = SANLING__V1__QUERY__ASK_ACCESS_HISTORY;
    query.access_history = &ask;
    int status = tool_ask(tool, &query, &sanling__v1__access_history_answer__descriptor, &answer);
    if (status != STATUS_DONE)
        return status;
    const Sanling__V1__AccessHistoryAnswer *history = (const Sanling__V1__AccessHistoryAnswer *)answer.body;
    if (tool->json) {
        tool_print_json(answer.body);
    } else {
        struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
        tool_print_demonstration(answer.demonstration);
        for (size_t i = 0; i < history->n_changes; i++)
            add_change(table, history->changes[i]);
        table_print(&table);
    }
    answer_clear(&answer);
    return STATUS_DONE;
}

struct arguments {
    struct tool *tool;
    Sanling__V1__AccessEntry entry;
    char *types[TYPES_MAX];
    char key[PUBLIC_KEY_SIZE];
    char signing_key[SIGNING_KEY_TEXT_SIZE];
};

static void set_role(Sanling__V1__AccessEntry *entry, char *role)
{
    static const char *const roles[] = {"publisher", "subscriber", "leader", "operator", "auditor"};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strcmp(roles[i], role) == 0)
            entry->role = role;
    if (entry->role != role)
        command_line_refuse(
            "sanlingctl access grant: --role '%s' is none of publisher, subscriber, leader, operator, auditor", role);
}

static void add_type(struct arguments *arguments, char *type)
{
    if (arguments->entry.n_types == TYPES_MAX)
        command_line_refuse("sanlingctl access grant: more than %d types", TYPES_MAX);
    arguments->types[arguments->entry.n_types++] = type;
}

static void check_entry(const Sanling__V1__AccessEntry *entry)
{
    if (entry->name[0] == '\0')
        command_line_refuse("sanlingctl access grant: wants a NAME");
    if (entry->key[0] == '\0')
        command_line_refuse("sanlingctl access grant: wants --key");
    if (entry->role[0] == '\0')
        command_line_refuse("sanlingctl access grant: wants --role");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_KEY:
        if (!public_key_find(argument, arguments->key))
            command_line_refuse("sanlingctl access grant: --key '%s' is no key of 40 characters and no key file",
                                argument);
        arguments->entry.key = arguments->key;
        return 0;
    case KEY_ROLE:
        set_role(&arguments->entry, argument);
        return 0;
    case KEY_OFFICE:
        if (!office_parse(argument, &arguments->entry.office))
            command_line_refuse("sanlingctl access grant: --office '%s' is no office", argument);
        return 0;
    case KEY_UNIT:
        arguments->entry.unit = argument;
        return 0;
    case KEY_SIGNING_KEY:
        if (!signing_key_find(argument, arguments->signing_key))
            command_line_refuse("sanlingctl access grant: --signing-key '%s' is no key of 44 characters and no file "
                                "that has one",
                                argument);
        arguments->entry.signing_key = arguments->signing_key;
        return 0;
    case KEY_TYPE:
        add_type(arguments, argument);
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            command_line_refuse("sanlingctl access grant: '%s' is one word too many", argument);
        arguments->entry.name = argument;
        return 0;
    case ARGP_KEY_END:
        check_entry(&arguments->entry);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "key", .key = KEY_KEY, .arg = "KEY", .doc = N_("Its public key, 40 characters, or the file that has it")},
    {.name = "role", .key = KEY_ROLE, .arg = "ROLE", .doc = N_("publisher, subscriber, leader, operator or auditor")},
    {.name = "office",
     .key = KEY_OFFICE,
     .arg = "OFFICE",
     .doc = N_("PETITIONS 信访, WORK_SAFETY 安委办, PUBLIC_SECURITY 公安, GOVERNANCE 综治, LEADERSHIP 领导小组办, "
               "OPERATOR 运维")},
    {.name = "unit", .key = KEY_UNIT, .arg = "UNIT", .doc = N_("Root of its subtree; default: the whole tree")},
    {.name = "signing-key",
     .key = KEY_SIGNING_KEY,
     .arg = "KEY",
     .doc =
         N_("Public key that signs its batches, 44 characters, or the .pub file that has it; default: it signs none")},
    {.name = "type",
     .key = KEY_TYPE,
     .arg = "TYPE",
     .doc = N_("An event type it may publish (repeatable); 'catalogue': those of its office; default: these alone")},
    {0},
};

static const char help[] = N_(
    "Examples:\n"
    "  sanlingctl access grant petitions --key keys/petitions.key.pub --role publisher --office PETITIONS\n"
    "  sanlingctl access grant mayor --key 'KEY' --role leader --unit 140322000000\n"
    "\n"
    "Admits a key under a name, or replaces the rights of that name. Holds at once; but what gives somebody more than "
    "they had, and every new leader, operator or auditor, waits until a second operator confirms it.");

int run_access_grant(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, "NAME", help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool, .entry = SANLING__V1__ACCESS_ENTRY__INIT};
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__AccessChange change = SANLING__V1__ACCESS_CHANGE__INIT;
    tool_parse(&argp, argc, argv, &arguments);
    arguments.entry.types = arguments.types;
    change.change_case = SANLING__V1__ACCESS_CHANGE__CHANGE_GRANT;
    change.grant = &arguments.entry;
    query.ask_case = SANLING__V1__QUERY__ASK_ACCESS_CHANGE;
    query.access_change = &change;
    uint64_t proposal = 0;
    int status = ask_access(tool, &query, false, &proposal);
    if (status == STATUS_DONE && !tool->json && proposal > 0)
        return proposal_print_waiting(tool, proposal);
    if (status == STATUS_DONE && !tool->json)
        printf("已授权 granted: %s (%s)\n", arguments.entry.name, arguments.entry.role);
    return status;
}

int run_access_revoke(struct tool *tool, int argc, char **argv)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__AccessChange change = SANLING__V1__ACCESS_CHANGE__INIT;
    const char *words[1];
    tool_parse_words(tool, argc, argv, "NAME", "Withdraws the access of a name, for open sessions too.", 1, 1, words);
    change.change_case = SANLING__V1__ACCESS_CHANGE__CHANGE_REVOKE;
    change.revoke = (char *)words[0];
    query.ask_case = SANLING__V1__QUERY__ASK_ACCESS_CHANGE;
    query.access_change = &change;
    int status = ask_access(tool, &query, false, NULL);
    if (status == STATUS_DONE && !tool->json)
        printf("已撤销 revoked: %s\n", words[0]);
    return status;
}
