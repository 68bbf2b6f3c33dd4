#include "monitor.h"

#include <arpa/inet.h>
#include <czmq.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "handover.h"
#include "journal.h"

enum {
    POLL_MS = 1000,
    RENDER_MS = 1000, /* the page is made anew once a second at most, however often it is asked for */
    MESSAGE_PAUSE_MS = 60000,
    LEFT_AFTER_MS = 500, /* one that only says that it asks no more gets its answer first */
};

struct connection {
    int descriptor; /* -1: none */
    int64_t began_ms;
};

/* The actor's own. */
struct server {
    struct MHD_Daemon *daemon;
    int descriptor; /* readable when there is something to do */
    struct connection connections[MONITOR_CONNECTIONS_MAX];
    struct metrics *shown; /* NULL: none yet */
    struct MHD_Response *page;
    int64_t page_ms; /* when it was made */
    int64_t said_ms;
    size_t messages; /* of the library since then */
};

struct monitor {
    zactor_t *actor;
    struct server *server;                       /* the actor's while there is one */
    struct metrics *made[MONITOR_UNDER_WAY_MAX]; /* all that there are: with the loop, the actor or on the way */
    int made_count;
    char address[MONITOR_ADDRESS_SIZE];
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- answers ---- */

static void add_headers(struct MHD_Response *response, const char *type)
{
    if (!response)
        abort();
    MHD_add_response_header(response, "Content-Type", type);
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
}

static enum MHD_Result answer_text(struct MHD_Connection *connection, unsigned status, const char *text)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY);
    add_headers(response, "text/plain; charset=utf-8");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, "Allow", "GET, HEAD");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED || status == MHD_HTTP_BAD_REQUEST) /* its body is not read */
        MHD_add_response_header(response, "Connection", "close");
    const enum MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

/* The figures as text; what is sent at the moment stays until it is sent. */
static void make_page(struct server *server, int64_t at_ms)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    if (!file)
        abort();
    metrics_write(server->shown, (double)(at_ms - server->shown->made_ms) / 1000, file);
    if (fclose(file) != 0)
        abort();
    if (server->page)
        MHD_destroy_response(server->page);
    server->page = MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE);
    add_headers(server->page, "text/plain; version=0.0.4; charset=utf-8");
    server->page_ms = at_ms;
}

static enum MHD_Result answer_metrics(struct server *server, struct MHD_Connection *connection)
{
    const int64_t at_ms = now_ms();
    if (!server->shown)
        return answer_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "the hub is starting: it reads its log\n");
    if (!server->page || at_ms - server->page_ms >= RENDER_MS)
        make_page(server, at_ms);
    return MHD_queue_response(connection, MHD_HTTP_OK, server->page);
}

/* Alive: nobody has to end it. A long start is no reason to. */
static enum MHD_Result answer_health(const struct server *server, struct MHD_Connection *connection)
{
    char text[128];
    const int64_t late_ms = server->shown ? now_ms() - server->shown->made_ms : 0;
    if (late_ms <= MONITOR_LATE_MS)
        return answer_text(connection, MHD_HTTP_OK, server->shown ? "alive\n" : "alive: starting\n");
    snprintf(text, sizeof text, "not alive: the hub's loop has not turned for %lld s\n", (long long)late_ms / 1000);
    return answer_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, text);
}

/* Why it takes no events now; NULL: it does. */
static const char *hindrance(const struct server *server)
{
    const struct metrics *shown = server->shown;
    if (!shown)
        return "not ready: starting, the log is being read\n";
    if (shown->failed)
        return "not ready: a write failed; the hub ends and compares at its next start\n";
    if (shown->ending)
        return "not ready: the hub is ending\n";
    if (now_ms() - shown->made_ms > MONITOR_LATE_MS)
        return "not ready: the hub's loop does not turn\n";
    if (shown->disk_full)
        return "not ready: disk: less than the reserve is free; make room, events are taken again by themselves\n";
    return NULL;
}

static enum MHD_Result answer_readiness(const struct server *server, struct MHD_Connection *connection)
{
    const char *why = hindrance(server);
    return answer_text(connection, why ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_OK, why ? why : "ready\n");
}

static bool has_body(struct MHD_Connection *connection)
{
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    return (length && strcmp(length, "0") != 0) ||
           MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Transfer-Encoding") != NULL;
}

