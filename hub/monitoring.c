#include "monitoring.h"

#include <assert.h>
#include <math.h>

#include "domain/source.h"
#include "journal.h"

enum {
    LOOKUPS_A_SECOND = 64,  /* of times of consumers' oldest records, one after the other */
    LOOKUPS_READS_MAX = 32, /* others come first: none while so many requests are with the reader */
};

/* ---- counting ---- */

static uint64_t *of_code(uint64_t counts[static METRICS_CODES], Sanling__V1__Code__Kind code)
{
    assert((unsigned)code < METRICS_CODES);
    return &counts[code];
}

void monitoring_refused(struct hub *hub, Sanling__V1__Code__Kind code, uint32_t count)
{
    *of_code(hub->counts.refused, code) += count;
    if (code == SANLING__V1__CODE__KIND__BUSY)
        hub->counts.busy++;
}

void monitoring_decided(struct hub *hub, const struct decision *decision, size_t size)
{
    struct decided *decided = &hub->counts.decided;
    if (decision->recorded) {
        decided->recorded++;
        decided->recorded_bytes += size;
    } else {
        ++*of_code(decided->rejected, decision->code);
    }
}

void monitoring_compared(struct hub *hub, const struct comparison *comparison)
{
    struct counts *counts = &hub->counts;
    uint32_t rest = comparison->count - comparison->duplicate - comparison->rejected_again;
    counts->comparing -= comparison->count;
    counts->duplicate += comparison->duplicate;
    counts->rejected_again += comparison->rejected_again;
    if (comparison->reused) {
        monitoring_refused(hub, SANLING__V1__CODE__KIND__SEQUENCE_REUSED, 1);
        rest--;
    }
    counts->not_reached += rest;
}

void monitoring_tells(struct hub *hub)
{
    const struct state_heads *heads = &hub->ledger.state.heads;
    hub->replies.told = (struct told){
        .position = heads->position, .rejections = heads->rejections, .bytes = hub->counts.decided.recorded_bytes};
}

void monitoring_tells_of(struct hub *hub, uint64_t position, uint64_t rejections)
{
    struct told *told = &hub->replies.told;
    told->position = position > told->position ? position : told->position;
    told->rejections = rejections > told->rejections ? rejections : told->rejections;
}

void monitoring_told(struct hub *hub, const struct told *told)
{
    struct counts *counts = &hub->counts;
    if (told->position > counts->told_position)
        counts->told_position = told->position;
    if (told->rejections > counts->told_rejections)
        counts->told_rejections = told->rejections;
    if (told->bytes > counts->told_bytes)
        counts->told_bytes = told->bytes;
}

static void check_sum(struct hub *hub)
{
    const int64_t unaccounted = counts_unaccounted(&hub->counts);
    if (unaccounted != 0 && !hub->counts.unbalanced)
        journal(
            JOURNAL_ERROR,
            "events: %lld of %llu received are not accounted for: a fault of this program; keep this journal and the "
            "data folder, check it with sanling-hub --verify, and report it",
            (long long)unaccounted, (unsigned long long)hub->counts.received);
    hub->counts.unbalanced = unaccounted != 0;
}

/* ---- the oldest record that a consumer has not acknowledged ---- */

static bool wants_time(const struct hub *hub, const struct cursor *cursor)
{
    return hub->durable.position > cursor->acknowledged && cursor->timed_position != cursor->acknowledged + 1;
}

/* The next consumer whose oldest record is not known, from the one behind the last on, each once a second. */
static struct cursor *next_untimed(struct hub *hub)
{
    struct lookups *lookups = &hub->lookups;
    while (lookups->left > 0) {
        struct cursor *cursor = lookups->last ? lookups->last->hh.next : NULL;
        if (!cursor)
            cursor = hub->cursors.by_name;
        if (!cursor)
            return NULL;
        lookups->last = cursor;
        lookups->left--;
        if (wants_time(hub, cursor))
            return cursor;
    }
    return NULL;
}

