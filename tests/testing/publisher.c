/* scenario-publisher: a governance office that publishes a known mix of events and prints each outcome the moment it is
 * answered, so that a test knows what was acknowledged, whatever is killed meanwhile. Public header only.
 *
 * Of eight events seven take a matter through the seven steps (七步闭环) and one is a tally: an event that is lost,
 * doubled or out of order makes the next one a rejection. The bytes of event N depend on the options alone. */
#include <sanling.h>

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STEPS = 8, UNITS_MAX = 64, BATCH_MAX = 1000, WAIT_MS = 1000, BLOCK_SIZE_MAX = 200 };

struct options {
    struct sanling_options connection;
    const char *source;
    char *units[UNITS_MAX];
    uint64_t unit_count;
    uint64_t first; /* 0: where the source stands at the hub */
    uint64_t count;
    uint64_t batch;
    uint64_t pause_ms; /* between two messages */
    int64_t at;        /* occurred_at, seconds since 1970 */
};

struct block {
    struct sanling_bytes events[BATCH_MAX];
    uint8_t bytes[BATCH_MAX][BLOCK_SIZE_MAX + 128];
};

static bool is_number(const char *text, uint64_t *number)
{
    char *end;
    *number = strtoull(text, &end, 10);
    return *text != '\0' && *end == '\0';
}

static error_t parse_number(int key, const char *argument, struct options *options)
{
    uint64_t number;
    if (!is_number(argument, &number))
        return EINVAL;
    switch (key) {
    case 'f':
        options->first = number;
        return 0;
    case 'n':
        options->count = number;
        return 0;
    case 'b':
        options->batch = number < BATCH_MAX ? number : BATCH_MAX;
        return 0;
    case 'w':
        options->connection.window = (uint32_t)number;
        return 0;
    case 'p':
        options->pause_ms = number;
        return 0;
    case 'a':
        options->at = (int64_t)number;
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 'h':
        options->connection.endpoint = argument;
        return 0;
    case 'i':
        options->connection.identity_file = argument;
        return 0;
    case 's':
        options->source = argument;
        return 0;
    case 'u':
        if (options->unit_count < UNITS_MAX)
            options->units[options->unit_count++] = argument;
        return 0;
    case ARGP_KEY_END:
        if (options->source == NULL || options->unit_count == 0 || options->batch == 0)
            argp_error(state, "needs --source, --unit and --batch");
        return 0;
    }
    return argument != NULL ? parse_number(key, argument, options) : ARGP_ERR_UNKNOWN;
}

static const struct argp_option option_list[] = {
    {"hub", 'h', "ENDPOINT", 0, NULL, 0},
    {"identity", 'i', "FILE", 0, NULL, 0},
    {"source", 's', "NAME", 0, NULL, 0},
    {"unit", 'u', "CODE", 0, "a unit to publish about; repeatable", 0},
    {"first", 'f', "N", 0, "number of the first event; 0: where the source stands", 0},
    {"count", 'n', "N", 0, "how many events", 0},
    {"batch", 'b', "N", 0, "events in a message", 0},
    {"window", 'w', "N", 0, "messages in flight", 0},
    {"pause", 'p', "MS", 0, "between two messages", 0},
    {"at", 'a', "SECONDS", 0, "when all of it happened, since 1970", 0},
    {0}};

/* ---- events ---- */

struct step {
    Sanling__V1__GridReported reported;
    Sanling__V1__GridRegistered registered;
    Sanling__V1__GridDispatched dispatched;
    Sanling__V1__GridHandled handled;
    Sanling__V1__GridAnswered answered;
    Sanling__V1__GridChecked checked;
    Sanling__V1__GridClosed closed;
    Sanling__V1__PublicityTallied tallied;
    char day[11];
};

