#include "hub.h"
#include "log/log_view.h"

#include <czmq.h>
#include <errno.h>
#include <malloc.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "access_change.h"
#include "answer_backup.h"
#include "answer_proof.h"
#include "awake.h"
#include "committing.h"
#include "domain/day.h"
#include "journal.h"
#include "monitoring.h"
#include "publish.h"
#include "query.h"
#include "reception.h"
#include "recovery.h"
#include "refusing.h"
#include "subscribe.h"

enum {
    POLL_MS = 250,
    SECOND_MS = 1000,
    WATCHDOG_MS = 10000,
    ANSWER_BUDGET = 64 << 20,
    DAYS_AT_ONCE = 8,            /* closed in one turn: more than a week's rest */
    CLOCK_BEHIND_S = 60,         /* the machine's clock, before it is told */
    OPENING_BYTES = 16 << 20,    /* must be free where the log is opened, or the reserve if that is less */
    FREED_KEPT_BYTES = 32 << 20, /* by the allocator, for whoever asks next */
};

int64_t hub_monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t hub_monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t machine_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t hub_now_us(const struct hub *hub)
{
    const struct state_heads *heads = &hub->ledger.state.heads;
    if (heads->demonstration)
        return heads->recorded_at_us;
    int64_t now_us = wall_clock_now_us(&hub->clock, machine_us(), hub_monotonic_us());
    return now_us > heads->recorded_at_us ? now_us : heads->recorded_at_us;
}

void hub_show_now(struct hub *hub)
{
    const struct state_heads *heads = &hub->ledger.state.heads;
    hub->shown = (struct shown){.state = &hub->ledger.state,
                                .day_before = &hub->day_before,
                                .sums = hub->sums,
                                .time_us = hub_now_us(hub),
                                .day = heads->today,
                                .position = heads->position,
                                .known_us = heads->recorded_at_us};
}

const char *hub_code_name(Sanling__V1__Code__Kind code)
{
    const ProtobufCEnumValue *value =
        protobuf_c_enum_descriptor_get_value(&sanling__v1__code__kind__descriptor, (int)code);
    return value ? value->name : "?";
}

static void send_error(struct hub *hub, const struct peer *peer, Sanling__V1__Error *error)
{
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_ERROR;
    message.error = error;
    reply_add(&hub->replies, peer, &message);
}

/* Of the message at hand, or of one that was taken before and is answered late. */
static void note_refusal(struct hub *hub, const struct peer *peer, Sanling__V1__Code__Kind code, uint32_t query,
                         uint32_t subscription)
{
    const struct session *session = hub->asking.what == 0 ? sessions_find(&hub->sessions, peer) : NULL;
    if (session && (query != 0 || subscription != 0))
        refusing_begin(hub, REFUSED_IDENTITY, session->identity, query != 0 ? REFUSED_QUERY : REFUSED_SUBSCRIBE);
    (void)refusing_note(hub, code);
    if (session)
        hub->asking.what = 0;
}

void hub_error(struct hub *hub, const struct peer *peer, Sanling__V1__Code__Kind code, uint32_t query,
               uint32_t subscription, const char *text)
{
    note_refusal(hub, peer, code, query, subscription);
    hub_tell(hub, peer, code, query, subscription, text);
}

void hub_tell(struct hub *hub, const struct peer *peer, Sanling__V1__Code__Kind code, uint32_t query,
              uint32_t subscription, const char *text)
{
    Sanling__V1__Error error = SANLING__V1__ERROR__INIT;
    error.code = code;
    error.text = (char *)text;
    error.query = query;
    error.subscription = subscription;
    send_error(hub, peer, &error);
}

