#include "set_aside.h"

#include "sanling.h"
#include "text.h"
#include "whole_file.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <time.h>

static bool write_event(FILE *stream, const struct outbox_set_aside *event)
{
    char since[32];
    struct tm utc;
    const time_t seconds = (time_t)event->since_s;
    Sanling__V1__Event *message = sanling__v1__event__unpack(NULL, event->size, event->bytes);
    CLEANUP(text_free) char *json = message != NULL ? sanling_json_from_message(&message->base) : NULL;
    if (message != NULL)
        sanling__v1__event__free_unpacked(message, NULL);
    gmtime_r(&seconds, &utc);
    strftime(since, sizeof since, "%Y-%m-%dT%H:%M:%SZ", &utc);
    json_t *line = json_pack("{s:o, s:o, s:s, s:o}", "sequence", json_sprintf("%" PRIu64, event->sequence), "named",
                             json_sprintf("%" PRIu64, event->named), "since", since, "event",
                             json != NULL ? json_loads(json, 0, NULL) : json_null());
    const bool written = line != NULL && json_dumpf(line, stream, JSON_COMPACT) == 0 && fputc('\n', stream) == '\n';
    json_decref(line);
    return written;
}

struct writing {
    FILE *stream;
    bool failed;
};

static bool take(const struct outbox_set_aside *event, void *context)
{
    struct writing *writing = context;
    writing->failed = !write_event(writing->stream, event);
    return !writing->failed;
}

bool set_aside_write(struct outbox *outbox, const char *state, struct fault *fault)
{
    CLEANUP(whole_file_discard) struct whole_file file = {0};
    char path[WHOLE_FILE_PATH_SIZE];
    if (snprintf(path, sizeof path, "%.4096s/" SET_ASIDE_FILE, state) >= (int)sizeof path)
        return fault_set(fault, FAULT_SYSTEM, "%s: the path is too long", state);
    if (!whole_file_open(&file, path, fault))
        return false;
    struct writing writing = {.stream = file.stream};
    if (!outbox_set_aside_each(outbox, take, &writing, fault))
        return false;
    return writing.failed ? fault_set(fault, FAULT_SYSTEM, "%s: cannot be written", path)
                          : whole_file_finish(&file, fault);
}
