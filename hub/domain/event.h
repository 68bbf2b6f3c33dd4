/* The facts that the domain knows: a tagged union, filled by decode.c from the wire and by nobody else. Behind that
 * border every field has its form and range checked; texts are NUL-terminated, borrowed for the time of one call. */
#ifndef HUB_DOMAIN_EVENT_H
#define HUB_DOMAIN_EVENT_H

#include <stdbool.h>
#include <stdint.h>

struct policy;

/* The number of each kind is its field number in the contract's Event, so that it means the same for ever. */
enum event_kind {
    EVENT_UNIT_REGISTERED = 20,
    EVENT_UNIT_CHANGED = 21,
    EVENT_UNIT_MERGED = 22,
    EVENT_UNIT_RETIRED = 23,
    EVENT_ZERO_ATTESTED = 24,
    EVENT_ATTESTATION_REVIEWED = 25,
    EVENT_ATTESTATION_WITHDRAWN = 26,
    EVENT_UNIT_SPLIT = 27,
    EVENT_PETITION_REGISTERED = 40,
    EVENT_PETITION_FORWARDED = 41,
    EVENT_PETITION_ASSIGNED = 42,
    EVENT_ASSIGNMENT_OBJECTED = 43,
    EVENT_PETITION_ACCEPTED = 44,
    EVENT_PETITION_NOT_ACCEPTED = 45,
    EVENT_PETITION_DIVERTED = 46,
    EVENT_HANDLING_EXTENDED = 47,
    EVENT_OPINION_ISSUED = 48,
    EVENT_REVIEW_REQUESTED = 49,
    EVENT_REVIEW_ISSUED = 50,
    EVENT_PETITION_WITHDRAWN = 51,
    EVENT_PETITION_ESCALATED = 52,
    EVENT_MATTER_CLOSED = 53,
    EVENT_MATTER_REOPENED = 54,
    EVENT_MATTER_TRANSFERRED = 55,
    EVENT_INSPECTION_RECORDED = 70,
    EVENT_SWEEP_RECORDED = 71,
    EVENT_HAZARD_FOUND = 72,
    EVENT_HAZARD_FIXED_ON_SPOT = 73,
    EVENT_RECTIFICATION_ORDERED = 74,
    EVENT_HAZARD_PLACARDED = 75,
    EVENT_RECTIFICATION_REPORTED = 76,
    EVENT_HAZARD_VERIFIED = 77,
    EVENT_RECTIFICATION_EXTENDED = 78,
    EVENT_EXPLOSIVES_CHECK_RECORDED = 79,
    EVENT_ACCIDENT_REPORTED = 80,
    EVENT_ACCIDENT_SUPPLEMENTED = 81,
    EVENT_ACCIDENT_CONCLUDED = 82,
    EVENT_HAZARD_REOPENED = 83,
    EVENT_ACCIDENT_INVESTIGATION_OPENED = 84,
    EVENT_CASE_FILED = 100,
    EVENT_CASE_RESOLVED = 101,
    EVENT_CASE_WITHDRAWN = 102,
    EVENT_ALERTS_TALLIED = 103,
    EVENT_CAMERA_INTEGRATED = 104,
    EVENT_CAMERA_RETIRED = 105,
    EVENT_CASE_REOPENED = 106,
    EVENT_DISPUTE_OPENED = 120,
    EVENT_MEDIATION_CHANNEL_SELECTED = 121,
    EVENT_MEDIATION_EXPLAINED = 122,
    EVENT_CONSENT_RECORDED = 123,
    EVENT_MEDIATION_REGISTERED = 124,
    EVENT_MEDIATION_SESSION_HELD = 125,
    EVENT_AGREEMENT_REACHED = 126,
    EVENT_MEDIATION_ENDED = 127,
    EVENT_AGREEMENT_PERFORMED = 128,
    EVENT_AGREEMENT_BROKEN = 129,
    EVENT_COURT_CONFIRMATION_REQUESTED = 130,
    EVENT_COURT_CONFIRMATION_GRANTED = 131,
    EVENT_COURT_CONFIRMATION_REFUSED = 132,
    EVENT_COUNSELLING_GIVEN = 133,
    EVENT_LEGAL_AID_OFFERED = 134,
    EVENT_PATROL_TALLIED = 150,
    EVENT_VOLUNTEER_TALLIED = 151,
    EVENT_PUBLICITY_TALLIED = 152,
    EVENT_SELF_CHECK_RECORDED = 153,
    EVENT_GRID_REPORTED = 154,
    EVENT_GRID_REGISTERED = 155,
    EVENT_GRID_DISPATCHED = 156,
    EVENT_GRID_HANDLED = 157,
    EVENT_GRID_ANSWERED = 158,
    EVENT_GRID_CHECKED = 159,
    EVENT_GRID_CLOSED = 160,
    EVENT_JOINT_HANDLING_OPENED = 161,
    EVENT_MEMBER_JOINED = 162,
    EVENT_JOINT_TASK_ASSIGNED = 163,
    EVENT_JOINT_TASK_DONE = 164,
    EVENT_JOINT_HANDLING_CLOSED = 165,
    EVENT_CONSULTATION_HELD = 166,
    EVENT_SUPERVISION_ISSUED = 167,
    EVENT_SUPERVISION_ANSWERED = 168,
    EVENT_DISCREPANCY_RAISED = 169,
    EVENT_DISCREPANCY_RESOLVED = 170,
    EVENT_CAMPAIGN_STARTED = 171,
    EVENT_CAMPAIGN_CLOSED = 172,
    EVENT_EVALUATION_PUBLISHED = 173,
    EVENT_SUMMARY_NOTED = 174,
    EVENT_POLICY_ADOPTED = 190,
    EVENT_HUB_CREATED = 191,
    EVENT_CLOCK_SET = 192,
    EVENT_DAY_CLOSED = 193,
    EVENT_PERIOD_CLOSED = 194,
    EVENT_DEADLINE_PASSED = 195,
    EVENT_EVENT_CORRECTED = 196,
    EVENT_EVENT_RETRACTED = 197,
    EVENT_SEALED_NOTE_ADDED = 198,
    EVENT_MATTER_KEY_DESTROYED = 199,
    EVENT_MATTER_KEY_OFFERED = 200,
    EVENT_ACCESS_GRANTED = 201,
    EVENT_ACCESS_REVOKED = 202,
    EVENT_ACCESS_PROPOSED = 203,
    EVENT_LOG_KEY_REPLACED = 204,
    EVENT_PROPOSAL_WITHDRAWN = 210,
};
#define EVENT_KIND_LIMIT 211 /* above every kind */

