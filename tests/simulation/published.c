#include "published.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>

#include "day.h"
#include "domain/catalogue.h"
#include "event.pb-c.h"
#include "log/commit.h"
#include "recovery.h"
#include "store/state_store.h"

enum { ZONE_MINUTES = 480, POLICY_SIZE = 8192, EVENT_SIZE = 16384 };

static void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    abort();
}

/* ---- policies as files ---- */

/* Text that grows in a buffer of POLICY_SIZE. */
struct text {
    char bytes[POLICY_SIZE];
    size_t size;
};

static __attribute__((format(printf, 2, 3))) void write_text(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text->bytes + text->size, sizeof text->bytes - text->size, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= sizeof text->bytes - text->size)
        fail("a policy is too long");
    text->size += (size_t)size;
}

/* "[A, B]" of the names whose bits are set. */
static void write_names(struct text *text, uint32_t mask, const char *const *names, uint32_t count)
{
    const char *before = "[";
    for (uint32_t i = 0; i < count; i++) {
        if ((mask >> i & 1) == 0)
            continue;
        write_text(text, "%s%s", before, names[i]);
        before = ", ";
    }
    write_text(text, "]");
}

static const char *const office_names[OFFICE_LIMIT] = {
    [OFFICE_NONE] = "",
    [OFFICE_PETITIONS] = "PETITIONS",
    [OFFICE_WORK_SAFETY] = "WORK_SAFETY",
    [OFFICE_PUBLIC_SECURITY] = "PUBLIC_SECURITY",
    [OFFICE_GOVERNANCE] = "GOVERNANCE",
    [OFFICE_LEADERSHIP] = "LEADERSHIP",
    [OFFICE_OPERATOR] = "OPERATOR",
    [OFFICE_HUB] = "HUB",
    [OFFICE_DISCIPLINE] = "DISCIPLINE",
};
static const char *const zero_names[ZERO_COUNT] = {"PETITION", "ACCIDENT", "CASE"};

static void write_rule(struct text *text, const struct break_rule *rule)
{
    static const char *const types[] = {"", "SUGGESTION", "ACCUSATION", "CLAIM"};
    static const char *const channels[] = {"", "NETWORK", "LETTER", "PHONE", "FAX", "VISIT"};
    static const char *const classes[] = {"", "ADMIN", "CRIMINAL"};
    static const char *const hazards[] = {"", "GENERAL", "MAJOR"};
    static const char *const grades[] = {"", "GENERAL", "LARGER", "MAJOR", "EXTRA_MAJOR"};
    static const char *const losses[] = {"", "BELOW_THRESHOLD", "BELOW_10M", "FROM_10M", "FROM_50M", "FROM_100M"};
    const struct {
        const char *key;
        uint32_t mask;
        const char *const *names;
        uint32_t count;
    } masks[] = {
        {"types", rule->petition_types, types, 4},
        {"channels", rule->channels, channels, 6},
        {"hazard_grades", rule->hazard_grades, hazards, 3},
        {"classes", rule->case_classes, classes, 3},
        {"classes_if_major", rule->case_classes_major, classes, 3},
    };
    write_text(text, "  - {zero: %s, event: %s", zero_names[rule->zero], catalogue_type(rule->event)->name);
    for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
        if (masks[i].mask == 0)
            continue;
        write_text(text, ", %s: ", masks[i].key);
        write_names(text, masks[i].mask, masks[i].names, masks[i].count);
    }
    if (rule->any_casualty)
        write_text(text, ", any_casualty: true");
    if (rule->grade_at_least != GRADE_NONE)
        write_text(text, ", grade_at_least: %s", grades[rule->grade_at_least]);
    if (rule->loss_at_least != 0)
        write_text(text, ", loss_at_least: %s", losses[rule->loss_at_least]);
    if (rule->only_if_failed_below)
        write_text(text, ", only_if_failed_below: true");
    if (rule->only_if_solvable)
        write_text(text, ", only_if_solvable: true");
    if (rule->categories.count > 0)
        write_text(text, ", categories: [%s]", rule->categories.codes[0]);
    write_text(text, "}\n");
}

