/* sanlingctl keys: key pairs. */
#include "commands.h"
#include "key_file.h"
#include "language.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_DIR = 0x200, KEY_HUB_KEY, NAME_SIZE_MAX = 64 };

struct arguments {
    struct tool *tool;
    const char *name;
    const char *folder;
    const char *hub_key;
};

static bool is_name(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t size = strlen(text);
    return size > 0 && size <= NAME_SIZE_MAX && text[0] != '.' && strspn(text, allowed) == size;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->tool;
        return 0;
    case KEY_DIR:
        arguments->folder = argument;
        return 0;
    case KEY_HUB_KEY:
        arguments->hub_key = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            command_line_refuse("sanlingctl keys new: '%s' is one word too many", argument);
        if (!is_name(argument))
            command_line_refuse("sanlingctl keys new: a name has 1 to %d characters of A-Z a-z 0-9 . _ -",
                                NAME_SIZE_MAX);
        arguments->name = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->name == NULL)
            command_line_refuse("sanlingctl keys new: wants a NAME");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "dir", .key = KEY_DIR, .arg = "DIR", .doc = N_("Folder to write to; default: this one")},
    {.name = "hub-key",
     .key = KEY_HUB_KEY,
     .arg = "KEY",
     .doc = N_("The hub's public key, or the file that has it; without it the key opens no connection")},
    {0},
};

static const char help[] =
    N_("Examples:\n"
       "  sanlingctl keys new petitions --dir keys --hub-key keys/hub.key.pub\n"
       "  sanlingctl access grant petitions --key keys/petitions.key.pub --role publisher --office PETITIONS\n"
       "\n"
       "Makes a key pair: NAME.key, which is secret and stays where it is, and NAME.key.pub. Prints "
       "the public key.");

static void print_key(const struct arguments *arguments, const char *path, const char *public_key)
{
    if (!arguments->tool->json) {
        printf("%s\n", public_key);
        fprintf(stderr, "私钥 secret: %s  公钥 public: %s.pub\n", path, path);
        return;
    }
    json_t *document = json_pack("{s:s, s:s, s:s}", "name", arguments->name, "key", public_key, "file", path);
    json_dumpf(document, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(document);
}

int run_keys_new(struct tool *tool, int argc, char **argv)
{
    const struct argp_child children[] = {{.argp = &tool_argp}, {0}};
    const struct argp argp = {options, parse, "NAME", help, children, NULL, NULL};
    struct arguments arguments = {.tool = tool, .folder = "."};
    struct sanling_error error;
    char hub_key[PUBLIC_KEY_SIZE];
    char public_key[PUBLIC_KEY_SIZE];
    char path[4096];
    tool_parse(&argp, argc, argv, &arguments);
    if (arguments.hub_key != NULL && !public_key_find(arguments.hub_key, hub_key))
        command_line_refuse("sanlingctl keys new: --hub-key '%s' is no key of 40 characters and no key file",
                            arguments.hub_key);
    if (snprintf(path, sizeof path, "%s/%s.key", arguments.folder, arguments.name) >= (int)sizeof path)
        command_line_refuse("sanlingctl keys new: the path is too long");
    if (!sanling_keys_new(path, arguments.name, arguments.hub_key != NULL ? hub_key : NULL, public_key, &error))
        return tool_fail(&error);
    print_key(&arguments, path, public_key);
    return STATUS_DONE;
}
