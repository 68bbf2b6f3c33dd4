#include "attention.h"

#include <stdlib.h>

#include "amend.h"
#include "day.h"
#include "evidence.h"
#include "matter.h"
#include "rollup.h"
#include "unbroken.h"
#include "watch.h"

/* One list being made. */
struct making {
    struct state *state;
    struct scope scope;
    int32_t from, to; /* days */
    int32_t year;
    const struct policy *policy; /* of the last day; NULL: none */
    struct policy_timeline policies;
    struct status_scratch *scratch;
    struct attention_list *list;
};

static void add_row(struct making *making, struct attention_row row)
{
    struct attention_list *list = making->list;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 64;
        struct attention_row *rows = realloc(list->rows, capacity * sizeof *rows);
        if (!rows)
            abort();
        list->rows = rows;
        list->capacity = capacity;
    }
    list->rows[list->count++] = row;
}

static struct status_question question_about(const struct making *making, uint32_t unit, int32_t as_of)
{
    int32_t today = making->state->heads.today;
    return (struct status_question){.unit = unit,
                                    .as_of = as_of,
                                    .known_at = POSITION_END,
                                    .policies = &making->policies,
                                    .later = today > as_of ? today - as_of : 0};
}

static bool in_period(const struct making *making, int32_t day)
{
    return making->from <= day && day <= making->to;
}

/* The gaps of one office at one zero of a unit as one row. */
static void add_gaps(struct making *making, uint32_t unit, enum zero zero, enum office office)
{
    const struct status_question question = question_about(making, unit, making->to);
    const struct span_set *gaps = status_gaps(making->state, &question, zero, office, making->scratch);
    if (gaps->count == 0)
        return;
    struct attention_row row = {.unit = unit,
                                .zero = (uint32_t)zero + 1,
                                .office = office,
                                .day = gaps->spans[0].from,
                                .to_day = gaps->spans[gaps->count - 1].to};
    for (uint32_t i = 0; i < gaps->count; i++)
        row.days += gaps->spans[i].to - gaps->spans[i].from + 1;
    add_row(making, row);
}

static void list_unverified(struct making *making, uint32_t unit)
{
    enum status zeros[ZERO_COUNT];
    rollup_statuses(making->state, &making->scope.tree, &making->policies, unit, zeros, making->scratch);
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        for (uint32_t office = 1; office < OFFICE_LIMIT; office++)
            if (zeros[zero] == STATUS_UNVERIFIED)
                add_gaps(making, unit, (enum zero)zero, (enum office)office);
}

static void list_silent(struct making *making, uint32_t ordinal)
{
    const struct unit *unit = state_unit(making->state, ordinal);
    int32_t days = unit_silent_days(unit, making->to, making->policy);
    if (days > 0)
        add_row(making,
                (struct attention_row){.unit = ordinal, .day = unit->last_event_day, .to_day = DAY_NONE, .days = days});
}

static void list_unswept(struct making *making, uint32_t ordinal)
{
    const struct unit *unit = state_unit(making->state, ordinal);
    int32_t days = unit_unswept_days(unit, making->to, making->policy);
    if (days > 0)
        add_row(making,
                (struct attention_row){.unit = ordinal, .day = unit->last_sweep_day, .to_day = DAY_NONE, .days = days});
}

static void list_contradicted_of(struct making *making, uint32_t unit, enum zero zero)
{
    const struct state *state = making->state;
    const struct status_question question = question_about(making, unit, making->to);
    const struct coverage *coverage;
    for (uint32_t at = state_unit(state, unit)->coverages[zero]; at != 0; at = coverage->next) {
        coverage = table_row(&state->coverages, at);
        const struct attestation *attestation = table_row(&state->attestations, coverage->attestation);
        if (attestation->withdrawn_at != 0 || coverage->to_day < making->from || coverage->from_day > making->to)
            continue;
        uint64_t target = coverage_denied_by(state, &question, zero, coverage);
        if (target != 0)
            add_row(making, (struct attention_row){.unit = unit,
                                                   .zero = (uint32_t)zero + 1,
                                                   .office = (enum office)attestation->office,
                                                   .day = coverage->from_day,
                                                   .to_day = coverage->to_day,
                                                   .position = attestation->position,
                                                   .target = target});
    }
}

static void list_contradicted(struct making *making, uint32_t unit)
{
    enum status zeros[ZERO_COUNT];
    rollup_statuses(making->state, &making->scope.tree, &making->policies, unit, zeros, making->scratch);
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        if (zeros[zero] == STATUS_BROKEN)
            list_contradicted_of(making, unit, (enum zero)zero);
}

static void list_units(struct making *making, void (*list_unit)(struct making *making, uint32_t unit))
{
    for (uint32_t unit = 1; unit < making->scope.tree.count; unit++)
        if (scope_counts(&making->scope, unit))
            list_unit(making, unit);
}

