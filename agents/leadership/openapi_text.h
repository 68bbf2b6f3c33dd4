/* openapi.json as it is built in; made by openapi_text.cmake. */
#ifndef LEADERSHIP_OPENAPI_TEXT_H
#define LEADERSHIP_OPENAPI_TEXT_H

#include <stddef.h>

extern const unsigned char openapi_text[];
extern const size_t openapi_text_size;

#endif
