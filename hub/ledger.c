#include "ledger.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/day.h"
#include "domain/deadline.h"
#include "domain/source.h"
#include "domain/status.h"
#include "domain/triangulation.h"
#include "language.h"
#include "policy_file.h"
#include "record.pb-c.h"
#include "stored_rejection.h"

void ledger_open(struct ledger *ledger)
{
    state_init(&ledger->state);
    ledger->decoder = decoder_open();
    ledger->gathering = NULL;
    ledger->last_root = 0;
}

void ledger_close(struct ledger *ledger)
{
    state_clear(&ledger->state);
    decoder_close(&ledger->decoder);
    commit_close(&ledger->gathering);
}

static Sanling__V1__Code__Kind code_of(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_ACCEPTED:
        return SANLING__V1__CODE__KIND__UNSPECIFIED;
    case VERDICT_UNKNOWN_UNIT:
        return SANLING__V1__CODE__KIND__UNKNOWN_UNIT;
    case VERDICT_NOT_PERMITTED:
        return SANLING__V1__CODE__KIND__NOT_PERMITTED;
    case VERDICT_BAD_TIME:
        return SANLING__V1__CODE__KIND__BAD_TIME;
    case VERDICT_ILLEGAL_TRANSITION:
        return SANLING__V1__CODE__KIND__ILLEGAL_TRANSITION;
    case VERDICT_MISSING_FIELD:
        return SANLING__V1__CODE__KIND__MISSING_FIELD;
    case VERDICT_BAD_VALUE:
        return SANLING__V1__CODE__KIND__BAD_VALUE;
    case VERDICT_UNKNOWN_MATTER:
        return SANLING__V1__CODE__KIND__UNKNOWN_MATTER;
    case VERDICT_DAY_NOT_CLOSED:
        return SANLING__V1__CODE__KIND__DAY_NOT_CLOSED;
    case VERDICT_DUPLICATE_UNIT:
        return SANLING__V1__CODE__KIND__DUPLICATE_UNIT;
    case VERDICT_CAMPAIGN_UNKNOWN:
        return SANLING__V1__CODE__KIND__CAMPAIGN_UNKNOWN;
    case VERDICT_NOT_VALID:
        return SANLING__V1__CODE__KIND__NOT_VALID;
    case VERDICT_SECOND_APPROVER:
        return SANLING__V1__CODE__KIND__SECOND_APPROVER;
    case VERDICT_KEY_DESTROYED:
        return SANLING__V1__CODE__KIND__KEY_DESTROYED;
    case VERDICT_PROPOSAL_CLOSED:
        return SANLING__V1__CODE__KIND__PROPOSAL_CLOSED;
    }
    abort();
}

static Google__Protobuf__Timestamp timestamp_of(int64_t time_us)
{
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    int64_t seconds = time_us / 1000000;
    int64_t rest = time_us % 1000000;
    time.seconds = rest < 0 ? seconds - 1 : seconds;
    time.nanos = (int32_t)((rest < 0 ? rest + 1000000 : rest) * 1000);
    return time;
}

/* The event's place in the batch that it came in. */
static uint32_t place_in(const struct signed_batch *batch, const struct decoded *decoded)
{
    assert(decoded->sequence - batch->claim.first_sequence < batch->claim.count);
    return (uint32_t)(decoded->sequence - batch->claim.first_sequence);
}

static void gather_record(struct commit *commit, const struct author *author, const struct decoded *decoded,
                          const struct effects *effects, int64_t now_us, const uint8_t *bytes, size_t size)
{
    const struct event *event = &decoded->event;
    struct signed_batch *batch = author->batch;
    const uint32_t place = batch ? place_in(batch, decoded) : 0;
    block_builder_next(&commit->blocks, batch && batch->number != 0);
    int publisher = block_builder_publisher(&commit->blocks, author->identity, author->root);
    assert(publisher >= 0); /* within a batch there is one publisher, and the block had room for it */
    const struct block_entry entry = {
        .recorded_at_us = now_us,
        .unit = effects->unit,
        .matter_hash = event->matter[0] ? ordinal_hash(event->matter, strlen(event->matter), 0) : 0,
        .routed_to = effects->routed_to,
        .kind = (uint16_t)event->kind,
        .publisher = (uint8_t)publisher,
        .flags =
            (uint8_t)((event->mode != MODE_ACTUAL ? ENTRY_DRILL : 0) | (effects->restricted ? ENTRY_RESTRICTED : 0)),
        .office = (uint8_t)author->office,
        .batch = batch ? signed_batch_keep(batch, place, &commit->blocks) : 0,
        .batch_leaf = place,
    };
    block_builder_add(&commit->blocks, &entry, bytes, size);
}

