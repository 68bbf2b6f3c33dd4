/* sanlingctl routes: who must be told of what, and on what ground. */
#include "routes.h"

#include "commands.h"
#include "record_line.h"
#include "table.h"
#include "words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int ask_routes(struct tool *tool, struct answer *routes)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__RoutesQuery ask = SANLING__V1__ROUTES_QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_ROUTES;
    query.routes = &ask;
    return tool_ask(tool, &query, &sanling__v1__routes_answer__descriptor, routes);
}

/* The payload's category; "" where its type has none. */
static const char *category_of(const ProtobufCMessage *payload)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(payload->descriptor, "category");
    if (field == NULL || field->type != PROTOBUF_C_TYPE_STRING || field->label == PROTOBUF_C_LABEL_REPEATED)
        return "";
    return *(char *const *)((const char *)payload + field->offset);
}

static bool has_category(const Sanling__V1__RoutesAnswer__Route *route, const char *category)
{
    for (size_t i = 0; i < route->n_categories; i++)
        if (strcmp(route->categories[i], category) == 0)
            return true;
    return route->n_categories == 0;
}

static bool names_office(const Sanling__V1__RoutesAnswer__Route *route, Sanling__V1__Office__Kind office)
{
    for (size_t i = 0; i < route->n_to; i++)
        if (route->to[i] == office)
            return true;
    return false;
}

/* Whether a field of the event says the office, e.g. `to_office` or `members`. */
static bool event_names_office(const ProtobufCMessage *payload, Sanling__V1__Office__Kind office)
{
    const char *base = (const char *)payload;
    for (unsigned i = 0; i < payload->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &payload->descriptor->fields[i];
        if (field->type != PROTOBUF_C_TYPE_ENUM || field->descriptor != &sanling__v1__office__kind__descriptor)
            continue;
        bool many = field->label == PROTOBUF_C_LABEL_REPEATED;
        const Sanling__V1__Office__Kind *offices = many ? *(Sanling__V1__Office__Kind *const *)(base + field->offset)
                                                        : (const Sanling__V1__Office__Kind *)(base + field->offset);
        size_t count = many ? *(const size_t *)(base + field->quantifier_offset) : 1;
        for (size_t o = 0; o < count; o++)
            if (offices[o] == office)
                return true;
    }
    return false;
}

static bool comes_from(const Sanling__V1__RoutesAnswer__Route *route, const Sanling__V1__Record *record)
{
    for (size_t i = 0; i < route->n_from; i++)
        if (record->publisher != NULL && route->from[i] == record->publisher->office)
            return true;
    return route->n_from == 0;
}

/* Of an overdue clock or a supervision the level; 0: the payload has none. */
static uint32_t level_of(const Sanling__V1__Event *event)
{
    if (event->payload_case == SANLING__V1__EVENT__PAYLOAD_DEADLINE_PASSED)
        return event->deadline_passed->level;
    return event->payload_case == SANLING__V1__EVENT__PAYLOAD_SUPERVISION_ISSUED ? event->supervision_issued->level : 0;
}

static bool takes_level(const Sanling__V1__RoutesAnswer__Route *route, uint32_t level)
{
    for (size_t i = 0; i < route->n_levels; i++)
        if (route->levels[i] == level)
            return true;
    return route->n_levels == 0;
}

static bool takes_petition(const Sanling__V1__RoutesAnswer__Route *route, const Sanling__V1__Event *event)
{
    if (event->payload_case != SANLING__V1__EVENT__PAYLOAD_PETITION_REGISTERED)
        return true;
    for (size_t i = 0; i < route->n_petition_types; i++)
        if (route->petition_types[i] == event->petition_registered->type)
            return true;
    return route->n_petition_types == 0 && event->petition_registered->type != SANLING__V1__PETITION__TYPE__ACCUSATION;
}

static bool takes_hazard(const Sanling__V1__RoutesAnswer__Route *route, const Sanling__V1__Event *event)
{
    return !route->explosives_only || event->payload_case != SANLING__V1__EVENT__PAYLOAD_HAZARD_FOUND ||
           event->hazard_found->explosives > SANLING__V1__HAZARD__EXPLOSIVES__NONE;
}

static bool takes(const Sanling__V1__RoutesAnswer__Route *route, const Sanling__V1__Record *record,
                  const ProtobufCMessage *payload)
{
    bool type = route->type[0] == '\0' || strcmp(route->type, payload->descriptor->short_name) == 0;
    return type && comes_from(route, record) && has_category(route, category_of(payload)) &&
           takes_level(route, level_of(record->event)) && takes_petition(route, record->event) &&
           takes_hazard(route, record->event);
}

