#include "database_query.h"

#include "fault.h"
#include "postgres_name.h"
#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of pg_type: fixed numbers. */
enum {
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_DATE = 1082,
    TYPE_TIMESTAMP = 1114,
    TYPE_TIMESTAMPTZ = 1184,
    TYPE_NUMERIC = 1700
};

/* Columns of a table of changes that are not its key (deploy/postgresql/change-table.sql). */
static const char *const change_columns[] = {"txid", "number", "operation"};

void database_shape_clear(struct database_shape *shape)
{
    for (size_t i = 0; i < shape->name_count; i++)
        free(shape->names[i]);
    for (size_t i = 0; i < shape->cursor_count; i++)
        free(shape->cursor[i]);
    for (size_t i = 0; i < shape->key_count; i++)
        free(shape->keys[i]);
    free(shape->names);
    free(shape->relation);
    free(shape->changes);
    free(shape->columns);
    free(shape->keys);
    free(shape->key_columns);
    free(shape->first_key);
    *shape = (struct database_shape){0};
}

static bool out_of_memory(struct reason *reason)
{
    return reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
}

/* Puts `more` behind *text, with `between` where there is text already. */
static bool append(char **text, const char *between, const char *more)
{
    char *longer;
    if (asprintf(&longer, "%s%s%s", *text == NULL ? "" : *text, *text == NULL ? "" : between, more) < 0)
        return false;
    free(*text);
    *text = longer;
    return true;
}

static bool append_column(PGconn *connection, char **text, const char *prefix, const char *column)
{
    CLEANUP(text_free) char *quoted = postgres_column_name(connection, column);
    CLEANUP(text_free) char *whole = NULL;
    if (quoted == NULL || asprintf(&whole, "%s%s", prefix, quoted) < 0) {
        whole = NULL;
        return false;
    }
    return append(text, ", ", whole);
}

/* Puts a name behind others; false: memory ran out. */
static bool add_name(char ***names, size_t *count, const char *name)
{
    char *copy = strdup(name);
    char **more = realloc(*names, (*count + 1) * sizeof *more);
    if (more != NULL)
        *names = more;
    if (copy == NULL || more == NULL) {
        free(copy);
        return false;
    }
    more[(*count)++] = copy;
    return true;
}

/* ---- describing ---- */

/* The table, or the query as a table; a comment at the query's end must not take the bracket with it. */
static char *relation_of(PGconn *connection, const struct database_config *config)
{
    char *relation = NULL;
    if (config->table != NULL)
        return postgres_table_name(connection, config->table);
    return asprintf(&relation, "(%s\n)", config->query) < 0 ? NULL : relation;
}

static char *describe(char *relation)
{
    char *text = NULL;
    if (relation == NULL || asprintf(&text, "SELECT * FROM %s AS source LIMIT 0", relation) < 0)
        text = NULL;
    free(relation);
    return text;
}

char *database_describe(PGconn *connection, const struct database_config *config)
{
    return describe(relation_of(connection, config));
}

char *database_describe_changes(PGconn *connection, const struct database_config *config)
{
    return describe(postgres_table_name(connection, config->changes));
}

static bool is_change_column(const char *name)
{
    for (size_t i = 0; i < sizeof change_columns / sizeof change_columns[0]; i++)
        if (strcmp(change_columns[i], name) == 0)
            return true;
    return false;
}

static int column_number(const PGresult *described, const char *name)
{
    for (int i = 0; i < PQnfields(described); i++)
        if (strcmp(PQfname(described, i), name) == 0)
            return i;
    return -1;
}

