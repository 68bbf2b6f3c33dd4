#include "export_views.h"

#include "export_cells.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ZEROS = 3 };

static void write_status(struct table_export *table, const char *code)
{
    table_export_text(table, export_status_word(code));
    table_export_text(table, export_status_code(code));
}

/* Total, the three parts, and three rates: seven cells. NULL: dashes. */
static void write_zero_count(struct table_export *table, const json_t *count)
{
    static const char *const parts[] = {"total", "zeroUnits", "broken", "unverified"};
    static const char *const rates[] = {"lower.text", "upper.text", "coverage.text"};
    for (size_t i = 0; i < 4; i++)
        if (count == NULL)
            table_export_text(table, NULL);
        else
            table_export_integer(table, export_number(count, parts[i]));
    for (size_t i = 0; i < 3; i++)
        table_export_decimal(table, export_string(count, rates[i]));
}

/* The tree's columns: element i of each belongs to unit i. */
struct tree {
    const json_t *codes, *names, *parents, *kinds, *joint, *statuses[ZEROS], *streaks[ZEROS], *verified_until;
    const json_t *gap_offices, *gap_from, *gap_to, *silent;
};

static bool take_tree(struct tree *tree, const json_t *document)
{
    const json_t *answer = json_object_get(document, "tree");
    const struct {
        const char *name;
        const json_t **list;
    } columns[] = {{"codes", &tree->codes},
                   {"names", &tree->names},
                   {"parents", &tree->parents},
                   {"kinds", &tree->kinds},
                   {"joint", &tree->joint},
                   {"petitionStatus", &tree->statuses[0]},
                   {"accidentStatus", &tree->statuses[1]},
                   {"caseStatus", &tree->statuses[2]},
                   {"petitionStreaks", &tree->streaks[0]},
                   {"accidentStreaks", &tree->streaks[1]},
                   {"caseStreaks", &tree->streaks[2]},
                   {"verifiedUntil", &tree->verified_until},
                   {"gapOffices", &tree->gap_offices},
                   {"gapFrom", &tree->gap_from},
                   {"gapTo", &tree->gap_to},
                   {"silent", &tree->silent}};
    const size_t count = json_array_size(json_object_get(answer, "codes"));
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        *columns[i].list = json_object_get(answer, columns[i].name);
        if (!json_is_array(*columns[i].list) || json_array_size(*columns[i].list) != count)
            return false;
    }
    return true;
}

static const char *text_at(const json_t *list, size_t index)
{
    const char *text = json_string_value(json_array_get(list, index));
    return text == NULL ? "" : text;
}

static int64_t integer_at(const json_t *list, size_t index)
{
    return (int64_t)json_integer_value(json_array_get(list, index));
}

static void write_day_at(struct table_export *table, const json_t *list, size_t index)
{
    char day[EXPORT_DAY_SIZE];
    export_day_of(integer_at(list, index), day);
    table_export_day(table, day);
}

static void write_tree_row(struct table_export *table, const struct tree *tree, size_t i)
{
    const int64_t parent = integer_at(tree->parents, i); /* plus 1 */
    table_export_text(table, text_at(tree->codes, i));
    table_export_text(table, text_at(tree->names, i));
    table_export_text(table, export_label(CELL_UNIT_KIND, text_at(tree->kinds, i)));
    table_export_text(table, parent > 0 ? text_at(tree->codes, (size_t)parent - 1) : NULL);
    table_export_text(table, parent > 0 ? text_at(tree->names, (size_t)parent - 1) : NULL);
    write_status(table, text_at(tree->joint, i));
    const bool counted = strcmp(export_status_code(text_at(tree->joint, i)), "NOT_COUNTED") != 0;
    for (size_t zero = 0; zero < ZEROS; zero++) {
        write_status(table, text_at(tree->statuses[zero], i));
        if (counted)
            table_export_integer(table, integer_at(tree->streaks[zero], i));
        else
            table_export_text(table, NULL);
    }
    write_day_at(table, tree->verified_until, i);
    table_export_text(table, export_label(CELL_OFFICE, text_at(tree->gap_offices, i)));
    write_day_at(table, tree->gap_from, i);
    write_day_at(table, tree->gap_to, i);
    table_export_text(table, json_is_true(json_array_get(tree->silent, i)) ? "是 yes" : "否 no");
    table_export_row_end(table);
}

