#include "database_report.h"

#include "csv_source.h"
#include "personal.h"
#include "text.h"
#include "whole_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LISTED_MAX = 50 };

bool database_facts_equal(const struct database_facts *facts, const struct database_facts *others)
{
    const struct lasting_tally *tally = &facts->tally;
    const struct lasting_tally *other = &others->tally;
    return strcmp(facts->problem.en, others->problem.en) == 0 && facts->reading == others->reading &&
           tally->rejected == other->rejected && tally->rejected_mark == other->rejected_mark &&
           tally->pending == other->pending && tally->recorded == other->recorded &&
           tally->duplicate == other->duplicate && tally->refused == other->refused &&
           facts->events == others->events && facts->corrected == others->corrected &&
           facts->unknown_gone == others->unknown_gone && facts->held_rows == others->held_rows &&
           facts->lacks_cursor == others->lacks_cursor && facts->held == others->held;
}

/* ---- rejected rows ---- */

struct rejected_writer {
    FILE *stream;
    size_t columns;
    bool failed;
};

static bool write_row(const struct outbox_rejected *rejected, void *context)
{
    struct rejected_writer *writer = context;
    CLEANUP(csv_text_clear) struct csv_text line = {0};
    char number[32];
    const char *record = rejected->record == NULL ? "" : rejected->record;
    const bool hidden = strcmp(record, PERSONAL_HIDDEN) == 0;
    bool built = csv_append(&line, record);
    for (size_t i = 1; (hidden || record[0] == '\0') && i < writer->columns && built; i++)
        built = csv_append(&line, ",");
    snprintf(number, sizeof number, "%" PRIu64, rejected->row);
    built = built && csv_append_cell(&line, number, false) && csv_append_cell(&line, rejected->event, false) &&
            csv_append_cell(&line, rejected->code, false) && csv_append_cell(&line, rejected->zh, false) &&
            csv_append_cell(&line, rejected->en, false) && csv_append(&line, "\r\n");
    writer->failed |= !built || fputs(line.text, writer->stream) < 0;
    return !writer->failed;
}

static size_t count_columns(const char *header)
{
    size_t count = 1;
    bool quoted = false;
    for (; *header != '\0'; header++) {
        quoted ^= *header == '"';
        count += *header == ',' && !quoted ? 1 : 0;
    }
    return count;
}

static bool write_rejected(const struct office *office, const struct outbox_file *file, const char *path,
                           struct fault *fault)
{
    CLEANUP(whole_file_discard) struct whole_file csv = {0};
    CLEANUP(text_free) char *header = NULL;
    if (!outbox_kept_row(office->outbox, file->id, 0, &header, fault) || !whole_file_open(&csv, path, fault))
        return false;
    fprintf(csv.stream, "\xEF\xBB\xBF%s,row,event,code,原因,reason\r\n", header);
    struct rejected_writer writer = {.stream = csv.stream, .columns = count_columns(header)};
    if (!outbox_rejected_each(office->outbox, file->id, true, write_row, &writer, fault))
        return false;
    return writer.failed ? fault_set(fault, FAULT_SYSTEM, "%s: cannot be written", path)
                         : whole_file_finish(&csv, fault);
}

/* ---- the report ---- */

struct list {
    FILE *stream;
    bool chinese;
    size_t count;
};

static bool list_row(const struct outbox_rejected *rejected, void *context)
{
    struct list *list = context;
    if (list->count++ == LISTED_MAX) {
        fputs(list->chinese ? "  … 其余见 .rejected.csv\n" : "  … the others are in .rejected.csv\n", list->stream);
        return false;
    }
    const char *between = rejected->event[0] != '\0' ? " " : "";
    if (list->chinese)
        fprintf(list->stream, "  第 %" PRIu64 " 行%s%s：%s [%s]\n", rejected->row, between, rejected->event,
                rejected->zh, rejected->code);
    else
        fprintf(list->stream, "  row %" PRIu64 "%s%s: %s [%s]\n", rejected->row, between, rejected->event, rejected->en,
                rejected->code);
    return true;
}

static bool print_list(const struct office *office, const struct database_config *config,
                       const struct outbox_file *file, const struct database_facts *facts, bool chinese, FILE *stream,
                       struct fault *fault)
{
    struct list list = {.stream = stream, .chinese = chinese};
    if (facts->tally.rejected == 0)
        return true;
    if (chinese)
        fprintf(stream, "未被接收的行（database-%s.rejected.csv；请在数据库里改好，会再次读取）：\n", config->name);
    else
        fprintf(stream, "rejected rows (database-%s.rejected.csv; mend them in the database, they are read again):\n",
                config->name);
    return outbox_rejected_each(office->outbox, file->id, true, list_row, &list, fault);
}

