#include "unit_file.h"

#include "language.h"
#include "moment.h"
#include "utf8.h"
#include "words.h"

#include <csv.h>
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_SIZE_MAX = 4096, COLUMNS_MAX = 64, FILE_SIZE_MAX = 512 * 1024 * 1024, COUNT_MAX = 1000000 };

enum field {
    FIELD_CODE,
    FIELD_KIND,
    FIELD_NAME,
    FIELD_PARENT,
    FIELD_VALID_FROM,
    FIELD_GRID_COUNT,
    FIELD_BLOCK_HEAD_COUNT,
    FIELD_PATROLLER_COUNT,
    FIELD_TEAM_CADRES,
    FIELD_TEAM_GRID_HEAD,
    FIELD_TEAM_GRID_WORKER,
    FIELD_TEAM_PROPERTY,
    FIELD_TEAM_BUILDING_HEAD,
    FIELD_COUNT
};

static const char *const headings[FIELD_COUNT][2] = {
    [FIELD_CODE] = {"code", "单位编码"},
    [FIELD_KIND] = {"kind", "类别"},
    [FIELD_NAME] = {"name", "名称"},
    [FIELD_PARENT] = {"parent", "上级编码"},
    [FIELD_VALID_FROM] = {"valid_from", "启用日期"},
    [FIELD_GRID_COUNT] = {"grid_count", "网格数"},
    [FIELD_BLOCK_HEAD_COUNT] = {"block_head_count", "单元长数"},
    [FIELD_PATROLLER_COUNT] = {"patroller_count", "巡逻员数"},
    [FIELD_TEAM_CADRES] = {"team_cadres", "党员干部队伍"},
    [FIELD_TEAM_GRID_HEAD] = {"team_grid_head", "网格长"},
    [FIELD_TEAM_GRID_WORKER] = {"team_grid_worker", "网格员"},
    [FIELD_TEAM_PROPERTY] = {"team_property", "物业"},
    [FIELD_TEAM_BUILDING_HEAD] = {"team_building_head", "楼长"},
};

/* The reading of one file: cells of the row under way, then the row is taken. */
struct reading {
    struct unit_file *units;
    const char *path;
    struct sanling_error *error;
    size_t line;
    char *cells[COLUMNS_MAX];
    size_t cell_count;
    int columns[COLUMNS_MAX]; /* field of each column, or -1 */
    bool has_header;
    bool failed;
};

static void fail(struct reading *reading, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void fail(struct reading *reading, const char *format, ...)
{
    va_list arguments;
    if (reading->failed)
        return;
    reading->failed = true;
    *reading->error = (struct sanling_error){.code = SANLING_USAGE};
    char line[32] = "";
    if (reading->line > 0) /* 0: it is about the whole file */
        snprintf(line, sizeof line, translated("line %zu: "), reading->line);
    int size = snprintf(reading->error->text, sizeof reading->error->text, translated("%s: %s"), reading->path, line);
    if (size < 0 || size >= (int)sizeof reading->error->text)
        return;
    va_start(arguments, format);
    vsnprintf(reading->error->text + size, sizeof reading->error->text - (size_t)size, translated(format), arguments);
    va_end(arguments);
    utf8_cut_broken(reading->error->text);
}

static void take_header(struct reading *reading)
{
    bool found[FIELD_COUNT] = {false};
    for (size_t i = 0; i < reading->cell_count; i++) {
        reading->columns[i] = -1;
        for (int field = 0; field < FIELD_COUNT; field++)
            if (strcmp(reading->cells[i], headings[field][0]) == 0 ||
                strcmp(reading->cells[i], headings[field][1]) == 0) {
                if (found[field])
                    fail(reading, "column %s is there twice", reading->cells[i]);
                reading->columns[i] = field;
                found[field] = true;
            }
    }
    for (int field = FIELD_CODE; field <= FIELD_VALID_FROM; field++)
        if (!found[field])
            fail(reading, "no column %s or %s", headings[field][0], headings[field][1]);
    reading->has_header = true;
}

static const char *cell_of(const struct reading *reading, enum field field)
{
    for (size_t i = 0; i < reading->cell_count; i++)
        if (reading->columns[i] == (int)field)
            return reading->cells[i];
    return "";
}

static uint32_t count_of(struct reading *reading, enum field field)
{
    const char *text = cell_of(reading, field);
    char *end;
    if (text[0] == '\0')
        return 0;
    unsigned long count = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || count > COUNT_MAX)
        fail(reading, "%s (%s): '%s' is no count", headings[field][1], headings[field][0], text);
    return (uint32_t)count;
}

