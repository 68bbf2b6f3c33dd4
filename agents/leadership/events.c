/* 形成此数的事件: the records behind a figure, the newest records, one record. */
#include "documents.h"

#include "json.h"
#include "record.pb-c.h"
#include "record_proof.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS_DEFAULT = 50,
    NEAR_POSITIONS = 64, /* records closer than this are read in one go */
    WINDOW_FIRST = 256,  /* records looked through at first, newest first; then twice as many */
    WINDOW_MAX = 65536,
    SEARCHED_MAX = 1000000 /* for one document; `before` says where the next goes on */
};
enum slot { FIRST, CATALOGUE, PROOF };

static const char *label_of(const struct document *document, unsigned slot, const char *type)
{
    const Sanling__V1__CatalogueAnswer *types = (const Sanling__V1__CatalogueAnswer *)document_body(document, slot);
    for (size_t i = 0; types != NULL && i < types->n_types; i++)
        if (strcmp(types->types[i]->name, type) == 0)
            return types->types[i]->label;
    return "";
}

static const char *type_of(const Sanling__V1__Event *event)
{
    if (event == NULL || event->payload_case == SANLING__V1__EVENT__PAYLOAD__NOT_SET)
        return "";
    return ((const ProtobufCMessage *)event->policy_adopted)->descriptor->short_name; /* all members are messages */
}

static json_t *position_json(uint64_t position)
{
    return json_sprintf("%llu", (unsigned long long)position);
}

static void fetch(struct document *document, uint64_t from, uint64_t to, Sanling__V1__Filter *filter)
{
    Sanling__V1__RecordSubscription records = SANLING__V1__RECORD_SUBSCRIPTION__INIT;
    records.start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_POSITION;
    records.from_position = from;
    records.stop_case = SANLING__V1__RECORD_SUBSCRIPTION__STOP_TO_POSITION;
    records.to_position = to;
    records.filter = filter;
    records.credit = (uint32_t)(to - from + 1);
    document_fetch(document, &records);
}

/* ---- the records behind a figure ---- */

static bool ask_figure(struct document *document, struct problem *problem)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__FigureQuery figure = SANLING__V1__FIGURE_QUERY__INIT;
    const struct parameters *parameters = &document->parameters;
    uint64_t after;
    if (!parameter_number(parameters, PARAMETER_YEAR, 0, UINT32_MAX, &figure.year, problem) ||
        !parameter_position(parameters, PARAMETER_AFTER, &after, problem) ||
        !parameter_limit(parameters, ROWS_DEFAULT, DOCUMENT_RECORDS_MAX, &figure.limit, problem))
        return false;
    figure.figure = parameters->item;
    figure.unit = document_unit(document);
    figure.after = after;
    query.ask_case = SANLING__V1__QUERY__ASK_FIGURE;
    query.figure = &figure;
    document_ask(document, &query, &sanling__v1__figure_answer__descriptor, false);
    document_ask_catalogue(document);
    document_want_directory(document, NULL);
    return true;
}

static int compare_positions(const void *a, const void *b)
{
    const uint64_t *one = a, *other = b;
    return *one < *other ? -1 : *one > *other;
}

/* Asks for the records of all rows: those that lie near each other in one go. */
static bool fetch_rows(struct document *document, const Sanling__V1__FigureAnswer *figure)
{
    uint64_t positions[DOCUMENT_RECORDS_MAX];
    size_t count = 0;
    Sanling__V1__Filter filter = SANLING__V1__FILTER__INIT;
    filter.drills = true;
    for (size_t i = 0; i < figure->n_rows && count < DOCUMENT_RECORDS_MAX; i++)
        if (figure->rows[i]->position != 0)
            positions[count++] = figure->rows[i]->position;
    if (count == 0)
        return false;
    qsort(positions, count, sizeof *positions, compare_positions);
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && positions[next] - positions[next - 1] < NEAR_POSITIONS;)
            next++;
        fetch(document, positions[first], positions[next - 1], &filter);
    }
    return true;
}

static const Sanling__V1__Record *find_record(const struct document *document, uint64_t position)
{
    for (unsigned slot = CATALOGUE + 1; slot < document->slot_count; slot++) {
        const Sanling__V1__Delivery *delivery = (const Sanling__V1__Delivery *)document_body(document, slot);
        size_t low = 0, high = delivery->n_records;
        while (low < high) {
            const size_t middle = low + (high - low) / 2;
            const uint64_t found = delivery->records[middle]->position;
            if (found == position)
                return delivery->records[middle];
            low = found < position ? middle + 1 : low;
            high = found < position ? high : middle;
        }
    }
    return NULL;
}

static json_t *office_json(const Sanling__V1__Publisher *publisher)
{
    const ProtobufCEnumValue *office =
        publisher == NULL
            ? NULL
            : protobuf_c_enum_descriptor_get_value(&sanling__v1__office__kind__descriptor, (int)publisher->office);
    return json_string(office != NULL ? office->name : "UNSPECIFIED");
}

