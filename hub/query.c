#include "query.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access_change.h"
#include "answer.h"
#include "answer_backup.h"
#include "answer_proof.h"
#include "domain/catalogue.h"
#include "domain/day.h"
#include "domain/source.h"
#include "domain/unit.h"
#include "domain/unit_days.h"
#include "journal.h"
#include "reception.h"
#include "refusing.h"

enum { REJECTED_PAGE_MAX = 200 };

bool query_may_see(const struct hub *hub, const struct identity *identity, const char *unit)
{
    const struct state *state = &hub->ledger.state;
    uint32_t ordinal = unit[0] ? state_find_unit(state, unit) : 0;
    if (unit[0] && ordinal == 0)
        return false;
    if (identity->root[0] == '\0')
        return true;
    uint32_t root = state_find_unit(state, identity->root);
    return root != 0 && ordinal != 0 && state_unit_within(state, ordinal, root);
}

static void refuse(struct hub *hub, const struct session *session, const Sanling__V1__Query *query,
                   Sanling__V1__Code__Kind code, const char *text)
{
    hub_error(hub, &session->peer, code, query->id, 0, text);
}

/* The root that a question asks for: the unit named, or that of the identity. false: an answer was given. */
static bool take_root(struct hub *hub, const struct session *session, const struct identity *identity,
                      const Sanling__V1__Query *query, const char *unit, uint32_t *root)
{
    const char *code = unit[0] ? unit : identity->root;
    const struct state *state = &hub->ledger.state;
    char text[UNIT_UNKNOWN_SIZE];
    if (!query_may_see(hub, identity, code)) {
        bool exists = state_find_unit(state, code) != 0;
        refuse(hub, session, query,
               exists ? SANLING__V1__CODE__KIND__NOT_PERMITTED : SANLING__V1__CODE__KIND__UNKNOWN_UNIT,
               exists ? "unit: outside the identity's subtree" : unit_unknown("unit", code, text));
        return false;
    }
    *root = code[0] ? state_find_unit(state, code) : 0;
    if (*root >= hub->shown.state->units.count) {
        refuse(hub, session, query, SANLING__V1__CODE__KIND__UNKNOWN_UNIT, "unit: nobody knew of it at that position");
        return false;
    }
    return true;
}

static uint8_t *packed(const Sanling__V1__Query *query, size_t *size)
{
    *size = sanling__v1__query__get_packed_size(query);
    uint8_t *bytes = malloc(*size);
    if (!bytes)
        abort();
    sanling__v1__query__pack(query, bytes);
    return bytes;
}

/* The question, to be asked again. */
static struct past_question *question_of(const struct session *session, const Sanling__V1__Query *query)
{
    struct past_question *question = calloc(1, sizeof *question);
    if (!question)
        abort();
    question->peer = session->peer;
    question->query = packed(query, &question->size);
    return question;
}

/* A request to the reader for this question. NULL: too many of its identity are there, and an answer was given. */
static struct read_request *open_read(struct hub *hub, const struct session *session, const Sanling__V1__Query *query,
                                      enum read_kind kind)
{
    if (!usage_lend(session->usage, kind)) {
        hub_busy(hub, &session->peer, query->id, 0, LIMIT_LENT_MS, "too many questions of this identity are read for");
        return NULL;
    }
    struct read_request *request = read_request_open(kind, &session->peer);
    request->usage = session->usage;
    return request;
}

/* A time that something is known at needs the log: the question comes back as one for a position. */
static void search_known_at(struct hub *hub, const struct session *session, const Sanling__V1__Query *query,
                            const Google__Protobuf__Timestamp *time)
{
    struct read_request *request = open_read(hub, session, query, READ_START);
    if (!request)
        return;
    int64_t time_us = time->seconds * 1000000 + time->nanos / 1000;
    /* The last position at or before it: one before the first behind it. */
    request->start = (struct start_search){.time_us = time_us + 1, .last_position = hub->durable.position};
    request->query = packed(query, &request->query_size);
    reader_submit(hub->reader, &request);
}

/* When a position was recorded, if it was looked up lately; else the question comes back when that is known. */
static bool take_time_of(struct hub *hub, const struct session *session, const Sanling__V1__Query *query,
                         uint64_t position, int64_t *time_us)
{
    for (int i = 0; i < POSITION_TIMES_MAX; i++)
        if (hub->times[i].position == position) {
            *time_us = hub->times[i].time_us;
            return true;
        }
    struct read_request *request = open_read(hub, session, query, READ_TIME);
    if (!request)
        return false;
    request->start.position = request->needs_position = position;
    request->query = packed(query, &request->query_size);
    hub_read(hub, &request);
    return false;
}

/* Whether there is a policy, without which no day has a status. false: an answer was given. */
static bool take_policy(struct hub *hub, const struct session *session, const Sanling__V1__Query *query)
{
    if (state_policy(hub->shown.state))
        return true;
    refuse(hub, session, query, SANLING__V1__CODE__KIND__BUSY, "no policy is adopted yet: no status exists");
    return false;
}

