/* Corrections, retractions and supplements (DOMAIN 4.7, rulings 20 and 21): what was said is read otherwise from then
 * on, what was known before stays as it was, and nothing softens by one hand. */
#include "domain/amend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "county.h"
#include "domain/attention.h"
#include "domain/day.h"
#include "domain/summary.h"

/* January and February attested; 2020-03-01 is open. */
static void open_attested(struct county *county, const struct policy *policy)
{
    static const enum office offices[ZERO_COUNT] = {OFFICE_PETITIONS, OFFICE_WORK_SAFETY, OFFICE_PUBLIC_SECURITY};
    county_open(county, policy, "2020-03-01");
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        const struct event event =
            county_attestation(county, (enum zero)zero, CODE_VILLAGE, "2020-01-01", "2020-02-29");
        county_record(county, &event, offices[zero]);
    }
}

static void open_default(struct county *county)
{
    const struct policy policy = county_policy();
    open_attested(county, &policy);
}

/* Only criminal cases break. */
static void open_where_criminal_cases_break(struct county *county)
{
    struct policy policy = county_policy();
    policy.break_rules[2].case_classes = 1u << CASE_CRIMINAL;
    open_attested(county, &policy);
}

static struct event case_of(const struct county *county, enum case_class class)
{
    struct event event = county_opening(county, MATTER_CASE, "c-1", CODE_VILLAGE);
    county_happened_on(&event, "2020-02-14");
    event.filed.class = class;
    return event;
}

static uint64_t file_case(struct county *county, enum case_class class)
{
    const struct event filed = case_of(county, class);
    return county_record(county, &filed, OFFICE_PUBLIC_SECURITY);
}

static struct event correction(const struct county *county, uint64_t target, const struct event *replacement,
                               uint64_t content)
{
    struct event event = county_event(county, EVENT_EVENT_CORRECTED, "");
    event.target = target;
    event.correction.replacement = replacement;
    event.correction.content = content;
    return event;
}

static struct event retraction(const struct county *county, uint64_t target)
{
    struct event event = county_event(county, EVENT_EVENT_RETRACTED, "");
    event.target = target;
    return event;
}

static void amend_by(struct county *county, const struct event *event, enum office office, const char *identity,
                     enum verdict expected)
{
    county_expect_from(county, event, office, CODE_COUNTY, identity, expected);
}

static enum status status_known_at(struct county *county, enum zero zero, uint64_t known_at)
{
    return county_status(county, CODE_VILLAGE, zero, "2020-03-05", known_at).status;
}

static const struct amendment *newest_amendment(const struct county *county)
{
    const struct table *amendments = &county->state.amendments;
    assert_true(amendments->count > 1);
    return table_row(amendments, amendments->count - 1);
}

static size_t count_listed(struct county *county, enum attention kind)
{
    struct attention_list list;
    attention_list_open(&county->state, 0, kind, 2020, &county->scratch, &list);
    size_t count = list.count;
    attention_list_close(&list);
    return count;
}

/* As many as the figure says: all was recorded today. */
static size_t count_unbroken(struct county *county)
{
    struct summary summary;
    size_t listed = count_listed(county, ATTENTION_UNBROKEN);
    summary_of(&county->state, 0, 2020, &summary, &county->scratch);
    assert_int_equal(summary.counts[FIGURE_CHANGES_UNBROKEN], listed);
    return listed;
}

/* The newest row of 更正撤销. */
static struct attention_row newest_amended(struct county *county)
{
    struct attention_list list;
    attention_list_open(&county->state, 0, ATTENTION_AMENDED, 2020, &county->scratch, &list);
    assert_true(list.count > 0);
    struct attention_row row = list.rows[list.count - 1];
    attention_list_close(&list);
    return row;
}

/* Two identities of the office say the same. */
static void amend_by_two(struct county *county, const struct event *event, enum office office)
{
    amend_by(county, event, office, "one", VERDICT_ACCEPTED);
    assert_true(county->ruling.waits);
    amend_by(county, event, office, "two", VERDICT_ACCEPTED);
    assert_true(county->ruling.approved);
}

