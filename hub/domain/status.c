#include "status.h"

#include <stdlib.h>
#include <string.h>

#include "day.h"

void span_set_clear(struct span_set *set)
{
    free(set->spans);
    *set = (struct span_set){0};
}

void status_scratch_clear(struct status_scratch *scratch)
{
    span_set_clear(&scratch->office);
    span_set_clear(&scratch->covered);
    span_set_clear(&scratch->joint);
    span_set_clear(&scratch->other);
}

static void add_span(struct span_set *set, int32_t from, int32_t to)
{
    if (from > to)
        return;
    if (set->count == set->capacity) {
        uint32_t capacity = set->capacity ? set->capacity * 2 : 32;
        struct day_span *spans = realloc(set->spans, capacity * sizeof *spans);
        if (!spans)
            abort();
        set->spans = spans;
        set->capacity = capacity;
    }
    set->spans[set->count++] = (struct day_span){from, to};
}

static int by_start(const void *left, const void *right)
{
    const struct day_span *a = left;
    const struct day_span *b = right;
    return (a->from > b->from) - (a->from < b->from);
}

/* Sorts and joins what overlaps or touches. */
static void normalise(struct span_set *set)
{
    if (set->count < 2)
        return;
    qsort(set->spans, set->count, sizeof *set->spans, by_start);
    uint32_t kept = 0;
    for (uint32_t i = 1; i < set->count; i++) {
        struct day_span *last = &set->spans[kept];
        if (set->spans[i].from > last->to + 1)
            set->spans[++kept] = set->spans[i];
        else if (set->spans[i].to > last->to)
            last->to = set->spans[i].to;
    }
    set->count = kept + 1;
}

static void copy_set(struct span_set *to, const struct span_set *from)
{
    to->count = 0;
    for (uint32_t i = 0; i < from->count; i++)
        add_span(to, from->spans[i].from, from->spans[i].to);
}

/* *both keeps only days that are in `other` too. */
static void intersect(struct span_set *both, const struct span_set *other)
{
    struct span_set result = {0};
    uint32_t i = 0;
    uint32_t j = 0;
    while (i < both->count && j < other->count) {
        struct day_span a = both->spans[i];
        struct day_span b = other->spans[j];
        add_span(&result, a.from > b.from ? a.from : b.from, a.to < b.to ? a.to : b.to);
        if (a.to < b.to)
            i++;
        else
            j++;
    }
    span_set_clear(both);
    *both = result;
}

bool attestation_counts(const struct state *state, const struct attestation *attestation, uint64_t known_at,
                        const struct policy *policy)
{
    if (attestation->position > known_at || !(policy->basis_mask >> attestation->basis & 1))
        return false;
    if (attestation->withdrawn_at != 0 && attestation->withdrawn_at <= known_at)
        return false;
    /* Of several reviews the last one at the highest level decides; a smaller unit_kind is a higher level. */
    uint8_t level = attestation->level;
    bool accepted = true;
    uint8_t review_level = UINT8_MAX;
    const struct review *review;
    for (uint32_t at = attestation->newest_review; at != 0; at = review->next) {
        review = table_row(&state->reviews, at);
        if (review->position > known_at || review->level >= review_level)
            continue;
        review_level = review->level;
        accepted = review->accepted;
    }
    if (review_level < level)
        level = review_level;
    return accepted && level <= policy->counts_from_level;
}

int32_t status_enrolled_from(const struct unit *unit, const struct policy *policy)
{
    return unit->valid_from > policy->starts_on ? unit->valid_from : policy->starts_on;
}

/* The days that one office attested, between enrolment, as-of and the end of the unit's life. */
static void attested_days(const struct state *state, const struct status_question *question, enum zero zero,
                          uint32_t office, struct span_set *days)
{
    const struct unit *unit = state_unit(state, question->unit);
    int32_t first = status_enrolled_from(unit, question->policy);
    int32_t last = question->as_of < unit->valid_to ? question->as_of : unit->valid_to - 1;
    days->count = 0;
    const struct coverage *coverage;
    for (uint32_t at = unit->coverages[zero]; at != 0; at = coverage->next) {
        coverage = table_row(&state->coverages, at);
        const struct attestation *attestation = table_row(&state->attestations, coverage->attestation);
        if (attestation->office != office ||
            !attestation_counts(state, attestation, question->known_at, question->policy))
            continue;
        add_span(days, attestation->from_day > first ? attestation->from_day : first,
                 attestation->to_day < last ? attestation->to_day : last);
    }
    normalise(days);
}

