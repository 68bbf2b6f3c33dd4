/* The office's inbox as a file: one canonical JSON line for each record that the hub routed to it, in the order of
 * positions, none twice. One thread owns a sink. */
#ifndef SANLING_INBOX_SINK_H
#define SANLING_INBOX_SINK_H

#include "fault.h"
#include "record.pb-c.h"

#include <stddef.h>
#include <stdint.h>

struct inbox_sink;

/* Opens or creates the file. A last line that a crash cut is removed; the position of the last whole one is kept, so
 * that what is delivered again is not written again. NULL: FAULT_SYSTEM, or FAULT_DAMAGED if the last line is none of
 * ours. */
struct inbox_sink *inbox_sink_open(const char *path, struct fault *fault);
void inbox_sink_close(struct inbox_sink **sink);
/* Appends those records that are newer than the last line, durably: when it returns true they may be acknowledged. */
MUST_CHECK bool inbox_sink_append(struct inbox_sink *sink, Sanling__V1__Record *const *records, size_t count,
                                  struct fault *fault);

/* The same with one record in canonical JSON, for whoever keeps records so. */
MUST_CHECK bool inbox_sink_append_json(struct inbox_sink *sink, uint64_t position, const char *json,
                                       struct fault *fault);
/* The hub was restored from a backup that ends at `position`: what comes behind it is new, whatever lines the file has.
 */
void inbox_sink_step_back(struct inbox_sink *sink, uint64_t position);
/* Of the file, in bytes. */
MUST_CHECK bool inbox_sink_size(const struct inbox_sink *sink, uint64_t *size, struct fault *fault);
/* Of the last line; 0: there is none. */
uint64_t inbox_sink_position(const struct inbox_sink *sink);

#endif
