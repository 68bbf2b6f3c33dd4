#include "decode.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/catalogue.h"
#include "domain/day.h"
#include "domain/grant.h"
#include "domain/ordinal_index.h"
#include "domain/unit.h"
#include "log/sha256.h"
#include "personal.h"
#include "policy_file.h"

typedef Sanling__V1__Event Wire;

enum {
    CODE_SIZE_MAX = 64,  /* bytes of any code or identifier */
    NAME_SIZE_MAX = 384, /* bytes of a unit's name: 128 characters */
    NOTE_CHARACTERS_MAX = 200,
    REQUIRED_MAX = 8,
    ACCESS_KEY_CHARACTERS = 40,
    VERIFIER_KEY_SIZE_MAX = 256, /* name, id and key of whoever signs the log */
};

struct required_fields {
    uint8_t count;
    uint8_t index[REQUIRED_MAX]; /* into the payload descriptor's fields */
};

/* What stands in a text, by its field's name. */
enum text_use { TEXT_CODE, TEXT_UNIT, TEXT_NAME, TEXT_NOTE, TEXT_POLICY, TEXT_VERIFIER_KEY };

/* The fields of a message that hold texts, bytes or messages: what the others hold could name nobody. */
struct content {
    struct content_field *fields;
    size_t count;
};

struct content_field {
    const ProtobufCFieldDescriptor *field;
    enum text_use use;     /* of a text */
    struct content nested; /* of a message */
};

struct decoder {
    struct wire_arena *arena;
    struct required_fields required[EVENT_KIND_LIMIT];
    struct content contents[EVENT_KIND_LIMIT]; /* of payloads */
    struct policy policy;                      /* of the last PolicyAdopted */
    struct event replacement;                  /* of the last EventCorrected */
    const Wire *nested;                        /* what it holds as bytes; NULL: no event */
    enum wire_flaw flaw;                       /* why not; WIRE_OK: there is none */
};

static const ProtobufCMessageDescriptor *payload_type(unsigned kind)
{
    return protobuf_c_message_descriptor_get_field(&sanling__v1__event__descriptor, kind)->descriptor;
}

/* The catalogue names required fields; decoding wants their indexes. A name that the contract does not have is a bug.
 */
static void resolve_required(struct decoder *decoder, unsigned kind)
{
    const struct event_type *type = catalogue_type(kind);
    const ProtobufCMessageDescriptor *message = payload_type(kind);
    char names[256];
    char *rest = names;
    snprintf(names, sizeof names, "%s", type->required);
    for (char *name = strsep(&rest, " "); name && *name; name = strsep(&rest, " ")) {
        const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(message, name);
        struct required_fields *required = &decoder->required[kind];
        if (!field || required->count == REQUIRED_MAX)
            abort();
        required->index[required->count++] = (uint8_t)(field - message->fields);
    }
}

static enum text_use text_use(const char *name)
{
    static const struct {
        const char *name;
        enum text_use use;
    } uses[] = {{"unit", TEXT_UNIT},      {"units", TEXT_UNIT},      {"parent", TEXT_UNIT},
                {"successor", TEXT_UNIT}, {"successors", TEXT_UNIT}, {"name", TEXT_NAME},
                {"note", TEXT_NOTE},      {"text", TEXT_POLICY},     {"verifier_key", TEXT_VERIFIER_KEY}};
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        if (strcmp(uses[i].name, name) == 0)
            return uses[i].use;
    return TEXT_CODE;
}

/* Payloads nest, but none within itself. */
static struct content content_of(const ProtobufCMessageDescriptor *type)
{
    struct content content = {.fields = calloc(type->n_fields + 1, sizeof *content.fields)};
    if (!content.fields)
        abort();
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        struct content_field *kept = &content.fields[content.count];
        *kept = (struct content_field){.field = field, .use = text_use(field->name)};
        if (field->type == PROTOBUF_C_TYPE_MESSAGE)
            kept->nested = content_of(field->descriptor);
        content.count += field->type == PROTOBUF_C_TYPE_MESSAGE || field->type == PROTOBUF_C_TYPE_STRING ||
                         field->type == PROTOBUF_C_TYPE_BYTES;
    }
    return content;
}

static void content_clear(struct content *content)
{
    for (size_t i = 0; i < content->count; i++)
        content_clear(&content->fields[i].nested);
    free(content->fields);
}

struct decoder *decoder_open(void)
{
    struct decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder)
        abort();
    decoder->arena = wire_arena_open((size_t)WIRE_EVENT_BUDGET * 4);
    if (!decoder->arena)
        abort();
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++)
        if (catalogue_type(kind)) {
            resolve_required(decoder, kind);
            decoder->contents[kind] = content_of(payload_type(kind));
        }
    return decoder;
}

void decoder_close(struct decoder **decoder)
{
    if (!*decoder)
        return;
    wire_arena_close(&(*decoder)->arena);
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++)
        content_clear(&(*decoder)->contents[kind]);
    free(*decoder);
    *decoder = NULL;
}

void decoder_reset(struct decoder *decoder)
{
    wire_arena_reset(decoder->arena);
}

__attribute__((format(printf, 3, 4))) static bool refuse(struct decoded *decoded, Sanling__V1__Code__Kind code,
                                                         const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    decoded->code = code;
    vsnprintf(decoded->text, sizeof decoded->text, format, arguments);
    va_end(arguments);
    return false;
}

#define BAD_VALUE SANLING__V1__CODE__KIND__BAD_VALUE
#define MISSING_FIELD SANLING__V1__CODE__KIND__MISSING_FIELD
#define MALFORMED SANLING__V1__CODE__KIND__MALFORMED

bool name_valid(const char *name)
{
    size_t size = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-");
    return size >= 1 && size <= CODE_SIZE_MAX && name[size] == '\0' && personal_find_in_code(name) == PERSONAL_NONE;
}

/* No white space, no control characters, at most so many bytes. */
static bool word_valid(const char *code, size_t limit)
{
    size_t size = 0;
    while ((unsigned char)code[size] > ' ' && code[size] != 0x7F)
        size++;
    return code[size] == '\0' && size <= limit;
}

static bool code_valid(const char *code)
{
    return word_valid(code, CODE_SIZE_MAX);
}

static bool line_valid(const char *text, size_t limit)
{
    size_t size = 0;
    for (; text[size] != '\0'; size++)
        if ((unsigned char)text[size] < ' ' || text[size] == 0x7F || size >= limit)
            return false;
    return true;
}

