/* A summary that is kept up to date is the one that a walk over all rows gives, after whatever events. The county is
 * filled first, so that what depends on each other lies in chunks of its own. */
#include "domain/figure_sums.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"
#include "domain/catalogue.h"
#include "domain/day.h"
#include "domain/deadline.h"
#include "domain/summary.h"
#include "draw.h"

enum { CODE_SIZE = 24, MATTERS_OF_KIND = 250, STEPS = 4000, SEEDS = 4, TODAY_YEAR = 2020 };

static const char *const units[] = {CODE_VILLAGE, CODE_OTHER_VILLAGE, CODE_COMMUNITY, CODE_ENTERPRISE};

struct play {
    struct county county;
    struct draw draw;
    struct day_before before;
    struct figure_sums *sums;
    uint32_t registered;            /* units */
    uint32_t policies;              /* adopted */
    uint64_t last[FIGURE_LIMIT];    /* counts of the whole tree in the year, when last looked at */
    uint32_t changed[FIGURE_LIMIT]; /* how often each was another than before */
};

static uint32_t below(struct play *play, uint32_t limit)
{
    return draw_below(&play->draw, limit);
}

static bool once_in(struct play *play, uint32_t times)
{
    return draw_once_in(&play->draw, times);
}

/* One of those of the small county, or one that was registered since. */
static const char *any_unit(struct play *play)
{
    const struct state *state = &play->county.state;
    if (play->registered > 0 && once_in(play, 3))
        return state_unit(state, state->units.count - 1 - below(play, play->registered))->code;
    return units[below(play, sizeof units / sizeof *units)];
}

static int32_t any_day(struct play *play, int32_t back, int32_t ahead)
{
    return play->county.state.heads.today - back + (int32_t)below(play, (uint32_t)(back + ahead));
}

/* ---- events ---- */

static enum verdict take(struct play *play, const struct event *event)
{
    office_set publishers = catalogue_type(event->kind)->publishers;
    enum office office = (enum office)below(play, OFFICE_LIMIT);
    while (!(publishers & OFFICE_BIT(office)))
        office = (enum office)((office + 1) % OFFICE_LIMIT);
    static const char *const identities[] = {"somebody", "another"};
    static const char *const roots[] = {"", CODE_COUNTY, CODE_TOWN, CODE_VILLAGE};
    return county_take_from(&play->county, event, office, roots[below(play, 4)], identities[below(play, 2)]);
}

/* By whichever office may. */
static bool taken(struct play *play, const struct event *event)
{
    for (int tries = 0; tries < 24; tries++)
        if (take(play, event) == VERDICT_ACCEPTED)
            return true;
    return false;
}

static void happen(struct play *play, struct event *event)
{
    if (once_in(play, 3))
        event->occurred_at_us -= (int64_t)below(play, 500) * US_PER_DAY;
}

/* What an event of any kind about a matter may say beside its kind. */
static void say(struct play *play, struct event *event)
{
    event->variant = 1 + below(play, 2);
    event->due_day = any_day(play, 3, 40);
    event->to_office = (enum office)(1 + below(play, 5));
    event->named = OFFICE_BIT(event->to_office);
    if (event->kind == EVENT_CONSENT_RECORDED)
        event->consent.side = 1 + below(play, 2);
    else if (event->kind == EVENT_MEDIATION_CHANNEL_SELECTED)
        event->mediation.channel = 1 + below(play, 3);
    else if (event->kind == EVENT_HANDLING_EXTENDED)
        event->extended.days = 1 + (int32_t)below(play, 30);
    else if (event->kind == EVENT_ACCIDENT_SUPPLEMENTED || event->kind == EVENT_ACCIDENT_REPORTED)
        event->accident = (struct accident_facts){
            .deaths = below(play, 40), .serious_injuries = below(play, 3), .loss = LOSS_BELOW_THRESHOLD};
}

