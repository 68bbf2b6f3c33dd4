/* The actor that proves the log: behind the commits it takes the durable records into the log's tree, signs a
 * checkpoint at least each second while records come, and answers what is asked of both. The commit path hashes nothing
 * of the tree; until a checkpoint covers a record, the chain digest of the head file guards it. */
#ifndef HUB_NOTARY_H
#define HUB_NOTARY_H

#include <stdbool.h>
#include <stdint.h>

#include "endpoint.h"
#include "fault.h"
#include "log/log_tree.h"
#include "reader.h"

enum {
    NOTARY_INTERVAL_MS = 900,       /* from one checkpoint to the next: with its own work at most a second */
    NOTARY_QUESTIONS_MAX = 256,     /* waiting for a checkpoint or their turn; behind them BUSY is answered */
    NOTARY_QUESTIONS_PEER_MAX = 64, /* of them of one peer */
};

/* NOTARY_GROW and NOTARY_CHECK are the notary's own. */
enum notary_kind { NOTARY_GROW, NOTARY_CHECK, NOTARY_CHECKPOINT, NOTARY_PROOF, NOTARY_CONSISTENCY, NOTARY_COSIGNATURE };

/* The sender's signature over the batch that a record came in, with the event's way up to the root that it signed. */
struct proven_signature {
    bool there;
    struct block_batch batch;
    uint8_t salt[BLOCK_SALT_SIZE];
    struct merkle_proof proof;
};

/* A record as its proof shows it. */
struct proven_record {
    int64_t recorded_at_us;
    char identity[BLOCK_IDENTITY_SIZE];
    char root[BLOCK_ROOT_SIZE];
    enum office office;
    office_set routed_to;
    uint8_t *event; /* owned */
    size_t event_size;
    struct proven_signature signature;
};

/* A question on its way. */
struct notary_request {
    enum notary_kind kind;
    struct notary_request *next; /* while it waits */
    struct peer peer;
    uint32_t query;
    uint64_t needs; /* records that the checkpoint must cover */
    /* NOTARY_PROOF: */
    uint64_t position;
    struct record_filter filter; /* what the asking identity may read; its units are owned */
    char identity[ACCESS_NAME_SIZE];
    bool permitted; /* result */
    struct proven_record record;
    /* NOTARY_CONSISTENCY; a `to` of 0 is the newest checkpoint's size, which is then the result: */
    uint64_t from;
    uint64_t to;
    /* NOTARY_COSIGNATURE: */
    char *text; /* owned, as the next */
    char *line;
    enum cosigning cosigning; /* result */
    int cosignatures;         /* result: of the newest checkpoint */
    /* NOTARY_CHECKPOINT, results: notes that witnesses cosigned, owned, the newest first */
    char *cosigned[WITNESSES_MAX];
    int cosigned_count;
    /* Results: */
    struct merkle_proof proof;
    bool done;     /* NOTARY_CHECK: no tile is left to look at */
    uint64_t size; /* of the newest checkpoint */
    char *note;    /* the newest checkpoint, owned */
    char verifier[NOTE_KEY_TEXT_SIZE];
    bool failed;
    struct fault fault;
};
struct notary_request *notary_request_open(enum notary_kind kind, const struct peer *peer, uint32_t query);
void notary_request_close(struct notary_request **request);

struct notary;
/* Opens the log's tree and starts the actor on it; the log must stay open until it is stopped. `head`: durable
 * position. NULL: as log_tree_open says. */
struct notary *notary_start(struct event_log *log, uint64_t head, const struct log_tree_options *options,
                            struct fault *fault);
/* Signs up to `head` first, unless that is 0. */
void notary_stop(struct notary **notary, uint64_t head);

/* What the loop does every turn: gives durable records to the tree where that is due. The newest head wins: what is
 * committed meanwhile costs no message. After a start the tiles on the disk are looked at in between. */
void notary_turn(struct notary *notary, uint64_t head, int64_t now_ms);
/* The last record that the newest checkpoint covers. */
uint64_t notary_covered(const struct notary *notary);
/* Milliseconds until it is due; -1: nothing is. */
long notary_due_ms(const struct notary *notary, uint64_t head, int64_t now_ms);
/* Asks, once a checkpoint covers what the question needs, and takes the request. false: too many wait, in all or of its
 * peer, and it stays the caller's. */
MUST_CHECK bool notary_ask(struct notary *notary, struct notary_request **request);
/* The next question that is answered, the caller's again; NULL: none. A failed one says that the log cannot be proven:
 * nothing more may be promised. */
struct notary_request *notary_take(struct notary *notary);
void *notary_socket(const struct notary *notary);

#endif
