#include "agent.h"

#include "agent_parts.h"
#include "event.pb-c.h"
#include "folder.h"
#include "hub_reason.h"
#include "import.h"
#include "journal.h"
#include "outbox.h"
#include "report.h"
#include "sanling.h"
#include "state_folder.h"
#include "text.h"
#include "translate.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    WINDOW_MESSAGES = 32,
    WAIT_MS_MAX = 1000,
    PROGRESS_MS = 5000,       /* between two lines of the journal */
    REPORT_RETRY_MS = 1000,   /* a report that could not be written */
    REACH_TIMEOUT_MS = 30000, /* AGENT_ONCE without a hub */
    READS_MAX = 3,            /* of a file whose last character stays incomplete */
    REJECTIONS_SHOWN = 100    /* lines about single events in a run; the reports have them all */
};

struct agent {
    const struct agent_program *program;
    const struct agent_config *config;
    enum agent_mode mode;
    struct outbox *outbox;
    struct translator *translator;
    struct folder *folder;
    struct sanling *hub;
    struct office office;
    struct agent_parts parts;
    int signals;

    struct import *import; /* the file being read; NULL: none */
    struct folder_file importing;

    bool welcomed;
    uint64_t next_to_send;
    size_t events_per_message;
    size_t bytes_per_message;
    struct outbox_batch batch;

    int64_t looked_ms;
    int64_t report_retry_ms; /* 0: none is owed */
    int64_t reached_ms;      /* when a session was last open, or the start */
    int64_t progress_ms;
    bool folder_lost;

    uint64_t rows;
    uint64_t sent;
    uint64_t recorded;
    uint64_t rejected;
    bool rejected_any;
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
                                                        .window = WINDOW_MESSAGES},
                              &error);
    return agent->hub != NULL ||
           fault_set(fault, error.code == SANLING_USAGE ? FAULT_USAGE : FAULT_SYSTEM, "%s", error.text);
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
    agent->folder = folder_open(config->folder, config->settle_ms);
    if (agent->translator == NULL || agent->folder == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    if (!open_hub(agent, fault))
        return false;
    agent->office = (struct office){.program = agent->program,
                                    .config = config,
                                    .outbox = agent->outbox,
                                    .translator = agent->translator,
                                    .hub = agent->hub,
                                    .once = agent->mode == AGENT_ONCE,
                                    .next_subscription = 1};
    return agent_parts_open(&agent->parts, &agent->office, fault);
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
    import_close(&gone->import);
    if (gone->hub != NULL)
        sanling_close(&gone->hub);
    folder_close(&gone->folder);
    translator_close(&gone->translator);
    outbox_close(&gone->outbox);
    outbox_batch_clear(&gone->batch);
    if (gone->signals >= 0)
        close(gone->signals);
    free(gone);
}

bool agent_rejected_any(const struct agent *agent)
{
    return agent->rejected_any;
}

/* ---- files into the outbox ---- */

/* A file that was being read when the agent ended, and is gone now: what it gave is answered for itself. */
static bool abandon_vanished(struct agent *agent, struct fault *fault)
{
    struct outbox_file file;
    if (!outbox_file_reading(agent->outbox, &file, fault))
        return false;
    if (file.id == 0 || folder_find(agent->folder, file.name) != NULL)
        return true;
    file.stage = OUTBOX_WAITING;
    reason_set(&file.warning, REASON_UNREADABLE, "读到一半时文件不见了", "gone while it was read");
    if (!outbox_begin(agent->outbox, fault))
        return false;
    if (outbox_file_save(agent->outbox, &file, fault))
        return outbox_commit(agent->outbox, fault);
    outbox_rollback(agent->outbox);
    return false;
}

