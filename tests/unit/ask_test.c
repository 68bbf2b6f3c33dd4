/* Lists that come page by page, and the names that answers bring along. */
#include "ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void a_list_of_matters_goes_on_behind_its_last_row(void **state)
{
    (void)state;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__MattersQuery ask = SANLING__V1__MATTERS_QUERY__INIT;
    Sanling__V1__MattersAnswer page = SANLING__V1__MATTERS_ANSWER__INIT;
    Sanling__V1__MattersAnswer__Matter first = SANLING__V1__MATTERS_ANSWER__MATTER__INIT;
    Sanling__V1__MattersAnswer__Matter last = SANLING__V1__MATTERS_ANSWER__MATTER__INIT;
    Sanling__V1__MattersAnswer__Matter *rows[] = {&first, &last};
    query.ask_case = SANLING__V1__QUERY__ASK_MATTERS;
    query.matters = &ask;
    first.opened_at = 40;
    last.opened_at = 70;
    page.matters = rows;
    page.n_matters = 2;
    assert_true(question_go_on(&query, &page.base));
    assert_int_equal(ask.after, 70);
    page.n_matters = 0;
    assert_false(question_go_on(&query, &page.base));
    assert_int_equal(ask.after, 70);
}

static void a_page_that_brings_nothing_new_ends_the_list(void **state)
{
    (void)state;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__MattersQuery ask = SANLING__V1__MATTERS_QUERY__INIT;
    Sanling__V1__MattersAnswer page = SANLING__V1__MATTERS_ANSWER__INIT;
    Sanling__V1__MattersAnswer__Matter same = SANLING__V1__MATTERS_ANSWER__MATTER__INIT;
    Sanling__V1__MattersAnswer__Matter *rows[] = {&same};
    query.ask_case = SANLING__V1__QUERY__ASK_MATTERS;
    query.matters = &ask;
    ask.after = 70;
    same.opened_at = 70;
    page.matters = rows;
    page.n_matters = 1;
    assert_false(question_go_on(&query, &page.base));
}

static void lists_of_rows_go_on_behind_the_rows_that_came(void **state)
{
    (void)state;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__AttentionQuery attention = SANLING__V1__ATTENTION_QUERY__INIT;
    Sanling__V1__FigureQuery figure = SANLING__V1__FIGURE_QUERY__INIT;
    Sanling__V1__AttentionAnswer rows = SANLING__V1__ATTENTION_ANSWER__INIT;
    Sanling__V1__FigureAnswer counted = SANLING__V1__FIGURE_ANSWER__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_ATTENTION;
    query.attention = &attention;
    rows.n_rows = 200; /* only counted */
    assert_true(question_go_on(&query, &rows.base));
    assert_true(question_go_on(&query, &rows.base));
    assert_int_equal(attention.after, 400);
    rows.n_rows = 0;
    assert_false(question_go_on(&query, &rows.base));
    query.ask_case = SANLING__V1__QUERY__ASK_FIGURE;
    query.figure = &figure;
    counted.n_rows = 3;
    assert_true(question_go_on(&query, &counted.base));
    assert_int_equal(figure.after, 3);
}

static void other_answers_are_whole(void **state)
{
    (void)state;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__ClockAnswer clock = SANLING__V1__CLOCK_ANSWER__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_CLOCK;
    assert_false(question_go_on(&query, &clock.base));
}

static void a_code_has_the_countys_name_under_its_own_prefix_alone(void **state)
{
    (void)state;
    Sanling__V1__CampaignsAnswer answer = SANLING__V1__CAMPAIGNS_ANSWER__INIT;
    Sanling__V1__Label industry = SANLING__V1__LABEL__INIT;
    Sanling__V1__Label hazard = SANLING__V1__LABEL__INIT;
    Sanling__V1__Label *labels[] = {&industry, &hazard};
    const struct answer names = {.body = &answer.base};
    const struct answer none = {0};
    industry.code = (char *)"industry.FIRE";
    industry.name = (char *)"火灾";
    hazard.code = (char *)"hazard.FIRE";
    hazard.name = (char *)"消防";
    answer.labels = labels;
    answer.n_labels = 2;
    assert_string_equal(label_of(&names, "hazard", "FIRE"), "消防");
    assert_string_equal(label_of(&names, "industry", "FIRE"), "火灾");
    assert_null(label_of(&names, "haz", "FIRE"));
    assert_null(label_of(&names, "hazard", "FIR"));
    assert_null(label_of(&none, "hazard", "FIRE"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_of_matters_goes_on_behind_its_last_row),
        cmocka_unit_test(a_page_that_brings_nothing_new_ends_the_list),
        cmocka_unit_test(lists_of_rows_go_on_behind_the_rows_that_came),
        cmocka_unit_test(other_answers_are_whole),
        cmocka_unit_test(a_code_has_the_countys_name_under_its_own_prefix_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