static void a_correction_that_breaks_needs_one_identity_and_changes_nothing_that_was_known(void **unused)
{
    struct county county;
    (void)unused;
    open_where_criminal_cases_break(&county);
    uint64_t filed = file_case(&county, CASE_ADMIN);
    const struct event criminal = case_of(&county, CASE_CRIMINAL);
    const struct event event = correction(&county, filed, &criminal, 1);
    uint64_t corrected = county_record(&county, &event, OFFICE_PUBLIC_SECURITY);
    assert_int_equal(status_known_at(&county, ZERO_CASE, filed), STATUS_ZERO);
    assert_int_equal(status_known_at(&county, ZERO_CASE, corrected - 1), STATUS_ZERO);
    assert_int_equal(status_known_at(&county, ZERO_CASE, corrected), STATUS_BROKEN);
    assert_int_equal(county_matter(&county, MATTER_CASE, "c-1")->grade, CASE_CRIMINAL);
    assert_int_equal(newest_amendment(&county)->approved, 0);
    county_close(&county);
}

static void a_correction_that_unbreaks_needs_two_identities_with_the_same_replacement(void **unused)
{
    struct county county;
    (void)unused;
    open_where_criminal_cases_break(&county);
    uint64_t filed = file_case(&county, CASE_CRIMINAL);
    const struct event admin = case_of(&county, CASE_ADMIN);
    const struct event one = correction(&county, filed, &admin, 1);
    const struct event other = correction(&county, filed, &admin, 2);
    amend_by(&county, &one, OFFICE_PUBLIC_SECURITY, "station", VERDICT_ACCEPTED);
    assert_true(county.ruling.waits);
    amend_by(&county, &one, OFFICE_PUBLIC_SECURITY, "station", VERDICT_SECOND_APPROVER);
    amend_by(&county, &other, OFFICE_PUBLIC_SECURITY, "deputy", VERDICT_ACCEPTED); /* other bytes: a new first one */
    assert_true(county.ruling.waits);
    assert_int_equal(status_known_at(&county, ZERO_CASE, POSITION_END), STATUS_BROKEN);
    assert_int_equal(county.state.amendments.count, 1);
    amend_by(&county, &other, OFFICE_PUBLIC_SECURITY, "station", VERDICT_ACCEPTED);
    assert_true(county.ruling.approved);
    assert_int_equal(status_known_at(&county, ZERO_CASE, county.position), STATUS_ZERO);
    assert_int_equal(status_known_at(&county, ZERO_CASE, county.position - 1), STATUS_BROKEN);
    county_close(&county);
}

/* 由破转零清单. */
static void what_two_identities_unbroke_is_listed_with_their_approval(void **unused)
{
    struct county county;
    (void)unused;
    open_where_criminal_cases_break(&county);
    uint64_t filed = file_case(&county, CASE_CRIMINAL);
    const struct event admin = case_of(&county, CASE_ADMIN);
    const struct event event = correction(&county, filed, &admin, 1);
    amend_by(&county, &event, OFFICE_PUBLIC_SECURITY, "station", VERDICT_ACCEPTED);
    assert_int_equal(count_unbroken(&county), 0);
    amend_by(&county, &event, OFFICE_LEADERSHIP, "leaders", VERDICT_ACCEPTED);
    const struct amendment *amendment = newest_amendment(&county);
    assert_int_equal(amendment->approved, 1);
    assert_int_equal(amendment->kind, AMENDMENT_CORRECTED);
    assert_int_equal(amendment->target, filed);
    assert_int_equal(amendment->position, county.position);
    assert_int_equal(amendment->day, day_of("2020-02-14"));
    assert_int_equal(count_unbroken(&county), 1);
    county_close(&county);
}

static void a_unit_that_another_record_still_breaks_did_not_turn_to_zero(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    uint64_t first = file_case(&county, CASE_CRIMINAL);
    struct event other = case_of(&county, CASE_CRIMINAL);
    other.matter = "c-2";
    uint64_t second = county_record(&county, &other, OFFICE_PUBLIC_SECURITY);
    const struct event one = retraction(&county, first);
    amend_by_two(&county, &one, OFFICE_PUBLIC_SECURITY);
    assert_int_equal(status_known_at(&county, ZERO_CASE, POSITION_END), STATUS_BROKEN);
    assert_int_equal(count_unbroken(&county), 0);
    assert_int_equal(count_listed(&county, ATTENTION_AMENDED), 1);
    const struct event two = retraction(&county, second);
    amend_by_two(&county, &two, OFFICE_PUBLIC_SECURITY);
    assert_int_equal(status_known_at(&county, ZERO_CASE, POSITION_END), STATUS_ZERO);
    assert_int_equal(count_unbroken(&county), 1);
    assert_int_equal(count_listed(&county, ATTENTION_AMENDED), 2);
    county_close(&county);
}

