/* Runs a fuzz target without a fuzzer: the files given as seeds, then mutations of them, the same ones each time.
 *
 *     smoke RUNS SEED-FILE...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { INPUT_MAX = 1 << 16 };

static uint64_t next_random(uint64_t *seed)
{
    uint64_t z = *seed += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* Changes, cuts, repeats or drops a few bytes. */
static size_t mutate(uint8_t *bytes, size_t size, uint64_t *seed)
{
    for (uint64_t left = next_random(seed) % 6 + 1; left > 0 && size > 0; left--) {
        size_t at = next_random(seed) % size;
        switch (next_random(seed) % 4) {
        case 0:
            bytes[at] = (uint8_t)next_random(seed);
            break;
        case 1:
            bytes[at] ^= (uint8_t)(1u << next_random(seed) % 8);
            break;
        case 2:
            size = at;
            break;
        default:
            if (size + 8 < INPUT_MAX && at + 8 < size) {
                memmove(bytes + at + 8, bytes + at, size - at);
                size += 8;
            }
            break;
        }
    }
    return size;
}

static size_t read_seed(const char *path, uint8_t bytes[static INPUT_MAX])
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(2);
    }
    size_t size = fread(bytes, 1, INPUT_MAX, file);
    fclose(file);
    return size;
}

int main(int count, char **arguments)
{
    static uint8_t seed_bytes[INPUT_MAX];
    static uint8_t bytes[INPUT_MAX];
    if (count < 3) {
        fputs("usage: smoke RUNS SEED-FILE...\n", stderr);
        return 2;
    }
    unsigned long runs = strtoul(arguments[1], NULL, 10);
    uint64_t seed = 1;
    for (int i = 2; i < count; i++) {
        size_t size = read_seed(arguments[i], seed_bytes);
        LLVMFuzzerTestOneInput(seed_bytes, size);
        for (unsigned long run = 0; run < runs; run++) {
            memcpy(bytes, seed_bytes, size);
            LLVMFuzzerTestOneInput(bytes, mutate(bytes, size, &seed));
        }
    }
    return 0;
}
