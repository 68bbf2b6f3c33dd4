#include "log_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "durable_file.h"
#include "log_view.h"
#include "proof/tile.h"
#include "record_leaf.h"
#include "tile_store.h"

enum { LATEST_LEAVES = 2 * TILE_WIDTH /* that are compared with the log at each start */ };

struct log_tree {
    struct many_hashes *hasher;
    struct log_view *view;
    struct tile_store *tiles;
    struct checkpoint_store *checkpoints;
    struct cosignatures *cosignatures;
    struct log_key key;
    char key_path[DURABLE_PATH_SIZE];
    bool (*replaces_key)(const struct block_view *block, uint32_t index, char verifier[static NOTE_KEY_TEXT_SIZE]);
    void (*progress)(uint64_t position, uint64_t last);
    int checked_level; /* the next tile to be looked at */
    uint64_t checked_number;
};

/* The block of a durable position: that there is none is damage. */
static bool read_block(struct log_tree *tree, uint64_t position, struct block_view *block, struct fault *fault)
{
    if (log_view_block(tree->view, position, block, fault))
        return true;
    if (fault->code == FAULT_NO)
        fault->code = FAULT_DAMAGED;
    return false;
}

/* Leaves of the block's records from the position on, `last` at most; returns how many, 0 behind its end. */
static uint32_t next_leaves(struct log_tree *tree, const struct block_view *block, uint64_t position, uint64_t last,
                            struct merkle_hash leaves[static RECORD_LEAVES_MAX])
{
    const uint64_t end = block->header->first_position + block->header->count;
    if (position >= end || position > last)
        return 0;
    uint64_t count = (end <= last ? end : last + 1) - position;
    if (count > RECORD_LEAVES_MAX)
        count = RECORD_LEAVES_MAX;
    record_leaves(tree->hasher, block, (uint32_t)(position - block->header->first_position), (uint32_t)count, leaves);
    return (uint32_t)count;
}

/* ---- the log against what was signed of it ---- */

/* The log is read from its beginning beside the tiles and the days' checkpoints. */
struct comparison {
    struct merkle_edge edge;
    const struct checkpoint *days;
    int day_count;
    uint64_t agrees;  /* a signed checkpoint of that size has the log's root */
    uint64_t differs; /* position of the first record whose leaf is another in its tile; 0: none */
};

static void compare_leaf(struct log_tree *tree, struct comparison *comparison, uint64_t position,
                         const struct merkle_hash *leaf)
{
    struct fault missing;
    struct merkle_hash stored;
    if (comparison->differs == 0 && tile_store_leaf(tree->tiles, position - 1, &stored, &missing) &&
        !merkle_equal(&stored, leaf))
        comparison->differs = position;
    merkle_edge_add(&comparison->edge, leaf);
    while (comparison->day_count > 0 && comparison->days->size <= position) {
        struct merkle_hash root = merkle_edge_root(&comparison->edge);
        if (comparison->days->size == position && merkle_equal(&root, &comparison->days->root))
            comparison->agrees = position;
        comparison->days++;
        comparison->day_count--;
    }
}

static bool refuse(const struct comparison *comparison, uint64_t size, struct fault *fault)
{
    if (comparison->differs > comparison->agrees)
        return fault_set(fault, FAULT_DAMAGED,
                         "log: the record at position %llu is not the one that was signed; restore a backup",
                         (unsigned long long)comparison->differs);
    return fault_set(fault, FAULT_DAMAGED,
                     "log: a record at positions %llu to %llu is not the one that was signed; restore a backup",
                     (unsigned long long)comparison->agrees + 1, (unsigned long long)size);
}

/* Whether the log comes to the root of the newest checkpoint. FAULT_DAMAGED says where it left. */
static bool log_is_signed(struct log_tree *tree, struct fault *fault)
{
    const struct checkpoint *signed_last = checkpoint_store_newest(tree->checkpoints);
    int day_count;
    struct checkpoint *days = checkpoint_store_days(tree->checkpoints, &tree->key.verifiers, &day_count);
    struct comparison comparison = {.days = days, .day_count = day_count};
    bool read = true;
    uint64_t position = 1;
    while (read && position <= signed_last->size) {
        struct block_view block;
        struct merkle_hash leaves[RECORD_LEAVES_MAX];
        uint32_t count;
        read = read_block(tree, position, &block, fault);
        while (read && (count = next_leaves(tree, &block, position, signed_last->size, leaves)) > 0)
            for (uint32_t i = 0; i < count; i++)
                compare_leaf(tree, &comparison, position++, &leaves[i]);
        if (tree->progress)
            tree->progress(position - 1, signed_last->size);
    }
    free(days);
    struct merkle_hash root = merkle_edge_root(&comparison.edge);
    return read && (merkle_equal(&root, &signed_last->root) || refuse(&comparison, signed_last->size, fault));
}

