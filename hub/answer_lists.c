#include <string.h>

#include "answer_parts.h"
#include "domain/attention.h"
#include "domain/catalogue.h"
#include "domain/day.h"
#include "domain/matter.h"
#include "domain/watch.h"

/* ---- campaigns ---- */

static uint32_t campaign_named(const struct state *state, const char *code)
{
    return code[0] ? state_find_campaign(state, code) : 0;
}

static void count_matters(const struct state *state, const struct scope *scope, uint32_t campaign,
                          Sanling__V1__CampaignsAnswer__Campaign *row)
{
    for (uint32_t at = 1; at < state->matters.count; at++) {
        const struct matter *matter = state_matter(state, at);
        if (matter->campaign != campaign || !matter_is_shown(matter) || !scope_holds(scope, matter->unit))
            continue;
        row->matters++;
        row->matters_closed += step_is_final((enum step)matter->step);
        row->overdue += matter_overdue(matter, state->heads.today);
    }
}

static void count_tallies(const struct state *state, const struct scope *scope, uint32_t campaign,
                          Sanling__V1__CampaignsAnswer__Campaign *row)
{
    for (uint32_t at = 1; at < state->tallies.count; at++) {
        const struct tally *tally = table_row(&state->tallies, at);
        row->tallies += !(tally->flags & TALLY_LIFTED) && state_tally_wide(state, at).campaign == campaign &&
                        scope_holds(scope, tally->unit);
    }
}

static Sanling__V1__CampaignsAnswer__Campaign *take_campaign(struct hub *hub, const struct scope *scope,
                                                             const char *code, uint32_t ordinal)
{
    const struct state *state = hub->shown.state;
    const struct campaign_progress *progress = table_row(&state->campaigns, ordinal);
    Sanling__V1__CampaignsAnswer__Campaign *row = take(hub, sizeof *row);
    sanling__v1__campaigns_answer__campaign__init(row);
    row->code = take_text(hub, code);
    if (ordinal != 0) {
        row->from_day = take_day(hub, progress->started_at ? progress->from_day : DAY_NONE);
        row->to_day = take_day(hub, progress->started_at ? progress->to_day : DAY_NONE);
        row->closed = progress->closed_at != 0;
        row->running = campaign_runs(progress, state->heads.today);
        row->ended = campaign_ended(progress, state->heads.today);
        row->events = progress->events;
        row->last_event_at = progress->last_event_at;
        count_matters(state, scope, ordinal, row);
        count_tallies(state, scope, ordinal, row);
    }
    row->closed_rate = take_rate(hub, row->matters_closed, row->matters, 1);
    return row;
}

static void fill_labels(struct hub *hub, const struct policy *policy, Sanling__V1__CampaignsAnswer *campaigns)
{
    campaigns->labels = take(hub, POLICY_LABELS * sizeof *campaigns->labels);
    for (uint32_t i = 0; i < policy->label_count; i++) {
        Sanling__V1__Label *label = take(hub, sizeof *label);
        sanling__v1__label__init(label);
        label->code = take_text(hub, policy->labels[i].code);
        label->name = take_text(hub, policy->labels[i].name);
        campaigns->labels[campaigns->n_labels++] = label;
    }
}

/* The policy's, in its order, and behind them those that an earlier policy had. */
static void fill_campaigns(struct hub *hub, const struct scope *scope, const struct policy *policy,
                           Sanling__V1__CampaignsAnswer *campaigns)
{
    const struct state *state = hub->shown.state;
    campaigns->campaigns = take(hub, (POLICY_CAMPAIGNS + ROWS_MAX) * sizeof *campaigns->campaigns);
    for (uint32_t i = 0; i < policy->campaign_count; i++) {
        const struct campaign *campaign = &policy->campaigns[i];
        Sanling__V1__CampaignsAnswer__Campaign *row =
            take_campaign(hub, scope, campaign->code, campaign_named(state, campaign->code));
        row->name = take_text(hub, campaign->name);
        row->lead = (Sanling__V1__Office__Kind)campaign->lead;
        campaigns->campaigns[campaigns->n_campaigns++] = row;
    }
    for (uint32_t at = 1; at < state->campaigns.count && campaigns->n_campaigns < ROWS_MAX; at++) {
        const char *code =
            state_code(state, ((const struct campaign_progress *)table_row(&state->campaigns, at))->code);
        if (policy_campaign(policy, code) < 0)
            campaigns->campaigns[campaigns->n_campaigns++] = take_campaign(hub, scope, code, at);
    }
}

