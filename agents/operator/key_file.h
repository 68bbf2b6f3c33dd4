/* Keys as an operator names them: the key itself, or the file that has its public half. */
#ifndef SANLINGCTL_KEY_FILE_H
#define SANLINGCTL_KEY_FILE_H

#include <stdbool.h>

enum { PUBLIC_KEY_SIZE = 41 };

/* `text` is a Z85 key of 40 characters, or names a key file (either half). false: neither. */
bool public_key_find(const char *text, char key[static PUBLIC_KEY_SIZE]);

#endif