/* Makes the tiles again from the log, if that is the log that was signed. What is on the disk stays until it is known
 * to be wrong: it tells where damage is. */
static bool make_again(struct log_tree *tree, uint64_t size, struct fault *fault)
{
    tile_store_empty(tree->tiles);
    if (!log_is_signed(tree, fault))
        return false;
    while (tile_store_size(tree->tiles) < size) {
        if (!log_tree_grow(tree, size, size, fault))
            return false;
        if (tree->progress)
            tree->progress(tile_store_size(tree->tiles), size);
    }
    return tile_store_flush(tree->tiles, fault);
}

/* The newest leaves as the log has them now: another log put in the place of this one differs there. */
static bool latest_agree(struct log_tree *tree, uint64_t size, bool *agree, struct fault *fault)
{
    *agree = true;
    for (uint64_t position = size > LATEST_LEAVES ? size - LATEST_LEAVES + 1 : 1; *agree && position <= size;
         position++) {
        struct block_view block;
        struct merkle_hash stored;
        if (!read_block(tree, position, &block, fault) ||
            !tile_store_read(tree->tiles, 0, position - 1, &stored, fault))
            return false;
        struct merkle_hash leaf = record_leaf(&block, (uint32_t)(position - block.header->first_position));
        *agree = merkle_equal(&stored, &leaf);
    }
    return true;
}

/* The tree as it was signed last, from its tiles or else from the log. */
static bool go_on(struct log_tree *tree, uint64_t head, struct fault *fault)
{
    const struct checkpoint *newest = checkpoint_store_newest(tree->checkpoints);
    struct merkle_hash root;
    bool agree = false;
    if (newest->size == 0)
        return true;
    if (newest->size > head)
        return fault_set(fault, FAULT_DAMAGED,
                         "log ends at position %llu, but a checkpoint of %llu records was signed; restore a backup",
                         (unsigned long long)head, (unsigned long long)newest->size);
    if (strcmp(newest->origin, tree->key.signer.verifier.name) != 0)
        return fault_set(fault, FAULT_USAGE, "the newest checkpoint is of the log '%s', and the log's key of '%s'",
                         newest->origin, tree->key.signer.verifier.name);
    bool whole = tile_store_load(tree->tiles, newest->size, fault) &&
                 tile_store_root(tree->tiles, newest->size, &root, fault) && merkle_equal(&root, &newest->root) &&
                 latest_agree(tree, newest->size, &agree, fault) && agree;
    return whole || make_again(tree, newest->size, fault);
}

bool log_tree_check(struct log_tree *tree, int tiles_max, bool *done, struct fault *fault)
{
    *done = false;
    for (int count = 0; count < tiles_max; count++) {
        while (tree->checked_level < TILE_LEVELS_MAX - 1 &&
               tree->checked_number >= tile_store_full(tree->tiles, tree->checked_level)) {
            tree->checked_level++;
            tree->checked_number = 0;
        }
        *done = tree->checked_level == TILE_LEVELS_MAX - 1;
        if (*done)
            return true;
        if (!tile_store_check(tree->tiles, tree->checked_level, tree->checked_number, fault) &&
            (fault->code != FAULT_DAMAGED || !make_again(tree, tile_store_size(tree->tiles), fault)))
            return false;
        tree->checked_number++;
    }
    return true;
}

struct log_tree *log_tree_open(struct event_log *log, uint64_t head, const struct log_tree_options *options,
                               struct fault *fault)
{
    char tiles[DURABLE_PATH_SIZE];
    snprintf(tiles, sizeof tiles, "%.4000s/tiles", options->data);
    struct log_tree *tree = calloc(1, sizeof *tree);
    if (!tree)
        abort();
    tree->hasher = many_hashes_open();
    tree->progress = options->progress;
    tree->replaces_key = options->replaces_key;
    snprintf(tree->key_path, sizeof tree->key_path, "%.4000s", options->key);
    tree->view = log_view_open(log);
    if (log_key_open(options->key, options->name, options->name_new, !checkpoint_store_any(options->data), &tree->key,
                     fault))
        tree->checkpoints = checkpoint_store_open(options->data, &tree->key.verifiers, fault);
    if (tree->checkpoints)
        tree->cosignatures = cosignatures_open(options->data, options->witnesses, &tree->key.verifiers);
    tree->tiles = tree->checkpoints ? tile_store_open(tiles, tree->hasher, fault) : NULL;
    if (!tree->tiles || !go_on(tree, head, fault))
        log_tree_close(&tree);
    return tree;
}

