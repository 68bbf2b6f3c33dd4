"""A big register goes in while its agent is killed again and again: the log ends with the same events, byte for byte, as
after a run that nobody disturbed. By hand with the whole size and figures: tests/bench/import."""
import hashlib
import os
import sys
import time
import unittest

import sheets
from county import VILLAGES, County, main, seeded, until

ROWS = int(os.environ.get("SANLING_IMPORT_ROWS", 12000))
KILLS = int(os.environ.get("SANLING_IMPORT_KILLS", 8))
FIGURES = "SANLING_IMPORT_FIGURES" in os.environ
EVENTS_PER_ROW = 3
WAIT_S = 60 + ROWS // 100
DAY = "2020-08-18"


def write_register(county):
    folder = county.folder / "office/safety"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "part.tmp", "w", encoding="gb18030") as register:
        register.write(sheets.HAZARDS + "\n")
        for row in range(ROWS):
            register.write(sheets.hazard(f"YH-{row:07d}", VILLAGES[row % 8], DAY) + "\n")
    (folder / "part.tmp").rename(folder / "隐患台账.csv")
    return folder / "reports/隐患台账.report.txt"


def digest(county):
    """SHA-256 and number of the office's events as they were sent; source and number are among their bytes."""
    found, count = hashlib.sha256(), 0
    replay = county.start_ctl("replay", "replay", "--raw", "--office", "WORK_SAFETY")
    if replay.wait(WAIT_S) != 0:
        raise AssertionError(replay.journal)
    with open(replay.output_path, encoding="ascii") as lines:
        for line in lines:
            found.update(line.split()[1].encode())
            count += 1
    return found.hexdigest(), count


class BigFile(unittest.TestCase):
    def test_a_big_file_ends_as_undisturbed_however_often_its_agent_is_killed(self):
        chance = seeded(self)
        with County() as county:
            county.start()
            began = time.monotonic()
            agent, report = county.start_agent("safety"), write_register(county)
            until("the report", report.exists, WAIT_S)
            seconds = time.monotonic() - began
            memory = agent.peak_memory()
            undisturbed = digest(county)
            whole = (county.journals / "replay.out").stat().st_size
        self.assertEqual(undisturbed[1], EVENTS_PER_ROW * ROWS)
        kills = 0
        with County() as county:
            county.start()
            report = write_register(county)
            told = county.start_ctl("follower", "replay", "--raw", "--office", "WORK_SAFETY", "--follow").output_path
            for kill in range(KILLS):
                agent = county.start_agent("safety")
                # The first ones while it starts and reads, the last one behind two thirds of the events.
                far = max(0, whole * 2 / 3 * (chance.uniform(kill - 1, kill) / max(1, KILLS - 1)))
                until("so many events", lambda: told.stat().st_size >= far or report.exists(), WAIT_S)
                done = report.exists()  # where the follower got no processor and saw it late
                agent.kill()
                if done:
                    break
                kills += 1
            self.assertGreaterEqual(kills, KILLS // 2, "the agent was done before it was killed often: a longer file")
            agent = county.start_agent("safety")
            until("the report", report.exists, WAIT_S)
            text = report.read_text()
            self.assertEqual(agent.stop(), 0)
            self.assertEqual(digest(county), undisturbed)
            self.assertIn(f"events: new {EVENTS_PER_ROW * ROWS}, unchanged 0, corrected 0", text)
            self.assertEqual(county.ask_lines("rejected"), [])
        if FIGURES:
            print(f"{ROWS} rows, {undisturbed[1]} events: {seconds:.1f} s, {ROWS / seconds:.0f} rows/s, "
                  f"{undisturbed[1] / seconds:.0f} events/s; agent {memory / 2**20:.0f} MiB; "
                  f"the same after {kills} kills", file=sys.stderr)


if __name__ == "__main__":
    main()
