#include "intake.h"

#include "event_body.h"
#include "event_requests.h"
#include "intake_openapi.h"
#include "journal.h"
#include "rate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RETRY_SOON_S = 1, SUMMARY_MS = 60000, SHORT_LIFE_DAYS = 30 };

struct intake {
    struct office *office;
    struct listen_address address;
    struct listen_tls tls;
    bool has_tls;
    struct tokens *tokens;
    bool tokens_failing; /* said once */
    struct rate *rate;
    struct event_requests *requests;
    struct http *http;
    struct intake_routes routes[INTAKE_ROUTES_MAX];
    size_t route_count;
    struct content *openapi; /* made when first asked for: everybody may ask, and making it costs */
    bool hub_reached;
    int64_t now_ms;
    uint64_t served, refused; /* since the last line of the journal */
    int64_t said_ms;
};

/* ---- answers ---- */

void intake_reply(struct http_request *request, unsigned status, json_t *json)
{
    struct content *content = content_from_json(status, json);
    if (content != NULL)
        content->tag[0] = '\0';
    http_set_cache_control(request, "no-store");
    http_reply(request, &content);
}

void intake_refuse(struct http_request *request, enum problem_code code, const char *detail, const char *detail_en)
{
    struct problem problem;
    problem_set(&problem, code, detail, detail_en);
    http_reply_problem(request, &problem);
}

static void refuse_for_now(struct http_request *request, enum problem_code code)
{
    struct problem problem;
    problem_set(&problem, code, NULL, NULL);
    problem.retry_after_s = RETRY_SOON_S;
    http_reply_problem(request, &problem);
}

/* ---- its own routes ---- */

static void get_health(void *context, struct intake_call *call)
{
    (void)context;
    intake_reply(call->request, 200, json_pack("{s:b}", "alive", 1));
}

/* Ready: events are taken, be the hub there or not. */
static void get_ready(void *context, struct intake_call *call)
{
    const struct intake *intake = context;
    const bool ready = !intake->tokens_failing && tokens_count(intake->tokens) > 0;
    intake_reply(call->request, ready ? 200 : 503,
                 json_pack("{s:b, s:b, s:I}", "ready", ready, "hub", intake->hub_reached, "waiting",
                           (json_int_t)outbox_pending(intake->office->outbox)));
}

static void get_openapi(void *context, struct intake_call *call)
{
    struct intake *intake = context;
    if (intake->openapi == NULL)
        intake->openapi = content_from_json(200, intake_openapi_document());
    struct content *content = intake->openapi == NULL ? NULL : content_use(intake->openapi);
    http_reply(call->request, &content);
}

static void get_problems(void *context, struct intake_call *call)
{
    (void)context;
    intake_reply(call->request, 200, problem_catalogue(PROBLEM_OF_AGENT));
}

struct intake_routes intake_own_routes(struct intake *intake)
{
    static const struct intake_route routes[] = {
        {.method = HTTP_GET, .pattern = "/healthz", .handle = get_health},
        {.method = HTTP_GET, .pattern = "/readyz", .handle = get_ready},
        {.method = HTTP_GET, .pattern = "/v1/openapi.json", .handle = get_openapi},
        {.method = HTTP_GET, .pattern = "/v1/problems", .handle = get_problems},
    };
    return (struct intake_routes){.routes = routes, .count = sizeof routes / sizeof *routes, .context = intake};
}

/* ---- which route ---- */

/* `item` gets what stands for the pattern's last {name}; false: the path does not fit. */
static bool fits(const char *pattern, const char *path, char item[static INTAKE_ITEM_SIZE])
{
    item[0] = '\0';
    for (; *pattern != '\0'; pattern++) {
        if (*pattern != '{') {
            if (*pattern != *path++)
                return false;
            continue;
        }
        pattern += strcspn(pattern, "}");
        const bool all = pattern[-1] == '.';
        const size_t size = all ? strlen(path) : strcspn(path, "/");
        if (size == 0 || size >= INTAKE_ITEM_SIZE)
            return false;
        memcpy(item, path, size);
        item[size] = '\0';
        path += size;
    }
    return *path == '\0';
}

static bool takes(const struct intake_route *route, enum http_method method)
{
    return route->method == method || (route->method == HTTP_GET && method == HTTP_HEAD);
}

static const char *method_name(enum http_method method)
{
    switch (method) {
    case HTTP_GET:
        return "GET, HEAD";
    case HTTP_HEAD:
        return "HEAD";
    case HTTP_POST:
        return "POST";
    case HTTP_DELETE:
        return "DELETE";
    case HTTP_OTHER:
        return "";
    }
    abort();
}

/* What a path leads to. */
struct finding {
    const struct intake_route *route; /* NULL: none for this method */
    void *context;
    char allowed[64]; /* the methods of those that fit; "": none does */
};

