#include "history.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "day.h"
#include "matter.h"

enum { ZONE_MINUTES = 480, FOLLOWS = 2048, MATTERS = 512, CHANNEL_LETTER = 2, CHANNEL_VISIT = 5, HANDLING_DAYS = 20 };

/* ---- the tree ---- */

enum place_number {
    PROVINCE,
    CITY,
    COUNTY,
    TOWN,
    OTHER_TOWN,
    FIRST_AREA,
    AREAS_END = FIRST_AREA + 6,
    FIRST_ENTERPRISE = AREAS_END,
    ENTERPRISES_END = FIRST_ENTERPRISE + 3,
    FIRST_SPARE = ENTERPRISES_END, /* registered later, if at all */
    PLACES = FIRST_SPARE + 10,
};

struct place {
    const char *code;
    enum unit_kind kind;
    enum place_number parent;
};

static const struct place places[PLACES] = {
    [PROVINCE] = {"140000000000", UNIT_PROVINCE, PROVINCE},
    [CITY] = {"140300000000", UNIT_CITY, PROVINCE},
    [COUNTY] = {"140322000000", UNIT_COUNTY, CITY},
    [TOWN] = {"140322102000", UNIT_TOWN, COUNTY},
    [OTHER_TOWN] = {"140322100000", UNIT_TOWN, COUNTY},
    [FIRST_AREA] = {"140322102200", UNIT_VILLAGE, TOWN},
    {"140322102201", UNIT_VILLAGE, TOWN},
    {"140322102001", UNIT_COMMUNITY, TOWN},
    {"140322100200", UNIT_VILLAGE, OTHER_TOWN},
    {"140322100001", UNIT_COMMUNITY, OTHER_TOWN},
    {"140322100201", UNIT_VILLAGE, OTHER_TOWN},
    [FIRST_ENTERPRISE] = {"91140322MA90000115", UNIT_ENTERPRISE, FIRST_AREA},
    {"91140322MA900002XW", UNIT_ENTERPRISE, FIRST_AREA + 1},
    {"91140322MA900010XG", UNIT_ENTERPRISE, FIRST_AREA + 4},
    [FIRST_SPARE] = {"140322102203", UNIT_VILLAGE, TOWN},
    {"140322102204", UNIT_VILLAGE, TOWN},
    {"140322100203", UNIT_VILLAGE, OTHER_TOWN},
    {"140322100204", UNIT_VILLAGE, OTHER_TOWN},
    {"140322102205", UNIT_VILLAGE, TOWN},
    {"140322102206", UNIT_VILLAGE, TOWN},
    {"91140322MA90012330", UNIT_ENTERPRISE, FIRST_AREA},
    {"91140322MA9044196E", UNIT_ENTERPRISE, FIRST_AREA + 3},
    {"91140322MA90000970", UNIT_INSTITUTION, FIRST_AREA + 2},
    {"91140322MA90000708", UNIT_ENTERPRISE, FIRST_AREA + 1},
};

const char *history_unit(uint32_t index)
{
    return index < PLACES ? places[index].code : NULL;
}

/* ---- the writer ---- */

enum follow_kind {
    FOLLOW_REVIEW,
    FOLLOW_WITHDRAWAL,
    FOLLOW_RETRACTION,
    FOLLOW_CORRECTION,
    FOLLOW_SUPPLEMENT,
    FOLLOW_SECOND, /* the same once more, mostly by somebody else */
    FOLLOW_ESCALATION,
    FOLLOW_DEADLINE,
    FOLLOW_END, /* CaseResolved, CaseWithdrawn, AccidentConcluded: they un-break nothing */
};

/* Something that will be done about an act. */
struct follow {
    int32_t day;
    enum follow_kind kind;
    uint32_t act;
};

struct writer {
    struct history *history;
    struct draw draw;
    int32_t day; /* the open one */
    bool registered[PLACES];
    bool ended[PLACES];
    uint32_t matters;
    uint32_t follow_count;
    struct follow follows[FOLLOWS];
    int32_t report_day[ZERO_COUNT][2]; /* of the month, on which the office and the other office attest */
    bool silent;                       /* few attest */
};

static bool once_in(struct writer *writer, uint32_t times)
{
    return draw_once_in(&writer->draw, times);
}

static int32_t below(struct writer *writer, int32_t limit)
{
    return (int32_t)draw_below(&writer->draw, (uint32_t)limit);
}

static int32_t between(struct writer *writer, int32_t least, int32_t most)
{
    return least + below(writer, most - least + 1);
}

static int64_t noon_of(int32_t day)
{
    return day_start_time(day, ZONE_MINUTES) + US_PER_DAY / 2;
}

