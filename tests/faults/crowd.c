/* faults-crowd: many agents at once, each with its own key, source, connection and threads, in one process. Each
 * publishes one event after the other; the first `--returning` of them hang up after every message, half of the time
 * before it was answered, and come back. What was acknowledged is printed the moment it is: `SOURCE recorded N P`.
 *
 *     faults-crowd --make N FOLDER HUB-KEY       makes FOLDER/agent-000.key …, prints each name and public key
 *     faults-crowd --hub ENDPOINT --keys FOLDER --unit CODE --count N --events K --returning M [--seconds S]
 */
#include <sanling.h>

#include <argp.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NAME_SIZE = 16, EVENT_SIZE_MAX = 256, LOOK_MS = 20 };

struct options {
    const char *endpoint;
    const char *keys;
    const char *unit;
    const char *make; /* the hub's key: keys are made */
    uint64_t count;
    uint64_t events;
    uint64_t returning;
    uint64_t seconds;
};

struct member {
    struct sanling *hub;
    char name[NAME_SIZE];
    uint64_t next; /* number to be published next; 0: the welcome tells */
    bool returns;
    bool published; /* during this visit */
    unsigned visits;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 'h':
        options->endpoint = argument;
        return 0;
    case 'k':
        options->keys = argument;
        return 0;
    case 'u':
        options->unit = argument;
        return 0;
    case 'm':
        options->make = argument;
        return 0;
    case 'n':
        options->count = strtoull(argument, NULL, 10);
        return 0;
    case 'e':
        options->events = strtoull(argument, NULL, 10);
        return 0;
    case 'r':
        options->returning = strtoull(argument, NULL, 10);
        return 0;
    case 's':
        options->seconds = strtoull(argument, NULL, 10);
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

static const struct argp_option option_list[] = {{"hub", 'h', "ENDPOINT", 0, NULL, 0},
                                                 {"keys", 'k', "FOLDER", 0, NULL, 0},
                                                 {"unit", 'u', "CODE", 0, NULL, 0},
                                                 {"make", 'm', "HUB-KEY", 0, "make the keys and end", 0},
                                                 {"count", 'n', "N", 0, "how many agents", 0},
                                                 {"events", 'e', "N", 0, "of each", 0},
                                                 {"returning", 'r', "N", 0, "how many hang up all the time", 0},
                                                 {"seconds", 's', "N", 0, "give up then", 0},
                                                 {0}};

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "faults-crowd: %s: %s\n", what, why);
    exit(1);
}

static void name_of(uint64_t number, char name[static NAME_SIZE])
{
    snprintf(name, NAME_SIZE, "agent-%03" PRIu64, number % 1000);
}

static void make_keys(const struct options *options)
{
    for (uint64_t i = 0; i < options->count; i++) {
        char name[NAME_SIZE];
        char path[4096];
        char public_key[41];
        struct sanling_error error;
        name_of(i, name);
        snprintf(path, sizeof path, "%s/%s.key", options->keys, name);
        if (!sanling_keys_new(path, name, options->make, public_key, &error))
            fail(path, error.text);
        printf("%s %s\n", name, public_key);
    }
}

static void come(const struct options *options, struct member *member)
{
    char path[4096];
    struct sanling_error error;
    const char *sources[] = {member->name, NULL};
    snprintf(path, sizeof path, "%s/%s.key", options->keys, member->name);
    member->hub = sanling_open(
        &(struct sanling_options){
            .endpoint = options->endpoint, .identity_file = path, .software = "faults-crowd", .sources = sources},
        &error);
    if (member->hub == NULL)
        fail(member->name, error.text);
    member->next = 0;
    member->published = false;
    member->visits++;
}

static size_t encode(const struct options *options, struct member *member, uint8_t bytes[static EVENT_SIZE_MAX])
{
    static char day[] = "2024-05-06";
    Google__Protobuf__Timestamp at = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Sanling__V1__PublicityTallied tallied = SANLING__V1__PUBLICITY_TALLIED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    at.seconds = 1714968000; /* that day */
    tallied.day = day;
    tallied.item = SANLING__V1__PUBLICITY_TALLIED__ITEM__KIND__LEAFLETS;
    tallied.count = (uint32_t)member->next;
    event.source = member->name;
    event.sequence = member->next;
    event.occurred_at = &at;
    event.unit = (char *)options->unit;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_PUBLICITY_TALLIED;
    event.publicity_tallied = &tallied;
    if (sanling__v1__event__get_packed_size(&event) > EVENT_SIZE_MAX)
        fail(member->name, "an event is too large");
    return sanling__v1__event__pack(&event, bytes);
}

