#include "desk.h"

#include "desk_documents.h"
#include "desk_numbers.h"
#include "desk_questions.h"
#include "intake.h"
#include "journal.h"
#include "seal_key.h"
#include "static_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct desk {
    const struct desk_config *config;
    struct static_files *files;
    struct desk_numbers *numbers;
    struct seal_key seal_key; /* its public half */
    struct desk_facts facts;
    struct desk_questions *questions;
};

/* ---- the page ---- */

static void lead_to_page(void *context, struct intake_call *call)
{
    (void)context;
    http_add_header(call->request, "Location", "/desk/");
    http_reply_empty(call->request, 308);
}

static void get_file(void *context, struct intake_call *call)
{
    const struct desk *desk = context;
    if (!static_files_reply(desk->files, call->request, http_path(call->request) + strlen("/desk")))
        intake_refuse(call->request, PROBLEM_NOT_FOUND, NULL, NULL);
}

/* ---- what phones ask ---- */

static void ask(void *context, struct intake_call *call, enum desk_question_kind kind)
{
    desk_questions_ask(((struct desk *)context)->questions, kind, call);
}

static void get_now(void *context, struct intake_call *call)
{
    ask(context, call, DESK_NOW);
}

static void get_setup(void *context, struct intake_call *call)
{
    ask(context, call, DESK_SETUP);
}

static void get_units(void *context, struct intake_call *call)
{
    ask(context, call, DESK_UNITS);
}

static void get_disputes(void *context, struct intake_call *call)
{
    ask(context, call, DESK_DISPUTES);
}

static void get_dispute(void *context, struct intake_call *call)
{
    ask(context, call, DESK_DISPUTE);
}

static void post_numbers(void *context, struct intake_call *call)
{
    const struct desk *desk = context;
    uint32_t first, count;
    struct fault fault;
    if (!desk_numbers_take(desk->numbers, call->sender, desk->config->from, desk->config->to, &first, &count, &fault)) {
        journal(JOURNAL_ERROR, "%s", fault.text);
        intake_refuse(call->request, PROBLEM_INTERNAL,
                      fault.code == FAULT_FULL ? "编号已经发完，请管理员扩大 desk.codes。" : NULL,
                      fault.code == FAULT_FULL ? "All numbers are given: desk.codes must be widened." : NULL);
        return;
    }
    journal(JOURNAL_INFO, "desk: numbers %u to %u are %s's", first, first + count - 1, call->sender);
    intake_reply(call->request, 200,
                 json_pack("{s:s, s:I, s:I}", "prefix", desk->config->prefix, "first", (json_int_t)first, "count",
                           (json_int_t)count));
}

static const struct intake_route routes[] = {
    {.method = HTTP_GET, .pattern = "/desk", .handle = lead_to_page},
    {.method = HTTP_GET, .pattern = "/desk/", .handle = get_file},
    {.method = HTTP_GET, .pattern = "/desk/{file...}", .handle = get_file},
    {.method = HTTP_GET, .pattern = "/v1/desk/now", .scopes = TOKEN_DESK, .handle = get_now},
    {.method = HTTP_GET, .pattern = "/v1/desk/setup", .scopes = TOKEN_DESK, .handle = get_setup},
    {.method = HTTP_GET, .pattern = "/v1/desk/units", .scopes = TOKEN_DESK, .handle = get_units},
    {.method = HTTP_POST, .pattern = "/v1/desk/numbers", .scopes = TOKEN_DESK, .handle = post_numbers},
    {.method = HTTP_GET, .pattern = "/v1/desk/disputes", .scopes = TOKEN_DESK, .handle = get_disputes},
    {.method = HTTP_GET, .pattern = "/v1/desk/disputes/{code}", .scopes = TOKEN_DESK, .handle = get_dispute},
};

/* ---- the part ---- */

static bool step(void *self, int64_t now_ms, struct fault *fault)
{
    (void)fault;
    desk_questions_step(((struct desk *)self)->questions, now_ms);
    return true;
}

static int wait_ms(const void *self, int64_t now_ms)
{
    return desk_questions_wait_ms(((const struct desk *)self)->questions, now_ms);
}

static bool hear(void *self, const struct sanling_happening *happening, struct fault *fault)
{
    (void)fault;
    desk_questions_hear(((struct desk *)self)->questions, happening);
    return true;
}

static void close_desk(void *self)
{
    struct desk *desk = self;
    desk_questions_close(&desk->questions); /* answers who waits: the server is still there */
    desk_numbers_close(&desk->numbers);
    static_files_free(&desk->files);
    free(desk);
}

/* Page and public key. */
static bool read_settings(const struct desk_config *config, struct desk *desk, struct fault *fault)
{
    desk->files = static_files_read(config->page, fault);
    if (desk->files == NULL)
        return false;
    if (config->seal_to == NULL)
        return true;
    if (!seal_key_read(config->seal_to, &desk->seal_key, fault))
        return false;
    if (!desk->seal_key.has_secret)
        return true;
    seal_key_clear(&desk->seal_key); /* what can open has no place where phones are served */
    return fault_set(fault, FAULT_USAGE, "%s: is the secret half; `seal_to` names the public one", config->seal_to);
}

bool desk_check(const struct agent_config *config, struct fault *fault)
{
    struct desk desk = {.config = &config->desk};
    struct fault cause;
    if (!config->desk.wanted)
        return true;
    const bool right = read_settings(&config->desk, &desk, &cause);
    static_files_free(&desk.files);
    return right || fault_set(fault, cause.code, "desk: %.490s", cause.text);
}

static bool open_desk(struct desk *desk, struct office *office, struct fault *fault)
{
    if (!read_settings(desk->config, desk, fault))
        return false;
    desk->numbers = desk_numbers_open(office->config->state, fault);
    if (desk->numbers == NULL)
        return false;
    const bool parties = desk->config->seal_to != NULL;
    desk->facts = (struct desk_facts){.hub = office->hub,
                                      .numbers = desk->numbers,
                                      .prefix = desk->config->prefix,
                                      .seal_key_id = parties ? desk->seal_key.id : NULL,
                                      .seal_key = parties ? desk->seal_key.public_text : NULL,
                                      .utc_offset_minutes = office->config->utc_offset_minutes};
    desk->questions = desk_questions_open(&desk->facts);
    const struct intake_routes table = {.routes = routes, .count = sizeof routes / sizeof *routes, .context = desk};
    return (desk->questions != NULL && intake_add_routes(office->intake, &table)) ||
           fault_set(fault, FAULT_SYSTEM, "desk: out of memory");
}

bool desk_open(struct office *office, struct part *part, struct fault *fault)
{
    static const struct part_ops ops = {.wait_ms = wait_ms, .step = step, .hear = hear, .close = close_desk};
    if (!office->config->desk.wanted || office->intake == NULL)
        return true;
    struct desk *desk = calloc(1, sizeof *desk);
    if (desk == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    desk->config = &office->config->desk;
    if (!open_desk(desk, office, fault)) {
        close_desk(desk);
        return false;
    }
    *part = (struct part){.ops = &ops, .self = desk};
    journal(JOURNAL_INFO, "desk: %s/desk/, codes %s-…-D-%06u to %06u, parties' data %s", intake_address(office->intake),
            desk->config->prefix, desk->config->from, desk->config->to,
            desk->config->seal_to == NULL ? "not taken" : "sealed");
    return true;
}