static void gather_rejection(struct ledger *ledger, const struct author *author, const struct decoded *decoded,
                             const struct decision *decision, const uint8_t *bytes, size_t size, int64_t now_us)
{
    Google__Protobuf__Timestamp time = timestamp_of(now_us);
    Sanling__V1__Publisher publisher = SANLING__V1__PUBLISHER__INIT;
    publisher.identity = (char *)author->identity;
    publisher.office = (Sanling__V1__Office__Kind)author->office;
    publisher.unit = (char *)author->root;
    Sanling__V1__Rejection rejection = SANLING__V1__REJECTION__INIT;
    struct sender_signature signature;
    rejection.number = decision->place;
    rejection.recorded_at = &time;
    rejection.publisher = &publisher;
    rejection.source = (char *)decoded->source;
    rejection.sequence = decoded->sequence;
    rejection.code = decision->code;
    rejection.text = (char *)decision->text;
    rejection.after_position = ledger->state.heads.position;
    if (decision->code == SANLING__V1__CODE__KIND__PERSONAL_DATA) {
        /* No bytes and no hash: that of an identity number can be guessed. */
        rejection.field = (char *)decoded->field;
        rejection.field_size = (uint32_t)decoded->field_size;
    } else {
        rejection.event = (ProtobufCBinaryData){.data = (uint8_t *)bytes, .len = size};
        if (author->batch) {
            sender_signature_of_event(author->batch, place_in(author->batch, decoded), &signature);
            rejection.signature = &signature.message;
        }
    }
    size_t packed_size = sanling__v1__rejection__get_packed_size(&rejection);
    uint8_t *packed = malloc(packed_size ? packed_size : 1);
    if (!packed)
        abort();
    sanling__v1__rejection__pack(&rejection, packed);
    commit_add_rejection(ledger->gathering, decision->place, packed, packed_size);
}

/* The source of that name, added where it is not there yet: with the first event that uses up a number, so that reading
 * the log back adds it at the same place. */
static uint32_t source_of(struct state *state, const char *name, const char *identity, enum office office)
{
    uint32_t source = state_find_source(state, name);
    if (source == 0) {
        source = state_add_source(state, name, identity);
        ((struct source *)table_change(&state->sources, source))->office = office;
    }
    return source;
}

static void reject(struct ledger *ledger, uint32_t source, const struct author *author, const struct decoded *decoded,
                   const uint8_t *bytes, size_t size, int64_t now_us, struct decision *decision)
{
    decision->recorded = false;
    decision->place = ++ledger->state.heads.rejections;
    gather_rejection(ledger, author, decoded, decision, bytes, size, now_us);
    source_rejected(&ledger->state, source, decision->place, now_us);
}

static uint32_t root_of(struct ledger *ledger, const char *code)
{
    const struct state *state = &ledger->state;
    if (code[0] == '\0')
        return 0;
    const bool again = ledger->last_root != 0 && ledger->last_root < state->units.count &&
                       strcmp(state_unit(state, ledger->last_root)->code, code) == 0;
    if (!again)
        ledger->last_root = state_find_unit(state, code);
    return ledger->last_root;
}

static struct publisher publisher_of(struct ledger *ledger, const struct author *author)
{
    return (struct publisher){
        .identity = author->identity, .office = author->office, .root = root_of(ledger, author->root)};
}

