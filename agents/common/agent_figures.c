#include "agent_figures.h"

#include "exposition.h"
#include "figures_port.h"
#include "intake.h"

#include <stdio.h>
#include <stdlib.h>

enum { LOOK_MS = 1000 };

struct figures {
    const struct office *office;
    bool connected;
    uint64_t recorded, duplicate, rejected, refused; /* events, as the hub answered */
    uint64_t first;                                  /* number of the first event that is not answered */
    int64_t first_ms;                                /* monotonic: since when it is that one; 0: there is none */
    int64_t looked_ms;
    struct figures_port *port; /* NULL: none */
};

/* Which event is the first one is looked up once a second: it costs a question to the database. */
static bool look(struct figures *figures, int64_t now_ms, struct fault *fault)
{
    uint64_t first = 0;
    if (outbox_pending(figures->office->outbox) == 0) {
        figures->first_ms = 0;
        return true;
    }
    if (figures->first_ms != 0 && now_ms - figures->looked_ms < LOOK_MS)
        return true;
    if (!outbox_first_pending(figures->office->outbox, &first, fault))
        return false;
    if (figures->first_ms == 0 || first != figures->first)
        figures->first_ms = now_ms;
    figures->first = first;
    figures->looked_ms = now_ms;
    return true;
}

static bool step(void *self, int64_t now_ms, struct fault *fault)
{
    struct figures *figures = self;
    if (!look(figures, now_ms, fault))
        return false;
    if (figures->port != NULL)
        figures_port_run(figures->port, now_ms);
    return true;
}

static int descriptor(const void *self)
{
    const struct figures *figures = self;
    return figures->port == NULL ? -1 : figures_port_fd(figures->port);
}

static int wait_ms(const void *self, int64_t now_ms)
{
    const struct figures *figures = self;
    (void)now_ms;
    return figures->port == NULL ? -1 : figures_port_wait_ms(figures->port);
}

static void take_run(struct figures *figures, const Sanling__V1__Outcome__Run *run)
{
    switch (run->kind) {
    case SANLING__V1__OUTCOME__RUN__KIND__RECORDED:
        figures->recorded += run->count;
        return;
    case SANLING__V1__OUTCOME__RUN__KIND__DUPLICATE:
        figures->duplicate += run->count;
        return;
    case SANLING__V1__OUTCOME__RUN__KIND__REJECTED:
        figures->rejected += run->count;
        return;
    case SANLING__V1__OUTCOME__RUN__KIND__REFUSED:
        figures->refused += run->count;
        return;
    case SANLING__V1__OUTCOME__RUN__KIND__UNSPECIFIED:
    case _SANLING__V1__OUTCOME__RUN__KIND_IS_INT_SIZE:
        return;
    }
}

static bool hear(void *self, const struct sanling_happening *happening, struct fault *fault)
{
    struct figures *figures = self;
    (void)fault;
    if (happening->kind == SANLING_CONNECTED)
        figures->connected = true;
    if (happening->kind == SANLING_DISCONNECTED)
        figures->connected = false;
    if (happening->kind == SANLING_OUTCOME)
        for (size_t i = 0; i < happening->outcome->n_runs; i++)
            take_run(figures, happening->outcome->runs[i]);
    return true;
}

static void write_figures(const void *context, int64_t now_ms, FILE *to)
{
    const struct figures *figures = context;
    const struct office *office = figures->office;
    const struct exposition_row rows[] = {
        {"sanling_agent_hub_connected", "gauge", figures->connected, "1 while the agent has a session with the hub."},
        {"sanling_agent_outbox_events", "gauge", (double)outbox_pending(office->outbox),
         "Events that the hub has not answered yet."},
        {"sanling_agent_outbox_oldest_seconds", "gauge",
         figures->first_ms == 0 ? 0 : (double)(now_ms - figures->first_ms) / 1e3,
         "For how long the same event has been the first of them, as seen since the start; 0: there is none."},
        {"sanling_agent_events_set_aside", "gauge", (double)outbox_set_aside_count(office->outbox),
         "Events that were not sent after the hub was restored, for nobody knows where the record stands that each is "
         "about; a person must decide."},
        {"sanling_agent_rows_read_total", "counter", (double)office->rows->read,
         "Rows of files and tables that were looked at."},
        {"sanling_agent_rows_rejected_total", "counter", (double)office->rows->rejected,
         "Rows that the agent did not take; the reports have them with their reasons."},
        {"sanling_agent_files_refused_total", "counter", (double)office->rows->files_refused,
         "Files that the agent refused as a whole."},
        {"sanling_agent_events_recorded_total", "counter", (double)figures->recorded, "Events that the hub recorded."},
        {"sanling_agent_events_duplicate_total", "counter", (double)figures->duplicate,
         "Events that the hub had recorded before."},
        {"sanling_agent_events_rejected_total", "counter", (double)figures->rejected, "Events that the hub rejected."},
        {"sanling_agent_events_refused_total", "counter", (double)figures->refused,
         "Events that the hub refused for good; what it refuses for now is sent again and not counted."},
    };
    exposition_head(to, "sanling_agent_info", "gauge", "1, with version and source of the agent.");
    exposition_label(to, "sanling_agent_info{", "version", SANLING_VERSION);
    exposition_label(to, ",", "source", office->config->source);
    fputs("} 1\n", to);
    EXPOSITION_ROWS(to, rows);
    exposition_process(to);
}

/* Files are read all the same, and what they say waits; but nobody hears of it. */
static const char *hindrance(const void *context)
{
    const struct figures *figures = context;
    return figures->connected ? NULL : "no session with the hub; what is read waits in the outbox";
}

static void get_metrics(void *context, struct intake_call *call)
{
    const struct figures *figures = context;
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    if (file == NULL) {
        http_reply(call->request, &(struct content *){NULL});
        return;
    }
    write_figures(figures, call->now_ms, file);
    if (fclose(file) != 0)
        abort();
    uint8_t *bytes = (uint8_t *)text;
    struct content *content = content_new(200, EXPOSITION_TYPE, &bytes, size);
    http_set_cache_control(call->request, "no-store");
    http_reply(call->request, &content);
}

static void close_figures(void *self)
{
    struct figures *figures = self;
    figures_port_close(&figures->port);
    free(figures);
}

static bool open_port(struct figures *figures, struct fault *fault)
{
    const struct figures_port_shown shown = {.write = write_figures, .hindrance = hindrance, .context = figures};
    const char *listen = figures->office->config->metrics_listen;
    if (listen == NULL || figures->office->once)
        return true;
    figures->port = figures_port_open(listen, &shown, fault);
    return figures->port != NULL;
}

bool agent_figures_open(struct office *office, struct part *part, struct fault *fault)
{
    static const struct part_ops ops = {
        .descriptor = descriptor, .wait_ms = wait_ms, .step = step, .hear = hear, .close = close_figures};
    static const struct intake_route routes[] = {{.method = HTTP_GET, .pattern = "/metrics", .handle = get_metrics}};
    if (office->intake == NULL && (office->config->metrics_listen == NULL || office->once))
        return true;
    struct figures *figures = calloc(1, sizeof *figures);
    if (figures == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    figures->office = office;
    if (!open_port(figures, fault)) {
        close_figures(figures);
        return false;
    }
    const struct intake_routes asked = {.routes = routes, .count = 1, .context = figures};
    if (office->intake != NULL && !intake_add_routes(office->intake, &asked))
        abort(); /* there is room for all that the agent opens */
    *part = (struct part){.ops = &ops, .self = figures};
    return true;
}
