#include "publisher.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BATCH_EVENTS_MAX = 500,
    BATCH_BYTES_MAX = 1024 * 1024,
    /* A hub that is away for longer than a restart takes: the tool ends, the events can be published again. */
    LOST_TIMEOUT_MS = 30000
};

struct publisher {
    struct tool *tool;
    const char *source;
    publisher_show *show;
    void *context;
    uint64_t next;  /* the number of the next event that has none */
    uint64_t first; /* of the batch */
    struct sanling_bytes events[BATCH_EVENTS_MAX];
    size_t count;
    size_t bytes;
    uint64_t rejected;
    int status; /* why it stopped; 0: it did not */
};

int publisher_open(struct publisher **publisher, struct tool *tool, const char *source, publisher_show *show,
                   void *context)
{
    const char *sources[] = {source, NULL};
    *publisher = NULL;
    int status = tool_connect(tool, sources);
    if (status != STATUS_DONE)
        return status;
    struct sanling_error error;
    if (tool->signing_key != NULL && !sanling_sign(tool->hub, tool->signing_key, &error))
        return tool_fail(&error);
    struct publisher *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        return tool_report(STATUS_NO, "SYSTEM", "no memory");
    *opened = (struct publisher){.tool = tool, .source = source, .show = show, .context = context, .next = 1};
    const Sanling__V1__Welcome *welcome = sanling_welcome(tool->hub);
    for (size_t i = 0; i < welcome->n_sources; i++)
        if (strcmp(welcome->sources[i]->source, source) == 0 && welcome->sources[i]->next_sequence > 0)
            opened->next = welcome->sources[i]->next_sequence;
    *publisher = opened;
    return STATUS_DONE;
}

static void drop_batch(struct publisher *publisher)
{
    for (size_t i = 0; i < publisher->count; i++)
        free((void *)publisher->events[i].bytes);
    publisher->count = 0;
    publisher->bytes = 0;
}

void publisher_close(struct publisher **publisher)
{
    if (*publisher == NULL)
        return;
    drop_batch(*publisher);
    free(*publisher);
    *publisher = NULL;
}

bool publisher_stopped(const struct publisher *publisher)
{
    return publisher->status != STATUS_DONE;
}

static void show_run(struct publisher *publisher, uint64_t sequence, const Sanling__V1__Outcome__Run *run)
{
    bool has_position = run->kind == SANLING__V1__OUTCOME__RUN__KIND__RECORDED ||
                        run->kind == SANLING__V1__OUTCOME__RUN__KIND__DUPLICATE;
    for (uint32_t i = 0; i < run->count; i++)
        publisher->show(publisher->context, sequence + i, run, has_position ? run->first_position + i : 0);
    if (!has_position)
        publisher->rejected += run->count;
}

/* What the library shows as refused is final for the source: say why and stop. */
static void stop_at(struct publisher *publisher, uint64_t sequence, const Sanling__V1__Outcome__Run *run)
{
    bool forbidden =
        run->code == SANLING__V1__CODE__KIND__NOT_PERMITTED || run->code == SANLING__V1__CODE__KIND__SOURCE_TAKEN ||
        run->code == SANLING__V1__CODE__KIND__SIGNATURE_REQUIRED || run->code == SANLING__V1__CODE__KIND__BAD_SIGNATURE;
    publisher->status = tool_report(forbidden ? STATUS_REFUSED : STATUS_NO, tool_code_name(run->code),
                                    "source %s: event %" PRIu64 " was refused, nothing after it was taken: %s",
                                    publisher->source, sequence, run->text);
}

static void take_outcome(struct publisher *publisher, const Sanling__V1__Outcome *outcome)
{
    uint64_t sequence = outcome->first_sequence;
    if (strcmp(outcome->source, publisher->source) != 0)
        return;
    for (size_t i = 0; i < outcome->n_runs; i++) {
        show_run(publisher, sequence, outcome->runs[i]);
        if (outcome->runs[i]->kind == SANLING__V1__OUTCOME__RUN__KIND__REFUSED)
            stop_at(publisher, sequence, outcome->runs[i]);
        sequence += outcome->runs[i]->count;
    }
}

