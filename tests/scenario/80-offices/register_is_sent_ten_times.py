"""A register of 5,000 rows is sent ten times while it grows and changes: the log gets exactly the events of the changes,
as a plain model of the register has them, and each report counts what the model counts."""
import base64
import collections
import datetime
import os
import unittest

import sheets
from county import VILLAGES, County, fields, main, seeded, until

ROWS = int(os.environ.get("SANLING_REGISTER_ROWS", 5000))
VERSIONS = 10
COLUMNS = sheets.HAZARDS.split(",")
ENCODINGS = [("utf-8", ","), ("gb18030", ","), ("utf-8-sig", ";"), ("utf-16", "\t")]
CATEGORIES = {"消防": "FIRE", "用电": "ELECTRICITY", "机械设备": "MACHINERY", "其他": "OTHER"}
MOVES = {"待整改": "已整改", "已整改": "已销号"}
FIRST_DAY = datetime.date(2020, 3, 1)
TYPES = {"hazardFound": "HazardFound", "rectificationOrdered": "RectificationOrdered",
         "rectificationReported": "RectificationReported", "hazardVerified": "HazardVerified"}
PAYLOADS = {"HazardFound": 72, "RectificationOrdered": 74}  # their fields of an Event; field 2 of each is what changes


class Row:
    def __init__(self, chance, number):
        found = FIRST_DAY + datetime.timedelta(days=chance.randrange(60))
        self.key = f"YH-{number:05d}"
        self.unit = chance.choice(VILLAGES)
        self.found = found.isoformat()
        self.category = chance.choice(list(CATEGORIES))
        self.due = (found + datetime.timedelta(days=30)).isoformat()
        self.done = (found + datetime.timedelta(days=10)).isoformat()
        self.status = "待整改"
        self.wrong = False  # its day cannot be read

    def cells(self):
        found = "8月3日" if self.wrong else self.found
        return {"隐患编号": self.key, "单位编码": self.unit, "发现日期": found, "隐患类别": self.category, "等级": "一般",
                "整改方式": "限期整改", "整改期限": self.due, "整改完成日期": self.done if self.status != "待整改" else "/",
                "复查日期": self.done if self.status == "已销号" else "/", "民爆情形": "/", "状态": self.status}

    def events(self):
        """Type -> what a correction may change in it."""
        events = {"HazardFound": CATEGORIES[self.category], "RectificationOrdered": self.due}
        if self.status != "待整改":
            events["RectificationReported"] = ""
        if self.status == "已销号":
            events["HazardVerified"] = ""
        return events


class Office:
    """The register as its office keeps it, and what of it was sent."""

    def __init__(self, chance):
        self.chance = chance
        self.rows = [Row(chance, number) for number in range(ROWS)]
        self.numbers = ROWS
        self.gone = []
        self.sent = {}   # (key, type) -> (unit, content)
        self.former = set()

    def some(self, count):
        return self.chance.sample(self.rows, min(count, len(self.rows)))

    def work(self):
        """What happens between two versions."""
        for row in self.rows:
            row.wrong = False
        for row in self.some(120):
            row.status = MOVES.get(row.status, row.status)
        for row in self.some(40):
            row.category = self.chance.choice(list(CATEGORIES))
        for row in self.some(20):
            row.due = (datetime.date.fromisoformat(row.due) + datetime.timedelta(days=1)).isoformat()
        for row in self.some(5):
            row.unit = self.chance.choice(VILLAGES)  # cannot be corrected: it comes back, as long as it stays so
        for row in self.some(5):
            row.wrong = True
        back = [self.gone.pop() for _ in range(min(4, len(self.gone)))]
        for row in self.some(10):
            self.rows.remove(row)
            self.gone.insert(0, row)
        self.rows += back + [Row(self.chance, self.numbers + new) for new in range(30)]
        self.numbers += 30
        self.chance.shuffle(self.rows)

    def send(self):
        """Counts and events that this version must give."""
        counts, events = collections.Counter(), collections.Counter()
        for row in self.rows:
            wanted = row.events()
            known = {kind: self.sent[row.key, kind] for kind in wanted if (row.key, kind) in self.sent}
            changed = [kind for kind in known if known[kind] != (row.unit, wanted[kind])]
            if row.wrong or any(known[kind][0] != row.unit for kind in known):
                counts["rejected"] += 1
                continue
            for kind, content in wanted.items():
                if kind in changed:
                    counts["corrected"] += 1
                    events["corrected", row.key, kind, content] += 1
                elif kind in known:
                    counts["unchanged"] += 1
                else:
                    counts["new"] += 1
                    events["new", row.key, kind, content] += 1
                self.sent[row.key, kind] = (row.unit, content)
        keys = {row.key for row in self.rows}
        counts["vanished"] = len({key for key, _ in self.sent} & (self.former - keys))
        self.former = keys
        return counts, events