static void write_policy(struct text *text, const struct policy *policy)
{
    static const char *const bases[] = {"", "REGISTER_CHECKED", "SITE_VISIT", "UNIT_STATEMENT"};
    char from[DAY_TEXT_SIZE];
    char starts[DAY_TEXT_SIZE];
    day_format(policy->effective_from, from);
    day_format(policy->starts_on, starts);
    text->size = 0;
    write_text(text, "version: %s\npreset: %s\neffective_from: \"%s\"\nstarts_on: \"%s\"\n", policy->version,
               policy->preset, from, starts);
    write_text(text, "accept_history: %s\nretroactive: %s\nfuture_tolerance_minutes: %d\n",
               policy->history_accepted ? "true" : "false", policy->retroactive ? "true" : "false",
               policy->future_tolerance_minutes);
    write_text(text, "zone: {name: Asia/Shanghai, utc_offset_minutes: %d}\n", policy->zone_offset_minutes);
    write_text(text, "attestation: {cadence: %s, grace_days: %d, counts_from_level: %s, bases: ",
               policy->cadence == CADENCE_DAILY ? "DAILY" : "MONTHLY", policy->grace_days,
               policy->counts_from_level == UNIT_TOWN ? "TOWN" : "COUNTY");
    write_names(text, policy->basis_mask, bases, 4);
    write_text(text,
               "}\ncalendar: {start_next_day: true, roll_over_holiday: false}\n"
               "limits:\n  - {clock: REGISTRATION, days: 15}\n  - {clock: OBJECTION, working_days: 5}\n"
               "  - {clock: ACCEPTANCE, days: 15}\n  - {clock: HANDLING, days: %d}\n"
               "  - {clock: REVIEW, days: 30}\n  - {clock: INVESTIGATION, days: 60}\n",
               policy->limits[CLOCK_HANDLING].days);
    write_text(text, "petitions: {extension_days_max: %d, ask_review_days: %d}\n", policy->extension_days_max,
               policy->ask_review_days);
    write_text(text, "mediation: {court_confirmation_days: 30}\n");
    write_text(text,
               "accidents: {report_minutes: %d, supplement_days: %d, supplement_days_short: %d, "
               "short_industries: [%s]}\n",
               policy->accident_limit_minutes, policy->supplement_days, policy->supplement_days_short,
               policy->short_industries.codes[0]);
    write_text(text,
               "escalation: {warn_days: 5, level_2_after_days: 3, level_3_after_days: 10}\n"
               "attribution: {territory_too: %s}\nrequired:\n",
               policy->territory_too ? "true" : "false");
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        write_text(text, "  - {zero: %s, offices: ", zero_names[zero]);
        write_names(text, policy->required[zero], office_names, OFFICE_LIMIT);
        write_text(text, "}\n");
    }
    write_text(text, "breaks:\n");
    for (uint32_t i = 0; i < policy->break_rule_count; i++)
        write_rule(text, &policy->break_rules[i]);
}

/* ---- acts as messages ---- */

/* One message with room for every payload that a history has. */
struct message {
    Sanling__V1__Event event;
    Google__Protobuf__Timestamp occurred_at, known_at, reported_at;
    union {
        Sanling__V1__UnitRegistered unit_registered;
        Sanling__V1__UnitChanged unit_changed;
        Sanling__V1__UnitMerged unit_merged;
        Sanling__V1__UnitSplit unit_split;
        Sanling__V1__UnitRetired unit_retired;
        Sanling__V1__ZeroAttested zero_attested;
        Sanling__V1__AttestationReviewed attestation_reviewed;
        Sanling__V1__AttestationWithdrawn attestation_withdrawn;
        Sanling__V1__PetitionRegistered petition_registered;
        Sanling__V1__PetitionAccepted petition_accepted;
        Sanling__V1__PetitionEscalated petition_escalated;
        Sanling__V1__HazardFound hazard_found;
        Sanling__V1__AccidentReported accident_reported;
        Sanling__V1__AccidentSupplemented accident_supplemented;
        Sanling__V1__AccidentInvestigationOpened accident_investigation_opened;
        Sanling__V1__AccidentConcluded accident_concluded;
        Sanling__V1__CaseFiled case_filed;
        Sanling__V1__CaseResolved case_resolved;
        Sanling__V1__CaseWithdrawn case_withdrawn;
        Sanling__V1__EventCorrected event_corrected;
        Sanling__V1__EventRetracted event_retracted;
        Sanling__V1__PolicyAdopted policy_adopted;
    } payload;
    Sanling__V1__Casualties casualties;
    char from[DAY_TEXT_SIZE], to[DAY_TEXT_SIZE];
    uint8_t replacement[EVENT_SIZE];
    struct text text;
    uint8_t sha256[SHA256_DIGEST_LENGTH];
};

