#include "status.h"

#include <stdlib.h>
#include <string.h>

#include "day.h"
#include "evidence.h"
#include "tree.h"

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
    span_set_clear(&scratch->part);
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

const struct review *attestation_review(const struct state *state, const struct attestation *attestation,
                                        uint64_t known_at)
{
    uint32_t at = attestation->newest_review;
    const struct review *review = table_row(&state->reviews, at);
    while (at != 0 && review->position > known_at) {
        at = review->next;
        review = table_row(&state->reviews, at);
    }
    for (; review->higher != 0; review = table_row(&state->reviews, at))
        at = review->higher;
    return at != 0 ? review : NULL;
}

bool attestation_counts(const struct state *state, const struct attestation *attestation, uint64_t known_at,
                        const struct policy *policy)
{
    if (attestation->position > known_at || !(policy->basis_mask >> attestation->basis & 1))
        return false;
    if (attestation->withdrawn_at != 0 && attestation->withdrawn_at <= known_at)
        return false;
    /* A smaller unit_kind is a higher level. */
    const struct review *review = attestation_review(state, attestation, known_at);
    uint8_t level = review && review->level < attestation->level ? review->level : attestation->level;
    return (!review || review->accepted) && level <= policy->counts_from_level;
}

struct day_span status_enrolled(const struct status_question *question, const struct unit *unit,
                                const struct policy_span *held, struct day_span days)
{
    const struct policy *policy = table_row(question->policies->rules, held->row);
    int32_t end = unit_end(unit, question->known_at);
    int32_t first = unit->valid_from > policy->starts_on ? unit->valid_from : policy->starts_on;
    int32_t last = end == DAY_NEVER ? DAY_NEVER : end - 1;
    first = first > held->from ? first : held->from;
    last = last < held->to ? last : held->to;
    return (struct day_span){first > days.from ? first : days.from, last < days.to ? last : days.to};
}

void status_attested(const struct state *state, const struct status_question *question, enum zero zero,
                     enum office office, const struct policy *policy, struct day_span within, struct span_set *days)
{
    days->count = 0;
    const struct coverage *coverage;
    for (uint32_t at = state_unit(state, question->unit)->coverages[zero]; at != 0; at = coverage->next) {
        coverage = table_row(&state->coverages, at);
        __builtin_prefetch(table_row(&state->coverages, coverage->next)); /* years of them lie in no cache */
        if (coverage->to_day < within.from || coverage->from_day > within.to)
            continue;
        const struct attestation *attestation = table_row(&state->attestations, coverage->attestation);
        if (attestation->office != (uint32_t)office ||
            !attestation_counts(state, attestation, question->known_at, policy))
            continue;
        add_span(days, coverage->from_day > within.from ? coverage->from_day : within.from,
                 coverage->to_day < within.to ? coverage->to_day : within.to);
    }
    normalise(days);
}

/* The days within `within` on which every required office attested. No office required: no day is covered, for nobody
 * vouches. */
static void covered_under(const struct state *state, const struct status_question *question, enum zero zero,
                          const struct policy *policy, struct day_span within, struct status_scratch *scratch)
{
    bool first = true;
    scratch->part.count = 0;
    for (uint32_t office = 1; office < OFFICE_LIMIT; office++) {
        if (!(policy->required[zero] & OFFICE_BIT(office)))
            continue;
        status_attested(state, question, zero, (enum office)office, policy, within, &scratch->office);
        if (first)
            copy_set(&scratch->part, &scratch->office);
        else
            intersect(&scratch->part, &scratch->office);
        first = false;
    }
}

/* All enrolled days from `from` to as_of that are covered, each by the policy that holds on it. */
static void covered_since(const struct state *state, const struct status_question *question, enum zero zero,
                          int32_t from, struct status_scratch *scratch)
{
    const struct unit *unit = state_unit(state, question->unit);
    scratch->covered.count = 0;
    for (uint32_t i = 0; i < question->policies->count; i++) {
        const struct policy_span *held = &question->policies->spans[i];
        struct day_span within = status_enrolled(question, unit, held, (struct day_span){from, question->as_of});
        if (within.from > within.to)
            continue;
        covered_under(state, question, zero, table_row(question->policies->rules, held->row), within, scratch);
        for (uint32_t j = 0; j < scratch->part.count; j++)
            add_span(&scratch->covered, scratch->part.spans[j].from, scratch->part.spans[j].to);
    }
    normalise(&scratch->covered);
}

