/* A row of a sheet as the events that it means, encoded but for source and sequence, which the outbox gives. */
#ifndef SANLING_TRANSLATE_H
#define SANLING_TRANSLATE_H

#include "sheet.h"
#include "unit_names.h"

#include <stddef.h>
#include <stdint.h>

struct translated_event {
    const struct mapping_event *event;
    char *identity;   /* the type, with `#part` behind it if there is one */
    uint8_t *content; /* an encoded Event without source and sequence; NULL from translate_identify */
    size_t size;
    size_t envelope_size; /* of the content's beginning, before the payload */
};

/* What one row means. `key` is the text of its key cells, the same for all its events. */
struct translated_row {
    char *key;
    struct translated_event events[MAPPING_EVENTS_MAX];
    size_t count;
};

struct translator; /* memory for one row after the other */

/* utc_offset_minutes: of local times in cells that name no offset. NULL: memory ran out. */
struct translator *translator_open(int32_t utc_offset_minutes);
/* Where units are looked up by name; borrowed. Without it a mapping with `unit_name` must not be used. */
void translator_use_units(struct translator *translator, const struct unit_names *units);
void translator_close(struct translator **translator);

/* The text of the row's key cells; *key is malloc'ed, also where it fails (then perhaps NULL). */
bool translate_key(const struct sheet *sheet, const struct row *row, char **key, struct reason *reason);
/* Which events the row means and under which key, without looking at their fields. false: *reason says what is wrong;
 * the result is then empty. */
bool translate_identify(const struct sheet *sheet, const struct row *row, struct translated_row *result,
                        struct reason *reason);
/* The same with the events' contents; a row is taken whole or not at all. */
bool translate_row(struct translator *translator, const struct sheet *sheet, const struct row *row,
                   struct translated_row *result, struct reason *reason);
/* EventCorrected for the event at `target`, encoded like an event's content: unit, matter, time and mode are those of
 * `event`, whose payload is the replacement. *content is malloc'ed. */
bool translate_correction(struct translator *translator, const struct translated_event *event, uint64_t target,
                          const char *reason_code, uint8_t **content, size_t *size, struct reason *reason);
/* The attestation of a mapping for a period, as a row with one event. */
bool translate_attestation(struct translator *translator, const struct mapping_attest *attest, int32_t from_day,
                           int32_t to_day, struct translated_row *result, struct reason *reason);
/* Frees what it holds; it is empty again. Fits CLEANUP. */
void translated_row_clear(struct translated_row *row);

#endif
