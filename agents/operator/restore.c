/* sanlingctl restore: a data folder from a backup, checked before it is called done. Works on files, without a hub. */
#include "backup_check.h"
#include "backup_set.h"
#include "commands.h"
#include "evidence_file.h"
#include "language.h"
#include "restorations.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_DATA = 0x200 };

struct arguments {
    struct tool *tool;
    char *dir;
    char *data;
};

static int report(const struct fault *fault)
{
    return command_line_fail("sanlingctl", fault);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_DATA:
        arguments->data = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->dir != NULL)
            command_line_refuse("sanlingctl restore: '%s' is one word too many", argument);
        arguments->dir = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->dir == NULL || arguments->data == NULL)
            command_line_refuse("sanlingctl restore: wants a folder of backups, and --data DIR");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "data", .key = KEY_DATA, .arg = "DIR", .doc = N_("The data folder to be made: empty, or not there yet")},
    {0},
};

static const char help[] =
    N_("Examples:\n"
       "  sanlingctl restore /backup/sanling --data /var/lib/sanling-hub\n"
       "  sanlingctl restore /backup/sanling/000007 --data ./looked-at\n"
       "\n"
       "Makes a hub's data folder from the newest backup in the folder, or from the one that is named. It is done when "
       "the new folder was opened, compared with everything that was acknowledged and signed, and its state with that "
       "of the backup. The hub must not be running on it.\v"
       "A folder that has anything in it is refused with status 2. Status 1: there is no finished backup; 5: it is "
       "damaged.");

/* Root makes it for the user whose folder it is. */
static bool make_target(const char *data, struct folder_copy *copy, struct fault *fault)
{
    bool empty;
    struct stat status;
    if (!folder_is_empty(data, &empty, fault))
        return false;
    if (!empty)
        return fault_set(fault, FAULT_USAGE,
                         "%.300s: not empty; move it away first, all of it: it may be needed to find out what happened",
                         data);
    if (mkdir(data, 0700) == 0)
        return true;
    if (errno != EEXIST || stat(data, &status) != 0)
        return fault_set(fault, FAULT_USAGE, "%.300s: %s", data, strerror(errno));
    copy->owned = geteuid() == 0;
    copy->user = status.st_uid;
    copy->group = status.st_gid;
    return true;
}

/* The witness comes first and the store's own beginning last: with the one and without the other a hub refuses what is
 * there, so a restore that was broken off is not taken for a whole one. */
static bool fill(const char *from, const char *data, struct folder_copy *copy, struct fault *fault)
{
    static const char *const files[] = {"log.key.pub", "access.yaml", "backup.json", "log/CURRENT"};
    bool there;
    if (!folder_copy_file(copy, from, data, "head", &there, fault) || !folder_sync(data, fault) ||
        !folder_copy_part(copy, from, data, "tiles", "", fault) ||
        !folder_copy_part(copy, from, data, "checkpoints", "", fault) ||
        !folder_copy_part(copy, from, data, "log", "CURRENT", fault) || !folder_sync(data, fault))
        return false;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!folder_copy_file(copy, from, data, files[i], &there, fault))
            return false;
    return folder_sync(data, fault);
}

/* Those that had led to what was backed up. */
static bool earlier_restorations(const char *from, json_t **earlier, struct fault *fault)
{
    enum { DOCUMENT_BYTES_MAX = 65536 };
    char path[FOLDER_PATH_SIZE];
    struct evidence_text text = {0};
    struct restorations restorations = {0};
    *earlier = json_array();
    if (!folder_path(from, "restored.json", path, fault))
        return false;
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return true;
    if (!evidence_file_read(path, DOCUMENT_BYTES_MAX, &text, fault))
        return false;
    const bool read = restorations_read_document(text.text, text.size, &restorations);
    evidence_text_clear(&text);
    for (size_t i = 0; i < restorations.count; i++)
        json_array_append_new(*earlier, json_pack("{s:s, s:o}", "restoration", restorations.each[i].name, "position",
                                                  json_sprintf("%" PRIu64, restorations.each[i].position)));
    return read || fault_set(fault, FAULT_DAMAGED, "%.300s: not what 'sanlingctl restore' writes", path);
}

