/* The state as answer messages. Each is added to hub->replies and sent once what it shows is durable. */
#ifndef HUB_ANSWER_H
#define HUB_ANSWER_H

#include "domain/status.h"
#include "domain/trend.h"
#include "domain/unit_row.h"
#include "hub.h"
#include "query.pb-c.h"

struct status_view {
    uint32_t root;  /* 0: the whole tree */
    uint32_t depth; /* levels below it */
    int32_t as_of;
    uint64_t known_at;
    const struct policy_timeline *policies; /* as known then */
};

/* Who looks: lists show what concerns them. */
struct viewer {
    uint32_t root;      /* of what is asked for; 0: the whole tree */
    bool sees_all;      /* leaders, operators, auditors: all of their subtree */
    enum office office; /* of the others: what it opened, handles or takes part in */
};

/* What a question about trends asks for, checked. */
struct trend_figure {
    enum figure figure; /* one that counts by day; FIGURE_NONE: statuses of */
    enum unit_group group;
    uint32_t zero; /* FIGURE_JOINT: of all three together */
    char name[FIGURE_NAME_SIZE];
};
struct trend_asked {
    uint32_t period_count;
    uint32_t figure_count;
    bool statuses; /* of any figure; then the periods are TREND_STATUSES_MAX at most */
    struct trend_figure figures[TREND_FIGURES_MAX];
    struct trend_period periods[TREND_PERIODS_MAX];
};

void answer_status(struct hub *hub, const struct session *session, uint32_t query, const struct status_view *view);
/* year 0: that of the open day. false: counting takes longer than others may wait; nothing was sent, and the next call
 * goes on. */
bool answer_summary(struct hub *hub, const struct session *session, uint32_t query, uint32_t root, int32_t year);
bool answer_summary_update(struct hub *hub, const struct session *session, uint32_t subscription, uint32_t root,
                           int32_t year);
void answer_consumers(struct hub *hub, const struct session *session, uint32_t query);
void answer_sources(struct hub *hub, const struct session *session, uint32_t query);
/* kind UNIT_NONE: all. */
void answer_units(struct hub *hub, const struct session *session, uint32_t query, uint32_t root, enum unit_kind kind);
void answer_digest(struct hub *hub, const struct session *session, uint32_t query);
/* `proposal`: what the question led to waits at this position; 0: nothing waits. */
void answer_access(struct hub *hub, const struct session *session, uint32_t query, uint64_t proposal);
/* "": of all names. */
void answer_access_history(struct hub *hub, const struct session *session, uint32_t query, const char *name);
/* Of one position, or all that are open. */
void answer_proposals(struct hub *hub, const struct session *session, uint32_t query, uint64_t position);
void answer_policy(struct hub *hub, const struct session *session, uint32_t query);
void answer_clock(struct hub *hub, const struct session *session, uint32_t query);
void answer_catalogue(struct hub *hub, const struct session *session, uint32_t query);
/* The questions are borrowed; what they name was checked to be in the viewer's subtree. */
void answer_matters(struct hub *hub, const struct session *session, uint32_t query, const struct viewer *viewer,
                    const Sanling__V1__MattersQuery *ask);
void answer_campaigns(struct hub *hub, const struct session *session, uint32_t query, uint32_t root);
void answer_discrepancies(struct hub *hub, const struct session *session, uint32_t query, const struct viewer *viewer,
                          bool open_only);
void answer_attention(struct hub *hub, const struct session *session, uint32_t query, const struct viewer *viewer,
                      const Sanling__V1__AttentionQuery *ask);
/* What viewer->office owes. `from_day`: of the question, parsed. false, and nothing answered: no closed period of a
 * zero that is asked of the office starts on it. */
bool answer_attestations_due(struct hub *hub, const struct session *session, uint32_t query,
                             const struct viewer *viewer, const Sanling__V1__AttestationsDueQuery *ask,
                             int32_t from_day);
/* view->root is a unit; view->depth is 0. */
void answer_why(struct hub *hub, const struct session *session, uint32_t query, const struct status_view *view);
/* The units of view->root's subtree in columns, from the rows of the view's moment; view->depth is not looked at. */
void answer_tree(struct hub *hub, const struct session *session, uint32_t query, const struct status_view *view,
                 struct unit_rows *rows);
/* view->root is a counted unit; the days are rising, none lies behind view->as_of, and they are UNIT_DAYS_MAX at most.
 */
void answer_days(struct hub *hub, const struct session *session, uint32_t query, const struct status_view *view,
                 struct day_span days);
void answer_trend(struct hub *hub, const struct session *session, uint32_t query, const struct status_view *view,
                  const struct trend_asked *asked);
/* Between the view and what is known now of its day, past the rows that the client has. */
void answer_difference(struct hub *hub, const struct session *session, uint32_t query, const struct status_view *view,
                       uint32_t after, uint32_t limit);
void answer_routes(struct hub *hub, const struct session *session, uint32_t query);
void answer_figure(struct hub *hub, const struct session *session, uint32_t query, const struct viewer *viewer,
                   enum figure figure, const Sanling__V1__FigureQuery *ask);

#endif
