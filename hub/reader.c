#include "reader.h"
#include "log/log_view.h"

#include <czmq.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "delivery.h"
#include "domain/ordinal_index.h"
#include "encoded_blocks.h"
#include "handover.h"
#include "outcome.h"
#include "query.pb-c.h"
#include "record.pb-c.h"
#include "stored_rejection.h"

/* Field numbers of the messages written here by hand, so that rejections are forwarded as they are stored. */
enum { HUB_ANSWER = 6, TIMESTAMP_SECONDS = 1, TIMESTAMP_NANOS = 2 };

struct reader {
    zactor_t *actor;
    int busy;
};

struct read_request *read_request_open(enum read_kind kind, const struct peer *peer)
{
    struct read_request *request = calloc(1, sizeof *request);
    if (!request)
        abort();
    request->kind = kind;
    request->peer = *peer;
    return request;
}

void read_request_close(struct read_request **request)
{
    if (!*request)
        return;
    if ((*request)->kind == READ_REPLAY)
        free((*request)->replay.filter.units);
    if ((*request)->kind == READ_COMPARISON) {
        free((*request)->comparison.events);
        zmq_msg_close(&(*request)->comparison.message);
    }
    wire_writer_release(&(*request)->message);
    free((*request)->query);
    free(*request);
    *request = NULL;
}

static void write_timestamp(struct wire_writer *writer, uint32_t field, int64_t time_us)
{
    size_t message = wire_begin_message(writer, field);
    int64_t seconds = time_us / 1000000;
    int64_t rest = time_us % 1000000;
    if (rest < 0) {
        seconds--;
        rest += 1000000;
    }
    wire_put_varint_field(writer, TIMESTAMP_SECONDS, (uint64_t)seconds);
    if (rest != 0)
        wire_put_varint_field(writer, TIMESTAMP_NANOS, (uint64_t)rest * 1000);
    wire_end_message(writer, message);
}

/* The entry holds a hash of the matter only: the event itself decides. */
static bool same_matter(struct decoder *decoder, const struct record_filter *filter, const struct block_view *block,
                        const struct block_entry *entry)
{
    struct decoded decoded;
    bool same = decode_event(decoder, block->bytes + entry->offset, entry->size, &decoded) &&
                strcmp(decoded.event.matter, filter->matter) == 0;
    decoder_reset(decoder);
    return same;
}

bool record_filter_matches(struct decoder *decoder, const struct record_filter *filter, const struct block_view *block,
                           uint32_t index)
{
    const struct block_entry *entry = &block->entries[index];
    office_set concerned = entry->routed_to | OFFICE_BIT(entry->office);
    if ((entry->flags & ENTRY_RESTRICTED) && !(concerned & OFFICE_BIT(filter->viewer)))
        return false;
    if ((entry->flags & ENTRY_DRILL) && !filter->drills)
        return false;
    if (!filter->all_kinds && !(entry->kind < EVENT_KIND_LIMIT && filter->kinds[entry->kind]))
        return false;
    if (filter->publishers && !(filter->publishers & OFFICE_BIT(entry->office)))
        return false;
    if (filter->inbox && !(filter->inbox & entry->routed_to))
        return false;
    if (filter->units &&
        !(entry->unit < filter->unit_count && (filter->units[entry->unit / 64] >> (entry->unit % 64) & 1)))
        return false;
    return filter->matter_hash == 0 ||
           (filter->matter_hash == entry->matter_hash && same_matter(decoder, filter, block, entry));
}

/* What looking up a segment in the index counts as, in records looked at, and a block that is read for a few of its. */
enum { LOOKED_AT_FOR_LOOKING_UP = 256, LOOKED_AT_FOR_A_BLOCK = BLOCK_RECORDS };

/* A delivery being written. */
struct replaying {
    struct log_view *view;
    struct decoder *decoder;
    struct replay *replay;
    struct encoded_blocks *encoded;
    struct wire_writer *message;
    struct delivery_origin origin;
    bool everything; /* the filter names nothing */
    uint32_t looked_at;
    struct unit_hits hits; /* of the segment that was looked up last, if looked_up */
    bool looked_up;
};

