"""Clocks that jump: the hub's, and an agent's."""
import datetime

import sheets
from county import VILLAGES, until
from harness import oracle, preload
from harness.victims import STAND_S, Start, Victims, await_more

HOUR, DAY = 3600, 86400
JUMPS = (-HOUR, 2 * DAY, -30, -3 * DAY, 30, HOUR, -400 * DAY, 900 * DAY)
HUB_JUMPS = (-HOUR, 2 * DAY, 900 * DAY, -3 * DAY, 30, HOUR, -400 * DAY, -30)
LEAP = 20 * DAY  # surely one, and nothing else in these jumps comes near
RESTED_DAYS = 40


def hub(row, times, _seed):
    """Recorded times never run backwards, whatever the clock does, also over a restart; one that leaps is not followed,
    and a hub is not started with it but on an operator's word."""
    with Victims() as county:
        clock = preload.Clock(county.folder / "clock")
        county.under["hub"] = (), preload.environment(clock=clock.path)
        county.start()
        publisher = county.oracle()
        await_more(publisher)
        off = 0
        for number in range(times):
            off += HUB_JUMPS[number % len(HUB_JUMPS)]
            clock.set(off)
            await_more(publisher)
            leaps = off > LEAP
            if leaps:
                until("word of the leap", lambda: "[CLOCK_LEAP]" in county.hub.journal)
            elif HUB_JUMPS[number % len(HUB_JUMPS)] == -3 * DAY:
                until("word of the clock being behind", lambda: "behind the last record" in county.hub.journal)
            row.happened("leapt, was not followed, went on" if leaps else "went on")
            if number % 3 == 2:
                county.kill_hub()
                if leaps:
                    _expect_no_start(row, county)
                    off = 0
                    clock.set(off)
                county.open_hub()
                await_more(publisher)
        closed = _expect_order(row, county)
        if closed > 4 * (1 + times // len(HUB_JUMPS)):
            row.wrong.append(f"{closed} days were closed")
        row.figures["days closed by a clock not more than ten days ahead"] = closed
        _confirm_a_long_rest(row, county, clock, publisher, closed)
        publisher.stop()
        oracle.check(county, row, [publisher])


def _expect_no_start(row, county):
    start = Start.hub(county)
    until("the hub to refuse the clock", lambda: not start.program.running, STAND_S)
    if start.program.process.returncode != 1 or "clock_confirmed" not in start.journal:
        row.wrong.append(f"was started with a clock that leapt: {start.ending()}")
    row.happened("was not started by a clock that had leapt")


def _confirm_a_long_rest(row, county, clock, publisher, closed):
    """All days that passed are closed then, and that is told."""
    county.kill_hub()
    clock.set(RESTED_DAYS * DAY)
    _expect_no_start(row, county)
    day = datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(RESTED_DAYS)
    county.hub_options["clock_confirmed"] = day.isoformat()
    county.open_hub()
    await_more(publisher)
    until("word of the days", lambda: "days were closed at once" in county.hub.journal)
    confirmed = _expect_order(row, county) - closed
    if not RESTED_DAYS - 8 <= confirmed <= RESTED_DAYS + 2:
        row.wrong.append(f"{confirmed} days were closed on the operator's word")
    row.happened("was started on the operator's word")
    row.figures["days closed on the operator's word"] = confirmed


def _expect_order(row, county):
    """How many days are closed."""
    records = county.replay()
    times = [_moment(record["recordedAt"]) for record in records]
    if any(later < earlier for earlier, later in zip(times, times[1:])):
        row.wrong.append("recorded time runs backwards")
    return sum("dayClosed" in record["event"] for record in records)


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
