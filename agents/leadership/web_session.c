#include "web_session.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum { ID_BYTES = 32 };

static const char cookie_name[] = "sanling";

struct entry {
    struct web_session session;
    unsigned char mark[ACCOUNT_MARK_SIZE]; /* of the account as it was when the session began */
    UT_hash_handle hh;
};

/* In the order of use: the first was not used for the longest time. */
struct web_sessions {
    struct entry *by_key;
    int64_t lasting_s;
    int64_t idle_s;
};

struct web_sessions *web_sessions_open(int64_t lasting_s, int64_t idle_s)
{
    struct web_sessions *sessions = calloc(1, sizeof *sessions);
    if (sessions == NULL)
        abort();
    sessions->lasting_s = lasting_s;
    sessions->idle_s = idle_s;
    return sessions;
}

static void end_entry(struct web_sessions *sessions, struct entry *entry)
{
    HASH_DEL(sessions->by_key, entry);
    sodium_memzero(entry, sizeof *entry);
    free(entry);
}

void web_sessions_close(struct web_sessions **sessions)
{
    if (*sessions == NULL)
        return;
    struct entry *entry;
    struct entry *next;
    HASH_ITER(hh, (*sessions)->by_key, entry, next)
    {
        end_entry(*sessions, entry);
    }
    free(*sessions);
    *sessions = NULL;
}

size_t web_sessions_count(const struct web_sessions *sessions)
{
    return HASH_COUNT(sessions->by_key);
}

static void key_of(const char *id, struct web_session_key *key)
{
    crypto_generichash(key->bytes, sizeof key->bytes, (const unsigned char *)id, strlen(id), NULL, 0);
}

static bool id_valid(const char *id)
{
    return strlen(id) == WEB_SESSION_ID_SIZE - 1 && strspn(id, "0123456789abcdef") == WEB_SESSION_ID_SIZE - 1;
}

/* By its hash, so that how long the comparison takes tells nothing about an id. */
static struct entry *find(const struct web_sessions *sessions, const struct web_session_key *key)
{
    struct entry *entry;
    HASH_FIND(hh, sessions->by_key, key->bytes, sizeof key->bytes, entry);
    return entry;
}

static void make_room(struct web_sessions *sessions, const char *account)
{
    struct entry *oldest = NULL;
    size_t count = 0;
    for (struct entry *entry = sessions->by_key; entry != NULL; entry = entry->hh.next) {
        if (strcmp(entry->session.account, account) != 0)
            continue;
        oldest = oldest == NULL ? entry : oldest;
        count++;
    }
    if (count >= WEB_SESSIONS_PER_ACCOUNT)
        end_entry(sessions, oldest);
    else if (HASH_COUNT(sessions->by_key) >= WEB_SESSIONS_MAX)
        end_entry(sessions, sessions->by_key);
}

static void add(struct web_sessions *sessions, struct entry *entry)
{
    HASH_ADD(hh, sessions->by_key, session.key, sizeof entry->session.key, entry);
}

const struct web_session *web_sessions_begin(struct web_sessions *sessions, const struct account *account,
                                             int64_t now_s, char id[static WEB_SESSION_ID_SIZE])
{
    unsigned char random[ID_BYTES];
    struct entry *entry = calloc(1, sizeof *entry);
    if (entry == NULL)
        abort();
    web_sessions_expire(sessions, now_s);
    make_room(sessions, account->name);
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(id, WEB_SESSION_ID_SIZE, random, sizeof random);
    sodium_memzero(random, sizeof random);
    key_of(id, &entry->session.key);
    memcpy(entry->session.account, account->name, sizeof entry->session.account);
    memcpy(entry->mark, account->mark, sizeof entry->mark);
    entry->session.used_at_s = now_s;
    entry->session.ends_at_s = now_s + sessions->lasting_s;
    add(sessions, entry);
    return &entry->session;
}

static bool is_over(const struct web_sessions *sessions, const struct entry *entry, int64_t now_s)
{
    return now_s >= entry->session.ends_at_s || now_s - entry->session.used_at_s >= sessions->idle_s;
}

const struct web_session *web_sessions_use_key(struct web_sessions *sessions, const struct web_session_key *key,
                                               int64_t now_s)
{
    struct entry *entry = find(sessions, key);
    if (entry == NULL)
        return NULL;
    if (is_over(sessions, entry, now_s)) {
        end_entry(sessions, entry);
        return NULL;
    }
    entry->session.used_at_s = now_s;
    HASH_DEL(sessions->by_key, entry); /* to the end of the order of use */
    add(sessions, entry);
    return &entry->session;
}

const struct web_session *web_sessions_use(struct web_sessions *sessions, const char *id, int64_t now_s)
{
    struct web_session_key key;
    if (!id_valid(id))
        return NULL;
    key_of(id, &key);
    return web_sessions_use_key(sessions, &key, now_s);
}

bool web_sessions_end(struct web_sessions *sessions, const char *id)
{
    struct web_session_key key;
    if (!id_valid(id))
        return false;
    key_of(id, &key);
    struct entry *entry = find(sessions, &key);
    if (entry == NULL)
        return false;
    end_entry(sessions, entry);
    return true;
}

size_t web_sessions_expire(struct web_sessions *sessions, int64_t now_s)
{
    struct entry *entry;
    struct entry *next;
    size_t ended = 0;
    HASH_ITER(hh, sessions->by_key, entry, next)
    {
        if (!is_over(sessions, entry, now_s))
            continue;
        end_entry(sessions, entry);
        ended++;
    }
    return ended;
}

size_t web_sessions_end_changed(struct web_sessions *sessions, const struct accounts *accounts)
{
    struct entry *entry;
    struct entry *next;
    size_t ended = 0;
    HASH_ITER(hh, sessions->by_key, entry, next)
    {
        const struct account *account = accounts_find(accounts, entry->session.account);
        if (account != NULL && memcmp(account->mark, entry->mark, sizeof entry->mark) == 0)
            continue;
        end_entry(sessions, entry);
        ended++;
    }
    return ended;
}

void web_session_cookie_write(char cookie[static WEB_SESSION_COOKIE_SIZE], const char *id, int64_t max_age_s,
                              bool secure)
{
    snprintf(cookie, WEB_SESSION_COOKIE_SIZE, "%s=%s; HttpOnly; SameSite=Strict; Path=/; Max-Age=%lld%s", cookie_name,
             id, (long long)max_age_s, secure ? "; Secure" : "");
}

bool web_session_cookie_read(const char *header, char id[static WEB_SESSION_ID_SIZE])
{
    char found[WEB_SESSION_ID_SIZE] = "";
    if (header == NULL || strnlen(header, WEB_SESSION_COOKIE_HEADER_MAX + 1) > WEB_SESSION_COOKIE_HEADER_MAX)
        return false;
    for (const char *at = header; *at != '\0';) {
        at += strspn(at, " \t;");
        const size_t size = strcspn(at, ";");
        const size_t name = sizeof cookie_name - 1;
        if (size > name && strncmp(at, cookie_name, name) == 0 && at[name] == '=') {
            /* Two of them: somebody planted one; neither is believed. */
            if (found[0] != '\0' || size != name + WEB_SESSION_ID_SIZE)
                return false;
            memcpy(found, at + name + 1, WEB_SESSION_ID_SIZE - 1);
            if (!id_valid(found))
                return false;
        }
        at += size;
    }
    if (found[0] == '\0')
        return false;
    memcpy(id, found, WEB_SESSION_ID_SIZE);
    return true;
}
