#include "audit.h"

#include <czmq.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <uthash.h>

#include "handover.h"

enum { PATH_SIZE = 1200, NAME_SIZE = 16 /* YYYY-MM-DD.jsonl */ };

struct audit {
    zactor_t *actor;
    int busy[2];
    char folder[1024];
};

void audit_job_free(struct audit_job **job)
{
    if (!*job)
        return;
    free((*job)->text);
    free((*job)->rows);
    free(*job);
    *job = NULL;
}

static bool write_all(int file, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t written = write(file, text, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text += written;
        size -= (size_t)written;
    }
    return true;
}

/* A line that a crash cut is ended, so that the next one stands by itself. */
static bool end_cut_line(int file, off_t size)
{
    char last = '\n';
    return size == 0 || (pread(file, &last, 1, size - 1) == 1 && (last == '\n' || write_all(file, "\n", 1)));
}

static void append(const char *folder, struct audit_job *job)
{
    char path[PATH_SIZE];
    char day[NAME_SIZE];
    time_t seconds = (time_t)(job->now_us / 1000000);
    struct tm parts;
    struct stat status = {0};
    gmtime_r(&seconds, &parts);
    strftime(day, sizeof day, "%Y-%m-%d", &parts);
    snprintf(path, sizeof path, "%s/%s.jsonl", folder, day);
    int file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    job->failed = file < 0 || fstat(file, &status) != 0 || !end_cut_line(file, status.st_size) ||
                  !write_all(file, job->text, job->size) || fsync(file) != 0;
    if (job->failed) {
        fault_set(&job->fault, FAULT_SYSTEM, "%s: %s", path, strerror(errno));
        if (file >= 0 && ftruncate(file, status.st_size) != 0)
            fault_set(&job->fault, FAULT_SYSTEM, "%s: %s", path, strerror(errno));
    }
    job->day_bytes = (uint64_t)status.st_size + (job->failed ? 0 : job->size);
    if (file >= 0)
        close(file);
}

/* ---- reading ---- */

struct sum {
    UT_hash_handle hh;
    struct refusal_row row;
};

static void add_to(struct sum **sums, const struct refusal_row *row)
{
    struct sum *sum;
    HASH_FIND(hh, *sums, &row->refused, sizeof row->refused, sum);
    if (sum) {
        sum->row.count += row->count;
        if (row->first_us < sum->row.first_us)
            sum->row.first_us = row->first_us;
        if (row->last_us > sum->row.last_us)
            sum->row.last_us = row->last_us;
        return;
    }
    sum = calloc(1, sizeof *sum);
    if (!sum)
        abort();
    memcpy(&sum->row, row, sizeof *row);
    if (HASH_COUNT(*sums) >= REFUSALS_IDENTITIES_MAX) { /* as in the table: what is too much is summed */
        memset(&sum->row.refused, 0, sizeof sum->row.refused);
        sum->row.refused.kind = REFUSED_OTHERS;
        sum->row.refused.what = row->refused.what;
        sum->row.refused.code = row->refused.code;
        struct sum *others;
        HASH_FIND(hh, *sums, &sum->row.refused, sizeof sum->row.refused, others);
        if (others) {
            struct refusal_row again = sum->row;
            free(sum);
            add_to(sums, &again);
            return;
        }
    }
    HASH_ADD(hh, *sums, row.refused, sizeof sum->row.refused, sum);
}

static bool read_file(const char *path, const struct audit_job *job, struct sum **sums, uint64_t *left)
{
    FILE *file = fopen(path, "re");
    char line[REFUSALS_LINE_MAX + 2];
    struct refusal_row row;
    bool within = true;
    while (file && within && fgets(line, sizeof line, file)) {
        size_t size = strcspn(line, "\n");
        if (refusals_read_line(line, size, &row) &&
            (job->identity[0] == '\0' ||
             (row.refused.kind == REFUSED_IDENTITY && strcmp(row.refused.who, job->identity) == 0)))
            add_to(sums, &row);
        within = *left > size;
        *left -= within ? size : 0;
    }
    bool read = file && !ferror(file) && within;
    if (file)
        fclose(file);
    return read;
}

static int is_day_file(const struct dirent *entry)
{
    return strlen(entry->d_name) == 16 && strcmp(entry->d_name + 10, ".jsonl") == 0;
}

static void take_rows(struct audit_job *job, struct sum **sums)
{
    struct sum *sum;
    struct sum *next;
    job->rows = calloc(HASH_COUNT(*sums) + 1, sizeof *job->rows);
    if (!job->rows)
        abort();
    HASH_ITER(hh, *sums, sum, next)
    {
        job->rows[job->row_count++] = sum->row;
        HASH_DEL(*sums, sum);
        free(sum);
    }
}

static void read_days(const char *folder, struct audit_job *job)
{
    struct dirent **entries = NULL;
    struct sum *sums = NULL;
    uint64_t left = AUDIT_READ_MAX;
    int count = scandir(folder, &entries, is_day_file, alphasort);
    for (int i = 0; i < count; i++) {
        char path[PATH_SIZE + 300];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (!job->failed && strcmp(entries[i]->d_name, job->from_day) >= 0 && !read_file(path, job, &sums, &left))
            job->failed = true;
        free(entries[i]);
    }
    free(entries);
    if (count < 0 || job->failed)
        job->failed = !fault_set(&job->fault, FAULT_SYSTEM, "%s: not all could be read", folder);
    take_rows(job, &sums);
}

/* ---- the actor ---- */

static void run(zsock_t *pipe, void *folder)
{
    struct audit_job *job;
    handover_name_thread("audit");
    zsock_signal(pipe, 0);
    while ((job = handover_take(zsock_resolve(pipe), true)) != NULL) {
        switch (job->kind) {
        case AUDIT_WRITE:
            append(folder, job);
            break;
        case AUDIT_READ:
            read_days(folder, job);
            break;
        }
        handover_give(zsock_resolve(pipe), job);
    }
}

struct audit *audit_start(const char *folder, struct fault *fault)
{
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        fault_set(fault, FAULT_USAGE, "%s: %s", folder, strerror(errno));
        return NULL;
    }
    struct audit *audit = calloc(1, sizeof *audit);
    if (!audit)
        abort();
    snprintf(audit->folder, sizeof audit->folder, "%s", folder);
    audit->actor = zactor_new(run, audit->folder);
    if (!audit->actor) {
        fault_set(fault, FAULT_SYSTEM, "audit: cannot start its thread");
        free(audit);
        return NULL;
    }
    return audit;
}

void audit_stop(struct audit **audit)
{
    if (!*audit)
        return;
    struct audit_job *job;
    while ((job = audit_take(*audit, true)) != NULL)
        audit_job_free(&job);
    zactor_destroy(&(*audit)->actor);
    free(*audit);
    *audit = NULL;
}

void audit_submit(struct audit *audit, struct audit_job **job)
{
    struct audit_job *given = *job;
    *job = NULL;
    audit->busy[given->kind]++;
    handover_give(zsock_resolve(audit->actor), given);
}

struct audit_job *audit_take(struct audit *audit, bool wait)
{
    if (audit->busy[AUDIT_WRITE] + audit->busy[AUDIT_READ] == 0)
        return NULL;
    struct audit_job *job = handover_take(zsock_resolve(audit->actor), wait);
    if (job)
        audit->busy[job->kind]--;
    return job;
}

void *audit_socket(const struct audit *audit)
{
    return zsock_resolve(audit->actor);
}

int audit_busy(const struct audit *audit, enum audit_kind kind)
{
    return audit->busy[kind];
}
