/* `desk:` of the public security office's configuration: the mediation desk that the agent serves for officers' phones
 * (agents/desk), beside its `http:`. Without it there is no desk:
 *
 *   desk:
 *     codes: {prefix: "140322", from: 500001, to: 599999}   required; the codes that the phones may give
 *     parties: true                                         default false; parties' data are taken, sealed
 *     seal_to: keys/desk-seal.key.pub                       with parties; made by --new-seal-key
 *     page: ../share/sanling/desk                           default: the one installed or built beside the program
 */
#ifndef SANLING_DESK_CONFIG_H
#define SANLING_DESK_CONFIG_H

#include "fault.h"

#include <cyaml/cyaml.h>
#include <stdint.h>

enum { DESK_NUMBER_MAX = 999999, DESK_PREFIX_DIGITS = 6 };

/* As loaded; what is not given is NULL. */
struct desk_codes_entry {
    char *prefix;
    int from;
    int to;
};
struct desk_entry {
    struct desk_codes_entry *codes;
    int *parties;
    char *seal_to;
    char *page;
};
extern const cyaml_schema_field_t desk_fields[];

struct desk_config {
    bool wanted;
    char prefix[DESK_PREFIX_DIGITS + 1]; /* county, the first group of a matter's code */
    uint32_t from;                       /* numbers of codes, both included */
    uint32_t to;
    char *seal_to; /* NULL: no parties' data */
    char *page;
};

/* Checks and copies; `entry` may be NULL: no desk. `folder` is what paths are relative to, with a slash at its end ("":
 * none). false: FAULT_USAGE names the key, without file and line, or FAULT_SYSTEM; *config may hold a part: clear it.
 */
MUST_CHECK bool desk_config_take(const struct desk_entry *entry, const char *folder, struct desk_config *config,
                                 struct fault *fault);
void desk_config_clear(struct desk_config *config);

#endif
