/* 趋势 and 对照: figures over time, and what is known otherwise by now. */
#include "documents.h"

#include "json.h"

#include <string.h>

enum { FIGURES_MAX = 8, ROWS_DEFAULT = 200 };

/* Cuts the list at its commas; returns how many. The names point into `list`. */
static size_t cut(char *list, char *names[static FIGURES_MAX + 1])
{
    size_t count = 0;
    char *rest = NULL;
    for (char *name = strtok_r(list, ",", &rest); name != NULL && count <= FIGURES_MAX;
         name = strtok_r(NULL, ",", &rest))
        names[count++] = name;
    return count;
}

static bool take_period(const struct parameters *parameters, Sanling__V1__TrendQuery *trend, struct problem *problem)
{
    int by;
    const char *from, *to;
    if (!parameter_enum(parameters, PARAMETER_BY, &sanling__v1__trend_query__by__descriptor, &by, problem) ||
        !parameter_day(parameters, PARAMETER_FROM, &from, problem) ||
        !parameter_day(parameters, PARAMETER_TO, &to, problem))
        return false;
    trend->by = by != 0 ? (Sanling__V1__TrendQuery__By)by : SANLING__V1__TREND_QUERY__BY__MONTH;
    trend->from_day = (char *)from;
    trend->to_day = (char *)to;
    return true;
}

static bool ask_trends(struct document *document, struct problem *problem)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__TrendQuery trend = SANLING__V1__TREND_QUERY__INIT;
    char list[PARAMETER_SIZE] = "zeros.JOINT";
    char *names[FIGURES_MAX + 1];
    const char *of = parameter_text(&document->parameters, PARAMETER_OF);
    if (of[0] != '\0')
        strncpy(list, of, sizeof list - 1);
    trend.n_figures = cut(list, names);
    if (trend.n_figures == 0 || trend.n_figures > FIGURES_MAX)
        return problem_set(problem, PROBLEM_BAD_QUERY, "参数 of：1 到 8 个数字的名称，以逗号分隔。",
                           "of: 1 to 8 names of figures, separated by commas.");
    if (!take_period(&document->parameters, &trend, problem))
        return false;
    trend.unit = document_unit(document);
    trend.figures = names;
    query.ask_case = SANLING__V1__QUERY__ASK_TREND;
    query.trend = &trend;
    document_ask(document, &query, &sanling__v1__trend_answer__descriptor, false);
    return true;
}

static enum document_step make_trends(struct document *document, struct problem *problem)
{
    (void)problem;
    document->json = document_object(document);
    document_spread(document, 0, document->json);
    return DOCUMENT_MADE;
}

const struct document_kind trends_kind = {
    .name = "trends",
    .accepts = MOMENT_PARAMETERS | PARAMETER_BIT(PARAMETER_UNIT) | PARAMETER_BIT(PARAMETER_OF) |
               PARAMETER_BIT(PARAMETER_BY) | PARAMETER_BIT(PARAMETER_FROM) | PARAMETER_BIT(PARAMETER_TO),
    .ask = ask_trends,
    .make = make_trends,
};

/* ---- what is known otherwise by now ---- */

enum slot { DIFFERENCE, SUMMARY_THEN, SUMMARY_NOW, FIGURES };
enum { FIGURES_OPENED = 24, POSITIONS_SHOWN = 8 };

static bool ask_difference(struct document *document, struct problem *problem)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__DifferenceQuery difference = SANLING__V1__DIFFERENCE_QUERY__INIT;
    const struct parameters *parameters = &document->parameters;
    if (!parameter_number(parameters, PARAMETER_AFTER, 0, UINT32_MAX, &difference.after, problem) ||
        !parameter_limit(parameters, ROWS_DEFAULT, DOCUMENT_ROWS_MAX, &difference.limit, problem))
        return false;
    difference.unit = document_unit(document);
    query.ask_case = SANLING__V1__QUERY__ASK_DIFFERENCE;
    query.difference = &difference;
    document_ask(document, &query, &sanling__v1__difference_answer__descriptor, false);
    document_ask_summary(document, 0);
    return true;
}

