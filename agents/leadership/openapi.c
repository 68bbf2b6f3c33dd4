#include "openapi.h"

#include "openapi_schema.h"
#include "openapi_text.h"

#include "query.pb-c.h"
#include "subscribe.pb-c.h"

#include <stdlib.h>

/* The messages that answers are made of; what they hold is added with them. */
static const ProtobufCMessageDescriptor *const roots[] = {&sanling__v1__moment_shown__descriptor,
                                                          &sanling__v1__summary__descriptor,
                                                          &sanling__v1__unit_status__descriptor,
                                                          &sanling__v1__units_answer__descriptor,
                                                          &sanling__v1__tree_answer__descriptor,
                                                          &sanling__v1__days_answer__descriptor,
                                                          &sanling__v1__trend_answer__descriptor,
                                                          &sanling__v1__difference_answer__descriptor,
                                                          &sanling__v1__matters_answer__descriptor,
                                                          &sanling__v1__campaigns_answer__descriptor,
                                                          &sanling__v1__discrepancies_answer__descriptor,
                                                          &sanling__v1__attention_answer__descriptor,
                                                          &sanling__v1__why_answer__descriptor,
                                                          &sanling__v1__figure_answer__descriptor,
                                                          &sanling__v1__catalogue_answer__descriptor,
                                                          &sanling__v1__policy_answer__descriptor,
                                                          &sanling__v1__record__descriptor};

static void set(json_t *object, const char *name, json_t *value)
{
    if (value == NULL || json_object_set_new(object, name, value) != 0)
        abort();
}

json_t *openapi_document(void)
{
    json_error_t error;
    json_t *document = json_loadb((const char *)openapi_text, openapi_text_size, JSON_REJECT_DUPLICATES, &error);
    json_t *schemas = json_object_get(json_object_get(document, "components"), "schemas");
    if (schemas == NULL)
        abort(); /* it is built in, and a test reads it */
    set(json_object_get(document, "info"), "version", json_string(SANLING_VERSION));
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        openapi_add_message(schemas, roots[i], OPENAPI_ANSWER);
    return document;
}
