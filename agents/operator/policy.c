/* sanlingctl policy adopt and show: the rules in force. */
#include "ask.h"
#include "commands.h"
#include "moment.h"
#include "proposals.h"
#include "publisher.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    POLICY_SIZE_MAX = 48 * 1024, /* PolicyAdopted.text */
    VALUE_SIZE = 128
};

/* A source belongs to one identity, and a policy needs two: each has its own. */
enum { SOURCE_SIZE = 65 };

/* The policy file and what PolicyAdopted says of it. */
struct policy {
    char text[POLICY_SIZE_MAX + 1];
    size_t size;
    char version[VALUE_SIZE];
    char effective_from[VALUE_SIZE];
};

/* What became of it. */
struct publication {
    struct tool *tool;
    char source[SOURCE_SIZE];
    uint64_t waits_at; /* position; 0: it waits for nobody */
    bool denied;       /* the identity may not adopt policies */
};

static int read_policy(struct policy *policy, const char *path)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return tool_report(STATUS_USAGE, "USAGE", "%s: %s", path, strerror(errno));
    policy->size = fread(policy->text, 1, sizeof policy->text, file);
    bool failed = ferror(file) != 0;
    fclose(file);
    if (failed)
        return tool_report(STATUS_USAGE, "USAGE", "%s: cannot be read", path);
    if (policy->size > POLICY_SIZE_MAX)
        return tool_report(STATUS_USAGE, "POLICY_INVALID", "%s: a policy has at most %d bytes", path, POLICY_SIZE_MAX);
    policy->text[policy->size] = '\0';
    if (memchr(policy->text, '\0', policy->size) != NULL)
        return tool_report(STATUS_USAGE, "POLICY_INVALID", "%s: is no text", path);
    return STATUS_DONE;
}

/* The value of a top-level `key: value` line, without quotes and comment. */
static bool find_value(const char *text, const char *key, char value[static VALUE_SIZE])
{
    size_t key_size = strlen(key);
    for (const char *line = text; line != NULL && *line != '\0';
         line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL) {
        if (strncmp(line, key, key_size) != 0 || line[key_size] != ':')
            continue;
        const char *start = line + key_size + 1;
        start += strspn(start, " \t");
        bool quoted = *start == '"' || *start == '\'';
        size_t size = quoted ? strcspn(start + 1, *start == '"' ? "\"\n" : "'\n") : strcspn(start, "#\r\n");
        start += quoted ? 1 : 0;
        while (!quoted && size > 0 && (start[size - 1] == ' ' || start[size - 1] == '\t'))
            size--;
        if (size == 0 || size >= VALUE_SIZE)
            return false;
        memcpy(value, start, size);
        value[size] = '\0';
        return true;
    }
    return false;
}

static int read_heading(struct policy *policy, const char *path)
{
    if (!find_value(policy->text, "version", policy->version))
        return tool_report(STATUS_USAGE, "POLICY_INVALID", "%s: has no line `version: …`", path);
    if (!find_value(policy->text, "effective_from", policy->effective_from) || !day_is_valid(policy->effective_from))
        return tool_report(STATUS_USAGE, "POLICY_INVALID", "%s: has no line `effective_from: YYYY-MM-DD`", path);
    return STATUS_DONE;
}

static void show_outcome(void *context, uint64_t sequence, const Sanling__V1__Outcome__Run *run, uint64_t position)
{
    struct publication *publication = context;
    if (run->pending && position > 0)
        publication->waits_at = position;
    publication->denied = run->code == SANLING__V1__CODE__KIND__NOT_PERMITTED;
    if (publication->tool->json) {
        Sanling__V1__Outcome outcome = SANLING__V1__OUTCOME__INIT;
        Sanling__V1__Outcome__Run one = *run;
        Sanling__V1__Outcome__Run *runs[] = {&one};
        one.first_position = position;
        outcome.source = publication->source;
        outcome.first_sequence = sequence;
        outcome.runs = runs;
        outcome.n_runs = 1;
        tool_print_json(&outcome.base);
    } else if (position > 0 && !run->pending) {
        printf("已启用，位置 %" PRIu64 "  adopted, position %" PRIu64 "\n", position, position);
    } else if (position == 0) {
        printf("未启用 not adopted, %s: %s\n", tool_code_name(run->code), run->text);
    }
}

