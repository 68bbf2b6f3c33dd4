#include "draft.h"

#include "cell.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum {
    SAMPLE_ROWS = 5000, /* looked at for words */
    VALUES_MAX = 24,    /* different ones in a column: more are no words */
    PATH_SIZE = 256
};

/* ---- YAML ---- */

static bool is_plain(const char *text)
{
    static const char *const reserved[] = {"true", "false", "yes",  "no",  "on",   "off",  "null",  "True", "False",
                                           "Yes",  "No",    "On",   "Off", "Null", "TRUE", "FALSE", "YES",  "NO",
                                           "ON",   "OFF",   "NULL", "y",   "n",    "Y",    "N"};
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (strcmp(text, reserved[i]) == 0)
            return false;
    for (const char *at = text; *at != '\0'; at++) {
        const bool letter = (unsigned char)*at >= 0x80 || (*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z');
        const bool inside =
            at > text && ((*at >= '0' && *at <= '9') || *at == '_' || *at == '/' || *at == '(' || *at == ')');
        if (!letter && !inside)
            return false;
    }
    return text[0] != '\0';
}

static void put_text(FILE *out, const char *text)
{
    if (is_plain(text)) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', out);
        fputc((unsigned char)*text < 0x20 || *text == 0x7F ? ' ' : *text, out);
    }
    fputc('"', out);
}

static void put_list(FILE *out, const char *key, char *const *words, size_t count)
{
    fprintf(out, "%s: [", key);
    for (size_t i = 0; i < count; i++) {
        fputs(i > 0 ? ", " : "", out);
        put_text(out, words[i]);
    }
    fputs("]", out);
}

/* ---- the file's columns ---- */

static int header_of(const struct draft *draft, size_t column)
{
    return draft->bindings[column].header;
}

static bool is_bound(const struct draft *draft, size_t column)
{
    return header_of(draft, column) >= 0;
}

static const char *header_name(const struct draft *draft, size_t column)
{
    const char *const *names;
    (void)sheet_header(draft->sheet, &names);
    return names[header_of(draft, column)];
}

/* What the pattern calls a column, for people. */
static const char *pattern_name(const struct draft *draft, size_t column)
{
    return draft->pattern->columns[column].names[0];
}

static void mark_unsure(const struct draft *draft, size_t column, FILE *out)
{
    struct draft_binding *binding = &draft->bindings[column];
    if (binding->sure)
        return;
    if (binding->told)
        fputs("  # ?", out);
    else
        fprintf(out, "  # ? 没有“%s”，用相近的“%s” no %s: the likeliest is %s", pattern_name(draft, column),
                header_name(draft, column), pattern_name(draft, column), header_name(draft, column));
    binding->told = true;
}

/* Different cells of a column, in compared form and as they stand there. */
struct values {
    char *compared[VALUES_MAX];
    char *written[VALUES_MAX];
    size_t count;
    bool more;
};

static void values_clear(struct values *values)
{
    for (size_t i = 0; i < values->count; i++) {
        free(values->compared[i]);
        free(values->written[i]);
    }
    *values = (struct values){0};
}

