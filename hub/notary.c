#include "notary.h"

#include <czmq.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "decode.h"
#include "handover.h"

enum {
    GROW_RECORDS_MAX = 100000, /* hashed before the next checkpoint where there are many: less than a second's */
    QUESTIONS_WITH_ACTOR_MAX = 8,
    CHECK_TILES = 64, /* looked at before others get their turn: 16,384 hashes */
};

struct notary {
    zactor_t *actor;
    bool growing;                   /* a NOTARY_GROW is with the actor */
    bool checking;                  /* a NOTARY_CHECK is */
    bool checked;                   /* every tile was looked at */
    bool behind;                    /* the last one ended before the head */
    uint64_t covered;               /* by the newest checkpoint */
    int64_t started_ms;             /* monotonic: the last NOTARY_GROW */
    struct notary_request *waiting; /* oldest first */
    int with_actor;                 /* questions */
};

struct notary_request *notary_request_open(enum notary_kind kind, const struct peer *peer, uint32_t query)
{
    struct notary_request *request = calloc(1, sizeof *request);
    if (!request)
        abort();
    request->kind = kind;
    if (peer)
        request->peer = *peer;
    request->query = query;
    return request;
}

void notary_request_close(struct notary_request **request)
{
    if (*request) {
        free((*request)->filter.units);
        free((*request)->record.event);
        free((*request)->note);
        free((*request)->text);
        free((*request)->line);
        for (int i = 0; i < (*request)->cosigned_count; i++)
            free((*request)->cosigned[i]);
    }
    free(*request);
    *request = NULL;
}

/* ---- the actor ---- */

static bool grow(struct log_tree *tree, struct notary_request *request)
{
    struct timespec now;
    if (!log_tree_grow(tree, request->needs, GROW_RECORDS_MAX, &request->fault))
        return false;
    clock_gettime(CLOCK_REALTIME, &now);
    return log_tree_sign(tree, (int64_t)now.tv_sec, &request->fault);
}

/* Whoever may have the record delivered may have its proof, and its sender may. */
static bool may_read(struct decoder *decoder, const struct notary_request *request, const struct block_view *block,
                     uint32_t index)
{
    const struct block_publisher *publisher = &block->publishers[block->entries[index].publisher];
    return strcmp(publisher->identity, request->identity) == 0 ||
           record_filter_matches(decoder, &request->filter, block, index);
}

static void show_record(const struct block_view *block, uint32_t index, struct proven_record *record)
{
    const struct block_entry *entry = &block->entries[index];
    const struct block_publisher *publisher = &block->publishers[entry->publisher];
    *record = (struct proven_record){.recorded_at_us = entry->recorded_at_us,
                                     .office = (enum office)entry->office,
                                     .routed_to = entry->routed_to,
                                     .event_size = entry->size};
    strcpy(record->identity, publisher->identity); /* both end within their size: block_open */
    strcpy(record->root, publisher->root);
    record->event = malloc(entry->size > 0 ? entry->size : 1);
    if (!record->event)
        abort();
    memcpy(record->event, block->bytes + entry->offset, entry->size);
}

/* The root over 2^level leaves of a batch; a merkle_read. */
static bool read_batch_hash(void *leaves, int level, uint64_t index, struct merkle_hash *hash, struct fault *fault)
{
    const struct block_leaf *of_batch = leaves;
    if (level == 0) {
        memcpy(hash->bytes, of_batch[index].hash, sizeof hash->bytes);
        return true;
    }
    struct merkle_hash left;
    struct merkle_hash right;
    if (!read_batch_hash(leaves, level - 1, 2 * index, &left, fault) ||
        !read_batch_hash(leaves, level - 1, 2 * index + 1, &right, fault))
        return false;
    *hash = merkle_node(&left, &right);
    return true;
}

static bool show_signature(const struct block_view *block, uint32_t index, struct proven_signature *signature,
                           struct fault *fault)
{
    const struct block_entry *entry = &block->entries[index];
    const struct block_batch *batch = block_batch(block, index);
    if (!batch)
        return true;
    signature->there = true;
    signature->batch = *batch;
    const struct block_leaf *leaves = block->leaves + batch->first_leaf;
    memcpy(signature->salt, leaves[entry->batch_leaf].salt, sizeof signature->salt);
    return merkle_inclusion(entry->batch_leaf, batch->count, read_batch_hash, (void *)leaves, &signature->proof, fault);
}