/* The day and position that a status is asked for; `day` "" is today, `known_at` POSITION_END everything. false: an
 * answer was given. */
static bool take_moment(struct hub *hub, const struct session *session, const Sanling__V1__Query *query,
                        const char *day, uint64_t known_at, struct status_view *view)
{
    const struct state *state = &hub->ledger.state;
    view->as_of = hub->shown.day;
    view->known_at = hub->shown.position == state->heads.position ? known_at : hub->shown.position;
    if (day[0] && (!day_parse(day, &view->as_of) || view->as_of > state->heads.today)) {
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY, "as_of: not a day up to today");
        return false;
    }
    if (known_at != POSITION_END && known_at > state->heads.position) {
        refuse(hub, session, query, SANLING__V1__CODE__KIND__POSITION_AHEAD, "known_at: beyond the log");
        return false;
    }
    return true;
}

/* ---- moments ---- */

/* Whether a question can be asked of another moment: natively, by what the state keeps with every row, or of a state
 * that is read for it. */
enum moment_way { MOMENT_NONE, MOMENT_NATIVE, MOMENT_PAST_STATE };
static enum moment_way moment_way(const Sanling__V1__Query *query)
{
    switch (query->ask_case) {
    case SANLING__V1__QUERY__ASK_STATUS:
    case SANLING__V1__QUERY__ASK_WHY:
    case SANLING__V1__QUERY__ASK_TREE:
    case SANLING__V1__QUERY__ASK_DAYS:
    case SANLING__V1__QUERY__ASK_DIFFERENCE:
    case SANLING__V1__QUERY__ASK_ACCESS:
        return MOMENT_NATIVE;
    case SANLING__V1__QUERY__ASK_SUMMARY:
    case SANLING__V1__QUERY__ASK_UNITS:
    case SANLING__V1__QUERY__ASK_POLICY:
    case SANLING__V1__QUERY__ASK_MATTERS:
    case SANLING__V1__QUERY__ASK_CAMPAIGNS:
    case SANLING__V1__QUERY__ASK_DISCREPANCIES:
    case SANLING__V1__QUERY__ASK_ATTENTION:
    case SANLING__V1__QUERY__ASK_FIGURE:
    case SANLING__V1__QUERY__ASK_TREND:
        return MOMENT_PAST_STATE;
    case SANLING__V1__QUERY__ASK_REJECTED:
    case SANLING__V1__QUERY__ASK_CONSUMERS:
    case SANLING__V1__QUERY__ASK_SOURCES:
    case SANLING__V1__QUERY__ASK_DIGEST:
    case SANLING__V1__QUERY__ASK_ACCESS_CHANGE:
    case SANLING__V1__QUERY__ASK_ACCESS_HISTORY:
    case SANLING__V1__QUERY__ASK_PROPOSALS:
    case SANLING__V1__QUERY__ASK_CLOCK:
    case SANLING__V1__QUERY__ASK_CLOCK_CHANGE:
    case SANLING__V1__QUERY__ASK_CATALOGUE:
    case SANLING__V1__QUERY__ASK_ROUTES:
    case SANLING__V1__QUERY__ASK_ATTESTATIONS_DUE: /* what is to be done is of now */
    case SANLING__V1__QUERY__ASK_BACKUP:
    case SANLING__V1__QUERY__ASK_BACKUP_VERIFIED:
    case SANLING__V1__QUERY__ASK_CHECKPOINT:
    case SANLING__V1__QUERY__ASK_PROOF:
    case SANLING__V1__QUERY__ASK_CONSISTENCY:
    case SANLING__V1__QUERY__ASK_COSIGNATURE:
    case SANLING__V1__QUERY__ASK_REFUSALS:
    case SANLING__V1__QUERY__ASK__NOT_SET:
    case _SANLING__V1__QUERY__ASK__CASE_IS_INT_SIZE:
        break;
    }
    return MOMENT_NONE;
}

/* The last position before the day was closed; 0: it was never open, POSITION_END: it is open still. */
static uint64_t closed_at(const struct state *state, int32_t day)
{
    if (day == state->heads.today)
        return POSITION_END;
    for (uint32_t at = 1; at < state->days.count; at++) {
        const struct day_opened *row = table_row(&state->days, at);
        if (row->day > day)
            return at > 1 ? row->position - 1 : 0;
    }
    return 0;
}

/* The day and position that are asked for, POSITION_END for all that is known now; a day is DAY_NONE where it is the
 * one that was open then. false: an answer was given, or the question waits for the log. */
