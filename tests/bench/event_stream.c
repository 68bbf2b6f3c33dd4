#include "event_stream.h"

#include <stdlib.h>
#include <string.h>

/* true when the line is whole; then it stands in `text`, without its end. */
static bool line_take(struct stream_line *line, char byte)
{
    if (byte == '\n') {
        if (line->size > 0 && line->text[line->size - 1] == '\r')
            line->size--;
        line->text[line->size] = '\0';
        line->size = 0;
        return true;
    }
    if (line->size < sizeof line->text - 1)
        line->text[line->size++] = byte;
    return false;
}

static bool take_head(struct event_stream *stream)
{
    if (stream->part == STREAM_STATUS) {
        stream->part = STREAM_HEADERS;
        return strstr(stream->head.text, " 200 ") != NULL;
    }
    if (stream->head.text[0] == '\0')
        stream->part = STREAM_CHUNK_SIZE;
    return true;
}

/* A chunk of no bytes is the end, which a stream has only when its server stops. */
static bool take_chunk_size(struct event_stream *stream)
{
    stream->chunk_left = strtoull(stream->head.text, NULL, 16);
    stream->part = STREAM_CHUNK;
    return stream->chunk_left > 0;
}

static void take_event_line(struct event_stream *stream)
{
    if (strncmp(stream->event.text, "id:", 3) != 0)
        return;
    stream->position = strtoull(stream->event.text + 3, NULL, 10);
    stream->ids++;
}

static bool take_byte(struct event_stream *stream, char byte)
{
    switch (stream->part) {
    case STREAM_STATUS:
    case STREAM_HEADERS:
        return !line_take(&stream->head, byte) || take_head(stream);
    case STREAM_CHUNK_SIZE:
        return !line_take(&stream->head, byte) || take_chunk_size(stream);
    case STREAM_CHUNK:
        if (line_take(&stream->event, byte))
            take_event_line(stream);
        if (--stream->chunk_left == 0)
            stream->part = STREAM_CHUNK_END;
        return true;
    case STREAM_CHUNK_END:
        if (line_take(&stream->head, byte))
            stream->part = STREAM_CHUNK_SIZE;
        return true;
    }
    abort();
}

bool event_stream_take(struct event_stream *stream, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!take_byte(stream, bytes[i]))
            return false;
    return true;
}
