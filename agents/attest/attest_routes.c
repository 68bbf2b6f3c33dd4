#include "attest_routes.h"

#include "attest_statement.h"
#include "query.pb-c.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WAITS_MAX = 16,   /* requests that wait for the hub */
    WAIT_MS = 10000,  /* for one answer of it */
    ASKED_SIZE = 512, /* what a person confirmed, in words */
    RETRY_AFTER_S = 5
};

enum wait_kind { WAITS_FOR_LIST, WAITS_FOR_UNITS, GATHERS_LIST, GATHERS_UNITS };

/* A request that waits for an answer of the hub. */
struct wait {
    struct http_request *request; /* NULL: a free place */
    enum wait_kind kind;
    uint32_t question;
    int64_t until_ms;
    /* Of a confirming: */
    char key[CONFIRMATION_KEY_MAX + 1];
    char asked[ASKED_SIZE];
    char role[ATTEST_ROLE_MAX + 1];
    char unit[20];
    Sanling__V1__Zero__Kind zero;
    Sanling__V1__Attestation__Basis basis;
    char from_day[11];
    uint32_t units_seen;            /* that the person was shown */
    char shown[ATTEST_DIGEST_SIZE]; /* which ones; "": it was not said */
    uint32_t units_taken;
    struct attest_statement statement;
};

struct attest_routes {
    const struct office *office;
    struct wait waits[WAITS_MAX];
};

static void json_release(json_t **json)
{
    json_decref(*json);
    *json = NULL;
}

/* ---- waiting ---- */

static void end_wait(struct wait *wait)
{
    attest_statement_clear(&wait->statement);
    *wait = (struct wait){0};
}

static void refuse_wait(struct wait *wait, enum problem_code code, const char *detail, const char *detail_en)
{
    intake_refuse(wait->request, code, detail, detail_en);
    end_wait(wait);
}

/* A place for the request; NULL: too many wait, and it was told so. */
static struct wait *begin_wait(struct attest_routes *routes, const struct intake_call *call, enum wait_kind kind)
{
    for (size_t i = 0; i < WAITS_MAX; i++) {
        struct wait *wait = &routes->waits[i];
        if (wait->request != NULL)
            continue;
        *wait = (struct wait){.request = call->request, .kind = kind, .until_ms = call->now_ms + WAIT_MS};
        return wait;
    }
    http_reply_problem(call->request, &(struct problem){.code = PROBLEM_BUSY, .retry_after_s = RETRY_AFTER_S});
    return NULL;
}

static bool take_word(const ProtobufCEnumDescriptor *words, const char *text, int *value)
{
    const ProtobufCEnumValue *found = text == NULL ? NULL : protobuf_c_enum_descriptor_get_value_by_name(words, text);
    *value = found == NULL ? 0 : found->value;
    return *value != 0;
}

/* Asks the hub; a question that cannot be put ends the wait. */
static void ask(const struct attest_routes *routes, struct wait *wait, Sanling__V1__AttestationsDueQuery *due)
{
    struct sanling_error error;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_ATTESTATIONS_DUE;
    query.attestations_due = due;
    due->unit = wait->unit;
    if (!sanling_connected(routes->office->hub) || !sanling_ask(routes->office->hub, &query, &wait->question, &error))
        refuse_wait(wait, PROBLEM_HUB_UNREACHABLE, NULL, NULL);
}

static void ask_for_list(const struct attest_routes *routes, struct wait *wait)
{
    Sanling__V1__AttestationsDueQuery due = SANLING__V1__ATTESTATIONS_DUE_QUERY__INIT;
    ask(routes, wait, &due);
}

static void ask_for_units(const struct attest_routes *routes, struct wait *wait)
{
    Sanling__V1__AttestationsDueQuery due = SANLING__V1__ATTESTATIONS_DUE_QUERY__INIT;
    due.zero = wait->zero;
    due.from_day = wait->from_day;
    due.after = wait->units_taken;
    ask(routes, wait, &due);
}

/* ---- routes ---- */

static bool take_unit(struct wait *wait, const char *unit)
{
    return unit == NULL ||
           (strlen(unit) < sizeof wait->unit && snprintf(wait->unit, sizeof wait->unit, "%s", unit) > 0);
}

static void show_due(void *context, struct intake_call *call)
{
    struct attest_routes *routes = context;
    struct wait *wait = begin_wait(routes, call, WAITS_FOR_LIST);
    if (wait == NULL)
        return;
    if (take_unit(wait, http_argument(call->request, "unit")))
        ask_for_list(routes, wait);
    else
        refuse_wait(wait, PROBLEM_BAD_QUERY, "unit 不是单位编码。", "unit is no unit code.");
}

