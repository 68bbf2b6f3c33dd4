/* sanlingctl doctor: what is wrong with a hub's data folder, in words, and what mends it. Changes nothing. */
#include "commands.h"
#include "findings.h"
#include "folder_copy.h"
#include "language.h"
#include "offline.h"
#include "words.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { KEY_DATA = 0x200, HEAD_SIZE = 8192, DETAIL_SIZE = 600, ROOM_WANTED_MIB = 256 };

struct examination {
    struct tool *tool;
    char *data;
    enum severity worst;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct examination *examination = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = examination->tool;
        return 0;
    case KEY_DATA:
        examination->data = argument;
        return 0;
    case ARGP_KEY_ARG:
        command_line_refuse("sanlingctl doctor: '%s' is one word too many", argument);
    case ARGP_KEY_END:
        if (examination->data == NULL)
            command_line_refuse("sanlingctl doctor: wants --data DIR");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "data", .key = KEY_DATA, .arg = "DIR", .doc = N_("The hub's data folder, or a copy of it")},
    {0},
};

static const char help[] = N_(
    "Examples:\n"
    "  sanlingctl doctor --data /var/lib/sanling-hub\n"
    "\n"
    "Examines a hub's data folder, reads its whole log, and says what is wrong and which command mends it. Each "
    "finding has a code in [BRACKETS] that does not change. Changes nothing.\v"
    "The hub should be stopped: while it runs only files are looked at. Exit status 0: nothing is wrong; 1: something "
    "is to be mended; 5: data is damaged.");

