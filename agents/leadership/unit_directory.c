#include "unit_directory.h"

#include <stdlib.h>
#include <string.h>

struct unit_directory {
    struct hub_link *link;
    Sanling__V1__UnitsAnswer *units;                /* in the tree's order; NULL: not read yet */
    const Sanling__V1__UnitsAnswer__Unit **by_code; /* sorted */
    int64_t read_ms;
    uint64_t epoch;
    bool reading;
    struct unit_directories *all;
    struct unit_directory *next;
};

struct waiting {
    struct unit_directory *directory;
    unit_directory_taken *taken;
    void *owner;
    struct waiting *next;
};

struct unit_directories {
    int64_t now_ms;
    struct unit_directory *first;
    struct waiting *waiting;
};

static int compare_codes(const void *a, const void *b)
{
    const Sanling__V1__UnitsAnswer__Unit *const *one = a, *const *other = b;
    return strcmp((*one)->code, (*other)->code);
}

static void drop_units(struct unit_directory *directory)
{
    sanling__v1__units_answer__free_unpacked(directory->units, NULL);
    free(directory->by_code);
    directory->units = NULL;
    directory->by_code = NULL;
}

static bool take_units(struct unit_directory *directory, struct hub_reply *reply)
{
    Sanling__V1__UnitsAnswer *units = (Sanling__V1__UnitsAnswer *)reply->body;
    const Sanling__V1__UnitsAnswer__Unit **by_code = calloc(units->n_units + 1, sizeof *by_code);
    if (by_code == NULL)
        return false;
    reply->body = NULL;
    drop_units(directory);
    directory->units = units;
    directory->by_code = by_code;
    for (size_t i = 0; i < units->n_units; i++)
        by_code[i] = units->units[i];
    qsort(by_code, units->n_units, sizeof *by_code, compare_codes);
    directory->read_ms = directory->all->now_ms;
    directory->epoch = hub_link_epoch(directory->link);
    return true;
}

/* Tells all who wait for it, also those who come while it is told. */
static void tell(struct unit_directory *directory, const struct hub_reply *why)
{
    for (struct waiting **at = &directory->all->waiting; *at != NULL;) {
        struct waiting *waiting = *at;
        if (waiting->directory != directory) {
            at = &waiting->next;
            continue;
        }
        *at = waiting->next;
        waiting->taken(waiting->owner, why == NULL ? directory : NULL, why);
        free(waiting);
        at = &directory->all->waiting; /* the call may have changed the list */
    }
}

static void take_reply(void *owner, unsigned slot, struct hub_reply **reply)
{
    struct unit_directory *directory = owner;
    (void)slot;
    directory->reading = false;
    const bool taken = *reply != NULL && (*reply)->body != NULL && take_units(directory, *reply);
    static const struct hub_reply nothing = {.code = SANLING__V1__CODE__KIND__MALFORMED};
    tell(directory, taken ? NULL : *reply != NULL ? *reply : &nothing);
}

static struct unit_directory *directory_of(struct unit_directories *directories, struct hub_link *link)
{
    for (struct unit_directory *directory = directories->first; directory != NULL; directory = directory->next)
        if (directory->link == link)
            return directory;
    struct unit_directory *directory = calloc(1, sizeof *directory);
    if (directory == NULL)
        abort();
    *directory = (struct unit_directory){.link = link, .all = directories, .next = directories->first};
    directories->first = directory;
    return directory;
}

static bool start_reading(struct unit_directory *directory)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__UnitsQuery units = SANLING__V1__UNITS_QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_UNITS;
    query.units = &units;
    directory->reading =
        directory->reading ||
        hub_link_ask(directory->link, &query, &sanling__v1__units_answer__descriptor, take_reply, directory, 0);
    return directory->reading;
}

