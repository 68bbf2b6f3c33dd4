#include "inbox_lineage.h"

/* Whether no line was written since the way learned of the last restoration. */
static bool is_of_before(const struct outbox_lineage *lineage, uint64_t size)
{
    return lineage->end < UINT64_MAX && size <= lineage->size;
}

bool inbox_lineage_open(struct outbox *outbox, const char *way, struct inbox_sink *sink, struct fault *fault)
{
    struct outbox_lineage lineage;
    uint64_t size;
    bool found;
    if (!outbox_lineage_find(outbox, way, &lineage, &found, fault) || !inbox_sink_size(sink, &size, fault))
        return false;
    if (found && is_of_before(&lineage, size))
        inbox_sink_step_back(sink, lineage.end);
    return true;
}

bool inbox_lineage_meet(struct outbox *outbox, const char *way, struct inbox_sink *sink,
                        const Sanling__V1__Welcome *welcome, uint64_t *same, struct fault *fault)
{
    struct outbox_lineage before;
    struct outbox_lineage now = {.end = UINT64_MAX};
    const uint64_t last = inbox_sink_position(sink);
    bool found;
    if (!outbox_lineage_find(outbox, way, &before, &found, fault) || !inbox_sink_size(sink, &now.size, fault))
        return false;
    restorations_of_welcome(welcome, &now.restorations);
    *same = restorations_same_up_to(&before.restorations, &now.restorations);
    if (found && *same == UINT64_MAX)
        return true;
    if (last > *same)
        now.end = *same;
    else if (found && is_of_before(&before, now.size))
        now.end = last; /* it stepped back further, an earlier time */
    if (!outbox_lineage_put(outbox, way, &now, fault))
        return false;
    inbox_sink_step_back(sink, *same);
    return true;
}
