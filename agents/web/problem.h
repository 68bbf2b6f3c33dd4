/* What a client is told when something does not go: problem documents (RFC 9457), in Chinese and English, that say what
 * to do. Nothing of the request but its path is repeated, so that no password, cookie or name gets into one. */
#ifndef WEB_PROBLEM_H
#define WEB_PROBLEM_H

#include <jansson.h>
#include <stdbool.h>

enum problem_code {
    PROBLEM_LOGIN_REQUIRED,
    PROBLEM_BAD_LOGIN,
    PROBLEM_TOO_MANY_ATTEMPTS,
    PROBLEM_NOT_PERMITTED,
    PROBLEM_UNKNOWN_UNIT,
    PROBLEM_NOT_FOUND,
    PROBLEM_BAD_DAY,
    PROBLEM_BAD_MOMENT,
    PROBLEM_BAD_QUERY,
    PROBLEM_UNKNOWN_FIGURE,
    PROBLEM_HUB_UNREACHABLE,
    PROBLEM_BUSY,
    PROBLEM_METHOD_NOT_ALLOWED,
    PROBLEM_TOO_LARGE,
    PROBLEM_INTERNAL,
    /* of an agent's HTTP intake */
    PROBLEM_TOKEN_REQUIRED,
    PROBLEM_SCOPE_MISSING,
    PROBLEM_KEY_REQUIRED,
    PROBLEM_KEY_REUSED,
    PROBLEM_MALFORMED,
    PROBLEM_UNSUPPORTED_MEDIA,
    PROBLEM_BODY_TOO_LARGE,
    PROBLEM_BAD_EVENT,
    PROBLEM_PERSONAL_DATA,
    PROBLEM_REJECTED,
    PROBLEM_TOO_MANY_REQUESTS,
    PROBLEM_NOT_STORED
};
enum { PROBLEM_CODES = PROBLEM_NOT_STORED + 1, PROBLEM_DETAIL_SIZE = 512, PROBLEM_INSTANCE_MAX = 256 };

/* One that happened. The details are what stands in front of the code's own words on what to do; "": none. */
struct problem {
    enum problem_code code;
    char detail[PROBLEM_DETAIL_SIZE];    /* Chinese */
    char detail_en[PROBLEM_DETAIL_SIZE]; /* English */
    unsigned retry_after_s;              /* 0: says nothing */
};

/* Fills it; returns false, so that `return problem_set(...)` ends the failing function. NULL details: none. */
bool problem_set(struct problem *problem, enum problem_code code, const char *detail, const char *detail_en);

/* Which server says it. */
enum problem_server { PROBLEM_OF_PAGE = 1, PROBLEM_OF_AGENT = 2 };
bool problem_is_of(enum problem_code code, enum problem_server server);

const char *problem_name(enum problem_code code);
unsigned problem_status(enum problem_code code);

/* The document: {type, title, titleEn, status, code, detail, detailEn, instance?, retryAfter?}. `path` is the request's
 * (NULL: no instance); a query in it is cut off. The caller owns the reference. */
json_t *problem_document(const struct problem *problem, const char *path);
/* A server's codes with their words, for its /v1/problems, where `type` points to. */
json_t *problem_catalogue(enum problem_server server);

#endif
