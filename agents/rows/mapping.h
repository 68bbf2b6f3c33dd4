/* A mapping: which column of an office's sheet is which field, and which row is which event. One file for each kind of
 * sheet, YAML, read once, checked as a whole against the contract's descriptors; afterwards constant.
 *
 * FORMAT (OFFICES.md §2). Keys marked * are required. An unknown key, event type or field is refused with its line.
 *
 *   version: 1                    * always 1
 *   files: ["隐患台账*.csv"]      * names of the files it reads (fnmatch; * ? [..]); the first mapping that fits a
 *                                   name, in the order of the agent's `mappings`, reads the file.
 *                                   One that only a database uses has none (database_config.h); header_rows,
 *                                   ignore_rows, fill_down and attest mean nothing there.
 *   sheet: [隐患台账, "*月"]        names of the sheet in a workbook (fnmatch; compared after NFKC, without
 *                                   white space); the first that fits a visible sheet counts. Default: the only
 *                                   visible sheet that is not empty. Where several fit, the file is refused. Text
 *                                   files have no sheets.
 *   header_rows: 1                  1 (default) to 3. With more, the names of the rows are joined by `/` (a cell
 *                                   merged over columns, exported to text as one filled and empty ones, covers those
 *                                   on its right): 单位/编码. A header of fewer rows is found as well.
 *   key: [隐患编号]               * 1 to 8 columns that together name the row. The identity of an event is the
 *                                   source, the cells of these columns, the event type and its `part`. All key cells
 *                                   must be filled; one that a field reads as a day, time or unit code is compared as
 *                                   that, however it is written. The same identity with the same content is sent once,
 *                                   however often the file comes; twice in one file: both rows are rejected.
 *   on_change: reject               what to do with other content under a known identity.
 *                                   reject (default): the row is rejected (CHANGED).
 *                                   correct: it becomes EventCorrected, whose target is the original and whose time is
 *                                   the event's own; the log says when the correction came. A correction replaces the
 *                                   payload alone: where the unit, the time, the matter, the campaign or the note
 *                                   changed, the row is rejected, for it must be retracted and sent anew. Files of such
 *                                   a mapping wait until all earlier events are answered: only then is it known where
 *                                   an original stands.
 *                                   Neither is for a row that says what it said when it was sent: what a changed
 *                                   mapping reads otherwise in it is held back until the file is told to be sent again
 *                                   (--resend FILE; --try FILE shows it before).
 *   correct_reason: DATA_ERROR      the reason code of these corrections, of the policy; required with `correct`
 *   register: named                 which file is the former version of a register, whose rows are compared.
 *                                   named (default): the one of the same name.
 *                                   undated: the one of the same name without its ending, digits, 年 月 日 号 and
 *                                   punctuation: 隐患台账-2020-04.csv, then 隐患台账2020年5月.csv. Only for a register
 *                                   that comes whole each time.
 *   ignore_rows: [合计, 填表人]     a row whose first filled cell begins with one of these is skipped; a row that
 *                                   repeats the header is always skipped, so are empty rows
 *   empty: ["", "/", "—"]           cells that say nothing; this list is the default. The field is then absent.
 *   fill_down: [单位编码]           columns in which an empty cell takes the last filled one above it
 *   events:                       * 1 to 32; a row becomes every event whose `when` holds, in this order. A row is sent
 *                                   whole or, with one wrong cell, not at all.
 *     - type: HazardFound         * the payload's name in proto/event.proto
 *       part: A                     tells several events of one type and row apart (ConsentRecorded of A and B)
 *       optional: true              the sheet may lack the columns of this event: without those of its `when` it never
 *                                   happens. Needs a `when`.
 *       when:                       all must hold; absent: every row
 *         - {column: 状态, is: [已整改, 已销号]}   the cell is one of these (compared as headers are; "" is empty)
 *         - {column: 复查日期, filled: true}       the cell is filled (false: it is empty)
 *       fields:                     at most 64
 *         - {field: hazard, column: [隐患编号, 编号]}   column: names, the first one found in the header counts
 *         - {field: unit, column: [单位编码], as: unit_code}
 *         - {field: occurred_at, column: [发现时间], as: datetime}
 *         - {field: grade, column: [等级], values: [{is: [一般, 一般隐患], to: GENERAL}, {is: [重大], to: MAJOR}]}
 *         - {field: category, constant: FIRE}           instead of a column
 *         - {field: campaign, column: [专项行动], optional: true}
 *         - {field: casualties.deaths, column: [死亡人数], as: count, values: [{is: [无], to: "0"}]}
 *         - {field: members, column: [成员单位], as: list, values: [{is: [公安局], to: PUBLIC_SECURITY}]}
 *         - {field: counts.0.category, constant: THEFT}   element 0, 1 … of a repeated field, numbered without gaps
 *         - {field: counts.0.count, column: [盗窃警情], as: count}
 *         - {field: counts, column: [分类警情], as: pairs, values: [{is: [盗窃], to: THEFT}]}   盗窃:2、打架:1
 *   attest:                         the file as a whole states a zero (零报告): see below
 *     {zero: PETITION, basis: REGISTER_CHECKED, unit: "140322000000", scope: true}
 *
 * field      a field of the envelope (unit, matter, occurred_at, campaign, note, mode) or, dotted, of the payload, both
 *            by the names of the .proto files. Where a name is in both (DeadlinePassed.matter alone), the payload's
 *            counts.
 *            Every event needs `unit` and `occurred_at`, except types about no unit, which need `occurred_at`.
 * as         text       (default for strings and enums) the cell without spaces at its ends; for an enum a value's name
 *            unit_code  (default for `unit`) 12 or 15 digits, or 18 characters of GB 32100 with both check characters
 *            unit_name  a unit's name, alone or with the names of units above it in front (路家村镇示范村), or its
 *                       code: looked up in the `units` file of the agent's configuration. Two that fit: the row is
 *                       rejected and lists them; none: it lists the nearest.
 *            date       a day, for text fields (YYYY-MM-DD) and times (00:00 local of the agent's utc_offset_minutes)
 *            datetime   (default for times) a day with or without a time of day, local unless the cell says otherwise
 *            count      (default for numbers) a whole number 0 or more: 1,234 １２３ 3起 十二; positions too
 *            boolean    (default for booleans) 是 否 有 无 √ × true false yes no t f 1 0
 *            list       (default for repeated fields) items split at 、 , ; each taken as the element's type says
 *            unit_codes a list whose items are unit codes
 *            pairs      a list of messages with two fields: items like 盗窃:2, split at the last colon. `values` are
 *                       those of the first field; a first field `unit` is a unit code.
 *            base64     (default for bytes) text of RFC 4648, white space in it does not count
 *            hex        bytes as pairs of hexadecimal digits, white space and `:` between them do not count
 * within     for unit_name: columns as in `column`, whose cell is put in front of the name: [乡镇]
 * values     looked at first, before `empty`, `as` and everything else: cell → what stands in the .proto (always text;
 *            numbers and booleans in quotes or not). For text, enums and list items a cell outside `values` is
 *            rejected, never a default; for the other kinds `values` only adds words.
 * constant   text, taken as the field's type says; no column is read
 * optional   true: the column may be missing from the header. An empty cell leaves any field absent; but where the wire
 *            cannot tell absent from 0 or false (counts, booleans), an empty cell is rejected unless `optional` is
 *            true, so that silence never becomes a zero by itself. An element of a repeated message whose column is
 *            empty is left out as a whole.
 * serial     true, for date and datetime: a bare number is the day number of a spreadsheet (1900 system, from 61)
 * year       for date and datetime: the year of cells such as 4月3日
 *
 * attest: after all rows of the file were recorded by the hub and none was rejected, one ZeroAttested for the period
 * that the file's name holds: a month (2020-01, 2020年1月, 202001) or a day (2020-01-31, 2020年1月31日, 20200131). Its
 * occurred_at is the end of the period. Never for a file without a data row, or with a rejected one, or without a
 * period in its name: the report then says so. `unit` and `zero` and `basis` are required, `scope` is false by default.
 * The basis is REGISTER_CHECKED, and the event says by_system, for no person confirmed it: the hub takes it only where
 * the policy allows the office's own system to attest (attestation.by_system); elsewhere the report asks for a person.
 *
 * Headers and words are compared after NFKC, without white space, zero-width characters and `*`. */
