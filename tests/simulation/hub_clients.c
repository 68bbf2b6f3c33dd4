#include "hub_clients.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event.pb-c.h"
#include "hub.h"
#include "hub_disk.h"
#include "hub_model.h"
#include "hub_network.h"
#include "hub_world.h"
#include "session.pb-c.h"
#include "wire.h"

enum {
    CLIENTS_MAX = 12,
    OCCURRED_S = 1768032000 - 3600,
    PATIENCE_US = 6000000, /* without an answer; then the connection is given up */
    HAZARD = 72,           /* HazardFound in Event */
};

struct identity_row {
    const char *name;
    const char *key;
    const char *role;
    const char *office;
    const char *root;
};
enum { OPERATOR, SAFETY, SAFETY_TOWN, POLICE, LEADER, TOWN_READER, VILLAGE_READER, IDENTITIES };
static const struct identity_row identities[IDENTITIES] = {
    [OPERATOR] = {"operator", "0000000000000000000000000000000000000001", "operator", "OPERATOR", ""},
    [SAFETY] = {"safety", "0000000000000000000000000000000000000003", "publisher", "WORK_SAFETY", "140322000000"},
    [SAFETY_TOWN] = {"safety-town", "0000000000000000000000000000000000000004", "publisher", "WORK_SAFETY",
                     "140322101000"},
    [POLICE] = {"police", "0000000000000000000000000000000000000005", "publisher", "PUBLIC_SECURITY", "140322000000"},
    [LEADER] = {"leader", "0000000000000000000000000000000000000006", "leader", "LEADERSHIP", ""},
    [TOWN_READER] = {"town", "0000000000000000000000000000000000000007", "subscriber", "GOVERNANCE", "140322101000"},
    [VILLAGE_READER] = {"village", "0000000000000000000000000000000000000008", "subscriber", "GOVERNANCE",
                        "140322102201"},
};

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

void clients_write_access(const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file)
        abort();
    fputs("identities:\n", file);
    for (int i = 0; i < IDENTITIES; i++)
        fprintf(file, "  - {name: '%s', key: '%s', role: %s, office: %s, unit: '%s'}\n", identities[i].name,
                identities[i].key, identities[i].role, identities[i].office, identities[i].root);
    fclose(file);
}

enum stage { AWAY, GREETING, THERE };

struct publishing {
    struct model_source *source;      /* NULL: the client does not publish */
    const struct model_source *after; /* all of whose events must have their outcome first; NULL: none */
    uint64_t next;                    /* to send */
    uint64_t settled;                 /* up to here every event has its outcome */
    uint32_t batch;                   /* events in a message, at most */
    uint32_t window;                  /* messages without an outcome, at most */
    uint32_t in_flight;
    bool swapping; /* it sent other bytes under a used number, and waits for what is said of that */
    uint64_t swapped;
};

struct reading {
    bool reads;
    const char *name; /* durable; NULL: it remembers itself how far it is */
    const char *unit; /* filter; "" */
    bool hazards;     /* only of that type */
    bool inbox;       /* only what is routed to public security */
    bool drills;
    uint32_t credit_step;
    uint32_t subscription;  /* number of the present one … */
    bool refused;           /* … which there is not: it is asked for again */
    int64_t credit;         /* that the hub has left */
    uint64_t last;          /* position delivered last in this subscription */
    uint64_t reached;       /* in this subscription */
    uint64_t told;          /* the highest acknowledgement sent */
    uint64_t promised;      /* the highest that the hub said is durable */
    uint64_t begins_behind; /* this subscription may show nothing up to here */
    uint64_t first_seen;    /* the highest position seen at all */
    uint8_t seen[MODEL_POSITIONS + 1];
};

struct client {
    const struct identity_row *identity;
    struct connection *connection;
    enum stage stage;
    int64_t wake_us;
    int64_t heard_us;
    uint64_t epoch;
    struct publishing publishing;
    struct reading reading;
};

