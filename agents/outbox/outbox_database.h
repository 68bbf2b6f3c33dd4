/* What the files of the outbox share, and nobody else includes: its database, and calling SQLite. A table belongs to
 * one file: outbox.c (numbers), outbox_files.c, outbox_rows.c (ledger, rejected and kept rows), outbox_registers.c
 * (registers, notes, mended rows, files to be sent again), outbox_send.c (events), outbox_requests.c (requests and
 * their outcomes), outbox_rewind.c (answered events), outbox_references.c (what became of the positions that events
 * name, when the hub was restored). */
#ifndef SANLING_OUTBOX_DATABASE_H
#define SANLING_OUTBOX_DATABASE_H

#include "outbox.h"
#include "outbox_requests.h"
#include "wire.h"

#include <sqlite3.h>

/* The agent and an operator's look at its outbox may hold each other up for a moment. */
enum { OUTBOX_BUSY_TIMEOUT_MS = 2000 };

/* Statements used for every row stay prepared. */
enum statement {
    STATEMENT_BEGIN,
    STATEMENT_COMMIT,
    STATEMENT_LEDGER_FIND,
    STATEMENT_LEDGER_PUT,
    STATEMENT_LEDGER_CORRECT,
    STATEMENT_LEDGER_REWORD,
    STATEMENT_EVENT_PUT,
    STATEMENT_ROW_PUT,
    STATEMENT_FILE_OWES,
    STATEMENT_EVENT_FIND,
    STATEMENT_EVENT_READ,
    STATEMENT_EVENT_DROP,
    STATEMENT_FILE_REFUSED,
    STATEMENT_SETTLE_REQUESTS,
    STATEMENT_SETTLE_LEDGER,
    STATEMENT_SETTLE_FILES,
    STATEMENT_SETTLE_EVENTS,
    STATEMENT_NEXT_SAVE,
    STATEMENT_OUTCOME_PUT,
    STATEMENT_SENT_KEEP,
    STATEMENT_COUNT
};

struct outbox {
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    char *source;
    uint64_t next_sequence;
    uint64_t pending;
    uint64_t pending_in_requests;
    uint64_t references; /* rows of these tables */
    uint64_t set_aside;
    /* As they stood when the transaction began: a rollback takes them back too. */
    uint64_t next_sequence_before;
    uint64_t pending_before;
    uint64_t pending_in_requests_before;
    uint64_t references_before;
    uint64_t set_aside_before;
    /* Events numbered for a file in this transaction, not counted in its row yet. */
    int64_t owing_file;
    uint64_t owing;
    struct wire_writer writer;
    int lock; /* held as long as the outbox is open; -1: a copy needs none */
};

/* Says what SQLite says; returns false. */
bool outbox_failed(const struct outbox *outbox, const char *doing, struct fault *fault);
MUST_CHECK bool outbox_execute(struct outbox *outbox, const char *text, struct fault *fault);
/* A statement for rare use, NULL on failure; CLEANUP(outbox_statement_free). */
sqlite3_stmt *outbox_prepare(struct outbox *outbox, const char *text, struct fault *fault);
void outbox_statement_free(sqlite3_stmt **statement);
/* Runs a statement that gives no rows, and resets it. */
MUST_CHECK bool outbox_run(struct outbox *outbox, sqlite3_stmt *statement, const char *doing, struct fault *fault);
/* The first column of a statement's only row. */
MUST_CHECK bool outbox_read_number(struct outbox *outbox, const char *text, uint64_t *number, struct fault *fault);
/* Borrows the text until the statement ran. */
void outbox_bind_text(sqlite3_stmt *statement, int place, const char *text);
void outbox_bind_number(sqlite3_stmt *statement, int place, uint64_t number);
uint64_t outbox_column_number(sqlite3_stmt *statement, int place);
/* "" where there is none; borrowed until the next step. */
const char *outbox_column_text(sqlite3_stmt *statement, int place);
/* Counts what the transaction numbered in its file's row. */
MUST_CHECK bool outbox_count_owing(struct outbox *outbox, struct fault *fault);
/* A row, or one of its events, among the rejected ones. `record` and `key` may be NULL. */
MUST_CHECK bool outbox_put_rejected(struct outbox *outbox, int64_t file, uint64_t row, const char *event,
                                    const char *key, const char *record, const struct reason *reason,
                                    struct fault *fault);
/* Gives the next number to `content` and puts it where it is sent from. */
MUST_CHECK bool outbox_number_event(struct outbox *outbox, int64_t file, uint64_t row, const struct outbox_event *event,
                                    const uint8_t *content, size_t size, struct fault *fault);

/* The key of events that came in a request; their file is 0. */
#define OUTBOX_REQUEST_EVENT "\x1Frequest"
extern const char outbox_requests_schema[];
/* Counts their pending events when the outbox is opened. */
MUST_CHECK bool outbox_requests_count(struct outbox *outbox, struct fault *fault);
/* Notes what became of a request's event; `reason` is NULL unless it was rejected. */
MUST_CHECK bool outbox_settle_request_event(struct outbox *outbox, uint64_t sequence, enum outbox_outcome outcome,
                                            uint64_t position, const struct reason *reason, struct fault *fault);

/* Answered events, kept for a hub that is restored. `first_position` 0: not recorded, or not known. */
extern const char outbox_sent_schema[];
MUST_CHECK bool outbox_keep_sent(struct outbox *outbox, uint64_t first, uint64_t last, uint64_t first_position,
                                 struct fault *fault);
extern const char outbox_references_schema[];
/* Counts both when the outbox is opened. */
MUST_CHECK bool outbox_references_count(struct outbox *outbox, struct fault *fault);
/* The events from `first` to `last` are recorded from `first_position` on (0: they are not, or nobody knows where):
 * those that name them are written anew, or set aside. */
MUST_CHECK bool outbox_settle_references(struct outbox *outbox, uint64_t first, uint64_t last, uint64_t first_position,
                                         struct fault *fault);
/* Whether the event was set aside, and which position it had named. */
MUST_CHECK bool outbox_set_aside_find(struct outbox *outbox, uint64_t sequence, uint64_t *named, bool *found,
                                      struct fault *fault);
/* Takes everything that it says out of an event before it is kept: what the hub found personal is kept nowhere. */
MUST_CHECK bool outbox_empty_event(struct outbox *outbox, uint64_t sequence, struct fault *fault);

#endif
