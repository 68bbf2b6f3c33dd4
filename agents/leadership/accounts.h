/* Who may log in to the page. An account has a name, a password of which only an argon2id hash is kept, and a hub
 * identity's key file: the hub itself enforces what that identity may see. Checking a password costs about a tenth of a
 * second and 64 MiB on purpose; attempts.h says how often the one loop may pay that. */
#ifndef LEADERSHIP_ACCOUNTS_H
#define LEADERSHIP_ACCOUNTS_H

#include "fault.h"

#include <stddef.h>

enum {
    ACCOUNT_NAME_SIZE = 65,        /* 1 to 64 of [A-Za-z0-9._-], and a NUL */
    ACCOUNT_HASH_SIZE = 128,       /* crypto_pwhash_STRBYTES */
    ACCOUNT_PASSWORD_LETTERS = 10, /* characters at least; a letter of any script is one */
    ACCOUNT_PASSWORD_MAX = 256,    /* bytes */
    ACCOUNTS_MAX = 1024,
    ACCOUNT_MARK_SIZE = 32
};

struct account {
    char name[ACCOUNT_NAME_SIZE];
    char hash[ACCOUNT_HASH_SIZE];          /* $argon2id$…, of libsodium's interactive limits */
    char *identity;                        /* path of the key file, as seen from the working folder */
    unsigned char mark[ACCOUNT_MARK_SIZE]; /* changes when hash or identity do: sessions that began under another end */
};

struct accounts;

/* Reads the file: {accounts: [{account, password, identity}]}; identity is relative to the file. NULL: FAULT_USAGE with
 * file, line and key (also for a hash of other limits than --hash-password makes, a name that stands there twice, a key
 * file that cannot be read), or FAULT_SYSTEM. At a reload the caller keeps the list it has until this succeeded. */
struct accounts *accounts_read(const char *path, struct fault *fault);
void accounts_close(struct accounts **accounts);

/* Borrowed until the accounts are closed; NULL: no such name. */
const struct account *accounts_find(const struct accounts *accounts, const char *name);
size_t accounts_count(const struct accounts *accounts);
const struct account *accounts_at(const struct accounts *accounts, size_t index);

/* The account, if this is its password; else NULL. For a name that is not there the same work is done on a hash of
 * nobody's, so that the time does not tell which names exist. Blocks for the time of one argon2id. */
const struct account *accounts_verify(const struct accounts *accounts, const char *name, const char *password);
/* Whether `name` has the form of an account's name. */
bool account_name_valid(const char *name);

/* Writes the hash that the file takes. false: FAULT_USAGE: too short, too long or no UTF-8; FAULT_SYSTEM: no memory. */
MUST_CHECK bool account_hash_password(const char *password, char hash[static ACCOUNT_HASH_SIZE], struct fault *fault);
/* What `--hash-password` does: asks on the terminal without echo, twice, or takes the first line of what stands on
 * standard input, and prints the hash. Returns the program's exit status; complaints go to standard error. */
int account_hash_command(const char *program);

#endif