struct clients {
    struct client all[CLIENTS_MAX];
    int count;
};

static struct clients the_clients; /* as the world is one */

/* ---- who is there ---- */

static struct client *add_client(int identity)
{
    struct client *client = &the_clients.all[the_clients.count++];
    client->identity = &identities[identity];
    client->wake_us = world()->now_us + world_between(0, 20000);
    return client;
}

static void add_event(struct model_source *source, bool good, Sanling__V1__Event *event)
{
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    time.seconds = OCCURRED_S;
    event->source = source->name;
    event->sequence = source->count + 1;
    event->occurred_at = &time;
    const size_t size = sanling__v1__event__get_packed_size(event);
    uint8_t *bytes = disk_take(size);
    sanling__v1__event__pack(event, bytes);
    source->events[source->count++] = (struct model_event){.bytes = bytes, .size = size, .good = good};
}

static struct client *add_publisher(int identity, const char *name, const struct model_source *after)
{
    struct client *client = add_client(identity);
    client->publishing = (struct publishing){.source = model_source(name),
                                             .after = after,
                                             .next = 1,
                                             .batch = (uint32_t)world_between(1, 8),
                                             .window = (uint32_t)world_between(1, 4)};
    return client;
}

static void add_policy(struct model_source *source)
{
    uint8_t sha256[32];
    Sanling__V1__PolicyAdopted adopted = SANLING__V1__POLICY_ADOPTED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    SHA256((const uint8_t *)policy_text, strlen(policy_text), sha256);
    adopted.version = "test-1";
    adopted.effective_from = "2020-01-01";
    adopted.text = (char *)policy_text;
    adopted.sha256 = (ProtobufCBinaryData){.data = sha256, .len = sizeof sha256};
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_POLICY_ADOPTED;
    event.policy_adopted = &adopted;
    add_event(source, true, &event);
}

static void add_tree(struct model_source *source)
{
    for (int i = 0; i < MODEL_UNITS; i++) {
        const struct model_unit *unit = &model_units[i];
        Sanling__V1__UnitRegistered registered = SANLING__V1__UNIT_REGISTERED__INIT;
        Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
        registered.kind = (Sanling__V1__UnitKind__Kind)unit->kind;
        registered.name = (char *)unit->name;
        registered.parent = unit->parent < 0 ? "" : (char *)model_units[unit->parent].code;
        registered.valid_from = "2019-01-01";
        event.unit = (char *)unit->code;
        event.payload_case = SANLING__V1__EVENT__PAYLOAD_UNIT_REGISTERED;
        event.unit_registered = &registered;
        add_event(source, true, &event);
    }
}

static void add_hazard(struct model_source *source, const struct identity_row *identity)
{
    char number[32];
    Sanling__V1__HazardFound found = SANLING__V1__HAZARD_FOUND__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    const bool unknown = world_once_in(12);
    const char *unit = unknown ? "140322109209" : model_units[world_between(0, MODEL_UNITS - 1)].code;
    snprintf(number, sizeof number, "%s-%u", source->name, source->count + 1);
    found.hazard = number;
    found.category = "FIRE";
    found.grade = SANLING__V1__HAZARD__GRADE__GENERAL;
    found.explosives = world_once_in(3) ? SANLING__V1__HAZARD__EXPLOSIVES__STORE : 0;
    event.unit = (char *)unit;
    event.mode = world_once_in(8) ? SANLING__V1__MODE__KIND__EXERCISE : 0;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_HAZARD_FOUND;
    event.hazard_found = &found;
    add_event(source, !unknown && model_within(unit, identity->root), &event);
}

static void add_case(struct model_source *source)
{
    char number[32];
    Sanling__V1__CaseFiled filed = SANLING__V1__CASE_FILED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    snprintf(number, sizeof number, "%s-%u", source->name, source->count + 1);
    filed.case_id = number;
    filed.class_ = SANLING__V1__CASE__CLASS__ADMIN;
    filed.category = "THEFT";
    filed.influence = SANLING__V1__CASE__INFLUENCE__NORMAL;
    event.unit = (char *)model_units[world_between(3, MODEL_UNITS - 1)].code;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_CASE_FILED;
    event.case_filed = &filed;
    add_event(source, true, &event);
}

