#include "http_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONNECTIONS_DEFAULT = 100,
    CONNECTIONS_MAX = 1000,
    REQUESTS_DEFAULT = 50,
    REQUESTS_MAX = 10000,
    PATH_MAX_BYTES = 4000,
    LISTEN_MAX_BYTES = 64
};

#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

const cyaml_schema_field_t http_fields[] = {
    CYAML_FIELD_STRING_PTR("listen", CYAML_FLAG_POINTER, struct http_entry, listen, 1, LISTEN_MAX_BYTES),
    CYAML_FIELD_STRING_PTR("tls_certificate", OPTIONAL, struct http_entry, tls_certificate, 1, PATH_MAX_BYTES),
    CYAML_FIELD_STRING_PTR("tls_key", OPTIONAL, struct http_entry, tls_key, 1, PATH_MAX_BYTES),
    CYAML_FIELD_STRING_PTR("tokens", CYAML_FLAG_POINTER, struct http_entry, tokens, 1, PATH_MAX_BYTES),
    CYAML_FIELD_INT_PTR("connections", OPTIONAL, struct http_entry, connections),
    CYAML_FIELD_INT_PTR("requests_per_second", OPTIONAL, struct http_entry, requests_per_second),
    CYAML_FIELD_END};

static bool take_path(const char *path, const char *folder, char **taken, struct fault *fault)
{
    if (path == NULL)
        return true;
    if (asprintf(taken, "%s%s", path[0] == '/' ? "" : folder, path) >= 0)
        return true;
    *taken = NULL;
    return fault_set(fault, FAULT_SYSTEM, "out of memory");
}

static bool take_number(const char *key, const int *given, int otherwise, int most, unsigned *taken,
                        struct fault *fault)
{
    const int number = given == NULL ? otherwise : *given;
    *taken = (unsigned)number;
    return (number >= 1 && number <= most) || fault_set(fault, FAULT_USAGE, "http: %s: from 1 to %d", key, most);
}

bool http_config_take(const struct http_entry *entry, const char *folder, struct http_config *config,
                      struct fault *fault)
{
    *config = (struct http_config){0};
    if (entry == NULL)
        return true;
    if ((entry->tls_certificate == NULL) != (entry->tls_key == NULL))
        return fault_set(fault, FAULT_USAGE, "http: %s: tls_certificate and tls_key go together",
                         entry->tls_key == NULL ? "tls_certificate" : "tls_key");
    config->listen = strdup(entry->listen);
    if (config->listen == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    return take_path(entry->tls_certificate, folder, &config->tls_certificate, fault) &&
           take_path(entry->tls_key, folder, &config->tls_key, fault) &&
           take_path(entry->tokens, folder, &config->tokens, fault) &&
           take_number("connections", entry->connections, CONNECTIONS_DEFAULT, CONNECTIONS_MAX, &config->connections,
                       fault) &&
           take_number("requests_per_second", entry->requests_per_second, REQUESTS_DEFAULT, REQUESTS_MAX,
                       &config->requests_per_second, fault);
}

void http_config_clear(struct http_config *config)
{
    free(config->listen);
    free(config->tls_certificate);
    free(config->tls_key);
    free(config->tokens);
    *config = (struct http_config){0};
}
