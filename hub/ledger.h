/* The state and what is being added to it: decides on events one by one, applies what is accepted, and gathers the
 * commit that makes them durable. It also reads the log back: the same decisions, in the same order, end in the same
 * state. */
#ifndef HUB_LEDGER_H
#define HUB_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "decode.h"
#include "domain/apply.h"
#include "domain/state.h"
#include "error.pb-c.h"
#include "fault.h"
#include "log/commit.h"
#include "log/log_view.h"
#include "signed_batch.h"

struct ledger {
    struct state state;
    struct decoder *decoder;
    struct commit *gathering; /* NULL while reading the log back */
    uint32_t last_root;       /* the unit that was a publisher's root last: mostly it is the next one's, too; 0: none */
};

void ledger_open(struct ledger *ledger);
void ledger_close(struct ledger *ledger);

/* Who publishes, as the access file says now. */
struct author {
    const char *identity;
    const char *root; /* code, "" for the whole tree */
    enum office office;
    struct signed_batch *batch; /* the batch that the event came in; NULL: its sender did not sign it */
};

/* What became of one event. */
struct decision {
    bool recorded; /* at `place`, a position; otherwise rejected as rejection number `place` */
    bool pending;  /* recorded, but an amendment that changes nothing before a second identity confirms it */
    uint64_t place;
    Sanling__V1__Code__Kind code;
    char text[256];
};

/* Takes the next event of a source: records it or rejects it, in the state and in the gathering commit. *source is the
 * source's ordinal; 0 makes it, the author's from now on. `decoded` is what decode_event made of the bytes (never
 * MALFORMED). `denied`: the author may not publish this type. */
void ledger_take(struct ledger *ledger, uint32_t *source, const struct author *author, const struct decoded *decoded,
                 bool denied, const uint8_t *bytes, size_t size, int64_t now_us, struct decision *decision);

/* Appends an event of the hub's own. It must be acceptable: anything else is a bug. */
void ledger_note(struct ledger *ledger, Sanling__V1__Event *event, int64_t now_us);
/* Whether it would be; if not, why stands in *decision. For what somebody asks the hub to say. */
MUST_CHECK bool ledger_may_note(struct ledger *ledger, Sanling__V1__Event *event, int64_t now_us,
                                struct decision *decision);
/* Three kinds of them. */
void ledger_note_created(struct ledger *ledger, const char *hub, bool demonstration, int64_t now_us);
void ledger_note_clock(struct ledger *ledger, int64_t time_us);
/* Closes every day of the policy's zone that has passed by the time, and after each reports the clocks that ran out
 * with it (DeadlinePassed); returns how many days. */
int ledger_close_days(struct ledger *ledger, int64_t now_us);

/* Reads the log from the state's position on up to the head's, which may lie within a block, and the rejections with
 * it up to the head's number, UINT64_MAX: those that stood there. `progress` may be NULL. FAULT_DAMAGED: a record does
 * not decode or does not apply where it was accepted before.
 */
MUST_CHECK bool ledger_read_log(struct ledger *ledger, struct log_view *view, const struct log_head *head,
                                void (*progress)(uint64_t position, uint64_t last), struct fault *fault);

/* SHA-256 over the heads and all tables of the state, as STATE_FORM lays them out. */
void ledger_digest(struct ledger *ledger, uint8_t digest[static 32]);

#endif
