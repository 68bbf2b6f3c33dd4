#include "export.h"

#include "attention_words.h"
#include "export_cells.h"
#include "export_views.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct export_column matter_columns[] = {
    {"类别 Kind", 14, CELL_MATTER_KIND, "kind", NULL},
    {"事项 Matter", 24, CELL_TEXT, "matter", NULL},
    {"单位代码 Unit code", 20, CELL_TEXT, "unit", NULL},
    {"单位 Unit", 22, CELL_TEXT, "unitName", NULL},
    {"环节 Step", 12, CELL_STEP_WORD, "step", NULL},
    {"环节代码 Step code", 16, CELL_TEXT, "step", NULL},
    {"立项日 Opened", 12, CELL_DAY, "openedDay", NULL},
    {"办结日 Closed", 12, CELL_DAY, "closedDay", NULL},
    {"到期日 Due", 12, CELL_DAY, "dueDay", NULL},
    {"时限 Clock", 20, CELL_CLOCK, "clock", NULL},
    {"剩余天数(负为逾期) Days left", 10, CELL_INTEGER, "daysLeft", "dueDay"},
    {"升级 Escalation", 10, CELL_INTEGER, "escalation", NULL},
    {"曾逾期 Ever overdue", 10, CELL_YES, "everOverdue", NULL},
    {"立项部门 Opened by", 24, CELL_OFFICE, "openedBy", NULL},
    {"承办 Handler", 24, CELL_OFFICE, "handler", NULL},
    {"联合牵头 Lead", 24, CELL_OFFICE, "lead", NULL},
    {"联合成员 Members", 30, CELL_OFFICES, "members", NULL},
    {"会商 Consultations", 10, CELL_INTEGER, "consultations", NULL},
    {"分类 Category", 16, CELL_TEXT, "category", NULL},
    {"信访类型 Petition type", 16, CELL_PETITION_TYPE, "petitionType", NULL},
    {"隐患等级 Hazard grade", 14, CELL_HAZARD_GRADE, "hazardGrade", NULL},
    {"事故等级 Accident grade", 14, CELL_ACCIDENT_GRADE, "accidentGrade", NULL},
    {"案件类别 Case class", 14, CELL_CASE_CLASS, "caseClass", NULL},
    {"调解渠道 Channel", 16, CELL_CHANNEL, "channel", NULL},
    {"同意方 Consents", 10, CELL_INTEGER, "consents", NULL},
    {"迟报 Late", 8, CELL_YES, "late", NULL},
    {"挂牌 Placarded", 8, CELL_YES, "placarded", NULL},
    {"战役 Campaign", 10, CELL_TEXT, "campaign", NULL},
    {"立项位置 Opened at", 12, CELL_POSITION, "openedAt", NULL},
    {"最近位置 Moved at", 12, CELL_POSITION, "movedAt", NULL}};

static const struct export_column campaign_columns[] = {
    {"代码 Code", 8, CELL_TEXT, "code", NULL},
    {"战役 Campaign", 28, CELL_TEXT, "name", NULL},
    {"牵头 Lead", 24, CELL_OFFICE, "lead", NULL},
    {"开始 From", 12, CELL_DAY, "fromDay", NULL},
    {"结束 To", 12, CELL_DAY, "toDay", NULL},
    {"进行中 Running", 10, CELL_YES, "running", NULL},
    {"到期未结 Ended, not closed", 10, CELL_YES, "ended", NULL},
    {"已结束 Closed", 10, CELL_YES, "closed", NULL},
    {"事项 Matters", 10, CELL_INTEGER, "matters", NULL},
    {"办结 Closed matters", 10, CELL_INTEGER, "mattersClosed", NULL},
    {"办结率 % Closed %", 10, CELL_DECIMAL, "closedRate.text", NULL},
    {"逾期 Overdue", 10, CELL_INTEGER, "overdue", NULL},
    {"工作量记录 Tallies", 10, CELL_INTEGER, "tallies", NULL},
    {"事件 Events", 10, CELL_INTEGER, "events", NULL},
    {"最近位置 Last position", 12, CELL_POSITION, "lastEventAt", NULL}};

