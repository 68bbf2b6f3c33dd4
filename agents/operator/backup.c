/* sanlingctl backup: a copy of the running hub's data folder, that is only called done when it was opened, compared
 * with what was acknowledged and signed, and its state with the hub's own. Runs on the hub's machine, as a user who may
 * read its data folder: the hub lays out what belongs together, this program copies it. */
#include "ask.h"
#include "backup_check.h"
#include "backup_set.h"
#include "commands.h"
#include "language.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { KEY_KEEP = 0x200, KEEP = 3, KEEP_MAX = 100 };

struct arguments {
    struct tool *tool;
    char *dir;
    unsigned keep;
};

/* One run. */
struct run {
    const struct arguments *arguments;
    struct answer answer;
    const Sanling__V1__BackupAnswer *laid; /* by the hub; in the answer */
    struct backup_place before;            /* number 0: none */
    struct backup_note note;               /* of the one that is made */
    struct folder_copy copy;
    char unfinished[FOLDER_PATH_SIZE];
    char place[FOLDER_PATH_SIZE];
    int lock;      /* of DIR */
    int laid_lock; /* of what the hub laid out */
};

static int report(const struct fault *fault)
{
    return command_line_fail("sanlingctl", fault);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    char *end;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_KEEP:
        arguments->keep = (unsigned)strtoul(argument, &end, 10);
        if (*end != '\0' || arguments->keep < 1 || arguments->keep > KEEP_MAX)
            command_line_refuse("sanlingctl backup: --keep: '%s' is no number from 1 to %d", argument, KEEP_MAX);
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->dir != NULL)
            command_line_refuse("sanlingctl backup: '%s' is one word too many", argument);
        arguments->dir = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->dir == NULL)
            command_line_refuse("sanlingctl backup: wants the folder that keeps the backups");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "keep", .key = KEY_KEEP, .arg = "N", .doc = N_("How many backups stay in DIR, this one among them (3)")},
    {0},
};

static const char help[] = N_(
    "Examples:\n"
    "  sanlingctl backup /backup/sanling\n"
    "  sanlingctl restore /backup/sanling --data /var/lib/sanling-hub\n"
    "\n"
    "Copies the running hub's data into DIR, on the hub's machine, as root or as the hub's user, with an operator's "
    "key. Only what is new is copied; what did not change is shared with the backup before. It is done when the "
    "copy was opened, compared with everything that was acknowledged and signed, and its state with the hub's. Until "
    "then, and where it is broken off, the backups before stay as they are.\v"
    "The keys are not in it (log.key, hub.key): keep them apart, they are needed to go on after a restore. Exit "
    "status 1: no backup was made, or the log is not the one of the backups before; 5: the copy is damaged.");

/* ---- the folder of backups ---- */

static bool take_lock(struct run *run, struct fault *fault)
{
    char path[FOLDER_PATH_SIZE];
    const char *dir = run->arguments->dir;
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return fault_set(fault, FAULT_USAGE, "%.300s: %s", dir, strerror(errno));
    if (!folder_path(dir, "lock", path, fault))
        return false;
    run->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (run->lock < 0)
        return fault_set(fault, FAULT_USAGE, "%.300s: %s", path, strerror(errno));
    return flock(run->lock, LOCK_EX | LOCK_NB) == 0 ||
           fault_set(fault, FAULT_NO, "%.300s: another backup is being made there; wait for it", dir);
}

static bool prepare(struct run *run, struct fault *fault)
{
    char name[16];
    const char *dir = run->arguments->dir;
    if (!take_lock(run, fault) || !backup_set_newest(dir, &run->before, fault))
        return false;
    if (run->before.number > 0 && strcmp(run->before.path, dir) == 0)
        return fault_set(fault, FAULT_USAGE, "%.300s: a single backup; name the folder above it, or a new one", dir);
    snprintf(name, sizeof name, "%06u", run->before.number + 1);
    run->copy.before = run->before.number > 0 ? run->before.path : NULL;
    return folder_path(dir, "unfinished", run->unfinished, fault) && folder_path(dir, name, run->place, fault) &&
           folder_remove(run->unfinished, fault) &&
           (mkdir(run->unfinished, 0700) == 0 ||
            fault_set(fault, FAULT_SYSTEM, "%.300s: %s", run->unfinished, strerror(errno)));
}

/* ---- what the hub lays out ---- */

/* How many records the newest checkpoint in a folder covers. */
static uint64_t signed_records(const char *folder)
{
    char path[FOLDER_PATH_SIZE], line[256];
    struct fault ignored;
    FILE *file = folder_path(folder, "tiles/checkpoint", path, &ignored) ? fopen(path, "re") : NULL;
    const bool read = file != NULL && fgets(line, sizeof line, file) != NULL && fgets(line, sizeof line, file) != NULL;
    if (file != NULL)
        fclose(file);
    return read ? strtoull(line, NULL, 10) : 0;
}