static bool filter_is_open(const struct record_filter *filter)
{
    return filter->all_kinds && !filter->publishers && !filter->inbox && filter->matter_hash == 0 && !filter->units;
}

/* Neither a drill nor restricted: an open filter has nothing to look at. */
static bool matches(const struct replaying *replaying, const struct block_view *block, uint32_t index)
{
    return (replaying->everything && block->entries[index].flags == 0) ||
           record_filter_matches(replaying->decoder, &replaying->replay->filter, block, index);
}

static bool is_full(const struct replaying *replaying)
{
    const struct replay *replay = replaying->replay;
    return replay->delivered == replay->credit || replay->delivered == READER_RECORDS_MAX ||
           replaying->message->size > READER_BYTES_MAX;
}

static bool is_led(const struct replaying *replaying, uint64_t position)
{
    const struct unit_hits *hits = &replaying->hits;
    return replaying->looked_up && hits->indexed && hits->segment == unit_segment_of(position);
}

/* To the next position that may match, as far as the index leads; to the one behind `until` if there is none. */
static void follow_hits(struct replaying *replaying)
{
    struct replay *replay = replaying->replay;
    replay->next = unit_hits_next(&replaying->hits, replay->next);
    if (replay->next > replay->until + 1)
        replay->next = replay->until + 1;
}

/* The position was looked at. */
static void go_on(struct replaying *replaying)
{
    replaying->replay->next++;
    replaying->looked_at++;
    if (is_led(replaying, replaying->replay->next))
        follow_hits(replaying);
}

/* Writes what matches in one block. *full: the delivery is, or the replay is over. */
static bool replay_block(struct replaying *replaying, const struct block_view *block, bool *full, struct fault *fault)
{
    struct replay *replay = replaying->replay;
    const uint64_t last = block->header->first_position + block->header->count - 1;
    while (replay->next <= last && replay->next <= replay->until) {
        uint32_t index = (uint32_t)(replay->next - block->header->first_position);
        *full = true;
        if (block->entries[index].recorded_at_us > replay->until_time_us) {
            replay->ended = true;
            return true;
        }
        if (!log_view_fetch(replaying->view, index, fault))
            return false;
        if (matches(replaying, block, index)) {
            if (is_full(replaying))
                return true;
            delivery_add(replaying->message, &replaying->origin, block, index);
            replay->delivered++;
        }
        go_on(replaying);
    }
    *full = false;
    return true;
}

/* Whether the log's index is of use. Where the replay ends at a time every record must be looked at. */
static bool may_skip(const struct replay *replay)
{
    return replay->filter.few_units && replay->until_time_us == INT64_MAX;
}

/* Goes on to the next position that may match, by the log's index; to one behind `until` if there is none. */
static bool skip(struct replaying *replaying, struct fault *fault)
{
    struct replay *replay = replaying->replay;
    const struct record_filter *filter = &replay->filter;
    struct unit_hits *hits = &replaying->hits;
    while (replay->next <= replay->until && may_skip(replay) && replaying->looked_at < READER_LOOKED_AT_MAX) {
        const uint64_t segment = unit_segment_of(replay->next);
        if (!replaying->looked_up || hits->segment != segment) {
            const struct unit_search search = {.from = replay->next,
                                               .until = replay->until,
                                               .within = replay->until == replay->stop,
                                               .units = filter->units,
                                               .unit_count = filter->unit_count};
            if (!log_view_unit_hits(replaying->view, &search, hits, fault))
                return false;
            replaying->looked_up = true;
            replaying->looked_at += LOOKED_AT_FOR_LOOKING_UP;
        }
        if (!hits->indexed)
            return true;
        follow_hits(replaying);
        if (replay->next <= unit_segment_last(segment))
            break;
    }
    return true;
}

