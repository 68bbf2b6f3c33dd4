#include "attestation_due.h"

#include "evidence.h"
#include "unit.h"

/* Behind every day's due: whether it is owed yet does not matter, only whether somebody attested it. */
enum { ALL_ARE_DUE = 1000 };

/* A year that is over is evaluated soon after its last due: then its months are no more on the list. */
enum { LAST_YEAR_DAYS = 31 };

static struct status_question question_about(const struct state *state, uint32_t unit, int32_t as_of)
{
    return (struct status_question){
        .unit = unit, .as_of = as_of, .known_at = POSITION_END, .policies = &state->timeline, .later = ALL_ARE_DUE};
}

/* ---- periods ---- */

/* The closed periods of the policy, newest first, down to its start: those of this year, and of the year before those
 * whose due is not long gone. */
static uint32_t closed_periods(const struct state *state, const struct policy *policy,
                               struct day_span periods[static DUE_PERIODS_MAX])
{
    const int32_t today = state->heads.today;
    const int32_t this_year = day_year_start(today);
    uint32_t count = 0;
    for (int32_t day = policy_period(policy, today).from - 1; day >= policy->starts_on && count < DUE_PERIODS_MAX;) {
        if (day < this_year && policy_due(policy, day) + LAST_YEAR_DAYS < today)
            break;
        periods[count] = policy_period(policy, day);
        day = periods[count++].from - 1;
    }
    return count;
}

static bool is_enrolled_within(const struct state *state, const struct status_question *question, struct day_span days)
{
    const struct unit *unit = state_unit(state, question->unit);
    for (uint32_t i = 0; i < question->policies->count; i++) {
        const struct day_span enrolled = status_enrolled(question, unit, &question->policies->spans[i], days);
        if (enrolled.from <= enrolled.to)
            return true;
    }
    return false;
}

/* The part of the gaps that lies within the days, from its first day to its last; from > to: none. */
static struct day_span gap_within(const struct span_set *gaps, struct day_span days)
{
    struct day_span gap = {DAY_NEVER, DAY_NONE};
    for (uint32_t i = 0; i < gaps->count; i++) {
        const struct day_span *span = &gaps->spans[i];
        if (span->to < days.from || span->from > days.to)
            continue;
        if (gap.from == DAY_NEVER)
            gap.from = span->from > days.from ? span->from : days.from;
        gap.to = span->to < days.to ? span->to : days.to;
    }
    return gap;
}

static bool is_broken_within(const struct state *state, uint32_t unit, enum zero zero, struct day_span days)
{
    const struct status_question question = question_about(state, unit, days.to);
    const struct coverage asked = {.from_day = days.from, .to_day = days.to};
    return coverage_denied_by(state, &question, zero, &asked) != 0;
}

/* What one unit adds to the periods of a year: the gaps of a year are found at once. */
static void add_year(const struct state *state, uint32_t unit, enum office office, int32_t as_of,
                     struct status_scratch *scratch, struct due_period *periods, uint32_t count)
{
    const enum zero zero = periods[0].zero;
    const struct status_question question = question_about(state, unit, as_of);
    const struct span_set *gaps = status_gaps(state, &question, zero, office, scratch);
    for (uint32_t i = 0; i < count; i++) {
        struct due_period *period = &periods[i];
        if (period->days.to > as_of || day_year(period->days.from) != day_year(as_of) ||
            !is_enrolled_within(state, &question, period->days))
            continue;
        const struct day_span gap = gap_within(gaps, period->days);
        period->units++;
        period->uncovered += gap.from <= gap.to ? 1 : 0;
        period->broken += gap.from <= gap.to && is_broken_within(state, unit, zero, gap) ? 1 : 0;
    }
}

static void add_zero(const struct state *state, const struct scope *scope, const struct policy *policy,
                     enum office office, enum zero zero, struct status_scratch *scratch, struct due_list *list)
{
    struct day_span days[DUE_PERIODS_MAX];
    struct due_period periods[DUE_PERIODS_MAX];
    const uint32_t count = closed_periods(state, policy, days);
    for (uint32_t i = 0; i < count; i++) /* oldest first */
        periods[i] = (struct due_period){
            .zero = zero, .days = days[count - 1 - i], .due = policy_due(policy, days[count - 1 - i].to)};
    const int32_t yesterday = state->heads.today - 1;
    for (uint32_t unit = 1; count > 0 && unit < scope->tree.count; unit++) {
        if (!scope_counts(scope, unit))
            continue;
        add_year(state, unit, office, yesterday, scratch, periods, count);
        if (day_year(periods[0].days.from) != day_year(yesterday))
            add_year(state, unit, office, day_year_start(yesterday) - 1, scratch, periods, count);
    }
    for (uint32_t i = 0; i < count; i++)
        if (periods[i].uncovered > 0)
            list->periods[list->count++] = periods[i];
}

void attestation_due_list(const struct state *state, uint32_t root, enum office office, struct status_scratch *scratch,
                          struct due_list *list)
{
    const struct policy *policy = state_policy(state);
    struct scope scope;
    list->count = 0;
    if (!policy)
        return;
    scope_open(state, root, state->heads.today, POSITION_END, &scope);
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        if (policy->required[zero] & OFFICE_BIT(office))
            add_zero(state, &scope, policy, office, (enum zero)zero, scratch, list);
    scope_close(&scope);
}

/* ---- the units of one period ---- */

bool attestation_due_walk_open(const struct state *state, uint32_t root, enum office office, enum zero zero,
                               int32_t from_day, struct status_scratch *scratch, struct due_walk *walk)
{
    const struct policy *policy = state_policy(state);
    struct day_span periods[DUE_PERIODS_MAX];
    const uint32_t count = policy ? closed_periods(state, policy, periods) : 0;
    for (uint32_t i = 0; i < count; i++) {
        if (periods[i].from != from_day || !(policy->required[zero] & OFFICE_BIT(office)))
            continue;
        *walk = (struct due_walk){
            .state = state, .scratch = scratch, .office = office, .zero = zero, .days = periods[i], .next = 1};
        scope_open(state, root, state->heads.today, POSITION_END, &walk->scope);
        return true;
    }
    return false;
}

bool attestation_due_walk_next(struct due_walk *walk, struct due_unit *unit)
{
    for (; walk->next < walk->scope.tree.count; walk->next++) {
        if (!scope_counts(&walk->scope, walk->next))
            continue;
        const struct status_question question = question_about(walk->state, walk->next, walk->days.to);
        const struct span_set *gaps = status_gaps(walk->state, &question, walk->zero, walk->office, walk->scratch);
        const struct day_span gap = gap_within(gaps, walk->days);
        if (gap.from > gap.to)
            continue;
        *unit = (struct due_unit){
            .unit = walk->next, .days = gap, .broken = is_broken_within(walk->state, walk->next, walk->zero, gap)};
        walk->next++;
        return true;
    }
    return false;
}

void attestation_due_walk_close(struct due_walk *walk)
{
    scope_close(&walk->scope);
}
