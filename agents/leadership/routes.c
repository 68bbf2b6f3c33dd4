/* Which address is what. */
#include "documents.h"
#include "exports.h"
#include "gateway.h"
#include "login.h"
#include "openapi.h"
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A document's address; one part may be `*`, the document's item. */
static const struct {
    const char *pattern;
    const struct document_kind *kind;
} documents[] = {
    {"/v1/overview", &overview_kind},     {"/v1/summary", &summary_kind},
    {"/v1/status", &status_kind},         {"/v1/tree", &tree_kind},
    {"/v1/units/*", &unit_kind},          {"/v1/units/*/days", &unit_days_kind},
    {"/v1/matters", &matters_kind},       {"/v1/matters/*", &matter_kind},
    {"/v1/campaigns", &campaigns_kind},   {"/v1/discrepancies", &discrepancies_kind},
    {"/v1/attention/*", &attention_kind}, {"/v1/figures/*", &figure_kind},
    {"/v1/events", &events_kind},         {"/v1/events/*", &event_kind},
    {"/v1/trends", &trends_kind},         {"/v1/difference", &difference_kind},
    {"/v1/catalogue", &catalogue_kind},   {"/v1/policy", &policy_kind},
    {"/v1/search", &search_kind},
};

static void refuse(struct http_request *request, enum problem_code code)
{
    struct problem problem;
    problem_set(&problem, code, NULL, NULL);
    http_reply_problem(request, &problem);
}

/* Does the path fit? `item` gets what stands for `*`. */
static bool fits(const char *pattern, const char *path, char item[static PARAMETER_SIZE])
{
    item[0] = '\0';
    while (*pattern != '\0') {
        if (*pattern != '*') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        const size_t size = strcspn(path, "/");
        if (size == 0 || size >= PARAMETER_SIZE)
            return false;
        memcpy(item, path, size);
        item[size] = '\0';
        path += size;
        pattern++;
    }
    return *path == '\0';
}

static const struct document_kind *find_kind(const char *path, char item[static PARAMETER_SIZE])
{
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        if (fits(documents[i].pattern, path, item))
            return documents[i].kind;
    return NULL;
}

static const char *look(const void *context, const char *name)
{
    return http_argument(context, name);
}

static void take_document(void *waiter, struct content *content, const struct problem *problem)
{
    if (content != NULL)
        http_reply(waiter, &content);
    else
        http_reply_problem(waiter, problem);
}

static void handle_document(struct gateway *gateway, struct http_request *request, const struct document_kind *kind,
                            const char *item, struct hub_link *link)
{
    struct problem problem;
    struct parameters parameters;
    http_set_cache_control(request, "private, no-cache");
    if (!parameters_take(&parameters, kind->accepts, item[0] != '\0' ? item : NULL, look, request, &problem)) {
        parameters_clear(&parameters);
        http_reply_problem(request, &problem);
        return;
    }
    document_cache_ask(gateway->documents, kind, link, &parameters, take_document, request);
}

static void handle_stream(struct gateway *gateway, struct http_request *request, struct hub_link *link,
                          const struct web_session *session)
{
    const char *unit = http_argument(request, "unit");
    const Sanling__V1__Welcome *welcome = hub_link_welcome(link);
    if (unit == NULL || (welcome != NULL && strcmp(unit, welcome->unit) == 0))
        unit = ""; /* the root is watched anyhow */
    if (strlen(unit) >= PARAMETER_SIZE || wire_check_text(unit, strlen(unit)) != WIRE_OK)
        refuse(request, PROBLEM_UNKNOWN_UNIT);
    else
        streams_add(gateway->streams, request, link, unit, session, gateway->now_ms);
}

/* What needs a session. */
static void handle_private(struct gateway *gateway, struct http_request *request)
{
    char item[PARAMETER_SIZE];
    const char *path = http_path(request);
    const struct document_kind *kind = find_kind(path, item);
    const bool stream = strcmp(path, "/v1/stream") == 0;
    const bool article = strcmp(path, "/v1/article") == 0;
    const char *export = strncmp(path, "/v1/export/", 11) == 0 ? path + 11 : NULL;
    const struct web_session *session = login_session(gateway, request);
    if (session == NULL) {
        refuse(request, PROBLEM_LOGIN_REQUIRED);
        return;
    }
    if (kind == NULL && !stream && !article && export == NULL) {
        refuse(request, PROBLEM_NOT_FOUND);
        return;
    }
    const struct account *account = accounts_find(gateway->config->accounts, session->account);
    struct hub_link *link = account != NULL ? gateway_link(gateway, account) : NULL;
    if (link == NULL)
        refuse(request, account == NULL ? PROBLEM_LOGIN_REQUIRED : PROBLEM_INTERNAL);
    else if (stream)
        handle_stream(gateway, request, link, session);
    else if (article)
        article_handle(gateway, request, link);
    else if (export != NULL)
        exports_handle(gateway, request, export, link, session);
    else
        handle_document(gateway, request, kind, item, link);
}

/* ---- what everybody may see ---- */

static void reply_json(struct http_request *request, unsigned status, json_t *json)
{
    struct content *content = content_from_json(status, json);
    http_reply(request, &content);
}

/* Ready: the hub of the first account's identity is reached. */
static void handle_ready(struct gateway *gateway, struct http_request *request)
{
    (void)gateway_link(gateway, accounts_at(gateway->config->accounts, 0)); /* reached for, if it was not yet */
    const bool ready = gateway_reaches_hub(gateway);
    http_set_cache_control(request, "no-store");
    reply_json(request, ready ? 200 : 503, json_pack("{s:b}", "ready", ready));
}

static void handle_health(struct http_request *request)
{
    http_set_cache_control(request, "no-store");
    reply_json(request, 200, json_pack("{s:b}", "alive", 1));
}

static void handle_file(struct gateway *gateway, struct http_request *request)
{
    if (!static_files_reply(gateway->files, request, http_path(request)))
        refuse(request, PROBLEM_NOT_FOUND);
}

static bool is_api(const char *path)
{
    return strncmp(path, "/v1/", 4) == 0 || strcmp(path, "/v1") == 0;
}

static void handle_get(struct gateway *gateway, struct http_request *request)
{
    const char *path = http_path(request);
    if (strcmp(path, "/healthz") == 0)
        handle_health(request);
    else if (strcmp(path, "/readyz") == 0)
        handle_ready(gateway, request);
    else if (strcmp(path, "/v1/problems") == 0)
        reply_json(request, 200, problem_catalogue(PROBLEM_OF_PAGE));
    else if (strcmp(path, "/v1/openapi.json") == 0)
        reply_json(request, 200, openapi_document());
    else if (is_api(path))
        handle_private(gateway, request);
    else
        handle_file(gateway, request);
}

static bool takes(const char *path, enum http_method method)
{
    if (strcmp(path, "/v1/session") == 0)
        return method != HTTP_OTHER;
    return method == HTTP_GET || method == HTTP_HEAD;
}

void gateway_handle(void *context, struct http_request *request)
{
    struct gateway *gateway = context;
    const char *path = http_path(request);
    if (http_too_large(request)) {
        refuse(request, PROBLEM_TOO_LARGE);
    } else if (!takes(path, http_method(request))) {
        http_add_header(request, "Allow", strcmp(path, "/v1/session") == 0 ? "GET, HEAD, POST, DELETE" : "GET, HEAD");
        refuse(request, PROBLEM_METHOD_NOT_ALLOWED);
    } else if (strcmp(path, "/v1/session") == 0) {
        login_handle(gateway, request);
    } else {
        handle_get(gateway, request);
    }
}
