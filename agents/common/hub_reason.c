#include "hub_reason.h"

#include <stdio.h>

const char *hub_code_name(Sanling__V1__Code__Kind code, char buffer[static 32])
{
    const ProtobufCEnumValue *value =
        protobuf_c_enum_descriptor_get_value(&sanling__v1__code__kind__descriptor, (int)code);
    if (value != NULL)
        snprintf(buffer, 32, "%s", value->name);
    else
        snprintf(buffer, 32, "CODE_%d", (int)code);
    return buffer;
}

void hub_reason_set(struct reason *reason, Sanling__V1__Code__Kind code, const char *text)
{
    static const struct {
        Sanling__V1__Code__Kind code;
        const char *zh;
    } lines[] = {
        {SANLING__V1__CODE__KIND__UNKNOWN_UNIT, "单位编码不在单位树里"},
        {SANLING__V1__CODE__KIND__NOT_PERMITTED, "本机构无权报送这类事件，或无权为该单位报送"},
        {SANLING__V1__CODE__KIND__BAD_TIME, "发生时间太晚或太早"},
        {SANLING__V1__CODE__KIND__ILLEGAL_TRANSITION, "事项目前不能走这一步"},
        {SANLING__V1__CODE__KIND__PERSONAL_DATA, "文字里含有个人信息"},
        {SANLING__V1__CODE__KIND__MISSING_FIELD, "缺少必填项"},
        {SANLING__V1__CODE__KIND__BAD_VALUE, "某一项的值不对"},
        {SANLING__V1__CODE__KIND__UNKNOWN_MATTER, "所指的事项、隐患、案件或事故不存在"},
        {SANLING__V1__CODE__KIND__DAY_NOT_CLOSED, "零报告包含尚未结束的日子"},
        {SANLING__V1__CODE__KIND__DUPLICATE_UNIT, "单位编码已被用过"},
        {SANLING__V1__CODE__KIND__POLICY_INVALID, "规则文件不合格"},
        {SANLING__V1__CODE__KIND__CAMPAIGN_UNKNOWN, "规则里没有这个专项行动"},
        {SANLING__V1__CODE__KIND__NOT_VALID, "该单位在那一天不存在"},
        {SANLING__V1__CODE__KIND__KEY_DESTROYED, "该事项的密钥已销毁，不能再寄密件"},
        {SANLING__V1__CODE__KIND__SECOND_APPROVER, "第二次批准须由另一身份作出"},
    };
    char name[32];
    const char *zh = "中枢拒绝了这个事件";
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (lines[i].code == code)
            zh = lines[i].zh;
    reason_set(reason, hub_code_name(code, name), "%s（%s）", "%.0s%s", zh, text == NULL ? "" : text);
}
