/* sanling-bench: measures a hub over libsanling, as any client would. `run` beside it starts the hubs. */
#include <argp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "argument.h"
#include "commands.h"
#include "followers.h"

enum { CONNECT_LIMIT_MS = 30000, EVENTS_MAX = 100000000, BATCH_MAX = 10000, CHUNK_MAX = 10000000, WINDOW_MAX = 64 };

static const struct command {
    const char *name;
    int (*run)(const struct bench *bench);
    const char *help;
} commands[] = {
    {"units", run_units, "write a synthetic county's units to --file"},
    {"answer", run_answer, "wait for a hub that was started at --since and tell how long it took"},
    {"publish", run_publish, "durable events a second, with status computed"},
    {"latency", run_latency, "acknowledgement of events, or of each --batch, at a steady --rate"},
    {"replay", run_replay, "records a second from the first to the last, or of those of a --unit or --type"},
    {"subscribers", run_subscribers, "--subscribers that follow all records from now --until a position, or --events"},
    {"summary-latency", run_summary_latency, "--events, one by one, each until the county's summary counts it"},
    {"follow", run_follow, "--events changes, one by one, until each of --followers at the page has seen it"},
    {"watch", run_watch, "--followers that follow the page until SIGTERM"},
};

enum {
    OPTION_HUB = 256,
    OPTION_ADDRESS_FILE,
    OPTION_IDENTITY,
    OPTION_SIGNING_KEY,
    OPTION_UNITS,
    OPTION_EVENTS,
    OPTION_BATCH,
    OPTION_CHUNK,
    OPTION_WINDOW,
    OPTION_RATE,
    OPTION_SINCE,
    OPTION_FILE,
    OPTION_PORT,
    OPTION_COOKIE,
    OPTION_FOLLOWERS,
    OPTION_SUBSCRIBERS,
    OPTION_LEAN,
    OPTION_UNTIL,
    OPTION_UNIT,
    OPTION_TYPE
};

static const struct argp_option option_list[] = {
    {"hub", OPTION_HUB, "ENDPOINT", 0, "Where the hub listens", 0},
    {"address-file", OPTION_ADDRESS_FILE, "FILE", 0, "Where a starting hub writes that", 0},
    {"identity", OPTION_IDENTITY, "FILE", 0, "Key file; without it nothing is encrypted", 0},
    {"signing-key", OPTION_SIGNING_KEY, "FILE", 0, "Sign what is published", 0},
    {"units", OPTION_UNITS, "N", 0, "Units of the county, 200 to 5000000; default 5000", 0},
    {"events", OPTION_EVENTS, "N", 0, "Events to publish", 0},
    {"batch", OPTION_BATCH, "N", 0, "Events of a message; default 1000, of latency 1", 0},
    {"chunk", OPTION_CHUNK, "N", 0,
     "Encode so many events at a time, beside; default: up to 2 million all before, of more 100000", 0},
    {"window", OPTION_WINDOW, "N", 0, "Messages in flight, at most 64; default 64", 0},
    {"rate", OPTION_RATE, "N", 0, "Events a second; default 1000", 0},
    {"since", OPTION_SINCE, "US", 0, "Microseconds since 1970", 0},
    {"file", OPTION_FILE, "FILE", 0, "File to write", 0},
    {"port", OPTION_PORT, "N", 0, "Where the leaders' page is served on 127.0.0.1", 0},
    {"cookie", OPTION_COOKIE, "NAME=VALUE", 0, "The session there", 0},
    {"followers", OPTION_FOLLOWERS, "N", 0, "Browsers that follow it; default 200", 0},
    {"subscribers", OPTION_SUBSCRIBERS, "N", 0, "Connections that follow, at most 64; default 10", 0},
    {"lean", OPTION_LEAN, NULL, 0, "They look at positions only, so that they cost little", 0},
    {"until", OPTION_UNTIL, "POSITION", 0, "Where they stop; default: so many --events on", 0},
    {"unit", OPTION_UNIT, "CODE", 0, "Only this unit and what is below", 0},
    {"type", OPTION_TYPE, "NAME", 0, "Only events of this type", 0},
    {0}};

