/* Tables are made beside the loop, a few at a time; what fails there fails alone. */
#include "exporter.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const char document[] = "{\"moment\":{\"day\":\"2020-08-19\"},\"rows\":[],\"total\":0}";
static const struct export_mark mark = {.unit = "140322000000",
                                        .account = "leader",
                                        .office = "LEADERSHIP",
                                        .taken_at = "2021-02-03T01:00:00Z",
                                        .utc_offset_minutes = 480};

struct result {
    unsigned calls;
    enum fault_code code;
    char *text; /* of the last one that was made */
    char name[EXPORT_FILE_NAME_SIZE];
};

static void take(void *context, const char *file_name, uint8_t **bytes, size_t size, const struct fault *fault)
{
    struct result *result = context;
    result->calls++;
    result->code = fault == NULL ? FAULT_NONE : fault->code;
    if (fault != NULL) {
        assert_null(*bytes);
        return;
    }
    free(result->text);
    snprintf(result->name, sizeof result->name, "%s", file_name);
    result->text = strndup((const char *)*bytes, size);
    free(*bytes);
    *bytes = NULL;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Turns the loop until so many were told, in at most a minute. */
static void run_until(struct exporter *exporter, const struct result *result, unsigned calls)
{
    const int64_t ends_at_ms = now_ms() + 60000;
    while (result->calls < calls && now_ms() < ends_at_ms) {
        struct pollfd wanted = {.fd = exporter_fd(exporter), .events = POLLIN};
        const int wait_ms = exporter_wait_ms(exporter, now_ms());
        poll(&wanted, 1, wait_ms < 0 || wait_ms > 1000 ? 1000 : wait_ms);
        exporter_run(exporter, now_ms());
    }
    assert_int_equal(result->calls, calls);
}

static struct exporter *open_exporter(const char *program)
{
    struct fault fault;
    struct exporter *exporter = exporter_open(program, &fault);
    if (exporter == NULL)
        fail_msg("%s", fault.text);
    return exporter;
}

static bool start(struct exporter *exporter, const char *name, const char *text, struct result *result,
                  struct fault *fault)
{
    return exporter_start(exporter, name, &mark, (const uint8_t *)text, strlen(text), take, result, fault);
}

static void a_table_comes_back(void **state)
{
    CLEANUP(exporter_close) struct exporter *exporter = open_exporter(EXPORT_CONVERT);
    struct result result = {0};
    struct fault fault;
    (void)state;
    assert_int_equal(exporter_wait_ms(exporter, now_ms()), -1);
    assert_true(start(exporter, "attention-silent.csv", document, &result, &fault));
    assert_int_equal(exporter_wait_ms(exporter, now_ms()), 0);
    run_until(exporter, &result, 1);
    assert_int_equal(result.code, FAULT_NONE);
    assert_non_null(strstr(result.text, "静默单位"));
    assert_string_equal(result.name, "140322000000-静默单位-2020-08-19.csv");
    assert_int_equal(exporter_wait_ms(exporter, now_ms()), -1);
    free(result.text);
}

static void too_many_are_refused_and_the_others_are_made(void **state)
{
    CLEANUP(exporter_close) struct exporter *exporter = open_exporter(EXPORT_CONVERT);
    struct result result = {0};
    struct fault fault;
    (void)state;
    for (unsigned i = 0; i < EXPORTER_RUNNING + EXPORTER_WAITING; i++)
        assert_true(start(exporter, "attention-silent.xlsx", document, &result, &fault));
    assert_false(start(exporter, "attention-silent.xlsx", document, &result, &fault));
    assert_int_equal(fault.code, FAULT_FULL);
    run_until(exporter, &result, EXPORTER_RUNNING + EXPORTER_WAITING);
    assert_int_equal(result.code, FAULT_NONE);
    free(result.text);
}

static void what_fails_is_told(void **state)
{
    CLEANUP(exporter_close) struct exporter *exporter = open_exporter(EXPORT_CONVERT);
    CLEANUP(exporter_close) struct exporter *nobody = open_exporter("/nowhere/program");
    CLEANUP(exporter_close) struct exporter *silent = open_exporter("/bin/true");
    struct result result = {0};
    struct fault fault;
    (void)state;
    assert_true(start(exporter, "attention-silent.csv", "{\"rows\":", &result, &fault));
    run_until(exporter, &result, 1);
    assert_int_equal(result.code, FAULT_SYSTEM);
    assert_true(start(nobody, "attention-silent.csv", document, &result, &fault));
    run_until(nobody, &result, 2);
    assert_int_equal(result.code, FAULT_SYSTEM);
    assert_true(start(silent, "attention-silent.csv", document, &result, &fault));
    run_until(silent, &result, 3);
    assert_int_equal(result.code, FAULT_SYSTEM);
}

static void more_rows_than_a_table_takes_are_too_large(void **state)
{
    CLEANUP(exporter_close) struct exporter *exporter = open_exporter(EXPORT_CONVERT);
    struct result result = {0};
    struct fault fault;
    char *large = malloc(3 * (TABLE_ROWS_MAX + 10) + 100);
    (void)state;
    assert_non_null(large);
    size_t size = (size_t)sprintf(large, "{\"rows\":[{}");
    for (unsigned i = 0; i < TABLE_ROWS_MAX; i++, size += 3)
        memcpy(large + size, ",{}", 3);
    memcpy(large + size, "]}", 3);
    assert_true(start(exporter, "attention-silent.csv", large, &result, &fault));
    run_until(exporter, &result, 1);
    assert_int_equal(result.code, FAULT_FULL);
    free(large);
}

static void what_takes_too_long_is_ended(void **state)
{
    CLEANUP(exporter_close) struct exporter *exporter = open_exporter(EXPORT_CONVERT);
    struct result result = {0};
    struct fault fault;
    (void)state;
    assert_true(start(exporter, "attention-silent.csv", document, &result, &fault));
    exporter_run(exporter, 0); /* starts it, but has not sent it anything: it waits */
    assert_int_equal(exporter_wait_ms(exporter, EXPORTER_TIME_MS - 1), 1);
    assert_int_equal(result.calls, 0);
    exporter_run(exporter, EXPORTER_TIME_MS);
    assert_int_equal(result.calls, 1);
    assert_int_equal(result.code, FAULT_FULL);
}

static void closing_ends_what_runs_and_calls_nobody(void **state)
{
    struct exporter *exporter = open_exporter(EXPORT_CONVERT);
    struct result result = {0};
    struct fault fault;
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        assert_true(start(exporter, "attention-silent.xlsx", document, &result, &fault));
    exporter_run(exporter, now_ms());
    exporter_close(&exporter);
    assert_null(exporter);
    assert_int_equal(result.calls, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_comes_back),           cmocka_unit_test(too_many_are_refused_and_the_others_are_made),
        cmocka_unit_test(what_fails_is_told),           cmocka_unit_test(more_rows_than_a_table_takes_are_too_large),
        cmocka_unit_test(what_takes_too_long_is_ended), cmocka_unit_test(closing_ends_what_runs_and_calls_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
