#!/bin/sh
# tidy.sh CLANG-TIDY SOURCE BUILD: every C file of the programs passes .clang-tidy.
set -eu
cd "$2"
find hub proto agents deploy -name '*.c' -print0 | xargs -0 -n 8 -P "$(nproc)" "$1" -p "$3" --quiet
