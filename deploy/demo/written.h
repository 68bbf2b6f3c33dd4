/* Small sheets that are written down cell by cell, for stories in which each row is a step of its own. */
#ifndef DEMO_WRITTEN_H
#define DEMO_WRITTEN_H

#include "office.h"

enum { WRITTEN_ROWS_MAX = 16 };

/* A row is its cells with commas between them. Of the cells
 *   2020-07-30 and 2020-07-30 21:10 are written as the office writes days and times,
 *   =P8 is the code of petition 8, =G3 of grid matter 3 (both of 2020), =V6 of village 6 of 南娄镇, =C4 of community 4
 *   (0 is 站前社区), =NAME what demo_note_story noted,
 *   <opened:NAME> and <discrepancy:NAME> stay as they are, with the noted code for the name: whoever hands the file in
 *   puts the number there that the hub gave it.
 * All others are text. */
struct written_sheet {
    enum office office;
    enum stop stop;
    uint32_t month;
    const char *kind;
    const char *header;
    const char *rows[WRITTEN_ROWS_MAX]; /* up to the first NULL */
};

MUST_CHECK bool written_sheets_write(const struct demo *demo, const struct written_sheet *sheets, size_t count,
                                     struct fault *fault);

#endif
