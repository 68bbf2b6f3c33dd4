#include "check.h"

#include "json_path.h"

#include <libsmartcols/libsmartcols.h>
#include <string.h>

enum { NAME_SIZE = 256 };

/* One line of either list; what it does not have is "". */
struct entry {
    const char *number; /* of a figure, or the letter of a story */
    const char *chinese;
    const char *english;
    const char *article;
    const char *expected;
    const char *why;
    const char *note; /* Chinese, and English below */
    const char *note_english;
    const char *document;
    const char *path;
    const char *count;
    const char *sum;
    const char *list;
    const char *of;
};

static bool read_entry(const json_t *from, const char *number, struct entry *entry, struct fault *fault)
{
    json_error_t error;

    *entry = (struct entry){.article = "",
                            .why = "",
                            .note = "",
                            .note_english = "",
                            .path = "",
                            .count = "",
                            .sum = "",
                            .list = "",
                            .of = ""};
    if (json_unpack_ex((json_t *)from, &error, JSON_STRICT,
                       "{s:s, s:s, s:s, s:s, s:s, s?s, s?s, s?s, s?s, s?s, s?s, s?s, s?s, s?s}", number, &entry->number,
                       "zh", &entry->chinese, "en", &entry->english, "expected", &entry->expected, "document",
                       &entry->document, "article", &entry->article, "why", &entry->why, "note", &entry->note, "noteEn",
                       &entry->note_english, "path", &entry->path, "count", &entry->count, "sum", &entry->sum, "list",
                       &entry->list, "of", &entry->of) != 0)
        return fault_set(fault, FAULT_USAGE, "expected: %s", error.text);
    const int asked = (*entry->path != '\0') + (*entry->count != '\0') + (*entry->sum != '\0') + (*entry->list != '\0');
    const bool of = *entry->sum != '\0' || *entry->list != '\0';
    if (asked != 1 || of != (*entry->of != '\0'))
        return fault_set(fault, FAULT_USAGE, "expected: '%s': one of path, count, sum of, list of", entry->english);
    return true;
}

static bool computed_text(const struct entry *entry, const json_t *documents, char text[static JSON_PATH_VALUE_SIZE])
{
    const json_t *document = json_object_get(documents, entry->document);

    if (*entry->path != '\0')
        return json_path_value(document, entry->path, text);
    if (*entry->count != '\0')
        return json_path_count(document, entry->count, text);
    if (*entry->sum != '\0')
        return json_path_sum(document, entry->sum, entry->of, text);
    return json_path_list(document, entry->list, entry->of, text);
}

struct column {
    const char *head;
    bool right;
};

/* What is shown of each list, in the order of cells_of(). */
static const struct column figure_columns[] = {{"数字 #", false},
                                               {"指标 figure", false},
                                               {"文章 article", true},
                                               {"应得 expected", true},
                                               {"算得 computed", true},
                                               {"结果 result", false},
                                               {"为什么不同 why different", false}};
static const struct column story_columns[] = {
    {"故事 story", false}, {"结果 result", false}, {"查的是 what was asked", false}, {"查得 found", false}};
enum {
    FIGURE_COLUMNS = sizeof figure_columns / sizeof *figure_columns,
    STORY_COLUMNS = sizeof story_columns / sizeof *story_columns
};

static struct libscols_table *new_table(FILE *out, const struct column *columns, size_t count)
{
    struct libscols_table *table = scols_new_table();
    bool made = table && scols_table_set_stream(table, out) == 0;

    for (size_t i = 0; made && i < count; i++)
        made = scols_table_new_column(table, columns[i].head, 0, columns[i].right ? SCOLS_FL_RIGHT : 0) != NULL;
    if (made)
        return table;
    scols_unref_table(table);
    return NULL;
}

static bool add_row(struct libscols_table *table, const char *const *cells, size_t count)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);

    for (size_t i = 0; line && i < count; i++)
        if (scols_line_set_data(line, i, cells[i]) != 0)
            return false;
    return line != NULL;
}

static bool add_entry(struct libscols_table *table, const struct entry *entry, bool figure, const char *computed,
                      bool agrees)
{
    char name[NAME_SIZE];
    char found[2 * JSON_PATH_VALUE_SIZE]; /* of a story: the last column may be long */
    const char *result = agrees ? "相符 ok" : "不符 differs";
    const char *const figures[FIGURE_COLUMNS] = {entry->number, name,   entry->article, entry->expected,
                                                 computed,      result, entry->why};
    const char *const stories[STORY_COLUMNS] = {entry->number, result, name, found};

    snprintf(name, sizeof name, "%s %s", entry->chinese, entry->english);
    if (agrees)
        snprintf(found, sizeof found, "%s", computed);
    else
        snprintf(found, sizeof found, "%s（应为 expected %s）", computed, entry->expected);
    return figure ? add_row(table, figures, FIGURE_COLUMNS) : add_row(table, stories, STORY_COLUMNS);
}

static bool fill_table(struct libscols_table *table, const json_t *list, bool figure, const json_t *documents,
                       size_t *differing, struct fault *fault)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct entry entry;
        char computed[JSON_PATH_VALUE_SIZE];
        if (!read_entry(json_array_get(list, i), figure ? "figure" : "story", &entry, fault))
            return false;
        const bool agrees = computed_text(&entry, documents, computed) && strcmp(computed, entry.expected) == 0;
        *differing += agrees ? 0 : 1;
        if (!add_entry(table, &entry, figure, computed, agrees))
            return fault_set(fault, FAULT_SYSTEM, "out of memory");
    }
    return true;
}

static void print_notes(const json_t *figures, FILE *out)
{
    for (size_t i = 0; i < json_array_size(figures); i++) {
        const json_t *entry = json_array_get(figures, i);
        const char *note = json_string_value(json_object_get(entry, "note"));
        const char *english = json_string_value(json_object_get(entry, "noteEn"));
        if (note && english)
            fprintf(out, "注 note #%s: %s %s\n", json_string_value(json_object_get(entry, "figure")), note, english);
    }
}

static bool compare_list(const json_t *expected, bool figure, const json_t *documents, FILE *out, size_t *differing,
                         struct fault *fault)
{
    const json_t *list = json_object_get(expected, figure ? "figures" : "stories");
    if (json_array_size(list) == 0)
        return fault_set(fault, FAULT_USAGE, "expected: no list `%s`", figure ? "figures" : "stories");
    struct libscols_table *table =
        figure ? new_table(out, figure_columns, FIGURE_COLUMNS) : new_table(out, story_columns, STORY_COLUMNS);
    if (!table)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");

    bool compared = fill_table(table, list, figure, documents, differing, fault);
    if (compared && scols_print_table(table) != 0)
        compared = fault_set(fault, FAULT_SYSTEM, "the table cannot be printed");
    scols_unref_table(table);
    return compared;
}

bool expected_compare(const json_t *expected, const json_t *documents, FILE *out, size_t *differing,
                      struct fault *fault)
{
    *differing = 0;
    if (!compare_list(expected, true, documents, out, differing, fault))
        return false;
    print_notes(json_object_get(expected, "figures"), out);
    fputc('\n', out);
    return compare_list(expected, false, documents, out, differing, fault);
}
