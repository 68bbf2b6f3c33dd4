/* A file that appears whole or not at all: written under another name, synced, then renamed. It is for others as far as
 * the folder is: the office's staff reads what the agent writes beside their files, and nobody else does. */
#ifndef SANLING_WHOLE_FILE_H
#define SANLING_WHOLE_FILE_H

#include "fault.h"

#include <stdio.h>

enum { WHOLE_FILE_PATH_SIZE = 4096 + 512 };

struct whole_file {
    FILE *stream; /* to write to; NULL: not open */
    char path[WHOLE_FILE_PATH_SIZE];
    char temporary[WHOLE_FILE_PATH_SIZE + 16];
};

/* Makes `path` unless it is there, as open to others as the folder that it is in; that one has to be there. */
MUST_CHECK bool whole_file_folder(const char *path, struct fault *fault);
/* `path` has a folder in front of its name. */
MUST_CHECK bool whole_file_open(struct whole_file *file, const char *path, struct fault *fault);
/* It appears. Where that fails, what was there before stays. */
MUST_CHECK bool whole_file_finish(struct whole_file *file, struct fault *fault);
/* Gives it up, unless it is finished; fits CLEANUP. */
void whole_file_discard(struct whole_file *file);

#endif