static void look_up(struct hub *hub)
{
    struct cursor *cursor = reader_busy(hub->reader) < LOOKUPS_READS_MAX ? next_untimed(hub) : NULL;
    if (!cursor)
        return;
    const struct peer nobody = {.size = 0};
    struct read_request *request = read_request_open(READ_TIME, &nobody);
    request->start.position = cursor->acknowledged + 1;
    hub->lookups.out = true;
    reader_submit(hub->reader, &request);
}

void monitoring_time_read(struct hub *hub, const struct read_request *request)
{
    hub->lookups.out = false;
    if (request->failed) { /* what the log holds cannot be read: stop, as for any reader of it */
        hub->failed = true;
        hub->fault = request->fault;
        return;
    }
    hub->lookups.last->timed_position = request->start.position;
    hub->lookups.last->timed_us = request->start.time_us;
    look_up(hub);
}

/* ---- figures ---- */

static void gather_sessions(struct hub *hub, struct metrics *metrics)
{
    for (const struct session *session = hub->sessions.by_peer; session; session = session->hh.next) {
        const struct identity *identity = access_by_name(hub->access, session->identity);
        metrics->sessions++;
        metrics->subscriptions += (uint32_t)session->subscription_count;
        if (identity)
            metrics->offices[identity->office].sessions++;
        for (int i = 0; i < session->subscription_count; i++) {
            const struct subscription *subscription = session->subscriptions[i];
            metrics->credit += subscription->credit;
            metrics->stalled += !subscription->summary && subscription->request && subscription->credit == 0 &&
                                subscription->request->replay.next <= hub->durable.position;
        }
    }
}

static void gather_sources(struct hub *hub, struct metrics *metrics, int64_t now_us)
{
    const struct state *state = &hub->ledger.state;
    metrics->source_count = state->sources.count - 1;
    for (uint32_t ordinal = 1; ordinal < state->sources.count; ordinal++) {
        const struct source *source = state_source(state, ordinal);
        struct office_figures *office = &metrics->offices[source->office < OFFICE_LIMIT ? source->office : 0];
        const double silent_s = (double)(now_us - source->last_recorded_at_us) / 1e6;
        office->shown = true;
        if (silent_s < office->silent_s)
            office->silent_s = silent_s;
        struct source_figures *row = metrics_add_source(metrics);
        if (row) {
            snprintf(row->name, sizeof row->name, "%s", state_text(state, source->name));
            row->office = (enum office)source->office;
            row->silent_s = silent_s;
        }
    }
}

static void gather_offices(struct hub *hub, struct metrics *metrics, int64_t now_ms)
{
    metrics->offices[OFFICE_HUB].shown = false; /* it speaks to itself */
    for (size_t i = 0; i < access_count(hub->access); i++)
        metrics->offices[access_at(hub->access, i)->office].shown = true;
    for (int office = 0; office < OFFICE_LIMIT; office++) {
        const double silent_s = (double)(now_ms - hub->counts.heard_ms[office]) / 1e3;
        if (hub->counts.heard_ms[office] != 0 && silent_s < metrics->offices[office].silent_s)
            metrics->offices[office].silent_s = silent_s;
    }
}

static void gather_consumers(struct hub *hub, struct metrics *metrics, int64_t now_us)
{
    for (const struct cursor *cursor = hub->cursors.by_name; cursor; cursor = cursor->hh.next) {
        struct consumer_figures *row = metrics_add_consumer(metrics);
        if (!row)
            return;
        snprintf(row->name, sizeof row->name, "%s", cursor->name);
        snprintf(row->identity, sizeof row->identity, "%s", cursor->identity);
        row->connected = cursor->reader != NULL;
        row->lag = hub->durable.position > cursor->acknowledged ? hub->durable.position - cursor->acknowledged : 0;
        if (row->lag > 0)
            row->oldest_s = cursor->timed_position == 0 ? NAN : (double)(now_us - cursor->timed_us) / 1e6;
    }
}

