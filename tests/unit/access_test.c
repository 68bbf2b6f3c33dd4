/* Who may do what stands in one file: read whole, complained about by line, replaced as a whole. */
#include "access.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "domain/catalogue.h"
#include "folder.h"

#define KEY_A "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define KEY_B "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
#define SIGNING_KEY "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" /* RFC 8032, 7.1, test 1 */
#define NO_POINT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define KEY_C "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"

struct place {
    char folder[FOLDER_PATH_SIZE];
    char path[512];
};

static int make_place(void **state)
{
    struct place *place = malloc(sizeof *place);
    assert_non_null(place);
    folder_make(place->folder);
    folder_file(place->folder, "access.yaml", place->path);
    *state = place;
    return 0;
}
static int remove_place(void **state)
{
    struct place *place = *state;
    folder_remove(place->folder);
    free(place);
    return 0;
}

static struct access *read_text(const struct place *place, const char *text, struct fault *fault)
{
    file_write(place->path, text, strlen(text));
    *fault = (struct fault){0};
    return access_read(place->path, fault);
}

static struct access *read_good(const struct place *place, const char *text)
{
    struct fault fault;
    struct access *access = read_text(place, text, &fault);
    if (!access)
        fail_msg("%s", fault.text);
    return access;
}

static const char two[] = "identities:\n"
                          "  - {name: safety, key: '" KEY_A "', role: publisher, office: WORK_SAFETY,\n"
                          "     unit: '140322000000'}\n"
                          "  - {name: leader, key: '" KEY_B "', role: leader, office: LEADERSHIP}\n";

static void an_identity_is_found_by_key_and_by_name(void **state)
{
    struct access *access = read_good(*state, two);
    assert_int_equal(access_count(access), 2);
    const struct identity *safety = access_by_key(access, KEY_A);
    assert_non_null(safety);
    assert_ptr_equal(access_by_name(access, "safety"), safety);
    assert_ptr_equal(access_at(access, 0), safety);
    assert_int_equal(safety->office, OFFICE_WORK_SAFETY);
    assert_int_equal(safety->role, ROLE_PUBLISHER);
    assert_string_equal(safety->root, "140322000000");
    assert_string_equal(access_by_name(access, "leader")->root, "");
    assert_null(access_by_key(access, KEY_C));
    assert_null(access_by_key(access, ""));
    assert_null(access_by_name(access, "nobody"));
    access_close(&access);
    assert_null(access);
}

static void no_file_is_an_empty_list(void **state)
{
    const struct place *place = *state;
    struct fault fault;
    struct access *access = access_read(place->path, &fault);
    assert_non_null(access);
    assert_int_equal(access_count(access), 0);
    assert_null(access_by_key(access, KEY_A));
    access_close(&access);
}

static void a_wrong_file_is_refused_with_line_and_key(void **state)
{
#define FIRST "identities:\n  - {name: a, key: '" KEY_A "', role: publisher, office: PETITIONS}\n"
    static const struct {
        const char *text, *line, *key;
    } rows[] = {
        {FIRST "  - {name: b, key: '" KEY_B "', role: chief, office: PETITIONS}\n", "line 3", "role"},
        {FIRST "  - {name: b, key: '" KEY_B "', role: leader, office: PARKS}\n", "line 3", "office"},
        {FIRST "  - {name: b, key: '" KEY_B "', role: leader, office: HUB}\n", "line 3", "office"},
        {FIRST "  - {name: b, key: '" KEY_B "', role: 1, office: PETITIONS}\n", "line 3", "role"},
        {FIRST "  - {name: b, key: '" KEY_B "', role: leader, office: 77}\n", "line 3", "office"},
        {FIRST "  - {name: b, key: short, role: leader, office: PETITIONS}\n", "line 3", "key"},
        {FIRST "  - {name: b, key: '0123456789012345678901234567890123456 \"~', role: leader, office: PETITIONS}\n",
         "line 3", "key"},
        {FIRST "  - {name: 'b c', key: '" KEY_B "', role: leader, office: PETITIONS}\n", "line 3", "name"},
        {FIRST "  - {name: b, key: '" KEY_B "', role: leader, office: PETITIONS, unit: '1403221'}\n", "line 3", "unit"},
        {FIRST "  - {name: b, key: '" KEY_B "', role: leader, office: PETITIONS, types: [HazardLost]}\n", "line 3",
         "HazardLost"},
        {FIRST "  - {name: b, key: '" KEY_B "', role: leader, office: PETITIONS, types: [DayClosed]}\n", "line 3",
         "DayClosed"},
        {FIRST "  - {name: a, key: '" KEY_B "', role: leader, office: PETITIONS}\n", "line 3", "twice"},
        {FIRST "  - {name: b, key: '" KEY_A "', role: leader, office: PETITIONS}\n", "line 3", "twice"},
        {FIRST "  - {name: b, key: '" KEY_B "', role: leader, office: PETITIONS, secret: x}\n", "line 3", "secret"},
        {FIRST "  - {name: b, role: leader, office: PETITIONS}\n", "line 3", "key"},
        {FIRST "  - {name: b, key: '" KEY_B "', role: leader, office: PETITIONS, signing_key: 'c2hvcnQ='}\n", "line 3",
         "signing_key"},
        {FIRST "  - {name: b, key: '" KEY_B "', role: leader, office: PETITIONS, signing_key: '" NO_POINT "'}\n",
         "line 3", "signing_key"},
        {"people: []\n", "line 1", "people"},
        {"", "", ""},
        {"identities\n", "", ""},
        {"identities: {\n", "", ""},
    };
    const struct place *place = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault;
        struct access *access = read_text(place, rows[i].text, &fault);
        if (access) {
            access_close(&access);
            fail_msg("row %zu was taken", i);
        }
        if (fault.code != FAULT_USAGE || !strstr(fault.text, rows[i].line) || !strstr(fault.text, rows[i].key) ||
            !strstr(fault.text, place->path))
            fail_msg("row %zu: '%s' does not name '%s' and '%s'", i, fault.text, rows[i].line, rows[i].key);
    }
}

