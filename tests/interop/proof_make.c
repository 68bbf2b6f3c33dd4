/* Makes and checks proofs for the comparison with another implementation. Each line of standard input is a question of
 * words, bytes in hexadecimal; the answer is a line, "no" where something does not hold:
 *
 *     log ENTRIES                     the entries to come, each behind its size in 2 bytes, big-endian; its size
 *     root N                          of the first N entries
 *     inclusion I N | consistency M N hashes, one behind the other
 *     tiles N FOLDER                  writes the tiles
 *     checkpoint N ORIGIN SIGNER      a signed note
 *     proof I N EXTRA CHECKPOINT      a proof file
 *     cosign SIGNER TIME NOTE         the line of a signature
 *     leaf POSITION TIME ROUTED OFFICE IDENTITY ROOT EVENT SIGNATURE
 *     key VERIFIER                    name, id and algorithm
 *     open KEY NOTE                   size and root of a checkpoint
 *     witness KEY NOTE                time of a cosignature
 *     included KEY FILE ENTRY         yes
 *     grown M N OLD-ROOT ROOT HASHES  yes
 *
 * A word "-" stands for no bytes. */
#include "proof/leaf.h"
#include "proof/merkle.h"
#include "proof/proof_file.h"
#include "proof/tile.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { WORDS_MAX = 10, LEVELS = 24 };

struct bytes {
    uint8_t *start;
    size_t size;
};

/* A log in memory: the hashes of whole subtrees, level by level. */
struct memory_log {
    uint64_t size;
    struct merkle_hash *levels[LEVELS];
};

static void *make(size_t size)
{
    void *memory = calloc(1, size + 1);
    if (memory == NULL)
        abort();
    return memory;
}

static struct bytes of_hex(const char *word)
{
    struct bytes bytes = {.start = make(strlen(word) / 2)};
    if (strcmp(word, "-") != 0 &&
        sodium_hex2bin(bytes.start, strlen(word) / 2, word, strlen(word), NULL, &bytes.size, NULL) != 0)
        abort();
    return bytes;
}

static char *text_of_hex(const char *word)
{
    return (char *)of_hex(word).start; /* make() put a NUL behind */
}

static struct merkle_hash hash_of_hex(const char *word)
{
    struct merkle_hash hash;
    struct bytes bytes = of_hex(word);
    if (bytes.size != MERKLE_HASH_SIZE)
        abort();
    memcpy(hash.bytes, bytes.start, sizeof hash.bytes);
    free(bytes.start);
    return hash;
}

static void print_hex(const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++)
        printf("%02x", at[i]);
    putchar('\n');
}

static void print_text(const char *text)
{
    print_hex(text, strlen(text));
}

static uint64_t number(const char *word)
{
    return strtoull(word, NULL, 10);
}

static void make_log(struct memory_log *log, char **words)
{
    struct bytes bytes = of_hex(words[1]);
    struct merkle_edge edge = {0};
    for (int level = 0; level < LEVELS; level++) {
        free(log->levels[level]);
        log->levels[level] = make((bytes.size / 2 >> level) * sizeof **log->levels);
    }
    for (size_t at = 0; at < bytes.size;) {
        const size_t size = (size_t)bytes.start[at] << 8 | bytes.start[at + 1];
        log->levels[0][edge.size] = merkle_leaf(bytes.start + at + 2, size);
        merkle_edge_add(&edge, &log->levels[0][edge.size]);
        at += 2 + size;
    }
    log->size = edge.size;
    for (int level = 1; level < LEVELS; level++)
        for (uint64_t i = 0; i < log->size >> level; i++)
            log->levels[level][i] = merkle_node(&log->levels[level - 1][2 * i], &log->levels[level - 1][2 * i + 1]);
    const struct merkle_hash root = merkle_edge_root(&edge);
    printf("%" PRIu64 " ", edge.size);
    print_hex(root.bytes, sizeof root.bytes);
    free(bytes.start);
}

static bool read_log(void *context, int level, uint64_t index, struct merkle_hash *hash, struct fault *fault)
{
    const struct memory_log *log = context;
    if (level >= LEVELS || index >= log->size >> level)
        return fault_set(fault, FAULT_SYSTEM, "no such subtree");
    *hash = log->levels[level][index];
    return true;
}

static struct merkle_hash root_of(struct memory_log *log, uint64_t size)
{
    struct merkle_hash root;
    struct fault fault;
    if (!merkle_root(size, read_log, log, &root, &fault))
        abort();
    return root;
}

static void print_root(struct memory_log *log, char **words)
{
    const struct merkle_hash root = root_of(log, number(words[1]));
    print_hex(root.bytes, sizeof root.bytes);
}

