/* The tree's own writer says what the canonical mapping says. */
#include "documents.h"

#include "json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void check(const Sanling__V1__TreeAnswer *tree)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    tree_write(stream, tree);
    fclose(stream);
    json_t *mapped = json_from_message_with(&tree->base, JSON_DEFAULTS_WRITTEN);
    json_t *written = json_loads(text, 0, NULL);
    assert_true(json_equal(written, mapped));
    json_decref(written);
    json_decref(mapped);
    free(text);
}

static void an_empty_tree_is_written_canonically(void **state)
{
    (void)state;
    Sanling__V1__TreeAnswer tree = SANLING__V1__TREE_ANSWER__INIT;
    check(&tree);
}

static void every_type_of_column_is_written_canonically(void **state)
{
    (void)state;
    char *codes[] = {"140322000000", "a\"b\\c", "\n\t\x01", ""};
    char *names[] = {"盂县", "路家村镇", "/", "😀"};
    uint32_t parents[] = {0, 1, UINT32_MAX, 7};
    Sanling__V1__UnitKind__Kind kinds[] = {SANLING__V1__UNIT_KIND__KIND__COUNTY, SANLING__V1__UNIT_KIND__KIND__TOWN,
                                           SANLING__V1__UNIT_KIND__KIND__UNSPECIFIED, (Sanling__V1__UnitKind__Kind)77};
    int32_t days[] = {0, 18493, -1, INT32_MIN};
    protobuf_c_boolean silent[] = {1, 0, 0, 1};
    Sanling__V1__TreeAnswer tree = SANLING__V1__TREE_ANSWER__INIT;
    tree.total = 4;
    tree.codes = codes;
    tree.names = names;
    tree.parents = parents;
    tree.kinds = kinds;
    tree.verified_until = days;
    tree.silent = silent;
    tree.n_codes = tree.n_names = tree.n_parents = tree.n_kinds = tree.n_verified_until = tree.n_silent = 4;
    check(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_tree_is_written_canonically),
        cmocka_unit_test(every_type_of_column_is_written_canonically),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