static void ask_summary_now(struct document *document)
{
    Sanling__V1__Moment now = SANLING__V1__MOMENT__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__SummaryQuery summary = SANLING__V1__SUMMARY_QUERY__INIT;
    const struct hub_reply *then = document_reply(document, DIFFERENCE);
    now.day = then->moment != NULL ? then->moment->day : document->moment.moment.day;
    summary.unit = document_unit(document);
    query.ask_case = SANLING__V1__QUERY__ASK_SUMMARY;
    query.summary = &summary;
    query.moment = &now;
    document_ask(document, &query, &sanling__v1__summary__descriptor, false);
}

/* The rows behind those that were counted then: of a figure that only grows, the ones that made the difference. */
static void ask_figure(struct document *document, const char *figure, json_int_t then)
{
    Sanling__V1__Moment now = SANLING__V1__MOMENT__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__FigureQuery rows = SANLING__V1__FIGURE_QUERY__INIT;
    const struct hub_reply *reply = document_reply(document, DIFFERENCE);
    now.day = reply->moment != NULL ? reply->moment->day : document->moment.moment.day;
    rows.figure = (char *)figure;
    rows.unit = document_unit(document);
    rows.after = (uint32_t)then;
    rows.limit = POSITIONS_SHOWN;
    query.ask_case = SANLING__V1__QUERY__ASK_FIGURE;
    query.figure = &rows;
    query.moment = &now;
    document_ask(document, &query, &sanling__v1__figure_answer__descriptor, true);
}

/* false: there is none to ask of. */
static bool ask_figures(struct document *document)
{
    size_t i;
    json_t *row;
    document->rows = summary_differences((const Sanling__V1__Summary *)document_body(document, SUMMARY_THEN),
                                         (const Sanling__V1__Summary *)document_body(document, SUMMARY_NOW));
    json_array_foreach(document->rows, i, row) if (i < FIGURES_OPENED) ask_figure(
        document, json_string_value(json_object_get(row, "figure")), json_integer_value(json_object_get(row, "then")));
    return json_array_size(document->rows) > 0;
}

/* Positions of the rows that were recorded after the moment. */
static json_t *positions_of(const struct document *document, size_t figure)
{
    json_t *positions = json_array();
    const unsigned slot = FIGURES + (unsigned)figure;
    const struct hub_reply *then = document_reply(document, DIFFERENCE);
    const Sanling__V1__FigureAnswer *answer =
        slot < document->slot_count ? (const Sanling__V1__FigureAnswer *)document_body(document, slot) : NULL;
    for (size_t i = 0; answer != NULL && then->moment != NULL && i < answer->n_rows; i++)
        if (answer->rows[i]->position > then->moment->position)
            json_array_append_new(positions, json_sprintf("%llu", (unsigned long long)answer->rows[i]->position));
    return positions;
}

static enum document_step make_difference(struct document *document, struct problem *problem)
{
    (void)problem;
    size_t i;
    json_t *row;
    if (document->phase == 0) {
        document->phase = 1;
        ask_summary_now(document);
        return DOCUMENT_ASKED;
    }
    if (document->phase == 1) {
        document->phase = 2;
        if (ask_figures(document))
            return DOCUMENT_ASKED;
    }
    json_array_foreach(document->rows, i, row) json_object_set_new(row, "positions", positions_of(document, i));
    document->json = document_object(document);
    document_spread(document, DIFFERENCE, document->json);
    json_object_set(document->json, "figures", document->rows);
    return DOCUMENT_MADE;
}

const struct document_kind difference_kind = {
    .name = "difference",
    .accepts = MOMENT_PARAMETERS | PARAMETER_BIT(PARAMETER_UNIT) | PARAMETER_BIT(PARAMETER_AFTER) |
               PARAMETER_BIT(PARAMETER_LIMIT),
    .compares = true,
    .ask = ask_difference,
    .make = make_difference,
};
