#include "county.h"

#include <stdio.h>

enum {
    TOWNS = 20,
    TOWN_FIRST = 101,         /* the number range of towns begins at 100 */
    VILLAGE_FIRST = 200,      /* of villages at 200 … */
    VILLAGES_PER_RANGE = 200, /* … and again at 500; between them stand communities */
    VILLAGE_SECOND = 500,
    VILLAGES_SECOND = 100, /* as many as the second range has */
    VILLAGES_MAX = TOWNS * (VILLAGES_PER_RANGE + VILLAGES_SECOND),
    HIGHER_UNITS = 1 + TOWNS,
};

static const char county_division[] = "140322";

uint32_t county_villages(const struct county *county)
{
    uint32_t tenth = county->units / 10;
    return tenth < VILLAGES_MAX ? tenth : VILLAGES_MAX;
}

static void town_code(uint32_t town, char code[static CREDIT_CODE_SIZE])
{
    snprintf(code, CREDIT_CODE_SIZE, "%s%03u000", county_division, (TOWN_FIRST + town) % 1000);
}

static void village_code(uint32_t village, char code[static CREDIT_CODE_SIZE])
{
    uint32_t place = village / TOWNS;
    uint32_t number = place < VILLAGES_PER_RANGE ? VILLAGE_FIRST + place : VILLAGE_SECOND + place - VILLAGES_PER_RANGE;
    snprintf(code, CREDIT_CODE_SIZE, "%s%03u%03u", county_division, (TOWN_FIRST + village % TOWNS) % 1000,
             number % 1000);
}

uint32_t county_counted(const struct county *county)
{
    return county->units - HIGHER_UNITS;
}

void county_code(const struct county *county, uint32_t index, char code[static CREDIT_CODE_SIZE])
{
    if (index < county_villages(county))
        village_code(index, code);
    else
        credit_code_for(index - county_villages(county) + 1, code);
}

uint32_t county_place(uint32_t index)
{
    return HIGHER_UNITS + index;
}

static void counted_unit(const struct county *county, uint32_t index, struct county_unit *unit)
{
    bool village = index < county_villages(county);
    unit->level = village ? COUNTY_LEVEL_VILLAGE : COUNTY_LEVEL_ENTERPRISE;
    county_code(county, index, unit->code);
    if (village)
        town_code(index % TOWNS, unit->parent);
    else
        village_code(index % county_villages(county), unit->parent);
}

void county_unit(const struct county *county, uint32_t place, struct county_unit *unit)
{
    if (place >= HIGHER_UNITS) {
        counted_unit(county, place - HIGHER_UNITS, unit);
        return;
    }
    *unit = (struct county_unit){.level = place == 0 ? COUNTY_LEVEL_COUNTY : COUNTY_LEVEL_TOWN};
    char *county_itself = place == 0 ? unit->code : unit->parent;
    snprintf(county_itself, CREDIT_CODE_SIZE, "%s000000", county_division);
    if (place > 0)
        town_code(place - 1, unit->code);
}

static void write_unit(const struct county *county, uint32_t place, FILE *file)
{
    static const char *const kinds[] = {"COUNTY", "TOWN", "VILLAGE", "ENTERPRISE"};
    static const char *const names[] = {"县", "镇", "村", "企业"};
    struct county_unit unit;
    county_unit(county, place, &unit);
    fprintf(file, "%s,%s,%s%u,%s,2019-01-01\n", unit.code, kinds[unit.level], names[unit.level], place, unit.parent);
}

bool county_write(const struct county *county, const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    fputs("code,kind,name,parent,valid_from\n", file);
    for (uint32_t place = 0; place < county->units; place++)
        write_unit(county, place, file);
    bool written = !ferror(file);
    return fclose(file) == 0 && written;
}
