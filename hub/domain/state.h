/* Everything that the log says, folded: units, attestations, matters and their moves, tallies, sources. Tables of plain
 * rows (table.h) linked by ordinals, so that the state is written, read and digested as it stands. It changes through
 * apply.h and source.h only; the same records in the same order make the same bytes on any machine of this byte order.
 * What a record said is kept with its position, and what was said of it later (corrected, retracted) with the position
 * of that: so every question can be answered as known at any position. The digest is of these rows as they stand:
 * another layout gives every log another digest, and not the one that a backup of it names. */
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
enum { POLICIES_MAX = 256 };    /* adopted in the life of a log; a timeline of them fits on the stack */

/* A unit's life, and its place as of the open day. Chains go from the newest to the oldest; 0 ends them. */
struct unit {
    char code[UNIT_CODE_SIZE];
    uint32_t name;      /* offset in texts */
    uint32_t parent;    /* ordinal; 0 for a root */
    int32_t valid_from; /* day */
    int32_t valid_to;   /* exclusive; DAY_NEVER while it lives */
    uint32_t kind;      /* enum unit_kind */
    struct unit_attributes attributes;
    uint32_t versions;              /* newest row of `unit_versions` */
    uint32_t successors;            /* newest row of `successions` that it is the predecessor in */
    uint32_t predecessors;          /* … that it is the successor in */
    uint32_t coverages[ZERO_COUNT]; /* newest row of `coverages` */
    int32_t last_event_day;         /* of any ACTUAL event about it; DAY_NONE: none yet */
    int32_t last_sweep_day;         /* swept or inspected; DAY_NONE: never */
    uint32_t last_sweep_disputes;   /* that its last sweep found */
    uint32_t unused;
    uint64_t registered_at; /* position */
    uint64_t ended_at;      /* position of its merger, split or retirement; 0 while it lives */
};

/* What was said of a unit at a position, to hold from a day on. What it says nothing of stays as other rows have it. */
struct unit_version {
    uint64_t position;
    uint32_t unit;
    int32_t from_day;
    uint32_t parent;
    uint32_t name; /* offset in texts */
    uint32_t next; /* older */
    uint32_t says; /* SAYS_ bits */
    struct unit_attributes attributes;
};
enum { SAYS_PARENT = 1, SAYS_NAME = 2, SAYS_ATTRIBUTES = 4 };

/* A unit that ended and one that took its place. */
struct succession {
    uint64_t position;
    uint32_t predecessor;
    uint32_t successor;
    int32_t day; /* first day on which the predecessor lives no more */
    uint32_t next_of_predecessor;
    uint32_t next_of_successor;
    uint32_t unused;
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
    uint8_t level;      /* unit_kind of the root of its office's subtree: who stands behind it */
    uint8_t by_system;  /* no person confirmed it */
    uint16_t days_late; /* behind the due of its first day when it was recorded; 0: in time */
};

/* Ties one attestation to one unit that it covers, and to the days on which the unit stood in its scope. */
struct coverage {
    uint32_t attestation;
    uint32_t next;
    int32_t from_day;
    int32_t to_day;
};

struct review {
    uint64_t position;
    uint32_t next;   /* the one before it */
    uint32_t higher; /* the newest before it of a higher level: so the one that decides is found past thousands */
    uint8_t accepted;
    uint8_t level;
    uint8_t unused[6];
};

/* The first of two approvals that an effect needs; the second, of another identity and the same content, applies it. */
struct approval {
    uint64_t target;   /* position of the record that shall be retracted, corrected or supplemented */
    uint64_t position; /* of this approval */
    uint64_t content;  /* what it shall read; 0: it shall be retracted */
    uint32_t identity; /* offset in texts */
    uint32_t done;     /* 1: the second came */
};

enum amendment_kind { AMENDMENT_RETRACTED = 1, AMENDMENT_CORRECTED = 2, AMENDMENT_SUPPLEMENTED = 3 };

