/* Passwords are tried slowly: at one account, from one address, and all together. */
#include "attempts.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fault.h"

enum { HOUR_MS = 3600000 };

static struct attempt_address address_of(const char *text)
{
    struct attempt_address address = {0};
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
        attempt_address_of((const struct sockaddr *)&four, &address);
    else if (inet_pton(AF_INET6, text, &six.sin6_addr) == 1)
        attempt_address_of((const struct sockaddr *)&six, &address);
    else
        fail_msg("no address: %s", text);
    return address;
}

/* Tries until refused, as slowly as the bound on all together asks; *now_ms moves on. */
static unsigned tries_until_refused(struct attempts *attempts, const char *account, const char *from, int64_t *now_ms,
                                    unsigned *wait_s)
{
    const struct attempt_address address = address_of(from);
    unsigned tries = 0;
    while ((*wait_s = attempts_take(attempts, account, &address, *now_ms)) == 0) {
        *now_ms += 1000 / ATTEMPTS_PER_SECOND;
        tries++;
    }
    return tries;
}

static void an_account_takes_a_few_tries_and_then_one_after_each_wait(void **state)
{
    CLEANUP(attempts_close) struct attempts *attempts = attempts_open();
    int64_t now_ms = HOUR_MS;
    unsigned wait_s;
    (void)state;
    assert_int_equal(tries_until_refused(attempts, "leader", "10.0.0.1", &now_ms, &wait_s), ATTEMPTS_AT_ONE);
    assert_in_range(wait_s, 1, ATTEMPTS_AT_ONE_REFILL_MS / 1000);
    now_ms += wait_s * 1000;
    assert_int_equal(tries_until_refused(attempts, "leader", "10.0.0.1", &now_ms, &wait_s), 1);
    /* Another account is not held up. */
    const struct attempt_address address = address_of("10.0.0.1");
    assert_int_equal(attempts_take(attempts, "other", &address, now_ms + 1000), 0);
}

static void nobody_alone_locks_an_owner_out(void **state)
{
    CLEANUP(attempts_close) struct attempts *attempts = attempts_open();
    const struct attempt_address stranger = address_of("10.0.0.1");
    const struct attempt_address owner = address_of("10.0.0.2");
    int64_t now_ms = HOUR_MS;
    (void)state;
    for (int i = 0; i < 10000; i++, now_ms += 500)
        (void)attempts_take(attempts, "leader", &stranger, now_ms);
    assert_int_equal(attempts_take(attempts, "leader", &owner, now_ms), 0);
}

static void many_addresses_together_are_slowed_down_at_an_account(void **state)
{
    CLEANUP(attempts_close) struct attempts *attempts = attempts_open();
    int64_t now_ms = HOUR_MS;
    unsigned tries = 0;
    (void)state;
    for (int i = 0; i < 3000; i++, now_ms += 1000) {
        char from[24];
        snprintf(from, sizeof from, "10.%d.%d.1", i / 250, i % 250);
        const struct attempt_address address = address_of(from);
        tries += attempts_take(attempts, "leader", &address, now_ms) == 0 ? 1 : 0;
    }
    const unsigned refills = 3000000 / ATTEMPTS_ACCOUNT_REFILL_MS;
    assert_in_range(tries, ATTEMPTS_PER_ACCOUNT + refills - 2, ATTEMPTS_PER_ACCOUNT + refills);
}

static void an_address_is_slowed_down_whatever_names_it_tries(void **state)
{
    CLEANUP(attempts_close) struct attempts *attempts = attempts_open();
    const struct attempt_address address = address_of("10.0.0.1");
    int64_t now_ms = HOUR_MS;
    unsigned tries = 0;
    char name[16];
    (void)state;
    for (int i = 0; i < 900; i++, now_ms += 1000 / ATTEMPTS_PER_SECOND) {
        snprintf(name, sizeof name, "a%d", i);
        tries += attempts_take(attempts, name, &address, now_ms) == 0 ? 1 : 0;
    }
    const unsigned refills = (unsigned)((now_ms - HOUR_MS) / ATTEMPTS_ADDRESS_REFILL_MS);
    assert_in_range(tries, ATTEMPTS_PER_ADDRESS + refills - 2, ATTEMPTS_PER_ADDRESS + refills);
}

static void all_together_are_bounded(void **state)
{
    CLEANUP(attempts_close) struct attempts *attempts = attempts_open();
    unsigned tries = 0;
    char name[16];
    (void)state;
    for (int i = 0; i < 10000; i++) {
        char from[24];
        snprintf(from, sizeof from, "10.%d.%d.1", i / 250, i % 250);
        snprintf(name, sizeof name, "a%d", i);
        const struct attempt_address address = address_of(from);
        tries += attempts_take(attempts, name, &address, HOUR_MS + i) == 0 ? 1 : 0;
    }
    assert_in_range(tries, 10 * ATTEMPTS_PER_SECOND, 11 * ATTEMPTS_PER_SECOND);
}

