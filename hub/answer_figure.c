#include "answer_parts.h"
#include "domain/day.h"
#include "domain/figure_list.h"

static Sanling__V1__FigureAnswer__Row *take_entry(struct hub *hub, const struct figure_entry *from)
{
    const struct state *state = hub->shown.state;
    Sanling__V1__FigureAnswer__Row *row = take(hub, sizeof *row);
    sanling__v1__figure_answer__row__init(row);
    row->position = from->position;
    row->unit = take_code(hub, from->unit);
    row->matter = take_text(hub, from->matter ? state_text(state, state_matter(state, from->matter)->code) : "");
    row->day = take_day(hub, from->day);
    row->count = from->count;
    return row;
}

/* The figure is everybody's who may see the summary; the matters behind it are those of the office that asks. */
static bool entry_is_shown(const struct state *state, const struct viewer *viewer, const struct figure_entry *entry)
{
    return entry->matter == 0 || viewer_sees(state, viewer, state_matter(state, entry->matter));
}

void answer_figure(struct hub *hub, const struct session *session, uint32_t query, const struct viewer *viewer,
                   enum figure figure, const Sanling__V1__FigureQuery *ask)
{
    struct state *state = hub->shown.state;
    int32_t year = ask->year ? (int32_t)ask->year : day_year(state->heads.today);
    const size_t limit = rows_limit(ask->limit);
    struct figure_count count;
    struct figure_list list;
    Sanling__V1__Answer answer = answer_head(hub, query); /* the question stays in the arena beside it */
    Sanling__V1__FigureAnswer rows = SANLING__V1__FIGURE_ANSWER__INIT;
    rows.rows = take(hub, limit * sizeof *rows.rows);
    figure_count_open(state, viewer->root, year, hub->shown.day_before, &hub->scratch, &count);
    figure_list_open(&count, figure, &list);
    rows.total = list.total;
    for (size_t at = 0; at < list.entry_count; at++) {
        if (!entry_is_shown(state, viewer, &list.entries[at]))
            continue;
        if (rows.row_count++ >= ask->after && rows.n_rows < limit)
            rows.rows[rows.n_rows++] = take_entry(hub, &list.entries[at]);
    }
    figure_list_close(&list);
    figure_count_close(&count);
    answer.body_case = SANLING__V1__ANSWER__BODY_FIGURE;
    answer.figure = &rows;
    send_answer(hub, session, &answer);
}