/* What was changed afterwards, in force from its position on. */
struct amendment {
    uint64_t position;
    uint64_t target;
    uint32_t unit;
    int32_t day;      /* of the target */
    uint32_t office;  /* that amended */
    uint8_t kind;     /* enum amendment_kind */
    uint8_t approved; /* by two: a break disappeared or a grade fell */
    uint8_t unused[2];
};

struct matter {
    uint32_t code; /* offset in texts */
    uint32_t unit;
    uint32_t moves;     /* newest row of `moves` */
    uint32_t opening;   /* the row of `moves` that opened it */
    uint32_t moved;     /* the row of `moves` that led to its step */
    uint32_t annex;     /* row of `annexes`, 0: none */
    uint32_t campaign;  /* row of `campaigns` that it was opened in, 0: none */
    uint32_t category;  /* row of `codes` */
    int32_t closed_day; /* struck off, resolved, agreed, closed; DAY_NONE while open */
    int32_t due_day;    /* of the running clock; DAY_NONE if none runs */
    int32_t clock_from; /* day on which the running clock started */
    uint16_t flags;     /* MATTER_ bits */
    uint8_t kind;       /* enum matter_kind */
    uint8_t step;       /* enum step */
    uint8_t grade;      /* hazard or accident grade, petition type, case class */
    uint8_t channel;    /* of mediation */
    uint8_t consents;   /* bit of each side that agreed */
    uint8_t office;     /* that opened it */
    uint8_t handler;    /* office that must act; OFFICE_NONE: nobody yet */
    uint8_t worker;     /* office that did the work which is to be checked */
    uint8_t worker_level;
    uint8_t escalation; /* level up to which the running clock was reported; 0: it has not run out */
};

enum {
    MATTER_ON_SPOT = 1,     /* hazard fixed on the spot */
    MATTER_ORDERED = 2,     /* hazard with a due day */
    MATTER_PLACARDED = 4,   /* major hazard under placarded supervision */
    MATTER_LATE = 8,        /* accident reported after its limit */
    MATTER_AGREED = 16,     /* dispute settled by agreement */
    MATTER_PERFORMED = 32,  /* agreement performed */
    MATTER_VIOLENCE = 64,   /* dispute that must not be mediated (反家庭暴力法) */
    MATTER_OVERDUE = 128,   /* a clock of it ran out, now or earlier: it was not handled in time */
    MATTER_EXTENDED = 256,  /* petition whose handling was extended: once is all */
    MATTER_ESCALATED = 512, /* petition that went over the level that handles it */
    MATTER_REFUSED = 1024,  /* a side refused mediation */
    MATTER_EXPLOSIVES = 2048,
    MATTER_TRANSFERRED = 4096,
};

/* What few matters have: made with the first of it, so that the many take no room for it. */
struct annex {
    uint32_t joint;        /* the newest row of `joints`, 0: none */
    uint32_t supervisions; /* newest row of `supervisions` */
    uint32_t keys;         /* newest row of `keys`: for sealed notes, 0: none */
    uint32_t handler_role; /* hash of the role that did the work, 0: not said */
    uint32_t retractions;  /* newest row of `retractions` */
};

/* One recorded event about a matter, its opening and side events included. */
struct move {
    uint64_t position;
    uint32_t matter;
    uint32_t unit;  /* that it is laid to: the matter's, or since that ended its successor */
    uint32_t next;  /* the matter's older one */
    uint32_t facts; /* newest row of `facts`, 0: it has none */
    uint32_t role;  /* hash of the role code of who did it, 0: not said */
    int32_t day;    /* of occurrence */
    uint8_t kind;   /* enum event_kind */
    uint8_t variant;
    uint8_t office;
    uint8_t level;     /* unit_kind of the root of the publisher's subtree */
    uint8_t step;      /* where the matter stood after it */
    uint8_t to_office; /* that it names to act */
    uint8_t detail;    /* ConsentRecorded: the side; MediationChannelSelected: the channel */
    uint8_t lifted;    /* 1: it was retracted, its matter has a row of `retractions` for it */
};

