#include "refusing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "answer_parts.h"
#include "domain/day.h"
#include "journal.h"

/* Refusals are of the real day, on a demonstration hub too. */
static int64_t real_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void set_asking(struct refused *asking, enum refused_kind kind, const char *who, enum refused_what what)
{
    asking->kind = kind;
    asking->what = what;
    asking->code = 0;
    snprintf(asking->who, sizeof asking->who, "%s", who);
}

void refusing_begin(struct hub *hub, enum refused_kind kind, const char *who, enum refused_what what)
{
    set_asking(&hub->asking, kind, who, what);
}

bool refusing_note_all(struct hub *hub, enum refused_what what, Sanling__V1__Code__Kind code, uint32_t count)
{
    if (!hub->refusals || hub->asking.what == 0 || count == 0)
        return false;
    struct refused refused = hub->asking;
    refused.what = what;
    refused.code = (int)code;
    hub->counts.refusals[what][code] += count;
    return refusals_note(hub->refusals, &refused, count, real_us());
}

bool refusing_note(struct hub *hub, Sanling__V1__Code__Kind code)
{
    return refusing_note_all(hub, hub->asking.what, code, 1);
}

void refusing_note_knock(struct hub *hub, const struct knock *knock)
{
    struct refused refused;
    set_asking(&refused, knock->key[0] ? REFUSED_KEY : REFUSED_NOBODY, knock->key, REFUSED_CONNECTION);
    refused.code = SANLING__V1__CODE__KIND__NOT_PERMITTED;
    hub->counts.refusals[refused.what][refused.code]++;
    if (refusals_note(hub->refusals, &refused, 1, real_us()))
        journal(JOURNAL_NOTICE, "connection from %s refused: its key is not in the access file: %s",
                knock->address[0] ? knock->address : "an unknown address", knock->key[0] ? knock->key : "none");
}

void refusing_note_failed(struct hub *hub, uint32_t count)
{
    struct refused refused;
    set_asking(&refused, REFUSED_NOBODY, "", REFUSED_CONNECTION);
    refused.code = SANLING__V1__CODE__KIND__MALFORMED;
    hub->counts.refusals[refused.what][refused.code] += count;
    if (count > 0 && refusals_note(hub->refusals, &refused, count, real_us()))
        journal(JOURNAL_NOTICE, "connection refused: no handshake of this protocol with this hub's key");
}

/* ---- writing ---- */

static void write_text(struct hub *hub, int64_t now_us, bool all)
{
    size_t size;
    char *text = refusals_take_text(hub->refusals, now_us, all, &size);
    if (!text)
        return;
    struct audit_job *job = calloc(1, sizeof *job);
    if (!job)
        abort();
    *job = (struct audit_job){.kind = AUDIT_WRITE, .text = text, .size = size, .now_us = now_us};
    audit_submit(hub->audit, &job);
}

void refusing_write(struct hub *hub)
{
    if (audit_busy(hub->audit, AUDIT_WRITE) == 0 && !hub->disk_full)
        write_text(hub, real_us(), false);
}

static void written(struct hub *hub, struct audit_job *job)
{
    refusals_set_day_bytes(hub->refusals, job->day_bytes);
    if (job->failed)
        refusals_give_back(hub->refusals, &job->text, job->size);
    if (job->failed && !hub->audit_failed)
        journal(JOURNAL_ERROR, "audit: %s; what was refused is kept in memory and tried again", job->fault.text);
    if (!job->failed && hub->audit_failed)
        journal(JOURNAL_NOTICE, "audit: written again");
    hub->audit_failed = job->failed;
}

void refusing_end(struct hub *hub)
{
    struct audit_job *job;
    if (hub->audit) {
        while ((job = audit_take(hub->audit, true)) != NULL) {
            if (job->kind == AUDIT_WRITE)
                written(hub, job);
            audit_job_free(&job);
        }
        write_text(hub, real_us(), true);
        job = audit_take(hub->audit, true);
        if (job && job->failed)
            journal(JOURNAL_ERROR,
                    "audit: %s; the refusals since the last line there are written nowhere else: see to the folder",
                    job->fault.text);
        audit_job_free(&job);
    }
    audit_stop(&hub->audit);
    refusals_close(&hub->refusals);
}

/* ---- answering ---- */

static Sanling__V1__Refusal *take_refusal(struct hub *hub, const struct refusal_row *row)
{
    Sanling__V1__Refusal *refusal = take(hub, sizeof *refusal);
    sanling__v1__refusal__init(refusal);
    if (row->refused.kind == REFUSED_IDENTITY)
        refusal->identity = take_text(hub, row->refused.who);
    if (row->refused.kind == REFUSED_KEY)
        refusal->key = take_text(hub, row->refused.who);
    refusal->others = row->refused.kind == REFUSED_OTHERS;
    refusal->what = (Sanling__V1__Refusal__What)row->refused.what;
    refusal->code = (Sanling__V1__Code__Kind)row->refused.code;
    refusal->count = row->count;
    refusal->first = take_time(hub, row->first_us);
    refusal->last = take_time(hub, row->last_us);
    return refusal;
}

