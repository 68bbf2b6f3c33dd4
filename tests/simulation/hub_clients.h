/* The people of the simulated world: publishers that send their events until each has its outcome, and readers that
 * follow the log. They behave as the protocol says a client does, and hold the hub to what it says. */
#ifndef SIMULATION_HUB_CLIENTS_H
#define SIMULATION_HUB_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct client;
struct hub;

/* Only those who prepare the county: policy and tree. */
void clients_begin_setup(void);
/* Those, who have nothing to do any more if the county is there, and others as the seed says. */
void clients_begin(bool prepared);
/* The hub is there again. */
void clients_hub_begins(void);

int64_t clients_next_us(void);
void clients_run_due(void);
/* A message for the client; its connection is gone. */
void clients_receive(struct client *client, const uint8_t *bytes, size_t size);
void clients_lose(struct client *client);

/* Whether every event has its outcome, and every reader has read up to the position. */
bool clients_done(uint64_t position);
/* Who has not come to an end, in words. */
void clients_tell(void);
/* What the hub that opened knows of durable names is what was acknowledged. */
void clients_check_names(struct hub *hub);
/* Every reader saw all that it wanted of the log that was checked last, and nothing else. */
void clients_check_read(void);

/* The file that says who may do what; the caller removes it. */
void clients_write_access(const char *path);

#endif
