/* The kinds of documents, and what they share. */
#ifndef LEADERSHIP_DOCUMENTS_H
#define LEADERSHIP_DOCUMENTS_H

#include "document.h"

#include <stdio.h>

#define MOMENT_PARAMETERS (PARAMETER_BIT(PARAMETER_AT) | PARAMETER_BIT(PARAMETER_KNOWN))

extern const struct document_kind overview_kind;
extern const struct document_kind summary_kind;
extern const struct document_kind status_kind;
extern const struct document_kind tree_kind;
extern const struct document_kind unit_kind;
extern const struct document_kind unit_days_kind;
extern const struct document_kind matters_kind;
extern const struct document_kind matter_kind;
extern const struct document_kind campaigns_kind;
extern const struct document_kind discrepancies_kind;
extern const struct document_kind attention_kind;
extern const struct document_kind figure_kind;
extern const struct document_kind events_kind;
extern const struct document_kind event_kind;
extern const struct document_kind trends_kind;
extern const struct document_kind difference_kind;
extern const struct document_kind catalogue_kind;
extern const struct document_kind policy_kind;
extern const struct document_kind search_kind;

void document_ask_summary(struct document *document, uint32_t year);
void document_ask_status(struct document *document, char *unit, uint32_t depth);
void document_ask_catalogue(struct document *document);
/* The tree as the canonical mapping writes it, with defaults. */
void tree_write(FILE *stream, const Sanling__V1__TreeAnswer *tree);
/* [{figure, then, now}…]: the counts of two summaries that differ, by the names that figures have. */
json_t *summary_differences(const Sanling__V1__Summary *then, const Sanling__V1__Summary *now);

#endif