static int32_t day_on(int32_t year, int32_t month, int32_t day)
{
    return day_from_date(year, month, day);
}

struct act *history_add(struct history *history, enum event_kind kind, int32_t day, enum office office)
{
    if (history->count == HISTORY_ACTS)
        return NULL;
    struct act *act = &history->acts[history->count++];
    memset(act, 0, sizeof *act);
    *act = (struct act){
        .event = {.kind = kind,
                  .occurred_at_us = noon_of(day),
                  .unit = "",
                  .campaign = "",
                  .matter = act->matter,
                  .category = "",
                  .due_day = DAY_NONE},
        .office = office,
        .root = places[COUNTY].code,
        .identity = "first",
        .target = ACT_NONE,
        .day = day,
    };
    return act;
}

struct act *history_repeat(struct history *history, uint32_t number)
{
    if (history->count == HISTORY_ACTS)
        return NULL;
    struct act *act = &history->acts[history->count++];
    *act = history->acts[number];
    act->event.matter = act->matter;
    act->replacement.matter = act->matter;
    if (act->event.kind == EVENT_EVENT_CORRECTED)
        act->event.correction.replacement = &act->replacement;
    if (act->event.kind == EVENT_ZERO_ATTESTED)
        act->event.attested.units = act->units;
    if (act->event.kind == EVENT_UNIT_MERGED || act->event.kind == EVENT_UNIT_SPLIT ||
        act->event.kind == EVENT_UNIT_RETIRED)
        act->event.unit_end.successors = act->units;
    return act;
}

/* A history that outgrows its room is a mistake in the numbers here. */
static struct act *add(struct writer *writer, enum event_kind kind, enum office office)
{
    struct act *act = history_add(writer->history, kind, writer->day, office);
    assert(act);
    return act;
}

static uint32_t number_of(const struct writer *writer, const struct act *act)
{
    return (uint32_t)(act - writer->history->acts);
}

static void follow(struct writer *writer, int32_t days, enum follow_kind kind, const struct act *act)
{
    if (writer->follow_count < FOLLOWS)
        writer->follows[writer->follow_count++] =
            (struct follow){.day = writer->day + days, .kind = kind, .act = number_of(writer, act)};
}

static void by_whole_tree(struct act *act)
{
    act->root = "";
}

static const char *any_identity(struct writer *writer)
{
    static const char *const identities[] = {"first", "second", "third"};
    return identities[below(writer, 3)];
}

/* Any counted unit that was registered, now and then one that has ended. */
static enum place_number any_unit(struct writer *writer)
{
    for (;;) {
        int32_t number = between(writer, FIRST_AREA, PLACES - 1);
        if (writer->registered[number] && (!writer->ended[number] || once_in(writer, 6)))
            return (enum place_number)number;
    }
}

static bool is_area(enum place_number place)
{
    return places[place].kind == UNIT_VILLAGE || places[place].kind == UNIT_COMMUNITY;
}

static enum place_number any_area(struct writer *writer)
{
    for (;;) {
        enum place_number place = any_unit(writer);
        if (is_area(place))
            return place;
    }
}

/* ---- policies ---- */

