/* Which mapping reads a file, and of which file the rows are that come back mended: NAME.rejected.csv belongs to the
 * file whose report is NAME.report.txt, and is read as that one is, whatever names its mapping is for. */
#ifndef SANLING_ORIGINAL_H
#define SANLING_ORIGINAL_H

#include "agent_config.h"
#include "outbox.h"

#include <stdbool.h>
#include <stdint.h>

struct original {
    const struct mapping *mapping; /* NULL: none reads such a name */
    int64_t file;                  /* as in struct outbox_file */
    bool is_open;                  /* not all outcomes of the original are in yet */
};

MUST_CHECK bool original_find(struct outbox *outbox, const struct agent_config *config, const char *name,
                              struct original *original, struct fault *fault);

#endif
