/* The life-cycles of DOMAIN 4.4: each legal move leads where it says, and nothing else moves. JOINT has no event of
 * its own: joint handling lies over any matter. */
#include "domain/matter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { VARIANTS = 3 }; /* 0 none, 1, 2 */

/* A move that any variant takes has variant ANY. */
enum { ANY = 99 };
struct legal_move {
    enum matter_kind kind;
    enum event_kind event;
    uint32_t variant;
    enum step to;
    enum step from[6]; /* ends with STEP_LIMIT unless full; STEP_NONE opens the matter */
};

/* Event by event, with the steps that it is taken at. */
static const struct legal_move legal[] = {
    {MATTER_PETITION, EVENT_PETITION_REGISTERED, ANY, STEP_REGISTERED, {STEP_NONE, STEP_LIMIT}},
    {MATTER_PETITION, EVENT_PETITION_FORWARDED, ANY, STEP_FORWARDED, {STEP_REGISTERED, STEP_OBJECTED, STEP_LIMIT}},
    {MATTER_PETITION, EVENT_PETITION_ASSIGNED, ANY, STEP_ASSIGNED, {STEP_REGISTERED, STEP_OBJECTED, STEP_LIMIT}},
    {MATTER_PETITION, EVENT_ASSIGNMENT_OBJECTED, ANY, STEP_OBJECTED, {STEP_FORWARDED, STEP_ASSIGNED, STEP_LIMIT}},
    {MATTER_PETITION,
     EVENT_PETITION_ACCEPTED,
     ANY,
     STEP_ACCEPTED,
     {STEP_REGISTERED, STEP_FORWARDED, STEP_ASSIGNED, STEP_OBJECTED, STEP_LIMIT}},
    {MATTER_PETITION,
     EVENT_PETITION_NOT_ACCEPTED,
     ANY,
     STEP_NOT_ACCEPTED,
     {STEP_REGISTERED, STEP_FORWARDED, STEP_ASSIGNED, STEP_LIMIT}},
    {MATTER_PETITION,
     EVENT_PETITION_DIVERTED,
     ANY,
     STEP_DIVERTED,
     {STEP_REGISTERED, STEP_FORWARDED, STEP_ASSIGNED, STEP_ACCEPTED, STEP_LIMIT}},
    {MATTER_PETITION, EVENT_HANDLING_EXTENDED, ANY, STEP_EXTENDED, {STEP_ACCEPTED, STEP_LIMIT}}, /* once */
    {MATTER_PETITION,
     EVENT_OPINION_ISSUED,
     ANY,
     STEP_REPLIED,
     {STEP_ACCEPTED, STEP_EXTENDED, STEP_MEDIATING, STEP_LIMIT}},
    {MATTER_PETITION, EVENT_CONSENT_RECORDED, ANY, STEP_ACCEPTED, {STEP_ACCEPTED, STEP_LIMIT}},
    {MATTER_PETITION, EVENT_CONSENT_RECORDED, ANY, STEP_EXTENDED, {STEP_EXTENDED, STEP_LIMIT}},
    {MATTER_PETITION, EVENT_MEDIATION_REGISTERED, ANY, STEP_MEDIATING, {STEP_ACCEPTED, STEP_EXTENDED, STEP_LIMIT}},
    {MATTER_PETITION, EVENT_MEDIATION_ENDED, ANY, STEP_ACCEPTED, {STEP_MEDIATING, STEP_LIMIT}},
    {MATTER_PETITION, EVENT_REVIEW_REQUESTED, 1, STEP_IN_REVIEW, {STEP_REPLIED, STEP_LIMIT}},
    {MATTER_PETITION, EVENT_REVIEW_REQUESTED, 2, STEP_IN_FINAL_REVIEW, {STEP_REVIEWED, STEP_LIMIT}},
    {MATTER_PETITION, EVENT_REVIEW_ISSUED, 1, STEP_REVIEWED, {STEP_IN_REVIEW, STEP_LIMIT}},
    {MATTER_PETITION, EVENT_REVIEW_ISSUED, 2, STEP_CONCLUDED, {STEP_IN_FINAL_REVIEW, STEP_LIMIT}},
    {MATTER_PETITION,
     EVENT_PETITION_WITHDRAWN,
     ANY,
     STEP_WITHDRAWN,
     {STEP_REGISTERED, STEP_ACCEPTED, STEP_EXTENDED, STEP_LIMIT}},
    {MATTER_PETITION, EVENT_MATTER_CLOSED, ANY, STEP_CLOSED, {STEP_REPLIED, STEP_REVIEWED, STEP_LIMIT}},
    {MATTER_PETITION, EVENT_MATTER_REOPENED, ANY, STEP_ACCEPTED, {STEP_CLOSED, STEP_LIMIT}},

    {MATTER_HAZARD, EVENT_HAZARD_FOUND, ANY, STEP_FOUND, {STEP_NONE, STEP_LIMIT}},
    {MATTER_HAZARD, EVENT_HAZARD_FIXED_ON_SPOT, ANY, STEP_RECTIFIED, {STEP_FOUND, STEP_LIMIT}},
    {MATTER_HAZARD, EVENT_RECTIFICATION_ORDERED, ANY, STEP_ORDERED, {STEP_FOUND, STEP_LIMIT}},
    {MATTER_HAZARD, EVENT_RECTIFICATION_EXTENDED, ANY, STEP_ORDERED, {STEP_ORDERED, STEP_LIMIT}},
    {MATTER_HAZARD, EVENT_HAZARD_PLACARDED, ANY, STEP_FOUND, {STEP_FOUND, STEP_LIMIT}},
    {MATTER_HAZARD, EVENT_HAZARD_PLACARDED, ANY, STEP_ORDERED, {STEP_ORDERED, STEP_LIMIT}},
    {MATTER_HAZARD, EVENT_RECTIFICATION_REPORTED, ANY, STEP_RECTIFIED, {STEP_ORDERED, STEP_LIMIT}},
    {MATTER_HAZARD, EVENT_HAZARD_VERIFIED, 1, STEP_STRUCK_OFF, {STEP_RECTIFIED, STEP_LIMIT}},
    {MATTER_HAZARD, EVENT_HAZARD_VERIFIED, 2, STEP_ORDERED, {STEP_RECTIFIED, STEP_LIMIT}},
    {MATTER_HAZARD, EVENT_HAZARD_REOPENED, ANY, STEP_FOUND, {STEP_STRUCK_OFF, STEP_LIMIT}},

    {MATTER_ACCIDENT, EVENT_ACCIDENT_REPORTED, ANY, STEP_REPORTED, {STEP_NONE, STEP_LIMIT}},
    {MATTER_ACCIDENT, EVENT_ACCIDENT_SUPPLEMENTED, ANY, STEP_REPORTED, {STEP_REPORTED, STEP_LIMIT}},
    {MATTER_ACCIDENT, EVENT_ACCIDENT_SUPPLEMENTED, ANY, STEP_INVESTIGATED, {STEP_INVESTIGATED, STEP_LIMIT}},
    {MATTER_ACCIDENT, EVENT_ACCIDENT_INVESTIGATION_OPENED, ANY, STEP_INVESTIGATED, {STEP_REPORTED, STEP_LIMIT}},
    {MATTER_ACCIDENT, EVENT_ACCIDENT_CONCLUDED, ANY, STEP_CONCLUDED, {STEP_INVESTIGATED, STEP_LIMIT}},

    {MATTER_CASE, EVENT_CASE_FILED, ANY, STEP_FILED, {STEP_NONE, STEP_LIMIT}},
    {MATTER_CASE, EVENT_CASE_RESOLVED, ANY, STEP_RESOLVED, {STEP_FILED, STEP_LIMIT}},
    {MATTER_CASE, EVENT_CASE_WITHDRAWN, ANY, STEP_WITHDRAWN, {STEP_FILED, STEP_LIMIT}},
    {MATTER_CASE, EVENT_CASE_REOPENED, ANY, STEP_FILED, {STEP_RESOLVED, STEP_LIMIT}},

    {MATTER_DISPUTE, EVENT_DISPUTE_OPENED, ANY, STEP_OPENED, {STEP_NONE, STEP_LIMIT}},
    {MATTER_DISPUTE, EVENT_MEDIATION_EXPLAINED, ANY, STEP_EXPLAINED, {STEP_OPENED, STEP_LIMIT}},
    {MATTER_DISPUTE, EVENT_CONSENT_RECORDED, 1, STEP_ONE_CONSENT, {STEP_EXPLAINED, STEP_LIMIT}},
    {MATTER_DISPUTE, EVENT_CONSENT_RECORDED, 1, STEP_CONSENTED, {STEP_ONE_CONSENT, STEP_LIMIT}},
    {MATTER_DISPUTE, EVENT_CONSENT_RECORDED, 2, STEP_ENDED, {STEP_EXPLAINED, STEP_ONE_CONSENT, STEP_LIMIT}},
    {MATTER_DISPUTE, EVENT_MEDIATION_REGISTERED, ANY, STEP_MEDIATION_REGISTERED, {STEP_CONSENTED, STEP_LIMIT}},
    {MATTER_DISPUTE,
     EVENT_MEDIATION_SESSION_HELD,
     ANY,
     STEP_IN_SESSION,
     {STEP_MEDIATION_REGISTERED, STEP_IN_SESSION, STEP_LIMIT}},
    {MATTER_DISPUTE, EVENT_AGREEMENT_REACHED, ANY, STEP_AGREED, {STEP_IN_SESSION, STEP_LIMIT}},
    {MATTER_DISPUTE,
     EVENT_MEDIATION_ENDED,
     ANY,
     STEP_ENDED,
     {STEP_OPENED, STEP_EXPLAINED, STEP_ONE_CONSENT, STEP_CONSENTED, STEP_MEDIATION_REGISTERED, STEP_IN_SESSION}},
    {MATTER_DISPUTE, EVENT_AGREEMENT_PERFORMED, ANY, STEP_PERFORMED, {STEP_AGREED, STEP_CONFIRMED, STEP_LIMIT}},
    {MATTER_DISPUTE, EVENT_AGREEMENT_BROKEN, ANY, STEP_BROKEN_OFF, {STEP_AGREED, STEP_CONFIRMED, STEP_LIMIT}},
    {MATTER_DISPUTE, EVENT_COURT_CONFIRMATION_REQUESTED, ANY, STEP_CONFIRMATION_REQUESTED, {STEP_AGREED, STEP_LIMIT}},
    {MATTER_DISPUTE, EVENT_COURT_CONFIRMATION_GRANTED, ANY, STEP_CONFIRMED, {STEP_CONFIRMATION_REQUESTED, STEP_LIMIT}},
    {MATTER_DISPUTE, EVENT_COURT_CONFIRMATION_REFUSED, ANY, STEP_AGREED, {STEP_CONFIRMATION_REQUESTED, STEP_LIMIT}},

    {MATTER_SEVEN_STEPS, EVENT_GRID_REPORTED, ANY, STEP_REPORTED, {STEP_NONE, STEP_LIMIT}},
    {MATTER_SEVEN_STEPS, EVENT_GRID_REGISTERED, ANY, STEP_REGISTERED, {STEP_REPORTED, STEP_LIMIT}},
    {MATTER_SEVEN_STEPS, EVENT_GRID_DISPATCHED, ANY, STEP_DISPATCHED, {STEP_REGISTERED, STEP_DISPATCHED, STEP_LIMIT}},
    {MATTER_SEVEN_STEPS, EVENT_GRID_HANDLED, ANY, STEP_HANDLED, {STEP_DISPATCHED, STEP_LIMIT}},
    {MATTER_SEVEN_STEPS, EVENT_GRID_ANSWERED, ANY, STEP_ANSWERED, {STEP_HANDLED, STEP_LIMIT}},
    {MATTER_SEVEN_STEPS, EVENT_GRID_CHECKED, 1, STEP_CHECKED, {STEP_ANSWERED, STEP_LIMIT}},
    {MATTER_SEVEN_STEPS, EVENT_GRID_CHECKED, 2, STEP_DISPATCHED, {STEP_ANSWERED, STEP_LIMIT}},
    {MATTER_SEVEN_STEPS, EVENT_GRID_CLOSED, ANY, STEP_CLOSED, {STEP_CHECKED, STEP_LIMIT}},
    {MATTER_SEVEN_STEPS, EVENT_MATTER_CLOSED, ANY, STEP_CLOSED, {STEP_CHECKED, STEP_LIMIT}},
    {MATTER_SEVEN_STEPS, EVENT_MATTER_REOPENED, ANY, STEP_REGISTERED, {STEP_CLOSED, STEP_LIMIT}},
};
enum { LEGAL = sizeof legal / sizeof *legal };

