/* Changing who may do what: each change is a record of the log and stands in the access file. The file is written first
 * and then the record: what the hub did not come to record when it died, it finds in the file at its next start and
 * records as said by the file, so that nothing that holds is missing in the log, and nothing in the log is lost. What
 * gives somebody more than they have waits as a proposal for a second operator (domain/grant.h). */
#ifndef HUB_ACCESS_CHANGE_H
#define HUB_ACCESS_CHANGE_H

#include "hub.h"
#include "query.pb-c.h"

/* An operator's AccessChange: granted, revoked, proposed, confirmed or withdrawn, and answered. */
void access_change_take(struct hub *hub, const struct session *session, const Sanling__V1__Query *query);
/* Records where hub->access, read from the file, says otherwise than the log; returns how many records that took. */
size_t access_change_record_file(struct hub *hub);

#endif
