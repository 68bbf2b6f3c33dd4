#include "table_export.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

static const char nothing[] = "–";

/* A double holds every integer up to here. */
static const int64_t exact_in_double = INT64_C(1) << 53;

struct table_export {
    enum table_format format;
    uint32_t row;    /* that is being written, from 0 */
    uint16_t column; /* that comes next, from 0 */
    uint16_t columns;
    uint32_t head_row;
    bool failed;
    /* CSV */
    FILE *out;
    char *text;
    size_t text_size;
    /* .xlsx: a file of memory, which has no name that anybody else could open */
    int file;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *head_format;
    lxw_format *day_format;
    lxw_format *decimal_formats[TABLE_DECIMALS_MAX + 1];
};

static void make_formats(struct table_export *table)
{
    table->head_format = workbook_add_format(table->book);
    format_set_bold(table->head_format);
    format_set_text_wrap(table->head_format);
    format_set_align(table->head_format, LXW_ALIGN_VERTICAL_TOP);
    format_set_bottom(table->head_format, LXW_BORDER_THIN);
    table->day_format = workbook_add_format(table->book);
    format_set_num_format(table->day_format, "yyyy-mm-dd");
    static const char *const patterns[TABLE_DECIMALS_MAX + 1] = {"0", "0.0", "0.00", "0.000", "0.0000"};
    for (unsigned i = 0; i <= TABLE_DECIMALS_MAX; i++) {
        table->decimal_formats[i] = workbook_add_format(table->book);
        format_set_num_format(table->decimal_formats[i], patterns[i]);
    }
}

static bool open_book(struct table_export *table, const char *sheet)
{
    char path[32];
    /* Rows go to temporary files without a name as they come: a county's tree does not stand in memory as cells. */
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    table->file = memfd_create("table.xlsx", MFD_CLOEXEC);
    if (table->file < 0)
        return false;
    snprintf(path, sizeof path, "/proc/self/fd/%d", table->file);
    table->book = workbook_new_opt(path, &options);
    table->sheet = table->book == NULL ? NULL : workbook_add_worksheet(table->book, sheet);
    if (table->sheet == NULL)
        return false;
    make_formats(table);
    return true;
}

static bool open_text(struct table_export *table)
{
    table->out = open_memstream(&table->text, &table->text_size);
    if (table->out != NULL)
        fputs("\xEF\xBB\xBF", table->out);
    return table->out != NULL;
}

struct table_export *table_export_open(enum table_format format, const char *sheet, struct fault *fault)
{
    struct table_export *table = calloc(1, sizeof *table);
    if (table == NULL)
        abort();
    table->format = format;
    table->file = -1;
    if (format == TABLE_CSV ? open_text(table) : open_book(table, sheet))
        return table;
    fault_set(fault, FAULT_SYSTEM, "a table cannot be written: %s", strerror(errno));
    table_export_close(&table);
    return NULL;
}

void table_export_close(struct table_export **table)
{
    if (*table == NULL)
        return;
    if ((*table)->out != NULL)
        fclose((*table)->out);
    free((*table)->text);
    if ((*table)->book != NULL)
        workbook_close((*table)->book); /* the only way to free one */
    if ((*table)->file >= 0)
        close((*table)->file);
    free(*table);
    *table = NULL;
}

static bool is_number(const char *text)
{
    const size_t sign = text[0] == '-' || text[0] == '+' ? 1 : 0;
    const size_t whole = strspn(text + sign, "0123456789");
    const char *rest = text + sign + whole;
    if (whole == 0 || whole > 15)
        return false;
    return rest[0] == '\0' || (rest[0] == '.' && rest[1] != '\0' && strspn(rest + 1, "0123456789") == strlen(rest + 1));
}

/* A spreadsheet program computes what starts like this, also behind a tab or a line break. */
static bool looks_like_formula(const char *text)
{
    return text[0] != '\0' && strchr("=+-@\t\r\n", text[0]) != NULL;
}

/* One field, in quotes where it needs them; without control characters. */
static void write_field(FILE *out, const char *text, bool number)
{
    const bool apostrophe = !number && looks_like_formula(text);
    const bool quotes = strpbrk(text, ",\"\r\n\t ") != NULL || apostrophe;
    if (quotes)
        fputc('"', out);
    if (apostrophe)
        fputc('\'', out);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"')
            fputc('"', out);
        fputc(iscntrl((unsigned char)*at) ? ' ' : *at, out);
    }
    if (quotes)
        fputc('"', out);
}

/* The text without control characters, at most TABLE_TEXT_MAX bytes of whole characters. */
static void copy_text(const char *text, char copy[static TABLE_TEXT_MAX + 1])
{
    size_t size = strnlen(text, TABLE_TEXT_MAX + 1);
    if (size > TABLE_TEXT_MAX)
        for (size = TABLE_TEXT_MAX; size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80;)
            size--;
    memcpy(copy, text, size);
    copy[size] = '\0';
    for (char *at = copy; *at != '\0'; at++)
        *at = iscntrl((unsigned char)*at) ? ' ' : *at;
}

static const char *or_nothing(const char *text)
{
    return text == NULL || text[0] == '\0' ? nothing : text;
}

static bool next_cell(struct table_export *table)
{
    if (table->row >= TABLE_ROWS_MAX)
        table->failed = true;
    if (table->failed)
        return false;
    if (table->format == TABLE_CSV && table->column > 0)
        fputc(',', table->out);
    return true;
}

