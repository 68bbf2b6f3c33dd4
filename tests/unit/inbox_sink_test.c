/* A disk that is full for a while costs no line of what is kept. */
#include "inbox_sink.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void what_could_not_be_written_leaves_no_half_line(void **state)
{
    static const char first[] = "{\"position\":\"1\"}", second[] = "{\"position\":\"2\",\"more\":\"0123456789\"}";
    char path[] = "/tmp/inbox_sink_test.XXXXXX", text[256] = "";
    struct fault fault;
    (void)state;
    const int file = mkstemp(path);
    assert_true(file >= 0);
    struct inbox_sink *sink = inbox_sink_open(path, &fault);
    assert_non_null(sink);
    assert_true(inbox_sink_append_json(sink, 1, first, &fault));
    signal(SIGXFSZ, SIG_IGN);
    limit_files(sizeof first + 10);
    assert_false(inbox_sink_append_json(sink, 2, second, &fault));
    limit_files(RLIM_INFINITY);
    assert_int_equal(inbox_sink_position(sink), 1);
    assert_true(inbox_sink_append_json(sink, 2, second, &fault));
    inbox_sink_close(&sink);
    assert_true(read(file, text, sizeof text - 1) > 0);
    assert_string_equal(text, "{\"position\":\"1\"}\n{\"position\":\"2\",\"more\":\"0123456789\"}\n");
    sink = inbox_sink_open(path, &fault);
    assert_non_null(sink);
    assert_int_equal(inbox_sink_position(sink), 2);
    inbox_sink_close(&sink);
    close(file);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_could_not_be_written_leaves_no_half_line)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
