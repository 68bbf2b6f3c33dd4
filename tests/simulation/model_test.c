/* Properties of the domain over random histories: statuses against a reference that was written without its code, and
 * what must stay the same, or must not get better, when a history is changed a little. Every property is a test; a
 * failure names the seed that brings it back. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cut.h"
#include "day.h"
#include "difference.h"
#include "history.h"
#include "reference.h"
#include "rollup.h"
#include "run.h"
#include "summary.h"
#include "tree.h"
#include "unit_days.h"
#include "unit_row.h"

enum { ZONE_MINUTES = 480 }; /* of every policy that histories draw */

/* What a property works with; too large for the stack, and used again for each seed. */
struct bench {
    struct history history;
    struct run run, other;
    uint32_t order[HISTORY_ACTS];
    uint32_t count; /* of `order` */
    struct draw draw;
    struct unit_rows kept; /* of the run, cleared with it */
};

struct question {
    const char *unit;
    int32_t as_of;
    uint64_t known_at;
};

static void question_print(const struct question *question)
{
    char as_of[DAY_TEXT_SIZE];
    day_format(question->as_of, as_of);
    if (question->known_at == POSITION_END)
        printf("  %s as of %s\n", question->unit, as_of);
    else
        printf("  %s as of %s, known at %" PRIu64 "\n", question->unit, as_of, question->known_at);
}

/* Draws the history of the seed, in its own order. */
static void draw_history(struct bench *bench, uint64_t seed)
{
    history_draw(&bench->history, seed);
    bench->draw.seed = ~seed;
    bench->count = bench->history.count;
    for (uint32_t i = 0; i < bench->count; i++)
        bench->order[i] = i;
}

static int32_t any_day(struct bench *bench)
{
    const struct history *history = &bench->history;
    int32_t days = history->last_day - history->first_day + 60;
    return history->first_day + (int32_t)draw_below(&bench->draw, (uint32_t)days);
}

static uint32_t unit_count(void)
{
    uint32_t count = 0;
    while (history_unit(count))
        count++;
    return count;
}

static const char *any_unit(struct bench *bench)
{
    return history_unit(draw_below(&bench->draw, unit_count()));
}

static struct question any_question(struct bench *bench)
{
    struct question question = {.unit = any_unit(bench), .as_of = any_day(bench), .known_at = POSITION_END};
    if (!draw_once_in(&bench->draw, 3))
        question.known_at = 1 + draw_below(&bench->draw, (uint32_t)bench->run.state.heads.position);
    return question;
}

/* Whether the domain has an answer: a counted unit, alive on the day as known then. */
static bool is_answered(const struct run *run, const struct question *question)
{
    uint32_t ordinal = state_find_unit(&run->state, question->unit);
    if (ordinal == 0)
        return false;
    const struct unit *unit = state_unit(&run->state, ordinal);
    return unit->registered_at <= question->known_at && unit_kind_counted((enum unit_kind)unit->kind) &&
           unit_lives(unit, question->as_of, question->known_at);
}

static void ask(struct run *run, const struct question *question, struct answers *answers)
{
    run_answers(run, question->unit, question->as_of, question->known_at, answers);
}

/* ---- the reference ---- */

static void ask_reference(const struct run *run, const struct question *question, struct answers *answers)
{
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        answers->zeros[zero] =
            reference_status(run->reference, question->unit, (enum zero)zero, question->as_of, question->known_at);
    answers->joint_streak = reference_joint_streak(run->reference, question->unit, question->as_of, question->known_at);
}

/* Whether domain and reference answer alike. */
static bool agree(struct run *run, const struct question *question, bool print)
{
    bool answered = is_answered(run, question);
    if (answered != reference_counts(run->reference, question->unit, question->as_of, question->known_at)) {
        if (print)
            printf("  hub: it %s that day; the reference says otherwise\n", answered ? "lives" : "does not live");
        return false;
    }
    if (!answered)
        return true;
    struct answers hub, reference;
    ask(run, question, &hub);
    ask_reference(run, question, &reference);
    if (print) {
        answers_print("hub      ", &hub);
        answers_print("reference", &reference);
    }
    return answers_equal(&hub, &reference);
}

/* The same question for a run in which other acts were left out: known at what its last act of then was. */
static struct question question_for(const struct run *run, const struct question *question, uint32_t last_act)
{
    struct question here = *question;
    if (question->known_at == POSITION_END)
        return here;
    here.known_at = 1;
    for (uint32_t act = 0; act <= last_act; act++)
        if (run->positions[act] > here.known_at)
            here.known_at = run->positions[act];
    return here;
}

static bool agree_with(struct bench *bench, const struct question *question, uint32_t last_act, bool print)
{
    struct run *run = &bench->other;
    run_open(run, &bench->history, true);
    run_take_all(run, bench->order, bench->count);
    struct question here = question_for(run, question, last_act);
    if (print) {
        for (uint32_t i = 0; i < bench->count; i++)
            if (run->positions[bench->order[i]] > 0 &&
                bench->history.acts[bench->order[i]].event.kind != EVENT_DAY_CLOSED)
                act_print(run, bench->order[i]);
        question_print(&here);
    }
    bool same = agree(run, &here, print);
    run_close(run);
    return same;
}

