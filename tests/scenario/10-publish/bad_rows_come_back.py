"""A bad row of an office's file comes back to the office with its line and the reason; the others are published."""
import csv
import unittest

import sheets
from county import BIN, VILLAGES, County, main, run, until

DAY = "2020-08-18"
IDENTITY_NUMBER = "11010519491231002X"  # well-formed, of nobody


def petition(code, unit=VILLAGES[0], day=DAY, note=""):
    return sheets.petition(code, unit, day, note=note)


class BadRows(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        self.agent = self.county.start_agent("petitions")

    def drop(self, name, rows, header=sheets.PETITIONS):
        report = self.county.drop("petitions", name, header, rows)
        until("the report", report.exists)
        return report

    def rejected_file(self, name):
        return self.county.folder / "office" / "petitions" / "reports" / f"{name}.rejected.csv"

    def returned(self, name):
        """Row number -> (code, reason) of the rows that came back, and the whole text."""
        text = self.rejected_file(name).read_bytes()
        self.assertTrue(text.startswith(b"\xef\xbb\xbf"), "spreadsheets want the mark")
        rows = list(csv.reader(text.decode("utf-8-sig").splitlines()))
        self.assertEqual(",".join(rows[0]), sheets.PETITIONS + ",row,code,原因,reason")
        return {int(row[-4]): (row[-3], row[-1]) for row in rows[1:]}, text.decode("utf-8-sig")

    def recorded(self):
        return [record["event"]["matter"] for record in self.county.replay("--type", "PetitionRegistered")]

    def test_what_the_agent_and_what_the_hub_reject_stands_there_with_line_and_reason(self):
        self.drop("信访登记台账.csv", [
            petition("P-2"), petition("P-3", unit="14032A102200"), petition("P-4", day="2020-02-30"), petition("P-5"),
            petition("P-6", unit="140322199201"), petition("P-7", day="2020-12-01"), petition("P-8")])
        rows, _ = self.returned("信访登记台账")
        self.assertEqual(sorted(rows), [3, 4, 6, 7])
        self.assertEqual((rows[6][0], rows[7][0]), ("UNKNOWN_UNIT", "BAD_TIME"))
        self.assertIn("140322199201", rows[6][1])
        self.assertEqual(self.recorded(), ["P-2", "P-5", "P-8"])
        self.assertEqual({line["code"] for line in self.county.ask_lines("rejected")}, {"UNKNOWN_UNIT", "BAD_TIME"})
        self.assertEqual(self.agent.stop(), 0)

    def test_rows_that_were_mended_are_published_as_they_come_back(self):
        self.drop("信访登记台账.csv", [petition("P-1"), petition("P-2", unit="140322199201"), petition("P-3", unit="1")])
        text = self.returned("信访登记台账")[1].replace("140322199201", VILLAGES[1]).replace("P-3,1,", f"P-3,{VILLAGES[2]},")
        header, *rows = text.splitlines()
        report = self.drop("信访登记台账.rejected.csv", rows, header)
        self.assertIn("rows of the original that are mended now: 3, 4; rows not mended yet: 0", report.read_text())
        self.assertEqual(sorted(self.recorded()), ["P-1", "P-2", "P-3"])
        self.assertFalse(self.rejected_file("信访登记台账").exists())

    def test_a_register_that_is_sent_again_publishes_what_is_new_in_it(self):
        self.drop("信访登记台账1.csv", [petition("P-1"), petition("P-2", unit="140322199201")])
        self.drop("信访登记台账2.csv", [petition("P-1"), petition("P-2", unit=VILLAGES[1]), petition("P-3")])
        self.assertEqual(self.recorded(), ["P-1", "P-2", "P-3"])

    def test_personal_data_is_named_and_kept_nowhere(self):
        self.drop("信访登记台账.csv", [petition("P-2"), petition("P-3", note=f"身份证{IDENTITY_NUMBER}")])
        rows, text = self.returned("信访登记台账")
        self.assertEqual(rows[3][0], "PERSONAL_DATA")
        self.assertIn("[已隐去]", text)
        self.agent.stop()
        holding = [str(path) for path in self.county.folder.rglob("*") if path.is_file() and
                   IDENTITY_NUMBER.encode() in path.read_bytes() and path.name != "信访登记台账.csv"]
        self.assertEqual(holding, [])
        self.assertEqual(self.recorded(), ["P-2"])

    def test_an_empty_file_attests_nothing(self):
        report = self.drop("零报告.csv", [], sheets.ZERO_REPORTS)
        self.assertTrue(report.exists())
        self.drop("信访登记台账.csv", [])
        self.assertEqual(self.county.replay("--type", "ZeroAttested"), [])

    def test_a_file_in_GB18030_is_read_like_one_in_UTF_8(self):
        folder = self.county.folder / "office" / "petitions"
        (folder / "part.tmp").write_bytes("\r\n".join([sheets.PETITIONS, petition("P-2"), ""]).encode("gb18030"))
        (folder / "part.tmp").rename(folder / "信访登记台账.csv")
        until("the record", lambda: self.recorded() == ["P-2"])

    def test_a_try_says_what_would_come_back_and_sends_nothing(self):
        path = self.county.folder / "信访登记台账.csv"
        path.write_text("\n".join([sheets.PETITIONS, petition("P-2"), petition("P-3", day="2020-02-30")]) + "\n")
        done = run(BIN / "sanling-petitions", "--config", self.county.folder / "petitions.yaml", "--try", path, expect=1)
        self.assertIn("3", done.stdout)
        self.assertEqual(self.recorded(), [])
        self.assertEqual(list((self.county.folder / "office" / "petitions").iterdir()), [])


if __name__ == "__main__":
    main()
