#include "agent_config.h"

#include "figures_port.h"
#include "language.h"
#include "sanling.h"
#include "text.h"
#include "webhook_signature.h"
#include "yaml_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    SETTLE_MS_DEFAULT = 5000,
    RESEND_DAYS_DEFAULT = 14, /* two weekly backups */
    RESEND_DAYS_MAX = 365,
    SETTLE_MS_MIN = 20,
    SETTLE_MS_MAX = 600000,
    UTC_OFFSET_DEFAULT = 480,
    UTC_OFFSET_MAX = 840,
    SOURCE_NAME_MAX = 58 /* with `inbox-` in front it is a durable name of at most 64 */
};

struct config_entry {
    char *hub;
    char *identity;
    char *signing_key;
    char *source;
    char *folder;
    char **mappings;
    unsigned mappings_count;
    char *state;
    char *inbox;
    struct database_entry *databases;
    unsigned databases_count;
    struct sink_entry *sinks;
    unsigned sinks_count;
    struct http_entry *http;
    struct figures_port_entry *metrics;
    struct digest_entry *digests;
    unsigned digests_count;
    struct desk_entry *desk;
    struct sealing_entry *sealing;
    char *units;
    char *log_key;
    int *settle_ms;
    int *resend_days;
    int *utc_offset_minutes;
};

#define OPTIONAL_TEXT (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

static const cyaml_schema_value_t path_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 4000)};
static const cyaml_schema_field_t config_fields[] = {
    CYAML_FIELD_STRING_PTR("hub", OPTIONAL_TEXT, struct config_entry, hub, 1, 256),
    CYAML_FIELD_STRING_PTR("identity", CYAML_FLAG_POINTER, struct config_entry, identity, 1, 4000),
    CYAML_FIELD_STRING_PTR("signing_key", OPTIONAL_TEXT, struct config_entry, signing_key, 1, 4000),
    CYAML_FIELD_STRING_PTR("source", CYAML_FLAG_POINTER, struct config_entry, source, 1, SOURCE_NAME_MAX),
    CYAML_FIELD_STRING_PTR("folder", CYAML_FLAG_POINTER, struct config_entry, folder, 1, 4000),
    CYAML_FIELD_SEQUENCE("mappings", OPTIONAL_TEXT, struct config_entry, mappings, &path_schema, 1, 64),
    CYAML_FIELD_STRING_PTR("state", CYAML_FLAG_POINTER, struct config_entry, state, 1, 4000),
    CYAML_FIELD_STRING_PTR("inbox", OPTIONAL_TEXT, struct config_entry, inbox, 1, 4000),
    CYAML_FIELD_SEQUENCE("databases", OPTIONAL_TEXT, struct config_entry, databases, &database_schema, 1,
                         DATABASES_MAX),
    CYAML_FIELD_SEQUENCE("sinks", OPTIONAL_TEXT, struct config_entry, sinks, &sink_schema, 1, SINKS_MAX),
    CYAML_FIELD_MAPPING_PTR("http", OPTIONAL_TEXT, struct config_entry, http, http_fields),
    CYAML_FIELD_MAPPING_PTR("metrics", OPTIONAL_TEXT, struct config_entry, metrics, figures_port_fields),
    CYAML_FIELD_SEQUENCE("digests", OPTIONAL_TEXT, struct config_entry, digests, &digest_schema, 1, DIGESTS_MAX),
    CYAML_FIELD_MAPPING_PTR("desk", OPTIONAL_TEXT, struct config_entry, desk, desk_fields),
    CYAML_FIELD_MAPPING_PTR("sealing", OPTIONAL_TEXT, struct config_entry, sealing, sealing_fields),
    CYAML_FIELD_STRING_PTR("units", OPTIONAL_TEXT, struct config_entry, units, 1, 4000),
    CYAML_FIELD_STRING_PTR("log_key", OPTIONAL_TEXT, struct config_entry, log_key, 1, 4000),
    CYAML_FIELD_INT_PTR("settle_ms", OPTIONAL_TEXT, struct config_entry, settle_ms),
    CYAML_FIELD_INT_PTR("resend_days", OPTIONAL_TEXT, struct config_entry, resend_days),
    CYAML_FIELD_INT_PTR("utc_offset_minutes", OPTIONAL_TEXT, struct config_entry, utc_offset_minutes),
    CYAML_FIELD_END};
