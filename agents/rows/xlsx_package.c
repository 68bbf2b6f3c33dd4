#include "xlsx_package.h"

#include "fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

struct xlsx_package {
    zip_t *zip;
    char **names; /* by the zip's number of the entry, as they are compared */
    size_t part_count;
    size_t inflated_max; /* of all parts together */
    size_t inflated;     /* of those counted */
    bool damaged;
};

struct xlsx_part {
    struct xlsx_package *package;
    zip_file_t *file;
    enum xlsx_counted counted;
    size_t inflated;
};

static bool out_of_memory(struct reason *reason)
{
    return reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
}

/* ---- names ---- */

/* Without regard to case or to which way the slashes lean. */
static char *compared_name(const char *name)
{
    while (*name == '/' || *name == '\\')
        name++;
    char *compared = strdup(name);
    for (char *c = compared; c != NULL && *c != '\0'; c++)
        *c = *c == '\\' ? '/' : *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    return compared;
}

static void name_free(char **name)
{
    free(*name);
    *name = NULL;
}

/* The entry's number; -1: there is none. */
static zip_int64_t find_part(const struct xlsx_package *package, const char *name)
{
    CLEANUP(name_free) char *compared = compared_name(name);
    for (size_t i = 0; compared != NULL && i < package->part_count; i++)
        if (strcmp(package->names[i], compared) == 0)
            return (zip_int64_t)i;
    return -1;
}

