/* Rows addressed by ordinal: row 0 is "none", new rows are zero, old ones stay as they are while the table grows. */
#include "domain/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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
        assert_int_equal(*(const uint64_t *)table_row(&table, ordinal), 0);
        *(uint64_t *)table_change(&table, ordinal) = i * i;
    }
    for (uint32_t i = 0; i <= ROWS; i++)
        assert_int_equal(*(const uint64_t *)table_row(&table, i), (uint64_t)i * i);
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
        assert_int_equal(*(const unsigned char *)table_row(&table, i), 0);
    table_clear(&table);
    assert_null(table.rows);
}

enum { MODEL_BYTES = 16 << 20 };

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* Copies what is marked over an older copy, takes the marks away, and compares. */
static void copy_marked(struct table *table, uint8_t mark, unsigned char *copy)
{
    const size_t size = table_size(table);
    assert_true(size <= MODEL_BYTES);
    for (uint32_t chunk = 0; table_take_mark(table, mark, &chunk); chunk++) {
        const size_t at = (size_t)chunk << TABLE_CHUNK_SHIFT;
        const size_t left = size - at;
        memcpy(copy + at, table->rows + at, left < TABLE_CHUNK_SIZE ? left : TABLE_CHUNK_SIZE);
    }
    uint32_t none = 0;
    assert_false(table_take_mark(table, mark, &none));
    assert_memory_equal(copy, table->rows, size);
}

static void change_at_random(struct table *table, uint64_t *seed)
{
    const uint32_t row = (uint32_t)(next_random(seed) % table->count);
    const uint64_t draw = next_random(seed) % 16;
    if (draw == 0)
        table_add_many(table, (uint32_t)(next_random(seed) % 300));
    else if (draw < 4)
        memset(table_change(table, table_add(table)), (int)draw, table->row_size);
    else
        memset(table_change(table, row), (int)next_random(seed), table->row_size);
}

static void what_is_marked_over_an_older_copy_gives_the_table(void **unused)
{
    static const size_t row_sizes[] = {1, 4, 40, 88, 112};
    unsigned char *copy = malloc(MODEL_BYTES);
    unsigned char *other = malloc(MODEL_BYTES); /* of who comes less often, and takes a mark of its own */
    (void)unused;
    assert_non_null(copy);
    assert_non_null(other);
    for (size_t i = 0; i < sizeof row_sizes / sizeof *row_sizes; i++) {
        uint64_t seed = i + 1;
        struct table table;
        table_init(&table, row_sizes[i]);
        memset(copy, 0xAA, MODEL_BYTES);
        memset(other, 0xAA, MODEL_BYTES);
        for (int turn = 0; turn < 50; turn++) {
            for (uint64_t changes = next_random(&seed) % 60; changes > 0; changes--)
                change_at_random(&table, &seed);
            copy_marked(&table, TABLE_MARK_SNAPSHOT, copy);
            if (turn % 3 == 0)
                copy_marked(&table, TABLE_MARK_COUNTED, other);
        }
        table_clear(&table);
    }
    free(copy);
    free(other);
}

/* A snapshot that took everything whatever changed would pass the test above. */
static void a_changed_row_marks_its_chunks_and_no_other(void **unused)
{
    enum { ROW = 40, ROWS = 4000 };
    struct table table;
    (void)unused;
    table_init(&table, ROW);
    table_add_many(&table, ROWS);
    memset(table.marks, 0, table_chunks(&table));
    const uint32_t across = TABLE_CHUNK_SIZE / ROW; /* begins in chunk 0, ends in chunk 1 */
    table_change(&table, across);
    table_change(&table, across * 4 + 4);
    static const uint8_t expected[] = {TABLE_MARKS, TABLE_MARKS, 0, 0, TABLE_MARKS, 0};
    assert_memory_equal(table.marks, expected, sizeof expected);
    table_clear(&table);
}

static void a_chunk_has_the_rows_that_begin_in_it(void **unused)
{
    static const size_t row_sizes[] = {1, 40, 88, 112};
    (void)unused;
    for (size_t i = 0; i < sizeof row_sizes / sizeof *row_sizes; i++) {
        uint32_t next = 0;
        struct table table;
        table_init(&table, row_sizes[i]);
        table_add_many(&table, 40000);
        for (uint32_t chunk = 0; chunk < table_chunks(&table); chunk++) {
            uint32_t first;
            uint32_t end;
            table_chunk_rows(&table, chunk, &first, &end);
            assert_int_equal(first, next);
            if (end > first)
                assert_int_equal((end - 1) * row_sizes[i] >> TABLE_CHUNK_SHIFT, chunk);
            next = end;
        }
        assert_int_equal(next, table.count);
        table_clear(&table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_keep_their_content_while_the_table_grows),
        cmocka_unit_test(many_rows_at_once_are_zero_and_stand_together),
        cmocka_unit_test(what_is_marked_over_an_older_copy_gives_the_table),
        cmocka_unit_test(a_changed_row_marks_its_chunks_and_no_other),
        cmocka_unit_test(a_chunk_has_the_rows_that_begin_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
