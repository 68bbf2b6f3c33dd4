/* A small county in memory, driven event by event through the domain as the ledger drives it. Tests say what matters
 * to them and leave the rest to the defaults here. */
#ifndef TESTING_COUNTY_H
#define TESTING_COUNTY_H

#include "domain/apply.h"
#include "domain/status.h"

/* The tree: province > city > county > two towns; the first town has two villages, the first of which has an
 * enterprise; the second town has a community. All live from 2000-01-01. */
#define CODE_PROVINCE "140000000000"
#define CODE_CITY "140300000000"
#define CODE_COUNTY "140322000000"
#define CODE_TOWN "140322102000"
#define CODE_OTHER_TOWN "140322100000"
#define CODE_VILLAGE "140322102200"
#define CODE_OTHER_VILLAGE "140322102201"
#define CODE_COMMUNITY "140322100001"
#define CODE_ENTERPRISE "91140322MA90000115"

struct county {
    struct state state;
    struct status_scratch scratch;
    struct ruling ruling;   /* of the last event */
    struct effects effects; /* of the last event, if it was accepted */
    uint64_t position;      /* of the last accepted event */
};

/* Units are enrolled from 2020-01-01; months, due five days after their end; COUNTY level; one office a zero; claims,
 * accidents and cases of any kind break. */
struct policy county_policy(void);
/* Adopts the policy and registers the tree; the open day is `today`. */
void county_open(struct county *county, const struct policy *policy, const char *today);
void county_close(struct county *county);

/* The day of "YYYY-MM-DD", which must be one. */
int32_t day_of(const char *text);
/* An event at noon of the open day, everything else empty. */
struct event county_event(const struct county *county, enum event_kind kind, const char *unit);
/* The same at noon of another day. */
struct event county_event_on(enum event_kind kind, const char *unit, const char *day);
/* ZeroAttested of one unit, on checked registers. */
struct event county_attestation(const struct county *county, enum zero zero, const char *unit, const char *from_day,
                                const char *to_day);

/* Names the one unit that takes the place of the one that ends. */
void county_succeeded_by(struct event *event, const char *const *successor);

/* Judges the event as published by the county's office at the end of the open day, and applies it if it is accepted. */
enum verdict county_take(struct county *county, const struct event *event, enum office office);
/* The same by an office with another subtree. */
enum verdict county_take_below(struct county *county, const struct event *event, enum office office, const char *root);
/* The same by an identity of that name. */
enum verdict county_take_from(struct county *county, const struct event *event, enum office office, const char *root,
                              const char *identity);
/* A policy by one operator and, where it waits, by another. */
enum verdict county_adopt(struct county *county, const struct event *event);
/* The same; the test fails unless it is accepted. Returns its position. */
uint64_t county_record(struct county *county, const struct event *event, enum office office);
/* Closes days until `day` is the open one. */
void county_open_day(struct county *county, const char *day);

/* Opens a matter of the kind at the unit with the event that opens it: a hazard is GENERAL, a petition a CLAIM by
 * VISIT, a case ADMIN, an accident has one serious injury. */
struct event county_opening(const struct county *county, enum matter_kind kind, const char *matter, const char *unit);
/* An event of the kind about that matter. */
struct event county_step(const struct county *county, enum event_kind kind, enum matter_kind matter_kind,
                         const char *matter, const char *unit);

/* The unit's status as of the day and as known at the position, under the policy in force. */
struct zero_status county_status(struct county *county, const char *unit, enum zero zero, const char *as_of,
                                 uint64_t known_at);

/* Like county_take and county_take_from; the test fails with both verdicts and the reason unless it is this one. */
void county_expect(struct county *county, const struct event *event, enum office office, enum verdict expected);
void county_expect_from(struct county *county, const struct event *event, enum office office, const char *root,
                        const char *identity, enum verdict expected);
/* Moves the event to noon of that day. */
void county_happened_on(struct event *event, const char *day);
/* The matter, which must exist. */
const struct matter *county_matter(const struct county *county, enum matter_kind kind, const char *code);
/* What the operator says of the tree: a unit, named by its code; another parent for it; its end. */
void county_register(struct county *county, enum unit_kind kind, const char *code, const char *parent,
                     const char *from_day);
void county_move_unit(struct county *county, const char *code, const char *parent, const char *from_day);
void county_end_unit(struct county *county, enum event_kind kind, const char *code, const char *const *successors,
                     uint32_t successor_count, const char *valid_to);

#endif
