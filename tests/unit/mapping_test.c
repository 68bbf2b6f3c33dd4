/* A mapping is checked against the contract when it is loaded; headers, cells and rows are read as offices write them
 * (OFFICES.md §1, §2), and what cannot be read with certainty is a rejected row, never a guess. */
#include "mapping.h"

#include "cell.h"
#include "event.pb-c.h"
#include "json.h"
#include "personal.h"
#include "sheet.h"
#include "text.h"
#include "translate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* A folder with a mapping and a sheet, and what comes of them. */
struct desk {
    char dir[64];
    char mapping_path[96];
    char sheet_path[96];
    struct mapping *mapping;
    struct source *source;
    struct sheet *sheet;
    struct translator *translator;
    struct translated_row result;
    struct fault fault;
    struct reason reason;
};

static int open_desk(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    strcpy(desk->dir, "/tmp/mapping_test.XXXXXX");
    *state = desk;
    if (mkdtemp(desk->dir) == NULL)
        return 1;
    sprintf(desk->mapping_path, "%s/mapping.yaml", desk->dir);
    sprintf(desk->sheet_path, "%s/sheet.csv", desk->dir);
    desk->translator = translator_open(480);
    return desk->translator == NULL;
}

static void clear_sheet(struct desk *desk)
{
    translated_row_clear(&desk->result);
    sheet_close(&desk->sheet);
    source_close(&desk->source);
}

static int close_desk(void **state)
{
    struct desk *desk = *state;
    clear_sheet(desk);
    mapping_free(&desk->mapping);
    translator_close(&desk->translator);
    unlink(desk->mapping_path);
    unlink(desk->sheet_path);
    rmdir(desk->dir);
    free(desk);
    return 0;
}

