/* One line on a terminal that says how far a file is; nothing where standard error is no terminal. What is printed
 * after it, the journal for one, begins at the line's start. */
#ifndef SANLING_PROGRESS_H
#define SANLING_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool on_terminal;
    bool drawn;
    int64_t began_ms;
    int64_t drawn_ms;
};

void progress_begin(struct progress *progress, int64_t now_ms);
/* `rows` since progress_begin. Draws a few times a second, however often it is called. */
void progress_show(struct progress *progress, int64_t now_ms, const char *name, unsigned thousandths, uint64_t rows);
/* Takes the line away. */
void progress_end(struct progress *progress);

#endif
