/* The records of a delivery, found in the hub's message without being unpacked. */
#ifndef SANLING_DELIVERY_H
#define SANLING_DELIVERY_H

#include "sanling.h"

#include "wire.h"

/* Whether the HubMessage is a delivery and no other body; then *delivery is it, borrowed from the message. */
bool delivery_find(const uint8_t *bytes, size_t size, struct sanling_bytes *delivery);
/* Finds the records; all are looked at before any is shown. *records is the arena's and borrows from `delivery`. The
 * events themselves, publishers and routes are not looked into: sanling_record_unpack does. */
enum wire_flaw delivery_scan(struct wire_arena *arena, struct sanling_bytes delivery, struct sanling_records *records);

#endif
