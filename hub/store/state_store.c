#include "state_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "log/sha256.h"

/* The file: two pages that are written in turn, of which the newer one that holds is the state's, and behind them slots
 * of one chunk each. A slot says which chunk of which table it holds and in which turn it was written; of several with
 * the same chunk the newest that is not behind the page's turn counts. Slots of older ones are written anew. */
enum {
    STATE_MAGIC = 0x54415453,
    STATE_VERSION = 7 + STATE_FORM, /* of the file and of the rows in it */
    PAGE_SIZE = 4096,
    SLOTS_AT = 2 * PAGE_SIZE,
    SLOT_HEADER_SIZE = 512, /* a sector: it is written whole or not at all */
    SLOT_SIZE = SLOT_HEADER_SIZE + TABLE_CHUNK_SIZE,
    READ_SLOTS = 64,
    WRITE_OUT_SLOTS = 64, /* a megabyte */
};

/* XXH3 of chunks, added up: so it follows each snapshot at the cost of what changed. It tells accidents, as all here:
 * what would deceive it could write the state. */
struct chunk_digest {
    uint64_t words[2];
};

struct state_page {
    uint32_t magic;
    uint32_t version;
    uint64_t turn; /* from 1 on */
    struct log_head head;
    struct state_heads heads;
    uint32_t counts[STATE_TABLES];
    uint32_t row_sizes[STATE_TABLES];
    struct chunk_digest sum; /* of all chunks */
    uint8_t check[32];       /* SHA-256 of everything above */
};
_Static_assert(sizeof(struct state_page) == 648 && sizeof(struct state_page) <= PAGE_SIZE, "on disk");

struct slot {
    uint64_t turn; /* 0: free */
    uint32_t table;
    uint32_t chunk;
    uint8_t unused[SLOT_HEADER_SIZE - 16];
    uint8_t bytes[TABLE_CHUNK_SIZE]; /* zero behind the table's end */
};
_Static_assert(sizeof(struct slot) == SLOT_SIZE, "on disk");

/* Where a chunk stands. */
struct place {
    struct chunk_digest digest;
    uint64_t turn;
    uint32_t slot; /* from 1 on; 0: nowhere yet */
    uint32_t unused;
};

struct places {
    struct place *rows;
    size_t capacity;
};

struct state_store {
    char path[4096];
    int descriptor; /* -1: not open for writing yet */
    bool based;     /* the file is there, and says what is below */
    bool unclean;   /* free slots may hold chunks of turns that never became whole */
    uint64_t turn;
    int page; /* that holds it */
    struct chunk_digest sum;
    struct places places[STATE_TABLES];
    uint32_t slots;      /* of the file, whoever has them */
    uint32_t *free_list; /* slots that nothing stands in */
    size_t free_count;
    size_t free_capacity;
};

static off_t slot_offset(uint32_t slot)
{
    return SLOTS_AT + (off_t)(slot - 1) * SLOT_SIZE;
}

static struct chunk_digest digest_of(const struct slot *slot)
{
    const size_t from = offsetof(struct slot, table);
    const XXH128_hash_t hash = XXH3_128bits((const uint8_t *)slot + from, SLOT_SIZE - from);
    return (struct chunk_digest){.words = {hash.low64, hash.high64}};
}

static void sum_add(struct chunk_digest *sum, const struct chunk_digest *digest)
{
    for (int i = 0; i < 2; i++)
        sum->words[i] += digest->words[i];
}

static void sum_take(struct chunk_digest *sum, const struct chunk_digest *digest)
{
    for (int i = 0; i < 2; i++)
        sum->words[i] -= digest->words[i];
}

static void page_check(const struct state_page *page, uint8_t check[static 32])
{
    sha256_of(page, offsetof(struct state_page, check), check);
}

static struct place *place_of(struct state_store *store, uint32_t table, uint32_t chunk)
{
    struct places *places = &store->places[table];
    if (chunk >= places->capacity) {
        const size_t capacity = ((size_t)chunk + 1) * 9 / 8 + 16;
        places->rows = realloc(places->rows, capacity * sizeof *places->rows);
        if (!places->rows)
            abort();
        memset(places->rows + places->capacity, 0, (capacity - places->capacity) * sizeof *places->rows);
        places->capacity = capacity;
    }
    return &places->rows[chunk];
}