static int publish_policy(struct tool *tool, struct policy *policy)
{
    uint8_t sha256[crypto_hash_sha256_BYTES];
    Sanling__V1__PolicyAdopted adopted = SANLING__V1__POLICY_ADOPTED__INIT;
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    struct publisher *publisher;
    struct publication publication = {.tool = tool};
    crypto_hash_sha256(sha256, (const uint8_t *)policy->text, policy->size);
    adopted.version = policy->version;
    adopted.effective_from = policy->effective_from;
    adopted.sha256 = (ProtobufCBinaryData){.len = sizeof sha256, .data = sha256};
    adopted.text = policy->text;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_POLICY_ADOPTED;
    event.policy_adopted = &adopted;
    event.utc_offset_minutes = ZONE_OFFSET_MINUTES;
    int status = tool_connect(tool, NULL);
    if (status != STATUS_DONE)
        return status;
    snprintf(publication.source, sizeof publication.source, "policy/%s", sanling_welcome(tool->hub)->identity);
    sanling_close(&tool->hub); /* the next welcome tells how far this source is */
    status = publisher_open(&publisher, tool, publication.source, show_outcome, &publication);
    if (status != STATUS_DONE)
        return status;
    /* Of this moment, by the hub's clock, which may not be ours. */
    Google__Protobuf__Timestamp now = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    event.occurred_at = sanling_welcome(tool->hub)->time != NULL ? sanling_welcome(tool->hub)->time : &now;
    status = publisher_add(publisher, &event);
    if (status == STATUS_DONE)
        status = publisher_finish(publisher);
    publisher_close(&publisher);
    if (publication.denied)
        status = STATUS_REFUSED;
    if (status == STATUS_DONE && publication.waits_at > 0 && !tool->json)
        status = proposal_print_waiting(tool, publication.waits_at);
    return status;
}

int policy_publish(struct tool *tool, const char *path, const char *text)
{
    struct policy *policy = calloc(1, sizeof *policy);
    if (policy == NULL)
        return tool_report(STATUS_NO, "SYSTEM", "no memory");
    policy->size = strnlen(text, POLICY_SIZE_MAX);
    memcpy(policy->text, text, policy->size);
    int status = read_heading(policy, path);
    if (status == STATUS_DONE)
        status = publish_policy(tool, policy);
    free(policy);
    return status;
}

int run_policy_adopt(struct tool *tool, int argc, char **argv)
{
    const char *words[1];
    tool_parse_words(
        tool, argc, argv, "FILE",
        "Examples:\n"
        "  sanlingctl policy check policy.yaml && sanlingctl policy adopt policy.yaml\n"
        "\n"
        "Puts a policy into force: the whole file is recorded in the log. It holds from the day that its line "
        "effective_from names. The first policy of a log holds at once; any other waits until a second operator "
        "confirms it.",
        1, 1, words);
    struct policy *policy = calloc(1, sizeof *policy);
    if (policy == NULL)
        return tool_report(STATUS_NO, "SYSTEM", "no memory");
    int status = read_policy(policy, words[0]);
    if (status == STATUS_DONE)
        status = read_heading(policy, words[0]);
    if (status == STATUS_DONE)
        status = publish_policy(tool, policy);
    free(policy);
    return status;
}

/* The text on standard output is the file as it was adopted, to the byte; what is said about it goes beside it. */
static void print_policy(const Sanling__V1__PolicyAnswer *policy)
{
    fwrite(policy->text, 1, strlen(policy->text), stdout);
    fflush(stdout);
    if (!isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "规则 policy %s（%s），自 from %s，位置 position %" PRIu64 "，sha256 ", policy->version,
            policy->preset, policy->effective_from, policy->position);
    for (size_t i = 0; i < policy->sha256.len; i++)
        fprintf(stderr, "%02x", policy->sha256.data[i]);
    fputc('\n', stderr);
}

int run_policy_show(struct tool *tool, int argc, char **argv)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__PolicyQuery ask = SANLING__V1__POLICY_QUERY__INIT;
    struct answer answer;
    tool_parse_words(tool, argc, argv, "", "The policy in force, as it was adopted.", 0, 0, NULL);
    query.ask_case = SANLING__V1__QUERY__ASK_POLICY;
    query.policy = &ask;
    int status = tool_ask(tool, &query, &sanling__v1__policy_answer__descriptor, &answer);
    if (status != STATUS_DONE)
        return status;
    const Sanling__V1__PolicyAnswer *policy = (const Sanling__V1__PolicyAnswer *)answer.body;
    if (tool->json)
        tool_print_json(answer.body);
    else if (policy->position == 0)
        status = tool_report(STATUS_NO, "NO", "no policy is adopted yet; try: sanlingctl policy adopt FILE");
    else
        print_policy(policy);
    answer_clear(&answer);
    return status;
}
