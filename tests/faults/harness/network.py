"""A line that loses, delays, reorders, or carries nothing: between two network namespaces, of which the hub is in one
and a publisher in the other, all packets pass through this program."""
import ctypes
import fcntl
import heapq
import itertools
import os
import random
import select
import shutil
import struct
import subprocess
import threading
import time

from county import until
from harness import oracle
from harness.row import Skip
from harness.victims import Victims, await_more, told

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x0001 | 0x1000
HUB, FAR = "10.77.0.1", "10.77.0.2"
SHORT_S, LONG_S = 2.5, 40


def need_namespaces():
    if not os.path.exists("/dev/net/tun") or not shutil.which("ip"):
        raise Skip("no /dev/net/tun, or no ip (iproute2)")
    tried = subprocess.run(["unshare", "-n", "ip", "tuntap", "add", "tun9", "mode", "tun"], capture_output=True,
                           text=True, check=False)
    if tried.returncode != 0:
        raise Skip(f"no network namespace with a tunnel can be made: {tried.stderr.strip()[-200:]}")


class Line:
    """Carries packets from one namespace to the other as told."""

    def __init__(self, near, far, chance):
        self.chance = chance
        self.loss, self.delay_s, self.spread_s = 0.0, 0.0, 0.0
        self.cut = set()  # directions that carry nothing: 0 from the hub, 1 to it
        self.carried = self.dropped = 0
        self.ending, self.failure = False, None
        ready = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(near, far, ready), daemon=True)
        self.thread.start()
        ready.wait()
        if self.failure:
            raise Skip(f"no tunnel: {self.failure}")

    def clear(self):
        self.loss, self.delay_s, self.spread_s, self.cut = 0.0, 0.0, 0.0, set()

    def _open(self, process):
        """A tunnel's device is made where the thread is, and stays there."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open(f"/proc/{process.pid}/ns/net", "rb") as namespace:
            if libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")
        tunnel = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(tunnel, TUNSETIFF, struct.pack("16sH22x", b"tun0", IFF_TUN_NO_PI))
        return tunnel

    def _run(self, near, far, ready):
        try:
            ends = [self._open(near), self._open(far)]
        except OSError as failure:
            self.failure = failure
            return
        finally:
            ready.set()
        waiting, number = [], itertools.count()
        while not self.ending:
            wait_s = max(0, waiting[0][0] - time.monotonic()) if waiting else 0.05
            for end in select.select(ends, [], [], min(wait_s, 0.05))[0]:
                self._take(end, ends.index(end), waiting, number)
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, direction, packet = heapq.heappop(waiting)
                self._give(ends[1 - direction], packet)
        for end in ends:
            os.close(end)

    def _take(self, end, direction, waiting, number):
        while True:
            try:
                packet = os.read(end, 65536)
            except OSError:
                return
            if direction in self.cut or self.chance.random() < self.loss:
                self.dropped += 1
                continue
            due = time.monotonic() + self.delay_s + self.chance.uniform(0, self.spread_s)
            heapq.heappush(waiting, (due, next(number), direction, packet))

    def _give(self, end, packet):
        try:
            os.write(end, packet)
            self.carried += 1
        except OSError:
            self.dropped += 1

    def close(self):
        self.ending = True
        self.thread.join()


class Apart(Victims):
    """A hub and its tools in one namespace, what is called far in another."""

    def __init__(self):
        super().__init__()
        self.near, self.far = (self._namespace(name) for name in ("near", "far"))
        self.endpoint = f"tcp://{HUB}:7310"
        self.under |= {name: (self._within(self.near), {}) for name in ("hub", "beside", "strace")}
        self.under["oracle"] = self._within(self.far), {}

    def _namespace(self, name):
        holder = self.start_program(name, "unshare", "-n", "sh", "-c", "ip link set lo up && echo held && exec sleep 100000")
        until("the namespace", lambda: "held" in holder.output)
        return holder.process

    @staticmethod
    def _within(process):
        return ["nsenter", f"--net=/proc/{process.pid}/ns/net", "--"]

    def ctl_command(self, *words, **options):
        return [*self._within(self.near), *super().ctl_command(*words, **options)]

    def connect(self, chance):
        line = Line(self.near, self.far, chance)
        for process, own, other in ((self.near, HUB, FAR), (self.far, FAR, HUB)):
            for words in (["addr", "add", own, "peer", other, "dev", "tun0"], ["link", "set", "tun0", "up"]):
                subprocess.run([*self._within(process), "ip", *words], check=True)
        return line


def _lossy(line):
    line.loss, line.delay_s, line.spread_s = 0.15, 0.02, 0.01


def _reordering(line):
    line.spread_s = 0.08


def _parted(line):
    line.cut = {0, 1}


def _unanswered(line):
    line.cut = {0}


def _unheard(line):
    line.cut = {1}


TROUBLES = (("parted", _parted), ("loses 15 %, 20-30 ms late", _lossy), ("carries nothing from the hub", _unanswered),
            ("reorders", _reordering), ("carries nothing to the hub", _unheard))


def run(row, times, seed):
    need_namespaces()
    with Apart() as county:
        line = county.connect(random.Random(seed))
        county.start()
        far, beside = county.oracle(), county.oracle("beside", pause=5)
        await_more(far)
        for number in range(times):
            name, trouble = TROUBLES[number % len(TROUBLES)]
            seconds = LONG_S if times >= 15 and number >= times - 2 else SHORT_S
            began, before = time.monotonic(), told(far)
            trouble(line)
            await_more(beside)
            while time.monotonic() - began < seconds:
                time.sleep(0.05)
            served = told(far) > before and not line.cut
            line.clear()
            await_more(far, 60)
            row.happened(f"{name} {seconds:g} s: the others went on, it {'did, too' if served else 'did afterwards'}")
        far.stop()
        beside.stop()
        row.figures |= {"packets carried": line.carried, "packets lost": line.dropped}
        oracle.check(county, row, [far, beside])
        line.close()  # and with it the address at which the hub was