static void open_matter(struct play *play, enum matter_kind kind, const char *code)
{
    struct event event = county_opening(&play->county, kind, code, any_unit(play));
    happen(play, &event);
    if (kind == MATTER_ACCIDENT)
        say(play, &event);
    if (kind == MATTER_ACCIDENT && once_in(play, 3))
        event.accident.reported_at_us = INT64_C(8) * 3600 * 1000000; /* hours after it was known */
    if (kind == MATTER_PETITION && once_in(play, 6))
        event.petition.type = PETITION_ACCUSATION;
    if (kind == MATTER_HAZARD && once_in(play, 3))
        event.hazard.grade = HAZARD_MAJOR;
    (void)take(play, &event);
}

/* A petition may have the number of a dispute. */
static const char *code_of(uint32_t number, char code[static CODE_SIZE])
{
    snprintf(code, CODE_SIZE, "m-%u", number);
    return code;
}

static void open_any(struct play *play)
{
    char code[CODE_SIZE];
    open_matter(play, (enum matter_kind)(1 + below(play, MATTER_SEVEN_STEPS)),
                code_of(below(play, 2 * MATTERS_OF_KIND), code));
}

static bool breaks_off(const struct event *event)
{
    return event->kind == EVENT_PETITION_WITHDRAWN || event->kind == EVENT_PETITION_NOT_ACCEPTED ||
           event->kind == EVENT_PETITION_DIVERTED || event->kind == EVENT_MEDIATION_ENDED ||
           event->kind == EVENT_CASE_WITHDRAWN || event->kind == EVENT_AGREEMENT_BROKEN ||
           (event->kind == EVENT_CONSENT_RECORDED && event->variant == ANSWER_REFUSED);
}

/* The next step of a matter, of those that the life-cycle lists: so that some go all the way. */
static void move_on(struct play *play, uint32_t ordinal)
{
    const struct state *state = &play->county.state;
    const struct matter *matter = state_matter(state, ordinal);
    for (int tries = 0; tries < 400; tries++) {
        enum event_kind kind = (enum event_kind)below(play, EVENT_KIND_LIMIT);
        if (!catalogue_type(kind) || !matter_moved_by(kind))
            continue;
        struct event event = county_step(&play->county, kind, (enum matter_kind)matter->kind,
                                         state_text(state, matter->code), state_unit(state, matter->unit)->code);
        say(play, &event);
        if (matter_next((enum matter_kind)matter->kind, (enum step)matter->step, kind, event.variant) == STEP_NONE)
            continue;
        if (breaks_off(&event) && !once_in(play, 20))
            continue;
        if (once_in(play, 4))
            happen(play, &event);
        if (taken(play, &event))
            return;
    }
}

static uint32_t any_matter(struct play *play)
{
    uint32_t count = play->county.state.matters.count - 1;
    /* some are met again and again, far from each other */
    return once_in(play, 2) ? 1 + below(play, count) : 1 + below(play, 12) * (count / 12);
}

static void handle_jointly(struct play *play, uint32_t ordinal)
{
    static const enum event_kind kinds[] = {
        EVENT_JOINT_HANDLING_OPENED, EVENT_JOINT_TASK_ASSIGNED,  EVENT_JOINT_TASK_DONE,
        EVENT_CONSULTATION_HELD,     EVENT_CONSULTATION_HELD,    EVENT_JOINT_HANDLING_CLOSED,
        EVENT_SUPERVISION_ISSUED,    EVENT_SUPERVISION_ANSWERED, EVENT_PETITION_ESCALATED,
        EVENT_MATTER_TRANSFERRED,    EVENT_JOINT_TASK_DONE,      EVENT_MEDIATION_CHANNEL_SELECTED,
    };
    const struct state *state = &play->county.state;
    const struct matter *matter = state_matter(state, ordinal);
    char task[CODE_SIZE];
    struct event event =
        county_step(&play->county, kinds[below(play, sizeof kinds / sizeof *kinds)], (enum matter_kind)matter->kind,
                    state_text(state, matter->code), state_unit(state, matter->unit)->code);
    say(play, &event);
    snprintf(task, sizeof task, "t-%u", below(play, 3));
    if (event.kind == EVENT_JOINT_HANDLING_OPENED) {
        event.joint.lead = OFFICE_WORK_SAFETY;
        event.joint.members = OFFICE_BIT(OFFICE_PETITIONS) | OFFICE_BIT(OFFICE_PUBLIC_SECURITY);
    } else if (event.kind == EVENT_JOINT_TASK_ASSIGNED || event.kind == EVENT_JOINT_TASK_DONE) {
        event.task.code = task;
    } else if (event.kind == EVENT_SUPERVISION_ISSUED) {
        event.supervision.level = 1 + below(play, 3);
    }
    if (once_in(play, 4))
        happen(play, &event);
    (void)taken(play, &event);
}

