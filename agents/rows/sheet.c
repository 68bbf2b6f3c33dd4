#include "sheet.h"

#include "fault.h"
#include "text.h"
#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOT_THERE = -1 };

/* Rows kept while a header is looked for. */
struct header_row {
    uint64_t number;
    char **cells;
    bool *covered; /* by cell: it lies under a merged one; NULL: the file does not tell */
    size_t count;
    bool flawed; /* never part of a header: it would be lost in silence */
};

struct header_search {
    struct header_row rows[SHEET_HEADER_SEARCH_ROWS];
    size_t count;
    uint64_t flawed_row; /* the first one that cannot be taken apart; 0: all can */
    struct reason flaw;  /* why */
};

struct sheet {
    const struct mapping *mapping;
    char **names; /* of the header's cells */
    char **compared;
    size_t name_count;
    int *cell_of;  /* by the mapping's column */
    int *name_of;  /* by the mapping's column: which of its names is in the header */
    char **filled; /* by the mapping's column: the last filled cell, for those that fill down */
    enum cell_flaw *filled_flaw;
    size_t rows_above; /* records up to and including the header */
    uint64_t header_row;
    size_t header_rows;
};

static void cells_free(char ***cells, size_t count)
{
    for (size_t i = 0; *cells != NULL && i < count; i++)
        free((*cells)[i]);
    free(*cells);
    *cells = NULL;
}

static void header_search_clear(struct header_search *search)
{
    for (size_t i = 0; i < search->count; i++) {
        cells_free(&search->rows[i].cells, search->rows[i].count);
        free(search->rows[i].covered);
    }
    *search = (struct header_search){0};
}

void sheet_close(struct sheet **sheet)
{
    struct sheet *gone = *sheet;
    *sheet = NULL;
    if (gone == NULL)
        return;
    cells_free(&gone->names, gone->name_count);
    cells_free(&gone->compared, gone->name_count);
    cells_free(&gone->filled, gone->mapping->column_count);
    free(gone->filled_flaw);
    free(gone->cell_of);
    free(gone->name_of);
    free(gone);
}

/* ---- looking for the header ---- */

static bool keep_row(struct header_search *search, const struct row *row)
{
    struct header_row *kept = &search->rows[search->count];
    *kept = (struct header_row){
        .number = row->number, .count = row->flaw == NULL ? row->cell_count : 0, .flawed = row->flaw != NULL};
    kept->cells = calloc(kept->count + 1, sizeof *kept->cells);
    search->count++;
    if (kept->flawed && search->flawed_row == 0 && strcmp(row->flaw->code, REASON_ENCODING) != 0) {
        search->flawed_row = row->number;
        search->flaw = *row->flaw;
    }
    if (row->covered != NULL && (kept->covered = calloc(kept->count + 1, sizeof *kept->covered)) == NULL)
        return false;
    for (size_t i = 0; kept->covered != NULL && i < kept->count; i++)
        kept->covered[i] = row->covered[i];
    for (size_t i = 0; kept->cells != NULL && i < kept->count; i++)
        if ((kept->cells[i] = text_trimmed(row->cells[i])) == NULL)
            return false;
    return kept->cells != NULL;
}

static bool keep_first_rows(struct header_search *search, struct source *source)
{
    struct row row;
    while (search->count < SHEET_HEADER_SEARCH_ROWS && source_next(source, &row) &&
           row.number <= SHEET_HEADER_SEARCH_ROWS)
        if (!keep_row(search, &row))
            return false;
    return true;
}

static const char *kept_cell(const struct header_row *row, size_t index)
{
    return index < row->count ? row->cells[index] : "";
}

/* Whether the cell on the left reaches over this one. A cell merged over columns was exported to text as one filled and
 * empty ones: there it covers what is on its right. */
static bool is_reached_from_left(const struct header_row *row, size_t index)
{
    return kept_cell(row, index)[0] == '\0' && (row->covered == NULL || (index < row->count && row->covered[index]));
}

/* The name of a column under `rows` header rows: what stands in them, joined. A cell merged over columns names them all
 * as long as something stands below. */
static char *joined_name(const struct header_row *first, size_t rows, size_t index)
{
    char name[1024] = "";
    for (size_t r = 0; r < rows; r++) {
        size_t from = index;
        bool below = false;
        for (size_t deeper = r + 1; deeper < rows; deeper++)
            below |= kept_cell(&first[deeper], index)[0] != '\0';
        while (below && from > 0 && is_reached_from_left(&first[r], from))
            from--;
        const char *part = kept_cell(&first[r], from);
        const size_t used = strlen(name);
        if (part[0] != '\0')
            snprintf(name + used, sizeof name - used, "%s%s", used > 0 ? "/" : "", part);
    }
    utf8_cut_broken(name);
    return strdup(name);
}

