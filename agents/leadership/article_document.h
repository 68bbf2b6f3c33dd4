/* The document of /v1/article: the summaries of the units that the published figures are of, each from the cache, and
 * what was published beside them. */
#ifndef LEADERSHIP_ARTICLE_DOCUMENT_H
#define LEADERSHIP_ARTICLE_DOCUMENT_H

#include "article.h"
#include "document_cache.h"

struct article_documents;

/* All three are borrowed. */
struct article_documents *article_documents_open(const struct article *article, struct document_cache *cache);
/* Whoever waits is told nothing any more. Before the cache is closed. */
void article_documents_close(struct article_documents **documents);

/* As document_cache_ask; only `at` and `known` of the parameters count. Rows of units that are not the identity's are
 * left out. */
void article_documents_ask(struct article_documents *documents, struct hub_link *link, struct parameters *parameters,
                           document_taken *taken, void *waiter);

#endif
