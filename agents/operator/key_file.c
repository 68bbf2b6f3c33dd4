#include "key_file.h"

#include "certificate.h"

#include <stdio.h>
#include <string.h>

/* A line of the file: `public-key = "KEY"`. */
static bool find_in_line(const char *line, char key[static PUBLIC_KEY_SIZE])
{
    char found[PUBLIC_KEY_SIZE];
    if (sscanf(line, " public-key = \"%40[^\"]\"", found) != 1 || !certificate_is_key(found))
        return false;
    memcpy(key, found, sizeof found);
    return true;
}

bool public_key_find(const char *text, char key[static PUBLIC_KEY_SIZE])
{
    char line[512];
    bool found = false;
    if (certificate_is_key(text)) {
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
