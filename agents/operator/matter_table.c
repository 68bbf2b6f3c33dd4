#include "matter_table.h"

#include "matter_words.h"
#include "table.h"
#include "words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef Sanling__V1__MattersAnswer__Matter matter_row;

static const char *or_dash(const char *text)
{
    return text[0] != '\0' ? text : "–";
}

const char *matter_step_name(Sanling__V1__MatterKind__Kind kind, const char *step, const struct answer *labels)
{
    const char *label = kind == SANLING__V1__MATTER_KIND__KIND__SEVEN_STEPS ? label_of(labels, "step", step) : NULL;
    return label != NULL ? label : step_word(kind, step);
}

/* "" where the county has no name for it. */
static const char *category_name(const matter_row *matter, const struct matter_names *names)
{
    static const char *const prefixes[] = {
        [SANLING__V1__MATTER_KIND__KIND__PETITION] = "petition", [SANLING__V1__MATTER_KIND__KIND__HAZARD] = "hazard",
        [SANLING__V1__MATTER_KIND__KIND__ACCIDENT] = "industry", [SANLING__V1__MATTER_KIND__KIND__CASE] = "case",
        [SANLING__V1__MATTER_KIND__KIND__DISPUTE] = "dispute",   [SANLING__V1__MATTER_KIND__KIND__SEVEN_STEPS] = "grid",
    };
    bool known = matter->kind > 0 && (size_t)matter->kind < sizeof prefixes / sizeof *prefixes;
    const char *name = known ? label_of(&names->labels, prefixes[matter->kind], matter->category) : NULL;
    return name != NULL ? name : "";
}

/* What a column shows. */
struct shown {
    const matter_row *matter;
    const struct matter_names *names;
};

static void set_matter(struct libscols_line *row, size_t at, const struct shown *shown)
{
    row_set(row, at, "%s", shown->matter->matter);
}

static void set_kind(struct libscols_line *row, size_t at, const struct shown *shown)
{
    row_set(row, at, "%s", matter_kind_label(shown->matter->kind));
}

static void set_unit(struct libscols_line *row, size_t at, const struct shown *shown)
{
    row_set(row, at, "%s %s", shown->matter->unit_name, shown->matter->unit);
}

static void set_step(struct libscols_line *row, size_t at, const struct shown *shown)
{
    row_set(row, at, "%s %s", matter_step_name(shown->matter->kind, shown->matter->step, &shown->names->labels),
            shown->matter->step);
}

static void set_category(struct libscols_line *row, size_t at, const struct shown *shown)
{
    const char *name = category_name(shown->matter, shown->names);
    row_set(row, at, "%s%s%s", name, name[0] != '\0' ? " " : "", or_dash(shown->matter->category));
}

static void set_opened(struct libscols_line *row, size_t at, const struct shown *shown)
{
    row_set_text(row, at, shown->matter->opened_day);
}

static void set_closed(struct libscols_line *row, size_t at, const struct shown *shown)
{
    row_set_text(row, at, shown->matter->closed_day);
}

static void set_due(struct libscols_line *row, size_t at, const struct shown *shown)
{
    row_set_text(row, at, shown->matter->due_day);
}

/* "剩 5 left", "逾期 12 overdue"; nothing where no clock runs. */
static void set_days(struct libscols_line *row, size_t at, const struct shown *shown)
{
    if (shown->matter->due_day[0] == '\0')
        row_set(row, at, "–");
    else if (shown->matter->days_left < 0)
        row_set(row, at, "逾期 %" PRId64 " overdue", -(int64_t)shown->matter->days_left);
    else
        row_set(row, at, "剩 %" PRId32 " left", shown->matter->days_left);
}

static void set_clock(struct libscols_line *row, size_t at, const struct shown *shown)
{
    row_set(row, at, "%s", clock_label(shown->matter->clock));
}

static void set_handler(struct libscols_line *row, size_t at, const struct shown *shown)
{
    row_set(row, at, "%s", office_label(shown->matter->handler));
}

static void set_petition_type(struct libscols_line *row, size_t at, const struct shown *shown)
{
    row_set(row, at, "%s", petition_type_label(shown->matter->petition_type));
}

static void set_hazard_grade(struct libscols_line *row, size_t at, const struct shown *shown)
{
    row_set(row, at, "%s%s", hazard_grade_label(shown->matter->hazard_grade),
            shown->matter->placarded ? " 挂牌 placarded" : "");
}

