#include "check.h"

#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_SIZE = 128, VALUE_SIZE = 128 };

static bool fits(const json_t *element, const char *key, const char *value)
{
    const json_t *member = json_object_get(element, key);

    if (!member || json_is_null(member))
        return strcmp(value, "ALL") == 0 || strcmp(value, "UNSPECIFIED") == 0 || strcmp(value, "0") == 0;
    return json_is_string(member) && strcmp(json_string_value(member), value) == 0;
}

/* All of `key=value,key=value` fit the element. `conditions` is changed while it is read. */
static bool fits_all(const json_t *element, const char *conditions)
{
    char copy[STEP_SIZE];
    char *rest = NULL;

    snprintf(copy, sizeof copy, "%s", conditions);
    for (char *condition = strtok_r(copy, ",", &rest); condition; condition = strtok_r(NULL, ",", &rest)) {
        char *equals = strchr(condition, '=');
        if (!equals)
            return false;
        *equals = '\0';
        if (!fits(element, condition, equals + 1))
            return false;
    }
    return true;
}

/* One step of a path: a member, or the element of it that fits the conditions in brackets. */
static const json_t *take_step(const json_t *from, char *step)
{
    char *bracket = strchr(step, '[');
    if (bracket)
        *bracket = '\0';
    const json_t *member = json_object_get(from, step);
    if (!bracket || !member)
        return member;

    char *conditions = bracket + 1;
    conditions[strcspn(conditions, "]")] = '\0';
    for (size_t i = 0; i < json_array_size(member); i++)
        if (fits_all(json_array_get(member, i), conditions))
            return json_array_get(member, i);
    return NULL;
}

/* The length of the next step: up to a dot that stands outside brackets. */
static size_t step_length(const char *path)
{
    size_t length = 0;
    bool inside = false;

    for (; path[length] != '\0' && (inside || path[length] != '.'); length++) {
        if (path[length] == '[')
            inside = true;
        else if (path[length] == ']')
            inside = false;
    }
    return length;
}

const json_t *document_find(const json_t *document, const char *path)
{
    const json_t *here = document;

    while (here && *path != '\0') {
        char step[STEP_SIZE];
        const size_t length = step_length(path);
        if (length >= sizeof step)
            return NULL;
        memcpy(step, path, length);
        step[length] = '\0';
        here = take_step(here, step);
        path += length;
        path += *path == '.' ? 1 : 0;
    }
    return here;
}

/* The value as text; canonical JSON leaves a 0 out, so an absent last member of a present message is 0. */
static bool value_text(const json_t *document, const char *path, char text[static VALUE_SIZE])
{
    const json_t *value = document_find(document, path);

    if (json_is_string(value)) {
        snprintf(text, VALUE_SIZE, "%s", json_string_value(value));
        return true;
    }
    if (json_is_integer(value)) {
        snprintf(text, VALUE_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return true;
    }
    if (value)
        return false;

    char above[STEP_SIZE * 2] = "";
    const char *dot = strrchr(path, '.');
    const size_t length = dot ? (size_t)(dot - path) : 0;
    if (length >= sizeof above)
        return false;
    memcpy(above, path, length);
    snprintf(text, VALUE_SIZE, "0");
    return json_is_object(document_find(document, above));
}

struct figure {
    const char *number; /* in the article's list */
    const char *chinese;
    const char *english;
    const char *unit;
    const char *path;
    const char *expected;
    const char *note; /* "" if none */
};

static bool read_figure(const json_t *entry, struct figure *figure, struct fault *fault)
{
    json_error_t error;

    figure->note = "";
    if (json_unpack_ex((json_t *)entry, &error, JSON_STRICT, "{s:s, s:s, s:s, s:s, s:s, s:s, s?s}", "figure",
                       &figure->number, "zh", &figure->chinese, "en", &figure->english, "unit", &figure->unit, "path",
                       &figure->path, "expected", &figure->expected, "note", &figure->note) != 0)
        return fault_set(fault, FAULT_USAGE, "expected figures: %s", error.text);
    return true;
}

/* What the document is about: a summary itself, of a status answer its first unit. */
static const json_t *subject_of(const json_t *document)
{
    const json_t *first = json_array_get(json_object_get(document, "units"), 0);

    return json_object_get(first, "unit") ? first : document;
}

static bool computed_text(const struct figure *figure, json_t *const *documents, size_t count,
                          char text[static VALUE_SIZE])
{
    for (size_t i = 0; i < count; i++) {
        const json_t *subject = subject_of(documents[i]);
        const char *unit = json_string_value(json_object_get(subject, "unit"));
        if (unit && strcmp(unit, figure->unit) == 0 && value_text(subject, figure->path, text))
            return true;
    }
    snprintf(text, VALUE_SIZE, "-");
    return false;
}

static bool set_row(struct libscols_line *line, const char *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (scols_line_set_data(line, i, cells[i]) != 0)
            return false;
    return true;
}

static bool add_figure(struct libscols_table *table, const struct figure *figure, const char *computed, bool agrees)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);
    const char *const cells[] = {figure->number,   figure->chinese, figure->english,
                                 figure->expected, computed,        agrees ? "相符 ok" : "不符 differs"};

    return line && set_row(line, cells, sizeof cells / sizeof *cells);
}

static struct libscols_table *new_table(FILE *out)
{
    static const char *const heads[] = {"#", "指标", "figure", "应为 expected", "算得 computed", "结果 result"};
    struct libscols_table *table = scols_new_table();
    bool made = table && scols_table_set_stream(table, out) == 0;

    for (size_t i = 0; made && i < sizeof heads / sizeof *heads; i++)
        made = scols_table_new_column(table, heads[i], 0, i == 3 || i == 4 ? SCOLS_FL_RIGHT : 0) != NULL;
    if (made)
        return table;
    scols_unref_table(table);
    return NULL;
}

static bool fill_table(struct libscols_table *table, const json_t *figures, json_t *const *documents,
                       size_t document_count, size_t *differing, struct fault *fault)
{
    for (size_t i = 0; i < json_array_size(figures); i++) {
        struct figure figure;
        char computed[VALUE_SIZE];
        if (!read_figure(json_array_get(figures, i), &figure, fault))
            return false;
        const bool agrees =
            computed_text(&figure, documents, document_count, computed) && strcmp(computed, figure.expected) == 0;
        *differing += agrees ? 0 : 1;
        if (!add_figure(table, &figure, computed, agrees))
            return fault_set(fault, FAULT_SYSTEM, "out of memory");
    }
    return true;
}

static void print_notes(const json_t *figures, FILE *out)
{
    for (size_t i = 0; i < json_array_size(figures); i++) {
        const json_t *entry = json_array_get(figures, i);
        const char *note = json_string_value(json_object_get(entry, "note"));
        if (note)
            fprintf(out, "注 note #%s: %s\n", json_string_value(json_object_get(entry, "figure")), note);
    }
}

bool figures_compare(const json_t *expected, json_t *const *documents, size_t document_count, FILE *out,
                     size_t *differing, struct fault *fault)
{
    const json_t *figures = json_object_get(expected, "figures");
    if (json_array_size(figures) == 0)
        return fault_set(fault, FAULT_USAGE, "expected figures: no list `figures`");
    struct libscols_table *table = new_table(out);
    if (!table)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");

    *differing = 0;
    bool compared = fill_table(table, figures, documents, document_count, differing, fault);
    if (compared && scols_print_table(table) != 0)
        compared = fault_set(fault, FAULT_SYSTEM, "the table cannot be printed");
    scols_unref_table(table);
    if (compared)
        print_notes(figures, out);
    return compared;
}
