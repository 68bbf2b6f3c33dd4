/* Tiles are named and filled as the C2SP layout says. */
#include "proof/tile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void paths_are_those_of_the_layout(void **state)
{
    static const struct {
        int level;
        uint64_t number;
        int width;
        const char *path;
    } tiles[] = {
        {0, 0, 256, "tile/0/000"},
        {0, 0, 1, "tile/0/000.p/1"},
        {1, 999, 255, "tile/1/999.p/255"},
        {0, 1000, 256, "tile/0/x001/000"},
        {0, 1234067, 256, "tile/0/x001/x234/067"},
        {7, UINT64_MAX, 255, "tile/7/x018/x446/x744/x073/x709/x551/615.p/255"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++) {
        char path[TILE_PATH_SIZE];
        tile_path(tiles[i].level, tiles[i].number, tiles[i].width, path);
        assert_string_equal(path, tiles[i].path);
    }
}

static void entries_have_paths_of_their_own(void **state)
{
    char path[TILE_PATH_SIZE];
    (void)state;
    tile_entries_path(1234067, 256, path);
    assert_string_equal(path, "tile/entries/x001/x234/067");
    tile_entries_path(UINT64_MAX, 255, path);
    assert_string_equal(path, "tile/entries/x018/x446/x744/x073/x709/x551/615.p/255");
}

/* The examples of the layout: 70,000 leaves, and 256. */
static void widths_are_those_of_the_layout(void **state)
{
    (void)state;
    assert_int_equal(tile_width(0, 0, 70000), 256);
    assert_int_equal(tile_width(0, 272, 70000), 256);
    assert_int_equal(tile_width(0, 273, 70000), 112);
    assert_int_equal(tile_width(0, 274, 70000), 0);
    assert_int_equal(tile_width(1, 0, 70000), 256);
    assert_int_equal(tile_width(1, 1, 70000), 17);
    assert_int_equal(tile_width(2, 0, 70000), 1);
    assert_int_equal(tile_width(2, 1, 70000), 0);
    assert_int_equal(tile_width(3, 0, 70000), 0);
    assert_int_equal(tile_width(0, 0, 256), 256);
    assert_int_equal(tile_width(0, 1, 256), 0);
    assert_int_equal(tile_width(1, 0, 256), 1);
    assert_int_equal(tile_width(0, 0, 0), 0);
}

static void hostile_numbers_have_no_tile(void **state)
{
    (void)state;
    assert_int_equal(tile_width(-1, 0, UINT64_MAX), 0);
    assert_int_equal(tile_width(8, 0, UINT64_MAX), 0);
    assert_int_equal(tile_width(63, 0, UINT64_MAX), 0);
    assert_int_equal(tile_width(0, UINT64_MAX, UINT64_MAX), 0);
    assert_int_equal(tile_width(0, UINT64_MAX / 256, UINT64_MAX), 255);
    assert_int_equal(tile_width(7, 0, UINT64_MAX), 255);
    assert_int_equal(tile_width(7, 1, UINT64_MAX), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_those_of_the_layout),
        cmocka_unit_test(entries_have_paths_of_their_own),
        cmocka_unit_test(widths_are_those_of_the_layout),
        cmocka_unit_test(hostile_numbers_have_no_tile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
