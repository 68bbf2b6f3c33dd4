/* Workbooks as rows: the rows of OFFICES.md §1 that concern .xlsx, and what a hostile or damaged archive gets. */
#include "source.h"

#include "book.h"
#include "xlsx_package.h"
#include "xlsx_styles.h"
#include "xlsx_survey.h"
#include "xlsx_xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include <cmocka.h>

struct reading {
    struct book book;
    struct source *source;
    struct reason reason;
};

static int open_reading(void **state)
{
    struct reading *reading = calloc(1, sizeof *reading);
    book_make(&reading->book);
    *state = reading;
    return 0;
}

static int close_reading(void **state)
{
    struct reading *reading = *state;
    source_close(&reading->source);
    book_remove(&reading->book);
    free(reading);
    return 0;
}

static void put(struct reading *reading, const char *name, const char *body)
{
    book_put(&reading->book, name, body);
}

static void put_usual(struct reading *reading, const char *sheet)
{
    book_put_usual(&reading->book, sheet);
}

static enum source_opened open_written(struct reading *reading)
{
    source_close(&reading->source);
    return source_open(reading->book.path, &reading->source, &reading->reason);
}

static void open_parts(struct reading *reading)
{
    book_write(&reading->book);
    if (open_written(reading) != SOURCE_OPENED || !source_choose_sheet(reading->source, NULL, 0, &reading->reason))
        fail_msg("%s", reading->reason.en);
}

static void open_rows(struct reading *reading, const char *sheet)
{
    put_usual(reading, sheet);
    open_parts(reading);
}

/* ---- what it must give ---- */

static void expect_row(struct reading *reading, uint64_t number, const char *cells)
{
    struct row row;
    char joined[4096] = "";
    assert_true(source_next(reading->source, &row));
    if (row.flaw != NULL)
        fail_msg("row %d: %s", (int)row.number, row.flaw->en);
    for (size_t i = 0; i < row.cell_count; i++) {
        strcat(joined, i > 0 ? "|" : "");
        strcat(joined, row.cells[i]);
        if (row.flaws != NULL && row.flaws[i] != CELL_SOUND)
            sprintf(joined + strlen(joined), "!%d", (int)row.flaws[i]);
    }
    assert_string_equal(joined, cells);
    assert_int_equal(row.number, number);
}

static void expect_end(struct reading *reading)
{
    struct row row;
    assert_false(source_next(reading->source, &row));
    assert_false(source_failed(reading->source));
}

/* Opening it, or choosing its sheet, ends so. */
static void expect_opened(struct reading *reading, enum source_opened opened, const char *code, const char *said)
{
    book_write(&reading->book);
    enum source_opened got = open_written(reading);
    if (got == SOURCE_OPENED && !source_choose_sheet(reading->source, NULL, 0, &reading->reason))
        got = source_is_cut(reading->source, &reading->reason) ? SOURCE_UNSETTLED : SOURCE_REFUSED;
    if (got != opened || strcmp(reading->reason.code, code) != 0 || strstr(reading->reason.en, said) == NULL)
        fail_msg("%d %s: %s", (int)got, reading->reason.code, reading->reason.en);
    assert_true(reading->reason.zh[0] != '\0');
}

/* One cell, whole as XML, in a workbook with these styles: 1 is date id 14, 2 id 22, 3 custom, 4 zeros. */
static void expect_cell(struct reading *reading, const char *cell, const char *text)
{
    char sheet[1024];
    snprintf(sheet, sizeof sheet, SHEET("<row>%s</row>"), cell);
    put_usual(reading, sheet);
    put(reading, "xl/styles.xml",
        "<styleSheet xmlns=\"" MAIN "\"><numFmts><numFmt numFmtId=\"176\" formatCode='yyyy\"年\"m\"月\"d\"日\";@'/>"
        "<numFmt numFmtId=\"177\" formatCode=\"0000\"/></numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
        "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/><xf numFmtId=\"176\"/>"
        "<xf numFmtId=\"177\"/><xf numFmtId=\"31\"/><xf numFmtId=\"57\"/></cellXfs></styleSheet>");
    open_parts(reading);
    expect_row(reading, 1, text);
}

/* ---- strings ---- */

