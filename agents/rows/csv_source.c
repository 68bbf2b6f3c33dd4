#include "csv_source.h"

#include "encoding.h"
#include "fault.h"

#include <assert.h>
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RECORD_LINES_MAX = 100, /* an open quote further than this was forgotten, not meant */
    SNIFFED_LINES = 20,
    DELIMITERS = 3,
    READINGS_MAX = 2 * DELIMITERS
};

struct reading {
    enum encoding encoding;
    char delimiter;
    size_t start; /* of the first record: behind a line sep=; */
    uint64_t first_line;
};

struct csv_source {
    uint8_t *bytes;
    size_t size;
    struct reading readings[READINGS_MAX];
    size_t reading_count;
    size_t reading; /* the one in use */
    char description[64];
    struct decoded decoded; /* in its encoding */
    enum encoding encoding; /* of `decoded` */

    size_t at; /* where the next record starts */
    uint64_t line;
    size_t next_flaw;

    /* The record taken apart: cells follow each other in `buffer`, each with its NUL. */
    struct csv_parser parser;
    char *buffer;
    size_t buffer_size;
    size_t buffer_capacity;
    size_t starts[SOURCE_COLUMNS_MAX];
    const char *cells[SOURCE_COLUMNS_MAX];
    size_t cell_count;
    bool too_many_cells;
    bool out_of_memory;
    struct reason flaw;
};

/* ---- readings ---- */

static const char *delimiter_name(char delimiter)
{
    return delimiter == '\t' ? "tab" : delimiter == ';' ? "semicolon" : "comma";
}

/* How often each delimiter stands outside quotes in the first lines. */
static void count_delimiters(const struct decoded *decoded, const char delimiters[static DELIMITERS],
                             size_t counts[static DELIMITERS])
{
    bool quoted = false;
    size_t lines = 0;
    for (size_t i = 0; i < decoded->size && lines < SNIFFED_LINES; i++) {
        const char c = decoded->text[i];
        quoted ^= c == '"';
        lines += c == '\n' || c == '\r' ? 1 : 0;
        for (int d = 0; d < DELIMITERS; d++)
            counts[d] += c == delimiters[d] && !quoted ? 1 : 0;
    }
}

/* A first line "sep=;" names the delimiter; nothing is left to try then. */
static bool reading_from_sep_line(const struct decoded *decoded, struct reading *reading)
{
    const char *text = decoded->text;
    if (strncmp(text, "sep=", 4) != 0 || text[4] == '\0' || (text[5] != '\r' && text[5] != '\n'))
        return false;
    reading->delimiter = text[4];
    reading->start = text[5] == '\r' && text[6] == '\n' ? 7 : 6;
    reading->first_line = 2;
    return true;
}

/* The delimiters of one encoding, the most frequent first. */
static void add_readings(struct csv_source *source, enum encoding encoding)
{
    struct reading reading = {.encoding = encoding, .first_line = 1};
    if (reading_from_sep_line(&source->decoded, &reading)) {
        source->readings[source->reading_count++] = reading;
        return;
    }
    char delimiters[DELIMITERS] = {',', '\t', ';'};
    size_t counts[DELIMITERS] = {0};
    count_delimiters(&source->decoded, delimiters, counts);
    for (int round = 0; round < DELIMITERS; round++) {
        int best = -1;
        for (int d = 0; d < DELIMITERS; d++)
            if (delimiters[d] != '\0' && (best < 0 || counts[d] > counts[best]))
                best = d;
        assert(best >= 0);
        if (counts[best] > 0 || round == 0) {
            reading.delimiter = delimiters[best];
            source->readings[source->reading_count++] = reading;
        }
        delimiters[best] = '\0';
    }
}

static bool use_encoding(struct csv_source *source, enum encoding encoding, struct reason *reason)
{
    if (source->decoded.text != NULL && source->encoding == encoding)
        return true;
    decoded_clear(&source->decoded);
    source->encoding = encoding;
    return encoding_decode(source->bytes, source->size, encoding, &source->decoded, reason);
}

