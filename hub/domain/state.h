/* Everything that the log says, folded: units, attestations, breaks, matters, tallies, sources. Tables of plain rows
 * (table.h) linked by ordinals, so that the state is written, read and digested as it stands. It changes through
 * apply.h and source.h only; the same records in the same order make the same bytes on any machine of this byte order.
 */
#ifndef HUB_DOMAIN_STATE_H
#define HUB_DOMAIN_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "ordinal_index.h"
#include "policy.h"
#include "table.h"
#include "unit.h"

#define POSITION_NONE 0
#define POSITION_END UINT64_MAX /* "everything that is known" */

/* A unit's place and life. Chains go from the newest to the oldest; 0 ends them. */
struct unit {
    char code[UNIT_CODE_SIZE];
    uint32_t name;      /* offset in texts */
    uint32_t parent;    /* ordinal; 0 for a root */
    int32_t valid_from; /* day */
    int32_t valid_to;   /* exclusive; DAY_NEVER while it lives */
    uint32_t successor; /* ordinal */
    uint32_t kind;      /* enum unit_kind */
    struct unit_attributes attributes;
    uint32_t breaks[ZERO_COUNT];    /* newest row of `breaks` */
    uint32_t coverages[ZERO_COUNT]; /* newest row of `coverages` */
    uint64_t registered_at;         /* position */
};

struct attestation {
    uint64_t position;
    uint64_t withdrawn_at; /* position, 0 while it stands */
    uint32_t unit;         /* the unit, or the root of the scope */
    int32_t from_day;
    int32_t to_day;
    uint32_t newest_review; /* row of `reviews` */
    uint8_t zero;
    uint8_t office;
    uint8_t basis;
    uint8_t scope;
    uint8_t level; /* unit_kind of the root of its office's subtree: who stands behind it */
    uint8_t unused[3];
};

/* Ties one attestation to one unit that it covers. */
struct coverage {
    uint32_t attestation;
    uint32_t next;
};

struct review {
    uint64_t position;
    uint32_t next;
    uint8_t accepted;
    uint8_t level;
    uint8_t unused[2];
};

struct zero_break {
    uint64_t position;
    uint64_t lifted_at; /* position at which it was retracted, 0 while it stands */
    uint32_t unit;
    int32_t day;
    uint32_t next;
    uint32_t matter;
};

/* The first of two approvals that a break's disappearance needs; the second applies it. */
struct approval {
    uint64_t target;   /* position of the record to retract */
    uint64_t position; /* of this approval */
    uint32_t identity; /* offset in texts */
    uint32_t unused;
};

struct matter {
    uint64_t opened_at; /* position */
    uint64_t moved_at;  /* position of its last move */
    uint32_t code;      /* offset in texts */
    uint32_t unit;
    int32_t opened_day;
    int32_t closed_day; /* struck off, resolved, agreed, closed; DAY_NONE while open */
    int32_t due_day;    /* DAY_NONE if none runs */
    uint8_t kind;       /* enum matter_kind */
    uint8_t step;       /* enum step */
    uint8_t grade;      /* hazard or accident grade, petition type, case class */
    uint8_t flags;      /* MATTER_ bits */
    uint8_t channel;    /* of mediation */
    uint8_t consents;   /* bit of each side that agreed */
    uint8_t office;     /* that opened it */
    uint8_t unused;
};

enum {
    MATTER_ON_SPOT = 1,    /* hazard fixed on the spot */
    MATTER_ORDERED = 2,    /* hazard with a due day */
    MATTER_PLACARDED = 4,  /* major hazard under placarded supervision */
    MATTER_LATE = 8,       /* accident reported after its limit */
    MATTER_AGREED = 16,    /* dispute settled by agreement */
    MATTER_PERFORMED = 32, /* agreement performed */
    MATTER_VIOLENCE = 64,  /* dispute that must not be mediated (反家庭暴力法) */
    MATTER_OVERDUE = 128,  /* the clock that runs now ran out, and DeadlinePassed said so */
};

struct tally {
    uint64_t count;
    uint32_t unit;
    int32_t day;
    uint32_t kind; /* enum tally_kind */
    uint32_t unused;
};

struct camera {
    uint32_t site; /* offset in texts */
    uint32_t unit;
    int32_t from_day;
    int32_t to_day; /* exclusive; DAY_NEVER while in service */
    uint32_t owner;
    uint32_t sign_posted;
};

