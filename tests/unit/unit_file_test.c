/* The file of units that `sanlingctl units import` reads. */
#include "unit_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define HEADER "code,kind,name,parent,valid_from\n"

struct file {
    char path[64];
    struct unit_file units;
    struct sanling_error error;
};

static int open_file(void **state)
{
    struct file *file = calloc(1, sizeof *file);
    snprintf(file->path, sizeof file->path, "/tmp/sanling-units-XXXXXX");
    int descriptor = mkstemp(file->path);
    assert_true(descriptor >= 0);
    close(descriptor);
    *state = file;
    return 0;
}

static int close_file(void **state)
{
    struct file *file = *state;
    unit_file_clear(&file->units);
    unlink(file->path);
    free(file);
    return 0;
}

static bool read_text(struct file *file, const char *text)
{
    FILE *stream = fopen(file->path, "w");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
    return unit_file_read(&file->units, file->path, &file->error);
}

static void another_encoding_is_named_as_that(void **state)
{
    struct file *file = *state;
    assert_false(read_text(file, "\xb5\xa5\xce\xbb\xb1\xe0\xc2\xeb,\xc0\xe0\xb1\xf0\n")); /* GB18030 */
    assert_non_null(strstr(file->error.text, "UTF-8"));
    assert_null(strstr(file->error.text, "line"));
}

static void either_language_names_the_columns(void **state)
{
    struct file *file = *state;
    assert_true(read_text(file, "\xef\xbb\xbf类别,单位编码,名称,上级编码,启用日期,网格数,党员干部队伍\r\n"
                                "村,140322102200,路家村,140322102000,2019-01-01,4,是\r\n"));
    assert_int_equal(file->units.count, 1);
    const struct unit_row *row = &file->units.rows[0];
    assert_string_equal(row->code, "140322102200");
    assert_int_equal(row->registered.kind, SANLING__V1__UNIT_KIND__KIND__VILLAGE);
    assert_string_equal(row->registered.name, "路家村");
    assert_string_equal(row->registered.parent, "140322102000");
    assert_int_equal(row->registered.attributes->grid_count, 4);
    assert_true(row->registered.attributes->team_cadres);
    assert_false(row->registered.attributes->team_property);
}

static void parents_come_before_children(void **state)
{
    struct file *file = *state;
    assert_true(read_text(file, HEADER "140322102200,VILLAGE,c,140322102000,2019-01-01\n"
                                       "140322000000,COUNTY,a,,2019-01-01\n"
                                       "140322102000,TOWN,b,140322000000,2019-01-01\n"));
    assert_true(unit_file_sort(&file->units, file->path, &file->error));
    assert_string_equal(file->units.rows[0].registered.name, "a");
    assert_string_equal(file->units.rows[1].registered.name, "b");
    assert_string_equal(file->units.rows[2].registered.name, "c");
    assert_null(file->units.rows[2].registered.attributes); /* it has none */
}

static void assert_refused(struct file *file, const char *text, const char *says)
{
    bool good = read_text(file, text) && unit_file_sort(&file->units, file->path, &file->error);
    assert_false(good);
    assert_int_equal(file->error.code, SANLING_USAGE);
    if (strstr(file->error.text, says) == NULL)
        assert_string_equal(file->error.text, says);
    unit_file_clear(&file->units);
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
    struct file *file = *state;
    assert_refused(file, "", ": the file is empty");
    assert_refused(file, "code,kind,name,parent\n", "line 1: no column valid_from or 启用日期");
    assert_refused(file, HEADER "\n1,VILLAGE,a,,2019-01-01\n2,HOUSE,b,,2019-01-01\n", "line 4: 类别 (kind): 'HOUSE'");
    assert_refused(file, HEADER "1,VILLAGE,\"a\nb\",,2019-01-01\n2,VILLAGE,b,,2019-02-30\n", "line 4: 启用日期");
    assert_refused(file, HEADER "1,VILLAGE,\"a,,2019-01-01\n", "line 2: a quote is never closed");
    assert_refused(file, HEADER "1,VILLAGE,a,,2019-01-01\n1,VILLAGE,b,,2019-01-01\n",
                   "line 3: code 1 is on line 2 too");
    assert_refused(file, HEADER "1,TOWN,a,2,2019-01-01\n2,TOWN,b,1,2019-01-01\n", "stands above itself");
    assert_refused(file, "code,kind,name,parent,valid_from,grid_count\n1,TOWN,a,,2019-01-01,many\n",
                   "line 2: 网格数 (grid_count): 'many'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(another_encoding_is_named_as_that, open_file, close_file),
        cmocka_unit_test_setup_teardown(either_language_names_the_columns, open_file, close_file),
        cmocka_unit_test_setup_teardown(parents_come_before_children, open_file, close_file),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_named_with_its_line, open_file, close_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
