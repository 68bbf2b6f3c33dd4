#include <stdio.h>

#include "answer_parts.h"
#include "domain/day.h"
#include "status_rows.h"

/* A status row may have 900 fields, and a client unpacks 65,536 at most. */
enum { STATUS_ROWS_MAX = 64 };

enum { GAPS_MAX = 16, BREAKS_MAX = 100, ATTESTATIONS_MAX = 32 };

static void fill_gaps(struct hub *hub, const struct status_question *question, enum zero zero,
                      Sanling__V1__ZeroStatus *status)
{
    status->gaps = take(hub, GAPS_MAX * sizeof *status->gaps);
    for (uint32_t office = 1; office < OFFICE_LIMIT; office++) {
        if (!(question->policy->required[zero] & OFFICE_BIT(office)))
            continue;
        const struct span_set *gaps =
            status_gaps(&hub->ledger.state, question, zero, (enum office)office, &hub->scratch);
        for (uint32_t i = 0; i < gaps->count && status->n_gaps < GAPS_MAX; i++) {
            Sanling__V1__Gap *gap = take(hub, sizeof *gap);
            sanling__v1__gap__init(gap);
            gap->office = (Sanling__V1__Office__Kind)office;
            gap->from_day = take_day(hub, gaps->spans[i].from);
            gap->to_day = take_day(hub, gaps->spans[i].to);
            status->gaps[status->n_gaps++] = gap;
        }
    }
}

/* The breaks of the period that stand, newest first as they were recorded; *days gets the day of each. */
static size_t standing_breaks(const struct state *state, const struct status_question *question, enum zero zero,
                              uint64_t positions[static BREAKS_MAX], int32_t days[static BREAKS_MAX])
{
    size_t count = 0;
    const struct zero_break *row;
    for (uint32_t at = state_unit(state, question->unit)->breaks[zero]; at != 0 && count < BREAKS_MAX; at = row->next) {
        row = table_row(&state->breaks, at);
        bool lifted = row->lifted_at != 0 && row->lifted_at <= question->known_at;
        if (row->position > question->known_at || lifted || row->day > question->as_of ||
            row->day < day_year_start(question->as_of))
            continue;
        positions[count] = row->position;
        days[count++] = row->day;
    }
    return count;
}

static bool covers_a_break(const struct attestation *attestation, const int32_t *days, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (attestation->from_day <= days[i] && days[i] <= attestation->to_day)
            return true;
    return false;
}

static void fill_evidence(struct hub *hub, const struct status_question *question, enum zero zero,
                          Sanling__V1__ZeroStatus *status)
{
    const struct state *state = &hub->ledger.state;
    uint64_t positions[BREAKS_MAX];
    int32_t days[BREAKS_MAX];
    size_t breaks = standing_breaks(state, question, zero, positions, days);
    status->breaks = take(hub, breaks * sizeof *status->breaks);
    for (size_t i = 0; i < breaks; i++)
        status->breaks[i] = positions[breaks - 1 - i];
    status->n_breaks = breaks;
    status->attestations = take(hub, ATTESTATIONS_MAX * sizeof *status->attestations);
    status->contradicted = take(hub, ATTESTATIONS_MAX * sizeof *status->contradicted);
    const struct coverage *coverage;
    for (uint32_t at = state_unit(state, question->unit)->coverages[zero]; at != 0; at = coverage->next) {
        coverage = table_row(&state->coverages, at);
        const struct attestation *attestation = table_row(&state->attestations, coverage->attestation);
        bool withdrawn = attestation->withdrawn_at != 0 && attestation->withdrawn_at <= question->known_at;
        if (attestation->position > question->known_at || withdrawn || attestation->from_day > question->as_of)
            continue;
        if (status->basis == SANLING__V1__ATTESTATION__BASIS__UNSPECIFIED)
            status->basis = (Sanling__V1__Attestation__Basis)attestation->basis;
        if (status->n_attestations < ATTESTATIONS_MAX && attestation->to_day >= day_year_start(question->as_of))
            status->attestations[status->n_attestations++] = attestation->position;
        if (status->n_contradicted < ATTESTATIONS_MAX && covers_a_break(attestation, days, breaks))
            status->contradicted[status->n_contradicted++] = attestation->position;
    }
}

