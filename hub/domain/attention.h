/* What the leadership looks at first: who owes what, what came late, what was changed afterwards. Lists of plain rows;
 * nothing of an accusation is in any of them. */
#ifndef HUB_DOMAIN_ATTENTION_H
#define HUB_DOMAIN_ATTENTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scope.h"
#include "status.h"

/* The numbers are the contract's. */
enum attention {
    ATTENTION_UNVERIFIED = 1, /* by the longest gap */
    ATTENTION_SILENT = 2,     /* by the longest silence */
    ATTENTION_UNSWEPT = 3,    /* by the longest time without a sweep */
    ATTENTION_LATE = 4,       /* these and all others as they were recorded */
    ATTENTION_CONTRADICTED = 5,
    ATTENTION_UNBROKEN = 6,
    ATTENTION_AMENDED = 7,
    ATTENTION_WITHDRAWN = 8,
    ATTENTION_EVALUATIONS = 9,
};

struct attention_row {
    uint32_t unit;   /* ordinals; 0: none */
    uint32_t matter; /* late accidents, withdrawn petitions */
    uint32_t policy; /* row of `codes`: version of an evaluation */
    uint32_t zero;   /* the contract's number: enum zero and one; 0: none */
    enum office office;
    enum amendment_kind amendment; /* 0: none */
    int32_t day;
    int32_t to_day;
    int32_t days;
    uint64_t position;
    uint64_t target;
    bool met;
    bool met_now;
    bool pending; /* an amendment that waits for its second identity */
    bool by_two;  /* an amendment that two identities approved */
};
struct attention_list {
    struct attention_row *rows;
    size_t count;
    size_t capacity;
};
/* The rows of the subtree for a year; units as they stand on its last day, or the open day if that is earlier. */
void attention_list_open(struct state *state, uint32_t root, enum attention kind, int32_t year,
                         struct status_scratch *scratch, struct attention_list *list);
void attention_list_close(struct attention_list *list);

#endif