static void find_route(const struct intake *intake, const struct http_request *request, struct finding *finding,
                       char item[static INTAKE_ITEM_SIZE])
{
    *finding = (struct finding){.route = NULL};
    for (size_t i = 0; i < intake->route_count; i++) {
        const struct intake_routes *table = &intake->routes[i];
        for (size_t j = 0; j < table->count; j++) {
            const struct intake_route *route = &table->routes[j];
            if (!fits(route->pattern, http_path(request), item))
                continue;
            if (takes(route, http_method(request))) {
                finding->route = route;
                finding->context = table->context;
                return;
            }
            const size_t used = strlen(finding->allowed);
            snprintf(finding->allowed + used, sizeof finding->allowed - used, "%s%s", used > 0 ? ", " : "",
                     method_name(route->method));
        }
    }
}

/* ---- who may ---- */

/* The token that the request comes with, read anew if the file changed; NULL: none. */
static const struct token *token_of(struct intake *intake, const struct http_request *request)
{
    struct fault fault;
    if (tokens_refresh(intake->tokens, &fault)) {
        if (intake->tokens_failing)
            journal(JOURNAL_NOTICE, "http: %s is read again: %zu tokens", intake->office->config->http.tokens,
                    tokens_count(intake->tokens));
        intake->tokens_failing = false;
        return tokens_find(intake->tokens, http_header(request, "Authorization"));
    }
    if (!intake->tokens_failing)
        journal(JOURNAL_ERROR, "http: nobody is admitted until this is mended: %s", fault.text);
    intake->tokens_failing = true;
    return NULL;
}

/* Before the body comes: it is kept for nobody who may not send it. */
static bool takes_body(void *context, const struct http_request *request)
{
    struct intake *intake = context;
    struct finding finding;
    char item[INTAKE_ITEM_SIZE];
    find_route(intake, request, &finding, item);
    if (finding.route == NULL || finding.route->scopes == 0)
        return finding.route != NULL;
    const struct token *token = token_of(intake, request);
    return token != NULL && (token->scopes & finding.route->scopes) != 0;
}

/* Whether the token may use the route, now; else it is answered. */
static bool is_admitted(struct intake *intake, struct http_request *request, const struct intake_route *route,
                        const struct token *token)
{
    if (token == NULL) {
        http_add_header(request, "WWW-Authenticate", "Bearer realm=\"sanling\"");
        intake_refuse(request, intake->tokens_failing ? PROBLEM_INTERNAL : PROBLEM_TOKEN_REQUIRED, NULL, NULL);
        return false;
    }
    if ((token->scopes & route->scopes) == 0) {
        intake_refuse(request, PROBLEM_SCOPE_MISSING, NULL, NULL);
        return false;
    }
    if (rate_allows(intake->rate, token->name, intake->now_ms))
        return true;
    refuse_for_now(request, PROBLEM_TOO_MANY_REQUESTS);
    return false;
}

static bool is_right_size(struct http_request *request)
{
    if (http_no_room(request))
        refuse_for_now(request, PROBLEM_BUSY);
    else if (http_too_large(request))
        intake_refuse(request, PROBLEM_BODY_TOO_LARGE, NULL, NULL);
    return !http_no_room(request) && !http_too_large(request);
}

static void handle(void *context, struct http_request *request)
{
    struct intake *intake = context;
    struct finding finding;
    struct intake_call call = {.request = request, .sender = "", .now_ms = intake->now_ms};
    char name[TOKEN_NAME_SIZE];
    find_route(intake, request, &finding, call.item);
    intake->served++;
    if (finding.route == NULL) {
        if (finding.allowed[0] != '\0')
            http_add_header(request, "Allow", finding.allowed);
        intake_refuse(request, finding.allowed[0] != '\0' ? PROBLEM_METHOD_NOT_ALLOWED : PROBLEM_NOT_FOUND, NULL, NULL);
        return;
    }
    if (finding.route->scopes != 0) {
        const struct token *token = token_of(intake, request);
        if (!is_admitted(intake, request, finding.route, token)) {
            intake->refused++;
            return;
        }
        snprintf(name, sizeof name, "%s", token->name);
        call.sender = name;
        call.scopes = token->scopes;
    }
    if (is_right_size(request))
        finding.route->handle(finding.context, &call);
}

bool intake_add_routes(struct intake *intake, const struct intake_routes *routes)
{
    if (intake->route_count == INTAKE_ROUTES_MAX)
        return false;
    intake->routes[intake->route_count++] = *routes;
    return true;
}

const char *intake_address(const struct intake *intake)
{
    return http_address(intake->http);
}

/* ---- the part ---- */

static int descriptor(const void *self)
{
    return http_fd(((const struct intake *)self)->http);
}

