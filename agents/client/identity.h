/* A key pair and the hub's public key, as an identity file has them. */
#ifndef SANLING_IDENTITY_H
#define SANLING_IDENTITY_H

#include "sanling.h"

enum {
    KEY_TEXT_SIZE = 41 /* Z85 and a NUL */
};

struct identity {
    char public_key[KEY_TEXT_SIZE]; /* empty: no identity */
    char secret_key[KEY_TEXT_SIZE];
    char hub_key[KEY_TEXT_SIZE];
};

/* Reads the file. USAGE: it cannot be read, is no key file, has no secret key or names no hub key. */
bool identity_read(struct identity *identity, const char *file, struct sanling_error *error);
/* Overwrites the keys in memory. */
void identity_clear(struct identity *identity);

#endif
