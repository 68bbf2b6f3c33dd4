/* Without memory nothing gets another answer: what decodes and reads says that memory was lacking, or ends; it calls
 * nothing damaged, wrong or personal that is not, and lets nothing pass that was not looked at. */
#include "scarce.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "access.h"
#include "backup.h"
#include "config.h"
#include "county.h"
#include "decode.h"
#include "folder.h"
#include "json.h"
#include "log/sha256.h"
#include "personal.h"
#include "policy_file.h"
#include "store/state_store.h"
#include "stored_rejection.h"

#define LONG_TEXT                                                                                                                                                        \
    "甲村第三网格入户走访时群众反映的问题已当面答复，下午在村委会会议室开会研究整改措施并明确了责任人和完成时限，" \
    "会后由网格员逐户回访，回访情况记入台账"

struct place {
    char folder[FOLDER_PATH_SIZE];
    char path[512];
    struct wire_writer bytes;
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    folder_make(place->folder);
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    folder_remove(place->folder);
    wire_writer_release(&place->bytes);
    free(place);
    return 0;
}

/* ---- YAML ---- */

static void try_policy(void *path, char outcome[static SCARCE_OUTCOME_SIZE])
{
    struct fault fault;
    struct policy policy;
    char *text = NULL;
    if (!policy_read(path, &policy, &text, &fault)) {
        scarce_fault(&fault, outcome);
        return;
    }
    snprintf(outcome, SCARCE_OUTCOME_SIZE, "version %s", policy.version);
    free(text);
}

static void a_policy_is_not_called_wrong(void **unused)
{
    (void)unused;
    scarce_sweep(try_policy, SOURCE_FOLDER "/deploy/policy/default.yaml");
}

static void try_access(void *path, char outcome[static SCARCE_OUTCOME_SIZE])
{
    struct fault fault;
    struct access *access = access_read(path, &fault);
    if (!access) {
        scarce_fault(&fault, outcome);
        return;
    }
    snprintf(outcome, SCARCE_OUTCOME_SIZE, "%zu identities", access_count(access));
    access_close(&access);
}

static void nobody_is_turned_away_for_a_file_that_was_not_read(void **state)
{
    static const char text[] =
        "identities:\n"
        "  - {name: operator, key: 'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7', role: operator, office: OPERATOR}\n"
        "  - {name: safety, key: 'sq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7', role: publisher, office: WORK_SAFETY, "
        "types: [HazardFound, HazardClosed]}\n";
    struct place *place = *state;
    file_write(folder_file(place->folder, "access.yaml", place->path), text, strlen(text));
    scarce_sweep(try_access, place->path);
}

static void try_config(void *path, char outcome[static SCARCE_OUTCOME_SIZE])
{
    struct fault fault;
    struct config config;
    if (config_read(path, &config, &fault))
        snprintf(outcome, SCARCE_OUTCOME_SIZE, "%.200s %.200s", config.data, config.listen);
    else
        scarce_fault(&fault, outcome);
}

static void a_configuration_is_not_called_wrong(void **state)
{
    static const char text[] = "data: data\nlisten: tcp://127.0.0.1:*\nlimits: {sessions: 4}\n";
    struct place *place = *state;
    file_write(folder_file(place->folder, "hub.yaml", place->path), text, strlen(text));
    scarce_sweep(try_config, place->path);
}

/* ---- what must not be sent ---- */

static void try_personal(void *text, char outcome[static SCARCE_OUTCOME_SIZE])
{
    const char *words = text;
    snprintf(outcome, SCARCE_OUTCOME_SIZE, "%s, of a code %s, of bytes %s", personal_name_en(personal_find(words)),
             personal_name_en(personal_find_in_code(words)),
             personal_name_en(personal_find_in_bytes(text, strlen(words))));
}

static void personal_data_neither_passes_unseen_nor_is_seen_where_none_is(void **unused)
{
    static char *const texts[] = {
        LONG_TEXT, LONG_TEXT "１１０１０５１９４９１２３１００２Ｘ" LONG_TEXT, LONG_TEXT "晋Ａ１２３４５",
        "from 1 to 2 and on to 3, 40 or 50, 600 of 700, 8000 of 9000: all of it was looked at on the spot, twice"};
    (void)unused;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        scarce_sweep(try_personal, texts[i]);
}

