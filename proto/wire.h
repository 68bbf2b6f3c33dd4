/* The bounded way in and out of protobuf bytes. What a stranger sent is checked and unpacked in one pass
 * into memory with a budget, and walked or written without copying. Nothing here has state of
 * its own; one thread uses an arena, a writer or a reader at a time.
 *
 *     struct wire_finding finding;
 *     const ProtobufCMessage *message =
 *         wire_unpack(arena, &sanling__v1__event__descriptor, bytes, size, &wire_event_limits, &finding);
 *     if (message == NULL)
 *         ... wire_flaw_text(finding.flaw), finding.field
 */
#ifndef SANLING_WIRE_H
#define SANLING_WIRE_H

#include "fault.h"

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

enum {
    /* One event: a typed fact with some text, a few kilobytes at most; room for a sealed part. */
    WIRE_EVENT_SIZE_MAX = 64 * 1024,
    /* One message between client and hub: many events travel in it. */
    WIRE_MESSAGE_SIZE_MAX = 4 * 1024 * 1024,
    /* Nested messages, the outermost counting as 1. Ours nest seven deep; protobuf-c recurses on the stack. */
    WIRE_DEPTH_MAX = 8,
    /* Fields at all levels together: each costs a sender two bytes and us about fifty times as much. */
    WIRE_EVENT_FIELDS_MAX = 4096,
    WIRE_MESSAGE_FIELDS_MAX = 65536,
    /* What unpacking one event, or one message, needs at most within these limits. An arena reserves its budget as
     * address space; memory is used as far as messages fill it. */
    WIRE_EVENT_BUDGET = 2 * 1024 * 1024,
    WIRE_MESSAGE_BUDGET = 64 * 1024 * 1024
};

struct wire_limits {
    size_t size_bytes;
    uint32_t depth;  /* nested messages, the outermost is 1 */
    uint32_t fields; /* occurrences at all levels, known and unknown; each element of a packed field is one */
};
extern const struct wire_limits wire_event_limits;
extern const struct wire_limits wire_message_limits;

enum wire_flaw {
    WIRE_OK,
    WIRE_TOO_LARGE,
    WIRE_TOO_DEEP,
    WIRE_TOO_MANY_FIELDS,
    WIRE_TRUNCATED,         /* a field reaches beyond the end of its message */
    WIRE_BAD_TAG,           /* field number 0, a group, a known field in a wrong wire type, an overlong varint */
    WIRE_BAD_UTF8,          /* in a string; surrogates and overlong forms too */
    WIRE_NUL_IN_TEXT,       /* C would cut the string there */
    WIRE_UNKNOWN_ENUM,      /* a number that the enum does not name */
    WIRE_REPEATED_SINGULAR, /* a singular field, or members of one oneof, more than once in one message */
    WIRE_OVER_BUDGET,       /* unpacking needs more than the arena has left; never of a check */
};

struct wire_finding {
    enum wire_flaw flaw;
    const char *field; /* name of the innermost known field, borrowed from the descriptor; NULL: none */
};

/* Checks `bytes` against the descriptor and the limits: one pass, no allocation, recursion bounded by the depth.
 * Unknown fields are stepped over, bytes fields are not looked into, repeated scalars may be packed or not, varints
 * may be padded with zeros up to ten bytes (tags and lengths: five). A message that passes unpacks in any protobuf
 * library to the same values. `finding` may be NULL; else it is always filled. */
enum wire_flaw wire_check(const ProtobufCMessageDescriptor *type, const uint8_t *bytes, size_t size,
                          const struct wire_limits *limits, struct wire_finding *finding);
/* WIRE_OK, WIRE_BAD_UTF8 or WIRE_NUL_IN_TEXT for text that came from somewhere else than a message. */
enum wire_flaw wire_check_text(const void *text, size_t size);
/* What the flaw means, for people; never NULL. */
const char *wire_flaw_text(enum wire_flaw flaw);

/* Memory for one message at a time: taken piece by piece, freed whole. */
struct wire_arena;

