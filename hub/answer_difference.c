#include "answer_parts.h"
#include "domain/difference.h"

static Sanling__V1__DifferenceAnswer__Row *take_row(struct hub *hub, const struct status_view *view,
                                                    const struct difference_row *from)
{
    const struct state *state = hub->shown.state;
    struct difference_cause causes[DIFFERENCE_CAUSES_MAX];
    uint32_t count = difference_causes(state, from, view->as_of, view->known_at, causes);
    Sanling__V1__DifferenceAnswer__Row *row = take(hub, sizeof *row);
    sanling__v1__difference_answer__row__init(row);
    row->unit = take_code(hub, from->unit);
    row->name = take_name(hub, from->unit);
    row->kind = (Sanling__V1__UnitKind__Kind)state_unit(state, from->unit)->kind;
    row->zero = (Sanling__V1__Zero__Kind)(from->zero + 1);
    row->then = (Sanling__V1__Status__Kind)from->then;
    row->now = (Sanling__V1__Status__Kind)from->now;
    row->positions = take(hub, count * sizeof *row->positions);
    row->types = take(hub, count * sizeof *row->types);
    for (uint32_t i = 0; i < count; i++) {
        row->positions[row->n_positions++] = causes[i].position;
        row->types[row->n_types++] = take_type(hub, causes[i].kind);
    }
    return row;
}

void answer_difference(struct hub *hub, const struct session *session, uint32_t query, const struct status_view *view,
                       uint32_t after, uint32_t asked_limit)
{
    const size_t limit = rows_limit(asked_limit);
    struct difference difference;
    Sanling__V1__Answer answer = answer_head(hub, query); /* the question stays in the arena beside it */
    Sanling__V1__DifferenceAnswer body = SANLING__V1__DIFFERENCE_ANSWER__INIT;
    difference_open(hub->shown.state, view->root, view->as_of, view->known_at, &hub->scratch, &difference);
    body.total = (uint32_t)difference.count;
    body.then = take_rollup(hub, &difference.then);
    body.now = take_rollup(hub, &difference.now);
    body.rows = take(hub, limit * sizeof *body.rows);
    for (size_t at = after; at < difference.count && body.n_rows < limit; at++)
        body.rows[body.n_rows++] = take_row(hub, view, &difference.rows[at]);
    difference_close(&difference);
    answer.body_case = SANLING__V1__ANSWER__BODY_DIFFERENCE;
    answer.difference = &body;
    send_answer(hub, session, &answer);
}
