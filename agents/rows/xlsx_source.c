#include "xlsx_source.h"

#include "fault.h"
#include "text.h"
#include "utf8.h"
#include "xlsx_package.h"
#include "xlsx_rows.h"
#include "xlsx_strings.h"
#include "xlsx_styles.h"
#include "xlsx_survey.h"
#include "xlsx_workbook.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct xlsx_source {
    uint8_t *bytes;
    struct xlsx_package *package;
    struct xlsx_workbook workbook;
    struct xlsx_strings strings;
    struct xlsx_styles styles;
    struct xlsx_meanings meanings;
    size_t inflated; /* of all that belongs to no sheet */

    const struct xlsx_visible_sheet *sheet; /* NULL: none chosen */
    struct xlsx_survey survey;
    struct xlsx_rows *rows; /* NULL: before the first row */
    bool failed;
    char description[64];
};

/* ---- opening ---- */

static enum source_opened open_workbook(struct xlsx_source *source, size_t size, struct reason *reason)
{
    const enum source_opened opened = xlsx_package_open(source->bytes, size, &source->package, reason);
    if (opened != SOURCE_OPENED)
        return opened;
    if (xlsx_workbook_read(source->package, &source->workbook, reason) &&
        xlsx_strings_read(source->package, source->workbook.strings_part, &source->strings, reason) &&
        xlsx_styles_read(source->package, source->workbook.styles_part, &source->styles, reason))
        return SOURCE_OPENED;
    return xlsx_package_is_damaged(source->package) ? SOURCE_UNSETTLED : SOURCE_REFUSED;
}

enum source_opened xlsx_source_open(uint8_t **bytes, size_t size, struct xlsx_source **source, struct reason *reason)
{
    CLEANUP(xlsx_source_close) struct xlsx_source *opening = calloc(1, sizeof *opening);
    if (opening == NULL) {
        reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
        return SOURCE_UNSETTLED;
    }
    opening->bytes = *bytes;
    *bytes = NULL;
    strcpy(opening->description, "xlsx");
    const enum source_opened opened = open_workbook(opening, size, reason);
    if (opened != SOURCE_OPENED)
        return opened;
    opening->meanings = (struct xlsx_meanings){.strings = &opening->strings,
                                               .styles = &opening->styles,
                                               .counts_from_1904 = opening->workbook.counts_from_1904,
                                               .must_recalculate = opening->workbook.must_recalculate};
    opening->inflated = xlsx_package_inflated(opening->package);
    *source = opening;
    opening = NULL;
    return SOURCE_OPENED;
}

void xlsx_source_close(struct xlsx_source **source)
{
    struct xlsx_source *gone = *source;
    *source = NULL;
    if (gone == NULL)
        return;
    xlsx_rows_close(&gone->rows);
    xlsx_survey_clear(&gone->survey);
    xlsx_strings_clear(&gone->strings);
    xlsx_styles_clear(&gone->styles);
    xlsx_workbook_clear(&gone->workbook);
    xlsx_package_close(&gone->package);
    free(gone->bytes);
    free(gone);
}

/* ---- which sheet ---- */

/* The names of all visible sheets in a line, as far as there is room. */
static void list_sheets(const struct xlsx_workbook *workbook, char *list, size_t size)
{
    size_t used = 0;
    list[0] = '\0';
    for (size_t i = 0; i < workbook->sheet_count; i++) {
        char quoted[100];
        text_quote(workbook->sheets[i].name, quoted, sizeof quoted);
        if (used + strlen(quoted) + sizeof "、…" > size) {
            strcpy(list + used, "…");
            return;
        }
        used += (size_t)snprintf(list + used, size - used, "%s%s", used > 0 ? "、" : "", quoted);
    }
}

static bool name_fits(const char *name, const char *pattern)
{
    CLEANUP(text_free) char *compared_name = text_squeezed(name);
    CLEANUP(text_free) char *compared_pattern = text_squeezed(pattern);
    return compared_name != NULL && compared_pattern != NULL && fnmatch(compared_pattern, compared_name, 0) == 0;
}

