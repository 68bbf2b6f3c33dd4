#include "access_change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "answer_parts.h"
#include "domain/grant.h"
#include "journal.h"
#include "reception.h"

/* What is about to be recorded, for one operator's question. */
struct change {
    struct hub *hub;
    const struct session *session;
    uint32_t query;
    int64_t now_us;
    Sanling__V1__Event event;
};

static void open_change(struct change *change, struct hub *hub, const struct session *session,
                        const Sanling__V1__Query *query)
{
    *change = (struct change){.hub = hub, .session = session, .query = query->id, .now_us = hub_now_us(hub)};
    sanling__v1__event__init(&change->event);
}

static bool refuse(const struct change *change, Sanling__V1__Code__Kind code, const char *text)
{
    hub_error(change->hub, &change->session->peer, code, change->query, 0, text);
    return false;
}

/* Whether the record may be made; false: that was answered. */
static bool may_record(struct change *change)
{
    struct decision decision;
    return ledger_may_note(&change->hub->ledger, &change->event, change->now_us, &decision) ||
           refuse(change, decision.code, decision.text);
}

static uint64_t record(struct change *change)
{
    ledger_note(&change->hub->ledger, &change->event, change->now_us);
    hub_show_now(change->hub);
    return change->hub->ledger.state.heads.position;
}

/* Whether the access file was replaced; false: that was answered. */
static bool file_changed(const struct change *change, bool changed, const struct fault *fault)
{
    return changed || refuse(change, SANLING__V1__CODE__KIND__BAD_QUERY, fault->text);
}

static void grant(struct change *change, Sanling__V1__AccessEntry *entry, Sanling__V1__AccessGround__Kind ground,
                  uint64_t proposal)
{
    struct hub *hub = change->hub;
    struct fault fault;
    char name[ACCESS_NAME_SIZE]; /* the answer may take the question's memory */
    Sanling__V1__AccessGranted granted = SANLING__V1__ACCESS_GRANTED__INIT;
    granted.entry = entry;
    granted.ground = ground;
    granted.by = (char *)change->session->identity;
    granted.proposal = proposal;
    change->event.payload_case = SANLING__V1__EVENT__PAYLOAD_ACCESS_GRANTED;
    change->event.access_granted = &granted;
    if (!may_record(change) || !file_changed(change, access_grant(hub->access, entry, &fault), &fault))
        return;
    snprintf(name, sizeof name, "%s", entry->name);
    uint64_t position = record(change);
    journal(JOURNAL_NOTICE, "access of %s granted by %s at %llu", name, granted.by, (unsigned long long)position);
    answer_access(hub, change->session, change->query, 0);
    reception_end_sessions(hub, name);
}

static void propose(struct change *change, Sanling__V1__AccessEntry *entry, const char *verifier_key)
{
    Sanling__V1__AccessProposed proposed = SANLING__V1__ACCESS_PROPOSED__INIT;
    proposed.by = (char *)change->session->identity;
    proposed.grant = entry;
    proposed.verifier_key = (char *)verifier_key;
    change->event.payload_case = SANLING__V1__EVENT__PAYLOAD_ACCESS_PROPOSED;
    change->event.access_proposed = &proposed;
    if (!may_record(change))
        return;
    uint64_t position = record(change);
    journal(JOURNAL_NOTICE, "%s proposed by %s at %llu: waits for another operator",
            entry ? "access" : "another log key", proposed.by, (unsigned long long)position);
    answer_access(change->hub, change->session, change->query, position);
}

static struct entry_facts facts_of(const Sanling__V1__AccessEntry *entry)
{
    return (struct entry_facts){.name = entry->name,
                                .key = entry->key,
                                .unit = entry->unit,
                                .signing_key = entry->signing_key,
                                .role = role_of_name(entry->role),
                                .office = (enum office)entry->office,
                                .types = (const char *const *)entry->types,
                                .type_count = (uint32_t)entry->n_types};
}

/* Another operator's open proposal of the same: to ask for it, too, confirms it. NULL: none. */
static const struct proposal *anothers(const struct change *change, uint32_t same)
{
    const struct state *state = &change->hub->ledger.state;
    const struct proposal *proposal = table_row(&state->proposals, same);
    bool own = strcmp(state_text(state, proposal->by), change->session->identity) == 0;
    return same != 0 && !own ? proposal : NULL;
}

