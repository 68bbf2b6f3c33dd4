/* What belongs to a person is found however it is written, and an office's own codes are left alone. */
#include "personal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chinese.h"
#include "code.h"
#include "draw.h"

enum { TEXT_SIZE = 512, NUMBERS = 20000, CODES = 100000 };

static const char *const wide_digits[] = {"０", "１", "２", "３", "４", "５", "６", "７", "８", "９"};

/* ---- invented numbers ---- */

static void put_digits(struct draw *draw, char *text, size_t count)
{
    const size_t used = strlen(text);
    for (size_t i = 0; i < count; i++)
        text[used + i] = (char)('0' + draw_below(draw, 10));
    text[used + count] = '\0';
}

static void identity_number(struct draw *draw, char number[static 19])
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    snprintf(number, 19, "%u%u%04u%04u%02u%02u%03u", 1 + draw_below(draw, 8), draw_below(draw, 10),
             draw_below(draw, 10000), 1900 + draw_below(draw, 120), 1 + draw_below(draw, 12), 1 + draw_below(draw, 28),
             draw_below(draw, 1000));
    for (int i = 0; i < 17; i++)
        sum += (number[i] - '0') * weights[i];
    number[17] = "10X98765432"[sum % 11];
    number[18] = '\0';
}

static void bank_card(struct draw *draw, char number[static 20])
{
    static const char *const issuers[] = {"6222", "6217", "4367", "5187", "3568", "9558", "2221", "8171"};
    int sum = 0;
    strcpy(number, issuers[draw_below(draw, 8)]);
    put_digits(draw, number, 11 + draw_below(draw, 4));
    const size_t size = strlen(number);
    for (size_t i = 0; i < size; i++) {
        const int digit = number[size - 1 - i] - '0';
        const int doubled = i % 2 == 0 ? digit * 2 : digit;
        sum += doubled > 9 ? doubled - 9 : doubled;
    }
    number[size] = (char)('0' + (10 - sum % 10) % 10);
    number[size + 1] = '\0';
}

/* ---- spellings ---- */

/* Writes the digits as somebody might: groups of these sizes (0 ends them; the rest is the last one), with one kind of
 * separator, and now and then in full-width characters. */
static void spell(struct draw *draw, const char *digits, const uint8_t *groups, char *text)
{
    static const char *const separators[] = {" ", "-", "  ", "　", "－", ".", "\xC2\xA0", "·", "—", " - ", "，", "/"};
    const char *separator = separators[draw_below(draw, sizeof separators / sizeof *separators)];
    const bool wide = draw_once_in(draw, 3);
    size_t left = *groups;
    text[0] = '\0';
    for (; *digits != '\0'; digits++) {
        const char one[] = {*digits == 'X' && draw_once_in(draw, 2) ? 'x' : *digits, '\0'};
        if (*groups != 0 && left-- == 0) {
            strcat(text, separator);
            groups++;
            left = *groups - 1u;
        }
        strcat(text, wide && *digits != 'X' ? wide_digits[*digits - '0'] : one);
    }
}

static void embed(struct draw *draw, const char *number, char text[static TEXT_SIZE])
{
    static const char *const before[] = {"", "来访人", "联系：", "No. ", "请回电 ", "卡号:", "（"};
    static const char *const after[] = {"", "反映道路问题", "，已登记", " 。", "）", ";3人"};
    snprintf(text, TEXT_SIZE, "%s%s%s", before[draw_below(draw, 7)], number, after[draw_below(draw, 6)]);
}

static void expect(const char *text, enum personal_kind kind)
{
    if (personal_find(text) != kind)
        fail_msg("'%s': found %s, not %s", text, personal_name_en(personal_find(text)), personal_name_en(kind));
}

