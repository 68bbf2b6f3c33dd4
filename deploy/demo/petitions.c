/* Petitions. The article gives none: these few are invented and say so in their note. One stands inside each legal
 * limit, one is over it, one is an accusation (which must not appear below the discipline channel). All are about
 * invented villages of 南娄镇, where no office attests a zero of petitions. */
#include "office.h"

#include <stdio.h>

enum { FIRST_MONTH = 12 /* 2020-01 */ };
enum { ACCUSATION = 12, ESCALATED = 15 };

static const char note[] = "示范虚构";

/* Days that have not come are {0}. Numbers are those of the rows, from 1: offices_work.c has the steps that other
 * offices take. The hub hears of a step when its month is handed in; it is then still inside the limit, but for one. */
static const struct petition {
    uint32_t village; /* of the town */
    const char *type;
    const char *channel;
    const char *scale;
    const char *category;
    struct date registered;
    struct date forwarded;
    const char *forwarded_to;
    struct date assigned; /* to work safety */
    struct date accepted;
    struct date not_accepted;
    struct date diverted; /* to a court */
    struct date joint;
    struct date extended;    /* by 30 days */
    struct date both_agreed; /* to mediation, registered the day after */
    struct date replied;
    const char *result;
    struct date review_asked;
    struct date reviewed;
    struct date final_asked;
    struct date concluded;
    struct date withdrawn;
    struct date closed;
} petitions[] = {
    /* 1 closed; a claim brought in person: the literal preset counts it. Public security accepts and replies */
    {2, "申诉求决", "走访", "1人", "农村农业", .registered = {2020, 1, 13}, .forwarded = {2020, 1, 20},
     .forwarded_to = "公安", .closed = {2020, 4, 7}},
    /* 2 replied, reviewed, closed */
    {3, "申诉求决", "书信", "1人", "城乡建设", .registered = {2020, 3, 2}, .accepted = {2020, 3, 10},
     .replied = {2020, 4, 20}, .result = "解释", .review_asked = {2020, 5, 15}, .reviewed = {2020, 5, 29},
     .closed = {2020, 7, 13}},
    /* 3 accepted, extended once, inside the limit */
    {5, "申诉求决", "信息网络", "2-4人", "劳动社保", .registered = {2020, 5, 11}, .accepted = {2020, 5, 25},
     .extended = {2020, 6, 29}},
    /* 4 overdue: sixty days after acceptance have passed */
    {6, "申诉求决", "书信", "1人", "环境保护", .registered = {2020, 5, 20}, .accepted = {2020, 5, 28}},
    /* 5 accepted, inside sixty days */
    {8, "申诉求决", "电话", "1人", "农村农业", .registered = {2020, 6, 22}, .accepted = {2020, 6, 29}},
    /* 6 under review */
    {9, "申诉求决", "书信", "1人", "城乡建设", .registered = {2020, 6, 1}, .accepted = {2020, 6, 8},
     .replied = {2020, 7, 10}, .result = "不支持", .review_asked = {2020, 8, 5}},
    /* 7 replied, the thirty days to ask for a review run */
    {11, "申诉求决", "信息网络", "1人", "交通运输", .registered = {2020, 7, 2}, .accepted = {2020, 7, 6},
     .replied = {2020, 8, 4}, .result = "支持"},
    /* 8 joint handling of petitions, work safety and public security, done */
    {12, "申诉求决", "书信", "5人以上", "安全生产", .registered = {2020, 7, 20}, .accepted = {2020, 7, 24},
     .joint = {2020, 7, 28}, .replied = {2020, 8, 17}, .result = "支持"},
    /* 9 forwarded, inside the fifteen days to accept */
    {14, "申诉求决", "信息网络", "1人", "劳动社保", .registered = {2020, 8, 6}, .forwarded = {2020, 8, 10},
     .forwarded_to = "公安"},
    /* 10 registered, inside the fifteen days to forward */
    {15, "申诉求决", "电话", "1人", "农村农业", .registered = {2020, 8, 14}},
    /* 11 a suggestion, closed */
    {17, "建议意见", "信息网络", "1人", "交通运输", .registered = {2020, 4, 14}, .accepted = {2020, 4, 20},
     .replied = {2020, 5, 12}, .result = "支持", .closed = {2020, 6, 15}},
    /* 12 an accusation: to the discipline channel, and nowhere else */
    {18, "检举控告", "书信", "1人", "其他", .registered = {2020, 8, 6}, .forwarded = {2020, 8, 10},
     .forwarded_to = "纪检监察"},
    /* 13 reviewed twice, concluded */
    {4, "申诉求决", "书信", "1人", "农村农业", .registered = {2020, 3, 9}, .accepted = {2020, 3, 16},
     .replied = {2020, 4, 24}, .result = "不支持", .review_asked = {2020, 5, 6}, .reviewed = {2020, 5, 28},
     .final_asked = {2020, 6, 8}, .concluded = {2020, 6, 29}},
    /* 14 under final review */
    {7, "申诉求决", "书信", "1人", "城乡建设", .registered = {2020, 4, 20}, .accepted = {2020, 4, 27},
     .replied = {2020, 5, 25}, .result = "不支持", .review_asked = {2020, 6, 8}, .reviewed = {2020, 6, 29},
     .final_asked = {2020, 7, 24}},
    /* 15 accepted, taken above the county meanwhile */
    {10, "申诉求决", "信息网络", "2-4人", "农村农业", .registered = {2020, 7, 6}, .accepted = {2020, 7, 10}},
    /* 16 mediated while it was handled, with the consent of both */
    {13, "申诉求决", "电话", "1人", "城乡建设", .registered = {2020, 6, 8}, .accepted = {2020, 6, 15},
     .both_agreed = {2020, 7, 2}, .replied = {2020, 7, 28}, .result = "支持"},
    /* 17 accepted, then transferred to work safety, which replies */
    {16, "申诉求决", "书信", "1人", "安全生产", .registered = {2020, 7, 3}, .accepted = {2020, 7, 8}},
    /* 18 forwarded to public security, which objects; assigned to work safety, which accepts */
    {1, "申诉求决", "信息网络", "1人", "安全生产", .registered = {2020, 7, 22}, .forwarded = {2020, 7, 27},
     .forwarded_to = "公安", .assigned = {2020, 8, 10}},
    /* 19 withdrawn of its own will */
    {15, "申诉求决", "书信", "1人", "劳动社保", .registered = {2020, 5, 12}, .accepted = {2020, 5, 18},
     .withdrawn = {2020, 5, 26}},
    /* 20 not accepted: for a court */
    {17, "申诉求决", "书信", "1人", "其他", .registered = {2020, 6, 10}, .not_accepted = {2020, 6, 18}},
    /* 21 about a case in court: led into the legal procedure */
    {9, "申诉求决", "电话", "1人", "涉法涉诉", .registered = {2020, 6, 16}, .diverted = {2020, 6, 24}},
};
enum { PETITION_COUNT = sizeof petitions / sizeof *petitions };

