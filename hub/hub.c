#include "hub.h"

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
#include "domain/day.h"
#include "domain/source.h"
#include "journal.h"
#include "monitoring.h"
#include "publish.h"
#include "query.h"
#include "recovery.h"
#include "refusing.h"
#include "subscribe.h"

enum {
    PROTOCOL_VERSION = 1,
    TURN_MESSAGES_MAX = 64,     /* received in one turn, so that answers and deliveries get theirs */
    TURN_US_MAX = 20000,        /* and no more when they took so long */
    COMMIT_BYTES_MAX = 4 << 20, /* gathered before no more is received while the writer is full */
    COMMIT_EVENTS_MAX = 30000,
    COMMIT_HERE_BYTES_MAX = 64 << 10, /* set for latency: appended by the loop itself up to here */
    BUSY_WAIT_US = 2000,              /* set for latency: how long the loop stays awake behind a commit */
    COMMIT_COMPANY_BYTES = 512 << 10, /* a second commit goes to the writer once it is worth its own sync */
    POLL_MS = 250,
    SUMMARY_INTERVAL_MS = 200,
    SUMMARY_COST_FACTOR = 20,
    SECOND_MS = 1000,
    WATCHDOG_MS = 10000,
    ANSWER_BUDGET = 64 << 20,
    DAYS_AT_ONCE = 8,               /* closed in one turn: more than a week's rest */
    CLOCK_BEHIND_S = 60,            /* the machine's clock, before it is told */
    OPENING_BYTES = 16 << 20,       /* must be free where the log is opened, or the reserve if that is less */
    SNAPSHOT_COST_FACTOR = 20,      /* copying snapshots takes at most a twentieth of the loop's time */
    SNAPSHOT_KEPT_BYTES = 16 << 20, /* a larger buffer is freed */
    FREED_KEPT_BYTES = 32 << 20,    /* by the allocator, for whoever asks next */
};

int64_t hub_monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t monotonic_us(void)
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
    int64_t now_us = wall_clock_now_us(&hub->clock, machine_us(), monotonic_us());
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

