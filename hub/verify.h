/* sanling-hub --verify: whether a stopped hub's data folder, or a copy, is what was acknowledged and signed. Opens
 * everything for reading only, and stops at nothing that it can still tell. */
#ifndef HUB_VERIFY_H
#define HUB_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "proof/trusted_keys.h"

struct verify_request {
    const char *data;
    const char *from;         /* a checkpoint that somebody kept, a file; NULL: none */
    struct trusted_keys keys; /* none: those that the folder names itself, log.key.pub */
};
struct verify_result {
    uint64_t position;       /* the log's last */
    uint64_t checkpoints;    /* that it agrees with */
    uint64_t tiles;          /* files of the tree that it agrees with */
    uint64_t signed_records; /* by their senders; the others came unsigned */
    uint64_t damaged;        /* the first position that does not hold; 0: none, or none that could be named */
    bool start_mends;        /* of what does not hold: it is the tree's files only, which a hub makes when it starts */
};
/* FAULT_DAMAGED says what does not hold; FAULT_NO: all does, but the log does not go on from `from`. *result is filled
 * as far as it came. */
MUST_CHECK bool verify_data(const struct verify_request *request, struct verify_result *result, struct fault *fault);

#endif
