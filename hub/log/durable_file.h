/* Small files that are read and written as a whole; what is replaced, under a temporary name first, so that nobody sees
 * half of one. */
#ifndef HUB_LOG_DURABLE_FILE_H
#define HUB_LOG_DURABLE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "fault.h"

enum { DURABLE_PATH_SIZE = 4096 };

/* The file's bytes, malloc'ed, with a NUL behind them. NULL: FAULT_NO where there is no such file, FAULT_DAMAGED where
 * it has more than `size_max` bytes, FAULT_SYSTEM. */
char *durable_file_read(const char *path, size_t size_max, size_t *size, struct fault *fault);
/* Replaces the file, or makes it; it and its name are on the disk when this returns true. A failure leaves the old
 * file, or the new one: FAULT_FULL, FAULT_SYSTEM. */
MUST_CHECK bool durable_file_write(const char *path, const void *bytes, size_t size, mode_t mode, struct fault *fault);
/* The same without waiting for the disk: an open descriptor to sync and close later; -1: it failed. A file that is not
 * there yet is written under its own name, for half the price: whoever reads it knows its size, or waits until it was
 * synced. A failure leaves the old file, or none. */
MUST_CHECK int durable_file_place(const char *path, const void *bytes, size_t size, mode_t mode, struct fault *fault);
/* Makes a folder of that mode, whatever the umask says; one that is there stays as it is. *made says which. */
MUST_CHECK bool durable_folder_make(const char *path, mode_t mode, bool *made, struct fault *fault);
/* Makes the names in a folder durable. */
MUST_CHECK bool durable_folder_sync(const char *path, struct fault *fault);
/* A failed call's errno as a fault that names the path. */
bool durable_file_fault(const char *path, struct fault *fault);

#endif
