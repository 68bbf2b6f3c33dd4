#include "import.h"

#include "cell.h"
#include "doubled_keys.h"
#include "register.h"
#include "report.h"
#include "row_intake.h"
#include "sheet.h"
#include "source.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    ROWS_PER_TRANSACTION = 1000, /* an fsync for each would cost more than the rows */
    MS_PER_TRANSACTION = 300,    /* rows of some files take long: the hub and others are heard meanwhile */
    ROWS_PER_LOOK = 20000        /* only looked through: a fraction of a second */
};

enum phase { PHASE_OPEN, PHASE_LOOK_THROUGH, PHASE_TAKE };

struct import {
    struct import_order order;
    struct folder_file seen;
    struct outbox_file known; /* id 0: none */
    char path[4096 + 256];
    enum phase phase;
    struct outbox_file file;
    struct source *source;
    struct sheet *sheet;
    struct row_cells *cells;
    struct doubled_keys keys;
    int looked_at; /* rows */
    struct row_intake intake;
    uint32_t identity_bits[MAPPING_EVENTS_MAX];
    char *version_of;   /* the register; NULL: the file is none */
    size_t own_columns; /* of the header: behind them stands what a report added */
};

struct import *import_open(const struct import_order *order)
{
    struct import *import = calloc(1, sizeof *import);
    if (import == NULL)
        return NULL;
    import->order = *order;
    import->seen = *order->file;
    import->order.file = &import->seen;
    if (order->known != NULL)
        import->known = *order->known;
    import->file.size = order->file->size;
    import->file.mtime_ns = order->file->mtime_ns;
    import->file.ctime_ns = order->file->ctime_ns;
    import->file.original = order->original;
    snprintf(import->file.name, sizeof import->file.name, "%s", order->file->name);
    snprintf(import->path, sizeof import->path, "%s/%s", order->folder, order->file->name);
    return import;
}

void import_close(struct import **import)
{
    struct import *gone = *import;
    *import = NULL;
    if (gone == NULL)
        return;
    row_cells_close(&gone->cells);
    sheet_close(&gone->sheet);
    source_close(&gone->source);
    doubled_keys_clear(&gone->keys);
    free(gone->version_of);
    free(gone);
}

const struct outbox_file *import_file(const struct import *import)
{
    return &import->file;
}

unsigned import_progress(const struct import *import)
{
    enum { ALL = 1000, LOOKED_THROUGH = 100 }; /* about what that takes of the time */
    switch (import->phase) {
    case PHASE_OPEN:
        return 0;
    case PHASE_LOOK_THROUGH:
        return source_progress(import->source) * LOOKED_THROUGH / ALL;
    case PHASE_TAKE:
        return LOOKED_THROUGH + source_progress(import->source) * (ALL - LOOKED_THROUGH) / ALL;
    }
    abort();
}

/* ---- opening ---- */

/* An interrupted file as it stood, but for what was found out anew. */
static void go_on_with(struct import *import, const struct outbox_file *earlier)
{
    struct outbox_file *file = &import->file;
    const struct outbox_file found = *file;
    *file = *earlier;
    file->size = found.size;
    file->mtime_ns = found.mtime_ns;
    file->ctime_ns = found.ctime_ns;
    file->original = found.original;
    file->header_row = found.header_row;
    memcpy(file->mapping, found.mapping, sizeof file->mapping);
    memcpy(file->reading, found.reading, sizeof file->reading);
}

/* Notes the file in the outbox: one that a crash interrupted goes on under its number. */
static bool note_file(struct import *import, struct fault *fault)
{
    struct outbox *outbox = import->order.outbox;
    struct outbox_file earlier;
    if (!outbox_file_find(outbox, import->file.name, &earlier, fault))
        return false;
    const bool interrupted = earlier.id != 0 && earlier.stage == OUTBOX_READING;
    const bool same = memcmp(earlier.hash, import->file.hash, OUTBOX_HASH_SIZE) == 0;
    if (interrupted && same && import->file.failure.code[0] == '\0') {
        go_on_with(import, &earlier);
        return outbox_file_save(outbox, &import->file, fault);
    }
    if (interrupted) { /* what it gave is answered for itself */
        earlier.stage = OUTBOX_WAITING;
        earlier.ctime_ns = -1;
        reason_set(&earlier.warning, REASON_UNREADABLE, "读到一半时文件被换掉了", "replaced while it was read");
        if (!outbox_file_save(outbox, &earlier, fault))
            return false;
    }
    return outbox_file_add(outbox, &import->file, fault);
}

