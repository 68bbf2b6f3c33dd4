#include "http.h"

#include "journal.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum {
    MESSAGE_PAUSE_S = 60,
    HEADERS_MAX = 8,
    STREAM_BLOCK_BYTES = 32 * 1024,
    FILE_NAME_CODED_SIZE = 3 * CONTENT_NAME_SIZE
};

struct header {
    const char *name;
    char *value;
};

struct http_request {
    struct http *http;
    struct MHD_Connection *connection;
    enum http_method method;
    char *path;
    bool too_large;
    bool no_room;   /* for its body, among all bodies */
    bool unwanted;  /* its body */
    bool has_nul;   /* the address has a coded NUL, where C would cut a text */
    bool handled;   /* the handler was called */
    bool suspended; /* waits for its answer */
    char *body;
    size_t body_size;
    time_t began_s;
    struct header headers[HEADERS_MAX];
    size_t header_count;
    const char *cache_control;
    const char *encoding;
    bool varies;
    struct MHD_Response *response; /* NULL: not answered yet */
    unsigned status;
    struct http_stream *stream;
    struct http_request *next, *previous; /* of all that wait */
};

struct http_stream {
    struct http_stream_source source;
    struct MHD_Connection *connection;
    bool suspended;
    struct http *http;
    struct http_stream *next, *previous; /* of all streams */
};

struct http {
    struct MHD_Daemon *daemon;
    struct http_options options;
    char address[HTTP_ADDRESS_SIZE];
    struct http_request *waiting;
    struct http_stream *streams;
    int epoll_fd;
    size_t bodies_bytes; /* held now */
    uint64_t answered[HTTP_STATUS_HUNDREDS];
    bool resumed; /* a connection goes on, which no descriptor tells */
    bool closing;
    size_t messages; /* of the library since the last line about them */
    bool said;
    time_t said_s;
};

static const struct {
    const char *name;
    const char *value;
} security_headers[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; worker-src "
     "'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"},
};

/* ---- requests ---- */

static enum http_method method_of(const char *name)
{
    static const char *const names[] = {
        [HTTP_GET] = "GET", [HTTP_HEAD] = "HEAD", [HTTP_POST] = "POST", [HTTP_DELETE] = "DELETE"};
    for (unsigned i = 0; i < HTTP_OTHER; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum http_method)i;
    return HTTP_OTHER;
}

enum http_method http_method(const struct http_request *request)
{
    return request->method;
}

const char *http_path(const struct http_request *request)
{
    return request->path;
}

