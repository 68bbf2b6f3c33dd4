/* sanlingctl inbox: the records that were routed to an office, and why. */
#include "arguments.h"
#include "ask.h"
#include "commands.h"
#include "language.h"
#include "record_line.h"
#include "record_stream.h"
#include "routes.h"
#include "words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct arguments {
    struct tool *tool;
    struct record_stream stream;
    struct answer catalogue;
    struct answer routes;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        state->child_inputs[1] = &arguments->stream;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            command_line_refuse("%s: '%s' is one word too many", state->name, argument);
        arguments->stream.filter.inbox = argument_office(state, "OFFICE", argument);
        return 0;
    case ARGP_KEY_NO_ARGS:
        command_line_refuse("%s: wants an office, e.g. work_safety or 应急", state->name);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const char help[] =
    N_("Examples:\n"
       "  sanlingctl inbox work_safety --from 2020-08-01\n"
       "  sanlingctl inbox 公安 --from now --follow\n"
       "\n"
       "The records that the policy routed to an office, each with the ground of its route; and how "
       "far behind the office's own agents are.\v"
       "With --json: sanling.v1.Record lines; the grounds are in sanlingctl --json routes. The ground "
       "is that of the policy in force now.");

static void print_ground(const struct arguments *arguments, const Sanling__V1__Record *record)
{
    const Sanling__V1__RoutesAnswer *routes = (const Sanling__V1__RoutesAnswer *)arguments->routes.body;
    const Sanling__V1__RoutesAnswer__Route *route = route_of(routes, record, arguments->stream.filter.inbox);
    printf("    依据 ground: %s\n",
           route == NULL || route->ground[0] == '\0' ? "现行规则未载明 not in the policy in force" : route->ground);
}

static void print_delivery(const struct sanling_happening *happening, void *context)
{
    const struct arguments *arguments = context;
    for (size_t i = 0; i < happening->delivery->n_records; i++) {
        const Sanling__V1__Record *record = happening->delivery->records[i];
        if (arguments->tool->json) {
            tool_print_json(&record->base);
        } else {
            record_line_print(record, &arguments->catalogue);
            print_ground(arguments, record);
        }
    }
}

/* Who publishes for an office also reads its inbox. */
static bool is_of_office(const Sanling__V1__SourcesAnswer *sources, const char *identity,
                         Sanling__V1__Office__Kind office)
{
    for (size_t i = 0; i < sources->n_sources; i++)
        if (sources->sources[i]->office == office && strcmp(sources->sources[i]->identity, identity) == 0)
            return true;
    return false;
}

/* An agent's inbox is durable under the name of its source, with this in front. */
static void print_consumers(const Sanling__V1__ConsumersAnswer *consumers, const Sanling__V1__SourcesAnswer *sources,
                            Sanling__V1__Office__Kind office)
{
    static const char prefix[] = "inbox-";
    for (size_t i = 0; i < consumers->n_consumers; i++) {
        const Sanling__V1__ConsumersAnswer__Consumer *inbox = consumers->consumers[i];
        if (strncmp(inbox->name, prefix, strlen(prefix)) == 0 && is_of_office(sources, inbox->identity, office))
            printf("收件 %s（%s）：已确认 acknowledged #%" PRIu64 "，落后 behind %" PRIu64 " 条 records，%s\n",
                   inbox->name, inbox->identity, inbox->acknowledged, inbox->lag,
                   inbox->connected ? "在线 connected" : "离线 not connected");
    }
}

static int print_lag(const struct arguments *arguments)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__ConsumersQuery ask_consumers = SANLING__V1__CONSUMERS_QUERY__INIT;
    Sanling__V1__SourcesQuery ask_sources = SANLING__V1__SOURCES_QUERY__INIT;
    struct answer consumers;
    struct answer sources = {0};
    query.ask_case = SANLING__V1__QUERY__ASK_CONSUMERS;
    query.consumers = &ask_consumers;
    int status = tool_ask(arguments->tool, &query, &sanling__v1__consumers_answer__descriptor, &consumers);
    query.ask_case = SANLING__V1__QUERY__ASK_SOURCES;
    query.sources = &ask_sources;
    if (status == STATUS_DONE)
        status = tool_ask(arguments->tool, &query, &sanling__v1__sources_answer__descriptor, &sources);
    if (status == STATUS_DONE) {
        tool_print_demonstration(sources.demonstration);
        printf("%s 收件 inbox\n", office_label(arguments->stream.filter.inbox));
        print_consumers((const Sanling__V1__ConsumersAnswer *)consumers.body,
                        (const Sanling__V1__SourcesAnswer *)sources.body, arguments->stream.filter.inbox);
    }
    answer_clear(&consumers);
    answer_clear(&sources);
    return status;
}

int run_inbox(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {.argp = &record_stream_argp}, {0}};
    const struct argp argp = {NULL, parse, "OFFICE", help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool, .stream = record_stream_of(tool)};
    int status = STATUS_DONE;
    tool_parse(&argp, argc, argv, &arguments);
    if (!tool->json)
        status = ask_catalogue(tool, &arguments.catalogue);
    if (status == STATUS_DONE && !tool->json)
        status = ask_routes(tool, &arguments.routes);
    if (status == STATUS_DONE && !tool->json)
        status = print_lag(&arguments);
    if (status == STATUS_DONE)
        status = record_stream_run(&arguments.stream, print_delivery, &arguments);
    answer_clear(&arguments.catalogue);
    answer_clear(&arguments.routes);
    return status;
}
