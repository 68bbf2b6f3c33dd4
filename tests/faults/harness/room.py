"""A disk of a few megabytes that fills up while events come: the hub's, in a mount namespace of its own."""
import os
import pathlib
import subprocess
import time

import sheets
from county import VILLAGES, until
from harness import oracle
from harness.row import Skip
from harness.victims import Start, Victims, await_more, told

SIZE_MIB = 128  # RocksDB lays out its journal with some 20 MiB at once
ROWS = 60


def need_mounts(folder):
    tried = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)],
                           capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        raise Skip(f"no small disk can be mounted: {tried.stderr.strip()[-200:]}")


class SmallDisk:
    """A tmpfs; programs that are to see it run in its namespace, which a sleeping process holds."""

    def __init__(self, county, place):
        place.mkdir(mode=0o700)
        need_mounts(place)
        self.place = place
        self.holder = county.start_program("disk", "unshare", "-m", "--propagation", "private", "sh", "-c",
                                           f"mount -t tmpfs -o size={SIZE_MIB}m,mode=700 none {place} && echo held && "
                                           "exec sleep 100000")
        until("the small disk", lambda: "held" in self.holder.output)
        self.within = ["nsenter", f"--mount=/proc/{self.holder.process.pid}/ns/mnt", "--"]

    def seen(self):
        """The disk from outside the namespace."""
        return pathlib.Path(f"/proc/{self.holder.process.pid}/root{self.place}")

    def free(self):
        disk = os.statvfs(self.seen())
        return disk.f_bavail * disk.f_frsize

    def fill(self, but=0):
        with open(self.seen() / "hog", "ab") as hog:
            while (left := self.free() - but) > 0:
                try:
                    hog.write(b"x" * min(left, 65536))
                    hog.flush()
                except OSError:
                    return

    def clear(self):
        (self.seen() / "hog").unlink(missing_ok=True)


def hub(row, times, _seed):
    """Filled to below the reserve, which the hub sees, or at once to the last byte, which its writes meet."""
    with Victims(reserve_mib=4, data="small") as county:
        county.data = county.folder / "small"
        disk = SmallDisk(county, county.data)
        county.under["hub"], county.within = (disk.within, {}), disk.within
        county.start()
        publisher = county.oracle(pause=5)
        agent = county.start_agent("safety")
        await_more(publisher)
        reports, expected = [], []
        for number in range(times):
            to_the_wall = number % 2 == 1
            start = Start(county.hub, (county.journals / "hub.log").stat().st_size)
            disk.fill(0 if to_the_wall else 1 << 20)
            codes = [f"YH-{number}-{each}" for each in range(ROWS)]
            expected += codes
            reports.append(county.drop("safety", f"隐患台账{number}.csv", sheets.HAZARDS,
                                       [sheets.hazard(code, VILLAGES[0], "2024-05-06") for code in codes]))
            until("the hub to notice", lambda: not county.hub.running or "[STORE_FULL]" in start.journal)
            if county.hub.running:
                _expect_standstill(row, publisher)
            refused = "refused new events" if county.hub.running else start.ending()
            if not county.hub.running and county.hub.process.returncode < 0:
                row.wrong.append(f"a full disk: {start.ending()}: {start.journal[-300:]}")
            disk.clear()
            if not county.hub.running:
                county.open_hub()
            await_more(publisher, 30)
            row.happened(f"{refused}, took events again by itself" if refused.startswith("refused") else
                         f"{refused}, after a restart took events again")
        until("the reports", lambda: all(report.exists() for report in reports), 60)
        publisher.stop()
        if agent.stop() != 0:
            row.wrong.append(f"the agent: {agent.journal[-300:]}")
        _check(county, row, publisher, expected)


def _expect_standstill(row, publisher):
    """What was answered until now is on its way for a moment; then nothing more comes."""
    time.sleep(0.3)
    before = told(publisher)
    time.sleep(0.5)
    if told(publisher) != before:
        row.wrong.append("events were acknowledged on a full disk")


def _check(county, row, publisher, expected):
    hazard = lambda record: record["event"].get("hazardFound", {}).get("hazard")
    oracle.check(county, row, [publisher], keys=[("hazards", hazard, expected)])
