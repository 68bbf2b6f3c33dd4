#include "words.h"

#include <stdio.h>
#include <string.h>

struct term office_term(Sanling__V1__Office__Kind office)
{
    switch (office) {
    case SANLING__V1__OFFICE__KIND__UNSPECIFIED:
        return (struct term){"某部门", "an office"};
    case SANLING__V1__OFFICE__KIND__PETITIONS:
        return (struct term){"信访", "the petitions office"};
    case SANLING__V1__OFFICE__KIND__WORK_SAFETY:
        return (struct term){"安委办/应急", "work safety"};
    case SANLING__V1__OFFICE__KIND__PUBLIC_SECURITY:
        return (struct term){"公安", "public security"};
    case SANLING__V1__OFFICE__KIND__GOVERNANCE:
        return (struct term){"综治/网格", "the governance centre"};
    case SANLING__V1__OFFICE__KIND__LEADERSHIP:
        return (struct term){"领导小组办", "the leadership group's office"};
    case SANLING__V1__OFFICE__KIND__OPERATOR:
        return (struct term){"运维", "the operators"};
    case SANLING__V1__OFFICE__KIND__HUB:
        return (struct term){"中枢", "the hub"};
    case SANLING__V1__OFFICE__KIND__DISCIPLINE:
        return (struct term){"纪检", "discipline"};
    case _SANLING__V1__OFFICE__KIND_IS_INT_SIZE:
        break;
    }
    return (struct term){"其他部门", "another office"};
}

struct term zero_term(Sanling__V1__Zero__Kind zero)
{
    switch (zero) {
    case SANLING__V1__ZERO__KIND__UNSPECIFIED:
        return (struct term){"联合状态", "Joint status"};
    case SANLING__V1__ZERO__KIND__PETITION:
        return (struct term){"零上访", "No petitions"};
    case SANLING__V1__ZERO__KIND__ACCIDENT:
        return (struct term){"零事故", "No accidents"};
    case SANLING__V1__ZERO__KIND__CASE:
        return (struct term){"零案件", "No cases"};
    case _SANLING__V1__ZERO__KIND_IS_INT_SIZE:
        break;
    }
    return (struct term){"?", "?"};
}

struct term status_term(Sanling__V1__Status__Kind status)
{
    switch (status) {
    case SANLING__V1__STATUS__KIND__UNSPECIFIED:
    case SANLING__V1__STATUS__KIND__NOT_COUNTED:
        return (struct term){"不计", "not counted"};
    case SANLING__V1__STATUS__KIND__ZERO:
        return (struct term){"零", "zero"};
    case SANLING__V1__STATUS__KIND__BROKEN:
        return (struct term){"破零", "broken"};
    case SANLING__V1__STATUS__KIND__UNVERIFIED:
        return (struct term){"未核实", "unverified"};
    case _SANLING__V1__STATUS__KIND_IS_INT_SIZE:
        break;
    }
    return (struct term){"?", "?"};
}

struct term basis_term(Sanling__V1__Attestation__Basis basis, bool by_system)
{
    if (by_system) /* with REGISTER_CHECKED only */
        return (struct term){"系统自动查台账，未经人确认",
                             "register checked by the office's system, confirmed by nobody"};
    switch (basis) {
    case SANLING__V1__ATTESTATION__BASIS__UNSPECIFIED:
        return (struct term){"依据不明", "no basis given"};
    case SANLING__V1__ATTESTATION__BASIS__REGISTER_CHECKED:
        return (struct term){"查台账", "register checked"};
    case SANLING__V1__ATTESTATION__BASIS__SITE_VISIT:
        return (struct term){"实地", "site visit"};
    case SANLING__V1__ATTESTATION__BASIS__UNIT_STATEMENT:
        return (struct term){"单位自报", "the unit's own statement"};
    case SANLING__V1__ATTESTATION__BASIS__HISTORIC:
        return (struct term){"建库前自报", "claimed before the log"};
    case _SANLING__V1__ATTESTATION__BASIS_IS_INT_SIZE:
        break;
    }
    return (struct term){"?", "?"};
}

