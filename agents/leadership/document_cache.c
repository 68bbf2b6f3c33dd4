#include "document_cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum { TICK_MS = 250 };

struct waiter {
    document_taken *taken;
    void *who;
    struct waiter *next;
};

struct entry {
    char *key;
    struct document_cache *cache;
    struct hub_link *link;
    struct document *document; /* being made; NULL: made */
    struct waiter *waiters;    /* the newest first */
    struct content *content;
    size_t weight;
    uint64_t position; /* the lowest that an answer stood at */
    uint64_t epoch;
    int64_t made_ms;
    bool fixed;
    UT_hash_handle hh; /* in the order of use, the longest unused first */
};

struct document_cache {
    struct unit_directories *directories;
    struct entry *entries;
    int64_t now_ms;
    size_t weight;
    unsigned open;
};

struct document_cache *document_cache_open(struct unit_directories *directories)
{
    struct document_cache *cache = calloc(1, sizeof *cache);
    if (cache != NULL)
        cache->directories = directories;
    return cache;
}

static void forget(struct entry *entry)
{
    struct document_cache *cache = entry->cache;
    HASH_DEL(cache->entries, entry);
    cache->weight -= entry->weight;
    cache->open -= entry->document != NULL ? 1 : 0;
    document_free(&entry->document);
    content_release(&entry->content);
    free(entry->key);
    free(entry);
}

void document_cache_close(struct document_cache **cache)
{
    struct document_cache *closing = *cache;
    struct entry *entry, *next;
    *cache = NULL;
    if (closing == NULL)
        return;
    HASH_ITER(hh, closing->entries, entry, next)
    {
        while (entry->waiters != NULL) {
            struct waiter *waiter = entry->waiters;
            entry->waiters = waiter->next;
            free(waiter);
        }
        forget(entry);
    }
    free(closing);
}

size_t document_cache_weight(const struct document_cache *cache)
{
    return cache->weight;
}

static void make_room(struct document_cache *cache)
{
    struct entry *entry, *next;
    HASH_ITER(hh, cache->entries, entry, next)
    {
        if (cache->weight <= DOCUMENT_CACHE_BYTES)
            return;
        if (entry->document == NULL)
            forget(entry);
    }
}

/* Each gets the content; the entry holds no waiters while it tells them, for they may ask again. */
static void tell(struct entry *entry, struct content *content, const struct problem *problem)
{
    struct waiter *waiters = entry->waiters;
    entry->waiters = NULL;
    while (waiters != NULL) {
        struct waiter *waiter = waiters;
        waiters = waiter->next;
        waiter->taken(waiter->who, content != NULL ? content_use(content) : NULL, problem);
        free(waiter);
    }
}

/* The lowest position of all answers: behind it the document may lack something. */
static uint64_t position_of(const struct document *document)
{
    uint64_t lowest = UINT64_MAX;
    for (unsigned i = 0; i < document->slot_count; i++) {
        const struct hub_reply *reply = document->slots[i].reply;
        if (reply != NULL && reply->position > 0 && reply->position < lowest)
            lowest = reply->position;
    }
    return lowest == UINT64_MAX ? 0 : lowest;
}

static bool is_fixed(const struct document *document)
{
    const struct hub_reply *reply = document->slot_count > 0 ? document->slots[0].reply : NULL;
    const bool known_then = document->moment.moment.known_case != SANLING__V1__MOMENT__KNOWN__NOT_SET;
    return !document->kind->compares && document->moment.given && known_then && reply != NULL &&
           reply->moment != NULL && reply->moment->past;
}

static void keep(struct entry *entry, const struct document *document, struct content *content)
{
    struct document_cache *cache = entry->cache;
    entry->content = content_use(content);
    /* The compressed form is made on first use: counted in advance as a fifth of the text. */
    entry->weight = content_weight(content) + content->size / 5 + strlen(entry->key) + sizeof *entry;
    entry->position = position_of(document);
    entry->made_ms = cache->now_ms;
    entry->fixed = is_fixed(document);
    cache->weight += entry->weight;
}

static void finished(struct document *document)
{
    struct entry *entry = document->owner;
    struct document_cache *cache = entry->cache;
    struct problem problem = document->problem;
    struct content *content = NULL;
    if (!document->failed) {
        content = document->text != NULL ? content_from_text(200, &document->text)
                                         : content_from_json(200, json_incref(document->json));
        problem_set(&problem, PROBLEM_INTERNAL, NULL, NULL);
    }
    if (content != NULL)
        keep(entry, document, content);
    entry->document = NULL;
    cache->open--;
    document_free(&document);
    tell(entry, content, &problem);
    if (content == NULL)
        forget(entry);
    content_release(&content);
    make_room(cache);
}