static void shared_inline_and_rich_strings_are_text_without_phonetics(void **state)
{
    struct reading *reading = *state;
    put_usual(reading,
              SHEET("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"
                    "<c r=\"C1\" t=\"inlineStr\"><is><t>行内</t></is></c>"
                    "<c r=\"D1\" t=\"inlineStr\"><is><r><rPr><b/></rPr><t>粗</t></r><r><t xml:space=\"preserve\"> "
                    "细</t></r><rPh sb=\"0\" eb=\"1\"><t>cu</t></rPh></is></c>"
                    "<c r=\"E1\" t=\"str\"><f>A1</f><v>算出</v></c></row>"));
    put(reading, "xl/sharedStrings.xml",
        "<sst xmlns=\"" MAIN "\"><si><t>单位</t><phoneticPr fontId=\"1\"/></si>"
        "<si><r><t>盂</t></r><r><t>县</t></r><rPh sb=\"0\" eb=\"1\"><t>yu</t></rPh></si></sst>");
    open_parts(reading);
    expect_row(reading, 1, "单位|盂县|行内|粗 细|算出");
    expect_end(reading);
    assert_string_equal(source_reading(reading->source), "xlsx, 台账");
}

static void what_the_format_escapes_is_itself_again(void **state)
{
    expect_cell(*state, "<c t=\"inlineStr\"><is><t>a_x000D_b_x005F_x000D_c_xZZZZ_</t></is></c>", "a\rb_x000D_c_xZZZZ_");
}

static void what_only_keeps_a_code_from_being_a_number_is_gone(void **state)
{
    expect_cell(*state, "<c t=\"inlineStr\"><is><t>'140322102200</t></is></c>", "140322102200");
    expect_cell(*state, "<c t=\"inlineStr\"><is><t>=\"140322102200\"</t></is></c>", "140322102200");
}

static void prefixes_are_no_part_of_names(void **state)
{
    struct reading *reading = *state;
    put_usual(reading, "<x:worksheet xmlns:x=\"" MAIN "\"><x:sheetData><x:row r=\"2\"><x:c r=\"B2\"><x:v>7</x:v></x:c>"
                       "</x:row></x:sheetData></x:worksheet>");
    put(reading, "xl/workbook.xml",
        "<x:workbook xmlns:x=\"" MAIN "\" xmlns:q=\"" RELATIONS "\"><x:sheets><x:sheet name=\"台账\" q:id=\"rId1\"/>"
        "</x:sheets></x:workbook>");
    open_parts(reading);
    expect_row(reading, 2, "|7");
}

static void strict_workbooks_are_read(void **state)
{
    struct reading *reading = *state;
    put_usual(reading, "<worksheet xmlns=\"" STRICT_MAIN "\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"d\">"
                       "<v>2020-04-03T14:30:00</v></c></row></sheetData></worksheet>");
    put(reading, "_rels/.rels",
        RELATIONSHIPS("<Relationship Id=\"a\" Type=\"" STRICT_RELATIONS
                      "/officeDocument\" Target=\"xl/workbook.xml\"/>"));
    put(reading, "xl/_rels/workbook.xml.rels",
        RELATIONSHIPS("<Relationship Id=\"rId1\" Type=\"" STRICT_RELATIONS "/worksheet\" "
                      "Target=\"worksheets/sheet1.xml\"/>"));
    put(reading, "xl/workbook.xml",
        "<workbook xmlns=\"" STRICT_MAIN "\" xmlns:r=\"" STRICT_RELATIONS "\">" ONE_SHEET "</workbook>");
    open_parts(reading);
    expect_row(reading, 1, "2020-04-03T14:30:00");
}

static void names_of_parts_are_found_as_sloppy_programs_write_them(void **state)
{
    struct reading *reading = *state;
    put_usual(reading, "");
    reading->book.count = 0;
    put(reading, "_RELS\\.rels", RELATIONSHIPS(LINK("rId1", "officeDocument", "/xl/Workbook.xml")));
    put(reading, "xl\\_rels\\workbook.xml.rels",
        RELATIONSHIPS(LINK("rId1", "worksheet", "../XL/worksheets/Sheet1.xml")));
    put(reading, "xl\\workbook.xml", WORKBOOK(ONE_SHEET));
    put(reading, "xl\\worksheets\\sheet1.xml", SHEET("<row><c><v>1</v></c></row>"));
    open_parts(reading);
    expect_row(reading, 1, "1");
}

/* ---- what is not used ---- */

static void a_wrong_dimension_is_not_used(void **state)
{
    open_rows(*state,
              "<worksheet xmlns=\"" MAIN "\"><dimension ref=\"A1\"/><sheetData><row r=\"3\"><c r=\"C3\"><v>5</v>"
              "</c></row></sheetData></worksheet>");
    expect_row(*state, 3, "||5");
}

static void broken_properties_are_not_used(void **state)
{
    put(*state, "docProps/core.xml", "<not xml");
    put(*state, "docProps/app.xml", "\xFF\xFE");
    open_rows(*state, SHEET("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>"));
    expect_row(*state, 1, "1");
}

