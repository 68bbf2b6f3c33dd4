#include "translate.h"

#include "cell.h"
#include "event.pb-c.h"
#include "json.h"
#include "personal.h"
#include "text.h"
#include "utf8.h"

#include <assert.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Between key cells: no cell holds it, for it is a control character. */
#define KEY_SEPARATOR "\x1F"

struct translator {
    int32_t utc_offset_minutes;
    struct wire_arena *arena;
    const struct unit_names *units; /* NULL: none */
};

struct translator *translator_open(int32_t utc_offset_minutes)
{
    CLEANUP(translator_close) struct translator *translator = calloc(1, sizeof *translator);
    if (translator == NULL || (translator->arena = wire_arena_open(WIRE_EVENT_BUDGET)) == NULL)
        return NULL;
    translator->utc_offset_minutes = utc_offset_minutes;
    struct translator *opened = translator;
    translator = NULL;
    return opened;
}

void translator_use_units(struct translator *translator, const struct unit_names *units)
{
    translator->units = units;
}

void translator_close(struct translator **translator)
{
    if (*translator != NULL)
        wire_arena_close(&(*translator)->arena);
    free(*translator);
    *translator = NULL;
}

void translated_row_clear(struct translated_row *row)
{
    free(row->key);
    for (size_t i = 0; i < row->count; i++) {
        free(row->events[i].identity);
        free(row->events[i].content);
    }
    *row = (struct translated_row){0};
}

static void json_release(json_t **json)
{
    json_decref(*json);
    *json = NULL;
}

static bool out_of_memory(struct reason *reason)
{
    return reason_set(reason, REASON_TOO_LARGE, "内存不足", "out of memory");
}

/* Names the column in front of what is wrong with its cell; personal data in it outweighs whatever that was. */
static bool wrong_cell(const char *column, const char *cell, struct reason *reason)
{
    const enum personal_kind personal = personal_find(cell);
    if (personal != PERSONAL_NONE && personal != PERSONAL_PLATE)
        return reason_set(reason, REASON_PERSONAL_DATA, "“%s”列含有%s%.0s：个人信息不得上报",
                          "column %s holds personal data (%.0s%s), which must not be sent", column,
                          personal_name_zh(personal), personal_name_en(personal));
    const struct reason inner = *reason;
    snprintf(reason->zh, sizeof reason->zh, "“%.90s”列：%.290s", column, inner.zh);
    snprintf(reason->en, sizeof reason->en, "column %.90s: %.290s", column, inner.en);
    utf8_cut_broken(reason->zh);
    utf8_cut_broken(reason->en);
    return false;
}

/* Why a cell that is no good by itself cannot be used. */
static bool flaw_reason(enum cell_flaw flaw, const char *cell, struct reason *reason)
{
    char quoted[128];
    text_quote(cell, quoted, sizeof quoted);
    switch (flaw) {
    case CELL_SOUND:
        return true;
    case CELL_UNCALCULATED:
        return reason_set(reason, REASON_BAD_VALUE, "公式没有保存结果：请用表格软件打开文件，保存一次，再放回文件夹",
                          "the formula's result was not saved: open the file in the spreadsheet program, save it once "
                          "and put it back");
    case CELL_ERROR:
        return reason_set(reason, REASON_BAD_VALUE, "公式出错（%s）：请改正", "the formula gives the error %s: mend it",
                          quoted);
    case CELL_DIGITS_LOST:
        return reason_set(reason, REASON_BAD_VALUE,
                          "超过 15 位的数字，后面的位数已被表格软件丢掉：请把该列设为文本格式，重新填写",
                          "a number of more than 15 digits, of which the spreadsheet program lost the last: set the "
                          "column to text and enter it again");
    case CELL_NO_DATE:
        return reason_set(reason, REASON_BAD_VALUE, "单元格设成了日期格式，内容“%s”却不是可确认的日期：请改正",
                          "the cell has a date format, but what it holds, %s, is no certain date: mend it", quoted);
    case CELL_TOO_LONG:
        return reason_set(reason, REASON_TOO_LARGE, "单元格超过 %d KiB", "the cell is larger than %d KiB",
                          SOURCE_CELL_BYTES_MAX / 1024);
    case CELL_UNREADABLE:
        return reason_set(
            reason, REASON_MALFORMED, "单元格的内容读不了：请用表格软件打开，检查后保存",
            "what the cell holds cannot be read: open the file in the spreadsheet program, look at it and "
            "save it");
    }
    abort();
}

