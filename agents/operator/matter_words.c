#include "matter_words.h"

#include "words.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *matter_kind_label(Sanling__V1__MatterKind__Kind kind)
{
    switch (kind) {
    case SANLING__V1__MATTER_KIND__KIND__UNSPECIFIED:
        return "–";
    case SANLING__V1__MATTER_KIND__KIND__PETITION:
        return "信访 PETITION";
    case SANLING__V1__MATTER_KIND__KIND__HAZARD:
        return "隐患 HAZARD";
    case SANLING__V1__MATTER_KIND__KIND__ACCIDENT:
        return "事故 ACCIDENT";
    case SANLING__V1__MATTER_KIND__KIND__CASE:
        return "案件 CASE";
    case SANLING__V1__MATTER_KIND__KIND__DISPUTE:
        return "纠纷 DISPUTE";
    case SANLING__V1__MATTER_KIND__KIND__SEVEN_STEPS:
        return "七步闭环 SEVEN_STEPS";
    case _SANLING__V1__MATTER_KIND__KIND_IS_INT_SIZE:
        break;
    }
    return "?";
}

const char *clock_label(Sanling__V1__DeadlinePassed__Clock__Kind clock)
{
    switch (clock) {
    case SANLING__V1__DEADLINE_PASSED__CLOCK__KIND__UNSPECIFIED:
        return "–";
    case SANLING__V1__DEADLINE_PASSED__CLOCK__KIND__REGISTRATION:
        return "登记转办 REGISTRATION";
    case SANLING__V1__DEADLINE_PASSED__CLOCK__KIND__OBJECTION:
        return "异议 OBJECTION";
    case SANLING__V1__DEADLINE_PASSED__CLOCK__KIND__ACCEPTANCE:
        return "受理告知 ACCEPTANCE";
    case SANLING__V1__DEADLINE_PASSED__CLOCK__KIND__HANDLING:
        return "办理 HANDLING";
    case SANLING__V1__DEADLINE_PASSED__CLOCK__KIND__REVIEW:
        return "复查复核 REVIEW";
    case SANLING__V1__DEADLINE_PASSED__CLOCK__KIND__RECTIFICATION:
        return "整改 RECTIFICATION";
    case SANLING__V1__DEADLINE_PASSED__CLOCK__KIND__TASK:
        return "联合任务 TASK";
    case SANLING__V1__DEADLINE_PASSED__CLOCK__KIND__SUPERVISION:
        return "催办督办 SUPERVISION";
    case SANLING__V1__DEADLINE_PASSED__CLOCK__KIND__INVESTIGATION:
        return "事故调查 INVESTIGATION";
    case _SANLING__V1__DEADLINE_PASSED__CLOCK__KIND_IS_INT_SIZE:
        break;
    }
    return "?";
}

const char *finding_label(Sanling__V1__DiscrepancyResolved__Finding__Kind finding)
{
    switch (finding) {
    case SANLING__V1__DISCREPANCY_RESOLVED__FINDING__KIND__UNSPECIFIED:
        return "–";
    case SANLING__V1__DISCREPANCY_RESOLVED__FINDING__KIND__CONFIRMED:
        return "属实 CONFIRMED";
    case SANLING__V1__DISCREPANCY_RESOLVED__FINDING__KIND__EXPLAINED:
        return "已说明 EXPLAINED";
    case _SANLING__V1__DISCREPANCY_RESOLVED__FINDING__KIND_IS_INT_SIZE:
        break;
    }
    return "?";
}

const char *hazard_grade_label(Sanling__V1__Hazard__Grade grade)
{
    switch (grade) {
    case SANLING__V1__HAZARD__GRADE__UNSPECIFIED:
        return "–";
    case SANLING__V1__HAZARD__GRADE__GENERAL:
        return "一般 GENERAL";
    case SANLING__V1__HAZARD__GRADE__MAJOR:
        return "重大 MAJOR";
    case _SANLING__V1__HAZARD__GRADE_IS_INT_SIZE:
        break;
    }
    return "?";
}

