#include "event_body.h"

#include "cloud_event.h"
#include "fault.h"
#include "json.h"
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

_Static_assert((int)EVENT_BODY_SIZE_MAX <= (int)JSON_TEXT_SIZE_MAX, "what is taken can be read");

enum form { FORM_JSON, FORM_LINES, FORM_CLOUD, FORM_CLOUDS, FORM_CLOUD_DATA, FORM_OTHER };

static void json_release(json_t **json)
{
    json_decref(*json);
    *json = NULL;
}

void event_body_clear(struct event_body *body)
{
    for (size_t i = 0; i < body->count; i++)
        read_event_clear(&body->events[i]);
    free(body->events);
    free(body->flaws);
    *body = (struct event_body){0};
}

/* ---- which form ---- */

static bool names_utf8(const char *parameters)
{
    const char *charset = strcasestr(parameters, "charset=");
    if (charset == NULL)
        return true;
    charset += strlen("charset=");
    charset += charset[0] == '"' ? 1 : 0;
    return strncasecmp(charset, "utf-8", 5) == 0;
}

static enum form form_of(const struct body_input *input)
{
    static const struct {
        const char *type;
        enum form form;
    } forms[] = {{"application/json", FORM_JSON},
                 {"application/x-ndjson", FORM_LINES},
                 {"application/cloudevents+json", FORM_CLOUD},
                 {"application/cloudevents-batch+json", FORM_CLOUDS}};
    const char *type = input->content_type == NULL ? "" : input->content_type;
    const size_t size = strcspn(type, "; \t");
    if (input->content_encoding != NULL && strcasecmp(input->content_encoding, "identity") != 0)
        return FORM_OTHER;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strlen(forms[i].type) == size && strncasecmp(forms[i].type, type, size) == 0 && names_utf8(type + size))
            return forms[i].form == FORM_JSON && input->cloud != NULL ? FORM_CLOUD_DATA : forms[i].form;
    return FORM_OTHER;
}

/* ---- single events ---- */

static bool no_memory(struct problem *problem)
{
    return problem_set(problem, PROBLEM_INTERNAL, "内存不足。", "Out of memory.");
}

/* Room for up to `count` events; the flaws need none before there is one. */
static bool make_room(struct event_body *body, size_t count, struct problem *problem)
{
    char zh[64], en[64];
    if (count > EVENT_BODY_EVENTS_MAX) {
        snprintf(zh, sizeof zh, "一个请求最多 %d 个事件。", EVENT_BODY_EVENTS_MAX);
        snprintf(en, sizeof en, "At most %d events in a request.", EVENT_BODY_EVENTS_MAX);
        return problem_set(problem, PROBLEM_BODY_TOO_LARGE, zh, en);
    }
    if (count == 0)
        return problem_set(problem, PROBLEM_MALFORMED, "没有事件。", "There is no event.");
    body->events = calloc(count, sizeof *body->events);
    return body->events != NULL || no_memory(problem);
}

static bool note_flaw(struct event_body *body, size_t index, const struct event_flaw *flaw, struct problem *problem)
{
    body->personal |= strcmp(flaw->reason.code, REASON_PERSONAL_DATA) == 0;
    if (body->flaw_count++ >= EVENT_BODY_FLAWS_MAX)
        return true;
    struct body_flaw *grown = realloc(body->flaws, body->flaw_count * sizeof *grown);
    if (grown == NULL) {
        body->flaw_count--;
        return no_memory(problem);
    }
    body->flaws = grown;
    body->flaws[body->flaw_count - 1] = (struct body_flaw){.index = index, .flaw = *flaw};
    return true;
}

/* `cloud`: the JSON is a CloudEvent. */
static bool read_one(struct event_reader *reader, const json_t *json, bool cloud, struct event_body *body, size_t index,
                     struct problem *problem)
{
    struct event_flaw flaw;
    struct read_event event;
    CLEANUP(json_release) json_t *converted = cloud ? cloud_event_to_event(json, &flaw) : NULL;
    if (cloud && converted == NULL)
        return note_flaw(body, index, &flaw, problem);
    if (event_read(reader, cloud ? converted : json, &event, &flaw)) {
        body->events[body->count++] = event;
        return true;
    }
    if (cloud)
        cloud_event_place(json, &flaw);
    return note_flaw(body, index, &flaw, problem);
}

static bool read_array(struct event_reader *reader, const json_t *array, bool cloud, struct event_body *body,
                       struct problem *problem)
{
    if (!make_room(body, json_array_size(array), problem))
        return false;
    for (size_t i = 0; i < json_array_size(array); i++)
        if (!read_one(reader, json_array_get(array, i), cloud, body, i, problem))
            return false;
    return true;
}

/* ---- the forms ---- */

