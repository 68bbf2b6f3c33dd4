/* The questions of the leadership's page to a hub in memory: the tree in columns, a unit's days, trends, and what is
 * known otherwise by now. Each is held against the plain questions about the same day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "answer_parts.h"
#include "county.h"
#include "domain/day.h"
#include "domain/unit_days.h"
#include "query.h"

enum { PARTS_MAX = 32 };

struct asking {
    struct county county;
    struct hub hub;
    struct session session;
    struct identity identity;
    Sanling__V1__HubMessage *parts[PARTS_MAX]; /* of the last answer */
    size_t part_count;
};

static void open_asking(struct asking *asking, const struct policy *policy, const char *today)
{
    memset(asking, 0, sizeof *asking);
    county_open(&asking->county, policy, today);
    asking->hub.arena = wire_arena_open(64 << 20);
    asking->identity = (struct identity){.name = "leader", .role = ROLE_LEADER, .office = OFFICE_LEADERSHIP};
}

static void forget(struct asking *asking)
{
    for (size_t i = 0; i < asking->part_count; i++)
        sanling__v1__hub_message__free_unpacked(asking->parts[i], NULL);
    asking->part_count = 0;
    reply_clear(&asking->hub.replies);
    asking->hub.replies = (struct reply_list){0};
}

static void close_asking(struct asking *asking)
{
    forget(asking);
    wire_arena_close(&asking->hub.arena);
    day_before_clear(&asking->hub.day_before);
    tree_rows_clear(&asking->hub.tree_rows);
    status_scratch_clear(&asking->hub.scratch);
    county_close(&asking->county);
}

/* Asks, and unpacks all that comes back as a client would: within its limits. */
static void ask(struct asking *asking, Sanling__V1__Query *query)
{
    forget(asking);
    query->id = 7;
    if (query->moment) /* there is no log that says when it was recorded */
        asking->hub.times[0].position = query->moment->position;
    asking->hub.ledger.state = asking->county.state; /* borrowed, and given back with what it caches */
    query_take(&asking->hub, &asking->session, &asking->identity, query);
    asking->county.state = asking->hub.ledger.state;
    for (const struct reply *reply = asking->hub.replies.first; reply; reply = reply->next) {
        struct wire_finding finding;
        assert_int_equal(wire_check(&sanling__v1__hub_message__descriptor, reply->bytes, reply->size,
                                    &wire_message_limits, &finding),
                         WIRE_OK);
        assert_true(asking->part_count < PARTS_MAX);
        asking->parts[asking->part_count++] = sanling__v1__hub_message__unpack(NULL, reply->size, reply->bytes);
    }
    assert_true(asking->part_count > 0);
}

static const Sanling__V1__Answer *answer(struct asking *asking, Sanling__V1__Query *query)
{
    ask(asking, query);
    if (asking->parts[0]->body_case == SANLING__V1__HUB_MESSAGE__BODY_ERROR)
        fail_msg("refused: %s", asking->parts[0]->error->text);
    for (size_t i = 0; i < asking->part_count; i++)
        assert_int_equal(asking->parts[i]->answer->more, i + 1 < asking->part_count);
    return asking->parts[0]->answer;
}

static const char *refusal(struct asking *asking, Sanling__V1__Query *query)
{
    ask(asking, query);
    assert_int_equal(asking->parts[0]->body_case, SANLING__V1__HUB_MESSAGE__BODY_ERROR);
    return asking->parts[0]->error->text;
}

/* A point in both times; day NULL: the open one; known_at POSITION_END: all that is known. */
static Sanling__V1__Moment moment_of(const char *day, uint64_t known_at)
{
    Sanling__V1__Moment moment = SANLING__V1__MOMENT__INIT;
    moment.day = (char *)(day ? day : "");
    if (known_at != POSITION_END) {
        moment.known_case = SANLING__V1__MOMENT__KNOWN_POSITION;
        moment.position = known_at;
    }
    return moment;
}

static uint64_t attest(struct asking *asking, enum zero zero, const char *unit, const char *from_day,
                       const char *to_day)
{
    static const enum office offices[ZERO_COUNT] = {OFFICE_PETITIONS, OFFICE_WORK_SAFETY, OFFICE_PUBLIC_SECURITY};
    const struct event event = county_attestation(&asking->county, zero, unit, from_day, to_day);
    return county_record(&asking->county, &event, offices[zero]);
}

static uint64_t file_case(struct asking *asking, const char *matter, const char *unit, const char *day)
{
    struct event event = county_opening(&asking->county, MATTER_CASE, matter, unit);
    county_happened_on(&event, day);
    return county_record(&asking->county, &event, OFFICE_PUBLIC_SECURITY);
}