/* Whether a cell that the mapping uses is good by itself. */
static bool cell_is_sound(const struct sheet *sheet, const struct row *row, size_t column, struct reason *reason)
{
    const enum cell_flaw flaw = sheet_cell_flaw(sheet, row, column);
    if (flaw == CELL_SOUND) /* nearly always: nothing is quoted then */
        return true;
    const char *cell = sheet_cell(sheet, row, column);
    return flaw_reason(flaw, cell, reason) || wrong_cell(sheet_column_name(sheet, column), cell, reason);
}

/* ---- which events, under which key ---- */

static bool is_one_of(char *const *words, size_t count, const char *compared)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], compared) == 0)
            return true;
    return false;
}

static bool is_empty(const struct mapping *mapping, const char *compared)
{
    return compared[0] == '\0' || is_one_of(mapping->empty, mapping->empty_count, compared);
}

static bool conditions_hold(const struct sheet *sheet, const struct row *row, const struct mapping_event *event)
{
    for (size_t i = 0; i < event->condition_count; i++) {
        const struct mapping_condition *condition = &event->conditions[i];
        CLEANUP(text_free) char *compared = text_compared(sheet_cell(sheet, row, condition->column));
        if (compared == NULL || (event->optional && !sheet_has_column(sheet, condition->column)))
            return false;
        const bool holds = condition->by_filled ? is_empty(sheet_mapping(sheet), compared) != condition->filled
                                                : is_one_of(condition->is, condition->is_count, compared);
        if (!holds)
            return false;
    }
    return true;
}

/* What cannot be read decides nothing: no event happens, or fails to, by it. */
static bool conditions_are_sound(const struct sheet *sheet, const struct row *row, struct reason *reason)
{
    const struct mapping *mapping = sheet_mapping(sheet);
    for (size_t e = 0; row->flaws != NULL && e < mapping->event_count; e++)
        for (size_t i = 0; i < mapping->events[e].condition_count; i++)
            if (!cell_is_sound(sheet, row, mapping->events[e].conditions[i].column, reason))
                return false;
    return true;
}

static bool append_key(char **key, const char *part)
{
    char *longer;
    if (asprintf(&longer, "%s%s%s", *key == NULL ? "" : *key, *key == NULL ? "" : KEY_SEPARATOR, part) < 0)
        return false;
    free(*key);
    *key = longer;
    return true;
}

/* The first field that reads a column; NULL: none does. */
static const struct mapping_field *field_of_column(const struct mapping *mapping, size_t column)
{
    for (size_t e = 0; e < mapping->event_count; e++)
        for (size_t i = 0; i < mapping->events[e].field_count; i++)
            if (mapping->events[e].fields[i].has_column && mapping->events[e].fields[i].column == column)
                return &mapping->events[e].fields[i];
    return NULL;
}

/* A day or time of a key in one form; false: it is none for certain, or names an offset of its own. */
static bool moment_of_key(const struct mapping_field *field, const char *cell, char text[static TIME_TEXT_SIZE])
{
    struct moment moment;
    struct reason ignored;
    if (!cell_moment(cell, &(struct date_style){.serial = field->serial, .year = field->year}, &moment, &ignored) ||
        moment.has_offset)
        return false;
    if (field->kind == FIELD_DATETIME && moment.second != 0)
        moment_format_utc(&moment, 0, text); /* only to be compared: local time, whatever its last letter says */
    else
        day_format(moment.day, text);
    return true;
}

/* The same day or unit code is the same key, however the cell writes it: a register that was kept as text comes as a
 * workbook next month. Anything else is compared as text. NULL: memory ran out. */
static char *key_part(const struct mapping *mapping, size_t column, const char *cell, const char *squeezed)
{
    const struct mapping_field *field = field_of_column(mapping, column);
    char text[TIME_TEXT_SIZE];
    char *code;
    struct reason ignored;
    if (field != NULL && (field->kind == FIELD_DATE || field->kind == FIELD_DATETIME) &&
        moment_of_key(field, cell, text))
        return strdup(text);
    if (field != NULL && field->kind == FIELD_UNIT_CODE && cell_unit_code(cell, &code, &ignored))
        return code;
    return strdup(squeezed);
}