/* The numbers of the enumerations below are the contract's. */
enum event_mode { MODE_ACTUAL = 0, MODE_EXERCISE = 1, MODE_TEST = 2 };

enum office {
    OFFICE_NONE = 0,
    OFFICE_PETITIONS = 1,
    OFFICE_WORK_SAFETY = 2,
    OFFICE_PUBLIC_SECURITY = 3,
    OFFICE_GOVERNANCE = 4,
    OFFICE_LEADERSHIP = 5,
    OFFICE_OPERATOR = 6,
    OFFICE_HUB = 7,
    OFFICE_DISCIPLINE = 8,
};
#define OFFICE_LIMIT 9
/* A set of offices, one bit each. */
typedef uint32_t office_set;
#define OFFICE_BIT(office) ((office_set)1 << (office))

enum unit_kind {
    UNIT_NONE = 0,
    UNIT_PROVINCE = 1,
    UNIT_CITY = 2,
    UNIT_COUNTY = 3,
    UNIT_TOWN = 4,
    UNIT_VILLAGE = 5,
    UNIT_COMMUNITY = 6,
    UNIT_GRID = 7,
    UNIT_ENTERPRISE = 8,
    UNIT_INSTITUTION = 9,
};
#define UNIT_KIND_LIMIT 10

enum zero { ZERO_PETITION = 0, ZERO_ACCIDENT = 1, ZERO_CASE = 2 };
#define ZERO_COUNT 3

enum basis { BASIS_REGISTER_CHECKED = 1, BASIS_SITE_VISIT = 2, BASIS_UNIT_STATEMENT = 3, BASIS_HISTORIC = 4 };
enum { BASIS_LIMIT = BASIS_HISTORIC + 1 };

enum matter_kind {
    MATTER_NONE = 0,
    MATTER_PETITION = 1,
    MATTER_HAZARD = 2,
    MATTER_ACCIDENT = 3,
    MATTER_CASE = 4,
    MATTER_DISPUTE = 5,
    MATTER_SEVEN_STEPS = 6,
};

enum petition_type { PETITION_SUGGESTION = 1, PETITION_ACCUSATION = 2, PETITION_CLAIM = 3 };
enum hazard_grade { HAZARD_GENERAL = 1, HAZARD_MAJOR = 2 };
enum case_class { CASE_ADMIN = 1, CASE_CRIMINAL = 2 };
enum { INFLUENCE_MAJOR = 2 };
enum { CHANNEL_MOBILE_STATION = 1 };
enum { RESULT_PASS = 1, RESULT_FAIL = 2 };      /* of a check */
enum { ANSWER_AGREED = 1, ANSWER_REFUSED = 2 }; /* to mediation */