static void count_something(struct play *play)
{
    static const enum event_kind kinds[] = {EVENT_PATROL_TALLIED, EVENT_VOLUNTEER_TALLIED, EVENT_PUBLICITY_TALLIED,
                                            EVENT_INSPECTION_RECORDED, EVENT_SWEEP_RECORDED};
    struct event event = county_event(&play->county, kinds[below(play, 5)], any_unit(play));
    event.tally.day = DAY_NONE;
    event.tally.kind = (enum tally_kind)(1 + below(play, TALLY_KIND_LIMIT - 1));
    event.tally.counts[0] = below(play, 4) == 0 ? UINT32_MAX : below(play, 100);
    happen(play, &event);
    (void)take(play, &event);
}

static void check_itself(struct play *play)
{
    struct event event = county_event(&play->county, EVENT_SELF_CHECK_RECORDED, any_unit(play));
    event.self_check.answers = once_in(play, 2) ? 0xFFFF : below(play, 0x10000);
    happen(play, &event);
    (void)take(play, &event);
}

static void doubt(struct play *play)
{
    char code[CODE_SIZE];
    snprintf(code, sizeof code, "d-%u", below(play, 900));
    struct event event = county_event(&play->county, EVENT_DISCREPANCY_RAISED, any_unit(play));
    event.discrepancy.code = code;
    event.discrepancy.rule = "rule";
    event.discrepancy.evidence = 1 + below(play, (uint32_t)play->county.state.heads.position);
    event.named = OFFICE_BIT(1 + below(play, 4));
    happen(play, &event);
    (void)take(play, &event);
    event.kind = EVENT_DISCREPANCY_RESOLVED;
    event.variant = 1 + below(play, 2);
    for (int i = 0; once_in(play, 2) && i < 6; i++) {
        snprintf(code, sizeof code, "d-%u", below(play, 900));
        (void)take(play, &event);
    }
}

/* Everything that can be attested of a unit. */
static void verify(struct play *play)
{
    const char *unit = any_unit(play);
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        struct event event = county_attestation(&play->county, (enum zero)zero, unit, "2020-01-01", "2020-01-01");
        event.attested.to_day = play->county.state.heads.today - 1;
        (void)taken(play, &event);
    }
}

static void attest(struct play *play)
{
    struct event event = county_attestation(&play->county, (enum zero)below(play, ZERO_COUNT), any_unit(play),
                                            "2020-01-01", "2020-01-01");
    event.attested.from_day = any_day(play, 90, 1);
    event.attested.to_day = event.attested.from_day + (int32_t)below(play, 60);
    if (event.attested.to_day >= play->county.state.heads.today)
        event.attested.to_day = play->county.state.heads.today - 1;
    (void)take(play, &event);
}

static void withdraw(struct play *play)
{
    const struct table *attestations = &play->county.state.attestations;
    if (attestations->count < 2)
        return;
    const struct attestation *attestation =
        table_row(attestations, attestations->count - 1 - below(play, attestations->count - 1));
    struct event event = county_event(&play->county, EVENT_ATTESTATION_WITHDRAWN, "");
    event.target = attestation->position;
    (void)county_take_from(&play->county, &event, (enum office)attestation->office, "", "somebody");
}

