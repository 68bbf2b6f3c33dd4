"""What the machine says of each process, once a second. A thread of its own, so that nothing holds it up."""
import os
import pathlib
import re
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")
DISK_EVERY = 10  # seconds


def of_process(pid):
    """None: it is gone."""
    try:
        folder = pathlib.Path(f"/proc/{pid}")
        status = (folder / "status").read_text()
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        descriptors = tables = 0
        for entry in os.scandir(folder / "fd"):
            descriptors += 1
            try:
                tables += os.readlink(entry.path).endswith(".sst")
            except OSError:
                pass
    except (OSError, ValueError):
        return None
    number = lambda line: int(re.search(rf"^{line}:\s*(\d+)", status, re.M)[1])
    try:
        return {"pid": pid, "rss": number("VmRSS") * 1024, "anonymous": number("RssAnon") * 1024,
                "threads": number("Threads"), "descriptors": descriptors - tables, "tables": tables,
                "cpu": (int(fields[11]) + int(fields[12])) / TICKS}
    except TypeError:  # a process that has ended and was not waited for has no memory
        return None


def busy_s():
    """Seconds of processor time that this machine has used so far, whoever did."""
    first = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0]
    user, nice, system, _, _, *interrupts = map(int, first.split()[1:9])
    return (user + nice + system + sum(interrupts)) / TICKS


def of_folder(folder):
    """Bytes of its files; a store that lives removes some meanwhile."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(place, name)).st_blocks * 512
            except OSError:
                pass
    return total


class Sampler(threading.Thread):
    """`rows`: {"at": seconds from the start, "events": …, "processes": {name: …}, "lag": {follower: positions}}."""

    def __init__(self, cast, began):
        super().__init__(daemon=True)
        self.cast, self.began = cast, began
        self.rows = []
        self.disk = []  # (at, bytes of the log, of the tree, of the rest)
        self.stopping = threading.Event()
        self.failure = None

    def run(self):
        try:
            due = time.monotonic()
            while not self.stopping.is_set():
                self.take()
                due = max(due + 1, time.monotonic())
                self.stopping.wait(due - time.monotonic())
        except Exception as failure:  # told at the end: a soak without samples has shown nothing
            self.failure = failure

    def take(self):
        self.cast.poll()
        at = time.monotonic() - self.began
        publisher = self.cast.publisher
        processes = {name: of_process(process.pid) for name, process in self.cast.processes().items()}
        self.rows.append({"at": at, "events": publisher.newest["acknowledged"] if publisher.newest else 0,
                          "position": publisher.position, "busy": busy_s(),
                          "processes": {name: told for name, told in processes.items() if told},
                          "lag": {follower.name: max(0, publisher.position - follower.reached)
                                  for follower in self.cast.followers}})
        if len(self.rows) % DISK_EVERY == 1:
            data = self.cast.county.data
            log, tree, whole = (of_folder(data / part) for part in ("log", "tiles", "."))
            self.disk.append((at, log, tree, whole - log - tree))

    def stop(self):
        self.stopping.set()
        self.join()