static bool given(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (; given(text) && *words != NULL; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return !given(text);
}

bool export_filter_valid(const struct export_filter *filter)
{
    static const char *const zeros[] = {"JOINT", "PETITION", "ACCIDENT", "CASE", NULL};
    static const char *const states[] = {"all", "zero", "broken", "unverified", "gap", "silent", NULL};
    static const char *const kinds[] = {"AREA",    "ENTERPRISES", "PROVINCE", "CITY",       "COUNTY",      "TOWN",
                                        "VILLAGE", "COMMUNITY",   "GRID",     "ENTERPRISE", "INSTITUTION", NULL};
    return is_one_of(filter->zero, zeros) && is_one_of(filter->state, states) && is_one_of(filter->kind, kinds);
}

static bool kind_fits(const char *kind, const char *wanted)
{
    if (!given(wanted))
        return true;
    if (strcmp(wanted, "AREA") == 0)
        return strcmp(kind, "VILLAGE") == 0 || strcmp(kind, "COMMUNITY") == 0;
    if (strcmp(wanted, "ENTERPRISES") == 0)
        return strcmp(kind, "ENTERPRISE") == 0 || strcmp(kind, "INSTITUTION") == 0;
    return strcmp(kind, wanted) == 0;
}

static bool state_fits(const struct tree *tree, size_t i, const struct export_filter *filter)
{
    static const char *const zeros[ZEROS] = {"PETITION", "ACCIDENT", "CASE"};
    const json_t *statuses = tree->joint;
    if (!given(filter->state) || strcmp(filter->state, "all") == 0)
        return true;
    if (strcmp(export_status_code(text_at(tree->joint, i)), "NOT_COUNTED") == 0)
        return false;
    if (strcmp(filter->state, "gap") == 0)
        return integer_at(tree->gap_from, i) != 0;
    if (strcmp(filter->state, "silent") == 0)
        return json_is_true(json_array_get(tree->silent, i));
    for (size_t zero = 0; given(filter->zero) && zero < ZEROS; zero++)
        if (strcmp(filter->zero, zeros[zero]) == 0)
            statuses = tree->statuses[zero];
    return strcasecmp(text_at(statuses, i), filter->state) == 0;
}

static bool fits(const struct tree *tree, size_t i, const struct export_filter *filter)
{
    return kind_fits(text_at(tree->kinds, i), filter->kind) && state_fits(tree, i, filter) &&
           (!given(filter->search) || strcasestr(text_at(tree->codes, i), filter->search) != NULL ||
            strcasestr(text_at(tree->names, i), filter->search) != NULL);
}

size_t export_tree_count(const json_t *document, const struct export_filter *filter, size_t *all)
{
    struct tree tree;
    size_t count = 0;
    *all = 0;
    if (!take_tree(&tree, document))
        return 0;
    *all = json_array_size(tree.codes);
    for (size_t i = 0; i < *all; i++)
        count += fits(&tree, i, filter) ? 1 : 0;
    return count;
}

bool export_tree(struct table_export *table, const json_t *document, const struct export_filter *filter)
{
    static const struct table_column columns[] = {{"单位代码 Unit code", 20},
                                                  {"单位 Unit", 24},
                                                  {"类别 Kind", 16},
                                                  {"上级代码 Parent code", 20},
                                                  {"上级 Parent", 20},
                                                  {"联合状态 Joint status", 10},
                                                  {"联合状态代码 Joint code", 14},
                                                  {"零上访 No petitions", 10},
                                                  {"零上访代码 Petition code", 14},
                                                  {"零上访已核实天数 Petition days verified", 10},
                                                  {"零事故 No accidents", 10},
                                                  {"零事故代码 Accident code", 14},
                                                  {"零事故已核实天数 Accident days verified", 10},
                                                  {"零案件 No cases", 10},
                                                  {"零案件代码 Case code", 14},
                                                  {"零案件已核实天数 Case days verified", 10},
                                                  {"核实至 Verified until", 12},
                                                  {"缺口部门 Office that owes", 24},
                                                  {"缺口起 Gap from", 12},
                                                  {"缺口止 Gap to", 12},
                                                  {"静默 Silent", 8}};
    struct tree tree;
    if (!take_tree(&tree, document))
        return false;
    table_export_heads(table, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < json_array_size(tree.codes); i++)
        if (fits(&tree, i, filter))
            write_tree_row(table, &tree, i);
    return true;
}

static const json_t *find_in(const json_t *list, const char *key, const char *value)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(export_string(json_array_get(list, i), key), value) == 0)
            return json_array_get(list, i);
    return NULL;
}

