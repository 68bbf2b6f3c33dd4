#include "original.h"

#include "report.h"

#include <stdio.h>
#include <string.h>

/* The mapping that read the file, if it is still configured. */
static const struct mapping *mapping_at(const struct agent_config *config, const char *path)
{
    for (size_t i = 0; i < config->mapping_count; i++)
        if (strcmp(config->mappings[i]->path, path) == 0)
            return config->mappings[i];
    return NULL;
}

bool original_find(struct outbox *outbox, const struct agent_config *config, const char *name,
                   struct original *original, struct fault *fault)
{
    char base[256];
    char with_ending[256 + 4];
    struct outbox_file found[2];
    *original = (struct original){.mapping = agent_config_mapping(config, name)};
    if (!report_is_of_rejected(name, base))
        return true;
    snprintf(with_ending, sizeof with_ending, "%s.csv", base);
    if (!outbox_file_find(outbox, with_ending, &found[0], fault) || !outbox_file_find(outbox, base, &found[1], fault))
        return false;
    const struct outbox_file *file = found[0].id > found[1].id ? &found[0] : &found[1];
    const struct mapping *mapping = file->id == 0 ? NULL : mapping_at(config, file->mapping);
    const char *const names[] = {with_ending, base, name};
    for (size_t i = 0; i < sizeof names / sizeof names[0] && mapping == NULL; i++)
        mapping = agent_config_mapping(config, names[i]);
    original->mapping = mapping;
    original->file = file->id == 0 ? -1 : file->id;
    original->is_open = file->id != 0 && file->stage != OUTBOX_DONE;
    return true;
}
