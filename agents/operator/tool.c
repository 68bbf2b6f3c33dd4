#include "tool.h"

#include "language.h"
#include "moment.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_SIZE = 1024 };
enum { KEY_HUB = 0x100, KEY_IDENTITY, KEY_JSON, KEY_AT, KEY_KNOWN };

static void check_known(const struct argp_state *state, const char *text)
{
    uint64_t position;
    Google__Protobuf__Timestamp time;
    if (strcmp(text, "now") != 0 && strcmp(text, "end") != 0 && !position_parse(text, &position) &&
        !moment_parse(text, true, &time))
        command_line_refuse("%s: --known '%s' is no position, time or day, nor 'now' or 'end'", state->name, text);
}

static error_t parse_tool_option(int key, char *argument, struct argp_state *state)
{
    struct tool *tool = state->input;
    switch (key) {
    case KEY_HUB:
        tool->endpoint = argument;
        return 0;
    case KEY_IDENTITY:
        tool->identity = argument;
        return 0;
    case KEY_JSON:
        tool->json = true;
        language_english(); /* a program reads it */
        return 0;
    case KEY_AT:
        if (!day_is_valid(argument))
            command_line_refuse("%s: --at '%s' is no day, e.g. 2020-08-19", state->name, argument);
        tool->day = argument;
        return 0;
    case KEY_KNOWN:
        check_known(state, argument);
        tool->known = argument;
        return 0;
    case ARGP_KEY_END:
        if (tool->known != NULL && strcmp(tool->known, "end") == 0 && tool->day == NULL)
            command_line_refuse("%s: --known end: of which day? add --at DAY", state->name);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option tool_options[] = {
    {.name = "hub",
     .key = KEY_HUB,
     .arg = "ENDPOINT",
     .group = -1,
     .doc = N_("Where the hub listens; environment SANLING_HUB; default tcp://127.0.0.1:7310")},
    {.name = "identity",
     .key = KEY_IDENTITY,
     .arg = "FILE",
     .group = -1,
     .doc = N_("Key file of who asks; environment SANLING_IDENTITY")},
    {.name = "json", .key = KEY_JSON, .group = -1, .doc = N_("Print JSON, or JSON lines, and nothing else")},
    {.name = "at",
     .key = KEY_AT,
     .arg = "DAY",
     .group = -1,
     .doc = N_("Ask of a past day: as it was known at its end, unless --known says otherwise")},
    {.name = "known",
     .key = KEY_KNOWN,
     .arg = "POSITION|TIME|end|now",
     .group = -1,
     .doc = N_("Ask as it was known then; without --at, of the day that was open then")},
    {0},
};

static const struct argp_child every_program[] = {{.argp = &command_line_argp}, {0}};

const struct argp tool_argp = {
    .options = tool_options, .parser = parse_tool_option, .children = every_program, .argp_domain = "sanling"};

void tool_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    command_line_parse(argp, argc, argv, 0, input);
}

struct word_arguments {
    struct tool *tool;
    int least;
    int most;
    const char **words;
};

static error_t parse_word(int key, char *argument, struct argp_state *state)
{
    struct word_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case ARGP_KEY_ARG:
        if ((int)state->arg_num >= arguments->most)
            command_line_refuse("%s: '%s' is one word too many", state->name, argument);
        arguments->words[state->arg_num] = argument;
        return 0;
    case ARGP_KEY_END:
        if ((int)state->arg_num < arguments->least)
            command_line_refuse("%s: wants %s", state->name, state->root_argp->args_doc);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

void tool_parse_words(struct tool *tool, int argc, char **argv, const char *arguments, const char *help, int least,
                      int most, const char **words)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {.parser = parse_word, .args_doc = arguments, .doc = help, .children = children};
    struct word_arguments input = {tool, least, most, words};
    for (int i = 0; i < most; i++)
        words[i] = NULL;
    tool_parse(&argp, argc, argv, &input);
}

/* What to try next, where the code or the status says it; NULL: the text may. */
static const char *advice_of(int status, const char *code)
{
    if (strcmp(code, "BUSY") == 0)
        return translated("try: sanlingctl policy show"); /* it was reached, and says what it waits for */
    if (status == STATUS_UNREACHABLE)
        return translated("try: systemctl status sanling-hub");
    if (status == STATUS_REFUSED)
        return translated("try: sanlingctl access list, as an operator");
    return NULL;
}

int tool_report(int status, const char *code, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, translated(format), arguments);
    va_end(arguments);
    utf8_cut_broken(text);
    command_line_report("sanlingctl", text, code, advice_of(status, code));
    return status;
}

