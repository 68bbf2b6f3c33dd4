#include "outcome.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Field numbers of the contract: Outcome is written by hand, run by run, without a list of runs in between. */
enum {
    HUB_OUTCOME = 2,
    OUTCOME_SOURCE = 1,
    OUTCOME_FIRST_SEQUENCE = 2,
    OUTCOME_RUNS = 3,
    OUTCOME_NEXT_SEQUENCE = 4,
    OUTCOME_RETRY_AFTER = 5
};

void outcome_begin(struct outcome *outcome, const char *source, uint64_t first_sequence)
{
    outcome->writer = (struct wire_writer){0};
    sanling__v1__outcome__run__init(&outcome->run);
    outcome->message = wire_begin_message(&outcome->writer, HUB_OUTCOME);
    wire_put_bytes_field(&outcome->writer, OUTCOME_SOURCE, source, strlen(source));
    wire_put_varint_field(&outcome->writer, OUTCOME_FIRST_SEQUENCE, first_sequence);
}

static void flush(struct outcome *outcome)
{
    uint8_t bytes[512];
    if (outcome->run.count == 0)
        return;
    size_t size = protobuf_c_message_get_packed_size(&outcome->run.base);
    if (size > sizeof bytes)
        abort(); /* texts are shorter than 256 bytes */
    protobuf_c_message_pack(&outcome->run.base, bytes);
    wire_put_bytes_field(&outcome->writer, OUTCOME_RUNS, bytes, size);
    outcome->run.count = 0;
}

void outcome_positive(struct outcome *outcome, Sanling__V1__Outcome__Run__Kind kind, uint64_t position, bool pending)
{
    Sanling__V1__Outcome__Run *run = &outcome->run;
    if (run->count > 0 && run->kind == kind && run->pending == pending &&
        run->first_position + run->count == position) {
        run->count++;
        return;
    }
    flush(outcome);
    sanling__v1__outcome__run__init(run);
    run->kind = kind;
    run->first_position = position;
    run->pending = pending;
    run->count = 1;
}

void outcome_negative(struct outcome *outcome, Sanling__V1__Outcome__Run__Kind kind, uint32_t count,
                      Sanling__V1__Code__Kind code, const char *text)
{
    flush(outcome);
    sanling__v1__outcome__run__init(&outcome->run);
    snprintf(outcome->text, sizeof outcome->text, "%s", text);
    outcome->run.kind = kind;
    outcome->run.count = count;
    outcome->run.code = code;
    outcome->run.text = outcome->text;
}

void outcome_end(struct outcome *outcome, uint64_t next_sequence, uint32_t retry_after_ms)
{
    flush(outcome);
    wire_put_varint_field(&outcome->writer, OUTCOME_NEXT_SEQUENCE, next_sequence);
    if (retry_after_ms > 0)
        wire_put_varint_field(&outcome->writer, OUTCOME_RETRY_AFTER, retry_after_ms);
    wire_end_message(&outcome->writer, outcome->message);
    if (outcome->writer.failed)
        abort(); /* no memory */
}
