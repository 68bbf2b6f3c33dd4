/* 单位树: the whole tree as columns. */
#include "documents.h"

static bool ask_tree(struct document *document, struct problem *problem)
{
    (void)problem;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__TreeQuery tree = SANLING__V1__TREE_QUERY__INIT;
    tree.unit = document_unit(document);
    query.ask_case = SANLING__V1__QUERY__ASK_TREE;
    query.tree = &tree;
    document_ask(document, &query, &sanling__v1__tree_answer__descriptor, false);
    return true;
}

static enum document_step make_tree(struct document *document, struct problem *problem)
{
    (void)problem;
    document->json = document_object(document);
    json_object_set_new(document->json, "tree", document_json(document, 0));
    return DOCUMENT_MADE;
}

const struct document_kind tree_kind = {
    .name = "tree", .accepts = MOMENT_PARAMETERS | PARAMETER_BIT(PARAMETER_UNIT), .ask = ask_tree, .make = make_tree};
