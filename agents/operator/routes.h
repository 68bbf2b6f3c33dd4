/* The routes of the policy in force: why an office gets a record. */
#ifndef SANLINGCTL_ROUTES_H
#define SANLINGCTL_ROUTES_H

#include "ask.h"

int ask_routes(struct tool *tool, struct answer *routes);
/* The route that most likely brought the record to the office (the hub does not say which did): one to whom the event
 * names, one that names the office, one to the matter's handler or joint members, one for events of any type. NULL:
 * none of the policy in force; an earlier one may have had it. */
const Sanling__V1__RoutesAnswer__Route *route_of(const Sanling__V1__RoutesAnswer *routes,
                                                 const Sanling__V1__Record *record, Sanling__V1__Office__Kind office);

#endif
