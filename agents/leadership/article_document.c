#include "article_document.h"

#include "documents.h"

#include <stdlib.h>
#include <string.h>

struct asked {
    struct article_documents *documents;
    json_t *summaries; /* by the code of their unit */
    json_t *moment;    /* of the first of them */
    struct problem problem;
    bool failed;
    size_t open; /* units without an answer */
    document_taken *taken;
    void *waiter;
    struct asked *next;
};

/* Which unit an answer is of. */
struct part {
    struct asked *asked;
    const char *unit;
    struct part *next;
};

struct article_documents {
    const struct article *article;
    struct document_cache *cache;
    struct asked *asked;
    struct part *parts;
};

struct article_documents *article_documents_open(const struct article *article, struct document_cache *cache)
{
    struct article_documents *documents = calloc(1, sizeof *documents);
    if (documents == NULL)
        abort();
    documents->article = article;
    documents->cache = cache;
    return documents;
}

static void free_asked(struct asked *asked)
{
    json_decref(asked->summaries);
    json_decref(asked->moment);
    free(asked);
}

void article_documents_close(struct article_documents **documents)
{
    struct article_documents *closing = *documents;
    *documents = NULL;
    if (closing == NULL)
        return;
    while (closing->parts != NULL) {
        struct part *part = closing->parts;
        closing->parts = part->next;
        free(part);
    }
    while (closing->asked != NULL) {
        struct asked *asked = closing->asked;
        closing->asked = asked->next;
        free_asked(asked);
    }
    free(closing);
}

static void finish(struct asked *asked)
{
    struct article_documents *documents = asked->documents;
    struct content *content = NULL;
    for (struct asked **link = &documents->asked; *link != NULL; link = &(*link)->next)
        if (*link == asked) {
            *link = asked->next;
            break;
        }
    if (!asked->failed) {
        json_t *rows = article_rows(documents->article, asked->summaries);
        content = content_from_json(200, json_pack("{s:O?, s:o}", "moment", asked->moment, "rows", rows));
        problem_set(&asked->problem, PROBLEM_INTERNAL, NULL, NULL);
    }
    asked->taken(asked->waiter, content, content == NULL ? &asked->problem : NULL);
    free_asked(asked);
}

/* A unit of another subtree has no rows; anything else that is wrong is wrong with all of it. */
static void take_problem(struct asked *asked, const struct problem *problem)
{
    if (problem->code == PROBLEM_UNKNOWN_UNIT || problem->code == PROBLEM_NOT_PERMITTED)
        return;
    asked->problem = *problem;
    asked->failed = true;
}

static void take_summary(void *waiter, struct content *content, const struct problem *problem)
{
    struct part *part = waiter;
    struct asked *asked = part->asked;
    for (struct part **link = &asked->documents->parts; *link != NULL; link = &(*link)->next)
        if (*link == part) {
            *link = part->next;
            break;
        }
    json_t *document = content == NULL ? NULL : json_loadb((const char *)content->bytes, content->size, 0, NULL);
    if (content == NULL) {
        take_problem(asked, problem);
    } else {
        json_object_set(asked->summaries, part->unit, json_object_get(document, "summary"));
        if (asked->moment == NULL)
            asked->moment = json_incref(json_object_get(document, "moment"));
    }
    json_decref(document);
    content_release(&content);
    free(part);
    if (--asked->open == 0)
        finish(asked);
}

static void ask_unit(struct asked *asked, struct hub_link *link, const struct parameters *given, const char *unit)
{
    struct parameters parameters = {0};
    struct part *part = calloc(1, sizeof *part);
    if (part == NULL)
        abort();
    *part = (struct part){.asked = asked, .unit = unit, .next = asked->documents->parts};
    asked->documents->parts = part;
    const char *at = given->values[PARAMETER_AT];
    const char *known = given->values[PARAMETER_KNOWN];
    parameters.values[PARAMETER_UNIT] = strdup(unit);
    parameters.values[PARAMETER_AT] = at == NULL ? NULL : strdup(at);
    parameters.values[PARAMETER_KNOWN] = known == NULL ? NULL : strdup(known);
    document_cache_ask(asked->documents->cache, &summary_kind, link, &parameters, take_summary, part);
}

void article_documents_ask(struct article_documents *documents, struct hub_link *link, struct parameters *parameters,
                           document_taken *taken, void *waiter)
{
    struct asked *asked = calloc(1, sizeof *asked);
    if (asked == NULL)
        abort();
    const size_t count = article_unit_count(documents->article);
    *asked = (struct asked){.documents = documents,
                            .summaries = json_object(),
                            .open = count,
                            .taken = taken,
                            .waiter = waiter,
                            .next = documents->asked};
    documents->asked = asked;
    /* The last answer may come before the call returns: nothing of `asked` is used behind it. */
    for (size_t i = 0; i < count; i++)
        ask_unit(asked, link, parameters, article_unit(documents->article, i));
    parameters_clear(parameters);
}
