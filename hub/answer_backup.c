#include "answer_backup.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "answer_parts.h"
#include "journal.h"

static void answer_busy(struct hub *hub, const struct peer *peer, uint32_t query)
{
    enum { AGAIN_MS = 5000 };
    hub_busy(hub, peer, query, 0, AGAIN_MS, "another backup is being copied");
}

void backup_take_question(struct hub *hub, const struct session *session, const struct identity *identity,
                          uint32_t query)
{
    struct backup_request *request = calloc(1, sizeof *request);
    if (!request)
        abort();
    request->peer = session->peer;
    request->query = query;
    request->position = hub->ledger.state.heads.position;
    request->rejections = hub->ledger.state.heads.rejections;
    snprintf(request->identity, sizeof request->identity, "%s", identity->name);
    ledger_digest(&hub->ledger, request->digest);
    if (backup_ask(hub->backup, &request))
        return;
    free(request);
    answer_busy(hub, &session->peer, query);
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
    backup.folder = request->folder;
    backup.nonce = request->nonce;
    backup.hub = (char *)state_text(&hub->ledger.state, hub->ledger.state.heads.hub);
    answer.body_case = SANLING__V1__ANSWER__BODY_BACKUP;
    answer.backup = &backup;
    send_answer(hub, session, &answer);
}

static void answered(struct hub *hub, struct backup_request *request)
{
    const struct session *session = sessions_find(&hub->sessions, &request->peer);
    if (request->failed)
        journal(JOURNAL_ERROR, "backup asked for by %s: not laid out: %s", request->identity, request->fault.text);
    else if (!request->busy)
        journal(JOURNAL_NOTICE, "backup asked for by %s: laid out in %s up to position %" PRIu64 ", to be copied",
                request->identity, request->folder, request->head.position);
    if (!session)
        return;
    if (request->busy)
        answer_busy(hub, &request->peer, request->query);
    else if (request->failed)
        hub_error(hub, &request->peer,
                  request->fault.code == FAULT_FULL ? SANLING__V1__CODE__KIND__STORE_FULL
                                                    : SANLING__V1__CODE__KIND__BAD_QUERY,
                  request->query, 0, request->fault.text);
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
