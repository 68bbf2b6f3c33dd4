#include "xlsx_rows.h"

#include "fault.h"
#include "xlsx_number.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

enum cell_kind { KIND_NUMBER, KIND_SHARED, KIND_TEXT, KIND_INLINE, KIND_BOOLEAN, KIND_DATE, KIND_ERROR };

/* Where in the sheet the reader stands. */
enum place { PLACE_OUTSIDE, PLACE_ROWS, PLACE_ROW, PLACE_CELL, PLACE_VALUE, PLACE_INLINE };

/* The cell being read. */
struct open_cell {
    enum cell_kind kind;
    uint32_t column;
    uint32_t style;
    bool has_formula;
    bool has_value;
    bool too_long;
    size_t start; /* of what is stored for it, in the row's text */
};

struct xlsx_rows {
    const struct xlsx_survey *survey;
    const struct xlsx_meanings *meanings;
    struct xlsx_xml *xml;
    locale_t c_locale;

    enum place place;
    int skipped; /* how deep within an element that means nothing here */
    struct xlsx_rich_text rich;
    struct open_cell cell;

    /* The row being read: cells are shared strings, or stand in `text` (then `shared` is NULL). */
    uint32_t number;
    uint32_t next_column;
    struct xlsx_bytes text;
    const char *shared[SOURCE_COLUMNS_MAX];
    size_t starts[SOURCE_COLUMNS_MAX];
    const char *cells[SOURCE_COLUMNS_MAX];
    enum cell_flaw flaws[SOURCE_COLUMNS_MAX];
    bool covered[SOURCE_COLUMNS_MAX];
    size_t cell_count;
    bool has_flaws;
    bool is_filled;
    bool too_many_cells;
    struct reason flaw;

    /* Merged cells that reach into the row. */
    size_t next_merge;
    size_t merges[SOURCE_COLUMNS_MAX];
    size_t merge_count;
};

static void fail(struct xlsx_rows *rows)
{
    struct reason reason;
    reason_set(&reason, REASON_TOO_LARGE, "内存不足", "out of memory");
    xlsx_xml_fail(rows->xml, &reason);
}

/* ---- merged cells ---- */

static void cover(struct xlsx_rows *rows, const struct xlsx_merge *merge)
{
    for (uint32_t c = merge->first_column; c <= merge->last_column; c++)
        rows->covered[c] = rows->number != merge->first_row || c != merge->first_column;
}

/* Which cells of the row lie under one that is merged over them. */
static void cover_row(struct xlsx_rows *rows)
{
    const struct xlsx_survey *survey = rows->survey;
    size_t kept = 0;
    memset(rows->covered, 0, sizeof rows->covered);
    for (size_t i = 0; i < rows->merge_count; i++)
        if (survey->merges[rows->merges[i]].last_row >= rows->number)
            rows->merges[kept++] = rows->merges[i];
    for (; rows->next_merge < survey->merge_count; rows->next_merge++) {
        const struct xlsx_merge *merge = &survey->merges[rows->next_merge];
        if (merge->first_row > rows->number)
            break;
        if (merge->last_row >= rows->number && kept < SOURCE_COLUMNS_MAX) /* none overlap: there is room */
            rows->merges[kept++] = rows->next_merge;
    }
    rows->merge_count = kept;
    for (size_t i = 0; i < kept; i++)
        cover(rows, &survey->merges[rows->merges[i]]);
}

/* ---- a row ---- */

static void begin_row(struct xlsx_rows *rows, const char *const *attributes)
{
    const uint32_t number = xlsx_row_number(attributes, rows->number);
    rows->number = number == 0 ? rows->number + 1 : number; /* the survey found them in order */
    rows->next_column = 0;
    rows->text.size = 0;
    rows->cell_count = 0;
    rows->has_flaws = false;
    rows->is_filled = false;
    rows->too_many_cells = false;
    cover_row(rows);
}

static void end_row(struct xlsx_rows *rows)
{
    if (!xlsx_bytes_append(&rows->text, "", 1)) {
        fail(rows);
        return;
    }
    for (size_t i = 0; i < rows->cell_count; i++)
        rows->cells[i] = rows->shared[i] != NULL ? rows->shared[i] : rows->text.bytes + rows->starts[i];
    if (rows->is_filled)
        xlsx_xml_pause(rows->xml);
}