static Google__Protobuf__Timestamp time_of(int64_t time_us)
{
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    time.seconds = time_us / 1000000;
    return time;
}

static void fill_accident(struct message *message, const struct accident_facts *accident)
{
    message->casualties = (Sanling__V1__Casualties)SANLING__V1__CASUALTIES__INIT;
    message->casualties.deaths = accident->deaths;
    message->casualties.missing = accident->missing;
    message->casualties.serious_injuries = accident->serious_injuries;
    message->known_at = time_of(accident->known_at_us);
    message->reported_at = time_of(accident->reported_at_us);
}

static void fill(struct message *message, const struct event *from, uint64_t target);

static size_t pack(const Sanling__V1__Event *event, uint8_t bytes[static EVENT_SIZE])
{
    if (sanling__v1__event__get_packed_size(event) > EVENT_SIZE)
        fail("an event is too long");
    return sanling__v1__event__pack(event, bytes);
}

static void fill_replacement(struct message *message, const struct event *from)
{
    struct message *replacement = calloc(1, sizeof *replacement);
    if (!replacement)
        abort();
    fill(replacement, from, 0);
    message->payload.event_corrected.replacement =
        (ProtobufCBinaryData){.data = message->replacement, .len = pack(&replacement->event, message->replacement)};
    free(replacement);
}

static void fill_tree(struct message *message, const struct event *from)
{
    Sanling__V1__Event *event = &message->event;
    if (from->kind == EVENT_UNIT_REGISTERED) {
        day_format(from->unit_facts.from_day, message->from);
        event->unit_registered = &message->payload.unit_registered;
        sanling__v1__unit_registered__init(event->unit_registered);
        event->unit_registered->kind = (Sanling__V1__UnitKind__Kind)from->unit_facts.kind;
        event->unit_registered->name = (char *)from->unit_facts.name;
        event->unit_registered->parent = (char *)from->unit_facts.parent;
        event->unit_registered->valid_from = message->from;
        return;
    }
    if (from->kind == EVENT_UNIT_CHANGED) {
        day_format(from->unit_facts.from_day, message->from);
        event->unit_changed = &message->payload.unit_changed;
        sanling__v1__unit_changed__init(event->unit_changed);
        event->unit_changed->name = (char *)from->unit_facts.name;
        event->unit_changed->parent = (char *)from->unit_facts.parent;
        event->unit_changed->effective = message->from;
        return;
    }
    day_format(from->unit_end.valid_to, message->to);
    if (from->kind == EVENT_UNIT_MERGED) {
        event->unit_merged = &message->payload.unit_merged;
        sanling__v1__unit_merged__init(event->unit_merged);
        event->unit_merged->successor = (char *)from->unit_end.successors[0];
        event->unit_merged->valid_to = message->to;
    } else if (from->kind == EVENT_UNIT_SPLIT) {
        event->unit_split = &message->payload.unit_split;
        sanling__v1__unit_split__init(event->unit_split);
        event->unit_split->successors = (char **)from->unit_end.successors;
        event->unit_split->n_successors = from->unit_end.successor_count;
        event->unit_split->valid_to = message->to;
    } else {
        event->unit_retired = &message->payload.unit_retired;
        sanling__v1__unit_retired__init(event->unit_retired);
        event->unit_retired->valid_to = message->to;
    }
}