static void set_free(struct state_store *store, uint32_t slot)
{
    if (store->free_count == store->free_capacity) {
        store->free_capacity = store->free_capacity ? store->free_capacity * 2 : 256;
        store->free_list = realloc(store->free_list, store->free_capacity * sizeof *store->free_list);
        if (!store->free_list)
            abort();
    }
    store->free_list[store->free_count++] = slot;
}

struct state_store *state_store_open(const char *dir)
{
    struct state_store *store = calloc(1, sizeof *store);
    if (!store)
        abort();
    snprintf(store->path, sizeof store->path, "%s/state", dir);
    store->descriptor = -1;
    return store;
}

void state_store_forget(struct state_store *store)
{
    if (store->descriptor >= 0)
        close(store->descriptor);
    store->descriptor = -1;
    store->based = store->unclean = false;
    store->turn = 0;
    store->page = 1; /* the first turn goes to page 0 */
    store->sum = (struct chunk_digest){0};
    for (size_t i = 0; i < STATE_TABLES; i++) {
        free(store->places[i].rows);
        store->places[i] = (struct places){0};
    }
    store->slots = 0;
    store->free_count = 0;
}

void state_store_close(struct state_store **store)
{
    if (!*store)
        return;
    state_store_forget(*store);
    free((*store)->free_list);
    free(*store);
    *store = NULL;
}

/* ---- reading ---- */

static bool page_read(int descriptor, int number, struct state_page *page)
{
    uint8_t check[32];
    if (pread(descriptor, page, sizeof *page, (off_t)number * PAGE_SIZE) != (ssize_t)sizeof *page)
        return false;
    page_check(page, check);
    return page->magic == STATE_MAGIC && page->version == STATE_VERSION &&
           memcmp(check, page->check, sizeof check) == 0;
}

/* Makes room for what the page says; false: the tables are of another form, or the file has not so much. */
static bool lay_tables(const struct state_page *page, uint32_t slots, struct state *state)
{
    uint64_t chunks = 0;
    for (size_t i = 0; i < STATE_TABLES; i++) {
        const uint64_t size = (uint64_t)page->counts[i] * page->row_sizes[i];
        chunks += (size + TABLE_CHUNK_SIZE - 1) / TABLE_CHUNK_SIZE;
        if (page->counts[i] == 0 || page->row_sizes[i] != state_table(state, i)->row_size || chunks > slots)
            return false;
    }
    state->heads = page->heads;
    for (size_t i = 0; i < STATE_TABLES; i++)
        table_add_many(state_change_table(state, i), page->counts[i] - state_table(state, i)->count);
    return true;
}

static void take_slot(struct state_store *store, uint32_t number, const struct slot *slot, struct state *state)
{
    const struct table *table = slot->table < STATE_TABLES ? state_table(state, slot->table) : NULL;
    if (slot->turn == 0 || slot->turn > store->turn || !table || slot->chunk >= table_chunks(table)) {
        store->unclean = store->unclean || slot->turn != 0;
        set_free(store, number);
        return;
    }
    struct place *place = place_of(store, slot->table, slot->chunk);
    if (place->turn >= slot->turn) {
        set_free(store, number);
        return;
    }
    if (place->slot != 0) {
        set_free(store, place->slot);
        sum_take(&store->sum, &place->digest);
    }
    *place = (struct place){.digest = digest_of(slot), .turn = slot->turn, .slot = number};
    sum_add(&store->sum, &place->digest);
    const size_t at = (size_t)slot->chunk << TABLE_CHUNK_SHIFT;
    const size_t left = table_size(table) - at;
    memcpy(table->rows + at, slot->bytes, left < TABLE_CHUNK_SIZE ? left : TABLE_CHUNK_SIZE);
}

/* From the file's beginning to its end: of a chunk that comes again the newer one stays. */
static bool take_slots(struct state_store *store, int descriptor, struct state *state)
{
    struct slot *slots = malloc(READ_SLOTS * sizeof *slots);
    if (!slots)
        abort();
    bool read = true;
    for (uint32_t first = 1; read && first <= store->slots; first += READ_SLOTS) {
        const uint32_t left = store->slots - first + 1;
        const uint32_t count = left < READ_SLOTS ? left : READ_SLOTS;
        const size_t size = count * sizeof *slots;
        read = pread(descriptor, slots, size, slot_offset(first)) == (ssize_t)size;
        for (uint32_t i = 0; read && i < count; i++)
            take_slot(store, first + i, &slots[i], state);
    }
    free(slots);
    return read;
}

