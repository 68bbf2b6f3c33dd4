/* The configuration is one checked struct, or a complaint that names file, line and key. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "folder.h"

struct place {
    char folder[FOLDER_PATH_SIZE];
    char path[512];
};

static int make_place(void **state)
{
    struct place *place = malloc(sizeof *place);
    assert_non_null(place);
    folder_make(place->folder);
    folder_file(place->folder, "hub.yaml", place->path);
    *state = place;
    return 0;
}
static int remove_place(void **state)
{
    struct place *place = *state;
    folder_remove(place->folder);
    free(place);
    return 0;
}

static bool read_text(const struct place *place, const char *text, struct config *config, struct fault *fault)
{
    file_write(place->path, text, strlen(text));
    *fault = (struct fault){0};
    return config_read(place->path, config, fault);
}

static void what_is_not_said_has_a_default(void **state)
{
    const struct place *place = *state;
    struct config config;
    struct fault fault;
    char path[512];
    if (!read_text(place, "data: data\n", &config, &fault))
        fail_msg("%s", fault.text);
    assert_string_equal(config.data, folder_file(place->folder, "data", path)); /* relative to the file */
    assert_string_equal(config.key, folder_file(place->folder, "hub.key", path));
    assert_string_equal(config.access, folder_file(place->folder, "access.yaml", path));
    assert_string_equal(config.listen, "tcp://127.0.0.1:7310");
    assert_string_equal(config.address_file, "");
    assert_false(config.demonstration);
    assert_false(config.plain);
    assert_int_equal(config.gather_us, 0);
    assert_false(config.for_latency);
    assert_true(config.reserve_bytes > 0);
    assert_true(config.snapshot_records > 0);
    assert_false(config.verify_tail);
    assert_int_equal(config.limits.messages_per_second, LIMIT_DEFAULT_MESSAGES_PER_SECOND);
    assert_int_equal(config.limits.sessions, LIMIT_DEFAULT_SESSIONS);
}

static void what_is_said_holds(void **state)
{
    const struct place *place = *state;
    struct config config;
    struct fault fault;
    static const char text[] = "data: /var/lib/sanling\nlisten: tcp://127.0.0.1:*\nkey: keys/hub.key\n"
                               "access: /etc/access.yaml\naddress_file: run/address\ngather_us: 200\nreserve_mib: 7\n"
                               "snapshot_records: 9\nverify_at_start: tail\npacing: latency\ndemonstration: {clock: "
                               "2019-01-01T00:00:00+08:00}\n"
                               "plain: {identity: bench}\nlimits: {messages_per_second: 5, subscriptions: 6}\n"
                               "clock_confirmed: 2026-11-27\n";
    char path[512];
    if (!read_text(place, text, &config, &fault))
        fail_msg("%s", fault.text);
    assert_string_equal(config.data, "/var/lib/sanling");
    assert_string_equal(config.listen, "tcp://127.0.0.1:*");
    assert_string_equal(config.key, folder_file(place->folder, "keys/hub.key", path));
    assert_string_equal(config.access, "/etc/access.yaml");
    assert_int_equal(config.limits.messages_per_second, 5);
    assert_int_equal(config.limits.bytes_per_second, LIMIT_DEFAULT_BYTES_PER_SECOND);
    assert_int_equal(config.limits.subscriptions, 6);
    assert_string_equal(config.address_file, folder_file(place->folder, "run/address", path));
    assert_int_equal(config.gather_us, 200);
    assert_true(config.for_latency);
    assert_int_equal(config.reserve_bytes, 7 << 20);
    assert_int_equal(config.snapshot_records, 9);
    assert_true(config.verify_tail);
    assert_true(config.demonstration);
    assert_int_equal(config.demonstration_clock_us, 1546272000LL * 1000000);
    /* Until the day is over everywhere: 12:00 UTC of the next one. */
    assert_int_equal(config.clock_confirmed_us, 1795867200LL * 1000000);
    assert_true(config.plain);
    assert_string_equal(config.plain_identity, "bench");
}