static bool check_text(const char *field, enum text_use use, const char *text, struct decoded *decoded)
{
    if (use == TEXT_POLICY)
        return true;
    const size_t limit = use == TEXT_NAME           ? NAME_SIZE_MAX
                         : use == TEXT_VERIFIER_KEY ? VERIFIER_KEY_SIZE_MAX
                                                    : CODE_SIZE_MAX;
    return (use == TEXT_NAME ? line_valid(text, limit) : word_valid(text, limit)) ||
           refuse(decoded, BAD_VALUE, "%s: longer than %zu bytes, or with white space or control characters", field,
                  limit);
}

/* How many values a field of the kinds that a content has holds, and the first of them. */
static size_t values_of(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, const void **values)
{
    *values = (const char *)message + field->offset;
    if (field->label != PROTOBUF_C_LABEL_REPEATED)
        return 1;
    *values = *(const void *const *)*values;
    return *(const size_t *)((const char *)message + field->quantifier_offset);
}

/* Every text of a payload, in lists and in messages of it too, is a code, but for a unit's name, a policy's text and
 * days, which are looked at below. */
static bool check_texts(const struct content *content, const ProtobufCMessage *payload, struct decoded *decoded)
{
    for (size_t i = 0; i < content->count; i++) {
        const struct content_field *part = &content->fields[i];
        const void *values;
        if (part->field->type == PROTOBUF_C_TYPE_BYTES)
            continue;
        size_t count = values_of(payload, part->field, &values);
        for (size_t j = 0; j < count; j++) {
            const void *value = ((const void *const *)values)[j];
            if (part->field->type == PROTOBUF_C_TYPE_STRING ? !check_text(part->field->name, part->use, value, decoded)
                                                            : value && !check_texts(&part->nested, value, decoded))
                return false;
        }
    }
    return true;
}

static bool field_present(const ProtobufCMessage *payload, const ProtobufCFieldDescriptor *field)
{
    const char *at = (const char *)payload + field->offset;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return *(const size_t *)((const char *)payload + field->quantifier_offset) > 0;
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return (*(char *const *)at)[0] != '\0';
    case PROTOBUF_C_TYPE_BYTES:
        return ((const ProtobufCBinaryData *)at)->len > 0;
    case PROTOBUF_C_TYPE_MESSAGE:
        return *(const void *const *)at != NULL;
    case PROTOBUF_C_TYPE_BOOL:
        return *(const protobuf_c_boolean *)at;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return *(const uint64_t *)at != 0;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_ENUM:
        return *(const uint32_t *)at != 0;
    }
    abort();
}

static bool check_required(const struct decoder *decoder, unsigned kind, const ProtobufCMessage *payload,
                           struct decoded *decoded)
{
    const struct required_fields *required = &decoder->required[kind];
    for (unsigned i = 0; i < required->count; i++) {
        const ProtobufCFieldDescriptor *field = &payload->descriptor->fields[required->index[i]];
        if (!field_present(payload, field))
            return refuse(decoded, MISSING_FIELD, "%s: required for %s", field->name, catalogue_type(kind)->name);
    }
    return true;
}

/* Text to a day; "" gives DAY_NONE (required fields were checked before). */
static bool take_day(const char *name, const char *text, int32_t *day, struct decoded *decoded)
{
    *day = DAY_NONE;
    return text[0] == '\0' || day_parse(text, day) ||
           refuse(decoded, BAD_VALUE, "%s: not a day YYYY-MM-DD between 1900 and 2199", name);
}

/* Microseconds since 1970; the years that day_parse takes. */
static bool take_time(const char *name, const Google__Protobuf__Timestamp *time, int64_t *time_us,
                      struct decoded *decoded)
{
    enum { YEAR_1900 = -2208988800, YEAR_2200_DAYS = 84006 };
    if (!time)
        return refuse(decoded, MISSING_FIELD, "%s: required", name);
    if (time->seconds < YEAR_1900 || time->seconds >= (int64_t)YEAR_2200_DAYS * 86400 || time->nanos < 0 ||
        time->nanos > 999999999)
        return refuse(decoded, BAD_VALUE, "%s: not a time between the years 1900 and 2199", name);
    *time_us = time->seconds * 1000000 + time->nanos / 1000;
    return true;
}

static bool in_range(const char *name, uint64_t value, uint64_t from, uint64_t to, struct decoded *decoded)
{
    if (value >= from && value <= to)
        return true;
    if (from == to)
        return refuse(decoded, BAD_VALUE, "%s: must be %llu", name, (unsigned long long)from);
    return refuse(decoded, BAD_VALUE, "%s: not between %llu and %llu", name, (unsigned long long)from,
                  (unsigned long long)to);
}

static struct unit_attributes attributes_of(const Sanling__V1__UnitAttributes *from)
{
    if (!from)
        return (struct unit_attributes){0};
    return (struct unit_attributes){
        .grids = from->grid_count,
        .block_heads = from->block_head_count,
        .patrollers = from->patroller_count,
        .team = (from->team_cadres ? 1u : 0) | (from->team_grid_head ? 2u : 0) | (from->team_grid_worker ? 4u : 0) |
                (from->team_property ? 8u : 0) | (from->team_building_head ? 16u : 0),
    };
}

static bool decode_registered(const Sanling__V1__UnitRegistered *from, struct decoded *decoded)
{
    struct event *event = &decoded->event;
    event->unit_facts.kind = (enum unit_kind)from->kind;
    event->unit_facts.name = from->name;
    event->unit_facts.parent = from->parent;
    event->unit_facts.has_attributes = from->attributes != NULL;
    event->unit_facts.attributes = attributes_of(from->attributes);
    return take_day("valid_from", from->valid_from, &event->unit_facts.from_day, decoded);
}

static bool decode_changed(const Sanling__V1__UnitChanged *from, struct decoded *decoded)
{
    struct event *event = &decoded->event;
    event->unit_facts.name = from->name;
    event->unit_facts.parent = from->parent;
    event->unit_facts.has_attributes = from->attributes != NULL;
    event->unit_facts.attributes = attributes_of(from->attributes);
    return take_day("effective", from->effective, &event->unit_facts.from_day, decoded);
}

static bool decode_unit_end(char *const *successors, size_t count, const char *valid_to, struct decoded *decoded)
{
    decoded->event.unit_end.successors = (const char *const *)successors;
    decoded->event.unit_end.successor_count = (uint32_t)count;
    return take_day("valid_to", valid_to, &decoded->event.unit_end.valid_to, decoded);
}

static bool decode_split(const Sanling__V1__UnitSplit *from, struct decoded *decoded)
{
    return in_range("successors", from->n_successors, 2, 64, decoded) &&
           decode_unit_end(from->successors, from->n_successors, from->valid_to, decoded);
}