/* Takes outcomes until at most `most` messages are in flight. */
static int wait_for_answers(struct publisher *publisher, size_t most)
{
    struct sanling *hub = publisher->tool->hub;
    struct sanling_happening happening;
    struct sanling_error error;
    while (publisher->status == STATUS_DONE && sanling_in_flight(hub) > most) {
        if (!sanling_next(hub, LOST_TIMEOUT_MS, &happening, &error))
            return publisher->status = tool_fail(&error);
        if (happening.kind == SANLING_OUTCOME)
            take_outcome(publisher, happening.outcome);
        if (happening.kind == SANLING_DISCONNECTED && !sanling_wait(hub, LOST_TIMEOUT_MS, &error))
            return publisher->status = tool_fail(&error);
        if (happening.kind == SANLING_PROBLEM)
            return publisher->status =
                       tool_report(STATUS_NO, tool_code_name(happening.problem->code), "%s", happening.problem->text);
        if (happening.kind == SANLING_NOTHING)
            return publisher->status =
                       tool_report(STATUS_UNREACHABLE, "UNREACHABLE",
                                   "no answer to what was published in %d s: the hub is busy or full, or has "
                                   "no policy yet",
                                   LOST_TIMEOUT_MS / 1000);
    }
    return publisher->status;
}

static int send_batch(struct publisher *publisher)
{
    struct sanling_error error;
    if (publisher->count == 0 || publisher->status != STATUS_DONE)
        return publisher->status;
    for (;;) {
        if (sanling_publish(publisher->tool->hub, publisher->source, publisher->first, publisher->events,
                            publisher->count, &error))
            break;
        if (error.code != SANLING_WINDOW_FULL)
            return publisher->status = tool_fail(&error);
        if (wait_for_answers(publisher, sanling_in_flight(publisher->tool->hub) - 1) != STATUS_DONE)
            return publisher->status;
    }
    drop_batch(publisher);
    return STATUS_DONE;
}

/* A number out of line ends the batch; the library wants what is in flight answered before. */
static int make_place(struct publisher *publisher, uint64_t sequence, size_t size)
{
    bool in_line = publisher->count == 0 || sequence == publisher->first + publisher->count;
    bool full = publisher->count == BATCH_EVENTS_MAX || publisher->bytes + size > BATCH_BYTES_MAX;
    if ((!in_line || full) && send_batch(publisher) != STATUS_DONE)
        return publisher->status;
    if (sequence != publisher->next && wait_for_answers(publisher, 0) != STATUS_DONE)
        return publisher->status;
    return STATUS_DONE;
}

int publisher_add(struct publisher *publisher, Sanling__V1__Event *event)
{
    if (publisher->status != STATUS_DONE)
        return publisher->status;
    event->source = (char *)publisher->source;
    if (event->sequence == 0)
        event->sequence = publisher->next;
    size_t size = sanling__v1__event__get_packed_size(event);
    if (make_place(publisher, event->sequence, size) != STATUS_DONE)
        return publisher->status;
    uint8_t *bytes = malloc(size);
    if (bytes == NULL)
        return publisher->status = tool_report(STATUS_NO, "SYSTEM", "no memory for an event");
    sanling__v1__event__pack(event, bytes);
    if (publisher->count == 0)
        publisher->first = event->sequence;
    publisher->events[publisher->count++] = (struct sanling_bytes){bytes, size};
    publisher->bytes += size;
    publisher->next = event->sequence + 1;
    return STATUS_DONE;
}

int publisher_finish(struct publisher *publisher)
{
    if (send_batch(publisher) != STATUS_DONE || wait_for_answers(publisher, 0) != STATUS_DONE)
        return publisher->status;
    return publisher->rejected > 0 ? STATUS_NO : STATUS_DONE;
}
