/* Who may do what: an identity is a CURVE key pair; the access file says which key is which office. Checked for every
 * message, so that a withdrawal holds at once for sessions that live. */
#ifndef HUB_ACCESS_H
#define HUB_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/event.h"
#include "domain/grant.h"
#include "fault.h"
#include "query.pb-c.h"

enum {
    ACCESS_NAME_SIZE = 65,
    ACCESS_KEY_SIZE = 41,
    ACCESS_CODE_SIZE = 20,
    ACCESS_IDENTITIES_MAX = 4096,
    ACCESS_SIGNING_KEY_SIZE = 45 /* as text: base64 of 32 bytes, and NUL */
};

struct identity {
    char name[ACCESS_NAME_SIZE];
    char key[ACCESS_KEY_SIZE]; /* public key, Z85 */
    enum role role;
    enum office office;
    char root[ACCESS_CODE_SIZE];               /* code of its subtree's root, "" for the whole tree */
    bool types[EVENT_KIND_LIMIT];              /* kinds it may publish */
    char signing_key[ACCESS_SIGNING_KEY_SIZE]; /* Ed25519 public key that signs its batches, base64; "": none */
    char **named_types; /* as the file has them, for writing it again; NULL-terminated, or NULL */
    uint32_t named_type_count;
};

struct access;

/* Reads the file. A missing file is an empty list: nobody gets in but the operator whose key is made with the hub's. */
struct access *access_read(const char *path, struct fault *fault);
void access_close(struct access **access);
/* Borrowed until the access is closed or changed; NULL: nobody's key, or nobody's name. */
const struct identity *access_by_key(const struct access *access, const char *key);
const struct identity *access_by_name(const struct access *access, const char *name);
size_t access_count(const struct access *access);
const struct identity *access_at(const struct access *access, size_t index);

/* The identity as the domain's facts, borrowed from it. */
struct entry_facts identity_facts(const struct identity *identity);

/* Grants a name other rights, or adds it; revokes it. The file is replaced as a whole, durably, before they hold.
 * FAULT_USAGE: the entry is wrong; FAULT_NO: no such name. */
/* Whether it could be granted; nothing changes. */
MUST_CHECK bool access_may_grant(const struct access *access, const Sanling__V1__AccessEntry *entry,
                                 struct fault *fault);
MUST_CHECK bool access_grant(struct access *access, const Sanling__V1__AccessEntry *entry, struct fault *fault);
MUST_CHECK bool access_revoke(struct access *access, const char *name, struct fault *fault);

#endif
