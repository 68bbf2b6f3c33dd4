#include "config.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/day.h"
#include "json.h"
#include "language.h"
#include "yaml_file.h"

struct file_demonstration {
    char *clock;
};
struct file_plain {
    char *identity;
};
struct file_limits {
    unsigned messages_per_second;
    unsigned bytes_per_second;
    unsigned subscriptions;
    unsigned sessions;
};
struct file_metrics {
    char *listen;
};
struct file_config {
    char *data;
    char *listen;
    char *key;
    char *log_key;
    char *log_name;
    char **witnesses;
    unsigned witnesses_count;
    char *access;
    char *address_file;
    struct file_demonstration *demonstration;
    struct file_plain *plain;
    unsigned gather_us;
    unsigned reserve_mib;
    unsigned snapshot_records;
    int verify_at_start;
    int pacing;
    struct file_limits *limits;
    struct file_metrics *metrics;
    char *clock_confirmed;
};

#define OPTIONAL_TEXT(name, member)                                                                                    \
    CYAML_FIELD_STRING_PTR(name, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file_config, member, 0,              \
                           CONFIG_PATH_SIZE - 1)
static const cyaml_schema_field_t demonstration_fields[] = {
    CYAML_FIELD_STRING_PTR("clock", CYAML_FLAG_POINTER, struct file_demonstration, clock, 1, 64), CYAML_FIELD_END};
static const cyaml_schema_field_t plain_fields[] = {
    CYAML_FIELD_STRING_PTR("identity", CYAML_FLAG_POINTER, struct file_plain, identity, 1, 64), CYAML_FIELD_END};
enum { VERIFY_ALL, VERIFY_TAIL };
static const cyaml_strval_t verify_names[] = {{"all", VERIFY_ALL}, {"tail", VERIFY_TAIL}};
enum { PACING_THROUGHPUT, PACING_LATENCY };
static const cyaml_strval_t pacing_names[] = {{"throughput", PACING_THROUGHPUT}, {"latency", PACING_LATENCY}};
static const cyaml_schema_field_t limits_fields[] = {
    CYAML_FIELD_UINT("messages_per_second", CYAML_FLAG_OPTIONAL, struct file_limits, messages_per_second),
    CYAML_FIELD_UINT("bytes_per_second", CYAML_FLAG_OPTIONAL, struct file_limits, bytes_per_second),
    CYAML_FIELD_UINT("subscriptions", CYAML_FLAG_OPTIONAL, struct file_limits, subscriptions),
    CYAML_FIELD_UINT("sessions", CYAML_FLAG_OPTIONAL, struct file_limits, sessions), CYAML_FIELD_END};
static const cyaml_schema_field_t metrics_fields[] = {
    CYAML_FIELD_STRING_PTR("listen", CYAML_FLAG_POINTER, struct file_metrics, listen, 1, 64), CYAML_FIELD_END};
static const cyaml_schema_value_t witness_value = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, NOTE_KEY_TEXT_SIZE)};
static const cyaml_schema_field_t config_fields[] = {
    CYAML_FIELD_STRING_PTR("data", CYAML_FLAG_POINTER, struct file_config, data, 1, CONFIG_PATH_SIZE - 1),
    OPTIONAL_TEXT("listen", listen),
    OPTIONAL_TEXT("key", key),
    OPTIONAL_TEXT("log_key", log_key),
    OPTIONAL_TEXT("log_name", log_name),
    CYAML_FIELD_SEQUENCE("witnesses", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file_config, witnesses,
                         &witness_value, 0, WITNESSES_MAX),
    OPTIONAL_TEXT("access", access),
    OPTIONAL_TEXT("address_file", address_file),
    CYAML_FIELD_MAPPING_PTR("demonstration", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file_config,
                            demonstration, demonstration_fields),
    CYAML_FIELD_MAPPING_PTR("plain", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file_config, plain, plain_fields),
    CYAML_FIELD_UINT("gather_us", CYAML_FLAG_OPTIONAL, struct file_config, gather_us),
    CYAML_FIELD_UINT("reserve_mib", CYAML_FLAG_OPTIONAL, struct file_config, reserve_mib),
    CYAML_FIELD_UINT("snapshot_records", CYAML_FLAG_OPTIONAL, struct file_config, snapshot_records),
    CYAML_FIELD_ENUM("verify_at_start", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, struct file_config, verify_at_start,
                     verify_names, CYAML_ARRAY_LEN(verify_names)),
    CYAML_FIELD_ENUM("pacing", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, struct file_config, pacing, pacing_names,
                     CYAML_ARRAY_LEN(pacing_names)),
    CYAML_FIELD_MAPPING_PTR("limits", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file_config, limits,
                            limits_fields),
    OPTIONAL_TEXT("clock_confirmed", clock_confirmed),
    CYAML_FIELD_MAPPING_PTR("metrics", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file_config, metrics,
                            metrics_fields),
    CYAML_FIELD_END};
