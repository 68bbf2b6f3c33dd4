"""Memory that is refused, once, at the Kth allocation: the program says so or stops; nobody's events suffer."""
import os
import subprocess
import time

from county import BIN, until
from harness import oracle, preload
from harness.victims import Start, Victims, await_more, told

UNREACHED_S = 4


def _spread(total, times):
    """From 1 on, close together first: most of the early ones are of a kind."""
    return sorted({max(1, round(total ** ((number + 1) / times))) for number in range(times)})


def _ending(row, status, said):
    if status in (-11, -7, -8, -4):
        row.wrong.append(f"crashed with {-status}: {said[-200:]}")
    return {0: "ended 0", -6: "stopped (abort)"}.get(status, f"ended {status}" if status > 0 else f"signal {-status}")


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
            total = _count(command, mark)
            row.figures[f"allocations of {words[0]}"] = total
            for at in _spread(total, max(2, times // 2)):
                mark.unlink(missing_ok=True)
                done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120,
                                      env={**os.environ, **preload.environment(allocation=at, mark=mark)})
                if mark.exists():
                    row.happened(f"{words[0]} {_ending(row, done.returncode, f'allocation {at}: {done.stderr}')}")
        county.start_hub_again()
        oracle.check(county, row, [publisher])


def _count(command, mark):
    mark.unlink(missing_ok=True)
    subprocess.run(command, capture_output=True, check=True, timeout=120,
                   env={**os.environ, **preload.environment(allocation=0, mark=mark)})
    return int(mark.read_text().split()[-1])


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
                outcome = _ending(row, start.program.process.returncode, f"allocation {at}: {start.journal}")
            elif mark.exists() and told(publisher) == before:
                row.wrong.append(f"allocation {at}: stood still")
            if start.program.running:
                county.kill_hub()
            if mark.exists():
                row.happened(outcome)
            if "[DAMAGED]" in start.journal:
                row.wrong.append(f"allocation {at}: said damaged: {start.journal[-300:]}")
        county.start_hub_again()
        await_more(publisher)
        publisher.stop()
        oracle.check(county, row, [publisher])
