/* On what ground an office gets a record. */
#include "routes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef Sanling__V1__RoutesAnswer__Route route_row;

static const Sanling__V1__Office__Kind safety[] = {SANLING__V1__OFFICE__KIND__WORK_SAFETY};
static const Sanling__V1__Office__Kind police[] = {SANLING__V1__OFFICE__KIND__PUBLIC_SECURITY};

static route_row route(const char *type, const Sanling__V1__Office__Kind *to, const char *ground)
{
    route_row made = SANLING__V1__ROUTES_ANSWER__ROUTE__INIT;
    made.type = (char *)type;
    made.to = (Sanling__V1__Office__Kind *)to;
    made.n_to = to != NULL ? 1 : 0;
    made.ground = (char *)ground;
    return made;
}

/* The ground on which a case of this category reaches the office; NULL: none. */
static const char *ground_of(route_row **routes, size_t count, const char *category, Sanling__V1__Office__Kind office)
{
    Sanling__V1__RoutesAnswer answer = SANLING__V1__ROUTES_ANSWER__INIT;
    Sanling__V1__Record record = SANLING__V1__RECORD__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    Sanling__V1__CaseFiled filed = SANLING__V1__CASE_FILED__INIT;
    answer.routes = routes;
    answer.n_routes = count;
    filed.category = (char *)category;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_CASE_FILED;
    event.case_filed = &filed;
    record.event = &event;
    const route_row *found = route_of(&answer, &record, office);
    return found != NULL ? found->ground : NULL;
}

static void a_route_that_names_the_office_comes_first(void **state)
{
    (void)state;
    route_row joint = route("", NULL, "art. 24");
    route_row other = route("HazardFound", safety, "art. 75");
    route_row named = route("CaseFiled", safety, "notice");
    joint.to_joint = true;
    route_row *routes[] = {&joint, &other, &named};
    assert_string_equal(ground_of(routes, 3, "THEFT", SANLING__V1__OFFICE__KIND__WORK_SAFETY), "notice");
    assert_string_equal(ground_of(routes, 3, "THEFT", SANLING__V1__OFFICE__KIND__GOVERNANCE), "art. 24");
}

static void a_route_of_the_type_comes_before_one_of_any_type(void **state)
{
    (void)state;
    route_row joint = route("", NULL, "art. 24");
    route_row handler = route("CaseFiled", NULL, "art. 40");
    joint.to_joint = true;
    handler.to_handler = true;
    route_row *routes[] = {&joint, &handler};
    assert_string_equal(ground_of(routes, 2, "", SANLING__V1__OFFICE__KIND__WORK_SAFETY), "art. 40");
}

static void a_route_to_whom_the_event_names_comes_first_for_that_office_alone(void **state)
{
    (void)state;
    Sanling__V1__RoutesAnswer answer = SANLING__V1__ROUTES_ANSWER__INIT;
    Sanling__V1__Record record = SANLING__V1__RECORD__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    Sanling__V1__JointHandlingOpened opened = SANLING__V1__JOINT_HANDLING_OPENED__INIT;
    Sanling__V1__Office__Kind members[] = {SANLING__V1__OFFICE__KIND__GOVERNANCE,
                                           SANLING__V1__OFFICE__KIND__WORK_SAFETY};
    route_row listed = route("JointHandlingOpened", safety, "art. 1");
    route_row named = route("JointHandlingOpened", NULL, "art. 24");
    route_row *routes[] = {&listed, &named};
    named.to_named = true;
    answer.routes = routes;
    answer.n_routes = 2;
    opened.members = members;
    opened.n_members = 2;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_JOINT_HANDLING_OPENED;
    event.joint_handling_opened = &opened;
    record.event = &event;
    assert_ptr_equal(route_of(&answer, &record, SANLING__V1__OFFICE__KIND__WORK_SAFETY), &named);
    assert_ptr_equal(route_of(&answer, &record, SANLING__V1__OFFICE__KIND__GOVERNANCE), &named);
    assert_null(route_of(&answer, &record, SANLING__V1__OFFICE__KIND__PUBLIC_SECURITY));
}

static void a_route_of_other_categories_is_no_ground(void **state)
{
    (void)state;
    char *categories[] = {(char *)"LIABILITY_ACCIDENT"};
    route_row named = route("CaseFiled", safety, "notice");
    named.categories = categories;
    named.n_categories = 1;
    route_row *routes[] = {&named};
    assert_null(ground_of(routes, 1, "THEFT", SANLING__V1__OFFICE__KIND__WORK_SAFETY));
    assert_string_equal(ground_of(routes, 1, "LIABILITY_ACCIDENT", SANLING__V1__OFFICE__KIND__WORK_SAFETY), "notice");
}

static void a_route_to_another_office_is_no_ground(void **state)
{
    (void)state;
    route_row named = route("CaseFiled", police, "notice");
    route_row *routes[] = {&named};
    assert_null(ground_of(routes, 1, "THEFT", SANLING__V1__OFFICE__KIND__WORK_SAFETY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_route_that_names_the_office_comes_first),
        cmocka_unit_test(a_route_of_the_type_comes_before_one_of_any_type),
        cmocka_unit_test(a_route_to_whom_the_event_names_comes_first_for_that_office_alone),
        cmocka_unit_test(a_route_of_other_categories_is_no_ground),
        cmocka_unit_test(a_route_to_another_office_is_no_ground),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
