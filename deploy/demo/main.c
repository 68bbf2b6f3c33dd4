/* sanling-demo: makes the files of the demonstration county, and compares what a hub made of them with the expected
 * figures. It knows the files, never the hub. */
#include "check.h"
#include "county.h"
#include "office.h"

#include <argp.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DOCUMENTS_MAX = 16, DEFAULT_SEED = 140322 };

struct make_options {
    const char *dir;
    uint64_t seed;
};

static error_t parse_make(int key, char *value, struct argp_state *state)
{
    struct make_options *options = state->input;

    switch (key) {
    case 'd':
        options->dir = value;
        return 0;
    case 's': {
        char *end = NULL;
        errno = 0;
        options->seed = strtoull(value, &end, 10);
        if (errno != 0 || end == value || *end != '\0')
            argp_error(state, "--seed: '%s' is no number", value);
        return 0;
    }
    case ARGP_KEY_END:
        if (!options->dir)
            argp_error(state, "--dir is missing");
        return 0;
    default: /* argp's keys are open-ended */
        return ARGP_ERR_UNKNOWN;
    }
}

static bool make_files(struct demo *demo, struct fault *fault)
{
    char path[4096];

    if (snprintf(path, sizeof path, "%s/units.csv", demo->dir) >= (int)sizeof path)
        return fault_set(fault, FAULT_USAGE, "%s: the folder's name is too long", demo->dir);
    return folder_make(demo->dir, fault) && county_write(&demo->county, path, fault) && accident_write(demo, fault) &&
           cases_write(demo, fault) && hazards_write(demo, fault) && disputes_write(demo, fault) &&
           street_write(demo, fault) && petitions_write(demo, fault) && attestations_write(demo, fault) &&
           schedule_write(demo, fault);
}

static bool command_make(int argc, char **argv, struct fault *fault)
{
    static const struct argp_option list[] = {
        {"dir", 'd', "DIR", 0, "folder to write to; what is there under the same names is replaced", 0},
        {"seed", 's', "N", 0, "where chance begins (140322); the same seed makes the same bytes", 0},
        {0}};
    static const struct argp parser = {
        list, parse_make, NULL, "Makes units.csv, files/ and schedule.csv of the demonstration county.",
        NULL, NULL,       NULL};
    struct make_options options = {.seed = DEFAULT_SEED};

    argp_parse(&parser, argc, argv, 0, NULL, &options);
    struct demo *demo = calloc(1, sizeof *demo);
    if (!demo)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    demo->dir = options.dir;
    demo->random.state = options.seed ^ UINT64_C(0x53616e4c696e67); /* apart from the county's own chance */
    county_make(&demo->county, options.seed);
    const bool made = make_files(demo, fault);
    free(demo);
    return made;
}

struct check_options {
    const char *expected;
    const char *documents[DOCUMENTS_MAX];
    size_t document_count;
};

static error_t parse_check(int key, char *value, struct argp_state *state)
{
    struct check_options *options = state->input;

    switch (key) {
    case 'e':
        options->expected = value;
        return 0;
    case 's':
    case ARGP_KEY_ARG: /* --summary a b c */
        if (options->document_count == DOCUMENTS_MAX)
            argp_error(state, "more than %d documents", DOCUMENTS_MAX);
        options->documents[options->document_count++] = value;
        return 0;
    case ARGP_KEY_END:
        if (!options->expected || options->document_count == 0)
            argp_error(state, "--expected and --summary are needed");
        return 0;
    default: /* argp's keys are open-ended */
        return ARGP_ERR_UNKNOWN;
    }
}

static json_t *load(const char *path, struct fault *fault)
{
    json_error_t error;
    json_t *document = json_load_file(path, 0, &error);

    if (!document && error.line < 0)
        fault_set(fault, FAULT_USAGE, "%s", error.text); /* it names the file itself */
    else if (!document)
        fault_set(fault, FAULT_USAGE, "%s: line %d: %s", path, error.line, error.text);
    return document;
}

static bool compare(const struct check_options *options, json_t **documents, struct fault *fault)
{
    json_t *expected = load(options->expected, fault);
    size_t differing = 0;

    if (!expected)
        return false;
    const bool compared = figures_compare(expected, documents, options->document_count, stdout, &differing, fault);
    json_decref(expected);
    if (compared && differing > 0)
        return fault_set(fault, FAULT_NO, "%zu figures differ from %s", differing, options->expected);
    return compared;
}

static bool command_check(int argc, char **argv, struct fault *fault)
{
    static const struct argp_option list[] = {
        {"expected", 'e', "FILE", 0, "the figures as they should be (JSON)", 0},
        {"summary", 's', "FILE", 0, "what `sanlingctl --json summary` printed; may come several times", 0},
        {0}};
    static const struct argp parser = {list,
                                       parse_check,
                                       "[FILE...]",
                                       "Compares summaries of a hub with the expected figures. Exit status 1 if one "
                                       "differs.",
                                       NULL,
                                       NULL,
                                       NULL};
    struct check_options options = {0};
    json_t *documents[DOCUMENTS_MAX] = {NULL};
    bool loaded = true;

    argp_parse(&parser, argc, argv, 0, NULL, &options);
    for (size_t i = 0; loaded && i < options.document_count; i++) {
        documents[i] = load(options.documents[i], fault);
        loaded = documents[i] != NULL;
    }
    const bool compared = loaded && compare(&options, documents, fault);
    for (size_t i = 0; i < options.document_count; i++)
        json_decref(documents[i]);
    return compared;
}

static const struct command {
    const char *name;
    char *title; /* as its help shows it */
    bool (*run)(int argc, char **argv, struct fault *fault);
} commands[] = {{"make", "sanling-demo make", command_make}, {"check", "sanling-demo check", command_check}};

static const char usage[] = "Usage: sanling-demo make --dir DIR [--seed N]\n"
                            "       sanling-demo check --expected FILE --summary FILE...\n"
                            "Try: sanling-demo COMMAND --help\n";

int main(int argc, char **argv)
{
    argp_err_exit_status = fault_exit_status(FAULT_USAGE);
    setlocale(LC_CTYPE, "C.UTF-8"); /* for the width of Chinese characters in tables */
    if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(usage, stdout);
        return 0;
    }
    for (size_t i = 0; argc >= 2 && i < sizeof commands / sizeof *commands; i++) {
        struct fault fault = {0};
        if (strcmp(argv[1], commands[i].name) != 0)
            continue;
        argv[1] = commands[i].title;
        if (commands[i].run(argc - 1, argv + 1, &fault))
            return 0;
        fprintf(stderr, "sanling-demo: %s [%s]\n", fault.text, fault_name(fault.code));
        return fault_exit_status(fault.code);
    }
    fputs(usage, stderr);
    return fault_exit_status(FAULT_USAGE);
}
