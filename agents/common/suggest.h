/* A first mapping for a file that none reads yet: its headers are compared with the sheets that are known already, the
 * likeliest of these is taken as the pattern, and what is not certain is marked `# ?`. A person finishes it. */
#ifndef SANLING_SUGGEST_H
#define SANLING_SUGGEST_H

#include "agent_config.h"
#include "fault.h"

#include <stdio.h>

/* Writes a mapping for the file at `path` to `out` as YAML. Known are the mappings of the configuration and those
 * beside them. *complete: it loads as it stands; otherwise its comments say which required things are missing. The
 * file's cells are looked at for words, unit names and day numbers; words are quoted, personal data never. false: the
 * file cannot be read (FAULT_USAGE, with the reason), or memory ran out. */
MUST_CHECK bool suggest_mapping(const struct agent_config *config, const char *path, FILE *out, bool *complete,
                                struct fault *fault);

#endif
