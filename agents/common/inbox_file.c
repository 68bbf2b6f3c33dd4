#include "inbox_file.h"

#include "inbox.h"
#include "inbox_sink.h"
#include "state_folder.h"

#include <stdlib.h>

enum { INBOX_CREDIT = 1000 };

struct inbox_file {
    struct inbox inbox;
    struct inbox_sink *sink;
};

static bool hear(void *self, const struct sanling_happening *happening, struct fault *fault)
{
    struct inbox_file *file = self;
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
    file->sink = inbox_sink_open(path, fault);
    if (file->sink == NULL) {
        close_file(file);
        *part = (struct part){0};
        return false;
    }
    inbox_init(&file->inbox, office, "inbox", INBOX_CREDIT);
    return true;
}
