/* Petitions. The article gives none: these few are invented and say so in their note. One stands inside each legal
 * limit, one is over it, one is handled jointly, one is an accusation (which must not appear below the discipline
 * channel). All are about invented villages of 南娄镇, where no office attests a zero of petitions. */
#include "office.h"

#include <stdio.h>

enum { FIRST_MONTH = 12 /* 2020-01 */ };

static const char note[] = "示范虚构";

/* Days that have not come are {0}. */
static const struct petition {
    uint32_t village; /* of the town */
    const char *type;
    const char *channel;
    const char *scale;
    const char *order;
    const char *category;
    struct date registered;
    struct date forwarded;
    const char *forwarded_to;
    struct date accepted;
    struct date extended; /* by 30 days */
    struct date replied;
    const char *result;
    struct date review_asked;
    struct date reviewed;
    struct date closed;
    struct date joint;
} petitions[] = {
    /* closed; a claim brought in person: the literal preset counts it */
    {2, "申诉求决", "走访", "1人", "初次", "农村农业", .registered = {2020, 1, 13}, .forwarded = {2020, 1, 16},
     .forwarded_to = "公安", .accepted = {2020, 1, 20}, .replied = {2020, 3, 5}, .result = "支持",
     .closed = {2020, 4, 7}},
    /* replied, reviewed, closed */
    {3, "申诉求决", "书信", "1人", "初次", "城乡建设", .registered = {2020, 3, 2}, .accepted = {2020, 3, 10},
     .replied = {2020, 4, 20}, .result = "解释", .review_asked = {2020, 5, 15}, .reviewed = {2020, 6, 10},
     .closed = {2020, 7, 13}},
    /* accepted, extended once, inside the limit */
    {5, "申诉求决", "信息网络", "2-4人", "初次", "劳动社保", .registered = {2020, 5, 11}, .accepted = {2020, 5, 25},
     .extended = {2020, 7, 15}},
    /* overdue: sixty days after acceptance have passed */
    {6, "申诉求决", "书信", "1人", "重复", "环境保护", .registered = {2020, 5, 20}, .accepted = {2020, 5, 28}},
    /* accepted, inside sixty days */
    {8, "申诉求决", "电话", "1人", "初次", "农村农业", .registered = {2020, 6, 22}, .accepted = {2020, 7, 1}},
    /* under review */
    {9, "申诉求决", "书信", "1人", "初次", "城乡建设", .registered = {2020, 6, 1}, .accepted = {2020, 6, 8},
     .replied = {2020, 7, 10}, .result = "不支持", .review_asked = {2020, 8, 5}},
    /* replied, the thirty days to ask for a review run */
    {11, "申诉求决", "信息网络", "1人", "初次", "交通运输", .registered = {2020, 7, 2}, .accepted = {2020, 7, 6},
     .replied = {2020, 8, 4}, .result = "支持"},
    /* joint handling of petitions and work safety */
    {12, "申诉求决", "书信", "5人以上", "初次", "安全生产", .registered = {2020, 7, 20}, .accepted = {2020, 7, 24},
     .joint = {2020, 7, 28}},
    /* forwarded, inside the fifteen days to accept */
    {14, "申诉求决", "信息网络", "1人", "初次", "劳动社保", .registered = {2020, 8, 6}, .forwarded = {2020, 8, 10},
     .forwarded_to = "公安"},
    /* registered, inside the fifteen days to forward */
    {15, "申诉求决", "电话", "1人", "初次", "农村农业", .registered = {2020, 8, 14}},
    /* a suggestion, closed */
    {17, "建议意见", "信息网络", "1人", "初次", "交通运输", .registered = {2020, 4, 14}, .accepted = {2020, 4, 20},
     .replied = {2020, 5, 12}, .result = "支持", .closed = {2020, 6, 15}},
    /* an accusation */
    {18, "检举控告", "书信", "1人", "初次", "其他", .registered = {2020, 6, 9}},
};
enum { PETITION_COUNT = sizeof petitions / sizeof *petitions };

static bool come(struct date date, int32_t today)
{
    return date.year != 0 && day_of(date.year, date.month, date.day) <= today;
}

/* The day if it has come, and whether it has. */
static bool write_day(struct sheet *sheet, struct date date, int32_t today)
{
    const bool reached = come(date, today);

    if (reached)
        sheet_day(sheet, day_of(date.year, date.month, date.day));
    else
        sheet_text(sheet, "");
    return reached;
}

static void write_handling(struct sheet *sheet, const struct petition *petition, int32_t today)
{
    sheet_text(sheet, write_day(sheet, petition->forwarded, today) ? petition->forwarded_to : "");
    sheet_text(sheet, write_day(sheet, petition->accepted, today) ? "处理意见" : "");
    const bool extended = write_day(sheet, petition->extended, today);
    sheet_text(sheet, extended ? "30" : "");
    sheet_text(sheet, extended ? "单位负责人" : "");
    sheet_text(sheet, write_day(sheet, petition->replied, today) ? petition->result : "");
    write_day(sheet, petition->review_asked, today);
    sheet_text(sheet, write_day(sheet, petition->reviewed, today) ? "维持" : "");
    sheet_text(sheet, write_day(sheet, petition->closed, today) ? "息诉息访" : "");
    const bool joint = write_day(sheet, petition->joint, today);
    sheet_text(sheet, joint ? "信访局" : "");
    sheet_text(sheet, joint ? "安委办、公安" : "");
}

static void write_petition(const struct demo *demo, struct sheet *sheet, uint32_t index, int32_t today)
{
    const struct petition *petition = &petitions[index];
    const struct town *town = &demo->county.towns[TOWN_NANLOU];
    const struct unit *village = &demo->county.units[town->first_place + petition->village];
    char matter[MATTER_CODE_SIZE];

    matter_code_for(2020, 'P', index + 1, matter);
    sheet_text(sheet, matter);
    sheet_text(sheet, village->code);
    sheet_text(sheet, village->name);
    write_day(sheet, petition->registered, today);
    sheet_text(sheet, petition->type);
    sheet_text(sheet, petition->channel);
    sheet_text(sheet, petition->scale);
    sheet_text(sheet, "县级");
    sheet_text(sheet, petition->order);
    sheet_text(sheet, petition->category);
    sheet_text(sheet, "是");
    write_handling(sheet, petition, today);
    sheet_text(sheet, note);
    sheet_row_end(sheet);
}

/* The register grows: each month's file repeats the earlier entries as they stand then. */
static bool write_register(const struct demo *demo, uint32_t index, struct fault *fault)
{
    const struct month month = month_at(index);
    struct sheet *sheet = office_sheet(
        demo, OFFICE_PETITIONS, STOP_EVENTS, index, "信访登记台账",
        "信访编号,单位编码,单位名称,登记日期,类别,方式,人数,受理层级,初重访,问题类别,本级可解决,转送日期,转送部门,"
        "受理日期,"
        "受理路径,延期日期,延期天数,批准岗位,答复日期,答复结果,复查申请日期,复查日期,复查结果,办结日期,办结方式,"
        "联合处置日期,牵头部门,成员部门,备注",
        fault);
    if (!sheet)
        return false;
    for (uint32_t i = 0; i < PETITION_COUNT; i++)
        if (come(petitions[i].registered, month.last_day))
            write_petition(demo, sheet, i, month.last_day);
    return sheet_close(&sheet, fault);
}

bool petitions_write(struct demo *demo, struct fault *fault)
{
    for (uint32_t i = FIRST_MONTH; i < MONTH_COUNT; i++)
        if (!write_register(demo, i, fault))
            return false;
    return true;
}