static void without_a_list_the_types_are_the_offices_by_the_catalogue(void **state)
{
    struct access *access = read_good(*state, two);
    const struct identity *safety = access_by_name(access, "safety");
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++) {
        const struct event_type *type = catalogue_type(kind);
        assert_int_equal(safety->types[kind], type && (type->publishers & OFFICE_BIT(OFFICE_WORK_SAFETY)));
    }
    access_close(&access);
}

static void a_list_stands_instead_and_its_word_catalogue_adds_those(void **state)
{
    static const char text[] =
        "identities:\n"
        "  - {name: a, key: '" KEY_A "', role: publisher, office: WORK_SAFETY, types: [CaseFiled]}\n"
        "  - {name: b, key: '" KEY_B "', role: publisher, office: WORK_SAFETY, types: [CaseFiled, catalogue]}\n";
    struct access *access = read_good(*state, text);
    const struct identity *exact = access_by_name(access, "a");
    const struct identity *extra = access_by_name(access, "b");
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++) {
        const struct event_type *type = catalogue_type(kind);
        bool own = type && (type->publishers & OFFICE_BIT(OFFICE_WORK_SAFETY));
        assert_int_equal(exact->types[kind], kind == EVENT_CASE_FILED);
        assert_int_equal(extra->types[kind], own || kind == EVENT_CASE_FILED);
    }
    access_close(&access);
}

static Sanling__V1__AccessEntry entry_of(const char *name, const char *key, const char *role)
{
    Sanling__V1__AccessEntry entry = SANLING__V1__ACCESS_ENTRY__INIT;
    entry.name = (char *)name;
    entry.key = (char *)key;
    entry.role = (char *)role;
    entry.office = SANLING__V1__OFFICE__KIND__PETITIONS;
    return entry;
}

/* What holds now is what the file says now. */
static void check_file(const struct place *place, const struct access *access)
{
    struct fault fault;
    struct access *read = access_read(place->path, &fault);
    if (!read)
        fail_msg("%s", fault.text);
    assert_int_equal(access_count(read), access_count(access));
    for (size_t i = 0; i < access_count(access); i++) {
        const struct identity *left = access_at(access, i);
        const struct identity *right = access_by_name(read, left->name);
        assert_non_null(right);
        assert_string_equal(left->key, right->key);
        assert_string_equal(left->root, right->root);
        assert_string_equal(left->signing_key, right->signing_key);
        assert_int_equal(left->role, right->role);
        assert_int_equal(left->office, right->office);
        assert_memory_equal(left->types, right->types, sizeof left->types);
    }
    access_close(&read);
}