static void fill_attestation(struct message *message, const struct event *from, uint64_t target)
{
    Sanling__V1__Event *event = &message->event;
    if (from->kind == EVENT_ZERO_ATTESTED) {
        day_format(from->attested.from_day, message->from);
        day_format(from->attested.to_day, message->to);
        event->zero_attested = &message->payload.zero_attested;
        sanling__v1__zero_attested__init(event->zero_attested);
        event->zero_attested->zero = (Sanling__V1__Zero__Kind)(from->attested.zero + 1);
        event->zero_attested->scope = from->attested.scope;
        event->zero_attested->units = (char **)from->attested.units;
        event->zero_attested->n_units = from->attested.unit_count;
        event->zero_attested->from_day = message->from;
        event->zero_attested->to_day = message->to;
        event->zero_attested->basis = (Sanling__V1__Attestation__Basis)from->attested.basis;
    } else if (from->kind == EVENT_ATTESTATION_REVIEWED) {
        event->attestation_reviewed = &message->payload.attestation_reviewed;
        sanling__v1__attestation_reviewed__init(event->attestation_reviewed);
        event->attestation_reviewed->attestation = target;
        event->attestation_reviewed->verdict = (Sanling__V1__Attestation__Verdict)from->variant;
        event->attestation_reviewed->reason_code = "R01";
    } else {
        event->attestation_withdrawn = &message->payload.attestation_withdrawn;
        sanling__v1__attestation_withdrawn__init(event->attestation_withdrawn);
        event->attestation_withdrawn->attestation = target;
        event->attestation_withdrawn->reason_code = "R01";
    }
}

static void fill_petition(struct message *message, const struct event *from)
{
    Sanling__V1__Event *event = &message->event;
    event->matter = (char *)from->matter;
    if (from->kind == EVENT_PETITION_REGISTERED) {
        event->petition_registered = &message->payload.petition_registered;
        sanling__v1__petition_registered__init(event->petition_registered);
        event->petition_registered->type = (Sanling__V1__Petition__Type)from->petition.type;
        event->petition_registered->channel = (Sanling__V1__Petition__Channel)from->petition.channel;
        event->petition_registered->scale = SANLING__V1__PETITION__SCALE__ONE;
        event->petition_registered->level_received = SANLING__V1__UNIT_KIND__KIND__COUNTY;
        event->petition_registered->order = SANLING__V1__PETITION__ORDER__FIRST;
        event->petition_registered->category = "LAND";
        event->petition_registered->solvable_at_unit_level = from->petition.solvable_at_unit_level;
    } else if (from->kind == EVENT_PETITION_ACCEPTED) {
        event->petition_accepted = &message->payload.petition_accepted;
        sanling__v1__petition_accepted__init(event->petition_accepted);
        event->petition_accepted->route = SANLING__V1__PETITION__ROUTE__OPINION;
    } else {
        event->petition_escalated = &message->payload.petition_escalated;
        sanling__v1__petition_escalated__init(event->petition_escalated);
        event->petition_escalated->level_reached = SANLING__V1__UNIT_KIND__KIND__CITY;
        event->petition_escalated->scale = SANLING__V1__PETITION__SCALE__ONE;
        event->petition_escalated->handled_below = from->escalated.handled_below;
        event->petition_escalated->overdue_below = from->escalated.overdue_below;
    }
}

