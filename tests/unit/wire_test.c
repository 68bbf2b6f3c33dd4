/* Hostile bytes are refused before anything is allocated; honest ones come through; what is written can be read. */
#include "wire.h"

#include "event.pb-c.h"
#include "publish.pb-c.h"
#include "record.pb-c.h"
#include "session.pb-c.h"
#include "status.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What protobuf-c itself makes of bytes, packed again: the message is the same if it packs to the same. */
static bool is_what_protobuf_c_makes(const ProtobufCMessage *message, const uint8_t *bytes, size_t size)
{
    ProtobufCMessage *theirs = protobuf_c_message_unpack(message->descriptor, NULL, size, bytes);
    assert_non_null(theirs);
    const size_t packed_size = protobuf_c_message_get_packed_size(theirs);
    bool same = protobuf_c_message_get_packed_size(message) == packed_size;
    if (same) {
        uint8_t *packed = malloc(2 * packed_size + 1);
        assert_non_null(packed);
        protobuf_c_message_pack(theirs, packed);
        protobuf_c_message_pack(message, packed + packed_size);
        same = memcmp(packed, packed + packed_size, packed_size) == 0;
        free(packed);
    }
    protobuf_c_message_free_unpacked(theirs, NULL);
    return same;
}

/* A message that contains itself, as none of ours does: field 1, `child`. */
struct node {
    ProtobufCMessage base;
    struct node *child;
};
static const ProtobufCMessageDescriptor node_type;
static const ProtobufCFieldDescriptor node_fields[] = {{
    .name = "child",
    .id = 1,
    .label = PROTOBUF_C_LABEL_OPTIONAL,
    .type = PROTOBUF_C_TYPE_MESSAGE,
    .offset = offsetof(struct node, child),
    .descriptor = &node_type,
}};
static const unsigned node_names[] = {0};
static const ProtobufCIntRange node_ranges[] = {{1, 0}, {0, 1}};
static const ProtobufCMessageDescriptor node_type = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "Node",
    .short_name = "Node",
    .c_name = "Node",
    .package_name = "",
    .sizeof_message = sizeof(struct node),
    .n_fields = 1,
    .fields = node_fields,
    .fields_sorted_by_name = node_names,
    .n_field_ranges = 1,
    .field_ranges = node_ranges,
};

/* Nodes within nodes, the innermost empty; returns where they start in `bytes`, which they fill to its end. */
static size_t nest(uint8_t *bytes, size_t size, unsigned levels)
{
    size_t start = size;
    while (levels-- > 0) {
        const size_t content = size - start;
        if (content >= 1 << 14) {
            bytes[--start] = (uint8_t)(content >> 14);
            bytes[--start] = (uint8_t)(content >> 7 | 0x80);
            bytes[--start] = (uint8_t)(content | 0x80);
        } else if (content >= 1 << 7) {
            bytes[--start] = (uint8_t)(content >> 7);
            bytes[--start] = (uint8_t)(content | 0x80);
        } else {
            bytes[--start] = (uint8_t)content;
        }
        bytes[--start] = 0x0a;
    }
    return start;
}

struct hostile {
    const char *promise;
    const ProtobufCMessageDescriptor *type;
    const char *bytes;
    size_t size;
    enum wire_flaw flaw;
    const char *field;
};
#define EVENT &sanling__v1__event__descriptor
#define RECORD &sanling__v1__record__descriptor
#define BYTES(text) (text), sizeof(text) - 1