static Sanling__V1__ZeroStatus *take_zero(struct hub *hub, const struct status_question *question, enum zero zero)
{
    struct zero_status from = status_of_zero(&hub->ledger.state, question, zero, &hub->scratch);
    Sanling__V1__ZeroStatus *status = take(hub, sizeof *status);
    sanling__v1__zero_status__init(status);
    status->zero = (Sanling__V1__Zero__Kind)(zero + 1);
    status->status = (Sanling__V1__Status__Kind)from.status;
    status->since = take_day(hub, from.since);
    status->break_count = from.breaks;
    status->verified_until = take_day(hub, from.verified_until);
    status->streak_days = (uint32_t)from.streak_days;
    status->streak_until = take_day(hub, from.streak_until);
    status->claimed_days = (uint32_t)from.claimed_days;
    fill_gaps(hub, question, zero, status);
    fill_evidence(hub, question, zero, status);
    return status;
}

static void fill_zeros(struct hub *hub, const struct status_view *view, uint32_t ordinal, Sanling__V1__UnitStatus *row)
{
    struct status_question question = {
        .unit = ordinal, .as_of = view->as_of, .known_at = view->known_at, .policy = view->policy};
    enum status statuses[ZERO_COUNT];
    row->zeros = take(hub, ZERO_COUNT * sizeof *row->zeros);
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        row->zeros[zero] = take_zero(hub, &question, (enum zero)zero);
        statuses[zero] = (enum status)row->zeros[zero]->status;
    }
    row->n_zeros = ZERO_COUNT;
    row->joint = (Sanling__V1__Status__Kind)status_joint(statuses);
    row->joint_streak_days = (uint32_t)status_joint_streak(&hub->ledger.state, &question, &hub->scratch);
}

static Sanling__V1__UnitStatus *take_status(struct hub *hub, const struct status_view *view,
                                            const struct status_row *from)
{
    const struct state *state = &hub->ledger.state;
    Sanling__V1__UnitStatus *row = take(hub, sizeof *row);
    sanling__v1__unit_status__init(row);
    const struct unit *unit = from->unit ? state_unit(state, from->unit) : NULL;
    row->unit = unit ? take_text(hub, unit->code) : take_text(hub, "");
    row->name = unit ? take_text(hub, state_text(state, unit->name)) : take_text(hub, "");
    row->kind = unit ? (Sanling__V1__UnitKind__Kind)unit->kind : SANLING__V1__UNIT_KIND__KIND__UNSPECIFIED;
    row->parent = unit && unit->parent ? take_text(hub, state_unit(state, unit->parent)->code) : take_text(hub, "");
    row->level = from->level;
    row->joint = SANLING__V1__STATUS__KIND__NOT_COUNTED;
    row->as_of = take_day(hub, view->as_of);
    row->known_at = view->known_at == POSITION_END ? state->heads.position : view->known_at;
    row->policy_version = take_text(hub, view->policy->version);
    row->below = take_rollup(hub, &from->below);
    if (unit && !unit_lives(unit, view->as_of)) {
        char text[96];
        snprintf(text, sizeof text, "NOT_VALID on this day; successor: %s",
                 unit->successor ? state_unit(state, unit->successor)->code : "none");
        row->not_valid = take_text(hub, text);
    } else if (unit && unit_kind_counted((enum unit_kind)unit->kind)) {
        fill_zeros(hub, view, from->unit, row);
    }
    return row;
}

void answer_status(struct hub *hub, const struct session *session, uint32_t query, const struct status_view *view)
{
    struct status_rows rows;
    status_rows_open(&hub->ledger.state, view, &hub->scratch, &rows);
    for (size_t at = 0; at == 0 || at < rows.count; at += STATUS_ROWS_MAX) {
        wire_arena_reset(hub->arena);
        Sanling__V1__Answer answer = answer_head(hub, query);
        Sanling__V1__StatusAnswer status = SANLING__V1__STATUS_ANSWER__INIT;
        status.units = take(hub, STATUS_ROWS_MAX * sizeof *status.units);
        for (size_t i = at; i < rows.count && i < at + STATUS_ROWS_MAX; i++)
            status.units[status.n_units++] = take_status(hub, view, &rows.rows[i]);
        answer.more = at + STATUS_ROWS_MAX < rows.count;
        answer.body_case = SANLING__V1__ANSWER__BODY_STATUS;
        answer.status = &status;
        send_answer(hub, session, &answer);
    }
    status_rows_close(&rows);
}
