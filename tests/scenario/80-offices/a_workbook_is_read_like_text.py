"""The same register as a workbook and as text means the same events: what came in one way is known when it comes in the
other. With the mappings that are delivered."""
import datetime
import unittest

import sheets
import workbook
from county import TOWN, VILLAGES, County, main, until

HEADER = sheets.HAZARDS.split(",")


def cells(row):
    """A row of text as a spreadsheet program stores it: days are days, codes became numbers."""
    def cell(text):
        if text.isdigit():
            return int(text)
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            return text or None
    return [cell(text) for text in row.split(",")]


class Workbooks(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        self.agent = self.county.start_agent("safety")
        self.folder = self.county.folder / "office" / "safety"
        self.rows = [sheets.hazard(f"YH-{n}", VILLAGES[n % 2], "2020-08-10", explosives=n == 3) for n in range(1, 6)]

    def put(self, name, content):
        part = self.folder / f"{name}.tmp"
        part.write_bytes(content)
        part.rename(self.folder / name)
        return self.folder / "reports" / f"{name}.report.txt"

    def report(self, path):
        until(f"{path.name}", path.exists)
        return path.read_text()

    def register(self, *rows):
        title = [["盂县隐患排查治理台账"]]
        return workbook.made(workbook.Sheet("台账", title + [HEADER] + [cells(row) for row in rows], merges=["A1:K1"]))

    def test_a_register_in_a_workbook_is_recorded_and_seen_in_the_figures(self):
        before = self.county.ask("status", TOWN)
        self.assertIn("new 15,", self.report(self.put("隐患台账.xlsx", self.register(*self.rows))))
        found = self.county.replay("--type", "HazardFound")
        self.assertEqual([record["event"]["hazardFound"]["hazard"] for record in found],
                         [f"YH-{n}" for n in range(1, 6)])
        self.assertEqual({record["event"]["unit"] for record in found}, set(VILLAGES[:2]))
        self.assertEqual({record["event"]["occurredAt"] for record in found}, {"2020-08-09T16:00:00Z"})
        self.assertEqual(len(self.county.replay("--type", "HazardVerified")), 5)
        self.assertNotEqual(self.county.ask("status", TOWN), before)

    def test_the_same_register_as_text_is_known(self):
        self.report(self.put("隐患台账.xlsx", self.register(*self.rows)))
        records = self.county.replay()
        said = self.report(self.county.drop("safety", "隐患台账.csv", sheets.HAZARDS, self.rows))
        self.assertIn("new 0, unchanged 15, corrected 0", said)
        self.assertEqual(self.county.replay(), records)

    def test_a_row_comes_back_as_text_is_mended_and_put_back(self):
        wrong = cells(self.rows[1])
        wrong[4] = "较大"
        content = workbook.made(workbook.Sheet("台账", [HEADER, cells(self.rows[0]), wrong]))
        self.assertIn("BAD_VALUE", self.report(self.put("隐患台账.xlsx", content)))
        rejected = self.folder / "reports" / "隐患台账.xlsx.rejected.csv"
        mended = rejected.read_text(encoding="utf-8-sig").replace("较大", "一般")
        said = self.report(self.put("隐患台账.xlsx.rejected.csv", mended.encode("utf-8-sig"))
                           .with_name("隐患台账.xlsx.rejected.report.txt"))
        self.assertIn("new 3,", said)
        self.assertIn("rows of the original that are mended now: 3; rows not mended yet: 0", said)
        self.assertEqual(len(self.county.replay("--type", "HazardFound")), 2)

    def test_a_workbook_that_is_still_being_copied_is_waited_for(self):
        whole = self.register(*self.rows)
        path = self.folder / "隐患台账.xlsx"
        path.write_bytes(whole[:len(whole) // 2])
        until("the agent to put it off", lambda: "cannot be read yet; trying again" in self.agent.journal)
        self.assertEqual(self.county.replay("--type", "HazardFound"), [])
        path.write_bytes(whole)
        report = self.folder / "reports" / "隐患台账.xlsx.report.txt"
        until("the whole register", lambda: report.exists() and "new 15," in report.read_text())


if __name__ == "__main__":
    main()
