/* What is sent: a body with what its headers say, made once and shared by all who are sent it. */
#ifndef WEB_CONTENT_H
#define WEB_CONTENT_H

#include "problem.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum { CONTENT_TAG_SIZE = 48, CONTENT_NAME_SIZE = 400, CONTENT_GZIP_FROM_BYTES = 1024 };

struct content {
    unsigned users;
    unsigned status;
    const char *type;                  /* lives for ever */
    char tag[CONTENT_TAG_SIZE];        /* the ETag's opaque part, without quotes; "": none */
    bool weak;                         /* the same tag may stand for bytes that differ in the hub's clock */
    char file_name[CONTENT_NAME_SIZE]; /* UTF-8, of a download; "": none */
    unsigned retry_after_s;            /* 0: none */
    uint8_t *bytes;
    size_t size;
    uint8_t *gzip; /* made when first asked for; NULL: not yet */
    size_t gzip_size;
    bool compress; /* text that is worth it */
};

/* Takes the bytes and sets *bytes to NULL; one user. NULL: no memory, the bytes are freed. */
struct content *content_new(unsigned status, const char *type, uint8_t **bytes, size_t size);
/* Takes the reference. The tag is of the text without the values of members named "time", which move with the hub's
 * clock. NULL: no memory, or `json` was NULL. */
struct content *content_from_json(unsigned status, json_t *json);
/* The same of JSON text; takes it and sets *text to NULL. */
struct content *content_from_text(unsigned status, char **text);
/* The problem document (RFC 9457); `path` as problem_document takes it. NULL: no memory. */
struct content *content_from_problem(const struct problem *problem, const char *path);
/* The same with more members; takes the reference (NULL: none). */
struct content *content_from_problem_with(const struct problem *problem, const char *path, json_t *members);
struct content *content_use(struct content *content);
/* One user less; the last one frees it. Sets *content to NULL. A NULL content is fine. */
void content_release(struct content **content);
/* The body compressed; NULL: it is not worth it. Borrowed from the content. */
const uint8_t *content_gzip(struct content *content, size_t *size);
/* What it takes in memory. */
size_t content_weight(const struct content *content);

#endif
