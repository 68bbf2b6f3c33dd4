/* The page's files, read whole at the start: what is not in the list is not served, whatever the address says. */
#ifndef WEB_STATIC_FILES_H
#define WEB_STATIC_FILES_H

#include "content.h"
#include "fault.h"
#include "http.h"

enum { STATIC_FILES_MAX = 512, STATIC_FILE_BYTES_MAX = 4 << 20, STATIC_FILES_DEPTH_MAX = 4 };

struct static_file {
    char *path;     /* "/assets/main-1a2b.js" */
    bool immutable; /* its name changes when it does */
    struct content *plain;
    struct content *brotli; /* NULL: there is none beside it */
    struct content *gzip;
};

struct static_files;

/* The folder of a page that is installed (../share/sanling/NAME) or was built (../NAME) with this program, malloc'ed;
 * NULL: neither has an index.html. */
char *static_files_beside(const char *name);
/* Reads the folder. NULL: it is not there, has no index.html, or too much in it. */
struct static_files *static_files_read(const char *folder, struct fault *fault);
void static_files_free(struct static_files **files);
size_t static_files_count(const struct static_files *files);
/* The file of an address: its own, or index.html for what may be a view of the page (no dot in its last part, not under
 * /v1 or /assets). NULL: there is none. */
const struct static_file *static_files_find(const struct static_files *files, const char *path);
/* Answers with the file of an address, in the form that the client takes. false: there is none, nothing is answered. */
MUST_CHECK bool static_files_reply(const struct static_files *files, struct http_request *request, const char *path);
/* Which form fits an Accept-Encoding header (NULL: none); *encoding is "br", "gzip" or NULL. Borrowed. */
struct content *static_file_choose(const struct static_file *file, const char *accepted, const char **encoding);

#endif
