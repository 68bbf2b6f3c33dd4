#include "xlsx_styles.h"

#include "xlsx_xml.h"

#include <stdlib.h>
#include <string.h>

struct format {
    uint32_t id;
    uint8_t shown;
};

struct styles_reading {
    struct xlsx_styles *styles;
    struct format formats[XLSX_FORMATS_MAX]; /* those that the workbook declares */
    size_t format_count;
    uint32_t *ids; /* by the style's number: of its format */
    bool in_cell_styles;
    bool too_many;
    bool out_of_memory;
};

/* ---- format codes ---- */

static bool is_one_of(char c, const char *characters)
{
    return c != '\0' && strchr(characters, c) != NULL;
}

/* Behind what shows as it stands: "quoted", \x, _x, *x; NULL: none is here. */
static const char *skip_literal(const char *at)
{
    if (*at == '"') {
        const char *end = strchr(at + 1, '"');
        return end == NULL ? at + strlen(at) : end + 1;
    }
    if (is_one_of(*at, "\\_*"))
        return at[1] == '\0' ? at + 1 : at + 2;
    return NULL;
}

/* Behind [Red], [$-804], [>=100]; *elapsed: it is [h], [mm] or [ss], hours and minutes that passed. */
static const char *skip_bracket(const char *at, bool *elapsed)
{
    const char *end = strchr(at, ']');
    if (end == NULL)
        return at + strlen(at);
    const size_t letters = strspn(at + 1, "hHmMsS");
    *elapsed |= letters > 0 && at + 1 + letters == end;
    return end + 1;
}

static bool shows_date(const char *code)
{
    bool date = false;
    while (*code != '\0') {
        const char *behind = skip_literal(code);
        if (behind != NULL)
            code = behind;
        else if (*code == '[')
            code = skip_bracket(code, &date);
        else if (strncasecmp(code, "General", 7) == 0)
            code += 7;
        else {
            date |= is_one_of(*code, "yYmMdDhHsS");
            code++;
        }
    }
    return date;
}

uint8_t xlsx_format_shows(const char *code)
{
    const size_t zeros = strspn(code, "0");
    if (zeros >= 2 && zeros <= XLSX_FORMAT_ZEROS_MAX && code[zeros] == '\0')
        return (uint8_t)(XLSX_SHOWN_PLAIN + zeros);
    return shows_date(code) ? XLSX_SHOWN_AS_DATE : XLSX_SHOWN_PLAIN;
}

/* The formats that no workbook declares; 27 to 36 and 50 to 58 are dates in Chinese programs. */
static bool is_built_in_date(uint32_t id)
{
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}

static uint8_t shown_by(const struct styles_reading *reading, uint32_t id)
{
    for (size_t i = 0; i < reading->format_count; i++)
        if (reading->formats[i].id == id)
            return reading->formats[i].shown;
    return is_built_in_date(id) ? XLSX_SHOWN_AS_DATE : XLSX_SHOWN_PLAIN;
}

/* ---- the part ---- */

static void take_format(struct styles_reading *reading, const char *const *attributes)
{
    uint32_t id;
    const char *code = xlsx_attribute(attributes, "formatCode");
    if (code == NULL || !xlsx_attribute_number(attributes, "numFmtId", UINT32_MAX - 1, &id))
        return;
    if (reading->format_count == XLSX_FORMATS_MAX) {
        reading->too_many = true;
        return;
    }
    reading->formats[reading->format_count++] = (struct format){.id = id, .shown = xlsx_format_shows(code)};
}

static void take_style(struct styles_reading *reading, const char *const *attributes)
{
    struct xlsx_styles *styles = reading->styles;
    if (styles->count == XLSX_STYLES_MAX) {
        reading->too_many = true;
        return;
    }
    if ((styles->count & (styles->count - 1)) == 0) {
        uint32_t *ids = realloc(reading->ids, (styles->count == 0 ? 1 : styles->count * 2) * sizeof *ids);
        if (ids == NULL) {
            reading->out_of_memory = true;
            return;
        }
        reading->ids = ids;
    }
    uint32_t id = 0;
    (void)xlsx_attribute_number(attributes, "numFmtId", UINT32_MAX - 1, &id);
    reading->ids[styles->count++] = id;
}

static void take_start(void *context, const char *name, const char *const *attributes, int depth)
{
    struct styles_reading *reading = context;
    if (depth == 2)
        reading->in_cell_styles = strcmp(name, "cellXfs") == 0;
    else if (depth == 3 && strcmp(name, "numFmt") == 0)
        take_format(reading, attributes);
    else if (depth == 3 && reading->in_cell_styles && strcmp(name, "xf") == 0)
        take_style(reading, attributes);
}

static bool read_part(struct xlsx_package *package, const char *part, struct styles_reading *reading,
                      struct reason *reason)
{
    static const struct xlsx_elements elements = {.start = take_start};
    if (!xlsx_xml_read(package, part, &elements, reading, reason))
        return false;
    if (reading->too_many)
        return reason_set(reason, REASON_TOO_LARGE, "单元格样式太多：请另存为新文件",
                          "too many cell styles: save it as a new file");
    struct xlsx_styles *styles = reading->styles;
    styles->shown = malloc(styles->count + 1);
    if (styles->shown == NULL || reading->out_of_memory)
        return reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
    for (size_t i = 0; i < styles->count; i++)
        styles->shown[i] = shown_by(reading, reading->ids[i]);
    return true;
}

bool xlsx_styles_read(struct xlsx_package *package, const char *part, struct xlsx_styles *styles, struct reason *reason)
{
    *styles = (struct xlsx_styles){0};
    if (part == NULL)
        return true;
    struct styles_reading *reading = calloc(1, sizeof *reading);
    if (reading == NULL)
        return reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
    reading->styles = styles;
    const bool read = read_part(package, part, reading, reason);
    free(reading->ids);
    free(reading);
    if (!read)
        xlsx_styles_clear(styles);
    return read;
}

void xlsx_styles_clear(struct xlsx_styles *styles)
{
    free(styles->shown);
    *styles = (struct xlsx_styles){0};
}

uint8_t xlsx_styles_shown(const struct xlsx_styles *styles, uint32_t style)
{
    return style < styles->count ? styles->shown[style] : XLSX_SHOWN_PLAIN;
}