/* Runs `change` in a transaction of its own. */
static bool in_transaction(struct import *import, bool (*change)(struct import *import, struct fault *fault),
                           struct fault *fault)
{
    if (!outbox_begin(import->order.outbox, fault))
        return false;
    if (change(import, fault))
        return outbox_commit(import->order.outbox, fault);
    outbox_rollback(import->order.outbox);
    return false;
}

static bool note_refused(struct import *import, struct fault *fault)
{
    return note_file(import, fault) && outbox_resend_done(import->order.outbox, import->file.name, fault);
}

static bool refuse_file(struct import *import, const struct reason *reason, enum import_state *state,
                        struct fault *fault)
{
    import->file.failure = *reason;
    import->file.stage = OUTBOX_WAITING; /* for nothing: its report is due */
    *state = IMPORT_DONE;
    return in_transaction(import, note_refused, fault);
}

static bool note_file_and_header(struct import *import, struct fault *fault)
{
    CLEANUP(csv_text_clear) struct csv_text header = {0};
    if (!row_intake_header(import->sheet, &header))
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    return note_file(import, fault) && outbox_keep_row(import->order.outbox, import->file.id, 0, header.text, fault);
}

/* What is needed for each row, once the header is found. */
static bool prepare(struct import *import, struct fault *fault)
{
    const struct mapping *mapping = import->order.mapping;
    const char *const *names;
    const size_t count = sheet_header(import->sheet, &names);
    import->own_columns = report_own_columns(names, count);
    if (import->own_columns < count && import->file.original == 0)
        import->file.original = -1;
    if (import->file.original == 0)
        import->version_of = register_name(mapping, import->file.name);
    import->cells = row_cells_open(import->sheet);
    if (import->cells == NULL || (import->file.original == 0 && import->version_of == NULL))
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    for (size_t i = 0; i < mapping->event_count; i++)
        import->identity_bits[i] = doubled_keys_bit(mapping, &mapping->events[i]);
    import->intake = (struct row_intake){.outbox = import->order.outbox,
                                         .translator = import->order.translator,
                                         .sheet = import->sheet,
                                         .doubled = &import->keys,
                                         .cells = import->cells,
                                         .file = &import->file,
                                         .resends_held = import->order.resends};
    return true;
}

/* Opens the file and finds its header; *reason says what is wrong with it. */
static enum source_opened find_header(struct import *import, struct reason *reason)
{
    const enum source_opened opened = source_open(import->path, &import->source, reason);
    if (opened != SOURCE_OPENED)
        return opened;
    memcpy(import->file.hash, source_hash(import->source), OUTBOX_HASH_SIZE);
    import->sheet = sheet_open(import->order.mapping, import->source, reason);
    snprintf(import->file.reading, sizeof import->file.reading, "%s", source_reading(import->source));
    if (source_is_cut(import->source, reason))
        return SOURCE_UNSETTLED;
    if (!folder_file_stands(import->order.folder, &import->seen)) {
        reason_set(reason, REASON_UNREADABLE, "读的时候文件变了", "the file changed while it was read");
        return SOURCE_UNSETTLED;
    }
    return SOURCE_OPENED;
}

/* Only a time changed, as when rights do or a folder is restored: it is not read again. */
static bool note_same(struct import *import, struct fault *fault)
{
    import->known.ctime_ns = import->seen.ctime_ns;
    return outbox_file_save(import->order.outbox, &import->known, fault);
}

/* No mapping reads files of this name. An old workbook is told so all the same: mappings name what we read, not .xls.
 */
static void say_why_unread(const struct import *import, struct reason *reason)
{
    CLEANUP(source_close) struct source *source = NULL;
    if (source_open(import->path, &source, reason) == SOURCE_REFUSED && strcmp(reason->code, REASON_UNSUPPORTED) == 0)
        return;
    reason_set(reason, REASON_NO_MAPPING,
               "没有映射文件认识这个文件名：请按映射里 files 的写法命名，或用 --suggest 起草一个映射",
               "no mapping reads files of this name: name it as a mapping's `files` says, or draft one with --suggest");
}

