"""What a soak has shown: on a terminal, and as a page with pictures."""
import sys

import faults as fault_module
import plan as planning
from plot import Plot

MIB = 1 << 20
PROSE = """# 长稳测试 Soak

本页由 `{command}` 写成，请勿手改；每个数都出自同一次运行。红色虚线是故障，灰色是升到最大速率一半的时段。
This page is written by that command and not by hand; every figure is of one and the same run. Dashed red lines are
faults, grey stretches are bursts at half of the maximum rate.

**{verdict}**

{plan}

## 机器 The machine

- 机器 machine: {machine}
- 版本 versions: sanling-hub {version}, commit {commit}
- 运行 run: {played} 秒 s，种子 seed {seed}，{events} 条事件 events，{units} 个单位 units；负载 load before {load_before},
  after {load_after}（别的工作会改变延迟 other work on the machine changes latencies）
"""


def verdict_line(document):
    if document["held"]:
        unjudged = sum(finding["held"] is None for part in document["findings"].values() for finding in part)
        more = f"（{unjudged} 项数据太少，未判 {unjudged} rows had too little to be judged）" if unjudged else ""
        return f"通过：未见不该有的增长，模型与中枢一致。Passed: nothing grew that must not, model and hub agree.{more}"
    return "未通过，见下表中的“否”。Failed: see the rows that say no."


def plan_text(document):
    plan, run = document["plan"], document["run"]
    return (f"The hub of this machine took {run['max_rate']:,} events/s before the soak (encrypted, from one publisher "
            f"with a deep window); half of that is {plan['half_rate']:,}. "
            f"{plan['reason'][0].upper() + plan['reason'][1:]}. The plan reckons with {planning.ROOM_BYTES} bytes of "
            f"memory and {planning.DISK_BYTES} of disk for an event: the state stays in memory for ever, "
            f"{planning.STATE_BYTES} bytes for an event of this mix, by design.")


def finding_rows(findings):
    lines = ["| | 什么 what | 此次 here | 界限 bound | 为何 why |", "| -- | -- | --: | --: | -- |"]
    for finding in findings:
        held = {True: "是 yes", False: "**否 no**", None: "–"}[finding["held"]]
        lines.append(f"| {held} | {finding['what']} | {finding['value']} | {finding['bound']} | {finding['why']} |")
    return lines


def fault_rows(faults):
    lines = ["| 故障 fault | 次数 times | 恢复，秒 well again, s: 中位 median | 最长 longest |", "| -- | --: | --: | --: |"]
    for name, (text, _) in fault_module.FAULTS.items():
        took = sorted(fault["acted_s"] + fault["recovered_s"] for fault in faults if fault["name"] == name)
        if took:
            lines.append(f"| {text} (`{name}`) | {len(took)} | {took[len(took) // 2]:.1f} | {took[-1]:.1f} |")
    return lines


def fault_log(faults):
    lines = ["| 时刻 at, s | 故障 fault | 持续 lasted, s | 恢复 well after, s |", "| --: | -- | --: | --: |"]
    return lines + [f"| {fault['at']:.1f} | `{fault['name']}` {fault['detail']} | {fault['acted_s']:.1f} | "
                    f"{fault['recovered_s']:.1f} |" for fault in faults]


def ms(value):
    return "–" if value is None else f"{value / 1000:.1f} ms"


