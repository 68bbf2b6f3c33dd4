/* sanlingctl publish: JSON lines of events, an outcome for each. */
#include "commands.h"
#include "language.h"
#include "publisher.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_SOURCE = 0x200, KEY_SIGNING_KEY, CHUNK_SIZE = 64 * 1024, LINE_SIZE_MAX = 1024 * 1024 };

struct arguments {
    struct tool *tool;
    char *source;
    const char *file;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_SOURCE:
        arguments->source = argument;
        return 0;
    case KEY_SIGNING_KEY:
        arguments->tool->signing_key = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            command_line_refuse("sanlingctl publish: '%s' is one word too many", argument);
        arguments->file = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->source == NULL || arguments->source[0] == '\0')
            command_line_refuse("sanlingctl publish: wants --source NAME");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "source", .key = KEY_SOURCE, .arg = "NAME", .doc = N_("The numbered stream to publish in")},
    {.name = "signing-key",
     .key = KEY_SIGNING_KEY,
     .arg = "FILE",
     .doc = N_("Sign what is published with this key; environment SANLING_SIGNING_KEY, also for other commands that "
               "publish")},
    {0},
};

static const char help[] = N_(
    "Examples:\n"
    "  sanlingctl publish --source petitions-yu events.jsonl\n"
    "  echo '{\"unit\":\"140322102200\",\"occurredAt\":\"2020-08-19T01:00:00Z\",\"hazardFound\":{...}}' |\n"
    "    sanlingctl publish --source safety-test\n"
    "\n"
    "Publishes events, one line of canonical protobuf JSON (sanling.v1.Event) for each. Where a line has no sequence, "
    "the tool goes on from where the source stands at the hub.\v"
    "Prints an outcome for each event; with --json: sanling.v1.Outcome lines. Exit status 1 if something was "
    "rejected.");

/* Shows one event's outcome. */
static void show_outcome(void *context, uint64_t sequence, const Sanling__V1__Outcome__Run *run, uint64_t position)
{
    const struct arguments *arguments = context;
    const char *separator = run->text[0] != '\0' ? ": " : "";
    if (arguments->tool->json) {
        Sanling__V1__Outcome outcome = SANLING__V1__OUTCOME__INIT;
        Sanling__V1__Outcome__Run one = *run;
        Sanling__V1__Outcome__Run *runs[] = {&one};
        one.count = 1;
        one.first_position = position;
        outcome.source = arguments->source;
        outcome.first_sequence = sequence;
        outcome.runs = runs;
        outcome.n_runs = 1;
        tool_print_json(&outcome.base);
        return;
    }
    printf("%s %" PRIu64 ": ", arguments->source, sequence);
    switch (run->kind) {
    case SANLING__V1__OUTCOME__RUN__KIND__RECORDED:
        printf("已记录 recorded at %" PRIu64 "%s\n", position,
               run->pending ? "，待复核 pending second approval: 另一身份确认前不生效 nothing changes before" : "");
        return;
    case SANLING__V1__OUTCOME__RUN__KIND__DUPLICATE:
        printf("重复 duplicate of %" PRIu64 "\n", position);
        return;
    case SANLING__V1__OUTCOME__RUN__KIND__REJECTED:
        printf("已拒收 rejected, %s%s%s\n", tool_code_name(run->code), separator, run->text);
        return;
    case SANLING__V1__OUTCOME__RUN__KIND__REFUSED:
        printf("未接收 refused, %s%s%s\n", tool_code_name(run->code), separator, run->text);
        return;
    case SANLING__V1__OUTCOME__RUN__KIND__UNSPECIFIED:
    case _SANLING__V1__OUTCOME__RUN__KIND_IS_INT_SIZE:
        break;
    }
    printf("? %d\n", (int)run->kind);
}

/* The input as lines: what is there is taken at once, so that outcomes come before the next line is typed. */
struct input {
    int file;
    char *bytes;
    size_t size;
    size_t capacity;
    uint64_t line; /* of the last one taken */
    bool ended;
};

struct publishing {
    const struct arguments *arguments;
    struct publisher *publisher;
    uint64_t malformed; /* lines */
};

static void report_line(struct publishing *publishing, uint64_t line, const char *text)
{
    publishing->malformed++;
    tool_report(STATUS_NO, "MALFORMED", "line %" PRIu64 ": %s", line, text);
}

