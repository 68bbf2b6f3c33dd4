/* The contract's enumerations in the words of the offices, Chinese and English, and back. */
#ifndef SANLINGCTL_WORDS_H
#define SANLINGCTL_WORDS_H

#include "sanling.h"

#include "query.pb-c.h"

/* A word by itself, for sentences. */
struct term {
    const char *chinese;
    const char *english;
};

struct term office_term(Sanling__V1__Office__Kind office);
struct term zero_term(Sanling__V1__Zero__Kind zero); /* UNSPECIFIED: the joint status */
struct term status_term(Sanling__V1__Status__Kind status);
struct term basis_term(Sanling__V1__Attestation__Basis basis, bool by_system);

/* For tables: the Chinese word and the code. Never NULL; "–" for UNSPECIFIED. */
const char *office_label(Sanling__V1__Office__Kind office);
const char *unit_kind_label(Sanling__V1__UnitKind__Kind kind);
const char *zero_label(Sanling__V1__Zero__Kind zero); /* UNSPECIFIED: the joint status */
const char *status_label(Sanling__V1__Status__Kind status);
const char *group_label(Sanling__V1__UnitGroup__Kind group);
/* A tally's kind; the kind itself if it has no label. */
const char *tally_label(const char *kind);

enum { OFFICES_TEXT_SIZE = 512 };
/* "信访 PETITIONS、公安 PUBLIC_SECURITY"; "" for none. */
void offices_format(const Sanling__V1__Office__Kind *offices, size_t count, char text[static OFFICES_TEXT_SIZE]);

/* The word of the contract's enumeration, in any case and with - for _; UNSPECIFIED is none. false: unknown. */
bool enum_parse(const ProtobufCEnumDescriptor *descriptor, const char *text, int *value);

/* By the contract's name in any case ("work_safety", "work-safety") or the Chinese word. false: unknown. */
bool office_parse(const char *text, Sanling__V1__Office__Kind *office);
bool unit_kind_parse(const char *text, Sanling__V1__UnitKind__Kind *kind);

#endif