static void strings_that_no_cell_shares_may_be_missing(void **state)
{
    struct reading *reading = *state;
    put_usual(reading, SHEET("<row><c><v>1</v></c></row>"));
    reading->book.count--; /* they are linked, and are the last part */
    assert_string_equal(reading->book.names[reading->book.count], "xl/sharedStrings.xml");
    open_parts(reading);
    expect_row(reading, 1, "1");
    reading->book.count--;
    assert_string_equal(reading->book.names[reading->book.count], "xl/styles.xml");
    expect_opened(reading, SOURCE_REFUSED, REASON_MALFORMED, "the workbook lacks xl/styles.xml");
}

/* ---- rows and columns ---- */

static void rows_have_the_numbers_that_the_program_shows(void **state)
{
    open_rows(*state, SHEET("<row r=\"5\"><c r=\"A5\"><v>1</v></c></row><row><c><v>2</v></c><c><v>3</v></c></row>"
                            "<row r=\"9\"/><row r=\"12\" hidden=\"1\"><c r=\"B12\"><v>4</v></c></row>"));
    expect_row(*state, 5, "1");
    expect_row(*state, 6, "2|3");
    expect_row(*state, 12, "|4"); /* filtered out: data all the same */
    expect_end(*state);
    source_rewind(((struct reading *)*state)->source);
    expect_row(*state, 5, "1");
    assert_int_equal(source_progress(((struct reading *)*state)->source) <= 1000, 1);
}

static void cells_without_content_make_no_row_longer(void **state)
{
    open_rows(*state, SHEET("<row r=\"1\" s=\"4\"><c r=\"A1\"><v>1</v></c><c r=\"B1\" s=\"3\"/><c r=\"XFD1\" s=\"3\"/>"
                            "<!-- --></row><row r=\"2\"><c r=\"A2\" s=\"1\"/></row>"));
    expect_row(*state, 1, "1");
    expect_end(*state);
}

static void more_columns_than_are_read_flaw_the_row(void **state)
{
    struct row row;
    open_rows(*state, SHEET("<row r=\"1\"><c r=\"AMJ1\"><v>1024</v></c></row><row r=\"2\"><c r=\"AMK2\"><v>1025</v></c>"
                            "</row>"));
    assert_true(source_next(((struct reading *)*state)->source, &row));
    assert_int_equal(row.cell_count, SOURCE_COLUMNS_MAX);
    assert_null(row.flaw);
    assert_true(source_next(((struct reading *)*state)->source, &row));
    assert_non_null(row.flaw);
    assert_string_equal(row.flaw->code, REASON_TOO_LARGE);
}

static void cells_under_a_merged_one_are_empty(void **state)
{
    struct row row;
    struct reading *reading = *state;
    open_rows(reading, "<worksheet xmlns=\"" MAIN "\"><sheetData>"
                       "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"B1\"><v>2</v></c><c r=\"C1\"><v>3</v></c></row>"
                       "<row r=\"2\"><c r=\"A2\"><v>4</v></c><c r=\"B2\"><v>5</v></c><c r=\"C2\"><v>6</v></c></row>"
                       "<row r=\"4\"><c r=\"A4\"><v>7</v></c><c r=\"B4\"><v>8</v></c></row></sheetData><mergeCells>"
                       "<mergeCell ref=\"B1:C2\"/><mergeCell ref=\"A2:A3\"/></mergeCells></worksheet>");
    expect_row(reading, 1, "1|2");
    assert_true(source_next(reading->source, &row));
    assert_int_equal(row.number, 2);
    assert_int_equal(row.cell_count, 1);
    assert_false(row.covered[0]);
    assert_true(row.covered[1]);
    assert_true(row.covered[2]);
    expect_row(reading, 4, "7|8");
}

/* ---- numbers ---- */

static void a_code_of_12_digits_is_exact(void **state)
{
    expect_cell(*state, "<c><v>140322102200</v></c>", "140322102200");
    expect_cell(*state, "<c><v>1.403221022E11</v></c>", "140322102200");
    expect_cell(*state, "<c><v>140322102200001</v></c>", "140322102200001");
    expect_cell(*state, "<c s=\"4\"><v>12</v></c>", "0012");
    expect_cell(*state, "<c><v>2.9999999999999996</v></c>", "3");
    expect_cell(*state, "<c><v>0.10000000000000001</v></c>", "0.1");
    expect_cell(*state, "<c><v>-0</v></c>", "0");
}

