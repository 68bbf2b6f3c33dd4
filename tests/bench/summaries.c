/* What a summary of a county costs when millions of events are in the state: walked over all rows, and counted anew
 * only where something changed since the last one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "history.h"
#include "measure.h"
#include "mix.h"
#include "rules_commands.h"
#include "summary.h"

/* Events between two summaries: of a quiet hub, and of one that takes 400,000 in a second; of small rounds fewer. */
enum { FEW = 1000, MANY = 80000, TIMES = 5, LAST_YEAR = 2025 };

struct counter {
    struct history history;
    struct decoder *decoder;
    struct day_before before;
    struct figure_sums *sums;
    uint64_t next; /* number of the next event */
    uint64_t taken;
};

static void take(struct counter *counter, const struct sanling_bytes *bytes)
{
    struct decoded decoded;
    struct ruling ruling;
    struct effects effects;
    struct history *history = &counter->history;
    const int64_t now_us = history_now_us(history);
    if (!decode_event(counter->decoder, bytes->bytes, bytes->size, &decoded))
        abort();
    const struct publisher publisher = history_publisher(history, decoded.event.kind);
    domain_judge(&history->state, &decoded.event, &publisher, now_us, &ruling);
    if (ruling.verdict != VERDICT_ACCEPTED)
        return;
    domain_apply(&history->state, &decoded.event, &publisher, &ruling, history->state.heads.position + 1, now_us,
                 &effects);
    counter->taken++;
}

static void take_events(struct counter *counter, uint32_t events)
{
    enum { AT_ONCE = 50000 };
    struct mix mix;
    const struct history *history = &counter->history;
    mix_room(&mix, AT_ONCE);
    for (uint32_t done = 0; done < events; done += (uint32_t)mix.count, counter->next += mix.count) {
        const size_t count = events - done < AT_ONCE ? events - done : AT_ONCE;
        mix_fill(&mix, &history->plan.county, "bench", counter->next, count, history_now_us(history) / 1000000);
        for (size_t i = 0; i < mix.count; i++) {
            take(counter, &mix.events[i]);
            decoder_reset(counter->decoder);
        }
    }
    mix_clear(&mix);
}

/* Milliseconds of one summary. */
static double summarise(struct counter *counter, struct figure_sums *sums, struct summary *summary)
{
    struct history *history = &counter->history;
    const int64_t begun = measure_thread_ns();
    summary_count(&history->state, history->root, LAST_YEAR, &counter->before, sums, summary, &history->scratch);
    return (double)(measure_thread_ns() - begun) / 1e6;
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* `events` of the plan; those that were published between the measurements, and the county's year, come on top. */
static void tell(const char *name, uint64_t events, double value)
{
    char figure[96];
    snprintf(figure, sizeof figure, "%s_at_%llu_events", name, (unsigned long long)events);
    measure_tell(figure, value);
}

/* The middle one of some summaries, each with so many events before it. */
static void tell_middle(struct counter *counter, const char *name, uint32_t events, bool walked, uint64_t at)
{
    double took[TIMES];
    struct summary *summary = calloc(1, sizeof *summary);
    if (!summary)
        abort();
    for (int i = 0; i < TIMES; i++) {
        take_events(counter, events);
        took[i] = summarise(counter, walked ? NULL : counter->sums, summary);
    }
    qsort(took, TIMES, sizeof *took, by_size);
    tell(name, at, took[TIMES / 2]);
    free(summary);
}

/* false: what is kept is not what is walked over. */
static bool tell_all(struct counter *counter, uint32_t events, uint64_t at)
{
    const uint32_t many = events < MANY ? events : MANY;
    struct summary summaries[2];
    (void)summarise(counter, NULL, &summaries[0]); /* the units' statuses and the day before */
    figure_sums_close(&counter->sums);
    counter->sums = figure_sums_open();
    tell("summary_first_ms", at, summarise(counter, counter->sums, &summaries[1]));
    tell_middle(counter, "summary_walked_ms", 0, true, at);
    tell_middle(counter, "summary_unchanged_ms", 0, false, at);
    tell_middle(counter, "summary_after_few_ms", events < FEW ? events : FEW, false, at);
    tell_middle(counter, "summary_after_many_ms", many, false, at);
    take_events(counter, many);
    tell("summary_walked_after_many_ms", at, summarise(counter, NULL, &summaries[0]));
    (void)summarise(counter, counter->sums, &summaries[1]);
    tell("summary_kept_bytes", at, (double)figure_sums_size(counter->sums) / (double)counter->taken);
    return memcmp(summaries[0].counts, summaries[1].counts, sizeof summaries[0].counts) == 0;
}

int run_summaries(const struct rules_bench *bench)
{
    static struct counter counter;
    const struct history_plan plan = {
        .county = {.units = bench->units}, .policy = bench->policy, .years = bench->years};
    if (!history_open(&counter.history, &plan))
        return 1;
    counter.decoder = decoder_open();
    counter.next = 1;
    bool same = true;
    for (uint32_t round = 0; round < bench->rounds && same; round++) {
        take_events(&counter, bench->events);
        same = tell_all(&counter, bench->events, (uint64_t)(round + 1) * bench->events);
    }
    if (!same)
        fprintf(stderr, "sanling-rules-bench: the figures that are kept are not those that are walked over\n");
    measure_tell("summary_events", (double)counter.taken);
    figure_sums_close(&counter.sums);
    day_before_clear(&counter.before);
    decoder_close(&counter.decoder);
    history_close(&counter.history);
    return same ? 0 : 1;
}