/* The block of the next position; the index knows where it begins. */
static bool view_block(struct replaying *replaying, struct block_view *block, struct fault *fault)
{
    const uint64_t position = replaying->replay->next;
    if (!is_led(replaying, position))
        return log_view_block(replaying->view, position, block, fault);
    replaying->looked_at += LOOKED_AT_FOR_A_BLOCK;
    return log_view_entries(replaying->view, position, &replaying->hits, block, fault);
}

/* Whether the replay wants everything there is at the end of the log, as all do who follow it. */
static bool follows(const struct replaying *replaying)
{
    enum { NEAR_THE_END = ENCODED_BLOCKS * BLOCK_RECORDS };
    const struct replay *replay = replaying->replay;
    return replaying->everything && replay->until_time_us == INT64_MAX && replay->until - replay->next < NEAR_THE_END;
}

/* Copies what the delivery has room for of an encoded block; false when it is full. */
static bool copy_block(struct replaying *replaying, const struct encoded_block *block)
{
    struct replay *replay = replaying->replay;
    if (is_full(replaying))
        return false;
    const uint32_t from = (uint32_t)(replay->next - block->first_position);
    const size_t start = from > 0 ? block->ends[from - 1] : 0;
    const uint32_t room = replay->credit < READER_RECORDS_MAX ? replay->credit : READER_RECORDS_MAX;
    uint32_t to = block->count;
    if (to - from > room - replay->delivered)
        to = from + room - replay->delivered;
    if (to - from > replay->until - replay->next + 1)
        to = from + (uint32_t)(replay->until - replay->next + 1);
    while (to > from + 1 && replaying->message->size + block->ends[to - 1] - start > READER_BYTES_MAX)
        to--;
    delivery_add_written(replaying->message, block->records.bytes + start, block->ends[to - 1] - start);
    replay->delivered += to - from;
    replay->next += to - from;
    replaying->looked_at += to - from;
    return to == block->count || replay->next > replay->until;
}

/* Writes what matches in the block of the next position. *full: the delivery is, or the replay is over. */
static bool read_block(struct replaying *replaying, bool *full, struct fault *fault)
{
    struct block_view block;
    const bool shared = follows(replaying);
    const struct encoded_block *encoded =
        shared ? encoded_blocks_find(replaying->encoded, replaying->replay->next) : NULL;
    if (!encoded) {
        if (!view_block(replaying, &block, fault))
            return false;
        encoded = shared ? encoded_blocks_add(replaying->encoded, &block) : NULL;
    }
    if (!encoded)
        return replay_block(replaying, &block, full, fault);
    *full = !copy_block(replaying, encoded);
    return true;
}

/* Reads until the delivery is full or over, or others must get their turn. */
static bool read_blocks(struct replaying *replaying, struct fault *fault)
{
    struct replay *replay = replaying->replay;
    while (replay->next <= replay->until && replaying->looked_at < READER_LOOKED_AT_MAX) {
        bool full = false;
        if (!skip(replaying, fault))
            return false;
        if (replay->next > replay->until)
            return true;
        if (!read_block(replaying, &full, fault))
            return false;
        if (full)
            return true;
    }
    return true;
}

static void read_replay(struct log_view *view, struct decoder *decoder, struct encoded_blocks *encoded,
                        struct read_request *request)
{
    struct replay *replay = &request->replay;
    struct replaying replaying;
    replaying.view = view;
    replaying.decoder = decoder;
    replaying.encoded = encoded;
    replaying.replay = replay;
    replaying.message = &request->message;
    replaying.origin.size = 0;
    replaying.everything = filter_is_open(&replay->filter);
    replaying.looked_at = 0;
    replaying.looked_up = false;
    replay->delivered = 0;
    delivery_begin(&request->message, replay->subscription, replay->expected);
    request->failed = !read_blocks(&replaying, &request->fault);
    log_view_end_search(view);
    if (request->failed)
        return;
    if (replay->next > replay->stop)
        replay->ended = true;
    delivery_end(&request->message, replay->next - 1, replay->ended);
    replay->expected = request->message.size;
}

