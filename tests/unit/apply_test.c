/* What the domain takes and refuses, and what a record does to the state: DOMAIN 4.12, the invariants as random
 * runs. */
#include "domain/apply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"
#include "domain/day.h"
#include "domain/moves.h"
#include "domain/rollup.h"
#include "draw.h"

static void open_default(struct county *county)
{
    const struct policy policy = county_policy();
    county_open(county, &policy, "2020-02-10");
}

static void check_verdict(struct county *county, const struct event *event, enum office office, enum verdict expected)
{
    enum verdict found = county_take(county, event, office);
    if (found != expected)
        fail_msg("event %d: verdict %d (%s), expected %d", (int)event->kind, (int)found, county->ruling.text,
                 (int)expected);
}

static void an_unknown_unit_is_refused(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    const struct event event = county_opening(&county, MATTER_CASE, "c-1", "140322102999");
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_UNKNOWN_UNIT);
    assert_non_null(strstr(county.ruling.text, "140322102999"));
    struct event attested = county_attestation(&county, ZERO_CASE, CODE_TOWN, "2020-01-01", "2020-01-31");
    static const char *const units[] = {CODE_VILLAGE, "140322102998"};
    attested.attested.units = units;
    attested.attested.unit_count = 2;
    check_verdict(&county, &attested, OFFICE_PUBLIC_SECURITY, VERDICT_UNKNOWN_UNIT);
    assert_non_null(strstr(county.ruling.text, "140322102998"));
    const struct event enterprise = county_opening(&county, MATTER_CASE, "c-1", "91140322MA90000116");
    check_verdict(&county, &enterprise, OFFICE_PUBLIC_SECURITY, VERDICT_UNKNOWN_UNIT);
    assert_null(strstr(county.ruling.text, "91140322")); /* it could be an identity number */
    assert_non_null(strstr(county.ruling.text, "character 18: "));
    county_close(&county);
}

static void a_type_about_a_unit_needs_one(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    const struct event event = county_opening(&county, MATTER_CASE, "c-1", "");
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_MISSING_FIELD);
    county_close(&county);
}

static void nobody_publishes_outside_their_subtree(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    const struct event event = county_opening(&county, MATTER_CASE, "c-1", CODE_VILLAGE);
    assert_int_equal(county_take_below(&county, &event, OFFICE_PUBLIC_SECURITY, CODE_OTHER_TOWN),
                     VERDICT_NOT_PERMITTED);
    const struct event above = county_opening(&county, MATTER_CASE, "c-1", CODE_COUNTY);
    assert_int_equal(county_take_below(&county, &above, OFFICE_PUBLIC_SECURITY, CODE_TOWN), VERDICT_NOT_PERMITTED);
    assert_int_equal(county_take_below(&county, &event, OFFICE_PUBLIC_SECURITY, CODE_TOWN), VERDICT_ACCEPTED);
    const struct event enterprise = county_opening(&county, MATTER_CASE, "c-2", CODE_ENTERPRISE);
    assert_int_equal(county_take_below(&county, &enterprise, OFFICE_PUBLIC_SECURITY, CODE_VILLAGE), VERDICT_ACCEPTED);
    /* Each unit that an attestation names must stand there too. */
    struct event attested = county_attestation(&county, ZERO_CASE, CODE_TOWN, "2020-01-01", "2020-01-31");
    static const char *const units[] = {CODE_VILLAGE, CODE_COMMUNITY};
    attested.attested.units = units;
    attested.attested.unit_count = 2;
    assert_int_equal(county_take_below(&county, &attested, OFFICE_PUBLIC_SECURITY, CODE_TOWN), VERDICT_NOT_PERMITTED);
    county_close(&county);
}

static void time_ahead_or_before_the_policys_start_is_refused(void **unused)
{
    static const int64_t minute_us = 60000000;
    struct policy policy = county_policy();
    struct county county;
    (void)unused;
    policy.history_accepted = false;
    county_open(&county, &policy, "2020-02-10");
    struct event event = county_opening(&county, MATTER_CASE, "c-1", CODE_VILLAGE);
    int64_t now_us = day_start_time(county.state.heads.today + 1, 480) - 1; /* the clock of county_take */
    event.occurred_at_us = now_us + 15 * minute_us + 1;
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_BAD_TIME);
    event.occurred_at_us = day_start_time(day_of("2020-01-01"), 480) - 1;
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_BAD_TIME);
    event.occurred_at_us = day_start_time(day_of("2020-01-01"), 480);
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    event.matter = "c-2";
    event.occurred_at_us = now_us + 15 * minute_us;
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    county_close(&county);
}

static void history_is_accepted_if_the_policy_says_so(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event event = county_opening(&county, MATTER_CASE, "c-1", CODE_VILLAGE);
    event.occurred_at_us = county_event_on(EVENT_CASE_FILED, "", "2019-12-31").occurred_at_us;
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    county_close(&county);
}

static struct event registration(const struct county *county, enum unit_kind kind, const char *code, const char *parent)
{
    struct event event = county_event(county, EVENT_UNIT_REGISTERED, code);
    event.unit_facts.kind = kind;
    event.unit_facts.name = "示范01村";
    event.unit_facts.parent = parent;
    event.unit_facts.from_day = day_of("2020-01-01");
    return event;
}

static void a_unit_is_registered_once_under_a_code_that_fits(void **unused)
{
    static const struct {
        enum unit_kind kind;
        const char *code, *parent;
        enum verdict verdict;
    } rows[] = {
        {UNIT_VILLAGE, CODE_VILLAGE, CODE_TOWN, VERDICT_DUPLICATE_UNIT},
        {UNIT_VILLAGE, "140322102600", CODE_TOWN, VERDICT_BAD_VALUE},   /* no code */
        {UNIT_COMMUNITY, "140322102250", CODE_TOWN, VERDICT_BAD_VALUE}, /* a village's */
        {UNIT_VILLAGE, "140322102250", "", VERDICT_NOT_PERMITTED},      /* nobody within a subtree registers a root */
        {UNIT_VILLAGE, "140322102250", "140322109000", VERDICT_UNKNOWN_UNIT},
        {UNIT_VILLAGE, "140322102250", CODE_COUNTY, VERDICT_BAD_VALUE}, /* not directly */
        {UNIT_VILLAGE, "140322102250", CODE_VILLAGE, VERDICT_BAD_VALUE},
        {UNIT_VILLAGE, "140322102250", CODE_CITY, VERDICT_NOT_PERMITTED}, /* above the publisher */
        {UNIT_COUNTY, "140321000000", "", VERDICT_NOT_PERMITTED},         /* a root, by a county */
        {UNIT_VILLAGE, "140322102250", CODE_TOWN, VERDICT_ACCEPTED},
        {UNIT_VILLAGE, "140322102250", CODE_TOWN, VERDICT_DUPLICATE_UNIT},
        {UNIT_INSTITUTION, "91140322MA900002XW", CODE_TOWN, VERDICT_ACCEPTED},
        {UNIT_GRID, "140322102250001", "140322102250", VERDICT_ACCEPTED},
    };
    struct county county;
    (void)unused;
    open_default(&county);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct event event = registration(&county, rows[i].kind, rows[i].code, rows[i].parent);
        check_verdict(&county, &event, OFFICE_GOVERNANCE, rows[i].verdict);
    }
    const struct event village = registration(&county, UNIT_VILLAGE, "140322102251", "");
    const struct event root = registration(&county, UNIT_COUNTY, "140321000000", "");
    assert_int_equal(county_take_below(&county, &village, OFFICE_OPERATOR, ""), VERDICT_MISSING_FIELD);
    assert_int_equal(county_take_below(&county, &root, OFFICE_OPERATOR, ""), VERDICT_ACCEPTED);
    county_close(&county);
}

