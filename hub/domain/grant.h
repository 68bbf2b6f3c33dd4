/* Who may do what, as the log says: grants and revocations with who, when and on what ground, and what two operators
 * must agree on. One operator admits somebody new, takes rights away, proposes; another one confirms what gives anybody
 * more than they have, what changes the rules, and what changes the key that signs the log. */
#ifndef HUB_DOMAIN_GRANT_H
#define HUB_DOMAIN_GRANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge.h"
#include "state.h"

/* A proposal that nobody confirmed for so long is void: who wants it proposes it anew. */
#define PROPOSAL_LIFE_US ((int64_t)7 * 24 * 3600 * 1000000)

/* AccessGranted, AccessRevoked, AccessProposed, LogKeyReplaced, ProposalWithdrawn: all published by the hub. */
bool grant_judge(const struct state *state, const struct event *event, int64_t recorded_at_us, struct ruling *ruling);
void grant_apply(struct state *state, const struct event *event, uint64_t position, int64_t recorded_at_us);

/* Whether a record of this kind is for the operators' office alone. */
bool grant_is_private(enum event_kind kind);

/* PolicyAdopted where a policy is adopted already: it waits, or it is the second word of another identity. */
bool grant_judge_policy(const struct state *state, const struct event *event, const struct publisher *publisher,
                        int64_t recorded_at_us, struct ruling *ruling);
void grant_propose_policy(struct state *state, const struct event *event, const struct publisher *publisher,
                          uint64_t position, int64_t recorded_at_us);
void grant_confirm_policy(struct state *state, const struct event *event, uint64_t position, int64_t recorded_at_us);

/* Row of `access_changes` with what the name may do, as known at the position; 0: nothing. */
uint32_t grant_of(const struct state *state, const char *name, uint64_t known_at);
/* Whether the row gives rights that held at the position. */
bool grant_holds(const struct access_change *change, uint64_t known_at);
/* Whether the entry says what the rights are. */
bool grant_says(const struct state *state, const struct access_rights *rights, const struct entry_facts *entry);
/* How many identities of the role have access now. */
uint32_t grant_count(const struct state *state, enum role role);
/* Why the entry needs a second operator, one English line; NULL: it does not. */
const char *grant_widens(const struct state *state, const struct entry_facts *entry);

/* Row of `proposals` at the position; 0: none. */
uint32_t proposal_at(const struct state *state, uint64_t position);
/* Row of the open proposal of the same; 0: none. `content`: the policy's text or the verifier key. */
uint32_t proposal_of_grant(const struct state *state, const struct entry_facts *entry, int64_t now_us);
uint32_t proposal_of(const struct state *state, enum proposal_kind kind, const char *content, int64_t now_us);
/* Whether it can still be confirmed. */
bool proposal_open(const struct proposal *proposal, int64_t now_us);

/* Sets the kinds that a word of an entry's list allows, `catalogue` those of the office; false: no type that may be
 * given. */
bool grant_add_kinds(const char *type, enum office office, bool kinds[static EVENT_KIND_LIMIT]);

const char *role_name(enum role role);    /* "publisher"; "" for none */
enum role role_of_name(const char *name); /* ROLE_NONE for no role */

#endif
