"""Group robots are told what waits for an office: once for each due time, within their limits, and nothing personal."""
import base64
import contextlib
import hashlib
import hmac
import json
import re
import sqlite3
import time
import unittest
import urllib.parse

import receiver as outside
from county import BIN, OTHER_VILLAGES, VILLAGES, County, main, run, until

MORNING = "2020-08-19T09:00:00+08:00"


def event(payload, unit=VILLAGES[0], **fields):
    (name, body), = payload.items()
    return {"unit": unit, "occurredAt": MORNING, name: body, **fields}


def hazard(code, unit=VILLAGES[0], due="2020-08-25", note=""):
    return [event({"hazardFound": {"hazard": code, "category": "FIRE", "grade": "GENERAL"}}, unit, note=note),
            event({"rectificationOrdered": {"hazard": code, "dueDay": due}}, unit)]


def says(errcode, status=200):
    return outside.answer(status, json.dumps({"errcode": errcode, "errmsg": "张三"}).encode(),
                          Content_Type="application/json")


class Robots(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        certificates = outside.make_certificates(self.county.folder / "certificates")
        self.robot = self.enterContext(outside.Receiver(certificates, otherwise=says(0)))
        self.write_secret("group.url", self.robot.url("/cgi-bin/webhook/send?key=693axxx6"))
        self.agent = None

    def write_secret(self, name, text):
        path = self.county.folder / name
        path.write_text(text + "\n")
        path.chmod(0o600)
        return path

    def digests(self, *changes):
        entries = []
        for change in changes or ({},):
            keys = {"name": "group", "kind": "wecom", "url_file": "group.url", "ca_file": str(self.robot.ca),
                    "at": ["08:30", "14:00"], "page_url": "https://page.example/", "retry_ms": 20, **change}
            entries.append(json.dumps({key: value for key, value in keys.items() if value is not None}))
        return f"[{', '.join(entries)}]"

    def start(self, *changes):
        connected = (self.county.journals / "safety.log").read_text().count("connected to") if self.agent else 0
        self.agent = self.county.start_agent("safety", digests=self.digests(*changes))
        until("the session", lambda: self.agent.journal.count("connected to") > connected)
        return self.agent

    def set_clock(self, moment):
        self.county.ctl("clock", "set", moment)

    def publish(self, *lists):
        self.county.publish("safety", *(one for part in lists for one in part))

    def messages(self):
        """What the robot was sent, each held against what the robots and OFFICES.md ask for."""
        found = []
        for request in self.robot.taken():
            self.assertTrue(request.path.startswith("/cgi-bin/webhook/send?key=693axxx6"))
            self.assertEqual(request.header("content-type"), "application/json")
            message = json.loads(request.body)
            self.assertEqual(message, {"msgtype": "text", "text": {"content": message["text"]["content"]}})
            content = message["text"]["content"]
            self.assertLessEqual(len(content.encode()), 2000)
            self.assertTrue(content.splitlines()[-1].startswith("详见 https://page.example/"))
            for personal in ("张三", "13800138000", "李四"):
                self.assertNotIn(personal, content)
            found.append(content)
        return found

    def wait_for(self, count):
        return until(f"{count} messages", lambda: len(self.messages()) >= count and self.messages())

    def start_and_wait(self, *changes):
        """Until the agent has looked at the hub's clock and found nothing due."""
        looks = self.next_times()
        self.start(*changes)
        until("a look at the clock", lambda: self.next_times() >= looks + max(1, len(changes)))

    def next_times(self):
        return self.agent.journal.count("by the hub's clock") if self.agent else 0

    def go_on(self, moment):
        """Sets the clock to a time at which messages are due, and waits until the agent has nothing more to do."""
        looks = self.next_times()
        self.set_clock(moment)
        until("a look at the clock", lambda: self.next_times() > looks)

    def look_again(self):
        """Until it has looked for a change once more, as its outbox says."""
        def looked():
            with contextlib.closing(sqlite3.connect(self.county.folder / "state/safety/outbox.sqlite")) as outbox:
                return outbox.execute("SELECT max(looked_ms) FROM digest").fetchone()[0] or 0
        before = looked()
        until("another look", lambda: looked() > before)

    def test_a_message_comes_at_each_due_time_once_whatever_becomes_of_the_agent(self):
        self.publish(hazard("H-1"), hazard("H-2", VILLAGES[1], due="2020-08-20"))
        self.start_and_wait()
        self.assertEqual(self.messages(), [], "08:30 passed before there was a digest")
        self.set_clock("2020-08-19T14:00:10+08:00")
        first, = self.wait_for(1)
        lines = first.splitlines()
        self.assertEqual(lines[:2], ["【三零】安委办/应急 待办摘要 2020-08-19 14:00（演示）", "将到期 1 件"])
        owed = re.fullmatch("待核报零报告 ([0-9]+) 份", lines[2])[1]
        self.assertEqual(lines[3], "待办 2 件：隐患 2")
        self.assertRegex(lines[4], f"^· 核报 零事故 [0-9]+ 期已过期限，20.*-01-01 至 2020-07-31，共 {owed} 份$")
        self.assertEqual(lines[5:], ["· 隐患 H-2 示范01村 剩 1 天", "详见 https://page.example/"])
        self.agent.stop()
        self.start_and_wait()
        self.assertEqual(len(self.messages()), 1, "a restart repeats nothing")
        self.agent.kill()
        self.set_clock("2020-08-26T08:30:00+08:00")
        self.start_and_wait()
        second = self.wait_for(2)[1]
        self.assertEqual(len(self.messages()), 2, "all that passed meanwhile is one message")
        for line in ("超期 2 件", "· 隐患 H-2 示范01村 超 6 天", "· 隐患 H-1 示范00村 超 1 天"):
            self.assertIn(line, second.splitlines())
        self.assertNotIn("可能重复", second)
        self.assertEqual(self.agent.stop(), 0)
        self.assertIn("digest group: 1 accepted, 0 refused, 0 failed", self.agent.journal)

    def test_nothing_of_a_records_text_is_told(self):
        self.publish(hazard("H-1", note="联系人张三，电话见台账"))
        self.start_and_wait({"at": ["14:00"]})
        self.set_clock("2020-08-26T14:00:00+08:00")
        self.assertIn("H-1", self.wait_for(1)[0])
        self.assertNotIn("errmsg", self.agent.journal)
        self.assertNotIn("693axxx6", self.agent.journal, "the address is a key")

    def test_a_refused_message_is_sent_again_and_counted(self):
        self.robot.plans = [says(40001), outside.answer(403), says(-1)]
        self.publish(hazard("H-1"))
        self.start_and_wait()
        self.set_clock("2020-08-19T14:00:00+08:00")
        messages = self.wait_for(4)
        until("the answer", lambda: "digest group: sent" in self.agent.journal)
        self.assertEqual(len(self.messages()), 4)
        self.assertEqual(len(set(messages)), 1)
        self.assertNotIn("可能重复", messages[-1], "it was known that none had arrived")
        self.assertIn("not taken: errcode 40001; failure 1, again in", self.agent.journal)
        self.assertEqual(self.agent.stop(), 0)
        self.assertIn("digest group: 1 accepted, 3 refused, 0 failed", self.agent.journal)

    def test_what_nobody_knows_is_sent_again_and_says_so(self):
        self.robot.plans = [outside.drop, outside.answer(502)]
        self.publish(hazard("H-1"))
        self.start_and_wait()
        self.set_clock("2020-08-19T14:00:00+08:00")
        first, second, third = self.wait_for(3)
        self.assertEqual(second, "（可能重复）\n" + first)
        self.assertEqual(third, second)
        until("the answer", lambda: "digest group: sent" in self.agent.journal)
        self.assertEqual(self.agent.stop(), 0)
        self.assertIn("digest group: 1 accepted, 0 refused, 2 failed", self.agent.journal)

    def test_killed_between_sending_and_answer_it_sends_again_and_says_so(self):
        self.robot.plans = [outside.stall]
        self.publish(hazard("H-1"))
        self.start_and_wait()
        self.set_clock("2020-08-19T14:00:00+08:00")
        self.wait_for(1)
        self.agent.kill()
        self.start()
        first, second = self.wait_for(2)
        self.assertEqual(second, "（可能重复）\n" + first)
        until("the answer", lambda: "digest group: sent" in self.agent.journal)
        self.assertEqual(len(self.messages()), 2)

    def test_a_robot_that_has_had_enough_is_left_alone(self):
        self.robot.plans = [says(45009)]
        self.publish(hazard("H-1"))
        self.start_and_wait()
        self.set_clock("2020-08-19T14:00:00+08:00")
        until("the refusal", lambda: "errcode 45009; failure 1, again in 60.0 s" in self.agent.journal)
        self.assertEqual(len(self.messages()), 1)
        self.assertEqual(self.agent.stop(), 0)
        self.start()
        self.wait_for(2)

    def test_no_more_than_ten_a_minute_whoever_sends(self):
        self.publish(hazard("H-1"))
        self.start_and_wait(*({"name": f"group-{n}"} for n in range(8)))
        self.set_clock("2020-08-19T14:00:00+08:00")
        self.wait_for(8)
        self.set_clock("2020-08-20T08:30:00+08:00")
        until("the limit", lambda: self.agent.journal.count("the robot has had 10 messages in a minute; waiting") == 6)
        self.agent.kill()
        self.start(*({"name": f"group-{n}"} for n in range(8)))
        until("the limit again", lambda: self.agent.journal.count("10 messages in a minute; waiting") >= 12)
        self.assertEqual(len(self.messages()), 10, "a restart does not begin a new minute")

    def test_a_change_is_told_and_what_could_not_be_sent_is_merged(self):
        self.robot.otherwise = says(-1)
        self.publish(hazard("H-1"))
        self.start({"at": None, "on_change_minutes": 0, "retry_ms": 600000})
        first, = self.wait_for(1)
        self.assertNotIn("H-2", first)
        self.set_clock("2020-08-19T16:00:00+08:00")
        self.look_again()
        self.publish(hazard("H-2", due="2020-08-20"))
        until("the newer one", lambda: "in place of the one that waits" in self.agent.journal)
        self.robot.otherwise = says(0)
        self.agent.kill()
        self.start({"at": None, "on_change_minutes": 0})
        second = self.wait_for(2)[1]
        self.assertIn("16:00（演示）（含此前未送达的）", second)
        self.assertIn("H-2", second)
        self.set_clock("2020-08-19T17:00:00+08:00")
        self.look_again()
        self.look_again()
        self.assertEqual(len(self.messages()), 2, "time alone is no change")
        self.publish(hazard("H-3", due="2020-08-21"))
        self.assertIn("H-3", self.wait_for(3)[2])

    def test_a_long_one_is_cut_at_a_line(self):
        self.publish(*(hazard(f"盂县-2020-隐患-{n:06}", OTHER_VILLAGES[n % 4], due="2020-08-20") for n in range(120)))
        self.start_and_wait()
        self.set_clock("2020-08-26T08:30:00+08:00")
        message = self.wait_for(1)[0]
        lines = message.splitlines()
        shown = sum(line.startswith("· ") for line in lines)
        self.assertGreater(len(message.encode()), 1700)
        self.assertIn("超期 120 件", lines)
        self.assertEqual(lines[-2], f"另有 {120 + 1 - shown} 条")

    def test_dingtalk_is_signed(self):
        self.write_secret("group.secret", "SEC0123456789abcdef")
        self.publish(hazard("H-1"))
        self.start_and_wait({"kind": "dingtalk", "sign_secret_file": "group.secret"})
        self.set_clock("2020-08-19T14:00:00+08:00")
        self.wait_for(1)
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.robot.taken()[0].path).query)
        stamp, = query["timestamp"]
        self.assertLess(abs(time.time() * 1000 - int(stamp)), 60000)
        secret = b"SEC0123456789abcdef"
        expected = hmac.new(secret, stamp.encode() + b"\n" + secret, hashlib.sha256).digest()
        self.assertEqual(base64.b64decode(query["sign"][0]), expected)

    def test_nothing_to_tell_is_told_only_where_it_is_asked_for(self):
        unit = OTHER_VILLAGES[0]
        self.county.publish("safety", *(
            event({"zeroAttested": {"zero": "ACCIDENT", "fromDay": first, "toDay": last, "basis": "REGISTER_CHECKED"}}, unit)
            for first, last in [("2019-01-01", "2019-12-31"), ("2020-01-01", "2020-08-18")]))
        self.start_and_wait({"name": "quiet", "unit": unit, "at": ["14:00"]},
                            {"name": "also", "unit": unit, "at": ["14:00"], "also_when_nothing": True})
        self.go_on("2020-08-19T14:00:00+08:00")
        until("both to be done", lambda: self.next_times() == 4)
        message, = self.wait_for(1)
        self.assertEqual(message.splitlines()[1:], ["暂无待办", "详见 https://page.example/"])

    def test_the_leading_office_is_told_whose_reports_are_missing(self):
        config = self.county.write_agent_config("leadership-office", digests=self.digests())
        shown = run(BIN / "sanling-leadership-office", "--config", config, "--digest-try", "group").stdout
        for line in ("未核实：零上访 13 个单位（信访）", "未核实：零事故 13 个单位（安委办/应急）",
                     "未核实：零案件 13 个单位（公安）"):
            self.assertIn(line, shown.splitlines())

    def test_a_digest_can_be_tried(self):
        self.publish(hazard("H-1", due="2020-08-20"))
        config = self.county.write_agent_config("safety", digests=self.digests({}, {"name": "english", "language": "en"}))
        before = sorted(self.county.folder.rglob("*"))
        shown = run(BIN / "sanling-safety", "--config", config, "--digest-try", "group").stdout
        self.assertIn("· 隐患 H-1 示范00村 剩 1 天\n", shown)
        shown = run(BIN / "sanling-safety", "--config", config, "--digest-try", "english").stdout
        self.assertIn("- hazard H-1, 示范00村, 1 days left\n", shown)
        self.assertEqual(sorted(self.county.folder.rglob("*")), before)
        self.assertEqual(self.robot.taken(), [])
        wrong = run(BIN / "sanling-safety", "--config", config, "--digest-try", "nobody", expect=2)
        self.assertIn("nobody", wrong.stderr)


