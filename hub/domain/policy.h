/* The rules in force, already valid: plain data of fixed size, read from the policy file by policy_file.c. Which event
 * breaks which zero, who must attest, what is due when and who receives what are here, never in code. */
#ifndef HUB_DOMAIN_POLICY_H
#define HUB_DOMAIN_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "calendar.h"
#include "event.h"

enum {
    POLICY_BREAK_RULES = 32,
    POLICY_ROUTES = 64,
    POLICY_CATEGORIES = 8, /* of one rule or route */
    POLICY_CAMPAIGNS = 32,
    POLICY_TRIANGULATIONS = 16,
    POLICY_TARGETS = 16,
    POLICY_LABELS = 256,
    POLICY_VERSION_SIZE = 64,
    POLICY_CODE_SIZE = 32,
    POLICY_NAME_SIZE = 96,
    POLICY_GROUND_SIZE = 128,
};

enum cadence { CADENCE_DAILY, CADENCE_MONTHLY };

/* Codes of which one must fit; none: every one fits. */
struct categories {
    uint32_t count;
    char codes[POLICY_CATEGORIES][POLICY_CODE_SIZE];
};
bool categories_hold(const struct categories *categories, const char *code);

/* What a rule about breaks may look at in an event, kept with each that may break a zero. */
struct break_facts {
    enum event_kind kind;
    enum matter_kind matter_kind;
    uint32_t class;         /* petition type, hazard grade, case class; DeadlinePassed: the clock */
    uint32_t channel;       /* petition channel, case influence; DeadlinePassed: the level */
    uint32_t petition_type; /* what the petition's registration says: also of its escalations and deadlines */
    bool solvable;          /* likewise (ruling 25) */
    bool failed_below;      /* PetitionEscalated: not handled below, or overdue there */
    uint32_t deaths;
    uint32_t missing;
    uint32_t serious_injuries;
    enum loss_band loss;
    const char *category;
};

/* All conditions that are set must hold. Masks have the bit of each accepted value; 0 accepts all. */
struct break_rule {
    enum event_kind event;
    enum zero zero;
    uint32_t petition_types;
    uint32_t channels;
    uint32_t hazard_grades;
    uint32_t case_classes;              /* any influence */
    uint32_t case_classes_major;        /* with influence MAJOR only */
    bool any_casualty;                  /* accident: a death, missing person or serious injury */
    enum accident_grade grade_at_least; /* accident: or this grade; GRADE_NONE: casualty alone decides */
    enum loss_band loss_at_least;       /* accident: or this loss; 0: not looked at */
    bool only_if_failed_below;          /* petition: not handled, or overdue, at the level below */
    bool only_if_solvable;              /* petition, also escalated or overdue: only what the unit's level can solve */
    struct categories categories;
};

/* event 0: every type. */
struct route {
    enum event_kind event;
    office_set from; /* published by one of these; 0: by anybody */
    struct categories categories;
    bool explosives_only;    /* hazards of civil explosives */
    uint32_t petition_types; /* mask; 0: all but accusations, which need to be named */
    uint32_t matter_kinds;   /* mask; 0: all, and events about no matter */
    uint32_t levels;         /* DeadlinePassed, SupervisionIssued: mask; 0: all */
    office_set to;
    bool to_named;                   /* the offices that the event itself names */
    bool to_handler;                 /* the office that handles the matter */
    bool to_joint;                   /* lead and members of the matter's joint handling */
    char ground[POLICY_GROUND_SIZE]; /* the rule that it stands on */
};

struct campaign {
    char code[POLICY_CODE_SIZE];
    char name[POLICY_NAME_SIZE];
    enum office lead; /* OFFICE_NONE if the policy does not say */
};

/* What contradicts what (疑似漏报). */
enum triangulation_kind {
    ALERT_WITHOUT_ACCIDENT = 1,  /* AlertsTallied with casualties at work, no AccidentReported of the unit */
    CASE_WITHOUT_ACCIDENT,       /* CaseFiled of one of the categories, no AccidentReported of the unit */
    ESCALATION_WITHOUT_DISPUTES, /* PetitionEscalated about a unit whose last sweep found no dispute */
};
struct triangulation {
    char code[POLICY_CODE_SIZE];
    enum triangulation_kind kind;
    int32_t within_days; /* to either side of the evidence; it is raised when the last of them is closed */
    struct categories categories;
    office_set offices; /* that must look into it */
};

/* Percent of the units of a group that shall be at zero in a year. */
struct target {
    int32_t year;
    int32_t area_percent;
    int32_t enterprise_percent;
};

/* The county's own words: measures, work systems, seven steps, self-check items, reasons. */
struct label {
    char code[POLICY_CODE_SIZE]; /* "measure.M01", "step.REPORTED", "self_check.01" */
    char name[POLICY_NAME_SIZE];
};

/* When an overdue clock is taken up further; who hears of each level is said by the routes of DeadlinePassed. */
struct escalation {
    int32_t warn_days;                         /* before the last day: due soon (预警) */
    int32_t after_days[ESCALATION_LEVELS + 1]; /* days behind the last day; level 1: 0; -1: never */
};