/* The clocks that run on matters, joint tasks and supervisions. */
enum clock {
    CLOCK_NONE = 0,
    CLOCK_REGISTRATION = 1,
    CLOCK_OBJECTION = 2,
    CLOCK_ACCEPTANCE = 3,
    CLOCK_HANDLING = 4,
    CLOCK_REVIEW = 5,
    CLOCK_RECTIFICATION = 6,
    CLOCK_TASK = 7,
    CLOCK_SUPERVISION = 8,
    CLOCK_INVESTIGATION = 9,
};
#define CLOCK_LIMIT 10
/* How far an overdue clock was taken up: 催办, 督办, to the leadership. */
enum { ESCALATION_LEVELS = 3 };

/* Grades of order 493 art. 3, and of a loss alone. */
enum accident_grade { GRADE_NONE = 0, GRADE_GENERAL = 1, GRADE_LARGER = 2, GRADE_MAJOR = 3, GRADE_EXTRA_MAJOR = 4 };
enum loss_band {
    LOSS_BELOW_THRESHOLD = 1,
    LOSS_BELOW_10M = 2,
    LOSS_FROM_10M = 3,
    LOSS_FROM_50M = 4,
    LOSS_FROM_100M = 5,
};

/* What is counted by day. The order is part of the state on disk: add at the end. */
enum tally_kind {
    TALLY_NONE = 0,
    TALLY_PUBLICITY_PEOPLE = 1,
    TALLY_PUBLICITY_VEHICLES,
    TALLY_PUBLICITY_LEAFLETS,
    TALLY_PUBLICITY_BANNERS,
    TALLY_PUBLICITY_MEDIA,
    TALLY_PATROL_ROUNDS,
    TALLY_PATROL_FINDINGS,
    TALLY_VOLUNTEER_GRID_WORKER,
    TALLY_VOLUNTEER_POLICE,
    TALLY_VOLUNTEER_GUARD,
    TALLY_VOLUNTEER_PROPERTY_STAFF,
    TALLY_VOLUNTEER_VOLUNTEER,
    TALLY_INSPECTIONS,
    TALLY_SWEEPS,
    TALLY_EXPLOSIVES_CHECKS,
    TALLY_EXPLOSIVES_PROBLEMS,
    TALLY_KIND_LIMIT
};
/* What the second count of such an event is of; TALLY_NONE: it has none. */
static inline enum tally_kind tally_second(enum tally_kind kind)
{
    if (kind == TALLY_PATROL_ROUNDS)
        return TALLY_PATROL_FINDINGS;
    return kind == TALLY_EXPLOSIVES_CHECKS ? TALLY_EXPLOSIVES_PROBLEMS : TALLY_NONE;
}

enum { TEAM_PARTS = 5 };
struct unit_attributes {
    uint32_t grids;
    uint32_t block_heads;
    uint32_t patrollers;
    uint32_t team; /* one bit for each of the TEAM_PARTS that is present */
};

struct accident_facts {
    uint32_t deaths;
    uint32_t missing;
    uint32_t serious_injuries;
    enum loss_band loss;
    int64_t known_at_us;
    int64_t reported_at_us;
};

enum role { ROLE_NONE = 0, ROLE_PUBLISHER = 1, ROLE_SUBSCRIBER, ROLE_LEADER, ROLE_OPERATOR, ROLE_AUDITOR };
/* On what ground access changed: one operator's word, the access file, two operators. */
enum access_ground { GROUND_CHANGE = 1, GROUND_FILE = 2, GROUND_CONFIRMED = 3 };

/* What an identity may do. */
struct entry_facts {
    const char *name;
    const char *key;
    const char *unit;        /* code, "" for the whole tree */
    const char *signing_key; /* base64; "" for none */
    enum role role;
    enum office office;
    const char *const *types; /* as the access file has them: names, or `catalogue` */
    uint32_t type_count;      /* 0: those of the office */
};

enum { TALLIES_PER_EVENT = 2, SELF_CHECK_ITEMS = 16 };

struct evaluation_entry {
    const char *unit; /* code */
    bool met;
};

struct event {
    enum event_kind kind;
    enum event_mode mode;
    int64_t occurred_at_us; /* since 1970, UTC */
    const char *unit;       /* code, "" for none */
    const char *campaign;   /* code, "" for none */
    /* The matter that the event moves or speaks of, whichever field of the contract carries it. */
    enum matter_kind matter_kind;
    const char *matter; /* "" for none */
    const char *category;
    /* Which way an event with a result goes: HazardVerified 1 pass 2 fail, ConsentRecorded 1 agreed 2 refused,
     * ReviewRequested and ReviewIssued the stage, GridChecked 1 passed 2 not, AttestationReviewed 1 accepted 2
     * returned, DeadlinePassed the clock, AccidentConcluded and DiscrepancyResolved the finding; 0 for all others. */
    uint32_t variant;
    int32_t due_day;       /* DAY_NONE if the event has none */
    uint64_t target;       /* position of another record, 0 for none */
    office_set named;      /* offices that the payload names: recipients, lead, members */
    enum office to_office; /* the one that shall act; OFFICE_NONE if the payload names none */
    uint32_t role;         /* hash of the role code of who did it, 0 if none is said */

