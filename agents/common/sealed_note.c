#include "sealed_note.h"

#include "event.pb-c.h"
#include "sanling.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_MS = 10000 };

bool sealed_note_open(const uint8_t *ciphertext, size_t size, const struct seal_key *key,
                      char text[static SEALED_NOTE_MAX], size_t *text_size, struct fault *fault)
{
    size_t clear_size = size - crypto_box_SEALBYTES;
    if (size <= crypto_box_SEALBYTES || size > SEALED_NOTE_MAX ||
        crypto_box_seal_open((uint8_t *)text, ciphertext, size, key->public_key, key->secret_key) != 0)
        return fault_set(fault, FAULT_REFUSED, "not sealed to the key %s, or changed since", key->id);
    if (sodium_unpad(&clear_size, (const uint8_t *)text, clear_size, clear_size) != 0)
        return fault_set(fault, FAULT_REFUSED, "sealed without the padding of a note");
    text[clear_size] = '\0'; /* in the padding */
    *text_size = clear_size;
    return true;
}

/* One note as it stands in the log. */
struct found {
    const char *position;
    const char *matter;
    const uint8_t *ciphertext;
    size_t size;
};

/* Whether the note itself says that it is of this matter: ciphertext could be moved to another one. */
static bool names_matter(const char *text, size_t size, const char *matter)
{
    json_t *note = json_loadb(text, size, 0, NULL);
    const char *named = json_string_value(json_object_get(note, "matter"));
    const bool same = named == NULL || strcmp(named, matter) == 0;
    json_decref(note);
    return same;
}

/* Prints the note if the key opens it. */
static bool show(const struct found *found, const struct seal_key *key, struct fault *fault)
{
    char text[SEALED_NOTE_MAX];
    size_t size;
    if (!sealed_note_open(found->ciphertext, found->size, key, text, &size, fault))
        return false;
    if (names_matter(text, size, found->matter))
        printf("#%s %s: %s\n", found->position, found->matter, text);
    else
        printf("#%s %s: sealed for another matter: %s\n", found->position, found->matter, text);
    sodium_memzero(text, sizeof text);
    return true;
}

/* ---- from the hub ---- */

static bool show_record(const Sanling__V1__Record *record, const struct seal_key *key, struct fault *fault)
{
    char position[24];
    const Sanling__V1__Event *event = record->event;
    snprintf(position, sizeof position, "%" PRIu64, record->position);
    if (event == NULL || event->payload_case != SANLING__V1__EVENT__PAYLOAD_SEALED_NOTE_ADDED)
        return fault_set(fault, FAULT_NO, "position %s: is no sealed note", position);
    const Sanling__V1__SealedNoteAdded *note = event->sealed_note_added;
    return show(&(struct found){.position = position,
                                .matter = event->matter,
                                .ciphertext = note->ciphertext.data,
                                .size = note->ciphertext.len},
                key, fault);
}

static bool subscribe(struct sanling *hub, uint64_t position, struct fault *fault)
{
    struct sanling_error error;
    Sanling__V1__Filter filter = SANLING__V1__FILTER__INIT;
    Sanling__V1__RecordSubscription records = SANLING__V1__RECORD_SUBSCRIPTION__INIT;
    Sanling__V1__Subscribe subscribe = SANLING__V1__SUBSCRIBE__INIT;
    filter.drills = true;
    records.start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_POSITION;
    records.from_position = position;
    records.stop_case = SANLING__V1__RECORD_SUBSCRIPTION__STOP_TO_POSITION;
    records.to_position = position;
    records.filter = &filter;
    records.credit = 1;
    subscribe.id = 1;
    subscribe.kind_case = SANLING__V1__SUBSCRIBE__KIND_RECORDS;
    subscribe.records = &records;
    if (!sanling_wait(hub, WAIT_MS, &error))
        return fault_set(fault, error.code == SANLING_REFUSED ? FAULT_REFUSED : FAULT_UNREACHABLE, "%s", error.text);
    return sanling_subscribe(hub, &subscribe, &error) || fault_set(fault, FAULT_SYSTEM, "%s", error.text);
}

