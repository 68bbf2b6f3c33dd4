/* The page on which a person of the office sees what is to be attested and confirms it: static files under /attest/,
 * open to who reaches the address; what it shows and sends goes over the routes of attest_routes.h with a token of
 * scope attest. Served where the agent has `http:` and the page is installed or built beside the program. */
#ifndef ATTEST_ATTEST_PAGE_H
#define ATTEST_ATTEST_PAGE_H

#include "part.h"

struct attest_page;

/* *page stays NULL where nothing is served: no HTTP, or no page; the journal says which address, or that there is no
 * page. */
MUST_CHECK bool attest_page_open(const struct office *office, struct attest_page **page, struct fault *fault);
void attest_page_close(struct attest_page **page);

#endif
