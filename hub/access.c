#include "access.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decode.h"
#include "domain/catalogue.h"
#include "domain/unit.h"
#include "proof/batch.h"
#include "yaml_file.h"

struct file_identity {
    char *name;
    char *key;
    int role;
    int office;
    char *unit;
    char *signing_key;
    char **types;
    unsigned types_count;
};
struct file_access {
    struct file_identity *identities;
    unsigned identities_count;
};

struct access {
    char path[1024];
    struct identity *identities;
    size_t count;
};

static const cyaml_strval_t role_names[] = {{"publisher", ROLE_PUBLISHER},
                                            {"subscriber", ROLE_SUBSCRIBER},
                                            {"leader", ROLE_LEADER},
                                            {"operator", ROLE_OPERATOR},
                                            {"auditor", ROLE_AUDITOR}};
static const cyaml_strval_t office_names[] = {
    {"PETITIONS", OFFICE_PETITIONS},   {"WORK_SAFETY", OFFICE_WORK_SAFETY}, {"PUBLIC_SECURITY", OFFICE_PUBLIC_SECURITY},
    {"GOVERNANCE", OFFICE_GOVERNANCE}, {"LEADERSHIP", OFFICE_LEADERSHIP},   {"OPERATOR", OFFICE_OPERATOR},
    {"DISCIPLINE", OFFICE_DISCIPLINE}};
static const cyaml_schema_value_t type_value = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 64)};
/* Without STRICT libcyaml takes any number for a word. */
static const cyaml_schema_field_t identity_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct file_identity, name, 1, ACCESS_NAME_SIZE - 1),
    CYAML_FIELD_STRING_PTR("key", CYAML_FLAG_POINTER, struct file_identity, key, 40, 40),
    CYAML_FIELD_ENUM("role", CYAML_FLAG_STRICT, struct file_identity, role, role_names, CYAML_ARRAY_LEN(role_names)),
    CYAML_FIELD_ENUM("office", CYAML_FLAG_STRICT, struct file_identity, office, office_names,
                     CYAML_ARRAY_LEN(office_names)),
    CYAML_FIELD_STRING_PTR("unit", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file_identity, unit, 0,
                           ACCESS_CODE_SIZE - 1),
    CYAML_FIELD_STRING_PTR("signing_key", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file_identity, signing_key,
                           0, ACCESS_SIGNING_KEY_SIZE - 1),
    CYAML_FIELD_SEQUENCE("types", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file_identity, types, &type_value, 0,
                         EVENT_KIND_LIMIT),
    CYAML_FIELD_END};
static const cyaml_schema_value_t identity_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_identity, identity_fields)};
static const cyaml_schema_field_t access_fields[] = {CYAML_FIELD_SEQUENCE("identities", CYAML_FLAG_POINTER,
                                                                          struct file_access, identities,
                                                                          &identity_value, 0, ACCESS_IDENTITIES_MAX),
                                                     CYAML_FIELD_END};
static const cyaml_schema_value_t access_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file_access, access_fields)};

static void forget_types(struct identity *identity)
{
    for (char **type = identity->named_types; type && *type; type++)
        free(*type);
    free(identity->named_types);
    identity->named_types = NULL;
}

/* No list: the catalogue's types of the office. A list stands instead; its word `catalogue` means those. */
static bool take_types(struct identity *identity, char *const *types, size_t count, struct fault *fault)
{
    if (count == 0)
        return grant_add_kinds("catalogue", identity->office, identity->types);
    identity->named_types = calloc(count + 1, sizeof *identity->named_types);
    for (size_t i = 0; i < count; i++) {
        if (!grant_add_kinds(types[i], identity->office, identity->types))
            return fault_set(fault, FAULT_USAGE, "access: %s: '%s' is no event type that may be given", identity->name,
                             types[i]);
        if (!identity->named_types || !(identity->named_types[i] = strdup(types[i])))
            abort();
        identity->named_type_count++;
    }
    return true;
}