static void check(struct table_export *table, lxw_error error)
{
    if (error != LXW_NO_ERROR)
        table->failed = true;
}

static void write_text(struct table_export *table, const char *text, lxw_format *format)
{
    if (!next_cell(table))
        return;
    char copy[TABLE_TEXT_MAX + 1];
    copy_text(or_nothing(text), copy);
    if (table->format == TABLE_CSV)
        write_field(table->out, copy, false);
    else
        check(table, worksheet_write_string(table->sheet, table->row, table->column, copy, format));
    table->column++;
}

void table_export_text(struct table_export *table, const char *text)
{
    write_text(table, text, NULL);
}

void table_export_integer(struct table_export *table, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    if (table->format == TABLE_XLSX && (number > exact_in_double || number < -exact_in_double)) {
        write_text(table, text, NULL);
        return;
    }
    if (!next_cell(table))
        return;
    if (table->format == TABLE_CSV)
        write_field(table->out, text, true);
    else
        check(table, worksheet_write_number(table->sheet, table->row, table->column, (double)number, NULL));
    table->column++;
}

void table_export_decimal(struct table_export *table, const char *text)
{
    const char *point = text == NULL ? NULL : strchr(text, '.');
    const size_t decimals = point == NULL ? 0 : strlen(point + 1);
    if (text == NULL || !is_number(text) || decimals > TABLE_DECIMALS_MAX) {
        write_text(table, text, NULL);
        return;
    }
    if (!next_cell(table))
        return;
    if (table->format == TABLE_CSV)
        write_field(table->out, text, true);
    else
        check(table, worksheet_write_number(table->sheet, table->row, table->column, strtod(text, NULL),
                                            table->decimal_formats[decimals]));
    table->column++;
}

static bool read_day(const char *text, lxw_datetime *day)
{
    char end = '\0';
    *day = (lxw_datetime){0};
    return strlen(text) == 10 && sscanf(text, "%4d-%2d-%2d%c", &day->year, &day->month, &day->day, &end) == 3 &&
           day->year >= 1900 && day->month >= 1 && day->month <= 12 && day->day >= 1 && day->day <= 31;
}

void table_export_day(struct table_export *table, const char *day)
{
    lxw_datetime value;
    if (table->format == TABLE_CSV || day == NULL || !read_day(day, &value)) {
        write_text(table, day, NULL);
        return;
    }
    if (!next_cell(table))
        return;
    check(table, worksheet_write_datetime(table->sheet, table->row, table->column, &value, table->day_format));
    table->column++;
}

void table_export_row_end(struct table_export *table)
{
    assert(table->columns == 0 || table->column == table->columns || table->failed);
    if (table->format == TABLE_CSV && (fputs("\r\n", table->out) < 0 || ftell(table->out) > TABLE_SIZE_MAX))
        table->failed = true;
    table->row++;
    table->column = 0;
}

void table_export_line(struct table_export *table, const char *label, const char *text)
{
    assert(table->columns == 0);
    write_text(table, label, table->head_format);
    write_text(table, text, NULL);
    table_export_row_end(table);
}

void table_export_heads(struct table_export *table, const struct table_column *columns, size_t count)
{
    assert(table->columns == 0 && count > 0 && count <= TABLE_COLUMNS_MAX);
    table_export_row_end(table);
    table->head_row = table->row;
    for (size_t i = 0; i < count; i++) {
        if (table->format == TABLE_XLSX)
            check(table, worksheet_set_column(table->sheet, (lxw_col_t)i, (lxw_col_t)i, columns[i].width, NULL));
        write_text(table, columns[i].head, table->head_format);
    }
    table->columns = (uint16_t)count;
    if (table->format == TABLE_XLSX)
        worksheet_freeze_panes(table->sheet, table->row + 1, 1);
    table_export_row_end(table);
}

/* All that stands in the file of memory. */
static uint8_t *read_file(int file, size_t *size)
{
    const off_t end = lseek(file, 0, SEEK_END);
    if (end <= 0)
        return NULL;
    uint8_t *bytes = malloc((size_t)end);
    if (bytes == NULL || pread(file, bytes, (size_t)end, 0) != end) {
        free(bytes);
        return NULL;
    }
    *size = (size_t)end;
    return bytes;
}

static bool finish_book(struct table_export *table, uint8_t **bytes, size_t *size)
{
    if (table->columns > 0 && table->row > table->head_row + 1)
        worksheet_autofilter(table->sheet, table->head_row, 0, table->row - 1, (lxw_col_t)(table->columns - 1));
    const lxw_error error = workbook_close(table->book);
    table->book = NULL;
    *bytes = error == LXW_NO_ERROR ? read_file(table->file, size) : NULL;
    return *bytes != NULL;
}

static bool finish_text(struct table_export *table, uint8_t **bytes, size_t *size)
{
    const bool written = !ferror(table->out) && fclose(table->out) == 0;
    table->out = NULL;
    if (!written)
        return false;
    *bytes = (uint8_t *)table->text;
    *size = table->text_size;
    table->text = NULL;
    return true;
}

bool table_export_finish(struct table_export *table, uint8_t **bytes, size_t *size, struct fault *fault)
{
    if (table->failed)
        return fault_set(fault, FAULT_FULL, "the table has more than %d rows or is too large", TABLE_ROWS_MAX);
    if (table->format == TABLE_CSV ? finish_text(table, bytes, size) : finish_book(table, bytes, size))
        return true;
    table->failed = true;
    return fault_set(fault, FAULT_SYSTEM, "a table cannot be written");
}
