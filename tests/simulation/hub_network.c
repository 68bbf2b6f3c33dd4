#include "hub_network.h"

#include <stdlib.h>
#include <string.h>

#include "endpoint.h"
#include "hub_clients.h"
#include "hub_disk.h"
#include "hub_world.h"

enum { CONNECTIONS_MAX = 256, PEER_SIZE = 5, HEARTBEAT_LOST_US = 8000000 };

struct message {
    struct message *next;
    int64_t at_us; /* arrives */
    size_t size;
    uint8_t bytes[];
};
struct way {
    struct message *first;
    struct message *last;
    uint32_t count;
};

struct connection {
    uint32_t number; /* 0: free */
    struct client *client;
    const char *key;
    struct way to_hub;
    struct way to_client;
    int64_t latency_us;
    int64_t cut_until_us;
    bool client_left;
    bool hub_lost;           /* the hub knows that it is gone */
    int64_t hub_loses_us;    /* when the hub notices */
    int64_t client_loses_us; /* when the client does */
    uint32_t room;           /* messages to a client that does not read */
};

struct endpoint {
    bool open;
};

struct network {
    struct endpoint endpoint;
    struct connection all[CONNECTIONS_MAX];
    uint32_t count; /* used so far, of all */
    uint32_t last_number;
};

static struct network the_network; /* as the world is one */

void network_begin(void)
{
    memset(&the_network, 0, sizeof the_network);
}

static void forget(struct connection *connection)
{
    connection->number = 0;
}

void network_hub_ends(void)
{
    struct network *network = &the_network;
    network->endpoint.open = false;
    for (uint32_t i = 0; i < network->count; i++) {
        struct connection *connection = &network->all[i];
        if (connection->number == 0)
            continue;
        if (!connection->client_left)
            clients_lose(connection->client);
        forget(connection);
    }
}

struct connection *network_connect(struct client *client, const char *key)
{
    struct network *network = &the_network;
    struct connection *connection = NULL;
    if (!network->endpoint.open)
        return NULL;
    for (uint32_t i = 0; i < CONNECTIONS_MAX && !connection; i++)
        if (network->all[i].number == 0) {
            connection = &network->all[i];
            if (i >= network->count)
                network->count = i + 1;
        }
    if (!connection)
        return NULL;
    *connection = (struct connection){.number = ++network->last_number,
                                      .client = client,
                                      .key = key,
                                      .latency_us = world_between(20, world_once_in(5) ? 20000 : 400),
                                      .hub_loses_us = NEVER,
                                      .client_loses_us = NEVER,
                                      .room = world_once_in(8) ? 4 : 1000};
    if (!world()->calm && world_once_in(3)) { /* it will not hold */
        const int64_t breaks_us = world()->now_us + world_between(100, 3000000);
        const int64_t late_us = world_once_in(2) ? 0 : world_between(0, HEARTBEAT_LOST_US);
        const bool hub_first = world_once_in(2);
        connection->hub_loses_us = hub_first ? breaks_us : breaks_us + late_us;
        connection->client_loses_us = hub_first ? breaks_us + late_us : breaks_us;
    }
    if (!world()->calm && world_once_in(8))
        connection->cut_until_us = world()->now_us + world_between(0, HEARTBEAT_LOST_US / 2);
    return connection;
}

static int64_t arrival_us(const struct connection *connection, const struct way *way)
{
    int64_t at_us = world()->now_us + connection->latency_us + world_between(0, connection->latency_us);
    if (!world()->calm && world_once_in(60))
        at_us += world_between(0, 500000);
    if (at_us < connection->cut_until_us)
        at_us = connection->cut_until_us;
    return way->last && way->last->at_us > at_us ? way->last->at_us : at_us;
}

static void put(struct connection *connection, struct way *way, const uint8_t *bytes, size_t size)
{
    struct message *message = disk_take(sizeof *message + size);
    *message = (struct message){.at_us = arrival_us(connection, way), .size = size};
    if (size > 0)
        memcpy(message->bytes, bytes, size);
    *(way->last ? &way->last->next : &way->first) = message;
    way->last = message;
    way->count++;
}

static struct message *take(struct way *way)
{
    struct message *message = way->first;
    if (!message || message->at_us > world()->now_us)
        return NULL;
    way->first = message->next;
    if (!way->first)
        way->last = NULL;
    way->count--;
    return message;
}

void network_send(struct connection *connection, const uint8_t *bytes, size_t size)
{
    if (!connection->hub_lost)
        put(connection, &connection->to_hub, bytes, size);
}

void network_leave(struct connection *connection)
{
    connection->client_left = true;
    connection->to_client = (struct way){0};
    const int64_t notices_us = world()->now_us + (world_once_in(2) ? 0 : world_between(0, HEARTBEAT_LOST_US));
    if (notices_us < connection->hub_loses_us)
        connection->hub_loses_us = notices_us;
    if (connection->hub_lost)
        forget(connection);
}

