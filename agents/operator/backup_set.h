/* A folder of backups: one numbered folder for each, whole in itself, that shares with the one before what did not
 * change.
 *
 *     DIR/000007/backup.json   what it is; written last, so that a backup without it is none
 *     DIR/000007/log, head, checkpoints, tiles, log.key.pub, access.yaml, restored.json
 *     DIR/unfinished           one that was not finished: the next one removes it
 *     DIR/lock                 held while one is made */
#ifndef SANLINGCTL_BACKUP_SET_H
#define SANLINGCTL_BACKUP_SET_H

#include "folder_copy.h"

enum { BACKUP_DIGEST_SIZE = 65, BACKUP_WORD_SIZE = 80 };

/* What a backup says of itself. */
struct backup_note {
    char made_at[BACKUP_WORD_SIZE]; /* UTC, by the machine's clock */
    char hub[BACKUP_WORD_SIZE];
    char software[BACKUP_WORD_SIZE];
    char digest[BACKUP_DIGEST_SIZE]; /* of the whole state at the position */
    unsigned form;                   /* of the digest, as in DigestAnswer */
    uint64_t position;
    uint64_t rejections;
    bool demonstration;
};

struct backup_place {
    char path[FOLDER_PATH_SIZE];
    unsigned number;
    struct backup_note note;
};

/* FAULT_NO: there is none in the folder; FAULT_DAMAGED: it is none of ours. */
MUST_CHECK bool backup_note_read(const char *folder, struct backup_note *note, struct fault *fault);
MUST_CHECK bool backup_note_write(const char *folder, const struct backup_note *note, struct fault *fault);
/* The newest backup in the folder, or the folder itself where it is one. number 0: there is none. */
MUST_CHECK bool backup_set_newest(const char *dir, struct backup_place *place, struct fault *fault);
/* Removes all but the newest `keep`. */
MUST_CHECK bool backup_set_prune(const char *dir, unsigned newest, unsigned keep, struct fault *fault);

#endif
