/* Signs publish messages with the office's own key (proto/proof/batch.h), and the files that such keys are in. */
#ifndef SANLING_SIGNING_H
#define SANLING_SIGNING_H

#include "sanling.h"

#include "proof/batch.h"

struct signing {
    bool on;
    uint8_t key[BATCH_KEY_SIZE];
    uint8_t secret[BATCH_SECRET_SIZE];
    struct batch_tree tree; /* of the message at hand */
};

/* Reads the secret file. USAGE: it cannot be read, is none, its halves do not fit, or others may read it. */
bool signing_read(struct signing *signing, const char *file, struct sanling_error *error);
/* Overwrites the key and frees the tree. */
void signing_clear(struct signing *signing);

/* Bytes of the BatchSignature of so many events. */
size_t signing_size(size_t count);
/* Writes it at `at`; draws the salts. Returns what lies behind. */
uint8_t *signing_write(struct signing *signing, const char *source, uint64_t first_sequence,
                       const struct sanling_bytes *events, size_t count, uint8_t *at);

/* How protobuf writes a number, and how long it gets. */
uint8_t *put_varint(uint8_t *at, uint64_t value);
size_t varint_size(uint64_t value);

#endif
