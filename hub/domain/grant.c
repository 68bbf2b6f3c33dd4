#include "grant.h"

#include <string.h>

#include "catalogue.h"

static const char *const role_names[] = {
    [ROLE_NONE] = "",         [ROLE_PUBLISHER] = "publisher", [ROLE_SUBSCRIBER] = "subscriber",
    [ROLE_LEADER] = "leader", [ROLE_OPERATOR] = "operator",   [ROLE_AUDITOR] = "auditor",
};

const char *role_name(enum role role)
{
    return role_names[role];
}

enum role role_of_name(const char *name)
{
    for (enum role role = ROLE_PUBLISHER; role <= ROLE_AUDITOR; role++)
        if (strcmp(role_names[role], name) == 0)
            return role;
    return ROLE_NONE;
}

/* ---- what is in force ---- */

bool grant_holds(const struct access_change *change, uint64_t known_at)
{
    return change->rights.role != ROLE_NONE && change->position <= known_at &&
           (change->ended_at == 0 || change->ended_at > known_at);
}

/* The newest change of the name, or of the key where that is given; 0: never heard of. */
static uint32_t newest_of(const struct state *state, const char *name, const char *key)
{
    for (uint32_t i = state->access_changes.count; i-- > 1;) { /* thousands, and asked for by changes only */
        const struct access_change *change = table_row(&state->access_changes, i);
        if (strcmp(state_text(state, key ? change->rights.key : change->rights.name), key ? key : name) == 0)
            return i;
    }
    return 0;
}

uint32_t grant_of(const struct state *state, const char *name, uint64_t known_at)
{
    for (uint32_t i = state->access_changes.count; i-- > 1;) {
        const struct access_change *change = table_row(&state->access_changes, i);
        if (grant_holds(change, known_at) && strcmp(state_text(state, change->rights.name), name) == 0)
            return i;
    }
    return 0;
}

uint32_t grant_count(const struct state *state, enum role role)
{
    uint32_t count = 0;
    for (uint32_t i = 1; i < state->access_changes.count; i++) {
        const struct access_change *change = table_row(&state->access_changes, i);
        count += change->rights.role == (uint8_t)role && grant_holds(change, POSITION_END);
    }
    return count;
}

/* The list that the words of an entry make, without a copy: whether `joined` is the words with a blank between. */
static bool types_are(const struct entry_facts *entry, const char *joined)
{
    for (uint32_t i = 0; i < entry->type_count; i++) {
        size_t size = strlen(entry->types[i]);
        if (strncmp(joined, entry->types[i], size) != 0)
            return false;
        joined += size;
        if (i + 1 < entry->type_count && *joined++ != ' ')
            return false;
    }
    return *joined == '\0';
}

bool grant_says(const struct state *state, const struct access_rights *rights, const struct entry_facts *entry)
{
    return rights->role == (uint8_t)entry->role && rights->office == (uint8_t)entry->office &&
           strcmp(state_text(state, rights->name), entry->name) == 0 &&
           strcmp(state_text(state, rights->key), entry->key) == 0 &&
           strcmp(state_text(state, rights->unit), entry->unit) == 0 &&
           strcmp(state_text(state, rights->signing_key), entry->signing_key) == 0 &&
           types_are(entry, state_text(state, rights->types));
}

/* ---- what is more than before ---- */

bool grant_add_kinds(const char *type, enum office office, bool kinds[static EVENT_KIND_LIMIT])
{
    unsigned named = catalogue_kind(type);
    bool all = strcmp(type, "catalogue") == 0;
    if (!all && (named == 0 || (catalogue_type(named)->publishers & OFFICE_BIT(OFFICE_HUB))))
        return false;
    for (unsigned kind = 0; all && kind < EVENT_KIND_LIMIT; kind++) {
        const struct event_type *row = catalogue_type(kind);
        if (row && (row->publishers & OFFICE_BIT(office)))
            kinds[kind] = true;
    }
    if (!all)
        kinds[named] = true;
    return true;
}

static bool role_publishes(enum role role)
{
    return role == ROLE_PUBLISHER || role == ROLE_OPERATOR || role == ROLE_LEADER;
}

