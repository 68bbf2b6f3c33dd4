#include "proof/tile.h"

#include <stdio.h>

enum { GROUPS_MAX = 7 /* of three digits in a 64-bit number */ };

/* The number in groups of three digits, all but the last behind an x, and the width of a tile that is not full. */
static void write_number(uint64_t number, int width, char *text, size_t size)
{
    unsigned groups[GROUPS_MAX];
    int count = 0;
    do {
        groups[count++] = (unsigned)(number % 1000);
        number /= 1000;
    } while (number > 0);
    int at = 0;
    while (--count > 0)
        at += snprintf(text + at, size - (size_t)at, "x%03u/", groups[count]);
    at += snprintf(text + at, size - (size_t)at, "%03u", groups[0]);
    if (width < TILE_WIDTH)
        snprintf(text + at, size - (size_t)at, ".p/%d", width);
}

void tile_path(int level, uint64_t number, int width, char path[static TILE_PATH_SIZE])
{
    const int at = snprintf(path, TILE_PATH_SIZE, "tile/%d/", level);
    write_number(number, width, path + at, (size_t)(TILE_PATH_SIZE - at));
}

void tile_entries_path(uint64_t number, int width, char path[static TILE_PATH_SIZE])
{
    const int at = snprintf(path, TILE_PATH_SIZE, "tile/entries/");
    write_number(number, width, path + at, (size_t)(TILE_PATH_SIZE - at));
}

int tile_width(int level, uint64_t number, uint64_t size)
{
    if (level < 0 || level >= TILE_LEVELS_MAX)
        return 0;
    const uint64_t hashes = size >> (level * TILE_HEIGHT);
    const uint64_t full = hashes / TILE_WIDTH;
    if (number < full)
        return TILE_WIDTH;
    return number == full ? (int)(hashes % TILE_WIDTH) : 0;
}
