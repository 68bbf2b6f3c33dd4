#include "agent.h"

#include "agent_parts.h"
#include "event.pb-c.h"
#include "files.h"
#include "hub_reason.h"
#include "journal.h"
#include "outbox.h"
#include "progress.h"
#include "sanling.h"
#include "set_aside.h"
#include "state_folder.h"
#include "translate.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

enum {
    WINDOW_MESSAGES = 32,
    WAIT_MS_MAX = 1000,
    PROGRESS_MS = 5000,       /* between two lines of the journal */
    WATCHDOG_MS = 1000,       /* between two signs of life to the service manager */
    REACH_TIMEOUT_MS = 30000, /* AGENT_ONCE without a hub */
    REJECTIONS_SHOWN = 100    /* lines about single events in a run; the reports have them all */
};

struct agent {
    const struct agent_program *program;
    const struct agent_config *config;
    enum agent_mode mode;
    struct outbox *outbox;
    struct translator *translator;
    struct files *files;
    struct sanling *hub;
    struct row_counts rows;
    struct office office;
    struct agent_parts parts;
    int signals;

    bool welcomed;
    uint64_t set_aside_told;
    bool rewound; /* what is with the library is refused as a gap, and then sent from here anew */
    int64_t tidied_ms;
    uint64_t next_to_send;
    size_t events_per_message;
    size_t bytes_per_message;
    struct outbox_batch batch;

    int64_t reached_ms; /* when a session was last open, or the start */
    int64_t progress_ms;
    struct progress progress;
    int64_t alive_ms; /* when the service manager was last told */