static void draw_break_rules(struct writer *writer, struct policy *policy)
{
    struct break_rule *rules = policy->break_rules;
    uint32_t count = 0;
    switch (below(writer, 3)) {
    case 0: /* to the letter */
        rules[count++] = (struct break_rule){
            .event = EVENT_PETITION_REGISTERED,
            .zero = ZERO_PETITION,
            .petition_types = 1u << PETITION_CLAIM,
            .channels = once_in(writer, 2) ? 1u << CHANNEL_VISIT : 0,
        };
        rules[count++] = (struct break_rule){.event = EVENT_ACCIDENT_REPORTED,
                                             .zero = ZERO_ACCIDENT,
                                             .any_casualty = true,
                                             .grade_at_least = once_in(writer, 2) ? GRADE_GENERAL : GRADE_NONE};
        rules[count++] = (struct break_rule){
            .event = EVENT_CASE_FILED, .zero = ZERO_CASE, .case_classes = 1u << CASE_ADMIN | 1u << CASE_CRIMINAL};
        break;
    case 1:
        rules[count++] = (struct break_rule){
            .event = EVENT_PETITION_REGISTERED, .zero = ZERO_PETITION, .only_if_solvable = once_in(writer, 2)};
        rules[count++] = (struct break_rule){
            .event = EVENT_ACCIDENT_REPORTED, .zero = ZERO_ACCIDENT, .grade_at_least = GRADE_LARGER};
        rules[count++] = (struct break_rule){
            .event = EVENT_CASE_FILED, .zero = ZERO_CASE, .case_classes_major = 1u << CASE_ADMIN | 1u << CASE_CRIMINAL};
        break;
    case 2: /* offices are measured, not people */
        rules[count++] = (struct break_rule){.event = EVENT_PETITION_ESCALATED,
                                             .zero = ZERO_PETITION,
                                             .only_if_failed_below = !once_in(writer, 3),
                                             .only_if_solvable = once_in(writer, 3)};
        rules[count++] = (struct break_rule){
            .event = EVENT_DEADLINE_PASSED, .zero = ZERO_PETITION, .only_if_solvable = once_in(writer, 3)};
        rules[count++] = (struct break_rule){.event = EVENT_ACCIDENT_REPORTED,
                                             .zero = ZERO_ACCIDENT,
                                             .any_casualty = true,
                                             .loss_at_least = LOSS_FROM_10M};
        rules[count++] = (struct break_rule){.event = EVENT_CASE_FILED,
                                             .zero = ZERO_CASE,
                                             .case_classes = 1u << CASE_CRIMINAL,
                                             .case_classes_major = 1u << CASE_ADMIN};
        if (once_in(writer, 3))
            rules[count++] = (struct break_rule){.event = EVENT_CASE_FILED,
                                                 .zero = ZERO_CASE,
                                                 .case_classes = 1u << CASE_ADMIN,
                                                 .categories = {.count = 1, .codes = {"THEFT"}}};
        break;
    }
    if (once_in(writer, 5))
        rules[count++] = (struct break_rule){
            .event = EVENT_HAZARD_FOUND, .zero = ZERO_ACCIDENT, .hazard_grades = 1u << HAZARD_MAJOR};
    policy->break_rule_count = count;
}

static struct policy *draw_policy(struct writer *writer)
{
    struct history *history = writer->history;
    struct policy *policy = &history->policies[history->policy_count];
    memset(policy, 0, sizeof *policy);
    policy->effective_from = day_on(2000, 1, 1);
    policy->starts_on = day_on(2020, 1, 1);
    if (once_in(writer, 5))
        policy->starts_on = once_in(writer, 2) ? day_on(2020, 2, 15) : day_on(2019, 11, 1);
    policy->history_accepted = true;
    policy->zone_offset_minutes = ZONE_MINUTES;
    policy->future_tolerance_minutes = 15;
    policy->calendar.start_next_day = true;
    policy->limits[CLOCK_HANDLING].days = HANDLING_DAYS;
    policy->accident_limit_minutes = 60;
    policy->extension_days_max = 30;
    policy->ask_review_days = 30;
    policy->supplement_days = 30;
    policy->supplement_days_short = 7;
    policy->short_industries = (struct categories){.count = 1, .codes = {"TRAFFIC"}};
    policy->cadence = once_in(writer, 6) ? CADENCE_DAILY : CADENCE_MONTHLY;
    policy->grace_days = policy->cadence == CADENCE_DAILY ? between(writer, 1, 40) : between(writer, 1, 9);
    policy->counts_from_level = once_in(writer, 4) ? UNIT_TOWN : UNIT_COUNTY;
    policy->basis_mask = 1u << BASIS_REGISTER_CHECKED | (once_in(writer, 4) ? 0 : 1u << BASIS_SITE_VISIT);
    policy->required[ZERO_PETITION] = OFFICE_BIT(OFFICE_PETITIONS);
    policy->required[ZERO_ACCIDENT] = OFFICE_BIT(OFFICE_WORK_SAFETY);
    policy->required[ZERO_CASE] = OFFICE_BIT(OFFICE_PUBLIC_SECURITY);
    if (once_in(writer, 4))
        policy->required[ZERO_ACCIDENT] |= OFFICE_BIT(OFFICE_PUBLIC_SECURITY);
    policy->territory_too = once_in(writer, 4);
    draw_break_rules(writer, policy);
    policy->campaign_count = 1;
    memcpy(policy->campaigns[0].code, "C01", sizeof "C01");
    (void)snprintf(policy->version, sizeof policy->version, "drawn-%u", ++history->policy_count);
    memcpy(policy->preset, "drawn", sizeof "drawn");
    return policy;
}

static void adopt_by(struct writer *writer, const struct policy *policy, const char *identity)
{
    struct act *act = add(writer, EVENT_POLICY_ADOPTED, OFFICE_OPERATOR);
    by_whole_tree(act);
    act->identity = identity;
    act->event.adopted.policy = policy;
    act->event.adopted.text = policy->version;
}

/* The first is in force at once; any other when a second operator has said the same. */
static void adopt(struct writer *writer, const struct policy *policy)
{
    adopt_by(writer, policy, "first");
    if (policy != &writer->history->policies[0])
        adopt_by(writer, policy, "second");
}