/* By its office and by the leadership, where two are needed. */
static void amend(struct play *play, const struct event *event)
{
    for (int office = OFFICE_PETITIONS; office <= OFFICE_GOVERNANCE; office++)
        if (county_take_from(&play->county, event, (enum office)office, "", "somebody") == VERDICT_ACCEPTED)
            break;
    if (play->county.ruling.verdict == VERDICT_ACCEPTED && play->county.ruling.waits)
        (void)county_take_from(&play->county, event, OFFICE_LEADERSHIP, "", "another");
}

static uint64_t position_in(struct play *play, const struct table *table)
{
    uint64_t position = 0;
    if (table->count > 1)
        memcpy(&position, table_row(table, 1 + below(play, table->count - 1)), sizeof position);
    return position;
}

static void retract(struct play *play)
{
    const struct state *state = &play->county.state;
    const struct table *tables[] = {&state->moves, &state->tallies, &state->self_checks, &state->moves};
    struct event event = county_event(&play->county, EVENT_EVENT_RETRACTED, "");
    event.target = position_in(play, tables[below(play, 4)]);
    amend(play, &event);
}

static void correct(struct play *play)
{
    const struct state *state = &play->county.state;
    const struct table *tables[] = {&state->moves, &state->tallies, &state->self_checks};
    uint32_t which = below(play, 3);
    struct event event = county_event(&play->county, EVENT_EVENT_CORRECTED, "");
    event.target = position_in(play, tables[which]);
    uint32_t move = state_find_move(state, event.target);
    enum matter_kind kind = (enum matter_kind)state_matter(state, state_move(state, move)->matter)->kind;
    struct event replacement = county_opening(&play->county, kind ? kind : MATTER_HAZARD, "", "");
    if (which == 0) {
        if (kind == MATTER_PETITION)
            replacement.petition.type = once_in(play, 2) ? PETITION_ACCUSATION : PETITION_SUGGESTION;
        else if (kind == MATTER_HAZARD)
            replacement.hazard.grade = once_in(play, 2) ? HAZARD_MAJOR : HAZARD_GENERAL;
        else
            say(play, &replacement);
    } else if (which == 1) {
        const struct tally *tally = table_row(&state->tallies, state_find_tally(state, event.target));
        replacement = county_event(&play->county, EVENT_PATROL_TALLIED, "");
        replacement.tally.kind = (enum tally_kind)tally->kind;
        replacement.tally.counts[0] = below(play, 50);
    } else {
        replacement = county_event(&play->county, EVENT_SELF_CHECK_RECORDED, "");
        replacement.self_check.answers = below(play, 0x10000);
    }
    event.correction.replacement = &replacement;
    event.correction.content = 1 + below(play, 1000);
    amend(play, &event);
}

static void pass_deadlines(struct play *play)
{
    struct county *county = &play->county;
    struct deadline_cursor cursor = {0};
    struct deadline deadline;
    for (int i = 0; i < 20 && deadline_next(&county->state, county->state.heads.today - 1, &cursor, &deadline); i++) {
        const struct matter *matter = state_matter(&county->state, deadline.matter);
        const struct task *task = table_row(&county->state.tasks, deadline.task);
        struct event event =
            county_step(county, EVENT_DEADLINE_PASSED, (enum matter_kind)matter->kind,
                        state_text(&county->state, matter->code), state_unit(&county->state, matter->unit)->code);
        event.variant = deadline.clock;
        event.to_office = deadline.office;
        event.due_day = deadline.due_day;
        event.passed.level = deadline.level;
        event.passed.task = deadline.task ? state_text(&county->state, task->code) : "";
        (void)county_take_from(county, &event, OFFICE_HUB, "", "hub");
    }
}

static void close_day(struct play *play)
{
    struct event event = county_event(&play->county, EVENT_DAY_CLOSED, "");
    event.closed.day = play->county.state.heads.today;
    (void)county_take_from(&play->county, &event, OFFICE_HUB, "", "hub");
    pass_deadlines(play);
}

