/* A rule about breaks as one line, in the words of the policy file. */
#ifndef HUB_RULE_TEXT_H
#define HUB_RULE_TEXT_H

#include "domain/policy.h"

enum { RULE_TEXT_SIZE = 512 };
/* "CaseFiled classes=ADMIN,CRIMINAL categories=THEFT". */
void rule_text(const struct break_rule *rule, char text[static RULE_TEXT_SIZE]);

#endif