bool database_shape_take_changes(struct database_shape *shape, PGconn *connection, const struct database_config *config,
                                 const PGresult *described, struct reason *reason)
{
    shape->changes = postgres_table_name(connection, config->changes);
    if (shape->changes == NULL)
        return out_of_memory(reason);
    for (size_t i = 0; i < sizeof change_columns / sizeof change_columns[0]; i++)
        if (column_number(described, change_columns[i]) < 0)
            return reason_set(reason, REASON_NO_HEADER, "变更表里没有列“%s”：请用 change-table.sql 建表",
                              "the table of changes has no column %s: make it with change-table.sql",
                              change_columns[i]);
    for (int i = 0; i < PQnfields(described); i++) {
        const char *name = PQfname(described, i);
        if (is_change_column(name))
            continue;
        if (!add_name(&shape->keys, &shape->key_count, name) ||
            !append_column(connection, &shape->key_columns, "", name) ||
            (shape->first_key == NULL && (shape->first_key = postgres_column_name(connection, name)) == NULL))
            return out_of_memory(reason);
    }
    return shape->key_count > 0 ||
           reason_set(reason, REASON_NO_HEADER, "变更表里没有主键列", "the table of changes has no key column");
}

static bool is_mapped(const struct mapping *mapping, const char *name)
{
    CLEANUP(text_free) char *compared = text_compared(name);
    for (size_t c = 0; compared != NULL && c < mapping->column_count; c++)
        for (size_t n = 0; n < mapping->columns[c].name_count; n++)
            if (strcmp(mapping->columns[c].compared[n], compared) == 0)
                return true;
    return false;
}

static bool is_key(const struct database_shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->key_count; i++)
        if (strcmp(shape->keys[i], name) == 0)
            return true;
    return false;
}

/* A key that the changes share is there also where the row is gone; the others are the table's own. */
static bool take_column(struct database_shape *shape, PGconn *connection, const char *name)
{
    return add_name(&shape->names, &shape->name_count, name) &&
           append_column(connection, &shape->columns, is_key(shape, name) ? "" : "source.", name);
}

static enum database_type type_of(Oid type)
{
    switch (type) {
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8:
        return DATABASE_INTEGER;
    case TYPE_NUMERIC:
        return DATABASE_NUMBER;
    case TYPE_DATE:
        return DATABASE_DAY;
    case TYPE_TIMESTAMP:
        return DATABASE_TIME;
    case TYPE_TIMESTAMPTZ:
        return DATABASE_TIME_ZONE;
    default: /* types are the server's, not an enumeration of ours */
        return DATABASE_OTHER_TYPE;
    }
}

static bool take_cursor(struct database_shape *shape, PGconn *connection, const struct database_config *config,
                        const PGresult *described, struct reason *reason)
{
    for (size_t i = 0; i < config->cursor_count; i++) {
        const int number = column_number(described, config->cursor[i]);
        if (number < 0)
            return reason_set(reason, REASON_NO_HEADER, "没有游标列“%s”", "there is no column %s, which cursor names",
                              config->cursor[i]);
        shape->cursor[i] = postgres_column_name(connection, config->cursor[i]);
        if (shape->cursor[i] == NULL)
            return out_of_memory(reason);
        shape->cursor_count++;
        if (i == 0)
            shape->cursor_type = type_of(PQftype(described, number));
    }
    if (config->overlap != NULL && shape->cursor_type == DATABASE_OTHER_TYPE)
        return reason_set(reason, REASON_BAD_VALUE, "overlap 只用于数字、日期和时间的游标列",
                          "overlap is for a cursor of numbers, days or times");
    return true;
}

bool database_shape_take(struct database_shape *shape, PGconn *connection, const struct database_config *config,
                         const PGresult *described, struct reason *reason)
{
    shape->relation = relation_of(connection, config);
    if (shape->relation == NULL)
        return out_of_memory(reason);
    for (int i = 0; i < PQnfields(described); i++) {
        const char *name = PQfname(described, i);
        if (column_number(described, name) != i)
            return reason_set(reason, REASON_NO_HEADER, "列“%s”出现了两次", "the column %s is there twice", name);
        if (is_mapped(config->mapping, name) && !take_column(shape, connection, name))
            return out_of_memory(reason);
    }
    if (shape->name_count == 0)
        return reason_set(reason, REASON_NO_HEADER, "映射要的列一个也没有",
                          "there is none of the columns that the mapping names");
    return take_cursor(shape, connection, config, described, reason);
}

/* ---- reading ---- */

