"""A folder as offices fill it goes in, and of each file comes what is written: see office_files.py.

The table *file → outcome* is printed. Taken at once, taken by an agent that watches, and tried without sending: each
time the same outcome.
"""
import csv
import json
import re
import sys
import unittest

import office_files
import office_workbooks
from county import BIN, County, main, run, until

MAPPINGS = {**office_workbooks.MAPPINGS, **office_files.MAPPINGS}
CODE = re.compile(r"^  row (\d+)[^\[]*.*\[([A-Z_]+)\]$", re.M)
REFUSED = re.compile(r"^nothing of the file was taken: .*\[([A-Z_]+)\]$", re.M)


def english(report):
    """The English half of a report."""
    return report[report.index("\nfile: "):]


class Office:
    """The work safety office with its folder."""

    def __init__(self, county):
        self.county = county
        self.folder = county.folder / "office" / "safety"
        mappings = county.folder / "mappings"
        mappings.mkdir()
        (county.folder / "names.csv").write_text(office_files.UNITS)
        for name, text in MAPPINGS.items():
            (mappings / f"{name}.yaml").write_text(text)
        self.config = county.write_agent_config("safety", units="names.csv")
        kept = self.config.read_text().partition("mappings:\n")[0]
        self.config.write_text(kept + "mappings:\n" + "".join(f"  - mappings/{name}.yaml\n" for name in MAPPINGS))

    def put(self, case):
        part = self.folder / f"{case.name}.part.tmp"
        part.write_bytes(case.content)
        part.rename(self.folder / case.name)

    def base(self, case):
        return case.name.removesuffix(".csv")

    def report_path(self, case):
        return self.folder / "reports" / f"{self.base(case)}.report.txt"

    def rejected(self, case):
        """Row number -> code of the rows that came back; the file's bytes."""
        path = self.folder / "reports" / f"{self.base(case)}.rejected.csv"
        if not path.exists():
            return {}, b""
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
        return {int(row[-4]): row[-3] for row in rows[1:]}, path.read_bytes()

    def recorded(self):
        """Number of the case -> what the hub recorded of it, by its own name."""
        found = {}
        for record in self.county.replay():
            for word in re.findall(r'"(H(\d\d)-\d+)"', json.dumps(record)):
                found.setdefault(word[1], []).append(word[0])
        return found

    def run(self, *options, expect=None):
        return run(BIN / "sanling-safety", "--config", self.config, *options, expect=expect)


class Files(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        self.office = Office(self.county)
        self.cases = office_files.all_cases() + office_workbooks.all_cases()
        self.assertGreaterEqual(len(self.cases), 40)

    def check(self, case, recorded):
        """What became of a file: its outcome as the cases write it."""
        path = self.office.report_path(case)
        if case.skipped:
            self.assertFalse(path.exists())
            return "SKIP"
        report = english(path.read_text())
        self.assertIn(case.says, report)
        back, content = self.office.rejected(case)
        self.assertNotIn(office_files.IDENTITY_NUMBER.encode(), content)
        self.assertNotIn("zero attested", report)
        refused = REFUSED.search(report)
        if refused:
            self.assertEqual((recorded, back), ([], {}))
            return f"FILE {refused[1]}"
        self.assertEqual((sorted(recorded), back), (sorted(case.recorded), {**case.rejected, **case.hub}))
        self.assertEqual({int(row): code for row, code in CODE.findall(report)}, back)
        codes = " ".join(f"{row}:{code}" for row, code in sorted(back.items()))
        return f"recorded {len(recorded)}" + (f"; rejected {codes}" if codes else "")

    def check_all(self, title):
        recorded = self.office.recorded()
        lines = []
        for case in self.cases:
            with self.subTest(case.name):
                number = re.search(r"\d\d", case.name)
                outcome = self.check(case, recorded.get(number[0] if number else "", []))
                lines.append(f"{case.name:<40} {outcome}")
                self.assertEqual(outcome, case.outcome)
        self.assertEqual(self.county.replay("--type", "ZeroAttested"), [], "what is empty or spoiled attests nothing")
        print(f"\n{title}: file -> outcome", *lines, sep="\n  ", file=sys.stderr)

    def test_a_folder_taken_at_once_comes_to_what_is_written(self):
        for case in self.cases:
            self.office.put(case)
        self.office.run("--once", expect=1)
        self.check_all("once")

    def test_a_folder_that_is_watched_comes_to_the_same(self):
        agent = self.county.start_program("safety", BIN / "sanling-safety", "--config", self.office.config)
        until("it watches", lambda: "watching" in agent.journal)
        for case in self.cases:
            self.office.put(case)
        for case in self.cases:
            if not case.skipped:
                until(f"the report of {case.name}", self.office.report_path(case).exists)
        self.check_all("watched")

    def test_a_try_shows_the_same_and_sends_nothing(self):
        before = self.county.replay()
        for case in self.cases:
            if case.skipped:
                continue
            with self.subTest(case.name):
                path = self.county.folder / case.name
                path.write_bytes(case.content)
                done = self.office.run("--try", path, expect=1 if case.rejected or case.refused else 0)
                said = english(done.stdout)
                refused = REFUSED.search(said)
                self.assertEqual(refused[1] if refused else "", case.refused)
                self.assertIn(case.says, said)
                self.assertEqual({int(row): code for row, code in CODE.findall(said)}, case.rejected)
                taken = len(case.recorded) + len(case.hub)
                if not refused:
                    self.assertIn(f"events: new {taken},", said)
                self.assertNotIn(office_files.IDENTITY_NUMBER, done.stdout)
        self.assertEqual(self.county.replay(), before)
        self.assertEqual(list(self.office.folder.iterdir()), [])
        self.assertFalse((self.county.folder / "state" / "safety" / "outbox.sqlite").exists())


if __name__ == "__main__":
    main()
