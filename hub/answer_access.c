/* Who may do what, who changed it when, and what waits for a second operator. */
#include <string.h>

#include "answer_parts.h"
#include "domain/grant.h"
#include "log/sha256.h"

/* As a list, in the arena. */
static void take_types(struct hub *hub, const char *joined, Sanling__V1__AccessEntry *entry)
{
    size_t count = 1;
    for (const char *at = joined; *at != '\0'; at++)
        count += *at == ' ';
    entry->types = take(hub, count * sizeof *entry->types);
    char *rest = take_text(hub, joined);
    for (char *type = strsep(&rest, " "); type && *type; type = strsep(&rest, " "))
        entry->types[entry->n_types++] = type;
}

Sanling__V1__AccessEntry *take_access_entry(struct hub *hub, const struct access_rights *rights)
{
    const struct state *state = &hub->ledger.state;
    Sanling__V1__AccessEntry *entry = take(hub, sizeof *entry);
    sanling__v1__access_entry__init(entry);
    entry->name = take_text(hub, state_text(state, rights->name));
    entry->key = take_text(hub, state_text(state, rights->key));
    entry->role = take_text(hub, role_name((enum role)rights->role));
    entry->office = (Sanling__V1__Office__Kind)rights->office;
    entry->unit = take_text(hub, state_text(state, rights->unit));
    entry->signing_key = take_text(hub, state_text(state, rights->signing_key));
    take_types(hub, state_text(state, rights->types), entry);
    return entry;
}

void answer_access(struct hub *hub, const struct session *session, uint32_t query, uint64_t proposal)
{
    const struct state *state = &hub->ledger.state;
    uint64_t known_at = hub->shown.past ? hub->shown.position : POSITION_END;
    uint32_t at = 1;
    do {
        wire_arena_reset(hub->arena);
        Sanling__V1__Answer answer = answer_head(hub, query);
        Sanling__V1__AccessAnswer access = SANLING__V1__ACCESS_ANSWER__INIT;
        access.entries = take(hub, ROWS_MAX * sizeof *access.entries);
        access.since = take(hub, ROWS_MAX * sizeof *access.since);
        access.proposal = proposal;
        for (; at < state->access_changes.count && access.n_entries < ROWS_MAX; at++) {
            const struct access_change *change = table_row(&state->access_changes, at);
            if (!grant_holds(change, known_at))
                continue;
            access.since[access.n_since++] = change->position;
            access.entries[access.n_entries++] = take_access_entry(hub, &change->rights);
        }
        answer.more = at < state->access_changes.count;
        answer.body_case = SANLING__V1__ANSWER__BODY_ACCESS;
        answer.access = &access;
        send_answer(hub, session, &answer);
    } while (at < state->access_changes.count);
}

static Sanling__V1__AccessHistoryAnswer__Change *take_change(struct hub *hub, const struct access_change *from)
{
    const struct state *state = &hub->ledger.state;
    const struct proposal *proposal =
        table_row(&state->proposals, from->proposal ? proposal_at(state, from->proposal) : 0);
    Sanling__V1__AccessHistoryAnswer__Change *row = take(hub, sizeof *row);
    sanling__v1__access_history_answer__change__init(row);
    row->position = from->position;
    row->recorded_at = take_time(hub, from->recorded_at_us);
    row->entry = take_access_entry(hub, &from->rights);
    row->revoked = from->rights.role == ROLE_NONE;
    row->ground = (Sanling__V1__AccessGround__Kind)from->ground;
    row->by = take_text(hub, state_text(state, from->by));
    row->proposal = from->proposal;
    row->proposed_by = take_text(hub, state_text(state, proposal->by));
    row->ended_at = from->ended_at;
    return row;
}

