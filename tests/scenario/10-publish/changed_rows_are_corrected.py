"""A register is sent again and again; where a row reads other than before, the record in the log is corrected."""
import unittest

import sheets
from county import VILLAGES, County, main, until


class Corrections(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        self.county.start_agent("safety")

    def drop(self, name, *rows):
        report = self.county.drop("safety", name, sheets.HAZARDS, rows)
        until(f"the report on {name}", report.exists)
        return report.read_text()

    def corrections(self):
        return self.county.replay("--type", "EventCorrected")

    def test_a_changed_row_corrects_the_original_and_is_known_from_then_on(self):
        row = sheets.hazard("YH-1", VILLAGES[0], "2020-08-10")
        self.drop("隐患台账1.csv", row)
        found, = self.county.replay("--type", "HazardFound")
        changed = row.replace("消防", "用电")
        self.assertIn("corrected 1", self.drop("隐患台账2.csv", changed))
        correction, = self.corrections()
        self.assertEqual(correction["event"]["eventCorrected"]["target"], found["position"])
        self.assertEqual(correction["event"]["eventCorrected"]["reasonCode"], "DATA_ERROR")
        self.assertIn("corrected 0", self.drop("隐患台账3.csv", changed))
        self.assertEqual(len(self.corrections()), 1)

    def test_what_a_correction_cannot_change_comes_back_with_the_position_to_retract(self):
        self.drop("隐患台账1.csv", sheets.hazard("YH-1", VILLAGES[0], "2020-08-10"))
        found, = self.county.replay("--type", "HazardFound")
        self.drop("隐患台账2.csv", sheets.hazard("YH-1", VILLAGES[1], "2020-08-10"))
        text = (self.county.folder / "office/safety/reports/隐患台账2.rejected.csv").read_text()
        self.assertIn(f"retract position {found['position']}", text)
        self.assertEqual(self.corrections(), [])

    def test_a_changed_row_waits_for_a_hub_that_is_away(self):
        row = sheets.hazard("YH-1", VILLAGES[0], "2020-08-10")
        self.county.kill_hub()
        reports = [self.county.drop("safety", name, sheets.HAZARDS, rows) for name, rows in
                   (("隐患台账1.csv", [row]), ("隐患台账2.csv", [row.replace("消防", "用电")]))]
        self.county.open_hub()
        for report in reports:
            until("the report", report.exists)
        self.assertEqual(len(self.corrections()), 1)


if __name__ == "__main__":
    main()
