/* The log's proof of itself goes on from what was signed, at every size, whatever happened to its files; and what
 * contradicts a signed checkpoint is refused with its position. */
#include "log/log_tree.h"
#include "log/log_view.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "folder.h"
#include "log/record_leaf.h"
#include "proof/tile.h"

enum { DAY_SECONDS = 86400, ALL = 1 << 30 };

struct place {
    char folder[FOLDER_PATH_SIZE];
    char data[512];
    char key[512];
    struct event_log *log;
    struct log_tree *tree;
    struct block_builder block;
    uint64_t position;
    int64_t time;
    struct witness_list witnesses;
    char replacement[NOTE_KEY_TEXT_SIZE]; /* the next record says that the log has this key */
    uint64_t forged;                      /* position whose event is another one; 0: none */
};

static void open_log(struct place *place)
{
    struct fault fault = {0};
    place->log = event_log_open(place->data, EVENT_LOG_OPEN_OR_CREATE, &fault);
    if (!place->log)
        fail_msg("%s", fault.text);
    place->position = event_log_head(place->log).position;
}

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    folder_make(place->folder);
    folder_file(place->folder, "data", place->data);
    snprintf(place->key, sizeof place->key, "%.400s/log.key", place->data);
    assert_int_equal(mkdir(place->data, 0700), 0);
    block_builder_init(&place->block);
    open_log(place);
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    log_tree_close(&place->tree);
    event_log_close(&place->log);
    block_builder_clear(&place->block);
    folder_remove(place->folder);
    free(place);
    return 0;
}

static void append(struct place *place, uint32_t count)
{
    struct fault fault = {0};
    block_builder_reset(&place->block, place->position + 1);
    for (uint32_t i = 0; i < count; i++) {
        char event[NOTE_KEY_TEXT_SIZE + 8];
        uint64_t position = place->position + 1 + i;
        int size = snprintf(event, sizeof event, "event %llu%s", (unsigned long long)position,
                            position == place->forged ? ", forged" : "");
        if (i == 0 && place->replacement[0])
            size = snprintf(event, sizeof event, "key %s", place->replacement);
        block_builder_next(&place->block, false);
        const struct block_entry entry = {
            .recorded_at_us = 1000 * (int64_t)position,
            .office = 3,
            .routed_to = 6,
            .publisher = (uint8_t)block_builder_publisher(&place->block, "safety", "140322000000"),
        };
        block_builder_add(&place->block, &entry, (const uint8_t *)event, (size_t)size);
    }
    const struct log_batch batch = {.blocks = &place->block};
    if (!event_log_append(place->log, &batch, &fault))
        fail_msg("%s", fault.text);
    place->position += count;
    place->replacement[0] = '\0';
}

static bool replaces_key(const struct block_view *block, uint32_t index, char verifier[static NOTE_KEY_TEXT_SIZE])
{
    const struct block_entry *entry = &block->entries[index];
    const char *event = (const char *)block->bytes + entry->offset;
    if (entry->size < 4 || memcmp(event, "key ", 4) != 0)
        return false;
    snprintf(verifier, NOTE_KEY_TEXT_SIZE, "%.*s", (int)entry->size - 4, event + 4);
    return true;
}

static bool try_open(struct place *place, const char *name, struct fault *fault)
{
    const struct log_tree_options options = {.data = place->data,
                                             .key = place->key,
                                             .name = name,
                                             .name_new = "sanling/test",
                                             .witnesses = &place->witnesses,
                                             .replaces_key = replaces_key};
    place->tree = log_tree_open(place->log, place->position, &options, fault);
    return place->tree != NULL;
}

static void open_tree(struct place *place)
{
    struct fault fault = {0};
    if (!try_open(place, "", &fault))
        fail_msg("%s", fault.text);
}

static void assert_refused(struct place *place, enum fault_code code, const char *words)
{
    struct fault fault = {0};
    assert_false(try_open(place, "", &fault));
    if (fault.code != code || !strstr(fault.text, words))
        fail_msg("[%s] %s; expected [%s] %s", fault_name(fault.code), fault.text, fault_name(code), words);
}

