#include "event_requests.h"

#include "cloud_event.h"
#include "event.pb-c.h"
#include "event_body.h"
#include "journal.h"
#include "json.h"
#include "outbox_requests.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { LOCATION_SIZE = 64, RETRY_AFTER_S = 5, RETRY_SOON_S = 1, MS_PER_S = 1000 };

enum stage { TO_STORE, AWAITS_HUB };

/* One that is in flight. */
struct flight {
    struct http_request *request;
    enum stage stage;
    struct outbox_request stored;
    struct event_body body;
    enum outbox_request_taken taken;
    unsigned wait_s; /* 0: it does not wait for the hub */
    int64_t deadline_ms;
    struct flight *next;
};

struct event_requests {
    struct outbox *outbox;
    struct event_reader *reader;
    struct flight *flights; /* the oldest first */
    size_t count;
    bool failing; /* nothing could be stored last time: said once */
};

struct event_requests *event_requests_open(struct outbox *outbox)
{
    struct event_requests *requests = calloc(1, sizeof *requests);
    if (requests == NULL || (requests->reader = event_reader_open()) == NULL) {
        free(requests);
        return NULL;
    }
    requests->outbox = outbox;
    return requests;
}

static void flight_free(struct flight **flight)
{
    if (*flight != NULL)
        event_body_clear(&(*flight)->body);
    free(*flight);
    *flight = NULL;
}

/* ---- answers ---- */

static void json_release(json_t **json)
{
    json_decref(*json);
    *json = NULL;
}

static const char *outcome_name(enum outbox_outcome outcome)
{
    switch (outcome) {
    case OUTBOX_OUTCOME_WAITING:
        return "WAITING";
    case OUTBOX_OUTCOME_RECORDED:
        return "RECORDED";
    case OUTBOX_OUTCOME_DUPLICATE:
        return "DUPLICATE";
    case OUTBOX_OUTCOME_REJECTED:
        return "REJECTED";
    }
    abort();
}

struct status {
    json_t *events;
    uint64_t counts[OUTBOX_OUTCOME_REJECTED + 1];
    bool failed;
};

static json_t *wide(uint64_t number) /* as canonical JSON writes 64 bits */
{
    return json_sprintf("%" PRIu64, number);
}

static bool add_outcome(const struct outbox_request_event *event, void *context)
{
    struct status *status = context;
    json_t *entry = json_pack("{s:I, s:o, s:s}", "index", (json_int_t)json_array_size(status->events), "sequence",
                              wide(event->sequence), "state", outcome_name(event->outcome));
    status->counts[event->outcome]++;
    if (event->position > 0)
        json_object_set_new(entry, "position", wide(event->position));
    if (event->reason != NULL)
        json_object_update_new(entry, json_pack("{s:s, s:s, s:s}", "code", event->reason->code, "detail",
                                                event->reason->zh, "detailEn", event->reason->en));
    status->failed |= entry == NULL || json_array_append_new(status->events, entry) != 0;
    return !status->failed;
}

static void location_of(const struct outbox_request *request, char location[static LOCATION_SIZE])
{
    snprintf(location, LOCATION_SIZE, "/v1/requests/%s", request->id);
}

/* The status document; NULL: it cannot be made. `counts` may be NULL. */
static json_t *status_document(struct event_requests *requests, const struct outbox_request *request,
                               struct status *counts)
{
    char taken_at[TIMESTAMP_TEXT_SIZE] = "", location[LOCATION_SIZE];
    struct fault fault;
    struct status status = {.events = json_array()};
    if (status.events == NULL || !timestamp_format(request->taken_at_s, 0, taken_at) ||
        !outbox_request_each(requests->outbox, request, add_outcome, &status, &fault) || status.failed) {
        json_decref(status.events);
        return NULL;
    }
    if (counts != NULL)
        *counts = status;
    location_of(request, location);
    const uint64_t recorded = status.counts[OUTBOX_OUTCOME_RECORDED] + status.counts[OUTBOX_OUTCOME_DUPLICATE];
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:o}", "id", request->id, "location", location, "takenAt",
                     taken_at, "count", (json_int_t)request->count, "waiting",
                     (json_int_t)status.counts[OUTBOX_OUTCOME_WAITING], "recorded", (json_int_t)recorded, "rejected",
                     (json_int_t)status.counts[OUTBOX_OUTCOME_REJECTED], "events", status.events);
}