static json_t *read_text(const char *text, size_t size, const char *where, struct problem *problem)
{
    struct fault fault;
    char zh[sizeof problem->detail], en[sizeof problem->detail_en];
    if (wire_check_text(text, size) != WIRE_OK) {
        snprintf(zh, sizeof zh, "%s不是 UTF-8，或含有空字符。", where);
        snprintf(en, sizeof en, "%sNo UTF-8, or a NUL in it.", where);
        problem_set(problem, PROBLEM_MALFORMED, zh, en);
        return NULL;
    }
    json_t *json = json_text_read(text, size, &fault);
    if (json == NULL) {
        snprintf(zh, sizeof zh, "%s不是可读的 JSON：%.300s。", where, fault.text);
        snprintf(en, sizeof en, "%s%.300s.", where, fault.text);
        problem_set(problem, PROBLEM_MALFORMED, zh, en);
    }
    return json;
}

static bool read_json(struct event_reader *reader, const struct body_input *input, enum form form,
                      struct event_body *body, struct problem *problem)
{
    CLEANUP(json_release) json_t *json = read_text(input->bytes, input->size, "", problem);
    if (json == NULL)
        return false;
    const json_t *list = json_is_object(json) && json_object_size(json) == 1 ? json_object_get(json, "events") : NULL;
    if (form == FORM_JSON && json_is_array(list))
        return read_array(reader, list, false, body, problem);
    if (form == FORM_CLOUDS)
        return json_is_array(json) ? read_array(reader, json, true, body, problem)
                                   : problem_set(problem, PROBLEM_MALFORMED, "应为 CloudEvents 的数组。",
                                                 "An array of CloudEvents is expected.");
    if (form == FORM_CLOUD_DATA && json_object_set(input->cloud, "data", json) != 0)
        return no_memory(problem);
    return make_room(body, 1, problem) &&
           read_one(reader, form == FORM_CLOUD_DATA ? input->cloud : json, form != FORM_JSON, body, 0, problem);
}

static bool is_blank(const char *line, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (strchr(" \t\r", line[i]) == NULL)
            return false;
    return true;
}

/* The end of the line at `at`: its line feed, or the end of all. */
static const char *line_end(const char *at, const char *end)
{
    const char *feed = memchr(at, '\n', (size_t)(end - at));
    return feed != NULL ? feed : end;
}

static size_t count_lines(const char *bytes, const char *end)
{
    size_t count = 0;
    for (const char *at = bytes; at < end; at = line_end(at, end) + 1)
        count += is_blank(at, (size_t)(line_end(at, end) - at)) ? 0 : 1;
    return count;
}

static bool read_lines(struct event_reader *reader, const struct body_input *input, struct event_body *body,
                       struct problem *problem)
{
    const char *end = input->bytes + input->size;
    size_t index = 0, number = 1;
    if (!make_room(body, count_lines(input->bytes, end), problem))
        return false;
    for (const char *at = input->bytes; at < end; at = line_end(at, end) + 1, number++) {
        const size_t size = (size_t)(line_end(at, end) - at);
        char where[32];
        if (is_blank(at, size))
            continue;
        snprintf(where, sizeof where, "[%zu] ", number);
        CLEANUP(json_release) json_t *json = read_text(at, size, where, problem);
        if (json == NULL || !read_one(reader, json, false, body, index++, problem))
            return false;
    }
    return true;
}

bool event_body_read(struct event_reader *reader, const struct body_input *input, struct event_body *body,
                     struct problem *problem)
{
    *body = (struct event_body){0};
    const enum form form = form_of(input);
    bool read = false;
    switch (form) {
    case FORM_JSON:
    case FORM_CLOUD:
    case FORM_CLOUDS:
    case FORM_CLOUD_DATA:
        read = read_json(reader, input, form, body, problem);
        break;
    case FORM_LINES:
        read = read_lines(reader, input, body, problem);
        break;
    case FORM_OTHER:
        return problem_set(problem, PROBLEM_UNSUPPORTED_MEDIA, NULL, NULL);
    }
    if (!read || body->flaw_count == 0)
        return read;
    char zh[64], en[64];
    snprintf(zh, sizeof zh, "%zu 个事件不能接收。", body->flaw_count);
    snprintf(en, sizeof en, "%zu of the events cannot be taken.", body->flaw_count);
    return problem_set(problem, body->personal ? PROBLEM_PERSONAL_DATA : PROBLEM_BAD_EVENT, zh, en);
}

json_t *event_body_errors(const struct event_body *body)
{
    CLEANUP(json_release) json_t *list = json_array();
    for (size_t i = 0; i < body->flaw_count && i < EVENT_BODY_FLAWS_MAX; i++) {
        const struct event_flaw *flaw = &body->flaws[i].flaw;
        json_t *error =
            json_pack("{s:I, s:s, s:s, s:s, s:s}", "index", (json_int_t)body->flaws[i].index, "path", flaw->path,
                      "code", flaw->reason.code, "detail", flaw->reason.zh, "detailEn", flaw->reason.en);
        if (list == NULL || json_array_append_new(list, error) != 0)
            return NULL;
    }
    return json_incref(list);
}
