/* The overview as a table: each figure of the summary by its name, integers, rates and both bounds in columns of their
 * own. */
#include "export_views.h"

#include "export_cells.h"
#include "words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { FIGURE_NAME_SIZE = 96 };

/* Figures as the question behind them names them; the member of the summary has the same name in camel case. */
static const struct {
    const char *figure;
    const char *label;
} figures[] = {{"changes.newly_broken", "今日新破零 newly broken"},
               {"changes.newly_verified", "今日新核实 newly verified"},
               {"changes.newly_unverified", "今日转未核实 newly unverified"},
               {"changes.unbroken", "由破转零 broken to zero"},
               {"changes.late", "今日迟报 late records"},
               {"hazards.found", "隐患：排查 hazards found"},
               {"hazards.general", "隐患：一般 general"},
               {"hazards.major", "隐患：重大 major"},
               {"hazards.placarded", "隐患：挂牌 placarded"},
               {"hazards.fixed_on_spot", "隐患：现场整改 fixed on the spot"},
               {"hazards.ordered", "隐患：限期整改 ordered"},
               {"hazards.struck_off", "隐患：已销号 struck off"},
               {"hazards.open", "隐患：未销号 open"},
               {"hazards.due_soon", "隐患：将到期 due soon"},
               {"hazards.overdue", "隐患：逾期 overdue"},
               {"hazards.rate", "隐患：整改率 rectified, of found"},
               {"petitions.registered", "信访：登记 petitions registered"},
               {"petitions.open", "信访：在办 open"},
               {"petitions.due_soon", "信访：将到期 due soon"},
               {"petitions.overdue", "信访：逾期 overdue"},
               {"petitions.closed", "信访：办结 closed"},
               {"petitions.on_time", "信访：按期办结率 closed on time"},
               {"petitions.in_review", "信访：复查 in review"},
               {"petitions.in_final_review", "信访：复核 in final review"},
               {"petitions.escalated", "信访：越级、集体访 escalated"},
               {"petitions.joint", "信访：联合处置 joint"},
               {"disputes.opened", "纠纷：受理 disputes opened"},
               {"disputes.both_agreed", "纠纷：双方同意 both agreed"},
               {"disputes.succeeded", "纠纷：调解成功 succeeded"},
               {"disputes.mobile", "纠纷：掌上 by mobile station"},
               {"disputes.mobile_share", "纠纷：掌上占比 mobile share"},
               {"disputes.performed", "纠纷：履行 performed"},
               {"disputes.court_confirmed", "纠纷：司法确认 court confirmed"},
               {"disputes.ended", "纠纷：终止 ended"},
               {"disputes.followed_by_petition", "纠纷：调后信访(已关联) followed by a linked petition"},
               {"cases.filed", "案件：立案 cases filed"},
               {"cases.previous_filed", "案件：上年同期立案 filed, same days last year"},
               {"cases.filed_change", "案件：立案同比 % change of filed, %"},
               {"cases.resolved", "案件：查破 resolved"},
               {"cases.previous_resolved", "案件：上年同期查破 resolved, same days last year"},
               {"cases.clearance", "案件：查处率 clearance"},
               {"cases.previous_clearance", "案件：上年同期查处率 clearance, same days last year"},
               {"cases.clearance_change_points", "案件：查处率同比，个百分点 change of clearance, points"},
               {"cases.basis", "案件：查处率口径 basis of clearance"},
               {"cases.other_definition", "案件：口径不同 different definition last year"},
               {"accidents.reported", "事故：上报 accidents reported"},
               {"accidents.general", "事故：一般 general"},
               {"accidents.larger", "事故：较大 larger"},
               {"accidents.major", "事故：重大 major"},
               {"accidents.extra_major", "事故：特别重大 extra major"},
               {"accidents.late", "事故：迟报 late"},
               {"joint.open", "联合处置：在办 joint handling open"},
               {"joint.closed", "联合处置：办结 closed"},
               {"joint.consultations", "联合处置：会商 consultations"},
               {"joint.tasks", "联合处置：任务 tasks"},
               {"joint.tasks_done", "联合处置：任务完成 tasks done"},
               {"joint.tasks_overdue", "联合处置：任务逾期 tasks overdue"},
               {"supervisions.issued", "催办督办：发出 supervisions issued"},
               {"supervisions.answered", "催办督办：已回复 answered"},
               {"supervisions.overdue", "催办督办：逾期 overdue"},
               {"supervisions.escalated", "催办督办：升级 escalated"},
               {"discrepancies.raised", "疑似漏报：提出 suspected omissions raised"},
               {"discrepancies.open", "疑似漏报：待核查 open"},
               {"discrepancies.confirmed", "疑似漏报：属实 confirmed"},
               {"discrepancies.explained", "疑似漏报：已说明 explained"},
               {"programme.self_checked", "创建：自查单位 units self-checked"},
               {"programme.self_check_yes", "创建：八有八清 yes answers"},
               {"programme.self_check_items", "创建：自查项 items"},
               {"programme.complete", "创建：16项齐备 complete"},
               {"programme.unswept", "创建：未摸排单位 unswept"},
               {"programme.silent", "创建：静默单位 silent"},
               {"programme.campaigns_running", "创建：战役进行中 campaigns running"},
               {"programme.campaigns_closed", "创建：战役已结束 campaigns closed"},
               {"levels.settled", "化解层级：已化解 settled"},
               {"levels.at_village", "化解层级：村(社区)、网格 village or grid"},
               {"levels.at_town", "化解层级：乡镇 town"},
               {"levels.at_county", "化解层级：县级及以上 county or above"},
               {"levels.passed_up", "化解层级：上交率 passed up"},
               {"cameras.in_service", "视频：在用 cameras in service"},
               {"cameras.owners", "视频：归属类别 owner categories"},
               {"cameras.sign_posted", "视频：已设标识 sign posted"},
               {"teams.grids", "队伍：网格 grids"},
               {"teams.block_heads", "队伍：单元长 block heads"},
               {"teams.patrollers", "队伍：义务巡逻队员 patrollers"},
               {"teams.team_parts", "队伍：队伍数 team parts"},
               {"teams.complete_teams", "队伍：五支齐全的单位 units with all five"}};