static bool is_good(const struct unit_directory *directory, const char *code)
{
    const int64_t age_ms = directory->all->now_ms - directory->read_ms;
    if (directory->units == NULL || directory->epoch != hub_link_epoch(directory->link) ||
        age_ms > UNIT_DIRECTORY_LASTS_MS)
        return false;
    return age_ms < UNIT_DIRECTORY_RETRY_MS || code == NULL || code[0] == '\0' ||
           unit_directory_find(directory, code) != NULL;
}

const struct unit_directory *unit_directories_get(struct unit_directories *directories, struct hub_link *link,
                                                  const char *code, unit_directory_taken *taken, void *owner)
{
    struct unit_directory *directory = directory_of(directories, link);
    if (is_good(directory, code))
        return directory;
    struct waiting *waiting = calloc(1, sizeof *waiting);
    if (waiting == NULL || !start_reading(directory))
        abort();
    *waiting = (struct waiting){.directory = directory, .taken = taken, .owner = owner, .next = directories->waiting};
    directories->waiting = waiting;
    return NULL;
}

void unit_directories_forget(struct unit_directories *directories, const void *owner)
{
    for (struct waiting **at = &directories->waiting; *at != NULL;) {
        struct waiting *waiting = *at;
        if (waiting->owner != owner) {
            at = &waiting->next;
            continue;
        }
        *at = waiting->next;
        free(waiting);
    }
}

struct unit_directories *unit_directories_open(void)
{
    return calloc(1, sizeof(struct unit_directories));
}

void unit_directories_close(struct unit_directories **directories)
{
    struct unit_directories *closing = *directories;
    *directories = NULL;
    if (closing == NULL)
        return;
    while (closing->first != NULL) {
        struct unit_directory *directory = closing->first;
        closing->first = directory->next;
        hub_link_forget(directory->link, directory);
        drop_units(directory);
        free(directory);
    }
    while (closing->waiting != NULL) {
        struct waiting *waiting = closing->waiting;
        closing->waiting = waiting->next;
        free(waiting);
    }
    free(closing);
}

void unit_directories_clock(struct unit_directories *directories, int64_t now_ms)
{
    directories->now_ms = now_ms;
}

const Sanling__V1__UnitsAnswer__Unit *unit_directory_find(const struct unit_directory *directory, const char *code)
{
    size_t low = 0, high = directory->units->n_units;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(directory->by_code[middle]->code, code);
        if (order == 0)
            return directory->by_code[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const char *unit_directory_name(const struct unit_directory *directory, const char *code)
{
    const Sanling__V1__UnitsAnswer__Unit *unit = unit_directory_find(directory, code);
    return unit != NULL ? unit->name : "";
}

static json_t *row(const Sanling__V1__UnitsAnswer__Unit *unit)
{
    const ProtobufCEnumValue *kind =
        protobuf_c_enum_descriptor_get_value(&sanling__v1__unit_kind__kind__descriptor, (int)unit->kind);
    return json_pack("{s:s, s:s, s:s}", "code", unit->code, "name", unit->name, "kind",
                     kind != NULL ? kind->name : "UNSPECIFIED");
}

json_t *unit_directory_path(const struct unit_directory *directory, const char *code)
{
    json_t *path = json_array();
    const Sanling__V1__UnitsAnswer__Unit *unit = unit_directory_find(directory, code);
    for (unsigned depth = 0; unit != NULL && depth < UNIT_PATH_MAX; depth++) {
        json_array_insert_new(path, 0, row(unit));
        unit = unit_directory_find(directory, unit->parent);
    }
    return path;
}

json_t *unit_directory_search(const struct unit_directory *directory, const char *text, size_t limit)
{
    json_t *found = json_array();
    for (size_t i = 0; i < directory->units->n_units && json_array_size(found) < limit; i++) {
        const Sanling__V1__UnitsAnswer__Unit *unit = directory->units->units[i];
        if (strstr(unit->name, text) == NULL && strstr(unit->code, text) == NULL)
            continue;
        json_t *entry = row(unit);
        json_object_set_new(entry, "parent", json_string(unit->parent));
        json_array_append_new(found, entry);
    }
    return found;
}
