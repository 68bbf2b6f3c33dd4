/* Deliveries that are written by hand say, in any protobuf library, what the block says. */
#include "delivery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "domain/event.h"
#include "draw.h"
#include "session.pb-c.h"

enum { ROUNDS = 300, RECORDS = 60, EVENT_SIZE = 400 };

static const int64_t times_us[] = {INT64_C(1600000000000000), INT64_C(1600000000000001), -1, 0,
                                   INT64_C(-1000000),         INT64_C(4102444799999999)};

/* An event with nothing but a note, so that its bytes can be known again. */
static size_t draw_event(struct draw *draw, uint8_t bytes[static EVENT_SIZE + 4])
{
    enum { NOTE = 9 << 3 | 2 };
    size_t size = draw_once_in(draw, 4) ? 1 : draw_below(draw, EVENT_SIZE);
    size_t at = 0;
    if (size == 0)
        return 0;
    bytes[at++] = NOTE;
    if (size >= 0x80)
        bytes[at++] = (uint8_t)(size | 0x80);
    bytes[at++] = (uint8_t)(size >= 0x80 ? size >> 7 : size);
    for (size_t i = 0; i < size; i++)
        bytes[at++] = (uint8_t)('a' + draw_below(draw, 26));
    return at;
}

static void draw_block(struct draw *draw, struct block_builder *builder, uint32_t count)
{
    struct block_entry entry = {.recorded_at_us = times_us[0], .office = 1};
    for (uint32_t i = 0; i < count; i++) {
        char identity[BLOCK_IDENTITY_SIZE];
        char root[BLOCK_ROOT_SIZE];
        uint8_t event[EVENT_SIZE + 4];
        if (draw_once_in(draw, 3))
            entry.recorded_at_us = times_us[draw_below(draw, sizeof times_us / sizeof *times_us)];
        if (draw_once_in(draw, 4)) {
            int length = draw_once_in(draw, 5) ? BLOCK_IDENTITY_SIZE - 1 : 3;
            snprintf(identity, sizeof identity, "%0*u", length, draw_below(draw, 5));
            snprintf(root, sizeof root, "%.*s", (int)draw_below(draw, BLOCK_ROOT_SIZE), "1403211000000000000000");
            entry.publisher = (uint8_t)block_builder_publisher(builder, identity, root);
            entry.office = (uint8_t)(1 + draw_below(draw, OFFICE_LIMIT - 1));
        } else if (builder->publisher_count == 0) {
            entry.publisher = (uint8_t)block_builder_publisher(builder, "safety-yu", "");
        }
        entry.routed_to = draw_once_in(draw, 3) ? draw_below(draw, 1 << OFFICE_LIMIT) & ~1u : 0;
        size_t size = draw_event(draw, event);
        block_builder_add(builder, &entry, event, size);
    }
}

static void view_of(const struct block_builder *builder, struct block_header *header, struct block_view *view)
{
    static const uint8_t previous[32] = {0};
    struct block_part parts[BLOCK_PARTS];
    block_parts(builder, 0, previous, header, parts);
    *view = (struct block_view){
        .header = header, .publishers = builder->publishers, .entries = builder->entries, .bytes = builder->bytes};
}

static void assert_record(const Sanling__V1__Record *record, const struct block_view *block, uint32_t index)
{
    const struct block_entry *entry = &block->entries[index];
    const struct block_publisher *publisher = &block->publishers[entry->publisher];
    assert_int_equal(record->position, block->header->first_position + index);
    assert_int_equal(record->recorded_at->seconds * 1000000 + record->recorded_at->nanos / 1000, entry->recorded_at_us);
    assert_in_range(record->recorded_at->nanos, 0, 999999999);
    assert_string_equal(record->publisher->identity, publisher->identity);
    assert_string_equal(record->publisher->unit, publisher->root);
    assert_int_equal(record->publisher->office, entry->office);
    office_set routed_to = 0;
    for (size_t i = 0; i < record->n_routed_to; i++)
        routed_to |= OFFICE_BIT(record->routed_to[i]);
    assert_int_equal(routed_to, entry->routed_to);
    assert_int_equal(record->n_routed_to, __builtin_popcount(routed_to));
    assert_int_equal(sanling__v1__event__get_packed_size(record->event), entry->size);
    uint8_t *event = malloc(entry->size + 1u);
    sanling__v1__event__pack(record->event, event);
    assert_memory_equal(event, block->bytes + entry->offset, entry->size);
    free(event);
}

