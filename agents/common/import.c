#include "import.h"

#include "cell.h"
#include "doubled_keys.h"
#include "row_intake.h"
#include "sheet.h"
#include "source.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS_PER_TRANSACTION = 1000, /* an fsync for each would cost more than the rows */
    ROWS_PER_LOOK = 20000        /* only looked through: a fraction of a second */
};

enum phase { PHASE_OPEN, PHASE_LOOK_THROUGH, PHASE_TAKE };

struct import {
    struct outbox *outbox;
    struct translator *translator;
    const struct mapping *mapping;
    char path[4096 + 256];
    enum phase phase;
    struct outbox_file file;
    struct source *source;
    struct sheet *sheet;
    struct doubled_keys doubled;
};

struct import *import_open(struct outbox *outbox, struct translator *translator, const struct mapping *mapping,
                           const char *folder, const struct folder_file *file)
{
    struct import *import = calloc(1, sizeof *import);
    if (import == NULL)
        return NULL;
    import->outbox = outbox;
    import->translator = translator;
    import->mapping = mapping;
    import->file.size = file->size;
    import->file.mtime_ns = file->mtime_ns;
    snprintf(import->file.name, sizeof import->file.name, "%s", file->name);
    snprintf(import->path, sizeof import->path, "%s/%s", folder, file->name);
    return import;
}

void import_close(struct import **import)
{
    struct import *gone = *import;
    *import = NULL;
    if (gone == NULL)
        return;
    sheet_close(&gone->sheet);
    source_close(&gone->source);
    doubled_keys_clear(&gone->doubled);
    free(gone);
}

const struct outbox_file *import_file(const struct import *import)
{
    return &import->file;
}

unsigned import_progress(const struct import *import)
{
    return import->phase == PHASE_TAKE ? source_progress(import->source) : 0;
}

/* ---- opening ---- */

/* Notes the file in the outbox: one that a crash interrupted goes on under its number. */
static bool note_file(struct import *import, struct fault *fault)
{
    struct outbox_file earlier;
    if (!outbox_file_find(import->outbox, import->file.name, &earlier, fault))
        return false;
    const bool interrupted = earlier.id != 0 && earlier.stage == OUTBOX_READING;
    const bool same = memcmp(earlier.hash, import->file.hash, OUTBOX_HASH_SIZE) == 0;
    if (interrupted && same) {
        import->file.id = earlier.id;
        return outbox_file_restart(import->outbox, &import->file, fault);
    }
    if (interrupted) { /* what it gave is answered for itself */
        earlier.stage = OUTBOX_WAITING;
        reason_set(&earlier.warning, REASON_UNREADABLE, "读到一半时文件被换掉了", "replaced while it was read");
        if (!outbox_file_save(import->outbox, &earlier, fault))
            return false;
    }
    return outbox_file_add(import->outbox, &import->file, fault);
}

/* Runs `change` in a transaction of its own. */
static bool in_transaction(struct import *import, bool (*change)(struct import *import, struct fault *fault),
                           struct fault *fault)
{
    if (!outbox_begin(import->outbox, fault))
        return false;
    if (change(import, fault))
        return outbox_commit(import->outbox, fault);
    outbox_rollback(import->outbox);
    return false;
}

static bool refuse_file(struct import *import, const struct reason *reason, enum import_state *state,
                        struct fault *fault)
{
    import->file.failure = *reason;
    import->file.stage = OUTBOX_WAITING; /* for nothing: its report is due */
    *state = IMPORT_DONE;
    return in_transaction(import, note_file, fault);
}

static bool note_file_and_header(struct import *import, struct fault *fault)
{
    CLEANUP(csv_text_clear) struct csv_text header = {0};
    if (!row_intake_header(import->sheet, &header))
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    return note_file(import, fault) && outbox_keep_row(import->outbox, import->file.id, 0, header.text, fault);
}

static bool step_open(struct import *import, bool last_try, enum import_state *state, struct fault *fault)
{
    struct reason reason = {0};
    if (import->mapping == NULL) {
        reason_set(&reason, REASON_NO_MAPPING, "没有映射文件认识这个文件名", "no mapping reads files of this name");
        return refuse_file(import, &reason, state, fault);
    }
    snprintf(import->file.mapping, sizeof import->file.mapping, "%s", import->mapping->path);
    enum source_opened opened = source_open(import->path, &import->source, &reason);
    if (opened == SOURCE_OPENED) {
        memcpy(import->file.hash, source_hash(import->source), OUTBOX_HASH_SIZE);
        import->sheet = sheet_open(import->mapping, import->source, &reason);
        snprintf(import->file.reading, sizeof import->file.reading, "%s", source_reading(import->source));
        if (source_is_cut(import->source, &reason))
            opened = SOURCE_UNSETTLED;
    }
    /* A share that is away or a locked file comes back; what stays cut does not. */
    if (opened == SOURCE_UNSETTLED && (!last_try || strcmp(reason.code, REASON_UNREADABLE) == 0)) {
        *state = IMPORT_UNSETTLED;
        return true;
    }
    if (opened != SOURCE_OPENED || import->sheet == NULL)
        return refuse_file(import, &reason, state, fault);
    import->file.header_row = sheet_header_row(import->sheet);
    import->file.stage = OUTBOX_READING;
    import->phase = PHASE_LOOK_THROUGH;
    *state = IMPORT_MORE;
    return in_transaction(import, note_file_and_header, fault);
}

/* ---- keys that stand there twice ---- */