/* Takes everything into the tree and signs it. */
static void sign(struct place *place)
{
    struct fault fault = {0};
    if (!log_tree_grow(place->tree, place->position, ALL, &fault) || !log_tree_sign(place->tree, place->time, &fault))
        fail_msg("%s", fault.text);
    assert_int_equal(log_tree_checkpoint(place->tree)->size, place->position);
}

/* The root of the log's records, counted another way. */
static struct merkle_hash root_of_log(struct place *place, uint64_t size)
{
    struct fault fault = {0};
    struct merkle_edge edge = {0};
    struct log_view *view = log_view_open(place->log);
    for (uint64_t position = 1; position <= size; position++) {
        struct block_view block;
        assert_true(log_view_block(view, position, &block, &fault));
        struct merkle_hash leaf = record_leaf(&block, (uint32_t)(position - block.header->first_position));
        merkle_edge_add(&edge, &leaf);
    }
    log_view_close(&view);
    return merkle_edge_root(&edge);
}

static void assert_signed(struct place *place)
{
    const struct checkpoint *newest = log_tree_checkpoint(place->tree);
    struct merkle_hash expected = root_of_log(place, newest->size);
    assert_int_equal(newest->size, place->position);
    assert_memory_equal(newest->root.bytes, expected.bytes, sizeof expected.bytes);
}

static void assert_proves(struct place *place, uint64_t position)
{
    struct fault fault = {0};
    struct block_view block;
    struct merkle_proof proof;
    const struct checkpoint *newest = log_tree_checkpoint(place->tree);
    if (!log_tree_prove(place->tree, position, &block, &proof, &fault))
        fail_msg("%s", fault.text);
    struct merkle_hash leaf = record_leaf(&block, (uint32_t)(position - block.header->first_position));
    assert_true(merkle_check_inclusion(position - 1, newest->size, &leaf, &proof, &newest->root));
}

static void reopen(struct place *place)
{
    log_tree_close(&place->tree);
    event_log_close(&place->log);
    open_log(place);
}

static void check_tiles(struct place *place)
{
    struct fault fault = {0};
    for (bool done = false; !done;)
        if (!log_tree_check(place->tree, 2, &done, &fault))
            fail_msg("%s", fault.text);
}

static void tile_file(const struct place *place, int level, uint64_t number, int width, char path[static 512])
{
    char name[TILE_PATH_SIZE];
    tile_path(level, number, width, name);
    snprintf(path, 512, "%.400s/tiles/%s", place->data, name);
}

static void flip(const char *path, size_t at)
{
    size_t size;
    uint8_t *bytes = file_read(path, &size);
    bytes[at % size] ^= 1;
    file_write(path, bytes, size);
    free(bytes);
}

static void data_file(const struct place *place, const char *name, char path[static 512])
{
    snprintf(path, 512, "%.400s/%s", place->data, name);
}

/* The only file of a day. */
static void day_file(const struct place *place, char path[static 512])
{
    char folder[512];
    data_file(place, "checkpoints", folder);
    DIR *listing = opendir(folder);
    assert_non_null(listing);
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
        if (entry->d_name[0] != '.')
            snprintf(path, 512, "%.400s/%.20s", folder, entry->d_name);
    closedir(listing);
}

/* ---- promises ---- */

static void tree_goes_on_after_a_restart_at_every_size(void **state)
{
    struct place *place = *state;
    /* Every size matters where tiles end; each costs some syncs of the disk. */
    while (place->position < 65538) {
        const uint64_t at = place->position % 256;
        append(place, at < 3 || at > 253 ? 1 : place->position < 1000 ? 250 : 64510);
        log_tree_close(&place->tree);
        open_tree(place);
        sign(place);
        assert_signed(place);
    }
    for (uint64_t position = 1; position <= 65538; position += 3700)
        assert_proves(place, position);
}

static void tree_is_the_same_however_it_was_cut_into_checkpoints(void **state)
{
    struct place *place = *state;
    for (int i = 0; i < 5; i++) {
        append(place, 20000);
        if (i % 2 == 0) {
            open_tree(place);
            sign(place);
            log_tree_close(&place->tree);
        }
    }
    open_tree(place);
    sign(place);
    assert_signed(place);
    assert_proves(place, 1);
    assert_proves(place, 65536);
    assert_proves(place, 65537);
    assert_proves(place, 100000);
}

