/* A proof that holds, as a table or as JSON, and who cosigned its checkpoint. */
#ifndef SANLINGCTL_PROOF_TABLE_H
#define SANLINGCTL_PROOF_TABLE_H

#include "record_proof.h"

#include <stdbool.h>
#include <stddef.h>

enum { PROOF_WITNESSES_MAX = 16 };

/* Those who must have cosigned. */
struct proof_witnesses {
    size_t count;
    struct note_verifier keys[PROOF_WITNESSES_MAX];
};
/* `text`: a witness's verifier key, or the file that has it. FAULT_USAGE. */
MUST_CHECK bool proof_witness_add(struct proof_witnesses *witnesses, const char *text, struct fault *fault);
/* FAULT_NO names the first one that did not cosign. */
MUST_CHECK bool proof_witnesses_check(const struct proof_witnesses *witnesses, const struct note *note,
                                      struct fault *fault);

/* The proof was checked and holds. */
void proof_table_print(const struct record_proof *proof, const struct proof_witnesses *witnesses, bool json);
/* As JSON: it does not, and why. */
void proof_table_print_refusal(const char *why);
void proof_text_free(char **text);

#endif
