#include "report.h"

#include "csv_source.h"
#include "personal.h"
#include "text.h"
#include "utf8.h"
#include "whole_file.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LISTED_MAX = 50,
    PATH_SIZE = WHOLE_FILE_PATH_SIZE,
    BASE_BYTES_MAX = 230, /* a folder takes names of 255 bytes: "NAME.rejected.csv", and ".~" and ".tmp" around it */
    MARK_SIZE = 16
};

static bool ends_in(const char *name, const char *ending)
{
    const size_t size = strlen(name);
    const size_t ending_size = strlen(ending);
    return size > ending_size && strcmp(name + size - ending_size, ending) == 0;
}

/* What is too long is cut, and told apart from what begins like it. */
static void cut_base(char base[static 256])
{
    uint8_t hash[crypto_generichash_BYTES_MIN];
    char mark[MARK_SIZE];
    if (strlen(base) <= BASE_BYTES_MAX)
        return;
    crypto_generichash(hash, sizeof hash, (const uint8_t *)base, strlen(base), NULL, 0);
    const int size = snprintf(mark, sizeof mark, "~%02x%02x%02x%02x", hash[0], hash[1], hash[2], hash[3]);
    base[BASE_BYTES_MAX - size] = '\0';
    utf8_cut_broken(base);
    memcpy(base + strlen(base), mark, (size_t)size + 1);
}

/* NAME as it is, without the ending that says nothing. */
static void whole_base_name(const char *name, char base[static 256])
{
    static const char *const kept[] = {".xlsx", ".xls", ".et", ".ods", ".tsv", ".txt", ".csv"};
    snprintf(base, 256, "%s", name);
    if (!ends_in(name, ".csv"))
        return;
    base[strlen(base) - strlen(".csv")] = '\0';
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (ends_in(base, kept[i]))
            snprintf(base, 256, "%s", name);
}

/* NAME: see report.h. */
static void base_name(const char *name, char base[static 256])
{
    whole_base_name(name, base);
    cut_base(base);
}

bool report_is_of_rejected(const char *name, char base[static 256])
{
    static const char *const endings[] = {".rejected.csv", ".rejected.xlsx"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        if (ends_in(name, endings[i])) {
            snprintf(base, 256, "%s", name);
            base[strlen(base) - strlen(endings[i])] = '\0';
            return true;
        }
    }
    return false;
}

static const char *const added_columns[REPORT_ADDED_COLUMNS] = {"row", "code", "原因", "reason"};

size_t report_own_columns(const char *const *names, size_t count)
{
    if (count <= REPORT_ADDED_COLUMNS)
        return count;
    for (size_t i = 0; i < REPORT_ADDED_COLUMNS; i++)
        if (strcmp(names[count - REPORT_ADDED_COLUMNS + i], added_columns[i]) != 0)
            return count;
    return count - REPORT_ADDED_COLUMNS;
}

/* ---- rejected rows ---- */

/* Rejections of one row become one line: the row is mended once. */
struct rejected_writer {
    FILE *stream;
    size_t columns;
    bool any;
    uint64_t row;
    char *record;
    char code[64];
    char *zh;
    char *en;
    bool failed;
};

static size_t count_cells(const char *record)
{
    size_t count = 1;
    bool quoted = false;
    for (; *record != '\0'; record++) {
        quoted ^= *record == '"';
        count += *record == ',' && !quoted ? 1 : 0;
    }
    return count;
}

/* Leaves the record's first `columns` cells; 0: all of them. */
static void cut_cells(char *record, size_t columns)
{
    if (columns == 0)
        return;
    bool quoted = false;
    for (size_t seen = 0; *record != '\0'; record++) {
        quoted ^= *record == '"';
        if (*record != ',' || quoted || ++seen < columns)
            continue;
        *record = '\0';
        return;
    }
}

static bool append_text(char **text, const char *separator, const char *event, const char *more)
{
    char *longer;
    if (asprintf(&longer, "%s%s%s%s%s", *text == NULL ? "" : *text, *text == NULL ? "" : separator, event,
                 event[0] != '\0' ? ": " : "", more) < 0)
        return false;
    free(*text);
    *text = longer;
    return true;
}

