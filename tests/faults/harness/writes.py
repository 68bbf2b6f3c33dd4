"""Writes to the hub's files that end in the middle, or find no room from the Kth on."""
import time

from harness import oracle, preload
from harness.victims import STAND_S, Start, Victims, await_more, told

UNREACHED_S = 6


def sweep(row, times, kind):
    """`kind`: short or full. Kth write of the process to a file in its data folder."""
    preload.environment()
    with Victims() as county:
        county.start()
        publisher = county.oracle()
        await_more(publisher)
        county.kill_hub()
        mark = county.folder / "mark"
        for number in range(1, times + 1):
            mark.unlink(missing_ok=True)
            # Some dozens of writes open the store; those that follow are a commit's or a tile's.
            at = number if number % 2 else 30 + 7 * number
            county.under["hub"] = (), preload.environment(under=county.data, mark=mark, **{kind: at})
            start = Start.hub(county)
            outcome = _follow(row, start, publisher, mark)
            if start.program.running:
                county.kill_hub()
            status = start.program.process.returncode
            if outcome:
                row.happened(outcome)
            if "[DAMAGED]" in start.journal or status in (-6, -11):
                row.wrong.append(f"write {at}: {start.ending()} {start.journal[-200:]}")
        county.start_hub_again()
        await_more(publisher)
        publisher.stop()
        oracle.check(county, row, [publisher])


def _follow(row, start, publisher, mark):
    began, met_at, told_then = time.monotonic(), None, 0
    while True:
        if not start.program.running:
            return start.ending() if mark.exists() else None
        now = time.monotonic()
        if met_at is None and mark.exists():
            met_at, told_then = now, told(publisher)
        if met_at is not None and now - met_at > 0.4 and told(publisher) > told_then:
            return "went on"
        if met_at is None and now - began > UNREACHED_S:
            return None
        if now - began > UNREACHED_S + STAND_S:
            row.wrong.append("neither went on nor ended")
            return "stood still"
        time.sleep(0.01)
