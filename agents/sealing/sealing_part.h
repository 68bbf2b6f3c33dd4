/* The part of an office agent that takes and sends sealed notes, where the configuration has `sealing:`. It keeps the
 * keys that other offices offer, opens what is sealed to this office's into files, removes what is erased, seals what
 * is put into the outgoing folder, and sends what commands wrote down (sealing_command.h). */
#ifndef SANLING_SEALING_PART_H
#define SANLING_SEALING_PART_H

#include "part.h"

part_open sealing_part_open;

#endif
