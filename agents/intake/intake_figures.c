#include "intake_figures.h"

#include "intake.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LOOK_MS = 1000 };

struct figures {
    const struct office *office;
    bool connected;
    uint64_t recorded, duplicate, rejected, refused; /* events, as the hub answered */
    uint64_t first;                                  /* number of the first event that is not answered */
    int64_t first_ms;                                /* monotonic: since when it is that one; 0: there is none */
    int64_t looked_ms;
    int64_t started_s; /* since 1970 */
};

/* Which event is the first one is looked up once a second: it costs a question to the database. */
static bool step(void *self, int64_t now_ms, struct fault *fault)
{
    struct figures *figures = self;
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

static void write_figures(const struct figures *figures, int64_t now_ms, FILE *to)
{
    const struct {
        const char *name, *type;
        double number;
        const char *help;
    } rows[] = {
        {"sanling_agent_hub_connected", "gauge", figures->connected, "1 while the agent has a session with the hub."},
        {"sanling_agent_outbox_events", "gauge", (double)outbox_pending(figures->office->outbox),
         "Events that the hub has not answered yet."},
        {"sanling_agent_outbox_oldest_seconds", "gauge",
         figures->first_ms == 0 ? 0 : (double)(now_ms - figures->first_ms) / 1e3,
         "For how long the same event has been the first of them, as seen since the start; 0: there is none."},
        {"sanling_agent_events_recorded_total", "counter", (double)figures->recorded, "Events that the hub recorded."},
        {"sanling_agent_events_duplicate_total", "counter", (double)figures->duplicate,
         "Events that the hub had recorded before."},
        {"sanling_agent_events_rejected_total", "counter", (double)figures->rejected, "Events that the hub rejected."},
        {"sanling_agent_events_refused_total", "counter", (double)figures->refused,
         "Events that the hub refused for good; what it refuses for now is sent again and not counted."},
        {"process_start_time_seconds", "gauge", (double)figures->started_s, "When the agent started, since 1970."},
    };
    fprintf(to,
            "# HELP sanling_agent_info 1, with version and source of the agent.\n# TYPE sanling_agent_info gauge\n"
            "sanling_agent_info{version=\"" SANLING_VERSION "\",source=\"%s\"} 1\n",
            figures->office->config->source);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        fprintf(to, "# HELP %s %s\n# TYPE %s %s\n%s %.15g\n", rows[i].name, rows[i].help, rows[i].name, rows[i].type,
                rows[i].name, rows[i].number);
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
    struct content *content = content_new(200, "text/plain; version=0.0.4; charset=utf-8", &bytes, size);
    http_set_cache_control(call->request, "no-store");
    http_reply(call->request, &content);
}

bool intake_figures_open(struct office *office, struct part *part, struct fault *fault)
{
    static const struct part_ops ops = {.step = step, .hear = hear, .close = free};
    static const struct intake_route routes[] = {{.method = HTTP_GET, .pattern = "/metrics", .handle = get_metrics}};
    if (office->intake == NULL)
        return true;
    struct figures *figures = calloc(1, sizeof *figures);
    if (figures == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    *figures = (struct figures){.office = office, .started_s = (int64_t)time(NULL)};
    if (!intake_add_routes(office->intake, &(struct intake_routes){.routes = routes, .count = 1, .context = figures}))
        abort(); /* there is room for all that the agent opens */
    *part = (struct part){.ops = &ops, .self = figures};
    return true;
}
