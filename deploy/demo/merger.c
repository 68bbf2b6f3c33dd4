/* What came after the day of the article: 下社乡 is in the national list of 2020 and no longer in that of 2021
 * (DOMAIN.md §0). Into which town its villages went is invented. */
#include "written.h"

bool merger_write(const struct demo *demo, struct fault *fault)
{
    static const struct written_sheet sheet = {
        OFFICE_GOVERNANCE,
        STOP_MERGER,
        25,
        "单位变更登记",
        "变更编号,变更类型,单位编码,新名称,新上级编码,登记日期,生效日期,承接单位编码",
        {"BG-2021-001,合并,140322202000,,,2021-02-02,2021-01-01,140322106000"}};

    return written_sheets_write(demo, &sheet, 1, fault);
}