void answer_access_history(struct hub *hub, const struct session *session, uint32_t query, const char *asked)
{
    const struct state *state = &hub->ledger.state;
    char name[ACCESS_NAME_SIZE] = ""; /* the answer takes the question's memory */
    strncat(name, asked, sizeof name - 1);
    uint32_t at = 1;
    do {
        wire_arena_reset(hub->arena);
        Sanling__V1__Answer answer = answer_head(hub, query);
        Sanling__V1__AccessHistoryAnswer history = SANLING__V1__ACCESS_HISTORY_ANSWER__INIT;
        history.changes = take(hub, ROWS_MAX * sizeof *history.changes);
        for (; at < state->access_changes.count && history.n_changes < ROWS_MAX; at++) {
            const struct access_change *change = table_row(&state->access_changes, at);
            if (name[0] == '\0' || strcmp(state_text(state, change->rights.name), name) == 0)
                history.changes[history.n_changes++] = take_change(hub, change);
        }
        answer.more = at < state->access_changes.count;
        answer.body_case = SANLING__V1__ANSWER__BODY_ACCESS_HISTORY;
        answer.access_history = &history;
        send_answer(hub, session, &answer);
    } while (at < state->access_changes.count);
}

/* The value of the line `version:` of a policy that passed its check when it was proposed. */
static char *take_version(struct hub *hub, const char *policy)
{
    static const char key[] = "\nversion:";
    const char *line = strncmp(policy, key + 1, sizeof key - 2) == 0 ? policy : strstr(policy, key);
    if (!line)
        return take_text(hub, "");
    line += strcspn(line, ":") + 1;
    line += strspn(line, " \t'\"");
    size_t size = strcspn(line, " \t'\"#\r\n");
    char *version = take(hub, size + 1);
    memcpy(version, line, size);
    return version;
}

static Sanling__V1__ProposalsAnswer__Proposal *take_proposal(struct hub *hub, const struct proposal *from, bool whole)
{
    const struct state *state = &hub->ledger.state;
    const char *content = state_text(state, from->content);
    Sanling__V1__ProposalsAnswer__Proposal *row = take(hub, sizeof *row);
    sanling__v1__proposals_answer__proposal__init(row);
    row->position = from->position;
    row->recorded_at = take_time(hub, from->recorded_at_us);
    row->expires_at = take_time(hub, from->recorded_at_us + PROPOSAL_LIFE_US);
    row->by = take_text(hub, state_text(state, from->by));
    if (from->kind == PROPOSAL_GRANT) {
        row->grant = take_access_entry(hub, &from->rights);
    } else if (from->kind == PROPOSAL_LOG_KEY) {
        row->verifier_key = take_text(hub, content);
    } else {
        uint8_t *sha256 = take(hub, SHA256_SIZE);
        sha256_of(content, strlen(content), sha256);
        row->policy_version = take_version(hub, content);
        row->policy_sha256 = (ProtobufCBinaryData){.data = sha256, .len = SHA256_SIZE};
        if (whole)
            row->policy_text = take_text(hub, content);
    }
    return row;
}

void answer_proposals(struct hub *hub, const struct session *session, uint32_t query, uint64_t position)
{
    const struct state *state = &hub->ledger.state;
    int64_t now_us = hub_now_us(hub);
    uint32_t at = 1;
    do {
        wire_arena_reset(hub->arena);
        Sanling__V1__Answer answer = answer_head(hub, query);
        Sanling__V1__ProposalsAnswer proposals = SANLING__V1__PROPOSALS_ANSWER__INIT;
        proposals.operators = grant_count(state, ROLE_OPERATOR);
        proposals.proposals = take(hub, ROWS_MAX * sizeof *proposals.proposals);
        for (; at < state->proposals.count && proposals.n_proposals < ROWS_MAX; at++) {
            const struct proposal *proposal = table_row(&state->proposals, at);
            if (proposal_open(proposal, now_us) && (position == 0 || proposal->position == position))
                proposals.proposals[proposals.n_proposals++] = take_proposal(hub, proposal, position != 0);
        }
        answer.more = at < state->proposals.count;
        answer.body_case = SANLING__V1__ANSWER__BODY_PROPOSALS;
        answer.proposals = &proposals;
        send_answer(hub, session, &answer);
    } while (at < state->proposals.count);
}