static const struct hostile hostile_bytes[] = {
    {"a length reaches beyond the end", EVENT,
     BYTES("\x0a\x05"
           "abc"),
     WIRE_TRUNCATED, NULL},
    {"a tag without value", EVENT, BYTES("\x10"), WIRE_TRUNCATED, NULL},
    {"a varint without end", EVENT, BYTES("\x10\x80\x80"), WIRE_TRUNCATED, NULL},
    {"a tag without end", EVENT, BYTES("\xf8"), WIRE_TRUNCATED, NULL},
    {"a fixed field cut short", EVENT, BYTES("\xfd\x3f\x01\x02"), WIRE_TRUNCATED, NULL},
    {"an inner message cut short", EVENT, BYTES("\x1a\x02\x08\x80"), WIRE_TRUNCATED, "occurred_at"},
    {"a length of 4 GiB", EVENT, BYTES("\x0a\xff\xff\xff\xff\x0f"), WIRE_TRUNCATED, NULL},
    {"field number 0", EVENT, BYTES("\x02\x00"), WIRE_BAD_TAG, NULL},
    {"a group starts", EVENT, BYTES("\x0b\x0c"), WIRE_BAD_TAG, NULL},
    {"a group ends", EVENT, BYTES("\x0c"), WIRE_BAD_TAG, NULL},
    {"an unknown group", EVENT, BYTES("\xfb\x3f\xfc\x3f"), WIRE_BAD_TAG, NULL},
    {"wire type 6", EVENT, BYTES("\x0e\x00"), WIRE_BAD_TAG, NULL},
    {"wire type 7", EVENT, BYTES("\x0f\x00"), WIRE_BAD_TAG, NULL},
    {"a string as varint", EVENT, BYTES("\x08\x01"), WIRE_BAD_TAG, "source"},
    {"an integer as string", EVENT, BYTES("\x12\x01\x01"), WIRE_BAD_TAG, "sequence"},
    {"an integer as fixed", EVENT, BYTES("\x11\x01\x00\x00\x00\x00\x00\x00\x00"), WIRE_BAD_TAG, "sequence"},
    {"a varint of eleven bytes", EVENT, BYTES("\x10\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), WIRE_BAD_TAG, NULL},
    {"a varint of 65 bits", EVENT, BYTES("\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), WIRE_BAD_TAG, NULL},
    {"a tag of six bytes", EVENT, BYTES("\x90\x80\x80\x80\x80\x00\x01"), WIRE_BAD_TAG, NULL},
    {"a tag of 33 bits", EVENT, BYTES("\x90\x80\x80\x80\x10\x01"), WIRE_BAD_TAG, NULL},
    {"a length of six bytes", EVENT, BYTES("\x0a\x81\x80\x80\x80\x80\x00\x41"), WIRE_BAD_TAG, NULL},
    {"a lone continuation byte", EVENT, BYTES("\x0a\x01\x80"), WIRE_BAD_UTF8, "source"},
    {"a Chinese character cut short", EVENT, BYTES("\x0a\x02\xe4\xb8"), WIRE_BAD_UTF8, "source"},
    {"a Chinese character with a wrong byte", EVENT, BYTES("\x0a\x03\xe4\xb8\x41"), WIRE_BAD_UTF8, "source"},
    {"an overlong slash", EVENT, BYTES("\x0a\x02\xc0\xaf"), WIRE_BAD_UTF8, "source"},
    {"an overlong NUL", EVENT, BYTES("\x0a\x02\xc0\x80"), WIRE_BAD_UTF8, "source"},
    {"three bytes, overlong", EVENT, BYTES("\x0a\x03\xe0\x9f\xbf"), WIRE_BAD_UTF8, "source"},
    {"four bytes, overlong", EVENT, BYTES("\x0a\x04\xf0\x8f\xbf\xbf"), WIRE_BAD_UTF8, "source"},
    {"a high surrogate", EVENT, BYTES("\x0a\x03\xed\xa0\x80"), WIRE_BAD_UTF8, "source"},
    {"a low surrogate", EVENT, BYTES("\x0a\x03\xed\xbf\xbf"), WIRE_BAD_UTF8, "source"},
    {"beyond U+10FFFF", EVENT, BYTES("\x0a\x04\xf4\x90\x80\x80"), WIRE_BAD_UTF8, "source"},
    {"lead byte F5", EVENT, BYTES("\x0a\x04\xf5\x80\x80\x80"), WIRE_BAD_UTF8, "source"},
    {"byte FF", EVENT, BYTES("\x0a\x01\xff"), WIRE_BAD_UTF8, "source"},
    {"bad text after eight good bytes", EVENT,
     BYTES("\x0a\x09"
           "abcdefgh\xff"),
     WIRE_BAD_UTF8, "source"},
    {"bad text in the payload", EVENT, BYTES("\xc2\x04\x03\x0a\x01\xff"), WIRE_BAD_UTF8, "hazard"},
    {"NUL in text", EVENT,
     BYTES("\x0a\x03"
           "a\0b"),
     WIRE_NUL_IN_TEXT, "source"},
    {"NUL in the middle of a word", EVENT,
     BYTES("\x0a\x0a"
           "abcd\0efghi"),
     WIRE_NUL_IN_TEXT, "source"},
    {"an unknown enum", EVENT, BYTES("\x38\x63"), WIRE_UNKNOWN_ENUM, "mode"},
    {"a negative enum", EVENT, BYTES("\x38\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), WIRE_UNKNOWN_ENUM, "mode"},
    {"an enum whose low 32 bits are known", EVENT, BYTES("\x38\x81\x80\x80\x80\x10"), WIRE_UNKNOWN_ENUM, "mode"},
    {"an unknown enum among packed ones", RECORD, BYTES("\x2a\x02\x01\x63"), WIRE_UNKNOWN_ENUM, "routed_to"},
    {"an unknown enum among unpacked ones", RECORD, BYTES("\x28\x01\x28\x63"), WIRE_UNKNOWN_ENUM, "routed_to"},
    {"a packed field cut short", RECORD, BYTES("\x2a\x02\x01\x80"), WIRE_TRUNCATED, "routed_to"},
    {"a string twice", EVENT, BYTES("\x0a\x01\x41\x0a\x01\x41"), WIRE_REPEATED_SINGULAR, "source"},
    {"an integer twice, others between", EVENT, BYTES("\x10\x01\x0a\x01\x41\x10\x02"), WIRE_REPEATED_SINGULAR,
     "sequence"},
    {"a message twice", EVENT, BYTES("\x1a\x00\x1a\x00"), WIRE_REPEATED_SINGULAR, "occurred_at"},
    {"a payload twice", EVENT, BYTES("\xc2\x04\x00\xc2\x04\x00"), WIRE_REPEATED_SINGULAR, "hazard_found"},
    {"two payloads", EVENT, BYTES("\xc2\x04\x00\xca\x04\x00"), WIRE_REPEATED_SINGULAR, "hazard_fixed_on_spot"},
    {"a payload's field twice", EVENT, BYTES("\xc2\x04\x04\x18\x01\x18\x01"), WIRE_REPEATED_SINGULAR, "grade"},
    {"an event's field twice within a record", RECORD, BYTES("\x22\x06\x0a\x01\x41\x0a\x01\x41"),
     WIRE_REPEATED_SINGULAR, "source"},
};

static void hostile_bytes_are_refused_and_the_field_is_named(void **state)
{
    (void)state;
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(WIRE_EVENT_BUDGET);
    for (size_t i = 0; i < sizeof hostile_bytes / sizeof *hostile_bytes; i++) {
        const struct hostile *hostile = &hostile_bytes[i];
        /* Behind the last byte there is nothing, so that a sanitizer sees who reads it. */
        uint8_t *bytes = malloc(hostile->size);
        assert_non_null(bytes);
        memcpy(bytes, hostile->bytes, hostile->size);
        struct wire_finding finding, checked;
        const enum wire_flaw flaw = wire_check(hostile->type, bytes, hostile->size, &wire_event_limits, &checked);
        assert_null(wire_unpack(arena, hostile->type, bytes, hostile->size, &wire_event_limits, &finding));
        free(bytes);
        if (flaw != hostile->flaw || finding.flaw != flaw || checked.flaw != flaw || finding.field != checked.field ||
            strcmp(finding.field ? finding.field : "-", hostile->field ? hostile->field : "-") != 0)
            fail_msg("%s: expected \"%s\" in %s, got \"%s\" in %s", hostile->promise, wire_flaw_text(hostile->flaw),
                     hostile->field ? hostile->field : "-", wire_flaw_text(flaw), finding.field ? finding.field : "-");
    }
}

static const struct hostile honest_bytes[] = {
    {"nothing", EVENT, BYTES(""), WIRE_OK, NULL},
    {"ten-byte padded varint", EVENT, BYTES("\x10\x85\x80\x80\x80\x80\x80\x80\x80\x80\x00"), WIRE_OK, NULL},
    {"the largest varint", EVENT, BYTES("\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), WIRE_OK, NULL},
    {"padded tag", EVENT, BYTES("\x90\x80\x80\x80\x00\x01"), WIRE_OK, NULL},
    {"padded length", EVENT, BYTES("\x0a\x81\x80\x80\x80\x00\x41"), WIRE_OK, NULL},
    {"unknown varint", EVENT, BYTES("\xf8\x3f\x01"), WIRE_OK, NULL},
    {"unknown fixed 64", EVENT, BYTES("\xf9\x3f\x01\x02\x03\x04\x05\x06\x07\x08"), WIRE_OK, NULL},
    {"unknown fixed 32", EVENT, BYTES("\xfd\x3f\x01\x02\x03\x04"), WIRE_OK, NULL},
    {"unknown bytes, twice, not text", EVENT, BYTES("\xfa\x3f\x01\xff\xfa\x3f\x01\xff"), WIRE_OK, NULL},
    {"Chinese", EVENT, BYTES("\x0a\x06\xe4\xb8\xad\xe5\x9b\xbd"), WIRE_OK, NULL},
    {"first and last of each UTF-8 length", EVENT,
     BYTES("\x0a\x14\x01\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"), WIRE_OK, NULL},
    {"around the surrogates", EVENT, BYTES("\x0a\x06\xed\x9f\xbf\xee\x80\x80"), WIRE_OK, NULL},
    {"packed enums", RECORD, BYTES("\x2a\x02\x01\x02"), WIRE_OK, NULL},
    {"unpacked enums", RECORD, BYTES("\x28\x01\x28\x02"), WIRE_OK, NULL},
    {"packed enums in two parts and one unpacked", RECORD, BYTES("\x2a\x01\x01\x28\x03\x2a\x01\x02"), WIRE_OK, NULL},
    {"no packed enums", RECORD, BYTES("\x2a\x00"), WIRE_OK, NULL},
    {"fields in any order", EVENT, BYTES("\xc2\x04\x00\x10\x01\x0a\x01\x41"), WIRE_OK, NULL},
    {"a payload with fields", EVENT, BYTES("\xc2\x04\x05\x0a\x01\x41\x18\x01"), WIRE_OK, NULL},
    {"an offset west of Greenwich", EVENT, BYTES("\x20\x9f\x03"), WIRE_OK, NULL},
    {"a number of more bits than its field", EVENT, BYTES("\x20\x81\x80\x80\x80\x80\x80\x01"), WIRE_OK, NULL},
    {"seconds before 1970", EVENT, BYTES("\x1a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), WIRE_OK, NULL},
    {"empty text", EVENT, BYTES("\x0a\x00\x4a\x00"), WIRE_OK, NULL},
    {"one element, and one more than was made room for", RECORD, BYTES("\x28\x01\x2a\x04\x02\x03\x04\x01"), WIRE_OK,
     NULL},
    {"unknown fields of every wire type", EVENT,
     BYTES("\xf8\x3f\x81\x00\xf9\x3f"
           "12345678\xfa\x3f\x02zz\xfd\x3f"
           "1234\xfa\x3f\x00"),
     WIRE_OK, NULL},
};

static void honest_bytes_pass_and_unpack_as_protobuf_c_does(void **state)
{
    (void)state;
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(WIRE_EVENT_BUDGET);
    for (size_t i = 0; i < sizeof honest_bytes / sizeof *honest_bytes; i++) {
        const struct hostile *honest = &honest_bytes[i];
        const uint8_t *bytes = (const uint8_t *)honest->bytes;
        struct wire_finding finding = {.flaw = WIRE_TOO_DEEP, .field = "stale"};
        const enum wire_flaw flaw = wire_check(honest->type, bytes, honest->size, &wire_event_limits, &finding);
        wire_arena_reset(arena);
        const ProtobufCMessage *message =
            wire_unpack(arena, honest->type, bytes, honest->size, &wire_event_limits, NULL);
        if (flaw != WIRE_OK || finding.field != NULL || message == NULL)
            fail_msg("%s: %s in %s, %s", honest->promise, wire_flaw_text(flaw), finding.field ? finding.field : "-",
                     message == NULL ? "not unpacked" : "unpacked");
        if (!is_what_protobuf_c_makes(message, bytes, honest->size))
            fail_msg("%s: protobuf-c reads it otherwise", honest->promise);
    }
}

static void bytes_over_the_size_are_refused_unread(void **state)
{
    (void)state;
    struct wire_finding finding;
    const uint8_t one = 0xff;
    assert_int_equal(WIRE_TOO_LARGE, wire_check(EVENT, &one, WIRE_EVENT_SIZE_MAX + 1, &wire_event_limits, &finding));
    assert_int_equal(WIRE_TOO_LARGE, finding.flaw);
    assert_null(finding.field);
}

static void ten_thousand_levels_are_refused_without_recursion(void **state)
{
    (void)state;
    static uint8_t bytes[40000];
    const size_t start = nest(bytes, sizeof bytes, 10000);
    struct wire_finding finding;
    assert_in_range(sizeof bytes - start, 34000, 40000);
    assert_int_equal(WIRE_TOO_DEEP,
                     wire_check(&node_type, bytes + start, sizeof bytes - start, &wire_event_limits, &finding));
    assert_string_equal("child", finding.field);
}

static void depth_counts_the_outermost_message_as_one(void **state)
{
    (void)state;
    uint8_t bytes[64];
    for (unsigned inner = 0; inner <= WIRE_DEPTH_MAX; inner++) {
        const size_t start = nest(bytes, sizeof bytes, inner);
        assert_int_equal(inner < WIRE_DEPTH_MAX ? WIRE_OK : WIRE_TOO_DEEP,
                         wire_check(&node_type, bytes + start, sizeof bytes - start, &wire_event_limits, NULL));
    }
}

static void siblings_do_not_add_up_to_depth(void **state)
{
    (void)state;
    static uint8_t bytes[2 * 1000];
    for (size_t i = 0; i < sizeof bytes; i += 2)
        memcpy(bytes + i, "\x0a\x00", 2); /* RollUp.counts, empty */
    assert_int_equal(WIRE_OK,
                     wire_check(&sanling__v1__roll_up__descriptor, bytes, sizeof bytes, &wire_event_limits, NULL));
}

static unsigned depth_of(const ProtobufCMessageDescriptor *type)
{
    unsigned deepest = 0;
    for (unsigned i = 0; i < type->n_fields; i++)
        if (type->fields[i].type == PROTOBUF_C_TYPE_MESSAGE) {
            const unsigned depth = depth_of(type->fields[i].descriptor);
            deepest = depth > deepest ? depth : deepest;
        }
    return deepest + 1;
}

static void our_own_messages_fit_the_depth(void **state)
{
    (void)state;
    assert_in_range(depth_of(&sanling__v1__hub_message__descriptor), 4, WIRE_DEPTH_MAX);
    assert_in_range(depth_of(&sanling__v1__client_message__descriptor), 3, WIRE_DEPTH_MAX);
}

static void empty_repeated_messages_are_counted(void **state)
{
    (void)state;
    const size_t size = 2 * (WIRE_MESSAGE_FIELDS_MAX + 1);
    uint8_t *bytes = malloc(size);
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i += 2)
        memcpy(bytes + i, "\x0a\x00", 2);
    const ProtobufCMessageDescriptor *type = &sanling__v1__roll_up__descriptor;
    struct wire_finding finding;
    assert_int_equal(WIRE_OK, wire_check(type, bytes, size - 2, &wire_message_limits, &finding));
    assert_int_equal(WIRE_TOO_MANY_FIELDS, wire_check(type, bytes, size, &wire_message_limits, &finding));
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(WIRE_MESSAGE_BUDGET);
    assert_non_null(wire_unpack(arena, type, bytes, size - 2, &wire_message_limits, NULL));
    free(bytes);
}

static void packed_elements_and_unknown_fields_are_counted(void **state)
{
    (void)state;
    uint8_t packed[3 + 200] = {0x2a, 0xc8, 0x01}; /* 200 offices */
    const struct wire_limits enough = {.size_bytes = 1000, .depth = 1, .fields = 201};
    const struct wire_limits short_by_one = {.size_bytes = 1000, .depth = 1, .fields = 200};
    assert_int_equal(WIRE_OK, wire_check(RECORD, packed, sizeof packed, &enough, NULL));
    assert_int_equal(WIRE_TOO_MANY_FIELDS, wire_check(RECORD, packed, sizeof packed, &short_by_one, NULL));
    uint8_t unknown[3 * 201];
    for (size_t i = 0; i < sizeof unknown; i += 3)
        memcpy(unknown + i, "\xf8\x3f\x01", 3);
    assert_int_equal(WIRE_OK, wire_check(RECORD, unknown, sizeof unknown, &enough, NULL));
    assert_int_equal(WIRE_TOO_MANY_FIELDS, wire_check(RECORD, unknown, sizeof unknown, &short_by_one, NULL));
}

static void the_worst_event_within_the_limits_fits_its_budget(void **state)
{
    (void)state;
    /* The field that costs most per byte: empty messages, the largest we have, and as much text as then fits. */
    CLEANUP(wire_writer_release) struct wire_writer writer = {0};
    for (unsigned i = 0; i < WIRE_EVENT_FIELDS_MAX; i++)
        wire_put_bytes_field(&writer, 1, NULL, 0);
    const ProtobufCMessageDescriptor *type = &sanling__v1__status_answer__descriptor;
    assert_int_equal(WIRE_OK, wire_check(type, writer.bytes, writer.size, &wire_event_limits, NULL));
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(WIRE_EVENT_BUDGET);
    assert_non_null(wire_unpack(arena, type, writer.bytes, writer.size, &wire_event_limits, NULL));
}

static void every_flaw_has_a_text(void **state)
{
    (void)state;
    for (int flaw = WIRE_OK; flaw <= WIRE_OVER_BUDGET; flaw++)
        assert_true(strlen(wire_flaw_text((enum wire_flaw)flaw)) > 5);
}

static void text_check_agrees_at_every_alignment_and_length(void **state)
{
    (void)state;
    char text[40];
    for (size_t at = 0; at < sizeof text; at++) {
        memset(text, 'a', sizeof text);
        text[at] = '\0';
        assert_int_equal(WIRE_NUL_IN_TEXT, wire_check_text(text, sizeof text));
        assert_int_equal(WIRE_OK, wire_check_text(text, at));
        text[at] = (char)0x80;
        assert_int_equal(WIRE_BAD_UTF8, wire_check_text(text, sizeof text));
        assert_int_equal(WIRE_OK, wire_check_text(text + at + 1, sizeof text - at - 1));
    }
}

static void arena_refuses_what_exceeds_its_budget(void **state)
{
    (void)state;
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(100);
    assert_non_null(wire_arena_take(arena, 60));
    assert_null(wire_arena_take(arena, 60));
    assert_null(wire_arena_take(arena, SIZE_MAX));
    assert_non_null(wire_arena_take(arena, 40));
    assert_null(wire_arena_take(arena, 17));
    wire_arena_reset(arena);
    assert_non_null(wire_arena_take(arena, 100));
}

static void arena_memory_is_aligned_and_apart(void **state)
{
    (void)state;
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(1000);
    uint8_t *first = wire_arena_take(arena, 3), *second = wire_arena_take(arena, 3);
    assert_int_equal(0, (uintptr_t)first % _Alignof(max_align_t));
    assert_int_equal(0, (uintptr_t)second % _Alignof(max_align_t));
    memset(first, 1, 3);
    memset(second, 2, 3);
    assert_int_equal(1, first[2]);
}

static void arena_too_large_for_the_machine_is_no_arena(void **state)
{
    (void)state;
    assert_null(wire_arena_open(SIZE_MAX));
    struct wire_arena *none = NULL;
    wire_arena_close(&none);
}

static void unpacking_over_budget_fails_and_takes_nothing(void **state)
{
    (void)state;
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(4096);
    uint8_t bytes[2 * 500];
    for (size_t i = 0; i < sizeof bytes; i += 2)
        memcpy(bytes + i, "\x0a\x00", 2);
    struct wire_finding finding;
    assert_null(
        wire_unpack(arena, &sanling__v1__roll_up__descriptor, bytes, sizeof bytes, &wire_event_limits, &finding));
    assert_int_equal(WIRE_OVER_BUDGET, finding.flaw);
    assert_null(finding.field);
    assert_non_null(wire_arena_take(arena, 4096));
}

static void one_arena_serves_many_messages(void **state)
{
    (void)state;
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(2048);
    for (int i = 0; i < 1000; i++) {
        wire_arena_reset(arena);
        ProtobufCMessage *message =
            wire_unpack(arena, EVENT, (const uint8_t *)"\x0a\x01\x41\x10\x07", 5, &wire_event_limits, NULL);
        assert_non_null(message);
        assert_string_equal("A", ((Sanling__V1__Event *)message)->source);
    }
}

static void writer_writes_what_protobuf_c_reads(void **state)
{
    (void)state;
    CLEANUP(wire_writer_release) struct wire_writer writer = {0};
    wire_put_bytes_field(&writer, 1, "safety-yu", 9);
    wire_put_varint_field(&writer, 2, UINT64_MAX);
    const size_t payload = wire_begin_message(&writer, 72);
    wire_put_bytes_field(&writer, 1, "H-1", 3);
    wire_put_varint_field(&writer, 3, SANLING__V1__HAZARD__GRADE__MAJOR);
    wire_end_message(&writer, payload);
    assert_false(writer.failed);
    assert_int_equal(WIRE_OK, wire_check(EVENT, writer.bytes, writer.size, &wire_event_limits, NULL));
    Sanling__V1__Event *event = sanling__v1__event__unpack(NULL, writer.size, writer.bytes);
    assert_non_null(event);
    assert_string_equal("safety-yu", event->source);
    assert_true(event->sequence == UINT64_MAX);
    assert_int_equal(SANLING__V1__EVENT__PAYLOAD_HAZARD_FOUND, event->payload_case);
    assert_string_equal("H-1", event->hazard_found->hazard);
    assert_int_equal(SANLING__V1__HAZARD__GRADE__MAJOR, event->hazard_found->grade);
    sanling__v1__event__free_unpacked(event, NULL);
}

static void written_messages_are_the_bytes_that_protobuf_c_packs(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 123, 124, 125, 126, 127, 128, 16380, 16383, 16384, 70000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint8_t *content = calloc(1, sizes[i] + 1);
        assert_non_null(content);
        Sanling__V1__Publish publish = SANLING__V1__PUBLISH__INIT;
        ProtobufCBinaryData event = {.len = sizes[i], .data = content};
        publish.n_events = 1;
        publish.events = &event;
        Sanling__V1__ClientMessage message = SANLING__V1__CLIENT_MESSAGE__INIT;
        message.body_case = SANLING__V1__CLIENT_MESSAGE__BODY_PUBLISH;
        message.publish = &publish;
        uint8_t *packed = malloc(sizes[i] + 64);
        assert_non_null(packed);
        const size_t packed_size = sanling__v1__client_message__pack(&message, packed);
        CLEANUP(wire_writer_release) struct wire_writer writer = {0};
        const size_t start = wire_begin_message(&writer, 2);
        wire_put_bytes_field(&writer, 3, content, sizes[i]);
        wire_end_message(&writer, start);
        assert_int_equal(packed_size, writer.size);
        assert_memory_equal(packed, writer.bytes, writer.size);
        free(packed);
        free(content);
    }
}

static void reader_walks_a_publish_message_without_copying(void **state)
{
    (void)state;
    CLEANUP(wire_writer_release) struct wire_writer writer = {0};
    wire_put_bytes_field(&writer, 1, "safety-yu", 9);
    wire_put_varint_field(&writer, 2, 41);
    for (uint64_t i = 0; i < 300; i++)
        wire_put_bytes_field(&writer, 3, &i, sizeof i);
    struct wire_reader reader = wire_read(writer.bytes, writer.size);
    struct wire_field field;
    uint64_t events = 0, first = 0;
    while (wire_next(&reader, &field)) {
        if (field.number == 2)
            first = field.value;
        if (field.number != 3)
            continue;
        assert_true(field.bytes > writer.bytes && field.bytes < writer.bytes + writer.size);
        assert_int_equal(sizeof events, field.size);
        assert_memory_equal(&events, field.bytes, field.size);
        events++;
    }
    assert_int_equal(WIRE_OK, reader.flaw);
    assert_int_equal(300, events);
    assert_int_equal(41, first);
}

static void reader_gives_the_value_of_each_wire_type(void **state)
{
    (void)state;
    static const uint8_t bytes[] = "\x08\x96\x01\x11\x01\x02\x03\x04\x05\x06\x07\x88\x1d\x01\x02\x03\x84\x22\x02hi";
    struct wire_reader reader = wire_read(bytes, sizeof bytes - 1);
    struct wire_field field;
    assert_true(wire_next(&reader, &field));
    assert_int_equal(PROTOBUF_C_WIRE_TYPE_VARINT, field.wire_type);
    assert_true(field.value == 150);
    assert_true(wire_next(&reader, &field));
    assert_int_equal(PROTOBUF_C_WIRE_TYPE_64BIT, field.wire_type);
    assert_true(field.value == 0x8807060504030201u);
    assert_true(wire_next(&reader, &field));
    assert_int_equal(PROTOBUF_C_WIRE_TYPE_32BIT, field.wire_type);
    assert_true(field.value == 0x84030201u);
    assert_true(wire_next(&reader, &field));
    assert_int_equal(4, field.number);
    assert_int_equal(2, field.size);
    assert_memory_equal("hi", field.bytes, 2);
    assert_false(wire_next(&reader, &field));
    assert_int_equal(WIRE_OK, reader.flaw);
}

static void reader_stops_at_the_flaw_and_stays_there(void **state)
{
    (void)state;
    struct wire_reader reader = wire_read((const uint8_t *)"\x08\x01\x0a\x05zz", 6);
    struct wire_field field;
    assert_true(wire_next(&reader, &field));
    assert_false(wire_next(&reader, &field));
    assert_int_equal(WIRE_TRUNCATED, reader.flaw);
    assert_false(wire_next(&reader, &field));
    reader = wire_read(NULL, 0);
    assert_false(wire_next(&reader, &field));
    assert_int_equal(WIRE_OK, reader.flaw);
}

static void writer_fails_once_and_for_good_until_cleared(void **state)
{
    (void)state;
    CLEANUP(wire_writer_release) struct wire_writer writer = {0};
    wire_put_varint_field(&writer, 1, 1);
    const size_t before = writer.size;
    wire_put_bytes_field(&writer, 2, "", (size_t)INT32_MAX + 1); /* more than protobuf can say */
    assert_true(writer.failed);
    wire_put_varint_field(&writer, 1, 1);
    wire_end_message(&writer, wire_begin_message(&writer, 3));
    assert_int_equal(before, writer.size);
    wire_writer_clear(&writer);
    wire_put_varint_field(&writer, 1, 1);
    assert_false(writer.failed);
    assert_int_equal(before, writer.size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_bytes_are_refused_and_the_field_is_named),
        cmocka_unit_test(honest_bytes_pass_and_unpack_as_protobuf_c_does),
        cmocka_unit_test(bytes_over_the_size_are_refused_unread),
        cmocka_unit_test(ten_thousand_levels_are_refused_without_recursion),
        cmocka_unit_test(depth_counts_the_outermost_message_as_one),
        cmocka_unit_test(siblings_do_not_add_up_to_depth),
        cmocka_unit_test(our_own_messages_fit_the_depth),
        cmocka_unit_test(empty_repeated_messages_are_counted),
        cmocka_unit_test(packed_elements_and_unknown_fields_are_counted),
        cmocka_unit_test(the_worst_event_within_the_limits_fits_its_budget),
        cmocka_unit_test(every_flaw_has_a_text),
        cmocka_unit_test(text_check_agrees_at_every_alignment_and_length),
        cmocka_unit_test(arena_refuses_what_exceeds_its_budget),
        cmocka_unit_test(arena_memory_is_aligned_and_apart),
        cmocka_unit_test(arena_too_large_for_the_machine_is_no_arena),
        cmocka_unit_test(unpacking_over_budget_fails_and_takes_nothing),
        cmocka_unit_test(one_arena_serves_many_messages),
        cmocka_unit_test(writer_writes_what_protobuf_c_reads),
        cmocka_unit_test(written_messages_are_the_bytes_that_protobuf_c_packs),
        cmocka_unit_test(reader_walks_a_publish_message_without_copying),
        cmocka_unit_test(reader_gives_the_value_of_each_wire_type),
        cmocka_unit_test(reader_stops_at_the_flaw_and_stays_there),
        cmocka_unit_test(writer_fails_once_and_for_good_until_cleared),
    };
    return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