bool translate_key(const struct sheet *sheet, const struct row *row, char **key, struct reason *reason)
{
    *key = NULL;
    const struct mapping *mapping = sheet_mapping(sheet);
    for (size_t i = 0; i < mapping->key_count; i++) {
        const char *cell = sheet_cell(sheet, row, mapping->key[i]);
        const char *name = sheet_column_name(sheet, mapping->key[i]);
        const enum personal_kind personal = personal_find_in_code(cell);
        CLEANUP(text_free) char *squeezed = text_squeezed(cell);
        if (squeezed == NULL)
            return out_of_memory(reason);
        if (!cell_is_sound(sheet, row, mapping->key[i], reason))
            return false;
        if (is_empty(mapping, squeezed))
            return reason_set(reason, REASON_MISSING_FIELD, "“%s”列是空的，而它是本行的编号",
                              "column %s is empty, but it names the row", name);
        if (text_has_controls(cell))
            return reason_set(reason, REASON_BAD_VALUE, "“%s”列含有控制字符", "column %s holds a control character",
                              name);
        if (cell_is_shortened_code(squeezed) || personal != PERSONAL_NONE) {
            reason_set(reason, REASON_BAD_VALUE, "编号被电子表格缩短了：请把该列设为文本格式，重新填写",
                       "the spreadsheet program shortened the code: set the column to text and enter it again");
            return wrong_cell(name, cell, reason);
        }
        CLEANUP(text_free) char *part = key_part(mapping, mapping->key[i], cell, squeezed);
        if (part == NULL || !append_key(key, part))
            return out_of_memory(reason);
    }
    return true;
}

static bool add_event(struct translated_row *result, const struct mapping_event *event, struct reason *reason)
{
    char *identity;
    if (asprintf(&identity, "%s%s%s", event->type, event->part[0] != '\0' ? "#" : "", event->part) < 0)
        return out_of_memory(reason);
    for (size_t i = 0; i < result->count; i++) {
        if (strcmp(result->events[i].identity, identity) == 0) {
            reason_set(reason, REASON_DUPLICATE_KEY, "这一行两次成为 %s：映射需要 part",
                       "the row becomes %s twice: the mapping needs `part`", identity);
            free(identity);
            return false;
        }
    }
    result->events[result->count++] = (struct translated_event){.event = event, .identity = identity};
    return true;
}

bool translate_identify(const struct sheet *sheet, const struct row *row, struct translated_row *result,
                        struct reason *reason)
{
    const struct mapping *mapping = sheet_mapping(sheet);
    *result = (struct translated_row){0};
    bool identified = translate_key(sheet, row, &result->key, reason) && conditions_are_sound(sheet, row, reason);
    for (size_t i = 0; identified && i < mapping->event_count; i++)
        if (conditions_hold(sheet, row, &mapping->events[i]))
            identified = add_event(result, &mapping->events[i], reason);
    if (!identified)
        translated_row_clear(result);
    return identified;
}

/* ---- one cell ---- */

struct cell_context {
    const struct translator *translator;
    const struct mapping *mapping;
    const struct mapping_field *field;
    const char *within; /* what stands above a unit's name */
};

static const ProtobufCFieldDescriptor *target_of(const struct mapping_field *field)
{
    return field->steps[field->step_count - 1].field;
}

static bool is_text_target(const struct mapping_field *field)
{
    return target_of(field)->type == PROTOBUF_C_TYPE_STRING;
}

static const struct mapping_word *find_word(const struct mapping_field *field, const char *compared)
{
    for (size_t i = 0; i < field->word_count; i++)
        if (strcmp(field->words[i].is, compared) == 0)
            return &field->words[i];
    return NULL;
}

static json_t *outside_words(const struct mapping_field *field, const char *text, struct reason *reason)
{
    char list[200] = "";
    size_t used = 0;
    for (size_t i = 0; i < field->word_count; i++) {
        if (used + strlen(field->words[i].is) + sizeof "、…" > sizeof list) {
            strcpy(list + used, "…");
            break;
        }
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used > 0 ? "、" : "", field->words[i].is);
    }
    char quoted[128];
    text_quote(text, quoted, sizeof quoted);
    reason_set(reason, REASON_BAD_VALUE, "“%s”不是 %s 之一", "'%s' is not one of %s", quoted, list);
    return NULL;
}

static json_t *enum_value(const struct mapping_field *field, const char *name, struct reason *reason)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value_by_name(target_of(field)->descriptor, name);
    if (value != NULL)
        return json_string(value->name);
    char quoted[128];
    text_quote(name, quoted, sizeof quoted);
    reason_set(reason, REASON_BAD_VALUE, "“%s”不是 %s 的值", "'%s' is no value of %s", quoted, field->path);
    return NULL;
}

