/* The XML of one part, element by element, as far as its reader wants to go at a time. Names come without namespace and
 * prefix: transitional and strict workbooks, with prefixes or without, look the same. No document type is let in, so
 * no entity can be declared; depth and the length of a token are bounded. One thread uses it. */
#ifndef SANLING_XLSX_XML_H
#define SANLING_XLSX_XML_H

#include "xlsx_package.h"

enum {
    XLSX_XML_DEPTH_MAX = 64,
    XLSX_XML_TOKEN_BYTES_MAX = 1024 * 1024 /* a tag with its attributes: it must be whole before it can be taken */
};

struct xlsx_xml;

/* What is called for a part's elements and text, in their order. Attributes are pairs of name and value, NULL behind
 * the last. `depth` of the root is 1. All of it is borrowed until the call returns. */
struct xlsx_elements {
    void (*start)(void *context, const char *name, const char *const *attributes, int depth);
    void (*end)(void *context, const char *name, int depth);
    void (*text)(void *context, const char *text, size_t size);
};

enum xlsx_xml_state { XLSX_XML_PAUSED, XLSX_XML_ENDED, XLSX_XML_FAILED };

/* NULL: *reason says why. Borrows the package, `elements` and `context`. */
struct xlsx_xml *xlsx_xml_open(struct xlsx_package *package, const char *part, enum xlsx_counted counted,
                               const struct xlsx_elements *elements, void *context, struct reason *reason);
void xlsx_xml_close(struct xlsx_xml **xml);
/* Goes on until an element asks for a pause, the part ends, or something is wrong. After ENDED or FAILED: no more. */
enum xlsx_xml_state xlsx_xml_go_on(struct xlsx_xml *xml, struct reason *reason);
/* Within a call for an element: go_on returns after it. */
void xlsx_xml_pause(struct xlsx_xml *xml);
/* Within a call for an element: go_on fails with this reason. */
void xlsx_xml_fail(struct xlsx_xml *xml, const struct reason *reason);
/* Bytes of the part that were taken so far. */
size_t xlsx_xml_taken(const struct xlsx_xml *xml);

/* Reads a whole part, counted. `context` is what the elements get; those that must fail or pause need an open xml. */
bool xlsx_xml_read(struct xlsx_package *package, const char *part, const struct xlsx_elements *elements, void *context,
                   struct reason *reason);

/* An attribute's value by its name without prefix; NULL: it is not there. */
const char *xlsx_attribute(const char *const *attributes, const char *name);
/* Whether an attribute is there and true. */
bool xlsx_attribute_is_true(const char *const *attributes, const char *name);
/* An attribute as a whole number from 0 to `limit`; false: it is not there, or none. */
bool xlsx_attribute_number(const char *const *attributes, const char *name, uint32_t limit, uint32_t *number);

#endif