static void identity_numbers_are_found_in_every_spelling(void **state)
{
    static const uint8_t groupings[][20] = {{0},       {6, 8, 4}, {6, 4, 4, 4},       {4, 4, 4, 4, 2}, {6, 4, 2, 2, 4},
                                            {6, 12},   {17, 1},   {6, 8, 3, 1},       {14, 4},         {3, 3, 4, 4, 4},
                                            {2, 4, 8}, {9, 9},    {1, 1, 1, 1, 1, 1}, {5, 5, 5, 3}};
    struct draw draw = {.seed = 88};
    (void)state;
    for (int i = 0; i < NUMBERS; i++) {
        char number[19], spelled[TEXT_SIZE], text[TEXT_SIZE];
        identity_number(&draw, number);
        spell(&draw, number, groupings[draw_below(&draw, 14)], spelled);
        embed(&draw, spelled, text);
        expect(text, PERSONAL_IDENTITY_NUMBER);
        if (personal_find_in_code(number) != PERSONAL_IDENTITY_NUMBER || !personal_holds_identity_number(number))
            fail_msg("not found in a code: %s", number);
    }
}

static void telephone_numbers_are_found_in_every_spelling(void **state)
{
    static const uint8_t groupings[][12] = {{0}, {3, 4, 4}, {3, 8}, {7, 4}, {4, 3, 4}, {4, 4, 3}};
    static const char *const areas[] = {"010", "0353", "021", "0351", "0755", "0898"};
    struct draw draw = {.seed = 89};
    (void)state;
    for (int i = 0; i < NUMBERS; i++) {
        char number[32], spelled[TEXT_SIZE], text[TEXT_SIZE], together[TEXT_SIZE + 8];
        snprintf(number, sizeof number, "1%u", 3 + draw_below(&draw, 7));
        put_digits(&draw, number, 9);
        spell(&draw, number, groupings[draw_below(&draw, 6)], spelled);
        snprintf(together, sizeof together, "%s%s", draw_once_in(&draw, 3) ? "+86 " : "", spelled);
        embed(&draw, together, text);
        expect(text, PERSONAL_TELEPHONE);
        assert_int_equal(personal_find_in_code(number), PERSONAL_TELEPHONE);

        const char *area = areas[draw_below(&draw, 6)];
        const uint8_t size = (uint8_t)strlen(area);
        snprintf(number, sizeof number, "%s%u", area, 2 + draw_below(&draw, 7));
        put_digits(&draw, number, 7);
        spell(&draw, number, draw_once_in(&draw, 2) ? (const uint8_t[]){size, 8, 0} : (const uint8_t[]){size, 4, 4, 0},
              spelled);
        embed(&draw, spelled, text);
        expect(text, PERSONAL_TELEPHONE);
    }
    static const char *const codes[] = {"YH-0353-8082110", "C03/138-0013-8000", "AJ8613800138000",
                                        "2020-0086-13800138000", "1 010 65123456"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (personal_find_in_code(codes[i]) != PERSONAL_TELEPHONE)
            fail_msg("not found in a code: %s", codes[i]);
    expect("电话（0353）8082110", PERSONAL_TELEPHONE);
    expect("(010) 6512 3456", PERSONAL_TELEPHONE);
    expect("03538082110", PERSONAL_TELEPHONE);
    expect("+86 353 8082110", PERSONAL_TELEPHONE);
    expect("电话 1 3 8 0 0 1 3 8 0 0 0", PERSONAL_TELEPHONE);
}

static void bank_cards_are_found_in_every_spelling(void **state)
{
    static const uint8_t groupings[][8] = {{0}, {4, 4, 4, 4, 4}, {6, 13}, {4, 4, 8}, {8, 8, 4}, {5, 5, 5, 5}};
    struct draw draw = {.seed = 90};
    (void)state;
    for (int i = 0; i < NUMBERS; i++) {
        char number[20], spelled[TEXT_SIZE], text[TEXT_SIZE];
        bank_card(&draw, number);
        if (personal_find(number) == PERSONAL_IDENTITY_NUMBER || strncmp(number + 6, "20", 2) == 0 ||
            strncmp(number + 6, "19", 2) == 0)
            continue; /* it is one as well, or an office's number: county, year, number */
        spell(&draw, number, groupings[draw_below(&draw, 6)], spelled);
        embed(&draw, spelled, text);
        if (personal_find(text) == PERSONAL_NONE) /* some groups of it may be a telephone number */
            fail_msg("'%s': nothing found", text);
        if (personal_find_in_code(number) != PERSONAL_BANK_CARD)
            fail_msg("%s: no card in a code", number);
        number[strlen(number) - 1] = (char)('0' + (number[strlen(number) - 1] - '0' + 1) % 10);
        if (personal_find(number) != PERSONAL_IDENTITY_NUMBER)
            expect(number, PERSONAL_NONE);
    }
}

/* ---- what is no person's ---- */

static void area_code(struct draw *draw, char code[static TEXT_SIZE])
{
    static const char *const counties[] = {"140322", "410105", "350102", "220102", "510104", "659001"};
    snprintf(code, TEXT_SIZE, "%s%03u%03u", counties[draw_below(draw, 6)], 1 + draw_below(draw, 299),
             1 + draw_below(draw, 399));
}

static void credit_code(struct draw *draw, char code[static TEXT_SIZE])
{
    static const char *const kinds[] = {"91", "52", "12", "11", "93"};
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    do {
        snprintf(code, TEXT_SIZE, "%s140322", kinds[draw_below(draw, 5)]);
        for (size_t i = 8; i < 16; i++)
            code[i] = alphabet[draw_below(draw, draw_once_in(draw, 2) ? 10 : 31)];
        code[16] = '\0';
        code[16] = organisation_check_character(code + 8);
        code[17] = '\0';
    } while (strchr(alphabet, code[16]) == NULL);
    code[17] = credit_check_character(code);
    code[18] = '\0';
}

static void matter_code(struct draw *draw, char code[static TEXT_SIZE])
{
    snprintf(code, TEXT_SIZE, "140322-%u-%c-%06u-", 2000 + draw_below(draw, 60), "PHACDG"[draw_below(draw, 6)],
             draw_below(draw, 1000000));
    const char check[] = {mod_37_36_check(code), '\0'};
    strcat(code, check);
}

static void codes_of_our_forms_are_left_alone(void **state)
{
    struct draw draw = {.seed = 91};
    (void)state;
    for (int i = 0; i < CODES; i++) {
        char code[TEXT_SIZE], note[TEXT_SIZE * 2];
        switch (i % 5) {
        case 0:
            area_code(&draw, code);
            break;
        case 1:
            area_code(&draw, code);
            snprintf(code + 12, 4, "%03u", 1 + draw_below(&draw, 999));
            break;
        case 2:
            credit_code(&draw, code);
            break;
        case 3:
            matter_code(&draw, code);
            break;
        default:
            snprintf(code, sizeof code, "%s%u-%06u", (const char *[]){"YH-", "AJ", "C03-", "SG"}[i / 5 % 4],
                     2000 + draw_below(&draw, 60), draw_below(&draw, 1000000));
        }
        if (i % 5 != 2 && personal_find_in_code(code) != PERSONAL_NONE)
            fail_msg("%s: %s", code, personal_name_en(personal_find_in_code(code)));
        snprintf(note, sizeof note, "单位%s，2020-04-03 14:30 检查 %u 处，整改 %u 处", code, draw_below(&draw, 1000),
                 draw_below(&draw, 1000));
        if (i % 5 == 2 && personal_holds_identity_number(code))
            continue; /* a credit code of digits alone can be one as well: as a unit's code it is none, in prose it is
                       */
        expect(note, PERSONAL_NONE);
        assert_int_equal(personal_find_in_code(code), PERSONAL_NONE);
    }
}

/* What the check characters leave of numbers that mean something else. The figures stand in PROTOCOL.md §10. */
static void random_digits_are_rarely_taken_for_a_persons(void **state)
{
    struct draw draw = {.seed = 92};
    (void)state;
    for (size_t digits = 16; digits <= 19; digits++) {
        unsigned in_codes = 0, in_notes = 0;
        for (int i = 0; i < CODES; i++) {
            char number[TEXT_SIZE] = "";
            put_digits(&draw, number, digits);
            in_codes += personal_find_in_code(number) != PERSONAL_NONE;
            in_notes += personal_find(number) != PERSONAL_NONE;
        }
        print_message("%zu random digits: %.2f %% refused in codes, %.2f %% in notes\n", digits,
                      in_codes * 100.0 / CODES, in_notes * 100.0 / CODES);
        assert_in_range(in_codes, CODES * 3 / 100, CODES * 45 / 1000);
        assert_in_range(in_notes, CODES * 9 / 100, CODES * 11 / 100);
    }
    unsigned found = 0;
    for (int i = 0; i < CODES; i++) {
        char number[TEXT_SIZE] = "";
        put_digits(&draw, number, 11);
        found += personal_find_in_code(number) != PERSONAL_NONE;
    }
    print_message("11 random digits: %.2f %% refused in codes\n", found * 100.0 / CODES);
    assert_in_range(found, CODES * 6 / 100, CODES * 8 / 100);
}

static void what_only_looks_alike_is_left_alone(void **state)
{
    static const char *const texts[] = {
        "2020-04-03 14:30",
        "单位140322102200，20200403 14:30",
        "巡查 15 处，2020-04-03 起 1 处",
        "路面破损约12平方米,已报修,编号 140322102200",
        "经费 13,812,345,678 元",
        "140322102200 140322102201 140322102202",
        "身份证 110105194912310021", /* its check does not hold */
        "编号 1403222020000123",
        "第 1、2、3、4、5、6、7、8、9、10、11、12 户",
        "2018 2019 2020 2021 2022",
        "热线12345，12350，12389",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect(texts[i], PERSONAL_NONE);
    assert_int_equal(personal_find_in_code("150-2020-0001"), PERSONAL_NONE);
    assert_int_equal(personal_find_in_code("4101052020000123"), PERSONAL_NONE);
    assert_int_equal(personal_find_in_code("1596240000000000"), PERSONAL_NONE); /* a time in microseconds */
}

static void numbers_are_found_in_bytes_that_should_be_none(void **state)
{
    uint8_t bytes[1024];
    struct draw draw = {.seed = 93};
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)draw_below(&draw, 256);
    assert_int_equal(personal_find_in_bytes(bytes, sizeof bytes), PERSONAL_NONE);
    memcpy(bytes + 700,
           "\0"
           "13800138000",
           13);
    assert_int_equal(personal_find_in_bytes(bytes, sizeof bytes), PERSONAL_TELEPHONE);
    memset(bytes, 'a', sizeof bytes);
    memcpy(bytes + 246, "11010519491231002X", 18);
    bytes[900] = 0xFF;
    assert_int_equal(personal_find_in_bytes(bytes, sizeof bytes), PERSONAL_IDENTITY_NUMBER);
    static const char wide[] = "电话１３８００１３８０００";
    assert_int_equal(personal_find_in_bytes((const uint8_t *)wide, sizeof wide - 1), PERSONAL_TELEPHONE);
}

/* ---- what is passed over without a closer look ---- */

static void put_piece(struct draw *draw, char *text)
{
    static const char *const pieces[] = {
        "，", "。",  "、", "（",  "）", "：",   "－",  "　",   "检查", "灭火器在有效期内",
        "晋", "京",  "A",  "B1",  "x",  "X",    "MA",  "-",    " ",    "/",
        "_",  ".",   "(",  ")",   ",",  "+",    "+86", "0086", "·",    ":",
        "1",  "138", "19", "010", "20", "2020", "\t",  "\x01", "YH-",  "C03"};
    char number[TEXT_SIZE] = "";
    switch (draw_below(draw, 10)) {
    case 0:
        identity_number(draw, number);
        break;
    case 1:
        bank_card(draw, number);
        break;
    case 2:
        strcpy(number, wide_digits[draw_below(draw, 10)]);
        break;
    case 3:
        put_digits(draw, number, 1 + draw_below(draw, 12));
        break;
    case 4:
        snprintf(number, sizeof number, "晋%c", "ACxy1"[draw_below(draw, 5)]);
        put_digits(draw, number, 4 + draw_below(draw, 3));
        break;
    default:
        strcpy(number, pieces[draw_below(draw, sizeof pieces / sizeof *pieces)]);
    }
    strcat(text, number);
}

/* A character that is never passed over stands behind each text, and makes nothing else of it. */
static void nothing_is_passed_over_that_a_closer_look_would_find(void **state)
{
    struct draw draw = {.seed = 94};
    unsigned found = 0, plates = 0;
    (void)state;
    for (int i = 0; i < CODES; i++) {
        char text[TEXT_SIZE] = "", closer[TEXT_SIZE + 8];
        for (unsigned left = 1 + draw_below(&draw, 12); left > 0; left--)
            put_piece(&draw, text);
        snprintf(closer, sizeof closer, "%s é", text);
        if (personal_find(text) != personal_find(closer) ||
            personal_find_in_code(text) != personal_find_in_code(closer))
            fail_msg("'%s': %s, in a code %s; closer %s, %s", text, personal_name_en(personal_find(text)),
                     personal_name_en(personal_find_in_code(text)), personal_name_en(personal_find(closer)),
                     personal_name_en(personal_find_in_code(closer)));
        found += personal_find_in_code(text) != PERSONAL_NONE;
        plates += personal_find(text) == PERSONAL_PLATE;
    }
    assert_in_range(found, CODES / 4, CODES * 3 / 4);
    assert_in_range(plates, 100, CODES);
}

static void five_characters_are_common_chinese_if_each_of_them_is(void **state)
{
    (void)state;
    for (unsigned c = 0x800; c <= 0xFFFF; c++) {
        const bool common = (c >= 0x4000 && c <= 0x9FFF) || (c >= 0x3000 && c <= 0x3011) ||
                            (c >= 0xFF01 && c <= 0xFF0F) || (c >= 0xFF1A && c <= 0xFF20);
        for (size_t place = 0; place < CHINESE_BYTES; place += 3) {
            uint8_t text[CHINESE_READ] = "检查，登记啊";
            text[place] = (uint8_t)(0xE0 | c >> 12);
            text[place + 1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
            text[place + 2] = (uint8_t)(0x80 | (c & 0x3F));
            if (are_common_chinese(text) != common)
                fail_msg("U+%04X at %zu", c, place);
        }
    }
    for (size_t place = 0; place < CHINESE_BYTES; place++)
        for (unsigned byte = 0; byte < 0x80; byte++) {
            uint8_t text[CHINESE_READ] = "检查，登记啊";
            text[place] = (uint8_t)byte;
            assert_false(are_common_chinese(text));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_numbers_are_found_in_every_spelling),
        cmocka_unit_test(telephone_numbers_are_found_in_every_spelling),
        cmocka_unit_test(bank_cards_are_found_in_every_spelling),
        cmocka_unit_test(codes_of_our_forms_are_left_alone),
        cmocka_unit_test(random_digits_are_rarely_taken_for_a_persons),
        cmocka_unit_test(what_only_looks_alike_is_left_alone),
        cmocka_unit_test(numbers_are_found_in_bytes_that_should_be_none),
        cmocka_unit_test(nothing_is_passed_over_that_a_closer_look_would_find),
        cmocka_unit_test(five_characters_are_common_chinese_if_each_of_them_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