static const struct model_source *add_setup(void)
{
    struct client *policy = add_publisher(OPERATOR, "policy", NULL);
    struct client *tree = add_publisher(OPERATOR, "units", policy->publishing.source);
    if (policy->publishing.source->count == 0) {
        add_policy(policy->publishing.source);
        add_tree(tree->publishing.source);
    }
    return tree->publishing.source;
}

static void add_reader(int identity, const char *name)
{
    struct client *client = add_client(identity);
    struct reading *reading = &client->reading;
    reading->reads = true;
    reading->name = name;
    reading->unit = world_once_in(3) ? model_units[world_between(0, MODEL_UNITS - 1)].code : "";
    reading->hazards = world_once_in(3);
    reading->drills = world_once_in(3);
    reading->inbox = identity == POLICE;
    reading->credit_step = (uint32_t)world_between(1, 20);
}

void clients_begin_setup(void)
{
    memset(&the_clients, 0, sizeof the_clients);
    (void)add_setup();
}

static void add_publishers(const struct model_source *after)
{
    static const int of[] = {SAFETY, SAFETY_TOWN, POLICE};
    static const char *const names[] = {"safety", "town", "police"};
    const int count = (int)world_between(1, 3);
    for (int i = 0; i < count; i++) {
        struct model_source *source = add_publisher(of[i], names[i], after)->publishing.source;
        const int64_t events = world_between(1, world_once_in(4) ? 40 : 12);
        for (int64_t k = 0; k < events; k++)
            if (of[i] == POLICE)
                add_case(source);
            else
                add_hazard(source, &identities[of[i]]);
    }
}

void clients_begin(bool prepared)
{
    memset(&the_clients, 0, sizeof the_clients);
    const struct model_source *after = NULL;
    if (!prepared)
        after = add_setup();
    add_publishers(after);
    const int64_t readers = world_between(0, 3);
    if (readers > 0)
        add_reader(LEADER, world_once_in(3) ? NULL : "leader-1");
    if (readers > 1)
        add_reader(world_once_in(2) ? TOWN_READER : VILLAGE_READER, "below-1");
    if (readers > 2)
        add_reader(POLICE, "inbox-1");
}

/* ---- sending ---- */

static void send_message(struct client *client, const Sanling__V1__ClientMessage *message)
{
    uint8_t bytes[32768];
    const size_t size = sanling__v1__client_message__get_packed_size(message);
    if (size > sizeof bytes)
        abort();
    sanling__v1__client_message__pack(message, bytes);
    network_send(client->connection, bytes, size);
}

static void greet(struct client *client)
{
    Sanling__V1__Hello hello = SANLING__V1__HELLO__INIT;
    Sanling__V1__ClientMessage message = SANLING__V1__CLIENT_MESSAGE__INIT;
    char *sources[] = {client->publishing.source ? client->publishing.source->name : NULL};
    hello.protocol = 1;
    hello.software = "simulation";
    hello.epoch = ++client->epoch;
    hello.n_sources = client->publishing.source ? 1 : 0;
    hello.sources = sources;
    message.body_case = SANLING__V1__CLIENT_MESSAGE__BODY_HELLO;
    message.hello = &hello;
    client->stage = GREETING;
    send_message(client, &message);
}

static bool may_publish(const struct publishing *publishing)
{
    const struct model_source *after = publishing->after;
    for (uint32_t i = 0; after && i < after->count; i++)
        if (after->events[i].position == 0 && !after->events[i].rejected)
            return false;
    return publishing->source && publishing->settled < publishing->source->count;
}

