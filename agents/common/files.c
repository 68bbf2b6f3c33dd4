#include "files.h"

#include "folder.h"
#include "import.h"
#include "journal.h"
#include "original.h"
#include "report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    REPORT_RETRY_MS = 1000, /* a report that could not be written */
    REPORT_ONCE_MS = 30000, /* a run that is to end does not wait longer for it */
    READS_MAX = 3           /* of a file whose end stays incomplete */
};

struct files {
    const struct agent_config *config;
    struct outbox *outbox;
    struct translator *translator;
    bool once;
    struct folder *folder;

    struct import *import; /* the file being read; NULL: none */
    struct folder_file importing;

    int64_t looked_ms;
    int64_t report_retry_ms;   /* 0: none is owed */
    int64_t report_failing_ms; /* since when a report cannot be written; 0: all can */
    bool folder_lost;

    struct row_counts *counts;
    bool rejected_any;
};

struct files *files_open(const struct office *office, struct fault *fault)
{
    struct files *files = calloc(1, sizeof *files);
    if (files == NULL || (files->folder = folder_open(office->config->folder, office->config->settle_ms)) == NULL) {
        free(files);
        fault_set(fault, FAULT_SYSTEM, "out of memory");
        return NULL;
    }
    files->config = office->config;
    files->outbox = office->outbox;
    files->translator = office->translator;
    files->once = office->once;
    files->counts = office->rows;
    return files;
}

void files_close(struct files **files)
{
    if (*files != NULL) {
        import_close(&(*files)->import);
        folder_close(&(*files)->folder);
    }
    free(*files);
    *files = NULL;
}

/* ---- files into the outbox ---- */

static bool save_file(struct files *files, const struct outbox_file *file, struct fault *fault)
{
    if (!outbox_begin(files->outbox, fault))
        return false;
    if (outbox_file_save(files->outbox, file, fault))
        return outbox_commit(files->outbox, fault);
    outbox_rollback(files->outbox);
    return false;
}

/* A file that was being read when the agent ended, and is gone now: what it gave is answered for itself. It may be a
 * share that is away and shows an empty folder: when the file comes back it is read, whatever it looks like. */
static bool abandon_vanished(struct files *files, struct fault *fault)
{
    struct outbox_file file;
    if (!outbox_file_reading(files->outbox, &file, fault))
        return false;
    if (file.id == 0 || folder_find(files->folder, file.name) != NULL)
        return true;
    file.stage = OUTBOX_WAITING;
    file.ctime_ns = -1;
    memset(file.hash, 0, sizeof file.hash);
    reason_set(&file.warning, REASON_UNREADABLE, "读到一半时文件不见了", "gone while it was read");
    return save_file(files, &file, fault);
}

static void reopen(const char *name, void *context)
{
    folder_reopen(context, name);
}

static bool look_at_folder(struct files *files, int64_t now, struct fault *fault)
{
    struct fault cause;
    if (files->looked_ms != 0 && now - files->looked_ms < files->config->settle_ms)
        return true;
    files->looked_ms = now;
    if (!folder_look(files->folder, now, &cause)) { /* a share that is away comes back */
        if (!files->folder_lost)
            journal(JOURNAL_WARNING, "source %s: %s; trying again", files->config->source, cause.text);
        files->folder_lost = true;
        return true;
    }
    files->folder_lost = false;
    return outbox_resends_each(files->outbox, reopen, files->folder, fault) &&
           (files->import != NULL || abandon_vanished(files, fault));
}

/* Whether the hub must be heard first: a correction names where its original stands, mended rows belong to a file that
 * is reported. */
static bool must_wait(const struct files *files, const struct outbox_file *known, const struct original *original)
{
    const struct mapping *mapping = original->mapping;
    return (known->id != 0 && (known->stage == OUTBOX_WAITING || known->stage == OUTBOX_ATTESTING)) ||
           (mapping != NULL && mapping->correct_reason != NULL && outbox_pending_rows(files->outbox) > 0) ||
           original->is_open;
}

