/* Questions to a hub in memory: what is answered to whom, and that the figures of the summary are what stands behind
 * them. The hub has no door and no log; its state is a small county's. */
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
#include "domain/attention.h"
#include "domain/day.h"
#include "domain/tree.h"
#include "query.h"

enum { SIDE_A = 1, SIDE_B = 2 };

struct asking {
    struct county county;
    struct hub hub;
    struct session session;
    struct identity identity;
    Sanling__V1__HubMessage *message; /* the last answer */
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
    if (asking->message)
        sanling__v1__hub_message__free_unpacked(asking->message, NULL);
    asking->message = NULL;
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

/* The first message that comes back. */
static const Sanling__V1__HubMessage *ask(struct asking *asking, Sanling__V1__Query *query)
{
    forget(asking);
    query->id = 7;
    asking->hub.ledger.state = asking->county.state; /* borrowed, and given back with what it caches */
    query_take(&asking->hub, &asking->session, &asking->identity, query);
    asking->county.state = asking->hub.ledger.state;
    const struct reply *reply = asking->hub.replies.first;
    assert_non_null(reply);
    asking->message = sanling__v1__hub_message__unpack(NULL, reply->size, reply->bytes);
    assert_non_null(asking->message);
    return asking->message;
}

static const Sanling__V1__Answer *answer(struct asking *asking, Sanling__V1__Query *query)
{
    const Sanling__V1__HubMessage *message = ask(asking, query);
    if (message->body_case == SANLING__V1__HUB_MESSAGE__BODY_ERROR)
        fail_msg("refused: %s", message->error->text);
    assert_int_equal(message->body_case, SANLING__V1__HUB_MESSAGE__BODY_ANSWER);
    return message->answer;
}

static const Sanling__V1__FigureAnswer *ask_figure(struct asking *asking, const char *name)
{
    Sanling__V1__FigureQuery figure = SANLING__V1__FIGURE_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    figure.figure = (char *)name;
    query.ask_case = SANLING__V1__QUERY__ASK_FIGURE;
    query.figure = &figure;
    return answer(asking, &query)->figure;
}

static const Sanling__V1__MattersAnswer *ask_matters(struct asking *asking, Sanling__V1__MattersQuery *matters)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_MATTERS;
    query.matters = matters;
    return answer(asking, &query)->matters;
}

static const Sanling__V1__AttentionAnswer *ask_attention(struct asking *asking, Sanling__V1__Attention__List list)
{
    Sanling__V1__AttentionQuery attention = SANLING__V1__ATTENTION_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    attention.list = list;
    query.ask_case = SANLING__V1__QUERY__ASK_ATTENTION;
    query.attention = &attention;
    return answer(asking, &query)->attention;
}

static const Sanling__V1__WhyAnswer *ask_why(struct asking *asking, const char *unit, uint64_t known_at)
{
    Sanling__V1__WhyQuery why = SANLING__V1__WHY_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    why.unit = (char *)unit;
    why.known_at = known_at;
    query.ask_case = SANLING__V1__QUERY__ASK_WHY;
    query.why = &why;
    return answer(asking, &query)->why;
}

static const Sanling__V1__UnitStatus *ask_status(struct asking *asking, const char *unit, const char *as_of,
                                                 uint64_t known_at)
{
    Sanling__V1__StatusQuery status = SANLING__V1__STATUS_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    status.unit = (char *)unit;
    status.as_of = (char *)as_of;
    if (known_at != POSITION_END) {
        status.known_at_case = SANLING__V1__STATUS_QUERY__KNOWN_AT_POSITION;
        status.position = known_at;
    }
    query.ask_case = SANLING__V1__QUERY__ASK_STATUS;
    query.status = &status;
    return answer(asking, &query)->status->units[0];
}

/* ---- a county in which something of every kind happened ---- */

static uint64_t record(struct asking *asking, const struct event *event, enum office office)
{
    return county_record(&asking->county, event, office);
}

static uint64_t open_matter(struct asking *asking, enum matter_kind kind, const char *code, const char *unit,
                            enum office office)
{
    const struct event event = county_opening(&asking->county, kind, code, unit);
    return record(asking, &event, office);
}

static struct event step(struct asking *asking, enum event_kind event, enum matter_kind kind, const char *code)
{
    uint32_t matter = state_find_matter(&asking->county.state, kind, code);
    const struct state *state = &asking->county.state;
    return county_step(&asking->county, event, kind, code, state_unit(state, state_matter(state, matter)->unit)->code);
}

static void move(struct asking *asking, enum event_kind kind, enum matter_kind matter_kind, const char *code,
                 uint32_t variant, enum office office)
{
    struct event event = step(asking, kind, matter_kind, code);
    event.variant = variant;
    record(asking, &event, office);
}

static void attest_january(struct asking *asking, enum zero zero, const char *unit, enum office office)
{
    const struct event event = county_attestation(&asking->county, zero, unit, "2020-01-01", "2020-01-31");
    record(asking, &event, office);
}

static void happen_hazards(struct asking *asking)
{
    open_matter(asking, MATTER_HAZARD, "h-1", CODE_VILLAGE, OFFICE_WORK_SAFETY);
    move(asking, EVENT_HAZARD_FIXED_ON_SPOT, MATTER_HAZARD, "h-1", 0, OFFICE_WORK_SAFETY);
    move(asking, EVENT_HAZARD_VERIFIED, MATTER_HAZARD, "h-1", RESULT_PASS, OFFICE_WORK_SAFETY);
    open_matter(asking, MATTER_HAZARD, "h-2", CODE_ENTERPRISE, OFFICE_WORK_SAFETY);
    struct event ordered = step(asking, EVENT_RECTIFICATION_ORDERED, MATTER_HAZARD, "h-2");
    ordered.due_day = day_of("2020-02-01");
    record(asking, &ordered, OFFICE_WORK_SAFETY);
    struct event major = county_opening(&asking->county, MATTER_HAZARD, "h-3", CODE_COMMUNITY);
    major.hazard.grade = HAZARD_MAJOR;
    record(asking, &major, OFFICE_WORK_SAFETY);
    move(asking, EVENT_HAZARD_PLACARDED, MATTER_HAZARD, "h-3", 0, OFFICE_WORK_SAFETY);
    ordered = step(asking, EVENT_RECTIFICATION_ORDERED, MATTER_HAZARD, "h-3");
    ordered.due_day = day_of("2020-02-12");
    record(asking, &ordered, OFFICE_WORK_SAFETY);
}

static void happen_petitions(struct asking *asking)
{
    open_matter(asking, MATTER_PETITION, "p-1", CODE_OTHER_VILLAGE, OFFICE_PETITIONS);
    move(asking, EVENT_PETITION_ESCALATED, MATTER_PETITION, "p-1", 0, OFFICE_PETITIONS);
    open_matter(asking, MATTER_PETITION, "p-2", CODE_OTHER_VILLAGE, OFFICE_PETITIONS);
    move(asking, EVENT_PETITION_WITHDRAWN, MATTER_PETITION, "p-2", 0, OFFICE_PETITIONS);
    struct event accusation = county_opening(&asking->county, MATTER_PETITION, "p-secret", CODE_VILLAGE);
    accusation.petition.type = PETITION_ACCUSATION;
    record(asking, &accusation, OFFICE_PETITIONS);
    open_matter(asking, MATTER_PETITION, "p-3", CODE_OTHER_VILLAGE, OFFICE_PETITIONS);
    move(asking, EVENT_PETITION_ACCEPTED, MATTER_PETITION, "p-3", 0, OFFICE_PETITIONS);
    move(asking, EVENT_OPINION_ISSUED, MATTER_PETITION, "p-3", 0, OFFICE_PETITIONS);
    move(asking, EVENT_REVIEW_REQUESTED, MATTER_PETITION, "p-3", 1, OFFICE_PETITIONS);
    open_matter(asking, MATTER_PETITION, "p-4", CODE_OTHER_VILLAGE, OFFICE_PETITIONS);
    move(asking, EVENT_PETITION_ACCEPTED, MATTER_PETITION, "p-4", 0, OFFICE_PETITIONS);
    move(asking, EVENT_OPINION_ISSUED, MATTER_PETITION, "p-4", 0, OFFICE_PETITIONS);
    move(asking, EVENT_MATTER_CLOSED, MATTER_PETITION, "p-4", 0, OFFICE_PETITIONS);
}

static void happen_mediation(struct asking *asking)
{
    open_matter(asking, MATTER_DISPUTE, "p-4", CODE_OTHER_VILLAGE, OFFICE_PUBLIC_SECURITY); /* a petition followed */
    struct event event = step(asking, EVENT_MEDIATION_CHANNEL_SELECTED, MATTER_DISPUTE, "p-4");
    event.mediation.channel = CHANNEL_MOBILE_STATION;
    record(asking, &event, OFFICE_PUBLIC_SECURITY);
    move(asking, EVENT_MEDIATION_EXPLAINED, MATTER_DISPUTE, "p-4", 0, OFFICE_PUBLIC_SECURITY);
    event = step(asking, EVENT_CONSENT_RECORDED, MATTER_DISPUTE, "p-4");
    event.variant = ANSWER_AGREED;
    event.consent.side = SIDE_A;
    record(asking, &event, OFFICE_PUBLIC_SECURITY);
    event.consent.side = SIDE_B;
    record(asking, &event, OFFICE_PUBLIC_SECURITY);
    move(asking, EVENT_MEDIATION_REGISTERED, MATTER_DISPUTE, "p-4", 0, OFFICE_PUBLIC_SECURITY);
    move(asking, EVENT_MEDIATION_SESSION_HELD, MATTER_DISPUTE, "p-4", 0, OFFICE_PUBLIC_SECURITY);
    move(asking, EVENT_AGREEMENT_REACHED, MATTER_DISPUTE, "p-4", 0, OFFICE_PUBLIC_SECURITY);
    move(asking, EVENT_AGREEMENT_PERFORMED, MATTER_DISPUTE, "p-4", 0, OFFICE_PUBLIC_SECURITY);
    open_matter(asking, MATTER_DISPUTE, "d-2", CODE_VILLAGE, OFFICE_PUBLIC_SECURITY);
    move(asking, EVENT_MEDIATION_ENDED, MATTER_DISPUTE, "d-2", 0, OFFICE_PUBLIC_SECURITY);
}