static uint64_t retract(struct asking *asking, uint64_t target)
{
    struct event event = county_event(&asking->county, EVENT_EVENT_RETRACTED, "");
    event.target = target;
    county_expect_from(&asking->county, &event, OFFICE_PUBLIC_SECURITY, CODE_COUNTY, "one", VERDICT_ACCEPTED);
    county_expect_from(&asking->county, &event, OFFICE_PUBLIC_SECURITY, CODE_COUNTY, "two", VERDICT_ACCEPTED);
    return asking->county.position;
}

/* Three months: a village attested throughout, a village with a case in February that denies what was attested, an
 * enterprise attested in January only, a community of which nobody speaks. */
static void open_quarter(struct asking *asking)
{
    const struct policy policy = county_policy();
    open_asking(asking, &policy, "2020-01-01");
    county_open_day(&asking->county, "2020-02-03");
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        attest(asking, (enum zero)zero, CODE_VILLAGE, "2020-01-01", "2020-01-31");
        attest(asking, (enum zero)zero, CODE_OTHER_VILLAGE, "2020-01-01", "2020-01-31");
        attest(asking, (enum zero)zero, CODE_ENTERPRISE, "2020-01-01", "2020-01-31");
    }
    county_open_day(&asking->county, "2020-03-02");
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        attest(asking, (enum zero)zero, CODE_VILLAGE, "2020-02-01", "2020-02-29");
        attest(asking, (enum zero)zero, CODE_OTHER_VILLAGE, "2020-02-01", "2020-02-29");
    }
    file_case(asking, "c-1", CODE_OTHER_VILLAGE, "2020-02-14");
    county_open_day(&asking->county, "2020-03-10");
}

/* ---- the tree ---- */

static const Sanling__V1__TreeAnswer *ask_tree(struct asking *asking, const char *unit, Sanling__V1__Moment *moment)
{
    Sanling__V1__TreeQuery tree = SANLING__V1__TREE_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    tree.unit = (char *)unit;
    query.ask_case = SANLING__V1__QUERY__ASK_TREE;
    query.tree = &tree;
    query.moment = moment;
    return answer(asking, &query)->tree;
}

static size_t place_of(const Sanling__V1__TreeAnswer *tree, const char *code)
{
    for (size_t i = 0; i < tree->n_codes; i++)
        if (strcmp(tree->codes[i], code) == 0)
            return i;
    fail_msg("%s is not in the tree", code);
    return 0;
}

/* The columns against the rows of the plain question, which comes last, as of the same moment. */
static void check_columns(struct asking *asking, const char *day, uint64_t known_at)
{
    Sanling__V1__Moment moment = moment_of(day, known_at);
    Sanling__V1__StatusQuery status = SANLING__V1__STATUS_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    (void)ask_tree(asking, "", &moment);
    Sanling__V1__HubMessage *message = asking->parts[0]; /* kept beside the next answer */
    const Sanling__V1__TreeAnswer *tree = message->answer->tree;
    asking->part_count = 0;
    status.as_of = moment.day;
    status.depth = 16;
    if (known_at != POSITION_END) {
        status.known_at_case = SANLING__V1__STATUS_QUERY__KNOWN_AT_POSITION;
        status.position = known_at;
    }
    query.ask_case = SANLING__V1__QUERY__ASK_STATUS;
    query.status = &status;
    const Sanling__V1__StatusAnswer *rows = answer(asking, &query)->status;
    assert_int_equal(tree->total + 1, rows->n_units); /* the whole tree has a row of its own */
    for (size_t i = 1; i < rows->n_units; i++) {
        const Sanling__V1__UnitStatus *row = rows->units[i];
        size_t at = place_of(tree, row->unit);
        assert_string_equal(tree->names[at], row->name);
        assert_int_equal(tree->kinds[at], row->kind);
        assert_int_equal(tree->joint[at], row->joint);
        assert_string_equal(tree->parents[at] ? tree->codes[tree->parents[at] - 1] : "", row->parent);
        assert_true(tree->parents[at] <= at);
        if (row->n_zeros == 0) {
            assert_int_equal(tree->case_status[at], SANLING__V1__STATUS__KIND__NOT_COUNTED);
            continue;
        }
        assert_int_equal(tree->petition_status[at], row->zeros[ZERO_PETITION]->status);
        assert_int_equal(tree->accident_status[at], row->zeros[ZERO_ACCIDENT]->status);
        assert_int_equal(tree->case_status[at], row->zeros[ZERO_CASE]->status);
        assert_int_equal(tree->petition_streaks[at], row->zeros[ZERO_PETITION]->streak_days);
        assert_int_equal(tree->accident_streaks[at], row->zeros[ZERO_ACCIDENT]->streak_days);
        assert_int_equal(tree->case_streaks[at], row->zeros[ZERO_CASE]->streak_days);
    }
    sanling__v1__hub_message__free_unpacked(message, NULL);
}

