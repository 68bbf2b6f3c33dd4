/* sanling-hub: options, signals, readiness, exit status. */
#include <czmq.h>
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certificate.h"
#include "command_line.h"
#include "config.h"
#include "hub.h"
#include "journal.h"
#include "json.h"
#include "language.h"
#include "log/log_view.h"
#include "policy_file.h"
#include "query.pb-c.h"
#include "recovery.h"
#include "secrecy.h"
#include "verify.h"

static volatile sig_atomic_t stop;
static volatile sig_atomic_t reload;

struct options {
    const char *config;
    const char *data;
    const char *policy;
    bool check;
    bool rebuild;
    bool verify;
    bool json;
    bool new_log_key;
    struct log_head at; /* --at: how far a rebuild goes */
    bool has_at;
    struct verify_request verified;
};

enum {
    OPTION_CHECK = 256,
    OPTION_REBUILD,
    OPTION_CHECK_POLICY,
    OPTION_JSON,
    OPTION_VERIFY,
    OPTION_FROM,
    OPTION_LOG_KEY,
    OPTION_NEW_LOG_KEY,
    OPTION_AT
};

static const struct argp_option option_list[] = {
    {"config", 'c', "FILE", 0, N_("Configuration (YAML)"), 0},
    {"data", 'd', "DIR", 0, N_("Data folder, with defaults for everything else; keys are made on first use"), 0},
    {"check", OPTION_CHECK, NULL, 0, N_("Check the configuration and end; nothing is written"), 0},
    {"rebuild", OPTION_REBUILD, NULL, 0,
     N_("Recompute all state from the log in --data, print its digest; 1 if it differs"), 0},
    {"at", OPTION_AT, "POSITION/REJECTIONS", 0,
     N_("With --rebuild: the state as of there, and then as of the log's end; nothing stored is compared"), 0},
    {"check-policy", OPTION_CHECK_POLICY, "FILE", 0, N_("Check a policy file and end"), 0},
    {"verify", OPTION_VERIFY, NULL, 0,
     N_("Compare the log in --data with its tree, its chain and its checkpoints; 5 with the first position that "
        "differs"),
     0},
    {"from", OPTION_FROM, "FILE", 0, N_("With --verify: a checkpoint that the log must go on from; 1 if it does not"),
     0},
    {"log-key", OPTION_LOG_KEY, "VKEY", 0,
     N_("With --verify: the log's verifier key, or a file with one or more; default: log.key.pub in --data"), 0},
    {"new-log-key", OPTION_NEW_LOG_KEY, NULL, 0,
     N_("Make the key that may sign the log next, beside the present one; print its verifier key, for two operators to "
        "agree on"),
     0},
    {"json", OPTION_JSON, NULL, 0, N_("With --rebuild, --verify or --check-policy: print JSON"), 0},
    {0}};

static void take_log_key(const char *text, struct options *options)
{
    struct fault fault = {0};
    if (!trusted_keys_add(&options->verified.keys, text, &fault))
        command_line_refuse("sanling-hub: --log-key: %s", fault.text);
}

static void take_at(const char *text, struct options *options)
{
    char rest;
    if (sscanf(text, "%" SCNu64 "/%" SCNu64 "%c", &options->at.position, &options->at.rejections, &rest) != 2)
        command_line_refuse("sanling-hub: --at: '%s' is no POSITION/REJECTIONS", text);
    options->has_at = true;
}

static error_t take_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case OPTION_AT:
        take_at(argument, options);
        return 0;
    case OPTION_VERIFY:
        options->verify = true;
        return 0;
    case OPTION_FROM:
        options->verified.from = argument;
        return 0;
    case OPTION_LOG_KEY:
        take_log_key(argument, options);
        return 0;
    case 'c':
        options->config = argument;
        return 0;
    case 'd':
        options->data = argument;
        return 0;
    case OPTION_NEW_LOG_KEY:
        options->new_log_key = true;
        return 0;
    case OPTION_CHECK:
        options->check = true;
        return 0;
    case OPTION_REBUILD:
        options->rebuild = true;
        return 0;
    case OPTION_CHECK_POLICY:
        options->policy = argument;
        return 0;
    case OPTION_JSON:
        options->json = true;
        return 0;
    case ARGP_KEY_ARG:
        command_line_refuse("%s: '%s' is one word too many", state->name, argument);
    case ARGP_KEY_END:
        if (!options->config && !options->data && !options->policy)
            command_line_refuse("%s: wants --config FILE or --data DIR", state->name);
        if (options->rebuild && !options->data)
            command_line_refuse("%s: --rebuild wants --data DIR", state->name);
        if (options->verify && !options->data)
            command_line_refuse("%s: --verify wants --data DIR", state->name);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child every_program[] = {{.argp = &command_line_argp}, {0}};

