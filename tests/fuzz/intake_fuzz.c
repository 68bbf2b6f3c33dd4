/* A request's body, whatever it holds: what is taken are events without source and sequence that the wire's check
 * passes; what is refused says why, in texts that JSON takes. */
#include "event_body.h"

#include "cloud_event.h"
#include "event.pb-c.h"
#include "wire.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_event(const struct read_event *event)
{
    if (wire_check(&sanling__v1__event__descriptor, event->content, event->size, &wire_event_limits, NULL) != WIRE_OK)
        abort();
    Sanling__V1__Event *message = sanling__v1__event__unpack(NULL, event->size, event->content);
    if (message == NULL || message->source[0] != '\0' || message->sequence != 0 || message->occurred_at == NULL ||
        (unsigned)message->payload_case != event->payload)
        abort();
    sanling__v1__event__free_unpacked(message, NULL);
}

static void read_as(struct event_reader *reader, const char *type, json_t *cloud, const char *text, size_t size)
{
    struct event_body body;
    struct problem problem;
    const struct body_input input = {.content_type = type, .cloud = cloud, .bytes = text, .size = size};
    if (event_body_read(reader, &input, &body, &problem)) {
        if (body.count == 0 || body.count > EVENT_BODY_EVENTS_MAX || body.flaw_count > 0)
            abort();
        for (size_t i = 0; i < body.count; i++)
            check_event(&body.events[i]);
    } else {
        json_t *errors = event_body_errors(&body), *document = problem_document(&problem, NULL);
        if (errors == NULL || document == NULL)
            abort();
        json_decref(errors);
        json_decref(document);
    }
    event_body_clear(&body);
}

/* Lines NAME: VALUE up to an empty one are ce- headers; the rest is the body. */
static void read_with_headers(struct event_reader *reader, char *text, size_t size)
{
    json_t *cloud = json_object();
    char *rest = text;
    for (char *end = strchr(rest, '\n'); end != NULL && end != rest; end = strchr(rest, '\n')) {
        *end = '\0';
        char *value = strstr(rest, ": ");
        if (value != NULL) {
            *value = '\0';
            (void)cloud_event_add_header(cloud, rest, value + 2);
        }
        rest = end + 1;
    }
    read_as(reader, "application/json", cloud, rest, size - (size_t)(rest - text));
    json_decref(cloud);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const types[] = {"application/json", "application/x-ndjson", "application/cloudevents+json",
                                        "application/cloudevents-batch+json"};
    static struct event_reader *reader = NULL; /* kept: opening one costs more than a run */
    if (reader == NULL && (reader = event_reader_open()) == NULL)
        return 0;
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, bytes, size);
    text[size] = '\0';
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        read_as(reader, types[i], NULL, text, size);
    read_with_headers(reader, text, size);
    free(text);
    return 0;
}