/* Silence is that of the open day: of a year that is over the state does not keep it. */
static void list_units_today(struct making *making, void (*list_unit)(struct making *making, uint32_t unit))
{
    if (making->to == making->state->heads.today)
        list_units(making, list_unit);
}

/* How many days behind the due of its day something was recorded (ruling 22); history is never late (ruling 32). */
static int32_t days_late(const struct making *making, int32_t day, uint64_t position)
{
    const struct policy *policy = timeline_on(&making->policies, day);
    int32_t recorded = state_recorded_day(making->state, position);
    if (!policy || recorded == DAY_NONE || day < policy->starts_on)
        return 0;
    int32_t late = recorded - policy_due(policy, day);
    return late > 0 ? late : 0;
}

/* Accidents that were told after their hour, and whatever broke a zero and came after the due of its day. */
static void list_late_breaks(struct making *making)
{
    const struct state *state = making->state;
    for (uint32_t at = 1; at < state->moves.count; at++) {
        struct break_found found;
        const struct move *move = state_move(state, at);
        const struct matter *matter = state_matter(state, move->matter);
        bool told_late = (matter->flags & MATTER_LATE) && matter->opening == at;
        int32_t days = in_period(making, move->day) ? days_late(making, move->day, move->position) : 0;
        bool breaks =
            days > 0 && state->looked_at[move->kind] && move_breaks(state, &making->policies, at, POSITION_END, &found);
        if ((!told_late && !breaks) || !in_period(making, move->day) || !matter_is_shown(matter) ||
            !scope_holds(&making->scope, move->unit))
            continue;
        add_row(making, (struct attention_row){.unit = move->unit,
                                               .zero = breaks ? (uint32_t)found.zero + 1 : 0,
                                               .matter = move->matter,
                                               .office = (enum office)move->office,
                                               .day = move->day,
                                               .to_day = DAY_NONE,
                                               .days = days,
                                               .position = move->position});
    }
}

static void list_late_attestations(struct making *making)
{
    const struct state *state = making->state;
    for (uint32_t at = 1; at < state->attestations.count; at++) {
        const struct attestation *attestation = table_row(&state->attestations, at);
        if (attestation->days_late > 0 && attestation->withdrawn_at == 0 && attestation->to_day >= making->from &&
            attestation->from_day <= making->to && scope_holds(&making->scope, attestation->unit))
            add_row(making, (struct attention_row){.unit = attestation->unit,
                                                   .zero = (uint32_t)attestation->zero + 1,
                                                   .office = (enum office)attestation->office,
                                                   .day = attestation->from_day,
                                                   .to_day = attestation->to_day,
                                                   .days = attestation->days_late,
                                                   .position = attestation->position});
    }
}

static bool amendment_fits(const struct making *making, const struct amendment *amendment)
{
    return in_period(making, amendment->day) && scope_holds(&making->scope, amendment->unit) &&
           !record_of_accusation(making->state, amendment->target);
}

static void add_amendment(struct making *making, const struct amendment *amendment, bool pending)
{
    add_row(making, (struct attention_row){.unit = amendment->unit,
                                           .office = (enum office)amendment->office,
                                           .amendment = (enum amendment_kind)amendment->kind,
                                           .day = amendment->day,
                                           .to_day = DAY_NONE,
                                           .position = amendment->position,
                                           .target = amendment->target,
                                           .pending = pending,
                                           .by_two = amendment->approved != 0});
}

static void list_unbroken(struct making *making)
{
    for (uint32_t at = 1; at < making->state->amendments.count; at++) {
        const struct amendment *amendment = table_row(&making->state->amendments, at);
        if (amendment_fits(making, amendment) && amendment_unbroke(making->state, amendment))
            add_amendment(making, amendment, false);
    }
}

static int by_position(const void *left, const void *right)
{
    const struct attention_row *a = left;
    const struct attention_row *b = right;
    return (a->position > b->position) - (a->position < b->position);
}

/* Those in force and those that wait for a second identity, as they were recorded. */
static void list_amended(struct making *making)
{
    const struct state *state = making->state;
    for (uint32_t at = 1; at < state->amendments.count; at++) {
        const struct amendment *amendment = table_row(&state->amendments, at);
        if (amendment_fits(making, amendment))
            add_amendment(making, amendment, false);
    }
    for (uint32_t at = 1; at < state->approvals.count; at++) {
        struct amendment pending;
        if (amend_pending(state, at, &pending) && amendment_fits(making, &pending))
            add_amendment(making, &pending, true);
    }
    if (making->list->count > 1)
        qsort(making->list->rows, making->list->count, sizeof *making->list->rows, by_position);
}

