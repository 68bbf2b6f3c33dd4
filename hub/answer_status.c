#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer_parts.h"
#include "domain/day.h"
#include "domain/evidence.h"
#include "status_rows.h"

enum { STATUS_ROWS_MAX = 56, GAPS_MAX = 16, BREAKS_MAX = 100, ATTESTATIONS_MAX = 32, SUCCESSORS_MAX = 64 };

/* The most that a row may have of them: those of its own, of its zeros, of what stands below it, of other rules. */
enum {
    ZERO_FIELDS = 11 + BREAKS_MAX + 4 * GAPS_MAX + 2 * ATTESTATIONS_MAX,
    BELOW_FIELDS = 1 + GROUP_COUNT * (ZERO_COUNT + 1) * (7 + 3 * 4),
    ROW_FIELDS = 16 + ZERO_COUNT * ZERO_FIELDS + SUCCESSORS_MAX + BELOW_FIELDS + OTHER_RULES_MAX * (5 + ZERO_COUNT),
};
_Static_assert(STATUS_ROWS_MAX *ROW_FIELDS < WIRE_MESSAGE_FIELDS_MAX, "a client unpacks so many fields at most");

static void fill_gaps(struct hub *hub, const struct status_question *question, enum zero zero,
                      Sanling__V1__ZeroStatus *status)
{
    status->gaps = take(hub, GAPS_MAX * sizeof *status->gaps);
    for (uint32_t office = 1; office < OFFICE_LIMIT; office++) {
        const struct span_set *gaps = status_gaps(hub->shown.state, question, zero, (enum office)office, &hub->scratch);
        for (uint32_t i = 0; i < gaps->count && status->n_gaps < GAPS_MAX; i++) {
            Sanling__V1__Gap *gap = take(hub, sizeof *gap);
            sanling__v1__gap__init(gap);
            gap->office = (Sanling__V1__Office__Kind)office;
            gap->from_day = take_day(hub, gaps->spans[i].from);
            gap->to_day = take_day(hub, gaps->spans[i].to);
            status->gaps[status->n_gaps++] = gap;
        }
    }
}

static bool happened_before(const struct break_found *left, const struct break_found *right)
{
    return left->day != right->day ? left->day < right->day : left->position < right->position;
}

/* Keeps the earliest of them, in their order. */
static void keep_earliest(struct break_found found[static BREAKS_MAX], size_t *count, const struct break_found *added)
{
    size_t at = *count < BREAKS_MAX ? (*count)++ : BREAKS_MAX;
    if (at == BREAKS_MAX && !happened_before(added, &found[BREAKS_MAX - 1]))
        return;
    if (at == BREAKS_MAX)
        at--;
    while (at > 0 && happened_before(added, &found[at - 1])) {
        found[at] = found[at - 1];
        at--;
    }
    found[at] = *added;
}

static void fill_breaks(struct hub *hub, const struct status_question *question, enum zero zero,
                        Sanling__V1__ZeroStatus *status)
{
    const struct state *state = hub->shown.state;
    struct break_found earliest[BREAKS_MAX];
    struct break_walk walk;
    struct break_found found;
    size_t count = 0;
    break_walk_open(state, question, (uint32_t)zero, &walk);
    while (break_walk_next(&walk, &found))
        keep_earliest(earliest, &count, &found);
    status->breaks = take(hub, count * sizeof *status->breaks);
    for (size_t i = 0; i < count; i++)
        status->breaks[i] = earliest[i].position;
    status->n_breaks = count;
}

static void fill_attestations(struct hub *hub, const struct status_question *question, enum zero zero,
                              Sanling__V1__ZeroStatus *status)
{
    const struct state *state = hub->shown.state;
    status->attestations = take(hub, ATTESTATIONS_MAX * sizeof *status->attestations);
    status->contradicted = take(hub, ATTESTATIONS_MAX * sizeof *status->contradicted);
    const struct coverage *coverage;
    for (uint32_t at = state_unit(state, question->unit)->coverages[zero]; at != 0; at = coverage->next) {
        coverage = table_row(&state->coverages, at);
        const struct attestation *attestation = table_row(&state->attestations, coverage->attestation);
        bool withdrawn = attestation->withdrawn_at != 0 && attestation->withdrawn_at <= question->known_at;
        if (attestation->position > question->known_at || withdrawn || coverage->from_day > question->as_of)
            continue;
        if (status->basis == SANLING__V1__ATTESTATION__BASIS__UNSPECIFIED)
            status->basis = (Sanling__V1__Attestation__Basis)attestation->basis;
        if (status->n_attestations < ATTESTATIONS_MAX && coverage->to_day >= day_year_start(question->as_of))
            status->attestations[status->n_attestations++] = attestation->position;
        if (status->break_count > 0 && status->n_contradicted < ATTESTATIONS_MAX &&
            coverage_denied_by(state, question, zero, coverage) != 0)
            status->contradicted[status->n_contradicted++] = attestation->position;
    }
}