static void clear_marks(struct state *state)
{
    for (size_t i = 0; i < STATE_TABLES; i++)
        for (uint32_t chunk = 0; table_take_mark(state_change_table(state, i), TABLE_MARK_SNAPSHOT, &chunk); chunk++)
            ;
}

/* Whether the file holds what one of its pages says; then the state is that. */
static bool take_page(struct state_store *store, int descriptor, int number, const struct state_page *page,
                      struct state *state)
{
    struct stat status;
    state_store_forget(store);
    if (fstat(descriptor, &status) != 0 || status.st_size < SLOTS_AT)
        return false;
    store->slots = (uint32_t)((status.st_size - SLOTS_AT) / SLOT_SIZE);
    store->turn = page->turn;
    store->page = number;
    struct state read;
    state_init(&read);
    if (!lay_tables(page, store->slots, &read) || !take_slots(store, descriptor, &read) ||
        memcmp(&store->sum, &page->sum, sizeof page->sum) != 0) {
        state_clear(&read);
        return false;
    }
    clear_marks(&read);
    state_clear(state);
    *state = read;
    state->timeline.rules = &state->rules;
    store->based = true;
    return true;
}

/* An older version's file, or none of ours: its first words tell. */
static bool of_another_version(int descriptor)
{
    uint32_t words[2];
    return pread(descriptor, words, sizeof words, 0) == (ssize_t)sizeof words && words[0] == STATE_MAGIC &&
           words[1] != STATE_VERSION;
}

static bool read_file(struct state_store *store, int descriptor, struct state *state, struct log_head *head,
                      struct fault *fault)
{
    struct state_page pages[2];
    bool holds[2];
    for (int i = 0; i < 2; i++)
        holds[i] = page_read(descriptor, i, &pages[i]);
    if (!holds[0] && !holds[1] && of_another_version(descriptor))
        return fault_set(fault, FAULT_DAMAGED, "%s: written by another version", store->path);
    const int newer = holds[1] && (!holds[0] || pages[1].turn > pages[0].turn);
    const int order[] = {newer, 1 - newer}; /* a snapshot that was being written may have used the older one's slots */
    for (int i = 0; i < 2; i++) {
        const int number = order[i];
        if (!holds[number] || !take_page(store, descriptor, number, &pages[number], state))
            continue;
        *head = pages[number].head;
        return true;
    }
    state_store_forget(store);
    return fault_set(fault, FAULT_DAMAGED, "%s: its digest does not hold", store->path);
}

bool state_store_read(struct state_store *store, struct state *state, struct log_head *head, struct fault *fault)
{
    int descriptor = open(store->path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return fault_set(fault, errno == ENOENT ? FAULT_NO : FAULT_SYSTEM, "%s: %s", store->path, strerror(errno));
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    bool read = read_file(store, descriptor, state, head, fault);
    close(descriptor);
    return read;
}

/* ---- writing ---- */

static bool write_at(int descriptor, const void *bytes, size_t size, off_t offset)
{
    const uint8_t *at = bytes;
    while (size > 0) {
        ssize_t written = pwrite(descriptor, at, size, offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        at += written;
        offset += written;
        size -= (size_t)written;
    }
    return true;
}

static bool sync_folder(const char *path)
{
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = '\0';
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = descriptor >= 0 && fsync(descriptor) == 0;
    if (descriptor >= 0)
        close(descriptor);
    return synced;
}

/* What a turn left that never became whole would count with the page of the next one. */
static bool clean_slots(const struct state_store *store)
{
    static const uint64_t none = 0;
    for (size_t i = 0; i < store->free_count; i++)
        if (!write_at(store->descriptor, &none, sizeof none, slot_offset(store->free_list[i])))
            return false;
    return true;
}

/* Free slots first, from the end of the list; then new ones behind the last. */
static uint32_t slot_for(const struct state_store *store, size_t number)
{
    return number < store->free_count ? store->free_list[store->free_count - 1 - number]
                                      : store->slots + (uint32_t)(number - store->free_count) + 1;
}

/* Has the disk take what was written so far. Left to the one sync at the end, all of it would stand before the log's
 * own syncs, which acknowledgements wait for. An error is told here and not once more by that sync; where the
 * system has no such call, the one at the end does it all. */
static bool write_out(const struct state_store *store)
{
    const unsigned all = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
    return sync_file_range(store->descriptor, 0, 0, all) == 0 || errno == ENOSYS;
}

static bool write_chunks(struct state_store *store, const struct snapshot *snapshot, struct place *written)
{
    struct slot slot = {.turn = store->turn + 1};
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct snapshot_chunk *chunk = &snapshot->chunks[i];
        slot.table = chunk->table;
        slot.chunk = chunk->chunk;
        memcpy(slot.bytes, chunk->bytes, chunk->size);
        memset(slot.bytes + chunk->size, 0, TABLE_CHUNK_SIZE - chunk->size);
        written[i] = (struct place){.digest = digest_of(&slot), .turn = slot.turn, .slot = slot_for(store, i)};
        if (!write_at(store->descriptor, &slot, sizeof slot, slot_offset(written[i].slot)) ||
            ((i + 1) % WRITE_OUT_SLOTS == 0 && !write_out(store)))
            return false;
    }
    return true;
}

static bool write_page(const struct state_store *store, const struct snapshot *snapshot, const struct log_head *head,
                       const struct chunk_digest *sum)
{
    struct state_page page = {.magic = STATE_MAGIC,
                              .version = STATE_VERSION,
                              .turn = store->turn + 1,
                              .head = *head,
                              .heads = snapshot->heads,
                              .sum = *sum};
    memcpy(page.counts, snapshot->counts, sizeof page.counts);
    memcpy(page.row_sizes, snapshot->row_sizes, sizeof page.row_sizes);
    page_check(&page, page.check);
    return write_at(store->descriptor, &page, sizeof page, (off_t)(1 - store->page) * PAGE_SIZE);
}

/* What the sum will be once the chunks stand where they were written. */
static struct chunk_digest sum_with(struct state_store *store, const struct snapshot *snapshot,
                                    const struct place *written)
{
    struct chunk_digest sum = store->sum;
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct place *before = place_of(store, snapshot->chunks[i].table, snapshot->chunks[i].chunk);
        sum_take(&sum, &before->digest); /* zero where there was none */
        sum_add(&sum, &written[i].digest);
    }
    return sum;
}

