/* The HTTP server of an office agent: a part of its loop, opened where the configuration has `http:`. Its own routes
 * take events into the outbox and tell what became of them (event_requests.h); other parts of the agent add theirs:
 *
 *     static const struct intake_route routes[] = {
 *         {.method = HTTP_GET, .pattern = "/desk", .handle = show_page},
 *         {.method = HTTP_GET, .pattern = "/desk/assets/{file...}", .handle = show_file},
 *         {.method = HTTP_POST, .pattern = "/v1/desk/sealed", .scopes = TOKEN_DESK, .handle = seal},
 *     };
 *     bool desk_open(struct office *office, struct part *part, struct fault *fault)
 *     {
 *         ...
 *         if (office->intake != NULL)     the opener stands behind intake_open in agent_parts.c
 *             intake_add_routes(office->intake, &(struct intake_routes){.routes = routes, .count = 3, .context =
 * desk});
 *
 * What the server does before a handler is called: the token, its scopes and its rate; the sizes; 404 and 405. A
 * handler answers with http_reply… of http.h or with the two below, now, or later from its part's own step, and never
 * waits. */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "http.h"
#include "part.h"
#include "tokens.h"

#include <jansson.h>

enum {
    INTAKE_BODIES_MAX = 64 * 1024 * 1024, /* all that are held at once */
    INTAKE_ROUTES_MAX = 8,                /* tables of routes */
    INTAKE_ITEM_SIZE = 256
};

/* A request as its handler sees it; borrowed for the call, but for `request`. */
struct intake_call {
    struct http_request *request;
    const char *sender;          /* the token's name; "" on a route that needs none */
    unsigned scopes;             /* the token's */
    char item[INTAKE_ITEM_SIZE]; /* what stands for the pattern's {name}, the last one */
    int64_t now_ms;              /* monotonic */
};

struct intake_route {
    enum http_method method; /* HTTP_GET takes HEAD, too */
    const char *pattern;     /* `{name}` is one part of a path, `{name...}` at its end all that follows */
    unsigned scopes;         /* enum token_scope: one of them is needed; 0: open to everybody who reaches the address */
    void (*handle)(void *context, struct intake_call *call);
};

/* `routes` lives for ever, `context` until its part is closed: parts are closed from the last to the first, and the
 * server calls no handler while it ends. What a part keeps waiting it answers before it is closed. */
struct intake_routes {
    const struct intake_route *routes;
    size_t count;
    void *context;
};

struct intake;

/* The part; office->intake is the server from then on. Not opened for a run that ends when the folder is done. */
bool intake_open(struct office *office, struct part *part, struct fault *fault);
/* FAULT_USAGE if the configuration's `http:` could not be opened, for --check: address, certificate, tokens. Opens no
 * socket. */
MUST_CHECK bool intake_check(const struct http_config *config, struct fault *fault);

/* Earlier tables come first. false: there are INTAKE_ROUTES_MAX. */
MUST_CHECK bool intake_add_routes(struct intake *intake, const struct intake_routes *routes);
/* Its own but for those of event_requests.h, for who compares them with their description; NULL is fine for that. */
struct intake_routes intake_own_routes(struct intake *intake);
/* Where it listens: "http://127.0.0.1:7391". */
const char *intake_address(const struct intake *intake);

/* Answers with JSON that is not kept by anybody; takes the reference. */
void intake_reply(struct http_request *request, unsigned status, json_t *json);
/* Answers with a problem; NULL details: none. */
void intake_refuse(struct http_request *request, enum problem_code code, const char *detail, const char *detail_en);

#endif
