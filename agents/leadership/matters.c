/* 在办: matters by step and legal deadline, or one with its history. */
#include "documents.h"

#include <string.h>

enum { ROWS_DEFAULT = 200 };

static void ask(struct document *document, Sanling__V1__MattersQuery *matters)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_MATTERS;
    query.matters = matters;
    document_ask(document, &query, &sanling__v1__matters_answer__descriptor, false);
}

static bool take_conditions(const struct parameters *parameters, Sanling__V1__MattersQuery *matters,
                            struct problem *problem)
{
    int kind, office;
    if (!parameter_enum(parameters, PARAMETER_KIND, &sanling__v1__matter_kind__kind__descriptor, &kind, problem) ||
        !parameter_enum(parameters, PARAMETER_OFFICE, &sanling__v1__office__kind__descriptor, &office, problem) ||
        !parameter_flag(parameters, PARAMETER_OPEN, &matters->open, problem) ||
        !parameter_flag(parameters, PARAMETER_OVERDUE, &matters->overdue, problem) ||
        !parameter_flag(parameters, PARAMETER_DUE_SOON, &matters->due_soon, problem) ||
        !parameter_flag(parameters, PARAMETER_JOINT, &matters->joint, problem) ||
        !parameter_flag(parameters, PARAMETER_SUPERVISED, &matters->supervised, problem))
        return false;
    matters->kind = (Sanling__V1__MatterKind__Kind)kind;
    matters->office = (Sanling__V1__Office__Kind)office;
    return true;
}

static bool ask_matters(struct document *document, struct problem *problem)
{
    const struct parameters *parameters = &document->parameters;
    Sanling__V1__MattersQuery matters = SANLING__V1__MATTERS_QUERY__INIT;
    const char *sort = parameter_text(parameters, PARAMETER_SORT);
    if (!take_conditions(parameters, &matters, problem) ||
        !parameter_position(parameters, PARAMETER_AFTER, &matters.after, problem) ||
        !parameter_limit(parameters, ROWS_DEFAULT, DOCUMENT_ROWS_MAX, &matters.limit, problem))
        return false;
    matters.unit = document_unit(document);
    matters.by_due_day = strcmp(sort, "due") == 0;
    /* `opened`, or a word that is not known: in the order in which they were opened. */
    matters.step = parameters->values[PARAMETER_STEP] != NULL ? parameters->values[PARAMETER_STEP] : matters.step;
    matters.campaign =
        parameters->values[PARAMETER_CAMPAIGN] != NULL ? parameters->values[PARAMETER_CAMPAIGN] : matters.campaign;
    matters.matter =
        parameters->values[PARAMETER_MATTER] != NULL ? parameters->values[PARAMETER_MATTER] : matters.matter;
    ask(document, &matters);
    return true;
}

static enum document_step make_matters(struct document *document, struct problem *problem)
{
    (void)problem;
    document->json = document_object(document);
    document_spread(document, 0, document->json);
    return DOCUMENT_MADE;
}

const struct document_kind matters_kind = {
    .name = "matters",
    .accepts = MOMENT_PARAMETERS | PARAMETER_BIT(PARAMETER_UNIT) | PARAMETER_BIT(PARAMETER_KIND) |
               PARAMETER_BIT(PARAMETER_STEP) | PARAMETER_BIT(PARAMETER_OPEN) | PARAMETER_BIT(PARAMETER_OVERDUE) |
               PARAMETER_BIT(PARAMETER_DUE_SOON) | PARAMETER_BIT(PARAMETER_JOINT) |
               PARAMETER_BIT(PARAMETER_SUPERVISED) | PARAMETER_BIT(PARAMETER_OFFICE) |
               PARAMETER_BIT(PARAMETER_CAMPAIGN) | PARAMETER_BIT(PARAMETER_MATTER) | PARAMETER_BIT(PARAMETER_SORT) |
               PARAMETER_BIT(PARAMETER_AFTER) | PARAMETER_BIT(PARAMETER_LIMIT),
    .ask = ask_matters,
    .make = make_matters,
};

static bool ask_matter(struct document *document, struct problem *problem)
{
    (void)problem;
    Sanling__V1__MattersQuery matters = SANLING__V1__MATTERS_QUERY__INIT;
    matters.matter = document->parameters.item;
    ask(document, &matters);
    return true;
}

static enum document_step make_matter(struct document *document, struct problem *problem)
{
    const Sanling__V1__MattersAnswer *answer = (const Sanling__V1__MattersAnswer *)document_body(document, 0);
    if (answer->n_matters == 0) {
        problem_set(problem, PROBLEM_NOT_FOUND, "没有这个事项。", "There is no such matter.");
        return DOCUMENT_FAILED;
    }
    return make_matters(document, problem);
}

const struct document_kind matter_kind = {
    .name = "matter", .accepts = MOMENT_PARAMETERS, .ask = ask_matter, .make = make_matter};
