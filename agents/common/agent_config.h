/* An office agent's configuration: read once, checked as a whole, constant afterwards. YAML; relative paths are
 * relative to the file's own folder:
 *
 *   hub: tcp://127.0.0.1:7310             default
 *   identity: keys/petitions.key          required; made by `sanlingctl keys new`
 *   signing_key: keys/petitions.sign      optional: signs what is published; made with --new-signing-key
 *   source: petitions-yu                  required; name of the numbered stream, 1-58 of [A-Za-z0-9._/-]
 *   folder: office/petitions              required; watched for files; reports/ in it gets the reports
 *   mappings: [mappings/petitions.yaml]   default: mappings/ with the program's own names; the first that fits a file
 *   state: state/petitions                required; outbox.sqlite lives there
 *   inbox: inbox/petitions.jsonl          optional: records routed to this office, JSON lines
 *   digests: [...]                        optional: robots that are told what waits (digests_config.h)
 *   databases: [...]                      optional: tables that are read as files are (database_config.h)
 *   sinks: [...]                          optional: further ways out of the inbox (sinks_config.h)
 *   log_key: log.key.pub                optional: the verifier key of the hub's log, or a file with it, for receipts
 *   units: units.csv                      optional: units by name, for mappings with `as: unit_name` (unit_names.h)
 *   http: {...}                           optional: events are taken over HTTP (http_config.h)
 *   metrics: {listen: 127.0.0.1:7392}     optional: figures and health over HTTP (figures_port.h)
 *   desk: {...}                           optional, public security only: the mediation desk (desk_config.h)
 *   sealing: {...}                        optional: sealed notes are taken and sent (sealing_config.h)
 *   settle_ms: 5000                       default; 20 to 600000: a file is read when its size and time were
 *                                         equal twice, this far apart
 *   resend_days: 14                       default; 0 to 365: how long answered events are kept, to be sent again to
 *                                         a hub that was restored from a backup
 *   utc_offset_minutes: 480               default; -840 to 840: of days and times in files
 */
#ifndef SANLING_AGENT_CONFIG_H
#define SANLING_AGENT_CONFIG_H

#include "database_config.h"
#include "desk_config.h"
#include "digests_config.h"
#include "fault.h"
#include "http_config.h"
#include "mapping.h"
#include "proof/trusted_keys.h"
#include "sealing_config.h"
#include "sinks_config.h"
#include "unit_names.h"

#include <stddef.h>
#include <stdint.h>

struct agent_config {
    char *hub;
    char *identity;
    char *signing_key; /* NULL: nothing is signed */
    char *source;
    char *folder;
    char *state;
    char *inbox;              /* NULL: none */
    struct unit_names *units; /* NULL: none */
    struct trusted_keys log_keys;
    struct mapping **mappings;
    size_t mapping_count;
    struct database_config databases[DATABASES_MAX];
    size_t database_count;
    struct sink_config *sinks;
    size_t sink_count;
    struct http_config http;
    char *metrics_listen; /* NULL: nowhere */
    struct digest_config *digests;
    size_t digest_count;
    struct desk_config desk;
    struct sealing_config sealing;
    int settle_ms;
    int resend_days;
    int32_t utc_offset_minutes;
};

/* Loads the file and its mappings and checks them; opens nothing for writing. `default_mappings` (NULL-terminated file
 * names) are looked for in mappings/ beside the file where it names none. NULL: FAULT_USAGE with file, line and key. */
struct agent_config *agent_config_load(const char *path, const char *const *default_mappings, struct fault *fault);
void agent_config_free(struct agent_config **config);
/* The first mapping that reads files of this name; NULL: none. */
const struct mapping *agent_config_mapping(const struct agent_config *config, const char *file_name);

#endif
