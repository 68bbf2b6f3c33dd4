#include <stdlib.h>
#include <string.h>

#include "answer_parts.h"
#include "domain/day.h"

/* A client unpacks 65,536 fields: even eight series of statuses and the periods of a year of days are fewer. */
enum { STATUS_FIELDS = 8 + 3 * 4, PERIOD_FIELDS = 5 };
_Static_assert((int)TREND_FIGURES_MAX *((int)TREND_STATUSES_MAX *(int)STATUS_FIELDS + 2 * (int)TREND_PERIODS_MAX) +
                       (int)TREND_PERIODS_MAX * (int)PERIOD_FIELDS <
                   (int)WIRE_MESSAGE_FIELDS_MAX,
               "a client unpacks so many fields at most");

static Sanling__V1__TrendAnswer__Period *take_period(struct hub *hub, const struct trend_period *from,
                                                     const struct status_view *view)
{
    Sanling__V1__TrendAnswer__Period *period = take(hub, sizeof *period);
    sanling__v1__trend_answer__period__init(period);
    period->from_day = take_day(hub, from->days.from);
    period->to_day = take_day(hub, from->days.to);
    period->whole = from->whole;
    period->due = trend_due(view->policies, from->days.to, view->as_of);
    return period;
}

static void fill_periods(struct hub *hub, const struct trend_asked *asked, const struct status_view *view,
                         Sanling__V1__TrendAnswer *to)
{
    to->periods = take(hub, asked->period_count * sizeof *to->periods);
    for (uint32_t i = 0; i < asked->period_count; i++)
        to->periods[to->n_periods++] = take_period(hub, &asked->periods[i], view);
}

/* The figures that are counted, in the order in which they are asked for. */
static void count_all(struct hub *hub, const struct trend_asked *asked, const struct status_view *view,
                      struct trend_counts *series)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < asked->figure_count; i++)
        if (asked->figures[i].figure != FIGURE_NONE)
            series[count++].figure = asked->figures[i].figure;
    trend_count(hub->shown.state, view->root, asked->periods, asked->period_count, series, count, hub->shown.day_before,
                &hub->scratch);
}

static Sanling__V1__TrendAnswer__Series *take_counts(struct hub *hub, const struct trend_counts *from, uint32_t count)
{
    char name[FIGURE_NAME_SIZE];
    Sanling__V1__TrendAnswer__Series *to = take(hub, sizeof *to);
    sanling__v1__trend_answer__series__init(to);
    figure_name(from->figure, name);
    to->figure = take_text(hub, name);
    to->counts = take(hub, count * sizeof *to->counts);
    to->previous = take(hub, count * sizeof *to->previous);
    memcpy(to->counts, from->counts, count * sizeof *to->counts);
    memcpy(to->previous, from->previous, count * sizeof *to->previous);
    to->n_counts = to->n_previous = count;
    return to;
}

static Sanling__V1__TrendAnswer__Series *take_statuses(struct hub *hub, const struct trend_figure *figure,
                                                       const struct rollup *rollups, uint32_t count)
{
    Sanling__V1__TrendAnswer__Series *to = take(hub, sizeof *to);
    sanling__v1__trend_answer__series__init(to);
    to->figure = take_text(hub, figure->name);
    to->statuses = take(hub, count * sizeof *to->statuses);
    for (uint32_t i = 0; i < count; i++) {
        const struct status_count *from = figure->zero == FIGURE_JOINT ? &rollups[i].joint[figure->group]
                                                                       : &rollups[i].zeros[figure->group][figure->zero];
        to->statuses[to->n_statuses++] =
            take_zero_count(hub, figure->group, figure->zero == FIGURE_JOINT ? 0 : (int)figure->zero + 1, from);
    }
    return to;
}

void answer_trend(struct hub *hub, const struct session *session, uint32_t query, const struct status_view *view,
                  const struct trend_asked *asked)
{
    struct trend_counts *series = calloc(TREND_FIGURES_MAX, sizeof *series);
    struct rollup *rollups = calloc(TREND_STATUSES_MAX, sizeof *rollups);
    uint32_t counted = 0;
    if (!series || !rollups)
        abort();
    count_all(hub, asked, view, series);
    if (asked->statuses)
        trend_statuses(hub->shown.state, view->root, asked->periods, asked->period_count, view->as_of, view->known_at,
                       view->policies, rollups, &hub->scratch);
    Sanling__V1__Answer answer = answer_head(hub, query); /* the question stays in the arena beside it */
    Sanling__V1__TrendAnswer trend = SANLING__V1__TREND_ANSWER__INIT;
    fill_periods(hub, asked, view, &trend);
    trend.series = take(hub, asked->figure_count * sizeof *trend.series);
    for (uint32_t i = 0; i < asked->figure_count; i++) {
        const struct trend_figure *figure = &asked->figures[i];
        trend.series[trend.n_series++] = figure->figure != FIGURE_NONE
                                             ? take_counts(hub, &series[counted++], asked->period_count)
                                             : take_statuses(hub, figure, rollups, asked->period_count);
    }
    answer.body_case = SANLING__V1__ANSWER__BODY_TREND;
    answer.trend = &trend;
    send_answer(hub, session, &answer);
    free(series);
    free(rollups);
}