static bool decode_attested(const Sanling__V1__ZeroAttested *from, struct decoded *decoded)
{
    struct event *event = &decoded->event;
    event->attested.zero = (enum zero)(from->zero - 1); /* the contract counts from 1 */
    event->attested.basis = (enum basis)from->basis;
    event->attested.scope = from->scope;
    event->attested.by_system = from->by_system;
    event->attested.units = (const char *const *)from->units;
    event->attested.unit_count = (uint32_t)from->n_units;
    return in_range("units", from->n_units, 0, 1000, decoded) &&
           take_day("from_day", from->from_day, &event->attested.from_day, decoded) &&
           take_day("to_day", from->to_day, &event->attested.to_day, decoded);
}

static bool decode_review(const Sanling__V1__AttestationReviewed *from, struct decoded *decoded)
{
    decoded->event.target = from->attestation;
    decoded->event.variant = (uint32_t)from->verdict;
    if (from->verdict == SANLING__V1__ATTESTATION__VERDICT__RETURNED && from->reason_code[0] == '\0')
        return refuse(decoded, MISSING_FIELD, "reason_code: required when returned");
    return true;
}

static bool decode_accident(const Sanling__V1__Casualties *casualties, Sanling__V1__Loss__Band loss,
                            struct decoded *decoded)
{
    decoded->event.accident.deaths = casualties->deaths;
    decoded->event.accident.missing = casualties->missing;
    decoded->event.accident.serious_injuries = casualties->serious_injuries;
    decoded->event.accident.loss = (enum loss_band)loss;
    return true;
}

static bool decode_reported(const Sanling__V1__AccidentReported *from, struct decoded *decoded)
{
    struct event *event = &decoded->event;
    event->category = from->industry;
    if (!decode_accident(from->casualties, from->loss, decoded) ||
        !take_time("known_at", from->known_at, &event->accident.known_at_us, decoded) ||
        !take_time("reported_at", from->reported_at, &event->accident.reported_at_us, decoded))
        return false;
    return event->accident.reported_at_us >= event->accident.known_at_us ||
           refuse(decoded, BAD_VALUE, "reported_at: before known_at");
}

static bool decode_policy(struct decoder *decoder, const Sanling__V1__PolicyAdopted *from, struct decoded *decoded)
{
    uint8_t sha256[32];
    struct fault fault;
    char effective[DAY_TEXT_SIZE];
    size_t size = strlen(from->text);
    if (!policy_parse(from->text, size, &decoder->policy, &fault)) {
        if (fault.code == FAULT_SYSTEM)
            abort(); /* no memory: it says nothing about the policy, and a rejection would stay */
        return refuse(decoded, SANLING__V1__CODE__KIND__POLICY_INVALID, "%.250s", fault.text);
    }
    day_format(decoder->policy.effective_from, effective);
    sha256_of(from->text, size, sha256);
    if (from->sha256.len != sizeof sha256 || memcmp(from->sha256.data, sha256, sizeof sha256) != 0)
        return refuse(decoded, BAD_VALUE, "sha256: not that of text");
    if (strcmp(from->version, decoder->policy.version) != 0 || strcmp(from->effective_from, effective) != 0)
        return refuse(decoded, BAD_VALUE, "version, effective_from: not those of text");
    decoded->event.adopted.policy = &decoder->policy;
    decoded->event.adopted.text = from->text;
    return true;
}

static bool decode_entry(const Sanling__V1__AccessEntry *from, struct decoded *decoded)
{
    struct entry_facts *entry = &decoded->event.access.entry;
    *entry = (struct entry_facts){.name = from->name,
                                  .key = from->key,
                                  .unit = from->unit,
                                  .signing_key = from->signing_key,
                                  .role = role_of_name(from->role),
                                  .office = (enum office)from->office,
                                  .types = (const char *const *)from->types,
                                  .type_count = (uint32_t)from->n_types};
    bool named = name_valid(entry->name) && strlen(entry->key) == ACCESS_KEY_CHARACTERS;
    return (named && entry->role != ROLE_NONE && (uint32_t)entry->office < OFFICE_LIMIT &&
            entry->type_count <= EVENT_KIND_LIMIT) ||
           refuse(decoded, BAD_VALUE, "entry: name, key, role, office or types: not of the contract's form");
}

/* Who said so, on what ground; no entry and no key yet. */
static bool decode_access(const char *by, Sanling__V1__AccessGround__Kind ground, uint64_t proposal,
                          struct decoded *decoded)
{
    struct event *event = &decoded->event;
    event->access.entry = (struct entry_facts){.name = "", .key = "", .unit = "", .signing_key = ""};
    event->access.verifier_key = "";
    event->access.by = by;
    event->access.ground = (enum access_ground)ground;
    event->target = proposal;
    return (ground <= SANLING__V1__ACCESS_GROUND__KIND__CONFIRMED && (by[0] == '\0' || name_valid(by))) ||
           refuse(decoded, BAD_VALUE, "ground, by: not of the contract's form");
}

static bool decode_tally(const char *day, enum tally_kind first, uint32_t first_count, enum tally_kind second,
                         uint32_t second_count, struct decoded *decoded)
{
    struct event *event = &decoded->event;
    event->tally.kinds[0] = first;
    event->tally.counts[0] = first_count;
    event->tally.kinds[1] = second;
    event->tally.counts[1] = second_count;
    return take_day("day", day, &event->tally.day, decoded);
}

static bool decode_registered_petition(const Sanling__V1__PetitionRegistered *from, struct decoded *decoded)
{
    decoded->event.petition.type = (enum petition_type)from->type;
    decoded->event.petition.channel = (uint32_t)from->channel;
    decoded->event.petition.solvable_at_unit_level = from->solvable_at_unit_level;
    decoded->event.category = from->category;
    return true;
}

/* A matter whose identifier stands in the payload. */
static bool about(const char *code, struct decoded *decoded)
{
    decoded->event.matter = code;
    return true;
}

/* A matter whose kind stands in the payload and whose code is the envelope's. */
static bool of_kind(Sanling__V1__MatterKind__Kind kind, const char *due_day, struct decoded *decoded)
{
    decoded->event.matter_kind = (enum matter_kind)kind;
    return take_day("due_day", due_day, &decoded->event.due_day, decoded);
}

static bool variant(uint32_t value, struct decoded *decoded)
{
    decoded->event.variant = value;
    return true;
}

/* The office that shall act. */
static bool to_office(Sanling__V1__Office__Kind office, struct decoded *decoded)
{
    decoded->event.to_office = (enum office)office;
    decoded->event.named |= OFFICE_BIT(office);
    return true;
}

/* The role code of who did it: only whether two are the same matters. */
static bool by_role(const char *role, struct decoded *decoded)
{
    decoded->event.role = role[0] ? ordinal_hash(role, strlen(role), 0) | 1 : 0;
    return true;
}

