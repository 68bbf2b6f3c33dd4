/* Work safety in 2020: inspections and the hazards they found. 3,186 hazards, 3,165 of them put right on the spot, 21
 * with a term, of which 3 are major and 2 were struck off by the last day (DOMAIN.md §1.3). */
#include "office.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HAZARD_COUNT = 3186,
    VISITS_MAX = 4000,
    FIRST_MONTH = 12,  /* 2020-01 */
    QUIET_VISITS = 30, /* a month, that find nothing */
    MISREAD_MONTH = 6, /* of 2020, and which hazard of it */
    MISREAD = 39,
};

static const uint32_t found_in_month[] = {310, 180, 330, 420, 520, 640, 480, 306}; /* June is the safety month */

struct visit {
    uint32_t unit;
    uint32_t found;
    int32_t day;
};

struct hazard {
    uint32_t unit;
    int32_t found;
    uint32_t category;
    bool ordered; /* with a term; else put right on the spot */
    bool major;
    bool explosives;
    bool misread; /* written down under another category at first, corrected a month later */
    int32_t due;
    int32_t repaired; /* 0: not yet */
    int32_t verified; /* 0: not yet */
};

struct register_of_hazards {
    struct visit visits[VISITS_MAX];
    uint32_t visit_count;
    struct hazard hazards[HAZARD_COUNT];
    uint32_t hazard_count;
};

/* Hazards that could not be put right at once: the month, which one of the month, and what became of it. */
static const struct ordered {
    uint32_t month; /* of 2020 */
    uint32_t nth;
    bool major;
    bool explosives;
    struct date due;
    struct date repaired;
    struct date verified;
} ordered[] = {
    {3, 50, false, false, {2020, 4, 30}, {2020, 4, 10}, {2020, 4, 14}},
    {5, 100, false, false, {2020, 6, 30}, {2020, 6, 18}, {2020, 6, 22}},
    {4, 200, true, false, {2020, 10, 31}, {0}, {0}},
    {6, 321, true, true, {2020, 9, 30}, {0}, {0}},
    {7, 77, true, false, {2020, 11, 30}, {0}, {0}},
    {6, 11, false, false, {2020, 8, 31}, {0}, {0}},
    {6, 130, false, false, {2020, 8, 31}, {0}, {0}},
    {6, 255, false, false, {2020, 8, 31}, {0}, {0}},
    {6, 402, false, false, {2020, 8, 25}, {0}, {0}},
    {6, 600, false, false, {2020, 8, 28}, {0}, {0}},
    {7, 5, false, false, {2020, 9, 15}, {0}, {0}},
    {7, 60, false, false, {2020, 9, 15}, {0}, {0}},
    {7, 151, false, false, {2020, 9, 10}, {0}, {0}},
    {7, 233, false, false, {2020, 9, 15}, {0}, {0}},
    {7, 300, false, false, {2020, 8, 31}, {0}, {0}},
    {7, 377, false, false, {2020, 9, 20}, {0}, {0}},
    {7, 470, false, false, {2020, 9, 30}, {0}, {0}},
    {8, 20, false, false, {2020, 9, 30}, {0}, {0}},
    {8, 99, false, false, {2020, 9, 30}, {0}, {0}},
    {8, 180, false, false, {2020, 9, 18}, {0}, {0}},
    {8, 290, false, false, {2020, 10, 15}, {0}, {0}},
};

static const char *const categories[] = {"消防",     "用电", "机械设备",   "高处作业", "有限空间",
                                         "道路运输", "矿山", "危险化学品", "建筑施工", "安全管理"};
enum { CATEGORY_COUNT = sizeof categories / sizeof *categories };

static int by_day(const void *left, const void *right)
{
    const struct visit *a = left;
    const struct visit *b = right;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    return a->unit < b->unit ? -1 : a->unit > b->unit;
}

/* Mostly enterprises; never the two units that keep their names. */
static uint32_t visited_unit(struct demo *demo)
{
    for (;;) {
        const uint32_t unit = random_below(&demo->random, 10) == 0
                                  ? random_below(&demo->random, PLACE_COUNT)
                                  : PLACE_COUNT + random_below(&demo->random, ENTERPRISE_COUNT);
        if (!county_keeps_name(&demo->county, unit))
            return unit;
    }
}

static void visit_month(struct demo *demo, struct register_of_hazards *list, uint32_t index, uint32_t to_find)
{
    const struct month month = month_at(index);
    struct visit *first = &list->visits[list->visit_count];

    for (uint32_t quiet = 0; to_find > 0 || quiet < QUIET_VISITS;) {
        assert(list->visit_count < VISITS_MAX);
        uint32_t found = 0;
        if (to_find == 0)
            quiet++;
        else
            found = 1 + random_below(&demo->random, 6);
        if (found > to_find)
            found = to_find;
        to_find -= found;
        list->visits[list->visit_count++] =
            (struct visit){.unit = visited_unit(demo),
                           .found = found,
                           .day = random_between(&demo->random, month.first_day, month.last_day)};
    }
    qsort(first, (size_t)(&list->visits[list->visit_count] - first), sizeof *first, by_day);
}