static int compare_rows(const void *a, const void *b)
{
    const struct refused *one = &((const struct refusal_row *)a)->refused;
    const struct refused *other = &((const struct refusal_row *)b)->refused;
    if (one->kind != other->kind)
        return one->kind < other->kind ? -1 : 1;
    int by_name = strcmp(one->who, other->who);
    if (by_name != 0)
        return by_name;
    if (one->what != other->what)
        return one->what < other->what ? -1 : 1;
    return one->code < other->code ? -1 : one->code > other->code;
}

/* Sorted by whose they are. */
static void answer(struct hub *hub, const struct session *session, uint32_t query, struct refusal_row *rows,
                   size_t count, int64_t since_us)
{
    qsort(rows, count, sizeof *rows, compare_rows);
    for (size_t at = 0; at == 0 || at < count; at += ROWS_MAX) {
        wire_arena_reset(hub->arena);
        Sanling__V1__Answer answer = answer_head(hub, query);
        Sanling__V1__RefusalsAnswer refusals = SANLING__V1__REFUSALS_ANSWER__INIT;
        refusals.refusals = take(hub, ROWS_MAX * sizeof *refusals.refusals);
        refusals.since = at == 0 ? take_time(hub, since_us) : NULL;
        for (size_t i = at; i < count && i < at + ROWS_MAX; i++)
            refusals.refusals[refusals.n_refusals++] = take_refusal(hub, &rows[i]);
        answer.more = at + ROWS_MAX < count;
        answer.body_case = SANLING__V1__ANSWER__BODY_REFUSALS;
        answer.refusals = &refusals;
        send_answer(hub, session, &answer);
    }
}

static void answer_since_start(struct hub *hub, const struct session *session, uint32_t query, const char *identity)
{
    size_t count;
    size_t kept = 0;
    struct refusal_row *rows = refusals_rows(hub->refusals, &count);
    for (size_t i = 0; i < count; i++)
        if (identity[0] == '\0' ||
            (rows[i].refused.kind == REFUSED_IDENTITY && strcmp(rows[i].refused.who, identity) == 0))
            rows[kept++] = rows[i];
    answer(hub, session, query, rows, kept, hub->started_us);
    free(rows);
}

static int64_t day_start_us(const char *day)
{
    int32_t number;
    return day_parse(day, &number) ? (int64_t)number * 86400 * 1000000 : 0;
}

void refusing_ask(struct hub *hub, const struct session *session, const Sanling__V1__Query *query)
{
    const Sanling__V1__RefusalsQuery *ask = query->refusals;
    int32_t day;
    if (ask->from_day[0] == '\0') {
        answer_since_start(hub, session, query->id, ask->identity);
        return;
    }
    if (!day_parse(ask->from_day, &day)) {
        hub_error(hub, &session->peer, SANLING__V1__CODE__KIND__BAD_QUERY, query->id, 0, "from_day: not a day");
        return;
    }
    if (audit_busy(hub->audit, AUDIT_READ) >= AUDIT_QUESTIONS_MAX) {
        hub_busy(hub, &session->peer, query->id, 0, LIMIT_LENT_MS, "others ask about refusals");
        return;
    }
    write_text(hub, real_us(), true); /* so that the files have everything */
    struct audit_job *job = calloc(1, sizeof *job);
    if (!job)
        abort();
    *job = (struct audit_job){.kind = AUDIT_READ, .peer = session->peer, .query = query->id};
    snprintf(job->from_day, sizeof job->from_day, "%s", ask->from_day);
    snprintf(job->identity, sizeof job->identity, "%s", ask->identity);
    audit_submit(hub->audit, &job);
}

static void files_read(struct hub *hub, struct audit_job *job)
{
    const struct session *session = sessions_find(&hub->sessions, &job->peer);
    if (!session)
        return;
    if (job->failed)
        hub_tell(hub, &job->peer, SANLING__V1__CODE__KIND__DAMAGED, job->query, 0, job->fault.text);
    else
        answer(hub, session, job->query, job->rows, job->row_count, day_start_us(job->from_day));
}

void refusing_take(struct hub *hub)
{
    struct audit_job *job;
    while ((job = audit_take(hub->audit, false)) != NULL) {
        switch (job->kind) {
        case AUDIT_WRITE:
            written(hub, job);
            break;
        case AUDIT_READ:
            files_read(hub, job);
            break;
        }
        audit_job_free(&job);
    }
}