static void forget_line(struct rejected_writer *writer)
{
    text_free(&writer->record);
    text_free(&writer->zh);
    text_free(&writer->en);
    writer->any = false;
}

/* Writes the line that was gathered. */
static void flush_line(struct rejected_writer *writer)
{
    if (!writer->any)
        return;
    CLEANUP(csv_text_clear) struct csv_text line = {0};
    char number[32];
    snprintf(number, sizeof number, "%llu", (unsigned long long)writer->row);
    const bool hidden = strcmp(writer->record, PERSONAL_HIDDEN) == 0;
    cut_cells(writer->record, writer->columns); /* the row may come from a file that had our columns already */
    bool built = csv_append(&line, hidden ? PERSONAL_HIDDEN : writer->record);
    const size_t present = hidden || writer->record[0] == '\0' ? 1 : count_cells(writer->record);
    for (size_t i = present; i < writer->columns && built; i++)
        built = csv_append(&line, hidden ? "," PERSONAL_HIDDEN : ",");
    built = built && csv_append_cell(&line, number, false) && csv_append_cell(&line, writer->code, false) &&
            csv_append_cell(&line, writer->zh, false) && csv_append_cell(&line, writer->en, false) &&
            csv_append(&line, "\r\n");
    writer->failed |= !built || fputs(line.text, writer->stream) < 0;
    forget_line(writer);
}

static bool gather(const struct outbox_rejected *rejected, void *context)
{
    struct rejected_writer *writer = context;
    if (rejected->row == 0)
        return true; /* the attestation: it is no row to mend */
    if (!writer->any || writer->row != rejected->row) {
        flush_line(writer);
        writer->any = true;
        writer->row = rejected->row;
        writer->record = strdup(rejected->record == NULL ? "" : rejected->record);
        snprintf(writer->code, sizeof writer->code, "%s", rejected->code);
    } else if (rejected->record != NULL && strcmp(rejected->record, PERSONAL_HIDDEN) == 0) {
        text_free(&writer->record);
        writer->record = strdup(PERSONAL_HIDDEN);
    }
    if (writer->record == NULL || !append_text(&writer->zh, "；", rejected->event, rejected->zh) ||
        !append_text(&writer->en, "; ", rejected->event, rejected->en)) {
        writer->failed = true;
        forget_line(writer);
        return false;
    }
    return true;
}

/* The header without what a report added to it; malloc'ed. */
static bool own_header(struct outbox *outbox, const struct outbox_file *file, char **header, struct fault *fault)
{
    static const char added[] = ",row,code,原因,reason";
    if (!outbox_kept_row(outbox, file->id, 0, header, fault))
        return false;
    char *earlier = strstr(*header, added);
    if (earlier != NULL && earlier[sizeof added - 1] == '\0')
        *earlier = '\0';
    return true;
}

static bool count_rows(const struct outbox_rejected *rejected, void *context)
{
    *(uint64_t *)context += rejected->row > 0 ? 1 : 0; /* row 0 is the attestation */
    return true;
}

static bool write_rejected(struct outbox *outbox, const struct outbox_file *file, const char *reports, const char *base,
                           struct fault *fault)
{
    CLEANUP(whole_file_discard) struct whole_file csv = {0};
    char path[PATH_SIZE];
    uint64_t rows = 0;
    if (snprintf(path, sizeof path, "%.4096s/%s.rejected.csv", reports, base) >= PATH_SIZE)
        return fault_set(fault, FAULT_SYSTEM, "%s: the path is too long", reports);
    if (!outbox_rejected_each(outbox, file->id, false, count_rows, &rows, fault))
        return false;
    if (rows == 0) {
        (void)unlink(path); /* of an earlier form of the file; often there is none */
        return true;
    }
    CLEANUP(text_free) char *header = NULL;
    if (!own_header(outbox, file, &header, fault) || !whole_file_open(&csv, path, fault))
        return false;
    fprintf(csv.stream, "\xEF\xBB\xBF%s%srow,code,原因,reason\r\n", header, header[0] != '\0' ? "," : "");
    struct rejected_writer writer = {.stream = csv.stream, .columns = header[0] == '\0' ? 0 : count_cells(header)};
    const bool shown = outbox_rejected_each(outbox, file->id, false, gather, &writer, fault);
    flush_line(&writer);
    if (writer.failed)
        return fault_set(fault, FAULT_SYSTEM, "%s: cannot be written", path);
    return shown && whole_file_finish(&csv, fault);
}