void answer_campaigns(struct hub *hub, const struct session *session, uint32_t query, uint32_t root)
{
    const struct state *state = hub->shown.state;
    const struct policy *policy = state_policy(state);
    wire_arena_reset(hub->arena);
    Sanling__V1__Answer answer = answer_head(hub, query);
    Sanling__V1__CampaignsAnswer campaigns = SANLING__V1__CAMPAIGNS_ANSWER__INIT;
    if (policy) {
        struct scope scope;
        scope_open(state, root, state->heads.today, POSITION_END, &scope);
        fill_campaigns(hub, &scope, policy, &campaigns);
        fill_labels(hub, policy, &campaigns);
        scope_close(&scope);
    }
    answer.body_case = SANLING__V1__ANSWER__BODY_CAMPAIGNS;
    answer.campaigns = &campaigns;
    send_answer(hub, session, &answer);
}

/* ---- discrepancies ---- */

static Sanling__V1__DiscrepanciesAnswer__Discrepancy *take_discrepancy(struct hub *hub, const struct discrepancy *from)
{
    const struct state *state = hub->shown.state;
    Sanling__V1__DiscrepanciesAnswer__Discrepancy *row = take(hub, sizeof *row);
    sanling__v1__discrepancies_answer__discrepancy__init(row);
    row->discrepancy = take_text(hub, state_text(state, from->code));
    row->rule = take_text(hub, state_code(state, from->rule));
    row->unit = take_code(hub, from->unit);
    row->unit_name = take_name(hub, from->unit);
    row->day = take_day(hub, from->day);
    row->evidence = from->evidence;
    row->raised_at = from->raised_at;
    row->resolved_at = from->resolved_at;
    row->finding = (Sanling__V1__DiscrepancyResolved__Finding__Kind)(from->resolved_at ? from->finding : 0);
    row->offices = take_offices(hub, from->offices, &row->n_offices);
    return row;
}

static bool discrepancy_fits(const struct scope *scope, const struct viewer *viewer, const struct discrepancy *found,
                             bool open_only)
{
    return found->day <= scope->tree.day && scope_holds(scope, found->unit) &&
           (!open_only || found->resolved_at == 0) &&
           (viewer->sees_all || (found->offices & OFFICE_BIT(viewer->office)));
}

void answer_discrepancies(struct hub *hub, const struct session *session, uint32_t query, const struct viewer *viewer,
                          bool open_only)
{
    const struct state *state = hub->shown.state;
    struct scope scope;
    uint32_t at = 1;
    scope_open(state, viewer->root, state->heads.today, POSITION_END, &scope);
    do {
        wire_arena_reset(hub->arena);
        Sanling__V1__Answer answer = answer_head(hub, query);
        Sanling__V1__DiscrepanciesAnswer rows = SANLING__V1__DISCREPANCIES_ANSWER__INIT;
        rows.discrepancies = take(hub, ROWS_MAX * sizeof *rows.discrepancies);
        for (; at < state->discrepancies.count; at++) {
            const struct discrepancy *found = table_row(&state->discrepancies, at);
            if (!discrepancy_fits(&scope, viewer, found, open_only))
                continue;
            if (rows.n_discrepancies == ROWS_MAX)
                break;
            rows.discrepancies[rows.n_discrepancies++] = take_discrepancy(hub, found);
        }
        answer.more = at < state->discrepancies.count;
        answer.body_case = SANLING__V1__ANSWER__BODY_DISCREPANCIES;
        answer.discrepancies = &rows;
        send_answer(hub, session, &answer);
    } while (at < state->discrepancies.count);
    scope_close(&scope);
}

/* ---- attention ---- */

static const char *amendment_name(enum amendment_kind kind)
{
    switch (kind) {
    case AMENDMENT_RETRACTED:
        return "RETRACTED";
    case AMENDMENT_CORRECTED:
        return "CORRECTED";
    case AMENDMENT_SUPPLEMENTED:
        return "SUPPLEMENTED";
    }
    return "";
}

static char *take_row_text(struct hub *hub, const struct attention_row *from)
{
    const struct state *state = hub->shown.state;
    if (from->matter != 0)
        return take_text(hub, state_text(state, state_matter(state, from->matter)->code));
    return take_text(hub, from->policy ? state_code(state, from->policy) : amendment_name(from->amendment));
}