static void consistency_is_shown_between_any_two_sizes(void **state)
{
    struct place *place = *state;
    append(place, 1000);
    open_tree(place);
    sign(place);
    for (uint64_t from = 1; from <= 1000; from += 111)
        for (uint64_t to = from; to <= 1000; to += 123) {
            struct fault fault = {0};
            struct merkle_proof proof;
            struct merkle_hash old_root = root_of_log(place, from);
            struct merkle_hash root = root_of_log(place, to);
            if (!log_tree_consistency(place->tree, from, to, &proof, &fault))
                fail_msg("%s", fault.text);
            assert_true(merkle_check_consistency(from, to, &old_root, &root, &proof));
        }
}

static void partial_tiles_go_when_the_tile_is_full(void **state)
{
    struct place *place = *state;
    char path[512];
    append(place, 100);
    open_tree(place);
    sign(place);
    tile_file(place, 0, 0, 100, path);
    assert_int_equal(access(path, R_OK), 0);
    append(place, 100);
    sign(place);
    assert_int_equal(access(path, R_OK), 0); /* an older checkpoint's is still there */
    append(place, 57);
    sign(place);
    assert_int_not_equal(access(path, R_OK), 0);
    tile_file(place, 0, 0, 256, path);
    assert_int_equal(access(path, R_OK), 0);
    tile_file(place, 0, 1, 1, path);
    assert_int_equal(access(path, R_OK), 0);
    tile_file(place, 1, 0, 1, path);
    assert_int_equal(access(path, R_OK), 0);
}

static void missing_and_damaged_tiles_are_made_again(void **state)
{
    static const struct {
        int level;
        uint64_t number;
        int width;
    } tiles[] = {{0, 0, 256}, {0, 2, 256}, {0, 3, 232}, {1, 0, 3}};
    struct place *place = *state;
    char path[512];
    append(place, 1000);
    open_tree(place);
    sign(place);
    for (size_t i = 0; i < sizeof tiles / sizeof tiles[0]; i++)
        for (int remove = 0; remove < 2; remove++) {
            size_t size;
            tile_file(place, tiles[i].level, tiles[i].number, tiles[i].width, path);
            uint8_t *before = file_read(path, &size);
            if (remove)
                assert_int_equal(unlink(path), 0);
            else
                flip(path, 31 * i);
            reopen(place);
            open_tree(place);
            check_tiles(place);
            assert_signed(place);
            assert_proves(place, 600);
            size_t size_after;
            uint8_t *after = file_read(path, &size_after);
            assert_int_equal(size_after, size);
            assert_memory_equal(after, before, size);
            free(after);
            free(before);
        }
}

static void log_without_tiles_gets_its_tree(void **state)
{
    struct place *place = *state;
    append(place, 777);
    append(place, 1);
    open_tree(place);
    assert_int_equal(log_tree_checkpoint(place->tree)->size, 0);
    sign(place);
    assert_signed(place);
}

static void everything_but_the_day_is_made_again(void **state)
{
    struct place *place = *state;
    char tiles[512];
    append(place, 777);
    open_tree(place);
    sign(place);
    log_tree_close(&place->tree);
    data_file(place, "tiles", tiles);
    folder_remove(tiles);
    open_tree(place);
    assert_signed(place);
    assert_proves(place, 300);
}

/* A log of the same length in its place, with another event at one position, and the tiles and checkpoints as they
 * were signed. */
static void forge(struct place *place, uint64_t position, uint64_t count)
{
    char log[512];
    char head[512];
    log_tree_close(&place->tree);
    event_log_close(&place->log);
    data_file(place, "log", log);
    data_file(place, "head", head);
    folder_remove(log);
    assert_int_equal(unlink(head), 0);
    place->forged = position;
    open_log(place);
    assert_int_equal(place->position, 0);
    append(place, (uint32_t)count);
}

static void another_log_is_refused_with_the_position(void **state)
{
    struct place *place = *state;
    append(place, 1000);
    open_tree(place);
    sign(place);
    forge(place, 600, 1000);
    assert_refused(place, FAULT_DAMAGED, "position 600 ");
}