static void adopt_another(struct writer *writer)
{
    if (writer->history->policy_count == HISTORY_POLICIES)
        return;
    struct policy *policy = draw_policy(writer);
    policy->effective_from = writer->day + between(writer, -200, 60);
    policy->retroactive = policy->effective_from < writer->day;
    if (!once_in(writer, 6))
        policy->starts_on = writer->history->policies[0].starts_on;
    adopt(writer, policy);
}

/* ---- the tree changes ---- */

static void register_place(struct writer *writer, enum place_number place, int32_t from_day)
{
    struct act *act = add(writer, EVENT_UNIT_REGISTERED, OFFICE_OPERATOR);
    by_whole_tree(act);
    act->event.unit = places[place].code;
    act->event.unit_facts.kind = places[place].kind;
    act->event.unit_facts.name = places[place].code;
    act->event.unit_facts.parent = place == PROVINCE ? "" : places[places[place].parent].code;
    act->event.unit_facts.from_day = from_day;
    writer->registered[place] = true;
}

static bool pick_spare(struct writer *writer, bool area, enum place_number *spare)
{
    for (int32_t place = FIRST_SPARE; place < PLACES; place++)
        if (!writer->registered[place] && is_area((enum place_number)place) == area) {
            *spare = (enum place_number)place;
            return true;
        }
    return false;
}

static void register_another(struct writer *writer)
{
    enum place_number spare;
    if (pick_spare(writer, once_in(writer, 2), &spare))
        register_place(writer, spare, writer->day + between(writer, -90, 20));
}

static void change_unit(struct writer *writer)
{
    enum place_number place = any_unit(writer);
    struct act *act = add(writer, EVENT_UNIT_CHANGED, OFFICE_OPERATOR);
    by_whole_tree(act);
    act->event.unit = places[place].code;
    act->event.unit_facts.kind = places[place].kind;
    act->event.unit_facts.name = once_in(writer, 2) ? "renamed" : "";
    act->event.unit_facts.parent = "";
    act->event.unit_facts.from_day = writer->day + between(writer, -30, 30);
    if (once_in(writer, 4)) {
        act->event.unit_facts.name = "renamed";
        return;
    }
    if (is_area(place))
        act->event.unit_facts.parent = places[once_in(writer, 2) ? TOWN : OTHER_TOWN].code;
    else
        act->event.unit_facts.parent = places[any_area(writer)].code;
}

static void end_place(struct writer *writer, enum event_kind kind, enum place_number place, int32_t valid_to,
                      uint32_t successor_count, const enum place_number *successors)
{
    struct act *act = add(writer, kind, OFFICE_OPERATOR);
    by_whole_tree(act);
    act->event.unit = places[place].code;
    for (uint32_t i = 0; i < successor_count; i++)
        act->units[i] = places[successors[i]].code;
    act->event.unit_end.successors = act->units;
    act->event.unit_end.successor_count = successor_count;
    act->event.unit_end.valid_to = valid_to;
    writer->ended[place] = true;
}

/* One or two places into one that lives already, or into a new one. */
static void merge(struct writer *writer)
{
    int32_t day = writer->day + between(writer, -20, 15);
    if (once_in(writer, 6)) {
        const enum place_number into = TOWN;
        end_place(writer, EVENT_UNIT_MERGED, OTHER_TOWN, day, 1, &into);
        return;
    }
    bool area = !once_in(writer, 4);
    enum place_number into = any_unit(writer);
    if (once_in(writer, 2)) {
        if (!pick_spare(writer, area, &into))
            return;
        register_place(writer, into, once_in(writer, 3) ? day - between(writer, 0, 60) : day);
    }
    int32_t predecessors = between(writer, 1, 2);
    for (int32_t i = 0; i < predecessors; i++) {
        enum place_number place = any_unit(writer);
        if (place != into && is_area(place) == is_area(into))
            end_place(writer, EVENT_UNIT_MERGED, place, day, 1, &into);
    }
}

static void split(struct writer *writer)
{
    enum place_number parts[2];
    int32_t day = writer->day + between(writer, -20, 15);
    enum place_number place = any_unit(writer);
    for (int i = 0; i < 2; i++) {
        if (!pick_spare(writer, is_area(place), &parts[i]))
            return;
        register_place(writer, parts[i], day);
    }
    end_place(writer, EVENT_UNIT_SPLIT, place, day, 2, parts);
}

static void retire(struct writer *writer)
{
    end_place(writer, EVENT_UNIT_RETIRED, any_unit(writer), writer->day + between(writer, -20, 15), 0, NULL);
}

