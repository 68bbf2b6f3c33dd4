/* What a witness remembers: the last checkpoint that it cosigned, or was about to. It is written down before anything
 * is signed, so that a witness that ends at any moment never signs what contradicts what it signed before. */
#ifndef SANLINGCTL_WITNESS_MEMORY_H
#define SANLINGCTL_WITNESS_MEMORY_H

#include "log_check.h"

struct witness_memory {
    const char *path;
    int lock; /* held while open: two witnesses with one memory would each know half; -1: not held */
    bool any; /* something is remembered */
    struct log_statement last;
};
/* FAULT_USAGE: another witness has it open, or what stands in the file is no checkpoint of the log. A file that is not
 * there is an empty memory. */
MUST_CHECK bool witness_memory_open(const char *path, const struct trusted_keys *keys, struct witness_memory *memory,
                                    struct fault *fault);
void witness_memory_close(struct witness_memory *memory);
/* Durable when it returns true. Takes the statement over. */
MUST_CHECK bool witness_memory_keep(struct witness_memory *memory, struct log_statement *statement,
                                    struct fault *fault);
/* Writes beside the memory what the hub showed and what is remembered: PATH.remembered-SIZE and PATH.shown-SIZE, and
 * the hashes that were to connect them, if there were any. The memory stays as it is. */
MUST_CHECK bool witness_memory_accuse(const struct witness_memory *memory, const struct log_statement *shown,
                                      const struct merkle_proof *proof, struct fault *fault);

#endif
