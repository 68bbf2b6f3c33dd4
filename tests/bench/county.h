/* A synthetic county of any size: one county, twenty towns, a tenth of the units villages (but no more than the codes
 * of twenty towns have room for, 6,000), the rest enterprises. Codes are valid (statistical code, GB 32100), names are
 * numbers. Pure functions of a unit's index. */
#ifndef BENCH_COUNTY_H
#define BENCH_COUNTY_H

#include <stdbool.h>
#include <stdint.h>

#include "codes.h"

enum { COUNTY_UNITS_MIN = 200, COUNTY_UNITS_MAX = 5000000 };

struct county {
    uint32_t units; /* COUNTY_UNITS_MIN to COUNTY_UNITS_MAX, all levels together */
};

enum county_level { COUNTY_LEVEL_COUNTY, COUNTY_LEVEL_TOWN, COUNTY_LEVEL_VILLAGE, COUNTY_LEVEL_ENTERPRISE };
struct county_unit {
    enum county_level level;
    char code[CREDIT_CODE_SIZE];
    char parent[CREDIT_CODE_SIZE]; /* "" of the county itself */
};
/* A unit of any level, place 0 to units - 1: the county, its towns, then the counted ones in the order of their index.
 */
void county_unit(const struct county *county, uint32_t place, struct county_unit *unit);
/* The place of a counted unit. */
uint32_t county_place(uint32_t index);
/* Villages come first among the counted units. */
uint32_t county_villages(const struct county *county);

/* Units that events are about: villages and enterprises. */
uint32_t county_counted(const struct county *county);
/* The code of one of them, index 0 to county_counted() - 1. */
void county_code(const struct county *county, uint32_t index, char code[static CREDIT_CODE_SIZE]);
/* Writes the file that `sanlingctl units import` reads. false: errno says why. */
bool county_write(const struct county *county, const char *path);

#endif
