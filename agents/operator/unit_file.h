/* The CSV file of units that `units import` reads: UTF-8, a header row in either language, rows in any order. */
#ifndef SANLINGCTL_UNIT_FILE_H
#define SANLINGCTL_UNIT_FILE_H

#include "sanling.h"

struct unit_row {
    size_t line; /* on which the row starts */
    char *code;
    Sanling__V1__UnitRegistered registered; /* strings are the row's */
    Sanling__V1__UnitAttributes attributes; /* registered.attributes points here, or is NULL if the unit has none */
};

struct unit_file {
    struct unit_row *rows;
    size_t count;
};

/* Reads and checks the whole file. USAGE names file, line and column; then nothing is kept. */
bool unit_file_read(struct unit_file *units, const char *path, struct sanling_error *error);
/* Puts parents before their children. Rows whose parent is not in the file keep their place. USAGE: a circle. */
bool unit_file_sort(struct unit_file *units, const char *path, struct sanling_error *error);
void unit_file_clear(struct unit_file *units);

#endif
