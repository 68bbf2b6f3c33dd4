#include "export_cells.h"

#include "attention_words.h"
#include "json.h"
#include "matter_words.h"
#include "words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { KEY_SIZE = 64, SECONDS_PER_MINUTE = 60, SECONDS_PER_DAY = 86400 };

const json_t *export_value(const json_t *object, const char *key)
{
    while (object != NULL) {
        const size_t size = strcspn(key, ".");
        char name[KEY_SIZE];
        if (size >= sizeof name)
            return NULL;
        memcpy(name, key, size);
        name[size] = '\0';
        object = json_object_get(object, name);
        if (key[size] == '\0')
            return object;
        key += size + 1;
    }
    return NULL;
}

static int64_t number_of(const json_t *value)
{
    if (json_is_string(value))
        return strtoll(json_string_value(value), NULL, 10);
    return json_is_integer(value) ? (int64_t)json_integer_value(value) : 0;
}

const char *export_string(const json_t *object, const char *key)
{
    const char *text = json_string_value(export_value(object, key));
    return text == NULL ? "" : text;
}

int64_t export_number(const json_t *object, const char *key)
{
    return number_of(export_value(object, key));
}

void export_time(const char *time, int utc_offset_minutes, char text[static EXPORT_TIME_SIZE])
{
    int64_t seconds;
    int32_t nanos;
    struct tm parts;
    text[0] = '\0';
    if (!timestamp_parse(time, &seconds, &nanos))
        return;
    const time_t local = (time_t)(seconds + (int64_t)utc_offset_minutes * SECONDS_PER_MINUTE);
    if (gmtime_r(&local, &parts) == NULL)
        return;
    const size_t size = strftime(text, EXPORT_TIME_SIZE, "%Y-%m-%d %H:%M:%S", &parts);
    const int minutes = abs(utc_offset_minutes);
    snprintf(text + size, EXPORT_TIME_SIZE - size, " %c%02d:%02d", utc_offset_minutes < 0 ? '-' : '+', minutes / 60,
             minutes % 60);
}

void export_day_of(int64_t days, char text[static EXPORT_DAY_SIZE])
{
    struct tm parts;
    const time_t time = (time_t)(days * SECONDS_PER_DAY);
    text[0] = '\0';
    if (days != 0 && days > -800000 && days < 3000000 && gmtime_r(&time, &parts) != NULL)
        strftime(text, EXPORT_DAY_SIZE, "%Y-%m-%d", &parts);
}

/* The contract's number of a name; 0, UNSPECIFIED, for what is none. */
static int enum_value(const ProtobufCEnumDescriptor *descriptor, const char *code)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value_by_name(descriptor, code);
    return value == NULL ? 0 : value->value;
}

static Sanling__V1__Status__Kind status_of(const char *code)
{
    return (Sanling__V1__Status__Kind)enum_value(&sanling__v1__status__kind__descriptor, code);
}

const char *export_status_word(const char *code)
{
    return status_term(status_of(code)).chinese;
}

const char *export_status_code(const char *code)
{
    return status_of(code) == SANLING__V1__STATUS__KIND__UNSPECIFIED ? "NOT_COUNTED" : code;
}

static const char *matter_label(enum cell cell, const char *code)
{
    switch ((int)cell) {
    case CELL_MATTER_KIND:
        return matter_kind_label(
            (Sanling__V1__MatterKind__Kind)enum_value(&sanling__v1__matter_kind__kind__descriptor, code));
    case CELL_CLOCK:
        return clock_label((Sanling__V1__DeadlinePassed__Clock__Kind)enum_value(
            &sanling__v1__deadline_passed__clock__kind__descriptor, code));
    case CELL_FINDING:
        return finding_label((Sanling__V1__DiscrepancyResolved__Finding__Kind)enum_value(
            &sanling__v1__discrepancy_resolved__finding__kind__descriptor, code));
    case CELL_HAZARD_GRADE:
        return hazard_grade_label(
            (Sanling__V1__Hazard__Grade)enum_value(&sanling__v1__hazard__grade__descriptor, code));
    case CELL_ACCIDENT_GRADE:
        return accident_grade_label(code);
    case CELL_PETITION_TYPE:
        return petition_type_label(
            (Sanling__V1__Petition__Type)enum_value(&sanling__v1__petition__type__descriptor, code));
    case CELL_CHANNEL:
        return channel_label(
            (Sanling__V1__Mediation__Channel)enum_value(&sanling__v1__mediation__channel__descriptor, code));
    default:
        return code;
    }
}

