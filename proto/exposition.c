#include "exposition.h"

#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

void exposition_head(FILE *to, const char *name, const char *type, const char *help)
{
    fprintf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void exposition_value(FILE *to, double number)
{
    const double whole_up_to = 9007199254740992.0; /* beyond it a double does not hold every whole number */
    if (isnan(number))
        fputs(" NaN\n", to);
    else if (isinf(number))
        fputs(number > 0 ? " +Inf\n" : " -Inf\n", to);
    else if (number > -whole_up_to && number < whole_up_to && (double)(int64_t)number == number)
        fprintf(to, " %.0f\n", number);
    else
        fprintf(to, " %.15g\n", number);
}

void exposition_whole(FILE *to, uint64_t number)
{
    fprintf(to, " %" PRIu64 "\n", number);
}

void exposition_label(FILE *to, const char *before, const char *name, const char *text)
{
    fprintf(to, "%s%s=\"%s\"", before, name, text);
}

void exposition_rows(FILE *to, const struct exposition_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        exposition_head(to, rows[i].name, rows[i].type, rows[i].help);
        fputs(rows[i].name, to);
        exposition_value(to, rows[i].number);
    }
}

/* ---- the process ---- */

static double open_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    double count = -1; /* the folder itself */
    if (!folder)
        return NAN;
    for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* Of /proc/self/stat, behind the program's name: field 3 of the manual is number 0 here. */
enum {
    STAT_USER_TICKS = 11,
    STAT_SYSTEM_TICKS = 12,
    STAT_THREADS = 17,
    STAT_START_TICKS = 19,
    STAT_MEMORY = 20,
    STAT_RESIDENT_PAGES = 21,
    STAT_FIELDS
};

static bool read_stat(double fields[static STAT_FIELDS])
{
    char text[2048];
    FILE *file = fopen("/proc/self/stat", "re");
    const size_t size = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[size] = '\0';
    if (file)
        fclose(file);
    char *at = strrchr(text, ')');
    if (!at || strlen(at) < 4)
        return false;
    at += 3; /* behind the state, which is a letter */
    for (int field = 1; field < STAT_FIELDS; field++) {
        char *end;
        fields[field] = strtod(at, &end);
        if (end == at)
            return false;
        at = end;
    }
    return true;
}

/* When the system started, seconds since 1970. */
static double boot_s(void)
{
    struct timespec now;
    struct timespec up;
    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_BOOTTIME, &up);
    return (double)(now.tv_sec - up.tv_sec) + (double)(now.tv_nsec - up.tv_nsec) / 1e9;
}

void exposition_process(FILE *to)
{
    double stat[STAT_FIELDS] = {0};
    struct rlimit files = {0};
    const double ticks = (double)sysconf(_SC_CLK_TCK);
    const bool known = read_stat(stat);
    (void)getrlimit(RLIMIT_NOFILE, &files);
    const struct exposition_row rows[] = {
        {"process_open_fds", "gauge", open_files(), "Open file descriptors."},
        {"process_max_fds", "gauge", (double)files.rlim_cur, "File descriptors that may be open at once."},
        {"process_cpu_seconds_total", "counter", (stat[STAT_USER_TICKS] + stat[STAT_SYSTEM_TICKS]) / ticks,
         "Processor time of the process."},
        {"process_threads", "gauge", stat[STAT_THREADS], "Threads of the process."},
        {"process_virtual_memory_bytes", "gauge", stat[STAT_MEMORY], "Address space of the process."},
        {"process_resident_memory_bytes", "gauge", stat[STAT_RESIDENT_PAGES] * (double)sysconf(_SC_PAGESIZE),
         "Memory of the process."},
        {"process_start_time_seconds", "gauge", boot_s() + stat[STAT_START_TICKS] / ticks,
         "When the process started, since 1970."},
    };
    if (known)
        EXPOSITION_ROWS(to, rows);
}