static const struct argp parser = {
    .options = option_list,
    .parser = take_option,
    .children = every_program,
    .doc = N_("Examples:\n"
              "  sanling-hub --config /etc/sanling/hub.yaml\n"
              "  sanling-hub --config /etc/sanling/hub.yaml --check\n"
              "  sanling-hub --data ./data\n"
              "      first steps: keys for hub and operator are made in ./data\n"
              "  sanling-hub --rebuild --data ./data\n"
              "\n"
              "Takes the offices' events, keeps them in a durable log, and computes the joint status of every unit.\v"
              "SIGTERM ends cleanly, SIGHUP reads the access file anew.\n"
              "Exit status: 0 done, 1 failed, 2 wrong usage or configuration, 5 data damaged."),
};

static int report(const struct fault *fault)
{
    return command_line_fail("sanling-hub", fault);
}

static void on_signal(int number)
{
    if (number == SIGHUP)
        reload = 1;
    else
        stop = 1;
}

/* A connection is a file. The usual thousand is what a single broken client opens; the hub's own bounds (sessions of an
 * identity, sessions) are to be met first. */
static void allow_connections(void)
{
    enum { CONNECTIONS_MAX = 65536 };
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    if (files.rlim_cur < CONNECTIONS_MAX)
        files.rlim_cur = files.rlim_max < CONNECTIONS_MAX ? files.rlim_max : CONNECTIONS_MAX;
    (void)setrlimit(RLIMIT_NOFILE, &files);
}

/* Large blocks come from the system one by one: so tables grow without being copied, what of them was never used takes
 * no memory, and what a burst needed goes back. By itself glibc raises the limit with each large block that is freed,
 * up to 32 MiB. The smaller ones stay, as long as they are not more than that together (hub.c looks each second): one
 * message after the other is received and written in the same memory, which would else be taken from the system, and
 * cleared by it, for each. */
static void keep_memory_small(void)
{
    enum { LARGE_BLOCK = 1 << 20 };
    mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
    mallopt(M_TRIM_THRESHOLD, 32 * LARGE_BLOCK);
}

