/* Who may do what, folded from the log: what needs a second operator, what waits, what was known when. */
#include "domain/grant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"

#define DAY_US ((int64_t)24 * 3600 * 1000000)

struct town {
    struct county county;
    struct policy policy;
    int64_t now_us;
};

static void open_town(struct town *town)
{
    town->policy = county_policy();
    county_open(&town->county, &town->policy, "2020-02-10");
    town->now_us = town->county.state.heads.recorded_at_us;
}

static enum verdict take(struct town *town, struct event *event)
{
    struct state *state = &town->county.state;
    const struct publisher hub = {.identity = "hub", .office = OFFICE_HUB};
    struct effects effects;
    domain_judge(state, event, &hub, town->now_us, &town->county.ruling);
    if (town->county.ruling.verdict == VERDICT_ACCEPTED)
        domain_apply(state, event, &hub, &town->county.ruling, state->heads.position + 1, town->now_us, &effects);
    return town->county.ruling.verdict;
}

static struct event access_event(const struct town *town, enum event_kind kind, const char *by)
{
    struct event event = county_event(&town->county, kind, "");
    event.occurred_at_us = town->now_us;
    event.access.entry = (struct entry_facts){.name = "", .key = "", .unit = "", .signing_key = ""};
    event.access.verifier_key = "";
    event.access.by = by;
    return event;
}

static enum verdict granted(struct town *town, const struct entry_facts *entry, enum access_ground ground,
                            const char *by, uint64_t proposal)
{
    struct event event = access_event(town, EVENT_ACCESS_GRANTED, by);
    event.access.entry = *entry;
    event.access.ground = ground;
    event.target = proposal;
    return take(town, &event);
}

static enum verdict revoked(struct town *town, const char *name, const char *by)
{
    struct event event = access_event(town, EVENT_ACCESS_REVOKED, by);
    event.access.entry.name = name;
    event.access.ground = by[0] ? GROUND_CHANGE : GROUND_FILE;
    return take(town, &event);
}

static enum verdict proposed(struct town *town, const struct entry_facts *entry, const char *by)
{
    struct event event = access_event(town, EVENT_ACCESS_PROPOSED, by);
    event.access.entry = *entry;
    return take(town, &event);
}

static enum verdict withdrawn(struct town *town, uint64_t proposal, const char *by)
{
    struct event event = access_event(town, EVENT_PROPOSAL_WITHDRAWN, by);
    event.target = proposal;
    return take(town, &event);
}

static struct entry_facts entry_of(const char *name, enum role role, enum office office, const char *unit)
{
    return (struct entry_facts){
        .name = name, .key = name, .unit = unit, .signing_key = "", .role = role, .office = office};
}

/* Two operators, and an office whose subtree is a town. */
static void open_with_operators(struct town *town)
{
    const struct entry_facts entries[] = {entry_of("op-1", ROLE_OPERATOR, OFFICE_OPERATOR, ""),
                                          entry_of("op-2", ROLE_OPERATOR, OFFICE_OPERATOR, ""),
                                          entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, CODE_TOWN)};
    open_town(town);
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        assert_int_equal(granted(town, &entries[i], GROUND_FILE, "", 0), VERDICT_ACCEPTED);
}

static void what_gives_more_needs_a_second_operator(void **unused)
{
    (void)unused;
    static const char *const one_type[] = {"HazardFound"};
    static const char *const more_types[] = {"catalogue", "CaseFiled"};
    struct town town;
    open_with_operators(&town);
    struct {
        const char *what;
        struct entry_facts entry;
        bool widens;
    } rows[] = {
        {"the same", entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, CODE_TOWN), false},
        {"a village of the town", entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, CODE_VILLAGE), false},
        {"the county", entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, CODE_COUNTY), true},
        {"another town", entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, CODE_OTHER_TOWN), true},
        {"the whole tree", entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, ""), true},
        {"a unit that nobody knows", entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, "140399000000"), true},
        {"to read only", entry_of("safety", ROLE_SUBSCRIBER, OFFICE_WORK_SAFETY, CODE_TOWN), false},
        {"to lead", entry_of("safety", ROLE_LEADER, OFFICE_WORK_SAFETY, CODE_TOWN), true},
        {"to operate", entry_of("safety", ROLE_OPERATOR, OFFICE_WORK_SAFETY, CODE_TOWN), true},
        {"to audit", entry_of("safety", ROLE_AUDITOR, OFFICE_WORK_SAFETY, CODE_TOWN), true},
        {"another office", entry_of("safety", ROLE_PUBLISHER, OFFICE_PETITIONS, CODE_TOWN), true},
        {"fewer types", entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, CODE_TOWN), false},
        {"more types", entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, CODE_TOWN), true},
        {"a new publisher", entry_of("new", ROLE_PUBLISHER, OFFICE_PETITIONS, CODE_COUNTY), false},
        {"a new subscriber", entry_of("new", ROLE_SUBSCRIBER, OFFICE_DISCIPLINE, CODE_COUNTY), false},
        {"a new leader", entry_of("new", ROLE_LEADER, OFFICE_LEADERSHIP, CODE_COUNTY), true},
        {"a new auditor", entry_of("new", ROLE_AUDITOR, OFFICE_OPERATOR, ""), true},
        {"a new operator", entry_of("new", ROLE_OPERATOR, OFFICE_OPERATOR, ""), true},
        {"who could adopt a policy", entry_of("new", ROLE_PUBLISHER, OFFICE_OPERATOR, ""), true},
        {"a publisher's next key", entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, CODE_TOWN), false},
        {"an operator's next key", entry_of("op-2", ROLE_OPERATOR, OFFICE_OPERATOR, ""), true},
        {"the key under another name", entry_of("other", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, CODE_COUNTY), true},
        {"a first signing key", entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, CODE_TOWN), false},
    };
    const size_t count = sizeof rows / sizeof *rows;
    rows[11].entry.types = one_type;
    rows[11].entry.type_count = 1;
    rows[12].entry.types = more_types;
    rows[12].entry.type_count = 2;
    rows[19].entry.key = rows[20].entry.key = "another";
    rows[21].entry.key = "safety";
    rows[22].entry.signing_key = "signs";
    for (size_t i = 0; i < count; i++) {
        const char *why = grant_widens(&town.county.state, &rows[i].entry);
        if ((why != NULL) != rows[i].widens)
            fail_msg("%s: %s", rows[i].what, why ? why : "needs one operator");
    }
    county_close(&town.county);
}