static bool use_reading(struct csv_source *source, size_t index, struct reason *reason)
{
    const struct reading *reading = &source->readings[index];
    if (!use_encoding(source, reading->encoding, reason))
        return false;
    source->reading = index;
    snprintf(source->description, sizeof source->description, "%s, %s", encoding_name(reading->encoding),
             delimiter_name(reading->delimiter));
    csv_set_delim(&source->parser, (unsigned char)reading->delimiter);
    csv_source_rewind(source);
    return true;
}

/* What decoding the file in each encoding showed. */
struct tried {
    bool whole;    /* in one of them the last character is complete */
    bool flawless; /* in one of them every byte belongs to a character */
};

static void try_encoding(struct csv_source *source, enum encoding encoding, struct tried *tried, struct reason *reason)
{
    if (!use_encoding(source, encoding, reason))
        return;
    tried->whole |= !source->decoded.cut;
    tried->flawless |= source->decoded.flaw_count == 0;
    add_readings(source, encoding);
}

/* Decodes in each encoding that the bytes allow. A text that is cut may still be the one with the right headers, as
 * the bytes of cut UTF-8 are often whole in GB18030; when every one is cut there is nothing to look for. Where bytes
 * are wrong in all of them, UTF-8 is worth a look, too: the header decides, and each wrong byte costs its row. */
static enum source_opened find_readings(struct csv_source *source, struct reason *reason)
{
    enum encoding candidates[2];
    const size_t candidate_count = encoding_candidates(source->bytes, source->size, candidates);
    struct tried tried = {0};
    for (size_t i = 0; i < candidate_count; i++)
        try_encoding(source, candidates[i], &tried, reason);
    if (candidate_count == 1 && candidates[0] == ENCODING_GB18030 && !tried.flawless && !source->decoded.cut)
        try_encoding(source, ENCODING_UTF8, &tried, reason);
    if (source->reading_count == 0)
        return SOURCE_REFUSED;
    if (tried.whole)
        return use_reading(source, 0, reason) ? SOURCE_OPENED : SOURCE_REFUSED;
    reason_set(reason, REASON_ENCODING, "文件末尾的字不完整：可能还在复制",
               "the last character is incomplete: still being copied?");
    return SOURCE_UNSETTLED;
}

enum source_opened csv_source_open(uint8_t **bytes, size_t size, struct csv_source **source, struct reason *reason)
{
    CLEANUP(csv_source_close) struct csv_source *opening = calloc(1, sizeof *opening);
    if (opening == NULL || csv_init(&opening->parser, CSV_APPEND_NULL) != 0) {
        reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
        return SOURCE_UNSETTLED;
    }
    opening->bytes = *bytes;
    opening->size = size;
    *bytes = NULL;
    const enum source_opened opened = find_readings(opening, reason);
    if (opened == SOURCE_OPENED) {
        *source = opening;
        opening = NULL;
    }
    return opened;
}

void csv_source_close(struct csv_source **source)
{
    if (*source == NULL)
        return;
    csv_free(&(*source)->parser);
    decoded_clear(&(*source)->decoded);
    free((*source)->bytes);
    free((*source)->buffer);
    free(*source);
    *source = NULL;
}

void csv_source_rewind(struct csv_source *source)
{
    source->at = source->readings[source->reading].start;
    source->line = source->readings[source->reading].first_line;
    source->next_flaw = 0;
}

bool csv_source_reread(struct csv_source *source)
{
    struct reason ignored;
    for (size_t next = source->reading + 1; next < source->reading_count; next++)
        if (use_reading(source, next, &ignored))
            return true;
    /* Found before, so it is found again. */
    const bool back = use_reading(source, 0, &ignored);
    assert(back);
    return false;
}

const char *csv_source_reading(const struct csv_source *source)
{
    return source->description;
}

