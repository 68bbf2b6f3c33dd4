/* YAML files by schema, read with libcyaml; the first complaint, which names line and key, becomes the fault. */
#ifndef HUB_YAML_SCHEMA_H
#define HUB_YAML_SCHEMA_H

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stddef.h>

#include "fault.h"

/* Reads into a new structure of the schema (a pointer mapping), which yaml_schema_free frees. FAULT_USAGE; `name`
 * stands before the complaint. */
MUST_CHECK bool yaml_schema_read_file(const char *path, const cyaml_schema_value_t *schema, void **data,
                                      struct fault *fault);
MUST_CHECK bool yaml_schema_read_text(const char *name, const char *text, size_t size,
                                      const cyaml_schema_value_t *schema, void **data, struct fault *fault);
void yaml_schema_free(const cyaml_schema_value_t *schema, void *data);

#endif
