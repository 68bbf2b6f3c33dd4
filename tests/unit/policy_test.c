/* What breaks which zero under each preset, who receives what, and the grades of order 493. */
#include "domain/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "domain/day.h"
#include "policy_file.h"

enum preset { DEFAULT, HENAN, YUXIAN };
enum { PRESETS = 3 };
enum { LETTER = 2, VISIT = 5, NORMAL = 1 };

struct presets {
    struct policy policies[PRESETS];
};

static const char *const paths[PRESETS] = {
    [DEFAULT] = POLICY_FOLDER "/default.yaml",
    [HENAN] = POLICY_FOLDER "/henan-2022.yaml",
    [YUXIAN] = POLICY_FOLDER "/yuxian-2020.yaml",
};

static int read_presets(void **state)
{
    static struct presets presets;
    struct fault fault = {0};
    for (int i = 0; i < PRESETS; i++)
        if (!policy_read(paths[i], &presets.policies[i], NULL, &fault)) {
            print_error("%s\n", fault.text);
            return -1;
        }
    *state = &presets;
    return 0;
}

static int32_t day_of(const char *text)
{
    int32_t day = DAY_NONE;
    assert_true(day_parse(text, &day));
    return day;
}

/* Claims, accidents and cases of any kind break. */
static struct policy any_breaks(void)
{
    return (struct policy){
        .break_rule_count = 3,
        .break_rules = {{.event = EVENT_PETITION_REGISTERED, .zero = ZERO_PETITION},
                        {.event = EVENT_ACCIDENT_REPORTED, .zero = ZERO_ACCIDENT, .grade_at_least = GRADE_GENERAL},
                        {.event = EVENT_CASE_FILED,
                         .zero = ZERO_CASE,
                         .case_classes = 1u << CASE_ADMIN | 1u << CASE_CRIMINAL}},
    };
}
static struct policy one_rule(struct break_rule rule)
{
    return (struct policy){.break_rule_count = 1, .break_rules = {rule}};
}
static struct policy one_route(struct route route)
{
    return (struct policy){.route_count = 1, .routes = {route}};
}

static struct break_facts petition(enum petition_type type, uint32_t channel, bool solvable)
{
    return (struct break_facts){.kind = EVENT_PETITION_REGISTERED,
                                .matter_kind = MATTER_PETITION,
                                .class = type,
                                .channel = channel,
                                .petition_type = type,
                                .solvable = solvable,
                                .category = ""};
}
static struct break_facts escalated(bool failed_below, bool solvable)
{
    return (struct break_facts){.kind = EVENT_PETITION_ESCALATED,
                                .matter_kind = MATTER_PETITION,
                                .failed_below = failed_below,
                                .petition_type = PETITION_CLAIM,
                                .solvable = solvable,
                                .category = ""};
}
static struct break_facts accident(uint32_t deaths, uint32_t missing, uint32_t injuries, enum loss_band loss)
{
    return (struct break_facts){.kind = EVENT_ACCIDENT_REPORTED,
                                .matter_kind = MATTER_ACCIDENT,
                                .deaths = deaths,
                                .missing = missing,
                                .serious_injuries = injuries,
                                .loss = loss,
                                .category = ""};
}
static struct break_facts filed(enum case_class class, uint32_t influence)
{
    return (struct break_facts){
        .kind = EVENT_CASE_FILED, .matter_kind = MATTER_CASE, .class = class, .channel = influence, .category = ""};
}
static struct break_facts deadline(enum matter_kind matter, enum clock clock, uint32_t level)
{
    return (struct break_facts){.kind = EVENT_DEADLINE_PASSED,
                                .petition_type = matter == MATTER_PETITION ? PETITION_CLAIM : 0,
                                .matter_kind = matter,
                                .class = clock,
                                .channel = level,
                                .solvable = true,
                                .category = ""};
}
static struct break_facts other(enum event_kind kind)
{
    return (struct break_facts){.kind = kind, .category = ""};
}

enum { NOTHING = -1 };

static int broken_by(const struct policy *policy, const struct break_facts *facts)
{
    const struct break_rule *rule = policy_breaks(policy, facts);
    assert_true(!rule || policy_looks_at(policy, facts->kind));
    return rule ? (int)rule->zero : NOTHING;
}