bool csv_source_is_cut(const struct csv_source *source)
{
    return source->decoded.cut;
}

unsigned csv_source_progress(const struct csv_source *source)
{
    return source->decoded.size == 0 ? 1000 : (unsigned)(source->at * 1000 / source->decoded.size);
}

/* ---- which lines are one record ---- */

struct extent {
    size_t end;         /* behind the record's text */
    size_t next;        /* where the next record starts */
    uint64_t lines;     /* line ends until there */
    bool open_quote;    /* a quote was not closed within the limits */
    size_t quote_line;  /* then: the line that opens it, counted from the record's first as 0 */
    size_t quote_start; /* and where it starts itself */
    size_t quote_next;  /* and where the line after it starts */
    bool long_cell;
};

/* Bytes of the line end at `at`: 0, 1, or 2 for CRLF. */
static size_t line_end_size(const struct decoded *decoded, size_t at)
{
    if (decoded->text[at] == '\r')
        return at + 1 < decoded->size && decoded->text[at + 1] == '\n' ? 2 : 1;
    return decoded->text[at] == '\n' ? 1 : 0;
}

static size_t next_line(const struct decoded *decoded, size_t at)
{
    while (at < decoded->size) {
        const size_t line_end = line_end_size(decoded, at);
        if (line_end > 0)
            return at + line_end;
        at++;
    }
    return at;
}

/* Where libcsv stands; the names are its own states. */
enum cell_state { CELL_NOT_BEGUN, CELL_PLAIN, CELL_QUOTED, CELL_MIGHT_HAVE_ENDED };

static enum cell_state cell_after(enum cell_state state, char c, char delimiter)
{
    switch (state) {
    case CELL_NOT_BEGUN:
        return c == '"' ? CELL_QUOTED : c == delimiter || c == ' ' || c == '\t' ? CELL_NOT_BEGUN : CELL_PLAIN;
    case CELL_PLAIN:
        return c == delimiter ? CELL_NOT_BEGUN : CELL_PLAIN;
    case CELL_QUOTED:
        return c == '"' ? CELL_MIGHT_HAVE_ENDED : CELL_QUOTED;
    case CELL_MIGHT_HAVE_ENDED:
        return c == delimiter ? CELL_NOT_BEGUN : c == ' ' || c == '\t' ? CELL_MIGHT_HAVE_ENDED : CELL_QUOTED;
    }
    abort();
}

/* Follows libcsv's own states, so that both agree on where the record ends. */
static struct extent record_extent(const struct csv_source *source)
{
    const struct decoded *decoded = &source->decoded;
    const char delimiter = source->readings[source->reading].delimiter;
    struct extent extent = {0};
    enum cell_state state = CELL_NOT_BEGUN;
    size_t cell_start = source->at;
    size_t line_start = source->at;
    size_t quote_at = 0;
    for (size_t at = source->at; at < decoded->size;) {
        const size_t line_end = line_end_size(decoded, at);
        if (line_end > 0 && state != CELL_QUOTED) {
            extent.end = at;
            extent.next = at + line_end;
            extent.lines++;
            return extent;
        }
        if (at - cell_start > SOURCE_CELL_BYTES_MAX)
            extent.long_cell = true;
        if (state == CELL_QUOTED && (extent.long_cell || extent.lines - extent.quote_line >= RECORD_LINES_MAX))
            break;
        if (line_end > 0) {
            extent.lines++;
            at += line_end;
            line_start = at;
            continue;
        }
        const enum cell_state before = state;
        state = cell_after(state, decoded->text[at], delimiter);
        if (before == CELL_NOT_BEGUN && state == CELL_QUOTED) {
            quote_at = at;
            extent.quote_line = extent.lines;
            extent.quote_start = line_start;
        }
        at++;
        if (state == CELL_NOT_BEGUN)
            cell_start = at;
    }
    extent.end = decoded->size;
    extent.next = decoded->size;
    if (state == CELL_QUOTED) {
        extent.open_quote = true;
        extent.quote_next = next_line(decoded, quote_at);
    }
    return extent;
}

