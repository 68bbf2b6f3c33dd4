/* Copying a folder of files that mostly never change: what an earlier copy has already is shared with it. */
#ifndef SANLINGCTL_FOLDER_COPY_H
#define SANLINGCTL_FOLDER_COPY_H

#include "fault.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { FOLDER_PATH_SIZE = 4096 };

struct folder_copy {
    const char *before; /* an earlier copy: a file of the same size and time there is the same; NULL: none */
    bool owned;         /* the files get this owner, for what root restores */
    uid_t user;
    gid_t group;
    uint64_t files;
    uint64_t new_files;
    uint64_t new_bytes;
    uint64_t bytes;
    int64_t told; /* seconds: when progress was shown last */
};

/* "folder/name"; false: FAULT_USAGE, it is too long. */
MUST_CHECK bool folder_path(const char *folder, const char *name, char path[static FOLDER_PATH_SIZE],
                            struct fault *fault);
/* Copies one file by its name in both folders, making the folders that it lies in. *there is false if there is none. */
MUST_CHECK bool folder_copy_file(struct folder_copy *copy, const char *from, const char *to, const char *name,
                                 bool *there, struct fault *fault);
/* Copies all files in a folder and below it, but for those that are called `but`. Nothing but files and folders is
 * looked at. */
MUST_CHECK bool folder_copy_all(struct folder_copy *copy, const char *from, const char *to, const char *but,
                                struct fault *fault);
/* The same of one folder in both, which is made. */
MUST_CHECK bool folder_copy_part(struct folder_copy *copy, const char *from, const char *to, const char *part,
                                 const char *but, struct fault *fault);
/* The tiles of a log's tree of that many records. */
MUST_CHECK bool folder_copy_tiles(struct folder_copy *copy, const char *from, const char *to, uint64_t records,
                                  struct fault *fault);
/* Everything written is on the disk that holds the folder when this returns true. */
MUST_CHECK bool folder_sync(const char *folder, struct fault *fault);
/* Removes it with all below it; one that is not there is fine. */
MUST_CHECK bool folder_remove(const char *folder, struct fault *fault);
/* Whether there is nothing in it, or no such folder. */
MUST_CHECK bool folder_is_empty(const char *folder, bool *empty, struct fault *fault);

#endif