/* Personal data may not hide in text. */
static bool text_is_clean(const struct mapping_field *field, const char *text, struct reason *reason)
{
    const bool is_free_text = field->envelope && strcmp(field->path, "note") == 0;
    const enum personal_kind personal = is_free_text ? personal_find(text) : personal_find_in_code(text);
    if (personal != PERSONAL_NONE)
        return reason_set(reason, REASON_PERSONAL_DATA, "含有%s%.0s：个人信息不得上报",
                          "holds personal data (%.0s%s), which must not be sent", personal_name_zh(personal),
                          personal_name_en(personal));
    if (!is_free_text && cell_is_shortened_code(text))
        return reason_set(reason, REASON_BAD_VALUE, "编码被电子表格缩短了：请把该列设为文本格式，重新填写",
                          "the spreadsheet program shortened the code: set the column to text and enter it again");
    return true;
}

static json_t *text_value(const struct mapping_field *field, const char *text, struct reason *reason)
{
    CLEANUP(text_free) char *trimmed = text_trimmed(text);
    if (trimmed == NULL)
        return NULL;
    if (target_of(field)->type == PROTOBUF_C_TYPE_ENUM)
        return enum_value(field, trimmed, reason);
    return text_is_clean(field, trimmed, reason) ? json_string(trimmed) : NULL;
}

static json_t *count_value(const struct mapping_field *field, const char *text, struct reason *reason)
{
    uint64_t count;
    const bool is_small = target_of(field)->type == PROTOBUF_C_TYPE_UINT32;
    if (!cell_count(text, is_small ? UINT32_MAX : INT64_MAX, &count, reason))
        return NULL;
    return json_integer((json_int_t)count);
}

static json_t *moment_value(const struct cell_context *context, const char *text, struct reason *reason)
{
    const struct mapping_field *field = context->field;
    const int32_t offset = context->translator->utc_offset_minutes;
    struct moment moment;
    if (!cell_moment(text, &(struct date_style){.serial = field->serial, .year = field->year}, &moment, reason))
        return NULL;
    if (field->kind == FIELD_DATE)
        moment = (struct moment){.day = moment_local_day(&moment, offset)};
    if (is_text_target(field)) {
        char day[DAY_TEXT_SIZE];
        day_format(moment.day, day);
        return json_string(day);
    }
    char time[TIME_TEXT_SIZE];
    moment_format_utc(&moment, offset, time);
    return json_string(time);
}

static json_t *boolean_value(const char *text, struct reason *reason)
{
    bool value;
    return cell_boolean(text, &value, reason) ? json_boolean(value) : NULL;
}

static json_t *unit_code_value(const char *text, struct reason *reason)
{
    CLEANUP(text_free) char *code = NULL;
    return cell_unit_code(text, &code, reason) ? json_string(code) : NULL;
}

static json_t *unit_name_value(const struct cell_context *context, const char *text, struct reason *reason)
{
    assert(context->translator->units != NULL); /* agent_config_load saw to it */
    CLEANUP(text_free) char *code = NULL;
    return unit_names_find(context->translator->units, context->within, text, &code, reason) ? json_string(code) : NULL;
}

static void bytes_free(uint8_t **bytes)
{
    free(*bytes);
    *bytes = NULL;
}

static json_t *bytes_value(const char *text, bool hex, struct reason *reason)
{
    CLEANUP(bytes_free) uint8_t *bytes = NULL;
    size_t size;
    if (!cell_bytes(text, hex, &bytes, &size, reason))
        return NULL;
    const size_t room = sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_ORIGINAL);
    CLEANUP(text_free) char *encoded = malloc(room);
    return encoded == NULL ? NULL
                           : json_string(sodium_bin2base64(encoded, room, bytes, size, sodium_base64_VARIANT_ORIGINAL));
}