/* Leaves out as many acts as it can with the difference remaining. Days must close, and the first policy stays. */
static void shrink(struct bench *bench, const struct question *question, uint32_t last_act)
{
    static uint32_t whole[HISTORY_ACTS];
    for (uint32_t size = 256; size > 0; size /= size > 1 ? 4 : 2) {
        for (uint32_t start = 1; start < bench->count; start += size) {
            uint32_t count = bench->count;
            memcpy(whole, bench->order, sizeof whole);
            bench->count = 0;
            for (uint32_t i = 0; i < count; i++)
                if (i < start || i >= start + size || bench->history.acts[whole[i]].event.kind == EVENT_DAY_CLOSED)
                    bench->order[bench->count++] = whole[i];
            if (bench->count == count || agree_with(bench, question, last_act, false)) {
                memcpy(bench->order, whole, sizeof whole);
                bench->count = count;
            } else {
                start -= size;
            }
        }
    }
}

static uint32_t act_at(const struct run *run, uint64_t position)
{
    for (uint32_t act = 0; act < run->history->count; act++)
        if (run->positions[act] == position)
            return act;
    return run->history->count - 1;
}

static bool status_equals_the_reference(struct bench *bench, uint64_t seed)
{
    enum { QUESTIONS = 24 };
    draw_history(bench, seed);
    run_open(&bench->run, &bench->history, true);
    run_take_all(&bench->run, bench->order, bench->count);
    bool same = true;
    for (int i = 0; i < QUESTIONS && same; i++) {
        struct question question = any_question(bench);
        same = agree(&bench->run, &question, false);
        if (same)
            continue;
        uint32_t last_act = act_at(&bench->run, question.known_at);
        shrink(bench, &question, last_act);
        agree_with(bench, &question, last_act, true);
    }
    run_close(&bench->run);
    return same;
}

/* ---- roll-ups ---- */

/* What stands at or below the node, unit by unit over the tree of the day. */
static void roll_up(struct run *run, const struct tree *tree, uint32_t node, uint64_t known_at, struct rollup *rollup)
{
    memset(rollup, 0, sizeof *rollup);
    for (uint32_t unit = 1; unit < tree->count; unit++) {
        const struct unit *row = state_unit(&run->state, unit);
        if (!tree->lives[unit] || !tree_within(tree, unit, node))
            continue;
        rollup->kinds[row->kind]++;
        if (!unit_kind_counted((enum unit_kind)row->kind))
            continue;
        struct answers answers;
        enum status zeros[ZERO_COUNT];
        run_answers(run, row->code, tree->day, known_at, &answers);
        for (int zero = 0; zero < ZERO_COUNT; zero++)
            zeros[zero] = answers.zeros[zero].status;
        rollup_add(rollup, (enum unit_kind)row->kind, zeros);
    }
}

static void add_counts(struct status_count *sum, const struct status_count *part)
{
    sum->total += part->total;
    sum->zero += part->zero;
    sum->broken += part->broken;
    sum->unverified += part->unverified;
}

static void add_rollup(struct rollup *sum, const struct rollup *part)
{
    for (int group = 0; group < GROUP_COUNT; group++) {
        for (int zero = 0; zero < ZERO_COUNT; zero++)
            add_counts(&sum->zeros[group][zero], &part->zeros[group][zero]);
        add_counts(&sum->joint[group], &part->joint[group]);
    }
    for (int kind = 0; kind < UNIT_KIND_LIMIT; kind++)
        sum->kinds[kind] += part->kinds[kind];
}

static bool adds_up(const struct rollup *rollup)
{
    for (int group = 0; group < GROUP_COUNT; group++)
        for (int zero = 0; zero < ZERO_COUNT; zero++) {
            const struct status_count *count = &rollup->zeros[group][zero];
            if (count->total != count->zero + count->broken + count->unverified)
                return false;
        }
    return true;
}

static void rollup_print(const char *who, const struct rollup *rollup)
{
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        const struct status_count *count = &rollup->zeros[GROUP_ALL][zero];
        printf("  %s: zero %d: total %u, zero %u, broken %u, unverified %u\n", who, zero, count->total, count->zero,
               count->broken, count->unverified);
    }
}

static bool rollups_equal(const char *unit, const char *one_name, const struct rollup *one, const char *other_name,
                          const struct rollup *other)
{
    if (memcmp(one, other, sizeof *one) == 0)
        return true;
    printf("  %s\n", unit);
    rollup_print(one_name, one);
    rollup_print(other_name, other);
    return false;
}

/* The node's own and the sum over its children, against the node; and the node against the reference. */
static bool node_adds_up(struct run *run, const struct tree *tree, uint32_t node, uint64_t known_at)
{
    struct rollup whole, sum, part;
    roll_up(run, tree, node, known_at, &whole);
    memset(&sum, 0, sizeof sum);
    const struct unit *row = state_unit(&run->state, node);
    if (tree->lives[node]) {
        sum.kinds[row->kind]++;
        if (unit_kind_counted((enum unit_kind)row->kind)) {
            struct answers answers;
            run_answers(run, row->code, tree->day, known_at, &answers);
            enum status zeros[ZERO_COUNT] = {answers.zeros[0].status, answers.zeros[1].status, answers.zeros[2].status};
            rollup_add(&sum, (enum unit_kind)row->kind, zeros);
        }
    }
    for (uint32_t child = 1; child < tree->count; child++) {
        if (tree->parents[child] != node)
            continue;
        roll_up(run, tree, child, known_at, &part);
        add_rollup(&sum, &part);
    }
    if (!rollups_equal(row->code, "node    ", &whole, "children", &sum))
        return false;
    reference_rollup(run->reference, row->code, tree->day, known_at, &part);
    return adds_up(&whole) && rollups_equal(row->code, "hub      ", &whole, "reference", &part);
}

