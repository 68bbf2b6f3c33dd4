/* How long a hub takes from its start to its first welcome. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "commands.h"
#include "measure.h"

enum { LOOK_EVERY_US = 500, START_LIMIT_S = 300 };

static int64_t clock_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* The hub writes its endpoint, a line, once it listens. */
static bool read_address(const char *path, char address[static 256])
{
    FILE *file = fopen(path, "r");
    bool whole = file && fgets(address, 256, file) && strchr(address, '\n');
    if (file)
        fclose(file);
    if (whole)
        address[strcspn(address, "\n")] = '\0';
    return whole;
}

int run_answer(const struct bench *bench)
{
    char address[256];
    const struct timespec pause = {.tv_nsec = LOOK_EVERY_US * 1000};
    while (!read_address(bench->address_file, address)) {
        if (clock_us() - bench->since_us > (int64_t)START_LIMIT_S * 1000000)
            return bench_fail("no hub wrote %s in %d s", bench->address_file, START_LIMIT_S);
        nanosleep(&pause, NULL);
    }
    struct bench found = *bench;
    found.endpoint = address;
    struct sanling *hub = bench_connect(&found);
    if (!hub)
        return 1;
    double start_ms = (double)(clock_us() - bench->since_us) / 1000.0;
    sanling_close(&hub);
    printf("endpoint %s\n", address);
    measure_tell("start_ms", start_ms);
    return 0;
}

int run_units(const struct bench *bench)
{
    if (!county_write(&bench->county, bench->units))
        return bench_fail("%s: %s", bench->units, strerror(errno));
    return 0;
}