/* Mediation is of a dispute unless it says that it is of a petition. */
static bool mediated(Sanling__V1__MatterKind__Kind kind, struct decoded *decoded)
{
    if (kind == SANLING__V1__MATTER_KIND__KIND__UNSPECIFIED || kind == SANLING__V1__MATTER_KIND__KIND__DISPUTE)
        return true;
    decoded->event.matter_kind = MATTER_PETITION;
    return kind == SANLING__V1__MATTER_KIND__KIND__PETITION ||
           refuse(decoded, BAD_VALUE, "matter_kind: PETITION or DISPUTE");
}

static bool decode_joint(const Sanling__V1__JointHandlingOpened *from, struct decoded *decoded)
{
    struct event *event = &decoded->event;
    event->joint.lead = (enum office)from->lead;
    for (size_t i = 0; i < from->n_members && i < 8; i++)
        event->joint.members |= OFFICE_BIT(from->members[i]);
    event->named = event->joint.members | OFFICE_BIT(from->lead);
    return in_range("members", from->n_members, 1, 8, decoded) && of_kind(from->matter_kind, "", decoded);
}

static bool decode_consultation(const Sanling__V1__ConsultationHeld *from, struct decoded *decoded)
{
    for (size_t i = 0; i < from->n_offices && i < 8; i++)
        decoded->event.named |= OFFICE_BIT(from->offices[i]);
    return in_range("offices", from->n_offices, 2, 8, decoded) &&
           in_range("decision_codes", from->n_decision_codes, 0, 16, decoded) &&
           of_kind(from->matter_kind, from->due_day, decoded);
}

static bool decode_supervision(const Sanling__V1__SupervisionIssued *from, struct decoded *decoded)
{
    decoded->event.supervision.level = from->level;
    return in_range("level", from->level, 1, ESCALATION_LEVELS, decoded) && to_office(from->to_office, decoded) &&
           of_kind(from->matter_kind, from->due_day, decoded);
}

static bool decode_passed(const Sanling__V1__DeadlinePassed *from, struct decoded *decoded)
{
    decoded->event.passed.level = from->level ? from->level : 1; /* a first passing may leave it out */
    decoded->event.passed.task = from->task;
    return in_range("level", from->level, 0, ESCALATION_LEVELS, decoded) && to_office(from->office, decoded) &&
           about(from->matter, decoded) && variant(from->clock, decoded) &&
           of_kind(from->matter_kind, from->due_day, decoded);
}

static bool decode_discrepancy(const Sanling__V1__DiscrepancyRaised *from, struct decoded *decoded)
{
    struct event *event = &decoded->event;
    if (!in_range("evidence", from->n_evidence, 1, 64, decoded))
        return false;
    event->discrepancy.code = from->discrepancy;
    event->discrepancy.rule = from->rule;
    event->discrepancy.evidence = from->evidence[0];
    for (size_t i = 0; i < from->n_offices && i < OFFICE_LIMIT; i++)
        event->named |= OFFICE_BIT(from->offices[i]);
    return true;
}

static bool decode_self_check(const Sanling__V1__SelfCheckRecorded *from, struct decoded *decoded)
{
    if (!in_range("answers", from->n_answers, SELF_CHECK_ITEMS, SELF_CHECK_ITEMS, decoded))
        return false;
    for (size_t i = 0; i < from->n_answers; i++) {
        if (from->answers[i] == SANLING__V1__SELF_CHECK_RECORDED__ANSWER__KIND__UNSPECIFIED)
            return refuse(decoded, BAD_VALUE, "answers: number %zu is neither YES nor NO", i + 1);
        if (from->answers[i] == SANLING__V1__SELF_CHECK_RECORDED__ANSWER__KIND__YES)
            decoded->event.self_check.answers |= 1u << i;
    }
    return true;
}

static bool decode_explosives_check(const Sanling__V1__ExplosivesCheckRecorded *from, struct decoded *decoded)
{
    bool problem = from->ledger_matches != SANLING__V1__EXPLOSIVES_CHECK_RECORDED__FINDING__KIND__YES ||
                   from->storage_ok != SANLING__V1__EXPLOSIVES_CHECK_RECORDED__FINDING__KIND__YES ||
                   from->illegal_kind > SANLING__V1__HAZARD__EXPLOSIVES__NONE;
    return decode_tally("", TALLY_EXPLOSIVES_CHECKS, 1, TALLY_EXPLOSIVES_PROBLEMS, problem, decoded);
}

static bool decode_evaluation(struct decoder *decoder, const Sanling__V1__EvaluationPublished *from,
                              struct decoded *decoded)
{
    struct event *event = &decoded->event;
    if (!in_range("results", from->n_results, 0, 1000, decoded) || !in_range("year", from->year, 1, 2199, decoded))
        return false;
    struct evaluation_entry *results = wire_arena_take(decoder->arena, (from->n_results + 1) * sizeof *results);
    if (!results)
        return refuse(decoded, MALFORMED, "results: need more memory than one event may");
    for (size_t i = 0; i < from->n_results; i++)
        results[i] = (struct evaluation_entry){.unit = from->results[i]->unit, .met = from->results[i]->met};
    event->target = from->position;
    event->evaluation.year = (int32_t)from->year;
    event->evaluation.results = results;
    event->evaluation.count = (uint32_t)from->n_results;
    event->evaluation.policy_version = from->policy_version;
    return true;
}

static bool decode_replacement(struct decoder *decoder, const ProtobufCBinaryData *bytes, struct decoded *decoded);

/* ---- sealing ---- */

static uint64_t first_of_hash(const uint8_t hash[static 8])
{
    uint64_t id = 0;
    for (size_t i = 0; i < 8; i++)
        id = id << 8 | hash[i];
    return id;
}

/* 16 hexadecimal digits; 0: it is no such id, but an office's own name of a key. */
static uint64_t key_id_of(const char *text)
{
    return strlen(text) == 16 && strspn(text, "0123456789abcdef") == 16 ? strtoull(text, NULL, 16) : 0;
}

static bool decode_key_offer(const Sanling__V1__MatterKeyOffered *offer, struct decoded *decoded)
{
    uint8_t hash[SHA256_SIZE];
    if (!in_range("public_key", offer->public_key.len, 32, 32, decoded))
        return false;
    sha256_of(offer->public_key.data, offer->public_key.len, hash);
    decoded->event.sealing.id = first_of_hash(hash);
    return of_kind(offer->matter_kind, "", decoded);
}

