/* Figures that were published, beside those that follow from the log: which agree, which do not, and why. The file is
 * JSON with a list `figures`; deploy/demo/expected.json is one. Of an entry are read: `zh` and `en`, its names;
 * `article`, the text as it was printed (entries without it are left out); `document`, "CODE.json" for the summary of
 * that unit; `path`, where its figure stands there (json_path.h); `note` and `noteEn`, why the two differ or mean
 * different things. */
#ifndef LEADERSHIP_ARTICLE_H
#define LEADERSHIP_ARTICLE_H

#include "fault.h"

#include <jansson.h>
#include <stddef.h>

enum { ARTICLE_FIGURES_MAX = 500, ARTICLE_UNITS_MAX = 16, ARTICLE_CODE_SIZE = 20, ARTICLE_FIGURE_SIZE = 96 };

struct article;

/* NULL: FAULT_USAGE with the file and what is wrong there. */
struct article *article_read(const char *path, struct fault *fault);
void article_close(struct article **article);

/* The units whose summaries it is compared with. */
size_t article_unit_count(const struct article *article);
const char *article_unit(const struct article *article, size_t index);

/* [{label, labelEn, unit, article, computed, figure, same, verdict, why, whyEn}…] from summaries by the code of their
 * unit, as JSON; rows of a unit without one (it is not the reader's) are left out. `same` compares numbers as numbers:
 * 100 is 100.00. `verdict`: SAME; OTHER_DEFINITION: the same, but it means something else; DIFFERENT. `figure` names
 * what stands behind the number, for /v1/figures; "" where nothing does. The caller owns it. */
json_t *article_rows(const struct article *article, const json_t *summaries);

/* "hazards.fixed_on_spot" of hazards.fixedOnSpot, "zeros.ACCIDENT.AREA.zero" of the rate of that count, and so on. */
void article_figure(const char *path, char figure[static ARTICLE_FIGURE_SIZE]);

#endif