static void each_preset_breaks_what_it_says(void **state)
{
    const struct presets *presets = *state;
    struct break_facts unsolvable = deadline(MATTER_PETITION, CLOCK_HANDLING, 1);
    unsolvable.solvable = false;
    const struct {
        const char *what;
        struct break_facts facts;
        int breaks[PRESETS]; /* zero, or NOTHING */
    } rows[] = {
        {"claim by visit", petition(PETITION_CLAIM, VISIT, false), {NOTHING, NOTHING, ZERO_PETITION}},
        {"solvable claim by visit", petition(PETITION_CLAIM, VISIT, true), {NOTHING, NOTHING, ZERO_PETITION}},
        {"claim by letter", petition(PETITION_CLAIM, LETTER, true), {NOTHING, NOTHING, NOTHING}},
        {"suggestion by visit", petition(PETITION_SUGGESTION, VISIT, true), {NOTHING, NOTHING, NOTHING}},
        {"accusation by visit", petition(PETITION_ACCUSATION, VISIT, true), {NOTHING, NOTHING, NOTHING}},
        {"escalated, failed below", escalated(true, true), {ZERO_PETITION, ZERO_PETITION, NOTHING}},
        {"escalated, failed and not solvable below", escalated(true, false), {ZERO_PETITION, NOTHING, NOTHING}},
        {"escalated though handled below", escalated(false, true), {NOTHING, NOTHING, NOTHING}},
        {"handling overdue", deadline(MATTER_PETITION, CLOCK_HANDLING, 1), {ZERO_PETITION, ZERO_PETITION, NOTHING}},
        {"handling overdue, not solvable", unsolvable, {ZERO_PETITION, NOTHING, NOTHING}},
        {"handling taken up again", deadline(MATTER_PETITION, CLOCK_HANDLING, 2), {NOTHING, NOTHING, NOTHING}},
        {"registration overdue", deadline(MATTER_PETITION, CLOCK_REGISTRATION, 1), {NOTHING, NOTHING, NOTHING}},
        {"rectification overdue", deadline(MATTER_HAZARD, CLOCK_RECTIFICATION, 1), {NOTHING, NOTHING, NOTHING}},
        {"accident without harm", accident(0, 0, 0, LOSS_BELOW_THRESHOLD), {NOTHING, NOTHING, ZERO_ACCIDENT}},
        {"accident, loss under 10 M", accident(0, 0, 0, LOSS_BELOW_10M), {NOTHING, NOTHING, ZERO_ACCIDENT}},
        {"accident, loss of 10 M", accident(0, 0, 0, LOSS_FROM_10M), {ZERO_ACCIDENT, NOTHING, ZERO_ACCIDENT}},
        {"one death", accident(1, 0, 0, LOSS_BELOW_THRESHOLD), {ZERO_ACCIDENT, ZERO_ACCIDENT, ZERO_ACCIDENT}},
        {"one missing", accident(0, 1, 0, LOSS_BELOW_THRESHOLD), {ZERO_ACCIDENT, ZERO_ACCIDENT, ZERO_ACCIDENT}},
        {"one injury", accident(0, 0, 1, LOSS_BELOW_THRESHOLD), {ZERO_ACCIDENT, ZERO_ACCIDENT, ZERO_ACCIDENT}},
        {"administrative case", filed(CASE_ADMIN, NORMAL), {NOTHING, NOTHING, ZERO_CASE}},
        {"administrative case, major", filed(CASE_ADMIN, INFLUENCE_MAJOR), {ZERO_CASE, ZERO_CASE, ZERO_CASE}},
        {"criminal case", filed(CASE_CRIMINAL, NORMAL), {ZERO_CASE, ZERO_CASE, ZERO_CASE}},
        {"criminal case, major", filed(CASE_CRIMINAL, INFLUENCE_MAJOR), {ZERO_CASE, ZERO_CASE, ZERO_CASE}},
        {"hazard", other(EVENT_HAZARD_FOUND), {NOTHING, NOTHING, NOTHING}},
        {"dispute", other(EVENT_DISPUTE_OPENED), {NOTHING, NOTHING, NOTHING}},
        {"case withdrawn", other(EVENT_CASE_WITHDRAWN), {NOTHING, NOTHING, NOTHING}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int preset = 0; preset < PRESETS; preset++) {
            const struct policy *policy = &presets->policies[preset];
            int found = broken_by(policy, &rows[i].facts);
            if (found != rows[i].breaks[preset])
                fail_msg("%s, preset %s: breaks %d, expected %d", rows[i].what, policy->preset, found,
                         rows[i].breaks[preset]);
        }
}

/* No policy that can be written breaks a zero on an accusation (信访工作条例 art. 30). */
static void an_accusation_breaks_nothing_under_any_rule(void **state)
{
    struct policy policy = any_breaks();
    const struct break_facts facts = petition(PETITION_ACCUSATION, VISIT, true);
    (void)state;
    policy.break_rules[0].petition_types = 1u << PETITION_ACCUSATION;
    assert_null(policy_breaks(&policy, &facts));
    policy.break_rules[0].petition_types = 0;
    assert_null(policy_breaks(&policy, &facts));
}

/* Ruling 23: only handling and rectification clocks can break a unit, each its own zero, when they pass first. */
static void of_all_clocks_only_handling_and_rectification_can_break_and_only_once(void **state)
{
    (void)state;
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        for (int matter = MATTER_NONE; matter <= MATTER_SEVEN_STEPS; matter++)
            for (int clock = 0; clock < CLOCK_LIMIT; clock++)
                for (uint32_t level = 1; level <= ESCALATION_LEVELS; level++) {
                    const struct policy policy =
                        one_rule((struct break_rule){.event = EVENT_DEADLINE_PASSED, .zero = (enum zero)zero});
                    const struct break_facts facts = deadline((enum matter_kind)matter, (enum clock)clock, level);
                    bool handling = zero == ZERO_PETITION && matter == MATTER_PETITION && clock == CLOCK_HANDLING;
                    bool repair = zero == ZERO_ACCIDENT && matter == MATTER_HAZARD && clock == CLOCK_RECTIFICATION;
                    if ((policy_breaks(&policy, &facts) != NULL) != ((handling || repair) && level == 1))
                        fail_msg("zero %d, matter %d, clock %d, level %u", zero, matter, clock, level);
                }
}

static void rules_break_only_what_meets_all_their_conditions(void **state)
{
    struct policy policy = one_rule((struct break_rule){.event = EVENT_PETITION_REGISTERED,
                                                        .zero = ZERO_PETITION,
                                                        .petition_types = 1u << PETITION_CLAIM,
                                                        .channels = 1u << VISIT,
                                                        .only_if_solvable = true,
                                                        .categories = {1, {"RURAL"}}});
    struct break_facts facts = petition(PETITION_CLAIM, VISIT, true);
    (void)state;
    facts.category = "RURAL";
    assert_ptr_equal(policy_breaks(&policy, &facts), &policy.break_rules[0]);
    facts.solvable = false;
    assert_null(policy_breaks(&policy, &facts));
    facts.solvable = true;
    facts.channel = LETTER;
    assert_null(policy_breaks(&policy, &facts));
    facts.channel = VISIT;
    facts.category = "TRANSPORT";
    assert_null(policy_breaks(&policy, &facts));
    facts.category = "RURAL";
    facts.petition_type = PETITION_SUGGESTION;
    assert_null(policy_breaks(&policy, &facts));
}

/* What breaks a zero is never code: every type that the catalogue has can be named. */
static void a_rule_may_name_any_type_of_event(void **state)
{
    static const enum event_kind kinds[] = {EVENT_HAZARD_FOUND,     EVENT_DISPUTE_OPENED,    EVENT_MEDIATION_ENDED,
                                            EVENT_AGREEMENT_BROKEN, EVENT_PETITION_ACCEPTED, EVENT_GRID_REPORTED,
                                            EVENT_HAZARD_REOPENED,  EVENT_CASE_REOPENED,     EVENT_SELF_CHECK_RECORDED};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct policy policy = one_rule((struct break_rule){.event = kinds[i], .zero = ZERO_CASE});
        const struct break_facts facts = other(kinds[i]);
        const struct break_facts hidden = other(EVENT_CAMERA_RETIRED);
        assert_int_equal(broken_by(&policy, &facts), ZERO_CASE);
        assert_int_equal(broken_by(&policy, &hidden), NOTHING);
        assert_true(policy_looks_at(&policy, kinds[i]));
        assert_false(policy_looks_at(&policy, EVENT_CAMERA_RETIRED));
    }
}

