/* The hub's rejection codes as reasons for the office: the code's name, a Chinese line, and the hub's own English one.
 */
#ifndef SANLING_HUB_REASON_H
#define SANLING_HUB_REASON_H

#include "error.pb-c.h"
#include "reason.h"

void hub_reason_set(struct reason *reason, Sanling__V1__Code__Kind code, const char *text);
/* The code's stable name, e.g. "UNKNOWN_UNIT"; "CODE_99" for one that this program does not know. Not thread-safe text:
 * the buffer is the caller's. */
const char *hub_code_name(Sanling__V1__Code__Kind code, char buffer[static 32]);

#endif