static void another_log_is_found_when_a_tile_is_missing(void **state)
{
    struct place *place = *state;
    char path[512];
    append(place, 1000);
    open_tree(place);
    sign(place);
    forge(place, 10, 1000);
    tile_file(place, 0, 1, 256, path);
    assert_int_equal(unlink(path), 0);
    assert_refused(place, FAULT_DAMAGED, "position 10 ");
    tile_file(place, 0, 0, 256, path); /* nothing tells any more but the checkpoint */
    assert_int_equal(unlink(path), 0);
    assert_refused(place, FAULT_DAMAGED, "positions 1 to 1000 ");
}

static void the_days_tell_up_to_where_the_log_is_good(void **state)
{
    struct place *place = *state;
    char tiles[512];
    append(place, 300);
    open_tree(place);
    sign(place);
    append(place, 100);
    place->time += DAY_SECONDS;
    sign(place);
    append(place, 600);
    place->time += DAY_SECONDS;
    sign(place);
    data_file(place, "tiles", tiles);
    folder_remove(tiles);
    forge(place, 500, 1000);
    assert_refused(place, FAULT_DAMAGED, "positions 401 to 1000 ");
}

static void shorter_log_than_was_signed_is_refused(void **state)
{
    struct place *place = *state;
    append(place, 500);
    open_tree(place);
    sign(place);
    forge(place, 0, 400);
    assert_refused(place, FAULT_DAMAGED, "ends at position 400, but a checkpoint of 500 records");
}

static void damaged_record_is_found_when_it_is_to_be_proven(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    struct block_view block;
    struct merkle_proof proof;
    append(place, 1000);
    open_tree(place);
    sign(place);
    forge(place, 10, 1000);
    open_tree(place); /* the newest records are compared only: what lies behind is for `verify` */
    assert_false(log_tree_prove(place->tree, 10, &block, &proof, &fault));
    assert_int_equal(fault.code, FAULT_DAMAGED);
    assert_non_null(strstr(fault.text, "position 10 "));
}

static void spoilt_checkpoint_is_read_from_its_copy(void **state)
{
    struct place *place = *state;
    char newest[512];
    char day[512];
    append(place, 10);
    open_tree(place);
    sign(place);
    log_tree_close(&place->tree);
    data_file(place, "tiles/checkpoint", newest);
    day_file(place, day);
    flip(newest, 14);
    open_tree(place);
    assert_signed(place);
    log_tree_close(&place->tree);
    flip(newest, 14); /* it was written anew from its copy */
    flip(day, 14);
    assert_refused(place, FAULT_DAMAGED, "not what the log signed");
}

static void missing_key_is_not_replaced_where_checkpoints_are(void **state)
{
    struct place *place = *state;
    append(place, 10);
    open_tree(place);
    sign(place);
    log_tree_close(&place->tree);
    assert_int_equal(unlink(place->key), 0);
    assert_refused(place, FAULT_DAMAGED, "put it back from its backup");
}

static void another_key_is_refused(void **state)
{
    struct place *place = *state;
    char public_key[512];
    struct fault fault = {0};
    struct note_signer other;
    char text[NOTE_KEY_TEXT_SIZE];
    append(place, 10);
    open_tree(place);
    sign(place);
    log_tree_close(&place->tree);
    assert_true(note_signer_new("sanling/test", NOTE_ED25519, &other, &fault));
    note_signer_write(&other, text);
    file_write(place->key, text, strlen(text));
    snprintf(public_key, sizeof public_key, "%.400s.pub", place->key);
    assert_int_equal(unlink(public_key), 0);
    assert_refused(place, FAULT_USAGE, "signed by another key");
}

static void assert_signed_by(const struct place *place, const char *verifier, bool expected)
{
    struct fault fault = {0};
    struct note_verifier key;
    struct note note;
    assert_true(note_verifier_read(verifier, &key, &fault));
    char *document = log_tree_note(place->tree);
    assert_true(note_read(document, strlen(document), &note, &fault));
    assert_int_equal(note_verify(&note, &key) != NULL, expected);
    free(document);
}

/* A record that says so, of the key that waits. */
static void agree_on_next(struct place *place, char verifier[static NOTE_KEY_TEXT_SIZE])
{
    struct fault fault = {0};
    assert_true(log_key_prepare(place->key, verifier, &fault));
    strcpy(place->replacement, verifier);
    append(place, 1);
}

