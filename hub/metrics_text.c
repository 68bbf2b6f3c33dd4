#include "metrics.h"

#include <inttypes.h>

#include "error.pb-c.h"
#include "exposition.h"
#include "refusals.h"
#include "session.pb-c.h"

static const char *enum_name(const ProtobufCEnumDescriptor *names, int number)
{
    const ProtobufCEnumValue *known = protobuf_c_enum_descriptor_get_value(names, number);
    return known ? known->name : "UNKNOWN";
}

static const char *code_name(int code)
{
    return enum_name(&sanling__v1__code__kind__descriptor, code);
}

/* Those that are usual are there from the start, for a rate sees nothing of a row that begins with its first count. */
static void write_by_code(FILE *to, const char *name, const uint64_t counts[static METRICS_CODES], int usual_from,
                          int usual_to, const char *help)
{
    exposition_head(to, name, "counter", help);
    for (int code = 1; code < METRICS_CODES; code++) {
        const bool known = protobuf_c_enum_descriptor_get_value(&sanling__v1__code__kind__descriptor, code) != NULL;
        if (counts[code] == 0 && !(known && code >= usual_from && code <= usual_to))
            continue;
        fputs(name, to);
        exposition_label(to, "{", "code", code_name(code));
        fputc('}', to);
        exposition_whole(to, counts[code]);
    }
}

static void write_events(FILE *to, const struct counts *counts)
{
    const struct exposition_row rows[] = {
        {"sanling_events_received_total", "counter", (double)counts->received,
         "Events in publish messages that could be read. Each ends in exactly one of the counters below."},
        {"sanling_events_recorded_total", "counter", (double)counts->durable.recorded,
         "Events that were recorded and are on the disk."},
        {"sanling_events_duplicate_total", "counter", (double)counts->duplicate,
         "Events that were sent again and had been recorded before."},
        {"sanling_events_rejected_again_total", "counter", (double)counts->rejected_again,
         "Events that were sent again and had been rejected before."},
        {"sanling_events_not_reached_total", "counter", (double)counts->not_reached,
         "Events behind a refused one in the same message: not looked at, to be sent again."},
        {"sanling_events_comparing", "gauge", (double)counts->comparing,
         "Events that were sent again and are being compared with the log."},
        {"sanling_events_awaiting_durability", "gauge", (double)counts_undurable(counts),
         "Events that are decided on, not yet on the disk and therefore not acknowledged."},
        {"sanling_events_unaccounted", "gauge", (double)counts_unaccounted(counts),
         "Received less all that became of them. Always 0; anything else is an alarm."},
    };
    EXPOSITION_ROWS(to, rows);
    write_by_code(to, "sanling_events_rejected_total", counts->durable.rejected, SANLING__V1__CODE__KIND__UNKNOWN_UNIT,
                  SANLING__V1__CODE__KIND__SECOND_APPROVER,
                  "Events that were rejected, which took a number and is on the disk, by code.");
    write_by_code(to, "sanling_events_refused_total", counts->refused, SANLING__V1__CODE__KIND__SEQUENCE_GAP,
                  SANLING__V1__CODE__KIND__BAD_SIGNATURE,
                  "Events of refused messages or events, which took no number, by code.");
}

/* Computed of what publishers were told and what the log says is on its disk. */
static void write_risk(FILE *to, const struct metrics *metrics)
{
    const struct counts *counts = &metrics->counts;
    uint64_t events = 0;
    uint64_t bytes = 0;
    if (counts->told_position > metrics->durable)
        events += counts->told_position - metrics->durable;
    if (counts->told_rejections > metrics->durable_rejections)
        events += counts->told_rejections - metrics->durable_rejections;
    if (counts->told_bytes > counts->durable.recorded_bytes)
        bytes = counts->told_bytes - counts->durable.recorded_bytes;
    const struct exposition_row rows[] = {
        {"sanling_at_risk_events", "gauge", (double)events,
         "Events that were acknowledged and are not on the disk. Always 0; anything else is an alarm."},
        {"sanling_at_risk_bytes", "gauge", (double)bytes,
         "Bytes of events that were acknowledged and are not on the disk. Always 0."},
    };
    EXPOSITION_ROWS(to, rows);
}

static void write_buckets(FILE *to, const char *name, const double *bounds, size_t count, const uint64_t *buckets,
                          double sum)
{
    uint64_t below = 0;
    for (size_t i = 0; i <= count; i++) {
        below += buckets[i];
        if (i < count)
            fprintf(to, "%s_bucket{le=\"%g\"}", name, bounds[i]);
        else
            fprintf(to, "%s_bucket{le=\"+Inf\"}", name);
        exposition_whole(to, below);
    }
    fprintf(to, "%s_sum", name);
    exposition_value(to, sum);
    fprintf(to, "%s_count", name);
    exposition_whole(to, below);
}

