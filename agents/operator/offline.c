/* sanlingctl rebuild and policy check: done by the hub's own program, on files, without a running hub. */
#include "offline.h"
#include "commands.h"
#include "language.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KEY_DATA = 0x200 };

static void execute(char **arguments)
{
    char path[4096];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - sizeof "sanling-hub");
    if (size > 0) {
        path[size] = '\0';
        char *name = strrchr(path, '/');
        strcpy(name != NULL ? name + 1 : path, "sanling-hub");
        execv(path, arguments);
    }
    execvp("sanling-hub", arguments);
}

/* The one beside this program, else the one in PATH. */
int become_hub(char **arguments)
{
    fflush(stdout);
    execute(arguments);
    return tool_report(STATUS_NO, "SYSTEM", "sanling-hub is not beside this program nor in PATH: %s", strerror(errno));
}

static char *read_all(int descriptor)
{
    char *text = NULL;
    size_t size = 0;
    char piece[4096];
    ssize_t got;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        abort();
    while ((got = read(descriptor, piece, sizeof piece)) != 0)
        if (got > 0)
            fwrite(piece, 1, (size_t)got, stream);
        else if (errno != EINTR)
            break;
    fclose(stream);
    return text;
}

char *ask_hub_program(char **arguments, int *status)
{
    enum { NOT_STARTED = 127 };
    int ends[2];
    int ended = 0;
    *status = STATUS_NO;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        (void)tool_report(STATUS_NO, "SYSTEM", "sanling-hub cannot be started: %s", strerror(errno));
        return NULL;
    }
    const pid_t child = fork();
    if (child == 0) {
        if (dup2(ends[1], STDOUT_FILENO) >= 0)
            execute(arguments);
        _exit(NOT_STARTED);
    }
    close(ends[1]);
    char *text = child > 0 ? read_all(ends[0]) : NULL;
    close(ends[0]);
    const bool waited = child > 0 && waitpid(child, &ended, 0) == child;
    *status = waited && WIFEXITED(ended) ? WEXITSTATUS(ended) : STATUS_NO;
    if (waited && WIFEXITED(ended) && *status != NOT_STARTED)
        return text;
    if (waited && WIFSIGNALED(ended))
        *status = tool_report(STATUS_NO, "SYSTEM",
                              "sanling-hub was ended by signal %d and says nothing about the data: it may have lacked "
                              "memory; free some, then run this again",
                              WTERMSIG(ended));
    else
        *status =
            tool_report(STATUS_NO, "SYSTEM", "sanling-hub did not do its part: is it beside this program, or in PATH?");
    free(text);
    return NULL;
}

struct arguments {
    struct tool *tool;
    char *data;
};

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
        command_line_refuse("sanlingctl rebuild: '%s' is one word too many", argument);
    case ARGP_KEY_END:
        if (arguments->data == NULL)
            command_line_refuse("sanlingctl rebuild: wants --data DIR");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "data", .key = KEY_DATA, .arg = "DIR", .doc = N_("The hub's data folder, or a copy of it")},
    {0},
};

static const char help[] =
    N_("Examples:\n"
       "  sanlingctl rebuild --data /var/lib/sanling-hub\n"
       "\n"
       "Recomputes all state from the log and prints its digest. The hub must not be running on the "
       "folder. Exit status 1 if the digest differs from that of the kept state.");

int run_rebuild(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, NULL, help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool};
    tool_parse(&argp, argc, argv, &arguments);
    char *line[] = {"sanling-hub", "--rebuild", "--data", arguments.data, tool->json ? "--json" : NULL, NULL};
    return become_hub(line);
}

int run_policy_check(struct tool *tool, int argc, char **argv)
{
    const char *words[1];
    tool_parse_words(
        tool, argc, argv, "FILE",
        "Checks a policy file as the hub would before adopting it. Exit status 2 if it is wrong, with line and "
        "key.",
        1, 1, words);
    char *line[] = {"sanling-hub", "--check-policy", (char *)words[0], tool->json ? "--json" : NULL, NULL};
    return become_hub(line);
}
