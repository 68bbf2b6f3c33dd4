/* The invariants of DOMAIN 4.12 that no other test carries, by number. 2, 3 and 4 are random runs in apply_test, 5 is
 * tested by ledger_test, 6 by numbers_are_kept.py, 8, 11 and 12 by apply_test, 10 by lifecycle_test, 15 and 16 by
 * rollup_test, 18 by amend_test and retraction_test, 20 by apply_test and where answers are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <protobuf-c/protobuf-c.h>

#include "county.h"
#include "domain/attention.h"
#include "domain/day.h"
#include "domain/deadline.h"
#include "domain/figure_list.h"
#include "domain/rollup.h"
#include "domain/summary.h"
#include "event.pb-c.h"

static const enum office office_of_zero[ZERO_COUNT] = {OFFICE_PETITIONS, OFFICE_WORK_SAFETY, OFFICE_PUBLIC_SECURITY};
static const enum matter_kind matter_of_zero[ZERO_COUNT] = {MATTER_PETITION, MATTER_ACCIDENT, MATTER_CASE};

static void open_default(struct county *county)
{
    const struct policy policy = county_policy();
    county_open(county, &policy, "2020-02-10");
}

static uint64_t attest(struct county *county, enum zero zero, const char *unit)
{
    const struct event event = county_attestation(county, zero, unit, "2020-01-01", "2020-02-09");
    return county_record(county, &event, office_of_zero[zero]);
}

/* One village at zero, one broken, all else silent. */
static void open_mixed(struct county *county)
{
    open_default(county);
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        attest(county, (enum zero)zero, CODE_VILLAGE);
        struct event broken = county_opening(county, matter_of_zero[zero], "m-1", CODE_OTHER_VILLAGE);
        county_record(county, &broken, office_of_zero[zero]);
    }
}

static void check_count(const struct status_count *found, const struct status_count *expected, const char *node)
{
    if (memcmp(found, expected, sizeof *found) != 0)
        fail_msg("%s: %u = %u + %u + %u, expected %u = %u + %u + %u", node, found->total, found->zero, found->broken,
                 found->unverified, expected->total, expected->zero, expected->broken, expected->unverified);
}

static void invariant_01_zero_broken_and_unverified_are_the_total_at_every_node(void **unused)
{
    static const struct {
        const char *node;
        struct status_count count; /* total, zero, broken, unverified */
    } rows[] = {
        {CODE_PROVINCE, {4, 1, 1, 2}},   {CODE_COUNTY, {4, 1, 1, 2}},  {CODE_TOWN, {3, 1, 1, 1}},
        {CODE_OTHER_TOWN, {1, 0, 0, 1}}, {CODE_VILLAGE, {2, 1, 0, 1}}, {CODE_OTHER_VILLAGE, {1, 0, 1, 0}},
        {CODE_ENTERPRISE, {1, 0, 0, 1}},
    };
    struct county county;
    (void)unused;
    open_mixed(&county);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rollup rollup;
        rollup_now(&county.state, state_find_unit(&county.state, rows[i].node), &rollup, &county.scratch);
        for (int zero = 0; zero < ZERO_COUNT; zero++)
            check_count(&rollup.zeros[GROUP_ALL][zero], &rows[i].count, rows[i].node);
        check_count(&rollup.joint[GROUP_ALL], &rows[i].count, rows[i].node);
    }
    county_close(&county);
}

static void check_statuses(struct county *county, const char *unit, enum status expected)
{
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        enum status found = county_status(county, unit, (enum zero)zero, "2020-02-10", POSITION_END).status;
        if (found != expected)
            fail_msg("%s, zero %d: status %d, expected %d", unit, zero, (int)found, (int)expected);
    }
}

static void invariant_07_an_exercise_changes_no_status(void **unused)
{
    (void)unused;
    for (int mode = MODE_EXERCISE; mode <= MODE_TEST; mode++) {
        struct county county;
        open_mixed(&county);
        for (int zero = 0; zero < ZERO_COUNT; zero++) {
            struct event broken = county_opening(&county, matter_of_zero[zero], "drill", CODE_VILLAGE);
            broken.mode = (enum event_mode)mode;
            county_record(&county, &broken, office_of_zero[zero]);
            struct event attested =
                county_attestation(&county, (enum zero)zero, CODE_ENTERPRISE, "2020-01-01", "2020-02-09");
            attested.mode = (enum event_mode)mode;
            county_record(&county, &attested, office_of_zero[zero]);
        }
        check_statuses(&county, CODE_VILLAGE, STATUS_ZERO);
        check_statuses(&county, CODE_ENTERPRISE, STATUS_UNVERIFIED);
        county_close(&county);
    }
}

