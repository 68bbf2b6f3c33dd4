#include "proof/proof_file.h"

#include "proof/line.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char first_line[] = "c2sp.org/tlog-proof@v1";
enum {
    HASH_LINE_SIZE = LINE_BASE64_SIZE(MERKLE_HASH_SIZE) + 1,
    /* first line, "extra " and "index " with 20 digits, newlines and a NUL */
    HEADER_SIZE = sizeof first_line + 6 + 6 + 20 + 4 + 1,
};

char *proof_file_write(const struct proof_file *file)
{
    assert(file->proof.count >= 0 && file->proof.count <= MERKLE_PROOF_MAX);
    char *text = malloc(HEADER_SIZE + LINE_BASE64_SIZE(file->extra_size) + (size_t)file->proof.count * HASH_LINE_SIZE +
                        file->checkpoint_size);
    if (text == NULL)
        return NULL;
    char *at = text + sprintf(text, "%s\n", first_line);
    if (file->extra_size > 0) {
        at = line_write_base64(at + sprintf(at, "extra "), file->extra, file->extra_size);
        *at++ = '\n';
    }
    at += sprintf(at, "index %llu\n", (unsigned long long)file->index);
    for (int i = 0; i < file->proof.count; i++) {
        at = line_write_base64(at, file->proof.hashes[i].bytes, MERKLE_HASH_SIZE);
        *at++ = '\n';
    }
    *at++ = '\n';
    memcpy(at, file->checkpoint, file->checkpoint_size);
    at[file->checkpoint_size] = '\0';
    return text;
}

static bool read_extra(const struct line *line, struct proof_file *file, struct fault *fault)
{
    file->extra = malloc(line->size + 1);
    if (file->extra == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    if (line->size == 0 || !line_base64(line, file->extra, line->size, &file->extra_size))
        return fault_set(fault, FAULT_USAGE, "no proof: line 2 holds no base64");
    return true;
}

/* Lines up to the empty one. */
static bool read_hashes(const char **bytes, size_t *size, struct merkle_proof *proof, struct fault *fault)
{
    struct line line;
    for (;;) {
        if (!line_take(bytes, size, &line))
            return fault_set(fault, FAULT_USAGE, "no proof: cut off before the checkpoint");
        if (line.size == 0)
            return true;
        if (proof->count == MERKLE_PROOF_MAX)
            return fault_set(fault, FAULT_USAGE, "no proof: more than %d hashes", MERKLE_PROOF_MAX);
        if (!line_base64_exactly(&line, proof->hashes[proof->count].bytes, MERKLE_HASH_SIZE))
            return fault_set(fault, FAULT_USAGE, "no proof: hash %d is no 32 bytes in base64", proof->count + 1);
        proof->count++;
    }
}

static bool read_checkpoint(const char *bytes, size_t size, struct proof_file *file, struct fault *fault)
{
    if (size == 0 || memchr(bytes, '\0', size) != NULL)
        return fault_set(fault, FAULT_USAGE, "no proof: no checkpoint behind the hashes");
    file->checkpoint = malloc(size + 1);
    if (file->checkpoint == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    memcpy(file->checkpoint, bytes, size);
    file->checkpoint[size] = '\0';
    file->checkpoint_size = size;
    return true;
}

static bool read_parts(const char *bytes, size_t size, struct proof_file *file, struct fault *fault)
{
    struct line line;
    if (!line_take(&bytes, &size, &line) || line.size != strlen(first_line) || !line_drop(&line, first_line))
        return fault_set(fault, FAULT_USAGE, "no proof: line 1 is not '%s'", first_line);
    bool taken = line_take(&bytes, &size, &line);
    if (taken && line_drop(&line, "extra ")) {
        if (!read_extra(&line, file, fault))
            return false;
        taken = line_take(&bytes, &size, &line);
    }
    if (!taken || !line_drop(&line, "index ") || !line_decimal(&line, &file->index))
        return fault_set(fault, FAULT_USAGE, "no proof: no line with the index");
    return read_hashes(&bytes, &size, &file->proof, fault) && read_checkpoint(bytes, size, file, fault);
}

bool proof_file_read(const char *bytes, size_t size, struct proof_file *file, struct fault *fault)
{
    struct proof_file read = {0};
    if (size > PROOF_FILE_SIZE_MAX)
        return fault_set(fault, FAULT_USAGE, "no proof: longer than %d bytes", PROOF_FILE_SIZE_MAX);
    if (!read_parts(bytes, size, &read, fault)) {
        proof_file_clear(&read);
        return false;
    }
    *file = read;
    return true;
}

void proof_file_clear(struct proof_file *file)
{
    free(file->extra);
    free(file->checkpoint);
    *file = (struct proof_file){0};
}
