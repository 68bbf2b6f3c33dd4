#include "static_files.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct static_files {
    struct static_file *files; /* sorted by path */
    size_t count;
};

static const struct {
    const char *ending;
    const char *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".json", "application/json; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".txt", "text/plain; charset=utf-8"},
};

static bool ends_with(const char *text, const char *ending)
{
    const size_t size = strlen(text), tail = strlen(ending);
    return size >= tail && strcmp(text + size - tail, ending) == 0;
}

static const char *type_of(const char *path)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (ends_with(path, types[i].ending))
            return types[i].type;
    return "application/octet-stream";
}

static void free_text(char **text)
{
    free(*text);
    *text = NULL;
}

/* NULL: not there (no fault), or a fault. */
static struct content *read_content(const char *path, const char *type, struct fault *fault)
{
    enum { TAG_BYTES = 12 };
    struct stat status;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    const bool fits =
        fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= STATIC_FILE_BYTES_MAX;
    const size_t size = fits ? (size_t)status.st_size : 0;
    uint8_t *bytes = fits ? malloc(size + 1) : NULL;
    const bool whole = bytes != NULL && fread(bytes, 1, size, file) == size;
    fclose(file);
    if (!whole) {
        free(bytes);
        fault_set(fault, FAULT_USAGE, "%s: cannot be read, or has more than %d bytes", path, STATIC_FILE_BYTES_MAX);
        return NULL;
    }
    unsigned char hash[TAG_BYTES + 4];
    crypto_generichash(hash, sizeof hash, bytes, size, NULL, 0);
    struct content *content = content_new(200, type, &bytes, size);
    if (content != NULL)
        sodium_bin2hex(content->tag, sizeof content->tag, hash, TAG_BYTES);
    return content;
}

static struct content *read_beside(const char *path, const char *ending, const char *type, struct fault *fault)
{
    CLEANUP(free_text) char *beside = NULL;
    return asprintf(&beside, "%s%s", path, ending) < 0 ? NULL : read_content(beside, type, fault);
}

