"""The offices' sheets as deploy/mappings reads them: a header and rows for each kind. Days are ISO 8601."""

PETITIONS = ("信访编号,单位编码,登记日期,类别,方式,人数,受理层级,初重访,问题类别,本级可解决,转送日期,转送部门,受理日期,受理路径,"
             "延期日期,延期天数,批准岗位,答复日期,答复结果,复查申请日期,复查日期,复查结果,办结日期,办结方式,联合处置日期,"
             "牵头部门,成员部门,备注")


def petition(code, unit, day, kind="申诉求决", channel="书信", accepted="", note=""):
    """PetitionRegistered and, if a day of acceptance is given, PetitionAccepted."""
    route = "处理意见" if accepted else ""
    return f"{code},{unit},{day},{kind},{channel},1人,县级,初次,农村农业,是,,,{accepted},{route},,,,,,,,,,,,,,{note}"


HAZARDS = "隐患编号,单位编码,发现日期,隐患类别,等级,整改方式,整改期限,整改完成日期,复查日期,民爆情形,状态"


def hazard(code, unit, day, explosives=False):
    """HazardFound, HazardFixedOnSpot and HazardVerified."""
    category, kind = ("民爆物品", "私储") if explosives else ("消防", "/")
    return f"{code},{unit},{day},{category},一般,现场整改,/,{day},{day},{kind},已销号"


CASES = "案件编号,单位编码,受案日期,案件性质,案件类别,影响,查结日期,办理结果"


def case(code, unit, day, resolved=""):
    """CaseFiled and, if a day is given, CaseResolved."""
    return f"{code},{unit},{day},治安,盗窃,一般,{resolved},{'查处' if resolved else ''}"


ZERO_REPORTS = "报告编号,单位编码,报告事项,范围,起始日期,截止日期,依据,填报日期"


def zero_report(code, unit, zero, first, last, drawn_up, scope="本单位", basis="查台账"):
    """ZeroAttested."""
    return f"{code},{unit},{zero},{scope},{first},{last},{basis},{drawn_up}"