static bool is_fresh(const struct entry *entry)
{
    const int64_t age_ms = entry->cache->now_ms - entry->made_ms;
    if (entry->document != NULL)
        return true;
    if (entry->fixed)
        return age_ms < DOCUMENT_CACHE_FIXED_MS;
    return hub_link_connected(entry->link) && entry->epoch == hub_link_epoch(entry->link) &&
           entry->position == hub_link_position(entry->link) && age_ms < DOCUMENT_CACHE_LIVE_MS;
}

/* Why nothing can be asked now. */
static bool find_obstacle(const struct document_cache *cache, const struct hub_link *link, struct problem *problem)
{
    if (hub_link_refusal(link) != NULL) {
        problem_set(problem, PROBLEM_NOT_PERMITTED, "枢纽不认此账号的密钥。",
                    "The hub does not admit the key of this account.");
        return true;
    }
    if (hub_link_gone(link, 0)) {
        problem_set(problem, PROBLEM_HUB_UNREACHABLE, NULL, NULL);
        return true;
    }
    if (cache->open >= DOCUMENT_CACHE_OPEN_MAX) {
        problem_set(problem, PROBLEM_BUSY, NULL, NULL);
        problem->retry_after_s = 2;
        return true;
    }
    return false;
}

static char *key_of(const struct document_kind *kind, const struct hub_link *link, const struct parameters *parameters)
{
    char key[PARAMETERS_KEY_SIZE];
    char *whole = NULL;
    parameters_key(parameters, kind->name, key);
    if (asprintf(&whole, "%s\x03%s", hub_link_identity(link), key) < 0)
        return NULL;
    return whole;
}

static struct entry *add_entry(struct document_cache *cache, struct hub_link *link, char *key)
{
    struct entry *entry = calloc(1, sizeof *entry);
    if (entry == NULL)
        abort();
    *entry = (struct entry){.key = key, .cache = cache, .link = link, .epoch = hub_link_epoch(link)};
    HASH_ADD_KEYPTR(hh, cache->entries, entry->key, strlen(entry->key), entry);
    return entry;
}

static void add_waiter(struct entry *entry, document_taken *taken, void *who)
{
    struct waiter *waiter = calloc(1, sizeof *waiter);
    if (waiter == NULL)
        abort();
    *waiter = (struct waiter){.taken = taken, .who = who, .next = entry->waiters};
    entry->waiters = waiter;
}

/* The entry if it is there and good, as the one used last. */
static struct entry *find_fresh(struct document_cache *cache, const char *key)
{
    struct entry *entry;
    HASH_FIND(hh, cache->entries, key, strlen(key), entry);
    if (entry == NULL)
        return NULL;
    if (!is_fresh(entry)) {
        forget(entry);
        return NULL;
    }
    HASH_DEL(cache->entries, entry);
    HASH_ADD_KEYPTR(hh, cache->entries, entry->key, strlen(entry->key), entry);
    return entry;
}

void document_cache_ask(struct document_cache *cache, const struct document_kind *kind, struct hub_link *link,
                        struct parameters *parameters, document_taken *taken, void *waiter)
{
    struct problem problem;
    char *key = key_of(kind, link, parameters);
    if (key == NULL)
        abort();
    struct entry *entry = find_fresh(cache, key);
    if (entry != NULL && entry->document == NULL) {
        taken(waiter, content_use(entry->content), NULL);
    } else if (entry != NULL) {
        add_waiter(entry, taken, waiter);
    } else if (find_obstacle(cache, link, &problem)) {
        taken(waiter, NULL, &problem);
    } else {
        entry = add_entry(cache, link, key);
        key = NULL;
        add_waiter(entry, taken, waiter);
        entry->document = document_start(kind, link, cache->directories, parameters, finished, entry, cache->now_ms);
        if (entry->document == NULL)
            abort();
        cache->open++;
        if (entry->document->done)
            finished(entry->document);
    }
    parameters_clear(parameters);
    free(key);
}

int document_cache_tick(struct document_cache *cache, int64_t now_ms)
{
    struct entry *entry, *next;
    struct problem problem;
    cache->now_ms = now_ms;
    if (cache->open == 0)
        return -1;
    HASH_ITER(hh, cache->entries, entry, next)
    {
        if (entry->document == NULL)
            continue;
        if (hub_link_refusal(entry->link) != NULL) {
            problem_set(&problem, PROBLEM_NOT_PERMITTED, "枢纽不认此账号的密钥。",
                        "The hub does not admit the key of this account.");
            document_fail(entry->document, &problem);
        } else if (hub_link_gone(entry->link, entry->document->started_ms) ||
                   now_ms - entry->document->started_ms >= DOCUMENT_CACHE_PATIENCE_MS) {
            problem_set(&problem, PROBLEM_HUB_UNREACHABLE, NULL, NULL);
            document_fail(entry->document, &problem);
        }
    }
    return cache->open > 0 ? TICK_MS : -1;
}
