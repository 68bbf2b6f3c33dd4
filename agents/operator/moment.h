/* Times and days as people type and read them. The zone of days is that of the policy presets, UTC+8. */
#ifndef SANLINGCTL_MOMENT_H
#define SANLINGCTL_MOMENT_H

#include "sanling.h"

enum { ZONE_OFFSET_MINUTES = 480, MOMENT_TEXT_SIZE = 40 };

/* "YYYY-MM-DD" of a real day? */
bool day_is_valid(const char *text);
/* Number of a real day, counted from 1970-01-01. */
bool day_parse(const char *text, int32_t *day);
/* RFC 3339, or a day: its first moment, or its last if `end_of_day`. false: neither. */
bool moment_parse(const char *text, bool end_of_day, Google__Protobuf__Timestamp *time);
/* A position in the log: digits only, above 0. */
bool position_parse(const char *text, uint64_t *position);
/* "2020-08-19 09:30:00" in the zone; "–" for NULL. */
void moment_format(const Google__Protobuf__Timestamp *time, char text[static MOMENT_TEXT_SIZE]);

#endif
