/* A draft for a file that no mapping reads: the headers of a known sheet give back its events and fields; what is not
 * certain is marked; what is missing is said, and nothing is made up for it. */
#include "suggest.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH_SIZE = 1024, TEXT_SIZE = 64 * 1024 };

/* A folder for drafts, and a configuration that knows every mapping of deploy/mappings. */
struct desk {
    char dir[64];
    char path[PATH_SIZE];
    struct agent_config config;
    char *draft;
    size_t draft_size;
    bool complete;
    struct fault fault;
};

static int open_desk(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    glob_t found;
    struct fault fault;
    *state = desk;
    strcpy(desk->dir, "/tmp/suggest_test.XXXXXX");
    if (mkdtemp(desk->dir) == NULL || glob(SOURCE_FOLDER "/deploy/mappings/*/*.yaml", 0, NULL, &found) != 0)
        return 1;
    desk->config.mappings = calloc(found.gl_pathc, sizeof *desk->config.mappings);
    for (size_t i = 0; i < found.gl_pathc; i++)
        desk->config.mappings[desk->config.mapping_count++] = mapping_load(found.gl_pathv[i], &fault);
    globfree(&found);
    return 0;
}

static int close_desk(void **state)
{
    struct desk *desk = *state;
    for (size_t i = 0; i < desk->config.mapping_count; i++)
        mapping_free(&desk->config.mappings[i]);
    free(desk->config.mappings);
    unlink(desk->path);
    rmdir(desk->dir);
    free(desk->draft);
    free(desk);
    return 0;
}