static bool has_nonce(const char *folder, const char *nonce)
{
    char path[FOLDER_PATH_SIZE], found[64] = "";
    struct fault ignored;
    FILE *file = folder_path(folder, "nonce", path, &ignored) ? fopen(path, "re") : NULL;
    const bool same = file != NULL && fgets(found, sizeof found, file) != NULL && strcmp(found, nonce) == 0;
    if (file != NULL)
        fclose(file);
    return same;
}

static int hold(struct run *run)
{
    char path[FOLDER_PATH_SIZE];
    struct fault fault;
    const char *folder = run->laid->folder;
    if (!folder_path(folder, "lock", path, &fault))
        return report(&fault);
    run->laid_lock = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (run->laid_lock < 0 || flock(run->laid_lock, LOCK_SH | LOCK_NB) != 0 || !has_nonce(folder, run->laid->nonce))
        return tool_report(STATUS_USAGE, "USAGE",
                           "%s cannot be read here; a backup is made on the hub's own machine, as root or as the "
                           "hub's user",
                           folder);
    return STATUS_DONE;
}

static void let_go(struct run *run)
{
    if (run->laid_lock >= 0)
        close(run->laid_lock);
    run->laid_lock = -1;
    answer_clear(&run->answer);
}

static int lay_out(struct run *run)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__BackupQuery backup = SANLING__V1__BACKUP_QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_BACKUP;
    query.backup = &backup;
    const int status = tool_ask(run->arguments->tool, &query, &sanling__v1__backup_answer__descriptor, &run->answer);
    if (status != STATUS_DONE)
        return status;
    run->laid = (const Sanling__V1__BackupAnswer *)run->answer.body;
    return hold(run);
}

/* The same log as in the backups before, and not one that was put back. */
static bool goes_on(const struct run *run, struct fault *fault)
{
    const struct backup_place *before = &run->before;
    if (before->number == 0)
        return true;
    if (strcmp(before->note.hub, run->laid->hub) != 0)
        return fault_set(fault, FAULT_NO, "%.300s has backups of another hub, %s; name another folder",
                         run->arguments->dir, before->note.hub);
    return run->laid->position >= before->note.position ||
           fault_set(fault, FAULT_NO,
                     "the hub stands at position %" PRIu64 ", behind the newest backup's %" PRIu64
                     ": it was put back to an earlier state; keep %.200s as it is, and name another folder",
                     run->laid->position, before->note.position, run->arguments->dir);
}

/* ---- copying ---- */

static bool copy_all(struct run *run, struct fault *fault)
{
    const char *from = run->laid->folder;
    char data[FOLDER_PATH_SIZE];
    bool there;
    snprintf(data, sizeof data, "%.4000s", from);
    char *slash = strrchr(data, '/'); /* the tiles lie where the hub keeps them */
    if (slash == NULL)
        return fault_set(fault, FAULT_SYSTEM, "%.300s: not in a data folder", from);
    *slash = '\0';
    static const char *const small[] = {"head",          "log.key.pub",      "access.yaml",
                                        "restored.json", "tiles/checkpoint", "tiles/cosigned"};
    struct folder_copy *copy = &run->copy;
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        if (!folder_copy_file(copy, from, run->unfinished, small[i], &there, fault))
            return false;
    if (!folder_copy_part(copy, from, run->unfinished, "checkpoints", "", fault) ||
        !folder_copy_part(copy, from, run->unfinished, "log", "LOCK", fault))
        return false;
    return folder_copy_tiles(copy, data, run->unfinished, signed_records(from), fault) &&
           folder_sync(run->unfinished, fault);
}

static int check(struct run *run)
{
    char hex[BACKUP_DIGEST_SIZE], from[FOLDER_PATH_SIZE];
    struct fault fault;
    struct backup_claim claim = {.position = run->laid->position,
                                 .rejections = run->laid->rejections,
                                 .digest = hex,
                                 .form = run->laid->form > 0 ? run->laid->form : 1};
    if (run->laid->digest.len != 32)
        return tool_report(STATUS_NO, "MALFORMED", "the hub's answer is none to the question");
    sodium_bin2hex(hex, sizeof hex, run->laid->digest.data, run->laid->digest.len);
    if (run->before.number > 0 && !folder_path(run->before.path, "tiles/checkpoint", from, &fault))
        return report(&fault);
    claim.from = run->before.number > 0 ? from : NULL;
    if (isatty(STDERR_FILENO))
        fputs(translated("copied; checking the copy\n"), stderr);
    const int status = backup_check(run->unfinished, &claim, &run->note);
    if (status == STATUS_DONE && run->note.form != claim.form)
        return tool_report(STATUS_NO, "NO",
                           "the hub's digest is of form %u, that of this machine's sanling-hub of form %u: take the "
                           "backup with the programs of the hub's own version",
                           claim.form, run->note.form);
    return status;
}

