/* A durable subscriber that writes down which positions it was given, in the order in which they came, and only then
 * acknowledges them. It goes on from the acknowledged position, in this run or, under the same name, in the next. `rate
 * N` on standard input says how many records a second it takes; 0: as they come.
 *
 * Lines:
 *   took FIRST LAST                    all records at these positions came, in their order
 *   second MS REACHED RECORDS          MS of the monotonic clock; everything up to REACHED was looked at by the hub;
 *                                      records in all */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "measure.h"
#include "orders.h"

enum {
    SUBSCRIPTION = 1,
    CREDIT_MAX = 50000,
    SECOND_US = 1000000,
    TICK_US = 100000,
    TICKS_PER_S = 10,
    CONFIRM_LIMIT_S = 10
};

struct follower {
    const struct soak *soak;
    struct sanling *hub;
    struct orders orders;
    uint64_t rate;
    uint64_t credit;  /* that the hub has left of us */
    uint64_t allowed; /* that it may be given */
    uint64_t first;   /* of the open run; 0: none is open */
    uint64_t last;
    uint64_t reached;
    uint64_t acknowledged; /* by us, and … */
    uint64_t confirmed;    /* … durably, as the hub says */
    uint64_t records;
    int64_t second_us; /* when this second, and this tick, end */
    int64_t tick_us;
};

static void close_run(struct follower *follower)
{
    if (follower->first != 0)
        printf("took %" PRIu64 " %" PRIu64 "\n", follower->first, follower->last);
    follower->first = 0;
}

static void take_position(struct follower *follower, uint64_t position)
{
    if (follower->first == 0 || position != follower->last + 1) {
        close_run(follower);
        follower->first = position;
    }
    follower->last = position;
}

static bool take_delivery(struct follower *follower, const struct sanling_records *records)
{
    for (size_t i = 0; i < records->count; i++)
        take_position(follower, records->records[i].position);
    follower->records += records->count;
    follower->credit -= records->count < follower->credit ? records->count : follower->credit;
    follower->reached = records->reached;
    return !records->ended || soak_wrong("the subscription ended");
}

/* Without a rate half of the credit may be used before it is topped up. */
static bool give_credit(struct follower *follower, struct sanling_error *error)
{
    uint64_t wanted = CREDIT_MAX - follower->credit;
    uint64_t given = follower->rate == 0 ? (wanted > CREDIT_MAX / 2 ? wanted : 0)
                                         : (follower->allowed < wanted ? follower->allowed : wanted);
    if (given == 0)
        return true;
    follower->credit += given;
    follower->allowed = 0;
    return sanling_credit(follower->hub, SUBSCRIPTION, (uint32_t)given, error);
}

/* What was taken is on paper before the hub is told so. */
static bool acknowledge(struct follower *follower, struct sanling_error *error)
{
    close_run(follower);
    printf("second %" PRId64 " %" PRIu64 " %" PRIu64 "\n", measure_now_us() / 1000, follower->reached,
           follower->records);
    fflush(stdout);
    if (follower->reached <= follower->acknowledged)
        return true;
    follower->acknowledged = follower->reached;
    return sanling_acknowledge(follower->hub, SUBSCRIPTION, follower->reached, error);
}

static bool look_at_clock(struct follower *follower, struct sanling_error *error)
{
    int64_t now_us = measure_now_us();
    if (now_us >= follower->tick_us) {
        follower->tick_us = now_us + TICK_US;
        follower->allowed = follower->rate / TICKS_PER_S;
        if (!give_credit(follower, error))
            return false;
    }
    if (now_us < follower->second_us)
        return true;
    follower->second_us = now_us + SECOND_US;
    return acknowledge(follower, error);
}

static bool take_next(struct follower *follower, struct sanling_error *error)
{
    struct sanling_happening happening;
    if (!sanling_next(follower->hub, 0, &happening, error))
        return false;
    if (happening.kind == SANLING_DELIVERY)
        return take_delivery(follower, happening.records) && (follower->rate > 0 || give_credit(follower, error));
    if (happening.kind == SANLING_NOTHING)
        orders_wait(&follower->orders, follower->hub, TICK_US, &follower->rate);
    if (happening.kind == SANLING_ACKNOWLEDGED)
        follower->confirmed = happening.acknowledged->position;
    return happening.kind != SANLING_PROBLEM || soak_wrong("%s", happening.problem->text);
}

static bool subscribe(struct follower *follower, struct sanling_error *error)
{
    Sanling__V1__RecordSubscription records = SANLING__V1__RECORD_SUBSCRIPTION__INIT;
    Sanling__V1__Subscribe subscribe = SANLING__V1__SUBSCRIBE__INIT;
    Sanling__V1__Filter filter = SANLING__V1__FILTER__INIT;
    char *types[] = {(char *)follower->soak->type};
    filter.types = types;
    filter.n_types = follower->soak->type ? 1 : 0;
    records.start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_ACKNOWLEDGED;
    records.from_acknowledged = true;
    records.name = (char *)follower->soak->name;
    records.filter = follower->soak->type ? &filter : NULL;
    records.credit = 1;
    follower->credit = 1;
    subscribe.id = SUBSCRIPTION;
    subscribe.kind_case = SANLING__V1__SUBSCRIBE__KIND_RECORDS;
    subscribe.records = &records;
    return sanling_subscribe(follower->hub, &subscribe, error);
}

static bool follow(struct follower *follower)
{
    struct sanling_error error = {.code = SANLING_OK};
    bool good = subscribe(follower, &error);
    while (good && !follower->orders.ended)
        good = take_next(follower, &error) && look_at_clock(follower, &error);
    good = good && acknowledge(follower, &error);
    int64_t limit_us = measure_now_us() + (int64_t)CONFIRM_LIMIT_S * SECOND_US;
    while (good && follower->confirmed < follower->acknowledged && measure_now_us() < limit_us)
        good = take_next(follower, &error);
    return good || error.code == SANLING_OK ? good : soak_wrong("%s", error.text);
}

int run_follow(const struct soak *soak)
{
    struct follower follower = {.soak = soak, .rate = soak->rate};
    if (!soak->name)
        return soak_fail("follow: wants a --name");
    follower.hub = soak_connect(soak);
    if (!follower.hub)
        return 1;
    bool done = follow(&follower);
    sanling_close(&follower.hub);
    return done ? 0 : 1;
}
