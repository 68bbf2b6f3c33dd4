/* What the leadership office does: the campaigns of the county's plan (C05 is out of the hub's scope), a supervision
 * and an instruction on the petition that is overdue, and the second approval of a retraction (由破转零). */
#include "written.h"

enum { JUNE_2019 = 5, MARCH_2020 = 14, JULY_2020 = 18 };

static const char supervision_header[] =
    "督办编号,事项编号,单位编码,下达日期,事项类别,督办级别,承办部门,回复期限,专项行动";

static const struct written_sheet sheets[] = {
    {OFFICE_LEADERSHIP,
     STOP_ATTESTED,
     JUNE_2019,
     "更正撤销登记",
     "登记编号,登记日期,处理方式,中枢位置,原因",
     {"LD-2019-001,2019-07-02,撤销,<opened:wrong-case>,重复上报"}},
    {OFFICE_LEADERSHIP,
     STOP_EVENTS,
     MARCH_2020,
     "专项行动台账",
     "行动代码,行动名称,启动日期,计划结束日期,结束日期,行动结果",
     {"C01,风险隐患排查清底战,2020-03-16,2020-12-31,,", "C02,信访矛盾纠纷化解战,2020-03-16,2020-12-31,,",
      "C03,安全生产专项整治持久战,2020-03-16,2022-12-31,,", "C04,社会治安防控立体战,2020-03-16,2020-12-31,,",
      "C06,扫黑除恶斗争攻坚战,2020-03-16,2020-12-31,,", "C07,社会治理创新联合战,2020-03-16,2020-12-31,,",
      "C08,平安细胞创建培育战,2020-03-16,2020-12-31,,", "C09,综治中心建设系统战,2020-03-16,2020-12-31,,",
      "C10,网格服务能力提升战,2020-03-16,2020-12-31,,"}},
    {OFFICE_LEADERSHIP,
     STOP_LATE,
     JULY_2020,
     "督办单",
     supervision_header,
     {"DB-2020-001,=P4,=V6,2020-08-12,信访,三级,信访局,2020-08-24,C02"}},
    {OFFICE_LEADERSHIP,
     STOP_LATE,
     JULY_2020,
     "领导批示台账",
     "批示编号,事项编号,单位编码,批示日期,事项类别,批示类型,办理期限",
     {"PS-2020-001,=P4,=V6,2020-08-12,信访,限期办结,2020-08-31"}},
};

bool leadership_write(const struct demo *demo, struct fault *fault)
{
    return written_sheets_write(demo, sheets, sizeof sheets / sizeof *sheets, fault);
}