static void the_columns_are_the_rows_of_the_plain_question(void **unused)
{
    struct asking asking;
    (void)unused;
    open_quarter(&asking);
    uint64_t end = asking.county.position;
    check_columns(&asking, NULL, POSITION_END);
    check_columns(&asking, "2020-02-20", POSITION_END);
    for (uint64_t known_at = end - 15; known_at <= end; known_at++)
        check_columns(&asking, "2020-03-02", known_at);
    /* what is kept of the open day is computed again where something changed */
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        attest(&asking, (enum zero)zero, CODE_ENTERPRISE, "2020-02-01", "2020-02-29");
        check_columns(&asking, NULL, POSITION_END);
    }
    file_case(&asking, "c-2", CODE_VILLAGE, "2020-03-01");
    check_columns(&asking, NULL, POSITION_END);
    county_open_day(&asking.county, "2020-04-07");
    check_columns(&asking, NULL, POSITION_END);
    county_end_unit(&asking.county, EVENT_UNIT_MERGED, CODE_OTHER_VILLAGE, (const char *const[]){CODE_VILLAGE}, 1,
                    "2020-04-07");
    check_columns(&asking, NULL, POSITION_END);
    close_asking(&asking);
}

static void the_tree_names_the_earliest_gap_and_who_owes_it(void **unused)
{
    struct asking asking;
    (void)unused;
    open_quarter(&asking);
    const Sanling__V1__TreeAnswer *tree = ask_tree(&asking, CODE_COUNTY, NULL);
    size_t enterprise = place_of(tree, CODE_ENTERPRISE);
    size_t village = place_of(tree, CODE_VILLAGE);
    assert_string_equal(tree->codes[0], CODE_COUNTY);
    assert_int_equal(tree->parents[0], 0); /* what stands above it is not shown */
    assert_int_equal(tree->gap_offices[enterprise], OFFICE_PETITIONS);
    assert_int_equal(tree->gap_from[enterprise], day_of("2020-02-01"));
    assert_int_equal(tree->gap_to[enterprise], day_of("2020-02-29"));
    assert_int_equal(tree->verified_until[enterprise], day_of("2020-01-31"));
    assert_int_equal(tree->gap_offices[village], OFFICE_NONE);
    assert_int_equal(tree->verified_until[village], day_of("2020-02-29"));
    assert_int_equal(tree->gap_from[place_of(tree, CODE_COMMUNITY)], day_of("2020-01-01"));
    assert_int_equal(tree->verified_until[place_of(tree, CODE_COMMUNITY)], 0);
    close_asking(&asking);
}

/* Units below the village, without events: thousands of them would take their time. */
static void add_units(struct asking *asking, enum unit_kind kind, int count)
{
    struct state *state = &asking->county.state;
    for (int i = 0; i < count; i++) {
        char code[32];
        snprintf(code, sizeof code, "%s-%d", CODE_VILLAGE, i);
        uint32_t unit = state_add_unit(state, code, "a unit");
        uint32_t version = table_add(&state->unit_versions);
        struct unit *row = state_change_unit(state, unit);
        *(struct unit_version *)table_change(&state->unit_versions, version) =
            (struct unit_version){.position = 1,
                                  .unit = unit,
                                  .from_day = day_of("2000-01-01"),
                                  .parent = state_find_unit(state, CODE_VILLAGE),
                                  .name = row->name,
                                  .says = SAYS_PARENT | SAYS_NAME | SAYS_ATTRIBUTES};
        row->kind = kind;
        row->parent = state_find_unit(state, CODE_VILLAGE);
        row->valid_from = day_of("2000-01-01");
        row->valid_to = DAY_NEVER;
        row->registered_at = 1;
        row->versions = version;
    }
}

static void a_long_tree_comes_in_parts_that_a_client_unpacks(void **unused)
{
    struct asking asking;
    size_t units = 0;
    (void)unused;
    open_quarter(&asking);
    add_units(&asking, UNIT_GRID, 8000);
    const Sanling__V1__TreeAnswer *first = ask_tree(&asking, "", NULL);
    assert_true(asking.part_count > 2);
    assert_int_equal(first->total, asking.county.state.units.count - 1);
    for (size_t i = 0; i < asking.part_count; i++)
        units += asking.parts[i]->answer->tree->n_codes;
    assert_int_equal(units, first->total);
    /* the indexes of parents go on through the parts */
    uint32_t parent = (uint32_t)place_of(first, CODE_VILLAGE) + 1;
    assert_int_equal(asking.parts[1]->answer->tree->parents[0], parent);
    close_asking(&asking);
}