/* ---- events ---- */

static void try_decoding(void *context, char outcome[static SCARCE_OUTCOME_SIZE])
{
    const struct wire_writer *bytes = context;
    struct decoded decoded;
    struct decoder *decoder = decoder_open();
    (void)!decode_event(decoder, bytes->bytes, bytes->size, &decoded);
    snprintf(outcome, SCARCE_OUTCOME_SIZE, "%d %s", (int)decoded.code, decoded.text);
    decoder_close(&decoder);
}

static void put_event(struct wire_writer *bytes, const Sanling__V1__Event *event)
{
    uint8_t *packed = malloc(sanling__v1__event__get_packed_size(event));
    assert_non_null(packed);
    bytes->bytes = packed;
    bytes->size = sanling__v1__event__pack(event, packed);
}

static Sanling__V1__Event envelope(Google__Protobuf__Timestamp *time)
{
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    google__protobuf__timestamp__init(time);
    time->seconds = 1580000000;
    event.source = "test-yu";
    event.sequence = 7;
    event.occurred_at = time;
    event.note = LONG_TEXT;
    return event;
}

static void an_event_is_not_rejected(void **state)
{
    struct place *place = *state;
    Google__Protobuf__Timestamp time;
    Sanling__V1__Event event = envelope(&time);
    Sanling__V1__DayClosed closed = SANLING__V1__DAY_CLOSED__INIT;
    closed.day = "2020-01-25";
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_DAY_CLOSED;
    event.day_closed = &closed;
    put_event(&place->bytes, &event);
    scarce_sweep(try_decoding, &place->bytes);
}

static void a_policy_that_is_adopted_is_not_rejected(void **state)
{
    struct place *place = *state;
    size_t size;
    uint8_t hash[SHA256_SIZE];
    Google__Protobuf__Timestamp time;
    Sanling__V1__Event event = envelope(&time);
    Sanling__V1__PolicyAdopted adopted = SANLING__V1__POLICY_ADOPTED__INIT;
    adopted.text = (char *)file_read(SOURCE_FOLDER "/deploy/policy/default.yaml", &size);
    sha256_of(adopted.text, size, hash);
    adopted.sha256 = (ProtobufCBinaryData){.data = hash, .len = sizeof hash};
    adopted.version = "another";
    adopted.effective_from = "2020-01-01";
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_POLICY_ADOPTED;
    event.policy_adopted = &adopted;
    put_event(&place->bytes, &event);
    free(adopted.text);
    scarce_sweep(try_decoding, &place->bytes);
}

static void try_rejection(void *context, char outcome[static SCARCE_OUTCOME_SIZE])
{
    const struct wire_writer *bytes = context;
    const struct log_rejection stored = {.number = 1, .bytes = bytes->bytes, .size = bytes->size};
    Sanling__V1__Rejection *rejection = stored_rejection_read(&stored);
    snprintf(outcome, SCARCE_OUTCOME_SIZE, "%s", rejection ? rejection->text : "none");
    if (rejection)
        sanling__v1__rejection__free_unpacked(rejection, NULL);
}

static void a_rejection_is_not_called_damaged(void **state)
{
    struct place *place = *state;
    Sanling__V1__Publisher publisher = SANLING__V1__PUBLISHER__INIT;
    Sanling__V1__Rejection rejection = SANLING__V1__REJECTION__INIT;
    publisher.identity = "safety";
    rejection.publisher = &publisher;
    rejection.source = "safety-yu";
    rejection.text = "unit: 14032299 is not known";
    place->bytes.bytes = malloc(sanling__v1__rejection__get_packed_size(&rejection));
    assert_non_null(place->bytes.bytes);
    place->bytes.size = sanling__v1__rejection__pack(&rejection, place->bytes.bytes);
    scarce_sweep(try_rejection, &place->bytes);
}

