/* The one accident: a GENERAL one (no death, one serious injury), reported 45 minutes after it was known. */
#include "office.h"

enum { START_OF_SEARCH = 416, KNOWN_AT = 9 * 60 + 20, REPORTED_AT = 10 * 60 + 5, HAPPENED_AT = 9 * 60 + 5 };

bool accident_write(struct demo *demo, struct fault *fault)
{
    const int32_t day = day_of(2020, 5, 14);
    const uint32_t unit = county_enterprise_in(&demo->county, TOWN_SUNJIAZHUANG, START_OF_SEARCH);
    struct sheet *sheet = office_sheet(
        demo, OFFICE_SAFETY, STOP_ACCIDENT, month_index(day), "事故快报",
        "事故编号,单位编码,单位名称,事故时间,知悉时间,报告时间,死亡人数,失踪人数,重伤人数,直接损失,行业", fault);
    if (!sheet)
        return false;
    sheet_text(sheet, "SG-2020-001");
    sheet_text(sheet, demo->county.units[unit].code);
    sheet_text(sheet, demo->county.units[unit].name);
    sheet_time(sheet, day, HAPPENED_AT);
    sheet_time(sheet, day, KNOWN_AT);
    sheet_time(sheet, day, REPORTED_AT);
    sheet_text(sheet, "无");
    sheet_text(sheet, "无");
    sheet_number(sheet, 1);
    sheet_text(sheet, "1000万元以下");
    sheet_text(sheet, "工贸");
    sheet_row_end(sheet);
    demo_note_breaking(demo, unit, ZERO_ACCIDENT, day);
    return sheet_close(&sheet, fault);
}
