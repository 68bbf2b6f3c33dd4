#include "table.h"

#include "tool.h"

#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static _Noreturn void no_memory(void)
{
    exit(tool_report(STATUS_NO, "SYSTEM", "no memory for a table"));
}

struct libscols_table *table_open(const struct column *columns, size_t count)
{
    struct libscols_table *table = scols_new_table();
    if (table == NULL)
        no_memory();
    for (size_t i = 0; i < count; i++)
        if (scols_table_new_column(table, columns[i].heading, 0, columns[i].right ? SCOLS_FL_RIGHT : 0) == NULL)
            no_memory();
    return table;
}

void table_make_tree(struct libscols_table *table)
{
    scols_column_set_flags(scols_table_get_column(table, 0), SCOLS_FL_TREE);
}

void table_hide_headings(struct libscols_table *table)
{
    scols_table_enable_noheadings(table, 1);
}

struct libscols_line *table_add_row(struct libscols_table *table, struct libscols_line *parent)
{
    struct libscols_line *row = scols_table_new_line(table, parent);
    if (row == NULL)
        no_memory();
    return row;
}

void row_set(struct libscols_line *row, size_t column, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int size = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (size < 0 || scols_line_refer_data(row, column, text) != 0)
        no_memory();
}

void row_set_text(struct libscols_line *row, size_t column, const char *text)
{
    row_set(row, column, "%s", text[0] != '\0' ? text : "–");
}

void row_set_position(struct libscols_line *row, size_t column, uint64_t position)
{
    if (position > 0)
        row_set(row, column, "#%" PRIu64, position);
    else
        row_set(row, column, "–");
}

void table_print(struct libscols_table **table)
{
    if (scols_table_is_empty(*table))
        puts("（无）none");
    else
        scols_print_table(*table);
    scols_unref_table(*table);
    *table = NULL;
}

void table_close(struct libscols_table **table)
{
    scols_unref_table(*table);
    *table = NULL;
}