/* ---- one record taken apart ---- */

static bool buffer_put(struct csv_source *source, const char *text, size_t size)
{
    if (source->buffer_capacity - source->buffer_size < size + 1) {
        size_t capacity = source->buffer_capacity == 0 ? 4096 : source->buffer_capacity * 2;
        while (capacity - source->buffer_size < size + 1)
            capacity *= 2;
        char *buffer = realloc(source->buffer, capacity);
        if (buffer == NULL)
            return false;
        source->buffer = buffer;
        source->buffer_capacity = capacity;
    }
    memcpy(source->buffer + source->buffer_size, text, size);
    source->buffer[source->buffer_size + size] = '\0';
    source->buffer_size += size + 1;
    return true;
}

/* ="140322102200" and '140322102200 only keep a spreadsheet program from taking a code for a number. */
static void take_cell(void *text, size_t size, void *context)
{
    struct csv_source *source = context;
    const char *cell = text;
    if (size >= 3 && cell[0] == '=' && cell[1] == '"' && cell[size - 1] == '"') {
        cell += 2;
        size -= 3;
    } else if (size >= 1 && cell[0] == '\'') {
        cell += 1;
        size -= 1;
    }
    const bool empty = size == 0;
    if (source->cell_count == SOURCE_COLUMNS_MAX) {
        source->too_many_cells |= !empty;
        return;
    }
    source->starts[source->cell_count] = source->buffer_size;
    if (buffer_put(source, empty ? "" : cell, size))
        source->cell_count++;
    else
        source->out_of_memory = true;
}

static void bind_cells(struct csv_source *source)
{
    for (size_t i = 0; i < source->cell_count; i++)
        source->cells[i] = source->buffer + source->starts[i];
}

static bool split_record(struct csv_source *source, size_t end)
{
    source->buffer_size = 0;
    source->cell_count = 0;
    source->too_many_cells = false;
    source->out_of_memory = false;
    const size_t size = end - source->at;
    if (csv_parse(&source->parser, source->decoded.text + source->at, size, take_cell, NULL, source) != size ||
        csv_fini(&source->parser, take_cell, NULL, source) != 0 || source->out_of_memory)
        return reason_set(&source->flaw, REASON_TOO_LARGE, "内存不足", "out of memory");
    bind_cells(source);
    if (source->too_many_cells)
        return reason_set(&source->flaw, REASON_TOO_LARGE, "超过 %d 列", "more than %d columns", SOURCE_COLUMNS_MAX);
    if (memchr(source->decoded.text + source->at, '\0', size) != NULL)
        return reason_set(&source->flaw, REASON_MALFORMED, "含有 NUL 字符", "holds a NUL character");
    return true;
}

/* A byte within the record that was no character. */
static const struct encoding_flaw *flaw_before(struct csv_source *source, size_t end)
{
    const struct decoded *decoded = &source->decoded;
    while (source->next_flaw < decoded->flaw_count && decoded->flaws[source->next_flaw].text_offset < source->at)
        source->next_flaw++;
    if (source->next_flaw < decoded->flaw_count && decoded->flaws[source->next_flaw].text_offset < end)
        return &decoded->flaws[source->next_flaw];
    return NULL;
}

/* The line that opens the quote, split at each delimiter: shown to whoever mends it, never taken as data. */
static void show_line(struct csv_source *source, size_t from, size_t to, struct row *row)
{
    const char delimiter = source->readings[source->reading].delimiter;
    const char *text = source->decoded.text;
    source->buffer_size = 0;
    source->cell_count = 0;
    while (to > from && (text[to - 1] == '\n' || text[to - 1] == '\r'))
        to--;
    for (size_t at = from; at <= to; at++) {
        if (at < to && text[at] != delimiter)
            continue;
        take_cell((void *)(uintptr_t)(text + from), at - from, source);
        from = at + 1;
    }
    bind_cells(source);
    row->cell_count = source->cell_count;
}

