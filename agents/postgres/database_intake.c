#include "database_intake.h"

#include "encoding.h"
#include "row_cells.h"
#include "row_intake.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct database_intake {
    const struct office *office;
    const struct database_config *config;
    struct outbox_lasting *lasting;
    struct outbox_file file;
    struct place head;
    int64_t full_read_s;
    const struct database_shape *shape; /* NULL: not bound yet */
    struct sheet *sheet;
    struct row_cells *hashes; /* tell a changed row from a changed mapping */
    bool resends;             /* also what a changed mapping reads otherwise */
    const char **cells;       /* of the row at hand */
    enum cell_flaw *flaws;
    uint64_t unknown_gone;
};

/* What the places are of: another table, or other columns, have others. */
static char *shape_text(const struct database_config *config)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    fprintf(stream, "%s\n%s", config->table != NULL ? config->table : config->query,
            config->changes != NULL ? config->changes : "");
    for (size_t i = 0; i < config->cursor_count; i++)
        fprintf(stream, "\n%s", config->cursor[i]);
    if (fclose(stream) != 0)
        text_free(&text);
    return text;
}

struct database_intake *database_intake_open(const struct office *office, const struct database_config *config,
                                             struct fault *fault)
{
    CLEANUP(database_intake_close) struct database_intake *intake = calloc(1, sizeof *intake);
    CLEANUP(text_free) char *shape = shape_text(config);
    if (intake == NULL || shape == NULL) {
        fault_set(fault, FAULT_SYSTEM, "out of memory");
        return NULL;
    }
    intake->office = office;
    intake->config = config;
    intake->lasting = outbox_lasting_open(office->outbox, config->name, shape, &intake->file, &intake->head,
                                          &intake->full_read_s, fault);
    if (intake->lasting == NULL)
        return NULL;
    snprintf(intake->file.mapping, sizeof intake->file.mapping, "%s", config->mapping->path);
    struct database_intake *opened = intake;
    intake = NULL;
    return opened;
}

static void unbind(struct database_intake *intake)
{
    row_cells_close(&intake->hashes);
    sheet_close(&intake->sheet);
    free(intake->cells);
    free(intake->flaws);
    intake->cells = NULL;
    intake->flaws = NULL;
    intake->shape = NULL;
}

void database_intake_close(struct database_intake **intake)
{
    struct database_intake *gone = *intake;
    *intake = NULL;
    if (gone == NULL)
        return;
    unbind(gone);
    outbox_lasting_close(&gone->lasting);
    place_clear(&gone->head);
    free(gone);
}

/* Runs `change` in a transaction of its own. */
static bool in_transaction(struct database_intake *intake,
                           bool (*change)(struct database_intake *intake, struct fault *fault), struct fault *fault)
{
    if (!outbox_begin(intake->office->outbox, fault))
        return false;
    if (change(intake, fault))
        return outbox_commit(intake->office->outbox, fault);
    outbox_rollback(intake->office->outbox);
    return false;
}

static bool save(struct database_intake *intake, struct fault *fault)
{
    return outbox_lasting_save(intake->lasting, &intake->file, &intake->head, intake->full_read_s, fault);
}

/* The header stands over the rejected rows. */
static bool keep_header(struct database_intake *intake, struct fault *fault)
{
    CLEANUP(csv_text_clear) struct csv_text header = {0};
    if (!row_intake_header(intake->sheet, &header))
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    return save(intake, fault) && outbox_keep_row(intake->office->outbox, intake->file.id, 0, header.text, fault);
}

