/* The rules in force, already valid: plain data of fixed size, read from the policy file by policy_file.c. Which event
 * breaks which zero, who must attest, what is due when and who receives what are here, never in code. */
#ifndef HUB_DOMAIN_POLICY_H
#define HUB_DOMAIN_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"

enum {
    POLICY_BREAK_RULES = 32,
    POLICY_ROUTES = 64,
    POLICY_ROUTE_CATEGORIES = 8,
    POLICY_CAMPAIGNS = 32,
    POLICY_VERSION_SIZE = 64,
    POLICY_CODE_SIZE = 32,
};

enum cadence { CADENCE_DAILY, CADENCE_MONTHLY };

/* All conditions that are set must hold. Masks have the bit of each accepted value; 0 accepts all. */
struct break_rule {
    enum event_kind event;
    enum zero zero;
    uint32_t petition_types;
    uint32_t channels;
    uint32_t case_classes;              /* any influence */
    uint32_t case_classes_major;        /* with influence MAJOR only */
    bool any_casualty;                  /* accident: a death, missing person or serious injury */
    enum accident_grade grade_at_least; /* accident: or this grade; GRADE_NONE: casualty alone decides */
    enum loss_band loss_at_least;       /* accident: or this loss; 0: not looked at */
    bool only_if_failed_below;          /* petition: not handled, or overdue, at the level below */
    bool only_if_solvable;              /* petition: only what the unit's level can solve */
};

struct route {
    enum event_kind event;
    uint32_t category_count; /* 0: every category */
    char categories[POLICY_ROUTE_CATEGORIES][POLICY_CODE_SIZE];
    bool explosives_only;    /* hazards of civil explosives */
    uint32_t petition_types; /* mask; 0: all but accusations, which need to be named */
    office_set to;
};

struct campaign {
    char code[POLICY_CODE_SIZE];
};

struct policy {
    char version[POLICY_VERSION_SIZE];
    char preset[POLICY_CODE_SIZE];
    int32_t effective_from;      /* first day on which it holds */
    int32_t starts_on;           /* units are enrolled from here at the earliest */
    bool history_accepted;       /* events from before starts_on */
    int32_t zone_offset_minutes; /* east of UTC */
    int32_t future_tolerance_minutes;
    int32_t accident_limit_minutes;     /* from known to reported; order 493 art. 9 */
    int32_t petition_registration_days; /* to forward, assign or accept; 信访工作条例 art. 22, 23 */
    int32_t petition_handling_days;     /* from acceptance to the opinion; art. 34 */
    enum cadence cadence;
    int32_t grace_days;
    enum unit_kind counts_from_level;
    uint32_t basis_mask; /* bases that make coverage */
    office_set required[ZERO_COUNT];
    uint32_t break_rule_count;
    struct break_rule break_rules[POLICY_BREAK_RULES];
    uint32_t route_count;
    struct route routes[POLICY_ROUTES];
    uint32_t campaign_count;
    struct campaign campaigns[POLICY_CAMPAIGNS];
    uint32_t rounded_tallies; /* bit of each tally_kind shown with 余 */
};

/* The day by which the reporting period that contains `day` must be attested; it is owed after that day. */
int32_t policy_due(const struct policy *policy, int32_t day);
/* Minutes east of UTC in which days are counted; Asia/Shanghai while no policy is adopted. */
int32_t policy_zone(const struct policy *policy);
bool policy_has_campaign(const struct policy *policy, const char *code);
/* Whether the event breaks a zero; *zero tells which. */
bool policy_breaks(const struct policy *policy, const struct event *event, enum zero *zero);
/* The offices that must receive the event. Accusations go nowhere but where a route names them. */
office_set policy_routes(const struct policy *policy, const struct event *event);

/* Order 493 art. 3: the highest of the three dimensions; missing people do not count here. */
enum accident_grade accident_grade(uint32_t deaths, uint32_t serious_injuries, enum loss_band loss);

#endif