static int32_t day_or_none(struct date date)
{
    return date.year == 0 ? 0 : day_of(date.year, date.month, date.day);
}

static void order_rectification(struct hazard *hazard, const struct ordered *how)
{
    hazard->ordered = true;
    hazard->major = how->major;
    hazard->explosives = how->explosives;
    hazard->due = day_or_none(how->due);
    hazard->repaired = day_or_none(how->repaired);
    hazard->verified = day_or_none(how->verified);
}

static void list_hazards(struct demo *demo, struct register_of_hazards *list, uint32_t first_visit, uint32_t month)
{
    const uint32_t first_hazard = list->hazard_count;

    for (uint32_t i = first_visit; i < list->visit_count; i++) {
        for (uint32_t n = 0; n < list->visits[i].found; n++) {
            assert(list->hazard_count < HAZARD_COUNT);
            list->hazards[list->hazard_count++] =
                (struct hazard){.unit = list->visits[i].unit,
                                .found = list->visits[i].day,
                                .category = random_below(&demo->random, CATEGORY_COUNT)};
        }
    }
    if (month == MISREAD_MONTH)
        list->hazards[first_hazard + MISREAD].misread = true;
    for (size_t i = 0; i < sizeof ordered / sizeof *ordered; i++)
        if (ordered[i].month == month)
            order_rectification(&list->hazards[first_hazard + ordered[i].nth - 1], &ordered[i]);
}

static void hazard_id(uint32_t number, char id[static STORY_CODE_SIZE])
{
    snprintf(id, STORY_CODE_SIZE, "YX-2020-%05u", number);
}

static void write_hazard(const struct demo *demo, struct sheet *sheet, const struct hazard *hazard, uint32_t number,
                         int32_t today)
{
    const bool verified = hazard->verified != 0 && hazard->verified <= today;
    char id[STORY_CODE_SIZE];

    hazard_id(number, id);
    sheet_text(sheet, id);
    sheet_text(sheet, demo->county.units[hazard->unit].code);
    sheet_text(sheet, demo->county.units[hazard->unit].name);
    sheet_day(sheet, hazard->found);
    const bool wrong = hazard->misread && month_index(hazard->found) == month_index(today);
    const char *category = categories[(hazard->category + (wrong ? 1 : 0)) % CATEGORY_COUNT];
    sheet_text(sheet, hazard->explosives ? "民爆物品" : category);
    sheet_text(sheet, hazard->major ? "重大" : "一般");
    sheet_text(sheet, !hazard->ordered ? "现场整改" : hazard->major ? "挂牌督办" : "限期整改");
    if (!hazard->ordered) { /* put right, looked at again and struck off in the same visit */
        sheet_text(sheet, "/");
        sheet_day(sheet, hazard->found);
        sheet_day(sheet, hazard->found);
    } else {
        sheet_day(sheet, hazard->due);
        verified ? sheet_day(sheet, hazard->repaired) : sheet_text(sheet, "/");
        verified ? sheet_day(sheet, hazard->verified) : sheet_text(sheet, "/");
    }
    sheet_text(sheet, hazard->explosives ? "私储" : "/");
    sheet_text(sheet, !hazard->ordered || verified ? "已销号" : "待整改");
    /* June is the safety month */
    sheet_text(sheet, campaign_on(hazard->found, date_of(hazard->found).month == 6 ? "C03" : "C01"));
    sheet_row_end(sheet);
}

/* The month's register: what was found in it, and older entries whose state moved on or that were wrong. */
static bool write_register(const struct demo *demo, const struct register_of_hazards *list, uint32_t index,
                           struct fault *fault)
{
    const struct month month = month_at(index);
    struct sheet *sheet =
        office_sheet(demo, OFFICE_SAFETY, STOP_EVENTS, index, "隐患台账",
                     "隐患编号,单位编码,单位名称,发现日期,隐患类别,*等级,整改方式,整改期限,整改完成日期,复查日期,"
                     "民爆情形,状态,专项行动",
                     fault);
    if (!sheet)
        return false;
    for (uint32_t i = 0; i < list->hazard_count; i++) {
        const struct hazard *hazard = &list->hazards[i];
        const bool found_now = month_index(hazard->found) == index;
        const bool verified_now = hazard->verified != 0 && month_index(hazard->verified) == index;
        const bool corrected_now = hazard->misread && month_index(hazard->found) + 1 == index;
        if (found_now || verified_now || corrected_now)
            write_hazard(demo, sheet, hazard, i + 1, month.last_day);
    }
    return sheet_close(&sheet, fault);
}

