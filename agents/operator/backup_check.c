#include "backup_check.h"

#include "offline.h"
#include "tool.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every leaf, the tree, the chain and the checkpoints: sanling-hub --verify. */
static int verify(const char *folder, const char *from)
{
    int status;
    char *line[] = {"sanling-hub", "--verify", "--json", "--data", (char *)folder, from != NULL ? "--from" : NULL,
                    (char *)from,  NULL};
    free(ask_hub_program(line, &status));
    return status;
}

/* The whole state, at the claim's place and at the end: sanling-hub --rebuild. */
static int compute(const char *folder, const struct backup_claim *claim, struct backup_note *end, bool *same)
{
    char at[64];
    int status;
    int demonstration = 0, form = 0;
    const char *there, *position, *rejections, *digest;
    snprintf(at, sizeof at, "%" PRIu64 "/%" PRIu64, claim->position, claim->rejections);
    char *line[] = {"sanling-hub", "--rebuild", "--json", "--data", (char *)folder, "--at", at, NULL};
    char *text = ask_hub_program(line, &status);
    json_t *document = text != NULL && status == STATUS_DONE ? json_loads(text, 0, NULL) : NULL;
    free(text);
    if (document == NULL)
        return status != STATUS_DONE ? status : tool_report(STATUS_NO, "SYSTEM", "sanling-hub did not say its digest");
    if (json_unpack(document, "{s:s, s:s, s:s, s:s, s:i, s:b}", "at", &there, "position", &position, "rejections",
                    &rejections, "digest", &digest, "form", &form, "demonstration", &demonstration) != 0)
        abort(); /* written by the program of the same version */
    *same = (unsigned)form != claim->form || strcmp(there, claim->digest) == 0;
    end->form = (unsigned)form;
    end->position = strtoull(position, NULL, 10);
    end->rejections = strtoull(rejections, NULL, 10);
    end->demonstration = demonstration != 0;
    snprintf(end->digest, sizeof end->digest, "%s", digest);
    json_decref(document);
    return STATUS_DONE;
}

int backup_check(const char *folder, const struct backup_claim *claim, struct backup_note *end)
{
    bool same = false;
    int status = verify(folder, claim->from);
    if (status == STATUS_DONE)
        status = compute(folder, claim, end, &same);
    if (status == STATUS_DONE && !same)
        status =
            tool_report(STATUS_DAMAGED, "DAMAGED",
                        "%s: its state at position %" PRIu64 " has another digest than it must have; it is no copy "
                        "to rely on",
                        folder, claim->position);
    return status;
}