static void settle(struct state_store *store, const struct snapshot *snapshot, const struct place *written)
{
    const size_t used = snapshot->count < store->free_count ? snapshot->count : store->free_count;
    store->free_count -= used;
    store->slots += (uint32_t)(snapshot->count - used);
    for (size_t i = 0; i < snapshot->count; i++) {
        struct place *place = place_of(store, snapshot->chunks[i].table, snapshot->chunks[i].chunk);
        if (place->slot != 0)
            set_free(store, place->slot);
        *place = written[i];
    }
    store->turn++;
    store->page = 1 - store->page;
}

static bool write_turn(struct state_store *store, const struct snapshot *snapshot, const struct log_head *head)
{
    struct place *written = malloc((snapshot->count + 1) * sizeof *written);
    if (!written)
        abort();
    bool done = (!store->unclean || clean_slots(store)) && write_chunks(store, snapshot, written);
    if (done) {
        const struct chunk_digest sum = sum_with(store, snapshot, written);
        /* Only what is on the disk may be named. */
        done = fdatasync(store->descriptor) == 0 && write_page(store, snapshot, head, &sum) &&
               fdatasync(store->descriptor) == 0;
        if (done) {
            settle(store, snapshot, written);
            store->sum = sum;
        }
    }
    int error = errno;
    free(written);
    errno = error;
    store->unclean = !done;
    return done;
}

/* A new file gets its name when it is whole. */
static bool write_new(struct state_store *store, const struct snapshot *snapshot, const struct log_head *head)
{
    char temporary[sizeof store->path + 4];
    snprintf(temporary, sizeof temporary, "%s.new", store->path);
    state_store_forget(store);
    store->descriptor = open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    store->based = store->descriptor >= 0 && write_turn(store, snapshot, head) && fsync(store->descriptor) == 0 &&
                   rename(temporary, store->path) == 0 && sync_folder(store->path);
    return store->based;
}

static bool write_again(struct state_store *store, const struct snapshot *snapshot, const struct log_head *head)
{
    if (store->descriptor < 0)
        store->descriptor = open(store->path, O_RDWR | O_CLOEXEC);
    return store->descriptor >= 0 && write_turn(store, snapshot, head);
}

bool state_store_write(struct state_store *store, const struct snapshot *snapshot, const struct log_head *head,
                       struct fault *fault)
{
    if (store->based ? write_again(store, snapshot, head) : write_new(store, snapshot, head))
        return true;
    return fault_set(fault, FAULT_SYSTEM, "%s: %s", store->path, strerror(errno));
}