static bool prove(struct log_tree *tree, struct decoder *decoder, struct notary_request *request)
{
    struct block_view block;
    if (!log_tree_prove(tree, request->position, &block, &request->proof, &request->fault))
        return false;
    uint32_t index = (uint32_t)(request->position - block.header->first_position);
    request->permitted = may_read(decoder, request, &block, index);
    if (!request->permitted)
        return true;
    show_record(&block, index, &request->record);
    return show_signature(&block, index, &request->record.signature, &request->fault);
}

static bool show_consistency(struct log_tree *tree, struct notary_request *request)
{
    if (request->to == 0)
        request->to = log_tree_checkpoint(tree)->size;
    return log_tree_consistency(tree, request->from, request->to, &request->proof, &request->fault);
}

static bool serve(struct log_tree *tree, struct decoder *decoder, struct notary_request *request)
{
    switch (request->kind) {
    case NOTARY_GROW:
        return grow(tree, request);
    case NOTARY_CHECK:
        return log_tree_check(tree, CHECK_TILES, &request->done, &request->fault);
    case NOTARY_CHECKPOINT:
        request->cosigned_count = log_tree_cosigned(tree, request->cosigned);
        return true;
    case NOTARY_PROOF:
        return prove(tree, decoder, request);
    case NOTARY_CONSISTENCY:
        return show_consistency(tree, request);
    case NOTARY_COSIGNATURE:
        return log_tree_cosign(tree, request->text, request->line, &request->cosigning, &request->cosignatures,
                               &request->fault);
    }
    abort();
}

/* What every answer has beside it. */
static void show_checkpoint(const struct log_tree *tree, struct notary_request *request)
{
    request->size = log_tree_checkpoint(tree)->size;
    log_tree_verifier(tree, request->verifier);
    if (request->kind == NOTARY_GROW || request->kind == NOTARY_CHECK)
        return;
    request->note = log_tree_note(tree);
}

static void run(zsock_t *pipe, void *given)
{
    void *socket = zsock_resolve(pipe);
    struct log_tree *tree = given;
    struct decoder *decoder = decoder_open();
    struct notary_request *request;
    handover_name_thread("notary");
    zsock_signal(pipe, 0);
    while ((request = handover_take(socket, true)) != NULL) {
        request->failed = !serve(tree, decoder, request);
        show_checkpoint(tree, request);
        handover_give(socket, request);
    }
    decoder_close(&decoder);
    log_tree_close(&tree);
}

/* LogKeyReplaced, which only the hub records; whether two operators agreed was judged then. */
static bool replaces_key(const struct block_view *block, uint32_t index, char verifier[static NOTE_KEY_TEXT_SIZE])
{
    const struct block_entry *entry = &block->entries[index];
    struct decoded decoded;
    if (entry->kind != EVENT_LOG_KEY_REPLACED)
        return false;
    struct decoder *decoder = decoder_open();
    bool replaces = decode_event(decoder, block->bytes + entry->offset, entry->size, &decoded);
    if (replaces)
        snprintf(verifier, NOTE_KEY_TEXT_SIZE, "%s", decoded.event.access.verifier_key);
    decoder_close(&decoder);
    return replaces;
}

/* ---- the loop's side ---- */

struct notary *notary_start(struct event_log *log, uint64_t head, const struct log_tree_options *options,
                            struct fault *fault)
{
    struct log_tree_options with_key = *options;
    with_key.replaces_key = replaces_key;
    struct log_tree *tree = log_tree_open(log, head, &with_key, fault);
    if (!tree)
        return NULL;
    struct notary *notary = calloc(1, sizeof *notary);
    if (!notary)
        abort();
    notary->covered = log_tree_checkpoint(tree)->size;
    notary->started_ms = -NOTARY_INTERVAL_MS;
    notary->actor = zactor_new(run, tree);
    if (notary->actor)
        return notary;
    fault_set(fault, FAULT_SYSTEM, "notary: cannot start its thread");
    log_tree_close(&tree);
    free(notary);
    return NULL;
}

