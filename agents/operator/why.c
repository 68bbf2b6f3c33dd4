/* sanlingctl why: a status in words. */
#include "arguments.h"
#include "ask.h"
#include "commands.h"
#include "language.h"
#include "why_words.h"

#include <stdio.h>

enum { KEY_AS_OF = 0x200, KEY_KNOWN_AT };

struct arguments {
    struct tool *tool;
    Sanling__V1__StatusQuery status; /* unit, day and what was known then, as `status` takes them */
    Google__Protobuf__Timestamp known_at;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_AS_OF:
        arguments->status.as_of = argument_day(state, "--as-of", argument);
        return 0;
    case KEY_KNOWN_AT:
        argument_known_at(state, argument, &arguments->status, &arguments->known_at);
        return 0;
    case ARGP_KEY_ARG:
        argument_take_word(state, argument, &arguments->status.unit);
        return 0;
    case ARGP_KEY_NO_ARGS:
        command_line_refuse("%s: wants the code of a unit; sanlingctl status shows them", state->name);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "as-of",
     .key = KEY_AS_OF,
     .arg = "DAY",
     .doc = N_("The status on that day; default: today by the hub's clock")},
    {.name = "known-at", .key = KEY_KNOWN_AT, .arg = "POSITION|TIME", .doc = N_("As it was known then; default: now")},
    {0},
};

static const char help[] = N_("Examples:\n"
                              "  sanlingctl why 140322102200\n"
                              "  sanlingctl why 140322102200 --as-of 2020-03-05 --known-at 61204\n"
                              "\n"
                              "A unit's status in words: which events, which attestations, which rule of which policy "
                              "version; each sentence ends with the positions of its records.\v"
                              "A record in full: sanlingctl replay --from POSITION --to POSITION. With --json: one "
                              "sanling.v1.WhyAnswer.");

/* A time becomes the last position at or before it, which a status of that time names. */
static int find_known_at(struct arguments *arguments, uint64_t *known_at)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    struct answer answer;
    if (arguments->status.known_at_case != SANLING__V1__STATUS_QUERY__KNOWN_AT_TIME) {
        *known_at = arguments->status.known_at_case == SANLING__V1__STATUS_QUERY__KNOWN_AT_POSITION
                        ? arguments->status.position
                        : 0;
        return STATUS_DONE;
    }
    query.ask_case = SANLING__V1__QUERY__ASK_STATUS;
    query.status = &arguments->status;
    int status = tool_ask(arguments->tool, &query, &sanling__v1__status_answer__descriptor, &answer);
    if (status != STATUS_DONE)
        return status;
    const Sanling__V1__StatusAnswer *known = (const Sanling__V1__StatusAnswer *)answer.body;
    *known_at = known->n_units > 0 ? known->units[0]->known_at : 0;
    answer_clear(&answer);
    return *known_at > 0 ? STATUS_DONE
                         : tool_report(STATUS_NO, "NO", "nothing was known at that time; take a later one");
}

static int print_why(struct tool *tool, const struct answer *answer)
{
    struct answer catalogue;
    int status = ask_catalogue(tool, &catalogue);
    if (status != STATUS_DONE)
        return status;
    tool_print_demonstration(answer->demonstration);
    why_write(stdout, (const Sanling__V1__WhyAnswer *)answer->body, &catalogue);
    answer_clear(&catalogue);
    return STATUS_DONE;
}

int run_why(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, "UNIT", help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool, .status = SANLING__V1__STATUS_QUERY__INIT};
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__WhyQuery why = SANLING__V1__WHY_QUERY__INIT;
    struct answer answer = {0};
    tool_parse(&argp, argc, argv, &arguments);
    int status = find_known_at(&arguments, &why.known_at);
    if (status != STATUS_DONE)
        return status;
    why.unit = arguments.status.unit;
    why.as_of = arguments.status.as_of;
    query.ask_case = SANLING__V1__QUERY__ASK_WHY;
    query.why = &why;
    status = tool_ask(tool, &query, &sanling__v1__why_answer__descriptor, &answer);
    if (status == STATUS_DONE && tool->json)
        tool_print_json(answer.body);
    if (status == STATUS_DONE && !tool->json)
        status = print_why(tool, &answer);
    answer_clear(&answer);
    return status;
}
