/* The description of the intake is that of what it serves: the same routes, and every reference leads somewhere. */
#include "attest_routes.h"
#include "event_requests.h"
#include "intake.h"
#include "intake_openapi.h"
#include "openapi_reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void every_reference_leads_somewhere(void **state)
{
    json_t *document = intake_openapi_document();
    (void)state;
    assert_true(openapi_check_references(document) > 100);
    assert_non_null(openapi_follow(document, "#/components/schemas/Event/properties/petitionRegistered"));
    assert_non_null(openapi_follow(document, "#/components/schemas/ZeroAttested/properties/basis/enum"));
    json_decref(document);
}

/* Adds the method of each route of the table below its path in `found`. */
static void collect(const struct intake_routes *routes, json_t *found)
{
    for (size_t i = 0; i < routes->count; i++) {
        const struct intake_route *route = &routes->routes[i];
        json_t *methods = json_object_get(found, route->pattern);
        if (methods == NULL) {
            methods = json_object();
            json_object_set_new(found, route->pattern, methods);
        }
        json_object_set_new(methods, route->method == HTTP_POST ? "post" : "get", json_boolean(route->scopes != 0));
    }
}

static void routes_are_those_that_are_described(void **state)
{
    json_t *document = intake_openapi_document(), *served = json_object(), *described = json_object();
    const struct intake_routes own = intake_own_routes(NULL), requests = event_requests_routes(NULL),
                               attest = attest_routes_table(NULL);
    const char *path, *method;
    json_t *methods, *operation;
    (void)state;
    collect(&own, served);
    collect(&requests, served);
    collect(&attest, served);
    json_object_foreach(json_object_get(document, "paths"), path, methods)
    {
        json_t *of_path = json_object();
        json_object_foreach(methods, method, operation)
        {
            const json_t *security = json_object_get(operation, "security"); /* empty: open to everybody */
            json_object_set_new(of_path, method, json_boolean(security == NULL));
        }
        json_object_set_new(described, path, of_path);
    }
    if (!json_equal(served, described))
        fail_msg("served %s, described %s", json_dumps(served, JSON_SORT_KEYS), json_dumps(described, JSON_SORT_KEYS));
    json_decref(served);
    json_decref(described);
    json_decref(document);
}

static void every_problem_is_named(void **state)
{
    json_t *document = intake_openapi_document();
    const json_t *codes = openapi_follow(document, "#/components/schemas/Problem/properties/code/enum");
    size_t named = 0;
    (void)state;
    for (unsigned i = 0; i < PROBLEM_CODES; i++)
        if (problem_is_of((enum problem_code)i, PROBLEM_OF_AGENT))
            assert_string_equal(json_string_value(json_array_get(codes, named++)), problem_name((enum problem_code)i));
    assert_int_equal(json_array_size(codes), named);
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reference_leads_somewhere),
        cmocka_unit_test(routes_are_those_that_are_described),
        cmocka_unit_test(every_problem_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
