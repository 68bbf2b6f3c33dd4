/* sanlingctl replay: the records of the log, from anywhere, and on as they come. */
#include "arguments.h"
#include "ask.h"
#include "commands.h"
#include "record_line.h"
#include "record_stream.h"

#include "language.h"
#include "wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    KEY_UNIT = 0x200,
    KEY_TYPE,
    KEY_OFFICE,
    KEY_MATTER,
    KEY_RAW,
    KEY_DRILLS,
    TYPES_MAX = 64,
    OFFICES_MAX = 8,
    DELIVERY_FIELD = 3, /* of HubMessage */
    RECORDS_FIELD = 2   /* of Delivery */
};

struct arguments {
    struct tool *tool;
    struct record_stream stream;
    char *types[TYPES_MAX];
    Sanling__V1__Office__Kind offices[OFFICES_MAX];
    bool raw;
    struct answer catalogue;
};

static void add_type(struct arguments *arguments, char *type)
{
    if (arguments->stream.filter.n_types == TYPES_MAX)
        command_line_refuse("sanlingctl replay: more than %d types", TYPES_MAX);
    arguments->types[arguments->stream.filter.n_types++] = type;
}

static void add_office(const struct argp_state *state, struct arguments *arguments, const char *office)
{
    if (arguments->stream.filter.n_publishers == OFFICES_MAX)
        command_line_refuse("sanlingctl replay: more than %d offices", OFFICES_MAX);
    arguments->offices[arguments->stream.filter.n_publishers++] = argument_office(state, "--office", office);
}

static error_t parse_filter(int key, char *argument, const struct argp_state *state, struct arguments *arguments)
{
    switch (key) {
    case KEY_UNIT:
        arguments->stream.filter.unit = argument;
        return 0;
    case KEY_TYPE:
        add_type(arguments, argument);
        return 0;
    case KEY_OFFICE:
        add_office(state, arguments, argument);
        return 0;
    case KEY_MATTER:
        arguments->stream.filter.matter = argument;
        return 0;
    case KEY_DRILLS:
        arguments->stream.filter.drills = true;
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
        state->child_inputs[1] = &arguments->stream;
        return 0;
    case KEY_RAW:
        arguments->raw = true;
        arguments->stream.filter.drills = true;
        return 0;
    case ARGP_KEY_ARG:
        command_line_refuse("sanlingctl replay: '%s' is one word too many", argument);
    default:
        return parse_filter(key, argument, state, arguments);
    }
}

static const struct argp_option options[] = {
    {.name = "unit", .key = KEY_UNIT, .arg = "UNIT", .doc = N_("Only this unit and those below it")},
    {.name = "type",
     .key = KEY_TYPE,
     .arg = "TYPE",
     .doc = N_("Only events of this type, e.g. HazardFound (repeatable)")},
    {.name = "office",
     .key = KEY_OFFICE,
     .arg = "OFFICE",
     .doc = N_("Only events that this office published (repeatable)")},
    {.name = "matter",
     .key = KEY_MATTER,
     .arg = "MATTER",
     .doc = N_("Only events of this matter, hazard, accident or case")},
    {.name = "drills", .key = KEY_DRILLS, .doc = N_("Exercises and tests too")},
    {.name = "raw",
     .key = KEY_RAW,
     .doc = N_("Position and bytes of each event as they were sent, in hexadecimal (base64 with --json); drills too")},
    {0},
};

static const char help[] =
    N_("Examples:\n"
       "  sanlingctl replay --from 2020-08-01 --to 2020-08-19 --unit 140322102000\n"
       "  sanlingctl replay --matter 140322-2020-P-000017-3\n"
       "  sanlingctl --json replay --from now --follow --type AccidentReported\n"
       "\n"
       "The records of the log in their order.\v"
       "With --json: sanling.v1.Record lines (with --raw: sanling.v1.RawRecord). A plain day is counted "
       "in UTC+8, from its first moment or to its last.");

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

static void print_delivery(const struct sanling_happening *happening, void *context)
{
    const struct arguments *arguments = context;
    const Sanling__V1__Delivery *delivery = happening->delivery;
    if (arguments->raw) {
        print_raw_records(arguments->tool, happening->message);
        return;
    }
    for (size_t i = 0; i < delivery->n_records; i++) {
        if (arguments->tool->json)
            tool_print_json(&delivery->records[i]->base);
        else
            record_line_print(delivery->records[i], &arguments->catalogue);
    }
}

int run_replay(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {.argp = &record_stream_argp}, {0}};
    const struct argp argp = {options, parse, NULL, help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool, .stream = record_stream_of(tool)};
    int status = STATUS_DONE;
    tool_parse(&argp, argc, argv, &arguments);
    arguments.stream.filter.types = arguments.types;
    arguments.stream.filter.publishers = arguments.offices;
    if (!tool->json && !arguments.raw)
        status = ask_catalogue(tool, &arguments.catalogue);
    tool_print_demonstration(arguments.catalogue.demonstration);
    if (status == STATUS_DONE)
        status = record_stream_run(&arguments.stream, print_delivery, &arguments);
    answer_clear(&arguments.catalogue);
    return status;
}