/* The text as the field's kind says; lists apart. */
static json_t *single_value(const struct cell_context *context, enum field_kind kind, const char *text,
                            struct reason *reason)
{
    const struct mapping_field *field = context->field;
    switch (kind) {
    case FIELD_TEXT:
        return text_value(field, text, reason);
    case FIELD_UNIT_CODE:
        return unit_code_value(text, reason);
    case FIELD_UNIT_NAME:
        return unit_name_value(context, text, reason);
    case FIELD_DATE:
    case FIELD_DATETIME:
        return moment_value(context, text, reason);
    case FIELD_COUNT:
        return count_value(field, text, reason);
    case FIELD_BOOLEAN:
        return boolean_value(text, reason);
    case FIELD_BASE64:
    case FIELD_HEX:
        return bytes_value(text, kind == FIELD_HEX, reason);
    case FIELD_LIST:
    case FIELD_UNIT_CODES:
    case FIELD_PAIRS:
        break;
    }
    abort();
}

/* An item of a list, or a cell that is one value: a word of the mapping, else as its kind says. */
static json_t *worded_value(const struct cell_context *context, enum field_kind kind, const char *text,
                            struct reason *reason)
{
    const struct mapping_field *field = context->field;
    CLEANUP(text_free) char *compared = text_compared(text);
    const struct mapping_word *word = compared == NULL ? NULL : find_word(field, compared);
    if (word != NULL)
        return single_value(context, kind, word->to, reason);
    if (field->word_count > 0 && kind == FIELD_TEXT)
        return outside_words(field, text, reason);
    return single_value(context, kind, text, reason);
}

static size_t list_separator(const char *at)
{
    static const char *const separators[] = {"、", "，", "；", ",", ";", "\n", "\r"};
    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++)
        if (strncmp(at, separators[i], strlen(separators[i])) == 0)
            return strlen(separators[i]);
    return 0;
}

static bool colon(const char *at)
{
    return *at == ':' || strncmp(at, "：", strlen("：")) == 0;
}

/* One member of a pair: the field with one step more. */
static bool put_member(const struct cell_context *context, size_t member, const char *text, json_t *pair,
                       struct reason *reason)
{
    struct mapping_field field = *context->field;
    const ProtobufCMessageDescriptor *message = target_of(&field)->descriptor;
    const ProtobufCFieldDescriptor *target = &message->fields[member];
    field.steps[field.step_count++] = (struct mapping_step){.field = target, .element = -1};
    if (member > 0)
        field.word_count = 0; /* they are of the first */
    const struct cell_context within = {
        .translator = context->translator, .mapping = context->mapping, .field = &field, .within = ""};
    CLEANUP(text_free) char *trimmed = text_trimmed(text);
    json_t *value = trimmed == NULL ? NULL : worded_value(&within, mapping_pair_kind(target), trimmed, reason);
    return value != NULL && json_object_set_new(pair, target->name, value) == 0;
}

static json_t *pair_value(const struct cell_context *context, char *item, struct reason *reason)
{
    char *split = NULL;
    for (char *at = item; *at != '\0'; at++)
        if (colon(at))
            split = at;
    if (split == NULL) {
        char quoted[128];
        text_quote(item, quoted, sizeof quoted);
        reason_set(reason, REASON_BAD_VALUE, "“%s”要写成“名称:数值”", "'%s' should read NAME:VALUE", quoted);
        return NULL;
    }
    const char *second = split + (*split == ':' ? 1 : strlen("："));
    *split = '\0';
    CLEANUP(json_release) json_t *pair = json_object();
    if (pair == NULL || !put_member(context, 0, item, pair, reason) || !put_member(context, 1, second, pair, reason))
        return NULL;
    return json_incref(pair);
}

static json_t *item_value(const struct cell_context *context, char *item, struct reason *reason)
{
    const ProtobufCType type = target_of(context->field)->type;
    const bool is_number = type == PROTOBUF_C_TYPE_UINT32 || type == PROTOBUF_C_TYPE_UINT64;
    if (context->field->kind == FIELD_PAIRS)
        return pair_value(context, item, reason);
    if (context->field->kind == FIELD_UNIT_CODES)
        return worded_value(context, FIELD_UNIT_CODE, item, reason);
    return worded_value(context, is_number ? FIELD_COUNT : FIELD_TEXT, item, reason);
}

static bool append_item(const struct cell_context *context, json_t *list, const char *text, size_t size,
                        struct reason *reason)
{
    CLEANUP(text_free) char *item = strndup(text, size);
    CLEANUP(text_free) char *trimmed = item == NULL ? NULL : text_trimmed(item);
    if (trimmed == NULL)
        return out_of_memory(reason);
    if (trimmed[0] == '\0')
        return true;
    json_t *value = item_value(context, trimmed, reason);
    return value != NULL && json_array_append_new(list, value) == 0;
}

