/* Documents that are one answer of the hub, with its moment in front. */
#include "documents.h"

#include "json.h"

#include <string.h>

enum { DEPTH_MAX = 8, SEARCH_FOUND_MAX = 20, ROWS_DEFAULT = 200, STATUS_ROWS_MAX = 2000 };

#define UNIT_PARAMETERS (MOMENT_PARAMETERS | PARAMETER_BIT(PARAMETER_UNIT))

void document_ask_summary(struct document *document, uint32_t year)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__SummaryQuery summary = SANLING__V1__SUMMARY_QUERY__INIT;
    summary.unit = document_unit(document);
    summary.year = year;
    query.ask_case = SANLING__V1__QUERY__ASK_SUMMARY;
    query.summary = &summary;
    document_ask(document, &query, &sanling__v1__summary__descriptor, false);
}

void document_ask_status(struct document *document, char *unit, uint32_t depth)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__StatusQuery status = SANLING__V1__STATUS_QUERY__INIT;
    status.unit = unit;
    status.depth = depth;
    query.ask_case = SANLING__V1__QUERY__ASK_STATUS;
    query.status = &status;
    document_ask(document, &query, &sanling__v1__status_answer__descriptor, false);
}

void document_ask_catalogue(struct document *document)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__CatalogueQuery catalogue = SANLING__V1__CATALOGUE_QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_CATALOGUE;
    query.catalogue = &catalogue;
    document_ask(document, &query, &sanling__v1__catalogue_answer__descriptor, false);
}

/* {moment, ...answer} */
static enum document_step make_spread(struct document *document, struct problem *problem)
{
    (void)problem;
    document->json = document_object(document);
    document_spread(document, 0, document->json);
    return DOCUMENT_MADE;
}

/* The answer alone. */
static enum document_step make_alone(struct document *document, struct problem *problem)
{
    (void)problem;
    document->json = document_json(document, 0);
    return DOCUMENT_MADE;
}

/* ---- summary and status ---- */

static bool ask_summary(struct document *document, struct problem *problem)
{
    uint32_t year;
    if (!parameter_number(&document->parameters, PARAMETER_YEAR, 0, UINT32_MAX, &year, problem))
        return false;
    document_ask_summary(document, year);
    return true;
}

static enum document_step make_summary(struct document *document, struct problem *problem)
{
    (void)problem;
    document->json = document_object(document);
    json_object_set_new(document->json, "summary", document_json(document, 0));
    return DOCUMENT_MADE;
}

const struct document_kind summary_kind = {
    .name = "summary",
    .accepts = UNIT_PARAMETERS | PARAMETER_BIT(PARAMETER_YEAR),
    .ask = ask_summary,
    .make = make_summary,
};

/* Each row has the counts of all that is below it: 4 KB of JSON. The tree's columns are for more. */
static enum document_step make_status(struct document *document, struct problem *problem)
{
    const Sanling__V1__StatusAnswer *status = (const Sanling__V1__StatusAnswer *)document_body(document, 0);
    if (status->n_units <= STATUS_ROWS_MAX)
        return make_spread(document, problem);
    problem_set(problem, PROBLEM_TOO_LARGE, "单位太多，全部单位见 /v1/tree。",
                "That are too many units; /v1/tree has all of them.");
    return DOCUMENT_FAILED;
}

static bool ask_status(struct document *document, struct problem *problem)
{
    uint32_t depth;
    if (!parameter_number(&document->parameters, PARAMETER_DEPTH, 1, DEPTH_MAX, &depth, problem))
        return false;
    document_ask_status(document, document_unit(document), depth);
    return true;
}

const struct document_kind status_kind = {
    .name = "status",
    .accepts = UNIT_PARAMETERS | PARAMETER_BIT(PARAMETER_DEPTH),
    .ask = ask_status,
    .make = make_status,
};

/* ---- lists ---- */

static bool ask_campaigns(struct document *document, struct problem *problem)
{
    (void)problem;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__CampaignsQuery campaigns = SANLING__V1__CAMPAIGNS_QUERY__INIT;
    campaigns.unit = document_unit(document);
    query.ask_case = SANLING__V1__QUERY__ASK_CAMPAIGNS;
    query.campaigns = &campaigns;
    document_ask(document, &query, &sanling__v1__campaigns_answer__descriptor, false);
    return true;
}

const struct document_kind campaigns_kind = {
    .name = "campaigns", .accepts = UNIT_PARAMETERS, .ask = ask_campaigns, .make = make_spread};

