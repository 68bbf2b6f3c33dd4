#include "unit_days.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "day.h"
#include "evidence.h"

/* What is gathered about one question. */
struct look {
    const struct state *state;
    const struct status_question *question;
    enum zero zero;
    struct day_span asked;
    struct status_scratch *scratch;
    struct unit_days *days;
    struct day_fact *breaks; /* of all years that are looked at, by day */
    size_t break_count;
};
struct day_fact {
    int32_t day;
    uint64_t position;
};
struct day_mark {
    uint8_t kind;
    uint8_t office;
};

static void *grown(void *memory, size_t size)
{
    memory = realloc(memory, size);
    if (!memory)
        abort();
    return memory;
}

static struct day_line *add_line(struct unit_days *days, enum day_kind kind, struct day_span span)
{
    if (days->count == days->capacity) {
        days->capacity = days->capacity ? days->capacity * 2 : 64;
        days->lines = grown(days->lines, days->capacity * sizeof *days->lines);
    }
    struct day_line *line = &days->lines[days->count++];
    *line = (struct day_line){.kind = kind, .days = span};
    return line;
}

/* Newest first, each once; past the bound the oldest are left out. */
static void add_position(struct day_line *line, uint64_t position)
{
    uint32_t at = 0;
    while (at < line->position_count && line->positions[at] > position)
        at++;
    if (at == UNIT_DAYS_POSITIONS_MAX || (at < line->position_count && line->positions[at] == position))
        return;
    if (line->position_count < UNIT_DAYS_POSITIONS_MAX)
        line->position_count++;
    memmove(line->positions + at + 1, line->positions + at, (line->position_count - 1 - at) * sizeof *line->positions);
    line->positions[at] = position;
}

static struct day_span common(struct day_span one, struct day_span other)
{
    return (struct day_span){one.from > other.from ? one.from : other.from, one.to < other.to ? one.to : other.to};
}

static struct day_mark *mark_of(const struct look *look, struct day_mark *marks, int32_t day)
{
    return &marks[day - look->asked.from];
}

/* ---- the partition ---- */

/* The days of an office that must attest and did not: the first such office is named. */
static void mark_missing(const struct look *look, const struct policy *policy, struct day_span within,
                         enum office office, struct day_mark *marks)
{
    const struct span_set *attested = &look->scratch->office;
    int32_t due_before = look->question->as_of + look->question->later;
    uint32_t next = 0;
    status_attested(look->state, look->question, look->zero, office, policy, within, &look->scratch->office);
    for (int32_t day = within.from; day <= within.to; day++) {
        struct day_mark *mark = mark_of(look, marks, day);
        while (next < attested->count && attested->spans[next].to < day)
            next++;
        bool covered = next < attested->count && attested->spans[next].from <= day;
        if (!covered && mark->kind == DAYS_COVERED)
            *mark = (struct day_mark){.kind = policy_due(policy, day) < due_before ? DAYS_GAP : DAYS_NOT_DUE,
                                      .office = (uint8_t)office};
    }
}

static void mark_enrolled(const struct look *look, struct day_mark *marks)
{
    const struct status_question *question = look->question;
    const struct unit *unit = state_unit(look->state, question->unit);
    for (uint32_t i = 0; i < question->policies->count; i++) {
        const struct policy_span *held = &question->policies->spans[i];
        const struct policy *policy = table_row(question->policies->rules, held->row);
        struct day_span within = status_enrolled(question, unit, held, look->asked);
        if (within.from > within.to)
            continue;
        for (int32_t day = within.from; day <= within.to; day++)
            mark_of(look, marks, day)->kind = DAYS_COVERED;
        if (policy->required[look->zero] == 0) /* nobody vouches: no day is covered */
            mark_missing(look, policy, within, OFFICE_NONE, marks);
        for (uint32_t office = 1; office < OFFICE_LIMIT; office++)
            if (policy->required[look->zero] & OFFICE_BIT(office))
                mark_missing(look, policy, within, (enum office)office, marks);
    }
}

/* Known at the position and not withdrawn. */
static bool stands(const struct look *look, const struct attestation *attestation)
{
    uint64_t known_at = look->question->known_at;
    return attestation->position <= known_at &&
           (attestation->withdrawn_at == 0 || attestation->withdrawn_at > known_at);
}