static bool flag_of(struct reading *reading, enum field field)
{
    static const char *const yes[] = {"是", "有", "yes", "true", "1"};
    static const char *const no[] = {"否", "无", "no", "false", "0", ""};
    const char *text = cell_of(reading, field);
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (strcmp(text, yes[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (strcmp(text, no[i]) == 0)
            return false;
    fail(reading, "%s (%s): '%s' is neither 是 nor 否", headings[field][1], headings[field][0], text);
    return false;
}

static char *copy_of(struct reading *reading, enum field field)
{
    char *copy = strdup(cell_of(reading, field));
    if (copy == NULL)
        fail(reading, "no memory");
    return copy;
}

static void read_attributes(struct reading *reading, struct unit_row *row)
{
    sanling__v1__unit_attributes__init(&row->attributes);
    row->attributes.grid_count = count_of(reading, FIELD_GRID_COUNT);
    row->attributes.block_head_count = count_of(reading, FIELD_BLOCK_HEAD_COUNT);
    row->attributes.patroller_count = count_of(reading, FIELD_PATROLLER_COUNT);
    row->attributes.team_cadres = flag_of(reading, FIELD_TEAM_CADRES);
    row->attributes.team_grid_head = flag_of(reading, FIELD_TEAM_GRID_HEAD);
    row->attributes.team_grid_worker = flag_of(reading, FIELD_TEAM_GRID_WORKER);
    row->attributes.team_property = flag_of(reading, FIELD_TEAM_PROPERTY);
    row->attributes.team_building_head = flag_of(reading, FIELD_TEAM_BUILDING_HEAD);
}

static bool is_empty(const struct reading *reading)
{
    for (size_t i = 0; i < reading->cell_count; i++)
        if (reading->cells[i][0] != '\0')
            return false;
    return true;
}

static struct unit_row *add_row(struct reading *reading)
{
    struct unit_file *units = reading->units;
    if ((units->count & (units->count + 1)) == 0) { /* full at 0, 1, 3, 7, … */
        struct unit_row *grown = reallocarray(units->rows, units->count * 2 + 1, sizeof *grown);
        if (grown == NULL)
            return NULL;
        units->rows = grown;
    }
    struct unit_row *row = &units->rows[units->count++];
    *row = (struct unit_row){.line = reading->line};
    sanling__v1__unit_registered__init(&row->registered);
    return row;
}

static void take_row(struct reading *reading)
{
    if (is_empty(reading))
        return;
    struct unit_row *row = add_row(reading);
    if (row == NULL) {
        fail(reading, "no memory");
        return;
    }
    row->code = copy_of(reading, FIELD_CODE);
    row->registered.name = copy_of(reading, FIELD_NAME);
    row->registered.parent = copy_of(reading, FIELD_PARENT);
    row->registered.valid_from = copy_of(reading, FIELD_VALID_FROM);
    read_attributes(reading, row);
    if (reading->failed)
        return;
    if (row->code[0] == '\0' || row->registered.name[0] == '\0')
        fail(reading, "code or name is empty");
    if (!unit_kind_parse(cell_of(reading, FIELD_KIND), &row->registered.kind))
        fail(reading, "类别 (kind): '%s' is no kind of unit", cell_of(reading, FIELD_KIND));
    if (!day_is_valid(row->registered.valid_from))
        fail(reading, "启用日期 (valid_from): '%s' is no day YYYY-MM-DD", row->registered.valid_from);
}

/* libcsv's callbacks; cells end in NUL because of CSV_APPEND_NULL. */
static void take_cell(void *text, size_t size, void *context)
{
    struct reading *reading = context;
    const char *start = text != NULL ? text : "";
    if (reading->cell_count == COLUMNS_MAX || size > CELL_SIZE_MAX) {
        fail(reading, "more than %d columns, or a cell over %d bytes", COLUMNS_MAX, CELL_SIZE_MAX);
        return;
    }
    while (*start == ' ' || *start == '\t')
        start++;
    char *copy = strdup(start);
    if (copy == NULL) {
        fail(reading, "no memory");
        return;
    }
    for (size_t end = strlen(copy); end > 0 && (copy[end - 1] == ' ' || copy[end - 1] == '\t'); end--)
        copy[end - 1] = '\0';
    reading->cells[reading->cell_count++] = copy;
}

static void end_row(struct reading *reading)
{
    if (!reading->failed && reading->cell_count > 0) {
        if (reading->has_header)
            take_row(reading);
        else
            take_header(reading);
    }
    for (size_t i = 0; i < reading->cell_count; i++)
        free(reading->cells[i]);
    reading->cell_count = 0;
}

static void take_end_of_row(int end, void *context)
{
    (void)end;
    end_row(context);
}

/* A line at a time, because libcsv counts none; a quoted cell may go on over several. */
static void parse_lines(struct reading *reading, char *text, size_t size)
{
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0) {
        fail(reading, "no memory");
        return;
    }
    size_t line = 0;
    for (size_t at = 0; at < size && !reading->failed;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t length = end != NULL ? (size_t)(end - (text + at)) + 1 : size - at;
        line++;
        if (reading->cell_count == 0)
            reading->line = line;
        if (csv_parse(&parser, text + at, length, take_cell, take_end_of_row, reading) != length)
            fail(reading, "is no CSV: %s", csv_strerror(csv_error(&parser)));
        at += length;
    }
    if (!reading->failed && csv_fini(&parser, take_cell, take_end_of_row, reading) != 0)
        fail(reading, "a quote is never closed");
    end_row(reading);
    csv_free(&parser);
}

static char *read_whole(const char *path, size_t *size, struct sanling_error *error)
{
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t capacity = 0;
    *size = 0;
    while (file != NULL && !feof(file) && !ferror(file) && *size < FILE_SIZE_MAX) {
        if (capacity - *size < 65536) {
            capacity = capacity * 2 + 131072;
            char *grown = realloc(text, capacity);
            if (grown == NULL)
                break;
            text = grown;
        }
        *size += fread(text + *size, 1, capacity - *size, file);
    }
    bool whole = file != NULL && feof(file);
    if (!whole) {
        *error = (struct sanling_error){.code = SANLING_USAGE};
        snprintf(error->text, sizeof error->text, "%s: %s", path,
                 file == NULL || ferror(file) ? strerror(errno) : "is larger than 512 MiB");
        free(text);
        text = NULL;
    }
    if (file != NULL)
        fclose(file);
    return text;
}

/* Once rows stay where they are. What a unit has none of is left out. */
static void point_at_attributes(struct unit_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool any = sanling__v1__unit_attributes__get_packed_size(&rows[i].attributes) > 0;
        rows[i].registered.attributes = any ? &rows[i].attributes : NULL;
    }
}

/* Spreadsheet programs here write GB18030 unasked: say so, not that a column is missing. */
static void check_encoding(struct reading *reading, const char *text, size_t size)
{
    json_t *checked = json_stringn(text, size); /* takes UTF-8 only */
    if (checked == NULL)
        fail(reading, "is not UTF-8; save it as CSV UTF-8");
    json_decref(checked);
}

bool unit_file_read(struct unit_file *units, const char *path, struct sanling_error *error)
{
    static const char mark[] = "\xef\xbb\xbf";
    struct reading reading = {.units = units, .path = path, .error = error};
    size_t size;
    *units = (struct unit_file){0};
    char *text = read_whole(path, &size, error);
    if (text == NULL)
        return false;
    size_t skip = size >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
    check_encoding(&reading, text, size);
    if (!reading.failed)
        parse_lines(&reading, text + skip, size - skip);
    free(text);
    if (!reading.failed && !reading.has_header)
        fail(&reading, "the file is empty");
    if (reading.failed)
        unit_file_clear(units);
    else
        point_at_attributes(units->rows, units->count);
    return !reading.failed;
}

static int compare_codes(const void *a, const void *b)
{
    const struct unit_row *const *left = a;
    const struct unit_row *const *right = b;
    return strcmp((*left)->code, (*right)->code);
}

static const struct unit_row *find_row(const struct unit_row *const *by_code, size_t count, const char *code)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(by_code[middle]->code, code);
        if (order == 0)
            return by_code[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

enum {
    TREE_DEPTH_MAX = 16 /* province to grid is six */
};

/* How far the row is below the topmost of the file; over TREE_DEPTH_MAX: a circle. */
static size_t depth_of(const struct unit_row *const *by_code, size_t count, const struct unit_row *row)
{
    size_t depth = 0;
    while (depth <= TREE_DEPTH_MAX && (row = find_row(by_code, count, row->registered.parent)) != NULL)
        depth++;
    return depth;
}

static bool check_codes(const struct unit_row *const *by_code, size_t count, const char *path,
                        struct sanling_error *error)
{
    for (size_t i = 1; i < count; i++)
        if (strcmp(by_code[i - 1]->code, by_code[i]->code) == 0) {
            *error = (struct sanling_error){.code = SANLING_USAGE};
            snprintf(error->text, sizeof error->text, "%s: line %zu: code %s is on line %zu too", path,
                     by_code[i]->line, by_code[i]->code, by_code[i - 1]->line);
            return false;
        }
    for (size_t i = 0; i < count; i++)
        if (depth_of(by_code, count, by_code[i]) > TREE_DEPTH_MAX) {
            *error = (struct sanling_error){.code = SANLING_USAGE};
            snprintf(error->text, sizeof error->text, "%s: line %zu: %s stands above itself", path, by_code[i]->line,
                     by_code[i]->code);
            return false;
        }
    return true;
}

/* Rows level by level, each level in the order of the file. */
static void place_rows(struct unit_row *sorted, const struct unit_row *rows, const struct unit_row *const *by_code,
                       size_t count)
{
    size_t placed = 0;
    for (size_t depth = 0; depth <= TREE_DEPTH_MAX; depth++)
        for (size_t i = 0; i < count; i++)
            if (depth_of(by_code, count, &rows[i]) == depth)
                sorted[placed++] = rows[i];
    point_at_attributes(sorted, count);
}

bool unit_file_sort(struct unit_file *units, const char *path, struct sanling_error *error)
{
    const struct unit_row **by_code = calloc(units->count + 1, sizeof *by_code);
    struct unit_row *sorted = calloc(units->count + 1, sizeof *sorted);
    bool fits = by_code != NULL && sorted != NULL;
    if (!fits)
        *error = (struct sanling_error){.code = SANLING_SYSTEM, .text = "no memory"};
    for (size_t i = 0; fits && i < units->count; i++)
        by_code[i] = &units->rows[i];
    if (fits) {
        qsort(by_code, units->count, sizeof *by_code, compare_codes);
        fits = check_codes(by_code, units->count, path, error);
    }
    if (fits) {
        place_rows(sorted, units->rows, by_code, units->count);
        free(units->rows);
        units->rows = sorted;
        sorted = NULL;
    }
    free(sorted);
    free(by_code);
    return fits;
}

void unit_file_clear(struct unit_file *units)
{
    for (size_t i = 0; i < units->count; i++) {
        struct unit_row *row = &units->rows[i];
        free(row->code);
        if (row->registered.name != protobuf_c_empty_string)
            free(row->registered.name);
        if (row->registered.parent != protobuf_c_empty_string)
            free(row->registered.parent);
        if (row->registered.valid_from != protobuf_c_empty_string)
            free(row->registered.valid_from);
    }
    free(units->rows);
    *units = (struct unit_file){0};
}