/* ---- a cell ---- */

static enum cell_kind kind_named(const char *type)
{
    static const struct {
        const char *name;
        enum cell_kind kind;
    } kinds[] = {{"s", KIND_SHARED},  {"str", KIND_TEXT}, {"inlineStr", KIND_INLINE},
                 {"b", KIND_BOOLEAN}, {"d", KIND_DATE},   {"e", KIND_ERROR}};
    for (size_t i = 0; type != NULL && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(type, kinds[i].name) == 0)
            return kinds[i].kind;
    return KIND_NUMBER;
}

static void begin_cell(struct xlsx_rows *rows, const char *const *attributes)
{
    struct open_cell *cell = &rows->cell;
    *cell = (struct open_cell){.kind = kind_named(xlsx_attribute(attributes, "t")), .start = rows->text.size};
    if (!xlsx_cell_column(attributes, rows->next_column, &cell->column))
        cell->column = rows->next_column;
    rows->next_column = cell->column + 1;
    (void)xlsx_attribute_number(attributes, "s", UINT32_MAX - 1, &cell->style);
    rows->rich = (struct xlsx_rich_text){0};
}

static void take_stored(struct xlsx_rows *rows, const char *text, size_t size)
{
    struct open_cell *cell = &rows->cell;
    if (cell->too_long || rows->text.size - cell->start + size > SOURCE_CELL_BYTES_MAX)
        cell->too_long = true;
    else if (!xlsx_bytes_append(&rows->text, text, size))
        fail(rows);
}

/* What is stored becomes what is meant; rows->text holds it from cell->start on, with its NUL. */
static void replace_stored(struct xlsx_rows *rows, const char *text)
{
    rows->text.size = rows->cell.start;
    if (!xlsx_bytes_append(&rows->text, text, strlen(text) + 1))
        fail(rows);
}

static void trim_stored(struct xlsx_rows *rows)
{
    struct xlsx_bytes *text = &rows->text;
    const size_t start = rows->cell.start;
    size_t from = start;
    while (text->size > start && strchr(" \t\r\n", text->bytes[text->size - 1]) != NULL)
        text->size--;
    while (from < text->size && strchr(" \t\r\n", text->bytes[from]) != NULL)
        from++;
    memmove(text->bytes + start, text->bytes + from, text->size - from);
    text->size -= from - start;
}

static enum cell_flaw take_shared(struct xlsx_rows *rows, const char *stored, const char **shared)
{
    const size_t digits = strspn(stored, "0123456789");
    bool too_long;
    if (digits == 0 || digits > 9 || stored[digits] != '\0')
        return CELL_UNREADABLE;
    *shared = xlsx_strings_get(rows->meanings->strings, strtoul(stored, NULL, 10), &too_long);
    return *shared == NULL ? CELL_UNREADABLE : too_long ? CELL_TOO_LONG : CELL_SOUND;
}

static enum cell_flaw take_number(struct xlsx_rows *rows, const char *stored)
{
    char text[XLSX_NUMBER_TEXT_SIZE];
    const uint8_t shown = xlsx_styles_shown(rows->meanings->styles, rows->cell.style);
    const enum cell_flaw flaw = xlsx_number_text(stored, shown, rows->meanings->counts_from_1904, rows->c_locale, text);
    replace_stored(rows, text);
    return flaw;
}

static enum cell_flaw take_boolean(struct xlsx_rows *rows, const char *stored)
{
    const bool is_true = strcmp(stored, "1") == 0 || strcmp(stored, "true") == 0;
    if (!is_true && strcmp(stored, "0") != 0 && strcmp(stored, "false") != 0)
        return CELL_UNREADABLE;
    replace_stored(rows, is_true ? "TRUE" : "FALSE");
    return CELL_SOUND;
}