    uint64_t sent;
    uint64_t recorded;
    uint64_t rejected;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- opening ---- */

static bool open_signals(struct agent *agent, struct fault *fault)
{
    sigset_t taken;
    sigemptyset(&taken);
    sigaddset(&taken, SIGTERM);
    sigaddset(&taken, SIGINT);
    sigprocmask(SIG_BLOCK, &taken, NULL);
    agent->signals = signalfd(-1, &taken, SFD_NONBLOCK | SFD_CLOEXEC);
    return agent->signals >= 0 || fault_set(fault, FAULT_SYSTEM, "signalfd: %s", strerror(errno));
}

static bool open_hub(struct agent *agent, struct fault *fault)
{
    char software[64];
    struct sanling_error error;
    const char *const sources[] = {agent->config->source, NULL};
    snprintf(software, sizeof software, "%s %s", agent->program->name, SANLING_VERSION);
    agent->hub = sanling_open(&(struct sanling_options){.endpoint = agent->config->hub,
                                                        .identity_file = agent->config->identity,
                                                        .software = software,
                                                        .sources = sources,
                                                        .window = WINDOW_MESSAGES,
                                                        .drops_when_restored = true},
                              &error);
    const bool opened = agent->hub != NULL && (agent->config->signing_key == NULL ||
                                               sanling_sign(agent->hub, agent->config->signing_key, &error));
    return opened || fault_set(fault, error.code == SANLING_USAGE ? FAULT_USAGE : FAULT_SYSTEM, "%s", error.text);
}

static bool open_parts(struct agent *agent, struct fault *fault)
{
    const struct agent_config *config = agent->config;
    if (!open_signals(agent, fault) || !state_folder_make(config->state, false, fault))
        return false;
    agent->outbox = outbox_open(config->state, config->source, fault);
    if (agent->outbox == NULL)
        return false;
    agent->translator = translator_open(config->utc_offset_minutes);
    if (agent->translator == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    translator_use_units(agent->translator, config->units);
    if (!open_hub(agent, fault))
        return false;
    agent->office = (struct office){.program = agent->program,
                                    .config = config,
                                    .outbox = agent->outbox,
                                    .translator = agent->translator,
                                    .hub = agent->hub,
                                    .rows = &agent->rows,
                                    .once = agent->mode == AGENT_ONCE,
                                    .next_subscription = 1};
    agent->files = files_open(&agent->office, fault);
    return agent->files != NULL && agent_parts_open(&agent->parts, &agent->office, fault);
}

struct agent *agent_open(const struct agent_program *program, const struct agent_config *config, enum agent_mode mode,
                         struct fault *fault)
{
    CLEANUP(agent_close) struct agent *agent = calloc(1, sizeof *agent);
    if (agent == NULL) {
        fault_set(fault, FAULT_SYSTEM, "out of memory");
        return NULL;
    }
    agent->program = program;
    agent->config = config;
    agent->mode = mode;
    agent->signals = -1;
    if (!open_parts(agent, fault))
        return NULL;
    agent->reached_ms = now_ms();
    agent->progress_ms = agent->reached_ms;
    progress_begin(&agent->progress, agent->reached_ms);
    struct agent *opened = agent;
    agent = NULL;
    return opened;
}

void agent_close(struct agent **agent)
{
    struct agent *gone = *agent;
    *agent = NULL;
    if (gone == NULL)
        return;
    agent_parts_close(&gone->parts);
    files_close(&gone->files);
    if (gone->hub != NULL)
        sanling_close(&gone->hub);
    translator_close(&gone->translator);
    outbox_close(&gone->outbox);
    outbox_batch_clear(&gone->batch);
    if (gone->signals >= 0)
        close(gone->signals);
    free(gone);
}

bool agent_rejected_any(const struct agent *agent)
{
    return files_rejected_any(agent->files) || agent_parts_rejected_any(&agent->parts);
}

/* ---- events to the hub ---- */

static bool publish_batch(struct agent *agent, bool *full, struct fault *fault)
{
    struct sanling_bytes events[OUTBOX_BATCH_MAX];
    struct sanling_error error;
    struct outbox_batch *batch = &agent->batch;
    *full = false;
    for (size_t i = 0; i < batch->count; i++)
        events[i] = (struct sanling_bytes){.bytes = batch->bytes + batch->offsets[i], .size = batch->sizes[i]};
    if (!sanling_publish(agent->hub, agent->config->source, batch->first_sequence, events, batch->count, &error)) {
        *full = error.code == SANLING_WINDOW_FULL;
        return *full || fault_set(fault, FAULT_SYSTEM, "source %s: event %" PRIu64 " cannot be sent: %s",
                                  agent->config->source, batch->first_sequence, error.text);
    }
    agent->next_to_send = batch->first_sequence + batch->count;
    agent->sent += batch->count;
    return true;
}

static bool publish(struct agent *agent, struct fault *fault)
{
    bool full = false;
    if (agent->rewound && sanling_in_flight(agent->hub) > 0)
        return true;
    agent->rewound = false;
    while (agent->welcomed && !full && sanling_in_flight(agent->hub) < WINDOW_MESSAGES &&
           agent->next_to_send < outbox_next_sequence(agent->outbox)) {
        if (!outbox_read(agent->outbox, agent->next_to_send, agent->events_per_message, agent->bytes_per_message,
                         &agent->batch, fault))
            return false;
        if (agent->batch.count == 0)
            return true;
        /* Numbers between were settled before a crash, ahead of these: the hub compares what it has beside deciding on
         * what is new. The library takes a jump once all before it is answered. */
        if (agent->batch.first_sequence != agent->next_to_send && sanling_in_flight(agent->hub) > 0)
            return true;
        if (!publish_batch(agent, &full, fault))
            return false;
    }
    return true;
}

/* ---- what the hub says ---- */

/* What was set aside stands in a file of the state folder, for whoever decides what becomes of it. */
static bool tell_set_aside(struct agent *agent, struct fault *fault)
{
    const uint64_t count = outbox_set_aside_count(agent->outbox);
    if (count == agent->set_aside_told)
        return true;
    if (!set_aside_write(agent->outbox, agent->config->state, fault))
        return false;
    journal(
        JOURNAL_WARNING,
        "source %s: %" PRIu64 " events were not sent, for the record that each is about stood behind the end of the "
        "backup from which the hub was restored, and where it stands now is not known: set aside in %s/%s, a person "
        "must decide; everything else goes on",
        agent->config->source, count, agent->config->state, SET_ASIDE_FILE);
    agent->set_aside_told = count;
    return true;
}

/* What this source and the hub knew of each other, and what is the matter now. */
struct meeting {
    struct outbox_lineage lineage; /* of the hub */
    bool known;                    /* that it was this one */
    bool rewinds;                  /* the hub stands behind what it had acknowledged */
    uint64_t hub_next;
    uint64_t end; /* positions behind it are those of other records; UINT64_MAX: none is */
    uint64_t again;
    struct outbox_mapped mapped;
};

static bool meet(struct agent *agent, const Sanling__V1__Welcome *welcome, struct meeting *meeting, struct fault *fault)
{
    struct outbox_lineage before;
    bool found;
    if (!outbox_lineage_find(agent->outbox, "source", &before, &found, fault))
        return false;
    restorations_of_welcome(welcome, &meeting->lineage.restorations);
    meeting->lineage.end = UINT64_MAX;
    meeting->end = UINT64_MAX;
    if (found)
        meeting->end = restorations_same_up_to(&before.restorations, &meeting->lineage.restorations);
    else if (meeting->rewinds && welcome->restored_position > 0)
        meeting->end = welcome->restored_position;
    meeting->known = found && meeting->end == UINT64_MAX;
    /* Somebody copied the hub's folder by hand: it has at least what it still knows of this source. */
    return !meeting->rewinds || meeting->end < UINT64_MAX ||
           outbox_known_up_to(agent->outbox, meeting->hub_next, &meeting->end, fault);
}

/* What the hub has lost is sent again, under the same numbers; nothing else is known to have been lost. */
static bool make_good(struct agent *agent, struct meeting *meeting, struct fault *fault)
{
    bool whole = true;
    if (meeting->rewinds && !outbox_rewind(agent->outbox, meeting->hub_next, &meeting->again, &whole, fault))
        return false;
    if (!whole)
        return fault_set(fault, FAULT_DAMAGED,
                         "source %s: the hub awaits number %" PRIu64
                         ", which it had acknowledged and the outbox does not "
                         "keep any more: it is another hub or an old copy; restore a newer backup, or configure a new "
                         "source name with an empty state",
                         agent->config->source, meeting->hub_next);
    if (meeting->end < UINT64_MAX && !outbox_map_references(agent->outbox, meeting->end, &meeting->mapped, fault))
        return false;
    return outbox_lineage_put(agent->outbox, "source", &meeting->lineage, fault);
}

static bool meet_restored(struct agent *agent, const Sanling__V1__Welcome *welcome, struct meeting *meeting,
                          struct fault *fault)
{
    if (!meet(agent, welcome, meeting, fault))
        return false;
    if (meeting->known && !meeting->rewinds)
        return true;
    if (!outbox_begin(agent->outbox, fault))
        return false;
    if (!make_good(agent, meeting, fault)) {
        outbox_rollback(agent->outbox);
        return false;
    }
    if (!outbox_commit(agent->outbox, fault))
        return false;
    if (meeting->rewinds) {
        agent->rewound = true;
        journal(JOURNAL_WARNING,
                "source %s: the hub awaits number %" PRIu64 ": it was restored from a backup (up to position %" PRIu64
                "); %" PRIu64 " events that it had acknowledged are sent again, under the same numbers; %" PRIu64
                " of those to be sent name records behind position %" PRIu64 " and wait for their new positions",
                agent->config->source, meeting->hub_next, welcome->restored_position, meeting->again,
                meeting->mapped.waiting, meeting->end);
    }
    return true;
}

/* The hub and the outbox must agree on which numbers are used; where they do not, guessing would lose or double. */
static bool check_numbers(struct agent *agent, const Sanling__V1__Welcome *welcome, struct fault *fault)
{
    const char *source = agent->config->source;
    const uint64_t next = outbox_next_sequence(agent->outbox);
    struct meeting meeting = {.hub_next = next};
    uint64_t first_pending, last_sent;
    if (!outbox_first_pending(agent->outbox, &first_pending, fault) ||
        !outbox_last_sent(agent->outbox, &last_sent, fault))
        return false;
    for (size_t i = 0; i < welcome->n_sources; i++) {
        if (strcmp(welcome->sources[i]->source, source) == 0)
            meeting.hub_next = welcome->sources[i]->next_sequence;
    }
    if (meeting.hub_next > next)
        return fault_set(fault, FAULT_DAMAGED,
                         "source %s: the hub has numbers up to %" PRIu64 ", the outbox gave only up to %" PRIu64
                         ": the outbox was lost or is an old copy; restore the newest one, or configure a new "
                         "source name",
                         source, meeting.hub_next - 1, next - 1);
    meeting.rewinds = meeting.hub_next < first_pending || meeting.hub_next <= last_sent;
    if (!meet_restored(agent, welcome, &meeting, fault) || !tell_set_aside(agent, fault))
        return false;
    if (meeting.rewinds)
        agent->next_to_send = meeting.hub_next;
    else if (!agent->welcomed || sanling_in_flight(agent->hub) == 0)
        agent->next_to_send = first_pending;
    return true;
}

static const char *office_name(Sanling__V1__Office__Kind office)
{
    const ProtobufCEnumValue *value =
        protobuf_c_enum_descriptor_get_value(&sanling__v1__office__kind__descriptor, (int)office);
    return value == NULL ? "an unknown office" : value->name;
}

static bool take_welcome(struct agent *agent, const Sanling__V1__Welcome *welcome, struct fault *fault)
{
    enum { FRAME_ROOM = 1024, EVENT_ROOM = 24 }; /* what a message adds around the events, and to each: a salt, too */
    if (welcome->office != agent->program->office)
        return fault_set(fault, FAULT_REFUSED, "the key %s belongs to %s at this hub, but %s is for %s",
                         agent->config->identity, office_name(welcome->office), agent->program->name,
                         office_name(agent->program->office));
    if (!check_numbers(agent, welcome, fault))
        return false;
    const Sanling__V1__Limits *limits = welcome->limits;
    agent->events_per_message = OUTBOX_BATCH_MAX;
    agent->bytes_per_message = 1024 * 1024;
    if (limits != NULL && limits->events_per_publish > 0 && limits->events_per_publish < OUTBOX_BATCH_MAX)
        agent->events_per_message = limits->events_per_publish;
    const size_t around = FRAME_ROOM + agent->events_per_message * EVENT_ROOM;
    if (limits != NULL && limits->message_bytes > around && limits->message_bytes - around < agent->bytes_per_message)
        agent->bytes_per_message = limits->message_bytes - around;
    agent->welcomed = true;
    journal(JOURNAL_INFO, "source %s: connected to %s as %s at position %" PRIu64 ", %" PRIu64 " events to send%s",
            agent->config->source, agent->config->hub, welcome->identity, welcome->position,
            outbox_pending(agent->outbox), welcome->demonstration ? " (demonstration hub)" : "");
    return true;
}

/* A refused run stops the source: what could be sent again, the library sent again. */
static bool take_refusal(struct agent *agent, uint64_t sequence, const Sanling__V1__Outcome__Run *run,
                         struct fault *fault)
{
    char name[32];
    const char *source = agent->config->source;
    hub_code_name(run->code, name);
    if (run->code == SANLING__V1__CODE__KIND__SEQUENCE_REUSED) {
        journal(JOURNAL_ALARM,
                "source %s: ALARM: number %" PRIu64 " was used before with other content: two programs or "
                "two outboxes number this source; it is stopped",
                source, sequence);
        return fault_set(fault, FAULT_DAMAGED,
                         "source %s: number %" PRIu64 " is used at the hub with other content [SEQUENCE_REUSED]: find "
                         "the second agent or outbox of this source before starting again",
                         source, sequence);
    }
    const bool refused =
        run->code == SANLING__V1__CODE__KIND__SOURCE_TAKEN || run->code == SANLING__V1__CODE__KIND__NOT_PERMITTED ||
        run->code == SANLING__V1__CODE__KIND__SIGNATURE_REQUIRED || run->code == SANLING__V1__CODE__KIND__BAD_SIGNATURE;
    const bool gap = run->code == SANLING__V1__CODE__KIND__SEQUENCE_GAP;
    if (gap && agent->rewound)
        return true; /* of before the rewinding */
    return fault_set(fault,
                     refused ? FAULT_REFUSED
                     : gap   ? FAULT_DAMAGED
                             : FAULT_SYSTEM,
                     "source %s: the hub refuses number %" PRIu64 " [%s]: %s", source, sequence, name, run->text);
}

static bool take_rejection(struct agent *agent, uint64_t first, const Sanling__V1__Outcome__Run *run,
                           struct fault *fault)
{
    struct reason reason;
    hub_reason_set(&reason, run->code, run->text);
    for (uint64_t sequence = first; sequence < first + run->count; sequence++) {
        if (agent->rejected++ < REJECTIONS_SHOWN)
            journal(JOURNAL_NOTICE, "source %s: event %" PRIu64 " rejected: %s; see the file's report",
                    agent->config->source, sequence, reason.code);
        if (!outbox_settle_rejected(agent->outbox, sequence, &reason, fault))
            return false;
    }
    return true;
}

static bool take_runs(struct agent *agent, const Sanling__V1__Outcome *outcome, struct fault *fault)
{
    uint64_t sequence = outcome->first_sequence;
    for (size_t i = 0; i < outcome->n_runs; i++) {
        const Sanling__V1__Outcome__Run *run = outcome->runs[i];
        const bool duplicate = run->kind == SANLING__V1__OUTCOME__RUN__KIND__DUPLICATE;
        if (run->kind == SANLING__V1__OUTCOME__RUN__KIND__REJECTED) {
            if (!take_rejection(agent, sequence, run, fault))
                return false;
        } else if (duplicate || run->kind == SANLING__V1__OUTCOME__RUN__KIND__RECORDED) {
            agent->recorded += run->count;
            for (uint32_t j = 0; run->pending && j < run->count; j++)
                journal(JOURNAL_NOTICE,
                        "source %s: event %" PRIu64 " waits for a second identity: recorded, not in force",
                        agent->config->source, sequence + j);
            if (!outbox_settle(agent->outbox, sequence, run->count, run->first_position, duplicate, fault))
                return false;
        }
        sequence += run->count;
    }
    return true;
}

static bool take_outcome(struct agent *agent, const Sanling__V1__Outcome *outcome, struct fault *fault)
{
    if (strcmp(outcome->source, agent->config->source) != 0)
        return true;
    if (!outbox_begin(agent->outbox, fault))
        return false;
    if (!take_runs(agent, outcome, fault)) {
        outbox_rollback(agent->outbox);
        return false;
    }
    if (!outbox_commit(agent->outbox, fault))
        return false;
    if (!tell_set_aside(agent, fault))
        return false;
    const Sanling__V1__Outcome__Run *last = outcome->n_runs == 0 ? NULL : outcome->runs[outcome->n_runs - 1];
    if (last == NULL || last->kind != SANLING__V1__OUTCOME__RUN__KIND__REFUSED)
        return true;
    uint64_t sequence = outcome->first_sequence;
    for (size_t i = 0; i + 1 < outcome->n_runs; i++)
        sequence += outcome->runs[i]->count;
    return take_refusal(agent, sequence, last, fault);
}

static void take_problem(const struct agent *agent, const Sanling__V1__Error *problem)
{
    char name[32];
    if (problem->subscription == 0 && problem->query == 0) /* else a part's own, which says so itself */
        journal(JOURNAL_WARNING, "source %s: the hub says: %s [%s]", agent->config->source, problem->text,
                hub_code_name(problem->code, name));
}

static bool take_happening(struct agent *agent, const struct sanling_happening *happening, struct fault *fault)
{
    switch (happening->kind) {
    case SANLING_CONNECTED:
        return take_welcome(agent, happening->welcome, fault);
    case SANLING_DISCONNECTED:
        journal(JOURNAL_WARNING, "source %s: the hub is away%s%s; connecting again", agent->config->source,
                happening->text == NULL ? "" : ": ", happening->text == NULL ? "" : happening->text);
        return true;
    case SANLING_OUTCOME:
        return take_outcome(agent, happening->outcome, fault);
    case SANLING_PROBLEM:
        take_problem(agent, happening->problem);
        return true;
    case SANLING_NOTHING:
    case SANLING_DELIVERY:
    case SANLING_SUMMARY:
    case SANLING_ACKNOWLEDGED:
    case SANLING_ANSWER:
        return true;
    }
    abort();
}

/* Takes what happened so far; *more: not all of it. */
static bool listen_to_hub(struct agent *agent, bool *more, struct fault *fault)
{
    enum { HAPPENINGS_PER_TURN = 64 };
    *more = true;
    for (int i = 0; i < HAPPENINGS_PER_TURN; i++) {
        struct sanling_happening happening;
        struct sanling_error error;
        if (!sanling_next(agent->hub, 0, &happening, &error))
            return error.code == SANLING_REFUSED /* it names the hub itself */
                       ? fault_set(fault, FAULT_REFUSED, "%s", error.text)
                       : fault_set(fault, FAULT_SYSTEM, "hub at %s: %s", agent->config->hub, error.text);
        *more = happening.kind != SANLING_NOTHING;
        if (!*more)
            return true;
        if (!take_happening(agent, &happening, fault) || !agent_parts_hear(&agent->parts, &happening, fault))
            return false;
    }
    return true;
}

/* ---- the loop ---- */

static bool is_asked_to_end(const struct agent *agent)
{
    struct signalfd_siginfo signal;
    return read(agent->signals, &signal, sizeof signal) == (ssize_t)sizeof signal;
}

static void show_progress(struct agent *agent, int64_t now)
{
    unsigned done;
    const char *reading = files_reading(agent->files, &done);
    const bool busy = reading != NULL || outbox_pending(agent->outbox) > 0;
    if (agent->mode == AGENT_ONCE && reading != NULL)
        progress_show(&agent->progress, now, reading, done, files_rows(agent->files));
    else if (agent->progress.drawn)
        progress_end(&agent->progress);
    if (!busy || now - agent->progress_ms < PROGRESS_MS) {
        agent->progress_ms = busy ? agent->progress_ms : now;
        return;
    }
    agent->progress_ms = now;
    if (reading == NULL)
        done = 1000;
    journal(JOURNAL_INFO,
            "source %s: %s%s%u.%u%% read; %" PRIu64 " rows, %" PRIu64 " events sent, %" PRIu64 " recorded, %" PRIu64
            " waiting",
            agent->config->source, reading == NULL ? "" : reading, reading == NULL ? "" : ": ", done / 10, done % 10,
            files_rows(agent->files), agent->sent, agent->recorded, outbox_pending(agent->outbox));
}

/* Answered events that are old enough are forgotten, some at a time. What cannot be forgotten now, as while another
 * program holds the outbox, can wait: nothing depends on it. */
static void tidy(struct agent *agent, int64_t now)
{
    enum { TIDY_MS = 10000 };
    struct fault fault;
    bool more;
    if (now - agent->tidied_ms < TIDY_MS)
        return;
    agent->tidied_ms = now;
    if (!outbox_tidy_sent(agent->outbox, agent->config->resend_days, &more, &fault))
        journal(JOURNAL_WARNING, "source %s: answered events are not forgotten yet: %s; tried again in %d s",
                agent->config->source, fault.text, TIDY_MS / 1000);
}

static void show_life(struct agent *agent, int64_t now)
{
    if (now - agent->alive_ms < WATCHDOG_MS)
        return;
    agent->alive_ms = now;
    sd_notify(0, "WATCHDOG=1");
}

static bool is_drained(struct agent *agent, bool *drained, struct fault *fault)
{
    if (!files_drained(agent->files, drained, fault))
        return false;
    *drained = *drained && outbox_pending(agent->outbox) == 0 && agent_parts_drained(&agent->parts);
    return true;
}

static int wait_ms(const struct agent *agent, int64_t now)
{
    int wait = files_wait_ms(agent->files, now, WAIT_MS_MAX);
    const int for_hub = sanling_wait_ms(agent->hub);
    if (for_hub >= 0 && for_hub < wait)
        wait = for_hub;
    return agent_parts_wait_ms(&agent->parts, wait, now);
}

/* Waits until something happens: the hub, a signal, a part, or time. */
static void wait_for_work(const struct agent *agent)
{
    struct pollfd fds[AGENT_PARTS_MAX + SANLING_POLL_FDS_MAX + 1];
    int hub_fds[SANLING_POLL_FDS_MAX];
    size_t count = agent_parts_descriptors(&agent->parts, fds);
    fds[count++] = (struct pollfd){.fd = agent->signals, .events = POLLIN};
    const size_t hub_count = sanling_poll_fds(agent->hub, hub_fds);
    for (size_t i = 0; i < hub_count; i++)
        fds[count++] = (struct pollfd){.fd = hub_fds[i], .events = POLLIN};
    poll(fds, count, wait_ms(agent, now_ms()));
}

static bool has_unsent(const struct agent *agent)
{
    return agent->welcomed && sanling_in_flight(agent->hub) < WINDOW_MESSAGES &&
           agent->next_to_send < outbox_next_sequence(agent->outbox);
}

static bool turn(struct agent *agent, struct fault *fault)
{
    const int64_t now = now_ms();
    bool reading;
    bool more;
    bool finished;
    tidy(agent, now);
    if (!files_read(agent->files, now, &reading, fault) || !agent_parts_step(&agent->parts, now, fault) ||
        !publish(agent, fault) || !listen_to_hub(agent, &more, fault) ||
        !files_finish(agent->files, now, &finished, fault))
        return false;
    show_progress(agent, now);
    show_life(agent, now);
    if (sanling_connected(agent->hub))
        agent->reached_ms = now;
    if (agent->mode == AGENT_ONCE && now - agent->reached_ms > REACH_TIMEOUT_MS)
        return fault_set(fault, FAULT_UNREACHABLE,
                         "hub not reached at %s in %d s; try: systemctl status "
                         "sanling-hub",
                         agent->config->hub, REACH_TIMEOUT_MS / 1000);
    if (!reading && !more && !finished && !has_unsent(agent))
        wait_for_work(agent);
    return true;
}

bool agent_run(struct agent *agent, struct fault *fault)
{
    journal(JOURNAL_INFO, "source %s: watching %s, hub %s, next number %" PRIu64 ", %" PRIu64 " events to send",
            agent->config->source, agent->config->folder, agent->config->hub, outbox_next_sequence(agent->outbox),
            outbox_pending(agent->outbox));
    sd_notifyf(0, "READY=1\nSTATUS=source %s, hub %s", agent->config->source, agent->config->hub);
    bool drained = false;
    while (!is_asked_to_end(agent)) {
        if (!turn(agent, fault))
            return false;
        if (agent->mode == AGENT_ONCE && !is_drained(agent, &drained, fault))
            return false;
        if (drained)
            break;
    }
    sd_notify(0, "STOPPING=1");
    journal(JOURNAL_INFO,
            "source %s: ended; %" PRIu64 " rows read, %" PRIu64 " events recorded, %" PRIu64 " rejected, %" PRIu64
            " waiting",
            agent->config->source, files_rows(agent->files), agent->recorded, agent->rejected,
            outbox_pending(agent->outbox));
    return true;
}