static bool take_period(struct wait *wait, const char *zero, const char *from_day)
{
    int number;
    if (!take_word(&sanling__v1__zero__kind__descriptor, zero, &number) || from_day == NULL ||
        strlen(from_day) >= sizeof wait->from_day)
        return false;
    wait->zero = (Sanling__V1__Zero__Kind)number;
    snprintf(wait->from_day, sizeof wait->from_day, "%s", from_day);
    return true;
}

static void show_units(void *context, struct intake_call *call)
{
    struct attest_routes *routes = context;
    struct wait *wait = begin_wait(routes, call, WAITS_FOR_UNITS);
    if (wait == NULL)
        return;
    const char *after = http_argument(call->request, "after");
    char *end = NULL;
    const unsigned long taken = after == NULL ? 0 : strtoul(after, &end, 10);
    if (!take_unit(wait, http_argument(call->request, "unit")) ||
        !take_period(wait, http_argument(call->request, "zero"), http_argument(call->request, "from")) ||
        taken > UINT32_MAX || (end != NULL && *end != '\0')) {
        refuse_wait(wait, PROBLEM_BAD_QUERY,
                    "要有 zero（PETITION、ACCIDENT、CASE）、from（期间第一天）；after 是数字。",
                    "zero (PETITION, ACCIDENT, CASE) and from, the period's first day, are wanted; after is a number.");
        return;
    }
    wait->units_taken = (uint32_t)taken;
    ask_for_units(routes, wait);
}

/* What became of a statement, as a document. */
static bool reply_state(const struct attest_routes *routes, struct http_request *request, const char *key)
{
    struct fault fault;
    struct confirmation_state state;
    if (!confirmations_state(routes->office->outbox, key, &state, &fault)) {
        intake_refuse(request, PROBLEM_NOT_STORED, NULL, NULL);
        return true;
    }
    if (state.parts == 0)
        return false;
    char position[24];
    snprintf(position, sizeof position, "%" PRIu64, state.position);
    json_t *json = json_pack("{s:s, s:i, s:i, s:i, s:i, s:s, s:s, s:s, s:s}", "state",
                             state.rejected > 0  ? "REJECTED"
                             : state.waiting > 0 ? "WAITING"
                                                 : "RECORDED",
                             "events", (int)state.parts, "recorded", (int)state.recorded, "waiting", (int)state.waiting,
                             "rejected", (int)state.rejected, "position", position, "code", state.reason.code, "text",
                             state.reason.zh, "textEn", state.reason.en);
    intake_reply(request, state.waiting > 0 ? 202 : 200, json);
    return true;
}

/* The statement's key, of visible ASCII and no part of a path: a token's own keys do not meet another's. */
static bool take_key(const struct intake_call *call, const char *given, char key[static CONFIRMATION_KEY_MAX + 1])
{
    for (const char *at = given; at != NULL && *at != '\0'; at++)
        if (*at < '!' || *at > '~' || *at == '/')
            return false;
    return given != NULL && given[0] != '\0' &&
           snprintf(key, CONFIRMATION_KEY_MAX + 1, "http:%s:%s", call->sender, given) <= CONFIRMATION_KEY_MAX;
}

static void show_state(void *context, struct intake_call *call)
{
    const struct attest_routes *routes = context;
    char key[CONFIRMATION_KEY_MAX + 1];
    if (!take_key(call, call->item, key) || !reply_state(routes, call->request, key))
        intake_refuse(call->request, PROBLEM_NOT_FOUND, NULL, NULL);
}

/* The body: {"zero", "fromDay", "basis", "role", "units", "shown"?, "unit"?}. */
static bool take_confirmation(struct wait *wait, const struct intake_call *call)
{
    size_t size;
    const char *body = http_body(call->request, &size);
    const char *zero = NULL;
    const char *from_day = NULL;
    const char *basis = NULL;
    const char *role = NULL;
    const char *unit = NULL;
    const char *shown = "";
    int units = 0;
    int number;
    CLEANUP(json_release) json_t *json = json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL);
    if (json == NULL ||
        json_unpack(json, "{s:s, s:s, s:s, s:s, s:i, s?s, s?s !}", "zero", &zero, "fromDay", &from_day, "basis", &basis,
                    "role", &role, "units", &units, "shown", &shown, "unit", &unit) != 0)
        return false;
    if (!take_period(wait, zero, from_day) || !take_unit(wait, unit) ||
        !take_word(&sanling__v1__attestation__basis__descriptor, basis, &number) ||
        number == SANLING__V1__ATTESTATION__BASIS__HISTORIC || !attest_role_is_code(role) || units <= 0 ||
        (shown[0] != '\0' && strlen(shown) != ATTEST_DIGEST_SIZE - 1))
        return false;
    wait->basis = (Sanling__V1__Attestation__Basis)number;
    wait->units_seen = (uint32_t)units;
    snprintf(wait->role, sizeof wait->role, "%s", role);
    snprintf(wait->shown, sizeof wait->shown, "%s", shown);
    return snprintf(wait->asked, sizeof wait->asked, "%s %s %s %s %s %d%s%s", zero, wait->from_day, basis, role,
                    wait->unit, units, shown[0] == '\0' ? "" : " ", shown) < (int)sizeof wait->asked;
}

