#include "state_store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file is this header and the snapshot: the heads, then for each table its row size, its count and its rows. */
struct state_header {
    uint32_t magic;
    uint32_t version;
    uint64_t size; /* of the snapshot's bytes */
    struct log_head head;
    uint8_t digest[32]; /* SHA-256 of this header with the SHA-256 of the snapshot's bytes in this place */
};
_Static_assert(sizeof(struct state_header) == 168, "on disk");
enum { STATE_MAGIC = 0x54415453, STATE_VERSION = 6 };

static void seal(struct state_header *header, const uint8_t *content)
{
    uint8_t digest[32];
    SHA256(content, header->size, header->digest);
    SHA256((const unsigned char *)header, sizeof *header, digest);
    memcpy(header->digest, digest, sizeof digest);
}

static uint8_t *put(uint8_t *at, const void *bytes, size_t size)
{
    if (size > 0)
        memcpy(at, bytes, size);
    return at + size;
}

struct snapshot *state_snapshot(struct state *state)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    size_t size = sizeof state->heads;
    for (size_t i = 0; state_table(state, i); i++)
        size += 2 * sizeof(uint32_t) + (size_t)state_table(state, i)->count * state_table(state, i)->row_size;
    uint8_t *at = malloc(size);
    if (!snapshot || !at)
        abort();
    *snapshot = (struct snapshot){
        .bytes = at, .size = size, .position = state->heads.position, .rejections = state->heads.rejections};
    at = put(at, &state->heads, sizeof state->heads);
    for (size_t i = 0; state_table(state, i); i++) {
        const struct table *table = state_table(state, i);
        at = put(at, &table->row_size, sizeof table->row_size);
        at = put(at, &table->count, sizeof table->count);
        at = put(at, table->rows, (size_t)table->count * table->row_size);
    }
    return snapshot;
}

void state_snapshot_free(struct snapshot **snapshot)
{
    if (*snapshot)
        free((*snapshot)->bytes);
    free(*snapshot);
    *snapshot = NULL;
}

static bool write_all(int descriptor, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    while (size > 0) {
        ssize_t written = write(descriptor, at, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        at += written;
        size -= (size_t)written;
    }
    return true;
}

static bool sync_folder(const char *dir)
{
    int descriptor = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = descriptor >= 0 && fsync(descriptor) == 0;
    if (descriptor >= 0)
        close(descriptor);
    return synced;
}

bool state_store_write(const char *dir, const struct snapshot *snapshot, const struct log_head *head,
                       struct fault *fault)
{
    char path[4096];
    char temporary[4096];
    struct state_header header = {
        .magic = STATE_MAGIC, .version = STATE_VERSION, .size = snapshot->size, .head = *head};
    seal(&header, snapshot->bytes);
    snprintf(path, sizeof path, "%s/state", dir);
    snprintf(temporary, sizeof temporary, "%s/state.new", dir);
    int descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool written = descriptor >= 0 && write_all(descriptor, &header, sizeof header) &&
                   write_all(descriptor, snapshot->bytes, snapshot->size) && fsync(descriptor) == 0;
    int error = errno;
    if (descriptor >= 0)
        close(descriptor);
    if (!written || rename(temporary, path) != 0 || !sync_folder(dir))
        return fault_set(fault, FAULT_SYSTEM, "%s: %s", temporary, strerror(written ? errno : error));
    return true;
}

static const uint8_t *take(const uint8_t *at, const uint8_t *end, void *to, size_t size)
{
    if (!at || (size_t)(end - at) < size)
        return NULL;
    memcpy(to, at, size);
    return at + size;
}

/* The bytes were written by us and their digest holds: only another version's layout can fail here. */
static bool fill_tables(struct state *state, const uint8_t *at, const uint8_t *end)
{
    at = take(at, end, &state->heads, sizeof state->heads);
    for (size_t i = 0; at && state_table(state, i); i++) {
        struct table *table = state_table(state, i);
        uint32_t row_size = 0;
        uint32_t count = 0;
        at = take(at, end, &row_size, sizeof row_size);
        at = take(at, end, &count, sizeof count);
        if (!at || row_size != table->row_size || count == 0 || (uint64_t)count * row_size > (uint64_t)(end - at))
            return false;
        if (count > table->count)
            table_add_many(table, count - table->count);
        at = take(at, end, table->rows, (size_t)count * row_size);
    }
    return at == end;
}

static bool read_bytes(const char *path, uint8_t **bytes, size_t *size, struct fault *fault)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return fault_set(fault, errno == ENOENT ? FAULT_NO : FAULT_SYSTEM, "%s: %s", path, strerror(errno));
    struct stat status;
    bool read = fstat(fileno(file), &status) == 0 && (*bytes = malloc((size_t)status.st_size + 1)) != NULL;
    if (read) {
        *size = (size_t)status.st_size;
        read = fread(*bytes, 1, *size, file) == *size;
    }
    fclose(file);
    return read || fault_set(fault, FAULT_DAMAGED, "%s: cannot be read whole", path);
}

static bool header_holds(const struct state_header *header, const uint8_t *content, size_t size)
{
    struct state_header sealed = *header;
    if (header->magic != STATE_MAGIC || header->version != STATE_VERSION || header->size != size)
        return false;
    seal(&sealed, content);
    return memcmp(sealed.digest, header->digest, sizeof sealed.digest) == 0;
}

static void free_bytes(uint8_t **bytes)
{
    free(*bytes);
}

bool state_store_read(const char *dir, struct state *state, struct log_head *head, struct fault *fault)
{
    char path[4096];
    size_t size = 0;
    CLEANUP(free_bytes) uint8_t *bytes = NULL;
    snprintf(path, sizeof path, "%s/state", dir);
    if (!read_bytes(path, &bytes, &size, fault))
        return false;
    struct state_header header;
    if (size < sizeof header)
        return fault_set(fault, FAULT_DAMAGED, "%s: too short", path);
    memcpy(&header, bytes, sizeof header);
    if (header.magic == STATE_MAGIC && header.version != STATE_VERSION)
        return fault_set(fault, FAULT_DAMAGED, "%s: written by another version", path);
    if (!header_holds(&header, bytes + sizeof header, size - sizeof header))
        return fault_set(fault, FAULT_DAMAGED, "%s: its digest does not hold", path);
    struct state read;
    state_init(&read);
    if (!fill_tables(&read, bytes + sizeof header, bytes + size)) {
        state_clear(&read);
        return fault_set(fault, FAULT_DAMAGED, "%s: written by another version", path);
    }
    state_clear(state);
    *state = read;
    *head = header.head;
    return true;
}