/* Each zero is an office's: that accidents break the unit too hides nothing of what was done to the cases. */
static void a_zero_that_turned_is_listed_though_another_one_is_broken(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event reported = county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_VILLAGE);
    reported.accident = (struct accident_facts){.deaths = 1, .loss = LOSS_BELOW_10M};
    county_record(&county, &reported, OFFICE_WORK_SAFETY);
    const struct event event = retraction(&county, file_case(&county, CASE_CRIMINAL));
    amend_by_two(&county, &event, OFFICE_PUBLIC_SECURITY);
    assert_int_equal(status_known_at(&county, ZERO_ACCIDENT, POSITION_END), STATUS_BROKEN);
    assert_int_equal(count_unbroken(&county), 1);
    county_close(&county);
}

static void a_grade_that_fell_by_two_is_among_the_amended_and_not_the_unbroken(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event reported = county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_VILLAGE);
    county_happened_on(&reported, "2020-02-14");
    reported.accident = (struct accident_facts){.deaths = 3, .loss = LOSS_BELOW_10M};
    uint64_t position = county_record(&county, &reported, OFFICE_WORK_SAFETY);
    reported.accident.deaths = 2;
    const struct event event = correction(&county, position, &reported, 1);
    amend_by_two(&county, &event, OFFICE_WORK_SAFETY);
    assert_int_equal(county_matter(&county, MATTER_ACCIDENT, "a-1")->grade, GRADE_GENERAL);
    assert_int_equal(status_known_at(&county, ZERO_ACCIDENT, POSITION_END), STATUS_BROKEN);
    assert_int_equal(count_unbroken(&county), 0);
    const struct attention_row row = newest_amended(&county);
    assert_int_equal(row.position, county.position);
    assert_true(row.by_two);
    assert_false(row.pending);
    county_close(&county);
}

/* Ruling 9: until its year ends the successor stands in for its predecessor's breaks. */
static void a_successor_that_turned_to_zero_makes_its_predecessors_amendment_one_of_the_unbroken(void **unused)
{
    static const char *const successors[] = {CODE_COMMUNITY};
    struct county county;
    (void)unused;
    open_default(&county);
    uint64_t filed = file_case(&county, CASE_CRIMINAL);
    struct event merged = county_event(&county, EVENT_UNIT_MERGED, CODE_VILLAGE);
    merged.unit_end.successors = successors;
    merged.unit_end.successor_count = 1;
    merged.unit_end.valid_to = day_of("2020-03-01");
    county_record(&county, &merged, OFFICE_GOVERNANCE);
    county_open_day(&county, "2020-03-02");
    const struct event event = retraction(&county, filed);
    amend_by_two(&county, &event, OFFICE_PUBLIC_SECURITY);
    assert_int_equal(count_unbroken(&county), 1);
    county_close(&county);
}

/* ---- what waits ---- */

static void an_amendment_that_waits_is_listed_until_it_is_in_force(void **unused)
{
    struct county county;
    (void)unused;
    open_where_criminal_cases_break(&county);
    uint64_t filed = file_case(&county, CASE_CRIMINAL);
    const struct event admin = case_of(&county, CASE_ADMIN);
    const struct event event = correction(&county, filed, &admin, 1);
    amend_by(&county, &event, OFFICE_PUBLIC_SECURITY, "station", VERDICT_ACCEPTED);
    assert_int_equal(count_listed(&county, ATTENTION_AMENDED), 1);
    struct attention_row row = newest_amended(&county);
    assert_true(row.pending);
    assert_int_equal(row.amendment, AMENDMENT_CORRECTED);
    assert_int_equal(row.office, OFFICE_PUBLIC_SECURITY);
    assert_int_equal(row.position, county.position);
    assert_int_equal(row.target, filed);
    assert_int_equal(row.day, day_of("2020-02-14"));
    amend_by(&county, &event, OFFICE_PUBLIC_SECURITY, "deputy", VERDICT_ACCEPTED);
    assert_int_equal(count_listed(&county, ATTENTION_AMENDED), 1);
    row = newest_amended(&county);
    assert_false(row.pending);
    assert_true(row.by_two);
    county_close(&county);
}

