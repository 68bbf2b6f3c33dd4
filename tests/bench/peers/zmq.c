/* libzmq alone: one process sends messages of many events over TCP, another takes them, as far apart as a hub and its
 * client are. Nothing is stored, numbered or acknowledged; it is what the transport would let through. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "block.h"
#include "measure.h"
#include "peers.h"

enum {
    HIGH_WATER_MESSAGES = 1000, /* the hub's, to a peer */
    ANSWER_LIMIT_MS = 60000,
    KEY_SIZE = 41,
    ENDPOINT_SIZE = 256,
};

struct keys {
    char public[KEY_SIZE];
    char secret[KEY_SIZE];
};

/* What both processes know before they part. */
struct transfer {
    const struct mix *mix;
    uint32_t batch;
    bool curve;
    struct keys sender;
    struct keys receiver;
    int endpoint[2]; /* a pipe: the sender says where it listens */
};

static bool set_number(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

/* Without a handler whoever has the sender's key may come: nobody else knows the port, and nothing is secret. */
static bool set_sender(void *socket, const struct transfer *transfer)
{
    return set_number(socket, ZMQ_SNDHWM, HIGH_WATER_MESSAGES) && set_number(socket, ZMQ_SNDTIMEO, ANSWER_LIMIT_MS) &&
           (!transfer->curve || (set_number(socket, ZMQ_CURVE_SERVER, 1) &&
                                 zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, transfer->sender.secret, KEY_SIZE) == 0));
}

static bool set_receiver(void *socket, const struct transfer *transfer)
{
    return set_number(socket, ZMQ_RCVHWM, HIGH_WATER_MESSAGES) && set_number(socket, ZMQ_RCVTIMEO, ANSWER_LIMIT_MS) &&
           set_number(socket, ZMQ_LINGER, 0) &&
           (!transfer->curve ||
            (zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, transfer->sender.public, KEY_SIZE) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, transfer->receiver.public, KEY_SIZE) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, transfer->receiver.secret, KEY_SIZE) == 0));
}

static bool bind_and_say(void *socket, const struct transfer *transfer)
{
    char endpoint[ENDPOINT_SIZE] = {0};
    size_t size = sizeof endpoint;
    return set_sender(socket, transfer) && zmq_bind(socket, "tcp://127.0.0.1:*") == 0 &&
           zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0 &&
           write(transfer->endpoint[1], endpoint, sizeof endpoint) == (ssize_t)sizeof endpoint;
}

static bool send_all(void *socket, const struct transfer *transfer)
{
    const struct mix *mix = transfer->mix;
    for (size_t first = 0; first < mix->count; first += transfer->batch) {
        zmq_msg_t message;
        const size_t count = block_count(mix, first, transfer->batch);
        if (zmq_msg_init_size(&message, block_size(mix, first, count)) != 0)
            return false;
        block_pack(mix, first, count, zmq_msg_data(&message));
        if (zmq_msg_send(&message, socket, 0) < 0) {
            zmq_msg_close(&message);
            return false;
        }
    }
    return true;
}

/* The sending process, from its beginning to its end. It stays until all is gone out. */
static _Noreturn void be_sender(const struct transfer *transfer)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_PUSH);
    const bool sent = socket && bind_and_say(socket, transfer) && send_all(socket, transfer);
    if (!sent) {
        peers_fail("sending: %s", zmq_strerror(zmq_errno()));
        _exit(1);
    }
    zmq_close(socket);
    zmq_ctx_term(context);
    _exit(0);
}

/* Takes the next message. false: none came, or it is not what was sent. */
static bool take(void *socket, uint64_t *events, uint64_t *bytes)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    const bool taken = zmq_msg_recv(&message, socket, 0) >= 0 &&
                       block_read(zmq_msg_data(&message), zmq_msg_size(&message), events, bytes);
    zmq_msg_close(&message);
    return taken;
}

/* The clock runs from the first message on: what comes before it is the handshake. */
static int receive_all(void *socket, const struct mix *mix)
{
    uint64_t events = 0;
    uint64_t bytes = 0;
    if (!take(socket, &events, &bytes))
        return peers_fail("receiving: %s", zmq_strerror(zmq_errno()));
    const uint64_t events_before = events;
    const uint64_t bytes_before = bytes;
    const int64_t start_us = measure_now_us();
    while (events < mix->count)
        if (!take(socket, &events, &bytes))
            return peers_fail("receiving: %s, %llu events came", zmq_strerror(zmq_errno()), (unsigned long long)events);
    const double seconds = (double)(measure_now_us() - start_us) / 1e6;
    if (events != mix->count || bytes != mix->bytes_size)
        return peers_fail("%llu events came of %zu", (unsigned long long)events, mix->count);
    measure_tell("events_per_s", (double)(events - events_before) / seconds);
    measure_tell("bytes_per_s", (double)(bytes - bytes_before) / seconds);
    measure_tell("event_bytes", (double)bytes / (double)events);
    return 0;
}

static int be_receiver(const struct transfer *transfer)
{
    char endpoint[ENDPOINT_SIZE];
    if (read(transfer->endpoint[0], endpoint, sizeof endpoint) != (ssize_t)sizeof endpoint)
        return 1; /* the sender has said why */
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_PULL);
    int status;
    if (!socket || !set_receiver(socket, transfer) || zmq_connect(socket, endpoint) != 0)
        status = peers_fail("%s: %s", endpoint, zmq_strerror(zmq_errno()));
    else
        status = receive_all(socket, transfer->mix);
    if (socket)
        zmq_close(socket);
    zmq_ctx_term(context);
    return status;
}

/* Two processes; neither has a context of the library before they part. */
static int send_and_receive(struct transfer *transfer)
{
    int ended = 0;
    if (pipe(transfer->endpoint) != 0)
        return peers_fail("no pipe");
    pid_t sender = fork();
    if (sender == 0)
        be_sender(transfer);
    close(transfer->endpoint[1]);
    int status = sender < 0 ? peers_fail("no process") : be_receiver(transfer);
    close(transfer->endpoint[0]);
    if (sender > 0 && status != 0)
        kill(sender, SIGKILL);
    if (sender > 0 && waitpid(sender, &ended, 0) == sender && ended != 0 && status == 0)
        status = peers_fail("the sender failed");
    return status;
}

int run_zmq(const struct peers_options *options)
{
    struct mix mix;
    struct transfer transfer = {.mix = &mix, .batch = options->batch, .curve = options->curve};
    if (options->events <= options->batch)
        return peers_fail("zmq wants more --events than fit in a message");
    if (zmq_curve_keypair(transfer.sender.public, transfer.sender.secret) != 0 ||
        zmq_curve_keypair(transfer.receiver.public, transfer.receiver.secret) != 0)
        return peers_fail("no keys: %s", zmq_strerror(zmq_errno()));
    peers_make_events(options, &mix);
    int status = send_and_receive(&transfer);
    mix_clear(&mix);
    return status;
}