static void write_text(const char *path, const char *text)
{
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

static bool load(struct desk *desk, const char *text)
{
    clear_sheet(desk);
    mapping_free(&desk->mapping);
    write_text(desk->mapping_path, text);
    desk->mapping = mapping_load(desk->mapping_path, &desk->fault);
    return desk->mapping != NULL;
}

static void must_load(struct desk *desk, const char *text)
{
    if (!load(desk, text))
        fail_msg("%s", desk->fault.text);
}

static bool open_sheet(struct desk *desk, const char *text)
{
    clear_sheet(desk);
    write_text(desk->sheet_path, text);
    assert_int_equal(source_open(desk->sheet_path, &desk->source, &desk->reason), SOURCE_OPENED);
    desk->sheet = sheet_open(desk->mapping, desk->source, &desk->reason);
    return desk->sheet != NULL;
}

/* Translates the next data row. */
static bool translate_next(struct desk *desk)
{
    struct row row;
    do {
        assert_true(source_next(desk->source, &row));
    } while (row.flaw == NULL && sheet_skips(desk->sheet, &row));
    if (row.flaw == NULL)
        sheet_fill_down(desk->sheet, &row);
    translated_row_clear(&desk->result);
    return translate_row(desk->translator, desk->sheet, &row, &desk->result, &desk->reason);
}

static void must_translate(struct desk *desk)
{
    if (!translate_next(desk))
        fail_msg("%s: %s", desk->reason.code, desk->reason.en);
}

static void expect_event(const struct desk *desk, size_t index, const char *json)
{
    assert_true(index < desk->result.count);
    const struct translated_event *event = &desk->result.events[index];
    ProtobufCMessage *message =
        protobuf_c_message_unpack(&sanling__v1__event__descriptor, NULL, event->size, event->content);
    char *text = message == NULL ? NULL : json_text_from_message(message);
    assert_non_null(text);
    assert_string_equal(text, json);
    free(text);
    protobuf_c_message_free_unpacked(message, NULL);
}

#define HAZARDS                                                                                                                  \
    "version: 1\n"                                                                                                               \
    "files: [\"隐患台账*.csv\", \"*.tsv\"]\n"                                                                                \
    "header_rows: 2\n"                                                                                                           \
    "key: [隐患编号]\n"                                                                                                      \
    "ignore_rows: [合计, 小计, 填表人]\n"                                                                                 \
    "events:\n"                                                                                                                  \
    "  - type: HazardFound\n"                                                                                                    \
    "    fields:\n"                                                                                                              \
    "      - {field: hazard, column: [隐患编号, 编号]}\n"                                                                  \
    "      - {field: unit, column: [单位/编码, 单位编码], as: unit_code}\n"                                              \
    "      - {field: occurred_at, column: [发现时间], as: datetime}\n"                                                       \
    "      - {field: grade, column: [等级], values: [{is: [一般, 一般隐患], to: GENERAL}, {is: [重大], to: MAJOR}]}\n" \
    "  - type: RectificationReported\n"                                                                                          \
    "    when: [{column: 状态, is: [已整改, 已销号]}]\n"                                                                 \
    "    fields:\n"                                                                                                              \
    "      - {field: hazard, column: [隐患编号, 编号]}\n"                                                                  \
    "      - {field: unit, column: [单位/编码, 单位编码], as: unit_code}\n"                                              \
    "      - {field: occurred_at, column: [发现时间], as: datetime}\n"

/* One event with two fields that each test adds to. */
#define ONE_EVENT(type, fields)                                                                                        \
    "version: 1\nfiles: ['*.csv']\nkey: [编号]\nevents:\n  - type: " type                                              \
    "\n    fields:\n      - {field: unit, constant: \"140322102200\"}\n"                                               \
    "      - {field: occurred_at, constant: 2020-04-03}\n" fields

/* ---- loading ---- */

static void the_example_of_the_documentation_loads(void **state)
{
    struct desk *desk = *state;
    must_load(desk, HAZARDS);
    assert_int_equal(desk->mapping->event_count, 2);
    assert_true(mapping_reads(desk->mapping, "隐患台账2020.csv"));
    assert_true(mapping_reads(desk->mapping, "a.tsv"));
    assert_false(mapping_reads(desk->mapping, "别的.csv"));
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
    static const struct {
        const char *text;
        const char *said;
    } cases[] = {
        {ONE_EVENT("HazardFound", "      - {field: hazard, colum: [编号]}\n"),
         "line 9: events.fields.colum: unknown key; did you mean events.fields.column?"},
        {ONE_EVENT("HazardFount", ""), "line 5: type: unknown event type 'HazardFount'"},
        {ONE_EVENT("HazardFound", "      - {field: gradee, column: [等级]}\n"),
         "line 9: field: unknown field 'gradee' of HazardFound"},
        {ONE_EVENT("HazardFound",
                   "      - field: grade\n        column: [等级]\n        values: [{is: [a], to: BIG}]\n"),
         "line 9: to: 'BIG' is no value of grade"},
        {ONE_EVENT("HazardFound", "      - {field: grade, constant: BIG}\n"), "line 9: constant: 'BIG' is no value"},
        {ONE_EVENT("HazardFound", "      - {field: grade, column: [等级], as: count}\n"), "line 9: as: does not fit"},
        {ONE_EVENT("HazardFound", "      - {field: grade}\n"), "line 9: grade needs either column or constant"},
        {ONE_EVENT("HazardFound", "      - {field: unit, column: [等级]}\n"), "line 9: field: 'unit' is there twice"},
        {ONE_EVENT("HazardFound", "      - {field: source, column: [等级]}\n"),
         "line 9: field: unknown field 'source'"},
        {ONE_EVENT("AccidentReported", "      - {field: casualties, column: [等级]}\n"),
         "line 9: field: 'casualties' of AccidentReported has fields of its own"},
        {ONE_EVENT("HazardFound", "      - {field: hazard, column: [编号], optional: maybe}\n"), "line 9: "},
        {ONE_EVENT("HazardFound", "") "attest: {zero: ZERO, basis: REGISTER_CHECKED, unit: \"140322000000\"}\n",
         "line 9: attest: zero: 'ZERO'"},
        {ONE_EVENT("HazardFound", "") "attest: {zero: CASE, basis: SITE_VISIT, unit: \"140322000000\"}\n",
         "line 9: attest: basis: "},
        {ONE_EVENT("HazardFound", "") "attest: {zero: CASE, basis: REGISTER_CHECKED, unit: \"1403\"}\n",
         "line 9: attest: unit: "},
        {"version: 2\nfiles: [a]\nkey: [a]\nevents:\n  - type: HazardFound\n    fields:\n      - {field: unit, "
         "constant: '140322102200'}\n      - {field: occurred_at, constant: 2020-04-03}\n",
         "line 1: version: 2 is not known"},
        {"version: 1\nfiles: [a]\nkey: [a]\nevents:\n  - type: HazardFound\n    fields:\n      - {field: hazard, "
         "column: [a]}\n",
         "line 5: HazardFound needs the fields unit and occurred_at"},
        {ONE_EVENT("AlertsTallied", "      - {field: counts, column: [警情]}\n"),
         "line 9: field: 'counts' of AlertsTallied has fields of its own"},
        {ONE_EVENT("AlertsTallied", "      - {field: day, column: [警情], as: pairs}\n"), "line 9: as: does not fit"},
        {ONE_EVENT("SealedNoteAdded", "      - {field: ciphertext, constant: \"@\"}\n"),
         "line 9: constant: '@' is no value of ciphertext"},
        {ONE_EVENT("HazardFound",
                   "") "  - type: HazardVerified\n    optional: true\n    fields: [{field: unit, column: "
                       "[a]}]\n",
         "line 9: optional: HazardVerified without when"},
        {ONE_EVENT("HazardFound", "") "on_change: correct\n", "line 9: on_change: correct needs correct_reason"},
        {ONE_EVENT("HazardFound", "") "correct_reason: DATA_ERROR\n", "line 9: correct_reason: only with"},
        {"version: 1\nfiles: [a]\nkey: [a]\nevents:\n  - type: EventRetracted\n    fields:\n"
         "      - {field: target, column: [a]}\n",
         "line 5: EventRetracted needs the field occurred_at"},
        {"version: 1\nfiles: [a\n", "line "},
    };
    struct desk *desk = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_false(load(desk, cases[i].text));
        assert_int_equal(desk->fault.code, FAULT_USAGE);
        if (strstr(desk->fault.text, cases[i].said) == NULL)
            fail_msg("case %zu: '%s' was said, '%s' expected", i, desk->fault.text, cases[i].said);
    }
}

static void a_missing_mapping_file_is_named(void **state)
{
    struct desk *desk = *state;
    assert_null(mapping_load("/nowhere/mapping.yaml", &desk->fault));
    assert_non_null(strstr(desk->fault.text, "/nowhere/mapping.yaml"));
}

enum { FIELDS_TEXT_SIZE = 8192 };

/* Adds a line for each field of a message, and for those within it; lists of messages by their first element. */
static void add_fields(char *text, const ProtobufCMessageDescriptor *message, const char *prefix)
{
    for (unsigned i = 0; i < message->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->fields[i];
        const bool is_message =
            field->type == PROTOBUF_C_TYPE_MESSAGE &&
            strcmp(((const ProtobufCMessageDescriptor *)field->descriptor)->short_name, "Timestamp") != 0;
        char path[128];
        snprintf(path, sizeof path, "%s%s%s", prefix, field->name,
                 is_message && field->label == PROTOBUF_C_LABEL_REPEATED ? ".0" : "");
        if (is_message) {
            strcat(path, ".");
            add_fields(text, field->descriptor, path);
            continue;
        }
        const size_t used = strlen(text);
        assert_true(used + sizeof path + 64 < FIELDS_TEXT_SIZE);
        sprintf(text + used, "      - {field: %s, column: [编号]}\n", path);
    }
}