static void print_zh(const struct database_config *config, const struct database_facts *facts, FILE *stream)
{
    const struct lasting_tally *tally = &facts->tally;
    const bool bad = facts->problem.code[0] != '\0';
    fprintf(stream, "数据库：%s；%s%s；映射 %s\n", config->name, config->table != NULL ? "表 " : "查询",
            config->table != NULL ? config->table : "", config->mapping->path);
    if (bad)
        fprintf(stream, "结果：现在读不了：%s [%s]；会一直重试，不会遗漏\n", facts->problem.zh, facts->problem.code);
    else
        fprintf(stream, "结果：%s\n",
                facts->reading        ? "正在读，还没有读到末尾"
                : tally->rejected > 0 ? "有未被接收的行"
                                      : "全部接收");
    fprintf(stream, "事件：共 %" PRIu64 "，其中更正 %" PRIu64 "；未被接收的行：%" PRIu64 "\n", facts->events,
            facts->corrected, tally->rejected);
    fprintf(stream, "中枢：已记录 %" PRIu64 "，重复 %" PRIu64 "，拒绝过 %" PRIu64 "，等待答复 %" PRIu64 "\n",
            tally->recorded, tally->duplicate, tally->refused, tally->pending);
    if (facts->unknown_gone > 0)
        fprintf(stream, "注意：有 %" PRIu64 " 行已从表中删除，但不知是哪几行；已报的记录不会自动撤销\n",
                facts->unknown_gone);
    if (facts->held_rows > 0)
        fprintf(stream, "注意：映射改了，%" PRIu64 " 行读出来与已报的不同，没有发送；要发送：--resend database/%s\n",
                facts->held_rows, config->name);
    if (facts->lacks_cursor)
        fputs("注意：有的行游标列是空的，这些行读不到：请补上\n", stream);
    if (facts->held)
        fputs("注意：数据库里有一个事务长时间没有结束，其后的变更还不能读：请管理员结束它\n", stream);
}

static void print_en(const struct database_config *config, const struct database_facts *facts, FILE *stream)
{
    const struct lasting_tally *tally = &facts->tally;
    const bool bad = facts->problem.code[0] != '\0';
    fprintf(stream, "\ndatabase: %s; %s%s; mapping %s\n", config->name, config->table != NULL ? "table " : "a query",
            config->table != NULL ? config->table : "", config->mapping->path);
    if (bad)
        fprintf(stream, "result: it cannot be read now: %s [%s]; it is tried again, nothing is lost\n",
                facts->problem.en, facts->problem.code);
    else
        fprintf(stream, "result: %s\n",
                facts->reading        ? "being read, its end is not reached yet"
                : tally->rejected > 0 ? "not all was taken"
                                      : "all was taken");
    fprintf(stream, "events: %" PRIu64 ", corrections among them %" PRIu64 "; rejected rows: %" PRIu64 "\n",
            facts->events, facts->corrected, tally->rejected);
    fprintf(stream,
            "hub: recorded %" PRIu64 ", duplicate %" PRIu64 ", rejected at some time %" PRIu64 ", unanswered %" PRIu64
            "\n",
            tally->recorded, tally->duplicate, tally->refused, tally->pending);
    if (facts->unknown_gone > 0)
        fprintf(stream,
                "note: %" PRIu64 " rows are gone from the table, it is not known which; nothing is retracted by "
                "itself\n",
                facts->unknown_gone);
    if (facts->held_rows > 0)
        fprintf(stream,
                "note: the mapping changed; %" PRIu64 " rows read otherwise than they were sent and are held back; to "
                "send them: --resend database/%s\n",
                facts->held_rows, config->name);
    if (facts->lacks_cursor)
        fputs("note: rows without a value in the cursor's columns are not read: fill them in\n", stream);
    if (facts->held)
        fputs("note: a transaction of the database has been open for long, changes behind it cannot be read yet: end "
              "it\n",
              stream);
}

bool database_report_write(const struct office *office, const struct database_config *config,
                           const struct outbox_file *file, const struct database_facts *facts, struct fault *fault)
{
    CLEANUP(whole_file_discard) struct whole_file report = {0};
    char path[WHOLE_FILE_PATH_SIZE];
    char rejected[WHOLE_FILE_PATH_SIZE];
    const char *folder = office->config->folder;
    snprintf(path, sizeof path, "%.4096s/reports", folder);
    if (!whole_file_folder(path, fault))
        return false;
    snprintf(path, sizeof path, "%.4096s/reports/database-%s.report.txt", folder, config->name);
    snprintf(rejected, sizeof rejected, "%.4096s/reports/database-%s.rejected.csv", folder, config->name);
    if (facts->tally.rejected == 0)
        (void)unlink(rejected); /* often there is none */
    else if (!write_rejected(office, file, rejected, fault))
        return false;
    if (!whole_file_open(&report, path, fault))
        return false;
    print_zh(config, facts, report.stream);
    if (!print_list(office, config, file, facts, true, report.stream, fault))
        return false;
    print_en(config, facts, report.stream);
    return print_list(office, config, file, facts, false, report.stream, fault) && whole_file_finish(&report, fault);
}
