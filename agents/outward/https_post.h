/* POST over HTTPS without waiting: libcurl on one epoll descriptor, for whoever owns a loop. Only agents call out, and
 * only so: TLS 1.2 or newer with the host's name verified, no redirect followed, no proxy and no other setting taken
 * from the environment, nothing sent but what the request says. libcurl looks up names in a thread of its own; no
 * other thread is made. One thread owns a poster and its channels. */
#ifndef SANLING_HTTPS_POST_H
#define SANLING_HTTPS_POST_H

#include "fault.h"

#include <stddef.h>
#include <stdint.h>

enum {
    POST_BODY_MAX = 64 * 1024,    /* kept of an answer; the rest is not read */
    POST_HEADERS_MAX = 64 * 1024, /* of an answer; more ends it */
    POST_CONNECT_S = 10           /* until the connection stands with its TLS, unless the whole has less */
};

/* Whether an address may be called: https, with a host, without a user or a fragment. FAULT_USAGE; the text does not
 * quote it, for a robot's address is its key. */
MUST_CHECK bool https_address_check(const char *url, struct fault *fault);

struct poster;

struct poster *poster_open(struct fault *fault);
/* Ends what is under way. Its channels are closed before. Sets *poster to NULL. */
void poster_close(struct poster **poster);
/* Becomes readable when there is something to do; in so many milliseconds there is anyhow (-1: never). */
int poster_descriptor(const struct poster *poster);
int poster_wait_ms(const struct poster *poster);
/* Does what there is to do, without waiting. */
void poster_step(struct poster *poster);

/* Where requests go one after the other. */
struct post_channel;

struct post_target {
    const char *ca_file; /* PEM; NULL: those of the system */
    long timeout_s;      /* of a whole request */
    bool keep_alive;     /* between two requests. Then libcurl itself repeats one that finds the connection closed */
};

struct post_channel *post_channel_open(struct poster *poster, const struct post_target *target, struct fault *fault);
void post_channel_close(struct post_channel **channel);

enum { POST_REQUEST_HEADERS_MAX = 4 };

struct post_request {
    const char *url;
    const char *headers[POST_REQUEST_HEADERS_MAX]; /* "name: value", beside Content-Type; NULL behind the last */
    const char *body;                              /* JSON */
    size_t size;
};

enum post_outcome {
    POST_ANSWERED, /* status and body are there; of a body beyond POST_BODY_MAX its beginning */
    POST_UNSENT,   /* no byte of the request was sent: name, connection, certificate */
    POST_UNKNOWN   /* it broke off behind that: the receiver may have it */
};

struct post_answer {
    enum post_outcome outcome;
    long status;
    int64_t retry_after_s; /* 0: it says nothing */
    const char *body;      /* with a NUL behind it; borrowed until the channel's next request */
    size_t size;
    const char *cause; /* what went wrong if it was not answered; constant text, without the address */
};

/* Starts a request; everything is copied. Not while the channel is busy. */
MUST_CHECK bool post_start(struct post_channel *channel, const struct post_request *request, struct fault *fault);
bool post_is_busy(const struct post_channel *channel);
/* True once for each request that ended. */
bool post_take_answer(struct post_channel *channel, struct post_answer *answer);

#endif
