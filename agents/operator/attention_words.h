/* The lists that the leadership looks at first, by name. */
#ifndef SANLINGCTL_ATTENTION_WORDS_H
#define SANLINGCTL_ATTENTION_WORDS_H

#include "sanling.h"

#include "query.pb-c.h"

/* "静默单位 SILENT". Never NULL. */
const char *attention_label(Sanling__V1__Attention__List list);
/* By the contract's name in any case or the Chinese word. false: unknown. */
bool attention_parse(const char *text, Sanling__V1__Attention__List *list);

#endif
