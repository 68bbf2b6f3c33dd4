/* sanlingctl replay: the records of the log, from anywhere, and on as they come. */
#include "commands.h"
#include "moment.h"
#include "words.h"

#include "wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_FROM = 0x200,
    KEY_TO,
    KEY_UNIT,
    KEY_TYPE,
    KEY_OFFICE,
    KEY_MATTER,
    KEY_FOLLOW,
    KEY_RAW,
    KEY_DRILLS,
    SUBSCRIPTION = 1,
    TYPES_MAX = 64,
    OFFICES_MAX = 8,
    CREDIT = 10000,     /* records under way: enough for the hub not to wait for us */
    DELIVERY_FIELD = 3, /* of HubMessage */
    RECORDS_FIELD = 2,  /* of Delivery */
    LOST_TIMEOUT_MS = 30000
};

struct arguments {
    struct tool *tool;
    Sanling__V1__RecordSubscription records;
    Sanling__V1__Filter filter;
    Google__Protobuf__Timestamp from_time;
    Google__Protobuf__Timestamp to_time;
    char *types[TYPES_MAX];
    Sanling__V1__Office__Kind offices[OFFICES_MAX];
    bool to_end; /* the end as it is when the command starts */
    bool follow;
    bool raw;
};

static void set_from(struct arguments *arguments, const char *text)
{
    Sanling__V1__RecordSubscription *records = &arguments->records;
    if (position_parse(text, &records->from_position)) {
        records->start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_POSITION;
    } else if (strcmp(text, "now") == 0) {
        records->start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_NOW;
        records->from_now = true;
    } else if (moment_parse(text, false, &arguments->from_time)) {
        records->start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_TIME;
        records->from_time = &arguments->from_time;
    } else {
        tool_usage("sanlingctl replay: --from '%s' is no position, time or day", text);
    }
}

static void set_to(struct arguments *arguments, const char *text)
{
    Sanling__V1__RecordSubscription *records = &arguments->records;
    arguments->to_end = false;
    if (strcmp(text, "end") == 0) {
        arguments->to_end = true;
    } else if (position_parse(text, &records->to_position)) {
        records->stop_case = SANLING__V1__RECORD_SUBSCRIPTION__STOP_TO_POSITION;
    } else if (moment_parse(text, true, &arguments->to_time)) {
        records->stop_case = SANLING__V1__RECORD_SUBSCRIPTION__STOP_TO_TIME;
        records->to_time = &arguments->to_time;
    } else {
        tool_usage("sanlingctl replay: --to '%s' is no position, time, day or end", text);
    }
}

static void add_type(struct arguments *arguments, char *type)
{
    if (arguments->filter.n_types == TYPES_MAX)
        tool_usage("sanlingctl replay: more than %d types", TYPES_MAX);
    arguments->types[arguments->filter.n_types++] = type;
}

static void add_office(struct arguments *arguments, const char *office)
{
    if (arguments->filter.n_publishers == OFFICES_MAX)
        tool_usage("sanlingctl replay: more than %d offices", OFFICES_MAX);
    if (!office_parse(office, &arguments->offices[arguments->filter.n_publishers++]))
        tool_usage("sanlingctl replay: --office '%s' is no office", office);
}

static error_t parse_filter(int key, char *argument, struct arguments *arguments)
{
    switch (key) {
    case KEY_UNIT:
        arguments->filter.unit = argument;
        return 0;
    case KEY_TYPE:
        add_type(arguments, argument);
        return 0;
    case KEY_OFFICE:
        add_office(arguments, argument);
        return 0;
    case KEY_MATTER:
        arguments->filter.matter = argument;
        return 0;
    case KEY_DRILLS:
        arguments->filter.drills = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_FROM:
        set_from(arguments, argument);
        return 0;
    case KEY_TO:
        set_to(arguments, argument);
        return 0;
    case KEY_FOLLOW:
        arguments->follow = true;
        return 0;
    case KEY_RAW:
        arguments->raw = true;
        arguments->filter.drills = true;
        return 0;
    case ARGP_KEY_ARG:
        tool_usage("sanlingctl replay: '%s' is one word too many", argument);
    default:
        return parse_filter(key, argument, arguments);
    }
}

