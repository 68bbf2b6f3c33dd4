/* Who is admitted over HTTP: the file of tokens is believed only as far as it is whole, private and now. */
#include "rate.h"
#include "tokens.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct desk {
    char folder[64];
    char path[96];
    char token[TOKEN_TEXT_SIZE];
    char header[TOKEN_TEXT_SIZE + 16];
    struct tokens *tokens;
    struct fault fault;
};

#define MUST(call)                                                                                                     \
    if (!(call))                                                                                                       \
    fail_msg("%s", desk->fault.text)

static int open_desk(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    *state = desk;
    strcpy(desk->folder, "/tmp/tokens_test.XXXXXX");
    if (sodium_init() < 0 || mkdtemp(desk->folder) == NULL)
        return 1;
    snprintf(desk->path, sizeof desk->path, "%s/tokens", desk->folder);
    return 0;
}

static int close_desk(void **state)
{
    struct desk *desk = *state;
    tokens_close(&desk->tokens);
    unlink(desk->path);
    rmdir(desk->folder);
    free(desk);
    return 0;
}

static void make(struct desk *desk, const char *name, const char *scopes)
{
    MUST(token_new(desk->path, name, scopes, desk->token, &desk->fault));
    snprintf(desk->header, sizeof desk->header, "Bearer %s", desk->token);
}

static void open_tokens(struct desk *desk)
{
    desk->tokens = tokens_open(desk->path, &desk->fault);
    MUST(desk->tokens != NULL);
}

