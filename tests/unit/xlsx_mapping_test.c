/* A workbook under a mapping: which sheet, which header, which cell's flaw costs its row. */
#include "mapping.h"

#include "book.h"
#include "event.pb-c.h"
#include "json.h"
#include "sheet.h"
#include "source.h"
#include "translate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct desk {
    struct book book;
    char mapping_path[64];
    struct mapping *mapping;
    struct source *source;
    struct sheet *sheet;
    struct translator *translator;
    struct translated_row means;
    struct fault fault;
    struct reason reason;
};

static int open_desk(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    book_make(&desk->book);
    sprintf(desk->mapping_path, "%.50s.yaml", desk->book.path);
    desk->translator = translator_open(480);
    *state = desk;
    return desk->translator == NULL;
}

static void clear(struct desk *desk)
{
    translated_row_clear(&desk->means);
    sheet_close(&desk->sheet);
    source_close(&desk->source);
}

static int close_desk(void **state)
{
    struct desk *desk = *state;
    clear(desk);
    mapping_free(&desk->mapping);
    translator_close(&desk->translator);
    book_remove(&desk->book);
    unlink(desk->mapping_path);
    free(desk);
    return 0;
}

static bool load(struct desk *desk, const char *text)
{
    FILE *stream = fopen(desk->mapping_path, "w");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
    clear(desk);
    mapping_free(&desk->mapping);
    desk->mapping = mapping_load(desk->mapping_path, &desk->fault);
    return desk->mapping != NULL;
}

static bool open_written(struct desk *desk)
{
    book_write(&desk->book);
    clear(desk);
    assert_int_equal(source_open(desk->book.path, &desk->source, &desk->reason), SOURCE_OPENED);
    desk->sheet = sheet_open(desk->mapping, desk->source, &desk->reason);
    return desk->sheet != NULL;
}

static void open_sheet(struct desk *desk, const char *mapping, const char *sheet)
{
    if (!load(desk, mapping))
        fail_msg("%s", desk->fault.text);
    book_put_usual(&desk->book, sheet);
    book_put(&desk->book, "xl/styles.xml",
             "<styleSheet xmlns=\"" MAIN "\"><cellXfs><xf/><xf numFmtId=\"22\"/></cellXfs></styleSheet>");
    if (!open_written(desk))
        fail_msg("%s", desk->reason.en);
}

static bool translate_next(struct desk *desk)
{
    struct row row;
    do {
        assert_true(source_next(desk->source, &row));
    } while (sheet_skips(desk->sheet, &row));
    sheet_fill_down(desk->sheet, &row);
    translated_row_clear(&desk->means);
    return translate_row(desk->translator, desk->sheet, &row, &desk->means, &desk->reason);
}

/* The next row's first event, as JSON, has this in it. */
static void expect_event(struct desk *desk, const char *part)
{
    if (!translate_next(desk))
        fail_msg("%s: %s", desk->reason.code, desk->reason.en);
    assert_true(desk->means.count > 0);
    ProtobufCMessage *message = protobuf_c_message_unpack(&sanling__v1__event__descriptor, NULL,
                                                          desk->means.events[0].size, desk->means.events[0].content);
    char *json = message == NULL ? NULL : json_text_from_message(message);
    assert_non_null(json);
    if (strstr(json, part) == NULL)
        fail_msg("%s is not in %s", part, json);
    free(json);
    protobuf_c_message_free_unpacked(message, NULL);
}

static void expect_rejected(struct desk *desk, const char *code, const char *zh, const char *en)
{
    if (translate_next(desk))
        fail_msg("not rejected");
    if (strcmp(desk->reason.code, code) != 0 || strstr(desk->reason.zh, zh) == NULL ||
        strstr(desk->reason.en, en) == NULL)
        fail_msg("%s: %s / %s", desk->reason.code, desk->reason.zh, desk->reason.en);
}

/* A, B … of a row: text in the cell itself. */
#define T(column, text) "<c r=\"" column "\" t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define N(column, number) "<c r=\"" column "\"><v>" number "</v></c>"

#define TALLIES(more, unit)                                                                                            \
    "version: 1\nfiles: [\"*.xlsx\"]\nkey: [编号]\nignore_rows: [合计]\n" more "events:\n"                             \
    "  - type: PublicityTallied\n    when: [{column: 状态, is: [已办]}]\n    fields:\n"                            \
    "      - {field: unit, column: [" unit "], as: unit_code}\n"                                                       \
    "      - {field: occurred_at, column: [时间], as: datetime}\n"                                                   \
    "      - {field: day, column: [时间], as: date}\n"                                                               \
    "      - {field: count, column: [数量], as: count}\n"

