#include "row_intake.h"

#include "personal.h"

#include <stdlib.h>

struct outbox_event translated_event_of(const struct translated_row *means, size_t index)
{
    const struct translated_event *event = &means->events[index];
    return (struct outbox_event){.key = means->key,
                                 .identity = event->identity,
                                 .content = event->content,
                                 .size = event->size,
                                 .envelope_size = event->envelope_size};
}

bool row_intake_header(const struct sheet *sheet, struct csv_text *record)
{
    const char *const *names;
    const size_t count = sheet_header(sheet, &names);
    bool appended = csv_append(record, "");
    for (size_t i = 0; i < count && appended; i++)
        appended = csv_append_cell(record, names[i], i == 0);
    return appended;
}

bool row_intake_record(const struct sheet *sheet, const struct row *row, struct csv_text *record)
{
    const char *const *names;
    const size_t count = sheet_header(sheet, &names);
    bool appended = csv_append(record, "");
    for (size_t i = 0; i < count && appended; i++) {
        const char *cell = i < row->cell_count ? row->cells[i] : "";
        const enum personal_kind personal = personal_find(cell);
        const bool hidden = personal != PERSONAL_NONE && personal != PERSONAL_PLATE;
        appended = csv_append_cell(record, hidden ? PERSONAL_HIDDEN : cell, i == 0);
    }
    return appended;
}

/* What the outbox says of each event of a row, and the corrections that come of it. */
struct looks {
    struct outbox_look of[MAPPING_EVENTS_MAX];
    bool held[MAPPING_EVENTS_MAX];            /* it reads otherwise because the mapping changed */
    uint8_t *corrections[MAPPING_EVENTS_MAX]; /* NULL: none */
    size_t correction_sizes[MAPPING_EVENTS_MAX];
};

static void looks_clear(struct looks *looks)
{
    for (size_t i = 0; i < MAPPING_EVENTS_MAX; i++)
        free(looks->corrections[i]);
}

/* Whether other content under a known identity can go out as a correction. */
static bool make_correction(const struct row_intake *intake, const struct translated_event *event, struct looks *looks,
                            size_t index, struct reason *reason)
{
    const struct outbox_look *look = &looks->of[index];
    const unsigned long long earlier = look->earlier_row;
    const char *correct_reason = sheet_mapping(intake->sheet)->correct_reason;
    if (correct_reason == NULL)
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
    return translate_correction(intake->translator, event, look->position, correct_reason, &looks->corrections[index],
                                &looks->correction_sizes[index], reason);
}

/* Another row of the file that gives one of these events; 0: there is none. *which gets the event. */
static uint64_t other_row(const struct row_intake *intake, uint64_t row, const struct translated_row *means,
                          const char **which)
{
    if (intake->doubled == NULL || intake->doubled->count == 0)
        return 0;
    for (size_t i = 0; i < means->count; i++) {
        const uint32_t bit = doubled_keys_bit(sheet_mapping(intake->sheet), means->events[i].event);
        const uint64_t other = doubled_keys_other(intake->doubled, means->key, bit, row);
        *which = means->events[i].identity;
        if (other != 0)
            return other;
    }
    return 0;
}

/* What comes of an event that was sent with other content. */
static enum row_outcome look_at_changed(const struct row_intake *intake, const struct translated_event *event,
                                        struct looks *looks, size_t index, struct reason *reason)
{
    if (intake->file->stage == OUTBOX_LASTING && looks->of[index].unanswered)
        return ROW_UNANSWERED;
    return make_correction(intake, event, looks, index, reason) ? ROW_TAKEN : ROW_REJECTED;
}

/* Asks the ledger for every event before any is numbered: a row is taken whole or not at all. *reason is filled when it
 * is rejected. */
