/* An office's database beside the server itself: what its configuration may say, how its values are read as cells, what
 * is asked of it, and what the outbox keeps of its rows. With a real server: tests/scenario/86-databases. */
#include "cell.h"
#include "database_config.h"
#include "database_query.h"
#include "outbox_lasting.h"
#include "postgres_settings.h"
#include "sinks_config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- cells ---- */

static void values_are_read_as_the_server_writes_them(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        const char *utc; /* NULL: refused */
    } times[] = {
        {"2020-04-03 14:30:00+08", "2020-04-03T06:30:00Z"},
        {"2020-04-03 06:30:00+00", "2020-04-03T06:30:00Z"},
        {"2020-04-03 14:30:00.123456", "2020-04-03T06:30:00Z"},
        {"2020-04-03 12:00:00+05:30", "2020-04-03T06:30:00Z"},
        {"2020-04-03 03:00:00-03:30", "2020-04-03T06:30:00Z"},
        {"2020-04-03 14:30:00+08:05:43", NULL},
        {"infinity", NULL},
        {"0044-03-15 BC", NULL},
    };
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        struct moment moment;
        struct reason reason;
        char text[TIME_TEXT_SIZE];
        const bool read = cell_moment(times[i].cell, &(struct date_style){0}, &moment, &reason);
        if (read != (times[i].utc != NULL))
            fail_msg("%s", times[i].cell);
        if (!read)
            continue;
        moment_format_utc(&moment, 480, text);
        assert_string_equal(text, times[i].utc);
    }
    bool yes = false;
    struct reason reason;
    assert_true(cell_boolean("t", &yes, &reason) && yes);
    assert_true(cell_boolean("f", &yes, &reason) && !yes);
    uint8_t *bytes;
    size_t size;
    assert_true(cell_bytes("\\x00ff", true, &bytes, &size, &reason));
    assert_int_equal(size, 2);
    assert_memory_equal(bytes, "\x00\xff", 2);
    free(bytes);
}

/* ---- configuration ---- */

