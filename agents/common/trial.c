#include "agent.h"

#include "import.h"
#include "original.h"
#include "outbox.h"
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool file_to_try(const char *path, struct folder_file *file, char folder[static 4096], struct fault *fault)
{
    struct stat status;
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    if (stat(path, &status) != 0)
        return fault_set(fault, FAULT_USAGE, "%s: %s", path, strerror(errno));
    *file = (struct folder_file){.size = status.st_size,
                                 .mtime_ns = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec,
                                 .ctime_ns = (int64_t)status.st_ctim.tv_sec * 1000000000 + status.st_ctim.tv_nsec};
    if (strlen(name) >= sizeof file->name ||
        snprintf(folder, 4096, "%.*s", slash == NULL ? 1 : (int)(slash - path), slash == NULL ? "." : path) >= 4096)
        return fault_set(fault, FAULT_USAGE, "%s: the name is too long", path);
    strcpy(file->name, name);
    if (slash == path)
        strcpy(folder, "/");
    return true;
}

static bool try_import(const struct agent_config *config, struct outbox *outbox, struct translator *translator,
                       const struct folder_file *file, const char *folder, struct fault *fault)
{
    struct original original;
    if (!original_find(outbox, config, file->name, &original, fault))
        return false;
    const struct mapping *mapping = original.mapping;
    const struct import_order order = {.outbox = outbox,
                                       .translator = translator,
                                       .mapping = mapping,
                                       .folder = folder,
                                       .file = file,
                                       .original = original.file};
    CLEANUP(import_close) struct import *import = import_open(&order);
    if (import == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    enum import_state state = IMPORT_MORE;
    while (state == IMPORT_MORE)
        if (!import_step(import, true, &state, fault))
            return false;
    if (state == IMPORT_UNSETTLED)
        return fault_set(fault, FAULT_USAGE, "%s/%s: cannot be read", folder, file->name);
    struct outbox_file tried = *import_file(import);
    if (tried.failure.code[0] == '\0' && mapping->attest != NULL) {
        if (!outbox_begin(outbox, fault))
            return false;
        if (!import_attest(outbox, translator, mapping, &tried, fault) || !outbox_file_save(outbox, &tried, fault)) {
            outbox_rollback(outbox);
            return false;
        }
        return outbox_commit(outbox, fault);
    }
    return true;
}

bool agent_try(const struct agent_config *config, const char *path, bool *rejected_any, struct fault *fault)
{
    struct folder_file file;
    char folder[4096];
    if (!file_to_try(path, &file, folder, fault))
        return false;
    CLEANUP(outbox_close) struct outbox *outbox = outbox_open_copy(config->state, config->source, fault);
    CLEANUP(translator_close) struct translator *translator = translator_open(config->utc_offset_minutes);
    if (outbox == NULL)
        return false;
    if (translator == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    translator_use_units(translator, config->units);
    struct outbox_file tried;
    if (!try_import(config, outbox, translator, &file, folder, fault) ||
        !outbox_file_find(outbox, file.name, &tried, fault))
        return false;
    *rejected_any = tried.rejected > 0 || tried.failure.code[0] != '\0';
    return report_print(outbox, &tried, true, stdout, fault);
}

/* `database/NAME`, as the outbox calls a database's rows. */
static bool is_database(const struct agent_config *config, const char *path)
{
    static const char before[] = "database/";
    for (size_t i = 0; i < config->database_count; i++)
        if (strncmp(path, before, sizeof before - 1) == 0 &&
            strcmp(path + sizeof before - 1, config->databases[i].name) == 0)
            return true;
    return false;
}

bool agent_resend(const struct agent_config *config, const char *path, struct fault *fault)
{
    struct stat status;
    char in_folder[4096 + 256];
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    if (is_database(config, path)) {
        CLEANUP(outbox_close) struct outbox *outbox = outbox_open_beside(config->state, config->source, fault);
        return outbox != NULL && outbox_ask_resend(outbox, path, fault);
    }
    snprintf(in_folder, sizeof in_folder, "%s/%.255s", config->folder, name);
    if (stat(in_folder, &status) != 0)
        return fault_set(fault, FAULT_USAGE, "%s: %s: only a file of the agent's folder can be sent again", in_folder,
                         strerror(errno));
    CLEANUP(outbox_close) struct outbox *outbox = outbox_open_beside(config->state, config->source, fault);
    return outbox != NULL && outbox_ask_resend(outbox, name, fault);
}