/* 202: nothing in it changes with time, so that a repetition is answered with the same bytes. */
static void reply_accepted(const struct flight *flight)
{
    char location[LOCATION_SIZE];
    location_of(&flight->stored, location);
    http_add_header(flight->request, "Location", location);
    intake_reply(flight->request, 202,
                 json_pack("{s:s, s:s, s:I}", "id", flight->stored.id, "location", location, "count",
                           (json_int_t)flight->stored.count));
}

static void reply_rejected(struct http_request *request, json_t *document, const struct status *status)
{
    struct problem problem;
    char zh[96], en[96];
    snprintf(zh, sizeof zh, "%" PRIu64 " 个事件被拒。", status->counts[OUTBOX_OUTCOME_REJECTED]);
    snprintf(en, sizeof en, "%" PRIu64 " rejected.", status->counts[OUTBOX_OUTCOME_REJECTED]);
    problem_set(&problem, PROBLEM_REJECTED, zh, en);
    json_t *members = json_pack("{s:O, s:O}", "request", json_object_get(document, "id"), "events",
                                json_object_get(document, "events"));
    http_reply_problem_with(request, &problem, members);
    json_decref(document);
}

/* The hub has answered every event. */
static void reply_settled(struct event_requests *requests, const struct flight *flight)
{
    char location[LOCATION_SIZE], applied[32];
    struct status status;
    json_t *document = status_document(requests, &flight->stored, &status);
    if (document == NULL) {
        intake_refuse(flight->request, PROBLEM_INTERNAL, NULL, NULL);
        return;
    }
    location_of(&flight->stored, location);
    snprintf(applied, sizeof applied, "wait=%u", flight->wait_s);
    http_add_header(flight->request, "Location", location);
    http_add_header(flight->request, "Preference-Applied", applied);
    if (status.counts[OUTBOX_OUTCOME_REJECTED] > 0)
        reply_rejected(flight->request, document, &status);
    else
        intake_reply(flight->request, 201, document);
}

/* ---- in flight ---- */

/* Answers a flight that waits, if the hub has answered all of it. */
static bool try_settled(struct event_requests *requests, const struct flight *flight)
{
    uint64_t waiting = 0;
    struct fault fault;
    if (!outbox_request_waiting(requests->outbox, &flight->stored, &waiting, &fault)) {
        intake_refuse(flight->request, PROBLEM_INTERNAL, NULL, NULL);
        return true;
    }
    if (waiting > 0)
        return false;
    reply_settled(requests, flight);
    return true;
}

/* A flight that is stored: answered, unless it waits for the hub. */
static bool try_stored(struct event_requests *requests, struct flight *flight)
{
    event_body_clear(&flight->body);
    if (flight->taken == OUTBOX_REQUEST_OTHER) {
        intake_refuse(flight->request, PROBLEM_KEY_REUSED, NULL, NULL);
        return true;
    }
    flight->stage = AWAITS_HUB;
    if (flight->wait_s > 0)
        return try_settled(requests, flight);
    reply_accepted(flight);
    return true;
}