static bool parents_equal_the_sum_of_their_children(struct bench *bench, uint64_t seed)
{
    enum { TREES = 2 };
    struct run *run = &bench->run;
    draw_history(bench, seed);
    run_open(run, &bench->history, true);
    run_take_all(run, bench->order, bench->count);
    bool same = true;
    for (int i = 0; i < TREES && same; i++) {
        struct question question = any_question(bench);
        struct tree tree;
        tree_open(&run->state, question.as_of, question.known_at, &tree);
        for (uint32_t node = 1; node < tree.count && same; node++)
            if (state_unit(&run->state, node)->registered_at <= question.known_at)
                same = node_adds_up(run, &tree, node, question.known_at);
        tree_close(&tree);
        if (!same)
            question_print(&question);
    }
    run_close(run);
    return same;
}

/* ---- what the open day remembers ---- */

/* What is kept for the tree against the row made anew. */
static bool row_is_remembered(struct bench *bench, uint32_t unit)
{
    struct run *run = &bench->run;
    const struct status_question question = {
        .unit = unit, .as_of = run->state.heads.today, .known_at = POSITION_END, .policies = &run->state.timeline};
    struct unit_row made;
    unit_row_on(&run->state, &question, &made, &run->scratch);
    if (bench->kept.as_of != question.as_of) {
        unit_rows_clear(&bench->kept);
        bench->kept = (struct unit_rows){.as_of = question.as_of, .known_at = POSITION_END};
    }
    const struct unit_row *kept = unit_rows_take(&run->state, &bench->kept, question.policies, unit, &run->scratch);
    bool same = made.verified_until == kept->verified_until && made.gap_office == kept->gap_office &&
                made.gap.from == kept->gap.from && made.gap.to == kept->gap.to;
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        same = same && made.zeros[zero] == kept->zeros[zero] && made.streak_days[zero] == kept->streak_days[zero];
    if (!same)
        printf("  %s: the row that is kept is another\n", state_unit(&run->state, unit)->code);
    return same;
}

/* A unit's remembered statuses against the question. */
static bool unit_is_remembered(struct bench *bench, const struct unit *row, uint32_t unit)
{
    struct run *run = &bench->run;
    enum status zeros[ZERO_COUNT];
    struct answers answers;
    if (!row_is_remembered(bench, unit))
        return false;
    status_now(&run->state, unit, zeros, &run->scratch);
    run_answers(run, row->code, run->state.heads.today, POSITION_END, &answers);
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        if (zeros[zero] == answers.zeros[zero].status)
            continue;
        printf("  %s zero %d: %d is remembered\n", row->code, zero, (int)zeros[zero]);
        answers_print("asked", &answers);
        return false;
    }
    return true;
}

static bool today_is_what_is_asked(struct bench *bench, uint32_t act)
{
    struct run *run = &bench->run;
    struct rollup remembered, asked;
    struct summary summary; /* what the leadership is shown */
    struct tree tree;
    tree_open(&run->state, run->state.heads.today, POSITION_END, &tree);
    bool same = true;
    for (uint32_t unit = 1; unit < tree.count && same; unit++) {
        const struct unit *row = state_unit(&run->state, unit);
        if (tree.lives[unit] && unit_kind_counted((enum unit_kind)row->kind))
            same = unit_is_remembered(bench, row, unit);
    }
    for (uint32_t unit = 1; unit < tree.count && same; unit++) {
        if (!tree.lives[unit])
            continue;
        rollup_now(&run->state, unit, &remembered, &run->scratch);
        roll_up(run, &tree, unit, POSITION_END, &asked);
        summary_of(&run->state, unit, day_year(tree.day), &summary, &run->scratch);
        same = rollups_equal(state_unit(&run->state, unit)->code, "remembered", &remembered, "asked     ", &asked) &&
               rollups_equal(state_unit(&run->state, unit)->code, "summary   ", &summary.zeros, "asked     ", &asked);
    }
    tree_close(&tree);
    if (!same) {
        for (uint32_t earlier = 0; earlier <= act; earlier++)
            if (run->positions[earlier] > 0 && run->history->acts[earlier].event.kind != EVENT_DAY_CLOSED)
                act_print(run, earlier);
    }
    return same;
}

static bool the_open_day_is_remembered_as_it_is_asked(struct bench *bench, uint64_t seed)
{
    draw_history(bench, seed);
    run_open(&bench->run, &bench->history, false);
    bool same = true;
    for (uint32_t i = 0; i < bench->count && same; i++) {
        run_take(&bench->run, i);
        /* looked at now and then, so that there is something to forget */
        if (i > 20 && draw_once_in(&bench->draw, 40))
            same = today_is_what_is_asked(bench, i);
    }
    unit_rows_clear(&bench->kept);
    run_close(&bench->run);
    return same;
}

/* ---- two runs ---- */

/* How far from broken a status is. */
static int height(enum status status)
{
    return status == STATUS_ZERO ? 2 : status == STATUS_UNVERIFIED ? 1 : 0;
}

