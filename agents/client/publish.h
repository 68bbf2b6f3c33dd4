/* Published messages until they are answered: an ordered window over all sources. A message is encoded once; the frame
 * is kept and shared with the socket each time it is sent. */
#ifndef SANLING_PUBLISH_H
#define SANLING_PUBLISH_H

#include "sanling.h"

#include <zmq.h>

struct transport;

/* A source as far as we publish to it. */
struct publish_source {
    char *name;
    size_t held;       /* its messages in the window */
    uint64_t next;     /* the number after its last held event */
    int64_t resume_ms; /* the hub was full or busy: nothing is sent before; -1: not waiting */
    int32_t pause_ms;  /* the last pause; 0: none since the last progress */
};

struct publish_message {
    zmq_msg_t frame;
    uint64_t first;
    uint32_t count;
    /* Final answers have events [0, answered) and [answered_from, count): the hub compares what it has seen before
     * beside deciding on what is new, so the second half's answer may come first. */
    uint32_t answered;
    uint32_t answered_from;
    uint32_t awaiting; /* sends in this session whose answer has not come */
    uint32_t source;   /* index */
    bool due;          /* to be sent */
    bool done;         /* answered or given up: leaves with the messages before it */
};

/* Messages [head, tail) stand at index modulo the capacity. */
struct publish_window {
    struct publish_message *messages;
    uint32_t capacity;      /* a power of two */
    uint32_t limit;         /* messages to hold at most */
    uint32_t session_limit; /* unanswered sends that the hub takes; 0: not known */
    uint32_t pace;          /* unanswered sends after the hub said that we are over a limit: one, and one more for each
                               message that passes; 0: as many as the hub takes */
    uint64_t head;
    uint64_t tail;
    uint64_t first_due; /* no message before it is due */
    uint32_t due;
    uint32_t live;     /* messages not done */
    uint32_t awaiting; /* sends without an answer, of all messages */
    size_t event_bytes;
    size_t message_bytes;
    uint32_t events_per_publish;
    struct publish_source *sources;
    uint32_t source_count;
};

bool publish_window_init(struct publish_window *window, uint32_t limit, struct sanling_error *error);
void publish_window_clear(struct publish_window *window);
/* A session opened: takes over its limits; everything held is due again, in order. */
void publish_window_restart(struct publish_window *window, const Sanling__V1__Limits *limits);
/* Gives up all that is held. */
void publish_window_drop(struct publish_window *window);
/* Sends what is due as far as the hub's limit allows and no source waits. */
void publish_window_pump(struct publish_window *window, struct transport *transport, int64_t now);
/* Settles what the outcome answers and arranges what must be sent again. true: *outcome has something for the user;
 * what the library deals with itself has been cut off its end. */
bool publish_window_take_outcome(struct publish_window *window, Sanling__V1__Outcome *outcome, int64_t now);
/* When a waiting source goes on; -1: none waits. */
int64_t publish_window_next_ms(const struct publish_window *window);

#endif
