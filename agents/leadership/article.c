#include "article.h"

#include "json_path.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct figure {
    const char *label; /* all borrowed from the file's JSON */
    const char *label_en;
    const char *article;
    const char *path;
    const char *why;
    const char *why_en;
    char unit[ARTICLE_CODE_SIZE];
    char figure[ARTICLE_FIGURE_SIZE];
};

struct article {
    json_t *file;
    struct figure figures[ARTICLE_FIGURES_MAX];
    size_t figure_count;
    char units[ARTICLE_UNITS_MAX][ARTICLE_CODE_SIZE];
    size_t unit_count;
};

static const char *text(const json_t *entry, const char *name)
{
    const char *value = json_string_value(json_object_get(entry, name));
    return value == NULL ? "" : value;
}

/* What a rate counts: the door from it. */
static const struct {
    const char *path;
    const char *figure;
} behind_rates[] = {{"hazards.rate", "hazards.struck_off"},
                    {"petitions.onTime", "petitions.on_time"},
                    {"disputes.mobileShare", "disputes.mobile"},
                    {"cases.filedChange", "cases.filed"},
                    {"cases.clearance", "cases.resolved"},
                    {"cases.previousClearance", "cases.previous_resolved"},
                    {"cases.clearanceChangePoints", "cases.resolved"},
                    {"levels.passedUp", "levels.at_county"}};

static bool starts(const char *path, const char *with)
{
    const size_t size = strlen(with);
    return strncmp(path, with, size) == 0 && (path[size] == '\0' || path[size] == '.');
}

/* The value of `key=` within the brackets of a path; "" when it is not there. */
static void selector(const char *path, const char *key, char value[static ARTICLE_FIGURE_SIZE])
{
    value[0] = '\0';
    const char *at = strchr(path, '[');
    const size_t size = strlen(key);
    while (at != NULL && *at != '\0' && *at != ']') {
        at++;
        const size_t length = strcspn(at, ",]");
        if (strncmp(at, key, size) == 0 && at[size] == '=' && length - size - 1 < ARTICLE_FIGURE_SIZE) {
            memcpy(value, at + size + 1, length - size - 1);
            value[length - size - 1] = '\0';
        }
        at += length;
    }
}

static void zeros_figure(const char *path, char figure[static ARTICLE_FIGURE_SIZE])
{
    char group[ARTICLE_FIGURE_SIZE];
    char zero[ARTICLE_FIGURE_SIZE];
    const char *end = strrchr(path, ']');
    const char *part = end == NULL ? "" : end + 1;
    selector(path, "group", group);
    selector(path, "zero", zero);
    const bool all = group[0] == '\0' || strcmp(group, "ALL") == 0;
    const bool joint = zero[0] == '\0' || strcmp(zero, "UNSPECIFIED") == 0;
    const char *status = starts(part, ".total")        ? "total"
                         : starts(part, ".broken")     ? "broken"
                         : starts(part, ".unverified") ? "unverified"
                                                       : "zero";
    snprintf(figure, ARTICLE_FIGURE_SIZE, "zeros.%.20s%s%.20s.%s", joint ? "JOINT" : zero, all ? "" : ".",
             all ? "" : group, status);
}

void article_figure(const char *path, char figure[static ARTICLE_FIGURE_SIZE])
{
    size_t size = 0;
    figure[0] = '\0';
    for (size_t i = 0; i < sizeof behind_rates / sizeof *behind_rates; i++)
        if (starts(path, behind_rates[i].path)) {
            snprintf(figure, ARTICLE_FIGURE_SIZE, "%s", behind_rates[i].figure);
            return;
        }
    if (strncmp(path, "zeros.counts[", 13) == 0) {
        zeros_figure(path, figure);
        return;
    }
    if (strncmp(path, "tallies[", 8) == 0) {
        selector(path, "kind", figure);
        return;
    }
    if (strchr(path, '[') != NULL || strchr(path, '.') == NULL)
        return; /* no member of a group of the summary */
    for (; *path != '\0' && size + 2 < ARTICLE_FIGURE_SIZE; path++) {
        if (isupper((unsigned char)*path))
            figure[size++] = '_';
        figure[size++] = (char)tolower((unsigned char)*path);
    }
    figure[size] = '\0';
}

/* Remembers the unit, once. false: there are too many. */
static bool take_unit(struct article *article, const char *code)
{
    for (size_t i = 0; i < article->unit_count; i++)
        if (strcmp(article->units[i], code) == 0)
            return true;
    if (article->unit_count == ARTICLE_UNITS_MAX)
        return false;
    snprintf(article->units[article->unit_count++], ARTICLE_CODE_SIZE, "%s", code);
    return true;
}

/* "140322000000.json": digits, then the ending. */
static bool unit_of(const char *document, char code[static ARTICLE_CODE_SIZE])
{
    const size_t digits = strspn(document, "0123456789");
    if (digits == 0 || digits >= ARTICLE_CODE_SIZE || strcmp(document + digits, ".json") != 0)
        return false;
    memcpy(code, document, digits);
    code[digits] = '\0';
    return true;
}

