/* Tables to take along are made beside the loop: .xlsx of 50,000 units takes a second, and whoever follows the page
 * must not wait for it. Each is made by a process of its own, the same program with `--export`, which gets the document
 * and gives the file through one socket; if it fails, nothing else does. At most EXPORTER_RUNNING at once, as many
 * again wait; each may take EXPORTER_TIME_MS. */
#ifndef LEADERSHIP_EXPORTER_H
#define LEADERSHIP_EXPORTER_H

#include "export.h"

#include <stdio.h>

enum {
    EXPORTER_RUNNING = 2,
    EXPORTER_WAITING = 16,
    EXPORTER_TIME_MS = 60000,
    EXPORTER_SIZE_MAX = 128 * 1024 * 1024 /* of a file */
};

struct exporter;

/* Called once for each export that was taken, in exporter_run. Takes the bytes and sets *bytes to NULL; they are NULL
 * if it failed: FAULT_FULL: too many rows or too slow; FAULT_SYSTEM: anything else, which stands in the journal.
 * `file_name` as export_file_name makes it. */
typedef void exporter_done(void *context, const char *file_name, uint8_t **bytes, size_t size,
                           const struct fault *fault);

/* `program` is started with `--export NAME`; NULL: this program itself. */
struct exporter *exporter_open(const char *program, struct fault *fault);
/* Ends what runs; nobody is called any more. */
void exporter_close(struct exporter **exporter);

/* Takes the view's document as JSON text, which is copied. false: FAULT_FULL: too many wait; FAULT_SYSTEM. `done` is
 * then not called. */
MUST_CHECK bool exporter_start(struct exporter *exporter, const char *name, const struct export_mark *mark,
                               const uint8_t *document, size_t size, exporter_done *done, void *context,
                               struct fault *fault);

/* Readable when there is something to do, and after how many milliseconds there is anyhow (-1: never). */
int exporter_fd(const struct exporter *exporter);
int exporter_wait_ms(const struct exporter *exporter, int64_t now_ms);
/* Does what there is to do, without waiting. The time is of any clock that never goes back. */
void exporter_run(struct exporter *exporter, int64_t now_ms);

/* What `--export NAME` does: from `in` the mark as a line of JSON and the document, to `out` a line with the file's
 * name and the file. Returns the program's exit status. */
int export_command(const char *name, FILE *in, FILE *out);

#endif