static bool take_names(struct sheet *sheet, const struct header_row *first, size_t rows)
{
    cells_free(&sheet->names, sheet->name_count);
    cells_free(&sheet->compared, sheet->name_count);
    sheet->name_count = 0;
    size_t count = 0;
    for (size_t r = 0; r < rows; r++)
        count = first[r].count > count ? first[r].count : count;
    sheet->names = calloc(count + 1, sizeof *sheet->names);
    sheet->compared = calloc(count + 1, sizeof *sheet->compared);
    if (sheet->names == NULL || sheet->compared == NULL)
        return false;
    sheet->name_count = count;
    for (size_t i = 0; i < count; i++) {
        sheet->names[i] = joined_name(first, rows, i);
        sheet->compared[i] = sheet->names[i] == NULL ? NULL : text_compared(sheet->names[i]);
        if (sheet->compared[i] == NULL)
            return false;
    }
    return true;
}

/* Binds one column by the first of its names that the header has. */
static void bind_column(struct sheet *sheet, size_t index)
{
    const struct mapping_column *column = &sheet->mapping->columns[index];
    sheet->cell_of[index] = NOT_THERE;
    sheet->name_of[index] = 0;
    for (size_t n = 0; n < column->name_count; n++) {
        for (size_t i = 0; i < sheet->name_count; i++) {
            if (strcmp(sheet->compared[i], column->compared[n]) == 0) {
                sheet->cell_of[index] = (int)i;
                sheet->name_of[index] = (int)n;
                return;
            }
        }
    }
}

/* How many required columns the rows have as a header; *missing gets one that they lack, or NOT_THERE. */
static size_t bind_columns(struct sheet *sheet, int *missing)
{
    size_t found = 0;
    *missing = NOT_THERE;
    for (size_t i = 0; i < sheet->mapping->column_count; i++) {
        bind_column(sheet, i);
        if (sheet->cell_of[i] != NOT_THERE)
            found++;
        else if (sheet->mapping->columns[i].required && *missing == NOT_THERE)
            *missing = (int)i;
    }
    return found;
}

/* A column whose name the header has twice; NOT_THERE: none. */
static int doubled_column(const struct sheet *sheet)
{
    for (size_t c = 0; c < sheet->mapping->column_count; c++) {
        if (sheet->cell_of[c] == NOT_THERE)
            continue;
        size_t count = 0;
        for (size_t i = 0; i < sheet->name_count; i++)
            count += strcmp(sheet->compared[i], sheet->compared[sheet->cell_of[c]]) == 0 ? 1 : 0;
        if (count > 1)
            return (int)c;
    }
    return NOT_THERE;
}

/* ---- saying what was found instead ---- */

static const char *nearest_name(const struct sheet *sheet, const char *name)
{
    const char *nearest = "";
    size_t best = 0;
    for (size_t i = 0; i < sheet->name_count; i++) {
        const size_t shared = text_shared_characters(name, sheet->names[i]);
        if (shared > best) {
            best = shared;
            nearest = sheet->names[i];
        }
    }
    return nearest;
}

/* The header's names in a line, as far as there is room. */
static void list_names(const struct sheet *sheet, char *list, size_t size)
{
    size_t used = 0;
    list[0] = '\0';
    for (size_t i = 0; i < sheet->name_count; i++) {
        char quoted[100];
        text_quote(sheet->names[i], quoted, sizeof quoted);
        if (quoted[0] == '\0')
            continue;
        if (used + strlen(quoted) + sizeof "、…" > size) {
            strcpy(list + used, "…");
            return;
        }
        used += (size_t)snprintf(list + used, size - used, "%s%s", used > 0 ? "、" : "", quoted);
    }
}

