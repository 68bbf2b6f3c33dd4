#include "folder.h"

#include <dirent.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

void folder_make(char path[static FOLDER_PATH_SIZE])
{
    const char *parent = getenv("TMPDIR");
    snprintf(path, FOLDER_PATH_SIZE, "%.100s/sanling-XXXXXX", parent ? parent : "/tmp");
    assert_non_null(mkdtemp(path));
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)status;
    (void)type;
    (void)at;
    return remove(path);
}

void folder_remove(const char *path)
{
    enum { DESCRIPTORS = 8 };
    assert_int_equal(nftw(path, remove_entry, DESCRIPTORS, FTW_DEPTH | FTW_PHYS), 0);
}

const char *folder_file(const char *folder, const char *name, char path[static 512])
{
    assert_true(snprintf(path, 512, "%s/%s", folder, name) < 512);
    return path;
}

uint8_t *file_read(const char *path, size_t *size)
{
    struct stat status;
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s cannot be opened", path);
    assert_int_equal(fstat(fileno(file), &status), 0);
    uint8_t *bytes = malloc((size_t)status.st_size + 1);
    assert_non_null(bytes);
    *size = fread(bytes, 1, (size_t)status.st_size, file);
    assert_int_equal(*size, status.st_size);
    bytes[*size] = '\0';
    fclose(file);
    return bytes;
}

void file_write(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        fail_msg("%s cannot be written", path);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

void folder_copy(const char *from, const char *to)
{
    assert_int_equal(mkdir(to, 0700), 0);
    DIR *folder = opendir(from);
    assert_non_null(folder);
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        char source[512];
        char target[512];
        struct stat status;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        assert_int_equal(stat(folder_file(from, entry->d_name, source), &status), 0);
        folder_file(to, entry->d_name, target);
        if (S_ISDIR(status.st_mode)) {
            folder_copy(source, target);
        } else {
            size_t size;
            uint8_t *bytes = file_read(source, &size);
            file_write(target, bytes, size);
            free(bytes);
        }
    }
    closedir(folder);
}
