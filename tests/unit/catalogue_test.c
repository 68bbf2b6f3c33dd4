/* The catalogue and the contract say the same: each type has one number and one name on both sides. */
#include "domain/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "event.pb-c.h"

/* "hazard_found" of "HazardFound". */
static void snake_case(const char *name, char *snake, size_t size)
{
    size_t at = 0;
    for (; *name && at + 2 < size; name++) {
        bool upper = *name >= 'A' && *name <= 'Z';
        if (upper && at > 0)
            snake[at++] = '_';
        snake[at++] = upper ? (char)(*name - 'A' + 'a') : *name;
    }
    snake[at] = '\0';
}

static bool is_payload(const ProtobufCFieldDescriptor *field)
{
    return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

static void every_payload_of_the_contract_has_its_row(void **unused)
{
    const ProtobufCMessageDescriptor *event = &sanling__v1__event__descriptor;
    int payloads = 0;
    (void)unused;
    for (unsigned i = 0; i < event->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &event->fields[i];
        char snake[64];
        if (!is_payload(field))
            continue;
        const struct event_type *type = catalogue_type(field->id);
        if (!type)
            fail_msg("%s = %u has no row in the catalogue", field->name, field->id);
        snake_case(type->name, snake, sizeof snake);
        assert_string_equal(snake, field->name);
        assert_string_equal(type->name, ((const ProtobufCMessageDescriptor *)field->descriptor)->short_name);
        assert_int_equal(catalogue_kind(type->name), field->id);
        payloads++;
    }
    assert_true(payloads > 80);
}

static void every_row_is_a_payload_of_the_contract(void **unused)
{
    (void)unused;
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++) {
        const struct event_type *type = catalogue_type(kind);
        if (!type)
            continue;
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(&sanling__v1__event__descriptor, kind);
        if (!field || !is_payload(field))
            fail_msg("%s = %u is no payload of the contract", type->name, kind);
    }
    assert_null(catalogue_type(0));
    assert_null(catalogue_type(EVENT_KIND_LIMIT));
    assert_null(catalogue_type(UINT32_MAX));
    assert_int_equal(catalogue_kind(""), 0);
    assert_int_equal(catalogue_kind("hazard_found"), 0);
}

static void every_type_has_a_chinese_label_and_somebody_to_publish_it(void **unused)
{
    (void)unused;
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++) {
        const struct event_type *type = catalogue_type(kind);
        if (!type)
            continue;
        if (!type->label || (unsigned char)type->label[0] < 0xE0)
            fail_msg("%s has no Chinese label", type->name);
        assert_true(type->publishers != 0);
        assert_true(type->publishers < OFFICE_BIT(OFFICE_LIMIT));
        assert_false(type->publishers & OFFICE_BIT(OFFICE_NONE));
    }
}

static void required_fields_are_fields_of_the_payload(void **unused)
{
    (void)unused;
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++) {
        const struct event_type *type = catalogue_type(kind);
        if (!type)
            continue;
        const ProtobufCMessageDescriptor *payload =
            protobuf_c_message_descriptor_get_field(&sanling__v1__event__descriptor, kind)->descriptor;
        char names[256];
        char *rest = names;
        snprintf(names, sizeof names, "%s", type->required);
        for (char *name = strsep(&rest, " "); name && *name; name = strsep(&rest, " "))
            if (!protobuf_c_message_descriptor_get_field_by_name(payload, name))
                fail_msg("%s requires '%s', which it does not have", type->name, name);
    }
}

/* Nobody outside the hub says what time it is or that a deadline passed. */
static void time_is_the_hubs_own(void **unused)
{
    static const unsigned kinds[] = {EVENT_HUB_CREATED,   EVENT_CLOCK_SET,       EVENT_DAY_CLOSED,
                                     EVENT_PERIOD_CLOSED, EVENT_DEADLINE_PASSED, EVENT_DISCREPANCY_RAISED};
    (void)unused;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        assert_int_equal(catalogue_type(kinds[i])->publishers, OFFICE_BIT(OFFICE_HUB));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_payload_of_the_contract_has_its_row),
        cmocka_unit_test(every_row_is_a_payload_of_the_contract),
        cmocka_unit_test(every_type_has_a_chinese_label_and_somebody_to_publish_it),
        cmocka_unit_test(required_fields_are_fields_of_the_payload),
        cmocka_unit_test(time_is_the_hubs_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