/* On a terminal it is told how far a log was read. */
static void tell_reading(uint64_t position, uint64_t last)
{
    enum { STEP = 1 << 18 };
    if (isatty(STDERR_FILENO) && (position % STEP < 4096 || position == last))
        fprintf(stderr, "\r%" PRIu64 " / %" PRIu64 "%s", position, last, position == last ? "\n" : "");
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static zcert_t *make_key(const char *path, const char *name, const char *hub_key, struct fault *fault)
{
    zcert_t *key = zcert_new();
    if (!key)
        abort();
    zcert_set_meta(key, "name", "%s", name);
    if (hub_key)
        zcert_set_meta(key, "hub-key", "%s", hub_key);
    if (zcert_save_secret(key, path) != 0 || chmod(path, 0600) != 0) {
        fault_set(fault, FAULT_USAGE, "%s: %s", path, strerror(errno));
        zcert_destroy(&key);
    }
    return key;
}

/* First steps with --data: a key for the hub, and an operator who may do everything that operators do. */
static zcert_t *make_first_keys(const struct config *config, struct fault *fault)
{
    char path[CONFIG_PATH_SIZE + 16];
    mkdir(config->data, 0700);
    zcert_t *hub = make_key(config->key, "hub", NULL, fault);
    snprintf(path, sizeof path, "%s/operator.key", config->data);
    zcert_t *operator_key = hub ? make_key(path, "operator", zcert_public_txt(hub), fault) : NULL;
    FILE *access = operator_key ? fopen(config->access, "wx") : NULL;
    if (access) {
        fprintf(access, "identities:\n  - {name: operator, key: '%s', role: operator, office: OPERATOR}\n",
                zcert_public_txt(operator_key));
        fclose(access);
    }
    zcert_destroy(&operator_key);
    if (hub)
        fprintf(stderr, "sanling-hub: made %s and %s\n", config->key, path);
    return hub;
}

/* Before the first start with --data there is no key yet. */
static bool has_no_key_yet(const struct options *options, const struct config *config)
{
    struct stat status;
    return options->data && !options->config && stat(config->key, &status) != 0;
}

static bool read_key(const struct config *config, zcert_t **key, struct fault *fault)
{
    if (!certificate_check(config->key, fault))
        return false;
    *key = zcert_load(config->key);
    if (*key && strspn(zcert_secret_txt(*key), "0") != 40)
        return true;
    zcert_destroy(key);
    return fault_set(fault, FAULT_USAGE, "%s: no secret key in it; make one with 'sanlingctl keys new hub'",
                     config->key);
}

static bool load_key(const struct options *options, const struct config *config, zcert_t **key, struct fault *fault)
{
    if (!has_no_key_yet(options, config))
        return read_key(config, key, fault);
    *key = make_first_keys(config, fault);
    return *key != NULL;
}

/* What a start would read, without writing anything. */
static int check(const struct options *options, const struct config *config)
{
    struct fault fault = {0};
    zcert_t *key = NULL;
    if (has_no_key_yet(options, config))
        return 0;
    if (!config->plain && !read_key(config, &key, &fault))
        return report(&fault);
    zcert_destroy(&key);
    struct access *access = access_read(config->access, &fault);
    if (!access)
        return report(&fault);
    access_close(&access);
    return 0;
}

static int serve(const struct options *options, const struct config *config)
{
    struct fault fault = {0};
    zcert_t *key = NULL;
    if (!config->plain && !load_key(options, config, &key, &fault))
        return report(&fault);
    struct hub *hub = hub_open(config, key ? zcert_public_txt(key) : NULL, key ? zcert_secret_txt(key) : NULL, &fault);
    zcert_destroy(&key);
    if (!hub)
        return report(&fault);
    journal(JOURNAL_NOTICE, "listening at %s%s, position %" PRIu64 "; try: sanlingctl --hub %s status",
            hub_address(hub), config->plain ? " without encryption" : "", hub->durable.position, hub_address(hub));
    FILE *address = config->address_file[0] ? fopen(config->address_file, "w") : NULL;
    if (address) {
        fchmod(fileno(address), 0644); /* no secret: other users' tools look there */
        fprintf(address, "%s\n", hub_address(hub));
        fclose(address);
    }
    /* What failed is said first, and then nothing is closed: RocksDB aborts when a file is closed that could not be
     * written, and whatever closing would still write nobody was promised. */
    if (!hub_run(hub, &stop, &reload, &fault))
        _exit(report(&fault));
    hub_close(&hub);
    journal(JOURNAL_NOTICE, "ended");
    return 0;
}

static int new_log_key(const struct config *config)
{
    char verifier[NOTE_KEY_TEXT_SIZE];
    struct fault fault = {0};
    if (!log_key_prepare(config->log_key, verifier, &fault))
        return report(&fault);
    puts(verifier);
    return 0;
}

/* What the comparison came to; without a stored state there was none to compare. */
static const char *comparison(bool stored, bool same)
{
    if (!stored)
        return N_("no stored state was compared: there is none that could be used");
    return same ? N_("the stored state is the same") : N_("the stored state DIFFERS");
}

/* Recomputes the state from the whole log and compares it with the stored one read on to the same position. */
static int rebuild(const struct options *options)
{
    struct fault fault = {0};
    uint8_t digests[2][32];
    char hex[65];
    bool stored = false;
    CLEANUP(event_log_close) struct event_log *log = event_log_open(options->data, EVENT_LOG_READ_ONLY, &fault);
    if (!log)
        return report(&fault);
    struct log_head head = event_log_head(log);
    CLEANUP(log_view_close) struct log_view *view = log_view_open(log);
    if (!log_view_verify(view, &head, &fault))
        return report(&fault);
    CLEANUP(state_store_close) struct state_store *store = state_store_open(options->data);
    for (int fresh = 0; fresh < 2; fresh++) {
        struct ledger ledger;
        uint64_t began;
        ledger_open(&ledger);
        bool read = recover_state(&ledger, log, fresh ? NULL : store, &began, tell_reading, &fault);
        stored = stored || began > 0;
        if (read)
            ledger_digest(&ledger, digests[fresh]);
        ledger_close(&ledger);
        if (!read)
            return report(&fault);
    }
    bool same = memcmp(digests[0], digests[1], sizeof digests[0]) == 0;
    sodium_bin2hex(hex, sizeof hex, digests[1], sizeof digests[1]);
    if (options->json)
        printf("{\"position\":\"%" PRIu64 "\",\"digest\":\"%s\",\"form\":%d,\"stored\":%s,\"same\":%s}\n",
               head.position, hex, STATE_FORM, stored ? "true" : "false", stored && same ? "true" : "false");
    else
        printf("position %" PRIu64 "\ndigest   %s\n%s\n", head.position, hex, translated(comparison(stored, same)));
    return same ? 0 : 1;
}

static bool read_to(struct ledger *ledger, struct log_view *view, const struct log_head *head, char hex[static 65],
                    struct fault *fault)
{
    uint8_t digest[32];
    if (!ledger_read_log(ledger, view, head, tell_reading, fault))
        return false;
    ledger_digest(ledger, digest);
    sodium_bin2hex(hex, 65, digest, sizeof digest);
    return true;
}

/* The state as of a place in the log, and as of its end: what a backup is compared by. */
static int rebuild_at(const struct options *options)
{
    struct fault fault = {0};
    char at[65], end[65];
    struct ledger ledger;
    CLEANUP(event_log_close) struct event_log *log = event_log_open(options->data, EVENT_LOG_READ_ONLY, &fault);
    if (!log)
        return report(&fault);
    const struct log_head head = event_log_head(log);
    CLEANUP(log_view_close) struct log_view *view = log_view_open(log);
    if (head.position < options->at.position || head.rejections < options->at.rejections) {
        fault_set(&fault, FAULT_NO, "the log ends at position %" PRIu64 " and rejection %" PRIu64, head.position,
                  head.rejections);
        return report(&fault);
    }
    ledger_open(&ledger);
    const bool read = read_to(&ledger, view, &options->at, at, &fault) && read_to(&ledger, view, &head, end, &fault);
    if (read && options->json)
        printf("{\"at\":\"%s\",\"position\":\"%" PRIu64 "\",\"rejections\":\"%" PRIu64
               "\",\"digest\":\"%s\",\"form\":%d,\"demonstration\":%s}\n",
               at, head.position, head.rejections, end, STATE_FORM,
               ledger.state.heads.demonstration ? "true" : "false");
    else if (read)
        printf("%" PRIu64 " %s\n%" PRIu64 " %s\n", options->at.position, at, head.position, end);
    ledger_close(&ledger);
    return read ? 0 : report(&fault);
}

static void print_verified(const struct verify_result *result, const struct fault *fault)
{
    json_t *document =
        json_pack("{s:b, s:o, s:I, s:I, s:I, s:o*, s:b, s:s*, s:s*}", "good", fault == NULL, "position",
                  json_sprintf("%" PRIu64, result->position), "checkpoints", (json_int_t)result->checkpoints, "tiles",
                  (json_int_t)result->tiles, "signed", (json_int_t)result->signed_records, "damaged",
                  result->damaged ? json_sprintf("%" PRIu64, result->damaged) : NULL, "startMends", result->start_mends,
                  "code", fault != NULL ? fault_name(fault->code) : NULL, "text", fault != NULL ? fault->text : NULL);
    if (!document)
        abort();
    json_dumpf(document, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(document);
}

static int verify(const struct options *options)
{
    struct fault fault = {0};
    struct verify_result result;
    const bool good = verify_data(&options->verified, &result, &fault);
    if (options->json)
        print_verified(&result, good ? NULL : &fault);
    else if (good)
        printf(translated("position %" PRIu64 ": the log is what was acknowledged and signed; compared with %" PRIu64
                          " checkpoints and %" PRIu64 " tiles; %" PRIu64 " records are signed by their senders\n"),
               result.position, result.checkpoints, result.tiles, result.signed_records);
    return good ? 0 : report(&fault);
}

static int check_policy(const char *path, bool json)
{
    struct fault fault = {0};
    struct policy policy;
    if (!policy_read(path, &policy, NULL, &fault))
        return report(&fault);
    if (json) {
        Sanling__V1__PolicyAnswer good = SANLING__V1__POLICY_ANSWER__INIT;
        good.version = policy.version;
        good.preset = policy.preset;
        char *text = json_text_from_message(&good.base);
        if (!text)
            abort();
        puts(text);
        free(text);
    } else {
        printf(translated("%s: version %s, preset %s: good\n"), path, policy.version, policy.preset);
    }
    return 0;
}

int main(int count, char **arguments)
{
    struct options options = {0};
    struct config config;
    struct fault fault = {0};
    secrecy_begin();
    keep_memory_small();
    json_end_without_memory();
    language_choose();
    command_line_parse(&parser, count, arguments, 0, &options);
    options.verified.data = options.data;
    if (options.json || !(options.new_log_key || options.policy || options.rebuild || options.verify || options.check))
        language_english(); /* a program reads it, or the journal does */
    zsys_handler_set(NULL); /* signals are ours */
    if (sodium_init() < 0)
        abort();
    if (options.policy)
        return check_policy(options.policy, options.json);
    if (options.rebuild)
        return options.has_at ? rebuild_at(&options) : rebuild(&options);
    if (options.verify)
        return verify(&options);
    bool read =
        options.config ? config_read(options.config, &config, &fault) : config_for_data(options.data, &config, &fault);
    if (!read)
        return report(&fault);
    if (options.check)
        return check(&options, &config);
    if (options.new_log_key)
        return new_log_key(&config);
    catch_signals();
    allow_connections();
    return serve(&options, &config);
}