static const struct argp_option options[] = {
    {.name = "from",
     .key = KEY_FROM,
     .arg = "P|TIME",
     .doc = "First position, time or day; or now; default: the first record"},
    {.name = "to",
     .key = KEY_TO,
     .arg = "P|TIME|end",
     .doc = "Last position, time or day; default: end, as it is when the command starts"},
    {.name = "unit", .key = KEY_UNIT, .arg = "CODE", .doc = "Only this unit and those below it"},
    {.name = "type", .key = KEY_TYPE, .arg = "TYPE", .doc = "Only events of this type, e.g. HazardFound (repeatable)"},
    {.name = "office",
     .key = KEY_OFFICE,
     .arg = "OFFICE",
     .doc = "Only events that this office published (repeatable)"},
    {.name = "matter", .key = KEY_MATTER, .arg = "CODE", .doc = "Only events of this matter, hazard, accident or case"},
    {.name = "drills", .key = KEY_DRILLS, .doc = "Exercises and tests too"},
    {.name = "follow", .key = KEY_FOLLOW, .doc = "Go on as records come; ends only at --to, if given"},
    {.name = "raw",
     .key = KEY_RAW,
     .doc = "Position and bytes of each event as they were sent, in hexadecimal (base64 with --json); drills too"},
    {0},
};

static const char help[] =
    "Examples:\n"
    "  sanlingctl replay --from 2020-08-01 --to 2020-08-19 --unit 140322102000\n"
    "  sanlingctl replay --matter 140322-2020-P-000017-3\n"
    "  sanlingctl --json replay --from now --follow --type AccidentReported\n"
    "\n"
    "The records of the log in their order.\v"
    "With --json: sanling.v1.Record lines (with --raw: sanling.v1.RawRecord). A plain day is counted "
    "in UTC+8, from its first moment or to its last.";

/* The payload's name in the contract, and the payload. NULL: of a type that this program does not know. */
static const ProtobufCMessage *payload_of(const Sanling__V1__Event *event)
{
    return event->payload_case == SANLING__V1__EVENT__PAYLOAD__NOT_SET
               ? NULL
               : (const ProtobufCMessage *)event->policy_adopted; /* all members are messages */
}

static const char *label_of(const Sanling__V1__CatalogueAnswer *catalogue, const char *name)
{
    for (size_t i = 0; i < catalogue->n_types; i++)
        if (strcmp(catalogue->types[i]->name, name) == 0)
            return catalogue->types[i]->label;
    return "";
}

