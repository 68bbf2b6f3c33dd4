/* Whether a copy of a data folder is what it is said to be: opened, compared with what was acknowledged and signed, and
 * its state computed anew, by the hub's own program. */
#ifndef SANLINGCTL_BACKUP_CHECK_H
#define SANLINGCTL_BACKUP_CHECK_H

#include "backup_set.h"

struct backup_claim {
    uint64_t position;
    uint64_t rejections;
    const char *digest; /* of the state there */
    unsigned form;      /* of the digest */
    const char *from;   /* an earlier checkpoint's file that the log must go on from; NULL: none */
};

/* Checks the folder. *end gets position, rejections, digest with its form, and kind of its end; where that form is not
 * the claim's, the digests were not compared, and whoever asks says so. Returns the exit status, after reporting. */
int backup_check(const char *folder, const struct backup_claim *claim, struct backup_note *end);

#endif
