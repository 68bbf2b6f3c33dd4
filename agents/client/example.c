/* Publishes one event with libsanling and prints what became of it:
 *
 *     cc example.c $(pkg-config --cflags --libs sanling) -o example
 *     ./example petitions.key 140322102200                            (a hub elsewhere: its endpoint behind)
 *
 * Its source, "example", goes on where it stands: the hub tells the next number in its welcome. */
#include <sanling.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static bool publish(struct sanling *hub, uint64_t sequence, char *unit, struct sanling_error *error)
{
    Google__Protobuf__Timestamp now = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Sanling__V1__PublicityTallied tallied = SANLING__V1__PUBLICITY_TALLIED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    char source[] = "example";
    char day[11];
    now.seconds = time(NULL);
    strftime(day, sizeof day, "%Y-%m-%d", localtime(&(time_t){now.seconds}));
    tallied.day = day;
    tallied.item = SANLING__V1__PUBLICITY_TALLIED__ITEM__KIND__LEAFLETS;
    tallied.count = 100;
    event.source = source;
    event.sequence = sequence;
    event.occurred_at = &now;
    event.unit = unit;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_PUBLICITY_TALLIED;
    event.publicity_tallied = &tallied;

    size_t size = sanling__v1__event__get_packed_size(&event);
    uint8_t *bytes = malloc(size);
    if (bytes == NULL)
        return false;
    sanling__v1__event__pack(&event, bytes);
    bool taken = sanling_publish(hub, source, sequence, &(struct sanling_bytes){bytes, size}, 1, error);
    free(bytes);
    return taken;
}

static bool print_outcome(struct sanling *hub, struct sanling_error *error)
{
    struct sanling_happening happening;
    while (sanling_in_flight(hub) > 0) {
        if (!sanling_next(hub, 1000, &happening, error))
            return false;
        if (happening.kind != SANLING_OUTCOME)
            continue;
        char *json = sanling_json_from_message(&happening.outcome->base);
        if (json != NULL)
            puts(json);
        free(json);
    }
    return true;
}

int main(int argc, char **argv)
{
    struct sanling_error error;
    if (argc != 3 && argc != 4) {
        fprintf(stderr, "usage: example IDENTITY-FILE UNIT [ENDPOINT]\n");
        return 2;
    }
    const char *sources[] = {"example", NULL};
    struct sanling *hub = sanling_open(
        &(struct sanling_options){.endpoint = argc == 4 ? argv[3] : NULL, .identity_file = argv[1], .sources = sources},
        &error);
    bool done = hub != NULL && sanling_wait(hub, 5000, &error) &&
                publish(hub, sanling_welcome(hub)->sources[0]->next_sequence, argv[2], &error) &&
                print_outcome(hub, &error);
    if (!done)
        fprintf(stderr, "example: %s\n", error.text);
    sanling_close(&hub);
    return done ? 0 : 1;
}
