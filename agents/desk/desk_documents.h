/* The JSON that phones get, made of the hub's answers. What is not there is not made up. */
#ifndef DESK_DOCUMENTS_H
#define DESK_DOCUMENTS_H

#include "desk_questions.h"
#include "query.pb-c.h"

#include <jansson.h>

/* {"device", "time", "demonstration", "hub", "toleranceSeconds"}; the time in microseconds since 1970. */
json_t *desk_now(const char *device, int64_t time_us, bool demonstration, bool hub);
/* {"utcOffsetMinutes", "categories": [{code, name}], "parties": {key, publicKey} | null} */
json_t *desk_setup(const struct desk_facts *facts, const Sanling__V1__CampaignsAnswer *campaigns);
/* [code, name, kind], or NULL for a unit that has ended. */
json_t *desk_unit(const Sanling__V1__UnitsAnswer__Unit *unit);
/* {"matter", "unit", "unitName", "step", "category", "openedDay", "consents", "moves": [{position, type, day, step,
 * retractedAt}]} */
json_t *desk_matter(const Sanling__V1__MattersAnswer__Matter *matter);
/* The number in a code that this desk gave (PREFIX-YYYY-D-NNNNNN-k); 0: it is none of its. */
uint32_t desk_code_number(const char *code, const char *prefix);

#endif