void *notary_socket(const struct notary *notary)
{
    return zsock_resolve(notary->actor);
}

/* Gives the actor what it can answer now, in the order in which it was asked. */
static void submit_covered(struct notary *notary)
{
    struct notary_request **at = &notary->waiting;
    while (*at && notary->with_actor < QUESTIONS_WITH_ACTOR_MAX) {
        struct notary_request *request = *at;
        if (request->needs > notary->covered) {
            at = &request->next;
            continue;
        }
        *at = request->next;
        request->next = NULL;
        notary->with_actor++;
        handover_give(notary_socket(notary), request);
    }
}

uint64_t notary_covered(const struct notary *notary)
{
    return notary->covered;
}

long notary_due_ms(const struct notary *notary, uint64_t head, int64_t now_ms)
{
    if (notary->growing || head <= notary->covered)
        return -1;
    int64_t left = notary->started_ms + NOTARY_INTERVAL_MS - now_ms;
    return notary->behind || left < 0 ? 0 : (long)left;
}

static void give_head(struct notary *notary, uint64_t head)
{
    struct notary_request *request = notary_request_open(NOTARY_GROW, NULL, 0);
    request->needs = head;
    notary->growing = true;
    handover_give(notary_socket(notary), request);
}

void notary_turn(struct notary *notary, uint64_t head, int64_t now_ms)
{
    if (notary_due_ms(notary, head, now_ms) == 0) {
        notary->started_ms = now_ms;
        give_head(notary, head);
    }
    if (!notary->checked && !notary->checking) {
        notary->checking = true;
        handover_give(notary_socket(notary), notary_request_open(NOTARY_CHECK, NULL, 0));
    }
}

static bool same_peer(const struct peer *left, const struct peer *right)
{
    return left->size == right->size && memcmp(left->id, right->id, left->size) == 0;
}

bool notary_ask(struct notary *notary, struct notary_request **request)
{
    struct notary_request **end = &notary->waiting;
    int count = 0;
    int of_peer = 0;
    for (; *end; end = &(*end)->next) {
        count++;
        of_peer += same_peer(&(*end)->peer, &(*request)->peer);
    }
    if (count == NOTARY_QUESTIONS_MAX || of_peer == NOTARY_QUESTIONS_PEER_MAX)
        return false;
    *end = *request;
    *request = NULL;
    submit_covered(notary);
    return true;
}

/* Notes what came back, and frees it if it is the notary's own. A failed one goes to the caller, whichever it is. */
static void note_returned(struct notary *notary, struct notary_request **request)
{
    const enum notary_kind kind = (*request)->kind;
    if (kind == NOTARY_GROW) {
        notary->growing = false;
        notary->covered = (*request)->size;
        notary->behind = (*request)->size < (*request)->needs;
    } else if (kind == NOTARY_CHECK) {
        notary->checking = false;
        notary->checked = (*request)->done;
    } else {
        notary->with_actor--;
        return;
    }
    if (!(*request)->failed)
        notary_request_close(request);
}

struct notary_request *notary_take(struct notary *notary)
{
    struct notary_request *request;
    while ((request = handover_take(notary_socket(notary), false)) != NULL) {
        note_returned(notary, &request);
        if (request)
            break;
    }
    submit_covered(notary);
    return request;
}

/* What is with the actor comes back and is given up. false: a checkpoint could not be signed. */
static bool wait_for_actor(struct notary *notary)
{
    bool good = true;
    while (notary->growing || notary->checking || notary->with_actor > 0) {
        struct notary_request *request = handover_take(notary_socket(notary), true);
        good = good && !request->failed;
        note_returned(notary, &request);
        notary_request_close(&request);
    }
    return good;
}

void notary_stop(struct notary **notary_to_stop, uint64_t head)
{
    struct notary *notary = *notary_to_stop;
    if (!notary)
        return;
    *notary_to_stop = NULL;
    bool good = wait_for_actor(notary);
    while (good && notary->covered < head) {
        give_head(notary, head);
        good = wait_for_actor(notary);
    }
    zactor_destroy(&notary->actor);
    while (notary->waiting) {
        struct notary_request *request = notary->waiting;
        notary->waiting = request->next;
        notary_request_close(&request);
    }
    free(notary);
}
