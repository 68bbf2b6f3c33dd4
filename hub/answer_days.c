#include "answer_parts.h"
#include "domain/unit_days.h"

/* The most fields of one zero: a client unpacks 65,536. A line has itself, its kind, two days, and positions or an
 * office. */
enum { LINE_FIELDS = 4 + UNIT_DAYS_POSITIONS_MAX, HEAD_FIELDS = 64 };
enum { ZERO_FIELDS = HEAD_FIELDS + ((int)UNIT_DAYS_MAX + 2 * (int)UNIT_DAYS_OVERLAYS_MAX) * (int)LINE_FIELDS };
_Static_assert((int)ZERO_FIELDS < (int)WIRE_MESSAGE_FIELDS_MAX, "a client unpacks so many fields at most");

static Sanling__V1__DaysAnswer__Span *take_span(struct hub *hub, const struct day_line *from)
{
    Sanling__V1__DaysAnswer__Span *span = take(hub, sizeof *span);
    sanling__v1__days_answer__span__init(span);
    span->kind = (Sanling__V1__DaysAnswer__Span__Kind)from->kind;
    span->from_day = take_day(hub, from->days.from);
    span->to_day = take_day(hub, from->days.to);
    span->office = (Sanling__V1__Office__Kind)from->office;
    span->positions = take(hub, from->position_count * sizeof *span->positions);
    for (uint32_t i = 0; i < from->position_count; i++)
        span->positions[span->n_positions++] = from->positions[i];
    return span;
}

/* The zero's spans; *fields rises by what they need. */
static Sanling__V1__DaysAnswer__Zero *take_zero(struct hub *hub, const struct status_question *question, enum zero zero,
                                                struct day_span asked, size_t *fields)
{
    struct unit_days days;
    Sanling__V1__DaysAnswer__Zero *to = take(hub, sizeof *to);
    sanling__v1__days_answer__zero__init(to);
    unit_days_open(hub->shown.state, question, zero, asked, &hub->scratch, &days);
    to->zero = (Sanling__V1__Zero__Kind)(zero + 1);
    to->spans = take(hub, days.count * sizeof *to->spans);
    for (size_t i = 0; i < days.count; i++) {
        to->spans[to->n_spans++] = take_span(hub, &days.lines[i]);
        *fields += 5 + days.lines[i].position_count;
    }
    unit_days_close(&days);
    return to;
}

static void send_zeros(struct hub *hub, const struct session *session, uint32_t query, struct day_span asked,
                       Sanling__V1__DaysAnswer__Zero **zeros, size_t count, bool more)
{
    Sanling__V1__Answer answer = answer_head(hub, query);
    Sanling__V1__DaysAnswer body = SANLING__V1__DAYS_ANSWER__INIT;
    body.from_day = take_day(hub, asked.from);
    body.to_day = take_day(hub, asked.to);
    body.zeros = zeros;
    body.n_zeros = count;
    answer.more = more;
    answer.body_case = SANLING__V1__ANSWER__BODY_DAYS;
    answer.days = &body;
    send_answer(hub, session, &answer);
}

void answer_days(struct hub *hub, const struct session *session, uint32_t query, const struct status_view *view,
                 struct day_span asked)
{
    const struct status_question question = {
        .unit = view->root, .as_of = view->as_of, .known_at = view->known_at, .policies = view->policies};
    Sanling__V1__DaysAnswer__Zero *zeros[ZERO_COUNT];
    size_t fields = HEAD_FIELDS;
    wire_arena_reset(hub->arena);
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        zeros[zero] = take_zero(hub, &question, (enum zero)zero, asked, &fields);
    if (fields < WIRE_MESSAGE_FIELDS_MAX) {
        send_zeros(hub, session, query, asked, zeros, ZERO_COUNT, false);
        return;
    }
    for (int zero = 0; zero < ZERO_COUNT; zero++) /* ten years in which every day is another matter */
        send_zeros(hub, session, query, asked, &zeros[zero], 1, zero + 1 < ZERO_COUNT);
}