bool report_have_same_columns(struct outbox *outbox, const struct outbox_file *file)
{
    CLEANUP(text_free) char *own = NULL;
    CLEANUP(text_free) char *originals = NULL;
    struct fault ignored;
    const struct outbox_file original = {.id = file->original};
    return own_header(outbox, file, &own, &ignored) && own_header(outbox, &original, &originals, &ignored) &&
           own[0] != '\0' && strcmp(own, originals) == 0;
}

/* ---- the report ---- */

struct list {
    FILE *stream;
    bool chinese;
    size_t count;
    char base[256]; /* of the file's name, for the heading of rejected rows */
    bool headed;
};

static void head_rejected(struct list *list)
{
    if (list->chinese)
        fprintf(list->stream, "未被接收的行（在 reports/%s.rejected.csv；改好后以原名放回文件夹）：\n", list->base);
    else
        fprintf(list->stream,
                "rejected rows (in reports/%s.rejected.csv; mend it and put it into the folder under its name):\n",
                list->base);
    list->headed = true;
}

static bool list_rejected(const struct outbox_rejected *rejected, void *context)
{
    struct list *list = context;
    if (rejected->row == 0) { /* no row can be mended: it speaks of the file as a whole */
        fprintf(list->stream, list->chinese ? "零报告未被接收：%s [%s]\n" : "zero report not taken: %s [%s]\n",
                list->chinese ? rejected->zh : rejected->en, rejected->code);
        return true;
    }
    if (!list->headed)
        head_rejected(list);
    if (list->count++ == LISTED_MAX) {
        fputs(list->chinese ? "  … 其余见 .rejected.csv\n" : "  … the others are in .rejected.csv\n", list->stream);
        return false;
    }
    const char *event = rejected->event;
    const char *separator = event[0] != '\0' ? " " : "";
    if (list->chinese)
        fprintf(list->stream, "  第 %llu 行%s%s：%s [%s]\n", (unsigned long long)rejected->row, separator, event,
                rejected->zh, rejected->code);
    else
        fprintf(list->stream, "  row %llu%s%s: %s [%s]\n", (unsigned long long)rejected->row, separator, event,
                rejected->en, rejected->code);
    return true;
}

static void print_zh(const struct outbox_file *file, const char *result, FILE *stream)
{
    fprintf(stream, "文件：%s\n结果：%s\n", file->name, result);
    if (file->failure.code[0] != '\0') {
        fprintf(stream, "整个文件未接收：%s [%s]\n", file->failure.zh, file->failure.code);
        return;
    }
    fprintf(stream, "读法：%s；表头在第 %llu 行；映射 %s\n", file->reading, (unsigned long long)file->header_row,
            file->mapping);
    fprintf(stream, "数据行：%llu；跳过（合计、重复表头等）：%llu；未被接收：%llu；不产生事件：%llu\n",
            (unsigned long long)file->rows, (unsigned long long)file->ignored, (unsigned long long)file->rejected,
            (unsigned long long)file->eventless);
    fprintf(stream, "事件：新 %llu，未变 %llu，更正 %llu\n", (unsigned long long)(file->events - file->corrected),
            (unsigned long long)file->unchanged, (unsigned long long)file->corrected);
    if (file->original == 0)
        fprintf(stream, "消失（上一版有、这一版没有）的行：%llu\n", (unsigned long long)file->vanished);
    fprintf(stream, "中枢：已记录 %llu，重复 %llu，拒绝 %llu\n", (unsigned long long)file->recorded,
            (unsigned long long)file->duplicate, (unsigned long long)file->refused);
    if (file->rows == 0)
        fputs("注意：没有数据行\n", stream);
    if (file->eventless > 0)
        fprintf(stream, "注意：%llu 行不符合映射里任何事件的条件\n", (unsigned long long)file->eventless);
    if (file->held > 0)
        fprintf(stream, "注意：%llu 行本身没变，但映射改了，读出来与已报的不同：没有发送；确认后用 --resend 发送\n",
                (unsigned long long)file->held);
    if (file->mended > 0)
        fprintf(stream, "后来改好并接收的行：%llu\n", (unsigned long long)file->mended);
    if (file->attested[0] != '\0')
        fprintf(stream, "零报告：%s\n", file->attested);
    if (file->warning.code[0] != '\0')
        fprintf(stream, "注意：%s [%s]\n", file->warning.zh, file->warning.code);
}

