#include "yaml_file.h"

#include "language.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    YAML_FILE_BYTES_MAX = 1024 * 1024,
    YAML_DEPTH_MAX = 8, /* of mappings in a schema of ours */
    YAML_KEY_SIZE = 64,
    YAML_PATH_SIZE = 200,
    YAML_WORDS_SIZE = 480,
    YAML_MISSPELT_MAX = 2 /* letters that another key may differ in and still be the one that was meant */
};

const cyaml_strval_t yaml_booleans[2] = {{"false", YAML_FALSE}, {"true", YAML_TRUE}};

/* What libcyaml said: first what is wrong, then where, innermost first. */
struct complaint {
    char text[256];
    char path[YAML_DEPTH_MAX][YAML_KEY_SIZE]; /* the mapping fields that it stands in, innermost first */
    unsigned depth;
    unsigned line;
    bool no_memory;
};

/* From "in mapping field 'KEY' (line: ...". */
static void take_key(struct complaint *complaint, const char *said)
{
    static const char before[] = "mapping field '";
    const char *key = strstr(said, before);
    if (key == NULL || complaint->depth == YAML_DEPTH_MAX)
        return;
    key += strlen(before);
    snprintf(complaint->path[complaint->depth++], YAML_KEY_SIZE, "%.*s", (int)strcspn(key, "'"), key);
}

static void take_message(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
    struct complaint *complaint = context;
    char message[256];
    (void)level;
    vsnprintf(message, sizeof message, format, arguments);
    message[strcspn(message, "\n")] = '\0';
    const char *said = strncmp(message, "Load: ", 6) == 0 ? message + 6 : message;
    /* Whatever libyaml complains of has a text, but for the memory that it did not get. Only the beginning is its own:
     * further on a message may quote the file. */
    complaint->no_memory = complaint->no_memory || strcmp(said, "libyaml: (null)") == 0;
    const char *line = strstr(said, "(line: ");
    if (line != NULL)
        take_key(complaint, said);
    if (line != NULL && complaint->line == 0)
        complaint->line = (unsigned)strtoul(line + 7, NULL, 10);
    else if (line == NULL && complaint->text[0] == '\0')
        snprintf(complaint->text, sizeof complaint->text, "%s", said);
}

static cyaml_config_t configuration(struct complaint *complaint)
{
    return (cyaml_config_t){
        .log_fn = take_message, .log_ctx = complaint, .mem_fn = cyaml_mem, .log_level = CYAML_LOG_ERROR};
}

static bool refuse_without_memory(const char *name, struct fault *fault)
{
    return fault_set(fault, FAULT_SYSTEM, "%s: out of memory", name);
}

static void file_close(FILE **file)
{
    if (*file != NULL)
        fclose(*file);
    *file = NULL;
}

static char *read_text(const char *path, size_t *size, struct fault *fault)
{
    CLEANUP(file_close) FILE *file = fopen(path, "rbe");
    char *text = file == NULL ? NULL : malloc(YAML_FILE_BYTES_MAX + 1);
    *size = text == NULL ? 0 : fread(text, 1, YAML_FILE_BYTES_MAX + 1, file);
    if (text == NULL || ferror(file)) {
        free(text);
        if (errno == ENOMEM)
            (void)refuse_without_memory(path, fault);
        else
            fault_set(fault, FAULT_USAGE, "%s: cannot be read: %s", path, strerror(errno));
        return NULL;
    }
    if (*size > YAML_FILE_BYTES_MAX || memchr(text, '\0', *size) != NULL) {
        free(text);
        fault_set(fault, FAULT_USAGE, "%s: not a YAML text of at most 1 MiB", path);
        return NULL;
    }
    text[*size] = '\0';
    return text;
}

/* What follows in libcyaml's sentence; NULL: it says something else. */
static const char *after(const struct complaint *complaint, const char *beginning)
{
    const size_t size = strlen(beginning);
    return strncmp(complaint->text, beginning, size) == 0 ? complaint->text + size : NULL;
}

/* At an unexpected key libcyaml still stands at the key before it. */
static unsigned line_of_complaint(const struct complaint *complaint, const char *text)
{
    const char *key = after(complaint, "Unexpected key: ");
    unsigned line = 0;
    if (key == NULL)
        return complaint->line;
    for (size_t n = 0; line < complaint->line; n++)
        if ((line = yaml_file_line_of(text, key, n)) == 0)
            return complaint->line;
    return line;
}

static const cyaml_schema_value_t *entry_of(const cyaml_schema_value_t *schema)
{
    while (schema->type == CYAML_SEQUENCE)
        schema = schema->sequence.entry;
    return schema;
}

