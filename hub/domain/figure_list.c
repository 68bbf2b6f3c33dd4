#include "figure_list.h"

#include <stdlib.h>

#include "evidence.h"
#include "watch.h"

static void add_entry(struct figure_list *list, struct figure_entry entry)
{
    if (list->entry_count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 64;
        struct figure_entry *entries = realloc(list->entries, capacity * sizeof *entries);
        if (!entries)
            abort();
        list->entries = entries;
        list->capacity = capacity;
    }
    list->entries[list->entry_count++] = entry;
    list->total += entry.count;
}

static struct figure_entry entry_of(const struct figure_row *row, uint64_t position, uint64_t number)
{
    return (struct figure_entry){
        .position = position, .unit = row->unit, .matter = row->matter, .day = row->day, .count = number};
}

static bool zero_asked(uint32_t asked, enum zero zero)
{
    return asked == FIGURE_JOINT || asked == (uint32_t)zero;
}

/* The breaks of a broken unit; the unit counts once, with the one that is met first. */
static void add_breaks(const struct figure_count *count, const struct figure_row *row, uint32_t asked,
                       struct figure_list *list)
{
    const struct state *state = count->state;
    const struct status_question question = {.unit = row->unit,
                                             .as_of = count->to,
                                             .known_at = POSITION_END,
                                             .policies = &count->policies,
                                             .later = count->scope.tree.later};
    struct break_walk walk;
    struct break_found found;
    uint64_t number = 1;
    break_walk_open(state, &question, asked, &walk); /* FIGURE_JOINT is ZERO_COUNT: all three */
    while (break_walk_next(&walk, &found)) {
        struct figure_entry entry = entry_of(row, found.position, number);
        entry.day = found.day;
        entry.matter = state_move(state, found.move)->matter;
        add_entry(list, entry);
        number = 0;
    }
}

/* Position of the newest attestation that covers days of the unit's zero up to the last day; 0: none. */
static uint64_t newest_attestation(const struct figure_count *count, uint32_t unit, uint32_t zero)
{
    const struct state *state = count->state;
    const struct policy *policy = timeline_on(&count->policies, count->to);
    const struct coverage *coverage;
    for (uint32_t at = state_unit(state, unit)->coverages[zero]; at != 0; at = coverage->next) {
        coverage = table_row(&state->coverages, at);
        const struct attestation *attestation = table_row(&state->attestations, coverage->attestation);
        if (coverage->from_day <= count->to && policy && attestation_counts(state, attestation, POSITION_END, policy))
            return attestation->position;
    }
    return 0;
}

/* The newest attestation of a unit at zero; of all three zeros where they are asked for together. */
static void add_attestations(const struct figure_count *count, const struct figure_row *row, uint32_t asked,
                             struct figure_list *list)
{
    uint64_t number = 1;
    for (uint32_t zero = 0; zero < ZERO_COUNT; zero++) {
        if (!zero_asked(asked, (enum zero)zero))
            continue;
        add_entry(list, entry_of(row, newest_attestation(count, row->unit, zero), number));
        number = 0;
    }
}

static void add_statuses(const struct figure_count *count, const struct figure_row *row, uint32_t index,
                         struct figure_list *list)
{
    uint32_t asked = index / FIGURE_STATUSES % (ZERO_COUNT + 1);
    switch ((enum figure_status)(index % FIGURE_STATUSES)) {
    case FIGURE_STATUS_TOTAL:
        add_entry(list, entry_of(row, state_unit(count->state, row->unit)->registered_at, 1));
        return;
    case FIGURE_STATUS_ZERO:
        add_attestations(count, row, asked, list);
        return;
    case FIGURE_STATUS_BROKEN:
        add_breaks(count, row, asked, list);
        return;
    case FIGURE_STATUS_UNVERIFIED:
        add_entry(list, entry_of(row, 0, 1)); /* nobody said it */
        return;
    }
    abort();
}

