/* sanling-demo: makes the files of the demonstration county, and compares what a hub made of them with the expected
 * figures and stories. It knows the files, never the hub. */
#include "check.h"
#include "command_line.h"
#include "county.h"
#include "language.h"
#include "office.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_SEED = 140322 };

static const struct argp_child every_program[] = {{.argp = &command_line_argp}, {0}};

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
            command_line_refuse("%s: --seed '%s' is no number", state->name, value);
        return 0;
    }
    case ARGP_KEY_END:
        if (!options->dir)
            command_line_refuse("%s: wants --dir DIR", state->name);
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
    return folder_make(demo->dir, fault) && county_write(&demo->county, path, fault) && accidents_write(demo, fault) &&
           cases_write(demo, fault) && hazards_write(demo, fault) && disputes_write(demo, fault) &&
           street_write(demo, fault) && petitions_write(demo, fault) && offices_work_write(demo, fault) &&
           grid_write(demo, fault) && leadership_write(demo, fault) && attestations_write(demo, fault) &&
           merger_write(demo, fault) && stories_write(demo, fault) && schedule_write(demo, fault);
}

static bool command_make(int argc, char **argv, struct fault *fault)
{
    static const struct argp_option list[] = {
        {"dir", 'd', "DIR", 0, N_("Folder to write to; what is there under the same names is replaced"), 0},
        {"seed", 's', "N", 0, N_("Where chance begins (140322); the same seed makes the same bytes"), 0},
        {0}};
    static const struct argp parser = {.options = list,
                                       .parser = parse_make,
                                       .children = every_program,
                                       .doc =
                                           N_("Examples:\n"
                                              "  sanling-demo make --dir county\n"
                                              "\n"
                                              "Makes units.csv, files/ and schedule.csv of the demonstration county.")};
    struct make_options options = {.seed = DEFAULT_SEED};

    command_line_parse(&parser, argc, argv, 0, &options);
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
    const char *documents; /* folder */
};

static error_t parse_check(int key, char *value, struct argp_state *state)
{
    struct check_options *options = state->input;

    switch (key) {
    case 'e':
        options->expected = value;
        return 0;
    case 'd':
        options->documents = value;
        return 0;
    case ARGP_KEY_END:
        if (!options->expected || !options->documents)
            command_line_refuse("%s: wants --expected FILE and --documents DIR", state->name);
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

/* The values of all lines. NULL: one of them cannot be read. */
static json_t *read_records(FILE *file, const char *path, struct fault *fault)
{
    json_error_t error = {.text = "out of memory"};
    json_t *records = json_array();
    char *line = NULL;
    size_t size = 0;
    bool good = records != NULL;

    for (ssize_t length = getline(&line, &size, file); good && length > 0; length = getline(&line, &size, file)) {
        json_t *record = json_loadb(line, (size_t)length, 0, &error);
        good = record && json_array_append_new(records, record) == 0;
    }
    free(line);
    if (good && !ferror(file))
        return records;
    fault_set(fault, FAULT_USAGE, "%s: line %zu: %s", path, json_array_size(records) + 1, error.text);
    json_decref(records);
    return NULL;
}

/* A file with one value a line, as the list `records` of one document. */
static json_t *load_lines(const char *path, struct fault *fault)
{
    FILE *file = fopen(path, "r");

    if (!file) {
        fault_set(fault, FAULT_USAGE, "%s: %s", path, strerror(errno));
        return NULL;
    }
    json_t *records = read_records(file, path, fault);
    fclose(file);
    return records ? json_pack("{s:o}", "records", records) : NULL;
}

/* Loads the documents that the list asks for and that are not there yet. */
static bool load_documents(const char *dir, const json_t *list, json_t *documents, struct fault *fault)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        char path[4096];
        const char *name = json_string_value(json_object_get(json_array_get(list, i), "document"));
        if (!name || json_object_get(documents, name))
            continue;
        if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
            return fault_set(fault, FAULT_USAGE, "%s: the folder's name is too long", dir);
        const char *dot = strrchr(name, '.');
        json_t *document = dot && strcmp(dot, ".jsonl") == 0 ? load_lines(path, fault) : load(path, fault);
        if (!document)
            return false;
        json_object_set_new(documents, name, document);
    }
    return true;
}

static bool compare(const struct check_options *options, const json_t *expected, struct fault *fault)
{
    json_t *documents = json_object();
    size_t differing = 0;

    if (!documents)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    const bool compared = load_documents(options->documents, json_object_get(expected, "figures"), documents, fault) &&
                          load_documents(options->documents, json_object_get(expected, "stories"), documents, fault) &&
                          expected_compare(expected, documents, stdout, &differing, fault);
    json_decref(documents);
    if (compared && differing > 0)
        return fault_set(fault, FAULT_NO, "%zu of the figures and stories differ from %s", differing,
                         options->expected);
    return compared;
}

static bool command_check(int argc, char **argv, struct fault *fault)
{
    static const struct argp_option list[] = {
        {"expected", 'e', "FILE", 0, N_("The figures and stories as they should be (JSON)"), 0},
        {"documents", 'd', "DIR", 0, N_("Folder with what `sanlingctl --json` answered, under the names in FILE"), 0},
        {0}};
    static const struct argp parser = {
        .options = list,
        .parser = parse_check,
        .children = every_program,
        .doc = N_("Examples:\n"
                  "  sanling-demo check --expected expected.json --documents answers\n"
                  "\n"
                  "Compares a hub's answers with the expected figures and stories. Exit status 1 if one differs.")};
    struct check_options options = {0};

    command_line_parse(&parser, argc, argv, 0, &options);
    json_t *expected = load(options.expected, fault);
    if (!expected)
        return false;
    const bool compared = compare(&options, expected, fault);
    json_decref(expected);
    return compared;
}

static const struct command {
    const char *name;
    char *title; /* as its help shows it */
    bool (*run)(int argc, char **argv, struct fault *fault);
} commands[] = {{"make", "sanling-demo make", command_make}, {"check", "sanling-demo check", command_check}};

/* Which commands there are; each has its own --help. */
static int parse_command(int key, char *argument, struct argp_state *state)
{
    switch (key) {
    case ARGP_KEY_ARG:
        command_line_refuse("%s: '%s' is no command", state->name, argument);
    case ARGP_KEY_NO_ARGS:
        command_line_refuse("%s: says no command", state->name);
    default: /* argp's keys are open-ended */
        return ARGP_ERR_UNKNOWN;
    }
}

int main(int argc, char **argv)
{
    static const struct argp parser = {
        .parser = parse_command,
        .args_doc = "make --dir DIR [--seed N]\ncheck --expected FILE --documents DIR",
        .children = every_program,
        .doc = N_("Examples:\n"
                  "  sanling-demo make --dir county\n"
                  "  sanling-demo check --expected expected.json --documents answers\n"
                  "\n"
                  "Makes the files of the demonstration county, and compares what a hub made of them with what is "
                  "expected. Each command has its own --help.")};
    language_choose();
    for (size_t i = 0; argc >= 2 && i < sizeof commands / sizeof *commands; i++) {
        struct fault fault = {0};
        if (strcmp(argv[1], commands[i].name) != 0)
            continue;
        argv[1] = commands[i].title;
        if (commands[i].run(argc - 1, argv + 1, &fault))
            return 0;
        return command_line_fail("sanling-demo", &fault);
    }
    command_line_parse(&parser, argc, argv, 0, NULL);
    return 0;
}
