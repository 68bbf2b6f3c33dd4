/* The log's head, kept durably outside the store: how far the log reached, and the digest of everything up to there. A
 * store that was cut between two writes looks whole from inside; this file tells. Two slots are written in turn, so
 * that a torn write leaves the other. */
#ifndef HUB_LOG_HEAD_FILE_H
#define HUB_LOG_HEAD_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

struct log_head {
    uint64_t position;    /* last record */
    uint64_t rejections;  /* last rejection */
    uint64_t commits;     /* appends, of which each makes something durable */
    uint8_t digest[32];   /* of the blocks, log_digest.h; so are the other two */
    uint8_t rejected[32]; /* of the rejections */
    uint8_t names[32];    /* of the durable names and where they stand */
};

struct head_file {
    int descriptor;
    uint64_t turn; /* of the newest slot; 0: nothing written yet */
    bool unsynced; /* it is written and not yet synced */
};

/* Opens or creates the file. *head gets the newest head, all zero for a new file. FAULT_DAMAGED if neither slot of an
 * existing file holds; FAULT_NEWER if a newer version wrote one of them, and nothing is changed. */
MUST_CHECK bool head_file_open(const char *path, struct head_file *file, struct log_head *head, struct fault *fault);
/* The newest head of a file that is there; changes nothing. */
MUST_CHECK bool head_file_read(const char *path, struct log_head *head, struct fault *fault);
void head_file_close(struct head_file *file);
/* Written: whoever reads the file from now on sees the head, also when this process is killed; durable against the
 * machine's end once head_file_sync has returned true. FAULT_UNCERTAIN, of both: it may or may not have arrived. */
MUST_CHECK bool head_file_write(struct head_file *file, const struct log_head *head, struct fault *fault);
MUST_CHECK bool head_file_sync(struct head_file *file, struct fault *fault);

#endif
