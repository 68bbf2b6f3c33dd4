#include "key_file.h"

#include "certificate.h"

#include <sodium.h>
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

/* Base64 of 32 bytes. Whether it is a point of the curve is for the hub to say. */
static bool signing_key_is(const char *text)
{
    uint8_t key[crypto_sign_PUBLICKEYBYTES];
    size_t size = 0;
    return strlen(text) == SIGNING_KEY_TEXT_SIZE - 1 &&
           sodium_base642bin(key, sizeof key, text, strlen(text), NULL, &size, NULL, sodium_base64_VARIANT_ORIGINAL) ==
               0 &&
           size == sizeof key;
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

bool signing_key_find(const char *text, char key[static SIGNING_KEY_TEXT_SIZE])
{
    char line[512];
    bool found = signing_key_is(text);
    if (found) {
        snprintf(key, SIGNING_KEY_TEXT_SIZE, "%s", text);
        return true;
    }
    FILE *file = fopen(text, "re");
    if (file == NULL)
        return false;
    while (!found && fgets(line, sizeof line, file) != NULL) {
        char value[SIGNING_KEY_TEXT_SIZE];
        found = sscanf(line, "signing_key: %44s", value) == 1 && signing_key_is(value);
        if (found)
            snprintf(key, SIGNING_KEY_TEXT_SIZE, "%s", value);
    }
    fclose(file);
    return found;
}
