/* sanlingctl status: the joint status of a unit and of those below it. */
#include "arguments.h"
#include "ask.h"
#include "commands.h"
#include "language.h"
#include "table.h"
#include "words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_AS_OF = 0x200, KEY_KNOWN_AT, KEY_DEPTH, DEPTH_DEFAULT = 1, DEPTH_MAX = 16, OTHERS_SHOWN = 10 };

struct arguments {
    struct tool *tool;
    Sanling__V1__StatusQuery query;
    Google__Protobuf__Timestamp known_at;
};

static uint32_t parse_depth(const char *text)
{
    char *end;
    unsigned long depth = strtoul(text, &end, 10);
    if (end == text || *end != '\0' || depth > DEPTH_MAX)
        command_line_refuse("sanlingctl status: --depth '%s' is no number from 0 to %d", text, DEPTH_MAX);
    return (uint32_t)depth;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_AS_OF:
        arguments->query.as_of = argument_day(state, "--as-of", argument);
        return 0;
    case KEY_KNOWN_AT:
        argument_known_at(state, argument, &arguments->query, &arguments->known_at);
        return 0;
    case KEY_DEPTH:
        arguments->query.depth = parse_depth(argument);
        return 0;
    case ARGP_KEY_ARG:
        argument_take_word(state, argument, &arguments->query.unit);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "as-of",
     .key = KEY_AS_OF,
     .arg = "DAY",
     .doc = N_("The status on that day; default: today by the hub's clock")},
    {.name = "known-at", .key = KEY_KNOWN_AT, .arg = "POSITION|TIME", .doc = N_("As it was known then; default: now")},
    {.name = "depth", .key = KEY_DEPTH, .arg = "N", .doc = N_("Levels below the unit; default: 1")},
    {0},
};

static const char help[] =
    N_("Examples:\n"
       "  sanlingctl status\n"
       "  sanlingctl status 140322102000 --depth 2\n"
       "  sanlingctl status 140322102200 --as-of 2020-03-05 --known-at 2020-03-05T18:00:00+08:00\n"
       "\n"
       "Joint status of a unit (default: the root of what you may see) and of the units below it.\v"
       "With --json: one sanling.v1.StatusAnswer.");

static const Sanling__V1__ZeroStatus *find_zero(const Sanling__V1__UnitStatus *unit, Sanling__V1__Zero__Kind zero)
{
    for (size_t i = 0; i < unit->n_zeros; i++)
        if (unit->zeros[i]->zero == zero)
            return unit->zeros[i];
    return NULL;
}

/* With until when it is verified, since when it is broken or unverified; in January, until when last year was. */
static void set_zero(struct libscols_line *row, size_t column, const Sanling__V1__ZeroStatus *zero)
{
    if (zero == NULL)
        row_set(row, column, "–");
    else if (zero->status == SANLING__V1__STATUS__KIND__ZERO)
        row_set(row, column, "%s 至%s", status_label(zero->status), zero->verified_until);
    else if (zero->status == SANLING__V1__STATUS__KIND__BROKEN || zero->since[0] != '\0')
        row_set(row, column, "%s 自%s", status_label(zero->status), zero->since);
    else if (zero->verified_last_year[0] != '\0')
        row_set(row, column, "%s 上年核实至%s", status_label(zero->status), zero->verified_last_year);
    else
        row_set(row, column, "%s", status_label(zero->status));
}

static void set_below(struct libscols_line *row, size_t column, const Sanling__V1__UnitStatus *unit)
{
    for (size_t i = 0; unit->below != NULL && i < unit->below->n_counts; i++) {
        const Sanling__V1__ZeroCount *count = unit->below->counts[i];
        if (count->group != SANLING__V1__UNIT_GROUP__KIND__ALL || count->zero != SANLING__V1__ZERO__KIND__UNSPECIFIED)
            continue;
        if (count->total == 0)
            break;
        row_set(row, column, "%u / %u / %u", count->zero_units, count->broken, count->unverified);
        return;
    }
    row_set(row, column, "–");
}