static bool step_open(struct import *import, bool last_try, enum import_state *state, struct fault *fault)
{
    struct reason reason = {0};
    if (import->order.mapping == NULL) {
        say_why_unread(import, &reason);
        return refuse_file(import, &reason, state, fault);
    }
    snprintf(import->file.mapping, sizeof import->file.mapping, "%s", import->order.mapping->path);
    const enum source_opened opened = find_header(import, &reason);
    /* A share that is away or a locked file comes back; what stays cut does not. */
    if (opened == SOURCE_UNSETTLED && (!last_try || strcmp(reason.code, REASON_UNREADABLE) == 0)) {
        *state = IMPORT_UNSETTLED;
        return true;
    }
    if (opened == SOURCE_OPENED && import->known.id != 0 &&
        memcmp(import->known.hash, import->file.hash, OUTBOX_HASH_SIZE) == 0) {
        *state = IMPORT_SAME;
        return in_transaction(import, note_same, fault);
    }
    if (opened != SOURCE_OPENED || import->sheet == NULL)
        return refuse_file(import, &reason, state, fault);
    import->file.header_row = sheet_header_row(import->sheet);
    import->file.stage = OUTBOX_READING;
    import->phase = PHASE_LOOK_THROUGH;
    *state = IMPORT_MORE;
    return prepare(import, fault) && in_transaction(import, note_file_and_header, fault);
}

/* ---- looking through ---- */

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
        import->file.ignored += count && row->number > import->file.last_row ? 1 : 0;
    }
    return false;
}

/* Rows that were not seen must not be taken for none. */
static bool all_was_read(const struct import *import, struct fault *fault)
{
    return !source_failed(import->source) || fault_set(fault, FAULT_SYSTEM, "%s: out of memory", import->file.name);
}

/* All keys are there: they are compared with those of the register's former version. */
static bool close_look_through(struct import *import, struct fault *fault)
{
    CLEANUP(register_keys_free) struct register_keys keys = {0};
    if (!doubled_keys_close(&import->keys, &keys.hashes, &keys.count))
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    sheet_rewind(import->sheet, import->source);
    import->phase = PHASE_TAKE;
    if (import->version_of == NULL)
        return true;
    if (!outbox_begin(import->order.outbox, fault))
        return false;
    if (register_compare(import->order.outbox, import->version_of, &keys, &import->file, fault) &&
        outbox_file_save(import->order.outbox, &import->file, fault))
        return outbox_commit(import->order.outbox, fault);
    outbox_rollback(import->order.outbox);
    return false;
}

/* Nothing of it was taken yet. */
static bool note_too_long(struct import *import, struct fault *fault)
{
    return outbox_file_save(import->order.outbox, &import->file, fault) &&
           outbox_resend_done(import->order.outbox, import->file.name, fault);
}

static bool refuse_too_long(struct import *import, enum import_state *state, struct fault *fault)
{
    reason_set(&import->file.failure, REASON_TOO_LARGE, "超过 %d 行，请分开", "more than %d rows: split it",
               IMPORT_ROWS_MAX);
    import->file.stage = OUTBOX_WAITING; /* for nothing: its report is due */
    *state = IMPORT_DONE;
    return in_transaction(import, note_too_long, fault);
}

static bool step_look_through(struct import *import, enum import_state *state, struct fault *fault)
{
    struct row row;
    for (int i = 0; i < ROWS_PER_LOOK; i++) {
        if (!next_data_row(import, &row, false))
            return all_was_read(import, fault) && close_look_through(import, fault);
        if (++import->looked_at > IMPORT_ROWS_MAX)
            return refuse_too_long(import, state, fault);
        CLEANUP(translated_row_clear) struct translated_row means = {0};
        struct reason ignored;
        if (row.flaw != NULL || !translate_identify(import->sheet, &row, &means, &ignored))
            continue; /* said when the row is taken */
        uint32_t identities = 0;
        for (size_t e = 0; e < means.count; e++)
            identities |= import->identity_bits[means.events[e].event - import->order.mapping->events];
        if (!doubled_keys_add(&import->keys, means.key, identities, row.number))
            return fault_set(fault, FAULT_SYSTEM, "out of memory");
    }
    return true;
}

/* ---- taking rows ---- */

/* The key under which a rejected row comes back mended; NULL where the key itself may be what is mended. */
static const char *lasting_key(const struct translated_row *means, const struct reason *reason)
{
    return strcmp(reason->code, REASON_DUPLICATE_KEY) == 0 || strcmp(reason->code, REASON_CHANGED) == 0 ? NULL
                                                                                                        : means->key;
}

static bool reject_row(struct import *import, const struct row *row, const struct translated_row *means,
                       const struct reason *reason, struct fault *fault)
{
    CLEANUP(csv_text_clear) struct csv_text record = {0};
    if (!row_intake_record(import->sheet, row, &record))
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    return outbox_reject(import->order.outbox, import->file.id, row->number, lasting_key(means, reason), record.text,
                         reason, fault);
}