static void inclusion(struct memory_log *log, char **words)
{
    struct merkle_proof proof;
    struct fault fault;
    if (!merkle_inclusion(number(words[1]), number(words[2]), read_log, log, &proof, &fault))
        abort();
    print_hex(proof.hashes, (size_t)proof.count * sizeof *proof.hashes);
}

static void consistency(struct memory_log *log, char **words)
{
    struct merkle_proof proof;
    struct fault fault;
    if (!merkle_consistency(number(words[1]), number(words[2]), read_log, log, &proof, &fault))
        abort();
    print_hex(proof.hashes, (size_t)proof.count * sizeof *proof.hashes);
}

static void write_file(const char *path, const void *bytes, size_t size)
{
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = strchr(folder + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(folder, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
        abort();
}

static void tiles(struct memory_log *log, char **words)
{
    const uint64_t size = number(words[1]);
    char *folder = text_of_hex(words[2]);
    int written = 0;
    for (int level = 0; level * TILE_HEIGHT < LEVELS; level++)
        for (uint64_t i = 0; tile_width(level, i, size) > 0; i++) {
            const int width = tile_width(level, i, size);
            char name[TILE_PATH_SIZE];
            char path[4096];
            tile_path(level, i, width, name);
            snprintf(path, sizeof path, "%s/%s", folder, name);
            write_file(path, &log->levels[level * TILE_HEIGHT][i * TILE_WIDTH], (size_t)width * sizeof **log->levels);
            written++;
        }
    printf("%d\n", written);
    free(folder);
}

static struct note_signer signer_of_hex(const char *word)
{
    struct note_signer signer;
    struct fault fault;
    char *text = text_of_hex(word);
    if (!note_signer_read(text, &signer, &fault))
        abort();
    free(text);
    return signer;
}

static void make_checkpoint(struct memory_log *log, char **words)
{
    const struct note_signer signer = signer_of_hex(words[3]);
    struct checkpoint checkpoint = {.size = number(words[1]), .root = root_of(log, number(words[1]))};
    char *origin = text_of_hex(words[2]);
    char text[CHECKPOINT_TEXT_SIZE];
    char note[2 * CHECKPOINT_TEXT_SIZE + NOTE_KEY_TEXT_SIZE];
    strcpy(checkpoint.origin, origin);
    checkpoint_write(&checkpoint, text);
    char *line = note_sign(&signer, text, strlen(text), 0);
    snprintf(note, sizeof note, "%s\n%s", text, line);
    print_text(note);
    free(line);
    free(origin);
}

static void make_proof(struct memory_log *log, char **words)
{
    struct bytes extra = of_hex(words[3]);
    struct bytes checkpoint = of_hex(words[4]);
    struct proof_file file = {
        .extra = extra.start,
        .extra_size = extra.size,
        .index = number(words[1]),
        .checkpoint = (char *)checkpoint.start,
        .checkpoint_size = checkpoint.size,
    };
    struct fault fault;
    if (!merkle_inclusion(file.index, number(words[2]), read_log, log, &file.proof, &fault))
        abort();
    char *text = proof_file_write(&file);
    print_text(text);
    free(text);
    proof_file_clear(&file);
}

static void cosign(struct memory_log *log, char **words)
{
    (void)log;
    const struct note_signer signer = signer_of_hex(words[1]);
    struct bytes bytes = of_hex(words[3]);
    struct note note;
    struct fault fault;
    if (!note_read((const char *)bytes.start, bytes.size, &note, &fault))
        abort();
    char *line = note_sign(&signer, note.text, note.text_size, number(words[2]));
    print_text(line);
    free(line);
    free(bytes.start);
}

static void make_leaf(struct memory_log *log, char **words)
{
    (void)log;
    char *identity = text_of_hex(words[5]);
    char *root = text_of_hex(words[6]);
    struct bytes event = of_hex(words[7]);
    struct bytes signature = of_hex(words[8]);
    uint8_t entry[LEAF_SIZE];
    const struct leaf leaf = {
        .position = number(words[1]),
        .recorded_at_us = strtoll(words[2], NULL, 10),
        .routed_to = (uint32_t)number(words[3]),
        .office = (uint32_t)number(words[4]),
        .identity = identity,
        .root = root,
        .event = event.start,
        .event_size = event.size,
        .signature = signature.size == LEAF_SIGNATURE_SIZE ? signature.start : NULL,
    };
    leaf_write(&leaf, entry);
    print_hex(entry, sizeof entry);
    free(identity);
    free(root);
    free(event.start);
    free(signature.start);
}

static bool read_verifier(const char *word, struct note_verifier *verifier)
{
    struct fault fault;
    struct bytes bytes = of_hex(word);
    const bool read = strlen((const char *)bytes.start) == bytes.size &&
                      note_verifier_read((const char *)bytes.start, verifier, &fault);
    free(bytes.start);
    return read;
}

static void read_key(struct memory_log *log, char **words)
{
    struct note_verifier verifier;
    (void)log;
    if (!read_verifier(words[1], &verifier)) {
        puts("no");
        return;
    }
    printf("%08x %d ", verifier.id, (int)verifier.algorithm);
    print_text(verifier.name);
}

static void open_checkpoint(struct memory_log *log, char **words)
{
    struct note_verifier verifier;
    struct checkpoint checkpoint;
    struct note note;
    struct fault fault;
    struct bytes bytes = of_hex(words[2]);
    (void)log;
    if (read_verifier(words[1], &verifier) &&
        checkpoint_open((const char *)bytes.start, bytes.size, &verifier, &checkpoint, &note, &fault)) {
        printf("%" PRIu64 " ", checkpoint.size);
        print_hex(checkpoint.root.bytes, sizeof checkpoint.root.bytes);
    } else {
        puts("no");
    }
    free(bytes.start);
}

static void witness(struct memory_log *log, char **words)
{
    struct note_verifier verifier;
    struct note note;
    struct fault fault;
    struct bytes bytes = of_hex(words[2]);
    const struct note_signature *signature = NULL;
    (void)log;
    if (read_verifier(words[1], &verifier) && note_read((const char *)bytes.start, bytes.size, &note, &fault))
        signature = note_verify(&note, &verifier);
    if (signature == NULL)
        puts("no");
    else
        printf("%" PRIu64 "\n", note_cosignature_time(signature));
    free(bytes.start);
}

static bool is_included(const struct proof_file *file, const struct note_verifier *verifier, struct bytes entry)
{
    struct checkpoint checkpoint;
    struct note note;
    struct fault fault;
    const struct merkle_hash leaf = merkle_leaf(entry.start, entry.size);
    return checkpoint_open(file->checkpoint, file->checkpoint_size, verifier, &checkpoint, &note, &fault) &&
           merkle_check_inclusion(file->index, checkpoint.size, &leaf, &file->proof, &checkpoint.root);
}

static void included(struct memory_log *log, char **words)
{
    struct note_verifier verifier;
    struct proof_file file = {0};
    struct fault fault;
    struct bytes bytes = of_hex(words[2]);
    struct bytes entry = of_hex(words[3]);
    (void)log;
    const bool holds = read_verifier(words[1], &verifier) &&
                       proof_file_read((const char *)bytes.start, bytes.size, &file, &fault) &&
                       is_included(&file, &verifier, entry);
    puts(holds ? "yes" : "no");
    proof_file_clear(&file);
    free(bytes.start);
    free(entry.start);
}

static void grown(struct memory_log *log, char **words)
{
    const struct merkle_hash old_root = hash_of_hex(words[3]);
    const struct merkle_hash root = hash_of_hex(words[4]);
    struct bytes hashes = of_hex(words[5]);
    struct merkle_proof proof = {.count = (int)(hashes.size / MERKLE_HASH_SIZE)};
    (void)log;
    memcpy(proof.hashes, hashes.start, hashes.size < sizeof proof.hashes ? hashes.size : sizeof proof.hashes);
    puts(merkle_check_consistency(number(words[1]), number(words[2]), &old_root, &root, &proof) ? "yes" : "no");
    free(hashes.start);
}

static const struct {
    const char *name;
    int words;
    void (*answer)(struct memory_log *log, char **words);
} questions[] = {
    {"log", 2, make_log},
    {"root", 2, print_root},
    {"inclusion", 3, inclusion},
    {"tiles", 3, tiles},
    {"consistency", 3, consistency},
    {"checkpoint", 4, make_checkpoint},
    {"proof", 5, make_proof},
    {"cosign", 4, cosign},
    {"leaf", 9, make_leaf},
    {"key", 2, read_key},
    {"open", 3, open_checkpoint},
    {"witness", 3, witness},
    {"included", 4, included},
    {"grown", 6, grown},
};

static void answer(struct memory_log *log, char *line)
{
    char *words[WORDS_MAX] = {0};
    int count = 0;
    for (char *rest = NULL, *word = strtok_r(line, " \n", &rest); word != NULL && count < WORDS_MAX;
         word = strtok_r(NULL, " \n", &rest))
        words[count++] = word;
    for (size_t i = 0; count > 0 && i < sizeof questions / sizeof *questions; i++)
        if (strcmp(questions[i].name, words[0]) == 0 && questions[i].words == count) {
            questions[i].answer(log, words);
            return;
        }
    abort();
}

int main(void)
{
    struct memory_log log = {0};
    char *line = NULL;
    size_t capacity = 0;
    if (sodium_init() < 0)
        return 1;
    while (getline(&line, &capacity, stdin) > 0)
        answer(&log, line);
    free(line);
    for (int level = 0; level < LEVELS; level++)
        free(log.levels[level]);
    return 0;
}
