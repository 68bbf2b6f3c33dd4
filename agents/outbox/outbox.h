/* What an agent owes the hub, durable in one SQLite file: events numbered before they are sent, the ledger of rows
 * already taken, and each office file with what became of its rows. All three change in one transaction, so that a row
 * is either in the ledger and numbered, or neither. One outbox is one source; one thread owns it.
 *
 * A file passes through stages: READING (rows are being taken), WAITING (all rows are taken, outcomes are awaited),
 * ATTESTING (its attestation is numbered and awaited), DONE (reported). After a crash a file in READING is read again
 * from its first row: the ledger knows which rows it already gave. */
#ifndef SANLING_OUTBOX_H
#define SANLING_OUTBOX_H

#include "fault.h"
#include "reason.h"
#include "restorations.h"

#include <stddef.h>
#include <stdint.h>

struct outbox;

/* Opens or creates `dir`/outbox.sqlite for `source`. NULL: FAULT_SYSTEM, or FAULT_USAGE if it belongs to another
 * source or another agent has it open: two would give the same numbers. */
struct outbox *outbox_open(const char *dir, const char *source, struct fault *fault);
/* The outbox of another process' agent, or of one that rests: only for what the outbox keeps for persons and their
 * confirmations (confirmations.h), for numbers are given by the owner alone. Created if there is none. */
struct outbox *outbox_open_beside(const char *dir, const char *source, struct fault *fault);
/* Whether an agent has the outbox in `dir` open now. */
bool outbox_is_in_use(const char *dir);
/* A copy in memory of the same outbox, or an empty one if there is none: for trying what a file would do. */
struct outbox *outbox_open_copy(const char *dir, const char *source, struct fault *fault);
/* Closes it and sets *outbox to NULL. A NULL outbox is fine. */
void outbox_close(struct outbox **outbox);
/* The number that the next event gets, from 1. */
uint64_t outbox_next_sequence(const struct outbox *outbox);
/* Events not answered yet, and the number of the first of them (outbox_next_sequence if there is none). */
uint64_t outbox_pending(const struct outbox *outbox);
/* Those of them that stand in the ledger, as rows do: all but those of requests (outbox_requests.h). */
uint64_t outbox_pending_rows(const struct outbox *outbox);
MUST_CHECK bool outbox_first_pending(struct outbox *outbox, uint64_t *sequence, struct fault *fault);

/* Everything from begin to commit happens or does not. Rollback also after a failed call in between. */
MUST_CHECK bool outbox_begin(struct outbox *outbox, struct fault *fault);
MUST_CHECK bool outbox_commit(struct outbox *outbox, struct fault *fault);
void outbox_rollback(struct outbox *outbox);

/* ---- files ---- */

/* LASTING is no file but a source of rows without an end (a database): it stays, and its owner reports it. */
enum outbox_stage { OUTBOX_READING = 1, OUTBOX_WAITING = 2, OUTBOX_ATTESTING = 3, OUTBOX_DONE = 4, OUTBOX_LASTING = 5 };

enum { OUTBOX_HASH_SIZE = 32, OUTBOX_CELLS_SIZE = 16 };

/* What an office file looked like and what became of it. Counters are of rows unless they say events. */
struct outbox_file {
    int64_t id; /* 0: not known yet */
    char name[256];
    int64_t size;
    int64_t mtime_ns;
    int64_t ctime_ns; /* a copy may bring its time with it, but not this one; -1: never the same again */
    uint8_t hash[OUTBOX_HASH_SIZE];
    enum outbox_stage stage;
    char mapping[256]; /* its path */
    char reading[64];
    int64_t original;  /* the file whose rejected rows these are, mended; -1: unknown which; 0: it is a file itself */
    uint64_t last_row; /* its number; all rows up to it were dealt with */
    uint64_t header_row;
    uint64_t rows;      /* of data */
    uint64_t ignored;   /* no data: sums, repeated headers */
    uint64_t eventless; /* of data, but no event's `when` held */
    uint64_t rejected;  /* here, before anything was sent */
    uint64_t events;    /* events new with this file */
    uint64_t unchanged; /* events that an earlier file gave */
    uint64_t corrected; /* events that an earlier file gave with other content; among `events` */
    uint64_t held;      /* that read as before but, by a changed mapping, mean something else: not sent */
    uint64_t vanished;  /* that the former version of the register had and this one has not */
    uint64_t mended;    /* of the rejected ones: a file of mended rows brought them */
    uint64_t recorded;  /* events: outcomes of the hub */
    uint64_t duplicate;
    uint64_t refused;      /* events that the hub rejected */
    struct reason failure; /* why the file was refused as a whole; code "" if it was not */
    struct reason warning; /* code "" if there is none */
    char attested[32];     /* the period attested; "" if none */
};

