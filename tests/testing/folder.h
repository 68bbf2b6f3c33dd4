/* Temporary folders, and small files in them. */
#ifndef TESTING_FOLDER_H
#define TESTING_FOLDER_H

#include <stddef.h>
#include <stdint.h>

enum { FOLDER_PATH_SIZE = 128 };

/* Makes an empty folder under TMPDIR. folder_remove removes it with everything in it. */
void folder_make(char path[static FOLDER_PATH_SIZE]);
void folder_remove(const char *path);
/* Copies a folder's files, and those of the folders in it, to a new folder of that name. */
void folder_copy(const char *from, const char *to);

/* "folder/name", in `path`, which is returned. */
const char *folder_file(const char *folder, const char *name, char path[static 512]);
/* A whole file as malloc'ed bytes with a NUL behind them. The test fails if there is none. */
uint8_t *file_read(const char *path, size_t *size);
void file_write(const char *path, const void *bytes, size_t size);

#endif