static void a_connection_holds_no_secret_and_waits_for_no_name(void **state)
{
    (void)state;
    static const struct {
        const char *connection;
        bool fits;
    } cases[] = {
        {"host=/run/postgresql dbname=desk", true},
        {"host=127.0.0.1,::1 port=5432,5433", true},
        {"host=localhost", true},
        {"service=desk", true},
        {"host=db.example hostaddr=192.0.2.1 sslmode=verify-full", true},
        {"passfile=/etc/sanling/pgpass", true},
        {"postgresql://reader@127.0.0.1/desk", true},
        {"host=db.example", false},
        {"host=/run/postgresql,db.example", false},
        {"password=x", false},
        {"sslpassword=x", false},
        {"postgresql://reader:x@127.0.0.1/desk", false},
        {"no such key=1", false},
        {"nonsense", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fault fault = {0};
        if (postgres_settings_check(cases[i].connection, &fault) != cases[i].fits)
            fail_msg("%s: %s", cases[i].connection, fault.text);
        assert_int_equal(fault.code, cases[i].fits ? FAULT_NONE : FAULT_USAGE);
    }
}

static void what_the_session_needs_stands_behind_what_the_file_says(void **state)
{
    (void)state;
    struct postgres_settings settings;
    struct fault fault;
    assert_true(postgres_settings_fill(&settings, "client_encoding=GBK host=/tmp", "source a: database b", &fault));
    const char *encoding = NULL;
    const char *application = NULL;
    for (size_t i = 0; settings.keywords[i] != NULL; i++) {
        encoding = strcmp(settings.keywords[i], "client_encoding") == 0 ? settings.values[i] : encoding;
        application = strcmp(settings.keywords[i], "application_name") == 0 ? settings.values[i] : application;
    }
    assert_string_equal(encoding, "UTF8");
    assert_string_equal(application, "source a: database b");
    postgres_settings_clear(&settings);
}

static void each_sink_has_a_name_of_its_own_that_the_hub_can_remember(void **state)
{
    (void)state;
    char *connection = (char[]){"host=/tmp"};
    struct sink_config *sinks;
    struct fault fault;
    const struct sink_entry good[] = {{.kind = SINK_POSTGRES, .connection = connection},
                                      {.kind = SINK_POSTGRES, .connection = connection, .name = (char[]){"two"}}};
    assert_true(sinks_config_take(good, 2, "safety-yu", &sinks, &fault));
    assert_string_equal(sinks[0].name, "postgres");
    assert_string_equal(sinks[0].table, "sanling_inbox");
    sinks_config_free(&sinks, 2);
    struct sink_entry wrong[2];
    memcpy(wrong, good, sizeof wrong);
    wrong[1].name = (char[]){"postgres"};
    assert_false(sinks_config_take(wrong, 2, "safety-yu", &sinks, &fault));
    wrong[1].name = (char[]){"inbox"};
    assert_false(sinks_config_take(wrong, 2, "safety-yu", &sinks, &fault));
    wrong[1].name = (char[]){"a name"};
    assert_false(sinks_config_take(wrong, 2, "safety-yu", &sinks, &fault));
    wrong[1].name = (char[]){"longer-than-what-is-left"};
    assert_false(sinks_config_take(wrong, 2, "a-source-of-fifty-letters-0123456789-0123456789-01", &sinks, &fault));
    assert_null(sinks);
}

/* ---- what is asked ---- */

static struct database_shape shape_of(enum database_type type)
{
    static char relation[] = "\"t\"";
    static char columns[] = "source.\"a\"";
    static char first[] = "\"c\"";
    static char second[] = "\"id\"";
    return (struct database_shape){
        .relation = relation, .columns = columns, .cursor = {first, second}, .cursor_count = 2, .cursor_type = type};
}

static void expect_asked(const struct database_shape *shape, const struct database_reading *reading, const char *part,
                         int values)
{
    struct database_statement statement;
    assert_true(database_read(shape, reading, &statement));
    if (strstr(statement.text, part) == NULL || statement.value_count != values)
        fail_msg("%s (%d values)", statement.text, statement.value_count);
    database_statement_clear(&statement);
}

static void reading_goes_on_behind_the_last_row_and_begins_before_the_head(void **state)
{
    (void)state;
    struct place none = {0};
    struct place head = {0};
    assert_true(place_set(&head, (const char *const[]){"5000", "7"}, 2));
    const struct database_shape integers = shape_of(DATABASE_INTEGER);
    struct database_reading reading = {.at = &none, .head = &none, .overlap = "1000", .rows = 10};
    expect_asked(&integers, &reading, "IS NOT NULL AND true ORDER BY source.\"c\", source.\"id\" LIMIT 10", 0);
    reading.head = &head;
    struct database_statement statement;
    assert_true(database_read(&integers, &reading, &statement));
    assert_non_null(strstr(statement.text, "AND source.\"c\" >= $1 ORDER"));
    assert_string_equal(statement.values[0], "4000");
    database_statement_clear(&statement);
    reading.whole = true;
    expect_asked(&integers, &reading, "AND true ORDER", 2);
    reading.whole = false;
    reading.at = &head;
    expect_asked(&integers, &reading, "AND (source.\"c\", source.\"id\") > ($1, $2) ORDER", 4);
    const struct database_shape times = shape_of(DATABASE_TIME_ZONE);
    reading = (struct database_reading){.at = &none, .head = &head, .overlap = "10 minutes", .rows = 10};
    expect_asked(&times, &reading, "source.\"c\" >= $1::timestamptz - $2::interval", 4);
    expect_asked(&times, &reading, "<= now() + interval '1 day' FROM", 4);
    const struct database_shape texts = shape_of(DATABASE_OTHER_TYPE);
    reading.overlap = NULL;
    expect_asked(&texts, &reading, "AND (source.\"c\", source.\"id\") > ($1, $2) ORDER", 4);
    place_clear(&head);
}

/* An overlap that reaches below the smallest number would wrap around to the greatest. */
static void an_overlap_never_wraps_around(void **state)
{
    (void)state;
    struct place none = {0};
    struct place head = {0};
    assert_true(place_set(&head, (const char *const[]){"-9223372036854775800", "7"}, 2));
    const struct database_shape integers = shape_of(DATABASE_INTEGER);
    const struct database_reading reading = {.at = &none, .head = &head, .overlap = "1000", .rows = 10};
    expect_asked(&integers, &reading, "AND (source.\"c\", source.\"id\") > ($1, $2)", 4);
    place_clear(&head);
}

/* ---- what the outbox keeps ---- */

struct desk {
    char folder[64];
    struct outbox *outbox;
    struct outbox_lasting *lasting;
    struct outbox_file file;
    struct place place;
    int64_t full_read_s;
    struct fault fault;
};

#define MUST(call)                                                                                                     \
    if (!(call))                                                                                                       \
    fail_msg("%s", desk->fault.text)

static void close_outbox(struct desk *desk)
{
    outbox_lasting_close(&desk->lasting);
    place_clear(&desk->place);
    outbox_close(&desk->outbox);
}

static void reopen(struct desk *desk, const char *shape)
{
    close_outbox(desk);
    desk->outbox = outbox_open(desk->folder, "safety-yu", &desk->fault);
    MUST(desk->outbox != NULL);
    desk->lasting = outbox_lasting_open(desk->outbox, "hazards", shape, &desk->file, &desk->place, &desk->full_read_s,
                                        &desk->fault);
    MUST(desk->lasting != NULL);
}

static int open_desk(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    *state = desk;
    strcpy(desk->folder, "/tmp/databases_test.XXXXXX");
    if (mkdtemp(desk->folder) == NULL)
        return 1;
    reopen(desk, "shape");
    return 0;
}

static int close_desk(void **state)
{
    struct desk *desk = *state;
    close_outbox(desk);
    static const char *const names[] = {"outbox.sqlite", "outbox.sqlite-wal", "outbox.sqlite-shm", "outbox.lock"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[96];
        snprintf(path, sizeof path, "%s/%s", desk->folder, names[i]);
        unlink(path);
    }
    rmdir(desk->folder);
    free(desk);
    return 0;
}

static void the_place_is_where_it_was_unless_it_is_of_something_else(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(desk->place.count, 0);
    assert_true(place_set(&desk->place, (const char *const[]){"2020-04-03 06:30:00+00", "a \"quoted\" 值"}, 2));
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_lasting_save(desk->lasting, &desk->file, &desk->place, 77, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
    const int64_t file = desk->file.id;
    reopen(desk, "shape");
    assert_int_equal(desk->file.id, file);
    assert_int_equal(desk->file.stage, OUTBOX_LASTING);
    assert_int_equal(desk->full_read_s, 77);
    assert_int_equal(desk->place.count, 2);
    assert_string_equal(desk->place.values[1], "a \"quoted\" 值");
    reopen(desk, "another table");
    assert_int_equal(desk->place.count, 0);
    assert_int_equal(desk->full_read_s, 0);
    assert_int_equal(desk->file.id, file);
}

static void a_transaction_that_fails_leaves_the_place_behind_it(void **state)
{
    struct desk *desk = *state;
    assert_true(place_set(&desk->place, (const char *const[]){"1"}, 1));
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_lasting_save(desk->lasting, &desk->file, &desk->place, 0, &desk->fault));
    outbox_rollback(desk->outbox);
    reopen(desk, "shape");
    assert_int_equal(desk->place.count, 0);
}

static uint64_t number_of(struct desk *desk, const char *key)
{
    uint64_t number = 0;
    MUST(outbox_lasting_number(desk->lasting, key, &number, &desk->fault));
    return number;
}

static bool reject(struct desk *desk, const char *key, const char *why)
{
    struct reason reason;
    bool changed = false;
    reason_set(&reason, REASON_BAD_VALUE, "%s", "%s", why);
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_lasting_reject(desk->lasting, number_of(desk, key), key, "a,b", &reason, &changed, &desk->fault));
    MUST(outbox_lasting_save(desk->lasting, &desk->file, &desk->place, 0, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
    return changed;
}

static uint64_t rejected_now(struct desk *desk)
{
    struct lasting_tally tally;
    MUST(outbox_lasting_tally(desk->lasting, &tally, &desk->fault));
    return tally.rejected;
}

static void a_rejected_row_keeps_its_number_is_said_once_and_goes_when_it_is_mended(void **state)
{
    struct desk *desk = *state;
    bool changed;
    assert_true(reject(desk, "H-1", "wrong"));
    assert_true(reject(desk, "H-2", "wrong"));
    const uint64_t number = number_of(desk, "H-1");
    reopen(desk, "shape");
    assert_int_equal(number_of(desk, "H-1"), number);
    assert_int_not_equal(number_of(desk, "H-3"), number_of(desk, "H-2"));
    assert_false(reject(desk, "H-1", "wrong"));
    assert_true(reject(desk, "H-1", "wrong in another way"));
    assert_int_equal(rejected_now(desk), 2);
    MUST(outbox_begin(desk->outbox, &desk->fault));
    MUST(outbox_lasting_mend(desk->lasting, number, "H-1", &changed, &desk->fault));
    MUST(outbox_commit(desk->outbox, &desk->fault));
    assert_true(changed);
    assert_int_equal(rejected_now(desk), 1);
}

#define DESK_TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read_as_the_server_writes_them),
        cmocka_unit_test(a_connection_holds_no_secret_and_waits_for_no_name),
        cmocka_unit_test(what_the_session_needs_stands_behind_what_the_file_says),
        cmocka_unit_test(each_sink_has_a_name_of_its_own_that_the_hub_can_remember),
        cmocka_unit_test(reading_goes_on_behind_the_last_row_and_begins_before_the_head),
        cmocka_unit_test(an_overlap_never_wraps_around),
        DESK_TEST(the_place_is_where_it_was_unless_it_is_of_something_else),
        DESK_TEST(a_transaction_that_fails_leaves_the_place_behind_it),
        DESK_TEST(a_rejected_row_keeps_its_number_is_said_once_and_goes_when_it_is_mended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
