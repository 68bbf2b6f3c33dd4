#include "restorations.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void restorations_add(struct restorations *restorations, const char *name, uint64_t position)
{
    struct restored *each = restorations->each;
    if (restorations->count == RESTORATIONS_MAX) {
        if (each[0].position < each[1].position)
            each[1].position = each[0].position;
        memmove(each, each + 1, (RESTORATIONS_MAX - 1) * sizeof *each);
        restorations->count--;
    }
    struct restored *added = &each[restorations->count++];
    *added = (struct restored){.position = position};
    snprintf(added->name, sizeof added->name, "%s", name);
}

void restorations_of_welcome(const Sanling__V1__Welcome *welcome, struct restorations *restorations)
{
    *restorations = (struct restorations){0};
    for (size_t i = 0; i < welcome->n_restorations; i++)
        restorations_add(restorations, welcome->restorations[i]->restoration, welcome->restorations[i]->position);
    if (restorations->count == 0 && welcome->restoration[0] != '\0') /* a hub that knows only the last one */
        restorations_add(restorations, welcome->restoration, welcome->restored_position);
}

/* Where `wanted` stands among them, counted from 1; 0: it does not. */
static size_t place_of(const struct restorations *restorations, const char *wanted)
{
    for (size_t i = restorations->count; i > 0; i--)
        if (strcmp(restorations->each[i - 1].name, wanted) == 0)
            return i;
    return 0;
}

static uint64_t least(const struct restorations *restorations, size_t from, uint64_t position)
{
    for (size_t i = from; i < restorations->count; i++)
        if (restorations->each[i].position < position)
            position = restorations->each[i].position;
    return position;
}

uint64_t restorations_same_up_to(const struct restorations *before, const struct restorations *now)
{
    /* Up to the last one that both know they have one past; each that only one of them knows cut it somewhere. */
    size_t known_before = before->count, known_now = 0;
    while (known_before > 0 && (known_now = place_of(now, before->each[known_before - 1].name)) == 0)
        known_before--;
    return least(now, known_now, least(before, known_before, UINT64_MAX));
}

const char *restorations_behind(const struct restorations *restorations, uint64_t position)
{
    for (size_t i = restorations->count; i > 0; i--)
        if (restorations->each[i - 1].position < position)
            return restorations->each[i - 1].name;
    return "";
}

static bool add_entry(json_t *entry, struct restorations *restorations)
{
    const char *position, *name;
    if (json_unpack(entry, "{s:s, s:s}", "position", &position, "restoration", &name) != 0 || name[0] == '\0' ||
        strlen(name) >= RESTORATION_NAME_SIZE || strpbrk(name, " \n") != NULL)
        return false;
    restorations_add(restorations, name, strtoull(position, NULL, 10));
    return true;
}

bool restorations_read_document(const char *text, size_t size, struct restorations *restorations)
{
    json_t *document = json_loadb(text, size, 0, NULL);
    const json_t *earlier = json_object_get(document, "earlier");
    bool read = document != NULL;
    *restorations = (struct restorations){0};
    for (size_t i = 0; read && i < json_array_size(earlier); i++)
        read = add_entry(json_array_get(earlier, i), restorations);
    read = read && add_entry(document, restorations);
    json_decref(document);
    return read;
}

void restorations_write(const struct restorations *restorations, char text[static RESTORATIONS_TEXT_SIZE])
{
    size_t size = 0;
    text[0] = '\0';
    for (size_t i = 0; i < restorations->count; i++)
        size += (size_t)snprintf(text + size, RESTORATIONS_TEXT_SIZE - size, "%" PRIu64 " %s\n",
                                 restorations->each[i].position, restorations->each[i].name);
}

bool restorations_read(const char *text, struct restorations *restorations)
{
    *restorations = (struct restorations){0};
    while (*text != '\0') {
        char name[RESTORATION_NAME_SIZE];
        char *end;
        const uint64_t position = strtoull(text, &end, 10);
        const size_t size = *end == ' ' ? strcspn(end + 1, "\n") : 0;
        if (end == text || size == 0 || size >= sizeof name || end[size + 1] != '\n')
            return false;
        memcpy(name, end + 1, size);
        name[size] = '\0';
        restorations_add(restorations, name, position);
        text = end + size + 2;
    }
    return true;
}