/* The next of the unit's coverages that is known and touches the days asked for, from row `at` on; 0: none. */
static uint32_t touching(const struct look *look, uint32_t at, const struct attestation **attestation)
{
    for (; at != 0; at = ((const struct coverage *)table_row(&look->state->coverages, at))->next) {
        const struct coverage *coverage = table_row(&look->state->coverages, at);
        *attestation = table_row(&look->state->attestations, coverage->attestation);
        if (coverage->from_day <= look->asked.to && coverage->to_day >= look->asked.from && stands(look, *attestation))
            break;
    }
    return at;
}

static void mark_claimed(const struct look *look, struct day_mark *marks)
{
    const struct coverage *coverage;
    const struct attestation *attestation;
    uint32_t at = state_unit(look->state, look->question->unit)->coverages[look->zero];
    for (at = touching(look, at, &attestation); at != 0; at = touching(look, coverage->next, &attestation)) {
        coverage = table_row(&look->state->coverages, at);
        struct day_span span = common((struct day_span){coverage->from_day, coverage->to_day}, look->asked);
        for (int32_t day = span.from; attestation->basis == BASIS_HISTORIC && day <= span.to; day++)
            if (mark_of(look, marks, day)->kind == DAYS_NOT_ENROLLED)
                mark_of(look, marks, day)->kind = DAYS_CLAIMED;
    }
}

static void add_partition(const struct look *look, const struct day_mark *marks)
{
    uint32_t count = (uint32_t)(look->asked.to - look->asked.from + 1);
    struct day_line *line = NULL;
    for (uint32_t i = 0; i < count; i++) {
        int32_t day = look->asked.from + (int32_t)i;
        if (i == 0 || memcmp(&marks[i], &marks[i - 1], sizeof *marks) != 0) {
            line = add_line(look->days, (enum day_kind)marks[i].kind, (struct day_span){day, day});
            line->office = marks[i].kind == DAYS_GAP ? (enum office)marks[i].office : OFFICE_NONE;
        }
        line->days.to = day;
    }
    look->days->partition = look->days->count;
}

/* Whether the attestation is one that makes the line what it is. */
static bool says_so(const struct look *look, const struct attestation *attestation, const struct day_line *line,
                    int32_t day)
{
    const struct policy *policy = timeline_on(look->question->policies, day);
    if (line->kind == DAYS_CLAIMED)
        return attestation->basis == BASIS_HISTORIC;
    return line->kind == DAYS_COVERED && policy &&
           (policy->required[look->zero] & OFFICE_BIT(attestation->office)) != 0 &&
           attestation_counts(look->state, attestation, look->question->known_at, policy);
}

static void add_sources(const struct look *look)
{
    const struct coverage *coverage;
    const struct attestation *attestation;
    uint32_t at = state_unit(look->state, look->question->unit)->coverages[look->zero];
    for (at = touching(look, at, &attestation); at != 0; at = touching(look, coverage->next, &attestation)) {
        coverage = table_row(&look->state->coverages, at);
        for (size_t i = 0; i < look->days->partition; i++) {
            struct day_line *line = &look->days->lines[i];
            struct day_span both = common(line->days, (struct day_span){coverage->from_day, coverage->to_day});
            if (both.from <= both.to && says_so(look, attestation, line, both.from))
                add_position(line, attestation->position);
        }
    }
}

static void part_days(const struct look *look)
{
    struct day_mark *marks = grown(NULL, (size_t)(look->asked.to - look->asked.from + 1) * sizeof *marks);
    for (int32_t day = look->asked.from; day <= look->asked.to; day++)
        *mark_of(look, marks, day) = (struct day_mark){.kind = DAYS_NOT_ENROLLED};
    if (state_unit(look->state, look->question->unit)->registered_at <= look->question->known_at) {
        mark_enrolled(look, marks);
        mark_claimed(look, marks);
    }
    add_partition(look, marks);
    free(marks);
    add_sources(look);
}

/* ---- what lies over it ---- */

static int by_day(const void *left, const void *right)
{
    const struct day_fact *a = left;
    const struct day_fact *b = right;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    return (a->position > b->position) - (a->position < b->position);
}

/* The breaks of every year that the days asked for touch, as they count in it: those of a predecessor in the year of
 * the merger. */