static void a_code_is_never_used_again(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event below = county_event(&county, EVENT_UNIT_RETIRED, CODE_ENTERPRISE);
    below.unit_end.valid_to = day_of("2020-02-11");
    county_record(&county, &below, OFFICE_GOVERNANCE);
    struct event end = county_event(&county, EVENT_UNIT_RETIRED, CODE_VILLAGE);
    end.unit_end.valid_to = day_of("2020-02-11");
    county_record(&county, &end, OFFICE_GOVERNANCE);
    check_verdict(&county, &end, OFFICE_GOVERNANCE, VERDICT_NOT_VALID);
    county_open_day(&county, "2020-03-01");
    const struct event again = registration(&county, UNIT_VILLAGE, CODE_VILLAGE, CODE_TOWN);
    check_verdict(&county, &again, OFFICE_GOVERNANCE, VERDICT_DUPLICATE_UNIT);
    county_close(&county);
}

static void after_its_end_a_unit_takes_attestations_of_its_life_only(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event end = county_event(&county, EVENT_UNIT_MERGED, CODE_VILLAGE);
    county_succeeded_by(&end, &(const char *){"140322102997"});
    end.unit_end.valid_to = day_of("2020-02-11");
    check_verdict(&county, &end, OFFICE_GOVERNANCE, VERDICT_UNKNOWN_UNIT); /* the successor is registered before */
    county_succeeded_by(&end, &(const char *){CODE_VILLAGE});
    check_verdict(&county, &end, OFFICE_GOVERNANCE, VERDICT_BAD_VALUE);
    county_succeeded_by(&end, &(const char *){CODE_OTHER_VILLAGE});
    county_record(&county, &end, OFFICE_GOVERNANCE);
    county_open_day(&county, "2020-02-20");
    const struct event late = county_opening(&county, MATTER_CASE, "c-1", CODE_VILLAGE);
    check_verdict(&county, &late, OFFICE_PUBLIC_SECURITY, VERDICT_NOT_VALID);
    assert_non_null(strstr(county.ruling.text, CODE_OTHER_VILLAGE));
    const struct event attested = county_attestation(&county, ZERO_CASE, CODE_VILLAGE, "2020-01-01", "2020-02-10");
    check_verdict(&county, &attested, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    county_close(&county);
}

/* The hub finds a contradiction days later: the unit may have ended meanwhile, and the finding must not stop the hub.
 */
static void a_contradiction_is_raised_about_a_unit_that_has_ended(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event end = county_event(&county, EVENT_UNIT_RETIRED, CODE_ENTERPRISE);
    end.unit_end.valid_to = day_of("2020-02-11");
    county_record(&county, &end, OFFICE_GOVERNANCE);
    county_open_day(&county, "2020-02-20");
    struct event raised = county_event(&county, EVENT_DISCREPANCY_RAISED, CODE_ENTERPRISE);
    raised.discrepancy.code = "WORK_CASUALTY-7";
    raised.discrepancy.rule = "WORK_CASUALTY";
    raised.discrepancy.evidence = 1;
    raised.named = OFFICE_BIT(OFFICE_WORK_SAFETY);
    county_record(&county, &raised, OFFICE_HUB);
    struct event resolved = county_event(&county, EVENT_DISCREPANCY_RESOLVED, CODE_ENTERPRISE);
    resolved.discrepancy.code = "WORK_CASUALTY-7";
    resolved.variant = 1;
    check_verdict(&county, &resolved, OFFICE_PUBLIC_SECURITY, VERDICT_NOT_PERMITTED);
    county_record(&county, &resolved, OFFICE_WORK_SAFETY);
    county_close(&county);
}

/* Else two units could each take the other's place, and no way up the tree would end. */
static void what_takes_anothers_place_lives_on_that_day(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event end = county_event(&county, EVENT_UNIT_MERGED, CODE_VILLAGE);
    county_succeeded_by(&end, &(const char *){CODE_OTHER_VILLAGE});
    end.unit_end.valid_to = day_of("2020-03-10");
    county_record(&county, &end, OFFICE_GOVERNANCE);
    struct event back = county_event(&county, EVENT_UNIT_MERGED, CODE_OTHER_VILLAGE);
    county_succeeded_by(&back, &(const char *){CODE_VILLAGE});
    back.unit_end.valid_to = day_of("2020-03-05");
    check_verdict(&county, &back, OFFICE_GOVERNANCE, VERDICT_BAD_VALUE);
    county_close(&county);
}

/* Invariant 8. */
static void an_attestation_reaches_closed_days_only(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county); /* 2020-02-10 is open */
    for (int mode = 0; mode < 3; mode++) {
        static const char *const units[] = {CODE_VILLAGE};
        struct event event = county_attestation(&county, ZERO_CASE, CODE_TOWN, "2020-02-01", "2020-02-10");
        event.attested.scope = mode == 0;
        event.attested.units = units;
        event.attested.unit_count = mode == 1;
        event.unit = mode == 2 ? CODE_VILLAGE : CODE_TOWN;
        check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_DAY_NOT_CLOSED);
        assert_non_null(strstr(county.ruling.text, "2020-02-10"));
        event.attested.to_day = day_of("2020-12-31");
        check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_DAY_NOT_CLOSED);
        event.attested.basis = BASIS_HISTORIC;
        event.attested.scope = false;
        check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_DAY_NOT_CLOSED);
    }
    struct event event = county_attestation(&county, ZERO_CASE, CODE_VILLAGE, "2020-02-01", "2020-02-09");
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    event.attested.from_day = day_of("2020-02-09");
    event.attested.to_day = day_of("2020-02-08");
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_BAD_VALUE);
    county_close(&county);
}

static void a_sum_of_units_is_attested_by_scope_or_by_name_only(void **unused)
{
    static const char *const units[] = {CODE_TOWN};
    struct county county;
    (void)unused;
    open_default(&county);
    struct event event = county_attestation(&county, ZERO_CASE, CODE_TOWN, "2020-01-01", "2020-01-31");
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_BAD_VALUE);
    event.attested.units = units;
    event.attested.unit_count = 1;
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_BAD_VALUE);
    event.attested.scope = true;
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_BAD_VALUE); /* both at once */
    event.attested.unit_count = 0;
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    county_close(&county);
}