static bool look_at_folder(struct agent *agent, int64_t now, struct fault *fault)
{
    struct fault cause;
    if (agent->looked_ms != 0 && now - agent->looked_ms < agent->config->settle_ms)
        return true;
    agent->looked_ms = now;
    if (!folder_look(agent->folder, now, &cause)) { /* a share that is away comes back */
        if (!agent->folder_lost)
            journal(JOURNAL_WARNING, "source %s: %s; trying again", agent->config->source, cause.text);
        agent->folder_lost = true;
        return true;
    }
    agent->folder_lost = false;
    return agent->import != NULL || abandon_vanished(agent, fault);
}

/* Begins with the next settled file, unless it is known in this form or its former form is not reported yet. */
static bool begin_import(struct agent *agent, struct fault *fault)
{
    struct outbox_file known;
    const struct folder_file *file = folder_next(agent->folder);
    if (file == NULL)
        return true;
    if (!outbox_file_find(agent->outbox, file->name, &known, fault))
        return false;
    const bool same = known.id != 0 && known.size == file->size && known.mtime_ns == file->mtime_ns;
    if (same && known.stage != OUTBOX_READING) {
        folder_mark_handled(agent->folder, file);
        return true;
    }
    if (known.id != 0 && (known.stage == OUTBOX_WAITING || known.stage == OUTBOX_ATTESTING))
        return true;
    const struct mapping *mapping = agent_config_mapping(agent->config, file->name);
    if (mapping != NULL && mapping->correct_reason != NULL && outbox_pending(agent->outbox) > 0)
        return true; /* a correction names where its original stands: the hub is about to say so */
    agent->importing = *file;
    agent->import = import_open(agent->outbox, agent->translator, mapping, agent->config->folder, file);
    return agent->import != NULL || fault_set(fault, FAULT_SYSTEM, "out of memory");
}

/* The file is tried again, for ever unless the run is to end: an unreadable share is not forgotten. */
static void put_off(struct agent *agent)
{
    const struct folder_file *file = &agent->importing;
    if (file->unsettled_reads == 0)
        journal(JOURNAL_WARNING, "source %s: file %s cannot be read yet; trying again", agent->config->source,
                file->name);
    folder_put_off(agent->folder, file, now_ms());
    if (agent->mode == AGENT_ONCE && file->unsettled_reads + 1 >= READS_MAX) {
        journal(JOURNAL_ERROR, "source %s: file %s cannot be read; left where it is", agent->config->source,
                file->name);
        folder_mark_handled(agent->folder, file);
        agent->rejected_any = true;
    }
}

static bool go_on_importing(struct agent *agent, struct fault *fault)
{
    enum import_state state;
    const uint64_t rows_before = import_file(agent->import)->rows;
    const bool last_try = agent->importing.unsettled_reads + 1 >= READS_MAX;
    if (!import_step(agent->import, last_try, &state, fault))
        return false;
    const struct outbox_file *file = import_file(agent->import);
    agent->rows += file->rows - rows_before;
    switch (state) {
    case IMPORT_MORE:
        return true;
    case IMPORT_DONE:
        journal(JOURNAL_INFO,
                "source %s: file %s: %" PRIu64 " rows, %" PRIu64 " events new, %" PRIu64 " unchanged, %" PRIu64
                " rows rejected%s%s",
                agent->config->source, file->name, file->rows, file->events, file->unchanged, file->rejected,
                file->failure.code[0] != '\0' ? ", refused: " : "", file->failure.code);
        folder_mark_handled(agent->folder, &agent->importing);
        break;
    case IMPORT_UNSETTLED:
        put_off(agent);
        break;
    }
    import_close(&agent->import);
    return true;
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
    while (agent->welcomed && !full && sanling_in_flight(agent->hub) < WINDOW_MESSAGES &&
           agent->next_to_send < outbox_next_sequence(agent->outbox)) {
        if (!outbox_read(agent->outbox, agent->next_to_send, agent->events_per_message, agent->bytes_per_message,
                         &agent->batch, fault))
            return false;
        if (agent->batch.count == 0)
            return true;
        if (!publish_batch(agent, &full, fault))
            return false;
    }
    return true;
}

