"""Many agents at once, some coming and going all the time, one that sends garbage, one that reads nothing."""
import pathlib
import random
import re
import threading
import time

import county
from county import COUNTY, TOWN, VILLAGES, RawPeer, run, until
from harness import oracle, preload
from harness.victims import Victims

WAIT_S = 240


class Told:
    """One source's share of what the crowd printed, as oracle.promises reads it."""

    def __init__(self, name, lines):
        self.name, self.lines = name, lines


def run_crowd(row, times, seed):
    for _ in range(times):
        _once(row, 500, 12, 50, seed)


def run_small(row, times, seed):
    _once(row, 60, 6, 10, seed)


def _once(row, agents, events, returning, seed):
    with Victims() as place:
        keys = place.folder / "crowd"
        keys.mkdir()
        made = run(preload.tools() / "faults-crowd", "--make", place.public_key("hub"), "--keys", keys, "--count",
                   agents).stdout
        place.write_access("".join(
            f"  - {{name: {name}, key: '{key}', role: publisher, office: GOVERNANCE, unit: '{COUNTY}'}}\n"
            for name, key in (line.split(" ") for line in made.splitlines())))
        place.start()
        other = place.oracle()
        hub = pathlib.Path(f"/proc/{place.hub.process.pid}")
        before = _measure(hub)
        crowd = place.start_program("crowd", preload.tools() / "faults-crowd", "--hub", place.endpoint, "--keys", keys,
                                    "--unit", VILLAGES[0], "--count", agents, "--events", events, "--returning",
                                    returning, "--seconds", WAIT_S)
        garbage = Garbage(place, random.Random(seed))
        deaf = place.peer("leader")
        deaf.hello()
        deaf.subscribe(1, 1_000_000, start=county.field(1, 1))
        peak = _follow(crowd, hub)
        status = crowd.wait(10)
        if status != 0:
            row.wrong.append(f"the crowd ended with {status}: {crowd.journal[-300:]}")
        garbage.end()
        other.stop()
        row.happened("all were served")
        row.figures |= {"agents at once": agents, "visits": int(re.search(r"^visits (\d+)$", crowd.output, re.M)[1]),
                        "garbage messages": garbage.sent,
                        "hub MiB before": before[0] >> 20, "hub MiB at most": peak[0] >> 20,
                        "descriptors before": before[1], "descriptors at most": peak[1], "threads": peak[2]}
        place.peers.remove(deaf)
        deaf.close()
        left = until("the descriptors to come back", lambda: _measure(hub)[1] < before[1] + 60 and _measure(hub))
        row.figures["descriptors afterwards"] = left[1]
        if peak[2] > before[2] + 2:
            row.wrong.append(f"{peak[2]} threads, {before[2]} before")
        oracle.check(place, row, [other, *_told(crowd)])


def _told(crowd):
    shares = {}
    for line in crowd.lines:
        name, _, rest = line.partition(" ")
        if name != "visits":
            shares.setdefault(name, []).append(rest)
    return [Told(name, lines) for name, lines in shares.items()]


def _measure(process):
    """Bytes of memory, descriptors, threads."""
    found = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    return int(found["VmRSS"].split()[0]) << 10, len(list((process / "fd").iterdir())), int(found["Threads"])


def _follow(crowd, hub):
    peak = (0, 0, 0)
    while crowd.running:
        peak = tuple(map(max, peak, _measure(hub)))
        time.sleep(0.02)
    return peak


class Garbage:
    """A client with a key that sends what is no message, as fast as it is taken, until it is told to end."""

    def __init__(self, place, chance):
        self.peer, self.chance, self.sent, self.ending = RawPeer(place.endpoint, place.key("town")), chance, 0, False
        self.thread = threading.Thread(target=self._send)
        self.thread.start()

    def _send(self):
        while not self.ending:
            self.peer.send(*(self.chance.randbytes(self.chance.randrange(1, 400))
                             for _ in range(self.chance.choice([1, 1, 1, 2, 5]))))
            self.sent += 1
            time.sleep(0.001)

    def end(self):
        self.ending = True
        self.thread.join()
        self.peer.close()