const char *petition_type_label(Sanling__V1__Petition__Type type)
{
    switch (type) {
    case SANLING__V1__PETITION__TYPE__UNSPECIFIED:
        return "–";
    case SANLING__V1__PETITION__TYPE__SUGGESTION:
        return "建议意见 SUGGESTION";
    case SANLING__V1__PETITION__TYPE__ACCUSATION:
        return "检举控告 ACCUSATION";
    case SANLING__V1__PETITION__TYPE__CLAIM:
        return "申诉求决 CLAIM";
    case _SANLING__V1__PETITION__TYPE_IS_INT_SIZE:
        break;
    }
    return "?";
}

const char *case_class_label(uint32_t class)
{
    return class == SANLING__V1__CASE__CLASS__ADMIN         ? "治安 ADMIN"
           : class == SANLING__V1__CASE__CLASS__CRIMINAL    ? "刑事 CRIMINAL"
           : class == SANLING__V1__CASE__CLASS__UNSPECIFIED ? "–"
                                                            : "?";
}

const char *channel_label(Sanling__V1__Mediation__Channel channel)
{
    switch (channel) {
    case SANLING__V1__MEDIATION__CHANNEL__UNSPECIFIED:
        return "–";
    case SANLING__V1__MEDIATION__CHANNEL__MOBILE_STATION:
        return "掌上派出所 MOBILE_STATION";
    case SANLING__V1__MEDIATION__CHANNEL__STATION:
        return "派出所 STATION";
    case SANLING__V1__MEDIATION__CHANNEL__COMMITTEE:
        return "调解委员会 COMMITTEE";
    case SANLING__V1__MEDIATION__CHANNEL__ON_SITE:
        return "现场 ON_SITE";
    case _SANLING__V1__MEDIATION__CHANNEL_IS_INT_SIZE:
        break;
    }
    return "?";
}

const char *supervision_label(uint32_t level)
{
    static const char *const labels[] = {"–", "催办 level 1", "督办 level 2", "督办 level 3"};
    return level < sizeof labels / sizeof *labels ? labels[level] : "?";
}

const char *accident_grade_label(const char *grade)
{
    static const char *const labels[] = {"一般 GENERAL", "较大 LARGER", "重大 MAJOR", "特别重大 EXTRA_MAJOR"};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (strcmp(strchr(labels[i], ' ') + 1, grade) == 0)
            return labels[i];
    return grade[0] != '\0' ? grade : "–";
}

/* The steps of DOMAIN 4.4. Without a kind: of every kind that has no word of its own for it. */
struct step {
    Sanling__V1__MatterKind__Kind kind;
    const char *code;
    const char *word;
};

#define ANY_KIND SANLING__V1__MATTER_KIND__KIND__UNSPECIFIED
#define ACCIDENT SANLING__V1__MATTER_KIND__KIND__ACCIDENT
#define DISPUTE SANLING__V1__MATTER_KIND__KIND__DISPUTE