const char *http_argument(const struct http_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *http_header(const struct http_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

const char *http_body(const struct http_request *request, size_t *size)
{
    *size = request->body_size;
    return request->body != NULL ? request->body : "";
}

bool http_too_large(const struct http_request *request)
{
    return request->too_large;
}

bool http_no_room(const struct http_request *request)
{
    return request->no_room;
}

struct header_walk {
    http_take_header *take;
    void *context;
};

static enum MHD_Result show_header(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    const struct header_walk *walk = context;
    (void)kind;
    return walk->take(walk->context, name, value != NULL ? value : "") ? MHD_YES : MHD_NO;
}

void http_each_header(const struct http_request *request, http_take_header *take, void *context)
{
    struct header_walk walk = {.take = take, .context = context};
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, show_header, &walk);
}

static time_t now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

const struct sockaddr *http_client(const struct http_request *request)
{
    return MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
}

/* The raw address, before it is decoded: the only place where its length can be seen. */
static void *take_address(void *context, const char *address, struct MHD_Connection *connection)
{
    struct http_request *request = calloc(1, sizeof *request);
    if (request == NULL)
        return NULL;
    *request = (struct http_request){
        .http = context, .connection = connection, .began_s = now_s(), .cache_control = "no-cache"};
    request->too_large = strlen(address) > HTTP_URL_MAX;
    request->has_nul = strstr(address, "%00") != NULL;
    return request;
}

static void wait_unlink(struct http_request *request)
{
    if (request->previous != NULL)
        request->previous->next = request->next;
    else
        request->http->waiting = request->next;
    if (request->next != NULL)
        request->next->previous = request->previous;
}

static void request_free(struct http_request *request)
{
    for (size_t i = 0; i < request->header_count; i++)
        free(request->headers[i].value);
    if (request->response != NULL)
        MHD_destroy_response(request->response);
    free(request->path);
    request->http->bodies_bytes -= request->body_size;
    free(request->body);
    free(request);
}

static void drop_body(struct http_request *request)
{
    request->http->bodies_bytes -= request->body_size;
    free(request->body);
    request->body = NULL;
    request->body_size = 0;
}

/* false: the connection ends. A body that drips in is cut off, or it would hold its connection for ever. */
static bool take_body(struct http_request *request, const char *bytes, size_t size)
{
    struct http *http = request->http;
    if (now_s() - request->began_s > HTTP_BODY_S)
        return false;
    request->too_large |= request->body_size + size > http->options.body_max;
    request->no_room |= http->options.bodies_max > 0 && http->bodies_bytes + size > http->options.bodies_max;
    if (request->too_large || request->no_room || request->unwanted) {
        drop_body(request);
        return true;
    }
    char *grown = realloc(request->body, request->body_size + size + 1);
    if (grown == NULL)
        return false;
    memcpy(grown + request->body_size, bytes, size);
    request->body = grown;
    request->body_size += size;
    http->bodies_bytes += size;
    grown[request->body_size] = '\0';
    return true;
}

static enum MHD_Result queue(struct http_request *request)
{
    const enum MHD_Result queued = MHD_queue_response(request->connection, request->status, request->response);
    MHD_destroy_response(request->response);
    request->response = NULL;
    return queued;
}

static void handle(struct http_request *request)
{
    const struct problem malformed = {.code = PROBLEM_BAD_QUERY}, ending = {.code = PROBLEM_HUB_UNREACHABLE};
    request->handled = true;
    if (request->has_nul)
        http_reply_problem(request, &malformed);
    else if (request->http->closing) /* whoever waited would wait for nothing, and the library aborts over it */
        http_reply_problem(request, &ending);
    else
        request->http->options.handle(request->http->options.context, request);
}

/* The headers are there, the body is not: the time to say that it is not wanted. */
static bool begin(struct http_request *request, const char *path, const char *method)
{
    const struct http_options *options = &request->http->options;
    const char *announced = http_header(request, "Content-Length");
    request->path = strdup(path);
    request->method = method_of(method);
    if (request->path == NULL)
        return false;
    request->too_large |= announced != NULL && strtoull(announced, NULL, 10) > options->body_max;
    request->unwanted = options->takes_body != NULL && !options->takes_body(options->context, request);
    return true;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *bytes, size_t *size,
                                  void **state)
{
    struct http_request *request = *state;
    (void)context;
    (void)connection;
    (void)version;
    if (request == NULL)
        return MHD_NO;
    if (request->path == NULL)
        return begin(request, path, method) ? MHD_YES : MHD_NO;
    if (*size > 0) {
        const bool taken = take_body(request, bytes, *size);
        *size = 0;
        return taken ? MHD_YES : MHD_NO;
    }
    if (!request->handled)
        handle(request);
    if (request->response != NULL)
        return queue(request);
    request->suspended = true;
    request->next = request->http->waiting;
    request->previous = NULL;
    if (request->next != NULL)
        request->next->previous = request;
    request->http->waiting = request;
    MHD_suspend_connection(request->connection);
    return MHD_YES;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    struct http_request *request = *state;
    (void)context;
    (void)connection;
    (void)code;
    if (request == NULL)
        return;
    if (request->suspended)
        wait_unlink(request);
    request_free(request);
    *state = NULL;
}

/* ---- answers ---- */

void http_add_header(struct http_request *request, const char *name, const char *value)
{
    char *copy = request->header_count < HEADERS_MAX ? strdup(value) : NULL;
    if (copy != NULL)
        request->headers[request->header_count++] = (struct header){.name = name, .value = copy};
}

void http_set_cache_control(struct http_request *request, const char *value)
{
    request->cache_control = value;
}

void http_set_encoding(struct http_request *request, const char *encoding)
{
    request->encoding = encoding;
}

void http_set_varies(struct http_request *request, bool varies)
{
    request->varies = varies;
}

/* Gives the response to the connection, which goes on with it. */
static void answer(struct http_request *request, unsigned status, struct MHD_Response *response)
{
    for (size_t i = 0; i < sizeof security_headers / sizeof *security_headers; i++)
        MHD_add_response_header(response, security_headers[i].name, security_headers[i].value);
    MHD_add_response_header(response, "Cache-Control", request->cache_control);
    if (request->http->options.tls != NULL)
        MHD_add_response_header(response, "Strict-Transport-Security", "max-age=31536000");
    for (size_t i = 0; i < request->header_count; i++)
        MHD_add_response_header(response, request->headers[i].name, request->headers[i].value);
    request->response = response;
    request->status = status;
    if (status / 100 < HTTP_STATUS_HUNDREDS)
        request->http->answered[status / 100]++;
    if (request->suspended) {
        wait_unlink(request);
        request->suspended = false;
        request->http->resumed = true;
        MHD_resume_connection(request->connection);
    }
}

bool http_accepts(const char *list, const char *coding)
{
    const size_t size = strlen(coding);
    for (const char *at = list; at != NULL && *at != '\0'; at += at[0] == ',' ? 1 : 0) {
        at += strspn(at, " \t");
        const size_t word = strcspn(at, ",; \t"), entry = strcspn(at, ",");
        const char *weight = memmem(at, entry, "q=", 2);
        const bool zero = weight != NULL && strspn(weight + 2, "0.") == strcspn(weight + 2, ", \t");
        if (word == size && strncasecmp(at, coding, size) == 0)
            return !zero;
        at += entry;
    }
    return false;
}

/* Does If-None-Match name the tag? Weak comparison (RFC 9110 13.1.2). */
static bool is_known(const struct http_request *request, const char *tag)
{
    const char *list = http_header(request, "If-None-Match");
    char quoted[CONTENT_TAG_SIZE + 16];
    if (list == NULL || tag[0] == '\0')
        return false;
    snprintf(quoted, sizeof quoted, "\"%s\"", tag);
    return strcmp(list, "*") == 0 || strstr(list, quoted) != NULL;
}

/* A name as RFC 5987 writes it: every byte but letters and digits as %XX. */
static void add_file_name(struct MHD_Response *response, const char *name)
{
    char coded[FILE_NAME_CODED_SIZE + 64];
    size_t size = (size_t)snprintf(coded, sizeof coded, "attachment; filename*=UTF-8''");
    for (const char *at = name; *at != '\0' && size + 4 < sizeof coded; at++) {
        const unsigned char letter = (unsigned char)*at;
        const bool plain = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._", letter) != NULL;
        size += (size_t)snprintf(coded + size, sizeof coded - size, plain ? "%c" : "%%%02X", letter);
    }
    MHD_add_response_header(response, "Content-Disposition", coded);
}

static void add_tag(struct MHD_Response *response, const struct content *content, const char *suffix)
{
    char text[CONTENT_TAG_SIZE + 16];
    snprintf(text, sizeof text, "%s\"%s%s\"", content->weak ? "W/" : "", content->tag, suffix);
    MHD_add_response_header(response, "ETag", text);
}

static void release_content(void *content)
{
    struct content *gone = content;
    content_release(&gone);
}

static void reply_without_memory(struct http_request *request)
{
    static char text[] = "out of memory\n";
    struct MHD_Response *response = MHD_create_response_from_buffer(sizeof text - 1, text, MHD_RESPMEM_PERSISTENT);
    if (response != NULL)
        answer(request, MHD_HTTP_INTERNAL_SERVER_ERROR, response);
}

static void add_content_headers(struct MHD_Response *response, const struct content *content, const char *encoding)
{
    char seconds[16];
    MHD_add_response_header(response, "Content-Type", content->type);
    if (encoding != NULL)
        MHD_add_response_header(response, "Content-Encoding", encoding);
    if (content->file_name[0] != '\0')
        add_file_name(response, content->file_name);
    if (content->retry_after_s > 0) {
        snprintf(seconds, sizeof seconds, "%u", content->retry_after_s);
        MHD_add_response_header(response, "Retry-After", seconds);
    }
}

void http_reply(struct http_request *request, struct content **taken)
{
    struct content *content = *taken;
    *taken = NULL;
    if (content == NULL) {
        reply_without_memory(request);
        return;
    }
    char tagged[CONTENT_TAG_SIZE + 8];
    size_t size = content->size;
    const uint8_t *bytes = content->bytes, *packed = NULL;
    const char *encoding = request->encoding;
    if (encoding == NULL && http_accepts(http_header(request, "Accept-Encoding"), "gzip"))
        packed = content_gzip(content, &size);
    if (packed != NULL)
        encoding = "gzip";
    const char *suffix = encoding == NULL || content->tag[0] == '\0' ? "" : encoding[0] == 'g' ? "-gzip" : "-br";
    snprintf(tagged, sizeof tagged, "%s%s", content->tag, suffix);
    const bool known = content->tag[0] != '\0' && is_known(request, tagged);
    const uint8_t *body = packed != NULL ? packed : bytes;
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
        known ? 0 : size, (void *)body, release_content, content);
    if (response == NULL) {
        content_release(&content);
        reply_without_memory(request);
        return;
    }
    if (content->tag[0] != '\0')
        add_tag(response, content, suffix);
    if (content->compress || request->varies)
        MHD_add_response_header(response, "Vary", "Accept-Encoding");
    if (!known)
        add_content_headers(response, content, encoding);
    answer(request, known ? MHD_HTTP_NOT_MODIFIED : content->status, response);
}

