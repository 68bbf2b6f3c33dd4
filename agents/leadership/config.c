#include "config.h"

#include "figures_port.h"
#include "language.h"
#include "static_files.h"
#include "stream.h"
#include "yaml_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct config_entry {
    char *hub;
    char *listen;
    char *certificate;
    char *key;
    char *page;
    char *accounts;
    char *article;
    struct figures_port_entry *metrics;
    int *session_minutes;
    int *idle_minutes;
    int *streams;
};

#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
enum { PATH_SIZE_MAX = 4000, ENDPOINT_SIZE_MAX = 256 };

static const cyaml_schema_field_t config_fields[] = {
    CYAML_FIELD_STRING_PTR("hub", OPTIONAL, struct config_entry, hub, 1, ENDPOINT_SIZE_MAX),
    CYAML_FIELD_STRING_PTR("listen", OPTIONAL, struct config_entry, listen, 1, ENDPOINT_SIZE_MAX),
    CYAML_FIELD_STRING_PTR("certificate", OPTIONAL, struct config_entry, certificate, 1, PATH_SIZE_MAX),
    CYAML_FIELD_STRING_PTR("key", OPTIONAL, struct config_entry, key, 1, PATH_SIZE_MAX),
    CYAML_FIELD_STRING_PTR("page", OPTIONAL, struct config_entry, page, 1, PATH_SIZE_MAX),
    CYAML_FIELD_STRING_PTR("accounts", CYAML_FLAG_POINTER, struct config_entry, accounts, 1, PATH_SIZE_MAX),
    CYAML_FIELD_STRING_PTR("article", OPTIONAL, struct config_entry, article, 1, PATH_SIZE_MAX),
    CYAML_FIELD_MAPPING_PTR("metrics", OPTIONAL, struct config_entry, metrics, figures_port_fields),
    CYAML_FIELD_INT_PTR("session_minutes", OPTIONAL, struct config_entry, session_minutes),
    CYAML_FIELD_INT_PTR("idle_minutes", OPTIONAL, struct config_entry, idle_minutes),
    CYAML_FIELD_INT_PTR("streams", OPTIONAL, struct config_entry, streams),
    CYAML_FIELD_END};
static const cyaml_schema_value_t config_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct config_entry, config_fields)};

struct load {
    const char *path;
    const char *text;
    const struct config_entry *entry;
    struct config *config;
    struct fault *fault;
};

static bool refuse(const struct load *load, const char *key, const char *what)
{
    return fault_set(load->fault, FAULT_USAGE, "%s: line %u: %s: %s", load->path, yaml_file_line_of(load->text, key, 0),
                     key, translated(what));
}

/* The fault that came from a key's value, with the line in front. */
static bool refuse_inner(const struct load *load, const char *key)
{
    const struct fault inner = *load->fault;
    return fault_set(load->fault, inner.code, "%s: line %u: %s: %.400s", load->path,
                     yaml_file_line_of(load->text, key, 0), key, inner.text);
}

/* The path as seen from the configuration's folder; NULL stays NULL. */
static char *resolve(const struct load *load, const char *path)
{
    const char *slash = strrchr(load->path, '/');
    char *resolved = NULL;
    if (path == NULL || path[0] == '/' || slash == NULL)
        return path != NULL ? strdup(path) : NULL;
    if (asprintf(&resolved, "%.*s/%s", (int)(slash - load->path), load->path, path) < 0)
        return NULL;
    return resolved;
}

static bool take_address(const struct load *load)
{
    const struct config_entry *entry = load->entry;
    struct config *config = load->config;
    const char *listen = entry->listen != NULL ? entry->listen : "127.0.0.1:7380";
    if (!listen_address_parse(listen, &config->listen, load->fault))
        return refuse_inner(load, "listen");
    if ((entry->certificate == NULL) != (entry->key == NULL))
        return refuse(load, entry->key == NULL ? "certificate" : "key", "certificate and key go together");
    if (entry->certificate != NULL) {
        char *certificate = resolve(load, entry->certificate), *key = resolve(load, entry->key);
        config->has_tls =
            certificate != NULL && key != NULL && listen_tls_read(certificate, key, &config->tls, load->fault);
        free(certificate);
        free(key);
        if (!config->has_tls)
            return refuse_inner(load, "certificate");
    }
    /* As it is: with the file in front, the lines that it gives would not fit. */
    return listen_allowed(&config->listen, config->has_tls, load->fault);
}