static void set_accident_grade(struct libscols_line *row, size_t at, const struct shown *shown)
{
    row_set(row, at, "%s", accident_grade_label(shown->matter->accident_grade));
}

static void set_late(struct libscols_line *row, size_t at, const struct shown *shown)
{
    row_set(row, at, "%s", shown->matter->late ? "迟报 late" : "否 no");
}

static void set_case_class(struct libscols_line *row, size_t at, const struct shown *shown)
{
    row_set(row, at, "%s", case_class_label(shown->matter->case_class));
}

static void set_channel(struct libscols_line *row, size_t at, const struct shown *shown)
{
    row_set(row, at, "%s", channel_label(shown->matter->channel));
}

static void set_consents(struct libscols_line *row, size_t at, const struct shown *shown)
{
    row_set(row, at, "%u/2", shown->matter->consents);
}

static bool waits_for_answer(const matter_row *matter)
{
    for (size_t i = 0; i < matter->n_supervisions; i++)
        if (matter->supervisions[i]->answered_at == 0)
            return true;
    return false;
}

static void set_joint(struct libscols_line *row, size_t at, const struct shown *shown)
{
    size_t open = 0;
    for (size_t i = 0; i < shown->matter->n_tasks; i++)
        open += shown->matter->tasks[i]->done_at == 0 ? 1 : 0;
    const char *supervised = waits_for_answer(shown->matter) ? "督办中 supervised" : "";
    if (shown->matter->lead == SANLING__V1__OFFICE__KIND__UNSPECIFIED)
        row_set_text(row, at, supervised);
    else
        row_set(row, at, "%s 牵头 lead，任务 tasks %zu/%zu%s%s", office_label(shown->matter->lead),
                shown->matter->n_tasks - open, shown->matter->n_tasks, supervised[0] != '\0' ? "，" : "", supervised);
}

struct matter_column {
    struct column column;
    void (*set)(struct libscols_line *row, size_t at, const struct shown *shown);
};

enum { COLUMNS_MAX = 11 };

/* Ends with a column without a heading. */
struct matter_columns {
    struct matter_column columns[COLUMNS_MAX + 1];
};

static const struct matter_columns any_columns = {{{{"编号 Matter", false}, set_matter},
                                                   {{"类别 Kind", false}, set_kind},
                                                   {{"单位 Unit", false}, set_unit},
                                                   {{"步骤 Step", false}, set_step},
                                                   {{"登记 Opened", false}, set_opened},
                                                   {{"到期 Due", false}, set_due},
                                                   {{"天数 Days", true}, set_days},
                                                   {{"经办 Handler", false}, set_handler},
                                                   {{"联合/督办 Joint", false}, set_joint}}};

static const struct matter_columns petition_columns = {{{{"编号 Petition", false}, set_matter},
                                                        {{"单位 Unit", false}, set_unit},
                                                        {{"类型 Type", false}, set_petition_type},
                                                        {{"类别 Category", false}, set_category},
                                                        {{"步骤 Step", false}, set_step},
                                                        {{"登记 Registered", false}, set_opened},
                                                        {{"时限 Clock", false}, set_clock},
                                                        {{"到期 Due", false}, set_due},
                                                        {{"天数 Days", true}, set_days},
                                                        {{"经办 Handler", false}, set_handler},
                                                        {{"联合/督办 Joint", false}, set_joint}}};

static const struct matter_columns hazard_columns = {{{{"编号 Hazard", false}, set_matter},
                                                      {{"单位 Unit", false}, set_unit},
                                                      {{"等级 Grade", false}, set_hazard_grade},
                                                      {{"类别 Category", false}, set_category},
                                                      {{"步骤 Step", false}, set_step},
                                                      {{"排查 Found", false}, set_opened},
                                                      {{"整改到期 Due", false}, set_due},
                                                      {{"天数 Days", true}, set_days},
                                                      {{"销号 Struck off", false}, set_closed},
                                                      {{"联合/督办 Joint", false}, set_joint}}};

static const struct matter_columns accident_columns = {{{{"编号 Accident", false}, set_matter},
                                                        {{"单位 Unit", false}, set_unit},
                                                        {{"等级 Grade", false}, set_accident_grade},
                                                        {{"行业 Industry", false}, set_category},
                                                        {{"步骤 Step", false}, set_step},
                                                        {{"发生 Occurred", false}, set_opened},
                                                        {{"迟报 Late", false}, set_late},
                                                        {{"调查到期 Due", false}, set_due},
                                                        {{"天数 Days", true}, set_days},
                                                        {{"结案 Concluded", false}, set_closed}}};