/* An arena that hands out at most `budget_bytes` (rounded up to pieces of 16) between two resets. NULL: no memory. */
struct wire_arena *wire_arena_open(size_t budget_bytes);
/* Frees the arena and all that was taken from it, and sets *arena to NULL. A NULL arena is fine. */
void wire_arena_close(struct wire_arena **arena);
/* Takes back all that was handed out; keeps the memory for the next message. */
void wire_arena_reset(struct wire_arena *arena);
/* Uninitialised memory, aligned for any type, valid until reset or close. NULL: the budget is exhausted. */
void *wire_arena_take(struct wire_arena *arena, size_t size_bytes);
/* Checks as wire_check does and unpacks in the same pass, to the very message that protobuf-c would make. It is the
 * arena's and copies what it needs: `bytes` may go. Never free it by protobuf-c. NULL: `finding` (which may be NULL)
 * says why, and nothing was taken. */
ProtobufCMessage *wire_unpack(struct wire_arena *arena, const ProtobufCMessageDescriptor *type, const uint8_t *bytes,
                              size_t size, const struct wire_limits *limits, struct wire_finding *finding);

/* Writes fields forward into a growing buffer, for paths that forward bytes as they came. All zero is an empty
 * writer. When memory runs out `failed` is set, and later calls do nothing: look at it once, at the end. */
struct wire_writer {
    uint8_t *bytes;
    size_t size;
    size_t capacity;
    bool failed;
};

/* Writes the field also if it has its default value: leaving it out is the caller's choice. */
void wire_put_varint_field(struct wire_writer *writer, uint32_t number, uint64_t value);
/* A string, bytes or message field; `bytes` is copied and may be NULL if size is 0. */
void wire_put_bytes_field(struct wire_writer *writer, uint32_t number, const void *bytes, size_t size);
/* Starts a message field whose content follows; returns where it starts, for wire_end_message. May nest. */
size_t wire_begin_message(struct wire_writer *writer, uint32_t number);
/* Ends it. Lengths are written in their shortest form, as every library writes them, so that the same fields are the
 * same bytes: one byte is kept for it, and a content of 128 bytes or more is moved by up to four. */
void wire_end_message(struct wire_writer *writer, size_t start);
/* Forgets the content and a failure; keeps the memory. */
void wire_writer_clear(struct wire_writer *writer);
/* Frees the memory; the writer is empty again. Fits CLEANUP. */
void wire_writer_release(struct wire_writer *writer);

/* Walks the top-level fields of a buffer without copying. */
struct wire_reader {
    const uint8_t *next;
    const uint8_t *end;
    enum wire_flaw flaw; /* why wire_next stopped before the end: WIRE_TRUNCATED or WIRE_BAD_TAG */
};

struct wire_field {
    uint32_t number;
    ProtobufCWireType wire_type;
    uint64_t value;       /* varint and fixed fields */
    const uint8_t *bytes; /* length-prefixed fields: borrowed from the buffer */
    size_t size;
};

/* `bytes` must stay while the reader and its fields are used. */
struct wire_reader wire_read(const uint8_t *bytes, size_t size);
/* The next field. false at the end, and on bytes that are no message: then reader->flaw is not WIRE_OK. */
bool wire_next(struct wire_reader *reader, struct wire_field *field);
/* The same, without a call for the fields that nearly all are: a tag of one byte, and bytes with a length of at most
 * four, or a varint of at most four. */
__attribute__((always_inline)) static inline bool wire_next_likely(struct wire_reader *reader, struct wire_field *field)
{
    const uint8_t *at = reader->next;
    if (reader->end - at < 5 || at[0] >= 0x80 || at[0] >> 3 == 0)
        return wire_next(reader, field);
    uint64_t value = at[1] & 0x7f;
    size_t size = 2;
    for (; at[size - 1] >= 0x80 && size < 5; size++)
        value |= (uint64_t)(at[size] & 0x7f) << (7 * (size - 1));
    const bool is_varint = (at[0] & 7) == PROTOBUF_C_WIRE_TYPE_VARINT;
    const bool is_bytes = (at[0] & 7) == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
    if (at[size - 1] >= 0x80 || (!is_varint && !is_bytes) || (is_bytes && value > (size_t)(reader->end - at) - size))
        return wire_next(reader, field);
    field->number = at[0] >> 3;
    field->wire_type = is_bytes ? PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED : PROTOBUF_C_WIRE_TYPE_VARINT;
    field->value = value;
    field->bytes = at + size;
    field->size = is_bytes ? (size_t)value : 0;
    reader->next = at + size + field->size;
    return true;
}

#endif