static bool is_among(char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

static void add_value(struct values *values, const struct mapping *pattern, const char *cell)
{
    char *compared = text_compared(cell);
    if (compared == NULL || compared[0] == '\0' || is_among(pattern->empty, pattern->empty_count, compared) ||
        is_among(values->compared, values->count, compared)) {
        free(compared);
        return;
    }
    char *written = values->count == VALUES_MAX ? NULL : text_trimmed(cell);
    values->more |= values->count == VALUES_MAX;
    if (written == NULL) {
        free(compared);
        return;
    }
    values->compared[values->count] = compared;
    values->written[values->count++] = written;
}

static void collect_values(const struct draft *draft, size_t column, struct values *values)
{
    struct row row;
    const size_t cell = (size_t)header_of(draft, column);
    source_rewind(draft->source);
    for (int i = 0; i < SAMPLE_ROWS && !values->more && source_next(draft->source, &row); i++)
        if (row.number > sheet_header_row(draft->sheet) && row.flaw == NULL && cell < row.cell_count &&
            !sheet_skips(draft->sheet, &row))
            add_value(values, draft->pattern, row.cells[cell]);
}

/* ---- words ---- */

static const struct mapping_word *find_word(const struct mapping_field *field, const char *compared)
{
    for (size_t i = 0; i < field->word_count; i++)
        if (strcmp(field->words[i].is, compared) == 0)
            return &field->words[i];
    return NULL;
}

static const ProtobufCFieldDescriptor *target_of(const struct mapping_field *field)
{
    return field->steps[field->step_count - 1].field;
}

/* What some known sheet means by a word in a field of the same kind of value; NULL: no one knows it. */
static const char *meaning_elsewhere(const struct draft *draft, const struct mapping_field *field, const char *compared)
{
    for (size_t m = 0; m < draft->known_count; m++) {
        const struct mapping *known = draft->known[m];
        for (size_t e = 0; e < known->event_count; e++) {
            for (size_t f = 0; f < known->events[e].field_count; f++) {
                const struct mapping_field *other = &known->events[e].fields[f];
                const bool same = target_of(field)->type == PROTOBUF_C_TYPE_ENUM
                                      ? target_of(field)->descriptor == target_of(other)->descriptor
                                      : strcmp(field->path, other->path) == 0;
                const struct mapping_word *word = same ? find_word(other, compared) : NULL;
                if (word != NULL)
                    return word->to;
            }
        }
    }
    return NULL;
}

/* A cell that is no word of the pattern: known elsewhere, or to be decided. */
static void put_other_value(const struct draft *draft, const struct mapping_field *field, const char *compared,
                            const char *written, FILE *out)
{
    const char *to = meaning_elsewhere(draft, field, compared);
    char quoted[128];
    text_quote(written, quoted, sizeof quoted);
    if (to != NULL) {
        fputs("          - {is: [", out);
        put_text(out, quoted);
        fputs("], to: ", out);
        put_text(out, to);
        fputs("}  # ? 别的表里这样用 as another sheet has it\n", out);
    } else {
        fprintf(out, "          # ? 不认识的值 unknown value: %s\n", quoted);
    }
}

static void put_words(const struct draft *draft, const struct mapping_field *field, FILE *out)
{
    CLEANUP(values_clear) struct values values = {0};
    fputs("        values:\n", out);
    for (size_t start = 0, end; start < field->word_count; start = end) {
        for (end = start; end < field->word_count && strcmp(field->words[end].to, field->words[start].to) == 0;)
            end++;
        fputs("          - {is: [", out);
        for (size_t i = start; i < end; i++) {
            fputs(i > start ? ", " : "", out);
            put_text(out, field->words[i].is);
        }
        fputs("], to: ", out);
        put_text(out, field->words[start].to);
        fputs("}\n", out);
    }
    if (field->kind != FIELD_TEXT) /* there the words are only some of the cells */
        return;
    collect_values(draft, field->column, &values);
    for (size_t i = 0; i < values.count && !values.more; i++)
        if (find_word(field, values.compared[i]) == NULL)
            put_other_value(draft, field, values.compared[i], values.written[i], out);
    if (values.more)
        fprintf(out, "          # ? 这一列有 %d 个以上不同的值 more than %d different values\n", VALUES_MAX,
                VALUES_MAX);
}

/* ---- kinds ---- */

/* A column in which no cell is a code names its units. */
static bool has_unit_names(const struct draft *draft, size_t column)
{
    CLEANUP(values_clear) struct values values = {0};
    struct reason ignored;
    collect_values(draft, column, &values);
    for (size_t i = 0; i < values.count; i++) {
        char *code = NULL;
        const bool is_code = cell_unit_code(values.written[i], &code, &ignored);
        free(code);
        if (is_code || strspn(values.compared[i], "0123456789") == strlen(values.compared[i]))
            return false;
    }
    return values.count > 0;
}

/* Whether some day is understood in this style only. */
static bool needs_style(const struct draft *draft, size_t column, const struct date_style *style)
{
    CLEANUP(values_clear) struct values values = {0};
    struct reason ignored;
    struct moment moment;
    collect_values(draft, column, &values);
    for (size_t i = 0; i < values.count; i++)
        if (!cell_moment(values.written[i], &(struct date_style){0}, &moment, &ignored) &&
            cell_moment(values.written[i], style, &moment, &ignored))
            return true;
    return false;
}

static void put_date_style(const struct draft *draft, const struct mapping_field *field, FILE *out)
{
    if (field->serial || needs_style(draft, field->column, &(struct date_style){.serial = true}))
        fprintf(out, "        serial: true%s\n",
                field->serial ? "" : "  # ? 有像日期序号的数 some cells look like day numbers");
    if (field->year != 0)
        fprintf(out, "        year: %d  # ? 没有年份的日期的年份 of days without one\n", (int)field->year);
    else if (needs_style(draft, field->column, &(struct date_style){.year = 2020}))
        fputs("        # ? 有的日期没有年份：加上 year: 年份 some days have no year: add `year`\n", out);
}

static void put_kind(const struct draft *draft, const struct mapping_field *field, FILE *out)
{
    if (field->kind == FIELD_UNIT_CODE && field->has_column && has_unit_names(draft, field->column)) {
        fputs("        as: unit_name  # ? 写的是名称：代理的配置要有 units they are names: the agent needs the key "
              "`units`\n",
              out);
        return;
    }
    if (field->kind != FIELD_TEXT || strcmp(field->path, "unit") == 0)
        fprintf(out, "        as: %s\n", mapping_kind_name(field->kind));
}

/* ---- events ---- */

/* Element of a repeated message in which some required column is not there: all of it is left out. */
static bool element_is_left_out(const struct draft *draft, const struct mapping_event *event,
                                const struct mapping_field *field, int element)
{
    for (size_t i = 0; i < event->field_count; i++) {
        const struct mapping_field *other = &event->fields[i];
        if (other->steps[0].field == field->steps[0].field && other->steps[0].element == element && other->has_column &&
            !other->optional && !is_bound(draft, other->column))
            return true;
    }
    return false;
}

/* The path with its element counted without those that are left out. */
static void put_path(const struct draft *draft, const struct mapping_event *event, const struct mapping_field *field,
                     FILE *out)
{
    if (field->steps[0].element < 0) {
        fputs(field->path, out);
        return;
    }
    int place = 0;
    for (int element = 0; element < field->steps[0].element; element++)
        place += element_is_left_out(draft, event, field, element) ? 0 : 1;
    fprintf(out, "%s.%d", field->steps[0].field->name, place);
    for (size_t i = 1; i < field->step_count; i++)
        fprintf(out, ".%s", field->steps[i].field->name);
}

static bool is_required_field(const struct mapping_field *field)
{
    return field->envelope && (strcmp(field->path, "unit") == 0 || strcmp(field->path, "occurred_at") == 0);
}

static void put_missing(const struct draft *draft, const char *what, size_t column, FILE *out)
{
    fprintf(out, "      # ? 缺 missing: %s：没有“%s”这样的列 no column like %s\n", what, pattern_name(draft, column),
            pattern_name(draft, column));
}

/* false: a required field has no column. */
static bool put_field(const struct draft *draft, const struct mapping_event *event, const struct mapping_field *field,
                      FILE *out)
{
    const bool left_out =
        field->steps[0].element >= 0 && element_is_left_out(draft, event, field, field->steps[0].element);
    if (field->has_column && !is_bound(draft, field->column)) {
        if (!field->optional && !event->optional)
            put_missing(draft, field->path, field->column, out);
        return !is_required_field(field);
    }
    if (left_out)
        return true;
    fputs("      - field: ", out);
    put_path(draft, event, field, out);
    fputs("\n", out);
    if (!field->has_column) {
        fputs("        constant: ", out);
        put_text(out, field->constant);
        fputs("\n", out);
        put_kind(draft, field, out);
        return true;
    }
    fputs("        column: [", out);
    put_text(out, header_name(draft, field->column));
    fputs("]", out);
    mark_unsure(draft, field->column, out);
    fputs("\n", out);
    put_kind(draft, field, out);
    if (field->has_within && is_bound(draft, field->within)) {
        fputs("        within: [", out);
        put_text(out, header_name(draft, field->within));
        fputs("]\n", out);
    }
    if (field->kind == FIELD_DATE || field->kind == FIELD_DATETIME)
        put_date_style(draft, field, out);
    if (field->optional)
        fputs("        optional: true\n", out);
    if (field->word_count > 0)
        put_words(draft, field, out);
    return true;
}

static void put_conditions(const struct draft *draft, const struct mapping_event *event, FILE *out)
{
    if (event->condition_count > 0)
        fputs("    when:\n", out);
    for (size_t i = 0; i < event->condition_count; i++) {
        const struct mapping_condition *condition = &event->conditions[i];
        fputs("      - {column: ", out);
        put_text(out, header_name(draft, condition->column));
        fputs(", ", out);
        if (condition->by_filled)
            fprintf(out, "filled: %s", condition->filled ? "true" : "false");
        else
            put_list(out, "is", condition->is, condition->is_count);
        fputs("}", out);
        mark_unsure(draft, condition->column, out);
        fputs("\n", out);
    }
}

/* Columns without which an event of a condition never happens rightly: it is left out of the draft. */
static bool lacks_columns(const struct draft *draft, const struct mapping_event *event, size_t *column)
{
    for (size_t i = 0; i < event->condition_count; i++)
        if (!is_bound(draft, *column = event->conditions[i].column))
            return true;
    for (size_t i = 0; i < event->field_count; i++)
        if (event->fields[i].has_column && is_required_field(&event->fields[i]) &&
            !is_bound(draft, *column = event->fields[i].column))
            return true;
    return false;
}

/* false: it cannot do without what is missing. */
static bool put_event(const struct draft *draft, const struct mapping_event *event, size_t *written, FILE *out)
{
    size_t column = 0;
    if (event->condition_count > 0 && lacks_columns(draft, event, &column)) {
        fprintf(out, "  # %s%s%s：没有“%s”，不报 without %s it is left out\n", event->type,
                event->part[0] != '\0' ? "#" : "", event->part, pattern_name(draft, column),
                pattern_name(draft, column));
        return true;
    }
    ++*written;
    fprintf(out, "  - type: %s\n", event->type);
    if (event->part[0] != '\0') {
        fputs("    part: ", out);
        put_text(out, event->part);
        fputs("\n", out);
    }
    if (event->optional)
        fputs("    optional: true\n", out);
    put_conditions(draft, event, out);
    fputs("    fields:\n", out);
    bool complete = true;
    for (size_t i = 0; i < event->field_count; i++)
        complete &= put_field(draft, event, &event->fields[i], out);
    return complete;
}

/* ---- the sheet ---- */

/* The name up to its first digit stands for all of its kind: 隐患台账2020-01.csv → 隐患台账*.csv. */
static void put_files(const struct draft *draft, FILE *out)
{
    char start[256];
    char pattern[2 * sizeof start + 8] = "";
    const char *dot = strrchr(draft->file_name, '.');
    const char *ending = dot == NULL ? "" : dot;
    snprintf(start, sizeof start, "%.*s", (int)strcspn(draft->file_name, "0123456789."), draft->file_name);
    size_t used = 0;
    for (const char *at = start; *at != '\0'; at++) {
        if (strchr("*?[]\\", *at) != NULL)
            pattern[used++] = '\\';
        pattern[used++] = *at;
    }
    snprintf(pattern + used, sizeof pattern - used, "*%s", ending);
    fputs("files: [", out);
    put_text(out, pattern);
    fputs("]  # ? 按文件名猜的 guessed from the file's name\n", out);
}

static bool put_key(const struct draft *draft, FILE *out)
{
    const struct mapping *pattern = draft->pattern;
    bool complete = true;
    for (size_t i = 0; i < pattern->key_count; i++) {
        if (is_bound(draft, pattern->key[i]))
            continue;
        complete = false;
        put_missing(draft, "key", pattern->key[i], out);
    }
    fputs(complete ? "key: [" : "# key: [", out);
    for (size_t i = 0; i < pattern->key_count; i++) {
        fputs(i > 0 ? ", " : "", out);
        put_text(out, is_bound(draft, pattern->key[i]) ? header_name(draft, pattern->key[i]) : "?");
    }
    fputs("]", out);
    for (size_t i = 0; i < pattern->key_count && complete; i++)
        mark_unsure(draft, pattern->key[i], out);
    fputs("\n", out);
    return complete;
}

static void put_row_lists(const struct draft *draft, FILE *out)
{
    const struct mapping *pattern = draft->pattern;
    if (pattern->ignored_count > 0) {
        put_list(out, "ignore_rows", pattern->ignored, pattern->ignored_count);
        fputs("\n", out);
    }
    put_list(out, "empty", pattern->empty, pattern->empty_count);
    fputs("\n", out);
    size_t count = 0;
    for (size_t c = 0; c < pattern->column_count; c++) {
        if (!pattern->columns[c].fill_down || !is_bound(draft, c))
            continue;
        fputs(count++ == 0 ? "fill_down: [" : ", ", out);
        put_text(out, header_name(draft, c));
    }
    fputs(count > 0 ? "]\n" : "", out);
}

static bool is_used(const struct draft *draft, size_t header)
{
    for (size_t c = 0; c < draft->pattern->column_count; c++)
        if (header_of(draft, c) == (int)header)
            return true;
    return false;
}

static void put_unused(const struct draft *draft, FILE *out)
{
    const char *const *names;
    const size_t count = sheet_header(draft->sheet, &names);
    bool any = false;
    for (size_t h = 0; h < count; h++) {
        char quoted[128];
        text_quote(names[h], quoted, sizeof quoted);
        if (is_used(draft, h) || quoted[0] == '\0')
            continue;
        fprintf(out, "%s%s", any ? "、" : "# ? 没有用到的列 columns not used: ", quoted);
        any = true;
    }
    fputs(any ? "\n" : "", out);
}

bool draft_write(const struct draft *draft, FILE *out)
{
    const struct mapping *pattern = draft->pattern;
    const char *slash = strrchr(pattern->path, '/');
    const char *name = slash == NULL ? pattern->path : slash + 1;
    size_t written = 0;
    fprintf(out,
            "# 草稿：仿照 %s；请核对标有 # ? 的地方，再用 --check 和 --try 检查\n"
            "# A draft after %s: look at what is marked # ?, then use --check and --try\n"
            "version: 1\n",
            name, name);
    put_files(draft, out);
    if (pattern->sheet_count > 0) {
        put_list(out, "sheet", (char *const *)(uintptr_t)pattern->sheets, pattern->sheet_count);
        fputs("\n", out);
    }
    if (sheet_header_rows(draft->sheet) > 1)
        fprintf(out, "header_rows: %zu\n", sheet_header_rows(draft->sheet));
    bool complete = put_key(draft, out);
    if (pattern->correct_reason != NULL) {
        fputs("on_change: correct\ncorrect_reason: ", out);
        put_text(out, pattern->correct_reason);
        fputs("\n", out);
    }
    if (pattern->undated)
        fputs("register: undated  # ? 每个文件都是整本台账吗 is each file the whole register\n", out);
    put_row_lists(draft, out);
    fputs("events:\n", out);
    for (size_t i = 0; i < pattern->event_count; i++)
        complete &= put_event(draft, &pattern->events[i], &written, out);
    if (written == 0)
        fputs("  # ? 缺 missing: 没有一个事件的列齐全 no event has all its columns\n", out);
    if (pattern->attest != NULL)
        fputs("# ? 这种表可以作零报告（attest）：由负责的人决定 such a sheet may attest a zero: a person decides\n",
              out);
    put_unused(draft, out);
    return complete && written > 0;
}