static void a_supplement_that_waits_is_listed_as_one(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event reported = county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_VILLAGE);
    reported.accident = (struct accident_facts){.deaths = 3, .loss = LOSS_BELOW_10M};
    uint64_t position = county_record(&county, &reported, OFFICE_WORK_SAFETY);
    struct event fewer = county_step(&county, EVENT_ACCIDENT_SUPPLEMENTED, MATTER_ACCIDENT, "a-1", CODE_VILLAGE);
    fewer.accident = (struct accident_facts){.deaths = 1, .loss = LOSS_BELOW_10M};
    amend_by(&county, &fewer, OFFICE_WORK_SAFETY, "one", VERDICT_ACCEPTED);
    const struct attention_row row = newest_amended(&county);
    assert_true(row.pending);
    assert_int_equal(row.amendment, AMENDMENT_SUPPLEMENTED);
    assert_int_equal(row.position, county.position);
    assert_int_equal(row.target, position);
    county_close(&county);
}

/* A retraction is final: nobody can confirm what waited for its record any more. */
static void what_waited_for_a_record_that_was_retracted_waits_no_more(void **unused)
{
    struct county county;
    (void)unused;
    open_where_criminal_cases_break(&county);
    uint64_t filed = file_case(&county, CASE_CRIMINAL);
    const struct event admin = case_of(&county, CASE_ADMIN);
    const struct event waiting = correction(&county, filed, &admin, 1);
    amend_by(&county, &waiting, OFFICE_PUBLIC_SECURITY, "station", VERDICT_ACCEPTED);
    const struct event lifted = retraction(&county, filed);
    amend_by_two(&county, &lifted, OFFICE_PUBLIC_SECURITY);
    assert_int_equal(count_listed(&county, ATTENTION_AMENDED), 1);
    assert_false(newest_amended(&county).pending);
    county_close(&county);
}

static void a_correction_replaces_the_payload_only(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    uint64_t filed = file_case(&county, CASE_ADMIN);
    struct event elsewhere = case_of(&county, CASE_CRIMINAL); /* what its envelope says counts for nothing */
    county_happened_on(&elsewhere, "2020-01-20");
    elsewhere.unit = CODE_COMMUNITY;
    elsewhere.matter = "c-2";
    const struct event event = correction(&county, filed, &elsewhere, 1);
    county_record(&county, &event, OFFICE_PUBLIC_SECURITY);
    const struct matter *matter = county_matter(&county, MATTER_CASE, "c-1");
    assert_int_equal(matter->grade, CASE_CRIMINAL);
    assert_int_equal(matter_opened_day(&county.state, matter), day_of("2020-02-14"));
    assert_string_equal(state_unit(&county.state, matter->unit)->code, CODE_VILLAGE);
    assert_int_equal(state_find_matter(&county.state, MATTER_CASE, "c-2"), 0);
    assert_int_equal(county_status(&county, CODE_VILLAGE, ZERO_CASE, "2020-03-05", POSITION_END).since,
                     day_of("2020-02-14"));
    county_close(&county);
}

static void the_last_correction_wins_and_each_targets_the_original(void **unused)
{
    static const enum case_class classes[] = {CASE_CRIMINAL, CASE_ADMIN, CASE_CRIMINAL};
    struct county county;
    (void)unused;
    open_default(&county); /* both classes break: one identity is enough */
    uint64_t filed = file_case(&county, CASE_ADMIN);
    uint64_t positions[3];
    for (size_t i = 0; i < 3; i++) {
        const struct event replacement = case_of(&county, classes[i]);
        const struct event event = correction(&county, filed, &replacement, i + 1);
        positions[i] = county_record(&county, &event, OFFICE_PUBLIC_SECURITY);
        assert_int_equal(county_matter(&county, MATTER_CASE, "c-1")->grade, classes[i]);
    }
    const struct event admin = case_of(&county, CASE_ADMIN);
    const struct event of_correction = correction(&county, positions[0], &admin, 9);
    county_expect(&county, &of_correction, OFFICE_PUBLIC_SECURITY, VERDICT_BAD_VALUE);
    const struct event back = retraction(&county, positions[2]);
    county_expect(&county, &back, OFFICE_PUBLIC_SECURITY, VERDICT_BAD_VALUE);
    assert_int_equal(county_matter(&county, MATTER_CASE, "c-1")->grade, CASE_CRIMINAL);
    county_close(&county);
}