static void a_refused_try_takes_nothing(void **state)
{
    CLEANUP(attempts_close) struct attempts *attempts = attempts_open();
    const struct attempt_address address = address_of("10.0.0.1");
    int64_t now_ms = HOUR_MS;
    unsigned wait_s;
    (void)state;
    tries_until_refused(attempts, "leader", "10.0.0.1", &now_ms, &wait_s);
    const int64_t free_at_ms = now_ms + wait_s * 1000;
    for (; now_ms < free_at_ms - 1000; now_ms += 100)
        assert_int_not_equal(attempts_take(attempts, "leader", &address, now_ms), 0);
    assert_int_equal(attempts_take(attempts, "leader", &address, free_at_ms), 0);
}

static void the_right_password_clears_the_account_but_not_the_address(void **state)
{
    CLEANUP(attempts_close) struct attempts *attempts = attempts_open();
    const struct attempt_address address = address_of("10.0.0.1");
    int64_t now_ms = HOUR_MS;
    unsigned wait_s;
    unsigned tries = 0;
    (void)state;
    for (int i = 0; i < ATTEMPTS_AT_ONE - 1; i++, now_ms += 1000)
        assert_int_equal(attempts_take(attempts, "leader", &address, now_ms), 0);
    assert_int_equal(attempts_take(attempts, "leader", &address, now_ms), 0);
    attempts_succeeded(attempts, "leader", &address);
    now_ms += 1000;
    assert_int_equal(tries_until_refused(attempts, "leader", "10.0.0.1", &now_ms, &wait_s), ATTEMPTS_AT_ONE);
    /* Whoever has an account and logs in between guesses at others is slowed down all the same. */
    for (int i = 0; i < 600; i++, now_ms += 1000) {
        if (attempts_take(attempts, "mine", &address, now_ms) == 0)
            attempts_succeeded(attempts, "mine", &address);
        char name[16];
        snprintf(name, sizeof name, "a%d", i);
        tries += attempts_take(attempts, name, &address, now_ms + 500) == 0 ? 1 : 0;
    }
    assert_in_range(tries, 1, ATTEMPTS_PER_ADDRESS + 600000 / ATTEMPTS_ADDRESS_REFILL_MS);
}

static void one_network_of_ipv6_is_one_client(void **state)
{
    const struct attempt_address a = address_of("2001:db8:1:2::1");
    const struct attempt_address b = address_of("2001:db8:1:2:ffff::9");
    const struct attempt_address c = address_of("2001:db8:1:3::1");
    const struct attempt_address four = address_of("10.0.0.1");
    const struct attempt_address mapped = address_of("::ffff:10.0.0.1");
    const struct attempt_address other = address_of("10.0.0.2");
    (void)state;
    assert_memory_equal(&a, &b, sizeof a);
    assert_memory_not_equal(&a, &c, sizeof a);
    assert_memory_equal(&four, &mapped, sizeof four);
    assert_memory_not_equal(&four, &other, sizeof four);
    const struct attempt_address nobody = {{0}};
    const struct attempt_address *const addresses[] = {&a, &four, &mapped, &nobody};
    static const char *const texts[] = {"2001:db8:1:2::/64", "10.0.0.1", "10.0.0.1", "-"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[ATTEMPT_TEXT_SIZE];
        attempt_address_text(addresses[i], text);
        assert_string_equal(text, texts[i]);
    }
}

static void names_that_are_not_tried_push_out_none(void **state)
{
    CLEANUP(attempts_close) struct attempts *attempts = attempts_open();
    const struct attempt_address address = address_of("10.0.0.1"), flood = address_of("10.0.0.2");
    int64_t now_ms = HOUR_MS;
    unsigned wait_s;
    char name[16];
    (void)state;
    tries_until_refused(attempts, "leader", "10.0.0.1", &now_ms, &wait_s);
    for (int i = 0; i < 2 * ATTEMPTS_KEYS_MAX; i++) {
        snprintf(name, sizeof name, "%d", i);
        (void)attempts_take(attempts, name, &flood, now_ms);
    }
    assert_int_not_equal(attempts_take(attempts, "leader", &address, now_ms + 1000), 0);
}

static void names_of_any_length_and_number_take_bounded_memory(void **state)
{
    CLEANUP(attempts_close) struct attempts *attempts = attempts_open();
    char name[300];
    (void)state;
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    for (int i = 0; i < 3 * ATTEMPTS_KEYS_MAX; i++) {
        char from[24];
        snprintf(from, sizeof from, "10.%d.%d.1", i / 250, i % 250);
        snprintf(name, 16, "%d", i);
        const struct attempt_address address = address_of(from);
        attempts_take(attempts, name, &address, HOUR_MS);
    }
    /* The oldest is forgotten, the newest is not: its bucket is the one that was there. */
    assert_int_not_equal(attempts_take(attempts, name, &(struct attempt_address){0}, HOUR_MS), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_account_takes_a_few_tries_and_then_one_after_each_wait),
        cmocka_unit_test(nobody_alone_locks_an_owner_out),
        cmocka_unit_test(many_addresses_together_are_slowed_down_at_an_account),
        cmocka_unit_test(an_address_is_slowed_down_whatever_names_it_tries),
        cmocka_unit_test(all_together_are_bounded),
        cmocka_unit_test(a_refused_try_takes_nothing),
        cmocka_unit_test(the_right_password_clears_the_account_but_not_the_address),
        cmocka_unit_test(one_network_of_ipv6_is_one_client),
        cmocka_unit_test(names_that_are_not_tried_push_out_none),
        cmocka_unit_test(names_of_any_length_and_number_take_bounded_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
