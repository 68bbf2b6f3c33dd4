#include "xlsx_strings.h"

#include "xlsx_xml.h"

#include <stdlib.h>
#include <string.h>

/* Instead of an offset; the arena never grows so far. */
#define TOO_LONG UINT32_MAX

bool xlsx_bytes_append(struct xlsx_bytes *bytes, const char *text, size_t size)
{
    if (bytes->capacity - bytes->size < size) {
        size_t capacity = bytes->capacity == 0 ? 1024 : bytes->capacity;
        while (capacity - bytes->size < size)
            capacity *= 2;
        char *grown = realloc(bytes->bytes, capacity);
        if (grown == NULL)
            return false;
        bytes->bytes = grown;
        bytes->capacity = capacity;
    }
    memcpy(bytes->bytes + bytes->size, text, size);
    bytes->size += size;
    return true;
}

void xlsx_bytes_clear(struct xlsx_bytes *bytes)
{
    free(bytes->bytes);
    *bytes = (struct xlsx_bytes){0};
}

/* ---- rich text ---- */

void xlsx_rich_text_start(struct xlsx_rich_text *rich, const char *element)
{
    if (strcmp(element, "rPh") == 0)
        rich->phonetic++;
    else if (strcmp(element, "t") == 0)
        rich->is_text = rich->phonetic == 0;
}

void xlsx_rich_text_end(struct xlsx_rich_text *rich, const char *element)
{
    if (strcmp(element, "rPh") == 0)
        rich->phonetic--;
    else if (strcmp(element, "t") == 0)
        rich->is_text = false;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* The character that _xHHHH_ at `text` stands for; 0: it stands for itself. Halves of surrogate pairs do. */
static unsigned escaped_character(const char *text, size_t size)
{
    unsigned character = 0;
    if (size < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_')
        return 0;
    for (int i = 2; i < 6; i++) {
        const int value = hex_value(text[i]);
        if (value < 0)
            return 0;
        character = character * 16 + (unsigned)value;
    }
    return character >= 0xD800 && character <= 0xDFFF ? 0 : character;
}

/* At most three bytes, for no escape has more than four digits. */
static size_t put_character(char *to, unsigned c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xC0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    to[0] = (char)(0xE0 | c >> 12);
    to[1] = (char)(0x80 | (c >> 6 & 0x3F));
    to[2] = (char)(0x80 | (c & 0x3F));
    return 3;
}

size_t xlsx_text_meant(char *text, size_t size)
{
    size_t made = 0;
    for (size_t at = 0; at < size;) {
        const unsigned escaped = text[at] == '_' ? escaped_character(text + at, size - at) : 0;
        if (escaped != 0) {
            made += put_character(text + made, escaped);
            at += 7;
        } else {
            text[made++] = text[at++];
        }
    }
    if (made >= 3 && text[0] == '=' && text[1] == '"' && text[made - 1] == '"') {
        made -= 3;
        memmove(text, text + 2, made);
    } else if (made >= 1 && text[0] == '\'') {
        made -= 1;
        memmove(text, text + 1, made);
    }
    return made;
}

/* ---- shared strings ---- */

struct strings_reading {
    struct xlsx_strings *strings;
    struct xlsx_rich_text rich;
    size_t start; /* of the string at hand, in the arena */
    bool too_long;
    bool too_many;
    bool out_of_memory;
};

static void take_start(void *context, const char *name, const char *const *attributes, int depth)
{
    struct strings_reading *reading = context;
    (void)attributes;
    if (depth == 2) {
        reading->start = reading->strings->arena.size;
        reading->too_long = false;
        reading->rich = (struct xlsx_rich_text){0};
    } else if (depth > 2) {
        xlsx_rich_text_start(&reading->rich, name);
    }
}

static void take_text(void *context, const char *text, size_t size)
{
    struct strings_reading *reading = context;
    if (!reading->rich.is_text || reading->too_long)
        return;
    if (reading->strings->arena.size - reading->start + size > SOURCE_CELL_BYTES_MAX)
        reading->too_long = true;
    else
        reading->out_of_memory |= !xlsx_bytes_append(&reading->strings->arena, text, size);
}

static bool add_offset(struct xlsx_strings *strings, uint32_t offset)
{
    if ((strings->count & (strings->count - 1)) == 0) {
        const size_t capacity = strings->count == 0 ? 1 : strings->count * 2;
        uint32_t *offsets = realloc(strings->offsets, capacity * sizeof *offsets);
        if (offsets == NULL)
            return false;
        strings->offsets = offsets;
    }
    strings->offsets[strings->count++] = offset;
    return true;
}

static void end_string(struct strings_reading *reading)
{
    struct xlsx_strings *strings = reading->strings;
    if (strings->count == XLSX_STRINGS_MAX) {
        reading->too_many = true;
        return;
    }
    struct xlsx_bytes *arena = &strings->arena;
    if (reading->too_long)
        arena->size = reading->start;
    else if (arena->size > reading->start)
        arena->size = reading->start + xlsx_text_meant(arena->bytes + reading->start, arena->size - reading->start);
    reading->out_of_memory |= (!reading->too_long && !xlsx_bytes_append(arena, "", 1)) ||
                              !add_offset(strings, reading->too_long ? TOO_LONG : (uint32_t)reading->start);
}

static void take_end(void *context, const char *name, int depth)
{
    struct strings_reading *reading = context;
    if (depth == 2 && strcmp(name, "si") == 0)
        end_string(reading);
    else if (depth > 2)
        xlsx_rich_text_end(&reading->rich, name);
}

static bool read_strings(struct xlsx_package *package, const char *part, struct strings_reading *reading,
                         struct reason *reason)
{
    static const struct xlsx_elements elements = {.start = take_start, .end = take_end, .text = take_text};
    if (!xlsx_xml_read(package, part, &elements, reading, reason))
        return false;
    if (reading->out_of_memory)
        return reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
    return !reading->too_many ||
           reason_set(reason, REASON_TOO_LARGE, "文字太多：请分开保存", "too many texts: split it");
}

bool xlsx_strings_read(struct xlsx_package *package, const char *part, struct xlsx_strings *strings,
                       struct reason *reason)
{
    struct strings_reading reading = {.strings = strings};
    *strings = (struct xlsx_strings){0};
    if (part == NULL || read_strings(package, part, &reading, reason))
        return true;
    xlsx_strings_clear(strings);
    return false;
}

void xlsx_strings_clear(struct xlsx_strings *strings)
{
    xlsx_bytes_clear(&strings->arena);
    free(strings->offsets);
    *strings = (struct xlsx_strings){0};
}

const char *xlsx_strings_get(const struct xlsx_strings *strings, size_t number, bool *too_long)
{
    *too_long = number < strings->count && strings->offsets[number] == TOO_LONG;
    if (number >= strings->count)
        return NULL;
    return *too_long ? "" : strings->arena.bytes + strings->offsets[number];
}