static bool store_one(struct event_requests *requests, struct flight *flight, struct fault *fault)
{
    const size_t count = flight->body.count;
    struct outbox_content *contents = calloc(count, sizeof *contents);
    if (contents == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    for (size_t i = 0; i < count; i++)
        contents[i] =
            (struct outbox_content){.bytes = flight->body.events[i].content, .size = flight->body.events[i].size};
    const bool stored = outbox_request_take(requests->outbox, &flight->stored, contents, count, &flight->taken, fault);
    free(contents);
    return stored;
}

static bool store_all(struct event_requests *requests, struct fault *fault)
{
    if (!outbox_begin(requests->outbox, fault))
        return false;
    for (struct flight *flight = requests->flights; flight != NULL; flight = flight->next) {
        if (flight->stage == TO_STORE && !store_one(requests, flight, fault)) {
            outbox_rollback(requests->outbox);
            return false;
        }
    }
    return outbox_commit(requests->outbox, fault);
}

/* Calls `end` for each flight; those for which it returns true are answered and gone. */
static bool sweep(struct event_requests *requests, bool (*end)(struct event_requests *, struct flight *, int64_t),
                  int64_t now_ms)
{
    bool any = false;
    for (struct flight **at = &requests->flights; *at != NULL;) {
        struct flight *flight = *at;
        if (!end(requests, flight, now_ms)) {
            at = &flight->next;
            continue;
        }
        *at = flight->next;
        flight_free(&flight);
        requests->count--;
        any = true;
    }
    return any;
}

static bool end_stored(struct event_requests *requests, struct flight *flight, int64_t now_ms)
{
    (void)now_ms;
    return flight->stage == TO_STORE && try_stored(requests, flight);
}

static bool end_not_stored(struct event_requests *requests, struct flight *flight, int64_t now_ms)
{
    (void)requests;
    (void)now_ms;
    if (flight->stage != TO_STORE)
        return false;
    struct problem problem;
    problem_set(&problem, PROBLEM_NOT_STORED, NULL, NULL);
    problem.retry_after_s = RETRY_AFTER_S;
    http_reply_problem(flight->request, &problem);
    return true;
}

static bool end_settled(struct event_requests *requests, struct flight *flight, int64_t now_ms)
{
    (void)now_ms;
    return flight->stage == AWAITS_HUB && try_settled(requests, flight);
}

static bool end_late(struct event_requests *requests, struct flight *flight, int64_t now_ms)
{
    (void)requests;
    if (flight->stage != AWAITS_HUB || now_ms < flight->deadline_ms)
        return false;
    reply_accepted(flight);
    return true;
}

static bool has_to_store(const struct event_requests *requests)
{
    for (const struct flight *flight = requests->flights; flight != NULL; flight = flight->next)
        if (flight->stage == TO_STORE)
            return true;
    return false;
}

void event_requests_step(struct event_requests *requests, int64_t now_ms, bool *answered)
{
    struct fault fault;
    *answered = sweep(requests, end_late, now_ms);
    if (!has_to_store(requests))
        return;
    if (store_all(requests, &fault)) {
        requests->failing = false;
        *answered |= sweep(requests, end_stored, now_ms);
        return;
    }
    if (!requests->failing)
        journal(JOURNAL_ERROR, "http: events are not stored, their senders are told: %s", fault.text);
    requests->failing = true;
    *answered |= sweep(requests, end_not_stored, now_ms);
}

void event_requests_settle(struct event_requests *requests)
{
    sweep(requests, end_settled, 0);
}

void event_requests_close(struct event_requests **requests)
{
    struct event_requests *gone = *requests;
    *requests = NULL;
    if (gone == NULL)
        return;
    sweep(gone, end_not_stored, 0);
    sweep(gone, end_late, INT64_MAX);
    event_reader_close(&gone->reader);
    free(gone);
}

int event_requests_wait_ms(const struct event_requests *requests, int64_t now_ms)
{
    int64_t wait = -1;
    for (const struct flight *flight = requests->flights; flight != NULL; flight = flight->next) {
        int64_t own = flight->stage == TO_STORE ? 0 : flight->deadline_ms - now_ms;
        own = own < 0 ? 0 : own;
        wait = wait < 0 || own < wait ? own : wait;
    }
    return (int)wait;
}

/* ---- POST /v1/events ---- */

struct headers {
    const char *key; /* borrowed from the request */
    unsigned keys;
    json_t *cloud; /* NULL: no ce- header yet */
    bool failed;
};

static bool take_header(void *context, const char *name, const char *value)
{
    struct headers *headers = context;
    if (strcasecmp(name, "Idempotency-Key") == 0) {
        headers->key = value;
        headers->keys++;
    }
    if (strncasecmp(name, "ce-", 3) == 0) {
        headers->cloud = headers->cloud != NULL ? headers->cloud : json_object();
        headers->failed |= headers->cloud == NULL || !cloud_event_add_header(headers->cloud, name + 3, value);
    }
    return true;
}

/* The key, with or without the quotes that its draft standard wants; false: none, several, or no visible text. */
static bool take_key(const struct headers *headers, char key[static OUTBOX_REQUEST_KEY_SIZE])
{
    const char *text = headers->keys == 1 ? headers->key : "";
    size_t size = strlen(text);
    if (size >= 2 && text[0] == '"' && text[size - 1] == '"') {
        text++;
        size -= 2;
    }
    if (size == 0 || size >= OUTBOX_REQUEST_KEY_SIZE)
        return false;
    for (size_t i = 0; i < size; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    memcpy(key, text, size);
    key[size] = '\0';
    return true;
}

/* The seconds of `Prefer: respond-async, wait=10`; a preference that is none counts for nothing (RFC 7240). */
static unsigned wait_of(const char *prefer)
{
    for (const char *at = prefer; at != NULL && *at != '\0'; at += at[0] == ',' ? 1 : 0) {
        at += strspn(at, " \t");
        if (strncasecmp(at, "wait=", 5) == 0 && isdigit((unsigned char)at[5])) {
            const unsigned long seconds = strtoul(at + 5, NULL, 10);
            return seconds < EVENT_REQUESTS_WAIT_S_MAX ? (unsigned)seconds : EVENT_REQUESTS_WAIT_S_MAX;
        }
        at += strcspn(at, ",");
    }
    return 0;
}

/* Which token may send this type. */
static unsigned scopes_for(unsigned payload)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(&sanling__v1__event__descriptor, payload);
    static const ProtobufCMessageDescriptor *const desk[] = {
        &sanling__v1__dispute_opened__descriptor,       &sanling__v1__mediation_channel_selected__descriptor,
        &sanling__v1__mediation_explained__descriptor,  &sanling__v1__consent_recorded__descriptor,
        &sanling__v1__mediation_registered__descriptor, &sanling__v1__mediation_session_held__descriptor,
        &sanling__v1__agreement_reached__descriptor,    &sanling__v1__mediation_ended__descriptor,
        &sanling__v1__agreement_performed__descriptor,  &sanling__v1__agreement_broken__descriptor,
        &sanling__v1__counselling_given__descriptor,    &sanling__v1__legal_aid_offered__descriptor,
        &sanling__v1__sealed_note_added__descriptor};
    if (field->descriptor == &sanling__v1__zero_attested__descriptor)
        return TOKEN_ATTEST;
    for (size_t i = 0; i < sizeof desk / sizeof *desk; i++)
        if (field->descriptor == desk[i])
            return TOKEN_PUBLISH | TOKEN_DESK;
    return TOKEN_PUBLISH;
}

static bool check_scopes(const struct event_body *body, unsigned scopes, struct problem *problem)
{
    char zh[160], en[160];
    for (size_t i = 0; i < body->count; i++) {
        /* A correction says anew what a person confirmed: whoever may not say it may not correct it. */
        const struct read_event *event = &body->events[i];
        const bool may = (scopes_for(event->payload) & scopes) != 0;
        if (may && (event->replacement == 0 || (scopes_for(event->replacement) & scopes) != 0))
            continue;
        const unsigned payload = may ? event->replacement : event->payload;
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(&sanling__v1__event__descriptor, payload);
        const char *type = ((const ProtobufCMessageDescriptor *)field->descriptor)->short_name;
        snprintf(zh, sizeof zh, "第 %zu 个事件（%s）不在令牌的权限之内。", i, type);
        snprintf(en, sizeof en, "Event %zu (%s) is outside the token's scopes.", i, type);
        return problem_set(problem, PROBLEM_SCOPE_MISSING, zh, en);
    }
    return true;
}

static bool read_body(struct event_requests *requests, const struct intake_call *call, const struct headers *headers,
                      struct event_body *body, struct problem *problem)
{
    size_t size;
    const char *bytes = http_body(call->request, &size);
    const struct body_input input = {.content_type = http_header(call->request, "Content-Type"),
                                     .content_encoding = http_header(call->request, "Content-Encoding"),
                                     .cloud = headers->cloud,
                                     .bytes = bytes,
                                     .size = size};
    if (headers->failed)
        return problem_set(problem, PROBLEM_MALFORMED, "某个 ce- 请求头重复、太长或不是 UTF-8。",
                           "A ce- header is there twice, is too long or is no UTF-8.");
    return event_body_read(requests->reader, &input, body, problem) && check_scopes(body, call->scopes, problem);
}

static bool make_flight(struct event_requests *requests, const struct intake_call *call, const struct headers *headers,
                        struct flight *flight, struct problem *problem)
{
    if (!take_key(headers, flight->stored.key))
        return problem_set(problem, PROBLEM_KEY_REQUIRED, NULL, NULL);
    snprintf(flight->stored.sender, sizeof flight->stored.sender, "%s", call->sender);
    flight->request = call->request;
    flight->stored.taken_at_s = (int64_t)time(NULL);
    flight->wait_s = wait_of(http_header(call->request, "Prefer"));
    flight->deadline_ms = call->now_ms + (int64_t)flight->wait_s * MS_PER_S;
    if (!read_body(requests, call, headers, &flight->body, problem))
        return false;
    if (requests->count < EVENT_REQUESTS_IN_FLIGHT_MAX && outbox_pending(requests->outbox) < EVENT_REQUESTS_OUTBOX_MAX)
        return true;
    problem_set(problem, PROBLEM_BUSY, NULL, NULL);
    problem->retry_after_s = RETRY_SOON_S;
    return false;
}

static void add_flight(struct event_requests *requests, struct flight *flight)
{
    struct flight **end = &requests->flights;
    while (*end != NULL)
        end = &(*end)->next;
    *end = flight;
    requests->count++;
}

static void post_events(void *context, struct intake_call *call)
{
    struct event_requests *requests = context;
    struct problem problem = {.code = PROBLEM_INTERNAL};
    struct headers headers = {0};
    CLEANUP(flight_free) struct flight *flight = calloc(1, sizeof *flight);
    http_each_header(call->request, take_header, &headers);
    CLEANUP(json_release) json_t *cloud = headers.cloud;
    if (flight == NULL) {
        intake_refuse(call->request, PROBLEM_INTERNAL, NULL, NULL);
    } else if (make_flight(requests, call, &headers, flight, &problem)) {
        add_flight(requests, flight);
        flight = NULL;
    } else {
        json_t *errors =
            flight->body.flaw_count > 0 ? json_pack("{s:o}", "errors", event_body_errors(&flight->body)) : NULL;
        http_reply_problem_with(call->request, &problem, errors);
    }
    (void)cloud;
}

/* ---- GET /v1/requests/ID ---- */

static void get_request(void *context, struct intake_call *call)
{
    struct event_requests *requests = context;
    struct outbox_request request;
    struct fault fault;
    bool found;
    if (!outbox_request_find(requests->outbox, call->item, &request, &found, &fault)) {
        intake_refuse(call->request, PROBLEM_INTERNAL, NULL, NULL);
        return;
    }
    const bool own = found && strcmp(request.sender, call->sender) == 0;
    json_t *document =
        own || (found && (call->scopes & TOKEN_READ) != 0) ? status_document(requests, &request, NULL) : NULL;
    if (document != NULL)
        intake_reply(call->request, 200, document);
    else
        intake_refuse(call->request, own ? PROBLEM_INTERNAL : PROBLEM_NOT_FOUND, NULL, NULL);
}

struct intake_routes event_requests_routes(struct event_requests *requests)
{
    static const struct intake_route routes[] = {
        {.method = HTTP_POST,
         .pattern = "/v1/events",
         .scopes = TOKEN_PUBLISH | TOKEN_DESK | TOKEN_ATTEST,
         .handle = post_events},
        {.method = HTTP_GET,
         .pattern = "/v1/requests/{id}",
         .scopes = TOKEN_PUBLISH | TOKEN_DESK | TOKEN_ATTEST | TOKEN_READ,
         .handle = get_request},
    };
    return (struct intake_routes){.routes = routes, .count = sizeof routes / sizeof *routes, .context = requests};
}
