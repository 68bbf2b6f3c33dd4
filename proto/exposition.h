/* Figures in Prometheus' text format: each family's head, its numbers, and what a process uses. For every program that
 * shows some. */
#ifndef SANLING_EXPOSITION_H
#define SANLING_EXPOSITION_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define EXPOSITION_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* A family of one number. */
struct exposition_row {
    const char *name;
    const char *type; /* "counter", whose name ends in _total, or "gauge" */
    double number;
    const char *help;
};

void exposition_head(FILE *to, const char *name, const char *type, const char *help);
/* The number behind a name and its labels, and the line's end: whole ones whole, NaN and infinity as the format has
 * them. */
void exposition_value(FILE *to, double number);
void exposition_whole(FILE *to, uint64_t number);
/* One label; `before` is "{" or ",". The text has nothing in it that would need a backslash. */
void exposition_label(FILE *to, const char *before, const char *name, const char *text);
void exposition_rows(FILE *to, const struct exposition_row *rows, size_t count);
#define EXPOSITION_ROWS(to, rows) exposition_rows(to, rows, sizeof(rows) / sizeof(rows)[0])
/* What this process uses now: memory, files, threads, processor time; nothing where /proc does not say. */
void exposition_process(FILE *to);

#endif