void log_tree_close(struct log_tree **tree)
{
    if (!*tree)
        return;
    tile_store_close(&(*tree)->tiles);
    many_hashes_close(&(*tree)->hasher);
    cosignatures_close(&(*tree)->cosignatures);
    checkpoint_store_close(&(*tree)->checkpoints);
    log_key_close(&(*tree)->key);
    log_view_close(&(*tree)->view);
    free(*tree);
    *tree = NULL;
}

/* ---- growing ---- */

/* After a crash records are taken in again: a key that was replaced then is none that waits. */
static bool follow_key(struct log_tree *tree, const struct block_view *block, uint32_t index, struct fault *fault)
{
    char verifier[NOTE_KEY_TEXT_SIZE];
    return !tree->replaces_key || !tree->replaces_key(block, index, verifier) ||
           log_key_replace(tree->key_path, verifier, &tree->key, fault);
}

/* Takes in the block's records up to `last`, all of which are behind the tree's. */
static bool add_block(struct log_tree *tree, const struct block_view *block, uint64_t last, struct fault *fault)
{
    struct merkle_hash leaves[RECORD_LEAVES_MAX];
    uint32_t count;
    while ((count = next_leaves(tree, block, tile_store_size(tree->tiles) + 1, last, leaves)) > 0) {
        const uint64_t size = tile_store_size(tree->tiles);
        for (uint32_t i = 0; i < count; i++) {
            const uint32_t index = (uint32_t)(size + 1 + i - block->header->first_position);
            if (!tile_store_add(tree->tiles, &leaves[i], fault) || !follow_key(tree, block, index, fault))
                return false;
        }
    }
    return true;
}

bool log_tree_grow(struct log_tree *tree, uint64_t head, uint64_t records_max, struct fault *fault)
{
    const uint64_t from = tile_store_size(tree->tiles);
    while (tile_store_size(tree->tiles) < head && tile_store_size(tree->tiles) - from < records_max) {
        struct block_view block;
        if (!read_block(tree, tile_store_size(tree->tiles) + 1, &block, fault) || !add_block(tree, &block, head, fault))
            return false;
    }
    return true;
}

/* The checkpoint as a note that the log alone signed, malloc'ed; *text is what was signed. */
static char *signed_note(const struct log_tree *tree, const struct checkpoint *checkpoint,
                         char text[static CHECKPOINT_TEXT_SIZE])
{
    char *note = NULL;
    checkpoint_write(checkpoint, text);
    char *signature = note_sign(&tree->key.signer, text, strlen(text), 0);
    if (!signature || asprintf(&note, "%s\n%s", text, signature) < 0)
        abort();
    free(signature);
    return note;
}

bool log_tree_sign(struct log_tree *tree, int64_t time, struct fault *fault)
{
    struct checkpoint checkpoint = {.size = tile_store_size(tree->tiles)};
    char text[CHECKPOINT_TEXT_SIZE];
    if (checkpoint.size == checkpoint_store_newest(tree->checkpoints)->size)
        return true;
    snprintf(checkpoint.origin, sizeof checkpoint.origin, "%s", tree->key.signer.verifier.name);
    if (!tile_store_flush(tree->tiles, fault) ||
        !tile_store_root(tree->tiles, checkpoint.size, &checkpoint.root, fault))
        return false;
    char *note = signed_note(tree, &checkpoint, text);
    bool kept = checkpoint_store_put(tree->checkpoints, &checkpoint, note, time, fault);
    free(note);
    return kept;
}

const struct checkpoint *log_tree_checkpoint(const struct log_tree *tree)
{
    return checkpoint_store_newest(tree->checkpoints);
}

char *log_tree_note(const struct log_tree *tree)
{
    return cosignatures_with(tree->cosignatures, log_tree_checkpoint(tree)->size,
                             checkpoint_store_note(tree->checkpoints));
}

int log_tree_cosigned(const struct log_tree *tree, char *notes[static WITNESSES_MAX])
{
    int count = cosignatures_notes(tree->cosignatures, notes);
    if (cosignatures_count(tree->cosignatures, log_tree_checkpoint(tree)->size) == 0 || count == 0)
        return count;
    free(notes[0]);
    memmove(&notes[0], &notes[1], (size_t)(count - 1) * sizeof notes[0]);
    return count - 1;
}

