#include "suggest.h"

#include "draft.h"
#include "text.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

/* How likely it is that a header stands for a column, in thousandths. */
enum {
    LIKE_NAMED = 1000,  /* it is one of the column's names */
    LIKE_SYNONYM = 900, /* other sheets call the same field so */
    LIKE_LETTERS = 800, /* at most, by shared characters */
    LIKE_LEAST = 350,   /* below that it is chance */
    PATTERN_LEAST = 250 /* of the whole sheet */
};

struct suggestion {
    const struct agent_config *config;
    const char *file_name;
    const struct mapping **known; /* the configuration's first */
    size_t known_count;
    struct mapping **beside; /* known, too, but ours */
    size_t beside_count;
    struct source *source;
    struct sheet *sheet;
    const char *const *names; /* of the header */
    char **compared;
    size_t name_count;
};

static void suggestion_clear(struct suggestion *suggestion)
{
    for (size_t i = 0; i < suggestion->beside_count; i++)
        mapping_free(&suggestion->beside[i]);
    free(suggestion->beside);
    free(suggestion->known);
    for (size_t i = 0; suggestion->compared != NULL && i < suggestion->name_count; i++)
        free(suggestion->compared[i]);
    free(suggestion->compared);
    sheet_close(&suggestion->sheet);
    source_close(&suggestion->source);
}

static bool out_of_memory(struct fault *fault)
{
    return fault_set(fault, FAULT_SYSTEM, "out of memory");
}

/* ---- what is known ---- */

static bool is_loaded(const struct suggestion *suggestion, const char *path)
{
    for (size_t i = 0; i < suggestion->known_count; i++)
        if (strcmp(suggestion->known[i]->path, path) == 0)
            return true;
    return false;
}

static bool add_known(struct suggestion *suggestion, const struct mapping *mapping)
{
    const struct mapping **known = realloc(suggestion->known, (suggestion->known_count + 1) * sizeof *known);
    if (known == NULL)
        return false;
    suggestion->known = known;
    known[suggestion->known_count++] = mapping;
    return true;
}

/* A mapping that lies there but does not load teaches nothing; the agent does not use it. */
static bool add_beside(struct suggestion *suggestion, const char *path)
{
    struct fault ignored;
    if (is_loaded(suggestion, path))
        return true;
    CLEANUP(mapping_free) struct mapping *mapping = mapping_load(path, &ignored);
    if (mapping == NULL)
        return true;
    struct mapping **beside = realloc(suggestion->beside, (suggestion->beside_count + 1) * sizeof *beside);
    if (beside == NULL)
        return false;
    suggestion->beside = beside;
    if (!add_known(suggestion, mapping))
        return false;
    beside[suggestion->beside_count++] = mapping;
    mapping = NULL;
    return true;
}

static bool add_folder(struct suggestion *suggestion, const char *mapping_path)
{
    const char *slash = strrchr(mapping_path, '/');
    char pattern[4096];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%.*s*.yaml", slash == NULL ? 0 : (int)(slash - mapping_path + 1), mapping_path);
    if (glob(pattern, 0, NULL, &found) != 0)
        return true;
    bool added = true;
    for (size_t i = 0; i < found.gl_pathc && added; i++)
        added = add_beside(suggestion, found.gl_pathv[i]);
    globfree(&found);
    return added;
}

static bool gather_known(struct suggestion *suggestion)
{
    const struct agent_config *config = suggestion->config;
    for (size_t i = 0; i < config->mapping_count; i++)
        if (!add_known(suggestion, config->mappings[i]))
            return false;
    for (size_t i = 0; i < config->mapping_count; i++)
        if (!add_folder(suggestion, config->mappings[i]->path))
            return false;
    return true;
}

/* ---- the file's header ---- */

/* Of a workbook, its only sheet, or the one that some known mapping reads. */
static bool choose_sheet(const struct suggestion *suggestion, struct reason *reason)
{
    struct reason ignored;
    if (source_choose_sheet(suggestion->source, NULL, 0, reason))
        return true;
    for (size_t i = 0; i < suggestion->known_count; i++) {
        const struct mapping *known = suggestion->known[i];
        if (known->sheet_count > 0 &&
            source_choose_sheet(suggestion->source, known->sheets, known->sheet_count, &ignored))
            return true;
    }
    return false;
}

/* The header is where most columns of any known sheet are. */
static bool find_header(struct suggestion *suggestion, struct fault *fault)
{
    const struct mapping *best = suggestion->known[0];
    size_t most = 0;
    for (size_t i = 0; i < suggestion->known_count; i++) {
        size_t found = 0;
        CLEANUP(sheet_close)
        struct sheet *sheet = sheet_open_nearest(suggestion->known[i], suggestion->source, &found);
        if (sheet != NULL && found > most) {
            most = found;
            best = suggestion->known[i];
        }
    }
    suggestion->sheet = sheet_open_nearest(best, suggestion->source, &most);
    if (suggestion->sheet == NULL)
        return fault_set(fault, FAULT_USAGE, "%s: the file has no rows", suggestion->file_name);
    suggestion->name_count = sheet_header(suggestion->sheet, &suggestion->names);
    suggestion->compared = calloc(suggestion->name_count + 1, sizeof *suggestion->compared);
    for (size_t i = 0; suggestion->compared != NULL && i < suggestion->name_count; i++)
        if ((suggestion->compared[i] = text_compared(suggestion->names[i])) == NULL)
            return out_of_memory(fault);
    return suggestion->compared != NULL || out_of_memory(fault);
}

