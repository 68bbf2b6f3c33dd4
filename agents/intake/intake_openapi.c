#include "intake_openapi.h"

#include "event.pb-c.h"
#include "intake_openapi_text.h"
#include "openapi_schema.h"

#include <stdlib.h>

json_t *intake_openapi_document(void)
{
    json_error_t error;
    json_t *document =
        json_loadb((const char *)intake_openapi_text, intake_openapi_text_size, JSON_REJECT_DUPLICATES, &error);
    json_t *schemas = json_object_get(json_object_get(document, "components"), "schemas");
    if (schemas == NULL)
        abort(); /* it is built in, and a test reads it */
    if (json_object_set_new(json_object_get(document, "info"), "version", json_string(SANLING_VERSION)) != 0)
        abort();
    openapi_add_message(schemas, &sanling__v1__event__descriptor, OPENAPI_REQUEST);
    return document;
}