/* Asks both runs everything about some days, as known at their ends. */
static bool compare_runs(struct bench *bench, struct run *one, struct run *other,
                         bool (*fits)(const struct answers *one, const struct answers *other))
{
    enum { DAYS = 4 };
    for (int i = 0; i < DAYS; i++) {
        int32_t as_of = i == 0 ? bench->history.last_day : any_day(bench);
        for (uint32_t unit = 0; history_unit(unit); unit++) {
            const struct question question = {.unit = history_unit(unit), .as_of = as_of, .known_at = POSITION_END};
            if (!is_answered(one, &question) || !is_answered(other, &question))
                continue;
            struct answers first, second;
            ask(one, &question, &first);
            ask(other, &question, &second);
            if (fits(&first, &second))
                continue;
            question_print(&question);
            answers_print("before", &first);
            answers_print("after ", &second);
            return false;
        }
    }
    return true;
}

static bool is_not_higher(const struct answers *one, const struct answers *other)
{
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        if (height(other->zeros[zero].status) > height(one->zeros[zero].status))
            return false;
    return true;
}

/* The run of the history as it is, and the one of bench->order. */
static bool compare_orders(struct bench *bench, bool (*fits)(const struct answers *one, const struct answers *other))
{
    run_open(&bench->run, &bench->history, false);
    for (uint32_t act = 0; act < bench->history.count; act++)
        if (bench->history.acts[act].day <= bench->history.last_day)
            run_take(&bench->run, act);
    run_open(&bench->other, &bench->history, false);
    run_take_all(&bench->other, bench->order, bench->count);
    bool same = compare_runs(bench, &bench->run, &bench->other, fits);
    run_close(&bench->run);
    run_close(&bench->other);
    return same;
}

static uint32_t any_act(struct bench *bench, enum event_kind kind)
{
    uint32_t count = bench->history.count;
    uint32_t start = draw_below(&bench->draw, count);
    for (uint32_t i = 0; i < count; i++)
        if (bench->history.acts[(start + i) % count].event.kind == kind)
            return (start + i) % count;
    return count;
}

static void leave_out(struct bench *bench, uint32_t act)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < bench->count; i++)
        if (bench->order[i] != act)
            bench->order[kept++] = bench->order[i];
    bench->count = kept;
}

static void put_in(struct bench *bench, uint32_t place, uint32_t act)
{
    memmove(&bench->order[place + 1], &bench->order[place], (bench->count - place) * sizeof bench->order[0]);
    bench->order[place] = act;
    bench->count++;
}

static bool removing_an_attestation_moves_nothing_towards_zero(struct bench *bench, uint64_t seed)
{
    draw_history(bench, seed);
    uint32_t act = any_act(bench, EVENT_ZERO_ATTESTED);
    leave_out(bench, act);
    if (compare_orders(bench, is_not_higher))
        return true;
    act_print(&bench->run, act);
    return false;
}

/* The act is in the other run only. */
static bool compare_with_added(struct bench *bench, const struct act *added,
                               bool (*fits)(const struct answers *one, const struct answers *other))
{
    uint32_t number = (uint32_t)(added - bench->history.acts);
    uint32_t place = 1;
    while (place < bench->count && bench->history.acts[bench->order[place]].day < added->day)
        place++;
    put_in(bench, place, number);
    run_open(&bench->run, &bench->history, false);
    for (uint32_t act = 0; act < number; act++)
        run_take(&bench->run, act);
    run_open(&bench->other, &bench->history, false);
    run_take_all(&bench->other, bench->order, bench->count);
    bool same = compare_runs(bench, &bench->run, &bench->other, fits);
    if (!same)
        act_print(&bench->other, number);
    run_close(&bench->run);
    run_close(&bench->other);
    return same;
}

static bool adding_a_break_moves_nothing_towards_zero(struct bench *bench, uint64_t seed)
{
    draw_history(bench, seed);
    int32_t days = bench->history.last_day - bench->history.first_day;
    int32_t day = bench->history.first_day + 1 + (int32_t)draw_below(&bench->draw, (uint32_t)days);
    bool is_case = draw_once_in(&bench->draw, 2);
    struct act *act = is_case ? history_add(&bench->history, EVENT_CASE_FILED, day, OFFICE_PUBLIC_SECURITY)
                              : history_add(&bench->history, EVENT_ACCIDENT_REPORTED, day, OFFICE_WORK_SAFETY);
    if (!act)
        return true;
    memcpy(act->matter, "added", sizeof "added");
    act->event.matter_kind = is_case ? MATTER_CASE : MATTER_ACCIDENT;
    do {
        act->event.unit = any_unit(bench);
    } while (strlen(act->event.unit) == 12 && strcmp(act->event.unit + 9, "000") == 0);
    if (is_case) {
        act->event.filed.class = CASE_CRIMINAL;
        act->event.filed.influence = INFLUENCE_MAJOR;
    } else {
        act->event.accident = (struct accident_facts){.deaths = 3,
                                                      .loss = LOSS_BELOW_10M,
                                                      .known_at_us = act->event.occurred_at_us,
                                                      .reported_at_us = act->event.occurred_at_us};
    }
    return compare_with_added(bench, act, is_not_higher);
}

static bool a_drill_changes_nothing(struct bench *bench, uint64_t seed)
{
    draw_history(bench, seed);
    uint32_t number;
    do {
        number = draw_below(&bench->draw, bench->count);
    } while (bench->history.acts[number].event.kind == EVENT_DAY_CLOSED ||
             bench->history.acts[number].event.kind == EVENT_POLICY_ADOPTED);
    struct act *act = history_repeat(&bench->history, number);
    if (!act)
        return true;
    act->event.mode = draw_once_in(&bench->draw, 2) ? MODE_EXERCISE : MODE_TEST;
    if (*act->matter && draw_once_in(&bench->draw, 2))
        memcpy(act->matter, "drill", sizeof "drill");
    return compare_with_added(bench, act, answers_equal);
}

