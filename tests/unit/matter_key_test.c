/* Keys of matters for sealed notes: one of an office stands at a time, and what was destroyed never stands again. */
#include "domain/matter_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "county.h"

enum { KEY = 0xA1, OTHER_KEY = 0xA2, STANDING_KEY = 0xA3 };

static void sealing(struct county *county, enum event_kind kind, uint64_t id, enum office office, enum verdict expected)
{
    struct event event = county_step(county, kind, MATTER_PETITION, "p-1", CODE_VILLAGE);
    event.sealing.id = id;
    county_expect(county, &event, office, expected);
}

static void open_petition(struct county *county)
{
    const struct policy policy = county_policy();
    county_open(county, &policy, "2020-04-18");
    const struct event event = county_opening(county, MATTER_PETITION, "p-1", CODE_VILLAGE);
    county_record(county, &event, OFFICE_PETITIONS);
}

static void a_destroyed_key_takes_no_note_and_never_stands_again(void **unused)
{
    struct county county;
    (void)unused;
    open_petition(&county);
    sealing(&county, EVENT_MATTER_KEY_OFFERED, KEY, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    sealing(&county, EVENT_SEALED_NOTE_ADDED, KEY, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    sealing(&county, EVENT_MATTER_KEY_OFFERED, KEY, OFFICE_PUBLIC_SECURITY, VERDICT_BAD_VALUE);
    sealing(&county, EVENT_MATTER_KEY_OFFERED, OTHER_KEY, OFFICE_WORK_SAFETY, VERDICT_BAD_VALUE);
    sealing(&county, EVENT_MATTER_KEY_DESTROYED, KEY, OFFICE_PETITIONS, VERDICT_NOT_PERMITTED);
    sealing(&county, EVENT_MATTER_KEY_DESTROYED, KEY, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    sealing(&county, EVENT_SEALED_NOTE_ADDED, KEY, OFFICE_PETITIONS, VERDICT_KEY_DESTROYED);
    sealing(&county, EVENT_MATTER_KEY_OFFERED, KEY, OFFICE_WORK_SAFETY, VERDICT_KEY_DESTROYED);
    sealing(&county, EVENT_MATTER_KEY_DESTROYED, KEY, OFFICE_WORK_SAFETY, VERDICT_KEY_DESTROYED);
    sealing(&county, EVENT_MATTER_KEY_OFFERED, OTHER_KEY, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    sealing(&county, EVENT_SEALED_NOTE_ADDED, OTHER_KEY, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    const struct matter *matter = county_matter(&county, MATTER_PETITION, "p-1");
    const struct matter_key *newest = table_row(&county.state.keys, state_annex(&county.state, matter)->keys);
    const struct matter_key *oldest = table_row(&county.state.keys, newest->next);
    assert_int_equal(newest->destroyed_at, 0);
    assert_int_equal(oldest->notes, 1);
    assert_true(oldest->destroyed_at > oldest->offered_at);
    county_close(&county);
}

static void a_standing_key_is_taken_until_it_is_destroyed_for_the_matter(void **unused)
{
    struct county county;
    (void)unused;
    open_petition(&county);
    sealing(&county, EVENT_SEALED_NOTE_ADDED, STANDING_KEY, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    sealing(&county, EVENT_SEALED_NOTE_ADDED, 0, OFFICE_PETITIONS, VERDICT_ACCEPTED); /* an office's own name for one */
    sealing(&county, EVENT_MATTER_KEY_DESTROYED, STANDING_KEY, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    sealing(&county, EVENT_SEALED_NOTE_ADDED, STANDING_KEY, OFFICE_PETITIONS, VERDICT_KEY_DESTROYED);
    county_close(&county);
}

static void a_note_reaches_the_office_that_it_is_sealed_to(void **unused)
{
    struct county county;
    (void)unused;
    open_petition(&county);
    sealing(&county, EVENT_MATTER_KEY_OFFERED, KEY, OFFICE_PUBLIC_SECURITY, VERDICT_ACCEPTED);
    assert_true(county.effects.routed_to & OFFICE_BIT(OFFICE_PETITIONS));
    assert_false(county.effects.routed_to & OFFICE_BIT(OFFICE_WORK_SAFETY));
    sealing(&county, EVENT_SEALED_NOTE_ADDED, KEY, OFFICE_PETITIONS, VERDICT_ACCEPTED);
    assert_true(county.effects.routed_to & OFFICE_BIT(OFFICE_PUBLIC_SECURITY));
    county_close(&county);
}

static void a_matter_has_so_many_keys_and_no_more(void **unused)
{
    struct county county;
    (void)unused;
    open_petition(&county);
    for (uint64_t id = 1; id <= MATTER_KEYS_MAX; id++)
        sealing(&county, EVENT_MATTER_KEY_DESTROYED, id, OFFICE_WORK_SAFETY, VERDICT_ACCEPTED);
    sealing(&county, EVENT_MATTER_KEY_DESTROYED, 1000, OFFICE_WORK_SAFETY, VERDICT_BAD_VALUE);
    sealing(&county, EVENT_MATTER_KEY_OFFERED, 1000, OFFICE_WORK_SAFETY, VERDICT_BAD_VALUE);
    county_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_destroyed_key_takes_no_note_and_never_stands_again),
        cmocka_unit_test(a_standing_key_is_taken_until_it_is_destroyed_for_the_matter),
        cmocka_unit_test(a_note_reaches_the_office_that_it_is_sealed_to),
        cmocka_unit_test(a_matter_has_so_many_keys_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
