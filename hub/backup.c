#include "backup.h"

#include <czmq.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "handover.h"
#include "log/durable_file.h"

enum { ACCESS_SIZE_MAX = 1 << 20, FILE_NAME_SIZE = 256, WALK_FILES = 16, NOTE_BYTES_MAX = 16384 };

static const char verified_name[] = "backed-up.json"; /* in the data folder, and in no backup */

struct backup {
    zactor_t *actor;
    struct backup_request *waiting; /* for what it needs to be durable */
    bool busy;                      /* a request is with the actor */
    struct event_log *log;
    char data[BACKUP_PATH_SIZE - FILE_NAME_SIZE]; /* absolute */
    char access[BACKUP_PATH_SIZE];
};

/* ---- the actor ---- */

static void path_in(const char *folder, const char *name, char path[static BACKUP_PATH_SIZE])
{
    snprintf(path, BACKUP_PATH_SIZE, "%.*s/%s", BACKUP_PATH_SIZE - FILE_NAME_SIZE - 1, folder, name);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

/* Who copies holds the folder's lock: nothing is taken away under its hands. */
static bool is_copied_from(const char *folder)
{
    char path[BACKUP_PATH_SIZE];
    path_in(folder, "lock", path);
    int lock = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (lock < 0)
        return false;
    const bool held = flock(lock, LOCK_EX | LOCK_NB) != 0;
    close(lock);
    return held;
}

static bool remove_layout(const char *folder, struct fault *fault)
{
    struct stat status;
    if (lstat(folder, &status) != 0 && errno == ENOENT)
        return true;
    return nftw(folder, remove_one, WALK_FILES, FTW_DEPTH | FTW_PHYS) == 0 || durable_file_fault(folder, fault);
}

/* A file that is replaced as a whole when it changes: the one that has the name now. */
static bool link_one(const char *from, const char *to, const char *name, struct fault *fault)
{
    char source[BACKUP_PATH_SIZE], target[BACKUP_PATH_SIZE];
    path_in(from, name, source);
    path_in(to, name, target);
    return link(source, target) == 0 || errno == ENOENT || durable_file_fault(source, fault);
}

static bool make_folder(const char *folder, const char *name, char path[static BACKUP_PATH_SIZE], struct fault *fault)
{
    bool made;
    path_in(folder, name, path);
    return durable_folder_make(path, 0700, &made, fault);
}

/* Before the log: so no checkpoint is ahead of it. */
static bool lay_checkpoints(const struct backup *backup, const char *folder, struct fault *fault)
{
    char from[BACKUP_PATH_SIZE], to[BACKUP_PATH_SIZE];
    path_in(backup->data, "tiles", from);
    if (!make_folder(folder, "tiles", to, fault) || !link_one(from, to, "checkpoint", fault) ||
        !link_one(from, to, "cosigned", fault) || !make_folder(folder, "checkpoints", to, fault))
        return false;
    path_in(backup->data, "checkpoints", from);
    DIR *listing = opendir(from);
    bool laid = listing || errno == ENOENT || fault_set(fault, FAULT_SYSTEM, "%.300s: %s", from, strerror(errno));
    for (struct dirent *entry; laid && listing && (entry = readdir(listing)) != NULL;)
        if (entry->d_name[0] != '.' && !strstr(entry->d_name, ".tmp"))
            laid = link_one(from, to, entry->d_name, fault);
    if (listing)
        closedir(listing);
    return laid;
}

static bool lay_access(const struct backup *backup, const char *folder, struct fault *fault)
{
    char path[BACKUP_PATH_SIZE];
    size_t size;
    path_in(folder, "access.yaml", path);
    char *text = durable_file_read(backup->access, ACCESS_SIZE_MAX, &size, fault);
    const bool laid = text ? durable_file_write(path, text, size, 0600, fault) : fault->code == FAULT_NO;
    free(text);
    return laid;
}

static bool lay_nonce(const char *folder, char nonce[static BACKUP_NONCE_SIZE], struct fault *fault)
{
    uint8_t random[BACKUP_NONCE_SIZE / 2];
    char path[BACKUP_PATH_SIZE];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(nonce, BACKUP_NONCE_SIZE, random, sizeof random);
    path_in(folder, "lock", path);
    if (!durable_file_write(path, "", 0, 0600, fault))
        return false;
    path_in(folder, "nonce", path);
    return durable_file_write(path, nonce, strlen(nonce), 0600, fault);
}

static bool lay_out(const struct backup *backup, struct backup_request *request)
{
    struct fault *fault = &request->fault;
    bool made;
    path_in(backup->data, "backup", request->folder);
    request->busy = is_copied_from(request->folder);
    if (request->busy)
        return true;
    return remove_layout(request->folder, fault) && durable_folder_make(request->folder, 0700, &made, fault) &&
           lay_checkpoints(backup, request->folder, fault) &&
           link_one(backup->data, request->folder, "log.key.pub", fault) &&
           link_one(backup->data, request->folder, "restored.json", fault) &&
           lay_access(backup, request->folder, fault) &&
           event_log_copy(backup->log, request->folder, &request->head, fault) &&
           lay_nonce(request->folder, request->nonce, fault);
}

static bool remember(const struct backup *backup, struct backup_request *request)
{
    const struct backup_verified *verified = &request->verified;
    char path[BACKUP_PATH_SIZE];
    path_in(backup->data, verified_name, path);
    json_t *document = json_pack("{s:I, s:I, s:o, s:s}", "verifiedAt", (json_int_t)verified->at_s, "tookMs",
                                 (json_int_t)verified->took_ms, "position",
                                 json_sprintf("%" PRIu64, verified->position), "nonce", verified->nonce);
    char *text = document ? json_dumps(document, JSON_INDENT(2)) : NULL;
    if (!text)
        abort();
    const bool written = durable_file_write(path, text, strlen(text), 0600, &request->fault);
    free(text);
    json_decref(document);
    return written;
}

static void run(zsock_t *pipe, void *context)
{
    const struct backup *backup = context;
    void *socket = zsock_resolve(pipe);
    struct backup_request *request;
    struct fault ignored;
    char folder[BACKUP_PATH_SIZE];
    handover_name_thread("backup");
    path_in(backup->data, "backup", folder);
    zsock_signal(pipe, 0);
    if (!is_copied_from(folder))
        (void)!remove_layout(folder, &ignored); /* it takes room and does no harm */
    while ((request = handover_take(socket, true)) != NULL) {
        request->failed = !(request->tells ? remember(backup, request) : lay_out(backup, request));
        handover_give(socket, request);
    }
}

/* ---- the loop's side ---- */

bool backup_read_restorations(const char *data, struct restorations *restorations, struct fault *fault)
{
    enum { DOCUMENT_BYTES_MAX = 65536 };
    char path[BACKUP_PATH_SIZE];
    size_t size;
    *restorations = (struct restorations){0};
    path_in(data, "restored.json", path);
    char *text = durable_file_read(path, DOCUMENT_BYTES_MAX, &size, fault);
    if (!text)
        return fault->code == FAULT_NO;
    const bool read = restorations_read_document(text, size, restorations);
    free(text);
    return read ||
           fault_set(fault, FAULT_DAMAGED, "%.300s: not what 'sanlingctl restore' writes; restore it anew", path);
}

void backup_read_verified(const char *data, struct backup_verified *verified)
{
    char path[BACKUP_PATH_SIZE];
    struct fault ignored;
    size_t size;
    json_int_t at_s, took_ms;
    const char *position, *nonce;
    *verified = (struct backup_verified){0};
    path_in(data, verified_name, path);
    char *text = durable_file_read(path, NOTE_BYTES_MAX, &size, &ignored);
    json_t *document = text ? json_loadb(text, size, 0, NULL) : NULL;
    if (json_unpack(document, "{s:I, s:I, s:s, s:s}", "verifiedAt", &at_s, "tookMs", &took_ms, "position", &position,
                    "nonce", &nonce) == 0 &&
        strlen(nonce) < sizeof verified->nonce) {
        *verified =
            (struct backup_verified){.at_s = at_s, .took_ms = took_ms, .position = strtoull(position, NULL, 10)};
        snprintf(verified->nonce, sizeof verified->nonce, "%s", nonce);
    }
    json_decref(document);
    free(text);
}

struct backup *backup_start(struct event_log *log, const char *data, const char *access, struct fault *fault)
{
    struct backup *backup = calloc(1, sizeof *backup);
    char *whole = realpath(data, NULL);
    if (!backup)
        abort();
    backup->log = log;
    if (!whole || strlen(whole) >= sizeof backup->data)
        fault_set(fault, FAULT_USAGE, "%s: path too long, or not there", data);
    else if (snprintf(backup->data, sizeof backup->data, "%s", whole) > 0 &&
             snprintf(backup->access, sizeof backup->access, "%s", access) >= 0 &&
             (backup->actor = zactor_new(run, backup)) == NULL)
        fault_set(fault, FAULT_SYSTEM, "backup: cannot start its thread");
    free(whole);
    if (!backup->actor) {
        free(backup);
        return NULL;
    }
    return backup;
}

void backup_stop(struct backup **backup)
{
    if (!*backup)
        return;
    if ((*backup)->busy)
        free(handover_take(backup_socket(*backup), true));
    zactor_destroy(&(*backup)->actor);
    free((*backup)->waiting);
    free(*backup);
    *backup = NULL;
}

bool backup_ask(struct backup *backup, struct backup_request **request)
{
    if (backup->busy || backup->waiting)
        return false;
    backup->waiting = *request;
    *request = NULL;
    return true;
}

void backup_turn(struct backup *backup, const struct log_head *durable, uint64_t covered)
{
    struct backup_request *request = backup->waiting;
    if (!request || durable->position < request->position || durable->rejections < request->rejections ||
        covered < request->position)
        return;
    backup->waiting = NULL;
    backup->busy = true;
    handover_give(backup_socket(backup), request);
}

struct backup_request *backup_take(struct backup *backup)
{
    struct backup_request *request = handover_take(backup_socket(backup), false);
    if (request)
        backup->busy = false;
    return request;
}

void *backup_socket(const struct backup *backup)
{
    return zsock_resolve(backup->actor);
}