static void write_file(const struct desk *desk, const char *text)
{
    FILE *file = fopen(desk->path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    chmod(desk->path, 0600);
}

static void a_new_token_is_admitted_and_stands_nowhere(void **state)
{
    struct desk *desk = *state;
    char text[1024] = "";
    struct stat status;
    make(desk, "app", "publish,read");
    assert_int_equal(strncmp(desk->token, "sanling_", 8), 0);
    assert_int_equal(strlen(desk->token), 8 + 43);
    open_tokens(desk);
    const struct token *found = tokens_find(desk->tokens, desk->header);
    assert_non_null(found);
    assert_string_equal(found->name, "app");
    assert_int_equal(found->scopes, TOKEN_PUBLISH | TOKEN_READ);
    FILE *file = fopen(desk->path, "r");
    assert_true(fread(text, 1, sizeof text - 1, file) > 64);
    fclose(file);
    assert_null(strstr(text, desk->token + 8));
    assert_int_equal(stat(desk->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void nothing_but_the_whole_token_is_admitted(void **state)
{
    struct desk *desk = *state;
    char header[TOKEN_TEXT_SIZE + 32];
    make(desk, "app", "publish");
    open_tokens(desk);
    assert_null(tokens_find(desk->tokens, NULL));
    assert_null(tokens_find(desk->tokens, ""));
    assert_null(tokens_find(desk->tokens, "Bearer "));
    assert_null(tokens_find(desk->tokens, desk->token));
    snprintf(header, sizeof header, "Bearer %.20s", desk->token);
    assert_null(tokens_find(desk->tokens, header));
    snprintf(header, sizeof header, "Bearer %sx", desk->token);
    assert_null(tokens_find(desk->tokens, header));
    snprintf(header, sizeof header, "bearer  %s", desk->token); /* the scheme has no case (RFC 9110) */
    assert_non_null(tokens_find(desk->tokens, header));
}

static void a_line_taken_out_holds_no_longer(void **state)
{
    struct desk *desk = *state;
    char first[sizeof desk->header];
    make(desk, "first", "publish");
    snprintf(first, sizeof first, "%s", desk->header);
    open_tokens(desk);
    assert_non_null(tokens_find(desk->tokens, first));
    make(desk, "second", "desk");
    MUST(tokens_refresh(desk->tokens, &desk->fault));
    assert_int_equal(tokens_count(desk->tokens), 2);
    assert_non_null(tokens_find(desk->tokens, desk->header));
    write_file(desk, "# nobody\n");
    MUST(tokens_refresh(desk->tokens, &desk->fault));
    assert_null(tokens_find(desk->tokens, first));
    assert_null(tokens_find(desk->tokens, desk->header));
}

static void a_wrong_file_admits_nobody_and_its_line_is_named(void **state)
{
    static const struct {
        const char *text;
        const char *named;
    } cases[] = {
        {"app publish\n", "line 1: name, scopes and SHA-256"},
        {"\n# x\napp publish 00 more\n", "line 3"},
        {"a/b publish 0000000000000000000000000000000000000000000000000000000000000000\n", "line 1: a name"},
        {"app admin 0000000000000000000000000000000000000000000000000000000000000000\n", "scope 'admin'"},
        {"app publish, 0000000000000000000000000000000000000000000000000000000000000000\n", "scope ''"},
        {"app publish 000000000000000000000000000000000000000000000000000000000000000g\n", "no SHA-256"},
        {"app publish 00000000000000000000000000000000000000000000000000000000000000\n", "no SHA-256"},
        {"app publish 0000000000000000000000000000000000000000000000000000000000000000\n"
         "app publish 0000000000000000000000000000000000000000000000000000000000000001\n",
         "line 2: the name app is there twice"},
    };
    struct desk *desk = *state;
    make(desk, "good", "publish");
    open_tokens(desk);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_file(desk, cases[i].text);
        assert_false(tokens_refresh(desk->tokens, &desk->fault));
        assert_int_equal(desk->fault.code, FAULT_USAGE);
        assert_non_null(strstr(desk->fault.text, cases[i].named));
        assert_null(tokens_find(desk->tokens, desk->header));
        assert_false(tokens_refresh(desk->tokens, &desk->fault)); /* and stays so */
    }
    unlink(desk->path);
    assert_false(tokens_refresh(desk->tokens, &desk->fault));
}

static void a_file_that_others_may_change_or_read_is_not_believed(void **state)
{
    static const mode_t wrong[] = {0620, 0602, 0604, 0666};
    struct desk *desk = *state;
    make(desk, "app", "publish");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        chmod(desk->path, wrong[i]);
        assert_null(tokens_open(desk->path, &desk->fault));
        assert_non_null(strstr(desk->fault.text, "chmod 600"));
    }
    chmod(desk->path, 0640); /* a group that may read it is the operator's choice */
    open_tokens(desk);
}

static void a_name_has_one_token_and_a_line_of_its_own(void **state)
{
    struct desk *desk = *state;
    write_file(desk, "old publish 0000000000000000000000000000000000000000000000000000000000000000"); /* not ended */
    make(desk, "app", "publish");
    open_tokens(desk);
    assert_int_equal(tokens_count(desk->tokens), 2);
    assert_false(token_new(desk->path, "app", "publish", desk->token, &desk->fault));
    assert_false(token_new(desk->path, "", "publish", desk->token, &desk->fault));
    assert_false(token_new(desk->path, "a b", "publish", desk->token, &desk->fault));
    assert_false(token_new(desk->path, "x", "", desk->token, &desk->fault));
    MUST(tokens_refresh(desk->tokens, &desk->fault));
    assert_int_equal(tokens_count(desk->tokens), 2);
}

static void each_name_has_its_own_rate(void **state)
{
    struct rate *rate = rate_open(10);
    unsigned allowed = 0;
    (void)state;
    for (int i = 0; i < 100; i++)
        allowed += rate_allows(rate, "fast", 1000) ? 1 : 0;
    assert_int_equal(allowed, 20); /* two seconds' worth at once */
    assert_true(rate_allows(rate, "slow", 1000));
    assert_false(rate_allows(rate, "fast", 1099));
    assert_true(rate_allows(rate, "fast", 1100));
    allowed = 0;
    for (int64_t now_ms = 1200; now_ms < 11200; now_ms += 10)
        allowed += rate_allows(rate, "fast", now_ms) ? 1 : 0;
    assert_in_range(allowed, 99, 101);
    for (int i = 0; i < 3 * TOKENS_MAX; i++) { /* names that come and go are not kept for ever */
        char name[16];
        snprintf(name, sizeof name, "n%d", i);
        assert_true(rate_allows(rate, name, 20000 + i));
    }
    rate_close(&rate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_token_is_admitted_and_stands_nowhere, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(nothing_but_the_whole_token_is_admitted, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_line_taken_out_holds_no_longer, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_wrong_file_admits_nobody_and_its_line_is_named, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_file_that_others_may_change_or_read_is_not_believed, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_name_has_one_token_and_a_line_of_its_own, open_desk, close_desk),
        cmocka_unit_test(each_name_has_its_own_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