static void send_events(struct client *client, uint64_t first, const ProtobufCBinaryData *events, uint32_t count)
{
    Sanling__V1__Publish publish = SANLING__V1__PUBLISH__INIT;
    Sanling__V1__ClientMessage message = SANLING__V1__CLIENT_MESSAGE__INIT;
    publish.source = client->publishing.source->name;
    publish.first_sequence = first;
    publish.events = (ProtobufCBinaryData *)events;
    publish.n_events = count;
    message.body_case = SANLING__V1__CLIENT_MESSAGE__BODY_PUBLISH;
    message.publish = &publish;
    send_message(client, &message);
}

static void publish_some(struct client *client)
{
    struct publishing *publishing = &client->publishing;
    const struct model_source *source = publishing->source;
    ProtobufCBinaryData events[16];
    uint32_t count = (uint32_t)world_between(1, publishing->batch);
    if (count > source->count - publishing->next + 1)
        count = (uint32_t)(source->count - publishing->next + 1);
    for (uint32_t i = 0; i < count; i++) {
        const struct model_event *event = &source->events[publishing->next - 1 + i];
        events[i] = (ProtobufCBinaryData){.data = (uint8_t *)event->bytes, .len = event->size};
    }
    world_note("%s sends %llu to %llu", source->name, (unsigned long long)publishing->next,
               (unsigned long long)publishing->next + count - 1);
    send_events(client, publishing->next, events, count);
    publishing->next += count;
    publishing->in_flight++;
}

/* Other bytes under a number that has its outcome: an alarm, never a duplicate. */
static void publish_swapped(struct client *client)
{
    struct publishing *publishing = &client->publishing;
    const uint64_t sequence = (uint64_t)world_between(1, (int64_t)publishing->settled);
    const struct model_event *event = &publishing->source->events[sequence - 1];
    uint8_t *bytes = disk_take(event->size + 2);
    memcpy(bytes, event->bytes, event->size);
    bytes[event->size] = 4 << 3; /* utc_offset_minutes */
    bytes[event->size + 1] = 2;
    const ProtobufCBinaryData swapped = {.data = bytes, .len = event->size + 2};
    world_note("%s sends %llu with other bytes", publishing->source->name, (unsigned long long)sequence);
    publishing->swapping = true;
    publishing->swapped = sequence;
    publishing->in_flight++;
    send_events(client, sequence, &swapped, 1);
}

static void publish_on(struct client *client)
{
    struct publishing *publishing = &client->publishing;
    if (publishing->swapping || !may_publish(publishing))
        return;
    while (publishing->in_flight < publishing->window && publishing->next <= publishing->source->count)
        publish_some(client);
}

static void subscribe(struct client *client)
{
    struct reading *reading = &client->reading;
    Sanling__V1__Filter filter = SANLING__V1__FILTER__INIT;
    Sanling__V1__RecordSubscription records = SANLING__V1__RECORD_SUBSCRIPTION__INIT;
    Sanling__V1__Subscribe subscribe = SANLING__V1__SUBSCRIBE__INIT;
    Sanling__V1__ClientMessage message = SANLING__V1__CLIENT_MESSAGE__INIT;
    char *types[] = {"HazardFound"};
    filter.unit = (char *)reading->unit;
    filter.types = types;
    filter.n_types = reading->hazards ? 1 : 0;
    filter.inbox = reading->inbox ? SANLING__V1__OFFICE__KIND__PUBLIC_SECURITY : 0;
    filter.drills = reading->drills;
    records.filter = &filter;
    records.credit = reading->credit_step;
    if (reading->name) {
        records.name = (char *)reading->name;
        records.start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_ACKNOWLEDGED;
        records.from_acknowledged = true;
        reading->begins_behind = reading->promised;
    } else {
        records.start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_POSITION;
        records.from_position = reading->first_seen + 1;
        reading->begins_behind = reading->first_seen;
    }
    subscribe.id = ++reading->subscription;
    subscribe.kind_case = SANLING__V1__SUBSCRIBE__KIND_RECORDS;
    subscribe.records = &records;
    message.body_case = SANLING__V1__CLIENT_MESSAGE__BODY_SUBSCRIBE;
    message.subscribe = &subscribe;
    reading->refused = false;
    reading->credit = reading->credit_step;
    reading->last = reading->reached = 0;
    send_message(client, &message);
}