static bool resolve_moment(struct hub *hub, const struct session *session, const Sanling__V1__Query *query,
                           struct past_moment *asked)
{
    const struct state *state = &hub->ledger.state;
    const Sanling__V1__Moment *moment = query->moment;
    const char *wrong = NULL;
    int32_t day = DAY_NONE;
    *asked = (struct past_moment){.position = POSITION_END, .day = DAY_NONE};
    if (moment->known_case == SANLING__V1__MOMENT__KNOWN_TIME && moment->time) {
        search_known_at(hub, session, query, moment->time);
        return false;
    }
    if (moment->day[0] && (!day_parse(moment->day, &day) || day > state->heads.today))
        wrong = "moment: day: not a day up to today";
    else if (day != DAY_NONE && (asked->closed_at = closed_at(state, day)) == 0)
        wrong = "moment: day: before the hub's first day";
    else if (moment->known_case == SANLING__V1__MOMENT__KNOWN_END_OF_DAY && day == DAY_NONE)
        wrong = "moment: end_of_day: of which day?";
    else if (moment->known_case == SANLING__V1__MOMENT__KNOWN_POSITION && moment->position == 0)
        wrong = "moment: position: before the first record";
    if (wrong) {
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY, wrong);
        return false;
    }
    if (moment->known_case == SANLING__V1__MOMENT__KNOWN_END_OF_DAY)
        asked->position = asked->closed_at;
    else if (moment->known_case == SANLING__V1__MOMENT__KNOWN_POSITION)
        asked->position = moment->position;
    if (asked->position != POSITION_END && asked->position > state->heads.position) {
        refuse(hub, session, query, SANLING__V1__CODE__KIND__POSITION_AHEAD, "moment: position: beyond the log");
        return false;
    }
    if (asked->position == state->heads.position)
        asked->position = POSITION_END;
    int32_t open = asked->position == POSITION_END ? state->heads.today : state_recorded_day(state, asked->position);
    if (day != DAY_NONE && day > open) {
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY,
               "moment: day: it had not begun at that position");
        return false;
    }
    asked->day = day == open ? DAY_NONE : day;
    return true;
}

/* Answers from the past state from here on. false: it is being read, and the question waits, or BUSY was answered. */
static bool show_past_state(struct hub *hub, const struct session *session, const Sanling__V1__Query *query,
                            struct past_moment *asked)
{
    if (asked->position == POSITION_END)
        asked->position = hub->durable.position; /* the log is read up to there */
    struct past_state *past = past_find(hub->past, asked, hub_monotonic_ms());
    if (past) {
        hub->shown = (struct shown){.state = &past->state,
                                    .day_before = &past->day_before,
                                    .time_us = past->time_us,
                                    .day = past->state.heads.today,
                                    .position = past->state.heads.position,
                                    .known_us = past->state.heads.recorded_at_us,
                                    .past = true};
        return true;
    }
    struct past_question *question = question_of(session, query);
    if (!past_wait(hub->past, asked, &question)) {
        past_question_free(&question);
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BUSY, "moment: too many past states are being read");
    }
    return false;
}

/* Sets what the question is answered from. false: it was answered, or waits. */
static bool show_moment(struct hub *hub, const struct session *session, const Sanling__V1__Query *query)
{
    struct past_moment asked;
    enum moment_way way = moment_way(query);
    hub_show_now(hub);
    if (!query->moment)
        return true;
    if (way == MOMENT_NONE) {
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY, "moment: this is asked of now only");
        return false;
    }
    if (!resolve_moment(hub, session, query, &asked))
        return false;
    if (asked.position == POSITION_END && asked.day == DAY_NONE)
        return true;
    if (way == MOMENT_PAST_STATE)
        return show_past_state(hub, session, query, &asked);
    hub->shown.past = true;
    if (asked.day != DAY_NONE)
        hub->shown.day = asked.day;
    else
        hub->shown.day = state_recorded_day(hub->shown.state, asked.position);
    if (asked.position == POSITION_END)
        return true;
    hub->shown.position = asked.position;
    return take_time_of(hub, session, query, asked.position, &hub->shown.known_us);
}

static void ask_status(struct hub *hub, const struct session *session, const struct identity *identity,
                       const Sanling__V1__Query *query)
{
    const Sanling__V1__StatusQuery *ask = query->status;
    struct policy_timeline policies;
    struct status_view view = {.depth = ask->depth, .policies = &policies};
    bool by_position = ask->known_at_case == SANLING__V1__STATUS_QUERY__KNOWN_AT_POSITION;
    if (!take_root(hub, session, identity, query, ask->unit, &view.root) || !take_policy(hub, session, query))
        return;
    if (!take_moment(hub, session, query, ask->as_of, by_position ? ask->position : POSITION_END, &view))
        return;
    if (ask->known_at_case == SANLING__V1__STATUS_QUERY__KNOWN_AT_TIME && ask->time) {
        search_known_at(hub, session, query, ask->time);
        return;
    }
    state_timeline(&hub->ledger.state, view.known_at, &policies);
    answer_status(hub, session, query->id, &view);
}