static json_t *list_value(const struct cell_context *context, const char *text, struct reason *reason)
{
    CLEANUP(json_release) json_t *list = json_array();
    const char *start = text;
    for (const char *at = text; list != NULL; at++) {
        const size_t separator = *at == '\0' ? 0 : list_separator(at);
        if (separator == 0 && *at != '\0')
            continue;
        if (!append_item(context, list, start, (size_t)(at - start), reason))
            return NULL;
        if (*at == '\0')
            break;
        at += separator - 1;
        start = at + 1;
    }
    return json_incref(list);
}

/* The cell's value; NULL with `absent` when it says nothing, NULL with a reason when it is wrong. */
static json_t *cell_value(const struct cell_context *context, const char *cell, bool *absent, struct reason *reason)
{
    const struct mapping_field *field = context->field;
    *absent = false;
    CLEANUP(text_free) char *compared = text_compared(cell);
    if (compared == NULL || text_has_controls(cell)) {
        reason_set(reason, REASON_BAD_VALUE, "含有控制字符", "holds a control character");
        return NULL;
    }
    const bool says_nothing =
        is_empty(context->mapping, compared) || (field->kind == FIELD_COUNT && strcmp(compared, "无") == 0);
    if (says_nothing && find_word(field, compared) == NULL) {
        *absent = true;
        return NULL;
    }
    reason->code[0] = '\0';
    const bool is_list = field->kind == FIELD_LIST || field->kind == FIELD_UNIT_CODES || field->kind == FIELD_PAIRS;
    json_t *value = is_list ? list_value(context, cell, reason) : worded_value(context, field->kind, cell, reason);
    if (value == NULL && reason->code[0] == '\0') /* nothing is wrong with the cell */
        out_of_memory(reason);
    return value;
}

/* ---- one event ---- */

/* The values of an event's fields before they are put together; NULL: absent. */
struct field_values {
    json_t *values[MAPPING_FIELDS_MAX];
};

static void field_values_clear(struct field_values *values)
{
    for (size_t i = 0; i < MAPPING_FIELDS_MAX; i++)
        json_release(&values->values[i]);
}

/* Where the wire cannot tell absent from zero, silence must not become one. */
static bool may_be_absent(const struct mapping_field *field)
{
    const ProtobufCFieldDescriptor *target = target_of(field);
    if (field->envelope && (strcmp(field->path, "unit") == 0 || strcmp(field->path, "occurred_at") == 0))
        return false;
    if (field->optional)
        return true;
    for (size_t i = 0; i < field->step_count; i++)
        if (field->steps[i].element >= 0)
            return i + 1 < field->step_count; /* its element is left out as a whole */
    return target->type != PROTOBUF_C_TYPE_BOOL && target->type != PROTOBUF_C_TYPE_UINT32 &&
           target->type != PROTOBUF_C_TYPE_UINT64;
}

static bool read_field(struct translator *translator, const struct sheet *sheet, const struct row *row,
                       const struct mapping_field *field, json_t **value, struct reason *reason)
{
    const struct cell_context context = {.translator = translator,
                                         .mapping = sheet_mapping(sheet),
                                         .field = field,
                                         .within = field->has_within ? sheet_cell(sheet, row, field->within) : ""};
    if (!field->has_column) {
        *value = single_value(&context, field->kind, field->constant, reason);
        return *value != NULL;
    }
    const char *cell = sheet_cell(sheet, row, field->column);
    const char *name = sheet_column_name(sheet, field->column);
    bool absent;
    if (!cell_is_sound(sheet, row, field->column, reason))
        return false;
    *value = cell_value(&context, cell, &absent, reason);
    if (*value != NULL || (absent && may_be_absent(field)))
        return true;
    if (absent)
        return reason_set(reason, REASON_MISSING_FIELD, "“%s”列是空的：没有填不等于零",
                          "column %s is empty: what is not there is not zero", name);
    return wrong_cell(name, cell, reason);
}

/* Whether a column of the same element of a repeated message said nothing: the element is then left out. */
static bool element_is_dropped(const struct mapping_event *event, const struct field_values *values,
                               const struct mapping_field *field)
{
    for (size_t i = 0; i < event->field_count; i++) {
        const struct mapping_field *other = &event->fields[i];
        if (values->values[i] == NULL && !other->optional && other->step_count > 1 &&
            other->steps[0].field == field->steps[0].field && other->steps[0].element >= 0 &&
            other->steps[0].element == field->steps[0].element)
            return true;
    }
    return false;
}