static struct commit *next_commit(struct hub *hub)
{
    struct commit *commit = hub->spare ? hub->spare : commit_open();
    hub->spare = NULL;
    commit_reset(commit, hub->ledger.state.heads.position + 1);
    return commit;
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

/* Writes the state as it stands, which is that of the log's head. */
static bool write_state(struct hub *hub)
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
    wall_clock_begin(&hub->clock, state_policy(state) ? state->heads.recorded_at_us : 0, monotonic_us(),
                     hub->config->clock_confirmed_us);
    const int64_t leap_us = wall_clock_leap_us(&hub->clock, now_us, monotonic_us());
    wall_clock_look(&hub->clock, now_us, monotonic_us());
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
        (void)write_state(hub);
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
    hub->ledger.gathering = next_commit(hub);
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
    ledger_open(&hub->ledger);
    hub->summary_version = 1;
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

static void welcome(struct hub *hub, struct session *session, const struct identity *identity,
                    const Sanling__V1__Hello *hello)
{
    const struct state *state = &hub->ledger.state;
    Sanling__V1__Welcome welcome = SANLING__V1__WELCOME__INIT;
    Sanling__V1__Limits limits = SANLING__V1__LIMITS__INIT;
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Sanling__V1__SourceState states[64];
    Sanling__V1__SourceState *sources[64];
    Sanling__V1__Restoration restored[RESTORATIONS_MAX];
    Sanling__V1__Restoration *restorations[RESTORATIONS_MAX];
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    int64_t now_us = hub_now_us(hub);
    time.seconds = now_us / 1000000;
    time.nanos = (int32_t)(now_us % 1000000 * 1000);
    limits.message_bytes = WIRE_MESSAGE_SIZE_MAX;
    limits.event_bytes = WIRE_EVENT_SIZE_MAX;
    limits.events_per_publish = 10000;
    limits.publishes_in_flight = SESSION_PUBLISHES_MAX;
    limits.subscriptions = SESSION_SUBSCRIPTIONS_MAX;
    limits.rows_per_answer = 200;
    limits.messages_per_second = hub->config->limits.messages_per_second;
    limits.bytes_per_second = hub->config->limits.bytes_per_second;
    limits.identity_subscriptions = hub->config->limits.subscriptions;
    limits.identity_sessions = hub->config->limits.sessions;
    for (size_t i = 0; i < hello->n_sources && i < 64; i++) {
        uint32_t source = state_find_source(state, hello->sources[i]);
        sanling__v1__source_state__init(&states[i]);
        states[i].source = hello->sources[i];
        states[i].next_sequence = source ? state_source(state, source)->next_sequence : 1;
        sources[i] = &states[i];
        welcome.n_sources = i + 1;
    }
    welcome.sources = sources;
    welcome.protocol = PROTOCOL_VERSION;
    welcome.epoch = hello->epoch;
    welcome.hub = (char *)state_text(state, state->heads.hub);
    welcome.demonstration = state->heads.demonstration != 0;
    welcome.time = &time;
    welcome.position = state->heads.position;
    welcome.limits = &limits;
    welcome.identity = (char *)identity->name;
    welcome.role = (char *)role_name(identity->role);
    welcome.office = (Sanling__V1__Office__Kind)identity->office;
    welcome.unit = (char *)identity->root;
    for (size_t i = 0; i < hub->restorations.count; i++) {
        sanling__v1__restoration__init(&restored[i]);
        restored[i].restoration = hub->restorations.each[i].name;
        restored[i].position = hub->restorations.each[i].position;
        restorations[i] = &restored[i];
        welcome.restored_position = restored[i].position;
        welcome.restoration = restored[i].restoration;
    }
    welcome.restorations = restorations;
    welcome.n_restorations = hub->restorations.count;
    welcome.software = "sanling-hub " SANLING_VERSION;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_WELCOME;
    message.welcome = &welcome;
    reply_add(&hub->replies, &session->peer, &message);
}

void hub_end_sessions(struct hub *hub, const char *identity)
{
    struct session *session;
    struct session *next;
    HASH_ITER(hh, hub->sessions.by_peer, session, next)
    {
        if (identity && strcmp(session->identity, identity) != 0)
            continue;
        hub_tell(hub, &session->peer, SANLING__V1__CODE__KIND__HELLO_FIRST, 0, 0, "access changed: say hello again");
        sessions_remove(&hub->sessions, session);
    }
}

/* A message without a body, which tells a client nothing, shows whether it is there. */
static bool peer_stands(struct hub *hub, const struct peer *peer)
{
    uint8_t *nothing = malloc(1);
    if (!nothing)
        abort();
    return endpoint_send(hub->endpoint, peer, nothing, 0) != SEND_GONE;
}

/* Who only listens says nothing. */
static bool session_stands(struct hub *hub, const struct session *session)
{
    return session->subscription_count > 0 && peer_stands(hub, &session->peer);
}

static void forget_silent(struct hub *hub, int64_t now_ms)
{
    struct session *session;
    struct session *next;
    HASH_ITER(hh, hub->sessions.by_peer, session, next)
    {
        if (now_ms - session->heard_ms <= IDLE_MS)
            continue;
        session->heard_ms = now_ms;
        if (!session_stands(hub, session))
            sessions_remove(&hub->sessions, session);
    }
}

static struct usage *usage_of(struct hub *hub, const struct identity *identity)
{
    return usages_get(&hub->usages, identity->name, &hub->config->limits, monotonic_us());
}

/* Whether the identity may have one more session. Those whose client is gone are found first, but not for each hello
 * of a flood of them. */
static bool has_room(struct hub *hub, struct usage *usage)
{
    enum { SEARCH_US = 100000 };
    const int64_t now_us = monotonic_us();
    struct session *session;
    struct session *next;
    if (usage->sessions < hub->config->limits.sessions)
        return true;
    if (usage->searched_us != 0 && now_us - usage->searched_us < SEARCH_US)
        return false;
    usage->searched_us = now_us;
    HASH_ITER(hh, hub->sessions.by_peer, session, next)
    {
        if (session->usage == usage && !peer_stands(hub, &session->peer))
            sessions_remove(&hub->sessions, session);
    }
    return usage->sessions < hub->config->limits.sessions;
}

static void greet(struct hub *hub, const struct peer *peer, const struct identity *identity,
                  const Sanling__V1__Hello *hello)
{
    struct session *session = sessions_find(&hub->sessions, peer);
    if (hello->protocol != PROTOCOL_VERSION) {
        hub_error(hub, peer, SANLING__V1__CODE__KIND__VERSION_UNSUPPORTED, 0, 0, "this hub speaks version 1");
        return;
    }
    if (session) /* a new start on the same connection */
        sessions_remove(&hub->sessions, session);
    struct usage *usage = usage_of(hub, identity);
    if (!has_room(hub, usage)) {
        hub_busy(hub, peer, 0, 0, LIMIT_ROOM_MS, "the identity has too many sessions");
        return;
    }
    session = sessions_add(&hub->sessions, peer, identity->name, usage);
    if (!session) {
        forget_silent(hub, hub_monotonic_ms());
        hub_error(hub, peer, SANLING__V1__CODE__KIND__TOO_MANY, 0, 0, "too many sessions");
        return;
    }
    session->heard_ms = hub_monotonic_ms();
    if (usage_may_tell(usage, monotonic_us()))
        journal(JOURNAL_INFO, "session of %s opened", identity->name);
    welcome(hub, session, identity, hello);
}

/* Questions of an identity that asked much wait until nobody else wants something. */
static void take_question(struct hub *hub, const struct session *session, const struct identity *identity,
                          const Sanling__V1__Query *query)
{
    struct usage *usage = session->usage;
    int64_t began_us = monotonic_us();
    if (!usage_worked_much(usage, began_us)) {
        query_take(hub, session, identity, query);
        int64_t ended_us = monotonic_us();
        usage_charge_work(usage, ended_us - began_us, ended_us);
        return;
    }
    if (usage->waiting >= LIMIT_WAITING_MAX) {
        hub_busy(hub, &session->peer, query->id, 0, bucket_debt_ms(&usage->work, LIMIT_WORK_US_PER_SECOND),
                 "too many questions of this identity wait");
        return;
    }
    size_t size = sanling__v1__query__get_packed_size(query);
    struct waiting_question *question = malloc(sizeof *question + size);
    if (!question)
        abort();
    *question = (struct waiting_question){.usage = usage, .peer = session->peer, .size = size};
    sanling__v1__query__pack(query, question->query);
    *(hub->questions ? hub->questions_end : &hub->questions) = question;
    hub->questions_end = &question->next;
    usage->waiting++;
}

/* The oldest of the questions that wait; one a turn. */
static void answer_waiting(struct hub *hub)
{
    struct waiting_question *question = hub->questions;
    if (!question)
        return;
    hub->questions = question->next;
    int64_t began_us = monotonic_us();
    query_ask_again(hub, &question->peer, question->query, question->size);
    int64_t ended_us = monotonic_us();
    question->usage->waiting--;
    usage_charge_work(question->usage, ended_us - began_us, ended_us);
    free(question);
}

/* Everything but Publish, unpacked. */
static void take_message(struct hub *hub, const struct peer *peer, struct session *session,
                         const struct identity *identity, const uint8_t *bytes, size_t size)
{
    struct wire_finding finding;
    wire_arena_reset(hub->arena);
    const Sanling__V1__ClientMessage *message = (const void *)wire_unpack(
        hub->arena, &sanling__v1__client_message__descriptor, bytes, size, &wire_message_limits, &finding);
    if (!message || message->body_case == SANLING__V1__CLIENT_MESSAGE__BODY__NOT_SET) {
        if (refusing_note(hub, SANLING__V1__CODE__KIND__MALFORMED))
            journal(JOURNAL_NOTICE, "session of %s: message refused: %s", identity->name,
                    finding.flaw == WIRE_OK ? "no body that this hub knows" : wire_flaw_text(finding.flaw));
        hub_tell(hub, peer, SANLING__V1__CODE__KIND__MALFORMED, 0, 0, "not a message of this protocol");
        return;
    }
    if (message->body_case == SANLING__V1__CLIENT_MESSAGE__BODY_HELLO) {
        greet(hub, peer, identity, message->hello);
        return;
    }
    if (!session) {
        hub_error(hub, peer, SANLING__V1__CODE__KIND__HELLO_FIRST, 0, 0, "say hello first");
        return;
    }
    switch (message->body_case) {
    case SANLING__V1__CLIENT_MESSAGE__BODY_SUBSCRIBE:
        subscribe_start(hub, session, identity, message->subscribe);
        return;
    case SANLING__V1__CLIENT_MESSAGE__BODY_UNSUBSCRIBE:
        subscribe_end(hub, session, message->unsubscribe);
        return;
    case SANLING__V1__CLIENT_MESSAGE__BODY_CREDIT:
        subscribe_credit(hub, session, message->credit);
        return;
    case SANLING__V1__CLIENT_MESSAGE__BODY_ACKNOWLEDGE:
        subscribe_acknowledge(hub, session, message->acknowledge);
        return;
    case SANLING__V1__CLIENT_MESSAGE__BODY_QUERY:
        take_question(hub, session, identity, message->query);
        return;
    case SANLING__V1__CLIENT_MESSAGE__BODY_HELLO:
    case SANLING__V1__CLIENT_MESSAGE__BODY_PUBLISH: /* taken before, without unpacking */
    case SANLING__V1__CLIENT_MESSAGE__BODY__NOT_SET:
    case _SANLING__V1__CLIENT_MESSAGE__BODY__CASE_IS_INT_SIZE:
        break;
    }
    hub_error(hub, peer, SANLING__V1__CODE__KIND__MALFORMED, 0, 0, "not a message that this hub knows");
}

/* What a message is about, as far as its refusal must know: looked for without unpacking, for refusing must be cheap.
 * All zero: nothing that this hub knows. */
struct subject {
    uint32_t body;   /* field of ClientMessage */
    uint32_t number; /* of the query or subscription */
};
enum {
    CLIENT_HELLO = 1,
    CLIENT_PUBLISH,
    CLIENT_SUBSCRIBE,
    CLIENT_UNSUBSCRIBE,
    CLIENT_CREDIT,
    CLIENT_ACKNOWLEDGE,
    CLIENT_QUERY
};

static struct subject find_subject(const uint8_t *bytes, size_t size)
{
    struct wire_reader reader = wire_read(bytes, size);
    struct wire_field field;
    struct subject subject = {0};
    while (subject.body == 0 && wire_next(&reader, &field))
        if (field.wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED && field.number <= CLIENT_QUERY)
            subject.body = field.number;
    if (subject.body < CLIENT_SUBSCRIBE)
        return subject;
    reader = wire_read(field.bytes, field.size);
    while (wire_next(&reader, &field)) /* of all of them the first field is the number */
        if (field.number == 1 && field.wire_type == PROTOBUF_C_WIRE_TYPE_VARINT)
            subject.number = (uint32_t)field.value;
    return subject;
}

static enum refused_what what_of(const struct subject *subject)
{
    static const enum refused_what whats[] = {[0] = REFUSED_MESSAGE,
                                              [CLIENT_HELLO] = REFUSED_HELLO,
                                              [CLIENT_PUBLISH] = REFUSED_PUBLISH,
                                              [CLIENT_SUBSCRIBE] = REFUSED_SUBSCRIBE,
                                              [CLIENT_UNSUBSCRIBE] = REFUSED_UNSUBSCRIBE,
                                              [CLIENT_CREDIT] = REFUSED_CREDIT,
                                              [CLIENT_ACKNOWLEDGE] = REFUSED_ACKNOWLEDGE,
                                              [CLIENT_QUERY] = REFUSED_QUERY};
    return whats[subject->body];
}

/* These cost little and end or free something: refused, they would have to be sent again. */
static bool always_passes(uint32_t body)
{
    return body == CLIENT_UNSUBSCRIBE || body == CLIENT_CREDIT || body == CLIENT_ACKNOWLEDGE;
}

/* The Publish within a frame, if the frame is one: that field once, none of the others, and whatever is unknown. */
static bool find_publish(const uint8_t *bytes, size_t size, struct wire_field *publish)
{
    struct wire_reader reader = wire_read(bytes, size);
    struct wire_field field;
    int found = 0;
    while (wire_next(&reader, &field)) {
        if (field.number == CLIENT_PUBLISH && field.wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED) {
            *publish = field;
            found++;
        } else if (field.number <= CLIENT_QUERY) {
            return false;
        }
    }
    return found == 1 && reader.flaw == WIRE_OK;
}

/* Whether the message is within the identity's limits; else it was refused with the time to wait. */
static bool within_limits(struct hub *hub, const struct peer *peer, const struct session *session, struct usage *usage,
                          const struct subject *subject, const uint8_t *bytes, size_t size)
{
    const struct limits *limits = &hub->config->limits;
    uint32_t wait_ms = usage_take(usage, limits, size, monotonic_us());
    if (wait_ms == 0)
        return true;
    if (always_passes(subject->body)) {
        usage_charge(usage, limits, size, monotonic_us());
        return true;
    }
    if (!session && subject->body > CLIENT_HELLO) { /* what it says then, it says in a session */
        hub_error(hub, peer, SANLING__V1__CODE__KIND__HELLO_FIRST, 0, 0, "say hello first");
        return false;
    }
    struct wire_field publish = {0};
    if (session && size <= WIRE_MESSAGE_SIZE_MAX && find_publish(bytes, size, &publish))
        publish_refuse(hub, session, publish.bytes, publish.size, wait_ms);
    else
        hub_busy(hub, peer, subject->body == CLIENT_QUERY ? subject->number : 0,
                 subject->body == CLIENT_SUBSCRIBE ? subject->number : 0, wait_ms,
                 "over this identity's messages or bytes a second");
    return false;
}

static void take_frame(struct hub *hub, const struct peer *peer, const char *key, zmq_msg_t *frame)
{
    const struct identity *identity =
        hub->config->plain ? access_by_name(hub->access, hub->config->plain_identity) : access_by_key(hub->access, key);
    const uint8_t *bytes = zmq_msg_data(frame);
    size_t size = zmq_msg_size(frame);
    struct session *session = sessions_find(&hub->sessions, peer);
    const struct subject subject = find_subject(bytes, size);
    if (!identity) { /* its key was withdrawn while it was connected */
        refusing_begin(hub, key[0] ? REFUSED_KEY : REFUSED_NOBODY, key, what_of(&subject));
        hub_error(hub, peer, SANLING__V1__CODE__KIND__NOT_PERMITTED, 0, 0, "this key has no access");
        if (session)
            sessions_remove(&hub->sessions, session);
        return;
    }
    refusing_begin(hub, REFUSED_IDENTITY, identity->name, what_of(&subject));
    const int64_t heard_ms = hub_monotonic_ms();
    hub->counts.heard_ms[identity->office] = heard_ms;
    if (session)
        session->heard_ms = heard_ms;
    if (!within_limits(hub, peer, session, session ? session->usage : usage_of(hub, identity), &subject, bytes, size))
        return;
    struct wire_field publish = {0};
    if (size <= WIRE_MESSAGE_SIZE_MAX && find_publish(bytes, size, &publish)) {
        if (session)
            publish_take(hub, session, identity, frame, publish.bytes, publish.size);
        else
            hub_error(hub, peer, SANLING__V1__CODE__KIND__HELLO_FIRST, 0, 0, "say hello first");
    } else {
        take_message(hub, peer, session, identity, bytes, size);
    }
}

static bool gathering_full(const struct hub *hub)
{
    const struct commit *commit = hub->ledger.gathering;
    return block_builder_size(&commit->blocks) >= COMMIT_BYTES_MAX || commit->blocks.count >= COMMIT_EVENTS_MAX ||
           commit->rejection_count >= COMMIT_EVENTS_MAX;
}

/* It is no message, and gets no answer. */
static void note_scrap(struct hub *hub, const char *key)
{
    const struct identity *identity = key ? access_by_key(hub->access, key) : NULL;
    if (identity)
        refusing_begin(hub, REFUSED_IDENTITY, identity->name, REFUSED_MESSAGE);
    else
        refusing_begin(hub, key && key[0] ? REFUSED_KEY : REFUSED_NOBODY, key ? key : "", REFUSED_MESSAGE);
    (void)refusing_note(hub, SANLING__V1__CODE__KIND__MALFORMED);
}

/* Answers those who want to come in. */
static void admit(struct hub *hub)
{
    struct knock knock;
    enum admission admission;
    for (int i = 0; i < TURN_MESSAGES_MAX; i++) {
        admission = endpoint_admit(hub->endpoint, hub->access, &knock);
        if (admission == ADMISSION_REFUSED)
            refusing_note_knock(hub, &knock);
        else if (admission == ADMISSION_NONE)
            break;
    }
    refusing_note_failed(hub, endpoint_take_failed(hub->endpoint));
}

static void receive(struct hub *hub)
{
    struct peer peer;
    zmq_msg_t frame;
    const char *key;
    const int64_t end_us = monotonic_us() + TURN_US_MAX;
    for (int i = 0; i < TURN_MESSAGES_MAX && !gathering_full(hub) && monotonic_us() < end_us; i++) {
        switch (endpoint_receive(hub->endpoint, &peer, &frame, &key)) {
        case RECEIVED_NOTHING:
            return;
        case RECEIVED_MESSAGE:
            take_frame(hub, &peer, key, &frame);
            break;
        case RECEIVED_SCRAP:
            note_scrap(hub, key);
            break;
        }
        hub->asking.what = 0;
        zmq_msg_close(&frame);
    }
}

/* How long the commit still waits for company, microseconds. */
static int64_t gather_left_us(const struct hub *hub)
{
    if (hub->config->gather_us == 0)
        return 0;
    int64_t left = hub->gathering_since_us + hub->config->gather_us - monotonic_us();
    return left > 0 ? left : 0;
}

static bool snapshot_due(const struct hub *hub)
{
    return !hub->snapshot_out &&
           hub->ledger.state.heads.position - hub->snapshot_position >= hub->config->snapshot_records &&
           monotonic_us() >= hub->snapshot_after_us;
}

/* Copies what changed in the state. */
static struct state_write *take_snapshot(struct hub *hub)
{
    const int64_t began_us = monotonic_us();
    struct state_write *write = hub->snapshot ? hub->snapshot : state_write_open();
    hub->snapshot = NULL;
    snapshot_take(write->snapshot, &hub->ledger.state);
    hub->snapshot_position = hub->ledger.state.heads.position;
    hub->snapshot_out = true;
    const int64_t ended_us = monotonic_us();
    hub->snapshot_after_us = ended_us + SNAPSHOT_COST_FACTOR * (ended_us - began_us);
    return write;
}

/* A snapshot is not copied before the writer has had as much rest as the last one took. */
static void take_written(struct hub *hub, struct state_write *write)
{
    hub->snapshot_out = false;
    if (write->written) {
        hub->counts.snapshots++;
        hub->counts.snapshot_position = write->head.position;
    } else {
        hub->counts.snapshots_failed++;
        snapshot_return(write->snapshot, &hub->ledger.state);
    }
    const int64_t after_us = monotonic_us() + write->took_us;
    if (after_us > hub->snapshot_after_us)
        hub->snapshot_after_us = after_us;
    if (write->snapshot->bytes_capacity <= SNAPSHOT_KEPT_BYTES)
        hub->snapshot = write;
    else
        state_write_close(&write);
}

static void read_waiting(struct hub *hub)
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

static void send_replies(struct hub *hub, struct reply_list *replies)
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
    hub->durable = commit->head;
    hub->counts.durable = done->decided;
    counts_note_commit(&hub->counts, monotonic_us() - done->given_us, commit->blocks.count, commit->blocks.bytes_size);
    hub->summary_version++;
    hub->wake = true;
    send_replies(hub, &done->replies);
    if (done->snapshot) {
        done->snapshot->head = commit->head;
        state_writer_submit(hub->state_writer, &done->snapshot);
    }
    if (hub->spare)
        commit_close(&commit);
    else
        hub->spare = commit;
    read_waiting(hub);
}

