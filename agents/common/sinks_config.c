#include "sinks_config.h"

#include <stdlib.h>
#include <string.h>

#define OPTIONAL_TEXT (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

static const cyaml_strval_t kind_names[] = {{"postgres", SINK_POSTGRES}};

static const cyaml_schema_field_t sink_fields[] = {
    CYAML_FIELD_ENUM("kind", CYAML_FLAG_STRICT, struct sink_entry, kind, kind_names,
                     sizeof kind_names / sizeof kind_names[0]),
    CYAML_FIELD_STRING_PTR("name", OPTIONAL_TEXT, struct sink_entry, name, 1, SINK_NAME_AND_SOURCE_MAX),
    CYAML_FIELD_STRING_PTR("connection", OPTIONAL_TEXT, struct sink_entry, connection, 1, 4000),
    CYAML_FIELD_STRING_PTR("table", OPTIONAL_TEXT, struct sink_entry, table, 1, 128), CYAML_FIELD_END};
const cyaml_schema_value_t sink_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct sink_entry, sink_fields)};

static const char *kind_name(enum sink_kind kind)
{
    return kind_names[kind].str;
}

static bool check_kind(const struct sink_entry *entry, struct fault *fault)
{
    switch (entry->kind) {
    case SINK_POSTGRES:
        return entry->connection != NULL ||
               fault_set(fault, FAULT_USAGE, "sinks: postgres needs connection, the conninfo of the office's database");
    }
    abort();
}

static bool copy_text(const char *from, const char *otherwise, char **to, struct fault *fault)
{
    if (from == NULL && otherwise == NULL)
        return true;
    *to = strdup(from != NULL ? from : otherwise);
    return *to != NULL || fault_set(fault, FAULT_SYSTEM, "out of memory");
}

static bool check_name(const struct sink_config *sinks, size_t index, const char *source, struct fault *fault)
{
    static const char name_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    const char *name = sinks[index].name;
    if (strspn(name, name_characters) != strlen(name))
        return fault_set(fault, FAULT_USAGE, "sinks: name: only A-Z a-z 0-9 . _ - may stand in '%s'", name);
    if (strcmp(name, "inbox") == 0)
        return fault_set(fault, FAULT_USAGE, "sinks: name: 'inbox' is the file's own");
    if (strlen(name) + strlen(source) > SINK_NAME_AND_SOURCE_MAX)
        return fault_set(fault, FAULT_USAGE,
                         "sinks: name: '%s' and the source's name have together more than %d letters", name,
                         SINK_NAME_AND_SOURCE_MAX);
    for (size_t i = 0; i < index; i++)
        if (strcmp(sinks[i].name, name) == 0)
            return fault_set(fault, FAULT_USAGE, "sinks: name: '%s' is there twice: give each its own", name);
    return true;
}

static bool take_entry(const struct sink_entry *entry, struct sink_config *sink, struct fault *fault)
{
    sink->kind = entry->kind;
    const char *table = entry->kind == SINK_POSTGRES ? "sanling_inbox" : NULL;
    return check_kind(entry, fault) && copy_text(entry->name, kind_name(entry->kind), &sink->name, fault) &&
           copy_text(entry->connection, NULL, &sink->connection, fault) &&
           copy_text(entry->table, table, &sink->table, fault);
}

bool sinks_config_take(const struct sink_entry *entries, size_t count, const char *source, struct sink_config **sinks,
                       struct fault *fault)
{
    *sinks = NULL;
    if (count == 0)
        return true;
    struct sink_config *taken = calloc(count, sizeof *taken);
    if (taken == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    for (size_t i = 0; i < count; i++) {
        if (!take_entry(&entries[i], &taken[i], fault) || !check_name(taken, i, source, fault)) {
            sinks_config_free(&taken, count);
            return false;
        }
    }
    *sinks = taken;
    return true;
}

void sinks_config_free(struct sink_config **sinks, size_t count)
{
    for (size_t i = 0; *sinks != NULL && i < count; i++) {
        free((*sinks)[i].name);
        free((*sinks)[i].connection);
        free((*sinks)[i].table);
    }
    free(*sinks);
    *sinks = NULL;
}
