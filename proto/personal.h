/* Finds what belongs to a person and may never leave the office: resident identity numbers (GB 11643), telephone
 * numbers, bank card numbers and number plates, through full-width digits, blanks, hyphens, dots, commas and brackets
 * (DOMAIN.md §2.8, §8 ruling 30; PROTOCOL.md §10 has the rules). What has the form of one is one: a number that only
 * looks like a card's is refused too. Names are not found. Without memory to look the process ends: nothing unseen may
 * pass, and nothing be refused for ever that is harmless. */
#ifndef SANLING_PERSONAL_H
#define SANLING_PERSONAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stands for personal data wherever a cell is written down. */
#define PERSONAL_HIDDEN "[已隐去]"

enum personal_kind { PERSONAL_NONE, PERSONAL_IDENTITY_NUMBER, PERSONAL_TELEPHONE, PERSONAL_BANK_CARD, PERSONAL_PLATE };

/* What is found in prose, UTF-8; text that is not UTF-8 holds nothing. */
enum personal_kind personal_find(const char *text);
/* The same of codes and identifiers, where offices number as they like: no plates; telephone and card numbers only in
 * the forms that are hardly anything else. */
enum personal_kind personal_find_in_code(const char *text);
/* The same of bytes that are no text, or need not be: of each run of printable ASCII in them. */
enum personal_kind personal_find_in_bytes(const uint8_t *bytes, size_t size);
/* Whether that is an identity number: what else it would be is not looked at. */
bool personal_holds_identity_number(const char *text);
/* For people, in Chinese and English; never NULL. */
const char *personal_name_zh(enum personal_kind kind);
const char *personal_name_en(enum personal_kind kind);

#endif
