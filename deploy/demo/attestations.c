/* Zero reports (零报告). Work safety attests every unit for every month, town by town. The petitions office and public
 * security attest 秀水镇 and 路家村镇 alone: the article gives no county rate for their zeros, so the county shows them
 * as unverified elsewhere. No office attests a day on which it knows that something happened. */
#include "office.h"

#include <stdio.h>

enum { LATE_COUNT = 40, LATE_MONTH = 18 /* 2020-07 */ };

/* One sheet in the making. */
struct report {
    struct demo *demo;
    struct sheet *sheet;
    const char *letters; /* of the office, in the report's number */
    enum zero zero;
    uint32_t month;
    uint32_t number;
    int32_t drawn_up;
    int32_t from;
    int32_t to;
    const bool *late; /* units that have not handed in yet; NULL: all have */
};

static const char *const words[] = {[ZERO_PETITION] = "零上访", [ZERO_ACCIDENT] = "零事故", [ZERO_CASE] = "零案件"};
static const char *const letters_of[] = {[ZERO_PETITION] = "XF", [ZERO_ACCIDENT] = "AJ", [ZERO_CASE] = "GA"};
static const char header[] = "报告编号,单位编码,单位名称,报告事项,范围,起始日期,截止日期,依据,填报日期";

struct subject {
    const char *code;
    const char *name;
    bool scope; /* everything below it */
};

static void write_row(struct report *report, struct subject subject, int32_t from, int32_t to, const char *basis)
{
    char id[48];

    snprintf(id, sizeof id, "LBG-%s-%04u-%04u", report->letters, report->month, ++report->number);
    sheet_text(report->sheet, id);
    sheet_text(report->sheet, subject.code);
    sheet_text(report->sheet, subject.name);
    sheet_text(report->sheet, words[report->zero]);
    sheet_text(report->sheet, subject.scope ? "辖区全部" : "本单位");
    sheet_day(report->sheet, from);
    sheet_day(report->sheet, to);
    sheet_text(report->sheet, basis);
    sheet_day(report->sheet, report->drawn_up);
    sheet_row_end(report->sheet);
}

/* The first breaking day of the unit in the range, or 0. */
static int32_t next_breaking(const struct report *report, uint32_t unit, int32_t from, int32_t to)
{
    int32_t first = 0;

    for (uint32_t i = 0; i < report->demo->breaking_count; i++) {
        const struct breaking *breaking = &report->demo->breakings[i];
        if (breaking->unit == unit && breaking->zero == report->zero && breaking->day >= from && breaking->day <= to &&
            (first == 0 || breaking->day < first))
            first = breaking->day;
    }
    return first;
}

static bool is_exception(const struct report *report, uint32_t unit)
{
    return (report->late && report->late[unit]) || next_breaking(report, unit, report->from, report->to) != 0;
}

/* The unit's days, without those on which something happened. */
static void report_unit(struct report *report, uint32_t unit)
{
    const struct unit *reported = &report->demo->county.units[unit];
    int32_t from = report->from;

    while (from <= report->to) {
        const int32_t broken = next_breaking(report, unit, from, report->to);
        const int32_t to = broken != 0 ? broken - 1 : report->to;
        if (from <= to)
            write_row(report, (struct subject){.code = reported->code, .name = reported->name}, from, to, "查台账");
        from = to + 2;
    }
}

static void report_place(struct report *report, uint32_t place)
{
    const struct unit *units = report->demo->county.units;
    bool whole = !is_exception(report, place);

    for (uint32_t i = PLACE_COUNT; whole && i < UNIT_COUNT; i++)
        whole = units[i].place != place || !is_exception(report, i);
    if (whole) {
        write_row(report, (struct subject){.code = units[place].code, .name = units[place].name, .scope = true},
                  report->from, report->to, "查台账");
        return;
    }
    for (uint32_t i = 0; i < UNIT_COUNT; i++)
        if (units[i].place == place && !(report->late && report->late[i]))
            report_unit(report, i);
}