static void take_flawed_line(struct csv_source *source, const struct extent *extent, struct row *row)
{
    row->number = source->line + extent->quote_line;
    row->flaw = &source->flaw;
    show_line(source, extent->quote_start, extent->quote_next, row);
    if (extent->long_cell)
        reason_set(&source->flaw, REASON_MALFORMED, "引号未闭合，或单元格超过 %d KiB",
                   "a quote is not closed, or a cell is larger than %d KiB", SOURCE_CELL_BYTES_MAX / 1024);
    else
        reason_set(&source->flaw, REASON_MALFORMED, "引号未闭合（%d 行内）", "a quote is not closed within %d lines",
                   RECORD_LINES_MAX);
    source->line += extent->quote_line + 1;
    source->at = extent->quote_next;
}

static bool is_blank(const struct csv_source *source)
{
    for (size_t i = 0; i < source->cell_count; i++)
        if (source->cells[i][0] != '\0')
            return false;
    return true;
}

bool csv_source_next(struct csv_source *source, struct row *row)
{
    while (source->at < source->decoded.size) {
        const struct extent extent = record_extent(source);
        *row = (struct row){.number = source->line, .cells = source->cells};
        if (extent.open_quote) {
            take_flawed_line(source, &extent, row);
            return true;
        }
        const struct encoding_flaw *wrong = flaw_before(source, extent.end);
        if (extent.long_cell) {
            reason_set(&source->flaw, REASON_TOO_LARGE, "单元格超过 %d KiB", "a cell is larger than %d KiB",
                       SOURCE_CELL_BYTES_MAX / 1024);
            row->flaw = &source->flaw;
        } else if (!split_record(source, extent.end)) {
            row->flaw = &source->flaw;
        } else if (wrong != NULL) {
            reason_set(&source->flaw, REASON_ENCODING, "文件第 %zu 字节 %02X 不是文字",
                       "byte %zu of the file, %02X, is no text", wrong->byte_offset + 1, wrong->byte);
            row->flaw = &source->flaw;
        }
        row->cell_count = extent.long_cell ? 0 : source->cell_count;
        source->at = extent.next;
        source->line += extent.lines;
        if (row->flaw != NULL || !is_blank(source))
            return true;
    }
    return false;
}

/* ---- writing ---- */

bool csv_append(struct csv_text *csv, const char *text)
{
    const size_t size = strlen(text);
    if (csv->capacity - csv->size < size + 1) {
        size_t capacity = csv->capacity == 0 ? 512 : csv->capacity;
        while (capacity - csv->size < size + 1)
            capacity *= 2;
        char *grown = realloc(csv->text, capacity);
        if (grown == NULL)
            return false;
        csv->text = grown;
        csv->capacity = capacity;
    }
    memcpy(csv->text + csv->size, text, size + 1);
    csv->size += size;
    return true;
}

bool csv_append_cell(struct csv_text *csv, const char *cell, bool first)
{
    const bool formula = *cell != '\0' && strchr("=+-@\t\r", *cell) != NULL;
    const bool quoted = strpbrk(cell, ",\"\r\n") != NULL || *cell == ' ' || *cell == '\t';
    if ((!first && !csv_append(csv, ",")) || (quoted && !csv_append(csv, "\"")) || (formula && !csv_append(csv, "'")))
        return false;
    for (const char *at = cell; *at != '\0'; at++) {
        const char character[] = {*at, '\0'};
        if (!csv_append(csv, *at == '"' ? "\"\"" : character))
            return false;
    }
    return !quoted || csv_append(csv, "\"");
}

void csv_text_clear(struct csv_text *csv)
{
    free(csv->text);
    *csv = (struct csv_text){0};
}