/* What a row says; NULL members are dashes. */
struct row {
    const char *label;
    const char *figure;
    const json_t *number; /* an integer of either form, a text or a truth */
    const json_t *rate;   /* part, whole, text */
    const json_t *count;  /* of a zero: total, parts, bounds, coverage */
    const char *note;
};

static void write_number(struct table_export *table, const json_t *number)
{
    if (json_is_string(number))
        table_export_decimal(table, json_string_value(number));
    else if (json_is_boolean(number))
        table_export_text(table, json_is_true(number) ? "是 yes" : "否 no");
    else if (json_is_integer(number))
        table_export_integer(table, (int64_t)json_integer_value(number));
    else
        table_export_text(table, NULL);
}

static void write_row(struct table_export *table, const struct row *row)
{
    static const char *const parts[] = {"total", "zeroUnits", "broken", "unverified"};
    static const char *const bounds[] = {"lower.text", "upper.text", "coverage.text"};
    table_export_text(table, row->label);
    table_export_text(table, row->figure);
    write_number(table, row->number);
    write_number(table, json_object_get(row->rate, "part"));
    write_number(table, json_object_get(row->rate, "whole"));
    table_export_decimal(table, export_string(row->rate, "text"));
    for (size_t i = 0; i < 4; i++)
        write_number(table, export_value(row->count, parts[i]));
    for (size_t i = 0; i < 3; i++)
        table_export_decimal(table, export_string(row->count, bounds[i]));
    table_export_text(table, row->note);
    table_export_row_end(table);
}

static void write_zeros(struct table_export *table, const json_t *summary)
{
    const json_t *counts = export_value(summary, "zeros.counts");
    for (size_t i = 0; i < json_array_size(counts); i++) {
        const json_t *count = json_array_get(counts, i);
        const char *zero = export_string(count, "zero");
        const char *group = export_string(count, "group");
        const bool joint = zero[0] == '\0' || strcmp(zero, "UNSPECIFIED") == 0;
        const bool all = group[0] == '\0' || strcmp(group, "ALL") == 0;
        const bool area = strcmp(group, "AREA") == 0;
        char label[128];
        char figure[FIGURE_NAME_SIZE];
        snprintf(label, sizeof label, "%s：%s", joint ? "联合状态 joint status" : export_label(CELL_ZERO, zero),
                 all    ? "全部单位 all units"
                 : area ? "村(社区) villages"
                        : "企事业 enterprises");
        snprintf(figure, sizeof figure, "zeros.%s%s%s", joint ? "JOINT" : zero, all ? "" : ".", all ? "" : group);
        write_row(table, &(struct row){.label = label, .figure = figure, .count = count});
    }
}

/* "hazards.fixed_on_spot" to "hazards.fixedOnSpot". */
static void member_of(const char *figure, char member[static FIGURE_NAME_SIZE])
{
    size_t size = 0;
    for (; *figure != '\0' && size + 1 < FIGURE_NAME_SIZE; figure++) {
        const bool joins = figure[0] == '_' && figure[1] != '\0';
        figure += joins ? 1 : 0;
        member[size++] = (char)(joins ? toupper((unsigned char)*figure) : *figure);
    }
    member[size] = '\0';
}

