"""What is taken along is the whole list, of one moment, of what its account may see; and the interface is described as
it is."""
import csv
import http.client
import io
import re
import socket
import unittest
import urllib.parse
import zipfile

from county import COUNTY, OTHER_TOWN, SOURCE, TOWN, VILLAGES, County, main
from page import Page

HAZARDS = 450


def hazard(number):
    return {"occurredAt": "2020-08-18T01:00:00Z", "unit": VILLAGES[number % len(VILLAGES)],
            "hazardFound": {"hazard": f"H-{number:05d}", "grade": "GENERAL", "category": "FIRE"}}


class Table:
    def __init__(self, answer):
        rows = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))
        blank = rows.index([])
        self.lines = {row[0]: row[1] for row in rows[:blank]}
        self.heads = rows[blank + 1]
        self.rows = [dict(zip(self.heads, row)) for row in rows[blank + 2:]]


class Exports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(County(clock="2020-08-18T12:00:00+08:00"))
        cls.county.access["town-leader"] = ("leader", "LEADERSHIP", TOWN)
        cls.county.start()
        cls.county.publish("safety", *[hazard(number) for number in range(HAZARDS)])
        cls.county.ctl("clock", "set", "2020-08-19T12:00:00+08:00")
        cls.page = Page(cls.county, accounts=("leader", "town-leader"),
                        article=SOURCE / "deploy/demo/expected.json").start()
        cls.addClassCleanup(cls.page.program.stop)
        cls.leader = cls.page.browser("leader")
        cls.town = cls.page.browser("town-leader")

    def table(self, name, browser=None):
        answer = (browser or self.leader).get("/v1/export/" + name)
        self.assertEqual(answer.status, 200, answer.body[:500])
        self.assertEqual(answer.headers["content-type"].split(";")[0], "text/csv")
        return Table(answer)

    def test_a_list_comes_whole_whatever_the_pages(self):
        table = self.table("matters.csv?kind=HAZARD")
        names = [row["事项 Matter"] for row in table.rows]
        self.assertEqual(len(names), HAZARDS)
        self.assertEqual(len(set(names)), HAZARDS)
        self.assertEqual(table.lines["行数 Rows"], str(HAZARDS))
        self.assertEqual(table.lines["条件 Asked"], "kind=HAZARD")
        by_due = self.table("matters.csv?kind=HAZARD&sort=due&limit=3")
        self.assertEqual({row["事项 Matter"] for row in by_due.rows}, set(names))

    def test_a_figure_s_events_come_whole_too(self):
        table = self.table("figure-hazards.found.csv")
        self.assertEqual(len({row["位置 Position"] for row in table.rows}), HAZARDS)
        self.assertEqual(table.rows[0]["事件代码 Event type"], "HazardFound")
        self.assertTrue(table.rows[0]["单位 Unit"].startswith("示范"))

    def test_events_go_back_to_the_first(self):
        table = self.table("events.csv")
        positions = [int(row["位置 Position"]) for row in table.rows]
        self.assertEqual(positions, sorted(positions, reverse=True))
        self.assertEqual(positions[-1], 1)
        self.assertEqual(len(set(positions)), len(positions))

    def test_every_view_can_be_taken_along_in_both_forms(self):
        for name in ("overview", "tree", "units", "campaigns", "discrepancies", "attention-unverified", "trends",
                     "difference", "article"):
            for query in ("", "?at=2020-08-18") if name != "trends" else ("?of=hazards.found&by=day",):
                with self.subTest(name=name, query=query):
                    table = self.table(f"{name}.csv{query}")
                    self.assertEqual(table.lines["说明 Note"], "未报不等于零 No report is not zero")
                    self.assertIn("盂县", table.lines["单位 Unit"])
                    self.assertIn("回看" if query.startswith("?at") else "实时", table.lines["状态日 Status day"])
                    self.assertTrue(table.lines["下载 Taken by"].startswith("领导小组办 LEADERSHIP · leader · 2020-08-"))
                    self.assertFalse([row for row in table.rows if "" in row.values()])
                    sheet = self.leader.get(f"/v1/export/{name}.xlsx{query}")
                    self.assertEqual(sheet.status, 200)
                    self.assertIsNone(zipfile.ZipFile(io.BytesIO(sheet.body)).testzip())

    def test_the_file_has_a_chinese_name_and_is_kept_nowhere(self):
        answer = self.leader.get(f"/v1/export/tree.xlsx?unit={TOWN}")
        name = re.search(r"filename\*=UTF-8''(\S+)$", answer.headers["content-disposition"])[1]
        self.assertEqual(urllib.parse.unquote(name), "路家村镇-单位树-2020-08-19.xlsx")
        self.assertIn("no-store", answer.headers["cache-control"])

    def test_silence_is_a_word_and_a_code_in_the_tree(self):
        table = self.table("tree.csv")
        village = next(row for row in table.rows if row["单位代码 Unit code"] == VILLAGES[0])
        states = {(village["零案件 No cases"], village["零案件代码 Case code"])}
        self.assertLessEqual(states, {("零", "ZERO"), ("破零", "BROKEN"), ("未核实", "UNVERIFIED")})

    def test_the_tree_is_taken_along_as_it_is_filtered(self):
        table = self.table(f"tree.csv?unit={TOWN}&kind=AREA&q=2203&state=all&zero=JOINT")
        self.assertEqual([row["单位代码 Unit code"] for row in table.rows], [VILLAGES[3]])
        self.assertIn("q=2203", table.lines["条件 Asked"])
        for wrong in ("state=happy", "kind=CASTLE", "zero=ALL"):
            self.assertEqual(self.leader.get("/v1/export/tree.csv?" + wrong).code, "BAD_QUERY")

    def test_nobody_takes_along_what_is_not_theirs(self):
        self.assertEqual(self.page.browser().get("/v1/export/tree.csv").code, "LOGIN_REQUIRED")
        self.assertEqual(self.table("tree.csv", self.town).rows[0]["单位代码 Unit code"], TOWN)
        for name in (f"tree.csv?unit={COUNTY}", f"matters.csv?unit={OTHER_TOWN}"):
            answer = self.town.get("/v1/export/" + name)
            self.assertIn(answer.code, ("NOT_PERMITTED", "UNKNOWN_UNIT"), answer.body)
        self.assertEqual({row["unit"] for row in self.town.document("/v1/article")["rows"]}, {TOWN})

    def test_who_goes_away_before_the_file_is_made_harms_nobody(self):
        for number in range(10):
            connection = http.client.HTTPConnection(*self.page.address)
            connection.request("GET", f"/v1/export/{('events.csv', 'tree.xlsx')[number % 2]}",
                               headers={"Cookie": self.leader.cookie})
            connection.sock.shutdown(socket.SHUT_RDWR)
            connection.close()
        self.assertEqual(self.table("events.csv").rows[-1]["位置 Position"], "1")

    def test_what_is_no_export_is_said(self):
        for name, code in (("nothing.csv", "NOT_FOUND"), ("tree.pdf", "NOT_FOUND"), ("tree", "NOT_FOUND"),
                           ("attention-none.csv", "NOT_FOUND"), ("../session.csv", "NOT_FOUND"),
                           ("figure-no.such.csv", "UNKNOWN_FIGURE"), ("tree.csv?at=2020-02-30", "BAD_DAY"),
                           ("matters.csv?kind=WAR", "BAD_QUERY"), ("tree.csv?unit=140322999999", "UNKNOWN_UNIT")):
            with self.subTest(name=name):
                self.assertEqual(self.leader.get("/v1/export/" + name).code, code)

    def test_the_article_stands_beside_what_follows(self):
        document = self.leader.document("/v1/article")
        rows = {row["label"]: row for row in document["rows"]}
        self.assertEqual((rows["排查隐患"]["article"], rows["排查隐患"]["computed"], rows["排查隐患"]["verdict"]),
                         ("3186", str(HAZARDS), "DIFFERENT"))
        self.assertEqual(rows["排查隐患"]["figure"], "hazards.found")
        self.assertTrue(rows["整改率 %"]["why"] and rows["整改率 %"]["whyEn"])
        self.assertEqual(document["moment"]["day"], "2020-08-19")

    def test_the_interface_is_described_as_it_is(self):
        described = self.page.browser().document("/v1/openapi.json")
        fill = {"{code}": TOWN, "{matter}": "H-00001", "{list}": "silent", "{name}": "hazards.found", "{position}": "1"}
        for path, methods in described["paths"].items():
            if "get" not in methods or path == "/v1/stream":
                continue
            real = path.replace("export/{name}", "export/tree.csv").replace("{code}/days", f"{VILLAGES[0]}/days")
            for placeholder, value in fill.items():
                real = real.replace(placeholder, value)
            with self.subTest(path=path):
                query = {"/v1/search": "?q=%E7%9B%82", "/v1/trends": "?of=hazards.found&by=day"}.get(path, "")
                answer = self.leader.get(real + query)
                self.assertEqual(answer.status, 200, answer.body[:300])
                self.assertIn(answer.headers["content-type"].split(";")[0],
                              methods["get"]["responses"]["200"]["content"])
        source = (SOURCE / "agents/leadership/routes.c").read_text()
        patterns = {re.sub(r"\{\w+\}", "*", path) for path in described["paths"]}
        for route in set(re.findall(r'"(/v1/[a-z0-9./*]+|/healthz|/readyz)"', source)):
            self.assertIn(route + ("*" if route.endswith("/") else ""), patterns)


if __name__ == "__main__":
    main()