void http_reply_problem(struct http_request *request, const struct problem *problem)
{
    http_reply_problem_with(request, problem, NULL);
}

void http_reply_problem_with(struct http_request *request, const struct problem *problem, json_t *members)
{
    struct content *content = content_from_problem_with(problem, request->path, members);
    request->cache_control = "no-store";
    http_reply(request, &content);
}

void http_reply_empty(struct http_request *request, unsigned status)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
    if (response != NULL)
        answer(request, status, response);
}

/* ---- streams ---- */

static ssize_t read_stream(void *context, uint64_t position, char *bytes, size_t size)
{
    struct http_stream *stream = context;
    (void)position;
    if (stream->http->closing)
        return MHD_CONTENT_READER_END_OF_STREAM;
    const ssize_t count = stream->source.read(stream->source.context, bytes, size);
    if (count < 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (count == 0) {
        stream->suspended = true;
        MHD_suspend_connection(stream->connection);
    }
    return count;
}

static void close_stream(void *context)
{
    struct http_stream *stream = context;
    stream->source.closed(stream->source.context);
    if (stream->previous != NULL)
        stream->previous->next = stream->next;
    else
        stream->http->streams = stream->next;
    if (stream->next != NULL)
        stream->next->previous = stream->previous;
    free(stream);
}

struct http_stream *http_reply_stream(struct http_request *request, const char *type,
                                      const struct http_stream_source *source)
{
    struct http_stream *stream = calloc(1, sizeof *stream);
    struct MHD_Response *response = stream == NULL
                                        ? NULL
                                        : MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK_BYTES,
                                                                            read_stream, stream, close_stream);
    if (response == NULL) {
        free(stream);
        source->closed(source->context);
        reply_without_memory(request);
        return NULL;
    }
    *stream = (struct http_stream){
        .source = *source, .connection = request->connection, .http = request->http, .next = request->http->streams};
    if (stream->next != NULL)
        stream->next->previous = stream;
    request->http->streams = stream;
    MHD_add_response_header(response, "Content-Type", type);
    answer(request, MHD_HTTP_OK, response);
    return stream;
}