#define HEADER T("A1", "编号") T("B1", "单位") T("C1", "时间") T("D1", "数量") T("E1", "状态") T("F1", "电话")
#define DAY(cell) "<c r=\"" cell "\" s=\"1\"><v>43924.60416666666</v></c>"

static void codes_counts_and_times_are_what_the_program_shows(void **state)
{
    open_sheet(*state, TALLIES("", "单位"),
               SHEET("<row r=\"1\">" HEADER "</row><row r=\"3\">" N("A3", "1.4E1") N("B3", "1.40322102200E11") DAY("C3")
                         N("D3", "12") T("E3", "已办") "</row>"));
    expect_event(*state, "\"unit\":\"140322102200\"");
    source_rewind(((struct desk *)*state)->source);
    sheet_rewind(((struct desk *)*state)->sheet, ((struct desk *)*state)->source);
    expect_event(*state, "2020-04-03T06:30:00Z");
    assert_string_equal(((struct desk *)*state)->means.key, "14");
}

static void a_flaw_costs_the_row_only_where_the_mapping_uses_its_column(void **state)
{
    open_sheet(
        *state, TALLIES("", "单位"),
        SHEET(
            "<row r=\"1\">" HEADER "</row>"
            "<row r=\"2\">" T("A2", "1") N("B2", "140322102200") DAY("C2") N("D2", "1") T("E2", "已办") N(
                "F2",
                "140322198001011234") "</row>"
                                      "<row r=\"3\">" T("A3", "2") N("B3", "1403221022001234567") DAY("C3") N("D3", "1")
                                          T("E3",
                                            "已办") "</row>"
                                                    "<row r=\"4\">" T("A4", "3")
                                                        N("B4", "140322102200") "<c r=\"C4\" s=\"1\"><v>60</v></c>" N(
                                                            "D4", "1")
                                                            T("E4",
                                                              "已办") "</row>"
                                                                      "<row r=\"5\">" T("A5", "4") N(
                                                                          "B5",
                                                                          "140322102200")
                                                                          DAY("C5") "<c r=\"D5\"><f>D4+1</f></c>" T(
                                                                              "E5",
                                                                              "已办") "</row>"
                                                                                      "<row r=\"6\">" T("A6", "5") N(
                                                                                          "B6",
                                                                                          "140322102200") DAY("C6")
                                                                                          N("D6",
                                                                                            "1") "<c r=\"E6\" "
                                                                                                 "t=\"e\"><v>#N/A</v></"
                                                                                                 "c></row>"
                                                                                                 "<row r=\"7\"><c "
                                                                                                 "r=\"A7\"><f>A6+1</"
                                                                                                 "f></c>" N(
                                                                                                     "B7", "14032210220"
                                                                                                           "0") DAY("C"
                                                                                                                    "7")
                                                                                                     N("D7", "1") T(
                                                                                                         "E7",
                                                                                                         "已办") "</"
                                                                                                                 "row"
                                                                                                                 ">"));
    expect_event(*state, "\"count\":1");
    expect_rejected(*state, "BAD_VALUE", "“单位”列：超过 15 位", "column 单位: a number of more than 15 digits");
    expect_rejected(*state, "BAD_VALUE", "“时间”列：单元格设成了日期格式，内容“60”",
                    "column 时间: the cell has a date format, but what it holds, 60");
    expect_rejected(*state, "BAD_VALUE", "“数量”列：公式没有保存结果",
                    "open the file in the spreadsheet program, save");
    expect_rejected(*state, "BAD_VALUE", "“状态”列：公式出错（#N/A）", "column 状态: the formula gives the error #N/A");
    expect_rejected(*state, "BAD_VALUE", "“编号”列：公式没有保存结果", "column 编号");
}

static void a_row_of_nothing_but_flaws_is_no_blank_one(void **state)
{
    open_sheet(*state, TALLIES("", "单位"),
               SHEET("<row r=\"1\">" HEADER "</row><row r=\"2\"><c r=\"A2\"><f>B2</f></c></row>"
                     "<row r=\"3\">" T("A3", "合计") "<c r=\"D3\"><f>SUM(D2:D2)</f></c></row>"
                                                     "<row r=\"4\">" T("A4", "1") N("B4", "140322102200") DAY("C4")
                                                         N("D4", "7") T("E4", "已办") "</row>"));
    expect_rejected(*state, "BAD_VALUE", "“编号”列：公式没有保存结果", "column 编号");
    expect_event(*state, "\"count\":7"); /* the total was skipped, whatever it holds */
}