static bool write_inspections(struct demo *demo, const struct register_of_hazards *list, uint32_t first, uint32_t index,
                              struct fault *fault)
{
    struct sheet *sheet =
        office_sheet(demo, OFFICE_SAFETY, STOP_EVENTS, index, "检查记录",
                     "检查编号,单位编码,单位名称,检查日期,检查表,检查项数（项）,发现隐患（项）", fault);
    if (!sheet)
        return false;
    for (uint32_t i = first; i < list->visit_count; i++) {
        const struct visit *visit = &list->visits[i];
        char id[32];
        snprintf(id, sizeof id, "JC-2020-%05u", i + 1);
        sheet_text(sheet, id);
        sheet_text(sheet, demo->county.units[visit->unit].code);
        sheet_text(sheet, demo->county.units[visit->unit].name);
        sheet_day(sheet, visit->day);
        sheet_text(sheet, "综合检查");
        sheet_number(sheet, 20 + random_below(&demo->random, 40));
        sheet_number(sheet, visit->found);
        sheet_row_end(sheet);
    }
    return sheet_close(&sheet, fault);
}

struct explosives_check {
    uint32_t unit;
    int32_t day;
    bool illegal_store;
};

static void write_explosives_check(const struct demo *demo, struct sheet *sheet, uint32_t number,
                                   struct explosives_check check)
{
    const struct date date = date_of(check.day);
    char id[48];

    snprintf(id, sizeof id, "MB-%04d%02d-%u", date.year, date.month, number);
    sheet_text(sheet, id);
    sheet_text(sheet, demo->county.units[check.unit].code);
    sheet_day(sheet, check.day);
    sheet_text(sheet, "是");
    sheet_text(sheet, check.illegal_store ? "否" : "是");
    sheet_text(sheet, check.illegal_store ? "私储" : "无");
    sheet_row_end(sheet);
}

/* Routine checks at a few mines; and where the hub had routed an explosives hazard to public security (with the
 * register at the end of its month), a look into it at once. */
static bool write_explosives_checks(const struct demo *demo, const struct register_of_hazards *list, uint32_t index,
                                    struct fault *fault)
{
    enum { MINES = 4, MINES_APART = 300 };
    const struct month month = month_at(index);
    struct sheet *sheet = office_sheet(demo, OFFICE_PUBLIC_SECURITY, STOP_EVENTS, index, "民爆检查",
                                       "检查编号,单位编码,检查日期,账物相符,储存合规,违法情形", fault);
    if (!sheet)
        return false;
    uint32_t number = 0;
    for (uint32_t i = 0; i < MINES; i++)
        write_explosives_check(demo, sheet, ++number,
                               (struct explosives_check){.unit = PLACE_COUNT + MINES_APART * (i + 1),
                                                         .day = month.first_day + 4 + 3 * (int32_t)i});
    for (uint32_t i = 0; i < list->hazard_count; i++) {
        const struct hazard *hazard = &list->hazards[i];
        if (hazard->explosives && month_index(hazard->found) + 1 == index)
            write_explosives_check(
                demo, sheet, ++number,
                (struct explosives_check){.unit = hazard->unit, .day = month.first_day, .illegal_store = true});
    }
    return sheet_close(&sheet, fault);
}

static bool write_months(struct demo *demo, struct register_of_hazards *list, struct fault *fault)
{
    for (uint32_t i = 0; i < sizeof found_in_month / sizeof *found_in_month; i++) {
        const uint32_t first_visit = list->visit_count;
        visit_month(demo, list, FIRST_MONTH + i, found_in_month[i]);
        list_hazards(demo, list, first_visit, i + 1);
        if (!write_inspections(demo, list, first_visit, FIRST_MONTH + i, fault) ||
            !write_register(demo, list, FIRST_MONTH + i, fault))
            return false;
    }
    assert(list->hazard_count == HAZARD_COUNT);
    for (uint32_t i = FIRST_MONTH; i < MONTH_COUNT; i++)
        if (!write_explosives_checks(demo, list, i, fault))
            return false;
    return true;
}

/* For what other offices do about the explosives, and for the checks. */
static void note_stories(struct demo *demo, const struct register_of_hazards *list)
{
    for (uint32_t i = 0; i < list->hazard_count; i++) {
        char id[STORY_CODE_SIZE];
        hazard_id(i + 1, id);
        if (!list->hazards[i].explosives)
            continue;
        demo_note_story(demo, "explosives", id);
        demo_note_story(demo, "explosives-unit", demo->county.units[list->hazards[i].unit].code);
    }
}

bool hazards_write(struct demo *demo, struct fault *fault)
{
    struct register_of_hazards *list = calloc(1, sizeof *list);
    if (!list)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    const bool written = write_months(demo, list, fault);
    note_stories(demo, list);
    free(list);
    return written;
}
