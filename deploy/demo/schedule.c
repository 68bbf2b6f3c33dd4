/* When which folder of files is handed in: the time that the hub's clock is set to, then the folder. */
#include "office.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct moment {
    int32_t day;
    int minute;
    enum stop stop;
    uint32_t month;
};

static void write_moment(FILE *file, struct moment moment)
{
    const struct date date = date_of(moment.day);
    char folder[64];

    stop_folder(moment.stop, moment.month, folder);
    fprintf(file, "%04d-%02d-%02dT%02d:%02d:00+08:00,%s\n", date.year, date.month, date.day, moment.minute / 60,
            moment.minute % 60, folder);
}

static void write_moments(FILE *file)
{
    const struct moment accident = {day_of(2020, 5, 14), 10 * 60 + 10, STOP_ACCIDENT, 16};
    const struct moment concealed = {day_of(2019, 7, 5), 9 * 60, STOP_CONCEALED, 5};
    const struct moment merger = {day_of(2021, 2, 3), 9 * 60, STOP_MERGER, 25};
    const struct moment late = {day_of(2020, 8, 12), 17 * 60, STOP_LATE, 18};

    fputs("clock,folder\n", file);
    write_moment(file, (struct moment){day_of(2019, 1, 2), 9 * 60, STOP_START, 0});
    for (uint32_t i = 0; i < MONTH_COUNT; i++) {
        const struct month month = month_at(i);
        if (i > 0) /* within the five days of grace */
            write_moment(file, (struct moment){month.first_day + 2, 9 * 60, STOP_ATTESTED, i - 1});
        if (month_index(concealed.day) == i)
            write_moment(file, concealed);
        if (month_index(accident.day) == i)
            write_moment(file, accident);
        if (month_index(late.day) == i)
            write_moment(file, late);
        write_moment(file, (struct moment){month.last_day, 18 * 60, STOP_EVENTS, i});
    }
    write_moment(file, merger);
}

bool schedule_write(const struct demo *demo, struct fault *fault)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/schedule.csv", demo->dir) >= (int)sizeof path)
        return fault_set(fault, FAULT_USAGE, "%s: the folder's name is too long", demo->dir);
    FILE *file = fopen(path, "w");
    if (!file)
        return fault_set(fault, FAULT_SYSTEM, "%s: %s", path, strerror(errno));
    write_moments(file);
    const bool written = !ferror(file);
    if (fclose(file) != 0 || !written)
        return fault_set(fault, FAULT_SYSTEM, "%s: cannot be written", path);
    return true;
}
