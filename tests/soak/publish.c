/* A publisher that keeps a pace for hours, whatever happens to the hub, and writes down what it was promised: it is the
 * oracle of a soak, and is itself never killed. The pace is told by `rate N` on standard input. Events fall due at
 * their time whether the hub is there or not; what fell due meanwhile is sent as fast as it goes when it is back.
 *
 * Lines, written once a second (all of one second together, after what they tell of has been answered):
 *   now SECONDS                        the hub's time of which the events are made (first line)
 *   recorded FIRST COUNT POSITION      events FIRST … are durable at POSITION …
 *   rejected FIRST COUNT CODE          and refused, likewise
 *   second MS RATE SENT ACKNOWLEDGED BATCHES P50_US P99_US MAX_US BEHIND IN_FLIGHT SUMMARIES SUMMARY_US WAITING_US
 *          MS of the monotonic clock; SENT and ACKNOWLEDGED events in all; the answered batches of this second and how
 *          long they took from when they were due; events that are due and not sent; messages in flight; summaries that
 *          came, the longest that an event waited for the first one that counts it, and how long the oldest that no
 *          summary counts yet has waited
 *   end NEXT                           everything is answered; the number that would come next */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "measure.h"
#include "mix.h"
#include "orders.h"

enum {
    WINDOW = 64,
    BATCH_MAX = 1000,
    BATCHES_PER_S = 400, /* messages a second, where the rate allows it */
    ORDERS_US = 10000,
    SAMPLES_MAX = 4096, /* answered batches of a second; of more the last are looked at */
    UNCOUNTED = 65536,  /* batches that no summary counts yet: minutes of them */
    SECOND_US = 1000000,
    SUMMARIES = 1, /* the subscription */
    LEGS_MAX = 32,
    DRAIN_LIMIT_S = 600
};

/* A message on its way. */
struct flight {
    uint64_t first;
    uint32_t count; /* 0: this place is free */
    uint32_t left;  /* not answered yet */
    int64_t due_us;
};

/* What is known of events that no summary counts yet, the oldest first. */
struct uncounted {
    uint64_t position; /* of the last event of the batch */
    int64_t due_us;
};

/* A stretch of the schedule: what fell due under one pace keeps its time when the pace changes. */
struct leg {
    uint64_t first; /* number of its first event, and … */
    int64_t due_us; /* … when that is due */
    uint64_t rate;  /* 0: none is due */
};

struct run {
    const char *kind; /* NULL: none is open */
    uint64_t first;
    uint64_t count;
    uint64_t position; /* or a code */
};

struct publisher {
    const struct soak *soak;
    struct sanling *hub;
    struct orders orders;
    struct mix mix;
    int64_t now_s; /* the hub's time at the start */
    uint64_t rate;
    struct leg legs[LEGS_MAX]; /* the first is that of the next event, the last that of now */
    size_t leg_count;
    uint64_t next; /* number of the next event */
    uint64_t sent;
    uint64_t acknowledged;
    struct flight flights[WINDOW];
    struct run run;
    struct uncounted *uncounted; /* ring */
    uint64_t uncounted_first;
    uint64_t uncounted_end;
    int64_t second_us; /* when this second ends */
    uint32_t times_us[SAMPLES_MAX];
    size_t times;
    uint64_t summaries;
    int64_t summary_us;
    int64_t ordered_us; /* when orders were taken last */
};

/* ---- what is due ---- */

static uint64_t due_until(const struct leg *leg, int64_t now_us)
{
    return now_us > leg->due_us ? leg->first + (uint64_t)(now_us - leg->due_us) * leg->rate / SECOND_US : leg->first;
}

static const struct leg *last_leg(const struct publisher *publisher)
{
    return &publisher->legs[publisher->leg_count - 1];
}

static uint64_t events_behind(const struct publisher *publisher)
{
    uint64_t until = due_until(last_leg(publisher), measure_now_us());
    return until > publisher->next ? until - publisher->next : 0;
}

/* Few at a time while the pace is kept; what waits goes in larger messages, as any publisher would send it. */
static uint64_t batch_size(const struct publisher *publisher)
{
    uint64_t paced = publisher->legs->rate / BATCHES_PER_S;
    uint64_t waiting = events_behind(publisher) / WINDOW;
    uint64_t size = paced > waiting ? paced : waiting;
    return size < 1 ? 1 : size > BATCH_MAX ? BATCH_MAX : size;
}

