#include "certificate.h"

#include "language.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    KEY_SIZE = 40,
    INDENT = 4,      /* an entry stands this deep in its section */
    LINE_SIZE = 1024 /* longer than any name or key that our tools write */
};

bool certificate_is_key(const char *text)
{
    static const char alphabet[] =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    return text != NULL && strlen(text) == KEY_SIZE && strspn(text, alphabet) == KEY_SIZE;
}

/* Nothing, or a comment, up to the end of the line. */
static bool ends(const char *text)
{
    text += strspn(text, " \r\n");
    return *text == '\0' || *text == '#';
}

/* What stands in quotes at `text`; behind it the line has to end. NULL: not in quotes. Cuts the line there. */
static char *quoted(char *text)
{
    if (*text != '"' && *text != '\'')
        return NULL;
    char *end = strchr(text + 1, *text);
    if (end == NULL || !ends(end + 1))
        return NULL;
    *end = '\0';
    return text + 1;
}

/* `name = "value"`; the keys that CZMQ decodes have to be keys. */
static const char *entry_fault(char *line, bool *has_key)
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.";
    size_t length = strspn(line, letters);
    char *sign = line + length + strspn(line + length, " ");
    char *value = *sign == '=' ? quoted(sign + 1 + strspn(sign + 1, " ")) : NULL;
    if (length == 0 || value == NULL)
        return N_("not an entry: name = \"value\"");
    bool is_public = length == strlen("public-key") && strncmp(line, "public-key", length) == 0;
    bool is_secret = length == strlen("secret-key") && strncmp(line, "secret-key", length) == 0;
    if ((is_public || is_secret) && !certificate_is_key(value))
        return N_("not a key of 40 characters");
    *has_key |= is_public;
    return NULL;
}

/* What is wrong with a line; NULL: nothing. An entry stands in a section. */
static const char *line_fault(char *line, bool *in_section, bool *has_key)
{
    size_t depth = strspn(line, " ");
    char *text = line + depth;
    if (strlen(line) == LINE_SIZE - 1)
        return N_("too long");
    if (ends(text))
        return NULL;
    if (depth == INDENT && *in_section)
        return entry_fault(text, has_key);
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz");
    *in_section = depth == 0 && length > 0 && ends(text + length);
    return *in_section ? NULL : N_("neither a section (metadata, curve) nor an entry of one, four spaces deep");
}

static bool read_lines(FILE *file, const char *path, struct fault *fault)
{
    char line[LINE_SIZE];
    bool in_section = false;
    bool has_key = false;
    for (unsigned number = 1; fgets(line, sizeof line, file) != NULL; number++) {
        const char *wrong = line_fault(line, &in_section, &has_key);
        if (wrong != NULL)
            return fault_set(fault, FAULT_USAGE,
                             "%.200s: line %u: %s; this is no key file: make one with sanlingctl keys new NAME", path,
                             number, translated(wrong));
    }
    if (ferror(file))
        return fault_set(fault, FAULT_USAGE, "%.200s: %s", path, strerror(errno));
    return has_key || fault_set(fault, FAULT_USAGE,
                                "%.200s: line 1: no public key in it; this is no key file: make one with "
                                "sanlingctl keys new NAME",
                                path);
}

bool certificate_check(const char *path, struct fault *fault)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return fault_set(fault, FAULT_USAGE, "%.200s: %s", path, strerror(errno));
    bool sound = read_lines(file, path, fault);
    fclose(file);
    return sound;
}
