#include "desk_config.h"

#include "static_files.h"
#include "yaml_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPTIONAL_TEXT (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

static const cyaml_schema_field_t codes_fields[] = {
    CYAML_FIELD_STRING_PTR("prefix", CYAML_FLAG_POINTER, struct desk_codes_entry, prefix, 1, 64),
    CYAML_FIELD_INT("from", CYAML_FLAG_DEFAULT, struct desk_codes_entry, from),
    CYAML_FIELD_INT("to", CYAML_FLAG_DEFAULT, struct desk_codes_entry, to), CYAML_FIELD_END};

const cyaml_schema_field_t desk_fields[] = {
    CYAML_FIELD_MAPPING_PTR("codes", CYAML_FLAG_POINTER, struct desk_entry, codes, codes_fields),
    CYAML_FIELD_ENUM_PTR("parties", OPTIONAL_TEXT | CYAML_FLAG_STRICT, struct desk_entry, parties, yaml_booleans,
                         CYAML_ARRAY_LEN(yaml_booleans)),
    CYAML_FIELD_STRING_PTR("seal_to", OPTIONAL_TEXT, struct desk_entry, seal_to, 1, 4000),
    CYAML_FIELD_STRING_PTR("page", OPTIONAL_TEXT, struct desk_entry, page, 1, 4000), CYAML_FIELD_END};

static char *resolve(const char *folder, const char *path)
{
    char *resolved = NULL;
    if (path[0] == '/')
        return strdup(path);
    return asprintf(&resolved, "%s%s", folder, path) < 0 ? NULL : resolved;
}

static bool take_codes(const struct desk_codes_entry *entry, struct desk_config *config, struct fault *fault)
{
    if (strlen(entry->prefix) != DESK_PREFIX_DIGITS || strspn(entry->prefix, "0123456789") != DESK_PREFIX_DIGITS)
        return fault_set(fault, FAULT_USAGE, "desk.codes: prefix: the county's six digits, in quotes");
    if (entry->from < 1 || entry->to > DESK_NUMBER_MAX || entry->from > entry->to)
        return fault_set(fault, FAULT_USAGE, "desk.codes: from and to: numbers from 1 to %d, the smaller one first",
                         DESK_NUMBER_MAX);
    snprintf(config->prefix, sizeof config->prefix, "%s", entry->prefix);
    config->from = (uint32_t)entry->from;
    config->to = (uint32_t)entry->to;
    return true;
}

bool desk_config_take(const struct desk_entry *entry, const char *folder, struct desk_config *config,
                      struct fault *fault)
{
    *config = (struct desk_config){.wanted = entry != NULL};
    if (entry == NULL)
        return true;
    const bool parties = entry->parties != NULL && *entry->parties == YAML_TRUE;
    if (!take_codes(entry->codes, config, fault))
        return false;
    if (parties && entry->seal_to == NULL)
        return fault_set(fault, FAULT_USAGE,
                         "desk: seal_to: parties' data need a public key; make one with --new-seal-key");
    if (!parties && entry->seal_to != NULL)
        return fault_set(fault, FAULT_USAGE, "desk: seal_to: only with `parties: true`");
    config->seal_to = parties ? resolve(folder, entry->seal_to) : NULL;
    if (parties && config->seal_to == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    if (parties && access(config->seal_to, R_OK) != 0)
        return fault_set(fault, FAULT_USAGE, "desk: seal_to: %s: %s", config->seal_to, strerror(errno));
    config->page = entry->page != NULL ? resolve(folder, entry->page) : static_files_beside("desk");
    return config->page != NULL ||
           fault_set(fault, FAULT_USAGE,
                     "desk: the page is not found beside this program: name its folder as `page`, or build it (cmake "
                     "--build … --target desk-page)");
}

void desk_config_clear(struct desk_config *config)
{
    free(config->seal_to);
    free(config->page);
    *config = (struct desk_config){0};
}
