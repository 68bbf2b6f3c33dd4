/* Who may log in stands in one file, read whole or not at all; a wrong password and an unknown name look the same. */
#include "accounts.h"
#include "web_session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "folder.h"

#define PASSWORD "correct horse 盂县"

struct place {
    char folder[FOLDER_PATH_SIZE];
    char path[512];
    char hash[ACCOUNT_HASH_SIZE];
};

static int make_place(void **state)
{
    struct fault fault;
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    assert_true(sodium_init() >= 0);
    folder_make(place->folder);
    folder_file(place->folder, "accounts.yaml", place->path);
    char key[512];
    file_write(folder_file(place->folder, "leader.key", key), "key", 3);
    assert_true(account_hash_password(PASSWORD, place->hash, &fault));
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

static struct accounts *read_text(const struct place *place, const char *text, struct fault *fault)
{
    file_write(place->path, text, strlen(text));
    *fault = (struct fault){0};
    return accounts_read(place->path, fault);
}

/* Account, hash, key file. */
static struct accounts *read_one(const struct place *place, const char *name, const char *hash, const char *key,
                                 struct fault *fault)
{
    char text[1024];
    snprintf(text, sizeof text, "accounts:\n  - account: %s\n    password: '%s'\n    identity: %s\n", name, hash, key);
    return read_text(place, text, fault);
}

static struct accounts *read_good(const struct place *place)
{
    struct fault fault;
    struct accounts *accounts = read_one(place, "county.leader", place->hash, "leader.key", &fault);
    if (accounts == NULL)
        fail_msg("%s", fault.text);
    return accounts;
}

static void an_account_is_found_and_its_key_stands_beside_the_file(void **state)
{
    const struct place *place = *state;
    CLEANUP(accounts_close) struct accounts *accounts = read_good(place);
    char key[512];
    assert_int_equal(accounts_count(accounts), 1);
    const struct account *account = accounts_find(accounts, "county.leader");
    assert_ptr_equal(account, accounts_at(accounts, 0));
    assert_string_equal(account->identity, folder_file(place->folder, "leader.key", key));
    assert_null(accounts_find(accounts, "county"));
    assert_null(accounts_find(accounts, ""));
}

static void only_the_right_password_opens(void **state)
{
    CLEANUP(accounts_close) struct accounts *accounts = read_good(*state);
    char longer[ACCOUNT_PASSWORD_MAX + 2];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_ptr_equal(accounts_verify(accounts, "county.leader", PASSWORD), accounts_at(accounts, 0));
    assert_null(accounts_verify(accounts, "county.leader", PASSWORD " "));
    assert_null(accounts_verify(accounts, "county.leader", ""));
    assert_null(accounts_verify(accounts, "county.leader", longer));
    assert_null(accounts_verify(accounts, "nobody", PASSWORD));
}

static double seconds_of(const struct accounts *accounts, const char *name)
{
    double least = 1e9;
    for (int i = 0; i < 5; i++) {
        struct timespec before;
        struct timespec after;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
        assert_null(accounts_verify(accounts, name, "wrong password"));
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
        const double took = (double)(after.tv_sec - before.tv_sec) + 1e-9 * (double)(after.tv_nsec - before.tv_nsec);
        least = took < least ? took : least;
    }
    return least;
}

static void an_unknown_name_takes_as_long_as_a_known_one(void **state)
{
    CLEANUP(accounts_close) struct accounts *accounts = read_good(*state);
    const double known = seconds_of(accounts, "county.leader");
    const double unknown = seconds_of(accounts, "nobody");
    print_message("known %.1f ms, unknown %.1f ms\n", 1e3 * known, 1e3 * unknown);
    assert_true(unknown > 0.5 * known && unknown < 2 * known);
}

static void assert_refused(const struct place *place, const char *name, const char *hash, const char *key,
                           const char *complaint)
{
    struct fault fault;
    struct accounts *accounts = read_one(place, name, hash, key, &fault);
    assert_null(accounts);
    assert_int_equal(fault.code, FAULT_USAGE);
    if (strstr(fault.text, complaint) == NULL || strstr(fault.text, "accounts.yaml") == NULL)
        fail_msg("'%s' is not in: %s", complaint, fault.text);
}

static void what_is_wrong_is_said_with_file_line_and_key(void **state)
{
    const struct place *place = *state;
    static const char weak[] =
        "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    static const char costly[] =
        "$argon2id$v=19$m=4194304,t=99,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    char name[70];
    memset(name, 'a', 65);
    name[65] = '\0';
    assert_refused(place, "'a b'", place->hash, "leader.key", "line 2: account: ");
    assert_refused(place, "领导", place->hash, "leader.key", "line 2: account: ");
    assert_refused(place, name, place->hash, "leader.key", "line 2: account: ");
    assert_refused(place, "leader", "secret", "leader.key", "line 3: password: ");
    assert_refused(place, "leader", weak, "leader.key", "line 3: password: ");
    assert_refused(place, "leader", costly, "leader.key", "line 3: password: ");
    assert_refused(place, "leader", place->hash, "other.key", "line 4: identity: ");
}

static void a_name_that_stands_there_twice_is_refused(void **state)
{
    const struct place *place = *state;
    struct fault fault;
    char text[1024];
    snprintf(text, sizeof text,
             "accounts:\n  - {account: a, password: '%s', identity: leader.key}\n"
             "  - {account: a, password: '%s', identity: leader.key}\n",
             place->hash, place->hash);
    assert_null(read_text(place, text, &fault));
    assert_non_null(strstr(fault.text, "line 3: account: this name stands there twice"));
    assert_null(read_text(place, "accounts: []\n", &fault));
    assert_null(read_text(place, "accounts:\n  - {account: a}\n", &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
    assert_null(read_text(place, "", &fault));
}

static void a_short_password_gets_no_hash(void **state)
{
    char hash[ACCOUNT_HASH_SIZE] = "untouched";
    struct fault fault;
    char longer[ACCOUNT_PASSWORD_MAX + 2];
    (void)state;
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_false(account_hash_password("", hash, &fault));
    assert_false(account_hash_password("123456789", hash, &fault));
    assert_false(account_hash_password("三零单位三零单位三", hash, &fault)); /* 27 bytes, 9 letters */
    assert_false(account_hash_password("1234567890\xff", hash, &fault));
    assert_false(account_hash_password(longer, hash, &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
    assert_string_equal(hash, "untouched");
    assert_true(account_hash_password("三零单位三零单位三零", hash, &fault));
    assert_int_equal(strncmp(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31), 0);
}

static void a_session_ends_with_the_account_or_the_password_that_began_it(void **state)
{
    const struct place *place = *state;
    CLEANUP(accounts_close) struct accounts *before = read_good(place);
    CLEANUP(web_sessions_close) struct web_sessions *sessions = web_sessions_open(100, 100);
    char id[WEB_SESSION_ID_SIZE];
    char other_hash[ACCOUNT_HASH_SIZE];
    struct fault fault;
    web_sessions_begin(sessions, accounts_at(before, 0), 0, id);
    assert_int_equal(web_sessions_end_changed(sessions, before), 0);
    assert_non_null(web_sessions_use(sessions, id, 1));

    assert_true(account_hash_password(PASSWORD, other_hash, &fault));
    CLEANUP(accounts_close)
    struct accounts *changed = read_one(place, "county.leader", other_hash, "leader.key", &fault);
    assert_int_equal(web_sessions_end_changed(sessions, changed), 1);
    assert_null(web_sessions_use(sessions, id, 1));

    web_sessions_begin(sessions, accounts_at(changed, 0), 0, id);
    CLEANUP(accounts_close) struct accounts *renamed = read_one(place, "other", other_hash, "leader.key", &fault);
    assert_int_equal(web_sessions_end_changed(sessions, renamed), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_account_is_found_and_its_key_stands_beside_the_file),
        cmocka_unit_test(only_the_right_password_opens),
        cmocka_unit_test(an_unknown_name_takes_as_long_as_a_known_one),
        cmocka_unit_test(what_is_wrong_is_said_with_file_line_and_key),
        cmocka_unit_test(a_name_that_stands_there_twice_is_refused),
        cmocka_unit_test(a_short_password_gets_no_hash),
        cmocka_unit_test(a_session_ends_with_the_account_or_the_password_that_began_it),
    };
    return cmocka_run_group_tests(tests, make_place, remove_place);
}
