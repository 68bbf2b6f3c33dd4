/* What the gateway shows of itself, on an address of its own: never on the page's, where its readers are. */
#include "exposition.h"
#include "figures_port.h"
#include "gateway.h"

#include <math.h>

bool gateway_reaches_hub(const struct gateway *gateway)
{
    return hub_links_connected(gateway->links, accounts_at(gateway->config->accounts, 0)->identity);
}

static void write_responses(const struct gateway *gateway, FILE *to)
{
    static const char name[] = "sanling_page_responses_total";
    static const char *const classes[] = {NULL, NULL, "2xx", "3xx", "4xx", "5xx"};
    exposition_head(to, name, "counter", "Answers to requests, by the hundred of their status.");
    for (unsigned hundred = 2; hundred < sizeof classes / sizeof *classes; hundred++) {
        fputs(name, to);
        exposition_label(to, "{", "class", classes[hundred]);
        fputc('}', to);
        exposition_whole(to, http_answered(gateway->http, hundred));
    }
}

static void write_figures(const void *context, int64_t now_ms, FILE *to)
{
    const struct gateway *gateway = context;
    const struct config *config = gateway->config;
    size_t connected;
    const size_t links = hub_links_count(gateway->links, &connected);
    (void)now_ms;
    const struct exposition_row rows[] = {
        {"sanling_page_hub_connected", "gauge", gateway_reaches_hub(gateway),
         "1 while the first account's identity has a session with the hub."},
        {"sanling_page_identities", "gauge", (double)links, "Identities that were used since the start."},
        {"sanling_page_identities_connected", "gauge", (double)connected, "Those of them that have a session."},
        {"sanling_page_logins", "gauge", (double)web_sessions_count(gateway->sessions), "Browsers that are logged in."},
        {"sanling_page_logins_refused_total", "counter", (double)gateway->logins_refused,
         "Log-ins with a wrong account or password."},
        {"sanling_page_streams", "gauge", (double)streams_count(gateway->streams), "Pages that are followed live."},
        {"sanling_page_certificate_expiry_timestamp_seconds", "gauge",
         config->has_tls ? (double)config->tls.expires_at_s : NAN,
         "When the certificate ends, since 1970. NaN: there is none."},
    };
    exposition_head(to, "sanling_page_info", "gauge", "1, with the version of the gateway.");
    exposition_label(to, "sanling_page_info{", "version", SANLING_VERSION);
    fputs("} 1\n", to);
    EXPOSITION_ROWS(to, rows);
    write_responses(gateway, to);
    exposition_process(to);
}

static const char *hindrance(const void *context)
{
    return gateway_reaches_hub(context) ? NULL : "the hub is not reached; the page says so and shows what it has";
}

bool gateway_show_figures(struct gateway *gateway, struct fault *fault)
{
    const struct figures_port_shown shown = {.write = write_figures, .hindrance = hindrance, .context = gateway};
    if (gateway->config->metrics_listen == NULL)
        return true;
    gateway->figures = figures_port_open(gateway->config->metrics_listen, &shown, fault);
    return gateway->figures != NULL;
}
