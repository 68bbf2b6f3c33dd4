#include "attention_words.h"

#include "words.h"

#include <string.h>

const char *attention_label(Sanling__V1__Attention__List list)
{
    switch (list) {
    case SANLING__V1__ATTENTION__LIST__UNSPECIFIED:
        return "–";
    case SANLING__V1__ATTENTION__LIST__UNVERIFIED:
        return "未核实单位 UNVERIFIED";
    case SANLING__V1__ATTENTION__LIST__SILENT:
        return "静默单位 SILENT";
    case SANLING__V1__ATTENTION__LIST__UNSWEPT:
        return "未摸排单位 UNSWEPT";
    case SANLING__V1__ATTENTION__LIST__LATE:
        return "迟报 LATE";
    case SANLING__V1__ATTENTION__LIST__CONTRADICTED:
        return "被否定的零报告 CONTRADICTED";
    case SANLING__V1__ATTENTION__LIST__UNBROKEN:
        return "由破转零 UNBROKEN";
    case SANLING__V1__ATTENTION__LIST__AMENDED:
        return "更正撤销 AMENDED";
    case SANLING__V1__ATTENTION__LIST__WITHDRAWN:
        return "撤回信访 WITHDRAWN";
    case SANLING__V1__ATTENTION__LIST__EVALUATIONS:
        return "年度评定 EVALUATIONS";
    case _SANLING__V1__ATTENTION__LIST_IS_INT_SIZE:
        break;
    }
    return "?";
}

static const struct {
    const char *word;
    Sanling__V1__Attention__List list;
} words[] = {
    {"未核实", SANLING__V1__ATTENTION__LIST__UNVERIFIED},  {"未核实单位", SANLING__V1__ATTENTION__LIST__UNVERIFIED},
    {"静默", SANLING__V1__ATTENTION__LIST__SILENT},        {"静默单位", SANLING__V1__ATTENTION__LIST__SILENT},
    {"未摸排", SANLING__V1__ATTENTION__LIST__UNSWEPT},     {"未摸排单位", SANLING__V1__ATTENTION__LIST__UNSWEPT},
    {"迟报", SANLING__V1__ATTENTION__LIST__LATE},          {"被否定", SANLING__V1__ATTENTION__LIST__CONTRADICTED},
    {"由破转零", SANLING__V1__ATTENTION__LIST__UNBROKEN},  {"更正撤销", SANLING__V1__ATTENTION__LIST__AMENDED},
    {"更正", SANLING__V1__ATTENTION__LIST__AMENDED},       {"撤回", SANLING__V1__ATTENTION__LIST__WITHDRAWN},
    {"撤回信访", SANLING__V1__ATTENTION__LIST__WITHDRAWN}, {"年度评定", SANLING__V1__ATTENTION__LIST__EVALUATIONS},
    {"评定", SANLING__V1__ATTENTION__LIST__EVALUATIONS},
};

bool attention_parse(const char *text, Sanling__V1__Attention__List *list)
{
    int value;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].word, text) == 0) {
            *list = words[i].list;
            return true;
        }
    if (!enum_parse(&sanling__v1__attention__list__descriptor, text, &value))
        return false;
    *list = (Sanling__V1__Attention__List)value;
    return true;
}