class Register(unittest.TestCase):
    def write(self, rows, encoding, delimiter):
        columns = self.office.chance.sample(COLUMNS, len(COLUMNS))
        folder = self.county.folder / "office/safety"
        lines = [delimiter.join(columns)]
        lines += [delimiter.join(row.cells()[column] for column in columns) for row in rows]
        (folder / "part.tmp").write_bytes("\r\n".join([*lines, ""]).encode(encoding))
        (folder / "part.tmp").rename(folder / "隐患台账.csv")

    def report(self, before):
        path = self.county.folder / "office/safety/reports/隐患台账.report.txt"
        until("the report", lambda: path.exists() and path.stat().st_ino != before, 120)
        return path.read_text(), path.stat().st_ino

    def recorded(self, position):
        """The events behind a position as the model has them, and the last position."""
        events = collections.Counter()
        for record in self.county.replay("--from", position + 1, "--office", "WORK_SAFETY"):
            event, position = record["event"], int(record["position"])
            if "eventCorrected" in event:
                target = int(event["eventCorrected"]["target"])
                key, kind = self.originals[target]
                replacement = fields(base64.b64decode(event["eventCorrected"]["replacement"]))
                payload = fields(replacement[PAYLOADS[kind]][0])
                events["corrected", key, kind, payload[2][0].decode()] += 1
                continue
            name = next(name for name in TYPES if name in event)
            payload = event[name]
            self.originals[position] = payload["hazard"], TYPES[name]
            content = payload["category"] if name == "hazardFound" else payload.get("dueDay", "")
            events["new", payload["hazard"], TYPES[name], content] += 1
        return events, position

    def test_ten_versions_of_a_register_give_exactly_the_events_of_their_changes(self):
        chance = seeded(self)
        self.county = self.enterContext(County())
        self.county.start()
        self.county.start_agent("safety")
        self.office, self.originals = Office(chance), {}
        position, inode = 0, 0
        for version in range(VERSIONS):
            encoding, delimiter = ENCODINGS[version % len(ENCODINGS)]
            if version > 0:
                self.office.work()
            counts, events = self.office.send()
            self.write(self.office.rows, encoding, delimiter)
            text, inode = self.report(inode)
            said = f"version {version + 1}, {encoding}: {dict(counts)}\n{text[:1500]}"
            self.assertIn(f"data rows: {len(self.office.rows)}; skipped: 0; rejected: {counts['rejected']};", text, said)
            self.assertIn(f"new {counts['new']}, unchanged {counts['unchanged']}, corrected {counts['corrected']}\n",
                          text, said)
            self.assertIn(f"not in this one): {counts['vanished']}\n", text, said)
            self.assertIn(", rejected 0\n", text, said)
            found, position = self.recorded(position)
            self.assertEqual(found, events, said)
        self.assertEqual(self.county.ask_lines("rejected"), [])


if __name__ == "__main__":
    main()
