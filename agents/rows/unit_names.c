#include "unit_names.h"

#include "cell.h"
#include "source.h"
#include "text.h"
#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEADER_ROWS = 20, /* in which the header is looked for */
    DEPTH_MAX = 16,   /* of the tree, so that a circle in the file ends */
    LISTED_MAX = 4,
    NEAREST_BYTES_MAX = 192, /* of a text that is compared with every unit; a cell of 64 KiB took seconds */
    PATH_BYTES_MAX = 2048,   /* of one that can be a path of names */
    LIST_SIZE = 240
};

struct named_unit {
    char *code;
    char *name;     /* as written */
    char *compared; /* its name */
    char *parent;   /* its code; "" for none */
    const struct named_unit *above;
};

struct unit_names {
    struct named_unit *units; /* by compared name, then by code */
    size_t count;
    size_t capacity;
};

static void unit_clear(struct named_unit *unit)
{
    free(unit->code);
    free(unit->name);
    free(unit->compared);
    free(unit->parent);
}

void unit_names_free(struct unit_names **names)
{
    for (size_t i = 0; *names != NULL && i < (*names)->count; i++)
        unit_clear(&(*names)->units[i]);
    if (*names != NULL)
        free((*names)->units);
    free(*names);
    *names = NULL;
}

/* ---- loading ---- */

enum column { COLUMN_CODE, COLUMN_NAME, COLUMN_PARENT, COLUMN_COUNT };

struct loading {
    const char *path;
    struct unit_names *names;
    int cells[COLUMN_COUNT]; /* where each column stands; -1: nowhere */
    struct fault *fault;
};

static bool out_of_memory(const struct loading *loading)
{
    return fault_set(loading->fault, FAULT_SYSTEM, "%s: out of memory", loading->path);
}

static bool is_header(struct loading *loading, const struct row *row)
{
    static const char *const headings[COLUMN_COUNT][2] = {[COLUMN_CODE] = {"单位编码", "code"},
                                                          [COLUMN_NAME] = {"名称", "name"},
                                                          [COLUMN_PARENT] = {"上级编码", "parent"}};
    for (int column = 0; column < COLUMN_COUNT; column++) {
        loading->cells[column] = -1;
        for (size_t i = 0; row->flaw == NULL && i < row->cell_count; i++) {
            CLEANUP(text_free) char *compared = text_compared(row->cells[i]);
            if (compared != NULL &&
                (strcmp(compared, headings[column][0]) == 0 || strcmp(compared, headings[column][1]) == 0))
                loading->cells[column] = (int)i;
        }
    }
    return loading->cells[COLUMN_CODE] >= 0 && loading->cells[COLUMN_NAME] >= 0;
}

static bool find_header(struct loading *loading, struct source *source)
{
    do {
        struct row row;
        for (int i = 0; i < HEADER_ROWS && source_next(source, &row); i++)
            if (is_header(loading, &row))
                return true;
    } while (source_reread(source));
    return fault_set(loading->fault, FAULT_USAGE, "%s: no header with 单位编码 (code) and 名称 (name)", loading->path);
}

static const char *cell_of(const struct loading *loading, const struct row *row, enum column column)
{
    const int cell = loading->cells[column];
    return cell < 0 || (size_t)cell >= row->cell_count ? "" : row->cells[cell];
}

static struct named_unit *add_unit(struct unit_names *names)
{
    if (names->count == names->capacity) {
        const size_t capacity = names->capacity == 0 ? 256 : names->capacity * 2;
        struct named_unit *units = realloc(names->units, capacity * sizeof *units);
        if (units == NULL)
            return NULL;
        names->units = units;
        names->capacity = capacity;
    }
    names->units[names->count] = (struct named_unit){0};
    return &names->units[names->count++];
}

static bool take_unit(struct loading *loading, const struct row *row)
{
    struct reason reason;
    const unsigned long long number = row->number;
    if (row->flaw != NULL)
        return fault_set(loading->fault, FAULT_USAGE, "%s: row %llu: %s", loading->path, number, row->flaw->en);
    if (loading->names->count == UNIT_NAMES_MAX)
        return fault_set(loading->fault, FAULT_USAGE, "%s: more than %d units", loading->path, UNIT_NAMES_MAX);
    struct named_unit *unit = add_unit(loading->names);
    if (unit == NULL)
        return out_of_memory(loading);
    if (!cell_unit_code(cell_of(loading, row, COLUMN_CODE), &unit->code, &reason))
        return fault_set(loading->fault, FAULT_USAGE, "%s: row %llu: %s", loading->path, number, reason.en);
    unit->name = text_trimmed(cell_of(loading, row, COLUMN_NAME));
    unit->compared = text_compared(cell_of(loading, row, COLUMN_NAME));
    unit->parent = text_squeezed(cell_of(loading, row, COLUMN_PARENT));
    if (unit->name == NULL || unit->compared == NULL || unit->parent == NULL)
        return out_of_memory(loading);
    if (unit->compared[0] == '\0')
        return fault_set(loading->fault, FAULT_USAGE, "%s: row %llu: %s has no name", loading->path, number,
                         unit->code);
    return true;
}

