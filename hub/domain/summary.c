#include "summary.h"

#include "day.h"

static struct status_count status_count_of(const struct summary *summary, enum unit_group group, uint32_t zero)
{
    return (struct status_count){
        .total = (uint32_t)summary->counts[figure_of_zeros(group, zero, FIGURE_STATUS_TOTAL)],
        .zero = (uint32_t)summary->counts[figure_of_zeros(group, zero, FIGURE_STATUS_ZERO)],
        .broken = (uint32_t)summary->counts[figure_of_zeros(group, zero, FIGURE_STATUS_BROKEN)],
        .unverified = (uint32_t)summary->counts[figure_of_zeros(group, zero, FIGURE_STATUS_UNVERIFIED)],
    };
}

static void fill_rollup(struct summary *summary)
{
    for (int group = 0; group < GROUP_COUNT; group++) {
        for (uint32_t zero = 0; zero < ZERO_COUNT; zero++)
            summary->zeros.zeros[group][zero] = status_count_of(summary, (enum unit_group)group, zero);
        summary->zeros.joint[group] = status_count_of(summary, (enum unit_group)group, FIGURE_JOINT);
    }
    for (uint32_t kind = 0; kind < UNIT_KIND_LIMIT; kind++)
        summary->zeros.kinds[kind] = (uint32_t)summary->counts[FIGURE_UNITS + kind];
}

/* History from before the first policy is read by the policy of today (ruling 32): that is no other definition. */
static bool other_definition(const struct figure_count *count)
{
    for (uint32_t i = 0; i < count->policies.count; i++) {
        const struct policy_span *span = &count->policies.spans[i];
        if (span->from <= count->before_to && span->to >= count->before_from &&
            table_row(count->policies.rules, span->row) != timeline_on(&count->policies, count->to))
            return true;
    }
    return false;
}

void summary_count(struct state *state, uint32_t root, int32_t year, struct day_before *before,
                   struct figure_sums *sums, struct summary *summary, struct status_scratch *scratch)
{
    struct figure_count count;
    struct figure_walk walk;
    struct figure_row row;
    figure_count_open(state, root, year, before, scratch, &count);
    *summary = (struct summary){.from = count.from, .to = count.to};
    figure_walk_open(&walk);
    if (sums && figure_sums_add(sums, &count, summary->counts))
        walk.stage = FIGURE_SUMS_END;
    while (figure_walk_next(&count, &walk, &row))
        for (uint32_t i = 0; i < row.hit_count; i++)
            summary->counts[row.hits[i].figure] += row.hits[i].count;
    figure_walk_close(&walk);
    fill_rollup(summary);
    summary->clearance = count.policy ? count.policy->clearance : CLEARANCE_PERIOD;
    summary->other_definition = other_definition(&count);
    figure_count_close(&count);
}

bool summary_prepare(struct state *state, uint32_t root, int32_t year, struct day_before *before,
                     struct figure_sums *sums, uint32_t rows, struct status_scratch *scratch)
{
    struct figure_count count;
    figure_count_open(state, root, year, before, scratch, &count);
    const bool done = figure_sums_prepare(sums, &count, rows);
    figure_count_close(&count);
    return done;
}

void summary_of(struct state *state, uint32_t root, int32_t year, struct summary *summary,
                struct status_scratch *scratch)
{
    struct day_before before = {0};
    summary_count(state, root, year, &before, NULL, summary, scratch);
    day_before_clear(&before);
}

uint32_t summary_targets(const struct policy *policy, int32_t year, const struct rollup *zeros,
                         struct target_result results[static TARGET_RESULTS_MAX])
{
    uint32_t count = 0;
    for (uint32_t i = 0; policy && i < policy->target_count; i++) {
        const struct target *target = &policy->targets[i];
        if (target->year != year)
            continue;
        const int32_t percents[] = {target->area_percent, target->enterprise_percent};
        for (int at = 0; at < TARGET_RESULTS_MAX; at++) {
            enum unit_group group = at == 0 ? GROUP_AREA : GROUP_ENTERPRISE;
            const struct status_count *joint = &zeros->joint[group];
            uint32_t percent = (uint32_t)percents[at];
            bool met = joint->total > 0 && (uint64_t)joint->zero * 100 >= (uint64_t)percent * joint->total;
            if (percent > 0)
                results[count++] = (struct target_result){.group = group, .percent = percent, .met = met};
        }
        break; /* one target a year */
    }
    return count;
}