/* Called when the headers are there: no body is waited for, and none is taken. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *bytes, size_t *size,
                                  void **state)
{
    struct server *server = context;
    (void)version;
    (void)bytes;
    (void)state;
    *size = 0;
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        return answer_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD\n");
    if (has_body(connection))
        return answer_text(connection, MHD_HTTP_BAD_REQUEST, "a request without a body, please\n");
    if (strcmp(path, "/metrics") == 0)
        return answer_metrics(server, connection);
    if (strcmp(path, "/healthz") == 0)
        return answer_health(server, connection);
    if (strcmp(path, "/readyz") == 0)
        return answer_readiness(server, connection);
    return answer_text(connection, MHD_HTTP_NOT_FOUND, "here are /metrics, /healthz and /readyz\n");
}

/* ---- connections ---- */

static void on_connection(void *context, struct MHD_Connection *connection, void **place,
                          enum MHD_ConnectionNotificationCode code)
{
    struct server *server = context;
    struct connection *kept = *place;
    switch (code) {
    case MHD_CONNECTION_NOTIFY_STARTED:
        for (int i = 0; i < MONITOR_CONNECTIONS_MAX && !*place; i++)
            if (server->connections[i].descriptor < 0)
                *place = &server->connections[i];
        kept = *place;
        if (kept)
            *kept = (struct connection){
                .descriptor = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
                .began_ms = now_ms()};
        return;
    case MHD_CONNECTION_NOTIFY_CLOSED:
        if (kept)
            kept->descriptor = -1;
        return;
    }
}

/* The client closed it. The library does not see that if it came together with the client's last bytes: it waits for an
 * edge that has been. */
static bool is_left(int descriptor)
{
    char byte;
    return recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* And one that drips its request or does not read its answer would stay for ever: each byte begins the library's own
 * time anew. */
static void end_connections(struct server *server)
{
    const int64_t at_ms = now_ms();
    for (int i = 0; i < MONITOR_CONNECTIONS_MAX; i++) {
        const struct connection *kept = &server->connections[i];
        const int64_t age_ms = kept->descriptor < 0 ? 0 : at_ms - kept->began_ms;
        if (age_ms > MONITOR_CONNECTION_MS || (age_ms > LEFT_AFTER_MS && is_left(kept->descriptor)))
            (void)shutdown(kept->descriptor, SHUT_RDWR); /* the library finds it ended and closes it */
    }
}

/* Any client can make the library say something: it is one line a minute with how many there were. */
static void on_message(void *context, const char *format, va_list arguments)
{
    struct server *server = context;
    char line[256];
    const int64_t at_ms = now_ms();
    vsnprintf(line, sizeof line, format, arguments);
    line[strcspn(line, "\r\n")] = '\0';
    server->messages++;
    if (server->said_ms != 0 && at_ms - server->said_ms < MESSAGE_PAUSE_MS)
        return;
    journal(JOURNAL_INFO, "metrics: %zu connections had trouble; the last: %s", server->messages, line);
    server->messages = 0;
    server->said_ms = at_ms;
}

/* ---- the actor ---- */

/* How long the library can wait: not at all while it has read of a connection and not dealt with it, which its
 * descriptor does not tell. */
static long wait_ms(const struct server *server)
{
    MHD_UNSIGNED_LONG_LONG limit_ms = 0;
    return MHD_get_timeout(server->daemon, &limit_ms) == MHD_YES && limit_ms < POLL_MS ? (long)limit_ms : POLL_MS;
}

static void run(zsock_t *pipe, void *context)
{
    struct server *server = context;
    void *socket = zsock_resolve(pipe);
    zmq_pollitem_t items[] = {{.socket = socket, .events = ZMQ_POLLIN},
                              {.fd = server->descriptor, .events = ZMQ_POLLIN}};
    handover_name_thread("monitor");
    zsock_signal(pipe, 0);
    for (;;) {
        zmq_poll(items, 2, wait_ms(server));
        if (items[0].revents & ZMQ_POLLIN) {
            struct metrics *next = handover_take(socket, true);
            if (!next)
                break;
            if (server->shown)
                handover_give(socket, server->shown);
            server->shown = next;
        }
        MHD_run(server->daemon);
        end_connections(server);
    }
    handover_give(socket, server);
}

static struct MHD_Daemon *listen_at(struct server *server, const struct monitor_listen *listen)
{
    const unsigned flags = MHD_USE_EPOLL | MHD_USE_ERROR_LOG | (listen->any.sa_family == AF_INET6 ? MHD_USE_IPv6 : 0);
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_message, server,
                            MHD_OPTION_SOCK_ADDR, &listen->any, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned)MONITOR_CONNECTIONS_MAX,
                            MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)MONITOR_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            (size_t)MONITOR_HEADERS_MAX, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
}

static void server_close(struct server **server)
{
    if (!*server)
        return;
    if ((*server)->daemon)
        MHD_stop_daemon((*server)->daemon);
    if ((*server)->page)
        MHD_destroy_response((*server)->page);
    free(*server);
    *server = NULL;
}