/* A unit's zero: nine cells. A node that is only a sum of others has none. */
static void write_zero_status(struct table_export *table, const json_t *zero)
{
    const json_t *gap = json_array_get(json_object_get(zero, "gaps"), 0);
    write_status(table, export_string(zero, "status"));
    table_export_day(table, export_string(zero, "since"));
    if (zero == NULL)
        table_export_text(table, NULL);
    else
        table_export_integer(table, export_number(zero, "streakDays"));
    table_export_day(table, export_string(zero, "verifiedUntil"));
    if (zero == NULL)
        table_export_text(table, NULL);
    else
        table_export_integer(table, export_number(zero, "breakCount"));
    table_export_text(table, export_label(CELL_OFFICE, export_string(gap, "office")));
    table_export_day(table, export_string(gap, "fromDay"));
    table_export_day(table, export_string(gap, "toDay"));
}

static bool is_joint_of_all(const json_t *count)
{
    const char *zero = export_string(count, "zero");
    const char *group = export_string(count, "group");
    return (zero[0] == '\0' || strcmp(zero, "UNSPECIFIED") == 0) && (group[0] == '\0' || strcmp(group, "ALL") == 0);
}

static void write_below(struct table_export *table, const json_t *unit)
{
    const json_t *counts = export_value(unit, "below.counts");
    const json_t *joint = NULL;
    for (size_t i = 0; i < json_array_size(counts) && joint == NULL; i++)
        joint = is_joint_of_all(json_array_get(counts, i)) ? json_array_get(counts, i) : NULL;
    write_zero_count(table, joint);
}

static void write_unit_row(struct table_export *table, const json_t *unit)
{
    static const char *const zeros[ZEROS] = {"PETITION", "ACCIDENT", "CASE"};
    table_export_text(table, export_string(unit, "unit"));
    table_export_text(table, export_string(unit, "name"));
    table_export_text(table, export_label(CELL_UNIT_KIND, export_string(unit, "kind")));
    table_export_text(table, export_string(unit, "parent"));
    table_export_integer(table, export_number(unit, "level"));
    write_status(table, export_string(unit, "joint"));
    table_export_integer(table, export_number(unit, "jointStreakDays"));
    for (size_t i = 0; i < ZEROS; i++)
        write_zero_status(table, find_in(json_object_get(unit, "zeros"), "zero", zeros[i]));
    write_below(table, unit);
    table_export_text(table, export_string(unit, "notValid"));
    table_export_row_end(table);
}

#define ZERO_HEADS(zero)                                                                                               \
    {zero " 状态 Status", 10}, {zero " 代码 Code", 14}, {zero " 起 Since", 12},                                        \
        {zero " 已核实天数 Days verified", 10}, {zero " 核实至 Verified until", 12}, {zero " 破零次数 Breaks", 10},    \
        {zero " 缺口部门 Office that owes", 24}, {zero " 缺口起 Gap from", 12},                                        \
    {                                                                                                                  \
        zero " 缺口止 Gap to", 12                                                                                      \
    }
#define COUNT_HEADS                                                                                                    \
    {"总数 Total", 10}, {"零 Zero", 10}, {"破零 Broken", 10}, {"未核实 Unverified", 10}, {"下限 % Lower %", 10},       \
        {"上限 % Upper %", 10},                                                                                        \
    {                                                                                                                  \
        "覆盖 % Coverage %", 10                                                                                        \
    }

