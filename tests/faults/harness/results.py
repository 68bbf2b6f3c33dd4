"""RESULTS.md: the table of the last run in full, and on what it was made."""
import datetime
import os
import pathlib
import platform
import subprocess

from harness import table

TEXT = """# 故障实测 What was tried against it

本页由 `tests/faults/run --results` 写成，请勿手改。
This page is written by that command and not by hand.

```
deploy/install-deps --tests
tests/faults/run                   # 全部，以 root 运行 everything, as root
tests/faults/run --quick           # 每种故障一两次 each fault once or twice
tests/faults/run --only hub-killed --times 1000
```

真实的程序，真实的故障。“已确认”由程序之外的人记下：发布者把中枢对它说的每一条写进自己的文件；HTTP 发送方记下收到 2xx 的每一条。
事后打开中枢，逐条核对：每条已确认的事件恰在所说的位置、恰有一次，编号无缺口，重算的状态与中枢的一致，全日志与已签名的检查点一致。
“次数”只计故障确实发生的：strace 没有碰到的不算。
Real programs, real faults. What was acknowledged is written down outside of them: a publisher writes each word of the
hub into a file of its own, a sender over HTTP each event that was answered 2xx. Afterwards the hub is opened and every
acknowledged event must stand where it was said to, once, with no gap in the numbers; the state computed again must be
the hub's, the whole log what was signed. *Tried* counts a fault only where it was there: a call that was not met does
not count. *WRONG* is what must still be looked into, though nothing was lost.

- 机器 machine: {machine}
- 系统 system: {system}
- 版本 version: {version}
- 运行 run: {began}, {minutes:.0f} min, seed {seed}

{table}
"""


def _said(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def about(root, seed, began, seconds):
    names = [line.partition(":")[2].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"machine": f"{os.cpu_count()} × {names[0] if names else platform.machine()}, {memory:.1f} GiB",
            "system": f"{platform.system()} {platform.release()}",
            "version": "commit " + _said("git", "-C", str(root), "describe", "--always", "--exclude", "*"),
            "began": datetime.datetime.fromtimestamp(began).astimezone().isoformat(timespec="minutes"),
            "seed": seed, "minutes": seconds / 60}


def write(path, rows, told):
    path.write_text(TEXT.format(table="\n".join(table.markdown(rows)), **told))
