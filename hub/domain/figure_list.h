/* A figure led back to its records: "every figure leads back to its events". */
#ifndef HUB_DOMAIN_FIGURE_LIST_H
#define HUB_DOMAIN_FIGURE_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "figure_count.h"

/* The records behind one figure. */
struct figure_entry {
    uint64_t position; /* of the record that made it count */
    uint32_t unit;
    uint32_t matter;
    int32_t day;
    uint64_t count;
};
struct figure_list {
    struct figure_entry *entries;
    size_t entry_count;
    size_t capacity;
    uint64_t total; /* sum of the entries' counts: the figure */
};
void figure_list_open(const struct figure_count *count, enum figure figure, struct figure_list *list);
void figure_list_close(struct figure_list *list);

#endif