/* What was played is no ground for what is said in earnest. */
static void invariant_07_nothing_actual_rests_on_an_exercise(void **unused)
{
    struct county county;
    (void)unused;
    open_mixed(&county);
    struct event drill = county_opening(&county, MATTER_HAZARD, "h-1", CODE_VILLAGE);
    drill.mode = MODE_EXERCISE;
    uint64_t position = county_record(&county, &drill, OFFICE_WORK_SAFETY);
    const struct event fixed = county_step(&county, EVENT_HAZARD_FIXED_ON_SPOT, MATTER_HAZARD, "h-1", CODE_VILLAGE);
    county_expect(&county, &fixed, OFFICE_WORK_SAFETY, VERDICT_UNKNOWN_MATTER);
    struct event event = county_event(&county, EVENT_EVENT_RETRACTED, "");
    event.target = position;
    county_expect(&county, &event, OFFICE_WORK_SAFETY, VERDICT_BAD_VALUE);
    drill = county_attestation(&county, ZERO_CASE, CODE_ENTERPRISE, "2020-01-01", "2020-02-09");
    drill.mode = MODE_EXERCISE;
    position = county_record(&county, &drill, OFFICE_PUBLIC_SECURITY);
    event = county_event(&county, EVENT_ATTESTATION_WITHDRAWN, "");
    event.target = position;
    county_expect(&county, &event, OFFICE_PUBLIC_SECURITY, VERDICT_UNKNOWN_MATTER);
    county_close(&county);
}

/* Whoever sits in the unit may say what they like: a zero it becomes by a level above, or on what that level checked.
 */
static void invariant_09_a_unit_does_not_attest_itself_to_zero(void **unused)
{
    static const char *const units[] = {CODE_VILLAGE, CODE_COMMUNITY, CODE_ENTERPRISE};
    (void)unused;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        for (int basis = BASIS_REGISTER_CHECKED; basis <= BASIS_HISTORIC; basis++) {
            struct county county;
            open_default(&county);
            for (int zero = 0; zero < ZERO_COUNT; zero++) {
                struct event event = county_attestation(&county, (enum zero)zero, units[i], "2020-01-01", "2020-02-09");
                event.attested.basis = (enum basis)basis;
                county_expect_from(&county, &event, office_of_zero[zero], units[i], "unit", VERDICT_ACCEPTED);
                struct event accepted = county_event(&county, EVENT_ATTESTATION_REVIEWED, "");
                accepted.target = county.position;
                accepted.variant = 1;
                county_expect_from(&county, &accepted, office_of_zero[zero], units[i], "unit", VERDICT_NOT_PERMITTED);
            }
            check_statuses(&county, units[i], STATUS_UNVERIFIED);
            county_close(&county);
        }
}

static bool names_matter(const struct county *county, const struct attention_row *row, uint32_t matter)
{
    const struct move *move = state_move(&county->state, state_find_move(&county->state, row->target));
    return row->matter == matter || (row->target != 0 && move->matter == matter);
}