static void ask_why(struct hub *hub, const struct session *session, const struct identity *identity,
                    const Sanling__V1__Query *query)
{
    const Sanling__V1__WhyQuery *ask = query->why;
    struct policy_timeline policies;
    struct status_view view = {.policies = &policies};
    if (ask->unit[0] == '\0') {
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY, "unit: missing");
        return;
    }
    if (!take_root(hub, session, identity, query, ask->unit, &view.root) || !take_policy(hub, session, query) ||
        !take_moment(hub, session, query, ask->as_of, ask->known_at ? ask->known_at : POSITION_END, &view))
        return;
    state_timeline(&hub->ledger.state, view.known_at, &policies);
    answer_why(hub, session, query->id, &view);
}

const char *query_year_fault(const struct hub *hub, uint32_t year, char text[static YEAR_FAULT_SIZE])
{
    const int32_t today = hub->shown.state->heads.today;
    char day[DAY_TEXT_SIZE];
    if (year == 0)
        return NULL;
    if (year < 1900 || year > 2199)
        return "year: between 1900 and 2199";
    if (today == DAY_NONE || (int32_t)year <= day_year(today))
        return NULL;
    day_format(today, day);
    snprintf(text, YEAR_FAULT_SIZE, "year: %u has not begun; the hub's day is %s", year, day);
    return text;
}

/* The moment as statuses are asked for. false: an answer was given. */
static bool take_view(struct hub *hub, const struct session *session, const Sanling__V1__Query *query,
                      struct policy_timeline *policies, struct status_view *view)
{
    if (!take_policy(hub, session, query) || !take_moment(hub, session, query, "", POSITION_END, view))
        return false;
    state_timeline(hub->shown.state, view->known_at, policies);
    view->policies = policies;
    return true;
}

/* Lets the question wait for the rows of the moment, which are made in slices. */
static void wait_for_rows(struct hub *hub, const struct session *session, const Sanling__V1__Query *query,
                          struct unit_rows *rows, uint32_t root)
{
    struct past_question *question = question_of(session, query);
    if (tree_rows_wait(&hub->tree_rows, rows, root, &question))
        return;
    past_question_free(&question);
    refuse(hub, session, query, SANLING__V1__CODE__KIND__BUSY, "tree: too many wait for theirs");
}

static void ask_tree(struct hub *hub, const struct session *session, const struct identity *identity,
                     const Sanling__V1__Query *query)
{
    struct policy_timeline policies;
    struct status_view view = {0};
    if (!take_root(hub, session, identity, query, query->tree->unit, &view.root) ||
        !take_view(hub, session, query, &policies, &view))
        return;
    bool live = view.as_of == hub->ledger.state.heads.today && view.known_at == POSITION_END;
    struct unit_rows *rows = tree_rows_of(&hub->tree_rows, view.as_of, view.known_at, live);
    if (tree_rows_lack(&hub->tree_rows, hub->shown.state, rows, view.root))
        wait_for_rows(hub, session, query, rows, view.root);
    else
        answer_tree(hub, session, query->id, &view, rows);
}

/* One day of a question, `otherwise` where it names none. false: an answer was given. */
static bool take_day_asked(struct hub *hub, const struct session *session, const Sanling__V1__Query *query,
                           const char *field, const char *text, int32_t otherwise, int32_t *day)
{
    char fault[64];
    *day = otherwise;
    if (text[0] == '\0' || day_parse(text, day))
        return true;
    snprintf(fault, sizeof fault, "%s: not a day", field);
    refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY, fault);
    return false;
}

/* The days that a question is about, of the moment's year if it names none: rising, up to the moment's day, ten years
 * at most. false: an answer was given. */
static bool take_days(struct hub *hub, const struct session *session, const Sanling__V1__Query *query,
                      const char *from_day, const char *to_day, const struct status_view *view, struct day_span *days)
{
    const char *fault = NULL;
    if (!take_day_asked(hub, session, query, "to_day", to_day, view->as_of, &days->to) ||
        !take_day_asked(hub, session, query, "from_day", from_day, day_year_start(days->to), &days->from))
        return false;
    if (days->to > view->as_of)
        fault = "to_day: behind the moment's day";
    else if (days->from > days->to)
        fault = "from_day: behind to_day";
    else if (days->to - days->from >= UNIT_DAYS_MAX)
        fault = "from_day: more than ten years before to_day";
    if (fault)
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY, fault);
    return !fault;
}

