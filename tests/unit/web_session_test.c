/* A session is known by what only its browser has, ends in time, and with the account that began it. */
#include "web_session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

enum { LASTING_S = 1000, IDLE_S = 100 };

static struct web_sessions *open_sessions(void)
{
    assert_true(sodium_init() >= 0);
    return web_sessions_open(LASTING_S, IDLE_S);
}

static struct account account_of(const char *name)
{
    struct account account = {.identity = NULL};
    snprintf(account.name, sizeof account.name, "%s", name);
    return account;
}

static void each_session_has_an_id_of_its_own_that_is_kept_nowhere(void **state)
{
    CLEANUP(web_sessions_close) struct web_sessions *sessions = open_sessions();
    const struct account leader = account_of("leader");
    char first[WEB_SESSION_ID_SIZE];
    char second[WEB_SESSION_ID_SIZE];
    (void)state;
    const struct web_session *session = web_sessions_begin(sessions, &leader, 0, first);
    unsigned char id[32];
    assert_int_equal(sodium_hex2bin(id, sizeof id, first, strlen(first), NULL, NULL, NULL), 0);
    assert_memory_not_equal(session->key.bytes, id, sizeof id);
    web_sessions_begin(sessions, &leader, 0, second);
    assert_string_not_equal(first, second);
    assert_int_equal(strlen(first), 64);
    assert_string_equal(web_sessions_use(sessions, first, 1)->account, "leader");
    assert_non_null(web_sessions_use(sessions, second, 1));
    first[0] = first[0] == '0' ? '1' : '0';
    assert_null(web_sessions_use(sessions, first, 1));
    assert_null(web_sessions_use(sessions, "", 1));
    assert_null(web_sessions_use(sessions, "ABCDEF", 1));
}

static void a_session_ends_when_it_is_not_used_and_at_its_end_whatever_happens(void **state)
{
    CLEANUP(web_sessions_close) struct web_sessions *sessions = open_sessions();
    const struct account leader = account_of("leader");
    char idle[WEB_SESSION_ID_SIZE];
    char used[WEB_SESSION_ID_SIZE];
    (void)state;
    web_sessions_begin(sessions, &leader, 0, idle);
    web_sessions_begin(sessions, &leader, 0, used);
    assert_non_null(web_sessions_use(sessions, used, IDLE_S - 1));
    assert_null(web_sessions_use(sessions, idle, IDLE_S));
    for (int64_t now_s = IDLE_S; now_s < LASTING_S; now_s += IDLE_S / 2)
        assert_non_null(web_sessions_use(sessions, used, now_s));
    assert_null(web_sessions_use(sessions, used, LASTING_S));
    assert_int_equal(web_sessions_count(sessions), 0);
}

static void a_stream_keeps_its_session_and_learns_of_its_end(void **state)
{
    CLEANUP(web_sessions_close) struct web_sessions *sessions = open_sessions();
    const struct account leader = account_of("leader");
    char id[WEB_SESSION_ID_SIZE];
    (void)state;
    const struct web_session_key key = web_sessions_begin(sessions, &leader, 0, id)->key;
    assert_non_null(web_sessions_use_key(sessions, &key, IDLE_S - 1));
    assert_non_null(web_sessions_use(sessions, id, IDLE_S + 1));
    assert_true(web_sessions_end(sessions, id));
    assert_null(web_sessions_use_key(sessions, &key, IDLE_S + 2));
    assert_false(web_sessions_end(sessions, id));
}

static void expired_sessions_are_cleared(void **state)
{
    CLEANUP(web_sessions_close) struct web_sessions *sessions = open_sessions();
    const struct account leader = account_of("leader");
    char id[WEB_SESSION_ID_SIZE];
    (void)state;
    web_sessions_begin(sessions, &leader, 0, id);
    web_sessions_begin(sessions, &leader, 50, id);
    assert_int_equal(web_sessions_expire(sessions, 99), 0);
    assert_int_equal(web_sessions_expire(sessions, 100), 1);
    assert_int_equal(web_sessions_expire(sessions, 1000), 1);
    assert_int_equal(web_sessions_count(sessions), 0);
}

