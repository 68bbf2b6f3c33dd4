#include <stdio.h>
#include <stdlib.h>

#include "answer_parts.h"
#include "domain/amend.h"
#include "domain/day.h"
#include "domain/evidence.h"
#include "rule_text.h"
#include "status_rows.h"

/* What is said of one unit's status. Reasons past the bound are the oldest: nobody reads on there. */
enum { REASONS_MAX = 1000 };

struct why {
    struct hub *hub;
    struct status_question question;
    Sanling__V1__WhyAnswer__Reason **reasons;
    size_t count;
};

typedef Sanling__V1__WhyAnswer__Reason Reason;

/* Another reason, NULL where there are too many. `zero` ZERO_COUNT: of none. */
static Reason *add_reason(struct why *why, Sanling__V1__WhyAnswer__Reason__Kind kind, uint32_t zero)
{
    if (why->count == REASONS_MAX)
        return NULL;
    Reason *reason = take(why->hub, sizeof *reason);
    sanling__v1__why_answer__reason__init(reason);
    reason->kind = kind;
    reason->zero = (Sanling__V1__Zero__Kind)(zero < ZERO_COUNT ? zero + 1 : 0);
    why->reasons[why->count++] = reason;
    return reason;
}

static const struct state *state_of(const struct why *why)
{
    return why->hub->shown.state;
}

/* What the move is, and by which rule of which policy it breaks. */
static void fill_move(struct why *why, Reason *reason, const struct break_found *found)
{
    char text[RULE_TEXT_SIZE];
    const struct move *move = state_move(state_of(why), found->move);
    const struct matter *matter = state_matter(state_of(why), move->matter);
    rule_text(found->rule, text);
    reason->position = move->position;
    reason->type = take_type(why->hub, move->kind);
    reason->matter = take_text(why->hub, state_text(state_of(why), matter->code));
    if (matter->unit != why->question.unit)
        reason->unit = take_code(why->hub, matter->unit);
    reason->day = take_day(why->hub, move->day);
    reason->office = (Sanling__V1__Office__Kind)move->office;
    reason->policy_version = take_text(why->hub, found->policy->version);
    reason->rule = take_text(why->hub, text);
}

static void add_breaks(struct why *why, enum zero zero)
{
    struct break_walk walk;
    struct break_found found;
    break_walk_open(state_of(why), &why->question, (uint32_t)zero, &walk);
    while (break_walk_next(&walk, &found)) {
        Reason *reason = add_reason(why, SANLING__V1__WHY_ANSWER__REASON__KIND__BREAK, zero);
        if (reason)
            fill_move(why, reason, &found);
    }
}

/* The newest amendment of the record, or of what opened its matter, as known at the position; NULL: none. */
static const struct amendment *amended_by(const struct why *why, const struct move *move)
{
    const struct state *state = state_of(why);
    const struct move *opening = state_move(state, state_matter(state, move->matter)->opening);
    for (uint32_t at = state->amendments.count; at-- > 1;) { /* few */
        const struct amendment *amendment = table_row(&state->amendments, at);
        if (amendment->position <= why->question.known_at &&
            (amendment->target == move->position || amendment->target == opening->position))
            return amendment;
    }
    return NULL;
}

static const char *amended_text(const struct amendment *amendment)
{
    switch (amendment ? (enum amendment_kind)amendment->kind : 0) {
    case AMENDMENT_RETRACTED:
        return "retracted";
    case AMENDMENT_CORRECTED:
        return "corrected: what it says now breaks nothing";
    case AMENDMENT_SUPPLEMENTED:
        return "supplemented: what it says now breaks nothing";
    }
    return "what it says now breaks nothing";
}