/* Begins with the next settled file, unless it is known in this form. */
static bool begin_import(struct files *files, struct fault *fault)
{
    struct outbox_file known;
    struct original original;
    bool resends;
    const struct folder_file *file = folder_next(files->folder);
    if (file == NULL)
        return true;
    if (!outbox_file_find(files->outbox, file->name, &known, fault) ||
        !outbox_resends(files->outbox, file->name, &resends, fault))
        return false;
    const bool same = known.id != 0 && known.size == file->size && known.mtime_ns == file->mtime_ns &&
                      known.stage != OUTBOX_READING && !resends;
    if (same && known.ctime_ns == file->ctime_ns) {
        folder_mark_handled(files->folder, file);
        return true;
    }
    if (!original_find(files->outbox, files->config, file->name, &original, fault))
        return false;
    if (must_wait(files, &known, &original))
        return true;
    files->importing = *file;
    const struct import_order order = {.outbox = files->outbox,
                                       .translator = files->translator,
                                       .mapping = original.mapping,
                                       .folder = files->config->folder,
                                       .file = file,
                                       .original = original.file,
                                       .known = same ? &known : NULL,
                                       .resends = resends};
    files->import = import_open(&order);
    return files->import != NULL || fault_set(fault, FAULT_SYSTEM, "out of memory");
}

/* The file is tried again, for ever unless the run is to end: an unreadable share is not forgotten. */
static void put_off(struct files *files, int64_t now)
{
    const struct folder_file *file = &files->importing;
    if (file->unsettled_reads == 0)
        journal(JOURNAL_WARNING, "source %s: file %s cannot be read yet; trying again", files->config->source,
                file->name);
    folder_put_off(files->folder, file, now);
    if (files->once && file->unsettled_reads + 1 >= READS_MAX) {
        journal(JOURNAL_ERROR, "source %s: file %s cannot be read; left where it is", files->config->source,
                file->name);
        folder_mark_handled(files->folder, file);
        files->rejected_any = true;
    }
}

static bool go_on_importing(struct files *files, int64_t now, struct fault *fault)
{
    enum import_state state;
    const struct outbox_file before = *import_file(files->import);
    const bool last_try = files->importing.unsettled_reads + 1 >= READS_MAX;
    if (!import_step(files->import, last_try, &state, fault))
        return false;
    const struct outbox_file *file = import_file(files->import);
    files->counts->read += file->rows - before.rows;
    files->counts->rejected += file->rejected - before.rejected;
    switch (state) {
    case IMPORT_MORE:
        return true;
    case IMPORT_DONE:
        files->counts->files_refused += file->failure.code[0] != '\0' ? 1 : 0;
        journal(JOURNAL_INFO,
                "source %s: file %s: %" PRIu64 " rows, %" PRIu64 " events new, %" PRIu64 " corrected, %" PRIu64
                " unchanged; %" PRIu64 " rows rejected, %" PRIu64 " vanished, %" PRIu64 " held%s%s",
                files->config->source, file->name, file->rows, file->events - file->corrected, file->corrected,
                file->unchanged, file->rejected, file->vanished, file->held,
                file->failure.code[0] != '\0' ? ", refused: " : "", file->failure.code);
        folder_mark_handled(files->folder, &files->importing);
        break;
    case IMPORT_SAME:
        folder_mark_handled(files->folder, &files->importing);
        break;
    case IMPORT_UNSETTLED:
        put_off(files, now);
        break;
    }
    import_close(&files->import);
    return true;
}

bool files_read(struct files *files, int64_t now, bool *busy, struct fault *fault)
{
    if (!look_at_folder(files, now, fault) || (files->import == NULL && !begin_import(files, fault)))
        return false;
    *busy = files->import != NULL;
    return !*busy || go_on_importing(files, now, fault);
}

/* ---- reports ---- */

/* Whether something of the file is still not taken. */
static bool is_rejected(struct files *files, const struct outbox_file *file, bool *rejected, struct fault *fault)
{
    uint64_t rows;
    if (!outbox_rejected_rows(files->outbox, file->id, &rows, fault))
        return false;
    *rejected = rows > 0 || file->failure.code[0] != '\0';
    return true;
}

/* Within a transaction: an attestation where the mapping states one, else *due: the report may be written. */
static bool attest_or_finish(struct files *files, struct outbox_file *file, bool *due, struct fault *fault)
{
    const struct mapping *mapping = agent_config_mapping(files->config, file->name);
    *due = true;
    if (file->original > 0)
        return outbox_mend(files->outbox, file, report_have_same_columns(files->outbox, file), fault);
    bool rejected;
    if (!is_rejected(files, file, &rejected, fault))
        return false;
    if (file->stage == OUTBOX_ATTESTING && rejected) {
        file->attested[0] = '\0';
        reason_set(&file->warning, "NOT_ATTESTED", "中枢没有接受零报告：请由人用 attest 核报",
                   "the hub did not take the attestation: let a person attest, see attest");
        return outbox_file_save(files->outbox, file, fault);
    }
    if (file->stage != OUTBOX_WAITING || file->failure.code[0] != '\0' || file->warning.code[0] != '\0' ||
        file->attested[0] != '\0' || file->original != 0 || mapping == NULL || mapping->attest == NULL)
        return true;
    const uint64_t before = outbox_next_sequence(files->outbox);
    if (!import_attest(files->outbox, files->translator, mapping, file, fault))
        return false;
    *due = outbox_next_sequence(files->outbox) == before;
    file->stage = *due ? OUTBOX_WAITING : OUTBOX_ATTESTING;
    return outbox_file_save(files->outbox, file, fault);
}