static void ask_days(struct hub *hub, const struct session *session, const struct identity *identity,
                     const Sanling__V1__Query *query)
{
    const Sanling__V1__DaysQuery *ask = query->days;
    const struct state *state = hub->shown.state;
    struct policy_timeline policies;
    struct status_view view = {0};
    struct day_span days;
    if (!take_root(hub, session, identity, query, ask->unit, &view.root))
        return;
    if (view.root == 0 || !unit_kind_counted((enum unit_kind)state_unit(state, view.root)->kind)) {
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY,
               "unit: a village, community, enterprise or institution");
        return;
    }
    if (take_view(hub, session, query, &policies, &view) &&
        take_days(hub, session, query, ask->from_day, ask->to_day, &view, &days))
        answer_days(hub, session, query->id, &view, days);
}

/* One figure of a trend. false: an answer was given. */
static bool take_figure(struct hub *hub, const struct session *session, const Sanling__V1__Query *query,
                        const char *name, struct trend_figure *figure)
{
    char text[64 + FIGURE_NAME_SIZE] = "figures: no figure has this name";
    figure->figure = FIGURE_NONE;
    snprintf(figure->name, sizeof figure->name, "%s", name);
    if (figure_find_zeros(name, &figure->group, &figure->zero))
        return true;
    figure->figure = figure_find(name);
    if (figure_by_day(figure->figure))
        return true;
    if (figure->figure != FIGURE_NONE)
        snprintf(text, sizeof text, "figures: %s does not count by day", figure->name);
    refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY, text);
    return false;
}

static bool take_figures(struct hub *hub, const struct session *session, const Sanling__V1__Query *query,
                         struct trend_asked *asked)
{
    const Sanling__V1__TrendQuery *ask = query->trend;
    if (ask->n_figures == 0 || ask->n_figures > TREND_FIGURES_MAX) {
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY, "figures: 1 to 8");
        return false;
    }
    for (size_t i = 0; i < ask->n_figures; i++) {
        struct trend_figure *figure = &asked->figures[asked->figure_count++];
        if (!take_figure(hub, session, query, ask->figures[i], figure))
            return false;
        asked->statuses = asked->statuses || figure->figure == FIGURE_NONE;
    }
    return true;
}

/* The first day that was not over at the moment that is shown. */
static int32_t open_day(const struct hub *hub)
{
    const struct state *now = &hub->ledger.state;
    bool over = hub->shown.day < now->heads.today && hub->shown.position >= closed_at(now, hub->shown.day);
    return over ? hub->shown.day + 1 : hub->shown.day;
}

static void ask_trend(struct hub *hub, const struct session *session, const struct identity *identity,
                      const Sanling__V1__Query *query)
{
    const Sanling__V1__TrendQuery *ask = query->trend;
    struct policy_timeline policies;
    struct status_view view = {0};
    struct trend_asked asked = {0};
    struct day_span days;
    if (ask->by < SANLING__V1__TREND_QUERY__BY__DAY || ask->by > SANLING__V1__TREND_QUERY__BY__MONTH) {
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY, "by: DAY, WEEK or MONTH");
        return;
    }
    if (!take_root(hub, session, identity, query, ask->unit, &view.root) ||
        !take_view(hub, session, query, &policies, &view) || !take_figures(hub, session, query, &asked) ||
        !take_days(hub, session, query, ask->from_day, ask->to_day, &view, &days))
        return;
    asked.period_count = trend_periods(days, (enum trend_by)ask->by, open_day(hub), asked.periods);
    if (asked.period_count == 0)
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY, "from_day: more than 400 periods to to_day");
    else if (asked.statuses && asked.period_count > TREND_STATUSES_MAX)
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY,
               "from_day: more than 120 periods to to_day, too many for zeros");
    else
        answer_trend(hub, session, query->id, &view, &asked);
}

static void ask_difference(struct hub *hub, const struct session *session, const struct identity *identity,
                           const Sanling__V1__Query *query)
{
    const Sanling__V1__DifferenceQuery *ask = query->difference;
    struct policy_timeline policies;
    struct status_view view = {0};
    if (take_root(hub, session, identity, query, ask->unit, &view.root) &&
        take_view(hub, session, query, &policies, &view))
        answer_difference(hub, session, query->id, &view, ask->after, ask->limit);
}

/* Whether the year of a question is one that has begun. false: an answer was given. */
static bool take_year(struct hub *hub, const struct session *session, const Sanling__V1__Query *query, uint32_t year)
{
    char text[YEAR_FAULT_SIZE];
    const char *fault = query_year_fault(hub, year, text);
    if (fault)
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY, fault);
    return !fault;
}

static void ask_summary(struct hub *hub, const struct session *session, const struct identity *identity,
                        const Sanling__V1__Query *query)
{
    uint32_t root;
    if (!take_root(hub, session, identity, query, query->summary->unit, &root))
        return;
    if (!take_year(hub, session, query, query->summary->year))
        return;
    if (!answer_summary(hub, session, query->id, root, (int32_t)query->summary->year))
        reception_ask_later(hub, session, query);
}

