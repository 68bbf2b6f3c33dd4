/* Looking into the description of an HTTP interface. */
#ifndef TESTING_OPENAPI_REFERENCE_H
#define TESTING_OPENAPI_REFERENCE_H

#include <jansson.h>

/* What "#/components/schemas/Summary" leads to in the document; NULL: nothing. Borrowed. */
const json_t *openapi_follow(const json_t *document, const char *reference);
/* Fails the test over a reference that leads nowhere; returns how many there are. */
unsigned openapi_check_references(json_t *document);

#endif