/* A record that broke the zero when it came, and does no more. Of an accusation nothing is told. */
static void add_lifted_move(struct why *why, uint32_t ordinal, enum zero zero)
{
    const struct state *state = state_of(why);
    const struct status_question *question = &why->question;
    const struct move *move = state_move(state, ordinal);
    struct break_found before, now;
    if (move->position > question->known_at ||
        !move_breaks(state, question->policies, ordinal, move->position, &before) ||
        !status_counts_break(question, &before, zero) ||
        (move_breaks(state, question->policies, ordinal, question->known_at, &now) && now.zero == zero))
        return;
    if (!viewer_sees(state, &(struct viewer){.sees_all = true}, state_matter(state, move->matter)))
        return;
    const struct amendment *amendment = amended_by(why, move);
    Reason *reason = add_reason(why, SANLING__V1__WHY_ANSWER__REASON__KIND__BREAK_LIFTED, zero);
    if (!reason)
        return;
    fill_move(why, reason, &before);
    reason->other = amendment ? amendment->position : 0;
    reason->text = take_text(why->hub, amended_text(amendment));
}

static void add_lifted(struct why *why, uint32_t unit, enum zero zero)
{
    const struct state *state = state_of(why);
    const struct candidate *candidate;
    for (uint32_t at = ((const struct unit_now *)table_row(&state->now, unit))->candidates; at != 0;
         at = candidate->next) {
        candidate = table_row(&state->candidates, at);
        const struct policy *policy = timeline_on(why->question.policies, state_move(state, candidate->move)->day);
        if (!candidate->territorial || (policy && policy->territory_too))
            add_lifted_move(why, candidate->move, zero);
    }
}

/* Why the attestation makes no coverage of the day; NULL: it does. *other gets the position of what decided so. */
static const char *not_counting(const struct why *why, const struct attestation *attestation,
                                const struct policy *policy, uint64_t *other)
{
    uint64_t known_at = why->question.known_at;
    *other = 0;
    if (attestation->withdrawn_at != 0 && attestation->withdrawn_at <= known_at) {
        *other = attestation->withdrawn_at;
        return "withdrawn by its office";
    }
    if (attestation->basis == BASIS_HISTORIC)
        return "from before the hub: claimed, not verified";
    if (!policy)
        return "no policy holds on its days";
    if (!(policy->required[attestation->zero] & OFFICE_BIT(attestation->office)))
        return "the policy does not ask this office for this zero";
    if (!(policy->basis_mask >> attestation->basis & 1))
        return attestation->basis == BASIS_UNIT_STATEMENT ? "the unit's own statement makes no zero"
                                                          : "the policy does not accept this basis";
    if (attestation_counts(state_of(why), attestation, known_at, policy))
        return NULL;
    const struct review *review = attestation_review(state_of(why), attestation, known_at);
    *other = review ? review->position : 0;
    return review && !review->accepted ? "returned by the level that reviewed it"
                                       : "not accepted yet by the level from which the policy counts it";
}

static void fill_attestation(struct why *why, Reason *reason, const struct attestation *attestation,
                             const struct coverage *coverage, const struct policy *policy)
{
    reason->position = attestation->position;
    reason->type = take_type(why->hub, EVENT_ZERO_ATTESTED);
    if (attestation->unit != why->question.unit)
        reason->unit = take_code(why->hub, attestation->unit);
    reason->day = take_day(why->hub, coverage->from_day);
    reason->to_day = take_day(why->hub, coverage->to_day);
    reason->office = (Sanling__V1__Office__Kind)attestation->office;
    reason->basis = (Sanling__V1__Attestation__Basis)attestation->basis;
    reason->by_system = attestation->by_system;
    reason->policy_version = take_text(why->hub, policy ? policy->version : "");
}

