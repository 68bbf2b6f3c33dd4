/* The description of the intake is that of what it serves: the same routes, and every reference leads somewhere. */
#include "attest_routes.h"
#include "event_requests.h"
#include "intake.h"
#include "intake_openapi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const json_t *follow(const json_t *document, const char *reference)
{
    char name[128];
    for (reference += 2; document != NULL && *reference != '\0';) {
        const size_t size = strcspn(reference, "/");
        snprintf(name, sizeof name, "%.*s", (int)size, reference);
        document = json_object_get(document, name);
        reference += size + (reference[size] == '/' ? 1 : 0);
    }
    return document;
}

static void check_references(const json_t *document, json_t *value, unsigned *count)
{
    const char *name;
    json_t *member;
    size_t index;
    json_object_foreach(value, name, member)
    {
        if (strcmp(name, "$ref") == 0) {
            ++*count;
            if (follow(document, json_string_value(member)) == NULL)
                fail_msg("%s leads nowhere", json_string_value(member));
        }
        check_references(document, member, count);
    }
    json_array_foreach(value, index, member) check_references(document, member, count);
}

static void every_reference_leads_somewhere(void **state)
{
    json_t *document = intake_openapi_document();
    unsigned count = 0;
    (void)state;
    check_references(document, document, &count);
    assert_true(count > 100);
    assert_non_null(follow(document, "#/components/schemas/Event/properties/petitionRegistered"));
    assert_non_null(follow(document, "#/components/schemas/ZeroAttested/properties/basis/enum"));
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
    const json_t *codes = follow(document, "#/components/schemas/Problem/properties/code/enum");
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
