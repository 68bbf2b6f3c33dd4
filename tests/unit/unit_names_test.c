/* Units by name: one that fits is taken, two are listed, none names the nearest; never a guess. */
#include "unit_names.h"

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

static const char units_text[] = "单位编码,类别,名称,上级编码,启用日期\n"
                                 "140322000000,COUNTY,盂县,140300000000,2000-01-01\n"
                                 "140322102000,TOWN,路家村镇,140322000000,2000-01-01\n"
                                 "140322103000,TOWN,南娄镇,140322000000,2000-01-01\n"
                                 "140322102201,VILLAGE,示范一村,140322102000,2000-01-01\n"
                                 "140322102202,VILLAGE,西村,140322102000,2000-01-01\n"
                                 "140322103202,VILLAGE,西村,140322103000,2000-01-01\n"
                                 "140322103203,VILLAGE,下西村,140322103000,2000-01-01\n"
                                 "91350100M000100Y43,ENTERPRISE,示范（盂县）公司,140322102000,2000-01-01\n";

static void write_text(char path[static 32], const char *text)
{
    strcpy(path, "/tmp/unit_names_test.XXXXXX");
    const int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    FILE *stream = fdopen(descriptor, "wb");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

static struct unit_names *load(const char *text, struct fault *fault)
{
    char path[32];
    write_text(path, text);
    struct unit_names *names = unit_names_load(path, fault);
    unlink(path);
    return names;
}

static void a_name_that_fits_one_unit_is_its_code(void **state)
{
    (void)state;
    static const struct {
        const char *within;
        const char *name;
        const char *code; /* or what is said */
    } cases[] = {
        {"", "示范一村", "140322102201"},
        {"", " 示范 一村 ", "140322102201"},
        {"", "路家村镇示范一村", "140322102201"},
        {"", "盂县路家村镇示范一村", "140322102201"},
        {"", "盂县/路家村镇/示范一村", "140322102201"},
        {"", "盂县示范一村", "140322102201"},
        {"", "路家村镇-西村", "140322102202"},
        {"", "南娄镇西村", "140322103202"},
        {"南娄镇", "西村", "140322103202"},
        {"盂县南娄镇", "西村", "140322103202"},
        {"南娄镇", "南娄镇西村", "no unit is called"},
        {"", "下西村", "140322103203"},
        {"", "示范(盂县)公司", "91350100M000100Y43"},
        {"", "140322102202", "140322102202"},
        {"", "１４０３２２１０２２０２", "140322102202"},
        {"", "14032A102202", "character 6"},
        {"", "1.40322E+11", "shortened"},
        {"", "西村", "'西村' fits 2 units: 140322102202 路家村镇西村、140322103202 南娄镇西村"},
        {"", "南娄镇示范一村", "nearest is 140322102201 路家村镇示范一村"},
        {"", "示范三村", "nearest is 140322102201"},
        {"", "上西村", "nearest is 140322103203 南娄镇下西村、140322102202 路家村镇西村、140322103202"},
        {"", "？", "no unit is called '?'"},
    };
    struct fault fault;
    struct unit_names *names = load(units_text, &fault);
    assert_non_null(names);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reason reason = {0};
        char *code = NULL;
        const bool found = unit_names_find(names, cases[i].within, cases[i].name, &code, &reason);
        if (strstr(found ? code : reason.en, cases[i].code) == NULL)
            fail_msg("%s %s: %s, not %s", cases[i].within, cases[i].name, found ? code : reason.en, cases[i].code);
        free(code);
    }
    unit_names_free(&names);
}

static void a_file_of_units_that_is_wrong_is_named_with_its_row(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *said;
    } cases[] = {
        {"a,b\n1,2\n", "no header with 单位编码 (code) and 名称 (name)"},
        {"code,name\n14032,x\n", "row 2: the unit code has 5 characters"},
        {"code,name\n140322102202,\n", "row 2: 140322102202 has no name"},
        {"code,name\n140322102202,a\n140322102202,b\n", "140322102202 is there twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fault fault;
        assert_null(load(cases[i].text, &fault));
        assert_int_equal(fault.code, FAULT_USAGE);
        if (strstr(fault.text, cases[i].said) == NULL)
            fail_msg("%s, not %s", fault.text, cases[i].said);
    }
}

