#include "proof/checkpoint.h"

#include "proof/line.h"

#include <stdio.h>
#include <string.h>

void checkpoint_write(const struct checkpoint *checkpoint, char text[static CHECKPOINT_TEXT_SIZE])
{
    const int at =
        snprintf(text, CHECKPOINT_TEXT_SIZE, "%s\n%llu\n", checkpoint->origin, (unsigned long long)checkpoint->size);
    strcpy(line_write_base64(text + at, checkpoint->root.bytes, MERKLE_HASH_SIZE), "\n");
}

static bool read_origin(const struct line *line, char origin[static NOTE_NAME_MAX + 1])
{
    if (line->size == 0 || line->size > NOTE_NAME_MAX)
        return false;
    for (size_t i = 0; i < line->size; i++)
        if ((unsigned char)line->start[i] < ' ')
            return false;
    memcpy(origin, line->start, line->size);
    origin[line->size] = '\0';
    return true;
}

bool checkpoint_read(const char *text, size_t size, struct checkpoint *checkpoint, struct fault *fault)
{
    struct checkpoint read = {0};
    struct line line;
    if (!line_take(&text, &size, &line) || !read_origin(&line, read.origin))
        return fault_set(fault, FAULT_USAGE, "no checkpoint: line 1 is no log's name of 1 to %d bytes", NOTE_NAME_MAX);
    if (!line_take(&text, &size, &line) || !line_decimal(&line, &read.size))
        return fault_set(fault, FAULT_USAGE, "no checkpoint: line 2 is no number of records");
    if (!line_take(&text, &size, &line) || !line_base64_exactly(&line, read.root.bytes, MERKLE_HASH_SIZE))
        return fault_set(fault, FAULT_USAGE, "no checkpoint: line 3 is no root in base64");
    for (int number = 4; size > 0; number++)
        if (!line_take(&text, &size, &line) || line.size == 0)
            return fault_set(fault, FAULT_USAGE, "no checkpoint: line %d is empty or not ended", number);
    *checkpoint = read;
    return true;
}

bool checkpoint_open(const char *bytes, size_t size, const struct note_verifier *log, struct checkpoint *checkpoint,
                     struct note *note, struct fault *fault)
{
    struct checkpoint read;
    if (!note_read(bytes, size, note, fault) || !checkpoint_read(note->text, note->text_size, &read, fault))
        return false;
    if (strcmp(read.origin, log->name) != 0)
        return fault_set(fault, FAULT_NO, "checkpoint of '%s', not of '%s'; use that log's verifier key", read.origin,
                         log->name);
    if (note_verify(note, log) == NULL)
        return fault_set(fault, FAULT_NO, "checkpoint of '%s': not signed with that key; do not believe it",
                         read.origin);
    *checkpoint = read;
    return true;
}
