#include "agent.h"

#include "import.h"
#include "original.h"
#include "outbox.h"
#include "progress.h"
#include "report.h"
#include "sanling.h"
#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { EVENTS_SHOWN = 20 }; /* without --json */

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

/* What a trial works with: a copy of the outbox, which is thrown away. */
struct trial {
    const struct agent_config *config;
    struct outbox *outbox;
    struct translator *translator;
    struct folder_file file;
    char folder[4096];
    struct original original;
    bool json;
    uint64_t shown;
    const char *label; /* of events that would only be sent when told to; NULL: of the others */
};

static void trial_close(struct trial *trial)
{
    outbox_close(&trial->outbox);
    translator_close(&trial->translator);
}

static bool open_trial(struct trial *trial, const char *path, struct fault *fault)
{
    if (!file_to_try(path, &trial->file, trial->folder, fault))
        return false;
    trial->outbox = outbox_open_copy(trial->config->state, trial->config->source, fault);
    if (trial->outbox == NULL)
        return false;
    trial->translator = translator_open(trial->config->utc_offset_minutes);
    if (trial->translator == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    translator_use_units(trial->translator, trial->config->units);
    return original_find(trial->outbox, trial->config, trial->file.name, &trial->original, fault);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool read_file(struct trial *trial, bool resends, struct outbox_file *read, struct fault *fault)
{
    const struct import_order order = {.outbox = trial->outbox,
                                       .translator = trial->translator,
                                       .mapping = trial->original.mapping,
                                       .folder = trial->folder,
                                       .file = &trial->file,
                                       .original = trial->original.file,
                                       .resends = resends};
    CLEANUP(import_close) struct import *import = import_open(&order);
    struct progress progress;
    enum import_state state = IMPORT_MORE;
    if (import == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    progress_begin(&progress, now_ms());
    while (state == IMPORT_MORE) {
        if (!import_step(import, true, &state, fault))
            return false;
        progress_show(&progress, now_ms(), trial->file.name, import_progress(import), import_file(import)->rows);
    }
    progress_end(&progress);
    if (state == IMPORT_UNSETTLED)
        return fault_set(fault, FAULT_USAGE, "%s/%s: cannot be read", trial->folder, trial->file.name);
    *read = *import_file(import);
    return true;
}

/* What would follow once the hub had recorded everything: mended rows leave their original, a clean file attests. */
static bool finish(struct trial *trial, struct outbox_file *file, struct fault *fault)
{
    const struct mapping *mapping = trial->original.mapping;
    if (file->failure.code[0] != '\0')
        return true;
    if (file->original > 0)
        return outbox_mend(trial->outbox, file, report_have_same_columns(trial->outbox, file), fault);
    if (file->original != 0 || mapping->attest == NULL)
        return true;
    return import_attest(trial->outbox, trial->translator, mapping, file, fault) &&
           outbox_file_save(trial->outbox, file, fault);
}

static bool finish_in_transaction(struct trial *trial, struct outbox_file *file, struct fault *fault)
{
    if (!outbox_begin(trial->outbox, fault))
        return false;
    if (finish(trial, file, fault))
        return outbox_commit(trial->outbox, fault);
    outbox_rollback(trial->outbox);
    return false;
}

/* ---- showing ---- */

static const char *outcome_of(const struct trial *trial, const struct outbox_numbered *event,
                              const Sanling__V1__Event *message)
{
    const bool corrects = message->payload_case == SANLING__V1__EVENT__PAYLOAD_EVENT_CORRECTED &&
                          strncmp(event->identity, "EventCorrected", strlen("EventCorrected")) != 0;
    return trial->label != NULL ? trial->label : event->row == 0 ? "attested" : corrects ? "corrected" : "new";
}

static bool show_event(const struct outbox_numbered *event, void *context)
{
    struct trial *trial = context;
    Sanling__V1__Event *message = sanling__v1__event__unpack(NULL, event->size, event->bytes);
    CLEANUP(text_free) char *text = message == NULL ? NULL : sanling_json_from_message(&message->base);
    if (text != NULL && trial->json)
        printf("{\"row\":%" PRIu64 ",\"outcome\":\"%s\",\"event\":%s}\n", event->row, outcome_of(trial, event, message),
               text);
    else if (text != NULL)
        printf("  %" PRIu64 " %s %s\n", event->row, outcome_of(trial, event, message), text);
    sanling__v1__event__free_unpacked(message, NULL);
    trial->shown++;
    return trial->json || trial->shown < EVENTS_SHOWN;
}

static bool show_events(struct trial *trial, uint64_t from, const char *label, struct fault *fault)
{
    if (outbox_next_sequence(trial->outbox) == from)
        return true;
    trial->label = label;
    trial->shown = 0;
    if (!trial->json)
        printf(label == NULL ? "\n事件（行号、结果、内容） events (row, outcome, content):\n"
                             : "\n用 --resend 才发送的事件 events that only --resend would send:\n");
    if (!outbox_numbered_each(trial->outbox, from, show_event, trial, fault))
        return false;
    const uint64_t left = outbox_next_sequence(trial->outbox) - from - trial->shown;
    if (left > 0)
        printf("  … 另有 %" PRIu64 " 个，用 --json 全部列出 and %" PRIu64 " more, all with --json\n", left, left);
    return true;
}

/* Prints a JSON object as a line and forgets it. */
static void print_line(json_t *line)
{
    if (line != NULL)
        json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(line);
}

static bool show_rejected(const struct outbox_rejected *rejected, void *context)
{
    (void)context;
    print_line(json_pack("{s:I, s:s, s:s, s:s, s:s}", "row", (json_int_t)rejected->row, "outcome", "rejected", "code",
                         rejected->code, "zh", rejected->zh, "en", rejected->en));
    return true;
}

static bool show_held(uint64_t row, const char *key, void *context)
{
    (void)context;
    print_line(json_pack("{s:I, s:s, s:s}", "row", (json_int_t)row, "outcome", "held", "key", key));
    return true;
}

static bool show_vanished(uint64_t row, const char *key, void *context)
{
    (void)row;
    (void)context;
    print_line(json_pack("{s:s, s:s}", "outcome", "vanished", "key", key));
    return true;
}

static json_t *reason_json(const struct reason *reason)
{
    return reason->code[0] == '\0'
               ? NULL
               : json_pack("{s:s, s:s, s:s}", "code", reason->code, "zh", reason->zh, "en", reason->en);
}

static void show_file(const struct outbox_file *file)
{
    json_t *line =
        json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "file", file->name, "reading", file->reading,
                  "rows", (json_int_t)file->rows, "new", (json_int_t)(file->events - file->corrected), "unchanged",
                  (json_int_t)file->unchanged, "corrected", (json_int_t)file->corrected, "rejected",
                  (json_int_t)file->rejected, "held", (json_int_t)file->held, "vanished", (json_int_t)file->vanished,
                  "eventless", (json_int_t)file->eventless);
    if (file->attested[0] != '\0')
        json_object_set_new(line, "attested", json_string(file->attested));
    json_object_set_new(line, "refused", reason_json(&file->failure));
    json_object_set_new(line, "note", reason_json(&file->warning));
    print_line(line);
}

static bool show(struct trial *trial, const struct outbox_file *tried, uint64_t from, struct fault *fault)
{
    struct outbox_file again;
    if ((!trial->json && !report_print(trial->outbox, tried, true, stdout, fault)) ||
        !show_events(trial, from, NULL, fault))
        return false;
    const uint64_t held_from = outbox_next_sequence(trial->outbox);
    if (tried->held > 0 && (!read_file(trial, true, &again, fault) || !show_events(trial, held_from, "held", fault)))
        return false;
    if (!trial->json)
        return true;
    show_file(tried);
    return outbox_rejected_each(trial->outbox, tried->id, true, show_rejected, NULL, fault) &&
           outbox_notes_each(trial->outbox, tried->id, OUTBOX_NOTE_HELD, show_held, NULL, fault) &&
           outbox_notes_each(trial->outbox, tried->id, OUTBOX_NOTE_VANISHED, show_vanished, NULL, fault);
}

bool agent_try(const struct agent_config *config, const char *path, bool json, bool *rejected_any, struct fault *fault)
{
    CLEANUP(trial_close) struct trial trial = {.config = config, .json = json};
    struct outbox_file tried;
    if (!open_trial(&trial, path, fault))
        return false;
    const uint64_t from = outbox_next_sequence(trial.outbox);
    if (!read_file(&trial, false, &tried, fault) || !finish_in_transaction(&trial, &tried, fault))
        return false;
    *rejected_any = tried.rejected > 0 || tried.failure.code[0] != '\0';
    return show(&trial, &tried, from, fault);
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
