#!/bin/sh
# format.sh CLANG-FORMAT SOURCE: every C file is as .clang-format says.
set -eu
cd "$2"
find hub proto agents deploy tests -name '*.[ch]' -print0 | xargs -0 "$1" --dry-run -Werror