static const struct matter_columns case_columns = {{{{"编号 Case", false}, set_matter},
                                                    {{"单位 Unit", false}, set_unit},
                                                    {{"性质 Class", false}, set_case_class},
                                                    {{"类别 Category", false}, set_category},
                                                    {{"步骤 Step", false}, set_step},
                                                    {{"立案 Filed", false}, set_opened},
                                                    {{"查破 Resolved", false}, set_closed},
                                                    {{"联合/督办 Joint", false}, set_joint}}};

static const struct matter_columns dispute_columns = {{{{"编号 Dispute", false}, set_matter},
                                                       {{"单位 Unit", false}, set_unit},
                                                       {{"类别 Category", false}, set_category},
                                                       {{"渠道 Channel", false}, set_channel},
                                                       {{"同意 Agreed", true}, set_consents},
                                                       {{"步骤 Step", false}, set_step},
                                                       {{"登记 Opened", false}, set_opened},
                                                       {{"到期 Due", false}, set_due},
                                                       {{"天数 Days", true}, set_days},
                                                       {{"结束 Ended", false}, set_closed},
                                                       {{"经办 Handler", false}, set_handler}}};

static const struct matter_columns grid_columns = {{{{"编号 Matter", false}, set_matter},
                                                    {{"单位 Unit", false}, set_unit},
                                                    {{"类别 Category", false}, set_category},
                                                    {{"七步 Step", false}, set_step},
                                                    {{"上报 Reported", false}, set_opened},
                                                    {{"分派 Handler", false}, set_handler},
                                                    {{"到期 Due", false}, set_due},
                                                    {{"天数 Days", true}, set_days},
                                                    {{"办结 Closed", false}, set_closed},
                                                    {{"联合/督办 Joint", false}, set_joint}}};

static const struct matter_columns *columns_of(Sanling__V1__MatterKind__Kind kind)
{
    switch (kind) {
    case SANLING__V1__MATTER_KIND__KIND__PETITION:
        return &petition_columns;
    case SANLING__V1__MATTER_KIND__KIND__HAZARD:
        return &hazard_columns;
    case SANLING__V1__MATTER_KIND__KIND__ACCIDENT:
        return &accident_columns;
    case SANLING__V1__MATTER_KIND__KIND__CASE:
        return &case_columns;
    case SANLING__V1__MATTER_KIND__KIND__DISPUTE:
        return &dispute_columns;
    case SANLING__V1__MATTER_KIND__KIND__SEVEN_STEPS:
        return &grid_columns;
    case SANLING__V1__MATTER_KIND__KIND__UNSPECIFIED:
    case _SANLING__V1__MATTER_KIND__KIND_IS_INT_SIZE:
        break;
    }
    return &any_columns;
}

void matter_table_print(const Sanling__V1__MattersAnswer *matters, Sanling__V1__MatterKind__Kind kind,
                        const struct matter_names *names)
{
    const struct matter_column *chosen = columns_of(kind)->columns;
    struct column columns[COLUMNS_MAX];
    size_t count = 0;
    for (; chosen[count].column.heading != NULL; count++)
        columns[count] = chosen[count].column;
    struct libscols_table *table = table_open(columns, count);
    for (size_t i = 0; i < matters->n_matters; i++) {
        struct libscols_line *row = table_add_row(table, NULL);
        for (size_t c = 0; c < count; c++)
            chosen[c].set(row, c, &(struct shown){matters->matters[i], names});
    }
    table_print(&table);
}

static void print_heading(const matter_row *matter, const struct matter_names *names)
{
    printf("%s  %s  %s %s  %s %s\n", matter_kind_label(matter->kind), matter->matter, matter->unit_name, matter->unit,
           matter_step_name(matter->kind, matter->step, &names->labels), matter->step);
    printf("登记 opened %s #%" PRIu64 "，%s；经办 handler %s", or_dash(matter->opened_day), matter->opened_at,
           office_label(matter->opened_by), office_label(matter->handler));
    if (matter->closed_day[0] != '\0')
        printf("；办结 closed %s", matter->closed_day);
    if (matter->due_day[0] != '\0')
        printf("；时限 clock %s，到期 due %s，%s %" PRId64, clock_label(matter->clock), matter->due_day,
               matter->days_left < 0 ? "逾期天数 days overdue" : "剩余天数 days left",
               matter->days_left < 0 ? -(int64_t)matter->days_left : matter->days_left);
    if (matter->escalation > 0)
        printf("，已%s", supervision_label(matter->escalation));
    putchar('\n');
}

