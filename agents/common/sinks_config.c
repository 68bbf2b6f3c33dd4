#include "sinks_config.h"

#include "https_post.h"
#include "postgres_settings.h"

#include <stdlib.h>
#include <string.h>

#define OPTIONAL_TEXT (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

static const cyaml_strval_t kind_names[] = {{"postgres", SINK_POSTGRES}, {"webhook", SINK_WEBHOOK}};

static const cyaml_schema_field_t sink_fields[] = {
    CYAML_FIELD_ENUM("kind", CYAML_FLAG_STRICT, struct sink_entry, kind, kind_names,
                     sizeof kind_names / sizeof kind_names[0]),
    CYAML_FIELD_STRING_PTR("name", OPTIONAL_TEXT, struct sink_entry, name, 1, SINK_NAME_AND_SOURCE_MAX),
    CYAML_FIELD_STRING_PTR("connection", OPTIONAL_TEXT, struct sink_entry, connection, 1, 4000),
    CYAML_FIELD_STRING_PTR("table", OPTIONAL_TEXT, struct sink_entry, table, 1, 128),
    CYAML_FIELD_STRING_PTR("url", OPTIONAL_TEXT, struct sink_entry, url, 1, 2000),
    CYAML_FIELD_STRING_PTR("secret_file", OPTIONAL_TEXT, struct sink_entry, secret_file, 1, 4000),
    CYAML_FIELD_STRING_PTR("ca_file", OPTIONAL_TEXT, struct sink_entry, ca_file, 1, 4000),
    CYAML_FIELD_INT_PTR("timeout_seconds", OPTIONAL_TEXT, struct sink_entry, timeout_seconds),
    CYAML_FIELD_INT_PTR("retry_ms", OPTIONAL_TEXT, struct sink_entry, retry_ms),
    CYAML_FIELD_END};
const cyaml_schema_value_t sink_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct sink_entry, sink_fields)};

static const char *kind_name(enum sink_kind kind)
{
    return kind_names[kind].str;
}

static bool check_keys(const struct sink_entry *entry, struct fault *fault)
{
    const struct {
        const char *key;
        bool given;
        enum sink_kind kind;
    } key_kinds[] = {{"connection", entry->connection != NULL, SINK_POSTGRES},
                     {"table", entry->table != NULL, SINK_POSTGRES},
                     {"url", entry->url != NULL, SINK_WEBHOOK},
                     {"secret_file", entry->secret_file != NULL, SINK_WEBHOOK},
                     {"ca_file", entry->ca_file != NULL, SINK_WEBHOOK},
                     {"timeout_seconds", entry->timeout_seconds != NULL, SINK_WEBHOOK},
                     {"retry_ms", entry->retry_ms != NULL, SINK_WEBHOOK}};
    for (size_t i = 0; i < sizeof key_kinds / sizeof key_kinds[0]; i++)
        if (key_kinds[i].given && key_kinds[i].kind != entry->kind)
            return fault_set(fault, FAULT_USAGE, "sinks: %s: a key of %s, not of %s", key_kinds[i].key,
                             kind_name(key_kinds[i].kind), kind_name(entry->kind));
    return true;
}

static bool check_range(const char *key, const int *number, int least, int most, struct fault *fault)
{
    return number == NULL || (*number >= least && *number <= most) ||
           fault_set(fault, FAULT_USAGE, "sinks: %s: from %d to %d", key, least, most);
}

static bool check_webhook(const struct sink_entry *entry, struct fault *fault)
{
    struct fault cause;
    if (entry->url == NULL || entry->secret_file == NULL)
        return fault_set(fault, FAULT_USAGE, "sinks: webhook needs url and secret_file");
    if (!https_address_check(entry->url, &cause))
        return fault_set(fault, cause.code, "sinks: url: %s", cause.text);
    return check_range("timeout_seconds", entry->timeout_seconds, 1, SINK_TIMEOUT_S_MAX, fault) &&
           check_range("retry_ms", entry->retry_ms, SINK_RETRY_MS_MIN, SINK_RETRY_MS_MAX, fault);
}

static bool check_kind(const struct sink_entry *entry, struct fault *fault)
{
    if (!check_keys(entry, fault))
        return false;
    switch (entry->kind) {
    case SINK_POSTGRES:
        return entry->connection != NULL
                   ? postgres_settings_check(entry->connection, fault)
                   : fault_set(fault, FAULT_USAGE,
                               "sinks: postgres needs connection, the conninfo of the office's database");
    case SINK_WEBHOOK:
        return check_webhook(entry, fault);
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
    sink->timeout_seconds = entry->timeout_seconds == NULL ? SINK_TIMEOUT_S_DEFAULT : *entry->timeout_seconds;
    sink->retry_ms = entry->retry_ms == NULL ? SINK_RETRY_MS_DEFAULT : *entry->retry_ms;
    const char *table = entry->kind == SINK_POSTGRES ? "sanling_inbox" : NULL;
    return check_kind(entry, fault) && copy_text(entry->name, kind_name(entry->kind), &sink->name, fault) &&
           copy_text(entry->connection, NULL, &sink->connection, fault) &&
           copy_text(entry->table, table, &sink->table, fault) && copy_text(entry->url, NULL, &sink->url, fault) &&
           copy_text(entry->secret_file, NULL, &sink->secret_file, fault) &&
           copy_text(entry->ca_file, NULL, &sink->ca_file, fault);
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
        free((*sinks)[i].url);
        free((*sinks)[i].secret_file);
        free((*sinks)[i].ca_file);
    }
    free(*sinks);
    *sinks = NULL;
}