static void find_breaks(struct look *look)
{
    size_t capacity = 0;
    struct break_found found;
    int32_t last = look->question->as_of;
    for (int32_t end = day_year_end(look->asked.from);; end = day_year_end(end + 1)) {
        struct break_walk walk;
        struct status_question year = *look->question;
        year.as_of = end < last ? end : last;
        break_walk_open(look->state, &year, (uint32_t)look->zero, &walk);
        while (break_walk_next(&walk, &found)) {
            if (look->break_count == capacity) {
                capacity = capacity ? capacity * 2 : 16;
                look->breaks = grown(look->breaks, capacity * sizeof *look->breaks);
            }
            look->breaks[look->break_count++] = (struct day_fact){found.day, found.position};
        }
        if (end >= look->asked.to)
            break;
    }
    if (look->break_count > 1)
        qsort(look->breaks, look->break_count, sizeof *look->breaks, by_day);
}

/* Keeps the last UNIT_DAYS_OVERLAYS_MAX of the lines from `first` on. */
static void keep_newest(struct unit_days *days, size_t first)
{
    size_t count = days->count - first;
    if (count <= UNIT_DAYS_OVERLAYS_MAX)
        return;
    memmove(days->lines + first, days->lines + days->count - UNIT_DAYS_OVERLAYS_MAX,
            UNIT_DAYS_OVERLAYS_MAX * sizeof *days->lines);
    days->count = first + UNIT_DAYS_OVERLAYS_MAX;
}

static void add_breaks(const struct look *look)
{
    struct day_line *line = NULL;
    for (size_t i = 0; i < look->break_count; i++) {
        const struct day_fact *found = &look->breaks[i];
        if (found->day < look->asked.from || found->day > look->asked.to)
            continue;
        if (!line || line->days.from != found->day)
            line = add_line(look->days, DAYS_BREAK, (struct day_span){found->day, found->day});
        add_position(line, found->position);
    }
    keep_newest(look->days, look->days->partition);
}

static int by_first_day(const void *left, const void *right)
{
    const struct day_line *a = left;
    const struct day_line *b = right;
    if (a->days.from != b->days.from)
        return a->days.from < b->days.from ? -1 : 1;
    if (a->days.to != b->days.to)
        return a->days.to < b->days.to ? -1 : 1;
    return memcmp(a->positions, b->positions, sizeof a->positions);
}

/* Attestations that a break on one of their days denies (ruling 17), each with the breaks. */
static void add_contradicted(const struct look *look)
{
    const struct coverage *coverage;
    const struct attestation *attestation;
    size_t first = look->days->count;
    uint32_t at = state_unit(look->state, look->question->unit)->coverages[look->zero];
    for (at = touching(look, at, &attestation); at != 0; at = touching(look, coverage->next, &attestation)) {
        struct day_line *line = NULL;
        coverage = table_row(&look->state->coverages, at);
        const struct day_span span = {coverage->from_day, coverage->to_day};
        for (size_t i = 0; i < look->break_count; i++) {
            if (look->breaks[i].day < span.from || look->breaks[i].day > span.to)
                continue;
            if (!line)
                line = add_line(look->days, DAYS_CONTRADICTED, common(span, look->asked));
            add_position(line, look->breaks[i].position);
        }
        if (line) {
            if (line->position_count == UNIT_DAYS_POSITIONS_MAX)
                line->position_count--; /* the denied one stands among them, however many deny it */
            add_position(line, attestation->position);
        }
    }
    if (look->days->count > first + 1)
        qsort(look->days->lines + first, look->days->count - first, sizeof *look->days->lines, by_first_day);
    keep_newest(look->days, first);
}

void unit_days_open(const struct state *state, const struct status_question *question, enum zero zero,
                    struct day_span asked, struct status_scratch *scratch, struct unit_days *days)
{
    assert(asked.from <= asked.to && asked.to <= question->as_of && asked.to - asked.from < UNIT_DAYS_MAX);
    struct look look = {.state = state, .question = question, .zero = zero, .asked = asked, .scratch = scratch};
    *days = (struct unit_days){0};
    look.days = days;
    part_days(&look);
    find_breaks(&look);
    add_breaks(&look);
    add_contradicted(&look);
    free(look.breaks);
}

void unit_days_close(struct unit_days *days)
{
    free(days->lines);
    *days = (struct unit_days){0};
}
