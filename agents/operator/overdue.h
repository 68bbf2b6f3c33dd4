/* What is past its day, or will be soon: clocks of matters, joint tasks and supervisions in one order. */
#ifndef SANLINGCTL_OVERDUE_H
#define SANLINGCTL_OVERDUE_H

#include "sanling.h"

#include "query.pb-c.h"

enum overdue_kind { OVERDUE_CLOCK, OVERDUE_TASK, OVERDUE_SUPERVISION };

/* Points into the answer that it was made from. */
struct overdue_row {
    const Sanling__V1__MattersAnswer__Matter *matter;
    enum overdue_kind kind;
    const char *task;                 /* of a task: its code; else NULL */
    uint32_t level;                   /* of a supervision, or up to which the clock was reported */
    Sanling__V1__Office__Kind office; /* that it waits for */
    const char *due_day;
    int32_t days_over; /* negative: due in so many */
};

struct overdue_list {
    struct overdue_row *rows;
    size_t count;
};

/* Of the matters, what ran out by `today`, most days over first; `soon`: clocks that did not run out yet, the next
 * one first. Ends the program when memory runs out. */
struct overdue_list overdue_list_of(const Sanling__V1__MattersAnswer *matters, int32_t today, bool soon);
void overdue_list_clear(struct overdue_list *list);

#endif