static void happen_jointly(struct asking *asking)
{
    struct event event = step(asking, EVENT_JOINT_HANDLING_OPENED, MATTER_PETITION, "p-1");
    event.joint.lead = OFFICE_PETITIONS;
    event.joint.members = OFFICE_BIT(OFFICE_WORK_SAFETY);
    record(asking, &event, OFFICE_PETITIONS);
    event = step(asking, EVENT_JOINT_TASK_ASSIGNED, MATTER_PETITION, "p-1");
    event.task.code = "t-1";
    event.to_office = OFFICE_WORK_SAFETY;
    event.due_day = day_of("2020-02-02");
    record(asking, &event, OFFICE_PETITIONS);
    event.task.code = "t-2";
    record(asking, &event, OFFICE_PETITIONS);
    event = step(asking, EVENT_JOINT_TASK_DONE, MATTER_PETITION, "p-1");
    event.task.code = "t-1";
    record(asking, &event, OFFICE_WORK_SAFETY);
    move(asking, EVENT_CONSULTATION_HELD, MATTER_PETITION, "p-1", 0, OFFICE_PETITIONS);
    move(asking, EVENT_CONSULTATION_HELD, MATTER_PETITION, "p-1", 0, OFFICE_PETITIONS);
    event = step(asking, EVENT_SUPERVISION_ISSUED, MATTER_HAZARD, "h-2");
    event.supervision.level = 2;
    event.to_office = OFFICE_WORK_SAFETY;
    event.due_day = day_of("2020-02-03");
    record(asking, &event, OFFICE_LEADERSHIP);
}

static void happen_counts(struct asking *asking)
{
    struct event event = county_event(&asking->county, EVENT_PUBLICITY_TALLIED, CODE_COMMUNITY);
    event.tally.day = DAY_NONE;
    event.tally.kind = TALLY_PUBLICITY_LEAFLETS;
    event.tally.counts[0] = 300;
    record(asking, &event, OFFICE_GOVERNANCE);
    record(asking, &event, OFFICE_GOVERNANCE);
    event = county_event(&asking->county, EVENT_SELF_CHECK_RECORDED, CODE_COMMUNITY);
    event.self_check.answers = 0xffff;
    record(asking, &event, OFFICE_GOVERNANCE);
    event.self_check.answers = 7; /* the later one of the day */
    record(asking, &event, OFFICE_GOVERNANCE);
    event = county_event(&asking->county, EVENT_CAMERA_INTEGRATED, CODE_COMMUNITY);
    event.camera.site = "S-1";
    event.camera.owner = 2;
    event.camera.sign_posted = true;
    record(asking, &event, OFFICE_PUBLIC_SECURITY);
    event = county_event(&asking->county, EVENT_UNIT_CHANGED, CODE_COMMUNITY);
    event.unit_facts.name = "";
    event.unit_facts.parent = "";
    event.unit_facts.from_day = asking->county.state.heads.today;
    event.unit_facts.has_attributes = true;
    event.unit_facts.attributes =
        (struct unit_attributes){.grids = 11, .block_heads = 184, .patrollers = 22, .team = 31};
    record(asking, &event, OFFICE_GOVERNANCE);
}

static void happen_breaks(struct asking *asking)
{
    struct event filed = county_opening(&asking->county, MATTER_CASE, "c-1", CODE_VILLAGE);
    filed.occurred_at_us = county_event_on(EVENT_CASE_FILED, "", "2020-01-20").occurred_at_us;
    record(asking, &filed, OFFICE_PUBLIC_SECURITY);
    move(asking, EVENT_CASE_RESOLVED, MATTER_CASE, "c-1", 0, OFFICE_PUBLIC_SECURITY);
    filed = county_opening(&asking->county, MATTER_CASE, "c-0", CODE_VILLAGE);
    filed.occurred_at_us = county_event_on(EVENT_CASE_FILED, "", "2019-01-20").occurred_at_us;
    record(asking, &filed, OFFICE_PUBLIC_SECURITY);
    open_matter(asking, MATTER_CASE, "c-2", CODE_VILLAGE, OFFICE_PUBLIC_SECURITY);
    open_matter(asking, MATTER_ACCIDENT, "a-1", CODE_ENTERPRISE, OFFICE_WORK_SAFETY); /* late */
}

static void open_busy(struct asking *asking)
{
    struct policy policy = county_policy();
    policy.sweep_cadence_days = 10;
    policy.silent_after_days = 20;
    policy.target_count = 1;
    policy.targets[0] = (struct target){.year = 2020, .area_percent = 70, .enterprise_percent = 80};
    open_asking(asking, &policy, "2020-01-01");
    county_open_day(&asking->county, "2020-01-30");
    happen_hazards(asking);
    happen_petitions(asking);
    happen_mediation(asking);
    happen_jointly(asking);
    happen_counts(asking);
    county_open_day(&asking->county, "2020-02-09");
    attest_january(asking, ZERO_CASE, CODE_VILLAGE, OFFICE_PUBLIC_SECURITY); /* late */
    county_open_day(&asking->county, "2020-02-10");
    attest_january(asking, ZERO_PETITION, CODE_COMMUNITY, OFFICE_PETITIONS);
    attest_january(asking, ZERO_ACCIDENT, CODE_COMMUNITY, OFFICE_WORK_SAFETY);
    attest_january(asking, ZERO_CASE, CODE_COMMUNITY, OFFICE_PUBLIC_SECURITY);
    happen_breaks(asking);
}

/* ---- invariant 17 ---- */

struct checked {
    uint32_t fields;
    uint32_t above_zero;
};

static void check_figure(struct asking *asking, const char *name, uint64_t field, struct checked *checked)
{
    uint64_t listed = 0;
    const Sanling__V1__FigureAnswer *figure = ask_figure(asking, name);
    for (size_t i = 0; i < figure->n_rows; i++)
        listed += figure->rows[i]->count;
    if (figure->total != field || listed != field || figure->n_rows != figure->row_count)
        fail_msg("%s: the summary says %llu, the figure %llu, its rows %llu", name, (unsigned long long)field,
                 (unsigned long long)figure->total, (unsigned long long)listed);
    checked->fields++;
    checked->above_zero += field > 0;
}

/* Every number of a part of the summary, by the names of the contract. */
static void check_part(struct asking *asking, const char *prefix, const ProtobufCMessage *part, struct checked *checked)
{
    for (unsigned i = 0; i < part->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &part->descriptor->fields[i];
        const char *at = (const char *)part + field->offset;
        char name[FIGURE_NAME_SIZE];
        snprintf(name, sizeof name, "%s.%s", prefix, field->name);
        if (field->type == PROTOBUF_C_TYPE_UINT32)
            check_figure(asking, name, *(const uint32_t *)at, checked);
        else if (strcmp(name, "petitions.on_time") == 0)
            check_figure(asking, name, (*(Sanling__V1__Rate *const *)at)->part, checked);
        else if (field->type == PROTOBUF_C_TYPE_UINT64)
            fail_msg("%s: a number that no figure stands behind", name);
    }
}

static void check_parts(struct asking *asking, const Sanling__V1__Summary *summary, struct checked *checked)
{
    for (unsigned i = 0; i < summary->base.descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &summary->base.descriptor->fields[i];
        bool part = field->type == PROTOBUF_C_TYPE_MESSAGE && field->label != PROTOBUF_C_LABEL_REPEATED &&
                    strcmp(field->name, "zeros") != 0 && strcmp(field->name, "time") != 0;
        if (part)
            check_part(asking, field->name,
                       *(const ProtobufCMessage *const *)(const void *)((const char *)summary + field->offset),
                       checked);
    }
}

static void check_zeros(struct asking *asking, const Sanling__V1__RollUp *zeros, struct checked *checked)
{
    static const char *const names[] = {"JOINT", "PETITION", "ACCIDENT", "CASE"};
    static const char *const groups[] = {"", ".AREA", ".ENTERPRISE"};
    for (size_t i = 0; i < zeros->n_counts; i++) {
        const Sanling__V1__ZeroCount *count = zeros->counts[i];
        const struct {
            const char *name;
            uint32_t field;
        } parts[] = {{"total", count->total},
                     {"zero", count->zero_units},
                     {"broken", count->broken},
                     {"unverified", count->unverified}};
        for (size_t part = 0; part < 4; part++) {
            char name[FIGURE_NAME_SIZE];
            snprintf(name, sizeof name, "zeros.%s%s.%s", names[count->zero], groups[count->group], parts[part].name);
            check_figure(asking, name, parts[part].field, checked);
        }
    }
}

/* A copy: the answer to the next question takes its place. */
static Sanling__V1__Summary *summary_of_today(struct asking *asking)
{
    Sanling__V1__SummaryQuery summary = SANLING__V1__SUMMARY_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_SUMMARY;
    query.summary = &summary;
    const Sanling__V1__Summary *found = answer(asking, &query)->summary;
    size_t size = sanling__v1__summary__get_packed_size(found);
    uint8_t *bytes = malloc(size);
    sanling__v1__summary__pack(found, bytes);
    Sanling__V1__Summary *copy = sanling__v1__summary__unpack(NULL, size, bytes);
    free(bytes);
    return copy;
}

static void every_number_of_the_summary_is_the_figure_behind_it(void **unused)
{
    struct asking asking;
    struct checked checked = {0};
    (void)unused;
    open_busy(&asking);
    Sanling__V1__Summary *summary = summary_of_today(&asking);
    check_parts(&asking, summary, &checked);
    check_zeros(&asking, summary->zeros, &checked);
    for (size_t i = 0; i < summary->n_tallies; i++)
        check_figure(&asking, summary->tallies[i]->kind, summary->tallies[i]->count, &checked);
    for (size_t i = 0; i < summary->n_units; i++) {
        static const char *const kinds[] = {"",        "PROVINCE",  "CITY", "COUNTY",     "TOWN",
                                            "VILLAGE", "COMMUNITY", "GRID", "ENTERPRISE", "INSTITUTION"};
        char name[FIGURE_NAME_SIZE];
        snprintf(name, sizeof name, "units.%s", kinds[summary->units[i]->kind]);
        check_figure(&asking, name, summary->units[i]->count, &checked);
    }
    assert_true(checked.fields > 140);
    assert_true(checked.above_zero > 80); /* it means something */
    sanling__v1__summary__free_unpacked(summary, NULL);
    close_asking(&asking);
}