/* When the next event is due. Only while there is a rate. */
static int64_t next_due_us(const struct publisher *publisher)
{
    const struct leg *leg = publisher->legs;
    return leg->due_us + (int64_t)((publisher->next - leg->first) * SECOND_US / leg->rate);
}

/* Leaves the legs whose events are all sent. */
static void leave_legs(struct publisher *publisher)
{
    while (publisher->leg_count > 1 && publisher->next >= publisher->legs[1].first) {
        publisher->leg_count--;
        memmove(publisher->legs, publisher->legs + 1, publisher->leg_count * sizeof *publisher->legs);
    }
}

/* A new pace begins now: what fell due under the old one stays due since then. */
static void begin_leg(struct publisher *publisher)
{
    int64_t now_us = measure_now_us();
    uint64_t first = due_until(last_leg(publisher), now_us);
    if (publisher->leg_count == LEGS_MAX)
        publisher->leg_count--; /* so many changes while nothing is sent: one of them is forgotten */
    publisher->legs[publisher->leg_count++] =
        (struct leg){.first = first > publisher->next ? first : publisher->next, .due_us = now_us, publisher->rate};
    leave_legs(publisher);
}

static struct flight *free_flight(struct publisher *publisher)
{
    for (size_t i = 0; i < WINDOW; i++)
        if (publisher->flights[i].count == 0)
            return &publisher->flights[i];
    return NULL;
}

static bool may_send(struct publisher *publisher)
{
    return publisher->legs->rate > 0 && !publisher->orders.ended && sanling_in_flight(publisher->hub) < WINDOW &&
           free_flight(publisher);
}

static bool send_batch(struct publisher *publisher, struct sanling_error *error)
{
    const struct leg *leg = publisher->legs;
    uint64_t count = batch_size(publisher);
    if (publisher->leg_count > 1 && leg[1].first - publisher->next < count)
        count = leg[1].first - publisher->next;
    int64_t due_us = next_due_us(publisher);
    struct flight *flight = free_flight(publisher);
    mix_fill(&publisher->mix, &publisher->soak->county, SOAK_SOURCE, publisher->next, count, publisher->now_s);
    if (!sanling_publish(publisher->hub, SOAK_SOURCE, publisher->next, publisher->mix.events, count, error))
        return false;
    *flight = (struct flight){publisher->next, (uint32_t)count, (uint32_t)count, due_us};
    publisher->next += count;
    publisher->sent += count;
    leave_legs(publisher);
    return true;
}

/* The library keeps places of its window for what it has to send again: that it is full is no fault. */
static bool send_due(struct publisher *publisher, struct sanling_error *error)
{
    while (may_send(publisher) && measure_now_us() >= next_due_us(publisher))
        if (!send_batch(publisher, error))
            return error->code == SANLING_WINDOW_FULL;
    return true;
}

/* ---- what was answered ---- */

static void close_run(struct publisher *publisher)
{
    const struct run *run = &publisher->run;
    if (run->kind)
        printf("%s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", run->kind, run->first, run->count, run->position);
    publisher->run.kind = NULL;
}

static void note_run(struct publisher *publisher, const char *kind, uint64_t first, uint64_t count, uint64_t position)
{
    struct run *run = &publisher->run;
    if (run->kind == kind && first == run->first + run->count && position == run->position + run->count) {
        run->count += count;
        return;
    }
    close_run(publisher);
    *run = (struct run){kind, first, count, position};
}

static void note_uncounted(struct publisher *publisher, uint64_t position, int64_t due_us)
{
    if (publisher->uncounted_end - publisher->uncounted_first == UNCOUNTED)
        return; /* the oldest is what is looked at */
    publisher->uncounted[publisher->uncounted_end++ % UNCOUNTED] = (struct uncounted){position, due_us};
}