/* How surely the route brought the record to the office; 0: it did not. Who handles the matter, and who takes part in
 * its joint handling, the record does not say. */
static int likelihood(const Sanling__V1__RoutesAnswer__Route *route, const Sanling__V1__Record *record,
                      const ProtobufCMessage *payload, Sanling__V1__Office__Kind office)
{
    bool any_type = route->type[0] == '\0';
    if (!takes(route, record, payload))
        return 0;
    if (route->to_named && event_names_office(payload, office))
        return 4;
    if (names_office(route, office))
        return 3;
    if (!route->to_handler && !route->to_joint)
        return 0;
    return any_type ? 1 : 2;
}

const Sanling__V1__RoutesAnswer__Route *route_of(const Sanling__V1__RoutesAnswer *routes,
                                                 const Sanling__V1__Record *record, Sanling__V1__Office__Kind office)
{
    const Sanling__V1__RoutesAnswer__Route *best = NULL;
    const ProtobufCMessage *payload = record->event != NULL ? payload_of(record->event) : NULL;
    int most = 0;
    for (size_t i = 0; payload != NULL && i < routes->n_routes; i++) {
        int likely = likelihood(routes->routes[i], record, payload, office);
        if (likely > most) {
            most = likely;
            best = routes->routes[i];
        }
    }
    return best;
}

static void set_targets(struct libscols_line *row, size_t at, const Sanling__V1__RoutesAnswer__Route *route)
{
    const char *const targets[] = {route->to_named ? "事件所指 named" : NULL, route->to_handler ? "经办 handler" : NULL,
                                   route->to_joint ? "联合成员 joint" : NULL};
    char text[OFFICES_TEXT_SIZE + 64];
    offices_format(route->to, route->n_to, text);
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        if (targets[i] != NULL)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", text[0] != '\0' ? "、" : "", targets[i]);
    row_set_text(row, at, text);
}

static void set_categories(struct libscols_line *row, size_t at, const Sanling__V1__RoutesAnswer__Route *route)
{
    char text[512] = "";
    size_t size = 0;
    for (size_t i = 0; i < route->n_categories && size < sizeof text; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "%s%s", i > 0 ? " " : "", route->categories[i]);
    row_set_text(row, at, text);
}

static void print_routes(const struct answer *answer, const struct answer *catalogue)
{
    static const struct column columns[] = {{"事件 Event", false},
                                            {"来自 From", false},
                                            {"发往 To", false},
                                            {"类别 Categories", false},
                                            {"依据 Ground", false}};
    const Sanling__V1__RoutesAnswer *routes = (const Sanling__V1__RoutesAnswer *)answer->body;
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < routes->n_routes; i++) {
        const Sanling__V1__RoutesAnswer__Route *route = routes->routes[i];
        struct libscols_line *row = table_add_row(table, NULL);
        bool any = route->type[0] == '\0';
        row_set(row, 0, "%s %s", any ? "全部" : event_label(catalogue, route->type), any ? "all" : route->type);
        char from[OFFICES_TEXT_SIZE];
        offices_format(route->from, route->n_from, from);
        row_set_text(row, 1, from);
        set_targets(row, 2, route);
        set_categories(row, 3, route);
        row_set_text(row, 4, route->ground);
    }
    tool_print_demonstration(answer->demonstration);
    table_print(&table);
}

int run_routes(struct tool *tool, int argc, char **argv)
{
    struct answer routes;
    struct answer catalogue = {0};
    tool_parse_words(tool, argc, argv, "",
                     "Examples:\n"
                     "  sanlingctl routes\n"
                     "  sanlingctl --json routes\n"
                     "\n"
                     "The routes of the policy in force: which offices must be told of what, and on what ground.\v"
                     "With --json: one sanling.v1.RoutesAnswer.",
                     0, 0, NULL);
    int status = ask_routes(tool, &routes);
    if (status == STATUS_DONE && tool->json)
        tool_print_json(routes.body);
    if (status == STATUS_DONE && !tool->json)
        status = ask_catalogue(tool, &catalogue);
    if (status == STATUS_DONE && !tool->json)
        print_routes(&routes, &catalogue);
    answer_clear(&catalogue);
    answer_clear(&routes);
    return status;
}
