#include "orders.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sanling.h"

static void take_line(const char *line, uint64_t *rate)
{
    static const char word[] = "rate ";
    if (strncmp(line, word, sizeof word - 1) == 0)
        *rate = strtoull(line + sizeof word - 1, NULL, 10);
}

static void take_bytes(struct orders *orders, uint64_t *rate)
{
    char bytes[ORDERS_LINE_MAX];
    ssize_t size = read(STDIN_FILENO, bytes, sizeof bytes);
    orders->ended = size <= 0;
    for (ssize_t i = 0; i < size; i++) {
        if (bytes[i] == '\n') {
            orders->line[orders->size] = '\0';
            orders->size = 0;
            take_line(orders->line, rate);
        } else if (orders->size + 1 < sizeof orders->line) {
            orders->line[orders->size++] = bytes[i];
        }
    }
}

void orders_wait(struct orders *orders, const struct sanling *hub, int64_t time_us, uint64_t *rate)
{
    struct pollfd ready[SANLING_POLL_FDS_MAX + 1];
    int fds[SANLING_POLL_FDS_MAX];
    int wait_ms = sanling_wait_ms(hub);
    if (wait_ms >= 0 && (int64_t)wait_ms * 1000 < time_us)
        time_us = (int64_t)wait_ms * 1000;
    nfds_t count = sanling_poll_fds(hub, fds);
    for (nfds_t i = 0; i < count; i++)
        ready[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
    ready[count] = (struct pollfd){.fd = orders->ended ? -1 : STDIN_FILENO, .events = POLLIN};
    const struct timespec time = {.tv_sec = time_us / 1000000, .tv_nsec = time_us % 1000000 * 1000};
    if (ppoll(ready, count + 1, time_us > 0 ? &time : &(struct timespec){0}, NULL) > 0 && ready[count].revents != 0)
        take_bytes(orders, rate);
}
