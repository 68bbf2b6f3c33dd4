#include "rule_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "domain/catalogue.h"

/* A line that grows; what does not fit is left out. */
struct line {
    char *text;
    size_t size;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line->text + line->size, RULE_TEXT_SIZE - line->size, format, arguments);
    va_end(arguments);
    line->size += size < 0 ? 0 : (size_t)size;
    if (line->size >= RULE_TEXT_SIZE)
        line->size = RULE_TEXT_SIZE - 1;
}

/* The names of a mask's bits, from the first on. */
static void add_mask(struct line *line, const char *key, uint32_t mask, const char *const *names, uint32_t count)
{
    const char *between = "";
    if (mask == 0)
        return;
    add(line, " %s=", key);
    for (uint32_t value = 0; value < count; value++) {
        if (!(mask >> value & 1) || !names[value])
            continue;
        add(line, "%s%s", between, names[value]);
        between = ",";
    }
}

static void add_accident(struct line *line, const struct break_rule *rule)
{
    static const char *const grades[] = {[GRADE_GENERAL] = "GENERAL",
                                         [GRADE_LARGER] = "LARGER",
                                         [GRADE_MAJOR] = "MAJOR",
                                         [GRADE_EXTRA_MAJOR] = "EXTRA_MAJOR"};
    static const char *const losses[] = {[LOSS_BELOW_THRESHOLD] = "BELOW_THRESHOLD",
                                         [LOSS_BELOW_10M] = "BELOW_10M",
                                         [LOSS_FROM_10M] = "FROM_10M",
                                         [LOSS_FROM_50M] = "FROM_50M",
                                         [LOSS_FROM_100M] = "FROM_100M"};
    if (rule->any_casualty)
        add(line, " any_casualty");
    if (rule->grade_at_least != GRADE_NONE)
        add(line, " grade_at_least=%s", grades[rule->grade_at_least]);
    if (rule->loss_at_least != 0)
        add(line, " loss_at_least=%s", losses[rule->loss_at_least]);
}

void rule_text(const struct break_rule *rule, char text[static RULE_TEXT_SIZE])
{
    static const char *const types[] = {NULL, "SUGGESTION", "ACCUSATION", "CLAIM"};
    static const char *const channels[] = {NULL, "NETWORK", "LETTER", "PHONE", "FAX", "VISIT"};
    static const char *const grades[] = {NULL, "GENERAL", "MAJOR"};
    static const char *const classes[] = {NULL, "ADMIN", "CRIMINAL"};
    struct line line = {.text = text};
    const struct event_type *type = catalogue_type((unsigned)rule->event);
    add(&line, "%s", type ? type->name : "");
    add_mask(&line, "types", rule->petition_types, types, sizeof types / sizeof *types);
    add_mask(&line, "channels", rule->channels, channels, sizeof channels / sizeof *channels);
    add_mask(&line, "hazard_grades", rule->hazard_grades, grades, sizeof grades / sizeof *grades);
    add_mask(&line, "classes", rule->case_classes, classes, sizeof classes / sizeof *classes);
    add_mask(&line, "classes_if_major", rule->case_classes_major, classes, sizeof classes / sizeof *classes);
    add_accident(&line, rule);
    if (rule->only_if_failed_below)
        add(&line, " only_if_failed_below");
    if (rule->only_if_solvable)
        add(&line, " only_if_solvable");
    for (uint32_t i = 0; i < rule->categories.count; i++)
        add(&line, "%s%s", i == 0 ? " categories=" : ",", rule->categories.codes[i]);
}
