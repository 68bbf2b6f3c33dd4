#include "attest_statement.h"

#include "event.pb-c.h"
#include "personal.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void attest_statement_init(struct attest_statement *statement, const Sanling__V1__AttestationsDueAnswer *answer,
                           const Sanling__V1__AttestationsDueAnswer__Period *period)
{
    *statement = (struct attest_statement){.zero = period->zero, .units_of_period = period->units};
    snprintf(statement->root, sizeof statement->root, "%s", answer->unit);
    snprintf(statement->from_day, sizeof statement->from_day, "%s", period->from_day);
    snprintf(statement->to_day, sizeof statement->to_day, "%s", period->to_day);
    snprintf(statement->due, sizeof statement->due, "%s", period->due);
}

void attest_statement_clear(struct attest_statement *statement)
{
    free(statement->units);
    *statement = (struct attest_statement){0};
}

static bool add_unit(struct attest_statement *statement, const Sanling__V1__AttestationsDueAnswer__Unit *unit,
                     struct fault *fault)
{
    if (unit->broken) {
        statement->broken++;
        return true;
    }
    if (statement->unit_count == statement->unit_capacity) {
        const size_t capacity = statement->unit_capacity == 0 ? 1024 : statement->unit_capacity * 2;
        struct attest_unit *units = realloc(statement->units, capacity * sizeof *units);
        if (units == NULL)
            return fault_set(fault, FAULT_SYSTEM, "out of memory");
        statement->units = units;
        statement->unit_capacity = capacity;
    }
    struct attest_unit *added = &statement->units[statement->unit_count++];
    snprintf(added->code, sizeof added->code, "%s", unit->unit);
    snprintf(added->from_day, sizeof added->from_day, "%s", unit->from_day);
    snprintf(added->to_day, sizeof added->to_day, "%s", unit->to_day);
    return true;
}

bool attest_statement_add(struct attest_statement *statement, const Sanling__V1__AttestationsDueAnswer *answer,
                          struct fault *fault)
{
    for (size_t i = 0; i < answer->n_units; i++)
        if (!add_unit(statement, answer->units[i], fault))
            return false;
    return true;
}

void attest_statement_digest(const struct attest_statement *statement, char digest[static ATTEST_DIGEST_SIZE])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    _Static_assert(sizeof hash * 2 + 1 == ATTEST_DIGEST_SIZE, "in hex, with a NUL");
    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < statement->unit_count; i++) {
        char line[64];
        const struct attest_unit *unit = &statement->units[i];
        snprintf(line, sizeof line, "%s %s %s\n", unit->code, unit->from_day, unit->to_day);
        crypto_hash_sha256_update(&state, (const unsigned char *)line, strlen(line));
    }
    crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(digest, ATTEST_DIGEST_SIZE, hash, sizeof hash);
}

static int compare_units(const void *left, const void *right)
{
    const struct attest_unit *a = left;
    const struct attest_unit *b = right;
    const int by_from = strcmp(a->from_day, b->from_day);
    const int by_to = by_from != 0 ? by_from : strcmp(a->to_day, b->to_day);
    return by_to != 0 ? by_to : strcmp(a->code, b->code);
}

static bool same_days(const struct attest_unit *unit, const char *from_day, const char *to_day)
{
    return strcmp(unit->from_day, from_day) == 0 && strcmp(unit->to_day, to_day) == 0;
}

bool attest_statement_is_scope(const struct attest_statement *statement)
{
    if (statement->basis != SANLING__V1__ATTESTATION__BASIS__REGISTER_CHECKED || statement->broken > 0 ||
        statement->root[0] == '\0' || statement->unit_count != statement->units_of_period)
        return false;
    for (size_t i = 0; i < statement->unit_count; i++)
        if (!same_days(&statement->units[i], statement->from_day, statement->to_day))
            return false;
    return true;
}

bool attest_role_is_code(const char *role)
{
    static const char characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
    const size_t size = strlen(role);
    return size > 0 && size <= ATTEST_ROLE_MAX && strspn(role, characters) == size &&
           personal_find(role) == PERSONAL_NONE;
}

/* ---- events ---- */

