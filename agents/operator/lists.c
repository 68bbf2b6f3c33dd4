/* sanlingctl rejected, consumers, sources: what the hub keeps about who sends and reads. */
#include "ask.h"
#include "commands.h"
#include "fault.h"
#include "language.h"
#include "moment.h"
#include "table.h"
#include "words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_SOURCE = 0x200 };

struct rejected_arguments {
    struct tool *tool;
    char *source;
};

static error_t parse_rejected(int key, char *argument, struct argp_state *state)
{
    struct rejected_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_SOURCE:
        arguments->source = argument;
        return 0;
    case ARGP_KEY_ARG:
        command_line_refuse("sanlingctl rejected: '%s' is one word too many", argument);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option rejected_options[] = {
    {.name = "source", .key = KEY_SOURCE, .arg = "NAME", .doc = N_("Only events of this source")},
    {0},
};

static const char rejected_help[] =
    N_("Examples:\n"
       "  sanlingctl rejected\n"
       "  sanlingctl --json rejected --source petitions-yu\n"
       "\n"
       "The rejected events, each with the reason. A rejected event used up its number.\v"
       "With --json: sanling.v1.Rejection lines.");

static void add_rejection(struct libscols_table *table, const Sanling__V1__Rejection *rejection)
{
    struct libscols_line *row = table_add_row(table, NULL);
    char when[MOMENT_TEXT_SIZE];
    moment_format(rejection->recorded_at, when);
    row_set(row, 0, "%" PRIu64, rejection->number);
    row_set(row, 1, "%s", when);
    row_set(row, 2, "%s", rejection->publisher != NULL ? rejection->publisher->identity : "–");
    row_set(row, 3, "%s", rejection->source);
    row_set(row, 4, "%" PRIu64, rejection->sequence);
    row_set(row, 5, "%s", tool_code_name(rejection->code));
    row_set(row, 6, "%s", rejection->text);
}

/* *more: whether another page follows, which `query` then asks for. */
static int show_page(struct tool *tool, Sanling__V1__Query *query, struct libscols_table *table, bool *more)
{
    const bool first = query->rejected->after == 0;
    struct answer answer;
    int status = tool_ask(tool, query, &sanling__v1__rejected_answer__descriptor, &answer);
    if (status != STATUS_DONE)
        return status;
    const Sanling__V1__RejectedAnswer *page = (const Sanling__V1__RejectedAnswer *)answer.body;
    tool_print_demonstration(first && !tool->json && answer.demonstration);
    for (size_t i = 0; i < page->n_rejections; i++) {
        if (tool->json)
            tool_print_json(&page->rejections[i]->base);
        else
            add_rejection(table, page->rejections[i]);
    }
    *more = question_go_on(query, answer.body);
    answer_clear(&answer);
    return STATUS_DONE;
}

int run_rejected(struct tool *tool, int argc, char **argv)
{
    static const struct column columns[] = {
        {"号 Number", true},     {"时间 Recorded", false}, {"发布者 Publisher", false}, {"来源 Source", false},
        {"序号 Sequence", true}, {"代码 Code", false},     {"原因 Reason", false}};
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {rejected_options, parse_rejected, NULL, rejected_help, children, NULL, NULL};
    struct rejected_arguments arguments = {.tool = tool};
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__RejectedQuery rejected = SANLING__V1__REJECTED_QUERY__INIT;
    bool more = true;
    tool_parse(&argp, argc, argv, &arguments);
    if (arguments.source != NULL)
        rejected.source = arguments.source;
    query.ask_case = SANLING__V1__QUERY__ASK_REJECTED;
    query.rejected = &rejected;
    CLEANUP(table_close) struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    while (more) {
        int status = show_page(tool, &query, table, &more);
        if (status != STATUS_DONE)
            return status;
    }
    if (!tool->json)
        table_print(&table);
    return STATUS_DONE;
}

static void print_consumers(const struct answer *whole)
{
    const Sanling__V1__ConsumersAnswer *answer = (const Sanling__V1__ConsumersAnswer *)whole->body;
    static const struct column columns[] = {{"名称 Name", false},
                                            {"身份 Identity", false},
                                            {"已确认 Acknowledged", true},
                                            {"落后 Behind", true},
                                            {"在线 Connected", false}};
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    tool_print_demonstration(whole->demonstration);
    for (size_t i = 0; i < answer->n_consumers; i++) {
        const Sanling__V1__ConsumersAnswer__Consumer *consumer = answer->consumers[i];
        struct libscols_line *row = table_add_row(table, NULL);
        row_set(row, 0, "%s", consumer->name);
        row_set(row, 1, "%s", consumer->identity);
        row_set(row, 2, "%" PRIu64, consumer->acknowledged);
        row_set(row, 3, "%" PRIu64, consumer->lag);
        row_set(row, 4, "%s", consumer->connected ? "是 yes" : "否 no");
    }
    table_print(&table);
}

int run_consumers(struct tool *tool, int argc, char **argv)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__ConsumersQuery consumers = SANLING__V1__CONSUMERS_QUERY__INIT;
    struct answer answer;
    tool_parse_words(tool, argc, argv, "", "The durable names, how far each has acknowledged and how far it is behind.",
                     0, 0, NULL);
    query.ask_case = SANLING__V1__QUERY__ASK_CONSUMERS;
    query.consumers = &consumers;
    int status = tool_ask(tool, &query, &sanling__v1__consumers_answer__descriptor, &answer);
    if (status != STATUS_DONE)
        return status;
    if (tool->json)
        tool_print_json(answer.body);
    else
        print_consumers(&answer);
    answer_clear(&answer);
    return STATUS_DONE;
}