/* The proof is the hash that the key's id is the beginning of. */
static bool decode_key_destruction(const Sanling__V1__MatterKeyDestroyed *destroyed, struct decoded *decoded)
{
    if (!in_range("proof", destroyed->proof.len, 32, 32, decoded))
        return false;
    decoded->event.sealing.id = first_of_hash(destroyed->proof.data);
    return of_kind(destroyed->matter_kind, "", decoded);
}

static bool decode_payload(struct decoder *decoder, const Wire *wire, struct decoded *decoded)
{
    struct event *event = &decoded->event;
    switch (event->kind) {
    case EVENT_UNIT_REGISTERED:
        return decode_registered(wire->unit_registered, decoded);
    case EVENT_UNIT_CHANGED:
        return decode_changed(wire->unit_changed, decoded);
    case EVENT_UNIT_MERGED:
        return decode_unit_end(&wire->unit_merged->successor, 1, wire->unit_merged->valid_to, decoded);
    case EVENT_UNIT_SPLIT:
        return decode_split(wire->unit_split, decoded);
    case EVENT_UNIT_RETIRED:
        return decode_unit_end(&wire->unit_retired->successor, wire->unit_retired->successor[0] != '\0',
                               wire->unit_retired->valid_to, decoded);
    case EVENT_ZERO_ATTESTED:
        return decode_attested(wire->zero_attested, decoded);
    case EVENT_ATTESTATION_REVIEWED:
        return decode_review(wire->attestation_reviewed, decoded);
    case EVENT_ATTESTATION_WITHDRAWN:
        event->target = wire->attestation_withdrawn->attestation;
        return true;

    case EVENT_PETITION_REGISTERED:
        return decode_registered_petition(wire->petition_registered, decoded);
    case EVENT_PETITION_FORWARDED:
        return to_office(wire->petition_forwarded->to_office, decoded) &&
               take_day("due_day", wire->petition_forwarded->due_day, &event->due_day, decoded);
    case EVENT_PETITION_ASSIGNED:
        return to_office(wire->petition_assigned->to_office, decoded) &&
               take_day("due_day", wire->petition_assigned->due_day, &event->due_day, decoded);
    case EVENT_HANDLING_EXTENDED:
        event->extended.days = (int32_t)wire->handling_extended->days;
        return in_range("days", wire->handling_extended->days, 1, 30, decoded);
    case EVENT_REVIEW_REQUESTED:
        return variant((uint32_t)wire->review_requested->stage, decoded);
    case EVENT_REVIEW_ISSUED:
        return variant((uint32_t)wire->review_issued->stage, decoded);
    case EVENT_PETITION_ESCALATED:
        event->escalated.handled_below = wire->petition_escalated->handled_below;
        event->escalated.overdue_below = wire->petition_escalated->overdue_below;
        return true;
    case EVENT_MATTER_CLOSED:
        return of_kind(wire->matter_closed->matter_kind, "", decoded);
    case EVENT_MATTER_REOPENED:
        return of_kind(wire->matter_reopened->matter_kind, "", decoded);
    case EVENT_MATTER_TRANSFERRED:
        return to_office(wire->matter_transferred->to_office, decoded) &&
               of_kind(wire->matter_transferred->matter_kind, "", decoded);

    case EVENT_INSPECTION_RECORDED:
        return decode_tally("", TALLY_INSPECTIONS, 1, TALLY_NONE, 0, decoded);
    case EVENT_SWEEP_RECORDED:
        event->tally.disputes = wire->sweep_recorded->disputes_found;
        return decode_tally("", TALLY_SWEEPS, 1, TALLY_NONE, 0, decoded);
    case EVENT_HAZARD_FOUND:
        event->hazard.grade = (enum hazard_grade)wire->hazard_found->grade;
        event->hazard.explosives = wire->hazard_found->explosives > SANLING__V1__HAZARD__EXPLOSIVES__NONE;
        event->category = wire->hazard_found->category;
        return about(wire->hazard_found->hazard, decoded);
    case EVENT_HAZARD_FIXED_ON_SPOT:
        return by_role(wire->hazard_fixed_on_spot->by_role, decoded) &&
               about(wire->hazard_fixed_on_spot->hazard, decoded);
    case EVENT_RECTIFICATION_ORDERED:
        return about(wire->rectification_ordered->hazard, decoded) &&
               take_day("due_day", wire->rectification_ordered->due_day, &event->due_day, decoded);
    case EVENT_HAZARD_PLACARDED:
        return about(wire->hazard_placarded->hazard, decoded);
    case EVENT_RECTIFICATION_REPORTED:
        return by_role(wire->rectification_reported->by_role, decoded) &&
               about(wire->rectification_reported->hazard, decoded);
    case EVENT_HAZARD_VERIFIED:
        return by_role(wire->hazard_verified->by_role, decoded) && about(wire->hazard_verified->hazard, decoded) &&
               variant(wire->hazard_verified->result, decoded);
    case EVENT_RECTIFICATION_EXTENDED:
        return about(wire->rectification_extended->hazard, decoded) &&
               take_day("new_due_day", wire->rectification_extended->new_due_day, &event->due_day, decoded);
    case EVENT_HAZARD_REOPENED:
        return about(wire->hazard_reopened->hazard, decoded);
    case EVENT_ACCIDENT_REPORTED:
        return about(wire->accident_reported->accident, decoded) && decode_reported(wire->accident_reported, decoded);
    case EVENT_ACCIDENT_SUPPLEMENTED:
        return about(wire->accident_supplemented->accident, decoded) &&
               decode_accident(wire->accident_supplemented->casualties, wire->accident_supplemented->loss, decoded);
    case EVENT_ACCIDENT_CONCLUDED:
        event->concluded.production = wire->accident_concluded->production_accident;
        return about(wire->accident_concluded->accident, decoded) &&
               variant(wire->accident_concluded->reporting, decoded);
    case EVENT_ACCIDENT_INVESTIGATION_OPENED:
        return about(wire->accident_investigation_opened->accident, decoded);

    case EVENT_CASE_FILED:
        event->filed.class = (enum case_class)wire->case_filed->class_;
        event->filed.influence = (uint32_t)wire->case_filed->influence;
        event->category = wire->case_filed->category;
        return about(wire->case_filed->case_id, decoded);
    case EVENT_CASE_RESOLVED:
        return about(wire->case_resolved->case_id, decoded);
    case EVENT_CASE_WITHDRAWN:
        return about(wire->case_withdrawn->case_id, decoded);
    case EVENT_CASE_REOPENED:
        return about(wire->case_reopened->case_id, decoded);
    case EVENT_ALERTS_TALLIED:
        event->alerts.work_casualties = wire->alerts_tallied->work_casualty_alerts;
        return in_range("counts", wire->alerts_tallied->n_counts, 0, 64, decoded) &&
               take_day("day", wire->alerts_tallied->day, &event->alerts.day, decoded);
    case EVENT_CAMERA_INTEGRATED:
        event->camera.site = wire->camera_integrated->site;
        event->camera.owner = (uint32_t)wire->camera_integrated->owner;
        event->camera.sign_posted = wire->camera_integrated->sign_posted;
        return true;
    case EVENT_CAMERA_RETIRED:
        event->camera.site = wire->camera_retired->site;
        return true;

    case EVENT_DISPUTE_OPENED:
        event->category = wire->dispute_opened->category;
        return true;
    case EVENT_MEDIATION_CHANNEL_SELECTED:
        event->mediation.channel = (uint32_t)wire->mediation_channel_selected->channel;
        return true;
    case EVENT_CONSENT_RECORDED:
        event->consent.side = (uint32_t)wire->consent_recorded->side;
        return mediated(wire->consent_recorded->matter_kind, decoded) &&
               variant((uint32_t)wire->consent_recorded->answer, decoded);
    case EVENT_MEDIATION_REGISTERED:
        return mediated(wire->mediation_registered->matter_kind, decoded);
    case EVENT_MEDIATION_ENDED:
        return mediated(wire->mediation_ended->matter_kind, decoded);

    case EVENT_PATROL_TALLIED:
        return decode_tally(wire->patrol_tallied->day, TALLY_PATROL_ROUNDS, wire->patrol_tallied->rounds,
                            TALLY_PATROL_FINDINGS, wire->patrol_tallied->findings, decoded);
    case EVENT_VOLUNTEER_TALLIED:
        return decode_tally(wire->volunteer_tallied->day,
                            TALLY_VOLUNTEER_GRID_WORKER + wire->volunteer_tallied->role - 1,
                            wire->volunteer_tallied->count, TALLY_NONE, 0, decoded);
    case EVENT_PUBLICITY_TALLIED:
        return decode_tally(wire->publicity_tallied->day, TALLY_PUBLICITY_PEOPLE + wire->publicity_tallied->item - 1,
                            wire->publicity_tallied->count, TALLY_NONE, 0, decoded);
    case EVENT_SELF_CHECK_RECORDED:
        return decode_self_check(wire->self_check_recorded, decoded);
    case EVENT_EXPLOSIVES_CHECK_RECORDED:
        return decode_explosives_check(wire->explosives_check_recorded, decoded);
    case EVENT_GRID_REPORTED:
        event->category = wire->grid_reported->category;
        return true;
    case EVENT_GRID_HANDLED:
        return by_role(wire->grid_handled->by_role, decoded);
    case EVENT_GRID_CHECKED:
        return by_role(wire->grid_checked->by_role, decoded) &&
               variant(wire->grid_checked->passed ? RESULT_PASS : RESULT_FAIL, decoded);
    case EVENT_GRID_DISPATCHED:
        return to_office(wire->grid_dispatched->to_office, decoded) &&
               take_day("due_day", wire->grid_dispatched->due_day, &event->due_day, decoded);
    case EVENT_JOINT_HANDLING_OPENED:
        return decode_joint(wire->joint_handling_opened, decoded);
    case EVENT_MEMBER_JOINED:
        return to_office(wire->member_joined->member, decoded) &&
               of_kind(wire->member_joined->matter_kind, "", decoded);
    case EVENT_JOINT_TASK_ASSIGNED:
        event->task.code = wire->joint_task_assigned->task;
        return to_office(wire->joint_task_assigned->to_office, decoded) &&
               of_kind(wire->joint_task_assigned->matter_kind, wire->joint_task_assigned->due_day, decoded);
    case EVENT_JOINT_TASK_DONE:
        event->task.code = wire->joint_task_done->task;
        event->task.released = wire->joint_task_done->released;
        return of_kind(wire->joint_task_done->matter_kind, "", decoded);
    case EVENT_JOINT_HANDLING_CLOSED:
        return of_kind(wire->joint_handling_closed->matter_kind, "", decoded);
    case EVENT_CONSULTATION_HELD:
        return decode_consultation(wire->consultation_held, decoded);
    case EVENT_SUPERVISION_ISSUED:
        return decode_supervision(wire->supervision_issued, decoded);
    case EVENT_SUPERVISION_ANSWERED:
        return of_kind(wire->supervision_answered->matter_kind, "", decoded);
    case EVENT_DISCREPANCY_RAISED:
        return decode_discrepancy(wire->discrepancy_raised, decoded);
    case EVENT_DISCREPANCY_RESOLVED:
        event->discrepancy.code = wire->discrepancy_resolved->discrepancy;
        return variant(wire->discrepancy_resolved->finding, decoded);
    case EVENT_CAMPAIGN_STARTED:
        event->campaign_days.code = wire->campaign_started->code;
        return take_day("from_day", wire->campaign_started->from_day, &event->campaign_days.from_day, decoded) &&
               take_day("to_day", wire->campaign_started->to_day, &event->campaign_days.to_day, decoded);
    case EVENT_CAMPAIGN_CLOSED:
        event->campaign_days.code = wire->campaign_closed->code;
        return true;
    case EVENT_EVALUATION_PUBLISHED:
        return decode_evaluation(decoder, wire->evaluation_published, decoded);
    case EVENT_SUMMARY_NOTED:
        return of_kind(wire->summary_noted->matter_kind, wire->summary_noted->due_day, decoded);

    case EVENT_POLICY_ADOPTED:
        return decode_policy(decoder, wire->policy_adopted, decoded);
    case EVENT_HUB_CREATED:
        event->created.hub = wire->hub_created->hub;
        event->created.demonstration = wire->hub_created->demonstration;
        return true;
    case EVENT_CLOCK_SET:
        return take_time("time", wire->clock_set->time, &event->clock.time_us, decoded);
    case EVENT_DAY_CLOSED:
        return take_day("day", wire->day_closed->day, &event->closed.day, decoded);
    case EVENT_DEADLINE_PASSED:
        return decode_passed(wire->deadline_passed, decoded);
    case EVENT_EVENT_CORRECTED:
        event->target = wire->event_corrected->target;
        return decode_replacement(decoder, &wire->event_corrected->replacement, decoded);
    case EVENT_EVENT_RETRACTED:
        event->target = wire->event_retracted->target;
        return true;
    case EVENT_SEALED_NOTE_ADDED:
        event->sealing.id = key_id_of(wire->sealed_note_added->recipient_key);
        return in_range("ciphertext", wire->sealed_note_added->ciphertext.len, 1, 16384, decoded) &&
               of_kind(wire->sealed_note_added->matter_kind, "", decoded);
    case EVENT_MATTER_KEY_OFFERED:
        return decode_key_offer(wire->matter_key_offered, decoded);
    case EVENT_MATTER_KEY_DESTROYED:
        return decode_key_destruction(wire->matter_key_destroyed, decoded);
    case EVENT_ACCESS_GRANTED:
        return decode_access(wire->access_granted->by, wire->access_granted->ground, wire->access_granted->proposal,
                             decoded) &&
               decode_entry(wire->access_granted->entry, decoded);
    case EVENT_ACCESS_REVOKED:
        if (!decode_access(wire->access_revoked->by, wire->access_revoked->ground, 0, decoded))
            return false;
        event->access.entry.name = wire->access_revoked->identity;
        return true;
    case EVENT_ACCESS_PROPOSED:
        if (!decode_access(wire->access_proposed->by, 0, 0, decoded))
            return false;
        event->access.verifier_key = wire->access_proposed->verifier_key;
        return !wire->access_proposed->grant || decode_entry(wire->access_proposed->grant, decoded);
    case EVENT_LOG_KEY_REPLACED:
        if (!decode_access(wire->log_key_replaced->by, 0, wire->log_key_replaced->proposal, decoded))
            return false;
        event->access.verifier_key = wire->log_key_replaced->verifier_key;
        return true;
    case EVENT_PROPOSAL_WITHDRAWN:
        return decode_access(wire->proposal_withdrawn->by, 0, wire->proposal_withdrawn->proposal, decoded);

    case EVENT_ASSIGNMENT_OBJECTED:
    case EVENT_PETITION_ACCEPTED:
    case EVENT_PETITION_NOT_ACCEPTED:
    case EVENT_PETITION_DIVERTED:
    case EVENT_OPINION_ISSUED:
    case EVENT_PETITION_WITHDRAWN:
    case EVENT_MEDIATION_EXPLAINED:
    case EVENT_MEDIATION_SESSION_HELD:
    case EVENT_AGREEMENT_REACHED:
    case EVENT_AGREEMENT_PERFORMED:
    case EVENT_AGREEMENT_BROKEN:
    case EVENT_COURT_CONFIRMATION_REQUESTED:
    case EVENT_COURT_CONFIRMATION_GRANTED:
    case EVENT_COURT_CONFIRMATION_REFUSED:
    case EVENT_COUNSELLING_GIVEN:
    case EVENT_LEGAL_AID_OFFERED:
    case EVENT_GRID_REGISTERED:
    case EVENT_GRID_ANSWERED:
    case EVENT_GRID_CLOSED:
    case EVENT_PERIOD_CLOSED:
        return true; /* the domain needs nothing of these payloads yet */
    }
    abort(); /* decode_event lets no other kind through */
}

