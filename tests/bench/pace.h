/* A steady schedule, and how long each answer took from the moment at which its question was due: a late answer that
 * holds up the next question counts for that one too. What is asked comes in batches of events; answers come in the
 * order of the batches unless it is said otherwise. One thread owns a pace. */
#ifndef BENCH_PACE_H
#define BENCH_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pace {
    int64_t start_us; /* of measure_now_us() */
    uint32_t rate;    /* events a second */
    uint32_t batch;   /* events that fall due together, but for the last, which may be fewer */
    size_t events;
    size_t events_answered;
    size_t count; /* of batches */
    size_t sent;  /* batches */
    size_t answered;
    uint32_t *latencies_us; /* of the answered batches */
};

/* Begins now; the first batch is due at once. From here on the kernel wakes this thread without slack. */
void pace_start(struct pace *pace, size_t events, uint32_t rate, uint32_t batch);
void pace_clear(struct pace *pace);

/* When the next batch that was not sent is due, and the oldest that was not answered. Only while there is one. */
int64_t pace_next_due_us(const struct pace *pace);
int64_t pace_oldest_due_us(const struct pace *pace);
/* Whether a batch is left to be sent, and its time has come. */
bool pace_is_due(const struct pace *pace);
/* Sleeps until the next batch is due. */
void pace_sleep(const struct pace *pace);
/* The first event of the next batch, from 0, and how many are in it. */
size_t pace_next_event(const struct pace *pace);
size_t pace_next_size(const struct pace *pace);
/* The next batch is sent. */
void pace_note_sent(struct pace *pace);
/* So many more events are answered now, the oldest first; a batch is answered with its last event. */
void pace_note_answered(struct pace *pace, size_t events);
/* Where answers come in any order: batch `index`, which was sent, is answered now. Not to be mixed with the above. */
void pace_note_answered_one(struct pace *pace, size_t index);

/* All are answered: tells paced_per_s (events, up to the last answer), ack_p50_us, ack_p99_us, ack_p999_us and
 * ack_max_us. Sorts what was noted. */
void pace_tell(struct pace *pace);
/* Tells NAME_p50_us, NAME_p99_us, NAME_p999_us and NAME_max_us of one or more times, and sorts them. */
void pace_tell_times(const char *name, uint32_t *times_us, size_t count);

#endif