/* The next row of data; what is none is counted. */
static bool next_data_row(struct import *import, struct row *row, bool count)
{
    while (source_next(import->source, row)) {
        if (row->flaw != NULL)
            return true;
        if (!sheet_skips(import->sheet, row)) {
            sheet_fill_down(import->sheet, row);
            return true;
        }
        import->file.ignored += count ? 1 : 0;
    }
    return false;
}

static bool step_look_through(struct import *import, struct fault *fault)
{
    struct row row;
    for (int i = 0; i < ROWS_PER_LOOK; i++) {
        if (!next_data_row(import, &row, false)) {
            if (source_failed(import->source))
                return fault_set(fault, FAULT_SYSTEM, "%s: out of memory", import->file.name);
            doubled_keys_close(&import->doubled);
            sheet_rewind(import->sheet, import->source);
            import->phase = PHASE_TAKE;
            return true;
        }
        CLEANUP(translated_row_clear) struct translated_row means = {0};
        struct reason ignored;
        if (row.flaw != NULL || !translate_identify(import->sheet, &row, &means, &ignored))
            continue; /* said when the row is taken */
        for (size_t e = 0; e < means.count; e++)
            if (!doubled_keys_add(&import->doubled, means.key, means.events[e].identity, row.number))
                return fault_set(fault, FAULT_SYSTEM, "out of memory");
    }
    return true;
}

/* ---- taking rows ---- */

static bool take_row(struct import *import, const struct row *row, struct fault *fault)
{
    enum row_outcome outcome;
    struct reason reason;
    const struct row_intake intake = {.outbox = import->outbox,
                                      .translator = import->translator,
                                      .sheet = import->sheet,
                                      .doubled = &import->doubled,
                                      .file = &import->file};
    if (!row_intake_take(&intake, row, &outcome, &reason, fault))
        return false;
    if (outcome == ROW_TAKEN)
        return true;
    CLEANUP(csv_text_clear) struct csv_text record = {0};
    if (!row_intake_record(import->sheet, row, &record))
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    return outbox_reject(import->outbox, import->file.id, row->number, record.text, &reason, fault);
}

static bool take_rows(struct import *import, struct fault *fault)
{
    struct row row;
    for (int i = 0; i < ROWS_PER_TRANSACTION; i++) {
        if (!next_data_row(import, &row, true)) {
            if (source_failed(import->source)) /* rows that were not seen must not be taken for none */
                return fault_set(fault, FAULT_SYSTEM, "%s: out of memory", import->file.name);
            import->file.stage = OUTBOX_WAITING;
            break;
        }
        if (!take_row(import, &row, fault))
            return false;
    }
    return outbox_file_save(import->outbox, &import->file, fault);
}

bool import_step(struct import *import, bool last_try, enum import_state *state, struct fault *fault)
{
    *state = IMPORT_MORE;
    switch (import->phase) {
    case PHASE_OPEN:
        return step_open(import, last_try, state, fault);
    case PHASE_LOOK_THROUGH:
        return step_look_through(import, fault);
    case PHASE_TAKE:
        if (!in_transaction(import, take_rows, fault))
            return false;
        if (import->file.stage == OUTBOX_WAITING)
            *state = IMPORT_DONE;
        return true;
    }
    abort();
}

/* ---- attestation ---- */

static bool may_attest(struct outbox_file *file)
{
    if (file->rows == 0)
        return reason_set(&file->warning, "NOT_ATTESTED", "没有数据行，因此不作零报告：没有内容不等于零",
                          "no data row, so no zero is attested: nothing written is not zero");
    if (file->rejected > 0 || file->refused > 0)
        return reason_set(&file->warning, "NOT_ATTESTED", "有未被接收的行，因此不作零报告：改好后另存并再次放入文件夹",
                          "rows were rejected, so no zero is attested: mend them and put them into the folder");
    return true;
}

bool import_attest(struct outbox *outbox, struct translator *translator, const struct mapping *mapping,
                   struct outbox_file *file, struct fault *fault)
{
    CLEANUP(translated_row_clear) struct translated_row means = {0};
    struct reason reason;
    int32_t from_day;
    int32_t to_day;
    struct outbox_look look;
    if (!may_attest(file))
        return true;
    if (!period_from_name(file->name, &from_day, &to_day)) {
        reason_set(&file->warning, "NOT_ATTESTED", "文件名里没有月份或日期，因此不作零报告",
                   "the file's name holds no month or day, so no zero is attested");
        return true;
    }
    if (!translate_attestation(translator, mapping->attest, from_day, to_day, &means, &reason))
        return fault_set(fault, FAULT_SYSTEM, "attestation: %s", reason.en);
    const struct outbox_event event = translated_event_of(&means, 0);
    if (!outbox_look(outbox, file->id, &event, &look, fault))
        return false;
    if (look.taken == OUTBOX_CHANGED) {
        reason_set(&file->warning, REASON_CHANGED, "这一期以前用别的依据作过零报告，这次不再作",
                   "this period was attested before on another basis: not again");
        return true;
    }
    char from[DAY_TEXT_SIZE];
    char to[DAY_TEXT_SIZE];
    day_format(from_day, from);
    day_format(to_day, to);
    snprintf(file->attested, sizeof file->attested, "%s/%s", from, to);
    if (look.taken == OUTBOX_UNCHANGED)
        file->unchanged++;
    else
        file->events++;
    return look.taken != OUTBOX_NEW || outbox_take(outbox, file->id, 0, &event, fault);
}
