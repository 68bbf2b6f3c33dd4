/* Which matters a list shows: the options that lists of matters share. */
#ifndef SANLINGCTL_MATTER_FILTER_H
#define SANLINGCTL_MATTER_FILTER_H

#include "tool.h"

/* The options --office, --campaign, --joint and --supervised; its input is the MattersQuery. */
extern const struct argp matter_filter_argp;
/* The option --kind, for lists of more than one kind; its input is the MattersQuery. */
extern const struct argp matter_kind_argp;

#endif