static bool take_figure(struct article *article, const json_t *entry, const char *path, size_t index,
                        struct fault *fault)
{
    struct figure figure = {.label = text(entry, "zh"),
                            .label_en = text(entry, "en"),
                            .article = text(entry, "article"),
                            .path = text(entry, "path"),
                            .why = text(entry, "note"),
                            .why_en = text(entry, "noteEn")};
    if (figure.article[0] == '\0')
        return true;
    if (figure.label[0] == '\0' || figure.label_en[0] == '\0' || figure.path[0] == '\0' ||
        !unit_of(text(entry, "document"), figure.unit))
        return fault_set(fault, FAULT_USAGE, "%s: figures[%zu]: needs zh, en, path, and a document CODE.json", path,
                         index);
    if ((figure.why[0] == '\0') != (figure.why_en[0] == '\0'))
        return fault_set(fault, FAULT_USAGE, "%s: figures[%zu]: note and noteEn go together", path, index);
    if (article->figure_count == ARTICLE_FIGURES_MAX || !take_unit(article, figure.unit))
        return fault_set(fault, FAULT_USAGE, "%s: figures[%zu]: more than %d figures or %d units", path, index,
                         ARTICLE_FIGURES_MAX, ARTICLE_UNITS_MAX);
    article_figure(figure.path, figure.figure);
    article->figures[article->figure_count++] = figure;
    return true;
}

struct article *article_read(const char *path, struct fault *fault)
{
    json_error_t error;
    struct article *article = calloc(1, sizeof *article);
    if (article == NULL)
        abort();
    article->file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    const json_t *figures = json_object_get(article->file, "figures");
    bool read = json_is_array(figures);
    if (article->file == NULL)
        fault_set(fault, FAULT_USAGE, "%s: line %d: %s", path, error.line, error.text);
    else if (!read)
        fault_set(fault, FAULT_USAGE, "%s: has no list `figures`", path);
    for (size_t i = 0; read && i < json_array_size(figures); i++)
        read = take_figure(article, json_array_get(figures, i), path, i, fault);
    if (read && article->figure_count == 0)
        read = fault_set(fault, FAULT_USAGE, "%s: no figure has an `article`", path);
    if (!read)
        article_close(&article);
    return article;
}

void article_close(struct article **article)
{
    if (*article == NULL)
        return;
    json_decref((*article)->file);
    free(*article);
    *article = NULL;
}

size_t article_unit_count(const struct article *article)
{
    return article->unit_count;
}

const char *article_unit(const struct article *article, size_t index)
{
    return article->units[index];
}

/* A plain decimal without what does not change it: sign of plus, zeros in front, zeros behind the point. */
static bool plain(const char *number, char canonical[static JSON_PATH_VALUE_SIZE])
{
    const bool negative = number[0] == '-';
    number += negative || number[0] == '+' ? 1 : 0;
    const size_t whole = strspn(number, "0123456789");
    const char *rest = number + whole;
    if (whole == 0 || (rest[0] != '\0' && (rest[0] != '.' || strspn(rest + 1, "0123456789") != strlen(rest + 1))))
        return false;
    while (number[0] == '0' && isdigit((unsigned char)number[1]))
        number++;
    snprintf(canonical, JSON_PATH_VALUE_SIZE, "%s%s", negative ? "-" : "", number);
    if (strchr(canonical, '.') != NULL) {
        size_t size = strlen(canonical);
        while (canonical[size - 1] == '0')
            size--;
        canonical[canonical[size - 1] == '.' ? size - 1 : size] = '\0';
    }
    return true;
}

static bool same(const char *published, const char *computed)
{
    char a[JSON_PATH_VALUE_SIZE];
    char b[JSON_PATH_VALUE_SIZE];
    if (plain(published, a) && plain(computed, b))
        return strcmp(a, b) == 0;
    return strcmp(published, computed) == 0;
}

json_t *article_rows(const struct article *article, const json_t *summaries)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < article->figure_count; i++) {
        const struct figure *figure = &article->figures[i];
        const json_t *summary = json_object_get(summaries, figure->unit);
        char computed[JSON_PATH_VALUE_SIZE];
        if (summary == NULL)
            continue;
        const bool found = json_path_value(summary, figure->path, computed);
        const bool agrees = found && same(figure->article, computed);
        const char *verdict = !agrees ? "DIFFERENT" : figure->why[0] == '\0' ? "SAME" : "OTHER_DEFINITION";
        json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s, s:s}", "label", figure->label, "labelEn",
                                figure->label_en, "unit", figure->unit, "article", figure->article, "computed",
                                found ? computed : "–", "figure", figure->figure, "same", agrees, "verdict", verdict,
                                "why", figure->why, "whyEn", figure->why_en);
        if (json_array_append_new(rows, row) != 0)
            abort();
    }
    return rows;
}