static void kinds_of_entry(const struct entry_facts *entry, bool kinds[static EVENT_KIND_LIMIT])
{
    memset(kinds, 0, EVENT_KIND_LIMIT);
    if (!role_publishes(entry->role))
        return;
    if (entry->type_count == 0)
        (void)grant_add_kinds("catalogue", entry->office, kinds);
    for (uint32_t i = 0; i < entry->type_count; i++)
        (void)grant_add_kinds(entry->types[i], entry->office, kinds);
}

static void kinds_of_rights(const struct state *state, const struct access_rights *rights,
                            bool kinds[static EVENT_KIND_LIMIT])
{
    enum { TYPE_SIZE = 72 };
    char type[TYPE_SIZE];
    const char *at = state_text(state, rights->types);
    memset(kinds, 0, EVENT_KIND_LIMIT);
    if (!role_publishes((enum role)rights->role))
        return;
    if (*at == '\0')
        (void)grant_add_kinds("catalogue", (enum office)rights->office, kinds);
    while (*at != '\0') {
        const char *blank = strchr(at, ' ');
        size_t size = blank ? (size_t)(blank - at) : strlen(at);
        if (size < sizeof type) {
            memcpy(type, at, size);
            type[size] = '\0';
            (void)grant_add_kinds(type, (enum office)rights->office, kinds);
        }
        at += size + (at[size] == ' ');
    }
}

/* Whoever has one of these reads all of a subtree, or decides on others. */
static bool role_is_high(enum role role)
{
    return role == ROLE_LEADER || role == ROLE_OPERATOR || role == ROLE_AUDITOR;
}

/* Somebody whom the log has never heard of, by name or by key. */
static const char *newcomer_needs(const struct entry_facts *entry)
{
    bool kinds[EVENT_KIND_LIMIT];
    kinds_of_entry(entry, kinds);
    if (role_is_high(entry->role))
        return "role: a leader, an operator or an auditor is admitted by two operators";
    if (entry->office == OFFICE_OPERATOR || kinds[EVENT_POLICY_ADOPTED])
        return "office: who may adopt a policy is admitted by two operators";
    return NULL;
}

/* A subtree is within another by the tree of today; a unit that is not in it is within itself alone. */
static bool unit_within(const struct state *state, const char *unit, const char *root)
{
    if (root[0] == '\0' || strcmp(unit, root) == 0)
        return true;
    uint32_t inner = unit[0] ? state_find_unit(state, unit) : 0;
    uint32_t outer = state_find_unit(state, root);
    return inner != 0 && outer != 0 && state_unit_within(state, inner, outer);
}

/* Against what the name has, or had before it was revoked: a detour over a revocation gives nobody more. */
static const char *more_than(const struct state *state, const struct access_change *before, bool holds,
                             const struct entry_facts *entry)
{
    const struct access_rights *rights = &before->rights;
    bool had[EVENT_KIND_LIMIT];
    bool has[EVENT_KIND_LIMIT];
    if (role_is_high(entry->role) && (!holds || rights->role != (uint8_t)entry->role))
        return "role: who becomes a leader, an operator or an auditor is admitted by two operators";
    if (role_is_high(entry->role) && strcmp(state_text(state, rights->key), entry->key) != 0)
        return "key: that of a leader, an operator or an auditor is replaced by two operators";
    if (rights->signing_key != 0 && strcmp(state_text(state, rights->signing_key), entry->signing_key) != 0)
        return "signing_key: what signs in an office's name is replaced by two operators";
    if (rights->office != (uint8_t)entry->office)
        return "office: another one is given by two operators";
    if (!unit_within(state, entry->unit, state_text(state, rights->unit)))
        return "unit: not within the present subtree; widened by two operators";
    kinds_of_rights(state, rights, had);
    kinds_of_entry(entry, has);
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++)
        if (has[kind] && !had[kind])
            return "types: more than the present ones; widened by two operators";
    return NULL;
}