static bool finish(struct run *run, struct fault *fault)
{
    const time_t now = time(NULL);
    struct tm parts;
    struct backup_note *note = &run->note;
    gmtime_r(&now, &parts);
    strftime(note->made_at, sizeof note->made_at, "%Y-%m-%dT%H:%M:%SZ", &parts);
    snprintf(note->hub, sizeof note->hub, "%.70s", run->laid->hub);
    snprintf(note->software, sizeof note->software, "sanling %s", SANLING_VERSION);
    return backup_note_write(run->unfinished, note, fault) &&
           (rename(run->unfinished, run->place) == 0 ||
            fault_set(fault, FAULT_SYSTEM, "%.300s: %s", run->place, strerror(errno))) &&
           folder_sync(run->arguments->dir, fault) &&
           backup_set_prune(run->arguments->dir, run->before.number + 1, run->arguments->keep, fault);
}

static void print(const struct run *run)
{
    const struct backup_note *note = &run->note;
    const struct folder_copy *copied = &run->copy;
    if (run->arguments->tool->json) {
        json_t *document = json_pack(
            "{s:s, s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:o}", "backup", run->place, "hub", note->hub, "position",
            json_sprintf("%" PRIu64, note->position), "rejections", json_sprintf("%" PRIu64, note->rejections),
            "digest", note->digest, "files", json_sprintf("%" PRIu64, copied->files), "bytes",
            json_sprintf("%" PRIu64, copied->bytes), "newFiles", json_sprintf("%" PRIu64, copied->new_files),
            "newBytes", json_sprintf("%" PRIu64, copied->new_bytes));
        json_dumpf(document, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(document);
        return;
    }
    tool_print_demonstration(note->demonstration);
    printf("备份完成并已核验：%s，至位置 %" PRIu64 "；新复制 %" PRIu64 " 个文件 %.1f MiB，共 %" PRIu64 " 个 %.1f MiB\n"
           "Backed up and checked: %s, up to position %" PRIu64 "; copied %" PRIu64 " new files, %.1f MiB, of %" PRIu64
           " with %.1f MiB\n"
           "摘要 Digest %s\n"
           "不含密钥，须另行保管：log.key（日志签名）、hub.key（中枢）\n"
           "Without the keys, to be kept apart: log.key (signs the log), hub.key (the hub's own)\n",
           run->place, note->position, copied->new_files, (double)copied->new_bytes / 1048576, copied->files,
           (double)copied->bytes / 1048576, run->place, note->position, copied->new_files,
           (double)copied->new_bytes / 1048576, copied->files, (double)copied->bytes / 1048576, note->digest);
}

/* The backup is good whether or not the hub hears of it; its figures then go on showing the one before. */
static void tell_hub(const struct run *run)
{
    struct answer answer;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__BackupVerifiedQuery verified = SANLING__V1__BACKUP_VERIFIED_QUERY__INIT;
    verified.nonce = run->laid->nonce;
    verified.digest = run->laid->digest; /* which the copy was found to have */
    query.ask_case = SANLING__V1__QUERY__ASK_BACKUP_VERIFIED;
    query.backup_verified = &verified;
    if (tool_ask(run->arguments->tool, &query, &sanling__v1__backup_verified_answer__descriptor, &answer) !=
        STATUS_DONE)
        fputs(translated("the backup is good, but the hub could not be told: its figures do not show it\n"), stderr);
    answer_clear(&answer);
}

static int back_up(struct run *run)
{
    struct fault fault = {0};
    int status = STATUS_DONE;
    if (!prepare(run, &fault))
        return report(&fault);
    status = lay_out(run);
    if (status != STATUS_DONE)
        return status;
    if (!goes_on(run, &fault) || !copy_all(run, &fault))
        return report(&fault);
    status = check(run);
    if (status != STATUS_DONE)
        return status;
    if (!finish(run, &fault))
        return report(&fault);
    print(run);
    tell_hub(run);
    struct fault ignored;
    (void)!folder_remove(run->laid->folder, &ignored); /* where it may not, the hub does, next time */
    return STATUS_DONE;
}

int run_backup(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, "DIR", help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool, .keep = KEEP};
    tool_parse(&argp, argc, argv, &arguments);
    struct run *run = calloc(1, sizeof *run);
    if (run == NULL)
        abort();
    *run = (struct run){.arguments = &arguments, .lock = -1, .laid_lock = -1};
    const int status = back_up(run);
    let_go(run);
    if (run->lock >= 0)
        close(run->lock);
    free(run);
    return status;
}
