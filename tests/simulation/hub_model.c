#include "hub_model.h"
#include "log/log_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/event.h"
#include "hub.h"
#include "hub_disk.h"
#include "hub_world.h"
#include "ledger.h"
#include "record.pb-c.h"
#include "wire.h"

const struct model_unit model_units[MODEL_UNITS] = {
    {"140322000000", "县", -1, SANLING__V1__UNIT_KIND__KIND__COUNTY},
    {"140322101000", "一镇", 0, SANLING__V1__UNIT_KIND__KIND__TOWN},
    {"140322102000", "二镇", 0, SANLING__V1__UNIT_KIND__KIND__TOWN},
    {"140322101200", "一镇一村", 1, SANLING__V1__UNIT_KIND__KIND__VILLAGE},
    {"140322101201", "一镇二村", 1, SANLING__V1__UNIT_KIND__KIND__VILLAGE},
    {"140322102200", "二镇一村", 2, SANLING__V1__UNIT_KIND__KIND__VILLAGE},
    {"140322102201", "二镇二村", 2, SANLING__V1__UNIT_KIND__KIND__VILLAGE},
    {"140322102202", "二镇三村", 2, SANLING__V1__UNIT_KIND__KIND__VILLAGE},
};

struct models {
    struct model now;
    struct model kept;
    struct model_record log[MODEL_POSITIONS + 1];
    uint64_t log_end;
};

static struct models the_models; /* as the world is one */

struct model *model(void)
{
    return &the_models.now;
}

void model_begin(bool kept)
{
    if (kept)
        the_models.now = the_models.kept;
    else
        memset(&the_models.now, 0, sizeof the_models.now);
    the_models.log_end = 0;
}

void model_keep(void)
{
    the_models.kept = the_models.now;
}

static int unit_of(const char *code)
{
    for (int i = 0; i < MODEL_UNITS; i++)
        if (strcmp(model_units[i].code, code) == 0)
            return i;
    return -1;
}

bool model_within(const char *unit, const char *root)
{
    if (root[0] == '\0')
        return true;
    for (int at = unit_of(unit); at >= 0; at = model_units[at].parent)
        if (strcmp(model_units[at].code, root) == 0)
            return true;
    return false;
}

struct model_source *model_source(const char *name)
{
    for (int i = 0; i < MODEL_SOURCES; i++) {
        struct model_source *source = &model()->sources[i];
        if (source->name[0] == '\0')
            snprintf(source->name, sizeof source->name, "%s", name);
        if (strcmp(source->name, name) == 0)
            return source;
    }
    abort();
}

/* ---- what was said ---- */

void model_recorded(struct model_source *source, uint64_t sequence, uint64_t position)
{
    struct model_event *event = &source->events[sequence - 1];
    if (sequence > source->count) {
        world_broken("%s %llu is acknowledged, and was never sent", source->name, (unsigned long long)sequence);
        return;
    }
    if (!event->good)
        world_broken("%s %llu is recorded, and may not be", source->name, (unsigned long long)sequence);
    if (event->rejected)
        world_broken("%s %llu is recorded, and was rejected", source->name, (unsigned long long)sequence);
    if (event->position != 0 && event->position != position)
        world_broken("%s %llu is at position %llu, and was at %llu", source->name, (unsigned long long)sequence,
                     (unsigned long long)position, (unsigned long long)event->position);
    if (event->position == 0)
        model()->acknowledged++;
    event->position = position;
    (void)model_shown(position, event->bytes, event->size, false);
}

void model_rejected(struct model_source *source, uint64_t sequence)
{
    struct model_event *event = &source->events[sequence - 1];
    if (sequence > source->count) {
        world_broken("%s %llu is rejected, and was never sent", source->name, (unsigned long long)sequence);
        return;
    }
    if (event->good)
        world_broken("%s %llu is rejected, and is good", source->name, (unsigned long long)sequence);
    event->rejected = true;
}

