/* How an office takes and sends sealed notes; part of its agent's configuration. Relative paths are relative to its
 * file.
 *
 *   sealing:
 *     keys: keys/matters                 required; a folder for the owner alone: a key for each matter
 *     opened: opened/petitions           required; notes for this office are opened into it, 0600 each
 *     outgoing: sealed/petitions         optional; OFFICE/MATTER.txt put there is sealed, sent and destroyed
 *     automatic: true                    default false; a key is offered for each matter that comes into the inbox
 */
#ifndef SANLING_SEALING_CONFIG_H
#define SANLING_SEALING_CONFIG_H

#include "fault.h"

#include <cyaml/cyaml.h>
#include <stdbool.h>

/* As loaded; what is not given is NULL. */
struct sealing_entry {
    char *keys;
    char *opened;
    char *outgoing;
    int *automatic;
};
extern const cyaml_schema_field_t sealing_fields[];

struct sealing_config {
    char *keys; /* NULL: no sealing */
    char *opened;
    char *outgoing; /* NULL: none */
    bool automatic;
};

/* Copies; `entry` may be NULL. `folder` is what paths are relative to, with a slash at its end ("": none).
 * FAULT_SYSTEM; *config may hold a part: clear it. */
MUST_CHECK bool sealing_config_take(const struct sealing_entry *entry, const char *folder,
                                    struct sealing_config *config, struct fault *fault);
void sealing_config_clear(struct sealing_config *config);

#endif
