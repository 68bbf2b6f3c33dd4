/* The contract's messages as JSON schemas, made from their descriptors, so that a description of an HTTP interface
 * cannot differ from what it takes and gives: canonical protobuf JSON. */
#ifndef WEB_OPENAPI_SCHEMA_H
#define WEB_OPENAPI_SCHEMA_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

enum openapi_use {
    OPENAPI_ANSWER, /* we write it: defaults are there, more may come */
    OPENAPI_REQUEST /* we read it: nothing has to be there, and nothing unknown may be */
};

/* Adds the message and those that it holds to `schemas`, each by its name without package; those that stand there
 * already are left as they are. */
void openapi_add_message(json_t *schemas, const ProtobufCMessageDescriptor *type, enum openapi_use use);

#endif