static void covered_days(const struct state *state, const struct status_question *question, enum zero zero,
                         struct status_scratch *scratch)
{
    covered_since(state, question, zero, DAY_NONE, scratch);
}

static struct day_span period_of(const struct status_question *question)
{
    return (struct day_span){day_year_start(question->as_of), question->as_of};
}

/* The first day of the period on which the unit is enrolled; DAY_NEVER: on none. */
static int32_t first_enrolled(const struct state *state, const struct status_question *question, struct day_span period)
{
    const struct unit *unit = state_unit(state, question->unit);
    for (uint32_t i = 0; i < question->policies->count; i++) {
        struct day_span enrolled = status_enrolled(question, unit, &question->policies->spans[i], period);
        if (enrolled.from <= enrolled.to)
            return enrolled.from;
    }
    return DAY_NEVER;
}

/* The first day in the spans' gaps that is owed: enrolled in the period, not in `covered`, due before as_of. Dues rise
 * with the days of one policy, so that the first day of a gap decides for it. DAY_NEVER: none. */
static int32_t first_owed(const struct state *state, const struct status_question *question,
                          const struct span_set *covered)
{
    const struct unit *unit = state_unit(state, question->unit);
    for (uint32_t i = 0; i < question->policies->count; i++) {
        const struct policy_span *held = &question->policies->spans[i];
        struct day_span enrolled = status_enrolled(question, unit, held, period_of(question));
        int32_t day = enrolled.from;
        for (uint32_t j = 0; j < covered->count && day <= enrolled.to; j++) {
            if (covered->spans[j].to < day)
                continue;
            if (covered->spans[j].from > day)
                break;
            day = covered->spans[j].to + 1;
        }
        if (day <= enrolled.to &&
            policy_due(table_row(question->policies->rules, held->row), day) < question->as_of + question->later)
            return day;
    }
    return DAY_NEVER;
}

static bool among(const uint32_t *units, uint32_t count, uint32_t unit)
{
    for (uint32_t i = 0; i < count; i++)
        if (units[i] == unit)
            return true;
    return false;
}

uint32_t status_family(const struct state *state, const struct status_question *question,
                       uint32_t units[static STATUS_FAMILY_MAX])
{
    uint32_t count = 1;
    units[0] = question->unit;
    for (uint32_t i = 0; i < count; i++) {
        const struct succession *succession;
        for (uint32_t at = state_unit(state, units[i])->predecessors; at != 0; at = succession->next_of_successor) {
            succession = table_row(&state->successions, at);
            bool counts = succession->position <= question->known_at && succession->day <= question->as_of &&
                          succession->day >= day_year_start(question->as_of);
            if (counts && count < STATUS_FAMILY_MAX && !among(units, count, succession->predecessor))
                units[count++] = succession->predecessor;
        }
    }
    return count;
}

bool status_counts_break(const struct status_question *question, const struct break_found *found, enum zero zero)
{
    return found->zero == zero && found->day <= question->as_of && found->day >= day_year_start(question->as_of);
}

struct break_view {
    uint32_t in_period;
    int32_t earliest_in_period;
    int32_t latest; /* of the unit itself, at all, up to as_of */
};