/* `(a, b)`, or with `test` behind each, joined by `between`. */
static char *cursor_list(const struct database_shape *shape, const char *between, const char *behind)
{
    char *list = NULL;
    for (size_t i = 0; i < shape->cursor_count; i++) {
        CLEANUP(text_free) char *one = NULL;
        if (asprintf(&one, "source.%s%s", shape->cursor[i], behind) < 0 || !append(&list, between, one)) {
            text_free(&list);
            return NULL;
        }
    }
    return list;
}

#define IS_SUPERUSER "(SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)"

char *database_check(const struct database_shape *shape)
{
    char *text = NULL;
    if (shape->changes != NULL)
        return strdup("SELECT " IS_SUPERUSER ", txid_snapshot_xmax(txid_current_snapshot())");
    CLEANUP(text_free) char *lacks = cursor_list(shape, " OR ", " IS NULL");
    return lacks == NULL || asprintf(&text, "SELECT " IS_SUPERUSER ", EXISTS(SELECT 1 FROM %s AS source WHERE %s)",
                                     shape->relation, lacks) < 0
               ? NULL
               : text;
}

const char *database_overlap(const struct database_shape *shape, const struct database_config *config)
{
    if (config->overlap != NULL)
        return config->overlap;
    switch (shape->cursor_type) {
    case DATABASE_INTEGER:
    case DATABASE_NUMBER:
        return "1000";
    case DATABASE_DAY:
        return "2 days";
    case DATABASE_TIME:
    case DATABASE_TIME_ZONE:
        return "10 minutes";
    case DATABASE_OTHER_TYPE:
        return NULL;
    }
    abort();
}

static void add_value(struct database_statement *statement, const char *value)
{
    statement->values[statement->value_count++] = value;
}

/* `($1, $2)` for the place's values. */
static char *add_place(struct database_statement *statement, const struct place *place)
{
    char *list = NULL;
    for (size_t i = 0; i < place->count; i++) {
        char mark[16];
        add_value(statement, place->values[i]);
        snprintf(mark, sizeof mark, "$%d", statement->value_count);
        if (!append(&list, ", ", mark)) {
            text_free(&list);
            return NULL;
        }
    }
    return list;
}

/* An integer's is worked out here, so that the server compares integers and uses its index. */
static bool place_before(const struct database_reading *reading, struct database_statement *statement)
{
    char *end;
    errno = 0;
    const long long head = strtoll(reading->head->values[0], &end, 10);
    const bool whole = *end == '\0' && errno == 0;
    const long long overlap = strtoll(reading->overlap, &end, 10);
    long long from;
    if (!whole || *end != '\0' || errno != 0 || __builtin_sub_overflow(head, overlap, &from))
        return false;
    snprintf(statement->number, sizeof statement->number, "%lld", from);
    return true;
}

/* `(a, b) > ($1, $2)`: rows behind a place. malloc'ed. */
static char *is_behind(const struct database_shape *shape, const struct place *place,
                       struct database_statement *statement)
{
    char *text = NULL;
    CLEANUP(text_free) char *columns = cursor_list(shape, ", ", "");
    CLEANUP(text_free) char *values = add_place(statement, place);
    return columns == NULL || values == NULL || asprintf(&text, "(%s) > (%s)", columns, values) < 0 ? NULL : text;
}

/* Rows from a little before the head on. malloc'ed. */
static char *is_near(const struct database_shape *shape, const struct database_reading *reading,
                     struct database_statement *statement)
{
    static const char *const types[] = {[DATABASE_NUMBER] = "numeric",
                                        [DATABASE_DAY] = "date",
                                        [DATABASE_TIME] = "timestamp",
                                        [DATABASE_TIME_ZONE] = "timestamptz"};
    char *text = NULL;
    if (shape->cursor_type == DATABASE_INTEGER) {
        add_value(statement, statement->number);
        return asprintf(&text, "source.%s >= $%d", shape->cursor[0], statement->value_count) < 0 ? NULL : text;
    }
    add_value(statement, reading->head->values[0]);
    add_value(statement, reading->overlap);
    return asprintf(&text, "source.%s >= $%d::%s - $%d::%s", shape->cursor[0], statement->value_count - 1,
                    types[shape->cursor_type], statement->value_count,
                    shape->cursor_type == DATABASE_NUMBER ? "numeric" : "interval") < 0
               ? NULL
               : text;
}

