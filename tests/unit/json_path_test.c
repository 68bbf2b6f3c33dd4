/* Promises of asking a document: values are found by their paths, what canonical JSON leaves out is at its default, and
 * what cannot be found is never taken for something. */
#include "json_path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char document_text[] =
    "{\"unit\":\"140322000000\",\"hazards\":{\"found\":3186,\"rate\":{\"text\":\"99.40\"}},"
    "\"zeros\":{\"counts\":[{\"zero\":\"ACCIDENT\",\"total\":4707},"
    "{\"group\":\"AREA\",\"zero\":\"ACCIDENT\",\"total\":288,\"zeroUnits\":288}]},"
    "\"tallies\":[{\"kind\":\"publicity.PEOPLE\",\"count\":\"1026\",\"rounded\":\"1000余\"}],"
    "\"records\":[{\"event\":{\"matter\":\"P-1\",\"deadlinePassed\":{\"level\":1}}},"
    "{\"event\":{\"matter\":\"P-1\",\"deadlinePassed\":{\"level\":2}}},{\"event\":{\"matter\":\"P-2\"}}],"
    "\"units\":[{\"kind\":\"COUNTY\",\"total\":7},{\"kind\":\"TOWN\",\"level\":1,\"total\":\"3\"},"
    "{\"kind\":\"TOWN\",\"level\":1,\"total\":4},{\"kind\":\"TOWN\",\"level\":1,\"late\":true}]}";

static int load(void **state)
{
    *state = json_loads(document_text, 0, NULL);
    return *state ? 0 : -1;
}

static int unload(void **state)
{
    json_decref(*state);
    return 0;
}

static void assert_value(void *document, const char *path, bool found, const char *expected)
{
    char text[JSON_PATH_VALUE_SIZE];

    assert_int_equal(json_path_value(document, path, text), found);
    assert_string_equal(text, expected);
}

static void values_are_found_by_their_paths(void **state)
{
    assert_value(*state, "hazards.found", true, "3186");
    assert_value(*state, "hazards.rate.text", true, "99.40");
    assert_value(*state, "zeros.counts[group=ALL,zero=ACCIDENT].total", true, "4707");
    assert_value(*state, "zeros.counts[group=AREA,zero=ACCIDENT].total", true, "288");
    assert_value(*state, "tallies[kind=publicity.PEOPLE].rounded", true, "1000余");
    assert_value(*state, "units[level=1].total", true, "3");
    assert_value(*state, "units[late=true].late", true, "true");
    assert_value(*state, "records[event.matter=P-2].event.matter", true, "P-2");
    assert_value(*state, "records[].event.deadlinePassed.level", true, "1");
}

static void what_json_leaves_out_is_zero(void **state)
{
    assert_value(*state, "hazards.overdue", true, "0");
    assert_value(*state, "rejected", true, "0");
    assert_value(*state, "units[late=true].total", true, "0");
}

static void what_is_not_there_is_not_found(void **state)
{
    assert_value(*state, "cases.filed", false, "-");
    assert_value(*state, "zeros.counts[group=ENTERPRISE,zero=ACCIDENT].broken", false, "-");
    assert_value(*state, "records[event.matter=P-3].event.matter", false, "-");
    assert_value(*state, "records[event.matter=P-3]", false, "-");
    assert_value(*state, "tallies[kind].rounded", false, "-");
    assert_value(*state, "hazards.rate", false, "-");
    assert_value(NULL, "hazards.found", false, "-");
}

static void elements_are_counted(void **state)
{
    char text[JSON_PATH_VALUE_SIZE];

    assert_true(json_path_count(*state, "units[kind=TOWN]", text));
    assert_string_equal(text, "3");
    assert_true(json_path_count(*state, "records", text));
    assert_string_equal(text, "3");
    assert_true(json_path_count(*state, "records[event.matter=P-3]", text));
    assert_string_equal(text, "0");
    assert_true(json_path_count(*state, "left_out", text));
    assert_string_equal(text, "0");
    assert_false(json_path_count(*state, "hazards", text)); /* no list */
    assert_false(json_path_count(*state, "nothing.rows", text));
    assert_false(json_path_count(NULL, "rows", text));
}

static void elements_are_summed(void **state)
{
    char text[JSON_PATH_VALUE_SIZE];

    assert_true(json_path_sum(*state, "units[kind=TOWN]", "total", text));
    assert_string_equal(text, "7");
    assert_false(json_path_sum(*state, "units", "kind", text)); /* no numbers */
    assert_string_equal(text, "-");
}

static void elements_are_listed_in_their_order(void **state)
{
    char text[JSON_PATH_VALUE_SIZE];

    assert_true(json_path_list(*state, "records[event.matter=P-1]", "event.deadlinePassed.level", text));
    assert_string_equal(text, "1 2");
    assert_true(json_path_list(*state, "records[event.matter=P-3]", "event.matter", text));
    assert_string_equal(text, "");
    assert_false(json_path_list(*state, "records", "event.deadlinePassed.level", text)); /* the last one has none */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_are_found_by_their_paths, load, unload),
        cmocka_unit_test_setup_teardown(what_json_leaves_out_is_zero, load, unload),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_not_found, load, unload),
        cmocka_unit_test_setup_teardown(elements_are_counted, load, unload),
        cmocka_unit_test_setup_teardown(elements_are_summed, load, unload),
        cmocka_unit_test_setup_teardown(elements_are_listed_in_their_order, load, unload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
