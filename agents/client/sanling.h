/* libsanling: the C client of Sanling Hub.
 *
 * A connection belongs to one thread. Nothing here starts a thread, calls back behind your back or prints. You publish,
 * subscribe and ask without waiting, and take what happens, one thing at a time, from sanling_next():
 *
 *     struct sanling_error error;
 *     struct sanling *hub = sanling_open(&(struct sanling_options){.identity_file = "petitions.key"}, &error);
 *     sanling_publish(hub, "petitions-yu", 1, &event, 1, &error);
 *     struct sanling_happening happening;
 *     while (sanling_next(hub, 1000, &happening, &error))
 *         if (happening.kind == SANLING_OUTCOME) { ... }
 *     sanling_close(&hub);
 *
 * The library reconnects by itself and then sends again whatever was not answered: published messages in their order,
 * questions, subscriptions from where they stood. Publishing the same bytes under the same number twice is always safe.
 */
#ifndef SANLING_H
#define SANLING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.pb-c.h"
#include "event.pb-c.h"
#include "session.pb-c.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SANLING_DEFAULT_ENDPOINT "tcp://127.0.0.1:7310"

enum sanling_code {
    SANLING_OK = 0,
    SANLING_USAGE,       /* an argument or file is wrong; the text says which */
    SANLING_UNREACHABLE, /* the hub was not reached in time */
    SANLING_REFUSED,     /* the hub does not know this key, or the key may not do this */
    SANLING_WINDOW_FULL, /* too much in flight: take outcomes with sanling_next() first */
    SANLING_MALFORMED,   /* bytes or JSON that are no message of the protocol */
    SANLING_SYSTEM       /* the operating system or a library failed */
};

struct sanling_error {
    enum sanling_code code;
    char text[512];                   /* one line, English */
    Sanling__V1__Code__Kind hub_code; /* what the hub itself said; UNSPECIFIED: it said nothing */
};

struct sanling;

struct sanling_options {
    const char *endpoint;       /* NULL: SANLING_DEFAULT_ENDPOINT */
    const char *identity_file;  /* key pair as `sanlingctl keys new` writes it; names the hub's public key too.
                                   NULL: no encryption, for a hub that listens so on loopback */
    const char *software;       /* name and version of your program, for the hub's journal; NULL: libsanling */
    const char *const *sources; /* names whose next number the welcome shall tell, NULL-terminated; may be NULL */
    uint32_t window;            /* publish messages in flight, 1 to the hub's limit; 0: 32 */
    bool packed_records;        /* a SANLING_DELIVERY shows `records`, found in the hub's message and not unpacked, in
                                   place of `delivery`: a seventh of the time, for whoever takes very many */
    bool drops_when_restored;   /* Where a new session's welcome says that the hub was restored from a backup since the
                                   last one, what is in flight is dropped, not sent again by itself: SANLING_CONNECTED
                                   tells, and you send what the hub awaits, for it may name records by positions that
                                   others have now */
};

/* Starts connecting and returns at once; NULL when the options or the identity file are wrong. Strings are copied. */
struct sanling *sanling_open(const struct sanling_options *options, struct sanling_error *error);
/* Ends the session and sets *hub to NULL. What is in flight may or may not have been recorded. */
void sanling_close(struct sanling **hub);
/* Waits until the hub has said welcome, at most timeout_ms (-1: for ever). UNREACHABLE: not in time; REFUSED: the hub
 * does not admit this key. Either way the connection stays usable: the next call tries on. Loses no happening. */
bool sanling_wait(struct sanling *hub, int timeout_ms, struct sanling_error *error);
/* As sanling_wait, for a person who waits: at most reach_ms for a hub that is not there, and welcome_ms more for one
 * that is, for its welcome goes out behind the commits that are on their way to its disk. */
bool sanling_reach(struct sanling *hub, int reach_ms, int welcome_ms, struct sanling_error *error);
/* The last welcome of the hub: who we are to it, its limits, position and clock; NULL before the first.
 * Borrowed until the next call of sanling_next(). */