static bool characters_within(const char *text, size_t limit)
{
    size_t count = 0;
    if (strlen(text) <= limit) /* no character is shorter than a byte */
        return true;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count <= limit;
}

/* All members of the oneof are pointers at the same place. */
static const ProtobufCMessage *payload_of(const Wire *wire)
{
    return (const ProtobufCMessage *)wire->hazard_found;
}

/* ---- personal data ---- */

/* What an event must not hold, wherever a sender can put something: in its texts, in bytes, in fields that this hub
 * does not know. */
struct person_search {
    struct decoded *decoded;
    const ProtobufCBinaryData *nested; /* the event is the replacement that a correction holds as these bytes */
};

static bool refuse_person(const struct person_search *search, const char *field, size_t size, enum personal_kind kind)
{
    struct decoded *decoded = search->decoded;
    decoded->field = search->nested ? "replacement" : field;
    decoded->field_size = search->nested ? search->nested->len : size;
    return refuse(decoded, SANLING__V1__CODE__KIND__PERSONAL_DATA,
                  "%s%s: carries an identity, telephone or bank card "
                  "number or a plate (%s)",
                  search->nested ? "replacement: its " : "", field, personal_name_en(kind));
}

/* A unit's code may look like an identity number; a unit's name and a note are prose. */
static enum personal_kind find_in_text(enum text_use use, const char *text)
{
    enum personal_kind kind = PERSONAL_NONE;
    switch (use) {
    case TEXT_NOTE:
        return personal_find(text);
    case TEXT_NAME:
        kind = personal_find(text);
        return kind == PERSONAL_PLATE ? PERSONAL_NONE : kind;
    case TEXT_UNIT:
        kind = personal_find_in_code(text); /* mostly nothing, and then its check characters need not be computed */
        return kind != PERSONAL_NONE && unit_code_kind(text) != UNIT_NONE ? PERSONAL_NONE : kind;
    case TEXT_CODE:
    case TEXT_POLICY:
    case TEXT_VERIFIER_KEY:
        return personal_find_in_code(text);
    }
    abort();
}