static void every_field_of_the_contract_can_be_mapped(void **state)
{
    struct desk *desk = *state;
    size_t types = 0;
    for (unsigned i = 0; i < sanling__v1__event__descriptor.n_fields; i++) {
        const ProtobufCFieldDescriptor *member = &sanling__v1__event__descriptor.fields[i];
        if ((member->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
            continue;
        const ProtobufCMessageDescriptor *payload = member->descriptor;
        char text[FIELDS_TEXT_SIZE];
        snprintf(text, sizeof text, "version: 1\nfiles: [a]\nkey: [编号]\nevents:\n  - type: %s\n    fields:\n",
                 payload->short_name);
        static const char *const envelope[] = {"occurred_at", "unit", "matter", "campaign", "note", "mode"};
        for (size_t f = 0; f < sizeof envelope / sizeof envelope[0]; f++) {
            /* DeadlinePassed has a matter of its own. */
            if (protobuf_c_message_descriptor_get_field_by_name(payload, envelope[f]) == NULL)
                sprintf(text + strlen(text), "      - {field: %s, column: [编号]}\n", envelope[f]);
        }
        add_fields(text, payload, "");
        must_load(desk, text);
        types++;
    }
    assert_true(types > 90);
}

/* ---- headers ---- */

static void a_header_of_two_rows_is_joined(void **state)
{
    struct desk *desk = *state;
    must_load(desk, HAZARDS);
    assert_true(open_sheet(desk, "盂县隐患台账,,,,,\n隐患编号,单位,,发现时间,等级,状态\n,编码,名称,,,\n"
                                 "YH-1,140322102200,某村,2020-04-03,一般,待整改\n"));
    assert_int_equal(sheet_header_row(desk->sheet), 3);
    must_translate(desk);
    assert_int_equal(desk->result.count, 1);
    expect_event(desk, 0,
                 "{\"occurredAt\":\"2020-04-02T16:00:00Z\",\"utcOffsetMinutes\":480,\"unit\":\"140322102200\","
                 "\"hazardFound\":{\"hazard\":\"YH-1\",\"grade\":\"GENERAL\"}}");
}

static void a_header_is_found_under_titles_and_compared_loosely(void **state)
{
    struct desk *desk = *state;
    must_load(desk, HAZARDS);
    assert_true(open_sheet(desk,
                           "隐患台账\n填报单位：安委办\n*编 号,单\xE2\x80\x8B位编码,\"发现\n时间\",等级（*）,状态\n"
                           "YH-1,140322102200,2020-04-03,一般,已整改\n") == false);
    assert_true(open_sheet(desk, "隐患台账\n填报单位：安委办\n*编 号,单\xE2\x80\x8B位编码,\"发现\n时间\",等级,状态\n"
                                 "YH-1,140322102200,2020-04-03,一般,已整改\n"));
    must_translate(desk);
    assert_int_equal(desk->result.count, 2);
}

static void full_width_brackets_in_a_header_match(void **state)
{
    struct desk *desk = *state;
    must_load(desk, ONE_EVENT("PatrolTallied", "      - {field: rounds, column: [数量(个)]}\n"));
    assert_true(open_sheet(desk, "编号,*数量（个）\n1,3\n"));
    must_translate(desk);
}

static void the_header_decides_between_two_legal_encodings(void **state)
{
    struct desk *desk = *state;
    must_load(desk, ONE_EVENT("HazardFound", "      - {field: hazard, column: [状态]}\n"));
    /* 一,状态: every byte of it is legal UTF-8 too. */
    assert_false(open_sheet(desk, "\xD2\xBB,\xD7\xB4\xCC\xAC\n"));
    must_load(desk, "version: 1\nfiles: ['*']\nkey: [一]\nevents:\n  - type: HazardFound\n    fields:\n"
                    "      - {field: unit, constant: \"140322102200\"}\n      - {field: occurred_at, constant: "
                    "2020-04-03}\n      - {field: hazard, column: [状态]}\n");
    assert_true(open_sheet(desk, "\xD2\xBB,\xD7\xB4\xCC\xAC\n"));
    assert_string_equal(source_reading(desk->source), "GB18030, comma");
}

static void a_missing_header_is_named_with_what_was_found(void **state)
{
    struct desk *desk = *state;
    must_load(desk, HAZARDS);
    assert_false(open_sheet(desk, "编号,单位编码,发现日期,等级,状态\n1,2,3,4,5\n"));
    assert_string_equal(desk->reason.code, REASON_NO_HEADER);
    assert_string_equal(desk->reason.en,
                        "no header in the first 20 rows: looked for 发现时间; row 1 has "
                        "编号、单位编码、发现日期、等级、状态; nearest is 发现日期: add it to the mapping");
}

static void a_header_that_is_there_twice_refuses_the_file(void **state)
{
    struct desk *desk = *state;
    must_load(desk, HAZARDS);
    assert_false(open_sheet(desk, "编号,单位编码,发现时间,等级,等 级,状态\n"));
    assert_string_equal(desk->reason.en,
                        "the header in row 1 has 等级 twice: 编号、单位编码、发现时间、等级、等 级、状态");
}

static void a_header_below_row_20_is_not_found(void **state)
{
    struct desk *desk = *state;
    char text[1024] = "";
    for (int i = 0; i < 20; i++)
        strcat(text, "标题\n");
    strcat(text, "编号,单位编码,发现时间,等级,状态\n");
    must_load(desk, HAZARDS);
    assert_false(open_sheet(desk, text));
    assert_true(open_sheet(desk, text + strlen("标题\n")));
}

static void sums_signatures_and_repeated_headers_are_skipped(void **state)
{
    struct desk *desk = *state;
    struct row row;
    int data_rows = 0;
    must_load(desk, HAZARDS);
    assert_true(open_sheet(desk, "编号,单位编码,发现时间,等级,状态\nYH-1,140322102200,2020-04-03,一般,\n,小 计,,,\n"
                                 "编号,单位编码,发现时间,等级,状态\n合计,1,,,\n填表人：某某,,,,\n"));
    while (source_next(desk->source, &row))
        data_rows += sheet_skips(desk->sheet, &row) ? 0 : 1;
    assert_int_equal(data_rows, 1);
}

static void only_columns_in_fill_down_are_filled_down(void **state)
{
    struct desk *desk = *state;
    must_load(desk,
              "version: 1\nfiles: ['*']\nkey: [编号]\nfill_down: [单位编码]\nevents:\n  - type: HazardFound\n"
              "    fields:\n      - {field: unit, column: [单位编码]}\n      - {field: occurred_at, column: [时间]}\n"
              "      - {field: hazard, column: [编号]}\n");
    assert_true(open_sheet(desk, "编号,单位编码,时间\n1,140322102200,2020-04-03\n2,,2020-04-04\n3,,\n"));
    must_translate(desk);
    must_translate(desk);
    expect_event(desk, 0,
                 "{\"occurredAt\":\"2020-04-03T16:00:00Z\",\"utcOffsetMinutes\":480,\"unit\":\"140322102200\","
                 "\"hazardFound\":{\"hazard\":\"2\"}}");
    assert_false(translate_next(desk));
    assert_string_equal(desk->reason.code, REASON_MISSING_FIELD);
}

/* ---- cells ---- */

static void expect_time(const char *cell, const char *time)
{
    struct reason reason;
    struct moment moment;
    char text[TIME_TEXT_SIZE] = "refused";
    if (cell_moment(cell, &(struct date_style){0}, &moment, &reason))
        moment_format_utc(&moment, 480, text);
    if (strcmp(text, time) != 0)
        fail_msg("%s became %s, not %s", cell, text, time);
}

static void days_are_read_as_offices_write_them(void **state)
{
    (void)state;
    const char *const cells[] = {"2020-04-03",   "2020/4/3",           "2020.4.3",           "20200403",
                                 "2020年4月3日", "２０２０年４月３日", "二〇二〇年四月三日", " 2020年 4月 3日 "};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        expect_time(cells[i], "2020-04-02T16:00:00Z");
}

static void times_of_day_are_read_as_offices_write_them(void **state)
{
    (void)state;
    expect_time("2020年4月3日下午2时30分", "2020-04-03T06:30:00Z");
    expect_time("2020-04-03T06:30:00Z", "2020-04-03T06:30:00Z");
    expect_time("2020-04-03T14:30:00+08:00", "2020-04-03T06:30:00Z");
    expect_time("2020/4/3 14:30", "2020-04-03T06:30:00Z");
    expect_time("2020-04-03 24:00", "2020-04-03T16:00:00Z");
    expect_time("2020-04-03 24:01", "refused");
    expect_time("2020-04-03 下午14:30", "2020-04-03T06:30:00Z");
    expect_time("2020-04-03 上午14:30", "refused");
}

static void uncertain_days_are_refused(void **state)
{
    (void)state;
    const char *const cells[] = {"43924", "4月3日", "03/04/2020", "20-4-3", "4.3",        "2020-02-30",
                                 "60",    "0.5",    "2020-4/3",   "昨天",   "2020-13-01", "2021-02-29"};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        expect_time(cells[i], "refused");
    expect_time("2020-02-29", "2020-02-28T16:00:00Z");
}

static void serial_days_and_days_without_year_are_read_where_the_mapping_says_so(void **state)
{
    (void)state;
    struct reason reason;
    struct moment moment;
    char text[TIME_TEXT_SIZE];
    const struct date_style style = {.serial = true, .year = 2020};
    assert_true(cell_moment("43924", &style, &moment, &reason));
    moment_format_utc(&moment, 480, text);
    assert_string_equal(text, "2020-04-02T16:00:00Z");
    assert_true(cell_moment("43924.60416666666", &style, &moment, &reason));
    moment_format_utc(&moment, 480, text);
    assert_string_equal(text, "2020-04-03T06:30:00Z");
    assert_true(cell_moment("4月3日", &style, &moment, &reason));
    moment_format_utc(&moment, 480, text);
    assert_string_equal(text, "2020-04-02T16:00:00Z");
    assert_false(cell_moment("60", &style, &moment, &reason));
    assert_false(cell_moment("0.5", &style, &moment, &reason));
}

static void counts_are_certain_whole_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        int64_t count; /* -1: refused */
    } cases[] = {{"1,234", 1234}, {"１２３", 123}, {"3起", 3},  {"十二", 12},   {"0", 0},          {"一百零五", 105},
                 {"二十", 20},    {"约10", -1},    {"10+", -1}, {"5-6", -1},    {"12,34", -1},     {"-1", -1},
                 {"1.5", -1},     {"", -1},        {"起", -1},  {"1 2 3", 123}, {"4294967296", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reason reason;
        uint64_t count = 0;
        const bool read = cell_count(cases[i].cell, UINT32_MAX, &count, &reason);
        if ((read ? (int64_t)count : -1) != cases[i].count)
            fail_msg("%s became %d, not %d", cases[i].cell, read ? (int)count : -1, (int)cases[i].count);
    }
}

static void unit_codes_are_whole_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        const char *code; /* NULL: refused */
        const char *said;
    } cases[] = {
        {"140322102200", "140322102200", NULL},
        {" 1403 2210 2200", "140322102200", NULL},
        {"１４０３２２１０２２００", "140322102200", NULL},
        {"140322102200001", "140322102200001", NULL},
        {"91350100M000100Y43", "91350100M000100Y43", NULL},
        {"91140322ma900002xw", "91140322MA900002XW", NULL},
        {"91140322MA90000970", "91140322MA90000970", NULL},
        {"91140322MA90000708", "91140322MA90000708", NULL},
        {"91350100M000100Y4Z", NULL, "character 18 of the unit code, 'Z', is wrong"},
        {"91350100M000100Y44", NULL, "character 18 of the unified social credit code does not fit"},
        {"91350100M000100Y53", NULL, "character 17 of the unified social credit code does not fit"},
        {"9144030071526726１G", NULL, "which ask for 'X'"},
        {"9I350100M000100Y43", NULL, "character 2 of the unit code, 'I', is wrong"},
        {"14032A102200", NULL, "character 6 of the unit code, 'A', is wrong"},
        {"14032210220", NULL, "11 characters"},
        {"1.40322E+11", NULL, "shortened the code"},
        {"某村", NULL, "character 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reason reason = {0};
        char *code = NULL;
        const bool read = cell_unit_code(cases[i].cell, &code, &reason);
        if (read != (cases[i].code != NULL))
            fail_msg("%s: %s", cases[i].cell, read ? "was taken" : reason.en);
        if (read)
            assert_string_equal(code, cases[i].code);
        else
            assert_non_null(strstr(reason.en, cases[i].said));
        free(code);
    }
}