struct encoding {
    const struct attest_statement *statement;
    const char *role;
    int64_t time_s;
    int32_t utc_offset_minutes;
    struct attest_parts *parts;
};

/* `attested` carries what differs; the envelope is put around it. */
static bool add_event(const struct encoding *encoding, char *unit, Sanling__V1__ZeroAttested *attested,
                      struct fault *fault)
{
    struct attest_parts *parts = encoding->parts;
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    if (parts->count == CONFIRMATION_PARTS_MAX)
        return fault_set(fault, FAULT_USAGE, "more than %d events: attest a part of the subtree at a time",
                         CONFIRMATION_PARTS_MAX);
    time.seconds = encoding->time_s;
    event.occurred_at = &time;
    event.utc_offset_minutes = encoding->utc_offset_minutes;
    event.unit = unit;
    const size_t envelope_size = sanling__v1__event__get_packed_size(&event);
    attested->zero = encoding->statement->zero;
    attested->basis = encoding->statement->basis;
    attested->by_role = (char *)(uintptr_t)encoding->role;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_ZERO_ATTESTED;
    event.zero_attested = attested;
    uint8_t *content = malloc(sanling__v1__event__get_packed_size(&event));
    if (content == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    const size_t size = sanling__v1__event__pack(&event, content);
    parts->parts[parts->count++] =
        (struct confirmation_part){.content = content, .size = size, .envelope_size = envelope_size};
    return true;
}

static bool encode_scope(const struct encoding *encoding, struct attest_statement *statement, struct fault *fault)
{
    Sanling__V1__ZeroAttested attested = SANLING__V1__ZERO_ATTESTED__INIT;
    attested.scope = true;
    attested.from_day = statement->from_day;
    attested.to_day = statement->to_day;
    return add_event(encoding, statement->root, &attested, fault);
}

/* Units with the same days together, as many as an event may name. */
static bool encode_units(const struct encoding *encoding, struct attest_statement *statement, struct fault *fault)
{
    qsort(statement->units, statement->unit_count, sizeof *statement->units, compare_units);
    for (size_t from = 0; from < statement->unit_count;) {
        char *codes[ATTEST_UNITS_PER_EVENT];
        struct attest_unit *first = &statement->units[from];
        size_t count = 0;
        while (count < ATTEST_UNITS_PER_EVENT && from + count < statement->unit_count &&
               same_days(&statement->units[from + count], first->from_day, first->to_day)) {
            codes[count] = statement->units[from + count].code;
            count++;
        }
        Sanling__V1__ZeroAttested attested = SANLING__V1__ZERO_ATTESTED__INIT;
        attested.units = codes;
        attested.n_units = count;
        attested.from_day = first->from_day;
        attested.to_day = first->to_day;
        if (!add_event(encoding, statement->root[0] == '\0' ? first->code : statement->root, &attested, fault))
            return false;
        from += count;
    }
    return true;
}

bool attest_statement_encode(struct attest_statement *statement, const char *role, int64_t time_s,
                             int32_t utc_offset_minutes, struct attest_parts *parts, struct fault *fault)
{
    const struct encoding encoding = {.statement = statement,
                                      .role = role,
                                      .time_s = time_s,
                                      .utc_offset_minutes = utc_offset_minutes,
                                      .parts = parts};
    *parts = (struct attest_parts){0};
    if (statement->unit_count == 0)
        return fault_set(fault, FAULT_USAGE, "no unit is left that could be attested");
    if (attest_statement_is_scope(statement) ? encode_scope(&encoding, statement, fault)
                                             : encode_units(&encoding, statement, fault))
        return true;
    attest_parts_clear(parts);
    return false;
}

void attest_parts_clear(struct attest_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++)
        free((void *)(uintptr_t)parts->parts[i].content);
    parts->count = 0;
}

void attest_statement_summary(const struct attest_statement *statement, char text[static ATTEST_SUMMARY_SIZE])
{
    const ProtobufCEnumValue *zero =
        protobuf_c_enum_descriptor_get_value(&sanling__v1__zero__kind__descriptor, (int)statement->zero);
    snprintf(text, ATTEST_SUMMARY_SIZE, "%s %s/%s", zero == NULL ? "?" : zero->name, statement->from_day,
             statement->to_day);
}
