#include "evidence.h"

static uint8_t zeros_asked(uint32_t zero)
{
    return zero == ZERO_COUNT ? 0 : (uint8_t)(1u << zero);
}

void break_walk_open(const struct state *state, const struct status_question *question, uint32_t zero,
                     struct break_walk *walk)
{
    *walk = (struct break_walk){.state = state, .question = question, .zero = zero};
    walk->cursor.zeros = zeros_asked(zero);
    walk->members = status_family(state, question, walk->family);
}

bool break_walk_next(struct break_walk *walk, struct break_found *found)
{
    const struct status_question *question = walk->question;
    for (; walk->at < walk->members; walk->at++) {
        while (breaks_next(walk->state, question->policies, walk->family[walk->at], question->known_at, &walk->cursor,
                           found)) {
            bool asked = walk->zero == ZERO_COUNT || walk->zero == (uint32_t)found->zero;
            if (asked && status_counts_break(question, found, found->zero))
                return true;
        }
        walk->cursor = (struct break_cursor){.zeros = zeros_asked(walk->zero)};
    }
    return false;
}

uint64_t coverage_denied_by(const struct state *state, const struct status_question *question, enum zero zero,
                            const struct coverage *coverage)
{
    struct break_walk walk;
    struct break_found found;
    uint64_t first = 0;
    break_walk_open(state, question, (uint32_t)zero, &walk);
    while (break_walk_next(&walk, &found))
        if (coverage->from_day <= found.day && found.day <= coverage->to_day && (first == 0 || found.position < first))
            first = found.position;
    return first;
}
