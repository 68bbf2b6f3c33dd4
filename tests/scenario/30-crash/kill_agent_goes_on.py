"""An agent that is killed in the middle of a file goes on with it: each row is in the log once."""
import time
import unittest

import sheets
from county import VILLAGES, County, main, seeded, until

ROWS = 15000
KILLS = 6
DAY = "2020-08-18"


class KillAgentGoesOn(unittest.TestCase):
    def test_every_row_is_there_once_after_the_agent_was_killed_in_the_middle_of_its_file(self):
        chance = seeded(self)
        with County() as county:
            county.start()
            agent = county.start_agent("safety")
            report = county.drop("safety", "隐患台账.csv", sheets.HAZARDS,
                                 [sheets.hazard(f"H-{row}", VILLAGES[row % 8], DAY) for row in range(ROWS)])
            reached = 1
            for _ in range(KILLS):
                reached = until("more of the file", lambda: self.next_number(county, reached))
                time.sleep(chance.uniform(0, 0.05))
                agent.kill()
                self.assertFalse(report.exists(), "the file was done before the agent was killed: it is too short")
                agent = county.start_agent("safety")
            until("the report", report.exists)
            self.assertEqual(agent.stop(), 0)
            records = county.replay("--office", "WORK_SAFETY")
            self.assertEqual([int(record["event"]["sequence"]) for record in records], list(range(1, 3 * ROWS + 1)))
            for name in ("hazardFound", "hazardFixedOnSpot", "hazardVerified"):
                found = [record["event"][name]["hazard"] for record in records if name in record["event"]]
                self.assertEqual(sorted(found), sorted(f"H-{row}" for row in range(ROWS)), name)
            self.assertEqual(county.ask_lines("rejected"), [])

    def next_number(self, county, reached):
        """Where the office's source stands at the hub, if that is beyond `reached`."""
        for source in county.ask("sources")["sources"]:
            if source["name"] == "safety-yu" and int(source["nextSequence"]) > reached:
                return int(source["nextSequence"])
        return None


if __name__ == "__main__":
    main()