static void more_than_15_digits_flaw_the_cell(void **state)
{
    expect_cell(*state, "<c><v>140322102200001230</v></c>", "140322102200001232!3");
    expect_cell(*state, "<c><v>1.4032210220000123E17</v></c><c><v>1</v></c>", "140322102200001232!3|1");
    expect_cell(*state, "<c><v>1E+300</v></c>", "1e+300!3");
}

static void an_identity_number_that_lost_digits_is_hidden(void **state)
{
    expect_cell(*state, "<c><v>110105194912310000</v></c>", "[已隐去]!3");
    expect_cell(*state, "<c><v>110105194919910000</v></c>", "110105194919910000!3"); /* no such month */
}

static void what_is_no_number_is_none(void **state)
{
    expect_cell(*state, "<c><v>abc</v></c>", "abc!6");
    expect_cell(*state, "<c><v>0x1F</v></c>", "0x1F!6");
    expect_cell(*state, "<c><v>1e999</v></c>", "1e999!6");
    expect_cell(*state, "<c t=\"s\"><v>99</v></c>", "99!6");
    expect_cell(*state, "<c t=\"b\"><v>2</v></c>", "2!6");
}

static void booleans_are_words(void **state)
{
    expect_cell(*state, "<c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c>", "TRUE|FALSE");
}

static void formulas_have_their_stored_value(void **state)
{
    expect_cell(*state, "<c><f>1+2</f><v>3</v></c>", "3");
    expect_cell(*state, "<c><f t=\"shared\" si=\"0\"/><v>3</v></c>", "3");
    expect_cell(*state, "<c><v>9</v></c><c t=\"str\"><f>\"\"</f><v></v></c>", "9");
    expect_cell(*state, "<c><f>1+2</f></c>", "!1");
    expect_cell(*state, "<c><f>1+2</f><v></v></c>", "!1");
    expect_cell(*state, "<c t=\"e\"><f>VLOOKUP(1,A:B,2,0)</f><v>#N/A</v></c>", "#N/A!2");
}

static void stored_values_of_a_workbook_that_must_be_calculated_are_not_trusted(void **state)
{
    put_usual(*state, SHEET("<row><c><v>1</v></c><c><f>A1</f><v>0</v></c></row>"));
    put(*state, "xl/workbook.xml", WORKBOOK(ONE_SHEET "<calcPr calcId=\"1\" fullCalcOnLoad=\"1\"/>"));
    open_parts(*state);
    expect_row(*state, 1, "1|!1");
}

/* ---- dates ---- */

static void a_number_in_a_date_format_is_a_day(void **state)
{
    expect_cell(*state, "<c s=\"1\"><v>43924</v></c>", "2020-04-03");
    expect_cell(*state, "<c s=\"3\"><v>43924</v></c>", "2020-04-03");
    expect_cell(*state, "<c s=\"5\"><v>43924</v></c>", "2020-04-03");
    expect_cell(*state, "<c s=\"6\"><v>43924</v></c>", "2020-04-03");
    expect_cell(*state, "<c><v>43924</v></c>", "43924");
    expect_cell(*state, "<c t=\"d\"><v>2020-04-03T06:30:00Z</v></c>", "2020-04-03T06:30:00Z");
}

static void times_are_rounded_to_the_second(void **state)
{
    expect_cell(*state, "<c s=\"2\"><v>43924.60416666666</v></c>", "2020-04-03 14:30:00");
    expect_cell(*state, "<c s=\"2\"><v>43924.999999</v></c>", "2020-04-04");
    expect_cell(*state, "<c s=\"1\"><v>43924.000011574</v></c>", "2020-04-03 00:00:01");
}

static void a_number_that_is_no_day_flaws_the_date(void **state)
{
    expect_cell(*state, "<c s=\"1\"><v>60</v></c>", "60!4");
    expect_cell(*state, "<c s=\"1\"><v>61</v></c>", "1900-03-01");
    expect_cell(*state, "<c s=\"2\"><v>0.5</v></c>", "0.5!4");
    expect_cell(*state, "<c s=\"1\"><v>-3</v></c>", "-3!4");
    expect_cell(*state, "<c s=\"1\"><v>109575</v></c>", "109575!4");
    expect_cell(*state, "<c s=\"1\"><v>1e30</v></c>", "1e30!4");
}

static void a_workbook_may_count_from_1904(void **state)
{
    put_usual(*state, SHEET("<row><c s=\"1\"><v>42462</v></c><c s=\"1\"><v>0.5</v></c></row>"));
    put(*state, "xl/workbook.xml", WORKBOOK("<workbookPr date1904=\"1\"/>" ONE_SHEET));
    put(*state, "xl/styles.xml",
        "<styleSheet xmlns=\"" MAIN "\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>");
    open_parts(*state);
    expect_row(*state, 1, "2020-04-03|0.5!4");
}