bool query_send_summary(struct hub *hub, const struct subscription *subscription)
{
    hub_show_now(hub);
    uint32_t root = subscription->unit[0] ? state_find_unit(&hub->ledger.state, subscription->unit) : 0;
    return answer_summary_update(hub, subscription->session, subscription->id, root, subscription->year);
}

/* Who asks, and for which subtree. Leaders, operators and auditors see all of theirs; an office sees what concerns it.
 * false: an answer was given. */
static bool take_viewer(struct hub *hub, const struct session *session, const struct identity *identity,
                        const Sanling__V1__Query *query, const char *unit, struct viewer *viewer)
{
    viewer->sees_all =
        identity->role == ROLE_LEADER || identity->role == ROLE_OPERATOR || identity->role == ROLE_AUDITOR;
    viewer->office = identity->office;
    return take_root(hub, session, identity, query, unit, &viewer->root);
}

static void ask_matters(struct hub *hub, const struct session *session, const struct identity *identity,
                        const Sanling__V1__Query *query)
{
    struct viewer viewer;
    const Sanling__V1__MattersQuery *ask = query->matters;
    if ((uint32_t)ask->office >= OFFICE_LIMIT)
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY, "office: not one of the contract's");
    else if (take_viewer(hub, session, identity, query, ask->unit, &viewer))
        answer_matters(hub, session, query->id, &viewer, ask);
}

static void ask_discrepancies(struct hub *hub, const struct session *session, const struct identity *identity,
                              const Sanling__V1__Query *query)
{
    struct viewer viewer;
    if (take_viewer(hub, session, identity, query, query->discrepancies->unit, &viewer))
        answer_discrepancies(hub, session, query->id, &viewer, query->discrepancies->open);
}

static void ask_attention(struct hub *hub, const struct session *session, const struct identity *identity,
                          const Sanling__V1__Query *query)
{
    struct viewer viewer;
    const Sanling__V1__AttentionQuery *ask = query->attention;
    bool known =
        ask->list >= SANLING__V1__ATTENTION__LIST__UNVERIFIED && ask->list <= SANLING__V1__ATTENTION__LIST__EVALUATIONS;
    if (!known)
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY, "list: not one of the contract's");
    else if (take_viewer(hub, session, identity, query, ask->unit, &viewer) && take_policy(hub, session, query) &&
             take_year(hub, session, query, ask->year))
        answer_attention(hub, session, query->id, &viewer, ask);
}

static void ask_attestations_due(struct hub *hub, const struct session *session, const struct identity *identity,
                                 const Sanling__V1__Query *query)
{
    struct viewer viewer;
    const Sanling__V1__AttestationsDueQuery *ask = query->attestations_due;
    int32_t from_day = DAY_NONE;
    const bool of_period = ask->zero != SANLING__V1__ZERO__KIND__UNSPECIFIED;
    if ((uint32_t)ask->office >= OFFICE_LIMIT || (uint32_t)ask->zero > ZERO_COUNT ||
        (of_period && !day_parse(ask->from_day, &from_day))) {
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY,
               "office, zero, from_day: not the contract's, or no day");
        return;
    }
    if (!take_viewer(hub, session, identity, query, ask->unit, &viewer) || !take_policy(hub, session, query))
        return;
    if (ask->office != SANLING__V1__OFFICE__KIND__UNSPECIFIED && (enum office)ask->office != viewer.office) {
        if (!viewer.sees_all) {
            refuse(hub, session, query, SANLING__V1__CODE__KIND__NOT_PERMITTED, "office: another than the identity's");
            return;
        }
        viewer.office = (enum office)ask->office;
    }
    if (!answer_attestations_due(hub, session, query->id, &viewer, ask, from_day))
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY,
               "from_day: no closed period of this zero, asked of this office, starts on it");
}

static void ask_figure(struct hub *hub, const struct session *session, const struct identity *identity,
                       const Sanling__V1__Query *query)
{
    struct viewer viewer;
    const Sanling__V1__FigureQuery *ask = query->figure;
    enum figure figure = figure_find(ask->figure);
    if (figure == FIGURE_NONE)
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY, "figure: no figure has this name");
    else if (take_viewer(hub, session, identity, query, ask->unit, &viewer) && take_policy(hub, session, query) &&
             take_year(hub, session, query, ask->year))
        answer_figure(hub, session, query->id, &viewer, figure, ask);
}

static void ask_rejected(struct hub *hub, const struct session *session, const Sanling__V1__Query *query)
{
    struct read_request *request = open_read(hub, session, query, READ_REJECTED);
    if (!request)
        return;
    const Sanling__V1__RejectedQuery *ask = query->rejected;
    request->rejected = (struct rejected_page){
        .query = query->id,
        .from = ask->after + 1,
        .limit = ask->limit > 0 && ask->limit < REJECTED_PAGE_MAX ? ask->limit : REJECTED_PAGE_MAX,
        .position = hub->ledger.state.heads.position,
        .time_us = hub_now_us(hub),
        .demonstration = hub->ledger.state.heads.demonstration,
    };
    snprintf(request->rejected.source, sizeof request->rejected.source, "%s", ask->source);
    request->needs_rejections = hub->ledger.state.heads.rejections;
    hub_read(hub, &request);
}