static void note_answered(struct publisher *publisher, uint64_t first, uint64_t count, uint64_t last_position)
{
    for (size_t i = 0; i < WINDOW; i++) {
        struct flight *flight = &publisher->flights[i];
        if (flight->count == 0 || first < flight->first || first >= flight->first + flight->count)
            continue;
        flight->left = count < flight->left ? flight->left - (uint32_t)count : 0;
        if (flight->left > 0)
            return;
        publisher->times_us[publisher->times++ % SAMPLES_MAX] = (uint32_t)(measure_now_us() - flight->due_us);
        note_uncounted(publisher, last_position, flight->due_us);
        flight->count = 0;
        return;
    }
}

/* false: the hub stopped the source, after the line that says so. */
static bool take_outcome(struct publisher *publisher, const Sanling__V1__Outcome *outcome)
{
    static const char recorded[] = "recorded";
    static const char rejected[] = "rejected";
    static const char refused[] = "refused";
    uint64_t sequence = outcome->first_sequence;
    for (size_t i = 0; i < outcome->n_runs; i++) {
        const Sanling__V1__Outcome__Run *run = outcome->runs[i];
        switch (run->kind) {
        case SANLING__V1__OUTCOME__RUN__KIND__RECORDED:
        case SANLING__V1__OUTCOME__RUN__KIND__DUPLICATE:
            note_run(publisher, recorded, sequence, run->count, run->first_position);
            publisher->acknowledged += run->count;
            note_answered(publisher, sequence, run->count, run->first_position + run->count - 1);
            break;
        case SANLING__V1__OUTCOME__RUN__KIND__REJECTED:
            note_run(publisher, rejected, sequence, run->count, (uint64_t)run->code);
            note_answered(publisher, sequence, run->count, 0);
            break;
        case SANLING__V1__OUTCOME__RUN__KIND__UNSPECIFIED:
        case SANLING__V1__OUTCOME__RUN__KIND__REFUSED:
        case _SANLING__V1__OUTCOME__RUN__KIND_IS_INT_SIZE:
            note_run(publisher, refused, sequence, run->count, (uint64_t)run->code);
            return soak_wrong("event %" PRIu64 " was refused: %s", sequence, run->text);
        }
        sequence += run->count;
    }
    return true;
}

static bool take_summary(struct publisher *publisher, uint64_t position, struct sanling_error *error)
{
    int64_t now_us = measure_now_us();
    publisher->summaries++;
    while (publisher->uncounted_first < publisher->uncounted_end) {
        const struct uncounted *oldest = &publisher->uncounted[publisher->uncounted_first % UNCOUNTED];
        if (oldest->position > position)
            break;
        if (now_us - oldest->due_us > publisher->summary_us)
            publisher->summary_us = now_us - oldest->due_us;
        publisher->uncounted_first++;
    }
    return sanling_credit(publisher->hub, SUMMARIES, 1, error);
}

/* ---- a second ---- */

