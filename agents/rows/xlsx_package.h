/* A workbook as a package: a zip whose entries are its parts. What the zip's directory says of sizes is never believed:
 * what comes out is counted while it comes. Part names are compared without regard to case, and `\` is `/`, for
 * programs write both. One thread uses a package. */
#ifndef SANLING_XLSX_PACKAGE_H
#define SANLING_XLSX_PACKAGE_H

#include "source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    XLSX_PARTS_MAX = 1000,
    XLSX_INFLATED_BYTES_MAX = 256 * 1024 * 1024, /* of all parts together */
    XLSX_INFLATED_RATIO_MAX = 200,               /* of the file's size: XML of sheets takes a tenth or less of that */
    XLSX_INFLATED_BYTES_FREE = 1024 * 1024,      /* so much is never too much: small files repeat themselves */
    XLSX_PART_NAME_MAX = 512
};

struct xlsx_package;

/* Opens it over `bytes`, which stay the caller's and must outlive it. UNSETTLED: it has no directory, which stands at
 * the end of a zip: cut, or still being copied. REFUSED: another kind of zip (.ods, .docx, .xlsb), a password, too many
 * parts. *package is NULL unless OPENED, else *reason says why. */
enum source_opened xlsx_package_open(const uint8_t *bytes, size_t size, struct xlsx_package **package,
                                     struct reason *reason);
void xlsx_package_close(struct xlsx_package **package);
bool xlsx_package_has(const struct xlsx_package *package, const char *name);

/* What was counted so far; and back to as much, for parts that will be read again. */
size_t xlsx_package_inflated(const struct xlsx_package *package);
void xlsx_package_forget(struct xlsx_package *package, size_t inflated);
/* Whether a part's bytes were found damaged: they do not inflate, or have another checksum. */
bool xlsx_package_is_damaged(const struct xlsx_package *package);

/* Whether what a part inflates to counts towards the limit for all: the first time that it is read. */
enum xlsx_counted { XLSX_COUNTED, XLSX_COUNTED_BEFORE };

struct xlsx_part;

/* NULL: there is no such part, or memory ran out. The package must outlive it. */
struct xlsx_part *xlsx_part_open(struct xlsx_package *package, const char *name, enum xlsx_counted counted,
                                 struct reason *reason);
void xlsx_part_close(struct xlsx_part **part);
/* The next bytes, at most `room`; *size is 0 at the end. false: damaged, or more than the limits allow. */
bool xlsx_part_read(struct xlsx_part *part, void *bytes, size_t room, size_t *size, struct reason *reason);

#endif
