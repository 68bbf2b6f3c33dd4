"""The faults: name, what is done, and how often (quick, in full)."""
from harness import agents, clock, crowd, files, frozen, gateway, kills, memory, network, room, syscalls, writes


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
    Fault("hub-disk-stalls", "中枢的磁盘七秒不落盘，其间有人查询", "the hub's disk syncs nothing for 7 s, and somebody asks meanwhile",
          syscalls.stall, 1, 6),
    _sweep("hub-fsync-eio", "中枢第 1…N 次 fsync 返回 EIO", "the hub's 1st … Nth fsync fails with EIO",
           "fsync", "error=EIO", 1, 20),
    _sweep("hub-pwrite-eio", "中枢第 1…N 次 pwrite64 返回 EIO", "the hub's 1st … Nth pwrite64 fails with EIO",
           "pwrite64", "error=EIO", 1, 30),
    _sweep("hub-open-emfile", "中枢第 1…N 次 openat 返回 EMFILE", "the hub's 1st … Nth openat fails with EMFILE",
           "openat", "error=EMFILE", 1, 60),
    _sweep("hub-rename-eio", "中枢第 1…N 次 rename 返回 EIO", "the hub's 1st … Nth rename fails with EIO",
           "rename", "error=EIO", 1, 12),
    Fault("hub-write-short", "中枢第 K 次写文件只写下一半", "the hub's Kth write to a file writes half of it",
          lambda row, times, seed: writes.sweep(row, times, "short"), 3, 40),
    Fault("hub-write-full", "中枢自第 K 次写文件起都返回 ENOSPC", "all writes to the hub's files from the Kth on find no room",
          lambda row, times, seed: writes.sweep(row, times, "full"), 3, 40),
    Fault("hub-disk-full", "中枢的磁盘被写满，又腾出空间", "the hub's disk fills up, and there is room again",
          room.hub, 2, 12),
    Fault("frozen", "订阅者、发布者、中枢先后被 SIGSTOP", "SIGSTOP of a subscriber, a publisher, the hub in turn",
          frozen.run, 3, 12),
    Fault("network", "线路丢包、延迟、乱序、中断、单向不通", "a line that loses, delays, reorders, parts, is half open",
          network.run, 2, 25),
    Fault("hub-clock", "中枢的时钟前后跳动", "the hub's clock jumps backwards and forwards", clock.hub, 4, 24),
    Fault("agent-clock", "代理的时钟前后跳动", "an agent's clock jumps backwards and forwards", clock.agent, 2, 16),
    Fault("agent-killed", "代理在任意时刻被 kill -9", "kill -9 of an office's agent at any moment", agents.killed, 2, 60),
    Fault("agent-sync-eio", "代理发件箱第 1…N 次落盘返回 EIO", "the 1st … Nth sync of an agent's outbox fails with EIO",
          lambda row, times, seed: agents.sweep(row, times, "error=EIO"), 2, 30),
    Fault("agent-sync-enospc", "代理发件箱第 1…N 次落盘返回 ENOSPC", "the same with ENOSPC",
          lambda row, times, seed: agents.sweep(row, times, "error=ENOSPC"), 1, 30),
    Fault("agent-sync-killed", "代理在发件箱第 1…N 次落盘时被杀", "SIGKILL of an agent at its outbox's 1st … Nth sync",
          lambda row, times, seed: agents.sweep(row, times, "signal=SIGKILL"), 1, 30),
    Fault("file-swapped", "代理读取时文件被替换、截断、覆写", "a file is replaced, cut off, overwritten while the agent reads it",
          files.swapped, 1, 12),
    Fault("gateway-killed", "领导页面网关在任意时刻被 kill -9", "kill -9 of the leadership page's gateway at any moment",
          gateway.killed, 1, 30),
    Fault("tool-memory", "校验与重算时第 K 次内存分配失败", "the Kth allocation fails while the log is verified and rebuilt",
          memory.tools, 6, 200),
    Fault("hub-memory", "中枢第 K 次内存分配失败", "the Kth allocation of the hub fails", memory.hub, 3, 120),
    Fault("crowd-small", "60 个代理同时在线：10 个不断重连，一个乱发，一个只订不读",
          "60 agents at once, 10 of them reconnecting, one sending garbage, one reading nothing", crowd.run_small, 1, 0),
    Fault("crowd", "500 个代理同时在线：50 个不断重连，一个乱发，一个只订不读",
          "500 agents at once, 50 of them reconnecting all the time, one sending garbage, one reading nothing",
          crowd.run_crowd, 0, 2),
]
