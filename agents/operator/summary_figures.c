#include "summary_figures.h"

#include "moment.h"
#include "rate.h"
#include "table.h"
#include "words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The figures below the zeros: subject, figure, number, the same days of last year, change. */
struct figures {
    struct libscols_table *table;
    const char *subject; /* printed once, on its first row */
};

static struct libscols_line *add_text(struct figures *figures, const char *label, const char *text)
{
    struct libscols_line *row = table_add_row(figures->table, NULL);
    row_set(row, 0, "%s", figures->subject);
    row_set(row, 1, "%s", label);
    row_set(row, 2, "%s", text);
    figures->subject = "";
    return row;
}

static struct libscols_line *add_count(struct figures *figures, const char *label, uint64_t count)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, count);
    return add_text(figures, label, text);
}

static struct libscols_line *add_rate(struct figures *figures, const char *label, const Sanling__V1__Rate *rate)
{
    char text[RATE_TEXT_SIZE];
    rate_format(rate, text);
    return add_text(figures, label, text);
}

static void add_hazards(struct figures *figures, const Sanling__V1__HazardSummary *hazards)
{
    if (hazards == NULL)
        return;
    figures->subject = "隐患 Hazards";
    add_count(figures, "排查 found", hazards->found);
    add_count(figures, "一般 general", hazards->general);
    add_count(figures, "重大 major", hazards->major);
    add_count(figures, "挂牌 placarded", hazards->placarded);
    add_count(figures, "现场整改 fixed on the spot", hazards->fixed_on_spot);
    add_count(figures, "限期整改 ordered", hazards->ordered);
    add_count(figures, "已销号 struck off", hazards->struck_off);
    add_count(figures, "未销号 open", hazards->open);
    add_count(figures, "将到期 due soon", hazards->due_soon);
    add_count(figures, "逾期 overdue", hazards->overdue);
    add_rate(figures, "整改率 rectified", hazards->rate);
}

static void add_petitions(struct figures *figures, const Sanling__V1__PetitionSummary *petitions)
{
    if (petitions == NULL)
        return;
    figures->subject = "信访事项 Petitions";
    add_count(figures, "登记 registered", petitions->registered);
    add_count(figures, "在办 open", petitions->open);
    add_count(figures, "将到期 due soon", petitions->due_soon);
    add_count(figures, "逾期 overdue", petitions->overdue);
    add_count(figures, "办结 closed", petitions->closed);
    add_rate(figures, "按期办结率 closed on time", petitions->on_time);
    add_count(figures, "复查 in review", petitions->in_review);
    add_count(figures, "复核 in final review", petitions->in_final_review);
    add_count(figures, "越级、集体访 escalated", petitions->escalated);
    add_count(figures, "联合处置 joint", petitions->joint);
}

static void add_disputes(struct figures *figures, const Sanling__V1__DisputeSummary *disputes)
{
    if (disputes == NULL)
        return;
    figures->subject = "矛盾纠纷 Disputes";
    add_count(figures, "受理 opened", disputes->opened);
    add_count(figures, "双方同意 both agreed", disputes->both_agreed);
    add_count(figures, "调解成功 succeeded", disputes->succeeded);
    add_count(figures, "其中掌上 of these by mobile", disputes->mobile);
    add_rate(figures, "掌上占比 mobile share", disputes->mobile_share);
    add_count(figures, "履行 performed", disputes->performed);
    add_count(figures, "司法确认 court confirmed", disputes->court_confirmed);
    add_count(figures, "终止 ended", disputes->ended);
    struct libscols_line *followed =
        add_count(figures, "调后信访 followed by a petition", disputes->followed_by_petition);
    if (disputes->followed_by_petition == 0)
        row_set(followed, 4, "未见关联 none linked");
}

/* Beside a change against the year before: whether both were counted by the same rules. */
static const char *definition_note(const Sanling__V1__CaseSummary *cases)
{
    return cases->other_definition ? "，口径不同 different definition" : "";
}

static void add_clearance(struct figures *figures, const Sanling__V1__CaseSummary *cases)
{
    bool cohort = strcmp(cases->basis, "COHORT") == 0;
    char previous[RATE_TEXT_SIZE];
    struct libscols_line *clearance =
        add_rate(figures, cohort ? "查处率(本期立案) clearance of those filed" : "查处率(本期) clearance in the period",
                 cases->clearance);
    rate_format(cases->previous_clearance, previous);
    row_set(clearance, 3, "%s", previous);
    if (cases->clearance_change_points[0] != '\0')
        row_set(clearance, 4, "%s 个百分点 points%s", cases->clearance_change_points, definition_note(cases));
}