static void gather_queues(struct hub *hub, struct metrics *metrics)
{
    metrics->replies_waiting = hub->replies.count;
    for (int i = 0; i < hub->in_flight_count; i++)
        metrics->replies_waiting += hub->in_flight[i].replies.count;
    for (const struct usage *usage = hub->usages.by_identity; usage; usage = usage->hh.next)
        metrics->questions_waiting += usage->waiting;
    metrics->commits_in_flight = (uint32_t)hub->in_flight_count;
    metrics->reads = (uint32_t)reader_busy(hub->reader);
    metrics->gathering_records = hub->ledger.gathering->blocks.count;
}

/* Without the rows, whose memory stays. */
static void begin(struct hub *hub, struct metrics *metrics, int64_t now_ms)
{
    const struct metrics old = *metrics;
    *metrics = (struct metrics){
        .made_ms = now_ms,
        .counts = hub->counts,
        .failed = hub->failed,
        .disk_full = hub->disk_full,
        .demonstration = hub->config->demonstration,
        .clock_leap_s = (double)hub->clock_leap_us / 1e6,
        .head = hub->ledger.state.heads.position,
        .durable = hub->durable.position,
        .durable_rejections = hub->durable.rejections,
        .reserve_bytes = hub->config->reserve_bytes,
        .signed_position = notary_covered(hub->notary),
        .audit_failed = hub->audit_failed,
        .sources = old.sources,
        .sources_capacity = old.sources_capacity,
        .consumers = old.consumers,
        .consumers_capacity = old.consumers_capacity,
    };
    for (int office = 0; office < OFFICE_LIMIT; office++)
        metrics->offices[office].silent_s = INFINITY;
}

static void gather_backup(const struct hub *hub, struct metrics *metrics)
{
    const struct backup_verified *verified = &hub->backed_up;
    const bool ever = verified->at_s != 0;
    metrics->backup_at_s = ever ? (double)verified->at_s : NAN;
    metrics->backup_position = ever ? (double)verified->position : NAN;
    metrics->backup_took_s = ever ? (double)verified->took_ms / 1e3 : NAN;
}

static void give(struct hub *hub, bool ending)
{
    struct metrics *metrics = hub->monitor ? monitor_take(hub->monitor) : NULL;
    if (!metrics)
        return;
    const int64_t now_us = hub_now_us(hub);
    const int64_t now_ms = hub_monotonic_ms();
    begin(hub, metrics, now_ms);
    metrics->ending = ending;
    if (metrics->signed_position >= metrics->durable || metrics->signed_position != hub->signed_position)
        hub->signed_ms = now_ms;
    hub->signed_position = metrics->signed_position;
    metrics->unsigned_s = (double)(now_ms - hub->signed_ms) / 1e3;
    gather_sessions(hub, metrics);
    gather_sources(hub, metrics, now_us);
    gather_offices(hub, metrics, now_ms);
    gather_consumers(hub, metrics, now_us);
    gather_queues(hub, metrics);
    gather_backup(hub, metrics);
    monitor_give(hub->monitor, &metrics);
}

bool monitoring_start(struct hub *hub, struct fault *fault)
{
    if (!hub->config->monitored)
        return true;
    hub->signed_ms = hub_monotonic_ms();
    hub->monitor = monitor_start(&hub->config->monitor, fault);
    if (hub->monitor)
        journal(hub->config->monitor.loopback ? JOURNAL_INFO : JOURNAL_NOTICE, "metrics at %s/metrics%s",
                monitor_address(hub->monitor),
                hub->config->monitor.loopback ? "" : ", for everybody who reaches this address: let a firewall decide");
    return hub->monitor != NULL;
}

void monitoring_turn(struct hub *hub)
{
    check_sum(hub);
    give(hub, false);
    if (!hub->monitor || hub->lookups.out)
        return;
    hub->lookups.left = LOOKUPS_A_SECOND;
    look_up(hub);
}

void monitoring_end(struct hub *hub)
{
    give(hub, true);
}