static void the_summary_counts_what_is_joint_supervised_late_and_changed_today(void **unused)
{
    struct asking asking;
    (void)unused;
    open_busy(&asking);
    Sanling__V1__Summary *summary = summary_of_today(&asking);
    assert_int_equal(summary->joint->open, 1);
    assert_int_equal(summary->joint->tasks, 2);
    assert_int_equal(summary->joint->tasks_done, 1);
    assert_int_equal(summary->joint->tasks_overdue, 1);
    assert_int_equal(summary->joint->consultations, 2);
    assert_int_equal(summary->supervisions->issued, 1);
    assert_int_equal(summary->supervisions->overdue, 1);
    assert_int_equal(summary->programme->self_checked, 1);
    assert_int_equal(summary->programme->self_check_yes, 3);
    assert_int_equal(summary->programme->complete, 0);
    assert_int_equal(summary->changes->newly_verified, 1); /* the community */
    assert_int_equal(summary->changes->newly_broken, 2);   /* the village and the enterprise */
    assert_int_equal(summary->changes->late, 4);           /* three attestations and the accident */
    assert_int_equal(summary->petitions->registered, 4);
    assert_int_equal(summary->petitions->in_review, 1);
    assert_int_equal(summary->petitions->escalated, 1);
    assert_int_equal(summary->disputes->followed_by_petition, 1);
    assert_int_equal(summary->levels->settled, 2);
    assert_int_equal(summary->levels->at_county, 2);
    assert_int_equal(summary->n_targets, 2);
    assert_string_equal(summary->targets[0]->joint->text, "33.33");
    assert_false(summary->targets[0]->met);
    assert_string_equal(summary->cases->basis, "PERIOD");
    assert_false(summary->cases->other_definition);
    sanling__v1__summary__free_unpacked(summary, NULL);
    close_asking(&asking);
}

static const Sanling__V1__TrendAnswer *ask_trend(struct asking *asking, const char *figure,
                                                 Sanling__V1__TrendQuery__By by)
{
    char *figures[] = {(char *)figure};
    Sanling__V1__TrendQuery trend = SANLING__V1__TREND_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    trend.figures = figures;
    trend.n_figures = 1;
    trend.by = by;
    query.ask_case = SANLING__V1__QUERY__ASK_TREND;
    query.trend = &trend;
    return answer(asking, &query)->trend;
}

static uint64_t sum_of(const uint64_t *counts, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += counts[i];
    return sum;
}

/* Of the running year: what is counted in it was recorded in it. */
static void a_trend_adds_up_to_the_figure_of_the_year(void **unused)
{
    struct asking asking;
    uint32_t figures = 0, above_zero = 0;
    (void)unused;
    open_busy(&asking);
    for (uint32_t figure = 1; figure < FIGURE_LIMIT; figure++) {
        char name[FIGURE_NAME_SIZE];
        if (!figure_by_day((enum figure)figure))
            continue;
        figure_name((enum figure)figure, name);
        uint64_t total = ask_figure(&asking, name)->total;
        for (int by = SANLING__V1__TREND_QUERY__BY__DAY; by <= SANLING__V1__TREND_QUERY__BY__MONTH; by++) {
            const Sanling__V1__TrendAnswer__Series *series =
                ask_trend(&asking, name, (Sanling__V1__TrendQuery__By)by)->series[0];
            assert_string_equal(series->figure, name);
            if (sum_of(series->counts, series->n_counts) != total)
                fail_msg("%s by %d: %llu of %llu", name, by,
                         (unsigned long long)sum_of(series->counts, series->n_counts), (unsigned long long)total);
        }
        figures++;
        above_zero += total > 0;
    }
    assert_true(figures > 50 && above_zero > 20);
    uint64_t before = ask_figure(&asking, "cases.previous_filed")->total;
    const Sanling__V1__TrendAnswer *trend = ask_trend(&asking, "cases.filed", SANLING__V1__TREND_QUERY__BY__MONTH);
    assert_int_equal(sum_of(trend->series[0]->previous, trend->series[0]->n_previous), before);
    assert_true(before > 0);
    close_asking(&asking);
}

static void a_figure_that_has_no_name_is_refused(void **unused)
{
    struct asking asking;
    Sanling__V1__FigureQuery figure = SANLING__V1__FIGURE_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    (void)unused;
    open_busy(&asking);
    figure.figure = (char *)"hazards.invented";
    query.ask_case = SANLING__V1__QUERY__ASK_FIGURE;
    query.figure = &figure;
    const Sanling__V1__HubMessage *message = ask(&asking, &query);
    assert_int_equal(message->body_case, SANLING__V1__HUB_MESSAGE__BODY_ERROR);
    assert_int_equal(message->error->code, SANLING__V1__CODE__KIND__BAD_QUERY);
    close_asking(&asking);
}

static void a_year_that_has_not_begun_has_no_figures(void **unused)
{
    struct asking asking;
    Sanling__V1__SummaryQuery summary = SANLING__V1__SUMMARY_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    (void)unused;
    open_busy(&asking);
    query.ask_case = SANLING__V1__QUERY__ASK_SUMMARY;
    query.summary = &summary;
    for (uint32_t year = 2019; year <= 2020; year++) {
        summary.year = year;
        assert_int_equal(answer(&asking, &query)->summary->year, year);
    }
    summary.year = 2021;
    const Sanling__V1__HubMessage *message = ask(&asking, &query);
    assert_int_equal(message->body_case, SANLING__V1__HUB_MESSAGE__BODY_ERROR);
    assert_int_equal(message->error->code, SANLING__V1__CODE__KIND__BAD_QUERY);
    assert_string_equal(message->error->text, "year: 2021 has not begun; the hub's day is 2020-02-10");
    close_asking(&asking);
}

/* ---- matters ---- */

static void matters_are_listed_by_their_conditions(void **unused)
{
    struct asking asking;
    (void)unused;
    open_busy(&asking);
    Sanling__V1__MattersQuery query = SANLING__V1__MATTERS_QUERY__INIT;
    assert_int_equal(ask_matters(&asking, &query)->total, 13);
    query.kind = SANLING__V1__MATTER_KIND__KIND__HAZARD;
    assert_int_equal(ask_matters(&asking, &query)->total, 3);
    query.step = (char *)"ORDERED";
    assert_int_equal(ask_matters(&asking, &query)->total, 2);
    query.overdue = true;
    assert_int_equal(ask_matters(&asking, &query)->total, 1);
    query.supervised = true;
    const Sanling__V1__MattersAnswer *found = ask_matters(&asking, &query);
    assert_int_equal(found->total, 1);
    assert_string_equal(found->matters[0]->matter, "h-2");
    assert_int_equal(found->matters[0]->days_left, -9);
    assert_int_equal(found->matters[0]->clock, CLOCK_RECTIFICATION);
    assert_true(found->matters[0]->supervisions[0]->overdue);
    query = (Sanling__V1__MattersQuery)SANLING__V1__MATTERS_QUERY__INIT;
    query.due_soon = true;
    found = ask_matters(&asking, &query);
    assert_int_equal(found->total, 2);
    assert_string_equal(found->matters[0]->matter, "h-3"); /* due 02-12 */
    assert_string_equal(found->matters[1]->matter, "p-1"); /* registered 01-30, due 02-14 */
    query.due_soon = false;
    query.joint = true;
    found = ask_matters(&asking, &query);
    assert_int_equal(found->total, 1);
    assert_int_equal(found->matters[0]->n_tasks, 2);
    query.joint = false;
    query.unit = (char *)CODE_OTHER_TOWN;
    assert_int_equal(ask_matters(&asking, &query)->total, 1);
    query.unit = (char *)"";
    query.open = true;
    query.kind = SANLING__V1__MATTER_KIND__KIND__CASE;
    assert_int_equal(ask_matters(&asking, &query)->total, 2);
    close_asking(&asking);
}

static void a_list_is_paged_by_what_the_client_has(void **unused)
{
    struct asking asking;
    uint32_t seen = 0;
    (void)unused;
    open_busy(&asking);
    Sanling__V1__MattersQuery query = SANLING__V1__MATTERS_QUERY__INIT;
    query.limit = 5;
    for (;;) {
        const Sanling__V1__MattersAnswer *found = ask_matters(&asking, &query);
        assert_int_equal(found->total, 13);
        if (found->n_matters == 0)
            break;
        seen += (uint32_t)found->n_matters;
        query.after = found->matters[found->n_matters - 1]->opened_at;
    }
    assert_int_equal(seen, 13);
    close_asking(&asking);
}

/* What ran out longest ago first, what has no clock last, in pages of any size. */
static void matters_are_sorted_by_their_due_day(void **unused)
{
    struct asking asking;
    (void)unused;
    open_busy(&asking);
    for (uint32_t limit = 3; limit <= 20; limit += 17) {
        Sanling__V1__MattersQuery query = SANLING__V1__MATTERS_QUERY__INIT;
        char last[DAY_TEXT_SIZE] = "";
        uint32_t with_clock = 0;
        query.limit = limit;
        query.by_due_day = true;
        for (;;) {
            const Sanling__V1__MattersAnswer *found = ask_matters(&asking, &query);
            assert_int_equal(found->total, 13);
            for (size_t i = 0; i < found->n_matters; i++) {
                const char *due_day = found->matters[i]->due_day[0] ? found->matters[i]->due_day : "9999";
                assert_true(strcmp(last, due_day) <= 0);
                snprintf(last, sizeof last, "%s", due_day);
                with_clock += found->matters[i]->due_day[0] != '\0';
            }
            query.after += found->n_matters;
            if (found->n_matters == 0)
                break;
        }
        assert_int_equal(query.after, 13);
        assert_true(with_clock > 3);
        assert_string_equal(last, "9999");
    }
    close_asking(&asking);
}

static const Sanling__V1__Freshness *freshness_of(const Sanling__V1__Summary *summary, enum office office)
{
    for (size_t i = 0; i < summary->n_freshness; i++)
        if ((uint32_t)summary->freshness[i]->office == (uint32_t)office)
            return summary->freshness[i];
    return NULL;
}

static void an_office_is_late_past_the_hours_of_the_policy(void **unused)
{
    const int64_t hour_us = 3600000000;
    struct asking asking;
    struct policy policy = county_policy();
    (void)unused;
    policy.fresh_hours[OFFICE_PETITIONS] = 48;
    policy.fresh_hours[OFFICE_LEADERSHIP] = 100;
    open_asking(&asking, &policy, "2020-01-30");
    asking.county.state.heads.demonstration = 1; /* its clock stands at the last record */
    struct office_news *news = asking.county.state.heads.offices;
    asking.county.state.heads.recorded_at_us += 200 * hour_us;
    const int64_t now_us = asking.county.state.heads.recorded_at_us;
    news[OFFICE_PETITIONS] = (struct office_news){.position = 3, .recorded_at_us = now_us - 48 * hour_us};
    news[OFFICE_WORK_SAFETY] = (struct office_news){.position = 4, .recorded_at_us = now_us - 199 * hour_us - 1};
    Sanling__V1__SummaryQuery ask_summary = SANLING__V1__SUMMARY_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_SUMMARY;
    query.summary = &ask_summary;
    const Sanling__V1__Summary *summary = answer(&asking, &query)->summary;
    const Sanling__V1__Freshness *petitions = freshness_of(summary, OFFICE_PETITIONS);
    assert_int_equal(petitions->age_hours, 48);
    assert_int_equal(petitions->allowed_hours, 48);
    assert_false(petitions->late);
    assert_int_equal(petitions->n_attests, 1);
    assert_int_equal(petitions->attests[0], SANLING__V1__ZERO__KIND__PETITION);
    const Sanling__V1__Freshness *safety = freshness_of(summary, OFFICE_WORK_SAFETY);
    assert_int_equal(safety->age_hours, 199);
    assert_false(safety->late); /* no limit is named */
    const Sanling__V1__Freshness *police = freshness_of(summary, OFFICE_PUBLIC_SECURITY);
    assert_int_equal(police->last_position, 0); /* never heard, and must attest */
    assert_null(police->last_recorded_at);
    assert_false(police->late);
    const Sanling__V1__Freshness *leadership = freshness_of(summary, OFFICE_LEADERSHIP);
    assert_true(leadership->late); /* never heard, and expected */
    assert_int_equal(leadership->n_attests, 0);
    assert_null(freshness_of(summary, OFFICE_DISCIPLINE));
    asking.county.state.heads.offices[OFFICE_PETITIONS].recorded_at_us -= 1;
    assert_true(freshness_of(answer(&asking, &query)->summary, OFFICE_PETITIONS)->late);
    close_asking(&asking);
}

