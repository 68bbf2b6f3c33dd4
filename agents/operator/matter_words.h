/* What the contract says of matters, in the words of the offices: kinds, steps, clocks, findings, grades, channels. */
#ifndef SANLINGCTL_MATTER_WORDS_H
#define SANLINGCTL_MATTER_WORDS_H

#include "sanling.h"

#include "query.pb-c.h"

/* Never NULL; "–" for UNSPECIFIED. */
const char *matter_kind_label(Sanling__V1__MatterKind__Kind kind);
const char *clock_label(Sanling__V1__DeadlinePassed__Clock__Kind clock);
const char *finding_label(Sanling__V1__DiscrepancyResolved__Finding__Kind finding);
const char *hazard_grade_label(Sanling__V1__Hazard__Grade grade);
const char *accident_grade_label(const char *grade);
const char *petition_type_label(Sanling__V1__Petition__Type type);
const char *case_class_label(uint32_t class);
const char *channel_label(Sanling__V1__Mediation__Channel channel);
/* 催办 1, 督办 2 and 3; "–" for 0. */
const char *supervision_label(uint32_t level);
/* The Chinese word of a step; the code itself if it has none. */
const char *step_word(Sanling__V1__MatterKind__Kind kind, const char *step);

/* By the contract's name in any case or the Chinese word. false: unknown. */
bool matter_kind_parse(const char *text, Sanling__V1__MatterKind__Kind *kind);
/* The step's code, by its name in any case or its Chinese word; NULL: unknown. */
const char *step_parse(const char *text);

#endif
