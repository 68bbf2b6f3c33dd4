/* The description of the HTTP interface that /v1/openapi.json serves: openapi.json beside this file, which is built in,
 * with the schemas of the contract's messages added from the contract itself, so that they cannot differ. */
#ifndef LEADERSHIP_OPENAPI_H
#define LEADERSHIP_OPENAPI_H

#include <jansson.h>

/* The whole document. The caller owns the reference. */
json_t *openapi_document(void);

#endif
