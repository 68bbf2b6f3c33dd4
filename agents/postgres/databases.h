/* The part that reads the office's databases (`databases:`, database_config.h), each for itself: one that is away holds
 * up no other. */
#ifndef SANLING_DATABASES_H
#define SANLING_DATABASES_H

#include "part.h"

part_open databases_open;

#endif