/* ---- what the hub says ---- */

/* The hub and the outbox must agree on which numbers are used; where they do not, guessing would lose or double. */
static bool check_numbers(struct agent *agent, const Sanling__V1__Welcome *welcome, struct fault *fault)
{
    const char *source = agent->config->source;
    const uint64_t next = outbox_next_sequence(agent->outbox);
    uint64_t first_pending;
    if (!outbox_first_pending(agent->outbox, &first_pending, fault))
        return false;
    for (size_t i = 0; i < welcome->n_sources; i++) {
        const uint64_t hub_next = welcome->sources[i]->next_sequence;
        if (strcmp(welcome->sources[i]->source, source) != 0)
            continue;
        if (hub_next > next)
            return fault_set(fault, FAULT_DAMAGED,
                             "source %s: the hub has numbers up to %" PRIu64 ", the outbox gave only up to %" PRIu64
                             ": the outbox was lost or is an old copy; restore the newest one, or configure a new "
                             "source name",
                             source, hub_next - 1, next - 1);
        if (hub_next < first_pending)
            return fault_set(fault, FAULT_DAMAGED,
                             "source %s: the hub awaits number %" PRIu64 ", the outbox holds only from %" PRIu64
                             " on, for the hub had acknowledged the others: it is another hub or an old copy; restore "
                             "the hub, or configure a new source name with an empty state",
                             source, hub_next, first_pending);
    }
    if (!agent->welcomed)
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
    enum { FRAME_ROOM = 1024, EVENT_ROOM = 8 }; /* what a message adds around the events, and to each */
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
        run->code == SANLING__V1__CODE__KIND__SOURCE_TAKEN || run->code == SANLING__V1__CODE__KIND__NOT_PERMITTED;
    const bool gap = run->code == SANLING__V1__CODE__KIND__SEQUENCE_GAP;
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

/* ---- reports ---- */

/* Within a transaction: an attestation where the mapping states one, else *due: the report may be written. */
static bool attest_or_finish(struct agent *agent, struct outbox_file *file, bool *due, struct fault *fault)
{
    const struct mapping *mapping = agent_config_mapping(agent->config, file->name);
    *due = true;
    if (file->stage == OUTBOX_ATTESTING && file->refused > 0) {
        file->attested[0] = '\0';
        reason_set(&file->warning, "NOT_ATTESTED", "中枢没有接受零报告", "the hub did not take the attestation");
        return outbox_file_save(agent->outbox, file, fault);
    }
    if (file->stage != OUTBOX_WAITING || file->failure.code[0] != '\0' || file->warning.code[0] != '\0' ||
        mapping == NULL || mapping->attest == NULL)
        return true;
    const uint64_t before = outbox_next_sequence(agent->outbox);
    if (!import_attest(agent->outbox, agent->translator, mapping, file, fault))
        return false;
    *due = outbox_next_sequence(agent->outbox) == before;
    file->stage = *due ? OUTBOX_WAITING : OUTBOX_ATTESTING;
    return outbox_file_save(agent->outbox, file, fault);
}

static bool in_transaction_attest(struct agent *agent, struct outbox_file *file, bool *due, struct fault *fault)
{
    if (!outbox_begin(agent->outbox, fault))
        return false;
    if (attest_or_finish(agent, file, due, fault))
        return outbox_commit(agent->outbox, fault);
    outbox_rollback(agent->outbox);
    return false;
}

static bool close_file(struct agent *agent, struct outbox_file *file, struct fault *fault)
{
    file->stage = OUTBOX_DONE;
    if (!outbox_begin(agent->outbox, fault))
        return false;
    if (outbox_file_save(agent->outbox, file, fault) && outbox_forget_rows(agent->outbox, file->id, fault))
        return outbox_commit(agent->outbox, fault);
    outbox_rollback(agent->outbox);
    return false;
}

/* Reports every file whose outcomes are all in; *any: there was one. */
static bool finish_files(struct agent *agent, int64_t now, bool *any, struct fault *fault)
{
    struct outbox_file file;
    struct fault cause;
    bool due;
    *any = false;
    if (now < agent->report_retry_ms)
        return true;
    for (;;) {
        if (!outbox_file_settled(agent->outbox, &file, fault))
            return false;
        if (file.id == 0)
            return true;
        *any = true;
        if (!in_transaction_attest(agent, &file, &due, fault))
            return false;
        if (!due)
            continue;
        if (!report_write(agent->outbox, &file, agent->config->folder, &cause)) {
            journal(JOURNAL_ERROR, "source %s: report of %s: %s; trying again", agent->config->source, file.name,
                    cause.text);
            agent->report_retry_ms = now + REPORT_RETRY_MS;
            *any = false;
            return true;
        }
        agent->rejected_any |= file.rejected > 0 || file.refused > 0 || file.failure.code[0] != '\0';
        journal(JOURNAL_INFO,
                "source %s: file %s: %" PRIu64 " recorded, %" PRIu64 " duplicate, %" PRIu64
                " rejected by the hub, %" PRIu64 " rejected here",
                agent->config->source, file.name, file.recorded, file.duplicate, file.refused, file.rejected);
        if (!close_file(agent, &file, fault))
            return false;
    }
}

/* ---- the loop ---- */

static bool is_asked_to_end(const struct agent *agent)
{
    struct signalfd_siginfo signal;
    return read(agent->signals, &signal, sizeof signal) == (ssize_t)sizeof signal;
}

static void show_progress(struct agent *agent, int64_t now)
{
    const bool busy = agent->import != NULL || outbox_pending(agent->outbox) > 0;
    if (!busy || now - agent->progress_ms < PROGRESS_MS) {
        agent->progress_ms = busy ? agent->progress_ms : now;
        return;
    }
    agent->progress_ms = now;
    const unsigned done = agent->import == NULL ? 1000 : import_progress(agent->import);
    journal(JOURNAL_INFO,
            "source %s: %s%s%u.%u%% read; %" PRIu64 " rows, %" PRIu64 " events sent, %" PRIu64 " recorded, %" PRIu64
            " waiting",
            agent->config->source, agent->import == NULL ? "" : agent->importing.name,
            agent->import == NULL ? "" : ": ", done / 10, done % 10, agent->rows, agent->sent, agent->recorded,
            outbox_pending(agent->outbox));
}

static bool is_drained(struct agent *agent, bool *drained, struct fault *fault)
{
    uint64_t open_files;
    if (!outbox_files_open(agent->outbox, &open_files, fault))
        return false;
    *drained = agent->looked_ms != 0 && !agent->folder_lost && agent->import == NULL && open_files == 0 &&
               outbox_pending(agent->outbox) == 0 && !folder_has_unhandled(agent->folder) &&
               agent_parts_drained(&agent->parts);
    return true;
}

static int wait_ms(const struct agent *agent, int64_t now)
{
    const int64_t until_look = agent->looked_ms + agent->config->settle_ms - now;
    int wait = until_look <= 0 ? 0 : until_look < WAIT_MS_MAX ? (int)until_look : WAIT_MS_MAX;
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
    bool more;
    bool finished;
    if (!look_at_folder(agent, now, fault))
        return false;
    if (agent->import == NULL && !begin_import(agent, fault))
        return false;
    const bool imports = agent->import != NULL;
    if (imports && !go_on_importing(agent, fault))
        return false;
    if (!agent_parts_step(&agent->parts, now, fault) || !publish(agent, fault) || !listen_to_hub(agent, &more, fault) ||
        !finish_files(agent, now, &finished, fault))
        return false;
    show_progress(agent, now);
    if (sanling_connected(agent->hub))
        agent->reached_ms = now;
    if (agent->mode == AGENT_ONCE && now - agent->reached_ms > REACH_TIMEOUT_MS)
        return fault_set(fault, FAULT_UNREACHABLE,
                         "hub not reached at %s in %d s [UNREACHABLE]; try: systemctl status "
                         "sanling-hub",
                         agent->config->hub, REACH_TIMEOUT_MS / 1000);
    if (!imports && !more && !finished && !has_unsent(agent))
        wait_for_work(agent);
    return true;
}

bool agent_run(struct agent *agent, struct fault *fault)
{
    journal(JOURNAL_INFO, "source %s: watching %s, hub %s, next number %" PRIu64 ", %" PRIu64 " events to send",
            agent->config->source, agent->config->folder, agent->config->hub, outbox_next_sequence(agent->outbox),
            outbox_pending(agent->outbox));
    bool drained = false;
    while (!is_asked_to_end(agent)) {
        if (!turn(agent, fault))
            return false;
        if (agent->mode == AGENT_ONCE && !is_drained(agent, &drained, fault))
            return false;
        if (drained)
            break;
    }
    journal(JOURNAL_INFO,
            "source %s: ended; %" PRIu64 " rows read, %" PRIu64 " events recorded, %" PRIu64 " rejected, %" PRIu64
            " waiting",
            agent->config->source, agent->rows, agent->recorded, agent->rejected, outbox_pending(agent->outbox));
    return true;
}

/* ---- trying ---- */

static bool file_to_try(const char *path, struct folder_file *file, char folder[static 4096], struct fault *fault)
{
    struct stat status;
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    if (stat(path, &status) != 0)
        return fault_set(fault, FAULT_USAGE, "%s: %s", path, strerror(errno));
    *file = (struct folder_file){.size = status.st_size};
    if (strlen(name) >= sizeof file->name ||
        snprintf(folder, 4096, "%.*s", slash == NULL ? 1 : (int)(slash - path), slash == NULL ? "." : path) >= 4096)
        return fault_set(fault, FAULT_USAGE, "%s: the name is too long", path);
    strcpy(file->name, name);
    if (slash == path)
        strcpy(folder, "/");
    return true;
}

static bool try_import(const struct agent_config *config, struct outbox *outbox, struct translator *translator,
                       const struct folder_file *file, const char *folder, struct fault *fault)
{
    const struct mapping *mapping = agent_config_mapping(config, file->name);
    CLEANUP(import_close)
    struct import *import = import_open(outbox, translator, mapping, folder, file);
    if (import == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    enum import_state state = IMPORT_MORE;
    while (state == IMPORT_MORE)
        if (!import_step(import, true, &state, fault))
            return false;
    if (state == IMPORT_UNSETTLED)
        return fault_set(fault, FAULT_USAGE, "%s/%s: cannot be read", folder, file->name);
    struct outbox_file tried = *import_file(import);
    if (tried.failure.code[0] == '\0' && mapping->attest != NULL) {
        if (!outbox_begin(outbox, fault))
            return false;
        if (!import_attest(outbox, translator, mapping, &tried, fault) || !outbox_file_save(outbox, &tried, fault)) {
            outbox_rollback(outbox);
            return false;
        }
        return outbox_commit(outbox, fault);
    }
    return true;
}

bool agent_try(const struct agent_config *config, const char *path, bool *rejected_any, struct fault *fault)
{
    struct folder_file file;
    char folder[4096];
    if (!file_to_try(path, &file, folder, fault))
        return false;
    CLEANUP(outbox_close) struct outbox *outbox = outbox_open_copy(config->state, config->source, fault);
    CLEANUP(translator_close) struct translator *translator = translator_open(config->utc_offset_minutes);
    if (outbox == NULL)
        return false;
    if (translator == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    struct outbox_file tried;
    if (!try_import(config, outbox, translator, &file, folder, fault) ||
        !outbox_file_find(outbox, file.name, &tried, fault))
        return false;
    *rejected_any = tried.rejected > 0 || tried.failure.code[0] != '\0';
    return report_print(outbox, &tried, true, stdout, fault);
}