/* Ruling 17. */
static void an_attestation_is_never_refused_because_a_break_is_known(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event broken = county_opening(&county, MATTER_CASE, "c-1", CODE_VILLAGE);
    broken.occurred_at_us = county_event_on(EVENT_CASE_FILED, "", "2020-01-15").occurred_at_us;
    county_record(&county, &broken, OFFICE_PUBLIC_SECURITY);
    const struct event event = county_attestation(&county, ZERO_CASE, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    county_close(&county);
}

static void a_campaign_must_be_the_policys(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event event = county_opening(&county, MATTER_CASE, "c-1", CODE_VILLAGE);
    event.campaign = "C05";
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_CAMPAIGN_UNKNOWN);
    event.campaign = "C01";
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    county_close(&county);
}

static void a_refusal_of_a_step_names_where_the_matter_stands(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    const struct event opened = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
    const struct event closed = county_step(&county, EVENT_MATTER_CLOSED, MATTER_PETITION, "p-1", CODE_VILLAGE);
    check_verdict(&county, &closed, OFFICE_PETITIONS, VERDICT_UNKNOWN_MATTER);
    county_record(&county, &opened, OFFICE_PETITIONS);
    check_verdict(&county, &opened, OFFICE_PETITIONS, VERDICT_ILLEGAL_TRANSITION);
    check_verdict(&county, &closed, OFFICE_PETITIONS, VERDICT_ILLEGAL_TRANSITION);
    assert_non_null(strstr(county.ruling.text, "REGISTERED"));
    struct event elsewhere = county_step(&county, EVENT_PETITION_ACCEPTED, MATTER_PETITION, "p-1", CODE_OTHER_VILLAGE);
    check_verdict(&county, &elsewhere, OFFICE_PETITIONS, VERDICT_BAD_VALUE); /* another unit's matter */
    elsewhere.unit = CODE_VILLAGE;
    check_verdict(&county, &elsewhere, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    elsewhere.matter = "";
    check_verdict(&county, &elsewhere, OFFICE_PETITIONS, VERDICT_MISSING_FIELD);
    county_close(&county);
}

static void the_same_code_of_another_kind_is_another_matter(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    const struct event hazard = county_opening(&county, MATTER_HAZARD, "1", CODE_VILLAGE);
    const struct event accident = county_opening(&county, MATTER_ACCIDENT, "1", CODE_VILLAGE);
    check_verdict(&county, &hazard, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    check_verdict(&county, &accident, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    assert_int_not_equal(state_find_matter(&county.state, MATTER_HAZARD, "1"),
                         state_find_matter(&county.state, MATTER_ACCIDENT, "1"));
    county_close(&county);
}

/* Invariant 12, and order 16: a major hazard is placarded before it is repaired. */
static void a_major_hazard_is_never_fixed_on_the_spot(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event found = county_opening(&county, MATTER_HAZARD, "h-1", CODE_ENTERPRISE);
    found.hazard.grade = HAZARD_MAJOR;
    county_record(&county, &found, OFFICE_WORK_SAFETY);
    struct event step = county_step(&county, EVENT_HAZARD_FIXED_ON_SPOT, MATTER_HAZARD, "h-1", CODE_ENTERPRISE);
    check_verdict(&county, &step, OFFICE_WORK_SAFETY, VERDICT_ILLEGAL_TRANSITION);
    step.kind = EVENT_RECTIFICATION_ORDERED;
    step.due_day = day_of("2020-03-01");
    check_verdict(&county, &step, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    step.kind = EVENT_RECTIFICATION_REPORTED;
    check_verdict(&county, &step, OFFICE_WORK_SAFETY, VERDICT_ILLEGAL_TRANSITION);
    step.kind = EVENT_HAZARD_PLACARDED;
    check_verdict(&county, &step, OFFICE_LEADERSHIP, VERDICT_ACCEPTED);
    step.kind = EVENT_RECTIFICATION_REPORTED;
    check_verdict(&county, &step, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);

    const struct event general = county_opening(&county, MATTER_HAZARD, "h-2", CODE_ENTERPRISE);
    county_record(&county, &general, OFFICE_WORK_SAFETY);
    step.matter = "h-2";
    step.kind = EVENT_HAZARD_PLACARDED;
    check_verdict(&county, &step, OFFICE_WORK_SAFETY, VERDICT_ILLEGAL_TRANSITION);
    step.kind = EVENT_HAZARD_FIXED_ON_SPOT;
    check_verdict(&county, &step, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    county_close(&county);
}

static struct event consent(const struct county *county, uint32_t side, uint32_t answer)
{
    struct event event = county_step(county, EVENT_CONSENT_RECORDED, MATTER_DISPUTE, "d-1", CODE_VILLAGE);
    event.consent.side = side;
    event.variant = answer;
    return event;
}

/* Invariant 11. */
static void no_mediation_begins_before_both_sides_agreed(void **unused)
{
    enum { A = 1, B = 2, AGREED = 1 };
    static const enum event_kind mediation[] = {EVENT_MEDIATION_REGISTERED, EVENT_MEDIATION_SESSION_HELD,
                                                EVENT_AGREEMENT_REACHED, EVENT_AGREEMENT_PERFORMED};
    struct county county;
    (void)unused;
    open_default(&county);
    const struct event opened = county_opening(&county, MATTER_DISPUTE, "d-1", CODE_VILLAGE);
    const struct event explained = county_step(&county, EVENT_MEDIATION_EXPLAINED, MATTER_DISPUTE, "d-1", CODE_VILLAGE);
    const struct event a = consent(&county, A, AGREED);
    const struct event b = consent(&county, B, AGREED);
    const struct event *const towards[] = {&opened, &explained, &a};
    for (size_t i = 0; i < 3; i++) {
        county_record(&county, towards[i], OFFICE_PUBLIC_SECURITY);
        for (size_t j = 0; j < sizeof mediation / sizeof *mediation; j++) {
            const struct event step = county_step(&county, mediation[j], MATTER_DISPUTE, "d-1", CODE_VILLAGE);
            check_verdict(&county, &step, OFFICE_PUBLIC_SECURITY, VERDICT_ILLEGAL_TRANSITION);
        }
    }
    check_verdict(&county, &a, OFFICE_PUBLIC_SECURITY, VERDICT_ILLEGAL_TRANSITION); /* one side twice is not both */
    check_verdict(&county, &b, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    for (size_t j = 0; j < sizeof mediation / sizeof *mediation; j++) {
        const struct event step = county_step(&county, mediation[j], MATTER_DISPUTE, "d-1", CODE_VILLAGE);
        check_verdict(&county, &step, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    }
    county_close(&county);
}

static void a_refusal_ends_mediation_for_good(void **unused)
{
    enum { A = 1, B = 2, AGREED = 1, REFUSED = 2 };
    struct county county;
    (void)unused;
    open_default(&county);
    const struct event opened = county_opening(&county, MATTER_DISPUTE, "d-1", CODE_VILLAGE);
    const struct event explained = county_step(&county, EVENT_MEDIATION_EXPLAINED, MATTER_DISPUTE, "d-1", CODE_VILLAGE);
    const struct event a = consent(&county, A, AGREED);
    const struct event refused = consent(&county, B, REFUSED);
    const struct event b = consent(&county, B, AGREED);
    county_record(&county, &opened, OFFICE_PUBLIC_SECURITY);
    county_record(&county, &explained, OFFICE_PUBLIC_SECURITY);
    county_record(&county, &a, OFFICE_PUBLIC_SECURITY);
    county_record(&county, &refused, OFFICE_PUBLIC_SECURITY);
    check_verdict(&county, &b, OFFICE_PUBLIC_SECURITY, VERDICT_ILLEGAL_TRANSITION);
    check_verdict(&county, &explained, OFFICE_PUBLIC_SECURITY, VERDICT_ILLEGAL_TRANSITION);
    county_close(&county);
}

static void domestic_violence_is_not_mediated(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event opened = county_opening(&county, MATTER_DISPUTE, "d-1", CODE_VILLAGE);
    opened.category = "DOMESTIC_VIOLENCE";
    county_record(&county, &opened, OFFICE_PUBLIC_SECURITY);
    struct event step = county_step(&county, EVENT_MEDIATION_EXPLAINED, MATTER_DISPUTE, "d-1", CODE_VILLAGE);
    check_verdict(&county, &step, OFFICE_PUBLIC_SECURITY, VERDICT_ILLEGAL_TRANSITION);
    step.kind = EVENT_MEDIATION_ENDED;
    check_verdict(&county, &step, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    county_close(&county);
}

/* Ruling 26. */
static void side_events_are_legal_in_any_state_of_an_existing_matter(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event side = county_step(&county, EVENT_PETITION_ESCALATED, MATTER_PETITION, "p-1", CODE_VILLAGE);
    check_verdict(&county, &side, OFFICE_PETITIONS, VERDICT_UNKNOWN_MATTER);
    const struct event opened = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_record(&county, &opened, OFFICE_PETITIONS);
    check_verdict(&county, &side, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    const struct event withdrawn = county_step(&county, EVENT_PETITION_WITHDRAWN, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_record(&county, &withdrawn, OFFICE_PETITIONS);
    check_verdict(&county, &side, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    county_close(&county);
}

static void an_attestation_is_withdrawn_and_not_retracted(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    const struct event attested = county_attestation(&county, ZERO_CASE, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    struct event retraction = county_event(&county, EVENT_EVENT_RETRACTED, "");
    retraction.target = county_record(&county, &attested, OFFICE_PUBLIC_SECURITY);
    check_verdict(&county, &retraction, OFFICE_PUBLIC_SECURITY, VERDICT_ILLEGAL_TRANSITION);
    retraction.target = county.state.heads.position + 1;
    check_verdict(&county, &retraction, OFFICE_PUBLIC_SECURITY, VERDICT_UNKNOWN_MATTER);
    county_close(&county);
}

static void a_camera_site_is_integrated_once_and_retired_once(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event event = county_event(&county, EVENT_CAMERA_RETIRED, CODE_COMMUNITY);
    event.camera.site = "S-1";
    event.camera.owner = 1;
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_UNKNOWN_MATTER);
    event.kind = EVENT_CAMERA_INTEGRATED;
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_ILLEGAL_TRANSITION);
    event.kind = EVENT_CAMERA_RETIRED;
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    check_verdict(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_ILLEGAL_TRANSITION);
    county_close(&county);
}

static void a_tally_of_a_day_ahead_is_refused(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event event = county_event(&county, EVENT_PATROL_TALLIED, CODE_COMMUNITY);
    event.tally.kind = TALLY_PATROL_ROUNDS;
    event.tally.counts[0] = 3;
    event.tally.day = day_of("2020-02-11");
    check_verdict(&county, &event, OFFICE_GOVERNANCE, VERDICT_BAD_TIME);
    event.tally.day = day_of("2020-02-10");
    check_verdict(&county, &event, OFFICE_GOVERNANCE, VERDICT_ACCEPTED);
    county_close(&county);
}

/* A row has sixteen bits for a count and eight for a campaign. */
static void what_a_tally_has_no_room_for_stands_apart(void **unused)
{
    static const struct wide_tally said[] = {
        {1, 0, {0, 0}},          {2, 255, {65535, 65535}}, {3, 256, {1, 2}},     {4, 1, {3, 4}},
        {5, 2, {65536, 5}},      {6, 3, {6, 65536}},       {7, 255, {65535, 7}}, {8, 70000, {UINT32_MAX, UINT32_MAX}},
        {9, 9, {UINT16_MAX, 9}},
    };
    enum { COUNT = sizeof said / sizeof *said, WIDE = 4 };
    struct county county;
    (void)unused;
    open_default(&county);
    for (uint32_t i = 0; i < COUNT; i++) {
        struct event event = county_event(&county, EVENT_PATROL_TALLIED, CODE_COMMUNITY);
        event.tally.kind = TALLY_PATROL_ROUNDS;
        memcpy(event.tally.counts, said[i].counts, sizeof event.tally.counts);
        const struct tally whose = {.position = 100 + i, .unit = 1, .office = OFFICE_GOVERNANCE};
        assert_non_null(tally_record(&county.state, &event, &whose, said[i].campaign));
    }
    assert_int_equal(county.state.wide_tallies.count, 1 + WIDE);
    for (uint32_t i = 0; i < COUNT; i++) {
        const struct wide_tally found = state_tally_wide(&county.state, 1 + i);
        assert_memory_equal(&found, &said[i], sizeof found);
    }
    county_close(&county);
}

static size_t copy_tables(struct state *state, unsigned char **bytes)
{
    size_t size = 0;
    for (size_t i = 0; state_table(state, i); i++)
        size += (size_t)state_table(state, i)->count * state_table(state, i)->row_size;
    unsigned char *at = *bytes = malloc(size);
    assert_non_null(at);
    for (size_t i = 0; state_table(state, i); i++) {
        const struct table *table = state_table(state, i);
        memcpy(at, table->rows, (size_t)table->count * table->row_size);
        at += (size_t)table->count * table->row_size;
    }
    return size;
}

/* Invariant 7 and ruling 5: the tables are the state, and no byte of them may change. */
static void an_exercise_changes_nothing(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    const struct event hazard = county_opening(&county, MATTER_HAZARD, "h-1", CODE_VILLAGE);
    county_record(&county, &hazard, OFFICE_WORK_SAFETY);
    const struct event attested = county_attestation(&county, ZERO_CASE, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    uint64_t attestation = county_record(&county, &attested, OFFICE_PUBLIC_SECURITY);
    unsigned char *before;
    size_t size = copy_tables(&county.state, &before);

    struct event drills[] = {
        county_opening(&county, MATTER_CASE, "c-1", CODE_VILLAGE),
        county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_VILLAGE),
        county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE),
        county_step(&county, EVENT_HAZARD_FIXED_ON_SPOT, MATTER_HAZARD, "h-1", CODE_VILLAGE),
        county_attestation(&county, ZERO_ACCIDENT, CODE_VILLAGE, "2020-01-01", "2020-01-31"),
        registration(&county, UNIT_VILLAGE, "140322102250", CODE_TOWN),
        county_event(&county, EVENT_UNIT_RETIRED, CODE_VILLAGE),
        county_event(&county, EVENT_ATTESTATION_WITHDRAWN, ""),
        county_event(&county, EVENT_PATROL_TALLIED, CODE_VILLAGE),
        county_event(&county, EVENT_CAMERA_INTEGRATED, CODE_VILLAGE),
    };
    drills[6].unit_end.valid_to = county.state.heads.today + 1;
    drills[7].target = attestation;
    drills[8].tally.kind = TALLY_PATROL_ROUNDS;
    drills[9].camera.site = "S-1";
    for (size_t i = 0; i < sizeof drills / sizeof *drills; i++)
        for (int mode = MODE_EXERCISE; mode <= MODE_TEST; mode++) {
            uint64_t position = county.state.heads.position;
            drills[i].mode = (enum event_mode)mode;
            check_verdict(&county, &drills[i], OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
            assert_int_equal(county.state.heads.position, position + 1);
        }
    unsigned char *after;
    assert_int_equal(copy_tables(&county.state, &after), size);
    assert_memory_equal(before, after, size);
    free(before);
    free(after);
    county_close(&county);
}

static void a_drill_of_a_reported_accident_is_routed_like_one(void **unused)
{
    struct policy policy = county_policy();
    struct county county;
    (void)unused;
    policy.route_count = 1;
    policy.routes[0] = (struct route){.event = EVENT_ACCIDENT_REPORTED, .to = OFFICE_BIT(OFFICE_LEADERSHIP)};
    county_open(&county, &policy, "2020-02-10");
    struct event event = county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_VILLAGE);
    event.mode = MODE_EXERCISE;
    county_record(&county, &event, OFFICE_WORK_SAFETY);
    assert_int_equal(county.effects.routed_to, OFFICE_BIT(OFFICE_LEADERSHIP));
    county_close(&county);
}

/* Invariant 13, 信访工作条例 art. 30. */
static void an_accusation_breaks_nothing_and_is_restricted(void **unused)
{
    static const struct route to_discipline = {.event = EVENT_PETITION_REGISTERED,
                                               .petition_types = 1u << PETITION_ACCUSATION,
                                               .to = OFFICE_BIT(OFFICE_DISCIPLINE)};
    static const struct route escalations = {.event = EVENT_PETITION_ESCALATED, .to = OFFICE_BIT(OFFICE_LEADERSHIP)};
    static const struct route deadlines = {.event = EVENT_DEADLINE_PASSED, .to = OFFICE_BIT(OFFICE_LEADERSHIP)};
    struct policy policy = county_policy();
    struct county county;
    (void)unused;
    policy.route_count = 3;
    policy.routes[0] = to_discipline;
    policy.routes[1] = escalations;
    policy.routes[2] = deadlines;
    policy.break_rule_count = 5;
    policy.break_rules[3] = (struct break_rule){.event = EVENT_PETITION_ESCALATED, .zero = ZERO_PETITION};
    policy.break_rules[4] = (struct break_rule){.event = EVENT_DEADLINE_PASSED, .zero = ZERO_PETITION};
    county_open(&county, &policy, "2020-02-10");
    struct event accusation = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
    accusation.petition.type = PETITION_ACCUSATION;
    county_record(&county, &accusation, OFFICE_PETITIONS);
    assert_true(county.effects.restricted);
    assert_int_equal(county.effects.routed_to, OFFICE_BIT(OFFICE_DISCIPLINE));

    /* Nor does anything later about it. */
    struct event later = county_step(&county, EVENT_PETITION_ESCALATED, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_record(&county, &later, OFFICE_PETITIONS);
    assert_true(county.effects.restricted);
    assert_int_equal(county.effects.routed_to, 0);
    later.kind = EVENT_DEADLINE_PASSED;
    later.variant = CLOCK_HANDLING;
    later.passed.level = 1;
    later.passed.task = "";
    county_record(&county, &later, OFFICE_HUB);
    assert_true(county.effects.restricted);
    assert_int_equal(county.effects.routed_to, 0);
    later.kind = EVENT_SUPERVISION_ISSUED;
    county_record(&county, &later, OFFICE_LEADERSHIP);
    assert_true(county.effects.restricted);
    assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_PETITION, "2020-02-10", POSITION_END).breaks, 0);

    const struct event claim = county_opening(&county, MATTER_PETITION, "p-2", CODE_VILLAGE);
    county_record(&county, &claim, OFFICE_PETITIONS);
    assert_false(county.effects.restricted);
    assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_PETITION, "2020-02-10", POSITION_END).breaks, 1);
    county_close(&county);
}

static const struct matter *matter_of(const struct county *county, enum matter_kind kind, const char *code)
{
    return state_matter(&county->state, state_find_matter(&county->state, kind, code));
}

/* Most matters take no room for what few have. */
static void an_annex_is_made_with_the_first_of_it_and_found_again(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event event = county_opening(&county, MATTER_HAZARD, "h-1", CODE_VILLAGE);
    const uint64_t opened_at = county_record(&county, &event, OFFICE_WORK_SAFETY);
    event = county_step(&county, EVENT_HAZARD_FIXED_ON_SPOT, MATTER_HAZARD, "h-1", CODE_VILLAGE);
    uint64_t moved_at = county_record(&county, &event, OFFICE_WORK_SAFETY);
    assert_int_equal(county.state.annexes.count, 1);
    assert_int_equal(matter_opened_at(&county.state, matter_of(&county, MATTER_HAZARD, "h-1")), opened_at);
    assert_int_equal(matter_moved_at(&county.state, matter_of(&county, MATTER_HAZARD, "h-1")), moved_at);

    event = county_step(&county, EVENT_SUPERVISION_ISSUED, MATTER_HAZARD, "h-1", CODE_VILLAGE);
    event.to_office = OFFICE_WORK_SAFETY;
    county_record(&county, &event, OFFICE_LEADERSHIP);
    county_record(&county, &event, OFFICE_LEADERSHIP);
    event = county_opening(&county, MATTER_HAZARD, "h-2", CODE_VILLAGE);
    county_record(&county, &event, OFFICE_WORK_SAFETY);
    event = county_step(&county, EVENT_HAZARD_FIXED_ON_SPOT, MATTER_HAZARD, "h-2", CODE_VILLAGE);
    event.role = 7;
    county_record(&county, &event, OFFICE_WORK_SAFETY);
    assert_int_equal(county.state.annexes.count, 3);
    const struct matter *supervised = matter_of(&county, MATTER_HAZARD, "h-1");
    const struct matter *handled = matter_of(&county, MATTER_HAZARD, "h-2");
    assert_int_equal(state_annex(&county.state, supervised)->supervisions, 2);
    assert_int_equal(state_annex(&county.state, supervised)->handler_role, 0);
    assert_int_equal(state_annex(&county.state, handled)->supervisions, 0);
    assert_int_equal(state_annex(&county.state, handled)->handler_role, 7);
    assert_int_equal(matter_moved_at(&county.state, supervised), moved_at); /* a supervision is no step */

    event = county_event(&county, EVENT_EVENT_RETRACTED, "");
    event.target = opened_at;
    moved_at = county_record(&county, &event, OFFICE_WORK_SAFETY);
    assert_int_equal(matter_moved_at(&county.state, matter_of(&county, MATTER_HAZARD, "h-1")), moved_at);
    county_close(&county);
}

static void clocks_of_a_petition_run_by_the_policy(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event event = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
    event.occurred_at_us = county_event_on(event.kind, "", "2020-02-03").occurred_at_us;
    county_record(&county, &event, OFFICE_PETITIONS);
    assert_int_equal(matter_of(&county, MATTER_PETITION, "p-1")->due_day, day_of("2020-02-18"));
    event = county_step(&county, EVENT_PETITION_ASSIGNED, MATTER_PETITION, "p-1", CODE_VILLAGE);
    event.due_day = day_of("2020-02-20");
    county_record(&county, &event, OFFICE_PETITIONS);
    assert_int_equal(matter_of(&county, MATTER_PETITION, "p-1")->due_day, day_of("2020-02-20"));
    event = county_step(&county, EVENT_PETITION_ACCEPTED, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_record(&county, &event, OFFICE_PETITIONS);
    assert_int_equal(matter_of(&county, MATTER_PETITION, "p-1")->due_day, day_of("2020-02-10") + 60);
    event = county_step(&county, EVENT_HANDLING_EXTENDED, MATTER_PETITION, "p-1", CODE_VILLAGE);
    event.extended.days = 30;
    county_record(&county, &event, OFFICE_PETITIONS);
    assert_int_equal(matter_of(&county, MATTER_PETITION, "p-1")->due_day, day_of("2020-02-10") + 90);
    check_verdict(&county, &event, OFFICE_PETITIONS, VERDICT_ILLEGAL_TRANSITION); /* once */
    county_close(&county);
}

static void an_accident_reported_over_its_limit_is_late_and_its_grade_follows_its_totals(void **unused)
{
    static const int64_t minute_us = 60000000;
    struct county county;
    (void)unused;
    open_default(&county);
    struct event event = county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_ENTERPRISE);
    /* the county's events are recorded at the end of the open day */
    int64_t recorded_at_us = day_start_time(county.state.heads.today + 1, policy_zone(NULL)) - 1;
    event.accident.known_at_us = recorded_at_us - 60 * minute_us;
    event.accident.reported_at_us = recorded_at_us;
    county_record(&county, &event, OFFICE_WORK_SAFETY);
    assert_int_equal(matter_of(&county, MATTER_ACCIDENT, "a-1")->flags & MATTER_LATE, 0);
    assert_int_equal(matter_of(&county, MATTER_ACCIDENT, "a-1")->grade, GRADE_GENERAL);
    event.matter = "a-3"; /* told in time, and recorded here a second too late (ruling 22) */
    event.accident.known_at_us -= 1000000;
    event.accident.reported_at_us = event.accident.known_at_us;
    county_record(&county, &event, OFFICE_WORK_SAFETY);
    assert_int_equal(matter_of(&county, MATTER_ACCIDENT, "a-3")->flags & MATTER_LATE, MATTER_LATE);
    event.matter = "a-2";
    event.accident.reported_at_us = event.accident.known_at_us + 60 * minute_us + 1;
    county_record(&county, &event, OFFICE_WORK_SAFETY);
    assert_int_equal(matter_of(&county, MATTER_ACCIDENT, "a-2")->flags & MATTER_LATE, MATTER_LATE);
    event = county_step(&county, EVENT_ACCIDENT_SUPPLEMENTED, MATTER_ACCIDENT, "a-1", CODE_ENTERPRISE);
    event.accident = (struct accident_facts){.deaths = 3, .loss = LOSS_BELOW_10M};
    county_record(&county, &event, OFFICE_WORK_SAFETY);
    assert_int_equal(matter_of(&county, MATTER_ACCIDENT, "a-1")->grade, GRADE_LARGER);
    county_close(&county);
}

/* A log of random facts about the four counted units, the kinds that move a status more often than the others. */
struct play {
    struct county county;
    struct draw draw;
    uint32_t matters;
    char codes[256][16];
    uint64_t attestations[256];
    uint32_t attestation_count;
};

static const char *const counted_units[] = {CODE_VILLAGE, CODE_OTHER_VILLAGE, CODE_COMMUNITY, CODE_ENTERPRISE};
static const enum office office_of_zero[ZERO_COUNT] = {OFFICE_PETITIONS, OFFICE_WORK_SAFETY, OFFICE_PUBLIC_SECURITY};

static void play_break(struct play *play)
{
    static const enum matter_kind kinds[ZERO_COUNT] = {MATTER_PETITION, MATTER_ACCIDENT, MATTER_CASE};
    uint32_t zero = draw_below(&play->draw, ZERO_COUNT);
    char *code = play->codes[play->matters % 256];
    snprintf(code, sizeof play->codes[0], "m-%u", play->matters++);
    struct event event = county_opening(&play->county, kinds[zero], code, counted_units[draw_below(&play->draw, 4)]);
    event.occurred_at_us -= (int64_t)draw_below(&play->draw, 120) * US_PER_DAY;
    event.mode = draw_once_in(&play->draw, 4) ? MODE_EXERCISE : MODE_ACTUAL;
    (void)county_take(&play->county, &event, office_of_zero[zero]);
}

static void play_attestation(struct play *play)
{
    enum zero zero = (enum zero)draw_below(&play->draw, ZERO_COUNT);
    bool scope = draw_once_in(&play->draw, 3);
    bool by_town = draw_once_in(&play->draw, 4);
    struct event event = county_attestation(
        &play->county, zero, scope ? CODE_TOWN : counted_units[draw_below(&play->draw, 4)], "2020-01-01", "2020-01-01");
    event.attested.scope = scope;
    if (draw_once_in(&play->draw, 2)) { /* all that can be: what makes a zero */
        event.attested.to_day = play->county.state.heads.today - 1;
    } else {
        event.attested.from_day += 30 * (int32_t)draw_below(&play->draw, 12);
        event.attested.to_day = event.attested.from_day + (int32_t)draw_below(&play->draw, 90);
    }
    if (!scope && draw_once_in(&play->draw, 2))
        event.attested.basis = (enum basis)(1 + draw_below(&play->draw, 4));
    if (county_take_below(&play->county, &event, office_of_zero[zero], by_town ? CODE_TOWN : CODE_COUNTY) ==
            VERDICT_ACCEPTED &&
        play->attestation_count < 256)
        play->attestations[play->attestation_count++] = play->county.position;
}

static void play_review(struct play *play)
{
    if (play->attestation_count == 0)
        return;
    bool withdraw = draw_once_in(&play->draw, 3);
    struct event event =
        county_event(&play->county, withdraw ? EVENT_ATTESTATION_WITHDRAWN : EVENT_ATTESTATION_REVIEWED, "");
    event.target = play->attestations[draw_below(&play->draw, play->attestation_count)];
    event.variant = 1 + draw_below(&play->draw, 2);
    (void)county_take_below(&play->county, &event, office_of_zero[draw_below(&play->draw, ZERO_COUNT)],
                            draw_once_in(&play->draw, 3) ? CODE_CITY : CODE_COUNTY);
}

/* Of a break by one of three identities: the second of two lifts it. */
static void play_retraction(struct play *play)
{
    static const char *const identities[] = {"station", "county", "deputy"};
    const struct table *moves = &play->county.state.moves;
    if (moves->count == 1)
        return;
    const struct move *move = table_row(moves, 1 + draw_below(&play->draw, moves->count - 1));
    struct event event = county_event(&play->county, EVENT_EVENT_RETRACTED, "");
    event.target = move->position;
    (void)county_take_from(&play->county, &event, office_of_zero[draw_below(&play->draw, ZERO_COUNT)], CODE_COUNTY,
                           identities[draw_below(&play->draw, 3)]);
}

static void play_days(struct play *play)
{
    char day[DAY_TEXT_SIZE];
    day_format(play->county.state.heads.today + 1 + (int32_t)draw_below(&play->draw, 40), day);
    county_open_day(&play->county, day);
}

static void play_unit(struct play *play)
{
    struct event event = county_event(&play->county, EVENT_UNIT_MERGED, CODE_OTHER_VILLAGE);
    county_succeeded_by(&event, &(const char *){CODE_VILLAGE});
    event.unit_end.valid_to = play->county.state.heads.today + 1;
    (void)county_take(&play->county, &event, OFFICE_GOVERNANCE);
}

static void play_policy(struct play *play, struct policy *policy)
{
    struct event event = county_event(&play->county, EVENT_POLICY_ADOPTED, "");
    policy->grace_days = (int32_t)draw_below(&play->draw, 20);
    policy->effective_from = play->county.state.heads.today + (int32_t)draw_below(&play->draw, 30) - 10;
    policy->retroactive = true;
    snprintf(policy->version, sizeof policy->version, "test-%u", play->county.state.rules.count);
    event.adopted.policy = policy;
    event.adopted.text = "";
    assert_int_equal(county_adopt(&play->county, &event), VERDICT_ACCEPTED);
}

static void play_one(struct play *play, struct policy *policy)
{
    uint32_t what = draw_below(&play->draw, 100);
    if (what < 20)
        play_break(play);
    else if (what < 35)
        play_retraction(play);
    else if (what < 75)
        play_attestation(play);
    else if (what < 88)
        play_review(play);
    else if (what < 96)
        play_days(play);
    else if (what < 98)
        play_policy(play, policy);
    else
        play_unit(play);
}

static void play_open(struct play *play, uint64_t seed, const struct policy *policy)
{
    memset(play, 0, sizeof *play);
    play->draw = (struct draw){.seed = seed};
    county_open(&play->county, policy, "2020-02-10");
}

static struct zero_status status_at(struct play *play, const char *unit, enum zero zero, int32_t as_of,
                                    uint64_t known_at)
{
    struct policy_timeline policies;
    state_timeline(&play->county.state, known_at, &policies);
    const struct status_question question = {.unit = state_find_unit(&play->county.state, unit),
                                             .as_of = as_of,
                                             .known_at = known_at,
                                             .policies = &policies};
    return status_of_zero(&play->county.state, &question, zero, &play->county.scratch);
}

/* The cache of the open day's statuses is never anything else than what is computed anew; invariant 1 beside it. */
static void the_cached_status_is_the_computed_one(void **unused)
{
    int seen[STATUS_UNVERIFIED + 1] = {0};
    (void)unused;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct policy policy = county_policy();
        struct play play;
        play_open(&play, seed, &policy);
        for (int i = 0; i < 120; i++) {
            struct rollup rollup;
            play_one(&play, &policy);
            for (size_t unit = 0; unit < 4; unit++) {
                enum status cached[ZERO_COUNT];
                struct state *state = &play.county.state;
                status_now(state, state_find_unit(state, counted_units[unit]), cached, &play.county.scratch);
                for (int zero = 0; zero < ZERO_COUNT; zero++) {
                    seen[cached[zero]]++;
                    if (cached[zero] !=
                        status_at(&play, counted_units[unit], (enum zero)zero, state->heads.today, POSITION_END).status)
                        fail_msg("seed %d, event %d: unit %s zero %d: cached %d", (int)seed, i, counted_units[unit],
                                 zero, (int)cached[zero]);
                }
            }
            rollup_now(&play.county.state, 0, &rollup, &play.county.scratch);
            for (int zero = 0; zero < ZERO_COUNT; zero++) {
                const struct status_count *count = &rollup.zeros[GROUP_ALL][zero];
                assert_int_equal(count->zero + count->broken + count->unverified, count->total);
            }
        }
        county_close(&play.county);
    }
    assert_true(seen[STATUS_ZERO] > 1000 && seen[STATUS_BROKEN] > 1000 && seen[STATUS_UNVERIFIED] > 1000);
}

/* ZERO is worth most; what takes information away may only lower it. */
static int worth(enum status status)
{
    return status == STATUS_ZERO ? 1 : 0;
}

/* Invariant 2: a log and the same log without one attestation, side by side. */
static void silence_never_turns_a_status_towards_zero(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct policy policy = county_policy();
        struct play play;
        play_open(&play, seed, &policy);
        for (int i = 0; i < 60; i++)
            play_one(&play, &policy);
        struct state *state = &play.county.state;
        for (uint32_t row = 1; row < state->attestations.count; row++) {
            struct attestation *attestation = table_change(&state->attestations, row);
            for (size_t unit = 0; unit < 4; unit++)
                for (int zero = 0; zero < ZERO_COUNT; zero++) {
                    struct zero_status with =
                        status_at(&play, counted_units[unit], (enum zero)zero, state->heads.today, POSITION_END);
                    uint64_t position = attestation->position;
                    attestation->position = POSITION_END; /* as if it were not there; nothing is known behind it */
                    struct zero_status without =
                        status_at(&play, counted_units[unit], (enum zero)zero, state->heads.today, POSITION_END - 1);
                    attestation->position = position;
                    assert_true(worth(without.status) <= worth(with.status));
                    assert_true(without.verified_until <= with.verified_until);
                    assert_int_equal(without.status == STATUS_BROKEN, with.status == STATUS_BROKEN);
                }
        }
        county_close(&play.county);
    }
}

/* Invariant 3. */
static void a_break_never_turns_a_status_towards_zero(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct policy policy = county_policy();
        struct play play;
        struct zero_status before[4][ZERO_COUNT];
        play_open(&play, seed, &policy);
        for (int i = 0; i < 40; i++)
            play_one(&play, &policy);
        struct state *state = &play.county.state;
        for (size_t unit = 0; unit < 4; unit++)
            for (int zero = 0; zero < ZERO_COUNT; zero++)
                before[unit][zero] =
                    status_at(&play, counted_units[unit], (enum zero)zero, state->heads.today, POSITION_END);
        play_break(&play);
        for (size_t unit = 0; unit < 4; unit++)
            for (int zero = 0; zero < ZERO_COUNT; zero++) {
                struct zero_status after =
                    status_at(&play, counted_units[unit], (enum zero)zero, state->heads.today, POSITION_END);
                assert_true(worth(after.status) <= worth(before[unit][zero].status));
                assert_true(after.breaks >= before[unit][zero].breaks);
                assert_true(after.streak_days <= before[unit][zero].streak_days);
            }
        county_close(&play.county);
    }
}

/* Invariant 4: what was known at a position stays what was known at it. */
static void a_status_as_known_at_a_position_never_changes_later(void **unused)
{
    enum { EVENTS = 80 };
    (void)unused;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct policy policy = county_policy();
        struct play play;
        struct zero_status then[EVENTS][4];
        uint64_t positions[EVENTS];
        int32_t days[EVENTS];
        play_open(&play, seed, &policy);
        for (int i = 0; i < EVENTS; i++) {
            play_one(&play, &policy);
            positions[i] = play.county.state.heads.position;
            days[i] = play.county.state.heads.today;
            for (size_t unit = 0; unit < 4; unit++)
                then[i][unit] = status_at(&play, counted_units[unit], ZERO_CASE, days[i], positions[i]);
        }
        for (int i = 0; i < EVENTS; i++)
            for (size_t unit = 0; unit < 4; unit++) {
                struct zero_status now = status_at(&play, counted_units[unit], ZERO_CASE, days[i], positions[i]);
                assert_memory_equal(&now, &then[i][unit], sizeof now);
            }
        county_close(&play.county);
    }
}

/* Nobody finds out by trying whether a code is that of an accusation (信访工作条例 art. 30). */
static void an_accusation_does_not_exist_for_other_offices(void **unused)
{
    static const struct {
        enum event_kind kind;
        enum office office;
    } rows[] = {
        {EVENT_SEALED_NOTE_ADDED, OFFICE_WORK_SAFETY},     {EVENT_MATTER_CLOSED, OFFICE_PUBLIC_SECURITY},
        {EVENT_JOINT_HANDLING_OPENED, OFFICE_WORK_SAFETY}, {EVENT_SUPERVISION_ISSUED, OFFICE_GOVERNANCE},
        {EVENT_MEDIATION_REGISTERED, OFFICE_GOVERNANCE},   {EVENT_PETITION_ACCEPTED, OFFICE_PUBLIC_SECURITY},
    };
    struct county county;
    (void)unused;
    const struct policy policy = county_policy();
    county_open(&county, &policy, "2020-02-10");
    struct event registered = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
    registered.petition.type = PETITION_ACCUSATION;
    county_record(&county, &registered, OFFICE_PETITIONS);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char told[sizeof county.ruling.text];
        struct event event = county_step(&county, rows[i].kind, MATTER_PETITION, "p-2", CODE_VILLAGE);
        county_expect(&county, &event, rows[i].office, VERDICT_UNKNOWN_MATTER);
        snprintf(told, sizeof told, "%s", county.ruling.text);
        event.matter = "p-1";
        county_expect(&county, &event, rows[i].office, VERDICT_UNKNOWN_MATTER);
        memcpy(strstr(told, "p-2"), "p-1", 3);
        assert_string_equal(county.ruling.text, told);
    }
    const struct event note = county_step(&county, EVENT_SEALED_NOTE_ADDED, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_record(&county, &note, OFFICE_PETITIONS);
    county_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_accusation_does_not_exist_for_other_offices),
        cmocka_unit_test(an_unknown_unit_is_refused),
        cmocka_unit_test(a_type_about_a_unit_needs_one),
        cmocka_unit_test(nobody_publishes_outside_their_subtree),
        cmocka_unit_test(time_ahead_or_before_the_policys_start_is_refused),
        cmocka_unit_test(history_is_accepted_if_the_policy_says_so),
        cmocka_unit_test(a_unit_is_registered_once_under_a_code_that_fits),
        cmocka_unit_test(a_code_is_never_used_again),
        cmocka_unit_test(after_its_end_a_unit_takes_attestations_of_its_life_only),
        cmocka_unit_test(a_contradiction_is_raised_about_a_unit_that_has_ended),
        cmocka_unit_test(what_takes_anothers_place_lives_on_that_day),
        cmocka_unit_test(an_attestation_reaches_closed_days_only),
        cmocka_unit_test(a_sum_of_units_is_attested_by_scope_or_by_name_only),
        cmocka_unit_test(an_attestation_is_never_refused_because_a_break_is_known),
        cmocka_unit_test(a_campaign_must_be_the_policys),
        cmocka_unit_test(a_refusal_of_a_step_names_where_the_matter_stands),
        cmocka_unit_test(the_same_code_of_another_kind_is_another_matter),
        cmocka_unit_test(a_major_hazard_is_never_fixed_on_the_spot),
        cmocka_unit_test(no_mediation_begins_before_both_sides_agreed),
        cmocka_unit_test(a_refusal_ends_mediation_for_good),
        cmocka_unit_test(domestic_violence_is_not_mediated),
        cmocka_unit_test(side_events_are_legal_in_any_state_of_an_existing_matter),
        cmocka_unit_test(an_attestation_is_withdrawn_and_not_retracted),
        cmocka_unit_test(a_camera_site_is_integrated_once_and_retired_once),
        cmocka_unit_test(a_tally_of_a_day_ahead_is_refused),
        cmocka_unit_test(an_exercise_changes_nothing),
        cmocka_unit_test(a_drill_of_a_reported_accident_is_routed_like_one),
        cmocka_unit_test(an_accusation_breaks_nothing_and_is_restricted),
        cmocka_unit_test(an_annex_is_made_with_the_first_of_it_and_found_again),
        cmocka_unit_test(what_a_tally_has_no_room_for_stands_apart),
        cmocka_unit_test(clocks_of_a_petition_run_by_the_policy),
        cmocka_unit_test(an_accident_reported_over_its_limit_is_late_and_its_grade_follows_its_totals),
        cmocka_unit_test(the_cached_status_is_the_computed_one),
        cmocka_unit_test(silence_never_turns_a_status_towards_zero),
        cmocka_unit_test(a_break_never_turns_a_status_towards_zero),
        cmocka_unit_test(a_status_as_known_at_a_position_never_changes_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
