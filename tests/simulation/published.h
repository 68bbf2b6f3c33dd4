/* A history as the log knows it: its acts encoded as agents publish them, its policies as files, taken by a ledger that
 * commits them in blocks. The hub's own acts are left to the ledger. */
#ifndef SIMULATION_PUBLISHED_H
#define SIMULATION_PUBLISHED_H

#include <stdint.h>

#include "history.h"
#include "ledger.h"
#include "store/state_store.h"

struct published {
    char folder[64];
    struct event_log *log;
    struct state_store *store;
    struct ledger ledger;
    uint64_t positions[HISTORY_ACTS]; /* of each act; 0: rejected, or the hub's own */
    uint32_t accepted;
    uint32_t rejected;
    uint32_t stops;
    uint32_t read_back; /* stops after which the ledger began with a stored state */
};

/* Publishes the whole history and stops once in about `acts` acts, at any one of them, drawn from the seed: the ledger
 * is thrown away and recovered from the log, and from a state that was stored at this or an earlier stop. */
void published_open_stopping(struct published *published, const struct history *history, uint32_t acts, uint64_t seed);
/* Publishes the whole history, committing whenever `block_size` records and rejections came together. Ends the program
 * on failure: there is no test without a disk. */
void published_open(struct published *published, const struct history *history, uint32_t block_size);
/* Closes it and deletes the log. */
void published_close(struct published *published);

#endif
