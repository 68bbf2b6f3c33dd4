"""An office's file that is replaced, cut off or overwritten while its agent reads it."""
import random
import time

import sheets
from county import VILLAGES, until
from harness import oracle
from harness.victims import Victims

ROWS = 3000
DAY = "2024-05-06"


def _sheet(codes):
    lines = [sheets.HAZARDS, *(sheets.hazard(code, VILLAGES[place % 8], DAY) for place, code in enumerate(codes))]
    return ("\n".join(lines) + "\n").encode()


def _rename_over(path, whole):
    (path.parent / "other.tmp").write_bytes(whole)
    (path.parent / "other.tmp").rename(path)


def _cut_off(path, whole):
    """In place, in the middle of a row; the whole comes a little later, as from a program that saves slowly."""
    with open(path, "r+b") as file:
        file.truncate(len(whole) // 3)
    time.sleep(0.1)
    _rename_over(path, whole)


def _overwrite(path, whole):
    with open(path, "r+b") as file:
        for at in range(0, len(whole), 1 << 16):
            file.write(whole[at:at + (1 << 16)])
            file.flush()


SWAPS = (("renamed over", _rename_over), ("cut off, then renamed over", _cut_off), ("overwritten in place", _overwrite))


def swapped(row, times, seed):
    chance = random.Random(seed)
    with Victims() as county:
        county.start()
        agent = county.start_agent("safety", settle_ms=100)
        path, codes = county.folder / "office/safety/隐患台账.csv", []
        for number in range(times):
            codes += [f"YH-{number}-{each}" for each in range(ROWS)]
            name, swap = SWAPS[number % len(SWAPS)]
            _rename_over(path, _sheet(codes))
            time.sleep(chance.uniform(0.1, 0.4))  # while it is looked at, or read
            codes += [f"ZH-{number}-{each}" for each in range(50)]
            swap(path, _sheet(codes))
            last = [f"YH-{number}-{ROWS - 1}", f"ZH-{number}-49"]
            until("the newest rows", lambda: _recorded(county, last), 60)
            row.happened(f"{name}: each row once")
        if agent.stop() != 0:
            row.wrong.append(f"the agent: {agent.journal[-300:]}")
        hazard = lambda record: record["event"].get("hazardFound", {}).get("hazard")
        oracle.check(county, row, [], keys=[("hazards", hazard, codes)])


def _recorded(county, codes):
    listed = county.ctl("replay", "--type", "HazardFound", "--json")
    return all(f'"{code}"' in listed for code in codes)
