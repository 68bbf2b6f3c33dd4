/* Bytes that wire_check passes unpack within the budget, to what protobuf-c makes of them, and pack again; the others
 * are refused by both for the same reason, and nothing breaks. */
#include "wire.h"

#include "session.pb-c.h"

#include <stdlib.h>
#include <string.h>

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

/* Packs what protobuf-c itself makes of the bytes behind the message's own packing, and compares. */
static bool packs_as_theirs(const ProtobufCMessageDescriptor *type, const uint8_t *bytes, size_t size,
                            const uint8_t *packed, size_t packed_size, uint8_t *room)
{
    ProtobufCMessage *theirs = protobuf_c_message_unpack(type, NULL, size, bytes);
    const bool same = theirs != NULL && protobuf_c_message_get_packed_size(theirs) == packed_size &&
                      protobuf_c_message_pack(theirs, room) == packed_size && memcmp(packed, room, packed_size) == 0;
    protobuf_c_message_free_unpacked(theirs, NULL);
    return same;
}

static void unpack_and_pack(const ProtobufCMessageDescriptor *type, const uint8_t *bytes, size_t size)
{
    static struct wire_arena *arena = NULL; /* kept: opening one costs more than a run */
    if (arena == NULL && (arena = wire_arena_open(WIRE_EVENT_BUDGET)) == NULL)
        return;
    wire_arena_reset(arena);
    struct wire_finding checked, finding;
    wire_check(type, bytes, size, &wire_event_limits, &checked);
    const ProtobufCMessage *message = wire_unpack(arena, type, bytes, size, &wire_event_limits, &finding);
    if (finding.flaw != checked.flaw || finding.field != checked.field)
        abort(); /* what passed the check unpacks, and its budget is enough; what did not, does not */
    if (message == NULL)
        return;
    const size_t packed_size = protobuf_c_message_get_packed_size(message);
    uint8_t *packed = malloc(2 * packed_size + 1);
    if (packed == NULL)
        return;
    if (protobuf_c_message_pack(message, packed) != packed_size ||
        wire_check(type, packed, packed_size, &wire_message_limits, NULL) != WIRE_OK ||
        !packs_as_theirs(type, bytes, size, packed, packed_size, packed + packed_size))
        abort();
    free(packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const ProtobufCMessageDescriptor *const types[] = {&sanling__v1__event__descriptor,
                                                              &sanling__v1__client_message__descriptor,
                                                              &sanling__v1__hub_message__descriptor};
    walk(bytes, size);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        unpack_and_pack(types[i], bytes, size);
    return 0;
}
