#include "metrics.h"

#include <stdlib.h>

const double metrics_latency_bounds_s[METRICS_LATENCY_BUCKETS] = {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05,
                                                                  0.1,    0.2,   0.5,   1,     2,    5};
const double metrics_size_bounds[METRICS_SIZE_BUCKETS] = {0, 1, 10, 100, 1000, 10000};

/* ---- counting ---- */

static size_t bucket_of(const double *bounds, size_t count, double value)
{
    size_t bucket = 0;
    while (bucket < count && value > bounds[bucket])
        bucket++;
    return bucket;
}

void counts_note_commit(struct counts *counts, int64_t took_us, uint64_t records, uint64_t bytes)
{
    counts->commits++;
    counts->commit_us += took_us;
    counts->commit_records += records;
    counts->commit_bytes += bytes;
    counts->latency[bucket_of(metrics_latency_bounds_s, METRICS_LATENCY_BUCKETS, (double)took_us / 1e6)]++;
    counts->sizes[bucket_of(metrics_size_bounds, METRICS_SIZE_BUCKETS, (double)records)]++;
}

static uint64_t sum_of(const uint64_t counts[static METRICS_CODES])
{
    uint64_t sum = 0;
    for (int code = 0; code < METRICS_CODES; code++)
        sum += counts[code];
    return sum;
}

uint64_t counts_undurable(const struct counts *counts)
{
    return counts->decided.recorded + sum_of(counts->decided.rejected) - counts->durable.recorded -
           sum_of(counts->durable.rejected);
}

int64_t counts_unaccounted(const struct counts *counts)
{
    const uint64_t accounted = counts->durable.recorded + sum_of(counts->durable.rejected) + counts_undurable(counts) +
                               counts->duplicate + counts->rejected_again + sum_of(counts->refused) +
                               counts->not_reached + counts->comparing;
    return (int64_t)(counts->received - accounted);
}

/* ---- figures ---- */

struct metrics *metrics_open(void)
{
    struct metrics *metrics = calloc(1, sizeof *metrics);
    if (!metrics)
        abort();
    return metrics;
}

void metrics_close(struct metrics **metrics)
{
    if (!*metrics)
        return;
    free((*metrics)->sources);
    free((*metrics)->consumers);
    free(*metrics);
    *metrics = NULL;
}

/* Room for one more row. */
static void *grown(void *rows, uint32_t count, uint32_t *capacity, size_t size)
{
    if (count < *capacity)
        return rows;
    *capacity = *capacity ? 2 * *capacity : 16;
    void *more = realloc(rows, *capacity * size);
    if (!more)
        abort();
    return more;
}

struct source_figures *metrics_add_source(struct metrics *metrics)
{
    if (metrics->sources_shown == METRICS_SOURCES_MAX)
        return NULL;
    metrics->sources =
        grown(metrics->sources, metrics->sources_shown, &metrics->sources_capacity, sizeof *metrics->sources);
    struct source_figures *row = &metrics->sources[metrics->sources_shown++];
    *row = (struct source_figures){.silent_s = 0};
    return row;
}

struct consumer_figures *metrics_add_consumer(struct metrics *metrics)
{
    if (metrics->consumers_shown == METRICS_CONSUMERS_MAX)
        return NULL;
    metrics->consumers =
        grown(metrics->consumers, metrics->consumers_shown, &metrics->consumers_capacity, sizeof *metrics->consumers);
    struct consumer_figures *row = &metrics->consumers[metrics->consumers_shown++];
    *row = (struct consumer_figures){.lag = 0};
    return row;
}