/* Every consultation, or every clock that was taken up: a matter has several. */
static void add_moves(const struct figure_count *count, const struct figure_row *row, enum figure figure,
                      struct figure_list *list)
{
    const struct state *state = count->state;
    const struct move *move;
    for (uint32_t at = state_matter(state, row->matter)->moves; at != 0; at = move->next) {
        move = state_move(state, at);
        bool counts = figure == FIGURE_JOINT_CONSULTATIONS
                          ? figure_consults(state, row->joint, move)
                          : figure_in_period(count, move->day) && figure_escalates(state, move);
        if (!counts)
            continue;
        struct figure_entry entry = entry_of(row, move->position, 1);
        entry.day = move->day;
        add_entry(list, entry);
    }
}

/* The record that made a matter count in the figure: the newest of its kind, or what closed it, whichever way. */
static void add_made_by(const struct figure_count *count, const struct figure_row *row, const struct figure_hit *found,
                        enum event_kind kind, struct figure_list *list)
{
    const struct matter *matter = state_matter(count->state, row->matter);
    uint32_t ordinal = matter_newest_move(count->state, matter, kind);
    struct figure_entry entry = entry_of(row, found->position, found->count);
    if (kind == EVENT_MATTER_CLOSED) {
        entry.position = matter_moved_at(count->state, matter);
        entry.day = matter->closed_day;
    } else if (ordinal != 0) {
        const struct move *move = state_move(count->state, ordinal);
        entry.position = move->position;
        entry.day = move->day;
    }
    add_entry(list, entry);
}

/* The hit, on the day of the record that made it: of an answer not that of the question. */
static void add_hit(const struct figure_count *count, const struct figure_row *row, const struct figure_hit *found,
                    struct figure_list *list)
{
    struct figure_entry entry = entry_of(row, found->position, found->count);
    uint32_t move = found->position != row->position ? state_find_move(count->state, found->position) : 0;
    if (move != 0)
        entry.day = state_move(count->state, move)->day;
    add_entry(list, entry);
}

static void expand(const struct figure_count *count, const struct figure_row *row, const struct figure_hit *found,
                   struct figure_list *list)
{
    uint32_t number = (uint32_t)found->figure;
    enum event_kind made_by = figure_made_by(found->figure);
    if (number >= FIGURE_ZEROS)
        add_statuses(count, row, number - FIGURE_ZEROS, list);
    else if (number >= FIGURE_UNITS)
        add_entry(list, entry_of(row, state_unit(count->state, row->unit)->registered_at, 1));
    else if (number == FIGURE_CHANGES_NEWLY_BROKEN)
        add_breaks(count, row, FIGURE_JOINT, list);
    else if (number == FIGURE_CHANGES_NEWLY_VERIFIED)
        add_attestations(count, row, FIGURE_JOINT, list);
    else if (number == FIGURE_JOINT_CONSULTATIONS || number == FIGURE_SUPERVISIONS_ESCALATED)
        add_moves(count, row, found->figure, list);
    else if (made_by != 0)
        add_made_by(count, row, found, made_by, list);
    else
        add_hit(count, row, found, list);
}

static void list_stage(const struct figure_count *count, enum figure figure, enum figure_stage stage,
                       struct figure_list *list)
{
    struct figure_walk walk;
    struct figure_row row;
    figure_walk_open(&walk);
    walk.stage = walk.last_stage = (uint32_t)stage;
    while (figure_walk_next(count, &walk, &row))
        for (uint32_t i = 0; i < row.hit_count; i++)
            if (row.hits[i].figure == figure)
                expand(count, &row, &row.hits[i], list);
    figure_walk_close(&walk);
}

void figure_list_open(const struct figure_count *count, enum figure figure, struct figure_list *list)
{
    *list = (struct figure_list){0};
    list_stage(count, figure, figure_stage(figure), list);
    if (figure == FIGURE_CHANGES_LATE) /* accidents too, not only attestations */
        list_stage(count, figure, FIGURE_STAGE_MATTERS, list);
}

void figure_list_close(struct figure_list *list)
{
    free(list->entries);
    *list = (struct figure_list){0};
}