static bool take_metrics(const struct load *load)
{
    if (load->entry->metrics == NULL)
        return true;
    struct fault cause;
    const char *listen = load->entry->metrics->listen;
    if (!figures_port_check(listen, &cause)) /* which names the key */
        return fault_set(load->fault, cause.code, "%s: line %u: %s", load->path,
                         yaml_file_line_of(load->text, "metrics", 0), cause.text);
    load->config->metrics_listen = strdup(listen);
    return load->config->metrics_listen != NULL || fault_set(load->fault, FAULT_SYSTEM, "out of memory");
}

static bool take_numbers(const struct load *load)
{
    const struct config_entry *entry = load->entry;
    struct config *config = load->config;
    const int streams = entry->streams != NULL ? *entry->streams : STREAMS_MAX_DEFAULT;
    config->session_minutes = entry->session_minutes != NULL ? *entry->session_minutes : CONFIG_SESSION_MINUTES_DEFAULT;
    config->idle_minutes = entry->idle_minutes != NULL ? *entry->idle_minutes : CONFIG_IDLE_MINUTES_DEFAULT;
    if (config->session_minutes < 1 || config->session_minutes > CONFIG_SESSION_MINUTES_MAX)
        return refuse(load, "session_minutes", "from 1 to 10080");
    if (config->idle_minutes < 1 || config->idle_minutes > CONFIG_SESSION_MINUTES_MAX)
        return refuse(load, "idle_minutes", "from 1 to 10080");
    if (streams < 1 || streams > CONFIG_STREAMS_MAX)
        return refuse(load, "streams", "from 1 to 10000");
    config->streams = (unsigned)streams;
    return true;
}

static bool take_files(const struct load *load)
{
    const struct config_entry *entry = load->entry;
    struct config *config = load->config;
    const char *hub = getenv("SANLING_HUB");
    if (hub == NULL || hub[0] == '\0')
        hub = entry->hub != NULL ? entry->hub : "tcp://127.0.0.1:7310";
    config->hub = strdup(hub);
    config->accounts_file = resolve(load, entry->accounts);
    config->article = resolve(load, entry->article);
    config->page = entry->page != NULL ? resolve(load, entry->page) : static_files_beside("page");
    if (config->hub == NULL || config->accounts_file == NULL)
        return fault_set(load->fault, FAULT_SYSTEM, "out of memory");
    if (config->page == NULL)
        return fault_set(load->fault, FAULT_USAGE,
                         "%s: the page is not found beside this program: name its folder as "
                         "`page`, or build it (cmake --build … --target leadership-page)",
                         load->path);
    config->accounts = accounts_read(config->accounts_file, load->fault);
    return config->accounts != NULL;
}

static void free_text(char **text)
{
    free(*text);
    *text = NULL;
}

struct config *config_read(const char *path, struct fault *fault)
{
    CLEANUP(config_free) struct config *config = calloc(1, sizeof *config);
    CLEANUP(free_text) char *text = NULL;
    struct config_entry *entry = config == NULL ? NULL : yaml_file_load(path, &config_schema, &text, fault);
    if (entry == NULL)
        return NULL;
    const struct load load = {.path = path, .text = text, .entry = entry, .config = config, .fault = fault};
    const bool taken = take_numbers(&load) && take_address(&load) && take_metrics(&load) && take_files(&load);
    yaml_file_free(&config_schema, entry);
    if (!taken)
        return NULL;
    struct config *read = config;
    config = NULL;
    return read;
}

void config_free(struct config **config)
{
    struct config *gone = *config;
    *config = NULL;
    if (gone == NULL)
        return;
    accounts_close(&gone->accounts);
    listen_tls_clear(&gone->tls);
    free(gone->hub);
    free(gone->page);
    free(gone->accounts_file);
    free(gone->article);
    free(gone->metrics_listen);
    free(gone);
}