static void what_was_had_before_a_revocation_is_the_measure(void **unused)
{
    (void)unused;
    struct town town;
    open_with_operators(&town);
    const struct entry_facts same = entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, CODE_TOWN);
    const struct entry_facts wider = entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, CODE_COUNTY);
    const struct entry_facts operator_again = entry_of("op-2", ROLE_OPERATOR, OFFICE_OPERATOR, "");
    assert_int_equal(revoked(&town, "safety", "op-1"), VERDICT_ACCEPTED);
    assert_int_equal(revoked(&town, "op-2", "op-1"), VERDICT_ACCEPTED);
    assert_int_equal(granted(&town, &wider, GROUND_CHANGE, "op-1", 0), VERDICT_SECOND_APPROVER);
    assert_int_equal(granted(&town, &operator_again, GROUND_CHANGE, "op-1", 0), VERDICT_SECOND_APPROVER);
    assert_int_equal(granted(&town, &same, GROUND_CHANGE, "op-1", 0), VERDICT_ACCEPTED);
    county_close(&town.county);
}

static void a_signing_key_is_not_replaced_by_one(void **unused)
{
    (void)unused;
    struct town town;
    open_with_operators(&town);
    struct entry_facts entry = entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, CODE_TOWN);
    entry.signing_key = "signs";
    assert_int_equal(granted(&town, &entry, GROUND_CHANGE, "op-1", 0), VERDICT_ACCEPTED);
    entry.signing_key = "forges";
    assert_int_equal(granted(&town, &entry, GROUND_CHANGE, "op-1", 0), VERDICT_SECOND_APPROVER);
    entry.signing_key = "";
    assert_int_equal(granted(&town, &entry, GROUND_CHANGE, "op-1", 0), VERDICT_SECOND_APPROVER);
    county_close(&town.county);
}

static void only_another_operator_confirms(void **unused)
{
    (void)unused;
    struct town town;
    open_with_operators(&town);
    const struct entry_facts wider = entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, CODE_COUNTY);
    const struct entry_facts other = entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, "");
    assert_int_equal(proposed(&town, &wider, "safety"), VERDICT_NOT_PERMITTED);
    assert_int_equal(proposed(&town, &wider, "op-1"), VERDICT_ACCEPTED);
    uint64_t proposal = town.county.state.heads.position;
    assert_int_equal(proposed(&town, &wider, "op-1"), VERDICT_SECOND_APPROVER);
    assert_int_equal(granted(&town, &wider, GROUND_CONFIRMED, "op-1", proposal), VERDICT_SECOND_APPROVER);
    assert_int_equal(granted(&town, &wider, GROUND_CONFIRMED, "safety", proposal), VERDICT_NOT_PERMITTED);
    assert_int_equal(granted(&town, &wider, GROUND_CONFIRMED, "nobody", proposal), VERDICT_NOT_PERMITTED);
    assert_int_equal(granted(&town, &other, GROUND_CONFIRMED, "op-2", proposal), VERDICT_BAD_VALUE);
    assert_int_equal(granted(&town, &wider, GROUND_CONFIRMED, "op-2", proposal - 1), VERDICT_PROPOSAL_CLOSED);
    assert_int_equal(granted(&town, &wider, GROUND_CONFIRMED, "op-2", proposal), VERDICT_ACCEPTED);
    assert_int_equal(granted(&town, &wider, GROUND_CONFIRMED, "op-2", proposal), VERDICT_PROPOSAL_CLOSED);
    assert_int_equal(withdrawn(&town, proposal, "op-1"), VERDICT_PROPOSAL_CLOSED);
    county_close(&town.county);
}

