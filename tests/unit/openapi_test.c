/* The description of the interface is whole: what it refers to is there, and it names every problem and message. */
#include "documents.h"
#include "openapi.h"
#include "openapi_reference.h"
#include "problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void every_reference_leads_somewhere(void **state)
{
    json_t *document = openapi_document();
    (void)state;
    assert_string_equal(json_string_value(json_object_get(document, "openapi")), "3.1.0");
    assert_true(openapi_check_references(document) > 200);
    json_decref(document);
}

static void messages_are_described_from_the_contract(void **state)
{
    json_t *document = openapi_document();
    const json_t *rate = openapi_follow(document, "#/components/schemas/Rate/properties");
    const json_t *hazards = openapi_follow(document, "#/components/schemas/HazardSummary/properties");
    const json_t *zero = openapi_follow(document, "#/components/schemas/ZeroStatus/properties/status/enum");
    (void)state;
    assert_string_equal(json_string_value(openapi_follow(rate, "#/part/type")), "string");
    assert_string_equal(json_string_value(openapi_follow(hazards, "#/fixedOnSpot/type")), "integer");
    assert_string_equal(json_string_value(openapi_follow(hazards, "#/rate/$ref")), "#/components/schemas/Rate");
    assert_int_equal(json_array_size(zero), 5);
    assert_string_equal(
        json_string_value(openapi_follow(document, "#/components/schemas/Summary/properties/time/format")),
        "date-time");
    assert_non_null(openapi_follow(document, "#/components/schemas/MattersAnswer.Matter/properties/dueDay"));
    json_decref(document);
}

static void every_problem_is_named_where_it_may_come(void **state)
{
    json_t *document = openapi_document();
    const json_t *codes = openapi_follow(document, "#/components/schemas/Problem/properties/code/enum");
    (void)state;
    size_t named = 0;
    for (unsigned i = 0; i < PROBLEM_CODES; i++)
        if (problem_is_of((enum problem_code)i, PROBLEM_OF_PAGE))
            assert_string_equal(json_string_value(json_array_get(codes, named++)), problem_name((enum problem_code)i));
    assert_int_equal(json_array_size(codes), named);
    json_decref(document);
}

/* Each operation has a name of its own, and its path's parameters stand among its parameters. */
static void each_operation_is_whole(void **state)
{
    json_t *document = openapi_document();
    json_t *names = json_object();
    const char *path, *method;
    json_t *methods, *operation, *parameter;
    size_t index;
    (void)state;
    json_object_foreach(json_object_get(document, "paths"), path, methods)
    {
        json_object_foreach(methods, method, operation)
        {
            const char *name = json_string_value(json_object_get(operation, "operationId"));
            unsigned in_path = 0;
            assert_non_null(name);
            assert_null(json_object_get(names, name));
            json_object_set_new(names, name, json_true());
            json_array_foreach(json_object_get(operation, "parameters"), index, parameter)
            {
                const char *where = json_string_value(json_object_get(parameter, "in"));
                in_path += where != NULL && strcmp(where, "path") == 0 ? 1 : 0;
            }
            assert_int_equal(in_path, strchr(path, '{') != NULL ? 1 : 0);
        }
    }
    assert_true(json_object_size(names) >= 25);
    json_decref(names);
    json_decref(document);
}

/* The parameters that a document takes are those that are described, no more and no fewer. */
static void parameters_are_those_that_are_taken(void **state)
{
    static const struct {
        const char *path;
        const struct document_kind *kind;
    } cases[] = {{"/v1/overview", &overview_kind},
                 {"/v1/summary", &summary_kind},
                 {"/v1/status", &status_kind},
                 {"/v1/tree", &tree_kind},
                 {"/v1/units/{code}", &unit_kind},
                 {"/v1/units/{code}/days", &unit_days_kind},
                 {"/v1/matters", &matters_kind},
                 {"/v1/matters/{matter}", &matter_kind},
                 {"/v1/campaigns", &campaigns_kind},
                 {"/v1/discrepancies", &discrepancies_kind},
                 {"/v1/attention/{list}", &attention_kind},
                 {"/v1/figures/{name}", &figure_kind},
                 {"/v1/events", &events_kind},
                 {"/v1/events/{position}", &event_kind},
                 {"/v1/trends", &trends_kind},
                 {"/v1/difference", &difference_kind},
                 {"/v1/catalogue", &catalogue_kind},
                 {"/v1/policy", &policy_kind},
                 {"/v1/search", &search_kind}};
    json_t *document = openapi_document();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const json_t *path = json_object_get(json_object_get(document, "paths"), cases[i].path);
        const json_t *parameters = json_object_get(json_object_get(path, "get"), "parameters");
        uint32_t described = 0;
        size_t index;
        json_t *parameter;
        assert_non_null(path);
        json_array_foreach(parameters, index, parameter)
        {
            const char *name = json_string_value(json_object_get(parameter, "$ref"));
            for (unsigned j = 0; name != NULL && j < PARAMETER_COUNT; j++)
                if (strcmp(strrchr(name, '/') + 1, parameter_name((enum parameter)j)) == 0)
                    described |= PARAMETER_BIT(j);
        }
        for (unsigned j = 0; j < PARAMETER_COUNT; j++)
            if (((described ^ cases[i].kind->accepts) & PARAMETER_BIT(j)) != 0)
                fail_msg("%s: '%s' is %s", cases[i].path, parameter_name((enum parameter)j),
                         (described & PARAMETER_BIT(j)) != 0 ? "described, but not taken" : "taken, but not described");
    }
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reference_leads_somewhere),
        cmocka_unit_test(messages_are_described_from_the_contract),
        cmocka_unit_test(every_problem_is_named_where_it_may_come),
        cmocka_unit_test(each_operation_is_whole),
        cmocka_unit_test(parameters_are_those_that_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
