#include "county.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "domain/day.h"

enum { SHANGHAI_MINUTES = 480 };

int32_t day_of(const char *text)
{
    int32_t day;
    assert_true(day_parse(text, &day));
    return day;
}

static int64_t noon_of(int32_t day)
{
    return day_start_time(day, SHANGHAI_MINUTES) + US_PER_DAY / 2;
}

struct policy county_policy(void)
{
    return (struct policy){
        .version = "test-1",
        .preset = "test",
        .effective_from = day_of("2000-01-01"),
        .starts_on = day_of("2020-01-01"),
        .history_accepted = true,
        .zone_offset_minutes = SHANGHAI_MINUTES,
        .future_tolerance_minutes = 15,
        .accident_limit_minutes = 60,
        .calendar = {.start_next_day = true},
        .limits = {[CLOCK_REGISTRATION] = {.days = 15},
                   [CLOCK_OBJECTION] = {.days = 5, .working = true},
                   [CLOCK_ACCEPTANCE] = {.days = 15},
                   [CLOCK_HANDLING] = {.days = 60},
                   [CLOCK_REVIEW] = {.days = 30},
                   [CLOCK_INVESTIGATION] = {.days = 60}},
        .extension_days_max = 30,
        .ask_review_days = 30,
        .court_confirmation_days = 30,
        .supplement_days = 30,
        .supplement_days_short = 7,
        .verify_on_spot = true,
        .escalation = {.warn_days = 5, .after_days = {0, 0, 3, 10}},
        .cadence = CADENCE_MONTHLY,
        .grace_days = 5,
        .counts_from_level = UNIT_COUNTY,
        .basis_mask = 1u << BASIS_REGISTER_CHECKED | 1u << BASIS_SITE_VISIT,
        .required = {[ZERO_PETITION] = OFFICE_BIT(OFFICE_PETITIONS),
                     [ZERO_ACCIDENT] = OFFICE_BIT(OFFICE_WORK_SAFETY),
                     [ZERO_CASE] = OFFICE_BIT(OFFICE_PUBLIC_SECURITY)},
        .break_rule_count = 3,
        .break_rules = {{.event = EVENT_PETITION_REGISTERED, .zero = ZERO_PETITION},
                        {.event = EVENT_ACCIDENT_REPORTED, .zero = ZERO_ACCIDENT, .grade_at_least = GRADE_GENERAL},
                        {.event = EVENT_CASE_FILED,
                         .zero = ZERO_CASE,
                         .case_classes = 1u << CASE_ADMIN | 1u << CASE_CRIMINAL}},
        .campaign_count = 1,
        .campaigns = {{.code = "C01"}},
    };
}

struct event county_event_on(enum event_kind kind, const char *unit, const char *day)
{
    return (struct event){
        .kind = kind,
        .occurred_at_us = noon_of(day_of(day)),
        .unit = unit,
        .campaign = "",
        .matter = "",
        .category = "",
        .due_day = DAY_NONE,
    };
}

struct event county_event(const struct county *county, enum event_kind kind, const char *unit)
{
    char today[DAY_TEXT_SIZE];
    day_format(county->state.heads.today, today);
    return county_event_on(kind, unit, today);
}

struct event county_attestation(const struct county *county, enum zero zero, const char *unit, const char *from_day,
                                const char *to_day)
{
    struct event event = county_event(county, EVENT_ZERO_ATTESTED, unit);
    event.attested.zero = zero;
    event.attested.basis = BASIS_REGISTER_CHECKED;
    event.attested.from_day = day_of(from_day);
    event.attested.to_day = day_of(to_day);
    return event;
}

void county_succeeded_by(struct event *event, const char *const *successor)
{
    event->unit_end.successors = successor;
    event->unit_end.successor_count = 1;
}

enum verdict county_take_from(struct county *county, const struct event *event, enum office office, const char *root,
                              const char *identity)
{
    struct state *state = &county->state;
    const struct publisher publisher = {.identity = identity, .office = office, .root = state_find_unit(state, root)};
    int64_t now_us = day_start_time(state->heads.today + 1, SHANGHAI_MINUTES) - 1;
    domain_judge(state, event, &publisher, now_us, &county->ruling);
    if (county->ruling.verdict != VERDICT_ACCEPTED)
        return county->ruling.verdict;
    county->position = state->heads.position + 1;
    domain_apply(state, event, &publisher, &county->ruling, county->position, now_us, &county->effects);
    return VERDICT_ACCEPTED;
}