static void one_matter_is_shown_with_its_history(void **unused)
{
    struct asking asking;
    (void)unused;
    open_busy(&asking);
    Sanling__V1__MattersQuery query = SANLING__V1__MATTERS_QUERY__INIT;
    query.matter = (char *)"h-1";
    const Sanling__V1__MattersAnswer *found = ask_matters(&asking, &query);
    assert_int_equal(found->n_matters, 1);
    assert_int_equal(found->matters[0]->n_moves, 3);
    assert_string_equal(found->matters[0]->moves[0]->type, "HazardFound");
    assert_string_equal(found->matters[0]->moves[2]->type, "HazardVerified");
    assert_string_equal(found->matters[0]->moves[2]->step, "STRUCK_OFF");
    assert_string_equal(found->matters[0]->closed_day, "2020-01-30");
    close_asking(&asking);
}

/* Invariant 13, for anybody at all. */
/* Matters of every kind may carry one code: even with the longest histories a client can take the answer. */
static void the_longest_histories_of_one_code_fit_into_an_answer(void **unused)
{
    enum { NOTES = 2100 };
    struct asking asking;
    struct wire_finding finding;
    const struct policy policy = county_policy();
    Sanling__V1__MattersQuery matters = SANLING__V1__MATTERS_QUERY__INIT;
    (void)unused;
    open_asking(&asking, &policy, "2020-02-10");
    for (int kind = MATTER_PETITION; kind <= MATTER_SEVEN_STEPS; kind++) {
        static const enum office offices[] = {
            [MATTER_PETITION] = OFFICE_PETITIONS,   [MATTER_HAZARD] = OFFICE_WORK_SAFETY,
            [MATTER_ACCIDENT] = OFFICE_WORK_SAFETY, [MATTER_CASE] = OFFICE_PUBLIC_SECURITY,
            [MATTER_DISPUTE] = OFFICE_GOVERNANCE,   [MATTER_SEVEN_STEPS] = OFFICE_GOVERNANCE};
        const struct event opened = county_opening(&asking.county, (enum matter_kind)kind, "x-1", CODE_VILLAGE);
        record(&asking, &opened, offices[kind]);
        struct event issued =
            county_step(&asking.county, EVENT_SUPERVISION_ISSUED, (enum matter_kind)kind, "x-1", CODE_VILLAGE);
        issued.supervision.level = 1;
        issued.to_office = OFFICE_WORK_SAFETY;
        issued.due_day = day_of("2020-02-01");
        for (int i = 0; i < NOTES; i++)
            record(&asking, &issued, OFFICE_LEADERSHIP);
    }
    matters.matter = "x-1";
    assert_int_equal(ask_matters(&asking, &matters)->n_matters, 6);
    const struct reply *reply = asking.hub.replies.first;
    assert_int_equal(
        wire_check(&sanling__v1__hub_message__descriptor, reply->bytes, reply->size, &wire_message_limits, &finding),
        WIRE_OK);
    close_asking(&asking);
}

static void an_accusation_is_in_no_answer(void **unused)
{
    static const enum role roles[] = {ROLE_PUBLISHER, ROLE_SUBSCRIBER, ROLE_LEADER, ROLE_OPERATOR, ROLE_AUDITOR};
    struct asking asking;
    (void)unused;
    open_busy(&asking);
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        asking.identity.role = roles[i];
        asking.identity.office = OFFICE_PETITIONS;
        Sanling__V1__MattersQuery query = SANLING__V1__MATTERS_QUERY__INIT;
        query.matter = (char *)"p-secret";
        assert_int_equal(ask_matters(&asking, &query)->total, 0);
    }
    for (int list = ATTENTION_UNVERIFIED; list <= ATTENTION_EVALUATIONS; list++) {
        const Sanling__V1__AttentionAnswer *found = ask_attention(&asking, (Sanling__V1__Attention__List)list);
        for (size_t i = 0; i < found->n_rows; i++)
            assert_string_not_equal(found->rows[i]->text, "p-secret");
    }
    const Sanling__V1__WhyAnswer *why = ask_why(&asking, CODE_VILLAGE, 0);
    for (size_t i = 0; i < why->n_reasons; i++)
        assert_string_not_equal(why->reasons[i]->matter, "p-secret");
    close_asking(&asking);
}

static void a_publisher_sees_the_matters_that_concern_its_office(void **unused)
{
    struct asking asking;
    (void)unused;
    open_busy(&asking);
    asking.identity.role = ROLE_PUBLISHER;
    asking.identity.office = OFFICE_WORK_SAFETY;
    Sanling__V1__MattersQuery query = SANLING__V1__MATTERS_QUERY__INIT;
    assert_int_equal(ask_matters(&asking, &query)->total, 5); /* its hazards, its accident, the joint petition */
    const Sanling__V1__FigureAnswer *figure = ask_figure(&asking, "petitions.registered");
    assert_int_equal(figure->total, 4);
    assert_int_equal(figure->n_rows, 1);
    asking.identity.office = OFFICE_GOVERNANCE;
    assert_int_equal(ask_matters(&asking, &query)->total, 0);
    close_asking(&asking);
}

/* Invariant 20. */
static void nobody_reads_outside_the_subtree(void **unused)
{
    struct asking asking;
    (void)unused;
    open_busy(&asking);
    snprintf(asking.identity.root, sizeof asking.identity.root, "%s", CODE_OTHER_TOWN);
    Sanling__V1__MattersQuery query = SANLING__V1__MATTERS_QUERY__INIT;
    assert_int_equal(ask_matters(&asking, &query)->total, 1);
    query.unit = (char *)CODE_VILLAGE;
    Sanling__V1__Query asked = SANLING__V1__QUERY__INIT;
    asked.ask_case = SANLING__V1__QUERY__ASK_MATTERS;
    asked.matters = &query;
    const Sanling__V1__HubMessage *message = ask(&asking, &asked);
    assert_int_equal(message->body_case, SANLING__V1__HUB_MESSAGE__BODY_ERROR);
    assert_int_equal(message->error->code, SANLING__V1__CODE__KIND__NOT_PERMITTED);
    assert_int_equal(ask_figure(&asking, "hazards.found")->total, 1);
    close_asking(&asking);
}

/* ---- attention ---- */

static void attention_lists_say_who_owes_and_what_came_late(void **unused)
{
    struct asking asking;
    (void)unused;
    open_busy(&asking);
    const Sanling__V1__AttentionAnswer *found = ask_attention(&asking, SANLING__V1__ATTENTION__LIST__UNVERIFIED);
    assert_true(found->n_rows > 0);
    assert_string_equal(found->rows[0]->day, "2020-01-01");
    assert_string_equal(found->rows[0]->to_day, "2020-01-31");
    assert_int_equal(found->rows[0]->days, 31);
    found = ask_attention(&asking, SANLING__V1__ATTENTION__LIST__LATE);
    assert_int_equal(found->total, 6);
    assert_string_equal(found->rows[0]->text, "c-1"); /* a case of January, due 02-05, recorded on 02-10 */
    assert_int_equal(found->rows[0]->days, 5);
    assert_string_equal(found->rows[1]->text, "a-1");        /* told after its hour */
    assert_string_equal(found->rows[2]->unit, CODE_VILLAGE); /* due 02-05, given on 02-09 */
    assert_int_equal(found->rows[2]->days, 4);
    found = ask_attention(&asking, SANLING__V1__ATTENTION__LIST__CONTRADICTED);
    assert_int_equal(found->total, 1); /* the village's January, in which a case was filed */
    assert_string_equal(found->rows[0]->unit, CODE_VILLAGE);
    assert_int_equal(found->rows[0]->zero, ZERO_CASE + 1);
    found = ask_attention(&asking, SANLING__V1__ATTENTION__LIST__WITHDRAWN);
    assert_int_equal(found->total, 1);
    assert_string_equal(found->rows[0]->text, "p-2");
    found = ask_attention(&asking, SANLING__V1__ATTENTION__LIST__UNSWEPT);
    assert_int_equal(found->total, 4);
    assert_int_equal(found->rows[0]->days, 40);
    close_asking(&asking);
}

static uint32_t reasons_of(const Sanling__V1__WhyAnswer *why, Sanling__V1__WhyAnswer__Reason__Kind kind)
{
    uint32_t count = 0;
    for (size_t i = 0; i < why->n_reasons; i++)
        count += why->reasons[i]->kind == kind;
    return count;
}

static const Sanling__V1__WhyAnswer__Reason *first_reason(const Sanling__V1__WhyAnswer *why,
                                                          Sanling__V1__WhyAnswer__Reason__Kind kind)
{
    for (size_t i = 0; i < why->n_reasons; i++)
        if (why->reasons[i]->kind == kind)
            return why->reasons[i];
    fail_msg("no reason of kind %d", (int)kind);
    return NULL;
}

static void retract_case(struct asking *asking, uint64_t target)
{
    struct event retracted = county_event(&asking->county, EVENT_EVENT_RETRACTED, CODE_VILLAGE);
    retracted.target = target;
    assert_int_equal(county_take_from(&asking->county, &retracted, OFFICE_PUBLIC_SECURITY, CODE_COUNTY, "one"),
                     VERDICT_ACCEPTED);
    const Sanling__V1__WhyAnswer__Reason *waits =
        first_reason(ask_why(asking, CODE_VILLAGE, 0), SANLING__V1__WHY_ANSWER__REASON__KIND__PENDING_APPROVAL);
    assert_int_equal(waits->position, target);
    assert_int_equal(waits->zero, ZERO_CASE + 1);
    assert_int_equal(county_take_from(&asking->county, &retracted, OFFICE_PUBLIC_SECURITY, CODE_COUNTY, "two"),
                     VERDICT_ACCEPTED);
}

