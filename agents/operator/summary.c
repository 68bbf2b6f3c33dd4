/* sanlingctl summary: the leaders' one screen. Shows the hub's figures and computes none. */
#include "arguments.h"
#include "ask.h"
#include "commands.h"
#include "moment.h"
#include "table.h"
#include "words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_PERIOD = 0x200, KEY_FOLLOW, SUBSCRIPTION = 1, RATE_TEXT_SIZE = 128 };

struct arguments {
    struct tool *tool;
    char *unit;
    uint32_t year;
    bool follow;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_PERIOD:
        arguments->year = argument_year(state, argument);
        return 0;
    case KEY_FOLLOW:
        arguments->follow = true;
        return 0;
    case ARGP_KEY_ARG:
        argument_take_word(state, argument, &arguments->unit);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "period", .key = KEY_PERIOD, .arg = "YEAR", .doc = "The evaluation period; default: the current one"},
    {.name = "follow", .key = KEY_FOLLOW, .doc = "Print it again whenever it changes"},
    {0},
};

static const char help[] = "Examples:\n"
                           "  sanlingctl summary\n"
                           "  sanlingctl summary 140322102000 --period 2019\n"
                           "  sanlingctl --json summary --follow\n"
                           "\n"
                           "The summary of a unit (default: the root of what you may see).\v"
                           "With --json: one sanling.v1.Summary, a line for each with --follow.";

/* "99.98% (4418/4419，覆盖 100%)", or the interval where units are not verified. One number never stands alone. */
static void format_interval(const Sanling__V1__ZeroCount *count, char text[static RATE_TEXT_SIZE])
{
    bool covered = count->coverage != NULL && count->coverage->part == count->coverage->whole;
    const char *coverage = covered ? "100" : count->coverage != NULL ? count->coverage->text : "";
    if (count->total == 0 || count->lower == NULL || count->upper == NULL)
        snprintf(text, RATE_TEXT_SIZE, "–");
    else if (count->unverified == 0)
        snprintf(text, RATE_TEXT_SIZE, "%s%% (%" PRIu64 "/%" PRIu64 "，覆盖 %s%%)", count->lower->text,
                 count->lower->part, count->lower->whole, coverage);
    else
        snprintf(text, RATE_TEXT_SIZE, "%s%%–%s%% (覆盖 %s%%)", count->lower->text, count->upper->text, coverage);
}

static void format_rate(const Sanling__V1__Rate *rate, char text[static RATE_TEXT_SIZE])
{
    if (rate == NULL || rate->whole == 0)
        snprintf(text, RATE_TEXT_SIZE, "–");
    else
        snprintf(text, RATE_TEXT_SIZE, "%s%% (%" PRIu64 "/%" PRIu64 ")", rate->text, rate->part, rate->whole);
}

static void print_zeros(const Sanling__V1__RollUp *zeros)
{
    static const struct column columns[] = {{"单位 Units", false}, {"零 Zero of", false}, {"总数 Total", true},
                                            {"零 Zero", true},     {"破零 Broken", true}, {"未核实 Unverified", true},
                                            {"达标率 Rate", false}};
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; zeros != NULL && i < zeros->n_counts; i++) {
        const Sanling__V1__ZeroCount *count = zeros->counts[i];
        struct libscols_line *row = table_add_row(table, NULL);
        char rate[RATE_TEXT_SIZE];
        bool same = i > 0 && zeros->counts[i - 1]->group == count->group;
        format_interval(count, rate);
        row_set(row, 0, "%s", same ? "" : group_label(count->group));
        row_set(row, 1, "%s", zero_label(count->zero));
        row_set(row, 2, "%u", count->total);
        row_set(row, 3, "%u", count->zero_units);
        row_set(row, 4, "%u", count->broken);
        row_set(row, 5, "%u", count->unverified);
        row_set(row, 6, "%s", rate);
    }
    table_print(&table);
}

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
    format_rate(rate, text);
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
    add_count(figures, "现场整改 fixed on the spot", hazards->fixed_on_spot);
    add_count(figures, "限期整改 ordered", hazards->ordered);
    add_count(figures, "已销号 struck off", hazards->struck_off);
    add_count(figures, "未销号 open", hazards->open);
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
    add_count(figures, "逾期 overdue", petitions->overdue);
    add_count(figures, "办结 closed", petitions->closed);
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
    add_count(figures, "终止 ended", disputes->ended);
}