static Sanling__V1__AttentionAnswer__Row *take_attention(struct hub *hub, const struct attention_row *from)
{
    const struct state *state = hub->shown.state;
    Sanling__V1__AttentionAnswer__Row *row = take(hub, sizeof *row);
    sanling__v1__attention_answer__row__init(row);
    row->unit = take_code(hub, from->unit);
    row->name = take_name(hub, from->unit);
    row->kind = (Sanling__V1__UnitKind__Kind)state_unit(state, from->unit)->kind;
    row->zero = (Sanling__V1__Zero__Kind)from->zero;
    row->office = (Sanling__V1__Office__Kind)from->office;
    row->day = take_day(hub, from->day);
    row->to_day = take_day(hub, from->to_day);
    row->days = (uint32_t)from->days;
    row->position = from->position;
    row->target = from->target;
    row->text = take_row_text(hub, from);
    row->met = from->met;
    row->met_now = from->met_now;
    row->pending = from->pending;
    row->by_two = from->by_two;
    return row;
}

/* What an office said, owes or changed is shown to it and to those who see all. */
static bool row_is_shown(const struct viewer *viewer, const struct attention_row *row)
{
    return viewer->sees_all || row->office == OFFICE_NONE || row->office == viewer->office;
}

void answer_attention(struct hub *hub, const struct session *session, uint32_t query, const struct viewer *viewer,
                      const Sanling__V1__AttentionQuery *ask)
{
    struct state *state = hub->shown.state;
    int32_t year = ask->year ? (int32_t)ask->year : day_year(state->heads.today);
    const size_t limit = rows_limit(ask->limit);
    struct attention_list list;
    Sanling__V1__Answer answer = answer_head(hub, query); /* the question stays in the arena beside it */
    Sanling__V1__AttentionAnswer rows = SANLING__V1__ATTENTION_ANSWER__INIT;
    rows.rows = take(hub, limit * sizeof *rows.rows);
    attention_list_open(state, viewer->root, (enum attention)ask->list, year, &hub->scratch, &list);
    for (size_t at = 0; at < list.count; at++) {
        if (!row_is_shown(viewer, &list.rows[at]))
            continue;
        if (rows.total++ >= ask->after && rows.n_rows < limit)
            rows.rows[rows.n_rows++] = take_attention(hub, &list.rows[at]);
    }
    attention_list_close(&list);
    answer.body_case = SANLING__V1__ANSWER__BODY_ATTENTION;
    answer.attention = &rows;
    send_answer(hub, session, &answer);
}

/* ---- routes ---- */

static Sanling__V1__RoutesAnswer__Route *take_route(struct hub *hub, const struct route *from)
{
    Sanling__V1__RoutesAnswer__Route *row = take(hub, sizeof *row);
    sanling__v1__routes_answer__route__init(row);
    row->type = take_type(hub, from->event);
    row->to = take_offices(hub, from->to, &row->n_to);
    row->to_named = from->to_named;
    row->to_handler = from->to_handler;
    row->to_joint = from->to_joint;
    row->categories = take(hub, POLICY_CATEGORIES * sizeof *row->categories);
    for (uint32_t i = 0; i < from->categories.count; i++)
        row->categories[row->n_categories++] = take_text(hub, from->categories.codes[i]);
    row->ground = take_text(hub, from->ground);
    row->from = take_offices(hub, from->from, &row->n_from);
    row->levels = take(hub, ESCALATION_LEVELS * sizeof *row->levels);
    for (uint32_t level = 1; level <= ESCALATION_LEVELS; level++)
        if (from->levels >> level & 1)
            row->levels[row->n_levels++] = level;
    row->petition_types = take(hub, PETITION_CLAIM * sizeof *row->petition_types);
    for (int type = PETITION_SUGGESTION; type <= PETITION_CLAIM; type++)
        if (from->petition_types >> type & 1)
            row->petition_types[row->n_petition_types++] = (Sanling__V1__Petition__Type)type;
    row->explosives_only = from->explosives_only;
    return row;
}

void answer_routes(struct hub *hub, const struct session *session, uint32_t query)
{
    const struct policy *policy = state_policy(hub->shown.state);
    wire_arena_reset(hub->arena);
    Sanling__V1__Answer answer = answer_head(hub, query);
    Sanling__V1__RoutesAnswer routes = SANLING__V1__ROUTES_ANSWER__INIT;
    routes.routes = take(hub, POLICY_ROUTES * sizeof *routes.routes);
    for (uint32_t i = 0; policy && i < policy->route_count; i++)
        routes.routes[routes.n_routes++] = take_route(hub, &policy->routes[i]);
    answer.body_case = SANLING__V1__ANSWER__BODY_ROUTES;
    answer.routes = &routes;
    send_answer(hub, session, &answer);
}