static bool ask_discrepancies(struct document *document, struct problem *problem)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__DiscrepanciesQuery discrepancies = SANLING__V1__DISCREPANCIES_QUERY__INIT;
    discrepancies.unit = document_unit(document);
    if (!parameter_flag(&document->parameters, PARAMETER_OPEN, &discrepancies.open, problem))
        return false;
    query.ask_case = SANLING__V1__QUERY__ASK_DISCREPANCIES;
    query.discrepancies = &discrepancies;
    document_ask(document, &query, &sanling__v1__discrepancies_answer__descriptor, false);
    return true;
}

const struct document_kind discrepancies_kind = {
    .name = "discrepancies",
    .accepts = UNIT_PARAMETERS | PARAMETER_BIT(PARAMETER_OPEN),
    .ask = ask_discrepancies,
    .make = make_spread,
};

static bool ask_attention(struct document *document, struct problem *problem)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__AttentionQuery attention = SANLING__V1__ATTENTION_QUERY__INIT;
    const struct parameters *parameters = &document->parameters;
    const ProtobufCEnumDescriptor *lists = &sanling__v1__attention__list__descriptor;
    char name[32] = "";
    for (size_t i = 0; parameters->item[i] != '\0' && i + 1 < sizeof name; i++)
        name[i] = parameters->item[i] >= 'a' && parameters->item[i] <= 'z' ? (char)(parameters->item[i] - 'a' + 'A')
                                                                           : parameters->item[i];
    const ProtobufCEnumValue *list = protobuf_c_enum_descriptor_get_value_by_name(lists, name);
    uint32_t after;
    if (list == NULL || list->value == 0)
        return problem_set(problem, PROBLEM_NOT_FOUND, "没有这张清单。", "There is no such list.");
    if (!parameter_number(parameters, PARAMETER_YEAR, 0, UINT32_MAX, &attention.year, problem) ||
        !parameter_number(parameters, PARAMETER_AFTER, 0, UINT32_MAX, &after, problem) ||
        !parameter_limit(parameters, ROWS_DEFAULT, DOCUMENT_ROWS_MAX, &attention.limit, problem))
        return false;
    attention.list = (Sanling__V1__Attention__List)list->value;
    attention.unit = document_unit(document);
    attention.after = after;
    query.ask_case = SANLING__V1__QUERY__ASK_ATTENTION;
    query.attention = &attention;
    document_ask(document, &query, &sanling__v1__attention_answer__descriptor, false);
    return true;
}

const struct document_kind attention_kind = {
    .name = "attention",
    .accepts = UNIT_PARAMETERS | PARAMETER_BIT(PARAMETER_YEAR) | PARAMETER_BIT(PARAMETER_AFTER) |
               PARAMETER_BIT(PARAMETER_LIMIT),
    .ask = ask_attention,
    .make = make_spread,
};

/* ---- what the hub says of itself ---- */

static bool ask_catalogue(struct document *document, struct problem *problem)
{
    (void)problem;
    document_ask_catalogue(document);
    return true;
}

const struct document_kind catalogue_kind = {.name = "catalogue", .ask = ask_catalogue, .make = make_alone};

static bool ask_policy(struct document *document, struct problem *problem)
{
    (void)problem;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__PolicyQuery policy = SANLING__V1__POLICY_QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_POLICY;
    query.policy = &policy;
    document_ask(document, &query, &sanling__v1__policy_answer__descriptor, false);
    return true;
}

static enum document_step make_policy(struct document *document, struct problem *problem)
{
    (void)problem;
    document->json = document_json(document, 0);
    json_object_del(document->json, "text");
    return DOCUMENT_MADE;
}

const struct document_kind policy_kind = {
    .name = "policy", .accepts = MOMENT_PARAMETERS, .ask = ask_policy, .make = make_policy};

/* ---- search ---- */

static bool ask_search(struct document *document, struct problem *problem)
{
    (void)problem;
    document_want_directory(document, NULL);
    return true;
}

static enum document_step make_search(struct document *document, struct problem *problem)
{
    (void)problem;
    const char *text = parameter_text(&document->parameters, PARAMETER_Q);
    json_t *units = text[0] != '\0' ? unit_directory_search(document->directory, text, SEARCH_FOUND_MAX) : json_array();
    document->json = json_pack("{s:o}", "units", units);
    return DOCUMENT_MADE;
}

const struct document_kind search_kind = {
    .name = "search", .accepts = PARAMETER_BIT(PARAMETER_Q), .ask = ask_search, .make = make_search};