static void say_missing(struct sheet *sheet, const struct header_search *search, size_t best_row, size_t best_rows,
                        struct reason *reason)
{
    if (search->count == 0) {
        reason_set(reason, REASON_NO_HEADER, "文件是空的", "the file is empty");
        return;
    }
    int missing;
    if (!take_names(sheet, &search->rows[best_row], best_rows))
        return;
    (void)bind_columns(sheet, &missing);
    const char *wanted = missing == NOT_THERE ? "" : sheet->mapping->columns[missing].names[0];
    const unsigned long long row = search->rows[best_row].number;
    char list[160];
    list_names(sheet, list, sizeof list);
    char nearest[60];
    text_quote(nearest_name(sheet, wanted), nearest, sizeof nearest);
    if (nearest[0] == '\0' && search->flawed_row != 0)
        *reason = search->flaw; /* the header may be in that row */
    else if (nearest[0] == '\0')
        reason_set(reason, REASON_NO_HEADER, "前 20 行没有表头：找不到“%s”；第 %llu 行读出来是 %s",
                   "no header in the first 20 rows: looked for %s; row %llu reads %s", wanted, row, list);
    else
        reason_set(
            reason, REASON_NO_HEADER, "前 20 行没有表头：找不到“%s”；第 %llu 行有 %s；最接近的是“%s”，可加到映射里",
            "no header in the first 20 rows: looked for %s; row %llu has %s; nearest is %s: add it to the mapping",
            wanted, row, list, nearest);
}

static void say_doubled(const struct sheet *sheet, int doubled, struct reason *reason)
{
    char list[160];
    list_names(sheet, list, sizeof list);
    reason_set(reason, REASON_NO_HEADER, "第 %llu 行的表头里“%s”出现了两次：%s",
               "the header in row %llu has %s twice: %s", (unsigned long long)sheet->header_row,
               sheet_column_name(sheet, (size_t)doubled), list);
}

/* ---- opening ---- */

enum look { LOOK_FOUND, LOOK_MISSING, LOOK_DOUBLED, LOOK_FAILED };

static bool can_be_header(const struct header_search *search, size_t row, size_t rows)
{
    if (row + rows > search->count)
        return false;
    for (size_t i = 0; i < rows; i++)
        if (search->rows[row + i].flawed)
            return false;
    return true;
}

/* Looks for the header in the kept rows; *reason is filled unless FOUND. */
static enum look look_for_header(struct sheet *sheet, const struct header_search *search, struct reason *reason)
{
    size_t best = 0;
    size_t best_row = 0;
    size_t best_rows = 1;
    for (size_t row = 0; row < search->count; row++) {
        for (size_t rows = sheet->mapping->header_rows; rows >= 1; rows--) {
            int missing;
            if (!can_be_header(search, row, rows))
                continue;
            if (!take_names(sheet, &search->rows[row], rows))
                return LOOK_FAILED;
            const size_t found = bind_columns(sheet, &missing);
            if (missing == NOT_THERE) {
                sheet->rows_above = row + rows;
                sheet->header_rows = rows;
                sheet->header_row = search->rows[row + rows - 1].number;
                const int doubled = doubled_column(sheet);
                if (doubled == NOT_THERE)
                    return LOOK_FOUND;
                say_doubled(sheet, doubled, reason);
                return LOOK_DOUBLED;
            }
            if (found > best) {
                best = found;
                best_row = row;
                best_rows = rows;
            }
        }
    }
    say_missing(sheet, search, best_row, best_rows, reason);
    return LOOK_MISSING;
}

static struct sheet *sheet_new(const struct mapping *mapping)
{
    CLEANUP(sheet_close) struct sheet *sheet = calloc(1, sizeof *sheet);
    if (sheet == NULL)
        return NULL;
    sheet->mapping = mapping;
    sheet->cell_of = calloc(mapping->column_count + 1, sizeof *sheet->cell_of);
    sheet->name_of = calloc(mapping->column_count + 1, sizeof *sheet->name_of);
    sheet->filled = calloc(mapping->column_count + 1, sizeof *sheet->filled);
    sheet->filled_flaw = calloc(mapping->column_count + 1, sizeof *sheet->filled_flaw);
    if (sheet->cell_of == NULL || sheet->name_of == NULL || sheet->filled == NULL || sheet->filled_flaw == NULL)
        return NULL;
    struct sheet *made = sheet;
    sheet = NULL;
    return made;
}

