/* openapi.json as it is built in; made by openapi_text.cmake. */
#ifndef INTAKE_INTAKE_OPENAPI_TEXT_H
#define INTAKE_INTAKE_OPENAPI_TEXT_H

#include <stddef.h>

extern const unsigned char intake_openapi_text[];
extern const size_t intake_openapi_text_size;

#endif
