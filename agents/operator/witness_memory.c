#include "witness_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum {
    PATH_SIZE = 4096,
    LINE_SIZE = sodium_base64_ENCODED_LEN(MERKLE_HASH_SIZE, sodium_base64_VARIANT_ORIGINAL) /* its NUL: the newline */
};

/* On a file of its own: the memory itself is replaced with each change. */
static bool take_lock(struct witness_memory *memory, struct fault *fault)
{
    char path[PATH_SIZE];
    if (snprintf(path, sizeof path, "%s.lock", memory->path) >= (int)sizeof path)
        return fault_set(fault, FAULT_USAGE, "%s: the path is too long", memory->path);
    memory->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (memory->lock < 0)
        return fault_set(fault, FAULT_USAGE, "%s: %s", path, strerror(errno));
    return flock(memory->lock, LOCK_EX | LOCK_NB) == 0 ||
           fault_set(fault, FAULT_USAGE, "%s: another witness uses it", memory->path);
}

bool witness_memory_open(const char *path, const struct trusted_keys *keys, struct witness_memory *memory,
                         struct fault *fault)
{
    CLEANUP(evidence_text_clear) struct evidence_text document = {0};
    struct fault cause = {0};
    *memory = (struct witness_memory){.path = path, .lock = -1};
    if (!take_lock(memory, fault))
        return false;
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return true;
    if (!evidence_file_read(path, NOTE_SIZE_MAX, &document, fault))
        return false;
    memory->any = log_statement_open(&memory->last, &document, keys, &cause);
    return memory->any || fault_set(fault, FAULT_USAGE, "%s: no checkpoint that the log signed: %s", path, cause.text);
}

void witness_memory_close(struct witness_memory *memory)
{
    log_statement_clear(&memory->last);
    if (memory->lock >= 0)
        close(memory->lock);
    memory->lock = -1;
}

bool witness_memory_keep(struct witness_memory *memory, struct log_statement *statement, struct fault *fault)
{
    if (!evidence_file_write(memory->path, statement->document.text, statement->document.size, fault))
        return false;
    log_statement_clear(&memory->last);
    memory->last = *statement;
    memory->any = true;
    *statement = (struct log_statement){0};
    return true;
}

static bool write_beside(const struct witness_memory *memory, const char *kind, uint64_t number, const char *text,
                         size_t size, struct fault *fault)
{
    char path[PATH_SIZE];
    if (snprintf(path, sizeof path, "%s.%s-%" PRIu64, memory->path, kind, number) >= (int)sizeof path)
        return fault_set(fault, FAULT_USAGE, "%s: the path is too long", memory->path);
    return evidence_file_write(path, text, size, fault);
}

static bool write_hashes(const struct witness_memory *memory, uint64_t number, const struct merkle_proof *proof,
                         struct fault *fault)
{
    char text[MERKLE_CONSISTENCY_MAX * LINE_SIZE + 1];
    size_t size = 0;
    for (int i = 0; i < proof->count; i++) {
        sodium_bin2base64(text + size, LINE_SIZE, proof->hashes[i].bytes, MERKLE_HASH_SIZE,
                          sodium_base64_VARIANT_ORIGINAL);
        size += LINE_SIZE;
        text[size - 1] = '\n';
    }
    return proof->count == 0 || write_beside(memory, "hashes", number, text, size, fault);
}

bool witness_memory_accuse(const struct witness_memory *memory, const struct log_statement *shown,
                           const struct merkle_proof *proof, struct fault *fault)
{
    const struct log_statement *last = &memory->last;
    return write_beside(memory, "remembered", last->checkpoint.size, last->document.text, last->document.size, fault) &&
           write_beside(memory, "shown", shown->checkpoint.size, shown->document.text, shown->document.size, fault) &&
           write_hashes(memory, shown->checkpoint.size, proof, fault);
}
