#include "county.h"

#include <stdio.h>

enum {
    TOWNS = 20,
    TOWN_FIRST = 101,         /* the number range of towns begins at 100 */
    VILLAGE_FIRST = 200,      /* of villages at 200 … */
    VILLAGES_PER_RANGE = 200, /* … and again at 500; between them stand communities */
    VILLAGE_SECOND = 500,
    HIGHER_UNITS = 1 + TOWNS,
};

static const char county_division[] = "140322";

static uint32_t villages(const struct county *county)
{
    return county->units / 10;
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
    if (index < villages(county))
        village_code(index, code);
    else
        credit_code_for(index - villages(county) + 1, code);
}

static void write_counted(const struct county *county, uint32_t index, FILE *file)
{
    char code[CREDIT_CODE_SIZE];
    char parent[CREDIT_CODE_SIZE];
    bool village = index < villages(county);
    county_code(county, index, code);
    if (village)
        town_code(index % TOWNS, parent);
    else
        village_code(index % villages(county), parent);
    fprintf(file, "%s,%s,%s%u,%s,2019-01-01\n", code, village ? "VILLAGE" : "ENTERPRISE", village ? "村" : "企业",
            index + 1, parent);
}

bool county_write(const struct county *county, const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    fprintf(file, "code,kind,name,parent,valid_from\n%s000000,COUNTY,县,,2019-01-01\n", county_division);
    for (uint32_t town = 0; town < TOWNS; town++) {
        char code[CREDIT_CODE_SIZE];
        town_code(town, code);
        fprintf(file, "%s,TOWN,镇%u,%s000000,2019-01-01\n", code, town + 1, county_division);
    }
    for (uint32_t i = 0; i < county_counted(county); i++)
        write_counted(county, i, file);
    bool written = !ferror(file);
    return fclose(file) == 0 && written;
}
