/* sanlingctl summary: the leaders' one screen. Shows the hub's figures and computes none. */
#include "arguments.h"
#include "ask.h"
#include "commands.h"
#include "language.h"
#include "moment.h"
#include "rate.h"
#include "summary_figures.h"
#include "table.h"
#include "words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_PERIOD = 0x200, KEY_FOLLOW, SUBSCRIPTION = 1 };

struct arguments {
    struct tool *tool;
    char *unit;
    uint32_t year;
    bool follow;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_PERIOD:
        arguments->year = argument_year(state, argument);
        return 0;
    case KEY_FOLLOW:
        arguments->follow = true;
        return 0;
    case ARGP_KEY_ARG:
        argument_take_word(state, argument, &arguments->unit);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "period", .key = KEY_PERIOD, .arg = "YEAR", .doc = N_("The evaluation period; default: the current one")},
    {.name = "follow", .key = KEY_FOLLOW, .doc = N_("Print it again whenever it changes")},
    {0},
};

static const char help[] = N_("Examples:\n"
                              "  sanlingctl summary\n"
                              "  sanlingctl summary 140322102000 --period 2019\n"
                              "  sanlingctl --json summary --follow\n"
                              "\n"
                              "The summary of a unit (default: the root of what you may see).\v"
                              "With --json: one sanling.v1.Summary, a line for each with --follow.");

/* "99.98% (4418/4419，覆盖 100%)", or the interval where units are not verified. One number never stands alone. */
static void format_interval(const Sanling__V1__ZeroCount *count, char text[static RATE_TEXT_SIZE])
{
    bool covered = count->coverage != NULL && count->coverage->part == count->coverage->whole;
    const char *coverage = covered ? "100" : count->coverage != NULL ? count->coverage->text : "";
    if (count->total == 0 || count->lower == NULL || count->upper == NULL)
        snprintf(text, RATE_TEXT_SIZE, "–");
    else if (count->unverified == 0)
        snprintf(text, RATE_TEXT_SIZE, "%s%% (%" PRIu64 "/%" PRIu64 "，覆盖 %s%%)", count->lower->text,
                 count->lower->part, count->lower->whole, coverage);
    else
        snprintf(text, RATE_TEXT_SIZE, "%s%%–%s%% (覆盖 %s%%)", count->lower->text, count->upper->text, coverage);
}

static void print_zeros(const Sanling__V1__RollUp *zeros)
{
    static const struct column columns[] = {{"单位 Units", false}, {"零 Zero of", false}, {"总数 Total", true},
                                            {"零 Zero", true},     {"破零 Broken", true}, {"未核实 Unverified", true},
                                            {"比率 Rate", false}};
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; zeros != NULL && i < zeros->n_counts; i++) {
        const Sanling__V1__ZeroCount *count = zeros->counts[i];
        struct libscols_line *row = table_add_row(table, NULL);
        char rate[RATE_TEXT_SIZE];
        bool same = i > 0 && zeros->counts[i - 1]->group == count->group;
        format_interval(count, rate);
        row_set(row, 0, "%s", same ? "" : group_label(count->group));
        row_set(row, 1, "%s", zero_label(count->zero));
        row_set(row, 2, "%u", count->total);
        row_set(row, 3, "%u", count->zero_units);
        row_set(row, 4, "%u", count->broken);
        row_set(row, 5, "%u", count->unverified);
        row_set(row, 6, "%s", rate);
    }
    table_print(&table);
}

static void print_heading(const Sanling__V1__Summary *summary)
{
    char when[MOMENT_TEXT_SIZE];
    moment_format(summary->time, when);
    tool_print_demonstration(summary->demonstration);
    printf("%s%s%s  三零单位创建汇总 Three-zeros summary, %u\n", summary->name[0] != '\0' ? summary->name : "全部 all",
           summary->unit[0] != '\0' ? " " : "", summary->unit, summary->year);
    if (summary->policy_version[0] == '\0') {
        printf("时钟 %s，位置 %" PRIu64 "，尚未启用规则\n", when, summary->position);
        printf("Clock %s, position %" PRIu64 ", no policy is adopted yet; try: sanlingctl policy adopt FILE\n\n", when,
               summary->position);
        return;
    }
    printf("截至 %s（时钟 %s），位置 %" PRIu64 "，规则 %s（%s）\n", summary->as_of, when, summary->position,
           summary->policy_version, summary->policy_preset);
    printf("As of %s (clock %s), position %" PRIu64 ", policy %s (%s)\n\n", summary->as_of, when, summary->position,
           summary->policy_version, summary->policy_preset);
}

static void print_summary(const struct tool *tool, const Sanling__V1__Summary *summary)
{
    if (tool->json) {
        tool_print_json(&summary->base);
    } else {
        print_heading(summary);
        print_zeros(summary->zeros);
        putchar('\n');
        summary_figures_print(summary);
    }
    fflush(stdout);
}

static int follow(struct tool *tool, const struct arguments *arguments)
{
    struct sanling_error error;
    struct sanling_happening happening;
    Sanling__V1__Subscribe subscribe = SANLING__V1__SUBSCRIBE__INIT;
    Sanling__V1__SummarySubscription summary = SANLING__V1__SUMMARY_SUBSCRIPTION__INIT;
    if (arguments->unit != NULL)
        summary.unit = arguments->unit;
    summary.year = arguments->year;
    subscribe.id = SUBSCRIPTION;
    subscribe.kind_case = SANLING__V1__SUBSCRIBE__KIND_SUMMARY;
    subscribe.summary = &summary;
    int status = tool_connect(tool, NULL);
    if (status != STATUS_DONE)
        return status;
    if (!sanling_subscribe(tool->hub, &subscribe, &error))
        return tool_fail(&error);
    while (sanling_next(tool->hub, -1, &happening, &error)) {
        if (happening.kind == SANLING_PROBLEM) {
            snprintf(error.text, sizeof error.text, "%s", happening.problem->text);
            error.hub_code = happening.problem->code;
            return tool_fail(&error);
        }
        if (happening.kind != SANLING_SUMMARY)
            continue;
        if (!tool->json && isatty(STDOUT_FILENO))
            fputs("\033[H\033[2J", stdout);
        print_summary(tool, happening.summary->summary);
        if (!sanling_credit(tool->hub, SUBSCRIPTION, 1, &error))
            return tool_fail(&error);
    }
    return tool_fail(&error);
}

int run_summary(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, "[UNIT]", help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool};
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__SummaryQuery summary = SANLING__V1__SUMMARY_QUERY__INIT;
    struct answer answer;
    tool_parse(&argp, argc, argv, &arguments);
    if (arguments.follow)
        return follow(tool, &arguments);
    if (arguments.unit != NULL)
        summary.unit = arguments.unit;
    summary.year = arguments.year;
    query.ask_case = SANLING__V1__QUERY__ASK_SUMMARY;
    query.summary = &summary;
    int status = tool_ask(tool, &query, &sanling__v1__summary__descriptor, &answer);
    if (status != STATUS_DONE)
        return status;
    print_summary(tool, (const Sanling__V1__Summary *)answer.body);
    answer_clear(&answer);
    return STATUS_DONE;
}
