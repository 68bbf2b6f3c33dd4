#include "import.h"

#include "cell.h"
#include "csv_source.h"
#include "personal.h"
#include "sheet.h"
#include "source.h"
#include "text.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS_PER_TRANSACTION = 1000, /* an fsync for each would cost more than the rows */
    ROWS_PER_LOOK = 20000,       /* only looked through: a fraction of a second */
    KEY_HASH_SIZE = 16
};

enum phase { PHASE_OPEN, PHASE_LOOK_THROUGH, PHASE_TAKE };

/* Where an event's identity stands. Hashes of 128 bits do not meet by accident. */
struct key_place {
    uint8_t hash[KEY_HASH_SIZE];
    uint64_t row;
};

struct import {
    struct outbox *outbox;
    struct translator *translator;
    const struct mapping *mapping;
    char path[4096 + 256];
    enum phase phase;
    struct outbox_file file;
    struct source *source;
    struct sheet *sheet;
    struct key_place *places; /* sorted once all rows were looked through; then only those that are there twice */
    size_t place_count;
    size_t place_capacity;
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
    free(gone->places);
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

static bool append_header(struct import *import, struct csv_text *record)
{
    const char *const *names;
    const size_t count = sheet_header(import->sheet, &names);
    bool appended = csv_append(record, "");
    for (size_t i = 0; i < count && appended; i++)
        appended = csv_append_cell(record, names[i], i == 0);
    return appended;
}

static bool note_file_and_header(struct import *import, struct fault *fault)
{
    CLEANUP(csv_text_clear) struct csv_text header = {0};
    if (!append_header(import, &header))
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
        if (source_is_cut(import->source)) {
            reason_set(&reason, REASON_ENCODING, "文件末尾的字不完整：可能还在复制",
                       "the last character is incomplete: still being copied?");
            opened = SOURCE_UNSETTLED;
        }
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

static void hash_key(const char *key, const char *identity, uint8_t hash[static KEY_HASH_SIZE])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, KEY_HASH_SIZE);
    crypto_generichash_update(&state, (const uint8_t *)key, strlen(key) + 1);
    crypto_generichash_update(&state, (const uint8_t *)identity, strlen(identity));
    crypto_generichash_final(&state, hash, KEY_HASH_SIZE);
}

static bool add_place(struct import *import, const char *key, const char *identity, uint64_t row)
{
    if (import->place_count == import->place_capacity) {
        const size_t capacity = import->place_capacity == 0 ? 1024 : import->place_capacity * 2;
        struct key_place *places = realloc(import->places, capacity * sizeof *places);
        if (places == NULL)
            return false;
        import->places = places;
        import->place_capacity = capacity;
    }
    struct key_place *place = &import->places[import->place_count++];
    hash_key(key, identity, place->hash);
    place->row = row;
    return true;
}

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(((const struct key_place *)a)->hash, ((const struct key_place *)b)->hash, KEY_HASH_SIZE);
}

static int compare_places(const void *a, const void *b)
{
    const struct key_place *first = a;
    const struct key_place *second = b;
    const int by_hash = compare_hashes(a, b);
    return by_hash != 0 ? by_hash : first->row < second->row ? -1 : first->row > second->row;
}

static void keep_only_doubled(struct import *import)
{
    if (import->place_count == 0)
        return;
    struct key_place *places = import->places;
    qsort(places, import->place_count, sizeof *places, compare_places);
    size_t kept = 0;
    for (size_t start = 0; start < import->place_count;) {
        size_t end = start + 1;
        while (end < import->place_count && compare_hashes(&places[start], &places[end]) == 0)
            end++;
        for (size_t i = start; end - start > 1 && i < end; i++)
            places[kept++] = places[i];
        start = end;
    }
    import->place_count = kept;
}

