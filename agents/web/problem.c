#include "problem.h"

#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct words {
    const char *name;
    unsigned status;
    const char *title;
    const char *title_en;
    const char *advice; /* what to do */
    const char *advice_en;
};

static const struct words words[PROBLEM_CODES] = {
    [PROBLEM_LOGIN_REQUIRED] = {"LOGIN_REQUIRED", 401, "需要登录", "Log in first",
                                "您尚未登录，或登录已过期。请重新登录；登录后回到原来的页面。",
                                "You are not logged in, or your session ended. Log in again; you come back to the same "
                                "view."},
    [PROBLEM_BAD_LOGIN] = {"BAD_LOGIN", 401, "账号或密码不对", "Account or password is wrong",
                           "请检查账号和密码后重试。忘记密码时，请管理员用 sanling-leadership --hash-password "
                           "重设。",
                           "Check both and try again. If the password is lost, the operator sets a new one with "
                           "sanling-leadership --hash-password."},
    [PROBLEM_TOO_MANY_ATTEMPTS] = {"TOO_MANY_ATTEMPTS", 429, "尝试次数过多", "Too many attempts",
                                   "请稍候再登录，等候的秒数见 Retry-After。",
                                   "Wait before the next login, as many seconds as Retry-After says."},
    [PROBLEM_NOT_PERMITTED] = {"NOT_PERMITTED", 403, "不在您的范围之内", "Outside your subtree",
                               "该单位或操作不在本账号的权限之内。请从您的单位进入，或请管理员调整权限。",
                               "This account may not see that unit or do that. Start from your own unit, or ask the "
                               "operator for access."},
    [PROBLEM_UNKNOWN_UNIT] = {"UNKNOWN_UNIT", 404, "没有这个单位", "No such unit",
                              "单位树中没有这个代码。请检查代码，或在搜索框中按名称查找。",
                              "The tree has no unit of this code. Check the code, or search for the name."},
    [PROBLEM_NOT_FOUND] = {"NOT_FOUND", 404, "没有找到", "Not found",
                           "这个地址没有内容：事项、记录或页面不存在。请检查地址，或从总览进入。",
                           "There is nothing at this address: no such matter, record or page. Check it, or start from "
                           "the overview."},
    [PROBLEM_BAD_DAY] = {"BAD_DAY", 400, "日期不对", "Not a day",
                         "日期写作 年-月-日，例如 2020-08-19，须是历法中有的一天，且不在将来。",
                         "A day is written year-month-day, as 2020-08-19, exists in the calendar and is not in the "
                         "future."},
    [PROBLEM_BAD_MOMENT] =
        {"BAD_MOMENT", 400, "时刻不对", "Not a moment",
         "“所知至”应是日志位置（数字）、带时区的时间、now 或 end；位置不能超过已有的记录。",
         "`known` is a log position (digits), an RFC 3339 time, now or end; a position is not beyond "
         "what is recorded."},
    [PROBLEM_BAD_QUERY] = {"BAD_QUERY", 400, "参数不对", "Wrong parameters",
                           "请检查地址中的参数；可用的参数见 /v1/openapi.json。",
                           "Check the parameters of the address; /v1/openapi.json lists them."},
    [PROBLEM_UNKNOWN_FIGURE] = {"UNKNOWN_FIGURE", 404, "没有这个数字", "No such figure",
                                "汇总中没有这个名称的数字。请从页面上带点线的数字进入。",
                                "The summary has no figure of this name. Open it from a figure with a dotted line."},
    [PROBLEM_HUB_UNREACHABLE] = {"HUB_UNREACHABLE", 503, "连接不上三零枢纽", "The hub is not reached",
                                 "页面会自行重试，恢复后接着显示。持续不通时，请管理员检查 sanling-hub 是否运行。",
                                 "The page tries again by itself and goes on when it is back. If it stays away, the "
                                 "operator checks whether sanling-hub runs."},
    [PROBLEM_BUSY] = {"BUSY", 503, "正忙", "Busy", "请求太多，请过几秒再试。",
                      "Too many requests at once; try again in a few seconds."},
    [PROBLEM_METHOD_NOT_ALLOWED] = {"METHOD_NOT_ALLOWED", 405, "不支持这种方法", "Method not allowed",
                                    "这个地址只接受 Allow 中列出的方法。",
                                    "This address takes only the methods that Allow lists."},
    [PROBLEM_TOO_LARGE] =
        {"TOO_LARGE", 413, "内容太大", "Too large", "请求或所要的表超过上限。请缩小范围：选一个乡镇，或加筛选条件。",
         "The request or the table asked for is over the limit. Narrow it: choose a town, or filter."},
    [PROBLEM_INTERNAL] = {"INTERNAL", 500, "内部错误", "Internal error",
                          "程序出了错，已记入日志。请重试；再次出现时，请把时间告诉管理员。",
                          "Something failed here and stands in the journal. Try again; if it comes back, tell the "
                          "operator when."},
    [PROBLEM_TOKEN_REQUIRED] = {"TOKEN_REQUIRED", 401, "需要令牌", "A token is needed",
                                "请求须带 Authorization: Bearer 令牌；令牌由管理员用 --new-token 发放，吊销后即失效。",
                                "Send Authorization: Bearer with a token that the operator made with --new-token; a "
                                "revoked one no longer holds."},
    [PROBLEM_SCOPE_MISSING] = {"SCOPE_MISSING", 403, "令牌没有这项权限", "The token lacks the scope",
                               "请管理员发放带有所需权限的令牌。", "Ask the operator for a token with the scope."},
    [PROBLEM_KEY_REQUIRED] =
        {"KEY_REQUIRED", 400, "需要 Idempotency-Key", "Idempotency-Key is needed",
         "每个请求须带一个自选的 Idempotency-Key（1 至 200 个可见字符）；重发时用同一个，事件只算一次。",
         "Each request carries one Idempotency-Key of your choice (1 to 200 visible characters); "
         "sent again with the same one, its events count once."},
    [PROBLEM_KEY_REUSED] = {"KEY_REUSED", 422, "Idempotency-Key 已用于其他内容",
                            "The Idempotency-Key came with other content",
                            "原来的请求照旧有效，这一个没有接收。新的内容请用新的 Idempotency-Key。",
                            "The first request stands, this one was not taken. Use a new key for new content."},
    [PROBLEM_MALFORMED] = {"MALFORMED", 400, "内容无法读取", "The body cannot be read",
                           "没有接收任何事件。请按 /v1/openapi.json 检查格式与编码（UTF-8）。",
                           "Nothing was taken. Check form and encoding (UTF-8) against /v1/openapi.json."},
    [PROBLEM_UNSUPPORTED_MEDIA] = {"UNSUPPORTED_MEDIA", 415, "不支持这种内容类型", "Content type not supported",
                                   "可用：application/json、application/x-ndjson、application/cloudevents+json、"
                                   "application/cloudevents-batch+json。",
                                   "Use application/json, application/x-ndjson, application/cloudevents+json or "
                                   "application/cloudevents-batch+json."},
    [PROBLEM_BODY_TOO_LARGE] = {"BODY_TOO_LARGE", 413, "内容太大", "Too large",
                                "没有接收任何事件。请分成几个请求，各用自己的 Idempotency-Key。",
                                "Nothing was taken. Split it into several requests, each with a key of its own."},
    [PROBLEM_BAD_EVENT] =
        {"BAD_EVENT", 422, "事件不合约定", "An event is not as the contract says",
         "一个事件也没有接收。errors 逐一列出；改好后可用同一个 Idempotency-Key 重发。",
         "None of the events was taken. `errors` lists each; mended, they may come with the same key."},
    [PROBLEM_PERSONAL_DATA] = {"PERSONAL_DATA", 422, "含有个人信息", "Personal data",
                               "一个事件也没有接收，内容没有留存。errors 列出所在的字段；请去掉后重发。",
                               "None of the events was taken and nothing of them kept. `errors` names the fields; "
                               "send again without it."},
    [PROBLEM_REJECTED] = {"REJECTED", 422, "三零枢纽没有接受", "The hub rejected an event",
                          "events 列出每个事件的结果：RECORDED 的已经入库，REJECTED 的附有原因。改正后请用新的 "
                          "Idempotency-Key 只重发被拒的。",
                          "`events` lists the outcome of each: what is RECORDED stands, what is REJECTED has its "
                          "reason. Send only the rejected ones again, corrected, with a new key."},
    [PROBLEM_TOO_MANY_REQUESTS] = {"TOO_MANY_REQUESTS", 429, "请求太快", "Too many requests",
                                   "请按 Retry-After 的秒数稍候，再用同一个 Idempotency-Key 重发；成批发送更省。",
                                   "Wait as many seconds as Retry-After says and send again with the same key; "
                                   "batches cost less."},
    [PROBLEM_NOT_STORED] = {"NOT_STORED", 503, "没有存下", "Not stored",
                            "事件没有存下（例如磁盘已满）。请稍后用同一个 Idempotency-Key 重发，不会重复。",
                            "The events could not be stored (a full disk, say). Send again later with the same key; "
                            "nothing counts twice."},
};

