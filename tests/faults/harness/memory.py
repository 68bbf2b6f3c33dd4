"""Memory that is refused, once, at the Kth allocation: the program says so or stops; nobody's events suffer."""
import os
import subprocess
import time

from county import BIN, until
from harness import oracle, preload
from harness.victims import CODE, Start, Victims, await_more, told

UNREACHED_S = 4


def _spread(total, times):
    """Half of them close together first, as what a program begins with is not done again; half evenly."""
    early = {max(1, round(total ** ((number + 1) / (times // 2)))) for number in range(times // 2)}
    return sorted(early | {round(total * (number + 0.5) / (times - times // 2)) for number in range(times - times // 2)})


def _ending(row, status, at, said, mark):
    """Memory is the only thing that is lacking, so nothing may be called wrong (2) or damaged (5). A crash is the
    library's whose code asked for the memory and went on without it; where ours had any part in it, it is ours. Seen of
    RocksDB 7.8.3 (LRUCacheShard::Insert) and CZMQ 4.2.1 (zfile_new): neither looks at what malloc gave it."""
    if status in (2, 5) or "[DAMAGED]" in said or "[USAGE]" in said:
        row.wrong.append(f"allocation {at}: ended {status}: {said[-200:]}")
    if status >= 0:
        codes = CODE.findall(said)
        return f"ended {status}" + (f" [{codes[-1]}]" if codes else "")
    if status == -6:
        return "stopped (abort)"
    asked, crashed = (_whose(mark, what) for what in ("asked", "crashed"))
    if "sanling" in asked + crashed or "?" in (asked, crashed):
        row.wrong.append(f"allocation {at} of {asked}: crashed with {-status} in {crashed}: {said[-200:]}")
    return f"signal {-status}, of {crashed} without the memory that {asked} asked for"


def _whose(mark, what):
    """The file whose code it was, as preload.c noted: the program, or a library."""
    lines = [line.split() for line in mark.read_text().splitlines()] if mark.exists() else []
    return next((words[1] for words in lines if words[0] == what and len(words) > 2), "?")


def tools(row, times, _seed):
    """The paths that read: block, log, tree, decoding, of a store that is verified and recomputed."""
    with Victims() as county:
        county.start()
        publisher = county.oracle(count=3000, batch=50)
        until("the publisher to end", lambda: not publisher.running)
        county.stop_hub()
        mark = county.folder / "mark"
        for words in (("--verify",), ("--rebuild",)):
            command = [str(BIN / "sanling-hub"), *words, "--data", str(county.data)]
            total, undisturbed = _count(command, mark)
            row.figures[f"allocations of {words[0]}"] = total
            for at in _spread(total, max(2, times // 2)):
                mark.unlink(missing_ok=True)
                done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120,
                                      env={**os.environ, **preload.environment(allocation=at, mark=mark)})
                if done.returncode == 0 and done.stdout != undisturbed:
                    row.wrong.append(f"allocation {at}: {words[0]} says {done.stdout[-200:]}")
                if mark.exists():
                    row.happened(f"{words[0]} {_ending(row, done.returncode, at, done.stderr, mark)}")
        county.start_hub_again()
        oracle.check(county, row, [publisher])


def _count(command, mark):
    mark.unlink(missing_ok=True)
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120,
                          env={**os.environ, **preload.environment(allocation=0, mark=mark)})
    return int(mark.read_text().split()[-1]), done.stdout


def hub(row, times, _seed):
    """The paths that decode, decide and store: a hub that serves."""
    with Victims() as county:
        county.start()
        publisher = county.oracle()
        await_more(publisher)
        county.stop_hub()
        mark = county.folder / "mark"
        for at in _spread(60000, times):
            mark.unlink(missing_ok=True)
            county.under["hub"] = (), preload.environment(allocation=at, mark=mark)
            start = Start.hub(county)
            began, before = time.monotonic(), None
            while start.program.running and time.monotonic() - began < UNREACHED_S:
                if mark.exists() and before is None:
                    before, began = told(publisher), time.monotonic()
                if before is not None and told(publisher) > before:
                    break
                time.sleep(0.01)
            outcome = "went on"
            if not start.program.running:
                outcome = _ending(row, start.program.process.returncode, at, start.journal, mark)
            elif mark.exists() and told(publisher) == before:
                row.wrong.append(f"allocation {at}: stood still")
            if start.program.running:
                county.kill_hub()
            if mark.exists():
                row.happened(outcome)
        county.start_hub_again()
        await_more(publisher)
        publisher.stop()
        oracle.check(county, row, [publisher])