static void add_cases(struct figures *figures, const Sanling__V1__CaseSummary *cases)
{
    if (cases == NULL)
        return;
    figures->subject = "案件 Cases";
    struct libscols_line *filed = add_count(figures, "立案 filed", cases->filed);
    row_set(filed, 3, "%u", cases->previous_filed);
    if (cases->filed_change[0] != '\0')
        row_set(filed, 4, "%s%%%s", cases->filed_change, definition_note(cases));
    else
        row_set(filed, 4, "上年同期为0 none last year%s", definition_note(cases));
    struct libscols_line *resolved = add_count(figures, "查破 resolved", cases->resolved);
    row_set(resolved, 3, "%u", cases->previous_resolved);
    add_clearance(figures, cases);
}

static void add_accidents(struct figures *figures, const Sanling__V1__AccidentSummary *accidents)
{
    if (accidents == NULL)
        return;
    figures->subject = "事故 Accidents";
    add_count(figures, "上报 reported", accidents->reported);
    add_count(figures, "一般 general", accidents->general);
    add_count(figures, "较大 larger", accidents->larger);
    add_count(figures, "重大 major", accidents->major);
    add_count(figures, "特别重大 extra major", accidents->extra_major);
    add_count(figures, "迟报 late", accidents->late);
}

static void add_changes(struct figures *figures, const Sanling__V1__ChangeSummary *changes)
{
    if (changes == NULL)
        return;
    figures->subject = "今日变化 Today";
    add_count(figures, "新破零 newly broken", changes->newly_broken);
    add_count(figures, "新核实 newly verified", changes->newly_verified);
    add_count(figures, "转未核实 newly unverified", changes->newly_unverified);
    add_count(figures, "由破转零(更正) broken to zero", changes->unbroken);
    add_count(figures, "迟报 late records", changes->late);
}

/* The part of units at zero in all three is a lower bound: silence counts as not at zero. */
static void add_targets(struct figures *figures, const Sanling__V1__Summary *summary)
{
    figures->subject = "年度目标 Targets";
    for (size_t i = 0; i < summary->n_targets; i++) {
        const Sanling__V1__TargetResult *target = summary->targets[i];
        struct libscols_line *row = add_rate(figures, group_label(target->group), target->joint);
        row_set(row, 4, "目标 at least %u%%：%s", target->percent, target->met ? "已达 met" : "未达 not met");
    }
}

static void add_joint(struct figures *figures, const Sanling__V1__Summary *summary)
{
    const Sanling__V1__JointSummary *joint = summary->joint;
    const Sanling__V1__SupervisionSummary *supervisions = summary->supervisions;
    figures->subject = "联合处置 Joint handling";
    if (joint != NULL) {
        add_count(figures, "在办 open", joint->open);
        add_count(figures, "办结 closed", joint->closed);
        add_count(figures, "会商 consultations", joint->consultations);
        add_count(figures, "任务 tasks", joint->tasks);
        add_count(figures, "任务完成 tasks done", joint->tasks_done);
        add_count(figures, "任务逾期 tasks overdue", joint->tasks_overdue);
    }
    figures->subject = "催办督办 Supervision";
    if (supervisions != NULL) {
        add_count(figures, "发出 issued", supervisions->issued);
        add_count(figures, "已回复 answered", supervisions->answered);
        add_count(figures, "逾期 overdue", supervisions->overdue);
        add_count(figures, "升级 escalated", supervisions->escalated);
    }
}

static void add_discrepancies(struct figures *figures, const Sanling__V1__DiscrepancySummary *discrepancies)
{
    if (discrepancies == NULL)
        return;
    figures->subject = "疑似漏报 Suspected omissions";
    add_count(figures, "提出 raised", discrepancies->raised);
    add_count(figures, "待核查 open", discrepancies->open);
    add_count(figures, "属实 confirmed", discrepancies->confirmed);
    add_count(figures, "已说明 explained", discrepancies->explained);
}

static void add_programme(struct figures *figures, const Sanling__V1__ProgrammeSummary *programme)
{
    if (programme == NULL)
        return;
    figures->subject = "创建工作 Programme";
    add_count(figures, "自查单位 units self-checked", programme->self_checked);
    struct libscols_line *yes = add_count(figures, "八有八清 yes answers", programme->self_check_yes);
    row_set(yes, 4, "共 %u 项 of %u items", programme->self_check_items, programme->self_check_items);
    add_count(figures, "16项齐备 complete", programme->complete);
    add_count(figures, "未摸排单位 unswept", programme->unswept);
    add_count(figures, "静默单位 silent", programme->silent);
    add_count(figures, "专项行动进行中 campaigns running", programme->campaigns_running);
    add_count(figures, "专项行动已结束 campaigns closed", programme->campaigns_closed);
}