static void format_codes_are_told_apart(void **state)
{
    (void)state;
    static const char *const dates[] = {"yyyy/m/d;@",
                                        "yyyy\"年\"m\"月\"d\"日\";@",
                                        "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy",
                                        "[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\";@",
                                        "[h]:mm:ss",
                                        "[mm]",
                                        "h:mm AM/PM",
                                        "上午/下午h\"时\"mm\"分\"",
                                        "mm:ss.0",
                                        "[>=43831]yyyy-mm-dd;General",
                                        "yyyy-mm-dd\\Thh:mm:ss"};
    static const char *const plain[] = {"General",
                                        "0",
                                        "0.00",
                                        "#,##0;[Red]-#,##0",
                                        "0.00_);[Red]\\(0.00\\)",
                                        "@",
                                        "0.00E+00",
                                        "0\"ymd\"",
                                        "\\d0",
                                        "[Red]General",
                                        "# ?/?",
                                        "[$-804]0.0",
                                        "\"未结\"0",
                                        "_d0*s",
                                        "[<=9999999]###-####;0",
                                        "0\"unclosed",
                                        "[unclosed",
                                        "\\",
                                        ""};
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++)
        if (xlsx_format_shows(dates[i]) != XLSX_SHOWN_AS_DATE)
            fail_msg("%s is a date", dates[i]);
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (xlsx_format_shows(plain[i]) != XLSX_SHOWN_PLAIN)
            fail_msg("%s is none", plain[i]);
    assert_int_equal(xlsx_format_shows("000000"), 6);
}

/* ---- which sheet ---- */

#define THREE_SHEETS                                                                                                   \
    "<sheets><sheet name=\"填写说明\" r:id=\"rId1\"/><sheet name=\"隐患 台账\" r:id=\"rId2\"/>"                \
    "<sheet name=\"旧的\" r:id=\"rId3\" state=\"hidden\"/><sheet name=\"图\" r:id=\"rId4\"/></sheets>"

static void put_three_sheets(struct reading *reading, const char *first)
{
    put_usual(reading, first);
    put(reading, "xl/workbook.xml", WORKBOOK(THREE_SHEETS));
    put(reading, "xl/_rels/workbook.xml.rels",
        RELATIONSHIPS(LINK("rId1", "worksheet", "worksheets/sheet1.xml") LINK(
            "rId2", "worksheet", "worksheets/sheet2.xml") LINK("rId3", "worksheet", "worksheets/sheet3.xml")
                          LINK("rId4", "chartsheet", "chartsheets/sheet1.xml")));
    put(reading, "xl/worksheets/sheet2.xml", SHEET("<row><c><v>2</v></c></row>"));
    put(reading, "xl/worksheets/sheet3.xml", SHEET("<row><c><v>3</v></c></row>"));
    put(reading, "xl/chartsheets/sheet1.xml", "<chartsheet/>");
}

static void the_mapping_names_the_sheet(void **state)
{
    struct reading *reading = *state;
    const char *const names[] = {"没有的", "隐患*"};
    const char *const hidden[] = {"旧的"};
    const char *const several[] = {"*"};
    put_three_sheets(reading, SHEET("<row><c><v>1</v></c></row>"));
    book_write(&reading->book);
    assert_int_equal(open_written(reading), SOURCE_OPENED);
    assert_true(source_choose_sheet(reading->source, names, 2, &reading->reason));
    expect_row(reading, 1, "2");
    expect_end(reading);
    assert_string_equal(source_reading(reading->source), "xlsx, 隐患 台账");
    assert_false(source_choose_sheet(reading->source, hidden, 1, &reading->reason));
    assert_string_equal(reading->reason.code, REASON_NO_SHEET);
    expect_end(reading); /* none is read then */
    assert_false(source_choose_sheet(reading->source, several, 1, &reading->reason));
    assert_non_null(strstr(reading->reason.zh, "填写说明、隐患 台账"));
}

static void several_visible_sheets_are_listed(void **state)
{
    put_three_sheets(*state, SHEET("<row><c><v>1</v></c></row>"));
    expect_opened(*state, SOURCE_REFUSED, REASON_NO_SHEET, "2 sheets to choose from: 填写说明、隐患 台账;");
}