static bool key_valid(const char *key)
{
    static const char z85[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    return strlen(key) == ACCESS_KEY_SIZE - 1 && strspn(key, z85) == ACCESS_KEY_SIZE - 1;
}

/* Fills *identity; on failure nothing of it is kept. */
static bool take_identity(const struct file_identity *from, struct identity *identity, struct fault *fault)
{
    *identity = (struct identity){.role = (enum role)from->role, .office = (enum office)from->office};
    const char *unit = from->unit ? from->unit : "";
    const char *signing_key = from->signing_key ? from->signing_key : "";
    uint8_t key[BATCH_KEY_SIZE];
    struct fault inner;
    if (!name_valid(from->name))
        return fault_set(fault, FAULT_USAGE, "access: name '%s': letters, digits and ._/- only", from->name);
    if (!key_valid(from->key))
        return fault_set(fault, FAULT_USAGE, "access: %s: key: not 40 characters of Z85", from->name);
    if (unit[0] != '\0' && unit_code_kind(unit) == UNIT_NONE)
        return fault_set(fault, FAULT_USAGE, "access: %s: unit '%s' is no valid code", from->name, unit);
    /* A text that merely looks like a key would refuse all that the identity signs. */
    if (signing_key[0] != '\0' && !batch_key_read(signing_key, key, &inner))
        return fault_set(fault, FAULT_USAGE, "access: %s: signing_key: %.200s", from->name, inner.text);
    snprintf(identity->name, sizeof identity->name, "%s", from->name);
    snprintf(identity->key, sizeof identity->key, "%s", from->key);
    snprintf(identity->root, sizeof identity->root, "%s", unit);
    snprintf(identity->signing_key, sizeof identity->signing_key, "%s", signing_key);
    if (take_types(identity, from->types, from->types_count, fault))
        return true;
    forget_types(identity);
    return false;
}

static struct identity *find(const struct access *access, const char *name, const char *key)
{
    for (size_t i = 0; i < access->count; i++)
        if ((name && strcmp(access->identities[i].name, name) == 0) ||
            (key && strcmp(access->identities[i].key, key) == 0))
            return &access->identities[i];
    return NULL;
}

static bool add(struct access *access, const struct file_identity *from, struct fault *fault)
{
    if (find(access, from->name, from->key))
        return fault_set(fault, FAULT_USAGE, "access: %s: name or key stands there twice", from->name);
    struct identity *larger = realloc(access->identities, (access->count + 1) * sizeof *larger);
    if (!larger)
        abort();
    access->identities = larger;
    if (!take_identity(from, &larger[access->count], fault))
        return false;
    access->count++;
    return true;
}

struct access *access_read(const char *path, struct fault *fault)
{
    struct access *access = calloc(1, sizeof *access);
    if (!access)
        abort();
    snprintf(access->path, sizeof access->path, "%s", path);
    if (faccessat(AT_FDCWD, path, F_OK, 0) != 0 && errno == ENOENT)
        return access;
    char *text = NULL;
    struct fault inner;
    struct file_access *file = yaml_file_load(path, &access_value, &text, fault);
    bool read = file != NULL;
    for (unsigned i = 0; read && i < file->identities_count; i++)
        if (!add(access, &file->identities[i], &inner))
            read = fault_set(fault, inner.code, "%s: line %u: %.400s", path, yaml_file_line_of(text, "name", i),
                             inner.text);
    if (file)
        yaml_file_free(&access_value, file);
    free(text);
    if (!read)
        access_close(&access);
    return access;
}

void access_close(struct access **access)
{
    if (!*access)
        return;
    for (size_t i = 0; i < (*access)->count; i++)
        forget_types(&(*access)->identities[i]);
    free((*access)->identities);
    free(*access);
    *access = NULL;
}

const struct identity *access_by_key(const struct access *access, const char *key)
{
    return find(access, NULL, key);
}

const struct identity *access_by_name(const struct access *access, const char *name)
{
    return find(access, name, NULL);
}

size_t access_count(const struct access *access)
{
    return access->count;
}

const struct identity *access_at(const struct access *access, size_t index)
{
    return &access->identities[index];
}

static const char *value_name(const cyaml_strval_t *names, size_t count, int value)
{
    for (size_t i = 0; i < count; i++)
        if (names[i].val == value)
            return names[i].str;
    return "";
}

struct entry_facts identity_facts(const struct identity *identity)
{
    return (struct entry_facts){.name = identity->name,
                                .key = identity->key,
                                .unit = identity->root,
                                .signing_key = identity->signing_key,
                                .role = identity->role,
                                .office = identity->office,
                                .types = (const char *const *)identity->named_types,
                                .type_count = identity->named_type_count};
}

static bool write_identities(const struct access *access, FILE *file)
{
    fputs(
        "# Which key is which office. Written by the hub on `sanlingctl access grant|revoke`; comments are not kept.\n"
        "identities:\n",
        file);
    if (access->count == 0)
        fputs("  []\n", file);
    for (size_t i = 0; i < access->count; i++) {
        const struct identity *identity = &access->identities[i];
        const char *office = value_name(office_names, CYAML_ARRAY_LEN(office_names), (int)identity->office);
        /* Z85 holds every character that YAML cares for but the single quote and the backslash: quote with '. */
        fprintf(file, "  - {name: '%s', key: '%s', role: %s, office: %s, unit: '%s'", identity->name, identity->key,
                role_name(identity->role), office, identity->root);
        if (identity->signing_key[0] != '\0')
            fprintf(file, ", signing_key: '%s'", identity->signing_key);
        if (identity->named_types)
            fputs(", types: [", file);
        for (char **type = identity->named_types; type && *type; type++)
            fprintf(file, "%s%s", type == identity->named_types ? "" : ", ", *type);
        fputs(identity->named_types ? "]}\n" : "}\n", file);
    }
    return !ferror(file) && fflush(file) == 0 && fsync(fileno(file)) == 0;
}

/* The name is durable with its folder only. */
static bool sync_folder_of(const char *path)
{
    char folder[1024];
    snprintf(folder, sizeof folder, "%s", path);
    int descriptor = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = descriptor >= 0 && fsync(descriptor) == 0;
    if (descriptor >= 0)
        close(descriptor);
    return synced;
}

/* For its owner alone, whatever the mask: who has which key is nobody else's business. */
static bool replace_file(const struct access *access, struct fault *fault)
{
    char temporary[1040];
    snprintf(temporary, sizeof temporary, "%s.new", access->path);
    int descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = descriptor >= 0 && fchmod(descriptor, 0600) == 0 ? fdopen(descriptor, "w") : NULL;
    bool written = file && write_identities(access, file);
    if (file ? fclose(file) != 0 : descriptor >= 0 && close(descriptor) != 0)
        written = false;
    if (!written || rename(temporary, access->path) != 0 || !sync_folder_of(access->path))
        return fault_set(fault, FAULT_SYSTEM, "%s: %s", temporary, strerror(errno));
    return true;
}

static bool entry_from_wire(const Sanling__V1__AccessEntry *entry, struct file_identity *from, struct fault *fault)
{
    *from = (struct file_identity){.name = entry->name,
                                   .key = entry->key,
                                   .office = (int)entry->office,
                                   .unit = entry->unit,
                                   .signing_key = entry->signing_key,
                                   .types = entry->types,
                                   .types_count = (unsigned)entry->n_types,
                                   .role = (int)role_of_name(entry->role)};
    if (from->role == ROLE_NONE)
        return fault_set(fault, FAULT_USAGE, "role: publisher, subscriber, leader, operator or auditor");
    if (value_name(office_names, CYAML_ARRAY_LEN(office_names), from->office)[0] == '\0')
        return fault_set(fault, FAULT_USAGE,
                         "office: PETITIONS, WORK_SAFETY, PUBLIC_SECURITY, GOVERNANCE, LEADERSHIP, "
                         "DISCIPLINE or OPERATOR");
    return true;
}

/* Takes the change when its file is durable; otherwise the old list stands. */
static bool commit_change(struct access *access, struct access *changed, struct fault *fault)
{
    bool written = replace_file(changed, fault);
    if (written) {
        struct access old = *access;
        *access = *changed;
        *changed = old;
    }
    access_close(&changed);
    return written;
}

/* A second list to change, read from the first one's file: what is not there yet was never in force. */
static struct access *copy_without(const struct access *access, const char *name, struct fault *fault)
{
    struct access *copy = calloc(1, sizeof *copy);
    if (!copy)
        abort();
    snprintf(copy->path, sizeof copy->path, "%s", access->path);
    bool copied = true;
    for (size_t i = 0; copied && i < access->count; i++) {
        const struct identity *identity = &access->identities[i];
        if (strcmp(identity->name, name) == 0)
            continue;
        struct file_identity from = {.name = (char *)identity->name,
                                     .key = (char *)identity->key,
                                     .role = (int)identity->role,
                                     .office = (int)identity->office,
                                     .unit = (char *)identity->root,
                                     .signing_key = (char *)identity->signing_key,
                                     .types = identity->named_types};
        for (char **type = identity->named_types; type && *type; type++)
            from.types_count++;
        copied = add(copy, &from, fault);
    }
    if (!copied)
        access_close(&copy);
    return copy;
}

/* The list as it would be; NULL: the entry is wrong. */
static struct access *with_grant(const struct access *access, const Sanling__V1__AccessEntry *entry,
                                 struct fault *fault)
{
    struct file_identity from;
    if (!entry_from_wire(entry, &from, fault))
        return NULL;
    struct access *changed = copy_without(access, entry->name, fault);
    if (changed && changed->count >= ACCESS_IDENTITIES_MAX) {
        fault_set(fault, FAULT_USAGE, "access: more than %d identities", ACCESS_IDENTITIES_MAX);
        access_close(&changed);
    }
    if (changed && !add(changed, &from, fault))
        access_close(&changed);
    return changed;
}

bool access_may_grant(const struct access *access, const Sanling__V1__AccessEntry *entry, struct fault *fault)
{
    struct access *changed = with_grant(access, entry, fault);
    bool may = changed != NULL;
    access_close(&changed);
    return may;
}

bool access_grant(struct access *access, const Sanling__V1__AccessEntry *entry, struct fault *fault)
{
    struct access *changed = with_grant(access, entry, fault);
    return changed && commit_change(access, changed, fault);
}

bool access_revoke(struct access *access, const char *name, struct fault *fault)
{
    if (!access_by_name(access, name))
        return fault_set(fault, FAULT_NO, "access: nobody is named '%s'", name);
    struct access *changed = copy_without(access, name, fault);
    return changed && commit_change(access, changed, fault);
}
