/* The description of the intake that /v1/openapi.json serves: openapi.json beside this file, which is built in, with
 * the schemas of the contract's messages added from the contract itself, so that they cannot differ. */
#ifndef INTAKE_INTAKE_OPENAPI_H
#define INTAKE_INTAKE_OPENAPI_H

#include <jansson.h>

/* The whole document. The caller owns the reference. */
json_t *intake_openapi_document(void);

#endif