/* The question waits, slices are made until its moment is whole, and then it is answered at once, as often as asked. */
static void a_large_tree_is_made_in_slices_before_it_is_answered(void **unused)
{
    struct asking asking;
    struct past_question *waiting;
    int slices = 1;
    (void)unused;
    open_quarter(&asking);
    add_units(&asking, UNIT_ENTERPRISE, 3 * TREE_ROWS_AT_ONCE);
    struct tree_rows *rows = &asking.hub.tree_rows;
    Sanling__V1__TreeQuery tree = SANLING__V1__TREE_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    query.id = 7;
    tree.unit = (char *)"";
    query.ask_case = SANLING__V1__QUERY__ASK_TREE;
    query.tree = &tree;
    asking.hub.ledger.state = asking.county.state;
    query_take(&asking.hub, &asking.session, &asking.identity, &query);
    assert_null(asking.hub.replies.first);
    while ((waiting = tree_rows_turn(rows, &asking.hub.ledger.state, &asking.hub.scratch)) == NULL)
        slices++;
    assert_true(slices < 10000);
    assert_null(waiting->next);
    Sanling__V1__Query *again = sanling__v1__query__unpack(NULL, waiting->size, waiting->query);
    assert_int_equal(again->ask_case, SANLING__V1__QUERY__ASK_TREE);
    past_question_free(&waiting);
    sanling__v1__query__free_unpacked(again, NULL);
    rows->made = NULL;
    asking.county.state = asking.hub.ledger.state;
    const Sanling__V1__TreeAnswer *answered = ask_tree(&asking, "", NULL);
    size_t village = place_of(answered, CODE_VILLAGE);
    assert_int_equal(answered->total, asking.county.state.units.count - 1);
    assert_int_equal(answered->case_status[village], SANLING__V1__STATUS__KIND__ZERO);
    file_case(&asking, "c-2", CODE_VILLAGE, "2020-03-01");
    assert_int_equal(ask_tree(&asking, "", NULL)->case_status[village], SANLING__V1__STATUS__KIND__BROKEN);
    close_asking(&asking);
}

/* ---- days ---- */

static const Sanling__V1__DaysAnswer *ask_days(struct asking *asking, const char *unit, const char *from_day,
                                               const char *to_day, Sanling__V1__Moment *moment)
{
    Sanling__V1__DaysQuery days = SANLING__V1__DAYS_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    days.unit = (char *)unit;
    days.from_day = (char *)from_day;
    days.to_day = (char *)to_day;
    query.ask_case = SANLING__V1__QUERY__ASK_DAYS;
    query.days = &days;
    query.moment = moment;
    return answer(asking, &query)->days;
}

/* "COVERED 2020-01-01..2020-02-29 (2)": the spans of one zero, with the number of their positions. */
static void check_spans(const Sanling__V1__DaysAnswer *days, enum zero zero, const char *expected)
{
    static const char *const kinds[] = {"",        "COVERED", "GAP",         "NOT_DUE", "NOT_ENROLLED",
                                        "CLAIMED", "BREAK",   "CONTRADICTED"};
    char text[2048] = "";
    const Sanling__V1__DaysAnswer__Zero *row = days->zeros[zero];
    assert_int_equal(row->zero, zero + 1);
    for (size_t i = 0; i < row->n_spans; i++) {
        const Sanling__V1__DaysAnswer__Span *span = row->spans[i];
        size_t size = strlen(text);
        snprintf(text + size, sizeof text - size, "%s%s %s..%s (%zu)", size ? ", " : "", kinds[span->kind],
                 span->from_day, span->to_day, span->n_positions);
    }
    assert_string_equal(text, expected);
}