const char *tool_code_name(Sanling__V1__Code__Kind code)
{
    const ProtobufCEnumValue *value =
        protobuf_c_enum_descriptor_get_value(&sanling__v1__code__kind__descriptor, (int)code);
    return value != NULL ? value->name : "UNKNOWN_CODE";
}

/* What the hub says is said as it is. */
static int report_as_said(int status, const char *code, const char *text)
{
    const char *advice = advice_of(status, code);
    command_line_report("sanlingctl", text, code, advice != NULL ? advice : "");
    return status;
}

static int fail_with_hub_code(const struct sanling_error *error)
{
    const char *name = tool_code_name(error->hub_code);
    if (error->hub_code == SANLING__V1__CODE__KIND__NOT_PERMITTED)
        return report_as_said(STATUS_REFUSED, name, error->text);
    if (error->hub_code == SANLING__V1__CODE__KIND__BAD_QUERY ||
        error->hub_code == SANLING__V1__CODE__KIND__VERSION_UNSUPPORTED)
        return report_as_said(STATUS_USAGE, name, error->text);
    if (error->hub_code == SANLING__V1__CODE__KIND__BUSY || error->hub_code == SANLING__V1__CODE__KIND__SHUTTING_DOWN ||
        error->hub_code == SANLING__V1__CODE__KIND__UNREACHABLE)
        return report_as_said(STATUS_UNREACHABLE, name, error->text);
    if (error->hub_code == SANLING__V1__CODE__KIND__DAMAGED)
        return report_as_said(STATUS_DAMAGED, name, error->text);
    return report_as_said(STATUS_NO, name, error->text);
}

int tool_fail(const struct sanling_error *error)
{
    if (error->hub_code != SANLING__V1__CODE__KIND__UNSPECIFIED)
        return fail_with_hub_code(error);
    switch (error->code) {
    case SANLING_USAGE:
        return tool_report(STATUS_USAGE, "USAGE", "%s", error->text);
    case SANLING_UNREACHABLE:
        return tool_report(STATUS_UNREACHABLE, "UNREACHABLE", "%s", error->text);
    case SANLING_REFUSED:
        return tool_report(STATUS_REFUSED, "NOT_PERMITTED", "%s", error->text);
    case SANLING_MALFORMED:
        return tool_report(STATUS_USAGE, "MALFORMED", "%s", error->text);
    case SANLING_OK:
    case SANLING_WINDOW_FULL:
    case SANLING_SYSTEM:
        return tool_report(STATUS_NO, "SYSTEM", "%s", error->text);
    }
    abort();
}

int tool_connect(struct tool *tool, const char *const *sources)
{
    struct sanling_error error;
    const struct sanling_options options = {.endpoint = tool->endpoint,
                                            .identity_file = tool->identity,
                                            .software = "sanlingctl " SANLING_VERSION,
                                            .sources = sources};
    if (tool->hub != NULL)
        return STATUS_DONE;
    tool->hub = sanling_open(&options, &error);
    if (tool->hub != NULL && sanling_reach(tool->hub, REACH_TIMEOUT_MS, ANSWER_TIMEOUT_MS, &error))
        return STATUS_DONE;
    if (error.code == SANLING_UNREACHABLE && tool->identity == NULL)
        return tool_report(STATUS_UNREACHABLE, "UNREACHABLE",
                           "%s; no key file was found, name one with --identity FILE or SANLING_IDENTITY", error.text);
    return tool_fail(&error);
}

bool tool_moment(const struct tool *tool, Sanling__V1__Moment *moment, Google__Protobuf__Timestamp *time)
{
    const char *known = tool->known;
    sanling__v1__moment__init(moment);
    if (tool->day != NULL)
        moment->day = (char *)tool->day;
    if (tool->day != NULL && known == NULL)
        known = "end";
    if (known == NULL)
        return false;
    if (strcmp(known, "end") == 0) {
        moment->known_case = SANLING__V1__MOMENT__KNOWN_END_OF_DAY;
        moment->end_of_day = true;
    } else if (position_parse(known, &moment->position)) {
        moment->known_case = SANLING__V1__MOMENT__KNOWN_POSITION;
    } else if (moment_parse(known, true, time)) {
        moment->known_case = SANLING__V1__MOMENT__KNOWN_TIME;
        moment->time = time;
    }
    return true;
}

void tool_print_json(const ProtobufCMessage *message)
{
    char *text = sanling_json_from_message(message);
    if (text == NULL)
        exit(tool_report(STATUS_NO, "SYSTEM", "no memory, or a message that has no JSON"));
    puts(text);
    free(text);
}

void tool_print_demonstration(bool demonstration)
{
    if (demonstration)
        puts("【演示系统】时钟由人工设定，数据不是真实情况  DEMONSTRATION HUB: its clock is set by hand, its figures "
             "are "
             "not real");
}
