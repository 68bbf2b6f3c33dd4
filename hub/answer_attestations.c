/* 待核报: what an office has to attest and has not, by period or unit by unit. */
#include "answer.h"
#include "answer_parts.h"
#include "domain/attestation_due.h"

enum { DUE_UNITS_MAX = 1000 }; /* as many as one attestation may name */

static void take_terms(struct hub *hub, const struct viewer *viewer, Sanling__V1__AttestationsDueAnswer *to)
{
    const struct policy *policy = state_policy(hub->shown.state);
    to->office = (Sanling__V1__Office__Kind)viewer->office;
    to->unit = viewer->root == 0 ? (char *)"" : take_code(hub, viewer->root);
    to->bases = take(hub, BASIS_LIMIT * sizeof *to->bases);
    for (int basis = 1; policy && basis < BASIS_LIMIT; basis++)
        if (policy->basis_mask >> basis & 1)
            to->bases[to->n_bases++] = (Sanling__V1__Attestation__Basis)basis;
    to->by_system = policy && policy->by_system & OFFICE_BIT(viewer->office);
}

static void take_periods(struct hub *hub, const struct viewer *viewer, Sanling__V1__AttestationsDueAnswer *to)
{
    const struct state *state = hub->shown.state;
    struct due_list list;
    attestation_due_list(state, viewer->root, viewer->office, &hub->scratch, &list);
    to->periods = take(hub, list.count * sizeof *to->periods);
    for (uint32_t i = 0; i < list.count; i++) {
        const struct due_period *from = &list.periods[i];
        Sanling__V1__AttestationsDueAnswer__Period *period = take(hub, sizeof *period);
        sanling__v1__attestations_due_answer__period__init(period);
        period->zero = (Sanling__V1__Zero__Kind)(from->zero + 1);
        period->from_day = take_day(hub, from->days.from);
        period->to_day = take_day(hub, from->days.to);
        period->due = take_day(hub, from->due);
        period->days_left = from->due - state->heads.today;
        period->units = from->units;
        period->uncovered = from->uncovered;
        period->broken = from->broken;
        to->periods[to->n_periods++] = period;
    }
}

static Sanling__V1__AttestationsDueAnswer__Unit *take_unit(struct hub *hub, const struct due_unit *from)
{
    Sanling__V1__AttestationsDueAnswer__Unit *unit = take(hub, sizeof *unit);
    sanling__v1__attestations_due_answer__unit__init(unit);
    unit->unit = take_code(hub, from->unit);
    unit->name = take_name(hub, from->unit);
    unit->kind = (Sanling__V1__UnitKind__Kind)state_unit(hub->shown.state, from->unit)->kind;
    unit->from_day = take_day(hub, from->days.from);
    unit->to_day = take_day(hub, from->days.to);
    unit->broken = from->broken;
    return unit;
}

static void take_units(struct hub *hub, struct due_walk *walk, const Sanling__V1__AttestationsDueQuery *ask,
                       Sanling__V1__AttestationsDueAnswer *to)
{
    const size_t limit = ask->limit > 0 && ask->limit < DUE_UNITS_MAX ? ask->limit : DUE_UNITS_MAX;
    struct due_unit unit;
    to->units = take(hub, limit * sizeof *to->units);
    while (attestation_due_walk_next(walk, &unit))
        if (to->total++ >= ask->after && to->n_units < limit)
            to->units[to->n_units++] = take_unit(hub, &unit);
}

bool answer_attestations_due(struct hub *hub, const struct session *session, uint32_t query,
                             const struct viewer *viewer, const Sanling__V1__AttestationsDueQuery *ask,
                             int32_t from_day)
{
    struct due_walk walk;
    const bool of_units = ask->zero != SANLING__V1__ZERO__KIND__UNSPECIFIED;
    if (of_units && !attestation_due_walk_open(hub->shown.state, viewer->root, viewer->office,
                                               (enum zero)(ask->zero - 1), from_day, &hub->scratch, &walk))
        return false;
    Sanling__V1__Answer answer = answer_head(hub, query); /* the question stays in the arena beside it */
    Sanling__V1__AttestationsDueAnswer due = SANLING__V1__ATTESTATIONS_DUE_ANSWER__INIT;
    take_terms(hub, viewer, &due);
    if (of_units) {
        take_units(hub, &walk, ask, &due);
        attestation_due_walk_close(&walk);
    } else {
        take_periods(hub, viewer, &due);
    }
    answer.body_case = SANLING__V1__ANSWER__BODY_ATTESTATIONS_DUE;
    answer.attestations_due = &due;
    send_answer(hub, session, &answer);
    return true;
}