static struct server *server_open(const struct monitor_listen *listen, char address[static MONITOR_ADDRESS_SIZE],
                                  struct fault *fault)
{
    char host[INET6_ADDRSTRLEN];
    const bool six = listen->any.sa_family == AF_INET6;
    struct server *server = calloc(1, sizeof *server);
    if (!server)
        abort();
    for (int i = 0; i < MONITOR_CONNECTIONS_MAX; i++)
        server->connections[i].descriptor = -1;
    inet_ntop(listen->any.sa_family, six ? (const void *)&listen->six.sin6_addr : (const void *)&listen->four.sin_addr,
              host, sizeof host);
    errno = 0;
    server->daemon = listen_at(server, listen);
    if (!server->daemon) {
        fault_set(fault, FAULT_SYSTEM,
                  "metrics: cannot listen on %s: %s; choose another `metrics.listen`, or see who has it", host,
                  strerror(errno));
        server_close(&server);
        return NULL;
    }
    server->descriptor = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    snprintf(address, MONITOR_ADDRESS_SIZE, six ? "http://[%s]:%u" : "http://%s:%u", host,
             MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    return server;
}

struct monitor *monitor_start(const struct monitor_listen *listen, struct fault *fault)
{
    struct monitor *monitor = calloc(1, sizeof *monitor);
    if (!monitor)
        abort();
    monitor->server = server_open(listen, monitor->address, fault);
    monitor->actor = monitor->server ? zactor_new(run, monitor->server) : NULL;
    if (!monitor->actor) {
        if (monitor->server)
            fault_set(fault, FAULT_SYSTEM, "metrics: cannot start its thread");
        server_close(&monitor->server);
        free(monitor);
        return NULL;
    }
    return monitor;
}

void monitor_stop(struct monitor **monitor)
{
    struct monitor *stopped = *monitor;
    if (!stopped)
        return;
    *monitor = NULL;
    void *socket = zsock_resolve(stopped->actor);
    zstr_send(stopped->actor, "$TERM");
    while (handover_take(socket, true) != stopped->server)
        ; /* figures that came back: freed below */
    zactor_destroy(&stopped->actor);
    server_close(&stopped->server);
    for (int i = 0; i < stopped->made_count; i++)
        metrics_close(&stopped->made[i]);
    free(stopped);
}

const char *monitor_address(const struct monitor *monitor)
{
    return monitor->address;
}

struct metrics *monitor_take(struct monitor *monitor)
{
    struct metrics *metrics = handover_take(zsock_resolve(monitor->actor), false);
    if (!metrics && monitor->made_count < MONITOR_UNDER_WAY_MAX)
        metrics = monitor->made[monitor->made_count++] = metrics_open();
    return metrics;
}

void monitor_give(struct monitor *monitor, struct metrics **metrics)
{
    handover_give(zsock_resolve(monitor->actor), *metrics);
    *metrics = NULL;
}

/* ---- where it listens ---- */

static bool parse_port(const char *text, in_port_t *port)
{
    const size_t digits = strspn(text, "0123456789");
    const unsigned long number = strtoul(text, NULL, 10);
    if (digits == 0 || digits > 5 || text[digits] != '\0' || number > UINT16_MAX)
        return false;
    *port = htons((uint16_t)number);
    return true;
}

bool monitor_listen_parse(const char *text, struct monitor_listen *listen)
{
    char host[INET6_ADDRSTRLEN];
    const bool six = text[0] == '[';
    const char *colon = strrchr(text, ':');
    const char *end = colon && six ? colon - 1 : colon;
    const char *from = six ? text + 1 : text;
    *listen = (struct monitor_listen){.loopback = false};
    if (!colon || end < from || (six && *end != ']') || (size_t)(end - from) >= sizeof host)
        return false;
    memcpy(host, from, (size_t)(end - from));
    host[end - from] = '\0';
    if (six) {
        listen->six.sin6_family = AF_INET6;
        if (inet_pton(AF_INET6, host, &listen->six.sin6_addr) != 1)
            return false;
        listen->loopback = IN6_IS_ADDR_LOOPBACK(&listen->six.sin6_addr);
        return parse_port(colon + 1, &listen->six.sin6_port);
    }
    listen->four.sin_family = AF_INET;
    if (inet_pton(AF_INET, host, &listen->four.sin_addr) != 1)
        return false;
    listen->loopback = ntohl(listen->four.sin_addr.s_addr) >> 24 == 127;
    return parse_port(colon + 1, &listen->four.sin_port);
}