static void publish(const struct options *options, struct member *member)
{
    uint8_t bytes[EVENT_SIZE_MAX];
    struct sanling_error error;
    struct sanling_bytes event = {.bytes = bytes, .size = encode(options, member, bytes)};
    if (!sanling_publish(member->hub, member->name, member->next, &event, 1, &error))
        fail(member->name, error.text);
    member->next++;
}

static void print(const struct member *member, const Sanling__V1__Outcome *outcome)
{
    uint64_t sequence = outcome->first_sequence;
    for (size_t i = 0; i < outcome->n_runs; i++) {
        const Sanling__V1__Outcome__Run *run = outcome->runs[i];
        for (uint32_t j = 0; j < run->count; j++, sequence++) {
            if (run->kind == SANLING__V1__OUTCOME__RUN__KIND__RECORDED ||
                run->kind == SANLING__V1__OUTCOME__RUN__KIND__DUPLICATE)
                printf("%s recorded %" PRIu64 " %" PRIu64 "\n", member->name, sequence, run->first_position + j);
            else
                fail(member->name, run->text);
        }
    }
}

static bool is_done(const struct options *options, const struct member *member)
{
    return member->next > options->events && sanling_in_flight(member->hub) == 0;
}

static void hang_up(const struct options *options, struct member *member)
{
    sanling_close(&member->hub);
    come(options, member);
}

/* Takes what happened, and publishes the next one. */
static void turn(const struct options *options, struct member *member)
{
    struct sanling_happening happening;
    struct sanling_error error;
    do {
        if (!sanling_next(member->hub, 0, &happening, &error))
            fail(member->name, error.text);
        if (happening.kind == SANLING_CONNECTED && member->next == 0)
            member->next = happening.welcome->sources[0]->next_sequence;
        if (happening.kind == SANLING_OUTCOME)
            print(member, happening.outcome);
    } while (happening.kind != SANLING_NOTHING);
    if (member->next == 0 || sanling_in_flight(member->hub) > 0 || is_done(options, member))
        return;
    if (member->returns && member->published) {
        hang_up(options, member); /* answered */
        return;
    }
    publish(options, member);
    member->published = true;
    if (!member->returns || member->visits % 2 == 0)
        return;
    if (!sanling_next(member->hub, 0, &happening, &error)) /* it is on its way … */
        fail(member->name, error.text);
    if (happening.kind == SANLING_OUTCOME)
        print(member, happening.outcome);
    hang_up(options, member); /* … and nobody waits for the answer */
}

static void wait_for_any(const struct options *options, const struct member *members, struct pollfd *items)
{
    nfds_t count = 0;
    for (uint64_t i = 0; i < options->count; i++) {
        int fds[SANLING_POLL_FDS_MAX];
        size_t of_member = sanling_poll_fds(members[i].hub, fds);
        for (size_t j = 0; j < of_member; j++)
            items[count++] = (struct pollfd){.fd = fds[j], .events = POLLIN};
    }
    poll(items, count, LOOK_MS);
}

static bool play(const struct options *options, struct member *members)
{
    struct pollfd *items = calloc(SANLING_POLL_FDS_MAX * options->count, sizeof *items);
    const time_t end = time(NULL) + (time_t)options->seconds;
    uint64_t done = 0;
    if (items == NULL)
        abort();
    while (done < options->count && time(NULL) < end) {
        done = 0;
        for (uint64_t i = 0; i < options->count; i++) {
            turn(options, &members[i]);
            done += is_done(options, &members[i]);
        }
        fflush(stdout);
        wait_for_any(options, members, items);
    }
    free(items);
    if (done < options->count)
        fprintf(stderr, "faults-crowd: %" PRIu64 " of %" PRIu64 " are done\n", done, options->count);
    return done == options->count;
}

int main(int count, char **arguments)
{
    static const struct argp argp = {option_list, parse, NULL, NULL, NULL, NULL, NULL};
    struct options options = {.count = 10, .events = 10, .seconds = 120};
    uint64_t visits = 0;
    argp_parse(&argp, count, arguments, 0, NULL, &options);
    if (options.make != NULL) {
        make_keys(&options);
        return 0;
    }
    struct member *members = calloc(options.count, sizeof *members);
    if (members == NULL)
        abort();
    for (uint64_t i = 0; i < options.count; i++) {
        name_of(i, members[i].name);
        members[i].returns = i < options.returning;
        come(&options, &members[i]);
    }
    bool done = play(&options, members);
    for (uint64_t i = 0; i < options.count; i++) {
        visits += members[i].visits;
        sanling_close(&members[i].hub);
    }
    free(members);
    printf("visits %" PRIu64 "\n", visits);
    return done ? 0 : 1;
}