static Sanling__V1__ZeroStatus *take_zero(struct hub *hub, const struct status_question *question, enum zero zero,
                                          const struct zero_status *from)
{
    Sanling__V1__ZeroStatus *status = take(hub, sizeof *status);
    sanling__v1__zero_status__init(status);
    status->zero = (Sanling__V1__Zero__Kind)(zero + 1);
    status->status = (Sanling__V1__Status__Kind)from->status;
    status->since = take_day(hub, from->since);
    status->break_count = from->breaks;
    status->verified_until = take_day(hub, from->verified_until);
    status->streak_days = (uint32_t)from->streak_days;
    status->streak_until = take_day(hub, from->streak_until);
    status->claimed_days = (uint32_t)from->claimed_days;
    status->verified_last_year = take_day(hub, from->verified_last_year);
    fill_gaps(hub, question, zero, status);
    if (from->breaks > 0)
        fill_breaks(hub, question, zero, status);
    fill_attestations(hub, question, zero, status);
    return status;
}

/* Whether the policy in row `at` says of the day, though it was over, something else than was known of it before. */
static bool says_otherwise(const struct state *state, const struct status_view *view, uint32_t at,
                           struct policy_timeline *before)
{
    const struct adopted_policy *adopted = table_row(&state->policies, at);
    const struct policy *policy = table_row(&state->rules, at);
    if (!policy->retroactive || adopted->position > view->known_at)
        return false;
    struct policy_timeline after;
    state_timeline(state, adopted->position, &after);
    state_timeline(state, adopted->position - 1, before);
    const struct policy *held = timeline_on(before, view->as_of);
    return held && held != timeline_on(&after, view->as_of);
}

void other_rules_find(const struct state *state, const struct status_view *view, struct other_rules *others)
{
    others->count = 0;
    for (uint32_t at = 1; at < state->policies.count && others->count < OTHER_RULES_MAX; at++) {
        const struct adopted_policy *adopted = table_row(&state->policies, at);
        others->before[others->count] = adopted->position;
        others->count += says_otherwise(state, view, at, &others->policies[others->count]);
    }
}

static void fill_other_zeros(struct hub *hub, const struct status_question *question, Sanling__V1__OtherResult *other)
{
    enum status zeros[ZERO_COUNT];
    other->zeros = take(hub, ZERO_COUNT * sizeof *other->zeros);
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        zeros[zero] = status_of_zero(hub->shown.state, question, (enum zero)zero, &hub->scratch).status;
        other->zeros[other->n_zeros++] = (Sanling__V1__Status__Kind)zeros[zero];
    }
    other->joint = (Sanling__V1__Status__Kind)status_joint(zeros);
}

/* The results under the rules that later ones replaced for the day: both are kept (DOMAIN 4.11). */
static void fill_others(struct hub *hub, const struct status_view *view, const struct other_rules *others,
                        const struct status_row *from, Sanling__V1__UnitStatus *row)
{
    row->others = take(hub, others->count * sizeof *row->others);
    for (uint32_t at = 0; at < others->count; at++) {
        const struct policy_timeline *policies = &others->policies[at];
        const struct status_question question = {
            .unit = from->unit, .as_of = view->as_of, .known_at = view->known_at, .policies = policies};
        Sanling__V1__OtherResult *other = take(hub, sizeof *other);
        sanling__v1__other_result__init(other);
        other->policy_version = take_text(hub, timeline_on(policies, view->as_of)->version);
        other->before_position = others->before[at];
        other->joint = SANLING__V1__STATUS__KIND__NOT_COUNTED;
        other->units = from->other_units[at];
        if (from->counted)
            fill_other_zeros(hub, &question, other);
        row->others[row->n_others++] = other;
    }
}

static void fill_zeros(struct hub *hub, const struct status_view *view, const struct status_row *from,
                       Sanling__V1__UnitStatus *row)
{
    const struct status_question question = {
        .unit = from->unit, .as_of = view->as_of, .known_at = view->known_at, .policies = view->policies};
    enum status statuses[ZERO_COUNT];
    row->zeros = take(hub, ZERO_COUNT * sizeof *row->zeros);
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        row->zeros[zero] = take_zero(hub, &question, (enum zero)zero, &from->zeros[zero]);
        statuses[zero] = from->zeros[zero].status;
    }
    row->n_zeros = ZERO_COUNT;
    row->joint = (Sanling__V1__Status__Kind)status_joint(statuses);
    row->joint_streak_days = (uint32_t)status_joint_streak(hub->shown.state, &question, &hub->scratch);
}

