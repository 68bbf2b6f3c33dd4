/* sanlingctl units: the tree of units, and how it gets into the hub. */
#include "ask.h"
#include "commands.h"
#include "language.h"
#include "moment.h"
#include "publisher.h"
#include "table.h"
#include "unit_file.h"
#include "words.h"

#include <csv.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_KIND = 0x200, KEY_CSV, LEVELS_SHOWN = 16 };

static int ask_units(struct tool *tool, char *unit, Sanling__V1__UnitKind__Kind kind, struct answer *answer)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__UnitsQuery units = SANLING__V1__UNITS_QUERY__INIT;
    if (unit != NULL)
        units.unit = unit;
    units.kind = kind;
    query.ask_case = SANLING__V1__QUERY__ASK_UNITS;
    query.units = &units;
    return tool_ask(tool, &query, &sanling__v1__units_answer__descriptor, answer);
}

struct list_arguments {
    struct tool *tool;
    char *unit;
    Sanling__V1__UnitKind__Kind kind;
    bool csv;
};

static error_t parse_list(int key, char *argument, struct argp_state *state)
{
    struct list_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_KIND:
        if (!unit_kind_parse(argument, &arguments->kind))
            command_line_refuse("sanlingctl units list: --kind '%s' is no kind of unit", argument);
        return 0;
    case KEY_CSV:
        arguments->csv = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            command_line_refuse("sanlingctl units list: '%s' is one word too many", argument);
        arguments->unit = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option list_options[] = {
    {.name = "kind", .key = KEY_KIND, .arg = "KIND", .doc = N_("Only units of this kind, e.g. VILLAGE or 村")},
    {.name = "csv", .key = KEY_CSV, .doc = N_("As a units file: for `units import` and for the agents' key `units`")},
    {0},
};

static const char list_help[] = N_("Examples:\n"
                                   "  sanlingctl units list 140322102000\n"
                                   "  sanlingctl --json units list --kind ENTERPRISE\n"
                                   "  sanlingctl units list --csv > units.csv\n"
                                   "\n"
                                   "The units at and below a unit (default: the root of what you may see).\v"
                                   "With --json: one sanling.v1.UnitsAnswer.");

static void print_units(const struct answer *whole, bool tree)
{
    const Sanling__V1__UnitsAnswer *answer = (const Sanling__V1__UnitsAnswer *)whole->body;
    static const struct column columns[] = {{"名称 Name", false},   {"编码 Code", false},       {"类别 Kind", false},
                                            {"上级 Parent", false}, {"启用 Valid from", false}, {"止 Valid to", false}};
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    struct libscols_line *parents[LEVELS_SHOWN] = {NULL};
    tool_print_demonstration(whole->demonstration);
    if (tree)
        table_make_tree(table);
    for (size_t i = 0; i < answer->n_units; i++) {
        const Sanling__V1__UnitsAnswer__Unit *unit = answer->units[i];
        uint32_t level = unit->level < LEVELS_SHOWN ? unit->level : LEVELS_SHOWN - 1;
        struct libscols_line *row = table_add_row(table, tree && level > 0 ? parents[level - 1] : NULL);
        parents[level] = row;
        row_set(row, 0, "%s", unit->name);
        row_set(row, 1, "%s", unit->code);
        row_set(row, 2, "%s", unit_kind_label(unit->kind));
        row_set(row, 3, "%s", unit->parent);
        row_set(row, 4, "%s", unit->valid_from);
        row_set(row, 5, "%s", unit->valid_to);
    }
    table_print(&table);
}

static void print_csv_name(const char *name)
{
    char guarded[512];
    const bool formula = name[0] != '\0' && strchr("=+-@\t\r", name[0]) != NULL; /* to a spreadsheet program */
    snprintf(guarded, sizeof guarded, "%s%s", formula ? "'" : "", name);
    (void)csv_fwrite(stdout, guarded, strlen(guarded));
}

/* A units file. Codes and days need no quotes. */
static void print_csv(const struct answer *whole)
{
    const Sanling__V1__UnitsAnswer *answer = (const Sanling__V1__UnitsAnswer *)whole->body;
    fputs("\xEF\xBB\xBF单位编码,类别,名称,上级编码,启用日期,停用日期\r\n", stdout);
    for (size_t i = 0; i < answer->n_units; i++) {
        const Sanling__V1__UnitsAnswer__Unit *unit = answer->units[i];
        const ProtobufCEnumValue *kind =
            protobuf_c_enum_descriptor_get_value(&sanling__v1__unit_kind__kind__descriptor, (int)unit->kind);
        printf("%s,%s,", unit->code, kind == NULL ? "" : kind->name);
        print_csv_name(unit->name);
        printf(",%s,%s,%s\r\n", unit->parent, unit->valid_from, unit->valid_to);
    }
}

int run_units_list(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {list_options, parse_list, "[UNIT]", list_help, children, NULL, NULL};
    struct list_arguments arguments = {.tool = tool};
    struct answer answer;
    tool_parse(&argp, argc, argv, &arguments);
    int status = ask_units(tool, arguments.unit, arguments.kind, &answer);
    if (status != STATUS_DONE)
        return status;
    if (tool->json)
        tool_print_json(answer.body);
    else if (arguments.csv)
        print_csv(&answer);
    else
        print_units(&answer, arguments.kind == 0);
    answer_clear(&answer);
    return STATUS_DONE;
}

static const char source[] = "units-import";

/* An import under way. */
struct import {
    struct tool *tool;
    uint64_t registered;
    uint64_t unchanged;
    uint64_t differing;
    uint64_t rejected;
};

static void show_outcome(void *context, uint64_t sequence, const Sanling__V1__Outcome__Run *run, uint64_t position)
{
    struct import *import = context;
    if (position > 0) {
        import->registered++;
        return;
    }
    import->rejected++;
    fprintf(stderr, "%s %" PRIu64 ": 已拒收 rejected, %s: %s\n", source, sequence, tool_code_name(run->code),
            run->text);
}

static bool same_attributes(const Sanling__V1__UnitAttributes *a, const Sanling__V1__UnitAttributes *b)
{
    const Sanling__V1__UnitAttributes none = SANLING__V1__UNIT_ATTRIBUTES__INIT;
    a = a != NULL ? a : &none;
    b = b != NULL ? b : &none;
    return a->grid_count == b->grid_count && a->block_head_count == b->block_head_count &&
           a->patroller_count == b->patroller_count && a->team_cadres == b->team_cadres &&
           a->team_grid_head == b->team_grid_head && a->team_grid_worker == b->team_grid_worker &&
           a->team_property == b->team_property && a->team_building_head == b->team_building_head;
}

static bool same_unit(const Sanling__V1__UnitsAnswer__Unit *known, const Sanling__V1__UnitRegistered *row)
{
    return known->kind == row->kind && strcmp(known->name, row->name) == 0 && strcmp(known->parent, row->parent) == 0 &&
           strcmp(known->valid_from, row->valid_from) == 0 && same_attributes(known->attributes, row->attributes);
}

static int compare_units(const void *a, const void *b)
{
    const Sanling__V1__UnitsAnswer__Unit *const *left = a;
    const Sanling__V1__UnitsAnswer__Unit *const *right = b;
    return strcmp((*left)->code, (*right)->code);
}

/* `known` is sorted by code. */
static const Sanling__V1__UnitsAnswer__Unit *find_unit(const Sanling__V1__UnitsAnswer *known, char *code)
{
    Sanling__V1__UnitsAnswer__Unit wanted = {.code = code};
    const Sanling__V1__UnitsAnswer__Unit *key = &wanted;
    Sanling__V1__UnitsAnswer__Unit **found =
        known->n_units > 0 ? bsearch(&key, known->units, known->n_units, sizeof *known->units, compare_units) : NULL;
    return found != NULL ? *found : NULL;
}

static int publish_row(struct publisher *publisher, struct unit_row *row, Google__Protobuf__Timestamp *now)
{
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    event.occurred_at = now;
    event.utc_offset_minutes = ZONE_OFFSET_MINUTES;
    event.unit = row->code;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_UNIT_REGISTERED;
    event.unit_registered = &row->registered;
    return publisher_add(publisher, &event);
}

static int publish_rows(struct import *import, struct publisher *publisher, const struct unit_file *units,
                        const Sanling__V1__UnitsAnswer *known)
{
    /* Of this moment, by the hub's clock, which may not be ours. The welcome may be replaced while we publish. */
    Google__Protobuf__Timestamp now = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    if (sanling_welcome(import->tool->hub)->time != NULL)
        now = *sanling_welcome(import->tool->hub)->time;
    for (size_t i = 0; i < units->count; i++) {
        const Sanling__V1__UnitsAnswer__Unit *unit = find_unit(known, units->rows[i].code);
        if (unit != NULL && same_unit(unit, &units->rows[i].registered)) {
            import->unchanged++;
        } else if (unit != NULL) {
            import->differing++;
            fprintf(stderr, "%s: 已建档但内容不同，未改 registered otherwise, left as it is; publish UnitChanged\n",
                    units->rows[i].code);
        } else {
            int status = publish_row(publisher, &units->rows[i], &now);
            if (status != STATUS_DONE)
                return status;
        }
    }
    return publisher_finish(publisher);
}

static void print_import(const struct import *import)
{
    if (import->tool->json)
        printf("{\"registered\":%" PRIu64 ",\"unchanged\":%" PRIu64 ",\"differing\":%" PRIu64 ",\"rejected\":%" PRIu64
               "}\n",
               import->registered, import->unchanged, import->differing, import->rejected);
    else
        printf("新建档 registered %" PRIu64 "，未变 unchanged %" PRIu64 "，不同 differing %" PRIu64
               "，拒收 rejected %" PRIu64 "\n",
               import->registered, import->unchanged, import->differing, import->rejected);
}

/* What the hub has, sorted by code; a hub without any unit has no root to ask about. */
static int ask_known(struct tool *tool, struct answer *answer)
{
    int status = ask_units(tool, NULL, SANLING__V1__UNIT_KIND__KIND__UNSPECIFIED, answer);
    if (status != STATUS_DONE)
        return status;
    Sanling__V1__UnitsAnswer *known = (Sanling__V1__UnitsAnswer *)answer->body;
    if (known->n_units > 0)
        qsort(known->units, known->n_units, sizeof *known->units, compare_units);
    return STATUS_DONE;
}

static int import_units(struct tool *tool, const struct unit_file *units)
{
    struct import import = {.tool = tool};
    struct publisher *publisher;
    struct answer known;
    int status = publisher_open(&publisher, tool, source, show_outcome, &import);
    if (status != STATUS_DONE)
        return status;
    status = ask_known(tool, &known);
    if (status == STATUS_DONE)
        status = publish_rows(&import, publisher, units, (const Sanling__V1__UnitsAnswer *)known.body);
    answer_clear(&known);
    publisher_close(&publisher);
    if (status <= STATUS_NO)
        print_import(&import);
    return status == STATUS_DONE && import.differing > 0 ? STATUS_NO : status;
}

int run_units_import(struct tool *tool, int argc, char **argv)
{
    const char *words[1];
    struct unit_file units;
    struct sanling_error error;
    tool_parse_words(
        tool, argc, argv, "FILE",
        "Examples:\n"
        "  sanlingctl units import units.csv\n"
        "\n"
        "Registers the units of a CSV file (UTF-8; columns code 单位编码, kind 类别, name 名称, parent 上级编码, "
        "valid_from 启用日期; optional grid_count 网格数, block_head_count 单元长数, patroller_count 巡逻员数, "
        "team_cadres 党员干部队伍, team_grid_head 网格长, team_grid_worker 网格员, team_property 物业, "
        "team_building_head 楼长). Rows may be in any order. Units that are registered already are left alone, so "
        "it can be run again.",
        1, 1, words);
    if (!unit_file_read(&units, words[0], &error) || !unit_file_sort(&units, words[0], &error)) {
        unit_file_clear(&units);
        return tool_fail(&error);
    }
    int status = import_units(tool, &units);
    unit_file_clear(&units);
    return status;
}