/* Commits that came back from the writer. */
static void answer_durable(struct hub *hub)
{
    struct commit *commit;
    struct state_write *write = state_writer_take(hub->state_writer);
    if (write)
        take_written(hub, write);
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
    log_writer_append_here(hub->writer, commit);
    answer_commit(hub, commit, in_flight);
    log_writer_settle(hub->writer);
    hub->busy_until_us = monotonic_us() + BUSY_WAIT_US;
}

/* Gives what was gathered to the writer; replies that need nothing on the way go out at once. */
static void submit(struct hub *hub)
{
    struct commit *commit = hub->ledger.gathering;
    if (commit_empty(commit)) {
        hub->gathering_since_us = 0;
        if (hub->in_flight_count > 0)
            reply_move(&hub->in_flight[hub->in_flight_count - 1].replies, &hub->replies);
        else
            send_replies(hub, &hub->replies);
        return;
    }
    if (hub->gathering_since_us == 0)
        hub->gathering_since_us = monotonic_us();
    int busy = log_writer_busy(hub->writer);
    bool worth = busy == 0 ? gather_left_us(hub) == 0 : commit->blocks.bytes_size >= COMMIT_COMPANY_BYTES;
    if (busy == LOG_WRITER_DEPTH || (!worth && !gathering_full(hub)))
        return;
    struct in_flight in_flight = {.decided = hub->counts.decided, .given_us = monotonic_us()};
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
    hub->ledger.gathering = next_commit(hub);
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
        hub->summary_version++;
    if (closed >= DAYS_AT_ONCE)
        journal(JOURNAL_WARNING,
                "clock: %d days were closed at once and stay closed: the hub rested so long, or the machine's clock is "
                "or was wrong",
                closed);
}