static int by_size(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static int64_t oldest_uncounted_us(const struct publisher *publisher)
{
    if (publisher->uncounted_first == publisher->uncounted_end)
        return 0;
    return measure_now_us() - publisher->uncounted[publisher->uncounted_first % UNCOUNTED].due_us;
}

static void tell_second(struct publisher *publisher)
{
    size_t count = publisher->times < SAMPLES_MAX ? publisher->times : SAMPLES_MAX;
    uint32_t *times = publisher->times_us;
    qsort(times, count, sizeof *times, by_size);
    close_run(publisher);
    printf("second %" PRId64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %zu %u %u %u %" PRIu64 " %zu %" PRIu64 " %" PRId64
           " %" PRId64 "\n",
           measure_now_us() / 1000, publisher->rate, publisher->sent, publisher->acknowledged, publisher->times,
           count > 0 ? times[count / 2] : 0, count > 0 ? times[count * 99 / 100] : 0, count > 0 ? times[count - 1] : 0,
           events_behind(publisher), sanling_in_flight(publisher->hub), publisher->summaries, publisher->summary_us,
           oldest_uncounted_us(publisher));
    fflush(stdout);
    publisher->times = 0;
    publisher->summaries = 0;
    publisher->summary_us = 0;
    publisher->second_us += SECOND_US;
}

/* ---- all of it ---- */

static int64_t idle_us(struct publisher *publisher)
{
    int64_t now_us = measure_now_us();
    int64_t left_us = publisher->second_us - now_us;
    if (may_send(publisher) && next_due_us(publisher) - now_us < left_us)
        left_us = next_due_us(publisher) - now_us;
    return left_us > 0 ? left_us : 0;
}

static void take_orders(struct publisher *publisher, int64_t time_us)
{
    const uint64_t rate = publisher->rate;
    orders_wait(&publisher->orders, publisher->hub, time_us, &publisher->rate);
    if (publisher->rate != rate)
        begin_leg(publisher);
    publisher->ordered_us = measure_now_us();
}

/* Orders are taken when there is nothing else to do, and now and then when there always is: a burst that the hub cannot
 * follow would not end before it has caught up. */
static bool take_next(struct publisher *publisher, struct sanling_error *error)
{
    struct sanling_happening happening;
    if (measure_now_us() - publisher->ordered_us > ORDERS_US)
        take_orders(publisher, 0);
    if (!sanling_next(publisher->hub, 0, &happening, error))
        return false;
    if (happening.kind == SANLING_OUTCOME)
        return take_outcome(publisher, happening.outcome);
    if (happening.kind == SANLING_SUMMARY)
        return take_summary(publisher, happening.summary->summary->position, error);
    if (happening.kind == SANLING_NOTHING)
        take_orders(publisher, idle_us(publisher));
    return happening.kind != SANLING_PROBLEM || soak_wrong("%s", happening.problem->text);
}

static bool keep_pace(struct publisher *publisher)
{
    struct sanling_error error = {.code = SANLING_OK};
    int64_t limit_us = INT64_MAX;
    while (!publisher->orders.ended || sanling_in_flight(publisher->hub) > 0) {
        if (publisher->orders.ended && limit_us == INT64_MAX)
            limit_us = measure_now_us() + (int64_t)DRAIN_LIMIT_S * SECOND_US;
        if (!send_due(publisher, &error) || !take_next(publisher, &error))
            return error.code == SANLING_OK ? false : soak_wrong("%s", error.text);
        if (measure_now_us() >= publisher->second_us)
            tell_second(publisher);
        if (measure_now_us() > limit_us)
            return soak_wrong("%zu messages were not answered in %d s", sanling_in_flight(publisher->hub),
                              DRAIN_LIMIT_S);
    }
    return true;
}

static bool subscribe_summaries(struct sanling *hub)
{
    struct sanling_error error;
    Sanling__V1__SummarySubscription summary = SANLING__V1__SUMMARY_SUBSCRIPTION__INIT;
    Sanling__V1__Subscribe subscribe = SANLING__V1__SUBSCRIBE__INIT;
    subscribe.id = SUMMARIES;
    subscribe.kind_case = SANLING__V1__SUBSCRIBE__KIND_SUMMARY;
    subscribe.summary = &summary;
    return sanling_subscribe(hub, &subscribe, &error) || soak_wrong("%s", error.text);
}

static void begin(struct publisher *publisher)
{
    const Sanling__V1__Welcome *welcome = sanling_welcome(publisher->hub);
    publisher->now_s = welcome->time->seconds;
    publisher->next = welcome->sources[0]->next_sequence;
    int64_t now_us = measure_now_us();
    publisher->legs[0] = (struct leg){.first = publisher->next, .due_us = now_us, .rate = publisher->rate};
    publisher->leg_count = 1;
    publisher->second_us = now_us + SECOND_US;
    printf("now %" PRId64 "\n", publisher->now_s);
    fflush(stdout);
}

int run_publish(const struct soak *soak)
{
    struct publisher *publisher = calloc(1, sizeof *publisher);
    struct uncounted *uncounted = calloc(UNCOUNTED, sizeof *uncounted);
    if (!publisher || !uncounted)
        abort();
    publisher->soak = soak;
    publisher->rate = soak->rate;
    publisher->uncounted = uncounted;
    publisher->hub = soak_connect(soak);
    bool done = publisher->hub != NULL && subscribe_summaries(publisher->hub);
    if (done) {
        mix_room(&publisher->mix, BATCH_MAX);
        begin(publisher);
        done = keep_pace(publisher);
        tell_second(publisher);
        if (done)
            printf("end %" PRIu64 "\n", publisher->next);
    }
    sanling_close(&publisher->hub);
    mix_clear(&publisher->mix);
    free(uncounted);
    free(publisher);
    return done ? 0 : 1;
}