bool export_units(struct table_export *table, const json_t *document)
{
    static const struct table_column columns[] = {{"单位代码 Unit code", 20},
                                                  {"单位 Unit", 24},
                                                  {"类别 Kind", 16},
                                                  {"上级代码 Parent code", 20},
                                                  {"层级 Level", 8},
                                                  {"联合状态 Joint status", 10},
                                                  {"联合状态代码 Joint code", 14},
                                                  {"联合连续天数 Joint days", 10},
                                                  ZERO_HEADS("零上访 No petitions"),
                                                  ZERO_HEADS("零事故 No accidents"),
                                                  ZERO_HEADS("零案件 No cases"),
                                                  COUNT_HEADS,
                                                  {"不在 Not valid", 30}};
    const json_t *units = json_object_get(document, "units");
    if (!json_is_array(units))
        return false;
    table_export_heads(table, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < json_array_size(units); i++)
        write_unit_row(table, json_array_get(units, i));
    return true;
}

static void write_count_at(struct table_export *table, const json_t *list, size_t index)
{
    const json_t *value = json_array_get(list, index);
    if (json_is_string(value))
        table_export_decimal(table, json_string_value(value));
    else if (json_is_integer(value))
        table_export_integer(table, (int64_t)json_integer_value(value));
    else
        table_export_text(table, NULL);
}

/* A period that is not due says nothing of statuses yet: that is no silence, and no zero. */
static void write_period(struct table_export *table, const json_t *series, const json_t *period, size_t index)
{
    const json_t *statuses = json_object_get(series, "statuses");
    const bool due = json_is_true(json_object_get(period, "due"));
    const bool has_statuses = json_array_size(statuses) > 0;
    table_export_text(table, export_string(series, "figure"));
    table_export_day(table, export_string(period, "fromDay"));
    table_export_day(table, export_string(period, "toDay"));
    table_export_text(table, json_is_true(json_object_get(period, "whole")) ? "是 yes" : "否 no");
    table_export_text(table, due ? "是 yes" : "否 no");
    write_count_at(table, json_object_get(series, "counts"), index);
    write_count_at(table, json_object_get(series, "previous"), index);
    write_zero_count(table, due ? json_array_get(statuses, index) : NULL);
    table_export_text(table, has_statuses && !due ? "未到期 not due yet" : NULL);
    table_export_row_end(table);
}

bool export_trends(struct table_export *table, const json_t *document)
{
    static const struct table_column columns[] = {{"数字名 Figure", 26},      {"起 From", 12}, {"止 To", 12},
                                                  {"已结束 Whole", 8},        {"到期 Due", 8}, {"数 Count", 10},
                                                  {"上年同期 Last year", 10}, COUNT_HEADS,     {"说明 Note", 24}};
    const json_t *periods = json_object_get(document, "periods");
    const json_t *series = json_object_get(document, "series");
    if (!json_is_array(periods) || !json_is_array(series))
        return false;
    table_export_heads(table, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < json_array_size(series); i++)
        for (size_t j = 0; j < json_array_size(periods); j++)
            write_period(table, json_array_get(series, i), json_array_get(periods, j), j);
    return true;
}

static const struct export_column difference_columns[] = {{"单位代码 Unit code", 20, CELL_TEXT, "unit", NULL},
                                                          {"单位 Unit", 24, CELL_TEXT, "name", NULL},
                                                          {"类别 Kind", 16, CELL_UNIT_KIND, "kind", NULL},
                                                          {"三零或数字名 Zero or figure", 28, CELL_ZERO, "zero", NULL},
                                                          {"当时所知 Known then", 12, CELL_STATUS_WORD, "then", NULL},
                                                          {"当时代码 Code then", 14, CELL_STATUS_CODE, "then", NULL},
                                                          {"现在所知 Known now", 12, CELL_STATUS_WORD, "now", NULL},
                                                          {"现在代码 Code now", 14, CELL_STATUS_CODE, "now", NULL},
                                                          {"因何位置 Positions", 30, CELL_LIST, "positions", NULL},
                                                          {"事件 Event types", 36, CELL_LIST, "types", NULL}};
enum { DIFFERENCE_COLUMNS = sizeof difference_columns / sizeof *difference_columns };