static void print_en(const struct outbox_file *file, const char *result, FILE *stream)
{
    fprintf(stream, "\nfile: %s\nresult: %s\n", file->name, result);
    if (file->failure.code[0] != '\0') {
        fprintf(stream, "nothing of the file was taken: %s [%s]\n", file->failure.en, file->failure.code);
        return;
    }
    fprintf(stream, "read as: %s; header in row %llu; mapping %s\n", file->reading,
            (unsigned long long)file->header_row, file->mapping);
    fprintf(stream, "data rows: %llu; skipped: %llu; rejected: %llu; without event: %llu\n",
            (unsigned long long)file->rows, (unsigned long long)file->ignored, (unsigned long long)file->rejected,
            (unsigned long long)file->eventless);
    fprintf(stream, "events: new %llu, unchanged %llu, corrected %llu\n",
            (unsigned long long)(file->events - file->corrected), (unsigned long long)file->unchanged,
            (unsigned long long)file->corrected);
    if (file->original == 0)
        fprintf(stream, "vanished rows (in the former version, not in this one): %llu\n",
                (unsigned long long)file->vanished);
    fprintf(stream, "hub: recorded %llu, duplicate %llu, rejected %llu\n", (unsigned long long)file->recorded,
            (unsigned long long)file->duplicate, (unsigned long long)file->refused);
    if (file->rows == 0)
        fputs("note: no data row\n", stream);
    if (file->eventless > 0)
        fprintf(stream, "note: %llu rows meet the condition of no event of the mapping\n",
                (unsigned long long)file->eventless);
    if (file->held > 0)
        fprintf(stream,
                "note: %llu rows say what they said, but the mapping changed and reads them otherwise than they were "
                "sent: not sent; to send them, use --resend\n",
                (unsigned long long)file->held);
    if (file->mended > 0)
        fprintf(stream, "rows that were mended and taken since: %llu\n", (unsigned long long)file->mended);
    if (file->attested[0] != '\0')
        fprintf(stream, "zero attested: %s\n", file->attested);
    if (file->warning.code[0] != '\0')
        fprintf(stream, "note: %s [%s]\n", file->warning.en, file->warning.code);
}

static bool print_rejected(struct outbox *outbox, const struct outbox_file *file, bool chinese, FILE *stream,
                           struct fault *fault)
{
    struct list list = {.stream = stream, .chinese = chinese};
    base_name(file->name, list.base);
    return outbox_rejected_each(outbox, file->id, true, list_rejected, &list, fault);
}

/* The key's cells, as people write them. */
static void print_key(const char *key, FILE *stream)
{
    for (; *key != '\0'; key++)
        fputs(*key == '\x1F' ? " / " : (const char[]){*key, '\0'}, stream);
}

static bool list_note(uint64_t row, const char *key, void *context)
{
    struct list *list = context;
    if (row > 0)
        fprintf(list->stream, list->chinese ? "  第 %llu 行 " : "  row %llu ", (unsigned long long)row);
    else
        fputs("  ", list->stream);
    print_key(key, list->stream);
    fputs("\n", list->stream);
    list->count++;
    return true;
}

