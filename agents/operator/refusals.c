/* sanlingctl refusals: what the hub refused, to whom and why. */
#include "ask.h"
#include "commands.h"
#include "language.h"
#include "moment.h"
#include "table.h"
#include "words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_OF = 0x200, KEY_SINCE };

struct arguments {
    struct tool *tool;
    Sanling__V1__RefusalsQuery ask;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    int32_t day;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_OF:
        arguments->ask.identity = argument;
        return 0;
    case KEY_SINCE:
        if (!day_parse(argument, &day))
            command_line_refuse("sanlingctl refusals: --since '%s' is no day such as 2020-08-19", argument);
        arguments->ask.from_day = argument;
        return 0;
    case ARGP_KEY_ARG:
        command_line_refuse("sanlingctl refusals: '%s' is one word too many", argument);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "of", .key = KEY_OF, .arg = "NAME", .doc = N_("Only those of this identity")},
    {.name = "since", .key = KEY_SINCE, .arg = "DAY", .doc = N_("What the audit files have since this day (UTC)")},
    {0},
};

static const char help[] = N_(
    "Examples:\n"
    "  sanlingctl refusals\n"
    "  sanlingctl refusals --of petitions --since 2020-08-01\n"
    "\n"
    "What the hub refused since its start: to whom, what, with which code and how often. A key that is no identity's "
    "stands there itself.\v"
    "With --json: one sanling.v1.RefusalsAnswer.");

static const char *what_label(Sanling__V1__Refusal__What what)
{
    static const char *const labels[] = {"–",
                                         "连接 CONNECTION",
                                         "问候 HELLO",
                                         "发布 PUBLISH",
                                         "事件 EVENT",
                                         "订阅 SUBSCRIBE",
                                         "退订 UNSUBSCRIBE",
                                         "额度 CREDIT",
                                         "确认 ACKNOWLEDGE",
                                         "查询 QUERY",
                                         "消息 MESSAGE"};
    return (unsigned)what < sizeof labels / sizeof *labels ? labels[what] : "?";
}

static const char *who_label(const Sanling__V1__Refusal *refusal)
{
    if (refusal->identity[0] != '\0')
        return refusal->identity;
    if (refusal->key[0] != '\0')
        return refusal->key;
    return refusal->others ? "其他 others" : "无密钥 no key";
}

static void print_refusals(const Sanling__V1__RefusalsAnswer *answer)
{
    static const struct column columns[] = {{"对象 Who", false},  {"请求 What", false},  {"代码 Code", false},
                                            {"次数 Count", true}, {"最早 First", false}, {"最近 Last", false}};
    char when[MOMENT_TEXT_SIZE];
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    moment_format(answer->since, when);
    printf("自 since %s\n", when);
    for (size_t i = 0; i < answer->n_refusals; i++) {
        const Sanling__V1__Refusal *refusal = answer->refusals[i];
        struct libscols_line *row = table_add_row(table, NULL);
        row_set(row, 0, "%s", who_label(refusal));
        row_set(row, 1, "%s", what_label(refusal->what));
        row_set(row, 2, "%s", tool_code_name(refusal->code));
        row_set(row, 3, "%" PRIu64, refusal->count);
        moment_format(refusal->first, when);
        row_set(row, 4, "%s", when);
        moment_format(refusal->last, when);
        row_set(row, 5, "%s", when);
    }
    table_print(&table);
}

int run_refusals(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, NULL, help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool, .ask = SANLING__V1__REFUSALS_QUERY__INIT};
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    struct answer answer;
    tool_parse(&argp, argc, argv, &arguments);
    query.ask_case = SANLING__V1__QUERY__ASK_REFUSALS;
    query.refusals = &arguments.ask;
    int status = tool_ask(tool, &query, &sanling__v1__refusals_answer__descriptor, &answer);
    if (status != STATUS_DONE)
        return status;
    if (tool->json) {
        tool_print_json(answer.body);
    } else {
        tool_print_demonstration(answer.demonstration);
        print_refusals((const Sanling__V1__RefusalsAnswer *)answer.body);
    }
    answer_clear(&answer);
    return STATUS_DONE;
}