static void print_sources(const struct answer *whole)
{
    const Sanling__V1__SourcesAnswer *answer = (const Sanling__V1__SourcesAnswer *)whole->body;
    static const struct column columns[] = {
        {"来源 Source", false}, {"身份 Identity", false},  {"部门 Office", false},
        {"下一号 Next", true},  {"已记录 Recorded", true}, {"已拒收 Rejected", true},
        {"最近 Last", false},   {"在线 Connected", false}, {"签名 Signs", false}};
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    tool_print_demonstration(whole->demonstration);
    for (size_t i = 0; i < answer->n_sources; i++) {
        const Sanling__V1__SourcesAnswer__Source *source = answer->sources[i];
        struct libscols_line *row = table_add_row(table, NULL);
        char when[MOMENT_TEXT_SIZE];
        moment_format(source->last_recorded_at, when);
        row_set(row, 0, "%s", source->name);
        row_set(row, 1, "%s", source->identity);
        row_set(row, 2, "%s", office_label(source->office));
        row_set(row, 3, "%" PRIu64, source->next_sequence);
        row_set(row, 4, "%" PRIu64, source->recorded);
        row_set(row, 5, "%" PRIu64, source->rejected);
        row_set(row, 6, "%s", when);
        row_set(row, 7, "%s", source->connected ? "是 yes" : "否 no");
        row_set(row, 8, "%s", source->signs ? "是 yes" : source->must_sign ? "否，政策要求 no, but must" : "否 no");
    }
    table_print(&table);
}

int run_sources(struct tool *tool, int argc, char **argv)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__SourcesQuery sources = SANLING__V1__SOURCES_QUERY__INIT;
    struct answer answer;
    tool_parse_words(tool, argc, argv, "", "The numbered streams of events: whose they are and how far they are.", 0, 0,
                     NULL);
    query.ask_case = SANLING__V1__QUERY__ASK_SOURCES;
    query.sources = &sources;
    int status = tool_ask(tool, &query, &sanling__v1__sources_answer__descriptor, &answer);
    if (status != STATUS_DONE)
        return status;
    if (tool->json)
        tool_print_json(answer.body);
    else
        print_sources(&answer);
    answer_clear(&answer);
    return STATUS_DONE;
}