/* What the schema wants where the complaint points; NULL: it leads nowhere. */
static const cyaml_schema_value_t *wanted_at(const cyaml_schema_value_t *schema, const struct complaint *complaint)
{
    for (unsigned at = complaint->depth; at-- > 0;) {
        schema = entry_of(schema);
        if (schema->type != CYAML_MAPPING)
            return NULL;
        const cyaml_schema_field_t *field = schema->mapping.fields;
        while (field->key != NULL && strcmp(field->key, complaint->path[at]) != 0)
            field++;
        if (field->key == NULL)
            return NULL;
        schema = &field->value;
    }
    return entry_of(schema);
}

/* The words that may stand where the complaint points, as what to do; "" where none are asked for. */
static void list_words(const cyaml_schema_value_t *schema, const struct complaint *complaint,
                       char list[static YAML_WORDS_SIZE])
{
    const cyaml_schema_value_t *wanted = wanted_at(schema, complaint);
    size_t used = 0;
    list[0] = '\0';
    if (wanted == NULL || wanted->type != CYAML_ENUM)
        return;
    for (uint32_t i = 0; i < wanted->enumeration.count && used < YAML_WORDS_SIZE; i++)
        used +=
            (size_t)snprintf(list + used, YAML_WORDS_SIZE - used, "%s%s",
                             i == 0 ? translated("; one of ") : translated(", "), wanted->enumeration.strings[i].str);
}

/* How many letters must be put in, left out or changed to make one word of the other; too many where they are long. */
static unsigned letters_between(const char *a, const char *b)
{
    unsigned row[YAML_KEY_SIZE + 1];
    const size_t size = strlen(b);
    if (size > YAML_KEY_SIZE || strlen(a) > YAML_KEY_SIZE)
        return YAML_KEY_SIZE;
    for (size_t i = 0; i <= size; i++)
        row[i] = (unsigned)i;
    for (; *a != '\0'; a++) {
        unsigned diagonal = row[0]++;
        for (size_t i = 1; i <= size; i++) {
            const unsigned changed = diagonal + (*a == b[i - 1] ? 0 : 1);
            const unsigned moved = (row[i] < row[i - 1] ? row[i] : row[i - 1]) + 1;
            diagonal = row[i];
            row[i] = changed < moved ? changed : moved;
        }
    }
    return row[size];
}

/* The key of the mapping that an unknown one looks most like; NULL: it looks like none. */
static const char *nearest_key(const cyaml_schema_value_t *mapping, const char *unknown)
{
    const char *nearest = NULL;
    unsigned least = YAML_MISSPELT_MAX + 1;
    if (mapping == NULL || mapping->type != CYAML_MAPPING)
        return NULL;
    for (const cyaml_schema_field_t *field = mapping->mapping.fields; field->key != NULL; field++) {
        const unsigned letters = letters_between(unknown, field->key);
        if (letters < least && letters < strlen(unknown)) {
            least = letters;
            nearest = field->key;
        }
    }
    return nearest;
}

/* "net.", outermost first. */
static void show_path(const struct complaint *complaint, char path[static YAML_PATH_SIZE])
{
    size_t used = 0;
    path[0] = '\0';
    for (unsigned at = complaint->depth; at-- > 0 && used < YAML_PATH_SIZE;)
        used += (size_t)snprintf(path + used, YAML_PATH_SIZE - used, "%s.", complaint->path[at]);
}

static void name_unknown_key(const cyaml_schema_value_t *schema, const struct complaint *complaint, const char *key,
                             const char *where, struct fault *fault)
{
    char path[YAML_PATH_SIZE];
    const char *nearest = nearest_key(wanted_at(schema, complaint), key);
    show_path(complaint, path);
    if (nearest != NULL)
        fault_set(fault, FAULT_USAGE, "%s: %s%s: unknown key; did you mean %s%s?", where, path, key, path, nearest);
    else
        fault_set(fault, FAULT_USAGE, "%s: %s%s: unknown key", where, path, key);
}

/* What is wrong with the value of a key, in our words where libcyaml's can be told apart. */
static const char *wrong_with_value(const struct complaint *complaint)
{
    static const struct {
        const char *said;
        const char *means;
    } sentences[] = {
        {"Invalid INT value: ", N_("not a whole number")},
        {"Invalid UINT value: ", N_("not a whole number from 0")},
        {"Invalid uint64_t value: ", N_("not a whole number from 0")},
        {"STRING length < ", N_("too short")},
        {"STRING length > ", N_("too long")},
        {"Expecting MAPPING, ", N_("keys with values are wanted here")},
        {"Expecting SEQUENCE, ", N_("a list is wanted here")},
        {"Expecting ", N_("one value is wanted here")},
        {"Excessive entries ", N_("too many entries")},
        {"Insufficient entries ", N_("too few entries")},
    };
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (after(complaint, sentences[i].said) != NULL)
            return translated(sentences[i].means);
    return complaint->text;
}