static void a_proposal_is_void_after_its_days_or_withdrawn(void **unused)
{
    (void)unused;
    struct town town;
    open_with_operators(&town);
    const struct entry_facts wider = entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, CODE_COUNTY);
    assert_int_equal(proposed(&town, &wider, "op-1"), VERDICT_ACCEPTED);
    uint64_t first = town.county.state.heads.position;
    assert_int_equal(withdrawn(&town, first, "safety"), VERDICT_NOT_PERMITTED);
    assert_int_equal(withdrawn(&town, first, "op-2"), VERDICT_ACCEPTED);
    assert_int_equal(granted(&town, &wider, GROUND_CONFIRMED, "op-2", first), VERDICT_PROPOSAL_CLOSED);
    assert_int_equal(proposed(&town, &wider, "op-1"), VERDICT_ACCEPTED);
    uint64_t second = town.county.state.heads.position;
    town.now_us += 7 * DAY_US + 1;
    assert_int_equal(granted(&town, &wider, GROUND_CONFIRMED, "op-2", second), VERDICT_PROPOSAL_CLOSED);
    assert_int_equal(proposed(&town, &wider, "op-1"), VERDICT_ACCEPTED);
    town.now_us += 7 * DAY_US;
    assert_int_equal(granted(&town, &wider, GROUND_CONFIRMED, "op-2", town.county.state.heads.position),
                     VERDICT_ACCEPTED);
    county_close(&town.county);
}

static void access_is_known_as_of_any_position(void **unused)
{
    (void)unused;
    struct town town;
    open_with_operators(&town);
    struct state *state = &town.county.state;
    uint64_t admitted = state->heads.position;
    const struct entry_facts narrower = entry_of("safety", ROLE_PUBLISHER, OFFICE_WORK_SAFETY, CODE_VILLAGE);
    assert_int_equal(granted(&town, &narrower, GROUND_CHANGE, "op-1", 0), VERDICT_ACCEPTED);
    assert_int_equal(revoked(&town, "safety", "op-2"), VERDICT_ACCEPTED);
    assert_int_equal(grant_of(state, "safety", admitted - 1), 0);
    const struct access_change *then = table_row(&state->access_changes, grant_of(state, "safety", admitted));
    const struct access_change *later = table_row(&state->access_changes, grant_of(state, "safety", admitted + 1));
    assert_string_equal(state_text(state, then->rights.unit), CODE_TOWN);
    assert_string_equal(state_text(state, later->rights.unit), CODE_VILLAGE);
    assert_string_equal(state_text(state, later->by), "op-1");
    assert_int_equal(grant_of(state, "safety", admitted + 2), 0);
    assert_int_equal(revoked(&town, "safety", "op-1"), VERDICT_UNKNOWN_MATTER);
    county_close(&town.county);
}

static enum verdict adopted(struct town *town, const struct policy *policy, const char *by)
{
    struct event event = county_event(&town->county, EVENT_POLICY_ADOPTED, "");
    event.adopted.policy = policy;
    event.adopted.text = policy->version;
    return county_take_from(&town->county, &event, OFFICE_OPERATOR, "", by);
}

static void a_policy_waits_for_another_identity_and_the_same_text(void **unused)
{
    (void)unused;
    struct town town;
    open_with_operators(&town);
    struct policy second = town.policy;
    struct policy third = town.policy;
    snprintf(second.version, sizeof second.version, "second");
    snprintf(third.version, sizeof third.version, "third");
    second.effective_from = third.effective_from = town.county.state.heads.today;
    assert_int_equal(adopted(&town, &second, "op-1"), VERDICT_ACCEPTED);
    assert_true(town.county.ruling.waits);
    assert_int_equal(adopted(&town, &second, "op-1"), VERDICT_SECOND_APPROVER);
    assert_int_equal(adopted(&town, &third, "op-2"), VERDICT_ACCEPTED);
    assert_true(town.county.ruling.waits); /* another text is another proposal */
    assert_int_equal(town.county.state.rules.count, 2);
    assert_string_equal(state_policy(&town.county.state)->version, town.policy.version);
    assert_int_equal(adopted(&town, &second, "op-2"), VERDICT_ACCEPTED);
    assert_true(town.county.ruling.approved);
    assert_string_equal(state_policy(&town.county.state)->version, "second");
    county_close(&town.county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_gives_more_needs_a_second_operator),
        cmocka_unit_test(what_was_had_before_a_revocation_is_the_measure),
        cmocka_unit_test(a_signing_key_is_not_replaced_by_one),
        cmocka_unit_test(only_another_operator_confirms),
        cmocka_unit_test(a_proposal_is_void_after_its_days_or_withdrawn),
        cmocka_unit_test(access_is_known_as_of_any_position),
        cmocka_unit_test(a_policy_waits_for_another_identity_and_the_same_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