void hub_busy(struct hub *hub, const struct peer *peer, uint32_t query, uint32_t subscription, uint32_t retry_after_ms,
              const char *text)
{
    Sanling__V1__Error error = SANLING__V1__ERROR__INIT;
    error.code = SANLING__V1__CODE__KIND__BUSY;
    error.text = (char *)text;
    error.query = query;
    error.subscription = subscription;
    error.retry_after_ms = retry_after_ms;
    hub->counts.busy++;
    note_refusal(hub, peer, error.code, query, subscription);
    send_error(hub, peer, &error);
}

/* ---- opening ---- */

/* Tells the service manager that the start goes on. */
static void report_reading(uint64_t position, uint64_t last)
{
    sd_notifyf(0, "EXTEND_TIMEOUT_USEC=30000000\nSTATUS=reading the log: %llu of %llu", (unsigned long long)position,
               (unsigned long long)last);
}

static bool check_kind(const struct hub *hub, struct fault *fault)
{
    bool demonstration = hub->ledger.state.heads.demonstration != 0;
    if (demonstration == hub->config->demonstration)
        return true;
    return fault_set(fault, FAULT_USAGE,
                     demonstration ? "%s: a demonstration hub's data, which can never become a real one's"
                                   : "%s: a real hub's data, which cannot become a demonstration",
                     hub->config->data);
}

static void create(struct hub *hub)
{
    uint8_t random[16];
    char name[33];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(name, sizeof name, random, sizeof random);
    int64_t now_us = hub->config->demonstration ? hub->config->demonstration_clock_us : hub_now_us(hub);
    ledger_note_created(&hub->ledger, name, hub->config->demonstration, now_us);
}

static bool start_notary(struct hub *hub, struct fault *fault)
{
    char name_new[NOTE_NAME_MAX + 1];
    snprintf(name_new, sizeof name_new, "sanling/%s", state_text(&hub->ledger.state, hub->ledger.state.heads.hub));
    const struct log_tree_options options = {
        .data = hub->config->data,
        .key = hub->config->log_key,
        .name = hub->config->log_name,
        .name_new = hub->config->log_name[0] ? hub->config->log_name : name_new,
        .witnesses = &hub->config->witnesses,
        .progress = report_reading,
    };
    hub->notary = notary_start(hub->log, hub->durable.position, &options, fault);
    return hub->notary != NULL;
}

static bool open_audit(struct hub *hub, struct fault *fault)
{
    char folder[CONFIG_PATH_SIZE + 8];
    hub->started_us = machine_us();
    hub->refusals = refusals_open();
    snprintf(folder, sizeof folder, "%s/audit", hub->config->data);
    hub->audit = audit_start(folder, fault);
    return hub->audit != NULL;
}

/* A clock that leapt while the hub rested would close days for ever, and a hub that rested so long is behind what
 * everybody sends. Which it is only an operator knows. */
static bool begin_clock(struct hub *hub, struct fault *fault)
{
    const struct state *state = &hub->ledger.state;
    const int64_t now_us = machine_us();
    char today[DAY_TEXT_SIZE];
    if (state->heads.demonstration)
        return true;
    /* Without a policy there are no days, and a hub may wait for its first one as long as it takes. */
    wall_clock_begin(&hub->clock, state_policy(state) ? state->heads.recorded_at_us : 0, hub_monotonic_us(),
                     hub->config->clock_confirmed_us);
    const int64_t leap_us = wall_clock_leap_us(&hub->clock, now_us, hub_monotonic_us());
    wall_clock_look(&hub->clock, now_us, hub_monotonic_us());
    if (leap_us == 0)
        return true;
    day_format(day_of_time(now_us, state_policy(state)->zone_offset_minutes), today);
    return fault_set(fault, FAULT_SYSTEM,
                     "clock: the machine's says %s, %lld days after the last record, and a day that is closed stays "
                     "closed; set it right, or if it is right and the hub rested so long, write 'clock_confirmed: %s' "
                     "into the configuration",
                     today, (long long)(leap_us / US_PER_DAY), today);
}