static bool add_file(struct static_files *files, const char *whole, const char *path, struct fault *fault)
{
    if (files->count >= STATIC_FILES_MAX)
        return fault_set(fault, FAULT_USAGE, "%s: more than %d files: this is no folder of the page", whole,
                         STATIC_FILES_MAX);
    struct static_file *grown = realloc(files->files, (files->count + 1) * sizeof *grown);
    if (grown == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    files->files = grown;
    struct static_file *file = &grown[files->count++];
    *file = (struct static_file){.path = strdup(path), .immutable = strncmp(path, "/assets/", 8) == 0};
    fault->code = FAULT_NONE;
    file->plain = read_content(whole, type_of(path), fault);
    file->brotli = read_beside(whole, ".br", type_of(path), fault);
    file->gzip = read_beside(whole, ".gz", type_of(path), fault);
    if (file->plain == NULL && fault->code == FAULT_NONE)
        return fault_set(fault, FAULT_USAGE, "%s: %s", whole, strerror(errno));
    return fault->code == FAULT_NONE;
}

static bool read_folder(struct static_files *files, const char *folder, const char *prefix, unsigned depth,
                        struct fault *fault);

static bool add_entry(struct static_files *files, const char *folder, const char *prefix, const struct dirent *entry,
                      unsigned depth, struct fault *fault)
{
    struct stat status;
    CLEANUP(free_text) char *whole = NULL;
    CLEANUP(free_text) char *path = NULL;
    if (entry->d_name[0] == '.' || ends_with(entry->d_name, ".br") || ends_with(entry->d_name, ".gz"))
        return true;
    if (asprintf(&whole, "%s/%s", folder, entry->d_name) < 0 || asprintf(&path, "%s/%s", prefix, entry->d_name) < 0)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    if (stat(whole, &status) == 0 && S_ISDIR(status.st_mode))
        return read_folder(files, whole, path, depth + 1, fault);
    return add_file(files, whole, path, fault);
}

static bool read_folder(struct static_files *files, const char *folder, const char *prefix, unsigned depth,
                        struct fault *fault)
{
    DIR *directory = depth < STATIC_FILES_DEPTH_MAX ? opendir(folder) : NULL;
    if (directory == NULL)
        return fault_set(fault, FAULT_USAGE, "%s: %s", folder,
                         depth < STATIC_FILES_DEPTH_MAX ? strerror(errno) : "folders too deep");
    bool read = true;
    const struct dirent *entry;
    while (read && (entry = readdir(directory)) != NULL)
        read = add_entry(files, folder, prefix, entry, depth, fault);
    closedir(directory);
    return read;
}

static int compare_paths(const void *a, const void *b)
{
    const struct static_file *one = a, *other = b;
    return strcmp(one->path, other->path);
}

struct static_files *static_files_read(const char *folder, struct fault *fault)
{
    struct static_files *files = calloc(1, sizeof *files);
    if (files == NULL) {
        fault_set(fault, FAULT_SYSTEM, "out of memory");
        return NULL;
    }
    if (!read_folder(files, folder, "", 0, fault)) {
        static_files_free(&files);
        return NULL;
    }
    qsort(files->files, files->count, sizeof *files->files, compare_paths);
    if (static_files_find(files, "/index.html") == NULL) {
        fault_set(fault, FAULT_USAGE, "%s: no index.html in it; build the page, or name its folder as `page`", folder);
        static_files_free(&files);
    }
    return files;
}

void static_files_free(struct static_files **files)
{
    struct static_files *gone = *files;
    *files = NULL;
    if (gone == NULL)
        return;
    for (size_t i = 0; i < gone->count; i++) {
        free(gone->files[i].path);
        content_release(&gone->files[i].plain);
        content_release(&gone->files[i].brotli);
        content_release(&gone->files[i].gzip);
    }
    free(gone->files);
    free(gone);
}

size_t static_files_count(const struct static_files *files)
{
    return files->count;
}

char *static_files_beside(const char *name)
{
    static const char *const beside[] = {"../share/sanling", ".."};
    char program[PATH_MAX];
    const ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    program[size > 0 ? size : 0] = '\0';
    const char *slash = strrchr(program, '/');
    for (size_t i = 0; slash != NULL && i < sizeof beside / sizeof *beside; i++) {
        char *index = NULL;
        if (asprintf(&index, "%.*s/%s/%s/index.html", (int)(slash - program), program, beside[i], name) < 0)
            return NULL;
        if (access(index, R_OK) == 0) {
            *strrchr(index, '/') = '\0';
            return index;
        }
        free(index);
    }
    return NULL;
}

static const struct static_file *find(const struct static_files *files, const char *path)
{
    const struct static_file key = {.path = (char *)path};
    return files->count == 0 ? NULL : bsearch(&key, files->files, files->count, sizeof key, compare_paths);
}

/* No dot in the last part, none that begins a part, not where files or the interface are. */
static bool may_be_view(const char *path)
{
    const char *last = strrchr(path, '/');
    return last != NULL && strchr(last, '.') == NULL && strstr(path, "/.") == NULL &&
           strncmp(path, "/assets/", 8) != 0 && strncmp(path, "/v1/", 4) != 0 && strcmp(path, "/v1") != 0;
}

const struct static_file *static_files_find(const struct static_files *files, const char *path)
{
    const struct static_file *file = find(files, path);
    return file != NULL || !may_be_view(path) ? file : find(files, "/index.html");
}

struct content *static_file_choose(const struct static_file *file, const char *accepted, const char **encoding)
{
    *encoding = NULL;
    if (file->brotli != NULL && http_accepts(accepted, "br")) {
        *encoding = "br";
        return file->brotli;
    }
    if (file->gzip != NULL && http_accepts(accepted, "gzip")) {
        *encoding = "gzip";
        return file->gzip;
    }
    return file->plain;
}

bool static_files_reply(const struct static_files *files, struct http_request *request, const char *path)
{
    const char *encoding = NULL;
    const struct static_file *file = static_files_find(files, path);
    if (file == NULL)
        return false;
    struct content *content = content_use(static_file_choose(file, http_header(request, "Accept-Encoding"), &encoding));
    http_set_encoding(request, encoding);
    http_set_varies(request, file->brotli != NULL || file->gzip != NULL);
    http_set_cache_control(request, file->immutable ? "public, max-age=31536000, immutable" : "no-cache");
    http_reply(request, &content);
    return true;
}