/* ---- order ---- */

static bool is_independent(const struct act *act)
{
    return act->office == OFFICE_PETITIONS || act->office == OFFICE_WORK_SAFETY ||
           act->office == OFFICE_PUBLIC_SECURITY;
}

/* Between two acts of anybody else, the three offices come in any order; each keeps its own. */
static void interleave(struct bench *bench)
{
    uint32_t first = 0;
    while (first < bench->count) {
        uint32_t next[OFFICE_LIMIT];
        uint32_t end = first;
        while (end < bench->count && is_independent(&bench->history.acts[end]))
            end++;
        for (uint32_t office = 0; office < OFFICE_LIMIT; office++)
            next[office] = first;
        for (uint32_t place = first; place < end;) {
            uint32_t office = OFFICE_PETITIONS + draw_below(&bench->draw, ZERO_COUNT);
            while (next[office] < end && (uint32_t)bench->history.acts[next[office]].office != office)
                next[office]++;
            if (next[office] < end)
                bench->order[place++] = next[office]++;
        }
        first = end + 1; /* the act at `end` stays where it is */
    }
}

static bool the_order_between_offices_does_not_matter(struct bench *bench, uint64_t seed)
{
    draw_history(bench, seed);
    interleave(bench);
    return compare_orders(bench, answers_equal);
}

/* ---- time ---- */

static bool what_was_known_then_never_changes(struct bench *bench, uint64_t seed)
{
    enum { QUESTIONS = 60 };
    struct question questions[QUESTIONS];
    struct answers answers[QUESTIONS];
    uint32_t count = 0;
    draw_history(bench, seed);
    run_open(&bench->run, &bench->history, false);
    for (uint32_t act = 0; act < bench->count; act++) {
        run_take(&bench->run, act);
        if (count == QUESTIONS || !draw_once_in(&bench->draw, bench->count / QUESTIONS))
            continue;
        struct question question = any_question(bench);
        question.known_at = bench->run.state.heads.position;
        if (!is_answered(&bench->run, &question))
            continue;
        questions[count] = question;
        ask(&bench->run, &question, &answers[count++]);
    }
    bool same = true;
    for (uint32_t i = 0; i < count && same; i++) {
        struct answers now;
        same = is_answered(&bench->run, &questions[i]);
        ask(&bench->run, &questions[i], &now);
        same = same && answers_equal(&answers[i], &now);
        if (!same) {
            question_print(&questions[i]);
            answers_print("then", &answers[i]);
            answers_print("now ", &now);
        }
    }
    run_close(&bench->run);
    return same;
}

/* ---- bytes ---- */

static bool tables_equal(struct state *one, struct state *other)
{
    for (size_t i = 0; state_table(one, i); i++) {
        const struct table *first = state_table(one, i);
        const struct table *second = state_table(other, i);
        if (first->count != second->count ||
            memcmp(first->rows, second->rows, (size_t)first->count * first->row_size) != 0) {
            printf("  table %zu differs: %u and %u rows\n", i, first->count, second->count);
            return false;
        }
    }
    if (memcmp(&one->heads, &other->heads, sizeof one->heads) == 0)
        return true;
    printf("  heads differ\n");
    return false;
}

static bool a_replay_ends_in_the_same_bytes(struct bench *bench, uint64_t seed)
{
    draw_history(bench, seed);
    run_open(&bench->run, &bench->history, false);
    run_take_all(&bench->run, bench->order, bench->count);
    run_open(&bench->other, &bench->history, false);
    for (uint32_t act = 0; act < bench->count; act++) {
        if (bench->run.positions[act] == 0)
            continue; /* the log keeps what was accepted */
        run_take(&bench->other, act);
        if (draw_once_in(&bench->draw, 20)) { /* questions between leave no trace in the state */
            struct answers ignored;
            struct question question = any_question(bench);
            if (is_answered(&bench->other, &question))
                ask(&bench->other, &question, &ignored);
        }
    }
    bool same = tables_equal(&bench->run.state, &bench->other.state);
    run_close(&bench->run);
    run_close(&bench->other);
    return same;
}

static bool a_state_that_was_read_back_goes_on_the_same(struct bench *bench, uint64_t seed)
{
    draw_history(bench, seed);
    uint32_t stop = 1 + draw_below(&bench->draw, bench->count - 1);
    run_open(&bench->run, &bench->history, false);
    run_take_all(&bench->run, bench->order, stop);
    run_open(&bench->other, &bench->history, false);
    state_clear(&bench->other.state);
    state_copy(&bench->run.state, &bench->other.state); /* as a hub that stops and starts moves it */
    memcpy(bench->other.positions, bench->run.positions, sizeof bench->run.positions);
    bool same = compare_runs(bench, &bench->run, &bench->other, answers_equal);
    run_take_all(&bench->run, bench->order + stop, bench->count - stop);
    run_take_all(&bench->other, bench->order + stop, bench->count - stop);
    same = same && tables_equal(&bench->run.state, &bench->other.state) &&
           compare_runs(bench, &bench->run, &bench->other, answers_equal);
    run_close(&bench->run);
    run_close(&bench->other);
    return same;
}

