#include "committing.h"

#include <stdlib.h>
#include <string.h>

#include "awake.h"
#include "journal.h"
#include "monitoring.h"

enum {
    COMMIT_BYTES_MAX = 2 << 20, /* gathered before no more is received while the writer is full */
    /* The same where the disk is slow: then each sync must serve more. Some commits one behind the other tell; a disk
     * that stands still for once delays two. */
    COMMIT_BYTES_SLOW = 4 << 20,
    COMMIT_SLOW_US = 20000,
    COMMITS_SLOW = 3,
    COMMIT_EVENTS_MAX = 30000,
    COMMIT_HERE_BYTES_MAX = 64 << 10, /* set for latency: appended by the loop itself up to here */
    COMMIT_FEW_BYTES = 4 << 10,       /* processors are kept awake with it: of more they hardly sleep */
    BUSY_WAIT_US = 2000,              /* set for latency: how long the loop stays awake behind a commit */
    COMMIT_COMPANY_BYTES = 512 << 10, /* a second commit goes to the writer once it is worth its own sync */
    SNAPSHOT_COST_FACTOR = 20,        /* copying snapshots takes at most a twentieth of the loop's time */
    SNAPSHOT_KEPT_BYTES = 32 << 20,   /* a larger buffer is freed */
};

struct commit *committing_next(struct hub *hub)
{
    struct commit *commit = hub->spare ? hub->spare : commit_open();
    hub->spare = NULL;
    commit_reset(commit, hub->ledger.state.heads.position + 1);
    return commit;
}

bool committing_is_full(const struct hub *hub)
{
    const struct commit *commit = hub->ledger.gathering;
    const size_t most = hub->slow_commits >= COMMITS_SLOW ? COMMIT_BYTES_SLOW : COMMIT_BYTES_MAX;
    return block_builder_size(&commit->blocks) >= most || commit->blocks.count >= COMMIT_EVENTS_MAX ||
           commit->rejection_count >= COMMIT_EVENTS_MAX;
}

int64_t committing_left_us(const struct hub *hub)
{
    if (hub->config->gather_us == 0)
        return 0;
    int64_t left = hub->gathering_since_us + hub->config->gather_us - hub_monotonic_us();
    return left > 0 ? left : 0;
}

static bool snapshot_due(const struct hub *hub)
{
    return !hub->snapshot_out &&
           hub->ledger.state.heads.position - hub->snapshot_position >= hub->config->snapshot_records &&
           hub_monotonic_us() >= hub->snapshot_after_us;
}

/* Copies what changed in the state. */
static struct state_write *take_snapshot(struct hub *hub)
{
    const int64_t began_us = hub_monotonic_us();
    struct state_write *write = hub->snapshot ? hub->snapshot : state_write_open();
    hub->snapshot = NULL;
    snapshot_take(write->snapshot, &hub->ledger.state);
    hub->snapshot_position = hub->ledger.state.heads.position;
    hub->snapshot_out = true;
    const int64_t ended_us = hub_monotonic_us();
    hub->snapshot_after_us = ended_us + SNAPSHOT_COST_FACTOR * (ended_us - began_us);
    return write;
}

/* A snapshot is not copied before the writer has had as much rest as the last one took. */
void committing_take_written(struct hub *hub, struct state_write *write)
{
    hub->snapshot_out = false;
    if (write->written) {
        hub->counts.snapshots++;
        hub->counts.snapshot_position = write->head.position;
    } else {
        hub->counts.snapshots_failed++;
        snapshot_return(write->snapshot, &hub->ledger.state);
    }
    const int64_t after_us = hub_monotonic_us() + write->took_us;
    if (after_us > hub->snapshot_after_us)
        hub->snapshot_after_us = after_us;
    if (write->snapshot->bytes_capacity <= SNAPSHOT_KEPT_BYTES)
        hub->snapshot = write;
    else
        state_write_close(&write);
}

void committing_send_replies(struct hub *hub, struct reply_list *replies)
{
    monitoring_told(hub, &replies->told);
    reply_send(replies, hub->endpoint);
}

/* Nobody knows whether it arrived: stop, and compare after a restart. */
static void commit_failed(struct hub *hub, const struct commit *commit)
{
    hub->failed = true;
    hub->counts.commits_failed++;
    fault_set(
        &hub->fault, commit->fault.code,
        "the commit behind position %llu failed: %.300s; nothing of it was acknowledged: look at the disk and start "
        "the hub again, it compares what is there, and agents send again",
        (unsigned long long)hub->durable.position, commit->fault.text);
}