/* What the log says about one number that was used. */
struct used_number {
    bool same;
    bool rejected;
    uint64_t place;
    Sanling__V1__Code__Kind code;
    char text[256];
};

struct found_rejection {
    uint64_t number;
    const struct resent *event;
    struct used_number *used;
    bool found;
};

static bool compare_rejection(const struct log_rejection *stored, void *context)
{
    struct found_rejection *search = context;
    if (stored->number != search->number)
        return false;
    Sanling__V1__Rejection *rejection = stored_rejection_read(stored);
    if (!rejection)
        return false;
    search->found = true;
    /* Of PERSONAL_DATA no bytes were kept: whatever comes under its number again is taken as the same. */
    search->used->same = rejection->code == SANLING__V1__CODE__KIND__PERSONAL_DATA ||
                         (rejection->event.len == search->event->size &&
                          memcmp(rejection->event.data, search->event->bytes, search->event->size) == 0);
    search->used->code = rejection->code;
    snprintf(search->used->text, sizeof search->used->text, "%s", rejection->text);
    sanling__v1__rejection__free_unpacked(rejection, NULL);
    return false;
}

static bool compare_one(struct log_view *view, const struct resent *event, struct used_number *used,
                        struct fault *fault)
{
    *used = (struct used_number){.rejected = event->rejected, .place = event->place};
    if (event->rejected) {
        struct found_rejection search = {.number = event->place, .event = event, .used = used};
        if (!log_view_rejections(view, event->place, compare_rejection, &search, fault))
            return false;
        return search.found ||
               fault_set(fault, FAULT_DAMAGED, "log: rejection %llu is missing", (unsigned long long)event->place);
    }
    struct block_view block;
    if (!log_view_block(view, event->place, &block, fault))
        return false;
    const struct block_entry *entry = &block.entries[event->place - block.header->first_position];
    used->same = entry->size == event->size && memcmp(block.bytes + entry->offset, event->bytes, event->size) == 0;
    return true;
}

static void add_comparison(struct outcome *outcome, const struct used_number *used)
{
    if (!used->same)
        outcome_negative(outcome, SANLING__V1__OUTCOME__RUN__KIND__REFUSED, 1, SANLING__V1__CODE__KIND__SEQUENCE_REUSED,
                         "other bytes were recorded under this number");
    else if (used->rejected)
        outcome_negative(outcome, SANLING__V1__OUTCOME__RUN__KIND__REJECTED, 1, used->code, used->text);
    else
        outcome_positive(outcome, SANLING__V1__OUTCOME__RUN__KIND__DUPLICATE, used->place, false);
}

static void read_comparison(struct log_view *view, struct read_request *request)
{
    struct comparison *comparison = &request->comparison;
    struct outcome outcome;
    outcome_begin(&outcome, comparison->source, comparison->first_sequence);
    for (uint32_t i = 0; i < comparison->count && !comparison->reused && !request->failed; i++) {
        struct used_number used;
        request->failed = !compare_one(view, &comparison->events[i], &used, &request->fault);
        if (request->failed)
            break;
        add_comparison(&outcome, &used);
        comparison->reused = !used.same;
        comparison->duplicate += used.same && !used.rejected;
        comparison->rejected_again += used.same && used.rejected;
    }
    outcome_end(&outcome, comparison->next_sequence, 0);
    request->message = outcome.writer;
}

struct page_writer {
    struct wire_writer *writer;
    const struct rejected_page *page;
    uint32_t count;
};

static bool page_rejection(const struct log_rejection *stored, void *context)
{
    struct page_writer *page = context;
    if (page->page->source[0]) {
        Sanling__V1__Rejection *rejection = stored_rejection_read(stored);
        bool wanted = rejection && strcmp(rejection->source, page->page->source) == 0;
        if (rejection)
            sanling__v1__rejection__free_unpacked(rejection, NULL);
        if (!wanted)
            return true;
    }
    wire_put_bytes_field(page->writer, 1, stored->bytes, stored->size);
    page->count++;
    return page->count < page->page->limit && page->writer->size < READER_BYTES_MAX;
}

