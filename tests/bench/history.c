#include "history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "day.h"
#include "policy_file.h"

enum {
    LAST_YEAR = 2025,
    ATTESTING_DAY = 4,       /* of the month, the month before is attested */
    INSPECTION_EVERY = 30,   /* days, of one unit */
    HAZARD_EVERY = 120,      /* put right on the spot */
    CASE_EVERY = 3000,       /* criminal: it breaks */
    CORRECTED_OF = 5,        /* of so many cases one is corrected, … */
    RETRACTED_OF = 7,        /* … and one retracted, by two */
    UNATTESTED_OF = 97,      /* of so many months of a unit one is left out */
    UNITS_PER_MERGER = 1000, /* in each quarter but the first */
    KNOWN_AFTER = 30,        /* days behind the day that is asked about */
    MINUTES_EAST = 8 * 60,
    MATTER_SIZE = 32,
};

static const char *const identities[OFFICE_LIMIT] = {
    "none", "petitions", "work-safety", "public-security", "governance", "leadership", "operator", "hub", "discipline"};

int64_t history_now_us(const struct history *history)
{
    return day_start_time(history->state.heads.today + 1, MINUTES_EAST) - 1;
}

static struct publisher office_publisher(const struct history *history, enum office office)
{
    return (struct publisher){.identity = identities[office], .office = office, .root = history->root};
}

struct publisher history_publisher(const struct history *history, enum event_kind kind)
{
    office_set publishers = catalogue_type(kind)->publishers;
    return office_publisher(history, (enum office)(31 - __builtin_clz(publishers)));
}

static struct event event_on(int32_t day, enum event_kind kind, const char *unit)
{
    return (struct event){
        .kind = kind,
        .occurred_at_us = day_start_time(day, MINUTES_EAST) + US_PER_DAY / 2,
        .unit = unit,
        .campaign = "",
        .matter = "",
        .category = "",
        .due_day = DAY_NONE,
    };
}

/* What the plan records is acceptable: a refusal is a mistake here. */
static uint64_t record(struct history *history, const struct event *event, const struct publisher *publisher,
                       int64_t now_us)
{
    struct ruling ruling;
    struct effects effects;
    struct state *state = &history->state;
    domain_judge(state, event, publisher, now_us, &ruling);
    if (ruling.verdict != VERDICT_ACCEPTED) {
        fprintf(stderr, "event of kind %d: %s\n", (int)event->kind, ruling.text);
        abort();
    }
    uint64_t position = state->heads.position + 1;
    domain_apply(state, event, publisher, &ruling, position, now_us, &effects);
    return position;
}

static uint64_t record_today(struct history *history, const struct event *event, enum office office)
{
    const struct publisher publisher = office_publisher(history, office);
    return record(history, event, &publisher, history_now_us(history));
}

/* ---- the ground ---- */

static void adopt(struct history *history, int32_t day, const char *version)
{
    struct policy *policy = history->policy;
    snprintf(policy->version, sizeof policy->version, "%s", version);
    policy->effective_from = day;
    struct event event = event_on(day, EVENT_POLICY_ADOPTED, "");
    event.adopted.policy = policy;
    event.adopted.text = version; /* nothing here reads the file's text again */
    const struct publisher operator= {.identity = identities[OFFICE_OPERATOR], .office = OFFICE_OPERATOR};
    record(history, &event, &operator, day_start_time(day + 1, MINUTES_EAST) - 1);
}

static void register_unit(struct history *history, uint32_t place)
{
    static const enum unit_kind kinds[] = {UNIT_COUNTY, UNIT_TOWN, UNIT_VILLAGE, UNIT_ENTERPRISE};
    struct county_unit unit;
    county_unit(&history->plan.county, place, &unit);
    struct event event = event_on(history->state.heads.today, EVENT_UNIT_REGISTERED, unit.code);
    event.unit_facts.kind = kinds[unit.level];
    event.unit_facts.name = unit.code;
    event.unit_facts.parent = unit.parent;
    event.unit_facts.from_day = day_from_date(2019, 1, 1);
    record_today(history, &event, OFFICE_OPERATOR);
}

/* ---- a month ---- */