static const char *name_of(const Sanling__V1__UnitStatus *unit)
{
    return unit->name[0] != '\0' ? unit->name : unit->unit;
}

static void add_unit(struct libscols_line *row, const Sanling__V1__UnitStatus *unit)
{
    bool counted = unit->joint == SANLING__V1__STATUS__KIND__ZERO || unit->joint == SANLING__V1__STATUS__KIND__BROKEN ||
                   unit->joint == SANLING__V1__STATUS__KIND__UNVERIFIED;
    row_set(row, 0, "%s", name_of(unit)[0] != '\0' ? name_of(unit) : "全部 all");
    row_set(row, 1, "%s", unit->unit);
    row_set(row, 2, "%s", unit_kind_label(unit->kind));
    row_set(row, 3, "%s%s", unit->not_valid[0] != '\0' ? "当日无此单位 " : "",
            unit->not_valid[0] != '\0' ? unit->not_valid : status_label(unit->joint));
    set_zero(row, 4, find_zero(unit, SANLING__V1__ZERO__KIND__PETITION));
    set_zero(row, 5, find_zero(unit, SANLING__V1__ZERO__KIND__ACCIDENT));
    set_zero(row, 6, find_zero(unit, SANLING__V1__ZERO__KIND__CASE));
    if (counted)
        row_set(row, 7, "%u", unit->joint_streak_days);
    set_below(row, 8, unit);
}

enum { LEVELS_SHOWN = DEPTH_MAX + 1 };

static void print_units(const Sanling__V1__StatusAnswer *answer)
{
    static const struct column columns[] = {
        {"单位 Unit", false},    {"编码 Code", false},        {"类别 Kind", false},
        {"三零 Joint", false},   {"零上访 Petitions", false}, {"零事故 Accidents", false},
        {"零案件 Cases", false}, {"连续天数 Streak", true},   {"下属 零/破零/未核实 Below", true}};
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    struct libscols_line *parents[LEVELS_SHOWN] = {NULL};
    table_make_tree(table);
    for (size_t i = 0; i < answer->n_units; i++) {
        const Sanling__V1__UnitStatus *unit = answer->units[i];
        uint32_t level = unit->level < LEVELS_SHOWN ? unit->level : LEVELS_SHOWN - 1;
        struct libscols_line *row = table_add_row(table, level > 0 ? parents[level - 1] : NULL);
        parents[level] = row;
        add_unit(row, unit);
    }
    table_print(&table);
}

static bool differs(const Sanling__V1__UnitStatus *unit, const Sanling__V1__OtherResult *other)
{
    for (size_t i = 0; i < unit->n_zeros && i < other->n_zeros; i++)
        if (unit->zeros[i]->status != other->zeros[i])
            return true;
    return unit->joint != other->joint;
}

/* Under the policy that held before, the day looked otherwise: both results are kept. */
static void print_other(const Sanling__V1__UnitStatus *unit, const Sanling__V1__OtherResult *other)
{
    printf("口径不同 different definition: %s %s，规则 policy %s（所知至 #%" PRIu64 " 之前 as known before it）：%s（",
           name_of(unit), unit->unit, other->policy_version, other->before_position, status_label(other->joint));
    for (size_t z = 0; z < other->n_zeros; z++)
        printf("%s%s", z > 0 ? " / " : "", status_label(other->zeros[z]));
    puts("）");
}

/* Of a node that is only a sum: the units below it are mostly not shown. */
static void print_others_below(const Sanling__V1__UnitStatus *unit)
{
    for (size_t i = 0; unit->n_zeros == 0 && i < unit->n_others; i++) {
        const Sanling__V1__OtherResult *other = unit->others[i];
        if (other->units > 0)
            printf("口径不同 different definition: 按原规则 %s 另有结果的单位 %u 个，units with another status under "
                   "policy "
                   "%s: %u（所知至 #%" PRIu64 " 之前 as known before it）\n",
                   other->policy_version, other->units, other->policy_version, other->units, other->before_position);
    }
}