static int64_t earlier(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

int64_t network_next_us(void)
{
    int64_t next_us = NEVER;
    for (uint32_t i = 0; i < the_network.count; i++) {
        const struct connection *connection = &the_network.all[i];
        if (connection->number == 0)
            continue;
        if (!connection->hub_lost) {
            next_us = earlier(next_us, connection->hub_loses_us);
            if (connection->to_hub.first &&
                connection->to_hub.first->at_us > world()->now_us) /* else the hub is asked */
                next_us = earlier(next_us, connection->to_hub.first->at_us);
        }
        if (!connection->client_left) {
            next_us = earlier(next_us, connection->client_loses_us);
            if (connection->to_client.first)
                next_us = earlier(next_us, connection->to_client.first->at_us);
        }
    }
    return next_us;
}

static void run_connection(struct connection *connection)
{
    const uint32_t number = connection->number;
    struct message *message;
    if (connection->hub_loses_us <= world()->now_us && !connection->hub_lost) {
        connection->hub_lost = true;
        connection->to_hub = (struct way){0};
    }
    while (connection->number == number && !connection->client_left && (message = take(&connection->to_client)) != NULL)
        clients_receive(connection->client, message->bytes, message->size);
    if (connection->number != number)
        return;
    if (!connection->client_left && connection->client_loses_us <= world()->now_us) {
        connection->client_left = true;
        clients_lose(connection->client);
    }
    if (connection->client_left && connection->hub_lost)
        forget(connection);
}

void network_run_due(void)
{
    for (uint32_t i = 0; i < the_network.count; i++)
        if (the_network.all[i].number != 0)
            run_connection(&the_network.all[i]);
}

bool network_is(const void *socket)
{
    return socket == &the_network || socket == &the_network.endpoint;
}

static bool has_arrived(const struct connection *connection)
{
    return connection->number != 0 && !connection->hub_lost && connection->to_hub.first &&
           connection->to_hub.first->at_us <= world()->now_us;
}

bool network_waits(const void *socket)
{
    if (socket != &the_network.endpoint || world()->dying)
        return false;
    for (uint32_t i = 0; i < the_network.count; i++)
        if (has_arrived(&the_network.all[i]))
            return true;
    return false;
}

/* ---- endpoint.h ---- */

struct endpoint *endpoint_open(void *context, const struct endpoint_options *options, struct fault *fault)
{
    (void)context;
    (void)options;
    (void)fault;
    the_network.endpoint.open = !world()->dying;
    return &the_network.endpoint;
}

void endpoint_close(struct endpoint **endpoint)
{
    if (*endpoint && !world()->dying)
        network_hub_ends();
    *endpoint = NULL;
}

const char *endpoint_address(const struct endpoint *endpoint)
{
    (void)endpoint;
    return "tcp://simulated";
}

void *endpoint_socket(const struct endpoint *endpoint)
{
    (void)endpoint;
    return &the_network.endpoint;
}

void *endpoint_handler_socket(const struct endpoint *endpoint)
{
    (void)endpoint;
    return &the_network; /* nobody knocks: who may come in is not simulated */
}

enum admission endpoint_admit(struct endpoint *endpoint, const struct access *access, struct knock *knock)
{
    (void)endpoint;
    (void)access;
    (void)knock;
    return ADMISSION_NONE;
}

uint32_t endpoint_take_failed(struct endpoint *endpoint)
{
    (void)endpoint;
    return 0;
}

uint64_t endpoint_dropped(const struct endpoint *endpoint)
{
    (void)endpoint;
    return 0;
}

void endpoint_end_handler(struct endpoint *endpoint)
{
    (void)endpoint;
}

enum received endpoint_receive(struct endpoint *endpoint, struct peer *peer, zmq_msg_t *message, const char **key)
{
    (void)endpoint;
    const uint32_t count = the_network.count;
    const uint32_t first = count ? draw_below(&world()->draw, count) : 0;
    if (world()->dying)
        return RECEIVED_NOTHING;
    for (uint32_t i = 0; i < count; i++) {
        struct connection *connection = &the_network.all[(first + i) % count];
        if (!has_arrived(connection))
            continue;
        const struct message *taken = take(&connection->to_hub);
        peer->size = PEER_SIZE;
        memset(peer->id, 0, sizeof peer->id);
        memcpy(peer->id + 1, &connection->number, sizeof connection->number);
        if (zmq_msg_init_size(message, taken->size) != 0)
            abort();
        memcpy(zmq_msg_data(message), taken->bytes, taken->size);
        *key = connection->key;
        return RECEIVED_MESSAGE;
    }
    return RECEIVED_NOTHING;
}

static struct connection *of_peer(const struct peer *peer)
{
    uint32_t number;
    memcpy(&number, peer->id + 1, sizeof number);
    for (uint32_t i = 0; i < the_network.count; i++)
        if (the_network.all[i].number == number && number != 0)
            return &the_network.all[i];
    return NULL;
}

enum send_result endpoint_send(struct endpoint *endpoint, const struct peer *peer, uint8_t *bytes, size_t size)
{
    (void)endpoint;
    struct connection *connection = of_peer(peer);
    enum send_result result = SEND_DONE;
    if (world()->dying)
        result = SEND_DONE;
    else if (!connection || connection->hub_lost)
        result = SEND_GONE;
    else if (connection->to_client.count >= connection->room)
        result = SEND_FULL;
    else if (!connection->client_left && size > 0)
        put(connection, &connection->to_client, bytes, size);
    free(bytes);
    return result;
}