static void change_tree(struct writer *writer)
{
    int32_t what = below(writer, 10);
    if (what < 3)
        change_unit(writer);
    else if (what < 6)
        merge(writer);
    else if (what < 7)
        split(writer);
    else if (what < 8)
        retire(writer);
    else
        register_another(writer);
}

/* ---- attestations ---- */

static enum office office_of(enum zero zero)
{
    static const enum office offices[ZERO_COUNT] = {
        [ZERO_PETITION] = OFFICE_PETITIONS,
        [ZERO_ACCIDENT] = OFFICE_WORK_SAFETY,
        [ZERO_CASE] = OFFICE_PUBLIC_SECURITY,
    };
    return offices[zero];
}

static struct act *attest(struct writer *writer, enum zero zero, enum office office, enum place_number root,
                          enum place_number unit, int32_t from_day, int32_t to_day)
{
    struct act *act = add(writer, EVENT_ZERO_ATTESTED, office);
    act->root = places[root].code;
    act->identity = any_identity(writer);
    act->event.unit = places[unit].code;
    act->event.attested.zero = zero;
    act->event.attested.basis = BASIS_REGISTER_CHECKED;
    act->event.attested.units = act->units;
    act->event.attested.from_day = from_day;
    act->event.attested.to_day = to_day;
    if (places[root].kind == UNIT_TOWN ? !once_in(writer, 5) : once_in(writer, 12))
        follow(writer, between(writer, 0, 12), FOLLOW_REVIEW, act);
    if (once_in(writer, 12))
        follow(writer, between(writer, 0, 60), FOLLOW_WITHDRAWAL, act);
    return act;
}

static struct act *attest_scope(struct writer *writer, enum zero zero, enum office office, enum place_number root,
                                enum place_number scope, int32_t from_day, int32_t to_day)
{
    struct act *act = attest(writer, zero, office, root, scope, from_day, to_day);
    act->event.attested.scope = true;
    return act;
}

/* The town that a unit was registered below. */
static enum place_number town_of(enum place_number place)
{
    while (places[place].kind != UNIT_TOWN)
        place = places[place].parent;
    return place;
}

/* What an office says of a whole month, in one of the ways in which offices say it. */
static void attest_month(struct writer *writer, enum zero zero, enum office office, int32_t from_day, int32_t to_day)
{
    int32_t way = between(writer, writer->silent ? 0 : -4, writer->silent ? 15 : 10);
    int32_t middle = between(writer, from_day, to_day);
    if (way < 5) {
        attest_scope(writer, zero, office, COUNTY, COUNTY, from_day, to_day);
    } else if (way < 7) {
        attest_scope(writer, zero, office, TOWN, TOWN, from_day, to_day);
        attest_scope(writer, zero, office, OTHER_TOWN, OTHER_TOWN, from_day, to_day);
    } else if (way < 9) {
        for (int32_t place = FIRST_AREA; place < PLACES; place++) {
            if (!writer->registered[place] || once_in(writer, 10))
                continue;
            struct act *act =
                attest(writer, zero, office, once_in(writer, 3) ? town_of((enum place_number)place) : COUNTY,
                       (enum place_number)place, from_day, to_day);
            if (once_in(writer, 4))
                act->event.attested.basis = BASIS_SITE_VISIT;
        }
    } else if (way < 10) {
        attest_scope(writer, zero, office, COUNTY, COUNTY, from_day, middle);
        if (!once_in(writer, 4))
            attest_scope(writer, zero, office, COUNTY, TOWN, middle + 1, to_day);
    }
}

static void attest_something(struct writer *writer)
{
    enum zero zero = (enum zero)below(writer, ZERO_COUNT);
    enum office office =
        once_in(writer, 6) ? (enum office)between(writer, OFFICE_PETITIONS, OFFICE_LEADERSHIP) : office_of(zero);
    int32_t from_day = writer->day - between(writer, 1, 120);
    int32_t to_day = from_day + between(writer, 0, 45);
    enum place_number unit = any_unit(writer);
    if (once_in(writer, 8)) {
        attest_scope(writer, zero, office, COUNTY, any_area(writer), from_day, to_day);
        return;
    }
    struct act *act = attest(writer, zero, office, once_in(writer, 4) ? town_of(unit) : COUNTY, unit, from_day, to_day);
    if (once_in(writer, 3)) {
        act->event.attested.basis = (enum basis)between(writer, BASIS_REGISTER_CHECKED, BASIS_HISTORIC);
        if (act->event.attested.basis == BASIS_HISTORIC && once_in(writer, 2))
            act->event.attested.from_day = day_on(2019, 1, 1) + between(writer, -60, 250);
    }
    if (once_in(writer, 4)) {
        uint32_t count = (uint32_t)between(writer, 2, ACT_UNITS);
        for (uint32_t i = 0; i < count; i++)
            act->units[i] = places[any_unit(writer)].code;
        act->event.attested.unit_count = count;
        act->event.unit = once_in(writer, 2) ? "" : act->units[0];
    }
}