static void a_sheet_may_be_chosen_again_and_again(void **state)
{
    struct reading *reading = *state;
    const size_t size = 700u * 1024; /* twice that would be too much for so small a file */
    char *sheet = malloc(size + 1);
    assert_non_null(sheet);
    strcpy(sheet, "<worksheet xmlns=\"" MAIN "\"><sheetData><row><c><v>1</v></c></row></sheetData>");
    memset(sheet + strlen(sheet), ' ', size - strlen(sheet));
    strcpy(sheet + size - strlen("</worksheet>"), "</worksheet>");
    put_usual(reading, sheet);
    open_parts(reading);
    for (int i = 0; i < 3; i++) {
        assert_true(source_choose_sheet(reading->source, NULL, 0, &reading->reason));
        expect_row(reading, 1, "1");
        expect_end(reading);
    }
    free(sheet);
}

static void empty_sheets_are_not_chosen_from(void **state)
{
    put_three_sheets(*state, SHEET("<row><c s=\"1\"/></row>"));
    open_parts(*state);
    expect_row(*state, 1, "2");
}

/* ---- archives that are cut, hostile, or something else ---- */

static void a_cut_archive_may_be_still_being_copied(void **state)
{
    struct reading *reading = *state;
    put_usual(reading, SHEET("<row><c><v>1</v></c></row>"));
    book_write(&reading->book);
    FILE *stream = fopen(reading->book.path, "rb+");
    fseek(stream, 0, SEEK_END);
    const long size = ftell(stream);
    fclose(stream);
    for (long cut = size - 1; cut > 4; cut -= 7) {
        assert_int_equal(truncate(reading->book.path, cut), 0);
        assert_int_equal(open_written(reading), SOURCE_UNSETTLED);
        assert_string_equal(reading->reason.code, REASON_MALFORMED);
    }
}

static void a_damaged_part_may_be_still_being_copied(void **state)
{
    struct reading *reading = *state;
    static char sheet[20000];
    strcpy(sheet, "<worksheet xmlns=\"" MAIN "\"><sheetData>");
    for (int i = 0; i < 200; i++)
        sprintf(sheet + strlen(sheet), "<row><c><v>%d</v></c></row>", i * 7919 % 10007);
    strcat(sheet, "</sheetData></worksheet>");
    reading->book.count = 0;
    put(reading, "xl/worksheets/sheet1.xml", sheet); /* it stands first in the file */
    put_usual(reading, sheet);
    book_write(&reading->book);
    FILE *stream = fopen(reading->book.path, "rb+");
    fseek(stream, 300, SEEK_SET);
    fputs("zzzzzzzzzzzz", stream);
    fclose(stream);
    assert_int_equal(open_written(reading), SOURCE_OPENED);
    assert_false(source_choose_sheet(reading->source, NULL, 0, &reading->reason));
    assert_true(source_is_cut(reading->source, &reading->reason));
    assert_string_equal(reading->reason.code, REASON_MALFORMED);
}

static void an_archive_bomb_is_refused(void **state)
{
    struct reading *reading = *state;
    const size_t size = 8u * 1024 * 1024;
    char *bomb = malloc(size);
    assert_non_null(bomb);
    memset(bomb, ' ', size);
    static const char start[] = "<worksheet xmlns=\"" MAIN "\">";
    memcpy(bomb, start, sizeof start - 1);
    put_usual(reading, "");
    book_put_bytes(&reading->book, "xl/worksheets/sheet1.xml", bomb, size);
    expect_opened(reading, SOURCE_REFUSED, REASON_TOO_LARGE, "too large once unpacked");
    put_usual(reading, SHEET("<row><c><v>1</v></c></row>"));
    book_put_bytes(&reading->book, "xl/sharedStrings.xml", bomb, size);
    expect_opened(reading, SOURCE_REFUSED, REASON_TOO_LARGE, "too large once unpacked");
    free(bomb);
}

static void a_declared_entity_is_refused(void **state)
{
    put_usual(*state, "<!DOCTYPE worksheet [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><worksheet xmlns=\"" MAIN
                      "\"><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>");
    expect_opened(*state, SOURCE_REFUSED, REASON_MALFORMED, "declares a document type");
    put_usual(*state, "<!DOCTYPE worksheet SYSTEM \"file:///etc/passwd\"><worksheet xmlns=\"" MAIN "\"/>");
    expect_opened(*state, SOURCE_REFUSED, REASON_MALFORMED, "declares a document type");
}

static void depth_is_bounded(void **state)
{
    char sheet[4096] = "<worksheet xmlns=\"" MAIN "\">";
    for (int i = 0; i < XLSX_XML_DEPTH_MAX; i++)
        strcat(sheet, "<extLst>");
    put_usual(*state, sheet);
    expect_opened(*state, SOURCE_REFUSED, REASON_MALFORMED, "nested more than 64 deep");
}