static const struct export_column discrepancy_columns[] = {
    {"编号 Number", 26, CELL_TEXT, "discrepancy", NULL},
    {"规则 Rule", 24, CELL_TEXT, "rule", NULL},
    {"单位代码 Unit code", 20, CELL_TEXT, "unit", NULL},
    {"单位 Unit", 22, CELL_TEXT, "unitName", NULL},
    {"证据日 Day of evidence", 12, CELL_DAY, "day", NULL},
    {"证据位置 Evidence", 12, CELL_POSITION, "evidence", NULL},
    {"提出位置 Raised at", 12, CELL_POSITION, "raisedAt", NULL},
    {"核查位置 Resolved at", 12, CELL_POSITION, "resolvedAt", NULL},
    {"结论 Finding", 18, CELL_FINDING, "finding", NULL},
    {"涉及部门 Offices", 36, CELL_OFFICES, "offices", NULL}};

static const struct export_column attention_columns[] = {
    {"单位代码 Unit code", 20, CELL_TEXT, "unit", NULL},
    {"单位 Unit", 22, CELL_TEXT, "name", NULL},
    {"类别 Kind", 18, CELL_UNIT_KIND, "kind", NULL},
    {"三零 Zero", 18, CELL_ZERO, "zero", NULL},
    {"部门 Office", 24, CELL_OFFICE, "office", NULL},
    {"起 From", 12, CELL_DAY, "day", NULL},
    {"止 To", 12, CELL_DAY, "toDay", NULL},
    {"天数 Days", 10, CELL_INTEGER, "days", NULL},
    {"位置 Position", 12, CELL_POSITION, "position", NULL},
    {"所改或所否定的位置 Target", 12, CELL_POSITION, "target", NULL},
    {"说明 Text", 30, CELL_TEXT, "text", NULL},
    {"发布时达标 Met as published", 12, CELL_YES, "met", NULL},
    {"现在达标 Met now", 12, CELL_YES, "metNow", NULL},
    {"待第二人批准 Pending", 12, CELL_YES, "pending", NULL},
    {"两人批准 By two", 12, CELL_YES, "byTwo", NULL}};

static const struct export_column figure_columns[] = {{"位置 Position", 12, CELL_POSITION, "position", NULL},
                                                      {"数 Count", 10, CELL_INTEGER, "count", NULL},
                                                      {"日 Day", 12, CELL_DAY, "day", NULL},
                                                      {"单位代码 Unit code", 20, CELL_TEXT, "unit", NULL},
                                                      {"单位 Unit", 22, CELL_TEXT, "@unitName", NULL},
                                                      {"事项 Matter", 24, CELL_TEXT, "matter", NULL},
                                                      {"事件 Event", 18, CELL_TEXT, "@label", NULL},
                                                      {"事件代码 Event type", 24, CELL_TEXT, "@type", NULL},
                                                      {"上报 Published by", 24, CELL_TEXT, "@publisher", NULL},
                                                      {"部门 Office", 24, CELL_OFFICE, "@office", NULL},
                                                      {"发生 Occurred", 28, CELL_TIME, "@occurredAt", NULL},
                                                      {"记录 Recorded", 28, CELL_TIME, "@recordedAt", NULL}};

static const struct export_column article_columns[] = {{"项目 Item", 28, CELL_TEXT, "label", NULL},
                                                       {"Item", 28, CELL_TEXT, "labelEn", NULL},
                                                       {"单位代码 Unit code", 20, CELL_TEXT, "unit", NULL},
                                                       {"文章 Article", 12, CELL_DECIMAL, "article", NULL},
                                                       {"计算 Computed", 12, CELL_DECIMAL, "computed", NULL},
                                                       {"相同 Same", 10, CELL_YES, "same", NULL},
                                                       {"对照 Verdict", 20, CELL_TEXT, "verdict", NULL},
                                                       {"数字名 Figure", 30, CELL_TEXT, "figure", NULL},
                                                       {"为什么", 60, CELL_TEXT, "why", NULL},
                                                       {"Why", 60, CELL_TEXT, "whyEn", NULL}};

