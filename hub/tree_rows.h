/* What the tree shows of each unit, kept for the moments that were asked for last, and made in slices: a county of
 * 50,000 units takes a second and more, and the loop shall not wait so long. A question that needs many new rows waits
 * until they are made, and is asked again. */
#ifndef HUB_TREE_ROWS_H
#define HUB_TREE_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/unit_row.h"
#include "past.h"

enum {
    TREE_MOMENTS_MAX = 3,     /* kept at once; 48 bytes a unit each */
    TREE_ROWS_AT_ONCE = 1000, /* made while a question is answered: some ten milliseconds */
    TREE_SLICE_MS = 5,
    TREE_WAITING_MAX = 64, /* questions; behind them BUSY is answered */
};

struct tree_rows {
    struct unit_rows moments[TREE_MOMENTS_MAX];
    uint64_t used[TREE_MOMENTS_MAX]; /* by `uses` */
    uint64_t uses;
    struct unit_rows *making; /* the moment that is being made; NULL: none */
    struct unit_rows *made;   /* while those that waited for it are asked again */
    uint32_t root, next;      /* of its units */
    struct policy_timeline policies;
    struct past_question *waiting; /* oldest first */
    int waiting_count;
};
void tree_rows_clear(struct tree_rows *tree);

/* The rows of the moment, borrowed until the next call; without any at first. Those of the open day with all that is
 * known (`live`) have a place of their own. */
struct unit_rows *tree_rows_of(struct tree_rows *tree, int32_t as_of, uint64_t known_at, bool live);
/* Whether so many rows below the root (0: all) are to be made anew that a question waits for them. Of the moment that
 * was just made none does, however many changed meanwhile: it has waited. */
bool tree_rows_lack(const struct tree_rows *tree, const struct state *state, const struct unit_rows *rows,
                    uint32_t root);
/* Lets the question wait until the rows of a moment are made, its own or those before it; takes it. false: too many
 * wait, and it stays the caller's. */
MUST_CHECK bool tree_rows_wait(struct tree_rows *tree, struct unit_rows *rows, uint32_t root,
                               struct past_question **question);
/* Makes a slice. Gives all questions that waited, to be asked again, once the moment is made; else NULL. The caller
 * clears `made` when it has asked them. */
struct past_question *tree_rows_turn(struct tree_rows *tree, const struct state *state, struct status_scratch *scratch);
static inline bool tree_rows_busy(const struct tree_rows *tree)
{
    return tree->making != NULL;
}

#endif
