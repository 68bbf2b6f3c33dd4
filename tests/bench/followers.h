/* Browsers that follow the leaders' page, as far as a server can tell: plain HTTP/1.1 clients, each with a connection
 * of its own to /v1/stream. They share one session. One thread owns them; they cost little, so that on a small machine
 * the server is measured and not they. */
#ifndef BENCH_FOLLOWERS_H
#define BENCH_FOLLOWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FOLLOWERS_MAX = 4096 };

struct followers;

/* Connects `count` of them to 127.0.0.1:`port` and asks for the stream; `cookie` is `name=value`. NULL after a line on
 * standard error. */
struct followers *followers_open(uint16_t port, const char *cookie, size_t count);
/* Closes them and sets *followers to NULL. */
void followers_close(struct followers **followers);
/* Takes what arrives within the time. false, after a line: a stream was refused or has ended. */
bool followers_turn(struct followers *followers, int timeout_ms);
/* How many have not seen this position yet. */
size_t followers_behind(const struct followers *followers, uint64_t position);
/* The events that all of them got so far. */
uint64_t followers_events(const struct followers *followers);

#endif