/* Of the first units that have one; `sanlingctl why` tells it of any. */
static void print_others(const Sanling__V1__StatusAnswer *status)
{
    size_t count = 0;
    for (size_t i = 0; i < status->n_units; i++)
        for (size_t o = 0; o < status->units[i]->n_others; o++)
            if (differs(status->units[i], status->units[i]->others[o]) && count++ < OTHERS_SHOWN)
                print_other(status->units[i], status->units[i]->others[o]);
    if (count > OTHERS_SHOWN)
        printf("口径不同 different definition: 另有 %zu 个结果 and %zu more results\n", count - OTHERS_SHOWN,
               count - OTHERS_SHOWN);
}

static void print_predecessors(const Sanling__V1__UnitStatus *unit)
{
    if (unit->n_predecessors == 0)
        return;
    printf("前身 predecessors: %s %s：", name_of(unit), unit->unit);
    for (size_t i = 0; i < unit->n_predecessors; i++)
        printf("%s%s", i > 0 ? "、" : "", unit->predecessors[i]);
    putchar('\n');
}

/* Of the unit asked for alone: for all units below it, `sanlingctl why` says it. */
static void print_last_year(const Sanling__V1__UnitStatus *unit)
{
    for (size_t i = 0; i < unit->n_zeros; i++)
        if (unit->zeros[i]->verified_last_year[0] != '\0')
            printf("上年核实至 verified last year until: %s %s\n", zero_label(unit->zeros[i]->zero),
                   unit->zeros[i]->verified_last_year);
}

/* Of the unit and all below it, shown or not. */
static bool has_silence(const Sanling__V1__UnitStatus *unit)
{
    for (size_t i = 0; unit->below != NULL && i < unit->below->n_counts; i++)
        if (unit->below->counts[i]->unverified > 0)
            return true;
    return false;
}

/* Behind an empty line: the table ends there. */
static void print_notes(const Sanling__V1__StatusAnswer *status)
{
    bool silent = false;
    putchar('\n');
    print_last_year(status->units[0]);
    for (size_t i = 0; i < status->n_units; i++) {
        print_predecessors(status->units[i]);
        silent = silent || has_silence(status->units[i]);
    }
    print_others_below(status->units[0]);
    print_others(status);
    if (silent)
        puts("未报不等于零 No report is not zero");
}

static void print_status(const struct answer *answer)
{
    const Sanling__V1__StatusAnswer *status = (const Sanling__V1__StatusAnswer *)answer->body;
    tool_print_demonstration(answer->demonstration);
    if (status->n_units == 0)
        return;
    const Sanling__V1__UnitStatus *first = status->units[0];
    printf("截至 %s，所知至位置 %" PRIu64 "，规则 %s  As of %s, known at position %" PRIu64 ", policy %s\n",
           first->as_of, first->known_at, first->policy_version[0] != '\0' ? first->policy_version : "–", first->as_of,
           first->known_at, first->policy_version[0] != '\0' ? first->policy_version : "–");
    print_units(status);
    print_notes(status);
}

int run_status(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, "[UNIT]", help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool, .query = SANLING__V1__STATUS_QUERY__INIT};
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    struct answer answer;
    arguments.query.depth = DEPTH_DEFAULT;
    tool_parse(&argp, argc, argv, &arguments);
    query.ask_case = SANLING__V1__QUERY__ASK_STATUS;
    query.status = &arguments.query;
    int status = tool_ask(tool, &query, &sanling__v1__status_answer__descriptor, &answer);
    if (status != STATUS_DONE)
        return status;
    if (tool->json)
        tool_print_json(answer.body);
    else
        print_status(&answer);
    answer_clear(&answer);
    return STATUS_DONE;
}
