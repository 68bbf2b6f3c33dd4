#include "sealing_part.h"

#include "agent.h"
#include "confirmations.h"
#include "inbox.h"
#include "journal.h"
#include "seal.h"
#include "sealing.h"
#include "state_folder.h"

#include <dirent.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { CREDIT = 200, LOOK_MS = 1000, PATH_SIZE = 4096, WAITING_MAX = 64 };

struct sealing_part {
    const struct office *office;
    struct inbox inbox;
    struct sealing sealing;
    int64_t looked_ms; /* 0: not yet */
    bool welcomed;     /* the hub's clock is known: before, nothing is dated */
    size_t waiting_count;
    char waiting[WAITING_MAX][80]; /* files that wait for a key, each told of once */
};

/* ---- what comes ---- */

/* Made of 32 bytes, as the contract says. */
static bool take_offer(const struct sealing_part *part, const Sanling__V1__Record *record, struct fault *fault)
{
    const Sanling__V1__Event *event = record->event;
    const ProtobufCBinaryData *key = &event->matter_key_offered->public_key;
    struct matter_key offer = {.kind = event->matter_key_offered->matter_kind, .office = record->publisher->office};
    uint8_t hash[crypto_hash_sha256_BYTES];
    if (key->len != SEAL_KEY_SIZE || record->publisher->office == part->office->program->office)
        return true;
    memcpy(offer.public_key, key->data, SEAL_KEY_SIZE);
    crypto_hash_sha256(hash, key->data, SEAL_KEY_SIZE);
    sodium_bin2hex(offer.id, sizeof offer.id, hash, (SEAL_KEY_ID_SIZE - 1) / 2);
    snprintf(offer.matter, sizeof offer.matter, "%s", event->matter);
    snprintf(offer.unit, sizeof offer.unit, "%s", event->unit);
    return matter_keys_keep_offer(part->sealing.config->keys, &offer, fault);
}

static bool take_note(const struct sealing_part *part, const Sanling__V1__Record *record, struct fault *fault)
{
    const Sanling__V1__SealedNoteAdded *note = record->event->sealed_note_added;
    bool opened;
    if (!sealing_receive(&part->sealing, record->position, record->event->matter, note->recipient_key,
                         note->ciphertext.data, note->ciphertext.len, &opened, fault)) {
        if (fault->code != FAULT_REFUSED)
            return false;
        journal(JOURNAL_WARNING, "source %s: the sealed note at position %" PRIu64 " cannot be opened: %s",
                part->office->config->source, record->position, fault->text);
        return true;
    }
    if (opened)
        journal(JOURNAL_NOTICE, "source %s: the sealed note at position %" PRIu64 " is opened",
                part->office->config->source, record->position);
    return true;
}

static bool take_destruction(const struct sealing_part *part, const Sanling__V1__Record *record, struct fault *fault)
{
    char id[SEAL_KEY_ID_SIZE];
    const ProtobufCBinaryData *proof = &record->event->matter_key_destroyed->proof;
    if (proof->len < sizeof id / 2)
        return true;
    sodium_bin2hex(id, sizeof id, proof->data, sizeof id / 2);
    return matter_keys_drop_offer(part->sealing.config->keys, id, fault);
}

/* The kind of the matter that such an event brings to an office; UNSPECIFIED: it brings none. */
static Sanling__V1__MatterKind__Kind kind_brought(const Sanling__V1__Event *event)
{
    const unsigned payload = event->payload_case;
    if (payload == SANLING__V1__EVENT__PAYLOAD_PETITION_REGISTERED ||
        payload == SANLING__V1__EVENT__PAYLOAD_PETITION_FORWARDED ||
        payload == SANLING__V1__EVENT__PAYLOAD_PETITION_ASSIGNED)
        return SANLING__V1__MATTER_KIND__KIND__PETITION;
    if (payload == SANLING__V1__EVENT__PAYLOAD_DISPUTE_OPENED)
        return SANLING__V1__MATTER_KIND__KIND__DISPUTE;
    if (payload == SANLING__V1__EVENT__PAYLOAD_GRID_DISPATCHED)
        return SANLING__V1__MATTER_KIND__KIND__SEVEN_STEPS;
    if (payload == SANLING__V1__EVENT__PAYLOAD_JOINT_HANDLING_OPENED)
        return event->joint_handling_opened->matter_kind;
    if (payload == SANLING__V1__EVENT__PAYLOAD_MEMBER_JOINED)
        return event->member_joined->matter_kind;
    if (payload == SANLING__V1__EVENT__PAYLOAD_MATTER_TRANSFERRED)
        return event->matter_transferred->matter_kind;
    return SANLING__V1__MATTER_KIND__KIND__UNSPECIFIED;
}

