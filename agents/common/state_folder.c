#include "state_folder.h"

#include "text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

bool state_folder_make(const char *path, bool last_is_file, struct fault *fault)
{
    CLEANUP(text_free) char *made = strdup(path);
    if (made == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    for (char *slash = strchr(made + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash == NULL && last_is_file)
            return true;
        if (slash != NULL)
            *slash = '\0';
        if (mkdir(made, 0700) != 0 && errno != EEXIST)
            return fault_set(fault, FAULT_SYSTEM, "%s: %s", made, strerror(errno));
        if (slash == NULL)
            return true;
        *slash = '/';
    }
}