static void days_tell_what_was_attested_owed_and_broken(void **unused)
{
    struct asking asking;
    (void)unused;
    open_quarter(&asking);
    const Sanling__V1__DaysAnswer *days = ask_days(&asking, CODE_OTHER_VILLAGE, "2019-12-01", "", NULL);
    assert_string_equal(days->from_day, "2019-12-01");
    assert_string_equal(days->to_day, "2020-03-10");
    check_spans(days, ZERO_PETITION,
                "NOT_ENROLLED 2019-12-01..2019-12-31 (0), COVERED 2020-01-01..2020-02-29 (2), "
                "NOT_DUE 2020-03-01..2020-03-10 (0)");
    check_spans(days, ZERO_CASE,
                "NOT_ENROLLED 2019-12-01..2019-12-31 (0), COVERED 2020-01-01..2020-02-29 (2), "
                "NOT_DUE 2020-03-01..2020-03-10 (0), BREAK 2020-02-14..2020-02-14 (1), "
                "CONTRADICTED 2020-02-01..2020-02-29 (2)");
    days = ask_days(&asking, CODE_ENTERPRISE, "", "2020-02-10", NULL);
    check_spans(days, ZERO_CASE, "COVERED 2020-01-01..2020-01-31 (1), GAP 2020-02-01..2020-02-10 (0)");
    assert_int_equal(days->zeros[ZERO_CASE]->spans[1]->office, OFFICE_PUBLIC_SECURITY);
    /* before the first of March was owed, and before the case was known */
    Sanling__V1__Moment then = moment_of("2020-02-20", asking.county.position);
    days = ask_days(&asking, CODE_ENTERPRISE, "", "", &then);
    check_spans(days, ZERO_CASE, "COVERED 2020-01-01..2020-01-31 (1), NOT_DUE 2020-02-01..2020-02-20 (0)");
    close_asking(&asking);
}

static void a_claim_from_before_the_log_is_shown_as_one(void **unused)
{
    struct asking asking;
    (void)unused;
    open_quarter(&asking);
    struct event event = county_attestation(&asking.county, ZERO_CASE, CODE_VILLAGE, "2019-06-01", "2019-12-31");
    event.attested.basis = BASIS_HISTORIC;
    uint64_t position = county_record(&asking.county, &event, OFFICE_PUBLIC_SECURITY);
    const Sanling__V1__DaysAnswer *days = ask_days(&asking, CODE_VILLAGE, "2019-01-01", "2020-02-29", NULL);
    check_spans(days, ZERO_CASE,
                "NOT_ENROLLED 2019-01-01..2019-05-31 (0), CLAIMED 2019-06-01..2019-12-31 (1), "
                "COVERED 2020-01-01..2020-02-29 (2)");
    assert_int_equal(days->zeros[ZERO_CASE]->spans[1]->positions[0], position);
    close_asking(&asking);
}

static void check_refused_days(struct asking *asking, const char *unit, const char *from_day, const char *to_day,
                               const char *expected)
{
    Sanling__V1__DaysQuery days = SANLING__V1__DAYS_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    days.unit = (char *)unit;
    days.from_day = (char *)from_day;
    days.to_day = (char *)to_day;
    query.ask_case = SANLING__V1__QUERY__ASK_DAYS;
    query.days = &days;
    assert_string_equal(refusal(asking, &query), expected);
}

static void days_that_cannot_be_shown_are_refused(void **unused)
{
    struct asking asking;
    (void)unused;
    open_quarter(&asking);
    const char *const counted = "unit: a village, community, enterprise or institution";
    check_refused_days(&asking, CODE_TOWN, "", "", counted);
    check_refused_days(&asking, "", "", "", counted);
    check_refused_days(&asking, CODE_VILLAGE, "2020-02-30", "", "from_day: not a day");
    check_refused_days(&asking, CODE_VILLAGE, "", "x", "to_day: not a day");
    check_refused_days(&asking, CODE_VILLAGE, "2020-02-02", "2020-02-01", "from_day: behind to_day");
    check_refused_days(&asking, CODE_VILLAGE, "", "2020-03-11", "to_day: behind the moment's day");
    check_refused_days(&asking, CODE_VILLAGE, "2010-03-10", "", "from_day: more than ten years before to_day");
    close_asking(&asking);
}

/* ---- trends ---- */

static Sanling__V1__TrendQuery trend_query(char **figures, size_t count, Sanling__V1__TrendQuery__By by,
                                           const char *from_day, const char *to_day)
{
    Sanling__V1__TrendQuery trend = SANLING__V1__TREND_QUERY__INIT;
    trend.figures = figures;
    trend.n_figures = count;
    trend.by = by;
    trend.from_day = (char *)from_day;
    trend.to_day = (char *)to_day;
    return trend;
}

static const Sanling__V1__TrendAnswer *ask_trend(struct asking *asking, Sanling__V1__TrendQuery *trend)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_TREND;
    query.trend = trend;
    return answer(asking, &query)->trend;
}

