/* What a cell's number stands for, as its format shows it: a day, a code with zeros in front, or the number itself. */
#ifndef SANLING_XLSX_STYLES_H
#define SANLING_XLSX_STYLES_H

#include "xlsx_package.h"

enum { XLSX_STYLES_MAX = 65536, XLSX_FORMATS_MAX = 4096, XLSX_FORMAT_ZEROS_MAX = 15 };

/* From XLSX_SHOWN_PLAIN + 1 to + XLSX_FORMAT_ZEROS_MAX: a whole number filled up with zeros to so many digits. */
enum xlsx_shown { XLSX_SHOWN_PLAIN = 0, XLSX_SHOWN_AS_DATE = 255 };

struct xlsx_styles {
    uint8_t *shown; /* by the style's number: enum xlsx_shown */
    size_t count;
};

/* `part` may be NULL: no styles. false: *reason says why; the styles are then empty. */
bool xlsx_styles_read(struct xlsx_package *package, const char *part, struct xlsx_styles *styles,
                      struct reason *reason);
void xlsx_styles_clear(struct xlsx_styles *styles);
/* How a cell of this style shows its number. */
uint8_t xlsx_styles_shown(const struct xlsx_styles *styles, uint32_t style);

/* What a format code makes of a number: "yyyy/m/d;@" a date, "0000" a code of four digits. */
uint8_t xlsx_format_shows(const char *code);

#endif
