/* What `sanlingctl doctor` finds: codes that do not change, what each means and what mends it. `explain` tells them,
 * too. */
#ifndef SANLINGCTL_FINDINGS_H
#define SANLINGCTL_FINDINGS_H

#include "words.h"

enum severity { REMARK, TO_MEND, DAMAGED };

/* A finding's code is stable; its words are for people. */
struct finding {
    const char *code;
    enum severity severity;
    struct term what;
    struct term mend;
};

enum finding_kind {
    FOUND_RUNNING,
    FOUND_NEVER_STARTED,
    FOUND_HEAD_MISSING,
    FOUND_HEAD_SIZE,
    FOUND_LOG_MISSING,
    FOUND_LOG_DAMAGED,
    FOUND_OTHER_VERSION,
    FOUND_TILES,
    FOUND_STATE_UNUSABLE,
    FOUND_STATE_DIFFERS,
    FOUND_LOG_KEY_MISSING,
    FOUND_KEY_MODE,
    FOUND_FOLDER_MODE,
    FOUND_OWNER,
    FOUND_DISK,
    FOUND_RESTORE_UNFINISHED,
    FOUND_LEFT_OVER,
    FOUND_RESTORED,
    FOUND_NOT_EXAMINED,
    FOUND_UNREADABLE,
    FOUND_KINDS /* how many there are */
};

/* Static. */
const struct finding *finding_of(enum finding_kind kind);

#endif
