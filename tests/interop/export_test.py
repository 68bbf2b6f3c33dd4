#!/usr/bin/env python3
"""What is taken along says what it is, and the same in CSV and .xlsx; both are read back here.

usage: export_test.py SOURCE EXPORT_CONVERT
"""
import csv
import datetime
import io
import json
import pathlib
import re
import subprocess
import sys
import unittest
import xml.etree.ElementTree as xml
import zipfile

SOURCE = pathlib.Path(sys.argv[1])
CONVERT = sys.argv[2]
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
MOMENT = {"day": "2020-08-19", "position": "184203", "time": "2020-08-19T01:41:07Z", "past": True,
          "today": "2021-02-03", "policyVersion": "yuxian-2020-1", "policyPreset": "yuxian-2020"}
RATE = {"part": "0", "whole": "0", "text": ""}  # of nothing


def run(option, name, document, **mark):
    given = {"unit": "140322000000", "unitName": "盂县", "account": "county.leader", "office": "LEADERSHIP",
             "takenAt": "2021-02-03T01:00:00Z", "query": "", "demonstration": False, "utcOffsetMinutes": 480, **mark}
    lines = json.dumps(given) + "\n" + json.dumps({"moment": MOMENT, **document})
    return subprocess.run([CONVERT, option, name], input=lines.encode(), capture_output=True, check=False)


def export(name, document, **mark):
    made = run("--export", name, document, **mark)
    assert made.returncode == 0, made.stderr.decode()
    return made.stdout.split(b"\n", 1)[1]


def read_csv(data):
    assert data.startswith(b"\xef\xbb\xbf")
    text = data[3:].decode("utf-8")
    assert "\n" not in text.replace("\r\n", "")
    return list(csv.reader(io.StringIO(text, newline="")))


def column_number(reference):
    number = 0
    for letter in re.match(r"[A-Z]+", reference).group():
        number = number * 26 + ord(letter) - 64
    return number


def cell_value(cell, styles, shared):
    kind = cell.get("t")
    if kind == "inlineStr":
        return "".join(text.text or "" for text in cell.iter(SHEET + "t"))
    value = cell.find(SHEET + "v").text
    if kind == "s":
        return shared[int(value)]
    number = styles[int(cell.get("s", "0"))]
    if number == "yyyy-mm-dd":
        return (datetime.date(1899, 12, 30) + datetime.timedelta(days=int(value))).isoformat()
    if re.fullmatch(r"0(\.0+)?", number):
        return f"{float(value):.{max(len(number) - 2, 0)}f}"
    return value


def read_xlsx(data):
    """Rows as texts, numbers as they are shown; and which cells are numbers."""
    book = zipfile.ZipFile(io.BytesIO(data))
    assert book.testzip() is None
    style = xml.fromstring(book.read("xl/styles.xml"))
    patterns = {one.get("numFmtId"): one.get("formatCode") for one in style.iter(SHEET + "numFmt")}
    patterns.update({"1": "0", "2": "0.00"})  # built in
    styles = [patterns.get(one.get("numFmtId"), "") for one in style.find(SHEET + "cellXfs")]
    shared = []
    if "xl/sharedStrings.xml" in book.namelist():
        shared = ["".join(text.text or "" for text in item.iter(SHEET + "t"))
                  for item in xml.fromstring(book.read("xl/sharedStrings.xml"))]
    rows, numbers = [], set()
    for row in xml.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(SHEET + "row"):
        while len(rows) < int(row.get("r")):
            rows.append([])
        for cell in row:
            number = column_number(cell.get("r"))
            assert number == len(rows[-1]) + 1, "a cell is missing"
            rows[-1].append(cell_value(cell, styles, shared))
            if cell.get("t") is None:
                numbers.add((len(rows) - 1, number - 1))
            assert cell.find(SHEET + "f") is None
    return rows, numbers


class Table:
    """Lines in front, heads, rows: by name of the column."""

    def __init__(self, rows):
        blank = next(index for index, row in enumerate(rows) if not row or row == [""])
        self.lines = {row[0]: row[1] for row in rows[:blank]}
        self.order = [row[0] for row in rows[:blank]]
        self.heads = rows[blank + 1]
        self.rows = [dict(zip(self.heads, row)) for row in rows[blank + 2:]]
        for row in rows[blank + 2:]:
            assert len(row) == len(self.heads), row
            assert all(row), f"an empty cell: {row}"