#define COLUMNS(columns) columns, sizeof(columns) / sizeof *(columns)

static const struct view {
    const char *name; /* of an address; with "-" at its end something follows */
    const char *title;
    const char *file;                    /* a word of the file's name */
    const char *rows;                    /* the document's list, for views that are one list; NULL: of their own form */
    const struct export_column *columns; /* of such a list */
    size_t count;
} views[] = {
    [EXPORT_OVERVIEW] = {"overview", "总览 Overview", "总览", NULL, NULL, 0},
    [EXPORT_TREE] = {"tree", "单位树 Unit tree", "单位树", NULL, NULL, 0},
    [EXPORT_UNITS] = {"units", "单位状态 Status of units", "单位状态", NULL, NULL, 0},
    [EXPORT_MATTERS] = {"matters", "在办事项 Matters", "在办事项", "matters", COLUMNS(matter_columns)},
    [EXPORT_CAMPAIGNS] = {"campaigns", "双十行动 Campaigns", "双十行动", "campaigns", COLUMNS(campaign_columns)},
    [EXPORT_DISCREPANCIES] = {"discrepancies", "疑似漏报 Suspected omissions", "疑似漏报", "discrepancies",
                              COLUMNS(discrepancy_columns)},
    [EXPORT_ATTENTION] = {"attention-", "关注清单 Attention", "", "rows", COLUMNS(attention_columns)},
    [EXPORT_FIGURE] = {"figure-", "形成此数的事件 Events behind the figure", "形成此数的事件", "rows",
                       COLUMNS(figure_columns)},
    [EXPORT_TRENDS] = {"trends", "趋势 Trends", "趋势", NULL, NULL, 0},
    [EXPORT_DIFFERENCE] = {"difference", "当时所知与现在所知 Known then and known now", "当时与现在", NULL, NULL, 0},
    [EXPORT_EVENTS] = {"events", "事件 Events", "事件", NULL, NULL, 0},
    [EXPORT_ARTICLE] = {"article", "与文章对照 Compared with the article", "与文章对照", "rows",
                        COLUMNS(article_columns)}};
enum { VIEWS = sizeof views / sizeof *views };

/* A list's name in capitals, a figure's as it is. */
static bool take_of(struct export_name *parsed, const char *text, size_t size)
{
    if (size == 0 || size >= sizeof parsed->of)
        return false;
    for (size_t i = 0; i < size; i++) {
        const unsigned char letter = (unsigned char)text[i];
        if (!isalnum(letter) && strchr("._-", letter) == NULL)
            return false;
        parsed->of[i] = (char)(parsed->view == EXPORT_ATTENTION ? toupper(letter) : letter);
    }
    Sanling__V1__Attention__List list;
    return parsed->view != EXPORT_ATTENTION || attention_parse(parsed->of, &list);
}

bool export_parse(const char *name, struct export_name *parsed)
{
    const char *dot = strrchr(name, '.');
    *parsed = (struct export_name){0};
    if (dot == NULL || (strcmp(dot, ".csv") != 0 && strcmp(dot, ".xlsx") != 0))
        return false;
    parsed->format = dot[1] == 'c' ? TABLE_CSV : TABLE_XLSX;
    const size_t size = (size_t)(dot - name);
    for (unsigned i = 0; i < VIEWS; i++) {
        const size_t known = strlen(views[i].name);
        const bool open = views[i].name[known - 1] == '-';
        parsed->view = (enum export_view)i;
        if (open && size > known && strncmp(name, views[i].name, known) == 0)
            return take_of(parsed, name + known, size - known);
        if (!open && size == known && strncmp(name, views[i].name, known) == 0)
            return true;
    }
    return false;
}

