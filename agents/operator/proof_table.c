#include "proof_table.h"

#include "moment.h"
#include "sanling.h"
#include "table.h"
#include "words.h"

#include "evidence_file.h"
#include "json.h"

#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BASE64_SIZE = sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_ORIGINAL), COSIGNATURE_SIZE = 72 };

void proof_text_free(char **text)
{
    free(*text);
    *text = NULL;
}

static void encode(const uint8_t *bytes, char text[static BASE64_SIZE])
{
    sodium_bin2base64(text, BASE64_SIZE, bytes, 32, sodium_base64_VARIANT_ORIGINAL);
}

bool proof_witness_add(struct proof_witnesses *witnesses, const char *text, struct fault *fault)
{
    CLEANUP(evidence_text_clear) struct evidence_text file = {0};
    struct fault no_file = {0};
    if (witnesses->count == PROOF_WITNESSES_MAX)
        return fault_set(fault, FAULT_USAGE, "more than %d witnesses", PROOF_WITNESSES_MAX);
    struct note_verifier *key = &witnesses->keys[witnesses->count];
    const bool is_file = evidence_file_read(text, NOTE_KEY_TEXT_SIZE, &file, &no_file);
    if (!note_verifier_read(is_file ? file.text : text, key, fault))
        return false;
    if (key->algorithm != NOTE_COSIGNATURE_V1)
        return fault_set(fault, FAULT_USAGE, "%s: not the key of a witness", key->name);
    witnesses->count++;
    return true;
}

bool proof_witnesses_check(const struct proof_witnesses *witnesses, const struct note *note, struct fault *fault)
{
    for (size_t i = 0; i < witnesses->count; i++)
        if (note_verify(note, &witnesses->keys[i]) == NULL)
            return fault_set(fault, FAULT_NO, "cosignatures: %s did not cosign this checkpoint",
                             witnesses->keys[i].name);
    return true;
}

/* One line of signatures beside the log's. */
struct cosignature {
    char name[NOTE_NAME_MAX + 1];
    Google__Protobuf__Timestamp time;
    bool checked;
};

/* The next one from *at on; false: there is none left. Whoever signed without a time is the log or a stranger. */
static bool next_cosignature(const struct note *note, const struct proof_witnesses *witnesses, int *at,
                             struct cosignature *found)
{
    for (; *at < note->count; ++*at) {
        const struct note_signature *signature = &note->signatures[*at];
        if (signature->size != COSIGNATURE_SIZE)
            continue;
        *found = (struct cosignature){.time = GOOGLE__PROTOBUF__TIMESTAMP__INIT};
        snprintf(found->name, sizeof found->name, "%.*s", (int)signature->name_size, signature->name);
        found->time.seconds = (int64_t)note_cosignature_time(signature);
        for (size_t i = 0; i < witnesses->count; i++)
            found->checked = found->checked || note_verify(note, &witnesses->keys[i]) == signature;
        ++*at;
        return true;
    }
    return false;
}

static json_t *json_of(const ProtobufCMessage *message)
{
    char *text = sanling_json_from_message(message);
    json_t *value = text != NULL ? json_loads(text, 0, NULL) : NULL;
    free(text);
    return value;
}

static json_t *json_of_sender(const Sanling__V1__SenderSignature *signature)
{
    char key[BASE64_SIZE];
    if (signature == NULL)
        return json_null();
    encode(signature->key.data, key);
    return json_pack("{s:s, s:s, s:o, s:i}", "key", key, "source", signature->source, "firstSequence",
                     json_sprintf("%" PRIu64, signature->first_sequence), "count", (int)signature->count);
}

static json_t *json_of_cosignatures(const struct record_proof *proof, const struct proof_witnesses *witnesses)
{
    json_t *list = json_array();
    struct cosignature found;
    for (int at = 0; next_cosignature(&proof->note, witnesses, &at, &found);)
        json_array_append_new(list,
                              json_pack("{s:s, s:o, s:b}", "name", found.name, "time",
                                        json_sprintf("%" PRId64, found.time.seconds), "checked", (int)found.checked));
    return list;
}

