/* faults-preload: loaded into a program under test (LD_PRELOAD), brings about what strace cannot. Environment:
 *
 *     FAULTS_CLOCK=FILE        8 bytes, microseconds that the real-time clock is off; the test writes them at any time
 *     FAULTS_UNDER=FOLDER      writes to files below it are counted, and the Kth
 *     FAULTS_SHORT=K           writes half of what it was asked for, or
 *     FAULTS_FULL=K            finds no room, as do all behind it
 *     FAULTS_ALLOCATION=K      the Kth allocation finds no memory; 0: they are counted only
 *     FAULTS_MARK=FILE         gets a line when the fault is there, and with FAULTS_ALLOCATION=0 their number at the
 *                              end; of a failed allocation also whose code asked for it, and if the program crashes
 *                              afterwards whose code that was: the program's own, or a library's (libc's callers count)
 *
 * State at file scope: these functions stand in for libc's, which have no argument to carry any. */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);               /* NOLINT: libc's own names */
extern void *__libc_calloc(size_t count, size_t size); /* NOLINT */
extern void *__libc_realloc(void *block, size_t size); /* NOLINT */

static const volatile int64_t *off_us;
static char under[PATH_MAX];
static char mark[PATH_MAX];
static unsigned long short_at;
static unsigned long full_from;
static unsigned long allocation_at;
static bool counts_allocations;
static atomic_ulong writes;
static atomic_ulong allocations;

static unsigned long number_of(const char *name)
{
    const char *text = getenv(name);
    return text != NULL ? strtoul(text, NULL, 10) : 0;
}

static void text_of(const char *name, char text[static PATH_MAX])
{
    const char *value = getenv(name);
    snprintf(text, PATH_MAX, "%s", value != NULL ? value : "");
}

static void on_crash(int number);

/* The first call of backtrace loads a library, which takes memory. */
static void watch_for_crashes(void)
{
    void *frames[1];
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = (int)SA_RESETHAND};
    (void)backtrace(frames, 1);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

__attribute__((constructor)) static void begin(void)
{
    const char *clock = getenv("FAULTS_CLOCK");
    int file = clock != NULL ? open(clock, O_RDONLY | O_CLOEXEC) : -1;
    if (file >= 0) {
        void *mapped = mmap(NULL, sizeof *off_us, PROT_READ, MAP_SHARED, file, 0);
        off_us = mapped != MAP_FAILED ? mapped : NULL;
        close(file);
    }
    text_of("FAULTS_UNDER", under);
    text_of("FAULTS_MARK", mark);
    short_at = number_of("FAULTS_SHORT");
    full_from = number_of("FAULTS_FULL");
    allocation_at = number_of("FAULTS_ALLOCATION");
    if (getenv("FAULTS_ALLOCATION") != NULL)
        watch_for_crashes();
    counts_allocations = getenv("FAULTS_ALLOCATION") != NULL;
}

/* Without allocating, and without the write below. */
static void note(const char *what, unsigned long number)
{
    char line[320];
    int size = snprintf(line, sizeof line, "%s %lu\n", what, number);
    int file = mark[0] != '\0' ? open(mark, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (file >= 0) {
        (void)!syscall(SYS_write, file, line, (size_t)size);
        close(file);
    }
}

__attribute__((destructor)) static void end(void)
{
    if (counts_allocations && allocation_at == 0)
        note("allocations", atomic_load(&allocations));
}

/* ---- the clock ---- */

int clock_gettime(clockid_t clock, struct timespec *time)
{
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    if (result == 0 && off_us != NULL && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t us = (int64_t)time->tv_sec * 1000000 + time->tv_nsec / 1000 + *off_us;
        time->tv_sec = us / 1000000;
        time->tv_nsec = us % 1000000 * 1000;
    }
    return result;
}

time_t time(time_t *seconds)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (seconds != NULL)
        *seconds = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *time = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return 0;
}

/* ---- writes ---- */

static bool is_under(int file)
{
    char link[64];
    char path[PATH_MAX];
    if (under[0] == '\0')
        return false;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size <= 0)
        return false;
    path[size] = '\0';
    return strncmp(path, under, strlen(under)) == 0;
}

ssize_t write(int file, const void *bytes, size_t size)
{
    if ((short_at == 0 && full_from == 0) || size < 2 || !is_under(file))
        return syscall(SYS_write, file, bytes, size);
    unsigned long number = atomic_fetch_add(&writes, 1) + 1;
    if (number == short_at || number == full_from)
        note("write", number);
    if (number == short_at)
        return syscall(SYS_write, file, bytes, size / 2);
    if (full_from != 0 && number >= full_from) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_write, file, bytes, size);
}

/* ---- memory ---- */

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* Neither this library, nor libc and the C++ library, which only do what others ask of them. */
static bool is_between(const char *object)
{
    return strncmp(object, "faults-preload", 14) == 0 || strncmp(object, "libc.so", 7) == 0 ||
           strncmp(object, "libstdc++", 9) == 0 || strncmp(object, "libgcc_s", 8) == 0;
}

/* Whose code it is that called: "asked librocksdb.so.7.8 rocksdb_get", and the place within that file. */
static void note_whose(const char *what)
{
    void *frames[48];
    char line[256];
    const int count = backtrace(frames, 48);
    for (int i = 0; i < count; i++) {
        Dl_info where;
        if (dladdr(frames[i], &where) == 0 || where.dli_fname == NULL || is_between(file_name(where.dli_fname)))
            continue;
        snprintf(line, sizeof line, "%s %s %s", what, file_name(where.dli_fname),
                 where.dli_sname != NULL ? where.dli_sname : "?");
        note(line, (unsigned long)((const char *)frames[i] - (const char *)where.dli_fbase));
        return;
    }
    note(what, 0);
}

/* Says whose code it was, and lets the signal do what it does. */
static void on_crash(int number)
{
    note_whose("crashed");
    raise(number);
}

static bool finds_none(void)
{
    if (!counts_allocations)
        return false;
    unsigned long number = atomic_fetch_add(&allocations, 1) + 1;
    if (number != allocation_at)
        return false;
    note("allocation", number);
    note_whose("asked");
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return finds_none() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return finds_none() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return finds_none() ? NULL : __libc_realloc(block, size);
}