static void personal_data_is_seen_through_disguises(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum personal_kind kind;
    } cases[] = {
        {"11010519491231002X", PERSONAL_IDENTITY_NUMBER},
        {"４４０５２４１８８００１０１００１４", PERSONAL_IDENTITY_NUMBER},
        {"联系人 110105 19491231 002x", PERSONAL_IDENTITY_NUMBER},
        {"440524188001010014", PERSONAL_IDENTITY_NUMBER},
        {"110105，19491231、002X", PERSONAL_IDENTITY_NUMBER},
        {"110105194912310021", PERSONAL_NONE}, /* check digit */
        {"91140322MA90000115", PERSONAL_NONE},
        {"914403001922038216", PERSONAL_NONE},
        {"电话13800138000", PERSONAL_TELEPHONE},
        {"+86 138-0013-8000", PERSONAL_TELEPHONE},
        {"0353-8082110", PERSONAL_TELEPHONE},
        {"晋C·12345", PERSONAL_PLATE},
        {"140322102200", PERSONAL_NONE},
        {"2020-04-03 14:30", PERSONAL_NONE},
        {"YH-2020-000123", PERSONAL_NONE},
        {"140322-2020-P-000001-J", PERSONAL_NONE},
        {"", PERSONAL_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (personal_find(cases[i].text) != cases[i].kind)
            fail_msg("%s: %s, not %s", cases[i].text, personal_name_en(personal_find(cases[i].text)),
                     personal_name_en(cases[i].kind));
}

static void a_period_is_read_from_a_file_name(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *period; /* "": none */
    } cases[] = {{"台账-2020-01.csv", "2020-01-01/2020-01-31"},
                 {"台账2020年2月.csv", "2020-02-01/2020-02-29"},
                 {"202012.csv", "2020-12-01/2020-12-31"},
                 {"日报20200131.csv", "2020-01-31/2020-01-31"},
                 {"日报2020-01-31.csv", "2020-01-31/2020-01-31"},
                 {"2020年1月31日.csv", "2020-01-31/2020-01-31"},
                 {"2020-01_2020-02.csv", ""},
                 {"台账.csv", ""},
                 {"2020-13.csv", ""},
                 {"140322102200.csv", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char period[2 * DAY_TEXT_SIZE] = "";
        int32_t from;
        int32_t to;
        if (period_from_name(cases[i].name, &from, &to)) {
            day_format(from, period);
            strcat(period, "/");
            day_format(to, period + strlen(period));
        }
        if (strcmp(period, cases[i].period) != 0)
            fail_msg("%s: '%s', not '%s'", cases[i].name, period, cases[i].period);
    }
}

/* ---- rows ---- */

static void expect_rejected(struct desk *desk, const char *code, const char *said)
{
    if (translate_next(desk))
        fail_msg("taken, not rejected: %s", said);
    assert_string_equal(desk->reason.code, code);
    if (strstr(desk->reason.zh, said) == NULL && strstr(desk->reason.en, said) == NULL)
        fail_msg("said: %s | %s", desk->reason.zh, desk->reason.en);
}

static void a_value_outside_the_words_is_rejected_with_the_words(void **state)
{
    struct desk *desk = *state;
    must_load(desk, HAZARDS);
    assert_true(open_sheet(desk, "编号,单位编码,发现时间,等级,状态\nYH-1,140322102200,2020-04-03,较大,\n"));
    expect_rejected(desk, REASON_BAD_VALUE, "“等级”列：“较大”不是 一般、一般隐患、重大 之一");
}

static void an_absent_count_is_never_zero(void **state)
{
    struct desk *desk = *state;
    must_load(desk, ONE_EVENT("PatrolTallied", "      - {field: rounds, column: [次数]}\n"));
    assert_true(open_sheet(desk, "编号,次数\n1,\n2,/\n3,—\n4,无\n5,0\n6,约10\n"));
    for (int i = 0; i < 4; i++)
        expect_rejected(desk, REASON_MISSING_FIELD, "次数");
    must_translate(desk);
    expect_rejected(desk, REASON_BAD_VALUE, "约10");
    must_load(desk,
              ONE_EVENT("PatrolTallied", "      - {field: rounds, column: [次数], values: [{is: [无], to: \"0\"}]}\n"));
    assert_true(open_sheet(desk, "编号,次数\n1,无\n2,十二\n3,/\n"));
    must_translate(desk);
    must_translate(desk);
    expect_event(desk, 0,
                 "{\"occurredAt\":\"2020-04-02T16:00:00Z\",\"utcOffsetMinutes\":480,\"unit\":\"140322102200\","
                 "\"patrolTallied\":{\"rounds\":12}}");
    expect_rejected(desk, REASON_MISSING_FIELD, "次数");
}

static void an_optional_column_may_be_missing_or_empty(void **state)
{
    struct desk *desk = *state;
    must_load(desk, ONE_EVENT("HazardFound", "      - {field: hazard, column: [编号]}\n"
                                             "      - {field: campaign, column: [专项行动], optional: true}\n"));
    assert_true(open_sheet(desk, "编号\n1\n"));
    must_translate(desk);
    assert_true(open_sheet(desk, "编号,专项行动\n1,\n2,C03\n"));
    must_translate(desk);
    must_translate(desk);
    expect_event(desk, 0,
                 "{\"occurredAt\":\"2020-04-02T16:00:00Z\",\"utcOffsetMinutes\":480,\"unit\":\"140322102200\","
                 "\"campaign\":\"C03\",\"hazardFound\":{\"hazard\":\"2\"}}");
}

static void a_row_longer_than_the_header_is_rejected_if_the_rest_is_filled(void **state)
{
    struct desk *desk = *state;
    must_load(desk, ONE_EVENT("HazardFound", "      - {field: hazard, column: [编号]}\n"));
    assert_true(open_sheet(desk, "编号,名称\n1,a,,\n2,a,b\n3\n"));
    must_translate(desk);
    expect_rejected(desk, REASON_MALFORMED, "column 3");
    must_translate(desk);
}

static void control_characters_are_rejected(void **state)
{
    struct desk *desk = *state;
    must_load(desk, ONE_EVENT("HazardFound", "      - {field: hazard, column: [隐患]}\n"));
    assert_true(open_sheet(desk, "编号,隐患\n1,a\x01\n2,a\xE2\x80\xAE\n"));
    expect_rejected(desk, REASON_BAD_VALUE, "control character");
    expect_rejected(desk, REASON_BAD_VALUE, "control character");
}

static void personal_data_in_a_mapped_column_is_rejected_and_not_quoted(void **state)
{
    struct desk *desk = *state;
    must_load(desk, ONE_EVENT("HazardFound",
                              "      - {field: hazard, column: [隐患]}\n      - {field: note, column: [备注]}\n"
                              "      - {field: grade, column: [等级], values: [{is: [一般], to: GENERAL}]}\n"));
    assert_true(open_sheet(desk, "编号,隐患,备注,等级,电话\n1,h,找 １１０１０５１９４９１２３１００２Ｘ,一般,\n"
                                 "2,h,13800138000,一般,\n3,h,车 晋C12345,一般,\n4,h,无,11010519491231002X,\n"
                                 "5,h,好,一般,13800138000\n"));
    expect_rejected(desk, REASON_PERSONAL_DATA, "备注");
    assert_null(strstr(desk->reason.zh, "1949"));
    expect_rejected(desk, REASON_PERSONAL_DATA, "备注");
    assert_null(strstr(desk->reason.en, "1380"));
    expect_rejected(desk, REASON_PERSONAL_DATA, "备注");
    expect_rejected(desk, REASON_PERSONAL_DATA, "等级");
    assert_null(strstr(desk->reason.zh, "1949"));
    must_translate(desk); /* a column that is not mapped never leaves the office */
}

static void a_code_that_a_spreadsheet_shortened_is_rejected(void **state)
{
    struct desk *desk = *state;
    must_load(desk, ONE_EVENT("HazardFound", "      - {field: hazard, column: [隐患]}\n"));
    assert_true(open_sheet(desk, "编号,隐患\n1,1.40322E+11\n1.40322E+11,2\n"));
    expect_rejected(desk, REASON_BAD_VALUE, "shortened");
    expect_rejected(desk, REASON_BAD_VALUE, "shortened");
}

static void nested_fields_and_lists_reach_the_message(void **state)
{
    struct desk *desk = *state;
    must_load(desk, ONE_EVENT("AccidentReported", "      - {field: accident, column: [编号]}\n"
                                                  "      - {field: known_at, column: [获知时间]}\n"
                                                  "      - {field: casualties.deaths, column: [死亡]}\n"
                                                  "      - {field: casualties.serious_injuries, column: [重伤]}\n"));
    assert_true(open_sheet(desk, "编号,获知时间,死亡,重伤\nSG-1,2020-04-03 23:40,0,1人\n"));
    must_translate(desk);
    expect_event(desk, 0,
                 "{\"occurredAt\":\"2020-04-02T16:00:00Z\",\"utcOffsetMinutes\":480,\"unit\":\"140322102200\","
                 "\"accidentReported\":{\"accident\":\"SG-1\",\"knownAt\":\"2020-04-03T15:40:00Z\","
                 "\"casualties\":{\"seriousInjuries\":1}}}");
    must_load(desk, ONE_EVENT("JointHandlingOpened",
                              "      - {field: members, column: [成员], values: [{is: [公安], to: PUBLIC_SECURITY}, "
                              "{is: [信访], to: PETITIONS}]}\n"));
    assert_true(open_sheet(desk, "编号,成员\n1,公安、信访；\n2,\"公安,城管\"\n"));
    must_translate(desk);
    expect_event(desk, 0,
                 "{\"occurredAt\":\"2020-04-02T16:00:00Z\",\"utcOffsetMinutes\":480,\"unit\":\"140322102200\","
                 "\"jointHandlingOpened\":{\"members\":[\"PUBLIC_SECURITY\",\"PETITIONS\"]}}");
    expect_rejected(desk, REASON_BAD_VALUE, "城管");
}

static void an_element_whose_count_is_empty_is_left_out(void **state)
{
    struct desk *desk = *state;
    must_load(desk, ONE_EVENT("AlertsTallied", "      - {field: day, column: [日期], as: date}\n"
                                               "      - {field: counts.0.category, constant: THEFT}\n"
                                               "      - {field: counts.0.count, column: [盗窃]}\n"
                                               "      - {field: counts.1.category, constant: FIGHT}\n"
                                               "      - {field: counts.1.count, column: [斗殴]}\n"));
    assert_true(open_sheet(desk, "编号,日期,盗窃,斗殴\n1,2020年4月3日,/,2\n"));
    must_translate(desk);
    expect_event(desk, 0,
                 "{\"occurredAt\":\"2020-04-02T16:00:00Z\",\"utcOffsetMinutes\":480,\"unit\":\"140322102200\","
                 "\"alertsTallied\":{\"day\":\"2020-04-03\",\"counts\":[{\"category\":\"FIGHT\",\"count\":2}]}}");
}

static void a_cell_of_pairs_becomes_a_list_of_messages(void **state)
{
    struct desk *desk = *state;
    must_load(desk, ONE_EVENT("AlertsTallied", "      - field: counts\n        column: [分类警情]\n        as: pairs\n"
                                               "        values: [{is: [盗窃], to: THEFT}, {is: [打架], to: FIGHT}]\n"));
    assert_true(open_sheet(desk, "编号,分类警情\n1,盗窃:2、打架：1起\n2,盗窃2\n3,诈骗:1\n4,盗窃:约2\n5,/\n"));
    must_translate(desk);
    expect_event(desk, 0,
                 "{\"occurredAt\":\"2020-04-02T16:00:00Z\",\"utcOffsetMinutes\":480,\"unit\":\"140322102200\","
                 "\"alertsTallied\":{\"counts\":[{\"category\":\"THEFT\",\"count\":2},{\"category\":\"FIGHT\","
                 "\"count\":1}]}}");
    expect_rejected(desk, REASON_BAD_VALUE, "“盗窃2”要写成“名称:数值”");
    expect_rejected(desk, REASON_BAD_VALUE, "诈骗");
    expect_rejected(desk, REASON_BAD_VALUE, "约2");
    must_translate(desk); /* nothing was counted, and no zero is made of it */
    must_load(desk, "version: 1\nfiles: ['*']\nkey: [编号]\nevents:\n  - type: EvaluationPublished\n    fields:\n"
                    "      - {field: occurred_at, constant: 2020-04-03}\n"
                    "      - {field: results, column: [结果], as: pairs}\n");
    assert_true(open_sheet(desk, "编号,结果\n1,１４０３２２１０２２００:是；140322102201:否\n2,1403221022001:是\n"));
    must_translate(desk);
    expect_event(desk, 0,
                 "{\"occurredAt\":\"2020-04-02T16:00:00Z\",\"utcOffsetMinutes\":480,\"evaluationPublished\":"
                 "{\"results\":[{\"unit\":\"140322102200\",\"met\":true},{\"unit\":\"140322102201\"}]}}");
    expect_rejected(desk, REASON_BAD_VALUE, "13 characters");
}

static void a_list_of_unit_codes_is_checked_code_by_code(void **state)
{
    struct desk *desk = *state;
    must_load(desk, ONE_EVENT("UnitSplit", "      - {field: successors, column: [新单位], as: unit_codes}\n"));
    assert_true(open_sheet(desk, "编号,新单位\n1,１４０３２２１０２２００、140322102201\n2,140322102200、某村\n"));
    must_translate(desk);
    expect_event(desk, 0,
                 "{\"occurredAt\":\"2020-04-02T16:00:00Z\",\"utcOffsetMinutes\":480,\"unit\":\"140322102200\","
                 "\"unitSplit\":{\"successors\":[\"140322102200\",\"140322102201\"]}}");
    expect_rejected(desk, REASON_BAD_VALUE, "新单位");
}

static void bytes_are_read_as_base64_or_hexadecimal_digits(void **state)
{
    struct desk *desk = *state;
    must_load(desk, ONE_EVENT("SealedNoteAdded", "      - {field: ciphertext, column: [密文]}\n"));
    assert_true(open_sheet(desk, "编号,密文\n1,c2FubGluZw==\n2,c2Fub*\n3,\"c2Fu\nbGluZw==\"\n"));
    must_translate(desk);
    expect_event(desk, 0,
                 "{\"occurredAt\":\"2020-04-02T16:00:00Z\",\"utcOffsetMinutes\":480,\"unit\":\"140322102200\","
                 "\"sealedNoteAdded\":{\"ciphertext\":\"c2FubGluZw==\"}}");
    expect_rejected(desk, REASON_BAD_VALUE, "base64");
    must_translate(desk); /* broken into lines, as programs print it */
    must_load(desk, ONE_EVENT("MatterKeyDestroyed", "      - {field: proof, column: [证明], as: hex}\n"));
    assert_true(open_sheet(desk, "编号,证明\n1,73:61 6E\n2,736\n3,73 6g\n"));
    must_translate(desk);
    expect_event(desk, 0,
                 "{\"occurredAt\":\"2020-04-02T16:00:00Z\",\"utcOffsetMinutes\":480,\"unit\":\"140322102200\","
                 "\"matterKeyDestroyed\":{\"proof\":\"c2Fu\"}}");
    expect_rejected(desk, REASON_BAD_VALUE, "hexadecimal");
    expect_rejected(desk, REASON_BAD_VALUE, "hexadecimal");
}

static void events_about_a_position_need_no_unit(void **state)
{
    struct desk *desk = *state;
    must_load(desk, "version: 1\nfiles: ['*']\nkey: [编号]\nevents:\n  - type: EventRetracted\n    fields:\n"
                    "      - {field: occurred_at, column: [日期]}\n      - {field: target, column: [位置]}\n"
                    "      - {field: reason_code, constant: DATA_ERROR}\n");
    assert_true(open_sheet(desk, "编号,日期,位置\n1,2020-04-03,\"12,345\"\n2,2020-04-03,\n"));
    must_translate(desk);
    expect_event(desk, 0,
                 "{\"occurredAt\":\"2020-04-02T16:00:00Z\",\"utcOffsetMinutes\":480,\"eventRetracted\":"
                 "{\"target\":\"12345\",\"reasonCode\":\"DATA_ERROR\"}}");
    expect_rejected(desk, REASON_MISSING_FIELD, "位置");
}

static void an_optional_events_columns_may_be_missing(void **state)
{
    struct desk *desk = *state;
    must_load(
        desk, ONE_EVENT("HazardFound", "      - {field: hazard, column: [编号]}\n") //
        "  - type: HazardReopened\n    optional: true\n    when: [{column: 反弹日期, filled: true}]\n    fields:\n"
        "      - {field: hazard, column: [编号]}\n      - {field: unit, constant: \"140322102200\"}\n"
        "      - {field: occurred_at, column: [反弹日期]}\n      - {field: reason_code, column: [反弹原因]}\n"
        "  - type: HazardVerified\n    optional: true\n    when: [{column: 复查日期, filled: false}]\n    fields:\n"
        "      - {field: unit, constant: \"140322102200\"}\n      - {field: occurred_at, constant: 2020-04-03}\n");
    assert_true(open_sheet(desk, "编号\n1\n"));
    must_translate(desk);
    assert_int_equal(desk->result.count, 1); /* what is not there is not an empty cell */
    assert_true(open_sheet(desk, "编号,反弹日期,反弹原因\n1,,\n2,2020-04-05,RELAPSED\n"));
    must_translate(desk);
    assert_int_equal(desk->result.count, 1);
    must_translate(desk);
    assert_int_equal(desk->result.count, 2);
    assert_string_equal(desk->result.events[1].identity, "HazardReopened");
}

static void conditions_choose_the_events_and_parts_tell_them_apart(void **state)
{
    struct desk *desk = *state;
#define CONSENT(part, side)                                                                                            \
    "  - type: ConsentRecorded\n" part "    when: [{column: " side                                                     \
    "方, filled: true}]\n    fields:\n      - {field: unit, constant: \"140322102200\"}\n"                            \
    "      - {field: matter, column: [编号]}\n      - {field: occurred_at, column: [" side "方]}\n"                   \
    "      - {field: side, constant: A}\n"
#define DISPUTES "version: 1\nfiles: ['*']\nkey: [编号]\nevents:\n"
    must_load(desk, DISPUTES CONSENT("    part: A\n", "甲") CONSENT("    part: B\n", "乙"));
    assert_true(open_sheet(desk, "编号,甲方,乙方\nJF-1,2020-04-03,2020-04-03\nJF-2,2020-04-03,\nJF-3,,\n"));
    must_translate(desk);
    assert_int_equal(desk->result.count, 2);
    assert_string_equal(desk->result.events[1].identity, "ConsentRecorded#B");
    must_translate(desk);
    assert_int_equal(desk->result.count, 1);
    must_translate(desk);
    assert_int_equal(desk->result.count, 0);
    must_load(desk, DISPUTES CONSENT("", "甲") CONSENT("", "乙"));
    assert_true(open_sheet(desk, "编号,甲方,乙方\nJF-1,2020-04-03,2020-04-03\n"));
    expect_rejected(desk, REASON_DUPLICATE_KEY, "part");
}

static void an_attestation_covers_the_period_and_is_dated_at_its_end(void **state)
{
    struct desk *desk = *state;
    int32_t from;
    int32_t to;
    must_load(desk, ONE_EVENT("HazardFound", "") "attest: {zero: ACCIDENT, basis: REGISTER_CHECKED, unit: "
                                                 "\"140322000000\", scope: true}\n");
    assert_true(period_from_name("2020-01.csv", &from, &to));
    assert_true(translate_attestation(desk->translator, desk->mapping->attest, from, to, &desk->result, &desk->reason));
    expect_event(desk, 0,
                 "{\"occurredAt\":\"2020-01-31T16:00:00Z\",\"utcOffsetMinutes\":480,\"unit\":\"140322000000\","
                 "\"zeroAttested\":{\"zero\":\"ACCIDENT\",\"scope\":true,\"fromDay\":\"2020-01-01\",\"toDay\":"
                 "\"2020-01-31\",\"basis\":\"REGISTER_CHECKED\",\"bySystem\":true}}");
}

#define DESK_TEST(promise) cmocka_unit_test_setup_teardown(promise, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(the_example_of_the_documentation_loads),
        DESK_TEST(what_is_wrong_is_named_with_its_line),
        DESK_TEST(a_missing_mapping_file_is_named),
        DESK_TEST(every_field_of_the_contract_can_be_mapped),
        DESK_TEST(a_header_of_two_rows_is_joined),
        DESK_TEST(a_header_is_found_under_titles_and_compared_loosely),
        DESK_TEST(full_width_brackets_in_a_header_match),
        DESK_TEST(the_header_decides_between_two_legal_encodings),
        DESK_TEST(a_missing_header_is_named_with_what_was_found),
        DESK_TEST(a_header_that_is_there_twice_refuses_the_file),
        DESK_TEST(a_header_below_row_20_is_not_found),
        DESK_TEST(sums_signatures_and_repeated_headers_are_skipped),
        DESK_TEST(only_columns_in_fill_down_are_filled_down),
        cmocka_unit_test(days_are_read_as_offices_write_them),
        cmocka_unit_test(times_of_day_are_read_as_offices_write_them),
        cmocka_unit_test(uncertain_days_are_refused),
        cmocka_unit_test(serial_days_and_days_without_year_are_read_where_the_mapping_says_so),
        cmocka_unit_test(counts_are_certain_whole_numbers),
        cmocka_unit_test(unit_codes_are_whole_or_refused),
        cmocka_unit_test(personal_data_is_seen_through_disguises),
        cmocka_unit_test(a_period_is_read_from_a_file_name),
        DESK_TEST(a_value_outside_the_words_is_rejected_with_the_words),
        DESK_TEST(an_absent_count_is_never_zero),
        DESK_TEST(an_optional_column_may_be_missing_or_empty),
        DESK_TEST(a_row_longer_than_the_header_is_rejected_if_the_rest_is_filled),
        DESK_TEST(control_characters_are_rejected),
        DESK_TEST(personal_data_in_a_mapped_column_is_rejected_and_not_quoted),
        DESK_TEST(a_code_that_a_spreadsheet_shortened_is_rejected),
        DESK_TEST(nested_fields_and_lists_reach_the_message),
        DESK_TEST(an_element_whose_count_is_empty_is_left_out),
        DESK_TEST(a_cell_of_pairs_becomes_a_list_of_messages),
        DESK_TEST(a_list_of_unit_codes_is_checked_code_by_code),
        DESK_TEST(bytes_are_read_as_base64_or_hexadecimal_digits),
        DESK_TEST(events_about_a_position_need_no_unit),
        DESK_TEST(an_optional_events_columns_may_be_missing),
        DESK_TEST(conditions_choose_the_events_and_parts_tell_them_apart),
        DESK_TEST(an_attestation_covers_the_period_and_is_dated_at_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