static void take_grant(struct change *change, Sanling__V1__AccessEntry *entry)
{
    const struct state *state = &change->hub->ledger.state;
    struct fault fault;
    if (!access_may_grant(change->hub->access, entry, &fault)) {
        (void)refuse(change, SANLING__V1__CODE__KIND__BAD_QUERY, fault.text);
        return;
    }
    const struct entry_facts facts = facts_of(entry);
    const struct proposal *same = anothers(change, proposal_of_grant(state, &facts, change->now_us));
    if (!grant_widens(state, &facts))
        grant(change, entry, SANLING__V1__ACCESS_GROUND__KIND__CHANGE, 0);
    else if (same)
        grant(change, entry, SANLING__V1__ACCESS_GROUND__KIND__CONFIRMED, same->position);
    else
        propose(change, entry, "");
}

static void take_revocation(struct change *change, const char *named)
{
    struct hub *hub = change->hub;
    struct fault fault;
    char name[ACCESS_NAME_SIZE];
    Sanling__V1__AccessRevoked revoked = SANLING__V1__ACCESS_REVOKED__INIT;
    if (!access_by_name(hub->access, named)) {
        (void)refuse(change, SANLING__V1__CODE__KIND__UNKNOWN_NAME, "access: nobody has this name");
        return;
    }
    revoked.identity = (char *)named;
    revoked.ground = SANLING__V1__ACCESS_GROUND__KIND__CHANGE;
    revoked.by = (char *)change->session->identity;
    change->event.payload_case = SANLING__V1__EVENT__PAYLOAD_ACCESS_REVOKED;
    change->event.access_revoked = &revoked;
    if (!may_record(change) || !file_changed(change, access_revoke(hub->access, named, &fault), &fault))
        return;
    snprintf(name, sizeof name, "%s", named);
    uint64_t position = record(change);
    journal(JOURNAL_NOTICE, "access of %s revoked by %s at %llu", name, revoked.by, (unsigned long long)position);
    answer_access(hub, change->session, change->query, 0);
    reception_end_sessions(hub, name);
}

/* Whether the key lies beside the present one, so that the notary can put it in place; false: that was answered. */
static bool key_waits(const struct change *change, const char *verifier)
{
    char waits[NOTE_KEY_TEXT_SIZE];
    struct fault fault;
    return (log_key_next(change->hub->config->log_key, waits, &fault) && strcmp(waits, verifier) == 0) ||
           refuse(change, SANLING__V1__CODE__KIND__BAD_QUERY,
                  "log_key: not the key that waits beside the hub's; make it with sanling-hub --new-log-key");
}

static void replace_log_key(struct change *change, const char *verifier, uint64_t proposal)
{
    Sanling__V1__LogKeyReplaced replaced = SANLING__V1__LOG_KEY_REPLACED__INIT;
    replaced.verifier_key = (char *)verifier;
    replaced.by = (char *)change->session->identity;
    replaced.proposal = proposal;
    change->event.payload_case = SANLING__V1__EVENT__PAYLOAD_LOG_KEY_REPLACED;
    change->event.log_key_replaced = &replaced;
    if (!key_waits(change, verifier) || !may_record(change))
        return;
    uint64_t position = record(change); /* behind which the notary signs with it */
    journal(JOURNAL_NOTICE, "log key replaced by %s at %llu", replaced.by, (unsigned long long)position);
    answer_access(change->hub, change->session, change->query, 0);
}

static void take_log_key(struct change *change, const char *verifier)
{
    const struct proposal *same =
        anothers(change, proposal_of(&change->hub->ledger.state, PROPOSAL_LOG_KEY, verifier, change->now_us));
    if (!key_waits(change, verifier))
        return;
    if (same)
        replace_log_key(change, verifier, same->position);
    else
        propose(change, NULL, verifier);
}

static void take_confirmation(struct change *change, uint64_t position)
{
    const struct state *state = &change->hub->ledger.state;
    struct fault fault;
    const struct proposal *proposal = table_row(&state->proposals, proposal_at(state, position));
    if (proposal->position == 0) {
        (void)refuse(change, SANLING__V1__CODE__KIND__PROPOSAL_CLOSED, "proposal: none stands there");
        return;
    }
    if (proposal->kind == PROPOSAL_LOG_KEY) {
        char verifier[NOTE_KEY_TEXT_SIZE]; /* a record moves the state's texts */
        snprintf(verifier, sizeof verifier, "%s", state_text(state, proposal->content));
        replace_log_key(change, verifier, position);
        return;
    }
    if (proposal->kind != PROPOSAL_GRANT) {
        (void)refuse(change, SANLING__V1__CODE__KIND__BAD_QUERY,
                     "proposal: of a policy; publish the same text to confirm it");
        return;
    }
    Sanling__V1__AccessEntry *entry = take_access_entry(change->hub, &proposal->rights);
    if (access_may_grant(change->hub->access, entry, &fault)) /* another may have the key by now */
        grant(change, entry, SANLING__V1__ACCESS_GROUND__KIND__CONFIRMED, position);
    else
        (void)refuse(change, SANLING__V1__CODE__KIND__BAD_QUERY, fault.text);
}

