/* The rows of each view's table. All take the view's document and write heads and rows; false: it is not that view's.
 */
#ifndef LEADERSHIP_EXPORT_VIEWS_H
#define LEADERSHIP_EXPORT_VIEWS_H

#include "table_export.h"

#include <jansson.h>

/* Which units of the tree are wanted, as its view filters them: all conditions hold; NULL or "" holds always. */
struct export_filter {
    const char *zero;   /* whose state is looked at: PETITION, ACCIDENT, CASE; else the joint status */
    const char *state;  /* zero, broken, unverified, gap (an office owes), silent; counted units only */
    const char *kind;   /* a kind's name, or AREA (villages and communities), ENTERPRISES (and institutions) */
    const char *search; /* part of code or name */
};
/* Whether each value is one of these. */
bool export_filter_valid(const struct export_filter *filter);
/* How many units fit, and how many there are. */
size_t export_tree_count(const json_t *document, const struct export_filter *filter, size_t *all);

bool export_tree(struct table_export *table, const json_t *document, const struct export_filter *filter);
bool export_units(struct table_export *table, const json_t *document);
bool export_overview(struct table_export *table, const json_t *document, int utc_offset_minutes);
bool export_trends(struct table_export *table, const json_t *document);
bool export_difference(struct table_export *table, const json_t *document);
bool export_events(struct table_export *table, const json_t *document, int utc_offset_minutes);

#endif