static void print_json(const struct record_proof *proof, const struct proof_witnesses *witnesses)
{
    const Sanling__V1__RawRecord *record = proof->said->record;
    char root[BASE64_SIZE], recorded[TIMESTAMP_TEXT_SIZE] = "";
    encode(proof->checkpoint.root.bytes, root);
    if (!timestamp_format(record->recorded_at->seconds, record->recorded_at->nanos, recorded))
        recorded[0] = '\0'; /* beyond the year 9999 */
    json_t *document = json_pack("{s:b, s:o, s:s, s:o, s:o, s:o, s:{s:s, s:o, s:s}, s:o}", "holds", 1, "position",
                                 json_sprintf("%" PRIu64, record->position), "recordedAt", recorded, "publisher",
                                 json_of(&record->publisher->base), "event", json_of(&proof->event->base), "sender",
                                 json_of_sender(proof->said->signature), "checkpoint", "origin",
                                 proof->checkpoint.origin, "size", json_sprintf("%" PRIu64, proof->checkpoint.size),
                                 "root", root, "cosignatures", json_of_cosignatures(proof, witnesses));
    if (document == NULL)
        abort();
    json_dumpf(document, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(document);
}

void proof_table_print_refusal(const char *why)
{
    json_t *document = json_pack("{s:b, s:s}", "holds", 0, "text", why);
    json_dumpf(document, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(document);
}

static void print_pair(struct libscols_table *table, const char *name, const char *value)
{
    struct libscols_line *row = table_add_row(table, NULL);
    row_set(row, 0, "%s", name);
    row_set_text(row, 1, value);
}

static void print_record(struct libscols_table *table, const struct record_proof *proof)
{
    const Sanling__V1__RawRecord *record = proof->said->record;
    const Sanling__V1__Publisher *publisher = record->publisher;
    char when[MOMENT_TEXT_SIZE], position[24], key[BASE64_SIZE] = "未签名 not signed";
    snprintf(position, sizeof position, "%" PRIu64, record->position);
    moment_format(record->recorded_at, when);
    if (proof->said->signature != NULL)
        encode(proof->said->signature->key.data, key);
    print_pair(table, "位置 Position", position);
    print_pair(table, "收录时间 Recorded", when);
    struct libscols_line *row = table_add_row(table, NULL);
    row_set(row, 0, "报送者 Publisher");
    row_set(row, 1, "%s, %s, %s", publisher->identity, office_label(publisher->office),
            publisher->unit[0] != '\0' ? publisher->unit : "全部 all");
    print_pair(table, "报送方签名 Sender's key", key);
}

/* Whole, and on a line of its own: a table cuts what is long. */
static void print_event(const Sanling__V1__Event *event)
{
    char *text = sanling_json_from_message(&event->base);
    printf("事件 Event\n%s\n", text != NULL ? text : "");
    free(text);
}

static void print_checkpoint(struct libscols_table *table, const struct record_proof *proof,
                             const struct proof_witnesses *witnesses)
{
    char size[24], root[BASE64_SIZE], when[MOMENT_TEXT_SIZE];
    struct cosignature found;
    bool any = false;
    snprintf(size, sizeof size, "%" PRIu64, proof->checkpoint.size);
    encode(proof->checkpoint.root.bytes, root);
    print_pair(table, "检查点 Checkpoint of", proof->checkpoint.origin);
    print_pair(table, "涵盖记录数 Records", size);
    print_pair(table, "树根 Root", root);
    for (int at = 0; next_cosignature(&proof->note, witnesses, &at, &found); any = true) {
        struct libscols_line *row = table_add_row(table, NULL);
        moment_format(&found.time, when);
        row_set(row, 0, "联署 Cosigned by");
        row_set(row, 1, "%s  %s  %s", found.name, when,
                found.checked ? "已核验 checked" : "未核验 not checked: --witness");
    }
    if (!any)
        print_pair(table, "联署 Cosigned by", "无 nobody");
}

void proof_table_print(const struct record_proof *proof, const struct proof_witnesses *witnesses, bool json)
{
    static const struct column columns[] = {{"", false}, {"", false}};
    if (json) {
        print_json(proof, witnesses);
        return;
    }
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    table_hide_headings(table);
    puts("证明成立 The proof holds");
    print_record(table, proof);
    print_checkpoint(table, proof, witnesses);
    table_print(&table);
    print_event(proof->event);
}
