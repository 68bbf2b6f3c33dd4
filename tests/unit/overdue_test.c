/* What is past its day, in one order. */
#include "overdue.h"

#include "moment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef Sanling__V1__MattersAnswer__Matter matter_row;

static matter_row matter(const char *code, const char *due_day, int32_t days_left)
{
    matter_row made = SANLING__V1__MATTERS_ANSWER__MATTER__INIT;
    made.matter = (char *)code;
    made.due_day = (char *)due_day;
    made.days_left = days_left;
    return made;
}

static int32_t day(const char *text)
{
    int32_t number = 0;
    assert_true(day_parse(text, &number));
    return number;
}

static struct overdue_list list_of(matter_row **matters, size_t count, bool soon)
{
    Sanling__V1__MattersAnswer answer = SANLING__V1__MATTERS_ANSWER__INIT;
    answer.matters = matters;
    answer.n_matters = count;
    return overdue_list_of(&answer, day("2020-08-19"), soon);
}

static void the_longest_overdue_comes_first(void **state)
{
    (void)state;
    matter_row a = matter("A", "2020-08-18", -1);
    matter_row b = matter("B", "2020-08-09", -10);
    matter_row c = matter("C", "2020-08-18", -1);
    matter_row *matters[] = {&c, &a, &b};
    struct overdue_list list = list_of(matters, 3, false);
    assert_int_equal(list.count, 3);
    assert_ptr_equal(list.rows[0].matter, &b);
    assert_int_equal(list.rows[0].days_over, 10);
    assert_ptr_equal(list.rows[1].matter, &a); /* of the same day: by code */
    assert_ptr_equal(list.rows[2].matter, &c);
    overdue_list_clear(&list);
}

static void tasks_and_supervisions_stand_among_the_matters(void **state)
{
    (void)state;
    matter_row joint = matter("A", "2020-09-01", 13);
    Sanling__V1__MattersAnswer__Task late = SANLING__V1__MATTERS_ANSWER__TASK__INIT;
    Sanling__V1__MattersAnswer__Task done = SANLING__V1__MATTERS_ANSWER__TASK__INIT;
    Sanling__V1__MattersAnswer__Supervision supervision = SANLING__V1__MATTERS_ANSWER__SUPERVISION__INIT;
    Sanling__V1__MattersAnswer__Task *tasks[] = {&late, &done};
    Sanling__V1__MattersAnswer__Supervision *supervisions[] = {&supervision};
    late.task = (char *)"T1";
    late.due_day = (char *)"2020-08-17";
    late.overdue = true;
    done.due_day = (char *)"2020-08-01";
    done.overdue = true;
    done.done_at = 9;
    supervision.level = 2;
    supervision.due_day = (char *)"2020-08-12";
    supervision.overdue = true;
    joint.tasks = tasks;
    joint.n_tasks = 2;
    joint.supervisions = supervisions;
    joint.n_supervisions = 1;
    matter_row *matters[] = {&joint};
    struct overdue_list list = list_of(matters, 1, false);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.rows[0].kind, OVERDUE_SUPERVISION);
    assert_int_equal(list.rows[0].days_over, 7);
    assert_int_equal(list.rows[1].kind, OVERDUE_TASK);
    assert_string_equal(list.rows[1].task, "T1");
    assert_int_equal(list.rows[1].days_over, 2);
    overdue_list_clear(&list);
}

static void what_is_due_soon_is_listed_by_the_next_day(void **state)
{
    (void)state;
    matter_row late = matter("A", "2020-08-18", -1);
    matter_row today = matter("B", "2020-08-19", 0);
    matter_row later = matter("C", "2020-08-22", 3);
    matter_row no_clock = matter("D", "", 0);
    matter_row *matters[] = {&later, &late, &no_clock, &today};
    struct overdue_list list = list_of(matters, 4, true);
    assert_int_equal(list.count, 2);
    assert_ptr_equal(list.rows[0].matter, &today);
    assert_ptr_equal(list.rows[1].matter, &later);
    overdue_list_clear(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_overdue_comes_first),
        cmocka_unit_test(tasks_and_supervisions_stand_among_the_matters),
        cmocka_unit_test(what_is_due_soon_is_listed_by_the_next_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