/* A trend's periods: "2020-01-01..2020-01-31 whole due". */
static void check_periods(const Sanling__V1__TrendAnswer *trend, const char *expected)
{
    char text[1024] = "";
    for (size_t i = 0; i < trend->n_periods; i++) {
        const Sanling__V1__TrendAnswer__Period *period = trend->periods[i];
        size_t size = strlen(text);
        snprintf(text + size, sizeof text - size, "%s%s..%s%s%s", size ? ", " : "", period->from_day, period->to_day,
                 period->whole ? " whole" : "", period->due ? " due" : "");
    }
    assert_string_equal(text, expected);
}

static void periods_are_cut_at_their_days_and_say_whether_they_are_due(void **unused)
{
    struct asking asking;
    char *figures[] = {"cases.filed", "zeros.CASE.AREA"};
    (void)unused;
    open_quarter(&asking);
    Sanling__V1__TrendQuery by_month = trend_query(figures, 2, SANLING__V1__TREND_QUERY__BY__MONTH, "2020-01-15", "");
    const Sanling__V1__TrendAnswer *trend = ask_trend(&asking, &by_month);
    check_periods(trend, "2020-01-15..2020-01-31 due, 2020-02-01..2020-02-29 whole due, 2020-03-01..2020-03-10");
    assert_int_equal(trend->n_series, 2);
    assert_int_equal(trend->series[0]->n_counts, 3);
    assert_int_equal(trend->series[0]->counts[0], 0);
    assert_int_equal(trend->series[0]->counts[1], 1);
    assert_int_equal(trend->series[0]->counts[2], 0);
    assert_int_equal(trend->series[0]->n_statuses, 0);
    assert_int_equal(trend->series[1]->n_statuses, 3);
    assert_int_equal(trend->series[1]->n_counts, 0);
    Sanling__V1__TrendQuery by_week =
        trend_query(figures, 1, SANLING__V1__TREND_QUERY__BY__WEEK, "2020-02-27", "2020-03-08");
    trend = ask_trend(&asking, &by_week);
    check_periods(trend, "2020-02-27..2020-03-01, 2020-03-02..2020-03-08 whole");
    close_asking(&asking);
}

static void check_parts(const Sanling__V1__ZeroCount *count, uint32_t zero, uint32_t broken, uint32_t unverified)
{
    assert_int_equal(count->zero_units, zero);
    assert_int_equal(count->broken, broken);
    assert_int_equal(count->unverified, unverified);
    assert_int_equal(count->total, zero + broken + unverified);
}

static void a_month_shows_its_end_with_the_dues_of_today(void **unused)
{
    struct asking asking;
    char *figures[] = {"zeros.JOINT", "zeros.CASE", "zeros.JOINT.ENTERPRISE"};
    (void)unused;
    open_quarter(&asking);
    Sanling__V1__TrendQuery by_month = trend_query(figures, 3, SANLING__V1__TREND_QUERY__BY__MONTH, "", "");
    const Sanling__V1__TrendAnswer *trend = ask_trend(&asking, &by_month);
    check_parts(trend->series[0]->statuses[0], 3, 0, 1); /* the community is silent */
    check_parts(trend->series[0]->statuses[1], 1, 1, 2); /* the enterprise's February was owed and did not come */
    check_parts(trend->series[0]->statuses[2], 1, 1, 2);
    check_parts(trend->series[1]->statuses[1], 1, 1, 2);
    check_parts(trend->series[2]->statuses[0], 1, 0, 0);
    check_parts(trend->series[2]->statuses[1], 0, 0, 1);
    assert_int_equal(trend->series[2]->statuses[1]->group, SANLING__V1__UNIT_GROUP__KIND__ENTERPRISE);
    assert_int_equal(trend->series[1]->statuses[1]->zero, SANLING__V1__ZERO__KIND__CASE);
    assert_string_equal(trend->series[0]->statuses[0]->lower->text, "75.00");
    close_asking(&asking);
}