static bool check_unknown(const struct person_search *search, const ProtobufCMessage *message)
{
    for (unsigned i = 0; i < message->n_unknown_fields; i++) {
        const ProtobufCMessageUnknownField *field = &message->unknown_fields[i];
        const enum personal_kind kind = personal_find_in_bytes(field->data, field->len);
        if (kind != PERSONAL_NONE)
            return refuse_person(search, "unknown field", field->len, kind);
    }
    return true;
}

static bool check_person_text(const struct person_search *search, const char *field, enum text_use use,
                              const char *text)
{
    const enum personal_kind kind = find_in_text(use, text);
    return kind == PERSONAL_NONE || refuse_person(search, field, strlen(text), kind);
}

static bool check_person_bytes(const struct person_search *search, const char *field, const ProtobufCBinaryData *bytes)
{
    const enum personal_kind kind = personal_find_in_bytes(bytes->data, bytes->len);
    return kind == PERSONAL_NONE || refuse_person(search, field, bytes->len, kind);
}

static bool check_person_message(const struct person_search *search, const struct content *content,
                                 const ProtobufCMessage *message);

static bool check_person_field(const struct person_search *search, const struct content_field *part,
                               const ProtobufCMessage *message)
{
    const void *values;
    const size_t count = values_of(message, part->field, &values);
    for (size_t i = 0; i < count; i++) {
        if (part->field->type == PROTOBUF_C_TYPE_BYTES) {
            if (!check_person_bytes(search, part->field->name, (const ProtobufCBinaryData *)values + i))
                return false;
            continue;
        }
        const void *value = ((const void *const *)values)[i];
        if (part->field->type == PROTOBUF_C_TYPE_STRING
                ? !check_person_text(search, part->field->name, part->use, value)
                : value && !check_person_message(search, &part->nested, value))
            return false;
    }
    return true;
}

/* Every text and all bytes of a payload, in lists and in messages of it too. */
static bool check_person_message(const struct person_search *search, const struct content *content,
                                 const ProtobufCMessage *message)
{
    for (size_t i = 0; i < content->count; i++)
        if (!check_person_field(search, &content->fields[i], message))
            return false;
    return check_unknown(search, message);
}

