/* What governance at the base counts: publicity, patrols, volunteers and self-checks; and the cameras of the police
 * station. */
#include "office.h"

#include <stdio.h>

enum { FIRST_MONTH = 12 /* 2020-01 */ };

/* The article's lower bounds (1000余 …) with invented figures above them; the vehicles exactly. */
enum { PEOPLE = 1026, VEHICLES = 25, LEAFLETS = 50312, BANNERS = 304, MEDIA = 83 };
enum { KIND_COUNT = 5, ROUND_COUNT = 4, SHARE_COUNT = ROUND_COUNT * TOWN_COUNT };

/* Divides the total into shares that differ by chance. */
static void share_out(struct random *random, uint32_t total, uint32_t shares[static SHARE_COUNT])
{
    uint32_t left = total;

    for (uint32_t i = 0; i < SHARE_COUNT; i++) {
        const uint32_t even = left / (SHARE_COUNT - i);
        const uint32_t spread = even / 3;
        shares[i] = i + 1 == SHARE_COUNT ? left : even - spread + random_below(random, 2 * spread + 1);
        left -= shares[i];
    }
}

static void write_share(struct sheet *sheet, uint32_t count)
{
    count > 0 ? sheet_number(sheet, count) : sheet_text(sheet, "/");
}

static bool write_publicity(struct demo *demo, struct fault *fault)
{
    static const uint32_t totals[KIND_COUNT] = {PEOPLE, VEHICLES, LEAFLETS, BANNERS, MEDIA};
    static const struct date rounds[ROUND_COUNT] = {{2020, 3, 20}, {2020, 4, 15}, {2020, 6, 16}, {2020, 8, 12}};
    uint32_t shares[KIND_COUNT][SHARE_COUNT];

    for (uint32_t kind = 0; kind < KIND_COUNT; kind++)
        share_out(&demo->random, totals[kind], shares[kind]);
    for (uint32_t round = 0; round < ROUND_COUNT; round++) {
        const int32_t day = day_of(rounds[round].year, rounds[round].month, rounds[round].day);
        struct sheet *sheet = office_sheet(
            demo, OFFICE_GOVERNANCE, STOP_EVENTS, month_index(day), "宣传台账",
            "单位编码,单位名称,日期,出动人员（人）,车辆（台）,宣传单（份）,标语条幅（条）,报刊电子屏（条）", fault);
        if (!sheet)
            return false;
        for (uint32_t town = 0; town < TOWN_COUNT; town++) {
            sheet_text(sheet, demo->county.towns[town].code);
            sheet_text(sheet, demo->county.towns[town].name);
            sheet_day(sheet, day);
            for (uint32_t kind = 0; kind < KIND_COUNT; kind++)
                write_share(sheet, shares[kind][round * TOWN_COUNT + town]);
            sheet_row_end(sheet);
        }
        if (!sheet_close(&sheet, fault))
            return false;
    }
    return true;
}

static void write_patrol(struct demo *demo, struct sheet *sheet, uint32_t unit, int32_t day)
{
    sheet_text(sheet, demo->county.units[unit].code);
    sheet_text(sheet, demo->county.units[unit].name);
    sheet_day(sheet, day);
    sheet_number(sheet, 2 + random_below(&demo->random, 3));
    sheet_number(sheet, random_below(&demo->random, 12) == 0 ? 1 : 0);
    sheet_row_end(sheet);
}

/* After the thefts of early 2019 the volunteers of 站前社区 go round every day, every third also next door. */
static bool write_patrols(struct demo *demo, uint32_t index, struct fault *fault)
{
    const int32_t begin = day_of(2019, 4, 8);
    const struct month month = month_at(index);
    struct sheet *sheet = office_sheet(demo, OFFICE_GOVERNANCE, STOP_EVENTS, index, "巡逻台账",
                                       "单位编码,单位名称,日期,巡逻次数,发现问题", fault);
    if (!sheet)
        return false;
    for (int32_t day = month.first_day; day <= month.last_day; day++) {
        if (day < begin)
            continue;
        write_patrol(demo, sheet, demo->county.station, day);
        if ((day - begin) % 3 == 0)
            write_patrol(demo, sheet, demo->county.neighbour, day);
    }
    return sheet_close(&sheet, fault);
}

