"""Clocks that jump: the hub's, and an agent's."""
import datetime

import sheets
from county import VILLAGES, until
from harness import oracle, preload
from harness.victims import Victims, await_more

HOUR, DAY = 3600, 86400
JUMPS = (-HOUR, 2 * DAY, -30, -3 * DAY, 30, HOUR, -400 * DAY, 900 * DAY)


def hub(row, times, _seed):
    """Recorded times never run backwards, whatever the clock does, also over a restart."""
    with Victims() as county:
        clock = preload.Clock(county.folder / "clock")
        county.under["hub"] = (), preload.environment(clock=clock.path)
        county.start()
        publisher = county.oracle()
        await_more(publisher)
        off = 0
        for number in range(times):
            off += JUMPS[number % len(JUMPS)]
            clock.set(off)
            await_more(publisher)
            if JUMPS[number % len(JUMPS)] == -3 * DAY:
                until("word of the clock being behind", lambda: "behind the last record" in county.hub.journal)
            if number % 3 == 2:
                county.kill_hub()
                county.open_hub()
                await_more(publisher)
            row.happened("went on")
        publisher.stop()
        if times >= 8 and "days were closed at once" not in county.hub.journal:
            row.wrong.append("nobody was told that many days were closed")
        _expect_order(row, county)
        oracle.check(county, row, [publisher])


def _expect_order(row, county):
    records = county.replay()
    times = [_moment(record["recordedAt"]) for record in records]
    if any(later < earlier for earlier, later in zip(times, times[1:])):
        row.wrong.append("recorded time runs backwards")
    row.figures["days that the hub closed, and does not open again"] = sum("dayClosed" in record["event"] for record in records)


def _moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def agent(row, times, _seed):
    """An office's machine with a wrong clock: its rows are in the log once, with the days that its sheets say."""
    with Victims() as county:
        clock = preload.Clock(county.folder / "clock")
        county.start()
        county.under["safety"] = (), preload.environment(clock=clock.path)
        program = county.start_agent("safety")
        expected = []
        for number in range(times):
            clock.set(sum(JUMPS[:number % len(JUMPS) + 1]))
            codes = [f"YH-{number}-{each}" for each in range(20)]
            expected += codes
            report = county.drop("safety", f"隐患台账{number}.csv", sheets.HAZARDS,
                                 [sheets.hazard(code, VILLAGES[0], "2024-05-06") for code in codes])
            until("the report", report.exists, 60)
            row.happened("sent its file")
        if program.stop() != 0:
            row.wrong.append(f"the agent: {program.journal[-300:]}")
        hazard = lambda record: record["event"].get("hazardFound", {}).get("hazard")
        oracle.check(county, row, [], keys=[("hazards", hazard, expected)])