def figure_rows(document):
    told, chores = document["measured"], document["chores"]
    rows = [("事件，已确认 events acknowledged", f"{told['events']:,}"),
            ("确认时间，平稳时逐秒的中位：p50 / p99 acknowledgement, settled, medians of the seconds: p50 / p99",
             f"{ms(told['ack_p50_us'])} / {ms(told['ack_p99_us'])}"),
            ("…升速时 … in bursts", f"{ms(told['burst_p50_us'])} / {ms(told['burst_p99_us'])}"),
            ("…最长，含故障 … the longest, faults included", ms(told["ack_worst_us"])),
            ("事件到计入它的汇总，最久者 event to the summary that counts it, the longest of a second, median",
             ms(told["summary_us"])),
            ("本机其他工作占用的处理器，前三分之一 / 后三分之一 processors that other work on the machine used, first / last third",
             " / ".join(f"{value:.2f}" for value in told["busy_beside"] if value is not None)),
            ("中枢私有内存：末 / 最高 MiB anonymous memory of the hub: at the end / most",
             f"{told['hub_anonymous_mib']:.0f} / {told['hub_anonymous_most_mib']:.0f}"),
            ("中枢常驻内存最高 MiB resident memory, most", f"{told['hub_rss_most_mib']:.0f}"),
            ("中枢线程、描述符（另有存储文件） threads, descriptors (and files of the store)",
             f"{told['hub_threads']}, {told['hub_descriptors']} ({told['hub_tables_most']})"),
            ("磁盘 MiB：日志、树、状态 disk: log, tree, state",
             f"{told['disk_log_mib']:.0f}, {told['disk_tree_mib']:.0f}, {told['disk_state_mib']:.0f}"),
            ("办公室表格、行 offices' sheets, rows", f"{chores['sheets']}, {chores['rows']:,}"),
            ("政策、权限与 SIGHUP 变更 changes of policy, access, SIGHUP", str(chores["changes"])),
            ("故障中未答的提问 questions that a fault left unanswered", str(chores["questions_during_faults"]))]
    rows += [(f"提问 `{name}`：次数，中位，最长 questions: times, median, longest",
              f"{asked['count']}, {asked['median_s'] * 1000:.0f} ms, {asked['most_s'] * 1000:.0f} ms")
             for name, asked in chores["questions"].items()]
    return ["| | |", "| -- | --: |", *(f"| {text} | {value} |" for text, value in rows)]


def of_rows(rows, name, what, scale=1.0):
    """A line of a process; it breaks where another process takes the name."""
    points, pid = [], None
    for row in rows:
        told = row["processes"].get(name)
        if not told or told["pid"] != pid:
            points.append((row["at"], None))
        if told:
            pid = told["pid"]
            points.append((row["at"], told[what] / scale))
    return points


def cpu_of(rows, name):
    """Processors in use."""
    points = []
    for before, after in zip(rows, rows[1:]):
        a, b = before["processes"].get(name), after["processes"].get(name)
        if a and b and a["pid"] == b["pid"] and after["at"] > before["at"]:
            points.append((after["at"], (b["cpu"] - a["cpu"]) / (after["at"] - before["at"])))
    return points


def plots(document, series):
    rows, seconds = series["rows"], series["seconds"]
    length = max([row["at"] for row in rows] + [1.0])
    faults = [fault["at"] for fault in document["faults"]]
    more = {"seconds": length, "faults": faults, "bursts": series["bursts"]}
    rates = [(b["at"], (b["acknowledged"] - a["acknowledged"]) * 1000 / max(1, b["ms"] - a["ms"]))
             for a, b in zip(seconds, seconds[1:])]
    at = lambda name, scale=1.0: [(s["at"], s[name] / scale) for s in seconds if s["batches"]]
    others = sorted({name for row in rows for name in row["processes"]} - {"hub"})
    hub = of_rows(rows, "hub", "anonymous", MIB)
    base = next((y for _, y in hub if y is not None), 0)
    design = [(row["at"], base + row["events"] * planning.STATE_BYTES / MIB) for row in rows]
    return {
        "rate": Plot("确认的事件/秒 Events acknowledged a second", [("acknowledged", rates)], **more),
        "latency": Plot("确认时间，毫秒 Acknowledgement, ms", [("p99", at("p99", 1e3)), ("p50", at("p50", 1e3))], **more),
        "memory": Plot("中枢私有内存 MiB Anonymous memory of the hub", [("hub", hub), (f"{planning.STATE_BYTES} B/event", design)], **more),
        "others": Plot("其他程序私有内存 MiB Anonymous memory of the others",
                       [(name, of_rows(rows, name, "anonymous", MIB)) for name in others], **more),
        "handles": Plot("描述符与线程 Descriptors and threads",
                        [("hub descriptors", of_rows(rows, "hub", "descriptors")),
                         ("hub threads", of_rows(rows, "hub", "threads")),
                         ("hub tables", of_rows(rows, "hub", "tables")),
                         ("page descriptors", of_rows(rows, "page", "descriptors"))], **more),
        "lag": Plot("订阅者落后，条 Positions that subscribers are behind",
                    [(name, [(row["at"], row["lag"][name]) for row in rows]) for name in rows[-1]["lag"]], **more),
        "summary": Plot("事件到汇总，毫秒 Event to summary, ms",
                        [("longest", [(s["at"], s["summary"] / 1e3) for s in seconds if s["summaries"]])], **more),
        "processor": Plot("处理器 Processors in use",
                          [(name, cpu_of(rows, name)) for name in ("hub", "publisher", "fast")], **more),
        "disk": Plot("磁盘 MiB Disk", [(name, [(part[0], part[at_] / MIB) for part in series["disk"]])
                                      for at_, name in ((1, "log"), (2, "tree"), (3, "state"))], **more),
    }