static void change_clock(struct hub *hub, const struct session *session, const Sanling__V1__Query *query)
{
    const Google__Protobuf__Timestamp *time = query->clock_change->time;
    const struct state *state = &hub->ledger.state;
    enum { YEAR_2200 = 7258118 }; /* thousand seconds */
    if (!state->heads.demonstration) {
        refuse(hub, session, query, SANLING__V1__CODE__KIND__NOT_DEMONSTRATION,
               "only a demonstration hub's clock can be set");
        return;
    }
    if (!time || time->seconds < 0 || time->seconds / 1000 >= YEAR_2200) {
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY, "time: between the years 1970 and 2199");
        return;
    }
    int64_t time_us = time->seconds * 1000000 + time->nanos / 1000;
    if (time_us < state->heads.recorded_at_us) {
        refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY, "time: the clock moves forward only");
        return;
    }
    ledger_close_days(&hub->ledger, time_us);
    ledger_note_clock(&hub->ledger, time_us);
    hub->clock_version++;
    answer_clock(hub, session, query->id);
}

static bool operator_only(struct hub *hub, const struct session *session, const struct identity *identity,
                          const Sanling__V1__Query *query)
{
    if (identity->role == ROLE_OPERATOR)
        return true;
    refuse(hub, session, query, SANLING__V1__CODE__KIND__NOT_PERMITTED, "for operators only");
    return false;
}

static void answer_query(struct hub *hub, const struct session *session, const struct identity *identity,
                         const Sanling__V1__Query *query)
{
    uint32_t root;
    bool reads_all = identity->role == ROLE_OPERATOR || identity->role == ROLE_AUDITOR;
    switch (query->ask_case) {
    case SANLING__V1__QUERY__ASK_STATUS:
        ask_status(hub, session, identity, query);
        return;
    case SANLING__V1__QUERY__ASK_SUMMARY:
        ask_summary(hub, session, identity, query);
        return;
    case SANLING__V1__QUERY__ASK_REJECTED:
        if (reads_all)
            ask_rejected(hub, session, query);
        else
            (void)operator_only(hub, session, identity, query);
        return;
    case SANLING__V1__QUERY__ASK_CONSUMERS:
        answer_consumers(hub, session, query->id);
        return;
    case SANLING__V1__QUERY__ASK_SOURCES:
        answer_sources(hub, session, query->id);
        return;
    case SANLING__V1__QUERY__ASK_UNITS:
        if (take_root(hub, session, identity, query, query->units->unit, &root))
            answer_units(hub, session, query->id, root, (enum unit_kind)query->units->kind);
        return;
    case SANLING__V1__QUERY__ASK_DIGEST:
        answer_digest(hub, session, query->id);
        return;
    case SANLING__V1__QUERY__ASK_ACCESS:
        if (reads_all || operator_only(hub, session, identity, query))
            answer_access(hub, session, query->id, 0);
        return;
    case SANLING__V1__QUERY__ASK_ACCESS_HISTORY:
        if (reads_all || operator_only(hub, session, identity, query))
            answer_access_history(hub, session, query->id, query->access_history->identity);
        return;
    case SANLING__V1__QUERY__ASK_PROPOSALS:
        if (reads_all || operator_only(hub, session, identity, query))
            answer_proposals(hub, session, query->id, query->proposals->position);
        return;
    case SANLING__V1__QUERY__ASK_ACCESS_CHANGE:
        if (operator_only(hub, session, identity, query))
            access_change_take(hub, session, query);
        return;
    case SANLING__V1__QUERY__ASK_POLICY:
        answer_policy(hub, session, query->id);
        return;
    case SANLING__V1__QUERY__ASK_CLOCK:
        answer_clock(hub, session, query->id);
        return;
    case SANLING__V1__QUERY__ASK_CLOCK_CHANGE:
        if (operator_only(hub, session, identity, query))
            change_clock(hub, session, query);
        return;
    case SANLING__V1__QUERY__ASK_CATALOGUE:
        answer_catalogue(hub, session, query->id);
        return;
    case SANLING__V1__QUERY__ASK_MATTERS:
        ask_matters(hub, session, identity, query);
        return;
    case SANLING__V1__QUERY__ASK_CAMPAIGNS:
        if (take_root(hub, session, identity, query, query->campaigns->unit, &root))
            answer_campaigns(hub, session, query->id, root);
        return;
    case SANLING__V1__QUERY__ASK_DISCREPANCIES:
        ask_discrepancies(hub, session, identity, query);
        return;
    case SANLING__V1__QUERY__ASK_ATTENTION:
        ask_attention(hub, session, identity, query);
        return;
    case SANLING__V1__QUERY__ASK_WHY:
        ask_why(hub, session, identity, query);
        return;
    case SANLING__V1__QUERY__ASK_ROUTES:
        answer_routes(hub, session, query->id);
        return;
    case SANLING__V1__QUERY__ASK_FIGURE:
        ask_figure(hub, session, identity, query);
        return;
    case SANLING__V1__QUERY__ASK_TREE:
        ask_tree(hub, session, identity, query);
        return;
    case SANLING__V1__QUERY__ASK_DAYS:
        ask_days(hub, session, identity, query);
        return;
    case SANLING__V1__QUERY__ASK_TREND:
        ask_trend(hub, session, identity, query);
        return;
    case SANLING__V1__QUERY__ASK_DIFFERENCE:
        ask_difference(hub, session, identity, query);
        return;
    case SANLING__V1__QUERY__ASK_ATTESTATIONS_DUE:
        ask_attestations_due(hub, session, identity, query);
        return;
    case SANLING__V1__QUERY__ASK_REFUSALS:
        if (reads_all)
            refusing_ask(hub, session, query);
        else
            (void)operator_only(hub, session, identity, query);
        return;
    case SANLING__V1__QUERY__ASK_BACKUP:
        if (operator_only(hub, session, identity, query))
            backup_take_question(hub, session, identity, query->id);
        return;
    case SANLING__V1__QUERY__ASK_BACKUP_VERIFIED:
        if (operator_only(hub, session, identity, query))
            backup_take_verified(hub, session, identity, query);
        return;
    case SANLING__V1__QUERY__ASK_CHECKPOINT:
    case SANLING__V1__QUERY__ASK_PROOF:
    case SANLING__V1__QUERY__ASK_CONSISTENCY:
    case SANLING__V1__QUERY__ASK_COSIGNATURE:
        proof_ask(hub, session, identity, query);
        return;
    case SANLING__V1__QUERY__ASK__NOT_SET:
    case _SANLING__V1__QUERY__ASK__CASE_IS_INT_SIZE:
        break;
    }
    refuse(hub, session, query, SANLING__V1__CODE__KIND__BAD_QUERY, "query: nothing that this hub knows is asked");
}

