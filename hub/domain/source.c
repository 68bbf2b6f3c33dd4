#include "source.h"

static struct source *change_source(struct state *state, uint32_t ordinal)
{
    return table_change(&state->sources, ordinal);
}

static void use_number(struct state *state, uint32_t ordinal, uint64_t place, bool rejected)
{
    struct source *source = change_source(state, ordinal);
    struct source_run *run = table_change(&state->runs, source->newest_run);
    bool goes_on = source->newest_run != 0 && (run->rejected != 0) == rejected &&
                   run->first_place + run->count == place && run->count < UINT32_MAX;
    if (goes_on) {
        run->count++;
    } else {
        uint32_t added = table_add(&state->runs);
        run = table_change(&state->runs, added);
        *run = (struct source_run){.first_sequence = source->next_sequence,
                                   .first_place = place,
                                   .count = 1,
                                   .next = source->newest_run,
                                   .rejected = rejected};
        source->newest_run = added;
    }
    source->next_sequence++;
}

void source_recorded(struct state *state, uint32_t ordinal, uint64_t position, int64_t recorded_at_us)
{
    use_number(state, ordinal, position, false);
    struct source *source = change_source(state, ordinal);
    source->recorded++;
    source->last_position = position;
    source->last_recorded_at_us = recorded_at_us;
}

void source_rejected(struct state *state, uint32_t ordinal, uint64_t rejection, int64_t recorded_at_us)
{
    use_number(state, ordinal, rejection, true);
    struct source *source = change_source(state, ordinal);
    source->rejected++;
    source->last_recorded_at_us = recorded_at_us;
}

bool source_find(const struct state *state, uint32_t ordinal, uint64_t sequence, struct source_place *place)
{
    const struct source *source = state_source(state, ordinal);
    if (sequence == 0 || sequence >= source->next_sequence)
        return false;
    const struct source_run *run = table_row(&state->runs, source->newest_run);
    while (run->first_sequence > sequence)
        run = table_row(&state->runs, run->next);
    uint64_t into = sequence - run->first_sequence;
    *place = (struct source_place){
        .place = run->first_place + into, .count = run->count - into, .rejected = run->rejected != 0};
    return true;
}
