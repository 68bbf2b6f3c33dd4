#include "ask.h"

#include "moment.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The parts of an answer, each packed behind the other: together they are one message with all the rows. The pages of
 * a list are parts too. */
struct parts {
    struct tool *tool;
    const ProtobufCMessageDescriptor *expected;
    uint8_t *bytes;
    size_t size;
    size_t capacity;
    uint64_t position;
    bool demonstration;
    bool failed;
};

static bool make_room(struct parts *parts, size_t size)
{
    if (parts->size + size < parts->capacity)
        return true;
    size_t capacity = (parts->size + size) * 2 + 1; /* an empty answer has an address too */
    uint8_t *grown = realloc(parts->bytes, capacity);
    if (grown == NULL)
        return false;
    parts->bytes = grown;
    parts->capacity = capacity;
    return true;
}

/* Of when the tables below are; JSON says it itself. */
static void say_moment(struct tool *tool, const Sanling__V1__MomentShown *moment)
{
    char when[MOMENT_TEXT_SIZE];
    if (tool->json || tool->moment_said || moment == NULL || !moment->past)
        return;
    tool->moment_said = true;
    moment_format(moment->time, when);
    printf("回看：状态日 %s，所知至位置 %" PRIu64 "（%s）  Looking back at %s, known to position %" PRIu64 "\n\n",
           moment->day, moment->position, when, moment->day, moment->position);
}

static bool take_part(const Sanling__V1__Answer *part, void *context)
{
    struct parts *parts = context;
    say_moment(parts->tool, part->moment);
    parts->position = part->position;
    parts->demonstration = part->demonstration;
    if (part->body_case == SANLING__V1__ANSWER__BODY__NOT_SET)
        return true;
    const ProtobufCMessage *body = (const ProtobufCMessage *)part->status; /* all members are messages */
    size_t size = body->descriptor == parts->expected ? protobuf_c_message_get_packed_size(body) : 0;
    if (body->descriptor != parts->expected || !make_room(parts, size)) {
        parts->failed = true;
        return false;
    }
    parts->size += protobuf_c_message_pack(body, parts->bytes + parts->size);
    return true;
}

/* The message that the parts from `start` on make. NULL: they make none. */
static ProtobufCMessage *unpack(const struct parts *parts, size_t start)
{
    const uint8_t *bytes = parts->bytes != NULL ? parts->bytes + start : (const uint8_t *)"";
    return protobuf_c_message_unpack(parts->expected, NULL, parts->size - start, bytes);
}

static int ask_parts(struct tool *tool, const Sanling__V1__Query *query, struct parts *parts)
{
    struct sanling_error error;
    Sanling__V1__Query asked = *query;
    Sanling__V1__Moment moment;
    Google__Protobuf__Timestamp time;
    int status = tool_connect(tool, NULL);
    if (status != STATUS_DONE)
        return status;
    if (tool_moment(tool, &moment, &time) && query->ask_case != SANLING__V1__QUERY__ASK_CATALOGUE)
        asked.moment = &moment;
    if (!sanling_query(tool->hub, &asked, ANSWER_TIMEOUT_MS, take_part, parts, &error))
        return tool_fail(&error);
    return parts->failed ? tool_report(STATUS_NO, "MALFORMED", "the hub's answer is none to the question")
                         : STATUS_DONE;
}

static int finish(struct parts *parts, int status, struct answer *answer)
{
    *answer = (struct answer){0};
    if (status == STATUS_DONE) {
        answer->body = unpack(parts, 0);
        answer->position = parts->position;
        answer->demonstration = parts->demonstration;
        if (answer->body == NULL)
            status = tool_report(STATUS_NO, "MALFORMED", "the hub's answer is none to the question");
    }
    free(parts->bytes);
    return status;
}

int tool_ask(struct tool *tool, const Sanling__V1__Query *query, const ProtobufCMessageDescriptor *expected,
             struct answer *answer)
{
    struct parts parts = {.tool = tool, .expected = expected};
    int status = ask_parts(tool, query, &parts);
    return finish(&parts, status, answer);
}

