#include "document.h"

#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void proceed(struct document *document);

/* What the hub says of a question that it refuses, in Chinese, and which problem that is. The first whose beginning
 * fits. */
struct refusal {
    const char *begins;
    enum problem_code code;
    const char *said;
};
static const struct refusal refusals[] = {
    {"moment: day: it had not begun", PROBLEM_BAD_DAY, "到“所知至”的那个位置为止，这一天还没有开始。"},
    {"moment: day: before", PROBLEM_BAD_DAY, "这一天早于枢纽启用的第一天。"},
    {"moment: day: not a day", PROBLEM_BAD_DAY, "这不是截至今天的某一天。"},
    {"moment: end_of_day", PROBLEM_BAD_MOMENT, "“当天结束时所知”要与状态日一起给出。"},
    {"moment: position: before", PROBLEM_BAD_MOMENT, "那时还没有任何记录。"},
    {"moment: position: beyond", PROBLEM_BAD_MOMENT, "日志还没有到这个位置。"},
    {"moment: too many", PROBLEM_BUSY, "正在读取的过去时刻太多。"},
    {"moment:", PROBLEM_BAD_MOMENT, "这一项不能按过去的时刻查看。"},
    {"as_of", PROBLEM_BAD_DAY, "这不是截至今天的某一天。"},
    {"known_at", PROBLEM_BAD_MOMENT, "日志还没有到这个位置。"},
    {"year", PROBLEM_BAD_QUERY, "年度应在 1900 至 2199 之间，且已经开始。"},
    {"from_day: more than", PROBLEM_BAD_QUERY,
     "时段太多：数字至多 400 段，状态至多 120 段；请缩短起止日期，或改为逐周、逐月。"},
    {"from_day", PROBLEM_BAD_DAY, "起始日期不对。"},
    {"to_day", PROBLEM_BAD_DAY, "截止日期不对。"},
    {"figures: 1 to 8", PROBLEM_BAD_QUERY, "一次至多选 8 个数字。"},
    {"figures", PROBLEM_UNKNOWN_FIGURE, "其中有的数字不按日计数，没有趋势。"},
    {"figure", PROBLEM_UNKNOWN_FIGURE, "没有叫这个名字的数字。"},
    {"unit: a village", PROBLEM_BAD_QUERY, "逐日状态只有村、社区、企业和事业单位才有。"},
    {"unit: nobody knew", PROBLEM_UNKNOWN_UNIT, "到那个位置为止，还没有登记过这个单位。"},
    {"unit: outside", PROBLEM_NOT_PERMITTED, "该单位不在本账号的范围之内。"},
    {"tree: too many", PROBLEM_BUSY, "等待单位树的请求太多。"},
    {"no policy is adopted", PROBLEM_BUSY, "规则尚未启用，还没有任何状态。"},
};

/* NULL: it is in no list of ours. */
static const struct refusal *refusal_of(const char *text)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (strncmp(text, refusals[i].begins, strlen(refusals[i].begins)) == 0)
            return &refusals[i];
    return NULL;
}

static enum problem_code code_of(Sanling__V1__Code__Kind code, const char *text)
{
    if (code == SANLING__V1__CODE__KIND__NOT_PERMITTED)
        return PROBLEM_NOT_PERMITTED;
    if (code == SANLING__V1__CODE__KIND__UNKNOWN_UNIT)
        return PROBLEM_UNKNOWN_UNIT;
    if (code == SANLING__V1__CODE__KIND__UNKNOWN_MATTER)
        return PROBLEM_NOT_FOUND;
    if (code == SANLING__V1__CODE__KIND__POSITION_AHEAD)
        return PROBLEM_BAD_MOMENT;
    if (code == SANLING__V1__CODE__KIND__BAD_QUERY || code == SANLING__V1__CODE__KIND__MALFORMED ||
        code == SANLING__V1__CODE__KIND__NOT_VALID)
        return refusal_of(text) != NULL ? refusal_of(text)->code : PROBLEM_BAD_QUERY;
    if (code == SANLING__V1__CODE__KIND__BUSY)
        return PROBLEM_BUSY;
    if (code == SANLING__V1__CODE__KIND__TOO_MANY)
        return PROBLEM_TOO_LARGE;
    return code == SANLING__V1__CODE__KIND__UNREACHABLE ? PROBLEM_HUB_UNREACHABLE : PROBLEM_INTERNAL;
}

bool document_problem(const struct hub_reply *reply, struct problem *problem)
{
    char detail_en[PROBLEM_DETAIL_SIZE];
    if (reply == NULL)
        return problem_set(problem, PROBLEM_INTERNAL, NULL, NULL);
    const struct refusal *refusal = refusal_of(reply->text);
    snprintf(detail_en, sizeof detail_en, "The hub says: %s.", reply->text);
    return problem_set(problem, code_of(reply->code, reply->text), refusal != NULL ? refusal->said : NULL,
                       reply->text[0] != '\0' ? detail_en : NULL);
}

/* ---- asking ---- */

static bool add_slot(struct document *document, bool optional)
{
    struct document_slot *grown = document->slot_count < DOCUMENT_SLOTS_MAX
                                      ? realloc(document->slots, (document->slot_count + 1) * sizeof *grown)
                                      : NULL;
    if (grown == NULL)
        return false;
    document->slots = grown;
    grown[document->slot_count++] = (struct document_slot){.optional = optional};
    document->open++;
    return true;
}

/* An answer that is none: the document fails when its turn comes. */
static void take_nothing(struct document *document)
{
    document->slots[document->slot_count - 1].answered = true;
    document->open--;
}

static void take_reply(void *owner, unsigned slot, struct hub_reply **reply)
{
    struct document *document = owner;
    document->slots[slot].reply = *reply;
    document->slots[slot].answered = true;
    *reply = NULL;
    document->open--;
    if (document->open == 0)
        proceed(document);
}

