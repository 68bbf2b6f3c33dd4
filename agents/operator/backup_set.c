#include "backup_set.h"

#include "evidence_file.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FORMAT = 1, NOTE_BYTES_MAX = 16384, NUMBER_DIGITS = 6 };

static bool take_note(json_t *document, struct backup_note *note)
{
    int format = 0, demonstration = 0, form = 1; /* notes of versions that had form 1 only do not say it */
    const char *made_at, *hub, *software, *digest, *position, *rejections;
    if (json_unpack(document, "{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s?i, s:b}", "format", &format, "madeAt", &made_at,
                    "hub", &hub, "software", &software, "digest", &digest, "position", &position, "rejections",
                    &rejections, "form", &form, "demonstration", &demonstration) != 0)
        return false;
    *note = (struct backup_note){.position = strtoull(position, NULL, 10),
                                 .rejections = strtoull(rejections, NULL, 10),
                                 .form = (unsigned)form,
                                 .demonstration = demonstration != 0};
    return format == FORMAT && form > 0 &&
           snprintf(note->made_at, sizeof note->made_at, "%s", made_at) < BACKUP_WORD_SIZE &&
           snprintf(note->hub, sizeof note->hub, "%s", hub) < BACKUP_WORD_SIZE &&
           snprintf(note->software, sizeof note->software, "%s", software) < BACKUP_WORD_SIZE &&
           snprintf(note->digest, sizeof note->digest, "%s", digest) < BACKUP_DIGEST_SIZE;
}

bool backup_note_read(const char *folder, struct backup_note *note, struct fault *fault)
{
    char path[FOLDER_PATH_SIZE];
    struct stat status;
    if (!folder_path(folder, "backup.json", path, fault))
        return false;
    if (stat(path, &status) != 0)
        return fault_set(fault, FAULT_NO, "%.300s: no finished backup", folder);
    json_t *document = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    if (json_integer_value(json_object_get(document, "format")) > FORMAT) {
        json_decref(document);
        return fault_set(fault, FAULT_NEWER,
                         "%.300s: written by a newer version of sanlingctl; use that version, this one changes nothing",
                         path);
    }
    const bool taken = document != NULL && take_note(document, note);
    json_decref(document);
    return taken || fault_set(fault, FAULT_DAMAGED,
                              "%.300s: not what this version's 'sanlingctl backup' writes; take another backup", path);
}

bool backup_note_write(const char *folder, const struct backup_note *note, struct fault *fault)
{
    char path[FOLDER_PATH_SIZE];
    if (!folder_path(folder, "backup.json", path, fault))
        return false;
    json_t *document =
        json_pack("{s:i, s:s, s:s, s:s, s:o, s:o, s:s, s:i, s:b}", "format", FORMAT, "madeAt", note->made_at, "hub",
                  note->hub, "software", note->software, "position", json_sprintf("%" PRIu64, note->position),
                  "rejections", json_sprintf("%" PRIu64, note->rejections), "digest", note->digest, "form",
                  (int)note->form, "demonstration", note->demonstration);
    char *text = document != NULL ? json_dumps(document, JSON_INDENT(2)) : NULL;
    if (text == NULL)
        abort();
    const bool written = evidence_file_write(path, text, strlen(text), fault);
    free(text);
    json_decref(document);
    return written;
}

/* The number of a backup's folder; 0: it is none. */
static unsigned number_of(const char *name)
{
    if (strlen(name) != NUMBER_DIGITS || strspn(name, "0123456789") != NUMBER_DIGITS)
        return 0;
    return (unsigned)strtoul(name, NULL, 10);
}

bool backup_set_newest(const char *dir, struct backup_place *place, struct fault *fault)
{
    unsigned newest = 0;
    char name[16], note[FOLDER_PATH_SIZE];
    struct stat status;
    *place = (struct backup_place){0};
    if (!folder_path(dir, "backup.json", note, fault))
        return false;
    if (stat(note, &status) == 0) {
        const char *slash = strrchr(dir, '/');
        place->number = number_of(slash != NULL ? slash + 1 : dir);
        place->number = place->number > 0 ? place->number : 1;
        return snprintf(place->path, sizeof place->path, "%s", dir) < FOLDER_PATH_SIZE &&
               backup_note_read(dir, &place->note, fault);
    }
    DIR *listing = opendir(dir);
    if (listing == NULL)
        return errno == ENOENT || fault_set(fault, FAULT_SYSTEM, "%.300s: %s", dir, strerror(errno));
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
        if (number_of(entry->d_name) > newest)
            newest = number_of(entry->d_name);
    closedir(listing);
    place->number = newest;
    snprintf(name, sizeof name, "%06u", newest);
    return newest == 0 ||
           (folder_path(dir, name, place->path, fault) && backup_note_read(place->path, &place->note, fault));
}

bool backup_set_prune(const char *dir, unsigned newest, unsigned keep, struct fault *fault)
{
    char name[16], path[FOLDER_PATH_SIZE], gone[FOLDER_PATH_SIZE];
    DIR *listing = opendir(dir);
    bool pruned = listing != NULL || fault_set(fault, FAULT_SYSTEM, "%.300s: %s", dir, strerror(errno));
    for (struct dirent *entry; pruned && (entry = readdir(listing)) != NULL;) {
        const unsigned number = number_of(entry->d_name);
        if (number == 0 || number + keep > newest)
            continue;
        /* It is no backup any more from one moment on. */
        snprintf(name, sizeof name, "%06u", number);
        pruned = folder_path(dir, name, path, fault) && folder_path(dir, "unfinished", gone, fault) &&
                 (rename(path, gone) == 0 || fault_set(fault, FAULT_SYSTEM, "%.300s: %s", path, strerror(errno))) &&
                 folder_remove(gone, fault);
    }
    if (listing != NULL)
        closedir(listing);
    return pruned;
}
