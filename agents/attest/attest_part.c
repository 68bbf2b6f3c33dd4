#include "attest_part.h"

#include "agent.h"
#include "attest_page.h"
#include "attest_routes.h"
#include "confirmations.h"
#include "journal.h"
#include "query.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    LOOK_MS = 500,           /* for what another process wrote down */
    ASK_MS = 60 * 60 * 1000, /* how often the hub is asked what is due */
    REMIND_DAYS = 5,         /* before the due */
    REMINDED_MAX = 64        /* periods, each told of once a day */
};

struct reminded {
    char period[32]; /* zero and first day */
    char day[11];    /* on which it was told */
};

struct attest_part {
    const struct office *office;
    int64_t looked_ms;
    int64_t asked_ms;  /* 0: not yet */
    uint32_t question; /* 0: none is open */
    bool drained;
    struct attest_routes *routes; /* NULL: the agent serves no HTTP */
    struct attest_page *page;     /* NULL: nor this */
    size_t reminded_count;
    struct reminded reminded[REMINDED_MAX];
};

static int wait_ms(const void *self, int64_t now_ms)
{
    const struct attest_part *part = self;
    const int64_t left = part->looked_ms + LOOK_MS - now_ms;
    const int look = left > 0 ? (int)left : 0;
    const int route = part->routes == NULL ? -1 : attest_routes_wait_ms(part->routes, now_ms);
    return route >= 0 && route < look ? route : look;
}

static void ask_what_is_due(struct attest_part *part, int64_t now_ms)
{
    struct sanling_error error;
    Sanling__V1__AttestationsDueQuery due = SANLING__V1__ATTESTATIONS_DUE_QUERY__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_ATTESTATIONS_DUE;
    query.attestations_due = &due;
    part->asked_ms = now_ms;
    if (!sanling_ask(part->office->hub, &query, &part->question, &error))
        journal(JOURNAL_WARNING, "source %s: what is to be attested cannot be asked: %s", part->office->config->source,
                error.text);
}

static bool step(void *self, int64_t now_ms, struct fault *fault)
{
    struct attest_part *part = self;
    bool any;
    if (part->routes != NULL)
        attest_routes_step(part->routes, now_ms);
    if (part->looked_ms != 0 && now_ms - part->looked_ms < LOOK_MS)
        return true;
    part->looked_ms = now_ms;
    part->drained = true;
    if (part->question == 0 && !part->office->once && sanling_connected(part->office->hub) &&
        (part->asked_ms == 0 || now_ms - part->asked_ms >= ASK_MS))
        ask_what_is_due(part, now_ms);
    if (!confirmations_take(part->office->outbox, &any, fault))
        return false;
    if (any)
        journal(JOURNAL_NOTICE, "source %s: a confirmed attestation is on its way", part->office->config->source);
    return true;
}

/* Whether this period was told of on this day already; it is from now on. */
static bool was_told(struct attest_part *part, const char *period, const char *day)
{
    for (size_t i = 0; i < part->reminded_count; i++) {
        if (strcmp(part->reminded[i].period, period) != 0)
            continue;
        const bool told = strcmp(part->reminded[i].day, day) == 0;
        snprintf(part->reminded[i].day, sizeof part->reminded[i].day, "%s", day);
        return told;
    }
    /* An agent runs for years: the place of the period that was told of longest ago is taken. */
    struct reminded *added = &part->reminded[0];
    for (size_t i = 1; i < part->reminded_count; i++)
        if (strcmp(part->reminded[i].day, added->day) < 0)
            added = &part->reminded[i];
    if (part->reminded_count < REMINDED_MAX)
        added = &part->reminded[part->reminded_count++];
    snprintf(added->period, sizeof added->period, "%s", period);
    snprintf(added->day, sizeof added->day, "%s", day);
    return false;
}

static void remind(struct attest_part *part, const Sanling__V1__AttestationsDueAnswer__Period *period, const char *day)
{
    char name[32];
    const ProtobufCEnumValue *zero =
        protobuf_c_enum_descriptor_get_value(&sanling__v1__zero__kind__descriptor, (int)period->zero);
    snprintf(name, sizeof name, "%s %s", zero == NULL ? "?" : zero->name, period->from_day);
    if (period->days_left > REMIND_DAYS || period->uncovered == period->broken || was_told(part, name, day))
        return;
    journal(period->days_left < 0 ? JOURNAL_WARNING : JOURNAL_NOTICE,
            "source %s: %s to %s is to be attested by %s (%d days %s): %u of %u units are not; see: %s attest",
            part->office->config->source, name, period->to_day, period->due, abs(period->days_left),
            period->days_left < 0 ? "overdue" : "left", period->uncovered, period->units, part->office->program->name);
}

static bool hear(void *self, const struct sanling_happening *happening, struct fault *fault)
{
    (void)fault;
    struct attest_part *part = self;
    if (part->routes != NULL)
        attest_routes_hear(part->routes, happening);
    const bool refused =
        happening->kind == SANLING_PROBLEM && part->question != 0 && happening->problem->query == part->question;
    if (refused) /* no policy is adopted yet, or the hub is of an older version */
        part->question = 0;
    if (happening->kind != SANLING_ANSWER || part->question == 0 || happening->answer->id != part->question)
        return true;
    part->question = 0;
    const Sanling__V1__AttestationsDueAnswer *due = happening->answer->attestations_due;
    char day[11] = "";
    if (happening->answer->time != NULL) {
        const time_t local = happening->answer->time->seconds + part->office->config->utc_offset_minutes * 60;
        struct tm parts;
        if (gmtime_r(&local, &parts) != NULL)
            strftime(day, sizeof day, "%Y-%m-%d", &parts);
    }
    for (size_t i = 0; due != NULL && i < due->n_periods; i++)
        remind(part, due->periods[i], day);
    return true;
}

static bool is_drained(const void *self)
{
    const struct attest_part *part = self;
    return part->drained;
}

static void close_part(void *self)
{
    struct attest_part *part = self;
    attest_routes_close(&part->routes);
    attest_page_close(&part->page);
    free(part);
}

static const struct part_ops ops = {
    .wait_ms = wait_ms, .step = step, .hear = hear, .is_drained = is_drained, .close = close_part};

bool attest_part_open(struct office *office, struct part *part, struct fault *fault)
{
    struct attest_part *attest = calloc(1, sizeof *attest);
    if (attest == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    attest->office = office;
    if (!attest_routes_open(office, &attest->routes, fault) || !attest_page_open(office, &attest->page, fault)) {
        close_part(attest);
        return false;
    }
    *part = (struct part){.ops = &ops, .self = attest};
    return true;
}
