/* The hub: one loop that can be read top to bottom, and the parts that it turns. The functions of reception.h,
 * publish.h, subscribe.h, query.h and committing.h work on it; everything here belongs to the loop's thread. */
#ifndef HUB_HUB_H
#define HUB_HUB_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "access.h"
#include "audit.h"
#include "backup.h"
#include "config.h"
#include "domain/figure_sums.h"
#include "domain/status.h"
#include "endpoint.h"
#include "fault.h"
#include "ledger.h"
#include "log/log_writer.h"
#include "metrics.h"
#include "monitor.h"
#include "notary.h"
#include "past.h"
#include "reader.h"
#include "refusals.h"
#include "reply.h"
#include "session.h"
#include "store/state_writer.h"
#include "summary_pace.h"
#include "tree_rows.h"
#include "wall_clock.h"
#include "wire.h"

enum { POSITION_TIMES_MAX = 32 };

/* A commit with the writer, and what waits for it. */
struct in_flight {
    struct reply_list replies;
    struct state_write *snapshot; /* the state as of this commit, written once it is durable; NULL mostly */
    struct decided decided;       /* what it makes durable, with all before it */
    int64_t given_us;             /* monotonic: when it was given to the log */
};

/* Where the look-ups of consumers' oldest records stand (monitoring.h). */
struct lookups {
    struct cursor *last;
    uint32_t left; /* cursors to look at in this second */
    bool out;      /* one is with the reader */
};

/* A question of an identity that asked much: it is answered when the loop has nothing else to do. */
struct waiting_question {
    struct waiting_question *next;
    struct usage *usage;
    struct peer peer;
    size_t size;
    uint8_t query[]; /* encoded */
};

/* What the question at hand is answered from: the state now, or a past one (past.h). */
struct shown {
    struct state *state;
    struct day_before *day_before; /* what summaries of the open day need again and again */
    struct figure_sums *sums;      /* what they have counted; NULL: nothing is kept of a past state */
    int64_t time_us;               /* the hub's, or of the last record that is shown */
    /* For MomentShown: */
    int32_t day;       /* that is looked at */
    uint64_t position; /* known up to */
    int64_t known_us;  /* when it was recorded */
    bool past;
};

struct hub {
    const struct config *config;
    void *context; /* ZeroMQ */
    struct endpoint *endpoint;
    struct access *access;
    struct event_log *log;
    struct log_writer *writer;
    struct reader *reader;
    struct past *past;
    struct notary *notary;
    struct backup *backup;
    struct backup_request laid_out; /* the last one, to be copied; without a nonce: none since the start */
    struct backup_verified backed_up;
    struct restorations restorations;
    struct state_store *state_store; /* the writer's while there is one */
    struct state_writer *state_writer;
    struct ledger ledger;
    struct sessions sessions;
    struct cursors cursors;
    struct usages usages;
    struct refusals *refusals;
    struct audit *audit;
    struct refused asking;              /* whose message is at hand, and what it is; `what` 0: none */
    int64_t started_us;                 /* real time */
    bool audit_failed;                  /* the last lines could not be written */
    struct waiting_question *questions; /* oldest first */
    struct waiting_question **questions_end;
    struct wire_arena *arena; /* of the message at hand */
    struct status_scratch scratch;
    struct day_before day_before;
    struct figure_sums *sums; /* of the ledger's state */
    struct tree_rows tree_rows;
    struct batch_tree batch_tree; /* of the signed message at hand */
    struct many_hashes *hasher;
    struct decoder *decoder_ahead; /* for the event behind the one that is decided on */
    struct shown shown;
    struct position_time { /* looked up last: when positions were recorded */
        uint64_t position; /* 0: none */
        int64_t time_us;
    } times[POSITION_TIMES_MAX];
    uint32_t next_time;

    struct log_head durable;   /* what is on disk */
    struct reply_list replies; /* for what is being gathered */
    struct in_flight in_flight[LOG_WRITER_DEPTH];
    int in_flight_count;
    uint32_t slow_commits;        /* one behind the other, up to the last */
    struct awake *awake;          /* NULL: not set for latency */
    int64_t busy_until_us;        /* monotonic: until then the loop waits without sleeping, 0: it sleeps */
    struct commit *spare;         /* a commit that came back, to be used again */
    struct read_request *waiting; /* comparisons with what is not durable yet */
    bool wake;                    /* subscriptions may have something to read */

    bool disk_full;
    bool clock_behind;            /* the machine's, the last record's time */
    struct wall_clock clock;      /* a real hub's */
    int64_t clock_leap_us;        /* that the machine's clock is not followed in; 0: it is */
    int64_t second_ms;            /* monotonic: when the once-a-second work was done last */
    uint64_t snapshot_position;   /* of the last snapshot */
    int64_t snapshot_after_us;    /* monotonic: not before */
    bool snapshot_out;            /* one was taken and has not come back from the writer */
    struct state_write *snapshot; /* one that came back, to be used again */
    int64_t gathering_since_us;   /* when the first event of this commit came */
    uint64_t clock_version;       /* rises when days are closed or the clock is set */
    struct summary_pace summary_pace;
    struct counts counts;
    struct monitor *monitor; /* NULL: nobody wants figures */
    struct lookups lookups;
    uint64_t signed_position; /* by the newest checkpoint when figures were given last */
    int64_t signed_ms;        /* monotonic: when that had changed, or nothing was left to sign */
    bool failed;              /* a durable write failed: nothing more is promised */
    struct fault fault;
};

/* Opens log and state, reads on to the head, starts the actors, binds. NULL on failure. */
struct hub *hub_open(const struct config *config, const char *public_key, const char *secret_key, struct fault *fault);
/* Where it listens. */
const char *hub_address(const struct hub *hub);
/* Turns the loop until *stop is set, reading access anew when *reload is. false: a failure ended it. */
MUST_CHECK bool hub_run(struct hub *hub, const volatile sig_atomic_t *stop, volatile sig_atomic_t *reload,
                        struct fault *fault);
/* Writes what was gathered and the state, and closes everything. */
void hub_close(struct hub **hub);

/* The hub's time, microseconds since 1970 UTC: never before the last record, and without the leaps of the machine's
 * clock; on a demonstration hub as it was set. */
int64_t hub_now_us(const struct hub *hub);
/* Milliseconds of a clock that never goes back. */
int64_t hub_monotonic_ms(void);
/* The same in microseconds. */
int64_t hub_monotonic_us(void);
/* From here on questions are answered from the state now. */
void hub_show_now(struct hub *hub);
/* The stable name of a code, e.g. "UNKNOWN_UNIT". */
const char *hub_code_name(Sanling__V1__Code__Kind code);
/* Gives a request to the reader once what it needs is durable. */
void hub_read(struct hub *hub, struct read_request **request);
/* More is durable: the same for those that waited. */
void hub_read_waiting(struct hub *hub);
/* An error to one client, sent with what is being gathered. It refuses the message at hand, and is counted
 * (refusing.h).
 */
void hub_error(struct hub *hub, const struct peer *peer, Sanling__V1__Code__Kind code, uint32_t query,
               uint32_t subscription, const char *text);
/* The same, unasked: it refuses nothing. */
void hub_tell(struct hub *hub, const struct peer *peer, Sanling__V1__Code__Kind code, uint32_t query,
              uint32_t subscription, const char *text);
/* BUSY to one client, which may try again after so long (0: nobody knows when). */
void hub_busy(struct hub *hub, const struct peer *peer, uint32_t query, uint32_t subscription, uint32_t retry_after_ms,
              const char *text);

#endif
