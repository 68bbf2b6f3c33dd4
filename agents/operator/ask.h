/* Asking: a whole answer, of however many messages and pages. */
#ifndef SANLINGCTL_ASK_H
#define SANLINGCTL_ASK_H

#include "tool.h"

/* A whole answer, its parts put together. */
struct answer {
    ProtobufCMessage *body; /* of the type asked for; owned */
    uint64_t position;
    bool demonstration;
};

/* Connects if needed and asks. Returns 0, or the exit status after reporting; then *answer is empty. */
int tool_ask(struct tool *tool, const Sanling__V1__Query *query, const ProtobufCMessageDescriptor *expected,
             struct answer *answer);
/* The same for a list that comes page by page: all pages are one answer. The question's `after` moves on. */
int tool_ask_all(struct tool *tool, Sanling__V1__Query *query, const ProtobufCMessageDescriptor *expected,
                 struct answer *answer);
/* Moves the question's `after` behind the page. false: the page brought nothing new, so the list is over. */
bool question_go_on(Sanling__V1__Query *query, const ProtobufCMessage *page);
void answer_clear(struct answer *answer);

/* What the hub calls its event types. */
int ask_catalogue(struct tool *tool, struct answer *catalogue);
/* The Chinese name of an event type, "隐患登记"; "" if the catalogue has none, or is empty. */
const char *event_label(const struct answer *catalogue, const char *type);
/* What the county calls its codes: the labels of the policy, in a CampaignsAnswer. */
int ask_labels(struct tool *tool, struct answer *labels);
/* The name of `code` under a prefix, "hazard" and "FIRE" for "hazard.FIRE"; NULL: the county has none. */
const char *label_of(const struct answer *labels, const char *prefix, const char *code);
/* The open day by the hub's clock as a day number. */
int ask_today(struct tool *tool, int32_t *today);

#endif