static void after_a_retraction_nothing_is_corrected(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    uint64_t filed = file_case(&county, CASE_ADMIN);
    const struct event lifted = retraction(&county, filed);
    amend_by(&county, &lifted, OFFICE_PUBLIC_SECURITY, "station", VERDICT_ACCEPTED);
    amend_by(&county, &lifted, OFFICE_PUBLIC_SECURITY, "deputy", VERDICT_ACCEPTED);
    const struct event criminal = case_of(&county, CASE_CRIMINAL);
    const struct event event = correction(&county, filed, &criminal, 1);
    county_expect(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_ILLEGAL_TRANSITION);
    county_close(&county);
}

static void a_correction_is_of_its_targets_type_and_office(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    uint64_t filed = file_case(&county, CASE_ADMIN);
    const struct event hazard = county_opening(&county, MATTER_HAZARD, "c-1", CODE_VILLAGE);
    const struct event of_type = correction(&county, filed, &hazard, 1);
    county_expect(&county, &of_type, OFFICE_PUBLIC_SECURITY, VERDICT_BAD_VALUE);
    const struct event criminal = case_of(&county, CASE_CRIMINAL);
    const struct event of_office = correction(&county, filed, &criminal, 1);
    county_expect(&county, &of_office, OFFICE_WORK_SAFETY, VERDICT_NOT_PERMITTED);
    county_expect_from(&county, &of_office, OFFICE_PUBLIC_SECURITY, CODE_OTHER_TOWN, "station", VERDICT_NOT_PERMITTED);
    county_expect(&county, &of_office, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    county_close(&county);
}

static void a_hazard_that_becomes_less_grave_needs_two_identities_and_a_graver_one_none(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event found = county_opening(&county, MATTER_HAZARD, "h-1", CODE_VILLAGE);
    uint64_t position = county_record(&county, &found, OFFICE_WORK_SAFETY);
    found.hazard.grade = HAZARD_MAJOR;
    const struct event up = correction(&county, position, &found, 1);
    amend_by(&county, &up, OFFICE_WORK_SAFETY, "county", VERDICT_ACCEPTED);
    assert_int_equal(county_matter(&county, MATTER_HAZARD, "h-1")->grade, HAZARD_MAJOR);
    struct event general = found;
    general.hazard.grade = HAZARD_GENERAL;
    const struct event down = correction(&county, position, &general, 2);
    amend_by(&county, &down, OFFICE_WORK_SAFETY, "county", VERDICT_ACCEPTED);
    assert_int_equal(county_matter(&county, MATTER_HAZARD, "h-1")->grade, HAZARD_MAJOR);
    amend_by(&county, &down, OFFICE_WORK_SAFETY, "deputy", VERDICT_ACCEPTED);
    assert_int_equal(county_matter(&county, MATTER_HAZARD, "h-1")->grade, HAZARD_GENERAL);
    assert_int_equal(newest_amendment(&county)->approved, 1);
    county_close(&county);
}

/* An accident whose casualties are corrected away would break nothing any more. */
static void an_accidents_grade_falls_by_correction_with_two_identities_only(void **unused)
{
    static const struct {
        struct accident_facts after;
        bool waits;
    } rows[] = {
        {{.deaths = 3, .loss = LOSS_BELOW_10M}, false},
        {{.deaths = 4, .loss = LOSS_BELOW_10M}, false},
        {{.deaths = 10, .loss = LOSS_BELOW_10M}, false},
        {{.deaths = 2, .loss = LOSS_BELOW_10M}, true},
        {{.deaths = 0, .loss = LOSS_BELOW_THRESHOLD}, true},
        {{.deaths = 0, .loss = LOSS_FROM_10M}, false}, /* LARGER by another dimension */
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct county county;
        open_default(&county);
        struct event reported = county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_VILLAGE);
        reported.accident = (struct accident_facts){.deaths = 3, .loss = LOSS_BELOW_10M};
        uint64_t position = county_record(&county, &reported, OFFICE_WORK_SAFETY);
        reported.accident = rows[i].after;
        const struct event event = correction(&county, position, &reported, 1);
        county_record(&county, &event, OFFICE_WORK_SAFETY);
        if (county.ruling.waits != rows[i].waits)
            fail_msg("row %zu: waits %d, expected %d", i, county.ruling.waits, rows[i].waits);
        county_close(&county);
    }
}

