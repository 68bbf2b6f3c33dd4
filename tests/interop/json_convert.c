/* Converts messages for the comparison with another protobuf library. Each line of standard input is a message's full
 * name, a space, and its bytes in hexadecimal or its JSON; the answer is a line with the other form, or "! " and why
 * not. */
#include "json.h"

#include "event.pb-c.h"
#include "record.pb-c.h"
#include "session.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every other message is a part of one of these. */
static const ProtobufCMessageDescriptor *const roots[] = {
    &sanling__v1__event__descriptor,          &sanling__v1__record__descriptor,
    &sanling__v1__raw_record__descriptor,     &sanling__v1__rejection__descriptor,
    &sanling__v1__client_message__descriptor, &sanling__v1__hub_message__descriptor,
};

static const ProtobufCMessageDescriptor *find_type(const ProtobufCMessageDescriptor *root, const char *name)
{
    if (strcmp(root->name, name) == 0)
        return root;
    for (unsigned i = 0; i < root->n_fields; i++) {
        const ProtobufCMessageDescriptor *found =
            root->fields[i].type == PROTOBUF_C_TYPE_MESSAGE ? find_type(root->fields[i].descriptor, name) : NULL;
        if (found != NULL)
            return found;
    }
    return NULL;
}

static const ProtobufCMessageDescriptor *type_by_name(const char *name)
{
    const ProtobufCMessageDescriptor *found = NULL;
    for (size_t i = 0; i < sizeof roots / sizeof *roots && found == NULL; i++)
        found = find_type(roots[i], name);
    return found;
}

/* In place; `hex` is what this program's own test wrote. */
static size_t bytes_from_hex(char *hex)
{
    size_t size = 0;
    for (const char *at = hex; at[0] != '\0' && at[1] != '\0'; at += 2) {
        const char pair[] = {at[0], at[1], '\0'};
        hex[size++] = (char)strtoul(pair, NULL, 16);
    }
    return size;
}

static void print_json(const ProtobufCMessageDescriptor *type, char *hex, struct wire_arena *arena)
{
    const size_t size = bytes_from_hex(hex);
    const uint8_t *bytes = (const uint8_t *)hex;
    struct wire_finding finding;
    const ProtobufCMessage *message = wire_unpack(arena, type, bytes, size, &wire_message_limits, &finding);
    if (message == NULL) {
        printf("! %s: %s\n", finding.field != NULL ? finding.field : type->short_name, wire_flaw_text(finding.flaw));
        return;
    }
    char *text = json_text_from_message(message);
    printf("%s\n", text != NULL ? text : "! no JSON");
    free(text);
}

static void print_hex(const ProtobufCMessageDescriptor *type, const char *json, struct wire_arena *arena)
{
    struct fault fault;
    const ProtobufCMessage *message = json_text_to_message(type, json, strlen(json), arena, &fault);
    if (message == NULL) {
        printf("! %s\n", fault.text);
        return;
    }
    const size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = malloc(size + 1);
    if (bytes == NULL)
        abort();
    protobuf_c_message_pack(message, bytes);
    for (size_t i = 0; i < size; i++)
        printf("%02x", bytes[i]);
    putchar('\n');
    free(bytes);
}

int main(void)
{
    CLEANUP(wire_arena_close) struct wire_arena *arena = wire_arena_open(WIRE_MESSAGE_BUDGET);
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size = 0;
    while (arena != NULL && (size = getline(&line, &capacity, stdin)) > 0) {
        wire_arena_reset(arena);
        line[strcspn(line, "\n")] = '\0';
        char *content = strchr(line, ' ');
        if (content != NULL)
            *content++ = '\0';
        const ProtobufCMessageDescriptor *type = content != NULL ? type_by_name(line) : NULL;
        if (type == NULL)
            printf("! unknown message type\n");
        else if (*content == '{' || *content == '"')
            print_hex(type, content, arena);
        else
            print_json(type, content, arena);
    }
    free(line);
    return arena == NULL;
}