/* The newest file of that name; file->id is 0 if there is none. */
MUST_CHECK bool outbox_file_find(struct outbox *outbox, const char *name, struct outbox_file *file,
                                 struct fault *fault);
/* Forgets earlier files of that name and their rejected rows, and makes a new record; sets file->id. */
MUST_CHECK bool outbox_file_add(struct outbox *outbox, struct outbox_file *file, struct fault *fault);
/* Writes down all that outbox_file_add has not fixed, except the hub's counters. */
MUST_CHECK bool outbox_file_save(struct outbox *outbox, const struct outbox_file *file, struct fault *fault);
/* The first file behind `after` that is WAITING or ATTESTING and has no event without an outcome; file->id is 0 if
 * there is none. */
MUST_CHECK bool outbox_file_settled(struct outbox *outbox, int64_t after, struct outbox_file *file,
                                    struct fault *fault);
/* A file whose reading was begun; file->id is 0 if there is none. */
MUST_CHECK bool outbox_file_reading(struct outbox *outbox, struct outbox_file *file, struct fault *fault);
/* How many files are not DONE. */
MUST_CHECK bool outbox_files_open(struct outbox *outbox, uint64_t *count, struct fault *fault);

/* ---- rows ---- */

/* What a row means: under which identity, and an encoded Event without source and sequence. */
struct outbox_event {
    const char *key;
    const char *identity;
    const uint8_t *cells; /* OUTBOX_CELLS_SIZE bytes that tell what its row says, however it is read; NULL: no row */
    const uint8_t *content;
    size_t size;
    size_t envelope_size; /* of the content's beginning, before the payload */
};

enum outbox_taken {
    OUTBOX_NEW,       /* numbered */
    OUTBOX_TAKEN,     /* this file gave it before */
    OUTBOX_UNCHANGED, /* an earlier file gave the same */
    OUTBOX_CHANGED    /* an earlier file gave something else under this identity */
};

/* What the ledger says of an event. */
struct outbox_look {
    enum outbox_taken taken;
    /* Of CHANGED: */
    uint64_t earlier_row;
    uint64_t position;  /* of the original in the hub's log; 0: not known, for it is not answered yet */
    bool unanswered;    /* what was sent last under this identity has no outcome yet */
    bool same_envelope; /* the payload alone is other */
    /* Of NEW and CHANGED: the row says what it said when it was sent, so that the mapping must have changed. */
    bool same_cells;
    bool other_cells; /* Of UNCHANGED and TAKEN: the ledger remembers another row; outbox_reword tells it */
};

/* Asks the ledger about the `count` events of one row, which share their key, without taking them. An event that the
 * hub rejected is as good as new; where it rejected a correction, what was before it stands. */
MUST_CHECK bool outbox_look(struct outbox *outbox, int64_t file, const struct outbox_event *events, size_t count,
                            struct outbox_look *looks, struct fault *fault);
/* The same event, but its row says something else that the mapping does not read. */
MUST_CHECK bool outbox_reword(struct outbox *outbox, const struct outbox_event *event, struct fault *fault);
/* Numbers an event that outbox_look called NEW. */
MUST_CHECK bool outbox_take(struct outbox *outbox, int64_t file, uint64_t row, const struct outbox_event *event,
                            struct fault *fault);
/* Numbers the correction of an event that outbox_look called CHANGED, with its position known: `correction` is the
 * encoded EventCorrected, also without source and sequence; the ledger remembers the event as it reads from now on. */
MUST_CHECK bool outbox_correct(struct outbox *outbox, int64_t file, uint64_t row, const struct outbox_event *event,
                               const uint8_t *correction, size_t correction_size, struct fault *fault);
/* Keeps a row's text (CSV cells without line end) until the file is reported: the hub may reject it. Row 0 is the
 * header. */
MUST_CHECK bool outbox_keep_row(struct outbox *outbox, int64_t file, uint64_t row, const char *record,
                                struct fault *fault);
/* A kept row's text; *record is malloc'ed, "" if it was not kept. */
MUST_CHECK bool outbox_kept_row(struct outbox *outbox, int64_t file, uint64_t row, char **record, struct fault *fault);
/* Notes that a row was rejected here; `key` may be NULL. */
MUST_CHECK bool outbox_reject(struct outbox *outbox, int64_t file, uint64_t row, const char *key, const char *record,
                              const struct reason *reason, struct fault *fault);
