/* Sealed notes: their length says only the class, the right key opens them and no other. */
#include "seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>

#include "draw.h"

static void new_pair(struct seal_key *pair)
{
    *pair = (struct seal_key){.has_secret = true};
    crypto_box_keypair(pair->public_key, pair->secret_key);
}

static void texts_of_a_class_have_one_length_and_open_again(void **state)
{
    static const size_t lengths[] = {560, 1072, 2096, 4144, 8240, 16048};
    static const size_t last_of_class[] = {511, 1023, 2047, 4095, 8191, 15999};
    static uint8_t text[SEAL_TEXT_MAX], sealed[SEALED_NOTE_MAX];
    static char opened[SEALED_NOTE_MAX];
    struct draw draw = {.seed = 7};
    struct seal_key pair, other;
    struct fault fault;
    (void)state;
    new_pair(&pair);
    new_pair(&other);
    for (int i = 0; i < 200; i++) {
        const size_t class = draw_below(&draw, 6);
        const size_t from = class == 0 ? 1 : last_of_class[class - 1] + 1;
        const size_t size = i < 12 ? (i % 2 ? from : last_of_class[class])
                                   : from + draw_below(&draw, (uint32_t)(last_of_class[class] - from + 1));
        size_t sealed_size = 0, opened_size = 0;
        for (size_t j = 0; j < size; j++)
            text[j] = (uint8_t)draw_below(&draw, 256);
        assert_true(seal_text(text, size, pair.public_key, sealed, &sealed_size, &fault));
        assert_int_equal(sealed_size, lengths[class]);
        assert_true(sealed_note_open(sealed, sealed_size, &pair, opened, &opened_size, &fault));
        assert_int_equal(opened_size, size);
        assert_memory_equal(opened, text, size);
        assert_false(sealed_note_open(sealed, sealed_size, &other, opened, &opened_size, &fault));
        assert_int_equal(fault.code, FAULT_REFUSED);
        sealed[draw_below(&draw, (uint32_t)sealed_size)] ^= 1;
        assert_false(sealed_note_open(sealed, sealed_size, &pair, opened, &opened_size, &fault));
    }
}

static void what_is_too_long_or_empty_is_refused(void **state)
{
    static uint8_t text[SEAL_TEXT_MAX + 1], sealed[SEALED_NOTE_MAX];
    struct seal_key pair;
    struct fault fault;
    size_t size;
    (void)state;
    new_pair(&pair);
    assert_false(seal_text(text, sizeof text, pair.public_key, sealed, &size, &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
    assert_false(seal_text(text, 0, pair.public_key, sealed, &size, &fault));
    memset(pair.public_key, 0, sizeof pair.public_key); /* of low order: everybody could open it */
    assert_false(seal_text(text, 10, pair.public_key, sealed, &size, &fault));
    assert_int_equal(fault.code, FAULT_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_of_a_class_have_one_length_and_open_again),
        cmocka_unit_test(what_is_too_long_or_empty_is_refused),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
