"""What the interface answers: to whom, of what, and when only the words are new that nothing changed."""
import gzip
import unittest

from county import COUNTY, ENTERPRISE, OTHER_TOWN, OTHER_VILLAGES, TOWN, VILLAGES, County, main, until
from page import INDEX, Browser, Page

CSP = ("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
       "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")


def tally(count, unit=VILLAGES[0]):
    return {"occurredAt": "2020-08-19T03:00:00Z", "unit": unit,
            "publicityTallied": {"day": "2020-08-19", "item": "LEAFLETS", "count": count}}


def leaflets(summary):
    return next(tally["count"] for tally in summary["tallies"] if tally["kind"] == "publicity.LEAFLETS")


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(County())
        cls.county.access["town-leader"] = ("leader", "LEADERSHIP", TOWN)
        cls.county.start()
        cls.county.publish("governance", tally(3), tally(4, OTHER_VILLAGES[0]))
        cls.page = Page(cls.county, accounts=("leader", "town-leader")).start()
        cls.leader = cls.page.browser("leader")
        cls.town = cls.page.browser("town-leader")

    def check_problem(self, answer, status, code):
        self.assertEqual((answer.status, answer.code), (status, code), answer.body)
        self.assertEqual(answer.headers["content-type"].split(";")[0], "application/problem+json")
        for member in ("title", "titleEn", "detail", "detailEn", "type"):
            self.assertTrue(answer.json[member], member)
        self.assertNotRegex(answer.json["detail"], r"moment:|day:|figure:", "the Chinese text is Chinese")
        self.assertNotRegex(answer.body.decode(), r"\.c:\d+|Traceback|0x[0-9a-f]{6}")

    # ---- wrong input ----

    def test_wrong_input_is_answered_in_words(self):
        for path, status, code in [
                ("/v1/units/999", 404, "UNKNOWN_UNIT"),
                ("/v1/overview?unit=140322999999", 404, "UNKNOWN_UNIT"),
                ("/v1/overview?unit=%00", 400, "BAD_QUERY"),
                ("/v1/overview?unit=%FF", 400, "BAD_QUERY"),
                ("/v1/overview?unit=" + "1" * 300, 400, "BAD_QUERY"),
                ("/v1/overview?at=2020-02-30", 400, "BAD_DAY"),
                ("/v1/overview?at=yesterday", 400, "BAD_DAY"),
                ("/v1/overview?at=2099-01-01", 400, "BAD_DAY"),
                ("/v1/overview?at=2000-01-01", 400, "BAD_DAY"),
                ("/v1/trends?of=hazards.open", 404, "UNKNOWN_FIGURE"),
                ("/v1/trends?of=hazards.found&by=day&from=2000-01-01", 400, "BAD_QUERY"),
                ("/v1/summary?known=999999999", 400, "BAD_MOMENT"),
                ("/v1/summary?known=soon", 400, "BAD_MOMENT"),
                ("/v1/summary?known=0", 400, "BAD_MOMENT"),
                ("/v1/summary?year=1", 400, "BAD_QUERY"),
                ("/v1/status?depth=99", 400, "BAD_QUERY"),
                ("/v1/matters?kind=WAR", 400, "BAD_QUERY"),
                ("/v1/matters?open=perhaps", 400, "BAD_QUERY"),
                ("/v1/matters?limit=-1", 400, "BAD_QUERY"),
                ("/v1/matters/NO-SUCH-MATTER", 404, "NOT_FOUND"),
                ("/v1/figures/no.such", 404, "UNKNOWN_FIGURE"),
                ("/v1/figures/hazards.found?limit=many", 400, "BAD_QUERY"),
                ("/v1/attention/nobody", 404, "NOT_FOUND"),
                ("/v1/events/0", 404, "NOT_FOUND"),
                ("/v1/events/99999999999999999999999", 404, "NOT_FOUND"),
                ("/v1/events/1;2", 404, "NOT_FOUND"),
                ("/v1/trends?of=a,b,c,d,e,f,g,h,i", 400, "BAD_QUERY"),
                ("/v1/trends?by=century", 400, "BAD_QUERY"),
                ("/v1/nothing", 404, "NOT_FOUND"),
                ("/v1", 404, "NOT_FOUND"),
                ("/v1/units//days", 404, "NOT_FOUND"),
                ("/assets/none.js", 404, "NOT_FOUND"),
                ("/../../etc/passwd", 404, "NOT_FOUND"),
                ("/assets/%2e%2e/%2e%2e/leadership.yaml", 404, "NOT_FOUND"),
                ("/accounts.yaml", 404, "NOT_FOUND"),
                ("/v1/overview?unit=" + "x" * 5000, 413, "TOO_LARGE")]:
            with self.subTest(path=path[:80]):
                self.check_problem(self.leader.get(path), status, code)

    def test_methods_and_bodies_have_limits(self):
        for method in ("PUT", "PATCH", "OPTIONS", "TRACE"):
            answer = self.leader.ask(method, "/v1/overview")
            self.check_problem(answer, 405, "METHOD_NOT_ALLOWED")
            self.assertEqual(answer.headers["allow"], "GET, HEAD")
        self.check_problem(self.leader.ask("DELETE", "/v1/overview"), 405, "METHOD_NOT_ALLOWED")
        big = Browser(self.page.address).ask("POST", "/v1/session", "x" * 20000, {"Content-Type": "application/json"})
        self.check_problem(big, 413, "TOO_LARGE")
        self.assertEqual(self.leader.ask("HEAD", "/v1/overview").body, b"")

    def test_without_a_session_nothing_is_said(self):
        for path in ("/v1/overview", "/v1/session", "/v1/stream", "/v1/events/1", "/v1/nothing"):
            self.check_problem(Browser(self.page.address).get(path), 401, "LOGIN_REQUIRED")
        stranger = Browser(self.page.address)
        stranger.cookie = "sanling=" + "0" * 64
        self.check_problem(stranger.get("/v1/overview"), 401, "LOGIN_REQUIRED")

    def test_a_log_in_from_another_site_is_refused(self):
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://elsewhere.example"}, {"Origin": "null"}):
            self.check_problem(Browser(self.page.address).login("leader", **headers), 403, "NOT_PERMITTED")
        host = "%s:%d" % self.page.address
        same = Browser(self.page.address).login("leader", **{"Sec-Fetch-Site": "same-origin",
                                                             "Origin": f"http://{host}"})
        self.assertEqual(same.status, 200)

    def test_who_logs_out_is_out(self):
        browser = self.page.browser("leader")
        self.assertEqual(browser.get("/v1/session").status, 200)
        cookie = browser.cookie
        self.assertEqual(browser.ask("DELETE", "/v1/session").status, 204)
        browser.cookie = cookie
        self.check_problem(browser.get("/v1/session"), 401, "LOGIN_REQUIRED")

    # ---- subtrees ----

    def test_each_identity_sees_its_own_subtree_only(self):
        session = self.town.document("/v1/session")
        self.assertEqual((session["unit"], session["unitName"], session["role"]), (TOWN, "路家村镇", "leader"))
        self.assertEqual(self.leader.document("/v1/session")["unit"], COUNTY)
        for path in (f"/v1/overview?unit={COUNTY}", f"/v1/summary?unit={OTHER_TOWN}", f"/v1/units/{OTHER_VILLAGES[0]}",
                     f"/v1/matters?unit={COUNTY}", f"/v1/tree?unit={OTHER_TOWN}", f"/v1/stream?unit={OTHER_TOWN}",
                     f"/v1/figures/publicity.LEAFLETS?unit={COUNTY}", f"/v1/events?unit={COUNTY}"):
            with self.subTest(path=path):
                self.check_problem(self.town.get(path), 403, "NOT_PERMITTED")
        self.assertEqual(leaflets(self.town.document("/v1/summary")["summary"]), "3")
        self.assertEqual(leaflets(self.leader.document("/v1/summary")["summary"]), "7")
        self.assertEqual({row["unit"] for row in self.town.document("/v1/figures/publicity.LEAFLETS")["rows"]},
                         {VILLAGES[0]})
        found = [unit["code"] for unit in self.town.document("/v1/search?q=%E7%A4%BA%E8%8C%83")["units"]]
        self.assertEqual(sorted(found), sorted([*VILLAGES, ENTERPRISE]))
        theirs = next(record["position"] for record in self.leader.document("/v1/events?type=PublicityTallied")["records"]
                      if record["event"]["unit"] == OTHER_VILLAGES[0])
        self.check_problem(self.town.get(f"/v1/events/{theirs}"), 404, "NOT_FOUND")

    # ---- documents ----

    def test_the_overview_is_whole(self):
        overview = self.leader.document("/v1/overview")
        self.assertEqual(overview["unit"], {"code": COUNTY, "name": "盂县", "kind": "COUNTY"})
        self.assertEqual([town["unit"] for town in overview["towns"]], [TOWN, OTHER_TOWN])
        dots = {group["town"]: [unit["code"] for unit in group["units"]] for group in overview["dots"]}
        self.assertEqual(dots, {TOWN: VILLAGES, OTHER_TOWN: OTHER_VILLAGES})
        self.assertEqual(overview["dots"][0]["units"][0]["joint"], "UNVERIFIED")
        self.assertTrue(overview["demonstration"])
        self.assertIsNone(overview["difference"])
        self.assertEqual(overview["hubPosition"], overview["moment"]["position"])
        self.assertEqual(overview["summary"]["hazards"]["found"], 0, "zeros are written")
        self.assertEqual(overview["trend"]["series"][0]["figure"], "zeros.JOINT")
        self.assertEqual(overview["overdue"]["matters"], [])

    def test_a_unit_has_its_path_days_and_reasons(self):
        unit = self.leader.document(f"/v1/units/{VILLAGES[0]}")
        self.assertEqual([step["code"] for step in unit["path"]], [COUNTY, TOWN, VILLAGES[0]])
        self.assertEqual(unit["unit"]["name"], "示范00村")
        self.assertEqual(unit["status"]["joint"], "UNVERIFIED")
        self.assertEqual([zero["zero"] for zero in unit["days"]["zeros"]], ["PETITION", "ACCIDENT", "CASE"])
        self.assertTrue(unit["reasons"])
        self.assertEqual(unit["matters"]["total"], 0)
        days = self.leader.document(f"/v1/units/{VILLAGES[0]}/days?from=2020-08-01&to=2020-08-10")
        self.assertEqual((days["fromDay"], days["toDay"]), ("2020-08-01", "2020-08-10"))

    def test_the_tree_is_columns_of_equal_length(self):
        tree = self.leader.document("/v1/tree")["tree"]
        self.assertEqual(tree["total"], len(tree["codes"]))
        self.assertEqual(tree["total"], 3 + 1 + len(VILLAGES) + len(OTHER_VILLAGES))
        for name, column in tree.items():
            if name != "total":
                self.assertEqual(len(column), tree["total"], name)
        at = tree["codes"].index(VILLAGES[0])
        self.assertEqual(tree["codes"][tree["parents"][at] - 1], TOWN)
        self.assertEqual((tree["kinds"][at], tree["joint"][at], tree["silent"][at]), ("VILLAGE", "UNVERIFIED", False))

    def test_a_figure_opens_its_events(self):
        figure = self.leader.document("/v1/figures/publicity.LEAFLETS")
        self.assertEqual((figure["figure"], figure["total"], figure["rowCount"]), ("publicity.LEAFLETS", "7", 2))
        for row, record in zip(figure["rows"], figure["records"], strict=True):
            self.assertEqual(row["position"], record["position"])
            self.assertEqual((record["type"], record["publisher"], record["office"]),
                             ("PublicityTallied", "governance", "GOVERNANCE"))
            self.assertEqual(record["occurredAt"], "2020-08-19T03:00:00Z")
        self.assertEqual({record["unitName"] for record in figure["records"]}, {"示范00村", "示范其他00村"})
        more = self.leader.document("/v1/figures/publicity.LEAFLETS?limit=100000&after=1")
        self.assertEqual(more["rows"], figure["rows"][1:])
        one = self.leader.document(f"/v1/events/{figure['rows'][0]['position']}")
        self.assertEqual(one["record"]["event"]["publicityTallied"]["item"], "LEAFLETS")
        self.assertTrue(one["label"])

    def test_events_come_newest_first_and_go_on(self):
        everything = [record["position"] for record in reversed(self.county.replay(identity="leader"))]
        read, before = [], ""
        while before != "0":
            page = self.leader.document("/v1/events?limit=5" + (f"&before={before}" if before else ""))
            read += [record["position"] for record in page["records"]]
            before = page["before"]
        self.assertEqual(read, everything)
        few = self.leader.document("/v1/events?type=UnitRegistered&limit=100")
        self.assertEqual({next(iter(set(record["event"]) & {"unitRegistered"})) for record in few["records"]},
                         {"unitRegistered"})

    def test_a_past_moment_is_not_now(self):
        first = self.leader.document("/v1/figures/publicity.LEAFLETS")["rows"][0]["position"]
        past = self.leader.document(f"/v1/overview?known={int(first) - 1}")
        self.assertTrue(past["moment"]["past"])
        self.assertEqual(past["moment"]["position"], str(int(first) - 1))
        self.assertEqual(leaflets(past["summary"]), "0")
        self.assertIsNotNone(past["difference"])

    # ---- form ----

    def test_what_did_not_change_is_not_sent_again(self):
        answer = self.leader.get("/v1/overview", Accept_Encoding="gzip")
        self.assertEqual(answer.headers["content-encoding"], "gzip")
        self.assertIn("unit", gzip.decompress(answer.body).decode())
        self.assertIn("no-cache", answer.headers["cache-control"])
        again = self.leader.get("/v1/overview", Accept_Encoding="gzip", If_None_Match=answer.headers["etag"])
        self.assertEqual((again.status, again.body, again.headers["etag"]), (304, b"", answer.headers["etag"]))
        self.assertEqual(self.leader.get("/v1/overview", If_None_Match='"other"').status, 200)
        self.county.publish("governance", tally(1), source="etag")
        until("another document", lambda: self.leader.get("/v1/overview", Accept_Encoding="gzip",
                                                          If_None_Match=answer.headers["etag"]).status == 200)

    def test_every_answer_has_the_security_headers(self):
        for path in ("/", "/v1/overview", "/v1/nothing", "/assets/main-1a2b.js", "/healthz", "/units?under=1"):
            headers = self.leader.get(path).headers
            self.assertEqual(headers["content-security-policy"], CSP, path)
            self.assertEqual(headers["x-content-type-options"], "nosniff")
            self.assertEqual(headers["referrer-policy"], "no-referrer")
            self.assertIn("cross-origin-opener-policy", headers)
            self.assertIn("permissions-policy", headers)

    def test_the_page_is_served_from_its_folder(self):
        for path in ("/", "/units", f"/units/{VILLAGES[0]}", "/compare/article"):
            answer = Browser(self.page.address).get(path)
            self.assertEqual((answer.status, answer.body.decode()), (200, INDEX), path)
            self.assertEqual(answer.headers["cache-control"], "no-cache")
        asset = "/assets/main-1a2b.js"
        for accepted, encoding in (("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"),
                                   ("gzip;q=0", None), ("", None), ("brotli", None)):
            answer = self.leader.get(asset, Accept_Encoding=accepted)
            self.assertEqual(answer.headers.get("content-encoding"), encoding, accepted)
            self.assertIn("immutable", answer.headers["cache-control"])
            self.assertEqual(answer.headers["vary"], "Accept-Encoding")
        self.assertEqual(self.leader.get(asset).headers["content-type"], "text/javascript; charset=utf-8")
        self.assertEqual(self.leader.get("/readyz").json, {"ready": True})


if __name__ == "__main__":
    main()