/* What stood in it as the backup's note tells from now on where the folder came from. */
static bool finish(const char *data, const struct folder_copy *copy, const struct backup_place *from,
                   struct fault *fault)
{
    const struct backup_note *note = &from->note;
    json_t *earlier;
    char before[FOLDER_PATH_SIZE], after[FOLDER_PATH_SIZE];
    char name[33];
    uint8_t random[16];
    if (!folder_path(data, "backup.json", before, fault) || !folder_path(data, "restored.json", after, fault))
        return false;
    if (!earlier_restorations(from->path, &earlier, fault)) {
        json_decref(earlier);
        return false;
    }
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(name, sizeof name, random, sizeof random);
    json_t *document = json_pack("{s:s, s:o, s:s, s:s, s:o}", "restoration", name, "position",
                                 json_sprintf("%" PRIu64, note->position), "madeAt", note->made_at, "digest",
                                 note->digest, "earlier", earlier);
    char *text = document != NULL ? json_dumps(document, JSON_INDENT(2)) : NULL;
    if (text == NULL)
        abort();
    const bool written = evidence_file_write(after, text, strlen(text), fault) &&
                         (!copy->owned || chown(after, copy->user, copy->group) == 0) && remove(before) == 0;
    free(text);
    json_decref(document);
    if (!written && fault->code == FAULT_NONE)
        return fault_set(fault, FAULT_SYSTEM, "%.300s: %s", after, strerror(errno));
    return written && chmod(after, 0600) == 0 && folder_sync(data, fault);
}

static const char *const keys_zh = "log.key（日志签名密钥）、hub.key（中枢密钥）";

static void print(const struct arguments *arguments, const struct backup_place *from)
{
    const struct backup_note *note = &from->note;
    if (arguments->tool->json) {
        json_t *document =
            json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:s}", "data", arguments->data, "backup", from->path, "madeAt",
                      note->made_at, "hub", note->hub, "position", json_sprintf("%" PRIu64, note->position),
                      "rejections", json_sprintf("%" PRIu64, note->rejections), "digest", note->digest);
        json_dumpf(document, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(document);
        return;
    }
    tool_print_demonstration(note->demonstration);
    printf(
        "已恢复并核验：%s，来自 %s（%s），至位置 %" PRIu64 "\n"
        "接下来：放回 %s；核对 access.yaml；启动中枢。此后由各代理补发备份之后的事件；告知见证人\n"
        "Restored and checked: %s from %s of %s, up to position %" PRIu64 "\n"
        "Next: put log.key (signs the log) and hub.key (the hub's own) back; look at access.yaml; start the hub. The "
        "agents then send what the backup had not seen; tell the witnesses\n",
        arguments->data, from->path, note->made_at, note->position, keys_zh, arguments->data, from->path, note->made_at,
        note->position);
}

static int restore(const struct arguments *arguments)
{
    struct fault fault = {0};
    struct backup_place from;
    struct backup_note end = {0};
    struct folder_copy copy = {0};
    if (!backup_set_newest(arguments->dir, &from, &fault))
        return report(&fault);
    if (from.number == 0)
        return tool_report(STATUS_NO, "NO", "%s: no finished backup in it", arguments->dir);
    if (!make_target(arguments->data, &copy, &fault) || !fill(from.path, arguments->data, &copy, &fault))
        return report(&fault);
    if (isatty(STDERR_FILENO))
        fputs(translated("copied; checking the copy\n"), stderr);
    const struct backup_claim claim = {.position = from.note.position,
                                       .rejections = from.note.rejections,
                                       .digest = from.note.digest,
                                       .form = from.note.form};
    const int status = backup_check(arguments->data, &claim, &end);
    if (status != STATUS_DONE)
        return status;
    if (end.form != claim.form)
        fprintf(
            stderr,
            translated("the backup's digest is of form %u, this version's of form %u: they were not compared; leaves, "
                       "tree, chain and checkpoints hold\n"),
            claim.form, end.form);
    if (!finish(arguments->data, &copy, &from, &fault))
        return report(&fault);
    print(arguments, &from);
    return STATUS_DONE;
}

int run_restore(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, "DIR", help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool};
    tool_parse(&argp, argc, argv, &arguments);
    return restore(&arguments);
}
