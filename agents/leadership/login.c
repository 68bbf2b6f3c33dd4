#include "login.h"

#include "attempts.h"
#include "journal.h"
#include "json.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TICK_MS = 250, SUMMARY_PATIENCE_MS = 5000, MS_PER_SECOND = 1000 };

/* A request that waits until the hub has said who its identity is. */
struct greeting {
    struct http_request *request;
    struct hub_link *link;
    char account[ACCOUNT_NAME_SIZE];
    int64_t ends_at_s;
    int64_t begun_ms;
    struct greeting *next;
};

struct login {
    struct attempts *attempts;
    struct greeting *greetings;
};

struct login *login_open(void)
{
    struct login *login = calloc(1, sizeof *login);
    if (login != NULL && (login->attempts = attempts_open()) == NULL)
        login_close(&login);
    return login;
}

void login_close(struct login **login)
{
    struct login *closing = *login;
    *login = NULL;
    if (closing == NULL)
        return;
    while (closing->greetings != NULL) {
        struct greeting *greeting = closing->greetings;
        closing->greetings = greeting->next;
        free(greeting);
    }
    attempts_close(&closing->attempts);
    free(closing);
}

static int64_t now_s(const struct gateway *gateway)
{
    return gateway->now_ms / MS_PER_SECOND;
}

static void refuse(struct http_request *request, enum problem_code code)
{
    struct problem problem;
    problem_set(&problem, code, NULL, NULL);
    http_reply_problem(request, &problem);
}

const struct web_session *login_session(struct gateway *gateway, const struct http_request *request)
{
    char id[WEB_SESSION_ID_SIZE];
    if (!web_session_cookie_read(http_header(request, "Cookie"), id))
        return NULL;
    const struct web_session *session = web_sessions_use(gateway->sessions, id, now_s(gateway));
    sodium_memzero(id, sizeof id);
    return session;
}

/* ---- what the page is told ---- */

static json_t *expiry(const struct gateway *gateway, int64_t ends_at_s)
{
    char text[TIMESTAMP_TEXT_SIZE];
    const int64_t at = (int64_t)time(NULL) + ends_at_s - now_s(gateway);
    return timestamp_format(at, 0, text) ? json_string(text) : json_null();
}

static void greet(struct gateway *gateway, const struct greeting *greeting)
{
    const Sanling__V1__Welcome *welcome = hub_link_welcome(greeting->link);
    const json_t *summary = streams_root_summary(gateway->streams, greeting->link);
    const ProtobufCEnumValue *office =
        protobuf_c_enum_descriptor_get_value(&sanling__v1__office__kind__descriptor, (int)welcome->office);
    const char *name = json_string_value(json_object_get(summary, "name"));
    const char *unit = json_string_value(json_object_get(summary, "unit"));
    json_t *session =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:b, s:s, s:{s:b}}", "account", greeting->account, "role",
                  welcome->role, "office", office != NULL ? office->name : "UNSPECIFIED", "unit",
                  unit != NULL ? unit : welcome->unit, "unitName", name != NULL ? name : "", "expiresAt",
                  expiry(gateway, greeting->ends_at_s), "hub", welcome->hub, "demonstration", welcome->demonstration,
                  "gateway", SANLING_VERSION, "features", "article", gateway->config->article != NULL);
    struct content *content = content_from_json(200, session);
    if (content != NULL)
        content->tag[0] = '\0';
    http_set_cache_control(greeting->request, "no-store");
    http_reply(greeting->request, &content);
}

/* true: it was answered. */
static bool try_greeting(struct gateway *gateway, const struct greeting *greeting)
{
    const int64_t waited_ms = gateway->now_ms - greeting->begun_ms;
    if (hub_link_refusal(greeting->link) != NULL) {
        struct problem problem;
        problem_set(&problem, PROBLEM_NOT_PERMITTED, "枢纽不认此账号的密钥。",
                    "The hub does not admit the key of this account.");
        http_reply_problem(greeting->request, &problem);
        return true;
    }
    if (hub_link_connected(greeting->link)) {
        if (streams_root_summary(gateway->streams, greeting->link) == NULL && waited_ms < SUMMARY_PATIENCE_MS)
            return false;
        greet(gateway, greeting);
        return true;
    }
    if (!hub_link_gone(greeting->link, 0))
        return false;
    refuse(greeting->request, PROBLEM_HUB_UNREACHABLE);
    return true;
}

static void start_greeting(struct gateway *gateway, struct http_request *request, const struct web_session *session)
{
    const struct account *account = accounts_find(gateway->config->accounts, session->account);
    struct hub_link *link = account != NULL ? gateway_link(gateway, account) : NULL;
    struct greeting *greeting = link != NULL ? calloc(1, sizeof *greeting) : NULL;
    if (greeting == NULL) {
        refuse(request, PROBLEM_INTERNAL);
        return;
    }
    *greeting = (struct greeting){.request = request,
                                  .link = link,
                                  .ends_at_s = session->ends_at_s,
                                  .begun_ms = gateway->now_ms,
                                  .next = gateway->login->greetings};
    snprintf(greeting->account, sizeof greeting->account, "%s", session->account);
    if (try_greeting(gateway, greeting))
        free(greeting);
    else
        gateway->login->greetings = greeting;
}

