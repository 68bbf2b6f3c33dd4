/* The simulated network between clients and the hub's door; stands in for endpoint.h. A connection keeps the order of
 * its messages, as TCP does; it may be slow, be cut off for a while, or break, and either side may notice that late. */
#ifndef SIMULATION_HUB_NETWORK_H
#define SIMULATION_HUB_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct client;
struct connection;

void network_begin(void);
/* The hub's process is gone: every connection is. */
void network_hub_ends(void);

/* A new connection of the client; NULL: nobody listens. The key is the client's, Z85. */
struct connection *network_connect(struct client *client, const char *key);
/* Copies the message. */
void network_send(struct connection *connection, const uint8_t *bytes, size_t size);
/* The client gives the connection up; messages on their way may still arrive. The hub notices later. */
void network_leave(struct connection *connection);

int64_t network_next_us(void);
void network_run_due(void);
/* Whether it is the door's socket, and whether a message waits there. */
bool network_is(const void *socket);
bool network_waits(const void *socket);

#endif
