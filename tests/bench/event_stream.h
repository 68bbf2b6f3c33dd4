/* One answer of an HTTP server that never ends: a chunked text/event-stream, taken apart byte by byte as it arrives. Of
 * the events only the `id:` is kept, which is the position up to which the page then shows everything. */
#ifndef BENCH_EVENT_STREAM_H
#define BENCH_EVENT_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum event_stream_part { STREAM_STATUS, STREAM_HEADERS, STREAM_CHUNK_SIZE, STREAM_CHUNK, STREAM_CHUNK_END };

/* The beginning of a line; the rest of a longer one is of no interest. */
struct stream_line {
    char text[64];
    size_t size;
};

/* All zeros to begin with. */
struct event_stream {
    enum event_stream_part part;
    struct stream_line head;  /* of the protocol */
    struct stream_line event; /* of the events: it may go on in the next chunk */
    size_t chunk_left;
    uint64_t position; /* of the last whole id line */
    uint64_t ids;      /* how many there were */
};

/* Takes what arrived. false: this is no stream or no longer one (a status other than 200, the last chunk); head.text is
 * the line that says so. */
bool event_stream_take(struct event_stream *stream, const char *bytes, size_t size);

#endif
