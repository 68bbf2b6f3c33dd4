#include "digest_times.h"

#include "cell.h"

#include <stdio.h>
#include <string.h>

enum { DAY_MINUTES = 24 * 60 };

static int two_digits(const char *text)
{
    return (text[0] - '0') * 10 + (text[1] - '0');
}

bool digest_time_parse(const char *text, int *minutes)
{
    static const char shape[] = "dd:dd";
    if (strlen(text) != sizeof shape - 1)
        return false;
    for (size_t i = 0; i < sizeof shape - 1; i++)
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return false;
    *minutes = two_digits(text) * 60 + two_digits(text + 3);
    return two_digits(text) < 24 && two_digits(text + 3) < 60;
}

static int64_t minute_of_day(int64_t slot)
{
    return (slot % DAY_MINUTES + DAY_MINUTES) % DAY_MINUTES;
}

int64_t digest_times_latest(const int *minutes, size_t count, int64_t now)
{
    const int64_t of_day = minute_of_day(now);
    int64_t latest = DIGEST_SLOT_NONE;
    for (size_t i = 0; i < count; i++) {
        const int64_t slot = now - of_day + minutes[i] - (minutes[i] > of_day ? DAY_MINUTES : 0);
        if (latest == DIGEST_SLOT_NONE || slot > latest)
            latest = slot;
    }
    return latest;
}

int64_t digest_times_next(const int *minutes, size_t count, int64_t now)
{
    int64_t next = DIGEST_SLOT_NONE;
    for (size_t i = 0; i < count; i++) {
        const int64_t slot = digest_times_latest(&minutes[i], 1, now) + DAY_MINUTES;
        if (next == DIGEST_SLOT_NONE || slot < next)
            next = slot;
    }
    return next;
}

void digest_slot_format(int64_t slot, char text[static DIGEST_SLOT_SIZE])
{
    const int64_t of_day = minute_of_day(slot);
    char day[DAY_TEXT_SIZE];
    day_format((int32_t)((slot - of_day) / DAY_MINUTES), day);
    snprintf(text, DIGEST_SLOT_SIZE, "%s %02d:%02d", day, (int)(of_day / 60) % 24, (int)(of_day % 60));
}