static void units_that_are_their_own_parents_end_the_search(void **state)
{
    (void)state;
    struct fault fault;
    struct reason reason;
    char *code = NULL;
    struct unit_names *names =
        load("code,name,parent\n140322102202,甲,140322102203\n140322102203,乙,140322102202\n", &fault);
    assert_non_null(names);
    assert_true(unit_names_find(names, "", "乙甲", &code, &reason));
    free(code);
    assert_false(unit_names_find(names, "", "丙甲", &code, &reason));
    unit_names_free(&names);
}

static void a_row_names_its_unit_within_what_another_column_says(void **state)
{
    (void)state;
    struct fault fault;
    struct reason reason;
    struct row row;
    struct translated_row means;
    char mapping_path[32];
    char sheet_path[32];
    write_text(mapping_path, "version: 1\nfiles: ['*']\nkey: [编号]\nevents:\n  - type: HazardFound\n    fields:\n"
                             "      - {field: unit, column: [村], as: unit_name, within: [乡镇]}\n"
                             "      - {field: occurred_at, constant: 2020-04-03}\n");
    write_text(sheet_path, "编号,乡镇,村\n1,南娄镇,西村\n2,,西村\n3,南娄镇,11010519491231002X\n");
    struct mapping *mapping = mapping_load(mapping_path, &fault);
    if (mapping == NULL)
        fail_msg("%s", fault.text);
    assert_true(mapping_needs_units(mapping));
    struct source *source = NULL;
    assert_int_equal(source_open(sheet_path, &source, &reason), SOURCE_OPENED);
    struct sheet *sheet = sheet_open(mapping, source, &reason);
    struct translator *translator = translator_open(480);
    struct unit_names *names = load(units_text, &fault);
    assert_true(sheet != NULL && translator != NULL && names != NULL);
    translator_use_units(translator, names);
    assert_true(source_next(source, &row));
    assert_true(translate_row(translator, sheet, &row, &means, &reason));
    assert_non_null(memmem(means.events[0].content, means.events[0].size, "140322103202", 12));
    translated_row_clear(&means);
    assert_true(source_next(source, &row));
    assert_false(translate_row(translator, sheet, &row, &means, &reason));
    assert_non_null(
        strstr(reason.zh, "“村”列：“西村”符合 2 个单位：140322102202 路家村镇西村、140322103202 南娄镇西村"));
    assert_true(source_next(source, &row));
    assert_false(translate_row(translator, sheet, &row, &means, &reason));
    assert_string_equal(reason.code, REASON_PERSONAL_DATA);
    unit_names_free(&names);
    translator_close(&translator);
    sheet_close(&sheet);
    source_close(&source);
    mapping_free(&mapping);
    unlink(mapping_path);
    unlink(sheet_path);
}

/* A cell holds up to 64 KiB: what is no name is not compared with every unit, character by character. */
static void a_text_that_is_no_name_is_refused_without_looking_for_the_nearest(void **state)
{
    (void)state;
    struct fault fault;
    struct reason reason = {0};
    char *code = NULL;
    char text[60000] = "";
    struct unit_names *names = load(units_text, &fault);
    assert_non_null(names);
    assert_false(unit_names_find(names, "", "示范三村", &code, &reason));
    assert_non_null(strstr(reason.en, "nearest"));
    for (size_t at = 0; at + sizeof "示范三村" < sizeof text; at += sizeof "示范三村" - 1)
        memcpy(text + at, "示范三村", sizeof "示范三村");
    assert_false(unit_names_find(names, "", text, &code, &reason));
    assert_string_equal(reason.code, "UNKNOWN_UNIT");
    assert_null(strstr(reason.en, "nearest"));
    memset(text, '-', sizeof text - 1);
    memcpy(text + sizeof text - sizeof "示范一村", "示范一村", sizeof "示范一村");
    assert_false(unit_names_find(names, "", text, &code, &reason));
    assert_null(code);
    unit_names_free(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_fits_one_unit_is_its_code),
        cmocka_unit_test(a_file_of_units_that_is_wrong_is_named_with_its_row),
        cmocka_unit_test(units_that_are_their_own_parents_end_the_search),
        cmocka_unit_test(a_text_that_is_no_name_is_refused_without_looking_for_the_nearest),
        cmocka_unit_test(a_row_names_its_unit_within_what_another_column_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
