/* The figures of a summary whose rows are as many as the events, kept: a summary counts anew where something changed
 * since the last one, and not all rows. The walk of figure_count.h says what a row counts in, here as there, and a
 * summary with sums and one without are the same; tests compare them.
 *
 * What changed is told by the tables: chunks of some hundred rows have a mark (table.h), and of each chunk the sums are
 * kept, a few bytes for a row's dozens. A row of a table that is summed here must therefore count by itself, by what is
 * written in it, by its matter and by what the view is of; what it reads of other rows is said in figure_sums.c. */
#ifndef HUB_DOMAIN_FIGURE_SUMS_H
#define HUB_DOMAIN_FIGURE_SUMS_H

#include <stdbool.h>
#include <stdint.h>

#include "figure_count.h"

/* So many views, each of a node and a year, are kept. Another one takes the place of a view that nobody asked for in so
 * many summaries; else it is not kept, for views that drive each other out would all be counted again and again. */
enum { FIGURE_VIEWS_MAX = 4, FIGURE_VIEW_TURNS = 64 };

struct figure_sums;
struct figure_sums *figure_sums_open(void);
void figure_sums_close(struct figure_sums **sums);

/* Counts for the view what changed, about so many rows of it: at first, on another day and by other rules that is all
 * of them, and whoever may not take so long goes on later. true: nothing is left, or the view is not kept. */
bool figure_sums_prepare(struct figure_sums *sums, const struct figure_count *count, uint32_t rows);
/* Adds to `counts`, by figure, what the rows of all stages before FIGURE_SUMS_END count, and takes the tables' marks
 * (TABLE_MARK_COUNTED) away: one state has one of these. false: the view is not kept, and nothing was added. */
#define FIGURE_SUMS_END FIGURE_STAGE_CAMERAS
bool figure_sums_add(struct figure_sums *sums, const struct figure_count *count, uint64_t counts[static FIGURE_LIMIT]);

/* Bytes that it takes. */
size_t figure_sums_size(const struct figure_sums *sums);

#endif