enum verdict county_take_below(struct county *county, const struct event *event, enum office office, const char *root)
{
    return county_take_from(county, event, office, root, "somebody");
}

enum verdict county_take(struct county *county, const struct event *event, enum office office)
{
    return county_take_below(county, event, office, CODE_COUNTY);
}

enum verdict county_adopt(struct county *county, const struct event *event)
{
    enum verdict verdict = county_take_from(county, event, OFFICE_OPERATOR, "", "operator");
    if (verdict == VERDICT_ACCEPTED && county->ruling.waits)
        verdict = county_take_from(county, event, OFFICE_OPERATOR, "", "operator-2");
    return verdict;
}

uint64_t county_record(struct county *county, const struct event *event, enum office office)
{
    if (county_take(county, event, office) != VERDICT_ACCEPTED)
        fail_msg("event %d: verdict %d: %s", (int)event->kind, (int)county->ruling.verdict, county->ruling.text);
    return county->position;
}

/* As an operator for the whole tree. */
static void record_for_all(struct county *county, const struct event *event, enum office office)
{
    if (county_take_below(county, event, office, "") != VERDICT_ACCEPTED)
        fail_msg("event %d: %s", (int)event->kind, county->ruling.text);
}

static void register_unit(struct county *county, enum unit_kind kind, const char *code, const char *parent)
{
    struct event event = county_event(county, EVENT_UNIT_REGISTERED, code);
    event.unit_facts.kind = kind;
    event.unit_facts.name = code;
    event.unit_facts.parent = parent;
    event.unit_facts.from_day = day_of("2000-01-01");
    record_for_all(county, &event, OFFICE_OPERATOR);
}

void county_open(struct county *county, const struct policy *policy, const char *today)
{
    memset(county, 0, sizeof *county);
    state_init(&county->state);
    struct event event = county_event_on(EVENT_POLICY_ADOPTED, "", today);
    event.adopted.policy = policy;
    event.adopted.text = "";
    const struct publisher whole_tree = {.identity = "operator", .office = OFFICE_OPERATOR};
    domain_judge(&county->state, &event, &whole_tree, event.occurred_at_us, &county->ruling);
    assert_int_equal(county->ruling.verdict, VERDICT_ACCEPTED);
    domain_apply(&county->state, &event, &whole_tree, &county->ruling, 1, event.occurred_at_us, &county->effects);
    register_unit(county, UNIT_PROVINCE, CODE_PROVINCE, "");
    register_unit(county, UNIT_CITY, CODE_CITY, CODE_PROVINCE);
    register_unit(county, UNIT_COUNTY, CODE_COUNTY, CODE_CITY);
    register_unit(county, UNIT_TOWN, CODE_TOWN, CODE_COUNTY);
    register_unit(county, UNIT_TOWN, CODE_OTHER_TOWN, CODE_COUNTY);
    register_unit(county, UNIT_VILLAGE, CODE_VILLAGE, CODE_TOWN);
    register_unit(county, UNIT_VILLAGE, CODE_OTHER_VILLAGE, CODE_TOWN);
    register_unit(county, UNIT_COMMUNITY, CODE_COMMUNITY, CODE_OTHER_TOWN);
    register_unit(county, UNIT_ENTERPRISE, CODE_ENTERPRISE, CODE_VILLAGE);
}

void county_close(struct county *county)
{
    state_clear(&county->state);
    status_scratch_clear(&county->scratch);
}

void county_open_day(struct county *county, const char *day)
{
    int32_t last = day_of(day);
    while (county->state.heads.today < last) {
        struct event event = county_event(county, EVENT_DAY_CLOSED, "");
        event.closed.day = county->state.heads.today;
        record_for_all(county, &event, OFFICE_HUB);
    }
}

struct event county_step(const struct county *county, enum event_kind kind, enum matter_kind matter_kind,
                         const char *matter, const char *unit)
{
    struct event event = county_event(county, kind, unit);
    event.matter_kind = matter_kind;
    event.matter = matter;
    return event;
}

