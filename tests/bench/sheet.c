/* What reading an office's file costs, without mapping or hub: rows, cells, time and memory.
 *
 *     sanling-sheet-bench FILE
 *
 * A large file to read is made by tests/testing/workbook.py: python3 tests/testing/workbook.py ROWS COLUMNS FILE */
#include "source.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Everything that is in the file, and how many cells hold something. */
static uint64_t read_rows(struct source *source, uint64_t *filled)
{
    struct row row;
    uint64_t rows = 0;
    while (source_next(source, &row)) {
        rows++;
        for (size_t i = 0; i < row.cell_count; i++)
            *filled += row.cells[i][0] != '\0' ? 1 : 0;
    }
    return rows;
}

int main(int count, char **arguments)
{
    struct source *source = NULL;
    struct reason reason;
    struct rusage usage;
    if (count != 2 || sodium_init() < 0) {
        fputs("usage: sanling-sheet-bench FILE\n", stderr);
        return 2;
    }
    const double start = now_s();
    if (source_open(arguments[1], &source, &reason) != SOURCE_OPENED ||
        !source_choose_sheet(source, NULL, 0, &reason)) {
        fprintf(stderr, "%s: %s\n", arguments[1], reason.en);
        source_close(&source);
        return 1;
    }
    const double opened = now_s();
    uint64_t filled = 0;
    const uint64_t rows = read_rows(source, &filled);
    const double end = now_s();
    getrusage(RUSAGE_SELF, &usage);
    const double worked = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
    printf("%s: %" PRIu64 " rows, %" PRIu64 " cells in %.2f s (%.2f s to open and look over; %.2f s of the processor), "
           "%.0f cells/s, %ld MiB at most\n",
           source_reading(source), rows, filled, end - start, opened - start, worked, (double)filled / (end - start),
           usage.ru_maxrss / 1024);
    source_close(&source);
    return 0;
}
