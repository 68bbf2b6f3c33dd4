/* Office files as rows: every encoding, delimiter, quote and limit of OFFICES.md §1 that concerns text. */
#include "source.h"

#include "csv_source.h"
#include "encoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* A file of its own for each test. */
struct sheet_file {
    char path[64];
    struct source *source;
    struct reason reason;
};

static int open_file(void **state)
{
    struct sheet_file *file = calloc(1, sizeof *file);
    strcpy(file->path, "/tmp/csv_source_test.XXXXXX");
    const int descriptor = mkstemp(file->path);
    close(descriptor);
    *state = file;
    return descriptor < 0;
}

static int close_file(void **state)
{
    struct sheet_file *file = *state;
    source_close(&file->source);
    unlink(file->path);
    free(file);
    return 0;
}

static enum source_opened open_bytes(struct sheet_file *file, const void *bytes, size_t size)
{
    FILE *stream = fopen(file->path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    fclose(stream);
    source_close(&file->source);
    return source_open(file->path, &file->source, &file->reason);
}

static void open_text(struct sheet_file *file, const char *text)
{
    assert_int_equal(open_bytes(file, text, strlen(text)), SOURCE_OPENED);
}

/* The next row is this one: its number, and its cells joined by `|`. */
static void expect_row(struct sheet_file *file, uint64_t number, const char *cells)
{
    struct row row;
    char joined[4096] = "";
    assert_true(source_next(file->source, &row));
    assert_int_equal(row.number, number);
    if (row.flaw != NULL)
        fail_msg("row %d: %s", (int)number, row.flaw->en);
    for (size_t i = 0; i < row.cell_count; i++) {
        strcat(joined, i > 0 ? "|" : "");
        strcat(joined, row.cells[i]);
    }
    assert_string_equal(joined, cells);
}

static void expect_flaw(struct sheet_file *file, uint64_t number, const char *code)
{
    struct row row;
    assert_true(source_next(file->source, &row));
    assert_non_null(row.flaw);
    assert_int_equal(row.number, number);
    assert_string_equal(row.flaw->code, code);
}

static void expect_end(struct sheet_file *file)
{
    struct row row;
    assert_false(source_next(file->source, &row));
}

/* ---- encodings ---- */

static void gb18030_is_read(void **state)
{
    open_text(*state, "\xB5\xA5\xCE\xBB\xB1\xE0\xC2\xEB\x2C\xC3\xFB\xB3\xC6");
    expect_row(*state, 1, "单位编码|名称");
    assert_string_equal(source_reading(((struct sheet_file *)*state)->source), "GB18030, comma");
}

static void both_readings_are_offered_where_both_are_legal(void **state)
{
    struct sheet_file *file = *state;
    open_text(file, "\xD7\xB4\xCC\xAC,\xD2\xBB\n"); /* 状态,一 in GB18030 and legal UTF-8 */
    assert_string_equal(source_reading(file->source), "UTF-8, comma");
    assert_true(source_reread(file->source));
    expect_row(file, 1, "状态|一");
    assert_string_equal(source_reading(file->source), "GB18030, comma");
    assert_false(source_reread(file->source));
    assert_string_equal(source_reading(file->source), "UTF-8, comma");
}

static void rare_characters_of_gb18030_are_read(void **state)
{
    open_text(*state, "\xFE\x9F,\x81\x39\xEF\x31,\x95\x34\xB2\x35\n");
    expect_row(*state, 1, "䶮|㐂|𠮷");
}

static void the_lone_euro_of_windows_is_read(void **state)
{
    open_text(*state, "\xD7\xB4\xCC\xAC,\x80,\xFE\x9F\n");
    expect_row(*state, 1, "状态|€|䶮");
}

static void byte_order_marks_are_removed_also_inside(void **state)
{
    struct sheet_file *file = *state;
    open_text(file, "\xEF\xBB\xBF编号,名称\n1,a\n\xEF\xBB\xBF编号,名称\n2,b\n");
    expect_row(file, 1, "编号|名称");
    expect_row(file, 2, "1|a");
    expect_row(file, 3, "编号|名称");
    expect_row(file, 4, "2|b");
    expect_end(file);
}

static void utf16_is_read_by_its_mark(void **state)
{
    struct sheet_file *file = *state;
    assert_int_equal(open_bytes(file, "\xFF\xFE\x55\x53\x4D\x4F\x09\x00", 8), SOURCE_OPENED);
    expect_row(file, 1, "单位|");
    assert_string_equal(source_reading(file->source), "UTF-16, tab");
}

static void what_a_file_is_its_first_bytes_say(void **state)
{
    struct sheet_file *file = *state;
    const char *const files[] = {"\xD0\xCF\x11\xE0rest", "<html>", "\xEF\xBB\xBF\r\n<table>"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        assert_int_equal(open_bytes(file, files[i], strlen(files[i])), SOURCE_REFUSED);
        assert_string_equal(file->reason.code, REASON_UNSUPPORTED);
        assert_non_null(strstr(file->reason.en, "save it as .xlsx"));
    }
    assert_int_equal(open_bytes(file, "PK\x03\x04rest", 8), SOURCE_UNSETTLED); /* the beginning of a workbook */
}

static void a_file_that_ends_within_a_character_is_still_being_copied(void **state)
{
    struct sheet_file *file = *state;
    const char text[] = "\xB5\xA5\xCE\xBB,\xC3\xFB\n\xD3\xDB\xCF";
    assert_int_equal(open_bytes(file, text, sizeof text - 1), SOURCE_UNSETTLED);
    assert_string_equal(file->reason.code, REASON_ENCODING);
}

static void a_cut_utf8_file_is_known_as_cut_in_the_reading_with_the_header(void **state)
{
    struct sheet_file *file = *state;
    open_text(file, "编号,名称\n1,ab\xE4\xBD"); /* whole in GB18030 */
    expect_row(file, 1, "编号|名称");
    assert_true(source_is_cut(file->source, &file->reason));
}

static void a_wrong_byte_spoils_its_row_alone_and_is_named(void **state)
{
    struct sheet_file *file = *state;
    open_text(file, "\xB5\xA5\xCE\xBB\n1\nx\xFF\n3\n");
    expect_row(file, 1, "单位");
    expect_row(file, 2, "1");
    struct row row;
    assert_true(source_next(file->source, &row));
    assert_int_equal(row.number, 3);
    assert_string_equal(row.flaw->code, REASON_ENCODING);
    assert_string_equal(row.flaw->en, "byte 9 of the file, FF, is no text");
    expect_row(file, 4, "3");
    source_rewind(file->source);
    expect_row(file, 1, "单位");
    expect_row(file, 2, "1");
    expect_flaw(file, 3, REASON_ENCODING);
}

static void other_encodings_do_not_give_chinese_headers(void **state)
{
    struct sheet_file *file = *state;
    open_text(file, "\xB3\xE6\xA6\xEC,1\n"); /* 單位 in Big5 */
    struct row row;
    assert_true(source_next(file->source, &row));
    assert_string_not_equal(row.cells[0], "單位");
}

/* ---- records ---- */

static void line_ends_and_delimiters_are_recognised(void **state)
{
    const char *const files[] = {"a,b\r\n1,2\r\n", "a,b\n1,2", "a,b\r1,2\r", "a\tb\n1\t2\n", "a;b\r\n1;2\r\n"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        open_text(*state, files[i]);
        expect_row(*state, 1, "a|b");
        expect_row(*state, 2, "1|2");
        expect_end(*state);
    }
}

static void a_sep_line_names_the_delimiter(void **state)
{
    open_text(*state, "sep=;\r\na,x;b\r\n1;2\r\n");
    expect_row(*state, 2, "a,x|b");
    expect_row(*state, 3, "1|2");
}

static void another_delimiter_is_tried_when_the_header_is_not_found(void **state)
{
    struct sheet_file *file = *state;
    open_text(file, "a;b\n1,2,3;4,5,6\n");
    assert_true(source_reread(file->source));
    expect_row(file, 1, "a|b");
}

static void a_line_break_in_quotes_belongs_to_the_cell_and_counts_as_a_line(void **state)
{
    open_text(*state, "a,\"b\r\nc\"\r\nd,e\r\n\r\nf,g\r\n");
    expect_row(*state, 1, "a|b\r\nc");
    expect_row(*state, 3, "d|e");
    expect_row(*state, 5, "f|g");
    expect_end(*state);
}

static void a_quote_never_closed_costs_one_row(void **state)
{
    struct sheet_file *file = *state;
    char text[4096] = "a,b\n1,\"open\n";
    for (int i = 3; i <= 150; i++)
        sprintf(text + strlen(text), "%d,x\n", i);
    open_text(file, text);
    expect_row(file, 1, "a|b");
    expect_flaw(file, 2, REASON_MALFORMED);
    expect_row(file, 3, "3|x");
    for (int i = 4; i < 150; i++) {
        struct row row;
        assert_true(source_next(file->source, &row));
        assert_null(row.flaw);
    }
    expect_row(file, 150, "150|x");
    expect_end(file);
}

static void a_quote_never_closed_at_the_end_costs_one_row(void **state)
{
    open_text(*state, "a,b\n1,\"open\n2,x\n");
    expect_row(*state, 1, "a|b");
    expect_flaw(*state, 2, REASON_MALFORMED);
    expect_row(*state, 3, "2|x");
    expect_end(*state);
}

static void the_line_that_opens_a_quote_is_shown_for_mending(void **state)
{
    struct sheet_file *file = *state;
    struct row row;
    open_text(file, "a,b,c\r\n1,\"x\r\ny\",\"open,d\r\n2,x\r\n");
    expect_row(file, 1, "a|b|c");
    assert_true(source_next(file->source, &row));
    assert_non_null(row.flaw);
    assert_int_equal(row.number, 3);
    assert_int_equal(row.cell_count, 3);
    assert_string_equal(row.cells[0], "y\"");
    assert_string_equal(row.cells[1], "\"open");
    assert_string_equal(row.cells[2], "d");
    expect_row(file, 4, "2|x");
}

static void quotes_inside_and_around_codes_are_taken_as_meant(void **state)
{
    open_text(*state, "a\"b,=\"140322102200\",'140322102200,\"c\"\"d\",\" e \"\n");
    expect_row(*state, 1, "a\"b|140322102200|140322102200|c\"d| e ");
}

static void short_and_long_rows_keep_their_cells(void **state)
{
    open_text(*state, "a,b,c\n1\n1,2,3,,\n1,2,3,4\n");
    expect_row(*state, 1, "a|b|c");
    expect_row(*state, 2, "1");
    expect_row(*state, 3, "1|2|3||");
    expect_row(*state, 4, "1|2|3|4");
}

/* ---- limits ---- */

static void a_cell_over_64_kib_costs_one_row(void **state)
{
    struct sheet_file *file = *state;
    const size_t size = SOURCE_CELL_BYTES_MAX + 100;
    char *text = malloc(size + 64);
    strcpy(text, "a,b\n1,");
    memset(text + 6, 'x', size);
    strcpy(text + 6 + size, "\n2,y\n");
    open_text(file, text);
    free(text);
    expect_row(file, 1, "a|b");
    expect_flaw(file, 2, REASON_TOO_LARGE);
    expect_row(file, 3, "2|y");
}

static void more_than_1024_filled_columns_cost_one_row(void **state)
{
    struct sheet_file *file = *state;
    char text[4096] = "a,b\n";
    for (int i = 0; i < SOURCE_COLUMNS_MAX; i++)
        strcat(text, "1,");
    strcat(text, "1\n2,y\n");
    open_text(file, text);
    expect_row(file, 1, "a|b");
    expect_flaw(file, 2, REASON_TOO_LARGE);
    expect_row(file, 3, "2|y");
}

static void a_file_over_256_mib_is_refused(void **state)
{
    struct sheet_file *file = *state;
    assert_int_equal(truncate(file->path, (off_t)SOURCE_FILE_BYTES_MAX + 1), 0);
    assert_int_equal(source_open(file->path, &file->source, &file->reason), SOURCE_REFUSED);
    assert_string_equal(file->reason.code, REASON_TOO_LARGE);
}

static void a_file_that_cannot_be_read_is_tried_again(void **state)
{
    struct sheet_file *file = *state;
    assert_int_equal(source_open("/nowhere/at/all.csv", &file->source, &file->reason), SOURCE_UNSETTLED);
    assert_null(file->source);
}

static void nul_in_a_row_costs_the_row(void **state)
{
    struct sheet_file *file = *state;
    assert_int_equal(open_bytes(file, "a,b\n1,\0x\n2,y\n", 13), SOURCE_OPENED);
    expect_row(file, 1, "a|b");
    expect_flaw(file, 2, REASON_MALFORMED);
    expect_row(file, 3, "2|y");
}

static void what_we_write_no_spreadsheet_takes_for_a_formula(void **state)
{
    (void)state;
    const char *const cells[] = {"=1+1", "+1", "-1", "@a", "a,b", "a\"b", "a\nb", "plain", ""};
    struct csv_text csv = {0};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        assert_true(csv_append_cell(&csv, cells[i], i == 0));
    assert_string_equal(csv.text, "'=1+1,'+1,'-1,'@a,\"a,b\",\"a\"\"b\",\"a\nb\",plain,");
    csv_text_clear(&csv);
}

#define FILE_TEST(promise) cmocka_unit_test_setup_teardown(promise, open_file, close_file)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(gb18030_is_read),
        FILE_TEST(both_readings_are_offered_where_both_are_legal),
        FILE_TEST(rare_characters_of_gb18030_are_read),
        FILE_TEST(the_lone_euro_of_windows_is_read),
        FILE_TEST(byte_order_marks_are_removed_also_inside),
        FILE_TEST(utf16_is_read_by_its_mark),
        FILE_TEST(what_a_file_is_its_first_bytes_say),
        FILE_TEST(a_file_that_ends_within_a_character_is_still_being_copied),
        FILE_TEST(a_cut_utf8_file_is_known_as_cut_in_the_reading_with_the_header),
        FILE_TEST(a_wrong_byte_spoils_its_row_alone_and_is_named),
        FILE_TEST(other_encodings_do_not_give_chinese_headers),
        FILE_TEST(line_ends_and_delimiters_are_recognised),
        FILE_TEST(a_sep_line_names_the_delimiter),
        FILE_TEST(another_delimiter_is_tried_when_the_header_is_not_found),
        FILE_TEST(a_line_break_in_quotes_belongs_to_the_cell_and_counts_as_a_line),
        FILE_TEST(a_quote_never_closed_costs_one_row),
        FILE_TEST(a_quote_never_closed_at_the_end_costs_one_row),
        FILE_TEST(the_line_that_opens_a_quote_is_shown_for_mending),
        FILE_TEST(quotes_inside_and_around_codes_are_taken_as_meant),
        FILE_TEST(short_and_long_rows_keep_their_cells),
        FILE_TEST(a_cell_over_64_kib_costs_one_row),
        FILE_TEST(more_than_1024_filled_columns_cost_one_row),
        FILE_TEST(a_file_over_256_mib_is_refused),
        FILE_TEST(a_file_that_cannot_be_read_is_tried_again),
        FILE_TEST(nul_in_a_row_costs_the_row),
        cmocka_unit_test(what_we_write_no_spreadsheet_takes_for_a_formula),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