static void write_commits(FILE *to, const struct metrics *metrics)
{
    const struct counts *counts = &metrics->counts;
    const struct exposition_row rows[] = {
        {"sanling_commit_bytes_total", "counter", (double)counts->commit_bytes,
         "Bytes of records in commits that are on the disk."},
        {"sanling_commit_failures_total", "counter", (double)counts->commits_failed,
         "Commits whose write or sync failed. The hub ends after the first one and compares at its next start."},
        {"sanling_commits_in_flight", "gauge", (double)metrics->commits_in_flight, "Commits with the log's writer."},
        {"sanling_commit_gathering_records", "gauge", (double)metrics->gathering_records,
         "Records that the next commit has so far."},
    };
    EXPOSITION_ROWS(to, rows);
    exposition_head(to, "sanling_commit_duration_seconds", "histogram",
                    "Time from when a commit was given to the log until it was on the disk.");
    write_buckets(to, "sanling_commit_duration_seconds", metrics_latency_bounds_s, METRICS_LATENCY_BUCKETS,
                  counts->latency, (double)counts->commit_us / 1e6);
    exposition_head(to, "sanling_commit_records", "histogram",
                    "Records of a commit; one without any has rejections or positions of consumers.");
    write_buckets(to, "sanling_commit_records", metrics_size_bounds, METRICS_SIZE_BUCKETS, counts->sizes,
                  (double)counts->commit_records);
}

static void write_log(FILE *to, const struct metrics *metrics)
{
    const struct counts *counts = &metrics->counts;
    const struct exposition_row rows[] = {
        {"sanling_head_position", "gauge", (double)metrics->head, "Position of the last record."},
        {"sanling_durable_position", "gauge", (double)metrics->durable, "Position of the last record on the disk."},
        {"sanling_durable_rejections", "gauge", (double)metrics->durable_rejections,
         "Number of the last rejection on the disk."},
        {"sanling_disk_free_bytes", "gauge", (double)counts->disk_free_bytes,
         "Free on the disk of the data folder, as seen in the last second."},
        {"sanling_disk_reserve_bytes", "gauge", (double)metrics->reserve_bytes,
         "Events are refused while less than this is free."},
        {"sanling_disk_full", "gauge", metrics->disk_full, "1 while events are refused because the disk is full."},
        {"sanling_snapshots_total", "counter", (double)counts->snapshots, "Snapshots of the state that were written."},
        {"sanling_snapshot_failures_total", "counter", (double)counts->snapshots_failed,
         "Snapshots of the state that could not be written; they cost time at the next start, nothing else."},
        {"sanling_snapshot_age_records", "gauge", (double)(metrics->head - counts->snapshot_position),
         "Records since the last snapshot of the state: they are read again after a crash."},
        {"sanling_checkpoint_position", "gauge", (double)metrics->signed_position,
         "Last record that the newest signed checkpoint covers."},
        {"sanling_checkpoint_unsigned_records", "gauge",
         metrics->durable > metrics->signed_position ? (double)(metrics->durable - metrics->signed_position) : 0,
         "Records on the disk that no signed checkpoint covers yet."},
        {"sanling_checkpoint_unsigned_seconds", "gauge", metrics->unsigned_s,
         "For how long there have been such records without a new checkpoint."},
        {"sanling_backup_verified_timestamp_seconds", "gauge", metrics->backup_at_s,
         "When the last backup was opened, read whole and found to have the hub's digest, since 1970. NaN: never."},
        {"sanling_backup_verified_position", "gauge", metrics->backup_position,
         "Last record that is surely in that backup."},
        {"sanling_backup_duration_seconds", "gauge", metrics->backup_took_s,
         "From when that backup was asked for until it was verified."},
    };
    EXPOSITION_ROWS(to, rows);
}

static void write_loop(FILE *to, const struct metrics *metrics, double age_s)
{
    const struct counts *counts = &metrics->counts;
    const struct exposition_row rows[] = {
        {"sanling_figures_age_seconds", "gauge", age_s,
         "Since the hub's loop gave these figures; a loop that turns gives them each second."},
        {"sanling_demonstration", "gauge", metrics->demonstration, "1 for a demonstration hub, whose clock is set."},
        {"sanling_clock_leap_seconds", "gauge", metrics->clock_leap_s,
         "How far the machine's clock has leapt ahead, so that it is not followed; 0 while it is."},
        {"sanling_sessions", "gauge", (double)metrics->sessions, "Sessions of clients."},
        {"sanling_subscriptions", "gauge", (double)metrics->subscriptions, "Subscriptions of those sessions."},
        {"sanling_subscriptions_stalled", "gauge", (double)metrics->stalled,
         "Subscriptions for which there are records and whose client gave no credit for them."},
        {"sanling_subscriptions_credit_records", "gauge", (double)metrics->credit,
         "Records that clients are ready to take now."},
        {"sanling_records_delivered_total", "counter", (double)counts->delivered, "Records sent to subscriptions."},
        {"sanling_replies_waiting", "gauge", (double)metrics->replies_waiting,
         "Answers that wait until what they say is on the disk."},
        {"sanling_questions_waiting", "gauge", (double)metrics->questions_waiting,
         "Questions of identities that asked much, waiting for the loop."},
        {"sanling_reads_in_flight", "gauge", (double)metrics->reads, "Requests with the log's reader."},
        {"sanling_busy_total", "counter", (double)counts->busy, "BUSY answers: over a limit, to be asked again."},
        {"sanling_audit_failing", "gauge", metrics->audit_failed,
         "1 while refusals cannot be written to the audit folder; they are kept in memory."},
    };
    EXPOSITION_ROWS(to, rows);
    exposition_head(to, "sanling_refusals_total", "counter",
                    "What was refused, as in the audit folder, by what was asked and code.");
    for (int what = 0; what < METRICS_WHATS; what++)
        for (int code = 0; code < METRICS_CODES; code++)
            if (counts->refusals[what][code] > 0) {
                fputs("sanling_refusals_total", to);
                exposition_label(to, "{", "what", refused_what_name((enum refused_what)what));
                exposition_label(to, ",", "code", code_name(code));
                fputc('}', to);
                exposition_whole(to, counts->refusals[what][code]);
            }
}