static int by_name(const void *a, const void *b)
{
    const struct named_unit *first = a;
    const struct named_unit *second = b;
    const int order = strcmp(first->compared, second->compared);
    return order != 0 ? order : strcmp(first->code, second->code);
}

static int by_code(const void *a, const void *b)
{
    return strcmp((*(const struct named_unit *const *)a)->code, (*(const struct named_unit *const *)b)->code);
}

static void units_free(const struct named_unit ***units)
{
    free(*units);
    *units = NULL;
}

/* Binds each unit to the one above it. A parent that is not in the file is none: a part of the tree may be listed. */
static bool link_units(struct loading *loading)
{
    struct unit_names *names = loading->names;
    qsort(names->units, names->count, sizeof *names->units, by_name);
    CLEANUP(units_free) const struct named_unit **units = calloc(names->count + 1, sizeof *units);
    if (units == NULL)
        return out_of_memory(loading);
    for (size_t i = 0; i < names->count; i++)
        units[i] = &names->units[i];
    qsort(units, names->count, sizeof *units, by_code);
    for (size_t i = 1; i < names->count; i++)
        if (strcmp(units[i - 1]->code, units[i]->code) == 0)
            return fault_set(loading->fault, FAULT_USAGE, "%s: %s is there twice", loading->path, units[i]->code);
    for (size_t i = 0; i < names->count; i++) {
        const struct named_unit wanted = {.code = names->units[i].parent};
        const struct named_unit *key = &wanted;
        const struct named_unit **found = bsearch(&key, units, names->count, sizeof *units, by_code);
        names->units[i].above = found == NULL ? NULL : *found;
    }
    return true;
}

struct unit_names *unit_names_load(const char *path, struct fault *fault)
{
    CLEANUP(source_close) struct source *source = NULL;
    CLEANUP(unit_names_free) struct unit_names *names = calloc(1, sizeof *names);
    struct reason reason;
    struct row row;
    struct loading loading = {.path = path, .names = names, .fault = fault};
    if (names == NULL || source_open(path, &source, &reason) != SOURCE_OPENED) {
        fault_set(fault, FAULT_USAGE, "%s: %s", path, names == NULL ? "out of memory" : reason.en);
        return NULL;
    }
    if (!source_choose_sheet(source, NULL, 0, &reason)) {
        fault_set(fault, FAULT_USAGE, "%s: %s", path, reason.en);
        return NULL;
    }
    if (!find_header(&loading, source))
        return NULL;
    while (source_next(source, &row))
        if (!take_unit(&loading, &row))
            return NULL;
    if (!link_units(&loading))
        return NULL;
    struct unit_names *loaded = names;
    names = NULL;
    return loaded;
}

/* ---- finding ---- */

/* What stands between the names of a path; white space is gone already. */
static size_t without_separators(const char *text, size_t size)
{
    static const char *const separators[] = {"/", "-", "—", "·", ">", "→", "、", ",", "_", "\\", ":"};
    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++) {
        const size_t length = strlen(separators[i]);
        if (size >= length && memcmp(text + size - length, separators[i], length) == 0)
            return without_separators(text, size - length);
    }
    return size;
}

/* Whether the text before a unit's name consists of names of units above it. */
static bool is_path_to(const struct named_unit *unit, const char *text, size_t size)
{
    const struct named_unit *above = unit->above;
    size = without_separators(text, size);
    for (int depth = 0; size > 0 && above != NULL && depth < DEPTH_MAX; depth++, above = above->above) {
        const size_t length = strlen(above->compared);
        if (size >= length && memcmp(text + size - length, above->compared, length) == 0)
            size = without_separators(text, size - length);
    }
    return size == 0;
}

