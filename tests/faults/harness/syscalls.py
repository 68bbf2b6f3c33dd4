"""System calls of a program that fail, stall or kill, one after the other: strace does it to them."""
import os
import pathlib
import shutil
import signal
import subprocess
import time

from county import until
from harness import oracle
from harness.row import Skip
from harness.victims import STAND_S, Start, Victims, await_more, need_no_sanitizer, told

UNREACHED_S = 6  # a fault that was not met until then is not: the program makes that call no more


def need_strace():
    need_no_sanitizer()
    if not shutil.which("strace"):
        raise Skip("strace is not installed")
    tried = subprocess.run(["strace", "-D", "-f", "--seccomp-bpf", "-o", os.devnull, "-e", "inject=fsync:error=EIO",
                            "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        raise Skip(f"strace cannot trace here: {tried.stderr.strip()[-200:]}")


def words_of_strace(trace, call, what, when):
    """The count is of each thread."""
    trace.unlink(missing_ok=True)
    return ["strace", "-f", "-y", "-o", trace, "-e", f"trace={call}", "-e", f"inject={call}:{what}:when={when}"]


def under_strace(*given):
    """Words before a command, of which strace becomes a grandchild."""
    faster = [] if "signal" in given[2] else ["--seccomp-bpf"]  # with it strace injects no signal
    first, *rest = words_of_strace(*given)
    return [first, "-D", *faster, *rest]


def attach(county, process, *given):
    """Begins to trace what runs already; returns when every thread of it is."""
    tracer = county.start_program("strace", *words_of_strace(*given), "-p", process.pid)

    def traced():
        try:
            tasks = [task.read_text() for task in pathlib.Path(f"/proc/{process.pid}/task").glob("*/status")]
        except OSError:  # a thread ended
            return False
        return tasks and all("TracerPid:\t0\n" not in task for task in tasks)
    until("strace to have it", lambda: process.poll() is not None or not tracer.running or traced())
    return tracer


def injected(trace, what):
    """What strace did so far, as it marks it: "" if nothing, else the calls."""
    if not trace.exists():
        return ""
    mark = "killed by SIGKILL" if "signal" in what else "INJECTED" if "error" in what else "DELAYED"
    return "\n".join(line for line in trace.read_text(errors="replace").splitlines() if mark in line)


class Sweep:
    """A hub that is hurt at its 1st, 2nd, 3rd … call while a publisher goes on."""

    def __init__(self, row, call, what):
        self.row, self.call, self.what = row, call, what

    def run(self, times):
        need_strace()
        with Victims() as county:
            county.start()
            self.county, self.trace = county, county.folder / "trace"
            self.publisher = county.oracle()
            until("the first answers", lambda: told(self.publisher) > 0)
            county.kill_hub()
            for number in range(times):
                self.once(number // 2 + 1, serving=number % 2 == 1)
            county.start_hub_again()
            await_more(self.publisher)
            self.publisher.stop()
            oracle.check(county, self.row, [self.publisher])

    def once(self, when, serving):
        """The call is counted from the program's start, or while it serves."""
        given = self.trace, self.call, self.what, when
        tracer = None
        if serving:
            self.county.under.pop("hub", None)
            start = Start.hub(self.county)
            await_more(self.publisher)
            tracer = attach(self.county, start.program.process, *given)
        else:
            self.county.under["hub"] = under_strace(*given), {}
            start = Start.hub(self.county)
        outcome = self.follow(start)
        if start.program.running:
            self.county.kill_hub()
        if tracer:
            tracer.wait()
        if outcome:
            self.row.happened(outcome)
        self.judge(start, outcome)

    def follow(self, start):
        """What came of it; None: the fault was not met."""
        began = time.monotonic()
        met_at, told_then = None, 0
        while True:
            running = start.program.running
            if met_at is None and self.met():
                met_at, told_then = time.monotonic(), told(self.publisher)
            if not running:
                return start.ending() if self.met_at_last() and not self.crashed_elsewhere(start) else None
            now = time.monotonic()
            if met_at is not None and now - met_at > 0.5 and told(self.publisher) > told_then:
                return "went on"
            if met_at is None and now - began > UNREACHED_S:
                return None
            if now - began > UNREACHED_S + STAND_S:
                self.row.wrong.append(f"{self.call} {self.what}: neither went on nor ended")
                return "stood still"
            time.sleep(0.01)

    def met(self):
        """A write also wakes threads and sends to clients; only what is done to files is meant."""
        calls = injected(self.trace, self.what)
        return str(self.county.data) in calls or "SIGKILL" in calls

    def met_at_last(self):
        """strace writes its last line a little later than the program has ended."""
        end = time.monotonic() + 1
        while not (met := self.met()) and time.monotonic() < end:
            time.sleep(0.01)
        return met

    def crashed_elsewhere(self, start):
        calls = injected(self.trace, self.what).splitlines()
        return start.program.process.returncode == -6 and not all(str(self.county.data) in call for call in calls)

    def judge(self, start, outcome):
        status = start.program.process.returncode
        said = f"{self.call} {self.what}: {start.journal[-300:]}"
        if outcome is None and status not in (None, -9) and not injected(self.trace, self.what):
            self.row.wrong.append(f"ended without a fault: {said}")
        if outcome and outcome.endswith("without a code"):
            self.row.wrong.append(f"{outcome}: {said}")
        if "[DAMAGED]" in start.journal:
            self.row.wrong.append(f"said damaged: {said}")
        if outcome and status in (-11, -6, -7, -8):
            self.row.wrong.append(f"crashed with {-status}: {injected(self.trace, self.what)[:200]}")


STALL_S = 7  # longer than a client takes to find that no hub is there


def stall(row, times, _seed):
    """The disk takes nothing for a while: the hub is there, and what was asked meanwhile is answered afterwards."""
    need_strace()
    with Victims() as county:
        county.start()
        publisher = county.oracle()
        for _ in range(times):
            await_more(publisher)
            began = time.monotonic()  # the stall begins later, and ends later than that and its length
            tracer = attach(county, county.hub.process, county.folder / "trace", "fdatasync",
                            f"delay_enter={STALL_S * 1_000_000}", 1)
            await_silence(publisher)
            asked = time.monotonic()
            county.ask("digest")
            if time.monotonic() - began < STALL_S:
                row.wrong.append("the digest did not wait for the disk that it was asked behind")
            if asked - began >= STALL_S:
                row.wrong.append("the digest was asked too late to meet the stall")
            await_more(publisher)
            row.happened("who asked meanwhile was answered afterwards")
            tracer.signal(signal.SIGTERM)
            tracer.wait()
        publisher.stop()
        oracle.check(county, row, [publisher])


def await_silence(publisher):
    """Until nothing was acknowledged for half a second."""
    last = [told(publisher), time.monotonic()]

    def silent():
        if told(publisher) > last[0]:
            last[:] = told(publisher), time.monotonic()
        return time.monotonic() - last[1] > 0.5
    until("the disk to take no more", silent)
