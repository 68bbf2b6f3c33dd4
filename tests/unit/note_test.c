/* Signed notes are read in one form only, and believed only under the key that is asked about. */
#include "proof/note.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

static const char text[] = "Ogni nota\n\nha un testo\n";

static struct note_signer new_signer(const char *name, enum note_algorithm algorithm)
{
    struct note_signer signer;
    struct fault fault = {0};
    assert_true(note_signer_new(name, algorithm, &signer, &fault));
    return signer;
}

/* Appends the signer's line for `text` to the note. */
static void add_signature(char *note, const struct note_signer *signer, uint64_t time)
{
    char *line = note_sign(signer, text, strlen(text), time);
    assert_non_null(line);
    strcat(note, line);
    free(line);
}

static bool reads(const char *bytes, struct note *note)
{
    struct fault fault = {0};
    const bool read = note_read(bytes, strlen(bytes), note, &fault);
    assert_int_equal(fault.code, read ? FAULT_NONE : FAULT_USAGE);
    return read;
}

/* The example of Go's package sumdb/note. */
static void a_note_of_another_implementation_verifies(void **state)
{
    static const char key[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    static const char bytes[] = "If you think cryptography is the answer to your problem,\n"
                                "then you don't know what your problem is.\n"
                                "\n"
                                "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdn"
                                "gotpRZb6KE6RyyBwJnAM=\n";
    struct note_verifier verifier;
    struct note note;
    struct fault fault;
    (void)state;
    assert_true(note_verifier_read(key, &verifier, &fault));
    assert_string_equal(verifier.name, "PeterNeumann");
    assert_int_equal(verifier.id, 0xc74f20a3);
    assert_true(reads(bytes, &note));
    assert_int_equal(note.count, 1);
    assert_ptr_equal(note_verify(&note, &verifier), &note.signatures[0]);
}

static void a_verifier_key_is_written_as_it_was_read(void **state)
{
    static const char key[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    char written[NOTE_KEY_TEXT_SIZE];
    struct note_verifier verifier;
    struct fault fault;
    (void)state;
    assert_true(note_verifier_read(key, &verifier, &fault));
    note_verifier_write(&verifier, written);
    assert_string_equal(written, key);
}

static void what_is_no_verifier_key_is_refused(void **state)
{
    static const char *const keys[] = {
        "",
        "+",
        "++",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a3+",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW=",
        "PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n\n",
        " PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    };
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct note_verifier verifier;
        struct fault fault = {0};
        if (note_verifier_read(keys[i], &verifier, &fault))
            fail_msg("taken: '%s'", keys[i]);
        assert_int_equal(fault.code, FAULT_USAGE);
    }
}

static void a_signing_key_comes_back_from_its_text(void **state)
{
    (void)state;
    for (enum note_algorithm algorithm = NOTE_ED25519; algorithm <= NOTE_COSIGNATURE_V1; algorithm += 3) {
        struct note_signer signer = new_signer("example.com/三零", algorithm);
        struct note_signer again;
        char written[NOTE_KEY_TEXT_SIZE];
        struct fault fault;
        note_signer_write(&signer, written);
        strcat(written, "\n"); /* as a file has it */
        assert_true(note_signer_read(written, &again, &fault));
        assert_string_equal(again.verifier.name, signer.verifier.name);
        assert_int_equal(again.verifier.id, signer.verifier.id);
        assert_int_equal(again.verifier.algorithm, algorithm);
        assert_memory_equal(again.verifier.key, signer.verifier.key, sizeof signer.verifier.key);
        assert_memory_equal(again.secret, signer.secret, sizeof signer.secret);
        note_signer_wipe(&signer);
        assert_true(sodium_is_zero((const unsigned char *)&signer, sizeof signer));
    }
}

static void a_fault_about_a_signing_key_does_not_repeat_it(void **state)
{
    struct note_signer signer = new_signer("log", NOTE_ED25519);
    char written[NOTE_KEY_TEXT_SIZE];
    (void)state;
    note_signer_write(&signer, written);
    for (size_t at = 0; at < strlen(written); at++) {
        struct note_signer again;
        struct fault fault = {0};
        const char was = written[at];
        written[at] = was == 'A' ? 'B' : 'A';
        assert_false(note_signer_read(written, &again, &fault));
        assert_int_equal(fault.code, FAULT_USAGE);
        assert_null(strstr(fault.text, written + strlen(written) - 20));
        written[at] = was;
    }
}

static void names_with_spaces_plus_or_controls_are_none(void **state)
{
    static const char *const names[] = {"",         " ",        "a b",       "a+b",   "a\tb", "a\nb", "a\u00a0b",
                                        "a\u3000b", "a\u2028b", "a\xc2\x85", "a\x7f", "\xff", "a\xc3"};
    char longest[NOTE_NAME_MAX + 2];
    struct note_signer signer;
    struct fault fault = {0};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_false(note_signer_new(names[i], NOTE_ED25519, &signer, &fault));
    memset(longest, 'n', sizeof longest);
    longest[NOTE_NAME_MAX + 1] = '\0';
    assert_false(note_signer_new(longest, NOTE_ED25519, &signer, &fault));
    longest[NOTE_NAME_MAX] = '\0';
    assert_true(note_signer_new(longest, NOTE_ED25519, &signer, &fault));
}

static void what_was_signed_verifies_and_no_changed_bit_of_it(void **state)
{
    const struct note_signer signers[] = {new_signer("log.example", NOTE_ED25519),
                                          new_signer("office.example", NOTE_COSIGNATURE_V1)};
    (void)state;
    for (size_t s = 0; s < 2; s++) {
        char bytes[1024];
        struct note note;
        sprintf(bytes, "%s\n", text);
        add_signature(bytes, &signers[s], 1700000000);
        assert_true(reads(bytes, &note));
        assert_int_equal(note.text_size, strlen(text));
        const struct note_signature *signature = note_verify(&note, &signers[s].verifier);
        assert_non_null(signature);
        assert_null(note_verify(&note, &signers[1 - s].verifier));
        if (s == 1)
            assert_int_equal(note_cosignature_time(signature), 1700000000);
        for (size_t bit = 0; bit < strlen(bytes) * 8; bit++) {
            struct fault fault;
            bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
            if (note_read(bytes, strlen(bytes), &note, &fault))
                assert_null(note_verify(&note, &signers[s].verifier));
            bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
        }
    }
}

/* Over "cosignature/v1", the time, and the text. */
static void the_time_of_a_cosignature_is_signed(void **state)
{
    const struct note_signer signer = new_signer("office.example", NOTE_COSIGNATURE_V1);
    char bytes[1024];
    char expected[256];
    struct note note;
    (void)state;
    sprintf(bytes, "%s\n", text);
    add_signature(bytes, &signer, UINT64_MAX);
    sprintf(expected, "cosignature/v1\ntime 18446744073709551615\n%s", text);
    assert_true(reads(bytes, &note));
    const struct note_signature *signature = note_verify(&note, &signer.verifier);
    assert_non_null(signature);
    assert_int_equal(signature->size, 72);
    assert_int_equal(crypto_sign_verify_detached(signature->bytes + 8, (const uint8_t *)expected, strlen(expected),
                                                 signer.verifier.key),
                     0);
    note.signatures[0].bytes[7] ^= 1;
    assert_null(note_verify(&note, &signer.verifier));
}

static void a_signature_line_can_be_moved_to_another_note_of_the_text(void **state)
{
    const struct note_signer log = new_signer("log", NOTE_ED25519);
    const struct note_signer office = new_signer("office", NOTE_COSIGNATURE_V1);
    char bytes[2048];
    char other[2048];
    struct note note;
    (void)state;
    sprintf(bytes, "%s\n", text);
    add_signature(bytes, &log, 0);
    add_signature(bytes, &office, 7);
    assert_true(reads(bytes, &note));
    assert_int_equal(note.count, 2);
    sprintf(other, "%s\n%.*s", text, (int)note.signatures[1].line_size, note.signatures[1].line);
    assert_true(reads(other, &note));
    assert_non_null(note_verify(&note, &office.verifier));
    assert_null(note_verify(&note, &log.verifier));
}

static void malformed_notes_are_refused(void **state)
{
    static const char *const notes[] = {
        "",
        "\n",
        "\n\n",
        "text",
        "text\n",
        "text\n\n",
        "text\n— log AAAAAAA=\n",
        "text\n\n— log AAAAAAA=",         /* no last newline */
        "text\n\n— log AAAAAAA=\n\n",     /* the last empty line ends the text */
        "text\n\n- log AAAAAAA=\n",       /* no em dash */
        "text\n\n—log AAAAAAA=\n",        /* no space */
        "text\n\n— log\n",                /* no signature */
        "text\n\n— log \n",               /* an empty one */
        "text\n\n—  AAAAAAA=\n",          /* no name */
        "text\n\n— lo+g AAAAAAA=\n",      /* plus in the name */
        "text\n\n— lo\u3000g AAAAAAA=\n", /* a space in the name */
        "text\n\n— log AAAAAAA= \n",      /* behind the signature */
        "text\n\n— log AAAAAAA= AAAAAAA=\n",
        "text\n\n— log AAAAAA==\n",   /* an id without signature */
        "text\n\n— log AAA=\n",       /* shorter than an id */
        "text\n\n— log AAAAAAB=\n",   /* unused bits are set */
        "text\n\n— log AAAAAAA\n",    /* not padded */
        "text\n\n— log AAAAAAA==\n",  /* padded twice */
        "text\n\n— log AAAA-AA=\n",   /* another alphabet */
        "text\n\n— log AAAA AA=\n",   /* a space within */
        "te\txt\n\n— log AAAAAAA=\n", /* control characters */
        "te\rxt\n\n— log AAAAAAA=\n",
        "text\r\n\r\n— log AAAAAAA=\r\n",
        "te\x01xt\n\n— log AAAAAAA=\n",
        "te\xffxt\n\n— log AAAAAAA=\n",         /* no UTF-8 */
        "te\xc0\xafxt\n\n— log AAAAAAA=\n",     /* overlong */
        "te\xed\xa0\x80xt\n\n— log AAAAAAA=\n", /* half a pair of UTF-16 */
        "text\n\n— log AAAAAAA=\nline\n",
    };
    struct note note;
    (void)state;
    assert_true(reads("text\n\n— log AAAAAAA=\n", &note)); /* what they were made of */
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (reads(notes[i], &note))
            fail_msg("taken, number %zu: %s", i, notes[i]);
}

static void a_zero_byte_is_no_text(void **state)
{
    static const char bytes[] = "te\0xt\n\n— log AAAAAAA=\n";
    struct note note;
    struct fault fault;
    (void)state;
    assert_false(note_read(bytes, sizeof bytes - 1, &note, &fault));
}

static void many_signatures_are_read_up_to_the_limit(void **state)
{
    static char bytes[NOTE_SIZE_MAX * 2];
    struct note note;
    (void)state;
    strcpy(bytes, "text\n\n");
    for (int i = 1; i <= 300; i++) {
        strcat(bytes, "— log AAAAAAA=\n");
        assert_int_equal(reads(bytes, &note), i <= NOTE_SIGNATURES_MAX);
    }
}

static void a_note_is_read_up_to_its_longest(void **state)
{
    static const char end[] = "\n\n— log AAAAAAA=\n";
    static char bytes[NOTE_SIZE_MAX + 2];
    struct note note;
    (void)state;
    memset(bytes, 't', NOTE_SIZE_MAX);
    strcpy(bytes + NOTE_SIZE_MAX - strlen(end), end);
    assert_true(reads(bytes, &note));
    memset(bytes, 't', NOTE_SIZE_MAX);
    strcpy(bytes + NOTE_SIZE_MAX + 1 - strlen(end), end);
    assert_false(reads(bytes, &note));
}

/* As of an algorithm that is not ours: post-quantum signatures take thousands of bytes. */
static void a_longer_signature_of_an_unknown_kind_is_borne(void **state)
{
    const struct note_signer log = new_signer("log", NOTE_ED25519);
    static char bytes[NOTE_SIZE_MAX];
    struct note note;
    (void)state;
    sprintf(bytes, "%s\n— log.other ", text);
    for (int i = 0; i < 800; i++)
        strcat(bytes, "QUJDREVG");
    strcat(bytes, "\n");
    add_signature(bytes, &log, 0);
    assert_true(reads(bytes, &note));
    assert_int_equal(note.signatures[0].size, 4800 - 4);
    assert_non_null(note_verify(&note, &log.verifier));
}

static void a_clash_of_ids_alone_is_another_key(void **state)
{
    const struct note_signer log = new_signer("log", NOTE_ED25519);
    struct note_signer other = new_signer("other", NOTE_ED25519);
    char bytes[1024];
    struct note note;
    (void)state;
    other.verifier.id = log.verifier.id;
    sprintf(bytes, "%s\n", text);
    add_signature(bytes, &other, 0);
    assert_true(reads(bytes, &note));
    assert_null(note_verify(&note, &log.verifier));
    add_signature(bytes, &log, 0);
    assert_true(reads(bytes, &note));
    assert_ptr_equal(note_verify(&note, &log.verifier), &note.signatures[1]);
}

/* Whoever finds another key with the log's name and id has found a signature that fails. */
static void a_clash_of_name_and_id_is_refused(void **state)
{
    const struct note_signer log = new_signer("log", NOTE_ED25519);
    struct note_signer forger = new_signer("log", NOTE_ED25519);
    (void)state;
    forger.verifier.id = log.verifier.id;
    for (int first = 0; first < 2; first++) {
        char bytes[1024];
        struct note note;
        sprintf(bytes, "%s\n", text);
        add_signature(bytes, first ? &forger : &log, 0);
        assert_true(reads(bytes, &note));
        assert_int_equal(note_verify(&note, &log.verifier) != NULL, !first);
        add_signature(bytes, first ? &log : &forger, 0);
        assert_true(reads(bytes, &note));
        assert_null(note_verify(&note, &log.verifier));
    }
}

/* The same key under both algorithms has two ids, and a signature of the one is none of the other. */
static void an_algorithm_is_not_taken_for_the_other(void **state)
{
    const struct note_signer log = new_signer("log", NOTE_ED25519);
    struct note_verifier cosigner = log.verifier;
    char bytes[1024];
    struct note note;
    (void)state;
    cosigner.algorithm = NOTE_COSIGNATURE_V1; /* with the id of the first */
    sprintf(bytes, "%s\n", text);
    add_signature(bytes, &log, 0);
    assert_true(reads(bytes, &note));
    assert_non_null(note_verify(&note, &log.verifier));
    assert_null(note_verify(&note, &cosigner));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_note_of_another_implementation_verifies),
        cmocka_unit_test(a_verifier_key_is_written_as_it_was_read),
        cmocka_unit_test(what_is_no_verifier_key_is_refused),
        cmocka_unit_test(a_signing_key_comes_back_from_its_text),
        cmocka_unit_test(a_fault_about_a_signing_key_does_not_repeat_it),
        cmocka_unit_test(names_with_spaces_plus_or_controls_are_none),
        cmocka_unit_test(what_was_signed_verifies_and_no_changed_bit_of_it),
        cmocka_unit_test(the_time_of_a_cosignature_is_signed),
        cmocka_unit_test(a_signature_line_can_be_moved_to_another_note_of_the_text),
        cmocka_unit_test(malformed_notes_are_refused),
        cmocka_unit_test(a_zero_byte_is_no_text),
        cmocka_unit_test(many_signatures_are_read_up_to_the_limit),
        cmocka_unit_test(a_note_is_read_up_to_its_longest),
        cmocka_unit_test(a_longer_signature_of_an_unknown_kind_is_borne),
        cmocka_unit_test(a_clash_of_ids_alone_is_another_key),
        cmocka_unit_test(a_clash_of_name_and_id_is_refused),
        cmocka_unit_test(an_algorithm_is_not_taken_for_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