void ledger_take(struct ledger *ledger, uint32_t *source, const struct author *author, const struct decoded *decoded,
                 bool denied, const uint8_t *bytes, size_t size, int64_t now_us, struct decision *decision)
{
    struct state *state = &ledger->state;
    if (*source == 0)
        *source = source_of(state, decoded->source, author->identity, author->office);
    decision->code = decoded->code;
    decision->text[0] = '\0';
    if (decision->code != SANLING__V1__CODE__KIND__UNSPECIFIED)
        snprintf(decision->text, sizeof decision->text, "%s", decoded->text);
    struct ruling ruling;
    const struct publisher publisher = publisher_of(ledger, author);
    bool no_tree = author->root[0] != '\0' && publisher.root == 0;
    if (decision->code == SANLING__V1__CODE__KIND__UNSPECIFIED && (denied || no_tree)) {
        decision->code = SANLING__V1__CODE__KIND__NOT_PERMITTED;
        snprintf(decision->text, sizeof decision->text, "%s",
                 denied ? "the identity may not publish this type" : "the root of its subtree is not in the tree");
    }
    if (decision->code == SANLING__V1__CODE__KIND__UNSPECIFIED) {
        domain_judge(state, &decoded->event, &publisher, now_us, &ruling);
        decision->code = code_of(ruling.verdict);
        if (ruling.verdict != VERDICT_ACCEPTED)
            snprintf(decision->text, sizeof decision->text, "%s", ruling.text);
    }
    if (decision->code != SANLING__V1__CODE__KIND__UNSPECIFIED) {
        reject(ledger, *source, author, decoded, bytes, size, now_us, decision);
        return;
    }
    struct effects effects;
    decision->recorded = true;
    decision->pending = ruling.waits;
    decision->place = state->heads.position + 1;
    domain_apply(state, &decoded->event, &publisher, &ruling, decision->place, now_us, &effects);
    source_recorded(state, *source, decision->place, now_us);
    gather_record(ledger->gathering, author, decoded, &effects, now_us, bytes, size);
}

static const struct author the_hub = {.identity = HUB_SOURCE, .root = "", .office = OFFICE_HUB};

/* The event's bytes under the next number of the hub's own source; the caller frees them. */
static uint8_t *pack_note(const struct ledger *ledger, Sanling__V1__Event *event, int64_t now_us, size_t *size)
{
    const struct state *state = &ledger->state;
    uint32_t source = state_find_source(state, HUB_SOURCE);
    Google__Protobuf__Timestamp time = timestamp_of(now_us);
    event->source = HUB_SOURCE;
    event->sequence = source ? state_source(state, source)->next_sequence : 1;
    event->occurred_at = &time;
    *size = sanling__v1__event__get_packed_size(event);
    uint8_t *bytes = malloc(*size);
    if (!bytes)
        abort();
    sanling__v1__event__pack(event, bytes);
    event->occurred_at = NULL; /* it was ours */
    return bytes;
}

void ledger_note(struct ledger *ledger, Sanling__V1__Event *event, int64_t now_us)
{
    uint32_t source = state_find_source(&ledger->state, HUB_SOURCE);
    size_t size;
    uint8_t *bytes = pack_note(ledger, event, now_us, &size);
    struct decoded decoded;
    struct decision decision;
    bool taken = decode_event(ledger->decoder, bytes, size, &decoded);
    assert(taken);
    ledger_take(ledger, &source, &the_hub, &decoded, false, bytes, size, now_us, &decision);
    assert(decision.recorded);
    decoder_reset(ledger->decoder);
    free(bytes);
}

bool ledger_may_note(struct ledger *ledger, Sanling__V1__Event *event, int64_t now_us, struct decision *decision)
{
    const struct publisher publisher = publisher_of(ledger, &the_hub);
    size_t size;
    uint8_t *bytes = pack_note(ledger, event, now_us, &size);
    struct decoded decoded;
    struct ruling ruling = {.text = ""};
    *decision = (struct decision){.code = SANLING__V1__CODE__KIND__UNSPECIFIED};
    if (decode_event(ledger->decoder, bytes, size, &decoded)) {
        domain_judge(&ledger->state, &decoded.event, &publisher, now_us, &ruling);
        decision->code = code_of(ruling.verdict);
    } else {
        decision->code = decoded.code;
    }
    snprintf(decision->text, sizeof decision->text, "%s", ruling.text[0] ? ruling.text : decoded.text);
    decoder_reset(ledger->decoder);
    free(bytes);
    return decision->code == SANLING__V1__CODE__KIND__UNSPECIFIED;
}

