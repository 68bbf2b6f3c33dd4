"""What only a library within the program can do to it (preload.c): its clock, its writes to files, its memory."""
import os
import pathlib
import struct

from harness.victims import need_no_sanitizer


def tools():
    return pathlib.Path(os.environ["SANLING_FAULTS"])


def environment(**given):
    need_no_sanitizer()
    return {"LD_PRELOAD": str(tools() / "faults-preload.so"),
            **{f"FAULTS_{name.upper()}": str(value) for name, value in given.items()}}


class Clock:
    """How far the programs' clock is from the machine's; a change holds at once."""

    def __init__(self, path):
        self.path = path
        self.set(0)

    def set(self, seconds):
        with open(self.path, "r+b" if self.path.exists() else "w+b") as file:
            file.write(struct.pack("<q", int(seconds * 1_000_000)))
