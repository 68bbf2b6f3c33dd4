/* Matters on the screen: a list with the columns that fit its kind, or one matter with its whole history. */
#ifndef SANLINGCTL_MATTER_TABLE_H
#define SANLINGCTL_MATTER_TABLE_H

#include "ask.h"

/* `kind` UNSPECIFIED: matters of all kinds. */
void matter_table_print(const Sanling__V1__MattersAnswer *matters, Sanling__V1__MatterKind__Kind kind);
/* With its moves, tasks and supervisions. */
void matter_print(const Sanling__V1__MattersAnswer__Matter *matter, const struct answer *catalogue);

#endif