#undef OPTIONAL_TEXT
static const cyaml_schema_value_t config_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file_config, config_fields)};

enum {
    DEFAULT_RESERVE_MIB = 256,
    DEFAULT_SNAPSHOT_RECORDS = 100000, /* a quarter of a second of reading, and a buffer of ten megabytes */
};

struct load {
    const char *path;
    const char *text;
    const char *folder; /* that relative paths start from */
    struct fault *fault;
};

/* `key` may be "SECTION.KEY". */
static bool refuse(const struct load *load, const char *key, const char *what)
{
    const char *last = strrchr(key, '.');
    const unsigned line = yaml_file_line_of(load->text, last ? last + 1 : key, 0);
    if (line == 0) /* a default of ours */
        return fault_set(load->fault, FAULT_USAGE, "%s: %s: %s", load->path, key, translated(what));
    return fault_set(load->fault, FAULT_USAGE, "%s: line %u: %s: %s", load->path, line, key, translated(what));
}

/* Joins a relative path to the configuration's folder. */
static bool take_path(const struct load *load, const char *key, const char *path, char to[static CONFIG_PATH_SIZE])
{
    const char *folder = load->folder;
    bool relative = path[0] != '/' && folder[0] != '\0';
    int size = snprintf(to, CONFIG_PATH_SIZE, "%s%s%s", relative ? folder : "", relative ? "/" : "", path);
    return size < CONFIG_PATH_SIZE || refuse(load, key, "path too long");
}

static bool take_clock(const struct load *load, const struct file_config *file, struct config *config)
{
    int64_t seconds;
    int32_t nanos;
    config->demonstration = file->demonstration != NULL;
    if (!file->demonstration)
        return true;
    if (!timestamp_parse(file->demonstration->clock, &seconds, &nanos))
        return refuse(load, "demonstration.clock", "not a time such as 2019-01-01T00:00:00+08:00");
    config->demonstration_clock_us = seconds * 1000000 + nanos / 1000;
    return true;
}

/* The whole day, wherever on earth it is one. */
static bool take_clock_confirmed(const struct load *load, const struct file_config *file, struct config *config)
{
    int32_t day;
    if (!file->clock_confirmed)
        return true;
    if (!day_parse(file->clock_confirmed, &day))
        return refuse(load, "clock_confirmed", "not a day YYYY-MM-DD");
    config->clock_confirmed_us = (day + 1) * US_PER_DAY + US_PER_DAY / 2;
    return true;
}

static bool take_plain(const struct load *load, const struct file_config *file, struct config *config)
{
    config->plain = file->plain != NULL;
    if (!file->plain)
        return true;
    snprintf(config->plain_identity, sizeof config->plain_identity, "%s", file->plain->identity);
    if (strncmp(config->listen, "tcp://127.0.0.1:", 16) != 0 && strncmp(config->listen, "ipc://", 6) != 0)
        return refuse(load, "plain", "an unencrypted hub listens on 127.0.0.1 or ipc only");
    return true;
}

static bool take_limits(const struct load *load, const struct file_limits *from, struct limits *limits)
{
    if (from)
        *limits = (struct limits){.messages_per_second = from->messages_per_second,
                                  .bytes_per_second = from->bytes_per_second,
                                  .subscriptions = from->subscriptions,
                                  .sessions = from->sessions};
    limits_complete(limits);
    if (limits->bytes_per_second < LIMIT_BYTES_PER_SECOND_MIN)
        return refuse(load, "limits.bytes_per_second", "less than 131072");
    return true;
}