/* The days on which every required office attested. No office required: no day is covered, for nobody vouches. */
static void covered_days(const struct state *state, const struct status_question *question, enum zero zero,
                         struct status_scratch *scratch)
{
    office_set required = question->policy->required[zero];
    bool first = true;
    scratch->covered.count = 0;
    for (uint32_t office = 1; office < OFFICE_LIMIT; office++) {
        if (!(required & OFFICE_BIT(office)))
            continue;
        attested_days(state, question, zero, office, &scratch->office);
        if (first)
            copy_set(&scratch->covered, &scratch->office);
        else
            intersect(&scratch->covered, &scratch->office);
        first = false;
    }
}

static int32_t period_start(const struct status_question *question, const struct unit *unit)
{
    int32_t start = day_year_start(question->as_of);
    int32_t enrolled = status_enrolled_from(unit, question->policy);
    return start > enrolled ? start : enrolled;
}

/* The last day of the period that is owed: due before as_of, and of the unit's life. Earlier than any day if none is.
 */
static int32_t last_owed_day(const struct status_question *question, const struct unit *unit)
{
    int32_t day = question->as_of < unit->valid_to ? question->as_of : unit->valid_to - 1;
    while (policy_due(question->policy, day) >= question->as_of)
        day = question->policy->cadence == CADENCE_MONTHLY ? day_month_start(day) - 1 : day - 1;
    return day;
}

struct break_view {
    uint32_t in_period;
    int32_t earliest_in_period;
    int32_t latest; /* at all, up to as_of */
};

static struct break_view view_breaks(const struct state *state, const struct status_question *question, enum zero zero)
{
    struct break_view view = {.earliest_in_period = DAY_NEVER, .latest = DAY_NONE};
    int32_t start = day_year_start(question->as_of);
    const struct zero_break *row;
    for (uint32_t at = state_unit(state, question->unit)->breaks[zero]; at != 0; at = row->next) {
        row = table_row(&state->breaks, at);
        bool lifted = row->lifted_at != 0 && row->lifted_at <= question->known_at;
        if (row->position > question->known_at || lifted || row->day > question->as_of)
            continue;
        if (row->day > view.latest)
            view.latest = row->day;
        if (row->day < start)
            continue;
        view.in_period++;
        if (row->day < view.earliest_in_period)
            view.earliest_in_period = row->day;
    }
    return view;
}

static const struct day_span *span_with(const struct span_set *set, int32_t day)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (set->spans[i].from <= day && day <= set->spans[i].to)
            return &set->spans[i];
    return NULL;
}

static int32_t streak(const struct span_set *covered, int32_t last_break)
{
    if (covered->count == 0)
        return 0;
    struct day_span last = covered->spans[covered->count - 1];
    int32_t from = last_break != DAY_NONE && last_break >= last.from ? last_break + 1 : last.from;
    return from <= last.to ? last.to - from + 1 : 0;
}

static int32_t claimed_days(const struct state *state, const struct status_question *question, enum zero zero,
                            struct span_set *claimed)
{
    claimed->count = 0;
    const struct coverage *coverage;
    for (uint32_t at = state_unit(state, question->unit)->coverages[zero]; at != 0; at = coverage->next) {
        coverage = table_row(&state->coverages, at);
        const struct attestation *attestation = table_row(&state->attestations, coverage->attestation);
        bool withdrawn = attestation->withdrawn_at != 0 && attestation->withdrawn_at <= question->known_at;
        if (attestation->basis == BASIS_HISTORIC && attestation->position <= question->known_at && !withdrawn)
            add_span(claimed, attestation->from_day, attestation->to_day);
    }
    normalise(claimed);
    int32_t days = 0;
    for (uint32_t i = 0; i < claimed->count; i++)
        days += claimed->spans[i].to - claimed->spans[i].from + 1;
    return days;
}