/* ---- files of the data folder ---- */

static void try_restoration(void *folder, char outcome[static SCARCE_OUTCOME_SIZE])
{
    struct fault fault;
    struct restorations restorations;
    json_end_without_memory();
    if (backup_read_restorations(folder, &restorations, &fault))
        snprintf(outcome, SCARCE_OUTCOME_SIZE, "%zu: %s", restorations.count, restorations.each[0].name);
    else
        scarce_fault(&fault, outcome);
}

static void a_restoration_is_not_called_damaged(void **state)
{
    static const char text[] = "{\"position\":\"17\",\"restoration\":\"ab12\"}";
    struct place *place = *state;
    file_write(folder_file(place->folder, "restored.json", place->path), text, strlen(text));
    scarce_sweep(try_restoration, place->folder);
}

static void try_state(void *folder, char outcome[static SCARCE_OUTCOME_SIZE])
{
    struct fault fault;
    struct log_head head;
    struct state state;
    struct state_store *store = state_store_open(folder);
    state_init(&state);
    if (state_store_read(store, &state, &head, &fault))
        snprintf(outcome, SCARCE_OUTCOME_SIZE, "position %llu", (unsigned long long)head.position);
    else
        scarce_fault(&fault, outcome);
    state_clear(&state);
    state_store_close(&store);
}

static void a_stored_state_is_not_called_damaged(void **state)
{
    struct place *place = *state;
    struct county county;
    struct fault fault;
    const struct policy policy = county_policy();
    county_open(&county, &policy, "2020-02-10");
    const struct event accident = county_opening(&county, MATTER_ACCIDENT, "a-1", CODE_ENTERPRISE);
    county_record(&county, &accident, OFFICE_WORK_SAFETY);
    const struct log_head head = {.position = county.state.heads.position};
    CLEANUP(snapshot_close) struct snapshot *snapshot = snapshot_open();
    CLEANUP(state_store_close) struct state_store *store = state_store_open(place->folder);
    snapshot_take(snapshot, &county.state);
    assert_true(state_store_write(store, snapshot, &head, &fault));
    county_close(&county);
    scarce_sweep(try_state, place->folder);
}

static void try_head(void *path, char outcome[static SCARCE_OUTCOME_SIZE])
{
    struct fault fault;
    struct log_head head;
    if (head_file_read(path, &head, &fault))
        snprintf(outcome, SCARCE_OUTCOME_SIZE, "position %llu", (unsigned long long)head.position);
    else
        scarce_fault(&fault, outcome);
}

static void the_head_of_the_log_is_not_called_damaged(void **state)
{
    struct place *place = *state;
    struct fault fault;
    struct head_file file;
    struct log_head head;
    const struct log_head written = {.position = 41};
    assert_true(head_file_open(folder_file(place->folder, "head", place->path), &file, &head, &fault));
    assert_true(head_file_write(&file, &written, &fault));
    head_file_close(&file);
    scarce_sweep(try_head, place->path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_policy_is_not_called_wrong),
        cmocka_unit_test_setup_teardown(nobody_is_turned_away_for_a_file_that_was_not_read, make_place, remove_place),
        cmocka_unit_test_setup_teardown(a_configuration_is_not_called_wrong, make_place, remove_place),
        cmocka_unit_test(personal_data_neither_passes_unseen_nor_is_seen_where_none_is),
        cmocka_unit_test_setup_teardown(an_event_is_not_rejected, make_place, remove_place),
        cmocka_unit_test_setup_teardown(a_policy_that_is_adopted_is_not_rejected, make_place, remove_place),
        cmocka_unit_test_setup_teardown(a_rejection_is_not_called_damaged, make_place, remove_place),
        cmocka_unit_test_setup_teardown(a_restoration_is_not_called_damaged, make_place, remove_place),
        cmocka_unit_test_setup_teardown(a_stored_state_is_not_called_damaged, make_place, remove_place),
        cmocka_unit_test_setup_teardown(the_head_of_the_log_is_not_called_damaged, make_place, remove_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