void query_take(struct hub *hub, const struct session *session, const struct identity *identity,
                const Sanling__V1__Query *query)
{
    if (show_moment(hub, session, query))
        answer_query(hub, session, identity, query);
    hub_show_now(hub);
}

void query_ask_again(struct hub *hub, const struct peer *peer, const uint8_t *bytes, size_t size)
{
    const struct session *session = sessions_find(&hub->sessions, peer);
    const struct identity *identity = session ? access_by_name(hub->access, session->identity) : NULL;
    Sanling__V1__Query *query = sanling__v1__query__unpack(NULL, size, bytes);
    if (!query)
        abort(); /* packed by us */
    if (identity)
        query_take(hub, session, identity, query);
    sanling__v1__query__free_unpacked(query, NULL);
}

/* The question about a time comes back as one about the last position at or before it. */
static void ask_of_position(struct hub *hub, struct read_request *request)
{
    const uint64_t position = request->start.position - 1;
    Sanling__V1__Query *query = sanling__v1__query__unpack(NULL, request->query_size, request->query);
    if (!query)
        abort(); /* packed by us */
    if (query->moment && query->moment->known_case == SANLING__V1__MOMENT__KNOWN_TIME) {
        google__protobuf__timestamp__free_unpacked(query->moment->time, NULL);
        query->moment->known_case = SANLING__V1__MOMENT__KNOWN_POSITION;
        query->moment->position = position;
    } else {
        google__protobuf__timestamp__free_unpacked(query->status->time, NULL);
        query->status->known_at_case = SANLING__V1__STATUS_QUERY__KNOWN_AT_POSITION;
        query->status->position = position;
    }
    size_t size;
    uint8_t *bytes = packed(query, &size);
    sanling__v1__query__free_unpacked(query, NULL);
    query_ask_again(hub, &request->peer, bytes, size);
    free(bytes);
}

static void note_time(struct hub *hub, const struct start_search *found)
{
    hub->times[hub->next_time++ % POSITION_TIMES_MAX] =
        (struct position_time){.position = found->position, .time_us = found->time_us};
}

void query_returned(struct hub *hub, struct read_request *request)
{
    if (request->failed) {
        hub->failed = true;
        hub->fault = request->fault;
    } else if (request->kind == READ_START) {
        ask_of_position(hub, request);
    } else if (request->kind == READ_TIME) {
        note_time(hub, &request->start);
        query_ask_again(hub, &request->peer, request->query, request->query_size);
    } else {
        reply_add_bytes(&hub->replies, &request->peer, request->message.bytes, request->message.size);
        request->message = (struct wire_writer){0};
    }
    read_request_close(&request);
}