/* `detail`: a file, a position, or what the hub's program says; "" for none. */
static void found(struct examination *examination, enum finding_kind kind, const char *detail)
{
    static const char *const severities[] = {[REMARK] = "REMARK", [TO_MEND] = "MEND", [DAMAGED] = "DAMAGED"};
    static const char *const marks[] = {[REMARK] = "·", [TO_MEND] = "!", [DAMAGED] = "✗"};
    const struct finding *finding = finding_of(kind);
    if (finding->severity > examination->worst)
        examination->worst = finding->severity;
    if (examination->tool->json) {
        json_t *document =
            json_pack("{s:s, s:s, s:{s:s, s:s}, s:{s:s, s:s}, s:s}", "code", finding->code, "severity",
                      severities[finding->severity], "what", "zh", finding->what.chinese, "en", finding->what.english,
                      "mend", "zh", finding->mend.chinese, "en", finding->mend.english, "detail", detail);
        json_dumpf(document, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(document);
        return;
    }
    printf("%s [%s] %s  %s%s%s\n    → %s  %s\n", marks[finding->severity], finding->code, finding->what.chinese,
           finding->what.english, detail[0] != '\0' ? ": " : "", detail, finding->mend.chinese, finding->mend.english);
}

static bool there(const struct examination *examination, const char *name, struct stat *status)
{
    char path[FOLDER_PATH_SIZE];
    struct fault ignored;
    return folder_path(examination->data, name, path, &ignored) && stat(path, status) == 0;
}

static bool is_running(const struct examination *examination)
{
    char path[FOLDER_PATH_SIZE];
    struct fault ignored;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    const int file = folder_path(examination->data, "log/LOCK", path, &ignored) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    const bool held = file >= 0 && fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    if (file >= 0)
        close(file);
    return held;
}

/* ---- files ---- */

static void look_at_key(struct examination *examination, const char *name)
{
    struct stat status;
    if (there(examination, name, &status) && (status.st_mode & 077) != 0)
        found(examination, FOUND_KEY_MODE, name);
}

/* Of what the hub opens: the first that is of another owner. */
static void look_at_owners(struct examination *examination, uid_t owner)
{
    static const char *const names[] = {
        "head",        "state", "log",         "log/CURRENT", "tiles",       "tiles/checkpoint",
        "checkpoints", "audit", "access.yaml", "log.key",     "log.key.pub", "hub.key"};
    struct stat status;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (there(examination, names[i], &status) && status.st_uid != owner) {
            found(examination, FOUND_OWNER, names[i]);
            return;
        }
}

static void look_at_files(struct examination *examination, const struct stat *folder)
{
    struct stat status;
    struct statvfs disk;
    static const char *const keys[] = {"log.key", "log.key.next", "hub.key", "operator.key"};
    if ((folder->st_mode & 077) != 0)
        found(examination, FOUND_FOLDER_MODE, examination->data);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        look_at_key(examination, keys[i]);
    look_at_owners(examination, folder->st_uid);
    const bool is_backup = there(examination, "backup.json", &status);
    if (is_backup && !there(examination, "../lock", &status))
        found(examination, FOUND_RESTORE_UNFINISHED, "");
    if (!is_backup && there(examination, "tiles/checkpoint", &status) && !there(examination, "log.key", &status))
        found(examination, FOUND_LOG_KEY_MISSING, "");
    if (there(examination, "restored.json", &status))
        found(examination, FOUND_RESTORED, "");
    if (!is_running(examination) && (there(examination, "backup", &status) || there(examination, "state.new", &status)))
        found(examination, FOUND_LEFT_OVER, there(examination, "backup", &status) ? "backup/" : "state.new");
    if (!is_backup && statvfs(examination->data, &disk) == 0 &&
        (uint64_t)disk.f_bavail * disk.f_frsize >> 20 < ROOM_WANTED_MIB)
        found(examination, FOUND_DISK, "");
}

/* ---- the log and the state, by the hub's own program ---- */

static json_t *ask(char **line, int *status)
{
    char *text = ask_hub_program(line, status);
    json_t *answer = text != NULL ? json_loads(text, 0, NULL) : NULL;
    free(text);
    return answer;
}

/* What a log that does not hold is called. */
static enum finding_kind finding_of_answer(const json_t *answer)
{
    const char *code = json_string_value(json_object_get(answer, "code"));
    if (code == NULL)
        return FOUND_NOT_EXAMINED;
    if (strcmp(code, fault_name(FAULT_NEWER)) == 0 || strcmp(code, fault_name(FAULT_OLDER)) == 0)
        return FOUND_OTHER_VERSION;
    if (strcmp(code, fault_name(FAULT_DAMAGED)) != 0)
        return FOUND_UNREADABLE;
    return json_is_true(json_object_get(answer, "startMends")) ? FOUND_TILES : FOUND_LOG_DAMAGED;
}

static bool look_at_log(struct examination *examination)
{
    int status;
    char detail[DETAIL_SIZE];
    char *line[] = {"sanling-hub", "--verify", "--json", "--data", examination->data, NULL};
    json_t *answer = ask(line, &status);
    const char *text = json_string_value(json_object_get(answer, "text"));
    const enum finding_kind kind = finding_of_answer(answer);
    snprintf(detail, sizeof detail, "%s", text != NULL ? text : "log");
    json_decref(answer);
    if (status == STATUS_DONE)
        return true;
    found(examination, kind, detail);
    return false;
}

static void look_at_state(struct examination *examination)
{
    int status;
    struct stat file;
    char *line[] = {"sanling-hub", "--rebuild", "--json", "--data", examination->data, NULL};
    if (!there(examination, "state", &file))
        return;
    json_t *answer = ask(line, &status);
    const bool stored = json_is_true(json_object_get(answer, "stored"));
    const bool same = json_is_true(json_object_get(answer, "same"));
    if (answer == NULL)
        found(examination, status == STATUS_DAMAGED ? FOUND_LOG_DAMAGED : FOUND_NOT_EXAMINED, "state");
    else if (!stored)
        found(examination, FOUND_STATE_UNUSABLE, "");
    else if (!same)
        found(examination, FOUND_STATE_DIFFERS, "");
    json_decref(answer);
}

static void look_at_data(struct examination *examination)
{
    struct stat status;
    const bool has_log = there(examination, "log/CURRENT", &status);
    const bool has_head = there(examination, "head", &status);
    const bool head_fits = has_head && status.st_size == HEAD_SIZE;
    if (is_running(examination))
        found(examination, FOUND_RUNNING, "");
    else if (!has_log && !has_head)
        found(examination, FOUND_NEVER_STARTED, "");
    else if (!has_log)
        found(examination, FOUND_LOG_MISSING, "");
    else if (!has_head)
        found(examination, FOUND_HEAD_MISSING, "");
    else if (!head_fits)
        found(examination, FOUND_HEAD_SIZE, "");
    else if (look_at_log(examination))
        look_at_state(examination);
}

static int examine(struct examination *examination)
{
    struct stat folder;
    if (stat(examination->data, &folder) != 0 || !S_ISDIR(folder.st_mode))
        return tool_report(STATUS_USAGE, "USAGE", "%s: no data folder", examination->data);
    if (access(examination->data, R_OK | X_OK) != 0)
        found(examination, FOUND_UNREADABLE, examination->data);
    else
        look_at_files(examination, &folder);
    look_at_data(examination);
    switch (examination->worst) {
    case REMARK:
        if (!examination->tool->json)
            puts("未发现问题  Nothing is wrong");
        return STATUS_DONE;
    case TO_MEND:
        return STATUS_NO;
    case DAMAGED:
        return STATUS_DAMAGED;
    }
    abort();
}

int run_doctor(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, NULL, help, children, NULL, NULL};
    struct examination examination = {.tool = tool};
    tool_parse(&argp, argc, argv, &examination);
    return examine(&examination);
}