static int32_t day_of_date(struct date date)
{
    return day_of(date.year, date.month, date.day);
}

static bool come(struct date date, int32_t today)
{
    return date.year != 0 && day_of_date(date) <= today;
}

/* The day if it has come, and whether it has. */
static bool write_day(struct sheet *sheet, struct date date, int32_t today)
{
    const bool reached = come(date, today);

    if (reached)
        sheet_day(sheet, day_of_date(date));
    else
        sheet_text(sheet, "");
    return reached;
}

static void write_word(struct sheet *sheet, bool reached, const char *word)
{
    sheet_text(sheet, reached ? word : "");
}

/* From the registration to the acceptance, or to what stands in its place. */
static void write_intake(struct sheet *sheet, const struct petition *petition, int32_t today)
{
    write_word(sheet, write_day(sheet, petition->forwarded, today), petition->forwarded_to);
    write_word(sheet, write_day(sheet, petition->assigned, today), "安委办");
    write_day(sheet, petition->accepted, today);
    write_word(sheet, write_day(sheet, petition->not_accepted, today), "不属受理范围");
    write_word(sheet, come(petition->accepted, today) || come(petition->not_accepted, today),
               come(petition->accepted, today) ? "处理意见" : "诉讼");
    write_word(sheet, write_day(sheet, petition->diverted, today), "诉讼");
    const bool joint = write_day(sheet, petition->joint, today);
    write_word(sheet, joint, "信访局");
    write_word(sheet, joint, "安委办、公安");
}

