/* Cases. At 路家村 (DOMAIN.md §1.3): 84 filed and 52 resolved from 2019-01-01 to 08-19, more later in that year, and 54
 * filed and 45 resolved on the same days of 2020. In the community beside 站前社区: the thefts of early 2019. And one
 * case of 2019 that was filed twice by mistake: retracted by the police, approved by the leadership office (由破转零).
 */
#include "written.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES_MAX = 256, BUSY_VILLAGES = 6, THEFT_COUNT = 4 };

struct filed_case {
    uint32_t unit;
    int32_t filed;
    int32_t resolved; /* 0: not in the time that is played */
    uint32_t kind;
    const char *station; /* the letters of its number */
    const char *id;      /* NULL: numbered in the order of filing */
};

static const char town_station[] = "LJC";
static const char wrong_case[] = "XS-2019-0001";

struct case_list {
    struct filed_case cases[CASES_MAX];
    uint32_t count;
};

static const struct {
    const char *category;
    bool criminal;
    const char *result;
} kinds[] = {
    {"盗窃", true, "破案"},  {"殴打他人", false, "查处"}, {"盗窃", false, "查处"},     {"故意损毁", false, "查处"},
    {"赌博", false, "查处"}, {"诈骗", true, "破案"},      {"扰乱秩序", false, "查处"}, {"纠纷引发", false, "治安调解"},
};
enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

/* A run of cases spread evenly over a stretch of days. */
struct stretch {
    int32_t first_day;
    int32_t last_day;
    uint32_t filed;
    uint32_t resolved;
    int32_t later_until; /* some of the others are resolved after last_day, up to here; 0: none */
    uint32_t resolved_later;
};

/* Cases happen in a few villages and the enterprises there: most of the town keeps its zero. */
static uint32_t drawn_unit(struct demo *demo)
{
    const struct town *town = &demo->county.towns[TOWN_LUJIACUN];
    const uint32_t place = town->first_place + town->place_count - 1 - random_below(&demo->random, BUSY_VILLAGES);

    if (random_below(&demo->random, 3) > 0)
        return place;
    const uint32_t unit =
        county_enterprise_in(&demo->county, TOWN_LUJIACUN, random_below(&demo->random, ENTERPRISE_COUNT));
    return demo->county.units[unit].place > town->first_place + town->place_count - 1 - BUSY_VILLAGES ? unit : place;
}

static int32_t earlier(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static void add_stretch(struct demo *demo, struct case_list *list, const struct stretch *stretch)
{
    const int32_t days = stretch->last_day - stretch->first_day;
    const uint32_t open = stretch->filed - stretch->resolved;
    uint32_t later = stretch->resolved_later;

    for (uint32_t i = 0; i < stretch->filed; i++) {
        assert(list->count < CASES_MAX);
        struct filed_case *filed = &list->cases[list->count++];
        filed->unit = drawn_unit(demo);
        filed->filed = stretch->first_day + (int32_t)(i * (uint32_t)days / stretch->filed);
        filed->kind = random_below(&demo->random, KIND_COUNT);
        filed->station = town_station;
        /* the open ones are spread evenly among the others */
        if (i * open / stretch->filed == (i + 1) * open / stretch->filed) {
            filed->resolved = earlier(filed->filed + random_between(&demo->random, 2, 25), stretch->last_day);
        } else if (later > 0) {
            later--;
            filed->resolved = random_between(&demo->random, stretch->last_day + 1, stretch->later_until);
        }
    }
}

static void add_thefts(struct demo *demo, struct case_list *list)
{
    static const struct date days[THEFT_COUNT] = {{2019, 1, 9}, {2019, 1, 27}, {2019, 2, 18}, {2019, 3, 11}};

    for (uint32_t i = 0; i < THEFT_COUNT; i++) {
        const int32_t filed = day_of(days[i].year, days[i].month, days[i].day);
        list->cases[list->count++] = (struct filed_case){
            .unit = demo->county.neighbour, .filed = filed, .resolved = filed + 16, .kind = 0, .station = "CG"};
    }
}

/* What is no case: the day cannot be attested until that is settled. */
static void add_wrong_case(const struct demo *demo, struct case_list *list)
{
    list->cases[list->count++] = (struct filed_case){
        .unit = demo->county.station + 4, .filed = day_of(2019, 5, 20), .kind = 1, .station = "XS", .id = wrong_case};
}

static int by_filing(const void *left, const void *right)
{
    const struct filed_case *a = left;
    const struct filed_case *b = right;
    if (a->filed != b->filed)
        return a->filed < b->filed ? -1 : 1;
    return a->unit < b->unit ? -1 : a->unit > b->unit;
}

static void write_case(const struct demo *demo, struct sheet *sheet, const struct filed_case *filed, uint32_t number,
                       int32_t today)
{
    const bool resolved = filed->resolved != 0 && filed->resolved <= today;
    char id[32];

    snprintf(id, sizeof id, "%s-%d-%04u", filed->station, date_of(filed->filed).year, number);
    sheet_text(sheet, filed->id ? filed->id : id);
    sheet_text(sheet, demo->county.units[filed->unit].code);
    sheet_text(sheet, demo->county.units[filed->unit].name);
    sheet_day(sheet, filed->filed);
    sheet_text(sheet, kinds[filed->kind].criminal ? "刑事" : "治安");
    sheet_text(sheet, kinds[filed->kind].category);
    sheet_text(sheet, "一般");
    sheet_text(sheet, campaign_on(filed->filed, strcmp(kinds[filed->kind].category, "赌博") == 0 ? "C06" : "C04"));
    resolved ? sheet_day(sheet, filed->resolved) : sheet_text(sheet, "");
    sheet_text(sheet, resolved ? kinds[filed->kind].result : "办理中");
    sheet_row_end(sheet);
}

/* The month's register of the station or of the county's police: cases filed in it, and older ones resolved in it. */
static bool write_register(const struct demo *demo, const struct case_list *list, enum office office, uint32_t index,
                           struct fault *fault)
{
    const struct month month = month_at(index);
    struct sheet *sheet =
        office_sheet(demo, office, STOP_EVENTS, index, "案件台账",
                     "案件编号,单位编码,发案单位,受案日期,案件性质,案件类别,影响,专项行动,查结日期,办理结果", fault);
    if (!sheet)
        return false;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct filed_case *filed = &list->cases[i];
        const bool filed_now = month_index(filed->filed) == index;
        const bool resolved_now = filed->resolved != 0 && month_index(filed->resolved) == index;
        const bool of_station = strcmp(filed->station, town_station) == 0;
        if ((filed_now || resolved_now) && of_station == (office == OFFICE_STATION))
            write_case(demo, sheet, filed, i + 1, month.last_day);
    }
    return sheet_close(&sheet, fault);
}