/* What only some matters have; each on its line. */
static void print_marks(const matter_row *matter, const struct matter_names *names)
{
    char members[OFFICES_TEXT_SIZE];
    if (matter->category[0] != '\0')
        printf("类别 category %s %s\n", category_name(matter, names), matter->category);
    if (matter->kind == SANLING__V1__MATTER_KIND__KIND__PETITION)
        printf("类型 type %s\n", petition_type_label(matter->petition_type));
    if (matter->kind == SANLING__V1__MATTER_KIND__KIND__HAZARD)
        printf("等级 grade %s%s\n", hazard_grade_label(matter->hazard_grade),
               matter->placarded ? "，挂牌 placarded" : "");
    if (matter->kind == SANLING__V1__MATTER_KIND__KIND__ACCIDENT)
        printf("等级 grade %s%s\n", accident_grade_label(matter->accident_grade),
               matter->late ? "，迟报 reported late" : "");
    if (matter->kind == SANLING__V1__MATTER_KIND__KIND__CASE)
        printf("性质 class %s\n", case_class_label(matter->case_class));
    if (matter->channel != SANLING__V1__MEDIATION__CHANNEL__UNSPECIFIED || matter->consents > 0)
        printf("调解 mediation: 渠道 channel %s，同意 sides agreed %u/2\n", channel_label(matter->channel),
               matter->consents);
    if (matter->campaign[0] != '\0')
        printf("专项行动 campaign %s\n", matter->campaign);
    if (matter->ever_overdue)
        puts("曾逾期 a clock of it ran out");
    if (matter->lead != SANLING__V1__OFFICE__KIND__UNSPECIFIED) {
        offices_format(matter->members, matter->n_members, members);
        printf("联合处置 joint handling: 牵头 lead %s，成员 members %s，会商 consultations %u\n",
               office_label(matter->lead), or_dash(members), matter->consultations);
    }
}

/* Side events and deadlines leave a matter where it stands: NONE. */
static void set_step_after(struct libscols_line *row, size_t at, const matter_row *matter, const char *step,
                           const struct matter_names *names)
{
    if (step[0] == '\0' || strcmp(step, "NONE") == 0)
        row_set_text(row, at, "");
    else
        row_set(row, at, "%s %s", matter_step_name(matter->kind, step, &names->labels), step);
}

/* Which clock ran out, and up to which level that was reported, stands with the event. */
static void set_event(struct libscols_line *row, size_t at, const Sanling__V1__MattersAnswer__Move *move,
                      const struct matter_names *names)
{
    const char *label = event_label(&names->catalogue, move->type);
    if (move->clock == SANLING__V1__DEADLINE_PASSED__CLOCK__KIND__UNSPECIFIED)
        row_set(row, at, "%s %s", label, move->type);
    else
        row_set(row, at, "%s %s（时限 clock %s，级别 level %u）", label, move->type, clock_label(move->clock),
                move->level);
}

/* Each amendment by its own name: a supplement hides no correction. */
static void set_amended(struct libscols_line *row, size_t at, const Sanling__V1__MattersAnswer__Move *move)
{
    const struct {
        const char *label;
        uint64_t position;
    } marks[] = {{"撤销 retracted", move->retracted_at},
                 {"更正 corrected", move->corrected_at},
                 {"补报 supplemented", move->supplemented_at},
                 {"待复核 pending second approval", move->pending_at}};
    char text[256] = ""; /* four marks and their positions are shorter */
    size_t length = 0;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (marks[i].position > 0)
            length += (size_t)snprintf(text + length, sizeof text - length, "%s%s #%" PRIu64, length > 0 ? "，" : "",
                                       marks[i].label, marks[i].position);
    row_set_text(row, at, text);
}