static void a_tag_without_end_is_refused(void **state)
{
    struct reading *reading = *state;
    const size_t size = 3u * 1024 * 1024;
    char *body = malloc(size);
    assert_non_null(body);
    uint32_t random = 1; /* so that the archive is no bomb */
    for (size_t i = 0; i < size; i++)
        body[i] = (char)('a' + (random = random * 1664525 + 1013904223) / 0x10000000);
    static const char start[] = "<worksheet x=\"";
    memcpy(body, start, sizeof start - 1);
    put_usual(reading, "");
    book_put_bytes(&reading->book, "xl/worksheets/sheet1.xml", body, size);
    expect_opened(reading, SOURCE_REFUSED, REASON_TOO_LARGE, "a tag of more than 1024 KiB");
    free(body);
}

static void too_many_parts_are_refused(void **state)
{
    struct reading *reading = *state;
    int error;
    put_usual(reading, SHEET("<row><c><v>1</v></c></row>"));
    book_write(&reading->book);
    zip_t *zip = zip_open(reading->book.path, 0, &error);
    assert_non_null(zip);
    for (int i = 0; i < XLSX_PARTS_MAX; i++) {
        char name[32];
        snprintf(name, sizeof name, "xl/media/%d.png", i);
        assert_true(zip_file_add(zip, name, zip_source_buffer(zip, "", 0, 0), 0) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
    assert_int_equal(open_written(reading), SOURCE_REFUSED);
    assert_string_equal(reading->reason.code, REASON_TOO_LARGE);
}

static void sheets_whose_order_is_wrong_are_refused(void **state)
{
    put_usual(*state, SHEET("<row r=\"5\"><c><v>1</v></c></row><row r=\"5\"><c><v>1</v></c></row>"));
    expect_opened(*state, SOURCE_REFUSED, REASON_MALFORMED, "row numbers are out of order");
    put_usual(*state, SHEET("<row r=\"1048577\"/>"));
    expect_opened(*state, SOURCE_REFUSED, REASON_MALFORMED, "row numbers are out of order");
    put_usual(*state, SHEET("<row><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row>"));
    expect_opened(*state, SOURCE_REFUSED, REASON_MALFORMED, "cells are out of order");
    put_usual(*state, "<worksheet xmlns=\"" MAIN "\"><sheetData/><mergeCells><mergeCell ref=\"A1:C3\"/>"
                      "<mergeCell ref=\"B2:D2\"/></mergeCells></worksheet>");
    expect_opened(*state, SOURCE_REFUSED, REASON_MALFORMED, "merged cells overlap");
}

static void xml_that_ends_early_is_refused(void **state)
{
    put_usual(*state, "<worksheet xmlns=\"" MAIN "\"><sheetData><row><c><v>1</v></c></row>");
    expect_opened(*state, SOURCE_REFUSED, REASON_MALFORMED, "XML is wrong");
    put_usual(*state, SHEET(""));
    put(*state, "xl/workbook.xml", WORKBOOK("<sheets/>"));
    expect_opened(*state, SOURCE_REFUSED, REASON_NO_SHEET, "no visible sheet");
}

static void other_kinds_of_archives_are_refused_with_advice(void **state)
{
    struct reading *reading = *state;
    put(reading, "content.xml", "<office/>");
    expect_opened(reading, SOURCE_REFUSED, REASON_UNSUPPORTED, "save it as .xlsx");
    reading->book.count = 0;
    put(reading, "word/document.xml", "<document/>");
    expect_opened(reading, SOURCE_REFUSED, REASON_UNSUPPORTED, "text document");
    reading->book.count = 0;
    put(reading, "xl/workbook.bin", "");
    expect_opened(reading, SOURCE_REFUSED, REASON_UNSUPPORTED, ".xlsb");
    reading->book.count = 0;
    put(reading, "photo.jpg", "");
    expect_opened(reading, SOURCE_REFUSED, REASON_UNSUPPORTED, "without a workbook");
}

static void a_password_is_asked_to_be_taken_off(void **state)
{
    struct reading *reading = *state;
    int error;
    put_usual(reading, SHEET("<row><c><v>1</v></c></row>"));
    book_write(&reading->book);
    zip_t *zip = zip_open(reading->book.path, 0, &error);
    assert_non_null(zip);
    assert_int_equal(zip_file_set_encryption(zip, 1, ZIP_EM_AES_256, "geheim"), 0);
    assert_int_equal(zip_close(zip), 0);
    assert_int_equal(open_written(reading), SOURCE_REFUSED);
    assert_non_null(strstr(reading->reason.en, "has a password"));
    static const char container[] =
        "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";
    FILE *stream = fopen(reading->book.path, "wb");
    fwrite(container, 1, sizeof container, stream);
    fclose(stream);
    assert_int_equal(open_written(reading), SOURCE_REFUSED);
    assert_non_null(strstr(reading->reason.en, "has a password"));
}

static void a_cell_that_is_too_long_is_flawed_by_itself(void **state)
{
    struct reading *reading = *state;
    const size_t size = SOURCE_CELL_BYTES_MAX + 300;
    char *sheet = calloc(1, size + 400);
    char *strings = calloc(1, size + 400);
    assert_true(sheet != NULL && strings != NULL);
    strcpy(sheet, "<worksheet xmlns=\"" MAIN "\"><sheetData><row><c t=\"inlineStr\"><is><t>");
    memset(sheet + strlen(sheet), 'x', SOURCE_CELL_BYTES_MAX + 1);
    strcat(sheet, "</t></is></c><c t=\"s\"><v>0</v></c><c><v>1</v></c></row></sheetData></worksheet>");
    strcpy(strings, "<sst xmlns=\"" MAIN "\"><si><t>");
    memset(strings + strlen(strings), 'y', SOURCE_CELL_BYTES_MAX + 1);
    strcat(strings, "</t></si></sst>");
    put_usual(reading, sheet);
    put(reading, "xl/sharedStrings.xml", strings);
    open_parts(reading);
    expect_row(reading, 1, "!5|!5|1");
    free(sheet);
    free(strings);
}

#define READING_TEST(function) cmocka_unit_test_setup_teardown(function, open_reading, close_reading)

int main(void)
{
    const struct CMUnitTest tests[] = {
        READING_TEST(shared_inline_and_rich_strings_are_text_without_phonetics),
        READING_TEST(what_the_format_escapes_is_itself_again),
        READING_TEST(what_only_keeps_a_code_from_being_a_number_is_gone),
        READING_TEST(prefixes_are_no_part_of_names),
        READING_TEST(strict_workbooks_are_read),
        READING_TEST(names_of_parts_are_found_as_sloppy_programs_write_them),
        READING_TEST(a_wrong_dimension_is_not_used),
        READING_TEST(broken_properties_are_not_used),
        READING_TEST(strings_that_no_cell_shares_may_be_missing),
        READING_TEST(rows_have_the_numbers_that_the_program_shows),
        READING_TEST(cells_without_content_make_no_row_longer),
        READING_TEST(more_columns_than_are_read_flaw_the_row),
        READING_TEST(cells_under_a_merged_one_are_empty),
        READING_TEST(a_code_of_12_digits_is_exact),
        READING_TEST(more_than_15_digits_flaw_the_cell),
        READING_TEST(an_identity_number_that_lost_digits_is_hidden),
        READING_TEST(what_is_no_number_is_none),
        READING_TEST(booleans_are_words),
        READING_TEST(formulas_have_their_stored_value),
        READING_TEST(stored_values_of_a_workbook_that_must_be_calculated_are_not_trusted),
        READING_TEST(a_number_in_a_date_format_is_a_day),
        READING_TEST(times_are_rounded_to_the_second),
        READING_TEST(a_number_that_is_no_day_flaws_the_date),
        READING_TEST(a_workbook_may_count_from_1904),
        cmocka_unit_test(format_codes_are_told_apart),
        READING_TEST(the_mapping_names_the_sheet),
        READING_TEST(several_visible_sheets_are_listed),
        READING_TEST(a_sheet_may_be_chosen_again_and_again),
        READING_TEST(empty_sheets_are_not_chosen_from),
        READING_TEST(a_cut_archive_may_be_still_being_copied),
        READING_TEST(a_damaged_part_may_be_still_being_copied),
        READING_TEST(an_archive_bomb_is_refused),
        READING_TEST(a_declared_entity_is_refused),
        READING_TEST(depth_is_bounded),
        READING_TEST(a_tag_without_end_is_refused),
        READING_TEST(too_many_parts_are_refused),
        READING_TEST(sheets_whose_order_is_wrong_are_refused),
        READING_TEST(xml_that_ends_early_is_refused),
        READING_TEST(other_kinds_of_archives_are_refused_with_advice),
        READING_TEST(a_password_is_asked_to_be_taken_off),
        READING_TEST(a_cell_that_is_too_long_is_flawed_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