static void a_break_that_was_retracted_is_told_with_what_lifted_it(void **unused)
{
    struct asking asking;
    const struct policy policy = county_policy();
    (void)unused;
    open_asking(&asking, &policy, "2020-02-10");
    attest_january(&asking, ZERO_CASE, CODE_VILLAGE, OFFICE_PUBLIC_SECURITY);
    struct event filed = county_opening(&asking.county, MATTER_CASE, "c-1", CODE_VILLAGE);
    filed.occurred_at_us = county_event_on(EVENT_CASE_FILED, "", "2020-01-20").occurred_at_us;
    uint64_t position = record(&asking, &filed, OFFICE_PUBLIC_SECURITY);
    const Sanling__V1__WhyAnswer *why = ask_why(&asking, CODE_VILLAGE, 0);
    assert_int_equal(reasons_of(why, SANLING__V1__WHY_ANSWER__REASON__KIND__CONTRADICTED), 1);
    const Sanling__V1__WhyAnswer__Reason *broken = first_reason(why, SANLING__V1__WHY_ANSWER__REASON__KIND__BREAK);
    assert_string_equal(broken->rule, "CaseFiled classes=ADMIN,CRIMINAL");
    assert_string_equal(broken->policy_version, "test-1");
    assert_int_equal(why->status->joint, STATUS_BROKEN);
    retract_case(&asking, position);
    why = ask_why(&asking, CODE_VILLAGE, 0);
    assert_int_equal(reasons_of(why, SANLING__V1__WHY_ANSWER__REASON__KIND__BREAK), 0);
    assert_int_equal(reasons_of(why, SANLING__V1__WHY_ANSWER__REASON__KIND__BREAK_LIFTED), 1);
    assert_int_equal(reasons_of(why, SANLING__V1__WHY_ANSWER__REASON__KIND__CONTRADICTED), 0);
    assert_int_equal(first_reason(why, SANLING__V1__WHY_ANSWER__REASON__KIND__BREAK_LIFTED)->other,
                     asking.county.state.heads.position);
    why = ask_why(&asking, CODE_VILLAGE, position);
    assert_int_equal(reasons_of(why, SANLING__V1__WHY_ANSWER__REASON__KIND__BREAK), 1);
    assert_int_equal(ask_attention(&asking, SANLING__V1__ATTENTION__LIST__UNBROKEN)->total, 1);
    assert_int_equal(ask_figure(&asking, "changes.unbroken")->total, 1);
    close_asking(&asking);
}

/* ---- status in the tree of the day ---- */

static void a_unit_is_shown_as_it_stood_that_day_as_known_then(void **unused)
{
    static const char *const successors[] = {CODE_OTHER_VILLAGE};
    struct asking asking;
    const struct policy policy = county_policy();
    (void)unused;
    open_asking(&asking, &policy, "2020-02-10");
    struct event changed = county_event(&asking.county, EVENT_UNIT_CHANGED, CODE_VILLAGE);
    changed.unit_facts.name = "renamed";
    changed.unit_facts.parent = CODE_OTHER_TOWN;
    changed.unit_facts.from_day = day_of("2020-02-10");
    record(&asking, &changed, OFFICE_GOVERNANCE);
    county_open_day(&asking.county, "2020-02-12");
    uint64_t before = asking.county.state.heads.position;
    struct event merged = county_event(&asking.county, EVENT_UNIT_MERGED, CODE_VILLAGE);
    merged.unit_end.successors = successors;
    merged.unit_end.successor_count = 1;
    merged.unit_end.valid_to = day_of("2020-02-13");
    record(&asking, &merged, OFFICE_GOVERNANCE);
    county_open_day(&asking.county, "2020-02-14");
    const Sanling__V1__UnitStatus *status = ask_status(&asking, CODE_VILLAGE, "2020-02-09", POSITION_END);
    assert_string_equal(status->name, CODE_VILLAGE);
    assert_string_equal(status->parent, CODE_TOWN);
    status = ask_status(&asking, CODE_VILLAGE, "2020-02-11", POSITION_END);
    assert_string_equal(status->name, "renamed");
    assert_string_equal(status->parent, CODE_OTHER_TOWN);
    assert_string_equal(status->not_valid, "");
    status = ask_status(&asking, CODE_VILLAGE, "", POSITION_END);
    assert_string_equal(status->not_valid, "NOT_VALID on this day; successor: " CODE_OTHER_VILLAGE);
    assert_string_equal(ask_status(&asking, CODE_VILLAGE, "", before)->not_valid, "");
    assert_string_equal(ask_status(&asking, CODE_ENTERPRISE, "", POSITION_END)->parent, CODE_OTHER_VILLAGE);
    assert_string_equal(ask_status(&asking, CODE_ENTERPRISE, "", before)->parent, CODE_VILLAGE);
    status = ask_status(&asking, CODE_OTHER_VILLAGE, "", POSITION_END);
    assert_int_equal(status->n_predecessors, 1);
    assert_string_equal(status->predecessors[0], CODE_VILLAGE);
    close_asking(&asking);
}

/* A node that is only a sum says of how many units below it the two policies speak differently. */
static void check_other_units(struct asking *asking, const char *node, uint32_t units)
{
    const Sanling__V1__UnitStatus *status = ask_status(asking, node, "", POSITION_END);
    assert_int_equal(status->n_others, 1);
    assert_int_equal(status->others[0]->n_zeros, 0);
    assert_int_equal(status->others[0]->joint, SANLING__V1__STATUS__KIND__NOT_COUNTED);
    assert_int_equal(status->others[0]->units, units);
}

/* DOMAIN 4.11: a change is never retroactive unless it says so, and then both results are kept. */
static void both_results_of_a_retroactive_policy_are_kept(void **unused)
{
    struct asking asking;
    struct policy policy = county_policy();
    (void)unused;
    open_asking(&asking, &policy, "2020-02-10");
    open_matter(&asking, MATTER_CASE, "c-1", CODE_VILLAGE, OFFICE_PUBLIC_SECURITY);
    snprintf(policy.version, sizeof policy.version, "test-2");
    policy.retroactive = true;
    policy.break_rules[2].case_classes = 1u << CASE_CRIMINAL;
    struct event adopted = county_event(&asking.county, EVENT_POLICY_ADOPTED, "");
    adopted.adopted.policy = &policy;
    adopted.adopted.text = "";
    assert_int_equal(county_adopt(&asking.county, &adopted), VERDICT_ACCEPTED);
    const Sanling__V1__UnitStatus *status = ask_status(&asking, CODE_VILLAGE, "", POSITION_END);
    assert_string_equal(status->policy_version, "test-2");
    assert_int_equal(status->zeros[ZERO_CASE]->status, STATUS_UNVERIFIED);
    assert_int_equal(status->n_others, 1);
    assert_string_equal(status->others[0]->policy_version, "test-1");
    assert_int_equal(status->others[0]->before_position, asking.county.position);
    assert_int_equal(status->others[0]->zeros[ZERO_CASE], STATUS_BROKEN);
    assert_int_equal(status->others[0]->units, 1);
    check_other_units(&asking, CODE_TOWN, 1);
    check_other_units(&asking, CODE_OTHER_TOWN, 0);
    check_other_units(&asking, "", 1);
    close_asking(&asking);
}

/* ---- what stands behind a figure ---- */

static void a_figure_names_the_record_that_made_it_count(void **unused)
{
    struct asking asking;
    const struct policy policy = county_policy();
    (void)unused;
    open_asking(&asking, &policy, "2020-02-10");
    open_matter(&asking, MATTER_HAZARD, "h-1", CODE_VILLAGE, OFFICE_WORK_SAFETY);
    move(&asking, EVENT_HAZARD_FIXED_ON_SPOT, MATTER_HAZARD, "h-1", 0, OFFICE_WORK_SAFETY);
    uint64_t fixed = asking.county.position;
    move(&asking, EVENT_HAZARD_VERIFIED, MATTER_HAZARD, "h-1", RESULT_PASS, OFFICE_WORK_SAFETY);
    assert_int_equal(ask_figure(&asking, "hazards.struck_off")->rows[0]->position, asking.county.position);
    assert_int_equal(ask_figure(&asking, "hazards.fixed_on_spot")->rows[0]->position, fixed);
    assert_int_equal(ask_figure(&asking, "hazards.found")->rows[0]->position, fixed - 1);
    attest_january(&asking, ZERO_CASE, CODE_COMMUNITY, OFFICE_PUBLIC_SECURITY);
    const Sanling__V1__FigureAnswer *figure = ask_figure(&asking, "zeros.CASE.zero");
    assert_int_equal(figure->n_rows, 1);
    assert_int_equal(figure->rows[0]->position, asking.county.position);
    uint64_t first = open_matter(&asking, MATTER_CASE, "c-1", CODE_VILLAGE, OFFICE_PUBLIC_SECURITY);
    uint64_t second = open_matter(&asking, MATTER_CASE, "c-2", CODE_VILLAGE, OFFICE_PUBLIC_SECURITY);
    figure = ask_figure(&asking, "zeros.CASE.broken"); /* one unit, by two records */
    assert_int_equal(figure->total, 1);
    assert_int_equal(figure->row_count, 2);
    assert_int_equal(figure->rows[0]->position, second);
    assert_int_equal(figure->rows[1]->position, first);
    assert_string_equal(figure->rows[1]->matter, "c-1");
    figure = ask_figure(&asking, "zeros.CASE.unverified");
    assert_int_equal(figure->total, 2);
    assert_int_equal(figure->rows[0]->position, 0);
    close_asking(&asking);
}