static void fill_safety(struct message *message, const struct event *from)
{
    Sanling__V1__Event *event = &message->event;
    if (from->kind == EVENT_HAZARD_FOUND) {
        event->hazard_found = &message->payload.hazard_found;
        sanling__v1__hazard_found__init(event->hazard_found);
        event->hazard_found->hazard = (char *)from->matter;
        event->hazard_found->category = "FIRE";
        event->hazard_found->grade = (Sanling__V1__Hazard__Grade)from->hazard.grade;
    } else if (from->kind == EVENT_ACCIDENT_REPORTED) {
        fill_accident(message, &from->accident);
        event->accident_reported = &message->payload.accident_reported;
        sanling__v1__accident_reported__init(event->accident_reported);
        event->accident_reported->accident = (char *)from->matter;
        event->accident_reported->known_at = &message->known_at;
        event->accident_reported->reported_at = &message->reported_at;
        event->accident_reported->casualties = &message->casualties;
        event->accident_reported->loss = (Sanling__V1__Loss__Band)from->accident.loss;
        event->accident_reported->industry = (char *)from->category;
    } else if (from->kind == EVENT_ACCIDENT_SUPPLEMENTED) {
        fill_accident(message, &from->accident);
        event->accident_supplemented = &message->payload.accident_supplemented;
        sanling__v1__accident_supplemented__init(event->accident_supplemented);
        event->accident_supplemented->accident = (char *)from->matter;
        event->accident_supplemented->casualties = &message->casualties;
        event->accident_supplemented->loss = (Sanling__V1__Loss__Band)from->accident.loss;
    } else if (from->kind == EVENT_ACCIDENT_INVESTIGATION_OPENED) {
        event->accident_investigation_opened = &message->payload.accident_investigation_opened;
        sanling__v1__accident_investigation_opened__init(event->accident_investigation_opened);
        event->accident_investigation_opened->accident = (char *)from->matter;
        event->accident_investigation_opened->level = SANLING__V1__UNIT_KIND__KIND__COUNTY;
    } else {
        event->accident_concluded = &message->payload.accident_concluded;
        sanling__v1__accident_concluded__init(event->accident_concluded);
        event->accident_concluded->accident = (char *)from->matter;
        event->accident_concluded->production_accident = true;
        event->accident_concluded->reporting = SANLING__V1__ACCIDENT_CONCLUDED__REPORTING__FINDING__IN_TIME;
    }
}

static void fill_case(struct message *message, const struct event *from)
{
    Sanling__V1__Event *event = &message->event;
    if (from->kind == EVENT_CASE_FILED) {
        event->case_filed = &message->payload.case_filed;
        sanling__v1__case_filed__init(event->case_filed);
        event->case_filed->case_id = (char *)from->matter;
        event->case_filed->class_ = (Sanling__V1__Case__Class)from->filed.class;
        event->case_filed->category = (char *)from->category;
        event->case_filed->influence = (Sanling__V1__Case__Influence)from->filed.influence;
    } else if (from->kind == EVENT_CASE_RESOLVED) {
        event->case_resolved = &message->payload.case_resolved;
        sanling__v1__case_resolved__init(event->case_resolved);
        event->case_resolved->case_id = (char *)from->matter;
        event->case_resolved->how = SANLING__V1__CASE__RESOLUTION__SOLVED;
    } else {
        event->case_withdrawn = &message->payload.case_withdrawn;
        sanling__v1__case_withdrawn__init(event->case_withdrawn);
        event->case_withdrawn->case_id = (char *)from->matter;
        event->case_withdrawn->reason_code = "R01";
    }
}

static void fill_control(struct message *message, const struct event *from, uint64_t target)
{
    Sanling__V1__Event *event = &message->event;
    if (from->kind == EVENT_EVENT_RETRACTED) {
        event->event_retracted = &message->payload.event_retracted;
        sanling__v1__event_retracted__init(event->event_retracted);
        event->event_retracted->target = target;
        event->event_retracted->reason_code = "R01";
    } else if (from->kind == EVENT_EVENT_CORRECTED) {
        event->event_corrected = &message->payload.event_corrected;
        sanling__v1__event_corrected__init(event->event_corrected);
        event->event_corrected->target = target;
        event->event_corrected->reason_code = "R01";
        fill_replacement(message, from->correction.replacement);
    } else {
        day_format(from->adopted.policy->effective_from, message->from);
        write_policy(&message->text, from->adopted.policy);
        SHA256((const unsigned char *)message->text.bytes, message->text.size, message->sha256);
        event->policy_adopted = &message->payload.policy_adopted;
        sanling__v1__policy_adopted__init(event->policy_adopted);
        event->policy_adopted->version = (char *)from->adopted.policy->version;
        event->policy_adopted->sha256 = (ProtobufCBinaryData){.data = message->sha256, .len = sizeof message->sha256};
        event->policy_adopted->effective_from = message->from;
        event->policy_adopted->text = message->text.bytes;
    }
}