static void read_rejected(struct log_view *view, struct read_request *request)
{
    const struct rejected_page *rejected = &request->rejected;
    struct wire_writer *writer = &request->message;
    size_t answer = wire_begin_message(writer, HUB_ANSWER);
    wire_put_varint_field(writer, 1, rejected->query);
    wire_put_varint_field(writer, 3, rejected->position);
    write_timestamp(writer, 4, rejected->time_us);
    if (rejected->demonstration)
        wire_put_varint_field(writer, 5, 1);
    size_t body = wire_begin_message(writer, 8);
    struct page_writer page = {.writer = writer, .page = rejected};
    if (!log_view_rejections(view, rejected->from, page_rejection, &page, &request->fault)) {
        request->failed = true;
        return;
    }
    wire_end_message(writer, body);
    wire_end_message(writer, answer);
}

static void read_time(struct log_view *view, struct read_request *request)
{
    struct block_view block;
    request->failed = !log_view_block(view, request->start.position, &block, &request->fault);
    if (!request->failed)
        request->start.time_us = block.entries[request->start.position - block.header->first_position].recorded_at_us;
}

static void serve(struct log_view *view, struct decoder *decoder, struct encoded_blocks *encoded,
                  struct read_request *request)
{
    request->failed = false;
    switch (request->kind) {
    case READ_REPLAY:
        read_replay(view, decoder, encoded, request);
        return;
    case READ_COMPARISON:
        read_comparison(view, request);
        return;
    case READ_REJECTED:
        read_rejected(view, request);
        return;
    case READ_START:
        request->failed = !log_view_at_time(view, request->start.time_us, request->start.last_position,
                                            &request->start.position, &request->fault);
        return;
    case READ_TIME:
        read_time(view, request);
        return;
    }
}

/* The next request. Where none comes for a while, the store gets back what it keeps for reading ahead. */
static struct read_request *await_request(void *socket, struct log_view *view)
{
    enum { REST_AFTER_MS = 500 };
    if (log_view_is_ahead(view) && !handover_wait(socket, REST_AFTER_MS))
        log_view_rest(view);
    return handover_take(socket, true);
}

static void run(zsock_t *pipe, void *log)
{
    void *socket = zsock_resolve(pipe);
    struct log_view *view = log_view_open(log);
    struct decoder *decoder = decoder_open();
    struct encoded_blocks *encoded = encoded_blocks_open();
    struct read_request *request;
    handover_name_thread("reader");
    zsock_signal(pipe, 0);
    log_view_read_ahead(view);
    while ((request = await_request(socket, view)) != NULL) {
        serve(view, decoder, encoded, request);
        handover_give(socket, request);
    }
    encoded_blocks_close(&encoded);
    decoder_close(&decoder);
    log_view_close(&view);
}

struct reader *reader_start(struct event_log *log, struct fault *fault)
{
    struct reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        abort();
    reader->actor = zactor_new(run, log);
    if (!reader->actor) {
        fault_set(fault, FAULT_SYSTEM, "log reader: cannot start its thread");
        free(reader);
        return NULL;
    }
    return reader;
}

void reader_stop(struct reader **reader)
{
    if (!*reader)
        return;
    while ((*reader)->busy > 0) {
        struct read_request *request = handover_take(reader_socket(*reader), true);
        (*reader)->busy--;
        read_request_close(&request);
    }
    zactor_destroy(&(*reader)->actor);
    free(*reader);
    *reader = NULL;
}

void reader_submit(struct reader *reader, struct read_request **request)
{
    handover_give(reader_socket(reader), *request);
    *request = NULL;
    reader->busy++;
}

struct read_request *reader_take(struct reader *reader)
{
    struct read_request *request = handover_take(reader_socket(reader), false);
    if (request)
        reader->busy--;
    return request;
}

void *reader_socket(const struct reader *reader)
{
    return zsock_resolve(reader->actor);
}

int reader_busy(const struct reader *reader)
{
    return reader->busy;
}
