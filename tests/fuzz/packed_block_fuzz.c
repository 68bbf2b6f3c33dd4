/* A packed block of which bytes were changed is refused, or read within its bounds. The input is a recipe: how many
 * records are packed, from which seed, how much of the value is left, whether an older version packed it, and which of
 * its bytes are changed to what. */
#include "log/packed_block.h"

#include "drawn_block.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { RECIPE_SIZE = 5, CHANGE_SIZE = 3, IS_CUT = 1, IS_OLDER = 2 /* bits of the recipe's last byte */ };

static unsigned two_bytes(const uint8_t *at)
{
    return at[0] | (unsigned)at[1] << 8;
}

static struct drawn_bytes packed_block(struct block_packer *packer, const uint8_t recipe[static RECIPE_SIZE])
{
    struct draw draw = {.seed = recipe[1]};
    struct drawn_bytes block = draw_block(&draw, 16 + recipe[0]);
    size_t size = block.size;
    const uint8_t *value = block_pack(packer, block.bytes, &size);
    struct drawn_bytes packed = recipe[4] & IS_OLDER ? packed_as_older(value, size) : drawn_copy(value, size);
    const unsigned left = two_bytes(recipe + 2);
    if (recipe[4] & IS_CUT && left < packed.size) {
        const struct drawn_bytes cut = drawn_copy(packed.bytes, left); /* a sanitizer sees where it ends */
        free(packed.bytes);
        packed = cut;
    }
    free(block.bytes);
    return packed;
}

static void change(struct drawn_bytes *value, const uint8_t *changes, size_t size)
{
    for (size_t at = 0; at + CHANGE_SIZE <= size && value->size > 0; at += CHANGE_SIZE)
        value->bytes[two_bytes(changes + at) % value->size] = changes[at + 2];
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct block_packer *packer = NULL; /* kept: opening one costs more than a run */
    struct unpacked_block unpacked = {0};
    struct block_view view;
    struct fault fault = {0};
    if (size < RECIPE_SIZE)
        return 0;
    if (!packer)
        packer = block_packer_open();
    struct drawn_bytes value = packed_block(packer, bytes);
    change(&value, bytes + RECIPE_SIZE, size - RECIPE_SIZE);
    if (block_is_packed(value.bytes, value.size) &&
        block_unpack(&unpacked, value.bytes, value.size, DRAWN_POSITION, &view, &fault) &&
        unpacked_block_fetch(&unpacked, &view, bytes[1] % view.header->count, &fault) &&
        unpacked_block_fetch_all(&unpacked, &view, &fault))
        (void)drawn_sum(&view);
    else if (fault.code != FAULT_DAMAGED && fault.code != FAULT_NEWER && fault.code != FAULT_OLDER &&
             block_is_packed(value.bytes, value.size))
        abort();
    unpacked_block_clear(&unpacked);
    free(value.bytes);
    return 0;
}
