/* Rows that share a key and an identity are both rejected, however many there are. */
#include "doubled_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void add(struct doubled_keys *keys, const char *key, uint32_t identities, uint64_t row)
{
    assert_true(doubled_keys_add(keys, key, identities, row));
}

static size_t close_keys(struct doubled_keys *keys)
{
    uint8_t(*hashes)[KEY_HASH_SIZE];
    size_t count;
    assert_true(doubled_keys_close(keys, &hashes, &count));
    free(hashes);
    return count;
}

static void each_row_of_a_doubled_identity_names_another(void **state)
{
    (void)state;
    struct doubled_keys keys = {0};
    add(&keys, "a", 1, 2);
    add(&keys, "a", 2, 3);
    add(&keys, "b", 3, 4);
    add(&keys, "a", 1, 5);
    add(&keys, "a", 3, 6);
    add(&keys, "a", 0, 7);
    assert_int_equal(close_keys(&keys), 2);
    assert_int_equal(doubled_keys_other(&keys, "a", 1, 2), 5);
    assert_int_equal(doubled_keys_other(&keys, "a", 1, 5), 2);
    assert_int_equal(doubled_keys_other(&keys, "a", 1, 6), 2);
    assert_int_equal(doubled_keys_other(&keys, "a", 2, 3), 6);
    assert_int_equal(doubled_keys_other(&keys, "a", 2, 6), 3);
    assert_int_equal(doubled_keys_other(&keys, "b", 1, 4), 0);
    doubled_keys_clear(&keys);
}

/* A file whose key column says the same in every row, as a number dragged down does: what is kept of it, and so what
 * each row costs, does not grow with the file. */
static void a_key_in_every_row_costs_no_more_than_one_in_two(void **state)
{
    enum { ROWS = 200000 };
    (void)state;
    struct doubled_keys keys = {0};
    for (uint64_t row = 1; row <= ROWS; row++)
        add(&keys, "1", row <= ROWS / 2 ? 0 : UINT32_C(1) << row % 32, row);
    assert_int_equal(close_keys(&keys), 1);
    assert_in_range(keys.count, 2, 64);
    for (uint64_t row = ROWS / 2 + 1; row <= ROWS; row++) {
        const uint64_t other = doubled_keys_other(&keys, "1", UINT32_C(1) << row % 32, row);
        assert_in_range(other, ROWS / 2 + 1, ROWS);
        assert_int_equal(other % 32, row % 32);
        assert_int_not_equal(other, row);
    }
    doubled_keys_clear(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_of_a_doubled_identity_names_another),
        cmocka_unit_test(a_key_in_every_row_costs_no_more_than_one_in_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