#ifndef SANLING_MAPPING_H
#define SANLING_MAPPING_H

#include "fault.h"

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MAPPING_HEADER_ROWS_MAX = 3,
    MAPPING_KEY_MAX = 8,
    MAPPING_EVENTS_MAX = 32,
    MAPPING_FIELDS_MAX = 64,
    MAPPING_PATH_MAX = 4 /* steps from the event to a field */
};

enum field_kind {
    FIELD_TEXT,
    FIELD_UNIT_CODE,
    FIELD_UNIT_NAME,
    FIELD_DATE,
    FIELD_DATETIME,
    FIELD_COUNT,
    FIELD_BOOLEAN,
    FIELD_LIST,
    FIELD_UNIT_CODES,
    FIELD_PAIRS,
    FIELD_BASE64,
    FIELD_HEX
};

/* A cell's text, in compared form, and what stands for it. */
struct mapping_word {
    char *is;
    const char *to; /* borrowed from the loaded file */
};

/* Names under which one column may be found, best first. */
struct mapping_column {
    char **names;    /* as written, for people */
    char **compared; /* in compared form */
    size_t name_count;
    bool required;
    bool fill_down;
};

struct mapping_condition {
    size_t column;
    char **is; /* compared forms; "" fits an empty cell */
    size_t is_count;
    bool by_filled; /* then `filled` decides instead of `is` */
    bool filled;
};