static void give_credit(struct client *client, uint32_t records)
{
    Sanling__V1__Credit credit = SANLING__V1__CREDIT__INIT;
    Sanling__V1__ClientMessage message = SANLING__V1__CLIENT_MESSAGE__INIT;
    credit.subscription = client->reading.subscription;
    credit.records = records;
    message.body_case = SANLING__V1__CLIENT_MESSAGE__BODY_CREDIT;
    message.credit = &credit;
    client->reading.credit += records;
    send_message(client, &message);
}

static void acknowledge(struct client *client)
{
    struct reading *reading = &client->reading;
    Sanling__V1__Acknowledge acknowledge = SANLING__V1__ACKNOWLEDGE__INIT;
    Sanling__V1__ClientMessage message = SANLING__V1__CLIENT_MESSAGE__INIT;
    acknowledge.subscription = reading->subscription;
    acknowledge.position = reading->reached;
    message.body_case = SANLING__V1__CLIENT_MESSAGE__BODY_ACKNOWLEDGE;
    message.acknowledge = &acknowledge;
    if (reading->reached > reading->told)
        reading->told = reading->reached;
    send_message(client, &message);
}

/* ---- what the hub says ---- */

static void settle(struct publishing *publishing)
{
    const struct model_source *source = publishing->source;
    while (publishing->settled < source->count &&
           (source->events[publishing->settled].position != 0 || source->events[publishing->settled].rejected))
        publishing->settled++;
}

/* Sends again from the first event without an outcome. */
static void rewind_to_settled(struct publishing *publishing)
{
    publishing->next = publishing->settled + 1;
}

static void take_swapped(struct publishing *publishing, const Sanling__V1__Outcome *outcome)
{
    const Sanling__V1__Outcome__Run *run = outcome->runs[0];
    publishing->swapping = false;
    if (run->kind != SANLING__V1__OUTCOME__RUN__KIND__REFUSED)
        world_broken("%s %llu with other bytes is taken as run kind %d", publishing->source->name,
                     (unsigned long long)publishing->swapped, (int)run->kind);
}

static void take_outcome(struct client *client, const Sanling__V1__Outcome *outcome)
{
    struct publishing *publishing = &client->publishing;
    uint64_t sequence = outcome->first_sequence;
    bool refused = false;
    if (publishing->in_flight > 0)
        publishing->in_flight--;
    if (outcome->n_runs == 0)
        return;
    if (publishing->swapping) {
        take_swapped(publishing, outcome);
        client->wake_us = world()->now_us;
        return;
    }
    for (size_t i = 0; i < outcome->n_runs; i++) {
        const Sanling__V1__Outcome__Run *run = outcome->runs[i];
        world_note("%s: %llu and %u in all: outcome %d at %llu %s", outcome->source, (unsigned long long)sequence,
                   run->count, (int)run->kind, (unsigned long long)run->first_position, run->text);
        for (uint32_t k = 0; k < run->count; k++, sequence++) {
            if (run->kind == SANLING__V1__OUTCOME__RUN__KIND__RECORDED ||
                run->kind == SANLING__V1__OUTCOME__RUN__KIND__DUPLICATE)
                model_recorded(publishing->source, sequence, run->first_position + k);
            else if (run->kind == SANLING__V1__OUTCOME__RUN__KIND__REJECTED)
                model_rejected(publishing->source, sequence);
            else
                refused = true;
        }
        if (run->kind == SANLING__V1__OUTCOME__RUN__KIND__REFUSED &&
            run->code == SANLING__V1__CODE__KIND__SEQUENCE_REUSED)
            world_broken("%s %llu was sent again as it was, and is refused as other bytes", outcome->source,
                         (unsigned long long)outcome->first_sequence);
    }
    settle(publishing);
    if (refused || publishing->in_flight == 0)
        rewind_to_settled(publishing);
    client->wake_us = world()->now_us + (refused ? world_between(1000, 500000) : world_between(0, 300));
}

