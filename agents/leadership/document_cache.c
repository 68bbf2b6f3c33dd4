#include "document_cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum { TICK_MS = 250 };

struct waiter {
    document_taken *taken;
    void *who;
    uint64_t wanted; /* the position that was known when it asked: an older document would lack what it was told of */
    struct waiter *next;
};

struct entry {
    char *key;
    struct document_cache *cache;
    const struct document_kind *kind;
    struct hub_link *link;
    struct parameters parameters; /* while it is not being made; then the document has them */
    struct document *document;    /* being made; NULL: it is not */
    bool waits;                   /* somebody asked, and it is to be made at due_ms */
    int64_t due_ms;
    int64_t started_ms;
    int64_t cost_ms;        /* from the questions to the last answer */
    struct waiter *waiters; /* the newest first */
    struct content *content;
    size_t weight;
    uint64_t position; /* the lowest that an answer stood at; 0: it depends on none */
    uint64_t epoch;
    int64_t made_ms;
    bool given;         /* of a moment that was named: whoever asked gets that */
    bool fixed;         /* and it never changes */
    uint64_t looked_at; /* the cache's turn */
    UT_hash_handle hh;  /* in the order of use, the longest unused first */
};

struct document_cache {
    struct unit_directories *directories;
    struct entry *entries;
    int64_t now_ms;
    size_t weight;
    unsigned open; /* entries that are being made or wait for it */
    uint64_t turn;
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
    cache->open -= entry->document != NULL || entry->waits ? 1 : 0;
    document_free(&entry->document);
    parameters_clear(&entry->parameters);
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
        if (entry->document == NULL && !entry->waits)
            forget(entry);
    }
}

/* Those whom it satisfies get the content, or all of them the problem. The entry holds no waiters while it tells them,
 * for they may ask again. */
static void tell(struct entry *entry, struct content *content, const struct problem *problem)
{
    struct waiter *waiters = entry->waiters;
    const bool any =
        content == NULL || entry->position == 0 || entry->given || entry->epoch != hub_link_epoch(entry->link);
    entry->waiters = NULL;
    while (waiters != NULL) {
        struct waiter *waiter = waiters;
        waiters = waiter->next;
        if (!any && waiter->wanted > entry->position) {
            waiter->next = entry->waiters;
            entry->waiters = waiter;
            continue;
        }
        waiter->taken(waiter->who, content != NULL ? content_use(content) : NULL, problem);
        free(waiter);
    }
}

/* Where a live document stands: the lowest position of its answers, for behind that it may lack something. Of another
 * moment it is the highest, for what is known now is beside what was known then. 0: it depends on none. */
static uint64_t position_of(const struct document *document)
{
    uint64_t found = 0;
    for (unsigned i = 0; i < document->slot_count; i++) {
        const struct hub_reply *reply = document->slots[i].reply;
        const uint64_t position = reply != NULL ? reply->position : 0;
        const bool better = document->moment.given ? position > found : position < found;
        if (position > 0 && (found == 0 || better))
            found = position;
    }
    return found;
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
    entry->given = document->moment.given;
    entry->fixed = is_fixed(document);
    cache->weight += entry->weight;
}

/* Makes it as soon as it may cost the hub something again: what takes long to make is not made all the time. */
static void make_later(struct entry *entry)
{
    const int64_t pause_ms = entry->cost_ms * DOCUMENT_CACHE_COST_FACTOR;
    entry->waits = true;
    entry->due_ms =
        entry->started_ms + (pause_ms < DOCUMENT_CACHE_PAUSE_MAX_MS ? pause_ms : DOCUMENT_CACHE_PAUSE_MAX_MS);
    entry->cache->open++;
}

static void drop_content(struct entry *entry)
{
    content_release(&entry->content);
    entry->cache->weight -= entry->weight;
    entry->weight = 0;
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
    drop_content(entry);
    if (content != NULL)
        keep(entry, document, content);
    entry->cost_ms = cache->now_ms - entry->started_ms;
    entry->parameters = document->parameters;
    document->parameters = (struct parameters){0};
    entry->document = NULL;
    cache->open--;
    document_free(&document);
    tell(entry, content, &problem);
    const bool idle = entry->document == NULL && !entry->waits; /* nobody whom it told asked for it again */
    if (idle && entry->waiters != NULL)
        make_later(entry);
    else if (idle && content == NULL)
        forget(entry);
    content_release(&content);
}

static void make_now(struct entry *entry)
{
    struct document_cache *cache = entry->cache;
    cache->open += entry->waits ? 0 : 1;
    entry->waits = false;
    entry->started_ms = cache->now_ms;
    entry->epoch = hub_link_epoch(entry->link);
    entry->document = document_start(entry->kind, entry->link, cache->directories, &entry->parameters, finished, entry,
                                     cache->now_ms);
    if (entry->document == NULL)
        abort();
    if (entry->document->done)
        finished(entry->document);
}

static bool is_fresh(const struct entry *entry)
{
    const int64_t age_ms = entry->cache->now_ms - entry->made_ms;
    if (entry->content == NULL)
        return false;
    if (entry->fixed)
        return age_ms < DOCUMENT_CACHE_FIXED_MS;
    return hub_link_connected(entry->link) && entry->epoch == hub_link_epoch(entry->link) &&
           entry->position == hub_link_position(entry->link) && age_ms < DOCUMENT_CACHE_LIVE_MS;
}