static void a_rule_about_hazards_looks_at_grade_and_category(void **state)
{
    static const struct {
        uint32_t grade;
        const char *category;
        bool breaks;
    } rows[] = {
        {HAZARD_MAJOR, "FIRE", true},     {HAZARD_MAJOR, "MINE", true}, {HAZARD_GENERAL, "FIRE", false},
        {HAZARD_MAJOR, "TRAFFIC", false}, {HAZARD_MAJOR, "", false},
    };
    const struct policy policy = one_rule((struct break_rule){.event = EVENT_HAZARD_FOUND,
                                                              .zero = ZERO_ACCIDENT,
                                                              .hazard_grades = 1u << HAZARD_MAJOR,
                                                              .categories = {2, {"FIRE", "MINE"}}});
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct break_facts facts = other(EVENT_HAZARD_FOUND);
        facts.class = rows[i].grade;
        facts.category = rows[i].category;
        if ((policy_breaks(&policy, &facts) != NULL) != rows[i].breaks)
            fail_msg("grade %u, category '%s'", rows[i].grade, rows[i].category);
    }
}

enum {
    P = 1 << OFFICE_PETITIONS,
    S = 1 << OFFICE_WORK_SAFETY,
    U = 1 << OFFICE_PUBLIC_SECURITY,
    G = 1 << OFFICE_GOVERNANCE,
    L = 1 << OFFICE_LEADERSHIP,
    D = 1 << OFFICE_DISCIPLINE
};

static struct event event_of(enum event_kind kind, const char *category)
{
    return (struct event){.kind = kind, .category = category};
}
static struct event registered(enum petition_type type, const char *category)
{
    struct event event = event_of(EVENT_PETITION_REGISTERED, category);
    event.petition.type = type;
    return event;
}

