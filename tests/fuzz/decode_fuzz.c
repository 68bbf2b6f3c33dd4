/* Whatever decode_event lets through can be judged, applied and lived with: the day after is closed, and what can be
 * asked about the county is answered. */
#include <stdlib.h>

#include "county.h"
#include "decode.h"
#include "domain/attention.h"
#include "domain/catalogue.h"
#include "domain/day.h"
#include "domain/deadline.h"
#include "domain/summary.h"
#include "domain/triangulation.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Seeds name the matters that are opened here, and the first of them by its position. */
static void open_with_matters(struct county *county)
{
    struct policy policy = county_policy();
    policy.triangulation_count = 1;
    policy.triangulations[0] = (struct triangulation){
        .code = "T01", .kind = ALERT_WITHOUT_ACCIDENT, .offices = OFFICE_BIT(OFFICE_WORK_SAFETY)};
    policy.limits[CLOCK_HANDLING].days = 0;
    county_open(county, &policy, "2020-08-19");
    const struct event hazard = county_opening(county, MATTER_HAZARD, "H-1", CODE_VILLAGE);
    county_take(county, &hazard, OFFICE_WORK_SAFETY);
    const struct event petition = county_opening(county, MATTER_PETITION, "P-1", CODE_VILLAGE);
    county_take(county, &petition, OFFICE_PETITIONS);
    struct event joint = county_step(county, EVENT_JOINT_HANDLING_OPENED, MATTER_HAZARD, "H-1", CODE_VILLAGE);
    joint.joint.lead = OFFICE_WORK_SAFETY;
    joint.joint.members = OFFICE_BIT(OFFICE_GOVERNANCE);
    county_take(county, &joint, OFFICE_WORK_SAFETY);
}

/* One that may publish it: the office of the first matter if it may. */
static enum office office_for(enum event_kind kind)
{
    if (catalogue_type(kind)->publishers & OFFICE_BIT(OFFICE_WORK_SAFETY))
        return OFFICE_WORK_SAFETY;
    for (uint32_t office = 1; office < OFFICE_LIMIT; office++)
        if (catalogue_type(kind)->publishers & OFFICE_BIT(office))
            return (enum office)office;
    abort(); /* there is none for nobody */
}

/* What the ledger finds when a day was closed must be something that the hub can say. */
static void close_day(struct county *county)
{
    struct deadline deadline;
    struct deadline_cursor cursor = {0};
    struct suspected suspected;
    uint32_t after = 0;
    struct event closed = county_event(county, EVENT_DAY_CLOSED, "");
    closed.closed.day = county->state.heads.today;
    if (county_take(county, &closed, OFFICE_HUB) != VERDICT_ACCEPTED)
        abort();
    while (deadline_next(&county->state, closed.closed.day, &cursor, &deadline)) {
        char due_day[DAY_TEXT_SIZE];
        const struct matter *matter = state_matter(&county->state, deadline.matter);
        int32_t read;
        day_format(deadline.due_day, due_day);
        if (!day_parse(due_day, &read) || read != deadline.due_day)
            abort();
        struct event passed =
            county_step(county, EVENT_DEADLINE_PASSED, (enum matter_kind)matter->kind,
                        state_text(&county->state, matter->code), state_unit(&county->state, matter->unit)->code);
        passed.variant = deadline.clock;
        passed.due_day = deadline.due_day;
        passed.to_office = deadline.office;
        passed.passed.level = deadline.level;
        passed.passed.task = "";
        if (deadline.task != 0)
            passed.passed.task =
                state_text(&county->state, ((const struct task *)table_row(&county->state.tasks, deadline.task))->code);
        if (county_take(county, &passed, OFFICE_HUB) != VERDICT_ACCEPTED)
            abort();
    }
    while (triangulation_next(&county->state, closed.closed.day, &after, &suspected))
        if (((const struct suspicion *)table_row(&county->state.suspicions, suspected.suspicion))->unit == 0)
            abort();
}

static void ask_everything(struct county *county)
{
    struct summary *summary = calloc(1, sizeof *summary);
    struct rollup rollup;
    if (!summary)
        abort();
    rollup_now(&county->state, 0, &rollup, &county->scratch);
    summary_of(&county->state, 0, 2020, summary, &county->scratch);
    for (int kind = ATTENTION_UNVERIFIED; kind <= ATTENTION_EVALUATIONS; kind++) {
        struct attention_list list;
        attention_list_open(&county->state, 0, (enum attention)kind, 2020, &county->scratch, &list);
        attention_list_close(&list);
    }
    free(summary);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct decoder *decoder = NULL; /* kept: opening one costs more than a run */
    struct decoded decoded;
    struct county county;
    if (!decoder)
        decoder = decoder_open();
    decoder_reset(decoder);
    if (!decode_event(decoder, bytes, size, &decoded)) {
        if (decoded.code == SANLING__V1__CODE__KIND__UNSPECIFIED)
            abort(); /* a refusal says why */
        return 0;
    }
    enum office office = office_for(decoded.event.kind);
    if (office == OFFICE_HUB)
        return 0; /* nobody else may say it */
    open_with_matters(&county);
    if (county_take_from(&county, &decoded.event, office, "", "fuzz") == VERDICT_ACCEPTED) {
        close_day(&county);
        ask_everything(&county);
    }
    county_close(&county);
    return 0;
}
