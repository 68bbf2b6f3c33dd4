#include "digest_try.h"

#include "agent.h"
#include "digest_question.h"
#include "digest_text.h"

#include <stdio.h>
#include <string.h>

enum { TRY_TIMEOUT_MS = 10000 };

static void hub_close(struct sanling **hub)
{
    if (*hub != NULL)
        sanling_close(hub);
}

static bool fail_try(const struct sanling_error *error, struct fault *fault)
{
    return fault_set(fault, error->code == SANLING_UNREACHABLE ? FAULT_UNREACHABLE : FAULT_REFUSED, "%s", error->text);
}

static bool ask_all(struct digest_question *question, struct sanling *hub, const struct agent_program *program,
                    const struct digest_config *digest, struct fault *fault)
{
    struct sanling_error error;
    struct sanling_happening happening;
    enum digest_heard heard = DIGEST_HEARD_NOTHING;
    if (!sanling_wait(hub, TRY_TIMEOUT_MS, &error) ||
        !digest_question_begin(question, hub, program->office, digest->unit, &error))
        return fail_try(&error, fault);
    while (heard != DIGEST_HEARD_ALL) {
        if (!sanling_next(hub, TRY_TIMEOUT_MS, &happening, &error))
            return fail_try(&error, fault);
        if (happening.kind == SANLING_NOTHING)
            return fault_set(fault, FAULT_UNREACHABLE, "no answer of the hub in %d s", TRY_TIMEOUT_MS / 1000);
        heard = digest_question_hear(question, &happening, &error);
        if (heard == DIGEST_HEARD_FAILURE)
            return fail_try(&error, fault);
    }
    return true;
}

static const struct digest_config *find_digest(const struct agent_config *config, const char *name)
{
    for (size_t i = 0; i < config->digest_count; i++)
        if (strcmp(config->digests[i].name, name) == 0)
            return &config->digests[i];
    return NULL;
}

bool digest_try(const struct agent_program *program, const struct agent_config *config, const char *name,
                struct fault *fault)
{
    struct sanling_error error;
    struct digest_question question = {0};
    char text[DIGEST_TEXT_MAX + 1];
    const struct digest_config *digest = find_digest(config, name);
    if (digest == NULL)
        return fault_set(fault, FAULT_USAGE, "the configuration has no digest '%s'", name);
    CLEANUP(hub_close)
    struct sanling *hub = sanling_open(&(struct sanling_options){.endpoint = config->hub,
                                                                 .identity_file = config->identity,
                                                                 .software = program->name},
                                       &error);
    if (hub == NULL)
        return fault_set(fault, error.code == SANLING_USAGE ? FAULT_USAGE : FAULT_SYSTEM, "%s", error.text);
    if (!ask_all(&question, hub, program, digest, fault))
        return false;
    const struct digest_style style = {
        .language = digest->language, .link = digest->page_url, .utc_offset_minutes = config->utc_offset_minutes};
    digest_text(&question.facts, &style, text);
    puts(text);
    return true;
}
