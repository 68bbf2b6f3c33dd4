/* Disputes at 路家村 in 2020: 111 mediated, 98 of them by the mobile police station (DOMAIN.md §1.3), each through the
 * ten steps of §1.4. The coal-yard story of 2020-04-03 is one of them. */
#include "office.h"

#include <stdio.h>

enum {
    DISPUTE_COUNT = 111,
    OTHER_CHANNELS = 13, /* the others: 98 by MOBILE_STATION */
    FIRST_MONTH = 12,    /* 2020-01 */
    COAL_YARD_SEARCH = 137,
    STEPS_TAKE_DAYS = 6, /* at most, so that a dispute is over in the month in which it began */
};

struct dispute {
    uint32_t unit;
    int32_t opened;
    int minute;
    const char *category;
    const char *origin;
    const char *channel;
    const char *form;
    int32_t agreed_after; /* days */
    int32_t performed_after;
    const char *note;
};

static const char mobile_station[] = "掌上派出所";
static const char *const categories[] = {"邻里", "婚姻家庭", "损害赔偿", "山林土地", "合同", "劳动争议", "道路交通"};
static const char *const other_channels[OTHER_CHANNELS] = {"派出所", "调委会", "现场",   "派出所", "调委会",
                                                           "派出所", "现场",   "派出所", "调委会", "派出所",
                                                           "现场",   "调委会", "派出所"};

/* Spread over the months; none so late in a month that its last step would fall into the next. */
static int32_t opening_day(struct demo *demo, const struct month *month)
{
    return random_between(&demo->random, month->first_day + 1, month->last_day - STEPS_TAKE_DAYS);
}

static struct dispute coal_yard(const struct demo *demo)
{
    return (struct dispute){
        .unit = county_enterprise_in(&demo->county, TOWN_LUJIACUN, COAL_YARD_SEARCH),
        .opened = day_of(2020, 4, 3),
        .minute = 10 * 60 + 40,
        .category = "损害赔偿",
        .origin = "警情",
        .channel = mobile_station,
        .form = "书面",
        .performed_after = 4,
        .note = "煤场车辆剐蹭引发",
    };
}

static void note_coal_yard(struct demo *demo, uint32_t number)
{
    char matter[MATTER_CODE_SIZE];

    matter_code_for(2020, 'D', number, matter);
    demo_note_story(demo, "coal-yard", matter);
}

static struct dispute drawn_dispute(struct demo *demo, uint32_t number, const struct month *month)
{
    const struct town *town = &demo->county.towns[TOWN_LUJIACUN];
    /* the 13 others are spread evenly; the first village keeps its name and has no dispute */
    const uint32_t other = number * OTHER_CHANNELS / DISPUTE_COUNT;
    const bool by_other = other != (number + 1) * OTHER_CHANNELS / DISPUTE_COUNT;

    return (struct dispute){
        .unit = town->first_place + 1 + random_below(&demo->random, town->place_count - 1),
        .opened = opening_day(demo, month),
        .minute = random_between(&demo->random, 8 * 60, 17 * 60),
        .category = categories[random_below(&demo->random, sizeof categories / sizeof *categories)],
        .origin = random_below(&demo->random, 3) == 0 ? "摸排" : "警情",
        .channel = by_other ? other_channels[other] : mobile_station,
        .form = random_below(&demo->random, 4) == 0 ? "口头" : "书面",
        .agreed_after = random_between(&demo->random, 0, 2),
        .performed_after = random_between(&demo->random, 3, STEPS_TAKE_DAYS),
        .note = "",
    };
}

static void write_dispute(const struct demo *demo, struct sheet *sheet, const struct dispute *dispute, uint32_t number)
{
    char matter[MATTER_CODE_SIZE];

    matter_code_for(2020, 'D', number, matter);
    sheet_text(sheet, matter);
    sheet_text(sheet, demo->county.units[dispute->unit].code);
    sheet_text(sheet, demo->county.units[dispute->unit].name);
    sheet_time(sheet, dispute->opened, dispute->minute);
    sheet_text(sheet, dispute->category);
    sheet_text(sheet, "个体性");
    sheet_text(sheet, dispute->origin);
    sheet_text(sheet, dispute->channel);
    sheet_text(sheet, "是");
    sheet_text(sheet, "同意");
    sheet_text(sheet, "同意");
    sheet_time(sheet, dispute->opened, dispute->minute + 30);
    sheet_time(sheet, dispute->opened + dispute->agreed_after, dispute->minute + 50);
    sheet_text(sheet, "调解成功");
    sheet_text(sheet, dispute->form);
    sheet_time(sheet, dispute->opened + dispute->agreed_after, dispute->minute + 55);
    sheet_text(sheet, "已履行");
    sheet_day(sheet, dispute->opened + dispute->performed_after);
    sheet_text(sheet, campaign_on(dispute->opened, "C02"));
    sheet_text(sheet, dispute->note);
    sheet_row_end(sheet);
}

static bool write_month(struct demo *demo, uint32_t index, uint32_t first, uint32_t end, struct fault *fault)
{
    const struct month month = month_at(index);
    struct sheet *sheet = office_sheet(
        demo, OFFICE_STATION, STOP_EVENTS, index, "矛盾纠纷调解台账",
        "纠纷编号,单位编码,发生地,登记时间,纠纷类别,规模,来源,调解渠道,流程告知双方,申请人意见,被申请人意见,"
        "申请登记时间,沟通时间,调解结果,协议形式,达成时间,履行情况,履行日期,专项行动,备注",
        fault);
    if (!sheet)
        return false;
    bool coal_yard_due = month_index(day_of(2020, 4, 3)) == index;
    for (uint32_t number = first; number < end; number++) {
        struct dispute dispute = drawn_dispute(demo, number, &month);
        if (coal_yard_due && dispute.channel == mobile_station) {
            dispute = coal_yard(demo);
            coal_yard_due = false;
            note_coal_yard(demo, number + 1);
        }
        write_dispute(demo, sheet, &dispute, number + 1);
    }
    return sheet_close(&sheet, fault);
}

bool disputes_write(struct demo *demo, struct fault *fault)
{
    const uint32_t months = MONTH_COUNT - FIRST_MONTH;

    for (uint32_t i = 0; i < months; i++)
        if (!write_month(demo, FIRST_MONTH + i, i * DISPUTE_COUNT / months, (i + 1) * DISPUTE_COUNT / months, fault))
            return false;
    return true;
}
