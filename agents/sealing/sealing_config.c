#include "sealing_config.h"

#include "yaml_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONAL_TEXT (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

const cyaml_schema_field_t sealing_fields[] = {
    CYAML_FIELD_STRING_PTR("keys", CYAML_FLAG_POINTER, struct sealing_entry, keys, 1, 4000),
    CYAML_FIELD_STRING_PTR("opened", CYAML_FLAG_POINTER, struct sealing_entry, opened, 1, 4000),
    CYAML_FIELD_STRING_PTR("outgoing", OPTIONAL_TEXT, struct sealing_entry, outgoing, 1, 4000),
    CYAML_FIELD_ENUM_PTR("automatic", OPTIONAL_TEXT | CYAML_FLAG_STRICT, struct sealing_entry, automatic, yaml_booleans,
                         CYAML_ARRAY_LEN(yaml_booleans)),
    CYAML_FIELD_END};

/* NULL: no memory. */
static char *resolve(const char *folder, const char *path)
{
    char *resolved = NULL;
    return asprintf(&resolved, "%s%s", path[0] == '/' ? "" : folder, path) < 0 ? NULL : resolved;
}

bool sealing_config_take(const struct sealing_entry *entry, const char *folder, struct sealing_config *config,
                         struct fault *fault)
{
    *config = (struct sealing_config){.automatic = false};
    if (entry == NULL)
        return true;
    config->keys = resolve(folder, entry->keys);
    config->opened = resolve(folder, entry->opened);
    config->outgoing = entry->outgoing == NULL ? NULL : resolve(folder, entry->outgoing);
    config->automatic = entry->automatic != NULL && *entry->automatic == YAML_TRUE;
    return (config->keys != NULL && config->opened != NULL && (entry->outgoing == NULL || config->outgoing != NULL)) ||
           fault_set(fault, FAULT_SYSTEM, "out of memory");
}

void sealing_config_clear(struct sealing_config *config)
{
    free(config->keys);
    free(config->opened);
    free(config->outgoing);
    *config = (struct sealing_config){.automatic = false};
}