static void write_office_row(FILE *to, const char *name, int office, double number)
{
    fputs(name, to);
    exposition_label(to, "{", "office", enum_name(&sanling__v1__office__kind__descriptor, office));
    fputc('}', to);
    exposition_value(to, number);
}

static void write_offices(FILE *to, const struct metrics *metrics)
{
    exposition_head(
        to, "sanling_office_silence_seconds", "gauge",
        "Since the hub heard anything of an identity of the office; before its start, of a record. +Inf: never.");
    for (int office = 1; office < OFFICE_LIMIT; office++)
        if (metrics->offices[office].shown)
            write_office_row(to, "sanling_office_silence_seconds", office, metrics->offices[office].silent_s);
    exposition_head(to, "sanling_office_sessions", "gauge", "Sessions of identities of the office.");
    for (int office = 1; office < OFFICE_LIMIT; office++)
        if (metrics->offices[office].shown)
            write_office_row(to, "sanling_office_sessions", office, metrics->offices[office].sessions);
    exposition_head(to, "sanling_sources", "gauge", "Sources that ever sent an event.");
    fputs("sanling_sources", to);
    exposition_whole(to, metrics->source_count);
    exposition_head(to, "sanling_source_silence_seconds", "gauge",
                    "Since an event of the source was recorded or rejected. Of the first 1024 sources.");
    for (uint32_t i = 0; i < metrics->sources_shown; i++) {
        const struct source_figures *source = &metrics->sources[i];
        fputs("sanling_source_silence_seconds", to);
        exposition_label(to, "{", "source", source->name);
        exposition_label(to, ",", "office", enum_name(&sanling__v1__office__kind__descriptor, (int)source->office));
        fputc('}', to);
        exposition_value(to, source->silent_s);
    }
}

static void write_consumer(FILE *to, const char *name, const struct consumer_figures *consumer, double number)
{
    fputs(name, to);
    exposition_label(to, "{", "consumer", consumer->name);
    exposition_label(to, ",", "identity", consumer->identity);
    fputc('}', to);
    exposition_value(to, number);
}

static void write_consumers(FILE *to, const struct metrics *metrics)
{
    exposition_head(to, "sanling_consumer_lag_records", "gauge",
                    "Positions on the disk that the durable name has not acknowledged.");
    for (uint32_t i = 0; i < metrics->consumers_shown; i++)
        write_consumer(to, "sanling_consumer_lag_records", &metrics->consumers[i], (double)metrics->consumers[i].lag);
    exposition_head(
        to, "sanling_consumer_oldest_seconds", "gauge",
        "Since the oldest record was recorded that the durable name has not acknowledged; 0: none. NaN: looked up "
        "now.");
    for (uint32_t i = 0; i < metrics->consumers_shown; i++)
        write_consumer(to, "sanling_consumer_oldest_seconds", &metrics->consumers[i], metrics->consumers[i].oldest_s);
    exposition_head(to, "sanling_consumer_connected", "gauge", "1 while a session reads the durable name.");
    for (uint32_t i = 0; i < metrics->consumers_shown; i++)
        write_consumer(to, "sanling_consumer_connected", &metrics->consumers[i], metrics->consumers[i].connected);
}

void metrics_write(const struct metrics *metrics, double age_s, FILE *to)
{
    exposition_head(to, "sanling_build_info", "gauge", "1, with the version of the hub.");
    fputs("sanling_build_info{version=\"" SANLING_VERSION "\"} 1\n", to);
    write_loop(to, metrics, age_s);
    write_events(to, &metrics->counts);
    write_risk(to, metrics);
    write_commits(to, metrics);
    write_log(to, metrics);
    write_offices(to, metrics);
    write_consumers(to, metrics);
    exposition_process(to);
}
