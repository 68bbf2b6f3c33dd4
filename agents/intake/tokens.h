/* Who may send what over HTTP: a file with one line for each token, `NAME SCOPES SHA-256`, which keeps no token itself.
 * A `#` begins a comment. A line that is taken out holds no longer from the next request on: the file is looked at
 * before each. Wrong in any way, it admits nobody. */
#ifndef INTAKE_TOKENS_H
#define INTAKE_TOKENS_H

#include "fault.h"

#include <stddef.h>
#include <stdint.h>

enum token_scope {
    TOKEN_PUBLISH = 1, /* any event but an attestation */
    TOKEN_DESK = 2,    /* what the mediation desk sends */
    TOKEN_ATTEST = 4,  /* attestations */
    TOKEN_READ = 8     /* the status of everybody's requests */
};

enum {
    TOKENS_MAX = 1000,
    TOKEN_NAME_SIZE = 65,
    TOKEN_HASH_SIZE = 32,
    TOKEN_TEXT_SIZE = 64 /* "sanling_", 43 characters of base64url and a NUL, with room */
};

struct token {
    char name[TOKEN_NAME_SIZE];
    unsigned scopes; /* of enum token_scope */
    uint8_t hash[TOKEN_HASH_SIZE];
};

struct tokens;

/* Reads the file. NULL: FAULT_USAGE with file and line: it is not there, is no list of tokens, or others than its owner
 * may write it or everybody read it. */
struct tokens *tokens_open(const char *path, struct fault *fault);
void tokens_close(struct tokens **tokens);
size_t tokens_count(const struct tokens *tokens);
/* Reads it again if it changed. false: it cannot be read now; nobody is admitted until it can. */
MUST_CHECK bool tokens_refresh(struct tokens *tokens, struct fault *fault);
/* The token of an Authorization header (NULL: none), compared in constant time; NULL: it is nobody's. Borrowed until
 * the next refresh. */
const struct token *tokens_find(const struct tokens *tokens, const char *authorization);

/* "publish,read" as scopes; FAULT_USAGE names what there is. */
MUST_CHECK bool token_scopes_parse(const char *text, unsigned *scopes, struct fault *fault);
/* Makes a token of 32 random bytes, appends its line to the file (made if it is not there, mode 0600) and writes the
 * token itself to `text`: nobody can show it again. FAULT_USAGE: the name is no name or has one; FAULT_SYSTEM. */
MUST_CHECK bool token_new(const char *path, const char *name, const char *scopes, char text[static TOKEN_TEXT_SIZE],
                          struct fault *fault);

#endif