def both(name, document, **mark):
    """The same table in both formats; they must say the same."""
    text = Table(read_csv(export(name + ".csv", document, **mark)))
    rows, _ = read_xlsx(export(name + ".xlsx", document, **mark))
    sheet = Table(rows)
    assert text.lines == sheet.lines, (text.lines, sheet.lines)
    assert text.heads == sheet.heads
    for one, other in zip(text.rows, sheet.rows):
        # In CSV an apostrophe stands in front of what would be a formula; a sign is not shown in .xlsx.
        plain = {head: value[1:] if re.match(r"'[=+@-]", value) else value for head, value in one.items()}
        plain = {head: value[1:] if re.fullmatch(r"\+[0-9.]+", value) else value for head, value in plain.items()}
        assert plain == other, (plain, other)
    assert len(text.rows) == len(sheet.rows)
    return text


TREE = {"codes": ["140322000000", "140322102000", "140322102201"], "names": ["盂县", "路家村镇", "=示范01村"],
        "parents": [0, 1, 2], "kinds": ["COUNTY", "TOWN", "VILLAGE"],
        "joint": ["NOT_COUNTED", "NOT_COUNTED", "UNVERIFIED"],
        "petitionStatus": ["NOT_COUNTED", "NOT_COUNTED", "ZERO"],
        "accidentStatus": ["NOT_COUNTED", "NOT_COUNTED", "BROKEN"],
        "caseStatus": ["NOT_COUNTED", "NOT_COUNTED", "UNVERIFIED"],
        "petitionStreaks": [0, 0, 578], "accidentStreaks": [0, 0, 0], "caseStreaks": [0, 0, 197],
        "verifiedUntil": [0, 0, 18488], "gapOffices": ["UNSPECIFIED", "UNSPECIFIED", "PUBLIC_SECURITY"],
        "gapFrom": [0, 0, 18459], "gapTo": [0, 0, 18474], "silent": [False, False, True], "total": 3}


