"""The faults: name, what is done, and how often (quick, in full)."""
from harness import kills, syscalls


class Fault:
    def __init__(self, name, chinese, english, run, quick, full):
        self.name, self.chinese, self.english = name, chinese, english
        self.run, self.quick, self.full = run, quick, full


def _sweep(name, chinese, english, call, what, quick, full):
    def run(row, times, seed):
        syscalls.Sweep(row, call, what).run(range(1, times + 1))
    return Fault(name, chinese, english, run, quick, full)


FAULTS = [
    Fault("hub-killed", "中枢在任意时刻被 kill -9", "kill -9 of the hub at any moment", kills.hub, 3, 100),
    _sweep("hub-fdatasync-eio", "中枢第 1…N 次 fdatasync 返回 EIO", "the hub's 1st … Nth fdatasync fails with EIO",
           "fdatasync", "error=EIO", 2, 40),
]
