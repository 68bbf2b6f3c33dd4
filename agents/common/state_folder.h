/* Folders that an agent makes for itself: for the owner alone. */
#ifndef SANLING_STATE_FOLDER_H
#define SANLING_STATE_FOLDER_H

#include "fault.h"

/* Makes the folder and those above it that are missing; with `last_is_file` only those above. FAULT_SYSTEM. */
MUST_CHECK bool state_folder_make(const char *path, bool last_is_file, struct fault *fault);

#endif