/* Another row with this identity; 0: there is none. */
static uint64_t other_row(const struct import *import, const char *key, const char *identity, uint64_t row)
{
    if (import->place_count == 0)
        return 0;
    struct key_place wanted = {0};
    hash_key(key, identity, wanted.hash);
    const struct key_place *found =
        bsearch(&wanted, import->places, import->place_count, sizeof wanted, compare_hashes);
    if (found == NULL)
        return 0;
    while (found > import->places && compare_hashes(found - 1, &wanted) == 0)
        found--;
    return found->row != row ? found->row : found[1].row;
}

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
            keep_only_doubled(import);
            sheet_rewind(import->sheet, import->source);
            import->phase = PHASE_TAKE;
            return true;
        }
        CLEANUP(translated_row_clear) struct translated_row means = {0};
        struct reason ignored;
        if (row.flaw != NULL || !translate_identify(import->sheet, &row, &means, &ignored))
            continue; /* said when the row is taken */
        for (size_t e = 0; e < means.count; e++)
            if (!add_place(import, means.key, means.events[e].identity, row.number))
                return fault_set(fault, FAULT_SYSTEM, "out of memory");
    }
    return true;
}

/* ---- taking rows ---- */

/* The row as it will stand in .rejected.csv: as many cells as the header has, personal data hidden in each. */
static bool append_record(const struct import *import, const struct row *row, struct csv_text *record)
{
    const char *const *names;
    const size_t count = sheet_header(import->sheet, &names);
    bool appended = csv_append(record, "");
    for (size_t i = 0; i < count && appended; i++) {
        const char *cell = i < row->cell_count ? row->cells[i] : "";
        const enum personal_kind personal = personal_find(cell);
        const bool hidden = personal == PERSONAL_IDENTITY_NUMBER || personal == PERSONAL_TELEPHONE;
        appended = csv_append_cell(record, hidden ? PERSONAL_HIDDEN : cell, i == 0);
    }
    return appended;
}

static bool reject_row(struct import *import, const struct row *row, const struct reason *reason, struct fault *fault)
{
    CLEANUP(csv_text_clear) struct csv_text record = {0};
    if (!append_record(import, row, &record))
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    import->file.rejected++;
    return outbox_reject(import->outbox, import->file.id, row->number, record.text, reason, fault);
}

/* What the outbox says of each event of a row, and the corrections that come of it. */
struct looks {
    struct outbox_look of[MAPPING_EVENTS_MAX];
    uint8_t *corrections[MAPPING_EVENTS_MAX]; /* NULL: none */
    size_t correction_sizes[MAPPING_EVENTS_MAX];
};

static void looks_clear(struct looks *looks)
{
    for (size_t i = 0; i < MAPPING_EVENTS_MAX; i++)
        free(looks->corrections[i]);
}

static struct outbox_event outbox_event_of(const struct translated_row *means, size_t index)
{
    const struct translated_event *event = &means->events[index];
    return (struct outbox_event){.key = means->key,
                                 .identity = event->identity,
                                 .content = event->content,
                                 .size = event->size,
                                 .envelope_size = event->envelope_size};
}

/* Whether other content under a known identity can go out as a correction. */
static bool make_correction(struct import *import, const struct translated_event *event, struct looks *looks,
                            size_t index, struct reason *reason)
{
    const struct outbox_look *look = &looks->of[index];
    const unsigned long long earlier = look->earlier_row;
    if (import->mapping->correct_reason == NULL)
        return reason_set(reason, REASON_CHANGED,
                          "这个 %s 以前报过（当时在第 %llu 行），现在内容不同；这种表的映射不作更正",
                          "this %s was sent before (from row %llu) with other content; the mapping does not correct",
                          event->identity, earlier);
    if (look->position == 0)
        return reason_set(reason, REASON_CHANGED,
                          "这个 %s 以前报过（当时在第 %llu 行），现在内容不同；原记录的位置还不知道，无法更正",
                          "this %s was sent before (from row %llu) with other content; where it stands in the log is "
                          "not known, so it cannot be corrected",
                          event->identity, earlier);
    if (!look->same_envelope)
        return reason_set(reason, REASON_CHANGED,
                          "这个 %s 以前报过（当时在第 %llu 行），现在单位、时间、事项、专项行动或备注不同；"
                          "更正改不了这些：请先撤销（位置 %llu），再用新编号重新上报",
                          "this %s was sent before (from row %llu) with another unit, time, matter, campaign or note, "
                          "which a correction cannot change: retract position %llu and send it anew under another key",
                          event->identity, earlier, (unsigned long long)look->position);
    return translate_correction(import->translator, event, look->position, import->mapping->correct_reason,
                                &looks->corrections[index], &looks->correction_sizes[index], reason);
}