/* Read from the bytes, without the hub's decoder. */
static bool read_event(const uint8_t *bytes, size_t size, struct model_record *record)
{
    enum { SOURCE = 1, SEQUENCE = 2, UNIT = 5, MODE = 7, FIRST_PAYLOAD = 10 };
    struct wire_reader reader = wire_read(bytes, size);
    struct wire_field field;
    *record = (struct model_record){.event = bytes, .size = size};
    while (wire_next(&reader, &field)) {
        if (field.number == SOURCE && field.size < sizeof record->source)
            memcpy(record->source, field.bytes, field.size);
        else if (field.number == SEQUENCE)
            record->sequence = field.value;
        else if (field.number == UNIT && field.size < sizeof record->unit)
            memcpy(record->unit, field.bytes, field.size);
        else if (field.number == MODE)
            record->drill = field.value != 0;
        else if (field.number >= FIRST_PAYLOAD)
            record->payload = field.number;
    }
    return reader.flaw == WIRE_OK && record->source[0] && record->sequence > 0;
}

const struct model_record *model_shown(uint64_t position, const uint8_t *event, size_t size, bool inbox)
{
    if (position == 0 || position > MODEL_POSITIONS) {
        world_broken("a record at position %llu", (unsigned long long)position);
        return NULL;
    }
    struct model_record *seen = &model()->seen[position];
    if (!seen->event) {
        uint8_t *bytes = disk_take(size);
        memcpy(bytes, event, size);
        if (!read_event(bytes, size, seen))
            world_broken("position %llu holds no event", (unsigned long long)position);
    }
    seen->inbox = seen->inbox || inbox;
    if (seen->size == size && memcmp(seen->event, event, size) == 0)
        return seen;
    world_broken("position %llu holds %s %llu, and held another event", (unsigned long long)position, seen->source,
                 (unsigned long long)seen->sequence);
    return NULL;
}

/* ---- the log ---- */

/* Which number of each source was used, and for what. */
struct used {
    uint64_t places[MODEL_SOURCES][MODEL_EVENTS + 1];
    uint64_t last[MODEL_SOURCES];
    uint64_t last_of_hub;
    int64_t recorded_at_us; /* of the last record */
};

static void use(struct used *used, const char *name, uint64_t sequence, uint64_t place, bool rejected,
                const uint8_t *bytes, size_t size)
{
    if (strcmp(name, "hub") == 0) {
        if (sequence != ++used->last_of_hub)
            world_broken("the log holds the hub's own %llu behind %llu", (unsigned long long)sequence,
                         (unsigned long long)used->last_of_hub - 1);
        return;
    }
    const struct model_source *source = model_source(name);
    const size_t number = (size_t)(source - model()->sources);
    if (sequence > source->count || size != source->events[sequence - 1].size ||
        memcmp(bytes, source->events[sequence - 1].bytes, size) != 0) {
        world_broken("the log holds %s %llu, which was never sent so", name, (unsigned long long)sequence);
        return;
    }
    const struct model_event *event = &source->events[sequence - 1];
    if (used->places[number][sequence] != 0)
        world_broken("the log holds %s %llu twice", name, (unsigned long long)sequence);
    if (sequence != used->last[number] + 1 && !rejected && used->last[number] >= sequence)
        world_broken("the log holds %s %llu behind a later one", name, (unsigned long long)sequence);
    used->places[number][sequence] = place;
    used->last[number] = sequence;
    if (event->good == rejected)
        world_broken("the log holds %s %llu as %s", name, (unsigned long long)sequence,
                     rejected ? "rejected" : "recorded");
}

struct rejection_walk {
    struct used *used;
    uint64_t number;
};

static bool take_rejection(const struct log_rejection *stored, void *context)
{
    struct rejection_walk *walk = context;
    Sanling__V1__Rejection *rejection = sanling__v1__rejection__unpack(NULL, stored->size, stored->bytes);
    if (!rejection) {
        world_broken("rejection %llu is none", (unsigned long long)stored->number);
        return false;
    }
    if (stored->number != ++walk->number)
        world_broken("rejection %llu is missing", (unsigned long long)walk->number);
    use(walk->used, rejection->source, rejection->sequence, stored->number, true, rejection->event.data,
        rejection->event.len);
    sanling__v1__rejection__free_unpacked(rejection, NULL);
    return true;
}