/* The last rights that the name, or the key, had. */
static const struct access_change *last_rights(const struct state *state, const char *name, const char *key)
{
    for (uint32_t i = newest_of(state, name, key); i != 0; i--) {
        const struct access_change *change = table_row(&state->access_changes, i);
        bool same = strcmp(state_text(state, key ? change->rights.key : change->rights.name), key ? key : name) == 0;
        if (same && change->rights.role != ROLE_NONE)
            return change;
    }
    return NULL;
}

const char *grant_widens(const struct state *state, const struct entry_facts *entry)
{
    const struct access_change *by_name = last_rights(state, entry->name, NULL);
    const struct access_change *by_key = last_rights(state, NULL, entry->key);
    const char *why = NULL;
    if (by_name)
        why = more_than(state, by_name, grant_holds(by_name, POSITION_END), entry);
    if (!why && by_key && by_key != by_name)
        why = more_than(state, by_key, false, entry);
    return by_name || by_key ? why : newcomer_needs(entry);
}

/* ---- proposals ---- */

bool proposal_open(const struct proposal *proposal, int64_t now_us)
{
    return proposal->end == PROPOSAL_OPEN && now_us - proposal->recorded_at_us <= PROPOSAL_LIFE_US;
}

uint32_t proposal_at(const struct state *state, uint64_t position)
{
    for (uint32_t i = state->proposals.count; i-- > 1;)
        if (((const struct proposal *)table_row(&state->proposals, i))->position == position)
            return i;
    return 0;
}

uint32_t proposal_of_grant(const struct state *state, const struct entry_facts *entry, int64_t now_us)
{
    for (uint32_t i = state->proposals.count; i-- > 1;) {
        const struct proposal *proposal = table_row(&state->proposals, i);
        if (proposal->kind == PROPOSAL_GRANT && proposal_open(proposal, now_us) &&
            grant_says(state, &proposal->rights, entry))
            return i;
    }
    return 0;
}

uint32_t proposal_of(const struct state *state, enum proposal_kind kind, const char *content, int64_t now_us)
{
    for (uint32_t i = state->proposals.count; i-- > 1;) {
        const struct proposal *proposal = table_row(&state->proposals, i);
        if (proposal->kind == (uint8_t)kind && proposal_open(proposal, now_us) &&
            strcmp(state_text(state, proposal->content), content) == 0)
            return i;
    }
    return 0;
}

/* The open proposal that the event names; NULL: refused. */
static const struct proposal *judge_open(const struct state *state, uint64_t position, int64_t recorded_at_us,
                                         struct ruling *ruling)
{
    const struct proposal *proposal = table_row(&state->proposals, proposal_at(state, position));
    if (position != 0 && proposal->position == position && proposal_open(proposal, recorded_at_us))
        return proposal;
    const char *why = proposal->position != position || position == 0 ? "none stands there"
                      : proposal->end == PROPOSAL_CONFIRMED           ? "it was confirmed"
                      : proposal->end == PROPOSAL_WITHDRAWN           ? "it was withdrawn"
                                                                      : "it has expired; propose it anew";
    (void)ruling_refuse(ruling, VERDICT_PROPOSAL_CLOSED, "proposal: %s", why);
    return NULL;
}

/* The second word must be another's. */
static bool judge_second(const struct state *state, const struct proposal *proposal, const char *identity,
                         struct ruling *ruling)
{
    return strcmp(state_text(state, proposal->by), identity) != 0 ||
           ruling_refuse(ruling, VERDICT_SECOND_APPROVER,
                         "proposed at %llu by the same identity; another operator confirms it",
                         (unsigned long long)proposal->position);
}

static bool judge_operator(const struct state *state, const char *identity, struct ruling *ruling)
{
    const struct access_change *change = table_row(&state->access_changes, grant_of(state, identity, POSITION_END));
    return change->rights.role == ROLE_OPERATOR ||
           ruling_refuse(ruling, VERDICT_NOT_PERMITTED, "by: '%s' is no operator", identity);
}

