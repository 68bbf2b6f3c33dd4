/* The watched folder: which files are there and settled. A file is settled when two looks, at least settle_ms apart,
 * saw the same size and times. Skipped are what is no regular file (a folder, a link, a pipe) and what programs leave
 * behind: ~$* .~* ._* *.tmp Thumbs.db, and other names that start with a dot. */
#ifndef SANLING_FOLDER_H
#define SANLING_FOLDER_H

#include "fault.h"

#include <stddef.h>
#include <stdint.h>

struct folder_file {
    char name[256];
    int64_t size;
    int64_t mtime_ns;
    int64_t ctime_ns;
    int64_t seen_ms;     /* when it first looked like this */
    int64_t settled_ms;  /* when it was found settled; 0: not yet */
    bool handled;        /* its settled form was dealt with */
    int unsettled_reads; /* how often reading it had to be put off */
    bool seen_now;
};

struct folder;

/* NULL: memory ran out. */
struct folder *folder_open(const char *path, int settle_ms);
void folder_close(struct folder **folder);
/* Whether the name is one of those that are skipped. */
bool folder_skips(const char *name);
/* Looks at the folder. false: it cannot be read now (an unplugged share): try again later. */
MUST_CHECK bool folder_look(struct folder *folder, int64_t now_ms, struct fault *fault);
/* The settled file to read next: those that settled earlier first, then by name. NULL: none. Borrowed until the next
 * look. */
const struct folder_file *folder_next(const struct folder *folder);
/* The file of that name as last seen; NULL: it is not there. Borrowed until the next look. */
const struct folder_file *folder_find(const struct folder *folder, const char *name);
/* Whether the file in the folder is still as `file` shows it. */
bool folder_file_stands(const char *folder, const struct folder_file *file);
/* The form of a file that `file` shows was dealt with: it comes again when its size or a time changes. */
void folder_mark_handled(struct folder *folder, const struct folder_file *file);
/* The file of that name is to be dealt with again, if it is there. */
void folder_reopen(struct folder *folder, const char *name);
/* It could not be read now: it comes again after settle_ms. */
void folder_put_off(struct folder *folder, const struct folder_file *file, int64_t now_ms);
/* Whether a file is there that has not been handled, settled or not. */
bool folder_has_unhandled(const struct folder *folder);

#endif
