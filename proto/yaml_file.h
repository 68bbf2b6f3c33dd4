/* YAML files with fixed keys, read by a schema: one way of naming file, line and key when one is wrong. */
#ifndef SANLING_YAML_FILE_H
#define SANLING_YAML_FILE_H

#include "fault.h"

#include <cyaml/cyaml.h>
#include <stddef.h>

/* Keys of a mapping are fixed, and a boolean is true or false: libcyaml alone takes every word for true. */
extern const cyaml_strval_t yaml_booleans[2];
enum yaml_boolean { YAML_FALSE, YAML_TRUE };

/* Loads `path` by a schema whose top level is a pointer to a mapping. `*text` gets the file's text (free it), for
 * yaml_file_line_of. NULL: FAULT_USAGE with file, line and what is wrong there, and for an unknown key the one that was
 * probably meant; FAULT_SYSTEM without memory, which says nothing about the file. Free with yaml_file_free. */
void *yaml_file_load(const char *path, const cyaml_schema_value_t *schema, char **text, struct fault *fault);
/* The same from text that came another way, with a NUL behind it; `name` stands for the path in complaints. */
void *yaml_file_parse(const char *name, const char *text, size_t size, const cyaml_schema_value_t *schema,
                      struct fault *fault);
void yaml_file_free(const cyaml_schema_value_t *schema, void *loaded);
/* The line, from 1, of the n-th (from 0) occurrence of a key, for what a schema cannot check; 0: not there. libcyaml
 * keeps no lines. */
unsigned yaml_file_line_of(const char *text, const char *key, size_t n);

#endif