static void change_tree(struct play *play)
{
    char code[CODE_SIZE];
    char day[DAY_TEXT_SIZE];
    static const char *const heir = CODE_OTHER_VILLAGE;
    struct event event;
    day_format(any_day(play, 5, 10), day);
    snprintf(code, sizeof code, "140322102%03u", 300 + play->registered % 600);
    if (once_in(play, 2)) {
        event = county_event(&play->county, EVENT_UNIT_REGISTERED, code);
        event.unit_facts.kind = UNIT_VILLAGE;
        event.unit_facts.name = code;
        event.unit_facts.parent = CODE_TOWN;
        event.unit_facts.from_day = day_of("2019-01-01");
        play->registered++;
    } else if (once_in(play, 8)) {
        event = county_event(&play->county, EVENT_UNIT_MERGED, CODE_COMMUNITY);
        event.unit_end.successors = &heir;
        event.unit_end.successor_count = 1;
        event.unit_end.valid_to = day_of(day);
    } else {
        event = county_event(&play->county, EVENT_UNIT_CHANGED, any_unit(play));
        event.unit_facts.name = "";
        event.unit_facts.parent = once_in(play, 2) ? CODE_TOWN : CODE_OTHER_TOWN;
        event.unit_facts.from_day = day_of(day);
    }
    (void)county_take_from(&play->county, &event, OFFICE_OPERATOR, "", "operator");
}

static void adopt(struct play *play)
{
    struct policy policy = county_policy();
    struct event event = county_event(&play->county, EVENT_POLICY_ADOPTED, "");
    snprintf(policy.version, sizeof policy.version, "test-%u", 2 + play->policies++);
    policy.effective_from = any_day(play, 10, 10);
    policy.escalation.warn_days = 1 + (int32_t)below(play, 20);
    policy.clearance = once_in(play, 2) ? CLEARANCE_COHORT : CLEARANCE_PERIOD;
    policy.territory_too = once_in(play, 2);
    event.adopted.policy = &policy;
    event.adopted.text = policy.version;
    (void)county_adopt(&play->county, &event);
}

static void step(struct play *play)
{
    uint32_t what = below(play, 1000);
    if (what < 300)
        for (uint32_t ordinal = any_matter(play), moves = below(play, 12); moves > 0; moves--)
            move_on(play, ordinal);
    else if (what < 400)
        open_any(play);
    else if (what < 600)
        for (uint32_t ordinal = any_matter(play), turns = below(play, 12); turns > 0; turns--)
            handle_jointly(play, ordinal);
    else if (what < 670)
        retract(play);
    else if (what < 740)
        correct(play);
    else if (what < 800)
        count_something(play);
    else if (what < 860)
        check_itself(play);
    else if (what < 900)
        doubt(play);
    else if (what < 940)
        once_in(play, 2) ? verify(play) : attest(play);
    else if (what < 960)
        withdraw(play);
    else if (what < 980)
        close_day(play);
    else if (what < 995)
        change_tree(play);
    else
        adopt(play);
}

/* ---- the comparison ---- */

static void note_changes(struct play *play, const struct summary *summary)
{
    for (uint32_t figure = 0; figure < FIGURE_LIMIT; figure++) {
        play->changed[figure] += summary->counts[figure] != play->last[figure];
        play->last[figure] = summary->counts[figure];
    }
}