static void init_steps(struct step *step, int64_t at)
{
    static char category[] = "OTHER";
    static char handler[] = "HANDLER";
    static char checker[] = "CHECKER";
    time_t seconds = at;
    struct tm local;
    step->reported = (Sanling__V1__GridReported)SANLING__V1__GRID_REPORTED__INIT;
    step->registered = (Sanling__V1__GridRegistered)SANLING__V1__GRID_REGISTERED__INIT;
    step->dispatched = (Sanling__V1__GridDispatched)SANLING__V1__GRID_DISPATCHED__INIT;
    step->handled = (Sanling__V1__GridHandled)SANLING__V1__GRID_HANDLED__INIT;
    step->answered = (Sanling__V1__GridAnswered)SANLING__V1__GRID_ANSWERED__INIT;
    step->checked = (Sanling__V1__GridChecked)SANLING__V1__GRID_CHECKED__INIT;
    step->closed = (Sanling__V1__GridClosed)SANLING__V1__GRID_CLOSED__INIT;
    step->tallied = (Sanling__V1__PublicityTallied)SANLING__V1__PUBLICITY_TALLIED__INIT;
    step->reported.category = category;
    step->dispatched.to_office = SANLING__V1__OFFICE__KIND__WORK_SAFETY;
    step->checked.passed = true;
    step->handled.by_role = handler; /* the checker is not the handler */
    step->checked.by_role = checker;
    strftime(step->day, sizeof step->day, "%Y-%m-%d", gmtime_r(&seconds, &local));
    step->tallied.day = step->day;
    step->tallied.item = SANLING__V1__PUBLICITY_TALLIED__ITEM__KIND__LEAFLETS;
    step->tallied.count = 1;
}

static void choose_payload(Sanling__V1__Event *event, struct step *step, unsigned number)
{
    switch (number) {
    case 0:
        event->payload_case = SANLING__V1__EVENT__PAYLOAD_GRID_REPORTED;
        event->grid_reported = &step->reported;
        return;
    case 1:
        event->payload_case = SANLING__V1__EVENT__PAYLOAD_GRID_REGISTERED;
        event->grid_registered = &step->registered;
        return;
    case 2:
        event->payload_case = SANLING__V1__EVENT__PAYLOAD_GRID_DISPATCHED;
        event->grid_dispatched = &step->dispatched;
        return;
    case 3:
        event->payload_case = SANLING__V1__EVENT__PAYLOAD_GRID_HANDLED;
        event->grid_handled = &step->handled;
        return;
    case 4:
        event->payload_case = SANLING__V1__EVENT__PAYLOAD_GRID_ANSWERED;
        event->grid_answered = &step->answered;
        return;
    case 5:
        event->payload_case = SANLING__V1__EVENT__PAYLOAD_GRID_CHECKED;
        event->grid_checked = &step->checked;
        return;
    case 6:
        event->payload_case = SANLING__V1__EVENT__PAYLOAD_GRID_CLOSED;
        event->grid_closed = &step->closed;
        return;
    }
    event->payload_case = SANLING__V1__EVENT__PAYLOAD_PUBLICITY_TALLIED;
    event->publicity_tallied = &step->tallied;
}

/* Encodes event `sequence`; false if it does not fit (the options' names are too long). */
static bool encode(const struct options *options, uint64_t sequence, uint8_t bytes[static BLOCK_SIZE_MAX], size_t *size)
{
    char matter[96] = "";
    struct step step;
    Google__Protobuf__Timestamp at = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    uint64_t number = (sequence - 1) / STEPS;
    unsigned place = (unsigned)((sequence - 1) % STEPS);
    init_steps(&step, options->at);
    at.seconds = options->at;
    event.source = (char *)options->source;
    event.sequence = sequence;
    event.occurred_at = &at;
    event.unit = options->units[number % options->unit_count];
    choose_payload(&event, &step, place);
    if (place + 1 < STEPS)
        snprintf(matter, sizeof matter, "%s-%" PRIu64, options->source, number);
    event.matter = matter;
    *size = sanling__v1__event__get_packed_size(&event);
    return *size <= BLOCK_SIZE_MAX && sanling__v1__event__pack(&event, bytes) == *size;
}

/* ---- publishing ---- */

static const char *code_name(Sanling__V1__Code__Kind code)
{
    const ProtobufCEnumValue *value =
        protobuf_c_enum_descriptor_get_value(&sanling__v1__code__kind__descriptor, (int)code);
    return value != NULL ? value->name : "UNKNOWN_CODE";
}

