#include "matter_key.h"

#include "catalogue.h"
#include "joint.h"

bool matter_key_speaks(enum event_kind kind)
{
    return kind == EVENT_MATTER_KEY_OFFERED || kind == EVENT_SEALED_NOTE_ADDED || kind == EVENT_MATTER_KEY_DESTROYED;
}

static const struct matter_key *key_row(const struct state *state, uint32_t row)
{
    return table_row(&state->keys, row);
}

/* The matter's key of this id; 0: none. */
static uint32_t find_key(const struct state *state, uint32_t matter, uint64_t id)
{
    uint32_t row = id == 0 ? 0 : state_annex(state, state_matter(state, matter))->keys;
    while (row != 0 && key_row(state, row)->id != id)
        row = key_row(state, row)->next;
    return row;
}

/* What adds one is bounded: the chain is walked for each note. */
static bool judge_new_key(const struct state *state, const struct event *event, const struct publisher *publisher,
                          struct ruling *ruling)
{
    unsigned count = 0;
    uint32_t row = state_annex(state, state_matter(state, ruling->matter))->keys;
    for (; row != 0; row = key_row(state, row)->next) {
        const struct matter_key *key = key_row(state, row);
        count++;
        if (event->kind == EVENT_MATTER_KEY_OFFERED && key->office == publisher->office && key->destroyed_at == 0)
            return ruling_refuse(ruling, VERDICT_BAD_VALUE,
                                 "public_key: the office's key of position %llu stands: destroy it first",
                                 (unsigned long long)key->offered_at);
    }
    return count < MATTER_KEYS_MAX ||
           ruling_refuse(ruling, VERDICT_BAD_VALUE, "the matter has had %d keys", MATTER_KEYS_MAX);
}

bool matter_key_judge(const struct state *state, const struct event *event, const struct publisher *publisher,
                      struct ruling *ruling)
{
    const uint32_t row = find_key(state, ruling->matter, event->sealing.id);
    const struct matter_key *key = key_row(state, row);
    if (row != 0 && key->destroyed_at != 0)
        return ruling_refuse(ruling, VERDICT_KEY_DESTROYED, "the key was destroyed at position %llu",
                             (unsigned long long)key->destroyed_at);
    if (row == 0 && event->kind != EVENT_SEALED_NOTE_ADDED)
        return judge_new_key(state, event, publisher, ruling);
    if (event->kind == EVENT_MATTER_KEY_OFFERED)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "public_key: was offered before at position %llu",
                             (unsigned long long)key->offered_at);
    if (event->kind == EVENT_MATTER_KEY_DESTROYED && key->office != publisher->office)
        return ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "proof: the key is another office's");
    return true;
}

void matter_key_apply(struct state *state, const struct event *event, const struct publisher *publisher,
                      const struct ruling *ruling, uint64_t position)
{
    uint32_t row = find_key(state, ruling->matter, event->sealing.id);
    if (row == 0 && event->kind != EVENT_SEALED_NOTE_ADDED) {
        row = table_add(&state->keys);
        struct annex *annex = state_change_annex(state, ruling->matter);
        *(struct matter_key *)table_change(&state->keys, row) = (struct matter_key){
            .id = event->sealing.id, .matter = ruling->matter, .next = annex->keys, .office = publisher->office};
        annex->keys = row;
    }
    if (row == 0)
        return;
    struct matter_key *key = table_change(&state->keys, row);
    if (event->kind == EVENT_MATTER_KEY_OFFERED)
        key->offered_at = position;
    else if (event->kind == EVENT_MATTER_KEY_DESTROYED)
        key->destroyed_at = position;
    else
        key->notes++;
}

office_set matter_key_routes(const struct state *state, const struct event *event, enum office publisher,
                             uint32_t matter)
{
    if (!matter_key_speaks(event->kind) || matter == 0)
        return 0;
    const struct matter *row = state_matter(state, matter);
    const struct matter_key *key = key_row(state, find_key(state, matter, event->sealing.id));
    office_set to = OFFICE_BIT(key->office);
    if (event->kind != EVENT_SEALED_NOTE_ADDED)
        to |= OFFICE_BIT(row->office) | OFFICE_BIT(row->handler) | OFFICE_BIT(publisher) | joint_offices(state, row);
    return to & ~(OFFICE_BIT(OFFICE_NONE) | OFFICE_BIT(OFFICE_HUB) | OFFICE_BIT(OFFICE_OPERATOR));
}