void ledger_note_created(struct ledger *ledger, const char *hub, bool demonstration, int64_t now_us)
{
    Sanling__V1__HubCreated created = SANLING__V1__HUB_CREATED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    created.hub = (char *)hub;
    created.demonstration = demonstration;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_HUB_CREATED;
    event.hub_created = &created;
    ledger_note(ledger, &event, now_us);
}

void ledger_note_clock(struct ledger *ledger, int64_t time_us)
{
    Google__Protobuf__Timestamp time = timestamp_of(time_us);
    Sanling__V1__ClockSet set = SANLING__V1__CLOCK_SET__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    set.time = &time;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_CLOCK_SET;
    event.clock_set = &set;
    ledger_note(ledger, &event, time_us);
}

static void note_day(struct ledger *ledger, int32_t day, int64_t now_us)
{
    char text[DAY_TEXT_SIZE];
    day_format(day, text);
    Sanling__V1__DayClosed closed = SANLING__V1__DAY_CLOSED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    closed.day = text;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_DAY_CLOSED;
    event.day_closed = &closed;
    ledger_note(ledger, &event, now_us);
}

/* The unit, or what took its place: what is found out after its end is said of that. */
static uint32_t heir_of(const struct state *state, uint32_t unit)
{
    const struct unit *row = state_unit(state, unit);
    for (int i = 0; i < STATUS_FAMILY_MAX && row->ended_at != 0 && row->successors != 0; i++) {
        const struct succession *succession = table_row(&state->successions, row->successors);
        unit = succession->successor;
        row = state_unit(state, unit);
    }
    return unit;
}

/* A clock ran out on the day that was closed, or earlier, and nothing was done since. */
static void note_deadline(struct ledger *ledger, const struct deadline *deadline, int64_t now_us)
{
    const struct state *state = &ledger->state;
    const struct matter *matter = state_matter(state, deadline->matter);
    char code[65];
    char unit[UNIT_CODE_SIZE];
    char due_day[DAY_TEXT_SIZE];
    char task[65];
    snprintf(code, sizeof code, "%s", state_text(state, matter->code));
    snprintf(unit, sizeof unit, "%s", state_unit(state, heir_of(state, matter->unit))->code);
    day_format(deadline->due_day, due_day);
    Sanling__V1__DeadlinePassed passed = SANLING__V1__DEADLINE_PASSED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    passed.matter_kind = (Sanling__V1__MatterKind__Kind)matter->kind;
    passed.matter = code;
    passed.clock = (Sanling__V1__DeadlinePassed__Clock__Kind)deadline->clock;
    passed.due_day = due_day;
    passed.level = deadline->level;
    passed.office = (Sanling__V1__Office__Kind)deadline->office;
    if (deadline->task != 0) {
        const struct task *row = table_row(&state->tasks, deadline->task);
        snprintf(task, sizeof task, "%s", state_text(state, row->code));
        passed.task = task;
    }
    event.unit = unit;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_DEADLINE_PASSED;
    event.deadline_passed = &passed;
    ledger_note(ledger, &event, now_us);
}

/* Two offices' records contradict each other, and no other record explained it. */
static void note_discrepancy(struct ledger *ledger, const struct suspected *suspected, int64_t now_us)
{
    const struct state *state = &ledger->state;
    const struct suspicion *suspicion = table_row(&state->suspicions, suspected->suspicion);
    char number[POLICY_CODE_SIZE + 24];
    char rule[POLICY_CODE_SIZE];
    char unit[UNIT_CODE_SIZE];
    uint64_t evidence = suspicion->evidence;
    Sanling__V1__Office__Kind offices[OFFICE_LIMIT];
    snprintf(rule, sizeof rule, "%s", suspected->rule->code);
    snprintf(number, sizeof number, "%s-%llu", rule, (unsigned long long)evidence);
    snprintf(unit, sizeof unit, "%s", state_unit(state, heir_of(state, suspicion->unit))->code);
    Sanling__V1__DiscrepancyRaised raised = SANLING__V1__DISCREPANCY_RAISED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    raised.discrepancy = number;
    raised.rule = rule;
    raised.evidence = &evidence;
    raised.n_evidence = 1;
    raised.offices = offices;
    for (uint32_t office = 1; office < OFFICE_LIMIT; office++)
        if (suspected->rule->offices & OFFICE_BIT(office))
            offices[raised.n_offices++] = (Sanling__V1__Office__Kind)office;
    event.unit = unit;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_DISCREPANCY_RAISED;
    event.discrepancy_raised = &raised;
    ledger_note(ledger, &event, now_us);
}

