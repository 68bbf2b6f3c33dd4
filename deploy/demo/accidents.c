/* Two accidents, both GENERAL ones (no death, one serious injury). The one of 2020 was reported 45 minutes after it was
 * known. The one of 2019 was concealed: its month was attested as a zero, the police counted an alert with a casualty
 * at work, the hub saw that the two contradict each other, and only then was it reported (DOMAIN.md §6, story d). */
#include "written.h"

#include <stdio.h>

enum { START_OF_SEARCH = 416, START_OF_CONCEALED = 900, JUNE_2019 = 5, JULY_2019 = 6, MAY_2020 = 16, JUNE_2020 = 17 };

static const char report_header[] =
    "事故编号,单位编码,单位名称,事故时间,知悉时间,报告时间,死亡人数,失踪人数,重伤人数,直接损失,行业";
static const char investigation_header[] =
    "事故编号,单位编码,调查启动日期,调查级别,结案日期,生产安全事故,责任事故,报告情况";

static const struct written_sheet sheets[] = {
    {OFFICE_SAFETY,
     STOP_ACCIDENT,
     MAY_2020,
     "事故快报",
     report_header,
     {"SG-2020-001,=accident,,2020-05-14 09:05,2020-05-14 09:20,2020-05-14 10:05,无,无,1,1000万元以下,工贸"}},
    {OFFICE_SAFETY,
     STOP_EVENTS,
     JUNE_2020,
     "事故调查台账",
     investigation_header,
     {"SG-2020-001,=accident,2020-05-20,县级,2020-06-28,是,否,及时"}},
    /* handed in on the day of the zero report that it contradicts */
    {OFFICE_PUBLIC_SECURITY,
     STOP_ATTESTED,
     JUNE_2019,
     "警情统计",
     "单位编码,日期,分类警情,涉工伤亡警情",
     {"=concealed,2019-06-30,求助:1,1", "=neighbour,2019-06-30,纠纷:1、求助:2,无"}},
    {OFFICE_SAFETY,
     STOP_CONCEALED,
     JUNE_2019,
     "事故快报",
     report_header,
     {"SG-2019-001,=concealed,,2019-06-30 21:10,2019-06-30 21:30,2019-07-05 08:40,无,无,1,1000万元以下,工贸"}},
    {OFFICE_SAFETY,
     STOP_CONCEALED,
     JUNE_2019,
     "漏报核查",
     "疑点编号,单位编码,核查日期,核查结论",
     {"<discrepancy:concealed>,=concealed,2019-07-05,属实"}},
    {OFFICE_SAFETY,
     STOP_EVENTS,
     JULY_2019,
     "事故调查台账",
     investigation_header,
     {"SG-2019-001,=concealed,2019-07-10,县级,2019-07-29,是,是,瞒报"}},
};

bool accidents_write(struct demo *demo, struct fault *fault)
{
    const struct county *county = &demo->county;
    const uint32_t accident = county_enterprise_in(county, TOWN_SUNJIAZHUANG, START_OF_SEARCH);
    const uint32_t concealed = county_enterprise_in(county, TOWN_SUNJIAZHUANG, START_OF_CONCEALED);

    demo_note_story(demo, "accident", county->units[accident].code);
    demo_note_story(demo, "concealed", county->units[concealed].code);
    demo_note_story(demo, "neighbour", county->units[county->neighbour].code);
    demo_note_breaking(demo, accident, ZERO_ACCIDENT, day_of(2020, 5, 14));
    return written_sheets_write(demo, sheets, sizeof sheets / sizeof *sheets, fault);
}
