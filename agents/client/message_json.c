/* JSON for users of the library; the mapping itself is the contract's (proto/json.h). */
#include "connection.h"

#include "json.h"

#include <stdlib.h>
#include <string.h>

char *sanling_json_from_message(const ProtobufCMessage *message)
{
    return json_text_from_message(message);
}

bool sanling_event_from_json(const char *text, uint8_t **bytes, size_t *size, struct sanling_error *error)
{
    struct fault fault;
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(WIRE_EVENT_BUDGET);
    if (arena == NULL)
        return error_set(error, SANLING_SYSTEM, "no memory for an event");
    ProtobufCMessage *event = json_text_to_message(&sanling__v1__event__descriptor, text, strlen(text), arena, &fault);
    if (event == NULL)
        return error_set(error, SANLING_MALFORMED, "%s", fault.text);
    size_t packed_size = protobuf_c_message_get_packed_size(event);
    uint8_t *packed = malloc(packed_size + 1);
    if (packed == NULL)
        return error_set(error, SANLING_SYSTEM, "no memory for an event");
    *size = protobuf_c_message_pack(event, packed);
    *bytes = packed;
    return true;
}