static bool judge_grant(const struct state *state, const struct event *event, int64_t recorded_at_us,
                        struct ruling *ruling)
{
    const struct entry_facts *entry = &event->access.entry;
    if (event->access.ground == GROUND_FILE)
        return true;
    if (!judge_operator(state, event->access.by, ruling))
        return false;
    if (event->access.ground == GROUND_CHANGE) {
        const char *why = grant_widens(state, entry);
        return !why || ruling_refuse(ruling, VERDICT_SECOND_APPROVER, "%s", why);
    }
    const struct proposal *proposal = judge_open(state, event->target, recorded_at_us, ruling);
    if (!proposal)
        return false;
    if (proposal->kind != PROPOSAL_GRANT || !grant_says(state, &proposal->rights, entry))
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "proposal: it is about something else");
    return judge_second(state, proposal, event->access.by, ruling);
}

static bool judge_proposed(const struct state *state, const struct event *event, int64_t recorded_at_us,
                           struct ruling *ruling)
{
    const struct entry_facts *entry = &event->access.entry;
    const char *key = event->access.verifier_key;
    bool grant = entry->name[0] != '\0';
    if (grant == (key[0] != '\0'))
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "grant, verifier_key: one of them");
    uint32_t same = grant ? proposal_of_grant(state, entry, recorded_at_us)
                          : proposal_of(state, PROPOSAL_LOG_KEY, key, recorded_at_us);
    return judge_operator(state, event->access.by, ruling) &&
           (same == 0 || judge_second(state, table_row(&state->proposals, same), event->access.by, ruling));
}

static bool judge_log_key(const struct state *state, const struct event *event, int64_t recorded_at_us,
                          struct ruling *ruling)
{
    const struct proposal *proposal = judge_open(state, event->target, recorded_at_us, ruling);
    if (!proposal || !judge_operator(state, event->access.by, ruling))
        return false;
    if (proposal->kind != PROPOSAL_LOG_KEY ||
        strcmp(state_text(state, proposal->content), event->access.verifier_key) != 0)
        return ruling_refuse(ruling, VERDICT_BAD_VALUE, "proposal: it is about something else");
    return judge_second(state, proposal, event->access.by, ruling);
}

bool grant_is_private(enum event_kind kind)
{
    return kind == EVENT_ACCESS_GRANTED || kind == EVENT_ACCESS_REVOKED || kind == EVENT_ACCESS_PROPOSED ||
           kind == EVENT_PROPOSAL_WITHDRAWN;
}

bool grant_judge(const struct state *state, const struct event *event, int64_t recorded_at_us, struct ruling *ruling)
{
    if (event->kind == EVENT_ACCESS_GRANTED)
        return judge_grant(state, event, recorded_at_us, ruling);
    if (event->kind == EVENT_ACCESS_PROPOSED)
        return judge_proposed(state, event, recorded_at_us, ruling);
    if (event->kind == EVENT_LOG_KEY_REPLACED)
        return judge_log_key(state, event, recorded_at_us, ruling);
    if (event->kind == EVENT_PROPOSAL_WITHDRAWN)
        return judge_open(state, event->target, recorded_at_us, ruling) &&
               judge_operator(state, event->access.by, ruling);
    if (grant_of(state, event->access.entry.name, POSITION_END) == 0)
        return ruling_refuse(ruling, VERDICT_UNKNOWN_MATTER, "identity: nobody is named '%s'",
                             event->access.entry.name);
    return event->access.ground == GROUND_FILE || judge_operator(state, event->access.by, ruling);
}

/* ---- changes ---- */

static void end_proposal(struct state *state, uint32_t ordinal, enum proposal_end end, uint64_t position)
{
    struct proposal *proposal = table_change(&state->proposals, ordinal);
    proposal->end = (uint8_t)end;
    proposal->ended_at = position;
}

static uint32_t add_types(struct state *state, const struct entry_facts *entry)
{
    uint32_t size = 0;
    for (uint32_t i = 0; i < entry->type_count; i++)
        size += (uint32_t)strlen(entry->types[i]) + 1; /* the blank, or the NUL */
    if (size == 0)
        return 0;
    uint32_t offset = table_add_many(&state->texts, size);
    char *at = table_change(&state->texts, offset);
    for (uint32_t i = 0; i < entry->type_count; i++) {
        size_t length = strlen(entry->types[i]);
        memcpy(at, entry->types[i], length);
        at[length] = i + 1 < entry->type_count ? ' ' : '\0';
        at += length + 1;
    }
    return offset;
}

