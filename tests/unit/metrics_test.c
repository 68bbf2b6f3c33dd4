/* What a hub tells of itself: the sum of events, the text, and health that depends on figures that come. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "error.pb-c.h"
#include "metrics.h"
#include "monitor.h"

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static char *text_of(const struct metrics *metrics)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    assert_non_null(file);
    metrics_write(metrics, 0.25, file);
    assert_int_equal(fclose(file), 0);
    return text;
}

static void assert_line(const struct metrics *metrics, const char *line)
{
    char *text = text_of(metrics);
    char wanted[256];
    snprintf(wanted, sizeof wanted, "\n%s\n", line);
    if (!strstr(text, wanted))
        print_error("%s\n is not in\n%s\n", line, text);
    assert_non_null(strstr(text, wanted));
    free(text);
}

static void the_sum_holds_whatever_becomes_of_events(void **state)
{
    struct counts counts = {.received = 40, .duplicate = 3, .rejected_again = 2, .not_reached = 4, .comparing = 6};
    (void)state;
    counts.refused[SANLING__V1__CODE__KIND__BUSY] = 5;
    counts.decided.recorded = 15;
    counts.decided.rejected[SANLING__V1__CODE__KIND__BAD_TIME] = 5;
    counts.durable.recorded = 10;
    assert_int_equal(counts_undurable(&counts), 10);
    assert_int_equal(counts_unaccounted(&counts), 0);
    counts.durable = counts.decided;
    assert_int_equal(counts_undurable(&counts), 0);
    assert_int_equal(counts_unaccounted(&counts), 0);
}

static void an_event_that_is_lost_or_counted_twice_is_seen(void **state)
{
    struct counts counts = {.received = 10, .decided = {.recorded = 9}};
    (void)state;
    assert_int_equal(counts_unaccounted(&counts), 1);
    counts.duplicate = 2;
    assert_int_equal(counts_unaccounted(&counts), -1);
}

/* The figure is computed: where a publisher was told more than the disk has, it shows. */
static void what_was_told_and_is_not_on_the_disk_is_at_risk(void **state)
{
    struct metrics *metrics = metrics_open();
    (void)state;
    metrics->durable = 100;
    metrics->durable_rejections = 7;
    metrics->counts.durable.recorded_bytes = 5000;
    metrics->counts.told_position = 100;
    metrics->counts.told_rejections = 7;
    metrics->counts.told_bytes = 5000;
    assert_line(metrics, "sanling_at_risk_events 0");
    assert_line(metrics, "sanling_at_risk_bytes 0");
    metrics->counts.told_position = 103;
    metrics->counts.told_rejections = 8;
    metrics->counts.told_bytes = 5400;
    assert_line(metrics, "sanling_at_risk_events 4");
    assert_line(metrics, "sanling_at_risk_bytes 400");
    metrics_close(&metrics);
}

static void a_commit_is_in_the_bucket_of_its_duration_and_size(void **state)
{
    struct metrics *metrics = metrics_open();
    (void)state;
    counts_note_commit(&metrics->counts, 1000, 1, 80); /* at the bound: within */
    counts_note_commit(&metrics->counts, 1001, 2, 160);
    counts_note_commit(&metrics->counts, 9000000, 30000, 1); /* beyond all bounds */
    assert_line(metrics, "sanling_commit_duration_seconds_bucket{le=\"0.001\"} 1");
    assert_line(metrics, "sanling_commit_duration_seconds_bucket{le=\"0.002\"} 2");
    assert_line(metrics, "sanling_commit_duration_seconds_bucket{le=\"5\"} 2");
    assert_line(metrics, "sanling_commit_duration_seconds_bucket{le=\"+Inf\"} 3");
    assert_line(metrics, "sanling_commit_duration_seconds_sum 9.002001");
    assert_line(metrics, "sanling_commit_records_bucket{le=\"1\"} 1");
    assert_line(metrics, "sanling_commit_records_count 3");
    assert_line(metrics, "sanling_commit_bytes_total 241");
    metrics_close(&metrics);
}

static void silence_is_never_zero(void **state)
{
    struct metrics *metrics = metrics_open();
    (void)state;
    metrics->offices[OFFICE_PETITIONS] = (struct office_figures){.shown = true, .silent_s = INFINITY};
    assert_line(metrics, "sanling_office_silence_seconds{office=\"PETITIONS\"} +Inf");
    struct consumer_figures *consumer = metrics_add_consumer(metrics);
    *consumer = (struct consumer_figures){.name = "a/b", .identity = "a", .lag = 3, .oldest_s = NAN};
    assert_line(metrics, "sanling_consumer_oldest_seconds{consumer=\"a/b\",identity=\"a\"} NaN");
    metrics_close(&metrics);
}

static void rows_are_bounded(void **state)
{
    struct metrics *metrics = metrics_open();
    (void)state;
    for (int i = 0; i < METRICS_SOURCES_MAX; i++)
        assert_non_null(metrics_add_source(metrics));
    assert_null(metrics_add_source(metrics));
    for (int i = 0; i < METRICS_CONSUMERS_MAX; i++)
        assert_non_null(metrics_add_consumer(metrics));
    assert_null(metrics_add_consumer(metrics));
    char *text = text_of(metrics);
    assert_in_range(strlen(text), 1, 2 << 20);
    free(text);
    metrics_close(&metrics);
}

