#include "reply.h"

#include <stdlib.h>

uint8_t *reply_encode(const Sanling__V1__HubMessage *message, size_t *size)
{
    *size = sanling__v1__hub_message__get_packed_size(message);
    uint8_t *bytes = malloc(*size ? *size : 1);
    if (!bytes)
        abort();
    sanling__v1__hub_message__pack(message, bytes);
    return bytes;
}

void reply_add_bytes(struct reply_list *list, const struct peer *peer, uint8_t *bytes, size_t size)
{
    struct reply *reply = malloc(sizeof *reply);
    if (!reply)
        abort();
    *reply = (struct reply){.peer = *peer, .bytes = bytes, .size = size};
    *(list->end ? list->end : &list->first) = reply;
    list->end = &reply->next;
    list->count++;
}

void reply_add(struct reply_list *list, const struct peer *peer, const Sanling__V1__HubMessage *message)
{
    size_t size;
    uint8_t *bytes = reply_encode(message, &size);
    reply_add_bytes(list, peer, bytes, size);
}

static uint64_t larger(uint64_t one, uint64_t other)
{
    return one > other ? one : other;
}

static struct told later(const struct told *one, const struct told *other)
{
    return (struct told){.position = larger(one->position, other->position),
                         .rejections = larger(one->rejections, other->rejections),
                         .bytes = larger(one->bytes, other->bytes)};
}

void reply_move(struct reply_list *to, struct reply_list *from)
{
    if (!from->first)
        return;
    *(to->end ? to->end : &to->first) = from->first;
    to->end = from->end;
    to->count += from->count;
    to->told = later(&to->told, &from->told);
    *from = (struct reply_list){0};
}

void reply_send(struct reply_list *list, struct endpoint *endpoint)
{
    for (struct reply *reply = list->first; reply; reply = list->first) {
        (void)endpoint_send(endpoint, &reply->peer, reply->bytes, reply->size);
        list->first = reply->next;
        free(reply);
    }
    *list = (struct reply_list){0};
}

void reply_clear(struct reply_list *list)
{
    for (struct reply *reply = list->first; reply; reply = list->first) {
        list->first = reply->next;
        free(reply->bytes);
        free(reply);
    }
    *list = (struct reply_list){0};
}