static void report_town(struct report *report, uint32_t index)
{
    const struct county *county = &report->demo->county;
    const struct town *town = &county->towns[index];
    bool whole = true;

    for (uint32_t i = 0; whole && i < UNIT_COUNT; i++)
        whole = county->units[i].town != index || !is_exception(report, i);
    if (whole) {
        write_row(report, (struct subject){.code = town->code, .name = town->name, .scope = true}, report->from,
                  report->to, "查台账");
        return;
    }
    for (uint32_t i = 0; i < town->place_count; i++)
        report_place(report, town->first_place + i);
}

static enum office office_for(enum zero zero)
{
    return zero == ZERO_PETITION ? OFFICE_PETITIONS : zero == ZERO_ACCIDENT ? OFFICE_SAFETY : OFFICE_PUBLIC_SECURITY;
}

static struct report report_for(struct demo *demo, enum zero zero, uint32_t index, enum stop stop, struct fault *fault)
{
    const struct month month = month_at(index);
    return (struct report){
        .demo = demo,
        .sheet = office_sheet(demo, office_for(zero), stop, index, "零报告", header, fault),
        .letters = letters_of[zero],
        .zero = zero,
        .month = (uint32_t)(month.year % 100 * 100 + month.number),
        .drawn_up = month.last_day + 3,
        .from = month.first_day,
        .to = month.last_day,
    };
}

/* Forty enterprises of one township hand in their July report late. */
static void mark_late(const struct county *county, bool late[static UNIT_COUNT])
{
    uint32_t marked = 0;

    for (uint32_t i = PLACE_COUNT; i < UNIT_COUNT && marked < LATE_COUNT; i++) {
        late[i] = county->units[i].town == TOWN_XIANREN;
        marked += late[i] ? 1 : 0;
    }
}

static bool write_month(struct demo *demo, enum zero zero, uint32_t month, const bool *late, struct fault *fault)
{
    struct report report = report_for(demo, zero, month, STOP_ATTESTED, fault);
    if (!report.sheet)
        return false;
    report.late = month == LATE_MONTH ? late : NULL;
    for (uint32_t town = 0; town < TOWN_COUNT; town++)
        if (zero == ZERO_ACCIDENT || town == TOWN_XIUSHUI || town == TOWN_LUJIACUN)
            report_town(&report, town);
    return sheet_close(&report.sheet, fault);
}

static bool write_late(struct demo *demo, const bool *late, struct fault *fault)
{
    struct report report = report_for(demo, ZERO_ACCIDENT, LATE_MONTH, STOP_LATE, fault);
    if (!report.sheet)
        return false;
    report.number = 5000; /* its rows are numbered apart from those in time */
    report.drawn_up = day_of(2020, 8, 12);
    for (uint32_t i = PLACE_COUNT; i < UNIT_COUNT; i++)
        if (late[i])
            report_unit(&report, i);
    return sheet_close(&report.sheet, fault);
}

/* 郭家坪村 says that it had ten years without any of the three: days from before the hub, claimed and never verified.
 */
static bool write_claim(struct demo *demo, enum zero zero, struct fault *fault)
{
    const struct unit *village = &demo->county.units[demo->county.guojiaping];
    struct report report = report_for(demo, zero, 0, STOP_START, fault);
    if (!report.sheet)
        return false;
    report.number = 9000;
    report.drawn_up = day_of(2019, 1, 2);
    write_row(&report, (struct subject){.code = village->code, .name = village->name}, day_of(2009, 1, 1),
              day_of(2018, 12, 31), "历史");
    return sheet_close(&report.sheet, fault);
}

bool attestations_write(struct demo *demo, struct fault *fault)
{
    static const enum zero zeros[] = {ZERO_PETITION, ZERO_ACCIDENT, ZERO_CASE};
    bool late[UNIT_COUNT] = {false};

    mark_late(&demo->county, late);
    for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++) {
        if (!write_claim(demo, zeros[i], fault))
            return false;
        for (uint32_t month = 0; month <= LATE_MONTH; month++)
            if (!write_month(demo, zeros[i], month, late, fault))
                return false;
    }
    return write_late(demo, late, fault);
}