struct sheet *sheet_open(const struct mapping *mapping, struct source *source, struct reason *reason)
{
    CLEANUP(sheet_close) struct sheet *sheet = sheet_new(mapping);
    bool first = true;
    *reason = (struct reason){0};
    if (!source_choose_sheet(source, mapping->sheets, mapping->sheet_count, reason))
        return NULL;
    do {
        struct reason found = {0};
        CLEANUP(header_search_clear) struct header_search search = {0};
        const bool kept = sheet != NULL && keep_first_rows(&search, source);
        const enum look look = kept ? look_for_header(sheet, &search, &found) : LOOK_FAILED;
        if (look == LOOK_FAILED) {
            reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
            return NULL;
        }
        if (look == LOOK_FOUND) {
            sheet_rewind(sheet, source);
            struct sheet *opened = sheet;
            sheet = NULL;
            return opened;
        }
        /* The likeliest reading speaks, unless another one came nearer: all names, one of them twice. */
        if (first || look == LOOK_DOUBLED)
            *reason = found;
        first = false;
    } while (source_reread(source));
    return NULL;
}

/* ---- the nearest header ---- */

/* Where a header may be: in which reading, and how much speaks for it. */
struct place {
    size_t reading;
    size_t row;
    size_t rows;
    size_t found;
    size_t texts; /* cells that are words, not numbers; counts where nothing was found */
};

static size_t count_texts(const struct header_row *row)
{
    size_t texts = 0;
    for (size_t i = 0; i < row->count; i++)
        texts += row->cells[i][0] != '\0' && strcspn(row->cells[i], "0123456789") == strlen(row->cells[i]) ? 1 : 0;
    return texts;
}

static bool is_better(const struct place *place, const struct place *best)
{
    return place->found != best->found ? place->found > best->found : place->found == 0 && place->texts > best->texts;
}

/* Looks at every place in the kept rows; false: memory ran out. */
static bool find_better(struct sheet *sheet, const struct header_search *search, size_t reading, struct place *best)
{
    for (size_t row = 0; row < search->count; row++) {
        for (size_t rows = 1; rows <= sheet->mapping->header_rows; rows++) {
            int missing;
            struct place place = {.reading = reading, .row = row, .rows = rows};
            if (!can_be_header(search, row, rows))
                continue;
            if (!take_names(sheet, &search->rows[row], rows))
                return false;
            place.found = bind_columns(sheet, &missing);
            place.texts = rows == 1 ? count_texts(&search->rows[row]) : 0;
            if (is_better(&place, best))
                *best = place;
        }
    }
    return true;
}

static bool bind_place(struct sheet *sheet, struct source *source, const struct place *place)
{
    CLEANUP(header_search_clear) struct header_search search = {0};
    int missing;
    for (size_t i = 0; i < place->reading; i++)
        (void)source_reread(source);
    if (!keep_first_rows(&search, source) || !take_names(sheet, &search.rows[place->row], place->rows))
        return false;
    (void)bind_columns(sheet, &missing);
    sheet->rows_above = place->row + place->rows;
    sheet->header_rows = place->rows;
    sheet->header_row = search.rows[place->row + place->rows - 1].number;
    sheet_rewind(sheet, source);
    return true;
}

struct sheet *sheet_open_nearest(const struct mapping *mapping, struct source *source, size_t *found)
{
    CLEANUP(sheet_close) struct sheet *sheet = sheet_new(mapping);
    struct place best = {0};
    size_t reading = 0;
    if (sheet == NULL)
        return NULL;
    while (source_reread(source))
        continue; /* to the first reading */
    do {
        CLEANUP(header_search_clear) struct header_search search = {0};
        if (!keep_first_rows(&search, source) || !find_better(sheet, &search, reading++, &best))
            return NULL;
    } while (source_reread(source));
    *found = best.found;
    if (best.rows == 0 || !bind_place(sheet, source, &best))
        return NULL;
    struct sheet *opened = sheet;
    sheet = NULL;
    return opened;
}

struct sheet *sheet_of_columns(const struct mapping *mapping, const char *const *names, size_t count,
                               struct reason *reason)
{
    CLEANUP(sheet_close) struct sheet *sheet = sheet_new(mapping);
    CLEANUP(header_search_clear) struct header_search search = {0};
    const struct row row = {.number = 1, .cells = names, .cell_count = count};
    int missing = NOT_THERE;
    if (sheet == NULL || !keep_row(&search, &row) || !take_names(sheet, &search.rows[0], 1)) {
        reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
        return NULL;
    }
    (void)bind_columns(sheet, &missing);
    const int doubled = doubled_column(sheet);
    if (missing != NOT_THERE || doubled != NOT_THERE) {
        char list[160];
        list_names(sheet, list, sizeof list);
        reason_set(reason, REASON_NO_HEADER,
                   missing != NOT_THERE ? "没有映射要的列“%s”；有：%s" : "列“%s”出现了两次；有：%s",
                   missing != NOT_THERE ? "there is no column %s, which the mapping wants; there are %s"
                                        : "the column %s is there twice; there are %s",
                   sheet->mapping->columns[missing != NOT_THERE ? missing : doubled].names[0], list);
        return NULL;
    }
    struct sheet *opened = sheet;
    sheet = NULL;
    return opened;
}

