/* Registers (台账): which files are versions of the same one, and which rows a version has no more. */
#ifndef SANLING_REGISTER_H
#define SANLING_REGISTER_H

#include "doubled_keys.h"
#include "outbox.h"

/* Hashes of a version's keys, sorted, each once. */
struct register_keys {
    uint8_t (*hashes)[KEY_HASH_SIZE];
    size_t count;
};

void register_keys_free(struct register_keys *keys);
/* What versions of one register have in common: the mapping's own name and the file's; with `register: undated`, of the
 * file's name only what is left without its ending, digits, 年 月 日 号 and punctuation. malloc'ed; NULL: memory ran
 * out. */
char *register_name(const struct mapping *mapping, const char *file_name);
/* Remembers the version that `file` is, and counts in file->vanished the keys that were sent, that the former version
 * has and this one has not; the first of them are noted. Within a transaction; the caller saves the file. */
MUST_CHECK bool register_compare(struct outbox *outbox, const char *name, const struct register_keys *keys,
                                 struct outbox_file *file, struct fault *fault);

#endif
