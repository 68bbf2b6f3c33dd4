/* The events that are published: a fixed cycle of twenty over all units of a county, in the shares of an ordinary
 * working day. Of each twenty: 5 InspectionRecorded, 4 PatrolTallied, 3 HazardFound, 2 VolunteerTallied, and one each
 * of RectificationOrdered, RectificationReported, HazardFixedOnSpot, CaseFiled (breaks a zero), PetitionRegistered (a
 * claim by letter, breaks none) and ZeroAttested (a past month of one unit). Ten of the twenty carry a note of the
 * length that brings the mean to about 200 bytes; what it is exactly is told with the figures. */
#ifndef BENCH_MIX_H
#define BENCH_MIX_H

#include <stddef.h>
#include <stdint.h>

#include "county.h"
#include "sanling.h"

enum { MIX_EVENT_SIZE_MAX = 512 };

/* Encoded events with the numbers first, first + 1, … of one source. */
struct mix {
    uint64_t first;
    size_t count;
    struct sanling_bytes *events; /* side by side in bytes */
    uint8_t *bytes;
    size_t bytes_size;
    size_t capacity; /* events that there is room for */
};

/* Encodes `count` events of `source`. `now_s` is the hub's time: what happened lies in the ninety days before it. What
 * an event says depends on its number alone, so that a source can go on in another run. */
void mix_make(struct mix *mix, const struct county *county, const char *source, uint64_t first, size_t count,
              int64_t now_s);
/* The same in two steps: room for `capacity` events, and then as often as needed at most so many of them, which take
 * the place of those before. */
void mix_room(struct mix *mix, size_t capacity);
void mix_fill(struct mix *mix, const struct county *county, const char *source, uint64_t first, size_t count,
              int64_t now_s);
void mix_clear(struct mix *mix);
/* Index, among the county's counted units, of the one that the event with this number is about. */
uint32_t mix_unit(const struct county *county, uint64_t sequence);

#endif
