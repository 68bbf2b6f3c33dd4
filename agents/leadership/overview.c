/* 总览: one screen, from several answers of one moment. */
#include "documents.h"

#include "json.h"

#include <string.h>

enum { OVERDUE_SHOWN = 8, DIFFERENCE_SHOWN = 5, TOWNS_DEPTH = 2 };
enum slot { SUMMARY, UNITS, OVERDUE, SOON, CAMPAIGNS, TREND, DIFFERENCE, SUMMARY_NOW };

static void ask_matters(struct document *document, bool overdue)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__MattersQuery matters = SANLING__V1__MATTERS_QUERY__INIT;
    matters.unit = document_unit(document);
    matters.open = true;
    matters.overdue = overdue;
    matters.due_soon = !overdue;
    matters.by_due_day = true;
    matters.limit = OVERDUE_SHOWN;
    query.ask_case = SANLING__V1__QUERY__ASK_MATTERS;
    query.matters = &matters;
    document_ask(document, &query, &sanling__v1__matters_answer__descriptor, false);
}

static void ask_trend(struct document *document)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__TrendQuery trend = SANLING__V1__TREND_QUERY__INIT;
    char joint[] = "zeros.JOINT";
    char *figures[] = {joint};
    trend.unit = document_unit(document);
    trend.figures = figures;
    trend.n_figures = 1;
    trend.by = SANLING__V1__TREND_QUERY__BY__MONTH;
    query.ask_case = SANLING__V1__QUERY__ASK_TREND;
    query.trend = &trend;
    document_ask(document, &query, &sanling__v1__trend_answer__descriptor, true);
}

/* The same day as it is known now, for the figures that read otherwise by now. */
static void ask_summary_now(struct document *document)
{
    Sanling__V1__Moment now = SANLING__V1__MOMENT__INIT;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__SummaryQuery summary = SANLING__V1__SUMMARY_QUERY__INIT;
    const struct hub_reply *then = document_reply(document, SUMMARY);
    now.day = then->moment != NULL ? then->moment->day : document->moment.moment.day;
    summary.unit = document_unit(document);
    query.ask_case = SANLING__V1__QUERY__ASK_SUMMARY;
    query.summary = &summary;
    query.moment = &now;
    document_ask(document, &query, &sanling__v1__summary__descriptor, true);
}

static void ask_difference(struct document *document)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__DifferenceQuery difference = SANLING__V1__DIFFERENCE_QUERY__INIT;
    difference.unit = document_unit(document);
    difference.limit = DIFFERENCE_SHOWN;
    query.ask_case = SANLING__V1__QUERY__ASK_DIFFERENCE;
    query.difference = &difference;
    document_ask(document, &query, &sanling__v1__difference_answer__descriptor, true);
}

static bool ask_overview(struct document *document, struct problem *problem)
{
    (void)problem;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__CampaignsQuery campaigns = SANLING__V1__CAMPAIGNS_QUERY__INIT;
    document_ask_summary(document, 0);
    document_ask_status(document, document_unit(document), TOWNS_DEPTH);
    ask_matters(document, true);
    ask_matters(document, false);
    campaigns.unit = document_unit(document);
    query.ask_case = SANLING__V1__QUERY__ASK_CAMPAIGNS;
    query.campaigns = &campaigns;
    document_ask(document, &query, &sanling__v1__campaigns_answer__descriptor, false);
    ask_trend(document);
    return true;
}

static bool is_area(Sanling__V1__UnitKind__Kind kind)
{
    return kind == SANLING__V1__UNIT_KIND__KIND__VILLAGE || kind == SANLING__V1__UNIT_KIND__KIND__COMMUNITY;
}

static const char *enum_name(const ProtobufCEnumDescriptor *type, int number)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(type, number);
    return value != NULL ? value->name : "UNSPECIFIED";
}

static const char *zero_name(const Sanling__V1__UnitStatus *unit, Sanling__V1__Zero__Kind zero)
{
    for (size_t i = 0; i < unit->n_zeros; i++)
        if (unit->zeros[i]->zero == zero)
            return enum_name(&sanling__v1__status__kind__descriptor, (int)unit->zeros[i]->status);
    return "NOT_COUNTED";
}

static json_t *dot(const Sanling__V1__UnitStatus *unit)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "code", unit->unit, "name", unit->name, "kind",
                     enum_name(&sanling__v1__unit_kind__kind__descriptor, (int)unit->kind), "joint",
                     enum_name(&sanling__v1__status__kind__descriptor, (int)unit->joint), "petition",
                     zero_name(unit, SANLING__V1__ZERO__KIND__PETITION), "accident",
                     zero_name(unit, SANLING__V1__ZERO__KIND__ACCIDENT), "case",
                     zero_name(unit, SANLING__V1__ZERO__KIND__CASE));
}

static json_t *group_of(json_t *groups, const char *town)
{
    size_t i;
    json_t *group;
    json_array_foreach(groups, i,
                       group) if (strcmp(json_string_value(json_object_get(group, "town")), town) == 0) return group;
    group = json_pack("{s:s, s:[]}", "town", town, "units");
    json_array_append_new(groups, group);
    return group;
}

