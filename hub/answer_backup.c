#include "answer_backup.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "answer_parts.h"
#include "journal.h"

static void answer_busy(struct hub *hub, const struct peer *peer, uint32_t query)
{
    enum { AGAIN_MS = 5000 };
    hub_busy(hub, peer, query, 0, AGAIN_MS, "another backup is being copied");
}

static struct backup_request *request_of(const struct session *session, const struct identity *identity, uint32_t query)
{
    struct backup_request *request = calloc(1, sizeof *request);
    if (!request)
        abort();
    request->peer = session->peer;
    request->query = query;
    request->asked_ms = hub_monotonic_ms();
    snprintf(request->identity, sizeof request->identity, "%s", identity->name);
    return request;
}

static void ask(struct hub *hub, struct backup_request *request)
{
    const struct backup_request asked = *request;
    if (backup_ask(hub->backup, &request))
        return;
    free(request);
    answer_busy(hub, &asked.peer, asked.query);
}

void backup_take_question(struct hub *hub, const struct session *session, const struct identity *identity,
                          uint32_t query)
{
    struct backup_request *request = request_of(session, identity, query);
    request->position = hub->ledger.state.heads.position;
    request->rejections = hub->ledger.state.heads.rejections;
    ledger_digest(&hub->ledger, request->digest);
    ask(hub, request);
}

/* Only of what it laid out itself, and only with the digest that the hub had of its own in that moment. */
void backup_take_verified(struct hub *hub, const struct session *session, const struct identity *identity,
                          const Sanling__V1__Query *query)
{
    const Sanling__V1__BackupVerifiedQuery *told = query->backup_verified;
    const struct backup_request *laid = &hub->laid_out;
    if (laid->nonce[0] == '\0' || strcmp(told->nonce, laid->nonce) != 0 || told->digest.len != sizeof laid->digest ||
        memcmp(told->digest.data, laid->digest, sizeof laid->digest) != 0) {
        hub_error(hub, &session->peer, SANLING__V1__CODE__KIND__BAD_QUERY, query->id, 0,
                  "backup_verified: not what this hub laid out last");
        return;
    }
    struct backup_request *request = request_of(session, identity, query->id);
    request->tells = true;
    request->verified = (struct backup_verified){
        .at_s = (int64_t)time(NULL), .took_ms = request->asked_ms - laid->asked_ms, .position = laid->position};
    snprintf(request->verified.nonce, sizeof request->verified.nonce, "%s", laid->nonce);
    ask(hub, request);
}

static void answer_laid_out(struct hub *hub, const struct session *session, struct backup_request *request)
{
    wire_arena_reset(hub->arena);
    hub_show_now(hub);
    Sanling__V1__Answer answer = answer_head(hub, request->query);
    Sanling__V1__BackupAnswer backup = SANLING__V1__BACKUP_ANSWER__INIT;
    backup.position = request->position;
    backup.rejections = request->rejections;
    backup.digest = (ProtobufCBinaryData){.data = request->digest, .len = sizeof request->digest};
    backup.form = STATE_FORM;
    backup.folder = request->folder;
    backup.nonce = request->nonce;
    backup.hub = (char *)state_text(&hub->ledger.state, hub->ledger.state.heads.hub);
    answer.body_case = SANLING__V1__ANSWER__BODY_BACKUP;
    answer.backup = &backup;
    send_answer(hub, session, &answer);
}

static void answer_remembered(struct hub *hub, const struct session *session, const struct backup_request *request)
{
    wire_arena_reset(hub->arena);
    hub_show_now(hub);
    Sanling__V1__Answer answer = answer_head(hub, request->query);
    Sanling__V1__BackupVerifiedAnswer nothing = SANLING__V1__BACKUP_VERIFIED_ANSWER__INIT;
    answer.body_case = SANLING__V1__ANSWER__BODY_BACKUP_VERIFIED;
    answer.backup_verified = &nothing;
    send_answer(hub, session, &answer);
}

/* What it means for the hub, whether or not somebody waits for the answer. */
static void take_result(struct hub *hub, const struct backup_request *request)
{
    if (request->busy)
        return;
    if (request->failed) {
        journal(JOURNAL_ERROR, "backup asked for by %s: %s: %s", request->identity,
                request->tells ? "verified, and that cannot be noted" : "not laid out", request->fault.text);
    } else if (request->tells) {
        hub->backed_up = request->verified;
        journal(JOURNAL_NOTICE,
                "backup up to position %" PRIu64 " verified, says %s, %" PRId64 " s after it was asked for",
                request->verified.position, request->identity, request->verified.took_ms / 1000);
    } else {
        hub->laid_out = *request;
        journal(JOURNAL_NOTICE, "backup asked for by %s: laid out in %s up to position %" PRIu64 ", to be copied",
                request->identity, request->folder, request->head.position);
    }
}

static void answered(struct hub *hub, struct backup_request *request)
{
    const struct session *session = sessions_find(&hub->sessions, &request->peer);
    take_result(hub, request);
    if (!session)
        return;
    if (request->busy)
        answer_busy(hub, &request->peer, request->query);
    else if (request->failed)
        hub_error(hub, &request->peer,
                  request->fault.code == FAULT_FULL ? SANLING__V1__CODE__KIND__STORE_FULL
                                                    : SANLING__V1__CODE__KIND__BAD_QUERY,
                  request->query, 0, request->fault.text);
    else if (request->tells)
        answer_remembered(hub, session, request);
    else
        answer_laid_out(hub, session, request);
}

void backup_go_on(struct hub *hub)
{
    struct backup_request *request = backup_take(hub->backup);
    if (request)
        answered(hub, request);
    free(request);
    backup_turn(hub->backup, &hub->durable, notary_covered(hub->notary));
}
