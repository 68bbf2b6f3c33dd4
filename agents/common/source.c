#include "source.h"

#include "csv_source.h"
#include "fault.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct source {
    struct csv_source *csv;
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
    if (!S_ISREG(status.st_mode) || status.st_size > SOURCE_FILE_BYTES_MAX) {
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

enum source_opened source_open(const char *path, struct source **source, struct reason *reason)
{
    CLEANUP(bytes_free) uint8_t *bytes = NULL;
    size_t size = 0;
    *source = NULL;
    const enum source_opened got = read_file(path, &bytes, &size, reason);
    if (got != SOURCE_OPENED)
        return got;
    CLEANUP(source_close) struct source *opening = calloc(1, sizeof *opening);
    if (opening == NULL)
        return unreadable(reason);
    crypto_hash_sha256(opening->hash, bytes, size);
    const enum source_opened opened = csv_source_open(&bytes, size, &opening->csv, reason);
    if (opened != SOURCE_OPENED)
        return opened;
    *source = opening;
    opening = NULL;
    return SOURCE_OPENED;
}

void source_close(struct source **source)
{
    if (*source != NULL)
        csv_source_close(&(*source)->csv);
    free(*source);
    *source = NULL;
}

bool source_next(struct source *source, struct row *row)
{
    return csv_source_next(source->csv, row);
}

void source_rewind(struct source *source)
{
    csv_source_rewind(source->csv);
}

bool source_reread(struct source *source)
{
    return csv_source_reread(source->csv);
}

const char *source_reading(const struct source *source)
{
    return csv_source_reading(source->csv);
}

bool source_is_cut(const struct source *source)
{
    return csv_source_is_cut(source->csv);
}

const uint8_t *source_hash(const struct source *source)
{
    return source->hash;
}

unsigned source_progress(const struct source *source)
{
    return csv_source_progress(source->csv);
}
