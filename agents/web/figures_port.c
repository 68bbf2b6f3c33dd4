#include "figures_port.h"

#include "exposition.h"
#include "http.h"
#include "journal.h"

#include <stdlib.h>
#include <string.h>

enum { CONNECTIONS_MAX = 32, LISTEN_MAX_BYTES = 64, KEPT_MS = 1000 };

const cyaml_schema_field_t figures_port_fields[] = {
    CYAML_FIELD_STRING_PTR("listen", CYAML_FLAG_POINTER, struct figures_port_entry, listen, 1, LISTEN_MAX_BYTES),
    CYAML_FIELD_END};

struct figures_port {
    struct listen_address address;
    struct figures_port_shown shown;
    struct http *http;
    struct content *page; /* the figures as they were at made_ms: who asks more often costs nothing; NULL: none yet */
    int64_t made_ms;
    int64_t now_ms;
};

/* ---- answers ---- */

/* Takes the text. */
static void reply(struct http_request *request, unsigned status, const char *type, char *text, size_t size)
{
    uint8_t *bytes = (uint8_t *)text;
    struct content *content = text == NULL ? NULL : content_new(status, type, &bytes, size);
    http_set_cache_control(request, "no-store");
    http_reply(request, &content);
}

static void reply_line(struct http_request *request, unsigned status, const char *before, const char *line)
{
    char *text = NULL;
    const int size = asprintf(&text, "%s%s\n", before, line);
    reply(request, status, "text/plain; charset=utf-8", size < 0 ? NULL : text, size < 0 ? 0 : (size_t)size);
}

static void make_page(struct figures_port *port)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    content_release(&port->page);
    if (file == NULL)
        return;
    port->shown.write(port->shown.context, port->now_ms, file);
    if (fclose(file) != 0)
        abort();
    uint8_t *bytes = (uint8_t *)text;
    port->page = content_new(200, EXPOSITION_TYPE, &bytes, size);
    port->made_ms = port->now_ms;
}

static void reply_figures(struct figures_port *port, struct http_request *request)
{
    if (port->page == NULL || port->now_ms - port->made_ms >= KEPT_MS)
        make_page(port);
    struct content *content = port->page == NULL ? NULL : content_use(port->page);
    http_set_cache_control(request, "no-store");
    http_reply(request, &content);
}

static void reply_readiness(const struct figures_port *port, struct http_request *request)
{
    const char *why = port->shown.hindrance(port->shown.context);
    if (why == NULL)
        reply_line(request, 200, "", "ready");
    else
        reply_line(request, 503, "not ready: ", why);
}

static bool takes_body(void *context, const struct http_request *request)
{
    (void)context;
    (void)request;
    return false;
}

static void handle(void *context, struct http_request *request)
{
    struct figures_port *port = context;
    const char *path = http_path(request);
    if (http_method(request) != HTTP_GET && http_method(request) != HTTP_HEAD) {
        http_add_header(request, "Allow", "GET, HEAD");
        reply_line(request, 405, "", "only GET and HEAD");
    } else if (strcmp(path, "/metrics") == 0) {
        reply_figures(port, request);
    } else if (strcmp(path, "/healthz") == 0) {
        reply_line(request, 200, "", "alive"); /* the loop that answers is the program's own */
    } else if (strcmp(path, "/readyz") == 0) {
        reply_readiness(port, request);
    } else {
        reply_line(request, 404, "", "here are /metrics, /healthz and /readyz");
    }
}

/* ---- the port ---- */

static bool parse(const char *listen, struct listen_address *address, struct fault *fault)
{
    struct fault cause;
    return listen_address_parse(listen, address, &cause) || fault_set(fault, cause.code, "metrics: %.480s", cause.text);
}

bool figures_port_check(const char *listen, struct fault *fault)
{
    struct listen_address address;
    return parse(listen, &address, fault);
}

static bool open_server(struct figures_port *port, struct fault *fault)
{
    struct fault cause;
    port->http = http_open(&(struct http_options){.address = &port->address,
                                                  .connections = CONNECTIONS_MAX,
                                                  .takes_body = takes_body,
                                                  .handle = handle,
                                                  .context = port},
                           &cause);
    return port->http != NULL || fault_set(fault, cause.code, "metrics: %.480s", cause.text);
}

struct figures_port *figures_port_open(const char *listen, const struct figures_port_shown *shown, struct fault *fault)
{
    struct figures_port *port = calloc(1, sizeof *port);
    if (port == NULL) {
        fault_set(fault, FAULT_SYSTEM, "out of memory");
        return NULL;
    }
    port->shown = *shown;
    if (!parse(listen, &port->address, fault) || !open_server(port, fault)) {
        free(port);
        return NULL;
    }
    journal(port->address.loopback ? JOURNAL_INFO : JOURNAL_NOTICE, "metrics at %s/metrics%s", http_address(port->http),
            port->address.loopback ? "" : ", for everybody who reaches this address: let a firewall decide");
    return port;
}

void figures_port_close(struct figures_port **port)
{
    if (*port == NULL)
        return;
    http_close(&(*port)->http);
    content_release(&(*port)->page);
    free(*port);
    *port = NULL;
}

int figures_port_fd(const struct figures_port *port)
{
    return http_fd(port->http);
}

int figures_port_wait_ms(const struct figures_port *port)
{
    return http_wait_ms(port->http);
}

void figures_port_run(struct figures_port *port, int64_t now_ms)
{
    port->now_ms = now_ms;
    http_run(port->http);
}
