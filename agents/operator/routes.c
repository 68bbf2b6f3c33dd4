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

const Sanling__V1__RoutesAnswer__Route *route_of(const Sanling__V1__RoutesAnswer *routes,
                                                 const Sanling__V1__Record *record, Sanling__V1__Office__Kind office)
{
    const Sanling__V1__RoutesAnswer__Route *open = NULL;
    const ProtobufCMessage *payload = record->event != NULL ? payload_of(record->event) : NULL;
    for (size_t i = 0; payload != NULL && i < routes->n_routes; i++) {
        const Sanling__V1__RoutesAnswer__Route *route = routes->routes[i];
        bool fits = route->type[0] == '\0' || strcmp(route->type, payload->descriptor->short_name) == 0;
        if (!fits || !has_category(route, category_of(payload)))
            continue;
        if (names_office(route, office))
            return route;
        bool leads_on = route->to_named || route->to_handler || route->to_joint;
        if (leads_on && (open == NULL || (open->type[0] == '\0' && route->type[0] != '\0')))
            open = route;
    }
    return open;
}

static void set_targets(struct libscols_line *row, size_t at, const Sanling__V1__RoutesAnswer__Route *route)
{
    char offices[OFFICES_TEXT_SIZE];
    offices_format(route->to, route->n_to, offices);
    row_set(row, at, "%s%s%s%s", offices, route->to_named ? " 事件所指 named" : "",
            route->to_handler ? " 经办 handler" : "", route->to_joint ? " 联合成员 joint" : "");
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
    static const struct column columns[] = {
        {"事件 Event", false}, {"发往 To", false}, {"类别 Categories", false}, {"依据 Ground", false}};
    const Sanling__V1__RoutesAnswer *routes = (const Sanling__V1__RoutesAnswer *)answer->body;
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < routes->n_routes; i++) {
        const Sanling__V1__RoutesAnswer__Route *route = routes->routes[i];
        struct libscols_line *row = table_add_row(table, NULL);
        bool any = route->type[0] == '\0';
        row_set(row, 0, "%s %s", any ? "全部" : event_label(catalogue, route->type), any ? "all" : route->type);
        set_targets(row, 1, route);
        set_categories(row, 2, route);
        row_set_text(row, 3, route->ground);
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