const char *office_label(Sanling__V1__Office__Kind office)
{
    switch (office) {
    case SANLING__V1__OFFICE__KIND__UNSPECIFIED:
        return "–";
    case SANLING__V1__OFFICE__KIND__PETITIONS:
        return "信访 PETITIONS";
    case SANLING__V1__OFFICE__KIND__WORK_SAFETY:
        return "安委办/应急 WORK_SAFETY";
    case SANLING__V1__OFFICE__KIND__PUBLIC_SECURITY:
        return "公安 PUBLIC_SECURITY";
    case SANLING__V1__OFFICE__KIND__GOVERNANCE:
        return "综治/网格 GOVERNANCE";
    case SANLING__V1__OFFICE__KIND__LEADERSHIP:
        return "领导小组办 LEADERSHIP";
    case SANLING__V1__OFFICE__KIND__OPERATOR:
        return "运维 OPERATOR";
    case SANLING__V1__OFFICE__KIND__HUB:
        return "中枢 HUB";
    case SANLING__V1__OFFICE__KIND__DISCIPLINE:
        return "纪检 DISCIPLINE";
    case _SANLING__V1__OFFICE__KIND_IS_INT_SIZE:
        break;
    }
    return "?";
}

const char *unit_kind_label(Sanling__V1__UnitKind__Kind kind)
{
    switch (kind) {
    case SANLING__V1__UNIT_KIND__KIND__UNSPECIFIED:
        return "–";
    case SANLING__V1__UNIT_KIND__KIND__PROVINCE:
        return "省 PROVINCE";
    case SANLING__V1__UNIT_KIND__KIND__CITY:
        return "市 CITY";
    case SANLING__V1__UNIT_KIND__KIND__COUNTY:
        return "县 COUNTY";
    case SANLING__V1__UNIT_KIND__KIND__TOWN:
        return "乡镇 TOWN";
    case SANLING__V1__UNIT_KIND__KIND__VILLAGE:
        return "村 VILLAGE";
    case SANLING__V1__UNIT_KIND__KIND__COMMUNITY:
        return "社区 COMMUNITY";
    case SANLING__V1__UNIT_KIND__KIND__GRID:
        return "网格 GRID";
    case SANLING__V1__UNIT_KIND__KIND__ENTERPRISE:
        return "企业 ENTERPRISE";
    case SANLING__V1__UNIT_KIND__KIND__INSTITUTION:
        return "事业单位 INSTITUTION";
    case _SANLING__V1__UNIT_KIND__KIND_IS_INT_SIZE:
        break;
    }
    return "?";
}

const char *zero_label(Sanling__V1__Zero__Kind zero)
{
    switch (zero) {
    case SANLING__V1__ZERO__KIND__UNSPECIFIED:
        return "三零 joint";
    case SANLING__V1__ZERO__KIND__PETITION:
        return "零上访 petitions";
    case SANLING__V1__ZERO__KIND__ACCIDENT:
        return "零事故 accidents";
    case SANLING__V1__ZERO__KIND__CASE:
        return "零案件 cases";
    case _SANLING__V1__ZERO__KIND_IS_INT_SIZE:
        break;
    }
    return "?";
}

const char *status_label(Sanling__V1__Status__Kind status)
{
    switch (status) {
    case SANLING__V1__STATUS__KIND__UNSPECIFIED:
    case SANLING__V1__STATUS__KIND__NOT_COUNTED:
        return "–";
    case SANLING__V1__STATUS__KIND__ZERO:
        return "零 ZERO";
    case SANLING__V1__STATUS__KIND__BROKEN:
        return "破零 BROKEN";
    case SANLING__V1__STATUS__KIND__UNVERIFIED:
        return "未核实 UNVERIFIED";
    case _SANLING__V1__STATUS__KIND_IS_INT_SIZE:
        break;
    }
    return "?";
}

const char *group_label(Sanling__V1__UnitGroup__Kind group)
{
    switch (group) {
    case SANLING__V1__UNIT_GROUP__KIND__ALL:
        return "全部 all units";
    case SANLING__V1__UNIT_GROUP__KIND__AREA:
        return "村(社区) villages and communities";
    case SANLING__V1__UNIT_GROUP__KIND__ENTERPRISE:
        return "企事业单位 enterprises and institutions";
    case _SANLING__V1__UNIT_GROUP__KIND_IS_INT_SIZE:
        break;
    }
    return "?";
}

struct word {
    const char *text;
    const char *label; /* or the contract's name */
};

