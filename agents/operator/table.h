/* A table on the screen, with columns that line up in Chinese too. */
#ifndef SANLINGCTL_TABLE_H
#define SANLINGCTL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct libscols_line;
struct libscols_table;

struct column {
    const char *heading; /* Chinese, then English */
    bool right;          /* numbers */
};

/* Both end the program when memory runs out: there is nothing to save. */
struct libscols_table *table_open(const struct column *columns, size_t count);
/* A new row, below `parent` in a table opened as a tree; NULL: at the top. */
struct libscols_line *table_add_row(struct libscols_table *table, struct libscols_line *parent);
/* Makes the first column a tree. Before the first row. */
void table_make_tree(struct libscols_table *table);
/* No line of headings. */
void table_hide_headings(struct libscols_table *table);
void row_set(struct libscols_line *row, size_t column, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* "–" where there is nothing to say. */
void row_set_text(struct libscols_line *row, size_t column, const char *text);
/* "#184203"; "–" for 0. */
void row_set_position(struct libscols_line *row, size_t column, uint64_t position);
/* Prints and frees it. */
void table_print(struct libscols_table **table);
/* Frees it without printing. NULL behind it is fine. */
void table_close(struct libscols_table **table);

#endif
