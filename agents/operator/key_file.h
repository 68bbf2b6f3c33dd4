/* Keys as an operator names them: the key itself, or the file that has its public half. */
#ifndef SANLINGCTL_KEY_FILE_H
#define SANLINGCTL_KEY_FILE_H

#include <stdbool.h>

enum { PUBLIC_KEY_SIZE = 41, SIGNING_KEY_TEXT_SIZE = 45 };

/* `text` is a Z85 key of 40 characters, or names a key file (either half). false: neither. */
bool public_key_find(const char *text, char key[static PUBLIC_KEY_SIZE]);
/* `text` is base64 of an Ed25519 public key, or names a file with a line `signing_key: BASE64`. false: neither. */
bool signing_key_find(const char *text, char key[static SIGNING_KEY_TEXT_SIZE]);

#endif
