#include "digests_config.h"

#include "secret_file.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONAL_TEXT (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define OPTIONAL_WORD (CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT)

static const cyaml_strval_t kind_names[] = {{"wecom", ROBOT_WECOM}, {"dingtalk", ROBOT_DINGTALK}};
static const cyaml_strval_t language_names[] = {{"zh", DIGEST_CHINESE}, {"en", DIGEST_ENGLISH}};
static const cyaml_schema_value_t time_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 16)};

static const cyaml_schema_field_t digest_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct digest_entry, name, 1, DIGEST_NAME_MAX),
    CYAML_FIELD_ENUM("kind", CYAML_FLAG_STRICT, struct digest_entry, kind, kind_names, 2),
    CYAML_FIELD_STRING_PTR("url_file", CYAML_FLAG_POINTER, struct digest_entry, url_file, 1, 4000),
    CYAML_FIELD_STRING_PTR("sign_secret_file", OPTIONAL_TEXT, struct digest_entry, sign_secret_file, 1, 4000),
    CYAML_FIELD_STRING_PTR("ca_file", OPTIONAL_TEXT, struct digest_entry, ca_file, 1, 4000),
    CYAML_FIELD_SEQUENCE("at", OPTIONAL_TEXT, struct digest_entry, at, &time_schema, 1, DIGEST_TIMES_MAX),
    CYAML_FIELD_INT_PTR("on_change_minutes", OPTIONAL_TEXT, struct digest_entry, on_change_minutes),
    CYAML_FIELD_ENUM("language", OPTIONAL_WORD, struct digest_entry, language, language_names, 2),
    CYAML_FIELD_STRING_PTR("page_url", OPTIONAL_TEXT, struct digest_entry, page_url, 1, DIGEST_LINK_MAX),
    CYAML_FIELD_STRING_PTR("unit", OPTIONAL_TEXT, struct digest_entry, unit, 1, 18),
    CYAML_FIELD_ENUM("also_when_nothing", OPTIONAL_WORD, struct digest_entry, also_when_nothing, yaml_booleans, 2),
    CYAML_FIELD_INT_PTR("retry_ms", OPTIONAL_TEXT, struct digest_entry, retry_ms),
    CYAML_FIELD_END};
const cyaml_schema_value_t digest_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct digest_entry, digest_fields)};

/* ---- checking ---- */

static bool check_name(const struct digest_entry *entries, size_t index, struct fault *fault)
{
    static const char name_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    const char *name = entries[index].name;
    if (strspn(name, name_characters) != strlen(name))
        return fault_set(fault, FAULT_USAGE, "digests: name: only A-Z a-z 0-9 . _ - may stand in '%s'", name);
    for (size_t i = 0; i < index; i++)
        if (strcmp(entries[i].name, name) == 0)
            return fault_set(fault, FAULT_USAGE, "digests: name: '%s' is there twice; give each its own", name);
    return true;
}

static bool check_link(const char *link, struct fault *fault)
{
    const bool web = link == NULL || strncmp(link, "https://", 8) == 0 || strncmp(link, "http://", 7) == 0;
    if (!web || (link != NULL && strpbrk(link, " \t\r\n") != NULL))
        return fault_set(fault, FAULT_USAGE, "digests: page_url: '%s' is no address of a page", link);
    return true;
}

static bool check_entry(const struct digest_entry *entry, struct fault *fault)
{
    const int *change = entry->on_change_minutes;
    const int *retry = entry->retry_ms;
    if (entry->at_count == 0 && change == NULL)
        return fault_set(fault, FAULT_USAGE, "digests: %s: neither at nor on_change_minutes says when", entry->name);
    if (change != NULL && (*change < 0 || *change > DIGEST_CHANGE_MINUTES_MAX))
        return fault_set(fault, FAULT_USAGE, "digests: on_change_minutes: from 0 to %d", DIGEST_CHANGE_MINUTES_MAX);
    if (retry != NULL && (*retry < DIGEST_RETRY_MS_MIN || *retry > DIGEST_RETRY_MS_MAX))
        return fault_set(fault, FAULT_USAGE, "digests: retry_ms: from %d to %d", DIGEST_RETRY_MS_MIN,
                         DIGEST_RETRY_MS_MAX);
    if (entry->sign_secret_file != NULL && entry->kind != ROBOT_DINGTALK)
        return fault_set(fault, FAULT_USAGE, "digests: sign_secret_file: only dingtalk signs");
    return check_link(entry->page_url, fault);
}