static void look_for_leap(struct hub *hub, int64_t now_us)
{
    const int64_t leap_us = wall_clock_leap_us(&hub->clock, now_us, monotonic_us());
    wall_clock_look(&hub->clock, now_us, monotonic_us());
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

/* What time brings: closed days, the disk, the watchdog. */
/* What a burst, or a peer that reads nothing, left behind between blocks that are in use goes back to the system. */
static void give_memory_back(void)
{
    if (mallinfo2().fordblks > FREED_KEPT_BYTES)
        malloc_trim(0);
}

static void tick(struct hub *hub, int64_t *watchdog_ms)
{
    int64_t now_ms = hub_monotonic_ms();
    if (!hub->ledger.state.heads.demonstration && !gathering_full(hub))
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
        forget_silent(hub, now_ms);
        usages_forget_idle(&hub->usages, &hub->config->limits, monotonic_us());
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

/* Summaries conflate: sent at most every SUMMARY_INTERVAL_MS, and so rarely that they cost a twentieth of the loop's
 * processor time. */
static void send_summaries(struct hub *hub)
{
    int64_t now_ms = hub_monotonic_ms();
    if (now_ms < hub->summaries_after_ms || !subscribe_summaries_due(hub))
        return;
    int64_t begun_us = processor_us();
    subscribe_send_summaries(hub);
    int64_t cost_us = processor_us() - begun_us;
    hub->summaries_after_ms = now_ms + SUMMARY_INTERVAL_MS + SUMMARY_COST_FACTOR * cost_us / 1000;
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
    hub_end_sessions(hub, NULL);
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
        return shorter((long)((gather_left_us(hub) + 999) / 1000), notary_ms);
    if (tree_rows_busy(&hub->tree_rows) || hub->questions)
        return 0;
    return shorter(subscribe_summaries_due(hub) ? SUMMARY_INTERVAL_MS : POLL_MS, notary_ms);
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
    int count = gathering_full(hub) ? 7 : 8;
    /* Set for latency: while events come the loop stays awake, which saves the time that waking takes. */
    const long wait_ms = poll_ms(hub);
    const int64_t due_us = monotonic_us() + wait_ms * 1000;
    const int64_t awake_until_us = hub->busy_until_us < due_us ? hub->busy_until_us : due_us;
    while (monotonic_us() < awake_until_us)
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
        admit(hub);
        refusing_take(hub);
        answer_durable(hub);
        take_read(hub);
        take_past(hub);
        turn_notary(hub);
        backup_go_on(hub);
        make_tree_rows(hub);
        receive(hub);
        answer_waiting(hub);
        tick(hub, &watchdog_ms);
        send_summaries(hub);
        submit(hub);
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
        submit(hub);
        zmq_poll(&item, 1, 10);
        answer_durable(hub);
    }
    if (hub->failed)
        return;
    send_replies(hub, &hub->replies);
    struct state_write *write = state_writer_stop(&hub->state_writer);
    if (write)
        take_written(hub, write);
    write_state(hub);
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
    wire_arena_close(&hub->arena);
    zmq_ctx_term(hub->context);
    free(hub);
}
