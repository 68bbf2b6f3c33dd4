/* Documents that were made, and those being made: many who ask the same at once cost the hub one question, and whoever
 * asks while nothing was recorded costs it none. Bounded in bytes; what was not asked for longest goes first. */
#ifndef LEADERSHIP_DOCUMENT_CACHE_H
#define LEADERSHIP_DOCUMENT_CACHE_H

#include "document.h"

enum {
    /* A document is made anew at most so often that the hub spends a twentieth of its time on it; whoever asks sooner
     * waits, at most DOCUMENT_CACHE_PAUSE_MAX_MS. */
    DOCUMENT_CACHE_COST_FACTOR = 20,
    DOCUMENT_CACHE_PAUSE_MAX_MS = 2000,
    DOCUMENT_CACHE_BYTES = 64 << 20,
    DOCUMENT_CACHE_OPEN_MAX = 256,      /* being made at once; more are told to come back */
    DOCUMENT_CACHE_OPEN_EACH_MAX = 192, /* of them for one identity: whoever asks for much leaves room for others */
    DOCUMENT_CACHE_LIVE_MS = 10000,     /* ages in it move with the hub's clock */
    DOCUMENT_CACHE_FIXED_MS = 600000,   /* of a past moment; today's date is in it too */
    DOCUMENT_CACHE_PATIENCE_MS = 30000  /* the hub is connected, but does not answer */
};

struct document_cache;

/* What somebody gets who asked: a use of the content, or NULL and the problem. */
typedef void document_taken(void *waiter, struct content *content, const struct problem *problem);

struct document_cache *document_cache_open(struct unit_directories *directories);
void document_cache_close(struct document_cache **cache);

/* Asks for a document; `taken` is called once, perhaps before this returns. The parameters are taken over. */
void document_cache_ask(struct document_cache *cache, const struct document_kind *kind, struct hub_link *link,
                        struct parameters *parameters, document_taken *taken, void *waiter);
/* Ends what waits for a hub that is gone. Returns in how many milliseconds to look again; -1: when something came. */
int document_cache_tick(struct document_cache *cache, int64_t now_ms);
/* What is kept, in bytes. */
size_t document_cache_weight(const struct document_cache *cache);

#endif
