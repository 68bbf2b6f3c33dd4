#include "xlsx_survey.h"

#include "fault.h"

#include <stdlib.h>
#include <string.h>

enum { SHEET_COLUMNS_MAX = 16384 }; /* XFD: the last that spreadsheet programs have */

struct surveying {
    struct xlsx_xml *xml;
    struct xlsx_survey *survey;
    uint32_t row;
    uint32_t next_column;
    bool in_rows;
};

/* ---- references ---- */

/* B5: column 1, row 5; *at moves behind it. */
static bool read_reference(const char **at, uint32_t *column, uint32_t *row)
{
    uint32_t letters = 0;
    uint32_t digits = 0;
    const char *from = *at;
    for (; (*from >= 'A' && *from <= 'Z') || (*from >= 'a' && *from <= 'z'); from++) {
        letters = letters * 26 + (uint32_t)((*from & 0x5F) - 'A' + 1);
        if (letters > SHEET_COLUMNS_MAX)
            return false;
    }
    for (; *from >= '0' && *from <= '9'; from++) {
        digits = digits * 10 + (uint32_t)(*from - '0');
        if (digits > XLSX_ROWS_MAX)
            return false;
    }
    if (letters == 0 || digits == 0)
        return false;
    *column = letters - 1;
    *row = digits;
    *at = from;
    return true;
}

uint32_t xlsx_row_number(const char *const *attributes, uint32_t before)
{
    uint32_t row = before + 1;
    if (xlsx_attribute(attributes, "r") != NULL && !xlsx_attribute_number(attributes, "r", XLSX_ROWS_MAX, &row))
        return 0;
    return row > before && row <= XLSX_ROWS_MAX ? row : 0;
}

bool xlsx_cell_column(const char *const *attributes, uint32_t next, uint32_t *column)
{
    const char *reference = xlsx_attribute(attributes, "r");
    uint32_t row;
    *column = next;
    if (reference != NULL && !read_reference(&reference, column, &row))
        return false;
    return *column >= next && *column < SHEET_COLUMNS_MAX;
}

/* ---- what is in the sheet ---- */

static void fail(struct surveying *surveying, const char *zh, const char *en)
{
    struct reason reason;
    reason_set(&reason, REASON_MALFORMED, "第 %u 行附近：%s%.0s：请用表格软件打开，另存为 .xlsx",
               "near row %u: %.0s%s: open it in a spreadsheet program and save it as .xlsx", surveying->row, zh, en);
    xlsx_xml_fail(surveying->xml, &reason);
}

static bool add_merge(struct xlsx_survey *survey, const struct xlsx_merge *merge)
{
    if ((survey->merge_count & (survey->merge_count - 1)) == 0) {
        const size_t capacity = survey->merge_count == 0 ? 1 : survey->merge_count * 2;
        struct xlsx_merge *merges = realloc(survey->merges, capacity * sizeof *merges);
        if (merges == NULL)
            return false;
        survey->merges = merges;
    }
    survey->merges[survey->merge_count++] = *merge;
    return true;
}

static void take_merge(struct surveying *surveying, const char *const *attributes)
{
    struct xlsx_survey *survey = surveying->survey;
    const char *at = xlsx_attribute(attributes, "ref");
    struct xlsx_merge merge;
    if (at == NULL || !read_reference(&at, &merge.first_column, &merge.first_row))
        return;
    merge.last_column = merge.first_column;
    merge.last_row = merge.first_row;
    if (*at == ':' && (at++, !read_reference(&at, &merge.last_column, &merge.last_row)))
        return;
    if (merge.first_column >= SOURCE_COLUMNS_MAX || merge.last_column < merge.first_column ||
        merge.last_row < merge.first_row)
        return;
    if (merge.last_column >= SOURCE_COLUMNS_MAX)
        merge.last_column = SOURCE_COLUMNS_MAX - 1;
    if (survey->merge_count == XLSX_MERGES_MAX || !add_merge(survey, &merge))
        fail(surveying, "合并单元格太多", "too many merged cells");
}

static void take_row_or_cell(struct surveying *surveying, const char *name, const char *const *attributes, int depth)
{
    uint32_t column;
    if (depth == 3 && strcmp(name, "row") == 0) {
        const uint32_t row = xlsx_row_number(attributes, surveying->row);
        surveying->next_column = 0;
        if (row == 0)
            fail(surveying, "行号乱了", "row numbers are out of order");
        surveying->row = row;
    } else if (depth == 4 && strcmp(name, "c") == 0) {
        if (!xlsx_cell_column(attributes, surveying->next_column, &column))
            fail(surveying, "单元格乱了", "cells are out of order");
        surveying->next_column = column + 1;
    } else if (depth == 5 && (strcmp(name, "v") == 0 || strcmp(name, "is") == 0 || strcmp(name, "f") == 0)) {
        surveying->survey->filled++;
    }
}

static void take_start(void *context, const char *name, const char *const *attributes, int depth)
{
    struct surveying *surveying = context;
    if (depth == 2)
        surveying->in_rows = strcmp(name, "sheetData") == 0;
    else if (surveying->in_rows)
        take_row_or_cell(surveying, name, attributes, depth);
    else if (depth == 3 && strcmp(name, "mergeCell") == 0)
        take_merge(surveying, attributes);
}

/* ---- merged cells in order ---- */

static int compare_merges(const void *a, const void *b)
{
    const struct xlsx_merge *x = a;
    const struct xlsx_merge *y = b;
    return x->first_row != y->first_row        ? (x->first_row < y->first_row ? -1 : 1)
           : x->first_column < y->first_column ? -1
                                               : (x->first_column > y->first_column);
}

/* Sorted, and none over another: a program that follows them row by row must not look at a heap of them in each. */
static bool order_merges(struct xlsx_survey *survey, struct reason *reason)
{
    uint32_t taken_until[SOURCE_COLUMNS_MAX] = {0}; /* by column: the last row that a merge has */
    if (survey->merge_count > 1)
        qsort(survey->merges, survey->merge_count, sizeof *survey->merges, compare_merges);
    for (size_t i = 0; i < survey->merge_count; i++) {
        const struct xlsx_merge *merge = &survey->merges[i];
        for (uint32_t c = merge->first_column; c <= merge->last_column; c++) {
            if (taken_until[c] >= merge->first_row)
                return reason_set(reason, REASON_MALFORMED, "第 %u 行附近：合并单元格互相重叠",
                                  "near row %u: merged cells overlap", merge->first_row);
            taken_until[c] = merge->last_row;
        }
    }
    return true;
}

bool xlsx_survey_make(struct xlsx_package *package, const char *part, struct xlsx_survey *survey, struct reason *reason)
{
    static const struct xlsx_elements elements = {.start = take_start};
    struct surveying surveying = {.survey = survey};
    *survey = (struct xlsx_survey){0};
    CLEANUP(xlsx_xml_close)
    struct xlsx_xml *xml = xlsx_xml_open(package, part, XLSX_COUNTED, &elements, &surveying, reason);
    surveying.xml = xml;
    if (xml != NULL && xlsx_xml_go_on(xml, reason) == XLSX_XML_ENDED && order_merges(survey, reason)) {
        survey->bytes = xlsx_xml_taken(xml);
        return true;
    }
    xlsx_survey_clear(survey);
    return false;
}

void xlsx_survey_clear(struct xlsx_survey *survey)
{
    free(survey->merges);
    *survey = (struct xlsx_survey){0};
}