int tool_ask_all(struct tool *tool, Sanling__V1__Query *query, const ProtobufCMessageDescriptor *expected,
                 struct answer *answer)
{
    struct parts parts = {.tool = tool, .expected = expected};
    bool more = true;
    int status = STATUS_DONE;
    while (more && status == STATUS_DONE) {
        size_t start = parts.size;
        status = ask_parts(tool, query, &parts);
        if (status != STATUS_DONE)
            break;
        ProtobufCMessage *page = unpack(&parts, start);
        more = page != NULL && question_go_on(query, page);
        protobuf_c_message_free_unpacked(page, NULL);
    }
    return finish(&parts, status, answer);
}

static bool move_to(uint64_t *after, uint64_t last)
{
    bool moves = last > *after;
    *after = moves ? last : *after;
    return moves;
}

bool question_go_on(Sanling__V1__Query *query, const ProtobufCMessage *page)
{
    if (query->ask_case == SANLING__V1__QUERY__ASK_MATTERS) {
        const Sanling__V1__MattersAnswer *matters = (const Sanling__V1__MattersAnswer *)page;
        return matters->n_matters > 0 &&
               move_to(&query->matters->after, matters->matters[matters->n_matters - 1]->opened_at);
    }
    if (query->ask_case == SANLING__V1__QUERY__ASK_REJECTED) {
        const Sanling__V1__RejectedAnswer *rejected = (const Sanling__V1__RejectedAnswer *)page;
        return rejected->n_rejections > 0 &&
               move_to(&query->rejected->after, rejected->rejections[rejected->n_rejections - 1]->number);
    }
    if (query->ask_case == SANLING__V1__QUERY__ASK_ATTENTION) {
        const Sanling__V1__AttentionAnswer *attention = (const Sanling__V1__AttentionAnswer *)page;
        return move_to(&query->attention->after, query->attention->after + attention->n_rows);
    }
    if (query->ask_case == SANLING__V1__QUERY__ASK_FIGURE) {
        const Sanling__V1__FigureAnswer *figure = (const Sanling__V1__FigureAnswer *)page;
        return move_to(&query->figure->after, query->figure->after + figure->n_rows);
    }
    return false; /* all other answers are whole */
}

void answer_clear(struct answer *answer)
{
    protobuf_c_message_free_unpacked(answer->body, NULL);
    answer->body = NULL;
}

int ask_catalogue(struct tool *tool, struct answer *catalogue)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__CatalogueQuery ask = SANLING__V1__CATALOGUE_QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_CATALOGUE;
    query.catalogue = &ask;
    return tool_ask(tool, &query, &sanling__v1__catalogue_answer__descriptor, catalogue);
}

const char *event_label(const struct answer *catalogue, const char *type)
{
    const Sanling__V1__CatalogueAnswer *types = (const Sanling__V1__CatalogueAnswer *)catalogue->body;
    for (size_t i = 0; types != NULL && i < types->n_types; i++)
        if (strcmp(types->types[i]->name, type) == 0)
            return types->types[i]->label;
    return "";
}

int ask_labels(struct tool *tool, struct answer *labels)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__CampaignsQuery campaigns = SANLING__V1__CAMPAIGNS_QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_CAMPAIGNS;
    query.campaigns = &campaigns;
    return tool_ask(tool, &query, &sanling__v1__campaigns_answer__descriptor, labels);
}

const char *label_of(const struct answer *labels, const char *prefix, const char *code)
{
    const Sanling__V1__CampaignsAnswer *answer = (const Sanling__V1__CampaignsAnswer *)labels->body;
    size_t size = strlen(prefix);
    for (size_t i = 0; answer != NULL && i < answer->n_labels; i++) {
        const char *label = answer->labels[i]->code;
        if (strncmp(label, prefix, size) == 0 && label[size] == '.' && strcmp(label + size + 1, code) == 0)
            return answer->labels[i]->name;
    }
    return NULL;
}

int ask_today(struct tool *tool, int32_t *today)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__ClockQuery clock = SANLING__V1__CLOCK_QUERY__INIT;
    struct answer answer;
    query.ask_case = SANLING__V1__QUERY__ASK_CLOCK;
    query.clock = &clock;
    int status = tool_ask(tool, &query, &sanling__v1__clock_answer__descriptor, &answer);
    if (status != STATUS_DONE)
        return status;
    bool open = day_parse(((const Sanling__V1__ClockAnswer *)answer.body)->today, today);
    answer_clear(&answer);
    return open ? STATUS_DONE
                : tool_report(STATUS_UNREACHABLE, "BUSY", "the hub has no open day yet: no policy is adopted");
}