/* How many of its rows are still rejected, an attestation that the hub did not take among them (as row 0). */
MUST_CHECK bool outbox_rejected_rows(struct outbox *outbox, int64_t file, uint64_t *count, struct fault *fault);
/* Shows a file's rejected rows in their order; `take` returns false to stop. `event` is empty for rows rejected here.
 * Rows that were given back to their original (outbox_mend) only with `all`. */
struct outbox_rejected {
    uint64_t row;
    const char *event;  /* identity of the event that the hub rejected */
    const char *record; /* NULL: it was not kept */
    const char *code;
    const char *zh;
    const char *en;
};
MUST_CHECK bool outbox_rejected_each(struct outbox *outbox, int64_t file, bool all,
                                     bool (*take)(const struct outbox_rejected *rejected, void *context), void *context,
                                     struct fault *fault);
/* Forgets the kept rows of a file, but for its header: it is reported. */
MUST_CHECK bool outbox_forget_rows(struct outbox *outbox, int64_t file, struct fault *fault);

/* ---- registers: files that come again and again, and rows that come back mended ---- */

/* Remembers which rows the version of a register that is being read has, as sorted hashes of their keys. */
MUST_CHECK bool outbox_register_put(struct outbox *outbox, const char *name, int64_t file, const void *keys,
                                    size_t size, struct fault *fault);
/* The same of its former version; *keys is malloc'ed, NULL if there was none. */
MUST_CHECK bool outbox_register_former(struct outbox *outbox, const char *name, int64_t file, void **keys, size_t *size,
                                       struct fault *fault);
/* The version was read to its end: it is what the next one is compared with. */
MUST_CHECK bool outbox_register_keep(struct outbox *outbox, const char *name, int64_t file, struct fault *fault);
/* Every key that the ledger has, once; `take` returns false to stop. */
MUST_CHECK bool outbox_keys_each(struct outbox *outbox, bool (*take)(const char *key, void *context), void *context,
                                 struct fault *fault);

/* Rows to be named in a file's report. */
enum outbox_note { OUTBOX_NOTE_VANISHED = 1, OUTBOX_NOTE_HELD = 2 };
enum { OUTBOX_NOTES_MAX = 1000 }; /* of a kind and file; more are only counted */

/* `row` is 0 for what has none. The caller keeps to the limit. */
MUST_CHECK bool outbox_note(struct outbox *outbox, int64_t file, enum outbox_note kind, uint64_t row, const char *key,
                            struct fault *fault);
MUST_CHECK bool outbox_notes_forget(struct outbox *outbox, int64_t file, enum outbox_note kind, struct fault *fault);
MUST_CHECK bool outbox_notes_each(struct outbox *outbox, int64_t file, enum outbox_note kind,
                                  bool (*take)(uint64_t row, const char *key, void *context), void *context,
                                  struct fault *fault);

/* Row `row` of a file of mended rows stands for `original_row` of `original`, if that row is rejected and has the same
 * key, or had none that could be used and the reason that `told` says. */
MUST_CHECK bool outbox_mends(struct outbox *outbox, int64_t file, uint64_t row, int64_t original, uint64_t original_row,
                             const char *key, const char *told, struct fault *fault);
/* All outcomes of a file of mended rows are in: rows that were taken leave the original's rejected ones; those that
 * were rejected again stand there as they read now, if `same_header`. The original, if it was reported, waits to be
 * finished anew. Harmless when it is done again. */
MUST_CHECK bool outbox_mend(struct outbox *outbox, const struct outbox_file *file, bool same_header,
                            struct fault *fault);
/* Shows which rows of the original are mended by now. */
MUST_CHECK bool outbox_mended_each(struct outbox *outbox, int64_t file,
                                   bool (*take)(uint64_t row, bool mended, void *context), void *context,
                                   struct fault *fault);

/* The file of that name is to be read again, and what is held back because its mapping changed is to be sent. Also with
 * an outbox that was opened beside an agent's. */
MUST_CHECK bool outbox_ask_resend(struct outbox *outbox, const char *name, struct fault *fault);
/* Shows the names of the files that are to be sent again. */
MUST_CHECK bool outbox_resends_each(struct outbox *outbox, void (*take)(const char *name, void *context), void *context,
                                    struct fault *fault);
MUST_CHECK bool outbox_resends(struct outbox *outbox, const char *name, bool *asked, struct fault *fault);
MUST_CHECK bool outbox_resend_done(struct outbox *outbox, const char *name, struct fault *fault);

/* ---- sending ---- */

enum { OUTBOX_BATCH_MAX = 1000 };