static int publish_line(struct publishing *publishing, const char *text, uint64_t line)
{
    struct sanling_error error;
    uint8_t *bytes;
    size_t size;
    if (text[strspn(text, " \t\r")] == '\0')
        return STATUS_DONE;
    if (!sanling_event_from_json(text, &bytes, &size, &error)) {
        static const char only[] = "line 1, "; /* each line is a document of its own: its number is ours to say */
        bool counted = strncmp(error.text, only, sizeof only - 1) == 0;
        report_line(publishing, line, error.text + (counted ? sizeof only - 1 : 0));
        return STATUS_DONE;
    }
    Sanling__V1__Event *event = sanling__v1__event__unpack(NULL, size, bytes);
    free(bytes);
    if (event == NULL)
        return tool_report(STATUS_NO, "SYSTEM", "no memory for an event");
    int status = STATUS_DONE;
    if (event->source[0] != '\0' && strcmp(event->source, publishing->arguments->source) != 0) {
        report_line(publishing, line, "its source is not that of --source");
    } else {
        char *own = event->source;
        status = publisher_add(publishing->publisher, event);
        event->source = own;
    }
    sanling__v1__event__free_unpacked(event, NULL);
    return status;
}

static int publish_lines(struct publishing *publishing, struct input *input)
{
    size_t start = 0;
    char *end;
    int status = STATUS_DONE;
    while (status == STATUS_DONE && (end = memchr(input->bytes + start, '\n', input->size - start)) != NULL) {
        *end = '\0';
        status = publish_line(publishing, input->bytes + start, ++input->line);
        start = (size_t)(end - input->bytes) + 1;
    }
    memmove(input->bytes, input->bytes + start, input->size - start);
    input->size -= start;
    if (status == STATUS_DONE && input->ended && input->size > 0) {
        input->bytes[input->size] = '\0';
        status = publish_line(publishing, input->bytes, ++input->line);
        input->size = 0;
    }
    return status;
}

/* Reads what is there; room for a NUL behind it stays. */
static int read_chunk(struct input *input)
{
    if (input->capacity - input->size < CHUNK_SIZE + 1) {
        if (input->size > LINE_SIZE_MAX)
            return tool_report(STATUS_USAGE, "MALFORMED", "line %" PRIu64 " has more than %d bytes", input->line + 1,
                               LINE_SIZE_MAX);
        size_t capacity = input->capacity * 2 + 2 * CHUNK_SIZE;
        char *grown = realloc(input->bytes, capacity);
        if (grown == NULL)
            return tool_report(STATUS_NO, "SYSTEM", "no memory");
        input->bytes = grown;
        input->capacity = capacity;
    }
    ssize_t size = read(input->file, input->bytes + input->size, CHUNK_SIZE);
    if (size < 0)
        return tool_report(STATUS_NO, "SYSTEM", "the input cannot be read: %s", strerror(errno));
    input->size += (size_t)size;
    input->ended = size == 0;
    return STATUS_DONE;
}

static bool is_ready(const struct input *input)
{
    struct pollfd ready = {.fd = input->file, .events = POLLIN};
    return poll(&ready, 1, 0) > 0;
}

static int publish_input(struct publishing *publishing, struct input *input)
{
    bool rejected = false;
    while (!input->ended) {
        if (!is_ready(input)) {
            int answered = publisher_finish(publishing->publisher);
            if (publisher_stopped(publishing->publisher))
                return answered;
            rejected = rejected || answered == STATUS_NO;
            fflush(stdout);
        }
        int status = read_chunk(input);
        if (status == STATUS_DONE)
            status = publish_lines(publishing, input);
        if (status != STATUS_DONE)
            return status;
    }
    int status = publisher_finish(publishing->publisher);
    if (status != STATUS_DONE)
        return status;
    return rejected || publishing->malformed > 0 ? STATUS_NO : STATUS_DONE;
}

int run_publish(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, "[FILE|-]", help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool, .file = "-"};
    struct input input = {.file = STDIN_FILENO};
    tool_parse(&argp, argc, argv, &arguments);
    if (strcmp(arguments.file, "-") != 0) {
        input.file = open(arguments.file, O_RDONLY | O_CLOEXEC);
        if (input.file < 0)
            return tool_report(STATUS_USAGE, "USAGE", "%s: %s", arguments.file, strerror(errno));
    }
    struct publishing publishing = {.arguments = &arguments};
    int status = publisher_open(&publishing.publisher, tool, arguments.source, show_outcome, &arguments);
    if (status == STATUS_DONE)
        status = publish_input(&publishing, &input);
    publisher_close(&publishing.publisher);
    free(input.bytes);
    if (input.file != STDIN_FILENO)
        close(input.file);
    return status;
}