void log_tree_verifier(const struct log_tree *tree, char text[static NOTE_KEY_TEXT_SIZE])
{
    note_verifier_write(&tree->key.signer.verifier, text);
}

/* ---- proofs ---- */

static bool try_to_prove(struct log_tree *tree, uint64_t position, struct block_view *block, struct merkle_proof *proof,
                         struct fault *fault)
{
    const struct checkpoint *newest = checkpoint_store_newest(tree->checkpoints);
    if (!read_block(tree, position, block, fault) ||
        !merkle_inclusion(position - 1, newest->size, tile_store_read, tree->tiles, proof, fault))
        return false;
    struct merkle_hash leaf = record_leaf(block, (uint32_t)(position - block->header->first_position));
    return merkle_check_inclusion(position - 1, newest->size, &leaf, proof, &newest->root) ||
           fault_set(fault, FAULT_DAMAGED, "tiles: position %llu does not lead to what was signed",
                     (unsigned long long)position);
}

bool log_tree_prove(struct log_tree *tree, uint64_t position, struct block_view *block, struct merkle_proof *proof,
                    struct fault *fault)
{
    if (try_to_prove(tree, position, block, proof, fault))
        return true;
    return fault->code == FAULT_DAMAGED && make_again(tree, tile_store_size(tree->tiles), fault) &&
           try_to_prove(tree, position, block, proof, fault);
}

static bool check_step(struct log_tree *tree, uint64_t from, uint64_t to, struct merkle_proof *proof,
                       struct fault *fault)
{
    struct merkle_hash old_root;
    struct merkle_hash root;
    if (!merkle_consistency(from, to, tile_store_read, tree->tiles, proof, fault) ||
        !tile_store_root(tree->tiles, from, &old_root, fault) || !tile_store_root(tree->tiles, to, &root, fault))
        return false;
    return merkle_check_consistency(from, to, &old_root, &root, proof) ||
           fault_set(fault, FAULT_DAMAGED, "tiles: %llu records do not lead to %llu", (unsigned long long)from,
                     (unsigned long long)to);
}

/* The step, and that its end leads to what was signed. */
static bool try_consistency(struct log_tree *tree, uint64_t from, uint64_t to, struct merkle_proof *proof,
                            struct fault *fault)
{
    const struct checkpoint *newest = checkpoint_store_newest(tree->checkpoints);
    struct merkle_proof rest;
    struct merkle_hash root;
    if (!check_step(tree, to, newest->size, &rest, fault) || !check_step(tree, from, to, proof, fault) ||
        !tile_store_root(tree->tiles, newest->size, &root, fault))
        return false;
    return merkle_equal(&root, &newest->root) ||
           fault_set(fault, FAULT_DAMAGED, "tiles: they do not lead to what was signed");
}

bool log_tree_consistency(struct log_tree *tree, uint64_t from, uint64_t to, struct merkle_proof *proof,
                          struct fault *fault)
{
    if (try_consistency(tree, from, to, proof, fault))
        return true;
    return fault->code == FAULT_DAMAGED && make_again(tree, tile_store_size(tree->tiles), fault) &&
           try_consistency(tree, from, to, proof, fault);
}

/* ---- witnesses ---- */

bool log_tree_cosign(struct log_tree *tree, const char *text, const char *line, enum cosigning *result, int *count,
                     struct fault *fault)
{
    const struct checkpoint *newest = checkpoint_store_newest(tree->checkpoints);
    struct checkpoint checkpoint;
    struct merkle_proof proof;
    struct merkle_hash root;
    struct fault why;
    char own[CHECKPOINT_TEXT_SIZE];
    *count = cosignatures_count(tree->cosignatures, newest->size);
    *result = COSIGNING_MALFORMED;
    if (!checkpoint_read(text, strlen(text), &checkpoint, &why))
        return true;
    *result = COSIGNING_UNKNOWN;
    if (checkpoint.size == 0 || checkpoint.size > newest->size)
        return true;
    /* Of the tree that leads to what was signed: a damaged tile shall not accuse an honest witness. */
    if (!log_tree_consistency(tree, checkpoint.size, newest->size, &proof, fault) ||
        !tile_store_root(tree->tiles, checkpoint.size, &root, fault))
        return false;
    if (strcmp(checkpoint.origin, newest->origin) != 0 || !merkle_equal(&root, &checkpoint.root))
        return true;
    char *note = signed_note(tree, &checkpoint, own);
    bool taken =
        strcmp(own, text) != 0 || cosignatures_take(tree->cosignatures, &checkpoint, note, line, result, fault);
    free(note);
    *count = cosignatures_count(tree->cosignatures, newest->size);
    return taken;
}