static bool write_volunteers(struct demo *demo, uint32_t index, struct fault *fault)
{
    static const uint32_t about[] = {22, 3, 6, 5, 30}; /* persons of each role, a month */
    struct sheet *sheet = office_sheet(demo, OFFICE_GOVERNANCE, STOP_EVENTS, index, "平安志愿者",
                                       "单位编码,单位名称,日期,网格员,民警,小区保安,物业管理人员,平安志愿者", fault);
    if (!sheet)
        return false;
    for (uint32_t i = 0; i < COMMUNITY_COUNT; i++) {
        const struct unit *community = &demo->county.units[demo->county.station + i];
        sheet_text(sheet, community->code);
        sheet_text(sheet, community->name);
        sheet_day(sheet, month_at(index).first_day + 14);
        for (size_t role = 0; role < sizeof about / sizeof *about; role++)
            sheet_number(sheet, about[role] + random_below(&demo->random, 3));
        sheet_row_end(sheet);
    }
    return sheet_close(&sheet, fault);
}

/* 八有八清: sixteen answers in one cell. */
static bool write_self_check(struct demo *demo, uint32_t index, struct fault *fault)
{
    struct sheet *sheet = office_sheet(demo, OFFICE_GOVERNANCE, STOP_EVENTS, index, "八有八清自查",
                                       "单位编码,单位名称,自查日期,自查结果", fault);
    if (!sheet)
        return false;
    for (uint32_t i = 0; i < COMMUNITY_COUNT; i++) {
        const struct unit *community = &demo->county.units[demo->county.station + i];
        char answers[16 * 6 + 1] = "";
        size_t used = 0;
        for (uint32_t n = 0; n < 16; n++)
            used += (size_t)snprintf(answers + used, sizeof answers - used, "%s%s", n == 0 ? "" : "、",
                                     random_below(&demo->random, 20) == 0 ? "否" : "是");
        sheet_text(sheet, community->code);
        sheet_text(sheet, community->name);
        sheet_day(sheet, month_at(index).first_day + 18);
        sheet_text(sheet, answers);
        sheet_row_end(sheet);
    }
    return sheet_close(&sheet, fault);
}

/* 23 cameras of many owners, put on one network in the spring, each with its sign. */
static bool write_cameras(struct demo *demo, struct fault *fault)
{
    static const struct {
        const char *owner;
        uint32_t count;
        int month;
    } owners[] = {{"企事业单位", 6, 3}, {"学校", 3, 3},     {"金融单位", 3, 4},
                  {"特种行业", 3, 4},   {"重点单位", 4, 5}, {"重点路段", 4, 5}};
    struct sheet *sheet = NULL;
    uint32_t number = 0;

    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++) {
        const int32_t day = day_of(2020, owners[i].month, 25);
        if (!sheet)
            sheet = office_sheet(demo, OFFICE_STATION, STOP_EVENTS, month_index(day), "监控接入台账",
                                 "点位编号,单位编码,接入日期,归属,提示标识", fault);
        if (!sheet)
            return false;
        for (uint32_t n = 0; n < owners[i].count; n++) {
            const uint32_t unit = county_enterprise_in(&demo->county, TOWN_LUJIACUN, 170 * ++number);
            char site[16];
            snprintf(site, sizeof site, "LJC-JK-%03u", number);
            sheet_text(sheet, site);
            sheet_text(sheet, demo->county.units[unit].code);
            sheet_day(sheet, day);
            sheet_text(sheet, owners[i].owner);
            sheet_text(sheet, "有");
            sheet_row_end(sheet);
        }
        /* two owner categories a month */
        if (i % 2 == 1 && !sheet_close(&sheet, fault))
            return false;
    }
    return true;
}

bool street_write(struct demo *demo, struct fault *fault)
{
    if (!write_publicity(demo, fault) || !write_cameras(demo, fault))
        return false;
    for (uint32_t i = 0; i < MONTH_COUNT; i++)
        if (!write_patrols(demo, i, fault))
            return false;
    for (uint32_t i = FIRST_MONTH; i < MONTH_COUNT; i++)
        if (!write_volunteers(demo, i, fault) || ((i + 1) % 3 == 0 && !write_self_check(demo, i, fault)))
            return false;
    return true;
}