static bool taken_at(const struct legal_move *move, enum step from)
{
    for (size_t i = 0; i < sizeof move->from / sizeof *move->from && move->from[i] != STEP_LIMIT; i++)
        if (move->from[i] == from)
            return true;
    return false;
}

static enum step expected_step(enum matter_kind kind, enum step from, enum event_kind event, uint32_t variant)
{
    for (int i = 0; i < LEGAL; i++)
        if (legal[i].kind == kind && legal[i].event == event &&
            (legal[i].variant == ANY || legal[i].variant == variant) && taken_at(&legal[i], from))
            return legal[i].to;
    return STEP_NONE;
}

static void legal_moves_lead_where_they_say_and_every_other_is_illegal(void **unused)
{
    int moves = 0;
    (void)unused;
    for (int kind = MATTER_NONE; kind <= MATTER_SEVEN_STEPS; kind++)
        for (int from = STEP_NONE; from < STEP_LIMIT; from++)
            for (int event = 0; event < EVENT_KIND_LIMIT; event++)
                for (uint32_t variant = 0; variant < VARIANTS; variant++) {
                    enum step expected =
                        expected_step((enum matter_kind)kind, (enum step)from, (enum event_kind)event, variant);
                    enum step found =
                        matter_next((enum matter_kind)kind, (enum step)from, (enum event_kind)event, variant);
                    if (found != expected)
                        fail_msg("matter kind %d at %s, event %d variant %u: %s, expected %s", kind,
                                 step_name((enum step)from), event, variant, step_name(found), step_name(expected));
                    moves += found != STEP_NONE;
                }
    assert_true(moves > LEGAL);
}