static bool print_notes(struct outbox *outbox, const struct outbox_file *file, enum outbox_note kind, bool chinese,
                        FILE *stream, struct fault *fault)
{
    struct list list = {.stream = stream, .chinese = chinese};
    const uint64_t count = kind == OUTBOX_NOTE_HELD ? file->held : file->vanished;
    if (count == 0)
        return true;
    if (kind == OUTBOX_NOTE_HELD)
        fputs(chinese ? "映射改了、没有发送的行：\n" : "rows held back, for the mapping changed:\n", stream);
    else
        fputs(chinese ? "消失的行（已报的记录不变；若是误报，请另行撤销）：\n"
                      : "vanished rows (what was sent stands; retract it if it was wrong):\n",
              stream);
    if (!outbox_notes_each(outbox, file->id, kind, list_note, &list, fault))
        return false;
    if (count > list.count)
        fprintf(stream, chinese ? "  … 另有 %llu 行\n" : "  … and %llu more\n",
                (unsigned long long)(count - list.count));
    return true;
}

static bool list_mended(uint64_t row, bool mended, void *context)
{
    struct list *list = context;
    if (mended) {
        fprintf(list->stream, list->count == 0 ? "%llu" : list->chinese ? "、%llu" : ", %llu", (unsigned long long)row);
        list->count++;
    }
    return true;
}

/* Of a file of mended rows: which rows of its original they were. */
static bool print_mended(struct outbox *outbox, const struct outbox_file *file, bool chinese, FILE *stream,
                         struct fault *fault)
{
    struct list list = {.stream = stream, .chinese = chinese};
    uint64_t left;
    if (file->original <= 0)
        return true;
    fputs(chinese ? "原文件中已改好的行：" : "rows of the original that are mended now: ", stream);
    if (!outbox_mended_each(outbox, file->id, list_mended, &list, fault) ||
        !outbox_rejected_rows(outbox, file->original, &left, fault))
        return false;
    if (list.count == 0)
        fputs(chinese ? "无" : "none", stream);
    fprintf(stream, chinese ? "；尚未改好：%llu 行\n" : "; rows not mended yet: %llu\n", (unsigned long long)left);
    return true;
}

static bool print_lists(struct outbox *outbox, const struct outbox_file *file, bool chinese, FILE *stream,
                        struct fault *fault)
{
    return print_mended(outbox, file, chinese, stream, fault) && print_rejected(outbox, file, chinese, stream, fault) &&
           print_notes(outbox, file, OUTBOX_NOTE_HELD, chinese, stream, fault) &&
           print_notes(outbox, file, OUTBOX_NOTE_VANISHED, chinese, stream, fault);
}

bool report_print(struct outbox *outbox, const struct outbox_file *file, bool tried, FILE *stream, struct fault *fault)
{
    uint64_t rejected;
    if (!outbox_rejected_rows(outbox, file->id, &rejected, fault))
        return false;
    const bool bad = file->failure.code[0] != '\0' || rejected > 0 || file->held > 0;
    const char *zh = tried ? "试读，没有发送任何内容" : bad ? "有未被接收的内容" : "全部接收";
    const char *en = tried ? "tried, nothing was sent" : bad ? "not all was taken" : "all was taken";
    print_zh(file, zh, stream);
    if (!print_lists(outbox, file, true, stream, fault))
        return false;
    print_en(file, en, stream);
    return print_lists(outbox, file, false, stream, fault);
}

bool report_write(struct outbox *outbox, const struct outbox_file *file, const char *folder, struct fault *fault)
{
    CLEANUP(whole_file_discard) struct whole_file report = {0};
    char path[PATH_SIZE];
    char base[256];
    char reports[PATH_SIZE];
    base_name(file->name, base);
    snprintf(reports, sizeof reports, "%s/reports", folder);
    if (!whole_file_folder(reports, fault))
        return false;
    if (snprintf(path, sizeof path, "%.4096s/%s.report.txt", reports, base) >= PATH_SIZE)
        return fault_set(fault, FAULT_SYSTEM, "%s: the path is too long", reports);
    /* The rows to mend first: whoever waits for the report finds them there. */
    if (!write_rejected(outbox, file, reports, base, fault) || !whole_file_open(&report, path, fault))
        return false;
    return report_print(outbox, file, false, report.stream, fault) && whole_file_finish(&report, fault);
}