static void another_key_signs_behind_the_record_that_says_so(void **state)
{
    struct place *place = *state;
    char first[NOTE_KEY_TEXT_SIZE];
    char second[NOTE_KEY_TEXT_SIZE];
    char third[NOTE_KEY_TEXT_SIZE];
    char again[NOTE_KEY_TEXT_SIZE];
    struct fault fault = {0};
    append(place, 10);
    open_tree(place);
    sign(place);
    log_tree_verifier(place->tree, first);
    assert_true(log_key_prepare(place->key, second, &fault));
    assert_true(log_key_prepare(place->key, again, &fault));
    assert_string_equal(again, second); /* the one that waits stays */
    agree_on_next(place, second);
    sign(place);
    assert_signed_by(place, second, true);
    assert_signed_by(place, first, false);
    agree_on_next(place, third);
    log_tree_close(&place->tree); /* ended before it was done */
    open_tree(place);
    assert_signed_by(place, second, true);
    sign(place);
    assert_signed_by(place, third, true);
    append(place, 300);
    sign(place);
    char path[512];
    tile_file(place, 0, 0, 256, path);
    assert_int_equal(unlink(path), 0);
    log_tree_close(&place->tree);
    open_tree(place); /* the tiles are made again, past both records: the key stays */
    append(place, 1);
    sign(place);
    assert_signed_by(place, third, true);
    assert_signed(place);
}

