/* JSON that becomes a message comes back from it as JSON that becomes the same bytes; the rest is refused with a
 * reason. */
#include "json.h"

#include "session.pb-c.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static uint8_t *pack(const ProtobufCMessage *message, size_t *size)
{
    *size = protobuf_c_message_get_packed_size(message);
    uint8_t *packed = malloc(*size + 1);
    if (packed == NULL)
        abort();
    protobuf_c_message_pack(message, packed);
    return packed;
}

static void expect_same_again(const ProtobufCMessageDescriptor *type, const ProtobufCMessage *message,
                              struct wire_arena *arena)
{
    struct fault fault = {0};
    size_t size = 0, size_again = 0;
    char *text = json_text_from_message(message);
    if (text == NULL)
        abort();
    const ProtobufCMessage *again = json_text_to_message(type, text, strlen(text), arena, &fault);
    if (again == NULL)
        abort();
    uint8_t *packed = pack(message, &size), *packed_again = pack(again, &size_again);
    if (size != size_again || memcmp(packed, packed_again, size) != 0 ||
        wire_check(type, packed, size, &wire_message_limits, NULL) != WIRE_OK)
        abort();
    free(packed);
    free(packed_again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const ProtobufCMessageDescriptor *const types[] = {&sanling__v1__event__descriptor,
                                                              &sanling__v1__client_message__descriptor,
                                                              &sanling__v1__hub_message__descriptor};
    static struct wire_arena *arena = NULL; /* kept: opening one costs more than a run */
    if (arena == NULL && (arena = wire_arena_open(2 * WIRE_EVENT_BUDGET)) == NULL)
        return 0;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct fault fault = {0};
        wire_arena_reset(arena);
        const ProtobufCMessage *message = json_text_to_message(types[i], (const char *)bytes, size, arena, &fault);
        if (message != NULL)
            expect_same_again(types[i], message, arena);
        else if (fault.code != FAULT_MALFORMED || fault.text[0] == '\0')
            abort();
    }
    return 0;
}