static void fill(struct message *message, const struct event *from, uint64_t target)
{
    message->event = (Sanling__V1__Event)SANLING__V1__EVENT__INIT;
    message->occurred_at = time_of(from->occurred_at_us);
    message->event.occurred_at = &message->occurred_at;
    message->event.unit = (char *)from->unit;
    message->event.mode = (Sanling__V1__Mode__Kind)from->mode;
    message->event.payload_case = (Sanling__V1__Event__PayloadCase)from->kind;
    switch ((int)from->kind) {
    case EVENT_UNIT_REGISTERED:
    case EVENT_UNIT_CHANGED:
    case EVENT_UNIT_MERGED:
    case EVENT_UNIT_SPLIT:
    case EVENT_UNIT_RETIRED:
        fill_tree(message, from);
        break;
    case EVENT_ZERO_ATTESTED:
    case EVENT_ATTESTATION_REVIEWED:
    case EVENT_ATTESTATION_WITHDRAWN:
        fill_attestation(message, from, target);
        break;
    case EVENT_PETITION_REGISTERED:
    case EVENT_PETITION_ACCEPTED:
    case EVENT_PETITION_ESCALATED:
        fill_petition(message, from);
        break;
    case EVENT_HAZARD_FOUND:
    case EVENT_ACCIDENT_REPORTED:
    case EVENT_ACCIDENT_SUPPLEMENTED:
    case EVENT_ACCIDENT_INVESTIGATION_OPENED:
    case EVENT_ACCIDENT_CONCLUDED:
        fill_safety(message, from);
        break;
    case EVENT_CASE_FILED:
    case EVENT_CASE_RESOLVED:
    case EVENT_CASE_WITHDRAWN:
        fill_case(message, from);
        break;
    case EVENT_EVENT_CORRECTED:
    case EVENT_EVENT_RETRACTED:
    case EVENT_POLICY_ADOPTED:
        fill_control(message, from, target);
        break;
    default:
        fail("a history has an event that published.c cannot encode");
    }
}

/* ---- the ledger ---- */

static void append(struct published *published)
{
    struct fault fault;
    struct commit *commit = published->ledger.gathering;
    const struct log_batch batch = {
        .blocks = &commit->blocks, .rejections = commit->rejections, .rejection_count = commit->rejection_count};
    if (!commit_empty(commit) && !event_log_append(published->log, &batch, &fault))
        fail(fault.text);
    commit_reset(commit, published->ledger.state.heads.position + 1);
}

static void publish(struct published *published, const struct history *history, uint32_t number, int64_t now_us,
                    struct message *message)
{
    const struct act *act = &history->acts[number];
    const struct author author = {.identity = act->identity, .root = act->root, .office = act->office};
    uint64_t target = act->target == ACT_NONE ? 0 : published->positions[act->target];
    if (act->target != ACT_NONE && target == 0)
        return;
    char source[64];
    (void)snprintf(source, sizeof source, "%s/%d/%s", act->identity, (int)act->office, *act->root ? act->root : "all");
    uint32_t ordinal = state_find_source(&published->ledger.state, source);
    fill(message, &act->event, target);
    message->event.source = source;
    message->event.sequence = 1;
    if (ordinal)
        message->event.sequence =
            ((const struct source *)table_row(&published->ledger.state.sources, ordinal))->next_sequence;
    uint8_t bytes[EVENT_SIZE];
    size_t size = pack(&message->event, bytes);
    struct decoded decoded;
    struct decision decision;
    if (!decode_event(published->ledger.decoder, bytes, size, &decoded) &&
        decoded.code == SANLING__V1__CODE__KIND__MALFORMED)
        fail(decoded.text);
    ledger_take(&published->ledger, &ordinal, &author, &decoded, false, bytes, size, now_us, &decision);
    decoder_reset(published->ledger.decoder);
    published->positions[number] = decision.recorded ? decision.place : 0;
    published->accepted += decision.recorded;
    published->rejected += !decision.recorded;
    if (act->event.kind == EVENT_POLICY_ADOPTED && act->event.mode == MODE_ACTUAL && !decision.recorded)
        fail(decision.text); /* policy and file have come apart */
}