bool database_intake_bind(struct database_intake *intake, const struct database_shape *shape, struct reason *reason,
                          struct fault *fault)
{
    unbind(intake);
    *fault = (struct fault){0};
    intake->sheet =
        sheet_of_columns(intake->config->mapping, (const char *const *)shape->names, shape->name_count, reason);
    if (intake->sheet == NULL)
        return false;
    intake->cells = calloc(shape->name_count, sizeof *intake->cells);
    intake->flaws = calloc(shape->name_count, sizeof *intake->flaws);
    intake->hashes = row_cells_open(intake->sheet);
    intake->shape = shape;
    if (intake->hashes == NULL || intake->cells == NULL || intake->flaws == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    return in_transaction(intake, keep_header, fault);
}

const struct place *database_intake_head(const struct database_intake *intake)
{
    return &intake->head;
}

int64_t database_intake_full_read_s(const struct database_intake *intake)
{
    return intake->full_read_s;
}

bool database_intake_begin_anew(struct database_intake *intake, struct fault *fault)
{
    place_clear(&intake->head);
    intake->full_read_s = 0;
    return in_transaction(intake, save, fault);
}

bool database_intake_asks_resend(struct database_intake *intake, bool *asked, struct fault *fault)
{
    if (!outbox_resends(intake->office->outbox, intake->file.name, asked, fault))
        return false;
    intake->resends = *asked;
    return true;
}

static bool forget_resend(struct database_intake *intake, struct fault *fault)
{
    return outbox_resend_done(intake->office->outbox, intake->file.name, fault);
}

bool database_intake_resent(struct database_intake *intake, struct fault *fault)
{
    intake->resends = false;
    return in_transaction(intake, forget_resend, fault);
}

const struct outbox_file *database_intake_file(const struct database_intake *intake)
{
    return &intake->file;
}

uint64_t database_intake_unknown_gone(const struct database_intake *intake)
{
    return intake->unknown_gone;
}

bool database_intake_tally(struct database_intake *intake, struct lasting_tally *tally, struct fault *fault)
{
    return outbox_lasting_tally(intake->lasting, tally, fault);
}

static bool forget_rows(struct database_intake *intake, struct fault *fault)
{
    return outbox_forget_rows(intake->office->outbox, intake->file.id, fault);
}

bool database_intake_forget_rows(struct database_intake *intake, struct fault *fault)
{
    return in_transaction(intake, forget_rows, fault);
}

/* ---- a row ---- */

/* The row's cells; what is NULL is absent. *flaw is filled where one is not text. */
static void read_cells(struct database_intake *intake, const PGresult *result, int index, struct reason *flaw)
{
    for (size_t i = 0; i < intake->shape->name_count; i++) {
        const char *cell = PQgetvalue(result, index, (int)i);
        const size_t size = (size_t)PQgetlength(result, index, (int)i);
        const bool too_long = size > SOURCE_CELL_BYTES_MAX;
        intake->flaws[i] = too_long ? CELL_TOO_LONG : CELL_SOUND;
        intake->cells[i] = too_long ? "" : cell;
        if (!too_long && !encoding_is_utf8((const uint8_t *)cell, size)) {
            intake->cells[i] = "";
            reason_set(flaw, REASON_ENCODING, "“%s”列不是合法的文字：数据库没有规定编码（SQL_ASCII）",
                       "the column %s is no valid text: the database has no encoding of its own (SQL_ASCII)",
                       intake->shape->names[i]);
        }
    }
}

/* What the row is known by: its key; where that cannot be used, all of it. malloc'ed; NULL: memory ran out. */
static char *name_row(const struct database_intake *intake, const struct row *row, bool *has_key)
{
    CLEANUP(text_free) char *key = NULL;
    struct reason ignored;
    char *name = NULL;
    *has_key = translate_key(intake->sheet, row, &key, &ignored);
    if (*has_key) {
        name = key;
        key = NULL;
        return name;
    }
    CLEANUP(csv_text_clear) struct csv_text record = {0};
    if (!row_intake_record(intake->sheet, row, &record) || asprintf(&name, "?%s", record.text) < 0)
        return NULL;
    return name;
}

static bool reject(struct database_intake *intake, const struct row *row, const char *key, const struct reason *reason,
                   struct fault *fault)
{
    CLEANUP(csv_text_clear) struct csv_text record = {0};
    bool changed;
    if (!row_intake_record(intake->sheet, row, &record))
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    return outbox_lasting_reject(intake->lasting, row->number, key, record.text, reason, &changed, fault);
}

/* A row that is gone from the table is said so, if it gave an event; nothing is retracted by itself. */
static bool take_gone(struct database_intake *intake, const struct row *row, const char *key, bool has_key,
                      struct fault *fault)
{
    bool known = false;
    bool changed;
    struct reason reason;
    if (!has_key) {
        intake->unknown_gone++;
        return true;
    }
    if (!outbox_lasting_knows(intake->lasting, key, &known, fault))
        return false;
    if (!known)
        return outbox_lasting_mend(intake->lasting, row->number, key, &changed, fault);
    reason_set(&reason, REASON_VANISHED, "这一行已不在数据库的表里；已报的记录不会自动撤销，如属误报请撤销",
               "the row is gone from the table; what was sent is not retracted by itself: retract it if it was wrong");
    return reject(intake, row, key, &reason, fault);
}

static bool take_row(struct database_intake *intake, const PGresult *result, int index, enum row_outcome *outcome,
                     struct fault *fault)
{
    const bool by_changes = intake->shape->changes != NULL;
    struct reason flaw = {0};
    struct reason reason;
    bool has_key;
    bool changed;
    read_cells(intake, result, index, &flaw);
    struct row row = {.cells = intake->cells,
                      .cell_count = intake->shape->name_count,
                      .flaws = intake->flaws,
                      .flaw = flaw.code[0] != '\0' ? &flaw : NULL};
    CLEANUP(text_free) char *key = name_row(intake, &row, &has_key);
    if (key == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    if (!outbox_lasting_number(intake->lasting, key, &row.number, fault))
        return false;
    *outcome = ROW_TAKEN;
    if (by_changes && strcmp(PQgetvalue(result, index, PQnfields(result) - 1), "t") == 0)
        return take_gone(intake, &row, key, has_key, fault);
    const struct row_intake rows = {.outbox = intake->office->outbox,
                                    .translator = intake->office->translator,
                                    .sheet = intake->sheet,
                                    .cells = intake->hashes,
                                    .file = &intake->file,
                                    .resends_held = intake->resends,
                                    .resends_refused = by_changes};
    if (!row_intake_take(&rows, &row, outcome, &reason, fault))
        return false;
    intake->office->rows->read += *outcome != ROW_UNANSWERED ? 1 : 0;
    intake->office->rows->rejected += *outcome == ROW_REJECTED ? 1 : 0;
    switch (*outcome) {
    case ROW_UNANSWERED:
        return true;
    case ROW_REJECTED:
        return reject(intake, &row, key, &reason, fault);
    case ROW_TAKEN:
        return outbox_lasting_mend(intake->lasting, row.number, key, &changed, fault);
    }
    abort();
}

/* ---- a chunk ---- */

struct chunk {
    const PGresult *result;
    bool ends_full;
    struct place *at;
    int rows;  /* to take */
    int taken; /* rows behind which reading goes on */
};

static int first_place_column(const struct database_intake *intake)
{
    return (int)intake->shape->name_count;
}

static size_t place_size(const struct database_intake *intake)
{
    return intake->shape->changes != NULL ? 2 : intake->shape->cursor_count;
}

/* Whether two rows stand at one place. */
static bool is_tied(const struct database_intake *intake, const PGresult *result, int row, int other)
{
    for (size_t i = 0; i < place_size(intake); i++) {
        const int column = first_place_column(intake) + (int)i;
        if (strcmp(PQgetvalue(result, row, column), PQgetvalue(result, other, column)) != 0)
            return false;
    }
    return true;
}

/* The first row of those that are tied with this one. */
static int first_of_tie(const struct database_intake *intake, const PGresult *result, int row)
{
    while (row > 0 && is_tied(intake, result, row, row - 1))
        row--;
    return row;
}

static bool set_place(const struct database_intake *intake, const PGresult *result, int row, struct place *place)
{
    const char *values[PLACE_VALUES_MAX];
    for (size_t i = 0; i < place_size(intake); i++)
        values[i] = PQgetvalue(result, row, first_place_column(intake) + (int)i);
    return place_set(place, values, place_size(intake));
}

/* Moves the places behind the rows that were taken. */
static bool move_places(struct database_intake *intake, const struct chunk *chunk)
{
    const int beyond = PQnfields(chunk->result) - 1;
    int last = chunk->taken - 1;
    if (last < 0)
        return true;
    if (!set_place(intake, chunk->result, last, chunk->at))
        return false;
    while (intake->shape->changes == NULL && last >= 0 && strcmp(PQgetvalue(chunk->result, last, beyond), "t") != 0)
        last--;
    return last < 0 || set_place(intake, chunk->result, last, &intake->head);
}

static bool take_rows(struct database_intake *intake, struct chunk *chunk, enum chunk_end *end, struct fault *fault)
{
    enum row_outcome outcome = ROW_TAKEN;
    int row = 0;
    for (; row < chunk->rows; row++) {
        if (!take_row(intake, chunk->result, row, &outcome, fault))
            return false;
        if (outcome == ROW_UNANSWERED)
            break;
    }
    *end = outcome == ROW_UNANSWERED ? CHUNK_UNANSWERED : CHUNK_TAKEN;
    chunk->taken = *end == CHUNK_TAKEN ? row : first_of_tie(intake, chunk->result, row);
    if (!move_places(intake, chunk))
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    if (*end == CHUNK_TAKEN && chunk->ends_full)
        intake->full_read_s = (int64_t)time(NULL);
    return save(intake, fault);
}

bool database_intake_fits(const struct database_intake *intake, const PGresult *result)
{
    if ((size_t)PQnfields(result) != intake->shape->name_count + place_size(intake) + 1)
        return false;
    for (int row = 0; row < PQntuples(result); row++)
        for (int column = first_place_column(intake); column < PQnfields(result); column++)
            if (PQgetisnull(result, row, column))
                return false;
    return true;
}

bool database_intake_take(struct database_intake *intake, const PGresult *result, bool more, bool ends_full,
                          struct place *at, enum chunk_end *end, struct fault *fault)
{
    struct chunk chunk = {.result = result, .at = at, .rows = PQntuples(result), .ends_full = ends_full && !more};
    /* The last rows of a chunk may be the first of several that are equal: they are read again with the others. */
    if (more && chunk.rows > 0 && intake->shape->changes == NULL)
        chunk.rows = first_of_tie(intake, result, chunk.rows - 1);
    if (more && chunk.rows == 0) {
        *end = CHUNK_TIED;
        return true;
    }
    if (!outbox_begin(intake->office->outbox, fault))
        return false;
    if (take_rows(intake, &chunk, end, fault))
        return outbox_commit(intake->office->outbox, fault);
    outbox_rollback(intake->office->outbox);
    return false;
}