/* The object or array at `name`, made if it is not there. */
static json_t *child(json_t *parent, const char *name, bool array)
{
    json_t *found = json_object_get(parent, name);
    if (found == NULL && json_object_set_new(parent, name, array ? json_array() : json_object()) == 0)
        found = json_object_get(parent, name);
    return found;
}

/* Element `index` of an array: filled up with nulls before it; NULL `value` makes or finds an object there. */
static json_t *element(json_t *array, size_t index, json_t *value)
{
    while (json_array_size(array) <= index)
        if (json_array_append_new(array, json_null()) != 0)
            return NULL;
    if (value != NULL)
        return json_array_set(array, index, value) == 0 ? value : NULL;
    if (!json_is_object(json_array_get(array, index)) && json_array_set_new(array, index, json_object()) != 0)
        return NULL;
    return json_array_get(array, index);
}

static bool put_value(json_t *root, const struct mapping_field *field, json_t *value)
{
    json_t *at = root;
    for (size_t i = 0; at != NULL && i < field->step_count; i++) {
        const struct mapping_step *step = &field->steps[i];
        const bool last = i + 1 == field->step_count;
        if (step->element >= 0)
            at = element(child(at, step->field->name, true), (size_t)step->element, last ? value : NULL);
        else if (last)
            return json_object_set(at, step->field->name, value) == 0;
        else
            at = child(at, step->field->name, false);
    }
    return at != NULL;
}

/* Elements that were left out leave no hole. */
static void close_gaps(json_t *json)
{
    const char *name;
    json_t *value;
    json_object_foreach(json, name, value)
    {
        for (size_t i = json_array_size(value); i > 0; i--)
            if (json_is_null(json_array_get(value, i - 1)))
                json_array_remove(value, i - 1);
        if (json_is_object(value))
            close_gaps(value);
    }
}

static json_t *assemble(const struct translator *translator, const struct mapping_event *event,
                        const struct field_values *values)
{
    CLEANUP(json_release) json_t *root = json_pack("{s:i}", "utc_offset_minutes", translator->utc_offset_minutes);
    json_t *payload = root == NULL ? NULL : child(root, event->payload->name, false);
    if (payload == NULL)
        return NULL;
    for (size_t i = 0; i < event->field_count; i++) {
        const struct mapping_field *field = &event->fields[i];
        if (values->values[i] == NULL || (!field->envelope && element_is_dropped(event, values, field)))
            continue;
        if (!put_value(field->envelope ? root : payload, field, values->values[i]))
            return NULL;
    }
    close_gaps(payload);
    return json_incref(root);
}

/* Packs what the outbox will put a source and a sequence in front of. */
static bool pack(const Sanling__V1__Event *message, uint8_t **content, size_t *size, struct reason *reason)
{
    enum { ENVELOPE_ROOM = 128 }; /* source and sequence come in front */
    *size = sanling__v1__event__get_packed_size(message);
    if (*size > WIRE_EVENT_SIZE_MAX - ENVELOPE_ROOM)
        return reason_set(reason, REASON_TOO_LARGE, "这一行的内容太长", "the row is too long for an event");
    *content = malloc(*size + 1);
    if (*content == NULL)
        return out_of_memory(reason);
    (void)sanling__v1__event__pack(message, *content);
    return true;
}

static bool encode(struct translator *translator, const json_t *json, struct translated_event *event,
                   struct reason *reason)
{
    struct fault fault;
    wire_arena_reset(translator->arena);
    Sanling__V1__Event *message =
        (Sanling__V1__Event *)json_to_message(&sanling__v1__event__descriptor, json, translator->arena, &fault);
    if (message == NULL)
        return reason_set(reason, REASON_BAD_VALUE, "不合约定：%s", "not as the contract says: %s", fault.text);
    if (!pack(message, &event->content, &event->size, reason))
        return false;
    message->payload_case = SANLING__V1__EVENT__PAYLOAD__NOT_SET; /* its number is above all others: it stands last */
    event->envelope_size = sanling__v1__event__get_packed_size(message);
    return true;
}