static void attest_if_due(struct writer *writer)
{
    int32_t month = day_month_start(writer->day);
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        for (int other = 0; other < 2; other++) {
            int32_t *report_day = &writer->report_day[zero][other];
            if (writer->day == month)
                *report_day = month + (once_in(writer, 5) ? between(writer, 5, 25) : between(writer, 0, 4));
            if (writer->day == *report_day && (!other || zero == ZERO_ACCIDENT))
                attest_month(writer, (enum zero)zero, other ? OFFICE_PUBLIC_SECURITY : office_of((enum zero)zero),
                             day_month_start(month - 1), month - 1);
        }
    }
}

/* ---- what happens ---- */

static struct act *open_matter(struct writer *writer, enum event_kind kind, enum matter_kind matter, enum office office)
{
    enum place_number place = any_unit(writer);
    struct act *act = add(writer, kind, office);
    if (once_in(writer, 4))
        act->root = places[town_of(place)].code;
    act->event.occurred_at_us = noon_of(writer->day - (once_in(writer, 2) ? 0 : between(writer, 0, 60)));
    act->event.unit = places[place].code;
    act->event.matter_kind = matter;
    (void)snprintf(act->matter, sizeof act->matter, "M-%u", ++writer->matters);
    if (once_in(writer, 2)) {
        follow(writer, between(writer, 0, 40), FOLLOW_CORRECTION, act);
        if (once_in(writer, 2))
            follow(writer, between(writer, 0, 60), FOLLOW_CORRECTION, act);
    }
    if (once_in(writer, 2))
        follow(writer, between(writer, 0, 60), FOLLOW_RETRACTION, act);
    if (once_in(writer, 3))
        follow(writer, between(writer, 1, 40), FOLLOW_END, act);
    return act;
}

static void draw_petition(struct writer *writer, struct event *event)
{
    event->petition.type = once_in(writer, 6)   ? PETITION_ACCUSATION
                           : once_in(writer, 6) ? PETITION_SUGGESTION
                                                : PETITION_CLAIM;
    event->petition.channel = once_in(writer, 2) ? CHANNEL_VISIT : CHANNEL_LETTER;
    event->petition.solvable_at_unit_level = once_in(writer, 2);
}

static void draw_case(struct writer *writer, struct event *event)
{
    event->category = once_in(writer, 2) ? "THEFT" : "BRAWL";
    event->filed.class = once_in(writer, 2) ? CASE_ADMIN : CASE_CRIMINAL;
    event->filed.influence = once_in(writer, 2) ? 1 : INFLUENCE_MAJOR;
}

static void draw_accident(struct writer *writer, struct event *event)
{
    event->accident.deaths = once_in(writer, 3) ? (uint32_t)between(writer, 0, 11) : 0;
    event->accident.missing = once_in(writer, 5) ? 1 : 0;
    event->accident.serious_injuries = once_in(writer, 2) ? (uint32_t)between(writer, 0, 12) : 0;
    event->accident.loss = once_in(writer, 2) ? LOSS_BELOW_THRESHOLD
                                              : (enum loss_band)between(writer, LOSS_BELOW_THRESHOLD, LOSS_FROM_100M);
    event->accident.known_at_us = event->occurred_at_us;
    event->accident.reported_at_us = event->occurred_at_us + 1800000000;
}

static void petition(struct writer *writer)
{
    struct act *act = open_matter(writer, EVENT_PETITION_REGISTERED, MATTER_PETITION, OFFICE_PETITIONS);
    draw_petition(writer, &act->event);
    if (once_in(writer, 2))
        follow(writer, between(writer, 1, 30), FOLLOW_ESCALATION, act);
    if (!once_in(writer, 2))
        return;
    struct act *accepted = add(writer, EVENT_PETITION_ACCEPTED, OFFICE_PETITIONS);
    accepted->event.unit = act->event.unit;
    accepted->event.matter_kind = MATTER_PETITION;
    accepted->event.to_office = OFFICE_PETITIONS;
    memcpy(accepted->matter, act->matter, sizeof accepted->matter);
    follow(writer, HANDLING_DAYS + 1, FOLLOW_DEADLINE, accepted);
}