/* A register of days was kept as text and comes as a workbook: each day is known again. */
static void a_day_or_unit_code_of_the_key_is_the_same_however_it_is_written(void **state)
{
    struct desk *desk = *state;
    static const char mapping[] =
        "version: 1\nfiles: [\"*\"]\nkey: [单位, 日期]\nevents:\n  - type: PublicityTallied\n    fields:\n"
        "      - {field: unit, column: [单位], as: unit_code}\n"
        "      - {field: occurred_at, column: [日期], as: datetime}\n"
        "      - {field: day, column: [日期], as: date}\n"
        "      - {field: count, column: [数量], as: count}\n";
    static const char *const days[] = {"<c s=\"1\"><v>43924</v></c>", "<c t=\"inlineStr\"><is><t>2020/4/3</t></is></c>",
                                       "<c t=\"inlineStr\"><is><t>2020年4月3日</t></is></c>",
                                       "<c t=\"inlineStr\"><is><t>2020-04-03 00:00</t></is></c>"};
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        char sheet[1024];
        snprintf(sheet, sizeof sheet,
                 SHEET("<row>" T("A1", "单位") T("B1", "日期")
                           T("C1", "数量") "</row><row>" T("A2", "91350100m000100y43") "%s" N("C2", "1") "</row>"),
                 days[i]);
        open_sheet(desk, mapping, sheet);
        expect_event(desk, "\"count\":1");
        assert_string_equal(desk->means.key, "91350100M000100Y43\x1F"
                                             "2020-04-03");
    }
    open_sheet(desk, mapping,
               SHEET("<row>" T("A1", "单位") T("B1", "日期") T("C1", "数量") "</row><row>" T("A2", "140322102200")
                         DAY("B2") N("C2", "1") "</row>"));
    expect_event(desk, "2020-04-03T06:30:00Z");
    assert_string_equal(desk->means.key, "140322102200\x1F"
                                         "2020-04-03T14:30:00Z");
}

/* ---- headers and merged cells ---- */

#define MERGED(rows, merges)                                                                                           \
    "<worksheet xmlns=\"" MAIN "\"><sheetData>" rows "</sheetData><mergeCells>" merges "</mergeCells></worksheet>"
#define MERGE(ref) "<mergeCell ref=\"" ref "\"/>"

#define TWO_ROWS                                                                                                       \
    "<row r=\"1\">" T("A1", "2020年宣传台账") "</row>"                                                                 \
                                              "<row r=\"2\">" T("A2", "编号") T("B2", "单位") T("D2", "时间")          \
                                                  T("E2", "数量") T("F2", "状态") "</row>"                             \
                                                                                  "<row r=\"3\">" T("B3", "编码")      \
                                                                                      T("C3", "名称")                  \
                                                                                          T("G3", "备注") "</row>"
#define TWO_ROWS_MERGES MERGE("A1:G1") MERGE("A2:A3") MERGE("B2:C2") MERGE("D2:D3") MERGE("E2:E3") MERGE("F2:F3")

static void header_of_two_rows_with_merged_cells_is_joined(void **state)
{
    const char *const *names;
    open_sheet(*state, TALLIES("header_rows: 2\n", "单位/编码"),
               MERGED(TWO_ROWS "<row r=\"4\">" T("A4", "1") N("B4", "140322102200") T("C4", "某村") DAY("D4")
                          N("E4", "3") T("F4", "已办") "</row>",
                      TWO_ROWS_MERGES));
    const struct sheet *sheet = ((struct desk *)*state)->sheet;
    assert_int_equal(sheet_header_row(sheet), 3);
    assert_int_equal(sheet_header(sheet, &names), 7);
    assert_string_equal(names[0], "编号");
    assert_string_equal(names[1], "单位/编码");
    assert_string_equal(names[2], "单位/名称");
    assert_string_equal(names[3], "时间");
    assert_string_equal(names[6], "备注"); /* 状态 is not merged over it */
    expect_event(*state, "\"count\":3");
}

