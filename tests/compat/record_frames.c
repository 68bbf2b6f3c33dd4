/* Preloaded into a client when a fixture is made (make_fixture.py compiles it): what the client's library gives to
 * ZeroMQ and gets from it, before it is encrypted, goes into the file that SANLING_FRAMES names: a line for each frame,
 * `sent` or `received`, and its bytes in hexadecimal. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

typedef int message_call(zmq_msg_t *message, void *socket, int flags);

/* The hub's socket alone: what the library says to itself about it goes the same way. */
static int is_to_hub(void *socket)
{
    int type = 0;
    size_t size = sizeof type;
    return zmq_getsockopt(socket, ZMQ_TYPE, &type, &size) == 0 && type == ZMQ_DEALER;
}

static void note(const char *word, zmq_msg_t *message)
{
    const char *path = getenv("SANLING_FRAMES");
    FILE *file = path != NULL ? fopen(path, "ae") : NULL;
    const uint8_t *bytes = zmq_msg_data(message);
    if (file == NULL)
        abort();
    fprintf(file, "%s ", word);
    for (size_t i = 0; i < zmq_msg_size(message); i++)
        fprintf(file, "%02x", bytes[i]);
    fputc('\n', file);
    fclose(file);
}

int zmq_msg_send(zmq_msg_t *message, void *socket, int flags)
{
    message_call *const call = (message_call *)dlsym(RTLD_NEXT, "zmq_msg_send");
    if (is_to_hub(socket))
        note("sent", message); /* before: a message that was sent is empty */
    return call(message, socket, flags);
}

int zmq_msg_recv(zmq_msg_t *message, void *socket, int flags)
{
    message_call *const call = (message_call *)dlsym(RTLD_NEXT, "zmq_msg_recv");
    const int size = call(message, socket, flags);
    if (size >= 0 && is_to_hub(socket))
        note("received", message);
    return size;
}