static void add_attestation(struct why *why, enum zero zero, const struct coverage *coverage)
{
    const struct attestation *attestation = table_row(&state_of(why)->attestations, coverage->attestation);
    const struct policy *policy = timeline_on(why->question.policies, coverage->from_day);
    uint64_t other;
    const char *text = not_counting(why, attestation, policy, &other);
    Reason *reason = add_reason(why,
                                text ? SANLING__V1__WHY_ANSWER__REASON__KIND__NOT_COUNTING
                                     : SANLING__V1__WHY_ANSWER__REASON__KIND__ATTESTED,
                                zero);
    if (!reason)
        return;
    fill_attestation(why, reason, attestation, coverage, policy);
    reason->other = other;
    reason->text = take_text(why->hub, text ? text : "");
    uint64_t denial = coverage_denied_by(state_of(why), &why->question, zero, coverage);
    bool withdrawn = attestation->withdrawn_at != 0 && attestation->withdrawn_at <= why->question.known_at;
    reason = denial && !withdrawn ? add_reason(why, SANLING__V1__WHY_ANSWER__REASON__KIND__CONTRADICTED, zero) : NULL;
    if (!reason)
        return;
    fill_attestation(why, reason, attestation, coverage, policy);
    reason->other = denial;
}

/* Those about days of the period, and all claims from before the hub. */
static void add_attestations(struct why *why, enum zero zero)
{
    const struct state *state = state_of(why);
    const struct status_question *question = &why->question;
    const struct coverage *coverage;
    for (uint32_t at = state_unit(state, question->unit)->coverages[zero]; at != 0; at = coverage->next) {
        coverage = table_row(&state->coverages, at);
        const struct attestation *attestation = table_row(&state->attestations, coverage->attestation);
        bool of_period = coverage->to_day >= day_year_start(question->as_of) && coverage->from_day <= question->as_of;
        if (attestation->position <= question->known_at && (of_period || attestation->basis == BASIS_HISTORIC))
            add_attestation(why, zero, coverage);
    }
}

static void add_gaps(struct why *why, enum zero zero)
{
    for (uint32_t office = 1; office < OFFICE_LIMIT; office++) {
        const struct span_set *gaps =
            status_gaps(state_of(why), &why->question, zero, (enum office)office, &why->hub->scratch);
        for (uint32_t i = 0; i < gaps->count; i++) {
            Reason *reason = add_reason(why, SANLING__V1__WHY_ANSWER__REASON__KIND__GAP, zero);
            if (!reason)
                return;
            reason->office = (Sanling__V1__Office__Kind)office;
            reason->day = take_day(why->hub, gaps->spans[i].from);
            reason->to_day = take_day(why->hub, gaps->spans[i].to);
            const struct policy *policy = timeline_on(why->question.policies, gaps->spans[i].from);
            reason->policy_version = take_text(why->hub, policy ? policy->version : "");
        }
    }
}

/* Days up to as_of that are neither verified nor owed: nobody needs to have attested them yet. */
static void add_not_due(struct why *why, enum zero zero, const struct policy *policy, int32_t verified_until)
{
    int32_t as_of = why->question.as_of;
    int32_t from = as_of + 1;
    while (from > day_year_start(as_of) && policy_due(policy, from - 1) >= as_of && from - 1 != verified_until)
        from--;
    Reason *reason = from <= as_of ? add_reason(why, SANLING__V1__WHY_ANSWER__REASON__KIND__NOT_DUE, zero) : NULL;
    if (!reason)
        return;
    reason->day = take_day(why->hub, from);
    reason->to_day = take_day(why->hub, as_of);
    reason->policy_version = take_text(why->hub, policy->version);
}

static const char *pending_text(enum amendment_kind kind)
{
    switch (kind) {
    case AMENDMENT_RETRACTED:
        return "a retraction waits for its second approver";
    case AMENDMENT_CORRECTED:
        return "a correction waits for its second approver";
    case AMENDMENT_SUPPLEMENTED:
        return "a supplement waits for its second approver";
    }
    abort(); /* amend_pending makes no other */
}

/* Whether the matter is the unit's: it happened there, on its ground, or where it took the place of another. */
static bool concerns(const struct why *why, const struct move *move)
{
    uint32_t family[STATUS_FAMILY_MAX];
    uint32_t members = status_family(state_of(why), &why->question, family);
    uint32_t territory = state_of(why)->territorial ? move_territory(state_of(why), move) : 0;
    uint32_t opened_at = state_matter(state_of(why), move->matter)->unit;
    for (uint32_t i = 0; i < members; i++)
        if (family[i] == move->unit || family[i] == territory || family[i] == opened_at)
            return true;
    return false;
}

