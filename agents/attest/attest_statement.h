/* A zero report (零报告) as a person confirms it: which closed period of which zero, on which basis, for which of the
 * units that are still owed, and its events. Units whose zero is broken within their days are left out: that cannot be
 * attested. The subtree is attested as a whole only where no unit of it is covered or broken and the registers were
 * checked. */
#ifndef SANLING_ATTEST_STATEMENT_H
#define SANLING_ATTEST_STATEMENT_H

#include "confirmations.h"
#include "fault.h"
#include "query.pb-c.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ATTEST_UNITS_PER_EVENT = 1000, /* the contract's limit */
    ATTEST_ROLE_MAX = 64           /* bytes of a role code */
};

/* A unit that is owed, with the days that are. */
struct attest_unit {
    char code[20];
    char from_day[11];
    char to_day[11];
};

struct attest_statement {
    Sanling__V1__Zero__Kind zero;
    Sanling__V1__Attestation__Basis basis;
    char root[20]; /* of the subtree */
    char from_day[11];
    char to_day[11];
    char due[11];
    uint32_t units_of_period;
    struct attest_unit *units; /* that are attested */
    size_t unit_count;
    size_t unit_capacity;
    size_t broken; /* left out */
};

/* SHA-256 in hex of what is attested: a line `CODE FROM TO` for each unit, in the order in which they were added. */
enum { ATTEST_DIGEST_SIZE = 65 };

/* Begins with a period of an answer; the other fields are empty. */
void attest_statement_init(struct attest_statement *statement, const Sanling__V1__AttestationsDueAnswer *answer,
                           const Sanling__V1__AttestationsDueAnswer__Period *period);
void attest_statement_clear(struct attest_statement *statement);
/* Adds the units of an answer about this period; all of its pages one after the other. */
MUST_CHECK bool attest_statement_add(struct attest_statement *statement,
                                     const Sanling__V1__AttestationsDueAnswer *answer, struct fault *fault);
/* Before it is encoded, which sorts the units. */
void attest_statement_digest(const struct attest_statement *statement, char digest[static ATTEST_DIGEST_SIZE]);
/* Whether one event will cover the whole subtree; once all units are added. */
bool attest_statement_is_scope(const struct attest_statement *statement);

/* The events of a statement, encoded for confirmations_add. */
struct attest_parts {
    struct confirmation_part parts[CONFIRMATION_PARTS_MAX];
    size_t count;
};
/* Whether it is a role code: 1 to ATTEST_ROLE_MAX ASCII letters, digits, `_`, `-`, `.`, and no personal data. A name
 * that slipped in would be kept for ever, and what is no UTF-8 would be an event that the hub cannot even reject. */
bool attest_role_is_code(const char *role);
/* `role` is the role code of who confirmed, never a name; `time_s` the hub's clock, since 1970. FAULT_USAGE: no unit to
 * attest, or more than CONFIRMATION_PARTS_MAX events; FAULT_SYSTEM. */
MUST_CHECK bool attest_statement_encode(struct attest_statement *statement, const char *role, int64_t time_s,
                                        int32_t utc_offset_minutes, struct attest_parts *parts, struct fault *fault);
void attest_parts_clear(struct attest_parts *parts);
/* "ACCIDENT 2020-07-01/2020-07-31", for the journal and lists. */
enum { ATTEST_SUMMARY_SIZE = 64 };
void attest_statement_summary(const struct attest_statement *statement, char text[static ATTEST_SUMMARY_SIZE]);

#endif
