/* Rows addressed by ordinal: row 0 is "none", new rows are zero, old ones stay as they are while the table grows. */
#include "domain/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void rows_keep_their_content_while_the_table_grows(void **unused)
{
    enum { ROWS = 5000 };
    struct table table;
    (void)unused;
    table_init(&table, sizeof(uint64_t));
    assert_int_equal(table.count, 1);
    for (uint64_t i = 1; i <= ROWS; i++) {
        uint32_t ordinal = table_add(&table);
        assert_int_equal(ordinal, i);
        assert_int_equal(*(uint64_t *)table_row(&table, ordinal), 0);
        *(uint64_t *)table_row(&table, ordinal) = i * i;
    }
    for (uint32_t i = 0; i <= ROWS; i++)
        assert_int_equal(*(uint64_t *)table_row(&table, i), (uint64_t)i * i);
    table_clear(&table);
}

static void many_rows_at_once_are_zero_and_stand_together(void **unused)
{
    struct table table;
    (void)unused;
    table_init(&table, 1);
    uint32_t first = table_add_many(&table, 1000);
    assert_int_equal(first, 1);
    assert_int_equal(table_add_many(&table, 0), 1001);
    assert_int_equal(table.count, 1001);
    for (uint32_t i = 0; i < table.count; i++)
        assert_int_equal(*(unsigned char *)table_row(&table, i), 0);
    table_clear(&table);
    assert_null(table.rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_keep_their_content_while_the_table_grows),
        cmocka_unit_test(many_rows_at_once_are_zero_and_stand_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