/* ---- a state that is cut at a day ---- */

/* The state of bench->run, cut at the day, becomes that of bench->other. */
static void cut_at(struct bench *bench, int32_t day)
{
    run_open(&bench->other, &bench->history, false);
    state_clear(&bench->other.state);
    state_copy(&bench->run.state, &bench->other.state);
    state_cut(&bench->other.state, day, bench->run.state.heads.offices);
}

/* A day that was open, the open one included. */
static int32_t any_open_day(struct bench *bench)
{
    const struct state *state = &bench->run.state;
    int32_t first = ((const struct day_opened *)table_row(&state->days, 1))->day;
    return first + (int32_t)draw_below(&bench->draw, (uint32_t)(state->heads.today - first + 1));
}

/* Of every unit on days up to the one that it is cut at. */
static bool a_cut_state_has_the_statuses_of_its_day(struct bench *bench, uint64_t seed)
{
    draw_history(bench, seed);
    run_open(&bench->run, &bench->history, false);
    run_take_all(&bench->run, bench->order, bench->count);
    if (bench->run.state.days.count < 2) {
        run_close(&bench->run);
        return true; /* no policy was adopted: no day is counted */
    }
    int32_t day = any_open_day(bench);
    cut_at(bench, day);
    bool same = true;
    for (uint32_t unit = 0; same && history_unit(unit); unit++) {
        struct answers whole, cut;
        const struct question question = {.unit = history_unit(unit),
                                          .as_of = draw_once_in(&bench->draw, 2) ? day : day - (int32_t)(seed % 90),
                                          .known_at = POSITION_END};
        if (!is_answered(&bench->run, &question))
            continue;
        ask(&bench->run, &question, &whole);
        ask(&bench->other, &question, &cut);
        same = is_answered(&bench->other, &question) && answers_equal(&whole, &cut);
        if (!same) {
            question_print(&question);
            answers_print("whole", &whole);
            answers_print("cut  ", &cut);
        }
    }
    struct rollup then, cut;
    rollup_on(&bench->run.state, 0, day, POSITION_END, &then, &bench->run.scratch);
    rollup_now(&bench->other.state, 0, &cut, &bench->other.scratch);
    same = same && rollups_equal("the whole tree", "whole", &then, "cut", &cut);
    run_close(&bench->run);
    run_close(&bench->other);
    return same;
}

/* Told on the day on which it happens, of that day alone, and not changed afterwards. */
static bool is_told_in_time(const struct history *history, const struct act *act)
{
    static const enum event_kind of_other_days[] = {
        EVENT_ZERO_ATTESTED,        EVENT_ATTESTATION_REVIEWED, EVENT_ATTESTATION_WITHDRAWN,
        EVENT_EVENT_CORRECTED,      EVENT_EVENT_RETRACTED,      EVENT_ACCIDENT_SUPPLEMENTED,
        EVENT_EVALUATION_PUBLISHED, EVENT_UNIT_CHANGED,         EVENT_UNIT_MERGED,
        EVENT_UNIT_SPLIT,           EVENT_UNIT_RETIRED,         EVENT_ALERTS_TALLIED,
        EVENT_DISCREPANCY_RAISED,   EVENT_DISCREPANCY_RESOLVED,
    };
    for (size_t i = 0; i < sizeof of_other_days / sizeof *of_other_days; i++)
        if (act->event.kind == of_other_days[i])
            return false;
    if (act->event.kind == EVENT_UNIT_REGISTERED || act->event.kind == EVENT_POLICY_ADOPTED)
        return act->day == history->first_day;
    int64_t start_us = day_start_time(act->day, ZONE_MINUTES);
    return start_us <= act->event.occurred_at_us &&
           act->event.occurred_at_us < day_start_time(act->day + 1, ZONE_MINUTES);
}

/* Leaves out all other acts. */
static void keep_told_in_time(struct bench *bench)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < bench->count; i++)
        if (is_told_in_time(&bench->history, &bench->history.acts[bench->order[i]]))
            bench->order[kept++] = bench->order[i];
    bench->count = kept;
}

/* Whether every figure of the day is alike, but for what changed on it: a cut state knew the day before as well as the
 * day. */
static bool figures_equal(struct state *one, struct state *other, int32_t day, struct status_scratch *scratch)
{
    static struct summary first, second; /* too large for the stack */
    bool same = true;
    summary_of(one, 0, day_year(day), &first, scratch);
    summary_of(other, 0, day_year(day), &second, scratch);
    for (enum figure figure = 1; same && figure < FIGURE_LIMIT; figure++) {
        char name[FIGURE_NAME_SIZE];
        figure_name(figure, name);
        same = strncmp(name, "changes.", 8) == 0 || first.counts[figure] == second.counts[figure];
        if (!same)
            printf("  %s: %" PRIu64 " known then, %" PRIu64 " cut\n", name, first.counts[figure],
                   second.counts[figure]);
    }
    return same;
}