/* The statuses of many days together are those of each day by itself, also where units come and end between. */
static void statuses_of_many_days_are_those_of_each_day(void **unused)
{
    enum { DAYS = 100 };
    struct asking asking;
    struct county *county = &asking.county;
    struct trend_period periods[TREND_PERIODS_MAX];
    struct rollup rollups[TREND_STATUSES_MAX] = {0};
    (void)unused;
    open_quarter(&asking);
    county_register(county, UNIT_ENTERPRISE, "91140322MA900002XW", CODE_VILLAGE, "2020-03-04");
    county_open_day(county, "2020-04-09");
    county_end_unit(county, EVENT_UNIT_MERGED, CODE_OTHER_VILLAGE, (const char *const[]){CODE_VILLAGE}, 1,
                    "2020-04-06");
    const int32_t as_of = county->state.heads.today;
    uint32_t count = trend_periods((struct day_span){as_of + 1 - DAYS, as_of}, TREND_BY_DAY, as_of, periods);
    assert_int_equal(count, DAYS);
    trend_statuses(&county->state, state_find_unit(&county->state, CODE_TOWN), periods, count, as_of, POSITION_END,
                   &county->state.timeline, rollups, &county->scratch);
    for (uint32_t i = 0; i < count; i++) {
        struct scope scope;
        struct rollup expected = {0};
        scope_open(&county->state, state_find_unit(&county->state, CODE_TOWN), periods[i].days.to, POSITION_END,
                   &scope);
        scope.tree.later = as_of - periods[i].days.to;
        for (uint32_t unit = 1; unit < scope.tree.count; unit++) {
            enum status zeros[ZERO_COUNT];
            if (!scope_counts(&scope, unit))
                continue;
            rollup_statuses(&county->state, &scope.tree, &county->state.timeline, unit, zeros, &county->scratch);
            rollup_add(&expected, (enum unit_kind)state_unit(&county->state, unit)->kind, zeros);
        }
        scope_close(&scope);
        assert_memory_equal(&rollups[i], &expected, sizeof expected);
    }
    close_asking(&asking);
}

static void check_refused_trend(struct asking *asking, Sanling__V1__TrendQuery trend, const char *expected)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_TREND;
    query.trend = &trend;
    assert_string_equal(refusal(asking, &query), expected);
}

static void a_trend_that_cannot_be_counted_is_refused(void **unused)
{
    static const char *const standing[] = {"hazards.open",      "petitions.overdue",    "programme.silent",
                                           "zeros.CASE.broken", "cases.previous_filed", "units.VILLAGE"};
    const Sanling__V1__TrendQuery__By by_day = SANLING__V1__TREND_QUERY__BY__DAY;
    struct asking asking;
    char *figures[TREND_FIGURES_MAX + 1];
    (void)unused;
    open_quarter(&asking);
    for (size_t i = 0; i < sizeof standing / sizeof *standing; i++) {
        char expected[128];
        snprintf(expected, sizeof expected, "figures: %s does not count by day", standing[i]);
        figures[0] = (char *)standing[i];
        check_refused_trend(&asking, trend_query(figures, 1, by_day, "", ""), expected);
    }
    for (int i = 0; i <= TREND_FIGURES_MAX; i++)
        figures[i] = "zeros.JOINT";
    check_refused_trend(&asking, trend_query(figures, 0, by_day, "", ""), "figures: 1 to 8");
    check_refused_trend(&asking, trend_query(figures, TREND_FIGURES_MAX + 1, by_day, "", ""), "figures: 1 to 8");
    check_refused_trend(&asking, trend_query(figures, 1, SANLING__V1__TREND_QUERY__BY__UNSPECIFIED, "", ""),
                        "by: DAY, WEEK or MONTH");
    check_refused_trend(&asking, trend_query(figures, 1, by_day, "2019-11-11", ""),
                        "from_day: more than 120 periods to to_day, too many for zeros");
    check_refused_trend(&asking, trend_query(figures, 1, by_day, "2019-02-01", ""),
                        "from_day: more than 400 periods to to_day");
    figures[0] = "zeros.EVERYTHING";
    check_refused_trend(&asking, trend_query(figures, 1, by_day, "", ""), "figures: no figure has this name");
    close_asking(&asking);
}

/* ---- known then, known now ---- */

static const Sanling__V1__DifferenceAnswer *ask_difference(struct asking *asking, const char *day, uint64_t known_at)
{
    Sanling__V1__Moment moment = moment_of(day, known_at);
    Sanling__V1__DifferenceQuery difference = SANLING__V1__DIFFERENCE_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_DIFFERENCE;
    query.difference = &difference;
    query.moment = &moment;
    return answer(asking, &query)->difference;
}

/* "CODE zero then>now Type Type": one row, its statuses by their numbers. */
static void check_row(const Sanling__V1__DifferenceAnswer *difference, size_t at, const char *expected)
{
    char text[512];
    assert_true(at < difference->n_rows);
    const Sanling__V1__DifferenceAnswer__Row *row = difference->rows[at];
    assert_int_equal(row->n_types, row->n_positions);
    int size = snprintf(text, sizeof text, "%s %d %d>%d", row->unit, row->zero, row->then, row->now);
    for (size_t i = 0; i < row->n_types; i++)
        size += snprintf(text + size, sizeof text - (size_t)size, " %s", row->types[i]);
    assert_string_equal(text, expected);
}

