/* What a digest tells: what waits for the office, what of it is past its day or soon will be, and what the office has
 * not attested (the leading office: what any office has not). Counts, codes and names of units, taken from the hub's
 * answers; no other text of theirs is looked at.
 */
#ifndef SANLING_DIGEST_FACTS_H
#define SANLING_DIGEST_FACTS_H

#include "query.pb-c.h"
#include "unit.pb-c.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DIGEST_ITEMS_MAX = 64, /* of one kind; a message has room for fewer, the rest are counted */
    DIGEST_PERIODS_MAX = 72,
    DIGEST_NAMES_MAX = 3, /* of units named for a period */
    DIGEST_CODE_SIZE = 65,
    DIGEST_NAME_SIZE = 97,
    DIGEST_DAY_SIZE = 11,
    DIGEST_MATTER_KINDS = 7,
    DIGEST_ZEROS = 4,  /* by the contract's number; 0 is none */
    DIGEST_OFFICES = 9 /* the same */
};

enum digest_what { DIGEST_MATTER, DIGEST_TASK, DIGEST_SUPERVISION };

struct digest_item {
    enum digest_what what;
    Sanling__V1__MatterKind__Kind kind; /* of the matter */
    char code[DIGEST_CODE_SIZE];        /* the matter's */
    char unit[DIGEST_NAME_SIZE];        /* its name, else its code */
    int32_t days_left;                  /* negative: over by so many */
};

/* The most urgent first. */
struct digest_list {
    struct digest_item items[DIGEST_ITEMS_MAX];
    size_t count;
    uint32_t total;
};

struct digest_period {
    Sanling__V1__Zero__Kind zero;
    char from_day[DIGEST_DAY_SIZE];
    char to_day[DIGEST_DAY_SIZE];
    char due[DIGEST_DAY_SIZE];
    int32_t days_left;
    uint32_t units; /* that the office has not attested and could */
    char names[DIGEST_NAMES_MAX][DIGEST_NAME_SIZE];
    size_t name_count;
};

struct digest_facts {
    Sanling__V1__Office__Kind office;
    int64_t time_s; /* the hub's clock */
    bool demonstration;
    uint32_t waiting[DIGEST_MATTER_KINDS]; /* open matters that the office handles, by kind */
    uint32_t waiting_total;
    uint32_t tasks; /* joint tasks and supervisions that it has not done */
    uint32_t supervisions;
    bool more; /* there were more matters than were looked at: counts are at least so many */
    struct digest_list overdue;
    struct digest_list soon;
    struct digest_period periods[DIGEST_PERIODS_MAX]; /* the earliest due first */
    size_t period_count;
    /* Of the leading office alone, whose business the others' reports are: units of the subtree that nobody verified,
     * by zero, and which offices attest it. */
    uint32_t unverified[DIGEST_ZEROS];
    bool attests[DIGEST_ZEROS][DIGEST_OFFICES];
};

void digest_facts_begin(struct digest_facts *facts, Sanling__V1__Office__Kind office);
/* The hub's time, of any answer. */
void digest_facts_take_time(struct digest_facts *facts, const Sanling__V1__Answer *answer);
/* An open matter. `today` is the open day. */
void digest_facts_take_matter(struct digest_facts *facts, const Sanling__V1__MattersAnswer__Matter *matter,
                              const char *today);
/* A matter whose clock ends soon. */
void digest_facts_take_soon(struct digest_facts *facts, const Sanling__V1__MattersAnswer__Matter *matter);
/* What can be attested of a period; where every unit of it that is missing is broken, there is nothing to attest. */
void digest_facts_take_period(struct digest_facts *facts, const Sanling__V1__AttestationsDueAnswer__Period *period);
void digest_facts_name_unit(struct digest_facts *facts, size_t period,
                            const Sanling__V1__AttestationsDueAnswer__Unit *unit);
void digest_facts_take_summary(struct digest_facts *facts, const Sanling__V1__Summary *summary);
/* Whether there is anything to tell. */
bool digest_facts_any(const struct digest_facts *facts);

#endif