static const struct word tallies[] = {
    {"publicity.PEOPLE", "出动人员 people sent out"},
    {"publicity.VEHICLES", "车辆 vehicles"},
    {"publicity.LEAFLETS", "宣传单 leaflets"},
    {"publicity.BANNERS", "标语条幅 banners"},
    {"publicity.MEDIA", "报刊、电子屏 media"},
    {"patrol.rounds", "巡逻 patrol rounds"},
    {"patrol.findings", "巡逻发现 patrol findings"},
    {"inspections", "安全检查 inspections"},
    {"sweeps", "隐患排查 sweeps"},
    {"explosives.checks", "民爆检查 explosives checks"},
    {"explosives.problems", "民爆检查不符 explosives problems"},
    {"volunteer.GRID_WORKER", "网格员 grid workers"},
    {"volunteer.POLICE", "民警 police"},
    {"volunteer.GUARD", "小区保安 guards"},
    {"volunteer.PROPERTY_STAFF", "物业管理人员 property staff"},
    {"volunteer.VOLUNTEER", "平安志愿者 volunteers"},
};

const char *tally_label(const char *kind)
{
    for (size_t i = 0; i < sizeof tallies / sizeof *tallies; i++)
        if (strcmp(tallies[i].text, kind) == 0)
            return tallies[i].label;
    return kind;
}

void offices_format(const Sanling__V1__Office__Kind *offices, size_t count, char text[static OFFICES_TEXT_SIZE])
{
    size_t size = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count && size < OFFICES_TEXT_SIZE; i++)
        size += (size_t)snprintf(text + size, OFFICES_TEXT_SIZE - size, "%s%s", i > 0 ? "、" : "",
                                 office_label(offices[i]));
}

static const struct word office_words[] = {
    {"safety", "WORK_SAFETY"},    {"police", "PUBLIC_SECURITY"}, {"信访", "PETITIONS"},
    {"信访局", "PETITIONS"},      {"安委办", "WORK_SAFETY"},     {"应急", "WORK_SAFETY"},
    {"应急局", "WORK_SAFETY"},    {"公安", "PUBLIC_SECURITY"},   {"派出所", "PUBLIC_SECURITY"},
    {"综治", "GOVERNANCE"},       {"网格", "GOVERNANCE"},        {"综治中心", "GOVERNANCE"},
    {"领导小组办", "LEADERSHIP"}, {"运维", "OPERATOR"},          {"纪检", "DISCIPLINE"},
};

static const struct word unit_kind_words[] = {
    {"省", "PROVINCE"},     {"市", "CITY"},
    {"县", "COUNTY"},       {"区", "COUNTY"},
    {"乡镇", "TOWN"},       {"镇", "TOWN"},
    {"乡", "TOWN"},         {"街道", "TOWN"},
    {"村", "VILLAGE"},      {"行政村", "VILLAGE"},
    {"社区", "COMMUNITY"},  {"网格", "GRID"},
    {"企业", "ENTERPRISE"}, {"事业单位", "INSTITUTION"},
};

static const char *translate(const struct word *words, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i].text, text) == 0)
            return words[i].label;
    return text;
}

bool enum_parse(const ProtobufCEnumDescriptor *descriptor, const char *text, int *value)
{
    char name[32];
    size_t size = strlen(text);
    if (size >= sizeof name)
        return false;
    for (size_t i = 0; i <= size; i++)
        name[i] = (char)(text[i] == '-' || text[i] == ' '   ? '_'
                         : text[i] >= 'a' && text[i] <= 'z' ? text[i] - 32
                                                            : text[i]);
    const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value_by_name(descriptor, name);
    if (found == NULL || found->value == 0)
        return false;
    *value = found->value;
    return true;
}

bool office_parse(const char *text, Sanling__V1__Office__Kind *office)
{
    int value;
    text = translate(office_words, sizeof office_words / sizeof *office_words, text);
    if (!enum_parse(&sanling__v1__office__kind__descriptor, text, &value))
        return false;
    *office = (Sanling__V1__Office__Kind)value;
    return true;
}

bool unit_kind_parse(const char *text, Sanling__V1__UnitKind__Kind *kind)
{
    int value;
    text = translate(unit_kind_words, sizeof unit_kind_words / sizeof *unit_kind_words, text);
    if (!enum_parse(&sanling__v1__unit_kind__kind__descriptor, text, &value))
        return false;
    *kind = (Sanling__V1__UnitKind__Kind)value;
    return true;
}
