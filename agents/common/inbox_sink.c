#include "inbox_sink.h"

#include "sanling.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A record in JSON is at most a few times its event's 64 KiB. */
enum { LAST_LINE_MAX = 1024 * 1024 };

struct inbox_sink {
    char *path;
    int file;
    uint64_t position;
};

static bool failed(const struct inbox_sink *sink, const char *doing, struct fault *fault)
{
    return fault_set(fault, FAULT_SYSTEM, "inbox %s: %s: %s", sink->path, doing, strerror(errno));
}

static bool position_of_line(const char *line, size_t size, uint64_t *position)
{
    json_t *record = json_loadb(line, size, 0, NULL);
    const char *text = json_string_value(json_object_get(record, "position"));
    char *end = NULL;
    *position = text == NULL ? 0 : strtoull(text, &end, 10);
    const bool found = text != NULL && *end == '\0' && *position > 0;
    json_decref(record);
    return found;
}

/* Where the last line that ends in a line feed begins and ends, within the file's tail. */
static void find_last_line(const char *tail, size_t size, size_t *start, size_t *end)
{
    *end = size;
    while (*end > 0 && tail[*end - 1] != '\n')
        --*end;
    *start = *end == 0 ? 0 : *end - 1;
    while (*start > 0 && tail[*start - 1] != '\n')
        --*start;
}

static bool continue_after_last_line(struct inbox_sink *sink, struct fault *fault)
{
    struct stat status;
    if (fstat(sink->file, &status) != 0)
        return failed(sink, "stat", fault);
    const off_t from = status.st_size > LAST_LINE_MAX ? status.st_size - LAST_LINE_MAX : 0;
    CLEANUP(text_free) char *tail = malloc(LAST_LINE_MAX + 1);
    const ssize_t size = tail == NULL ? -1 : pread(sink->file, tail, LAST_LINE_MAX, from);
    if (size < 0)
        return failed(sink, "read", fault);
    size_t start;
    size_t end;
    find_last_line(tail, (size_t)size, &start, &end);
    if (end > 0 && !position_of_line(tail + start, end - start, &sink->position))
        return fault_set(fault, FAULT_DAMAGED, "inbox %s: its last line is no record: move the file away", sink->path);
    if (end == 0 && from > 0)
        return fault_set(fault, FAULT_DAMAGED, "inbox %s: it is no file of JSON lines: move it away", sink->path);
    if (from + (off_t)end < status.st_size && ftruncate(sink->file, from + (off_t)end) != 0)
        return failed(sink, "truncate", fault);
    return true;
}

/* The office's other programs may read it, those of its group. */
static int open_or_create(const char *path)
{
    enum { FLAGS = O_RDWR | O_APPEND | O_CLOEXEC };
    const mode_t mode = S_IRUSR | S_IWUSR | S_IRGRP;
    int file = open(path, FLAGS);
    if (file >= 0 || errno != ENOENT)
        return file;
    file = open(path, FLAGS | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
    if (file >= 0 && fchmod(file, mode) != 0) {
        close(file);
        file = -1;
    }
    return file;
}

struct inbox_sink *inbox_sink_open(const char *path, struct fault *fault)
{
    CLEANUP(inbox_sink_close) struct inbox_sink *sink = calloc(1, sizeof *sink);
    if (sink == NULL)
        return NULL;
    sink->file = -1;
    sink->path = strdup(path);
    if (sink->path == NULL)
        return NULL;
    sink->file = open_or_create(path);
    if (sink->file < 0) {
        failed(sink, "open", fault);
        return NULL;
    }
    if (!continue_after_last_line(sink, fault))
        return NULL;
    struct inbox_sink *opened = sink;
    sink = NULL;
    return opened;
}

void inbox_sink_close(struct inbox_sink **sink)
{
    if (*sink != NULL) {
        if ((*sink)->file >= 0)
            close((*sink)->file);
        free((*sink)->path);
    }
    free(*sink);
    *sink = NULL;
}

static bool write_all(struct inbox_sink *sink, const char *text, size_t size, struct fault *fault)
{
    while (size > 0) {
        const ssize_t written = write(sink->file, text, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return failed(sink, "write", fault);
        text += written;
        size -= (size_t)written;
    }
    return true;
}

static bool write_record(struct inbox_sink *sink, const Sanling__V1__Record *record, struct fault *fault)
{
    CLEANUP(text_free) char *json = sanling_json_from_message(&record->base);
    if (json == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    const size_t size = strlen(json);
    json[size] = '\n'; /* in place of the NUL: one write, so that a line is rarely cut */
    return write_all(sink, json, size + 1, fault);
}

bool inbox_sink_append(struct inbox_sink *sink, Sanling__V1__Record *const *records, size_t count, struct fault *fault)
{
    uint64_t position = sink->position;
    for (size_t i = 0; i < count; i++) {
        if (records[i]->position <= position)
            continue;
        if (!write_record(sink, records[i], fault))
            return false;
        position = records[i]->position;
    }
    if (position == sink->position)
        return true;
    if (fsync(sink->file) != 0)
        return failed(sink, "fsync", fault);
    sink->position = position;
    return true;
}

bool inbox_sink_append_json(struct inbox_sink *sink, uint64_t position, const char *json, struct fault *fault)
{
    if (position <= sink->position)
        return true;
    const off_t end = lseek(sink->file, 0, SEEK_END);
    if (end < 0)
        return failed(sink, "seek", fault);
    if (!write_all(sink, json, strlen(json), fault) || !write_all(sink, "\n", 1, fault)) {
        /* The caller may try again: nothing may stand behind half a line. */
        if (ftruncate(sink->file, end) != 0)
            return failed(sink, "truncate", fault);
        return false;
    }
    if (fsync(sink->file) != 0)
        return failed(sink, "fsync", fault);
    sink->position = position;
    return true;
}

void inbox_sink_step_back(struct inbox_sink *sink, uint64_t position)
{
    if (sink->position > position)
        sink->position = position;
}

bool inbox_sink_size(const struct inbox_sink *sink, uint64_t *size, struct fault *fault)
{
    struct stat status;
    if (fstat(sink->file, &status) != 0)
        return failed(sink, "stat", fault);
    *size = (uint64_t)status.st_size;
    return true;
}

uint64_t inbox_sink_position(const struct inbox_sink *sink)
{
    return sink->position;
}