static void suggest_for(struct desk *desk, const char *name, const char *text)
{
    unlink(desk->path);
    snprintf(desk->path, sizeof desk->path, "%s/%s", desk->dir, name);
    FILE *file = fopen(desk->path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    free(desk->draft);
    desk->draft = NULL;
    FILE *out = open_memstream(&desk->draft, &desk->draft_size);
    assert_non_null(out);
    const bool suggested = suggest_mapping(&desk->config, desk->path, out, &desk->complete, &desk->fault);
    fclose(out);
    if (!suggested)
        fail_msg("%s", desk->fault.text);
}

/* The draft as a mapping; it must load. */
static struct mapping *load_draft(struct desk *desk)
{
    char path[PATH_SIZE + 16];
    snprintf(path, sizeof path, "%s/draft.yaml", desk->dir);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(desk->draft, file);
    fclose(file);
    struct mapping *mapping = mapping_load(path, &desk->fault);
    unlink(path);
    if (mapping == NULL)
        fail_msg("%s\n%s", desk->fault.text, desk->draft);
    return mapping;
}

static void expect_same(const struct mapping *draft, const struct mapping *pattern)
{
    if (draft->event_count != pattern->event_count)
        fail_msg("%s: %zu events, not %zu", pattern->path, draft->event_count, pattern->event_count);
    assert_int_equal(draft->key_count, pattern->key_count);
    assert_int_equal(draft->correct_reason != NULL, pattern->correct_reason != NULL);
    for (size_t e = 0; e < pattern->event_count; e++) {
        const struct mapping_event *event = &draft->events[e];
        const struct mapping_event *expected = &pattern->events[e];
        assert_string_equal(event->type, expected->type);
        assert_string_equal(event->part, expected->part);
        assert_int_equal(event->optional, expected->optional);
        assert_int_equal(event->condition_count, expected->condition_count);
        if (event->field_count != expected->field_count)
            fail_msg("%s: %s has %zu fields, not %zu", pattern->path, event->type, event->field_count,
                     expected->field_count);
        for (size_t f = 0; f < expected->field_count; f++) {
            assert_string_equal(event->fields[f].path, expected->fields[f].path);
            assert_int_equal(event->fields[f].kind, expected->fields[f].kind);
            assert_int_equal(event->fields[f].word_count, expected->fields[f].word_count);
            assert_int_equal(event->fields[f].optional, expected->fields[f].optional);
        }
    }
}

/* The first name of every column, as a header row. */
static void header_of(const struct mapping *mapping, char *text)
{
    text[0] = '\0';
    for (size_t c = 0; c < mapping->column_count; c++) {
        char quoted[512];
        snprintf(quoted, sizeof quoted, "\"%s\"", mapping->columns[c].names[0]);
        if (strstr(text, quoted) != NULL)
            continue;
        strcat(text, c > 0 ? "," : "");
        strcat(text, quoted);
    }
    strcat(text, "\n");
}

static void the_headers_of_every_known_sheet_give_back_its_events_and_fields(void **state)
{
    struct desk *desk = *state;
    assert_true(desk->config.mapping_count > 30);
    for (size_t i = 0; i < desk->config.mapping_count; i++) {
        const struct mapping *pattern = desk->config.mappings[i];
        char text[TEXT_SIZE];
        char name[256];
        header_of(pattern, text);
        snprintf(name, sizeof name, "%.*s1.csv", (int)strcspn(pattern->globs[0], "*"), pattern->globs[0]);
        suggest_for(desk, name, text);
        if (!desk->complete)
            fail_msg("%s: %s", pattern->path, desk->draft);
        assert_null(strstr(desk->draft, "likeliest"));
        struct mapping *draft = load_draft(desk);
        assert_true(mapping_reads(draft, name));
        expect_same(draft, pattern);
        mapping_free(&draft);
    }
}

static void expect_said(const struct desk *desk, const char *said)
{
    if (strstr(desk->draft, said) == NULL)
        fail_msg("not said: %s\n%s", said, desk->draft);
}

static void renamed_headers_are_taken_by_likeness_and_marked(void **state)
{
    struct desk *desk = *state;
    suggest_for(desk, "安全隐患登记2020-04.csv",
                "安全隐患登记表,,,,,,,,,,,\n"
                "序号,隐患编码,所在单位编码,发现日,隐患类型,隐患等级,整改措施方式,整改限期,整改完成日,复查日,民爆情形,"
                "目前状态\n"
                "1,YH-1,140322102200,2020-04-03,消防,一般,现场整改,/,2020-04-03,2020-04-03,/,已销号\n");
    assert_true(desk->complete);
    expect_said(desk, "files: [\"安全隐患登记*.csv\"]");
    expect_said(desk, "key: [隐患编码]  # ? 没有“隐患编号”，用相近的“隐患编码” no 隐患编号: the likeliest is 隐患编码");
    expect_said(desk, "column: [隐患类型]  # ?");
    expect_said(desk, "column: [隐患等级]\n");
    expect_said(desk, "RectificationExtended：没有“延期日期”，不报 without 延期日期 it is left out");
    expect_said(desk, "columns not used: 序号");
    struct mapping *draft = load_draft(desk);
    assert_string_equal(draft->events[0].type, "HazardFound");
    assert_int_equal(draft->event_count, 6);
    mapping_free(&draft);
}

static void words_that_the_pattern_lacks_are_looked_up_or_shown(void **state)
{
    struct desk *desk = *state;
    suggest_for(desk, "隐患台账.csv",
                "隐患编号,单位编码,发现日期,隐患类别,等级,整改方式,整改期限,整改完成日期,复查日期,民爆情形,状态\n"
                "1,140322102200,2020-04-03,烟花爆竹,较大,现场整改,/,2020-04-03,2020-04-03,/,已销号\n"
                "2,140322102200,2020-04-03,11010519491231002X,一般,现场整改,/,2020-04-03,2020-04-03,/,已销号\n");
    assert_true(desk->complete);
    expect_said(desk, "# ? 不认识的值 unknown value: 烟花爆竹");
    expect_said(desk, "# ? 不认识的值 unknown value: 较大");
    expect_said(desk, "unknown value: [已隐去]");
    assert_null(strstr(desk->draft, "1949"));
    struct mapping *draft = load_draft(desk);
    mapping_free(&draft);
}

static void names_of_units_and_day_numbers_are_seen_in_the_cells(void **state)
{
    struct desk *desk = *state;
    suggest_for(desk, "隐患台账.csv",
                "隐患编号,单位,发现日期,隐患类别,等级,整改方式,整改期限,整改完成日期,复查日期,民爆情形,状态\n"
                "1,示范一村,43924,消防,一般,现场整改,/,4月3日,2020-04-03,/,已销号\n");
    assert_true(desk->complete);
    expect_said(desk, "as: unit_name  # ?");
    expect_said(desk, "serial: true  # ?");
    expect_said(desk, "some days have no year: add `year`");
    struct mapping *draft = load_draft(desk);
    assert_true(mapping_needs_units(draft));
    assert_true(draft->events[0].fields[2].serial);
    mapping_free(&draft);
}

static void what_is_missing_is_said_and_the_draft_is_not_complete(void **state)
{
    struct desk *desk = *state;
    suggest_for(desk, "隐患台账.csv", "隐患类别,等级,整改方式,整改期限,整改完成日期,民爆情形,状态\n");
    assert_false(desk->complete);
    expect_said(desk, "# ? 缺 missing: key：没有“隐患编号”这样的列 no column like 隐患编号");
    expect_said(desk, "# ? 缺 missing: unit：没有“单位编码”这样的列 no column like 单位编码");
    expect_said(desk, "# ? 缺 missing: occurred_at");
}

static void a_sheet_like_no_other_is_only_listed(void **state)
{
    struct desk *desk = *state;
    suggest_for(desk, "菜单.csv", "早餐,午餐,晚餐\n粥,面,饭\n");
    assert_false(desk->complete);
    expect_said(desk, "no known sheet is like this one");
    expect_said(desk, "#   早餐\n");
}

static void a_file_that_cannot_be_read_is_named(void **state)
{
    struct desk *desk = *state;
    bool complete;
    assert_false(suggest_mapping(&desk->config, "/nowhere/at/all.csv", stderr, &complete, &desk->fault));
    assert_int_equal(desk->fault.code, FAULT_USAGE);
    assert_non_null(strstr(desk->fault.text, "/nowhere/at/all.csv"));
}

#define DESK_TEST(promise) cmocka_unit_test_setup_teardown(promise, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(the_headers_of_every_known_sheet_give_back_its_events_and_fields),
        DESK_TEST(renamed_headers_are_taken_by_likeness_and_marked),
        DESK_TEST(words_that_the_pattern_lacks_are_looked_up_or_shown),
        DESK_TEST(names_of_units_and_day_numbers_are_seen_in_the_cells),
        DESK_TEST(what_is_missing_is_said_and_the_draft_is_not_complete),
        DESK_TEST(a_sheet_like_no_other_is_only_listed),
        DESK_TEST(a_file_that_cannot_be_read_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