static void key_that_nobody_has_is_not_put_in_place(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    struct note_signer other;
    append(place, 10);
    open_tree(place);
    sign(place);
    assert_true(note_signer_new("sanling/test", NOTE_ED25519, &other, &fault));
    note_verifier_write(&other.verifier, place->replacement);
    append(place, 1);
    assert_false(log_tree_grow(place->tree, place->position, ALL, &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
    assert_non_null(strstr(fault.text, "log.key.next: not the key that two operators agreed on"));
}

static void new_witness(struct place *place, const char *name, struct note_signer *witness)
{
    struct fault fault = {0};
    assert_true(note_signer_new(name, NOTE_COSIGNATURE_V1, witness, &fault));
    place->witnesses.keys[place->witnesses.count++] = witness->verifier;
}

/* The text of the newest checkpoint. */
static void newest_text(const struct place *place, char text[static CHECKPOINT_TEXT_SIZE])
{
    checkpoint_write(log_tree_checkpoint(place->tree), text);
}

static enum cosigning cosign(struct place *place, const char *text, const struct note_signer *witness, int *count)
{
    struct fault fault = {0};
    enum cosigning result;
    char *line = note_sign(witness, text, strlen(text), 1700000000);
    if (!log_tree_cosign(place->tree, text, line, &result, count, &fault))
        fail_msg("%s", fault.text);
    free(line);
    return result;
}

static void assert_cosigned(const char *document, const struct note_signer *witness, bool expected)
{
    struct fault fault = {0};
    struct note note;
    assert_true(note_read(document, strlen(document), &note, &fault));
    assert_int_equal(note_verify(&note, &witness->verifier) != NULL, expected);
}

static void cosignatures_are_kept_with_their_checkpoint(void **state)
{
    struct place *place = *state;
    struct note_signer one;
    struct note_signer other;
    char older[CHECKPOINT_TEXT_SIZE];
    char text[CHECKPOINT_TEXT_SIZE];
    char *notes[WITNESSES_MAX];
    int count;
    new_witness(place, "one", &one);
    new_witness(place, "other", &other);
    append(place, 10);
    open_tree(place);
    sign(place);
    newest_text(place, older);
    append(place, 10);
    sign(place);
    newest_text(place, text);
    assert_int_equal(cosign(place, older, &one, &count), COSIGNING_TAKEN);
    assert_int_equal(count, 0);
    assert_int_equal(cosign(place, text, &other, &count), COSIGNING_TAKEN);
    assert_int_equal(count, 1);
    for (int again = 0; again < 2; again++) { /* after a restart too */
        char *newest = log_tree_note(place->tree);
        assert_cosigned(newest, &one, false);
        assert_cosigned(newest, &other, true);
        free(newest);
        assert_int_equal(log_tree_cosigned(place->tree, notes), 1);
        assert_cosigned(notes[0], &one, true);
        free(notes[0]);
        log_tree_close(&place->tree);
        open_tree(place);
    }
    assert_int_equal(cosign(place, text, &one, &count), COSIGNING_TAKEN);
    assert_int_equal(count, 2);
    assert_int_equal(log_tree_cosigned(place->tree, notes), 0);
    assert_int_equal(cosign(place, older, &one, &count), COSIGNING_TAKEN); /* and the newer one stays */
    assert_int_equal(count, 2);
}

static void wrong_cosignatures_are_refused(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    struct note_signer witness;
    struct note_signer stranger;
    enum cosigning result;
    char text[CHECKPOINT_TEXT_SIZE];
    int count;
    new_witness(place, "one", &witness);
    assert_true(note_signer_new("stranger", NOTE_COSIGNATURE_V1, &stranger, &fault));
    append(place, 10);
    open_tree(place);
    sign(place);
    newest_text(place, text);
    assert_int_equal(cosign(place, text, &stranger, &count), COSIGNING_STRANGER);
    assert_int_equal(cosign(place, "no checkpoint\n", &witness, &count), COSIGNING_MALFORMED);
    struct checkpoint forged = *log_tree_checkpoint(place->tree);
    forged.root.bytes[0] ^= 1;
    char other[CHECKPOINT_TEXT_SIZE];
    checkpoint_write(&forged, other);
    assert_int_equal(cosign(place, other, &witness, &count), COSIGNING_UNKNOWN);
    forged = *log_tree_checkpoint(place->tree);
    forged.size++;
    checkpoint_write(&forged, other);
    assert_int_equal(cosign(place, other, &witness, &count), COSIGNING_UNKNOWN);
    char *line = note_sign(&witness, other, strlen(other), 1700000000);
    assert_true(log_tree_cosign(place->tree, text, line, &result, &count, &fault));
    assert_int_equal(result, COSIGNING_WRONG);
    assert_true(log_tree_cosign(place->tree, text, "no line", &result, &count, &fault));
    assert_int_equal(result, COSIGNING_STRANGER);
    free(line);
    assert_int_equal(count, 0);
}

static void log_keeps_its_name(void **state)
{
    struct place *place = *state;
    struct fault fault = {0};
    append(place, 10);
    open_tree(place);
    sign(place);
    log_tree_close(&place->tree);
    assert_false(try_open(place, "another/name", &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
    assert_true(try_open(place, "sanling/test", &fault));
}

static void key_is_for_its_owner_alone(void **state)
{
    struct place *place = *state;
    struct stat status;
    open_tree(place);
    assert_int_equal(stat(place->key, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define PROMISE(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)
        PROMISE(tree_goes_on_after_a_restart_at_every_size),
        PROMISE(tree_is_the_same_however_it_was_cut_into_checkpoints),
        PROMISE(consistency_is_shown_between_any_two_sizes),
        PROMISE(partial_tiles_go_when_the_tile_is_full),
        PROMISE(missing_and_damaged_tiles_are_made_again),
        PROMISE(log_without_tiles_gets_its_tree),
        PROMISE(everything_but_the_day_is_made_again),
        PROMISE(another_log_is_refused_with_the_position),
        PROMISE(another_log_is_found_when_a_tile_is_missing),
        PROMISE(the_days_tell_up_to_where_the_log_is_good),
        PROMISE(shorter_log_than_was_signed_is_refused),
        PROMISE(damaged_record_is_found_when_it_is_to_be_proven),
        PROMISE(spoilt_checkpoint_is_read_from_its_copy),
        PROMISE(missing_key_is_not_replaced_where_checkpoints_are),
        PROMISE(another_key_is_refused),
        PROMISE(log_keeps_its_name),
        PROMISE(another_key_signs_behind_the_record_that_says_so),
        PROMISE(key_that_nobody_has_is_not_put_in_place),
        PROMISE(cosignatures_are_kept_with_their_checkpoint),
        PROMISE(wrong_cosignatures_are_refused),
        PROMISE(key_is_for_its_owner_alone),
#undef PROMISE
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
