/* What decoding is made of, between its own files: the event and its envelope (decode.c), the texts in it
 * (decode_texts.c), and what each payload says (decode_payload.c). */
#ifndef HUB_DECODE_PARTS_H
#define HUB_DECODE_PARTS_H

#include "decode.h"

typedef Sanling__V1__Event Wire;

enum {
    CODE_SIZE_MAX = 64,  /* bytes of any code or identifier */
    NAME_SIZE_MAX = 384, /* bytes of a unit's name: 128 characters */
    NOTE_CHARACTERS_MAX = 200,
    REQUIRED_MAX = 8,
    ACCESS_KEY_CHARACTERS = 40,
    VERIFIER_KEY_SIZE_MAX = 256, /* name, id and key of whoever signs the log */
};

#define BAD_VALUE SANLING__V1__CODE__KIND__BAD_VALUE
#define MISSING_FIELD SANLING__V1__CODE__KIND__MISSING_FIELD
#define MALFORMED SANLING__V1__CODE__KIND__MALFORMED

struct required_fields {
    uint8_t count;
    uint8_t index[REQUIRED_MAX]; /* into the payload descriptor's fields */
};

/* What stands in a text, by its field's name. */
enum text_use { TEXT_CODE, TEXT_UNIT, TEXT_NAME, TEXT_NOTE, TEXT_POLICY, TEXT_VERIFIER_KEY };

/* The fields of a message that hold texts, bytes or messages: what the others hold could name nobody. */
struct content {
    struct content_field *fields;
    size_t count;
};

struct content_field {
    const ProtobufCFieldDescriptor *field;
    enum text_use use;     /* of a text */
    struct content nested; /* of a message */
};

struct decoder {
    struct wire_arena *arena;
    struct required_fields required[EVENT_KIND_LIMIT];
    struct content contents[EVENT_KIND_LIMIT]; /* of payloads */
    struct policy policy;                      /* of the last PolicyAdopted */
    struct event replacement;                  /* of the last EventCorrected */
    const Wire *nested;                        /* what it holds as bytes; NULL: no event */
    enum wire_flaw flaw;                       /* why not; WIRE_OK: there is none */
};

/* Says why an event is not taken. Always false. */
__attribute__((format(printf, 3, 4))) bool decode_refuse(struct decoded *decoded, Sanling__V1__Code__Kind code,
                                                         const char *format, ...);
/* What the replacement of a correction says; it stands in decoder->replacement then. */
bool decode_replacement(struct decoder *decoder, const ProtobufCBinaryData *bytes, struct decoded *decoded);
/* The payload, whichever it is. */
const ProtobufCMessage *decode_payload_of(const Wire *wire);

/* ---- decode_texts.c ---- */

/* Where a message of the type holds texts; decode_content_clear frees it. */
struct content decode_content_of(const ProtobufCMessageDescriptor *type);
void decode_content_clear(struct content *content);
/* No white space, no control characters, at most CODE_SIZE_MAX bytes. */
bool decode_code_valid(const char *code);
/* Whether every text of a payload is of the form that its field has. */
bool decode_check_texts(const struct content *content, const ProtobufCMessage *payload, struct decoded *decoded);
/* Whether the event holds no number of a person, or with `nested`, the bytes of it, the one that a correction nests. */
bool decode_check_persons(const struct decoder *decoder, const Wire *wire, const ProtobufCBinaryData *nested,
                          struct decoded *decoded);

/* ---- decode_payload.c ---- */

/* Microseconds since 1970; the years that day_parse takes. */
bool decode_time(const char *name, const Google__Protobuf__Timestamp *time, int64_t *time_us, struct decoded *decoded);
/* What the payload says, into decoded->event, whose kind is known. */
bool decode_payload(struct decoder *decoder, const Wire *wire, struct decoded *decoded);

#endif