/* The condition under which a row belongs to the reading. malloc'ed. */
static char *belongs(const struct database_shape *shape, const struct database_reading *reading,
                     struct database_statement *statement)
{
    if (reading->at->count > 0)
        return is_behind(shape, reading->at, statement);
    if (reading->whole || reading->head->count == 0)
        return strdup("true");
    const bool overlaps = reading->overlap != NULL && shape->cursor_type != DATABASE_OTHER_TYPE &&
                          (shape->cursor_type != DATABASE_INTEGER || place_before(reading, statement));
    return overlaps ? is_near(shape, reading, statement) : is_behind(shape, reading->head, statement);
}

/* Whether a row lies behind the head. A time far ahead is a mistake: the head does not follow it there, or all that
 * comes until then would lie before it. malloc'ed. */
static char *is_beyond(const struct database_shape *shape, const struct place *head,
                       struct database_statement *statement)
{
    const bool is_time = shape->cursor_type == DATABASE_DAY || shape->cursor_type == DATABASE_TIME ||
                         shape->cursor_type == DATABASE_TIME_ZONE;
    CLEANUP(text_free) char *behind = head->count == 0 ? strdup("true") : is_behind(shape, head, statement);
    char *text = NULL;
    if (behind == NULL || !is_time) {
        text = behind;
        behind = NULL;
        return text;
    }
    return asprintf(&text, "%s AND source.%s <= now() + interval '1 day'", behind, shape->cursor[0]) < 0 ? NULL : text;
}

static bool read_cursor(const struct database_shape *shape, const struct database_reading *reading,
                        struct database_statement *statement)
{
    CLEANUP(text_free) char *columns = cursor_list(shape, ", ", "");
    CLEANUP(text_free) char *has = cursor_list(shape, " AND ", " IS NOT NULL");
    CLEANUP(text_free) char *from = belongs(shape, reading, statement);
    CLEANUP(text_free) char *beyond = is_beyond(shape, reading->head, statement);
    if (columns == NULL || has == NULL || from == NULL || beyond == NULL ||
        asprintf(&statement->text, "SELECT %s, %s, %s FROM %s AS source WHERE %s AND %s ORDER BY %s LIMIT %d",
                 shape->columns, columns, beyond, shape->relation, has, from, columns, reading->rows) < 0)
        statement->text = NULL;
    return statement->text != NULL;
}

#define HORIZON "txid_snapshot_xmin(txid_current_snapshot())"

/* Up to the horizon: of transactions below it none is open, so that none can add a change behind which is read on. */
static bool read_changes(const struct database_shape *shape, const struct database_reading *reading,
                         struct database_statement *statement)
{
    const char *from = "";
    if (reading->at->count == 2) {
        add_value(statement, reading->at->values[0]);
        add_value(statement, reading->at->values[1]);
        from = " AND (change.txid, change.number) > ($1::bigint, $2::bigint)";
    }
    if (asprintf(&statement->text,
                 "SELECT %s, change.txid, change.number, source.%s IS NULL FROM %s AS change LEFT JOIN %s AS source"
                 " USING (%s) WHERE change.txid < " HORIZON "%s ORDER BY change.txid, change.number LIMIT %d",
                 shape->columns, shape->first_key, shape->changes, shape->relation, shape->key_columns, from,
                 reading->rows) < 0)
        statement->text = NULL;
    return statement->text != NULL;
}

bool database_read(const struct database_shape *shape, const struct database_reading *reading,
                   struct database_statement *statement)
{
    *statement = (struct database_statement){0};
    return shape->changes != NULL ? read_changes(shape, reading, statement) : read_cursor(shape, reading, statement);
}

void database_statement_clear(struct database_statement *statement)
{
    free(statement->text);
    *statement = (struct database_statement){0};
}

char *database_held(const struct database_shape *shape)
{
    char *text = NULL;
    return asprintf(&text, "SELECT 1 FROM %s AS change WHERE change.txid >= " HORIZON " LIMIT 1", shape->changes) < 0
               ? NULL
               : text;
}
