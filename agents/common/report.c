#include "report.h"

#include "csv_source.h"
#include "personal.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LISTED_MAX = 50, PATH_SIZE = 4096 + 512 };

static void stream_close(FILE **stream)
{
    if (*stream != NULL)
        fclose(*stream);
    *stream = NULL;
}

/* ---- files that appear whole ---- */

struct appearing {
    char path[PATH_SIZE];
    char temporary[PATH_SIZE + 16];
    FILE *stream;
};

static bool appearing_open(struct appearing *file, struct fault *fault)
{
    const char *slash = strrchr(file->path, '/');
    snprintf(file->temporary, sizeof file->temporary, "%.*s/.~%.255s.tmp", (int)(slash - file->path), file->path,
             slash + 1);
    file->stream = fopen(file->temporary, "wbe");
    return file->stream != NULL || fault_set(fault, FAULT_SYSTEM, "%s: %s", file->temporary, strerror(errno));
}

static bool appearing_finish(struct appearing *file, struct fault *fault)
{
    const bool written = fflush(file->stream) == 0 && fsync(fileno(file->stream)) == 0 && !ferror(file->stream);
    const bool closed = fclose(file->stream) == 0;
    file->stream = NULL;
    if (written && closed && rename(file->temporary, file->path) == 0)
        return true;
    const int cause = errno;
    unlink(file->temporary);
    return fault_set(fault, FAULT_SYSTEM, "%s: %s", file->path, strerror(cause));
}

/* The file's name without .csv; a name of another ending stays whole, so that no two files share a report. */
static void base_name(const char *name, char base[static 256])
{
    snprintf(base, 256, "%s", name);
    const size_t size = strlen(base);
    if (size > 4 && strcasecmp(base + size - 4, ".csv") == 0)
        base[size - 4] = '\0';
}

/* ---- rejected rows ---- */

/* Rejections of one row become one line: the row is mended once. */
struct rejected_writer {
    FILE *stream;
    size_t columns;
    bool cut; /* the file had our columns already: it is one of these that came back */
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

/* Leaves the record's first `columns` cells. */
static void cut_cells(char *record, size_t columns)
{
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
    if (writer->cut)
        cut_cells(writer->record, writer->columns);
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

static bool write_rejected(struct outbox *outbox, const struct outbox_file *file, const char *folder, const char *base,
                           struct fault *fault)
{
    struct appearing csv = {0};
    snprintf(csv.path, sizeof csv.path, "%s/%s.rejected.csv", folder, base);
    if (file->rejected == 0 && file->refused == 0) {
        (void)unlink(csv.path); /* of an earlier form of the file; often there is none */
        return true;
    }
    CLEANUP(text_free) char *header = NULL;
    if (!outbox_kept_row(outbox, file->id, 0, &header, fault) || !appearing_open(&csv, fault))
        return false;
    static const char added[] = ",row,code,原因,reason";
    char *earlier = strstr(header, added);
    const bool cut = earlier != NULL && earlier[sizeof added - 1] == '\0';
    if (cut)
        *earlier = '\0';
    fprintf(csv.stream, "\xEF\xBB\xBF%s%s\r\n", header, header[0] != '\0' ? added : added + 1);
    struct rejected_writer writer = {
        .stream = csv.stream, .columns = header[0] == '\0' ? 0 : count_cells(header), .cut = cut};
    const bool shown = outbox_rejected_each(outbox, file->id, gather, &writer, fault);
    flush_line(&writer);
    if (!shown || writer.failed) {
        stream_close(&csv.stream);
        unlink(csv.temporary);
        return shown ? fault_set(fault, FAULT_SYSTEM, "%s: cannot be written", csv.path) : false;
    }
    return appearing_finish(&csv, fault);
}

/* ---- the report ---- */

struct list {
    FILE *stream;
    bool chinese;
    size_t count;
};

static bool list_rejected(const struct outbox_rejected *rejected, void *context)
{
    struct list *list = context;
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
    fprintf(stream, "中枢：已记录 %llu，重复 %llu，拒绝 %llu\n", (unsigned long long)file->recorded,
            (unsigned long long)file->duplicate, (unsigned long long)file->refused);
    if (file->rows == 0)
        fputs("注意：没有数据行\n", stream);
    if (file->eventless > 0)
        fprintf(stream, "注意：%llu 行不符合映射里任何事件的条件\n", (unsigned long long)file->eventless);
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
    fprintf(stream, "hub: recorded %llu, duplicate %llu, rejected %llu\n", (unsigned long long)file->recorded,
            (unsigned long long)file->duplicate, (unsigned long long)file->refused);
    if (file->rows == 0)
        fputs("note: no data row\n", stream);
    if (file->eventless > 0)
        fprintf(stream, "note: %llu rows meet the condition of no event of the mapping\n",
                (unsigned long long)file->eventless);
    if (file->attested[0] != '\0')
        fprintf(stream, "zero attested: %s\n", file->attested);
    if (file->warning.code[0] != '\0')
        fprintf(stream, "note: %s [%s]\n", file->warning.en, file->warning.code);
}

static bool print_list(struct outbox *outbox, const struct outbox_file *file, bool chinese, FILE *stream,
                       struct fault *fault)
{
    struct list list = {.stream = stream, .chinese = chinese};
    char base[256];
    base_name(file->name, base);
    if (file->rejected == 0 && file->refused == 0)
        return true;
    if (chinese)
        fprintf(stream, "未被接收的行（%s.rejected.csv；改好后另存为别的名字，例如 %s.mended.csv，放回文件夹）：\n",
                base, base);
    else
        fprintf(stream,
                "rejected rows (%s.rejected.csv; mend it and put it back under another name, such as "
                "%s.mended.csv):\n",
                base, base);
    return outbox_rejected_each(outbox, file->id, list_rejected, &list, fault);
}

bool report_print(struct outbox *outbox, const struct outbox_file *file, bool tried, FILE *stream, struct fault *fault)
{
    const bool bad = file->failure.code[0] != '\0' || file->rejected > 0 || file->refused > 0;
    const char *zh = tried ? "试读，没有发送任何内容" : bad ? "有未被接收的内容" : "全部接收";
    const char *en = tried ? "tried, nothing was sent" : bad ? "not all was taken" : "all was taken";
    print_zh(file, zh, stream);
    if (!print_list(outbox, file, true, stream, fault))
        return false;
    print_en(file, en, stream);
    return print_list(outbox, file, false, stream, fault);
}

bool report_write(struct outbox *outbox, const struct outbox_file *file, const char *folder, struct fault *fault)
{
    struct appearing report = {0};
    char base[256];
    char reports[PATH_SIZE];
    base_name(file->name, base);
    snprintf(reports, sizeof reports, "%s/reports", folder);
    if (mkdir(reports, 0777) != 0 && errno != EEXIST)
        return fault_set(fault, FAULT_SYSTEM, "%s: %s", reports, strerror(errno));
    if (snprintf(report.path, sizeof report.path, "%.4096s/%s.report.txt", reports, base) >= PATH_SIZE)
        return fault_set(fault, FAULT_SYSTEM, "%s: the path is too long", reports);
    /* The rows to mend first: whoever waits for the report finds them there. */
    if (!write_rejected(outbox, file, folder, base, fault) || !appearing_open(&report, fault))
        return false;
    if (!report_print(outbox, file, false, report.stream, fault)) {
        stream_close(&report.stream);
        unlink(report.temporary);
        return false;
    }
    return appearing_finish(&report, fault);
}
