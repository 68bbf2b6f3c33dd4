/* The actor that keeps what was refused: appends lines to FOLDER/YYYY-MM-DD.jsonl (days in UTC, mode 0600), synced
 * before it says so, and reads the files again for questions. The loop never waits for the disk. */
#ifndef HUB_AUDIT_H
#define HUB_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "endpoint.h"
#include "fault.h"
#include "refusals.h"

enum {
    AUDIT_QUESTIONS_MAX = 8,  /* with the actor at once; behind them BUSY is answered */
    AUDIT_READ_MAX = 1 << 30, /* bytes of files read for one question: two months of floods, or years of days */
};

enum audit_kind { AUDIT_WRITE, AUDIT_READ };

/* One piece of work; it comes back with its results. */
struct audit_job {
    enum audit_kind kind;
    /* AUDIT_WRITE: */
    char *text;
    size_t size;
    int64_t now_us; /* whose day it goes to */
    /* AUDIT_READ: whose question it is */
    struct peer peer;
    uint32_t query;
    char from_day[11];               /* the first file, YYYY-MM-DD */
    char identity[ACCESS_NAME_SIZE]; /* only of this one; "" of everybody */
    /* Results: */
    bool failed; /* nothing of it was written, or not all could be read */
    struct fault fault;
    uint64_t day_bytes;       /* AUDIT_WRITE: size of the day's file */
    struct refusal_row *rows; /* AUDIT_READ: summed by who, what and code */
    size_t row_count;
};
void audit_job_free(struct audit_job **job);

struct audit;
/* Makes the folder, mode 0700, and starts the actor. */
struct audit *audit_start(const char *folder, struct fault *fault);
/* Ends it after what it was given; jobs that nobody took are freed. */
void audit_stop(struct audit **audit);
/* Gives a job and sets *job to NULL. */
void audit_submit(struct audit *audit, struct audit_job **job);
/* The next job that is done; NULL: none, or, with `wait`, none is under way. */
struct audit_job *audit_take(struct audit *audit, bool wait);
void *audit_socket(const struct audit *audit);
/* Jobs of the kind that are under way. */
int audit_busy(const struct audit *audit, enum audit_kind kind);

#endif