/* 小事不出组、大事不出居. */
static void add_levels(struct figures *figures, const Sanling__V1__LevelSummary *levels)
{
    if (levels == NULL)
        return;
    figures->subject = "化解层级 Settled at";
    add_count(figures, "已化解 settled", levels->settled);
    add_count(figures, "村(社区)、网格 village or grid", levels->at_village);
    add_count(figures, "乡镇 town", levels->at_town);
    add_count(figures, "县级及以上 county or above", levels->at_county);
    add_rate(figures, "上交率 passed up", levels->passed_up);
}

static void add_cameras_and_teams(struct figures *figures, const Sanling__V1__Summary *summary)
{
    const Sanling__V1__CameraSummary *cameras = summary->cameras;
    const Sanling__V1__TeamSummary *teams = summary->teams;
    figures->subject = "视频 Cameras";
    if (cameras != NULL) {
        add_count(figures, "在用 in service", cameras->in_service);
        add_count(figures, "归属类别 owner categories", cameras->owners);
        add_count(figures, "已设标识 sign posted", cameras->sign_posted);
    }
    figures->subject = "队伍 Teams";
    if (teams != NULL) {
        add_count(figures, "网格 grids", teams->grids);
        add_count(figures, "单元长 block heads", teams->block_heads);
        add_count(figures, "义务巡逻队员 patrollers", teams->patrollers);
        add_count(figures, "队伍 team parts", teams->team_parts);
        add_count(figures, "队伍齐全的单位 units with all five", teams->complete_teams);
    }
}

static void add_tallies(struct figures *figures, const Sanling__V1__Summary *summary)
{
    figures->subject = "工作量 Tallies";
    for (size_t i = 0; i < summary->n_tallies; i++) {
        const Sanling__V1__Tally *tally = summary->tallies[i];
        struct libscols_line *row = add_text(figures, tally_label(tally->kind), tally->rounded);
        char exact[24];
        snprintf(exact, sizeof exact, "%" PRIu64, tally->count);
        if (strcmp(exact, tally->rounded) != 0)
            row_set(row, 4, "准确数 exactly %s", exact);
    }
}

static void add_freshness(struct figures *figures, const Sanling__V1__Summary *summary)
{
    figures->subject = "各部门数据 Freshness";
    for (size_t i = 0; i < summary->n_freshness; i++) {
        const Sanling__V1__Freshness *office = summary->freshness[i];
        char when[MOMENT_TEXT_SIZE];
        moment_format(office->last_recorded_at, when);
        struct libscols_line *row = add_text(figures, office_label(office->office), when);
        const char *late = office->late ? "，超过约定 late" : "";
        if (office->last_position > 0)
            row_set(row, 4, "位置 position %" PRIu64 "%s", office->last_position, late);
        else
            row_set(row, 4, "从未收到 never heard%s", late);
    }
}

static void add_units(struct figures *figures, const Sanling__V1__Summary *summary)
{
    figures->subject = "单位 Units";
    for (size_t i = 0; i < summary->n_units; i++)
        add_count(figures, unit_kind_label(summary->units[i]->kind), summary->units[i]->count);
    figures->subject = "拒收事件 Rejected events";
    add_count(figures, "件 events", summary->rejected);
}

void summary_figures_print(const Sanling__V1__Summary *summary)
{
    static const struct column columns[] = {{"事项 Subject", false},
                                            {"指标 Figure", false},
                                            {"数 Number", true},
                                            {"上年同期 Last year", true},
                                            {"变化/说明 Change", false}};
    struct figures figures = {.table = table_open(columns, sizeof columns / sizeof *columns)};
    add_changes(&figures, summary->changes);
    add_targets(&figures, summary);
    add_hazards(&figures, summary->hazards);
    add_petitions(&figures, summary->petitions);
    add_disputes(&figures, summary->disputes);
    add_cases(&figures, summary->cases);
    add_accidents(&figures, summary->accidents);
    add_joint(&figures, summary);
    add_discrepancies(&figures, summary->discrepancies);
    add_programme(&figures, summary->programme);
    add_levels(&figures, summary->levels);
    add_cameras_and_teams(&figures, summary);
    add_tallies(&figures, summary);
    add_freshness(&figures, summary);
    add_units(&figures, summary);
    table_print(&figures.table);
}
