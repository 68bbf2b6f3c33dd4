/* `digests:` of an office agent's configuration: which robots are told what waits for the office, and when. A list:
 *
 *   digests:
 *     - name: group                      1-40 of [A-Za-z0-9._-], unique here: what was sent is remembered by it
 *       kind: wecom                      or dingtalk
 *       url_file: keys/group.url         the robot's address, which is its key: not readable for others
 *       sign_secret_file: keys/group.sec dingtalk with 加签: its SEC…
 *       ca_file: keys/ca.pem             optional: the authorities that may vouch for the robot's server
 *       at: ["08:30", "14:00"]           local times by the hub's clock; and, or:
 *       on_change_minutes: 30            0 to 1440: whenever what is told has changed, at most so often
 *       language: zh                     default; or en
 *       page_url: https://page.example   optional: the link below each message
 *       unit: "140322102000"             optional: of this unit's subtree alone
 *       also_when_nothing: true          default false: a message also when nothing waits
 *       retry_ms: 10000                  default; 20 to 600000: the wait after a first failure
 */
#ifndef SANLING_DIGESTS_CONFIG_H
#define SANLING_DIGESTS_CONFIG_H

#include "digest_text.h"
#include "digest_times.h"
#include "fault.h"
#include "robot.h"
#include "yaml_file.h"

#include <stddef.h>

enum {
    DIGESTS_MAX = 8,
    DIGEST_NAME_MAX = 40,
    DIGEST_RETRY_MS_DEFAULT = 10000,
    DIGEST_RETRY_MS_MIN = 20,
    DIGEST_RETRY_MS_MAX = 600000,
    DIGEST_CHANGE_MINUTES_MAX = 1440,
    DIGEST_CHANGE_NEVER = -1
};

/* As loaded; what is not given is NULL. */
struct digest_entry {
    char *name;
    enum robot_kind kind;
    char *url_file;
    char *sign_secret_file;
    char *ca_file;
    char **at;
    unsigned at_count;
    int *on_change_minutes;
    enum digest_language language;
    char *page_url;
    char *unit;
    enum yaml_boolean also_when_nothing;
    int *retry_ms;
};
extern const cyaml_schema_value_t digest_schema;

struct digest_config {
    char *name;
    enum robot_kind kind;
    char *url_file;
    char *sign_secret_file; /* NULL: none */
    char *ca_file;
    int at[DIGEST_TIMES_MAX]; /* minutes of the day */
    size_t at_count;
    int on_change_minutes; /* DIGEST_CHANGE_NEVER */
    enum digest_language language;
    char *page_url;
    char *unit;
    bool also_when_nothing;
    int retry_ms;
};

/* Checks the entries and copies them with their defaults. false: FAULT_USAGE says which key, without file and line, or
 * FAULT_SYSTEM; *digests is then NULL. */
MUST_CHECK bool digests_config_take(const struct digest_entry *entries, size_t count, struct digest_config **digests,
                                    struct fault *fault);
/* Frees them and sets *digests to NULL. NULL is fine. */
void digests_config_free(struct digest_config **digests, size_t count);

/* A robot's address and secret, as its files hold them. */
struct robot_keys {
    char url[ROBOT_URL_MAX + 1];
    char secret[129]; /* "": none */
};
/* FAULT_USAGE names the file; quotes nothing of it. */
MUST_CHECK bool robot_keys_load(const struct digest_config *config, struct robot_keys *keys, struct fault *fault);
/* Overwrites them. */
void robot_keys_clear(struct robot_keys *keys);

#endif
