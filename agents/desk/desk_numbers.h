/* Numbers of matter codes (一案一码), given to phones in blocks before they are needed: a phone without a network opens
 * disputes under numbers that nobody else has. Durable in one SQLite file; a number is given once, whatever becomes of
 * it. Which token got it says whose disputes are whose. */
#ifndef DESK_NUMBERS_H
#define DESK_NUMBERS_H

#include "fault.h"

#include <stdint.h>

enum { DESK_NUMBERS_BLOCK = 20 };

struct desk_numbers;

/* Opens or creates `dir`/desk.sqlite. NULL: FAULT_SYSTEM. */
struct desk_numbers *desk_numbers_open(const char *dir, struct fault *fault);
void desk_numbers_close(struct desk_numbers **numbers);
/* Gives the token the next block within from…to, durably. FAULT_FULL: there is none left. */
MUST_CHECK bool desk_numbers_take(struct desk_numbers *numbers, const char *token, uint32_t from, uint32_t to,
                                  uint32_t *first, uint32_t *count, struct fault *fault);
/* Whether the number was given to the token. */
MUST_CHECK bool desk_numbers_has(struct desk_numbers *numbers, const char *token, uint32_t number, bool *has,
                                 struct fault *fault);

#endif
