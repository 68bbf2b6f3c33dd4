/* The actor that lays out what a backup is copied from, in DATA/backup: the log as of one moment and its head, the
 * checkpoints that were signed before it, the public halves of the log's keys, and the access file. Files that never
 * change are shared with the hub's own by hard links, so it costs little room; who copies them (sanlingctl backup)
 * reads the tree's tiles, which never change either, where they are, and removes the folder. The hub goes on meanwhile.
 */
#ifndef HUB_BACKUP_H
#define HUB_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "access.h"
#include "endpoint.h"
#include "fault.h"
#include "log/event_log.h"
#include "restorations.h"

enum { BACKUP_NONCE_SIZE = 33, BACKUP_PATH_SIZE = 4096 };

/* The last backup that was opened, read whole and found to have the hub's own digest; by whoever copied it. */
struct backup_verified {
    int64_t at_s;    /* real time, since 1970; 0: there was none */
    int64_t took_ms; /* from when it was asked for */
    uint64_t position;
    char nonce[BACKUP_NONCE_SIZE];
};

/* What somebody asked for, and what became of it. */
struct backup_request {
    struct peer peer;
    uint32_t query;
    char identity[ACCESS_NAME_SIZE]; /* who asked */
    int64_t asked_ms;                /* monotonic */
    bool tells;                      /* not to be laid out: `verified` is to be remembered */
    struct backup_verified verified;
    uint64_t position; /* of the digest; the layout begins once they are durable */
    uint64_t rejections;
    uint8_t digest[32]; /* of the hub's whole state there */
    /* Results: */
    char folder[BACKUP_PATH_SIZE];
    char nonce[BACKUP_NONCE_SIZE];
    struct log_head head; /* of what was laid out */
    bool busy;            /* another one is being copied from the folder */
    bool failed;
    struct fault fault;
};

/* What stands in the data folder about its own origin; none: it was never restored. FAULT_DAMAGED: it is none of
 * sanlingctl's. */
MUST_CHECK bool backup_read_restorations(const char *data, struct restorations *restorations, struct fault *fault);

/* What the hub remembers of it in the data folder; `at_s` 0 where there is nothing that can be read: it is no part of
 * the log, and whoever is told "never" looks. */
void backup_read_verified(const char *data, struct backup_verified *verified);

struct backup;
/* Starts the actor on an open log, which must stay open until it is stopped; removes what is left of an earlier layout.
 * `data` and `access`, a file that may be missing, are copied. NULL: FAULT_SYSTEM. */
struct backup *backup_start(struct event_log *log, const char *data, const char *access, struct fault *fault);
/* Waits for what is under way, ends the actor and sets *backup to NULL. */
void backup_stop(struct backup **backup);

/* Takes a request. false: one is under way, and it stays the caller's. */
MUST_CHECK bool backup_ask(struct backup *backup, struct backup_request **request);
/* What the loop does every turn: lets the layout begin once what it needs is durable, and a checkpoint covers it: so
 * that no other history passes for the one that goes on from it. */
void backup_turn(struct backup *backup, const struct log_head *durable, uint64_t covered);
/* The request that is done, the caller's to free; NULL: none is. */
struct backup_request *backup_take(struct backup *backup);
void *backup_socket(const struct backup *backup);

#endif
