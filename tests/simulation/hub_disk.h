/* The simulated disk: files under DISK_ROOT, and the records of the store (hub_store.c). It keeps two things apart:
 * what the process sees, and what would be there after the power went. Calls may last long, fail, or be the hub's last.
 */
#ifndef SIMULATION_HUB_DISK_H
#define SIMULATION_HUB_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISK_ROOT "/simulated"

enum { STORE_FAMILIES = 5 };

/* What goes wrong in one life of the hub, at the call that brings `calls` to 0. */
enum disk_fault { DISK_NO_FAULT, DISK_KILL, DISK_POWER, DISK_FAIL_SYNC, DISK_FAIL_WRITE };
struct disk_plan {
    enum disk_fault fault;
    uint32_t calls;
    bool happened;
    uint32_t slow; /* syncs take so many times as long */
};

enum disk_call { CALL_WRITE, CALL_SYNC };
/* A call that changes the disk, or waits for it: false, with errno, if it fails. */
bool disk_call(enum disk_call call);

/* Begins with an empty disk, or with the one that was kept. */
void disk_begin(bool kept);
/* Keeps the disk as it is now for later seeds. */
void disk_keep(void);
void disk_plan(const struct disk_plan *plan);
const struct disk_plan *disk_planned(void);
/* Almost no room is left until then. */
void disk_set_full(int64_t until_us);
/* The process ends at this moment: what it does afterwards leaves no trace. `power`: the machine, too. */
void disk_cut(bool power);
/* The next life sees what the last one left. */
void disk_next_life(void);

/* Damages one thing, as a failing disk does; what it was goes to *what. false: there was nothing to damage. */
bool disk_damage(char what[static 160]);
/* Takes the damage back, as restoring a backup does. */
void disk_mend(void);

/* Memory until the seed ends. */
void *disk_take(size_t size);

/* ---- the store's records ---- */

struct store_entry {
    const uint8_t *key;
    const uint8_t *value;
    uint32_t key_size;
    uint32_t value_size;
    bool unreadable;
};
struct store_family {
    struct store_entry *entries; /* sorted */
    uint32_t count;
    uint32_t capacity;
};
struct store_change {
    struct store_change *next;
    int family;
    bool removes;
    struct store_entry entry;
};
struct store_image {
    struct store_family families[STORE_FAMILIES];
    struct store_change *pending; /* written, and nobody knows whether it arrived */
    bool doubtful;                /* its sync failed */
    bool unsynced;                /* of what was written since `synced`, all or nothing is lost without power */
    struct store_family synced[STORE_FAMILIES];
};
struct store_image *disk_store(void);
/* Makes the store's folder if it is not there. */
bool store_make(const char *folder);
/* The first entry whose key is not below; count if there is none. */
uint32_t store_find(const struct store_family *family, const void *key, size_t size);
/* What is applied from here on is not synced, or all is. */
void store_begin_unsynced(struct store_image *store);
void store_apply(struct store_image *store, const struct store_change *change);

#endif