const Sanling__V1__Welcome *sanling_welcome(const struct sanling *hub);
/* True while a session is open. */
bool sanling_connected(const struct sanling *hub);

struct sanling_bytes {
    const uint8_t *bytes;
    size_t size;
};

/* Sends `count` encoded Event messages as numbers first_sequence, first_sequence + 1, … of `source`, in one message.
 * The bytes are copied and kept until they are answered. Within a source call in rising order without gaps.
 * WINDOW_FULL: nothing was taken; take outcomes, then call again. USAGE: a number out of line while the source has
 * messages in flight, or a limit. May be called before the session is open. */
bool sanling_publish(struct sanling *hub, const char *source, uint64_t first_sequence,
                     const struct sanling_bytes *events, size_t count, struct sanling_error *error);
/* From now on each message that sanling_publish takes is signed with this key (`sanling_signing_key_new` makes one), so
 * that you cannot deny what you published and the hub cannot invent it. The operator grants the public half before
 * (`sanlingctl access grant --signing-key`); otherwise the hub refuses with BAD_SIGNATURE. A message that is sent again
 * keeps its signature. USAGE: the file cannot be read, is no such key, or others may read it. */
bool sanling_sign(struct sanling *hub, const char *signing_key_file, struct sanling_error *error);
/* Publish messages not fully answered yet. */
size_t sanling_in_flight(const struct sanling *hub);

/* Starts a subscription (its id is yours, not 0; *subscribe is copied). After a reconnection it goes on behind the last
 * delivery, with the credit that was left; of a hub that was restored from a backup meanwhile, behind the last position
 * at which the same record stands still. It is over after a delivery with `ended`, or a PROBLEM that names it (but
 * for POSITION_AHEAD: that one only says that an acknowledgement was wrong). */
bool sanling_subscribe(struct sanling *hub, const Sanling__V1__Subscribe *subscribe, struct sanling_error *error);
bool sanling_unsubscribe(struct sanling *hub, uint32_t subscription, struct sanling_error *error);
/* Lets the hub deliver `records` more (summary subscriptions: updates). */
bool sanling_credit(struct sanling *hub, uint32_t subscription, uint32_t records, struct sanling_error *error);
/* Everything up to `position` is dealt with; answered by SANLING_ACKNOWLEDGED once that is durable. */
bool sanling_acknowledge(struct sanling *hub, uint32_t subscription, uint64_t position, struct sanling_error *error);

/* Asks; the query's id is set by the library, written to *id (may be NULL) and returned with each answer. After a
 * reconnection it is asked again, but if a part of the answer was shown already, PROBLEM UNREACHABLE says so. */
bool sanling_ask(struct sanling *hub, const Sanling__V1__Query *query, uint32_t *id, struct sanling_error *error);

enum sanling_kind {
    SANLING_NOTHING,      /* the time is over */
    SANLING_CONNECTED,    /* a session opened: welcome */
    SANLING_DISCONNECTED, /* it ended; the library is connecting again; text says why if known */
    SANLING_OUTCOME,      /* outcome: final answers for published events. Retryable refusals and gaps within what the
                             library still holds are dealt with inside and not shown. Any other REFUSED run ends
                             what is in flight of this source: publish again from outcome->next_sequence, or stop */
    SANLING_DELIVERY,     /* delivery: records of a subscription */
    SANLING_SUMMARY,      /* summary: the newest summary of a subscription */
    SANLING_ACKNOWLEDGED, /* acknowledged */
    SANLING_ANSWER,       /* answer: a question's answer, or a part of it while answer->more */
    SANLING_PROBLEM       /* problem: the hub's error about a query, a subscription or the session */
};

/* A record as it came. Its frame was checked, the event in it was not looked into. */
struct sanling_record {
    uint64_t position;
    int64_t recorded_at_us;     /* since 1970, UTC */
    struct sanling_bytes event; /* as its sender encoded it */
    struct sanling_bytes whole; /* the encoded Record (or RawRecord) */
};

/* A delivery whose records are as they came. */
struct sanling_records {
    uint32_t subscription;
    uint64_t reached; /* everything up to here was looked at, matching or not */
    bool ended;
    size_t count;
    const struct sanling_record *records;
};

