"""RESULTS.md and its picture: what one run measured, on which machine, and how to run it again."""
from . import table

PROSE = """# 实测结果 Measured

本页由 `tests/bench/run{options} --results` 写成，请勿手改；每个数都出自同一次运行。
This page is written by that command and not by hand; every figure is of one and the same run.

在您的机器上重测 To measure on your machine:

```
deploy/install-deps --tests
tests/bench/run --quick            # 两分钟以内 less than two minutes
tests/bench/run --json FILE        # 全部，约半小时 everything, about half an hour
```

中枢与各对手均为真实进程，在本机回环上、各用自己的临时文件夹，轮流测量，奇数轮正序、偶数轮倒序；表中为各轮的中位与范围。
所有程序处理同样的事件（{units} 个单位，每条约 200 字节）。中枢的每条事件都经过完整校验、状态计算、分发、
落盘后才确认；树与签名的检查点同时在后面建立（全部确认后还差多久，见下表）。PostgreSQL 的同等工作是 COPY 并在同一事务中更新状态；
JetStream 确认时并未落盘。比率一律取不加密的中枢，因为各对手都不加密。Redis 写 appendonly 文件、无快照；PostgreSQL 有 512 MB 共享缓冲与 8 GB 预写日志
的余地；跟随者只看位置，因为在办公室里它们用自己的机器。中枢按指南用 `deploy/train` 编译：以演示县和同类事件运行所得的
记录指导编译（不经此步：`--untrained`）；各对手为 Debian 的软件包。
Hub and peers are real processes on the loopback, each with a temporary folder of its own, measured in turns, every
other round backwards; the tables have the median of the rounds and their range. All take the same events ({units}
units, about 200 bytes each). The hub acknowledges an event when it is validated, counted in the status, routed and
synced to the disk; the tree over the log and its signed checkpoints are made behind that at the same time (what is left
of it when all is acknowledged: below). PostgreSQL's like is COPY with the status upsert in the same transaction;
JetStream acknowledges before it syncs. Ratios are of the hub without encryption, as no peer encrypts. Redis writes its appendonly
file and no snapshots; PostgreSQL has 512 MB of shared buffers and room for 8 GB of its write-ahead log; followers look
at positions only, for in an office they have machines of their own. The hub is built by `deploy/train`, as the guide
has it installed: compiled by how it ran on the demonstration county and on events of the same kinds (without that:
`--untrained`); the peers are Debian's packages.

![持久事件/秒 durable events a second](results.svg)
"""


def machine_lines(document):
    machine, scale = document["machine"], document["scale"]
    virtual = f", {machine['hypervisor']}" if machine["hypervisor"] else ""
    versions = ", ".join(f"{name} {version}" for name, version in document["versions"].items())
    return [f"- 机器 machine: {machine['processors']} × {machine['processor']} ({machine['architecture']}{virtual}), "
            f"{machine['memory_mib'] / 1024:.1f} GiB",
            f"- 系统 system: {machine['kernel']}, {machine['filesystem']}",
            f"- 版本 versions: {versions}",
            f"- 测量时的负载 load before: {scale['load_before']}, after: {scale['load_after']} "
            "(别的工作会改变数字 other work changes figures)",
            f"- 运行 run: {scale['began']}, {scale['seconds']} s, {scale['rounds']} 轮 rounds, "
            f"{scale['hub']:,} 条事件 events of the hub a measurement"]


def page(bench, document):
    options = "".join(f" {word}" for word in document["scale"]["asked"])
    parts = [PROSE.format(options=options, units=f"{bench.scale.units:,}"), "## 机器 The machine", "",
             *machine_lines(document), "", "## 数字 The figures", ""]
    parts += [table.markdown(each) for each in table.tables(bench.figures, bench.scale, document)]
    missing = table.left_out(bench.figures)
    if missing:
        parts += ["### 未测 Left out", "", *(f"- {text}" for text in missing), ""]
    return "\n".join(parts)


def write(folder, bench, document):
    (folder / "RESULTS.md").write_text(page(bench, document))
    picture = table.picture(bench.figures)
    if picture:
        (folder / "results.svg").write_text(picture)