/* Asks the ledger for every event before any is numbered: a row is taken whole or not at all. *reason is filled, and
 * *fits false, when one of them may not be taken. */
static bool look_at_events(struct import *import, uint64_t row, const struct translated_row *means, struct looks *looks,
                           bool *fits, struct reason *reason, struct fault *fault)
{
    *fits = true;
    for (size_t i = 0; i < means->count && *fits; i++) {
        const struct outbox_event event = outbox_event_of(means, i);
        const uint64_t other = other_row(import, event.key, event.identity, row);
        if (other != 0) {
            *fits =
                reason_set(reason, REASON_DUPLICATE_KEY, "同一编号的 %s 在第 %llu 行也有",
                           "%s with the same key stands in row %llu too", event.identity, (unsigned long long)other);
            return true;
        }
        if (!outbox_look(import->outbox, import->file.id, &event, &looks->of[i], fault))
            return false;
        if (looks->of[i].taken == OUTBOX_CHANGED)
            *fits = make_correction(import, &means->events[i], looks, i, reason);
    }
    return true;
}

static bool take_event(struct import *import, const struct row *row, const struct outbox_event *event,
                       const struct looks *looks, size_t index, bool *numbered, struct fault *fault)
{
    struct outbox_file *file = &import->file;
    switch (looks->of[index].taken) {
    case OUTBOX_UNCHANGED:
        file->unchanged++;
        return true;
    case OUTBOX_TAKEN:
        file->events++;
        return true;
    case OUTBOX_NEW:
        file->events++;
        *numbered = true;
        return outbox_take(import->outbox, file->id, row->number, event, fault);
    case OUTBOX_CHANGED:
        file->events++;
        file->corrected++;
        *numbered = true;
        return outbox_correct(import->outbox, file->id, row->number, event, looks->corrections[index],
                              looks->correction_sizes[index], fault);
    }
    abort();
}

static bool take_events(struct import *import, const struct row *row, const struct translated_row *means,
                        const struct looks *looks, struct fault *fault)
{
    bool numbered = false;
    for (size_t i = 0; i < means->count; i++) {
        const struct outbox_event event = outbox_event_of(means, i);
        if (!take_event(import, row, &event, looks, i, &numbered, fault))
            return false;
    }
    if (!numbered)
        return true;
    CLEANUP(csv_text_clear) struct csv_text record = {0};
    if (!append_record(import, row, &record))
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    return outbox_keep_row(import->outbox, import->file.id, row->number, record.text, fault);
}

static bool take_row(struct import *import, const struct row *row, struct fault *fault)
{
    CLEANUP(translated_row_clear) struct translated_row means = {0};
    CLEANUP(looks_clear) struct looks looks = {0};
    struct reason reason;
    bool fits;
    import->file.rows++;
    if (!translate_row(import->translator, import->sheet, row, &means, &reason))
        return reject_row(import, row, &reason, fault);
    if (means.count == 0)
        import->file.eventless++;
    if (!look_at_events(import, row->number, &means, &looks, &fits, &reason, fault))
        return false;
    return fits ? take_events(import, row, &means, &looks, fault) : reject_row(import, row, &reason, fault);
}

static bool take_rows(struct import *import, struct fault *fault)
{
    struct row row;
    for (int i = 0; i < ROWS_PER_TRANSACTION; i++) {
        if (!next_data_row(import, &row, true)) {
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
    const struct outbox_event event = outbox_event_of(&means, 0);
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
