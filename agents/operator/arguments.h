/* Values on a command's line. Each is checked; a wrong one ends the program and says which it was and what is right. */
#ifndef SANLINGCTL_ARGUMENTS_H
#define SANLINGCTL_ARGUMENTS_H

#include "tool.h"

/* The word of a command that takes at most one. */
void argument_take_word(const struct argp_state *state, char *argument, char **word);
/* --period: a year. */
uint32_t argument_year(const struct argp_state *state, const char *text);
/* A real day, "YYYY-MM-DD"; returns it. */
char *argument_day(const struct argp_state *state, const char *option, char *text);
/* --known-at: a position or a time. `time` keeps a time for as long as the query is used. */
void argument_known_at(const struct argp_state *state, char *text, Sanling__V1__StatusQuery *query,
                       Google__Protobuf__Timestamp *time);
/* `option` is how the line calls it, "--office" or "OFFICE". */
Sanling__V1__Office__Kind argument_office(const struct argp_state *state, const char *option, const char *text);
Sanling__V1__MatterKind__Kind argument_matter_kind(const struct argp_state *state, const char *text);

/* Whether a word has the form of a unit's code (12 or 15 digits, or 18 characters): then it is one, and no matter's. */
bool unit_code_is_plausible(const char *text);

#endif