static void an_accusation_goes_only_where_a_route_names_it(void **state)
{
    const struct presets *presets = *state;
    const struct event accusation = registered(PETITION_ACCUSATION, "LEGAL_CASE"); /* a claim of it goes to police */
    const struct event claim = registered(PETITION_CLAIM, "RURAL");
    const struct route_context joint = {
        .publisher = OFFICE_PETITIONS, .matter_kind = MATTER_PETITION, .handler = OFFICE_WORK_SAFETY, .joint = S | U};
    for (int preset = 0; preset < PRESETS; preset++)
        assert_int_equal(policy_routes(&presets->policies[preset], &accusation, &joint), D);
    /* Routes that name no types, be it of every event, take all but accusations. */
    const struct policy registrations = one_route((struct route){.event = EVENT_PETITION_REGISTERED, .to = G});
    const struct policy any = one_route((struct route){.to = G, .to_handler = true, .to_joint = true});
    assert_int_equal(policy_routes(&registrations, &accusation, &joint), 0);
    assert_int_equal(policy_routes(&registrations, &claim, &joint), G);
    assert_int_equal(policy_routes(&any, &accusation, &joint), 0);
    assert_int_equal(policy_routes(&any, &claim, &joint), G | S | U);
}

static void routes_lead_to_offices_and_to_whom_event_or_matter_name(void **state)
{
    const struct event event = {
        .kind = EVENT_MATTER_TRANSFERRED, .category = "", .named = U, .to_office = OFFICE_GOVERNANCE};
    const struct event plain = event_of(EVENT_GRID_HANDLED, "");
    const struct route_context nobody = {.matter_kind = MATTER_SEVEN_STEPS};
    const struct route_context somebody = {
        .matter_kind = MATTER_SEVEN_STEPS, .handler = OFFICE_WORK_SAFETY, .joint = P | U};
    const struct policy named = one_route((struct route){.to_named = true});
    const struct policy handler = one_route((struct route){.to_handler = true});
    const struct policy joint = one_route((struct route){.to_joint = true});
    const struct policy all =
        one_route((struct route){.to = L, .to_named = true, .to_handler = true, .to_joint = true});
    (void)state;
    assert_int_equal(policy_routes(&named, &event, &somebody), U | G);
    assert_int_equal(policy_routes(&named, &plain, &somebody), 0);
    assert_int_equal(policy_routes(&handler, &event, &somebody), S);
    assert_int_equal(policy_routes(&handler, &event, &nobody), 0);
    assert_int_equal(policy_routes(&joint, &event, &somebody), P | U);
    assert_int_equal(policy_routes(&joint, &event, &nobody), 0);
    assert_int_equal(policy_routes(&all, &event, &somebody), L | U | G | S | P);
}

