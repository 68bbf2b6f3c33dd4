#include "fault.h"

#include "utf8.h"
#include "yaml_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void a_text_that_is_too_long_ends_behind_a_whole_character(void **state)
{
    (void)state;
    for (int before = 0; before < 4; before++) { /* the end meets each byte of a character */
        struct fault fault;
        char text[sizeof fault.text + 16];
        memset(text, 'a', (size_t)before);
        for (size_t at = (size_t)before; at < sizeof text - 1; at += 3)
            memcpy(text + at, "零", at + 3 < sizeof text ? 3 : sizeof text - 1 - at);
        text[sizeof text - 1] = '\0';
        assert_false(fault_set(&fault, FAULT_USAGE, "%s", text));
        const size_t size = strlen(fault.text);
        assert_int_equal((size - (size_t)before) % 3, 0);
        assert_in_range(size, sizeof fault.text - 3, sizeof fault.text - 1);
    }
}

static void what_is_whole_is_left_alone(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "a", "零", "a零", "𠮷", "é"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[16];
        strcpy(text, texts[i]);
        utf8_cut_broken(text);
        assert_string_equal(text, texts[i]);
        if (text[0] == '\0' || (unsigned char)text[strlen(text) - 1] < 0x80)
            continue;
        text[strlen(text) - 1] = '\0';
        utf8_cut_broken(text);
        assert_string_equal(text, texts[i][0] == 'a' ? "a" : "");
    }
}

/* A configuration with a mapping in a list in a mapping. */
struct item {
    char *name;
    int count;
};
struct section {
    struct item *items;
    unsigned items_count;
};
struct file {
    struct section *section;
    int port;
};

static const cyaml_schema_field_t item_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct item, name, 1, 8),
    CYAML_FIELD_INT("count", CYAML_FLAG_OPTIONAL, struct item, count), CYAML_FIELD_END};
static const cyaml_schema_value_t item_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct item, item_fields)};
static const cyaml_schema_field_t section_fields[] = {
    CYAML_FIELD_SEQUENCE("items", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct section, items, &item_value, 0, 2),
    CYAML_FIELD_END};
static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_MAPPING_PTR("section", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file, section, section_fields),
    CYAML_FIELD_INT("port", CYAML_FLAG_DEFAULT, struct file, port), CYAML_FIELD_END};
static const cyaml_schema_value_t file_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file, file_fields)};

static void a_wrong_file_is_answered_with_line_key_and_what_was_meant(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *said;
    } cases[] = {
        {"prot: 1\n", "F: line 1: prot: unknown key; did you mean port?"},
        {"port: 1\nsectoin: {}\n", "F: line 2: sectoin: unknown key; did you mean section?"},
        {"section:\n  items:\n    - {nam: x}\nport: 1\n",
         "F: line 3: section.items.nam: unknown key; did you mean section.items.name?"},
        {"section: {items: [{name: x, colour: 1}]}\n", "F: line 1: section.items.colour: unknown key"},
        {"x: 1\n", "F: line 1: x: unknown key"},
        {"section: {}\n", "F: line 1: port: missing"},
        {"port: 1\nport: 2\n", "F: line 1: port: stands there twice"},
        {"port: many\n", "F: line 1: port: not a whole number"},
        {"port: [1]\n", "F: line 1: port: one value is wanted here"},
        {"section: {items: [{name: too-long-a-name}]}\nport: 1\n", "F: line 1: name: too long"},
        {"section: {items: [{}, {}, {}]}\nport: 1\n", "F: line 1: items: too many entries"},
        {"", "F: line 1: holds nothing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fault fault = {0};
        assert_null(yaml_file_parse("F", cases[i].text, strlen(cases[i].text), &file_value, &fault));
        assert_int_equal(fault.code, FAULT_USAGE);
        assert_string_equal(fault.text, cases[i].said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_that_is_too_long_ends_behind_a_whole_character),
        cmocka_unit_test(what_is_whole_is_left_alone),
        cmocka_unit_test(a_wrong_file_is_answered_with_line_key_and_what_was_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
