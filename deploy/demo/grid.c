/* The governance centre in 2020: sweeps of all villages and communities (滚动摸排), and matters of the grids in seven
 * steps (七步闭环). One matter fails its check and goes round again, handled by the police then; the last one is still
 * open. */
#include "written.h"

#include <stdio.h>

enum {
    FIRST_MONTH = 12, /* 2020-01 */
    FIRST_GRID_MONTH = 15,
    JUNE = 17,
    JULY = 18,
    AUGUST = 19,
    MATTERS_A_MONTH = 4,
    MATTER_COUNT = MATTERS_A_MONTH * (MONTH_COUNT - FIRST_GRID_MONTH),
    /* as in the rows below */
    FAILED_MATTER = 11, /* of June */
    POLICE_MATTER = 16, /* of July */
    SWEEP_DAYS = 18,    /* of a month; the last one that is played has 19 */
};

/* Never a find at the village of the escalated petition: that the two do not fit is a story of its own. */
static bool sweep_finds_dispute(struct demo *demo, uint32_t place)
{
    const bool found = random_below(&demo->random, 24) == 0;

    return found && !county_keeps_name(&demo->county, place) && demo->county.units[place].town != TOWN_NANLOU;
}

static bool write_sweeps(struct demo *demo, uint32_t index, struct fault *fault)
{
    const struct month month = month_at(index);
    struct sheet *sheet =
        office_sheet(demo, OFFICE_GOVERNANCE, STOP_EVENTS, index, "滚动摸排",
                     "摸排编号,单位编码,单位名称,摸排日期,摸排清单,摸排项数,发现纠纷,发现隐患,专项行动", fault);
    if (!sheet)
        return false;
    for (uint32_t place = 0; place < PLACE_COUNT; place++) {
        char id[32];
        snprintf(id, sizeof id, "MP-%d%02d-%03u", month.year, month.number, place + 1);
        sheet_text(sheet, id);
        sheet_text(sheet, demo->county.units[place].code);
        sheet_text(sheet, demo->county.units[place].name);
        sheet_day(sheet, month.first_day + (int32_t)(place % SWEEP_DAYS));
        sheet_text(sheet, "综合检查");
        sheet_number(sheet, 8 + random_below(&demo->random, 12));
        sheet_number(sheet, sweep_finds_dispute(demo, place) ? 1 : 0);
        sheet_number(sheet, 0);
        sheet_text(sheet, campaign_on(month.last_day, "C01"));
        sheet_row_end(sheet);
    }
    return sheet_close(&sheet, fault);
}

static bool with_police(uint32_t number)
{
    return number == POLICE_MATTER || number == MATTER_COUNT;
}

static void write_steps(struct sheet *sheet, uint32_t number, int32_t reported)
{
    const bool for_police = with_police(number);
    const bool failed = number == FAILED_MATTER;

    sheet_day(sheet, reported);
    sheet_day(sheet, reported);
    sheet_text(sheet, for_police ? "公安" : "综治中心");
    sheet_day(sheet, reported + 1);
    sheet_day(sheet, reported + 28);
    if (for_police) {
        sheet_skip(sheet, 6);
        return;
    }
    sheet_text(sheet, number % 2 == 0 ? "网格员" : "物业管理人员");
    sheet_day(sheet, reported + 2);
    sheet_day(sheet, reported + 3);
    sheet_text(sheet, failed ? "不合格" : "合格");
    sheet_text(sheet, "综治中心核查员");
    sheet_day(sheet, reported + 4);
    failed ? sheet_text(sheet, "") : sheet_day(sheet, reported + 5);
}

static void write_matter(struct demo *demo, struct sheet *sheet, uint32_t number, int32_t reported)
{
    static const char *const categories[] = {"环境卫生", "公共设施", "治安", "民生服务"};
    static const char *const campaigns[] = {"C07", "C08", "C09", "C10"};
    /* 站前社区 keeps its name and has no such matter */
    const struct unit *community = &demo->county.units[demo->county.station + 1 + number % (COMMUNITY_COUNT - 1)];
    char matter[MATTER_CODE_SIZE];

    matter_code_for(2020, 'G', number, matter);
    sheet_text(sheet, matter);
    sheet_text(sheet, community->code);
    sheet_text(sheet, community->name);
    sheet_text(sheet, with_police(number) ? "治安" : categories[number % 4]);
    sheet_text(sheet, campaigns[number % 4]);
    write_steps(sheet, number, reported);
    sheet_row_end(sheet);
}

static bool write_matters(struct demo *demo, uint32_t index, struct fault *fault)
{
    const struct month month = month_at(index);
    struct sheet *sheet =
        office_sheet(demo, OFFICE_GOVERNANCE, STOP_EVENTS, index, "网格事项台账",
                     "事项编号,单位编码,单位名称,事项类别,专项行动,上报日期,受理日期,承办部门,分流日期,"
                     "办理期限,处置岗位,处置日期,反馈日期,核查结果,核查岗位,核查日期,结案日期",
                     fault);
    if (!sheet)
        return false;
    for (uint32_t i = 0; i < MATTERS_A_MONTH; i++)
        write_matter(demo, sheet, (index - FIRST_GRID_MONTH) * MATTERS_A_MONTH + i + 1,
                     month.first_day + 2 + 3 * (int32_t)i);
    return sheet_close(&sheet, fault);
}

/* What happens after the failed check of 13 June, and to the matter that is with the police. */
static bool write_later_steps(const struct demo *demo, struct fault *fault)
{
    static const char header[] = "流转编号,事项编号,单位编码,环节,办理日期,承办部门,办理期限,岗位";
    static const struct written_sheet sheets[] = {
        {OFFICE_GOVERNANCE,
         STOP_ATTESTED,
         JUNE,
         "网格事项流转",
         header,
         {"LZ-2020-001,=G11,=C2,处置办理,2020-06-16,,,网格长", "LZ-2020-002,=G11,=C2,结果反馈,2020-06-17,,,",
          "LZ-2020-003,=G11,=C2,核查合格,2020-06-19,,,综治中心核查员", "LZ-2020-004,=G11,=C2,结案归档,2020-06-20,,,"}},
        {OFFICE_PUBLIC_SECURITY,
         STOP_ATTESTED,
         JULY,
         "网格事项承办",
         "承办编号,事项编号,单位编码,处置岗位,处置日期,反馈日期",
         {"CB-2020-001,=G16,=C7,社区民警,2020-07-20,2020-07-22"}},
        {OFFICE_GOVERNANCE,
         STOP_EVENTS,
         AUGUST,
         "网格事项流转",
         header,
         {"LZ-2020-005,=G16,=C7,核查合格,2020-08-05,,,综治中心核查员", "LZ-2020-006,=G16,=C7,结案归档,2020-08-06,,,"}},
    };

    return written_sheets_write(demo, sheets, sizeof sheets / sizeof *sheets, fault);
}

bool grid_write(struct demo *demo, struct fault *fault)
{
    char matter[MATTER_CODE_SIZE];

    matter_code_for(2020, 'G', FAILED_MATTER, matter);
    demo_note_story(demo, "failed-check", matter);
    for (uint32_t i = FIRST_MONTH; i < MONTH_COUNT; i++)
        if (!write_sweeps(demo, i, fault) || (i >= FIRST_GRID_MONTH && !write_matters(demo, i, fault)))
            return false;
    return write_later_steps(demo, fault);
}
