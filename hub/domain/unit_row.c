#include "unit_row.h"

#include <stdlib.h>
#include <string.h>

#include "day.h"

static void find_gap(const struct state *state, const struct status_question *question, struct unit_row *row,
                     struct status_scratch *scratch)
{
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        for (uint32_t office = 1; office < OFFICE_LIMIT; office++) {
            const struct span_set *gaps = status_gaps(state, question, (enum zero)zero, (enum office)office, scratch);
            if (gaps->count == 0 || (row->gap_office != OFFICE_NONE && gaps->spans[0].from >= row->gap.from))
                continue;
            row->gap = gaps->spans[0];
            row->gap_office = (enum office)office;
        }
}

void unit_row_on(const struct state *state, const struct status_question *question, struct unit_row *row,
                 struct status_scratch *scratch)
{
    *row = (struct unit_row){.verified_until = DAY_NEVER, .gap = {0, -1}};
    bool owed = false; /* what is at zero has no gap */
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        struct zero_status status = status_of_zero(state, question, (enum zero)zero, scratch);
        row->zeros[zero] = status.status;
        row->streak_days[zero] = status.streak_days;
        if (status.verified_until < row->verified_until)
            row->verified_until = status.verified_until;
        owed = owed || status.status != STATUS_ZERO;
    }
    if (owed)
        find_gap(state, question, row, scratch);
}

void unit_rows_clear(struct unit_rows *kept)
{
    free(kept->rows);
    *kept = (struct unit_rows){0};
}

static void make_room(struct unit_rows *kept, uint32_t count)
{
    if (count <= kept->count)
        return;
    struct kept_row *rows = realloc(kept->rows, count * sizeof *rows);
    if (!rows)
        abort();
    memset(rows + kept->count, 0, (count - kept->count) * sizeof *rows);
    kept->rows = rows;
    kept->count = count;
}

/* The mark of a row made now. */
static uint32_t mark_of(const struct state *state, const struct unit_rows *kept, uint32_t unit)
{
    const struct unit_now *now = table_row(&state->now, unit);
    return kept->known_at == POSITION_END ? now->changes + 1 : 1;
}

bool unit_rows_hold(const struct state *state, const struct unit_rows *kept, uint32_t unit)
{
    return unit < kept->count && kept->rows[unit].seen == mark_of(state, kept, unit);
}

const struct unit_row *unit_rows_take(const struct state *state, struct unit_rows *kept,
                                      const struct policy_timeline *policies, uint32_t unit,
                                      struct status_scratch *scratch)
{
    make_room(kept, state->units.count);
    struct kept_row *row = &kept->rows[unit];
    if (unit_rows_hold(state, kept, unit))
        return &row->row;
    const struct status_question question = {
        .unit = unit, .as_of = kept->as_of, .known_at = kept->known_at, .policies = policies};
    unit_row_on(state, &question, &row->row, scratch);
    row->seen = mark_of(state, kept, unit);
    return &row->row;
}