static void store_state(struct published *published)
{
    struct fault fault;
    CLEANUP(snapshot_close) struct snapshot *snapshot = snapshot_open();
    struct log_head head = event_log_head(published->log);
    snapshot_take(snapshot, &published->ledger.state);
    if (!state_store_write(published->store, snapshot, &head, &fault))
        fail(fault.text);
}

/* The ledger goes on with what it finds in the folder. */
static void stop(struct published *published)
{
    uint64_t began;
    struct fault fault;
    struct commit *commit = published->ledger.gathering;
    append(published);
    published->ledger.gathering = NULL;
    ledger_close(&published->ledger);
    ledger_open(&published->ledger);
    state_store_close(&published->store);
    published->store = state_store_open(published->folder);
    if (!recover_state(&published->ledger, published->log, published->store, &began, NULL, &fault))
        fail(fault.text);
    published->ledger.gathering = commit;
    commit_reset(commit, published->ledger.state.heads.position + 1);
    published->stops++;
    published->read_back += began > 0;
}

/* When a run commits, stores its state and stops. */
struct pauses {
    uint32_t block_size;
    uint32_t acts; /* between two stops; 0: none */
    struct draw draw;
};

static void pause_at_times(struct published *published, struct pauses *pauses)
{
    const struct commit *commit = published->ledger.gathering;
    if (commit->blocks.count + commit->rejection_count >= pauses->block_size)
        append(published);
    if (pauses->acts == 0 || !draw_once_in(&pauses->draw, pauses->acts))
        return;
    if (draw_once_in(&pauses->draw, 2)) {
        append(published);
        store_state(published);
    }
    if (!draw_once_in(&pauses->draw, 3))
        stop(published);
}

static void open_with(struct published *published, const struct history *history, struct pauses *pauses)
{
    struct fault fault;
    memset(published, 0, sizeof *published);
    strcpy(published->folder, "/tmp/simulation.XXXXXX");
    if (!mkdtemp(published->folder))
        fail("no folder in /tmp");
    published->log = event_log_open(published->folder, EVENT_LOG_OPEN_OR_CREATE, &fault);
    if (!published->log)
        fail(fault.text);
    published->store = state_store_open(published->folder);
    ledger_open(&published->ledger);
    published->ledger.gathering = commit_open();
    commit_reset(published->ledger.gathering, 1);
    struct message *message = calloc(1, sizeof *message);
    if (!message)
        abort();
    int64_t now_us = day_start_time(history->first_day, ZONE_MINUTES) + US_PER_DAY - 1000000;
    ledger_note_created(&published->ledger, "simulation", true, now_us);
    for (uint32_t act = 0; act < history->count; act++) {
        if (history->acts[act].event.kind == EVENT_DAY_CLOSED) {
            now_us += US_PER_DAY;
            ledger_close_days(&published->ledger, now_us);
        } else if (history->acts[act].office != OFFICE_HUB) {
            publish(published, history, act, now_us, message);
        }
        pause_at_times(published, pauses);
    }
    append(published);
    free(message);
}

void published_open(struct published *published, const struct history *history, uint32_t block_size)
{
    struct pauses pauses = {.block_size = block_size};
    open_with(published, history, &pauses);
}

void published_open_stopping(struct published *published, const struct history *history, uint32_t acts, uint64_t seed)
{
    struct pauses pauses = {.block_size = 64, .acts = acts, .draw = {.seed = seed}};
    open_with(published, history, &pauses);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

void published_close(struct published *published)
{
    ledger_close(&published->ledger);
    state_store_close(&published->store);
    event_log_close(&published->log);
    nftw(published->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