static void print_moves(const matter_row *matter, const struct matter_names *names)
{
    static const struct column columns[] = {{"位置 Position", true},     {"日期 Day", false},  {"事件 Event", false},
                                            {"部门 Office", false},      {"之后 Then", false}, {"到期 Due", false},
                                            {"更正/撤销 Amended", false}};
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    puts("\n经过 History");
    for (size_t i = 0; i < matter->n_moves; i++) {
        const Sanling__V1__MattersAnswer__Move *move = matter->moves[i];
        struct libscols_line *row = table_add_row(table, NULL);
        row_set_position(row, 0, move->position);
        row_set_text(row, 1, move->day);
        set_event(row, 2, move, names);
        row_set(row, 3, "%s", office_label(move->office));
        set_step_after(row, 4, matter, move->step, names);
        row_set_text(row, 5, move->due_day);
        set_amended(row, 6, move);
    }
    table_print(&table);
}

static void print_tasks(const matter_row *matter)
{
    static const struct column columns[] = {{"任务 Task", false},    {"部门 Office", false}, {"到期 Due", false},
                                            {"分派 Assigned", true}, {"完成 Done", true},    {"状态 State", false}};
    if (matter->n_tasks == 0)
        return;
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    puts("\n联合任务 Tasks");
    for (size_t i = 0; i < matter->n_tasks; i++) {
        const Sanling__V1__MattersAnswer__Task *task = matter->tasks[i];
        struct libscols_line *row = table_add_row(table, NULL);
        row_set(row, 0, "%s", task->task);
        row_set(row, 1, "%s", office_label(task->office));
        row_set_text(row, 2, task->due_day);
        row_set_position(row, 3, task->assigned_at);
        row_set_position(row, 4, task->done_at);
        row_set(row, 5, "%s",
                task->released      ? "免除 released"
                : task->done_at > 0 ? "完成 done"
                : task->overdue     ? "逾期 overdue"
                                    : "在办 open");
    }
    table_print(&table);
}

static void print_supervisions(const matter_row *matter)
{
    static const struct column columns[] = {{"级别 Level", false}, {"发出 By", false},    {"对象 To", false},
                                            {"到期 Due", false},   {"位置 Issued", true}, {"回复 Answered", true},
                                            {"状态 State", false}};
    if (matter->n_supervisions == 0)
        return;
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    puts("\n催办督办 Supervisions");
    for (size_t i = 0; i < matter->n_supervisions; i++) {
        const Sanling__V1__MattersAnswer__Supervision *supervision = matter->supervisions[i];
        struct libscols_line *row = table_add_row(table, NULL);
        row_set(row, 0, "%s", supervision_label(supervision->level));
        row_set(row, 1, "%s", office_label(supervision->by_office));
        row_set(row, 2, "%s", office_label(supervision->to_office));
        row_set_text(row, 3, supervision->due_day);
        row_set_position(row, 4, supervision->issued_at);
        row_set_position(row, 5, supervision->answered_at);
        row_set(row, 6, "%s",
                supervision->answered_at > 0 ? "已回复 answered"
                : supervision->overdue       ? "逾期 overdue"
                                             : "待回复 open");
    }
    table_print(&table);
}

static void print_seal_keys(const matter_row *matter)
{
    static const struct column columns[] = {{"机构 Office", false}, {"密钥 Key", false},   {"密件 Notes", true},
                                            {"启用 Offered", true}, {"销毁 Erased", true}, {"状态 State", false}};
    if (matter->n_seal_keys == 0)
        return;
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    puts("\n密件密钥 Keys of sealed notes");
    for (size_t i = 0; i < matter->n_seal_keys; i++) {
        const Sanling__V1__MattersAnswer__SealKey *key = matter->seal_keys[i];
        struct libscols_line *row = table_add_row(table, NULL);
        row_set(row, 0, "%s", office_label(key->office));
        row_set(row, 1, "%s", key->key);
        row_set(row, 2, "%" PRIu32, key->notes);
        row_set_position(row, 3, key->offered_at);
        row_set_position(row, 4, key->destroyed_at);
        row_set(row, 5, "%s", key->destroyed_at > 0 ? "已销毁，密件不可再读 erased" : "可用 in use");
    }
    table_print(&table);
}

void matter_print(const Sanling__V1__MattersAnswer__Matter *matter, const struct matter_names *names)
{
    print_heading(matter, names);
    print_marks(matter, names);
    print_moves(matter, names);
    print_tasks(matter);
    print_supervisions(matter);
    print_seal_keys(matter);
}