static void add_cases(struct figures *figures, const Sanling__V1__CaseSummary *cases)
{
    if (cases == NULL)
        return;
    char previous[RATE_TEXT_SIZE];
    figures->subject = "案件 Cases";
    struct libscols_line *filed = add_count(figures, "立案 filed", cases->filed);
    row_set(filed, 3, "%u", cases->previous_filed);
    if (cases->filed_change[0] != '\0')
        row_set(filed, 4, "%s%%", cases->filed_change);
    else
        row_set(filed, 4, "上年同期为0 none last year");
    struct libscols_line *resolved = add_count(figures, "查破 resolved", cases->resolved);
    row_set(resolved, 3, "%u", cases->previous_resolved);
    struct libscols_line *clearance = add_rate(figures, "查处率 clearance", cases->clearance);
    format_rate(cases->previous_clearance, previous);
    row_set(clearance, 3, "%s", previous);
    if (cases->clearance_change_points[0] != '\0')
        row_set(clearance, 4, "%s 个百分点 points", cases->clearance_change_points);
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

static void add_cameras_and_teams(struct figures *figures, const Sanling__V1__Summary *summary)
{
    const Sanling__V1__CameraSummary *cameras = summary->cameras;
    const Sanling__V1__TeamSummary *teams = summary->teams;
    figures->subject = "视频 Cameras";
    if (cameras != NULL) {
        add_count(figures, "在用 in service", cameras->in_service);
        add_count(figures, "产权类别 owner categories", cameras->owners);
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
        if (office->last_position > 0)
            row_set(row, 4, "位置 position %" PRIu64, office->last_position);
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

static void print_heading(const Sanling__V1__Summary *summary)
{
    char when[MOMENT_TEXT_SIZE];
    moment_format(summary->time, when);
    tool_print_demonstration(summary->demonstration);
    printf("%s%s%s  三零单位创建汇总 Three-zeros summary, %u\n", summary->name[0] != '\0' ? summary->name : "全部 all",
           summary->unit[0] != '\0' ? " " : "", summary->unit, summary->year);
    if (summary->policy_version[0] == '\0') {
        printf("时钟 %s，位置 %" PRIu64 "，尚未启用规则\n", when, summary->position);
        printf("Clock %s, position %" PRIu64 ", no policy is adopted yet; try: sanlingctl policy adopt FILE\n\n", when,
               summary->position);
        return;
    }
    printf("截至 %s（时钟 %s），位置 %" PRIu64 "，规则 %s（%s）\n", summary->as_of, when, summary->position,
           summary->policy_version, summary->policy_preset);
    printf("As of %s (clock %s), position %" PRIu64 ", policy %s (%s)\n\n", summary->as_of, when, summary->position,
           summary->policy_version, summary->policy_preset);
}

static void print_figures(const Sanling__V1__Summary *summary)
{
    static const struct column columns[] = {{"事项 Subject", false},
                                            {"指标 Figure", false},
                                            {"数 Number", true},
                                            {"上年同期 Last year", true},
                                            {"变化/说明 Change", false}};
    struct figures figures = {.table = table_open(columns, sizeof columns / sizeof *columns)};
    add_hazards(&figures, summary->hazards);
    add_petitions(&figures, summary->petitions);
    add_disputes(&figures, summary->disputes);
    add_cases(&figures, summary->cases);
    add_accidents(&figures, summary->accidents);
    add_cameras_and_teams(&figures, summary);
    add_tallies(&figures, summary);
    add_freshness(&figures, summary);
    add_units(&figures, summary);
    table_print(&figures.table);
}

static void print_summary(const struct tool *tool, const Sanling__V1__Summary *summary)
{
    if (tool->json) {
        tool_print_json(&summary->base);
    } else {
        print_heading(summary);
        print_zeros(summary->zeros);
        putchar('\n');
        print_figures(summary);
    }
    fflush(stdout);
}

static int follow(struct tool *tool, const struct arguments *arguments)
{
    struct sanling_error error;
    struct sanling_happening happening;
    Sanling__V1__Subscribe subscribe = SANLING__V1__SUBSCRIBE__INIT;
    Sanling__V1__SummarySubscription summary = SANLING__V1__SUMMARY_SUBSCRIPTION__INIT;
    if (arguments->unit != NULL)
        summary.unit = arguments->unit;
    summary.year = arguments->year;
    subscribe.id = SUBSCRIPTION;
    subscribe.kind_case = SANLING__V1__SUBSCRIBE__KIND_SUMMARY;
    subscribe.summary = &summary;
    int status = tool_connect(tool, NULL);
    if (status != STATUS_DONE)
        return status;
    if (!sanling_subscribe(tool->hub, &subscribe, &error))
        return tool_fail(&error);
    while (sanling_next(tool->hub, -1, &happening, &error)) {
        if (happening.kind == SANLING_PROBLEM) {
            snprintf(error.text, sizeof error.text, "%s", happening.problem->text);
            error.hub_code = happening.problem->code;
            return tool_fail(&error);
        }
        if (happening.kind != SANLING_SUMMARY)
            continue;
        if (!tool->json && isatty(STDOUT_FILENO))
            fputs("\033[H\033[2J", stdout);
        print_summary(tool, happening.summary->summary);
        if (!sanling_credit(tool->hub, SUBSCRIPTION, 1, &error))
            return tool_fail(&error);
    }
    return tool_fail(&error);
}

int run_summary(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, "[UNIT]", help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool};
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__SummaryQuery summary = SANLING__V1__SUMMARY_QUERY__INIT;
    struct answer answer;
    tool_parse(&argp, argc, argv, &arguments);
    if (arguments.follow)
        return follow(tool, &arguments);
    if (arguments.unit != NULL)
        summary.unit = arguments.unit;
    summary.year = arguments.year;
    query.ask_case = SANLING__V1__QUERY__ASK_SUMMARY;
    query.summary = &summary;
    int status = tool_ask(tool, &query, &sanling__v1__summary__descriptor, &answer);
    if (status != STATUS_DONE)
        return status;
    print_summary(tool, (const Sanling__V1__Summary *)answer.body);
    answer_clear(&answer);
    return STATUS_DONE;
}
