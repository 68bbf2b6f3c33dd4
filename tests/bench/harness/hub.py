"""A hub of the bench's own: keys, configuration and data in a temporary folder, on a free port of the loopback."""
import os
import pathlib
import re
import signal
import tempfile
import time

from .programs import Failure, complaint, end, parse_figures

TYPES = ("catalogue", "InspectionRecorded", "PatrolTallied", "VolunteerTallied", "HazardFound", "RectificationOrdered",
         "RectificationReported", "HazardFixedOnSpot", "CaseFiled", "PetitionRegistered", "ZeroAttested")

REST_S = 300  # of a hub with 10 million events some seconds


def process_memory_mib(process, line):
    """VmRSS: what it has in memory; VmHWM: the most it ever had."""
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(rf"^{line}:\s*(\d+) kB", text, re.M)[1]) / 1024


def process_cpu_s(process):
    """User and system time so far."""
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def bytes_of(files):
    return sum(path.stat().st_size for path in files if path.is_file())


class Hub:
    """Use as a context: it is made, not started; at the end it is killed if it still runs, and its folder is gone.

    `curve`: encrypted, as everywhere but in measurements; `lines` are further ones of hub.yaml, `access` of its one
    identity."""

    def __init__(self, bench, curve=True, lines=(), access=()):
        self.programs = bench.programs
        self.put_aside = bench.put_aside
        self.policy = bench.root / "deploy/policy/yuxian-2020.yaml"
        self.curve = curve
        self.lines = lines
        self.access = access
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hub-", dir=bench.folder))
        self.process = None
        self.endpoint = None

    def __enter__(self):
        keys = self.folder / "keys"
        keys.mkdir()
        self.programs.text("sanlingctl", "keys", "new", "hub", "--dir", keys)
        public = self.programs.text("sanlingctl", "keys", "new", "bench", "--dir", keys, "--hub-key",
                                    keys / "hub.key.pub").strip()
        self._write("access.yaml", "identities:", "  - name: bench", f"    key: '{public}'", "    role: operator",
                    "    office: OPERATOR", f"    types: [{', '.join(TYPES)}]", *self.access)
        plain = () if self.curve else ("plain: {identity: bench}",)
        self._write("hub.yaml", "data: data", "listen: tcp://127.0.0.1:*", "key: keys/hub.key", "address_file: address",
                    *plain, *self.lines)
        return self

    def __exit__(self, *_):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.put_aside(self.folder)

    def _write(self, name, *lines):
        (self.folder / name).write_text("\n".join(lines) + "\n")

    @property
    def data(self):
        return self.folder / "data"

    @property
    def identity(self):
        return ["--identity", self.folder / "keys/bench.key"] if self.curve else []

    @property
    def connection(self):
        return ["--hub", self.endpoint, *self.identity]

    def start(self):
        """Starts it and returns the milliseconds until it answered."""
        address = self.folder / "address"
        address.unlink(missing_ok=True)
        since_us = time.time_ns() // 1000
        self.process = self.programs.start("sanling-hub", "--config", self.folder / "hub.yaml",
                                           output=self.folder / "out", complaints=self.folder / "journal")
        told = self._await_answer("answer", "--address-file", address, "--since", since_us, *self.identity)
        self.endpoint = address.read_text().strip()
        return told["start_ms"]

    def _await_answer(self, *words):
        """The figures of who waits for it; whoever waits for a hub that ended would wait long."""
        waiting = self.programs.start("sanling-bench", *words, output=self.folder / "answer",
                                      complaints=self.folder / "answer.journal")
        while waiting.poll() is None:
            if self.process.poll() is not None:
                waiting.kill()
            time.sleep(0.005)
        if waiting.returncode != 0:
            raise Failure(f"the hub does not answer: {self.last_words()}")
        return parse_figures((self.folder / "answer").read_text())

    def last_words(self):
        return complaint((self.folder / "journal").read_text(errors="replace"))

    def stop(self):
        """As a service manager does."""
        status = end(self.process)
        self.process = None
        if status != 0:
            raise Failure(f"the hub did not end cleanly: {self.last_words()}")

    def kill(self):
        end(self.process, signal.SIGKILL)
        self.process = None

    def bench(self, *words):
        """The figures of a command of sanling-bench."""
        return self.programs.figures("sanling-bench", *words)

    def measure(self, command, *words):
        return self.bench(command, *self.connection, *words)

    def ctl(self, *words):
        return self.programs.text("sanlingctl", *self.connection, *words)

    def fill(self, units):
        """Adopts a policy and imports a county."""
        county = self.folder / "units.csv"
        self.bench("units", "--units", units, "--file", county)
        self.ctl("policy", "adopt", self.policy)
        self.ctl("units", "import", county)

    @property
    def rss_mib(self):
        return process_memory_mib(self.process, "VmRSS")

    @property
    def peak_rss_mib(self):
        return process_memory_mib(self.process, "VmHWM")

    @property
    def cpu_s(self):
        return process_cpu_s(self.process)

    def await_rest(self):
        """Until what it does behind the acknowledgements, as the tree, is done."""
        before = None
        end = time.monotonic() + REST_S
        while before != self.cpu_s:
            if time.monotonic() > end:
                raise Failure(f"the hub does not come to rest in {REST_S} s")
            before = self.cpu_s
            time.sleep(0.5)

    def await_tree(self, records):
        """Until a checkpoint is signed over so many records at least; returns the seconds that took."""
        note = self.data / "tiles/checkpoint"
        begun = time.monotonic()
        while not note.exists() or int(note.read_text().splitlines()[1]) < records:
            if time.monotonic() - begun > REST_S:
                raise Failure(f"the tree does not cover {records} records in {REST_S} s")
            time.sleep(0.005)
        return time.monotonic() - begun

    def disk_bytes(self, part, pattern="*"):
        """Of the files of a part of the data folder; rglob on a living store may see a file go."""
        try:
            return bytes_of((self.data / part).rglob(pattern))
        except FileNotFoundError:
            return self.disk_bytes(part, pattern)

    def rebuild(self):
        """Recomputes all state from the log of the stopped hub and returns the seconds that took."""
        begun = time.monotonic()
        self.programs.text("sanlingctl", "rebuild", "--data", self.data)
        return time.monotonic() - begun