enum clearance_basis { CLEARANCE_PERIOD, CLEARANCE_COHORT };

struct policy {
    char version[POLICY_VERSION_SIZE];
    char preset[POLICY_CODE_SIZE];
    int32_t effective_from;      /* first day on which it holds */
    bool retroactive;            /* effective_from may lie before the day of its adoption */
    int32_t starts_on;           /* units are enrolled from here at the earliest */
    bool history_accepted;       /* events from before starts_on */
    bool matter_codes_required;  /* petitions, disputes and grid matters carry a code of the form of code.h */
    int32_t zone_offset_minutes; /* east of UTC */
    int32_t future_tolerance_minutes;
    struct calendar calendar;
    struct limit limits[CLOCK_LIMIT]; /* by enum clock; OBJECTION: until which the receiving office may object */
    int32_t accident_limit_minutes;   /* from known to reported; order 493 art. 9 */
    int32_t extension_days_max;       /* of petitions, once; art. 34 */
    int32_t ask_review_days;          /* to ask for a review; art. 35, 36 */
    int32_t court_confirmation_days;  /* to ask for it; 人民调解法 art. 33 */
    int32_t supplement_days;          /* in which a supplement changes the grade; order 493 art. 13 */
    int32_t supplement_days_short;    /* … of the industries named */
    struct categories short_industries;
    bool verify_on_spot; /* what was put right on the spot may be verified by the same role in the same visit */
    struct escalation escalation;
    enum cadence cadence;
    int32_t grace_days;
    enum unit_kind counts_from_level;
    uint32_t basis_mask;  /* bases that make coverage */
    office_set by_system; /* whose own systems may attest REGISTER_CHECKED without a person's confirmation */
    office_set required[ZERO_COUNT];
    bool territory_too;         /* 属地连带: a break of an enterprise is one of its territory too */
    int32_t sweep_cadence_days; /* 滚动摸排: a unit is swept or inspected at least so often; 0: not watched */
    int32_t silent_after_days;  /* 静默单位: no event of any kind for so long; 0: not watched */
    int32_t fresh_hours[OFFICE_LIMIT]; /* 数据时效: an office is heard of at least so often; 0: no limit is named */
    office_set signed_by;              /* offices whose events are taken only signed by the sender */
    int32_t min_cell;                  /* smaller counts by category are the owning office's only */
    enum clearance_basis clearance;
    uint32_t break_rule_count;
    struct break_rule break_rules[POLICY_BREAK_RULES];
    uint32_t route_count;
    struct route routes[POLICY_ROUTES];
    uint32_t campaign_count;
    struct campaign campaigns[POLICY_CAMPAIGNS];
    uint32_t triangulation_count;
    struct triangulation triangulations[POLICY_TRIANGULATIONS];
    uint32_t target_count;
    struct target targets[POLICY_TARGETS];
    uint32_t label_count;
    struct label labels[POLICY_LABELS];
    uint32_t rounded_tallies; /* bit of each tally_kind shown with 余 */
    /* Built by policy_index: the routes that look at events of a kind, a bit each. */
    bool indexed;
    uint64_t routes_of[EVENT_KIND_LIMIT];
};
_Static_assert(POLICY_ROUTES <= 64, "a route is a bit of routes_of");

/* Sorts the routes by what they look at, so that of each event only those are asked. A policy in force has it; without
 * it all are asked, with the same answer. */
void policy_index(struct policy *policy);

/* The reporting period that contains `day`. */
struct day_span policy_period(const struct policy *policy, int32_t day);
/* The day by which the reporting period that contains `day` must be attested; it is owed after that day. */
int32_t policy_due(const struct policy *policy, int32_t day);
/* Minutes east of UTC in which days are counted; Asia/Shanghai while no policy is adopted. */
int32_t policy_zone(const struct policy *policy);
/* Whether an office's events are taken only signed; nobody's while no policy is adopted (NULL). */
bool policy_must_sign(const struct policy *policy, enum office office);
/* The campaign's place in the policy, -1 if it has none of this code. */
int policy_campaign(const struct policy *policy, const char *code);
/* The name of a label, "" if the policy has none of this code. */
const char *policy_label(const struct policy *policy, const char *code);
/* The rule by which an event of these facts breaks a zero; NULL: it breaks none. Accusations break nothing. */
const struct break_rule *policy_breaks(const struct policy *policy, const struct break_facts *facts);
/* The zeros, as bits, that rules may break by events of this kind; 0: none looks at them. */
uint32_t policy_looks_at(const struct policy *policy, enum event_kind kind);

/* What routing looks at beside the event. */
struct route_context {
    enum office publisher;
    enum matter_kind matter_kind;
    enum office handler; /* of the matter; OFFICE_NONE if nobody handles it yet */
    office_set joint;    /* lead and members of its joint handling */
};
/* The offices that must receive the event. Accusations go nowhere but where a route names them. */
office_set policy_routes(const struct policy *policy, const struct event *event, const struct route_context *context);

/* Order 493 art. 3: the highest of the three dimensions; missing people do not count here. */
enum accident_grade accident_grade(uint32_t deaths, uint32_t serious_injuries, enum loss_band loss);

#endif
