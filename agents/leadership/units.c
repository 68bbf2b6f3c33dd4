/* 单位页: one unit: how long, vouched for by whom, why this state. */
#include "documents.h"

#include "json.h"

#include <string.h>

enum { MATTERS_SHOWN = 20, DIFFERENCE_SHOWN = 20 };
enum slot { STATUS, WHY, MATTERS, DAYS, DAYS_NOW, DIFFERENCE };

static void ask_why(struct document *document)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__WhyQuery why = SANLING__V1__WHY_QUERY__INIT;
    why.unit = document->parameters.item;
    query.ask_case = SANLING__V1__QUERY__ASK_WHY;
    query.why = &why;
    document_ask(document, &query, &sanling__v1__why_answer__descriptor, true);
}

static void ask_matters(struct document *document)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__MattersQuery matters = SANLING__V1__MATTERS_QUERY__INIT;
    matters.unit = document->parameters.item;
    matters.open = true;
    matters.by_due_day = true;
    matters.limit = MATTERS_SHOWN;
    query.ask_case = SANLING__V1__QUERY__ASK_MATTERS;
    query.matters = &matters;
    document_ask(document, &query, &sanling__v1__matters_answer__descriptor, false);
}

/* The days at the document's moment, or with `now` as they are known by now. */
static void ask_days(struct document *document, const char *from, const char *to, Sanling__V1__Moment *now,
                     bool optional)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__DaysQuery days = SANLING__V1__DAYS_QUERY__INIT;
    days.unit = document->parameters.item;
    days.from_day = (char *)from;
    days.to_day = (char *)to;
    query.ask_case = SANLING__V1__QUERY__ASK_DAYS;
    query.days = &days;
    query.moment = now;
    document_ask(document, &query, &sanling__v1__days_answer__descriptor, optional);
}

static void ask_difference(struct document *document)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__DifferenceQuery difference = SANLING__V1__DIFFERENCE_QUERY__INIT;
    difference.unit = document->parameters.item;
    difference.limit = DIFFERENCE_SHOWN;
    query.ask_case = SANLING__V1__QUERY__ASK_DIFFERENCE;
    query.difference = &difference;
    document_ask(document, &query, &sanling__v1__difference_answer__descriptor, true);
}

static bool ask_unit(struct document *document, struct problem *problem)
{
    (void)problem;
    document_ask_status(document, document->parameters.item, 0);
    ask_why(document);
    ask_matters(document);
    ask_days(document, "", "", NULL, true);
    document_want_directory(document, document->parameters.item);
    return true;
}

static json_t *reasons(const struct document *document)
{
    json_t *why = document_json(document, WHY);
    json_t *found = json_object_get(why, "reasons");
    json_t *array = json_is_array(found) ? json_incref(found) : json_array();
    json_decref(why);
    return array;
}

static enum document_step make_unit(struct document *document, struct problem *problem)
{
    const struct hub_reply *reply = document_reply(document, STATUS);
    const bool past = reply->moment != NULL && reply->moment->past;
    if (past && document->phase == 0) {
        Sanling__V1__Moment now = SANLING__V1__MOMENT__INIT;
        document->phase = 1;
        now.day = reply->moment->day;
        ask_days(document, "", "", &now, true);
        ask_difference(document);
        return DOCUMENT_ASKED;
    }
    const char *code = document->parameters.item;
    const Sanling__V1__UnitsAnswer__Unit *unit = unit_directory_find(document->directory, code);
    const Sanling__V1__StatusAnswer *status = (const Sanling__V1__StatusAnswer *)document_body(document, STATUS);
    if (unit == NULL || status->n_units == 0) {
        problem_set(problem, PROBLEM_UNKNOWN_UNIT, NULL, NULL);
        return DOCUMENT_FAILED;
    }
    json_t *object = document_object(document);
    json_object_set_new(object, "unit", json_from_message_with(&unit->base, JSON_DEFAULTS_WRITTEN));
    json_object_set_new(object, "path", unit_directory_path(document->directory, code));
    json_object_set_new(object, "status", json_from_message_with(&status->units[0]->base, JSON_DEFAULTS_WRITTEN));
    json_object_set_new(object, "days", document_json(document, DAYS));
    json_object_set_new(object, "daysNow", past ? document_json(document, DAYS_NOW) : json_null());
    json_object_set_new(object, "reasons", reasons(document));
    json_object_set_new(object, "difference", past ? document_json(document, DIFFERENCE) : json_null());
    json_object_set_new(object, "matters", document_json(document, MATTERS));
    document->json = object;
    return DOCUMENT_MADE;
}

const struct document_kind unit_kind = {
    .name = "unit", .accepts = MOMENT_PARAMETERS, .compares = true, .ask = ask_unit, .make = make_unit};

static bool ask_unit_days(struct document *document, struct problem *problem)
{
    const char *from, *to;
    if (!parameter_day(&document->parameters, PARAMETER_FROM, &from, problem) ||
        !parameter_day(&document->parameters, PARAMETER_TO, &to, problem))
        return false;
    ask_days(document, from, to, NULL, false);
    return true;
}

static enum document_step make_unit_days(struct document *document, struct problem *problem)
{
    (void)problem;
    document->json = document_object(document);
    document_spread(document, 0, document->json);
    return DOCUMENT_MADE;
}

const struct document_kind unit_days_kind = {
    .name = "days",
    .accepts = MOMENT_PARAMETERS | PARAMETER_BIT(PARAMETER_FROM) | PARAMETER_BIT(PARAMETER_TO),
    .ask = ask_unit_days,
    .make = make_unit_days,
};
