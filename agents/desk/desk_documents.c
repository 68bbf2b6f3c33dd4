#include "desk_documents.h"

#include "json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { US_PER_S = 1000000, NS_PER_US = 1000 };

json_t *desk_now(const char *device, int64_t time_us, bool demonstration, bool hub)
{
    char time[TIMESTAMP_TEXT_SIZE] = "";
    if (!timestamp_format(time_us / US_PER_S, (int32_t)(time_us % US_PER_S) * NS_PER_US, time))
        return NULL;
    return json_pack("{s:s, s:s, s:b, s:b, s:i}", "device", device, "time", time, "demonstration", demonstration, "hub",
                     hub, "toleranceSeconds", DESK_CLOCK_TOLERANCE_S);
}

json_t *desk_setup(const struct desk_facts *facts, const Sanling__V1__CampaignsAnswer *campaigns)
{
    static const char kind[] = "dispute.";
    json_t *categories = json_array();
    for (size_t i = 0; i < campaigns->n_labels; i++) {
        const Sanling__V1__Label *label = campaigns->labels[i];
        if (strncmp(label->code, kind, sizeof kind - 1) == 0)
            json_array_append_new(categories,
                                  json_pack("{s:s, s:s}", "code", label->code + sizeof kind - 1, "name", label->name));
    }
    json_t *parties = facts->seal_key == NULL
                          ? json_null()
                          : json_pack("{s:s, s:s}", "key", facts->seal_key_id, "publicKey", facts->seal_key);
    return json_pack("{s:i, s:o, s:o}", "utcOffsetMinutes", (int)facts->utc_offset_minutes, "categories", categories,
                     "parties", parties);
}

json_t *desk_unit(const Sanling__V1__UnitsAnswer__Unit *unit)
{
    const ProtobufCEnumValue *kind =
        protobuf_c_enum_descriptor_get_value(&sanling__v1__unit_kind__kind__descriptor, (int)unit->kind);
    if (unit->valid_to[0] != '\0')
        return NULL;
    return json_pack("[s, s, s]", unit->code, unit->name, kind == NULL ? "" : kind->name);
}

static json_t *wide(uint64_t number) /* as canonical JSON writes 64 bits */
{
    return json_sprintf("%" PRIu64, number);
}

json_t *desk_matter(const Sanling__V1__MattersAnswer__Matter *matter)
{
    json_t *moves = json_array();
    for (size_t i = 0; i < matter->n_moves; i++) {
        const Sanling__V1__MattersAnswer__Move *move = matter->moves[i];
        json_array_append_new(moves, json_pack("{s:o, s:s, s:s, s:s, s:o}", "position", wide(move->position), "type",
                                               move->type, "day", move->day, "step", move->step, "retractedAt",
                                               wide(move->retracted_at)));
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:o}", "matter", matter->matter, "unit", matter->unit,
                     "unitName", matter->unit_name, "step", matter->step, "category", matter->category, "openedDay",
                     matter->opened_day, "consents", (json_int_t)matter->consents, "moves", moves);
}

uint32_t desk_code_number(const char *code, const char *prefix)
{
    static const char form[] = "dddddd-dddd-D-dddddd-?";
    if (strlen(code) != sizeof form - 1 || strncmp(code, prefix, strlen(prefix)) != 0)
        return 0;
    for (size_t i = 0; i < sizeof form - 1; i++) {
        const bool digit = code[i] >= '0' && code[i] <= '9';
        if (form[i] == 'd' ? !digit : form[i] != '?' && code[i] != form[i])
            return 0;
    }
    return (uint32_t)strtoul(code + strlen("dddddd-dddd-D-"), NULL, 10);
}