/* What was long to read is written before anything else: a kill does not cost it again. */
static bool read_state(struct hub *hub, struct fault *fault)
{
    uint64_t began;
    hub->state_store = state_store_open(hub->config->data);
    if (!recover_state(&hub->ledger, hub->log, hub->state_store, &began, report_reading, fault))
        return false;
    hub->durable = event_log_head(hub->log);
    hub->snapshot_position = hub->ledger.state.heads.position;
    hub->counts.snapshot_position = began;
    if (hub->durable.position - began >= hub->config->snapshot_records)
        (void)committing_write_state(hub);
    return true;
}

/* Opening the log writes files; without room for them it fails half way, with words about one of them. */
static bool has_room_to_open(const struct config *config, struct fault *fault)
{
    struct statvfs disk;
    const uint64_t least = config->reserve_bytes < OPENING_BYTES ? config->reserve_bytes : OPENING_BYTES;
    if (statvfs(config->data, &disk) != 0 || (uint64_t)disk.f_bavail * disk.f_frsize >= least)
        return true;
    return fault_set(fault, FAULT_FULL, "%s: the disk is full and the log cannot be opened; free or add space",
                     config->data);
}

static bool open_parts(struct hub *hub, const char *public_key, const char *secret_key, struct fault *fault)
{
    const struct config *config = hub->config;
    if (mkdir(config->data, 0700) != 0 && errno != EEXIST)
        return fault_set(fault, FAULT_USAGE, "%s: %s", config->data, strerror(errno));
    if (!has_room_to_open(config, fault))
        return false;
    if (!backup_read_restorations(config->data, &hub->restorations, fault))
        return false;
    backup_read_verified(config->data, &hub->backed_up);
    hub->access = access_read(config->access, fault);
    /* A whole log is read at some hundred megabytes a second; the service manager is told that this may take long. */
    sd_notify(0, "EXTEND_TIMEOUT_USEC=3600000000\nSTATUS=checking the log");
    const enum event_log_mode mode = config->verify_tail ? EVENT_LOG_OPEN_UNREAD : EVENT_LOG_OPEN_OR_CREATE;
    hub->log = hub->access ? event_log_open(config->data, mode, fault) : NULL;
    if (!hub->log || !read_state(hub, fault) || !begin_clock(hub, fault))
        return false;
    CLEANUP(log_view_close) struct log_view *view = log_view_open(hub->log);
    if (!log_view_cursors(view, subscribe_load_cursor, &hub->cursors, fault))
        return false;
    hub->ledger.gathering = committing_next(hub);
    if (hub->durable.position == 0)
        create(hub);
    if (!check_kind(hub, fault))
        return false;
    access_change_record_file(hub);
    if (!start_notary(hub, fault))
        return false;
    hub->writer = log_writer_start(hub->log, fault);
    hub->reader = hub->writer ? reader_start(hub->log, fault) : NULL;
    hub->past = hub->reader ? past_start(hub->log, fault) : NULL;
    hub->state_writer = hub->past ? state_writer_start(hub->state_store, fault) : NULL;
    if (!hub->state_writer || !open_audit(hub, fault))
        return false;
    if (config->for_latency && !(hub->awake = awake_start(fault)))
        return false;
    hub->backup = backup_start(hub->log, config->data, config->access, fault);
    if (!hub->backup)
        return false;
    const struct endpoint_options options = {
        .listen = config->listen, .public_key = public_key, .secret_key = config->plain ? NULL : secret_key};
    hub->endpoint = endpoint_open(hub->context, &options, fault);
    return hub->endpoint != NULL;
}

struct hub *hub_open(const struct config *config, const char *public_key, const char *secret_key, struct fault *fault)
{
    struct hub *hub = calloc(1, sizeof *hub);
    if (!hub)
        abort();
    hub->config = config;
    hub->context = zmq_ctx_new();
    hub->arena = wire_arena_open(ANSWER_BUDGET);
    if (!hub->context || !hub->arena)
        abort();
    hub->hasher = many_hashes_open();
    hub->decoder_ahead = decoder_open();
    ledger_open(&hub->ledger);
    hub->clock_version = 1;
    hub->sums = figure_sums_open();
    hub_show_now(hub);
    if (!monitoring_start(hub, fault) || !open_parts(hub, public_key, secret_key, fault))
        hub_close(&hub);
    return hub;
}