/* The row says which row of its original it is, and why that was rejected. */
static bool note_mended(struct import *import, const struct row *row, const struct translated_row *means,
                        struct fault *fault)
{
    struct reason ignored;
    uint64_t original_row;
    const size_t at = import->own_columns; /* row, code, 原因, reason */
    if (row->flaw != NULL || row->cell_count < at + REPORT_ADDED_COLUMNS ||
        !cell_count(row->cells[at], UINT32_MAX, &original_row, &ignored))
        return true;
    return outbox_mends(import->order.outbox, import->file.id, row->number, import->file.original, original_row,
                        means->key == NULL ? "" : means->key, row->cells[at + REPORT_ADDED_COLUMNS - 1], fault);
}

static bool note_held(struct import *import, const struct row *row, const struct translated_row *means,
                      struct fault *fault)
{
    return import->file.held > OUTBOX_NOTES_MAX ||
           outbox_note(import->order.outbox, import->file.id, OUTBOX_NOTE_HELD, row->number, means->key, fault);
}

static bool take_row(struct import *import, const struct row *row, struct fault *fault)
{
    enum row_outcome outcome;
    struct reason reason;
    const uint64_t held_before = import->file.held;
    if (!row_intake_take(&import->intake, row, &outcome, &reason, fault))
        return false;
    const bool held = import->file.held > held_before;
    const bool rejected = outcome != ROW_TAKEN;
    const bool mends = import->file.original > 0 && !held;
    if (!held && !rejected && !mends)
        return true;
    CLEANUP(translated_row_clear) struct translated_row means = {0};
    struct reason ignored;
    if (row->flaw == NULL)
        (void)translate_identify(import->sheet, row, &means, &ignored); /* without a key it is still rejected */
    return (!rejected || reject_row(import, row, &means, &reason, fault)) &&
           (!held || note_held(import, row, &means, fault)) && (!mends || note_mended(import, row, &means, fault));
}

static bool end_reading(struct import *import, struct fault *fault)
{
    import->file.stage = OUTBOX_WAITING;
    return outbox_resend_done(import->order.outbox, import->file.name, fault) &&
           (import->version_of == NULL ||
            outbox_register_keep(import->order.outbox, import->version_of, import->file.id, fault));
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool take_rows(struct import *import, struct fault *fault)
{
    struct row row;
    const int64_t until_ms = now_ms() + MS_PER_TRANSACTION;
    for (int taken = 0; taken < ROWS_PER_TRANSACTION && (taken == 0 || now_ms() < until_ms);) {
        if (!next_data_row(import, &row, true)) {
            if (!all_was_read(import, fault) || !end_reading(import, fault))
                return false;
            break;
        }
        if (row.number <= import->file.last_row)
            continue; /* before a crash */
        if (!take_row(import, &row, fault))
            return false;
        import->file.last_row = row.number;
        taken++;
    }
    return outbox_file_save(import->order.outbox, &import->file, fault);
}

bool import_step(struct import *import, bool last_try, enum import_state *state, struct fault *fault)
{
    *state = IMPORT_MORE;
    switch (import->phase) {
    case PHASE_OPEN:
        return step_open(import, last_try, state, fault);
    case PHASE_LOOK_THROUGH:
        return step_look_through(import, state, fault);
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

static bool may_attest(struct outbox_file *file, uint64_t still_rejected)
{
    if (file->rows == 0)
        return reason_set(&file->warning, "NOT_ATTESTED", "没有数据行，因此不作零报告：没有内容不等于零",
                          "no data row, so no zero is attested: nothing written is not zero");
    if (still_rejected > 0)
        return reason_set(
            &file->warning, "NOT_ATTESTED", "有未被接收的行，因此不作零报告：改好 .rejected.csv，以原名放回文件夹",
            "rows were rejected, so no zero is attested: mend the .rejected.csv and put it back under its "
            "name");
    if (file->held > 0)
        return reason_set(&file->warning, "NOT_ATTESTED", "映射改了，有的行读出来与已报的不同，因此不作零报告",
                          "rows read otherwise than they were sent, for the mapping changed, so no zero is attested");
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
    uint64_t still_rejected;
    if (!outbox_rejected_rows(outbox, file->id, &still_rejected, fault))
        return false;
    if (!may_attest(file, still_rejected))
        return true;
    if (!period_from_name(file->name, &from_day, &to_day)) {
        reason_set(&file->warning, "NOT_ATTESTED", "文件名里没有月份或日期，因此不作零报告",
                   "the file's name holds no month or day, so no zero is attested");
        return true;
    }
    if (!translate_attestation(translator, mapping->attest, from_day, to_day, &means, &reason))
        return fault_set(fault, FAULT_SYSTEM, "attestation: %s", reason.en);
    const struct outbox_event event = translated_event_of(&means, 0);
    if (!outbox_look(outbox, file->id, &event, 1, &look, fault))
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
