/* Reads a store from end to end and holds it against its heads. */
#ifndef HUB_LOG_LOG_SCAN_H
#define HUB_LOG_LOG_SCAN_H

#include "fault.h"
#include "head_file.h"
#include "rocks.h"

/* Every block is there, whole, and leads to the head's digest. `witness` is a head of the same log at the same position
 * or before: the blocks lead to its digest, too. FAULT_DAMAGED names the position behind which something is wrong. */
MUST_CHECK bool log_scan_blocks(const struct rocks *rocks, const struct log_head *head, const struct log_head *witness,
                                struct fault *fault);
/* The same of the rejections, and of the durable names. */
MUST_CHECK bool log_scan_rest(const struct rocks *rocks, const struct log_head *head, const struct log_head *witness,
                              struct fault *fault);

#endif