static void take_withdrawal(struct change *change, uint64_t proposal)
{
    Sanling__V1__ProposalWithdrawn withdrawn = SANLING__V1__PROPOSAL_WITHDRAWN__INIT;
    withdrawn.proposal = proposal;
    withdrawn.by = (char *)change->session->identity;
    change->event.payload_case = SANLING__V1__EVENT__PAYLOAD_PROPOSAL_WITHDRAWN;
    change->event.proposal_withdrawn = &withdrawn;
    if (!may_record(change))
        return;
    (void)record(change);
    journal(JOURNAL_NOTICE, "proposal at %llu withdrawn by %s", (unsigned long long)proposal, withdrawn.by);
    answer_access(change->hub, change->session, change->query, 0);
}

void access_change_take(struct hub *hub, const struct session *session, const Sanling__V1__Query *query)
{
    const Sanling__V1__AccessChange *asked = query->access_change;
    struct change change;
    open_change(&change, hub, session, query);
    switch (asked->change_case) {
    case SANLING__V1__ACCESS_CHANGE__CHANGE_GRANT:
        take_grant(&change, asked->grant);
        return;
    case SANLING__V1__ACCESS_CHANGE__CHANGE_REVOKE:
        take_revocation(&change, asked->revoke);
        return;
    case SANLING__V1__ACCESS_CHANGE__CHANGE_CONFIRM:
        take_confirmation(&change, asked->confirm);
        return;
    case SANLING__V1__ACCESS_CHANGE__CHANGE_WITHDRAW:
        take_withdrawal(&change, asked->withdraw);
        return;
    case SANLING__V1__ACCESS_CHANGE__CHANGE_LOG_KEY:
        take_log_key(&change, asked->log_key);
        return;
    case SANLING__V1__ACCESS_CHANGE__CHANGE__NOT_SET:
    case _SANLING__V1__ACCESS_CHANGE__CHANGE__CASE_IS_INT_SIZE:
        break;
    }
    (void)refuse(&change, SANLING__V1__CODE__KIND__BAD_QUERY, "access: grant, revoke, confirm, withdraw or log_key");
}

/* ---- what the file says ---- */

static void record_granted(struct hub *hub, const struct identity *identity)
{
    Sanling__V1__AccessEntry entry = SANLING__V1__ACCESS_ENTRY__INIT;
    Sanling__V1__AccessGranted granted = SANLING__V1__ACCESS_GRANTED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    entry.name = (char *)identity->name;
    entry.key = (char *)identity->key;
    entry.role = (char *)role_name(identity->role);
    entry.office = (Sanling__V1__Office__Kind)identity->office;
    entry.unit = (char *)identity->root;
    entry.signing_key = (char *)identity->signing_key;
    entry.types = identity->named_types;
    entry.n_types = identity->named_type_count;
    granted.entry = &entry;
    granted.ground = SANLING__V1__ACCESS_GROUND__KIND__FILE;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_ACCESS_GRANTED;
    event.access_granted = &granted;
    ledger_note(&hub->ledger, &event, hub_now_us(hub));
}

static void record_revoked(struct hub *hub, const char *name)
{
    Sanling__V1__AccessRevoked revoked = SANLING__V1__ACCESS_REVOKED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    revoked.identity = (char *)name;
    revoked.ground = SANLING__V1__ACCESS_GROUND__KIND__FILE;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_ACCESS_REVOKED;
    event.access_revoked = &revoked;
    ledger_note(&hub->ledger, &event, hub_now_us(hub));
}

size_t access_change_record_file(struct hub *hub)
{
    const struct state *state = &hub->ledger.state;
    uint64_t before = state->heads.position;
    uint32_t known = state->access_changes.count;
    for (uint32_t i = 1; i < known; i++) {
        const struct access_change *change = table_row(&state->access_changes, i);
        const char *name = state_text(state, change->rights.name);
        if (grant_holds(change, POSITION_END) && !access_by_name(hub->access, name))
            record_revoked(hub, name);
    }
    for (size_t i = 0; i < access_count(hub->access); i++) {
        const struct identity *identity = access_at(hub->access, i);
        const struct entry_facts facts = identity_facts(identity);
        const struct access_change *change =
            table_row(&state->access_changes, grant_of(state, identity->name, POSITION_END));
        if (change->position == 0 || !grant_says(state, &change->rights, &facts))
            record_granted(hub, identity);
    }
    return (size_t)(state->heads.position - before);
}