/* Why the unit does not live on the day, as known at the position, and what took its place. */
static char *take_not_valid(struct hub *hub, const struct status_view *view, const struct unit *unit)
{
    const struct state *state = hub->shown.state;
    char text[64 + SUCCESSORS_MAX * UNIT_CODE_SIZE] = "NOT_VALID: not registered at that position";
    if (unit->registered_at > view->known_at)
        return take_text(hub, text);
    if (unit->valid_from > view->as_of) {
        char day[DAY_TEXT_SIZE];
        day_format(unit->valid_from, day);
        snprintf(text, sizeof text, "NOT_VALID on this day: valid from %s", day);
        return take_text(hub, text);
    }
    const struct succession *succession;
    size_t size = (size_t)snprintf(text, sizeof text, "NOT_VALID on this day; successor:");
    bool any = false;
    for (uint32_t at = unit->successors; at != 0; at = succession->next_of_predecessor) {
        succession = table_row(&state->successions, at);
        if (succession->position > view->known_at || size + UNIT_CODE_SIZE + 1 >= sizeof text)
            continue;
        size +=
            (size_t)snprintf(text + size, sizeof text - size, " %s", state_unit(state, succession->successor)->code);
        any = true;
    }
    if (!any)
        snprintf(text + size, sizeof text - size, " none");
    return take_text(hub, text);
}

static void fill_predecessors(struct hub *hub, const struct status_view *view, const struct unit *unit,
                              Sanling__V1__UnitStatus *row)
{
    const struct state *state = hub->shown.state;
    const struct succession *succession;
    row->predecessors = take(hub, SUCCESSORS_MAX * sizeof *row->predecessors);
    for (uint32_t at = unit->predecessors; at != 0; at = succession->next_of_successor) {
        succession = table_row(&state->successions, at);
        if (succession->position <= view->known_at && succession->day <= view->as_of &&
            row->n_predecessors < SUCCESSORS_MAX)
            row->predecessors[row->n_predecessors++] = take_code(hub, succession->predecessor);
    }
}

static void fill_unit(struct hub *hub, const struct status_view *view, const struct tree *tree, uint32_t ordinal,
                      Sanling__V1__UnitStatus *row)
{
    const struct state *state = hub->shown.state;
    const struct unit *unit = state_unit(state, ordinal);
    const struct unit_version *version = unit_said_on(state, ordinal, SAYS_NAME, view->as_of, view->known_at);
    row->unit = take_code(hub, ordinal);
    row->name = take_text(hub, state_text(state, version->name));
    row->kind = (Sanling__V1__UnitKind__Kind)unit->kind;
    row->parent = take_code(hub, tree->parents[ordinal]);
    if (!tree->lives[ordinal])
        row->not_valid = take_not_valid(hub, view, unit);
    fill_predecessors(hub, view, unit, row);
}

Sanling__V1__UnitStatus *take_status(struct hub *hub, const struct status_view *view, const struct other_rules *others,
                                     const struct tree *tree, const struct status_row *from)
{
    const struct policy *policy = timeline_on(view->policies, view->as_of);
    Sanling__V1__UnitStatus *row = take(hub, sizeof *row);
    sanling__v1__unit_status__init(row);
    row->level = from->level;
    row->joint = SANLING__V1__STATUS__KIND__NOT_COUNTED;
    row->as_of = take_day(hub, view->as_of);
    row->known_at = view->known_at == POSITION_END ? hub->shown.state->heads.position : view->known_at;
    row->policy_version = take_text(hub, policy ? policy->version : "");
    row->below = take_rollup(hub, &from->below);
    if (from->unit != 0)
        fill_unit(hub, view, tree, from->unit, row);
    if (from->counted)
        fill_zeros(hub, view, from, row);
    fill_others(hub, view, others, from, row);
    return row;
}

void answer_status(struct hub *hub, const struct session *session, uint32_t query, const struct status_view *view)
{
    struct tree tree;
    struct status_rows rows;
    struct other_rules others;
    other_rules_find(hub->shown.state, view, &others);
    tree_open(hub->shown.state, view->as_of, view->known_at, &tree);
    status_rows_open(hub->shown.state, view, &others, &tree, &hub->scratch, &rows);
    for (size_t at = 0; at == 0 || at < rows.count; at += STATUS_ROWS_MAX) {
        wire_arena_reset(hub->arena);
        Sanling__V1__Answer answer = answer_head(hub, query);
        Sanling__V1__StatusAnswer status = SANLING__V1__STATUS_ANSWER__INIT;
        status.units = take(hub, STATUS_ROWS_MAX * sizeof *status.units);
        for (size_t i = at; i < rows.count && i < at + STATUS_ROWS_MAX; i++)
            status.units[status.n_units++] = take_status(hub, view, &others, &tree, &rows.rows[i]);
        answer.more = at + STATUS_ROWS_MAX < rows.count;
        answer.body_case = SANLING__V1__ANSWER__BODY_STATUS;
        answer.status = &status;
        send_answer(hub, session, &answer);
    }
    status_rows_close(&rows);
    tree_close(&tree);
}
