/* The rows of OFFICES.md §1 about text, dates, numbers, codes and words, each a test by its name with the bytes or the
 * cell given there. What a row comes to is written as one text: how the file is read and where its header stands, then
 * every data row with its number, its cells or the code of its rejection; or FILE with the code, when nothing of it is
 * taken. */
#include "event.pb-c.h"
#include "json.h"
#include "mapping.h"
#include "sheet.h"
#include "source.h"
#include "translate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { SAID_SIZE = 16 * 1024, MAPPING_SIZE = 2048 };

/* ---- files ---- */

struct file_case {
    const char *name;
    const char *columns; /* that the mapping wants, the first of them the key */
    const char *bytes;
    size_t size;
    const char *said; /* of the reasons, all in here */
    const char *outcome;
};

#define BYTES(literal) (literal), sizeof(literal) - 1

static const struct file_case files[] = {
    /* Encoding */
    {"GB18030: B5A5CEBBB1E0C2EB2CC3FBB3C6 is 单位编码,名称", "单位编码 名称",
     BYTES("\xB5\xA5\xCE\xBB\xB1\xE0\xC2\xEB\x2C\xC3\xFB\xB3\xC6\n1,a\n"), "", "GB18030, comma; header 1\n2: 1|a\n"},
    {"both readings are legal: D7B4CCAC is 状态, the header decides", "状态 一",
     BYTES("\xD7\xB4\xCC\xAC,\xD2\xBB\n1,\xD2\xBB\n"), "", "GB18030, comma; header 1\n2: 1|一\n"},
    {"both readings are legal: D2BB as UTF-8 where the header is UTF-8", "no", BYTES("no,x\n\xD2\xBB,2\n"), "",
     "UTF-8, comma; header 1\n2: \xD2\xBB\n"},
    {"rare characters FE9F 8139EF31 9534B235 are 䶮 㐂 𠮷", "状态 名称",
     BYTES("\xD7\xB4\xCC\xAC,\xC3\xFB\xB3\xC6\n\xFE\x9F,\x81\x39\xEF\x31\x95\x34\xB2\x35\n"), "",
     "GB18030, comma; header 1\n2: 䶮|㐂𠮷\n"},
    {"a lone 80 is the euro of Windows", "状态 名称",
     BYTES("\xD7\xB4\xCC\xAC,\xC3\xFB\xB3\xC6\n1,\x80"
           "5\n"),
     "", "GB18030, comma; header 1\n2: 1|€5\n"},
    {"mark EFBBBF is no part of a header", "单位编码", BYTES("\xEF\xBB\xBF单位编码\n1\n"), "",
     "UTF-8, comma; header 1\n2: 1\n"},
    {"marks are removed again where files were pasted together", "单位编码 名称",
     BYTES("\xEF\xBB\xBF单位编码,名称\n1,a\n\xEF\xBB\xBF单位编码,名称\n\xEF\xBB\xBF"
           "2,b\n"),
     "", "UTF-8, comma; header 1\n2: 1|a\n4: 2|b\n"},
    {"mark FFFE: UTF-16, tab-separated Unicode text", "USMO x",
     BYTES("\xFF\xFEU\0S\0M\0O\0\x09\0x\0\r\0\n\0"
           "1\0\x09\0\x36\x71\r\0\n\0"),
     "", "UTF-16, tab; header 1\n2: 1|然\n"},
    {"mark FEFF: UTF-16 of the other order, with a pair and a repeated mark", "编号 x",
     BYTES("\xFE\xFF\x7F\x16\x53\xF7\0\t\0x\0\n\xFE\xFF\0"
           "1\0\t\xD8\x42\xDF\xB7"),
     "", "UTF-16, tab; header 1\n2: 1|𠮷\n"},
    {"half a pair in UTF-16 costs its row", "a b",
     BYTES("\xFF\xFE"
           "a\0\t\0b\0\n\0\x42\xD8\t\0"
           "1\0\n\0"
           "2\0\t\0"
           "3\0"),
     "byte 11 of the file", "UTF-16, tab; header 1\n2 ENCODING\n3: 2|3\n"},
    {"UTF-16 that ends in half a unit is still being copied", "a b",
     BYTES("\xFF\xFE"
           "a\0\t\0b\0\n\0"
           "1"),
     "still being copied", "FILE, tried again: ENCODING\n"},
    {"the file ends in D3DBCF: still being copied", "状态", BYTES("\xD7\xB4\xCC\xAC\n\xD3\xDB\xCF"),
     "still being copied", "FILE, tried again: ENCODING\n"},
    {"FF in UTF-8 without mark costs its row, too", "单位编码 名称", BYTES("单位编码,名称\n1,a\n2,\xFF\n3,某村\n"),
     "byte 27 of the file, FF", "UTF-8, comma; header 1\n2: 1|a\n3 ENCODING\n4: 3|某村\n"},
    {"FF in UTF-8 with its mark costs its row", "单位编码 名称", BYTES("\xEF\xBB\xBF单位编码,名称\n2,\xFF\n3,某村\n"),
     "FF", "UTF-8, comma; header 1\n2 ENCODING\n3: 3|某村\n"},
    {"Big5 B3E6A6EC: headers not found, shown as read", "单位", BYTES("\xB3\xE6\xA6\xEC,1\n"),
     "looked for 单位; row 1 reads 虫", "FILE: NO_HEADER\n"},
    /* CSV */
    {"CRLF and comma", "a b", BYTES("a,b\r\n1,2\r\n"), "", "UTF-8, comma; header 1\n2: 1|2\n"},
    {"LF and tab", "a b", BYTES("a\tb\n1\t2\n"), "", "UTF-8, tab; header 1\n2: 1|2\n"},
    {"CR and ;", "a b", BYTES("a;b\r1;2\r"), "", "UTF-8, semicolon; header 1\n2: 1|2\n"},
    {"a first line sep=;", "a b,x", BYTES("sep=;\r\na;b,x\r\n1;2\r\n"), "", "UTF-8, semicolon; header 2\n3: 1|2\n"},
    {"a first line sep=; behind a mark", "a b", BYTES("\xEF\xBB\xBFsep=;\na;b\n1;2,3,4,5\n"), "",
     "UTF-8, semicolon; header 2\n3: 1|2,3,4,5\n"},
    {"a line break in quotes", "a b", BYTES("a,b\n1,\"x\ny\"\n2,z\n"), "",
     "UTF-8, comma; header 1\n2: 1|x\ny\n4: 2|z\n"},
    {"quote never closed: ROW for the line that opens it, reading goes on with the next line", "a b",
     BYTES("a,b\n1,\"open\n2,x\n3,y\n"), "a quote is not closed",
     "UTF-8, comma; header 1\n2 MALFORMED\n3: 2|x\n4: 3|y\n"},
    {"the record before the open quote had a line break of its own", "a b c",
     BYTES("a,b,c\n1,\"x\ny\",\"open\n2,x,z\n"), "a quote is not closed",
     "UTF-8, comma; header 1\n3 MALFORMED\n4: 2|x|z\n"},
    {"a\"b is a\"b", "a b", BYTES("a,b\n1,a\"b\n"), "", "UTF-8, comma; header 1\n2: 1|a\"b\n"},
    {"=\"140322102200\" is the code", "a b", BYTES("a,b\n1,=\"140322102200\"\n2,\"=\"\"140322102200\"\"\"\n"), "",
     "UTF-8, comma; header 1\n2: 1|140322102200\n3: 2|140322102200\n"},
    {"'140322102200 is the code", "a b", BYTES("a,b\n1,'140322102200\n"), "",
     "UTF-8, comma; header 1\n2: 1|140322102200\n"},
    {"short row: missing cells are absent", "a b c", BYTES("a,b,c\n1\n"), "", "UTF-8, comma; header 1\n2: 1||\n"},
    {"long row with empty rest", "a b", BYTES("a,b\n1,2,,\n"), "", "UTF-8, comma; header 1\n2: 1|2\n"},
    {"long row with content", "a b", BYTES("a,b\n1,2,,x\n3,4\n"), "column 4 is filled",
     "UTF-8, comma; header 1\n2 MALFORMED\n3: 3|4\n"},
    {"title and reporting-unit lines above", "编号 名称",
     BYTES("盂县隐患台账,\n填报单位：路家村镇,\n\n编号,名称\n1,a\n"), "", "UTF-8, comma; header 4\n5: 1|a\n"},
    {"`单 位` `发现⏎时间` `*数量（个）` and a zero-width space match 单位 发现时间 数量(个) 编号",
     "单位 发现时间 数量(个) 编号", BYTES("单 位,\"发现\n时间\",*数量（个）,编\xE2\x80\x8B号\n1,2,3,4\n"), "",
     "UTF-8, comma; header 1\n3: 1|2|3|4\n"},
    {"header mapped but missing: FILE names it, lists what was found and the nearest", "编号 发现时间",
     BYTES("编号,发现日期,等级\n1,2,3\n"), "looked for 发现时间; row 1 has 编号、发现日期、等级; nearest is 发现日期",
     "FILE: NO_HEADER\n"},
    {"header there twice: FILE names it and lists what was found", "编号 等级", BYTES("编号,等级,等 级\n1,2,3\n"),
     "the header in row 1 has 等级 twice: 编号、等级、等 级", "FILE: NO_HEADER\n"},
    {"合计 小计 填表人 rows and a header repeated on each page are skipped", "编号 数",
     BYTES("编号,数\n1,2\n小 计,2\n编号,数\n2,3\n合计,5\n填表人：,\n"), "", "UTF-8, comma; header 1\n2: 1|2\n5: 2|3\n"},
    {"header only: no row", "编号 数", BYTES("编号,数\n"), "", "UTF-8, comma; header 1\n"},
    {"an empty file", "编号", BYTES(""), "the file is empty", "FILE: NO_HEADER\n"},
    /* Spreadsheet, as it comes out as text */
    {"header of two rows, 单位 merged over 编码 and 名称", "编号 单位/编码 单位/名称",
     BYTES("台账,,\n编号,单位,\n,编码,名称\n1,2,3\n"), "", "UTF-8, comma; header 3\n4: 1|2|3\n"},
    {"PK is a workbook, whatever its name, and this one is cut", "a", BYTES("PK\x03\x04rest"), "still being copied",
     "FILE, tried again: MALFORMED\n"},
    {"D0CF11E0 is an old .xls, an .et or has a password", "a", BYTES("\xD0\xCF\x11\xE0rest"), "save it as",
     "FILE: UNSUPPORTED\n"},
    {"< is a web page named .xls", "a", BYTES("<html><table>"), "web page", "FILE: UNSUPPORTED\n"},
};

