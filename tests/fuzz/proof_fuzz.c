/* A proof of any bytes is read in its one form or refused with a reason; whatever numbers stand in it, the checks end.
 */
#include "proof/proof_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(const struct proof_file *file)
{
    struct note note;
    struct checkpoint checkpoint;
    struct fault fault = {0};
    if (!note_read(file->checkpoint, file->checkpoint_size, &note, &fault) ||
        !checkpoint_read(note.text, note.text_size, &checkpoint, &fault))
        return;
    /* the leaf of proof.txt, whose entry is one byte */
    const struct merkle_hash leaf = merkle_leaf("\2", 1);
    if (merkle_check_inclusion(file->index, checkpoint.size, &leaf, &file->proof, &checkpoint.root) &&
        file->index >= checkpoint.size)
        abort();
    if (merkle_check_consistency(file->index, checkpoint.size, &leaf, &checkpoint.root, &file->proof) &&
        file->index > checkpoint.size)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct proof_file file;
    struct fault fault = {0};
    if (!proof_file_read((const char *)bytes, size, &file, &fault)) {
        if (fault.code != FAULT_USAGE)
            abort();
        return 0;
    }
    check(&file);
    char *written = proof_file_write(&file);
    if (!written || strlen(written) != size || memcmp(written, bytes, size) != 0)
        abort();
    free(written);
    proof_file_clear(&file);
    return 0;
}
