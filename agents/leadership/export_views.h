/* The rows of each view's table. All take the view's document and write heads and rows; false: it is not that view's.
 */
#ifndef LEADERSHIP_EXPORT_VIEWS_H
#define LEADERSHIP_EXPORT_VIEWS_H

#include "table_export.h"

#include <jansson.h>

bool export_tree(struct table_export *table, const json_t *document);
bool export_units(struct table_export *table, const json_t *document);
bool export_overview(struct table_export *table, const json_t *document, int utc_offset_minutes);
bool export_trends(struct table_export *table, const json_t *document);
bool export_difference(struct table_export *table, const json_t *document);
bool export_events(struct table_export *table, const json_t *document, int utc_offset_minutes);

#endif