bool xlsx_package_has(const struct xlsx_package *package, const char *name)
{
    return find_part(package, name) >= 0;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Two parts of one name: programs would differ in which of them is the sheet. */
static bool names_are_unique(const struct xlsx_package *package)
{
    char *sorted[XLSX_PARTS_MAX];
    memcpy(sorted, package->names, package->part_count * sizeof *sorted);
    qsort(sorted, package->part_count, sizeof *sorted, compare_names);
    for (size_t i = 1; i < package->part_count; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            return false;
    return true;
}

static bool take_names(struct xlsx_package *package, struct reason *reason)
{
    const zip_int64_t count = zip_get_num_entries(package->zip, 0);
    if (count > XLSX_PARTS_MAX)
        return reason_set(reason, REASON_TOO_LARGE, "压缩包里超过 %d 个部分：不是表格软件写的文件",
                          "more than %d parts in the archive: no spreadsheet program wrote it", XLSX_PARTS_MAX);
    package->names = calloc((size_t)count + 1, sizeof *package->names);
    if (package->names == NULL)
        return out_of_memory(reason);
    for (; package->part_count < (size_t)count; package->part_count++) {
        const char *name = zip_get_name(package->zip, package->part_count, ZIP_FL_ENC_RAW);
        package->names[package->part_count] = compared_name(name == NULL ? "" : name);
        if (package->names[package->part_count] == NULL)
            return out_of_memory(reason);
    }
    return names_are_unique(package) ||
           reason_set(reason, REASON_MALFORMED, "压缩包里有两个同名的部分", "two parts of the archive have one name");
}

/* ---- opening ---- */

static bool is_encrypted(const struct xlsx_package *package)
{
    for (size_t i = 0; i < package->part_count; i++) {
        zip_stat_t stat;
        if (zip_stat_index(package->zip, i, 0, &stat) == 0 && (stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 &&
            stat.encryption_method != ZIP_EM_NONE)
            return true;
    }
    return false;
}

/* Every part is what an office program writes; whether it is a workbook at all is asked of what is in it. */
static bool is_readable(const struct xlsx_package *package, struct reason *reason)
{
    if (is_encrypted(package))
        return reason_set(reason, REASON_UNSUPPORTED, "文件带密码：请去掉密码后另存为 .xlsx",
                          "the file has a password: save it as .xlsx without one");
    if (xlsx_package_has(package, "xl/workbook.bin"))
        return reason_set(reason, REASON_UNSUPPORTED, "这是二进制工作簿 .xlsb：请另存为 .xlsx",
                          "a binary workbook (.xlsb): save it as .xlsx");
    if (xlsx_package_has(package, "content.xml"))
        return reason_set(reason, REASON_UNSUPPORTED, "这是 OpenDocument 文件（如 .ods）：请另存为 .xlsx",
                          "an OpenDocument file (such as .ods): save it as .xlsx");
    if (xlsx_package_has(package, "word/document.xml"))
        return reason_set(reason, REASON_UNSUPPORTED, "这是文字文档 .docx，不是表格：请把表格另存为 .xlsx",
                          "a text document (.docx), not a sheet: save the table as .xlsx");
    if (!xlsx_package_has(package, "xl/workbook.xml") && !xlsx_package_has(package, "_rels/.rels"))
        return reason_set(reason, REASON_UNSUPPORTED, "这是压缩包，里面没有工作簿：请放入 .xlsx 或 CSV 文件本身",
                          "an archive without a workbook: put the .xlsx or CSV file itself here");
    return true;
}

/* The zip library allocates for every entry before it tells how many there are: they are counted first, by the mark in
 * front of each. */
static bool has_too_many_entries(const uint8_t *bytes, size_t size)
{
    enum { ENTRIES_ALLOCATED_MAX = 4 * XLSX_PARTS_MAX }; /* a file within may have marks, too */
    size_t count = 0;
    const uint8_t *end = bytes + size;
    for (const uint8_t *at = bytes; count <= ENTRIES_ALLOCATED_MAX; count++) {
        at = memmem(at, (size_t)(end - at), "PK\x01\x02", 4);
        if (at == NULL)
            return false;
        at += 4;
    }
    return true;
}

static bool open_zip(struct xlsx_package *package, const uint8_t *bytes, size_t size)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes, size, 0, &error);
    package->zip = source == NULL ? NULL : zip_open_from_source(source, ZIP_RDONLY, &error);
    if (package->zip == NULL)
        zip_source_free(source);
    zip_error_fini(&error);
    return package->zip != NULL;
}

static size_t allowed_bytes(size_t file_size)
{
    if (file_size >= XLSX_INFLATED_BYTES_MAX / XLSX_INFLATED_RATIO_MAX)
        return XLSX_INFLATED_BYTES_MAX;
    const size_t allowed = file_size * XLSX_INFLATED_RATIO_MAX;
    return allowed > XLSX_INFLATED_BYTES_FREE ? allowed : XLSX_INFLATED_BYTES_FREE;
}

enum source_opened xlsx_package_open(const uint8_t *bytes, size_t size, struct xlsx_package **package,
                                     struct reason *reason)
{
    *package = NULL;
    if (has_too_many_entries(bytes, size)) {
        reason_set(reason, REASON_TOO_LARGE, "压缩包里超过 %d 个部分：不是表格软件写的文件",
                   "more than %d parts in the archive: no spreadsheet program wrote it", XLSX_PARTS_MAX);
        return SOURCE_REFUSED;
    }
    CLEANUP(xlsx_package_close) struct xlsx_package *opening = calloc(1, sizeof *opening);
    if (opening == NULL) {
        out_of_memory(reason);
        return SOURCE_UNSETTLED;
    }
    if (!open_zip(opening, bytes, size)) {
        reason_set(reason, REASON_MALFORMED, "文件不完整：可能还在复制，或已损坏；请重新复制一次",
                   "the file is not complete: still being copied, or damaged; copy it again");
        return SOURCE_UNSETTLED;
    }
    opening->inflated_max = allowed_bytes(size);
    if (!take_names(opening, reason) || !is_readable(opening, reason))
        return SOURCE_REFUSED;
    *package = opening;
    opening = NULL;
    return SOURCE_OPENED;
}

void xlsx_package_close(struct xlsx_package **package)
{
    struct xlsx_package *gone = *package;
    *package = NULL;
    if (gone == NULL)
        return;
    if (gone->zip != NULL)
        zip_discard(gone->zip);
    for (size_t i = 0; i < gone->part_count; i++)
        free(gone->names[i]);
    free(gone->names);
    free(gone);
}

bool xlsx_package_is_damaged(const struct xlsx_package *package)
{
    return package->damaged;
}

size_t xlsx_package_inflated(const struct xlsx_package *package)
{
    return package->inflated;
}

void xlsx_package_forget(struct xlsx_package *package, size_t inflated)
{
    package->inflated = inflated;
}

/* ---- parts ---- */

static bool part_is_damaged(struct xlsx_package *package, struct reason *reason)
{
    package->damaged = true;
    return reason_set(reason, REASON_MALFORMED, "文件里有一部分已损坏：可能还在复制；请重新复制一次",
                      "a part of the file is damaged: still being copied? copy it again");
}

/* Office programs deflate or store; anything else was not written by one. */
static bool is_packed_as_usual(const struct xlsx_package *package, zip_uint64_t index, struct reason *reason)
{
    zip_stat_t stat;
    if (zip_stat_index(package->zip, index, 0, &stat) == 0 && (stat.valid & ZIP_STAT_COMP_METHOD) != 0 &&
        (stat.comp_method == ZIP_CM_STORE || stat.comp_method == ZIP_CM_DEFLATE))
        return true;
    return reason_set(reason, REASON_UNSUPPORTED, "压缩方式不常见：请用表格软件打开，另存为 .xlsx",
                      "compressed in an unusual way: open it in a spreadsheet program and save it as .xlsx");
}

struct xlsx_part *xlsx_part_open(struct xlsx_package *package, const char *name, enum xlsx_counted counted,
                                 struct reason *reason)
{
    const zip_int64_t index = find_part(package, name);
    if (index < 0) {
        reason_set(reason, REASON_MALFORMED, "工作簿里缺少 %s", "the workbook lacks %s", name);
        return NULL;
    }
    if (!is_packed_as_usual(package, (zip_uint64_t)index, reason))
        return NULL;
    CLEANUP(xlsx_part_close) struct xlsx_part *opening = calloc(1, sizeof *opening);
    if (opening == NULL) {
        out_of_memory(reason);
        return NULL;
    }
    opening->package = package;
    opening->counted = counted;
    opening->file = zip_fopen_index(package->zip, (zip_uint64_t)index, 0);
    if (opening->file == NULL) {
        part_is_damaged(package, reason);
        return NULL;
    }
    struct xlsx_part *part = opening;
    opening = NULL;
    return part;
}

void xlsx_part_close(struct xlsx_part **part)
{
    if (*part != NULL && (*part)->file != NULL)
        zip_fclose((*part)->file);
    free(*part);
    *part = NULL;
}

bool xlsx_part_read(struct xlsx_part *part, void *bytes, size_t room, size_t *size, struct reason *reason)
{
    struct xlsx_package *package = part->package;
    const zip_int64_t read = zip_fread(part->file, bytes, room);
    if (read < 0)
        return part_is_damaged(package, reason);
    part->inflated += (size_t)read;
    package->inflated += part->counted == XLSX_COUNTED ? (size_t)read : 0;
    if (part->inflated > package->inflated_max || package->inflated > package->inflated_max)
        return reason_set(reason, REASON_TOO_LARGE, "文件解开后太大（超过 %d MiB，或超过文件本身的 %d 倍）：请分开保存",
                          "too large once unpacked (over %d MiB, or %d times the file itself): split it",
                          XLSX_INFLATED_BYTES_MAX / 1024 / 1024, XLSX_INFLATED_RATIO_MAX);
    *size = (size_t)read;
    return true;
}