static int wait_ms(const void *self, int64_t now_ms)
{
    const struct intake *intake = self;
    const int http = http_wait_ms(intake->http), requests = event_requests_wait_ms(intake->requests, now_ms);
    return http < 0 ? requests : requests < 0 || http < requests ? http : requests;
}

/* One line a minute at most, and none where nothing came. */
static void say_what_came(struct intake *intake)
{
    if (intake->served == 0 || intake->now_ms - intake->said_ms < SUMMARY_MS)
        return;
    journal(JOURNAL_INFO, "http: %" PRIu64 " requests, %" PRIu64 " without a token that admits them", intake->served,
            intake->refused);
    intake->served = 0;
    intake->refused = 0;
    intake->said_ms = intake->now_ms;
}

static bool step(void *self, int64_t now_ms, struct fault *fault)
{
    struct intake *intake = self;
    bool answered;
    (void)fault;
    intake->now_ms = now_ms;
    http_run(intake->http);
    event_requests_step(intake->requests, now_ms, &answered);
    if (answered)
        http_run(intake->http);
    say_what_came(intake);
    return true;
}

static bool hear(void *self, const struct sanling_happening *happening, struct fault *fault)
{
    struct intake *intake = self;
    (void)fault;
    if (happening->kind == SANLING_CONNECTED || happening->kind == SANLING_DISCONNECTED)
        intake->hub_reached = happening->kind == SANLING_CONNECTED;
    if (happening->kind == SANLING_OUTCOME)
        event_requests_settle(intake->requests);
    return true;
}

static void close_intake(void *self)
{
    struct intake *intake = self;
    event_requests_close(&intake->requests); /* answers who waits, so before the server ends */
    http_close(&intake->http);
    tokens_close(&intake->tokens);
    rate_close(&intake->rate);
    content_release(&intake->openapi);
    listen_tls_clear(&intake->tls);
    intake->office->intake = NULL;
    free(intake);
}

/* Reads what the configuration names. */
static bool read_settings(const struct http_config *config, struct intake *intake, struct fault *fault)
{
    intake->has_tls = config->tls_certificate != NULL;
    if (!listen_address_parse(config->listen, &intake->address, fault) ||
        !listen_allowed(&intake->address, intake->has_tls, fault))
        return false;
    if (intake->has_tls && !listen_tls_read(config->tls_certificate, config->tls_key, &intake->tls, fault))
        return false;
    intake->tokens = tokens_open(config->tokens, fault);
    return intake->tokens != NULL;
}

bool intake_check(const struct http_config *config, struct fault *fault)
{
    struct intake intake = {.office = NULL};
    if (config->listen == NULL)
        return true;
    struct fault cause;
    const bool right = read_settings(config, &intake, &cause);
    tokens_close(&intake.tokens);
    listen_tls_clear(&intake.tls);
    return right || fault_set(fault, cause.code, "http: %.490s", cause.text);
}

static bool open_server(struct intake *intake, struct fault *fault)
{
    const struct http_config *config = &intake->office->config->http;
    intake->rate = rate_open(config->requests_per_second);
    intake->requests = event_requests_open(intake->office->outbox);
    if (intake->rate == NULL || intake->requests == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    intake->routes[0] = intake_own_routes(intake);
    intake->routes[1] = event_requests_routes(intake->requests);
    intake->route_count = 2;
    intake->http = http_open(&(struct http_options){.address = &intake->address,
                                                    .tls = intake->has_tls ? &intake->tls : NULL,
                                                    .connections = config->connections,
                                                    .body_max = EVENT_BODY_SIZE_MAX,
                                                    .bodies_max = INTAKE_BODIES_MAX,
                                                    .takes_body = takes_body,
                                                    .handle = handle,
                                                    .context = intake},
                             fault);
    return intake->http != NULL;
}

bool intake_open(struct office *office, struct part *part, struct fault *fault)
{
    static const struct part_ops ops = {
        .descriptor = descriptor, .wait_ms = wait_ms, .step = step, .hear = hear, .close = close_intake};
    if (office->config->http.listen == NULL || office->once)
        return true;
    struct intake *intake = calloc(1, sizeof *intake);
    if (intake == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    intake->office = office;
    if (!read_settings(&office->config->http, intake, fault) || !open_server(intake, fault)) {
        close_intake(intake);
        return false;
    }
    office->intake = intake;
    *part = (struct part){.ops = &ops, .self = intake};
    journal(JOURNAL_NOTICE, "http: events are taken at %s/v1/events from %zu tokens", http_address(intake->http),
            tokens_count(intake->tokens));
    if (intake->has_tls && listen_tls_days_left(&intake->tls, (int64_t)time(NULL)) < SHORT_LIFE_DAYS)
        journal(JOURNAL_WARNING, "http: the certificate %s ends in %" PRId64 " days",
                office->config->http.tls_certificate, listen_tls_days_left(&intake->tls, (int64_t)time(NULL)));
    return true;
}