/* The moves are found by halving: an event whose rows stood out of order would not be found. */
static void the_moves_are_sorted_by_event(void **unused)
{
    (void)unused;
    for (int event = 0; event < EVENT_KIND_LIMIT; event++) {
        bool moves = false;
        for (int i = 0; i < LEGAL; i++)
            moves = moves || (int)legal[i].event == event;
        if (matter_moved_by((enum event_kind)event) != moves)
            fail_msg("event %d: expected %s", event, moves ? "to move matters" : "to move nothing");
    }
}

/* Ruling 26. */
static void side_events_move_nothing(void **unused)
{
    static const enum event_kind side[] = {
        EVENT_PETITION_ESCALATED, EVENT_MEDIATION_CHANNEL_SELECTED, EVENT_CAMPAIGN_STARTED,  EVENT_CAMPAIGN_CLOSED,
        EVENT_JOINT_TASK_DONE,    EVENT_COUNSELLING_GIVEN,          EVENT_LEGAL_AID_OFFERED, EVENT_SUPERVISION_ISSUED};
    (void)unused;
    for (size_t i = 0; i < sizeof side / sizeof *side; i++)
        assert_false(matter_moved_by(side[i]));
}

/* What has no way on is over; what is over and has a way on is listed by name. */
static void steps_without_a_way_on_are_final(void **unused)
{
    static const enum step over_with_a_way_on[] = {
        STEP_CLOSED, STEP_STRUCK_OFF, STEP_RESOLVED, STEP_AGREED, STEP_CONFIRMATION_REQUESTED, STEP_CONFIRMED};
    (void)unused;
    for (int step = STEP_NONE + 1; step < STEP_LIMIT; step++) {
        bool way_on = false;
        bool named = false;
        for (int i = 0; i < LEGAL; i++)
            way_on = way_on || taken_at(&legal[i], (enum step)step);
        for (size_t i = 0; i < sizeof over_with_a_way_on / sizeof *over_with_a_way_on; i++)
            named = named || (int)over_with_a_way_on[i] == step;
        if (step_is_final((enum step)step) != (named || !way_on))
            fail_msg("%s: expected %s", step_name((enum step)step), named || !way_on ? "final" : "open");
    }
    assert_false(step_is_final(STEP_NONE));
}

static void every_step_has_a_name(void **unused)
{
    (void)unused;
    for (int step = STEP_NONE; step < STEP_LIMIT; step++)
        assert_non_null(step_name((enum step)step));
    assert_string_equal(step_name(STEP_LIMIT), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(legal_moves_lead_where_they_say_and_every_other_is_illegal),
        cmocka_unit_test(the_moves_are_sorted_by_event),
        cmocka_unit_test(side_events_move_nothing),
        cmocka_unit_test(steps_without_a_way_on_are_final),
        cmocka_unit_test(every_step_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
