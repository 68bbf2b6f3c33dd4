/* The page's files: only what was there at the start, in the form that fits. */
#include "http.h"
#include "static_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct folder {
    char path[64];
};

static void put(const struct folder *folder, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int set_up(void **state)
{
    static struct folder folder;
    char path[128];
    folder = (struct folder){.path = "/tmp/sanling-static-XXXXXX"};
    if (mkdtemp(folder.path) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/assets", folder.path);
    mkdir(path, 0700);
    put(&folder, "index.html", "index");
    put(&folder, ".hidden", "hidden");
    put(&folder, "icon.svg", "icon");
    put(&folder, "assets/main.js", "plain");
    put(&folder, "assets/main.js.br", "brotli");
    put(&folder, "assets/main.js.gz", "gzip");
    *state = &folder;
    return 0;
}

static int tear_down(void **state)
{
    const struct folder *folder = *state;
    static const char *const names[] = {"index.html",        ".hidden",           "icon.svg", "assets/main.js",
                                        "assets/main.js.br", "assets/main.js.gz", "assets",   ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", folder->path, names[i]);
        if (remove(path) != 0 && rmdir(path) != 0)
            return -1;
    }
    return 0;
}

static void an_address_finds_a_file_or_the_index_or_nothing(void **state)
{
    const struct folder *folder = *state;
    static const struct {
        const char *path;
        const char *found; /* NULL: nothing */
    } rows[] = {
        {"/", "/index.html"},
        {"/index.html", "/index.html"},
        {"/units", "/index.html"},
        {"/units/140322100200", "/index.html"},
        {"/assets/main.js", "/assets/main.js"},
        {"/icon.svg", "/icon.svg"},
        {"/assets/main.js.br", NULL},
        {"/assets/none.js", NULL},
        {"/assets/none", NULL},
        {"/none.html", NULL},
        {"/.hidden", NULL},
        {"/v1/overview", NULL},
        {"/v1", NULL},
        {"/../index.html", NULL},
        {"/../../etc/passwd", NULL},
        {"/assets/../../etc/passwd", NULL},
        {"//etc/passwd", "/index.html"}, /* a view that the page does not know */
        {"", NULL},
    };
    struct fault fault;
    struct static_files *files = static_files_read(folder->path, &fault);
    assert_non_null(files);
    assert_int_equal(static_files_count(files), 3);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct static_file *file = static_files_find(files, rows[i].path);
        if (rows[i].found == NULL)
            assert_null(file);
        else
            assert_string_equal(file->path, rows[i].found);
    }
    static_files_free(&files);
}

static void the_form_is_what_the_client_takes(void **state)
{
    const struct folder *folder = *state;
    static const struct {
        const char *accepted;
        const char *encoding;
    } rows[] = {
        {"gzip, deflate, br", "br"},
        {"gzip", "gzip"},
        {NULL, NULL},
        {"", NULL},
        {"deflate", NULL},
        {"br;q=0, gzip", "gzip"},
        {"br;q=0.0,gzip;q=0", NULL},
        {"br;q=0.1", "br"},
        {"BR", "br"},
        {"xbr, brx", NULL},
        {"gzip ; q=1", "gzip"},
        {",,gzip,", "gzip"},
    };
    struct fault fault;
    struct static_files *files = static_files_read(folder->path, &fault);
    const struct static_file *file = static_files_find(files, "/assets/main.js");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *encoding = "unset";
        const struct content *content = static_file_choose(file, rows[i].accepted, &encoding);
        const char *expected = rows[i].encoding == NULL ? "plain" : rows[i].encoding[0] == 'b' ? "brotli" : "gzip";
        assert_int_equal(content->size, strlen(expected));
        assert_memory_equal(content->bytes, expected, content->size);
        if (rows[i].encoding == NULL)
            assert_null(encoding);
        else
            assert_string_equal(encoding, rows[i].encoding);
    }
    assert_true(file->immutable);
    assert_false(static_files_find(files, "/")->immutable);
    static_files_free(&files);
}

static void a_folder_without_an_index_is_no_page(void **state)
{
    const struct folder *folder = *state;
    char path[128];
    struct fault fault;
    snprintf(path, sizeof path, "%s/assets", folder->path);
    assert_null(static_files_read(path, &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
    assert_non_null(strstr(fault.text, "index.html"));
    assert_null(static_files_read("/nowhere/at/all", &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_finds_a_file_or_the_index_or_nothing),
        cmocka_unit_test(the_form_is_what_the_client_takes),
        cmocka_unit_test(a_folder_without_an_index_is_no_page),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