    union {
        struct {
            enum unit_kind kind;
            const char *name;   /* "" in UnitChanged: unchanged */
            const char *parent; /* code; "" for the root, or unchanged */
            int32_t from_day;   /* valid_from, or effective */
            bool has_attributes;
            struct unit_attributes attributes;
        } unit_facts; /* UnitRegistered, UnitChanged */
        struct {
            const char *const *successors; /* codes */
            uint32_t successor_count;      /* 0: none */
            int32_t valid_to;              /* exclusive */
        } unit_end;                        /* UnitMerged, UnitSplit, UnitRetired */
        struct {
            enum zero zero;
            enum basis basis;
            bool scope;
            const char *const *units; /* codes */
            uint32_t unit_count;      /* 0: the envelope's unit */
            int32_t from_day;
            int32_t to_day;
            bool by_system; /* no person confirmed it */
        } attested;
        struct {
            enum petition_type type;
            uint32_t channel;
            bool solvable_at_unit_level;
        } petition;
        struct {
            bool handled_below;
            bool overdue_below;
        } escalated;
        struct {
            enum hazard_grade grade;
            bool explosives;
        } hazard;
        struct accident_facts accident; /* its industry is the event's category */
        struct {
            bool production; /* a production-safety accident */
        } concluded;
        struct {
            enum case_class class;
            uint32_t influence;
        } filed;
        struct {
            int32_t days;
        } extended;
        struct {
            uint32_t side; /* 1 or 2 */
        } consent;
        struct {
            uint32_t channel;
        } mediation;
        struct {
            int32_t day;                        /* DAY_NONE: the day of occurrence */
            enum tally_kind kind;               /* TALLY_NONE: it counts nothing */
            uint32_t counts[TALLIES_PER_EVENT]; /* of it, and of what counts with it */
            uint32_t disputes;                  /* SweepRecorded: found */
        } tally;
        struct {
            int32_t day; /* DAY_NONE: the day of occurrence */
            uint32_t work_casualties;
        } alerts;
        struct {
            uint32_t answers; /* bit of each item that is a yes */
        } self_check;
        struct {
            const char *site;
            uint32_t owner;
            bool sign_posted;
        } camera;
        struct {
            enum office lead;
            office_set members;
        } joint;
        struct {
            const char *code;
            bool released;
        } task; /* JointTaskAssigned, JointTaskDone */
        struct {
            uint32_t level; /* 1 to ESCALATION_LEVELS */
        } supervision;
        struct {
            uint32_t level;
            const char *task; /* "" unless the clock is a task's */
        } passed;             /* DeadlinePassed */
        struct {
            const char *code;
            const char *rule;  /* DiscrepancyRaised */
            uint64_t evidence; /* the first position */
        } discrepancy;
        struct {
            const char *code;
            int32_t from_day;
            int32_t to_day; /* DAY_NONE: open */
        } campaign_days;    /* CampaignStarted, CampaignClosed */
        struct {
            int32_t year;
            const struct evaluation_entry *results;
            uint32_t count;
            const char *policy_version;
        } evaluation; /* EvaluationPublished, whose target is the position it was computed at; PeriodClosed */
        struct {
            /* The event that the target shall read as: of the target's type, its payload alone counts. */
            const struct event *replacement;
            uint64_t content; /* hash of the replacement's bytes: two approvals must agree on it */
        } correction;
        struct {
            const struct policy *policy; /* parsed and valid; copied when applied */
            const char *text;
        } adopted;
        struct {
            const char *hub;
            bool demonstration;
        } created;
        struct {
            int64_t time_us;
        } clock;
        struct {
            int32_t day;
        } closed;
        struct {
            uint64_t id; /* first 8 bytes of SHA-256 of the public half; 0: SealedNoteAdded names no such key */
        } sealing;       /* MatterKeyOffered, SealedNoteAdded, MatterKeyDestroyed */
        struct {
            struct entry_facts entry; /* of AccessRevoked its name alone; no name: nothing is granted */
            const char *verifier_key; /* "" for none */
            const char *by;           /* "" for the access file */
            enum access_ground ground;
        } access; /* AccessGranted to ProposalWithdrawn; the target is the proposal */
    };
};

#endif