static void compare(struct play *play, uint64_t seed, int at)
{
    static struct summary kept, walked;
    /* more than are kept: some give way to others */
    static const char *const roots[] = {"", CODE_COUNTY, CODE_TOWN, CODE_OTHER_TOWN, CODE_VILLAGE};
    struct state *state = &play->county.state;
    uint32_t which = once_in(play, 2) ? 0 : below(play, 5);
    uint32_t root = state_find_unit(state, roots[which]);
    int32_t year = once_in(play, 5) ? TODAY_YEAR - 1 : TODAY_YEAR;
    if (at % 3 == 0) /* some of it was done ahead */
        (void)summary_prepare(state, root, year, &play->before, play->sums, 1 + (uint32_t)at % 40,
                              &play->county.scratch);
    summary_count(state, root, year, &play->before, play->sums, &kept, &play->county.scratch);
    summary_of(state, root, year, &walked, &play->county.scratch);
    for (uint32_t figure = 0; figure < FIGURE_LIMIT; figure++) {
        char name[FIGURE_NAME_SIZE];
        if (kept.counts[figure] == walked.counts[figure])
            continue;
        figure_name((enum figure)figure, name);
        fail_msg("seed %llu, step %d, '%s' %d: %s is %llu by what is kept, %llu by the walk", (unsigned long long)seed,
                 at, roots[which], year, name, (unsigned long long)kept.counts[figure],
                 (unsigned long long)walked.counts[figure]);
    }
    assert_memory_equal(&kept.zeros, &walked.zeros, sizeof kept.zeros);
    if (which == 0 && year == TODAY_YEAR)
        note_changes(play, &kept);
}

/* Disputes first and the petitions of the same numbers last, and many counts. */
static void fill(struct play *play)
{
    static const enum matter_kind kinds[] = {MATTER_DISPUTE, MATTER_HAZARD, MATTER_CASE, MATTER_ACCIDENT,
                                             MATTER_PETITION};
    for (int kind = 0; kind < 5; kind++)
        for (uint32_t i = 0; i < MATTERS_OF_KIND; i++) {
            char code[CODE_SIZE];
            if (kinds[kind] != MATTER_PETITION || i % 2 == 0)
                open_matter(play, kinds[kind], code_of(i, code));
        }
    for (int i = 0; i < 1200; i++) {
        count_something(play);
        check_itself(play);
    }
    for (int i = 0; i < 500; i++)
        doubt(play);
}

static void run(struct play *play, uint64_t seed)
{
    const struct policy policy = county_policy();
    county_open(&play->county, &policy, "2020-03-10");
    play->draw = (struct draw){.seed = seed};
    play->sums = figure_sums_open();
    play->before = (struct day_before){0};
    play->registered = 0;
    memset(play->last, 0, sizeof play->last);
    fill(play);
    for (int i = 0; i < STEPS; i++) {
        step(play);
        if (once_in(play, 2)) /* some changes come together */
            compare(play, seed, i);
    }
    figure_sums_close(&play->sums);
    day_before_clear(&play->before);
    county_close(&play->county);
}

static void what_is_kept_is_what_is_walked_over(void **unused)
{
    static struct play play;
    (void)unused;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        run(&play, seed);
    for (uint32_t figure = 1; figure < FIGURE_TALLIES; figure++) {
        char name[FIGURE_NAME_SIZE];
        bool inventory = (figure >= FIGURE_CAMERAS_IN_SERVICE && figure <= FIGURE_TEAMS_TEAM_PARTS) ||
                         figure == FIGURE_PROGRAMME_CAMPAIGNS_RUNNING || figure == FIGURE_PROGRAMME_CAMPAIGNS_CLOSED ||
                         figure == FIGURE_PROGRAMME_UNSWEPT || figure == FIGURE_PROGRAMME_SILENT;
        figure_name((enum figure)figure, name);
        if (!inventory && play.changed[figure] < 2)
            fail_msg("%s changed %u times: nothing was shown of it", name, play.changed[figure]);
    }
}

static void another_state_is_counted_from_its_beginning(void **unused)
{
    static struct summary kept, walked;
    struct county counties[2];
    const struct policy policy = county_policy();
    struct figure_sums *sums = figure_sums_open();
    (void)unused;
    for (int i = 0; i < 2; i++) {
        county_open(&counties[i], &policy, "2020-02-10");
        for (int j = 0; j <= i; j++) {
            char code[CODE_SIZE];
            struct event event = county_opening(&counties[i], MATTER_HAZARD, code_of((uint32_t)j, code), CODE_VILLAGE);
            county_record(&counties[i], &event, OFFICE_WORK_SAFETY);
        }
        struct day_before before = {0};
        summary_count(&counties[i].state, 0, TODAY_YEAR, &before, sums, &kept, &counties[i].scratch);
        summary_of(&counties[i].state, 0, TODAY_YEAR, &walked, &counties[i].scratch);
        assert_int_equal(kept.counts[FIGURE_HAZARDS_FOUND], (uint64_t)i + 1);
        assert_memory_equal(kept.counts, walked.counts, sizeof kept.counts);
        day_before_clear(&before);
    }
    figure_sums_close(&sums);
    county_close(&counties[0]);
    county_close(&counties[1]);
}