void sheet_rewind(struct sheet *sheet, struct source *source)
{
    struct row row;
    source_rewind(source);
    for (size_t i = 0; i < sheet->rows_above; i++)
        (void)source_next(source, &row);
    for (size_t i = 0; i < sheet->mapping->column_count; i++) {
        text_free(&sheet->filled[i]);
        sheet->filled_flaw[i] = CELL_SOUND;
    }
}

/* ---- rows ---- */

static bool repeats_header(const struct sheet *sheet, const struct row *row)
{
    size_t same = 0;
    for (size_t i = 0; i < sheet->mapping->column_count; i++) {
        const int cell = sheet->cell_of[i];
        if (cell == NOT_THERE)
            continue;
        if ((size_t)cell >= row->cell_count)
            return false;
        CLEANUP(text_free) char *compared = text_compared(row->cells[cell]);
        if (compared == NULL || strcmp(compared, sheet->compared[cell]) != 0)
            return false;
        same++;
    }
    return same > 0;
}

bool sheet_skips(const struct sheet *sheet, const struct row *row)
{
    if (repeats_header(sheet, row))
        return true;
    for (size_t i = 0; i < row->cell_count; i++) {
        if (row->flaws != NULL && row->flaws[i] != CELL_SOUND)
            return false; /* there is something, though it cannot be read */
        CLEANUP(text_free) char *compared = text_compared(row->cells[i]);
        if (compared == NULL || compared[0] == '\0')
            continue;
        for (size_t w = 0; w < sheet->mapping->ignored_count; w++)
            if (strncmp(compared, sheet->mapping->ignored[w], strlen(sheet->mapping->ignored[w])) == 0)
                return true;
        return false;
    }
    return true;
}

static const char *own_cell(const struct sheet *sheet, const struct row *row, size_t column)
{
    const int cell = sheet->cell_of[column];
    return cell == NOT_THERE || (size_t)cell >= row->cell_count ? "" : row->cells[cell];
}

static enum cell_flaw own_flaw(const struct sheet *sheet, const struct row *row, size_t column)
{
    const int cell = sheet->cell_of[column];
    return row->flaws == NULL || cell == NOT_THERE || (size_t)cell >= row->cell_count ? CELL_SOUND : row->flaws[cell];
}

void sheet_fill_down(struct sheet *sheet, const struct row *row)
{
    for (size_t i = 0; i < sheet->mapping->column_count; i++) {
        const char *own = own_cell(sheet, row, i);
        const enum cell_flaw flaw = own_flaw(sheet, row, i);
        if (!sheet->mapping->columns[i].fill_down || (own[0] == '\0' && flaw == CELL_SOUND))
            continue;
        text_free(&sheet->filled[i]);
        sheet->filled[i] = strdup(own);
        sheet->filled_flaw[i] = flaw;
    }
}

enum cell_flaw sheet_cell_flaw(const struct sheet *sheet, const struct row *row, size_t column)
{
    const enum cell_flaw flaw = own_flaw(sheet, row, column);
    return flaw == CELL_SOUND && own_cell(sheet, row, column)[0] == '\0' ? sheet->filled_flaw[column] : flaw;
}

const char *sheet_cell(const struct sheet *sheet, const struct row *row, size_t column)
{
    const char *own = own_cell(sheet, row, column);
    return own[0] == '\0' && sheet->filled[column] != NULL ? sheet->filled[column] : own;
}

bool sheet_has_column(const struct sheet *sheet, size_t column)
{
    return sheet->cell_of[column] != NOT_THERE;
}

const char *sheet_column_name(const struct sheet *sheet, size_t column)
{
    return sheet->mapping->columns[column].names[sheet->name_of[column]];
}

const struct mapping *sheet_mapping(const struct sheet *sheet)
{
    return sheet->mapping;
}

uint64_t sheet_header_row(const struct sheet *sheet)
{
    return sheet->header_row;
}

size_t sheet_header_rows(const struct sheet *sheet)
{
    return sheet->header_rows;
}

size_t sheet_header(const struct sheet *sheet, const char *const **names)
{
    *names = (const char *const *)sheet->names;
    return sheet->name_count;
}
