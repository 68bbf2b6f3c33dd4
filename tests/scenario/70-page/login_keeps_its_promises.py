"""Logging in: who has the password gets in, who has not learns nothing and is slowed down, and what ends a session ends
it at once."""
import re
import signal
import time
import unittest

from county import BIN, COUNTY, TOWN, County, main, run, until
from page import PASSWORD, Page

ATTEMPTS_PER_ACCOUNT = 8


class Login(unittest.TestCase):
    pages = 0

    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(County())
        cls.county.access["town-leader"] = ("leader", "LEADERSHIP", TOWN)
        cls.county.start()

    def open_page(self, **settings):
        page = Page(self.county, accounts=("leader", "town-leader"), **settings)
        type(self).pages += 1
        page.starts = 100 * self.pages  # a journal of its own
        page.start()
        self.addCleanup(page.program.stop)
        return page

    def try_login(self, browser, account, password=PASSWORD, **headers):
        """As often as all tries together are held up, not this account or address: that is what is tested."""
        def answered():
            answer = browser.login(account, password, **headers)
            return None if answer.status == 429 and int(answer.headers["retry-after"]) == 1 else answer
        return until("an answer to the log-in", answered)

    def test_the_right_password_opens_a_session_of_the_account_s_identity(self):
        page = self.open_page()
        browser = page.browser()
        self.assertEqual((browser.get("/v1/session").status, browser.get("/v1/overview").code), (401, "LOGIN_REQUIRED"))
        answer = self.try_login(browser, "town-leader")
        self.assertEqual((answer.status, answer.json["account"], answer.json["unit"], answer.json["unitName"]),
                         (200, "town-leader", TOWN, "路家村镇"))
        cookie = answer.headers["set-cookie"]
        self.assertRegex(cookie, r"^sanling=[0-9a-f]{64}; HttpOnly; SameSite=Strict; Path=/; Max-Age=\d+$")
        self.assertAlmostEqual(int(re.search(r"Max-Age=(\d+)", cookie)[1]), 480 * 60, delta=5)
        self.assertEqual(browser.get("/v1/session").json["account"], "town-leader")
        self.assertEqual(browser.document("/v1/summary")["summary"]["unit"], TOWN)
        self.assertNotIn(PASSWORD, page.program.journal)
        self.assertNotIn(browser.cookie.partition("=")[2], page.program.journal)

    def test_a_wrong_password_and_an_unknown_account_look_the_same(self):
        page = self.open_page()
        browser = page.browser()
        wrong = self.try_login(browser, "leader", "not the password")
        unknown = self.try_login(browser, "nobody", PASSWORD)
        self.assertEqual((wrong.status, wrong.code), (401, "BAD_LOGIN"))
        self.assertEqual((unknown.status, unknown.body), (wrong.status, wrong.body))
        self.assertIsNone(browser.cookie)
        self.assertEqual(page.program.journal.count("a log-in from 127.0.0.1 was refused"), 2)
        self.assertNotIn("nobody", page.program.journal)

    def test_who_tries_too_often_waits_even_with_the_right_password(self):
        page = self.open_page()
        browser = page.browser()
        statuses = []
        while not statuses or statuses[-1] != 429:
            answer = self.try_login(browser, "leader", "not the password")
            statuses.append(answer.status)
        self.assertEqual(statuses, [401] * ATTEMPTS_PER_ACCOUNT + [429])
        self.assertEqual(answer.code, "TOO_MANY_ATTEMPTS")
        self.assertTrue(1 < int(answer.headers["retry-after"]) <= 20)
        self.assertEqual(answer.json["retryAfter"], int(answer.headers["retry-after"]))
        self.assertEqual(self.try_login(browser, "leader").status, 429)
        self.assertEqual(self.try_login(browser, "town-leader").status, 200, "another account is not held up")

    def test_who_logs_out_is_out_and_the_cookie_is_worth_nothing(self):
        browser = self.open_page().browser()
        self.try_login(browser, "leader")
        cookie = browser.cookie
        stream = browser.stream()
        self.addCleanup(stream.close)
        until("the stream", lambda: stream.named("summary"))
        answer = browser.ask("DELETE", "/v1/session")
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.assertIn("sanling=; ", answer.headers["set-cookie"])
        self.assertIn("Max-Age=0", answer.headers["set-cookie"])
        browser.cookie = cookie
        self.assertEqual(browser.get("/v1/summary").code, "LOGIN_REQUIRED")
        until("the stream to end", lambda: stream.ended and stream.named("session"))

    def test_a_cookie_that_nobody_gave_opens_nothing(self):
        browser = self.open_page().browser()
        self.try_login(browser, "leader")
        good = browser.cookie
        changed = good[:-1] + ("0" if good[-1] != "0" else "1")
        for cookie in (changed, good + "; " + good, good.upper(), "sanling=", "sanling=" + "0" * 64, good + "0",
                       "sanling=" + "a" * 6000, good.replace("sanling=", 'sanling="') + '"'):
            with self.subTest(cookie=cookie[:80]):
                browser.cookie = cookie
                self.assertEqual(browser.get("/v1/summary").status in (400, 401), True)
        browser.cookie = "theme=dark; " + good
        self.assertEqual(browser.get("/v1/summary").status, 200)

    def test_another_site_cannot_log_anybody_in_or_out(self):
        browser = self.open_page().browser()
        for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
                        {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}):
            with self.subTest(headers=headers):
                self.assertEqual(browser.login("leader", **headers).code, "NOT_PERMITTED")
        self.assertEqual(self.try_login(browser, "leader", Origin=f"http://{browser.address[0]}:{browser.address[1]}")
                         .status, 200)
        self.assertEqual(browser.ask("DELETE", "/v1/session", headers={"Sec-Fetch-Site": "cross-site"}).status, 403)
        self.assertEqual(browser.get("/v1/session").status, 200)

    def test_what_is_no_login_is_refused_without_a_try(self):
        browser = self.open_page().browser()
        json_type = {"Content-Type": "application/json"}
        for body, headers in ((b"", json_type), (b"{", json_type), (b"[]", json_type), (b'{"account":1}', json_type),
                              (b'{"account":"leader"}', json_type), (b"account=leader&password=x", {}),
                              (b'{"account":"leader","account":"x","password":"y"}', json_type)):
            with self.subTest(body=body):
                answer = browser.ask("POST", "/v1/session", body, headers)
                self.assertEqual((answer.status, answer.code), (400, "BAD_QUERY"))
        self.assertEqual(browser.ask("POST", "/v1/session", b"x" * 100000, json_type).code, "TOO_LARGE")
        self.assertEqual(browser.ask("PUT", "/v1/session", b"", json_type).code, "METHOD_NOT_ALLOWED")

    def test_an_account_that_is_removed_is_out_at_the_reload(self):
        page = self.open_page()
        leader, town = page.browser(), page.browser()
        self.try_login(leader, "leader")
        self.try_login(town, "town-leader")
        stream = town.stream()
        self.addCleanup(stream.close)
        until("the stream", lambda: stream.named("summary"))
        accounts = page.folder / "accounts.yaml"
        good = accounts.read_text()

        accounts.write_text("accounts:\n  - {account: leader}\n")
        page.program.signal(signal.SIGHUP)
        until("the complaint", lambda: "the old ones hold" in page.program.journal)
        self.assertIn("accounts.yaml: line", page.program.journal)
        self.assertEqual(town.get("/v1/session").status, 200)

        accounts.write_text("".join(line for line in good.splitlines(True) if "town-leader" not in line))
        page.program.signal(signal.SIGHUP)
        until("the stream to end", lambda: stream.ended)
        self.assertEqual(stream.named("session")[-1][2], {"ended": True})
        self.assertEqual(town.get("/v1/session").status, 401)
        self.assertEqual(self.try_login(town, "town-leader").code, "BAD_LOGIN")
        self.assertEqual(leader.get("/v1/session").status, 200, "who was not changed stays")

        other = run(BIN / "sanling-leadership", "--hash-password", text="another long password\n").stdout.strip()
        page.write_accounts(other, ["leader"])
        page.program.signal(signal.SIGHUP)
        until("the session to end", lambda: leader.get("/v1/session").status == 401)
        self.assertEqual(self.try_login(leader, "leader").code, "BAD_LOGIN")
        self.assertEqual(self.try_login(leader, "leader", "another long password").status, 200)

    def test_a_session_ends_when_its_time_is_over(self):
        page = self.open_page(session_minutes=1)
        browser = page.browser()
        before = time.monotonic()
        self.assertIn("Max-Age=60", self.try_login(browser, "leader").headers["set-cookie"])
        stream = browser.stream()
        self.addCleanup(stream.close)
        until("the session's end", lambda: stream.ended, seconds=90)
        self.assertGreater(time.monotonic() - before, 55)
        self.assertEqual(stream.named("session")[-1][2], {"ended": True})
        self.assertEqual(browser.get("/v1/summary").code, "LOGIN_REQUIRED")


class Passwords(unittest.TestCase):
    def test_hash_password_refuses_what_is_too_short_and_never_repeats_it(self):
        for text in ("short\n", "\n", "", "x" * 300 + "\n"):
            refused = run(BIN / "sanling-leadership", "--hash-password", text=text, expect=2)
            self.assertEqual(refused.stdout, "")
            self.assertNotIn("short", refused.stderr.replace("too short", ""))
        made = [run(BIN / "sanling-leadership", "--hash-password", text=PASSWORD + "\n").stdout for _ in range(2)]
        self.assertRegex(made[0], r"^\$argon2id\$v=19\$m=65536,t=2,p=1\$\S+\n$")
        self.assertNotEqual(made[0], made[1], "salted")


if __name__ == "__main__":
    main()
