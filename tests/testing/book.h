/* Workbooks (.xlsx) for tests, part by part, so that each may be as wrong as a test wants. */
#ifndef TESTING_BOOK_H
#define TESTING_BOOK_H

#include <stddef.h>

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define STRICT_MAIN "http://purl.oclc.org/ooxml/spreadsheetml/main"
#define RELATIONS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define STRICT_RELATIONS "http://purl.oclc.org/ooxml/officeDocument/relationships"

#define RELATIONSHIPS(links)                                                                                           \
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" links "</Relationships>"
#define LINK(id, kind, target) "<Relationship Id=\"" id "\" Type=\"" RELATIONS "/" kind "\" Target=\"" target "\"/>"

#define WORKBOOK(inside) "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" RELATIONS "\">" inside "</workbook>"
#define ONE_SHEET "<sheets><sheet name=\"台账\" sheetId=\"1\" r:id=\"rId1\"/></sheets>"
#define SHEET(rows) "<worksheet xmlns=\"" MAIN "\"><sheetData>" rows "</sheetData></worksheet>"

enum { BOOK_PARTS_MAX = 16 };

struct book {
    char path[64];
    const char *names[BOOK_PARTS_MAX];
    const char *bodies[BOOK_PARTS_MAX];
    size_t sizes[BOOK_PARTS_MAX];
    size_t count;
};

/* An empty file under /tmp, and no parts. book_remove removes the file. */
void book_make(struct book *book);
void book_remove(const struct book *book);
/* A part, in place of one of the same name; all is borrowed until the book is written. */
void book_put(struct book *book, const char *name, const char *body);
void book_put_bytes(struct book *book, const char *name, const void *body, size_t size);
/* A workbook of one sheet, 台账, as spreadsheet programs lay it out: no strings, no styles. */
void book_put_usual(struct book *book, const char *sheet);
/* The parts as an archive at book->path. */
void book_write(const struct book *book);

#endif