struct zero_status status_of_zero(const struct state *state, const struct status_question *question, enum zero zero,
                                  struct status_scratch *scratch)
{
    const struct unit *unit = state_unit(state, question->unit);
    struct zero_status result = {
        .status = STATUS_UNVERIFIED, .since = DAY_NONE, .verified_until = DAY_NONE, .streak_until = DAY_NONE};
    result.claimed_days = claimed_days(state, question, zero, &scratch->other);
    struct break_view breaks = view_breaks(state, question, zero);
    covered_days(state, question, zero, scratch);
    const struct span_set *covered = &scratch->covered;
    int32_t start = period_start(question, unit);
    const struct day_span *prefix = span_with(covered, start);
    if (prefix)
        result.verified_until = prefix->to;
    if (covered->count > 0) {
        result.streak_until = covered->spans[covered->count - 1].to;
        result.streak_days = streak(covered, breaks.latest);
    }
    result.breaks = breaks.in_period;
    int32_t gap = prefix ? prefix->to + 1 : start;
    if (breaks.in_period > 0) {
        result.status = STATUS_BROKEN;
        result.since = breaks.earliest_in_period;
    } else if (prefix && gap > last_owed_day(question, unit)) {
        result.status = STATUS_ZERO;
        result.since = prefix->from;
    } else {
        result.since = gap;
    }
    return result;
}

enum status status_joint(const enum status zeros[static ZERO_COUNT])
{
    bool all_zero = true;
    for (int i = 0; i < ZERO_COUNT; i++) {
        if (zeros[i] == STATUS_BROKEN)
            return STATUS_BROKEN;
        all_zero = all_zero && zeros[i] == STATUS_ZERO;
    }
    return all_zero ? STATUS_ZERO : STATUS_UNVERIFIED;
}

int32_t status_joint_streak(const struct state *state, const struct status_question *question,
                            struct status_scratch *scratch)
{
    int32_t last_break = DAY_NONE;
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        int32_t latest = view_breaks(state, question, (enum zero)zero).latest;
        if (latest > last_break)
            last_break = latest;
        covered_days(state, question, (enum zero)zero, scratch);
        if (zero == 0)
            copy_set(&scratch->joint, &scratch->covered);
        else
            intersect(&scratch->joint, &scratch->covered);
    }
    return streak(&scratch->joint, last_break);
}

const struct span_set *status_gaps(const struct state *state, const struct status_question *question, enum zero zero,
                                   enum office office, struct status_scratch *scratch)
{
    const struct unit *unit = state_unit(state, question->unit);
    struct span_set *gaps = &scratch->other;
    gaps->count = 0;
    int32_t at = period_start(question, unit);
    int32_t last = last_owed_day(question, unit);
    attested_days(state, question, zero, office, &scratch->office);
    for (uint32_t i = 0; i < scratch->office.count; i++) {
        struct day_span span = scratch->office.spans[i];
        if (span.to < at)
            continue;
        add_span(gaps, at, span.from - 1 < last ? span.from - 1 : last);
        at = span.to + 1;
    }
    add_span(gaps, at, last);
    return gaps;
}

void status_now(struct state *state, uint32_t unit, enum status zeros[static ZERO_COUNT],
                struct status_scratch *scratch)
{
    struct unit_now *now = table_row(&state->now, unit);
    if (now->today != state->heads.today)
        *now = (struct unit_now){.today = state->heads.today};
    const struct policy *policy = state_policy(state);
    struct status_question question = {
        .unit = unit, .as_of = state->heads.today, .known_at = POSITION_END, .policy = policy};
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        if (now->zeros[zero] == 0)
            now->zeros[zero] =
                policy ? (uint8_t)status_of_zero(state, &question, (enum zero)zero, scratch).status : STATUS_UNVERIFIED;
        zeros[zero] = (enum status)now->zeros[zero];
    }
}

void status_now_break(struct state *state, uint32_t unit, enum zero zero, int32_t day)
{
    struct unit_now *now = table_row(&state->now, unit);
    if (now->today == state->heads.today && day >= day_year_start(now->today) && day <= now->today)
        now->zeros[zero] = STATUS_BROKEN;
    else
        now->zeros[zero] = 0;
}

void status_now_forget(struct state *state, uint32_t unit, enum zero zero)
{
    struct unit_now *now = table_row(&state->now, unit);
    now->zeros[zero] = 0;
}
