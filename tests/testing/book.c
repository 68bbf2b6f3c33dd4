#include "book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include <cmocka.h>

void book_make(struct book *book)
{
    *book = (struct book){0};
    strcpy(book->path, "/tmp/sanling-book.XXXXXX");
    const int descriptor = mkstemp(book->path);
    assert_true(descriptor >= 0);
    close(descriptor);
}

void book_remove(const struct book *book)
{
    unlink(book->path);
}

void book_put_bytes(struct book *book, const char *name, const void *body, size_t size)
{
    size_t i = 0;
    while (i < book->count && strcmp(book->names[i], name) != 0)
        i++;
    assert_true(i < BOOK_PARTS_MAX);
    book->names[i] = name;
    book->bodies[i] = body;
    book->sizes[i] = size;
    book->count = i == book->count ? i + 1 : book->count;
}

void book_put(struct book *book, const char *name, const char *body)
{
    book_put_bytes(book, name, body, strlen(body));
}

void book_put_usual(struct book *book, const char *sheet)
{
    book_put(book, "_rels/.rels", RELATIONSHIPS(LINK("rId1", "officeDocument", "xl/workbook.xml")));
    book_put(book, "xl/_rels/workbook.xml.rels",
             RELATIONSHIPS(LINK("rId1", "worksheet", "worksheets/sheet1.xml") LINK("rId2", "styles", "styles.xml")
                               LINK("rId3", "sharedStrings", "/xl/sharedStrings.xml")));
    book_put(book, "xl/workbook.xml", WORKBOOK(ONE_SHEET));
    book_put(book, "xl/worksheets/sheet1.xml", sheet);
    book_put(book, "xl/styles.xml", "<styleSheet xmlns=\"" MAIN "\"/>");
    book_put(book, "xl/sharedStrings.xml", "<sst xmlns=\"" MAIN "\"/>");
}

void book_write(const struct book *book)
{
    int error;
    zip_t *zip = zip_open(book->path, ZIP_CREATE | ZIP_TRUNCATE, &error);
    assert_non_null(zip);
    for (size_t i = 0; i < book->count; i++) {
        zip_source_t *part = zip_source_buffer(zip, book->bodies[i], book->sizes[i], 0);
        assert_true(zip_file_add(zip, book->names[i], part, ZIP_FL_ENC_UTF_8) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
}
