#include "source.h"

#include "csv_source.h"
#include "fault.h"
#include "xlsx_source.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One of both. */
struct source {
    struct csv_source *csv;
    struct xlsx_source *xlsx;
    uint8_t hash[SOURCE_HASH_BYTES];
};

_Static_assert(SOURCE_HASH_BYTES == crypto_hash_sha256_BYTES, "SHA-256");

static void descriptor_close(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

static void bytes_free(uint8_t **bytes)
{
    free(*bytes);
    *bytes = NULL;
}

static enum source_opened unreadable(struct reason *reason)
{
    reason_set(reason, REASON_UNREADABLE, "文件现在读不了：%s", "the file cannot be read now: %s", strerror(errno));
    return SOURCE_UNSETTLED;
}

/* The whole file, at most the limit: encodings are told apart by all of it, never by a sample. */
static enum source_opened read_file(const char *path, uint8_t **bytes, size_t *size, struct reason *reason)
{
    CLEANUP(descriptor_close) int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0)
        return unreadable(reason);
    if (!S_ISREG(status.st_mode)) {
        reason_set(reason, REASON_UNSUPPORTED, "这不是普通文件", "no regular file");
        return SOURCE_REFUSED;
    }
    if (status.st_size > SOURCE_FILE_BYTES_MAX) {
        reason_set(reason, REASON_TOO_LARGE, "文件超过 %d MiB，请分开", "larger than %d MiB: split it",
                   SOURCE_FILE_BYTES_MAX / 1024 / 1024);
        return SOURCE_REFUSED;
    }
    const size_t expected = (size_t)status.st_size;
    CLEANUP(bytes_free) uint8_t *read_bytes = malloc(expected + 1);
    if (read_bytes == NULL)
        return unreadable(reason);
    size_t taken = 0;
    while (taken < expected) {
        const ssize_t part = read(file, read_bytes + taken, expected - taken);
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return unreadable(reason);
        if (part == 0)
            break;
        taken += (size_t)part;
    }
    *bytes = read_bytes;
    read_bytes = NULL;
    *size = taken;
    return SOURCE_OPENED;
}

/* ---- what it is ---- */

static bool starts_with(const uint8_t *bytes, size_t size, const char *prefix, size_t prefix_size)
{
    return size >= prefix_size && memcmp(bytes, prefix, prefix_size) == 0;
}

static bool is_zip(const uint8_t *bytes, size_t size)
{
    return starts_with(bytes, size, "PK\x03\x04", 4) || starts_with(bytes, size, "PK\x05\x06", 4);
}

/* The container of old Office files; newer ones with a password hide in it, too. */
static bool is_old_container(const uint8_t *bytes, size_t size)
{
    return starts_with(bytes, size, "\xD0\xCF\x11\xE0", 4);
}

static bool is_markup(const uint8_t *bytes, size_t size)
{
    size_t at = starts_with(bytes, size, "\xEF\xBB\xBF", 3) ? 3 : 0;
    while (at < size && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n'))
        at++;
    return at < size && bytes[at] == '<';
}

/* Zero bytes in a row that no text has: a copy whose room was made before its bytes came. */
static bool has_hole(const uint8_t *bytes, size_t size)
{
    static const uint8_t hole[16] = {0};
    return memmem(bytes, size, hole, sizeof hole) != NULL;
}

/* Files that are no sheet to us, told by their first bytes; *reason advises. */
static bool is_of_another_kind(const uint8_t *bytes, size_t size, struct reason *reason)
{
    static const char encrypted[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
    if (is_old_container(bytes, size)) {
        if (memmem(bytes, size, encrypted, sizeof encrypted) != NULL)
            reason_set(reason, REASON_UNSUPPORTED, "文件带密码：请去掉密码后另存为 .xlsx",
                       "the file has a password: save it as .xlsx without one");
        else
            reason_set(reason, REASON_UNSUPPORTED, "这是旧版 .xls、.et 或带密码的文件：请另存为不带密码的 .xlsx",
                       "an old .xls, an .et or a file with a password: save it as .xlsx without a password");
        return true;
    }
    if (is_markup(bytes, size)) {
        reason_set(reason, REASON_UNSUPPORTED, "这是网页或 XML，不是表格：请用表格软件打开后另存为 .xlsx",
                   "a web page or XML, not a sheet: open it in a spreadsheet program and save it as .xlsx");
        return true;
    }
    return false;
}

enum source_opened source_open(const char *path, struct source **source, struct reason *reason)
{
    CLEANUP(bytes_free) uint8_t *bytes = NULL;
    size_t size = 0;
    *source = NULL;
    const enum source_opened got = read_file(path, &bytes, &size, reason);
    if (got != SOURCE_OPENED)
        return got;
    if (is_of_another_kind(bytes, size, reason))
        return SOURCE_REFUSED;
    if (!is_zip(bytes, size) && has_hole(bytes, size)) {
        reason_set(reason, REASON_ENCODING, "文件里有成片的空字节：可能还在复制",
                   "zero bytes in a row: still being copied?");
        return SOURCE_UNSETTLED;
    }
    CLEANUP(source_close) struct source *opening = calloc(1, sizeof *opening);
    if (opening == NULL)
        return unreadable(reason);
    crypto_hash_sha256(opening->hash, bytes, size);
    const enum source_opened opened = is_zip(bytes, size) ? xlsx_source_open(&bytes, size, &opening->xlsx, reason)
                                                          : csv_source_open(&bytes, size, &opening->csv, reason);
    if (opened != SOURCE_OPENED)
        return opened;
    *source = opening;
    opening = NULL;
    return SOURCE_OPENED;
}

/* ---- as its kind does it ---- */

void source_close(struct source **source)
{
    if (*source != NULL) {
        csv_source_close(&(*source)->csv);
        xlsx_source_close(&(*source)->xlsx);
    }
    free(*source);
    *source = NULL;
}

bool source_choose_sheet(struct source *source, const char *const *patterns, size_t pattern_count,
                         struct reason *reason)
{
    return source->xlsx == NULL || xlsx_source_choose_sheet(source->xlsx, patterns, pattern_count, reason);
}

bool source_next(struct source *source, struct row *row)
{
    return source->xlsx != NULL ? xlsx_source_next(source->xlsx, row) : csv_source_next(source->csv, row);
}

bool source_failed(const struct source *source)
{
    return source->xlsx != NULL && xlsx_source_failed(source->xlsx);
}

void source_rewind(struct source *source)
{
    if (source->xlsx != NULL)
        xlsx_source_rewind(source->xlsx);
    else
        csv_source_rewind(source->csv);
}

bool source_reread(struct source *source)
{
    if (source->csv != NULL)
        return csv_source_reread(source->csv);
    xlsx_source_rewind(source->xlsx); /* there is one way to read it */
    return false;
}

const char *source_reading(const struct source *source)
{
    return source->xlsx != NULL ? xlsx_source_reading(source->xlsx) : csv_source_reading(source->csv);
}

bool source_is_cut(const struct source *source, struct reason *reason)
{
    if (source->xlsx != NULL)
        return xlsx_source_is_cut(source->xlsx, reason);
    if (!csv_source_is_cut(source->csv))
        return false;
    reason_set(reason, REASON_ENCODING, "文件末尾的字不完整：可能还在复制",
               "the last character is incomplete: still being copied?");
    return true;
}

const uint8_t *source_hash(const struct source *source)
{
    return source->hash;
}

unsigned source_progress(const struct source *source)
{
    return source->xlsx != NULL ? xlsx_source_progress(source->xlsx) : csv_source_progress(source->csv);
}
