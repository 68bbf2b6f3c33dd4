"""A webhook brings every record to a receiver that misbehaves in every way, in order, signed, and loses none."""
import base64
import hashlib
import hmac
import json
import os
import ssl
import time
import unittest
import warnings

import receiver as outside
import sheets
from county import BIN, VILLAGES, County, main, run, until

DAY = "2020-08-18"
SECRETS = [os.urandom(32), os.urandom(24)]


def sink(target, county, **changes):
    keys = {"kind": "webhook", "name": "desk", "url": target.url(), "secret_file": county.folder / "desk.whsec",
            "ca_file": target.ca, "timeout_seconds": 1, "retry_ms": 20, **changes}
    return "[{" + ", ".join(f"{key}: '{value}'" if isinstance(value, str) else f"{key}: {value}"
                            for key, value in keys.items()) + "}]"


def write_secrets(county):
    path = county.folder / "desk.whsec"
    path.write_text("# the new one and the old one\n" +
                    "".join(f"whsec_{base64.b64encode(secret).decode()}\n" for secret in SECRETS))
    path.chmod(0o600)
    return path


class Webhook(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        self.certificates = outside.make_certificates(self.county.folder / "certificates")
        self.target = self.enterContext(outside.Receiver(self.certificates))
        write_secrets(self.county)
        self.county.start_agent("safety")
        self.files = 0

    def start(self, **changes):
        self.agent = self.county.start_agent("public-security", sinks=sink(self.target, self.county, **changes))
        return self.agent

    def produce(self, count):
        """So many more records for the inbox of the police."""
        self.files += 1
        rows = [sheets.hazard(f"H-{self.files}-{row}", VILLAGES[row % 8], DAY, explosives=True)
                for row in range(count)]
        report = self.county.drop("safety", f"隐患台账{self.files}.csv", sheets.HAZARDS, rows)
        until("the report", report.exists)

    def routed(self):
        return [record for record in self.county.replay() if "PUBLIC_SECURITY" in record.get("routedTo", [])]

    def lag(self):
        return next((int(consumer.get("lag", 0)) for consumer in self.county.ask("consumers")["consumers"]
                     if consumer["name"] == "desk-public-security-yu"), None)

    def arrived(self):
        """Positions of the requests that the receiver took, in the order of their coming, each verified."""
        return [self.verified(request) for request in self.target.taken()
                if request.plan is self.target.otherwise]

    def verified(self, request):
        """Checks the request as a receiver must; returns the record's position."""
        identity, stamp = request.header("webhook-id"), request.header("webhook-timestamp")
        self.assertLess(abs(time.time() - int(stamp)), 300)
        signatures = request.header("webhook-signature").split(" ")
        for secret, signature in zip(SECRETS, signatures, strict=True):
            expected = hmac.new(secret, f"{identity}.{stamp}.".encode() + request.body, hashlib.sha256).digest()
            self.assertEqual(signature, "v1," + base64.b64encode(expected).decode())
        self.assertEqual(request.header("content-type"), "application/json")
        record = json.loads(request.body)
        hub, _, position = identity.rpartition("-")
        self.assertRegex(hub, "^[0-9a-f]{32}$")
        self.assertEqual(position, record["position"])
        return int(position)

    def wait_for_all(self, count):
        until("all records", lambda: len(self.arrived()) >= count)
        until("the acknowledgement", lambda: self.lag() == 0)

    def wait_for_failures(self, count):
        """So many more of them."""
        before = self.agent.journal.count("not taken: ")
        until("failures", lambda: self.agent.journal.count("not taken: ") >= before + count)

    def check_all(self, repeated=False):
        routed = self.routed()
        positions = self.arrived()
        once = list(dict.fromkeys(positions))
        self.assertEqual(once, [int(record["position"]) for record in routed], "each, in the order of the log")
        bodies = {}
        for request in self.target.taken():
            body = bodies.setdefault(request.header("webhook-id"), request.body)
            self.assertEqual(body, request.body, "one id, one body")
        by_position = {int(json.loads(body)["position"]): json.loads(body) for body in bodies.values()}
        self.assertEqual([by_position[int(record["position"])] for record in routed], routed)
        if not repeated:
            self.assertEqual(positions, once, "none twice")

    def test_every_misbehaviour_is_borne(self):
        failures = [
            outside.answer(500), outside.answer(503), outside.answer(404), outside.answer(401),
            outside.answer(301, Location=self.target.url("/elsewhere")),
            outside.answer(302, Location="http://127.0.0.1:1/plain"),
            outside.answer(307, Location=self.target.url("/elsewhere")), outside.endless(500),
            outside.answer(400), outside.answer(422)]
        breaks = [outside.drop, outside.say_nothing, outside.endless_headers, outside.stall]
        self.target.plans = failures[:4] + [self.target.otherwise]
        for plan in failures[4:] + breaks:
            self.target.plans += [plan, self.target.otherwise]
        self.start()
        self.produce(40)
        self.wait_for_all(40)
        self.check_all()
        self.assertEqual((self.target.plans, self.target.strays), ([], []))
        self.assertEqual({request.path for request in self.target.taken()}, {"/hook"}, "no redirect is followed")
        self.assertIn("HTTP 500; failure 1, again in", self.agent.journal)
        self.assertIn("taken again after 4 failures", self.agent.journal)
        self.assertEqual(self.agent.stop(), 0)
        # libcurl itself repeats a request on a kept connection that was closed without a word
        self.assertIn("webhook desk: 40 accepted, 10 refused, 3 failed, 0 parked", self.agent.journal)

    def test_an_endless_answer_of_2xx_is_taken_and_no_more_of_it_read(self):
        self.target.plans = [outside.endless(200)] * 3
        self.start()
        self.produce(6)
        self.wait_for_all(3)
        self.assertEqual(self.agent.stop(), 0)
        self.assertRegex(self.agent.journal, "webhook desk: 6 accepted, 0 refused, 0 failed")

    def test_a_receiver_that_is_away_is_waited_for(self):
        self.start()
        self.produce(5)
        self.wait_for_all(5)
        self.target.close()
        self.produce(20)
        until("a failure", lambda: "not taken" in self.agent.journal)
        self.target.open()
        self.wait_for_all(25)
        self.check_all()

    def test_a_stranger_with_another_certificate_gets_nothing(self):
        self.target.close()
        strangers = [outside.make_certificates(self.county.folder / "stranger"),
                     outside.make_certificates(self.county.folder / "other-host", host="DNS:desk.example")]
        self.start()
        self.produce(5)
        for certificates in strangers:
            with outside.Receiver(certificates, port=self.target.port) as stranger:
                self.wait_for_failures(2)
                self.assertEqual(stranger.requests, [])
        self.assertIn("not taken: the certificate is not", self.agent.journal)
        self.target.open()
        self.wait_for_all(5)
        self.check_all()

    def test_a_host_of_the_right_authority_with_another_name_gets_nothing(self):
        other = outside.make_certificates(self.county.folder / "other-host", host="DNS:desk.example")
        with outside.Receiver(other) as misnamed:
            self.agent = self.county.start_agent("public-security", sinks=sink(misnamed, self.county))
            self.produce(2)
            self.wait_for_failures(2)
            self.assertEqual(misnamed.requests, [])

    def test_a_server_of_an_old_TLS_gets_nothing(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old = outside.Receiver(self.certificates, tls=ssl.TLSVersion.TLSv1_1)
        with old:
            self.agent = self.county.start_agent("public-security", sinks=sink(old, self.county))
            self.produce(2)
            self.wait_for_failures(2)
            self.assertEqual(old.requests, [])
            self.assertTrue(old.broken)

    def test_a_receiver_that_stalls_holds_up_neither_the_offices_files_nor_another_receiver(self):
        self.target.plans = [outside.stall]
        with outside.Receiver(self.certificates) as other:
            both = f"{sink(self.target, self.county, timeout_seconds=300)[:-1]}, {sink(other, self.county, name='two')[1:]}"
            self.agent = self.county.start_agent("public-security", sinks=both)
            self.produce(20)
            until("the stall", lambda: len(self.target.taken()) == 1)
            until("all of it at the other one", lambda: len(other.taken()) == 20)
            report = self.county.drop("public-security", "案件台账.csv", sheets.CASES,
                                      [sheets.case(f"C-{n}", VILLAGES[0], DAY) for n in range(50)])
            until("the report", report.exists)
            self.assertEqual(len(self.target.taken()), 1)
            self.assertEqual([request.body for request in other.taken()][:1], [self.target.taken()[0].body])
            self.assertEqual(self.agent.stop(), 0, "it does not wait for the answer")

    def test_no_proxy_and_no_authority_is_taken_from_the_environment(self):
        with outside.Receiver(self.certificates) as proxy:
            names = {name: f"http://127.0.0.1:{proxy.port}" for name in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY")}
            os.environ.update(names)
            try:
                self.start()
            finally:
                for name in names:
                    del os.environ[name]
            self.produce(3)
            self.wait_for_all(3)
            self.assertEqual((proxy.requests, proxy.strays, proxy.broken), ([], [], []))

    def test_killed_at_any_moment_it_loses_nothing(self):
        slow = outside.answer(204)

        def hold(handler):
            time.sleep(0.01)  # a receiver that works a little: the agent dies with a request under way
            slow(handler)
        self.target.otherwise = hold
        self.start()
        for number in range(5):
            self.produce(60)
            until("some of it", lambda: len(self.target.taken()) > 60 * number + 10)
            self.agent.kill()
            self.start()
        self.wait_for_all(300)
        self.assertEqual(self.agent.stop(), 0)
        self.check_all(repeated=True)
        self.assertLess(len(self.target.taken()), 300 + 5 * 33, "only the few not yet acknowledged come again")

    def test_what_the_receiver_refuses_for_good_is_kept_and_the_next_ones_come(self):
        def picky(handler):
            body = self.target.taken()[-1].body
            handler._answer(422 if b"H-1-3" in body else 204, b"")
        self.target.otherwise = picky
        self.start()
        self.produce(8)
        parked = self.county.folder / "state/public-security/sink-desk.refused.jsonl"
        until("the acknowledgement", lambda: len(self.target.taken()) >= 12 and self.lag() == 0)
        lines = [json.loads(line) for line in parked.read_text().splitlines()]
        self.assertEqual([line["event"]["hazardFound"]["hazard"] for line in lines], ["H-1-3"])
        self.assertEqual(sum(b"H-1-3" in request.body for request in self.target.taken()), 5)
        self.assertIn("refused 5 times: kept in sink-desk.refused.jsonl", self.agent.journal)
        self.agent.kill()
        self.start()
        self.produce(2)
        until("the rest", lambda: len(self.target.taken()) >= 14 and self.lag() == 0)
        self.assertEqual(len(parked.read_text().splitlines()), 1)
        self.assertEqual(sum(b"H-1-3" in request.body for request in self.target.taken()), 5)

    def test_a_restored_hub_brings_every_record_under_an_id_of_its_own(self):
        def picky(handler):
            handler._answer(422 if b"H-2-0" in self.target.taken()[-1].body else 204, b"")

        def ids(hazard):
            return list(dict.fromkeys(request.header("webhook-id") for request in self.target.taken()
                                      if hazard in request.body))
        county = self.county
        self.target.otherwise = picky
        self.start()
        self.produce(2)
        county.ask("backup", county.folder / "backups")
        # Nobody sends these again: what comes again stands before what was refused and kept, and has its own place.
        self.assertEqual(county.start_publisher("lost", count=60).wait(), 0)
        self.produce(3)
        until("the acknowledgement", lambda: len(ids(b"H-2-2")) == 1 and self.lag() == 0)
        county.lose_and_restore(county.folder / "backups")
        for hazard in (b"H-2-0", b"H-2-1", b"H-2-2"):
            until(f"{hazard} again", lambda: len(ids(hazard)) == 2)
            before, after = ids(hazard)
            self.assertEqual((before.count("-"), after.count("-")), (1, 2))
            self.assertLess(int(after.split("-")[1]), int(before.split("-")[1]))
        until("the acknowledgement", lambda: self.lag() == 0)
        self.assertEqual(len(ids(b"H-1-1")), 1)
        parked = county.folder / "state/public-security/sink-desk.refused.jsonl"
        until("what was refused again", lambda: len(parked.read_text().splitlines()) == 2)

    def test_a_receiver_that_is_gone_is_left_alone_until_the_agent_starts_again(self):
        self.target.plans = [outside.answer(410)]
        self.start()
        self.produce(3)
        until("the alarm", lambda: "410 Gone" in self.agent.journal)
        self.assertIn("<1>", next(line for line in self.agent.journal.splitlines() if "410 Gone" in line))
        self.produce(3)
        self.assertEqual(len(self.target.taken()), 1)
        self.assertEqual(self.agent.stop(), 0)
        self.start()
        self.wait_for_all(6)
        self.check_all()

    def test_the_receivers_retry_after_is_honoured(self):
        self.target.plans = [outside.answer(429, Retry_After="1")]
        self.start()
        self.produce(1)
        self.wait_for_all(1)
        first, second = self.target.taken()
        self.assertGreaterEqual(second.at - first.at, 0.9)
        self.assertIn("HTTP 429; failure 1, again in 1.0 s", self.agent.journal)

    def test_a_run_that_is_to_end_brings_what_it_has(self):
        self.produce(10)
        config = self.county.write_agent_config("public-security", sinks=sink(self.target, self.county))
        until("all records", lambda: (run(BIN / "sanling-public-security", "--config", config, "--once"),
                                      len(self.arrived()) >= 10)[1])
        self.check_all(repeated=True)


class Configuration(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.open_hub()
        self.certificates = outside.make_certificates(self.county.folder / "certificates")
        self.target = self.enterContext(outside.Receiver(self.certificates))
        self.secret = write_secrets(self.county)

    def check(self, expect=2, **changes):
        config = self.county.write_agent_config("safety", sinks=sink(self.target, self.county, **changes))
        done = run(BIN / "sanling-safety", "--config", config, "--check", expect=expect)
        return done.stderr

    def test_it_is_checked(self):
        self.check(expect=0)
        for changes, words in [
                ({"url": "http://127.0.0.1/hook"}, "only https://"), ({"url": "desk"}, "no address"),
                ({"url": "file:///etc/passwd"}, "only https://"), ({"url": "https://user:pass@desk/"}, "no user"),
                ({"secret_file": "nowhere"}, "nowhere: No such file"), ({"ca_file": "nowhere.pem"}, "nowhere.pem"),
                ({"timeout_seconds": 0}, "from 1 to 300"), ({"retry_ms": 5}, "from 20 to"),
                ({"connection": "service=x"}, "a key of postgres"), ({"colour": "red"}, "colour")]:
            self.assertIn(words, self.check(**changes), changes)
        self.assertNotIn("user:pass", self.check(url="https://user:pass@desk/"))

    def test_a_secret_that_others_may_read_or_that_is_none_is_refused(self):
        self.secret.chmod(0o644)
        self.assertIn("chmod 0600", self.check())
        self.secret.chmod(0o600)
        for text in ("", "secret\n", "whsec_AAAA\n", "whsec_!!!\n", f"{base64.b64encode(SECRETS[0]).decode()}\n"):
            self.secret.write_text(text)
            self.assertIn("desk.whsec", self.check(), text)


if __name__ == "__main__":
    main()
