/* The log's proof of itself: its tree over the durable records, and the signed checkpoints of it. It never signs what
 * contradicts an earlier checkpoint: at start the tree goes on from the newest one's tiles, and where those are missing
 * or damaged they are made again from the log, which must come to the root that was signed. One thread owns a tree,
 * beside the one that appends to the log. */
#ifndef HUB_LOG_LOG_TREE_H
#define HUB_LOG_LOG_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "checkpoint_store.h"
#include "cosignatures.h"
#include "event_log.h"
#include "fault.h"
#include "log_key.h"

struct log_tree_options {
    const char *data;     /* the data folder */
    const char *key;      /* path of the log's key */
    const char *name;     /* as configured; "": that of the key */
    const char *name_new; /* of a key that is made */
    const struct witness_list *witnesses;
    /* Whether the record at that index of the block says that the log has another key from there on, and which: its
     * verifier key. NULL: no record does. */
    bool (*replaces_key)(const struct block_view *block, uint32_t index, char verifier[static NOTE_KEY_TEXT_SIZE]);
    void (*progress)(uint64_t position, uint64_t last); /* while tiles are made again; NULL: nobody asks */
};

struct log_tree;
/* Opens what is there for a log that is durable up to `head`. FAULT_DAMAGED: the log is not the one that was signed,
 * and names the first position that differs; FAULT_USAGE: the key is missing or another. */
struct log_tree *log_tree_open(struct event_log *log, uint64_t head, const struct log_tree_options *options,
                               struct fault *fault);
void log_tree_close(struct log_tree **tree);

/* Takes durable records up to `head` into the tree, `records_max` and a block at most. Behind a record that replaces
 * the log's key the new one signs. */
MUST_CHECK bool log_tree_grow(struct log_tree *tree, uint64_t head, uint64_t records_max, struct fault *fault);
/* Signs a checkpoint of the tree as it is, unless the newest is of this size: its tiles and itself are on the disk when
 * this returns true. `time`: seconds since 1970. */
MUST_CHECK bool log_tree_sign(struct log_tree *tree, int64_t time, struct fault *fault);

/* Looks at the next full tiles on the disk, `tiles_max` at most, and makes all again from the log if one is not what
 * was signed. *done: each was looked at since the tree was opened. */
MUST_CHECK bool log_tree_check(struct log_tree *tree, int tiles_max, bool *done, struct fault *fault);

/* The newest checkpoint, size 0: none yet. Borrowed until the next log_tree_sign. */
const struct checkpoint *log_tree_checkpoint(const struct log_tree *tree);
/* The newest as a signed note with the cosignatures that it has, malloc'ed; "": there is none yet. */
char *log_tree_note(const struct log_tree *tree);
/* The notes that witnesses cosigned, malloc'ed each, the newest first, without that of the newest checkpoint; returns
 * how many. */
int log_tree_cosigned(const struct log_tree *tree, char *notes[static WITNESSES_MAX]);
/* Takes a witness's line over the text of a checkpoint of this log, however old. *count: cosignatures of the newest. */
MUST_CHECK bool log_tree_cosign(struct log_tree *tree, const char *text, const char *line, enum cosigning *result,
                                int *count, struct fault *fault);
/* The log's verifier key as text. */
void log_tree_verifier(const struct log_tree *tree, char text[static NOTE_KEY_TEXT_SIZE]);

/* The record at the position, which the newest checkpoint covers, and its proof under that checkpoint, checked. The
 * block is borrowed until the next call. */
MUST_CHECK bool log_tree_prove(struct log_tree *tree, uint64_t position, struct block_view *block,
                               struct merkle_proof *proof, struct fault *fault);
/* That the tree of `to` leaves goes on from that of `from`, checked; 0 < from <= to <= the newest checkpoint's size. */
MUST_CHECK bool log_tree_consistency(struct log_tree *tree, uint64_t from, uint64_t to, struct merkle_proof *proof,
                                     struct fault *fault);

#endif
