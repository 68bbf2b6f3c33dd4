#include "record_line.h"

#include "moment.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const ProtobufCMessage *payload_of(const Sanling__V1__Event *event)
{
    return event->payload_case == SANLING__V1__EVENT__PAYLOAD__NOT_SET
               ? NULL
               : (const ProtobufCMessage *)event->policy_adopted; /* all members are messages */
}

/* Long texts, such as a whole policy, are cut: the line is for reading. */
static void print_payload(const ProtobufCMessage *payload)
{
    enum { TEXT_SHOWN = 300 };
    char *text = sanling_json_from_message(payload);
    size_t size = text != NULL ? strlen(text) : 0;
    size_t end = size < TEXT_SHOWN ? size : TEXT_SHOWN;
    while (end < size && end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
        end--;
    if (text != NULL && strcmp(text, "{}") != 0)
        printf("  %.*s%s", (int)end, text, end < size ? "…" : "");
    free(text);
}

void record_line_print(const Sanling__V1__Record *record, const struct answer *catalogue)
{
    const Sanling__V1__Event *event = record->event;
    const ProtobufCMessage *payload = event != NULL ? payload_of(event) : NULL;
    const char *name = payload != NULL ? payload->descriptor->short_name : "?";
    char recorded[MOMENT_TEXT_SIZE];
    char occurred[MOMENT_TEXT_SIZE];
    moment_format(record->recorded_at, recorded);
    moment_format(event != NULL ? event->occurred_at : NULL, occurred);
    printf("%" PRIu64 "  %s  %s %s", record->position, recorded, event_label(catalogue, name), name);
    if (event != NULL) {
        printf("  %s  发生 occurred %s  %s#%" PRIu64, event->unit[0] != '\0' ? event->unit : "–", occurred,
               event->source, event->sequence);
        if (event->matter[0] != '\0')
            printf("  %s", event->matter);
        if (event->mode != SANLING__V1__MODE__KIND__ACTUAL)
            printf("  【%s】", event->mode == SANLING__V1__MODE__KIND__EXERCISE ? "演练 EXERCISE" : "测试 TEST");
        if (payload != NULL)
            print_payload(payload);
    }
    putchar('\n');
}
