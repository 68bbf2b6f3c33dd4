/* Bytes that wire_check passes unpack within the budget and pack again; the others are refused, and nothing breaks. */
#include "wire.h"

#include "session.pb-c.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void walk(const uint8_t *bytes, size_t size)
{
    struct wire_reader reader = wire_read(bytes, size);
    struct wire_field field;
    while (wire_next(&reader, &field))
        if (field.wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED &&
            (field.bytes < bytes || field.bytes > bytes + size))
            abort();
}

static void unpack_and_pack(const ProtobufCMessageDescriptor *type, const uint8_t *bytes, size_t size)
{
    static struct wire_arena *arena = NULL; /* kept: opening one costs more than a run */
    if (arena == NULL && (arena = wire_arena_open(WIRE_EVENT_BUDGET)) == NULL)
        return;
    wire_arena_reset(arena);
    const ProtobufCMessage *message = wire_unpack(arena, type, bytes, size);
    if (message == NULL)
        abort(); /* what passed the check unpacks, and its budget is enough */
    const size_t packed_size = protobuf_c_message_get_packed_size(message);
    uint8_t *packed = malloc(packed_size + 1);
    if (packed == NULL)
        return;
    if (protobuf_c_message_pack(message, packed) != packed_size ||
        wire_check(type, packed, packed_size, &wire_message_limits, NULL) != WIRE_OK)
        abort();
    free(packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const ProtobufCMessageDescriptor *const types[] = {&sanling__v1__event__descriptor,
                                                              &sanling__v1__client_message__descriptor,
                                                              &sanling__v1__hub_message__descriptor};
    walk(bytes, size);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct wire_finding finding;
        if (wire_check(types[i], bytes, size, &wire_event_limits, &finding) == WIRE_OK)
            unpack_and_pack(types[i], bytes, size);
    }
    return 0;
}
