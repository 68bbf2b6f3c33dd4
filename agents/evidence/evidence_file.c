#include "evidence_file.h"

#include "whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool evidence_file_read(const char *path, size_t limit, struct evidence_text *text, struct fault *fault)
{
    *text = (struct evidence_text){0};
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return fault_set(fault, FAULT_USAGE, "%s: %s", path, strerror(errno));
    char *bytes = malloc(limit + 1);
    if (bytes == NULL)
        abort();
    const size_t size = fread(bytes, 1, limit + 1, file);
    const int cause = ferror(file) ? errno : 0;
    fclose(file);
    if (cause != 0 || size > limit || memchr(bytes, '\0', size) != NULL) {
        free(bytes);
        return cause != 0 ? fault_set(fault, FAULT_USAGE, "%s: %s", path, strerror(cause))
                          : fault_set(fault, FAULT_USAGE, "%s: no text, or larger than %zu bytes", path, limit);
    }
    bytes[size] = '\0';
    *text = (struct evidence_text){.text = bytes, .size = size};
    return true;
}

void evidence_text_clear(struct evidence_text *text)
{
    free(text->text);
    *text = (struct evidence_text){0};
}

/* The name of a file is durable too. */
static bool sync_folder(const char *path, struct fault *fault)
{
    char folder[WHOLE_FILE_PATH_SIZE];
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path) + 1, path);
    const int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = descriptor >= 0 && fsync(descriptor) == 0;
    const int cause = errno;
    if (descriptor >= 0)
        close(descriptor);
    return synced || fault_set(fault, FAULT_SYSTEM, "%s: %s", folder, strerror(cause));
}

bool evidence_file_write(const char *path, const char *text, size_t size, struct fault *fault)
{
    char beside[WHOLE_FILE_PATH_SIZE];
    CLEANUP(whole_file_discard) struct whole_file file = {0};
    if (snprintf(beside, sizeof beside, "%s%s", strchr(path, '/') == NULL ? "./" : "", path) >= (int)sizeof beside)
        return fault_set(fault, FAULT_USAGE, "%s: the path is too long", path);
    if (!whole_file_open(&file, beside, fault))
        return false;
    fwrite(text, 1, size, file.stream); /* finishing looks at what failed */
    return whole_file_finish(&file, fault) && sync_folder(beside, fault);
}

bool evidence_secret_write(const char *path, const char *text, size_t size, struct fault *fault)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0)
        return fault_set(fault, errno == EEXIST ? FAULT_USAGE : FAULT_SYSTEM, "%s: %s", path, strerror(errno));
    const bool written = write(file, text, size) == (ssize_t)size && fsync(file) == 0;
    const int cause = errno;
    close(file);
    return written || fault_set(fault, FAULT_SYSTEM, "%s: %s", path, strerror(cause));
}
