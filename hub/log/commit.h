/* What becomes durable together: records in blocks, rejections, acknowledged positions. Gathered by the hub's loop,
 * given to the log's writer, and handed back when the outcome is known. */
#ifndef HUB_LOG_COMMIT_H
#define HUB_LOG_COMMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "block.h"
#include "event_log.h"
#include "fault.h"

struct commit {
    struct block_builder blocks;
    struct log_rejection *rejections;
    size_t rejection_count;
    size_t rejection_capacity;
    struct log_cursor *cursors;
    size_t cursor_count;
    size_t cursor_capacity;
    /* Filled by the writer: */
    bool failed;
    struct fault fault;
    struct log_head head; /* after it, if it did not fail */
};

struct commit *commit_open(void);
void commit_close(struct commit **commit);
/* Empties it; its records begin at `first_position`. */
void commit_reset(struct commit *commit, uint64_t first_position);
/* Adds a rejection; the bytes (malloc'ed) become the commit's. */
void commit_add_rejection(struct commit *commit, uint64_t number, uint8_t *bytes, size_t size);
/* Adds or replaces a durable name's value; both are copied. */
void commit_put_cursor(struct commit *commit, const char *name, const void *value, size_t size);
/* Nothing to write? */
bool commit_empty(const struct commit *commit);

#endif