const char *hub_address(const struct hub *hub)
{
    return endpoint_address(hub->endpoint);
}

/* ---- a turn: receive, decide, submit, answer, deliver ---- */

void hub_read_waiting(struct hub *hub)
{
    struct read_request *waiting = hub->waiting;
    hub->waiting = NULL;
    while (waiting) {
        struct read_request *request = waiting;
        waiting = request->next;
        request->next = NULL;
        hub_read(hub, &request);
    }
}

void hub_read(struct hub *hub, struct read_request **request)
{
    bool durable =
        (*request)->needs_position <= hub->durable.position && (*request)->needs_rejections <= hub->durable.rejections;
    if (durable) {
        reader_submit(hub->reader, request);
        return;
    }
    (*request)->next = hub->waiting;
    hub->waiting = *request;
    *request = NULL;
}

static void take_read(struct hub *hub)
{
    struct read_request *request;
    while ((request = reader_take(hub->reader)) != NULL) {
        hub->wake = true; /* there is room with the reader again */
        usage_return(request->usage, request->kind);
        request->usage = NULL;
        if (request->kind == READ_COMPARISON)
            monitoring_compared(hub, &request->comparison);
        if (request->subscription) {
            subscribe_returned(hub, request);
        } else if (request->kind == READ_COMPARISON && !request->failed) {
            publish_compared(hub, request);
            read_request_close(&request);
        } else if (request->kind == READ_TIME && !request->query) {
            monitoring_time_read(hub, request);
            read_request_close(&request);
        } else {
            query_returned(hub, request);
        }
    }
}

/* The tree takes what became durable, and proofs go out. */
static void turn_notary(struct hub *hub)
{
    struct notary_request *request;
    while ((request = notary_take(hub->notary)) != NULL) {
        if (request->failed) { /* what cannot be proven is not promised: stop, and compare after a restart */
            hub->failed = true;
            fault_set(&hub->fault, request->fault.code,
                      "the log's tree: %.400s; what is acknowledged is in the log: start the hub again, and where that "
                      "fails, too, check the folder with --verify",
                      request->fault.text);
        } else {
            proof_answered(hub, request);
        }
        notary_request_close(&request);
    }
    notary_turn(hub->notary, hub->durable.position, hub_monotonic_ms());
}

/* Past states that came: what waited for them is asked again. */
static void take_past(struct hub *hub)
{
    bool failed;
    struct fault fault;
    struct past_question *waiting = past_take(hub->past, hub_monotonic_ms(), &failed, &fault);
    if (failed) { /* what the log holds cannot be read: stop, as for any reader of it */
        hub->failed = true;
        hub->fault = fault;
    }
    while (waiting) {
        struct past_question *next = waiting->next;
        query_ask_again(hub, &waiting->peer, waiting->query, waiting->size);
        past_question_free(&waiting);
        waiting = next;
    }
}

/* A slice of the rows that trees wait for. */
static void make_tree_rows(struct hub *hub)
{
    struct past_question *waiting = tree_rows_turn(&hub->tree_rows, &hub->ledger.state, &hub->scratch);
    while (waiting) {
        struct past_question *next = waiting->next;
        query_ask_again(hub, &waiting->peer, waiting->query, waiting->size);
        past_question_free(&waiting);
        waiting = next;
    }
    hub->tree_rows.made = NULL;
}