/* Amendments of records of this unit that one identity asked for, and no second one yet. */
static void add_pending(struct why *why)
{
    const struct state *state = state_of(why);
    for (uint32_t at = 1; at < state->approvals.count; at++) {
        struct amendment pending;
        struct break_found found;
        uint32_t ordinal = amend_pending(state, at, &pending) ? state_find_move(state, pending.target) : 0;
        const struct move *move = state_move(state, ordinal);
        if (ordinal == 0 || pending.position > why->question.known_at || !concerns(why, move))
            continue;
        bool breaks = move_breaks(state, why->question.policies, ordinal, why->question.known_at, &found);
        if (!viewer_sees(state, &(struct viewer){.sees_all = true}, state_matter(state, move->matter)))
            continue;
        Reason *reason = add_reason(why, SANLING__V1__WHY_ANSWER__REASON__KIND__PENDING_APPROVAL,
                                    breaks ? (uint32_t)found.zero : ZERO_COUNT);
        if (!reason)
            return;
        reason->position = pending.target;
        if (pending.unit != why->question.unit)
            reason->unit = take_code(why->hub, pending.unit);
        reason->type = take_type(why->hub, move->kind);
        reason->matter = take_text(why->hub, state_text(state, state_matter(state, move->matter)->code));
        reason->day = take_day(why->hub, move->day);
        reason->other = pending.position;
        reason->text = take_text(why->hub, pending_text((enum amendment_kind)pending.kind));
    }
}

static void add_zero(struct why *why, enum zero zero, const struct zero_status *status)
{
    uint32_t family[STATUS_FAMILY_MAX];
    const struct policy *policy = timeline_on(why->question.policies, why->question.as_of);
    uint32_t members = status_family(state_of(why), &why->question, family);
    add_breaks(why, zero);
    for (uint32_t i = 0; i < members; i++)
        add_lifted(why, family[i], zero);
    add_attestations(why, zero);
    add_gaps(why, zero);
    if (policy)
        add_not_due(why, zero, policy, status->verified_until);
}

static void send_reasons(struct why *why, const struct session *session, uint32_t query,
                         Sanling__V1__UnitStatus *status)
{
    for (size_t at = 0; at == 0 || at < why->count; at += ROWS_MAX) {
        Sanling__V1__Answer answer = answer_head(why->hub, query);
        Sanling__V1__WhyAnswer body = SANLING__V1__WHY_ANSWER__INIT;
        body.status = at == 0 ? status : NULL;
        body.reasons = why->reasons + at;
        body.n_reasons = why->count - at < ROWS_MAX ? why->count - at : ROWS_MAX;
        answer.more = at + ROWS_MAX < why->count;
        answer.body_case = SANLING__V1__ANSWER__BODY_WHY;
        answer.why = &body;
        send_answer(why->hub, session, &answer);
    }
}

void answer_why(struct hub *hub, const struct session *session, uint32_t query, const struct status_view *view)
{
    struct tree tree;
    struct status_rows rows;
    struct other_rules others;
    struct why why = {
        .hub = hub,
        .question = {.unit = view->root, .as_of = view->as_of, .known_at = view->known_at, .policies = view->policies}};
    wire_arena_reset(hub->arena);
    why.reasons = take(hub, REASONS_MAX * sizeof *why.reasons);
    other_rules_find(hub->shown.state, view, &others);
    tree_open(hub->shown.state, view->as_of, view->known_at, &tree);
    status_rows_open(hub->shown.state, view, &others, &tree, &hub->scratch, &rows);
    Sanling__V1__UnitStatus *status = take_status(hub, view, &others, &tree, &rows.rows[0]);
    for (int zero = 0; rows.rows[0].counted && zero < ZERO_COUNT; zero++)
        add_zero(&why, (enum zero)zero, &rows.rows[0].zeros[zero]);
    add_pending(&why);
    send_reasons(&why, session, query, status);
    status_rows_close(&rows);
    tree_close(&tree);
}
