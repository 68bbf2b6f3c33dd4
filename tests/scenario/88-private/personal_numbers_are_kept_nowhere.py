"""Numbers of persons are rejected in every spelling and every field, and no file of hub or agents has them."""
import unicodedata
import unittest

import sheets
from county import VILLAGES, County, main, until

DAY = "2020-08-18"
IDENTITY = "11010519491231002X"
MOBILE = "13800138000"


def luhn(body):
    """With its check digit."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


CARD = luhn("622202123456789012")


def wide(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def grouped(text, *sizes, by):
    parts = []
    for size in sizes:
        parts.append(text[:size])
        text = text[size:]
    return by.join(parts + [text])


SPELLINGS = [IDENTITY, IDENTITY.lower(), wide(IDENTITY), grouped(IDENTITY, 6, 8, by=" "), grouped(IDENTITY, 6, 4, 2, 2, by="-"),
             wide(grouped(IDENTITY, 6, 8, by="-")), MOBILE, wide(MOBILE), grouped(MOBILE, 3, 4, by=" "), f"+86 {MOBILE}",
             grouped(MOBILE, 3, 4, by="-"), "0353-8082110", "（0353）8082110", CARD, grouped(CARD, 4, 4, 4, 4, by=" "),
             grouped(CARD, 4, 4, 4, 4, by="-"), wide(CARD)]


def plain(data):
    """Digits as a reader would see them."""
    text = unicodedata.normalize("NFKC", data.decode("utf-8", "replace"))
    return "".join(c for c in text if c not in " -,.()")


class Kept(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()

    def assert_nowhere(self):
        for path in self.county.folder.rglob("*"):
            if not path.is_file() or path.suffix == ".csv" and "rejected" not in path.name:
                continue  # the office's own sheet is the office's
            text = plain(path.read_bytes())
            for number in (IDENTITY, IDENTITY.lower(), MOBILE, "03538082110", CARD):
                self.assertNotIn(number, text, f"{path}: {number}")

    def sweep(self, **fields):
        return {"occurredAt": f"{DAY}T01:00:00Z", "unit": VILLAGES[0], **fields}

    def test_the_hub_rejects_them_in_every_text_and_keeps_nothing(self):
        county = self.county
        events = [self.sweep(note=f"联系 {number}", sweepRecorded={}) for number in SPELLINGS]
        events += [self.sweep(sweepRecorded={}, matter=IDENTITY), self.sweep(sweepRecorded={}, campaign=MOBILE),
                   self.sweep(sweepRecorded={}, unit=IDENTITY),
                   self.sweep(hazardFound={"hazard": f"YH-{MOBILE}", "category": "FIRE", "grade": "GENERAL"}),
                   self.sweep(hazardFound={"hazard": "YH-1", "category": CARD, "grade": "GENERAL"}),
                   self.sweep(inspectionRecorded={"checklist": f"L-{IDENTITY}"})]
        runs = county.publish("safety", *events, expect=1)
        codes = [run.get("code") for run in runs for _ in range(run.get("count", 1))]
        self.assertEqual(codes, ["PERSONAL_DATA"] * len(events), runs)
        rejected = county.ask_lines("rejected")
        self.assertEqual(len(rejected), len(events))
        for rejection in rejected:
            self.assertNotIn("event", rejection)
            self.assertGreater(rejection["fieldSize"], 0)
        # Nor is it a stream's name.
        county.publish("safety", self.sweep(sweepRecorded={}), source=f"s-{MOBILE}", expect=1)
        county.stop_hub()
        self.assert_nowhere()
        county.open_hub()

    def test_an_office_s_sheet_gives_them_to_nobody(self):
        county = self.county
        county.start_agent("petitions", inbox=None)
        rows = [sheets.petition(f"P-{number}", VILLAGES[0], DAY, note=f"电话{spelling}".replace(",", "，"))
                for number, spelling in enumerate(SPELLINGS)]
        rows += [sheets.petition(IDENTITY, VILLAGES[0], DAY), sheets.petition(MOBILE, VILLAGES[0], DAY),
                 sheets.petition("P-GOOD", VILLAGES[0], DAY)]
        report = county.drop("petitions", "信访登记台账.csv", sheets.PETITIONS, rows)
        until("the report", report.exists)
        rejected = report.with_name("信访登记台账.rejected.csv").read_text(encoding="utf-8-sig")
        self.assertEqual(rejected.count("PERSONAL_DATA"), len(rows) - 1)
        self.assertEqual([record["event"]["matter"] for record in county.replay("--type", "PetitionRegistered")], ["P-GOOD"])
        self.assert_nowhere()


if __name__ == "__main__":
    main()
