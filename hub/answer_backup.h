/* The loop's side of backups: who may ask for one, and the answer when it is laid out. */
#ifndef HUB_ANSWER_BACKUP_H
#define HUB_ANSWER_BACKUP_H

#include "backup.h"
#include "hub.h"

/* An operator asks. */
void backup_take_question(struct hub *hub, const struct session *session, const struct identity *identity,
                          uint32_t query);
/* An operator says that the copy of what was laid out last is good. */
void backup_take_verified(struct hub *hub, const struct session *session, const struct identity *identity,
                          const Sanling__V1__Query *query);
/* What the loop does every turn. */
void backup_go_on(struct hub *hub);

#endif