static void write_figures(struct table_export *table, const json_t *summary)
{
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        char member[FIGURE_NAME_SIZE];
        member_of(figures[i].figure, member);
        const json_t *value = export_value(summary, member);
        const bool rate = json_is_object(value);
        write_row(table, &(struct row){.label = figures[i].label,
                                       .figure = figures[i].figure,
                                       .number = rate ? NULL : value,
                                       .rate = rate ? value : NULL});
    }
}

static void write_targets(struct table_export *table, const json_t *summary)
{
    const json_t *targets = json_object_get(summary, "targets");
    for (size_t i = 0; i < json_array_size(targets); i++) {
        const json_t *target = json_array_get(targets, i);
        const char *group = export_string(target, "group");
        char label[128];
        char note[128];
        snprintf(label, sizeof label, "年度目标：%s target",
                 strcmp(group, "AREA") == 0         ? "村(社区)"
                 : strcmp(group, "ENTERPRISE") == 0 ? "企事业"
                                                    : "全部单位");
        snprintf(note, sizeof note, "至少 at least %d%%：%s", (int)export_number(target, "percent"),
                 json_is_true(json_object_get(target, "met")) ? "已达 met" : "未达 not met");
        write_row(table, &(struct row){.label = label, .rate = json_object_get(target, "joint"), .note = note});
    }
}

static void write_tallies(struct table_export *table, const json_t *summary)
{
    const json_t *tallies = json_object_get(summary, "tallies");
    for (size_t i = 0; i < json_array_size(tallies); i++) {
        const json_t *tally = json_array_get(tallies, i);
        const char *kind = export_string(tally, "kind");
        write_row(table, &(struct row){.label = tally_label(kind),
                                       .figure = kind,
                                       .number = json_object_get(tally, "count"),
                                       .note = export_string(tally, "rounded")});
    }
}

static void write_freshness(struct table_export *table, const json_t *summary, int utc_offset_minutes)
{
    const json_t *offices = json_object_get(summary, "freshness");
    for (size_t i = 0; i < json_array_size(offices); i++) {
        const json_t *office = json_array_get(offices, i);
        char label[128];
        char note[128];
        char time[EXPORT_TIME_SIZE];
        export_time(export_string(office, "lastRecordedAt"), utc_offset_minutes, time);
        snprintf(label, sizeof label, "最近上报位置 last heard at: %s",
                 export_label(CELL_OFFICE, export_string(office, "office")));
        snprintf(note, sizeof note, "%s%s%s", time[0] == '\0' ? "从未 never" : time,
                 json_is_true(json_object_get(office, "late")) ? "，超过约定 late" : "", "");
        write_row(table,
                  &(struct row){.label = label, .number = json_object_get(office, "lastPosition"), .note = note});
    }
}

static void write_units(struct table_export *table, const json_t *summary)
{
    const json_t *units = json_object_get(summary, "units");
    for (size_t i = 0; i < json_array_size(units); i++) {
        const json_t *count = json_array_get(units, i);
        const char *kind = export_string(count, "kind");
        char label[128];
        char figure[FIGURE_NAME_SIZE];
        snprintf(label, sizeof label, "单位：%s units", export_label(CELL_UNIT_KIND, kind));
        snprintf(figure, sizeof figure, "units.%s", kind);
        write_row(table, &(struct row){.label = label, .figure = figure, .number = json_object_get(count, "count")});
    }
    write_row(table,
              &(struct row){.label = "拒收事件 rejected events", .number = json_object_get(summary, "rejected")});
}

bool export_overview(struct table_export *table, const json_t *document, int utc_offset_minutes)
{
    static const struct table_column columns[] = {
        {"指标 Item", 44},         {"数字名 Figure", 30},     {"数 Number", 12},      {"部分 Part", 10},
        {"全部 Whole", 10},        {"比率 % Rate %", 10},     {"总数 Total", 10},     {"零 Zero", 10},
        {"破零 Broken", 10},       {"未核实 Unverified", 10}, {"下限 % Lower %", 10}, {"上限 % Upper %", 10},
        {"覆盖 % Coverage %", 10}, {"说明 Note", 36}};
    const json_t *summary = json_object_get(document, "summary");
    if (!json_is_object(summary))
        return false;
    table_export_heads(table, columns, sizeof columns / sizeof *columns);
    write_zeros(table, summary);
    write_figures(table, summary);
    write_targets(table, summary);
    write_tallies(table, summary);
    write_freshness(table, summary, utc_offset_minutes);
    write_units(table, summary);
    return true;
}