int login_tick(struct gateway *gateway)
{
    for (struct greeting **at = &gateway->login->greetings; *at != NULL;) {
        struct greeting *greeting = *at;
        if (!try_greeting(gateway, greeting)) {
            at = &greeting->next;
            continue;
        }
        *at = greeting->next;
        free(greeting);
    }
    return gateway->login->greetings != NULL ? TICK_MS : -1;
}

/* ---- log-in and log-out ---- */

/* Browsers say where a request comes from; what another site made them send is refused. */
static bool is_same_origin(const struct http_request *request)
{
    const char *site = http_header(request, "Sec-Fetch-Site"), *origin = http_header(request, "Origin");
    const char *host = http_header(request, "Host");
    if (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return false;
    const char *named = origin != NULL ? strstr(origin, "://") : NULL;
    return origin == NULL || (named != NULL && host != NULL && strcmp(named + 3, host) == 0);
}

static void set_cookie(const struct gateway *gateway, struct http_request *request, const char *id, int64_t max_age_s)
{
    char cookie[WEB_SESSION_COOKIE_SIZE];
    web_session_cookie_write(cookie, id, max_age_s, gateway->config->has_tls);
    http_add_header(request, "Set-Cookie", cookie);
    sodium_memzero(cookie, sizeof cookie);
}

static void begin(struct gateway *gateway, struct http_request *request, const struct account *account)
{
    char id[WEB_SESSION_ID_SIZE];
    const struct web_session *session = web_sessions_begin(gateway->sessions, account, now_s(gateway), id);
    if (session == NULL) {
        refuse(request, PROBLEM_INTERNAL);
        return;
    }
    set_cookie(gateway, request, id, session->ends_at_s - now_s(gateway));
    sodium_memzero(id, sizeof id);
    journal(JOURNAL_INFO, "account %s: logged in", account->name);
    start_greeting(gateway, request, session);
}

static void verify(struct gateway *gateway, struct http_request *request, const char *name, const char *password)
{
    struct attempt_address from;
    attempt_address_of(http_client(request), &from);
    const unsigned wait_s = attempts_take(gateway->login->attempts, name, &from, gateway->now_ms);
    if (wait_s > 0) {
        struct problem problem;
        problem_set(&problem, PROBLEM_TOO_MANY_ATTEMPTS, NULL, NULL);
        problem.retry_after_s = wait_s;
        http_reply_problem(request, &problem);
        return;
    }
    const struct account *account = accounts_verify(gateway->config->accounts, name, password);
    if (account == NULL) {
        char who[ATTEMPT_TEXT_SIZE];
        attempt_address_text(&from, who);
        /* Not the name: it may be a password that was typed into the wrong field. */
        journal(JOURNAL_WARNING, "a log-in from %s was refused: wrong account or password", who);
        gateway->logins_refused++;
        refuse(request, PROBLEM_BAD_LOGIN);
        return;
    }
    attempts_succeeded(gateway->login->attempts, name, &from);
    begin(gateway, request, account);
}

static void log_in(struct gateway *gateway, struct http_request *request)
{
    size_t size;
    const char *body = http_body(request, &size);
    const char *type = http_header(request, "Content-Type");
    if (type == NULL || strncmp(type, "application/json", strlen("application/json")) != 0) {
        refuse(request, PROBLEM_BAD_QUERY);
        return;
    }
    json_t *json = json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL);
    const char *name = json_string_value(json_object_get(json, "account"));
    const char *password = json_string_value(json_object_get(json, "password"));
    if (name == NULL || password == NULL)
        refuse(request, PROBLEM_BAD_QUERY);
    else
        verify(gateway, request, name, password);
    json_decref(json);
}

static void log_out(struct gateway *gateway, struct http_request *request)
{
    char id[WEB_SESSION_ID_SIZE];
    if (web_session_cookie_read(http_header(request, "Cookie"), id) && web_sessions_end(gateway->sessions, id))
        streams_check_sessions(gateway->streams);
    set_cookie(gateway, request, "", 0);
    http_set_cache_control(request, "no-store");
    http_reply_empty(request, 204);
}

void login_handle(struct gateway *gateway, struct http_request *request)
{
    const enum http_method method = http_method(request);
    const bool changes = method == HTTP_POST || method == HTTP_DELETE;
    if (changes && !is_same_origin(request)) {
        struct problem problem;
        problem_set(&problem, PROBLEM_NOT_PERMITTED, "请求来自别的网站。", "The request comes from another site.");
        http_reply_problem(request, &problem);
        return;
    }
    if (method == HTTP_POST) {
        log_in(gateway, request);
        return;
    }
    if (method == HTTP_DELETE) {
        log_out(gateway, request);
        return;
    }
    const struct web_session *session = login_session(gateway, request);
    if (session == NULL)
        refuse(request, PROBLEM_LOGIN_REQUIRED);
    else
        start_greeting(gateway, request, session);
}
