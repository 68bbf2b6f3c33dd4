#include "yaml_schema.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { COMPLAINT_SIZE = 256 };

/* Keeps libcyaml's first complaint: it names line and key, the later ones only unwind. */
static void keep_first(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
    char *complaint = context;
    if (level < CYAML_LOG_ERROR || complaint[0] != '\0')
        return;
    vsnprintf(complaint, COMPLAINT_SIZE, format, arguments);
    complaint[strcspn(complaint, "\n")] = '\0';
}

static cyaml_config_t settings(char complaint[static COMPLAINT_SIZE])
{
    complaint[0] = '\0';
    return (cyaml_config_t){.log_fn = keep_first,
                            .log_ctx = complaint,
                            .log_level = CYAML_LOG_ERROR,
                            .mem_fn = cyaml_mem,
                            .flags = CYAML_CFG_DEFAULT};
}

static bool outcome_of(cyaml_err_t error, const char *name, const char *complaint, struct fault *fault)
{
    return error == CYAML_OK ||
           fault_set(fault, FAULT_USAGE, "%s: %s", name, complaint[0] ? complaint : cyaml_strerror(error));
}

bool yaml_schema_read_file(const char *path, const cyaml_schema_value_t *schema, void **data, struct fault *fault)
{
    char complaint[COMPLAINT_SIZE];
    const cyaml_config_t config = settings(complaint);
    return outcome_of(cyaml_load_file(path, &config, schema, data, NULL), path, complaint, fault);
}

bool yaml_schema_read_text(const char *name, const char *text, size_t size, const cyaml_schema_value_t *schema,
                           void **data, struct fault *fault)
{
    char complaint[COMPLAINT_SIZE];
    const cyaml_config_t config = settings(complaint);
    return outcome_of(cyaml_load_data((const uint8_t *)text, size, &config, schema, data, NULL), name, complaint,
                      fault);
}

void yaml_schema_free(const cyaml_schema_value_t *schema, void *data)
{
    char complaint[COMPLAINT_SIZE];
    const cyaml_config_t config = settings(complaint);
    cyaml_free(&config, schema, data, 0);
}