/* ---- over HTTP ---- */

static void ask(const struct monitor *monitor, const char *request, char *answer, size_t size)
{
    const char *colon = strrchr(monitor_address(monitor), ':');
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                   .sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10))};
    int file = socket(AF_INET, SOCK_STREAM, 0);
    size_t got = 0;
    assert_int_equal(connect(file, (const struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(write(file, request, strlen(request)), strlen(request));
    for (ssize_t more = 1; more > 0 && got + 1 < size; got += more > 0 ? (size_t)more : 0)
        more = read(file, answer + got, size - 1 - got);
    answer[got] = '\0';
    close(file);
}

static void assert_answer(const struct monitor *monitor, const char *request, const char *status, const char *text)
{
    char answer[8192];
    ask(monitor, request, answer, sizeof answer);
    if (!strstr(answer, status) || !strstr(answer, text))
        print_error("%s\n is answered\n%s\n", request, answer);
    assert_non_null(strstr(answer, status));
    assert_non_null(strstr(answer, text));
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

static struct monitor *start(void)
{
    struct monitor_listen listen;
    struct fault fault;
    assert_true(monitor_listen_parse("127.0.0.1:0", &listen));
    struct monitor *monitor = monitor_start(&listen, &fault);
    assert_non_null(monitor);
    return monitor;
}

static void give(struct monitor *monitor, int64_t made_ms, bool full)
{
    struct metrics *metrics = monitor_take(monitor);
    assert_non_null(metrics);
    metrics->made_ms = made_ms;
    metrics->disk_full = full;
    monitor_give(monitor, &metrics);
}

static void a_hub_that_starts_is_alive_and_not_ready(void **state)
{
    struct monitor *monitor = start();
    (void)state;
    assert_answer(monitor, GET("/healthz"), " 200 ", "starting");
    assert_answer(monitor, GET("/readyz"), " 503 ", "starting");
    assert_answer(monitor, GET("/metrics"), " 503 ", "starting");
    monitor_stop(&monitor);
    assert_null(monitor);
}

static void a_loop_that_does_not_turn_is_not_alive(void **state)
{
    struct monitor *monitor = start();
    (void)state;
    give(monitor, now_ms() - MONITOR_LATE_MS - 1000, false);
    assert_answer(monitor, GET("/healthz"), " 503 ", "has not turned for 16 s");
    assert_answer(monitor, GET("/readyz"), " 503 ", "does not turn");
    give(monitor, now_ms(), true);
    assert_answer(monitor, GET("/healthz"), " 200 ", "alive");
    assert_answer(monitor, GET("/readyz"), " 503 ", "less than the reserve is free");
    give(monitor, now_ms(), false);
    assert_answer(monitor, GET("/readyz"), " 200 ", "ready");
    monitor_stop(&monitor);
}

/* The loop never waits for the monitor, and memory does not grow while it is slow. */
static void figures_under_way_are_few(void **state)
{
    struct monitor *monitor = start();
    (void)state;
    for (int i = 0; i < 10000; i++) {
        struct metrics *metrics = monitor_take(monitor);
        if (metrics)
            monitor_give(monitor, &metrics);
    }
    monitor_stop(&monitor);
}

static void what_is_no_question_is_refused(void **state)
{
    struct monitor *monitor = start();
    (void)state;
    give(monitor, now_ms(), false);
    assert_answer(monitor, GET("/"), " 404 ", "/metrics");
    assert_answer(monitor, "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n", " 405 ", "Allow");
    assert_answer(monitor, "GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n", " 400 ", "without a body");
    assert_answer(monitor, GET("/metrics"), " 200 ", "sanling_build_info");
    monitor_stop(&monitor);
}

static void only_addresses_with_a_port_are_listened_at(void **state)
{
    static const char *const bad[] = {"",          "7311",      "localhost:7311", "127.0.0.1",       "127.0.0.1:",
                                      ":7311",     "[::1",      "[]:1",           "127.0.0.1:65536", "127.0.0.1:7x",
                                      "::1:7311x", "[::1]7311", "1.2.3:80",       "[::1]:"};
    struct monitor_listen listen;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (monitor_listen_parse(bad[i], &listen))
            fail_msg("%s was taken", bad[i]);
    assert_true(monitor_listen_parse("[::1]:7311", &listen));
    assert_true(listen.loopback);
    assert_true(monitor_listen_parse("10.0.0.5:7311", &listen));
    assert_false(listen.loopback);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sum_holds_whatever_becomes_of_events),
        cmocka_unit_test(an_event_that_is_lost_or_counted_twice_is_seen),
        cmocka_unit_test(what_was_told_and_is_not_on_the_disk_is_at_risk),
        cmocka_unit_test(a_commit_is_in_the_bucket_of_its_duration_and_size),
        cmocka_unit_test(silence_is_never_zero),
        cmocka_unit_test(rows_are_bounded),
        cmocka_unit_test(a_hub_that_starts_is_alive_and_not_ready),
        cmocka_unit_test(a_loop_that_does_not_turn_is_not_alive),
        cmocka_unit_test(figures_under_way_are_few),
        cmocka_unit_test(what_is_no_question_is_refused),
        cmocka_unit_test(only_addresses_with_a_port_are_listened_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