/* Retracted a month later; once the second office approved it, the day is attested too. */
static bool write_retraction(struct demo *demo, struct fault *fault)
{
    enum { JUNE_2019 = 5 };
    static const struct written_sheet sheets[] = {
        {OFFICE_PUBLIC_SECURITY,
         STOP_EVENTS,
         JUNE_2019,
         "更正撤销登记",
         "登记编号,登记日期,处理方式,中枢位置,原因",
         {"GZ-2019-001,2019-06-20,撤销,<opened:wrong-case>,重复上报"}},
        {OFFICE_PUBLIC_SECURITY,
         STOP_ATTESTED,
         JUNE_2019 + 1,
         "零报告（更正）",
         "报告编号,单位编码,报告事项,范围,起始日期,截止日期,依据,填报日期",
         {"LBG-GA-GZ-0001,=wrong-unit,零案件,本单位,2019-05-20,2019-05-20,查台账,2019-08-02"}},
    };

    demo_note_story(demo, "wrong-case", wrong_case);
    demo_note_story(demo, "wrong-unit", demo->county.units[demo->county.station + 4].code);
    return written_sheets_write(demo, sheets, sizeof sheets / sizeof *sheets, fault);
}

bool cases_write(struct demo *demo, struct fault *fault)
{
    const struct stretch stretches[] = {
        {.first_day = day_of(2019, 1, 2),
         .last_day = day_of(2019, 8, 19),
         .filed = 84,
         .resolved = 52,
         .later_until = day_of(2019, 12, 28),
         .resolved_later = 21},
        {.first_day = day_of(2019, 8, 21), .last_day = day_of(2019, 12, 30), .filed = 37, .resolved = 24},
        {.first_day = day_of(2020, 1, 3), .last_day = day_of(2020, 8, 19), .filed = 54, .resolved = 45},
    };
    struct case_list *list = calloc(1, sizeof *list);
    if (!list)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");

    for (size_t i = 0; i < sizeof stretches / sizeof *stretches; i++)
        add_stretch(demo, list, &stretches[i]);
    add_thefts(demo, list);
    add_wrong_case(demo, list);
    qsort(list->cases, list->count, sizeof *list->cases, by_filing);
    for (uint32_t i = 0; i < list->count; i++)
        demo_note_breaking(demo, list->cases[i].unit, ZERO_CASE, list->cases[i].filed);

    bool written = true;
    for (uint32_t i = 0; written && i < MONTH_COUNT; i++)
        written = write_register(demo, list, OFFICE_STATION, i, fault) &&
                  write_register(demo, list, OFFICE_PUBLIC_SECURITY, i, fault);
    free(list);
    return written && write_retraction(demo, fault);
}
