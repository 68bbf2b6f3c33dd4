/* Answers /v1/export/NAME: gets the view's document from the cache, page by page where it has pages, all at the same
 * moment, and has the exporter make the file; and /v1/article, whose document is made of the summaries of several
 * units.
 */
#ifndef LEADERSHIP_EXPORTS_H
#define LEADERSHIP_EXPORTS_H

#include "gateway.h"

enum { EXPORTS_MAX = 32, EXPORT_ROWS_MAX = 20000, EXPORT_EVENTS_MAX = 5000 };

struct exports *exports_open(struct fault *fault);
/* After the connections are closed and before the cache is. */
void exports_close(struct exports **exports, struct unit_directories *directories);

/* `name` is what follows /v1/export/. */
void exports_handle(struct gateway *gateway, struct http_request *request, const char *name, struct hub_link *link,
                    const struct web_session *session);
/* Published figures beside those that follow; NOT_FOUND where the configuration names none. */
void article_handle(struct gateway *gateway, struct http_request *request, struct hub_link *link);

int exports_fd(const struct exports *exports);
/* Does what there is to do. */
void exports_tick(struct exports *exports, int64_t now_ms);
/* In how many milliseconds something is due; -1: when something comes. */
int exports_wait_ms(const struct exports *exports, int64_t now_ms);

#endif