static void one_account_cannot_fill_the_table(void **state)
{
    CLEANUP(web_sessions_close) struct web_sessions *sessions = open_sessions();
    const struct account leader = account_of("leader");
    const struct account other = account_of("other");
    char others[WEB_SESSION_ID_SIZE];
    char first[WEB_SESSION_ID_SIZE];
    char second[WEB_SESSION_ID_SIZE];
    char id[WEB_SESSION_ID_SIZE];
    (void)state;
    web_sessions_begin(sessions, &other, 0, others);
    web_sessions_begin(sessions, &leader, 0, first);
    web_sessions_begin(sessions, &leader, 0, second);
    assert_non_null(web_sessions_use(sessions, first, 1));
    for (int i = 2; i < WEB_SESSIONS_PER_ACCOUNT + 1; i++)
        web_sessions_begin(sessions, &leader, 1, id);
    assert_int_equal(web_sessions_count(sessions), WEB_SESSIONS_PER_ACCOUNT + 1);
    assert_null(web_sessions_use(sessions, second, 1)); /* was not used for the longest time */
    assert_non_null(web_sessions_use(sessions, first, 1));
    assert_non_null(web_sessions_use(sessions, others, 1));
}

static void the_table_is_bounded(void **state)
{
    CLEANUP(web_sessions_close) struct web_sessions *sessions = open_sessions();
    char name[16];
    char id[WEB_SESSION_ID_SIZE];
    (void)state;
    for (int i = 0; i < WEB_SESSIONS_MAX + 10; i++) {
        snprintf(name, sizeof name, "a%d", i);
        const struct account account = account_of(name);
        web_sessions_begin(sessions, &account, 0, id);
    }
    assert_int_equal(web_sessions_count(sessions), WEB_SESSIONS_MAX);
}

static void the_cookie_is_for_this_site_alone_and_no_script(void **state)
{
    char cookie[WEB_SESSION_COOKIE_SIZE];
    (void)state;
    web_session_cookie_write(cookie, "0123", 60, true);
    assert_string_equal(cookie, "sanling=0123; HttpOnly; SameSite=Strict; Path=/; Max-Age=60; Secure");
    web_session_cookie_write(cookie, "", 0, false);
    assert_string_equal(cookie, "sanling=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
}

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void a_cookie_is_read_strictly(void **state)
{
    static const char *const good[] = {"sanling=" ID, "theme=dark; sanling=" ID, "sanling=" ID "; sanling2=x",
                                       "a=; ; sanling=" ID ";", "xsanling=1; sanling=" ID};
    static const char *const bad[] = {"",
                                      "sanling",
                                      "sanling=",
                                      "sanling=" ID "0",
                                      "sanling=\"" ID "\"",
                                      "sanling= " ID,
                                      "sanling=" ID " ",
                                      "Sanling=" ID,
                                      "xsanling=" ID,
                                      "sanling=0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
                                      "sanling=" ID "; sanling=" ID,
                                      "sanling=" ID "; sanling=x"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char id[WEB_SESSION_ID_SIZE] = "";
        if (!web_session_cookie_read(good[i], id) || strcmp(id, ID) != 0)
            fail_msg("not read: %s", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char id[WEB_SESSION_ID_SIZE] = "untouched";
        if (web_session_cookie_read(bad[i], id) || strcmp(id, "untouched") != 0)
            fail_msg("read: %s", bad[i]);
    }
    char id[WEB_SESSION_ID_SIZE];
    char *large = malloc(WEB_SESSION_COOKIE_HEADER_MAX + 100);
    assert_non_null(large);
    memset(large, 'a', WEB_SESSION_COOKIE_HEADER_MAX);
    memcpy(large + WEB_SESSION_COOKIE_HEADER_MAX, "; sanling=" ID, sizeof "; sanling=" ID);
    assert_false(web_session_cookie_read(large, id));
    assert_false(web_session_cookie_read(NULL, id));
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_session_has_an_id_of_its_own_that_is_kept_nowhere),
        cmocka_unit_test(a_session_ends_when_it_is_not_used_and_at_its_end_whatever_happens),
        cmocka_unit_test(a_stream_keeps_its_session_and_learns_of_its_end),
        cmocka_unit_test(expired_sessions_are_cleared),
        cmocka_unit_test(one_account_cannot_fill_the_table),
        cmocka_unit_test(the_table_is_bounded),
        cmocka_unit_test(the_cookie_is_for_this_site_alone_and_no_script),
        cmocka_unit_test(a_cookie_is_read_strictly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
