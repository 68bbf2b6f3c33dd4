#include "moment.h"

#include "json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool parse_text(const char *text, Google__Protobuf__Timestamp *time)
{
    int64_t seconds;
    int32_t nanos;
    if (!timestamp_parse(text, &seconds, &nanos))
        return false;
    google__protobuf__timestamp__init(time);
    time->seconds = seconds;
    time->nanos = nanos;
    return true;
}

bool moment_parse(const char *text, bool end_of_day, Google__Protobuf__Timestamp *time)
{
    char whole[48];
    if (strlen(text) != strlen("YYYY-MM-DD"))
        return parse_text(text, time);
    snprintf(whole, sizeof whole, "%s%s+08:00", text, end_of_day ? "T23:59:59.999999999" : "T00:00:00");
    return parse_text(whole, time);
}

bool day_is_valid(const char *text)
{
    Google__Protobuf__Timestamp time;
    return strlen(text) == strlen("YYYY-MM-DD") && moment_parse(text, false, &time);
}

bool day_parse(const char *text, int32_t *day)
{
    enum { DAY_SECONDS = 86400 };
    Google__Protobuf__Timestamp time;
    if (strlen(text) != strlen("YYYY-MM-DD") || !moment_parse(text, false, &time))
        return false;
    *day = (int32_t)((time.seconds + ZONE_OFFSET_MINUTES * 60) / DAY_SECONDS);
    return true;
}

bool position_parse(const char *text, uint64_t *position)
{
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text))
        return false;
    errno = 0;
    unsigned long long value = strtoull(text, NULL, 10);
    if (errno != 0 || value == 0)
        return false;
    *position = value;
    return true;
}

void moment_format(const Google__Protobuf__Timestamp *time, char text[static MOMENT_TEXT_SIZE])
{
    struct tm parts;
    time_t seconds = time != NULL ? time->seconds + ZONE_OFFSET_MINUTES * 60 : 0;
    if (time == NULL || gmtime_r(&seconds, &parts) == NULL ||
        strftime(text, MOMENT_TEXT_SIZE, "%Y-%m-%d %H:%M:%S", &parts) == 0)
        snprintf(text, MOMENT_TEXT_SIZE, "–");
}
