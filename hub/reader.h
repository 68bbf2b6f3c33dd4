/* The actor that reads the log for everybody else: replays for subscriptions, comparisons of what was sent again, pages
 * of rejections. A request is lent to it and comes back with an encoded answer; the loop never waits for the disk. */
#ifndef HUB_READER_H
#define HUB_READER_H

#include <stdbool.h>
#include <stdint.h>
#include <zmq.h>

#include "domain/event.h"
#include "endpoint.h"
#include "fault.h"
#include "log/event_log.h"
#include "usage.h"
#include "wire.h"

enum {
    READER_RECORDS_MAX = 2000,      /* a delivery: within what a client may unpack at once */
    READER_BYTES_MAX = 1024 * 1024, /* a delivery */
    READER_LOOKED_AT_MAX = 200000,  /* records looked at before others get their turn */
};

/* What a subscription wants to see, and what its identity may. */
struct record_filter {
    bool all_kinds;
    bool kinds[EVENT_KIND_LIMIT];
    office_set publishers; /* 0: all */
    office_set inbox;      /* routed to one of them; 0: not looked at */
    bool drills;
    enum office viewer;   /* restricted records are for the offices concerned only */
    uint32_t matter_hash; /* 0: every matter */
    char matter[65];
    uint64_t *units; /* bit of each unit's ordinal; NULL: every unit, and records about none */
    uint32_t unit_count;
    bool few_units; /* so few that the log's index leads to less than all blocks */
};
struct decoder;
/* Whether the record at that index of the block is one of them. */
bool record_filter_matches(struct decoder *decoder, const struct record_filter *filter, const struct block_view *block,
                           uint32_t index);

struct replay {
    uint32_t subscription; /* the client's number */
    struct record_filter filter;
    uint64_t next;         /* position to look at next */
    uint64_t until;        /* last position to look at: what is durable, or the stop */
    int64_t until_time_us; /* stop at the first record after it; INT64_MAX: none */
    uint64_t stop;         /* position after which it is over; UINT64_MAX: never */
    uint32_t credit;
    size_t expected; /* bytes of the delivery, about: what the last one had */
    /* Results: */
    uint32_t delivered;
    bool ended;
};

/* One event sent again under a number that was used: are the bytes the same? */
struct resent {
    uint64_t place;
    bool rejected;
    const uint8_t *bytes; /* in the message */
    size_t size;
};
struct comparison {
    char source[65];
    uint64_t first_sequence;
    uint64_t next_sequence;
    struct resent *events;
    uint32_t count;
    zmq_msg_t message; /* holds the bytes */
    /* Results; those behind the first number that was reused are not looked at: */
    bool reused; /* other bytes under a used number */
    uint32_t duplicate;
    uint32_t rejected_again;
};

struct rejected_page {
    uint32_t query;
    uint64_t from;
    uint32_t limit;
    char source[65];
    uint64_t position; /* for the answer */
    int64_t time_us;
    bool demonstration;
};

struct start_search {
    int64_t time_us; /* READ_TIME: result */
    uint64_t last_position;
    uint64_t position; /* result; READ_TIME: given */
};

struct subscription;

/* READ_START: the first position at or behind a time; READ_TIME: when a position was recorded. */
enum read_kind { READ_REPLAY, READ_COMPARISON, READ_REJECTED, READ_START, READ_TIME };

struct read_request {
    enum read_kind kind;
    struct peer peer;
    struct usage *usage;       /* that it is counted in; NULL: in none */
    struct read_request *next; /* while it waits for what it needs to be durable */
    uint64_t needs_position;
    uint64_t needs_rejections;
    struct subscription *subscription; /* READ_REPLAY, READ_START for a subscription */
    uint8_t *query;                    /* READ_START, READ_TIME for a question: the encoded Query, asked again */
    size_t query_size;
    union {
        struct replay replay;
        struct comparison comparison;
        struct rejected_page rejected;
        struct start_search start;
    };
    /* Results: */
    struct wire_writer message; /* an encoded HubMessage; size 0: nothing to send */
    bool failed;
    struct fault fault;
};

struct read_request *read_request_open(enum read_kind kind, const struct peer *peer);
void read_request_close(struct read_request **request);

struct reader;
/* Starts the actor on an open log, which must stay open until the reader is stopped. */
struct reader *reader_start(struct event_log *log, struct fault *fault);
void reader_stop(struct reader **reader);
/* Lends a request and sets *request to NULL. At most one for each subscription and 64 in all are under way. */
void reader_submit(struct reader *reader, struct read_request **request);
/* The next request that is done, the caller's again; NULL: none. */
struct read_request *reader_take(struct reader *reader);
void *reader_socket(const struct reader *reader);
int reader_busy(const struct reader *reader);

#endif
