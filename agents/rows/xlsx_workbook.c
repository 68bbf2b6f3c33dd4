#include "xlsx_workbook.h"

#include "fault.h"
#include "text.h"
#include "xlsx_xml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RELATIONSHIPS_MAX = XLSX_PARTS_MAX };

/* ---- relationships: which part is which ---- */

struct relationship {
    char *id;
    char *kind; /* the last word of its type, the same for transitional and strict files */
    char *part;
};

struct relationships {
    const char *folder; /* that targets are relative to, with its slash */
    struct relationship *list;
    size_t count;
    bool out_of_memory;
};

static void relationships_clear(struct relationships *relationships)
{
    for (size_t i = 0; i < relationships->count; i++) {
        free(relationships->list[i].id);
        free(relationships->list[i].kind);
        free(relationships->list[i].part);
    }
    free(relationships->list);
    *relationships = (struct relationships){0};
}

/* The folder that a part stands in, with its slash; "" for the package's own. */
static char *folder_of(const char *part)
{
    const char *slash = strrchr(part, '/');
    return strndup(part, slash == NULL ? 0 : (size_t)(slash + 1 - part));
}

/* Where a target leads: absolute in the package, or from `folder` on. */
static char *resolve(const char *folder, const char *target)
{
    if (*target == '/')
        return strdup(target + 1);
    CLEANUP(text_free) char *from = strdup(folder);
    while (from != NULL && strncmp(target, "../", 3) == 0) {
        target += 3;
        char *end = strrchr(from, '/');
        if (end != NULL)
            *end = '\0';
        end = strrchr(from, '/');
        from[end == NULL ? 0 : end + 1 - from] = '\0';
    }
    if (strncmp(target, "./", 2) == 0)
        target += 2;
    char *part = NULL;
    return from == NULL || asprintf(&part, "%s%s", from, target) < 0 ? NULL : part;
}

static void take_relationship(void *context, const char *name, const char *const *attributes, int depth)
{
    struct relationships *found = context;
    const char *id = xlsx_attribute(attributes, "Id");
    const char *type = xlsx_attribute(attributes, "Type");
    const char *target = xlsx_attribute(attributes, "Target");
    const char *mode = xlsx_attribute(attributes, "TargetMode");
    if (depth != 2 || strcmp(name, "Relationship") != 0 || id == NULL || type == NULL || target == NULL ||
        (mode != NULL && strcmp(mode, "External") == 0) || found->count == RELATIONSHIPS_MAX ||
        strlen(target) > XLSX_PART_NAME_MAX)
        return;
    struct relationship *list = realloc(found->list, (found->count + 1) * sizeof *list);
    if (list == NULL) {
        found->out_of_memory = true;
        return;
    }
    found->list = list;
    const char *slash = strrchr(type, '/');
    struct relationship *added = &list[found->count++];
    *added = (struct relationship){
        .id = strdup(id), .kind = strdup(slash == NULL ? type : slash + 1), .part = resolve(found->folder, target)};
    found->out_of_memory |= added->id == NULL || added->kind == NULL || added->part == NULL;
}

static bool read_relationships(struct xlsx_package *package, const char *part, struct relationships *found,
                               struct reason *reason)
{
    static const struct xlsx_elements elements = {.start = take_relationship};
    if (!xlsx_xml_read(package, part, &elements, found, reason))
        return false;
    return !found->out_of_memory || reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
}

/* The first part of a kind; NULL: there is none. */
static const char *part_of_kind(const struct relationships *relationships, const char *kind)
{
    for (size_t i = 0; i < relationships->count; i++)
        if (strcmp(relationships->list[i].kind, kind) == 0)
            return relationships->list[i].part;
    return NULL;
}

static const struct relationship *relationship_named(const struct relationships *relationships, const char *id)
{
    for (size_t i = 0; id != NULL && i < relationships->count; i++)
        if (strcmp(relationships->list[i].id, id) == 0)
            return &relationships->list[i];
    return NULL;
}

/* ---- the workbook itself ---- */

struct workbook_reading {
    struct xlsx_workbook *workbook;
    const struct relationships *relationships;
    bool out_of_memory;
};

