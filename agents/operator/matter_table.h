/* Matters on the screen: a list with the columns that fit its kind, or one matter with its whole history. */
#ifndef SANLINGCTL_MATTER_TABLE_H
#define SANLINGCTL_MATTER_TABLE_H

#include "ask.h"

/* What the hub and the county call things. */
struct matter_names {
    struct answer catalogue; /* of event types; empty for lists */
    struct answer labels;
};

/* The seven steps have the county's own names, all others those of their rules. */
const char *matter_step_name(Sanling__V1__MatterKind__Kind kind, const char *step, const struct answer *labels);

/* `kind` UNSPECIFIED: matters of all kinds. */
void matter_table_print(const Sanling__V1__MattersAnswer *matters, Sanling__V1__MatterKind__Kind kind,
                        const struct matter_names *names);
/* With its moves, tasks and supervisions. */
void matter_print(const Sanling__V1__MattersAnswer__Matter *matter, const struct matter_names *names);

#endif
