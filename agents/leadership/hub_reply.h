/* What the hub said to a question: all parts of its answer as one message, or why there is none. */
#ifndef LEADERSHIP_HUB_REPLY_H
#define LEADERSHIP_HUB_REPLY_H

#include "sanling.h"

#include "query.pb-c.h"
#include "subscribe.pb-c.h"

struct hub_reply {
    ProtobufCMessage *body;            /* of the type asked for; NULL: none */
    uint64_t position;                 /* that the answer stands at; 0: records, which stand for themselves */
    Sanling__V1__MomentShown *moment;  /* NULL: the hub named none */
    Google__Protobuf__Timestamp *time; /* the hub's clock; NULL: not said */
    bool demonstration;
    Sanling__V1__Code__Kind code; /* without a body: why; UNREACHABLE: nobody was asked */
    char text[256];
};

/* Frees it and sets *reply to NULL. A NULL reply is fine. */
void hub_reply_free(struct hub_reply **reply);

#endif