void document_ask(struct document *document, Sanling__V1__Query *query, const ProtobufCMessageDescriptor *expected,
                  bool optional)
{
    /* The catalogue is the program's, not the log's: it has no past, and the hub refuses to be asked for one. */
    const bool timeless = query->ask_case == SANLING__V1__QUERY__ASK_CATALOGUE;
    const bool own = query->moment == NULL && document->moment.given && !timeless;
    if (!add_slot(document, optional))
        abort(); /* kinds ask a fixed number, or look at DOCUMENT_SLOTS_MAX first; or memory ran out */
    if (own)
        query->moment = &document->moment.moment;
    if (!hub_link_ask(document->link, query, expected, take_reply, document, document->slot_count - 1))
        take_nothing(document);
    if (own)
        query->moment = NULL;
}

void document_fetch(struct document *document, const Sanling__V1__RecordSubscription *records)
{
    if (!add_slot(document, false))
        abort();
    if (!hub_link_fetch(document->link, records, take_reply, document, document->slot_count - 1))
        take_nothing(document);
}

static void take_directory(void *owner, const struct unit_directory *directory, const struct hub_reply *why)
{
    struct document *document = owner;
    document->directory = directory;
    document->open--;
    if (directory == NULL && !document->failed) {
        document_problem(why, &document->problem);
        document->failed = true;
    }
    if (document->open == 0)
        proceed(document);
}

void document_want_directory(struct document *document, const char *code)
{
    document->directory = unit_directories_get(document->directories, document->link, code, take_directory, document);
    if (document->directory == NULL)
        document->open++;
}

/* ---- making ---- */

static void finish(struct document *document)
{
    document->done = true;
    if (document->finished != NULL)
        document->finished(document);
}

/* The first question that needed an answer and got none. */
static bool find_problem(struct document *document)
{
    for (unsigned i = 0; i < document->slot_count && !document->failed; i++) {
        const struct document_slot *slot = &document->slots[i];
        const bool missing = slot->reply == NULL || slot->reply->body == NULL;
        const bool lost = slot->reply == NULL || slot->reply->code == SANLING__V1__CODE__KIND__UNREACHABLE;
        if (missing && (!slot->optional || lost))
            document->failed = !document_problem(slot->reply, &document->problem);
    }
    return document->failed;
}

static void proceed(struct document *document)
{
    if (document->done)
        return;
    while (!find_problem(document)) {
        const enum document_step step = document->kind->make(document, &document->problem);
        if (step == DOCUMENT_ASKED && document->open > 0)
            return;
        document->failed = step == DOCUMENT_FAILED;
        if (step != DOCUMENT_ASKED)
            break;
    }
    finish(document);
}

struct document *document_start(const struct document_kind *kind, struct hub_link *link,
                                struct unit_directories *directories, struct parameters *parameters,
                                void (*finished)(struct document *), void *owner, int64_t now_ms)
{
    struct document *document = calloc(1, sizeof *document);
    if (document == NULL)
        return NULL;
    *document = (struct document){.kind = kind,
                                  .link = link,
                                  .directories = directories,
                                  .parameters = *parameters,
                                  .owner = owner,
                                  .started_ms = now_ms};
    *parameters = (struct parameters){0};
    document->failed = !parameter_moment(&document->parameters, &document->moment, &document->problem) ||
                       !kind->ask(document, &document->problem);
    if (document->failed)
        document->done = true;
    else if (document->open == 0)
        proceed(document);
    document->finished = finished;
    return document;
}

void document_fail(struct document *document, const struct problem *problem)
{
    document->problem = *problem;
    document->failed = true;
    finish(document);
}

void document_free(struct document **document)
{
    struct document *gone = *document;
    *document = NULL;
    if (gone == NULL)
        return;
    hub_link_forget(gone->link, gone);
    unit_directories_forget(gone->directories, gone);
    for (unsigned i = 0; i < gone->slot_count; i++)
        hub_reply_free(&gone->slots[i].reply);
    free(gone->slots);
    parameters_clear(&gone->parameters);
    json_decref(gone->rows);
    json_decref(gone->json);
    free(gone->text);
    free(gone);
}

const struct hub_reply *document_reply(const struct document *document, unsigned slot)
{
    return document->slots[slot].reply;
}

const ProtobufCMessage *document_body(const struct document *document, unsigned slot)
{
    const struct hub_reply *reply = document->slots[slot].reply;
    return reply != NULL ? reply->body : NULL;
}

json_t *document_json(const struct document *document, unsigned slot)
{
    const ProtobufCMessage *body = document_body(document, slot);
    return body != NULL ? json_from_message_with(body, JSON_DEFAULTS_WRITTEN) : json_null();
}

json_t *document_object(const struct document *document)
{
    json_t *object = json_object();
    Sanling__V1__MomentShown live = SANLING__V1__MOMENT_SHOWN__INIT;
    const struct hub_reply *reply = document->slot_count > 0 ? document->slots[0].reply : NULL;
    live.position = reply != NULL ? reply->position : 0;
    const Sanling__V1__MomentShown *shown = reply != NULL && reply->moment != NULL ? reply->moment : &live;
    json_object_set_new(object, "moment", json_from_message_with(&shown->base, JSON_DEFAULTS_WRITTEN));
    return object;
}

void document_spread(const struct document *document, unsigned slot, json_t *object)
{
    json_t *members = document_json(document, slot);
    if (json_is_object(members))
        json_object_update(object, members);
    json_decref(members);
}

char *document_unit(const struct document *document)
{
    static char root[] = "";
    return document->parameters.values[PARAMETER_UNIT] != NULL ? document->parameters.values[PARAMETER_UNIT] : root;
}
