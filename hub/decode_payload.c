#include <stdlib.h>
#include <string.h>

#include "decode_parts.h"
#include "domain/catalogue.h"
#include "domain/day.h"
#include "domain/grant.h"
#include "domain/ordinal_index.h"
#include "log/sha256.h"
#include "policy_file.h"

/* Text to a day; "" gives DAY_NONE (required fields were checked before). */
static bool take_day(const char *name, const char *text, int32_t *day, struct decoded *decoded)
{
    *day = DAY_NONE;
    return text[0] == '\0' || day_parse(text, day) ||
           decode_refuse(decoded, BAD_VALUE, "%s: not a day YYYY-MM-DD between 1900 and 2199", name);
}

/* Microseconds since 1970; the years that day_parse takes. */
bool decode_time(const char *name, const Google__Protobuf__Timestamp *time, int64_t *time_us, struct decoded *decoded)
{
    enum { YEAR_1900 = -2208988800, YEAR_2200_DAYS = 84006 };
    if (!time)
        return decode_refuse(decoded, MISSING_FIELD, "%s: required", name);
    if (time->seconds < YEAR_1900 || time->seconds >= (int64_t)YEAR_2200_DAYS * 86400 || time->nanos < 0 ||
        time->nanos > 999999999)
        return decode_refuse(decoded, BAD_VALUE, "%s: not a time between the years 1900 and 2199", name);
    *time_us = time->seconds * 1000000 + time->nanos / 1000;
    return true;
}

static bool in_range(const char *name, uint64_t value, uint64_t from, uint64_t to, struct decoded *decoded)
{
    if (value >= from && value <= to)
        return true;
    if (from == to)
        return decode_refuse(decoded, BAD_VALUE, "%s: must be %llu", name, (unsigned long long)from);
    return decode_refuse(decoded, BAD_VALUE, "%s: not between %llu and %llu", name, (unsigned long long)from,
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
        return decode_refuse(decoded, MISSING_FIELD, "reason_code: required when returned");
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
        !decode_time("known_at", from->known_at, &event->accident.known_at_us, decoded) ||
        !decode_time("reported_at", from->reported_at, &event->accident.reported_at_us, decoded))
        return false;
    return event->accident.reported_at_us >= event->accident.known_at_us ||
           decode_refuse(decoded, BAD_VALUE, "reported_at: before known_at");
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
        return decode_refuse(decoded, SANLING__V1__CODE__KIND__POLICY_INVALID, "%.250s", fault.text);
    }
    day_format(decoder->policy.effective_from, effective);
    sha256_of(from->text, size, sha256);
    if (from->sha256.len != sizeof sha256 || memcmp(from->sha256.data, sha256, sizeof sha256) != 0)
        return decode_refuse(decoded, BAD_VALUE, "sha256: not that of text");
    if (strcmp(from->version, decoder->policy.version) != 0 || strcmp(from->effective_from, effective) != 0)
        return decode_refuse(decoded, BAD_VALUE, "version, effective_from: not those of text");
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
           decode_refuse(decoded, BAD_VALUE, "entry: name, key, role, office or types: not of the contract's form");
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
           decode_refuse(decoded, BAD_VALUE, "ground, by: not of the contract's form");
}

static bool decode_tally(const char *day, enum tally_kind kind, uint32_t first_count, uint32_t second_count,
                         struct decoded *decoded)
{
    struct event *event = &decoded->event;
    event->tally.kind = kind;
    event->tally.counts[0] = first_count;
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
           decode_refuse(decoded, BAD_VALUE, "matter_kind: PETITION or DISPUTE");
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
            return decode_refuse(decoded, BAD_VALUE, "answers: number %zu is neither YES nor NO", i + 1);
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
    return decode_tally("", TALLY_EXPLOSIVES_CHECKS, 1, problem, decoded);
}

static bool decode_evaluation(struct decoder *decoder, const Sanling__V1__EvaluationPublished *from,
                              struct decoded *decoded)
{
    struct event *event = &decoded->event;
    if (!in_range("results", from->n_results, 0, 1000, decoded) || !in_range("year", from->year, 1, 2199, decoded))
        return false;
    struct evaluation_entry *results = wire_arena_take(decoder->arena, (from->n_results + 1) * sizeof *results);
    if (!results)
        return decode_refuse(decoded, MALFORMED, "results: need more memory than one event may");
    for (size_t i = 0; i < from->n_results; i++)
        results[i] = (struct evaluation_entry){.unit = from->results[i]->unit, .met = from->results[i]->met};
    event->target = from->position;
    event->evaluation.year = (int32_t)from->year;
    event->evaluation.results = results;
    event->evaluation.count = (uint32_t)from->n_results;
    event->evaluation.policy_version = from->policy_version;
    return true;
}

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

bool decode_payload(struct decoder *decoder, const Wire *wire, struct decoded *decoded)
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
        return decode_tally("", TALLY_INSPECTIONS, 1, 0, decoded);
    case EVENT_SWEEP_RECORDED:
        event->tally.disputes = wire->sweep_recorded->disputes_found;
        return decode_tally("", TALLY_SWEEPS, 1, 0, decoded);
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
                            wire->patrol_tallied->findings, decoded);
    case EVENT_VOLUNTEER_TALLIED:
        return decode_tally(wire->volunteer_tallied->day,
                            TALLY_VOLUNTEER_GRID_WORKER + wire->volunteer_tallied->role - 1,
                            wire->volunteer_tallied->count, 0, decoded);
    case EVENT_PUBLICITY_TALLIED:
        return decode_tally(wire->publicity_tallied->day, TALLY_PUBLICITY_PEOPLE + wire->publicity_tallied->item - 1,
                            wire->publicity_tallied->count, 0, decoded);
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
        return decode_time("time", wire->clock_set->time, &event->clock.time_us, decoded);
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