/* One line for each event: the oracle of what was promised. false: the source was stopped. */
static bool print_outcome(const Sanling__V1__Outcome *outcome)
{
    uint64_t sequence = outcome->first_sequence;
    bool taken = true;
    for (size_t i = 0; i < outcome->n_runs; i++) {
        const Sanling__V1__Outcome__Run *run = outcome->runs[i];
        for (uint32_t j = 0; j < run->count; j++, sequence++) {
            if (run->kind == SANLING__V1__OUTCOME__RUN__KIND__RECORDED)
                printf("recorded %" PRIu64 " %" PRIu64 "\n", sequence, run->first_position + j);
            else if (run->kind == SANLING__V1__OUTCOME__RUN__KIND__DUPLICATE)
                printf("duplicate %" PRIu64 " %" PRIu64 "\n", sequence, run->first_position + j);
            else if (run->kind == SANLING__V1__OUTCOME__RUN__KIND__REJECTED)
                printf("rejected %" PRIu64 " %s %s\n", sequence, code_name(run->code), run->text);
            else
                taken = false;
        }
        if (!taken)
            printf("refused %" PRIu64 " %s %s\n", sequence - run->count, code_name(run->code), run->text);
    }
    fflush(stdout);
    return taken;
}

/* Takes one happening. false: the source was stopped, or the connection has a fault. */
static bool take_next(struct sanling *hub, int wait_ms, struct sanling_error *error)
{
    struct sanling_happening happening;
    if (!sanling_next(hub, wait_ms, &happening, error))
        return false;
    if (happening.kind != SANLING_OUTCOME || print_outcome(happening.outcome))
        return true;
    error->code = SANLING_OK; /* it was printed */
    return false;
}

/* Takes outcomes until at most `most` messages are in flight. */
static bool await_answers(struct sanling *hub, size_t most, struct sanling_error *error)
{
    while (sanling_in_flight(hub) > most)
        if (!take_next(hub, WAIT_MS, error))
            return false;
    return true;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool pause_for(struct sanling *hub, uint64_t pause_ms, struct sanling_error *error)
{
    int64_t end = now_ms() + (int64_t)pause_ms;
    for (int64_t left = (int64_t)pause_ms; left > 0; left = end - now_ms())
        if (!take_next(hub, (int)left, error))
            return false;
    return true;
}

static bool publish_block(const struct options *options, struct sanling *hub, struct block *block, uint64_t first,
                          size_t count, struct sanling_error *error)
{
    for (size_t i = 0; i < count; i++) {
        block->events[i].bytes = block->bytes[i];
        if (!encode(options, first + i, block->bytes[i], &block->events[i].size)) {
            snprintf(error->text, sizeof error->text, "an event is larger than %d bytes", BLOCK_SIZE_MAX);
            return false;
        }
    }
    while (!sanling_publish(hub, options->source, first, block->events, count, error)) {
        if (error->code != SANLING_WINDOW_FULL || !await_answers(hub, sanling_in_flight(hub) - 1, error))
            return false;
    }
    return true;
}

static bool publish_all(const struct options *options, struct sanling *hub, struct sanling_error *error)
{
    struct block *block = malloc(sizeof *block);
    uint64_t next = options->first > 0 ? options->first : sanling_welcome(hub)->sources[0]->next_sequence;
    uint64_t end = next + options->count;
    bool published = block != NULL;
    while (published && next < end) {
        size_t count = (size_t)(end - next < options->batch ? end - next : options->batch);
        published = publish_block(options, hub, block, next, count, error) && pause_for(hub, options->pause_ms, error);
        next += count;
    }
    published = published && await_answers(hub, 0, error);
    free(block);
    return published;
}

int main(int argc, char **argv)
{
    static const struct argp argp = {option_list, parse, NULL, NULL, NULL, NULL, NULL};
    struct options options = {.batch = 10, .at = 1597800000}; /* 2020-08-19 */
    struct sanling_error error = {.code = SANLING_OK};
    argp_parse(&argp, argc, argv, 0, NULL, &options);
    const char *sources[] = {options.source, NULL};
    options.connection.sources = sources;
    options.connection.software = "scenario-publisher";
    struct sanling *hub = sanling_open(&options.connection, &error);
    bool done = hub != NULL && sanling_wait(hub, 10000, &error) && publish_all(&options, hub, &error);
    if (!done && error.code != SANLING_OK)
        fprintf(stderr, "scenario-publisher: %s\n", error.text);
    sanling_close(&hub);
    return done ? 0 : 1;
}