static bool none_or_several(const struct xlsx_source *source, size_t found, struct reason *reason)
{
    char list[200];
    list_sheets(&source->workbook, list, sizeof list);
    if (found == 0)
        return reason_set(reason, REASON_NO_SHEET, "没有映射所要的工作表；可见的有：%s",
                          "the sheet that the mapping names is not among the visible ones: %s", list);
    return reason_set(reason, REASON_NO_SHEET,
                      "有 %zu 个工作表可选，不知道读哪一个：%s。请在映射里用 sheet 指明，或只留一个",
                      "%zu sheets to choose from: %s; name one in the mapping (sheet), or leave only one", found, list);
}

/* Chooses by name. */
static bool choose_named(struct xlsx_source *source, const char *const *patterns, size_t pattern_count,
                         struct reason *reason)
{
    for (size_t p = 0; p < pattern_count; p++) {
        size_t found = 0;
        for (size_t i = 0; i < source->workbook.sheet_count; i++) {
            if (!name_fits(source->workbook.sheets[i].name, patterns[p]))
                continue;
            source->sheet = &source->workbook.sheets[i];
            found++;
        }
        if (found == 1)
            return xlsx_survey_make(source->package, source->sheet->part, &source->survey, reason);
        if (found > 1)
            return none_or_several(source, found, reason);
    }
    return none_or_several(source, 0, reason);
}

/* Chooses the only one that holds anything: programs add empty sheets to every new file. Where all are empty, the
 * first. */
static bool choose_filled(struct xlsx_source *source, struct reason *reason)
{
    size_t found = 0;
    for (size_t i = 0; i < source->workbook.sheet_count; i++) {
        struct xlsx_survey survey;
        if (!xlsx_survey_make(source->package, source->workbook.sheets[i].part, &survey, reason))
            return false;
        found += survey.filled > 0 ? 1 : 0;
        if (i == 0 || (survey.filled > 0 && found == 1)) {
            xlsx_survey_clear(&source->survey);
            source->survey = survey;
            source->sheet = &source->workbook.sheets[i];
        } else {
            xlsx_survey_clear(&survey);
        }
    }
    return found <= 1 || none_or_several(source, found, reason);
}

bool xlsx_source_choose_sheet(struct xlsx_source *source, const char *const *patterns, size_t pattern_count,
                              struct reason *reason)
{
    xlsx_rows_close(&source->rows);
    xlsx_survey_clear(&source->survey);
    xlsx_package_forget(source->package, source->inflated);
    source->sheet = NULL;
    const bool chosen =
        pattern_count > 0 ? choose_named(source, patterns, pattern_count, reason) : choose_filled(source, reason);
    if (!chosen) {
        xlsx_survey_clear(&source->survey);
        source->sheet = NULL;
        return false;
    }
    char quoted[56];
    text_quote(source->sheet->name, quoted, sizeof quoted);
    snprintf(source->description, sizeof source->description, "xlsx, %s", quoted);
    utf8_cut_broken(source->description);
    return true;
}

/* ---- rows ---- */

bool xlsx_source_next(struct xlsx_source *source, struct row *row)
{
    struct reason reason;
    if (source->sheet == NULL || source->failed)
        return false;
    if (source->rows == NULL) {
        source->rows =
            xlsx_rows_open(source->package, source->sheet->part, &source->survey, &source->meanings, &reason);
        source->failed = source->rows == NULL;
    }
    return source->rows != NULL && xlsx_rows_next(source->rows, row, &source->failed);
}

bool xlsx_source_failed(const struct xlsx_source *source)
{
    return source->failed;
}

void xlsx_source_rewind(struct xlsx_source *source)
{
    xlsx_rows_close(&source->rows);
    source->failed = false;
}

const char *xlsx_source_reading(const struct xlsx_source *source)
{
    return source->description;
}

bool xlsx_source_is_cut(const struct xlsx_source *source, struct reason *reason)
{
    return xlsx_package_is_damaged(source->package) &&
           !reason_set(reason, REASON_MALFORMED, "文件里有一部分已损坏：可能还在复制；请重新复制一次",
                       "a part of the file is damaged: still being copied? copy it again");
}

unsigned xlsx_source_progress(const struct xlsx_source *source)
{
    if (source->survey.bytes == 0)
        return 1000;
    const size_t taken = source->rows == NULL ? 0 : xlsx_rows_taken(source->rows);
    return taken >= source->survey.bytes ? 1000 : (unsigned)(taken * 1000 / source->survey.bytes);
}
