/* Records of the log, from somewhere to somewhere or on as they come: what `replay` and `inbox` share. */
#ifndef SANLINGCTL_RECORD_STREAM_H
#define SANLINGCTL_RECORD_STREAM_H

#include "tool.h"

struct record_stream {
    struct tool *tool;
    Sanling__V1__RecordSubscription records;
    Sanling__V1__Filter filter; /* what it points to is the caller's */
    Google__Protobuf__Timestamp from_time;
    Google__Protobuf__Timestamp to_time;
    bool to_end; /* the end as it is when the command starts */
    bool follow;
};

/* The options --from, --to and --follow, for the child list of a command's own argp; its input is the stream. */
extern const struct argp record_stream_argp;

struct record_stream record_stream_of(struct tool *tool);
/* Shows each delivery with records to `show` until the stream ends. Returns the exit status after reporting. */
int record_stream_run(struct record_stream *stream,
                      void (*show)(const struct sanling_happening *delivery, void *context), void *context);

#endif