struct event county_opening(const struct county *county, enum matter_kind kind, const char *matter, const char *unit)
{
    static const enum event_kind openings[] = {
        [MATTER_PETITION] = EVENT_PETITION_REGISTERED, [MATTER_HAZARD] = EVENT_HAZARD_FOUND,
        [MATTER_ACCIDENT] = EVENT_ACCIDENT_REPORTED,   [MATTER_CASE] = EVENT_CASE_FILED,
        [MATTER_DISPUTE] = EVENT_DISPUTE_OPENED,       [MATTER_SEVEN_STEPS] = EVENT_GRID_REPORTED,
    };
    enum { CHANNEL_VISIT = 5, INFLUENCE_NORMAL = 1 };
    struct event event = county_step(county, openings[kind], kind, matter, unit);
    if (kind == MATTER_PETITION) {
        event.petition.type = PETITION_CLAIM;
        event.petition.channel = CHANNEL_VISIT;
    } else if (kind == MATTER_HAZARD) {
        event.hazard.grade = HAZARD_GENERAL;
    } else if (kind == MATTER_ACCIDENT) {
        event.accident = (struct accident_facts){.serious_injuries = 1, .loss = LOSS_BELOW_THRESHOLD};
    } else if (kind == MATTER_CASE) {
        event.filed.class = CASE_ADMIN;
        event.filed.influence = INFLUENCE_NORMAL;
    }
    return event;
}

struct zero_status county_status(struct county *county, const char *unit, enum zero zero, const char *as_of,
                                 uint64_t known_at)
{
    struct policy_timeline policies;
    state_timeline(&county->state, known_at, &policies);
    const struct status_question question = {
        .unit = state_find_unit(&county->state, unit),
        .as_of = day_of(as_of),
        .known_at = known_at,
        .policies = &policies,
    };
    return status_of_zero(&county->state, &question, zero, &county->scratch);
}

void county_expect_from(struct county *county, const struct event *event, enum office office, const char *root,
                        const char *identity, enum verdict expected)
{
    enum verdict found = county_take_from(county, event, office, root, identity);
    if (found != expected)
        fail_msg("event %d by office %d: verdict %d (%s), expected %d", (int)event->kind, (int)office, (int)found,
                 county->ruling.text, (int)expected);
}

void county_expect(struct county *county, const struct event *event, enum office office, enum verdict expected)
{
    county_expect_from(county, event, office, CODE_COUNTY, "somebody", expected);
}

void county_happened_on(struct event *event, const char *day)
{
    event->occurred_at_us = noon_of(day_of(day));
}

const struct matter *county_matter(const struct county *county, enum matter_kind kind, const char *code)
{
    uint32_t ordinal = state_find_matter(&county->state, kind, code);
    assert_int_not_equal(ordinal, 0);
    return state_matter(&county->state, ordinal);
}

void county_register(struct county *county, enum unit_kind kind, const char *code, const char *parent,
                     const char *from_day)
{
    struct event event = county_event(county, EVENT_UNIT_REGISTERED, code);
    event.unit_facts.kind = kind;
    event.unit_facts.name = code;
    event.unit_facts.parent = parent;
    event.unit_facts.from_day = day_of(from_day);
    record_for_all(county, &event, OFFICE_OPERATOR);
}

void county_move_unit(struct county *county, const char *code, const char *parent, const char *from_day)
{
    struct event event = county_event(county, EVENT_UNIT_CHANGED, code);
    event.unit_facts.name = "";
    event.unit_facts.parent = parent;
    event.unit_facts.from_day = day_of(from_day);
    record_for_all(county, &event, OFFICE_OPERATOR);
}

void county_end_unit(struct county *county, enum event_kind kind, const char *code, const char *const *successors,
                     uint32_t successor_count, const char *valid_to)
{
    struct event event = county_event(county, kind, code);
    event.unit_end.successors = successors;
    event.unit_end.successor_count = successor_count;
    event.unit_end.valid_to = day_of(valid_to);
    record_for_all(county, &event, OFFICE_OPERATOR);
}