/* Ruling 20 speaks of any break that disappears: also of those that rest on what the corrected record says. */
static void a_petition_that_becomes_unsolvable_takes_its_escalations_break_along_with_two_identities_only(void **unused)
{
    struct policy policy = county_policy();
    struct county county;
    (void)unused;
    policy.break_rules[0] =
        (struct break_rule){.event = EVENT_PETITION_ESCALATED, .zero = ZERO_PETITION, .only_if_solvable = true};
    open_attested(&county, &policy);
    struct event registered = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_happened_on(&registered, "2020-02-10");
    registered.petition.solvable_at_unit_level = true;
    uint64_t position = county_record(&county, &registered, OFFICE_PETITIONS);
    struct event escalated = county_step(&county, EVENT_PETITION_ESCALATED, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_happened_on(&escalated, "2020-02-20");
    county_record(&county, &escalated, OFFICE_PETITIONS);
    uint64_t broken = county.position;
    assert_int_equal(status_known_at(&county, ZERO_PETITION, broken), STATUS_BROKEN);
    registered.petition.solvable_at_unit_level = false;
    const struct event event = correction(&county, position, &registered, 1);
    amend_by(&county, &event, OFFICE_PETITIONS, "county", VERDICT_ACCEPTED);
    assert_int_equal(status_known_at(&county, ZERO_PETITION, POSITION_END), STATUS_BROKEN);
    amend_by(&county, &event, OFFICE_PETITIONS, "deputy", VERDICT_ACCEPTED);
    assert_int_equal(status_known_at(&county, ZERO_PETITION, POSITION_END), STATUS_ZERO);
    assert_int_equal(status_known_at(&county, ZERO_PETITION, broken), STATUS_BROKEN); /* as known then */
    county_close(&county);
}

static void a_claim_that_becomes_an_accusation_needs_two_identities(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event registered = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
    uint64_t position = county_record(&county, &registered, OFFICE_PETITIONS);
    registered.petition.type = PETITION_ACCUSATION;
    const struct event event = correction(&county, position, &registered, 1);
    amend_by(&county, &event, OFFICE_PETITIONS, "county", VERDICT_ACCEPTED);
    assert_int_equal(status_known_at(&county, ZERO_PETITION, POSITION_END), STATUS_BROKEN);
    amend_by(&county, &event, OFFICE_PETITIONS, "deputy", VERDICT_ACCEPTED);
    assert_int_equal(status_known_at(&county, ZERO_PETITION, POSITION_END), STATUS_ZERO);
    county_close(&county);
}

/* Else one person could show the accused what was said of them. */
static void an_accusation_that_becomes_a_claim_needs_two_identities(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event registered = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
    registered.petition.type = PETITION_ACCUSATION;
    uint64_t position = county_record(&county, &registered, OFFICE_PETITIONS);
    registered.petition.type = PETITION_CLAIM;
    const struct event event = correction(&county, position, &registered, 1);
    amend_by(&county, &event, OFFICE_PETITIONS, "county", VERDICT_ACCEPTED);
    assert_true(county.effects.restricted);
    assert_int_equal(county_matter(&county, MATTER_PETITION, "p-1")->grade, PETITION_ACCUSATION);
    amend_by(&county, &event, OFFICE_PETITIONS, "deputy", VERDICT_ACCEPTED);
    assert_int_equal(county_matter(&county, MATTER_PETITION, "p-1")->grade, PETITION_CLAIM);
    county_close(&county);
}

/* With the opening all that was said of the matter goes. */
static void the_retraction_of_a_matter_whose_later_event_broke_needs_two_identities(void **unused)
{
    struct policy policy = county_policy();
    struct county county;
    (void)unused;
    policy.break_rules[0] = (struct break_rule){.event = EVENT_PETITION_ESCALATED, .zero = ZERO_PETITION};
    open_attested(&county, &policy);
    const struct event registered = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
    uint64_t position = county_record(&county, &registered, OFFICE_PETITIONS);
    const struct event escalated = county_step(&county, EVENT_PETITION_ESCALATED, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_record(&county, &escalated, OFFICE_PETITIONS);
    const struct event lifted = retraction(&county, position);
    amend_by(&county, &lifted, OFFICE_PETITIONS, "county", VERDICT_ACCEPTED);
    assert_int_equal(status_known_at(&county, ZERO_PETITION, POSITION_END), STATUS_BROKEN);
    amend_by(&county, &lifted, OFFICE_PETITIONS, "deputy", VERDICT_ACCEPTED);
    assert_int_equal(status_known_at(&county, ZERO_PETITION, POSITION_END), STATUS_ZERO);
    county_close(&county);
}

static void a_step_that_others_rest_on_is_retracted_after_them(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    file_case(&county, CASE_ADMIN);
    struct event step = county_step(&county, EVENT_CASE_RESOLVED, MATTER_CASE, "c-1", CODE_VILLAGE);
    uint64_t resolved = county_record(&county, &step, OFFICE_PUBLIC_SECURITY);
    step.kind = EVENT_CASE_REOPENED;
    uint64_t reopened = county_record(&county, &step, OFFICE_PUBLIC_SECURITY);
    const struct event first = retraction(&county, resolved);
    const struct event last = retraction(&county, reopened);
    county_expect(&county, &first, OFFICE_PUBLIC_SECURITY, VERDICT_ILLEGAL_TRANSITION);
    county_expect(&county, &last, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    assert_int_equal(county_matter(&county, MATTER_CASE, "c-1")->step, STEP_RESOLVED);
    county_expect(&county, &first, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    assert_int_equal(county_matter(&county, MATTER_CASE, "c-1")->step, STEP_FILED);
    county_close(&county);
}

/* ---- counts ---- */

static struct event patrol(const struct county *county, uint32_t rounds, uint32_t findings)
{
    struct event event = county_event(county, EVENT_PATROL_TALLIED, CODE_COMMUNITY);
    event.tally.day = day_of("2020-02-20");
    event.tally.kind = TALLY_PATROL_ROUNDS;
    event.tally.counts[0] = rounds;
    event.tally.counts[1] = findings;
    return event;
}

static void check_patrols(struct county *county, uint32_t rounds, uint32_t findings)
{
    struct summary summary;
    summary_of(&county->state, 0, 2020, &summary, &county->scratch);
    assert_int_equal(summary.counts[FIGURE_TALLIES + TALLY_PATROL_ROUNDS], rounds);
    assert_int_equal(summary.counts[FIGURE_TALLIES + TALLY_PATROL_FINDINGS], findings);
}

static void a_tally_reads_as_its_last_correction_until_it_is_retracted(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    const struct event first = patrol(&county, 3, 1);
    uint64_t position = county_record(&county, &first, OFFICE_GOVERNANCE);
    const struct event other = patrol(&county, 100, 50); /* stays as it is */
    county_record(&county, &other, OFFICE_GOVERNANCE);
    check_patrols(&county, 103, 51);
    const struct event second = patrol(&county, 4, 0);
    const struct event third = patrol(&county, 5, 2);
    const struct event once = correction(&county, position, &second, 1);
    const struct event again = correction(&county, position, &third, 2);
    const struct event lifted = retraction(&county, position);
    county_record(&county, &once, OFFICE_GOVERNANCE);
    check_patrols(&county, 104, 50);
    county_record(&county, &again, OFFICE_GOVERNANCE);
    check_patrols(&county, 105, 52);
    county_expect(&county, &lifted, OFFICE_PUBLIC_SECURITY, VERDICT_NOT_PERMITTED);
    county_record(&county, &lifted, OFFICE_GOVERNANCE);
    check_patrols(&county, 100, 50);
    county_expect(&county, &again, OFFICE_GOVERNANCE, VERDICT_ILLEGAL_TRANSITION); /* a retraction is final */
    county_expect(&county, &lifted, OFFICE_GOVERNANCE, VERDICT_ILLEGAL_TRANSITION);
    county_close(&county);
}

static void a_tallys_correction_is_no_target(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    const struct event first = patrol(&county, 3, 1);
    uint64_t position = county_record(&county, &first, OFFICE_GOVERNANCE);
    const struct event second = patrol(&county, 4, 0);
    const struct event once = correction(&county, position, &second, 1);
    uint64_t corrected = county_record(&county, &once, OFFICE_GOVERNANCE);
    const struct event of_correction = correction(&county, corrected, &first, 2);
    county_expect(&county, &of_correction, OFFICE_GOVERNANCE, VERDICT_BAD_VALUE);
    const struct event lifted = retraction(&county, corrected);
    county_expect(&county, &lifted, OFFICE_GOVERNANCE, VERDICT_BAD_VALUE);
    check_patrols(&county, 4, 0);
    county_close(&county);
}

static struct event self_check(const struct county *county, uint32_t answers)
{
    struct event event = county_event(county, EVENT_SELF_CHECK_RECORDED, CODE_COMMUNITY);
    event.self_check.answers = answers;
    return event;
}

static void check_yes(struct county *county, uint32_t units, uint32_t yes)
{
    struct summary summary;
    summary_of(&county->state, 0, 2020, &summary, &county->scratch);
    assert_int_equal(summary.counts[FIGURE_PROGRAMME_SELF_CHECKED], units);
    assert_int_equal(summary.counts[FIGURE_PROGRAMME_SELF_CHECK_YES], yes);
}

static void a_self_check_reads_as_its_last_correction_until_it_is_retracted(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    const struct event first = self_check(&county, 0xFFFF);
    const struct event second = self_check(&county, 0x0007);
    uint64_t position = county_record(&county, &first, OFFICE_GOVERNANCE);
    check_yes(&county, 1, 16);
    const struct event once = correction(&county, position, &second, 1);
    county_record(&county, &once, OFFICE_GOVERNANCE);
    check_yes(&county, 1, 3);
    const struct event lifted = retraction(&county, position);
    county_record(&county, &lifted, OFFICE_GOVERNANCE);
    check_yes(&county, 0, 0);
    county_expect(&county, &once, OFFICE_GOVERNANCE, VERDICT_ILLEGAL_TRANSITION);
    county_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_correction_that_breaks_needs_one_identity_and_changes_nothing_that_was_known),
        cmocka_unit_test(a_correction_that_unbreaks_needs_two_identities_with_the_same_replacement),
        cmocka_unit_test(what_two_identities_unbroke_is_listed_with_their_approval),
        cmocka_unit_test(a_unit_that_another_record_still_breaks_did_not_turn_to_zero),
        cmocka_unit_test(a_zero_that_turned_is_listed_though_another_one_is_broken),
        cmocka_unit_test(a_grade_that_fell_by_two_is_among_the_amended_and_not_the_unbroken),
        cmocka_unit_test(a_successor_that_turned_to_zero_makes_its_predecessors_amendment_one_of_the_unbroken),
        cmocka_unit_test(an_amendment_that_waits_is_listed_until_it_is_in_force),
        cmocka_unit_test(a_supplement_that_waits_is_listed_as_one),
        cmocka_unit_test(what_waited_for_a_record_that_was_retracted_waits_no_more),
        cmocka_unit_test(a_correction_replaces_the_payload_only),
        cmocka_unit_test(the_last_correction_wins_and_each_targets_the_original),
        cmocka_unit_test(after_a_retraction_nothing_is_corrected),
        cmocka_unit_test(a_correction_is_of_its_targets_type_and_office),
        cmocka_unit_test(a_hazard_that_becomes_less_grave_needs_two_identities_and_a_graver_one_none),
        cmocka_unit_test(an_accidents_grade_falls_by_correction_with_two_identities_only),
        cmocka_unit_test(a_petition_that_becomes_unsolvable_takes_its_escalations_break_along_with_two_identities_only),
        cmocka_unit_test(a_claim_that_becomes_an_accusation_needs_two_identities),
        cmocka_unit_test(an_accusation_that_becomes_a_claim_needs_two_identities),
        cmocka_unit_test(the_retraction_of_a_matter_whose_later_event_broke_needs_two_identities),
        cmocka_unit_test(a_step_that_others_rest_on_is_retracted_after_them),
        cmocka_unit_test(a_tally_reads_as_its_last_correction_until_it_is_retracted),
        cmocka_unit_test(a_tallys_correction_is_no_target),
        cmocka_unit_test(a_self_check_reads_as_its_last_correction_until_it_is_retracted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
