/* scenario-raw-peer: a DEALER with CURVE that sends whatever bytes a test wants, and tells what came back. It knows
 * nothing of the protocol. One command a line on standard input, one line of answer on standard output:
 *
 *     send HEX      one frame of these bytes           -> sent
 *     zeros N       one frame of N zero bytes          -> sent
 *     frames HEX…   one message of several frames      -> sent
 *     receive MS    waits for a frame                  -> received HEX, or nothing
 *     link          handshakes and disconnections      -> link H D
 */
#include <czmq.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

struct peer {
    void *socket;
    void *monitor;
    unsigned opened;
    unsigned closed;
};

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

/* Sends the bytes that the hexadecimal text says. */
static void send_hex(struct peer *peer, const char *text, int flags)
{
    size_t size = strlen(text) / 2;
    zmq_msg_t frame;
    if (zmq_msg_init_size(&frame, size) != 0)
        abort();
    uint8_t *bytes = zmq_msg_data(&frame);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
    if (zmq_msg_send(&frame, peer->socket, flags) < 0)
        abort();
}

static void send_frames(struct peer *peer, char *text)
{
    for (char *word = strsep(&text, " "); word != NULL; word = strsep(&text, " "))
        send_hex(peer, word, text != NULL ? ZMQ_SNDMORE : 0);
    puts("sent");
}

static void send_zeros(struct peer *peer, size_t size)
{
    zmq_msg_t frame;
    if (zmq_msg_init_size(&frame, size) != 0)
        abort();
    memset(zmq_msg_data(&frame), 0, size);
    if (zmq_msg_send(&frame, peer->socket, 0) < 0)
        abort();
    puts("sent");
}

static void receive(struct peer *peer, int timeout_ms)
{
    zmq_pollitem_t item = {.socket = peer->socket, .events = ZMQ_POLLIN};
    zmq_msg_t frame;
    if (zmq_poll(&item, 1, timeout_ms) <= 0) {
        puts("nothing");
        return;
    }
    zmq_msg_init(&frame);
    if (zmq_msg_recv(&frame, peer->socket, 0) < 0)
        abort();
    const uint8_t *bytes = zmq_msg_data(&frame);
    fputs("received ", stdout);
    for (size_t i = 0; i < zmq_msg_size(&frame); i++)
        printf("%02x", bytes[i]);
    putchar('\n');
    zmq_msg_close(&frame);
}

/* The monitor's events: two frames each, number first. */
static void tell_link(struct peer *peer)
{
    uint8_t event[6];
    char address[256];
    while (zmq_recv(peer->monitor, event, sizeof event, ZMQ_DONTWAIT) == sizeof event) {
        uint16_t number;
        memcpy(&number, event, sizeof number);
        peer->opened += number == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
        peer->closed += number == ZMQ_EVENT_DISCONNECTED;
        if (zmq_recv(peer->monitor, address, sizeof address, 0) < 0)
            abort();
    }
    printf("link %u %u\n", peer->opened, peer->closed);
}

static void obey(struct peer *peer, char *line)
{
    if (strncmp(line, "send ", 5) == 0 || strcmp(line, "send") == 0) {
        send_hex(peer, line[4] != '\0' ? line + 5 : "", 0);
        puts("sent");
    } else if (strncmp(line, "frames ", 7) == 0) {
        send_frames(peer, line + 7);
    } else if (strncmp(line, "zeros ", 6) == 0) {
        send_zeros(peer, strtoull(line + 6, NULL, 10));
    } else if (strncmp(line, "receive ", 8) == 0) {
        receive(peer, atoi(line + 8));
    } else if (strcmp(line, "link") == 0) {
        tell_link(peer);
    } else {
        puts("unknown");
    }
    fflush(stdout);
}

static bool open_peer(struct peer *peer, void *context, const char *endpoint, const char *key_file)
{
    static const char monitor[] = "inproc://monitor";
    zcert_t *key = zcert_load(key_file);
    if (key == NULL)
        return false;
    const char *hub = zcert_meta(key, "hub-key");
    int linger = 0;
    peer->socket = zmq_socket(context, ZMQ_DEALER);
    peer->monitor = zmq_socket(context, ZMQ_PAIR);
    bool open =
        hub != NULL && zmq_setsockopt(peer->socket, ZMQ_CURVE_SERVERKEY, hub, strlen(hub) + 1) == 0 &&
        zmq_setsockopt(peer->socket, ZMQ_CURVE_PUBLICKEY, zcert_public_txt(key), 41) == 0 &&
        zmq_setsockopt(peer->socket, ZMQ_CURVE_SECRETKEY, zcert_secret_txt(key), 41) == 0 &&
        zmq_setsockopt(peer->socket, ZMQ_LINGER, &linger, sizeof linger) == 0 &&
        zmq_socket_monitor(peer->socket, monitor, ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED) == 0 &&
        zmq_connect(peer->monitor, monitor) == 0 && zmq_connect(peer->socket, endpoint) == 0;
    zcert_destroy(&key);
    return open;
}

int main(int argc, char **argv)
{
    struct peer peer = {0};
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size;
    zsys_handler_set(NULL);
    void *context = zmq_ctx_new();
    if (argc != 3 || !open_peer(&peer, context, argv[1], argv[2])) {
        fprintf(stderr, "usage: scenario-raw-peer ENDPOINT KEY-FILE (%s)\n", zmq_strerror(zmq_errno()));
        return 2;
    }
    while ((size = getline(&line, &capacity, stdin)) > 0) {
        line[strcspn(line, "\n")] = '\0';
        obey(&peer, line);
    }
    free(line);
    zmq_socket_monitor(peer.socket, NULL, 0);
    zmq_close(peer.socket);
    zmq_close(peer.monitor);
    zmq_ctx_term(context);
    return 0;
}