static bool lives(const struct history *history, uint32_t index)
{
    uint32_t villages = county_villages(&history->plan.county);
    return index < villages || (index - villages) % 2 != 0 || (index - villages) / 2 >= history->ended;
}

static void attest(struct history *history, uint32_t index, enum zero zero, int32_t from, int32_t to)
{
    static const enum office offices[] = {OFFICE_PETITIONS, OFFICE_WORK_SAFETY, OFFICE_PUBLIC_SECURITY};
    struct event event = event_on(history->state.heads.today, EVENT_ZERO_ATTESTED, history->codes[index]);
    event.attested.zero = zero;
    event.attested.basis = BASIS_REGISTER_CHECKED;
    event.attested.from_day = from;
    event.attested.to_day = to;
    record_today(history, &event, offices[zero]);
    history->attestations++;
}

static void attest_month(struct history *history, int32_t month_end)
{
    uint32_t count = county_counted(&history->plan.county);
    for (uint32_t index = 0; index < count; index++)
        for (int zero = 0; zero < ZERO_COUNT; zero++)
            if (lives(history, index) && (index * 3 + (uint32_t)zero + (uint32_t)month_end) % UNATTESTED_OF != 0)
                attest(history, index, (enum zero)zero, day_month_start(month_end), month_end);
}

/* Each next pair of neighbours becomes one. */
static void merge(struct history *history, int32_t day)
{
    uint32_t first = county_villages(&history->plan.county) + history->ended * 2;
    if (first + 1 >= county_counted(&history->plan.county))
        return;
    const char *heir = history->codes[first + 1];
    struct event event = event_on(day, EVENT_UNIT_MERGED, history->codes[first]);
    event.unit_end.successors = &heir;
    event.unit_end.successor_count = 1;
    event.unit_end.valid_to = day + 1;
    record_today(history, &event, OFFICE_GOVERNANCE);
    history->ended++;
}

/* ---- a day ---- */

static void inspect(struct history *history, const char *unit, int32_t day)
{
    struct event event = event_on(day, EVENT_INSPECTION_RECORDED, unit);
    event.campaign = "C03";
    event.tally.day = DAY_NONE;
    event.tally.kind = TALLY_INSPECTIONS;
    event.tally.counts[0] = 1;
    record_today(history, &event, OFFICE_WORK_SAFETY);
}

static void find_hazard(struct history *history, const char *unit, int32_t day)
{
    char name[MATTER_SIZE];
    snprintf(name, sizeof name, "H-%u", history->state.matters.count);
    struct event found = event_on(day, EVENT_HAZARD_FOUND, unit);
    found.matter_kind = MATTER_HAZARD;
    found.matter = name;
    found.category = "FIRE";
    found.campaign = "C01";
    found.hazard.grade = HAZARD_GENERAL;
    record_today(history, &found, OFFICE_WORK_SAFETY);
    struct event fixed = event_on(day, EVENT_HAZARD_FIXED_ON_SPOT, unit);
    fixed.matter_kind = MATTER_HAZARD;
    fixed.matter = name;
    record_today(history, &fixed, OFFICE_WORK_SAFETY);
}

static void correct(struct history *history, const struct event *filed, uint64_t target)
{
    struct event replacement = *filed;
    replacement.category = "FRAUD";
    struct event event = event_on(history->state.heads.today, EVENT_EVENT_CORRECTED, "");
    event.target = target;
    event.correction.replacement = &replacement;
    event.correction.content = target;
    record_today(history, &event, OFFICE_PUBLIC_SECURITY);
}

/* A break disappears: a second identity is needed. */
static void retract(struct history *history, uint64_t target)
{
    struct event event = event_on(history->state.heads.today, EVENT_EVENT_RETRACTED, "");
    event.target = target;
    record_today(history, &event, OFFICE_PUBLIC_SECURITY);
    record_today(history, &event, OFFICE_LEADERSHIP);
}

