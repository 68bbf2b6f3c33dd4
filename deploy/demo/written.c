#include "written.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_SIZE = 128, DAY_LENGTH = 10, TIME_LENGTH = 16 };

/* 0000-00-00, and what may follow it. */
static bool is_day(const char *cell)
{
    static const char form[] = "dddd-dd-dd";

    for (size_t i = 0; i < DAY_LENGTH; i++)
        if (form[i] == 'd' ? !isdigit((unsigned char)cell[i]) : cell[i] != form[i])
            return false;
    return true;
}

static int digits(const char *text, size_t count)
{
    int number = 0;

    for (size_t i = 0; i < count; i++)
        number = number * 10 + (text[i] - '0');
    return number;
}

static void write_moment(struct sheet *sheet, const char *cell)
{
    const int32_t day = day_of(digits(cell, 4), digits(cell + 5, 2), digits(cell + 8, 2));

    if (strlen(cell) == TIME_LENGTH)
        sheet_time(sheet, day, digits(cell + 11, 2) * 60 + digits(cell + 14, 2));
    else
        sheet_day(sheet, day);
}

/* What a name behind = stands for. */
static void code_of(const struct demo *demo, const char *name, char code[static CELL_SIZE])
{
    const char *noted = demo_story(demo, name);
    const uint32_t number = isdigit((unsigned char)name[1]) ? (uint32_t)strtoul(name + 1, NULL, 10) : 0;

    if (noted[0] != '\0')
        snprintf(code, CELL_SIZE, "%s", noted);
    else if (name[0] == 'P' || name[0] == 'G')
        matter_code_for(2020, name[0], number, code);
    else if (name[0] == 'V')
        snprintf(code, CELL_SIZE, "%s", demo->county.units[demo->county.towns[TOWN_NANLOU].first_place + number].code);
    else if (name[0] == 'C')
        snprintf(code, CELL_SIZE, "%s", demo->county.units[demo->county.station + number].code);
    else
        assert(false);
}

/* <opened:NAME> becomes <opened:CODE>. */
static void write_later(const struct demo *demo, struct sheet *sheet, const char *cell)
{
    const char *colon = strchr(cell, ':');
    char name[CELL_SIZE];
    char code[CELL_SIZE];
    char text[2 * CELL_SIZE];

    assert(colon && strlen(colon) < sizeof name);
    snprintf(name, sizeof name, "%s", colon + 1);
    name[strcspn(name, ">")] = '\0';
    code_of(demo, name, code);
    snprintf(text, sizeof text, "%.*s:%s>", (int)(colon - cell), cell, code);
    sheet_text(sheet, text);
}

static void write_cell(const struct demo *demo, struct sheet *sheet, const char *cell)
{
    char code[CELL_SIZE];

    if (is_day(cell)) {
        write_moment(sheet, cell);
    } else if (cell[0] == '<') {
        write_later(demo, sheet, cell);
    } else if (cell[0] == '=') {
        code_of(demo, cell + 1, code);
        sheet_text(sheet, code);
    } else {
        sheet_text(sheet, cell);
    }
}

static void write_row(const struct demo *demo, struct sheet *sheet, const char *row)
{
    for (const char *next = row; next;) {
        char cell[CELL_SIZE];
        const size_t length = strcspn(next, ",");
        assert(length < sizeof cell);
        memcpy(cell, next, length);
        cell[length] = '\0';
        write_cell(demo, sheet, cell);
        next = next[length] == ',' ? next + length + 1 : NULL;
    }
    sheet_row_end(sheet);
}

bool written_sheets_write(const struct demo *demo, const struct written_sheet *sheets, size_t count,
                          struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        const struct written_sheet *written = &sheets[i];
        struct sheet *sheet =
            office_sheet(demo, written->office, written->stop, written->month, written->kind, written->header, fault);
        if (!sheet)
            return false;
        for (size_t row = 0; row < WRITTEN_ROWS_MAX && written->rows[row]; row++)
            write_row(demo, sheet, written->rows[row]);
        if (!sheet_close(&sheet, fault))
            return false;
    }
    return true;
}