/* A numbered stream of events and how far it was taken (source.h). */
struct source {
    uint64_t next_sequence;
    uint64_t recorded;
    uint64_t rejected;
    uint64_t last_position;
    int64_t last_recorded_at_us;
    uint32_t name;       /* offset in texts */
    uint32_t identity;   /* offset in texts: whose it is */
    uint32_t newest_run; /* row of `runs` */
    uint32_t office;
};

/* Consecutive numbers of a source with consecutive positions (or rejection numbers). */
struct source_run {
    uint64_t first_sequence;
    uint64_t first_place; /* position, or number of the rejection */
    uint32_t count;
    uint32_t next;     /* the run before it */
    uint32_t rejected; /* 1: first_place counts rejections */
    uint32_t unused;
};

struct adopted_policy {
    uint64_t position;
    uint32_t text; /* offset in texts */
    int32_t effective_from;
};

/* What an office was last heard with. */
struct office_news {
    uint64_t position;
    int64_t recorded_at_us;
};

/* The single values; all zero in a new state. */
struct state_heads {
    uint64_t position;      /* last record applied */
    uint64_t rejections;    /* last rejection counted */
    int64_t recorded_at_us; /* of the last record or clock event: time never goes back behind it */
    uint32_t hub;           /* offset in texts */
    uint32_t demonstration;
    int32_t today; /* the open day: the last closed one and one more; DAY_NONE before the first policy */
    uint32_t unused;
    struct office_news offices[OFFICE_LIMIT];
};

struct zero_now;

struct state {
    struct state_heads heads;
    struct table units, attestations, coverages, reviews, breaks, matters, tallies, cameras, sources, runs, policies,
        approvals;
    struct table texts; /* bytes: NUL-terminated strings one behind the other; offset 0 is "" */

    /* Built from the tables, neither written nor digested. */
    struct ordinal_index unit_index, matter_index, tally_index, camera_index, source_index;
    struct table rules;    /* struct policy of each row of `policies` */
    struct table now;      /* struct unit_now of each unit (status.h) */
    uint64_t tree_version; /* rises when the tree changes */
};

void state_init(struct state *state);
void state_clear(struct state *state);

/* The tables that are the state, in their order on disk; NULL behind the last. */
struct table *state_table(struct state *state, size_t index);
/* After the tables were read: builds the indexes. The caller fills `rules` by parsing each policy's text. */
void state_index(struct state *state);

static inline struct unit *state_unit(const struct state *state, uint32_t ordinal)
{
    return table_row(&state->units, ordinal);
}
static inline struct matter *state_matter(const struct state *state, uint32_t ordinal)
{
    return table_row(&state->matters, ordinal);
}
static inline const char *state_text(const struct state *state, uint32_t offset)
{
    return table_row(&state->texts, offset);
}

/* Ordinals by key, 0 if there is none. */
uint32_t state_find_unit(const struct state *state, const char *code);
uint32_t state_find_matter(const struct state *state, enum matter_kind kind, const char *code);
uint32_t state_find_camera(const struct state *state, const char *site);
uint32_t state_find_source(const struct state *state, const char *name);
/* The attestation recorded at this position, 0 if none. */
uint32_t state_find_attestation(const struct state *state, uint64_t position);
/* The break recorded, the matter opened, the first approval for a target, at this position; 0 if none. */
uint32_t state_find_break(const struct state *state, uint64_t position);
uint32_t state_find_opened(const struct state *state, uint64_t position);
uint32_t state_find_approval(const struct state *state, uint64_t target);

/* Adds rows and their keys; the key must be new. */
uint32_t state_add_unit(struct state *state, const char *code, const char *name);
uint32_t state_add_matter(struct state *state, enum matter_kind kind, const char *code);
uint32_t state_add_camera(struct state *state, const char *site);
uint32_t state_add_source(struct state *state, const char *name, const char *identity);
uint32_t state_add_text(struct state *state, const char *text);
/* The tally of this unit, day and kind; made if it does not exist. */
struct tally *state_tally(struct state *state, uint32_t unit, int32_t day, enum tally_kind kind);

/* Whether `unit` is `root` or stands below it in the tree of today. Root 0 is above everything. */
bool state_unit_within(const struct state *state, uint32_t unit, uint32_t root);
/* Whether the unit lives on the day. */
static inline bool unit_lives(const struct unit *unit, int32_t day)
{
    return unit->valid_from <= day && day < unit->valid_to;
}
/* The policy that holds on the day, as known at the position: of those in effect the one adopted last; NULL before the
 * first. */
const struct policy *state_policy_on(const struct state *state, int32_t day, uint64_t known_at);
/* The policy that holds on the open day; before any is in effect, the first adopted; NULL if there is none. */
const struct policy *state_policy(const struct state *state);

#endif