/* When a move was retracted. */
struct retraction {
    uint64_t position;  /* of the move */
    uint64_t lifted_at; /* position */
    uint32_t next;      /* the matter's older one */
    uint32_t unused;
};

/* What a move said that rules look at, in versions: a correction or supplement adds a newer one. */
struct facts {
    uint32_t rest;     /* row of `rests`, 0: nobody was hurt, and it is as the move was recorded */
    uint32_t category; /* row of `codes` */
    int32_t due_day;
    uint8_t class;   /* petition type, hazard grade, case class, clock */
    uint8_t channel; /* petition channel, case influence, escalation level */
    uint8_t loss;
    uint8_t flags; /* FACT_ bits */
};
enum { FACT_SOLVABLE = 1, FACT_FAILED_BELOW = 2, FACT_EXPLOSIVES = 4, FACT_LATE = 8 };

struct casualties {
    uint32_t deaths;
    uint32_t missing;
    uint32_t serious_injuries;
};

/* What few facts have: casualties; and of a later version since when it is in force, and which one was before it. */
struct facts_rest {
    uint64_t since; /* position, 0: as the move was recorded */
    uint32_t older; /* row of `facts`, 0: there was none */
    struct casualties casualties;
};

/* 联合处置 of a matter: one lead, members, tasks. */
struct joint {
    uint64_t opened_at; /* position */
    uint64_t closed_at; /* 0: open */
    uint32_t matter;
    uint32_t members;       /* office_set, without the lead */
    uint32_t tasks;         /* newest row of `tasks` */
    uint32_t consultations; /* held */
    uint32_t lead;
    uint32_t unused;
};

struct task {
    uint64_t assigned_at;
    uint64_t done_at; /* 0: open */
    uint32_t matter;
    uint32_t code; /* offset in texts */
    uint32_t next;
    int32_t due_day;
    uint8_t office;
    uint8_t released; /* by the lead, instead of done */
    uint8_t escalation;
    uint8_t unused[5];
};

/* A key that notes of a matter are sealed to (密件). */
struct matter_key {
    uint64_t id;           /* as in struct event */
    uint64_t offered_at;   /* position; 0: destroyed without an offer */
    uint64_t destroyed_at; /* 0: it stands */
    uint32_t matter;
    uint32_t next; /* the matter's older one */
    uint32_t office;
    uint32_t notes; /* sealed to it */
};

/* 催办, 督办 of a matter. */
struct supervision {
    uint64_t issued_at;
    uint64_t answered_at; /* 0: not yet */
    uint32_t matter;
    uint32_t next;
    int32_t due_day;
    uint8_t level;
    uint8_t to_office;
    uint8_t by_office;
    uint8_t escalation;
};

/* Evidence that another office should have said something too: looked at when the days around it are closed. */
struct suspicion {
    uint64_t evidence; /* position */
    uint32_t unit;
    uint32_t rule; /* row of `codes` */
    int32_t day;
    uint32_t settled; /* 1: explained or raised */
};

/* 疑似漏报. */
struct discrepancy {
    uint64_t raised_at;
    uint64_t resolved_at; /* 0: open */
    uint64_t evidence;    /* position */
    uint32_t code;        /* offset in texts */
    uint32_t rule;        /* row of `codes` */
    uint32_t unit;
    uint32_t offices; /* that must look into it */
    int32_t day;      /* of the evidence */
    uint32_t finding; /* 1 confirmed, 2 explained */
};

/* What one event counted. */
struct tally {
    uint64_t position;
    uint32_t unit;
    int32_t day;
    uint16_t counts[TALLIES_PER_EVENT]; /* of `kind`, and of what counts with it: tally_second */
    uint8_t kind;                       /* enum tally_kind */
    uint8_t office;
    uint8_t campaign; /* row of `campaigns`, 0: none */
    uint8_t flags;    /* TALLY_ bits */
};
enum {
    TALLY_LIFTED = 1,   /* it was retracted, or reads otherwise by now */
    TALLY_DISPUTES = 2, /* a sweep that found any */
    TALLY_WIDE = 4,     /* its counts and campaign do not fit: they stand in a row of `wide_tallies` */
};