/* A matter that came to this office gets a key of its own, if it has none. */
static bool offer_for(const struct sealing_part *part, const Sanling__V1__Event *event, struct fault *fault)
{
    struct matter_key key = {.kind = kind_brought(event)};
    char act[SEALING_KEY_SIZE];
    if (key.kind == SANLING__V1__MATTER_KIND__KIND__UNSPECIFIED || event->matter[0] == '\0')
        return true;
    snprintf(key.matter, sizeof key.matter, "%s", event->matter);
    snprintf(key.unit, sizeof key.unit, "%s", event->unit);
    return sealing_offer(&part->sealing, &key, act, fault);
}

static bool take_record(const struct sealing_part *part, const Sanling__V1__Record *record, struct fault *fault)
{
    const Sanling__V1__Event *event = record->event;
    if (event == NULL || record->publisher == NULL || event->mode != SANLING__V1__MODE__KIND__ACTUAL)
        return true;
    if (event->payload_case == SANLING__V1__EVENT__PAYLOAD_MATTER_KEY_OFFERED)
        return take_offer(part, record, fault);
    if (event->payload_case == SANLING__V1__EVENT__PAYLOAD_SEALED_NOTE_ADDED)
        return take_note(part, record, fault);
    if (event->payload_case == SANLING__V1__EVENT__PAYLOAD_MATTER_KEY_DESTROYED)
        return take_destruction(part, record, fault);
    return !part->sealing.config->automatic || offer_for(part, event, fault);
}

static bool hear(void *self, const struct sanling_happening *happening, struct fault *fault)
{
    struct sealing_part *part = self;
    const Sanling__V1__Delivery *delivery = inbox_hear(&part->inbox, happening);
    part->welcomed |= happening->kind == SANLING_CONNECTED;
    if (happening->kind == SANLING_CONNECTED && happening->welcome->demonstration && happening->welcome->time != NULL)
        part->sealing.clock_ahead_s = happening->welcome->time->seconds - time(NULL);
    if (delivery == NULL)
        return true;
    for (size_t i = 0; i < delivery->n_records; i++)
        if (!take_record(part, delivery->records[i], fault))
            return false;
    inbox_settle(&part->inbox, delivery->reached, (uint32_t)delivery->n_records);
    return true;
}

/* ---- what goes ---- */

static bool was_told(struct sealing_part *part, const char *name)
{
    for (size_t i = 0; i < part->waiting_count; i++)
        if (strcmp(part->waiting[i], name) == 0)
            return true;
    if (part->waiting_count < WAITING_MAX)
        snprintf(part->waiting[part->waiting_count++], sizeof part->waiting[0], "%s", name);
    return false;
}

/* The file's bytes; 0: none, or more than a note may have. */
static size_t read_text(const char *path, uint8_t text[static SEAL_TEXT_MAX + 1])
{
    FILE *file = fopen(path, "re");
    const size_t size = file == NULL ? 0 : fread(text, 1, SEAL_TEXT_MAX + 1, file);
    if (file != NULL)
        fclose(file);
    return size > SEAL_TEXT_MAX ? 0 : size;
}

