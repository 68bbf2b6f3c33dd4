/* A workbook that was chosen a sheet of can be read to its end, twice the same: whole archives (what begins with PK),
 * and single parts in a workbook that is sound otherwise ("xl/styles.xml", a line end, the part). */
#include "xlsx_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define RELATIONS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define LINK(id, kind, target) "<Relationship Id=\"" id "\" Type=\"" RELATIONS "/" kind "\" Target=\"" target "\"/>"

struct part {
    const char *name;
    const char *body;
    size_t size;
};

/* A workbook that refers to everything; the first part is the one under test. */
static const struct part sound[] = {
    {"", NULL, 0},
    {"_rels/.rels", "<Relationships>" LINK("rId1", "officeDocument", "xl/workbook.xml") "</Relationships>", 0},
    {"xl/_rels/workbook.xml.rels",
     "<Relationships>" LINK("rId1", "worksheet", "worksheets/sheet1.xml") LINK("rId2", "styles", "styles.xml")
         LINK("rId3", "sharedStrings", "sharedStrings.xml") "</Relationships>",
     0},
    {"xl/workbook.xml",
     "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" RELATIONS "\"><sheets><sheet name=\"台账\" r:id=\"rId1\"/></sheets>"
     "</workbook>",
     0},
    {"xl/worksheets/sheet1.xml",
     "<worksheet xmlns=\"" MAIN
     "\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"1\"><v>43924"
     "</v></c></row></sheetData></worksheet>",
     0},
    {"xl/styles.xml", "<styleSheet xmlns=\"" MAIN "\"><cellXfs><xf/><xf numFmtId=\"14\"/></cellXfs></styleSheet>", 0},
    {"xl/sharedStrings.xml", "<sst xmlns=\"" MAIN "\"><si><t>甲</t></si></sst>", 0}};

enum { PARTS = sizeof sound / sizeof sound[0], ARCHIVE_ROOM = 1 << 18 };

/* ---- an archive that stores its parts ---- */

struct archive {
    uint8_t *bytes;
    size_t size;
};

static void put(struct archive *archive, uint64_t value, int size)
{
    for (int i = 0; i < size; i++, value >>= 8)
        archive->bytes[archive->size++] = (uint8_t)value;
}

static void put_text(struct archive *archive, const char *text, size_t size)
{
    memcpy(archive->bytes + archive->size, text, size);
    archive->size += size;
}

/* What a part's header and its entry in the directory have in common. */
static void put_facts(struct archive *archive, const struct part *part)
{
    put(archive, 20, 2); /* version needed; no flags, stored, no time */
    put(archive, 0, 8);
    put(archive, crc32(0, (const Bytef *)part->body, (uInt)part->size), 4);
    put(archive, part->size, 4);
    put(archive, part->size, 4);
    put(archive, strlen(part->name), 2);
    put(archive, 0, 2);
}

static struct archive pack(const struct part *parts, size_t count)
{
    struct archive archive = {.bytes = malloc(ARCHIVE_ROOM)};
    size_t offsets[PARTS];
    if (archive.bytes == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        offsets[i] = archive.size;
        put_text(&archive, "PK\x03\x04", 4);
        put_facts(&archive, &parts[i]);
        put_text(&archive, parts[i].name, strlen(parts[i].name));
        put_text(&archive, parts[i].body, parts[i].size);
    }
    const size_t directory = archive.size;
    for (size_t i = 0; i < count; i++) {
        put_text(&archive, "PK\x01\x02", 4);
        put(&archive, 20, 2);
        put_facts(&archive, &parts[i]);
        put(&archive, 0, 10); /* no comment, first disk, no attributes */
        put(&archive, offsets[i], 4);
        put_text(&archive, parts[i].name, strlen(parts[i].name));
    }
    const size_t end = archive.size;
    put_text(&archive, "PK\x05\x06", 4);
    put(&archive, 0, 4);
    put(&archive, count, 2);
    put(&archive, count, 2);
    put(&archive, end - directory, 4);
    put(&archive, directory, 4);
    put(&archive, 0, 2);
    return archive;
}

/* The sound workbook with the input's part in place of its own, or beside them. */
static struct archive pack_part(const char *input, size_t size)
{
    enum { NAME_ROOM = 64 };
    struct part parts[PARTS];
    char name[NAME_ROOM] = "";
    const char *line_end = memchr(input, '\n', size);
    const size_t name_size = line_end == NULL ? 0 : (size_t)(line_end - input);
    size_t count = 0;
    if (name_size < sizeof name)
        memcpy(name, input, name_size);
    parts[count++] = (struct part){.name = name,
                                   .body = line_end == NULL ? input : line_end + 1,
                                   .size = line_end == NULL ? 0 : size - name_size - 1};
    for (size_t i = 1; i < PARTS; i++)
        if (strcmp(sound[i].name, name) != 0)
            parts[count++] = (struct part){sound[i].name, sound[i].body, strlen(sound[i].body)};
    return pack(parts, count);
}

/* ---- what must hold ---- */

static uint64_t read_rows(struct xlsx_source *source)
{
    struct row row;
    uint64_t last = 0;
    uint64_t rows = 0;
    while (xlsx_source_next(source, &row)) {
        if (row.number <= last || row.cell_count > SOURCE_COLUMNS_MAX)
            abort();
        for (size_t i = 0; i < row.cell_count; i++)
            if (strlen(row.cells[i]) > SOURCE_CELL_BYTES_MAX)
                abort();
        last = row.number;
        rows++;
    }
    if (xlsx_source_failed(source)) /* a survey that let it pass was wrong */
        abort();
    return rows;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct archive archive;
    struct xlsx_source *source = NULL;
    struct reason reason = {0};
    if (size >= 2 && memcmp(bytes, "PK", 2) == 0) {
        archive = (struct archive){.bytes = malloc(size), .size = size};
        if (archive.bytes == NULL)
            abort();
        memcpy(archive.bytes, bytes, size);
    } else if (size < ARCHIVE_ROOM / 2) {
        archive = pack_part((const char *)bytes, size);
    } else {
        return 0;
    }
    if (xlsx_source_open(&archive.bytes, archive.size, &source, &reason) == SOURCE_OPENED &&
        xlsx_source_choose_sheet(source, NULL, 0, &reason)) {
        const uint64_t rows = read_rows(source);
        xlsx_source_rewind(source);
        if (read_rows(source) != rows)
            abort();
    } else if (reason.code[0] == '\0' || reason.zh[0] == '\0') {
        abort();
    }
    xlsx_source_close(&source);
    free(archive.bytes);
    return 0;
}
