/* sanling-leadership's one loop: HTTP on one side, the hub on the other, and what is kept between them. */
#ifndef LEADERSHIP_GATEWAY_H
#define LEADERSHIP_GATEWAY_H

#include "article_document.h"
#include "config.h"
#include "document_cache.h"
#include "http.h"
#include "hub_link.h"
#include "static_files.h"
#include "stream.h"
#include "web_session.h"

#include <stdint.h>

struct exports;
struct figures_port;
struct login;

struct gateway {
    struct config *config; /* borrowed; its accounts are read anew at SIGHUP */
    struct http *http;
    struct hub_links *links;
    struct unit_directories *directories;
    struct document_cache *documents;
    struct web_sessions *sessions;
    struct streams *streams;
    struct static_files *files;
    struct login *login;
    struct exports *exports;
    struct figures_port *figures; /* NULL: nobody is shown any */
    struct article *article;      /* NULL: no figures were published */
    struct article_documents *articles;
    uint64_t logins_refused; /* wrong account or password */
    int signals;             /* descriptor: SIGTERM and SIGINT end it, SIGHUP reads the accounts anew */
    int64_t now_ms;          /* of this turn, a clock that never goes back */
};

/* Listens. NULL: the fault says why not. */
struct gateway *gateway_open(struct config *config, struct fault *fault);
/* Serves until SIGTERM. false: it cannot go on. */
bool gateway_run(struct gateway *gateway, struct fault *fault);
void gateway_close(struct gateway **gateway);

/* Handles one request (routes.c). */
void gateway_handle(void *context, struct http_request *request);
/* Listens where the configuration wants figures to be shown, and nowhere else (page_figures.c). */
MUST_CHECK bool gateway_show_figures(struct gateway *gateway, struct fault *fault);
/* Whether the hub is reached, as the first account's identity. */
bool gateway_reaches_hub(const struct gateway *gateway);
/* The connection of an account's identity, with its root watched. NULL: its key file cannot be used any more. */
struct hub_link *gateway_link(struct gateway *gateway, const struct account *account);

#endif
