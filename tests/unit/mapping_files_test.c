/* Every mapping in deploy/mappings is read as it stands, and what it makes of a sheet is what its sample says:
 * tests/mappings/FOLDER/NAME.csv becomes the events of NAME.events, one a line, in the order in which they are sent.
 *
 *     mapping_files_test          compares
 *     mapping_files_test write    writes the .events of what the mappings make now; the difference is for reading */
#include "event.pb-c.h"
#include "json.h"
#include "mapping.h"
#include "sheet.h"
#include "source.h"
#include "translate.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PATH_SIZE = 1024, TEXT_SIZE = 256 * 1024 };

static bool writes; /* instead of comparing */

/* What becomes of a sample. */
struct trial {
    char name[PATH_SIZE]; /* FOLDER/NAME */
    struct mapping *mapping;
    struct source *source;
    struct sheet *sheet;
    struct translator *translator;
    char *made; /* its events, one a line */
    size_t made_size;
    size_t rows;
};

static void add_event(struct trial *trial, const struct translated_event *event)
{
    ProtobufCMessage *message =
        protobuf_c_message_unpack(&sanling__v1__event__descriptor, NULL, event->size, event->content);
    char *text = message == NULL ? NULL : json_text_from_message(message);
    assert_non_null(text);
    trial->made_size += (size_t)snprintf(trial->made + trial->made_size, TEXT_SIZE - trial->made_size, "%s %s\n",
                                         event->identity, text);
    assert_true(trial->made_size < TEXT_SIZE);
    free(text);
    protobuf_c_message_free_unpacked(message, NULL);
}

static void translate_rows(struct trial *trial)
{
    struct row row;
    while (source_next(trial->source, &row)) {
        struct translated_row result = {0};
        struct reason reason;
        if (row.flaw == NULL && sheet_skips(trial->sheet, &row))
            continue;
        sheet_fill_down(trial->sheet, &row);
        if (!translate_row(trial->translator, trial->sheet, &row, &result, &reason))
            fail_msg("%s: row %d: %s", trial->name, (int)row.number, reason.en);
        if (result.count == 0)
            fail_msg("%s: row %d becomes no event", trial->name, (int)row.number);
        for (size_t i = 0; i < result.count; i++)
            add_event(trial, &result.events[i]);
        translated_row_clear(&result);
        trial->rows++;
    }
}

/* A sample that leaves an event of its mapping out says nothing about it. */
static void expect_every_event(const struct trial *trial)
{
    for (size_t i = 0; i < trial->mapping->event_count; i++) {
        const struct mapping_event *event = &trial->mapping->events[i];
        char start[160];
        snprintf(start, sizeof start, "\n%s%s%s {", event->type, event->part[0] != '\0' ? "#" : "", event->part);
        if (strstr(trial->made, start) == NULL && strncmp(trial->made, start + 1, strlen(start + 1)) != 0)
            fail_msg("%s: the sample has no row that becomes %s %s", trial->name, event->type, event->part);
    }
}

static void compare(const struct trial *trial)
{
    char path[PATH_SIZE + 256];
    snprintf(path, sizeof path, "%s/tests/mappings/%s.events", SOURCE_FOLDER, trial->name);
    FILE *file = fopen(path, writes ? "wb" : "rb");
    if (file == NULL)
        fail_msg("%s: is not there; it should say:\n%s", path, trial->made);
    if (writes) {
        fputs(trial->made, file);
        fclose(file);
        return;
    }
    char *expected = calloc(1, TEXT_SIZE);
    assert_non_null(expected);
    assert_true(fread(expected, 1, TEXT_SIZE - 1, file) < TEXT_SIZE - 1);
    fclose(file);
    const char *made = trial->made;
    for (const char *at = expected; strcmp(made, at) != 0;) {
        const size_t made_length = strcspn(made, "\n");
        const size_t length = strcspn(at, "\n");
        if (made_length != length || strncmp(made, at, length) != 0 || *at == '\0')
            fail_msg("%s becomes\n%.*s\nnot\n%.*s", trial->name, (int)made_length, made, (int)length, at);
        made += made_length + 1;
        at += length + 1;
    }
    free(expected);
}

static void try_mapping(const char *mapping_path, const char *name)
{
    struct trial trial = {.translator = translator_open(480), .made = calloc(1, TEXT_SIZE)};
    struct fault fault;
    struct reason reason;
    char sample[PATH_SIZE + 256];
    assert_non_null(trial.translator);
    assert_non_null(trial.made);
    snprintf(trial.name, sizeof trial.name, "%.*s", (int)(strlen(name) - strlen(".yaml")), name);
    snprintf(sample, sizeof sample, "%s/tests/mappings/%s.csv", SOURCE_FOLDER, trial.name);
    trial.mapping = mapping_load(mapping_path, &fault);
    if (trial.mapping == NULL)
        fail_msg("%s", fault.text);
    if (source_open(sample, &trial.source, &reason) != SOURCE_OPENED)
        fail_msg("%s: %s", sample, reason.en);
    trial.sheet = sheet_open(trial.mapping, trial.source, &reason);
    if (trial.sheet == NULL)
        fail_msg("%s: %s", sample, reason.en);
    translate_rows(&trial);
    assert_true(trial.rows > 0);
    expect_every_event(&trial);
    compare(&trial);
    sheet_close(&trial.sheet);
    source_close(&trial.source);
    mapping_free(&trial.mapping);
    translator_close(&trial.translator);
    free(trial.made);
}

static void every_mapping_makes_of_its_sample_what_is_written(void **state)
{
    (void)state;
    static const char folder[] = SOURCE_FOLDER "/deploy/mappings/";
    glob_t found;
    assert_int_equal(glob(SOURCE_FOLDER "/deploy/mappings/*/*.yaml", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        try_mapping(found.gl_pathv[i], found.gl_pathv[i] + strlen(folder));
    globfree(&found);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_mapping_makes_of_its_sample_what_is_written)};
    writes = argc == 2 && strcmp(argv[1], "write") == 0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
