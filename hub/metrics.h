/* What the hub tells of itself in numbers: the counts that its loop keeps, the figures of one moment, and their text in
 * Prometheus' exposition format. Plain data and arithmetic: whose thread has it may use it, and nobody else does. */
#ifndef HUB_METRICS_H
#define HUB_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "access.h"
#include "domain/event.h"

enum {
    METRICS_CODES = 80, /* more than the codes of error.proto */
    METRICS_WHATS = 11, /* enum refused_what */
    METRICS_LATENCY_BUCKETS = 13,
    METRICS_SIZE_BUCKETS = 6,
    /* Rows that a page of figures has at most, so that no sender makes it grow. There cannot be more durable names than
     * that; of sources those that came first are shown, and how many there are in all. */
    METRICS_CONSUMERS_MAX = 4096,
    METRICS_SOURCES_MAX = 1024,
};

/* What became of events that took a number, since the start. */
struct decided {
    uint64_t recorded;
    uint64_t rejected[METRICS_CODES];
    uint64_t recorded_bytes;
};

/* Counted by the loop. Every event that is received ends in exactly one of: recorded, rejected, duplicate, refused, not
 * reached; on the way it is being compared. */
struct counts {
    uint64_t received;               /* events of Publish messages that could be read */
    struct decided decided;          /* of them, decided on */
    struct decided durable;          /* of those, known to be on the disk */
    uint64_t duplicate;              /* sent again, and recorded before */
    uint64_t rejected_again;         /* sent again, and rejected before */
    uint64_t refused[METRICS_CODES]; /* not taken: to be sent again, or never */
    uint64_t not_reached;            /* behind a refused one in the same message: not looked at, to be sent again */
    uint64_t comparing;              /* now: sent again, and with the reader or waiting for it */
    uint64_t refusals[METRICS_WHATS][METRICS_CODES]; /* of anything, as the audit counts them */
    uint64_t busy;                                   /* BUSY answers */
    uint64_t delivered;                              /* records, to subscriptions */
    /* The furthest that a publisher was told of: */
    uint64_t told_position;
    uint64_t told_rejections;
    uint64_t told_bytes;
    /* Commits: */
    uint64_t commits;
    uint64_t commits_failed;
    uint64_t commit_bytes;
    uint64_t commit_records;
    int64_t commit_us;
    uint64_t latency[METRICS_LATENCY_BUCKETS + 1]; /* how many took so long; the last: longer */
    uint64_t sizes[METRICS_SIZE_BUCKETS + 1];
    /* Snapshots of the state: */
    uint64_t snapshots;
    uint64_t snapshots_failed;
    uint64_t snapshot_position;     /* of the last that is on disk */
    int64_t heard_ms[OFFICE_LIMIT]; /* monotonic: the last message of an identity of the office; 0: none */
    uint64_t disk_free_bytes;
    bool unbalanced; /* the alarm was given */
};

/* Upper bounds of the buckets; the last ones have none. */
extern const double metrics_latency_bounds_s[METRICS_LATENCY_BUCKETS];
extern const double metrics_size_bounds[METRICS_SIZE_BUCKETS];

/* A commit came back: how long it was away and how many records it has. */
void counts_note_commit(struct counts *counts, int64_t took_us, uint64_t records, uint64_t bytes);
/* Events that were received and are not accounted for; below 0: accounted for more than once. Always 0, or the hub has
 * a bug. */
int64_t counts_unaccounted(const struct counts *counts);
/* Decided on and not yet known to be on the disk. */
uint64_t counts_undurable(const struct counts *counts);

struct consumer_figures {
    char name[65];
    char identity[ACCESS_NAME_SIZE];
    bool connected;
    uint64_t lag;    /* positions that it has not acknowledged */
    double oldest_s; /* since the oldest of them was recorded; NAN: not looked up yet */
};

struct source_figures {
    char name[65];
    enum office office;
    double silent_s; /* since its last event was recorded or rejected */
};

struct office_figures {
    bool shown;      /* somebody has access for it, or it has a source */
    double silent_s; /* since anything was heard of it; INFINITY: never */
    uint32_t sessions;
};

/* The figures of a moment. Prepared by the loop, then another thread's. */
struct metrics {
    int64_t made_ms; /* monotonic */
    struct counts counts;
    bool failed;
    bool ending;
    bool disk_full;
    bool demonstration;
    double clock_leap_s; /* that the machine's clock is ahead and not followed in; 0: it is followed */
    uint64_t head;       /* last position */
    uint64_t durable;    /* last position on the disk */
    uint64_t durable_rejections;
    uint64_t reserve_bytes;
    uint32_t sessions;
    uint32_t subscriptions;
    uint64_t credit;
    uint32_t stalled; /* subscriptions without credit that have records to come */
    uint64_t replies_waiting;
    uint64_t questions_waiting;
    uint32_t commits_in_flight;
    uint32_t reads;
    uint64_t gathering_records;
    uint64_t signed_position; /* that the newest checkpoint covers */
    double unsigned_s;        /* since there is something that no checkpoint covers; 0: nothing */
    bool audit_failed;
    /* Of the last backup that was verified; NAN: there was none. */
    double backup_at_s;
    double backup_position;
    double backup_took_s;
    struct office_figures offices[OFFICE_LIMIT];
    uint32_t source_count; /* of all, not of those shown */
    struct source_figures *sources;
    uint32_t sources_shown;
    uint32_t sources_capacity;
    struct consumer_figures *consumers;
    uint32_t consumers_shown;
    uint32_t consumers_capacity;
};
struct metrics *metrics_open(void);
void metrics_close(struct metrics **metrics);
/* Empty rows, added; NULL: there are as many as may be. */
struct source_figures *metrics_add_source(struct metrics *metrics);
struct consumer_figures *metrics_add_consumer(struct metrics *metrics);

/* Writes everything, and what the process uses now. `age_s`: since the figures were made. */
void metrics_write(const struct metrics *metrics, double age_s, FILE *to);

#endif