/* An evaluation period ended with the day. */
static void note_period(struct ledger *ledger, int32_t year, int64_t now_us)
{
    Sanling__V1__PeriodClosed closed = SANLING__V1__PERIOD_CLOSED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    closed.year = (uint32_t)year;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_PERIOD_CLOSED;
    event.period_closed = &closed;
    ledger_note(ledger, &event, now_us);
}

/* Closes one day and says what follows from it, at the moment at which it ended. */
static void close_day(struct ledger *ledger, int32_t day, int64_t now_us)
{
    uint32_t after = 0;
    struct deadline deadline;
    struct deadline_cursor cursor = {0};
    struct suspected suspected;
    note_day(ledger, day, now_us);
    while (deadline_next(&ledger->state, day, &cursor, &deadline))
        note_deadline(ledger, &deadline, now_us);
    while (triangulation_next(&ledger->state, day, &after, &suspected))
        note_discrepancy(ledger, &suspected, now_us);
    if (day == day_year_end(day))
        note_period(ledger, day_year(day), now_us);
}

int ledger_close_days(struct ledger *ledger, int64_t now_us)
{
    struct state *state = &ledger->state;
    const struct policy *policy;
    int closed = 0;
    /* Each day by its own policy: with a closed one the next may come into effect, and with it another zone. */
    while ((policy = state_policy(state)) != NULL &&
           state->heads.today < day_of_time(now_us, policy->zone_offset_minutes)) {
        int64_t end_us = day_start_time(state->heads.today + 1, policy->zone_offset_minutes);
        int64_t recorded_at_us = state->heads.recorded_at_us;
        /* The contract has no days behind 2199: a clock that stands there is wrong, and must not end the hub. */
        if (state->heads.today >= day_from_date(2200, 1, 1) || end_us >= day_start_time(day_from_date(2200, 1, 1), 0) ||
            recorded_at_us >= day_start_time(day_from_date(2200, 1, 1), 0))
            break;
        close_day(ledger, state->heads.today, end_us > recorded_at_us ? end_us : recorded_at_us);
        closed++;
    }
    return closed;
}

static bool damaged(uint64_t position, const char *what, struct fault *fault)
{
    return fault_set(fault, FAULT_DAMAGED, "record %llu: %s", (unsigned long long)position, translated(what));
}

static bool read_record(struct ledger *ledger, const struct block_view *block, uint32_t index, struct fault *fault)
{
    struct state *state = &ledger->state;
    const struct block_entry *entry = &block->entries[index];
    const struct block_publisher *from = &block->publishers[entry->publisher];
    uint64_t position = block->header->first_position + index;
    if (entry->office >= OFFICE_LIMIT)
        return damaged(position, "its entry names no office", fault);
    struct decoded decoded;
    if (!decode_event(ledger->decoder, block->bytes + entry->offset, entry->size, &decoded))
        return damaged(position, decoded.text, fault);
    const struct author author = {.identity = from->identity, .root = from->root, .office = (enum office)entry->office};
    const struct publisher publisher = publisher_of(ledger, &author);
    uint32_t source = source_of(state, decoded.source, from->identity, author.office);
    if (state_source(state, source)->next_sequence != decoded.sequence)
        return damaged(position, "its source's numbers have a gap before it", fault);
    struct ruling ruling;
    struct effects effects;
    domain_judge(state, &decoded.event, &publisher, entry->recorded_at_us, &ruling);
    if (ruling.verdict != VERDICT_ACCEPTED)
        return damaged(position, ruling.text, fault);
    domain_apply(state, &decoded.event, &publisher, &ruling, position, entry->recorded_at_us, &effects);
    source_recorded(state, source, position, entry->recorded_at_us);
    if (effects.routed_to != entry->routed_to || effects.unit != entry->unit)
        return damaged(position, "its entry does not say what the event says", fault);
    return true;
}