static void a_wrong_file_is_refused_with_line_and_key(void **state)
{
    static const struct {
        const char *text, *line, *key;
    } rows[] = {
        {"data: d\nsurprise: 1\n", "line 2", "surprise"},
        {"listen: tcp://127.0.0.1:7310\n", "", "data"},
        {"data: d\ngather_us: soon\n", "line 2", "gather_us"},
        {"data: d\npacing: quick\n", "line 2", "pacing"},
        {"data: d\ngather_us: -1\n", "line 2", "gather_us"},
        {"data: d\n\ngather_us: 100001\n", "line 3", "gather_us"},
        {"data: d\ndemonstration: {clock: yesterday}\n", "line 2", "clock"},
        {"data: d\ndemonstration: {}\n", "line 2", "clock"},
        {"data: d\nlisten: tcp://0.0.0.0:7310\nplain: {identity: x}\n", "line 3", "plain"},
        {"data: d\nlisten: tcp://192.168.1.1:7310\nplain: {identity: x}\n", "line 3", "plain"},
        {"data: d\nclock_confirmed: yes\n", "line 2", "clock_confirmed"},
        {"data: d\nplain: yes\n", "line 2", "plain"},
        {"data: d\nlimits: {bytes_per_second: 1000}\n", "line 2", "bytes_per_second"},
        {"data: d\nlimits: {messages: 1}\n", "line 2", "messages"},
        {"data: d\nlimits: 5\n", "line 2", "limits"},
        {"data: d\n\"libyaml: (null)\": 1\n", "", "libyaml"}, /* as libyaml says that memory was lacking */
        {"", "", ""},
        {"data\n", "", ""},
        {"data: [\n", "", ""},
    };
    const struct place *place = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct config config;
        struct fault fault;
        if (read_text(place, rows[i].text, &config, &fault))
            fail_msg("row %zu was taken", i);
        if (fault.code != FAULT_USAGE || !strstr(fault.text, rows[i].line) || !strstr(fault.text, rows[i].key) ||
            !strstr(fault.text, place->path))
            fail_msg("row %zu: '%s' does not name '%s' and '%s'", i, fault.text, rows[i].line, rows[i].key);
    }
}

static void a_path_too_long_is_refused(void **state)
{
    struct config config;
    struct fault fault = {0};
    char text[2 * CONFIG_PATH_SIZE];
    memset(text, 'd', sizeof text);
    memcpy(text, "data: ", 6);
    text[6 + CONFIG_PATH_SIZE - 20] = '\n'; /* fits by itself, not behind the folder */
    text[7 + CONFIG_PATH_SIZE - 20] = '\0';
    assert_false(read_text(*state, text, &config, &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
    text[sizeof text - 1] = '\0';
    text[6 + CONFIG_PATH_SIZE - 20] = 'd';
    text[7 + CONFIG_PATH_SIZE - 20] = 'd';
    assert_false(config_for_data(text + 6, &config, &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
}

static void a_file_that_is_not_there_is_named(void **state)
{
    const struct place *place = *state;
    struct config config;
    struct fault fault = {0};
    assert_false(config_read(place->path, &config, &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
    assert_non_null(strstr(fault.text, place->path));
}

static void a_data_folder_alone_is_enough(void **state)
{
    struct config config;
    struct fault fault;
    (void)state;
    assert_true(config_for_data("/var/lib/sanling", &config, &fault));
    assert_string_equal(config.data, "/var/lib/sanling");
    assert_string_equal(config.key, "/var/lib/sanling/hub.key");
    assert_string_equal(config.access, "/var/lib/sanling/access.yaml");
    assert_string_equal(config.listen, "tcp://127.0.0.1:7310");
    assert_false(config.plain);
    assert_false(config.demonstration);
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(what_is_not_said_has_a_default),
        IN_A_FOLDER(what_is_said_holds),
        IN_A_FOLDER(a_wrong_file_is_refused_with_line_and_key),
        IN_A_FOLDER(a_path_too_long_is_refused),
        IN_A_FOLDER(a_file_that_is_not_there_is_named),
        IN_A_FOLDER(a_data_folder_alone_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