/* Encoded events with consecutive numbers. */
struct outbox_batch {
    uint64_t first_sequence;
    size_t count;
    size_t sizes[OUTBOX_BATCH_MAX];
    size_t offsets[OUTBOX_BATCH_MAX];
    uint8_t *bytes;
    size_t size;
    size_t capacity;
};

/* Fills the batch with pending events from `from` on, at most `limit` and `bytes_max` together (one at least). Empty
 * if there is none. */
MUST_CHECK bool outbox_read(struct outbox *outbox, uint64_t from, size_t limit, size_t bytes_max,
                            struct outbox_batch *batch, struct fault *fault);
void outbox_batch_clear(struct outbox_batch *batch);
/* Shows the events numbered from `from` on that are not answered yet, with the row that gave each. */
struct outbox_numbered {
    uint64_t row;
    const char *identity;
    const uint8_t *bytes;
    size_t size;
};
MUST_CHECK bool outbox_numbered_each(struct outbox *outbox, uint64_t from,
                                     bool (*take)(const struct outbox_numbered *event, void *context), void *context,
                                     struct fault *fault);

/* The hub recorded, or had recorded before, `count` events from number `first` on at `first_position` and those after
 * it: they wait no more, and where each original stands is noted. */
MUST_CHECK bool outbox_settle(struct outbox *outbox, uint64_t first, uint64_t count, uint64_t first_position,
                              bool duplicate, struct fault *fault);
/* The hub rejected one event: kept with its row for the file's rejected rows, forgotten in the ledger. */
MUST_CHECK bool outbox_settle_rejected(struct outbox *outbox, uint64_t sequence, const struct reason *reason,
                                       struct fault *fault);

/* ---- sending again: answered events are kept for a while, for a hub that was restored from a backup ---- */

enum { OUTBOX_SENT_MAX = 2000000 }; /* events that are kept at most, whatever their age */

/* The last number of which an answer is kept; 0: none. */
MUST_CHECK bool outbox_last_sent(struct outbox *outbox, uint64_t *sequence, struct fault *fault);
/* All events from number `next` on wait to be sent again, within a transaction; *again of them were answered before.
 * Not *whole: some of them are not kept any more, so roll back. Until outbox_map_references, in the same transaction,
 * it is remembered where they stood. */
MUST_CHECK bool outbox_rewind(struct outbox *outbox, uint64_t next, uint64_t *again, bool *whole, struct fault *fault);
/* The position of the last event before number `next` of which one is kept: the hub that awaits `next` has the log up
 * to there at least. 0: there is none. */
MUST_CHECK bool outbox_known_up_to(struct outbox *outbox, uint64_t next, uint64_t *position, struct fault *fault);
/* Positions behind `end` are those of other records now. Every waiting event that names one (a correction, say) waits
 * until the event that it means, if that is one of this outbox, has its new position, and is written anew with it then;
 * all others are set aside. Within a transaction; adds to the counts. */
struct outbox_mapped {
    uint64_t waiting;
    uint64_t set_aside;
};
MUST_CHECK bool outbox_map_references(struct outbox *outbox, uint64_t end, struct outbox_mapped *mapped,
                                      struct fault *fault);

/* An event that is set aside is for a person to decide: under its number an empty one is sent, which the hub rejects,
 * and this is what it was. It stands among the rejected ones with REASON_RECORD_LOST. */
struct outbox_set_aside {
    uint64_t sequence;
    uint64_t named; /* the position that it named */
    int64_t since_s;
    const uint8_t *bytes;
    size_t size;
};
/* Shows them; `take` returns false to stop. */
MUST_CHECK bool outbox_set_aside_each(struct outbox *outbox,
                                      bool (*take)(const struct outbox_set_aside *event, void *context), void *context,
                                      struct fault *fault);
uint64_t outbox_set_aside_count(const struct outbox *outbox);

/* Forgets answered events that are older than so many days, or too many; some at a time: *more are there. */
MUST_CHECK bool outbox_tidy_sent(struct outbox *outbox, int days, bool *more, struct fault *fault);

/* What somebody who remembers positions (the outbox itself, or a way out of the inbox) knows of the hub's restorations.
 */
struct outbox_lineage {
    struct restorations restorations;
    uint64_t size; /* of the way's file when it learned of the last one: what stands before is of before */
    uint64_t end;  /* up to which position that holds; UINT64_MAX: all of it */
};
MUST_CHECK bool outbox_lineage_find(struct outbox *outbox, const char *way, struct outbox_lineage *lineage, bool *found,
                                    struct fault *fault);
MUST_CHECK bool outbox_lineage_put(struct outbox *outbox, const char *way, const struct outbox_lineage *lineage,
                                   struct fault *fault);

#endif
