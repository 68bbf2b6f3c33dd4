/* The patch between two documents: put on the first, it gives the second (RFC 7396). */
#include "merge_patch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* RFC 7396, section 2: how whoever gets a patch puts it on. The result is the caller's. */
static json_t *put_on(const json_t *target, const json_t *patch)
{
    if (!json_is_object(patch))
        return json_deep_copy(patch);
    json_t *result = json_is_object(target) ? json_copy((json_t *)target) : json_object();
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)patch, name, value)
    {
        if (json_is_null(value))
            json_object_del(result, name);
        else
            json_object_set_new(result, name, put_on(json_object_get(result, name), value));
    }
    return result;
}

static void check(const char *from_text, const char *to_text, const char *expected)
{
    json_t *from = json_loads(from_text, 0, NULL), *to = json_loads(to_text, 0, NULL);
    json_t *patch = merge_patch_between(from, to), *result = put_on(from, patch);
    char *text = json_dumps(patch, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(text, expected);
    assert_true(json_equal(result, to));
    free(text);
    json_decref(result);
    json_decref(patch);
    json_decref(from);
    json_decref(to);
}

static void only_what_differs_is_in_the_patch(void **state)
{
    (void)state;
    check("{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":3}", "{\"b\":3}");
    check("{\"a\":{\"b\":1,\"c\":2}}", "{\"a\":{\"b\":1,\"c\":3}}", "{\"a\":{\"c\":3}}");
    check("{\"a\":1}", "{\"a\":1}", "{}");
}

static void what_is_gone_is_null_and_what_is_new_is_whole(void **state)
{
    (void)state;
    check("{\"a\":1,\"b\":2}", "{\"a\":1}", "{\"b\":null}");
    check("{\"a\":{\"b\":1}}", "{\"a\":{}}", "{\"a\":{\"b\":null}}");
    check("{}", "{\"a\":{\"b\":{\"c\":1}}}", "{\"a\":{\"b\":{\"c\":1}}}");
}

static void arrays_and_other_types_are_replaced(void **state)
{
    (void)state;
    check("{\"a\":[1,2]}", "{\"a\":[1,3]}", "{\"a\":[1,3]}");
    check("{\"a\":[{\"b\":1}]}", "{\"a\":[{\"b\":2}]}", "{\"a\":[{\"b\":2}]}");
    check("{\"a\":{\"b\":1}}", "{\"a\":\"x\"}", "{\"a\":\"x\"}");
    check("{\"a\":\"x\"}", "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_differs_is_in_the_patch),
        cmocka_unit_test(what_is_gone_is_null_and_what_is_new_is_whole),
        cmocka_unit_test(arrays_and_other_types_are_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
