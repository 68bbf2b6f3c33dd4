/* Finds what belongs to a person and may never leave the office: resident identity numbers (GB 11643), telephone
 * numbers and number plates. Looks through full-width digits, spaces and commas (DOMAIN.md §2.8, §8 ruling 30). */
#ifndef SANLING_PERSONAL_H
#define SANLING_PERSONAL_H

#include <stdbool.h>

/* Stands for personal data wherever a cell is written down. */
#define PERSONAL_HIDDEN "[已隐去]"

enum personal_kind { PERSONAL_NONE, PERSONAL_IDENTITY_NUMBER, PERSONAL_TELEPHONE, PERSONAL_PLATE };

/* The first kind found in UTF-8 text; text that is not UTF-8 holds none. */
enum personal_kind personal_find(const char *text);
/* Whether that is an identity number: what telephone numbers would be is not looked at. */
bool personal_holds_identity_number(const char *text);
/* For people, in Chinese and English; never NULL. */
const char *personal_name_zh(enum personal_kind kind);
const char *personal_name_en(enum personal_kind kind);

#endif