static bool show_position(struct sanling *hub, uint64_t position, const struct seal_key *key, struct fault *fault)
{
    struct sanling_happening happening;
    struct sanling_error error;
    if (!subscribe(hub, position, fault))
        return false;
    for (;;) {
        if (!sanling_next(hub, WAIT_MS, &happening, &error))
            return fault_set(fault, FAULT_SYSTEM, "%s", error.text);
        if (happening.kind == SANLING_NOTHING)
            return fault_set(fault, FAULT_UNREACHABLE, "the hub did not answer in %d s", WAIT_MS / 1000);
        if (happening.kind == SANLING_PROBLEM)
            return fault_set(fault, FAULT_NO, "%s", happening.problem->text);
        if (happening.kind == SANLING_DELIVERY && happening.delivery->n_records > 0)
            return show_record(happening.delivery->records[0], key, fault);
        if (happening.kind == SANLING_DELIVERY && happening.delivery->ended)
            return fault_set(fault, FAULT_NO, "position %" PRIu64 ": no record that this office may see", position);
    }
}

static bool show_from_hub(const struct agent_config *config, uint64_t position, const struct seal_key *key,
                          struct fault *fault)
{
    struct sanling_error error;
    struct sanling *hub = sanling_open(&(struct sanling_options){.endpoint = config->hub,
                                                                 .identity_file = config->identity,
                                                                 .software = "sealed-note " SANLING_VERSION},
                                       &error);
    if (hub == NULL)
        return fault_set(fault, FAULT_USAGE, "%s", error.text);
    const bool shown = show_position(hub, position, key, fault);
    sanling_close(&hub);
    return shown;
}

/* ---- from a file ---- */

/* A number stands as text in canonical JSON. */
static void show_line(const json_t *record, const struct seal_key *key, size_t *shown)
{
    uint8_t ciphertext[SEALED_NOTE_MAX];
    size_t size = 0;
    struct fault fault;
    const json_t *event = json_object_get(record, "event");
    const json_t *note = json_object_get(event, "sealedNoteAdded");
    const char *text = json_string_value(json_object_get(note, "ciphertext"));
    const char *position = json_string_value(json_object_get(record, "position"));
    const char *matter = json_string_value(json_object_get(event, "matter"));
    if (text == NULL || sodium_base642bin(ciphertext, sizeof ciphertext, text, strlen(text), NULL, &size, NULL,
                                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return;
    if (show(&(struct found){.position = position == NULL ? "?" : position,
                             .matter = matter == NULL ? "" : matter,
                             .ciphertext = ciphertext,
                             .size = size},
             key, &fault))
        ++*shown;
    else
        fprintf(stderr, "#%s %s: %s\n", position == NULL ? "?" : position, matter == NULL ? "" : matter, fault.text);
}

static bool show_from_file(const char *path, const struct seal_key *key, struct fault *fault)
{
    const bool standard = strcmp(path, "-") == 0;
    char *line = NULL;
    size_t capacity = 0, shown = 0;
    FILE *file = standard ? stdin : fopen(path, "re");
    if (file == NULL)
        return fault_set(fault, FAULT_USAGE, "%s: %s", path, strerror(errno));
    while (getline(&line, &capacity, file) >= 0) {
        json_t *record = json_loads(line, 0, NULL);
        show_line(record, key, &shown);
        json_decref(record);
    }
    free(line);
    if (!standard)
        fclose(file);
    return shown > 0 || fault_set(fault, FAULT_NO, "%s: no sealed note that this key opens", path);
}

bool sealed_note_show(const struct agent_config *config, const char *what, const char *key_file, struct fault *fault)
{
    struct seal_key key;
    if (!seal_key_read(key_file, &key, fault))
        return false;
    if (!key.has_secret)
        return fault_set(fault, FAULT_USAGE, "%s: is a public half; the secret one opens", key_file);
    const bool position = strspn(what, "0123456789") == strlen(what) && what[0] != '\0';
    const bool shown =
        position ? show_from_hub(config, strtoull(what, NULL, 10), &key, fault) : show_from_file(what, &key, fault);
    seal_key_clear(&key);
    return shown;
}