static void a_merged_title_row_is_no_header(void **state)
{
    open_sheet(*state, TALLIES("header_rows: 2\n", "单位"),
               MERGED("<row r=\"1\">" T("A1", "2020年宣传台账") "</row><row r=\"2\">" T("A2", "编号") T("B2", "单位")
                          T("C2", "时间") T("D2", "数量") T("E2", "状态") "</row><row r=\"3\">" T("A3", "1")
                              N("B3", "140322102200") DAY("C3") N("D3", "3") T("E3", "已办") "</row>",
                      MERGE("A1:E1")));
    assert_int_equal(sheet_header_row(((struct desk *)*state)->sheet), 2);
    expect_event(*state, "\"count\":3");
}

#define TWO_DATA_ROWS                                                                                                  \
    "<row r=\"1\">" HEADER "</row><row r=\"2\">" T("A2", "1") N("B2", "140322102200") DAY("C2") N("D2", "3")           \
        T("E2", "已办") "</row><row r=\"3\">" T("A3", "2") N("B3", "999999999999") DAY("C3") N("D3", "5")              \
            T("E3", "已办") "</row>"

static void a_merged_data_cell_fills_down_only_where_the_mapping_says_so(void **state)
{
    /* What a program left under the merged cells, 999999999999 and 5, nobody sees. */
    open_sheet(*state, TALLIES("fill_down: [单位]\n", "单位"), MERGED(TWO_DATA_ROWS, MERGE("B2:B3")));
    expect_event(*state, "\"count\":3");
    expect_event(*state, "\"unit\":\"140322102200\"");
    open_sheet(*state, TALLIES("fill_down: [单位]\n", "单位"), MERGED(TWO_DATA_ROWS, MERGE("B2:B3") MERGE("D2:D3")));
    expect_event(*state, "\"count\":3");
    expect_rejected(*state, "MISSING_FIELD", "“数量”列是空的", "what is not there is not zero");
}

static void a_flaw_fills_down_with_its_cell(void **state)
{
    open_sheet(*state, TALLIES("fill_down: [单位]\n", "单位"),
               SHEET("<row r=\"1\">" HEADER "</row><row r=\"2\">" T("A2", "1") N("B2", "140322102200") DAY("C2") N(
                   "D2", "3") T("E2", "已办") "</row><row r=\"3\">" T("A3", "2") "<c r=\"B3\"><f>B2</f></c>" DAY("C3")
                         N("D3", "3") T("E3", "已办") "</row><row r=\"4\">" T("A4", "3") DAY("C4") N("D4", "3")
                             T("E4", "已办") "</row>"));
    expect_event(*state, "\"count\":3");
    expect_rejected(*state, "BAD_VALUE", "“单位”列：公式没有保存结果", "column 单位");
    expect_rejected(*state, "BAD_VALUE", "“单位”列：公式没有保存结果", "column 单位");
}

/* ---- which sheet ---- */

static void the_mapping_names_the_sheet_in_its_file(void **state)
{
    struct desk *desk = *state;
    const char *sheet = SHEET("<row r=\"1\">" HEADER "</row><row r=\"2\">" T("A2", "1") N("B2", "140322102200")
                                  DAY("C2") N("D2", "3") T("E2", "已办") "</row>");
    open_sheet(desk, TALLIES("sheet: [\"台 *\"]\n", "单位"), sheet);
    assert_string_equal(source_reading(desk->source), "xlsx, 台账");
}

static void a_sheet_without_a_name_is_refused_with_its_line(void **state)
{
    struct desk *desk = *state;
    assert_false(load(desk, TALLIES("sheet: [\"\"]\n", "单位")));
    assert_non_null(strstr(desk->fault.text, "line 5: sheet: a name is empty"));
}

#define DESK_TEST(function) cmocka_unit_test_setup_teardown(function, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(codes_counts_and_times_are_what_the_program_shows),
        DESK_TEST(a_flaw_costs_the_row_only_where_the_mapping_uses_its_column),
        DESK_TEST(a_row_of_nothing_but_flaws_is_no_blank_one),
        DESK_TEST(a_day_or_unit_code_of_the_key_is_the_same_however_it_is_written),
        DESK_TEST(header_of_two_rows_with_merged_cells_is_joined),
        DESK_TEST(a_merged_title_row_is_no_header),
        DESK_TEST(a_merged_data_cell_fills_down_only_where_the_mapping_says_so),
        DESK_TEST(a_flaw_fills_down_with_its_cell),
        DESK_TEST(the_mapping_names_the_sheet_in_its_file),
        DESK_TEST(a_sheet_without_a_name_is_refused_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