/* ---- which header stands for which column ---- */

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80 ? 1 : 0;
    return count;
}

/* How many of all characters both have, of LIKE_LETTERS. */
static int letters_alike(const char *name, const char *other)
{
    const size_t there = text_shared_characters(name, other);
    const size_t back = text_shared_characters(other, name);
    const size_t all = characters(name) + characters(other);
    return all == 0 ? 0 : (int)(2 * (there < back ? there : back) * LIKE_LETTERS / all);
}

static int like_column(const struct mapping_column *column, const char *header)
{
    int best = 0;
    for (size_t n = 0; n < column->name_count; n++) {
        if (strcmp(column->compared[n], header) == 0)
            return LIKE_NAMED;
        const int like = letters_alike(column->compared[n], header);
        best = like > best ? like : best;
    }
    return best;
}

/* Whether two fields say the same: one path of one type, or of the envelope. */
static bool is_same_field(const struct mapping_event *event, const struct mapping_field *field,
                          const struct mapping_event *other_event, const struct mapping_field *other)
{
    return strcmp(field->path, other->path) == 0 && field->envelope == other->envelope &&
           (strcmp(field->path, "unit") == 0 || strcmp(event->type, other_event->type) == 0);
}

/* Whether some known sheet has this header for the field. */
static bool is_synonym(const struct suggestion *suggestion, const struct mapping_event *event,
                       const struct mapping_field *field, const char *header)
{
    for (size_t m = 0; m < suggestion->known_count; m++) {
        const struct mapping *known = suggestion->known[m];
        for (size_t e = 0; e < known->event_count; e++) {
            for (size_t f = 0; f < known->events[e].field_count; f++) {
                const struct mapping_field *other = &known->events[e].fields[f];
                if (other->has_column && is_same_field(event, field, &known->events[e], other) &&
                    like_column(&known->columns[other->column], header) == LIKE_NAMED)
                    return true;
            }
        }
    }
    return false;
}

static bool column_has_synonym(const struct suggestion *suggestion, const struct mapping *pattern, size_t column,
                               const char *header)
{
    for (size_t e = 0; e < pattern->event_count; e++) {
        const struct mapping_event *event = &pattern->events[e];
        for (size_t f = 0; f < event->field_count; f++)
            if (event->fields[f].has_column && event->fields[f].column == column &&
                is_synonym(suggestion, event, &event->fields[f], header))
                return true;
    }
    return false;
}

/* Columns that are bound, and what speaks for it. */
struct bound {
    struct draft_binding *bindings; /* by the pattern's column */
    bool *used;                     /* by the file's header */
    long score;
};

static void bound_clear(struct bound *bound)
{
    free(bound->bindings);
    free(bound->used);
    *bound = (struct bound){0};
}

static void bind_named(const struct suggestion *suggestion, const struct mapping *pattern, struct bound *bound)
{
    for (size_t c = 0; c < pattern->column_count; c++) {
        bound->bindings[c] = (struct draft_binding){.header = DRAFT_NOT_THERE};
        for (size_t n = 0; n < pattern->columns[c].name_count && bound->bindings[c].header < 0; n++)
            for (size_t h = 0; h < suggestion->name_count && bound->bindings[c].header < 0; h++)
                if (strcmp(pattern->columns[c].compared[n], suggestion->compared[h]) == 0)
                    bound->bindings[c] = (struct draft_binding){.header = (int)h, .sure = true};
        if (bound->bindings[c].header < 0)
            continue;
        bound->score += LIKE_NAMED;
        bound->used[bound->bindings[c].header] = true;
    }
}

static bool share_a_name(const struct mapping_column *a, const struct mapping_column *b)
{
    for (size_t i = 0; i < a->name_count; i++)
        for (size_t n = 0; n < b->name_count; n++)
            if (strcmp(a->compared[i], b->compared[n]) == 0)
                return true;
    return false;
}

/* The likeliest pair of a column and a header that are both free; its likeness, or 0. */
static int likeliest_pair(const struct suggestion *suggestion, const struct mapping *pattern, const struct bound *bound,
                          bool synonyms, size_t *column, size_t *header)
{
    int best = 0;
    for (size_t c = 0; c < pattern->column_count; c++) {
        for (size_t h = 0; bound->bindings[c].header < 0 && h < suggestion->name_count; h++) {
            if (bound->used[h] || suggestion->compared[h][0] == '\0')
                continue;
            int like = like_column(&pattern->columns[c], suggestion->compared[h]);
            if (synonyms && like < LIKE_SYNONYM && column_has_synonym(suggestion, pattern, c, suggestion->compared[h]))
                like = LIKE_SYNONYM;
            if (like <= best)
                continue;
            best = like;
            *column = c;
            *header = h;
        }
    }
    return best;
}

