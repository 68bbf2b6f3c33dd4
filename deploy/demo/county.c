#include "county.h"

#include "random.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

const char county_code[] = "140322000000";

static const struct {
    const char *name;
    uint32_t number;
    uint32_t villages;
} town_list[TOWN_COUNT] = {
    {"秀水镇", 100, 24}, {"孙家庄镇", 101, 22}, {"路家村镇", 102, 20}, {"南娄镇", 103, 24}, {"牛村镇", 104, 22},
    {"苌池镇", 105, 20}, {"上社镇", 106, 24},   {"西烟镇", 107, 26},   {"仙人乡", 200, 17}, {"北下庄乡", 201, 12},
    {"下社乡", 202, 14}, {"梁家寨乡", 203, 16}, {"西潘乡", 204, 20},   {"东梁乡", 205, 16},
};

enum {
    FIRST_INSTITUTION = 4200, /* enterprises up to here, institutions behind: invented, the article gives the sum */
    COMMUNITY_WEIGHT = 40,    /* of enterprises, against a village */
    VILLAGE_WEIGHT = 14,
};

static void make_place(struct county *county, uint32_t index, uint32_t town, uint32_t number, bool community)
{
    struct unit *place = &county->units[index];

    place->town = town;
    place->place = index;
    place->community = community;
    snprintf(place->code, sizeof place->code, "140322%03u%03u", town_list[town].number, number);
    assert(area_code_level(place->code) == (community ? AREA_COMMUNITY : AREA_VILLAGE));
}

static void make_communities(struct county *county, uint32_t town, uint32_t *next)
{
    for (uint32_t number = 1; number <= COMMUNITY_COUNT; number++) {
        struct unit *place = &county->units[*next];
        make_place(county, *next, town, number, true);
        if (number == 1) {
            county->station = *next;
            snprintf(place->name, sizeof place->name, "站前社区");
        } else {
            snprintf(place->name, sizeof place->name, "示范%02u社区", number - 1);
        }
        (*next)++;
    }
    county->neighbour = county->station + 1;
}

static void make_villages(struct county *county, uint32_t town, uint32_t *next, uint32_t *named)
{
    for (uint32_t number = 0; number < town_list[town].villages; number++) {
        struct unit *place = &county->units[*next];
        make_place(county, *next, town, 200 + number, false);
        if (town == TOWN_LUJIACUN && number == 0) {
            county->guojiaping = *next;
            snprintf(place->name, sizeof place->name, "郭家坪村");
        } else {
            snprintf(place->name, sizeof place->name, "示范%02u村", ++*named);
        }
        (*next)++;
    }
}

static void make_places(struct county *county)
{
    uint32_t next = 0;
    uint32_t named = 0;

    for (uint32_t i = 0; i < TOWN_COUNT; i++) {
        struct town *town = &county->towns[i];
        town->name = town_list[i].name;
        town->first_place = next;
        snprintf(town->code, sizeof town->code, "140322%03u000", town_list[i].number);
        if (i == TOWN_XIUSHUI)
            make_communities(county, i, &next);
        make_villages(county, i, &next, &named);
        town->place_count = next - town->first_place;
    }
    assert(next == PLACE_COUNT);
}

static uint32_t drawn_place(const struct county *county, struct random *random)
{
    uint32_t ticket = random_below(random, COMMUNITY_COUNT * COMMUNITY_WEIGHT + VILLAGE_COUNT * VILLAGE_WEIGHT);

    for (uint32_t i = 0; i < PLACE_COUNT; i++) {
        const uint32_t weight = county->units[i].community ? COMMUNITY_WEIGHT : VILLAGE_WEIGHT;
        if (ticket < weight)
            return i;
        ticket -= weight;
    }
    assert(false);
    return 0;
}

static void make_enterprises(struct county *county, struct random *random)
{
    for (uint32_t number = 1; number <= ENTERPRISE_COUNT; number++) {
        struct unit *unit = &county->units[PLACE_COUNT + number - 1];
        unit->place = drawn_place(county, random);
        unit->town = county->units[unit->place].town;
        unit->institution = number > FIRST_INSTITUTION;
        credit_code_for(number, unit->code);
        snprintf(unit->name, sizeof unit->name, "示范%04u%s", number, unit->institution ? "单位" : "企业");
    }
}

void county_make(struct county *county, uint64_t seed)
{
    struct random random = {.state = seed};

    memset(county, 0, sizeof *county);
    make_places(county);
    make_enterprises(county, &random);
}

uint32_t county_enterprise_in(const struct county *county, uint32_t town, uint32_t start)
{
    for (uint32_t i = 0; i < ENTERPRISE_COUNT; i++) {
        const uint32_t unit = PLACE_COUNT + (start + i) % ENTERPRISE_COUNT;
        if (county->units[unit].town == town)
            return unit;
    }
    assert(false); /* every town has hundreds */
    return 0;
}

bool county_keeps_name(const struct county *county, uint32_t unit)
{
    return unit == county->guojiaping || unit == county->station;
}

static const char *kind_of(const struct unit *unit, bool place)
{
    if (place)
        return unit->community ? "COMMUNITY" : "VILLAGE";
    return unit->institution ? "INSTITUTION" : "ENTERPRISE";
}

static void write_areas_above(const struct county *county, FILE *file)
{
    static const char no_attributes[] = ",,,,,,,,";

    fprintf(file, "140000000000,PROVINCE,山西省,,2000-01-01%s\n", no_attributes);
    fprintf(file, "140300000000,CITY,阳泉市,140000000000,2000-01-01%s\n", no_attributes);
    fprintf(file, "%s,COUNTY,盂县,140300000000,2000-01-01%s\n", county_code, no_attributes);
    for (uint32_t i = 0; i < TOWN_COUNT; i++)
        fprintf(file, "%s,TOWN,%s,%s,2000-01-01%s\n", county->towns[i].code, county->towns[i].name, county_code,
                no_attributes);
}

/* The article's own counts: 11 grids with two patrollers each, 184 block heads; five team parts in each community. */
static void write_place(const struct county *county, uint32_t index, FILE *file)
{
    const struct unit *place = &county->units[index];

    fprintf(file, "%s,%s,%s,%s,2000-01-01,%s,%s\n", place->code, kind_of(place, true), place->name,
            county->towns[place->town].code, index == county->station ? "11,184,22" : ",,",
            place->community ? "是,是,是,是,是" : ",,,,");
}

bool county_write(const struct county *county, const char *path, struct fault *fault)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return fault_set(fault, FAULT_SYSTEM, "%s: %s", path, strerror(errno));

    fputs("单位编码,类别,名称,上级编码,启用日期,网格数,单元长数,巡逻员数,党员干部队伍,网格长,网格员,物业,楼长\n", file);
    write_areas_above(county, file);
    for (uint32_t i = 0; i < PLACE_COUNT; i++)
        write_place(county, i, file);
    for (uint32_t i = PLACE_COUNT; i < UNIT_COUNT; i++) {
        const struct unit *unit = &county->units[i];
        fprintf(file, "%s,%s,%s,%s,2015-01-01,,,,,,,,\n", unit->code, kind_of(unit, false), unit->name,
                county->units[unit->place].code);
    }
    const bool written = !ferror(file);
    if (fclose(file) != 0 || !written)
        return fault_set(fault, FAULT_SYSTEM, "%s: cannot be written: %s", path, strerror(errno));
    return true;
}
