"""The faults: name, what is done, and how often (quick, in full)."""
from harness import kills, syscalls


class Fault:
    def __init__(self, name, chinese, english, run, quick, full):
        self.name, self.chinese, self.english = name, chinese, english
        self.run, self.quick, self.full = run, quick, full


def _sweep(name, chinese, english, call, what, quick, full):
    def run(row, times, seed):
        syscalls.Sweep(row, call, what).run(times)
    return Fault(name, chinese, english, run, quick, full)


FAULTS = [
    Fault("hub-killed", "中枢在任意时刻被 kill -9", "kill -9 of the hub at any moment", kills.hub, 3, 100),
    _sweep("hub-sync-eio", "中枢第 1…N 次 fdatasync 返回 EIO", "the hub's 1st … Nth fdatasync fails with EIO",
           "fdatasync", "error=EIO", 2, 40),
    _sweep("hub-sync-enospc", "中枢第 1…N 次 fdatasync 返回 ENOSPC", "the same with ENOSPC",
           "fdatasync", "error=ENOSPC", 8, 40),
    _sweep("hub-sync-killed", "中枢在第 1…N 次 fdatasync 时被杀", "SIGKILL of the hub at its 1st … Nth fdatasync",
           "fdatasync", "signal=SIGKILL", 2, 60),
    _sweep("hub-sync-slow", "中枢第 1…N 次 fdatasync 迟 300 毫秒", "the hub's 1st … Nth fdatasync takes 300 ms",
           "fdatasync", "delay_enter=300000", 1, 20),
    _sweep("hub-fsync-eio", "中枢第 1…N 次 fsync 返回 EIO", "the hub's 1st … Nth fsync fails with EIO",
           "fsync", "error=EIO", 1, 20),
    _sweep("hub-pwrite-eio", "中枢第 1…N 次 pwrite64 返回 EIO", "the hub's 1st … Nth pwrite64 fails with EIO",
           "pwrite64", "error=EIO", 1, 30),
    _sweep("hub-open-emfile", "中枢第 1…N 次 openat 返回 EMFILE", "the hub's 1st … Nth openat fails with EMFILE",
           "openat", "error=EMFILE", 1, 60),
    _sweep("hub-rename-eio", "中枢第 1…N 次 rename 返回 EIO", "the hub's 1st … Nth rename fails with EIO",
           "rename", "error=EIO", 1, 12),
]
