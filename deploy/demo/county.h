/* The demonstration county: 盂县 with its towns, and villages, communities and enterprises that are invented. Only two
 * names come from the article: 郭家坪村 and 站前社区; neither has a bad event. Where 郭家坪村 lies is invented too. */
#ifndef DEMO_COUNTY_H
#define DEMO_COUNTY_H

#include "codes.h"
#include "fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TOWN_COUNT = 14,
    VILLAGE_COUNT = 277,
    COMMUNITY_COUNT = 11,
    PLACE_COUNT = VILLAGE_COUNT + COMMUNITY_COUNT,
    ENTERPRISE_COUNT = 4419,
    UNIT_COUNT = PLACE_COUNT + ENTERPRISE_COUNT, /* the units that are counted */
    UNIT_NAME_SIZE = 40,
};

/* Towns that the stories need, by their place in the list. */
enum { TOWN_XIUSHUI = 0, TOWN_SUNJIAZHUANG = 1, TOWN_LUJIACUN = 2, TOWN_NANLOU = 3, TOWN_XIANREN = 8 };

extern const char county_code[];

/* A counted unit: a village, a community, an enterprise or an institution. */
struct unit {
    char code[CREDIT_CODE_SIZE];
    char name[UNIT_NAME_SIZE];
    bool community;   /* of the places */
    bool institution; /* of the others */
    uint32_t town;
    uint32_t place; /* the place on whose ground it stands; a place: itself */
};

struct town {
    char code[AREA_CODE_LENGTH + 1];
    const char *name;
    uint32_t first_place;
    uint32_t place_count;
};

struct county {
    struct town towns[TOWN_COUNT];
    struct unit units[UNIT_COUNT]; /* the places town by town, then enterprises and institutions by number */
    uint32_t guojiaping;           /* 郭家坪村 */
    uint32_t station;              /* 站前社区 */
    uint32_t neighbour;            /* the community beside it, where the thefts were */
};

/* Fills the county; the seed decides on whose ground each enterprise stands. */
void county_make(struct county *county, uint64_t seed);
/* The first enterprise at or after `start` that stands in the town, round about. */
uint32_t county_enterprise_in(const struct county *county, uint32_t town, uint32_t start);
/* True for the two units that keep their names. */
bool county_keeps_name(const struct county *county, uint32_t unit);
/* Writes the unit file for `sanlingctl units import`. */
MUST_CHECK bool county_write(const struct county *county, const char *path, struct fault *fault);

#endif
