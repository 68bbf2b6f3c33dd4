"""System calls of a program that fail, stall or kill, one after the other: strace does it to them."""
import os
import shutil
import subprocess
import time

from county import until
from harness import oracle
from harness.row import Skip
from harness.victims import STAND_S, Start, Victims, need_no_sanitizer, told

UNREACHED_S = 6  # a fault that was not met until then is not: the program makes that call no more


def need_strace():
    need_no_sanitizer()
    if not shutil.which("strace"):
        raise Skip("strace is not installed")
    tried = subprocess.run(["strace", "-D", "-f", "--seccomp-bpf", "-o", os.devnull, "-e", "inject=fsync:error=EIO",
                            "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        raise Skip(f"strace cannot trace here: {tried.stderr.strip()[-200:]}")


def under_strace(trace, call, what, when):
    """Words before a command. `call` may be several, with commas; the count is of each thread."""
    trace.unlink(missing_ok=True)
    return ["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-o", trace, "-e", f"trace={call}",
            "-e", f"inject={call}:{what}:when={when}"]


def injected(trace, what):
    """strace marks what it did; a signal it does not."""
    if not trace.exists():
        return False
    text = trace.read_text(errors="replace")
    return "INJECTED" in text or "DELAYED" in text or ("signal=SIGKILL" in what and "killed by SIGKILL" in text)


class Sweep:
    """A hub that is hurt at its 1st, 2nd, 3rd … call while a publisher goes on."""

    def __init__(self, row, call, what):
        self.row, self.call, self.what = row, call, what

    def run(self, times):
        need_strace()
        with Victims() as county:
            county.start()
            self.trace = county.folder / "trace"
            self.publisher = county.oracle()
            until("the first answers", lambda: told(self.publisher) > 0)
            county.kill_hub()
            for when in times:
                self.once(county, when)
            county.start_hub_again()
            before = told(self.publisher)
            until("the publisher to go on", lambda: told(self.publisher) > before)
            self.publisher.stop()
            oracle.check(county, self.row, [self.publisher])

    def once(self, county, when):
        county.under["hub"] = under_strace(self.trace, self.call, self.what, when), {}
        start = Start.hub(county)
        outcome = self.follow(start)
        if start.program.running:
            county.kill_hub()
        if outcome:
            self.row.happened(outcome)
        self.judge(start, outcome)

    def follow(self, start):
        """What came of it; None: the fault was not met."""
        began = time.monotonic()
        met_at, told_then = None, 0
        while True:
            running = start.program.running
            if met_at is None and injected(self.trace, self.what):
                met_at, told_then = time.monotonic(), told(self.publisher)
            if not running:
                return start.ending() if met_at is not None or injected(self.trace, self.what) else None
            now = time.monotonic()
            if met_at is not None and now - met_at > 0.5 and told(self.publisher) > told_then:
                return "went on"
            if met_at is None and now - began > UNREACHED_S and told(self.publisher) > 0:
                return None
            if now - began > UNREACHED_S + STAND_S:
                self.row.wrong.append(f"{self.call} {self.what}: neither went on nor ended")
                return "stood still"
            time.sleep(0.01)

    def judge(self, start, outcome):
        status = start.program.process.returncode
        if outcome is None and not start.program.running and status not in (None, -9):
            self.row.wrong.append(f"ended without a fault: {start.journal[-300:]}")
        if outcome and outcome.endswith("without a code"):
            self.row.wrong.append(f"{self.call} {self.what}: {outcome}: {start.journal[-300:]}")
        if "[DAMAGED]" in start.journal:
            self.row.wrong.append(f"{self.call} {self.what}: said damaged: {start.journal[-300:]}")
        if status in (-11, -6, -7, -8):
            self.row.wrong.append(f"{self.call} {self.what}: crashed with {-status}")
