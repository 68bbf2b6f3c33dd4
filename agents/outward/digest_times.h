/* The times of day at which a digest is due, in local minutes since 1970-01-01 00:00 (a slot). */
#ifndef SANLING_DIGEST_TIMES_H
#define SANLING_DIGEST_TIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIGEST_TIMES_MAX = 12, DIGEST_SLOT_NONE = 0 };

/* "08:30", 00:00 to 23:59, as minutes of the day. */
bool digest_time_parse(const char *text, int *minutes);
/* The last slot that is not in the future; DIGEST_SLOT_NONE where no time is given. */
int64_t digest_times_latest(const int *minutes, size_t count, int64_t now);
/* The first slot that is in the future; DIGEST_SLOT_NONE where no time is given. */
int64_t digest_times_next(const int *minutes, size_t count, int64_t now);

enum { DIGEST_SLOT_SIZE = 17 };
/* "2020-08-19 08:30". */
void digest_slot_format(int64_t slot, char text[static DIGEST_SLOT_SIZE]);

#endif
