/* The message that a delivery is, written by hand, so that events are forwarded as they came and what records have in
 * common is encoded once. */
#ifndef HUB_DELIVERY_H
#define HUB_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log/block.h"
#include "wire.h"

enum {
    DELIVERY_TIME_SIZE_MAX = 2 + 11 + 6,                                                     /* recorded_at */
    DELIVERY_PUBLISHER_SIZE_MAX = 2 + (2 + BLOCK_IDENTITY_SIZE) + 3 + (2 + BLOCK_ROOT_SIZE), /* publisher */
};

/* What came before the event in the last record that was written: the next one mostly has the same. */
struct delivery_origin {
    int64_t recorded_at_us;
    uint64_t block; /* first position of its block, and the publisher's index in it: the same there without a look */
    struct block_publisher publisher;
    uint8_t index;
    uint8_t office;
    uint8_t bytes[DELIVERY_TIME_SIZE_MAX + DELIVERY_PUBLISHER_SIZE_MAX]; /* both, encoded */
    size_t size;                                                         /* 0: nothing was written yet */
};

/* Starts a delivery in `message`, which is empty or is used again; memory for `expected` bytes is taken at once. */
void delivery_begin(struct wire_writer *message, uint32_t subscription, size_t expected);
/* Adds the record at that index of the block. `origin` is kept from one record to the next, all zero at first. */
void delivery_add(struct wire_writer *message, struct delivery_origin *origin, const struct block_view *block,
                  uint32_t index);
/* Adds records that delivery_add wrote elsewhere. */
void delivery_add_written(struct wire_writer *message, const uint8_t *records, size_t size);
/* Everything up to `reached` was looked at; then the message is whole. */
void delivery_end(struct wire_writer *message, uint64_t reached, bool ended);

#endif