static enum cell_flaw take_text(struct xlsx_rows *rows)
{
    struct xlsx_bytes *text = &rows->text;
    const size_t start = rows->cell.start;
    /* Without the NUL, and with it again. */
    text->size = start + xlsx_text_meant(text->bytes + start, text->size - 1 - start);
    if (!xlsx_bytes_append(text, "", 1))
        fail(rows);
    return CELL_SOUND;
}

static enum cell_flaw take_value(struct xlsx_rows *rows, const char **shared)
{
    const char *stored = rows->text.bytes + rows->cell.start;
    switch (rows->cell.kind) {
    case KIND_NUMBER:
        return take_number(rows, stored);
    case KIND_SHARED:
        return take_shared(rows, stored, shared);
    case KIND_BOOLEAN:
        return take_boolean(rows, stored);
    case KIND_TEXT:
    case KIND_INLINE:
        return take_text(rows);
    case KIND_DATE:
        return CELL_SOUND; /* ISO 8601, read like any other */
    case KIND_ERROR:
        return CELL_ERROR;
    }
    abort();
}

/* A text that a formula gave may be empty; any other value may not. */
static bool is_uncalculated(const struct xlsx_rows *rows, bool empty)
{
    const struct open_cell *cell = &rows->cell;
    if (!cell->has_formula)
        return false;
    return rows->meanings->must_recalculate || !cell->has_value || (empty && cell->kind != KIND_TEXT);
}

/* Puts the cell into the row; columns before it that the row leaves out are empty. */
static void put_cell(struct xlsx_rows *rows, const char *shared, enum cell_flaw flaw)
{
    const uint32_t column = rows->cell.column;
    if (column >= SOURCE_COLUMNS_MAX) {
        rows->too_many_cells = true;
        rows->is_filled = true;
        return;
    }
    for (; rows->cell_count < column; rows->cell_count++) {
        rows->shared[rows->cell_count] = "";
        rows->flaws[rows->cell_count] = CELL_SOUND;
    }
    rows->shared[column] = shared;
    rows->starts[column] = rows->cell.start;
    rows->flaws[column] = flaw;
    rows->cell_count = column + 1;
    rows->has_flaws |= flaw != CELL_SOUND;
    rows->is_filled = true;
}

static void end_cell(struct xlsx_rows *rows)
{
    struct open_cell *cell = &rows->cell;
    const char *shared = NULL;
    enum cell_flaw flaw = CELL_SOUND;
    if (cell->too_long) {
        flaw = CELL_TOO_LONG;
        rows->text.size = cell->start;
    }
    if (cell->kind != KIND_INLINE && cell->kind != KIND_TEXT && rows->text.size > cell->start)
        trim_stored(rows);
    const bool empty = rows->text.size == cell->start;
    if (!xlsx_bytes_append(&rows->text, "", 1)) {
        fail(rows);
        return;
    }
    /* Under a merged cell nobody sees what a program left there. */
    if (cell->column < SOURCE_COLUMNS_MAX && rows->covered[cell->column])
        return;
    if (is_uncalculated(rows, empty)) {
        flaw = CELL_UNCALCULATED;
        shared = "";
    } else if (flaw == CELL_SOUND) {
        if (empty)
            return;
        flaw = take_value(rows, &shared);
        const char *meant = shared != NULL ? shared : rows->text.bytes + cell->start;
        if (flaw == CELL_SOUND && meant[0] == '\0')
            return;
    }
    put_cell(rows, shared, flaw);
}

/* ---- elements ---- */

static void start_in_cell(struct xlsx_rows *rows, const char *name)
{
    if (strcmp(name, "v") == 0) {
        rows->place = PLACE_VALUE;
        rows->cell.has_value = true;
    } else if (strcmp(name, "is") == 0) {
        rows->place = PLACE_INLINE;
        rows->cell.has_value = true;
    } else {
        rows->cell.has_formula |= strcmp(name, "f") == 0;
        rows->skipped = 1;
    }
}

