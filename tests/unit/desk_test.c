/* The mediation desk: numbers are given once, configuration is checked, sealed notes open for their key alone. */
#include "../testing/folder.h"
#include "desk_config.h"
#include "desk_documents.h"
#include "desk_numbers.h"
#include "seal_key.h"
#include "sealed_note.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- numbers ---- */

static void numbers_are_given_once_also_after_a_restart(void **state)
{
    char folder[FOLDER_PATH_SIZE];
    struct fault fault;
    uint32_t expected = 500001;
    (void)state;
    folder_make(folder);
    for (int run = 0; run < 3; run++) {
        CLEANUP(desk_numbers_close) struct desk_numbers *numbers = desk_numbers_open(folder, &fault);
        assert_non_null(numbers);
        for (int i = 0; i < 2; i++) {
            uint32_t first = 0, count = 0;
            assert_true(
                desk_numbers_take(numbers, i == 0 ? "phone-1" : "phone-2", 500001, 599999, &first, &count, &fault));
            assert_int_equal(first, expected);
            assert_int_equal(count, DESK_NUMBERS_BLOCK);
            expected += count;
        }
    }
    folder_remove(folder);
}

static void the_last_block_is_what_is_left_and_then_there_is_none(void **state)
{
    char folder[FOLDER_PATH_SIZE];
    struct fault fault;
    uint32_t first = 0, count = 0;
    (void)state;
    folder_make(folder);
    CLEANUP(desk_numbers_close) struct desk_numbers *numbers = desk_numbers_open(folder, &fault);
    assert_true(desk_numbers_take(numbers, "a", 1, 25, &first, &count, &fault));
    assert_true(desk_numbers_take(numbers, "a", 1, 25, &first, &count, &fault));
    assert_int_equal(first, 21);
    assert_int_equal(count, 5);
    assert_false(desk_numbers_take(numbers, "a", 1, 25, &first, &count, &fault));
    assert_int_equal(fault.code, FAULT_FULL);
    assert_true(desk_numbers_take(numbers, "a", 1, 30, &first, &count, &fault)); /* widened */
    assert_int_equal(first, 26);
    folder_remove(folder);
}

