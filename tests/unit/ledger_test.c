/* The ledger: what was decided once is decided the same way when the log is read back, whatever the size of its blocks.
 */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/sha.h>

#include "domain/day.h"
#include "domain/source.h"
#include "event.pb-c.h"
#include "ledger.h"
#include "recovery.h"
#include "store/state_store.h"

enum { VILLAGES = 12, EVENTS = 3000 };

/* splitmix64: the same run for the same seed. */
static uint64_t next_random(uint64_t *seed)
{
    uint64_t z = *seed += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static const char policy_text[] =
    "version: test-1\npreset: test\neffective_from: \"2020-01-01\"\nstarts_on: \"2020-01-01\"\naccept_history: true\n"
    "retroactive: true\n"
    "future_tolerance_minutes: 15\nzone: {name: Asia/Shanghai, utc_offset_minutes: 480}\n"
    "attestation: {cadence: MONTHLY, grace_days: 5, counts_from_level: COUNTY, bases: [REGISTER_CHECKED]}\n"
    "required:\n"
    "  - {zero: PETITION, offices: [PETITIONS]}\n  - {zero: ACCIDENT, offices: [WORK_SAFETY]}\n"
    "  - {zero: CASE, offices: [PUBLIC_SECURITY]}\n"
    "breaks:\n  - {zero: CASE, event: CaseFiled, classes: [ADMIN, CRIMINAL]}\n"
    "routes:\n  - {event: HazardFound, explosives_only: true, to: [PUBLIC_SECURITY]}\n";

struct county {
    char folder[64];
    struct state_store *store;
    struct event_log *log;
    struct ledger ledger;
    int64_t now_us;
    uint32_t block_size; /* events after which the gathering commit is appended */
};

static void append(struct county *county)
{
    struct fault fault;
    struct commit *commit = county->ledger.gathering;
    const struct log_batch batch = {
        .blocks = &commit->blocks, .rejections = commit->rejections, .rejection_count = commit->rejection_count};
    if (!commit_empty(commit) && !event_log_append(county->log, &batch, &fault))
        fail_msg("%s", fault.text);
    commit_reset(commit, county->ledger.state.heads.position + 1);
}

/* Whether it waits for a second identity. */
static bool publish(struct county *county, const struct author *author, const char *source, Sanling__V1__Event *event)
{
    uint8_t bytes[4096];
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    uint32_t ordinal = state_find_source(&county->ledger.state, source);
    if (!event->occurred_at) {
        time.seconds = county->now_us / 1000000;
        event->occurred_at = &time;
    }
    event->source = (char *)source;
    event->sequence = ordinal ? state_source(&county->ledger.state, ordinal)->next_sequence : 1;
    size_t size = sanling__v1__event__get_packed_size(event);
    assert_true(size <= sizeof bytes);
    sanling__v1__event__pack(event, bytes);
    struct decoded decoded;
    struct decision decision;
    bool taken = decode_event(county->ledger.decoder, bytes, size, &decoded);
    assert_true(taken || decoded.code != SANLING__V1__CODE__KIND__MALFORMED);
    ledger_take(&county->ledger, &ordinal, author, &decoded, false, bytes, size, county->now_us, &decision);
    decoder_reset(county->ledger.decoder);
    event->occurred_at = NULL;
    const struct commit *commit = county->ledger.gathering;
    if (commit->blocks.count + commit->rejection_count >= county->block_size)
        append(county);
    return decision.recorded && decision.pending;
}

static const struct author second_author = {.identity = "operator-2", .root = "", .office = OFFICE_OPERATOR};
static const struct author operator_author = {.identity = "operator", .root = "", .office = OFFICE_OPERATOR};
static const struct author police = {.identity = "police", .root = "140322000000", .office = OFFICE_PUBLIC_SECURITY};
static const struct author safety = {.identity = "safety", .root = "140322000000", .office = OFFICE_WORK_SAFETY};

static void register_unit(struct county *county, const char *code, Sanling__V1__UnitKind__Kind kind, const char *parent)
{
    Sanling__V1__UnitRegistered registered = SANLING__V1__UNIT_REGISTERED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    registered.kind = kind;
    registered.name = (char *)code;
    registered.parent = (char *)parent;
    registered.valid_from = "2019-01-01";
    event.unit = (char *)code;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_UNIT_REGISTERED;
    event.unit_registered = &registered;
    publish(county, &operator_author, "units", &event);
}

/* Adopts the policy of that text; its version must be that of policy_text. */
static void adopt_from(struct county *county, const char *text, const char *from, const char *unit)
{
    uint8_t sha256[32];
    Sanling__V1__PolicyAdopted adopted = SANLING__V1__POLICY_ADOPTED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    char version[16] = "";
    SHA256((const unsigned char *)text, strlen(text), sha256);
    sscanf(text, "version: %15s", version);
    adopted.version = version;
    adopted.effective_from = (char *)from;
    adopted.text = (char *)text;
    adopted.sha256 = (ProtobufCBinaryData){.data = sha256, .len = sizeof sha256};
    event.unit = (char *)unit;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_POLICY_ADOPTED;
    event.policy_adopted = &adopted;
    if (publish(county, &operator_author, "policy", &event))
        publish(county, &second_author, "policy-2", &event);
}

/* The test's policy under another name of the same length. */
static void name_policy(char text[static sizeof policy_text], const char *version)
{
    memcpy(text, policy_text, sizeof policy_text);
    memcpy(text + strlen("version: "), version, strlen("test-1"));
}

static void adopt_text(struct county *county, const char *text, const char *unit)
{
    adopt_from(county, text, "2020-01-01", unit);
}

static void adopt(struct county *county)
{
    adopt_text(county, policy_text, "");
    assert_non_null(state_policy(&county->ledger.state));
}

static void village_code(uint64_t number, char code[static 13])
{
    snprintf(code, 13, "140322102%03u", (unsigned)(200 + number % (VILLAGES + 2))); /* two of them are not registered */
}

/* One random event; some are rejected: unknown units, steps that cannot be taken, open days. */
static void random_event(struct county *county, uint64_t *seed)
{
    char unit[13];
    char number[16];
    char from[DAY_TEXT_SIZE];
    char to[DAY_TEXT_SIZE];
    Sanling__V1__CaseFiled filed = SANLING__V1__CASE_FILED__INIT;
    Sanling__V1__CaseResolved resolved = SANLING__V1__CASE_RESOLVED__INIT;
    Sanling__V1__HazardFound found = SANLING__V1__HAZARD_FOUND__INIT;
    Sanling__V1__ZeroAttested attested = SANLING__V1__ZERO_ATTESTED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    village_code(next_random(seed), unit);
    snprintf(number, sizeof number, "N%u", (unsigned)(next_random(seed) % 400));
    event.unit = unit;
    int32_t today = county->ledger.state.heads.today;
    switch (next_random(seed) % 4) {
    case 0:
        filed.case_id = number;
        filed.class_ = SANLING__V1__CASE__CLASS__ADMIN;
        filed.category = "THEFT";
        filed.influence = SANLING__V1__CASE__INFLUENCE__NORMAL;
        event.payload_case = SANLING__V1__EVENT__PAYLOAD_CASE_FILED;
        event.case_filed = &filed;
        publish(county, &police, "police", &event);
        return;
    case 1:
        resolved.case_id = number;
        resolved.how = SANLING__V1__CASE__RESOLUTION__HANDLED;
        event.payload_case = SANLING__V1__EVENT__PAYLOAD_CASE_RESOLVED;
        event.case_resolved = &resolved;
        publish(county, &police, "police", &event);
        return;
    case 2:
        found.hazard = number;
        found.category = "FIRE";
        found.grade = SANLING__V1__HAZARD__GRADE__GENERAL;
        found.explosives = next_random(seed) % 2 ? SANLING__V1__HAZARD__EXPLOSIVES__STORE : 0;
        event.payload_case = SANLING__V1__EVENT__PAYLOAD_HAZARD_FOUND;
        event.hazard_found = &found;
        publish(county, &safety, "safety", &event);
        return;
    default:
        day_format(today - 3, from);
        day_format(today - 2 + (int32_t)(next_random(seed) % 3), to); /* today itself is not closed */
        attested.zero = SANLING__V1__ZERO__KIND__CASE;
        attested.basis = SANLING__V1__ATTESTATION__BASIS__REGISTER_CHECKED;
        attested.from_day = from;
        attested.to_day = to;
        event.payload_case = SANLING__V1__EVENT__PAYLOAD_ZERO_ATTESTED;
        event.zero_attested = &attested;
        publish(county, &police, "police", &event);
        return;
    }
}

static void open_bare(struct county *county, uint32_t block_size)
{
    struct fault fault;
    strcpy(county->folder, "/tmp/ledger_test.XXXXXX");
    assert_non_null(mkdtemp(county->folder));
    county->log = event_log_open(county->folder, EVENT_LOG_OPEN_OR_CREATE, &fault);
    assert_non_null(county->log);
    county->store = state_store_open(county->folder);
    ledger_open(&county->ledger);
    county->ledger.gathering = commit_open();
    commit_reset(county->ledger.gathering, 1);
    county->block_size = block_size;
    county->now_us = day_start_time(day_from_date(2020, 3, 1), 480);
    ledger_note_created(&county->ledger, "0123", true, county->now_us);
}

static void open_county(struct county *county, uint32_t block_size)
{
    open_bare(county, block_size);
    adopt(county);
    register_unit(county, "140322000000", SANLING__V1__UNIT_KIND__KIND__COUNTY, "");
    register_unit(county, "140322102000", SANLING__V1__UNIT_KIND__KIND__TOWN, "140322000000");
    for (unsigned i = 0; i < VILLAGES; i++) {
        char code[13];
        snprintf(code, sizeof code, "140322102%03u", 200 + i);
        register_unit(county, code, SANLING__V1__UNIT_KIND__KIND__VILLAGE, "140322102000");
    }
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static void close_county(struct county *county)
{
    ledger_close(&county->ledger);
    state_store_close(&county->store);
    event_log_close(&county->log);
    nftw(county->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void store_state(struct county *county, const struct log_head *head)
{
    struct fault fault;
    CLEANUP(snapshot_close) struct snapshot *snapshot = snapshot_open();
    snapshot_take(snapshot, &county->ledger.state);
    if (!state_store_write(county->store, snapshot, head, &fault))
        fail_msg("%s", fault.text);
}

/* Plays the same random year with blocks of this size; snapshots of the state are stored in its first half. */
static void play(struct county *county, uint32_t block_size, uint8_t digest[static 32])
{
    uint64_t seed = 7;
    open_county(county, block_size);
    for (int i = 0; i < EVENTS; i++) {
        random_event(county, &seed);
        if (i % 100 == 99) {
            county->now_us += US_PER_DAY;
            ledger_close_days(&county->ledger, county->now_us);
        }
        if (i > EVENTS / 2 || i % (EVENTS / 8) != 0)
            continue;
        append(county);
        struct log_head head = event_log_head(county->log);
        store_state(county, &head);
    }
    append(county);
    ledger_digest(&county->ledger, digest);
    assert_true(county->ledger.state.heads.position > EVENTS / 4);
    assert_true(county->ledger.state.heads.rejections > EVENTS / 10);
}

/* Returns the position of the stored state that it began with; 0: it read the whole log. */
static uint64_t recover(const struct county *county, bool fresh, uint8_t digest[static 32])
{
    struct ledger ledger;
    struct fault fault;
    uint64_t began;
    CLEANUP(state_store_close) struct state_store *store = state_store_open(county->folder);
    ledger_open(&ledger);
    if (!recover_state(&ledger, county->log, fresh ? NULL : store, &began, NULL, &fault))
        fail_msg("%s", fault.text);
    ledger_digest(&ledger, digest);
    ledger_close(&ledger);
    return began;
}

static void reading_the_whole_log_gives_the_same_state(void **state)
{
    (void)state;
    struct county county;
    uint8_t played[32];
    uint8_t read[32];
    play(&county, 17, played);
    assert_int_equal(recover(&county, true, read), 0);
    assert_memory_equal(played, read, 32);
    close_county(&county);
}

static void reading_on_from_a_snapshot_gives_the_same_state(void **state)
{
    (void)state;
    struct county county;
    uint8_t played[32];
    uint8_t read[32];
    play(&county, 17, played);
    assert_true(recover(&county, false, read) > 0);
    assert_memory_equal(played, read, 32);
    close_county(&county);
}

static void the_size_of_blocks_does_not_matter(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 64, 1000};
    uint8_t first[32];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct county county;
        uint8_t digest[32];
        play(&county, sizes[i], digest);
        close_county(&county);
        if (i == 0)
            memcpy(first, digest, sizeof first);
        assert_memory_equal(first, digest, sizeof first);
    }
}

static void order_repair(struct county *county, const char *due_day)
{
    Sanling__V1__HazardFound found = SANLING__V1__HAZARD_FOUND__INIT;
    Sanling__V1__RectificationOrdered ordered = SANLING__V1__RECTIFICATION_ORDERED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    event.unit = "140322102200";
    found.hazard = "H1";
    found.category = "FIRE";
    found.grade = SANLING__V1__HAZARD__GRADE__GENERAL;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_HAZARD_FOUND;
    event.hazard_found = &found;
    publish(county, &safety, "safety", &event);
    ordered.hazard = "H1";
    ordered.due_day = (char *)due_day;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_RECTIFICATION_ORDERED;
    event.rectification_ordered = &ordered;
    publish(county, &safety, "safety", &event);
}

static void a_clock_that_ran_out_is_reported_once_when_its_day_is_closed(void **state)
{
    (void)state;
    struct county county;
    open_county(&county, 1000);
    order_repair(&county, "2020-03-04");
    county.now_us = day_start_time(day_from_date(2020, 3, 4), 480) + 1;
    ledger_close_days(&county.ledger, county.now_us);
    uint64_t before = county.ledger.state.heads.position;
    county.now_us += US_PER_DAY;
    ledger_close_days(&county.ledger, county.now_us);
    assert_int_equal(county.ledger.state.heads.position, before + 2); /* DayClosed and DeadlinePassed */
    uint32_t hazard = state_find_matter(&county.ledger.state, MATTER_HAZARD, "H1");
    assert_true(state_matter(&county.ledger.state, hazard)->flags & MATTER_OVERDUE);
    county.now_us += US_PER_DAY;
    ledger_close_days(&county.ledger, county.now_us);
    assert_int_equal(county.ledger.state.heads.position, before + 3); /* DayClosed alone */
    close_county(&county);
}

static void a_state_of_another_log_is_left_aside(void **state)
{
    (void)state;
    struct county county;
    uint8_t played[32];
    uint8_t read[32];
    play(&county, 64, played);
    struct log_head head = event_log_head(county.log);
    head.digest[0] ^= 1;
    store_state(&county, &head);
    assert_int_equal(recover(&county, false, read), 0);
    assert_memory_equal(played, read, 32);
    close_county(&county);
}

static void a_state_behind_the_logs_end_is_damage(void **state)
{
    (void)state;
    struct county county;
    struct ledger ledger;
    uint8_t played[32];
    struct fault fault;
    uint64_t began;
    play(&county, 64, played);
    struct log_head head = event_log_head(county.log);
    head.position++;
    store_state(&county, &head);
    CLEANUP(state_store_close) struct state_store *store = state_store_open(county.folder);
    ledger_open(&ledger);
    assert_false(recover_state(&ledger, county.log, store, &began, NULL, &fault));
    assert_int_equal(fault.code, FAULT_DAMAGED);
    ledger_close(&ledger);
    close_county(&county);
}

/* The hub's own events are none of the offices' history: a day is closed before the day on which the policy starts. */
static void days_are_closed_before_the_policys_start(void **state)
{
    (void)state;
    struct county county;
    open_bare(&county, 1000);
    char text[2 * sizeof policy_text];
    const char *history = strstr(policy_text, "true\n");
    snprintf(text, sizeof text, "%.*sfalse%s", (int)(history - policy_text), policy_text, history + strlen("true"));
    memcpy(strstr(text, "starts_on: \"") + strlen("starts_on: \""), "2021", 4);
    memcpy(text, "version: test-0", strlen("version: test-0"));
    adopt_text(&county, text, "");
    assert_non_null(state_policy(&county.ledger.state));
    county.now_us += 2 * US_PER_DAY;
    assert_int_equal(ledger_close_days(&county.ledger, county.now_us), 2);
    uint64_t before = county.ledger.state.heads.position;
    adopt(&county);                                                   /* and the mistake can be mended */
    assert_int_equal(county.ledger.state.heads.position, before + 2); /* by two */
    close_county(&county);
}

static void any_number_of_policies_is_adopted_with_a_unit_named(void **state)
{
    (void)state;
    struct county county;
    uint8_t live[32];
    uint8_t read[32];
    char other[sizeof policy_text];
    name_policy(other, "test-2");
    open_county(&county, 1000);
    for (int i = 0; i < 40; i++) /* the same one twice in a row is refused */
        adopt_text(&county, i % 2 == 0 ? other : policy_text, "140322102200");
    assert_int_equal(county.ledger.state.policies.count, 42);
    append(&county);
    ledger_digest(&county.ledger, live);
    assert_int_equal(recover(&county, true, read), 0);
    assert_memory_equal(live, read, 32);
    close_county(&county);
}

/* Invariant 4 holds for rules too: one adopted later reaches back in days, but not in what was known. */
static void a_policy_adopted_later_was_not_known_before(void **state)
{
    (void)state;
    struct county county;
    open_county(&county, 1000);
    const struct state *known = &county.ledger.state;
    uint64_t position = known->heads.position;
    char later[sizeof policy_text];
    name_policy(later, "test-2");
    adopt_text(&county, later, "");
    int32_t day = day_from_date(2020, 2, 1);
    struct policy_timeline policies;
    state_timeline(known, position, &policies);
    assert_ptr_equal(timeline_on(&policies, day), table_row(&known->rules, 1));
    state_timeline(known, POSITION_END, &policies);
    assert_ptr_equal(timeline_on(&policies, day), table_row(&known->rules, 2));
    state_timeline(known, 1, &policies);
    assert_null(timeline_on(&policies, day));
    close_county(&county);
}

static void days_are_closed_by_the_zone_of_their_own_policy(void **state)
{
    (void)state;
    struct county county;
    open_county(&county, 1000);
    int32_t today = county.ledger.state.heads.today;
    char text[sizeof policy_text];
    name_policy(text, "test-2");
    memcpy(strstr(text, "utc_offset_minutes: 480") + strlen("utc_offset_minutes: "), "000", 3);
    memcpy(strstr(text, "effective_from: \"2020-01-01") + strlen("effective_from: \"2020-"), "03-03", 5);
    adopt_from(&county, text, "2020-03-03", "");
    county.now_us = day_start_time(day_from_date(2020, 3, 6), 480); /* in Greenwich it is still the 5th */
    ledger_close_days(&county.ledger, county.now_us);
    assert_int_equal(today, day_from_date(2020, 3, 1));
    assert_int_equal(county.ledger.state.heads.today, day_from_date(2020, 3, 5));
    close_county(&county);
}

static void petition(struct county *county, const struct author *author, Sanling__V1__Petition__Type type)
{
    Sanling__V1__PetitionRegistered registered = SANLING__V1__PETITION_REGISTERED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    registered.type = type;
    registered.channel = SANLING__V1__PETITION__CHANNEL__VISIT;
    registered.scale = SANLING__V1__PETITION__SCALE__ONE;
    registered.level_received = SANLING__V1__UNIT_KIND__KIND__COUNTY;
    registered.order = SANLING__V1__PETITION__ORDER__FIRST;
    registered.category = "LAND";
    event.unit = "140322000000";
    event.matter = "P-1";
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_PETITION_REGISTERED;
    event.petition_registered = &registered;
    publish(county, author, "petitions", &event);
}

static void before_a_policy_is_adopted_no_matter_opens(void **state)
{
    (void)state;
    struct county county;
    open_bare(&county, 1000);
    register_unit(&county, "140322000000", SANLING__V1__UNIT_KIND__KIND__COUNTY, "");
    petition(&county, &operator_author, SANLING__V1__PETITION__TYPE__CLAIM);
    assert_int_equal(county.ledger.state.heads.rejections, 1);
    assert_int_equal(county.ledger.state.matters.count, 1);
    close_county(&county);
}

/* The accusation with another category. */
static size_t replacement_of(uint8_t bytes[static 128])
{
    Sanling__V1__PetitionRegistered registered = SANLING__V1__PETITION_REGISTERED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    registered.type = SANLING__V1__PETITION__TYPE__ACCUSATION;
    registered.channel = SANLING__V1__PETITION__CHANNEL__LETTER;
    registered.scale = SANLING__V1__PETITION__SCALE__ONE;
    registered.level_received = SANLING__V1__UNIT_KIND__KIND__COUNTY;
    registered.order = SANLING__V1__PETITION__ORDER__FIRST;
    registered.category = "OTHER";
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_PETITION_REGISTERED;
    event.petition_registered = &registered;
    return sanling__v1__event__pack(&event, bytes);
}

static void what_replaces_an_accusation_is_restricted_like_it(void **state)
{
    (void)state;
    static const struct author office = {.identity = "petitions", .root = "", .office = OFFICE_PETITIONS};
    struct county county;
    Sanling__V1__EventCorrected corrected = SANLING__V1__EVENT_CORRECTED__INIT;
    Sanling__V1__EventRetracted retracted = SANLING__V1__EVENT_RETRACTED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    uint8_t replacement[128];
    open_county(&county, 1000);
    petition(&county, &office, SANLING__V1__PETITION__TYPE__ACCUSATION);
    corrected.target = retracted.target = county.ledger.state.heads.position;
    corrected.reason_code = retracted.reason_code = "ERROR";
    corrected.replacement = (ProtobufCBinaryData){.data = replacement, .len = replacement_of(replacement)};
    event.unit = "140322000000";
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_EVENT_CORRECTED;
    event.event_corrected = &corrected;
    publish(&county, &office, "petitions", &event);
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_EVENT_RETRACTED;
    event.event_retracted = &retracted;
    publish(&county, &office, "petitions", &event);
    const struct block_builder *block = &county.ledger.gathering->blocks;
    assert_int_equal(county.ledger.state.heads.rejections, 0);
    for (uint32_t i = block->count - 3; i < block->count; i++)
        assert_true(block->entries[i].flags & ENTRY_RESTRICTED);
    close_county(&county);
}

/* A policy may set no limit for handling: what has no last day is not extended to one, and the day is closed. */
static void what_has_no_last_day_is_extended_and_days_are_closed(void **state)
{
    (void)state;
    static const struct author office = {.identity = "petitions", .root = "", .office = OFFICE_PETITIONS};
    struct county county;
    char text[2 * sizeof policy_text];
    open_bare(&county, 1000);
    snprintf(text, sizeof text,
             "%slimits: [{clock: REGISTRATION, days: 0}, {clock: ACCEPTANCE, days: 0}, {clock: HANDLING, days: 0}]\n",
             policy_text);
    adopt_text(&county, text, "");
    register_unit(&county, "140322000000", SANLING__V1__UNIT_KIND__KIND__COUNTY, "");
    petition(&county, &office, SANLING__V1__PETITION__TYPE__CLAIM);
    Sanling__V1__PetitionAccepted accepted = SANLING__V1__PETITION_ACCEPTED__INIT;
    Sanling__V1__HandlingExtended extended = SANLING__V1__HANDLING_EXTENDED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    event.unit = "140322000000";
    event.matter = "P-1";
    accepted.route = SANLING__V1__PETITION__ROUTE__OPINION;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_PETITION_ACCEPTED;
    event.petition_accepted = &accepted;
    publish(&county, &office, "petitions", &event);
    extended.days = 10;
    extended.approver_role = "HEAD";
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_HANDLING_EXTENDED;
    event.handling_extended = &extended;
    publish(&county, &office, "petitions", &event);
    assert_int_equal(county.ledger.state.heads.rejections, 0);
    county.now_us += 2 * US_PER_DAY;
    ledger_close_days(&county.ledger, county.now_us);
    const struct matter *matter = state_matter(&county.ledger.state, 1);
    assert_int_equal(matter->step, STEP_EXTENDED);
    assert_int_equal(matter->due_day, DAY_NONE);
    close_county(&county);
}

/* A letter that was registered as a claim is an accusation after all: the correction says so, and to nobody else. */
static void a_correction_that_makes_an_accusation_is_restricted(void **state)
{
    (void)state;
    static const struct author office = {.identity = "petitions", .root = "", .office = OFFICE_PETITIONS};
    struct county county;
    Sanling__V1__EventCorrected corrected = SANLING__V1__EVENT_CORRECTED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    uint8_t replacement[128];
    open_county(&county, 1000);
    petition(&county, &office, SANLING__V1__PETITION__TYPE__CLAIM);
    corrected.target = county.ledger.state.heads.position;
    corrected.reason_code = "ERROR";
    corrected.replacement = (ProtobufCBinaryData){.data = replacement, .len = replacement_of(replacement)};
    event.unit = "140322000000";
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_EVENT_CORRECTED;
    event.event_corrected = &corrected;
    publish(&county, &office, "petitions", &event);
    const struct block_builder *block = &county.ledger.gathering->blocks;
    assert_int_equal(county.ledger.state.heads.rejections, 0);
    assert_true(block->entries[block->count - 1].flags & ENTRY_RESTRICTED);
    assert_int_equal(block->entries[block->count - 1].routed_to, 0);
    close_county(&county);
}

/* An identity with a subtree reads the records about units in it, and those about none. */
static void what_speaks_of_a_record_is_of_its_unit(void **state)
{
    (void)state;
    struct county county;
    Sanling__V1__ZeroAttested attested = SANLING__V1__ZERO_ATTESTED__INIT;
    Sanling__V1__AttestationWithdrawn withdrawn = SANLING__V1__ATTESTATION_WITHDRAWN__INIT;
    Sanling__V1__EventRetracted retracted = SANLING__V1__EVENT_RETRACTED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    open_county(&county, 1000);
    order_repair(&county, "2020-03-04");
    retracted.target = county.ledger.state.heads.position;
    retracted.reason_code = withdrawn.reason_code = "ERROR";
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_EVENT_RETRACTED;
    event.event_retracted = &retracted;
    event.mode = SANLING__V1__MODE__KIND__EXERCISE;
    publish(&county, &safety, "safety", &event);
    event.mode = SANLING__V1__MODE__KIND__ACTUAL;
    event.unit = "140322102201"; /* of another village, it says */
    publish(&county, &safety, "safety", &event);
    attested.zero = SANLING__V1__ZERO__KIND__CASE;
    attested.basis = SANLING__V1__ATTESTATION__BASIS__REGISTER_CHECKED;
    attested.from_day = attested.to_day = "2020-02-20";
    event.unit = "140322102200";
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_ZERO_ATTESTED;
    event.zero_attested = &attested;
    publish(&county, &police, "police", &event);
    withdrawn.attestation = county.ledger.state.heads.position;
    event.unit = "";
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_ATTESTATION_WITHDRAWN;
    event.attestation_withdrawn = &withdrawn;
    publish(&county, &police, "police", &event);
    const struct block_builder *block = &county.ledger.gathering->blocks;
    assert_int_equal(county.ledger.state.heads.rejections, 0);
    for (uint32_t i = block->count - 4; i < block->count; i++)
        assert_int_equal(block->entries[i].unit, state_find_unit(&county.ledger.state, "140322102200"));
    uint8_t live[32];
    uint8_t read[32];
    append(&county);
    ledger_digest(&county.ledger, live);
    assert_int_equal(recover(&county, true, read), 0);
    assert_memory_equal(live, read, 32);
    close_county(&county);
}

/* What is no log of ours is damage, and writes nowhere. */
static void an_office_that_is_none_is_damage(void **state)
{
    (void)state;
    struct county county;
    struct ledger ledger;
    struct fault fault;
    uint64_t began;
    open_county(&county, 1000);
    county.ledger.gathering->blocks.entries[1].office = 200;
    append(&county);
    ledger_open(&ledger);
    assert_false(recover_state(&ledger, county.log, NULL, &began, NULL, &fault));
    assert_int_equal(fault.code, FAULT_DAMAGED);
    assert_non_null(strstr(fault.text, "office"));
    ledger_close(&ledger);
    close_county(&county);
}

static void a_clock_behind_the_last_year_closes_what_days_there_are(void **state)
{
    (void)state;
    struct county county;
    open_county(&county, 1000);
    county.now_us = day_start_time(day_from_date(2200, 3, 1), 480);
    assert_true(ledger_close_days(&county.ledger, county.now_us) > 65000);
    assert_int_equal(county.ledger.state.heads.today, day_from_date(2200, 1, 1));
    assert_int_equal(ledger_close_days(&county.ledger, county.now_us), 0);
    close_county(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_behind_the_last_year_closes_what_days_there_are),
        cmocka_unit_test(an_office_that_is_none_is_damage),
        cmocka_unit_test(what_speaks_of_a_record_is_of_its_unit),
        cmocka_unit_test(reading_the_whole_log_gives_the_same_state),
        cmocka_unit_test(reading_on_from_a_snapshot_gives_the_same_state),
        cmocka_unit_test(the_size_of_blocks_does_not_matter),
        cmocka_unit_test(a_clock_that_ran_out_is_reported_once_when_its_day_is_closed),
        cmocka_unit_test(a_state_of_another_log_is_left_aside),
        cmocka_unit_test(a_state_behind_the_logs_end_is_damage),
        cmocka_unit_test(days_are_closed_before_the_policys_start),
        cmocka_unit_test(any_number_of_policies_is_adopted_with_a_unit_named),
        cmocka_unit_test(a_policy_adopted_later_was_not_known_before),
        cmocka_unit_test(days_are_closed_by_the_zone_of_their_own_policy),
        cmocka_unit_test(what_replaces_an_accusation_is_restricted_like_it),
        cmocka_unit_test(before_a_policy_is_adopted_no_matter_opens),
        cmocka_unit_test(what_has_no_last_day_is_extended_and_days_are_closed),
        cmocka_unit_test(a_correction_that_makes_an_accusation_is_restricted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