struct arguments {
    struct bench bench;
    const struct command *command;
};

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static error_t take_option(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct bench *bench = &arguments->bench;
    switch (key) {
    case OPTION_HUB:
        bench->endpoint = argument;
        return 0;
    case OPTION_ADDRESS_FILE:
        bench->address_file = argument;
        return 0;
    case OPTION_IDENTITY:
        bench->identity = argument;
        return 0;
    case OPTION_SIGNING_KEY:
        bench->signing_key = argument;
        return 0;
    case OPTION_UNITS:
        bench->county.units = (uint32_t)argument_number(state, argument, COUNTY_UNITS_MIN, COUNTY_UNITS_MAX);
        return 0;
    case OPTION_EVENTS:
        bench->events = argument_number(state, argument, 1, EVENTS_MAX);
        return 0;
    case OPTION_BATCH:
        bench->batch = (uint32_t)argument_number(state, argument, 1, BATCH_MAX);
        return 0;
    case OPTION_CHUNK:
        bench->chunk = (uint32_t)argument_number(state, argument, 1, CHUNK_MAX);
        return 0;
    case OPTION_WINDOW:
        bench->window = (uint32_t)argument_number(state, argument, 1, WINDOW_MAX);
        return 0;
    case OPTION_RATE:
        bench->rate = (uint32_t)argument_number(state, argument, 1, 1000000);
        return 0;
    case OPTION_SINCE:
        bench->since_us = (int64_t)argument_number(state, argument, 1, INT64_MAX);
        return 0;
    case OPTION_FILE:
        bench->units = argument;
        return 0;
    case OPTION_PORT:
        bench->port = (uint16_t)argument_number(state, argument, 1, UINT16_MAX);
        return 0;
    case OPTION_COOKIE:
        bench->cookie = argument;
        return 0;
    case OPTION_FOLLOWERS:
        bench->followers = (uint32_t)argument_number(state, argument, 1, FOLLOWERS_MAX);
        return 0;
    case OPTION_SUBSCRIBERS:
        bench->subscribers = (uint32_t)argument_number(state, argument, 1, BENCH_SUBSCRIBERS_MAX);
        return 0;
    case OPTION_LEAN:
        bench->lean = true;
        return 0;
    case OPTION_UNTIL:
        bench->until = argument_number(state, argument, 1, INT64_MAX);
        return 0;
    case OPTION_UNIT:
        bench->unit = argument;
        return 0;
    case OPTION_TYPE:
        bench->type = argument;
        return 0;
    case ARGP_KEY_ARG:
        arguments->command = state->arg_num == 0 ? find_command(argument) : NULL;
        if (!arguments->command)
            argp_error(state, "'%s': not a command here", argument);
        return 0;
    case ARGP_KEY_END:
        if (!arguments->command)
            argp_error(state, "wants a command");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void print_line(const char *format, va_list arguments)
{
    fputs("sanling-bench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

int bench_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line(format, arguments);
    va_end(arguments);
    return 1;
}

bool bench_wrong(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line(format, arguments);
    va_end(arguments);
    return false;
}

struct sanling *bench_connect(const struct bench *bench)
{
    struct sanling_error error;
    const char *sources[] = {BENCH_SOURCE, NULL};
    const struct sanling_options options = {.endpoint = bench->endpoint,
                                            .identity_file = bench->identity,
                                            .sources = sources,
                                            .window = bench->window,
                                            .packed_records = true};
    struct sanling *hub = sanling_open(&options, &error);
    if (hub && (!bench->signing_key || sanling_sign(hub, bench->signing_key, &error)) &&
        sanling_wait(hub, CONNECT_LIMIT_MS, &error))
        return hub;
    sanling_close(&hub);
    bench_fail("%s", error.text);
    return NULL;
}

uint64_t bench_next_sequence(const struct sanling *hub)
{
    const Sanling__V1__Welcome *welcome = sanling_welcome(hub);
    return welcome->n_sources == 1 ? welcome->sources[0]->next_sequence : 1;
}

int64_t bench_hub_time_s(const struct sanling *hub)
{
    return sanling_welcome(hub)->time->seconds;
}

bool bench_recorded(const Sanling__V1__Outcome *outcome, uint64_t *recorded)
{
    uint64_t sequence = outcome->first_sequence;
    for (size_t i = 0; i < outcome->n_runs; i++) {
        const Sanling__V1__Outcome__Run *run = outcome->runs[i];
        if (run->kind != SANLING__V1__OUTCOME__RUN__KIND__RECORDED) {
            bench_fail("event %llu was not recorded: code %d, %s", (unsigned long long)sequence, (int)run->code,
                       run->text);
            return false;
        }
        sequence += run->count;
        *recorded += run->count;
    }
    return true;
}

int main(int count, char **words)
{
    struct arguments arguments = {.bench = {.county = {.units = 5000},
                                            .window = 64,
                                            .rate = 1000,
                                            .events = 1000000,
                                            .followers = 200,
                                            .subscribers = 10}};
    char help[2048] = "Measures a hub. Commands:\n";
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        size_t used = strlen(help);
        snprintf(help + used, sizeof help - used, "  %-16s%s\n", commands[i].name, commands[i].help);
    }
    const struct argp parser = {.options = option_list, .parser = take_option, .args_doc = "COMMAND", .doc = help};
    argp_err_exit_status = 2;
    argp_parse(&parser, count, words, 0, NULL, &arguments);
    return arguments.command->run(&arguments.bench);
}
