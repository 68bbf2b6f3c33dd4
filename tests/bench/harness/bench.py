"""One run: what all its sections share."""
import contextlib
import os
import pathlib
import sys
import tempfile
import time

from .figures import Figures

LARGE_BYTES = 1 << 20


class Bench:
    """The programs, the scale, a temporary folder and the figures so far. Use as a context."""

    def __init__(self, root, programs, scale, latency_lines):
        self.root = root
        self.programs = programs
        self.scale = scale
        self.latency_lines = latency_lines  # lines of a hub's configuration where latency counts most
        self.figures = Figures()
        self.began = time.monotonic()
        self.folder = None

    def __enter__(self):
        self._place = tempfile.TemporaryDirectory(prefix="sanling-bench-")
        self.folder = pathlib.Path(self._place.name)
        self.folder.chmod(0o711)  # a server that runs as somebody else must get to its own
        return self

    def __exit__(self, *_):
        self._place.cleanup()

    def put_aside(self, folder):
        """Empties the large files of a folder that nobody needs any more; it goes with the bench's own at the end. The
        files are many, a thousand of one PostgreSQL, and ext4 looks for minutes past each one that was deleted when it
        makes a new file: the next hub would pay for it, as no hub of an office does."""
        for place, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(place, name)
                if os.path.isfile(path) and not os.path.islink(path) and os.path.getsize(path) > LARGE_BYTES:
                    os.truncate(path, 0)

    @contextlib.contextmanager
    def temporary_folder(self):
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            yield pathlib.Path(folder)

    def time_is_up(self):
        return 0 < self.scale.budget_s < time.monotonic() - self.began

    def say(self, text):
        """How far it is, for whoever waits."""
        if sys.stderr.isatty():
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def leave_out(self, name, reason):
        self.figures.leave_out(name, reason)