static bool wants(const struct client *client, const struct model_record *record)
{
    const struct reading *reading = &client->reading;
    if (reading->unit[0] ? !model_within(record->unit, reading->unit) || record->unit[0] == '\0' : false)
        return false;
    if (record->unit[0] && !model_within(record->unit, client->identity->root))
        return false;
    return (!reading->hazards || record->payload == HAZARD) && (!reading->inbox || record->inbox) &&
           (reading->drills || !record->drill);
}

static void take_record(struct client *client, uint64_t position, const uint8_t *event, size_t size, bool inbox)
{
    struct reading *reading = &client->reading;
    const char *who = client->identity->name;
    const struct model_record *record = model_shown(position, event, size, inbox);
    if (!record)
        return;
    if (!wants(client, record))
        world_broken("%s is shown position %llu, about '%s', and may or would not see it", who,
                     (unsigned long long)position, record->unit);
    if (position <= reading->last || position <= reading->begins_behind)
        world_broken(
            "%s is shown position %llu behind %llu", who, (unsigned long long)position,
            (unsigned long long)(reading->last > reading->begins_behind ? reading->last : reading->begins_behind));
    if (!reading->seen[position] && position < reading->first_seen)
        world_broken("%s is shown position %llu for the first time, and saw %llu before", who,
                     (unsigned long long)position, (unsigned long long)reading->first_seen);
    reading->seen[position] = 1;
    reading->last = position;
    if (position > reading->first_seen)
        reading->first_seen = position;
    if (--reading->credit < 0)
        world_broken("%s is shown more than it gave credit for", who);
}

static void read_record(struct client *client, const uint8_t *bytes, size_t size)
{
    enum { POSITION = 1, EVENT = 4, ROUTED_TO = 5 };
    struct wire_reader reader = wire_read(bytes, size);
    struct wire_field field;
    struct wire_field event = {0};
    uint64_t position = 0;
    bool inbox = false;
    while (wire_next(&reader, &field)) {
        if (field.number == POSITION)
            position = field.value;
        else if (field.number == EVENT)
            event = field;
        else if (field.number == ROUTED_TO)
            inbox = inbox || field.value == SANLING__V1__OFFICE__KIND__PUBLIC_SECURITY;
    }
    take_record(client, position, event.bytes, event.size, inbox);
}

/* Walked, for the events' bytes count. */
static void take_delivery(struct client *client, const uint8_t *bytes, size_t size)
{
    enum { SUBSCRIPTION = 1, RECORDS = 2, REACHED = 3 };
    struct reading *reading = &client->reading;
    struct wire_reader reader = wire_read(bytes, size);
    struct wire_field field;
    uint32_t records = 0;
    while (wire_next(&reader, &field)) {
        if (field.number == SUBSCRIPTION && field.value != reading->subscription)
            return; /* of an earlier one */
        if (field.number == RECORDS) {
            read_record(client, field.bytes, field.size);
            records++;
        }
        if (field.number == REACHED) {
            if (field.value < reading->reached || field.value < reading->last)
                world_broken("%s is told that %llu is reached, and was at %llu", client->identity->name,
                             (unsigned long long)field.value, (unsigned long long)reading->reached);
            reading->reached = field.value;
        }
    }
    world_note("%s reads %u records up to %llu", client->identity->name, records, (unsigned long long)reading->reached);
    client->wake_us = world()->now_us + world_between(0, world_once_in(6) ? 300000 : 2000);
}