/* Where everything is told in time, what was true on a day is what was known at its end. */
static bool what_was_true_is_what_was_known(struct bench *bench, uint64_t seed)
{
    draw_history(bench, seed);
    keep_told_in_time(bench);
    run_open(&bench->run, &bench->history, false);
    run_take_all(&bench->run, bench->order, bench->count);
    if (bench->run.state.days.count < 2) {
        run_close(&bench->run);
        return true; /* no policy was adopted: no day is counted */
    }
    int32_t day = any_open_day(bench);
    cut_at(bench, day);
    run_close(&bench->run);
    run_open(&bench->run, &bench->history, false);
    for (uint32_t i = 0; i < bench->count; i++) {
        const struct act *act = &bench->history.acts[bench->order[i]];
        if (act->event.kind == EVENT_DAY_CLOSED && act->event.closed.day == day)
            break;
        run_take(&bench->run, bench->order[i]);
    }
    bool same = figures_equal(&bench->run.state, &bench->other.state, day, &bench->run.scratch);
    if (!same) {
        char text[DAY_TEXT_SIZE];
        day_format(day, text);
        printf("  on %s\n", text);
    }
    run_close(&bench->run);
    run_close(&bench->other);
    return same;
}

/* ---- the command line ---- */

struct property {
    const char *name;
    bool (*holds)(struct bench *bench, uint64_t seed);
};

#define PROPERTY(name)                                                                                                 \
    {                                                                                                                  \
#name, name                                                                                                    \
    }
/* ---- what the leadership's page shows ---- */

/* The status that the days of its period tell; false: they are no partition. */
static bool read_days(const struct unit_days *days, struct day_span asked, struct zero_status *read)
{
    int32_t next = asked.from;
    bool began = false, gap = false, prefix = false;
    *read = (struct zero_status){.verified_until = DAY_NONE};
    for (size_t i = 0; i < days->partition; i++) {
        const struct day_line *line = &days->lines[i];
        if (line->days.from != next || line->days.to < next || line->kind < DAYS_COVERED || line->kind > DAYS_CLAIMED)
            return false;
        next = line->days.to + 1;
        if (!began && line->kind <= DAYS_NOT_DUE) {
            began = true;
            prefix = line->kind == DAYS_COVERED;
            read->verified_until = prefix ? line->days.to : DAY_NONE;
        }
        gap = gap || line->kind == DAYS_GAP;
    }
    bool broken = false;
    for (size_t i = days->partition; i < days->count; i++)
        broken = broken || days->lines[i].kind == DAYS_BREAK;
    read->status = broken ? STATUS_BROKEN : prefix && !gap ? STATUS_ZERO : STATUS_UNVERIFIED;
    return next == asked.to + 1;
}

static bool days_tell_the_status(struct bench *bench, const struct status_question *question, enum zero zero)
{
    enum { DAYS = 6 };
    struct run *run = &bench->run;
    const struct day_span asked = {day_year_start(question->as_of), question->as_of};
    struct zero_status read, expected = status_of_zero(&run->state, question, zero, &run->scratch);
    struct unit_days days;
    unit_days_open(&run->state, question, zero, asked, &run->scratch, &days);
    bool same = read_days(&days, asked, &read) && read.status == expected.status &&
                read.verified_until == expected.verified_until;
    unit_days_close(&days);
    if (!same)
        printf("  zero %d: its days say %d, it is %d\n", (int)zero, (int)read.status, (int)expected.status);
    int32_t ends[DAYS];
    enum status statuses[DAYS];
    int32_t end = question->as_of - 400;
    for (int i = 0; i < DAYS; i++)
        ends[i] = end += (int32_t)draw_below(&bench->draw, 400 / DAYS);
    status_on_days(&run->state, question, zero, ends, DAYS, statuses, &run->scratch);
    for (int i = 0; same && i < DAYS; i++) {
        struct status_question then = *question;
        then.as_of = ends[i];
        then.later = question->as_of - ends[i];
        same = statuses[i] == status_of_zero(&run->state, &then, zero, &run->scratch).status;
        if (!same)
            printf("  zero %d, %d days before: %d\n", (int)zero, (int)then.later, (int)statuses[i]);
    }
    return same;
}

static bool a_units_days_tell_its_status(struct bench *bench, uint64_t seed)
{
    draw_history(bench, seed);
    run_open(&bench->run, &bench->history, false);
    run_take_all(&bench->run, bench->order, bench->count);
    bool same = true;
    for (int i = 0; same && i < 20; i++) {
        struct policy_timeline policies;
        const struct question asked = any_question(bench);
        state_timeline(&bench->run.state, asked.known_at, &policies);
        const struct status_question question = {.unit = state_find_unit(&bench->run.state, asked.unit),
                                                 .as_of = asked.as_of,
                                                 .known_at = asked.known_at,
                                                 .policies = &policies};
        for (int zero = 0; same && zero < ZERO_COUNT && is_answered(&bench->run, &asked); zero++)
            same = days_tell_the_status(bench, &question, (enum zero)zero);
        if (!same)
            question_print(&asked);
    }
    run_close(&bench->run);
    return same;
}

/* The status as it is asked for; STATUS_NOT_COUNTED where there is none. */
static enum status status_known(struct run *run, const struct question *question, enum zero zero)
{
    struct answers answers;
    if (!is_answered(run, question))
        return STATUS_NOT_COUNTED;
    ask(run, question, &answers);
    return answers.zeros[zero].status;
}