static void look_at_disk(struct hub *hub)
{
    struct statvfs disk;
    const bool known = statvfs(hub->config->data, &disk) == 0;
    if (known)
        hub->counts.disk_free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    bool full = known && hub->counts.disk_free_bytes < hub->config->reserve_bytes;
    if (full != hub->disk_full)
        journal(full ? JOURNAL_ERROR : JOURNAL_NOTICE,
                full
                    ? "disk: less than the reserve is free (%s: %llu of %llu MiB); new events are refused [STORE_FULL] "
                      "until there is room again: make room, but not in that folder"
                    : "disk: there is room again; events are taken (%s: %llu MiB free, %llu reserved)",
                hub->config->data, (unsigned long long)(hub->counts.disk_free_bytes >> 20),
                (unsigned long long)(hub->config->reserve_bytes >> 20));
    hub->disk_full = full;
}

/* Days are closed by the machine's clock, whatever it says: where that was wrong, somebody must learn of it. */
static void close_days(struct hub *hub)
{
    const int closed = ledger_close_days(&hub->ledger, hub_now_us(hub));
    if (closed > 0)
        hub->clock_version++;
    if (closed >= DAYS_AT_ONCE)
        journal(JOURNAL_WARNING,
                "clock: %d days were closed at once and stay closed: the hub rested so long, or the machine's clock is "
                "or was wrong",
                closed);
}

static void look_for_leap(struct hub *hub, int64_t now_us)
{
    const int64_t leap_us = wall_clock_leap_us(&hub->clock, now_us, hub_monotonic_us());
    wall_clock_look(&hub->clock, now_us, hub_monotonic_us());
    if (leap_us != 0 && hub->clock_leap_us == 0)
        journal(JOURNAL_ERROR,
                "clock: the machine's has leapt %lld days ahead and is not followed [CLOCK_LEAP]: events are taken and "
                "days closed by the time that it should be; set it right, or if it is right, write clock_confirmed "
                "with today's date into the configuration and start the hub again",
                (long long)(leap_us / US_PER_DAY));
    else if (leap_us == 0 && hub->clock_leap_us != 0)
        journal(JOURNAL_NOTICE, "clock: the machine's is right again, and followed");
    hub->clock_leap_us = leap_us;
}

static void look_at_clock(struct hub *hub)
{
    const int64_t now_us = machine_us();
    look_for_leap(hub, now_us);
    const int64_t behind_s = (hub->ledger.state.heads.recorded_at_us - now_us) / 1000000;
    const bool behind = behind_s > CLOCK_BEHIND_S;
    if (behind && !hub->clock_behind)
        journal(JOURNAL_WARNING,
                "clock: the machine's is %lld s behind the last record: records keep that one's time until it has "
                "caught up",
                (long long)behind_s);
    else if (!behind && hub->clock_behind)
        journal(JOURNAL_NOTICE, "clock: the machine's has caught up with the last record");
    hub->clock_behind = behind;
}

/* What a burst, or a peer that reads nothing, left behind between blocks that are in use goes back to the system. */
static void give_memory_back(void)
{
    if (mallinfo2().fordblks > FREED_KEPT_BYTES)
        malloc_trim(0);
}

/* What time brings: closed days, the disk, the watchdog. */
static void tick(struct hub *hub, int64_t *watchdog_ms)
{
    int64_t now_ms = hub_monotonic_ms();
    if (!hub->ledger.state.heads.demonstration && !committing_is_full(hub))
        close_days(hub);
    if (now_ms - hub->second_ms >= SECOND_MS) {
        hub->second_ms = now_ms;
        look_at_disk(hub);
        if (!hub->ledger.state.heads.demonstration)
            look_at_clock(hub);
        past_forget_idle(hub->past, now_ms);
        subscribe_tell_progress(hub);
        refusing_write(hub);
        monitoring_turn(hub);
    }
    if (now_ms - *watchdog_ms >= WATCHDOG_MS) {
        *watchdog_ms = now_ms;
        reception_forget_silent(hub, now_ms);
        usages_forget_idle(&hub->usages, &hub->config->limits, hub_monotonic_us());
        give_memory_back();
        sd_notify(0, "WATCHDOG=1");
    }
}

