/* What a webhook's receiver relies on: the signature of Standard Webhooks, and waits that grow and end. */
#include "backoff.h"
#include "https_post.h"
#include "webhook_signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The example of the Standard Webhooks specification and its libraries. */
static const char secret_text[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
static const char id[] = "msg_p5jXN8AQM9LWM0D4loKWxJek";
static const char body[] = "{\"test\": 2432232314}";
static const char signature_text[] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

static void the_signature_is_that_of_the_standard(void **state)
{
    (void)state;
    struct webhook_secrets secrets;
    struct fault fault;
    char signature[WEBHOOK_SIGNATURE_SIZE];
    assert_true(webhook_secrets_parse(secret_text, &secrets, &fault));
    webhook_sign(&secrets, id, 1614265330, body, strlen(body), signature);
    assert_string_equal(signature, signature_text);
}

static void each_secret_gives_a_signature_in_its_order(void **state)
{
    (void)state;
    struct webhook_secrets secrets;
    struct fault fault;
    char text[512];
    char signature[WEBHOOK_SIGNATURE_SIZE];
    snprintf(text, sizeof text, "# changed in spring\n%s\r\n\nwhsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n%s\n%s",
             secret_text, secret_text, secret_text);
    assert_true(webhook_secrets_parse(text, &secrets, &fault));
    assert_int_equal(secrets.count, 4);
    webhook_sign(&secrets, id, 1614265330, body, strlen(body), signature);
    assert_int_equal(strlen(signature), WEBHOOK_SIGNATURE_SIZE - 2);
    assert_memory_equal(signature, signature_text, strlen(signature_text));
    assert_string_equal(signature + strlen(signature) - strlen(signature_text), signature_text);
}

static void what_is_no_secret_is_refused_with_its_line_and_not_quoted(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "\n# nothing\n",
        "whsec_",
        "whsec_c2hvcnQ=",
        "x\nwhsec_!!",
        "MfKQ9r8GKYqr",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw and more",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct webhook_secrets secrets;
        struct fault fault = {0};
        assert_false(webhook_secrets_parse(texts[i], &secrets, &fault));
        assert_int_equal(fault.code, FAULT_USAGE);
        assert_null(strstr(fault.text, "MfKQ9r"));
    }
}

static void waits_double_up_to_the_limit_and_vary_by_half(void **state)
{
    (void)state;
    struct backoff backoff = {.first_ms = 1000, .most_ms = 60000};
    for (int64_t full = 1000; full <= 64000; full *= 2) {
        const int64_t most = full < 60000 ? full : 60000;
        const int64_t wait = backoff_fail(&backoff, 5, 0);
        assert_in_range(wait, most / 2, most);
        assert_false(backoff_is_over(&backoff, 5 + wait - 1));
        assert_true(backoff_is_over(&backoff, 5 + wait));
    }
    for (int i = 0; i < 1000; i++)
        assert_in_range(backoff_fail(&backoff, 5, 0), 30000, 60000);
    backoff_succeed(&backoff);
    assert_true(backoff_is_over(&backoff, 0));
    assert_in_range(backoff_fail(&backoff, 5, 0), 500, 1000);
}

static void a_wait_that_is_asked_for_is_kept_up_to_an_hour(void **state)
{
    (void)state;
    struct backoff backoff = {.first_ms = 1000, .most_ms = 60000};
    assert_int_equal(backoff_fail(&backoff, 0, 90), 90000);
    assert_int_equal(backoff_fail(&backoff, 0, INT64_MAX), 3600 * 1000);
}

static void only_https_is_called(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "http://desk.example/",       "ftp://desk.example/",       "file:///etc/passwd",        "desk", "", "https://",
        "https://user@desk.example/", "https://a:b@desk.example/", "https://desk.example/#part"};
    struct fault fault;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_false(https_address_check(refused[i], &fault));
    assert_true(https_address_check("https://127.0.0.1:8443/hook?key=1", &fault));
    assert_true(https_address_check("https://[::1]/", &fault));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_signature_is_that_of_the_standard),
        cmocka_unit_test(each_secret_gives_a_signature_in_its_order),
        cmocka_unit_test(what_is_no_secret_is_refused_with_its_line_and_not_quoted),
        cmocka_unit_test(waits_double_up_to_the_limit_and_vary_by_half),
        cmocka_unit_test(a_wait_that_is_asked_for_is_kept_up_to_an_hour),
        cmocka_unit_test(only_https_is_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