static void what_was_retracted_is_in_no_figure_and_in_no_list(void **unused)
{
    struct asking asking;
    const struct policy policy = county_policy();
    (void)unused;
    open_asking(&asking, &policy, "2020-02-10");
    struct event retracted = county_event(&asking.county, EVENT_EVENT_RETRACTED, CODE_VILLAGE);
    retracted.target = open_matter(&asking, MATTER_HAZARD, "h-1", CODE_VILLAGE, OFFICE_WORK_SAFETY);
    record(&asking, &retracted, OFFICE_WORK_SAFETY);
    struct event tallied = county_event(&asking.county, EVENT_PATROL_TALLIED, CODE_VILLAGE);
    tallied.tally.day = DAY_NONE;
    tallied.tally.kind = TALLY_PATROL_ROUNDS;
    tallied.tally.counts[0] = 9;
    retracted.target = record(&asking, &tallied, OFFICE_GOVERNANCE);
    record(&asking, &retracted, OFFICE_GOVERNANCE);
    assert_int_equal(ask_figure(&asking, "hazards.found")->total, 0);
    assert_int_equal(ask_figure(&asking, "patrol.rounds")->row_count, 0);
    Sanling__V1__MattersQuery query = SANLING__V1__MATTERS_QUERY__INIT;
    assert_int_equal(ask_matters(&asking, &query)->total, 0);
    query.matter = (char *)"h-1"; /* its history tells */
    const Sanling__V1__MattersAnswer *found = ask_matters(&asking, &query);
    assert_int_equal(found->total, 1);
    assert_string_equal(found->matters[0]->step, "RETRACTED");
    assert_true(found->matters[0]->moves[0]->retracted_at > 0);
    assert_int_equal(ask_attention(&asking, SANLING__V1__ATTENTION__LIST__AMENDED)->total, 2);
    assert_int_equal(ask_attention(&asking, SANLING__V1__ATTENTION__LIST__UNBROKEN)->total, 0);
    close_asking(&asking);
}

static const Sanling__V1__MattersAnswer__Matter *ask_matter(struct asking *asking, const char *code)
{
    Sanling__V1__MattersQuery query = SANLING__V1__MATTERS_QUERY__INIT;
    query.matter = (char *)code;
    const Sanling__V1__MattersAnswer *found = ask_matters(asking, &query);
    assert_int_equal(found->total, 1);
    return found->matters[0];
}

static void supplement(struct asking *asking, uint32_t deaths, const char *identity)
{
    struct event event = step(asking, EVENT_ACCIDENT_SUPPLEMENTED, MATTER_ACCIDENT, "a-1");
    event.accident = (struct accident_facts){.deaths = deaths, .loss = LOSS_BELOW_10M};
    assert_int_equal(county_take_from(&asking->county, &event, OFFICE_WORK_SAFETY, CODE_COUNTY, identity),
                     VERDICT_ACCEPTED);
}

static void a_history_tells_corrections_supplements_and_what_waits_apart(void **unused)
{
    struct asking asking;
    const struct policy policy = county_policy();
    (void)unused;
    open_asking(&asking, &policy, "2020-02-10");
    struct event reported = county_opening(&asking.county, MATTER_ACCIDENT, "a-1", CODE_VILLAGE);
    reported.accident = (struct accident_facts){.deaths = 3, .loss = LOSS_BELOW_10M};
    struct event corrected = county_event(&asking.county, EVENT_EVENT_CORRECTED, CODE_VILLAGE);
    corrected.target = record(&asking, &reported, OFFICE_WORK_SAFETY);
    corrected.correction.replacement = &reported;
    corrected.correction.content = 1;
    uint64_t correction = record(&asking, &corrected, OFFICE_WORK_SAFETY);
    supplement(&asking, 4, "one");
    uint64_t more = asking.county.state.heads.position;
    const Sanling__V1__MattersAnswer__Move *opening = ask_matter(&asking, "a-1")->moves[0];
    assert_int_equal(opening->corrected_at, correction);
    assert_int_equal(opening->supplemented_at, more);
    assert_int_equal(opening->pending_at, 0);
    supplement(&asking, 1, "one");
    uint64_t fewer = asking.county.state.heads.position;
    const Sanling__V1__MattersAnswer__Matter *matter = ask_matter(&asking, "a-1");
    assert_string_equal(matter->accident_grade, "LARGER");
    assert_int_equal(matter->moves[0]->supplemented_at, more);
    assert_int_equal(matter->moves[0]->pending_at, fewer);
    assert_int_equal(matter->moves[1]->pending_at, 0);
    assert_int_equal(matter->moves[2]->pending_at, fewer);
    supplement(&asking, 1, "two");
    matter = ask_matter(&asking, "a-1");
    assert_string_equal(matter->accident_grade, "GENERAL");
    assert_int_equal(matter->moves[0]->corrected_at, correction);
    assert_int_equal(matter->moves[0]->pending_at, 0);
    assert_int_equal(matter->moves[2]->pending_at, 0);
    const Sanling__V1__AttentionAnswer *amended = ask_attention(&asking, SANLING__V1__ATTENTION__LIST__AMENDED);
    assert_int_equal(amended->total, 3);
    assert_true(amended->rows[2]->by_two);
    assert_string_equal(amended->rows[2]->text, "SUPPLEMENTED");
    close_asking(&asking);
}

static void an_amendment_that_waits_is_told_of_the_ground_it_happened_on(void **unused)
{
    struct asking asking;
    struct policy policy = county_policy();
    (void)unused;
    policy.territory_too = true;
    open_asking(&asking, &policy, "2020-02-10");
    struct event reported = county_opening(&asking.county, MATTER_ACCIDENT, "a-1", CODE_ENTERPRISE);
    reported.accident = (struct accident_facts){.deaths = 3, .loss = LOSS_BELOW_10M};
    record(&asking, &reported, OFFICE_WORK_SAFETY);
    supplement(&asking, 1, "one");
    uint32_t enterprise = state_find_unit(&asking.county.state, CODE_ENTERPRISE);
    uint32_t ground = unit_parent_on(&asking.county.state, enterprise, day_of("2020-02-10"), POSITION_END);
    const char *const units[] = {CODE_ENTERPRISE, state_unit(&asking.county.state, ground)->code};
    for (size_t i = 0; i < 2; i++) {
        const Sanling__V1__WhyAnswer__Reason *waits =
            first_reason(ask_why(&asking, units[i], 0), SANLING__V1__WHY_ANSWER__REASON__KIND__PENDING_APPROVAL);
        assert_int_equal(waits->zero, ZERO_ACCIDENT + 1);
        assert_int_equal(waits->other, asking.county.state.heads.position);
        assert_string_equal(waits->text, "a supplement waits for its second approver");
    }
    close_asking(&asking);
}

static void a_deadline_in_a_history_names_its_clock_and_level(void **unused)
{
    struct asking asking;
    const struct policy policy = county_policy();
    (void)unused;
    open_asking(&asking, &policy, "2020-02-10");
    open_matter(&asking, MATTER_HAZARD, "h-1", CODE_VILLAGE, OFFICE_WORK_SAFETY);
    struct event event = step(&asking, EVENT_RECTIFICATION_ORDERED, MATTER_HAZARD, "h-1");
    event.due_day = day_of("2020-02-09");
    record(&asking, &event, OFFICE_WORK_SAFETY);
    event = step(&asking, EVENT_DEADLINE_PASSED, MATTER_HAZARD, "h-1");
    event.variant = CLOCK_RECTIFICATION;
    event.due_day = day_of("2020-02-09");
    event.passed.level = 2;
    event.passed.task = "";
    record(&asking, &event, OFFICE_HUB);
    const Sanling__V1__MattersAnswer__Matter *matter = ask_matter(&asking, "h-1");
    assert_int_equal(matter->moves[1]->clock, 0);
    assert_int_equal(matter->moves[2]->clock, CLOCK_RECTIFICATION);
    assert_int_equal(matter->moves[2]->level, 2);
    close_asking(&asking);
}

static void what_happened_at_a_merged_unit_counts_at_its_successor(void **unused)
{
    static const char *const successors[] = {CODE_COMMUNITY};
    struct asking asking;
    const struct policy policy = county_policy();
    (void)unused;
    open_asking(&asking, &policy, "2020-02-10");
    open_matter(&asking, MATTER_HAZARD, "h-1", CODE_OTHER_VILLAGE, OFFICE_WORK_SAFETY);
    struct event merged = county_event(&asking.county, EVENT_UNIT_MERGED, CODE_OTHER_VILLAGE);
    merged.unit_end.successors = successors;
    merged.unit_end.successor_count = 1;
    merged.unit_end.valid_to = day_of("2020-02-11");
    record(&asking, &merged, OFFICE_GOVERNANCE);
    county_open_day(&asking.county, "2020-02-12");
    Sanling__V1__MattersQuery query = SANLING__V1__MATTERS_QUERY__INIT;
    query.unit = (char *)CODE_OTHER_TOWN;
    assert_int_equal(ask_matters(&asking, &query)->total, 1);
    query.unit = (char *)CODE_TOWN;
    assert_int_equal(ask_matters(&asking, &query)->total, 0);
    close_asking(&asking);
}

static void a_clock_that_was_taken_up_counts_once_however_high_it_went(void **unused)
{
    struct asking asking;
    const struct policy policy = county_policy();
    (void)unused;
    open_asking(&asking, &policy, "2020-02-10");
    open_matter(&asking, MATTER_HAZARD, "h-1", CODE_VILLAGE, OFFICE_WORK_SAFETY);
    struct event event = step(&asking, EVENT_RECTIFICATION_ORDERED, MATTER_HAZARD, "h-1");
    event.due_day = day_of("2020-02-11");
    record(&asking, &event, OFFICE_WORK_SAFETY);
    county_open_day(&asking.county, "2020-03-01");
    assert_int_equal(ask_figure(&asking, "hazards.overdue")->total, 1);
    event = step(&asking, EVENT_DEADLINE_PASSED, MATTER_HAZARD, "h-1");
    event.variant = CLOCK_RECTIFICATION;
    event.due_day = day_of("2020-02-11");
    event.passed.task = "";
    uint64_t second = 0;
    for (event.passed.level = 1; event.passed.level <= ESCALATION_LEVELS; event.passed.level++) {
        uint64_t position = record(&asking, &event, OFFICE_HUB);
        second = event.passed.level == 2 ? position : second;
    }
    const Sanling__V1__FigureAnswer *figure = ask_figure(&asking, "supervisions.escalated");
    assert_int_equal(figure->total, 1);
    assert_int_equal(figure->rows[0]->position, second);
    assert_int_equal(ask_figure(&asking, "hazards.overdue")->rows[0]->position, asking.county.position);
    Sanling__V1__MattersQuery query = SANLING__V1__MATTERS_QUERY__INIT;
    const Sanling__V1__MattersAnswer *found = ask_matters(&asking, &query);
    assert_int_equal(found->matters[0]->escalation, ESCALATION_LEVELS);
    assert_true(found->matters[0]->ever_overdue);
    close_asking(&asking);
}

