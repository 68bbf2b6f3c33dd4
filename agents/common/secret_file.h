/* Files that hold a secret: a token, a key, an address that is one. */
#ifndef SANLING_SECRET_FILE_H
#define SANLING_SECRET_FILE_H

#include "fault.h"

enum { SECRET_FILE_MAX = 8 * 1024 };

/* The whole text, malloc'ed; free it with secret_free. NULL: FAULT_USAGE with the path and what to do: it cannot be
 * read, everybody may read or change it, it is empty, too large or no text. Quotes nothing of it. */
char *secret_file_read(const char *path, struct fault *fault);
/* Overwrites and frees it and leaves NULL; for CLEANUP. */
void secret_free(char **secret);

#endif