/* All of the event, or of the one that it nests; its source is looked at where its stream is opened. What the hub says
 * itself holds random names and keys, whose digits are nobody's number, and nothing that was not screened before; its
 * source is nobody else's. */
static bool check_persons(const struct decoder *decoder, const Wire *wire, const ProtobufCBinaryData *nested,
                          struct decoded *decoded)
{
    if (!nested && strcmp(wire->source, HUB_SOURCE) == 0)
        return true;
    const struct person_search search = {.decoded = decoded, .nested = nested};
    const unsigned kind = (unsigned)wire->payload_case;
    return check_person_text(&search, "note", TEXT_NOTE, wire->note) &&
           check_person_text(&search, "unit", TEXT_UNIT, wire->unit) &&
           check_person_text(&search, "matter", TEXT_CODE, wire->matter) &&
           check_person_text(&search, "campaign", TEXT_CODE, wire->campaign) &&
           (!nested || check_person_text(&search, "source", TEXT_CODE, wire->source)) &&
           check_unknown(&search, &wire->base) &&
           (!wire->occurred_at || check_unknown(&search, &wire->occurred_at->base)) &&
           (!catalogue_type(kind) || check_person_message(&search, &decoder->contents[kind], payload_of(wire)));
}

static bool check_envelope(const struct decoder *decoder, const Wire *wire, struct decoded *decoded)
{
    struct event *event = &decoded->event;
    /* First of all: what is refused for anything else is kept with its bytes. */
    if (!check_persons(decoder, wire, NULL, decoded) ||
        (decoder->nested && !check_persons(decoder, decoder->nested, &wire->event_corrected->replacement, decoded)))
        return false;
    if (!take_time("occurred_at", wire->occurred_at, &event->occurred_at_us, decoded))
        return false;
    if (wire->utc_offset_minutes < -840 || wire->utc_offset_minutes > 840)
        return refuse(decoded, BAD_VALUE, "utc_offset_minutes: not between -840 and 840");
    if (!code_valid(wire->unit) || strlen(wire->unit) >= UNIT_CODE_SIZE)
        return refuse(decoded, BAD_VALUE, "unit: no code of 12, 15 or 18 characters");
    if (!code_valid(wire->matter))
        return refuse(decoded, BAD_VALUE, "matter: longer than %d bytes, or with white space", CODE_SIZE_MAX);
    if (!code_valid(wire->campaign))
        return refuse(decoded, BAD_VALUE, "campaign: longer than %d bytes, or with white space", CODE_SIZE_MAX);
    return characters_within(wire->note, NOTE_CHARACTERS_MAX) ||
           refuse(decoded, BAD_VALUE, "note: more than %d characters", NOTE_CHARACTERS_MAX);
}

/* An event with nothing but its payload, for what stands inside another. */
static struct event event_of(unsigned kind, const Wire *wire)
{
    return (struct event){
        .kind = (enum event_kind)kind,
        .mode = (enum event_mode)wire->mode,
        .unit = wire->unit,
        .campaign = wire->campaign,
        .matter_kind = catalogue_type(kind)->matter,
        .matter = wire->matter,
        .category = "",
        .due_day = DAY_NONE,
    };
}

/* What the target of a correction shall read: its envelope counts for nothing, so that only its payload is looked at,
 * and its note, which is kept with it. */
static bool decode_replacement(struct decoder *decoder, const ProtobufCBinaryData *bytes, struct decoded *decoded)
{
    const struct event outer = decoded->event;
    const Wire *wire = decoder->nested;
    if (decoder->flaw != WIRE_OK)
        return refuse(decoded, BAD_VALUE, "replacement: no event: %s", wire_flaw_text(decoder->flaw));
    unsigned kind = wire ? (unsigned)wire->payload_case : 0;
    if (!wire || !catalogue_type(kind) || kind == EVENT_EVENT_CORRECTED || kind == EVENT_POLICY_ADOPTED)
        return refuse(decoded, BAD_VALUE, "replacement: no event of a type that can be corrected");
    decoded->event = event_of(kind, wire);
    if (!check_required(decoder, kind, payload_of(wire), decoded) ||
        !check_texts(&decoder->contents[kind], payload_of(wire), decoded) || !decode_payload(decoder, wire, decoded))
        return false;
    decoder->replacement = decoded->event;
    decoded->event = outer;
    decoded->event.correction.replacement = &decoder->replacement;
    decoded->event.correction.content =
        (uint64_t)ordinal_hash(bytes->data, bytes->len, 1) << 32 | ordinal_hash(bytes->data, bytes->len, 2) | 1;
    return true;
}

static void open_nested(struct decoder *decoder, const Wire *wire)
{
    struct wire_finding finding;
    decoder->nested = NULL;
    decoder->flaw = WIRE_OK;
    if (wire->payload_case != SANLING__V1__EVENT__PAYLOAD_EVENT_CORRECTED)
        return;
    const ProtobufCBinaryData *bytes = &wire->event_corrected->replacement;
    decoder->nested = (const Wire *)wire_unpack(decoder->arena, &sanling__v1__event__descriptor, bytes->data,
                                                bytes->len, &wire_event_limits, &finding);
    decoder->flaw = finding.flaw;
}

bool decode_event(struct decoder *decoder, const uint8_t *bytes, size_t size, struct decoded *decoded)
{
    struct wire_finding finding;
    *decoded = (struct decoded){.code = SANLING__V1__CODE__KIND__UNSPECIFIED};
    const Wire *wire = (const Wire *)wire_unpack(decoder->arena, &sanling__v1__event__descriptor, bytes, size,
                                                 &wire_event_limits, &finding);
    if (!wire)
        return refuse(decoded, MALFORMED, "event: %s%s%s", wire_flaw_text(finding.flaw), finding.field ? " in " : "",
                      finding.field ? finding.field : "");
    decoded->source = wire->source;
    decoded->sequence = wire->sequence;
    unsigned kind = (unsigned)wire->payload_case;
    if (!catalogue_type(
            kind)) /* a newer type, which this hub does not know: nothing is consumed, the agent waits for an upgrade */
        return refuse(decoded, MALFORMED, "event: no payload, or of a type that this hub does not know");
    decoded->event = event_of(kind, wire);
    const ProtobufCMessage *payload = payload_of(wire);
    open_nested(decoder, wire);
    return check_envelope(decoder, wire, decoded) && check_required(decoder, kind, payload, decoded) &&
           check_texts(&decoder->contents[kind], payload, decoded) && decode_payload(decoder, wire, decoded);
}