static void nothing_differs_from_now(void **unused)
{
    struct asking asking;
    (void)unused;
    open_quarter(&asking);
    const Sanling__V1__DifferenceAnswer *difference = ask_difference(&asking, NULL, asking.county.position);
    assert_int_equal(difference->total, 0);
    assert_int_equal(difference->n_rows, 0);
    assert_int_equal(ask_difference(&asking, "2020-03-01", POSITION_END)->total, 0);
    close_asking(&asking);
}

static void what_came_late_is_named_with_what_it_moved(void **unused)
{
    struct asking asking;
    (void)unused;
    open_quarter(&asking);
    uint64_t then = asking.county.position;
    uint64_t attested = attest(&asking, ZERO_CASE, CODE_ENTERPRISE, "2020-02-01", "2020-02-29");
    uint64_t filed = file_case(&asking, "c-2", CODE_VILLAGE, "2020-03-05");
    file_case(&asking, "c-3", CODE_COMMUNITY, "2020-03-05");
    uint64_t lifted = retract(&asking, asking.county.position);
    const Sanling__V1__DifferenceAnswer *difference = ask_difference(&asking, NULL, then);
    assert_int_equal(difference->total, 2);
    check_row(difference, 0, CODE_VILLAGE " 3 1>2 CaseFiled");
    check_row(difference, 1, CODE_ENTERPRISE " 3 3>1 ZeroAttested");
    assert_int_equal(difference->rows[0]->positions[0], filed);
    assert_int_equal(difference->rows[1]->positions[0], attested);
    assert_int_equal(difference->then->counts[2]->broken, 1);
    assert_int_equal(difference->now->counts[2]->broken, 2);
    /* as known before it was retracted, the community was broken */
    difference = ask_difference(&asking, NULL, lifted - 1);
    assert_int_equal(difference->total, 1);
    check_row(difference, 0, CODE_COMMUNITY " 3 2>3 EventRetracted");
    assert_int_equal(difference->rows[0]->positions[0], lifted);
    close_asking(&asking);
}

static void a_withdrawn_report_and_a_merger_are_causes(void **unused)
{
    struct asking asking;
    (void)unused;
    open_quarter(&asking);
    const struct county *county = &asking.county;
    uint64_t then = county->position;
    struct event event = county_event(county, EVENT_ATTESTATION_WITHDRAWN, "");
    const struct attestation *first = table_row(&county->state.attestations, 1);
    event.target = first->position; /* of the petitions of the first village in January */
    county_record(&asking.county, &event, OFFICE_PETITIONS);
    const Sanling__V1__DifferenceAnswer *difference = ask_difference(&asking, NULL, then);
    assert_int_equal(difference->total, 1);
    check_row(difference, 0, CODE_VILLAGE " 1 1>3 AttestationWithdrawn");
    then = county->position;
    county_end_unit(&asking.county, EVENT_UNIT_MERGED, CODE_OTHER_VILLAGE, (const char *const[]){CODE_VILLAGE}, 1,
                    "2020-03-10");
    difference = ask_difference(&asking, "2020-03-10", then);
    assert_int_equal(difference->total, 4); /* the ended one in three zeros, and its case breaks the other */
    check_row(difference, 0, CODE_VILLAGE " 3 1>2 UnitMerged");
    check_row(difference, 1, CODE_OTHER_VILLAGE " 1 1>4 UnitMerged");
    close_asking(&asking);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_columns_are_the_rows_of_the_plain_question),
        cmocka_unit_test(the_tree_names_the_earliest_gap_and_who_owes_it),
        cmocka_unit_test(a_long_tree_comes_in_parts_that_a_client_unpacks),
        cmocka_unit_test(a_large_tree_is_made_in_slices_before_it_is_answered),
        cmocka_unit_test(days_tell_what_was_attested_owed_and_broken),
        cmocka_unit_test(a_claim_from_before_the_log_is_shown_as_one),
        cmocka_unit_test(days_that_cannot_be_shown_are_refused),
        cmocka_unit_test(periods_are_cut_at_their_days_and_say_whether_they_are_due),
        cmocka_unit_test(a_month_shows_its_end_with_the_dues_of_today),
        cmocka_unit_test(statuses_of_many_days_are_those_of_each_day),
        cmocka_unit_test(a_trend_that_cannot_be_counted_is_refused),
        cmocka_unit_test(nothing_differs_from_now),
        cmocka_unit_test(what_came_late_is_named_with_what_it_moved),
        cmocka_unit_test(a_withdrawn_report_and_a_merger_are_causes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