static bool look_at_events(const struct row_intake *intake, const struct row *row, const struct translated_row *means,
                           const struct outbox_event *events, struct looks *looks, enum row_outcome *outcome,
                           struct reason *reason, struct fault *fault)
{
    const char *which = "";
    const uint64_t other = other_row(intake, row->number, means, &which);
    *outcome = ROW_REJECTED;
    if (other != 0) {
        reason_set(reason, REASON_DUPLICATE_KEY, "同一编号的 %s 在第 %llu 行也有",
                   "%s with the same key stands in row %llu too", which, (unsigned long long)other);
        return true;
    }
    const int64_t file = intake->resends_refused ? 0 : intake->file->id;
    if (!outbox_look(intake->outbox, file, events, means->count, looks->of, fault))
        return false;
    *outcome = ROW_TAKEN;
    for (size_t i = 0; i < means->count && *outcome == ROW_TAKEN; i++) {
        looks->held[i] = looks->of[i].same_cells && !intake->resends_held;
        if (looks->of[i].taken == OUTBOX_CHANGED && !looks->held[i])
            *outcome = look_at_changed(intake, &means->events[i], looks, i, reason);
    }
    return true;
}

static bool take_event(const struct row_intake *intake, const struct row *row, const struct outbox_event *event,
                       const struct looks *looks, size_t index, bool *numbered, struct fault *fault)
{
    struct outbox_file *file = intake->file;
    const struct outbox_look *look = &looks->of[index];
    switch (look->taken) {
    case OUTBOX_TAKEN:
    case OUTBOX_UNCHANGED:
        file->unchanged++;
        return !look->other_cells || outbox_reword(intake->outbox, event, fault);
    case OUTBOX_NEW:
        file->events++;
        *numbered = true;
        return outbox_take(intake->outbox, file->id, row->number, event, fault);
    case OUTBOX_CHANGED:
        file->events++;
        file->corrected++;
        *numbered = true;
        return outbox_correct(intake->outbox, file->id, row->number, event, looks->corrections[index],
                              looks->correction_sizes[index], fault);
    }
    abort();
}

static bool take_events(const struct row_intake *intake, const struct row *row, const struct outbox_event *events,
                        size_t count, const struct looks *looks, struct fault *fault)
{
    bool numbered = false;
    bool held = false;
    for (size_t i = 0; i < count; i++) {
        held |= looks->held[i];
        if (!looks->held[i] && !take_event(intake, row, &events[i], looks, i, &numbered, fault))
            return false;
    }
    intake->file->held += held ? 1 : 0;
    if (!numbered)
        return true;
    CLEANUP(csv_text_clear) struct csv_text record = {0};
    if (!row_intake_record(intake->sheet, row, &record))
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    return outbox_keep_row(intake->outbox, intake->file->id, row->number, record.text, fault);
}

bool row_intake_take(const struct row_intake *intake, const struct row *row, enum row_outcome *outcome,
                     struct reason *reason, struct fault *fault)
{
    CLEANUP(translated_row_clear) struct translated_row means = {0};
    CLEANUP(looks_clear) struct looks looks = {0};
    uint8_t cells[OUTBOX_CELLS_SIZE];
    struct outbox_event events[MAPPING_EVENTS_MAX];
    *outcome = ROW_REJECTED;
    if (translate_row(intake->translator, intake->sheet, row, &means, reason)) {
        if (intake->cells != NULL)
            row_cells_hash(intake->cells, row, cells);
        for (size_t i = 0; i < means.count; i++) {
            events[i] = translated_event_of(&means, i);
            events[i].cells = intake->cells == NULL ? NULL : cells;
        }
        if (!look_at_events(intake, row, &means, events, &looks, outcome, reason, fault))
            return false;
    }
    if (*outcome == ROW_UNANSWERED)
        return true;
    intake->file->rows++;
    if (*outcome == ROW_REJECTED) {
        intake->file->rejected++;
        return true;
    }
    if (means.count == 0)
        intake->file->eventless++;
    return take_events(intake, row, events, means.count, &looks, fault);
}