static void file_case(struct history *history, const char *unit, int32_t day)
{
    enum { INFLUENCE_NORMAL = 1 };
    char name[MATTER_SIZE];
    snprintf(name, sizeof name, "C-%u", history->state.matters.count);
    struct event event = event_on(day, EVENT_CASE_FILED, unit);
    event.matter_kind = MATTER_CASE;
    event.matter = name;
    event.category = "THEFT";
    event.filed.class = CASE_CRIMINAL;
    event.filed.influence = INFLUENCE_NORMAL;
    uint64_t position = record_today(history, &event, OFFICE_PUBLIC_SECURITY);
    uint32_t number = history->cases++;
    if (number % RETRACTED_OF == 0)
        retract(history, position);
    else if (number % CORRECTED_OF == 0)
        correct(history, &event, position);
}

static void work(struct history *history, int32_t day)
{
    uint32_t count = county_counted(&history->plan.county);
    for (uint32_t index = 0; index < count; index++) {
        uint32_t turn = index * 7 + (uint32_t)day;
        if (!lives(history, index))
            continue;
        if (turn % INSPECTION_EVERY == 0)
            inspect(history, history->codes[index], day);
        if (turn % HAZARD_EVERY == 0)
            find_hazard(history, history->codes[index], day);
        if (turn % CASE_EVERY == 0)
            file_case(history, history->codes[index], day);
    }
}

static void merge_quarter(struct history *history, int32_t day)
{
    uint32_t pairs = history->plan.county.units / UNITS_PER_MERGER;
    for (uint32_t i = 0; i < (pairs ? pairs : 1); i++)
        merge(history, day);
}

/* The units' first quarter is left whole: it has nothing before it to be merged. */
static bool begins_quarter(int32_t day)
{
    int32_t year = day_year(day);
    return day == day_from_date(year, 4, 1) || day == day_from_date(year, 7, 1) || day == day_from_date(year, 10, 1);
}

static void change_rules(struct history *history, int32_t day)
{
    char version[POLICY_VERSION_SIZE];
    int32_t year = day_year(day);
    snprintf(version, sizeof version, "bench-%d", year);
    history->policy->grace_days = 5 + year % 2;
    adopt(history, day, version);
}

static void live_day(struct history *history, int32_t first_day)
{
    int32_t day = history->state.heads.today;
    if (day == day_from_date(day_year(day), 7, 1))
        change_rules(history, day);
    if (day == day_month_start(day) + ATTESTING_DAY - 1 && day_month_start(day) > first_day)
        attest_month(history, day_month_start(day) - 1);
    if (history->plan.mergers && begins_quarter(day))
        merge_quarter(history, day);
    work(history, day);
    if (day == history->as_of + KNOWN_AFTER)
        history->known_at = history->state.heads.position;
}

static void close_day(struct history *history)
{
    struct event event = event_on(history->state.heads.today, EVENT_DAY_CLOSED, "");
    event.closed.day = history->state.heads.today;
    record_today(history, &event, OFFICE_HUB);
}

/* ---- all of it ---- */

static void *some_memory(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory)
        abort();
    return memory;
}

static void name_units(struct history *history)
{
    uint32_t count = county_counted(&history->plan.county);
    history->codes = some_memory(count, sizeof *history->codes);
    for (uint32_t index = 0; index < count; index++)
        county_code(&history->plan.county, index, history->codes[index]);
}

bool history_open(struct history *history, const struct history_plan *plan)
{
    struct fault fault;
    *history = (struct history){.plan = *plan, .as_of = day_from_date(LAST_YEAR, 9, 15)};
    history->policy = some_memory(1, sizeof *history->policy);
    if (!policy_read(plan->policy, history->policy, NULL, &fault)) {
        fprintf(stderr, "sanling-rules-bench: %s\n", fault.text);
        free(history->policy);
        return false;
    }
    int32_t first_day = day_from_date(LAST_YEAR + 1 - (int32_t)plan->years, 1, 1);
    int32_t open_day = day_from_date(LAST_YEAR, 12, 28);
    history->policy->starts_on = first_day;
    state_init(&history->state);
    adopt(history, first_day, "bench");
    for (uint32_t place = 0; place < plan->county.units; place++)
        register_unit(history, place);
    history->root = 1;
    name_units(history);
    for (; history->state.heads.today < open_day; close_day(history))
        live_day(history, first_day);
    return true;
}

void history_close(struct history *history)
{
    state_clear(&history->state);
    status_scratch_clear(&history->scratch);
    free(history->policy);
    free(history->codes);
    *history = (struct history){0};
}