/* The first unit with this name; NULL: none. */
static const struct named_unit *first_named(const struct unit_names *names, const char *name)
{
    size_t from = 0;
    size_t to = names->count;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (strcmp(names->units[middle].compared, name) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from < names->count && strcmp(names->units[from].compared, name) == 0 ? &names->units[from] : NULL;
}

/* Units that fit, or are near, as they are found. */
struct candidates {
    const struct named_unit *units[LISTED_MAX];
    size_t count; /* of all, also those for which there is no room */
};

static void add_candidate(struct candidates *candidates, const struct named_unit *unit)
{
    if (candidates->count < LISTED_MAX)
        candidates->units[candidates->count] = unit;
    candidates->count++;
}

/* Every unit whose name the text ends with and whose path the rest is. */
static void find_candidates(const struct unit_names *names, const char *text, struct candidates *candidates)
{
    const struct named_unit *end = names->units + names->count;
    for (const char *at = text; *at != '\0'; at++) {
        if (((unsigned char)*at & 0xC0) == 0x80)
            continue;
        const struct named_unit *unit = first_named(names, at);
        for (; unit != NULL && unit < end && strcmp(unit->compared, at) == 0; unit++)
            if (is_path_to(unit, text, (size_t)(at - text)))
                add_candidate(candidates, unit);
    }
}

/* How much of the text a unit and the one above it explain; its own name counts twice. */
static size_t likeness(const struct named_unit *unit, const char *text)
{
    char both[512];
    snprintf(both, sizeof both, "%s%s", unit->above == NULL ? "" : unit->above->compared, unit->compared);
    return text_shared_characters(text, unit->compared) + text_shared_characters(text, both);
}

/* Those that are most like the text. */
static void find_nearest(const struct unit_names *names, const char *text, struct candidates *nearest)
{
    size_t best = 2; /* one character is no likeness */
    for (size_t i = 0; i < names->count; i++) {
        const size_t like = likeness(&names->units[i], text);
        if (like > best) {
            best = like;
            nearest->count = 0;
        }
        if (like == best && best > 2)
            add_candidate(nearest, &names->units[i]);
    }
}

static void list_candidates(const struct candidates *candidates, char list[static LIST_SIZE])
{
    size_t used = 0;
    list[0] = '\0';
    for (size_t i = 0; i < candidates->count && i < LISTED_MAX && used < LIST_SIZE; i++) {
        const struct named_unit *unit = candidates->units[i];
        used += (size_t)snprintf(list + used, LIST_SIZE - used, "%s%s %s%s", i > 0 ? "、" : "", unit->code,
                                 unit->above == NULL ? "" : unit->above->name, unit->name);
    }
    if (candidates->count > LISTED_MAX && used < LIST_SIZE)
        snprintf(list + used, LIST_SIZE - used, "…");
    utf8_cut_broken(list);
}

static bool no_one_fits(const struct unit_names *names, const char *text, const struct candidates *fitting,
                        struct reason *reason)
{
    char quoted[128];
    char list[LIST_SIZE];
    text_quote(text, quoted, sizeof quoted);
    if (fitting->count > 1) {
        list_candidates(fitting, list);
        return reason_set(reason, REASON_BAD_VALUE, "“%s”符合 %zu 个单位：%s：请在前面写上乡镇，或填编码",
                          "'%s' fits %zu units: %s: write the town in front, or the code", quoted, fitting->count,
                          list);
    }
    struct candidates nearest = {0};
    if (strlen(text) <= NEAREST_BYTES_MAX)
        find_nearest(names, text, &nearest);
    if (nearest.count == 0)
        return reason_set(reason, REASON_UNKNOWN_UNIT, "没有叫“%s”的单位", "no unit is called '%s'", quoted);
    list_candidates(&nearest, list);
    return reason_set(reason, REASON_UNKNOWN_UNIT, "没有叫“%s”的单位；最接近的是 %s",
                      "no unit is called '%s'; nearest is %s", quoted, list);
}

static bool is_code(const char *text)
{
    for (; *text != '\0'; text++)
        if (!((*text >= '0' && *text <= '9') || (*text >= 'A' && *text <= 'Z') || (*text >= 'a' && *text <= 'z') ||
              *text == '.' || *text == '+'))
            return false;
    return true;
}

bool unit_names_find(const struct unit_names *names, const char *within, const char *name, char **code,
                     struct reason *reason)
{
    CLEANUP(text_free) char *path = NULL;
    if (asprintf(&path, "%s%s%s", within, within[0] != '\0' ? "/" : "", name) < 0)
        path = NULL;
    CLEANUP(text_free) char *own = text_compared(name);
    CLEANUP(text_free) char *text = path == NULL ? NULL : text_compared(path);
    if (own == NULL || text == NULL)
        return reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
    if (is_code(own))
        return cell_unit_code(own, code, reason);
    struct candidates fitting = {0};
    if (strlen(text) <= PATH_BYTES_MAX)
        find_candidates(names, text, &fitting);
    if (fitting.count != 1)
        return no_one_fits(names, text, &fitting, reason);
    *code = strdup(fitting.units[0]->code);
    return *code != NULL || reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
}