static void list_withdrawn(struct making *making)
{
    const struct state *state = making->state;
    for (uint32_t at = 1; at < state->matters.count; at++) {
        const struct matter *matter = state_matter(state, at);
        if (matter->kind != MATTER_PETITION || matter->step != STEP_WITHDRAWN || !matter_is_shown(matter) ||
            !scope_holds(&making->scope, matter->unit))
            continue;
        const struct move *move = state_move(state, matter_newest_move(state, matter, EVENT_PETITION_WITHDRAWN));
        if (in_period(making, move->day))
            add_row(making, (struct attention_row){.unit = matter->unit,
                                                   .matter = at,
                                                   .office = (enum office)move->office,
                                                   .day = move->day,
                                                   .to_day = DAY_NONE,
                                                   .position = move->position,
                                                   .target = matter_opened_at(state, matter)});
    }
}

/* As it would be published now: every day of the year, or of the unit's life in it, covered and none broken; while the
 * year is running, what holds today. */
static bool would_meet(const struct making *making, uint32_t ordinal)
{
    const struct state *state = making->state;
    const struct unit *unit = state_unit(state, ordinal);
    bool over = making->year < day_year(state->heads.today);
    int32_t last = day_from_date(making->year, 12, 31);
    if (unit_end(unit, POSITION_END) <= last)
        last = unit_end(unit, POSITION_END) - 1;
    const struct status_question question = question_about(making, ordinal, over ? last : making->to);
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        struct zero_status found = status_of_zero(state, &question, (enum zero)zero, making->scratch);
        if (found.status != STATUS_ZERO || (over && found.verified_until != last))
            return false;
    }
    return true;
}

static void list_evaluations(struct making *making)
{
    const struct state *state = making->state;
    for (uint32_t at = 1; at < state->evaluations.count; at++) {
        const struct evaluation *evaluation = table_row(&state->evaluations, at);
        if (evaluation->year != making->year || !scope_holds(&making->scope, evaluation->unit))
            continue;
        add_row(making, (struct attention_row){.unit = evaluation->unit,
                                               .policy = evaluation->policy,
                                               .day = DAY_NONE,
                                               .to_day = DAY_NONE,
                                               .position = evaluation->position,
                                               .target = evaluation->known_at,
                                               .met = evaluation->met != 0,
                                               .met_now = would_meet(making, evaluation->unit)});
    }
}

/* The longest first; of equals the unit that was registered first. */
static int by_days(const void *left, const void *right)
{
    const struct attention_row *a = left;
    const struct attention_row *b = right;
    if (a->days != b->days)
        return a->days < b->days ? 1 : -1;
    if (a->unit != b->unit)
        return a->unit < b->unit ? -1 : 1;
    if (a->zero != b->zero)
        return a->zero < b->zero ? -1 : 1;
    return (a->office > b->office) - (a->office < b->office);
}

static void sort_rows(struct attention_list *list)
{
    if (list->count > 1)
        qsort(list->rows, list->count, sizeof *list->rows, by_days);
}

static void list_kind(struct making *making, enum attention kind)
{
    switch (kind) {
    case ATTENTION_UNVERIFIED:
        list_units(making, list_unverified);
        sort_rows(making->list);
        return;
    case ATTENTION_SILENT:
        list_units_today(making, list_silent);
        sort_rows(making->list);
        return;
    case ATTENTION_UNSWEPT:
        list_units_today(making, list_unswept);
        sort_rows(making->list);
        return;
    case ATTENTION_LATE:
        list_late_breaks(making);
        list_late_attestations(making);
        return;
    case ATTENTION_CONTRADICTED:
        list_units(making, list_contradicted);
        return;
    case ATTENTION_UNBROKEN:
        list_unbroken(making);
        return;
    case ATTENTION_AMENDED:
        list_amended(making);
        return;
    case ATTENTION_WITHDRAWN:
        list_withdrawn(making);
        return;
    case ATTENTION_EVALUATIONS:
        list_evaluations(making);
        return;
    }
    abort(); /* the caller checked the number */
}

void attention_list_open(struct state *state, uint32_t root, enum attention kind, int32_t year,
                         struct status_scratch *scratch, struct attention_list *list)
{
    struct making making = {.state = state, .year = year, .scratch = scratch, .list = list};
    *list = (struct attention_list){0};
    making.from = day_from_date(year, 1, 1);
    making.to = day_from_date(year, 12, 31);
    if (state->heads.today < making.to)
        making.to = state->heads.today;
    state_timeline(state, POSITION_END, &making.policies);
    making.policy = timeline_on(&making.policies, making.to);
    scope_open(state, root, making.to, POSITION_END, &making.scope);
    making.scope.tree.later = state->heads.today > making.to ? state->heads.today - making.to : 0;
    list_kind(&making, kind);
    scope_close(&making.scope);
}

void attention_list_close(struct attention_list *list)
{
    free(list->rows);
    *list = (struct attention_list){0};
}