static void take_acknowledged(struct client *client, const Sanling__V1__Acknowledged *acknowledged)
{
    struct reading *reading = &client->reading;
    world_note("%s: %llu is acknowledged", client->identity->name, (unsigned long long)acknowledged->position);
    if (acknowledged->position > reading->told)
        world_broken("%s stands at %llu, and acknowledged %llu", client->identity->name,
                     (unsigned long long)acknowledged->position, (unsigned long long)reading->told);
    if (acknowledged->position > reading->promised)
        reading->promised = acknowledged->position;
}

static void take_welcome(struct client *client, const Sanling__V1__Welcome *welcome)
{
    struct publishing *publishing = &client->publishing;
    if (client->stage != GREETING || welcome->epoch != client->epoch)
        return;
    client->stage = THERE;
    world_note("%s is welcome", client->identity->name);
    if (publishing->source) {
        if (welcome->n_sources == 1 && welcome->sources[0]->next_sequence <= publishing->settled)
            world_broken("%s: the hub wants %llu, and %llu have their outcome", publishing->source->name,
                         (unsigned long long)welcome->sources[0]->next_sequence,
                         (unsigned long long)publishing->settled);
        publishing->in_flight = 0;
        publishing->swapping = false;
        rewind_to_settled(publishing);
        if (publishing->settled > 0 && world_once_in(8)) /* while nothing else is owed an answer */
            publish_swapped(client);
    }
    if (client->reading.reads)
        subscribe(client);
    if (world_once_in(12)) {
        static const uint8_t garbage[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01};
        network_send(client->connection, garbage, (size_t)world_between(0, sizeof garbage));
    }
    client->wake_us = world()->now_us;
}

static void take_error(struct client *client, const Sanling__V1__Error *error)
{
    world_note("%s is told: code %d %s", client->identity->name, (int)error->code, error->text);
    if (error->code == SANLING__V1__CODE__KIND__HELLO_FIRST && client->stage == THERE)
        greet(client);
    if (error->subscription != 0 && error->subscription == client->reading.subscription)
        client->reading.refused = true;
}

void clients_receive(struct client *client, const uint8_t *bytes, size_t size)
{
    enum { DELIVERY = 3 };
    struct wire_reader reader = wire_read(bytes, size);
    struct wire_field field;
    client->heard_us = world()->now_us;
    if (!wire_next(&reader, &field))
        return;
    if (field.number == DELIVERY) {
        if (client->stage == THERE)
            take_delivery(client, field.bytes, field.size);
        return;
    }
    Sanling__V1__HubMessage *message = sanling__v1__hub_message__unpack(NULL, size, bytes);
    if (!message) {
        world_broken("%s is sent bytes that are no message", client->identity->name);
        return;
    }
    if (message->body_case == SANLING__V1__HUB_MESSAGE__BODY_WELCOME)
        take_welcome(client, message->welcome);
    else if (message->body_case == SANLING__V1__HUB_MESSAGE__BODY_OUTCOME && client->publishing.source)
        take_outcome(client, message->outcome);
    else if (message->body_case == SANLING__V1__HUB_MESSAGE__BODY_ACKNOWLEDGED)
        take_acknowledged(client, message->acknowledged);
    else if (message->body_case == SANLING__V1__HUB_MESSAGE__BODY_ERROR)
        take_error(client, message->error);
    sanling__v1__hub_message__free_unpacked(message, NULL);
}

void clients_lose(struct client *client)
{
    client->connection = NULL;
    client->stage = AWAY;
    client->wake_us = world()->now_us + world_between(100, world_once_in(4) ? 2000000 : 50000);
}

/* ---- their turns ---- */

void clients_hub_begins(void)
{
    for (int i = 0; i < the_clients.count; i++) {
        struct client *client = &the_clients.all[i];
        client->stage = AWAY;
        client->connection = NULL;
        client->wake_us = world()->now_us + world_between(0, 30000);
    }
}

int64_t clients_next_us(void)
{
    int64_t next_us = NEVER;
    for (int i = 0; i < the_clients.count; i++)
        if (the_clients.all[i].wake_us < next_us)
            next_us = the_clients.all[i].wake_us;
    return next_us;
}