def write(folder, document, series):
    """RESULTS.md and soak-*.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    run, machine = document["run"], document["machine"]
    parts = [PROSE.format(command=run["command"].strip(), verdict=verdict_line(document), plan=plan_text(document),
                          machine=f"{machine['processors']} × {machine['processor']}, "
                          f"{machine['memory_mib'] / 1024:.1f} GiB, {machine['kernel']}, {machine['filesystem']}",
                          version=document["versions"]["sanling-hub"], commit=document["versions"]["commit"],
                          played=run["played_s"], seed=run["seed"], events=f"{document['measured']['events']:,}",
                          units=f"{run['units']:,}", load_before=run["load_before"], load_after=run["load_after"])]
    parts += ["## 模型与中枢 Model and hub", "", *finding_rows(document["findings"]["comparison"]), ""]
    parts += ["## 增长 Growth", "",
              "Looked at are moments that are neither within a fault nor a burst nor 10 s after. Memory is anonymous "
              "memory (the page cache is the machine's). Descriptors are without the store's table files, of which the "
              "hub keeps up to 512 open as the log grows.", "", *finding_rows(document["findings"]["growth"]), ""]
    if document["failures"]:
        parts += ["## 失败 Failures", "", *(f"- {text[:500]}" for text in document["failures"][:20]), ""]
    parts += ["## 故障 Faults", "", *fault_rows(document["faults"]), "", "## 数字 Figures", "", *figure_rows(document), ""]
    for name, plot in plots(document, series).items():
        (folder / f"soak-{name}.svg").write_text(plot.svg())
        parts += [f"![{plot.title}](soak-{name}.svg)", ""]
    parts += ["## 经过 What happened when", "", *fault_log(document["faults"]), ""]
    (folder / "RESULTS.md").write_text("\n".join(parts))


def tell(document, smoke):
    """The verdict; what did not hold on standard error as well."""
    shown = document["findings"]["comparison"] + ([] if smoke else document["findings"]["growth"])
    for finding in shown:
        mark = {True: "yes", False: "NO ", None: "-  "}[finding["held"]]
        bound = f" (bound {finding['bound']})" if finding["bound"] else ""
        print(f"{mark}  {finding['what']}: {finding['value']}{bound}")
    for finding in shown:
        if finding["held"] is False:
            print(f"soak: {finding['what']}: {finding['value']}, bound {finding['bound']}; {finding['why']}",
                  file=sys.stderr)
    for text in document["failures"]:
        print(f"soak: {text}", file=sys.stderr)
    short = smoke and document["held"]
    print("counts hold; growth is not judged in so short a time" if short else verdict_line(document))
