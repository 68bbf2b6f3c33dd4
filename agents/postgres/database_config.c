#include "database_config.h"

#include "postgres_settings.h"

#include <stdlib.h>
#include <string.h>

enum {
    FULL_READ_HOURS_DEFAULT = 24,
    FULL_READ_HOURS_MAX = 8760,
    POLL_SECONDS_DEFAULT = 10,
    POLL_SECONDS_MAX = 86400,
    CHUNK_ROWS_DEFAULT = 1000,
    CHUNK_ROWS_MAX = 10000
};

#define OPTIONAL_TEXT (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

static const cyaml_schema_value_t column_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 256)};
static const cyaml_schema_field_t database_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct database_entry, name, 1, DATABASE_NAME_MAX),
    CYAML_FIELD_STRING_PTR("connection", CYAML_FLAG_POINTER, struct database_entry, connection, 1, 4000),
    CYAML_FIELD_STRING_PTR("table", OPTIONAL_TEXT, struct database_entry, table, 1, 256),
    CYAML_FIELD_STRING_PTR("query", OPTIONAL_TEXT, struct database_entry, query, 1, 16000),
    CYAML_FIELD_STRING_PTR("mapping", CYAML_FLAG_POINTER, struct database_entry, mapping, 1, 4000),
    CYAML_FIELD_STRING_PTR("changes", OPTIONAL_TEXT, struct database_entry, changes, 1, 256),
    CYAML_FIELD_SEQUENCE("cursor", OPTIONAL_TEXT, struct database_entry, cursor, &column_schema, 1,
                         DATABASE_CURSOR_MAX),
    CYAML_FIELD_STRING_PTR("overlap", OPTIONAL_TEXT, struct database_entry, overlap, 1, 64),
    CYAML_FIELD_INT_PTR("full_read_hours", OPTIONAL_TEXT, struct database_entry, full_read_hours),
    CYAML_FIELD_INT_PTR("poll_seconds", OPTIONAL_TEXT, struct database_entry, poll_seconds),
    CYAML_FIELD_STRING_PTR("listen", OPTIONAL_TEXT, struct database_entry, listen, 1, 63),
    CYAML_FIELD_INT_PTR("chunk_rows", OPTIONAL_TEXT, struct database_entry, chunk_rows),
    CYAML_FIELD_END};
const cyaml_schema_value_t database_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct database_entry, database_fields)};

static bool copy_text(const char *from, char **to, struct fault *fault)
{
    *to = from == NULL ? NULL : strdup(from);
    return from == NULL || *to != NULL || fault_set(fault, FAULT_SYSTEM, "out of memory");
}

static bool take_number(const char *key, const int *given, int otherwise, int least, int most, int *taken,
                        struct fault *fault)
{
    *taken = given == NULL ? otherwise : *given;
    return (*taken >= least && *taken <= most) ||
           fault_set(fault, FAULT_USAGE, "databases: %s: from %d to %d", key, least, most);
}

static bool check_choices(const struct database_entry *entry, struct fault *fault)
{
    static const char name_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    if (strspn(entry->name, name_characters) != strlen(entry->name))
        return fault_set(fault, FAULT_USAGE, "databases: name: only A-Z a-z 0-9 . _ - may stand in '%s'", entry->name);
    if ((entry->table == NULL) == (entry->query == NULL))
        return fault_set(fault, FAULT_USAGE, "databases: '%s' needs either table or query", entry->name);
    if ((entry->changes == NULL) == (entry->cursor_count == 0))
        return fault_set(fault, FAULT_USAGE, "databases: '%s' needs either cursor or changes", entry->name);
    if (entry->changes != NULL && (entry->overlap != NULL || entry->full_read_hours != NULL))
        return fault_set(fault, FAULT_USAGE,
                         "databases: overlap and full_read_hours: only with cursor; changes miss none");
    return true;
}

static bool take_texts(const struct database_entry *entry, struct database_config *config, struct fault *fault)
{
    for (unsigned i = 0; i < entry->cursor_count; i++) {
        if (!copy_text(entry->cursor[i], &config->cursor[i], fault))
            return false;
        config->cursor_count++;
    }
    return copy_text(entry->name, &config->name, fault) && copy_text(entry->connection, &config->connection, fault) &&
           copy_text(entry->table, &config->table, fault) && copy_text(entry->query, &config->query, fault) &&
           copy_text(entry->changes, &config->changes, fault) && copy_text(entry->overlap, &config->overlap, fault) &&
           copy_text(entry->listen, &config->listen, fault);
}

static bool take_mapping(const char *path, struct database_config *config, struct fault *fault)
{
    config->mapping = mapping_load(path, fault);
    if (config->mapping == NULL)
        return false;
    return config->mapping->attest == NULL ||
           fault_set(fault, FAULT_USAGE, "%s: attest: a database has no period to attest; a file does", path);
}

bool database_config_take(const struct database_entry *entry, const char *mapping_path, struct database_config *config,
                          struct fault *fault)
{
    *config = (struct database_config){0};
    return check_choices(entry, fault) && postgres_settings_check(entry->connection, fault) &&
           take_number("full_read_hours", entry->full_read_hours, FULL_READ_HOURS_DEFAULT, 0, FULL_READ_HOURS_MAX,
                       &config->full_read_hours, fault) &&
           take_number("poll_seconds", entry->poll_seconds, POLL_SECONDS_DEFAULT, 1, POLL_SECONDS_MAX,
                       &config->poll_seconds, fault) &&
           take_number("chunk_rows", entry->chunk_rows, CHUNK_ROWS_DEFAULT, 1, CHUNK_ROWS_MAX, &config->chunk_rows,
                       fault) &&
           take_texts(entry, config, fault) && take_mapping(mapping_path, config, fault);
}

void database_config_clear(struct database_config *config)
{
    for (size_t i = 0; i < config->cursor_count; i++)
        free(config->cursor[i]);
    mapping_free(&config->mapping);
    free(config->name);
    free(config->connection);
    free(config->table);
    free(config->query);
    free(config->changes);
    free(config->overlap);
    free(config->listen);
    *config = (struct database_config){0};
}
