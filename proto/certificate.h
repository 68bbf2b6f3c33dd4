/* The form of a key file, looked at before CZMQ reads it: CZMQ complains about a file that is none on standard output,
 * with what stands in it, and names neither the file nor what to do. */
#ifndef SANLING_CERTIFICATE_H
#define SANLING_CERTIFICATE_H

#include "fault.h"

/* Every line of the file is a section, an entry, a comment or blank, and there is a public key. FAULT_USAGE names file
 * and line and repeats nothing that stands there: it could be a secret key. FAULT_USAGE also if it cannot be read. */
MUST_CHECK bool certificate_check(const char *path, struct fault *fault);
/* A Z85 key of 40 characters? NULL is none. */
bool certificate_is_key(const char *text);

#endif