/* Counts and campaign of a tally that has no room for them; in the order of those. */
struct wide_tally {
    uint32_t tally;
    uint32_t campaign;
    uint32_t counts[TALLIES_PER_EVENT];
};

/* From which position on a day was the open one. */
struct day_opened {
    uint64_t position;
    int32_t day;
    uint32_t unused;
};

/* 八有八清. */
struct self_check {
    uint64_t position;
    uint64_t lifted_at;
    uint32_t unit;
    int32_t day;
    uint32_t answers; /* bit of each yes */
    uint32_t office;
};

/* 专项行动, made by the first event that names it. */
struct campaign_progress {
    uint64_t started_at; /* position, 0: not yet */
    uint64_t closed_at;
    uint64_t last_event_at;
    uint32_t code; /* row of `codes` */
    int32_t from_day;
    int32_t to_day;
    uint32_t events; /* ACTUAL ones that named it */
};

/* 进行中: started, not closed, and `today` is one of its days; without a last day it runs until it is closed. */
bool campaign_runs(const struct campaign_progress *campaign, int32_t today);
/* 到期未结: its last day has passed, and no record closed it. A record may still do so. */
bool campaign_ended(const struct campaign_progress *campaign, int32_t today);

/* 年度评定 of a unit as it was published. */
struct evaluation {
    uint64_t position;
    uint64_t known_at; /* that it was computed at */
    uint32_t unit;
    int32_t year;
    uint32_t met;
    uint32_t policy; /* row of `codes`: version */
};

struct camera {
    uint64_t position;
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

/* What an identity may do. */
struct access_rights {
    uint32_t name; /* offset in texts, as the four behind it */
    uint32_t key;
    uint32_t unit; /* code of the subtree's root; "" for the whole tree */
    uint32_t signing_key;
    uint32_t types; /* as the access file has them, one blank between; "" for those of the office */
    uint8_t role;   /* enum role; of a revocation 0 */
    uint8_t office;
    uint8_t unused[2];
};

/* One change of who may do what: rights from its position on, or none. */
struct access_change {
    uint64_t position;
    uint64_t ended_at; /* position of the next change of the same name; 0: none yet */
    int64_t recorded_at_us;
    uint64_t proposal; /* that was confirmed; 0: none */
    struct access_rights rights;
    uint32_t by;    /* offset in texts: the operator; "" for the access file */
    uint8_t ground; /* enum access_ground */
    uint8_t unused[3];
};

enum proposal_kind { PROPOSAL_GRANT = 1, PROPOSAL_POLICY = 2, PROPOSAL_LOG_KEY = 3 };
enum proposal_end { PROPOSAL_OPEN = 0, PROPOSAL_CONFIRMED = 1, PROPOSAL_WITHDRAWN = 2 };

/* What one operator wants and another has to confirm. */
struct proposal {
    uint64_t position;
    uint64_t ended_at; /* position; 0: open, or expired */
    int64_t recorded_at_us;
    struct access_rights rights; /* of a grant */
    uint32_t by;                 /* offset in texts */
    uint32_t content;            /* offset in texts: the policy, or the verifier key */
    uint8_t kind;                /* enum proposal_kind */
    uint8_t end;                 /* enum proposal_end */
    uint8_t unused[6];
};

struct adopted_policy {
    uint64_t position;
    uint32_t text; /* offset in texts */
    int32_t effective_from;
};

/* A short code that many rows name: categories, rules, campaigns. */
struct code {
    uint32_t text; /* offset in texts */
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
    uint64_t day_opened_at; /* position of the last DayClosed */
    struct office_news offices[OFFICE_LIMIT];
};

/* The policies in force day by day, as known at a position: of those in effect on a day the one adopted last. */
struct policy_span {
    int32_t from; /* the last one ends at DAY_NEVER */
    int32_t to;
    uint32_t row; /* of `policies` and `rules` */
};
struct policy_timeline {
    const struct table *rules;
    uint32_t count;
    struct policy_span spans[POLICIES_MAX]; /* rising; days before the first have no policy */
};

/* How rows, tables and heads are laid out: it rises whenever that changes. Digests of the state that are of different
 * forms say nothing of each other. 2: narrow rows, with annexes. 3: narrower ones, with retractions, rests and wide
 * tallies. */
enum { STATE_FORM = 3 };

struct state {
    struct state_heads heads;
    struct table units, unit_versions, successions, attestations, coverages, reviews, approvals, amendments, matters,
        moves, facts, joints, tasks, keys, supervisions, suspicions, discrepancies, tallies, self_checks, campaigns,
        evaluations, days, cameras, sources, runs, policies, codes, access_changes, proposals, annexes, rests,
        retractions, wide_tallies;
    struct table texts; /* bytes: NUL-terminated strings one behind the other; offset 0 is "" */