static struct access_rights add_rights(struct state *state, const struct entry_facts *entry)
{
    struct access_rights rights = {.role = (uint8_t)entry->role, .office = (uint8_t)entry->office};
    rights.name = state_add_text(state, entry->name); /* one behind the other: the state is the same on every machine */
    rights.key = state_add_text(state, entry->key);
    rights.unit = state_add_text(state, entry->unit);
    rights.signing_key = state_add_text(state, entry->signing_key);
    rights.types = add_types(state, entry);
    return rights;
}

static void add_change(struct state *state, const struct event *event, uint64_t position, int64_t recorded_at_us)
{
    const struct access_rights rights = add_rights(state, &event->access.entry);
    uint32_t before = newest_of(state, event->access.entry.name, NULL);
    uint32_t by = state_add_text(state, event->access.by);
    uint32_t added = table_add(&state->access_changes);
    if (before != 0)
        ((struct access_change *)table_change(&state->access_changes, before))->ended_at = position;
    *(struct access_change *)table_change(&state->access_changes, added) =
        (struct access_change){.position = position,
                               .recorded_at_us = recorded_at_us,
                               .proposal = event->target,
                               .rights = rights,
                               .by = by,
                               .ground = (uint8_t)event->access.ground};
}

static void add_proposal(struct state *state, struct proposal *proposal, const char *by)
{
    proposal->by = state_add_text(state, by);
    uint32_t added = table_add(&state->proposals);
    *(struct proposal *)table_change(&state->proposals, added) = *proposal;
}

void grant_apply(struct state *state, const struct event *event, uint64_t position, int64_t recorded_at_us)
{
    if (event->kind == EVENT_ACCESS_PROPOSED) {
        const struct entry_facts *entry = &event->access.entry;
        bool grant = entry->name[0] != '\0';
        struct proposal proposal = {
            .position = position, .recorded_at_us = recorded_at_us, .kind = grant ? PROPOSAL_GRANT : PROPOSAL_LOG_KEY};
        if (grant)
            proposal.rights = add_rights(state, entry);
        else
            proposal.content = state_add_text(state, event->access.verifier_key);
        add_proposal(state, &proposal, event->access.by);
        return;
    }
    uint32_t proposal = event->target != 0 ? proposal_at(state, event->target) : 0;
    if (proposal != 0)
        end_proposal(state, proposal, event->kind == EVENT_PROPOSAL_WITHDRAWN ? PROPOSAL_WITHDRAWN : PROPOSAL_CONFIRMED,
                     position);
    if (event->kind == EVENT_ACCESS_GRANTED || event->kind == EVENT_ACCESS_REVOKED)
        add_change(state, event, position, recorded_at_us);
}

/* ---- policies ---- */

bool grant_judge_policy(const struct state *state, const struct event *event, const struct publisher *publisher,
                        int64_t recorded_at_us, struct ruling *ruling)
{
    if (state->policies.count <= 1)
        return true; /* the first one: nothing is changed by it */
    uint32_t first = proposal_of(state, PROPOSAL_POLICY, event->adopted.text, recorded_at_us);
    if (first != 0 && !judge_second(state, table_row(&state->proposals, first), publisher->identity, ruling))
        return false;
    ruling->waits = first == 0;
    ruling->approved = first != 0;
    return true;
}

void grant_propose_policy(struct state *state, const struct event *event, const struct publisher *publisher,
                          uint64_t position, int64_t recorded_at_us)
{
    struct proposal proposal = {.position = position, .recorded_at_us = recorded_at_us, .kind = PROPOSAL_POLICY};
    proposal.content = state_add_text(state, event->adopted.text);
    add_proposal(state, &proposal, publisher->identity);
}

void grant_confirm_policy(struct state *state, const struct event *event, uint64_t position, int64_t recorded_at_us)
{
    uint32_t first = proposal_of(state, PROPOSAL_POLICY, event->adopted.text, recorded_at_us);
    if (first != 0)
        end_proposal(state, first, PROPOSAL_CONFIRMED, position);
}