void http_stream_wake(struct http_stream *stream)
{
    if (!stream->suspended)
        return;
    stream->suspended = false;
    stream->http->resumed = true;
    MHD_resume_connection(stream->connection);
}

/* ---- the daemon ---- */

/* What the library says is about single connections: any client can make it say something, so it is one line a minute
 * with how many there were. */
static void on_message(void *context, const char *format, va_list arguments)
{
    struct http *http = context;
    char line[256];
    const time_t now = now_s();
    vsnprintf(line, sizeof line, format, arguments);
    line[strcspn(line, "\r\n")] = '\0';
    if (http->daemon == NULL) {
        journal(JOURNAL_ERROR, "http: %s", line);
        return;
    }
    http->messages++;
    if (http->said && now - http->said_s < MESSAGE_PAUSE_S)
        return;
    journal(JOURNAL_INFO, "http: %zu connections had trouble; the last: %s", http->messages, line);
    http->messages = 0;
    http->said = true;
    http->said_s = now;
}

static struct MHD_Daemon *start(struct http *http)
{
    const struct http_options *options = &http->options;
    const bool tls = options->tls != NULL;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem tls_options[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, tls ? options->tls->certificate : NULL},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, tls ? options->tls->key : NULL},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (char *)listen_tls_priorities},
        {MHD_OPTION_END, 0, NULL},
    };
    flags |= tls ? MHD_USE_TLS : 0;
    flags |= options->address->socket.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0;
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, http, MHD_OPTION_EXTERNAL_LOGGER, on_message, http,
                            MHD_OPTION_SOCK_ADDR, (const struct sockaddr *)&options->address->socket,
                            MHD_OPTION_URI_LOG_CALLBACK, take_address, http, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
                            http, MHD_OPTION_CONNECTION_LIMIT, options->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
                            options->connections - options->connections / 4, /* one address alone shuts nobody out */
                            MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HTTP_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            (size_t)HTTP_HEADERS_MAX, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
                            tls ? MHD_OPTION_ARRAY : MHD_OPTION_END, tls_options, MHD_OPTION_END);
}