static void a_grant_holds_and_stands_in_the_file(void **state)
{
    const struct place *place = *state;
    struct fault fault = {0};
    struct access *access = read_good(place, two);
    char *types[] = {"PetitionRegistered", "catalogue"};
    Sanling__V1__AccessEntry entry = entry_of("petitions", KEY_C, "publisher");
    entry.unit = "140322102000";
    entry.types = types;
    entry.n_types = 2;
    entry.signing_key = SIGNING_KEY;
    if (!access_grant(access, &entry, &fault))
        fail_msg("%s", fault.text);
    assert_int_equal(access_count(access), 3);
    assert_string_equal(access_by_key(access, KEY_C)->root, "140322102000");
    assert_string_equal(access_by_key(access, KEY_C)->signing_key, SIGNING_KEY);
    check_file(place, access);
    entry.n_types = 0; /* other rights for the same name, the same key */
    entry.role = "auditor";
    assert_true(access_grant(access, &entry, &fault));
    assert_int_equal(access_count(access), 3);
    assert_int_equal(access_by_name(access, "petitions")->role, ROLE_AUDITOR);
    check_file(place, access);
    access_close(&access);
}

static void a_revoked_key_is_nobodys(void **state)
{
    const struct place *place = *state;
    struct fault fault = {0};
    struct access *access = read_good(place, two);
    assert_true(access_revoke(access, "safety", &fault));
    assert_null(access_by_key(access, KEY_A));
    assert_non_null(access_by_key(access, KEY_B));
    check_file(place, access);
    assert_false(access_revoke(access, "safety", &fault));
    assert_int_equal(fault.code, FAULT_NO);
    assert_true(access_revoke(access, "leader", &fault));
    assert_int_equal(access_count(access), 0);
    check_file(place, access); /* an empty list reads as one */
    access_close(&access);
}

static void a_wrong_grant_changes_nothing(void **state)
{
    const struct place *place = *state;
    struct fault fault = {0};
    struct access *access = read_good(place, two);
    char *hubs_own[] = {"DayClosed"};
    Sanling__V1__AccessEntry wrong[] = {
        entry_of("new", KEY_A, "publisher"), /* another's key */
        entry_of("new", "short", "publisher"), entry_of("with space", KEY_C, "publisher"),
        entry_of("", KEY_C, "publisher"),      entry_of("new", KEY_C, "chief"),
        entry_of("new", KEY_C, "publisher"),   entry_of("new", KEY_C, "publisher"),
        entry_of("new", KEY_C, "publisher"),
    };
    wrong[5].office = SANLING__V1__OFFICE__KIND__HUB;
    wrong[6].unit = "1403221";
    wrong[7].types = hubs_own;
    wrong[7].n_types = 1;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (access_grant(access, &wrong[i], &fault))
            fail_msg("row %zu was granted", i);
        assert_int_equal(fault.code, FAULT_USAGE);
        assert_int_equal(access_count(access), 2);
        check_file(place, access);
    }
    access_close(&access);
}

static void rights_that_could_not_be_written_do_not_hold(void **state)
{
    const struct place *place = *state;
    struct fault fault = {0};
    struct access *access = read_good(place, two);
    char blocked[600];
    snprintf(blocked, sizeof blocked, "%s.new", place->path);
    assert_int_equal(mkdir(blocked, 0700), 0); /* the new file cannot be made */
    const Sanling__V1__AccessEntry entry = entry_of("petitions", KEY_C, "publisher");
    assert_false(access_grant(access, &entry, &fault));
    assert_int_equal(fault.code, FAULT_SYSTEM);
    assert_null(access_by_key(access, KEY_C));
    assert_false(access_revoke(access, "safety", &fault));
    assert_non_null(access_by_key(access, KEY_A));
    check_file(place, access);
    access_close(&access);
}

static void roles_have_the_names_of_the_file(void **state)
{
    (void)state;
    assert_string_equal(role_name(ROLE_PUBLISHER), "publisher");
    assert_string_equal(role_name(ROLE_AUDITOR), "auditor");
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(an_identity_is_found_by_key_and_by_name),
        IN_A_FOLDER(no_file_is_an_empty_list),
        IN_A_FOLDER(a_wrong_file_is_refused_with_line_and_key),
        IN_A_FOLDER(without_a_list_the_types_are_the_offices_by_the_catalogue),
        IN_A_FOLDER(a_list_stands_instead_and_its_word_catalogue_adds_those),
        IN_A_FOLDER(a_grant_holds_and_stands_in_the_file),
        IN_A_FOLDER(a_revoked_key_is_nobodys),
        IN_A_FOLDER(a_wrong_grant_changes_nothing),
        IN_A_FOLDER(rights_that_could_not_be_written_do_not_hold),
        IN_A_FOLDER(roles_have_the_names_of_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
