/* A rejection as the log keeps it, made readable again. */
#ifndef HUB_STORED_REJECTION_H
#define HUB_STORED_REJECTION_H

#include "log/event_log.h"
#include "record.pb-c.h"

/* NULL: its bytes are no rejection. Ends the process where there is no memory, which would look the same. Free with
 * sanling__v1__rejection__free_unpacked(…, NULL). */
Sanling__V1__Rejection *stored_rejection_read(const struct log_rejection *stored);

#endif