/* Rejections waiting to be counted where they stood between the records. */
struct rejected_numbers {
    struct rejected_number {
        uint64_t number;
        uint64_t after_position;
        int64_t recorded_at_us;
        enum office office;
        char *source;
        char *identity;
    } * rows;
    size_t count;
    size_t capacity;
    size_t next;
    uint64_t last; /* number: those behind it are none of ours */
    bool malformed;
};

static void rejected_numbers_clear(struct rejected_numbers *numbers)
{
    for (size_t i = 0; i < numbers->count; i++) {
        free(numbers->rows[i].source);
        free(numbers->rows[i].identity);
    }
    free(numbers->rows);
}

static char *copy_of(const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        abort();
    return copy;
}

static bool take_rejection(const struct log_rejection *stored, void *context)
{
    struct rejected_numbers *numbers = context;
    if (stored->number > numbers->last)
        return false;
    Sanling__V1__Rejection *rejection = stored_rejection_read(stored);
    if (!rejection || !rejection->publisher || !rejection->recorded_at) {
        numbers->malformed = true;
    } else {
        if (numbers->count == numbers->capacity) {
            numbers->capacity = numbers->capacity ? numbers->capacity * 2 : 64;
            numbers->rows = realloc(numbers->rows, numbers->capacity * sizeof *numbers->rows);
            if (!numbers->rows)
                abort();
        }
        numbers->rows[numbers->count++] = (struct rejected_number){
            .number = stored->number,
            .after_position = rejection->after_position,
            .recorded_at_us = rejection->recorded_at->seconds * 1000000 + rejection->recorded_at->nanos / 1000,
            .office = (enum office)rejection->publisher->office,
            .source = copy_of(rejection->source),
            .identity = copy_of(rejection->publisher->identity),
        };
    }
    if (rejection)
        sanling__v1__rejection__free_unpacked(rejection, NULL);
    return !numbers->malformed;
}

static void count_rejections(struct ledger *ledger, struct rejected_numbers *numbers)
{
    struct state *state = &ledger->state;
    while (numbers->next < numbers->count) {
        const struct rejected_number *row = &numbers->rows[numbers->next];
        if (row->after_position > state->heads.position)
            return;
        uint32_t source = source_of(state, row->source, row->identity, row->office);
        state->heads.rejections = row->number;
        source_rejected(state, source, row->number, row->recorded_at_us);
        numbers->next++;
    }
}

bool ledger_read_log(struct ledger *ledger, struct log_view *view, const struct log_head *head,
                     void (*progress)(uint64_t position, uint64_t last), struct fault *fault)
{
    struct state *state = &ledger->state;
    CLEANUP(rejected_numbers_clear) struct rejected_numbers numbers = {.last = head->rejections};
    if (!log_view_rejections(view, state->heads.rejections + 1, take_rejection, &numbers, fault))
        return false;
    if (numbers.malformed)
        return fault_set(fault, FAULT_DAMAGED, "log: a rejection does not decode");
    count_rejections(ledger, &numbers);
    while (state->heads.position < head->position) {
        struct block_view block;
        uint64_t next = state->heads.position + 1;
        if (!log_view_block(view, next, &block, fault)) {
            if (fault->code == FAULT_NO)
                fault->code = FAULT_DAMAGED;
            return false;
        }
        uint32_t first = (uint32_t)(next - block.header->first_position);
        for (uint32_t i = first; i < block.header->count && state->heads.position < head->position; i++) {
            if (!read_record(ledger, &block, i, fault))
                return false;
            if (numbers.next < numbers.count)
                count_rejections(ledger, &numbers);
            decoder_reset(ledger->decoder);
        }
        if (progress)
            progress(state->heads.position, head->position);
    }
    return true;
}

void ledger_digest(struct ledger *ledger, uint8_t digest[static 32])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) &&
                EVP_DigestUpdate(context, &ledger->state.heads, sizeof ledger->state.heads);
    for (size_t i = 0; done && state_table(&ledger->state, i); i++) {
        const struct table *table = state_table(&ledger->state, i);
        done = EVP_DigestUpdate(context, &table->count, sizeof table->count) &&
               EVP_DigestUpdate(context, table->rows, (size_t)table->count * table->row_size);
    }
    done = done && EVP_DigestFinal_ex(context, digest, NULL);
    EVP_MD_CTX_free(context);
    if (!done)
        abort(); /* no memory, or a library without SHA-256 */
}