struct sanling_happening {
    enum sanling_kind kind;
    const char *text;
    const Sanling__V1__Welcome *welcome;
    const Sanling__V1__Outcome *outcome;
    const Sanling__V1__Delivery *delivery; /* NULL with packed_records: */
    const struct sanling_records *records;
    const Sanling__V1__SummaryUpdate *summary;
    const Sanling__V1__Acknowledged *acknowledged;
    const Sanling__V1__Answer *answer;
    const Sanling__V1__Error *problem;
    struct sanling_bytes message; /* the hub's message as received, for whoever keeps bytes (RawRecord) */
};

/* Waits at most timeout_ms (-1: for ever, 0: not at all) for the next thing that happens. What *happening points to is
 * borrowed until the next call. false: REFUSED (the hub does not admit this key), MALFORMED (a message of the hub was
 * no message and is dropped) or SYSTEM; the next call tries on. */
bool sanling_next(struct sanling *hub, int timeout_ms, struct sanling_happening *happening,
                  struct sanling_error *error);

/* Unpacks one of the last happening's records; borrowed as that is. NULL: MALFORMED. */
const Sanling__V1__Record *sanling_record_unpack(struct sanling *hub, const struct sanling_record *record,
                                                 struct sanling_error *error);
/* The source's name in an encoded Event, without a NUL, borrowed from it; size 0: there is none. */
struct sanling_bytes sanling_event_source(struct sanling_bytes event);

/* For programs with a loop of their own: what to wait for besides their own descriptors. `fds` gets the descriptors
 * (returns how many, 0 to 2) to be polled for reading; they change when the library reconnects, so ask before each
 * wait. sanling_wait_ms: after so many milliseconds there is something to do even if nothing came (-1: never).
 * Descriptors tell *changes*: first call sanling_next(hub, 0, …) until it says SANLING_NOTHING, also after publishing,
 * subscribing or asking, then wait; what is left in the connection makes no descriptor readable again. */
enum { SANLING_POLL_FDS_MAX = 2 };
size_t sanling_poll_fds(const struct sanling *hub, int fds[SANLING_POLL_FDS_MAX]);
int sanling_wait_ms(const struct sanling *hub);

/* Takes one complete answer (all its parts), one call a part, waiting at most timeout_ms in all. Other happenings of
 * the connection are dropped meanwhile: for tools that only ask. `take` returns false to stop. Where the hub says no,
 * error->hub_code has its code: REFUSED for NOT_PERMITTED, UNREACHABLE for BUSY, else USAGE. */
bool sanling_query(struct sanling *hub, const Sanling__V1__Query *query, int timeout_ms,
                   bool (*take)(const Sanling__V1__Answer *part, void *context), void *context,
                   struct sanling_error *error);

/* Canonical protobuf JSON of any message, one line; free() it. NULL when memory ran out. */
char *sanling_json_from_message(const ProtobufCMessage *message);
/* Encodes canonical JSON of an Event (unknown fields refused) into malloc'ed bytes; free() them. */
bool sanling_event_from_json(const char *text, uint8_t **bytes, size_t *size, struct sanling_error *error);

/* Makes a key pair: writes `path` (secret, mode 0600) and `path`.pub. hub_key (Z85, may be NULL) is noted in it.
 * Refuses to overwrite. public_key gets 40 characters of Z85 and a NUL. */
bool sanling_keys_new(const char *path, const char *name, const char *hub_key, char public_key[41],
                      struct sanling_error *error);

/* Makes an Ed25519 key pair for sanling_sign: writes `path` (secret, mode 0600) and `path`.pub. Refuses to overwrite.
 * public_key gets 44 characters of base64 and a NUL. */
bool sanling_signing_key_new(const char *path, char public_key[45], struct sanling_error *error);
/* Checks such a file as sanling_sign does, and gives its public half. */
bool sanling_signing_key_read(const char *path, char public_key[45], struct sanling_error *error);

#ifdef __cplusplus
}
#endif
#endif
