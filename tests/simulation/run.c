#include "run.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "day.h"

enum { ZONE_MINUTES = 480 };

void run_open(struct run *run, const struct history *history, bool with_reference)
{
    memset(run, 0, sizeof *run);
    run->history = history;
    state_init(&run->state);
    if (with_reference)
        run->reference = reference_open();
}

void run_close(struct run *run)
{
    state_clear(&run->state);
    status_scratch_clear(&run->scratch);
    reference_close(&run->reference);
}

void run_take(struct run *run, uint32_t number)
{
    const struct act *act = &run->history->acts[number];
    struct state *state = &run->state;
    struct event event = act->event;
    if (act->target != ACT_NONE) {
        event.target = run->positions[act->target];
        if (event.target == 0) {
            run->verdicts[number] = VERDICT_UNKNOWN_MATTER;
            return;
        }
    }
    const struct publisher publisher = {
        .identity = act->identity,
        .office = act->office,
        .root = *act->root ? state_find_unit(state, act->root) : 0,
    };
    int32_t today = state->heads.position > 0 ? state->heads.today : act->day;
    int64_t now_us = day_start_time(today + 1, ZONE_MINUTES) - 1;
    struct ruling ruling;
    domain_judge(state, &event, &publisher, now_us, &ruling);
    run->verdicts[number] = (uint8_t)ruling.verdict;
    if (ruling.verdict != VERDICT_ACCEPTED)
        return;
    uint64_t position = state->heads.position + 1;
    struct effects effects;
    domain_apply(state, &event, &publisher, &ruling, position, now_us, &effects);
    run->positions[number] = position;
    if (run->reference) {
        const struct reference_author author = {.office = act->office, .root = act->root, .identity = act->identity};
        reference_record(run->reference, &event, &author, position);
    }
}

void run_take_all(struct run *run, const uint32_t *order, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        run_take(run, order[i]);
}

void run_answers(struct run *run, const char *unit, int32_t as_of, uint64_t known_at, struct answers *answers)
{
    struct policy_timeline timeline;
    state_timeline(&run->state, known_at, &timeline);
    const struct status_question question = {
        .unit = state_find_unit(&run->state, unit),
        .as_of = as_of,
        .known_at = known_at,
        .policies = &timeline,
    };
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        answers->zeros[zero] = status_of_zero(&run->state, &question, (enum zero)zero, &run->scratch);
    answers->joint_streak = status_joint_streak(&run->state, &question, &run->scratch);
}

static bool zeros_equal(const struct zero_status *one, const struct zero_status *other)
{
    return one->status == other->status && one->since == other->since && one->breaks == other->breaks &&
           one->verified_until == other->verified_until && one->streak_until == other->streak_until &&
           one->streak_days == other->streak_days && one->claimed_days == other->claimed_days &&
           one->verified_last_year == other->verified_last_year;
}

bool answers_equal(const struct answers *one, const struct answers *other)
{
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        if (!zeros_equal(&one->zeros[zero], &other->zeros[zero]))
            return false;
    return one->joint_streak == other->joint_streak;
}

void answers_print(const char *who, const struct answers *answers)
{
    static const char *const zeros[ZERO_COUNT] = {"petition", "accident", "case"};
    static const char *const statuses[] = {"-", "ZERO", "BROKEN", "UNVERIFIED", "NOT_COUNTED"};
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        const struct zero_status *status = &answers->zeros[zero];
        char since[DAY_TEXT_SIZE], verified[DAY_TEXT_SIZE], streak[DAY_TEXT_SIZE], last_year[DAY_TEXT_SIZE];
        day_format(status->since, since);
        day_format(status->verified_until, verified);
        day_format(status->streak_until, streak);
        day_format(status->verified_last_year, last_year);
        printf("  %s: %-8s %-10s since %-10s breaks %u verified until %-10s streak %d until %-10s claimed %d last year "
               "until %s\n",
               who, zeros[zero], statuses[status->status], since, status->breaks, verified, status->streak_days, streak,
               status->claimed_days, last_year);
    }
    printf("  %s: joint streak %d\n", who, answers->joint_streak);
}

static void print_day(const char *name, int32_t day)
{
    char text[DAY_TEXT_SIZE];
    day_format(day, text);
    printf(" %s %s", name, text);
}