bool problem_set(struct problem *problem, enum problem_code code, const char *detail, const char *detail_en)
{
    *problem = (struct problem){.code = code};
    snprintf(problem->detail, sizeof problem->detail, "%s", detail != NULL ? detail : "");
    snprintf(problem->detail_en, sizeof problem->detail_en, "%s", detail_en != NULL ? detail_en : "");
    return false;
}

/* The row of `words` says what; this, who says it. */
bool problem_is_of(enum problem_code code, enum problem_server server)
{
    unsigned servers = PROBLEM_OF_PAGE;
    switch (code) {
    case PROBLEM_LOGIN_REQUIRED:
    case PROBLEM_BAD_LOGIN:
    case PROBLEM_TOO_MANY_ATTEMPTS:
    case PROBLEM_NOT_PERMITTED:
    case PROBLEM_UNKNOWN_UNIT:
    case PROBLEM_BAD_DAY:
    case PROBLEM_BAD_MOMENT:
    case PROBLEM_UNKNOWN_FIGURE:
    case PROBLEM_TOO_LARGE:
        break;
    case PROBLEM_NOT_FOUND:
    case PROBLEM_BAD_QUERY:
    case PROBLEM_HUB_UNREACHABLE:
    case PROBLEM_BUSY:
    case PROBLEM_METHOD_NOT_ALLOWED:
    case PROBLEM_INTERNAL:
        servers = PROBLEM_OF_PAGE | PROBLEM_OF_AGENT;
        break;
    case PROBLEM_TOKEN_REQUIRED:
    case PROBLEM_SCOPE_MISSING:
    case PROBLEM_KEY_REQUIRED:
    case PROBLEM_KEY_REUSED:
    case PROBLEM_MALFORMED:
    case PROBLEM_UNSUPPORTED_MEDIA:
    case PROBLEM_BODY_TOO_LARGE:
    case PROBLEM_BAD_EVENT:
    case PROBLEM_PERSONAL_DATA:
    case PROBLEM_REJECTED:
    case PROBLEM_TOO_MANY_REQUESTS:
    case PROBLEM_NOT_STORED:
        servers = PROBLEM_OF_AGENT;
        break;
    }
    return (servers & server) != 0;
}

