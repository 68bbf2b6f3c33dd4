/* A checkpoint is believed under its log's key and name alone. */
#include "proof/checkpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="

static struct note_signer new_signer(const char *name)
{
    struct note_signer signer;
    struct fault fault = {0};
    assert_true(note_signer_new(name, NOTE_ED25519, &signer, &fault));
    return signer;
}

static bool reads(const char *text, struct checkpoint *checkpoint)
{
    struct fault fault = {0};
    const bool read = checkpoint_read(text, strlen(text), checkpoint, &fault);
    assert_int_equal(fault.code, read ? FAULT_NONE : FAULT_USAGE);
    return read;
}

static void a_checkpoint_is_written_as_it_was_read(void **state)
{
    static const char *const texts[] = {
        "example.com/behind-the-sofa\n20852163\n" ROOT "\n",
        "a log with spaces\n0\n" ROOT "\n",
        "三零\n18446744073709551615\n" ROOT "\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char written[CHECKPOINT_TEXT_SIZE];
        struct checkpoint checkpoint;
        assert_true(reads(texts[i], &checkpoint));
        checkpoint_write(&checkpoint, written);
        assert_string_equal(written, texts[i]);
    }
}

static void the_longest_checkpoint_fits(void **state)
{
    struct checkpoint checkpoint = {.size = UINT64_MAX};
    struct checkpoint again;
    char written[CHECKPOINT_TEXT_SIZE];
    (void)state;
    memset(checkpoint.origin, 'o', NOTE_NAME_MAX);
    memset(checkpoint.root.bytes, 0xff, MERKLE_HASH_SIZE);
    checkpoint_write(&checkpoint, written);
    assert_true(reads(written, &again));
    assert_memory_equal(&again, &checkpoint, sizeof again);
}

static void extension_lines_are_borne(void **state)
{
    struct checkpoint checkpoint;
    (void)state;
    assert_true(reads("log\n7\n" ROOT "\nmore\nand more\n", &checkpoint));
    assert_int_equal(checkpoint.size, 7);
    assert_false(reads("log\n7\n" ROOT "\n\nmore\n", &checkpoint));
    assert_false(reads("log\n7\n" ROOT "\nmore", &checkpoint));
}

static void what_is_no_checkpoint_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "log",
        "log\n",
        "log\n7\n",
        "log\n7\n" ROOT,
        "\n7\n" ROOT "\n",
        "lo\tg\n7\n" ROOT "\n",
        "log\n\n" ROOT "\n",
        "log\n07\n" ROOT "\n",
        "log\n+7\n" ROOT "\n",
        "log\n-7\n" ROOT "\n",
        "log\n 7\n" ROOT "\n",
        "log\n7 \n" ROOT "\n",
        "log\n0x7\n" ROOT "\n",
        "log\n18446744073709551616\n" ROOT "\n",
        "log\n99999999999999999999999\n" ROOT "\n",
        "log\n7\n\n",
        "log\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",     /* not padded */
        "log\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",    /* unused bits are set */
        "log\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n",    /* 31 bytes */
        "log\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2Ji\n",    /* 33 bytes */
        "log\n7\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n",    /* another alphabet */
        "log\n7\nCsUYapGGPo4dkMgIAUqom\345Xajj7h2fB2MPA3j2jxq2I=\n", /* beyond ASCII */
        "log\n7\n" ROOT " \n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct checkpoint checkpoint;
        if (reads(texts[i], &checkpoint))
            fail_msg("taken, number %zu: %s", i, texts[i]);
    }
}

static enum fault_code opens(const char *bytes, const struct note_verifier *log, struct checkpoint *checkpoint)
{
    struct note note;
    struct fault fault = {0};
    return checkpoint_open(bytes, strlen(bytes), log, checkpoint, &note, &fault) ? FAULT_NONE : fault.code;
}

static void sign(const struct note_signer *signer, const char *text, char *bytes)
{
    char *line = note_sign(signer, text, strlen(text), 0);
    assert_non_null(line);
    sprintf(bytes, "%s\n%s", text, line);
    free(line);
}

static void it_opens_under_the_key_of_its_log_alone(void **state)
{
    const struct note_signer log = new_signer("log");
    const struct note_signer namesake = new_signer("log");
    const struct note_signer other = new_signer("other");
    struct checkpoint checkpoint;
    char bytes[1024];
    (void)state;
    sign(&log, "log\n7\n" ROOT "\n", bytes);
    assert_int_equal(opens(bytes, &log.verifier, &checkpoint), FAULT_NONE);
    assert_int_equal(checkpoint.size, 7);
    assert_string_equal(checkpoint.origin, "log");
    assert_int_equal(opens(bytes, &namesake.verifier, &checkpoint), FAULT_NO);
    assert_int_equal(opens(bytes, &other.verifier, &checkpoint), FAULT_NO);
    sign(&other, "log\n7\n" ROOT "\n", bytes); /* signed by a key, but about another's log */
    assert_int_equal(opens(bytes, &other.verifier, &checkpoint), FAULT_NO);
    sign(&log, "log\n7\n" ROOT "\n\nlog\n8\n" ROOT "\n", bytes); /* signed, but no checkpoint */
    assert_int_equal(opens(bytes, &log.verifier, &checkpoint), FAULT_USAGE);
    assert_int_equal(opens("log\n7\n" ROOT "\n", &log.verifier, &checkpoint), FAULT_USAGE);
}

static void no_changed_byte_of_it_opens(void **state)
{
    const struct note_signer log = new_signer("log");
    char bytes[1024];
    (void)state;
    sign(&log, "log\n7\n" ROOT "\n", bytes);
    for (size_t at = 0; bytes[at] != '\0'; at++)
        for (int change = 1; change < 256; change++) {
            struct checkpoint checkpoint = {.size = 99};
            bytes[at] = (char)(bytes[at] ^ change);
            assert_int_not_equal(opens(bytes, &log.verifier, &checkpoint), FAULT_NONE);
            assert_int_equal(checkpoint.size, 99);
            bytes[at] = (char)(bytes[at] ^ change);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_checkpoint_is_written_as_it_was_read),
        cmocka_unit_test(the_longest_checkpoint_fits),
        cmocka_unit_test(extension_lines_are_borne),
        cmocka_unit_test(what_is_no_checkpoint_is_refused),
        cmocka_unit_test(it_opens_under_the_key_of_its_log_alone),
        cmocka_unit_test(no_changed_byte_of_it_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
