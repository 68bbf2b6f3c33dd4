#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { DRAW_MS = 200 };

void progress_begin(struct progress *progress, int64_t now_ms)
{
    *progress = (struct progress){.on_terminal = isatty(STDERR_FILENO) == 1, .began_ms = now_ms};
}

void progress_show(struct progress *progress, int64_t now_ms, const char *name, unsigned thousandths, uint64_t rows)
{
    if (!progress->on_terminal || (progress->drawn && now_ms - progress->drawn_ms < DRAW_MS))
        return;
    const int64_t elapsed_ms = now_ms - progress->began_ms;
    const uint64_t rate = elapsed_ms <= 0 ? 0 : rows * 1000 / (uint64_t)elapsed_ms;
    fprintf(stderr, "%s  %u.%u%%  %" PRIu64 " rows  %" PRIu64 " rows/s\033[K\r", name, thousandths / 10,
            thousandths % 10, rows, rate);
    fflush(stderr);
    progress->drawn = true;
    progress->drawn_ms = now_ms;
}

void progress_end(struct progress *progress)
{
    if (progress->drawn)
        fputs("\033[K", stderr);
    progress->drawn = false;
}