/* A figure that differs: numbers stand where a unit has words. */
static void write_figure_difference(struct table_export *table, const json_t *figure)
{
    const struct export_column columns[DIFFERENCE_COLUMNS] = {
        {NULL, 0, CELL_TEXT, "unit", NULL},
        {NULL, 0, CELL_TEXT, "name", NULL},
        {NULL, 0, CELL_TEXT, "kind", NULL},
        {NULL, 0, CELL_TEXT, "figure", NULL},
        {NULL, 0, json_is_string(json_object_get(figure, "then")) ? CELL_DECIMAL : CELL_INTEGER, "then", NULL},
        {NULL, 0, CELL_TEXT, "code", NULL},
        {NULL, 0, json_is_string(json_object_get(figure, "now")) ? CELL_DECIMAL : CELL_INTEGER, "now", NULL},
        {NULL, 0, CELL_TEXT, "code", NULL},
        {NULL, 0, CELL_LIST, "positions", NULL},
        {NULL, 0, CELL_LIST, "types", NULL}};
    export_row(table, columns, DIFFERENCE_COLUMNS, figure, NULL, 0);
}

bool export_difference(struct table_export *table, const json_t *document)
{
    const json_t *rows = json_object_get(document, "rows");
    const json_t *figures = json_object_get(document, "figures");
    if (!json_is_array(rows))
        return false;
    export_heads(table, difference_columns, DIFFERENCE_COLUMNS);
    for (size_t i = 0; i < json_array_size(rows); i++)
        export_row(table, difference_columns, DIFFERENCE_COLUMNS, json_array_get(rows, i), NULL, 0);
    for (size_t i = 0; i < json_array_size(figures); i++)
        write_figure_difference(table, json_array_get(figures, i));
    return true;
}

static const struct export_column event_columns[] = {{"位置 Position", 12, CELL_POSITION, "position", NULL},
                                                     {"发生 Occurred", 28, CELL_TIME, "event.occurredAt", NULL},
                                                     {"记录 Recorded", 28, CELL_TIME, "recordedAt", NULL},
                                                     {"事件代码 Event type", 26, CELL_TEXT, "@type", NULL},
                                                     {"上报 Published by", 24, CELL_TEXT, "publisher.identity", NULL},
                                                     {"部门 Office", 24, CELL_OFFICE, "publisher.office", NULL},
                                                     {"单位代码 Unit code", 20, CELL_TEXT, "event.unit", NULL},
                                                     {"事项 Matter", 24, CELL_TEXT, "event.matter", NULL},
                                                     {"战役 Campaign", 10, CELL_TEXT, "event.campaign", NULL},
                                                     {"方式 Mode", 10, CELL_TEXT, "event.mode", NULL},
                                                     {"来源 Source", 20, CELL_TEXT, "event.source", NULL},
                                                     {"序号 Sequence", 10, CELL_POSITION, "event.sequence", NULL},
                                                     {"送达 Routed to", 40, CELL_OFFICES, "routedTo", NULL},
                                                     {"内容 Content", 60, CELL_TEXT, "@content", NULL}};
enum { EVENT_COLUMNS = sizeof event_columns / sizeof *event_columns };

/* The payload is the only member of an event that is an object; its name is the type's, but for the first letter. */
static json_t *payload_of(const json_t *event)
{
    const char *name;
    json_t *value;
    char type[64] = "";
    char *content = NULL;
    json_object_foreach((json_t *)event, name, value)
    {
        if (!json_is_object(value))
            continue;
        snprintf(type, sizeof type, "%s", name);
        type[0] = (char)toupper((unsigned char)type[0]);
        content = json_dumps(value, JSON_COMPACT);
        break;
    }
    json_t *payload = json_pack("{s:s, s:s*}", "type", type, "content", content);
    free(content);
    return payload;
}

bool export_events(struct table_export *table, const json_t *document, int utc_offset_minutes)
{
    const json_t *records = json_object_get(document, "records");
    if (!json_is_array(records))
        return false;
    export_heads(table, event_columns, EVENT_COLUMNS);
    for (size_t i = 0; i < json_array_size(records); i++) {
        const json_t *record = json_array_get(records, i);
        json_t *payload = payload_of(json_object_get(record, "event"));
        export_row(table, event_columns, EVENT_COLUMNS, record, payload, utc_offset_minutes);
        json_decref(payload);
    }
    return true;
}
