/* The part that looks after zero reports (零报告): it sends what persons confirmed (confirmations.h), and says in the
 * journal which closed periods are to be attested, before they are due and once they are overdue. */
#ifndef SANLING_ATTEST_PART_H
#define SANLING_ATTEST_PART_H

#include "part.h"

part_open attest_part_open;

#endif
