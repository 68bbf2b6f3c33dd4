#include "command_line.h"

#include "language.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_VERSION = 0xF00 };

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
        command_line_refuse("%s: '%s' is no option", state->name, word);
    if (count > 1)
        command_line_refuse("%s: '%s' is short for more than one option", state->name, word);
    if (option->arg == NULL)
        command_line_refuse("%s: '--%s' takes no value", state->name, option->name);
    command_line_refuse("%s: '--%s' wants %s", state->name, option->name, option->arg);
}

static error_t take_option(int key, char *argument, struct argp_state *state)
{
    (void)argument;
    switch (key) {
    case ARGP_KEY_INIT:
        state->err_stream = NULL; /* one line says what is wrong; the help is for who asks */
        return 0;
    case ARGP_KEY_ERROR:
        refuse_option(state);
    case 'h':
        state->flags &= ~(unsigned)ARGP_NO_ERRS; /* it would print nothing */
        argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
        return 0;
    case KEY_VERSION:
        printf("%.*s %s\n", (int)strcspn(state->name, " "), state->name, SANLING_VERSION);
        exit(0);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "help", .key = 'h', .group = -1, .doc = N_("Print this help")},
    {.name = "version", .key = KEY_VERSION, .group = -1, .doc = N_("Print the version")},
    {0},
};

const struct argp command_line_argp = {.options = options, .parser = take_option, .argp_domain = "sanling"};

/* argp breaks lines by bytes: Chinese has three for two columns, so that its lines may have half as many again. */
static void choose_width(void)
{
    const bool wide = strcmp(translated("Usage:"), "Usage:") != 0;
    setenv("ARGP_HELP_FMT", wide ? "no-dup-args-note,rmargin=110" : "no-dup-args-note", 0);
}

void command_line_parse(const struct argp *argp, int argc, char **argv, unsigned flags, void *input)
{
    struct argp spoken = *argp;
    choose_width();
    spoken.argp_domain = "sanling";
    spoken.doc = argp->doc != NULL ? translated(argp->doc) : NULL; /* argp itself would look for its halves */
    const error_t failed = argp_parse(&spoken, argc, argv, flags | ARGP_NO_HELP | ARGP_NO_ERRS, NULL, input);
    if (failed == ENOMEM) {
        struct fault fault;
        (void)fault_set(&fault, FAULT_SYSTEM, "out of memory");
        exit(command_line_fail(argv[0], &fault));
    }
    if (failed != 0)
        exit(fault_exit_status(FAULT_USAGE));
}

void command_line_refuse(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, translated(format), arguments);
    va_end(arguments);
    fputs(translated(" [USAGE]; see --help\n"), stderr);
    exit(fault_exit_status(FAULT_USAGE));
}

/* Where a text ends and its advice begins; NULL: it gives none. *size gets that of the mark between. */
static const char *find_advice(const char *text, size_t *size)
{
    static const char *const marks[] = {"; ", "；"};
    const char *first = NULL;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *at = strstr(text, marks[i]);
        if (at != NULL && (first == NULL || at < first)) {
            first = at;
            *size = strlen(marks[i]);
        }
    }
    return first;
}

void command_line_report(const char *program, const char *text, const char *code, const char *advice)
{
    size_t mark = 0;
    const char *end = advice == NULL ? find_advice(text, &mark) : NULL;
    const int size = (int)(end == NULL ? strlen(text) : (size_t)(end - text));
    if (end != NULL)
        advice = end + mark;
    fflush(stdout);
    if (advice == NULL || advice[0] == '\0')
        fprintf(stderr, translated("%s: %.*s [%s]\n"), program, size, text, code);
    else
        fprintf(stderr, translated("%s: %.*s [%s]; %s\n"), program, size, text, code, advice);
}

int command_line_fail(const char *program, const struct fault *fault)
{
    command_line_report(program, fault->text, fault_name(fault->code), NULL);
    return fault_exit_status(fault->code);
}