static void come(struct client *client)
{
    client->connection = network_connect(client, client->identity->key);
    client->heard_us = world()->now_us;
    client->wake_us = world()->now_us + (client->connection ? PATIENCE_US : 100000);
    if (client->connection)
        greet(client);
}

static void read_on(struct client *client)
{
    struct reading *reading = &client->reading;
    if (reading->refused) {
        subscribe(client);
        return;
    }
    if (reading->credit <= reading->credit_step / 2)
        give_credit(client, reading->credit_step);
    if (reading->name && reading->reached > reading->told && (world()->calm || world_once_in(2)))
        acknowledge(client);
    else if (world()->now_us - client->heard_us > PATIENCE_US / 2)
        give_credit(client, 1); /* is anybody there? */
}

static void run(struct client *client)
{
    client->wake_us = world()->now_us + world_between(100000, 1500000);
    if (client->stage == AWAY) {
        come(client);
        return;
    }
    const bool waits = client->stage == GREETING || client->publishing.in_flight > 0;
    if ((waits && world()->now_us - client->heard_us > PATIENCE_US) || (!world()->calm && world_once_in(40))) {
        world_note("%s leaves", client->identity->name);
        network_leave(client->connection);
        clients_lose(client);
        return;
    }
    if (client->stage == THERE && client->publishing.source)
        publish_on(client);
    if (client->stage == THERE && client->reading.reads)
        read_on(client);
}

void clients_run_due(void)
{
    for (int i = 0; i < the_clients.count; i++)
        if (the_clients.all[i].wake_us <= world()->now_us)
            run(&the_clients.all[i]);
}

/* ---- how it ends ---- */

static bool is_done(const struct client *client, uint64_t position)
{
    if (client->publishing.source && client->publishing.settled < client->publishing.source->count)
        return false;
    /* Who begins at the end of the log is told nothing of how far it is. */
    return !client->reading.reads || client->reading.reached >= position || client->reading.told >= position ||
           client->reading.begins_behind >= position;
}

bool clients_done(uint64_t position)
{
    for (int i = 0; i < the_clients.count; i++)
        if (!is_done(&the_clients.all[i], position))
            return false;
    return true;
}

void clients_tell(void)
{
    for (int i = 0; i < the_clients.count; i++) {
        const struct client *client = &the_clients.all[i];
        world_note("%s: stage %d, settled %llu of %u, in flight %u, reached %llu, credit %lld", client->identity->name,
                   (int)client->stage, (unsigned long long)client->publishing.settled,
                   client->publishing.source ? client->publishing.source->count : 0, client->publishing.in_flight,
                   (unsigned long long)client->reading.reached, (long long)client->reading.credit);
    }
}

void clients_check_names(struct hub *hub)
{
    for (int i = 0; i < the_clients.count; i++) {
        const struct reading *reading = &the_clients.all[i].reading;
        if (!reading->reads || !reading->name)
            continue;
        const struct cursor *cursor = cursors_find(&hub->cursors, reading->name);
        const uint64_t stands = cursor ? cursor->acknowledged : 0;
        if (stands < reading->promised || stands > reading->told)
            world_broken("the name %s stands at %llu; it was acknowledged up to %llu, and %llu is promised",
                         reading->name, (unsigned long long)stands, (unsigned long long)reading->told,
                         (unsigned long long)reading->promised);
    }
}

void clients_check_read(void)
{
    for (int i = 0; i < the_clients.count; i++) {
        const struct client *client = &the_clients.all[i];
        const struct model_record *record;
        if (!client->reading.reads)
            continue;
        for (uint64_t position = 1; (record = model_logged(position)) != NULL; position++)
            if (wants(client, record) != (client->reading.seen[position] != 0) && strcmp(record->source, "hub") != 0)
                world_broken("%s %s position %llu", client->identity->name,
                             client->reading.seen[position] ? "saw, and would not see," : "never saw",
                             (unsigned long long)position);
    }
}