static void a_closed_matter_is_named_by_what_closed_it_last(void **unused)
{
    struct asking asking;
    const struct policy policy = county_policy();
    (void)unused;
    open_asking(&asking, &policy, "2020-02-10");
    open_matter(&asking, MATTER_PETITION, "p-1", CODE_VILLAGE, OFFICE_PETITIONS);
    move(&asking, EVENT_PETITION_ACCEPTED, MATTER_PETITION, "p-1", 0, OFFICE_PETITIONS);
    move(&asking, EVENT_OPINION_ISSUED, MATTER_PETITION, "p-1", 0, OFFICE_PETITIONS);
    move(&asking, EVENT_MATTER_CLOSED, MATTER_PETITION, "p-1", 0, OFFICE_PETITIONS);
    move(&asking, EVENT_MATTER_REOPENED, MATTER_PETITION, "p-1", 0, OFFICE_PETITIONS);
    assert_int_equal(ask_figure(&asking, "petitions.closed")->total, 0);
    move(&asking, EVENT_PETITION_WITHDRAWN, MATTER_PETITION, "p-1", 0, OFFICE_PETITIONS);
    assert_int_equal(ask_figure(&asking, "petitions.closed")->rows[0]->position, asking.county.position);
    assert_int_equal(ask_attention(&asking, SANLING__V1__ATTENTION__LIST__WITHDRAWN)->rows[0]->position,
                     asking.county.position);
    close_asking(&asking);
}

/* Silence is no zero, and who is silent or unswept is named. */
static void the_silent_and_the_unswept_are_as_many_as_the_summary_says(void **unused)
{
    struct asking asking;
    struct policy policy = county_policy();
    (void)unused;
    policy.silent_after_days = 10;
    policy.sweep_cadence_days = 10;
    open_asking(&asking, &policy, "2020-02-10");
    struct event swept = county_event(&asking.county, EVENT_SWEEP_RECORDED, CODE_VILLAGE);
    swept.tally.day = DAY_NONE;
    swept.tally.kind = TALLY_SWEEPS;
    swept.tally.counts[0] = 1;
    record(&asking, &swept, OFFICE_GOVERNANCE);
    open_matter(&asking, MATTER_HAZARD, "h-1", CODE_COMMUNITY, OFFICE_WORK_SAFETY);
    uint64_t silent = ask_figure(&asking, "programme.silent")->total;
    uint64_t unswept = ask_figure(&asking, "programme.unswept")->total;
    assert_int_equal(silent, 2);
    assert_int_equal(unswept, 3);
    const Sanling__V1__AttentionAnswer *found = ask_attention(&asking, SANLING__V1__ATTENTION__LIST__SILENT);
    assert_int_equal(found->total, silent);
    assert_string_equal(found->rows[0]->unit, CODE_OTHER_VILLAGE);
    assert_int_equal(found->rows[0]->days, 40); /* since it was enrolled */
    assert_string_equal(found->rows[0]->day, "");
    assert_int_equal(ask_attention(&asking, SANLING__V1__ATTENTION__LIST__UNSWEPT)->total, unswept);
    county_open_day(&asking.county, "2020-02-21"); /* the eleventh day after the sweep */
    assert_int_equal(ask_figure(&asking, "programme.unswept")->total, 4);
    close_asking(&asking);
}

/* ---- reasons ---- */

static const char *text_of(const Sanling__V1__WhyAnswer *why, uint64_t position)
{
    for (size_t i = 0; i < why->n_reasons; i++)
        if (why->reasons[i]->position == position &&
            why->reasons[i]->kind == SANLING__V1__WHY_ANSWER__REASON__KIND__NOT_COUNTING)
            return why->reasons[i]->text;
    fail_msg("the attestation at %llu counts", (unsigned long long)position);
    return NULL;
}

static uint64_t attest_from(struct asking *asking, enum basis basis, const char *root, enum office office)
{
    struct event event = county_attestation(&asking->county, ZERO_CASE, CODE_VILLAGE, "2020-01-01", "2020-01-31");
    event.attested.basis = basis;
    assert_int_equal(county_take_below(&asking->county, &event, office, root), VERDICT_ACCEPTED);
    return asking->county.position;
}

static void an_attestation_that_covers_nothing_is_told_why(void **unused)
{
    enum { RETURNED = 2 };
    struct asking asking;
    const struct policy policy = county_policy();
    (void)unused;
    open_asking(&asking, &policy, "2020-02-10");
    uint64_t by_unit = attest_from(&asking, BASIS_UNIT_STATEMENT, CODE_COUNTY, OFFICE_PUBLIC_SECURITY);
    uint64_t historic = attest_from(&asking, BASIS_HISTORIC, CODE_COUNTY, OFFICE_PUBLIC_SECURITY);
    uint64_t other = attest_from(&asking, BASIS_REGISTER_CHECKED, CODE_COUNTY, OFFICE_GOVERNANCE);
    uint64_t low = attest_from(&asking, BASIS_REGISTER_CHECKED, CODE_TOWN, OFFICE_PUBLIC_SECURITY);
    uint64_t returned = attest_from(&asking, BASIS_REGISTER_CHECKED, CODE_TOWN, OFFICE_PUBLIC_SECURITY);
    struct event event = county_event(&asking.county, EVENT_ATTESTATION_REVIEWED, CODE_VILLAGE);
    event.target = returned;
    event.variant = RETURNED;
    record(&asking, &event, OFFICE_PUBLIC_SECURITY);
    uint64_t withdrawn = attest_from(&asking, BASIS_REGISTER_CHECKED, CODE_COUNTY, OFFICE_PUBLIC_SECURITY);
    uint64_t before = asking.county.position;
    event = county_event(&asking.county, EVENT_ATTESTATION_WITHDRAWN, CODE_VILLAGE);
    event.target = withdrawn;
    record(&asking, &event, OFFICE_PUBLIC_SECURITY);
    const Sanling__V1__WhyAnswer *why = ask_why(&asking, CODE_VILLAGE, 0);
    assert_string_equal(text_of(why, by_unit), "the unit's own statement makes no zero");
    assert_string_equal(text_of(why, historic), "from before the hub: claimed, not verified");
    assert_string_equal(text_of(why, other), "the policy does not ask this office for this zero");
    assert_string_equal(text_of(why, low), "not accepted yet by the level from which the policy counts it");
    assert_string_equal(text_of(why, returned), "returned by the level that reviewed it");
    assert_string_equal(text_of(why, withdrawn), "withdrawn by its office");
    assert_int_equal(reasons_of(why, SANLING__V1__WHY_ANSWER__REASON__KIND__ATTESTED), 0);
    assert_int_equal(reasons_of(why, SANLING__V1__WHY_ANSWER__REASON__KIND__GAP), 3);
    assert_string_equal(first_reason(why, SANLING__V1__WHY_ANSWER__REASON__KIND__NOT_DUE)->day, "2020-02-01");
    why = ask_why(&asking, CODE_VILLAGE, before); /* as known before it was withdrawn */
    assert_int_equal(reasons_of(why, SANLING__V1__WHY_ANSWER__REASON__KIND__ATTESTED), 1);
    assert_int_equal(reasons_of(why, SANLING__V1__WHY_ANSWER__REASON__KIND__GAP), 2);
    close_asking(&asking);
}

/* ---- campaigns, discrepancies, routes, evaluations ---- */

static void campaigns_tell_how_far_they_are(void **unused)
{
    struct asking asking;
    const struct policy policy = county_policy();
    (void)unused;
    open_asking(&asking, &policy, "2020-02-10");
    struct event event = county_event(&asking.county, EVENT_CAMPAIGN_STARTED, "");
    event.campaign_days.code = "C01";
    event.campaign_days.from_day = day_of("2020-02-01");
    event.campaign_days.to_day = DAY_NONE;
    record(&asking, &event, OFFICE_LEADERSHIP);
    for (int i = 0; i < 2; i++) {
        event = county_opening(&asking.county, MATTER_HAZARD, i == 0 ? "h-1" : "h-2", CODE_VILLAGE);
        event.campaign = "C01";
        record(&asking, &event, OFFICE_WORK_SAFETY);
    }
    move(&asking, EVENT_HAZARD_FIXED_ON_SPOT, MATTER_HAZARD, "h-1", 0, OFFICE_WORK_SAFETY);
    move(&asking, EVENT_HAZARD_VERIFIED, MATTER_HAZARD, "h-1", RESULT_PASS, OFFICE_WORK_SAFETY);
    event = county_event(&asking.county, EVENT_PATROL_TALLIED, CODE_VILLAGE);
    event.campaign = "C01";
    event.tally.day = DAY_NONE;
    event.tally.kind = TALLY_PATROL_ROUNDS;
    event.tally.counts[0] = event.tally.counts[1] = 1;
    record(&asking, &event, OFFICE_GOVERNANCE);
    Sanling__V1__CampaignsQuery campaigns = SANLING__V1__CAMPAIGNS_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_CAMPAIGNS;
    query.campaigns = &campaigns;
    const Sanling__V1__CampaignsAnswer *found = answer(&asking, &query)->campaigns;
    assert_int_equal(found->n_campaigns, 1);
    assert_string_equal(found->campaigns[0]->from_day, "2020-02-01");
    assert_int_equal(found->campaigns[0]->matters, 2);
    assert_int_equal(found->campaigns[0]->matters_closed, 1);
    assert_string_equal(found->campaigns[0]->closed_rate->text, "50.0");
    assert_int_equal(found->campaigns[0]->tallies, 1); /* one event that counts two things */
    assert_int_equal(ask_figure(&asking, "programme.campaigns_running")->total, 1);
    Sanling__V1__MattersQuery matters = SANLING__V1__MATTERS_QUERY__INIT;
    matters.campaign = (char *)"C01";
    assert_int_equal(ask_matters(&asking, &matters)->total, 2);
    matters.campaign = (char *)"C02";
    assert_int_equal(ask_matters(&asking, &matters)->total, 0);
    close_asking(&asking);
}

static const Sanling__V1__CampaignsAnswer__Campaign *only_campaign(struct asking *asking)
{
    Sanling__V1__CampaignsQuery campaigns = SANLING__V1__CAMPAIGNS_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_CAMPAIGNS;
    query.campaigns = &campaigns;
    const Sanling__V1__CampaignsAnswer *found = answer(asking, &query)->campaigns;
    assert_int_equal(found->n_campaigns, 1);
    return found->campaigns[0];
}

static void check_campaign(struct asking *asking, bool running, bool ended, bool closed)
{
    const Sanling__V1__CampaignsAnswer__Campaign *found = only_campaign(asking);
    assert_int_equal(found->running, running);
    assert_int_equal(found->ended, ended);
    assert_int_equal(found->closed, closed);
    assert_int_equal(ask_figure(asking, "programme.campaigns_running")->total, running);
    assert_int_equal(ask_figure(asking, "programme.campaigns_closed")->total, closed);
}