const char *export_content_type(enum table_format format)
{
    return format == TABLE_CSV ? "text/csv; charset=utf-8; header=present"
                               : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
}

/* "静默单位" of SILENT. */
static void list_word(const char *of, char word[static 64])
{
    Sanling__V1__Attention__List list;
    snprintf(word, 64, "%.60s", attention_parse(of, &list) ? attention_label(list) : of);
}

static void title_of(const struct export_name *name, char title[static 256])
{
    char word[64];
    list_word(name->of, word);
    if (name->view == EXPORT_ATTENTION)
        snprintf(title, 256, "%s", word);
    else if (name->of[0] != '\0')
        snprintf(title, 256, "%s: %s", views[name->view].title, name->of);
    else
        snprintf(title, 256, "%s", views[name->view].title);
}

static void write_moment(struct table_export *table, const json_t *document, const struct export_mark *mark)
{
    const json_t *moment = json_object_get(document, "moment");
    char text[256];
    char time[EXPORT_TIME_SIZE];
    const bool past = json_is_true(json_object_get(moment, "past"));
    snprintf(text, sizeof text, "%s（%s）", export_string(moment, "day"), past ? "回看 looking back" : "实时 live");
    table_export_line(table, "状态日 Status day", text);
    export_time(export_string(moment, "time"), mark->utc_offset_minutes, time);
    snprintf(text, sizeof text, "位置 position %" PRId64 " · %s", export_number(moment, "position"), time);
    table_export_line(table, "所知至 Known to", text);
    snprintf(text, sizeof text, "%s（%s）", export_string(moment, "policyVersion"),
             export_string(moment, "policyPreset"));
    table_export_line(table, "规则 Policy", text);
}

static void write_tree_extent(struct table_export *table, const json_t *document, const struct export_filter *filter)
{
    char text[128];
    size_t all;
    const size_t count = export_tree_count(document, filter, &all);
    if (count == all)
        snprintf(text, sizeof text, "%zu", all);
    else
        snprintf(text, sizeof text, "%zu，已筛选，共 %zu filtered, of %zu", count, all, all);
    table_export_line(table, "行数 Rows", text);
}

/* How many rows there are, and of how many: a list may have been cut at its limit. */
static void write_extent(struct table_export *table, const struct view *view, const json_t *document,
                         const struct export_filter *filter)
{
    const char *before = export_string(document, "before"); /* of events: where it would go on */
    const bool events = view == &views[EXPORT_EVENTS];
    if (view == &views[EXPORT_TREE]) {
        write_tree_extent(table, document, filter);
        return;
    }
    if (view->rows == NULL && !events)
        return;
    const size_t count = json_array_size(json_object_get(document, events ? "records" : view->rows));
    const json_t *rows = json_object_get(document, "rowCount");
    const int64_t total = rows != NULL ? export_number(document, "rowCount") : export_number(document, "total");
    char text[128];
    if (total > (int64_t)count)
        snprintf(text, sizeof text, "%zu，共 %" PRId64 "，未全部列出 not all of %" PRId64, count, total, total);
    else if (events && before[0] != '\0' && strcmp(before, "0") != 0)
        snprintf(text, sizeof text, "%zu，位置 %s 之前未列出 not those before %s", count, before, before);
    else
        snprintf(text, sizeof text, "%zu", count);
    table_export_line(table, "行数 Rows", text);
}

