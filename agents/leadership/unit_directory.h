/* The names of an identity's units: for paths, search and the lists that the hub gives codes in. Read whole, kept for a
 * while, and read anew when a code is not in it. */
#ifndef LEADERSHIP_UNIT_DIRECTORY_H
#define LEADERSHIP_UNIT_DIRECTORY_H

#include "hub_link.h"

#include <jansson.h>

enum { UNIT_DIRECTORY_LASTS_MS = 60000, UNIT_DIRECTORY_RETRY_MS = 2000, UNIT_PATH_MAX = 16 };

struct unit_directory;
struct unit_directories;

/* The directory, borrowed for the time of the call; NULL: there is none, *why says what the hub said. */
typedef void unit_directory_taken(void *owner, const struct unit_directory *directory, const struct hub_reply *why);

struct unit_directories *unit_directories_open(void);
void unit_directories_close(struct unit_directories **directories);
void unit_directories_clock(struct unit_directories *directories, int64_t now_ms);
/* The directory at once if it is new enough and has the code (NULL or "": any); else NULL, and `taken` is called when
 * it was read. */
const struct unit_directory *unit_directories_get(struct unit_directories *directories, struct hub_link *link,
                                                  const char *code, unit_directory_taken *taken, void *owner);
/* This owner waits no more. */
void unit_directories_forget(struct unit_directories *directories, const void *owner);

/* NULL: no such unit within the identity's subtree. */
const Sanling__V1__UnitsAnswer__Unit *unit_directory_find(const struct unit_directory *directory, const char *code);
/* "" where it is not known. */
const char *unit_directory_name(const struct unit_directory *directory, const char *code);
/* [{code, name, kind}…] from the identity's root down to the unit. */
json_t *unit_directory_path(const struct unit_directory *directory, const char *code);
/* [{code, name, kind, parent}…]: at most `limit` units whose name or code holds the text, in the tree's order. */
json_t *unit_directory_search(const struct unit_directory *directory, const char *text, size_t limit);

#endif