static void set_time(json_t *row, const char *name, const Google__Protobuf__Timestamp *time)
{
    if (time != NULL)
        json_object_set_new(row, name, json_from_message(&time->base));
}

static json_t *record_row(const struct document *document, const Sanling__V1__FigureAnswer__Row *of)
{
    const Sanling__V1__Record *record = find_record(document, of->position);
    const Sanling__V1__Event *event = record != NULL ? record->event : NULL;
    const char *unit = event != NULL && event->unit[0] != '\0' ? event->unit : of->unit;
    json_t *row = json_object();
    json_object_set_new(row, "position", position_json(of->position));
    json_object_set_new(row, "type", json_string(type_of(event)));
    json_object_set_new(row, "label", json_string(label_of(document, CATALOGUE, type_of(event))));
    json_object_set_new(row, "publisher",
                        json_string(record != NULL && record->publisher != NULL ? record->publisher->identity : ""));
    json_object_set_new(row, "office", office_json(record != NULL ? record->publisher : NULL));
    json_object_set_new(row, "unit", json_string(unit));
    json_object_set_new(row, "unitName", json_string(unit_directory_name(document->directory, unit)));
    json_object_set_new(row, "matter",
                        json_string(event != NULL && event->matter[0] != '\0' ? event->matter : of->matter));
    set_time(row, "occurredAt", event != NULL ? event->occurred_at : NULL);
    set_time(row, "recordedAt", record != NULL ? record->recorded_at : NULL);
    return row;
}

static enum document_step make_figure(struct document *document, struct problem *problem)
{
    (void)problem;
    const Sanling__V1__FigureAnswer *figure = (const Sanling__V1__FigureAnswer *)document_body(document, FIRST);
    if (document->phase == 0) {
        document->phase = 1;
        if (fetch_rows(document, figure))
            return DOCUMENT_ASKED;
    }
    json_t *records = json_array();
    for (size_t i = 0; i < figure->n_rows; i++)
        json_array_append_new(records, record_row(document, figure->rows[i]));
    document->json = document_object(document);
    json_object_set_new(document->json, "figure", json_string(document->parameters.item));
    document_spread(document, FIRST, document->json);
    json_object_set_new(document->json, "records", records);
    return DOCUMENT_MADE;
}

const struct document_kind figure_kind = {
    .name = "figure",
    .accepts = MOMENT_PARAMETERS | PARAMETER_BIT(PARAMETER_UNIT) | PARAMETER_BIT(PARAMETER_YEAR) |
               PARAMETER_BIT(PARAMETER_AFTER) | PARAMETER_BIT(PARAMETER_LIMIT),
    .ask = ask_figure,
    .make = make_figure,
};

/* ---- the newest records ---- */

/* Reads the window that ends before `reached[0]`: reached[1] records. */
static void fetch_window(struct document *document)
{
    Sanling__V1__Filter filter = SANLING__V1__FILTER__INIT;
    char *types[1] = {document->parameters.values[PARAMETER_TYPE]};
    const uint64_t end = document->reached[0] - 1;
    const uint64_t window = document->reached[1] < end ? document->reached[1] : end;
    filter.drills = true;
    filter.unit = document_unit(document);
    if (types[0] != NULL && types[0][0] != '\0') {
        filter.types = types;
        filter.n_types = 1;
    }
    if (document->parameters.values[PARAMETER_MATTER] != NULL)
        filter.matter = document->parameters.values[PARAMETER_MATTER];
    fetch(document, end - window + 1, end, &filter);
    document->reached[0] = end - window + 1;
}

static bool ask_events(struct document *document, struct problem *problem)
{
    uint64_t before;
    uint32_t limit;
    if (!parameter_position(&document->parameters, PARAMETER_BEFORE, &before, problem) ||
        !parameter_limit(&document->parameters, ROWS_DEFAULT, DOCUMENT_RECORDS_MAX, &limit, problem))
        return false;
    /* Where the moment stands: any answer tells; the unit's status alone is the smallest one that checks the unit. */
    document_ask_status(document, document_unit(document), 0);
    document->reached[0] = before;
    document->reached[1] = WINDOW_FIRST;
    document->rows = json_array();
    return true;
}

/* Takes the newest records of the window that was read last, as far as there is room. Returns the oldest one taken. */
static void take_window(struct document *document, uint32_t limit)
{
    const Sanling__V1__Delivery *delivery =
        (const Sanling__V1__Delivery *)document_body(document, document->slot_count - 1);
    for (size_t i = delivery->n_records; i > 0; i--) {
        const Sanling__V1__Record *record = delivery->records[i - 1];
        if (json_array_size(document->rows) >= limit)
            return;
        json_array_append_new(document->rows, json_from_message_with(&record->base, JSON_DEFAULTS_WRITTEN));
        if (json_array_size(document->rows) >= limit)
            document->reached[0] = record->position;
    }
}

