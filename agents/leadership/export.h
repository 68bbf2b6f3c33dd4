/* The table in view, to take along: the document that a view shows, as CSV or .xlsx, with the lines about it first:
 * what it is, of which unit and day, known to which position, under which policy, how it was rounded, that no report is
 * not zero, and who took it when. */
#ifndef LEADERSHIP_EXPORT_H
#define LEADERSHIP_EXPORT_H

#include "export_views.h"
#include "table_export.h"

#include <jansson.h>

/* Which document it is made from, as /v1 answers with it, defaults written out. */
enum export_view {
    EXPORT_OVERVIEW,      /* /v1/summary or /v1/overview: member `summary` */
    EXPORT_TREE,          /* /v1/tree: `tree`, all parts joined */
    EXPORT_UNITS,         /* /v1/status: `units` */
    EXPORT_MATTERS,       /* /v1/matters: `matters`, `total` */
    EXPORT_CAMPAIGNS,     /* /v1/campaigns: `campaigns` */
    EXPORT_DISCREPANCIES, /* /v1/discrepancies: `discrepancies` */
    EXPORT_ATTENTION,     /* /v1/attention/LIST: `rows`, `total` */
    EXPORT_FIGURE,        /* /v1/figures/NAME: `rows`, `records` in the same order */
    EXPORT_TRENDS,        /* /v1/trends: `periods`, `series` */
    EXPORT_DIFFERENCE,    /* /v1/difference: `rows`, `figures` */
    EXPORT_EVENTS,        /* /v1/events: `records` */
    EXPORT_ARTICLE        /* /v1/article: `rows` */
};

enum { EXPORT_OF_SIZE = 96, EXPORT_FILE_NAME_SIZE = 400 };

/* What stands behind /v1/export/. */
struct export_name {
    enum export_view view;
    enum table_format format;
    char of[EXPORT_OF_SIZE]; /* the list, in capitals, or the figure; else "" */
};

/* "tree.csv", "attention-unverified.xlsx", "figure-hazards.struck_off.csv". false: no such export. */
bool export_parse(const char *name, struct export_name *parsed);
const char *export_content_type(enum table_format format);

/* What the table itself does not know. Texts are borrowed. */
struct export_mark {
    const char *unit;
    const char *unit_name; /* NULL: not known */
    const char *account;
    const char *office;   /* the contract's name, "LEADERSHIP" */
    const char *taken_at; /* RFC 3339, the hub's clock */
    const char *query;    /* of the address, as it was asked; NULL or "": everything */
    bool demonstration;
    int utc_offset_minutes;      /* of the times in it, 480 in China */
    struct export_filter filter; /* of the tree's rows */
};

/* The file, which the caller frees. false: FAULT_FULL: too many rows; FAULT_MALFORMED: the document is not the view's;
 * FAULT_SYSTEM. It takes about a second for 50,000 rows of .xlsx: exporter.h does it beside the loop. */
MUST_CHECK bool export_make(const struct export_name *name, const json_t *document, const struct export_mark *mark,
                            uint8_t **bytes, size_t *size, struct fault *fault);
/* "盂县-单位树-2020-08-19.xlsx": without what a file's name may not hold. */
void export_file_name(const struct export_name *name, const json_t *document, const struct export_mark *mark,
                      char text[static EXPORT_FILE_NAME_SIZE]);

#endif
