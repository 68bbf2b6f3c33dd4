/* Promises of the comparison: a figure that differs, or is not there, is never passed over. */
#include "check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char summary_text[] =
    "{\"unit\":\"140322000000\",\"hazards\":{\"found\":3186,\"rate\":{\"text\":\"99.40\"}},"
    "\"zeros\":{\"counts\":[{\"zero\":\"ACCIDENT\",\"total\":4707},"
    "{\"group\":\"AREA\",\"zero\":\"ACCIDENT\",\"total\":288,\"zeroUnits\":288}]},"
    "\"tallies\":[{\"kind\":\"publicity.PEOPLE\",\"count\":\"1026\",\"rounded\":\"1000余\"}]}";
static const char status_text[] =
    "{\"units\":[{\"unit\":\"140322000000\",\"below\":{\"counts\":[{\"group\":\"AREA\",\"unverified\":40}]}}]}";

static json_t *parsed(const char *text)
{
    json_t *document = json_loads(text, 0, NULL);
    assert_non_null(document);
    return document;
}

/* How many of one figure differ: 0 or 1. */
static size_t differing_of(const char *unit, const char *path, const char *expected)
{
    json_t *figures = json_pack("{s:[{s:s, s:s, s:s, s:s, s:s, s:s}]}", "figures", "figure", "1", "zh", "指标", "en",
                                "figure", "unit", unit, "path", path, "expected", expected);
    json_t *documents[] = {parsed(summary_text), parsed(status_text)};
    FILE *out = fopen("/dev/null", "w");
    struct fault fault = {0};
    size_t differing = 99;

    assert_non_null(figures);
    assert_non_null(out);
    assert_true(figures_compare(figures, documents, 2, out, &differing, &fault));
    fclose(out);
    json_decref(figures);
    json_decref(documents[0]);
    json_decref(documents[1]);
    return differing;
}

static void figures_are_found_by_their_paths(void **state)
{
    (void)state;
    assert_int_equal(differing_of("140322000000", "hazards.found", "3186"), 0);
    assert_int_equal(differing_of("140322000000", "hazards.rate.text", "99.40"), 0);
    assert_int_equal(differing_of("140322000000", "zeros.counts[group=ALL,zero=ACCIDENT].total", "4707"), 0);
    assert_int_equal(differing_of("140322000000", "zeros.counts[group=AREA,zero=ACCIDENT].total", "288"), 0);
    assert_int_equal(differing_of("140322000000", "tallies[kind=publicity.PEOPLE].rounded", "1000余"), 0);
    assert_int_equal(differing_of("140322000000", "below.counts[group=AREA].unverified", "40"), 0);
}

static void what_json_leaves_out_is_zero(void **state)
{
    (void)state;
    assert_int_equal(differing_of("140322000000", "hazards.overdue", "0"), 0);
    assert_int_equal(differing_of("140322000000", "rejected", "0"), 0);
    assert_int_equal(differing_of("140322000000", "hazards.overdue", "1"), 1);
}

static void a_figure_that_differs_is_counted(void **state)
{
    (void)state;
    assert_int_equal(differing_of("140322000000", "hazards.found", "3185"), 1);
    assert_int_equal(differing_of("140322000000", "hazards.rate.text", "99.4"), 1);
}

static void a_figure_that_is_not_there_is_counted(void **state)
{
    (void)state;
    assert_int_equal(differing_of("140322102000", "hazards.found", "3186"), 1);
    assert_int_equal(differing_of("140322000000", "cases.filed", "0"), 1);
    assert_int_equal(differing_of("140322000000", "zeros.counts[group=ENTERPRISE,zero=ACCIDENT].broken", "0"), 1);
    assert_int_equal(differing_of("140322000000", "hazards.rate", "99.40"), 1);
    assert_int_equal(differing_of("140322000000", "tallies[kind].rounded", "1000余"), 1);
}

static void a_list_without_figures_is_refused(void **state)
{
    json_t *empty = parsed("{\"figures\":[]}");
    json_t *document = parsed(summary_text);
    struct fault fault = {0};
    size_t differing = 0;
    (void)state;

    assert_false(figures_compare(empty, &document, 1, stdout, &differing, &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
    json_decref(empty);
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_found_by_their_paths),  cmocka_unit_test(what_json_leaves_out_is_zero),
        cmocka_unit_test(a_figure_that_differs_is_counted),  cmocka_unit_test(a_figure_that_is_not_there_is_counted),
        cmocka_unit_test(a_list_without_figures_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
