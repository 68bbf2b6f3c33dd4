/* A document of the interface: questions to the hub, all of one moment, and the JSON that is made of their answers.
 * A kind says what it accepts, what it asks and what it makes; a document is one kind with its parameters, for one
 * identity. Documents that were made are kept (document_cache.h), so that many who ask the same cost the hub one. */
#ifndef LEADERSHIP_DOCUMENT_H
#define LEADERSHIP_DOCUMENT_H

#include "content.h"
#include "hub_link.h"
#include "parameters.h"
#include "unit_directory.h"

enum { DOCUMENT_ROWS_MAX = 1000, DOCUMENT_RECORDS_MAX = 100, DOCUMENT_SLOTS_MAX = 256 };

struct document;

enum document_step {
    DOCUMENT_MADE,   /* document->json or ->text is filled */
    DOCUMENT_ASKED,  /* something more was asked first */
    DOCUMENT_FAILED, /* the problem is filled */
};

struct document_kind {
    const char *name;
    uint32_t accepts; /* bits of enum parameter */
    bool compares;    /* it shows what is known now, whatever the moment: never fixed */
    /* Puts the questions. false: the problem is filled. */
    bool (*ask)(struct document *document, struct problem *problem);
    /* All of them are answered, those that are needed with an answer. May ask more (then it is called again). */
    enum document_step (*make)(struct document *document, struct problem *problem);
};

struct document_slot {
    struct hub_reply *reply; /* NULL: not answered yet, or out of memory */
    bool optional;           /* where the hub has no answer there is simply none */
    bool answered;
};

struct document {
    const struct document_kind *kind;
    struct hub_link *link;
    struct unit_directories *directories;
    struct parameters parameters;
    struct moment_choice moment; /* of `at` and `known` */
    struct document_slot *slots;
    unsigned slot_count;
    unsigned open;                          /* slots without an answer */
    const struct unit_directory *directory; /* once it was asked for and came */
    unsigned phase;                         /* for kinds that ask in steps */
    uint64_t reached[2];                    /* for kinds that read backwards: from, and how far */
    json_t *rows;                           /* collected so far; owned */
    json_t *json;                           /* made; owned */
    char *text;                             /* or made as JSON text; owned */
    struct problem problem;
    bool failed;
    bool done;
    void (*finished)(struct document *document); /* it is made, or failed; may free it */
    void *owner;                                 /* of `finished` */
    int64_t started_ms;
};

/* Takes the parameters (and leaves them empty) and puts the questions. false: out of memory. A document may be done at
 * once: look at `done` before waiting for `finished`. */
struct document *document_start(const struct document_kind *kind, struct hub_link *link,
                                struct unit_directories *directories, struct parameters *parameters,
                                void (*finished)(struct document *), void *owner, int64_t now_ms);
/* Ends it with a problem, as if the hub had said so. */
void document_fail(struct document *document, const struct problem *problem);
void document_free(struct document **document);

/* For the kinds. Asks `query` at the document's moment (query->moment is set here unless it is set already); its answer
 * is in the slot that is returned, numbered from 0 as asked. */
void document_ask(struct document *document, Sanling__V1__Query *query, const ProtobufCMessageDescriptor *expected,
                  bool optional);
void document_fetch(struct document *document, const Sanling__V1__RecordSubscription *records);
/* Asks for the names of units; document->directory has them when `make` is called. */
void document_want_directory(struct document *document, const char *code);
/* The answer of a slot; NULL: an optional one that did not come. */
const ProtobufCMessage *document_body(const struct document *document, unsigned slot);
const struct hub_reply *document_reply(const struct document *document, unsigned slot);
/* The same as JSON with defaults written out; JSON null where there is none. Owned by the caller. */
json_t *document_json(const struct document *document, unsigned slot);
/* A new object that begins with `moment` as slot 0 was answered at; a live one where the hub names none. */
json_t *document_object(const struct document *document);
/* Adds the members of a slot's answer to an object. */
void document_spread(const struct document *document, unsigned slot, json_t *object);
/* The unit asked for, as the hub takes it: "" is the identity's root. */
char *document_unit(const struct document *document);
/* The problem that the hub's code stands for. */
bool document_problem(const struct hub_reply *reply, struct problem *problem);

#endif