static enum document_step make_events(struct document *document, struct problem *problem)
{
    uint32_t limit;
    const struct hub_reply *reply = document_reply(document, FIRST);
    const uint64_t known = reply->moment != NULL ? reply->moment->position : reply->position;
    if (!parameter_limit(&document->parameters, ROWS_DEFAULT, DOCUMENT_RECORDS_MAX, &limit, problem))
        return DOCUMENT_FAILED;
    if (document->phase == 0) {
        if (document->reached[0] == 0 || document->reached[0] > known + 1)
            document->reached[0] = known + 1;
    } else {
        take_window(document, limit);
    }
    const bool enough = json_array_size(document->rows) >= limit || limit == 0;
    if (!enough && document->reached[0] > 1 && document->phase < SEARCHED_MAX) {
        document->phase += (unsigned)document->reached[1];
        fetch_window(document);
        document->reached[1] = document->reached[1] < WINDOW_MAX ? document->reached[1] * 2 : WINDOW_MAX;
        return DOCUMENT_ASKED;
    }
    document->json = document_object(document);
    json_object_set(document->json, "records", document->rows);
    json_object_set_new(document->json, "before", position_json(document->reached[0] > 1 ? document->reached[0] : 0));
    return DOCUMENT_MADE;
}

const struct document_kind events_kind = {
    .name = "events",
    .accepts = MOMENT_PARAMETERS | PARAMETER_BIT(PARAMETER_UNIT) | PARAMETER_BIT(PARAMETER_TYPE) |
               PARAMETER_BIT(PARAMETER_MATTER) | PARAMETER_BIT(PARAMETER_BEFORE) | PARAMETER_BIT(PARAMETER_LIMIT),
    .ask = ask_events,
    .make = make_events,
};

/* ---- one record ---- */

static void ask_proof(struct document *document, uint64_t position)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__ProofQuery proof = SANLING__V1__PROOF_QUERY__INIT;
    proof.position = position;
    query.ask_case = SANLING__V1__QUERY__ASK_PROOF;
    query.proof = &proof;
    document_ask(document, &query, &sanling__v1__proof_answer__descriptor, true);
}

/* The proof as it is shown, with the file that is checked elsewhere: the gateway has nobody's word for the log's key,
 * and checks nothing. NULL: the hub gave none. */
static json_t *proof_json(const Sanling__V1__ProofAnswer *answer)
{
    CLEANUP(record_proof_clear) struct record_proof proof = {0};
    struct fault fault;
    char root[sodium_base64_ENCODED_LEN(MERKLE_HASH_SIZE, sodium_base64_VARIANT_ORIGINAL)];
    if (answer == NULL || !record_proof_take(answer, &proof, &fault) ||
        !note_read(proof.file.checkpoint, proof.file.checkpoint_size, &proof.note, &fault) ||
        !checkpoint_read(proof.note.text, proof.note.text_size, &proof.checkpoint, &fault))
        return json_null();
    sodium_bin2base64(root, sizeof root, proof.checkpoint.root.bytes, MERKLE_HASH_SIZE, sodium_base64_VARIANT_ORIGINAL);
    char *file = proof_file_write(&proof.file);
    json_t *json = json_pack("{s:s, s:o, s:s, s:s}", "origin", proof.checkpoint.origin, "size",
                             position_json(proof.checkpoint.size), "root", root, "file", file != NULL ? file : "");
    free(file);
    return json;
}

static bool ask_event(struct document *document, struct problem *problem)
{
    const char *text = document->parameters.item;
    char *end = NULL;
    const unsigned long long position = strtoull(text, &end, 10);
    Sanling__V1__Filter filter = SANLING__V1__FILTER__INIT;
    filter.drills = true;
    const bool number = text[0] != '\0' && strspn(text, "0123456789") == strlen(text) && position > 0;
    if (!number || position > hub_link_position(document->link))
        return problem_set(problem, PROBLEM_NOT_FOUND, "没有这条记录。", "There is no such record.");
    fetch(document, position, position, &filter);
    document_ask_catalogue(document);
    ask_proof(document, position);
    return true;
}

static enum document_step make_event(struct document *document, struct problem *problem)
{
    const Sanling__V1__Delivery *delivery = (const Sanling__V1__Delivery *)document_body(document, FIRST);
    if (delivery->n_records == 0) {
        problem_set(problem, PROBLEM_NOT_FOUND, "没有这条记录，或它不在您的范围之内。",
                    "There is no such record, or it is outside your subtree.");
        return DOCUMENT_FAILED;
    }
    const Sanling__V1__Record *record = delivery->records[0];
    document->json =
        json_pack("{s:o, s:s, s:o}", "record", json_from_message_with(&record->base, JSON_DEFAULTS_WRITTEN), "label",
                  label_of(document, CATALOGUE, type_of(record->event)), "proof",
                  proof_json((const Sanling__V1__ProofAnswer *)document_body(document, PROOF)));
    return DOCUMENT_MADE;
}

const struct document_kind event_kind = {.name = "event", .ask = ask_event, .make = make_event};