/* What was written, as a client reads it; the caller frees it. */
static Sanling__V1__HubMessage *read_back(const struct wire_writer *message)
{
    struct wire_finding finding;
    assert_int_equal(wire_check(&sanling__v1__hub_message__descriptor, message->bytes, message->size,
                                &wire_message_limits, &finding),
                     WIRE_OK);
    Sanling__V1__HubMessage *read = sanling__v1__hub_message__unpack(NULL, message->size, message->bytes);
    assert_non_null(read);
    assert_int_equal(read->body_case, SANLING__V1__HUB_MESSAGE__BODY_DELIVERY);
    return read;
}

static void a_delivery_says_what_the_block_says(void **state)
{
    (void)state;
    struct draw draw = {.seed = 20};
    struct wire_writer message = {0};
    for (int round = 0; round < ROUNDS; round++) {
        struct block_builder builder;
        struct block_header header;
        struct block_view block;
        struct delivery_origin origin = {0};
        bool ended = draw_below(&draw, 2) == 0;
        uint32_t count = 1 + draw_below(&draw, RECORDS);
        uint32_t written = 0;
        block_builder_init(&builder);
        block_builder_reset(&builder, draw_below(&draw, 2) ? 1 + draw_below(&draw, 300) : UINT64_MAX - RECORDS);
        draw_block(&draw, &builder, count);
        view_of(&builder, &header, &block);
        uint32_t *chosen = calloc(count, sizeof *chosen);
        delivery_begin(&message, 9, draw_below(&draw, 3000));
        for (uint32_t i = 0; i < count; i++)
            if (draw_below(&draw, 3) != 0) {
                delivery_add(&message, &origin, &block, i);
                chosen[written++] = i;
            }
        delivery_end(&message, 77, ended);
        Sanling__V1__HubMessage *read = read_back(&message);
        assert_int_equal(read->delivery->subscription, 9);
        assert_int_equal(read->delivery->reached, 77);
        assert_int_equal(read->delivery->ended, ended);
        assert_int_equal(read->delivery->n_records, written);
        for (uint32_t i = 0; i < written; i++)
            assert_record(read->delivery->records[i], &block, chosen[i]);
        sanling__v1__hub_message__free_unpacked(read, NULL);
        free(chosen);
        block_builder_clear(&builder);
    }
    wire_writer_release(&message);
}

/* The size of the whole is written before it is known: at each width that it can have. */
static void a_delivery_is_whole_at_every_size(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 40, 100, 127, 128, 16000, 16384, 70000, 2 * 1024 * 1024, 3 * 1024 * 1024};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct wire_writer message = {0};
        struct block_builder builder;
        struct block_header header;
        struct block_view block;
        struct delivery_origin origin = {0};
        uint8_t *event = calloc(1, sizes[i] + 1u);
        block_builder_init(&builder);
        block_builder_reset(&builder, 1);
        (void)block_builder_publisher(&builder, "safety-yu", "");
        block_builder_add(&builder, &(struct block_entry){.recorded_at_us = 1, .office = 1}, event, sizes[i]);
        view_of(&builder, &header, &block);
        delivery_begin(&message, 1, 0);
        delivery_add(&message, &origin, &block, 0);
        delivery_end(&message, 1, false);
        struct wire_reader outer = wire_read(message.bytes, message.size);
        struct wire_field field;
        assert_true(wire_next(&outer, &field));
        assert_ptr_equal(field.bytes + field.size, message.bytes + message.size);
        struct wire_reader delivery = wire_read(field.bytes, field.size);
        assert_true(wire_next(&delivery, &field) && field.number == 1 && field.value == 1);
        assert_true(wire_next(&delivery, &field) && field.number == 2);
        assert_true(field.size > sizes[i]);
        assert_true(wire_next(&delivery, &field) && field.number == 3 && field.value == 1);
        assert_false(wire_next(&delivery, &field));
        assert_int_equal(delivery.flaw, WIRE_OK);
        free(event);
        block_builder_clear(&builder);
        wire_writer_release(&message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_delivery_says_what_the_block_says),
        cmocka_unit_test(a_delivery_is_whole_at_every_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
