#include "followers.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "commands.h"
#include "event_stream.h"

struct follower {
    int socket;
    struct event_stream stream;
};

struct followers {
    int poll;
    size_t count; /* that are open */
    struct follower all[FOLLOWERS_MAX];
};

/* The request fits the socket's buffer, so that it is sent whole at once. */
static bool ask_for_stream(int connection, uint16_t port, const char *cookie)
{
    char request[1024];
    int size =
        snprintf(request, sizeof request,
                 "GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAccept: text/event-stream\r\nCookie: %s\r\n\r\n",
                 (unsigned)port, cookie);
    return size > 0 && (size_t)size < sizeof request && send(connection, request, (size_t)size, MSG_NOSIGNAL) == size;
}

static bool open_one(struct followers *followers, uint16_t port, const char *cookie)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct follower *follower = &followers->all[followers->count];
    follower->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (follower->socket < 0)
        return false;
    followers->count++;
    struct epoll_event interest = {.events = EPOLLIN, .data.ptr = follower};
    return connect(follower->socket, (const struct sockaddr *)&address, sizeof address) == 0 &&
           ask_for_stream(follower->socket, port, cookie) &&
           epoll_ctl(followers->poll, EPOLL_CTL_ADD, follower->socket, &interest) == 0;
}

struct followers *followers_open(uint16_t port, const char *cookie, size_t count)
{
    struct followers *followers = calloc(1, sizeof *followers);
    if (!followers)
        abort();
    followers->poll = epoll_create1(EPOLL_CLOEXEC);
    while (followers->count < count)
        if (!open_one(followers, port, cookie)) {
            bench_fail("follower %zu at port %u: %s", followers->count, (unsigned)port, strerror(errno));
            followers_close(&followers);
            return NULL;
        }
    return followers;
}

void followers_close(struct followers **followers)
{
    if (!*followers)
        return;
    for (size_t i = 0; i < (*followers)->count; i++)
        close((*followers)->all[i].socket);
    close((*followers)->poll);
    free(*followers);
    *followers = NULL;
}

static bool take(struct follower *follower)
{
    char bytes[16384];
    ssize_t size = recv(follower->socket, bytes, sizeof bytes, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (size > 0 && event_stream_take(&follower->stream, bytes, (size_t)size))
        return true;
    bench_fail("a stream ended: %s", size < 0 ? strerror(errno) : follower->stream.head.text);
    return false;
}

bool followers_turn(struct followers *followers, int timeout_ms)
{
    struct epoll_event ready[64];
    int count = epoll_wait(followers->poll, ready, sizeof ready / sizeof *ready, timeout_ms);
    for (int i = 0; i < count; i++)
        if (!take(ready[i].data.ptr))
            return false;
    return true;
}

size_t followers_behind(const struct followers *followers, uint64_t position)
{
    size_t behind = 0;
    for (size_t i = 0; i < followers->count; i++)
        if (followers->all[i].stream.position < position)
            behind++;
    return behind;
}

uint64_t followers_events(const struct followers *followers)
{
    uint64_t events = 0;
    for (size_t i = 0; i < followers->count; i++)
        events += followers->all[i].stream.ids;
    return events;
}