static bool take_metrics(const struct load *load, const struct file_metrics *from, struct config *config)
{
    config->monitored = from != NULL;
    return !from || monitor_listen_parse(from->listen, &config->monitor) ||
           refuse(load, "metrics.listen", "not an address with a port such as 127.0.0.1:7311");
}

/* By default the key is with the data that it signs for. */
static bool take_log_key(const struct load *load, const struct file_config *file, struct config *config)
{
    const char *name = file->log_name ? file->log_name : "";
    if (strlen(name) >= sizeof config->log_name || name[strcspn(name, " +\t\r\n")] != '\0')
        return refuse(load, "log_name", "at most 128 characters, none of them a space or a plus");
    strcpy(config->log_name, name);
    if (file->log_key)
        return take_path(load, "log_key", file->log_key, config->log_key);
    const struct load inside = {.path = load->path, .text = load->text, .folder = config->data, .fault = load->fault};
    return take_path(&inside, "log_key", "log.key", config->log_key);
}

static bool take_witnesses(const struct load *load, const struct file_config *file, struct witness_list *witnesses)
{
    for (unsigned i = 0; i < file->witnesses_count; i++) {
        struct fault why;
        struct note_verifier *key = &witnesses->keys[witnesses->count++];
        if (!note_verifier_read(file->witnesses[i], key, &why) || key->algorithm != NOTE_COSIGNATURE_V1)
            return refuse(load, "witnesses", "not the verifier key of a witness: sanlingctl witness shows it");
    }
    return true;
}

static bool take(const struct load *load, const struct file_config *file, struct config *config)
{
    snprintf(config->listen, sizeof config->listen, "%s", file->listen ? file->listen : "tcp://127.0.0.1:7310");
    config->gather_us = file->gather_us;
    config->reserve_bytes = (uint64_t)(file->reserve_mib ? file->reserve_mib : DEFAULT_RESERVE_MIB) << 20;
    config->snapshot_records = file->snapshot_records ? file->snapshot_records : DEFAULT_SNAPSHOT_RECORDS;
    config->verify_tail = file->verify_at_start == VERIFY_TAIL;
    config->for_latency = file->pacing == PACING_LATENCY;
    if (file->gather_us > 100000)
        return refuse(load, "gather_us", "more than 100000");
    if (file->address_file && !take_path(load, "address_file", file->address_file, config->address_file))
        return false;
    return take_path(load, "data", file->data, config->data) &&
           take_path(load, "key", file->key ? file->key : "hub.key", config->key) &&
           take_path(load, "access", file->access ? file->access : "access.yaml", config->access) &&
           take_log_key(load, file, config) && take_witnesses(load, file, &config->witnesses) &&
           take_clock(load, file, config) && take_clock_confirmed(load, file, config) &&
           take_plain(load, file, config) && take_limits(load, file->limits, &config->limits) &&
           take_metrics(load, file->metrics, config);
}

bool config_read(const char *path, struct config *config, struct fault *fault)
{
    char copy[CONFIG_PATH_SIZE];
    char *text = NULL;
    if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy)
        return fault_set(fault, FAULT_USAGE, "%s: path too long", path);
    struct file_config *file = yaml_file_load(path, &config_value, &text, fault);
    if (!file)
        return false;
    *config = (struct config){0};
    const struct load load = {.path = path, .text = text, .folder = dirname(copy), .fault = fault};
    bool taken = take(&load, file, config);
    yaml_file_free(&config_value, file);
    free(text);
    return taken;
}

bool config_for_data(const char *data, struct config *config, struct fault *fault)
{
    *config = (struct config){
        .reserve_bytes = (uint64_t)DEFAULT_RESERVE_MIB << 20,
        .snapshot_records = DEFAULT_SNAPSHOT_RECORDS,
    };
    snprintf(config->listen, sizeof config->listen, "tcp://127.0.0.1:7310");
    limits_complete(&config->limits);
    const struct load here = {.path = data, .text = "", .folder = "", .fault = fault};
    const struct load inside = {.path = data, .text = "", .folder = data, .fault = fault};
    return take_path(&here, "data", data, config->data) && take_path(&inside, "key", "hub.key", config->key) &&
           take_path(&inside, "log_key", "log.key", config->log_key) &&
           take_path(&inside, "access", "access.yaml", config->access);
}
