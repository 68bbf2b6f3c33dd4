#include "tool.h"

#include "moment.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_HUB = 0x100, KEY_IDENTITY, KEY_JSON, KEY_VERSION, KEY_AT, KEY_KNOWN };

/* Options whose long name is `word`, or begins with it; *found gets the last of them. */
static int count_options(const struct argp *argp, const char *word, size_t length, const struct argp_option **found)
{
    int count = 0;
    const struct argp_option *option = argp->options;
    for (; option != NULL && (option->name != NULL || option->key != 0 || option->doc != NULL); option++) {
        if (option->name == NULL || strncmp(option->name, word, length) != 0)
            continue;
        *found = option;
        count++;
    }
    for (const struct argp_child *child = argp->children; child != NULL && child->argp != NULL; child++)
        count += count_options(child->argp, word, length, found);
    return count;
}

/* getopt stumbled over a word and was told not to complain about it itself. It has gone behind it, but for one of
 * several letters (-xy). */
static const char *wrong_word(const struct argp_state *state)
{
    const char *word = state->argv[state->next - 1];
    bool behind = state->next > 1 && word[0] == '-';
    return behind || state->next >= state->argc ? word : state->argv[state->next];
}

_Noreturn static void refuse_option(const struct argp_state *state)
{
    const char *word = wrong_word(state);
    const struct argp_option *option = NULL;
    const size_t dashes = strspn(word, "-");
    const size_t length = strcspn(word + dashes, "=");
    const int count = dashes == 2 ? count_options(state->root_argp, word + dashes, length, &option) : 0;
    if (count == 0)
        tool_usage("%s: '%s' is no option", state->name, word);
    if (count > 1)
        tool_usage("%s: '%s' is short for more than one option", state->name, word);
    if (option->arg == NULL)
        tool_usage("%s: '--%s' takes no value", state->name, option->name);
    tool_usage("%s: '--%s' wants %s", state->name, option->name, option->arg);
}

static void check_known(const struct argp_state *state, const char *text)
{
    uint64_t position;
    Google__Protobuf__Timestamp time;
    if (strcmp(text, "now") != 0 && strcmp(text, "end") != 0 && !position_parse(text, &position) &&
        !moment_parse(text, true, &time))
        tool_usage("%s: --known '%s' is no position, time or day, nor 'now' or 'end'", state->name, text);
}

static error_t parse_tool_option(int key, char *argument, struct argp_state *state)
{
    struct tool *tool = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->err_stream = NULL; /* one line says what is wrong; the help is for who asks */
        return 0;
    case ARGP_KEY_ERROR:
        refuse_option(state);
    case KEY_HUB:
        tool->endpoint = argument;
        return 0;
    case KEY_IDENTITY:
        tool->identity = argument;
        return 0;
    case KEY_JSON:
        tool->json = true;
        return 0;
    case KEY_AT:
        if (!day_is_valid(argument))
            tool_usage("%s: --at '%s' is no day, e.g. 2020-08-19", state->name, argument);
        tool->day = argument;
        return 0;
    case KEY_KNOWN:
        check_known(state, argument);
        tool->known = argument;
        return 0;
    case ARGP_KEY_END:
        if (tool->known != NULL && strcmp(tool->known, "end") == 0 && tool->day == NULL)
            tool_usage("%s: --known end: of which day? add --at DAY", state->name);
        return 0;
    case 'h':
        state->flags &= ~(unsigned)ARGP_NO_ERRS; /* it would print nothing */
        argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
        return 0;
    case KEY_VERSION:
        puts("sanlingctl " SANLING_VERSION);
        exit(STATUS_DONE);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option tool_options[] = {
    {.name = "hub",
     .key = KEY_HUB,
     .arg = "ENDPOINT",
     .group = -1,
     .doc = "Where the hub listens; environment SANLING_HUB; default " SANLING_DEFAULT_ENDPOINT},
    {.name = "identity",
     .key = KEY_IDENTITY,
     .arg = "FILE",
     .group = -1,
     .doc = "Key file of who asks; environment SANLING_IDENTITY"},
    {.name = "json", .key = KEY_JSON, .group = -1, .doc = "Print JSON, or JSON lines, and nothing else"},
    {.name = "at",
     .key = KEY_AT,
     .arg = "DAY",
     .group = -1,
     .doc = "Ask of a past day: as it was known at its end, unless --known says otherwise"},
    {.name = "known",
     .key = KEY_KNOWN,
     .arg = "POSITION|TIME|end|now",
     .group = -1,
     .doc = "Ask as it was known then; without --at, of the day that was open then"},
    {.name = "help", .key = 'h', .group = -1, .doc = "Print this help"},
    {.name = "version", .key = KEY_VERSION, .group = -1, .doc = "Print the version"},
    {0},
};

const struct argp tool_argp = {.options = tool_options, .parser = parse_tool_option};

void tool_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    if (argp_parse(argp, argc, argv, ARGP_NO_HELP | ARGP_NO_ERRS, NULL, input) != 0)
        exit(STATUS_USAGE);
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
            tool_usage("%s: '%s' is one word too many", state->name, argument);
        arguments->words[state->arg_num] = argument;
        return 0;
    case ARGP_KEY_END:
        if ((int)state->arg_num < arguments->least)
            tool_usage("%s: wants %s", state->name, state->root_argp->args_doc);
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

/* What to try next, where the code or the status says it. */
static const char *advice_of(int status, const char *code)
{
    if (strcmp(code, "BUSY") == 0)
        return "; try: sanlingctl policy show"; /* it was reached, and says what it waits for */
    if (status == STATUS_UNREACHABLE)
        return "; try: systemctl status sanling-hub";
    if (status == STATUS_REFUSED)
        return "; try: sanlingctl access list, as an operator";
    return "";
}

int tool_report(int status, const char *code, const char *format, ...)
{
    va_list arguments;
    fflush(stdout);
    fputs("sanlingctl: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, " [%s]%s\n", code, advice_of(status, code));
    return status;
}

void tool_usage(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputs(" [USAGE]; see --help\n", stderr);
    exit(STATUS_USAGE);
}

const char *tool_code_name(Sanling__V1__Code__Kind code)
{
    const ProtobufCEnumValue *value =
        protobuf_c_enum_descriptor_get_value(&sanling__v1__code__kind__descriptor, (int)code);
    return value != NULL ? value->name : "UNKNOWN_CODE";
}

static int fail_with_hub_code(const struct sanling_error *error)
{
    const char *name = tool_code_name(error->hub_code);
    if (error->hub_code == SANLING__V1__CODE__KIND__NOT_PERMITTED)
        return tool_report(STATUS_REFUSED, name, "%s", error->text);
    if (error->hub_code == SANLING__V1__CODE__KIND__BAD_QUERY ||
        error->hub_code == SANLING__V1__CODE__KIND__VERSION_UNSUPPORTED)
        return tool_report(STATUS_USAGE, name, "%s", error->text);
    if (error->hub_code == SANLING__V1__CODE__KIND__BUSY || error->hub_code == SANLING__V1__CODE__KIND__SHUTTING_DOWN ||
        error->hub_code == SANLING__V1__CODE__KIND__UNREACHABLE)
        return tool_report(STATUS_UNREACHABLE, name, "%s", error->text);
    if (error->hub_code == SANLING__V1__CODE__KIND__DAMAGED)
        return tool_report(STATUS_DAMAGED, name, "%s", error->text);
    return tool_report(STATUS_NO, name, "%s", error->text);
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
    if (tool->hub != NULL && sanling_wait(tool->hub, REACH_TIMEOUT_MS, &error))
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
