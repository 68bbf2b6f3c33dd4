/* A number as a workbook stores it, as the text that its cell means: digits that lost nothing, a day, a code. */
#ifndef SANLING_XLSX_NUMBER_H
#define SANLING_XLSX_NUMBER_H

#include "source.h"

#include <locale.h>

enum { XLSX_NUMBER_TEXT_SIZE = 32 };

/* `shown`: see xlsx_styles.h. `c_locale` has a point before decimals. What cannot be told with certainty is a flaw;
 * `text` is then what is stored, as far as there is room. */
enum cell_flaw xlsx_number_text(const char *stored, uint8_t shown, bool counts_from_1904, locale_t c_locale,
                                char text[static XLSX_NUMBER_TEXT_SIZE]);

#endif