class Exports(unittest.TestCase):
    def test_the_lines_in_front_say_what_the_table_is(self):
        table = both("tree", {"tree": TREE}, demonstration=True, query="unit=140322000000&at=2020-08-19")
        self.assertEqual(table.order, ["三零枢纽 Sanling Hub", "注意 Note", "单位 Unit", "状态日 Status day",
                                       "所知至 Known to", "规则 Policy", "舍入 Rounding", "说明 Note", "条件 Asked",
                                       "行数 Rows", "下载 Taken by"])
        self.assertEqual(table.lines["单位 Unit"], "盂县 140322000000")
        self.assertEqual(table.lines["状态日 Status day"], "2020-08-19（回看 looking back）")
        self.assertEqual(table.lines["所知至 Known to"], "位置 position 184203 · 2020-08-19 09:41:07 +08:00")
        self.assertEqual(table.lines["规则 Policy"], "yuxian-2020-1（yuxian-2020）")
        self.assertEqual(table.lines["说明 Note"], "未报不等于零 No report is not zero")
        self.assertEqual(table.lines["下载 Taken by"],
                         "领导小组办 LEADERSHIP · county.leader · 2021-02-03 09:00:00 +08:00")

    def test_a_unit_that_nobody_reported_is_unverified_in_word_and_code(self):
        table = both("tree", {"tree": TREE})
        village = table.rows[2]
        self.assertEqual((village["联合状态 Joint status"], village["联合状态代码 Joint code"]), ("未核实", "UNVERIFIED"))
        self.assertEqual((village["零上访 No petitions"], village["零上访代码 Petition code"]), ("零", "ZERO"))
        self.assertEqual((village["零事故 No accidents"], village["零事故代码 Accident code"]), ("破零", "BROKEN"))
        self.assertEqual(village["零案件已核实天数 Case days verified"], "197")
        self.assertEqual(village["上级 Parent"], "路家村镇")
        self.assertEqual(village["核实至 Verified until"], "2020-08-14")
        self.assertEqual((village["缺口起 Gap from"], village["缺口止 Gap to"]), ("2020-07-16", "2020-07-31"))
        self.assertEqual(village["缺口部门 Office that owes"], "公安 PUBLIC_SECURITY")
        self.assertEqual(table.rows[0]["联合状态代码 Joint code"], "NOT_COUNTED")
        self.assertEqual(table.rows[0]["上级 Parent"], "–")

    def test_the_tree_is_filtered_as_its_view_is(self):
        def codes(**wanted):
            return [row["单位代码 Unit code"][-4:] for row in both("tree", {"tree": TREE}, **wanted).rows]
        self.assertEqual(codes(state="unverified"), ["2201"])
        self.assertEqual(codes(state="zero"), [])
        self.assertEqual(codes(state="zero", zero="PETITION"), ["2201"])
        self.assertEqual(codes(state="broken", zero="ACCIDENT"), ["2201"])
        self.assertEqual(codes(state="gap"), ["2201"])
        self.assertEqual(codes(state="silent"), ["2201"])
        self.assertEqual(codes(kind="TOWN"), ["2000"])
        self.assertEqual(codes(kind="AREA"), ["2201"])
        self.assertEqual(codes(kind="ENTERPRISES"), [])
        self.assertEqual(codes(search="路家"), ["2000"])
        self.assertEqual(codes(state="all", search="140322"), ["0000", "2000", "2201"])
        lines = both("tree", {"tree": TREE}, kind="TOWN").lines
        self.assertEqual(lines["行数 Rows"], "1，已筛选，共 3 filtered, of 3")

    def test_columns_of_different_length_are_no_tree(self):
        for document in ({"tree": {**TREE, "silent": [False]}}, {}):
            refused = run("--export", "tree.csv", document)
            self.assertEqual((refused.returncode, refused.stdout), (1, b""))
            self.assertIn("the document is not this view's", refused.stderr.decode())

    def test_text_that_a_spreadsheet_would_compute_is_not_computed(self):
        names = ["=1+1", "+1", "-1", "@SUM(A1)", "a=1", "\t=1", '"quoted", text', "line\nend"]
        rows = [{"unit": "140322000000", "name": name, "text": name} for name in names]
        data = export("attention-silent.csv", {"rows": rows, "total": len(rows)})
        shown = [row["单位 Unit"] for row in Table(read_csv(data)).rows]
        self.assertEqual(shown, ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "a=1", " =1", '"quoted", text', "line end"])
        rows, numbers = read_xlsx(export("attention-silent.xlsx", {"rows": rows, "total": len(rows)}))
        self.assertEqual([row[1] for row in rows[-len(names):]],
                         ["=1+1", "+1", "-1", "@SUM(A1)", "a=1", " =1", '"quoted", text', "line end"])
        self.assertFalse(any(column == 1 for _, column in numbers))

    def test_a_row_that_is_of_no_zero_names_none(self):
        rows = [{"unit": "140322102201", "zero": zero} for zero in ("UNSPECIFIED", "CASE")]
        table = both("attention-silent", {"rows": rows, "total": 2})
        self.assertEqual([row["三零 Zero"] for row in table.rows], ["–", "零案件 cases"])

    def test_a_list_that_was_cut_says_so(self):
        table = both("matters", {"matters": [self.matter()], "total": 300})
        self.assertEqual(table.lines["行数 Rows"], "1，共 300，未全部列出 not all of 300")
        self.assertEqual(both("matters", {"matters": [self.matter()], "total": 1}).lines["行数 Rows"], "1")

    def matter(self, **other):
        return {"kind": "HAZARD", "matter": "140322-2020-H-000001", "unit": "140322102201", "unitName": "示范01村",
                "step": "ORDERED", "openedDay": "2020-07-01", "closedDay": "", "dueDay": "2020-08-01",
                "clock": "RECTIFICATION", "daysLeft": -18, "openedBy": "WORK_SAFETY", "handler": "WORK_SAFETY",
                "members": ["WORK_SAFETY", "PUBLIC_SECURITY"], "hazardGrade": "MAJOR", "openedAt": "1200",
                "movedAt": "0", "lead": "UNSPECIFIED", "caseClass": 0, **other}

    def test_a_matter_has_step_and_deadline_in_words_and_codes(self):
        table = both("matters", {"matters": [self.matter(), self.matter(dueDay="", daysLeft=0)], "total": 2})
        row = table.rows[0]
        self.assertEqual(row["类别 Kind"], "隐患 HAZARD")
        self.assertEqual(row["环节代码 Step code"], "ORDERED")
        self.assertNotEqual(row["环节 Step"], "ORDERED")
        self.assertEqual(row["剩余天数(负为逾期) Days left"], "-18")
        self.assertEqual(row["联合成员 Members"], "安委办/应急 WORK_SAFETY、公安 PUBLIC_SECURITY")
        self.assertEqual(row["办结日 Closed"], "–")
        self.assertEqual(row["最近位置 Moved at"], "–")
        self.assertEqual(table.rows[1]["剩余天数(负为逾期) Days left"], "–")

    def test_every_figure_of_the_summary_is_in_the_overview(self):
        table = both("overview", {"summary": summary()})
        shown = {row["数字名 Figure"] for row in table.rows}
        for name in summary_figures():
            self.assertIn(name, shown)

    def test_a_rate_has_its_integers_and_a_status_both_bounds(self):
        given = summary()
        given["hazards"].update({"found": 3186, "rate": {"part": "3167", "whole": "3186", "text": "99.4"}})
        given["cases"].update({"filedChange": "-35.7", "clearanceChangePoints": "+21.4"})
        given["zeros"] = {"counts": [{"group": "ALL", "zero": "UNSPECIFIED", "total": 2, "unverified": 2},
                                     {"group": "ENTERPRISE", "zero": "ACCIDENT", "total": 4419, "zeroUnits": 4378,
                                      "broken": 1, "unverified": 40, "lower": {"text": "99.07"},
                                      "upper": {"text": "99.98"}, "coverage": {"text": "99.09"}}]}
        table = both("overview", {"summary": given})
        rows = {row["数字名 Figure"]: row for row in table.rows}
        self.assertEqual(rows["hazards.found"]["数 Number"], "3186")
        rate = rows["hazards.rate"]
        self.assertEqual((rate["部分 Part"], rate["全部 Whole"], rate["比率 % Rate %"]), ("3167", "3186", "99.4"))
        self.assertEqual(rows["petitions.on_time"]["比率 % Rate %"], "–")
        self.assertEqual(rows["cases.filed_change"]["数 Number"], "-35.7")
        self.assertEqual(rows["cases.clearance_change_points"]["数 Number"], "+21.4")
        self.assertEqual(rows["zeros.JOINT"]["指标 Item"], "联合状态 joint status：全部单位 all units")
        zero = rows["zeros.ACCIDENT.ENTERPRISE"]
        self.assertEqual([zero[head] for head in ("总数 Total", "零 Zero", "破零 Broken", "未核实 Unverified",
                                                  "下限 % Lower %", "上限 % Upper %", "覆盖 % Coverage %")],
                         ["4419", "4378", "1", "40", "99.07", "99.98", "99.09"])

    def test_a_period_that_is_not_due_says_nothing_of_statuses(self):
        count = {"group": "ALL", "zero": "CASE", "total": 10, "zeroUnits": 9, "broken": 0, "unverified": 1,
                 "lower": {"text": "90.00"}, "upper": {"text": "100.00"}, "coverage": {"text": "90.00"}}
        table = both("trends", {
            "periods": [{"fromDay": "2020-07-01", "toDay": "2020-07-31", "whole": True, "due": True},
                        {"fromDay": "2020-08-01", "toDay": "2020-08-19", "whole": False, "due": False}],
            "series": [{"figure": "zeros.CASE", "counts": [], "previous": [], "statuses": [count, count]},
                       {"figure": "hazards.found", "counts": ["12", "7"], "previous": ["3", "0"], "statuses": []}]})
        self.assertEqual([row["未核实 Unverified"] for row in table.rows], ["1", "–", "–", "–"])
        self.assertEqual([row["说明 Note"] for row in table.rows], ["–", "未到期 not due yet", "–", "–"])
        self.assertEqual([row["数 Count"] for row in table.rows], ["–", "–", "12", "7"])
        self.assertEqual([row["上年同期 Last year"] for row in table.rows], ["–", "–", "3", "0"])

    def test_what_differs_names_the_records_that_made_it(self):
        table = both("difference", {
            "rows": [{"unit": "140322102201", "name": "示范01村", "kind": "VILLAGE", "zero": "CASE", "then": "BROKEN",
                      "now": "ZERO", "positions": ["88012", "88013"], "types": ["EventCorrected", "EventCorrected"]}],
            "total": 1, "figures": [{"figure": "cases.filed", "then": 54, "now": 53, "positions": ["88012"]}]})
        self.assertEqual([table.rows[0][head] for head in table.heads[4:9]],
                         ["破零", "BROKEN", "零", "ZERO", "88012 88013"])
        self.assertEqual([table.rows[1][head] for head in table.heads[3:9]],
                         ["cases.filed", "54", "–", "53", "–", "88012"])

    def test_a_figure_has_its_records(self):
        table = both("figure-hazards.struck_off", {
            "figure": "hazards.struck_off", "total": "2", "rowCount": 2,
            "rows": [{"position": "12", "unit": "140322102201", "matter": "H1", "day": "2020-07-02", "count": "1"},
                     {"position": "0", "unit": "140322102201", "matter": "", "day": "", "count": "1"}],
            "records": [{"position": "12", "type": "HazardVerified", "label": "复查销号", "publisher": "safety-yu",
                         "office": "WORK_SAFETY", "unitName": "示范01村", "occurredAt": "2020-07-02T00:00:00Z",
                         "recordedAt": "2020-07-02T16:30:00Z"}, {"position": "0"}]})
        self.assertEqual(table.lines["三零枢纽 Sanling Hub"], "形成此数的事件 Events behind the figure: hazards.struck_off")
        self.assertEqual(table.rows[0]["记录 Recorded"], "2020-07-03 00:30:00 +08:00")
        self.assertEqual(table.rows[0]["事件 Event"], "复查销号")
        self.assertEqual(table.rows[1]["位置 Position"], "–")

    def test_an_event_has_its_type_and_content(self):
        table = both("events", {"records": [{
            "position": "7", "recordedAt": "2020-07-02T00:00:00Z", "routedTo": ["PETITIONS"],
            "publisher": {"identity": "safety-yu", "office": "WORK_SAFETY", "unit": ""},
            "event": {"source": "safety-yu", "sequence": "3", "occurredAt": "2020-07-01T00:00:00Z",
                      "unit": "140322102201", "hazardFound": {"hazard": "H1", "grade": "MAJOR"}}}], "before": "7"})
        self.assertEqual(table.lines["行数 Rows"], "1，位置 7 之前未列出 not those before 7")
        row = table.rows[0]
        self.assertEqual(row["事件代码 Event type"], "HazardFound")
        self.assertEqual(json.loads(row["内容 Content"]), {"hazard": "H1", "grade": "MAJOR"})
        self.assertEqual(row["送达 Routed to"], "信访 PETITIONS")

    def test_units_have_three_zeros_and_what_lives_below(self):
        zeros = [{"zero": "PETITION", "status": "ZERO", "since": "2019-01-01", "streakDays": 578,
                  "verifiedUntil": "2020-07-31", "breakCount": 0, "gaps": []},
                 {"zero": "CASE", "status": "UNVERIFIED", "since": "2020-07-16", "streakDays": 197,
                  "verifiedUntil": "2020-07-15", "breakCount": 0,
                  "gaps": [{"office": "PUBLIC_SECURITY", "fromDay": "2020-07-16", "toDay": "2020-07-31"}]}]
        below = {"counts": [{"group": "AREA", "zero": "UNSPECIFIED", "total": 1},
                            {"group": "ALL", "zero": "UNSPECIFIED", "total": 12, "zeroUnits": 11, "broken": 0,
                             "unverified": 1, "lower": {"text": "91.67"}, "upper": {"text": "100.00"},
                             "coverage": {"text": "91.67"}}]}
        table = both("units", {"units": [{"unit": "140322102201", "name": "示范01村", "kind": "VILLAGE",
                                          "parent": "140322102000", "level": 0, "joint": "UNVERIFIED", "zeros": zeros,
                                          "jointStreakDays": 197, "below": below, "notValid": ""}]})
        row = table.rows[0]
        self.assertEqual(row["零案件 No cases 状态 Status"], "未核实")
        self.assertEqual(row["零案件 No cases 缺口起 Gap from"], "2020-07-16")
        self.assertEqual(row["零事故 No accidents 代码 Code"], "NOT_COUNTED")
        self.assertEqual((row["总数 Total"], row["下限 % Lower %"]), ("12", "91.67"))

    def test_each_of_the_other_lists_is_a_table(self):
        self.assertEqual(both("campaigns", {"campaigns": [{
            "code": "C01", "name": "清底战", "lead": "WORK_SAFETY", "fromDay": "2020-04-01", "matters": 3,
            "closedRate": {"text": "66.7"}, "events": "12"}]}).rows[0]["办结率 % Closed %"], "66.7")
        self.assertEqual(both("discrepancies", {"discrepancies": [{
            "discrepancy": "D-1", "rule": "WORK_CASUALTY", "finding": "CONFIRMED"}]}).rows[0]["结论 Finding"],
            "属实 CONFIRMED")
        self.assertEqual(both("article", {"rows": [{"label": "整改率 %", "labelEn": "rate %", "article": "99.4",
                                                    "computed": "99.4", "same": True}]}).rows[0]["相同 Same"], "是 yes")

    def test_names_are_chinese_and_no_path(self):
        def name(asked, **mark):
            return run("--export", asked, {"tree": TREE, "rows": []}, **mark).stdout.split(b"\n", 1)[0].decode()
        self.assertEqual(name("tree.xlsx"), "盂县-单位树-2020-08-19.xlsx")
        self.assertEqual(name("attention-silent.csv"), "盂县-静默单位-2020-08-19.csv")
        self.assertEqual(name("figure-hazards.open.csv"), "盂县-形成此数的事件-hazards.open-2020-08-19.csv")
        self.assertEqual(name("tree.csv", unitName="../a\"b\r\n;c"), ".._a_b___c-单位树-2020-08-19.csv")

    def test_what_is_no_export_is_refused(self):
        for name in ("tree", "tree.txt", "tree.csv.exe", "attention-.csv", "attention-nothing.csv", "figure-a b.csv",
                     "figure-" + "x" * 200 + ".csv", "matters-x.csv", ".csv", "figure-../x.csv"):
            self.assertEqual(run("--export", name, {"tree": TREE}).returncode, 1, name)

    def test_a_county_of_twenty_thousand_units_fits(self):
        count = 20000
        tree = {"codes": ["140322000000"] + [f"1403221{i:08d}" for i in range(1, count)],
                "names": ["盂县"] + [f"示范第{i}村民委员会" for i in range(1, count)], "parents": [0] + [1] * (count - 1),
                "kinds": ["COUNTY"] + ["VILLAGE"] * (count - 1), "silent": [False] * count, "total": count}
        for name in ("joint", "petitionStatus", "accidentStatus", "caseStatus"):
            tree[name] = ["UNVERIFIED"] * count
        for name in ("petitionStreaks", "accidentStreaks", "caseStreaks"):
            tree[name] = [10] * count
        for name in ("verifiedUntil", "gapFrom", "gapTo"):
            tree[name] = [18488] * count
        tree["gapOffices"] = ["PETITIONS"] * count
        for ending in ("csv", "xlsx"):
            before = datetime.datetime.now()
            data = export("tree." + ending, {"tree": tree})
            took = (datetime.datetime.now() - before).total_seconds()
            print(f"{count} units as {ending}: {len(data) / 1e6:.1f} MB in {took:.2f} s, JSON parsing included")
            rows = read_csv(data) if ending == "csv" else read_xlsx(data)[0]
            self.assertEqual(len(Table(rows).rows), count)


def summary_messages():
    """The messages of the summary that hold figures, from the contract itself."""
    text = (SOURCE / "proto/status.proto").read_text(encoding="utf-8")
    body = re.search(r"message Summary \{(.*?)\n\}", text, re.S).group(1)
    for kind, name in re.findall(r"^  (\w+Summary) (\w+) =", body, re.M):
        fields = re.search(r"message " + kind + r" \{(.*?)\n\}", text, re.S).group(1)
        yield name, re.findall(r"^  (\w+) (\w+) = \d+;", fields, re.M)


def camel(name):
    return re.sub(r"_([a-z])", lambda match: match.group(1).upper(), name)


def summary():
    values = {"Rate": lambda: dict(RATE), "string": lambda: "", "bool": lambda: False}
    return {camel(name): {camel(field): values.get(kind, lambda: 0)() for kind, field in fields}
            for name, fields in summary_messages()}


def summary_figures():
    figures = [f"{name}.{field}" for name, fields in summary_messages() for _, field in fields]
    assert len(figures) > 70, figures
    return figures


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