static void invariant_13_an_accusation_is_in_no_list(void **unused)
{
    struct county county;
    (void)unused;
    open_default(&county);
    struct event accusation = county_opening(&county, MATTER_PETITION, "p-1", CODE_VILLAGE);
    accusation.petition.type = PETITION_ACCUSATION;
    uint64_t position = county_record(&county, &accusation, OFFICE_PETITIONS);
    struct event event = county_event(&county, EVENT_EVENT_CORRECTED, "");
    event.target = position;
    event.correction.replacement = &accusation;
    event.correction.content = 1;
    county_record(&county, &event, OFFICE_PETITIONS);
    struct event step = county_step(&county, EVENT_PETITION_ESCALATED, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_record(&county, &step, OFFICE_PETITIONS);
    step.kind = EVENT_PETITION_WITHDRAWN;
    county_record(&county, &step, OFFICE_PETITIONS);
    uint32_t matter = state_find_matter(&county.state, MATTER_PETITION, "p-1");
    for (int kind = ATTENTION_UNVERIFIED; kind <= ATTENTION_EVALUATIONS; kind++) {
        struct attention_list list;
        attention_list_open(&county.state, 0, (enum attention)kind, 2020, &county.scratch, &list);
        for (size_t i = 0; i < list.count; i++)
            if (names_matter(&county, &list.rows[i], matter))
                fail_msg("list %d, row %zu is about an accusation", kind, i);
        attention_list_close(&list);
    }
    county_close(&county);
}

/* DOMAIN 5 and finding 10: what has no field cannot be asked for. Names are those of units, roles are codes. */
static void check_fields(const ProtobufCMessageDescriptor *message, int depth)
{
    static const char *const persons[] = {"person",          "citizen", "phone", "mobile",
                                          "identity_number", "id_card", "plate", "address",
                                          "birth",           "gender",  "face",  "household"};
    for (unsigned i = 0; i < message->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->fields[i];
        for (size_t word = 0; word < sizeof persons / sizeof *persons; word++)
            if (strstr(field->name, persons[word]))
                fail_msg("%s.%s has a field for a '%s'", message->name, field->name, persons[word]);
        if (field->type == PROTOBUF_C_TYPE_MESSAGE && depth < 4)
            check_fields(field->descriptor, depth + 1);
    }
}

static void invariant_14_no_event_has_a_field_for_a_person(void **unused)
{
    (void)unused;
    check_fields(&sanling__v1__event__descriptor, 0);
}

static void invariant_17_every_figure_lists_the_records_that_it_counts(void **unused)
{
    struct county county;
    struct summary summary;
    struct day_before before = {0};
    struct figure_count count;
    uint32_t counting = 0;
    (void)unused;
    open_mixed(&county);
    const struct event hazard = county_opening(&county, MATTER_HAZARD, "h-1", CODE_VILLAGE);
    county_record(&county, &hazard, OFFICE_WORK_SAFETY);
    struct event patrol = county_event(&county, EVENT_PATROL_TALLIED, CODE_COMMUNITY);
    patrol.tally.day = DAY_NONE;
    patrol.tally.kind = TALLY_PATROL_ROUNDS;
    patrol.tally.counts[0] = 7;
    county_record(&county, &patrol, OFFICE_GOVERNANCE);
    summary_of(&county.state, 0, 2020, &summary, &county.scratch);
    figure_count_open(&county.state, 0, 2020, &before, &county.scratch, &count);
    for (int figure = FIGURE_NONE + 1; figure < FIGURE_LIMIT; figure++) {
        char name[FIGURE_NAME_SIZE];
        struct figure_list list;
        figure_name((enum figure)figure, name);
        if (name[0] == '\0')
            continue;
        figure_list_open(&count, (enum figure)figure, &list);
        if (list.total != summary.counts[figure])
            fail_msg("%s: %llu listed, %llu counted", name, (unsigned long long)list.total,
                     (unsigned long long)summary.counts[figure]);
        for (size_t i = 0; i < list.entry_count; i++)
            assert_true(list.entries[i].position <= county.state.heads.position);
        counting += list.total > 0;
        figure_list_close(&list);
    }
    assert_true(counting > 10);
    figure_count_close(&count);
    day_before_clear(&before);
    county_close(&county);
}

/* However late a record comes, days pass by DayClosed alone. */
static void invariant_19_clocks_come_only_from_recorded_events(void **unused)
{
    struct county county;
    struct deadline deadline;
    struct deadline_cursor cursor = {0};
    (void)unused;
    open_default(&county);
    struct event found = county_opening(&county, MATTER_HAZARD, "h-1", CODE_VILLAGE);
    county_record(&county, &found, OFFICE_WORK_SAFETY);
    struct event ordered = county_step(&county, EVENT_RECTIFICATION_ORDERED, MATTER_HAZARD, "h-1", CODE_VILLAGE);
    ordered.due_day = day_of("2020-02-11");
    county_record(&county, &ordered, OFFICE_WORK_SAFETY);
    struct state *state = &county.state;
    const struct publisher police = {.identity = "police", .office = OFFICE_PUBLIC_SECURITY};
    const int64_t much_later_us = ordered.occurred_at_us + 90 * (int64_t)US_PER_DAY;
    const struct event filed = county_opening(&county, MATTER_CASE, "c-1", CODE_OTHER_VILLAGE);
    domain_judge(state, &filed, &police, much_later_us, &county.ruling);
    assert_int_equal(county.ruling.verdict, VERDICT_ACCEPTED);
    domain_apply(state, &filed, &police, &county.ruling, state->heads.position + 1, much_later_us, &county.effects);
    assert_int_equal(state->heads.today, day_of("2020-02-10"));
    assert_false(deadline_next(state, state->heads.today - 1, &cursor, &deadline));
    const struct event attested = county_attestation(&county, ZERO_CASE, CODE_VILLAGE, "2020-02-01", "2020-02-10");
    county_expect(&county, &attested, OFFICE_PUBLIC_SECURITY, VERDICT_DAY_NOT_CLOSED);
    county_open_day(&county, "2020-02-12");
    cursor = (struct deadline_cursor){0};
    assert_true(deadline_next(state, state->heads.today - 1, &cursor, &deadline));
    county_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(invariant_01_zero_broken_and_unverified_are_the_total_at_every_node),
        cmocka_unit_test(invariant_07_an_exercise_changes_no_status),
        cmocka_unit_test(invariant_07_nothing_actual_rests_on_an_exercise),
        cmocka_unit_test(invariant_09_a_unit_does_not_attest_itself_to_zero),
        cmocka_unit_test(invariant_13_an_accusation_is_in_no_list),
        cmocka_unit_test(invariant_14_no_event_has_a_field_for_a_person),
        cmocka_unit_test(invariant_17_every_figure_lists_the_records_that_it_counts),
        cmocka_unit_test(invariant_19_clocks_come_only_from_recorded_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