/* Long texts, such as a whole policy, are cut: the line is for reading. */
static void print_payload(const ProtobufCMessage *payload)
{
    enum { TEXT_SHOWN = 300 };
    char *text = sanling_json_from_message(payload);
    size_t size = text != NULL ? strlen(text) : 0;
    size_t end = size < TEXT_SHOWN ? size : TEXT_SHOWN;
    while (end < size && end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
        end--;
    if (text != NULL && strcmp(text, "{}") != 0)
        printf("  %.*s%s", (int)end, text, end < size ? "…" : "");
    free(text);
}

static void print_line(const Sanling__V1__Record *record, const Sanling__V1__CatalogueAnswer *catalogue)
{
    const Sanling__V1__Event *event = record->event;
    const ProtobufCMessage *payload = event != NULL ? payload_of(event) : NULL;
    const char *name = payload != NULL ? payload->descriptor->short_name : "?";
    char recorded[MOMENT_TEXT_SIZE];
    char occurred[MOMENT_TEXT_SIZE];
    moment_format(record->recorded_at, recorded);
    moment_format(event != NULL ? event->occurred_at : NULL, occurred);
    printf("%" PRIu64 "  %s  %s %s", record->position, recorded, label_of(catalogue, name), name);
    if (event != NULL) {
        printf("  %s  发生 occurred %s  %s#%" PRIu64, event->unit[0] != '\0' ? event->unit : "–", occurred,
               event->source, event->sequence);
        if (event->matter[0] != '\0')
            printf("  %s", event->matter);
        if (event->mode != SANLING__V1__MODE__KIND__ACTUAL)
            printf("  【%s】", event->mode == SANLING__V1__MODE__KIND__EXERCISE ? "演练 EXERCISE" : "测试 TEST");
        if (payload != NULL)
            print_payload(payload);
    }
    putchar('\n');
}

static void print_raw(const struct tool *tool, const uint8_t *bytes, size_t size)
{
    Sanling__V1__RawRecord *record = sanling__v1__raw_record__unpack(NULL, size, bytes);
    if (record == NULL)
        exit(tool_report(STATUS_NO, "MALFORMED", "a record of the hub is no record"));
    if (tool->json) {
        tool_print_json(&record->base);
    } else {
        printf("%" PRIu64 " ", record->position);
        for (size_t i = 0; i < record->event.len; i++)
            printf("%02x", record->event.data[i]);
        putchar('\n');
    }
    sanling__v1__raw_record__free_unpacked(record, NULL);
}

/* Finds the records in the message as it came: unpacked, an event is no longer its bytes. */
static void print_raw_records(const struct tool *tool, struct sanling_bytes message)
{
    struct wire_reader outer = wire_read(message.bytes, message.size);
    struct wire_field delivery;
    while (wire_next(&outer, &delivery)) {
        if (delivery.number != DELIVERY_FIELD)
            continue;
        struct wire_reader inner = wire_read(delivery.bytes, delivery.size);
        struct wire_field record;
        while (wire_next(&inner, &record))
            if (record.number == RECORDS_FIELD)
                print_raw(tool, record.bytes, record.size);
    }
}

static void print_delivery(const struct arguments *arguments, const struct sanling_happening *happening,
                           const Sanling__V1__CatalogueAnswer *catalogue)
{
    const Sanling__V1__Delivery *delivery = happening->delivery;
    if (arguments->raw) {
        print_raw_records(arguments->tool, happening->message);
        return;
    }
    for (size_t i = 0; i < delivery->n_records; i++) {
        if (arguments->tool->json)
            tool_print_json(&delivery->records[i]->base);
        else
            print_line(delivery->records[i], catalogue);
    }
}

static int take_deliveries(struct arguments *arguments, const Sanling__V1__CatalogueAnswer *catalogue)
{
    struct sanling *hub = arguments->tool->hub;
    struct sanling_happening happening;
    struct sanling_error error;
    uint32_t used = 0;
    for (;;) {
        if (!sanling_next(hub, -1, &happening, &error))
            return tool_fail(&error);
        if (happening.kind == SANLING_PROBLEM && happening.problem->query == 0) {
            snprintf(error.text, sizeof error.text, "%s", happening.problem->text);
            error.hub_code = happening.problem->code;
            return tool_fail(&error);
        }
        if (happening.kind == SANLING_DISCONNECTED && !arguments->follow && !sanling_wait(hub, LOST_TIMEOUT_MS, &error))
            return tool_fail(&error);
        if (happening.kind != SANLING_DELIVERY)
            continue;
        print_delivery(arguments, &happening, catalogue);
        if (happening.delivery->ended)
            return STATUS_DONE;
        if (arguments->follow)
            fflush(stdout);
        used += (uint32_t)happening.delivery->n_records;
        if (used >= CREDIT / 2) {
            if (!sanling_credit(hub, SUBSCRIPTION, used, &error))
                return tool_fail(&error);
            used = 0;
        }
    }
}

/* The words for event types; without them (an older hub) lines do without. */
static int ask_catalogue(struct arguments *arguments, struct answer *catalogue)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__CatalogueQuery ask = SANLING__V1__CATALOGUE_QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_CATALOGUE;
    query.catalogue = &ask;
    return tool_ask(arguments->tool, &query, &sanling__v1__catalogue_answer__descriptor, catalogue);
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
static bool fix_end(struct arguments *arguments)
{
    Sanling__V1__RecordSubscription *records = &arguments->records;
    const Sanling__V1__Welcome *welcome = sanling_welcome(arguments->tool->hub);
    if (arguments->follow || (!arguments->to_end && !lies_ahead(records, welcome)))
        return true;
    records->stop_case = SANLING__V1__RECORD_SUBSCRIPTION__STOP_TO_POSITION;
    records->to_position = welcome->position;
    bool starts_behind = records->start_case == SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_POSITION &&
                         records->from_position > records->to_position;
    return !starts_behind && records->start_case != SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_NOW &&
           records->to_position > 0;
}

static int replay(struct arguments *arguments, const Sanling__V1__CatalogueAnswer *catalogue)
{
    struct sanling_error error;
    Sanling__V1__Subscribe subscribe = SANLING__V1__SUBSCRIBE__INIT;
    if (!fix_end(arguments))
        return STATUS_DONE;
    arguments->filter.types = arguments->types;
    arguments->filter.publishers = arguments->offices;
    arguments->records.filter = &arguments->filter;
    arguments->records.credit = CREDIT;
    subscribe.id = SUBSCRIPTION;
    subscribe.kind_case = SANLING__V1__SUBSCRIBE__KIND_RECORDS;
    subscribe.records = &arguments->records;
    if (!sanling_subscribe(arguments->tool->hub, &subscribe, &error))
        return tool_fail(&error);
    return take_deliveries(arguments, catalogue);
}

int run_replay(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, NULL, help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool,
                                  .records = SANLING__V1__RECORD_SUBSCRIPTION__INIT,
                                  .filter = SANLING__V1__FILTER__INIT,
                                  .to_end = true};
    struct answer catalogue = {0};
    Sanling__V1__CatalogueAnswer none = SANLING__V1__CATALOGUE_ANSWER__INIT;
    tool_parse(&argp, argc, argv, &arguments);
    int status = tool_connect(tool, NULL);
    if (status == STATUS_DONE && !tool->json && !arguments.raw)
        status = ask_catalogue(&arguments, &catalogue);
    if (status == STATUS_DONE)
        status =
            replay(&arguments, catalogue.body != NULL ? (const Sanling__V1__CatalogueAnswer *)catalogue.body : &none);
    answer_clear(&catalogue);
    return status;
}
