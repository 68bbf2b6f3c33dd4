#include "key_file.h"

#include <stdio.h>
#include <string.h>

static bool is_key(const char *text)
{
    static const char alphabet[] =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    return strlen(text) == PUBLIC_KEY_SIZE - 1 && strspn(text, alphabet) == PUBLIC_KEY_SIZE - 1;
}

/* A line of the file: `public-key = "KEY"`. */
static bool find_in_line(const char *line, char key[static PUBLIC_KEY_SIZE])
{
    char found[PUBLIC_KEY_SIZE];
    if (sscanf(line, " public-key = \"%40[^\"]\"", found) != 1 || !is_key(found))
        return false;
    memcpy(key, found, sizeof found);
    return true;
}

bool public_key_find(const char *text, char key[static PUBLIC_KEY_SIZE])
{
    char line[512];
    bool found = false;
    if (is_key(text)) {
        memcpy(key, text, PUBLIC_KEY_SIZE);
        return true;
    }
    FILE *file = fopen(text, "re");
    if (file == NULL)
        return false;
    while (!found && fgets(line, sizeof line, file) != NULL)
        found = find_in_line(line, key);
    fclose(file);
    return found;
}