/* The units one level below as statuses; villages and communities as dots, grouped by the unit that they are in. */
static void add_units(json_t *object, const Sanling__V1__StatusAnswer *status)
{
    json_t *towns = json_array(), *groups = json_array();
    for (size_t i = 0; i < status->n_units; i++) {
        const Sanling__V1__UnitStatus *unit = status->units[i];
        if (unit->level == 1)
            json_array_append_new(towns, json_from_message_with(&unit->base, JSON_DEFAULTS_WRITTEN));
        if (unit->level == 1 && !is_area(unit->kind))
            group_of(groups, unit->unit);
        if (unit->level > 0 && is_area(unit->kind))
            json_array_append_new(json_object_get(group_of(groups, unit->parent), "units"), dot(unit));
    }
    json_object_set_new(object, "towns", towns);
    json_object_set_new(object, "dots", groups);
}

/* What is late, then what will be soon. */
static json_t *overdue(const struct document *document)
{
    json_t *late = document_json(document, OVERDUE), *soon = document_json(document, SOON);
    json_t *rows = json_object_get(late, "matters");
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(soon, "matters"), i, row) if (json_array_size(rows) < OVERDUE_SHOWN)
        json_array_append(rows, row);
    const json_int_t total = json_integer_value(json_object_get(late, "total"));
    json_object_set_new(late, "total", json_integer(total + json_integer_value(json_object_get(soon, "total"))));
    json_decref(soon);
    return late;
}

/* Plain counts of two messages of a kind that differ, by the names that FigureQuery takes: "hazards.found". */
static void add_differences(json_t *rows, const char *group, const ProtobufCMessage *then, const ProtobufCMessage *now)
{
    for (unsigned i = 0; i < then->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &then->descriptor->fields[i];
        if (field->type != PROTOBUF_C_TYPE_UINT32 || field->label == PROTOBUF_C_LABEL_REPEATED)
            continue;
        const uint32_t before = *(const uint32_t *)(const void *)((const char *)then + field->offset);
        const uint32_t after = *(const uint32_t *)(const void *)((const char *)now + field->offset);
        if (before != after)
            json_array_append_new(rows,
                                  json_pack("{s:o, s:I, s:I}", "figure", json_sprintf("%s.%s", group, field->name),
                                            "then", (json_int_t)before, "now", (json_int_t)after));
    }
}

json_t *summary_differences(const Sanling__V1__Summary *then, const Sanling__V1__Summary *now)
{
    json_t *rows = json_array();
    for (unsigned i = 0; i < then->base.descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &then->base.descriptor->fields[i];
        if (field->type != PROTOBUF_C_TYPE_MESSAGE || field->label == PROTOBUF_C_LABEL_REPEATED ||
            strcmp(field->name, "time") == 0 || strcmp(field->name, "changes") == 0)
            continue;
        const ProtobufCMessage *before = *(ProtobufCMessage *const *)(const void *)((const char *)then + field->offset);
        const ProtobufCMessage *after = *(ProtobufCMessage *const *)(const void *)((const char *)now + field->offset);
        if (before != NULL && after != NULL)
            add_differences(rows, field->name, before, after);
    }
    return rows;
}

static json_t *unit_of(const Sanling__V1__StatusAnswer *status, const Sanling__V1__Summary *summary)
{
    const Sanling__V1__UnitStatus *root = status->n_units > 0 ? status->units[0] : NULL;
    return json_pack("{s:s, s:s, s:s}", "code", summary->unit, "name", summary->name, "kind",
                     enum_name(&sanling__v1__unit_kind__kind__descriptor,
                               root != NULL && strcmp(root->unit, summary->unit) == 0 ? (int)root->kind : 0));
}

static bool is_past(const struct document *document)
{
    const struct hub_reply *reply = document_reply(document, SUMMARY);
    return reply->moment != NULL && reply->moment->past;
}

static enum document_step make_overview(struct document *document, struct problem *problem)
{
    (void)problem;
    const bool past = is_past(document);
    if (past && document->phase == 0) {
        document->phase = 1;
        ask_difference(document);
        ask_summary_now(document);
        return DOCUMENT_ASKED;
    }
    const Sanling__V1__Summary *summary = (const Sanling__V1__Summary *)document_body(document, SUMMARY);
    const Sanling__V1__StatusAnswer *status = (const Sanling__V1__StatusAnswer *)document_body(document, UNITS);
    const struct hub_reply *reply = document_reply(document, SUMMARY);
    json_t *object = document_object(document);
    json_object_set_new(object, "unit", unit_of(status, summary));
    json_object_set_new(object, "hubPosition",
                        json_sprintf("%llu", (unsigned long long)hub_link_position(document->link)));
    json_object_set_new(object, "demonstration", json_boolean(reply->demonstration));
    json_object_set_new(object, "time", reply->time != NULL ? json_from_message(&reply->time->base) : json_null());
    json_object_set_new(object, "summary", document_json(document, SUMMARY));
    json_object_set_new(object, "overdue", overdue(document));
    add_units(object, status);
    json_object_set_new(object, "campaigns", document_json(document, CAMPAIGNS));
    json_object_set_new(object, "trend", document_json(document, TREND));
    json_object_set_new(object, "difference", past ? document_json(document, DIFFERENCE) : json_null());
    const ProtobufCMessage *now = past ? document_body(document, SUMMARY_NOW) : NULL;
    json_object_set_new(object, "figuresDifference",
                        now != NULL ? summary_differences(summary, (const Sanling__V1__Summary *)now) : json_array());
    document->json = object;
    return DOCUMENT_MADE;
}

const struct document_kind overview_kind = {
    .name = "overview",
    .accepts = MOMENT_PARAMETERS | PARAMETER_BIT(PARAMETER_UNIT),
    .compares = true,
    .ask = ask_overview,
    .make = make_overview,
};
