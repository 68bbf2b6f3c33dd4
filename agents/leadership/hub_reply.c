#include "hub_reply.h"

#include <stdlib.h>

void hub_reply_free(struct hub_reply **reply)
{
    struct hub_reply *gone = *reply;
    *reply = NULL;
    if (gone == NULL)
        return;
    protobuf_c_message_free_unpacked(gone->body, NULL);
    sanling__v1__moment_shown__free_unpacked(gone->moment, NULL);
    google__protobuf__timestamp__free_unpacked(gone->time, NULL);
    free(gone);
}