static void bind_alike(const struct suggestion *suggestion, const struct mapping *pattern, bool synonyms,
                       struct bound *bound)
{
    size_t column = 0;
    size_t header = 0;
    for (;;) {
        const int like = likeliest_pair(suggestion, pattern, bound, synonyms, &column, &header);
        if (like < LIKE_LEAST)
            return;
        bound->score += like;
        bound->used[header] = true;
        for (size_t c = 0; c < pattern->column_count; c++)
            if (bound->bindings[c].header < 0 && share_a_name(&pattern->columns[c], &pattern->columns[column]))
                bound->bindings[c] = (struct draft_binding){.header = (int)header};
    }
}

/* How well a pattern fits the header, in thousandths: what is found on both sides, of what is there or must be. */
static bool bind_pattern(const struct suggestion *suggestion, const struct mapping *pattern, bool synonyms,
                         struct bound *bound)
{
    bound->bindings = calloc(pattern->column_count + 1, sizeof *bound->bindings);
    bound->used = calloc(suggestion->name_count + 1, sizeof *bound->used);
    if (bound->bindings == NULL || bound->used == NULL)
        return false;
    bind_named(suggestion, pattern, bound);
    bind_alike(suggestion, pattern, synonyms, bound);
    long all = 0;
    for (size_t c = 0; c < pattern->column_count; c++)
        all += bound->bindings[c].header >= 0 || pattern->columns[c].required ? 1 : 0;
    for (size_t h = 0; h < suggestion->name_count; h++)
        all += suggestion->compared[h][0] != '\0' ? 1 : 0;
    bound->score = all == 0 ? 0 : 2 * bound->score / all;
    /* Between sheets with the same columns the file's name decides. */
    bound->score += mapping_reads(pattern, suggestion->file_name) ? 50 : 0;
    return true;
}

static bool choose_pattern(const struct suggestion *suggestion, const struct mapping **pattern, struct fault *fault)
{
    long best = PATTERN_LEAST - 1;
    *pattern = NULL;
    for (size_t i = 0; i < suggestion->known_count; i++) {
        CLEANUP(bound_clear) struct bound bound = {0};
        if (!bind_pattern(suggestion, suggestion->known[i], false, &bound))
            return out_of_memory(fault);
        if (bound.score > best) {
            best = bound.score;
            *pattern = suggestion->known[i];
        }
    }
    return true;
}

/* ---- all of it ---- */

static void say_nothing_known(const struct suggestion *suggestion, FILE *out)
{
    fprintf(out,
            "# %s\n# ? 已知的表里没有与它相像的，请按 agents/rows/mapping.h 的格式写；表头在第 %llu 行\n"
            "# ? no known sheet is like this one: write a mapping in the format of agents/rows/mapping.h; the header "
            "is in row %llu\n",
            suggestion->file_name, (unsigned long long)sheet_header_row(suggestion->sheet),
            (unsigned long long)sheet_header_row(suggestion->sheet));
    for (size_t h = 0; h < suggestion->name_count; h++) {
        char quoted[128];
        text_quote(suggestion->names[h], quoted, sizeof quoted);
        if (quoted[0] != '\0')
            fprintf(out, "#   %s\n", quoted);
    }
}

static bool write_draft(const struct suggestion *suggestion, FILE *out, bool *complete, struct fault *fault)
{
    const struct mapping *pattern;
    CLEANUP(bound_clear) struct bound bound = {0};
    if (!choose_pattern(suggestion, &pattern, fault))
        return false;
    *complete = false;
    if (pattern == NULL) {
        say_nothing_known(suggestion, out);
        return true;
    }
    if (!bind_pattern(suggestion, pattern, true, &bound))
        return out_of_memory(fault);
    *complete = draft_write(&(struct draft){.file_name = suggestion->file_name,
                                            .pattern = pattern,
                                            .bindings = bound.bindings,
                                            .known = suggestion->known,
                                            .known_count = suggestion->known_count,
                                            .sheet = suggestion->sheet,
                                            .source = suggestion->source},
                            out);
    return true;
}

bool suggest_mapping(const struct agent_config *config, const char *path, FILE *out, bool *complete,
                     struct fault *fault)
{
    const char *slash = strrchr(path, '/');
    CLEANUP(suggestion_clear)
    struct suggestion suggestion = {.config = config, .file_name = slash == NULL ? path : slash + 1};
    struct reason reason;
    if (!gather_known(&suggestion))
        return out_of_memory(fault);
    if (suggestion.known_count == 0)
        return fault_set(fault, FAULT_USAGE, "the configuration names no mapping to learn from");
    if (source_open(path, &suggestion.source, &reason) != SOURCE_OPENED)
        return fault_set(fault, FAULT_USAGE, "%s: %s", path, reason.en);
    if (!choose_sheet(&suggestion, &reason))
        return fault_set(fault, FAULT_USAGE, "%s: %s", path, reason.en);
    return find_header(&suggestion, fault) && write_draft(&suggestion, out, complete, fault);
}