static void name_address(struct http *http)
{
    const struct listen_address *address = http->options.address;
    const bool six = address->socket.ss_family == AF_INET6;
    const unsigned port = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    snprintf(http->address, sizeof http->address, "%s://%s%s%s:%u", http->options.tls != NULL ? "https" : "http",
             six ? "[" : "", address->host, six ? "]" : "", port);
}

struct http *http_open(const struct http_options *options, struct fault *fault)
{
    struct http *http = calloc(1, sizeof *http);
    if (http == NULL) {
        fault_set(fault, FAULT_SYSTEM, "out of memory");
        return NULL;
    }
    http->options = *options;
    if (http->options.body_max == 0)
        http->options.body_max = HTTP_BODY_MAX_DEFAULT;
    errno = 0;
    http->daemon = start(http);
    if (http->daemon == NULL) {
        fault_set(fault, FAULT_SYSTEM, "cannot listen on %s, port %u: %s; choose another `listen`, or see who has it",
                  options->address->host, options->address->port,
                  errno != 0 ? strerror(errno) : "the certificate or key does not fit");
        http_close(&http);
        return NULL;
    }
    http->epoll_fd = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    name_address(http);
    return http;
}

void http_close(struct http **http)
{
    struct http *closing = *http;
    *http = NULL;
    if (closing == NULL)
        return;
    closing->closing = true;
    while (closing->waiting != NULL) {
        const struct problem problem = {.code = PROBLEM_HUB_UNREACHABLE};
        http_reply_problem(closing->waiting, &problem);
    }
    for (struct http_stream *stream = closing->streams; stream != NULL; stream = stream->next)
        http_stream_wake(stream);
    if (closing->daemon != NULL) {
        MHD_run(closing->daemon);
        MHD_stop_daemon(closing->daemon);
    }
    free(closing);
}

const char *http_address(const struct http *http)
{
    return http->address;
}

uint64_t http_answered(const struct http *http, unsigned hundred)
{
    return hundred < HTTP_STATUS_HUNDREDS ? http->answered[hundred] : 0;
}

int http_fd(const struct http *http)
{
    return http->epoll_fd;
}

int http_wait_ms(const struct http *http)
{
    enum { LONGEST_MS = 60000 };
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    if (http->resumed)
        return 0;
    if (MHD_get_timeout(http->daemon, &wait_ms) != MHD_YES)
        return -1;
    return wait_ms < LONGEST_MS ? (int)wait_ms : LONGEST_MS;
}

void http_run(struct http *http)
{
    http->resumed = false;
    MHD_run(http->daemon);
}