static void take_block(const struct block_view *block, struct used *used)
{
    for (uint32_t i = 0; i < block->header->count; i++) {
        const struct block_entry *entry = &block->entries[i];
        const uint64_t position = block->header->first_position + i;
        struct model_record *record = &the_models.log[position];
        uint8_t *bytes = disk_take(entry->size);
        memcpy(bytes, block->bytes + entry->offset, entry->size);
        if (!read_event(bytes, entry->size, record)) {
            world_broken("position %llu holds no event", (unsigned long long)position);
            return;
        }
        if (entry->recorded_at_us < used->recorded_at_us)
            world_broken("time runs backwards at position %llu", (unsigned long long)position);
        used->recorded_at_us = entry->recorded_at_us;
        record->inbox = (entry->routed_to & OFFICE_BIT(OFFICE_PUBLIC_SECURITY)) != 0;
        use(used, record->source, record->sequence, position, false, bytes, entry->size);
    }
}

static bool read_log(struct hub *hub, struct used *used)
{
    struct fault fault;
    const struct log_head head = event_log_head(hub->log);
    CLEANUP(log_view_close) struct log_view *view = log_view_open(hub->log);
    the_models.log_end = 0;
    while (the_models.log_end < head.position && !world()->failed) {
        struct block_view block;
        const uint64_t next = the_models.log_end + 1;
        if (!log_view_block(view, next, &block, &fault)) {
            world_broken("position %llu cannot be read: %s", (unsigned long long)next, fault.text);
            return false;
        }
        if (block.header->first_position != next || next + block.header->count > MODEL_POSITIONS) {
            world_broken("behind position %llu is a gap", (unsigned long long)next - 1);
            return false;
        }
        take_block(&block, used);
        the_models.log_end = next + block.header->count - 1;
    }
    struct rejection_walk walk = {.used = used};
    if (!log_view_rejections(view, 1, take_rejection, &walk, &fault))
        world_broken("the rejections cannot be read: %s", fault.text);
    return !world()->failed;
}

static void check_source(const struct model_source *source, const uint64_t *places)
{
    bool over = false;
    for (uint32_t i = 0; i < source->count; i++) {
        const struct model_event *event = &source->events[i];
        const uint64_t place = places[i + 1];
        if (over && place != 0)
            world_broken("the log holds %s %u, and not the one before it", source->name, i + 1);
        over = place == 0;
        if (event->position != 0 && event->position != place)
            world_broken("%s %u was acknowledged at position %llu, and the log has it at %llu", source->name, i + 1,
                         (unsigned long long)event->position, (unsigned long long)place);
        if (event->rejected && place == 0)
            world_broken("%s %u was acknowledged as rejected, and the log does not know it", source->name, i + 1);
    }
}

void model_check_log(struct hub *hub)
{
    struct used used = {0};
    if (!read_log(hub, &used))
        return;
    for (int i = 0; i < MODEL_SOURCES && model()->sources[i].name[0]; i++)
        check_source(&model()->sources[i], used.places[i]);
    for (uint64_t position = 1; position <= MODEL_POSITIONS && !world()->failed; position++) {
        const struct model_record *seen = &model()->seen[position];
        const struct model_record *logged = &the_models.log[position];
        if (!seen->event)
            continue;
        if (position > the_models.log_end)
            world_broken("position %llu was shown, and the log ends at %llu", (unsigned long long)position,
                         (unsigned long long)the_models.log_end);
        else if (logged->size != seen->size || memcmp(logged->event, seen->event, seen->size) != 0)
            world_broken("position %llu was shown with another event", (unsigned long long)position);
    }
}

const struct model_record *model_logged(uint64_t position)
{
    return position >= 1 && position <= the_models.log_end ? &the_models.log[position] : NULL;
}

void model_check_state(struct hub *hub)
{
    struct fault fault;
    struct ledger fold = {0};
    uint8_t running[32];
    uint8_t folded[32];
    const struct log_head head = event_log_head(hub->log);
    CLEANUP(log_view_close) struct log_view *view = log_view_open(hub->log);
    if (hub->ledger.state.heads.position != head.position)
        return; /* more was decided than is durable yet */
    ledger_open(&fold);
    if (!ledger_read_log(&fold, view, &head, NULL, &fault)) {
        world_broken("the log cannot be folded: %s", fault.text);
    } else {
        ledger_digest(&hub->ledger, running);
        ledger_digest(&fold, folded);
        if (memcmp(running, folded, sizeof running) != 0)
            world_broken("the state at position %llu is not the fold of the log", (unsigned long long)head.position);
    }
    ledger_close(&fold);
}