/* Of each unit and zero: a row exactly where the two answers differ, and behind it a record of after then. */
static bool rows_are_what_differs(struct bench *bench, const struct difference *difference, int32_t day,
                                  uint64_t known_at)
{
    size_t at = 0;
    struct run *run = &bench->run;
    for (uint32_t unit = 1; unit < run->state.units.count; unit++)
        for (int zero = 0; zero < ZERO_COUNT; zero++) {
            const char *code = state_unit(&run->state, unit)->code;
            enum status then = status_known(run, &(struct question){code, day, known_at}, (enum zero)zero);
            enum status now = status_known(run, &(struct question){code, day, POSITION_END}, (enum zero)zero);
            const struct difference_row *row = at < difference->count ? &difference->rows[at] : NULL;
            bool listed = row && row->unit == unit && row->zero == (enum zero)zero;
            struct difference_cause causes[DIFFERENCE_CAUSES_MAX];
            if (listed != (then != now) || (listed && (row->then != then || row->now != now))) {
                printf("  %s zero %d: %d then, %d now\n", code, zero, (int)then, (int)now);
                return false;
            }
            at += listed;
            if (listed && difference_causes(&run->state, row, day, known_at, causes) == 0) {
                printf("  %s zero %d: %d then, %d now, by nothing\n", code, zero, (int)then, (int)now);
                return false;
            }
        }
    return at == difference->count;
}

static bool what_differs_was_made_by_later_records(struct bench *bench, uint64_t seed)
{
    draw_history(bench, seed);
    run_open(&bench->run, &bench->history, false);
    run_take_all(&bench->run, bench->order, bench->count);
    bool same = true;
    for (int i = 0; same && i < 6; i++) {
        const struct question asked = any_question(bench);
        struct difference difference;
        difference_open(&bench->run.state, 0, asked.as_of, asked.known_at, &bench->run.scratch, &difference);
        same = rows_are_what_differs(bench, &difference, asked.as_of, asked.known_at);
        if (!same)
            question_print(&asked);
        difference_close(&difference);
    }
    run_close(&bench->run);
    return same;
}

static const struct property properties[] = {
    PROPERTY(status_equals_the_reference),
    PROPERTY(parents_equal_the_sum_of_their_children),
    PROPERTY(the_open_day_is_remembered_as_it_is_asked),
    PROPERTY(removing_an_attestation_moves_nothing_towards_zero),
    PROPERTY(adding_a_break_moves_nothing_towards_zero),
    PROPERTY(a_drill_changes_nothing),
    PROPERTY(the_order_between_offices_does_not_matter),
    PROPERTY(what_was_known_then_never_changes),
    PROPERTY(a_replay_ends_in_the_same_bytes),
    PROPERTY(a_state_that_was_read_back_goes_on_the_same),
    PROPERTY(a_cut_state_has_the_statuses_of_its_day),
    PROPERTY(what_was_true_is_what_was_known),
    PROPERTY(a_units_days_tell_its_status),
    PROPERTY(what_differs_was_made_by_later_records),
};
enum { PROPERTY_COUNT = sizeof properties / sizeof properties[0] };

/* How often each kind of act was taken and refused, over the seeds: a history that nobody accepts tests nothing. */
static void survey(struct bench *bench, uint64_t first, uint64_t seeds)
{
    static uint32_t accepted[EVENT_KIND_LIMIT], refused[EVENT_KIND_LIMIT];
    for (uint64_t seed = first; seed < first + seeds; seed++) {
        draw_history(bench, seed);
        run_open(&bench->run, &bench->history, false);
        run_take_all(&bench->run, bench->order, bench->count);
        for (uint32_t act = 0; act < bench->count; act++)
            (bench->run.positions[act] ? accepted : refused)[bench->history.acts[act].event.kind]++;
        run_close(&bench->run);
    }
    for (uint32_t kind = 0; kind < EVENT_KIND_LIMIT; kind++)
        if (accepted[kind] + refused[kind] > 0)
            printf("event %3u: %8u accepted, %8u refused\n", kind, accepted[kind], refused[kind]);
}

static int usage(void)
{
    fprintf(stderr, "usage: simulation-model [--seed N] [--seeds COUNT] [--survey | PROPERTY…]\n"
                    "--seed: the first, or the only one without --seeds. Without a property: all of\n");
    for (size_t i = 0; i < PROPERTY_COUNT; i++)
        fprintf(stderr, "  %s\n", properties[i].name);
    return 2;
}

static bool check(struct bench *bench, const struct property *property, uint64_t first, uint64_t seeds)
{
    for (uint64_t seed = first; seed < first + seeds; seed++) {
        if (property->holds(bench, seed))
            continue;
        printf("%s does not hold: simulation-model --seed %" PRIu64 " %s\n", property->name, seed, property->name);
        return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    uint64_t first = 1;
    uint64_t seeds = 0;
    bool chosen[PROPERTY_COUNT] = {false};
    bool any = false;
    bool surveys = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
            first = strtoull(argv[++i], NULL, 10);
            seeds = seeds ? seeds : 1;
        } else if (strcmp(argv[i], "--seeds") == 0 && i + 1 < argc) {
            seeds = strtoull(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--survey") == 0) {
            surveys = true;
        } else {
            size_t property = 0;
            while (property < PROPERTY_COUNT && strcmp(argv[i], properties[property].name) != 0)
                property++;
            if (property == PROPERTY_COUNT)
                return usage();
            chosen[property] = any = true;
        }
    }
    seeds = seeds ? seeds : 100;
    struct bench *bench = calloc(1, sizeof *bench);
    if (!bench)
        abort();
    if (surveys)
        survey(bench, first, seeds);
    bool all = true;
    for (size_t i = 0; i < PROPERTY_COUNT && !surveys; i++)
        if (!any || chosen[i])
            all = check(bench, &properties[i], first, seeds) && all;
    free(bench);
    return all ? 0 : 1;
}