/* One step of a path: a field of the message reached so far; element: its place in a repeated field, or -1. */
struct mapping_step {
    const ProtobufCFieldDescriptor *field;
    int element;
};

struct mapping_field {
    const char *path; /* as written */
    struct mapping_step steps[MAPPING_PATH_MAX];
    size_t step_count;
    bool envelope; /* of the event, not of its payload */
    enum field_kind kind;
    bool has_column;
    size_t column;
    bool has_within;
    size_t within;        /* of a unit's name: the column with what stands above it */
    const char *constant; /* where there is no column */
    struct mapping_word *words;
    size_t word_count;
    bool optional;
    bool serial;
    int32_t year; /* 0: none */
};

struct mapping_event {
    const ProtobufCFieldDescriptor *payload; /* member of the event's oneof */
    const char *type;
    const char *part; /* "" if none */
    bool optional;    /* its columns may be missing */
    struct mapping_condition *conditions;
    size_t condition_count;
    struct mapping_field *fields;
    size_t field_count;
};

struct mapping_attest {
    const char *zero;
    const char *basis;
    const char *unit;
    bool scope;
};

struct mapping_file; /* as loaded; the strings above live in it */

struct mapping {
    char *path;
    struct mapping_file *file;
    const char *const *globs;
    size_t glob_count;
    const char *const *sheets; /* patterns; none: the only visible sheet */
    size_t sheet_count;
    size_t header_rows;
    const char *correct_reason; /* of on_change: correct; NULL: changed rows are rejected */
    bool undated;               /* of register: a new date in a file's name makes no other register */
    struct mapping_column *columns;
    size_t column_count;
    size_t key[MAPPING_KEY_MAX]; /* columns */
    size_t key_count;
    char **ignored; /* compared forms */
    size_t ignored_count;
    char **empty; /* compared forms */
    size_t empty_count;
    struct mapping_event *events;
    size_t event_count;
    const struct mapping_attest *attest; /* NULL: none */
};

/* Loads and checks a mapping file. NULL: FAULT_USAGE with file, line and key, or FAULT_SYSTEM. */
struct mapping *mapping_load(const char *path, struct fault *fault);
/* Frees it and sets *mapping to NULL. A NULL mapping is fine. */
void mapping_free(struct mapping **mapping);
/* A kind as the format writes it: "unit_code". */
const char *mapping_kind_name(enum field_kind kind);
/* Whether a field of it needs units by name. */
bool mapping_needs_units(const struct mapping *mapping);
/* The kind of a member of a pair, of which the field is `pairs`. */
enum field_kind mapping_pair_kind(const ProtobufCFieldDescriptor *member);
/* Whether the mapping reads files of this name (without folder). */
bool mapping_reads(const struct mapping *mapping, const char *file_name);

/* Types about no unit (proto/event.proto): rules, campaigns, the yearly evaluation, and what targets a position. */
bool mapping_is_about_no_unit(const char *type);

#endif
