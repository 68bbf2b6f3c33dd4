/* A proof file has one form. */
#include "proof/proof_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FIRST "c2sp.org/tlog-proof@v1\n"
#define HASH "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

static bool reads(const char *bytes, size_t size, struct proof_file *file)
{
    struct fault fault = {0};
    const bool read = proof_file_read(bytes, size, file, &fault);
    assert_int_equal(fault.code, read ? FAULT_NONE : FAULT_USAGE);
    return read;
}

static void a_proof_is_written_as_it_was_read(void **state)
{
    static const char *const files[] = {
        FIRST "index 0\n\ncheckpoint\n",
        FIRST "extra QUJD\nindex 73894\n" HASH HASH HASH "\nexample.com/log\n109482\n" HASH "\n— log AAAAAAA=\n",
        FIRST "index 18446744073709551615\n" HASH "\n\n\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct proof_file file;
        assert_true(reads(files[i], strlen(files[i]), &file));
        char *written = proof_file_write(&file);
        assert_string_equal(written, files[i]);
        free(written);
        proof_file_clear(&file);
        assert_null(file.extra);
        assert_null(file.checkpoint);
    }
}

static void its_parts_are_found(void **state)
{
    static const char bytes[] = FIRST "extra QUJD\nindex 7\n" HASH "\nthe\n\ncheckpoint\n";
    struct proof_file file;
    (void)state;
    assert_true(reads(bytes, strlen(bytes), &file));
    assert_int_equal(file.extra_size, 3);
    assert_memory_equal(file.extra, "ABC", 3);
    assert_int_equal(file.index, 7);
    assert_int_equal(file.proof.count, 1);
    assert_int_equal(file.proof.hashes[0].bytes[0], 0x0a);
    assert_string_equal(file.checkpoint, "the\n\ncheckpoint\n");
    assert_int_equal(file.checkpoint_size, strlen(file.checkpoint));
    proof_file_clear(&file);
}

static void what_is_no_proof_is_refused(void **state)
{
    static const char *const files[] = {
        "",
        "\n",
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v2\nindex 7\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1 \nindex 7\n\ncheckpoint\n",
        "index 7\n\ncheckpoint\n",
        FIRST,
        FIRST "index 7",
        FIRST "index 7\n",
        FIRST "index 7\n\n",
        FIRST "index 7\n" HASH,
        FIRST "index 7\n" HASH "\n",
        FIRST "index 07\n\ncheckpoint\n",
        FIRST "index -1\n\ncheckpoint\n",
        FIRST "index  7\n\ncheckpoint\n",
        FIRST "index 18446744073709551616\n\ncheckpoint\n",
        FIRST "Index 7\n\ncheckpoint\n",
        FIRST "index 7\nindex 7\n\ncheckpoint\n",
        FIRST "extra\nindex 7\n\ncheckpoint\n",
        FIRST "extra \nindex 7\n\ncheckpoint\n",
        FIRST "extra QUI\nindex 7\n\ncheckpoint\n",
        FIRST "extra QUJ=\nindex 7\n\ncheckpoint\n",
        FIRST "extra QUJD\nextra QUJD\nindex 7\n\ncheckpoint\n",
        FIRST "extra QUJD\n\ncheckpoint\n",
        FIRST "index 7\nextra QUJD\n\ncheckpoint\n",
        FIRST "index 7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n\ncheckpoint\n",
        FIRST "index 7\nQUJD\n\ncheckpoint\n",
        FIRST "index 7\r\n\r\ncheckpoint\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct proof_file file;
        if (reads(files[i], strlen(files[i]), &file))
            fail_msg("taken, number %zu: %s", i, files[i]);
    }
}

static void a_zero_byte_in_the_checkpoint_is_refused(void **state)
{
    static const char bytes[] = FIRST "index 7\n\ncheck\0point\n";
    struct proof_file file;
    (void)state;
    assert_false(reads(bytes, sizeof bytes - 1, &file));
}

static void hashes_are_read_up_to_the_limit(void **state)
{
    (void)state;
    for (int count = MERKLE_PROOF_MAX; count <= MERKLE_PROOF_MAX + 1; count++) {
        char bytes[8192] = FIRST "index 7\n";
        struct proof_file file = {0};
        for (int i = 0; i < count; i++)
            strcat(bytes, HASH);
        strcat(bytes, "\ncheckpoint\n");
        assert_int_equal(reads(bytes, strlen(bytes), &file), count <= MERKLE_PROOF_MAX);
        proof_file_clear(&file);
    }
}

static void a_file_is_read_up_to_its_longest(void **state)
{
    static const char start[] = FIRST "index 7\n\n";
    char *bytes = malloc(PROOF_FILE_SIZE_MAX + 1);
    struct proof_file file;
    (void)state;
    assert_non_null(bytes);
    memset(bytes, 'c', PROOF_FILE_SIZE_MAX + 1);
    memcpy(bytes, start, sizeof start - 1);
    assert_true(reads(bytes, PROOF_FILE_SIZE_MAX, &file));
    proof_file_clear(&file);
    assert_false(reads(bytes, PROOF_FILE_SIZE_MAX + 1, &file));
    free(bytes);
}

static void no_part_of_a_file_is_a_proof_with_a_whole_checkpoint(void **state)
{
    static const char bytes[] = FIRST "extra QUJD\nindex 7\n" HASH "\nthe\n\ncheckpoint\n";
    const size_t header = strlen(bytes) - strlen("the\n\ncheckpoint\n");
    (void)state;
    for (size_t size = 0; size < strlen(bytes); size++) {
        struct proof_file file = {0};
        assert_int_equal(reads(bytes, size, &file), size > header);
        assert_true(file.checkpoint_size < strlen("the\n\ncheckpoint\n"));
        proof_file_clear(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proof_is_written_as_it_was_read),
        cmocka_unit_test(its_parts_are_found),
        cmocka_unit_test(what_is_no_proof_is_refused),
        cmocka_unit_test(a_zero_byte_in_the_checkpoint_is_refused),
        cmocka_unit_test(hashes_are_read_up_to_the_limit),
        cmocka_unit_test(a_file_is_read_up_to_its_longest),
        cmocka_unit_test(no_part_of_a_file_is_a_proof_with_a_whole_checkpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