static void say(const cyaml_schema_value_t *schema, const struct complaint *complaint, const char *where,
                struct fault *fault)
{
    char words[YAML_WORDS_SIZE];
    const char *key = complaint->depth == 0 ? "" : complaint->path[0];
    const char *unknown = after(complaint, "Unexpected key: ");
    const char *missing = after(complaint, "Missing required mapping field: ");
    const char *twice = after(complaint, "Mapping field already seen: ");
    const char *word = after(complaint, "Invalid ENUM value: ");
    list_words(schema, complaint, words);
    if (unknown != NULL)
        name_unknown_key(schema, complaint, unknown, where, fault);
    else if (missing != NULL)
        fault_set(fault, FAULT_USAGE, "%s: %s: missing", where, missing);
    else if (twice != NULL)
        fault_set(fault, FAULT_USAGE, "%s: %s: stands there twice", where, twice);
    else if (word != NULL)
        fault_set(fault, FAULT_USAGE, "%s: %s: '%.80s' is not known here%s", where, key, word, words);
    else
        fault_set(fault, FAULT_USAGE, "%s: %s%s%s", where, key, key[0] != '\0' ? translated(": ") : "",
                  wrong_with_value(complaint));
}

void *yaml_file_parse(const char *name, const char *text, size_t size, const cyaml_schema_value_t *schema,
                      struct fault *fault)
{
    struct complaint complaint = {0};
    const cyaml_config_t config = configuration(&complaint);
    cyaml_data_t *loaded = NULL;
    const cyaml_err_t error = cyaml_load_data((const uint8_t *)text, size, &config, schema, &loaded, NULL);
    if (error == CYAML_OK && loaded != NULL)
        return loaded;
    if (error == CYAML_ERR_OOM || error == CYAML_ERR_LIBYAML_PARSER_INIT || complaint.no_memory) {
        (void)refuse_without_memory(name, fault);
        return NULL;
    }
    if (error == CYAML_OK || complaint.text[0] == '\0')
        snprintf(complaint.text, sizeof complaint.text, "%s",
                 error == CYAML_OK ? translated("holds nothing") : cyaml_strerror(error));
    const unsigned line = line_of_complaint(&complaint, text);
    char where[YAML_PATH_SIZE];
    snprintf(where, sizeof where, translated("%s: line %u"), name, line > 0 ? line : 1);
    say(schema, &complaint, where, fault);
    return NULL;
}

void *yaml_file_load(const char *path, const cyaml_schema_value_t *schema, char **text, struct fault *fault)
{
    size_t size;
    char *read = read_text(path, &size, fault);
    if (read == NULL)
        return NULL;
    void *loaded = yaml_file_parse(path, read, size, schema, fault);
    if (loaded == NULL)
        free(read);
    else
        *text = read;
    return loaded;
}

void yaml_file_free(const cyaml_schema_value_t *schema, void *loaded)
{
    struct complaint complaint = {0};
    const cyaml_config_t config = configuration(&complaint);
    cyaml_free(&config, schema, loaded, 0);
}

/* Behind a quoted scalar that starts at `at`. */
static const char *skip_quoted(const char *at, unsigned *line)
{
    const char quote = *at++;
    while (*at != '\0' && *at != quote) {
        *line += *at == '\n' ? 1 : 0;
        at += quote == '"' && *at == '\\' && at[1] != '\0' ? 2 : 1;
    }
    return *at == '\0' ? at : at + 1;
}

unsigned yaml_file_line_of(const char *text, const char *key, size_t n)
{
    const size_t size = strlen(key);
    unsigned line = 1;
    char before = '\n';
    for (const char *at = text; *at != '\0';) {
        const bool starts_token = strchr("\n \t{,[-", before) != NULL;
        if (*at == '#' && starts_token) {
            at += strcspn(at, "\n");
            continue;
        }
        if ((*at == '"' || *at == '\'') && starts_token) {
            at = skip_quoted(at, &line);
            before = '"';
            continue;
        }
        if (starts_token && strncmp(at, key, size) == 0 && at[size] == ':' && n-- == 0)
            return line;
        line += *at == '\n' ? 1 : 0;
        before = *at++;
    }
    return 0;
}