static void confirm(void *context, struct intake_call *call)
{
    struct attest_routes *routes = context;
    struct fault fault;
    enum confirmation_added added;
    struct wait *wait = begin_wait(routes, call, GATHERS_LIST);
    if (wait == NULL)
        return;
    if (!take_key(call, http_header(call->request, "Idempotency-Key"), wait->key)) {
        refuse_wait(wait, PROBLEM_KEY_REQUIRED, NULL, NULL);
    } else if (!take_confirmation(wait, call)) {
        refuse_wait(wait, PROBLEM_MALFORMED,
                    "要有 zero、fromDay、basis、role（岗位代码，不是姓名）和所见的 units，此外只可有 shown、unit。",
                    "zero, fromDay, basis, role (a role code, no name) and the units that were shown are wanted, and "
                    "shown and unit may stand there.");
    } else if (!confirmations_find(routes->office->outbox, wait->key, wait->asked, &added, &fault)) {
        refuse_wait(wait, PROBLEM_NOT_STORED, NULL, NULL);
    } else if (added == CONFIRMATION_OTHER) {
        refuse_wait(wait, PROBLEM_KEY_REUSED, NULL, NULL);
    } else if (added == CONFIRMATION_KNOWN) {
        reply_state(routes, wait->request, wait->key);
        end_wait(wait);
    } else {
        ask_for_list(routes, wait);
    }
}

/* ---- the hub's answers ---- */

static void reply_answer(struct wait *wait, const Sanling__V1__AttestationsDueAnswer *due)
{
    char *text = sanling_json_from_message(&due->base);
    json_t *json = text == NULL ? NULL : json_loads(text, 0, NULL);
    free(text);
    if (json == NULL)
        intake_refuse(wait->request, PROBLEM_INTERNAL, NULL, NULL);
    else
        intake_reply(wait->request, 200, json);
    end_wait(wait);
}

/* The period that is confirmed, in the list of what is due. */
static void gather_list(const struct attest_routes *routes, struct wait *wait,
                        const Sanling__V1__AttestationsDueAnswer *due)
{
    for (size_t i = 0; i < due->n_periods; i++) {
        const Sanling__V1__AttestationsDueAnswer__Period *period = due->periods[i];
        if (period->zero != wait->zero || strcmp(period->from_day, wait->from_day) != 0)
            continue;
        attest_statement_init(&wait->statement, due, period);
        wait->statement.basis = wait->basis;
        wait->kind = GATHERS_UNITS;
        ask_for_units(routes, wait);
        return;
    }
    refuse_wait(wait, PROBLEM_REJECTED, "这一期没有待核报的单位。", "Nothing of this period is to be attested.");
}

/* Whether what is owed now is what the person was shown. */
static bool is_as_shown(const struct wait *wait)
{
    char digest[ATTEST_DIGEST_SIZE];
    attest_statement_digest(&wait->statement, digest);
    return wait->statement.unit_count == wait->units_seen &&
           (wait->shown[0] == '\0' || strcmp(wait->shown, digest) == 0);
}

static void write_down(const struct attest_routes *routes, struct wait *wait, int64_t time_s)
{
    struct fault fault;
    enum confirmation_added added;
    CLEANUP(attest_parts_clear) struct attest_parts parts = {0};
    if (!is_as_shown(wait)) {
        refuse_wait(wait, PROBLEM_REJECTED, "待核报的单位与所见的不同了：请再看一遍再确认。",
                    "Other units are to be attested than were shown: look again, then confirm.");
        return;
    }
    if (!attest_statement_encode(&wait->statement, wait->role, time_s, routes->office->config->utc_offset_minutes,
                                 &parts, &fault)) {
        refuse_wait(wait, fault.code == FAULT_USAGE ? PROBLEM_REJECTED : PROBLEM_INTERNAL, NULL, NULL);
        return;
    }
    if (!confirmations_add(routes->office->outbox, wait->key, wait->asked, parts.parts, parts.count, &added, &fault))
        intake_refuse(wait->request, PROBLEM_NOT_STORED, NULL, NULL);
    else
        reply_state(routes, wait->request, wait->key);
    end_wait(wait);
}