static void happen(struct writer *writer)
{
    switch (below(writer, 7)) {
    case 0:
    case 1:
        petition(writer);
        break;
    case 2:
    case 3:
        draw_case(writer, &open_matter(writer, EVENT_CASE_FILED, MATTER_CASE, OFFICE_PUBLIC_SECURITY)->event);
        break;
    case 4: {
        struct act *act = open_matter(writer, EVENT_HAZARD_FOUND, MATTER_HAZARD, OFFICE_WORK_SAFETY);
        act->event.hazard.grade = once_in(writer, 2) ? HAZARD_GENERAL : HAZARD_MAJOR;
        break;
    }
    default: {
        struct act *act = open_matter(writer, EVENT_ACCIDENT_REPORTED, MATTER_ACCIDENT, OFFICE_WORK_SAFETY);
        act->event.category = once_in(writer, 3) ? "TRAFFIC" : "COAL";
        draw_accident(writer, &act->event);
        if (once_in(writer, 2))
            follow(writer, between(writer, 0, 40), FOLLOW_SUPPLEMENT, act);
        if (once_in(writer, 4))
            follow(writer, between(writer, 0, 40), FOLLOW_SUPPLEMENT, act);
        break;
    }
    }
}

/* ---- what follows ---- */

/* An act of the same office about what `about` speaks of. */
static struct act *add_about(struct writer *writer, enum event_kind kind, const struct act *about)
{
    struct act *act = add(writer, kind, about->office);
    act->event.unit = about->event.unit;
    act->identity = any_identity(writer);
    return act;
}

static void keep_matter(struct act *act, const struct act *about)
{
    act->event.matter_kind = about->event.matter_kind;
    memcpy(act->matter, about->matter, sizeof act->matter);
}

/* Most changes come twice: the second approval, or the same person once more. */
static void maybe_second(struct writer *writer, const struct act *act)
{
    if (!once_in(writer, 4))
        follow(writer, between(writer, 0, 20), FOLLOW_SECOND, act);
}

static void review(struct writer *writer, const struct act *about)
{
    struct act *act = add_about(writer, EVENT_ATTESTATION_REVIEWED, about);
    act->target = (int32_t)number_of(writer, about);
    act->event.variant = once_in(writer, 5) ? 2 : 1;
    if (strcmp(about->root, places[COUNTY].code) == 0)
        act->root = places[CITY].code;
    else if (once_in(writer, 10))
        act->root = about->root;
    if (once_in(writer, 6))
        follow(writer, between(writer, 0, 30), FOLLOW_REVIEW, about);
}

static void withdraw(struct writer *writer, const struct act *about)
{
    struct act *act = add_about(writer, EVENT_ATTESTATION_WITHDRAWN, about);
    act->target = (int32_t)number_of(writer, about);
    act->root = about->root;
}

static void retract(struct writer *writer, const struct act *about)
{
    struct act *act = add_about(writer, EVENT_EVENT_RETRACTED, about);
    act->target = (int32_t)number_of(writer, about);
    maybe_second(writer, act);
}

static void correct(struct writer *writer, const struct act *about)
{
    if (about->event.kind == EVENT_HAZARD_FOUND)
        return;
    struct act *act = add_about(writer, EVENT_EVENT_CORRECTED, about);
    act->target = (int32_t)number_of(writer, about);
    keep_matter(act, about);
    act->event.matter_kind = MATTER_NONE;
    act->event.matter = "";
    act->replacement = about->event;
    act->replacement.matter = act->matter;
    if (about->event.kind == EVENT_CASE_FILED)
        draw_case(writer, &act->replacement);
    else if (about->event.kind == EVENT_ACCIDENT_REPORTED)
        draw_accident(writer, &act->replacement);
    else if (about->event.kind == EVENT_PETITION_REGISTERED)
        draw_petition(writer, &act->replacement);
    act->event.correction.replacement = &act->replacement;
    act->event.correction.content = 1000 + number_of(writer, act);
    maybe_second(writer, act);
}

static void supplement(struct writer *writer, const struct act *about)
{
    struct act *act = add_about(writer, EVENT_ACCIDENT_SUPPLEMENTED, about);
    keep_matter(act, about);
    draw_accident(writer, &act->event);
    if (once_in(writer, 2)) { /* more of the same */
        act->event.accident.deaths += about->event.accident.deaths;
        act->event.accident.serious_injuries += about->event.accident.serious_injuries;
    }
    maybe_second(writer, act);
}

static void escalate(struct writer *writer, const struct act *about)
{
    struct act *act = add_about(writer, EVENT_PETITION_ESCALATED, about);
    keep_matter(act, about);
    act->event.escalated.handled_below = once_in(writer, 2);
    act->event.escalated.overdue_below = once_in(writer, 3);
    if (once_in(writer, 3))
        follow(writer, between(writer, 0, 30), FOLLOW_RETRACTION, act);
}

