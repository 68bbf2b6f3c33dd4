#include "content.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { TAG_BYTES = 16, GZIP_WINDOW_BITS = 15 + 16, GZIP_LEVEL = 5, GZIP_MEMORY = 8 };

struct content *content_new(unsigned status, const char *type, uint8_t **bytes, size_t size)
{
    struct content *content = calloc(1, sizeof *content);
    if (content == NULL) {
        free(*bytes);
        *bytes = NULL;
        return NULL;
    }
    *content = (struct content){.users = 1, .status = status, .type = type, .bytes = *bytes, .size = size};
    *bytes = NULL;
    return content;
}

/* Hashes the text without what stands between the quotes of "time":"…". */
static void make_tag(struct content *content)
{
    static const char clock[] = "\"time\":\"";
    const uint8_t *at = content->bytes, *end = content->bytes + content->size;
    unsigned char hash[TAG_BYTES];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    while (at < end) {
        const uint8_t *found = memmem(at, (size_t)(end - at), clock, sizeof clock - 1);
        const uint8_t *stop = found != NULL ? found + sizeof clock - 1 : end;
        crypto_generichash_update(&state, at, (size_t)(stop - at));
        const uint8_t *quote = stop < end ? memchr(stop, '"', (size_t)(end - stop)) : NULL;
        at = quote != NULL ? quote : stop;
        content->weak = content->weak || found != NULL;
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(content->tag, sizeof content->tag, hash, sizeof hash);
}

static struct content *from_text(unsigned status, const char *type, char **text)
{
    uint8_t *bytes = (uint8_t *)*text;
    if (bytes == NULL)
        return NULL;
    const size_t size = strlen(*text);
    *text = NULL;
    struct content *content = content_new(status, type, &bytes, size);
    if (content != NULL)
        content->compress = content->size >= CONTENT_GZIP_FROM_BYTES;
    return content;
}

struct content *content_from_text(unsigned status, char **text)
{
    struct content *content = from_text(status, "application/json; charset=utf-8", text);
    if (content != NULL)
        make_tag(content);
    return content;
}

struct content *content_from_json(unsigned status, json_t *json)
{
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    return content_from_text(status, &text);
}

struct content *content_from_problem(const struct problem *problem, const char *path)
{
    return content_from_problem_with(problem, path, NULL);
}

struct content *content_from_problem_with(const struct problem *problem, const char *path, json_t *members)
{
    json_t *json = problem_document(problem, path);
    if (json != NULL && members != NULL)
        json_object_update_missing(json, members);
    json_decref(members);
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    struct content *content =
        from_text(problem_status(problem->code), "application/problem+json; charset=utf-8", &text);
    if (content != NULL)
        content->retry_after_s = problem->retry_after_s;
    return content;
}

struct content *content_use(struct content *content)
{
    content->users++;
    return content;
}

void content_release(struct content **content)
{
    struct content *gone = *content;
    *content = NULL;
    if (gone == NULL || --gone->users > 0)
        return;
    free(gone->bytes);
    free(gone->gzip);
    free(gone);
}

const uint8_t *content_gzip(struct content *content, size_t *size)
{
    if (!content->compress)
        return NULL;
    if (content->gzip == NULL) {
        z_stream stream = {.next_in = content->bytes, .avail_in = (uInt)content->size};
        if (deflateInit2(&stream, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW_BITS, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
            return NULL;
        const uLong bound = deflateBound(&stream, (uLong)content->size);
        content->gzip = malloc(bound);
        stream.next_out = content->gzip;
        stream.avail_out = (uInt)bound;
        const bool whole = content->gzip != NULL && deflate(&stream, Z_FINISH) == Z_STREAM_END;
        content->gzip_size = (size_t)stream.total_out;
        deflateEnd(&stream);
        content->compress = whole; /* what failed once is sent as it is */
    }
    *size = content->gzip_size;
    return content->compress ? content->gzip : NULL;
}

size_t content_weight(const struct content *content)
{
    return sizeof *content + content->size + content->gzip_size;
}
