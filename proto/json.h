/* Messages as the canonical protobuf JSON mapping, both ways, so that any protobuf library reads what we write and the
 * other way round. Field names are lowerCamelCase (custom json_name options are not known to protobuf-c), 64-bit
 * integers are strings, enums names, bytes base64, google.protobuf.Timestamp RFC 3339. Other well-known types have no
 * special form here. */
#ifndef SANLING_JSON_H
#define SANLING_JSON_H

#include "fault.h"
#include "wire.h"

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JSON_TEXT_SIZE_MAX = WIRE_MESSAGE_SIZE_MAX,
    /* Objects and arrays within each other: a level of messages may be an array of objects. */
    JSON_DEPTH_MAX = 2 * WIRE_DEPTH_MAX,
    /* Values at all levels together: an empty object costs a sender three bytes and us two hundred. */
    JSON_VALUES_MAX = WIRE_MESSAGE_FIELDS_MAX
};

/* For a program that does as much: from now on it ends where jansson finds no memory, instead of taking what could not
 * be read for malformed. */
void json_end_without_memory(void);

/* The message as JSON; keys in the order of field numbers. Fields at their default are left out, except members of a
 * oneof; an enum number without a name stays a number. The caller owns the reference. NULL: out of memory, a string
 * that is not UTF-8, or a timestamp out of range; none of them in a message that passed wire_check with timestamps in
 * range. */
json_t *json_from_message(const ProtobufCMessage *message);
/* The same with a choice that the mapping leaves to the writer. Written defaults are zeros, false, empty texts and
 * arrays and the enum's zero by name, so that a reader never has to tell 0 from absent; messages and members of a oneof
 * that are not there stay absent. */
enum json_defaults { JSON_DEFAULTS_LEFT_OUT, JSON_DEFAULTS_WRITTEN };
json_t *json_from_message_with(const ProtobufCMessage *message, enum json_defaults defaults);
/* json_from_message as one compact line without line end, UTF-8 not escaped. The caller frees it. */
char *json_text_from_message(const ProtobufCMessage *message);

/* The name of a field's member, by protoc's rule: underscores go, the letter after one becomes a capital. */
enum { JSON_MEMBER_SIZE = 128 };
void json_member_name(const char *field, char member[static JSON_MEMBER_SIZE]);

/* Builds the message in the arena, which keeps it until reset; `json` stays the caller's and may go afterwards.
 * Accepts what the canonical mapping accepts: both spellings of a field's name, integers as number or string, enums
 * by name or number, both base64 alphabets with or without padding, null for absent, timestamps with any offset.
 * Refuses unknown fields and enum values, several members of one oneof, integers out of range, invalid UTF-8 and NUL.
 * NULL: FAULT_MALFORMED, with the path of the value and what was expected there
 * ("hazardFound.gradee: unknown field"), never with the value itself, which could name a person. */
ProtobufCMessage *json_to_message(const ProtobufCMessageDescriptor *type, const json_t *json, struct wire_arena *arena,
                                  struct fault *fault);
/* The same from text, which need not end in NUL. Size, depth and number of values are checked before it is parsed;
 * duplicate keys are refused. An unquoted integer above 2^63-1 is refused too (jansson cannot hold it): quote it. */
ProtobufCMessage *json_text_to_message(const ProtobufCMessageDescriptor *type, const char *text, size_t size,
                                       struct wire_arena *arena, struct fault *fault);

/* Text as jansson's value, under the same bounds. NULL: FAULT_MALFORMED, with the place, never with the text. */
json_t *json_text_read(const char *text, size_t size, struct fault *fault);

/* Room for a timestamp's text with its NUL: 9999-12-31T23:59:59.999999999Z */
enum { TIMESTAMP_TEXT_SIZE = 31 };

/* RFC 3339 with Z or a numeric offset, up to nine fraction digits, to UTC seconds since 1970 and nanoseconds
 * 0..999999999. Years 0001 to 9999, also after the offset is applied; no leap second, capital T and Z only.
 * false: `text` is no such time; the results are untouched. */
MUST_CHECK bool timestamp_parse(const char *text, int64_t *seconds, int32_t *nanos);
/* The time in UTC with 0, 3, 6 or 9 fraction digits and Z. false: out of range; `text` is untouched. */
MUST_CHECK bool timestamp_format(int64_t seconds, int32_t nanos, char text[static TIMESTAMP_TEXT_SIZE]);

#endif