static bool in_transaction_attest(struct files *files, struct outbox_file *file, bool *due, struct fault *fault)
{
    if (!outbox_begin(files->outbox, fault))
        return false;
    if (attest_or_finish(files, file, due, fault))
        return outbox_commit(files->outbox, fault);
    outbox_rollback(files->outbox);
    return false;
}

static bool close_file(struct files *files, struct outbox_file *file, struct fault *fault)
{
    file->stage = OUTBOX_DONE;
    if (!outbox_begin(files->outbox, fault))
        return false;
    if (outbox_file_save(files->outbox, file, fault) && outbox_forget_rows(files->outbox, file->id, fault))
        return outbox_commit(files->outbox, fault);
    outbox_rollback(files->outbox);
    return false;
}

/* A report that cannot be written, as one that somebody has open, is tried again and holds up no other's. */
static bool put_report_off(struct files *files, const struct outbox_file *file, const struct fault *cause, int64_t now,
                           struct fault *fault)
{
    if (files->report_failing_ms == 0) {
        files->report_failing_ms = now;
        journal(JOURNAL_ERROR, "source %s: report of %s: %s; trying again", files->config->source, file->name,
                cause->text);
    }
    files->report_retry_ms = now + REPORT_RETRY_MS;
    return !files->once || now - files->report_failing_ms <= REPORT_ONCE_MS ||
           fault_set(fault, FAULT_SYSTEM, "report of %s: %s", file->name, cause->text);
}

/* *done: its report is written, or there is something else to do first. */
static bool finish_file(struct files *files, struct outbox_file *file, int64_t now, bool *done, struct fault *fault)
{
    struct fault cause;
    bool rejected;
    bool due;
    *done = true;
    if (!in_transaction_attest(files, file, &due, fault))
        return false;
    if (!due)
        return true;
    if (!report_write(files->outbox, file, files->config->folder, &cause)) {
        *done = false;
        return put_report_off(files, file, &cause, now, fault);
    }
    if (!is_rejected(files, file, &rejected, fault))
        return false;
    files->rejected_any |= rejected;
    journal(JOURNAL_INFO,
            "source %s: file %s: %" PRIu64 " recorded, %" PRIu64 " duplicate, %" PRIu64 " rejected by the hub, %" PRIu64
            " rejected here",
            files->config->source, file->name, file->recorded, file->duplicate, file->refused, file->rejected);
    return close_file(files, file, fault);
}

bool files_finish(struct files *files, int64_t now, bool *any, struct fault *fault)
{
    struct outbox_file file;
    int64_t put_off = 0; /* up to this one they were looked at */
    bool done;
    *any = false;
    if (now < files->report_retry_ms)
        return true;
    for (;;) {
        if (!outbox_file_settled(files->outbox, put_off, &file, fault))
            return false;
        if (file.id == 0)
            break;
        if (!finish_file(files, &file, now, &done, fault))
            return false;
        put_off = done ? put_off : file.id;
        *any |= done;
    }
    if (put_off == 0)
        files->report_failing_ms = 0;
    return true;
}

/* ---- what the loop asks ---- */

int files_wait_ms(const struct files *files, int64_t now, int longest_ms)
{
    const int64_t until_look = files->looked_ms + files->config->settle_ms - now;
    return until_look <= 0 ? 0 : until_look < longest_ms ? (int)until_look : longest_ms;
}

bool files_drained(struct files *files, bool *drained, struct fault *fault)
{
    uint64_t open_files;
    if (!outbox_files_open(files->outbox, &open_files, fault))
        return false;
    *drained = files->looked_ms != 0 && !files->folder_lost && files->import == NULL && open_files == 0 &&
               !folder_has_unhandled(files->folder);
    return true;
}

const char *files_reading(const struct files *files, unsigned *thousandths)
{
    *thousandths = files->import == NULL ? 0 : import_progress(files->import);
    return files->import == NULL ? NULL : files->importing.name;
}

uint64_t files_rows(const struct files *files)
{
    return files->counts->read;
}

bool files_rejected_any(const struct files *files)
{
    return files->rejected_any;
}