class Configuration(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.open_hub()
        self.url = self.county.folder / "group.url"
        self.write("https://robot.example/send?key=693axxx6")

    def write(self, text, mode=0o600):
        self.url.write_text(text)
        self.url.chmod(mode)

    def check(self, expect=2, **changes):
        keys = {"name": "group", "kind": "wecom", "url_file": "group.url", "at": ["08:30"], **changes}
        entry = json.dumps({key: value for key, value in keys.items() if value is not None})
        config = self.county.write_agent_config("safety", digests=f"[{entry}]")
        return run(BIN / "sanling-safety", "--config", config, "--check", expect=expect).stderr

    def test_it_is_checked(self):
        self.check(expect=0)
        for changes, words in [
                ({"at": None}, "neither at nor on_change_minutes"), ({"at": ["8:30"]}, "'8:30' is no time"),
                ({"at": ["24:00"]}, "'24:00' is no time"), ({"on_change_minutes": -1}, "from 0 to 1440"),
                ({"kind": "feishu"}, "kind"), ({"language": "fr"}, "language"), ({"retry_ms": 1}, "from 20 to"),
                ({"page_url": "page"}, "no address of a page"), ({"name": "a b"}, "only A-Z"),
                ({"sign_secret_file": "group.url"}, "only dingtalk signs"), ({"url_file": "nowhere"}, "nowhere"),
                ({"ca_file": "nowhere.pem"}, "nowhere.pem"), ({"colour": "red"}, "colour")]:
            self.assertIn(words, self.check(**changes), changes)

    def test_an_address_that_others_may_read_or_that_is_none_is_refused_and_not_shown(self):
        for text, mode, words in [("https://robot.example/send?key=693axxx6", 0o644, "chmod 0600"),
                                  ("http://robot.example/send?key=693axxx6", 0o600, "only https://"),
                                  ("https://robot.example/send?key=693axxx6 more", 0o600, "not one line"),
                                  ("", 0o600, "group.url")]:
            self.write(text, mode)
            said = self.check()
            self.assertIn(words, said)
            self.assertNotIn("693axxx6", said)


if __name__ == "__main__":
    main()
