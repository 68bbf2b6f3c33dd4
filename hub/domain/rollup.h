/* Counts up the tree, and how a part of a whole is printed: integers, rounded half up, never 100 unless all and never 0
 * unless none. A rate never stands without its integers and its coverage. */
#ifndef HUB_DOMAIN_ROLLUP_H
#define HUB_DOMAIN_ROLLUP_H

#include <stdint.h>

#include "scope.h"
#include "status.h"

enum unit_group { GROUP_ALL = 0, GROUP_AREA = 1, GROUP_ENTERPRISE = 2 };
#define GROUP_COUNT 3

/* total = zero + broken + unverified. */
struct status_count {
    uint32_t total;
    uint32_t zero;
    uint32_t broken;
    uint32_t unverified;
};

struct rollup {
    struct status_count zeros[GROUP_COUNT][ZERO_COUNT];
    struct status_count joint[GROUP_COUNT];
    uint32_t kinds[UNIT_KIND_LIMIT]; /* living units of each kind, the node itself included */
};

/* Villages and communities, or enterprises and institutions; ALL for any other kind. */
enum unit_group unit_group_of(enum unit_kind kind);
/* Adds one counted unit. */
void rollup_add(struct rollup *rollup, enum unit_kind kind, const enum status zeros[static ZERO_COUNT]);
/* The statuses of a counted unit on the day of the tree, under the policies: the ones kept where the tree is that of
 * the open day with all that is known. */
void rollup_statuses(struct state *state, const struct tree *tree, const struct policy_timeline *policies,
                     uint32_t unit, enum status zeros[static ZERO_COUNT], struct status_scratch *scratch);
/* The counted units of the subtree that lived on the day, in the tree of that day, all as known at the position. */
void rollup_on(struct state *state, uint32_t root, int32_t day, uint64_t known_at, struct rollup *rollup,
               struct status_scratch *scratch);
/* The same on the open day with all that is known. */
void rollup_now(struct state *state, uint32_t root, struct rollup *rollup, struct status_scratch *scratch);

#define RATE_TEXT_SIZE 24
/* "99.98" with `decimals` (0 to 4) places; "" when whole is 0. part <= 10^12. */
void rate_format(uint64_t part, uint64_t whole, int decimals, char text[static RATE_TEXT_SIZE]);
/* Change of a count against the year before in percent with sign and one decimal, "" when before is 0. */
void change_format(uint64_t now, uint64_t before, char text[static RATE_TEXT_SIZE]);
/* Difference of two rates in percentage points with sign and one decimal, exact until rounded once; "" without wholes.
 */
void points_format(uint64_t part, uint64_t whole, uint64_t part_before, uint64_t whole_before,
                   char text[static RATE_TEXT_SIZE]);
/* "5万余", "1000余", "25": the leading digit, 万 from 10,000; exact numbers stay as they are. */
void more_than_format(uint64_t count, char text[static RATE_TEXT_SIZE]);

#endif