static void a_campaign_runs_within_its_days_and_is_closed_by_a_record_alone(void **unused)
{
    struct asking asking;
    const struct policy policy = county_policy();
    (void)unused;
    open_asking(&asking, &policy, "2020-02-10");
    struct event event = county_event(&asking.county, EVENT_CAMPAIGN_STARTED, "");
    event.campaign_days.code = "C01";
    event.campaign_days.from_day = day_of("2020-02-11");
    event.campaign_days.to_day = day_of("2020-02-12");
    check_campaign(&asking, false, false, false);
    record(&asking, &event, OFFICE_LEADERSHIP);
    check_campaign(&asking, false, false, false); /* announced, from tomorrow on */
    county_open_day(&asking.county, "2020-02-11");
    check_campaign(&asking, true, false, false);
    county_open_day(&asking.county, "2020-02-12");
    check_campaign(&asking, true, false, false);
    county_open_day(&asking.county, "2020-02-13");
    check_campaign(&asking, false, true, false);
    event.kind = EVENT_CAMPAIGN_CLOSED;
    record(&asking, &event, OFFICE_LEADERSHIP);
    check_campaign(&asking, false, false, true);
    close_asking(&asking);
}

static size_t discrepancies(struct asking *asking, bool open_only)
{
    Sanling__V1__DiscrepanciesQuery asked = SANLING__V1__DISCREPANCIES_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    asked.open = open_only;
    query.ask_case = SANLING__V1__QUERY__ASK_DISCREPANCIES;
    query.discrepancies = &asked;
    return answer(asking, &query)->discrepancies->n_discrepancies;
}

static void discrepancies_are_shown_to_the_offices_that_must_look_into_them(void **unused)
{
    enum { EXPLAINED = 2 };
    struct asking asking;
    const struct policy policy = county_policy();
    (void)unused;
    open_asking(&asking, &policy, "2020-02-10");
    struct event event = county_event(&asking.county, EVENT_DISCREPANCY_RAISED, CODE_VILLAGE);
    event.discrepancy.code = "x-1";
    event.discrepancy.rule = "R1";
    event.discrepancy.evidence = 1;
    event.named = OFFICE_BIT(OFFICE_WORK_SAFETY) | OFFICE_BIT(OFFICE_PUBLIC_SECURITY);
    record(&asking, &event, OFFICE_HUB);
    assert_int_equal(discrepancies(&asking, true), 1);
    asking.identity.role = ROLE_PUBLISHER;
    asking.identity.office = OFFICE_PETITIONS;
    assert_int_equal(discrepancies(&asking, false), 0);
    asking.identity.office = OFFICE_WORK_SAFETY;
    assert_int_equal(discrepancies(&asking, true), 1);
    event = county_event(&asking.county, EVENT_DISCREPANCY_RESOLVED, CODE_VILLAGE);
    event.discrepancy.code = "x-1";
    event.variant = EXPLAINED;
    record(&asking, &event, OFFICE_WORK_SAFETY);
    assert_int_equal(discrepancies(&asking, true), 0);
    assert_int_equal(discrepancies(&asking, false), 1);
    assert_int_equal(ask_figure(&asking, "discrepancies.explained")->rows[0]->position, asking.county.position);
    close_asking(&asking);
}

static void routes_are_those_of_the_policy_in_force(void **unused)
{
    struct asking asking;
    struct policy policy = county_policy();
    Sanling__V1__RoutesQuery routes = SANLING__V1__ROUTES_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    (void)unused;
    policy.route_count = 1;
    policy.routes[0] = (struct route){.event = EVENT_HAZARD_FOUND,
                                      .categories = {.count = 1, .codes = {"EXPLOSIVES"}},
                                      .to = OFFICE_BIT(OFFICE_PUBLIC_SECURITY),
                                      .ground = "art. 70"};
    open_asking(&asking, &policy, "2020-02-10");
    query.ask_case = SANLING__V1__QUERY__ASK_ROUTES;
    query.routes = &routes;
    const Sanling__V1__RoutesAnswer *found = answer(&asking, &query)->routes;
    assert_int_equal(found->n_routes, 1);
    assert_string_equal(found->routes[0]->type, "HazardFound");
    assert_int_equal(found->routes[0]->to[0], OFFICE_PUBLIC_SECURITY);
    assert_string_equal(found->routes[0]->categories[0], "EXPLOSIVES");
    assert_string_equal(found->routes[0]->ground, "art. 70");
    close_asking(&asking);
}

static void attest_year(struct asking *asking, enum zero zero, enum office office)
{
    struct event event = county_attestation(&asking->county, zero, CODE_VILLAGE, "2020-01-01", "2020-12-31");
    record(asking, &event, office);
}

/* DOMAIN 4.7: later knowledge stands beside a published evaluation, not instead of it. */
static void an_evaluation_keeps_what_was_published_and_shows_what_holds_now(void **unused)
{
    static const struct evaluation_entry results[] = {{CODE_VILLAGE, true}, {CODE_COMMUNITY, false}};
    struct asking asking;
    const struct policy policy = county_policy();
    (void)unused;
    open_asking(&asking, &policy, "2021-01-06");
    attest_year(&asking, ZERO_PETITION, OFFICE_PETITIONS);
    attest_year(&asking, ZERO_ACCIDENT, OFFICE_WORK_SAFETY);
    attest_year(&asking, ZERO_CASE, OFFICE_PUBLIC_SECURITY);
    struct event event = county_event(&asking.county, EVENT_EVALUATION_PUBLISHED, "");
    event.target = asking.county.position;
    event.evaluation.year = 2020;
    event.evaluation.results = results;
    event.evaluation.count = 2;
    event.evaluation.policy_version = "test-1";
    record(&asking, &event, OFFICE_LEADERSHIP);
    Sanling__V1__AttentionQuery attention = SANLING__V1__ATTENTION_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    attention.list = SANLING__V1__ATTENTION__LIST__EVALUATIONS;
    attention.year = 2020;
    query.ask_case = SANLING__V1__QUERY__ASK_ATTENTION;
    query.attention = &attention;
    const Sanling__V1__AttentionAnswer *found = answer(&asking, &query)->attention;
    assert_int_equal(found->total, 2);
    assert_true(found->rows[0]->met && found->rows[0]->met_now);
    assert_true(!found->rows[1]->met && !found->rows[1]->met_now);
    assert_string_equal(found->rows[0]->text, "test-1");
    struct event filed = county_opening(&asking.county, MATTER_CASE, "c-1", CODE_VILLAGE);
    filed.occurred_at_us = county_event_on(EVENT_CASE_FILED, "", "2020-06-01").occurred_at_us;
    record(&asking, &filed, OFFICE_PUBLIC_SECURITY);
    found = answer(&asking, &query)->attention;
    assert_true(found->rows[0]->met && !found->rows[0]->met_now);
    close_asking(&asking);
}

/* DOMAIN 2.3: the basis of a clearance rate is the policy's. */
static void clearance_has_the_basis_of_the_policy(void **unused)
{
    (void)unused;
    for (int basis = CLEARANCE_PERIOD; basis <= CLEARANCE_COHORT; basis++) {
        struct asking asking;
        struct policy policy = county_policy();
        policy.clearance = (enum clearance_basis)basis;
        open_asking(&asking, &policy, "2020-02-10");
        struct event filed = county_opening(&asking.county, MATTER_CASE, "c-1", CODE_VILLAGE);
        filed.occurred_at_us = county_event_on(EVENT_CASE_FILED, "", "2019-12-01").occurred_at_us;
        record(&asking, &filed, OFFICE_PUBLIC_SECURITY);
        move(&asking, EVENT_CASE_RESOLVED, MATTER_CASE, "c-1", 0, OFFICE_PUBLIC_SECURITY);
        open_matter(&asking, MATTER_CASE, "c-2", CODE_VILLAGE, OFFICE_PUBLIC_SECURITY);
        Sanling__V1__Summary *summary = summary_of_today(&asking);
        assert_int_equal(summary->cases->filed, 1);
        assert_int_equal(summary->cases->resolved, basis == CLEARANCE_PERIOD ? 1 : 0);
        assert_string_equal(summary->cases->basis, basis == CLEARANCE_PERIOD ? "PERIOD" : "COHORT");
        sanling__v1__summary__free_unpacked(summary, NULL);
        close_asking(&asking);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_of_the_summary_is_the_figure_behind_it),
        cmocka_unit_test(the_summary_counts_what_is_joint_supervised_late_and_changed_today),
        cmocka_unit_test(a_trend_adds_up_to_the_figure_of_the_year),
        cmocka_unit_test(a_figure_that_has_no_name_is_refused),
        cmocka_unit_test(a_year_that_has_not_begun_has_no_figures),
        cmocka_unit_test(matters_are_listed_by_their_conditions),
        cmocka_unit_test(a_list_is_paged_by_what_the_client_has),
        cmocka_unit_test(matters_are_sorted_by_their_due_day),
        cmocka_unit_test(an_office_is_late_past_the_hours_of_the_policy),
        cmocka_unit_test(one_matter_is_shown_with_its_history),
        cmocka_unit_test(the_longest_histories_of_one_code_fit_into_an_answer),
        cmocka_unit_test(an_accusation_is_in_no_answer),
        cmocka_unit_test(a_publisher_sees_the_matters_that_concern_its_office),
        cmocka_unit_test(nobody_reads_outside_the_subtree),
        cmocka_unit_test(attention_lists_say_who_owes_and_what_came_late),
        cmocka_unit_test(a_break_that_was_retracted_is_told_with_what_lifted_it),
        cmocka_unit_test(a_unit_is_shown_as_it_stood_that_day_as_known_then),
        cmocka_unit_test(a_figure_names_the_record_that_made_it_count),
        cmocka_unit_test(what_was_retracted_is_in_no_figure_and_in_no_list),
        cmocka_unit_test(a_history_tells_corrections_supplements_and_what_waits_apart),
        cmocka_unit_test(an_amendment_that_waits_is_told_of_the_ground_it_happened_on),
        cmocka_unit_test(a_deadline_in_a_history_names_its_clock_and_level),
        cmocka_unit_test(what_happened_at_a_merged_unit_counts_at_its_successor),
        cmocka_unit_test(an_attestation_that_covers_nothing_is_told_why),
        cmocka_unit_test(campaigns_tell_how_far_they_are),
        cmocka_unit_test(a_campaign_runs_within_its_days_and_is_closed_by_a_record_alone),
        cmocka_unit_test(discrepancies_are_shown_to_the_offices_that_must_look_into_them),
        cmocka_unit_test(routes_are_those_of_the_policy_in_force),
        cmocka_unit_test(an_evaluation_keeps_what_was_published_and_shows_what_holds_now),
        cmocka_unit_test(clearance_has_the_basis_of_the_policy),
        cmocka_unit_test(a_clock_that_was_taken_up_counts_once_however_high_it_went),
        cmocka_unit_test(a_closed_matter_is_named_by_what_closed_it_last),
        cmocka_unit_test(the_silent_and_the_unswept_are_as_many_as_the_summary_says),
        cmocka_unit_test(both_results_of_a_retroactive_policy_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
