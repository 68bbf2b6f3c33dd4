/* Text of any bytes is read to its end in every way in which it can be, twice the same, with rising row numbers; and
 * whatever stands in its cells is a value or a reason. */
#include "cell.h"
#include "csv_source.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void read_cell(const char *cell)
{
    struct reason reason;
    struct moment moment;
    uint64_t count;
    bool yes;
    char *code = NULL;
    char quoted[32];
    char *forms[] = {text_compared(cell), text_squeezed(cell), text_plain(cell), text_trimmed(cell)};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (forms[i] != NULL && strlen(forms[i]) > 18 * strlen(cell)) /* the longest expansion of NFKC is 18 times */
            abort();
        free(forms[i]);
    }
    char day[DAY_TEXT_SIZE];
    char time[TIME_TEXT_SIZE];
    if (cell_moment(cell, &(struct date_style){.serial = true, .year = 2020}, &moment, &reason)) {
        day_format(moment_local_day(&moment, 480), day);
        moment_format_utc(&moment, 480, time);
    }
    (void)cell_count(cell, UINT32_MAX, &count, &reason);
    (void)cell_boolean(cell, &yes, &reason);
    (void)cell_unit_code(cell, &code, &reason);
    free(code);
    (void)text_has_controls(cell);
    text_quote(cell, quoted, sizeof quoted);
}

/* How many rows there are, and how many cells in all. */
struct extent {
    size_t rows;
    size_t cells;
};

static struct extent read_rows(struct csv_source *source)
{
    struct extent extent = {0};
    struct row row;
    uint64_t last = 0;
    while (csv_source_next(source, &row)) {
        if (row.number <= last || row.cell_count > SOURCE_COLUMNS_MAX)
            abort();
        last = row.number;
        extent.rows++;
        extent.cells += row.cell_count;
        for (size_t i = 0; i < row.cell_count; i++)
            read_cell(row.cells[i]);
    }
    return extent;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct csv_source *source = NULL;
    struct reason reason;
    uint8_t *copy = malloc(size + 1);
    if (copy == NULL)
        return 0;
    if (size > 0)
        memcpy(copy, bytes, size);
    if (csv_source_open(&copy, size, &source, &reason) == SOURCE_OPENED) {
        do {
            const struct extent first = read_rows(source);
            csv_source_rewind(source);
            const struct extent again = read_rows(source);
            if (first.rows != again.rows || first.cells != again.cells)
                abort();
        } while (csv_source_reread(source));
        csv_source_close(&source);
    }
    free(copy);
    return 0;
}
