/* What the disk gives a file that only grows: a write of a block, a sync, the next. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "block.h"
#include "measure.h"
#include "pace.h"
#include "peers.h"

static bool write_all(int file, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(file, bytes, size);
        if (written < 0 && errno != EINTR)
            return false;
        bytes += written > 0 ? written : 0;
        size -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

/* Tells the figures of what was written; syncs_us has room for each block. */
static int append(int file, const struct peers_options *options, const struct mix *mix, uint8_t *room,
                  uint32_t *syncs_us)
{
    size_t blocks = 0;
    const int64_t start_us = measure_now_us();
    for (size_t first = 0; first < mix->count; first += options->block, blocks++) {
        const size_t count = block_count(mix, first, options->block);
        block_pack(mix, first, count, room);
        if (!write_all(file, room, block_size(mix, first, count)))
            return peers_fail("write: %s", strerror(errno));
        const int64_t written_us = measure_now_us();
        if (fdatasync(file) != 0)
            return peers_fail("fdatasync: %s", strerror(errno));
        syncs_us[blocks] = (uint32_t)(measure_now_us() - written_us);
    }
    peers_tell_rate(mix, start_us);
    struct stat about;
    if (fstat(file, &about) != 0 || (uint64_t)about.st_size != mix->bytes_size + mix->count * sizeof(uint32_t))
        return peers_fail("the file has not the size of what was written");
    pace_tell_times("fdatasync", syncs_us, blocks);
    return 0;
}

int run_fdatasync(const struct peers_options *options)
{
    char path[PATH_MAX];
    if (!options->dir)
        return peers_fail("fdatasync wants --dir");
    snprintf(path, sizeof path, "%s/fdatasync-bench", options->dir);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0)
        return peers_fail("%s: %s", path, strerror(errno));
    struct mix mix;
    peers_make_events(options, &mix);
    uint8_t *room = block_room(&mix, options->block);
    uint32_t *syncs_us = calloc(mix.count / options->block + 1, sizeof *syncs_us);
    if (!syncs_us)
        abort();
    int status = append(file, options, &mix, room, syncs_us);
    free(syncs_us);
    free(room);
    mix_clear(&mix);
    close(file);
    unlink(path);
    return status;
}