static void find_hazard(struct county *county, uint32_t number)
{
    char code[CODE_SIZE];
    const struct event event = county_opening(county, MATTER_HAZARD, code_of(number, code), CODE_VILLAGE);
    county_record(county, &event, OFFICE_WORK_SAFETY);
}

/* Each call counts one chunk at least, whatever is recorded meanwhile, and what is counted last is all. */
static void counting_goes_on_where_it_stopped(void **unused)
{
    enum { HAZARDS = 1000 };
    static struct summary kept, walked;
    struct county county;
    struct day_before before = {0};
    const struct policy policy = county_policy();
    struct figure_sums *sums = figure_sums_open();
    uint32_t found = 0;
    uint32_t calls = 1;
    (void)unused;
    county_open(&county, &policy, "2020-02-10");
    while (found < HAZARDS)
        find_hazard(&county, found++);
    const uint32_t chunks = table_chunks(&county.state.matters);
    assert_true(chunks > 3);
    for (; !summary_prepare(&county.state, 0, TODAY_YEAR, &before, sums, 1, &county.scratch); calls++)
        if (calls % 2 == 0)
            find_hazard(&county, found++);
    assert_true(calls >= chunks && calls <= 4 * chunks);
    assert_true(summary_prepare(&county.state, 0, TODAY_YEAR, &before, sums, 1, &county.scratch));
    summary_count(&county.state, 0, TODAY_YEAR, &before, sums, &kept, &county.scratch);
    summary_of(&county.state, 0, TODAY_YEAR, &walked, &county.scratch);
    assert_int_equal(kept.counts[FIGURE_HAZARDS_FOUND], found);
    assert_memory_equal(kept.counts, walked.counts, sizeof kept.counts);
    day_before_clear(&before);
    figure_sums_close(&sums);
    county_close(&county);
}

static bool is_kept(struct county *county, struct figure_sums *sums, int32_t year)
{
    struct day_before before = {0};
    struct figure_count count;
    uint64_t counts[FIGURE_LIMIT] = {0};
    figure_count_open(&county->state, 0, year, &before, &county->scratch, &count);
    bool kept = figure_sums_add(sums, &count, counts);
    figure_count_close(&count);
    day_before_clear(&before);
    return kept;
}

static void views_that_are_asked_for_do_not_drive_each_other_out(void **unused)
{
    enum { OTHER_YEAR = TODAY_YEAR - FIGURE_VIEWS_MAX };
    struct county county;
    const struct policy policy = county_policy();
    struct figure_sums *sums = figure_sums_open();
    (void)unused;
    county_open(&county, &policy, "2020-02-10");
    for (int turn = 0; turn < 3; turn++) {
        for (int i = 0; i < FIGURE_VIEWS_MAX; i++)
            assert_true(is_kept(&county, sums, TODAY_YEAR - i));
        assert_false(is_kept(&county, sums, OTHER_YEAR));
    }
    for (int turn = 0; turn < FIGURE_VIEW_TURNS; turn++)
        assert_true(is_kept(&county, sums, TODAY_YEAR));
    assert_true(is_kept(&county, sums, OTHER_YEAR));
    assert_true(is_kept(&county, sums, TODAY_YEAR));
    figure_sums_close(&sums);
    county_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_is_what_is_walked_over),
        cmocka_unit_test(another_state_is_counted_from_its_beginning),
        cmocka_unit_test(counting_goes_on_where_it_stopped),
        cmocka_unit_test(views_that_are_asked_for_do_not_drive_each_other_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
