#include "openapi_reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

const json_t *openapi_follow(const json_t *document, const char *reference)
{
    char name[128];
    if (strncmp(reference, "#/", 2) != 0)
        return NULL;
    for (reference += 2; document != NULL && *reference != '\0';) {
        const size_t size = strcspn(reference, "/");
        if (size >= sizeof name)
            return NULL;
        memcpy(name, reference, size);
        name[size] = '\0';
        document = json_object_get(document, name);
        reference += size + (reference[size] == '/' ? 1 : 0);
    }
    return document;
}

static void check(const json_t *document, json_t *value, unsigned *count)
{
    const char *name;
    json_t *member;
    size_t index;
    json_object_foreach(value, name, member)
    {
        if (strcmp(name, "$ref") == 0) {
            ++*count;
            if (openapi_follow(document, json_string_value(member)) == NULL)
                fail_msg("%s leads nowhere", json_string_value(member));
        }
        check(document, member, count);
    }
    json_array_foreach(value, index, member) check(document, member, count);
}

unsigned openapi_check_references(json_t *document)
{
    unsigned count = 0;
    check(document, document, &count);
    return count;
}