/* Whether one identity has so much under way that the others' room would be next. */
static bool takes_too_much(const struct document_cache *cache, const struct hub_link *link)
{
    unsigned open = 0;
    if (cache->open < DOCUMENT_CACHE_OPEN_EACH_MAX)
        return false;
    for (const struct entry *entry = cache->entries; entry != NULL; entry = entry->hh.next)
        open += entry->link == link && (entry->document != NULL || entry->waits) ? 1 : 0;
    return open >= DOCUMENT_CACHE_OPEN_EACH_MAX;
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
    if (cache->open >= DOCUMENT_CACHE_OPEN_MAX || takes_too_much(cache, link)) {
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

static struct entry *add_entry(struct document_cache *cache, const struct document_kind *kind, struct hub_link *link,
                               char *key)
{
    struct entry *entry = calloc(1, sizeof *entry);
    if (entry == NULL)
        abort();
    *entry = (struct entry){.key = key, .cache = cache, .kind = kind, .link = link};
    HASH_ADD_KEYPTR(hh, cache->entries, entry->key, strlen(entry->key), entry);
    return entry;
}

static void add_waiter(struct entry *entry, document_taken *taken, void *who)
{
    struct waiter *waiter = calloc(1, sizeof *waiter);
    if (waiter == NULL)
        abort();
    *waiter =
        (struct waiter){.taken = taken, .who = who, .wanted = hub_link_position(entry->link), .next = entry->waiters};
    entry->waiters = waiter;
}

/* The entry if it is there, as the one used last. */
static struct entry *find(struct document_cache *cache, const char *key)
{
    struct entry *entry;
    HASH_FIND(hh, cache->entries, key, strlen(key), entry);
    if (entry != NULL) {
        HASH_DEL(cache->entries, entry);
        HASH_ADD_KEYPTR(hh, cache->entries, entry->key, strlen(entry->key), entry);
    }
    return entry;
}

/* Sees to it that the entry is made anew for those who wait. */
static void renew(struct entry *entry)
{
    if (entry->document != NULL || entry->waits)
        return;
    make_later(entry);
    if (entry->content == NULL || entry->epoch != hub_link_epoch(entry->link) || entry->due_ms <= entry->cache->now_ms)
        make_now(entry);
}

void document_cache_ask(struct document_cache *cache, const struct document_kind *kind, struct hub_link *link,
                        struct parameters *parameters, document_taken *taken, void *waiter)
{
    struct problem problem;
    char *key = key_of(kind, link, parameters);
    if (key == NULL)
        abort();
    struct entry *entry = find(cache, key);
    if (entry != NULL && entry->document == NULL && !entry->waits && is_fresh(entry)) {
        taken(waiter, content_use(entry->content), NULL);
    } else if (find_obstacle(cache, link, &problem)) {
        taken(waiter, NULL, &problem);
    } else {
        if (entry == NULL) {
            entry = add_entry(cache, kind, link, key);
            key = NULL;
            entry->parameters = *parameters;
            *parameters = (struct parameters){0};
        }
        add_waiter(entry, taken, waiter);
        renew(entry);
    }
    parameters_clear(parameters);
    free(key);
}

static void end_waiting(struct entry *entry, const struct problem *problem)
{
    if (entry->document != NULL) {
        document_fail(entry->document, problem);
    } else {
        entry->waits = false;
        entry->cache->open--;
        tell(entry, NULL, problem);
        if (entry->document == NULL && !entry->waits && entry->waiters == NULL)
            forget(entry);
    }
}

/* Goes on with an entry that is being made or waits. true: something was done, and any entry may be gone. */
static bool look_after(struct entry *entry, int *wait_ms)
{
    struct problem problem;
    const int64_t now_ms = entry->cache->now_ms;
    const int64_t since_ms = entry->document != NULL ? entry->started_ms : 0;
    if (hub_link_refusal(entry->link) != NULL) {
        problem_set(&problem, PROBLEM_NOT_PERMITTED, "枢纽不认此账号的密钥。",
                    "The hub does not admit the key of this account.");
        end_waiting(entry, &problem);
        return true;
    }
    if (hub_link_gone(entry->link, since_ms) ||
        (entry->document != NULL && now_ms - since_ms >= DOCUMENT_CACHE_PATIENCE_MS)) {
        problem_set(&problem, PROBLEM_HUB_UNREACHABLE, NULL, NULL);
        end_waiting(entry, &problem);
        return true;
    }
    if (entry->waits && entry->due_ms <= now_ms) {
        make_now(entry);
        return true;
    }
    if (entry->waits && entry->due_ms - now_ms < *wait_ms)
        *wait_ms = (int)(entry->due_ms - now_ms);
    return false;
}

/* Looks after one entry that was not looked after in this turn yet. false: there is none. */
static bool look_after_next(struct document_cache *cache, int *wait_ms)
{
    struct entry *entry, *next;
    HASH_ITER(hh, cache->entries, entry, next)
    {
        const bool due = (entry->document != NULL || entry->waits) && entry->looked_at != cache->turn;
        entry->looked_at = cache->turn;
        if (due && look_after(entry, wait_ms))
            return true;
    }
    return false;
}

int document_cache_tick(struct document_cache *cache, int64_t now_ms)
{
    int wait_ms = TICK_MS;
    cache->now_ms = now_ms;
    make_room(cache);
    if (cache->open == 0)
        return -1;
    cache->turn++;
    while (look_after_next(cache, &wait_ms))
        ;
    return cache->open > 0 ? wait_ms : -1;
}