static void a_route_takes_only_what_meets_all_its_conditions(void **state)
{
    struct event late = event_of(EVENT_DEADLINE_PASSED, "FIRE");
    late.passed.level = 2;
    const struct route_context hazard = {.publisher = OFFICE_HUB, .matter_kind = MATTER_HAZARD};
    const struct {
        const char *what;
        struct route route;
        bool takes;
    } rows[] = {
        {"every event", {.to = G}, true},
        {"another event", {.event = EVENT_HAZARD_FOUND, .to = G}, false},
        {"its level", {.event = EVENT_DEADLINE_PASSED, .levels = 1u << 2 | 1u << 3, .to = G}, true},
        {"another level", {.event = EVENT_DEADLINE_PASSED, .levels = 1u << 1, .to = G}, false},
        {"its matter", {.matter_kinds = 1u << MATTER_HAZARD, .to = G}, true},
        {"another matter", {.matter_kinds = 1u << MATTER_PETITION, .to = G}, false},
        {"its publisher", {.from = OFFICE_BIT(OFFICE_HUB), .to = G}, true},
        {"another publisher", {.from = P | S, .to = G}, false},
        {"its category", {.categories = {2, {"MINE", "FIRE"}}, .to = G}, true},
        {"another category", {.categories = {1, {"MINE"}}, .to = G}, false},
        {"petitions of a type", {.petition_types = 1u << PETITION_CLAIM, .to = G}, false},
        {"explosives", {.explosives_only = true, .to = G}, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct policy policy = one_route(rows[i].route);
        if (policy_routes(&policy, &late, &hazard) != (rows[i].takes ? G : 0))
            fail_msg("%s", rows[i].what);
    }
    struct event supervision = event_of(EVENT_SUPERVISION_ISSUED, "");
    const struct policy third = one_route((struct route){.levels = 1u << 3, .to = L});
    supervision.supervision.level = 3;
    assert_int_equal(policy_routes(&third, &supervision, &hazard), L);
    supervision.supervision.level = 1;
    assert_int_equal(policy_routes(&third, &supervision, &hazard), 0);
    const struct event unlevelled = event_of(EVENT_HAZARD_FOUND, "");
    assert_int_equal(policy_routes(&third, &unlevelled, &hazard), 0);
}

static struct event late_at(uint32_t level)
{
    struct event event = event_of(EVENT_DEADLINE_PASSED, "");
    event.passed.level = level;
    return event;
}

/* DOMAIN 4.10. */
static void events_go_to_the_offices_that_must_act(void **state)
{
    const struct presets *presets = *state;
    struct event explosives = event_of(EVENT_HAZARD_FOUND, "EXPLOSIVES");
    struct event transferred = event_of(EVENT_MATTER_TRANSFERRED, "");
    struct event opened_jointly = event_of(EVENT_JOINT_HANDLING_OPENED, "");
    explosives.hazard.explosives = true;
    transferred.to_office = OFFICE_WORK_SAFETY;
    opened_jointly.named = P | U;
    const struct {
        const char *what;
        struct event event;
        struct route_context context;
        office_set to;
    } rows[] = {
        {"hazard seen in a grid", event_of(EVENT_HAZARD_FOUND, "FIRE"), {OFFICE_GOVERNANCE, MATTER_HAZARD, 0, 0}, S},
        {"hazard", event_of(EVENT_HAZARD_FOUND, "FIRE"), {OFFICE_WORK_SAFETY, MATTER_HAZARD, 0, 0}, 0},
        {"explosives", explosives, {OFFICE_WORK_SAFETY, MATTER_HAZARD, 0, 0}, U},
        {"explosives in a grid", explosives, {OFFICE_GOVERNANCE, MATTER_HAZARD, 0, 0}, S | U},
        {"explosives checked", event_of(EVENT_EXPLOSIVES_CHECK_RECORDED, ""), {OFFICE_PUBLIC_SECURITY, 0, 0, 0}, S},
        {"transferred", transferred, {OFFICE_GOVERNANCE, MATTER_SEVEN_STEPS, 0, 0}, S},
        {"accident", event_of(EVENT_ACCIDENT_REPORTED, ""), {OFFICE_WORK_SAFETY, MATTER_ACCIDENT, 0, 0}, U | L},
        {"alerts", event_of(EVENT_ALERTS_TALLIED, ""), {OFFICE_PUBLIC_SECURITY, 0, 0, 0}, S},
        {"liability", event_of(EVENT_CASE_FILED, "LIABILITY_ACCIDENT"), {OFFICE_PUBLIC_SECURITY, MATTER_CASE, 0, 0}, S},
        {"theft", event_of(EVENT_CASE_FILED, "THEFT"), {OFFICE_PUBLIC_SECURITY, MATTER_CASE, 0, 0}, 0},
        {"may become a case", event_of(EVENT_DISPUTE_OPENED, "DAMAGES"), {OFFICE_GOVERNANCE, MATTER_DISPUTE, 0, 0}, U},
        {"damages at a station",
         event_of(EVENT_DISPUTE_OPENED, "DAMAGES"),
         {OFFICE_PUBLIC_SECURITY, MATTER_DISPUTE, 0, 0},
         0},
        {"fit for mediation",
         event_of(EVENT_DISPUTE_OPENED, "NEIGHBOUR"),
         {OFFICE_PUBLIC_SECURITY, MATTER_DISPUTE, 0, 0},
         G},
        {"never mediated",
         event_of(EVENT_DISPUTE_OPENED, "DOMESTIC_VIOLENCE"),
         {OFFICE_PUBLIC_SECURITY, MATTER_DISPUTE, 0, 0},
         0},
        {"escalated",
         event_of(EVENT_PETITION_ESCALATED, ""),
         {OFFICE_PETITIONS, MATTER_PETITION, OFFICE_WORK_SAFETY, 0},
         L | P | S},
        {"legal case", registered(PETITION_CLAIM, "LEGAL_CASE"), {OFFICE_PETITIONS, MATTER_PETITION, 0, 0}, U},
        {"safety claim", registered(PETITION_CLAIM, "WORK_SAFETY"), {OFFICE_PETITIONS, MATTER_PETITION, 0, 0}, S},
        {"claim", registered(PETITION_CLAIM, "RURAL"), {OFFICE_PETITIONS, MATTER_PETITION, 0, 0}, 0},
        {"joint", opened_jointly, {OFFICE_PETITIONS, MATTER_PETITION, 0, 0}, P | U},
        {"step of a joint matter",
         event_of(EVENT_OPINION_ISSUED, ""),
         {OFFICE_PETITIONS, MATTER_PETITION, 0, P | U},
         P | U},
        {"overdue", late_at(1), {OFFICE_HUB, MATTER_PETITION, OFFICE_WORK_SAFETY, 0}, S},
        {"petition overdue, 2", late_at(2), {OFFICE_HUB, MATTER_PETITION, OFFICE_WORK_SAFETY, 0}, S | P},
        {"petition overdue, 3", late_at(3), {OFFICE_HUB, MATTER_PETITION, OFFICE_WORK_SAFETY, 0}, S | P | L},
        {"hazard overdue, 2", late_at(2), {OFFICE_HUB, MATTER_HAZARD, OFFICE_GOVERNANCE, 0}, G | S},
        {"grid matter overdue, 3", late_at(3), {OFFICE_HUB, MATTER_SEVEN_STEPS, OFFICE_WORK_SAFETY, 0}, S | G | L},
        {"attested", event_of(EVENT_ZERO_ATTESTED, ""), {OFFICE_PETITIONS, 0, 0, 0}, 0},
    };
    for (int preset = 0; preset < PRESETS; preset++)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            const struct policy *policy = &presets->policies[preset];
            const office_set to = policy_routes(policy, &rows[i].event, &rows[i].context);
            if (to != rows[i].to)
                fail_msg("%s, preset %s: routed to %x, expected %x", rows[i].what, policy->preset, to, rows[i].to);
        }
}