/* Of the loop, so that what others do on the machine is not taken for the hub's own work. */
static int64_t processor_us(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * 1000000 + used.tv_nsec / 1000;
}

/* Summaries conflate: who wants them gets the newest, when it is time. */
static void send_summaries(struct hub *hub)
{
    const int64_t now_ms = hub_monotonic_ms();
    if (!summary_pace_may(&hub->summary_pace, now_ms) || !subscribe_summaries_due(hub))
        return;
    const int64_t begun_us = processor_us();
    const bool sent = subscribe_send_summaries(hub);
    const int64_t cost_us = processor_us() - begun_us;
    if (sent)
        summary_pace_note(&hub->summary_pace, now_ms, cost_us);
    else
        summary_pace_go_on(&hub->summary_pace, now_ms, cost_us);
}

static void reload_access(struct hub *hub)
{
    struct fault fault;
    struct access *access = access_read(hub->config->access, &fault);
    if (!access) {
        journal(JOURNAL_ERROR, "access not reloaded, the old one holds: %s; mend the file, then reload again",
                fault.text);
        return;
    }
    access_close(&hub->access);
    hub->access = access;
    size_t changes = access_change_record_file(hub);
    reception_end_sessions(hub, NULL);
    journal(JOURNAL_NOTICE, "access reloaded: %zu identities, %zu changes recorded", access_count(access), changes);
}

static long shorter(long one_ms, long other_ms)
{
    return other_ms >= 0 && other_ms < one_ms ? other_ms : one_ms;
}

static long poll_ms(const struct hub *hub)
{
    const long notary_ms = notary_due_ms(hub->notary, hub->durable.position, hub_monotonic_ms());
    if (!tree_rows_busy(&hub->tree_rows) && !commit_empty(hub->ledger.gathering) && log_writer_busy(hub->writer) == 0)
        return shorter((long)((committing_left_us(hub) + 999) / 1000), notary_ms);
    if (tree_rows_busy(&hub->tree_rows) || hub->questions)
        return 0;
    return shorter(subscribe_summaries_due(hub) ? summary_pace_left_ms(&hub->summary_pace, hub_monotonic_ms())
                                                : POLL_MS,
                   notary_ms);
}

static void wait_for_work(struct hub *hub)
{
    zmq_pollitem_t items[] = {
        {.socket = endpoint_handler_socket(hub->endpoint), .events = ZMQ_POLLIN},
        {.socket = log_writer_socket(hub->writer), .events = ZMQ_POLLIN},
        {.socket = reader_socket(hub->reader), .events = ZMQ_POLLIN},
        {.socket = past_socket(hub->past), .events = ZMQ_POLLIN},
        {.socket = notary_socket(hub->notary), .events = ZMQ_POLLIN},
        {.socket = audit_socket(hub->audit), .events = ZMQ_POLLIN},
        {.socket = backup_socket(hub->backup), .events = ZMQ_POLLIN},
        {.socket = endpoint_socket(hub->endpoint), .events = ZMQ_POLLIN},
    };
    /* While the commit is full clients wait: what they send stays in their sockets. */
    int count = committing_is_full(hub) ? 7 : 8;
    /* Set for latency: while events come the loop stays awake, which saves the time that waking takes. */
    const long wait_ms = poll_ms(hub);
    const int64_t due_us = hub_monotonic_us() + wait_ms * 1000;
    const int64_t awake_until_us = hub->busy_until_us < due_us ? hub->busy_until_us : due_us;
    while (hub_monotonic_us() < awake_until_us)
        if (zmq_poll(items, count, 0) != 0)
            return;
    zmq_poll(items, count, wait_ms);
}

