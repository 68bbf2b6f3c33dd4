#include "head_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sha256.h"

enum { HEAD_SLOT_SIZE = 4096, HEAD_MAGIC = 0x44414548, HEAD_VERSION = 2, HEAD_VERSIONS_TO_COME = 200 };

struct head_slot {
    uint32_t magic;
    uint32_t version;
    uint64_t turn;
    struct log_head head;
    uint8_t check[32]; /* SHA-256 of everything above */
};
_Static_assert(sizeof(struct head_slot) == 168, "on disk");

static void slot_check(const struct head_slot *slot, uint8_t check[static 32])
{
    sha256_of(slot, offsetof(struct head_slot, check), check);
}

static bool slot_read(int descriptor, int number, struct head_slot *slot)
{
    uint8_t check[32];
    if (pread(descriptor, slot, sizeof *slot, (off_t)number * HEAD_SLOT_SIZE) != (ssize_t)sizeof *slot)
        return false;
    slot_check(slot, check);
    return slot->magic == HEAD_MAGIC && slot->version == HEAD_VERSION && memcmp(check, slot->check, sizeof check) == 0;
}

/* Of a newer version, and neither a slot of ours in which the version's own bits went wrong, nor rubbish. */
static bool slot_is_newer(const struct head_slot *slot)
{
    uint8_t check[32];
    struct head_slot ours = *slot;
    ours.version = HEAD_VERSION;
    slot_check(&ours, check);
    return slot->magic == HEAD_MAGIC && slot->version > HEAD_VERSION &&
           slot->version <= HEAD_VERSION + HEAD_VERSIONS_TO_COME && memcmp(check, slot->check, sizeof check) != 0;
}

static bool failed(const char *path, struct fault *fault)
{
    return fault_set(fault, FAULT_SYSTEM, "%s: %s", path, strerror(errno));
}

/* The file's name is durable too: without it the log would be refused. */
static bool sync_name(const char *path)
{
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", path);
    int descriptor = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = descriptor >= 0 && fsync(descriptor) == 0;
    if (descriptor >= 0)
        close(descriptor);
    return synced;
}

/* A new file gets its full size at once, so that later writes change data only. */
static bool file_lay(const char *path, struct head_file *file, struct fault *fault)
{
    static const uint8_t nothing[2 * HEAD_SLOT_SIZE];
    if (pwrite(file->descriptor, nothing, sizeof nothing, 0) != (ssize_t)sizeof nothing || fsync(file->descriptor) ||
        !sync_name(path))
        return failed(path, fault);
    file->turn = 0;
    return true;
}

/* Finds the newest slot; all zero where the file was laid out, and nothing was written since. */
static bool read_slots(const char *path, struct head_file *file, struct log_head *head, struct fault *fault)
{
    bool found = false;
    bool blank = true;
    bool newer = false;
    uint32_t other_version = 0;
    for (int number = 0; number < 2; number++) {
        struct head_slot slot = {0};
        bool holds = slot_read(file->descriptor, number, &slot);
        blank = blank && slot.magic == 0;
        newer = newer || slot_is_newer(&slot);
        if (slot.magic == HEAD_MAGIC && slot.version != HEAD_VERSION)
            other_version = slot.version;
        if (!holds || (found && slot.turn <= file->turn))
            continue;
        found = true;
        file->turn = slot.turn;
        *head = slot.head;
    }
    if (newer) /* also where a slot of ours is left: what it saw is not all that was acknowledged */
        return fault_set(fault, FAULT_NEWER,
                         "%.300s: written by a newer version of the hub; start that version, this one changes nothing",
                         path);
    if (found || (blank && lseek(file->descriptor, 0, SEEK_END) == (off_t)2 * HEAD_SLOT_SIZE))
        return true;
    if (other_version == 1)
        return fault_set(fault, FAULT_DAMAGED, "%s: of an older version of the hub, which this one does not read",
                         path);
    return fault_set(fault, FAULT_DAMAGED, "%s: no slot of the log's head holds; restore a backup", path);
}

bool head_file_open(const char *path, struct head_file *file, struct log_head *head, struct fault *fault)
{
    *head = (struct log_head){0};
    *file = (struct head_file){.descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    if (file->descriptor < 0)
        return failed(path, fault);
    if (lseek(file->descriptor, 0, SEEK_END) == 0)
        return file_lay(path, file, fault);
    return read_slots(path, file, head, fault);
}

bool head_file_read(const char *path, struct log_head *head, struct fault *fault)
{
    *head = (struct log_head){0};
    struct head_file file = {.descriptor = open(path, O_RDONLY | O_CLOEXEC)};
    if (file.descriptor < 0)
        return failed(path, fault);
    const bool empty = lseek(file.descriptor, 0, SEEK_END) == 0; /* made, and ended before it was laid out */
    const bool good = empty || read_slots(path, &file, head, fault);
    head_file_close(&file);
    return good;
}

void head_file_close(struct head_file *file)
{
    if (file->unsynced)
        (void)fdatasync(file->descriptor); /* who must know whether it arrived has asked head_file_sync */
    file->unsynced = false;
    if (file->descriptor >= 0)
        close(file->descriptor);
    file->descriptor = -1;
}

static bool uncertain(struct fault *fault)
{
    return fault_set(fault, FAULT_UNCERTAIN, "head of the log: %s", strerror(errno));
}

bool head_file_write(struct head_file *file, const struct log_head *head, struct fault *fault)
{
    struct head_slot slot = {.magic = HEAD_MAGIC, .version = HEAD_VERSION, .turn = file->turn + 1, .head = *head};
    if (!head_file_sync(file, fault)) /* two slots under way at once could both be torn */
        return false;
    slot_check(&slot, slot.check);
    off_t at = (off_t)(slot.turn % 2) * HEAD_SLOT_SIZE;
    if (pwrite(file->descriptor, &slot, sizeof slot, at) != (ssize_t)sizeof slot)
        return uncertain(fault);
    file->turn = slot.turn;
    file->unsynced = true;
    return true;
}

bool head_file_sync(struct head_file *file, struct fault *fault)
{
    if (file->unsynced && fdatasync(file->descriptor) != 0)
        return uncertain(fault);
    file->unsynced = false;
    return true;
}
