#include "yaml_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    YAML_FILE_BYTES_MAX = 1024 * 1024,
    YAML_DEPTH_MAX = 8, /* of mappings in a schema of ours */
    YAML_KEY_SIZE = 64,
    YAML_WORDS_SIZE = 480
};

const cyaml_strval_t yaml_booleans[2] = {{"false", YAML_FALSE}, {"true", YAML_TRUE}};

/* What libcyaml said: first what is wrong, then where, innermost first. */
struct complaint {
    char text[256];
    char path[YAML_DEPTH_MAX][YAML_KEY_SIZE]; /* the mapping fields that it stands in, innermost first */
    unsigned depth;
    unsigned line;
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

/* At an unexpected key libcyaml still stands at the key before it. */
static unsigned line_of_complaint(const struct complaint *complaint, const char *text)
{
    static const char unexpected[] = "Unexpected key: ";
    unsigned line = 0;
    if (strncmp(complaint->text, unexpected, strlen(unexpected)) != 0)
        return complaint->line;
    for (size_t n = 0; line < complaint->line; n++)
        if ((line = yaml_file_line_of(text, complaint->text + strlen(unexpected), n)) == 0)
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

/* Where a word of a list is asked for: that list, as the end of the sentence. */
static void list_words(const cyaml_schema_value_t *schema, const struct complaint *complaint,
                       char list[static YAML_WORDS_SIZE])
{
    static const char about_words[] = "Invalid ENUM value";
    const cyaml_schema_value_t *wanted = wanted_at(schema, complaint);
    size_t used = 0;
    list[0] = '\0';
    if (wanted == NULL || wanted->type != CYAML_ENUM || strncmp(complaint->text, about_words, strlen(about_words)) != 0)
        return;
    for (uint32_t i = 0; i < wanted->enumeration.count && used < YAML_WORDS_SIZE; i++)
        used += (size_t)snprintf(list + used, YAML_WORDS_SIZE - used, "%s%s", i == 0 ? "; one of " : ", ",
                                 wanted->enumeration.strings[i].str);
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
    const bool names_key = strstr(complaint.text, "key: ") != NULL || strstr(complaint.text, "field: ") != NULL;
    const char *key = names_key || complaint.depth == 0 ? "" : complaint.path[0];
    char words[YAML_WORDS_SIZE];
    list_words(schema, &complaint, words);
    if (error == CYAML_OK)
        snprintf(complaint.text, sizeof complaint.text, "holds nothing");
    const unsigned line = line_of_complaint(&complaint, text);
    fault_set(fault, FAULT_USAGE, "%s: line %u: %s%s%s%s", name, line > 0 ? line : 1, key, key[0] != '\0' ? ": " : "",
              complaint.text[0] != '\0' ? complaint.text : cyaml_strerror(error), words);
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
