/* What the running hub says of its log, held against what it said before: what `verify` and `witness` share. */
#ifndef SANLINGCTL_LOG_CHECK_H
#define SANLINGCTL_LOG_CHECK_H

#include "evidence_file.h"
#include "proof/trusted_keys.h"
#include "tool.h"

/* A checkpoint as a document, and what it says. */
struct log_statement {
    struct evidence_text document;
    struct checkpoint checkpoint;
    struct note note; /* points into the document */
};
/* Takes the document over, whether or not it holds. FAULT_USAGE: it is no checkpoint; FAULT_NO: none of the keys signed
 * it. */
MUST_CHECK bool log_statement_open(struct log_statement *statement, struct evidence_text *document,
                                   const struct trusted_keys *keys, struct fault *fault);
void log_statement_clear(struct log_statement *statement);

/* A question of the hub that failed: with `refused`, its code and text are the hub's. */
struct log_asking {
    struct sanling *hub;
    int timeout_ms;
    struct sanling_error error;
};
/* The newest checkpoint as the hub says it; *key gets what it says of its verifier key (may be NULL), malloc'ed. false:
 * the asking's error. */
MUST_CHECK bool log_ask_checkpoint(struct log_asking *asking, struct evidence_text *document, char **key);

enum log_judgement {
    LOG_GOES_ON, /* the later log begins with the earlier one */
    LOG_CHANGED, /* it does not: the fault says how it is known */
    LOG_UNKNOWN  /* the hub did not answer: the asking's error */
};
/* Whether the log of `later` begins with that of `earlier`. Asks the hub for the proof where one is needed; *proof gets
 * the hashes that it gave. */
enum log_judgement log_judge(struct log_asking *asking, const struct checkpoint *earlier,
                             const struct checkpoint *later, struct merkle_proof *proof, struct fault *fault);

#endif