static struct break_view view_breaks(const struct state *state, const struct status_question *question, enum zero zero)
{
    struct break_view view = {.earliest_in_period = DAY_NEVER, .latest = DAY_NONE};
    uint32_t family[STATUS_FAMILY_MAX];
    uint32_t count = status_family(state, question, family);
    for (uint32_t i = 0; i < count; i++) {
        struct break_found found;
        struct break_cursor cursor = {.zeros = (uint8_t)(1u << zero)};
        while (breaks_next(state, question->policies, family[i], question->known_at, &cursor, &found)) {
            if (found.zero != zero || found.day > question->as_of)
                continue;
            if (i == 0 && found.day > view.latest)
                view.latest = found.day;
            if (!status_counts_break(question, &found, zero))
                continue;
            view.in_period++;
            if (found.day < view.earliest_in_period)
                view.earliest_in_period = found.day;
        }
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

/* The last unbroken stretch of covered days; from > to: there is none. */
static struct day_span last_stretch(const struct span_set *covered, int32_t last_break)
{
    if (covered->count == 0)
        return (struct day_span){0, -1};
    struct day_span last = covered->spans[covered->count - 1];
    if (last_break != DAY_NONE && last_break >= last.from)
        last.from = last_break + 1;
    return last;
}

static int32_t days_of(struct day_span span)
{
    return span.from <= span.to ? span.to - span.from + 1 : 0;
}

/* Which days a streak is made of: those of one zero, or those that all three share. */
enum { ALL_ZEROS = ZERO_COUNT };

static struct day_span stretch_of(const struct state *state, const struct status_question *question, int zero,
                                  struct status_scratch *scratch)
{
    if (zero != ALL_ZEROS) {
        covered_days(state, question, (enum zero)zero, scratch);
        return last_stretch(&scratch->covered, view_breaks(state, question, (enum zero)zero).latest);
    }
    int32_t last_break = DAY_NONE;
    for (int each = 0; each < ZERO_COUNT; each++) {
        int32_t latest = view_breaks(state, question, (enum zero)each).latest;
        if (latest > last_break)
            last_break = latest;
        covered_days(state, question, (enum zero)each, scratch);
        if (each == 0)
            copy_set(&scratch->joint, &scratch->covered);
        else
            intersect(&scratch->joint, &scratch->covered);
    }
    return last_stretch(&scratch->joint, last_break);
}

static int32_t streak_days(const struct state *state, const struct status_question *question, int zero,
                           struct status_scratch *scratch, struct day_span stretch, uint32_t depth);

/* Units that split and merge again and again have more ways back than anybody can go: past so many predecessors a
 * streak is counted from the merger on. */
enum { STREAK_PREDECESSORS_MAX = 256 };

/* The streak of a predecessor on the eve of the merger, if it reached to it. */
static int32_t streak_before(const struct state *state, const struct status_question *question, uint32_t predecessor,
                             int32_t day, int zero, struct status_scratch *scratch, uint32_t depth)
{
    struct status_question eve = *question;
    eve.unit = predecessor;
    eve.as_of = day - 1;
    if (++scratch->predecessors > STREAK_PREDECESSORS_MAX)
        return 0;
    struct day_span stretch = stretch_of(state, &eve, zero, scratch);
    if (stretch.from > stretch.to || stretch.to != day - 1)
        return 0;
    return streak_days(state, &eve, zero, scratch, stretch, depth + 1);
}

/* Ruling 15: a merged unit's streak is its own and the smallest of its predecessors', if its own reaches back to the
 * day of the merger. What it had itself before that day is among those of which the smallest is taken. */
static int32_t streak_days(const struct state *state, const struct status_question *question, int zero,
                           struct status_scratch *scratch, struct day_span stretch, uint32_t depth)
{
    enum { GENERATIONS_MAX = 16 };
    const struct unit *unit = state_unit(state, question->unit);
    int32_t merged_on = DAY_NONE;
    const struct succession *succession;
    for (uint32_t at = unit->predecessors; at != 0; at = succession->next_of_successor) {
        succession = table_row(&state->successions, at);
        bool known = succession->position <= question->known_at && succession->day <= stretch.to;
        if (known && succession->day >= stretch.from && succession->day > merged_on)
            merged_on = succession->day;
    }
    if (merged_on == DAY_NONE || depth == GENERATIONS_MAX)
        return days_of(stretch);
    int32_t least = INT32_MAX;
    if (unit->valid_from < merged_on)
        least = streak_before(state, question, question->unit, merged_on, zero, scratch, depth);
    for (uint32_t at = unit->predecessors; at != 0; at = succession->next_of_successor) {
        succession = table_row(&state->successions, at);
        if (succession->position > question->known_at || succession->day != merged_on)
            continue;
        int32_t before = streak_before(state, question, succession->predecessor, merged_on, zero, scratch, depth);
        least = before < least ? before : least;
    }
    return stretch.to - merged_on + 1 + least;
}

static int32_t claimed_days(const struct state *state, const struct status_question *question, enum zero zero,
                            struct span_set *claimed)
{
    claimed->count = 0;
    const struct coverage *coverage;
    for (uint32_t at = state_unit(state, question->unit)->coverages[zero]; at != 0; at = coverage->next) {
        coverage = table_row(&state->coverages, at);
        __builtin_prefetch(table_row(&state->coverages, coverage->next));
        const struct attestation *attestation = table_row(&state->attestations, coverage->attestation);
        bool withdrawn = attestation->withdrawn_at != 0 && attestation->withdrawn_at <= question->known_at;
        if (attestation->basis == BASIS_HISTORIC && attestation->position <= question->known_at && !withdrawn)
            add_span(claimed, attestation->from_day,
                     attestation->to_day < question->as_of ? attestation->to_day : question->as_of);
    }
    normalise(claimed);
    int32_t days = 0;
    for (uint32_t i = 0; i < claimed->count; i++)
        days += claimed->spans[i].to - claimed->spans[i].from + 1;
    return days;
}

/* The end of the covered stretch with which the year before began: "上年核实至" (ruling 11). */
static int32_t verified_last_year(const struct state *state, const struct status_question *question,
                                  const struct span_set *covered)
{
    int32_t eve = day_year_start(question->as_of) - 1;
    const struct day_span year = {day_year_start(eve), eve};
    const struct day_span *prefix = span_with(covered, first_enrolled(state, question, year));
    if (!prefix)
        return DAY_NONE;
    return prefix->to < eve ? prefix->to : eve;
}

struct zero_status status_of_zero(const struct state *state, const struct status_question *question, enum zero zero,
                                  struct status_scratch *scratch)
{
    struct zero_status result = {
        .status = STATUS_UNVERIFIED, .since = DAY_NONE, .verified_until = DAY_NONE, .streak_until = DAY_NONE};
    result.claimed_days = claimed_days(state, question, zero, &scratch->other);
    struct break_view breaks = view_breaks(state, question, zero);
    covered_days(state, question, zero, scratch);
    const struct span_set *covered = &scratch->covered;
    int32_t start = first_enrolled(state, question, period_of(question));
    const struct day_span *prefix = span_with(covered, start);
    if (prefix)
        result.verified_until = prefix->to;
    result.verified_last_year = verified_last_year(state, question, covered);
    result.breaks = breaks.in_period;
    int32_t owed = first_owed(state, question, covered);
    if (breaks.in_period > 0) {
        result.status = STATUS_BROKEN;
        result.since = breaks.earliest_in_period;
    } else if (prefix && owed == DAY_NEVER) {
        result.status = STATUS_ZERO;
        result.since = prefix->from;
    } else {
        int32_t gap = prefix ? prefix->to + 1 : start;
        result.since = gap == DAY_NEVER ? DAY_NONE : gap;
    }
    if (covered->count > 0) {
        result.streak_until = covered->spans[covered->count - 1].to;
        struct day_span stretch = last_stretch(covered, breaks.latest);
        scratch->predecessors = 0;
        result.streak_days = streak_days(state, question, (int)zero, scratch, stretch, 0);
    }
    return result;
}

/* What decides a unit's status on each day of one year, with dues looked at on one day. */
struct year_facts {
    int32_t start;       /* first enrolled day; DAY_NEVER: none */
    bool start_covered;  /* … is covered: the prefix is not empty */
    int32_t first_owed;  /* first day of a gap that is due; DAY_NEVER: none */
    int32_t first_break; /* of the unit itself; DAY_NEVER: none */
};

/* The first break of the question's period at the unit itself. */
static int32_t first_break(const struct state *state, const struct status_question *question, enum zero zero)
{
    int32_t first = DAY_NEVER;
    struct break_found found;
    struct break_cursor cursor = {.zeros = (uint8_t)(1u << zero)};
    while (breaks_next(state, question->policies, question->unit, question->known_at, &cursor, &found))
        if (status_counts_break(question, &found, zero) && found.day < first)
            first = found.day;
    return first;
}

/* `year` is the question at the end of the year's part that is looked at: what it says of its last day holds on earlier
 * ones as far as the facts lie before them. */
static struct year_facts facts_of_year(const struct state *state, const struct status_question *year, enum zero zero,
                                       const struct span_set *covered)
{
    int32_t start = first_enrolled(state, year, period_of(year));
    return (struct year_facts){.start = start,
                               .start_covered = span_with(covered, start) != NULL,
                               .first_owed = first_owed(state, year, covered),
                               .first_break = first_break(state, year, zero)};
}

static enum status status_by(const struct year_facts *facts, int32_t day)
{
    if (facts->first_break <= day)
        return STATUS_BROKEN;
    return facts->start <= day && facts->start_covered && facts->first_owed > day ? STATUS_ZERO : STATUS_UNVERIFIED;
}

void status_on_days(const struct state *state, const struct status_question *question, enum zero zero,
                    const int32_t *days, uint32_t count, enum status *statuses, struct status_scratch *scratch)
{
    struct year_facts facts = {0};
    int32_t year_end = DAY_NONE;
    bool inherits = state_unit(state, question->unit)->predecessors != 0;
    if (count > 0)
        covered_since(state, question, zero, day_year_start(days[0]), scratch);
    for (uint32_t i = 0; i < count; i++) {
        struct status_question then = *question;
        then.as_of = days[i];
        then.later = question->as_of + question->later - days[i];
        if (inherits && view_breaks(state, &then, zero).in_period > 0) {
            statuses[i] = STATUS_BROKEN; /* whose breaks it inherits depends on the day */
            continue;
        }
        if (days[i] > year_end) {
            struct status_question year = *question;
            year_end = day_year_end(days[i]);
            year.as_of = year_end < question->as_of ? year_end : question->as_of;
            year.later = question->as_of + question->later - year.as_of;
            facts = facts_of_year(state, &year, zero, &scratch->covered);
        }
        statuses[i] = status_by(&facts, days[i]);
    }
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
    struct day_span stretch = stretch_of(state, question, ALL_ZEROS, scratch);
    scratch->predecessors = 0;
    return streak_days(state, question, ALL_ZEROS, scratch, stretch, 0);
}

/* The owed days of one policy that an office has not attested. */
static void gaps_under(const struct state *state, const struct status_question *question, enum zero zero,
                       enum office office, const struct policy_span *held, struct status_scratch *scratch)
{
    const struct policy *policy = table_row(question->policies->rules, held->row);
    if (!(policy->required[zero] & OFFICE_BIT(office)))
        return;
    struct day_span owed = status_enrolled(question, state_unit(state, question->unit), held, period_of(question));
    while (owed.to >= owed.from && policy_due(policy, owed.to) >= question->as_of + question->later)
        owed.to = policy->cadence == CADENCE_MONTHLY ? day_month_start(owed.to) - 1 : owed.to - 1;
    if (owed.from > owed.to)
        return;
    int32_t at = owed.from;
    status_attested(state, question, zero, office, policy, owed, &scratch->office);
    for (uint32_t i = 0; i < scratch->office.count; i++) {
        struct day_span span = scratch->office.spans[i];
        add_span(&scratch->other, at, span.from - 1);
        at = span.to + 1;
    }
    add_span(&scratch->other, at, owed.to);
}

const struct span_set *status_gaps(const struct state *state, const struct status_question *question, enum zero zero,
                                   enum office office, struct status_scratch *scratch)
{
    scratch->other.count = 0;
    for (uint32_t i = 0; i < question->policies->count; i++)
        gaps_under(state, question, zero, office, &question->policies->spans[i], scratch);
    normalise(&scratch->other);
    return &scratch->other;
}

static bool any_break(const struct state *state, const struct status_question *question, enum zero zero)
{
    struct break_walk walk;
    struct break_found found;
    break_walk_open(state, question, (uint32_t)zero, &walk);
    return break_walk_next(&walk, &found);
}

/* What status_of_zero says of a zero that no break counts for, without all that it says beside. */
static enum status unbroken_status(const struct state *state, const struct status_question *question, enum zero zero,
                                   struct status_scratch *scratch)
{
    covered_since(state, question, zero, day_year_start(question->as_of), scratch);
    if (!span_with(&scratch->covered, first_enrolled(state, question, period_of(question))))
        return STATUS_UNVERIFIED;
    return first_owed(state, question, &scratch->covered) == DAY_NEVER ? STATUS_ZERO : STATUS_UNVERIFIED;
}

void status_now(struct state *state, uint32_t unit, enum status zeros[static ZERO_COUNT],
                struct status_scratch *scratch)
{
    struct unit_now *now = table_change(&state->now, unit);
    if (now->today != state->heads.today) {
        now->today = state->heads.today;
        memset(now->zeros, 0, sizeof now->zeros);
        now->unbroken = 0;
    }
    const struct status_question question = {
        .unit = unit, .as_of = state->heads.today, .known_at = POSITION_END, .policies = &state->timeline};
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        if (now->zeros[zero] == 0 && !(now->unbroken >> zero & 1)) {
            if (any_break(state, &question, (enum zero)zero))
                now->zeros[zero] = STATUS_BROKEN;
            else
                now->unbroken |= (uint8_t)(1u << zero);
        }
        if (now->zeros[zero] == 0)
            now->zeros[zero] = (uint8_t)unbroken_status(state, &question, (enum zero)zero, scratch);
        zeros[zero] = (enum status)now->zeros[zero];
    }
}

void status_now_break(struct state *state, uint32_t unit, enum zero zero, int32_t day)
{
    struct unit_now *now = table_change(&state->now, unit);
    now->changes++;
    now->unbroken &= (uint8_t) ~(1u << zero);
    if (now->today == state->heads.today && day >= day_year_start(now->today) && day <= now->today)
        now->zeros[zero] = STATUS_BROKEN;
    else
        now->zeros[zero] = 0;
    for (uint32_t at = state_unit(state, unit)->successors; at != 0;) {
        const struct succession *succession = table_row(&state->successions, at);
        status_now_forget(state, succession->successor, zero);
        at = succession->next_of_predecessor;
    }
}

/* What is broken stays so, whatever is attested. */
static void forget_one(struct unit_now *now, enum zero zero, bool breaks)
{
    if (breaks || now->zeros[zero] != STATUS_BROKEN)
        now->zeros[zero] = 0;
    if (breaks)
        now->unbroken &= (uint8_t) ~(1u << zero);
    now->changes++;
}

static void forget_here(struct state *state, uint32_t unit, enum zero zero, bool breaks, uint32_t *last)
{
    struct unit_now *now = table_change(&state->now, unit);
    if (now->walk == state->walk)
        return;
    now->walk = state->walk;
    now->waiting = 0;
    forget_one(now, zero, breaks);
    if (*last != 0)
        ((struct unit_now *)table_change(&state->now, *last))->waiting = unit;
    *last = unit;
}

/* Each heir once, whatever ways lead to it, and without going down a stack: chains and ways have no bound. */
static void forget_heirs(struct state *state, uint32_t unit, enum zero zero, bool breaks)
{
    if (++state->walk == 0) { /* the number of a walk that is long over must not come again */
        for (uint32_t i = 1; i < state->now.count; i++)
            ((struct unit_now *)table_change(&state->now, i))->walk = 0;
        state->walk = 1;
    }
    uint32_t last = 0;
    forget_here(state, unit, zero, breaks, &last);
    for (uint32_t at = unit; at != 0; at = ((const struct unit_now *)table_row(&state->now, at))->waiting) {
        const struct succession *succession;
        for (uint32_t row = state_unit(state, at)->successors; row != 0; row = succession->next_of_predecessor) {
            succession = table_row(&state->successions, row);
            forget_here(state, succession->successor, zero, breaks, &last);
        }
    }
}

static void forget(struct state *state, uint32_t unit, enum zero zero, bool breaks)
{
    if (state_unit(state, unit)->successors == 0)
        forget_one(table_change(&state->now, unit), zero, breaks);
    else
        forget_heirs(state, unit, zero, breaks);
}

void status_now_forget(struct state *state, uint32_t unit, enum zero zero)
{
    forget(state, unit, zero, true);
}

void status_now_uncover(struct state *state, uint32_t unit, enum zero zero)
{
    forget(state, unit, zero, false);
}