static void write_handling(struct sheet *sheet, const struct petition *petition, int32_t today)
{
    const bool extended = write_day(sheet, petition->extended, today);
    write_word(sheet, extended, "30");
    write_word(sheet, extended, "单位负责人");
    const bool agreed = write_day(sheet, petition->both_agreed, today);
    write_word(sheet, agreed, "同意");
    write_word(sheet, agreed, "同意");
    if (agreed)
        sheet_day(sheet, day_of_date(petition->both_agreed) + 1);
    else
        sheet_text(sheet, "");
    write_word(sheet, write_day(sheet, petition->replied, today), petition->result);
}

static void write_review(struct sheet *sheet, const struct petition *petition, int32_t today)
{
    write_day(sheet, petition->review_asked, today);
    write_word(sheet, write_day(sheet, petition->reviewed, today), "维持");
    write_day(sheet, petition->final_asked, today);
    write_word(sheet, write_day(sheet, petition->concluded, today), "维持");
    write_word(sheet, write_day(sheet, petition->withdrawn, today), "是");
    write_word(sheet, write_day(sheet, petition->closed, today), "息诉息访");
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
    sheet_text(sheet, "初次");
    sheet_text(sheet, petition->category);
    sheet_text(sheet, "是");
    write_intake(sheet, petition, today);
    write_handling(sheet, petition, today);
    write_review(sheet, petition, today);
    sheet_text(sheet, campaign_on(day_of_date(petition->registered), "C02"));
    sheet_text(sheet, note);
    sheet_row_end(sheet);
}

/* The register grows: each file repeats the earlier entries as they stand on the day. */
static bool write_register(const struct demo *demo, enum stop stop, uint32_t month, int32_t today, struct fault *fault)
{
    struct sheet *sheet = office_sheet(
        demo, OFFICE_PETITIONS, stop, month, "信访登记台账",
        "信访编号,单位编码,单位名称,登记日期,类别,方式,人数,受理层级,初重访,问题类别,本级可解决,转送日期,转送部门,"
        "交办日期,交办部门,受理日期,不予受理日期,不予受理理由,受理路径,导入程序日期,导入程序,联合处置日期,牵头部门,"
        "成员部门,"
        "延期日期,延期天数,批准岗位,调解征询日期,信访人意见,对方意见,调解登记日期,答复日期,答复结果,复查申请日期,"
        "复查日期,"
        "复查结果,复核申请日期,复核日期,复核结果,撤回日期,自愿撤回,办结日期,办结方式,专项行动,备注",
        fault);
    if (!sheet)
        return false;
    for (uint32_t i = 0; i < PETITION_COUNT; i++)
        if (come(petitions[i].registered, today))
            write_petition(demo, sheet, i, today);
    return sheet_close(&sheet, fault);
}

/* At the end of each month; and in the middle of August, when what was objected to is assigned anew. */
bool petitions_write(struct demo *demo, struct fault *fault)
{
    const struct town *town = &demo->county.towns[TOWN_NANLOU];
    static const struct {
        const char *name;
        uint32_t number;
    } stories[] = {{"overdue", 4}, {"joint", 8}, {"mediated", 16}, {"transferred", 17}, {"objected", 18}};
    char matter[MATTER_CODE_SIZE];

    for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) {
        matter_code_for(2020, 'P', stories[i].number, matter);
        demo_note_story(demo, stories[i].name, matter);
    }
    demo_note_story(demo, "accusation-unit",
                    demo->county.units[town->first_place + petitions[ACCUSATION - 1].village].code);
    demo_note_story(demo, "escalated", demo->county.units[town->first_place + petitions[ESCALATED - 1].village].code);
    for (uint32_t i = FIRST_MONTH; i < MONTH_COUNT; i++)
        if (!write_register(demo, STOP_EVENTS, i, month_at(i).last_day, fault))
            return false;
    return write_register(demo, STOP_LATE, MONTH_COUNT - 2, day_of(2020, 8, 12), fault);
}