static void a_number_is_of_the_token_that_got_it(void **state)
{
    char folder[FOLDER_PATH_SIZE];
    struct fault fault;
    uint32_t first = 0, count = 0;
    (void)state;
    folder_make(folder);
    CLEANUP(desk_numbers_close) struct desk_numbers *numbers = desk_numbers_open(folder, &fault);
    assert_true(desk_numbers_take(numbers, "phone-1", 100, 999, &first, &count, &fault));
    assert_true(desk_numbers_take(numbers, "phone-2", 100, 999, &first, &count, &fault));
    static const struct {
        const char *token;
        uint32_t number;
        bool has;
    } cases[] = {{"phone-1", 99, false}, {"phone-1", 100, true}, {"phone-1", 119, true},  {"phone-1", 120, false},
                 {"phone-2", 120, true}, {"phone-2", 139, true}, {"phone-2", 140, false}, {"phone", 100, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool has = !cases[i].has;
        assert_true(desk_numbers_has(numbers, cases[i].token, cases[i].number, &has, &fault));
        if (has != cases[i].has)
            fail_msg("%s %u: %d", cases[i].token, cases[i].number, has);
    }
    folder_remove(folder);
}

static void a_code_of_another_form_is_not_the_desks(void **state)
{
    (void)state;
    assert_int_equal(desk_code_number("140322-2020-D-500001-F", "140322"), 500001);
    assert_int_equal(desk_code_number("140322-2020-D-000001-1", "140322"), 1);
    static const char *const others[] = {"",
                                         "JF-2020-0001",
                                         "140321-2020-D-500001-F",
                                         "140322-2020-X-500001-F",
                                         "140322-2020-D-50000A-F",
                                         "140322-2020-D-500001-",
                                         "140322-2020-D-500001-FF"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(desk_code_number(others[i], "140322"), 0);
}

/* ---- configuration ---- */

static void a_wrong_desk_is_refused_with_its_key(void **state)
{
    int yes = 1, no = 0;
    struct fault fault;
    struct desk_config config;
    struct desk_codes_entry right = {"140322", 1, 100};
    struct desk_codes_entry codes[] = {
        {"14032", 1, 100}, {"14032x", 1, 100}, {"140322", 0, 100}, {"140322", 1, 1000000}, {"140322", 9, 8}};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        assert_false(desk_config_take(&(struct desk_entry){.codes = &codes[i], .page = "/"}, "", &config, &fault));
        assert_int_equal(fault.code, FAULT_USAGE);
        assert_non_null(strstr(fault.text, "desk.codes"));
        desk_config_clear(&config);
    }
    assert_false(
        desk_config_take(&(struct desk_entry){.codes = &right, .parties = &yes, .page = "/"}, "", &config, &fault));
    assert_non_null(strstr(fault.text, "--new-seal-key"));
    assert_false(
        desk_config_take(&(struct desk_entry){.codes = &right, .parties = &no, .seal_to = "/dev/null", .page = "/"}, "",
                         &config, &fault));
    assert_non_null(strstr(fault.text, "parties: true"));
    assert_true(desk_config_take(&(struct desk_entry){.codes = &right, .page = "page"}, "etc/", &config, &fault));
    assert_string_equal(config.page, "etc/page");
    assert_null(config.seal_to);
    desk_config_clear(&config);
    assert_true(desk_config_take(NULL, "", &config, &fault));
    assert_false(config.wanted);
}

/* ---- sealed notes ---- */

static void a_pair_is_made_once_and_its_secret_is_its_owners_alone(void **state)
{
    char folder[FOLDER_PATH_SIZE];
    char secret[512], public_half[512];
    struct seal_key made, read;
    struct stat status;
    struct fault fault;
    (void)state;
    folder_make(folder);
    folder_file(folder, "desk.key", secret);
    folder_file(folder, "desk.key.pub", public_half);
    assert_true(seal_key_new(secret, &made, &fault));
    assert_int_equal(stat(secret, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_false(seal_key_new(secret, &read, &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
    assert_true(seal_key_read(public_half, &read, &fault));
    assert_false(read.has_secret);
    assert_string_equal(read.id, made.id);
    assert_true(seal_key_read(secret, &read, &fault));
    assert_true(read.has_secret);
    assert_memory_equal(read.secret_key, made.secret_key, SEAL_KEY_SIZE);
    assert_int_equal(chmod(secret, 0640), 0);
    assert_false(seal_key_read(secret, &read, &fault));
    assert_non_null(strstr(fault.text, "chmod 600"));
    folder_remove(folder);
}

static void a_note_opens_for_its_key_unchanged_and_for_no_other(void **state)
{
    char folder[FOLDER_PATH_SIZE];
    char path[512];
    struct seal_key key, stranger;
    struct fault fault;
    char text[SEALED_NOTE_MAX];
    size_t size = 0;
    uint8_t clear[1024] = "facts", sealed[sizeof clear + crypto_box_SEALBYTES];
    (void)state;
    folder_make(folder);
    assert_true(seal_key_new(folder_file(folder, "mine.key", path), &key, &fault));
    assert_true(seal_key_new(folder_file(folder, "other.key", path), &stranger, &fault));
    clear[5] = 0x80; /* ISO/IEC 7816-4 over the whole length, more than one block */
    assert_int_equal(crypto_box_seal(sealed, clear, sizeof clear, key.public_key), 0);
    assert_true(sealed_note_open(sealed, sizeof sealed, &key, text, &size, &fault));
    assert_string_equal(text, "facts");
    assert_int_equal(size, 5);
    assert_false(sealed_note_open(sealed, sizeof sealed, &stranger, text, &size, &fault));
    assert_int_equal(fault.code, FAULT_REFUSED);
    sealed[40] ^= 1;
    assert_false(sealed_note_open(sealed, sizeof sealed, &key, text, &size, &fault));
    assert_false(sealed_note_open(sealed, 10, &key, text, &size, &fault));
    clear[5] = 0; /* no mark: not padded */
    assert_int_equal(crypto_box_seal(sealed, clear, sizeof clear, key.public_key), 0);
    assert_false(sealed_note_open(sealed, sizeof sealed, &key, text, &size, &fault));
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_given_once_also_after_a_restart),
        cmocka_unit_test(the_last_block_is_what_is_left_and_then_there_is_none),
        cmocka_unit_test(a_number_is_of_the_token_that_got_it),
        cmocka_unit_test(a_code_of_another_form_is_not_the_desks),
        cmocka_unit_test(a_wrong_desk_is_refused_with_its_key),
        cmocka_unit_test(a_pair_is_made_once_and_its_secret_is_its_owners_alone),
        cmocka_unit_test(a_note_opens_for_its_key_unchanged_and_for_no_other),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