bool hub_run(struct hub *hub, const volatile sig_atomic_t *stop, volatile sig_atomic_t *reload, struct fault *fault)
{
    int64_t watchdog_ms = 0;
    sd_notifyf(0, "READY=1\nSTATUS=listening at %s, position %llu", hub_address(hub),
               (unsigned long long)hub->durable.position);
    while (!*stop && !hub->failed) {
        wait_for_work(hub);
        reception_admit(hub);
        refusing_take(hub);
        committing_answer(hub);
        take_read(hub);
        take_past(hub);
        turn_notary(hub);
        backup_go_on(hub);
        make_tree_rows(hub);
        reception_receive(hub);
        reception_answer_waiting(hub);
        tick(hub, &watchdog_ms);
        send_summaries(hub);
        committing_submit(hub);
        if (hub->wake) {
            hub->wake = false;
            subscribe_wake(hub);
        }
        if (*reload) {
            *reload = 0;
            reload_access(hub);
        }
    }
    sd_notify(0, "STOPPING=1");
    monitoring_end(hub);
    if (hub->failed)
        *fault = hub->fault;
    return !hub->failed;
}

/* ---- closing ---- */

/* Makes durable what was gathered, and answers it; writes the state. */
static void finish(struct hub *hub)
{
    while (!hub->failed && (!commit_empty(hub->ledger.gathering) || hub->in_flight_count > 0)) {
        zmq_pollitem_t item = {.socket = log_writer_socket(hub->writer), .events = ZMQ_POLLIN};
        committing_submit(hub);
        zmq_poll(&item, 1, 10);
        committing_answer(hub);
    }
    if (hub->failed)
        return;
    committing_send_replies(hub, &hub->replies);
    struct state_write *write = state_writer_stop(&hub->state_writer);
    if (write)
        committing_take_written(hub, write);
    committing_write_state(hub);
}

void hub_close(struct hub **hub_to_close)
{
    struct hub *hub = *hub_to_close;
    if (!hub)
        return;
    *hub_to_close = NULL;
    if (hub->endpoint)
        finish(hub);
    sessions_clear(&hub->sessions);
    while (hub->reader && reader_busy(hub->reader) > 0) { /* what is lent comes back and is given up */
        zmq_pollitem_t item = {.socket = reader_socket(hub->reader), .events = ZMQ_POLLIN};
        zmq_poll(&item, 1, -1);
        take_read(hub);
    }
    monitor_stop(&hub->monitor);
    awake_stop(&hub->awake);
    endpoint_close(&hub->endpoint);
    refusing_end(hub);
    past_stop(&hub->past);
    backup_stop(&hub->backup);
    notary_stop(&hub->notary, hub->failed ? 0 : hub->durable.position);
    reader_stop(&hub->reader);
    log_writer_stop(&hub->writer);
    struct state_write *write = state_writer_stop(&hub->state_writer);
    state_write_close(&write);
    state_write_close(&hub->snapshot);
    state_store_close(&hub->state_store);
    while (hub->waiting) {
        struct read_request *request = hub->waiting;
        hub->waiting = request->next;
        read_request_close(&request);
    }
    for (int i = 0; i < hub->in_flight_count; i++) {
        reply_clear(&hub->in_flight[i].replies);
        state_write_close(&hub->in_flight[i].snapshot);
    }
    reply_clear(&hub->replies);
    while (hub->questions) {
        struct waiting_question *question = hub->questions;
        hub->questions = question->next;
        free(question);
    }
    usages_clear(&hub->usages);
    cursors_clear(&hub->cursors);
    commit_close(&hub->spare);
    ledger_close(&hub->ledger);
    event_log_close(&hub->log);
    access_close(&hub->access);
    status_scratch_clear(&hub->scratch);
    day_before_clear(&hub->day_before);
    figure_sums_close(&hub->sums);
    tree_rows_clear(&hub->tree_rows);
    batch_tree_clear(&hub->batch_tree);
    many_hashes_close(&hub->hasher);
    decoder_close(&hub->decoder_ahead);
    wire_arena_close(&hub->arena);
    zmq_ctx_term(hub->context);
    free(hub);
}