/* ---- taking ---- */

static bool copy_text(const char *from, char **to, struct fault *fault)
{
    if (from == NULL)
        return true;
    *to = strdup(from);
    return *to != NULL || fault_set(fault, FAULT_SYSTEM, "out of memory");
}

static bool take_times(const struct digest_entry *entry, struct digest_config *digest, struct fault *fault)
{
    for (unsigned i = 0; i < entry->at_count; i++)
        if (!digest_time_parse(entry->at[i], &digest->at[digest->at_count++]))
            return fault_set(fault, FAULT_USAGE, "digests: at: '%s' is no time from 00:00 to 23:59", entry->at[i]);
    return true;
}

static bool take_entry(const struct digest_entry *entry, struct digest_config *digest, struct fault *fault)
{
    digest->kind = entry->kind;
    digest->language = entry->language;
    digest->also_when_nothing = entry->also_when_nothing == YAML_TRUE;
    digest->on_change_minutes = entry->on_change_minutes == NULL ? DIGEST_CHANGE_NEVER : *entry->on_change_minutes;
    digest->retry_ms = entry->retry_ms == NULL ? DIGEST_RETRY_MS_DEFAULT : *entry->retry_ms;
    return take_times(entry, digest, fault) && copy_text(entry->name, &digest->name, fault) &&
           copy_text(entry->url_file, &digest->url_file, fault) &&
           copy_text(entry->sign_secret_file, &digest->sign_secret_file, fault) &&
           copy_text(entry->ca_file, &digest->ca_file, fault) && copy_text(entry->page_url, &digest->page_url, fault) &&
           copy_text(entry->unit, &digest->unit, fault);
}

bool digests_config_take(const struct digest_entry *entries, size_t count, struct digest_config **digests,
                         struct fault *fault)
{
    *digests = NULL;
    if (count == 0)
        return true;
    struct digest_config *taken = calloc(count, sizeof *taken);
    if (taken == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    for (size_t i = 0; i < count; i++) {
        if (!check_name(entries, i, fault) || !check_entry(&entries[i], fault) ||
            !take_entry(&entries[i], &taken[i], fault)) {
            digests_config_free(&taken, count);
            return false;
        }
    }
    *digests = taken;
    return true;
}

void digests_config_free(struct digest_config **digests, size_t count)
{
    for (size_t i = 0; *digests != NULL && i < count; i++) {
        struct digest_config *gone = &(*digests)[i];
        free(gone->name);
        free(gone->url_file);
        free(gone->sign_secret_file);
        free(gone->ca_file);
        free(gone->page_url);
        free(gone->unit);
    }
    free(*digests);
    *digests = NULL;
}

/* ---- keys ---- */

/* A file's only line. */
static bool load_line(const char *path, char *line, size_t size, struct fault *fault)
{
    CLEANUP(secret_free) char *text = secret_file_read(path, fault);
    if (text == NULL)
        return false;
    const size_t length = strcspn(text, " \t\r\n");
    if (length == 0 || length >= size || text[length + strspn(text + length, " \t\r\n")] != '\0')
        return fault_set(fault, FAULT_USAGE, "%s: not one line of at most %zu characters", path, size - 1);
    memcpy(line, text, length);
    line[length] = '\0';
    return true;
}

bool robot_keys_load(const struct digest_config *config, struct robot_keys *keys, struct fault *fault)
{
    struct fault cause;
    memset(keys, 0, sizeof *keys);
    if (!load_line(config->url_file, keys->url, sizeof keys->url, fault))
        return false;
    if (!https_address_check(keys->url, &cause))
        return fault_set(fault, cause.code, "%s: %s", config->url_file, cause.text);
    return config->sign_secret_file == NULL ||
           load_line(config->sign_secret_file, keys->secret, sizeof keys->secret, fault);
}

void robot_keys_clear(struct robot_keys *keys)
{
    sodium_memzero(keys, sizeof *keys);
}
