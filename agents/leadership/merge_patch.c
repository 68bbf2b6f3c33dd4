#include "merge_patch.h"

json_t *merge_patch_between(const json_t *from, const json_t *to)
{
    if (!json_is_object(from) || !json_is_object(to))
        return json_deep_copy(to);
    json_t *patch = json_object();
    const char *name;
    json_t *value;
    /* jansson's iterators ask for a changeable object and change nothing */
    json_object_foreach((json_t *)to, name, value)
    {
        const json_t *before = json_object_get(from, name);
        if (before == NULL) {
            json_object_set(patch, name, value);
        } else if (!json_equal(before, value)) {
            const bool both = json_is_object(before) && json_is_object(value);
            json_object_set_new(patch, name, both ? merge_patch_between(before, value) : json_incref(value));
        }
    }
    json_object_foreach((json_t *)from, name, value) if (json_object_get(to, name) == NULL)
        json_object_set_new(patch, name, json_null());
    return patch;
}