bool translate_correction(struct translator *translator, const struct translated_event *event, uint64_t target,
                          const char *reason_code, uint8_t **content, size_t *size, struct reason *reason)
{
    wire_arena_reset(translator->arena);
    const Sanling__V1__Event *corrected = (const Sanling__V1__Event *)wire_unpack(
        translator->arena, &sanling__v1__event__descriptor, event->content, event->size, &wire_event_limits, NULL);
    if (corrected == NULL)
        return out_of_memory(reason);
    Sanling__V1__EventCorrected correction = SANLING__V1__EVENT_CORRECTED__INIT;
    correction.target = target;
    correction.reason_code = (char *)(uintptr_t)reason_code;
    correction.replacement = (ProtobufCBinaryData){.data = event->content, .len = event->size};
    Sanling__V1__Event message = SANLING__V1__EVENT__INIT;
    message.occurred_at = corrected->occurred_at;
    message.utc_offset_minutes = corrected->utc_offset_minutes;
    message.unit = corrected->unit;
    message.matter = corrected->matter;
    message.mode = corrected->mode;
    message.payload_case = SANLING__V1__EVENT__PAYLOAD_EVENT_CORRECTED;
    message.event_corrected = &correction;
    return pack(&message, content, size, reason);
}

static bool translate_event(struct translator *translator, const struct sheet *sheet, const struct row *row,
                            struct translated_event *result, struct reason *reason)
{
    const struct mapping_event *event = result->event;
    CLEANUP(field_values_clear) struct field_values values = {0};
    for (size_t i = 0; i < event->field_count; i++)
        if (!read_field(translator, sheet, row, &event->fields[i], &values.values[i], reason))
            return false;
    CLEANUP(json_release) json_t *json = assemble(translator, event, &values);
    return json == NULL ? out_of_memory(reason) : encode(translator, json, result, reason);
}

/* Cells beyond the header: what stands there belongs to no column, and the row may be shifted. */
static bool fits_header(const struct sheet *sheet, const struct row *row, struct reason *reason)
{
    const char *const *names;
    const size_t count = sheet_header(sheet, &names);
    for (size_t i = count; i < row->cell_count; i++) {
        CLEANUP(text_free) char *compared = text_compared(row->cells[i]);
        if (compared != NULL && compared[0] != '\0')
            return reason_set(reason, REASON_MALFORMED, "这一行比表头长：第 %zu 列有内容，表头只有 %zu 列",
                              "the row is longer than the header: column %zu is filled, the header has %zu", i + 1,
                              count);
    }
    return true;
}

bool translate_row(struct translator *translator, const struct sheet *sheet, const struct row *row,
                   struct translated_row *result, struct reason *reason)
{
    *result = (struct translated_row){0};
    if (row->flaw != NULL) {
        *reason = *row->flaw;
        return false;
    }
    if (!fits_header(sheet, row, reason) || !translate_identify(sheet, row, result, reason))
        return false;
    for (size_t i = 0; i < result->count; i++) {
        if (!translate_event(translator, sheet, row, &result->events[i], reason)) {
            translated_row_clear(result);
            return false;
        }
    }
    return true;
}

bool translate_attestation(struct translator *translator, const struct mapping_attest *attest, int32_t from_day,
                           int32_t to_day, struct translated_row *result, struct reason *reason)
{
    char from[DAY_TEXT_SIZE];
    char to[DAY_TEXT_SIZE];
    char drawn_up[TIME_TEXT_SIZE];
    day_format(from_day, from);
    day_format(to_day, to);
    /* The end of the period: not in the future once the days are closed, and the same whenever it is computed. */
    moment_format_utc(&(struct moment){.day = to_day + 1}, translator->utc_offset_minutes, drawn_up);
    CLEANUP(json_release)
    json_t *json =
        json_pack("{s:s, s:i, s:s, s:{s:s, s:b, s:s, s:s, s:s, s:b}}", "occurred_at", drawn_up, "utc_offset_minutes",
                  translator->utc_offset_minutes, "unit", attest->unit, "zero_attested", "zero", attest->zero, "scope",
                  attest->scope, "from_day", from, "to_day", to, "basis", attest->basis, "by_system", true);
    *result = (struct translated_row){.count = 1};
    result->events[0].identity = strdup("ZeroAttested#file");
    if (json == NULL || result->events[0].identity == NULL ||
        asprintf(&result->key, "%s" KEY_SEPARATOR "%s" KEY_SEPARATOR "%s" KEY_SEPARATOR "%s", attest->zero,
                 attest->unit, from, to) < 0) {
        result->key = NULL;
        translated_row_clear(result);
        return out_of_memory(reason);
    }
    if (encode(translator, json, &result->events[0], reason))
        return true;
    translated_row_clear(result);
    return false;
}
