#include "commit.h"

#include <stdlib.h>
#include <string.h>

struct commit *commit_open(void)
{
    struct commit *commit = calloc(1, sizeof *commit);
    if (!commit)
        abort();
    block_builder_init(&commit->blocks);
    return commit;
}

static void forget_lists(struct commit *commit)
{
    for (size_t i = 0; i < commit->rejection_count; i++)
        free((void *)commit->rejections[i].bytes);
    for (size_t i = 0; i < commit->cursor_count; i++) {
        free((void *)commit->cursors[i].name);
        free((void *)commit->cursors[i].value);
    }
    commit->rejection_count = 0;
    commit->cursor_count = 0;
}

void commit_close(struct commit **commit)
{
    if (!*commit)
        return;
    forget_lists(*commit);
    free((*commit)->rejections);
    free((*commit)->cursors);
    block_builder_clear(&(*commit)->blocks);
    free(*commit);
    *commit = NULL;
}

void commit_reset(struct commit *commit, uint64_t first_position)
{
    forget_lists(commit);
    block_builder_reset(&commit->blocks, first_position);
    commit->failed = false;
}

static void *one_more(void *rows, size_t count, size_t *capacity, size_t row_size)
{
    if (count < *capacity)
        return rows;
    *capacity = *capacity ? *capacity * 2 : 16;
    void *larger = realloc(rows, *capacity * row_size);
    if (!larger)
        abort();
    return larger;
}

void commit_add_rejection(struct commit *commit, uint64_t number, uint8_t *bytes, size_t size)
{
    commit->rejections =
        one_more(commit->rejections, commit->rejection_count, &commit->rejection_capacity, sizeof *commit->rejections);
    commit->rejections[commit->rejection_count++] =
        (struct log_rejection){.number = number, .bytes = bytes, .size = size};
}

static uint8_t *copy_of(const void *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

void commit_put_cursor(struct commit *commit, const char *name, const void *value, size_t size)
{
    for (size_t i = 0; i < commit->cursor_count; i++) {
        struct log_cursor *cursor = &commit->cursors[i];
        if (strcmp(cursor->name, name) != 0)
            continue;
        free((void *)cursor->value);
        cursor->value = copy_of(value, size);
        cursor->size = size;
        return;
    }
    commit->cursors =
        one_more(commit->cursors, commit->cursor_count, &commit->cursor_capacity, sizeof *commit->cursors);
    commit->cursors[commit->cursor_count++] = (struct log_cursor){
        .name = (char *)copy_of(name, strlen(name) + 1), .value = copy_of(value, size), .size = size};
}

bool commit_empty(const struct commit *commit)
{
    return commit->blocks.count == 0 && commit->rejection_count == 0 && commit->cursor_count == 0;
}
