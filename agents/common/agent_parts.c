#include "agent_parts.h"

#include "agent.h"
#include "agent_figures.h"
#include "attest_part.h"
#include "databases.h"
#include "digests.h"
#include "inbox_file.h"
#include "inbox_table.h"
#include "intake.h"
#include "sealing_part.h"
#include "webhooks.h"

/* In this order they are opened and called. The intake is the first, so that others can add routes to it. */
static part_open *const openers[] = {intake_open,      agent_figures_open, databases_open,
                                     attest_part_open, inbox_file_open,    webhooks_open,
                                     inbox_table_open, sealing_part_open,  digests_open};

_Static_assert(sizeof openers / sizeof openers[0] + 1 <= AGENT_PARTS_MAX, "each has its place");

static bool open_part(part_open *opener, struct agent_parts *parts, struct office *office, struct fault *fault)
{
    struct part *part = &parts->open[parts->count];
    if (!opener(office, part, fault))
        return false;
    parts->count += part->ops == NULL ? 0 : 1;
    return true;
}

bool agent_parts_open(struct agent_parts *parts, struct office *office, struct fault *fault)
{
    for (size_t i = 0; i < sizeof openers / sizeof openers[0]; i++)
        if (!open_part(openers[i], parts, office, fault))
            return false;
    return office->program->open_desk == NULL || open_part(office->program->open_desk, parts, office, fault);
}

void agent_parts_close(struct agent_parts *parts)
{
    for (size_t i = parts->count; i > 0; i--)
        parts->open[i - 1].ops->close(parts->open[i - 1].self);
    *parts = (struct agent_parts){0};
}

size_t agent_parts_descriptors(const struct agent_parts *parts, struct pollfd fds[static AGENT_PARTS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < parts->count; i++) {
        const struct part *part = &parts->open[i];
        const int descriptor = part->ops->descriptor == NULL ? -1 : part->ops->descriptor(part->self);
        if (descriptor >= 0)
            fds[count++] = (struct pollfd){.fd = descriptor, .events = POLLIN};
    }
    return count;
}

int agent_parts_wait_ms(const struct agent_parts *parts, int wait_ms, int64_t now_ms)
{
    for (size_t i = 0; i < parts->count; i++) {
        const struct part *part = &parts->open[i];
        const int own = part->ops->wait_ms == NULL ? -1 : part->ops->wait_ms(part->self, now_ms);
        if (own >= 0 && own < wait_ms)
            wait_ms = own;
    }
    return wait_ms;
}

bool agent_parts_step(struct agent_parts *parts, int64_t now_ms, struct fault *fault)
{
    for (size_t i = 0; i < parts->count; i++) {
        const struct part *part = &parts->open[i];
        if (part->ops->step != NULL && !part->ops->step(part->self, now_ms, fault))
            return false;
    }
    return true;
}

bool agent_parts_hear(struct agent_parts *parts, const struct sanling_happening *happening, struct fault *fault)
{
    for (size_t i = 0; i < parts->count; i++) {
        const struct part *part = &parts->open[i];
        if (part->ops->hear != NULL && !part->ops->hear(part->self, happening, fault))
            return false;
    }
    return true;
}

bool agent_parts_drained(const struct agent_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        const struct part *part = &parts->open[i];
        if (part->ops->is_drained != NULL && !part->ops->is_drained(part->self))
            return false;
    }
    return true;
}

bool agent_parts_rejected_any(const struct agent_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        const struct part *part = &parts->open[i];
        if (part->ops->rejected_any != NULL && part->ops->rejected_any(part->self))
            return true;
    }
    return false;
}