static const cyaml_schema_value_t config_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct config_entry, config_fields)};

struct load {
    const char *path;
    const char *text;
    struct config_entry *entry;
    struct agent_config *config;
    struct fault *fault;
};

static bool refuse(const struct load *load, const char *key, const char *what)
{
    return fault_set(load->fault, FAULT_USAGE, "%s: line %u: %s: %s", load->path, yaml_file_line_of(load->text, key, 0),
                     key, translated(what));
}

/* The path as seen from the configuration's folder. */
static char *resolve(const struct load *load, const char *path)
{
    const char *slash = strrchr(load->path, '/');
    char *resolved = NULL;
    if (path[0] == '/' || slash == NULL)
        return strdup(path);
    if (asprintf(&resolved, "%.*s/%s", (int)(slash - load->path), load->path, path) < 0)
        return NULL;
    return resolved;
}

/* The environment's word in the file's place. NULL: it says nothing. */
static const char *from_environment(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* What cannot sign must not begin to number events. */
static bool take_signing_key(const struct load *load)
{
    char public_key[45];
    struct sanling_error error;
    if (load->entry->signing_key == NULL)
        return true;
    load->config->signing_key = resolve(load, load->entry->signing_key);
    if (load->config->signing_key == NULL)
        return fault_set(load->fault, FAULT_SYSTEM, "out of memory");
    return sanling_signing_key_read(load->config->signing_key, public_key, &error) ||
           refuse(load, "signing_key", error.text);
}

static bool take_texts(const struct load *load)
{
    struct agent_config *config = load->config;
    const struct config_entry *entry = load->entry;
    const char *hub = from_environment("SANLING_HUB"), *identity = from_environment("SANLING_IDENTITY");
    if (hub == NULL)
        hub = entry->hub != NULL ? entry->hub : "tcp://127.0.0.1:7310";
    config->hub = strdup(hub);
    config->identity = identity != NULL ? strdup(identity) : resolve(load, entry->identity);
    config->source = strdup(entry->source);
    config->folder = resolve(load, entry->folder);
    config->state = resolve(load, entry->state);
    config->inbox = entry->inbox == NULL ? NULL : resolve(load, entry->inbox);
    if (config->hub == NULL || config->identity == NULL || config->source == NULL || config->folder == NULL ||
        config->state == NULL || (entry->inbox != NULL && config->inbox == NULL))
        return fault_set(load->fault, FAULT_SYSTEM, "out of memory");
    static const char name_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-";
    if (strspn(config->source, name_characters) != strlen(config->source))
        return refuse(load, "source", "only A-Z a-z 0-9 . _ / - may stand in a source's name");
    if (access(config->identity, R_OK) != 0)
        return refuse(load, "identity", "the file cannot be read; make one with `sanlingctl keys new`");
    if (access(config->folder, R_OK | X_OK) != 0)
        return refuse(load, "folder", "the folder is not there or cannot be read");
    return true;
}

static bool take_numbers(const struct load *load)
{
    const struct config_entry *entry = load->entry;
    load->config->settle_ms = entry->settle_ms == NULL ? SETTLE_MS_DEFAULT : *entry->settle_ms;
    load->config->utc_offset_minutes =
        entry->utc_offset_minutes == NULL ? UTC_OFFSET_DEFAULT : *entry->utc_offset_minutes;
    load->config->resend_days = entry->resend_days == NULL ? RESEND_DAYS_DEFAULT : *entry->resend_days;
    if (load->config->resend_days < 0 || load->config->resend_days > RESEND_DAYS_MAX)
        return refuse(load, "resend_days", "from 0 to 365");
    if (load->config->settle_ms < SETTLE_MS_MIN || load->config->settle_ms > SETTLE_MS_MAX)
        return refuse(load, "settle_ms", "from 20 to 600000");
    if (abs(load->config->utc_offset_minutes) > UTC_OFFSET_MAX)
        return refuse(load, "utc_offset_minutes", "from -840 to 840");
    return true;
}

static bool take_mapping(const struct load *load, const char *path)
{
    struct agent_config *config = load->config;
    struct mapping **mappings = realloc(config->mappings, (config->mapping_count + 1) * sizeof *mappings);
    if (mappings == NULL)
        return fault_set(load->fault, FAULT_SYSTEM, "out of memory");
    config->mappings = mappings;
    CLEANUP(text_free) char *resolved = resolve(load, path);
    if (resolved == NULL)
        return fault_set(load->fault, FAULT_SYSTEM, "out of memory");
    mappings[config->mapping_count] = mapping_load(resolved, load->fault);
    if (mappings[config->mapping_count] == NULL)
        return false;
    config->mapping_count++;
    return mappings[config->mapping_count - 1]->glob_count > 0 ||
           fault_set(load->fault, FAULT_USAGE, "%s: files: missing; only a database's mapping reads none", resolved);
}

static bool take_mappings(const struct load *load, const char *const *default_mappings)
{
    for (unsigned i = 0; i < load->entry->mappings_count; i++)
        if (!take_mapping(load, load->entry->mappings[i]))
            return false;
    for (size_t i = 0; load->entry->mappings_count == 0 && default_mappings[i] != NULL; i++) {
        char path[256];
        snprintf(path, sizeof path, "mappings/%s", default_mappings[i]);
        if (!take_mapping(load, path))
            return false;
    }
    return true;
}

/* A path that an entry of a list gave, as seen from the configuration's folder. */
static bool resolve_taken(const struct load *load, char **path)
{
    char *given = *path;
    if (given == NULL)
        return true;
    *path = resolve(load, given);
    free(given);
    return *path != NULL || fault_set(load->fault, FAULT_SYSTEM, "out of memory");
}

/* What an entry of a list is refused for; the list's own line is named. */
static bool refuse_list(const struct load *load, const char *list, const struct fault *cause)
{
    return fault_set(load->fault, cause->code, "%s: line %u: %s", load->path, yaml_file_line_of(load->text, list, 0),
                     cause->text);
}

static bool check_authorities(const struct load *load, const char *list, const char *ca_file)
{
    struct fault cause;
    if (ca_file == NULL || access(ca_file, R_OK) == 0)
        return true;
    fault_set(&cause, FAULT_USAGE, "%s: ca_file: %s: %s", list, ca_file, strerror(errno));
    return refuse_list(load, list, &cause);
}

static bool check_webhook_files(const struct load *load, const struct sink_config *sink)
{
    struct webhook_secrets secrets;
    struct fault cause;
    if (!webhook_secrets_load(sink->secret_file, &secrets, &cause))
        return refuse_list(load, "sinks", &cause);
    webhook_secrets_clear(&secrets);
    return check_authorities(load, "sinks", sink->ca_file);
}

static bool take_sinks(const struct load *load)
{
    const struct config_entry *entry = load->entry;
    struct agent_config *config = load->config;
    struct fault cause;
    config->sink_count = entry->sinks_count;
    if (!sinks_config_take(entry->sinks, entry->sinks_count, config->source, &config->sinks, &cause))
        return refuse_list(load, "sinks", &cause);
    for (size_t i = 0; i < config->sink_count; i++) {
        struct sink_config *sink = &config->sinks[i];
        if (!resolve_taken(load, &sink->secret_file) || !resolve_taken(load, &sink->ca_file) ||
            (sink->kind == SINK_WEBHOOK && !check_webhook_files(load, sink)))
            return false;
    }
    return true;
}

static bool take_http(const struct load *load)
{
    const char *slash = strrchr(load->path, '/');
    struct fault cause;
    CLEANUP(text_free) char *folder = strndup(load->path, slash == NULL ? 0 : (size_t)(slash - load->path) + 1);
    if (folder == NULL)
        return fault_set(load->fault, FAULT_SYSTEM, "out of memory");
    if (http_config_take(load->entry->http, folder, &load->config->http, &cause))
        return true;
    return fault_set(load->fault, cause.code, "%s: line %u: %s", load->path, yaml_file_line_of(load->text, "http", 0),
                     cause.text);
}

static bool take_metrics(const struct load *load)
{
    struct fault cause;
    if (load->entry->metrics == NULL)
        return true;
    const char *listen = load->entry->metrics->listen;
    if (!figures_port_check(listen, &cause))
        return refuse_list(load, "metrics", &cause);
    load->config->metrics_listen = strdup(listen);
    return load->config->metrics_listen != NULL || fault_set(load->fault, FAULT_SYSTEM, "out of memory");
}

/* The desk's page and its steps come over HTTP. */
static bool take_desk(const struct load *load)
{
    const char *slash = strrchr(load->path, '/');
    struct fault cause;
    CLEANUP(text_free) char *folder = strndup(load->path, slash == NULL ? 0 : (size_t)(slash - load->path) + 1);
    if (folder == NULL)
        return fault_set(load->fault, FAULT_SYSTEM, "out of memory");
    if (load->entry->desk != NULL && load->entry->http == NULL)
        return refuse(load, "desk", "phones reach it over HTTP: the key `http` is needed, too");
    if (desk_config_take(load->entry->desk, folder, &load->config->desk, &cause))
        return true;
    return fault_set(load->fault, cause.code, "%s: line %u: %s", load->path, yaml_file_line_of(load->text, "desk", 0),
                     cause.text);
}

static bool take_sealing(const struct load *load)
{
    const char *slash = strrchr(load->path, '/');
    CLEANUP(text_free) char *folder = strndup(load->path, slash == NULL ? 0 : (size_t)(slash - load->path) + 1);
    if (folder == NULL)
        return fault_set(load->fault, FAULT_SYSTEM, "out of memory");
    return sealing_config_take(load->entry->sealing, folder, &load->config->sealing, load->fault);
}

/* Units by name, and that they are there where a mapping looks for them. */
static bool take_units(const struct load *load)
{
    struct agent_config *config = load->config;
    if (load->entry->units != NULL) {
        CLEANUP(text_free) char *path = resolve(load, load->entry->units);
        if (path == NULL)
            return fault_set(load->fault, FAULT_SYSTEM, "out of memory");
        config->units = unit_names_load(path, load->fault);
        return config->units != NULL;
    }
    for (size_t i = 0; i < config->mapping_count; i++)
        if (mapping_needs_units(config->mappings[i]))
            return fault_set(load->fault, FAULT_USAGE, "%s: %s looks for units by name: the key `units` is needed",
                             load->path, config->mappings[i]->path);
    return true;
}

/* A verifier key, or the file that has it. */
static bool take_log_key(const struct load *load)
{
    struct fault cause = {0};
    const char *text = load->entry->log_key;
    if (text == NULL || trusted_keys_add(&load->config->log_keys, text, &cause))
        return true;
    CLEANUP(text_free) char *path = resolve(load, text);
    if (path == NULL)
        return fault_set(load->fault, FAULT_SYSTEM, "out of memory");
    if ((access(path, F_OK) == 0 || strchr(text, '+') == NULL) &&
        trusted_keys_add(&load->config->log_keys, path, &cause))
        return true;
    return refuse(load, "log_key", cause.text);
}

static bool check_robot_files(const struct load *load, const struct digest_config *digest)
{
    struct robot_keys keys;
    struct fault cause;
    const bool loaded = robot_keys_load(digest, &keys, &cause);
    robot_keys_clear(&keys);
    return loaded ? check_authorities(load, "digests", digest->ca_file) : refuse_list(load, "digests", &cause);
}

static bool take_digests(const struct load *load)
{
    struct agent_config *config = load->config;
    struct fault cause;
    config->digest_count = load->entry->digests_count;
    if (!digests_config_take(load->entry->digests, config->digest_count, &config->digests, &cause))
        return refuse_list(load, "digests", &cause);
    for (size_t i = 0; i < config->digest_count; i++) {
        struct digest_config *digest = &config->digests[i];
        if (!resolve_taken(load, &digest->url_file) || !resolve_taken(load, &digest->sign_secret_file) ||
            !resolve_taken(load, &digest->ca_file) || !check_robot_files(load, digest))
            return false;
    }
    return true;
}

/* A mapping names its own file and line. */
static bool refuse_databases(const struct load *load, const struct fault *cause)
{
    if (strncmp(cause->text, "databases: ", strlen("databases: ")) != 0 &&
        strncmp(cause->text, "connection", strlen("connection")) != 0)
        return fault_set(load->fault, cause->code, "%s", cause->text);
    return fault_set(load->fault, cause->code, "%s: line %u: %s", load->path,
                     yaml_file_line_of(load->text, "databases", 0), cause->text);
}

static bool take_databases(const struct load *load)
{
    struct agent_config *config = load->config;
    struct fault cause;
    for (unsigned i = 0; i < load->entry->databases_count; i++) {
        const struct database_entry *entry = &load->entry->databases[i];
        CLEANUP(text_free) char *mapping = resolve(load, entry->mapping);
        if (mapping == NULL)
            return fault_set(load->fault, FAULT_SYSTEM, "out of memory");
        config->database_count++;
        if (!database_config_take(entry, mapping, &config->databases[i], &cause))
            return refuse_databases(load, &cause);
        for (unsigned j = 0; j < i; j++) {
            if (strcmp(config->databases[j].name, entry->name) != 0)
                continue;
            fault_set(&cause, FAULT_USAGE, "databases: name: '%s' is there twice: give each its own", entry->name);
            return refuse_databases(load, &cause);
        }
    }
    return true;
}

struct agent_config *agent_config_load(const char *path, const char *const *default_mappings, struct fault *fault)
{
    CLEANUP(agent_config_free) struct agent_config *config = calloc(1, sizeof *config);
    CLEANUP(text_free) char *text = NULL;
    struct config_entry *entry = config == NULL ? NULL : yaml_file_load(path, &config_schema, &text, fault);
    if (entry == NULL)
        return NULL;
    const struct load load = {.path = path, .text = text, .entry = entry, .config = config, .fault = fault};
    const bool taken = take_texts(&load) && take_signing_key(&load) && take_numbers(&load) && take_databases(&load) &&
                       take_sinks(&load) && take_http(&load) && take_metrics(&load) && take_digests(&load) &&
                       take_desk(&load) && take_sealing(&load) && take_mappings(&load, default_mappings) &&
                       take_units(&load) && take_log_key(&load);
    yaml_file_free(&config_schema, entry);
    if (!taken)
        return NULL;
    struct agent_config *loaded = config;
    config = NULL;
    return loaded;
}

void agent_config_free(struct agent_config **config)
{
    struct agent_config *gone = *config;
    *config = NULL;
    if (gone == NULL)
        return;
    for (size_t i = 0; i < gone->mapping_count; i++)
        mapping_free(&gone->mappings[i]);
    free(gone->mappings);
    for (size_t i = 0; i < gone->database_count; i++)
        database_config_clear(&gone->databases[i]);
    sinks_config_free(&gone->sinks, gone->sink_count);
    http_config_clear(&gone->http);
    free(gone->metrics_listen);
    digests_config_free(&gone->digests, gone->digest_count);
    desk_config_clear(&gone->desk);
    sealing_config_clear(&gone->sealing);
    unit_names_free(&gone->units);
    free(gone->hub);
    free(gone->identity);
    free(gone->signing_key);
    free(gone->source);
    free(gone->folder);
    free(gone->state);
    free(gone->inbox);
    free(gone);
}

const struct mapping *agent_config_mapping(const struct agent_config *config, const char *file_name)
{
    for (size_t i = 0; i < config->mapping_count; i++)
        if (mapping_reads(config->mappings[i], file_name))
            return config->mappings[i];
    return NULL;
}
