/* The rows of a status answer: a subtree down to a depth, in the tree of the day that is asked about, each node with
 * the roll-up of everything below it. Each counted unit is looked at once, whatever the number of rows. */
#ifndef HUB_STATUS_ROWS_H
#define HUB_STATUS_ROWS_H

#include <stddef.h>

#include "answer.h"
#include "domain/rollup.h"
#include "domain/tree.h"

/* Walks a subtree from the top, parents before their children, siblings in the order of their registration. */
struct tree_walk {
    const struct tree *tree;
    uint32_t root;
    uint32_t depth;
    uint32_t at;    /* the unit handed out last; 0 before the first */
    uint32_t level; /* its level below the root */
    uint32_t *first_child;
    uint32_t *next_sibling;
    bool started;
};
/* The tree stays the caller's and must live as long as the walk. */
void tree_walk_open(const struct tree *tree, uint32_t root, uint32_t depth, struct tree_walk *walk);
void tree_walk_close(struct tree_walk *walk);
/* The next unit's ordinal, 0 at the end. Root 0 stands for the whole tree and is not handed out itself. */
uint32_t tree_walk_next(struct tree_walk *walk, uint32_t *level);

/* The rules as they were known before a later policy said something else of the view's day, by the position at which
 * it was adopted. */
enum { OTHER_RULES_MAX = 8 };
struct other_rules {
    uint32_t count;
    uint64_t before[OTHER_RULES_MAX];
    struct policy_timeline policies[OTHER_RULES_MAX];
};

struct status_row {
    uint32_t unit; /* ordinal; 0: the whole tree */
    uint32_t level;
    bool counted; /* it has a status of its own and lives on the day: `zeros` is filled */
    struct zero_status zeros[ZERO_COUNT];
    struct rollup below;
    uint32_t other_units[OTHER_RULES_MAX]; /* of them have another status under the other rules */
};
struct status_rows {
    struct status_row *rows;
    size_t count;
};
/* `tree` is that of the view's day and position. */
void status_rows_open(struct state *state, const struct status_view *view, const struct other_rules *others,
                      const struct tree *tree, struct status_scratch *scratch, struct status_rows *rows);
void status_rows_close(struct status_rows *rows);

#endif
