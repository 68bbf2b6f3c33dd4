/* The HTTP server: libmicrohttpd without a thread, driven by whoever owns it. A request is handled at once, or kept
 * until its answer is there; meanwhile its connection costs nothing. Every answer carries the security headers.
 *
 * What a client may take: HTTP_URL_MAX bytes of address, `body_max` of body, HTTP_HEADERS_MAX of headers with the
 * address, HTTP_IDLE_S seconds without progress, HTTP_BODY_S for its body, `connections` at once. A body that is not
 * taken is read and dropped, so that the client reads the answer. */
#ifndef WEB_HTTP_H
#define WEB_HTTP_H

#include "content.h"
#include "fault.h"
#include "listen.h"

#include <sys/socket.h>
#include <sys/types.h>

enum {
    HTTP_URL_MAX = 4096,
    HTTP_BODY_MAX_DEFAULT = 16 * 1024,
    HTTP_HEADERS_MAX = 32 * 1024,
    HTTP_IDLE_S = 30,
    HTTP_BODY_S = 60,
    HTTP_CONNECTIONS_DEFAULT = 1500,
    HTTP_ADDRESS_SIZE = 128
};

enum { HTTP_STATUS_HUNDREDS = 6 };

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_DELETE, HTTP_OTHER };

struct http;
struct http_request;

/* Called once for each whole request. It answers with http_reply or http_reply_stream, now or later. */
typedef void http_handle(void *context, struct http_request *request);

struct http_options {
    const struct listen_address *address; /* port 0: a free one */
    const struct listen_tls *tls;         /* NULL: no TLS */
    unsigned connections;
    size_t body_max;   /* 0: HTTP_BODY_MAX_DEFAULT */
    size_t bodies_max; /* of all that are held at once; 0: as many as there are connections */
    /* Asked once the headers are there: false, its body is not kept. NULL: every body is. */
    bool (*takes_body)(void *context, const struct http_request *request);
    http_handle *handle;
    void *context;
};

struct http *http_open(const struct http_options *options, struct fault *fault);
/* Ends all connections; what waits is dropped. Sets *http to NULL. */
void http_close(struct http **http);
/* "http://127.0.0.1:7380", with the port that it really has. */
const char *http_address(const struct http *http);
/* How many answers were given since it listens, by the hundred of their status: 2 of 200 to 299. */
uint64_t http_answered(const struct http *http, unsigned hundred);
/* The descriptor that becomes readable when there is something to do, and in how many milliseconds there is anyhow
 * (-1: never). */
int http_fd(const struct http *http);
int http_wait_ms(const struct http *http);
/* Does what there is to do, without waiting. */
void http_run(struct http *http);

/* Does an Accept-Encoding header (NULL: none) name the coding, with a weight above 0 if it has one? */
bool http_accepts(const char *list, const char *coding);

enum http_method http_method(const struct http_request *request);
/* Decoded, without the query; begins with '/'. */
const char *http_path(const struct http_request *request);
/* A decoded argument of the query; NULL: not given. */
const char *http_argument(const struct http_request *request, const char *name);
const char *http_header(const struct http_request *request, const char *name);
/* The body, with a NUL behind it. */
const char *http_body(const struct http_request *request, size_t *size);
/* Was the body, or the address, longer than we take? Its content is then dropped. */
bool http_too_large(const struct http_request *request);
/* Was it dropped because all bodies together are over their limit: the client may try again? */
bool http_no_room(const struct http_request *request);
/* Shows each header in turn; `take` returns false to stop. */
typedef bool http_take_header(void *context, const char *name, const char *value);
void http_each_header(const struct http_request *request, http_take_header *take, void *context);
const struct sockaddr *http_client(const struct http_request *request);

/* The Set-Cookie, Location or Allow of the answer; `name` lives for ever, the value is copied. Before the reply. */
void http_add_header(struct http_request *request, const char *name, const char *value);
/* How long the answer may be kept: "no-cache" unless said otherwise; lives for ever. Before the reply. */
void http_set_cache_control(struct http_request *request, const char *value);
/* What `content` is coded in already ("br", "gzip"); lives for ever. Before the reply. */
void http_set_encoding(struct http_request *request, const char *encoding);
/* Whether the form depends on what the client accepts, though this one is not coded. Before the reply. */
void http_set_varies(struct http_request *request, bool varies);
/* Answers; a use of the content is taken over and *content set to NULL (NULL: out of memory, 500). Says 304 where the
 * client has it, compresses where the client takes it. The request is gone afterwards. */
void http_reply(struct http_request *request, struct content **content);
/* The same with a problem document. */
void http_reply_problem(struct http_request *request, const struct problem *problem);
/* The same with more members; takes the reference. */
void http_reply_problem_with(struct http_request *request, const struct problem *problem, json_t *members);
/* The same without a body. */
void http_reply_empty(struct http_request *request, unsigned status);

/* A body that is made as it goes. `read` fills at most `size` bytes; 0: nothing now, http_stream_wake says when there
 * is; -1: the end. `closed` is called once, whatever ended the connection; the stream is not used afterwards. */
struct http_stream;
struct http_stream_source {
    ssize_t (*read)(void *context, char *bytes, size_t size);
    void (*closed)(void *context);
    void *context;
};
struct http_stream *http_reply_stream(struct http_request *request, const char *type,
                                      const struct http_stream_source *source);
void http_stream_wake(struct http_stream *stream);

#endif