/* MATTER.txt, or MATTER and more behind a blank. What cannot be sealed yet stays, and is told of once. */
static bool send_file(struct sealing_part *part, const char *folder, const char *name, Sanling__V1__Office__Kind office,
                      struct fault *fault)
{
    uint8_t text[SEAL_TEXT_MAX + 1];
    char path[PATH_SIZE + 300], matter[MATTER_CODE_MAX + 1], act[SEALING_KEY_SIZE];
    const char *dot = strrchr(name, '.');
    const size_t length = dot == NULL ? strlen(name) : (size_t)(dot - name);
    snprintf(matter, sizeof matter, "%.*s", (int)length, name);
    matter[strcspn(matter, " ")] = '\0';
    snprintf(path, sizeof path, "%s/%s", folder, name);
    const size_t size = read_text(path, text);
    const bool sealed = size > 0 ? sealing_send(&part->sealing, matter, office, text, size, act, fault)
                                 : fault_set(fault, FAULT_USAGE, "a note has 1 to %d bytes", SEAL_TEXT_MAX);
    sodium_memzero(text, sizeof text);
    if (sealed)
        return file_destroy(path, fault);
    if (fault->code != FAULT_NO && fault->code != FAULT_USAGE && fault->code != FAULT_REFUSED)
        return false;
    if (!was_told(part, name))
        journal(JOURNAL_WARNING, "source %s: a note in %s is not sealed yet: %s", part->office->config->source, folder,
                fault->text);
    return true;
}

/* Written half a second ago at least: whoever writes it is done. */
static bool is_settled(const char *folder, const char *name)
{
    char path[PATH_SIZE + 300];
    struct stat status;
    struct timespec now;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    clock_gettime(CLOCK_REALTIME, &now);
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           (now.tv_sec - status.st_mtim.tv_sec) * 1000 + (now.tv_nsec - status.st_mtim.tv_nsec) / 1000000 >= 500;
}

static bool send_folder(struct sealing_part *part, const ProtobufCEnumValue *office, struct fault *fault)
{
    char folder[PATH_SIZE];
    bool good = true;
    snprintf(folder, sizeof folder, "%s/%s", part->sealing.config->outgoing, office->name);
    DIR *opened = opendir(folder);
    if (opened == NULL)
        return true;
    for (struct dirent *entry = readdir(opened); entry != NULL && good; entry = readdir(opened))
        if (entry->d_name[0] != '.' && entry->d_name[0] != '~' && is_settled(folder, entry->d_name))
            good = send_file(part, folder, entry->d_name, (Sanling__V1__Office__Kind)office->value, fault);
    closedir(opened);
    return good;
}

static bool send_all(struct sealing_part *part, struct fault *fault)
{
    const ProtobufCEnumDescriptor *offices = &sanling__v1__office__kind__descriptor;
    for (unsigned i = 0; i < offices->n_values; i++)
        if (offices->values[i].value != 0 && !send_folder(part, &offices->values[i], fault))
            return false;
    return true;
}

static bool step(void *self, int64_t now_ms, struct fault *fault)
{
    struct sealing_part *part = self;
    bool any;
    if (part->looked_ms != 0 && now_ms - part->looked_ms < LOOK_MS)
        return true;
    part->looked_ms = now_ms;
    return (!part->welcomed || sealing_complete(&part->sealing, fault)) &&
           (!part->welcomed || part->sealing.config->outgoing == NULL || send_all(part, fault)) &&
           confirmations_take(part->office->outbox, &any, fault);
}

static int wait_ms(const void *self, int64_t now_ms)
{
    const struct sealing_part *part = self;
    const int64_t left = part->looked_ms + LOOK_MS - now_ms;
    return left > 0 ? (int)left : 0;
}

static void close_part(void *self)
{
    free(self);
}

static const struct part_ops ops = {.hear = hear, .step = step, .wait_ms = wait_ms, .close = close_part};

bool sealing_part_open(struct office *office, struct part *part, struct fault *fault)
{
    const struct sealing_config *config = &office->config->sealing;
    if (config->keys == NULL)
        return true;
    if (!matter_keys_open(config->keys, fault) || !state_folder_make(config->opened, false, fault) ||
        (config->outgoing != NULL && !state_folder_make(config->outgoing, false, fault)))
        return false;
    struct sealing_part *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    opened->office = office;
    opened->sealing = (struct sealing){
        .config = config, .outbox = office->outbox, .utc_offset_minutes = office->config->utc_offset_minutes};
    inbox_init(&opened->inbox, office, "sealed", CREDIT);
    *part = (struct part){.ops = &ops, .self = opened};
    return true;
}
