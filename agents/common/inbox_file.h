/* The part that keeps the office's inbox as a file of JSON lines (inbox_sink.h), where the configuration names one. */
#ifndef SANLING_INBOX_FILE_H
#define SANLING_INBOX_FILE_H

#include "part.h"

part_open inbox_file_open;

#endif
