/* Promises of sheets that are written cell by cell: days as the office writes them, codes for names, and numbers that
 * only the hub knows left to whoever hands the sheet in. */
#include "written.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MONTH = 18 /* 2020-07, in which the governance centre writes 2020-07-30 */ };

/* Writes one row as a sheet of the governance centre, which is UTF-8 and untitled, and gives back the file's text. */
static void written(const char *row, char text[static 512])
{
    char dir[] = "/tmp/demo_written_XXXXXX";
    char path[256];
    struct fault fault = {0};
    struct demo *demo = calloc(1, sizeof *demo);
    const struct written_sheet sheet = {OFFICE_GOVERNANCE, STOP_EVENTS, MONTH, "示例", "甲,乙,丙", {row}};

    assert_non_null(demo);
    assert_non_null(mkdtemp(dir));
    demo->dir = dir;
    county_make(&demo->county, 1);
    demo_note_story(demo, "case", "XS-2019-0001");
    assert_true(written_sheets_write(demo, &sheet, 1, &fault));
    snprintf(path, sizeof path, "%s/files/2020-07/governance/示例2020年07月.csv", dir);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, 511, file)] = '\0';
    fclose(file);
    assert_int_equal(unlink(path), 0);
    free(demo);
    for (int i = 0; i < 4; i++) { /* governance, 2020-07, files and dir */
        *strrchr(path, '/') = '\0';
        assert_int_equal(rmdir(path), 0);
    }
}

static void days_are_written_as_the_office_writes_them(void **state)
{
    char text[512];
    (void)state;

    written("2020-07-30,2020-07-30 21:10,text", text);
    assert_non_null(strstr(text, "2020-07-30,2020-07-30 21:10,text\n"));
}

static void names_become_codes(void **state)
{
    char text[512];
    (void)state;

    written("=P8,=V12,=case", text);
    assert_non_null(strstr(text, "140322-2020-P-000008-5,140322103212,XS-2019-0001\n"));
    written("=C0,,", text);
    assert_non_null(strstr(text, "140322100001,,\n"));
}

static void numbers_of_the_hub_are_left_open(void **state)
{
    char text[512];
    (void)state;

    written("<opened:case>,<discrepancy:V12>,", text);
    assert_non_null(strstr(text, "<opened:XS-2019-0001>,<discrepancy:140322103212>,\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_written_as_the_office_writes_them),
        cmocka_unit_test(names_become_codes),
        cmocka_unit_test(numbers_of_the_hub_are_left_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
