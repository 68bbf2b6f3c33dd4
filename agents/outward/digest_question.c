#include "digest_question.h"

#include <stdio.h>
#include <string.h>

static bool ask_matters(struct digest_question *question, struct sanling_error *error)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__MattersQuery matters = SANLING__V1__MATTERS_QUERY__INIT;
    matters.unit = question->unit;
    matters.open = question->stage == DIGEST_STAGE_OPEN;
    matters.due_soon = question->stage == DIGEST_STAGE_SOON;
    matters.office = question->facts.office;
    matters.by_due_day = true;
    matters.after = question->rows;
    query.ask_case = SANLING__V1__QUERY__ASK_MATTERS;
    query.matters = &matters;
    return sanling_ask(question->hub, &query, &question->id, error);
}

static bool ask_due(struct digest_question *question, struct sanling_error *error)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__AttestationsDueQuery due = SANLING__V1__ATTESTATIONS_DUE_QUERY__INIT;
    due.unit = question->unit;
    if (question->stage == DIGEST_STAGE_UNITS) {
        struct digest_period *period = &question->facts.periods[question->period - 1];
        due.zero = period->zero;
        due.from_day = period->from_day;
        due.limit = 2 * DIGEST_NAMES_MAX; /* some may be broken, and are not named */
    }
    query.ask_case = SANLING__V1__QUERY__ASK_ATTESTATIONS_DUE;
    query.attestations_due = &due;
    return sanling_ask(question->hub, &query, &question->id, error);
}

static bool ask_summary(struct digest_question *question, struct sanling_error *error)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__SummaryQuery summary = SANLING__V1__SUMMARY_QUERY__INIT;
    summary.unit = question->unit;
    query.ask_case = SANLING__V1__QUERY__ASK_SUMMARY;
    query.summary = &summary;
    return sanling_ask(question->hub, &query, &question->id, error);
}

static bool begin_matters(struct digest_question *question, enum digest_stage stage, struct sanling_error *error)
{
    question->stage = stage;
    question->pages = 0;
    question->rows = 0;
    return ask_matters(question, error);
}

bool digest_question_begin(struct digest_question *question, struct sanling *hub, Sanling__V1__Office__Kind office,
                           const char *unit, struct sanling_error *error)
{
    question->hub = hub;
    snprintf(question->unit, sizeof question->unit, "%s", unit == NULL ? "" : unit);
    digest_facts_begin(&question->facts, office);
    const bool begun = begin_matters(question, DIGEST_STAGE_OPEN, error);
    if (!begun)
        question->stage = DIGEST_STAGE_NONE;
    return begun;
}

/* What is asked behind an answer. false: *error, or nothing is left to ask. */
static bool take_matters(struct digest_question *question, const Sanling__V1__Answer *answer,
                         struct sanling_error *error)
{
    const Sanling__V1__MattersAnswer *matters = answer->matters;
    const char *today = answer->moment == NULL ? "" : answer->moment->today;
    for (size_t i = 0; i < matters->n_matters; i++) {
        if (question->stage == DIGEST_STAGE_OPEN)
            digest_facts_take_matter(&question->facts, matters->matters[i], today);
        else
            digest_facts_take_soon(&question->facts, matters->matters[i]);
    }
    question->rows += (uint32_t)matters->n_matters;
    const bool more = matters->n_matters > 0 && question->rows < matters->total;
    if (more && ++question->pages < DIGEST_PAGES_MAX)
        return ask_matters(question, error);
    question->facts.more |= more;
    if (question->stage == DIGEST_STAGE_OPEN)
        return begin_matters(question, DIGEST_STAGE_SOON, error);
    question->stage = DIGEST_STAGE_DUE;
    return ask_due(question, error);
}

/* The newest first: those behind it are due, or overdue alone; many old ones are told in one line without names. */
static bool next_period(struct digest_question *question, struct sanling_error *error)
{
    const size_t named = question->facts.period_count - question->period;
    if (question->period > 0 && named < DIGEST_PERIODS_NAMED_MAX)
        return ask_due(question, error);
    const bool leads = question->facts.office == SANLING__V1__OFFICE__KIND__LEADERSHIP;
    question->stage = leads ? DIGEST_STAGE_SUMMARY : DIGEST_STAGE_NONE;
    return !leads || ask_summary(question, error);
}

static bool take_due(struct digest_question *question, const Sanling__V1__AttestationsDueAnswer *due,
                     struct sanling_error *error)
{
    if (question->stage == DIGEST_STAGE_DUE) {
        for (size_t i = 0; i < due->n_periods; i++)
            digest_facts_take_period(&question->facts, due->periods[i]);
        question->stage = DIGEST_STAGE_UNITS;
        question->period = question->facts.period_count;
        return next_period(question, error);
    }
    for (size_t i = 0; i < due->n_units; i++)
        digest_facts_name_unit(&question->facts, question->period - 1, due->units[i]);
    question->period--;
    return next_period(question, error);
}

static bool take_answer(struct digest_question *question, const Sanling__V1__Answer *answer,
                        struct sanling_error *error)
{
    const bool matters = question->stage == DIGEST_STAGE_OPEN || question->stage == DIGEST_STAGE_SOON;
    const bool due = question->stage == DIGEST_STAGE_DUE || question->stage == DIGEST_STAGE_UNITS;
    digest_facts_take_time(&question->facts, answer);
    if (matters && answer->body_case == SANLING__V1__ANSWER__BODY_MATTERS)
        return take_matters(question, answer, error);
    if (due && answer->body_case == SANLING__V1__ANSWER__BODY_ATTESTATIONS_DUE)
        return take_due(question, answer->attestations_due, error);
    if (question->stage == DIGEST_STAGE_SUMMARY && answer->body_case == SANLING__V1__ANSWER__BODY_SUMMARY) {
        digest_facts_take_summary(&question->facts, answer->summary);
        question->stage = DIGEST_STAGE_NONE;
        return true;
    }
    *error = (struct sanling_error){.code = SANLING_MALFORMED};
    snprintf(error->text, sizeof error->text, "the hub's answer is another than was asked for");
    return false;
}

enum digest_heard digest_question_hear(struct digest_question *question, const struct sanling_happening *happening,
                                       struct sanling_error *error)
{
    if (question->stage == DIGEST_STAGE_NONE)
        return DIGEST_HEARD_NOTHING;
    if (happening->kind == SANLING_PROBLEM && happening->problem->query == question->id) {
        *error = (struct sanling_error){.code = SANLING_REFUSED, .hub_code = happening->problem->code};
        snprintf(error->text, sizeof error->text, "%s", happening->problem->text);
        question->stage = DIGEST_STAGE_NONE;
        return DIGEST_HEARD_FAILURE;
    }
    if (happening->kind != SANLING_ANSWER || happening->answer->id != question->id)
        return DIGEST_HEARD_NOTHING;
    if (!take_answer(question, happening->answer, error)) {
        question->stage = DIGEST_STAGE_NONE;
        return DIGEST_HEARD_FAILURE;
    }
    return question->stage == DIGEST_STAGE_NONE ? DIGEST_HEARD_ALL : DIGEST_HEARD_PART;
}