static void every_route_of_a_preset_names_its_ground(void **state)
{
    const struct presets *presets = *state;
    for (int preset = 0; preset < PRESETS; preset++)
        for (uint32_t i = 0; i < presets->policies[preset].route_count; i++)
            assert_string_not_equal(presets->policies[preset].routes[i].ground, "");
}

static enum loss_band band_of(uint64_t yuan)
{
    return yuan >= 100000000  ? LOSS_FROM_100M
           : yuan >= 50000000 ? LOSS_FROM_50M
           : yuan >= 10000000 ? LOSS_FROM_10M
                              : LOSS_BELOW_10M;
}

static void accidents_have_the_grade_of_order_493(void **state)
{
    static const struct {
        uint32_t deaths, injuries;
        uint64_t loss_yuan;
        enum accident_grade grade;
    } rows[] = {
        {0, 1, 0, GRADE_GENERAL},
        {2, 9, 9999999, GRADE_GENERAL},
        {3, 0, 0, GRADE_LARGER},
        {0, 10, 0, GRADE_LARGER},
        {0, 0, 10000000, GRADE_LARGER},
        {9, 49, 49999999, GRADE_LARGER},
        {10, 0, 0, GRADE_MAJOR},
        {0, 50, 0, GRADE_MAJOR},
        {0, 0, 50000000, GRADE_MAJOR},
        {29, 99, 99999999, GRADE_MAJOR},
        {30, 0, 0, GRADE_EXTRA_MAJOR},
        {0, 100, 0, GRADE_EXTRA_MAJOR},
        {0, 0, 100000000, GRADE_EXTRA_MAJOR},
        {2, 50, 0, GRADE_MAJOR},
        {0, 0, 0, GRADE_GENERAL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (accident_grade(rows[i].deaths, rows[i].injuries, band_of(rows[i].loss_yuan)) != rows[i].grade)
            fail_msg("%u deaths, %u injuries, %llu yuan: expected grade %d", rows[i].deaths, rows[i].injuries,
                     (unsigned long long)rows[i].loss_yuan, (int)rows[i].grade);
}

static void a_day_is_due_with_its_reporting_period(void **state)
{
    struct policy policy = {.cadence = CADENCE_MONTHLY, .grace_days = 5};
    (void)state;
    assert_int_equal(policy_due(&policy, day_of("2020-02-01")), day_of("2020-03-05"));
    assert_int_equal(policy_due(&policy, day_of("2020-02-29")), day_of("2020-03-05"));
    assert_int_equal(policy_due(&policy, day_of("2020-12-31")), day_of("2021-01-05"));
    policy.cadence = CADENCE_DAILY;
    policy.grace_days = 1;
    assert_int_equal(policy_due(&policy, day_of("2020-02-29")), day_of("2020-03-01"));
}

/* Whether a line may differ between presets: the title, the names and days, what breaks, and targets. */
static bool may_differ(const char *line, size_t size)
{
    static const char *const words[] = {
        "version: ", "preset: ", "effective_from: ", "starts_on: ", "{zero: ", "{year: 202", "targets:", "创建目标"};
    char text[512];
    assert_true(size < sizeof text);
    memcpy(text, line, size);
    text[size] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(text, words[i]) && (strcmp(words[i], "{zero: ") != 0 || strstr(text, "event: ")))
            return true;
    return size == 0;
}

/* The file without its title and those lines; free it. */
static char *what_is_common(const char *path)
{
    struct policy policy;
    struct fault fault;
    char *text;
    if (!policy_read(path, &policy, &text, &fault))
        fail_msg("%s", fault.text);
    char *to = text;
    for (const char *line = text + strcspn(text, "\n") + 1; *line != '\0';) {
        const size_t size = strcspn(line, "\n");
        if (!may_differ(line, size)) {
            memmove(to, line, size + 1);
            to += size + 1;
        }
        line += size + 1;
    }
    *to = '\0';
    return text;
}

static void the_three_presets_differ_in_what_breaks_from_when_and_in_targets(void **state)
{
    const struct presets *presets = *state;
    static const char *const names[PRESETS] = {"default", "henan-2022", "yuxian-2020"};
    char *common = what_is_common(paths[DEFAULT]);
    assert_true(strlen(common) > 8192);
    for (int i = 0; i < PRESETS; i++) {
        char *same = what_is_common(paths[i]);
        assert_string_equal(presets->policies[i].preset, names[i]);
        assert_string_equal(same, common);
        free(same);
    }
    free(common);
    assert_string_equal(presets->policies[YUXIAN].version, "yuxian-2020-1");
    assert_int_equal(presets->policies[YUXIAN].starts_on, day_of("2019-01-01"));
    assert_int_equal(presets->policies[YUXIAN].effective_from, day_of("2019-01-01"));
    assert_int_equal(presets->policies[DEFAULT].target_count, 0);
    assert_int_equal(presets->policies[HENAN].target_count, 2);
    assert_int_equal(presets->policies[HENAN].targets[0].year, 2022);
    assert_int_equal(presets->policies[HENAN].targets[0].area_percent, 70);
    assert_int_equal(presets->policies[HENAN].targets[0].enterprise_percent, 80);
    assert_int_equal(presets->policies[HENAN].targets[1].area_percent, 80);
    assert_int_equal(presets->policies[HENAN].targets[1].enterprise_percent, 90);
}

static void the_presets_attest_as_the_article_does(void **state)
{
    const struct presets *presets = *state;
    const struct policy *policy = &presets->policies[DEFAULT];
    assert_int_equal(policy->basis_mask, 1u << BASIS_REGISTER_CHECKED | 1u << BASIS_SITE_VISIT);
    assert_int_equal(policy->required[ZERO_PETITION], P);
    assert_int_equal(policy->required[ZERO_ACCIDENT], S);
    assert_int_equal(policy->required[ZERO_CASE], U);
    assert_int_equal(policy->cadence, CADENCE_MONTHLY);
    assert_int_equal(policy->grace_days, 5);
    assert_int_equal(policy->counts_from_level, UNIT_COUNTY);
    assert_false(policy->territory_too);
    assert_int_equal(policy_zone(policy), 480);
    assert_int_equal(policy_zone(NULL), 480);
}

static void the_presets_have_the_limits_of_the_law(void **state)
{
    const struct presets *presets = *state;
    const struct policy *policy = &presets->policies[DEFAULT];
    static const struct limit limits[CLOCK_LIMIT] = {
        [CLOCK_REGISTRATION] = {15, false}, [CLOCK_OBJECTION] = {5, true}, [CLOCK_ACCEPTANCE] = {15, false},
        [CLOCK_HANDLING] = {60, false},     [CLOCK_REVIEW] = {30, false},  [CLOCK_INVESTIGATION] = {60, false},
    };
    for (int clock = 0; clock < CLOCK_LIMIT; clock++)
        if (policy->limits[clock].days != limits[clock].days || policy->limits[clock].working != limits[clock].working)
            fail_msg("clock %d: %d days", clock, policy->limits[clock].days);
    assert_int_equal(policy->accident_limit_minutes, 60);
    assert_int_equal(policy->extension_days_max, 30);
    assert_int_equal(policy->ask_review_days, 30);
    assert_int_equal(policy->court_confirmation_days, 30);
    assert_int_equal(policy->supplement_days, 30);
    assert_int_equal(policy->supplement_days_short, 7);
    assert_true(categories_hold(&policy->short_industries, "FIRE"));
    assert_true(categories_hold(&policy->short_industries, "ROAD_TRAFFIC"));
    assert_false(categories_hold(&policy->short_industries, "COAL_MINE"));
    assert_int_equal(policy->escalation.warn_days, 5);
    assert_int_equal(policy->escalation.after_days[1], 0);
    assert_int_equal(policy->escalation.after_days[2], 3);
    assert_int_equal(policy->escalation.after_days[3], 10);
    assert_int_equal(policy->min_cell, 3);
}

/* Five working days from a Friday before Qingming, and the make-up days of the State Council's notice. */
static void the_presets_know_the_holidays_of_2020(void **state)
{
    const struct presets *presets = *state;
    const struct policy *policy = &presets->policies[YUXIAN];
    static const struct {
        const char *day;
        bool worked;
    } rows[] = {
        {"2019-12-31", true},  {"2020-01-01", false}, {"2020-01-19", true},  {"2020-01-23", true},
        {"2020-01-24", false}, {"2020-02-01", false}, {"2020-02-02", false}, {"2020-02-03", true},
        {"2020-04-03", true},  {"2020-04-06", false}, {"2020-04-07", true},  {"2020-04-26", true},
        {"2020-05-05", false}, {"2020-05-09", true},  {"2020-06-25", false}, {"2020-06-28", true},
        {"2020-09-27", true},  {"2020-10-01", false}, {"2020-10-08", false}, {"2020-10-10", true},
        {"2020-10-11", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (calendar_is_workday(&policy->calendar, day_of(rows[i].day)) != rows[i].worked)
            fail_msg("%s", rows[i].day);
    assert_int_equal(calendar_due(&policy->calendar, day_of("2020-04-03"), policy->limits[CLOCK_OBJECTION]),
                     day_of("2020-04-13"));
    assert_int_equal(calendar_due(&policy->calendar, day_of("2020-04-03"), policy->limits[CLOCK_REGISTRATION]),
                     day_of("2020-04-18"));
    assert_int_equal(calendar_due(&policy->calendar, day_of("2020-04-18"), policy->limits[CLOCK_HANDLING]),
                     day_of("2020-06-17"));
}

static void the_presets_name_what_the_county_named(void **state)
{
    const struct presets *presets = *state;
    const struct policy *policy = &presets->policies[DEFAULT];
    static const char *const named[][2] = {
        {"measure.M01", "强化组织领导"},
        {"measure.M02", "党建引领"},
        {"measure.M03", "基层保障"},
        {"measure.M04", "监督问效"},
        {"work_system.W01", "滚动摸排"},
        {"work_system.W02", "层层审核"},
        {"work_system.W03", "清单管理"},
        {"dispute.DAMAGES", "损害赔偿"},
        {"hazard.FIRE", "消防"},
        {"case.THEFT", "盗窃"},
        {"petition.RURAL", "农村农业"},
        {"outcome.SETTLED", "息诉息访"},
        {"measure.M11", ""},
        {"measure", ""},
        {"", ""},
    };
    static const char *const steps[] = {"step.REPORTED", "step.REGISTERED", "step.DISPATCHED", "step.HANDLED",
                                        "step.ANSWERED", "step.CHECKED",    "step.CLOSED"};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        assert_string_equal(policy_label(policy, named[i][0]), named[i][1]);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        assert_string_not_equal(policy_label(policy, steps[i]), "");
    for (int i = 1; i <= SELF_CHECK_ITEMS; i++) {
        const char code[] = {
            's', 'e', 'l', 'f', '_', 'c', 'h', 'e', 'c', 'k', '.', (char)('0' + i / 10), (char)('0' + i % 10), '\0'};
        assert_string_not_equal(policy_label(policy, code), "");
    }
    assert_int_equal(policy_campaign(policy, "C01"), 0);
    assert_int_equal(policy_campaign(policy, "C05"), -1); /* out of scope */
    assert_int_equal(policy_campaign(policy, ""), -1);
    assert_int_equal(policy->campaign_count, 9);
    const struct campaign *last = &policy->campaigns[policy_campaign(policy, "C10")];
    assert_string_equal(last->name, "网格服务能力提升战");
    assert_int_equal(last->lead, OFFICE_GOVERNANCE);
}

static void the_presets_know_what_contradicts_what(void **state)
{
    const struct presets *presets = *state;
    const struct policy *policy = &presets->policies[DEFAULT];
    assert_int_equal(policy->triangulation_count, 3);
    assert_string_equal(policy->triangulations[0].code, "WORK_CASUALTY");
    assert_int_equal(policy->triangulations[0].kind, ALERT_WITHOUT_ACCIDENT);
    assert_int_equal(policy->triangulations[0].within_days, 1);
    assert_int_equal(policy->triangulations[0].offices, S | U);
    assert_string_equal(policy->triangulations[1].code, "CASE_LIABILITY");
    assert_int_equal(policy->triangulations[1].kind, CASE_WITHOUT_ACCIDENT);
    assert_true(categories_hold(&policy->triangulations[1].categories, "LIABILITY_ACCIDENT"));
    assert_false(categories_hold(&policy->triangulations[1].categories, "THEFT"));
    assert_string_equal(policy->triangulations[2].code, "ESCALATED_BUT_SWEPT");
    assert_int_equal(policy->triangulations[2].kind, ESCALATION_WITHOUT_DISPUTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_preset_breaks_what_it_says),
        cmocka_unit_test(an_accusation_breaks_nothing_under_any_rule),
        cmocka_unit_test(of_all_clocks_only_handling_and_rectification_can_break_and_only_once),
        cmocka_unit_test(rules_break_only_what_meets_all_their_conditions),
        cmocka_unit_test(a_rule_may_name_any_type_of_event),
        cmocka_unit_test(a_rule_about_hazards_looks_at_grade_and_category),
        cmocka_unit_test(an_accusation_goes_only_where_a_route_names_it),
        cmocka_unit_test(routes_lead_to_offices_and_to_whom_event_or_matter_name),
        cmocka_unit_test(a_route_takes_only_what_meets_all_its_conditions),
        cmocka_unit_test(events_go_to_the_offices_that_must_act),
        cmocka_unit_test(every_route_of_a_preset_names_its_ground),
        cmocka_unit_test(accidents_have_the_grade_of_order_493),
        cmocka_unit_test(a_day_is_due_with_its_reporting_period),
        cmocka_unit_test(the_three_presets_differ_in_what_breaks_from_when_and_in_targets),
        cmocka_unit_test(the_presets_attest_as_the_article_does),
        cmocka_unit_test(the_presets_have_the_limits_of_the_law),
        cmocka_unit_test(the_presets_know_the_holidays_of_2020),
        cmocka_unit_test(the_presets_name_what_the_county_named),
        cmocka_unit_test(the_presets_know_what_contradicts_what),
    };
    return cmocka_run_group_tests(tests, read_presets, NULL);
}