const char *export_label(enum cell cell, const char *code)
{
    switch ((int)cell) {
    case CELL_OFFICE:
        return office_label((Sanling__V1__Office__Kind)enum_value(&sanling__v1__office__kind__descriptor, code));
    case CELL_UNIT_KIND:
        return unit_kind_label(
            (Sanling__V1__UnitKind__Kind)enum_value(&sanling__v1__unit_kind__kind__descriptor, code));
    case CELL_ZERO:
        return enum_value(&sanling__v1__zero__kind__descriptor, code) == 0
                   ? ""
                   : zero_label((Sanling__V1__Zero__Kind)enum_value(&sanling__v1__zero__kind__descriptor, code));
    case CELL_STATUS_WORD:
        return export_status_word(code);
    case CELL_STATUS_CODE:
        return export_status_code(code);
    default:
        return matter_label(cell, code);
    }
}

/* Joined with a space; a list that is too long for a cell is cut there. */
static void write_list(struct table_export *table, const json_t *list, bool offices)
{
    char text[TABLE_TEXT_MAX] = "";
    size_t used = 0;
    for (size_t i = 0; i < json_array_size(list) && used < sizeof text; i++) {
        const json_t *value = json_array_get(list, i);
        const char *between = i == 0 ? "" : offices ? "、" : " ";
        const char *word = json_string_value(value);
        if (word == NULL)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%" PRId64, between, number_of(value));
        else
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", between,
                                     offices ? export_label(CELL_OFFICE, word) : word);
    }
    table_export_text(table, text);
}

static void write_step(struct table_export *table, const json_t *row, const char *step)
{
    const int kind = enum_value(&sanling__v1__matter_kind__kind__descriptor, export_string(row, "kind"));
    table_export_text(table, step_word((Sanling__V1__MatterKind__Kind)kind, step));
}

static void write_number(struct table_export *table, enum cell cell, const json_t *value)
{
    const int64_t number = number_of(value);
    if (cell == CELL_POSITION && number == 0)
        table_export_text(table, NULL);
    else if (cell == CELL_CASE_CLASS)
        table_export_text(table, case_class_label((uint32_t)number));
    else
        table_export_integer(table, number);
}

static void write_text(struct table_export *table, enum cell cell, const char *text, int utc_offset_minutes)
{
    char time[EXPORT_TIME_SIZE];
    switch ((int)cell) {
    case CELL_TEXT:
        table_export_text(table, text);
        return;
    case CELL_DECIMAL:
        table_export_decimal(table, text);
        return;
    case CELL_DAY:
        table_export_day(table, text);
        return;
    case CELL_TIME:
        export_time(text, utc_offset_minutes, time);
        table_export_text(table, time);
        return;
    default:
        table_export_text(table, export_label(cell, text));
    }
}

static void write_cell(struct table_export *table, const struct export_column *column, const json_t *row,
                       const json_t *from, int utc_offset_minutes)
{
    const char *key = column->key[0] == '@' ? column->key + 1 : column->key;
    const json_t *value = export_value(from, key);
    if (column->only_with != NULL && export_string(row, column->only_with)[0] == '\0') {
        table_export_text(table, NULL);
        return;
    }
    switch ((int)column->cell) {
    case CELL_INTEGER:
    case CELL_POSITION:
    case CELL_CASE_CLASS:
        write_number(table, column->cell, value);
        return;
    case CELL_YES:
        table_export_text(table, json_is_true(value) ? "是 yes" : "否 no");
        return;
    case CELL_LIST:
    case CELL_OFFICES:
        write_list(table, value, column->cell == CELL_OFFICES);
        return;
    case CELL_STEP_WORD:
        write_step(table, row, export_string(from, key));
        return;
    default:
        write_text(table, column->cell, export_string(from, key), utc_offset_minutes);
    }
}

void export_heads(struct table_export *table, const struct export_column *columns, size_t count)
{
    struct table_column heads[TABLE_COLUMNS_MAX];
    for (size_t i = 0; i < count && i < TABLE_COLUMNS_MAX; i++)
        heads[i] = (struct table_column){columns[i].head, columns[i].width};
    table_export_heads(table, heads, count);
}

void export_row(struct table_export *table, const struct export_column *columns, size_t count, const json_t *row,
                const json_t *beside, int utc_offset_minutes)
{
    for (size_t i = 0; i < count; i++)
        write_cell(table, &columns[i], row, columns[i].key[0] == '@' ? beside : row, utc_offset_minutes);
    table_export_row_end(table);
}
