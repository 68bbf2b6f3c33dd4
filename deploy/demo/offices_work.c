/* Where offices work on what another one has: petitions of 2020 that came to them, joint handling, transfers,
 * escalation, the answer to a supervision. An office acts on what was handed in at an earlier stop. The numbers of
 * petitions and villages are those of petitions.c. */
#include "written.h"

enum { JANUARY = 12, FEBRUARY = 13, JULY = 18, AUGUST = 19 };

static const char assigned_header[] = "信访编号,单位编码,异议日期,异议理由,受理日期,受理路径,不予受理日期,不予受理理由,"
                                      "导入程序日期,导入程序,延期日期,延期天数,"
                                      "批准岗位,答复日期,答复结果";
static const char task_header[] = "事项编号,单位编码,事项类别,任务编号,承办部门,下达日期,完成期限,完成日期,完成方式";
static const char transfer_header[] = "移交编号,事项编号,单位编码,移交日期,事项类别,移交部门,移交原因,备注";

static const struct written_sheet sheets[] = {
    /* petition 1, forwarded to public security */
    {OFFICE_PUBLIC_SECURITY,
     STOP_ATTESTED,
     JANUARY,
     "承办信访件台账",
     assigned_header,
     {"=P1,=V2,,,2020-01-22,处理意见,,,,,,,,,"}},
    {OFFICE_PUBLIC_SECURITY,
     STOP_EVENTS,
     FEBRUARY,
     "承办信访件台账",
     assigned_header,
     {"=P1,=V2,,,2020-01-22,处理意见,,,,,,,,2020-02-25,支持"}},
    /* petition 18, forwarded to public security, which objects in time; assigned anew to work safety */
    {OFFICE_PUBLIC_SECURITY,
     STOP_ATTESTED,
     JULY,
     "承办信访件台账",
     assigned_header,
     {"=P18,=V1,2020-07-30,不属本单位职责,,,,,,,,,,,"}},
    /* and petition 17, which work safety got by transfer */
    {OFFICE_SAFETY,
     STOP_EVENTS,
     AUGUST,
     "承办信访件台账",
     assigned_header,
     {"=P17,=V16,,,,,,,,,,,,2020-08-14,支持", "=P18,=V1,,,2020-08-17,处理意见,,,,,,,,,"}},
    {OFFICE_PETITIONS,
     STOP_ATTESTED,
     JULY,
     "移交台账",
     transfer_header,
     {"YJ-XF-001,=P17,=V16,2020-07-30,信访,安委办,涉及安全生产,示范虚构"}},
    /* petition 8: two tasks, one consultation, closed when both are done */
    {OFFICE_PETITIONS,
     STOP_ATTESTED,
     JULY,
     "会商记录",
     "会商编号,事项编号,单位编码,会商日期,事项类别,参加部门,会商决定,落实期限",
     {"HS-2020-001,=P8,=V12,2020-07-30,信访,信访局、安委办、公安,牵头部门办理、联合检查,2020-08-14"}},
    {OFFICE_PETITIONS,
     STOP_ATTESTED,
     JULY,
     "联合任务清单",
     task_header,
     {"=P8,=V12,信访,T1,安委办,2020-07-31,2020-08-14,,", "=P8,=V12,信访,T2,公安,2020-07-31,2020-08-14,,"}},
    {OFFICE_SAFETY, STOP_LATE, JULY, "联合任务清单", task_header, {"=P8,=V12,信访,T1,,,,2020-08-07,完成"}},
    {OFFICE_PUBLIC_SECURITY, STOP_LATE, JULY, "联合任务清单", task_header, {"=P8,=V12,信访,T2,,,,2020-08-10,完成"}},
    {OFFICE_PETITIONS,
     STOP_EVENTS,
     AUGUST,
     "联合处置台账",
     "事项编号,单位编码,事项类别,牵头部门,成员部门,启动日期,结束日期,处置结果",
     {"=P8,=V12,信访,信访局,安委办、公安,,2020-08-18,已解决"}},
    /* petition 15 goes above the county, from a village whose sweeps found no dispute: the hub asks, and is told why */
    {OFFICE_PETITIONS,
     STOP_EVENTS,
     JULY,
     "越级访登记",
     "登记编号,信访编号,单位编码,到访日期,到访层级,人数,下级已依法办理,下级已超期,备注",
     {"YJF-2020-001,=P15,=V10,2020-07-22,市级,2-4人,是,否,示范虚构"}},
    {OFFICE_PETITIONS,
     STOP_LATE,
     JULY,
     "漏报核查",
     "疑点编号,单位编码,核查日期,核查结论",
     {"<discrepancy:escalated>,=V10,2020-08-12,情况说明"}},
    {OFFICE_PETITIONS,
     STOP_EVENTS,
     AUGUST,
     "督办回复",
     "回复编号,事项编号,单位编码,回复日期,事项类别,办理情况",
     {"HF-2020-001,=P4,=V6,2020-08-18,信访,正在办理"}},
    /* the explosives hazard of June goes to the office that is competent for it */
    {OFFICE_SAFETY,
     STOP_ATTESTED,
     JULY - 1,
     "移交台账",
     transfer_header,
     {"YJ-AJ-001,=explosives,=explosives-unit,2020-07-01,隐患,公安,涉及民爆物品,示范虚构"}},
};

bool offices_work_write(const struct demo *demo, struct fault *fault)
{
    return written_sheets_write(demo, sheets, sizeof sheets / sizeof *sheets, fault);
}