static void write_lines(struct table_export *table, const struct export_name *name, const json_t *document,
                        const struct export_mark *mark)
{
    char text[512];
    char time[EXPORT_TIME_SIZE];
    title_of(name, text);
    table_export_line(table, "三零枢纽 Sanling Hub", text);
    if (mark->demonstration)
        table_export_line(table, "注意 Note", "示范数据，并非真实 demonstration data, not real");
    snprintf(text, sizeof text, "%s %s", mark->unit_name == NULL ? "" : mark->unit_name, mark->unit);
    table_export_line(table, "单位 Unit", text + strspn(text, " "));
    write_moment(table, document, mark);
    table_export_line(table, "舍入 Rounding",
                      "百分比由服务器按整数四舍五入；全部才写100，全无才写0 percentages are rounded half up from the "
                      "integers; 100 only if all, 0 only if none");
    table_export_line(table, "说明 Note", "未报不等于零 No report is not zero");
    if (mark->query != NULL && mark->query[0] != '\0')
        table_export_line(table, "条件 Asked", mark->query);
    write_extent(table, &views[name->view], document, &mark->filter);
    export_time(mark->taken_at, mark->utc_offset_minutes, time);
    snprintf(text, sizeof text, "%s · %s · %s", export_label(CELL_OFFICE, mark->office), mark->account, time);
    table_export_line(table, "下载 Taken by", text);
}

static bool write_list(struct table_export *table, const struct view *view, const json_t *document,
                       int utc_offset_minutes)
{
    const json_t *rows = json_object_get(document, view->rows);
    const json_t *records = json_object_get(document, "records");
    if (!json_is_array(rows))
        return false;
    export_heads(table, view->columns, view->count);
    for (size_t i = 0; i < json_array_size(rows); i++)
        export_row(table, view->columns, view->count, json_array_get(rows, i), json_array_get(records, i),
                   utc_offset_minutes);
    return true;
}

static bool write_rows(struct table_export *table, const struct export_name *name, const json_t *document,
                       const struct export_mark *mark)
{
    const int utc_offset_minutes = mark->utc_offset_minutes;
    switch (name->view) {
    case EXPORT_OVERVIEW:
        return export_overview(table, document, utc_offset_minutes);
    case EXPORT_TREE:
        return export_tree(table, document, &mark->filter);
    case EXPORT_UNITS:
        return export_units(table, document);
    case EXPORT_TRENDS:
        return export_trends(table, document);
    case EXPORT_DIFFERENCE:
        return export_difference(table, document);
    case EXPORT_EVENTS:
        return export_events(table, document, utc_offset_minutes);
    case EXPORT_MATTERS:
    case EXPORT_CAMPAIGNS:
    case EXPORT_DISCREPANCIES:
    case EXPORT_ATTENTION:
    case EXPORT_FIGURE:
    case EXPORT_ARTICLE:
        return write_list(table, &views[name->view], document, utc_offset_minutes);
    }
    return false;
}

bool export_make(const struct export_name *name, const json_t *document, const struct export_mark *mark,
                 uint8_t **bytes, size_t *size, struct fault *fault)
{
    CLEANUP(table_export_close)
    struct table_export *table = table_export_open(name->format, "三零 Sanling", fault);
    if (table == NULL)
        return false;
    write_lines(table, name, document, mark);
    if (!write_rows(table, name, document, mark))
        return fault_set(fault, FAULT_MALFORMED, "export %s: the document is not this view's", views[name->view].name);
    return table_export_finish(table, bytes, size, fault);
}

void export_file_name(const struct export_name *name, const json_t *document, const struct export_mark *mark,
                      char text[static EXPORT_FILE_NAME_SIZE])
{
    const char *unit = mark->unit_name == NULL || mark->unit_name[0] == '\0' ? mark->unit : mark->unit_name;
    char of[64] = "";
    if (name->view == EXPORT_ATTENTION)
        list_word(name->of, of);
    of[strcspn(of, " ")] = '\0'; /* the word without the code */
    const char *figure = name->view == EXPORT_FIGURE ? name->of : "";
    snprintf(text, EXPORT_FILE_NAME_SIZE, "%.150s-%s%s%s%.80s-%s.%s", unit, views[name->view].file, of,
             figure[0] == '\0' ? "" : "-", figure, export_string(document, "moment.day"),
             name->format == TABLE_CSV ? "csv" : "xlsx");
    for (char *at = text; *at != '\0'; at++)
        if (iscntrl((unsigned char)*at) || strchr("\\/:*?\"<>|%;,'", *at) != NULL)
            *at = '_';
}
