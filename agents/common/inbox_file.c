#include "inbox_file.h"

#include "inbox.h"
#include "inbox_lineage.h"
#include "inbox_sink.h"
#include "journal.h"
#include "outbox.h"
#include "state_folder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { INBOX_CREDIT = 1000 };

struct inbox_file {
    struct inbox inbox;
    struct inbox_sink *sink;
    struct outbox *outbox;
    const char *source;
};

static const char way[] = "inbox";

/* A hub that was restored from a backup gives positions behind its end to other records: those are new, although the
 * file has lines under these positions. */
static bool meet(struct inbox_file *file, const Sanling__V1__Welcome *welcome, struct fault *fault)
{
    uint64_t same;
    const uint64_t last = inbox_sink_position(file->sink);
    if (!inbox_lineage_meet(file->outbox, way, file->sink, welcome, &same, fault))
        return false;
    if (last > same)
        journal(JOURNAL_WARNING,
                "source %s: inbox: the hub was restored from a backup that ends at position %" PRIu64
                ", and the inbox has records up to %" PRIu64 ": those behind %" PRIu64
                " are of before; what holds comes behind them, from that position on again",
                file->source, welcome->restored_position, last, same);
    return true;
}

static bool hear(void *self, const struct sanling_happening *happening, struct fault *fault)
{
    struct inbox_file *file = self;
    if (happening->kind == SANLING_CONNECTED && !meet(file, happening->welcome, fault))
        return false;
    const Sanling__V1__Delivery *delivery = inbox_hear(&file->inbox, happening);
    if (delivery == NULL)
        return true;
    if (!inbox_sink_append(file->sink, delivery->records, delivery->n_records, fault))
        return false;
    inbox_settle(&file->inbox, delivery->reached, (uint32_t)delivery->n_records);
    return true;
}

static void close_file(void *self)
{
    struct inbox_file *file = self;
    inbox_sink_close(&file->sink);
    free(file);
}

static const struct part_ops ops = {.hear = hear, .close = close_file};

bool inbox_file_open(struct office *office, struct part *part, struct fault *fault)
{
    const char *path = office->config->inbox;
    if (path == NULL)
        return true;
    if (!state_folder_make(path, true, fault))
        return false;
    struct inbox_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    *part = (struct part){.ops = &ops, .self = file};
    file->outbox = office->outbox;
    file->source = office->config->source;
    file->sink = inbox_sink_open(path, fault);
    if (file->sink == NULL || !inbox_lineage_open(file->outbox, way, file->sink, fault)) {
        close_file(file);
        *part = (struct part){0};
        return false;
    }
    inbox_init(&file->inbox, office, "inbox", INBOX_CREDIT);
    return true;
}
