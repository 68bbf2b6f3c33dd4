#include "record_stream.h"

#include "language.h"
#include "moment.h"

#include <stdio.h>
#include <string.h>

enum {
    KEY_FROM = 0x300,
    KEY_TO,
    KEY_FOLLOW,
    SUBSCRIPTION = 1,
    CREDIT = 10000, /* records under way: enough for the hub not to wait for us */
    LOST_TIMEOUT_MS = 30000
};

static void set_from(const struct argp_state *state, struct record_stream *stream, const char *text)
{
    Sanling__V1__RecordSubscription *records = &stream->records;
    if (position_parse(text, &records->from_position)) {
        records->start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_POSITION;
    } else if (strcmp(text, "now") == 0) {
        records->start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_NOW;
        records->from_now = true;
    } else if (moment_parse(text, false, &stream->from_time)) {
        records->start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_TIME;
        records->from_time = &stream->from_time;
    } else {
        command_line_refuse("%s: --from '%s' is no position, time or day, nor now", state->name, text);
    }
}

static void set_to(const struct argp_state *state, struct record_stream *stream, const char *text)
{
    Sanling__V1__RecordSubscription *records = &stream->records;
    stream->to_end = false;
    if (strcmp(text, "end") == 0) {
        stream->to_end = true;
    } else if (position_parse(text, &records->to_position)) {
        records->stop_case = SANLING__V1__RECORD_SUBSCRIPTION__STOP_TO_POSITION;
    } else if (moment_parse(text, true, &stream->to_time)) {
        records->stop_case = SANLING__V1__RECORD_SUBSCRIPTION__STOP_TO_TIME;
        records->to_time = &stream->to_time;
    } else {
        command_line_refuse("%s: --to '%s' is no position, time, day or end", state->name, text);
    }
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct record_stream *stream = state->input;
    switch (key) {
    case KEY_FROM:
        set_from(state, stream, argument);
        return 0;
    case KEY_TO:
        set_to(state, stream, argument);
        return 0;
    case KEY_FOLLOW:
        stream->follow = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "from",
     .key = KEY_FROM,
     .arg = "P|TIME",
     .doc = N_("First position, time or day; or now; default: the first record")},
    {.name = "to",
     .key = KEY_TO,
     .arg = "P|TIME|end",
     .doc = N_("Last position, time or day; default: end, as it is when the command starts")},
    {.name = "follow", .key = KEY_FOLLOW, .doc = N_("Go on as records come; ends only at --to, if given")},
    {0},
};

const struct argp record_stream_argp = {.options = options, .parser = parse};

struct record_stream record_stream_of(struct tool *tool)
{
    return (struct record_stream){.tool = tool,
                                  .records = SANLING__V1__RECORD_SUBSCRIPTION__INIT,
                                  .filter = SANLING__V1__FILTER__INIT,
                                  .to_end = true};
}

static int take_deliveries(struct record_stream *stream,
                           void (*show)(const struct sanling_happening *delivery, void *context), void *context)
{
    struct sanling *hub = stream->tool->hub;
    struct sanling_happening happening;
    struct sanling_error error;
    uint32_t used = 0;
    if (stream->follow)
        fflush(stdout);
    for (;;) {
        if (!sanling_next(hub, -1, &happening, &error))
            return tool_fail(&error);
        if (happening.kind == SANLING_PROBLEM && happening.problem->query == 0) {
            snprintf(error.text, sizeof error.text, "%s", happening.problem->text);
            error.hub_code = happening.problem->code;
            return tool_fail(&error);
        }
        if (happening.kind == SANLING_DISCONNECTED && !stream->follow && !sanling_wait(hub, LOST_TIMEOUT_MS, &error))
            return tool_fail(&error);
        if (happening.kind != SANLING_DELIVERY)
            continue;
        show(&happening, context);
        if (happening.delivery->ended)
            return STATUS_DONE;
        if (stream->follow)
            fflush(stdout);
        used += (uint32_t)happening.delivery->n_records;
        if (used >= CREDIT / 2) {
            if (!sanling_credit(hub, SUBSCRIPTION, used, &error))
                return tool_fail(&error);
            used = 0;
        }
    }
}

/* Whether the replay would stop only at something that is not recorded yet: without --follow nobody waits for it. */
static bool lies_ahead(const Sanling__V1__RecordSubscription *records, const Sanling__V1__Welcome *welcome)
{
    if (records->stop_case == SANLING__V1__RECORD_SUBSCRIPTION__STOP_TO_POSITION)
        return records->to_position > welcome->position;
    return records->stop_case == SANLING__V1__RECORD_SUBSCRIPTION__STOP_TO_TIME && welcome->time != NULL &&
           records->to_time->seconds >= welcome->time->seconds;
}

/* "end" is where the log ends now, also when a reconnection asks again. false: nothing lies before it. */
static bool fix_end(struct record_stream *stream)
{
    Sanling__V1__RecordSubscription *records = &stream->records;
    const Sanling__V1__Welcome *welcome = sanling_welcome(stream->tool->hub);
    if (stream->follow || (!stream->to_end && !lies_ahead(records, welcome)))
        return true;
    records->stop_case = SANLING__V1__RECORD_SUBSCRIPTION__STOP_TO_POSITION;
    records->to_position = welcome->position;
    bool starts_behind = records->start_case == SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_POSITION &&
                         records->from_position > records->to_position;
    return !starts_behind && records->start_case != SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_NOW &&
           records->to_position > 0;
}

int record_stream_run(struct record_stream *stream,
                      void (*show)(const struct sanling_happening *delivery, void *context), void *context)
{
    struct sanling_error error;
    Sanling__V1__Subscribe subscribe = SANLING__V1__SUBSCRIBE__INIT;
    int status = tool_connect(stream->tool, NULL);
    if (status != STATUS_DONE)
        return status;
    if (!fix_end(stream))
        return STATUS_DONE;
    stream->records.filter = &stream->filter;
    stream->records.credit = CREDIT;
    subscribe.id = SUBSCRIPTION;
    subscribe.kind_case = SANLING__V1__SUBSCRIBE__KIND_RECORDS;
    subscribe.records = &stream->records;
    if (!sanling_subscribe(stream->tool->hub, &subscribe, &error))
        return tool_fail(&error);
    return take_deliveries(stream, show, context);
}
