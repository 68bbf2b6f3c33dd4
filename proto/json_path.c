#include "json_path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_SIZE = 128 };

static bool scalar_text(const json_t *value, char text[static JSON_PATH_VALUE_SIZE])
{
    if (json_is_string(value))
        snprintf(text, JSON_PATH_VALUE_SIZE, "%s", json_string_value(value));
    else if (json_is_integer(value))
        snprintf(text, JSON_PATH_VALUE_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_boolean(value))
        snprintf(text, JSON_PATH_VALUE_SIZE, "%s", json_is_true(value) ? "true" : "false");
    else
        return false;
    return true;
}

static bool fits(const json_t *element, const char *path, const char *value)
{
    const json_t *member = json_path_find(element, path);
    char text[JSON_PATH_VALUE_SIZE];

    if (!member || json_is_null(member))
        return strcmp(value, "ALL") == 0 || strcmp(value, "UNSPECIFIED") == 0 || strcmp(value, "0") == 0;
    return scalar_text(member, text) && strcmp(text, value) == 0;
}

/* All of `key=value,key=value` fit the element. */
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

/* Parts a step: *conditions gets what stands in its brackets, NULL if it has none. */
static void part_step(char *step, char **conditions)
{
    char *bracket = strchr(step, '[');

    *conditions = NULL;
    if (!bracket)
        return;
    *bracket = '\0';
    *conditions = bracket + 1;
    (*conditions)[strcspn(*conditions, "]")] = '\0';
}

/* One step of a path: a member, or the element of it that fits the conditions in brackets. */
static const json_t *take_step(const json_t *from, char *step)
{
    char *conditions;

    part_step(step, &conditions);
    const json_t *member = json_object_get(from, step);
    if (!conditions || !member)
        return member;
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

/* What the path leads to but for its last step, which is copied. NULL: it leads nowhere. */
static const json_t *walk(const json_t *document, const char *path, char last[static STEP_SIZE])
{
    const json_t *here = document;

    for (;;) {
        const size_t length = step_length(path);
        if (length >= STEP_SIZE)
            return NULL;
        memcpy(last, path, length);
        last[length] = '\0';
        path += length;
        if (*path == '\0' || !here)
            return here;
        here = take_step(here, last);
        path++;
    }
}

const json_t *json_path_find(const json_t *document, const char *path)
{
    char last[STEP_SIZE];
    const json_t *above = walk(document, path, last);

    return above ? take_step(above, last) : NULL;
}

bool json_path_value(const json_t *document, const char *path, char text[static JSON_PATH_VALUE_SIZE])
{
    char last[STEP_SIZE];
    const json_t *above = walk(document, path, last);
    const bool element = strchr(last, '[') != NULL;
    const json_t *value = above ? take_step(above, last) : NULL;

    if (scalar_text(value, text))
        return true;
    const bool left_out = json_is_object(above) && !element && !value;
    snprintf(text, JSON_PATH_VALUE_SIZE, "%s", left_out ? "0" : "-");
    return left_out;
}

/* The elements meant by the path. */
struct chosen {
    const json_t *list; /* NULL: empty */
    char step[STEP_SIZE];
    const char *conditions;
    size_t at;
};

/* false: the path leads nowhere, or to something that is no list. */
static bool choose(const json_t *document, const char *path, struct chosen *chosen)
{
    char *conditions;

    *chosen = (struct chosen){0};
    const json_t *above = walk(document, path, chosen->step);
    if (!json_is_object(above))
        return false;
    part_step(chosen->step, &conditions);
    chosen->conditions = conditions ? conditions : "";
    chosen->list = json_object_get(above, chosen->step);
    return !chosen->list || json_is_array(chosen->list);
}

/* NULL: there is no more. */
static const json_t *choose_next(struct chosen *chosen)
{
    while (chosen->at < json_array_size(chosen->list)) {
        const json_t *element = json_array_get(chosen->list, chosen->at++);
        if (fits_all(element, chosen->conditions))
            return element;
    }
    return NULL;
}

static bool none(char text[static JSON_PATH_VALUE_SIZE])
{
    snprintf(text, JSON_PATH_VALUE_SIZE, "-");
    return false;
}

bool json_path_count(const json_t *document, const char *path, char text[static JSON_PATH_VALUE_SIZE])
{
    struct chosen chosen;
    size_t count = 0;

    if (!choose(document, path, &chosen))
        return none(text);
    while (choose_next(&chosen))
        count++;
    snprintf(text, JSON_PATH_VALUE_SIZE, "%zu", count);
    return true;
}

bool json_path_sum(const json_t *document, const char *path, const char *of, char text[static JSON_PATH_VALUE_SIZE])
{
    struct chosen chosen;
    unsigned long long sum = 0;

    if (!choose(document, path, &chosen))
        return none(text);
    for (const json_t *element = choose_next(&chosen); element; element = choose_next(&chosen)) {
        char number[JSON_PATH_VALUE_SIZE];
        char *end = NULL;
        errno = 0;
        if (!json_path_value(element, of, number))
            return none(text);
        sum += strtoull(number, &end, 10);
        if (errno != 0 || end == number || *end != '\0')
            return none(text);
    }
    snprintf(text, JSON_PATH_VALUE_SIZE, "%llu", sum);
    return true;
}

bool json_path_list(const json_t *document, const char *path, const char *of, char text[static JSON_PATH_VALUE_SIZE])
{
    struct chosen chosen;
    size_t used = 0;

    if (!choose(document, path, &chosen))
        return none(text);
    text[0] = '\0';
    for (const json_t *element = choose_next(&chosen); element; element = choose_next(&chosen)) {
        char value[JSON_PATH_VALUE_SIZE];
        if (!json_path_value(element, of, value) || used + strlen(value) + 2 > JSON_PATH_VALUE_SIZE)
            return none(text);
        used += (size_t)snprintf(text + used, JSON_PATH_VALUE_SIZE - used, "%s%s", used == 0 ? "" : " ", value);
    }
    return true;
}
