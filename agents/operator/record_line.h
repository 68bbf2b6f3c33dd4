/* A record as a line for reading. */
#ifndef SANLINGCTL_RECORD_LINE_H
#define SANLINGCTL_RECORD_LINE_H

#include "ask.h"

/* The event's payload; NULL: of a type that this program does not know. */
const ProtobufCMessage *payload_of(const Sanling__V1__Event *event);
/* Prints it with the catalogue's name of its type, which may be empty. */
void record_line_print(const Sanling__V1__Record *record, const struct answer *catalogue);

#endif