static void print_policy(const struct policy *policy)
{
    print_day("from", policy->effective_from);
    print_day("starts on", policy->starts_on);
    printf(" %s grace %d level %d bases %x required %x %x %x%s", policy->cadence == CADENCE_DAILY ? "daily" : "monthly",
           policy->grace_days, (int)policy->counts_from_level, policy->basis_mask, policy->required[0],
           policy->required[1], policy->required[2], policy->territory_too ? " territory too" : "");
    for (uint32_t i = 0; i < policy->break_rule_count; i++) {
        const struct break_rule *rule = &policy->break_rules[i];
        printf(
            "\n        %s breaks %d: types %x channels %x hazards %x classes %x major %x casualty %d grade %d loss %d "
            "failed %d solvable %d %s",
            catalogue_type(rule->event)->name, (int)rule->zero, rule->petition_types, rule->channels,
            rule->hazard_grades, rule->case_classes, rule->case_classes_major, rule->any_casualty,
            (int)rule->grade_at_least, (int)rule->loss_at_least, rule->only_if_failed_below, rule->only_if_solvable,
            rule->categories.count ? rule->categories.codes[0] : "");
    }
}

static void print_payload(const struct event *event)
{
    switch ((int)event->kind) {
    case EVENT_UNIT_REGISTERED:
    case EVENT_UNIT_CHANGED:
        printf(" below %s", event->unit_facts.parent);
        print_day("from", event->unit_facts.from_day);
        break;
    case EVENT_UNIT_MERGED:
    case EVENT_UNIT_SPLIT:
    case EVENT_UNIT_RETIRED:
        print_day("until", event->unit_end.valid_to);
        for (uint32_t i = 0; i < event->unit_end.successor_count; i++)
            printf(" into %s", event->unit_end.successors[i]);
        break;
    case EVENT_ZERO_ATTESTED:
        printf(" zero %d basis %d%s", (int)event->attested.zero, (int)event->attested.basis,
               event->attested.scope ? " scope" : "");
        print_day("from", event->attested.from_day);
        print_day("to", event->attested.to_day);
        for (uint32_t i = 0; i < event->attested.unit_count; i++)
            printf(" %s", event->attested.units[i]);
        break;
    case EVENT_ACCIDENT_REPORTED:
    case EVENT_ACCIDENT_SUPPLEMENTED:
        printf(" deaths %u missing %u injuries %u loss %d %s", event->accident.deaths, event->accident.missing,
               event->accident.serious_injuries, (int)event->accident.loss, event->category);
        break;
    case EVENT_CASE_FILED:
        printf(" class %d influence %u %s", (int)event->filed.class, event->filed.influence, event->category);
        break;
    case EVENT_PETITION_REGISTERED:
        printf(" type %d channel %u solvable %d", (int)event->petition.type, event->petition.channel,
               event->petition.solvable_at_unit_level);
        break;
    case EVENT_PETITION_ESCALATED:
        printf(" handled below %d overdue below %d", event->escalated.handled_below, event->escalated.overdue_below);
        break;
    case EVENT_HAZARD_FOUND:
        printf(" grade %d", (int)event->hazard.grade);
        break;
    case EVENT_EVENT_CORRECTED:
        printf(" reads");
        print_payload(event->correction.replacement);
        break;
    case EVENT_POLICY_ADOPTED:
        print_policy(event->adopted.policy);
        break;
    default:
        break;
    }
}

void act_print(const struct run *run, uint32_t number)
{
    const struct act *act = &run->history->acts[number];
    char day[DAY_TEXT_SIZE], occurred[DAY_TEXT_SIZE];
    day_format(act->day, day);
    day_format(day_of_time(act->event.occurred_at_us, ZONE_MINUTES), occurred);
    printf("  %4" PRIu64 " %s office %d of %s by %s: %s%s", run->positions[number], day, (int)act->office,
           *act->root ? act->root : "all", act->identity, act->event.mode == MODE_ACTUAL ? "" : "drill of ",
           catalogue_type(act->event.kind)->name);
    if (strcmp(day, occurred) != 0)
        printf(" of %s", occurred);
    printf(" %s %s", act->event.unit, act->event.matter);
    if (act->target != ACT_NONE)
        printf(" about %" PRIu64, run->positions[act->target]);
    if (act->event.variant)
        printf(" variant %u", act->event.variant);
    print_payload(&act->event);
    putchar('\n');
}
