/* `http:` of an office agent's configuration: where the agent takes events over HTTP (agents/intake). Without it there
 * is no server:
 *
 *   http:
 *     listen: 127.0.0.1:7391          required; an address with a port, 0: a free one
 *     tls_certificate: tls/intake.crt both or none; an address that is not loopback needs them
 *     tls_key: tls/intake.key
 *     tokens: tokens                  required; who may send what: made by --new-token
 *     connections: 100                default; 1 to 1000
 *     requests_per_second: 50         default; of each token, 1 to 10000; as many again may come at once
 */
#ifndef SANLING_HTTP_CONFIG_H
#define SANLING_HTTP_CONFIG_H

#include "fault.h"

#include <cyaml/cyaml.h>

/* As loaded; what is not given is NULL. */
struct http_entry {
    char *listen;
    char *tls_certificate;
    char *tls_key;
    char *tokens;
    int *connections;
    int *requests_per_second;
};
extern const cyaml_schema_field_t http_fields[];

struct http_config {
    char *listen; /* NULL: no server */
    char *tls_certificate;
    char *tls_key;
    char *tokens;
    unsigned connections;
    unsigned requests_per_second;
};

/* Checks and copies; `entry` may be NULL. `folder` is what paths are relative to, with a slash at its end ("": none).
 * false: FAULT_USAGE names the key, without file and line, or FAULT_SYSTEM; *config may hold a part: clear it. */
MUST_CHECK bool http_config_take(const struct http_entry *entry, const char *folder, struct http_config *config,
                                 struct fault *fault);
void http_config_clear(struct http_config *config);

#endif