static void gather_units(const struct attest_routes *routes, struct wait *wait,
                         const Sanling__V1__AttestationsDueAnswer *due, int64_t time_s)
{
    struct fault fault;
    if (!attest_statement_add(&wait->statement, due, &fault)) {
        refuse_wait(wait, PROBLEM_INTERNAL, NULL, NULL);
        return;
    }
    wait->units_taken += (uint32_t)due->n_units;
    if (due->n_units > 0 && wait->units_taken < due->total)
        ask_for_units(routes, wait);
    else
        write_down(routes, wait, time_s);
}

static void take_answer(const struct attest_routes *routes, struct wait *wait, const Sanling__V1__Answer *answer)
{
    const Sanling__V1__AttestationsDueAnswer *due = answer->attestations_due;
    if (answer->body_case != SANLING__V1__ANSWER__BODY_ATTESTATIONS_DUE || answer->time == NULL) {
        refuse_wait(wait, PROBLEM_INTERNAL, NULL, NULL);
        return;
    }
    switch (wait->kind) {
    case WAITS_FOR_LIST:
    case WAITS_FOR_UNITS:
        reply_answer(wait, due);
        return;
    case GATHERS_LIST:
        gather_list(routes, wait, due);
        return;
    case GATHERS_UNITS:
        gather_units(routes, wait, due, answer->time->seconds);
        return;
    }
    abort();
}

static void take_problem(struct wait *wait, const Sanling__V1__Error *problem)
{
    if (problem->code == SANLING__V1__CODE__KIND__NOT_PERMITTED)
        refuse_wait(wait, PROBLEM_NOT_PERMITTED, NULL, problem->text);
    else if (problem->code == SANLING__V1__CODE__KIND__BUSY)
        refuse_wait(wait, PROBLEM_BUSY, NULL, problem->text);
    else
        refuse_wait(wait, PROBLEM_BAD_QUERY, NULL, problem->text);
}

void attest_routes_hear(struct attest_routes *routes, const struct sanling_happening *happening)
{
    const bool answers = happening->kind == SANLING_ANSWER;
    if (!answers && happening->kind != SANLING_PROBLEM)
        return;
    const uint32_t question = answers ? happening->answer->id : happening->problem->query;
    for (size_t i = 0; question != 0 && i < WAITS_MAX; i++) {
        struct wait *wait = &routes->waits[i];
        if (wait->request == NULL || wait->question != question)
            continue;
        if (answers)
            take_answer(routes, wait, happening->answer);
        else
            take_problem(wait, happening->problem);
        return;
    }
}

void attest_routes_step(struct attest_routes *routes, int64_t now_ms)
{
    for (size_t i = 0; i < WAITS_MAX; i++)
        if (routes->waits[i].request != NULL && now_ms >= routes->waits[i].until_ms)
            refuse_wait(&routes->waits[i], PROBLEM_HUB_UNREACHABLE, NULL, NULL);
}

int attest_routes_wait_ms(const struct attest_routes *routes, int64_t now_ms)
{
    int64_t shortest = -1;
    for (size_t i = 0; i < WAITS_MAX; i++) {
        const int64_t left = routes->waits[i].until_ms - now_ms;
        if (routes->waits[i].request != NULL && (shortest < 0 || left < shortest))
            shortest = left < 0 ? 0 : left;
    }
    return (int)shortest;
}

struct intake_routes attest_routes_table(struct attest_routes *routes)
{
    static const struct intake_route table[] = {
        {.method = HTTP_GET, .pattern = "/v1/attestations/due", .scopes = TOKEN_ATTEST, .handle = show_due},
        {.method = HTTP_GET, .pattern = "/v1/attestations/due/units", .scopes = TOKEN_ATTEST, .handle = show_units},
        {.method = HTTP_POST, .pattern = "/v1/attestations", .scopes = TOKEN_ATTEST, .handle = confirm},
        {.method = HTTP_GET, .pattern = "/v1/attestations/{key}", .scopes = TOKEN_ATTEST, .handle = show_state},
    };
    return (struct intake_routes){.routes = table, .count = sizeof table / sizeof table[0], .context = routes};
}

bool attest_routes_open(const struct office *office, struct attest_routes **routes, struct fault *fault)
{
    if (office->intake == NULL)
        return true;
    *routes = calloc(1, sizeof **routes);
    if (*routes == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    (*routes)->office = office;
    const struct intake_routes table = attest_routes_table(*routes);
    return intake_add_routes(office->intake, &table) || fault_set(fault, FAULT_SYSTEM, "too many tables of routes");
}

void attest_routes_close(struct attest_routes **routes)
{
    for (size_t i = 0; *routes != NULL && i < WAITS_MAX; i++)
        if ((*routes)->waits[i].request != NULL)
            refuse_wait(&(*routes)->waits[i], PROBLEM_HUB_UNREACHABLE, NULL, NULL);
    free(*routes);
    *routes = NULL;
}
