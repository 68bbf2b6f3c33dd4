/* The digest of a state is that of its log: however the log was cut into blocks, and whether it was written or read. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "published.h"
#include "recovery.h"

enum { DIGEST_SIZE = 32 };

struct bench {
    struct history history;
    struct published published;
};

/* The digest of the running state, after checking that of the log when it is read back. */
static bool digest_of(struct bench *bench, uint32_t block_size, uint8_t running[static DIGEST_SIZE])
{
    struct published *published = &bench->published;
    struct ledger read;
    struct fault fault;
    uint8_t again[DIGEST_SIZE];
    published_open(published, &bench->history, block_size);
    ledger_digest(&published->ledger, running);
    ledger_open(&read);
    bool same = recover_state(&read, published->log, published->folder, NULL, NULL, &fault);
    if (!same) {
        printf("  %s\n", fault.text);
    } else {
        ledger_digest(&read, again);
        same = memcmp(running, again, DIGEST_SIZE) == 0;
    }
    if (!same)
        printf("  blocks of %" PRIu32 ": what was read is not what was running\n", block_size);
    ledger_close(&read);
    published_close(published);
    return same;
}

static bool the_digest_is_that_of_the_log(struct bench *bench, uint64_t seed)
{
    /* every block waits for the disk: small ones are not small for long histories */
    const uint32_t sizes[] = {20 + (uint32_t)(seed % 60), 200 + (uint32_t)(seed % 300), UINT32_MAX};
    uint8_t first[DIGEST_SIZE];
    history_draw(&bench->history, seed);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t digest[DIGEST_SIZE];
        if (!digest_of(bench, sizes[i], digest))
            return false;
        if (i == 0)
            memcpy(first, digest, sizeof first);
        if (memcmp(first, digest, sizeof first) != 0) {
            printf("  blocks of %" PRIu32 " and of %" PRIu32 " end differently\n", sizes[0], sizes[i]);
            return false;
        }
    }
    if (bench->published.accepted > 4 * bench->published.rejected)
        return true;
    printf("  %" PRIu32 " acts accepted, %" PRIu32 " rejected: that tests little\n", bench->published.accepted,
           bench->published.rejected);
    return false;
}

int main(int argc, char **argv)
{
    uint64_t first = 1;
    uint64_t seeds = 1;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seed") == 0)
            first = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--seeds") == 0)
            seeds = strtoull(argv[i + 1], NULL, 10);
    }
    struct bench *bench = calloc(1, sizeof *bench);
    if (!bench)
        abort();
    bool all = true;
    for (uint64_t seed = first; seed < first + seeds && all; seed++) {
        all = the_digest_is_that_of_the_log(bench, seed);
        if (!all)
            printf("the_digest_is_that_of_the_log does not hold: simulation-digest --seed %" PRIu64 "\n", seed);
    }
    free(bench);
    return all ? 0 : 1;
}
