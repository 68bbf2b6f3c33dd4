#include "attest_page.h"

#include "agent.h"
#include "intake.h"
#include "journal.h"
#include "static_files.h"

#include <stdlib.h>
#include <string.h>

struct attest_page {
    const char *program; /* what the page names where it says how a token is made */
    struct static_files *files;
};

static void free_text(char **text)
{
    free(*text);
    *text = NULL;
}

static void lead_to_page(void *context, struct intake_call *call)
{
    (void)context;
    http_add_header(call->request, "Location", "/attest/");
    http_reply_empty(call->request, 308);
}

static void get_agent(void *context, struct intake_call *call)
{
    const struct attest_page *page = context;
    intake_reply(call->request, 200, json_pack("{s:s}", "program", page->program));
}

static void get_file(void *context, struct intake_call *call)
{
    const struct attest_page *page = context;
    if (!static_files_reply(page->files, call->request, http_path(call->request) + strlen("/attest")))
        intake_refuse(call->request, PROBLEM_NOT_FOUND, NULL, NULL);
}

static const struct intake_route routes[] = {
    {.method = HTTP_GET, .pattern = "/attest", .handle = lead_to_page},
    {.method = HTTP_GET, .pattern = "/attest/", .handle = get_file},
    {.method = HTTP_GET, .pattern = "/attest/agent.json", .handle = get_agent},
    {.method = HTTP_GET, .pattern = "/attest/{file...}", .handle = get_file},
};

static bool serve(struct attest_page *page, struct intake *intake, const char *folder, struct fault *fault)
{
    const struct intake_routes table = {.routes = routes, .count = sizeof routes / sizeof *routes, .context = page};
    page->files = static_files_read(folder, fault);
    return page->files != NULL &&
           (intake_add_routes(intake, &table) || fault_set(fault, FAULT_SYSTEM, "too many tables of routes"));
}

/* A page that is there but cannot be read is a fault; one that is not there is none: attestations need no page. */
bool attest_page_open(const struct office *office, struct attest_page **page, struct fault *fault)
{
    if (office->intake == NULL)
        return true;
    CLEANUP(free_text) char *folder = static_files_beside("attest");
    if (folder == NULL) {
        journal(JOURNAL_NOTICE, "attest: no page is served: it is neither installed nor built beside this program");
        return true;
    }
    struct attest_page *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    opened->program = office->program->name;
    if (!serve(opened, office->intake, folder, fault)) {
        attest_page_close(&opened);
        return false;
    }
    journal(JOURNAL_INFO, "attest: %s/attest/", intake_address(office->intake));
    *page = opened;
    return true;
}

void attest_page_close(struct attest_page **page)
{
    if (*page != NULL)
        static_files_free(&(*page)->files);
    free(*page);
    *page = NULL;
}