static void pass_deadline(struct writer *writer, const struct act *about)
{
    struct act *act = add_about(writer, EVENT_DEADLINE_PASSED, about);
    by_whole_tree(act);
    keep_matter(act, about);
    act->office = OFFICE_HUB;
    act->event.variant = CLOCK_HANDLING;
    act->event.due_day = writer->day - 1;
    act->event.passed.level = 1;
    act->event.passed.task = "";
}

static void end_matter(struct writer *writer, const struct act *about)
{
    if (about->event.kind == EVENT_CASE_FILED) {
        keep_matter(add_about(writer, once_in(writer, 2) ? EVENT_CASE_RESOLVED : EVENT_CASE_WITHDRAWN, about), about);
    } else if (about->event.kind == EVENT_ACCIDENT_REPORTED) {
        keep_matter(add_about(writer, EVENT_ACCIDENT_INVESTIGATION_OPENED, about), about);
        keep_matter(add_about(writer, EVENT_ACCIDENT_CONCLUDED, about), about);
    }
}

static void take_second(struct writer *writer, uint32_t number)
{
    struct act *act = history_repeat(writer->history, number);
    assert(act);
    act->day = writer->day;
    act->event.occurred_at_us = noon_of(writer->day);
    act->identity = any_identity(writer);
    if (once_in(writer, 3))
        maybe_second(writer, act);
}

static void take_follows(struct writer *writer)
{
    for (uint32_t i = 0; i < writer->follow_count; i++) { /* what follows today may add to the list */
        if (writer->follows[i].day != writer->day)
            continue;
        struct follow due = writer->follows[i];
        const struct act *about = &writer->history->acts[due.act];
        switch (due.kind) {
        case FOLLOW_REVIEW:
            review(writer, about);
            break;
        case FOLLOW_WITHDRAWAL:
            withdraw(writer, about);
            break;
        case FOLLOW_RETRACTION:
            retract(writer, about);
            break;
        case FOLLOW_CORRECTION:
            correct(writer, about);
            break;
        case FOLLOW_SUPPLEMENT:
            supplement(writer, about);
            break;
        case FOLLOW_SECOND:
            take_second(writer, due.act);
            break;
        case FOLLOW_ESCALATION:
            escalate(writer, about);
            break;
        case FOLLOW_DEADLINE:
            pass_deadline(writer, about);
            break;
        case FOLLOW_END:
            end_matter(writer, about);
            break;
        }
    }
}

/* Any act of before as an exercise: it must change nothing. */
static void drill(struct writer *writer)
{
    struct history *history = writer->history;
    struct act *act = history_repeat(history, (uint32_t)below(writer, (int32_t)history->count));
    assert(act);
    act->day = writer->day;
    act->event.mode = once_in(writer, 2) ? MODE_EXERCISE : MODE_TEST;
    if (act->event.kind == EVENT_DAY_CLOSED || act->event.kind == EVENT_POLICY_ADOPTED)
        history->count--;
}

static void close_day(struct writer *writer)
{
    struct act *act = add(writer, EVENT_DAY_CLOSED, OFFICE_HUB);
    by_whole_tree(act);
    act->event.closed.day = writer->day;
}

void history_draw(struct history *history, uint64_t seed)
{
    static const int32_t old = 10957; /* 2000-01-01 */
    struct writer writer = {.history = history, .draw = {.seed = seed}};
    history->seed = seed;
    history->count = 0;
    history->policy_count = 0;
    writer.day = day_on(2019, 12, 10) + below(&writer, 20);
    history->first_day = writer.day;
    int32_t last = day_on(2021, 2, 1) + below(&writer, 60);
    uint32_t quiet = (uint32_t)between(&writer, 3, 25); /* days between two events, about */
    uint32_t steady = (uint32_t)between(&writer, 20, 200);
    writer.silent = once_in(&writer, 4);
    adopt(&writer, draw_policy(&writer));
    for (int32_t place = PROVINCE; place < FIRST_SPARE; place++) {
        bool young = place >= FIRST_AREA && once_in(&writer, 8);
        register_place(&writer, (enum place_number)place, young ? writer.day + between(&writer, -30, 90) : old);
    }
    for (; writer.day <= last; writer.day++) {
        take_follows(&writer);
        attest_if_due(&writer);
        if (once_in(&writer, 12))
            attest_something(&writer);
        if (once_in(&writer, quiet))
            happen(&writer);
        if (once_in(&writer, steady))
            change_tree(&writer);
        if (once_in(&writer, 200))
            adopt_another(&writer);
        if (once_in(&writer, 30))
            drill(&writer);
        close_day(&writer);
    }
    history->last_day = last;
}