static void take_sheet(struct workbook_reading *reading, const char *const *attributes)
{
    struct xlsx_workbook *workbook = reading->workbook;
    const char *name = xlsx_attribute(attributes, "name");
    const char *state = xlsx_attribute(attributes, "state");
    const struct relationship *to = relationship_named(reading->relationships, xlsx_attribute(attributes, "id"));
    const bool hidden = state != NULL && strcmp(state, "visible") != 0;
    if (name == NULL || to == NULL || strcmp(to->kind, "worksheet") != 0 || hidden ||
        workbook->sheet_count == XLSX_PARTS_MAX)
        return;
    struct xlsx_visible_sheet *sheets = realloc(workbook->sheets, (workbook->sheet_count + 1) * sizeof *sheets);
    if (sheets == NULL) {
        reading->out_of_memory = true;
        return;
    }
    workbook->sheets = sheets;
    struct xlsx_visible_sheet *sheet = &sheets[workbook->sheet_count++];
    *sheet = (struct xlsx_visible_sheet){.name = strdup(name), .part = strdup(to->part)};
    reading->out_of_memory |= sheet->name == NULL || sheet->part == NULL;
}

static void take_workbook_element(void *context, const char *name, const char *const *attributes, int depth)
{
    struct workbook_reading *reading = context;
    if (depth == 2 && strcmp(name, "workbookPr") == 0)
        reading->workbook->counts_from_1904 = xlsx_attribute_is_true(attributes, "date1904");
    else if (depth == 2 && strcmp(name, "calcPr") == 0)
        reading->workbook->must_recalculate = xlsx_attribute_is_true(attributes, "fullCalcOnLoad");
    else if (depth == 3 && strcmp(name, "sheet") == 0)
        take_sheet(reading, attributes);
}

/* The name of the part that holds a part's relationships: xl/_rels/workbook.xml.rels. */
static char *relationships_part(const char *part)
{
    char *name = NULL;
    CLEANUP(text_free) char *folder = folder_of(part);
    if (folder == NULL || asprintf(&name, "%s_rels/%s.rels", folder, part + strlen(folder)) < 0)
        return NULL;
    return name;
}

static bool find_workbook(struct xlsx_package *package, char **part, struct reason *reason)
{
    CLEANUP(relationships_clear) struct relationships root = {.folder = ""};
    if (xlsx_package_has(package, "_rels/.rels") && !read_relationships(package, "_rels/.rels", &root, reason))
        return false;
    const char *named = part_of_kind(&root, "officeDocument");
    *part = strdup(named == NULL ? "xl/workbook.xml" : named);
    return *part != NULL || reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
}

/* Strings may be missing though a relationship leads to them: programs leave them out where no cell shares one. Without
 * styles a day would be a mere number: those must be there. */
static bool take_parts(const struct xlsx_package *package, struct xlsx_workbook *workbook,
                       const struct relationships *relationships)
{
    const char *linked = part_of_kind(relationships, "sharedStrings");
    const char *strings = linked != NULL && xlsx_package_has(package, linked) ? linked : NULL;
    const char *styles = part_of_kind(relationships, "styles");
    workbook->strings_part = strings == NULL ? NULL : strdup(strings);
    workbook->styles_part = styles == NULL ? NULL : strdup(styles);
    return (strings == NULL || workbook->strings_part != NULL) && (styles == NULL || workbook->styles_part != NULL);
}

static bool read_workbook(struct xlsx_package *package, struct xlsx_workbook *workbook, struct reason *reason)
{
    static const struct xlsx_elements elements = {.start = take_workbook_element};
    CLEANUP(text_free) char *part = NULL;
    if (!find_workbook(package, &part, reason))
        return false;
    CLEANUP(text_free) char *folder = folder_of(part);
    CLEANUP(text_free) char *relationships_at = relationships_part(part);
    CLEANUP(relationships_clear) struct relationships relationships = {.folder = folder};
    struct workbook_reading reading = {.workbook = workbook, .relationships = &relationships};
    if (folder == NULL || relationships_at == NULL)
        return reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
    if (!read_relationships(package, relationships_at, &relationships, reason) ||
        !xlsx_xml_read(package, part, &elements, &reading, reason))
        return false;
    if (reading.out_of_memory || !take_parts(package, workbook, &relationships))
        return reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
    return workbook->sheet_count > 0 ||
           reason_set(reason, REASON_NO_SHEET, "工作簿里没有可见的工作表", "the workbook has no visible sheet");
}

bool xlsx_workbook_read(struct xlsx_package *package, struct xlsx_workbook *workbook, struct reason *reason)
{
    *workbook = (struct xlsx_workbook){0};
    if (read_workbook(package, workbook, reason))
        return true;
    xlsx_workbook_clear(workbook);
    return false;
}

void xlsx_workbook_clear(struct xlsx_workbook *workbook)
{
    for (size_t i = 0; i < workbook->sheet_count; i++) {
        free(workbook->sheets[i].name);
        free(workbook->sheets[i].part);
    }
    free(workbook->sheets);
    free(workbook->strings_part);
    free(workbook->styles_part);
    *workbook = (struct xlsx_workbook){0};
}
