/* Units by name, for sheets that write 示范村 and not its code. Loaded once from a file of units (the one that
 * `sanlingctl units import` reads and `sanlingctl units list --csv` prints, in any form in which office files are
 * read); afterwards constant. Columns `code` 单位编码 and `name` 名称 must be there, `parent` 上级编码 may be; others
 * are not looked at. */
#ifndef SANLING_UNIT_NAMES_H
#define SANLING_UNIT_NAMES_H

#include "fault.h"
#include "reason.h"

#include <stdbool.h>
#include <stddef.h>

/* What a unit is not known under when no file is given. A county has hundreds to thousands. */
enum { UNIT_NAMES_MAX = 100000 };

struct unit_names;

/* NULL: FAULT_USAGE with file and row, or FAULT_SYSTEM. */
struct unit_names *unit_names_load(const char *path, struct fault *fault);
/* Frees it and sets *names to NULL. NULL names are fine. */
void unit_names_free(struct unit_names **names);
/* The code of the one unit that `name` means: its own name alone, or with names of units above it in front, in their
 * order and perhaps not all of them, joined by nothing or by `/`, `-`, `·`, `、` and the like. `within`, if not "", is
 * put in front: what another column says. Compared as headers are. A cell that is only ASCII letters and digits is a
 * code and checked as one. *code is malloc'ed. false: the reason lists the units that fit, or those that are nearest.
 */
bool unit_names_find(const struct unit_names *names, const char *within, const char *name, char **code,
                     struct reason *reason);

#endif