static const struct step steps[] = {
    {DISPUTE, "REGISTERED", "调解登记"},
    {ACCIDENT, "REPORTED", "快报"},
    {ACCIDENT, "CONCLUDED", "调查结案"},
    {ANY_KIND, "REGISTERED", "登记"},
    {ANY_KIND, "FORWARDED", "转送"},
    {ANY_KIND, "ASSIGNED", "交办"},
    {ANY_KIND, "OBJECTED", "异议退回"},
    {ANY_KIND, "ACCEPTED", "受理"},
    {ANY_KIND, "EXTENDED", "延期"},
    {ANY_KIND, "MEDIATING", "调解中"},
    {ANY_KIND, "REPLIED", "答复"},
    {ANY_KIND, "IN_REVIEW", "复查中"},
    {ANY_KIND, "REVIEWED", "已复查"},
    {ANY_KIND, "IN_FINAL_REVIEW", "复核中"},
    {ANY_KIND, "CONCLUDED", "终结"},
    {ANY_KIND, "CLOSED", "办结"},
    {ANY_KIND, "NOT_ACCEPTED", "不予受理"},
    {ANY_KIND, "DIVERTED", "导入法定程序"},
    {ANY_KIND, "WITHDRAWN", "撤回"},
    {ANY_KIND, "JOINT", "联合处置"},
    {ANY_KIND, "FOUND", "排查登记"},
    {ANY_KIND, "ORDERED", "限期整改"},
    {ANY_KIND, "PLACARDED", "挂牌督办"},
    {ANY_KIND, "RECTIFIED", "整改完成"},
    {ANY_KIND, "FAILED", "复查不合格"},
    {ANY_KIND, "STRUCK_OFF", "销号"},
    {ANY_KIND, "REPORTED", "上报"},
    {ANY_KIND, "SUPPLEMENTED", "补报"},
    {ANY_KIND, "GRADED", "已定级"},
    {ANY_KIND, "UNDER_INVESTIGATION", "调查中"},
    {ANY_KIND, "FILED", "立案"},
    {ANY_KIND, "RESOLVED", "查处"},
    {ANY_KIND, "OPENED", "纠纷登记"},
    {ANY_KIND, "EXPLAINED", "告知"},
    {ANY_KIND, "CONSENTING", "征求同意"},
    {ANY_KIND, "CONSENTED", "双方同意"},
    {ANY_KIND, "IN_SESSION", "沟通"},
    {ANY_KIND, "AGREED", "达成协议"},
    {ANY_KIND, "PERFORMED", "履行"},
    {ANY_KIND, "BROKEN", "反悔"},
    {ANY_KIND, "ENDED", "终止"},
    {ANY_KIND, "CONFIRMATION_REQUESTED", "申请司法确认"},
    {ANY_KIND, "COURT_CONFIRMED", "司法确认"},
    {ANY_KIND, "DISPATCHED", "分派"},
    {ANY_KIND, "HANDLED", "处置"},
    {ANY_KIND, "ANSWERED", "反馈"},
    {ANY_KIND, "CHECKED", "核查"},
    {ANY_KIND, "RETRACTED", "已撤销"},
};

enum { STEPS = sizeof steps / sizeof *steps };

const char *step_word(Sanling__V1__MatterKind__Kind kind, const char *step)
{
    for (size_t i = 0; i < STEPS; i++)
        if ((steps[i].kind == ANY_KIND || steps[i].kind == kind) && strcmp(steps[i].code, step) == 0)
            return steps[i].word;
    return step;
}

const char *step_parse(const char *text)
{
    char code[32];
    size_t size = 0;
    for (; text[size] != '\0' && size < sizeof code - 1; size++)
        code[size] = (char)(text[size] == '-' ? '_' : text[size]);
    code[size] = '\0';
    for (size_t i = 0; i < STEPS; i++)
        if (strcasecmp(steps[i].code, code) == 0 || strcmp(steps[i].word, text) == 0)
            return steps[i].code;
    return NULL;
}

bool matter_kind_parse(const char *text, Sanling__V1__MatterKind__Kind *kind)
{
    static const struct {
        const char *word;
        Sanling__V1__MatterKind__Kind kind;
    } words[] = {
        {"信访", SANLING__V1__MATTER_KIND__KIND__PETITION},
        {"隐患", SANLING__V1__MATTER_KIND__KIND__HAZARD},
        {"事故", SANLING__V1__MATTER_KIND__KIND__ACCIDENT},
        {"案件", SANLING__V1__MATTER_KIND__KIND__CASE},
        {"纠纷", SANLING__V1__MATTER_KIND__KIND__DISPUTE},
        {"调解", SANLING__V1__MATTER_KIND__KIND__DISPUTE},
        {"七步", SANLING__V1__MATTER_KIND__KIND__SEVEN_STEPS},
        {"七步闭环", SANLING__V1__MATTER_KIND__KIND__SEVEN_STEPS},
    };
    int value;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].word, text) == 0) {
            *kind = words[i].kind;
            return true;
        }
    if (!enum_parse(&sanling__v1__matter_kind__kind__descriptor, text, &value))
        return false;
    *kind = (Sanling__V1__MatterKind__Kind)value;
    return true;
}