/* A commit whose outcome is known: what it holds is durable, so its answers go out and subscriptions may read on. */
static void answer_commit(struct hub *hub, struct commit *commit, struct in_flight *done)
{
    if (commit->failed) {
        commit_failed(hub, commit);
        reply_clear(&done->replies);
        state_write_close(&done->snapshot);
        commit_close(&commit);
        return;
    }
    const int64_t took_us = hub_monotonic_us() - done->given_us;
    hub->durable = commit->head;
    hub->counts.durable = done->decided;
    hub->slow_commits = took_us > COMMIT_SLOW_US ? hub->slow_commits + 1 : 0;
    counts_note_commit(&hub->counts, took_us, commit->blocks.count, commit->blocks.bytes_size);
    hub->wake = true;
    committing_send_replies(hub, &done->replies);
    if (done->snapshot) {
        done->snapshot->head = commit->head;
        state_writer_submit(hub->state_writer, &done->snapshot);
    }
    if (hub->spare)
        commit_close(&commit);
    else
        hub->spare = commit;
    hub_read_waiting(hub);
}

void committing_answer(struct hub *hub)
{
    struct commit *commit;
    struct state_write *write = state_writer_take(hub->state_writer);
    if (write)
        committing_take_written(hub, write);
    while (!hub->failed && (commit = log_writer_take(hub->writer)) != NULL) {
        struct in_flight done = hub->in_flight[0];
        memmove(&hub->in_flight[0], &hub->in_flight[1], sizeof done * (LOG_WRITER_DEPTH - 1));
        hub->in_flight_count--;
        answer_commit(hub, commit, &done);
    }
}

/* Set for latency, a small commit is not given to another thread and taken back: on an idle machine each change of
 * thread takes longer than the disk. The loop waits for the disk then, as all who want the commit's answers do. */
static bool may_append_here(const struct hub *hub, const struct commit *commit)
{
    return hub->config->for_latency && block_builder_size(&commit->blocks) <= COMMIT_HERE_BYTES_MAX;
}

static void append_here(struct hub *hub, struct commit *commit, struct in_flight *in_flight)
{
    if (block_builder_size(&commit->blocks) <= COMMIT_FEW_BYTES)
        awake_stay(hub->awake);
    log_writer_append_here(hub->writer, commit);
    answer_commit(hub, commit, in_flight);
    log_writer_settle(hub->writer);
    hub->busy_until_us = hub_monotonic_us() + BUSY_WAIT_US;
}

void committing_submit(struct hub *hub)
{
    struct commit *commit = hub->ledger.gathering;
    if (commit_empty(commit)) {
        hub->gathering_since_us = 0;
        if (hub->in_flight_count > 0)
            reply_move(&hub->in_flight[hub->in_flight_count - 1].replies, &hub->replies);
        else
            committing_send_replies(hub, &hub->replies);
        return;
    }
    if (hub->gathering_since_us == 0)
        hub->gathering_since_us = hub_monotonic_us();
    int busy = log_writer_busy(hub->writer);
    bool worth = busy == 0 ? committing_left_us(hub) == 0 : commit->blocks.bytes_size >= COMMIT_COMPANY_BYTES;
    if (busy == LOG_WRITER_DEPTH || (!worth && !committing_is_full(hub)))
        return;
    struct in_flight in_flight = {.decided = hub->counts.decided, .given_us = hub_monotonic_us()};
    reply_move(&in_flight.replies, &hub->replies);
    if (snapshot_due(hub))
        in_flight.snapshot = take_snapshot(hub);
    hub->ledger.gathering = NULL;
    hub->gathering_since_us = 0;
    if (busy == 0 && may_append_here(hub, commit)) {
        append_here(hub, commit, &in_flight);
    } else {
        hub->in_flight[hub->in_flight_count++] = in_flight;
        if (!log_writer_submit(hub->writer, &commit))
            abort(); /* it had room */
    }
    hub->ledger.gathering = committing_next(hub);
}

bool committing_write_state(struct hub *hub)
{
    struct fault fault;
    CLEANUP(snapshot_close) struct snapshot *snapshot = snapshot_open();
    snapshot_lend(snapshot, &hub->ledger.state);
    if (state_store_write(hub->state_store, snapshot, &hub->durable, &fault)) {
        hub->counts.snapshots++;
        hub->counts.snapshot_position = hub->durable.position;
        return true;
    }
    hub->counts.snapshots_failed++;
    snapshot_return(snapshot, &hub->ledger.state);
    journal(JOURNAL_WARNING, "state at position %llu not written: %s; the log will be read on from the last one",
            (unsigned long long)hub->durable.position, fault.text);
    return false;
}