    /* Built from the tables, neither written nor digested. */
    struct ordinal_index unit_index, matter_index, camera_index, source_index, code_index, discrepancy_index;
    struct table rules;                  /* struct policy of each row of `policies` */
    struct table now;                    /* struct unit_now of each unit (status.h) */
    struct table candidates;             /* struct candidate: the moves that may break a zero, by unit (breaks.h) */
    struct policy_timeline timeline;     /* as known now */
    uint8_t looked_at[EVENT_KIND_LIMIT]; /* of each kind the zeros that a rule of any adopted policy may break by it */
    bool territorial;                    /* any adopted policy counts breaks for the territory too */
    uint64_t tree_version;               /* rises when the tree changes */
    uint32_t walk;                       /* the last one over heirs (status.c) */
};

void state_init(struct state *state);
void state_clear(struct state *state);
/* Makes `to` a state of its own that says the same; what `to` held before is not looked at. */
void state_copy(const struct state *from, struct state *to);

/* The tables that are the state, in their order on disk; NULL behind the last. */
enum { STATE_TABLES = 34 };
const struct table *state_table(const struct state *state, size_t index);
/* The same table to be filled or marked. */
struct table *state_change_table(struct state *state, size_t index);
/* After the tables were read and the caller filled `rules` by parsing each policy's text: builds what is built. */
void state_index(struct state *state);

static inline const struct unit *state_unit(const struct state *state, uint32_t ordinal)
{
    return table_row(&state->units, ordinal);
}
static inline const struct matter *state_matter(const struct state *state, uint32_t ordinal)
{
    return table_row(&state->matters, ordinal);
}
static inline const struct move *state_move(const struct state *state, uint32_t ordinal)
{
    return table_row(&state->moves, ordinal);
}
/* The same rows to be written to. */
static inline struct unit *state_change_unit(struct state *state, uint32_t ordinal)
{
    return table_change(&state->units, ordinal);
}
static inline struct matter *state_change_matter(struct state *state, uint32_t ordinal)
{
    return table_change(&state->matters, ordinal);
}
static inline struct move *state_change_move(struct state *state, uint32_t ordinal)
{
    return table_change(&state->moves, ordinal);
}
/* What the matter has beside its row: all zero where there is none. */
static inline const struct annex *state_annex(const struct state *state, const struct matter *matter)
{
    return table_row(&state->annexes, matter->annex);
}
/* The same to be written to, made where there is none. */
struct annex *state_change_annex(struct state *state, uint32_t matter);
/* Position and day of the record that opened the matter, and position of the one by which it stands where it stands. */
static inline uint64_t matter_opened_at(const struct state *state, const struct matter *matter)
{
    return state_move(state, matter->opening)->position;
}
static inline int32_t matter_opened_day(const struct state *state, const struct matter *matter)
{
    return state_move(state, matter->opening)->day;
}
uint64_t matter_moved_at(const struct state *state, const struct matter *matter);
/* Position at which the move was retracted; 0 while it stands. */
uint64_t move_lifted_at(const struct state *state, const struct move *move);
static inline const struct casualties *facts_casualties(const struct state *state, const struct facts *facts)
{
    return &((const struct facts_rest *)table_row(&state->rests, facts->rest))->casualties;
}
/* Counts and campaign of a tally, wherever they stand. */
struct wide_tally state_tally_wide(const struct state *state, uint32_t tally);
static inline const char *state_text(const struct state *state, uint32_t offset)
{
    return table_row(&state->texts, offset);
}
/* The text of a row of `codes`; "" for 0. */
static inline const char *state_code(const struct state *state, uint32_t code)
{
    return state_text(state, ((const struct code *)table_row(&state->codes, code))->text);
}

/* Ordinals by key, 0 if there is none. */
uint32_t state_find_unit(const struct state *state, const char *code);
uint32_t state_find_matter(const struct state *state, enum matter_kind kind, const char *code);
uint32_t state_find_camera(const struct state *state, const char *site);
uint32_t state_find_source(const struct state *state, const char *name);
uint32_t state_find_code(const struct state *state, const char *code);
uint32_t state_find_campaign(const struct state *state, const char *code);
uint32_t state_find_discrepancy(const struct state *state, const char *code);
/* The attestation, the move, the tally, the self-check, the joint handling recorded at this position; 0 if none.
 */
uint32_t state_find_attestation(const struct state *state, uint64_t position);
uint32_t state_find_move(const struct state *state, uint64_t position);
uint32_t state_find_tally(const struct state *state, uint64_t position);
uint32_t state_find_self_check(const struct state *state, uint64_t position);
uint32_t state_find_joint(const struct state *state, uint64_t position);
/* The first suspicion that rests on the record at this position; others of it follow. */
uint32_t state_find_suspicion(const struct state *state, uint64_t evidence);
/* The approval of this content for this target that waits for its second; 0 if none. */
uint32_t state_find_approval(const struct state *state, uint64_t target, uint64_t content);
/* What an event that is decided on soon will be looked up by. A state does not fit into the processor's caches, and
 * each look-up waits for memory two times: for the index, then for the row that it names. Who knows the next event asks
 * for the one, and for the other when that has come. Nothing but time depends on it. */
struct expected {
    uint32_t unit; /* hashes */
    uint32_t matter;
};
struct expected state_expect(const struct state *state, const struct event *event);
void state_expect_rows(const struct state *state, const struct expected *expected);

/* Adds rows and their keys; the key must be new. */
uint32_t state_add_unit(struct state *state, const char *code, const char *name);
uint32_t state_add_matter(struct state *state, enum matter_kind kind, const char *code);
uint32_t state_add_camera(struct state *state, const char *site);
uint32_t state_add_discrepancy(struct state *state, const char *code);
uint32_t state_add_source(struct state *state, const char *name, const char *identity);
uint32_t state_add_text(struct state *state, const char *text);
/* The row of the code, added where it is new; 0 for "". */
uint32_t state_take_code(struct state *state, const char *code);

/* Whether `unit` is `root` or stands below it in the tree of today. Root 0 is above everything. */
bool state_unit_within(const struct state *state, uint32_t unit, uint32_t root);

/* The open day when the record of this position was made; DAY_NONE before the first policy. */
int32_t state_recorded_day(const struct state *state, uint64_t position);
/* The policies as known at the position. */
void state_timeline(const struct state *state, uint64_t known_at, struct policy_timeline *timeline);
/* The policy of the day; NULL if none is in effect. */
const struct policy *timeline_on(const struct policy_timeline *timeline, int32_t day);
/* The policy that holds on the open day; before any is in effect, the first adopted; NULL if there is none. */
const struct policy *state_policy(const struct state *state);

#endif