static char *write_file(const char *bytes, size_t size)
{
    char *path = strdup("/tmp/offices_text_test.XXXXXX");
    const int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    FILE *stream = fdopen(descriptor, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    fclose(stream);
    return path;
}

static struct mapping *load(const char *text)
{
    struct fault fault;
    char *path = write_file(text, strlen(text));
    struct mapping *mapping = mapping_load(path, &fault);
    if (mapping == NULL)
        fail_msg("%s\n%s", fault.text, text);
    unlink(path);
    free(path);
    return mapping;
}

/* A mapping that wants these columns: the first is the key, the others are texts that may be empty. */
static struct mapping *mapping_with(const char *columns)
{
    char text[MAPPING_SIZE];
    char names[256];
    snprintf(names, sizeof names, "%s", columns);
    size_t used = (size_t)snprintf(text, sizeof text,
                                   "version: 1\nfiles: ['*']\nheader_rows: 2\nkey: ['%.*s']\n"
                                   "ignore_rows: [合计, 小计, 填表人]\nevents:\n",
                                   (int)strcspn(columns, " "), columns);
    char *rest = names;
    for (char *name = strsep(&rest, " "), i = '0'; name != NULL; name = strsep(&rest, " "), i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "  - type: HazardFound\n    part: p%c\n    fields:\n"
                                 "      - {field: unit, constant: \"140322102200\"}\n"
                                 "      - {field: occurred_at, constant: 2020-04-03}\n"
                                 "      - {field: note, column: ['%s']}\n",
                                 i, name);
    assert_true(used < sizeof text);
    return load(text);
}

static void say_row(const struct sheet *sheet, struct translator *translator, const struct row *row, char *outcome,
                    char *said)
{
    struct translated_row means;
    struct reason reason;
    size_t used = strlen(outcome);
    if (!translate_row(translator, sheet, row, &means, &reason)) {
        snprintf(outcome + used, SAID_SIZE - used, "%d %s\n", (int)row->number, reason.code);
        strncat(said, reason.en, SAID_SIZE - strlen(said) - 1);
        return;
    }
    translated_row_clear(&means);
    used += (size_t)snprintf(outcome + used, SAID_SIZE - used, "%d: ", (int)row->number);
    for (size_t i = 0; i < sheet_mapping(sheet)->column_count; i++)
        used += (size_t)snprintf(outcome + used, SAID_SIZE - used, "%s%s", i > 0 ? "|" : "", sheet_cell(sheet, row, i));
    strcat(outcome, "\n");
}

static void say_rows(struct source *source, const struct sheet *sheet, char *outcome, char *said)
{
    struct row row;
    struct translator *translator = translator_open(480);
    assert_non_null(translator);
    sprintf(outcome, "%s; header %d\n", source_reading(source), (int)sheet_header_row(sheet));
    while (source_next(source, &row))
        if (row.flaw != NULL || !sheet_skips(sheet, &row))
            say_row(sheet, translator, &row, outcome, said);
    translator_close(&translator);
}

static void say_file(const char *path, const struct mapping *mapping, char *outcome, char *said)
{
    struct source *source = NULL;
    struct reason reason = {0};
    const enum source_opened opened = source_open(path, &source, &reason);
    struct sheet *sheet = opened == SOURCE_OPENED ? sheet_open(mapping, source, &reason) : NULL;
    if (sheet != NULL) {
        say_rows(source, sheet, outcome, said);
    } else {
        sprintf(outcome, "FILE%s: %s\n", opened == SOURCE_UNSETTLED ? ", tried again" : "", reason.code);
        strcpy(said, reason.en);
    }
    sheet_close(&sheet);
    source_close(&source);
}

static void expect(const char *outcome, const char *expected, const char *said, const char *expected_said)
{
    if (expected != NULL && strcmp(outcome, expected) != 0)
        fail_msg("came to\n%s(%s)\nnot\n%s", outcome, said, expected);
    if (expected == NULL && strncmp(outcome, "FILE: ", 6) != 0)
        fail_msg("came to\n%s\nnot a refused file", outcome);
    if (strstr(said, expected_said) == NULL)
        fail_msg("said\n%s\nnot\n%s", said, expected_said);
}

static void file_comes_to_what_is_written(void **state)
{
    const struct file_case *file = *state;
    char outcome[SAID_SIZE] = "";
    char said[SAID_SIZE] = "";
    struct mapping *mapping = mapping_with(file->columns);
    char *path = write_file(file->bytes, file->size);
    say_file(path, mapping, outcome, said);
    unlink(path);
    free(path);
    mapping_free(&mapping);
    expect(outcome, file->outcome, said, file->said);
}

/* ---- files too long to be written down ---- */

static void expect_long_file(const char *text, size_t size, const char *end, const char *said_end)
{
    char *outcome = calloc(1, SAID_SIZE);
    char *said = calloc(1, SAID_SIZE);
    assert_non_null(outcome);
    assert_non_null(said);
    struct mapping *mapping = mapping_with("a b");
    char *path = write_file(text, size);
    say_file(path, mapping, outcome, said);
    if (strstr(outcome, end) == NULL || strstr(said, said_end) == NULL)
        fail_msg("came to\n%s(%s)", outcome, said);
    unlink(path);
    free(path);
    mapping_free(&mapping);
    free(outcome);
    free(said);
}

static void ff_in_row_317_of_gb18030_is_a_row_with_the_bytes_place(void **state)
{
    (void)state;
    char text[8192] = "a,b\n";
    for (int i = 2; i <= 316; i++)
        sprintf(text + strlen(text), "%d,\xB4\xE5\n", i);
    const size_t place = strlen(text) + strlen("317,") + 1;
    strcat(text, "317,\xFF\n318,\xB4\xE5\n");
    char said[64];
    sprintf(said, "byte %zu of the file, FF, is no text", place);
    expect_long_file(text, strlen(text), "\n316: 316|村\n317 ENCODING\n318: 318|村\n", said);
}

static void a_quote_open_for_100_lines_costs_its_own_line_only(void **state)
{
    (void)state;
    char text[8192] = "a,b\n1,\"open\n";
    for (int i = 3; i <= 130; i++)
        sprintf(text + strlen(text), "%d,x\n", i);
    strcat(text, "131,\"closed\"\n");
    expect_long_file(text, strlen(text), "header 1\n2 MALFORMED\n3: 3|x\n4: 4|x\n", "not closed within 100 lines");
    expect_long_file(text, strlen(text), "130: 130|x\n131: 131|closed\n", "not closed");
}

static void a_quote_open_for_64_kib_costs_its_own_line_only(void **state)
{
    (void)state;
    const size_t room = 200 * 1024;
    char *text = calloc(1, room);
    assert_non_null(text);
    strcpy(text, "a,b\n1,\"open\n2,");
    memset(text + strlen(text), 'x', 60 * 1024);
    strcat(text, "\n3,");
    memset(text + strlen(text), 'x', 10 * 1024);
    strcat(text, "\n4,\"x\"\n");
    struct reason reason;
    struct source *source = NULL;
    struct row row;
    char *path = write_file(text, strlen(text));
    assert_int_equal(source_open(path, &source, &reason), SOURCE_OPENED);
    for (uint64_t number = 1; number <= 5; number++) {
        assert_true(source_next(source, &row));
        assert_int_equal(row.number, number);
        assert_int_equal(row.flaw != NULL, number == 2);
    }
    assert_false(source_next(source, &row));
    source_close(&source);
    unlink(path);
    free(path);
    free(text);
}

/* ---- cells ---- */

struct cell_case {
    const char *name;
    const char *field; /* of the mapping, without its column */
    const char *cell;
    const char *outcome; /* within the event's JSON; or `CODE` and what is said in either language */
};

#define TIME "field: occurred_at"
#define DAY "field: due_day, as: date"
#define COUNT "field: casualties.deaths, as: count"
#define UNIT "field: unit, as: unit_code"
#define TEXT "field: note"
#define FIRST_OF_APRIL_3 "\"occurredAt\":\"2020-04-02T16:00:00Z\""
#define HALF_PAST_TWO "\"occurredAt\":\"2020-04-03T06:30:00Z\""

static const struct cell_case cells[] = {
    /* Dates: 2020-04-03 begins at 16:00 of the day before in UTC */
    {"2020-04-03", TIME, "2020-04-03", FIRST_OF_APRIL_3},
    {"2020/4/3", TIME, "2020/4/3", FIRST_OF_APRIL_3},
    {"2020.4.3", TIME, "2020.4.3", FIRST_OF_APRIL_3},
    {"20200403", TIME, "20200403", FIRST_OF_APRIL_3},
    {"2020年4月3日", TIME, "2020年4月3日", FIRST_OF_APRIL_3},
    {"２０２０年４月３日", TIME, "２０２０年４月３日", FIRST_OF_APRIL_3},
    {"二〇二〇年四月三日", TIME, "二〇二〇年四月三日", FIRST_OF_APRIL_3},
    {"43924 in a column that the mapping calls serial", TIME ", serial: true", "43924", FIRST_OF_APRIL_3},
    {"43924.60416666666 is 14:30:00 local", TIME ", serial: true", "43924.60416666666", HALF_PAST_TWO},
    {"2020年4月3日下午2时30分", TIME, "2020年4月3日下午2时30分", HALF_PAST_TWO},
    {"2020-04-03T06:30:00Z", TIME, "2020-04-03T06:30:00Z", HALF_PAST_TWO},
    {"2020-04-03T06:30:00Z as a day is the local one", DAY, "2020-04-03T20:30:00Z", "\"dueDay\":\"2020-04-04\""},
    {"2020-04-03 24:00 is the next day", TIME, "2020-04-03 24:00", "\"occurredAt\":\"2020-04-03T16:00:00Z\""},
    {"2020-04-03 24:00 as a day is 2020-04-04", DAY, "2020-04-03 24:00", "\"dueDay\":\"2020-04-04\""},
    {"43924 in a text or plain cell", TIME, "43924", "BAD_VALUE day number"},
    {"4月3日", TIME, "4月3日", "BAD_VALUE no certain date"},
    {"4月3日 where the mapping says the year", TIME ", year: 2020", "4月3日", FIRST_OF_APRIL_3},
    {"03/04/2020", TIME, "03/04/2020", "BAD_VALUE no certain date"},
    {"20-4-3", TIME, "20-4-3", "BAD_VALUE no certain date"},
    {"4.3", TIME, "4.3", "BAD_VALUE no certain date"},
    {"2020-02-30", TIME, "2020-02-30", "BAD_VALUE no certain date"},
    {"serial 60", TIME ", serial: true", "60", "BAD_VALUE"},
    {"serial 0.5", TIME ", serial: true", "0.5", "BAD_VALUE"},
    /* Numbers */
    {"1,234", COUNT, "\"1,234\"", "\"deaths\":1234"},
    {"１２３", COUNT, "１２３", "\"deaths\":123"},
    {"3起", COUNT, "3起", "\"deaths\":3"},
    {"十二", COUNT, "十二", "\"deaths\":12"},
    {"约10", COUNT, "约10", "BAD_VALUE “约10”"},
    {"10+", COUNT, "10+", "BAD_VALUE “10+”"},
    {"5-6", COUNT, "5-6", "BAD_VALUE “5-6”"},
    {"an empty count is not zero", COUNT, "", "MISSING_FIELD 格"},
    {"/ in a count is not zero", COUNT, "/", "MISSING_FIELD 格"},
    {"— in a count is not zero", COUNT, "—", "MISSING_FIELD 格"},
    {"无 in a count is not zero", COUNT, "无", "MISSING_FIELD 格"},
    {"an empty count that may be absent is absent", COUNT ", optional: true", "", "\"accidentReported\":{}"},
    {"无 in a count that may be absent is absent", COUNT ", optional: true", "无", "\"accidentReported\":{}"},
    {"无 is zero where the mapping says so", COUNT ", values: [{is: [无], to: \"0\"}]", "无",
     "\"accidentReported\":{\"casualties\":{}}"},
    /* Codes */
    {"1.40322E+11: the program shortened the code", UNIT, "1.40322E+11", "BAD_VALUE 请把该列设为文本格式"},
    {"1.40322E+11 in a code of another kind", "field: accident", "1.40322E+11", "BAD_VALUE 请把该列设为文本格式"},
    {"14032A102200: the place of the wrong character", UNIT, "14032A102200", "BAD_VALUE 第 6 位“A”"},
    {"a code in full width", UNIT, "１４０３２２１０２２００", "\"unit\":\"140322102200\""},
    /* Words */
    {"a control character", TEXT, "a\x01", "BAD_VALUE control character"},
    {"U+202E", TEXT, "a\xE2\x80\xAE", "BAD_VALUE control character"},
    {"an identity number", TEXT, "11010519491231002X", "PERSONAL_DATA “格”列"},
    {"an identity number in full width", TEXT, "１１０１０５１９４９１２３１００２Ｘ", "PERSONAL_DATA “格”列"},
    {"an identity number with spaces", TEXT, "110105 19491231 002X", "PERSONAL_DATA “格”列"},
    {"an identity number as a unit", UNIT, "11010519491231002X", "PERSONAL_DATA “格”列"},
    {"an identity number as a count", COUNT, "11010519491231002X", "PERSONAL_DATA “格”列"},
    {"an identity number as a day", TIME, "11010519491231002X", "PERSONAL_DATA “格”列"},
    {"a word outside the values",
     "field: grade, values: [{is: [一般, 一般隐患], to: GENERAL}, {is: [重大], to: MAJOR}]", "较大",
     "BAD_VALUE “格”列：“较大”不是 一般、一般隐患、重大 之一"},
};

static const char *type_with(const char *field)
{
    return strstr(field, "due_day") != NULL ? "RectificationOrdered"
           : strstr(field, "grade") != NULL ? "HazardFound"
                                            : "AccidentReported";
}

static struct mapping *mapping_of_cell(const char *field)
{
    char text[MAPPING_SIZE];
    const bool is_time = strncmp(field, TIME, strlen(TIME)) == 0;
    const bool is_unit = strncmp(field, "field: unit", strlen("field: unit")) == 0;
    snprintf(
        text, sizeof text,
        "version: 1\nfiles: ['*']\nkey: [编号]\nevents:\n  - type: %s\n    fields:\n%s%s      - {%s, column: [格]}\n",
        type_with(field), is_unit ? "" : "      - {field: unit, constant: \"140322102200\"}\n",
        is_time ? "" : "      - {field: occurred_at, constant: 2020-04-03}\n", field);
    return load(text);
}

static void say_cell(struct source *source, const struct sheet *sheet, char *outcome)
{
    struct translator *translator = translator_open(480);
    struct translated_row means = {0};
    struct reason reason;
    struct row row;
    assert_non_null(translator);
    assert_true(source_next(source, &row));
    if (translate_row(translator, sheet, &row, &means, &reason)) {
        ProtobufCMessage *message = protobuf_c_message_unpack(&sanling__v1__event__descriptor, NULL,
                                                              means.events[0].size, means.events[0].content);
        char *text = message == NULL ? NULL : json_text_from_message(message);
        assert_non_null(text);
        snprintf(outcome, SAID_SIZE, "%s", text);
        free(text);
        protobuf_c_message_free_unpacked(message, NULL);
    } else {
        snprintf(outcome, SAID_SIZE, "%s %s | %s", reason.code, reason.zh, reason.en);
    }
    translated_row_clear(&means);
    translator_close(&translator);
}

static void cell_comes_to_what_is_written(void **state)
{
    const struct cell_case *cell = *state;
    char outcome[SAID_SIZE] = "";
    char text[512];
    snprintf(text, sizeof text, "编号,格\n1,%s\n", cell->cell);
    struct mapping *mapping = mapping_of_cell(cell->field);
    char *path = write_file(text, strlen(text));
    struct source *source = NULL;
    struct reason reason;
    assert_int_equal(source_open(path, &source, &reason), SOURCE_OPENED);
    struct sheet *sheet = sheet_open(mapping, source, &reason);
    assert_non_null(sheet);
    say_cell(source, sheet, outcome);
    sheet_close(&sheet);
    source_close(&source);
    mapping_free(&mapping);
    unlink(path);
    free(path);
    const char *second = strchr(cell->outcome, ' ');
    const bool rejected = cell->outcome[0] != '"';
    const size_t code = !rejected || second == NULL ? 0 : (size_t)(second - cell->outcome);
    const char *said = !rejected ? cell->outcome : second == NULL ? "" : second + 1;
    if ((rejected && strncmp(outcome, cell->outcome, code == 0 ? strlen(cell->outcome) : code) != 0) ||
        strstr(outcome, said) == NULL)
        fail_msg("came to\n%s\nnot\n%s", outcome, cell->outcome);
    if (strcmp(cell->outcome, "PERSONAL_DATA “格”列") == 0)
        assert_null(strstr(outcome, "1949"));
}

enum { FILE_CASES = sizeof files / sizeof files[0], CELL_CASES = sizeof cells / sizeof cells[0], LONG_CASES = 3 };

int main(void)
{
    struct CMUnitTest tests[FILE_CASES + CELL_CASES + LONG_CASES] = {
        cmocka_unit_test(ff_in_row_317_of_gb18030_is_a_row_with_the_bytes_place),
        cmocka_unit_test(a_quote_open_for_100_lines_costs_its_own_line_only),
        cmocka_unit_test(a_quote_open_for_64_kib_costs_its_own_line_only),
    };
    struct CMUnitTest *test = tests + LONG_CASES;
    for (size_t i = 0; i < FILE_CASES; i++)
        *test++ = (struct CMUnitTest){.name = files[i].name,
                                      .test_func = file_comes_to_what_is_written,
                                      .initial_state = (void *)(uintptr_t)&files[i]};
    for (size_t i = 0; i < CELL_CASES; i++)
        *test++ = (struct CMUnitTest){.name = cells[i].name,
                                      .test_func = cell_comes_to_what_is_written,
                                      .initial_state = (void *)(uintptr_t)&cells[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