const char *problem_name(enum problem_code code)
{
    return words[code].name;
}

unsigned problem_status(enum problem_code code)
{
    return words[code].status;
}

static json_t *joined(const char *detail, const char *between, const char *advice)
{
    char text[2 * PROBLEM_DETAIL_SIZE];
    char first[PROBLEM_DETAIL_SIZE];
    snprintf(first, sizeof first, "%s", detail);
    utf8_cut_broken(first); /* jansson takes only whole characters */
    snprintf(text, sizeof text, "%s%s%s", first, first[0] == '\0' ? "" : between, advice);
    json_t *string = json_string(text);
    return string == NULL ? json_string(advice) : string; /* the detail is no UTF-8 */
}

static void set(json_t *object, const char *name, json_t *value)
{
    if (value == NULL || json_object_set_new(object, name, value) != 0)
        abort();
}

static json_t *instance(const char *path)
{
    const size_t size = strcspn(path, "?#");
    for (size_t i = 0; i < size; i++)
        if (path[i] <= ' ' || path[i] > '~')
            return NULL;
    return path[0] != '/' || size > PROBLEM_INSTANCE_MAX ? NULL : json_stringn(path, size);
}

static json_t *head(enum problem_code code)
{
    json_t *document = json_object();
    char type[64];
    snprintf(type, sizeof type, "/v1/problems#%s", words[code].name);
    set(document, "type", json_string(type));
    set(document, "title", json_string(words[code].title));
    set(document, "titleEn", json_string(words[code].title_en));
    set(document, "status", json_integer(words[code].status));
    set(document, "code", json_string(words[code].name));
    return document;
}

json_t *problem_document(const struct problem *problem, const char *path)
{
    json_t *document = head(problem->code);
    json_t *where = path == NULL ? NULL : instance(path);
    set(document, "detail", joined(problem->detail, "", words[problem->code].advice));
    set(document, "detailEn", joined(problem->detail_en, " ", words[problem->code].advice_en));
    if (where != NULL)
        set(document, "instance", where);
    if (problem->retry_after_s > 0)
        set(document, "retryAfter", json_integer(problem->retry_after_s));
    return document;
}

json_t *problem_catalogue(enum problem_server server)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < PROBLEM_CODES; i++) {
        const enum problem_code code = (enum problem_code)i;
        if (!problem_is_of(code, server))
            continue;
        json_t *entry = head(code);
        set(entry, "detail", json_string(words[code].advice));
        set(entry, "detailEn", json_string(words[code].advice_en));
        if (json_array_append_new(list, entry) != 0)
            abort();
    }
    json_t *document = json_object();
    set(document, "problems", list);
    return document;
}
