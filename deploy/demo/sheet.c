#include "sheet.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct sheet {
    char *path;
    struct sheet_style style;
    FILE *stream; /* into text */
    char *text;   /* UTF-8 */
    size_t size;
    uint32_t rows;
    bool in_row;
};

static const char *line_end(const struct sheet *sheet)
{
    return sheet->style.windows ? "\r\n" : "\n";
}

static void write_title(struct sheet *sheet, const char *title, const char *office)
{
    if (!sheet->style.titled)
        return;
    fprintf(sheet->stream, "%s,,,%s填报单位：%s,,,单位：件%s", title, line_end(sheet), office, line_end(sheet));
}

struct sheet *sheet_open(const char *path, struct sheet_style style, const char *title, const char *office,
                         const char *header)
{
    struct sheet *sheet = calloc(1, sizeof *sheet);
    if (!sheet)
        return NULL;
    sheet->style = style;
    sheet->path = strdup(path);
    sheet->stream = open_memstream(&sheet->text, &sheet->size);
    if (!sheet->path || !sheet->stream) {
        if (sheet->stream)
            fclose(sheet->stream);
        free(sheet->text);
        free(sheet->path);
        free(sheet);
        return NULL;
    }
    write_title(sheet, title, office);
    fprintf(sheet->stream, "%s%s", header, line_end(sheet));
    return sheet;
}

static void next_cell(struct sheet *sheet)
{
    if (sheet->in_row)
        fputc(',', sheet->stream);
    sheet->in_row = true;
}

void sheet_text(struct sheet *sheet, const char *text)
{
    next_cell(sheet);
    fputs(text, sheet->stream); /* our words hold neither commas nor quotes */
}

void sheet_number(struct sheet *sheet, uint32_t number)
{
    next_cell(sheet);
    /* spreadsheets show thousands with a comma, in quotes in CSV */
    if (number >= 1000 && sheet->style.windows)
        fprintf(sheet->stream, "\"%u,%03u\"", number / 1000, number % 1000);
    else
        fprintf(sheet->stream, "%u", number);
}

void sheet_day(struct sheet *sheet, int32_t day)
{
    char text[SPELLED_SIZE];

    day_spell(day, sheet->style.spelling, text);
    sheet_text(sheet, text);
}

void sheet_time(struct sheet *sheet, int32_t day, int minute_of_day)
{
    char text[SPELLED_SIZE];

    time_spell(day, minute_of_day, sheet->style.spelling, text);
    sheet_text(sheet, text);
}

void sheet_skip(struct sheet *sheet, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        next_cell(sheet);
}

void sheet_row_end(struct sheet *sheet)
{
    fputs(line_end(sheet), sheet->stream);
    sheet->in_row = false;
    sheet->rows++;
}

bool folder_make(const char *path, struct fault *fault)
{
    char *partial = strdup(path);
    if (!partial)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");

    bool made = true;
    for (char *slash = partial + 1; made && (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        made = mkdir(partial, 0777) == 0 || errno == EEXIST;
    }
    made = made && (mkdir(partial, 0777) == 0 || errno == EEXIST);
    if (!made)
        fault_set(fault, FAULT_SYSTEM, "%s: folder cannot be made: %s", path, strerror(errno));
    free(partial);
    return made;
}

static bool write_bytes(const char *path, const char *mark, const char *bytes, size_t size, struct fault *fault)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return fault_set(fault, FAULT_SYSTEM, "%s: %s", path, strerror(errno));
    fputs(mark, file);
    const bool written = fwrite(bytes, 1, size, file) == size;
    if (fclose(file) != 0 || !written)
        return fault_set(fault, FAULT_SYSTEM, "%s: cannot be written: %s", path, strerror(errno));
    return true;
}

static bool write_gb18030(const struct sheet *sheet, struct fault *fault)
{
    char *in = sheet->text;
    size_t in_left = sheet->size;
    size_t out_left = sheet->size * 2 + 4; /* four bytes for two at the most */
    char *const converted = malloc(out_left);
    const iconv_t converter = iconv_open("GB18030", "UTF-8");

    bool ready = converted && converter != (iconv_t)-1;
    char *out = converted;
    ready = ready && iconv(converter, &in, &in_left, &out, &out_left) != (size_t)-1;
    if (ready)
        ready = write_bytes(sheet->path, "", converted, (size_t)(out - converted), fault);
    else
        fault_set(fault, FAULT_SYSTEM, "%s: cannot be converted to GB18030: %s", sheet->path, strerror(errno));
    if (converter != (iconv_t)-1)
        iconv_close(converter);
    free(converted);
    return ready;
}

static bool write_file(const struct sheet *sheet, struct fault *fault)
{
    const char *slash = strrchr(sheet->path, '/');

    if (slash) {
        char *folder = strndup(sheet->path, (size_t)(slash - sheet->path));
        const bool made = folder && folder_make(folder, fault);
        free(folder);
        if (!made)
            return false;
    }
    if (sheet->style.encoding == SHEET_GB18030)
        return write_gb18030(sheet, fault);
    return write_bytes(sheet->path, "\xef\xbb\xbf", sheet->text, sheet->size, fault);
}

bool sheet_close(struct sheet **sheet, struct fault *fault)
{
    struct sheet *closing = *sheet;

    if (closing->style.signed_off) {
        fprintf(closing->stream, "合计,%u%s", closing->rows, line_end(closing));
        fprintf(closing->stream, "填表人：（略）,,审核人：（略）%s", line_end(closing));
    }
    bool written = fclose(closing->stream) == 0;
    if (!written)
        fault_set(fault, FAULT_SYSTEM, "out of memory");
    if (written && closing->rows > 0)
        written = write_file(closing, fault);
    free(closing->text);
    free(closing->path);
    free(closing);
    *sheet = NULL;
    return written;
}