static void take_start(void *context, const char *name, const char *const *attributes, int depth)
{
    struct xlsx_rows *rows = context;
    if (rows->skipped > 0) {
        rows->skipped++;
        return;
    }
    switch (rows->place) {
    case PLACE_OUTSIDE:
        if (depth == 2 && strcmp(name, "sheetData") == 0)
            rows->place = PLACE_ROWS;
        return;
    case PLACE_ROWS:
        if (strcmp(name, "row") == 0) {
            begin_row(rows, attributes);
            rows->place = PLACE_ROW;
            return;
        }
        break;
    case PLACE_ROW:
        if (strcmp(name, "c") == 0) {
            begin_cell(rows, attributes);
            rows->place = PLACE_CELL;
            return;
        }
        break;
    case PLACE_CELL:
        start_in_cell(rows, name);
        return;
    case PLACE_INLINE:
        xlsx_rich_text_start(&rows->rich, name);
        return;
    case PLACE_VALUE:
        break;
    }
    rows->skipped = 1;
}

static void take_end(void *context, const char *name, int depth)
{
    struct xlsx_rows *rows = context;
    (void)depth;
    if (rows->skipped > 0) {
        rows->skipped--;
        return;
    }
    switch (rows->place) {
    case PLACE_OUTSIDE:
        return;
    case PLACE_ROWS:
        rows->place = PLACE_OUTSIDE;
        return;
    case PLACE_ROW:
        end_row(rows);
        rows->place = PLACE_ROWS;
        return;
    case PLACE_CELL:
        end_cell(rows);
        rows->place = PLACE_ROW;
        return;
    case PLACE_VALUE:
        rows->place = PLACE_CELL;
        return;
    case PLACE_INLINE:
        if (strcmp(name, "is") == 0)
            rows->place = PLACE_CELL;
        else
            xlsx_rich_text_end(&rows->rich, name);
        return;
    }
}

static void take_characters(void *context, const char *text, size_t size)
{
    struct xlsx_rows *rows = context;
    if (rows->skipped > 0)
        return;
    if (rows->place == PLACE_VALUE || (rows->place == PLACE_INLINE && rows->rich.is_text))
        take_stored(rows, text, size);
}

/* ---- reading ---- */

struct xlsx_rows *xlsx_rows_open(struct xlsx_package *package, const char *part, const struct xlsx_survey *survey,
                                 const struct xlsx_meanings *meanings, struct reason *reason)
{
    static const struct xlsx_elements elements = {.start = take_start, .end = take_end, .text = take_characters};
    CLEANUP(xlsx_rows_close) struct xlsx_rows *opening = calloc(1, sizeof *opening);
    if (opening == NULL || (opening->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0)) == (locale_t)0) {
        reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
        return NULL;
    }
    opening->survey = survey;
    opening->meanings = meanings;
    opening->xml = xlsx_xml_open(package, part, XLSX_COUNTED_BEFORE, &elements, opening, reason);
    if (opening->xml == NULL)
        return NULL;
    struct xlsx_rows *rows = opening;
    opening = NULL;
    return rows;
}

void xlsx_rows_close(struct xlsx_rows **rows)
{
    struct xlsx_rows *gone = *rows;
    *rows = NULL;
    if (gone == NULL)
        return;
    xlsx_xml_close(&gone->xml);
    xlsx_bytes_clear(&gone->text);
    if (gone->c_locale != (locale_t)0)
        freelocale(gone->c_locale);
    free(gone);
}

bool xlsx_rows_next(struct xlsx_rows *rows, struct row *row, bool *failed)
{
    struct reason reason;
    const enum xlsx_xml_state state = xlsx_xml_go_on(rows->xml, &reason);
    *failed = state == XLSX_XML_FAILED;
    if (state != XLSX_XML_PAUSED)
        return false;
    *row = (struct row){.number = rows->number,
                        .cells = rows->cells,
                        .cell_count = rows->cell_count,
                        .covered = rows->covered,
                        .flaws = rows->has_flaws ? rows->flaws : NULL};
    if (rows->too_many_cells) {
        reason_set(&rows->flaw, REASON_TOO_LARGE, "超过 %d 列", "more than %d columns", SOURCE_COLUMNS_MAX);
        row->flaw = &rows->flaw;
    }
    return true;
}

size_t xlsx_rows_taken(const struct xlsx_rows *rows)
{
    return xlsx_xml_taken(rows->xml);
}
