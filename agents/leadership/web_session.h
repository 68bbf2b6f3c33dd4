/* Who is logged in. The browser has a random number of 256 bits in a cookie; here only its hash is kept, so that what
 * memory shows opens nothing. Times are seconds of any clock that never goes back, given by the caller. */
#ifndef LEADERSHIP_WEB_SESSION_H
#define LEADERSHIP_WEB_SESSION_H

#include "accounts.h"

#include <stddef.h>
#include <stdint.h>

enum {
    WEB_SESSION_ID_SIZE = 65, /* 64 hexadecimal digits and a NUL */
    WEB_SESSION_KEY_SIZE = 32,
    WEB_SESSIONS_MAX = 4096,
    WEB_SESSIONS_PER_ACCOUNT = 512, /* a leadership group on one account, each with several browsers */
    WEB_SESSION_COOKIE_SIZE = 192,
    WEB_SESSION_COOKIE_HEADER_MAX = 8192
};

struct web_session_key {
    unsigned char bytes[WEB_SESSION_KEY_SIZE];
};

struct web_session {
    struct web_session_key key;
    char account[ACCOUNT_NAME_SIZE];
    int64_t used_at_s;
    int64_t ends_at_s; /* whatever happens */
};

struct web_sessions;

/* A session ends `lasting_s` after it began, or when it was not used for `idle_s`. */
struct web_sessions *web_sessions_open(int64_t lasting_s, int64_t idle_s);
void web_sessions_close(struct web_sessions **sessions);
size_t web_sessions_count(const struct web_sessions *sessions);

/* Begins one; `id` is what the browser gets, once. At a limit, the account's session that was longest unused ends, or
 * the table's. The session is borrowed until a call that may end sessions; keep its key beyond that. */
const struct web_session *web_sessions_begin(struct web_sessions *sessions, const struct account *account,
                                             int64_t now_s, char id[static WEB_SESSION_ID_SIZE]);
/* The session of an id or a key, which is used now; NULL: there is none, or it ended. An open stream is used too: ask
 * with its key at each keep-alive, so that a wall display stays and a session that ended closes its stream. */
const struct web_session *web_sessions_use(struct web_sessions *sessions, const char *id, int64_t now_s);
const struct web_session *web_sessions_use_key(struct web_sessions *sessions, const struct web_session_key *key,
                                               int64_t now_s);
/* Log-out. false: there was none. */
bool web_sessions_end(struct web_sessions *sessions, const char *id);
/* Ends those whose time is over. Returns how many. */
size_t web_sessions_expire(struct web_sessions *sessions, int64_t now_s);
/* After a reload: ends those whose account is not there any more or has another password or identity. */
size_t web_sessions_end_changed(struct web_sessions *sessions, const struct accounts *accounts);

/* What Set-Cookie says: the id for `max_age_s`, or with an empty id and 0 its removal. Secure when the page has TLS. */
void web_session_cookie_write(char cookie[static WEB_SESSION_COOKIE_SIZE], const char *id, int64_t max_age_s,
                              bool secure);
/* The id out of a Cookie header (NULL: none). false: there is none, two, one of another form, or the header is too
 * long; `id` is then untouched. */
bool web_session_cookie_read(const char *header, char id[static WEB_SESSION_ID_SIZE]);

#endif
