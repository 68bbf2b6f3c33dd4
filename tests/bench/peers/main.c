/* sanling-peers-bench: drives what an office could put in the hub's place, and the machine's own limits, with the very
 * events that the hub is measured with. `run` starts the servers. */
#include <argp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "argument.h"
#include "measure.h"
#include "peers.h"

enum { EVENTS_MAX = 20000000, BATCH_MAX = 100000, PIPELINE_MAX = 100000, RATE_MAX = 1000000 };

static const struct command {
    const char *name;
    int (*run)(const struct peers_options *options);
    const char *help;
} commands[] = {
    {"postgres-copy", run_postgres_copy, "COPY of --batch rows a transaction"},
    {"postgres-upsert", run_postgres_upsert, "the same, and the units' status rows in the same transaction"},
    {"postgres-commit", run_postgres_commit, "one INSERT a transaction at a steady --rate"},
    {"redis", run_redis, "XADD of --entry events an entry, --pipeline entries in flight"},
    {"jetstream", run_jetstream, "messages of --entry events, --pipeline in flight, all acknowledged"},
    {"zmq", run_zmq, "libzmq alone, from process to process, messages of --batch events"},
    {"rocksdb", run_rocksdb, "RocksDB alone, values of --block events, each synced"},
    {"fdatasync", run_fdatasync, "a file alone, writes of --block events, each synced"},
};

enum {
    OPTION_CONNINFO = 256,
    OPTION_URL,
    OPTION_DIR,
    OPTION_PORT,
    OPTION_UNITS,
    OPTION_EVENTS,
    OPTION_BATCH,
    OPTION_ENTRY,
    OPTION_PIPELINE,
    OPTION_BLOCK,
    OPTION_RATE,
    OPTION_CURVE
};

static const struct argp_option option_list[] = {
    {"conninfo", OPTION_CONNINFO, "TEXT", 0, "PostgreSQL, as libpq reads it", 0},
    {"url", OPTION_URL, "URL", 0, "JetStream", 0},
    {"dir", OPTION_DIR, "DIR", 0, "Folder on the disk that is measured", 0},
    {"port", OPTION_PORT, "N", 0, "Redis on 127.0.0.1", 0},
    {"units", OPTION_UNITS, "N", 0, "Units of the county, 200 to 5000000; default 5000", 0},
    {"events", OPTION_EVENTS, "N", 0, "Events in all; default 1000000", 0},
    {"batch", OPTION_BATCH, "N", 0, "Events of a transaction or a message; default 1000", 0},
    {"entry", OPTION_ENTRY, "N", 0, "Events of an entry of a stream; default 1", 0},
    {"pipeline", OPTION_PIPELINE, "N", 0, "Entries in flight; default 1000 of Redis, 4096 of JetStream", 0},
    {"block", OPTION_BLOCK, "N", 0, "Events of a value or a write; default 1000", 0},
    {"rate", OPTION_RATE, "N", 0, "Events a second, one by one; default 1000", 0},
    {"curve", OPTION_CURVE, NULL, 0, "Encrypt", 0},
    {0}};

struct arguments {
    struct peers_options options;
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
    struct peers_options *options = &arguments->options;
    switch (key) {
    case OPTION_CONNINFO:
        options->conninfo = argument;
        return 0;
    case OPTION_URL:
        options->url = argument;
        return 0;
    case OPTION_DIR:
        options->dir = argument;
        return 0;
    case OPTION_PORT:
        options->port = (uint16_t)argument_number(state, argument, 1, UINT16_MAX);
        return 0;
    case OPTION_UNITS:
        options->county.units = (uint32_t)argument_number(state, argument, COUNTY_UNITS_MIN, COUNTY_UNITS_MAX);
        return 0;
    case OPTION_EVENTS:
        options->events = argument_number(state, argument, 1, EVENTS_MAX);
        return 0;
    case OPTION_BATCH:
        options->batch = (uint32_t)argument_number(state, argument, 1, BATCH_MAX);
        return 0;
    case OPTION_ENTRY:
        options->entry = (uint32_t)argument_number(state, argument, 1, BATCH_MAX);
        return 0;
    case OPTION_PIPELINE:
        options->pipeline = (uint32_t)argument_number(state, argument, 1, PIPELINE_MAX);
        return 0;
    case OPTION_BLOCK:
        options->block = (uint32_t)argument_number(state, argument, 1, BATCH_MAX);
        return 0;
    case OPTION_RATE:
        options->rate = (uint32_t)argument_number(state, argument, 1, RATE_MAX);
        return 0;
    case OPTION_CURVE:
        options->curve = true;
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

int peers_fail(const char *format, ...)
{
    va_list arguments;
    fputs("sanling-peers-bench: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return 1;
}

void peers_make_events(const struct peers_options *options, struct mix *mix)
{
    mix_make(mix, &options->county, PEERS_SOURCE, 1, options->events, time(NULL));
}

void peers_tell_rate(const struct mix *mix, int64_t start_us)
{
    double seconds = (double)(measure_now_us() - start_us) / 1e6;
    measure_tell("events_per_s", (double)mix->count / seconds);
    measure_tell("event_bytes", (double)mix->bytes_size / (double)mix->count);
}

int main(int count, char **words)
{
    struct arguments arguments = {
        .options = {
            .county = {.units = 5000}, .events = 1000000, .batch = 1000, .entry = 1, .block = 1000, .rate = 1000}};
    char help[2048] = "Drives what could stand in the hub's place. Commands:\n";
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        size_t used = strlen(help);
        snprintf(help + used, sizeof help - used, "  %-17s%s\n", commands[i].name, commands[i].help);
    }
    const struct argp parser = {.options = option_list, .parser = take_option, .args_doc = "COMMAND", .doc = help};
    argp_err_exit_status = 2;
    argp_parse(&parser, count, words, 0, NULL, &arguments);
    return arguments.command->run(&arguments.options);
}
